//! Films of faces: the house's models, and coefficients that a surface or
//! window has prescribed.

use crate::model::construction::{InsideFilms, OutsideFilms, Prescribed};
use crate::physics::convection::{Roughness, Terrain};
use crate::scenario::fault::{Code, Fault};
use crate::scenario::field::{Field, Kind, default, number, optional};
use crate::scenario::view::View;

pub(in crate::scenario::house) const INSIDE_CONVECTION: Field = optional(
    "inside_convection_w_per_m2_k",
    number("W/(m² K)", 0.1, 60.0),
    "Convection between the inner face and the air, held constant. Left out: as `inside_films` says.",
);
pub(in crate::scenario::house) const INSIDE_RADIATION: Field = optional(
    "inside_radiation_w_per_m2_k",
    number("W/(m² K)", 0.0, 20.0),
    "Long-wave exchange between the inner face and the room's mean, held constant; 0 where `inside_convection_w_per_m2_k` is a combined coefficient.",
);
pub(in crate::scenario::house) const OUTSIDE_CONVECTION: Field = optional(
    "outside_convection_w_per_m2_k",
    number("W/(m² K)", 0.1, 42.0),
    "Convection at the outer face, held constant; long-wave exchange follows the temperatures.",
);
pub(in crate::scenario::house) const OUTSIDE_FILM: Field = optional(
    "film_w_per_m2_k",
    number("W/(m² K)", 0.1, 100.0),
    "Outer film, convection and radiation together, held constant (EN ISO 6946: 25 at 4 m/s of wind). Left out: as `outside_films` says; behind `sheltered` and `neighbour` the inner film, 7.7.",
);

pub(super) const INSIDE_FILMS: Field = default(
    "inside_films",
    Kind::Choice(&[
        (
            "standard",
            "constant convection by direction: 5.0 up, 2.5 level, 0.7 down W/(m² K) (EN ISO 52016-1), constant radiation and window gaps",
        ),
        (
            "natural",
            "natural convection by temperature difference and direction (TARP), radiation and gaps of panes by temperature",
        ),
    ]),
    "'natural'",
    "Films of inner faces that have none prescribed.",
);
pub(super) const OUTSIDE_FILMS: Field = default(
    "outside_films",
    Kind::Choice(&[
        (
            "standard",
            "one constant film of 25 W/(m² K) (EN ISO 6946), sun and sky by sol-air temperature",
        ),
        (
            "weather",
            "convection by wind, roughness and temperature (DOE-2), long-wave exchange with sky and air",
        ),
    ]),
    "'weather'",
    "Films of faces to outdoor air that have none prescribed.",
);
pub(super) const TERRAIN: Field = default(
    "terrain",
    Kind::Choice(&[
        ("open", "fields, as around a weather station"),
        ("suburbs", "houses and trees around"),
        ("city", "tall buildings around"),
    ]),
    "'suburbs'",
    "What breaks the wind (power law of ASHRAE Fundamentals).",
);
pub(super) const ROUGHNESS: Field = default(
    "roughness",
    Kind::Choice(&[
        ("very_rough", "stucco"),
        ("rough", "brick"),
        ("medium_rough", "concrete"),
        ("medium_smooth", "planed wood"),
        ("smooth", "smooth plaster"),
        ("very_smooth", "glass, metal"),
    ]),
    "'rough'",
    "Of the outer face, for the wind.",
);

/// The prescribed coefficients of a surface or window.
pub(super) fn prescribed(view: &View<'_>) -> Prescribed {
    let films = Prescribed {
        inside_convection: view.opt_number("inside_convection_w_per_m2_k"),
        inside_radiation: view.opt_number("inside_radiation_w_per_m2_k"),
        outside_convection: view.opt_number("outside_convection_w_per_m2_k"),
        outside_film: view.opt_number("film_w_per_m2_k"),
    };
    if films.outside_convection.is_some() && films.outside_film.is_some() {
        view.fault(
            "outside_convection_w_per_m2_k",
            Fault::new(Code::Conflict, "the outer film is prescribed twice")
                .hint("`film_w_per_m2_k` has convection and radiation in it: keep one"),
        );
    }
    films
}

pub(super) fn inside(view: &View<'_>) -> InsideFilms {
    match view.choice("inside_films") {
        "standard" => InsideFilms::Standard,
        _ => InsideFilms::Natural,
    }
}

pub(super) fn outside(view: &View<'_>) -> OutsideFilms {
    match view.choice("outside_films") {
        "standard" => OutsideFilms::Standard,
        _ => OutsideFilms::Weather,
    }
}

pub(super) fn terrain(view: &View<'_>) -> Terrain {
    match view.choice("terrain") {
        "open" => Terrain::Open,
        "city" => Terrain::City,
        _ => Terrain::Suburbs,
    }
}

pub(super) fn roughness(view: &View<'_>) -> Roughness {
    match view.choice("roughness") {
        "very_rough" => Roughness::VeryRough,
        "medium_rough" => Roughness::MediumRough,
        "medium_smooth" => Roughness::MediumSmooth,
        "smooth" => Roughness::Smooth,
        "very_smooth" => Roughness::VerySmooth,
        _ => Roughness::Rough,
    }
}

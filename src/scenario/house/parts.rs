//! Windows, gains, directions and keys of rooms: what all ways to describe a
//! house share.

use std::sync::Arc;

use super::Surroundings;
use super::construction::films::{
    INSIDE_CONVECTION, INSIDE_RADIATION, OUTSIDE_CONVECTION, OUTSIDE_FILM,
};
use crate::model::Series;
use crate::model::construction::Gain;
use crate::model::house::Window;
use crate::physics::shade::{Part, Shade};
use crate::scenario::fault::{Code, Fault};
use crate::scenario::field::{
    Field, Kind, Section, default, integer, number, numbers, optional, required,
};
use crate::scenario::hint;
use crate::scenario::series;
use crate::scenario::view::View;
use crate::units::S_PER_DAY;

/// Compass points and their azimuths, degrees clockwise from north.
const COMPASS: &[(&str, &str)] = &[
    ("N", "north, 0°"),
    ("NE", "45°"),
    ("E", "east, 90°"),
    ("SE", "135°"),
    ("S", "south, 180°"),
    ("SW", "225°"),
    ("W", "west, 270°"),
    ("NW", "315°"),
];

/// A direction: a compass point, or degrees clockwise from north.
pub(super) const FACING: Kind = Kind::OneOf(&[
    Kind::Choice(COMPASS),
    Kind::Number {
        unit: "°",
        min: 0.0,
        max: 360.0,
    },
]);

/// Degrees clockwise from north of the key `facing`; `None` where it is not given.
pub(super) fn facing_deg(view: &View<'_>) -> Option<f64> {
    if let Some(point) = view.opt_choice("facing") {
        let index = COMPASS.iter().position(|c| c.0 == point)?;
        return Some(45.0 * index as f64);
    }
    view.opt_number("facing")
}

const AREA: Field = required(
    "area_m2",
    number("m²", 0.05, 200.0),
    "Whole area with its frame.",
);
const G_RANGE: Kind = number("", 0.05, 0.9);
const G_DOC: &str =
    "Total solar energy transmittance of the glass at normal incidence (EN 410), 0 to 1.";
const G: Field = required("g", G_RANGE, G_DOC);
const FRAME: Field = default(
    "frame_fraction",
    number("", 0.0, 0.8),
    "0.25",
    "Share of the frame (EN ISO 13790 uses 0.2 to 0.3).",
);
const PANES: Field = default(
    "panes",
    integer("", 1, 4),
    "2",
    "Panes of glass of a window given by g: how g falls with the angle of incidence.",
);
const DIRECTION: Field = required("facing", FACING, "Direction that it faces.");
const TILT: Field = default(
    "tilt_deg",
    number("°", 0.0, 180.0),
    "90",
    "0 faces the sky, 90 is upright.",
);
const NAME: Field = default("name", Kind::Text, "''", "For reports.");
const SHADE_DIRECT: Field = default(
    "shading_direct",
    number("", 0.0, 1.0),
    "0",
    "Share of direct sun that surroundings keep off.",
);
const SHADE_DIFFUSE: Field = default(
    "shading_diffuse",
    number("", 0.0, 1.0),
    "0",
    "Share of diffuse light that surroundings keep off.",
);
const OVERHANG: Field = default(
    "overhang_depth_ratio",
    number("", 0.0, 5.0),
    "0",
    "Depth of a long overhang above, over the window's height; or give `overhang`.",
);
const OVERHANG_GAP: Field = default(
    "overhang_gap_ratio",
    number("", 0.0, 5.0),
    "0",
    "Gap between window and this overhang, over the window's height.",
);
const HEIGHT: Field = optional(
    "height_m",
    number("m", 0.05, 50.0),
    "For overhang and fins. Left out: area over width, or 1.4.",
);
const WIDTH: Field = optional(
    "width_m",
    number("m", 0.05, 100.0),
    "For overhang and fins. Left out: area over height.",
);
const OVERHANG_PART: Field = optional(
    "overhang",
    Kind::Section(&OVERHANG_SECTION),
    "A plate above the window that shades beam and sky.",
);
const FIN_LEFT: Field = optional(
    "fin_left",
    Kind::Section(&FIN),
    "A plate beside the window, left as seen from outdoors.",
);
const FIN_RIGHT: Field = optional("fin_right", Kind::Section(&FIN), "The same on the right.");

static OVERHANG_SECTION: Section = Section {
    name: "overhang",
    doc: "A level plate above a window.",
    fields: &[
        required("depth_m", number("m", 0.01, 50.0), "How far it stands out."),
        default(
            "gap_m",
            number("m", 0.0, 50.0),
            "0",
            "Between the window's upper edge and the plate.",
        ),
        default(
            "beyond_left_m",
            number("m", 0.0, 1000.0),
            "0",
            "How far it reaches beyond the window's left edge, as seen from outdoors.",
        ),
        default(
            "beyond_right_m",
            number("m", 0.0, 1000.0),
            "0",
            "The same on the right.",
        ),
    ],
};

static FIN: Section = Section {
    name: "fin",
    doc: "An upright plate beside a window.",
    fields: &[
        required("depth_m", number("m", 0.01, 50.0), "How far it stands out."),
        default(
            "gap_m",
            number("m", 0.0, 50.0),
            "0",
            "Between the window's edge and the plate.",
        ),
        default(
            "above_m",
            number("m", -50.0, 1000.0),
            "0",
            "How far it reaches above the window's upper edge.",
        ),
        default(
            "below_m",
            number("m", -50.0, 1000.0),
            "0",
            "How far it reaches below the window's lower edge.",
        ),
    ],
};

pub(super) const BLIND: Field = default(
    "blind_transmittance",
    number("", 0.0, 1.0),
    "1",
    "Share of the sun that a closed blind lets through; 1 is no blind.",
);
pub(super) const BLIND_ABOVE: Field = default(
    "blind_closes_above_w_per_m2",
    number("W/m²", 0.0, 1500.0),
    "200",
    "The blind closes above this irradiance on the window.",
);

pub(super) const FLOOR_AREA: Field = required(
    "floor_area_m2",
    number("m²", 1.0, 5000.0),
    "Heated floor area.",
);
pub(super) const TARGET_OFFSET: Field = default(
    "target_offset_k",
    number("K", -10.0, 10.0),
    "0",
    "Added to the target of the settings (a bathroom +2).",
);
pub(super) const CONTROLLED: Field = default(
    "controlled",
    Kind::Bool,
    "true",
    "Whether the room follows the settings; if not, it counts in no comfort figure.",
);
pub(super) const APERTURES: Field = optional(
    "windows",
    Kind::Sections(&APERTURE),
    "Where the sun comes in.",
);
pub(super) const GAINS: Field = optional(
    "gains",
    Kind::Sections(&GAIN),
    "Heat of people, light and appliances.",
);

/// A window with its heat loss.
pub(super) static WINDOW: Section = Section {
    name: "window",
    doc: "A window of a room.",
    fields: &[
        NAME,
        AREA,
        optional(
            "u_w_per_m2_k",
            number("W/(m² K)", 0.3, 7.0),
            "U-value of the whole window (EN ISO 10077-1). With `g`, unless `glazing` says it.",
        ),
        optional("g", G_RANGE, G_DOC),
        optional(
            "glazing",
            Kind::Text,
            "Name of its panes in `glazings`, in place of `u_w_per_m2_k` and `g`.",
        ),
        default(
            "frame_u_w_per_m2_k",
            number("W/(m² K)", 0.3, 10.0),
            "1.6",
            "With `glazing`: U-value of the frame, edge included.",
        ),
        DIRECTION,
        optional(
            "in",
            Kind::Text,
            "Surface of the same room that it is cut out of. Without it, the surface's area is without windows.",
        ),
        FRAME,
        PANES,
        TILT,
        SHADE_DIRECT,
        SHADE_DIFFUSE,
        OVERHANG,
        OVERHANG_GAP,
        HEIGHT,
        WIDTH,
        OVERHANG_PART,
        FIN_LEFT,
        FIN_RIGHT,
        BLIND,
        BLIND_ABOVE,
        OUTSIDE_FILM,
        OUTSIDE_CONVECTION,
        INSIDE_CONVECTION,
        INSIDE_RADIATION,
    ],
};

/// A window whose heat loss is counted elsewhere: its sun alone.
static APERTURE: Section = Section {
    name: "aperture",
    doc: "The solar side of a window; its heat loss is part of the room's parameters.",
    fields: &[
        NAME,
        AREA,
        G,
        DIRECTION,
        FRAME,
        PANES,
        TILT,
        SHADE_DIRECT,
        SHADE_DIFFUSE,
        OVERHANG,
        OVERHANG_GAP,
        HEIGHT,
        WIDTH,
        OVERHANG_PART,
        FIN_LEFT,
        FIN_RIGHT,
        BLIND,
        BLIND_ABOVE,
    ],
};

/// The solar side of a window of either section.
pub(super) fn window(view: &View<'_>, index: usize) -> Window {
    let name = view.text("name");
    let area_m2 = view.number("area_m2");
    Window {
        name: if name.is_empty() {
            format!("window {}", index + 1)
        } else {
            name
        },
        area_m2,
        frame_fraction: view.number("frame_fraction"),
        g_normal: view.opt_number("g").unwrap_or(f64::NAN),
        kept: [1.0; 2],
        panes: view.integer("panes").clamp(1, 4) as u8,
        glass: Vec::new(),
        tilt_deg: view.number("tilt_deg"),
        azimuth_deg: facing_deg(view).unwrap_or(f64::NAN),
        shading_direct: view.number("shading_direct"),
        shading_diffuse: view.number("shading_diffuse"),
        shade: shade(view, area_m2),
        blind_transmittance: view.number("blind_transmittance"),
        blind_closes_above_w_per_m2: view.number("blind_closes_above_w_per_m2"),
    }
}

/// Height of a window that says nothing, m.
const USUAL_HEIGHT_M: f64 = 1.4;
/// An overhang given by its depth alone reaches this far to both sides, m.
const LONG_M: f64 = 1000.0;

/// Overhang and fins of a window.
fn shade(view: &View<'_>, area_m2: f64) -> Shade {
    let (height, width) = (view.opt_number("height_m"), view.opt_number("width_m"));
    let height_m = height
        .or(width.map(|w| area_m2 / w))
        .unwrap_or(USUAL_HEIGHT_M);
    let width_m = width.unwrap_or(area_m2 / height_m);
    let ratio = view.number("overhang_depth_ratio");
    let given = view.section("overhang");
    if given.is_some() && ratio > 0.0 {
        view.fault(
            "overhang_depth_ratio",
            Fault::new(Code::Conflict, "the overhang is given twice")
                .hint("keep `overhang` or `overhang_depth_ratio`"),
        );
    }
    let overhang = given.map_or(
        Part {
            depth_m: ratio * height_m,
            gap_m: view.number("overhang_gap_ratio") * height_m,
            beyond_m: [LONG_M; 2],
        },
        |o| Part {
            depth_m: o.number("depth_m"),
            gap_m: o.number("gap_m"),
            beyond_m: [o.number("beyond_left_m"), o.number("beyond_right_m")],
        },
    );
    let fin = |key: &str| {
        view.section(key).map_or(Part::default(), |f| Part {
            depth_m: f.number("depth_m"),
            gap_m: f.number("gap_m"),
            beyond_m: [f.number("below_m"), f.number("above_m")],
        })
    };
    Shade {
        width_m,
        height_m,
        overhang,
        left: fin("fin_left"),
        right: fin("fin_right"),
    }
}

/// People, light and appliances.
static GAIN: Section = Section {
    name: "gain",
    doc: "Heat of people, light and appliances in a room.",
    fields: &[
        optional(
            "power_w",
            number("W", 0.0, 20_000.0),
            "Power where the profile is 1.",
        ),
        optional(
            "power_w_per_m2",
            number("W/m²", 0.0, 200.0),
            "The same per floor area of the room (EN 16798-1 and ISO 17772 have 2 to 5 for dwellings).",
        ),
        default(
            "convective",
            number("", 0.0, 1.0),
            "0.5",
            "Share that warms the air; the rest is radiant (0.5: EN ISO 13790).",
        ),
        optional(
            "profile",
            numbers("", 0.0, 10.0),
            "24 factors, one an hour of the day in standard time; without it the gain is constant.",
        ),
        optional(
            "weekend_profile",
            numbers("", 0.0, 10.0),
            "The same for Saturday and Sunday; without it every day is alike.",
        ),
    ],
};

/// The gains of a room, from its key `gains`.
pub(super) fn gains(room: &View<'_>, floor_area_m2: f64, site: Surroundings<'_>) -> Vec<Gain> {
    let one = |view: &View<'_>| {
        let power = match (
            view.opt_number("power_w"),
            view.opt_number("power_w_per_m2"),
        ) {
            (Some(w), None) => w,
            (None, Some(w)) => w * floor_area_m2,
            (Some(_), Some(_)) => {
                view.fault(
                    "power_w",
                    Fault::new(Code::Conflict, "the power is given twice")
                        .hint("keep `power_w` or `power_w_per_m2`"),
                );
                f64::NAN
            }
            (None, None) => {
                if view.is_sound() {
                    view.fault_here(
                        Fault::new(Code::MissingKey, "the gain has no power")
                            .hint("give `power_w` or `power_w_per_m2`"),
                    );
                }
                f64::NAN
            }
        };
        let weekday = hours(view, "profile");
        let weekend = hours(view, "weekend_profile");
        Gain {
            power_w: weekly(power, weekday, weekend, site),
            convective: view.number("convective"),
        }
    };
    room.sections("gains").iter().map(one).collect()
}

/// The 24 values of a key, one an hour from midnight.
pub(in crate::scenario) fn hours(view: &View<'_>, key: &str) -> Option<Vec<f64>> {
    let values = view.opt_numbers(key)?;
    if values.len() != 24 {
        view.fault(
            key,
            Fault::new(
                Code::OutOfRange,
                format!("the profile has {} values", values.len()),
            )
            .allowed("24, one an hour from midnight"),
        );
        return None;
    }
    Some(values)
}

/// A key that holds a number or the hours of a day, which repeats in standard time.
pub(super) fn day(view: &View<'_>, key: &str, site: Surroundings<'_>) -> Series {
    if let Some(values) = hours(view, key) {
        return Series {
            start_s: -site.utc_offset_s,
            step_s: 3600,
            values: values.into(),
            periodic: true,
        };
    }
    view.opt_number(key)
        .map_or_else(Series::none, Series::constant)
}

/// A key that holds a series, over the run; without a run (a library house by
/// itself) what is constant.
pub(super) fn over_time(view: &View<'_>, key: &str, site: Surroundings<'_>) -> Series {
    match site.times {
        Some(times) => series::build(view, key, &times),
        None => view
            .opt_number(key)
            .map_or_else(Series::none, Series::constant),
    }
}

fn weekly(
    power_w: f64,
    weekday: Option<Vec<f64>>,
    weekend: Option<Vec<f64>>,
    site: Surroundings<'_>,
) -> Series {
    if weekday.is_none() && weekend.is_none() {
        return Series::constant(power_w);
    }
    let weekday = weekday.unwrap_or_else(|| vec![1.0; 24]);
    let weekend = weekend.unwrap_or_else(|| weekday.clone());
    let days = std::iter::repeat_n(&weekday, 5).chain(std::iter::repeat_n(&weekend, 2));
    // 1970-01-05 was a Monday.
    let monday = 4 * S_PER_DAY as i64;
    Series {
        start_s: monday - site.utc_offset_s,
        step_s: 3600,
        values: Arc::new(days.flatten().map(|f| f * power_w).collect()),
        periodic: true,
    }
}

/// Index of a named room; a fault at `key` where there is none.
pub(in crate::scenario) fn index_of(
    view: &View<'_>,
    key: &str,
    names: &[String],
    what: &str,
) -> Option<usize> {
    let name = view.opt_text(key)?;
    let found = names.iter().position(|n| *n == name);
    if found.is_none() {
        let fault = Fault::new(
            Code::UnknownName,
            format!("there is no {what} of this name"),
        )
        .allowed(names.join(", "))
        .maybe_hint(hint::did_you_mean(&name, names.iter().map(String::as_str)));
        view.fault(key, fault);
    }
    found
}

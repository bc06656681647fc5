//! Glazings: panes and gaps, given once and named by windows.

use crate::model::construction::GapSpec;
use crate::model::house::Pane;
use crate::physics::gap::Gas;
use crate::scenario::fault::{Code, Fault};
use crate::scenario::field::{Kind, Section, default, number, optional, required};
use crate::scenario::view::View;

/// Panes by name.
pub(super) static GLAZING: Section = Section {
    name: "glazing",
    doc: "Glass of windows, pane by pane: light by Fresnel's equations, gaps by ISO 15099.",
    fields: &[
        required(
            "panes",
            Kind::Sections(&PANE),
            "From outdoors to the room, 1 to 4.",
        ),
        optional(
            "gaps",
            Kind::Sections(&GAP),
            "Between the panes, from outdoors to the room: one fewer than panes.",
        ),
    ],
};

static PANE: Section = Section {
    name: "pane",
    doc: "A pane of glass, solar range, at normal incidence (EN 410).",
    fields: &[
        default("thickness_mm", number("mm", 0.5, 50.0), "4", "Thickness."),
        default(
            "conductivity_w_per_m_k",
            number("W/(m K)", 0.05, 5.0),
            "1",
            "Thermal conductivity (glass: EN 673).",
        ),
        default(
            "solar_transmittance",
            number("", 0.01, 0.99),
            "0.82",
            "Of the sun's energy, not of visible light alone. The default is 4 mm of clear glass.",
        ),
        default(
            "solar_reflectance",
            number("", 0.0, 0.95),
            "0.074",
            "For light from outdoors.",
        ),
        optional(
            "solar_reflectance_back",
            number("", 0.0, 0.95),
            "For light from the room. Left out: the same; if it differs, the pane counts as coated.",
        ),
        default(
            "emissivity_outside",
            number("", 0.01, 1.0),
            "0.84",
            "Long-wave emissivity of the face towards outdoors (0.84: bare glass; coatings 0.02 to 0.2).",
        ),
        default(
            "emissivity_inside",
            number("", 0.01, 1.0),
            "0.84",
            "Of the face towards the room.",
        ),
    ],
};

static GAP: Section = Section {
    name: "gap",
    doc: "The space between two panes.",
    fields: &[
        required("thickness_mm", number("mm", 2.0, 200.0), "Thickness."),
        default(
            "gas",
            Kind::Choice(&[
                ("air", "dry air"),
                ("argon", "argon"),
                ("krypton", "krypton"),
            ]),
            "'air'",
            "What fills it.",
        ),
    ],
};

/// A glazing that was read.
#[derive(Clone, Debug)]
pub(super) struct Glazing {
    pub(super) panes: Vec<Pane>,
    pub(super) gaps: Vec<GapSpec>,
}

/// Reads a glazing; faults where panes and gaps don't fit.
pub(super) fn build(view: &View<'_>) -> Glazing {
    let views = view.sections("panes");
    let panes: Vec<Pane> = views.iter().map(pane).collect();
    let gaps: Vec<GapSpec> = view
        .sections("gaps")
        .iter()
        .map(|g| GapSpec {
            thickness_m: g.number("thickness_mm") / 1000.0,
            gas: match g.choice("gas") {
                "argon" => Gas::Argon,
                "krypton" => Gas::Krypton,
                _ => Gas::Air,
            },
        })
        .collect();
    if view.is_sound() && !(1..=4).contains(&panes.len()) {
        view.fault(
            "panes",
            Fault::new(
                Code::OutOfRange,
                format!("the glazing has {} panes", panes.len()),
            )
            .allowed("1 to 4"),
        );
    } else if view.is_sound() && gaps.len() + 1 != panes.len() {
        let key = if view.has("gaps") { "gaps" } else { "panes" };
        view.fault(
            key,
            Fault::new(
                Code::Conflict,
                format!("{} panes with {} gaps", panes.len(), gaps.len()),
            )
            .allowed(format!("{} gaps", panes.len().saturating_sub(1))),
        );
    }
    Glazing { panes, gaps }
}

fn pane(view: &View<'_>) -> Pane {
    let transmittance = view.number("solar_transmittance");
    let front = view.number("solar_reflectance");
    let back = view.opt_number("solar_reflectance_back").unwrap_or(front);
    for (key, reflectance) in [("solar_reflectance", front), ("solar_reflectance_back", back)] {
        if transmittance + reflectance > 1.0 {
            let key = if view.has(key) { key } else { "solar_transmittance" };
            view.fault(
                key,
                Fault::new(
                    Code::Conflict,
                    "the pane lets through and reflects more than it receives",
                )
                .allowed("transmittance and reflectance of at most 1 together"),
            );
            break;
        }
    }
    Pane {
        thickness_m: view.number("thickness_mm") / 1000.0,
        conductivity_w_per_m_k: view.number("conductivity_w_per_m_k"),
        transmittance,
        front_reflectance: front,
        back_reflectance: back,
        outer_emissivity: view.number("emissivity_outside"),
        inner_emissivity: view.number("emissivity_inside"),
    }
}

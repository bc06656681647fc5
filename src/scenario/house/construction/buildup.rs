//! Build-ups: the layers of walls, roofs and floors, given one by one or by a
//! U-value (or thermal resistance) and a class of mass.

use crate::model::construction::{Layer, resistance};
use crate::scenario::fault::{Code, Fault};
use crate::scenario::field::{Kind, Section, default, number, optional};
use crate::scenario::view::View;

/// Layers by name.
pub(super) static BUILDUP: Section = Section {
    name: "buildup",
    doc: "Layers of a wall, roof or floor: one by one, or by U-value or resistance with a class of mass.",
    fields: &[
        optional("layers", Kind::Sections(&LAYER), "From the room outwards."),
        optional(
            "u_w_per_m2_k",
            number("W/(m² K)", 0.05, 4.0),
            "U-value with films of 0.13 and 0.04 m²K/W (EN ISO 6946); insulation fills up what the class of mass leaves.",
        ),
        optional(
            "r_m2_k_per_w",
            number("m² K/W", 0.05, 30.0),
            "Thermal resistance without films (the Dutch Rc).",
        ),
        default(
            "mass",
            Kind::Choice(&[
                ("light", "gypsum board on a timber frame, clad with wood"),
                (
                    "medium",
                    "100 mm of hollow brick, insulation, 100 mm of facing brick",
                ),
                (
                    "heavy",
                    "150 mm of sand-lime brick or concrete, insulation, 100 mm of facing brick",
                ),
            ]),
            "'medium'",
            "What stands before and behind the insulation, with `u_w_per_m2_k` or `r_m2_k_per_w`.",
        ),
        optional("source", Kind::Text, "Where its figures come from."),
    ],
};

static LAYER: Section = Section {
    name: "layer",
    doc: "A layer: a material of the list, or conductivity, density and specific heat, or a resistance.",
    fields: &[
        optional(
            "material",
            Kind::Choice(MATERIAL_DOCS),
            "Design values, rounded: EN ISO 10456, but masonry and insulation as products usually are.",
        ),
        optional("thickness_mm", number("mm", 0.1, 3000.0), "Thickness."),
        optional(
            "conductivity_w_per_m_k",
            number("W/(m K)", 0.005, 400.0),
            "Thermal conductivity; overrides the material's.",
        ),
        optional(
            "density_kg_per_m3",
            number("kg/m³", 0.5, 12_000.0),
            "Overrides the material's.",
        ),
        optional(
            "specific_heat_j_per_kg_k",
            number("J/(kg K)", 100.0, 5000.0),
            "Overrides the material's.",
        ),
        optional(
            "r_m2_k_per_w",
            number("m² K/W", 0.001, 50.0),
            "Resistance of a layer without mass (an air gap: 0.18), in place of all others.",
        ),
    ],
};

/// Name, W/(m K), kg/m3, J/(kg K), rounded. Concrete, screed (as concrete of
/// 2000 kg/m3), plaster, board, timber and tiles: EN ISO 10456:2007, table 3 (not
/// compared with the document; timber with EDF's BuildSysPro: equal). The standard
/// has no masonry: brick, sand-lime brick and aerated concrete lie among the
/// products of like density in TEASER's list of materials (0.46 to 0.92, 0.99 to 1.05
/// and 0.12 to 0.24 W/(m K)); hollow brick is ours. Insulation: usual products.
const MATERIALS: &[(&str, f64, f64, f64)] = &[
    ("brick", 0.8, 1800.0, 1000.0),
    ("hollow-brick", 0.5, 1000.0, 1000.0),
    ("sand-lime-brick", 1.0, 1800.0, 1000.0),
    ("aerated-concrete", 0.16, 550.0, 1000.0),
    ("concrete", 2.0, 2400.0, 1000.0),
    ("screed", 1.35, 2000.0, 1000.0),
    ("plaster", 0.57, 1300.0, 1000.0),
    ("gypsum-board", 0.25, 900.0, 1000.0),
    ("timber", 0.13, 500.0, 1600.0),
    ("wood-fibre", 0.05, 160.0, 2100.0),
    ("mineral-wool", 0.036, 40.0, 1030.0),
    ("eps", 0.036, 20.0, 1450.0),
    ("pur", 0.025, 35.0, 1400.0),
    ("roof-tiles", 1.0, 2000.0, 800.0),
    ("ceramic-tiles", 1.3, 2300.0, 840.0),
];

const MATERIAL_DOCS: &[(&str, &str)] = &[
    ("brick", "0.8 W/(m K), 1800 kg/m³"),
    ("hollow-brick", "0.5 W/(m K), 1000 kg/m³"),
    ("sand-lime-brick", "1.0 W/(m K), 1800 kg/m³"),
    ("aerated-concrete", "0.16 W/(m K), 550 kg/m³"),
    ("concrete", "2.0 W/(m K), 2400 kg/m³"),
    ("screed", "1.35 W/(m K), 2000 kg/m³"),
    ("plaster", "0.57 W/(m K), 1300 kg/m³"),
    ("gypsum-board", "0.25 W/(m K), 900 kg/m³"),
    ("timber", "0.13 W/(m K), 500 kg/m³"),
    ("wood-fibre", "0.05 W/(m K), 160 kg/m³"),
    ("mineral-wool", "0.036 W/(m K), 40 kg/m³"),
    ("eps", "0.036 W/(m K), 20 kg/m³"),
    ("pur", "0.025 W/(m K), 35 kg/m³"),
    ("roof-tiles", "1.0 W/(m K), 2000 kg/m³"),
    ("ceramic-tiles", "1.3 W/(m K), 2300 kg/m³"),
];

/// The layers; empty or with NaN after a fault.
pub(super) fn build(view: &View<'_>) -> Vec<Layer> {
    let given: Vec<&str> = ["layers", "u_w_per_m2_k", "r_m2_k_per_w"]
        .into_iter()
        .filter(|k| view.has(k))
        .collect();
    match given[..] {
        ["layers"] => {
            let layers: Vec<Layer> = view.sections("layers").iter().map(layer).collect();
            if layers.is_empty() {
                view.fault(
                    "layers",
                    Fault::new(Code::MissingKey, "a build-up needs a layer"),
                );
                return vec![Layer::Resistance(f64::NAN)];
            }
            layers
        }
        ["u_w_per_m2_k"] => {
            let r = 1.0 / view.number("u_w_per_m2_k") - 0.17;
            by_class(view, "u_w_per_m2_k", r)
        }
        [_] => by_class(view, "r_m2_k_per_w", view.number("r_m2_k_per_w")),
        [] => {
            if view.is_sound() {
                view.fault_here(
                    Fault::new(Code::MissingKey, "the build-up is empty")
                        .hint("give `layers`, `u_w_per_m2_k` or `r_m2_k_per_w`"),
                );
            }
            vec![Layer::Resistance(f64::NAN)]
        }
        [_, second, ..] => {
            view.fault(
                second,
                Fault::new(Code::Conflict, "the build-up is given in more than one way")
                    .hint("keep one of `layers`, `u_w_per_m2_k` and `r_m2_k_per_w`"),
            );
            vec![Layer::Resistance(f64::NAN)]
        }
    }
}

fn layer(view: &View<'_>) -> Layer {
    if let Some(r) = view.opt_number("r_m2_k_per_w") {
        if let Some(other) = ["material", "thickness_mm", "conductivity_w_per_m_k"]
            .into_iter()
            .find(|k| view.has(k))
        {
            view.fault(
                other,
                Fault::new(
                    Code::Conflict,
                    "a layer given by its resistance has no other figures",
                ),
            );
        }
        return Layer::Resistance(r);
    }
    let name = view.choice("material");
    let material = MATERIALS.iter().find(|m| m.0 == name);
    let figure = |key: &str, of: Option<f64>| -> f64 {
        let value = view.opt_number(key).or(of);
        if value.is_none() && view.is_sound() {
            view.fault_here(
                Fault::new(Code::MissingKey, format!("the layer has no `{key}`"))
                    .hint("give a `material`, or all figures, or `r_m2_k_per_w`"),
            );
        }
        value.unwrap_or(f64::NAN)
    };
    Layer::Solid {
        thickness_m: figure("thickness_mm", None) / 1000.0,
        conductivity_w_per_m_k: figure("conductivity_w_per_m_k", material.map(|m| m.1)),
        density_kg_per_m3: figure("density_kg_per_m3", material.map(|m| m.2)),
        specific_heat_j_per_kg_k: figure("specific_heat_j_per_kg_k", material.map(|m| m.3)),
    }
}

fn solid(thickness_m: f64, name: &str) -> Layer {
    let (_, k, density, specific) = MATERIALS
        .iter()
        .find(|m| m.0 == name)
        .copied()
        .unwrap_or(("", 1.0, 1000.0, 1000.0));
    Layer::Solid {
        thickness_m,
        conductivity_w_per_m_k: k,
        density_kg_per_m3: density,
        specific_heat_j_per_kg_k: specific,
    }
}

/// Mass inside, insulation to reach `r` (m2 K/W, without films), mass outside.
/// The outer leaf goes first where the wall insulates too little for both.
fn by_class(view: &View<'_>, key: &str, r: f64) -> Vec<Layer> {
    if r.is_nan() {
        return vec![Layer::Resistance(f64::NAN)];
    }
    let (inner, outer) = match view.choice("mass") {
        "light" => (solid(0.0125, "gypsum-board"), solid(0.018, "timber")),
        "heavy" => (solid(0.15, "sand-lime-brick"), solid(0.1, "brick")),
        _ => (solid(0.1, "hollow-brick"), solid(0.1, "brick")),
    };
    for layers in [vec![inner, outer], vec![inner]] {
        let rest = r - resistance(&layers);
        if rest >= 0.0 {
            let mut layers = layers;
            if rest > 0.0 {
                layers.insert(1, Layer::Resistance(rest));
            }
            return layers;
        }
    }
    view.fault(
        key,
        Fault::new(
            Code::Conflict,
            "the build-up insulates less than its inner layer alone does",
        )
        .hint("give `layers` one by one, or another class of `mass`"),
    );
    vec![Layer::Resistance(f64::NAN)]
}

//! `house.template`: rooms by a few parameters each.

use super::Surroundings;
use super::parts::{self, APERTURE, GAIN};
use crate::house::template::{
    self, Coupling, FiveROneC, Parameters, TemplateRoom, TwoElement, class_j_per_m2_k,
    class_mass_area,
};
use crate::model::House;
use crate::model::house::BoundaryTemperature;
use crate::scenario::fault::{Code, Fault};
use crate::scenario::field::{Kind, Section, default, number, optional, required};
use crate::scenario::view::View;

/// By a few parameters a room.
pub static TEMPLATE: Section = Section {
    name: "template",
    doc: "A house of rooms with one to five parameters each, or with those of EN ISO 13790 or VDI 6007-1.",
    fields: &[
        required("rooms", Kind::Named(&ROOM), "The rooms, by name."),
        optional(
            "couplings",
            Kind::Sections(&COUPLING),
            "Conductances between rooms.",
        ),
    ],
};

static COUPLING: Section = Section {
    name: "coupling",
    doc: "A conductance between the air of two rooms: doors and inner walls together.",
    fields: &[
        required("between", Kind::Text, "A room."),
        required("and", Kind::Text, "The other room."),
        required("w_per_k", number("W/K", 0.1, 10_000.0), "Conductance."),
    ],
};

static ROOM: Section = Section {
    name: "template room",
    doc: "A room by a few parameters.",
    fields: &[
        required(
            "floor_area_m2",
            number("m²", 1.0, 5000.0),
            "Heated floor area.",
        ),
        default(
            "target_offset_k",
            number("K", -10.0, 10.0),
            "0",
            "Added to the target of the settings (a bathroom +2).",
        ),
        default(
            "controlled",
            Kind::Bool,
            "true",
            "Whether the room follows the settings.",
        ),
        required(
            "model",
            Kind::Variants {
                tag: "kind",
                of: &[
                    ("one-node", &ONE_NODE),
                    ("air-and-mass", &AIR_AND_MASS),
                    ("envelope", &ENVELOPE),
                    ("iso-13790", &ISO_13790),
                    ("vdi-6007", &VDI_6007),
                ],
            },
            "Its nodes and their parameters.",
        ),
        default(
            "ventilation_w_per_k",
            number("W/K", 0.0, 5000.0),
            "0",
            "Heat loss by air exchange, where the model's loss does not contain it.",
        ),
        optional(
            "windows",
            Kind::Sections(&APERTURE),
            "Where the sun comes in.",
        ),
        optional(
            "gains",
            Kind::Sections(&GAIN),
            "Heat of people, light and appliances.",
        ),
    ],
};

const CLASS: Kind = Kind::Choice(&[
    ("very-light", "80 kJ/(m² K)"),
    ("light", "110 kJ/(m² K)"),
    ("medium", "165 kJ/(m² K)"),
    ("heavy", "260 kJ/(m² K)"),
    ("very-heavy", "370 kJ/(m² K)"),
]);

static ONE_NODE: Section = Section {
    name: "one node",
    doc: "One capacity behind one conductance (1R1C): one or two parameters.",
    fields: &[
        required(
            "loss_w_per_k",
            number("W/K", 0.1, 20_000.0),
            "Heat loss to outdoors.",
        ),
        optional(
            "capacity_kj_per_k",
            number("kJ/K", 10.0, 1e7),
            "Heat capacity; without it that of the class.",
        ),
        default(
            "class",
            CLASS,
            "'medium'",
            "Heat capacity per floor area (EN ISO 13790:2008, table 12).",
        ),
    ],
};

static AIR_AND_MASS: Section = Section {
    name: "air and mass",
    doc: "Air and inner mass; the air loses heat (TiTm): up to four parameters.",
    fields: &[
        required(
            "loss_w_per_k",
            number("W/K", 0.1, 20_000.0),
            "Heat loss of the air to outdoors.",
        ),
        required(
            "mass_kj_per_k",
            number("kJ/K", 10.0, 1e7),
            "Heat capacity of the mass.",
        ),
        optional(
            "air_kj_per_k",
            number("kJ/K", 1.0, 1e7),
            "Heat capacity of air and furniture; without it 10 kJ/(m² K) (EN ISO 52016-1).",
        ),
        optional(
            "air_to_mass_w_per_k",
            number("W/K", 0.1, 100_000.0),
            "Without it 3.45 W/(m² K) on 4.5 m² of surface a m² of floor (EN ISO 13790).",
        ),
    ],
};

static ENVELOPE: Section = Section {
    name: "envelope",
    doc: "Interior and envelope one behind the other, with a direct path beside (TiTe): five parameters.",
    fields: &[
        required(
            "interior_kj_per_k",
            number("kJ/K", 1.0, 1e7),
            "Heat capacity of the interior.",
        ),
        required(
            "envelope_kj_per_k",
            number("kJ/K", 1.0, 1e7),
            "Heat capacity of the envelope.",
        ),
        required(
            "interior_to_envelope_w_per_k",
            number("W/K", 0.1, 100_000.0),
            "Between the two.",
        ),
        required(
            "envelope_to_outdoor_w_per_k",
            number("W/K", 0.1, 20_000.0),
            "From the envelope to outdoors.",
        ),
        default(
            "direct_w_per_k",
            number("W/K", 0.0, 20_000.0),
            "0",
            "From the interior to outdoors past the envelope (windows, leaks).",
        ),
    ],
};

static ISO_13790: Section = Section {
    name: "iso 13790",
    doc: "The simple hourly model of EN ISO 13790 (5R1C); air exchange is the room's `ventilation_w_per_k`.",
    fields: &[
        required(
            "windows_w_per_k",
            number("W/K", 0.0, 20_000.0),
            "H_tr,w: windows and glazed doors.",
        ),
        required(
            "opaque_w_per_k",
            number("W/K", 0.0, 20_000.0),
            "H_tr,op: opaque parts.",
        ),
        default(
            "class",
            CLASS,
            "'medium'",
            "Sets mass and mass area where they are not given (table 12).",
        ),
        optional("mass_kj_per_k", number("kJ/K", 10.0, 1e7), "C_m."),
        optional("mass_area_m2", number("m²", 0.5, 20_000.0), "A_m."),
    ],
};

static VDI_6007: Section = Section {
    name: "vdi 6007",
    doc: "The two-element model of VDI 6007-1: outer and inner walls, one resistance and capacity each.",
    fields: &[
        default(
            "air_kj_per_k",
            number("kJ/K", 0.0, 1e6),
            "0",
            "Heat capacity of the air.",
        ),
        required("outer_area_m2", number("m²", 0.1, 20_000.0), "Outer walls."),
        required(
            "outer_k_per_w",
            number("K/W", 1e-7, 10.0),
            "R1 of the outer walls: face to capacity.",
        ),
        required(
            "outer_kj_per_k",
            number("kJ/K", 0.1, 1e7),
            "C1 of the outer walls.",
        ),
        required(
            "outer_rest_k_per_w",
            number("K/W", 1e-7, 10.0),
            "From that capacity to the outer face.",
        ),
        required(
            "inner_area_m2",
            number("m²", 0.1, 50_000.0),
            "Inner walls, floors and ceilings.",
        ),
        required(
            "inner_k_per_w",
            number("K/W", 1e-7, 10.0),
            "R1 of the inner walls.",
        ),
        required(
            "inner_kj_per_k",
            number("kJ/K", 0.1, 1e7),
            "C1 of the inner walls.",
        ),
        default(
            "window_area_m2",
            number("m²", 0.0, 5000.0),
            "0",
            "Windows that are not part of the outer walls.",
        ),
        default(
            "window_k_per_w",
            number("K/W", 1e-9, 10.0),
            "0.01",
            "Resistance of these panes without films.",
        ),
        default(
            "outer_film_w_per_m2_k",
            number("W/(m² K)", 5.0, 60.0),
            "25",
            "Outer film.",
        ),
        default(
            "outer_convection_w_per_m2_k",
            number("W/(m² K)", 0.1, 20.0),
            "2.7",
            "At the outer walls' inner face.",
        ),
        default(
            "inner_convection_w_per_m2_k",
            number("W/(m² K)", 0.1, 20.0),
            "2.24",
            "At the inner walls.",
        ),
        default(
            "window_convection_w_per_m2_k",
            number("W/(m² K)", 0.1, 20.0),
            "2.7",
            "At the panes' inner face.",
        ),
        default(
            "radiation_w_per_m2_k",
            number("W/(m² K)", 0.1, 10.0),
            "5",
            "Between faces.",
        ),
        default(
            "sun_to_air",
            number("", 0.0, 1.0),
            "0.09",
            "Share of the sun that warms the air at once.",
        ),
        default(
            "sun_to_inner",
            number("", 0.0, 1.0),
            "1",
            "Share of the rest that meets the inner walls (1: all windows in one facade).",
        ),
    ],
};

/// Builds the house; `None` after a fault.
pub(super) fn build(view: &View<'_>, title: &str, site: Surroundings) -> Option<House> {
    let rooms = view.named("rooms");
    if rooms.is_empty() && view.has("rooms") {
        view.fault(
            "rooms",
            Fault::new(Code::MissingKey, "the house has no room"),
        );
    }
    let names: Vec<String> = rooms.iter().map(|r| r.0.clone()).collect();
    let built: Vec<Option<TemplateRoom>> = rooms
        .iter()
        .map(|(name, room)| template_room(name, room, site))
        .collect();
    let mut couplings = Vec::new();
    let mut complete = view.is_sound() && !built.is_empty();
    for c in view.sections("couplings") {
        let a = parts::index_of(&c, "between", &names, "room");
        let b = parts::index_of(&c, "and", &names, "room");
        let (Some(a), Some(b)) = (a, b) else {
            complete = false;
            continue;
        };
        if a == b {
            c.fault(
                "and",
                Fault::new(Code::Conflict, "both sides are the same room"),
            );
            complete = false;
            continue;
        }
        couplings.push(Coupling {
            a,
            b,
            conductance_w_per_k: c.number("w_per_k"),
        });
    }
    let rooms: Vec<TemplateRoom> = built.into_iter().collect::<Option<_>>()?;
    complete.then(|| template::build(title, &rooms, &couplings))
}

fn template_room(name: &str, room: &View<'_>, site: Surroundings) -> Option<TemplateRoom> {
    let floor_area_m2 = room.number("floor_area_m2");
    let (kind, model) = room.variant("model")?;
    let parameters = match kind {
        "one-node" => Parameters::OneNode {
            loss_w_per_k: model.number("loss_w_per_k"),
            capacity_j_per_k: model.opt_number("capacity_kj_per_k").map_or_else(
                || class_j_per_m2_k(model.choice("class")).unwrap_or(f64::NAN) * floor_area_m2,
                |kj| kj * 1000.0,
            ),
        },
        "air-and-mass" => Parameters::AirAndMass {
            loss_w_per_k: model.number("loss_w_per_k"),
            mass_j_per_k: model.number("mass_kj_per_k") * 1000.0,
            air_j_per_k: model
                .opt_number("air_kj_per_k")
                .unwrap_or(10.0 * floor_area_m2)
                * 1000.0,
            air_to_mass_w_per_k: model
                .opt_number("air_to_mass_w_per_k")
                .unwrap_or(3.45 * 4.5 * floor_area_m2),
        },
        "envelope" => Parameters::Envelope {
            interior_j_per_k: model.number("interior_kj_per_k") * 1000.0,
            envelope_j_per_k: model.number("envelope_kj_per_k") * 1000.0,
            interior_to_envelope_w_per_k: model.number("interior_to_envelope_w_per_k"),
            envelope_to_outdoor_w_per_k: model.number("envelope_to_outdoor_w_per_k"),
            direct_w_per_k: model.number("direct_w_per_k"),
        },
        "iso-13790" => Parameters::FiveROneC(iso_13790(&model, floor_area_m2)?),
        _ => Parameters::TwoElement(vdi_6007(&model)),
    };
    let windows: Vec<_> = room
        .sections("windows")
        .iter()
        .enumerate()
        .map(|(i, w)| parts::window(w, i))
        .collect();
    let gains = parts::gains(room, floor_area_m2, site);
    (room.is_sound() && model.is_sound()).then(|| TemplateRoom {
        name: name.to_owned(),
        floor_area_m2,
        target_offset_k: room.number("target_offset_k"),
        controlled: room.boolean("controlled"),
        parameters,
        ventilation_w_per_k: room.number("ventilation_w_per_k"),
        windows,
        gains,
    })
}

fn iso_13790(model: &View<'_>, floor_area_m2: f64) -> Option<FiveROneC> {
    let class = model.choice("class");
    let mass_area_m2 = model
        .opt_number("mass_area_m2")
        .unwrap_or(class_mass_area(class).unwrap_or(f64::NAN) * floor_area_m2);
    let opaque_w_per_k = model.number("opaque_w_per_k");
    if opaque_w_per_k >= 9.1 * mass_area_m2 {
        model.fault(
            "opaque_w_per_k",
            Fault::new(
                Code::Conflict,
                "the opaque parts conduct more than the mass gives to the room, 9.1 W/K a m² of mass area",
            )
            .hint("count glazed parts as windows, or give a larger `mass_area_m2`"),
        );
        return None;
    }
    if mass_area_m2 > 4.5 * floor_area_m2 {
        model.fault(
            "mass_area_m2",
            Fault::new(
                Code::Conflict,
                "the mass area is larger than all inner surfaces",
            )
            .allowed("up to 4.5 m² a m² of floor"),
        );
        return None;
    }
    Some(FiveROneC {
        mass_j_per_k: model.opt_number("mass_kj_per_k").map_or_else(
            || class_j_per_m2_k(class).unwrap_or(f64::NAN) * floor_area_m2,
            |kj| kj * 1000.0,
        ),
        mass_area_m2,
        windows_w_per_k: model.number("windows_w_per_k"),
        opaque_w_per_k,
    })
}

fn vdi_6007(model: &View<'_>) -> TwoElement {
    TwoElement {
        air_j_per_k: model.number("air_kj_per_k") * 1000.0,
        outer_area_m2: model.number("outer_area_m2"),
        outer_k_per_w: model.number("outer_k_per_w"),
        outer_j_per_k: model.number("outer_kj_per_k") * 1000.0,
        outer_rest_k_per_w: model.number("outer_rest_k_per_w"),
        outer_film_w_per_m2_k: model.number("outer_film_w_per_m2_k"),
        outer_temperature: BoundaryTemperature::Outdoor,
        inner_area_m2: model.number("inner_area_m2"),
        inner_k_per_w: model.number("inner_k_per_w"),
        inner_j_per_k: model.number("inner_kj_per_k") * 1000.0,
        window_area_m2: model.number("window_area_m2"),
        window_k_per_w: model.number("window_k_per_w"),
        outer_convection_w_per_m2_k: model.number("outer_convection_w_per_m2_k"),
        inner_convection_w_per_m2_k: model.number("inner_convection_w_per_m2_k"),
        window_convection_w_per_m2_k: model.number("window_convection_w_per_m2_k"),
        radiation_w_per_m2_k: model.number("radiation_w_per_m2_k"),
        sun_to_air: model.number("sun_to_air"),
        sun_to_inner: model.number("sun_to_inner"),
    }
}

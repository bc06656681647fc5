//! `emitter`: what brings heat into a room; sized from the room's design heat
//! load where the file says nothing.

use super::field::{Field, Kind, Section, default, number, optional};
use super::house::index_of;
use super::series::{self, Times, series_kind};
use super::view::NameOr;
use super::{Code, Fault, View};
use crate::model::Series;
use crate::model::emitter::{Emitter, EmitterKind, Place};
use crate::model::house::BoundaryTemperature;
use crate::physics::emitter::{WaterMean, water_conductance_w_per_k};
use crate::physics::heating_curve::DESIGN_ROOM_C;

/// What a scenario writes behind `emitter =`: a kind alone, sized by default,
/// or a table with its `kind`.
pub const KIND: Kind = Kind::TextOr(&Kind::Variants {
    tag: "kind",
    of: KINDS,
});

const KINDS: &[(&str, &Section)] = &[
    ("radiator", &RADIATOR),
    ("underfloor", &UNDERFLOOR),
    ("fan_coil", &FAN_COIL),
    ("room_unit", &ROOM_UNIT),
    ("ideal", &IDEAL),
];

const FLOW: Field = optional(
    "flow_l_per_h",
    number("l/h", 1.0, 20_000.0),
    "Design water flow. Left out: the design load at a spread of 5 K (radiators 7 K).",
);
const CAPACITY: Field = optional(
    "capacity_kj_per_k",
    number("kJ/K", 0.0, 1e6),
    "Heat capacity of water and material. Left out: from its size.",
);
const COOLING: Field = default("cooling", Kind::Bool, "true", "Whether it may also cool.");

static RADIATOR: Section = Section {
    name: "radiator",
    doc: "A radiator after EN 442-2. It cannot cool.",
    fields: &[
        optional(
            "nominal_kw",
            number("kW", 0.05, 100.0),
            "Emission at `nominal_dt_k`. Left out: what covers the room's design load at `design_flow_c`.",
        ),
        default(
            "nominal_dt_k",
            number("K", 10.0, 80.0),
            "50",
            "Excess temperature of the rating; 50 K is 75/65/20 °C.",
        ),
        default(
            "exponent",
            number("", 1.0, 1.6),
            "1.3",
            "Exponent of the emission; 1.3 for panels (EN 442-2 tests give 1.2 to 1.4).",
        ),
        default(
            "design_flow_c",
            number("°C", 25.0, 80.0),
            "45",
            "Flow temperature on the design day, for sizing only.",
        ),
        default(
            "convective_fraction",
            number("", 0.0, 1.0),
            "0.7",
            "Share of the heat that goes to the air.",
        ),
        FLOW,
        CAPACITY,
        optional("cooling", Kind::Bool, "Only false: a radiator would drip."),
    ],
};

static UNDERFLOOR: Section = Section {
    name: "underfloor heating",
    doc: "Pipes in a screed (EN 1264).",
    fields: &[
        default(
            "share_of_floor",
            number("", 0.05, 1.0),
            "0.9",
            "Share of the room's floor with pipes.",
        ),
        default(
            "u_up_w_per_m2_k",
            number("W/(m²K)", 1.0, 12.0),
            "6.4",
            "Screed to room: 10.8 W/(m²K) at the surface (EN 1264-2), covering 0.05 m²K/W, upper screed 0.015 m²K/W.",
        ),
        default(
            "u_pipe_w_per_m2_k",
            number("W/(m²K)", 2.0, 200.0),
            "20",
            "Water to screed; 0.05 m²K/W is typical of pipes 15 cm apart (resistances of ISO 11855-2).",
        ),
        default(
            "screed_mm",
            number("mm", 5.0, 200.0),
            "65",
            "Thickness that sets the heat capacity, 2.0 MJ/(m³K).",
        ),
        default(
            "down_w_per_k",
            number("W/K", 0.0, 500.0),
            "0",
            "Screed to what is below.",
        ),
        default(
            "down_to_c",
            number("°C", -10.0, 30.0),
            "10",
            "Temperature below.",
        ),
        default(
            "convective_fraction",
            number("", 0.0, 1.0),
            "0.5",
            "Share of the heat that goes to the air: about 5.5 of 10.8 W/(m²K) is radiant.",
        ),
        FLOW,
        CAPACITY,
        COOLING,
    ],
};

static FAN_COIL: Section = Section {
    name: "fan coil",
    doc: "A heat exchanger with a fan.",
    fields: &[
        optional(
            "conductance_w_per_k",
            number("W/K", 1.0, 20_000.0),
            "Water to room air. Left out: what covers the design load at `design_flow_c`.",
        ),
        default(
            "design_flow_c",
            number("°C", 25.0, 80.0),
            "40",
            "Flow temperature on the design day, for sizing only.",
        ),
        default(
            "fan_w",
            number("W", 0.0, 500.0),
            "15",
            "Electricity of the fan while it runs.",
        ),
        default(
            "convective_fraction",
            number("", 0.0, 1.0),
            "1",
            "Share of the heat that goes to the air.",
        ),
        FLOW,
        CAPACITY,
        COOLING,
    ],
};

static ROOM_UNIT: Section = Section {
    name: "room unit",
    doc: "Indoor unit of an air-to-air heat pump.",
    fields: &[
        optional(
            "conductance_w_per_k",
            number("W/K", 1.0, 20_000.0),
            "Refrigerant to room air. Left out: the design load over 20 K.",
        ),
        default(
            "fan_w",
            number("W", 0.0, 500.0),
            "25",
            "Electricity of the fan while it runs, where the points don't contain it.",
        ),
        default(
            "convective_fraction",
            number("", 0.0, 1.0),
            "1",
            "Share of the heat that goes to the air.",
        ),
        FLOW,
        CAPACITY,
        COOLING,
    ],
};

static IDEAL: Section = Section {
    name: "ideal emitter",
    doc: "Gives what holds the target, up to its limits, for studies of the building alone.",
    fields: &[
        optional(
            "heating_kw",
            number("kW", 0.0, 1000.0),
            "Most heat. Left out: twice the design load.",
        ),
        default("cooling_kw", number("kW", 0.0, 1000.0), "0", "Most cold."),
        default(
            "convective_fraction",
            number("", 0.0, 1.0),
            "1",
            "Share of the heat that goes to the air.",
        ),
        optional(
            "cooling_convective_fraction",
            number("", 0.0, 1.0),
            "The same of the cold. Left out: as of the heat.",
        ),
        optional(
            "heating_in",
            Kind::Text,
            "Heats this face instead of the room: a surface of the construction, `outer` or `inner` of VDI 6007-1, `mass` of the other templates, a node of the graph.",
        ),
        optional(
            "cooling_in",
            Kind::Text,
            "Cools this face instead of the room (a cooled ceiling).",
        ),
        optional(
            "heating_set_c",
            series_kind!("°C", -100.0, 100.0),
            "Temperature that it heats to, over time, whatever the settings say; one that is never reached switches it off. Left out: the target of the settings, where the mode heats.",
        ),
        optional(
            "cooling_set_c",
            series_kind!("°C", -100.0, 100.0),
            "Temperature that it cools to. Left out: the upper bound of the settings, where the mode cools.",
        ),
        optional("cooling", Kind::Bool, "Not used: `cooling_kw` says it."),
    ],
};

/// What sizes an emitter.
#[derive(Clone, Copy, Debug)]
pub struct RoomSize<'a> {
    /// Design heat load, W.
    pub load_w: f64,
    pub floor_area_m2: f64,
    /// The run, for set-points over time.
    pub times: Option<Times<'a>>,
    /// The room's faces by name, for an ideal emitter.
    pub places: &'a [(String, usize)],
}

const SCREED_J_PER_M3_K: f64 = 2.0e6;
/// J/K a W of nominal emission (75/65/20): some 5 l of water and 20 kg of
/// steel a kW, as in data sheets of panel radiators.
const RADIATOR_J_PER_K_W: f64 = 30.0;
const COIL_J_PER_K_W: f64 = 5.0;
const J_PER_L_K: f64 = crate::units::WATER_J_PER_L_K;

/// Builds the emitter that `key` of `parent` names or describes; `None` where
/// the file gives none. `parent`'s table gives `key` the kind [`KIND`].
pub fn build_at(parent: &View<'_>, key: &str, room: RoomSize<'_>) -> Option<Emitter> {
    match parent.name_or(key)? {
        NameOr::Name(name) => {
            let emitter = usual(&name, room);
            if emitter.is_none() {
                let names: Vec<&str> = KINDS.iter().map(|(n, _)| *n).collect();
                parent.fault(
                    key,
                    Fault::new(Code::UnknownChoice, "no such emitter").allowed(names.join(", ")),
                );
            }
            emitter
        }
        NameOr::Item(item) => {
            let (kind, view) = item.variant()?;
            Some(build(kind, &view, room))
        }
    }
}

/// An emitter of a kind with all its defaults; `None`: no such kind.
pub fn usual(kind: &str, room: RoomSize<'_>) -> Option<Emitter> {
    let (name, section) = KINDS.iter().find(|(n, _)| *n == kind)?;
    let source = super::Source::new("default", "");
    super::read_section(
        &source,
        super::Format::Toml,
        std::path::Path::new(""),
        section,
        |view| build(name, view, room),
    )
    .ok()
    .map(|(emitter, _)| emitter)
}

/// Builds an emitter from its table.
pub fn build(kind: &str, view: &View<'_>, room: RoomSize<'_>) -> Emitter {
    let load_w = room.load_w.max(50.0);
    let spread_k = if kind == "radiator" { 7.0 } else { 5.0 };
    let flow_w_per_k = match kind {
        "ideal" => 0.0,
        _ => view
            .opt_number("flow_l_per_h")
            .map_or(load_w / spread_k, |l| l / 3600.0 * J_PER_L_K),
    };
    if kind == "radiator" && view.boolean("cooling") {
        view.fault(
            "cooling",
            Fault::new(Code::Conflict, "a radiator cannot cool: it would drip")
                .hint("use \"fan_coil\" or \"underfloor\""),
        );
    }
    let (kind, capacity_j_per_k) = match kind {
        "radiator" => radiator(view, load_w, flow_w_per_k),
        "underfloor" => underfloor(view, room.floor_area_m2),
        "fan_coil" => fan_coil(view, load_w, flow_w_per_k),
        "room_unit" => {
            let conductance_w_per_k = view
                .opt_number("conductance_w_per_k")
                .unwrap_or(load_w / 20.0);
            let unit = EmitterKind::RoomUnit {
                conductance_w_per_k,
                fan_w: view.number("fan_w"),
                cooling: view.boolean("cooling"),
            };
            (unit, COIL_J_PER_K_W * load_w)
        }
        _ => {
            let ideal = EmitterKind::Ideal {
                heating_w: view
                    .opt_number("heating_kw")
                    .map_or(2.0 * load_w, |kw| 1000.0 * kw),
                cooling_w: 1000.0 * view.number("cooling_kw"),
                heating_in: place(view, "heating_in", "convective_fraction", room.places),
                cooling_in: place(
                    view,
                    "cooling_in",
                    "cooling_convective_fraction",
                    room.places,
                ),
                heating_set_c: set(view, "heating_set_c", room.times),
                cooling_set_c: set(view, "cooling_set_c", room.times),
            };
            (ideal, 0.0)
        }
    };
    let is_ideal = matches!(kind, EmitterKind::Ideal { .. });
    let own = if is_ideal {
        None
    } else {
        view.opt_number("capacity_kj_per_k").map(|kj| 1000.0 * kj)
    };
    Emitter {
        kind,
        convective_fraction: view.number("convective_fraction"),
        capacity_j_per_k: own.unwrap_or(capacity_j_per_k),
        flow_w_per_k,
    }
}

/// Where heat or cold enters: the named face, or the room by its share.
fn place(view: &View<'_>, key: &str, share: &str, places: &[(String, usize)]) -> Place {
    let convective = view
        .opt_number(share)
        .unwrap_or_else(|| view.number("convective_fraction"));
    if view.has(key) {
        let names: Vec<String> = places.iter().map(|p| p.0.clone()).collect();
        if let Some(i) = index_of(view, key, &names, "face of this room") {
            return Place::Node(places[i].1);
        }
    }
    Place::Room { convective }
}

/// A set-point over time, if the file gives one.
fn set(view: &View<'_>, key: &str, times: Option<Times<'_>>) -> Option<Series> {
    let series = series::build(view, key, &times?);
    (!series.is_none()).then_some(series)
}

fn radiator(view: &View<'_>, load_w: f64, flow_w_per_k: f64) -> (EmitterKind, f64) {
    let nominal_dt_k = view.number("nominal_dt_k");
    let exponent = view.number("exponent");
    let nominal_w = view.opt_number("nominal_kw").map_or_else(
        || {
            let water_k = load_w
                / water_conductance_w_per_k(WaterMean::Arithmetic, flow_w_per_k.max(1e-3), 0.0);
            let excess_k = (view.number("design_flow_c") - water_k - DESIGN_ROOM_C).max(3.0);
            load_w * (nominal_dt_k / excess_k).powf(exponent)
        },
        |kw| 1000.0 * kw,
    );
    let radiator = EmitterKind::Radiator {
        nominal_w,
        nominal_dt_k,
        exponent,
    };
    (radiator, RADIATOR_J_PER_K_W * nominal_w)
}

fn underfloor(view: &View<'_>, floor_area_m2: f64) -> (EmitterKind, f64) {
    let area_m2 = view.number("share_of_floor") * floor_area_m2;
    let floor = EmitterKind::Underfloor {
        conductance_w_per_k: view.number("u_up_w_per_m2_k") * area_m2,
        pipe_w_per_k: view.number("u_pipe_w_per_m2_k") * area_m2,
        down_w_per_k: view.number("down_w_per_k"),
        down_to: BoundaryTemperature::Fixed(view.number("down_to_c")),
        cooling: view.boolean("cooling"),
    };
    let thickness_m = 0.001 * view.number("screed_mm");
    (floor, SCREED_J_PER_M3_K * thickness_m * area_m2)
}

fn fan_coil(view: &View<'_>, load_w: f64, flow_w_per_k: f64) -> (EmitterKind, f64) {
    let conductance_w_per_k = view.opt_number("conductance_w_per_k").unwrap_or_else(|| {
        // Effectiveness that the design load asks for: 1 - exp(-UA / (m c)).
        let excess_k = (view.number("design_flow_c") - DESIGN_ROOM_C).max(3.0);
        let effectiveness = (load_w / (flow_w_per_k * excess_k)).min(0.9);
        -flow_w_per_k * (1.0 - effectiveness).ln()
    });
    let coil = EmitterKind::FanCoil {
        conductance_w_per_k,
        fan_w: view.number("fan_w"),
        cooling: view.boolean("cooling"),
    };
    (coil, COIL_J_PER_K_W * load_w)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::physics::emitter::design_flow_c;

    const ROOM: RoomSize<'_> = RoomSize {
        times: None,
        places: &[],
        load_w: 1500.0,
        floor_area_m2: 30.0,
    };

    #[test]
    fn emitters_sized_by_default_carry_the_design_load_at_their_flow() {
        for (kind, flow_c) in [("radiator", 45.0), ("fan_coil", 40.0)] {
            let e = usual(kind, ROOM).unwrap();
            let found = design_flow_c(&e.kind, e.flow_w_per_k, ROOM.load_w, 20.0);
            assert!((found - flow_c).abs() < 1e-6, "{kind} {found}");
        }
        let floor = usual("underfloor", ROOM).unwrap();
        let found = design_flow_c(&floor.kind, floor.flow_w_per_k, ROOM.load_w, 20.0);
        assert!((30.0..38.0).contains(&found), "{found}");
        assert!(floor.kind.can_cool() && !usual("radiator", ROOM).unwrap().kind.can_cool());
        assert!(usual("ideal", ROOM).is_some() && usual("room_unit", ROOM).is_some());
        assert!(usual("stove", ROOM).is_none());
    }

    #[test]
    fn an_ideal_emitter_heats_the_room_and_cools_the_face_that_it_names() {
        let read = |text: &str| {
            let source = super::super::Source::new("t.toml", text);
            let places = [("roof".to_owned(), 7), ("floor".to_owned(), 9)];
            let room = RoomSize {
                places: &places,
                ..ROOM
            };
            super::super::read_section(
                &source,
                super::super::Format::Toml,
                std::path::Path::new(""),
                &IDEAL,
                |view| build("ideal", view, room),
            )
        };
        let (emitter, _) = read("convective_fraction = 0.6\ncooling_in = \"roof\"\n").unwrap();
        let EmitterKind::Ideal {
            heating_in,
            cooling_in,
            ..
        } = emitter.kind
        else {
            panic!("ideal");
        };
        assert_eq!(heating_in, Place::Room { convective: 0.6 });
        assert_eq!(cooling_in, Place::Node(7));
        let faults = read("heating_in = \"rof\"\n").unwrap_err();
        let text = faults.list[0].line();
        assert!(text.contains("no face of this room"), "{text}");
    }

    #[test]
    fn fails_for_a_radiator_that_cools() {
        let source = super::super::Source::new("t.toml", "# sized\ncooling = true\n");
        let read = super::super::read_section(
            &source,
            super::super::Format::Toml,
            std::path::Path::new(""),
            &RADIATOR,
            |view| build("radiator", view, ROOM),
        );
        let faults = read.unwrap_err();
        assert_eq!(faults.list.len(), 1);
        assert!(faults.list[0].message.contains("cannot cool"));
        assert_eq!(faults.list[0].place.as_ref().map(|p| p.line), Some(2));
    }
}

//! `house.graph`: nodes, conductances and capacities, connected in any way.

use std::sync::Arc;

use super::Surroundings;
use super::parts::{self, APERTURES, CONTROLLED, FLOOR_AREA, GAINS, TARGET_OFFSET};
use crate::house::assembly::{Assembly, all_at};
use crate::model::house::{BoundaryTemperature, Flow, Room, SourceKind, SunPart, Weight};
use crate::model::{House, Series};
use crate::scenario::fault::{Code, Fault};
use crate::scenario::field::{Kind, Section, default, number, optional, required};
use crate::scenario::series::series_kind;
use crate::scenario::view::View;

/// By nodes, conductances and capacities.
pub static GRAPH: Section = Section {
    name: "graph",
    doc: "A house as nodes, conductances and capacities, connected in any way.",
    fields: &[
        required("nodes", Kind::Named(&NODE), "Temperatures, by name."),
        required(
            "links",
            Kind::Sections(&LINK),
            "Conductances between nodes.",
        ),
        required(
            "boundaries",
            Kind::Sections(&BOUNDARY),
            "Conductances to given temperatures.",
        ),
        required(
            "rooms",
            Kind::Named(&ROOM),
            "Which nodes are rooms, by name.",
        ),
    ],
};

static NODE: Section = Section {
    name: "node",
    doc: "A temperature.",
    fields: &[required(
        "capacity_kj_per_k",
        number("kJ/K", 0.0, 1e8),
        "Heat capacity; 0 is a node without mass.",
    )],
};

static LINK: Section = Section {
    name: "link",
    doc: "A conductance between two nodes.",
    fields: &[
        required("between", Kind::Text, "A node."),
        required("and", Kind::Text, "The other node."),
        required("w_per_k", number("W/K", 1e-6, 1e7), "Conductance."),
    ],
};

static BOUNDARY: Section = Section {
    name: "boundary",
    doc: "A conductance from a node to a given temperature.",
    fields: &[
        required("node", Kind::Text, "The node."),
        required(
            "w_per_k",
            series_kind!("W/K", 0.0, 1e7),
            "Conductance; to outdoor air it may change over time (ventilation).",
        ),
        default(
            "to",
            Kind::Choice(&[
                ("outdoor", "outdoor air"),
                (
                    "ground",
                    "undisturbed ground, by `mean_c` and `amplitude_k`",
                ),
                ("fixed", "a constant temperature, `mean_c`"),
                ("given", "a temperature over time, `temperature_c`"),
            ]),
            "'outdoor'",
            "What it leads to.",
        ),
        optional(
            "temperature_c",
            series_kind!("°C", -60.0, 100.0),
            "With `to = \"given\"`: an equivalent outdoor temperature, a neighbour's.",
        ),
        default(
            "mean_c",
            number("°C", -30.0, 40.0),
            "10",
            "Of ground or a fixed temperature.",
        ),
        default(
            "amplitude_k",
            number("K", 0.0, 20.0),
            "4",
            "Of the ground over the year.",
        ),
        default(
            "coldest_day",
            number("d", 0.0, 366.0),
            "60",
            "Of the ground.",
        ),
        default(
            "counts_as",
            Kind::Choice(&[
                ("opaque", "walls, roofs, doors"),
                ("windows", "windows"),
                ("ground", "ground"),
                ("infiltration", "leaks"),
                ("ventilation", "ventilation"),
                ("neighbours", "neighbours"),
            ]),
            "'opaque'",
            "Line of the energy balance.",
        ),
    ],
};

static ROOM: Section = Section {
    name: "graph room",
    doc: "How a room is read from the nodes and heated through them.",
    fields: &[
        FLOOR_AREA,
        required(
            "air",
            Kind::Text,
            "Node of its air: convective heat enters here.",
        ),
        optional(
            "radiant",
            Kind::Text,
            "Node of its surfaces: radiant heat and the sun enter here. Without it the air's.",
        ),
        optional(
            "floor",
            Kind::Text,
            "Node of the floor's mass, if there is one.",
        ),
        TARGET_OFFSET,
        CONTROLLED,
        APERTURES,
        GAINS,
    ],
};

/// Builds the house; `None` after a fault.
pub(super) fn build(view: &View<'_>, title: &str, site: Surroundings<'_>) -> Option<House> {
    let mut net = Assembly::default();
    let nodes = view.named("nodes");
    let names: Vec<String> = nodes.iter().map(|n| n.0.clone()).collect();
    let find = |v: &View<'_>, key: &str| parts::index_of(v, key, &names, "node");
    for (name, node) in &nodes {
        net.node(name.clone(), node.number("capacity_kj_per_k") * 1000.0);
    }
    let mut complete = view.is_sound();
    for l in view.sections("links") {
        let (Some(a), Some(b)) = (find(&l, "between"), find(&l, "and")) else {
            complete = false;
            continue;
        };
        if a == b {
            l.fault(
                "and",
                Fault::new(Code::Conflict, "the link joins a node to itself"),
            );
        }
        net.link(a, b, l.number("w_per_k"));
    }
    for b in view.sections("boundaries") {
        let Some(node) = find(&b, "node") else {
            complete = false;
            continue;
        };
        let mean_c = b.number("mean_c");
        let to = match b.choice("to") {
            "ground" => BoundaryTemperature::Ground {
                mean_c,
                amplitude_k: b.number("amplitude_k"),
                coldest_day: b.number("coldest_day"),
            },
            "fixed" => BoundaryTemperature::Fixed(mean_c),
            "given" => BoundaryTemperature::Series(given(&b, site)),
            _ => BoundaryTemperature::Outdoor,
        };
        let (w_per_k, flow) = (conductance(&b, &to, site), flow(b.choice("counts_as")));
        if to == BoundaryTemperature::Outdoor {
            net.ventilate(node, &w_per_k, flow);
        } else {
            net.boundary(
                node,
                w_per_k.values.first().copied().unwrap_or(0.0),
                to,
                flow,
            );
        }
    }
    let places: Vec<(String, usize)> = names.iter().cloned().zip(0..).collect();
    let mut rooms = Vec::new();
    for (name, room) in view.named("rooms") {
        let Some(air) = find(&room, "air") else {
            complete = false;
            continue;
        };
        let optional_node = |key: &str| {
            if room.has(key) {
                find(&room, key)
            } else {
                None
            }
        };
        let surfaces = optional_node("radiant").unwrap_or(air);
        let floor_area_m2 = room.number("floor_area_m2");
        for (i, w) in room.sections("windows").iter().enumerate() {
            let window = Arc::new(parts::window(w, i));
            net.source(SourceKind::Window(window, SunPart::All), all_at(surfaces));
        }
        for gain in parts::gains(&room, floor_area_m2, site) {
            let entry = [(air, gain.convective), (surfaces, 1.0 - gain.convective)];
            let entry = entry.map(|(node, fraction)| Weight { node, fraction });
            net.source(SourceKind::Internal(gain.power_w), entry.to_vec());
        }
        rooms.push(Room {
            name,
            floor_area_m2,
            target_offset_k: room.number("target_offset_k"),
            controlled: room.boolean("controlled"),
            air: all_at(air),
            radiant: all_at(surfaces),
            convective_entry: all_at(air),
            radiant_entry: all_at(surfaces),
            floor_node: optional_node("floor"),
            places: places.clone(),
        });
        complete &= room.is_sound();
    }
    if rooms.is_empty() && complete {
        view.fault(
            "rooms",
            Fault::new(Code::MissingKey, "the house has no room"),
        );
        return None;
    }
    let network = net.finish();
    let sound = network.nodes.iter().all(|n| n.capacity_j_per_k.is_finite());
    if sound && complete && network.nodes.iter().all(|n| n.capacity_j_per_k == 0.0) {
        view.fault(
            "nodes",
            Fault::new(Code::Conflict, "no node has a heat capacity"),
        );
        return None;
    }
    (complete && sound).then(|| House {
        name: title.to_owned(),
        floor_area_m2: rooms.iter().map(|r| r.floor_area_m2).sum(),
        rooms,
        network,
        switched: Vec::new(),
    })
}

/// The temperature of a boundary that is given.
fn given(boundary: &View<'_>, site: Surroundings<'_>) -> Series {
    if !boundary.has("temperature_c") {
        boundary.fault_here(
            Fault::new(Code::MissingKey, "nothing says which temperature is given")
                .hint("add `temperature_c`"),
        );
    }
    parts::over_time(boundary, "temperature_c", site)
}

/// W/K of a boundary over time; a fault where it is none, or changes towards
/// something else than outdoor air.
fn conductance(boundary: &View<'_>, to: &BoundaryTemperature, site: Surroundings<'_>) -> Series {
    let series = parts::over_time(boundary, "w_per_k", site);
    let outdoor = *to == BoundaryTemperature::Outdoor;
    let (message, hint) = if series.values.iter().all(|&w| w <= 0.0) {
        ("the boundary conducts nothing", "leave it out, or give W/K")
    } else if series.values.len() > 1 && !outdoor {
        (
            "only a conductance to outdoor air changes over time",
            "give one number",
        )
    } else {
        return series;
    };
    if boundary.has("w_per_k") {
        boundary.fault("w_per_k", Fault::new(Code::OutOfRange, message).hint(hint));
    }
    series
}

fn flow(name: &str) -> Flow {
    match name {
        "windows" => Flow::Windows,
        "ground" => Flow::Ground,
        "infiltration" => Flow::Infiltration,
        "ventilation" => Flow::Ventilation,
        "neighbours" => Flow::Neighbours,
        _ => Flow::Opaque,
    }
}

//! The `house` section: a library name, or a house by its construction, by a
//! template of few parameters, or by any graph of nodes and conductances.
//!
//! The tables and build functions of the three ways stand in files of their
//! own; library houses are files of this same section, embedded.

pub mod construction;
pub mod graph;
pub mod library;
mod parts;
pub(in crate::scenario) use parts::{hours, index_of};
pub mod template;
#[cfg(test)]
mod tests;

use super::fault::{Code, Fault};
use super::field::{Kind, Section, default, optional};
use super::hint;
use super::series::Times;
use super::view::{NameOr, View};
use crate::model::House;
use crate::model::house::ThermalNetwork;

/// What a house takes from its site.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// Metres above sea level.
    pub altitude_m: f64,
    /// Standard time ahead of UTC, s. Weekly profiles of gains follow standard
    /// time all year: in summer they act an hour late by the clock.
    pub utc_offset_s: i64,
    /// The run, for flows over time.
    pub times: Option<Times<'a>>,
}

/// A house. Exactly one of the three ways is given.
pub static HOUSE: Section = Section {
    name: "house",
    doc: "The house: what it is built of, a template of few parameters a room, or a graph of one's own.",
    fields: &[
        default("title", Kind::Text, "''", "What it is called in reports."),
        default("source", Kind::Text, "''", "Where its figures come from."),
        optional(
            "construction",
            Kind::Section(&construction::CONSTRUCTION),
            "By what it is built of: layers, windows, air flows, room by room.",
        ),
        optional(
            "template",
            Kind::Section(&template::TEMPLATE),
            "By a few parameters a room.",
        ),
        optional(
            "graph",
            Kind::Section(&graph::GRAPH),
            "By nodes, conductances and capacities, connected in any way.",
        ),
    ],
};

/// For a device's `house` key: a library name or a [`HOUSE`].
pub static HOUSE_OR_NAME: Kind = Kind::TextOr(&Kind::Section(&HOUSE));

/// Builds what the key `key` (of kind [`HOUSE_OR_NAME`]) of `view` says.
/// `None` after a fault.
pub fn build_named(view: &View<'_>, key: &str, site: Surroundings<'_>) -> Option<House> {
    match view.name_or(key)? {
        NameOr::Item(item) => build(&item.section()?, site),
        NameOr::Name(name) => match library::read(&name, site) {
            Some(Ok(house)) => Some(house),
            Some(Err(faults)) => {
                // A library house is tested; this is a mistake of ours.
                let text = format!("the library's house has faults: {}", faults.summary());
                view.fault(key, Fault::new(Code::Data, text));
                None
            }
            None => {
                let names: Vec<&str> = library::NAMES.iter().map(|n| n.0).collect();
                view.fault(
                    key,
                    Fault::new(Code::UnknownName, "there is no such house in the library")
                        .allowed(names.join(", "))
                        .maybe_hint(hint::did_you_mean(&name, names.iter().copied())),
                );
                None
            }
        },
    }
}

/// Builds a house of its own. `None` after a fault.
pub fn build(view: &View<'_>, site: Surroundings<'_>) -> Option<House> {
    let ways = ["construction", "template", "graph"];
    let given: Vec<&str> = ways.into_iter().filter(|w| view.has(w)).collect();
    match given[..] {
        [_] => {}
        [] => {
            if ways.iter().all(|w| !view.is_faulty(w)) {
                view.fault_here(
                    Fault::new(Code::MissingKey, "nothing says what the house is like").hint(
                        "give `construction`, `template` or `graph`, or a library name in place of the table",
                    ),
                );
            }
            return None;
        }
        [_, second, ..] => {
            view.fault(
                second,
                Fault::new(
                    Code::Conflict,
                    "the house is described in more than one way",
                )
                .hint("keep one of `construction`, `template` and `graph`"),
            );
            return None;
        }
    }
    let title = view.text("title");
    let house = if let Some(way) = view.section("construction") {
        construction::build(&way, &title, site)
    } else if let Some(way) = view.section("template") {
        template::build(&way, &title, site)
    } else {
        graph::build(&view.section("graph")?, &title, site)
    }?;
    check_connected(view, &house.network);
    Some(house)
}

/// Every node must reach a boundary, or the house has no steady state and a
/// forgotten link stays unseen.
fn check_connected(view: &View<'_>, network: &ThermalNetwork) {
    let n = network.nodes.len();
    let mut reached = vec![false; n];
    for b in &network.boundaries {
        reached[b.node] = true;
    }
    loop {
        let mut grown = false;
        for l in &network.links {
            if reached[l.a] != reached[l.b] {
                (reached[l.a], reached[l.b]) = (true, true);
                grown = true;
            }
        }
        if !grown {
            break;
        }
    }
    let cut_off: Vec<&str> = (0..n)
        .filter(|&i| !reached[i])
        .map(|i| network.nodes[i].name.as_str())
        .collect();
    if !cut_off.is_empty() {
        let names = cut_off[..cut_off.len().min(5)].join(", ");
        view.fault_here(
            Fault::new(
                Code::Conflict,
                format!("no path leads from here to outdoors, ground or a neighbour: {names}"),
            )
            .hint("give the room an outside surface, a window or air exchange, or join it to a room that has one"),
        );
    }
}

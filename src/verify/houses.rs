//! Houses of cases: a scenario file of `scenarios/verify/`, with changes of
//! `scenarios/verify/changes/` to it, run for a year and read as hours.
//!
//! A change says only what is other than in the file. Its tables are `scenario`
//! (the file's top), `user` (the first one) and `device` (that user's first).
//! Values replace values (at the top of the file tables as a whole); further down
//! tables merge, and so do lists of things that have names, by name. What comes
//! out is an ordinary scenario.

use std::path::Path;

use toml::{Table, Value};

use super::case::Missing;
use super::told;
use crate::model::Scenario;
use crate::trace::DeviceTrace;

/// A scenario file with its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    pub name: &'static str,
    pub text: &'static str,
}

macro_rules! files {
    ($($constant:ident = $path:literal;)*) => {
        $(pub(super) const $constant: File = File {
            name: concat!("scenarios/verify/", $path, ".toml"),
            text: include_str!(concat!("../../scenarios/verify/", $path, ".toml")),
        };)*
        #[cfg(test)]
        const FILES: &[File] = &[$($constant),*];
    };
}

files! {
    BESTEST = "bestest-600";
    SUNSPACE = "bestest-960";
    TWO_ROOMS = "two-rooms";
    DUTCH = "dutch";
    SOLID_BOX = "solid-box";
    HEAVY = "changes/heavy";
    FREE_FLOAT = "changes/free-float";
    OVERHANG = "changes/overhang";
    EAST_WEST = "changes/east-west";
    FINS = "changes/fins";
    NIGHT_FAN = "changes/night-fan";
    FILMS = "changes/films";
    SINGLE = "changes/single";
    LOW_E = "changes/low-e";
    MASS_INSIDE = "changes/mass-inside";
    MASS_OUTSIDE = "changes/mass-outside";
    SKYLIGHT = "changes/skylight";
    SET_BACK = "changes/set-back";
    SET_BACK_RAMP = "changes/set-back-ramp";
    DENVER = "changes/denver";
    CHICAGO = "changes/chicago";
    SAN_FRANCISCO = "changes/san-francisco";
}

/// A file and what is changed in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct House {
    pub file: File,
    pub changes: &'static [File],
}

/// A year of one room, hour by hour in standard time; heat and cold in W.
#[derive(Clone, Debug, Default)]
pub(super) struct Hours {
    pub air_c: Vec<f64>,
    pub operative_c: Vec<f64>,
    pub heating_w: Vec<f64>,
    pub cooling_w: Vec<f64>,
}

impl House {
    /// The scenario as text, with one more change if there is one.
    pub(super) fn text(&self, more: Option<Table>) -> Result<String, Missing> {
        let mut scenario = parse(self.file)?;
        for change in self.changes {
            apply(&mut scenario, parse(*change)?);
        }
        if let Some(change) = more {
            apply(&mut scenario, change);
        }
        toml::to_string(&scenario).map_err(|e| Missing::Failed(e.to_string()))
    }

    /// The scenario.
    pub(super) fn scenario(&self, more: Option<Table>) -> Result<Scenario, Missing> {
        told::read(self.file.name, &self.text(more)?, Path::new("."))
    }
}

/// A year of each room of the scenario's first device.
pub(super) fn year(scenario: &Scenario) -> Result<Vec<(String, Hours)>, Missing> {
    let result = told::run(scenario)?;
    let Some((trace, _)) = result.devices.first() else {
        return Err(Missing::Failed("there is no device".into()));
    };
    Ok(trace
        .rooms
        .iter()
        .map(|room| (room.name.clone(), hours(trace, room)))
        .collect())
}

fn hours(trace: &DeviceTrace, room: &crate::trace::RoomTrace) -> Hours {
    let side = |sign: f64| -> Vec<f64> {
        let of = room.emitter_w.iter().map(|w| (sign * w).max(0.0));
        told::hourly(trace, &of.collect::<Vec<f64>>())
    };
    Hours {
        air_c: told::hourly(trace, &room.air_c),
        operative_c: told::hourly(trace, &room.operative_c),
        heating_w: side(1.0),
        cooling_w: side(-1.0),
    }
}

/// A case's room in a list of rooms; the first where the case names none.
pub(super) fn room<'a>(rooms: &'a [(String, Hours)], name: &str) -> Result<&'a Hours, Missing> {
    rooms
        .iter()
        .find(|(n, _)| name.is_empty() || n == name)
        .map(|(_, hours)| hours)
        .ok_or_else(|| Missing::Failed(format!("there is no room {name}")))
}

fn parse(file: File) -> Result<Table, Missing> {
    file.text
        .parse()
        .map_err(|e| Missing::Failed(format!("{}: {e}", file.name)))
}

fn apply(scenario: &mut Table, mut change: Table) {
    let mut part = |name: &str| match change.remove(name) {
        Some(Value::Table(table)) => table,
        _ => Table::new(),
    };
    let (top, user, device) = (part("scenario"), part("user"), part("device"));
    scenario.extend(top);
    if let Some(first) = first(scenario, "users") {
        merge(first, user);
        if let Some(own) = self::first(first, "devices") {
            merge(own, device);
        }
    }
}

fn first<'a>(table: &'a mut Table, list: &str) -> Option<&'a mut Table> {
    table.get_mut(list)?.get_mut(0)?.as_table_mut()
}

fn merge(into: &mut Table, change: Table) {
    for (key, value) in change {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (Some(Value::Array(old)), Value::Array(new)) if named(old) && named(&new) => {
                merge_by_name(old, new);
            }
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

fn merge_by_name(old: &mut Vec<Value>, new: Vec<Value>) {
    for item in new {
        let same = |v: &&mut Value| v.get("name") == item.get("name");
        match (old.iter_mut().find(same), item) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (_, item) => old.push(item),
        }
    }
}

fn named(list: &[Value]) -> bool {
    list.iter().all(|v| v.get("name").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_replace_values_and_merge_what_has_names() {
        let mut scenario: Table = "a = 1\n[[users]]\n[[users.devices]]\nlist = [1, 2]\n\
             walls = [{ name = \"s\", area = 1, u = 2 }]"
            .parse()
            .expect("sound");
        let change = "[scenario]\na = 2\n[user]\nid = \"x\"\n[device]\nlist = [3]\n\
             walls = [{ name = \"s\", area = 3 }, { name = \"n\", area = 4 }]";
        apply(&mut scenario, change.parse().expect("sound"));
        let user = &scenario["users"][0];
        let device = &user["devices"][0];
        assert_eq!(scenario["a"].as_integer(), Some(2));
        assert_eq!(user["id"].as_str(), Some("x"));
        assert_eq!(device["list"].as_array().map(Vec::len), Some(1));
        assert_eq!(device["walls"][0]["u"].as_integer(), Some(2));
        assert_eq!(device["walls"][0]["area"].as_integer(), Some(3));
        assert_eq!(device["walls"][1]["name"].as_str(), Some("n"));
    }

    #[test]
    fn files_have_no_table_that_a_change_would_lose() {
        for file in FILES {
            let table = parse(*file).expect("sound");
            if file.name.contains("changes/") {
                let known = ["scenario", "user", "device"];
                assert!(
                    table.keys().all(|k| known.contains(&k.as_str())),
                    "{}",
                    file.name
                );
            } else {
                let house = House {
                    file: *file,
                    changes: &[],
                };
                assert!(house.scenario(None).is_ok(), "{}", file.name);
            }
        }
    }
}

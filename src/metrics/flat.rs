//! Figures by name, as studies and expressions call them: `cost.total_eur` of
//! the whole scenario, `users.ID.…`, `users.ID.devices.ID.…` and
//! `users.ID.devices.ID.rooms.NAME.…` below. The names and their order follow
//! from the scenario alone, so a table has its head before anything has run.

use super::figure::{Definition, Figure};
use super::{
    Boptest, Categories, Comfort, Corrected, Cost, Energy, EnergyBalance, Figures, Grid, HotWater,
    Metrics, Performance, RoomMetrics, Running, Steering, Vote,
};
use crate::model::Scenario;

/// A figure's name and unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub name: String,
    pub unit: &'static str,
}

type Groups = [(&'static str, &'static [Definition])];

/// Groups of a device, a user or the scenario; the same order as [`values`].
static TOTALS: [(&str, &[Definition]); 11] = [
    ("comfort", Comfort::DEFINITIONS),
    ("hot_water", HotWater::DEFINITIONS),
    ("energy", Energy::DEFINITIONS),
    ("performance", Performance::DEFINITIONS),
    ("cost", Cost::DEFINITIONS),
    ("corrected", Corrected::DEFINITIONS),
    ("grid", Grid::DEFINITIONS),
    ("running", Running::DEFINITIONS),
    ("steering", Steering::DEFINITIONS),
    ("balance", EnergyBalance::DEFINITIONS),
    ("boptest", Boptest::DEFINITIONS),
];

/// Groups of a room; the same order as [`room_values`].
static ROOM: [(&str, &[Definition]); 3] = [
    ("comfort", Comfort::DEFINITIONS),
    ("en16798", Categories::DEFINITIONS),
    ("iso7730", Vote::DEFINITIONS),
];

fn values(f: &Figures) -> Vec<Figure> {
    [
        f.comfort.figures(),
        f.hot_water.figures(),
        f.energy.figures(),
        f.performance.figures(),
        f.cost.figures(),
        f.corrected.figures(),
        f.grid.figures(),
        f.running.figures(),
        f.steering.figures(),
        f.balance.figures(),
        f.boptest.figures(),
    ]
    .concat()
}

fn room_values(room: &RoomMetrics) -> Vec<Figure> {
    [
        room.comfort.figures(),
        room.en16798.figures(),
        room.iso7730.figures(),
    ]
    .concat()
}

fn add(prefix: &str, groups: &Groups, names: &mut Vec<Name>) {
    for (group, definitions) in groups {
        names.extend(definitions.iter().map(|d| Name {
            name: format!("{prefix}{group}.{}", d.key),
            unit: d.unit,
        }));
    }
}

/// Names of everything that runs of a scenario are measured by.
pub fn names(scenario: &Scenario) -> Vec<Name> {
    let mut names = Vec::new();
    add("", &TOTALS, &mut names);
    for user in &scenario.users {
        let of_user = format!("users.{}.", user.id);
        add(&of_user, &TOTALS, &mut names);
        for device in &user.devices {
            let of_device = format!("{of_user}devices.{}.", device.id);
            add(&of_device, &TOTALS, &mut names);
            for room in &device.house.rooms {
                add(
                    &format!("{of_device}rooms.{}.", room.name),
                    &ROOM,
                    &mut names,
                );
            }
        }
    }
    names
}

/// Names and figures of a run, in the order of [`names`].
pub fn flat(metrics: &Metrics) -> Vec<(Name, Figure)> {
    let mut names = Vec::new();
    let mut figures = Vec::new();
    add("", &TOTALS, &mut names);
    figures.extend(values(&metrics.total));
    for user in &metrics.users {
        let of_user = format!("users.{}.", user.user_id);
        add(&of_user, &TOTALS, &mut names);
        figures.extend(values(&user.total));
        for device in &user.devices {
            let of_device = format!("{of_user}devices.{}.", device.device_id);
            add(&of_device, &TOTALS, &mut names);
            figures.extend(values(&device.total));
            for room in &device.rooms {
                add(
                    &format!("{of_device}rooms.{}.", room.name),
                    &ROOM,
                    &mut names,
                );
                figures.extend(room_values(room));
            }
        }
    }
    names.into_iter().zip(figures).collect()
}

/// The scenario's own figures alone, in the order of [`names`], which begin with
/// theirs: cheaper where no user, device or room is asked for.
pub fn totals(metrics: &Metrics) -> Vec<Figure> {
    values(&metrics.total)
}

/// Their names.
pub fn total_names() -> Vec<Name> {
    let mut names = Vec::new();
    add("", &TOTALS, &mut names);
    names
}

/// How many there are.
pub fn totals_len() -> usize {
    TOTALS.iter().map(|(_, d)| d.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_scenario_are_those_of_its_runs() {
        let text = "heatloop = 1\nsite = { country = \"NL\", postal_code = \"3511AB\" }\n\
            period = { start = 2019-01-19, days = 1, warmup_days = 0 }\n[[users]]\n\
            [[users.devices]]\nhouse = \"rc-light\"\nheat_pump = \"nibe-f2050-6\"\n\
            [[users.devices]]\nhouse = \"rc-light\"\nheat_pump = \"nibe-f2050-6\"\n";
        let scenario = crate::scenario::parse(
            text,
            crate::scenario::Format::Toml,
            std::path::Path::new(""),
        )
        .unwrap();
        let run = crate::sim::run(&scenario, Default::default(), &crate::sim::Silent).unwrap();
        let metrics = crate::metrics::evaluate(&run, &scenario);
        let flat = flat(&metrics);
        let named: Vec<Name> = flat.iter().map(|(n, _)| n.clone()).collect();
        assert_eq!(named, names(&scenario));
        let cost = flat
            .iter()
            .find(|(n, _)| n.name == "corrected.total_eur")
            .unwrap();
        assert_eq!(cost.1, metrics.total.corrected.total_eur);
    }
}

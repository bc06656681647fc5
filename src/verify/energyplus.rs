//! Hour by hour beside EnergyPlus. `data/make_energyplus.py` made the
//! references; `data/NOTICE.md` says with what.

use super::case::{Case, Comparison, Evidence, Group, Missing};
use super::houses::{self, Hours, House};
use super::known::explained;
use super::statistics::{bias, highest, kwh, rms, when, worst};
use super::table::Table;
use crate::report::{Chart, Drawn};

mod specs;

const GROUP: Group = Group {
    id: "energyplus",
    title: "Hour by hour beside EnergyPlus",
    about: include_str!("energyplus.md"),
};

/// Free-floating temperatures have to agree to this RMS over the year, K.
const TEMPERATURE_K: f64 = 1.0;
/// Annual heat and cold, share of the reference's.
const ANNUAL: f64 = 0.05;
/// The least of that tolerance, kWh a year and m2 of floor.
const ANNUAL_KWH_PER_M2: f64 = 1.0;
/// Peaks: half the spread of the programs of ANSI/ASHRAE 140 in case 600 is
/// 5 % in heating and 9 % in cooling.
const PEAK_HEATING: f64 = 0.05;
const PEAK_COOLING: f64 = 0.09;

struct Spec {
    id: &'static str,
    title: &'static str,
    house: House,
    /// Deflated CSV of the reference.
    reference: &'static [u8],
    /// Rooms by their name in the reference's columns; a single room has none.
    rooms: &'static [&'static str],
    /// First day of a chart of [`CHART_DAYS`] days, counted from 0.
    chart_day: Option<usize>,
    quick: bool,
}

const CHART_DAYS: usize = 6;
/// Hours left out where hours are compared: EnergyPlus begins with 1 January
/// repeated until it settles, Heatloop with a fortnight run before.
const SETTLING_H: usize = 7 * 24;

pub(super) fn cases() -> Vec<Case> {
    specs::specs()
        .into_iter()
        .map(|spec| {
            let quick = spec.quick;
            let id = format!("energyplus-{}", spec.id);
            let case = Case::new(GROUP, id, spec.title, move |outside| {
                spec.evidence(outside.no_charts)
            });
            if quick { case } else { case.slow() }
        })
        .collect()
}

impl Spec {
    fn evidence(&self, no_charts: bool) -> Result<Evidence, Missing> {
        let table = Table::read(self.reference)?;
        let scenario = self.house.scenario(None)?;
        let years = houses::year(&scenario)?;
        let mut evidence = Evidence::default();
        for name in self.rooms {
            let ours = houses::room(&years, name)?;
            let floor_m2 = floor_area_m2(&scenario, name);
            let theirs = room(&table, name);
            let list = compare(name, ours, &theirs, floor_m2);
            let list = list
                .into_iter()
                .map(|c| explained("energyplus", self.id, c));
            evidence.comparisons.extend(list);
            if let (Some(day), false) = (self.chart_day, no_charts) {
                evidence.charts.push(chart(
                    &format!("{}: {}", self.id, self.title),
                    ours,
                    &theirs,
                    day,
                ));
            }
        }
        Ok(evidence)
    }
}

fn floor_area_m2(scenario: &crate::model::Scenario, name: &str) -> f64 {
    let rooms = scenario.users.first().and_then(|u| u.devices.first());
    rooms
        .into_iter()
        .flat_map(|d| &d.house.rooms)
        .find(|r| name.is_empty() || r.name == name)
        .map_or(0.0, |r| r.floor_area_m2)
}

fn compare(name: &str, ours: &Hours, theirs: &Hours, floor_m2: f64) -> Vec<Comparison> {
    let mut list = Vec::new();
    // Where something heats the air, its temperature says little.
    if !works(&theirs.heating_w) {
        list.extend(temperature("air", &ours.air_c, &theirs.air_c));
        list.extend(temperature(
            "operative",
            &ours.operative_c,
            &theirs.operative_c,
        ));
    }
    if works(&theirs.heating_w) {
        let (ours, theirs) = (&ours.heating_w, &theirs.heating_w);
        list.extend(load("heating", ours, theirs, floor_m2, PEAK_HEATING));
    }
    if works(&theirs.cooling_w) {
        let (ours, theirs) = (&ours.cooling_w, &theirs.cooling_w);
        list.extend(load("cooling", ours, theirs, floor_m2, PEAK_COOLING));
    }
    if !name.is_empty() {
        for c in &mut list {
            c.quantity = format!("{name}: {}", c.quantity);
        }
    }
    list
}

fn works(load_w: &[f64]) -> bool {
    highest(load_w).0 > 0.0
}

fn temperature(of: &str, ours: &[f64], theirs: &[f64]) -> [Comparison; 3] {
    let (ours, theirs) = (settled(ours), settled(theirs));
    let name = |figure: &str| format!("{of} temperature, {figure}");
    [
        Comparison::at_most(name("RMS"), "K", rms(ours, theirs), TEMPERATURE_K),
        Comparison::told(name("bias"), "K", bias(ours, theirs)),
        Comparison::told(name("largest error"), "K", worst(ours, theirs)),
    ]
    .map(|c| c.decimals(2))
}

fn load(of: &str, ours: &[f64], theirs: &[f64], floor_m2: f64, peak_share: f64) -> [Comparison; 3] {
    let annual = kwh(theirs);
    let tolerance = (ANNUAL * annual).max(ANNUAL_KWH_PER_M2 * floor_m2);
    let ((ours_w, hour), (theirs_w, their_hour)) = (highest(ours), highest(theirs));
    let peak = format!("peak {of} ({}; theirs {})", when(hour), when(their_hour));
    let peak_tolerance = (peak_share * theirs_w).round();
    [
        Comparison::value(
            format!("annual {of}"),
            "kWh",
            kwh(ours),
            annual,
            tolerance.round(),
        ),
        Comparison::value(peak, "W", ours_w, theirs_w, peak_tolerance),
        Comparison::told(
            format!("hourly {of}, RMS"),
            "W",
            rms(settled(ours), settled(theirs)),
        ),
    ]
    .map(|c| c.decimals(0))
}

fn settled(hours: &[f64]) -> &[f64] {
    hours.get(SETTLING_H..).unwrap_or_default()
}

fn chart(title: &str, ours: &Hours, theirs: &Hours, day: usize) -> Chart {
    let hours = 24 * day..24 * (day + CHART_DAYS);
    let points = |v: &[f64]| -> Vec<(f64, f64)> {
        let of = hours
            .clone()
            .filter_map(|h| Some((h as f64 / 24.0, *v.get(h)?)));
        of.collect()
    };
    let loads = |h: &Hours| -> Vec<f64> {
        let pairs = h.heating_w.iter().zip(&h.cooling_w);
        pairs.map(|(heat, cold)| (heat - cold) / 1000.0).collect()
    };
    let free = theirs.heating_w.is_empty();
    let (y, a, b) = if free {
        ("air, °C", ours.air_c.clone(), theirs.air_c.clone())
    } else {
        ("heating, less cooling, kW", loads(ours), loads(theirs))
    };
    Chart::new(title, "day of the year", y)
        .with(Drawn::Dots, "EnergyPlus", points(&b))
        .with(Drawn::Line, "Heatloop", points(&a))
}

/// The columns of a room; loads are empty where nothing heats or cools.
fn room(table: &Table, name: &str) -> Hours {
    let column = |what: &str| {
        if name.is_empty() {
            table.column(what)
        } else {
            table.column(&format!("{name}_{what}"))
        }
    };
    Hours {
        air_c: column("air_c"),
        operative_c: column("operative_c"),
        heating_w: column("heating_w"),
        cooling_w: column("cooling_w"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_years_of_hours() {
        for spec in specs::specs() {
            let table = Table::read(spec.reference).expect("sound");
            for name in spec.rooms {
                let room = room(&table, name);
                assert_eq!(room.air_c.len(), 8760, "{} {name}", spec.id);
                assert_eq!(room.operative_c.len(), 8760, "{} {name}", spec.id);
            }
        }
    }
}

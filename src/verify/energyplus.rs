//! Hour by hour beside EnergyPlus. `data/make_energyplus.py` made the
//! references; `data/NOTICE.md` says with what.

use super::case::{Case, Comparison, Evidence, Group, Missing};
use super::houses::{self, Hours, House};
use super::known::explained;
use super::statistics::{bias, highest, kwh, rms, when, worst};
use super::table::Table;
use crate::report::{Chart, Drawn};

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

macro_rules! spec {
    ($id:literal, $file:ident $(+ $change:ident)*, $title:literal) => {
        Spec {
            id: $id,
            title: $title,
            house: House {
                file: houses::$file,
                changes: &[$(houses::$change),*],
            },
            reference: include_bytes!(concat!("data/energyplus/", $id, ".csv.z")),
            rooms: &[""],
            chart_day: None,
            quick: false,
        }
    };
}

fn specs() -> Vec<Spec> {
    let with_chart = |day: usize, spec: Spec| Spec {
        chart_day: Some(day),
        ..spec
    };
    let quick = |spec: Spec| Spec {
        quick: true,
        ..spec
    };
    vec![
        with_chart(
            31,
            spec!(
                "600FF",
                BESTEST + FREE_FLOAT,
                "light room, nothing heats or cools"
            ),
        ),
        quick(with_chart(
            31,
            spec!(
                "900FF",
                BESTEST + HEAVY + FREE_FLOAT,
                "heavy room, nothing heats or cools"
            ),
        )),
        quick(with_chart(
            31,
            spec!("600", BESTEST, "light room, 20 to 27 °C"),
        )),
        spec!("900", BESTEST + HEAVY, "heavy room, 20 to 27 °C"),
        spec!(
            "610",
            BESTEST + OVERHANG,
            "light room, overhang over the south windows"
        ),
        spec!(
            "910",
            BESTEST + HEAVY + OVERHANG,
            "heavy room, overhang over the south windows"
        ),
        spec!(
            "620",
            BESTEST + EAST_WEST,
            "light room, windows to east and west"
        ),
        spec!(
            "920",
            BESTEST + HEAVY + EAST_WEST,
            "heavy room, windows to east and west"
        ),
        spec!("640", BESTEST + SET_BACK, "light room, 10 °C at night"),
        spec!(
            "940",
            BESTEST + HEAVY + SET_BACK,
            "heavy room, 10 °C at night"
        ),
        Spec {
            rooms: &["south", "north"],
            ..spec!(
                "two-rooms",
                TWO_ROOMS,
                "two heavy rooms, 20 and 16 °C, a wall of 200 mm between them"
            )
        },
        Spec {
            rooms: &["back", "sun"],
            ..spec!(
                "960",
                SUNSPACE,
                "a light room behind a sunspace that nothing heats"
            )
        },
        spec!(
            "dutch",
            DUTCH,
            "a terraced house of brick with low-e glass by U and g"
        ),
        spec!(
            "dutch-FF",
            DUTCH + FREE_FLOAT,
            "the same, nothing heats or cools"
        ),
        spec!(
            "dutch-san-francisco",
            DUTCH + SAN_FRANCISCO,
            "the same on a mild coast"
        ),
        spec!(
            "chicago-600",
            BESTEST + CHICAGO,
            "light room in a colder place"
        ),
        spec!(
            "chicago-900",
            BESTEST + HEAVY + CHICAGO,
            "heavy room in a colder place"
        ),
        spec!(
            "san-francisco-600",
            BESTEST + SAN_FRANCISCO,
            "light room on a mild coast"
        ),
        spec!(
            "san-francisco-900FF",
            BESTEST + HEAVY + FREE_FLOAT + SAN_FRANCISCO,
            "heavy room on a mild coast, nothing heats or cools"
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    specs()
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
                evidence.charts.push(chart(self.title, ours, &theirs, day));
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
    let label = |what: &str| {
        if name.is_empty() {
            what.to_owned()
        } else {
            format!("{name}: {what}")
        }
    };
    let settled = |v: &[f64]| v.get(SETTLING_H..).unwrap_or_default().to_vec();
    let mut list = Vec::new();
    if theirs.heating_w.is_empty() {
        for (what, ours, theirs) in [
            ("air", &ours.air_c, &theirs.air_c),
            ("operative", &ours.operative_c, &theirs.operative_c),
        ] {
            let (ours, theirs) = (&settled(ours), &settled(theirs));
            let of = |figure: &str| label(&format!("{what} temperature, {figure}"));
            list.push(
                Comparison::at_most(of("RMS"), "K", rms(ours, theirs), TEMPERATURE_K).decimals(2),
            );
            list.push(Comparison::told(of("bias"), "K", bias(ours, theirs)).decimals(2));
            list.push(Comparison::told(of("largest error"), "K", worst(ours, theirs)).decimals(2));
        }
        return list;
    }
    for (what, ours, theirs, peak_share) in [
        ("heating", &ours.heating_w, &theirs.heating_w, PEAK_HEATING),
        ("cooling", &ours.cooling_w, &theirs.cooling_w, PEAK_COOLING),
    ] {
        let annual = kwh(theirs);
        let tolerance = (ANNUAL * annual).max(ANNUAL_KWH_PER_M2 * floor_m2);
        list.push(
            Comparison::value(
                label(&format!("annual {what}")),
                "kWh",
                kwh(ours),
                annual,
                tolerance.round(),
            )
            .decimals(0),
        );
        let ((ours_w, hour), (theirs_w, their_hour)) = (highest(ours), highest(theirs));
        if theirs_w > 0.0 {
            list.push(
                Comparison::value(
                    label(&format!(
                        "peak {what} ({}; theirs {})",
                        when(hour),
                        when(their_hour)
                    )),
                    "W",
                    ours_w,
                    theirs_w,
                    (peak_share * theirs_w).round(),
                )
                .decimals(0),
            );
        }
        list.push(
            Comparison::told(
                label(&format!("hourly {what}, RMS")),
                "W",
                rms(&settled(ours), &settled(theirs)),
            )
            .decimals(0),
        );
    }
    list.push(
        Comparison::told(
            label("operative temperature, RMS"),
            "K",
            rms(&settled(&ours.operative_c), &settled(&theirs.operative_c)),
        )
        .decimals(2),
    );
    list
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
        for spec in specs() {
            let table = Table::read(spec.reference).expect("sound");
            for name in spec.rooms {
                let room = room(&table, name);
                assert_eq!(room.air_c.len(), 8760, "{} {name}", spec.id);
                assert_eq!(room.operative_c.len(), 8760, "{} {name}", spec.id);
            }
        }
    }
}

//! ANSI/ASHRAE 140 ("BESTEST") beside the programs that the standard was run
//! with, in its Denver weather. That file is not redistributed with the
//! program: it is looked for in the folder of references, and its hash is checked.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use toml::Table;

use super::case::{Case, Comparison, Evidence, Group, Missing, Outside};
use super::houses::{self, Hours, House};
use super::known::explained;
use super::statistics::{highest, kwh, lowest, mean, rms, when};
use crate::report::{Chart, Drawn};
use crate::units::hex;

const GROUP: Group = Group {
    id: "bestest",
    title: "ANSI/ASHRAE 140 (BESTEST)",
    about: include_str!("bestest.md"),
};

/// In the folder of references.
const WEATHER: &str = "bestest/725650TYCST.epw";
const WEATHER_SHA256: &str = "1d0402144460a26265555a18a9cdfe4f0f7d9b4f57d6194847af7959b518571f";
/// Half of the last digit of the figures by the hour, K and kWh.
const HALF_DIGIT_K: f64 = 0.05;
const HALF_DIGIT_KWH: f64 = 0.005;
const FIRST_OF_FEBRUARY: std::ops::Range<usize> = 31 * 24..32 * 24;
/// EN ISO 13790's simple hourly model as LBNL ran it.
const BESIDE: &str = "5R1C";

struct Spec {
    id: &'static str,
    title: &'static str,
    house: House,
    quick: bool,
}

macro_rules! spec {
    ($id:literal, $quick:literal, [$($change:ident),*], $title:literal) => {
        Spec {
            id: $id,
            title: $title,
            house: House {
                file: houses::BESTEST,
                changes: &[houses::DENVER $(, houses::$change)*],
            },
            quick: $quick,
        }
    };
}

fn specs() -> Vec<Spec> {
    vec![
        spec!("600", true, [], "light room, 20 to 27 °C"),
        spec!(
            "640",
            false,
            [SET_BACK_RAMP],
            "light room, 10 °C at night, an hour's ramp to 20 °C"
        ),
        spec!("900", false, [HEAVY], "heavy room, 20 to 27 °C"),
        spec!(
            "600FF",
            false,
            [FREE_FLOAT],
            "light room, nothing heats or cools"
        ),
        spec!(
            "900FF",
            true,
            [HEAVY, FREE_FLOAT],
            "heavy room, nothing heats or cools"
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut all: Vec<Case> = specs()
        .into_iter()
        .map(|spec| {
            let quick = spec.quick;
            let id = format!("bestest-{}", spec.id);
            let case = Case::new(GROUP, id, spec.title, move |outside| spec.evidence(outside));
            if quick { case } else { case.slow() }
        })
        .collect();
    all.push(
        Case::new(
            GROUP,
            "bestest-nearness",
            "all figures that both have: distance from the programs' mean, as a share of their \
             range, beside EN ISO 13790's 5R1C model",
            nearness,
        )
        .slow(),
    );
    all
}

impl Spec {
    fn year(&self, outside: &Outside) -> Result<Hours, Missing> {
        let scenario = self.house.scenario(Some(denver(outside)?))?;
        let rooms = houses::year(&scenario)?;
        houses::room(&rooms, "").cloned()
    }

    fn evidence(&self, outside: &Outside) -> Result<Evidence, Missing> {
        let hours = self.year(outside)?;
        let mut evidence = Evidence::default();
        for published in figures()?.iter().filter(|f| f.case == self.id) {
            let (ours, hour) = ours(&hours, &published.quantity);
            let (low, high) = published.range();
            let name = match hour {
                Some(hour) => format!("{} ({})", published.quantity, when(hour)),
                None => published.quantity.clone(),
            };
            let mut c = Comparison::range(name, published.unit(), ours, low, high)
                .decimals(published.decimals());
            if let Some(other) = published.other {
                c = c.beside(BESIDE, other);
            }
            evidence.comparisons.push(explained("bestest", self.id, c));
        }
        let day = Day::read(self.id)?;
        if !day.hours.is_empty() {
            let (ours, unit, half_digit) = if self.id.ends_with("FF") {
                (hours.air_c[FIRST_OF_FEBRUARY].to_vec(), "K", HALF_DIGIT_K)
            } else {
                let net = |h: usize| (hours.heating_w[h] - hours.cooling_w[h]) / 1000.0;
                (FIRST_OF_FEBRUARY.map(net).collect(), "kWh", HALF_DIGIT_KWH)
            };
            for c in day.comparisons(&ours, unit, half_digit) {
                evidence.comparisons.push(explained("bestest", self.id, c));
            }
            if !outside.no_charts {
                evidence.charts.push(day.chart(
                    &format!("{}: {}", self.id, self.title),
                    &ours,
                    unit,
                ));
            }
        }
        Ok(evidence)
    }
}

/// The change of scenario that brings the weather file.
fn denver(outside: &Outside) -> Result<Table, Missing> {
    let Some(folder) = &outside.reference_dir else {
        return Err(Missing::NotRun(format!(
            "{WEATHER} may not be redistributed; set HEATLOOP_REFERENCE_DIR to a folder that has it"
        )));
    };
    let path = folder.join(WEATHER);
    match std::fs::read(&path) {
        // Looked at before it is read as weather: half a file is another file.
        Ok(bytes) if hex(&Sha256::digest(&bytes)) != WEATHER_SHA256 => {
            Err(Missing::Failed(format!(
                "{} is not the file that the reference was made with (its SHA-256 should be \
             {WEATHER_SHA256})",
                path.display()
            )))
        }
        Ok(_) => {
            let weather: Table = [
                (
                    "file".to_owned(),
                    path.to_string_lossy().into_owned().into(),
                ),
                ("typical_year".to_owned(), true.into()),
            ]
            .into_iter()
            .collect();
            let top: Table = [("weather".to_owned(), weather.into())]
                .into_iter()
                .collect();
            Ok([("scenario".to_owned(), top.into())].into_iter().collect())
        }
        Err(fault) => Err(Missing::NotRun(format!(
            "HEATLOOP_REFERENCE_DIR names a folder without it: {} can't be read: {fault}",
            path.display()
        ))),
    }
}

/// Our figure of a quantity, with its hour if it has one.
fn ours(hours: &Hours, quantity: &str) -> (f64, Option<usize>) {
    let peak = |w: &[f64]| {
        let (w, hour) = highest(w);
        (w / 1000.0, Some(hour))
    };
    match quantity {
        "annual heating" => (kwh(&hours.heating_w) / 1000.0, None),
        "annual cooling" => (kwh(&hours.cooling_w) / 1000.0, None),
        "peak heating" => peak(&hours.heating_w),
        "peak cooling" => peak(&hours.cooling_w),
        "highest air temperature" => {
            let (c, hour) = highest(&hours.air_c);
            (c, Some(hour))
        }
        "lowest air temperature" => {
            let (c, hour) = lowest(&hours.air_c);
            (c, Some(hour))
        }
        "mean air temperature" => (mean(hours.air_c.iter().copied()), None),
        _ => (f64::NAN, None),
    }
}

/// How near we and the 5R1C model come to the mean of the programs.
fn nearness(outside: &Outside) -> Result<Evidence, Missing> {
    let published = figures()?;
    let years: Vec<(&str, Arc<Hours>)> = specs()
        .iter()
        .map(|spec| Ok((spec.id, Arc::new(spec.year(outside)?))))
        .collect::<Result<_, Missing>>()?;
    let (mut own, mut theirs, mut nearer, mut all) = (Vec::new(), Vec::new(), 0.0, 0.0);
    for (id, hours) in &years {
        for f in published.iter().filter(|f| f.case == *id) {
            let Some(other) = f.other else { continue };
            let (low, high) = f.range();
            let middle = mean(f.programs.iter().copied());
            let distance = |x: f64| (x - middle).abs() / (high - low);
            let (a, b) = (distance(ours(hours, &f.quantity).0), distance(other));
            own.push(a);
            theirs.push(b);
            nearer += f64::from(u8::from(a < b));
            all += 1.0;
        }
    }
    let other = (mean(theirs.into_iter()) * 100.0).round() / 100.0;
    Ok(vec![
        Comparison::at_most("mean distance", "", mean(own.into_iter()), other)
            .decimals(2)
            .beside(BESIDE, other),
        Comparison::told("figures at which we are nearer", "", nearer).decimals(0),
        Comparison::told("figures in all", "", all).decimals(0),
    ]
    .into())
}

/// What the programs of the standard found.
struct Figure {
    case: String,
    quantity: String,
    unit: String,
    programs: Vec<f64>,
    other: Option<f64>,
}

impl Figure {
    fn range(&self) -> (f64, f64) {
        range(&self.programs)
    }

    fn unit(&self) -> &'static str {
        match self.unit.as_str() {
            "MWh" => "MWh",
            "kW" => "kW",
            _ => "°C",
        }
    }

    fn decimals(&self) -> usize {
        if self.unit == "°C" { 1 } else { 3 }
    }
}

fn range(values: &[f64]) -> (f64, f64) {
    let ends = |(low, high): (f64, f64), v: &f64| (low.min(*v), high.max(*v));
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), ends)
}

fn rows(text: &str) -> Result<Vec<Vec<String>>, Missing> {
    csv::Reader::from_reader(text.as_bytes())
        .records()
        .map(|r| r.map(|r| r.iter().map(str::to_owned).collect()))
        .collect::<Result<_, _>>()
        .map_err(|e| Missing::Failed(format!("published figures: {e}")))
}

fn numbers(cells: &[String]) -> Result<Vec<f64>, Missing> {
    cells
        .iter()
        .map(|c| c.parse())
        .collect::<Result<_, _>>()
        .map_err(|e| Missing::Failed(format!("published figures: {e}")))
}

fn figures() -> Result<Vec<Figure>, Missing> {
    rows(include_str!("data/bestest.csv"))?
        .into_iter()
        .map(|row| {
            Ok(Figure {
                programs: numbers(&row[3..9])?,
                other: row[9].parse().ok(),
                case: row[0].clone(),
                quantity: row[1].clone(),
                unit: row[2].clone(),
            })
        })
        .collect()
}

/// 1 February of one case, an hour a row, a program a column.
struct Day {
    hours: Vec<Vec<f64>>,
}

impl Day {
    fn read(case: &str) -> Result<Self, Missing> {
        let hours = rows(include_str!("data/bestest-1-february.csv"))?
            .iter()
            .filter(|row| row[0] == case)
            .map(|row| numbers(&row[2..]))
            .collect::<Result<_, _>>()?;
        Ok(Self { hours })
    }

    fn means(&self) -> Vec<f64> {
        let of = self.hours.iter().map(|h| mean(h.iter().copied()));
        of.collect()
    }

    fn comparisons(&self, ours: &[f64], unit: &'static str, half_digit: f64) -> Vec<Comparison> {
        let outside = |(x, programs): (&f64, &Vec<f64>)| {
            let (low, high) = range(programs);
            (x - high).max(low - x).max(0.0)
        };
        let beyond: Vec<f64> = ours.iter().zip(&self.hours).map(outside).collect();
        let inside = beyond.iter().filter(|b| **b <= half_digit).count();
        vec![
            Comparison::at_most(
                "1 February: furthest outside the programs' range",
                unit,
                highest(&beyond).0,
                half_digit,
            ),
            Comparison::told("1 February: hours inside it, of 24", "", inside as f64).decimals(0),
            Comparison::told(
                "1 February: RMS from the programs' mean",
                unit,
                rms(ours, &self.means()),
            ),
        ]
    }

    fn chart(&self, title: &str, ours: &[f64], unit: &str) -> Chart {
        let points = |v: Vec<f64>| v.into_iter().enumerate().map(|(i, v)| (i as f64 + 1.0, v));
        let end = |pick: fn((f64, f64)) -> f64| -> Vec<f64> {
            self.hours.iter().map(|h| pick(range(h))).collect()
        };
        let y = if unit == "K" {
            "air, °C"
        } else {
            "heating, less cooling, kWh"
        };
        Chart::new(format!("{title}, 1 February"), "hour", y)
            .with(Drawn::Dashes, "lowest program", points(end(|r| r.0)))
            .with(Drawn::Dashes, "highest program", points(end(|r| r.1)))
            .with(Drawn::Dots, "programs' mean", points(self.means()))
            .with(Drawn::Line, "Heatloop", points(ours.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_figures_are_whole() {
        let all = figures().expect("sound");
        assert_eq!(all.len(), 18);
        assert!(all.iter().all(|f| f.programs.len() == 6));
        for spec in specs() {
            assert!(all.iter().any(|f| f.case == spec.id), "{}", spec.id);
        }
        for case in ["600", "900", "600FF", "900FF"] {
            assert_eq!(Day::read(case).expect("sound").hours.len(), 24);
        }
    }
}

//! The differences of some runs, metric by metric. The first run is the
//! reference. How they are written: `compare::format`.

use super::figures::{self, Level, Named, Value};
use super::part::{Parting, Turn, partings, turn, usual};
use super::side::{Device, Side};
use super::words;
use crate::metrics::rfc3339;
use crate::trace::channels::matches;

/// A metric of all runs; `None` where a run doesn't have it.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    pub scope: String,
    pub group: String,
    pub key: String,
    pub unit: &'static str,
    pub values: Vec<Option<Value>>,
}

impl Row {
    /// Whether a run that has it differs from the reference.
    pub fn differs(&self) -> bool {
        let same = |a: &Value, b: &Value| match (a, b) {
            // Residuals and sums that ought to be 0 differ by rounding.
            (Value::Known(a), Value::Known(b)) => (a - b).abs() <= ROUNDING,
            (Value::Undefined(_), Value::Undefined(_)) => true,
            _ => false,
        };
        let Some(Some(first)) = self.values.first() else {
            return false;
        };
        let others = self.values[1..].iter().flatten();
        others.clone().any(|v| !same(first, v))
    }

    /// Whether every run has it.
    fn shared(&self) -> bool {
        self.values.iter().all(Option::is_some)
    }

    /// Absolute and relative difference of run `i` to the reference.
    pub fn difference(&self, i: usize) -> (Option<f64>, Option<f64>) {
        let number = |i: usize| self.values[i].as_ref().and_then(Value::number);
        let (Some(was), Some(is)) = (number(0), number(i)) else {
            return (None, None);
        };
        let relative =
            (was != 0.0 && !words::is_instant(&self.key)).then(|| (is - was) / was.abs());
        (Some(is - was), relative)
    }
}

/// Where a device's trace parts from the reference's.
#[derive(Clone, Debug)]
pub struct TraceParts {
    /// Index of the run.
    pub side: usize,
    pub device: String,
    pub turn: Option<Turn>,
    pub partings: Vec<Parting>,
}

/// Some runs beside each other.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    pub sides: &'a [Side],
    pub rows: Vec<Row>,
    pub traces: Vec<TraceParts>,
    /// What is not compared, and why.
    pub notes: Vec<String>,
}

/// Differences up to this are none, whatever the unit.
const ROUNDING: f64 = 1e-9;
/// Channels whose partings are told; the others follow from them.
const TOLD: [&str; 4] = [
    "room.*.operative_c",
    "flow_c",
    "tank.sensor_c",
    "grid_import_w",
];

impl<'a> Comparison<'a> {
    /// Compares what the runs share, and names what they don't.
    pub fn of(sides: &'a [Side]) -> Self {
        let mut all: Vec<Vec<Named>> = sides.iter().map(|s| s.figures.clone()).collect();
        let lone = |figures: &[Named]| {
            let devices = figures.iter().filter(|f| f.level == Level::Device);
            devices
                .map(|f| &f.scope)
                .collect::<std::collections::BTreeSet<_>>()
                .len()
                <= 1
        };
        if all.iter().all(|f| lone(f)) {
            all.iter_mut().for_each(figures::without_repetition);
        }
        let mut comparison = Self {
            sides,
            rows: rows(&all),
            traces: Vec::new(),
            notes: Vec::new(),
        };
        comparison.note_differences();
        comparison.compare_traces();
        comparison
    }

    /// What the runs do not share, a line a run.
    fn note_differences(&mut self) {
        for side in self.sides {
            let notes = side.notes.iter().map(|n| format!("{}: {n}", side.label));
            self.notes.extend(notes);
        }
        let Some(first) = self.sides.first() else {
            return;
        };
        for (i, side) in self.sides.iter().enumerate().skip(1) {
            if side.period != first.period {
                let when = |s: &Side| {
                    format!(
                        "{} to {}",
                        rfc3339(s.period.start_s),
                        rfc3339(s.period.end_s)
                    )
                };
                self.notes.push(format!(
                    "the periods differ, so sums are of different lengths or seasons: {} is {}, {} is {}",
                    first.label,
                    when(first),
                    side.label,
                    when(side)
                ));
            }
            for (here, there) in [(0, i), (i, 0)] {
                let mut scopes: Vec<String> = Vec::new();
                for row in &self.rows {
                    if row.values[here].is_some() && row.values[there].is_none() {
                        let part = if row.scope.is_empty() {
                            row.name.clone()
                        } else {
                            row.scope.trim_end_matches('.').to_owned()
                        };
                        if !scopes.contains(&part) {
                            scopes.push(part);
                        }
                    }
                }
                if !scopes.is_empty() {
                    let only = format!(
                        "only in {}, not in {}: {}",
                        self.sides[here].label,
                        self.sides[there].label,
                        scopes.join(", ")
                    );
                    self.notes.push(only);
                }
            }
        }
    }

    fn compare_traces(&mut self) {
        let Some((first, others)) = self.sides.split_first() else {
            return;
        };
        for (i, side) in others.iter().enumerate() {
            for (a, b) in pairs(first, side) {
                let rule = |name: &str| {
                    let told = TOLD.iter().any(|p| matches(p, name));
                    told.then(|| usual(name))
                };
                let device = format!("{} of {}", a.device_id, a.user_id);
                match partings(&a.trace, &b.trace, rule) {
                    Some(partings) => self.traces.push(TraceParts {
                        side: i + 1,
                        device,
                        turn: turn(&a.trace, &b.trace),
                        partings,
                    }),
                    None => self.notes.push(format!(
                        "traces of {device} in {} and {} have no intervals in common",
                        first.label, side.label
                    )),
                }
            }
        }
    }

    /// The rows to show: those that differ, or all that are shared by some.
    pub(super) fn shown(&self, all: bool) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |r| r.values.iter().flatten().count() > 1 && (all || r.differs()))
    }

    /// How many shared metrics differ, of how many.
    pub(super) fn counts(&self) -> (usize, usize) {
        let shared = || self.rows.iter().filter(|r| r.shared());
        (shared().filter(|r| r.differs()).count(), shared().count())
    }

    pub(super) fn verdict(&self) -> String {
        match self.counts() {
            (0, n) => format!("{n} metrics, all the same"),
            (d, n) => format!("{d} of {n} shared metrics differ"),
        }
    }
}

/// Devices of two runs that are the same: by user and device, or each the only one.
pub(super) fn pairs<'a>(a: &'a Side, b: &'a Side) -> Vec<(&'a Device, &'a Device)> {
    if let ([a], [b]) = (a.devices.as_slice(), b.devices.as_slice()) {
        return vec![(a, b)];
    }
    let of = |x: &'a Device| {
        let same = |y: &&Device| y.user_id == x.user_id && y.device_id == x.device_id;
        b.devices.iter().find(same).map(|y| (x, y))
    };
    a.devices.iter().filter_map(of).collect()
}

fn rows(all: &[Vec<Named>]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for (side, figures) in all.iter().enumerate() {
        for figure in figures {
            let name = figure.name();
            let at = *index.entry(name.clone()).or_insert_with(|| {
                rows.push(Row {
                    name,
                    scope: figure.scope.clone(),
                    group: figure.group.clone(),
                    key: figure.key.clone(),
                    unit: figure.unit(),
                    values: vec![None; all.len()],
                });
                rows.len() - 1
            });
            rows[at].values[side] = Some(figure.value.clone());
        }
    }
    rows
}

#[cfg(test)]
mod tests;

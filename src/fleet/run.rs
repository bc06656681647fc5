//! Houses in blocks: sampled, read, simulated side by side, and handed on in
//! the order of their numbers. Whatever happens to one house is a row.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::houses::{Row, Status};
use super::plan::{House, Plan};
use super::profile::{Accumulator, Profiles};
use super::traces::Collector;
use crate::batch::{self, Detail, Watcher};
use crate::metrics::{Metrics, flat};
use crate::model::Scenario;
use crate::sim::{self, Options};
use crate::trace::DeviceTrace;
use crate::trace::channels::Definition;

/// Houses that are in memory at once: enough to fill lanes and threads.
pub const BLOCK: usize = 256;
/// As few they are where the period is many years long.
pub(super) const BLOCK_LEAST: usize = 32;

/// Told how a fleet goes.
pub trait Progress: Sync {
    /// Something that the user should know, before the first house.
    fn note(&self, text: &str);
    /// So many houses were done before.
    fn resumed(&self, houses: usize);
    /// So many device-days more, from any thread.
    fn days(&self, days: f64);
    /// So many houses more are complete; so many of them have no figures.
    fn houses(&self, houses: usize, failed: usize);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn note(&self, _text: &str) {}
    fn resumed(&self, _houses: usize) {}
    fn days(&self, _days: f64) {}
    fn houses(&self, _houses: usize, _failed: usize) {}
}

/// What is kept of all houses together.
#[derive(Debug)]
pub struct Sums {
    pub fleet: Accumulator,
    pub reference: Option<Accumulator>,
}

impl Sums {
    pub fn new(plan: &Plan) -> Self {
        let period = &plan.period;
        let new = || {
            Accumulator::new(
                period.start_s,
                period.end_s,
                plan.fleet.interval_s,
                plan.row_s(),
            )
        };
        Self {
            fleet: new(),
            reference: plan.fleet.compare.as_ref().map(|_| new()),
        }
    }
}

struct Days<'a>(&'a dyn Progress);

impl sim::Progress for Days<'_> {
    fn days(&self, days: f64) {
        self.0.days(days);
    }
}

/// Several who look at rows.
struct Both<'a, 'b> {
    profiles: Profiles<'a>,
    collector: Option<&'b Collector<'b>>,
}

impl Watcher for Both<'_, '_> {
    fn rows(&self, scenario: usize, rows: &DeviceTrace) {
        self.profiles.rows(scenario, rows);
        if let Some(collector) = self.collector {
            collector.rows(scenario, rows);
        }
    }
}

/// Figures of a house, and of its reference.
pub type Outcome = (Metrics, Option<Metrics>);

/// A house, and the same without the signal where there is one.
type Twins = (Scenario, Option<Scenario>);

/// A block's houses from number `first` on. Each row comes with its place in
/// the block of those that could be read, for its trace; `hand_on` says whether
/// to go on.
pub fn block(
    plan: &Plan,
    houses: std::ops::Range<usize>,
    sums: &Sums,
    channels: &[&'static Definition],
    progress: &dyn Progress,
    mut hand_on: impl FnMut(Row, Option<(&Collector<'_>, usize)>, Option<&Outcome>) -> bool,
) -> bool {
    let first = houses.start;
    let sampled: Vec<(House, Result<Twins, String>)> = houses
        .into_par_iter()
        .map(|number| {
            let house = plan.house(number);
            let read = guarded(|| read(plan, &house));
            let read = read.unwrap_or_else(Err);
            (house, read)
        })
        .collect();
    let mut rows: Vec<Row> = Vec::with_capacity(sampled.len());
    let (mut scenarios, mut references, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (i, (house, read)) in sampled.into_iter().enumerate() {
        let mut row = Row {
            house: first + i,
            group: house.group,
            cells: house.cells,
            seed: house.seed,
            status: Status::Done,
            reason: String::new(),
            values: Vec::new(),
        };
        match read {
            Ok((own, reference)) => {
                places.push(i);
                scenarios.push(own);
                references.extend(reference);
            }
            Err(reason) => (row.status, row.reason) = (Status::Invalid, reason),
        }
        rows.push(row);
    }
    let collector = Collector::new(channels, plan, &scenarios);
    let traced = (!channels.is_empty()).then_some(&collector);
    let (on, detail) = (Options::default(), plan.fleet.detail);
    let mut all: Vec<Outcome> = Vec::new();
    let own = evaluate(&scenarios, (on, detail), &sums.fleet, traced, progress);
    let compared = plan.fleet.compare.as_ref().zip(sums.reference.as_ref());
    let other = compared.map(|(compare, sums)| {
        let options = Options {
            steering: compare.steering,
        };
        let scenarios = match plan.reference_differs() {
            true => &references,
            false => &scenarios,
        };
        evaluate(scenarios, (options, detail), sums, None, progress)
    });
    let mut other = other.map(Vec::into_iter);
    let mut of_house = vec![None; rows.len()];
    for (place, (i, outcome)) in places.iter().zip(own).enumerate() {
        let row = &mut rows[*i];
        let reference = other.as_mut().and_then(Iterator::next);
        let values = |m: &Metrics| {
            let totals = flat::totals(m);
            let of = |k: &usize| totals[*k].value().unwrap_or(f64::NAN);
            plan.of_totals.iter().map(of).collect::<Vec<f64>>()
        };
        match (outcome, reference.transpose()) {
            (Ok(metrics), Ok(reference)) => {
                row.values = values(&metrics);
                row.values.extend(reference.iter().flat_map(values));
                of_house[*i] = Some((place, all.len()));
                all.push((metrics, reference));
            }
            (Err(reason), _) => (row.status, row.reason) = (Status::Failed, reason),
            (_, Err(reason)) => {
                let reason = format!("in the reference: {reason}");
                (row.status, row.reason) = (Status::Failed, reason);
            }
        }
    }
    let failed = rows.iter().filter(|r| r.status != Status::Done).count();
    progress.houses(rows.len(), failed);
    for (row, of) in rows.into_iter().zip(of_house) {
        let trace = of.and_then(|(place, _)| traced.map(|c| (c, place)));
        if !hand_on(row, trace, of.map(|(_, at)| &all[at])) {
            return false;
        }
    }
    true
}

/// A house's scenario and its reference's, or what is wrong in one line.
fn read(plan: &Plan, house: &House) -> Result<(Scenario, Option<Scenario>), String> {
    let one = |reference: bool| {
        let scenario = plan.scenario(house, reference).map_err(|faults| {
            let reasons: Vec<String> = faults
                .list
                .iter()
                .map(|f| {
                    let value = f.value.as_deref().map(|v| format!(" = {v}"));
                    format!("{}{}: {}", f.key, value.unwrap_or_default(), f.message)
                })
                .collect();
            reasons.join("; ")
        })?;
        if scenario.period != plan.period {
            return Err("its period is not that of the other houses".to_owned());
        }
        Ok(scenario)
    };
    let reference = match plan.reference_differs() {
        true => Some(one(true).map_err(|e| format!("in the reference: {e}"))?),
        false => None,
    };
    Ok((one(false)?, reference))
}

/// Figures of all, or why there are none. Where the batch panics, houses are
/// run one by one, so that only those are lost that are to blame.
fn evaluate(
    scenarios: &[Scenario],
    (options, detail): (Options, Detail),
    sums: &Accumulator,
    collector: Option<&Collector<'_>>,
    progress: &dyn Progress,
) -> Vec<Result<Metrics, String>> {
    let watch = Both {
        profiles: Profiles::new(sums, scenarios),
        collector,
    };
    let days = Days(progress);
    let words = |o: Result<Metrics, sim::RunError>| o.map_err(|fault| fault.to_string());
    let together = guarded(|| batch::evaluate_watched(scenarios, options, detail, &watch, &days));
    if let Ok(outcomes) = together {
        return outcomes.into_iter().map(words).collect();
    }
    let one = |(i, scenario): (usize, &Scenario)| {
        let alone = Alone {
            // What was complete before the panic is in the sums already.
            profiles: (!watch.profiles.is_complete(i))
                .then(|| Profiles::new(sums, std::slice::from_ref(scenario))),
            collector,
            place: i,
        };
        let outcome = guarded(|| {
            batch::evaluate_watched(
                std::slice::from_ref(scenario),
                options,
                detail,
                &alone,
                &days,
            )
        })?;
        outcome
            .into_iter()
            .map(words)
            .next()
            .unwrap_or_else(|| Err("no outcome".to_owned()))
    };
    scenarios.iter().enumerate().map(one).collect()
}

/// Who looks at the rows of a house that is run alone.
struct Alone<'a, 'b> {
    profiles: Option<Profiles<'a>>,
    collector: Option<&'b Collector<'b>>,
    place: usize,
}

impl Watcher for Alone<'_, '_> {
    fn rows(&self, scenario: usize, rows: &DeviceTrace) {
        if let Some(profiles) = &self.profiles {
            profiles.rows(scenario, rows);
        }
        if let Some(collector) = self.collector {
            collector.rows(self.place, rows);
        }
    }
}

/// What `f` gives, or the words of its panic.
fn guarded<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|panic| {
        let what = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        format!("a fault in heatloop itself: {what}")
    })
}

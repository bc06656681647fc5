//! Many scenarios at once: devices of one layout (rooms, modes, tank, period
//! and step) advance side by side in lanes, blocks of lanes in threads. Which
//! devices go together is found here; it changes nothing in what any of them
//! does, bit by bit, nor do lanes or threads.
//!
//! What devices have in common is made once: weather in rows, the modes of a
//! house, and in a block what a row's weather does to windows, walls, heat pump
//! and cold water.
//!
//! No rows are kept: a [`Reader`] is given them a day at a time.
//!
//! Not here: checkpoints; twins without steering (run those again with other
//! [`Options`]).

mod block;
mod pack;
#[cfg(test)]
pub(super) mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::device::{Done, Job};
use super::error::RunError;
use super::run::{self, Options, Progress};
use super::screening;
use super::timeline::Timeline;
use crate::model::{Period, Scenario};
use crate::numeric::Lanes;
use crate::numeric::simd::InstructionSet;
use crate::plant::modal::NetworkFault;
use crate::plant::{Compiled, Fabric};
use crate::trace::{DeviceTrace, RunResult};
use crate::weather::Rows;
use block::Block;

/// Devices that advance side by side.
pub const LANES: usize = 4;

/// How thoroughly scenarios are simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detail {
    /// As single runs are.
    #[default]
    Full,
    /// Quickly and roughly: see [`super::screening`].
    Screening,
}

/// Makes figures of rows. Called from several threads; for each device in the
/// order of time.
pub trait Reader: Sync {
    /// What is kept of one device's rows.
    type Book: Default + Send;
    /// What is wanted of one scenario.
    type Figures: Send;

    /// Reads the next rows of a device of scenario number `scenario`: at first
    /// those of two days, then of a day at a time, at last what is left.
    fn read(&self, scenario: usize, book: &mut Self::Book, rows: &DeviceTrace);

    /// So long a thread stepped devices of one block, reading their rows included.
    fn stepped(&self, _time: Duration) {}

    /// Turns a scenario's result, whose traces have no rows, and the books of
    /// its devices into figures.
    fn finish(&self, scenario: usize, result: RunResult, books: Vec<Self::Book>) -> Self::Figures;
}

/// Runs all scenarios; the outcomes are in their order.
pub fn run<R: Reader>(
    scenarios: &[Scenario],
    options: Options,
    detail: Detail,
    reader: &R,
    progress: &dyn Progress,
) -> Vec<Result<R::Figures, RunError>> {
    let set = InstructionSet::in_use();
    match detail {
        Detail::Full => run_in(set, scenarios, options, detail, reader, progress),
        Detail::Screening => {
            let quick: Vec<Scenario> = scenarios.iter().map(screening::in_quarters).collect();
            run_in(set, &quick, options, detail, reader, progress)
        }
    }
}

/// Devices, by number, that are run by one thread.
pub(super) struct Share {
    pub(super) devices: Vec<usize>,
    /// Of a screening: so many of them side by side, one lot after the other.
    pub(super) packs: Vec<usize>,
}

/// Devices side by side.
type Wide = Lanes<LANES>;

/// [`run`] in an instruction set.
pub(super) fn run_in<R: Reader>(
    set: InstructionSet,
    scenarios: &[Scenario],
    options: Options,
    detail: Detail,
    reader: &R,
    progress: &dyn Progress,
) -> Vec<Result<R::Figures, RunError>> {
    let screens = detail == Detail::Screening;
    let weathers = Weathers::of(scenarios);
    let prepared: Vec<Result<(Timeline, &Rows), RunError>> = scenarios
        .par_iter()
        .enumerate()
        .map(|(i, scenario)| {
            let settings = run::settings(scenario, options)?;
            Ok((settings, weathers.rows(i)?))
        })
        .collect();
    let jobs = jobs(scenarios, &prepared);
    let fabrics = Fabrics::of(&jobs);
    let compiled: Vec<Result<Compiled, RunError>> = jobs
        .par_iter()
        .enumerate()
        .map(|(i, (_, job))| {
            if let Some(why) = screening::obstacle(job).filter(|_| screens) {
                return Err(RunError::screening(job.device, why));
            }
            let compiled = fabrics.compile(i, job)?;
            match screening::too_quick(&compiled).filter(|_| screens) {
                Some(why) => Err(RunError::screening(job.device, why)),
                None => Ok(compiled),
            }
        })
        .collect();

    let desk = Desk::new(scenarios, &prepared, reader);
    let mut groups: BTreeMap<Vec<u64>, Vec<usize>> = BTreeMap::new();
    let mut faulty = Vec::new();
    for (index, ((place, job), compiled)) in jobs.iter().zip(&compiled).enumerate() {
        match compiled {
            Ok(compiled) => {
                groups
                    .entry(layout(&job.scenario.period, compiled))
                    .or_default()
                    .push(index);
            }
            Err(_) => faulty.push((*place, index)),
        }
    }
    let key = |i: usize| {
        let (place, job) = &jobs[i];
        screening::key(weathers.which[place.scenario], fabrics.which[i], job)
    };
    // Side by side stand those that share most.
    for group in groups.values_mut() {
        group.sort_by_cached_key(|&i| {
            let (place, job) = &jobs[i];
            let unit = &job.device.heat_pump.name;
            let full = (weathers.which[place.scenario], unit, fabrics.which[i]);
            (screens.then(|| key(i)), full)
        });
    }
    let shares: Vec<Share> = if screens {
        let keyed = |group: &Vec<usize>| group.iter().map(|&i| (key(i), i)).collect::<Vec<_>>();
        let threads = rayon::current_num_threads();
        let shares = |group| screening::shares(&keyed(group), set, threads);
        groups.values().flat_map(shares).collect()
    } else {
        let lanes = if set.has_lanes() { LANES } else { 1 };
        let size = block_size(groups.values().map(Vec::len).sum(), lanes);
        let share = |devices: &[usize]| Share {
            devices: devices.to_vec(),
            packs: Vec::new(),
        };
        let blocks = groups.values().flat_map(|g| g.chunks(size));
        blocks.map(share).collect()
    };
    let figures: Vec<(usize, Result<R::Figures, RunError>)> = shares
        .into_par_iter()
        .flat_map_iter(|Share { devices, packs }| {
            let members: Vec<_> = devices
                .iter()
                .filter_map(|&i| Some((jobs[i].0.scenario, &jobs[i].1, compiled[i].as_ref().ok()?)))
                .collect();
            let began = Instant::now();
            let outcomes = if screens {
                let keys: Vec<_> = devices.iter().map(|&i| key(i)).collect();
                screening::run(&members, &keys, &packs, set, reader, progress)
            } else if set.has_lanes() {
                Block::<Wide, R>::run(&members, set, reader, progress)
            } else {
                Block::<f64, R>::run(&members, set, reader, progress)
            };
            reader.stepped(began.elapsed());
            devices
                .iter()
                .zip(outcomes)
                .filter_map(|(&i, outcome)| desk.hand_in(jobs[i].0, outcome))
                .collect::<Vec<_>>()
        })
        .collect();
    let mut all: Vec<Option<Result<R::Figures, RunError>>> =
        scenarios.iter().map(|_| None).collect();
    for (scenario, outcome) in figures {
        all[scenario] = Some(outcome);
    }
    let mut compiled: Vec<_> = compiled.into_iter().map(Some).collect();
    for (place, index) in faulty {
        if let Some(Some(Err(fault))) = compiled.get_mut(index).map(Option::take) {
            all[place.scenario] = Some(Err(fault));
        }
    }
    drop(jobs);
    all.into_iter()
        .zip(prepared)
        .map(|(outcome, prepared)| match (prepared, outcome) {
            (Err(fault), _) => Err(fault),
            (Ok(_), Some(outcome)) => outcome,
            (Ok(_), None) => unreachable!("a scenario has at least one device"),
        })
        .collect()
}

/// Most devices of a block: more of them gain little by what they share, and
/// their tables have no place near the processor.
const BLOCK_MOST: usize = 32;

/// How many devices form a block: many share more, but every thread is to have
/// some blocks, as one may take longer than others.
fn block_size(devices: usize, lanes: usize) -> usize {
    let blocks = match rayon::current_num_threads() {
        1 => 1,
        threads => 2 * threads,
    };
    let size = devices.div_ceil(blocks).clamp(1, BLOCK_MOST);
    size.next_multiple_of(lanes)
}

/// Where a device is: scenario, and number of the device in it.
#[derive(Clone, Copy, Debug)]
struct Place {
    scenario: usize,
    device: usize,
}

/// All devices of all scenarios that can be run.
fn jobs<'a>(
    scenarios: &'a [Scenario],
    prepared: &'a [Result<(Timeline, &'a Rows), RunError>],
) -> Vec<(Place, Job<'a>)> {
    let mut jobs = Vec::new();
    for (index, (scenario, prepared)) in scenarios.iter().zip(prepared).enumerate() {
        let Ok((timeline, rows)) = prepared else {
            continue;
        };
        let users = scenario.users.iter();
        let devices = users.flat_map(|user| user.devices.iter().map(move |d| (user, d)));
        for (number, ((user, device), settings)) in devices.zip(&timeline.devices).enumerate() {
            let place = Place {
                scenario: index,
                device: number,
            };
            let job = Job {
                scenario,
                user,
                device,
                settings,
                rows,
            };
            jobs.push((place, job));
        }
    }
    jobs
}

/// What devices must have in common to go side by side.
fn layout(period: &Period, compiled: &Compiled) -> Vec<u64> {
    let mut layout = compiled.plant.layout();
    layout.extend([
        period.start_s as u64,
        period.end_s as u64,
        period.warmup_s as u64,
        u64::from(period.step_s),
        u64::from(super::device::record_s(period)),
    ]);
    layout
}

/// The fabrics of houses, each compiled once for all devices that share it.
struct Fabrics {
    /// Which of them a device has.
    which: Vec<usize>,
    all: Vec<Result<Fabric, NetworkFault>>,
}

impl Fabrics {
    fn of(jobs: &[(Place, Job<'_>)]) -> Self {
        let mut firsts: Vec<&Job<'_>> = Vec::new();
        let mut known: HashMap<(u64, u32), Vec<usize>> = HashMap::new();
        let which = jobs
            .iter()
            .map(|(_, job)| {
                let step_s = job.scenario.period.step_s;
                let alike = known.entry((Fabric::digest(job.device), step_s));
                let alike = alike.or_default();
                let found = alike
                    .iter()
                    .find(|&&f| Fabric::serves(firsts[f].device, job.device));
                found.copied().unwrap_or_else(|| {
                    firsts.push(job);
                    alike.push(firsts.len() - 1);
                    firsts.len() - 1
                })
            })
            .collect();
        let all = firsts
            .par_iter()
            .map(|job| Fabric::new(job.device, f64::from(job.scenario.period.step_s)))
            .collect();
        Self { which, all }
    }

    /// A device with its fabric.
    fn compile(&self, index: usize, job: &Job<'_>) -> Result<Compiled, RunError> {
        let step_s = f64::from(job.scenario.period.step_s);
        match &self.all[self.which[index]] {
            Ok(fabric) => Ok(Compiled::of(job.device, fabric, step_s)),
            Err(fault) => Err(RunError::network(job.device, fault.clone())),
        }
    }
}

/// Weather laid out in rows, once for all scenarios that share it.
struct Weathers {
    /// Which of the rows a scenario has.
    which: Vec<usize>,
    rows: Vec<Result<Rows, String>>,
}

impl Weathers {
    fn of(scenarios: &[Scenario]) -> Self {
        let mut firsts: Vec<&Scenario> = Vec::new();
        // Weathers that were compared before, and their rows: of many scenarios
        // with equal weather few have it as their own.
        let mut known: Vec<(&Scenario, usize)> = Vec::new();
        let which = scenarios
            .iter()
            .map(|scenario| {
                let same = |(s, _): &&(&Scenario, usize)| {
                    Arc::ptr_eq(&s.weather, &scenario.weather) && run::same_rows(s, scenario)
                };
                if let Some(&(_, rows)) = known.iter().find(same) {
                    return rows;
                }
                let equal = firsts.iter().position(|f| run::same_rows(f, scenario));
                let rows = equal.unwrap_or_else(|| {
                    firsts.push(scenario);
                    firsts.len() - 1
                });
                known.push((scenario, rows));
                rows
            })
            .collect();
        let rows = firsts
            .par_iter()
            .map(|s| run::rows(s).map_err(|fault| fault.to_string()))
            .collect();
        Self { which, rows }
    }

    fn rows(&self, scenario: usize) -> Result<&Rows, RunError> {
        self.rows[self.which[scenario]]
            .as_ref()
            .map_err(|fault| RunError::Weather(fault.clone()))
    }
}

/// What came of a device.
type Outcome<B> = Result<(Done, B), RunError>;

/// Devices of one scenario that have ended, with their numbers.
type Waiting<B> = Vec<(usize, Outcome<B>)>;

/// Collects devices until their scenario is complete.
struct Desk<'a, R: Reader> {
    scenarios: &'a [Scenario],
    prepared: &'a [Result<(Timeline, &'a Rows), RunError>],
    reader: &'a R,
    waiting: Vec<Mutex<Waiting<R::Book>>>,
}

impl<'a, R: Reader> Desk<'a, R> {
    fn new(
        scenarios: &'a [Scenario],
        prepared: &'a [Result<(Timeline, &'a Rows), RunError>],
        reader: &'a R,
    ) -> Self {
        Self {
            scenarios,
            prepared,
            reader,
            waiting: scenarios.iter().map(|_| Mutex::default()).collect(),
        }
    }

    /// Takes a device; the scenario's figures where it was the last one.
    fn hand_in(
        &self,
        place: Place,
        outcome: Outcome<R::Book>,
    ) -> Option<(usize, Result<R::Figures, RunError>)> {
        let index = place.scenario;
        let (timeline, _) = self.prepared[index].as_ref().ok()?;
        let mut all = {
            let mut waiting = self.waiting[index].lock().ok()?;
            waiting.push((place.device, outcome));
            if waiting.len() < timeline.devices.len() {
                return None;
            }
            std::mem::take(&mut *waiting)
        };
        all.sort_by_key(|(device, _)| *device);
        let all: Result<Vec<_>, RunError> = all.into_iter().map(|(_, outcome)| outcome).collect();
        let figures = all.map(|all| {
            let (done, books) = all.into_iter().unzip();
            let result = run::assemble(&self.scenarios[index], timeline, done);
            self.reader.finish(index, result, books)
        });
        Some((index, figures))
    }
}

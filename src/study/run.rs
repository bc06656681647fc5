//! Running rows: batches of variants go to an executor on all threads, and
//! what comes back goes to the journal in the order in which it ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use rayon::prelude::*;

use super::store::Column;
use super::store::journal::{Journal, Record, Status};
use super::vary::{self, Base, Setting};
use crate::metrics::{Metrics, flat};
use crate::model::Scenario;
use crate::scenario::{Fault, Faults};
use crate::{batch, sim};

/// A run that is wanted.
#[derive(Clone, Debug)]
pub struct Job {
    pub row: usize,
    pub settings: Vec<Setting>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub status: Status,
    /// Why it is not done; empty where it is.
    pub reason: String,
    /// One a column; NaN where there is no figure. Empty unless done.
    pub values: Vec<f64>,
}

impl Outcome {
    fn not(status: Status, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            values: Vec::new(),
        }
    }
}

/// Takes variants to figures: the seam under which runs may go one by one or
/// many together. Called from several threads.
pub trait Executor: Sync {
    /// How many jobs it likes to get at once.
    fn batch(&self) -> usize {
        1
    }

    /// One outcome a job, in their order.
    fn run(&self, jobs: &[Job]) -> Vec<Outcome>;
}

/// Variants side by side ([`batch`]), for their figures alone. Each has the
/// figures of its single run, to the bit.
#[derive(Debug)]
pub struct SideBySide<'a> {
    pub base: &'a Base,
    pub columns: &'a [Column],
}

/// Enough to fill lanes and threads, also where houses differ in layout; few
/// enough to be soon in the journal.
const BATCH: usize = 64;

impl Executor for SideBySide<'_> {
    fn batch(&self) -> usize {
        BATCH
    }

    fn run(&self, jobs: &[Job]) -> Vec<Outcome> {
        caught(|| self.together(jobs)).unwrap_or_else(|_| {
            // Whatever happens to one run is its row, and no other's.
            jobs.iter()
                .map(|job| {
                    let alone = caught(|| self.together(std::slice::from_ref(job)));
                    let alone = alone.map(|mut o| o.pop());
                    match alone {
                        Ok(Some(outcome)) => outcome,
                        Ok(None) => Outcome::not(Status::Panicked, "no outcome"),
                        Err(what) => {
                            let reason = format!("a fault in heatloop itself: {what}");
                            Outcome::not(Status::Panicked, reason)
                        }
                    }
                })
                .collect()
        })
    }
}

/// What `of` gives, or what it panicked with.
fn caught<T>(of: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(of)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        text.unwrap_or("no message").to_owned()
    })
}

impl SideBySide<'_> {
    fn together(&self, jobs: &[Job]) -> Vec<Outcome> {
        let read: Vec<Result<Scenario, Outcome>> = jobs
            .par_iter()
            .map(|job| match self.base.vary(&job.settings) {
                Ok(loaded) => Ok(loaded.scenario),
                Err(faults) => Err(Outcome::not(Status::Invalid, reasons(&faults))),
            })
            .collect();
        let mut scenarios = Vec::with_capacity(jobs.len());
        let places: Vec<Result<usize, Outcome>> = read
            .into_iter()
            .map(|read| {
                read.map(|scenario| {
                    scenarios.push(scenario);
                    scenarios.len() - 1
                })
            })
            .collect();
        let ran = batch::evaluate(&scenarios, sim::Options::default(), &sim::Silent);
        places
            .into_iter()
            .map(|place| match place.map(|i| &ran[i]) {
                Ok(Ok(metrics)) => Outcome {
                    status: Status::Done,
                    reason: String::new(),
                    values: self.values(metrics),
                },
                Ok(Err(fault)) => Outcome::not(Status::Failed, fault.to_string()),
                Err(outcome) => outcome,
            })
            .collect()
    }

    /// The figure of each column. Both lists have the same order, so one pass
    /// finds all; a column that this variant lacks has no figure.
    fn values(&self, metrics: &Metrics) -> Vec<f64> {
        let figures = flat::flat(metrics);
        let mut from = 0;
        let find = |column: &Column| {
            let ahead = figures[from..]
                .iter()
                .position(|(n, _)| n.name == column.name);
            ahead.map_or(f64::NAN, |ahead| {
                let at = from + ahead;
                from = at + 1;
                figures[at].1.value().unwrap_or(f64::NAN)
            })
        };
        self.columns.iter().map(find).collect()
    }
}

/// The faults of a varied scenario on one line.
fn reasons(faults: &Faults) -> String {
    let one = |fault: &Fault| {
        let value = fault.value.as_deref();
        let value = value.map_or_else(String::new, |v| format!(" = {v}"));
        format!("{}{value}: {}", fault.key, fault.message)
    };
    faults.list.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Told how a study goes. Called from one thread.
pub trait Progress {
    /// So many runs were done before.
    fn resumed(&self, runs: usize);
    /// So many more runs have ended; so many of them not well.
    fn ended(&self, runs: usize, failed: usize);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn resumed(&self, _runs: usize) {}
    fn ended(&self, _runs: usize, _failed: usize) {}
}

/// The journal does not take what was computed.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub struct Full {
    /// Runs that ended and could not be written.
    pub lost: usize,
    pub source: std::io::Error,
}

/// Digest of what a row sets (FNV-1a, 64 bits).
pub fn digest(settings: &[Setting]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for setting in settings {
        add(&setting.target.path);
        add(&vary::written(&setting.value));
    }
    hash
}

/// Ended runs that wait for the journal at most, per go.
const TOGETHER: usize = 4096;

/// Runs the rows and enters them in the journal.
///
/// # Errors
/// A journal that can't be written to; all that it took is kept.
pub fn rows(
    journal: &mut Journal,
    rows: &[usize],
    settings: &(dyn Fn(usize) -> Vec<Setting> + Sync),
    executor: &dyn Executor,
    progress: &dyn Progress,
) -> Result<(), Full> {
    let stop = AtomicBool::new(false);
    let (sender, receiver) = mpsc::sync_channel::<Record>(TOGETHER);
    std::thread::scope(|scope| {
        let stop = &stop;
        scope.spawn(move || {
            let batches = rows.chunks(executor.batch().max(1));
            // In order as far as threads allow: the journal reads back quickly.
            batches.par_bridge().for_each_with(sender, |sender, batch| {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let jobs: Vec<Job> = batch
                    .iter()
                    .map(|&row| Job {
                        row,
                        settings: settings(row),
                    })
                    .collect();
                let outcomes = executor.run(&jobs);
                for (job, outcome) in jobs.iter().zip(outcomes) {
                    let record = Record {
                        row: job.row as u64,
                        of: digest(&job.settings),
                        status: outcome.status,
                        reason: outcome.reason,
                        values: outcome.values,
                    };
                    // Nobody listens any more where the journal is full.
                    let _ = sender.send(record);
                }
            });
        });
        let mut pending = Vec::new();
        let mut full: Option<Full> = None;
        while let Ok(first) = receiver.recv() {
            pending.push(first);
            pending.extend(receiver.try_iter().take(TOGETHER - 1));
            if let Some(full) = &mut full {
                full.lost += pending.len();
            } else if let Err((kept, source)) = journal.append(&pending) {
                stop.store(true, Ordering::Relaxed);
                full = Some(Full {
                    lost: pending.len() - kept,
                    source,
                });
            } else {
                let failed = pending.iter().filter(|r| r.status != Status::Done).count();
                progress.ended(pending.len(), failed);
            }
            pending.clear();
        }
        full.map_or(Ok(()), Err)
    })
}

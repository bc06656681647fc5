//! Running rows: batches of variants go to an executor on all threads, and
//! what comes back goes to the journal in the order in which it ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::store::Column;
use super::store::journal::{Journal, Record, Status};
use super::vary::{self, Base, Setting};
use crate::batch::{self, Detail, Watcher};
use crate::metrics::{Metrics, flat};
use crate::model::Scenario;
use crate::scenario::{Fault, Faults};
use crate::sim;
use crate::trace::DeviceTrace;

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

/// Who is told what came of a job, by its place among the jobs.
pub type Ended<'a> = &'a (dyn Fn(usize, Outcome) + Sync);

/// Takes variants to figures: the seam under which runs may go one by one or
/// many together. Called from several threads.
pub trait Executor: Sync {
    /// How many jobs it likes to get at once.
    fn batch(&self) -> usize {
        1
    }

    /// Hands on one outcome a job, with its place among the jobs, as soon as it
    /// has ended; from whatever thread.
    fn run(&self, jobs: &[Job], ended: Ended<'_>);
}

/// Variants side by side ([`batch`]), for their figures alone. Each has the
/// figures of its single run, to the bit.
#[derive(Debug)]
pub struct SideBySide<'a> {
    base: &'a Base,
    columns: &'a [Column],
    detail: Detail,
    simulating_ns: AtomicU64,
    reading_ns: AtomicU64,
}

impl<'a> SideBySide<'a> {
    pub fn new(base: &'a Base, columns: &'a [Column], detail: Detail) -> Self {
        Self {
            base,
            columns,
            detail,
            simulating_ns: AtomicU64::new(0),
            reading_ns: AtomicU64::new(0),
        }
    }

    /// Time of all threads so far, s: in the simulation, and in reading scenarios.
    pub fn spent_s(&self) -> (f64, f64) {
        let s = |ns: &AtomicU64| ns.load(Ordering::Relaxed) as f64 * 1e-9;
        (s(&self.simulating_ns), s(&self.reading_ns))
    }
}

fn add(to: &AtomicU64, time: Duration) {
    let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    to.fetch_add(ns, Ordering::Relaxed);
}

/// Enough to fill lanes; runs of one layout come together.
const BATCH: usize = 32;
/// Of a screening, for each thread: what runs share weighs more.
const SCREENING_BATCH: usize = 64;
/// And in all, for memory's sake.
const SCREENING_BATCH_MOST: usize = 1024;

impl Executor for SideBySide<'_> {
    fn batch(&self) -> usize {
        match self.detail {
            Detail::Full => BATCH,
            Detail::Screening => {
                (SCREENING_BATCH * rayon::current_num_threads()).min(SCREENING_BATCH_MOST)
            }
        }
    }

    fn run(&self, jobs: &[Job], ended: Ended<'_>) {
        let told: Vec<AtomicBool> = jobs.iter().map(|_| AtomicBool::new(false)).collect();
        let tell = |place: usize, outcome: Outcome| {
            if !told[place].swap(true, Ordering::Relaxed) {
                ended(place, outcome);
            }
        };
        if caught(|| self.together(jobs, &tell)).is_ok() {
            return;
        }
        // Whatever happens to one run is its row, and no other's.
        for (place, job) in jobs.iter().enumerate() {
            if told[place].load(Ordering::Relaxed) {
                continue;
            }
            let alone = caught(|| {
                self.together(std::slice::from_ref(job), &|_, outcome| {
                    tell(place, outcome)
                });
            });
            if let Err(what) = alone {
                let reason = format!("a fault in heatloop itself: {what}");
                tell(place, Outcome::not(Status::Panicked, reason));
            }
        }
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
    fn together(&self, jobs: &[Job], ended: Ended<'_>) {
        let read: Vec<Option<(usize, Scenario)>> = jobs
            .par_iter()
            .enumerate()
            .map(|(place, job)| {
                let began = Instant::now();
                let varied = self.base.vary(&job.settings);
                add(&self.reading_ns, began.elapsed());
                match varied {
                    Ok(loaded) => Some((place, loaded.scenario)),
                    Err(faults) => {
                        ended(place, Outcome::not(Status::Invalid, reasons(&faults)));
                        None
                    }
                }
            })
            .collect();
        let (places, scenarios): (Vec<usize>, Vec<Scenario>) = read.into_iter().flatten().unzip();
        let teller = Teller {
            of: self,
            places: &places,
            ended,
        };
        let options = sim::Options::default();
        let ran = batch::evaluate_watched(&scenarios, options, self.detail, &teller, &sim::Silent);
        for (place, outcome) in places.iter().zip(ran) {
            if let Err(fault) = outcome {
                ended(*place, Outcome::not(Status::Failed, fault.to_string()));
            }
        }
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

/// Hands on figures as their runs end.
struct Teller<'a> {
    of: &'a SideBySide<'a>,
    places: &'a [usize],
    ended: Ended<'a>,
}

impl Watcher for Teller<'_> {
    fn rows(&self, _scenario: usize, _rows: &DeviceTrace) {}

    fn simulated(&self, time: Duration) {
        add(&self.of.simulating_ns, time);
    }

    fn ended(&self, scenario: usize, metrics: &Metrics) {
        let outcome = Outcome {
            status: Status::Done,
            reason: String::new(),
            values: self.of.values(metrics),
        };
        (self.ended)(self.places[scenario], outcome);
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
    /// Something that the user should know, before the first run.
    fn note(&self, text: &str);
    /// So many runs were done before.
    fn resumed(&self, runs: usize);
    /// So many more runs have ended; so many of them not well.
    fn ended(&self, runs: usize, failed: usize);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn note(&self, _text: &str) {}
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
                executor.run(&jobs, &|place, outcome| {
                    let job = &jobs[place];
                    // Nobody listens any more where the journal is full.
                    let _ = sender.send(Record {
                        row: job.row as u64,
                        of: digest(&job.settings),
                        status: outcome.status,
                        reason: outcome.reason,
                        values: outcome.values,
                    });
                });
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

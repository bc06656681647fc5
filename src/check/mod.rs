//! `heatloop check`: runs scenarios and compares them with baselines in version
//! control, under tolerances, and says in words what changed.
//!
//! [`mod@file`] reads what is asked ([`tables`] has its keys), [`baseline`] what once was; this page runs and
//! compares, scenario by scenario, so that one that fails stops no other.
//! [`speed`] compares what a run costs. [`report`] holds what was found, and
//! `words` turn it into text, Markdown, JUnit XML and annotations. Nothing here
//! says whether figures are right: that is the business of `verify`.

pub mod baseline;
pub mod file;
pub mod report;
pub mod rules;
pub mod speed;
pub mod tables;
mod traces;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::compare::figures::{self, Level, Named};
use crate::compare::{Value, picture};
use crate::metrics::{self, Metrics};
use crate::output;
use crate::scenario::{self, Loaded};
use crate::sim::{self, Options, Silent};
use crate::trace::RunResult;
use crate::trace::channels::matches;
use baseline::{Baseline, Origin};
use file::{CheckFile, Entry, Levels};
use report::{Changes, Checked, Failure, MetricChange, Outcome, Report};

/// What the caller wants of a check file.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Patterns of names of scenarios; none: all.
    pub only: Vec<String>,
    /// Renew baselines.
    pub update: bool,
    /// Leave the speed out.
    pub no_speed: bool,
    /// The program that runs scenarios, for counting its instructions.
    pub program: Option<PathBuf>,
}

impl Ask {
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|p| matches(p, name))
    }
}

/// Checks what a file lists. `done` hears of each scenario that is finished.
pub fn run(file: &CheckFile, ask: &Ask, done: impl Fn(&str) + Sync) -> Report {
    let chosen: Vec<&Entry> = file.entries.iter().filter(|e| ask.wants(&e.name)).collect();
    let checked: Vec<Checked> = chosen
        .par_iter()
        .map(|entry| {
            let checked = check(file, entry, ask.update);
            done(&entry.name);
            checked
        })
        .collect();
    let speed = file.speed.as_ref().filter(|_| !ask.no_speed);
    // Alone on the machine, as far as this program goes.
    let speed = speed.map(|speed| speed::check(speed, &chosen, ask));
    Report {
        file: file.source.name.clone(),
        title: file.title.clone(),
        updated: ask.update,
        checked,
        speed: speed.unwrap_or_default(),
    }
}

/// A run with what a baseline holds of it.
struct Now {
    loaded: Loaded,
    result: RunResult,
    figures: Vec<Named>,
    origin: Origin,
}

fn check(file: &CheckFile, entry: &Entry, update: bool) -> Checked {
    let mut checked = Checked {
        name: entry.name.clone(),
        place: entry.place.clone(),
        zone: jiff::tz::TimeZone::UTC,
        metrics: 0,
        notes: Vec::new(),
        outcome: Outcome::Same,
        written: Vec::new(),
        not_written: Vec::new(),
    };
    let now = match now(file, entry) {
        Ok(now) => now,
        Err(failure) => {
            checked.outcome = Outcome::Failed(failure);
            return checked;
        }
    };
    checked.zone = now.loaded.scenario.site.timezone.clone();
    checked.metrics = now.figures.len();
    let was = match known(&entry.baseline) {
        Ok(was) => was,
        Err(failure) if update => {
            let why = failure.summary;
            checked.notes.push(format!("{why}; it is made anew"));
            None
        }
        Err(failure) => {
            checked.outcome = Outcome::Failed(failure);
            return checked;
        }
    };
    match &was {
        Some(was) => match compare(file, entry, was, &now, update, &mut checked.notes) {
            Ok(changes) if changes.is_empty() => {}
            Ok(changes) => checked.outcome = Outcome::Changed(Box::new(changes)),
            Err(failure) => checked.outcome = Outcome::Failed(failure),
        },
        None if update => checked.outcome = Outcome::New,
        None => {
            let summary = format!(
                "there is no baseline {}; make it with heatloop check {} --update --only {}",
                entry.baseline.display(),
                file.source.name,
                entry.name
            );
            checked.outcome = Outcome::Failed(Failure::new(summary));
        }
    }
    if update {
        renew(file, entry, &now, was.as_ref(), &mut checked);
    }
    checked
}

/// Runs a scenario. A panic is this program's fault, and no reason to leave the
/// other scenarios alone.
fn now(file: &CheckFile, entry: &Entry) -> Result<Now, Failure> {
    let loaded = scenario::read(&entry.file)
        .map_err(|faults| Failure::of("the scenario does not run".to_owned(), faults))?;
    let origin = Origin::of(&loaded).map_err(Failure::new)?;
    let run = catch_unwind(AssertUnwindSafe(|| simulate(&loaded)));
    let (result, metrics) = match run {
        Ok(Ok(done)) => done,
        Ok(Err(fault)) => return Err(Failure::new(format!("the run failed: {fault}"))),
        Err(_) => {
            let why = "a fault in heatloop itself, not in your files; please report it";
            return Err(Failure::new(why.to_owned()));
        }
    };
    let mut all = figures::of(&metrics).map_err(Failure::new)?;
    figures::without_repetition(&mut all);
    all.retain(|f| {
        let level = match file.levels {
            Levels::Total => f.level == Level::Total,
            Levels::Devices => f.level != Level::Room,
            Levels::Rooms => true,
        };
        level && file.metrics.iter().any(|p| rules::fits(p, &f.name()))
    });
    Ok(Now {
        loaded,
        result,
        figures: all,
        origin,
    })
}

fn simulate(loaded: &Loaded) -> Result<(RunResult, Metrics), sim::RunError> {
    let scenario = &loaded.scenario;
    let result = sim::run(scenario, Options::default(), &Silent)?;
    let twin = if scenario.record.unsteered_twin {
        Some(sim::run(scenario, Options { steering: false }, &Silent)?)
    } else {
        None
    };
    let metrics = metrics::evaluate_with_twin(&result, twin.as_ref(), scenario);
    Ok((result, metrics))
}

/// The baseline, where there is one.
fn known(path: &Path) -> Result<Option<Baseline>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    Baseline::read(path).map(Some).map_err(|faults| {
        let summary = format!("the baseline {} can't be read", path.display());
        Failure::of(summary, faults)
    })
}

fn compare(
    file: &CheckFile,
    entry: &Entry,
    was: &Baseline,
    now: &Now,
    update: bool,
    notes: &mut Vec<String>,
) -> Result<Changes, Failure> {
    notes.extend(was.origin.changes(&now.origin));
    let made_by = made_by();
    if was.made_by != made_by {
        notes.push(format!(
            "the baseline was made by {}, this is {made_by}",
            was.made_by
        ));
    }
    let mut changes = Changes::default();
    let mut unknown = 0;
    for figure in &now.figures {
        let name = figure.name();
        let Some(before) = was.metrics.get(&name) else {
            unknown += 1;
            continue;
        };
        let Some(tolerance) = entry.rules.of_metric(&name) else {
            continue;
        };
        let same = match (before, &figure.value) {
            (Value::Known(a), Value::Known(b)) => tolerance.holds(*a, *b),
            (Value::Undefined(_), Value::Undefined(_)) => true,
            _ => false,
        };
        if !same {
            changes.metrics.push(MetricChange {
                unit: figure.unit(),
                was: before.clone(),
                is: figure.value.clone(),
                tolerance,
                name,
            });
        }
    }
    if unknown > 0 {
        notes.push(format!(
            "{unknown} metrics are not in the baseline yet; --update takes them in"
        ));
    }
    let still = |name: &str| now.figures.iter().any(|f| f.name() == name);
    let wanted = |name: &&String| {
        file.metrics.iter().any(|p| rules::fits(p, name)) && entry.rules.of_metric(name).is_some()
    };
    let gone = was.metrics.keys().filter(wanted).filter(|n| !still(n));
    changes.missing = gone.cloned().collect();
    // What people look at comes first, then the farthest outside its tolerance.
    let main = |m: &MetricChange| picture::is_main(figures::short(&m.name));
    changes.metrics.sort_by(|a, b| {
        main(b)
            .cmp(&main(a))
            .then(b.excess().total_cmp(&a.excess()))
    });
    if let Some(trace) = file.trace.as_ref().filter(|_| entry.traces) {
        match traces::compare(trace, entry, was, &now.result, notes) {
            Ok(traces) => changes.traces = traces,
            // What is known of the metrics is told with it.
            Err(failure) if update || !changes.is_empty() => notes.push(failure.summary),
            Err(failure) => return Err(failure),
        }
    }
    Ok(changes)
}

/// `heatloop 0.1.0`.
fn made_by() -> String {
    format!("heatloop {}", env!("CARGO_PKG_VERSION"))
}

/// Writes the baseline and its traces; files that are right already stay, and
/// traces that the old baseline kept and the new one does not are removed.
fn renew(
    file: &CheckFile,
    entry: &Entry,
    now: &Now,
    was: Option<&Baseline>,
    checked: &mut Checked,
) {
    let mut kept = Vec::new();
    if let Some(trace) = file.trace.as_ref().filter(|_| entry.traces) {
        match traces::make(trace, &entry.name, &now.result, &now.loaded.scenario) {
            Ok(files) => {
                for (kept_file, bytes) in files {
                    put(
                        &entry.baseline.with_file_name(&kept_file.file),
                        &bytes,
                        checked,
                    );
                    kept.push(kept_file);
                }
            }
            Err(why) => checked.not_written.push(why),
        }
    }
    let metrics = now.figures.iter();
    let baseline = Baseline {
        made_by: made_by(),
        origin: now.origin.clone(),
        metrics: metrics.map(|f| (f.name(), f.value.clone())).collect(),
        traces: kept,
    };
    // Last, since it holds the hashes of the others.
    put(&entry.baseline, baseline.to_text().as_bytes(), checked);
    let ours = format!("{}.trace-", entry.name);
    for old in was.iter().flat_map(|w| &w.traces) {
        let plain = old.file.starts_with(&ours) && !old.file.contains(['/', '\\']);
        if plain && !baseline.traces.iter().any(|t| t.file == old.file) {
            let path = entry.baseline.with_file_name(&old.file);
            if std::fs::remove_file(&path).is_ok() {
                checked.notes.push(format!("removed: {}", path.display()));
            }
        }
    }
}

fn put(path: &Path, bytes: &[u8], checked: &mut Checked) {
    match put_file(path, bytes) {
        Ok(true) => checked.written.push(path.display().to_string()),
        Ok(false) => {}
        Err(why) => checked.not_written.push(why),
    }
}

/// Whether the file had to be written, in full or not at all.
fn put_file(path: &Path, bytes: &[u8]) -> Result<bool, String> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| output::write_file(path, bytes))
        .map(|()| true)
        .map_err(|e| format!("{} can't be written: {e}", path.display()))
}

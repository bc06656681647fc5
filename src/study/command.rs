//! The commands on a study: open its folder, run what is missing, write the
//! results. All that they have in common is here; what `sensitivity` and
//! `tune` add is in their modules.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::file::Study;
use super::plan::{self, Command, Plan};
use super::results::{Head, ResultsError, Table};
use super::run::{self, Executor, Full, Progress, SideBySide};
use super::store::journal::{Journal, Status};
use super::store::{Manifest, Shard, Store, StoreError};
use super::{Design, beside, sensitivity, sweep, tune};
use crate::batch::Detail;
use crate::output::write_with;
use crate::scenario::Faults;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Request {
    pub folder: PathBuf,
    pub shard: Option<Shard>,
    pub pictures: bool,
    /// Run the winners of a search under what it has not seen.
    pub validate: bool,
}

/// Where the time went.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    pub seconds: f64,
    pub threads: usize,
    /// Of all threads: in the simulation with its figures, in reading scenarios.
    pub simulating_s: f64,
    pub reading_s: f64,
}

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all_s = self.seconds * self.threads as f64;
        let share = |s: f64| 100.0 * s / all_s;
        write!(
            f,
            "{:.1} s on {} threads: {:.0} % of it simulation, {:.0} % reading scenarios, {:.0} % waiting and writing",
            self.seconds,
            self.threads,
            share(self.simulating_s),
            share(self.reading_s),
            share((all_s - self.simulating_s - self.reading_s).max(0.0))
        )
    }
}

/// A study that is through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    pub runs: usize,
    /// Runs that were in the folder already.
    pub resumed: usize,
    /// Runs that ended not well, with the first few reasons.
    pub failed: usize,
    pub reasons: Vec<(String, usize)>,
    /// What was asked for is not there: no point of a search holds all limits,
    /// or too few have figures for a ranking.
    pub unmet: bool,
    /// What was found, in lines.
    pub text: String,
    /// Files with results, by their names in the folder.
    pub files: Vec<String>,
    /// What the user should know.
    pub notes: Vec<String>,
    pub spent: Option<Spent>,
}

/// A study that could not be done or finished.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    #[error("the study has faults")]
    Faults(Faults),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error(
        "{} takes no more: {}. {} of {total} runs are kept there; make room and say the same command again",
        folder.display(), full.source, kept
    )]
    Full {
        folder: PathBuf,
        kept: usize,
        total: usize,
        full: Full,
    },
    #[error("{} can't be written: {source}. All runs are kept; say the same command again", path.display())]
    Results { path: PathBuf, source: ResultsError },
    #[error("the file {file} was changed while the study ran, so its runs do not belong together")]
    Changed { file: String },
    #[error("a fault in heatloop itself, not in your files: {0}. Please report it with the study")]
    Own(String),
    #[error("{} can't be joined: missing: {}", folder.display(), missing.join(", "))]
    Missing {
        folder: PathBuf,
        missing: Vec<String>,
    },
    #[error("{0}")]
    Join(String),
}

impl From<Faults> for StudyError {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults)
    }
}

/// Does a command on a study.
///
/// # Errors
/// See [`StudyError`].
pub fn execute(
    plan: &Plan,
    request: &Request,
    progress: &dyn Progress,
) -> Result<Report, StudyError> {
    let executor = SideBySide::new(&plan.base, &plan.columns, plan.study.detail);
    let began = Instant::now();
    let mut report = execute_with(plan, request, &executor, progress)?;
    let (simulating_s, reading_s) = executor.spent_s();
    report.spent = Some(Spent {
        seconds: began.elapsed().as_secs_f64(),
        threads: rayon::current_num_threads(),
        simulating_s,
        reading_s,
    });
    Ok(report)
}

/// As [`execute`], with runs by `executor`.
///
/// # Errors
/// See [`StudyError`].
pub fn execute_with(
    plan: &Plan,
    request: &Request,
    executor: &dyn Executor,
    progress: &dyn Progress,
) -> Result<Report, StudyError> {
    let manifest = plan.manifest(request.shard);
    let mut store = Store::open(&request.folder, &manifest, &plan.copies())?;
    store.log("begun", store.journal.len());
    let mut report = Report::default();
    store.mended.iter().for_each(|text| progress.note(text));
    report.resumed = store.journal.len();
    progress.resumed(report.resumed);
    let ended = match &plan.design {
        Some(design) => {
            let rows = own_rows(design.len() * plan.replicates(), request.shard);
            complete(
                &mut store,
                &rows,
                rows.len(),
                &|row| plan.row(row),
                executor,
                progress,
            )?;
            changed(plan)?;
            let finished = finish(
                &mut store,
                &manifest,
                &plan.study,
                design,
                plan.command,
                request.pictures,
                &mut report,
            );
            if plan.study.detail == Detail::Screening {
                beside::told(plan, &store, &rows, &mut report)?;
            }
            finished
        }
        None => tune::search(
            plan,
            &mut store,
            &manifest,
            request,
            executor,
            progress,
            &mut report,
        ),
    };
    store.log(
        if ended.is_ok() { "done" } else { "stopped" },
        store.journal.len(),
    );
    ended?;
    Ok(report)
}

/// An input that changed on the way spoils the study.
pub(super) fn changed(plan: &Plan) -> Result<(), StudyError> {
    match plan.changed() {
        Some(file) => Err(StudyError::Changed { file }),
        None => Ok(()),
    }
}

/// Rows of a shard, or all.
fn own_rows(rows: usize, shard: Option<Shard>) -> Vec<usize> {
    (0..rows)
        .filter(|r| shard.is_none_or(|s| s.has(*r)))
        .collect()
}

/// Runs those of `rows` that the journal lacks.
pub(super) fn complete(
    store: &mut Store,
    rows: &[usize],
    total: usize,
    settings: &(dyn Fn(usize) -> Vec<super::vary::Setting> + Sync),
    executor: &dyn Executor,
    progress: &dyn Progress,
) -> Result<(), StudyError> {
    let missing: Vec<usize> = rows
        .iter()
        .copied()
        .filter(|r| !store.journal.has(*r))
        .collect();
    let ran = run::rows(&mut store.journal, &missing, settings, executor, progress);
    ran.map_err(|full| {
        store.log("full", store.journal.len());
        StudyError::Full {
            folder: store.folder().to_owned(),
            kept: store.journal.len(),
            total,
            full,
        }
    })
}

/// Writes what a design's journal gives.
pub(super) fn finish(
    store: &mut Store,
    manifest: &Manifest,
    study: &Study,
    design: &Design,
    command: Command,
    pictures: bool,
    report: &mut Report,
) -> Result<(), StudyError> {
    let shard = Shard::parse(&manifest.shard).ok();
    let rows = own_rows(design.len() * study.replicates.count(), shard);
    let head = |row: usize| head(study, design, manifest, row);
    write_results(store, manifest, study, &rows, &head, report)?;
    if shard.is_some() {
        report.notes.push(format!(
            "this is shard {} of the study: `heatloop join` brings all together",
            manifest.shard
        ));
        return Ok(());
    }
    match command {
        Command::Sweep => sweep::conclude(store, manifest, study, design, pictures, report),
        Command::Sensitivity => {
            sensitivity::conclude(store, manifest, study, design, pictures, report)
        }
        Command::Tune => Ok(()),
    }
}

/// What stands before the figures of a row of a design.
fn head(study: &Study, design: &Design, manifest: &Manifest, row: usize) -> Head {
    let replicates = study.replicates.count();
    let (seed, world) = study.replicates.of(row % replicates);
    let point = design.point(row / replicates, &study.parameters);
    Head {
        point: row / replicates,
        cells: plan::cells(&study.parameters, &point),
        seed: seed.unwrap_or(manifest.seed),
        weather: world.map_or_else(String::new, |w| w.name.clone()),
    }
}

/// `results.csv` and `results.parquet`, and what failed.
pub(super) fn write_results(
    store: &Store,
    manifest: &Manifest,
    study: &Study,
    rows: &[usize],
    head: &dyn Fn(usize) -> Head,
    report: &mut Report,
) -> Result<(), StudyError> {
    count(&store.journal, rows, report)
        .map_err(|e| results_error(store, "results.csv", e.into()))?;
    let weathers = !study.replicates.worlds.is_empty()
        || study
            .tune
            .as_ref()
            .is_some_and(|t| !t.validate.worlds.is_empty());
    let table = Table {
        manifest,
        numeric: study
            .parameters
            .iter()
            .map(super::parameter::Parameter::is_numeric)
            .collect(),
        weathers,
        rows,
        head,
        journal: &store.journal,
    };
    write(store, "results.csv", report, |out| table.csv(out))?;
    write(store, "results.parquet", report, |out| table.parquet(out))
}

/// Writes one file of results.
pub(super) fn write(
    store: &Store,
    name: &str,
    report: &mut Report,
    make: impl FnOnce(&mut dyn crate::output::Sink) -> Result<(), ResultsError>,
) -> Result<(), StudyError> {
    write_with(&store.folder().join(name), make).map_err(|e| results_error(store, name, e))?;
    report.files.push(name.to_owned());
    Ok(())
}

pub(super) fn results_error(store: &Store, name: &str, source: ResultsError) -> StudyError {
    StudyError::Results {
        path: store.folder().join(name),
        source,
    }
}

/// Counts what failed, by reason.
fn count(journal: &Journal, rows: &[usize], report: &mut Report) -> std::io::Result<()> {
    const TOLD: usize = 5;
    report.runs = rows.len();
    report.failed = 0;
    for row in rows {
        let Some(record) = journal.record(*row)? else {
            continue;
        };
        if matches!(record.status, Status::Done | Status::NotAllowed) {
            continue;
        }
        report.failed += 1;
        let known = report.reasons.iter().position(|(r, _)| *r == record.reason);
        match known {
            Some(i) => report.reasons[i].1 += 1,
            None if report.reasons.len() < TOLD => report.reasons.push((record.reason, 1)),
            None => {}
        }
    }
    Ok(())
}

/// Reads a plan for a command.
///
/// # Errors
/// All faults of the study and its base.
pub fn prepare(path: &Path, command: Command) -> Result<Plan, StudyError> {
    Ok(Plan::read(path, command)?)
}

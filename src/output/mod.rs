//! The folder of a run: `scenario.toml`, `settings.jsonl`, traces, pictures,
//! `metrics.json` and `provenance.json`.
//!
//! All files are first written in full, without names or under temporary ones,
//! flushed and synced; only then they get their names. A run that
//! fails before that (a full disk, say) leaves the folder as it was; one that
//! fails between two renames leaves complete files only, and the error lists
//! which are in place and which are not. `provenance.json` comes last: it
//! lists the others with their SHA-256, so a folder with it is complete.
//!
//! Equal runs give equal bytes: no file holds the time of day, the machine,
//! the user or the number of threads.

mod ahead;
pub mod folder;
mod hashing;
mod provenance;
pub mod store;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::metrics::{Metrics, rfc3339};
use crate::model::Scenario;
use crate::trace::resample::Misfit;
use crate::trace::{RunResult, SettingsEvent};
use hashing::Hashing;

pub use ahead::Ahead;
pub use folder::{
    Existing, Folder, FolderError, Temporary, sweep_temporary, write_file, write_with,
};
pub(crate) use provenance::NAME as PROVENANCE;
pub use store::Store;

/// What goes into the folder.
pub struct RunOutput<'a> {
    pub scenario: &'a Scenario,
    /// The resolved scenario as TOML.
    pub scenario_text: &'a str,
    pub result: &'a RunResult,
    /// Further files by name: copies of input. Names are plain (no folders).
    pub extra: &'a [(String, Vec<u8>)],
}

/// What is made of a run's traces, and written after them.
pub struct Made<'a> {
    pub metrics: &'a Metrics,
    /// Files by name, as those of [`RunOutput`]: pictures.
    pub files: Vec<(String, Vec<u8>)>,
}

/// A file in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub name: String,
    pub bytes: u64,
    /// Hexadecimal.
    pub sha256: String,
}

/// What went wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Misfit(#[from] Misfit),
    #[error("Parquet: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The run could not be written in full.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot write {failed}: {cause}; in place: {}; not written: {}",
    list(written),
    list(missing)
)]
pub struct OutputError {
    pub failed: String,
    #[source]
    pub cause: Cause,
    /// Complete files of this run that are in place.
    pub written: Vec<String>,
    /// Files of this run that are not.
    pub missing: Vec<String>,
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// A file's name, and what writes it.
type Job<'a, S> = (String, Box<dyn Fn(&mut S) -> Wrote<S> + 'a>);
type Wrote<S> = Result<Hashing<<S as Store>::File>, Cause>;

/// A sink that Parquet's writer accepts.
pub trait Sink: Write + Send {}
impl<T: Write + Send> Sink for T {}

/// Writes everything; the files in the order in which they got their names.
pub fn write_run<S: Store>(
    store: &mut S,
    output: &RunOutput<'_>,
    metrics: &Metrics,
) -> Result<Vec<Written>, OutputError> {
    let files = Vec::new();
    let made = || Made { metrics, files };
    write_run_with(store, output, &Ahead::nothing(output.scenario), made)
}

/// Like [`write_run`], with what was begun while the run went on, and with what
/// `make` makes while the traces are written.
pub fn write_run_with<'m, S: Store>(
    store: &mut S,
    output: &RunOutput<'_>,
    ahead: &Ahead<'_, S::File>,
    make: impl FnOnce() -> Made<'m> + Send,
) -> Result<Vec<Written>, OutputError> {
    let mut staged = Vec::new();
    let mut written: Vec<Written> = Vec::new();
    let jobs = || traces::<S>(output, ahead);
    let (made, traces) = rayon::join(make, || stage_all(store, jobs()));
    let rest = || rest::<S>(output, &made);
    let mut names: Vec<String> = names_of(&jobs());
    names.extend(names_of(&rest()));
    names.push(provenance::NAME.to_owned());
    let fail = |failed: &str, cause: Cause, done: usize| OutputError {
        failed: failed.to_owned(),
        cause,
        written: names[..done].to_vec(),
        missing: names[done..].to_vec(),
    };
    for (files, entries) in [
        traces.map_err(|(name, cause)| fail(&name, cause, 0))?,
        stage_all(store, rest()).map_err(|(name, cause)| fail(&name, cause, 0))?,
    ] {
        staged.extend(files);
        written.extend(entries);
    }
    let text =
        provenance::json(output, &written).map_err(|e| fail(provenance::NAME, e.into(), 0))?;
    let (file, entry) = stage(store, provenance::NAME, |store| {
        whole(store, text.as_bytes())
    })
    .map_err(|cause| fail(provenance::NAME, cause, 0))?;
    staged.push(file);
    written.push(entry);
    store
        .begin_commit()
        .map_err(|e| fail("the folder", e.into(), 0))?;
    for (done, file) in staged.into_iter().enumerate() {
        store
            .commit(file, &names[done])
            .map_err(|e| fail(&names[done], e.into(), done))?;
    }
    store
        .finish()
        .map_err(|e| fail("the folder", e.into(), names.len()))?;
    Ok(written)
}

fn names_of<S: Store>(jobs: &[Job<'_, S>]) -> Vec<String> {
    jobs.iter().map(|(name, _)| name.clone()).collect()
}

/// Files that are complete but have no name yet, and what is in them.
type Staged<S> = (Vec<<S as Store>::Staged>, Vec<Written>);

/// Writes files one after the other; or the name of the one that failed, and why.
fn stage_all<S: Store>(store: &mut S, jobs: Vec<Job<'_, S>>) -> Result<Staged<S>, (String, Cause)> {
    let (mut staged, mut written) = (Vec::new(), Vec::new());
    for (name, job) in jobs {
        let (file, entry) = stage(store, &name, job).map_err(|cause| (name, cause))?;
        staged.push(file);
        written.push(entry);
    }
    Ok((staged, written))
}

fn stage<S: Store>(
    store: &mut S,
    name: &str,
    job: impl FnOnce(&mut S) -> Wrote<S>,
) -> Result<(S::Staged, Written), Cause> {
    let mut written = job(store)?;
    written.flush()?;
    let (file, bytes, sha256) = written.finish();
    let entry = Written {
        name: name.to_owned(),
        bytes,
        sha256,
    };
    Ok((store.close(file)?, entry))
}

/// A file of one piece.
fn whole<S: Store>(store: &mut S, bytes: &[u8]) -> Wrote<S> {
    let mut file = Hashing::new(store.begin()?);
    file.write_all(bytes)?;
    Ok(file)
}

/// The files that take long: scenario, settings and traces.
fn traces<'a, S: Store>(
    output: &'a RunOutput<'a>,
    ahead: &'a Ahead<'a, S::File>,
) -> Vec<Job<'a, S>> {
    let (record, result) = (&output.scenario.record, output.result);
    let mut jobs: Vec<Job<'a, S>> = vec![
        (
            "scenario.toml".to_owned(),
            Box::new(move |store| whole(store, output.scenario_text.as_bytes())),
        ),
        (
            "settings.jsonl".to_owned(),
            Box::new(move |store| whole(store, settings_log(&result.settings).as_bytes())),
        ),
    ];
    let devices = result.devices.iter().zip(trace_names(result));
    for (device, ((trace, _), stem)) in devices.enumerate() {
        if record.csv {
            jobs.push((
                format!("{stem}.csv"),
                Box::new(move |store| ahead.csv(device, trace, || store.begin())),
            ));
        }
        if record.parquet {
            jobs.push((
                format!("{stem}.parquet"),
                Box::new(move |store| ahead.parquet(device, trace, || store.begin())),
            ));
        }
    }
    jobs
}

/// The files after them: further ones, and the metrics.
fn rest<'a, S: Store>(output: &'a RunOutput<'a>, made: &'a Made<'a>) -> Vec<Job<'a, S>> {
    let mut jobs: Vec<Job<'a, S>> = Vec::new();
    for (name, bytes) in output.extra.iter().chain(&made.files) {
        jobs.push((plain(name), Box::new(move |store| whole(store, bytes))));
    }
    jobs.push((
        "metrics.json".to_owned(),
        Box::new(move |store| whole(store, made.metrics.to_json()?.as_bytes())),
    ));
    jobs
}

/// One JSON object a line: when, whose, applied or refused, and why.
fn settings_log(events: &[SettingsEvent]) -> String {
    let mut text = String::new();
    for event in events {
        let line = serde_json::json!({
            "at": rfc3339(event.at_s),
            "user_id": event.user_id,
            "device_id": event.device_id,
            "applied": event.applied,
            "messages": event.messages,
        });
        text.push_str(&line.to_string());
        text.push('\n');
    }
    text
}

/// `trace-USER-DEVICE` for each device, safe on every file system: characters
/// other than ASCII letters, digits, `.`, `_` and `-` become `_`, long ids are
/// cut, and names that would be the same (also in upper and lower case) get a
/// number. `provenance.json` says which file is whose.
pub fn trace_names(result: &RunResult) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    let mut names = Vec::new();
    for (trace, _) in &result.devices {
        let base = format!(
            "trace-{}-{}",
            plain(&trace.user_id),
            plain(&trace.device_id)
        );
        let mut name = base.clone();
        let mut number = 2;
        while taken.contains(&name.to_ascii_lowercase()) {
            name = format!("{base}-{number}");
            number += 1;
        }
        taken.push(name.to_ascii_lowercase());
        names.push(name);
    }
    names
}

/// A text as part of a file name.
fn plain(text: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    text.chars()
        .take(60)
        .map(|c| if keep(c) { c } else { '_' })
        .collect()
}

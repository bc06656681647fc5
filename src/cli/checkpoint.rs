//! `heatloop run --until --checkpoint` and `--resume`: a run that is stopped
//! at an instant, written to a file, and gone on with from there.

use std::path::Path;

use serde_json::json;

use super::Exit;
use super::args::{OutputFormat, RunArguments};
use super::print;
use super::run::{self, Bar};
use crate::model::Scenario;
use crate::output;
use crate::scenario::{moment, period};
use crate::sim::checkpoint::{self, Checkpoint};
use crate::sim::{self, RunError};

/// The checkpoints that `--resume` names; none without it.
///
/// # Errors
/// Said on standard error already.
pub(super) fn given(a: &RunArguments, scenario: &Scenario) -> Result<Vec<Checkpoint>, Exit> {
    let Some(path) = &a.resume else {
        return Ok(Vec::new());
    };
    let fault = |text: String| {
        print::err(&format!(
            "error: {} can't be gone on with: {text}\n",
            path.display()
        ));
        Exit::Faults
    };
    let bytes = std::fs::read(path).map_err(|e| fault(e.to_string()))?;
    checkpoint::from_bytes(&bytes, scenario).map_err(|e| fault(e.to_string()))
}

/// Runs up to `--until` and writes the checkpoint; no results.
pub(super) fn stop(a: &RunArguments, scenario: &Scenario, until: &str, to: &Path) -> Exit {
    let at_s = match moment::parse_date_time(until) {
        Ok(at) => period::resolve(at, &scenario.site.timezone).map(|r| r.0),
        Err(_) => None,
    };
    let Some(at_s) = at_s else {
        print::err(&format!(
            "error: --until {until}: no date and time; write local time of the site as \
             2019-01-22T06:00, or with an offset from UTC as 2019-01-22T06:00+01:00\n"
        ));
        return Exit::CommandLine;
    };
    if let Err(text) = may_be_written(to, a.force) {
        print::err(&format!("error: {text}\n"));
        return Exit::NotWritten;
    }
    let from = match given(a, scenario) {
        Ok(from) => from,
        Err(exit) => return exit,
    };
    let stopped: Result<Vec<Checkpoint>, RunError> = {
        let bar = Bar::new(scenario, a.quiet);
        run::variants(scenario)
            .into_iter()
            .enumerate()
            .map(|(i, options)| sim::run_until(scenario, options, from.get(i), at_s, &bar))
            .collect()
    };
    let bytes = match stopped {
        Ok(stopped) => checkpoint::to_bytes(&stopped),
        Err(fault @ RunError::Stop { .. }) => {
            print::err(&format!("error: --until {until}: {fault}\n"));
            return Exit::CommandLine;
        }
        Err(fault) => {
            print::err(&format!("error: {fault}\n"));
            return Exit::RunFailed;
        }
    };
    if let Err(fault) = output::write_file(to, &bytes) {
        print::err(&format!(
            "error: {} can't be written: {fault}\n",
            to.display()
        ));
        return Exit::NotWritten;
    }
    let at = period::local(at_s, &scenario.site.timezone);
    match a.format {
        OutputFormat::Text if a.quiet => Exit::Done,
        OutputFormat::Text => print::out(&format!(
            "stopped at {at}; to go on: heatloop run {} --resume {}\n",
            a.scenario.display(),
            to.display()
        )),
        OutputFormat::Json => {
            let told = json!({ "checkpoint": to.display().to_string(), "at": at.to_string() });
            print::out(&format!("{told:#}\n"))
        }
    }
}

/// Only a checkpoint may be replaced without being told so; never a device or
/// a folder.
fn may_be_written(path: &Path, force: bool) -> Result<(), String> {
    let name = path.display();
    if !path.exists() {
        return Ok(());
    }
    if !path.is_file() {
        return Err(format!("{name} is no plain file; choose another name"));
    }
    let begins = || -> std::io::Result<Vec<u8>> {
        use std::io::Read;
        let mut head = Vec::new();
        std::fs::File::open(path)?.take(64).read_to_end(&mut head)?;
        Ok(head)
    };
    let ours = begins().is_ok_and(|head| head.is_empty() || checkpoint::is_one(&head));
    if ours || force {
        Ok(())
    } else {
        Err(format!(
            "{name} is a file of another kind; choose another name or force it (--force)"
        ))
    }
}

//! `heatloop sweep`, `sensitivity`, `tune` and `join`: parse, prepare, execute,
//! report.

use std::cell::Cell;
use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Exit;
use super::args::{JoinArguments, StudyArguments, SweepArguments, ToldArguments, TuneArguments};
use super::print::{self, WIDTH};
use super::run::{default_folder, threads};
use crate::report::format::count;
use crate::study::store::StoreError;
use crate::study::{self, Command, Plan, Progress, Report, Request, Shard, StudyError};

/// Runs a design.
pub(super) fn sweep(a: &SweepArguments) -> Exit {
    command(&a.study, Command::Sweep, a.shard, false)
}

/// Runs the design of a method and gives its indices.
pub(super) fn sensitivity(a: &SweepArguments) -> Exit {
    command(&a.study, Command::Sensitivity, a.shard, false)
}

/// Searches.
pub(super) fn tune(a: &TuneArguments) -> Exit {
    command(&a.study, Command::Tune, None, a.validate)
}

/// Brings shards together.
pub(super) fn join(a: &JoinArguments) -> Exit {
    match study::join(&a.output, &a.shards, !a.told.no_picture) {
        Ok(report) => told(&report, &a.output, &a.told),
        Err(fault) => failed(&fault, &a.told),
    }
}

fn command(a: &StudyArguments, command: Command, shard: Option<Shard>, validate: bool) -> Exit {
    threads(a.threads);
    let plan = match study::prepare(&a.study, command) {
        Ok(plan) => plan,
        Err(fault) => return failed(&fault, &a.told),
    };
    if validate && let Err(faults) = plan.can_validate() {
        return failed(&StudyError::Faults(faults), &a.told);
    }
    let total = plan.total(shard, validate);
    if a.dry {
        return print::out(&format!("{}\n", plan.summary(shard, validate)));
    }
    let folder = a.output.clone();
    let request = Request {
        folder: folder.unwrap_or_else(|| default_folder(&a.study)),
        shard,
        pictures: !a.told.no_picture,
        validate,
    };
    // One run's fault is a row with its reason, and no news on the screen.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let bar = Bar::new(total, a.told.quiet);
    let done = run(&plan, &request, &bar);
    bar.bar.finish_and_clear();
    std::panic::set_hook(hook);
    match done {
        Ok(report) => told(&report, &request.folder, &a.told),
        Err(fault) => failed(&fault, &a.told),
    }
}

fn run(plan: &Plan, request: &Request, bar: &Bar) -> Result<Report, StudyError> {
    // A panic outside of a run is not silent: the hook is, so it is told here.
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        study::execute(plan, request, bar)
    }));
    caught.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
        Err(StudyError::Own(text.unwrap_or_default()))
    })
}

fn told(report: &Report, folder: &Path, a: &ToldArguments) -> Exit {
    for note in &report.notes {
        if !a.quiet {
            print::err(&format!("note: {note}\n"));
        }
    }
    let mut exit = Exit::Done;
    if report.failed > 0 {
        print::err(&format!(
            "warning: {} of {} without figures; the column `reason` says why:\n",
            report.failed,
            count(report.runs, "run")
        ));
        for (reason, n) in &report.reasons {
            print::err(&format!("  {n} ×  {reason}\n"));
        }
        if report.failed == report.runs {
            exit = Exit::RunFailed;
        }
    }
    if report.unmet {
        exit = Exit::RunFailed;
    }
    if a.quiet {
        return exit;
    }
    let mut text = report.text.clone();
    if !text.is_empty() {
        text.push('\n');
    }
    let resumed = match report.resumed {
        0 => String::new(),
        n => format!(" ({n} of them in the folder already)"),
    };
    text += &format!("{}{resumed}\n", count(report.runs, "run"));
    if let Some(spent) = report.spent {
        text += &format!("{spent}\n");
    }
    for file in shortened(&report.files) {
        text += &format!("{}\n", folder.join(file).display());
    }
    exit.or(print::out(&text))
}

/// Files by name; of many settings documents the first and the last.
fn shortened(files: &[String]) -> Vec<String> {
    const FEW: usize = 3;
    let settings = |f: &&String| f.starts_with("settings-");
    let many: Vec<&String> = files.iter().filter(settings).collect();
    if many.len() <= FEW {
        return files.to_vec();
    }
    let shown = |f: &&String| !settings(f) || *f == many[0];
    let name = |f: &String| match f == many[0] {
        true => format!("{f} to {}", many[many.len() - 1]),
        false => f.clone(),
    };
    files.iter().filter(shown).map(name).collect()
}

fn failed(fault: &StudyError, a: &ToldArguments) -> Exit {
    if let StudyError::Faults(faults) = fault {
        let (_, colour) = print::colours(a.color);
        print::err(&faults.render(WIDTH, colour));
        return Exit::Faults;
    }
    print::err(&format!("error: {fault}\n"));
    match fault {
        StudyError::Store(StoreError::Busy { .. }) => Exit::Busy,
        StudyError::Faults(_) | StudyError::Join(_) | StudyError::Missing { .. } => Exit::Faults,
        StudyError::Store(StoreError::Unreadable { .. }) => Exit::Faults,
        StudyError::Store(_) | StudyError::Full { .. } | StudyError::Results { .. } => {
            Exit::NotWritten
        }
        StudyError::Changed { .. } | StudyError::Own(_) => Exit::RunFailed,
    }
}

/// Progress on standard error, where that is a terminal.
struct Bar {
    bar: ProgressBar,
    quiet: bool,
    failed: Cell<usize>,
}

impl Bar {
    fn new(total: usize, quiet: bool) -> Self {
        let target = if !quiet && std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr_with_hz(5)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        let style =
            ProgressStyle::with_template("{wide_bar} {pos}/{len} runs, {per_sec}, {eta} left{msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_secs(1));
        Self {
            bar,
            quiet,
            failed: Cell::new(0),
        }
    }
}

impl Progress for Bar {
    fn note(&self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| print::err(&format!("note: {text}\n")));
        }
    }

    fn resumed(&self, runs: usize) {
        // Not counted into the speed.
        self.bar.set_position(runs as u64);
        self.bar.reset_eta();
    }

    fn ended(&self, runs: usize, failed: usize) {
        self.bar.inc(runs as u64);
        self.failed.set(self.failed.get() + failed);
        if self.failed.get() > 0 {
            self.bar
                .set_message(format!(", {} failed", self.failed.get()));
        }
    }
}

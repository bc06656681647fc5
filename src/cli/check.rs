//! `heatloop check`: scenarios against their baselines.

use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Exit;
use super::args::{CheckArguments, OutputFormat};
use super::print::{self, WIDTH};
use crate::check::file::{self, CheckFile};
use crate::check::report::{self, Report, Verdict};
use crate::check::{self, Ask};
use crate::output;
use crate::trace::channels::matches;

/// Checks each file; what is wrong with one does not stop another.
pub(super) fn command(a: &CheckArguments) -> Exit {
    let (colour_out, colour_err) = print::colours(a.color);
    if let Some(n) = a.threads {
        // Fails only where a pool exists already; then that one serves.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(n))
            .build_global();
    }
    let github = a.github || is_set("GITHUB_ACTIONS", "true");
    let paths = if a.files.is_empty() {
        vec![PathBuf::from(file::NAME)]
    } else {
        a.files.clone()
    };
    let mut files = Vec::new();
    let mut exit = Exit::Done;
    for path in &paths {
        match file::read(path) {
            Ok(file) => files.push(file),
            Err(faults) => {
                exit = Exit::Faults;
                if a.format == OutputFormat::Json {
                    let text = serde_json::to_string_pretty(&faults.to_json()).unwrap_or_default();
                    let _ = print::out(&(text + "\n")); // the faults decide the exit code
                } else {
                    print::err(&faults.render(WIDTH, colour_err));
                }
            }
        }
    }
    let idle = a.only.iter().find(|p| {
        let mut names = files.iter().flat_map(|f| &f.entries);
        !names.any(|e| matches(p, &e.name))
    });
    if let (Some(pattern), Exit::Done) = (idle, exit) {
        let names = files.iter().flat_map(|f| &f.entries);
        let names: Vec<&str> = names.map(|e| e.name.as_str()).collect();
        print::err(&format!(
            "error: no scenario is called \"{pattern}\". Scenarios: {}\n",
            names.join(", ")
        ));
        return Exit::CommandLine;
    }
    let reports = run(&files, a);

    let text = match a.format {
        OutputFormat::Text => reports.iter().map(|r| r.text(colour_out)).collect(),
        OutputFormat::Json => {
            let all: Vec<_> = reports.iter().map(Report::json).collect();
            serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
        }
    };
    if !a.quiet || a.format == OutputFormat::Json {
        exit = exit.or(print::out(&text));
    }
    if github && a.format == OutputFormat::Text {
        let text: String = reports.iter().map(Report::github).collect();
        exit = exit.or(print::out(&text));
    }
    exit = exit.or(write(a, &reports));
    if !reports.iter().all(Report::is_written) {
        exit = exit.or(Exit::NotWritten);
    }
    match reports.iter().map(Report::verdict).max() {
        Some(Verdict::Failed) => exit.or(Exit::RunFailed),
        Some(Verdict::Changed) => exit.or(Exit::Changed),
        _ => exit,
    }
}

fn run(files: &[CheckFile], a: &CheckArguments) -> Vec<Report> {
    let quiet = a.quiet || a.format == OutputFormat::Json || !std::io::stderr().is_terminal();
    let target = if quiet {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let scenarios: usize = files.iter().map(|f| f.entries.len()).sum();
    let style = ProgressStyle::with_template("{pos}/{len} {wide_bar} {msg} ({eta} left)");
    let bar = ProgressBar::with_draw_target(Some(scenarios as u64), target);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let ask = Ask {
        only: a.only.clone(),
        update: a.update,
        no_speed: a.no_speed,
        program: std::env::current_exe().ok(),
    };
    let done = |name: &str| {
        bar.set_message(name.to_owned());
        bar.inc(1);
    };
    let reports = files.iter().map(|f| check::run(f, &ask, done)).collect();
    bar.finish_and_clear();
    reports
}

/// Writes the reports that were asked for.
fn write(a: &CheckArguments, reports: &[Report]) -> Exit {
    let mut exit = Exit::Done;
    let mut told = |path: &Path, written: std::io::Result<()>| {
        if let Err(fault) = written {
            print::err(&format!(
                "error: {} can't be written: {fault}\n",
                path.display()
            ));
            exit = Exit::NotWritten;
        }
    };
    if let Some(path) = &a.junit {
        told(
            path,
            output::write_file(path, report::junit(reports).as_bytes()),
        );
    }
    if let Some(path) = &a.markdown {
        let text: String = reports.iter().map(Report::markdown).collect();
        // A job's summary may hold what other steps wrote.
        let written = if is_set("GITHUB_STEP_SUMMARY", &path.display().to_string()) {
            let file = std::fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(path);
            file.and_then(|mut f| f.write_all(text.as_bytes()))
        } else {
            output::write_file(path, text.as_bytes())
        };
        told(path, written);
    }
    exit
}

/// Whether a variable of the environment has a value.
fn is_set(name: &str, value: &str) -> bool {
    std::env::var_os(name).is_some_and(|v| v == value)
}

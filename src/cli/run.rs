//! `heatloop run`: parse, load, run, report.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::Scope;
use rayon::prelude::*;

use super::args::{OutputFormat, RunArguments};
use super::print::{self, WIDTH};
use super::{Exit, checkpoint};
use crate::metrics::{self, Metrics};
use crate::model::Scenario;
use crate::output::{self, Ahead, Existing, Folder, Made, RunOutput, Temporary};
use crate::report::{self, SummaryStyle};
use crate::scenario::{self, Loaded};
use crate::sim::{self, Checkpoint, Options, Progress};
use crate::trace::{DeviceTrace, RunResult};

/// Runs a scenario file.
pub(super) fn command(a: &RunArguments) -> Exit {
    let (colour_out, colour_err) = print::colours(a.color);
    let loaded = match scenario::read(&a.scenario) {
        Ok(loaded) => loaded,
        Err(faults) => {
            if a.format == OutputFormat::Json {
                let text = serde_json::to_string_pretty(&faults.to_json()).unwrap_or_default();
                let _ = print::out(&(text + "\n")); // the faults decide the exit code
            } else {
                print::err(&faults.render(WIDTH, colour_err));
            }
            return Exit::Faults;
        }
    };
    if !loaded.warnings.is_empty() && !a.quiet && a.format == OutputFormat::Text {
        print::err(&loaded.warnings.render(WIDTH, colour_err));
    }

    threads(a.threads);
    let scenario = &loaded.scenario;
    if let (Some(until), Some(to)) = (&a.until, &a.checkpoint) {
        return checkpoint::stop(a, scenario, until, to);
    }
    let from = match checkpoint::given(a, scenario) {
        Ok(from) => from,
        Err(exit) => return exit,
    };

    run(a, &loaded, &from, colour_out)
}

/// Runs what was read, and reports.
fn run(a: &RunArguments, loaded: &Loaded, from: &[Checkpoint], colour_out: bool) -> Exit {
    let scenario = &loaded.scenario;
    // The folder is looked at first: a long run must not end in a refusal.
    let path = a
        .output
        .clone()
        .unwrap_or_else(|| default_folder(&a.scenario));
    let mut folder = None;
    if !a.dry {
        let existing = if a.force {
            Existing::Replace
        } else {
            Existing::Refuse
        };
        match Folder::open(&path, existing) {
            Ok(open) => folder = Some(open),
            Err(fault) => {
                print::err(&format!("error: {fault}\n"));
                return Exit::NotWritten;
            }
        }
    }

    let ahead = match Ahead::new(scenario, folder.as_mut()) {
        Ok(ahead) => ahead,
        Err(fault) => {
            print::err(&format!(
                "error: cannot write to {}: {fault}\n",
                path.display()
            ));
            return Exit::NotWritten;
        }
    };
    let evaluates = folder.is_some() || a.format == OutputFormat::Json;
    let ahead_of = evaluates.then_some(&ahead);
    let (result, twin) = match simulate(scenario, from, a.quiet, ahead_of) {
        Ok(done) => done,
        Err(fault) => {
            print::err(&format!("error: {fault}\n"));
            return Exit::RunFailed;
        }
    };

    let mut exit = Exit::Done;
    let mut files = Vec::new();
    let evaluated = OnceLock::new();
    let evaluate = || {
        let devices = result.devices.par_iter().enumerate();
        let books = devices.map(|(device, (trace, _))| ahead.book(device, trace));
        metrics::evaluate_books(&result, books.collect(), twin.as_ref(), scenario)
    };
    let metrics = || evaluated.get_or_init(evaluate);
    if let Some(folder) = &mut folder {
        match write(folder, loaded, &result, &ahead, metrics, !a.no_picture) {
            Ok((names, failed)) => {
                for fault in failed {
                    print::err(&format!("error: {fault}\n"));
                    exit = Exit::NotWritten;
                }
                files = names
                    .iter()
                    .map(|n| path.join(n).display().to_string())
                    .collect()
            }
            Err(text) => {
                print::err(&format!("error: in {}: {text}\n", path.display()));
                exit = Exit::NotWritten;
            }
        }
    }
    if a.quiet && a.format == OutputFormat::Text {
        return exit;
    }
    match a.format {
        OutputFormat::Text => {
            let style = SummaryStyle { colour: colour_out };
            exit = exit.or(print::out(&report::summary(
                &result,
                scenario,
                twin.as_ref(),
                &files,
                style,
            )));
        }
        OutputFormat::Json => match metrics().to_json() {
            Ok(text) => exit = exit.or(print::out(&text)),
            Err(fault) => {
                print::err(&format!(
                    "error: the metrics can't be written as JSON: {fault}\n"
                ));
                exit = Exit::RunFailed;
            }
        },
    }
    exit
}

/// The run that the scenario asks for, and its twin where it asks for that.
pub(super) fn variants(scenario: &Scenario) -> Vec<Options> {
    let mut all = vec![Options::default()];
    if scenario.record.unsteered_twin {
        all.push(Options { steering: false });
    }
    all
}

/// The run, and its twin without steering where asked. Files and figures of the
/// run are begun in `ahead`.
pub(super) fn simulate<'s>(
    scenario: &Scenario,
    from: &[Checkpoint],
    quiet: bool,
    ahead: Option<&'s Ahead<'s, Temporary>>,
) -> Result<(RunResult, Option<RunResult>), sim::RunError> {
    let bar = Bar::new(scenario, quiet);
    let runs = rayon::scope(|scope| {
        let one = |(i, options): (usize, Options)| {
            let ahead = ahead.filter(|_| i == 0).map(|ahead| (ahead, scope));
            let watch = Watch { bar: &bar, ahead };
            match from.get(i) {
                Some(from) => sim::resume(scenario, options, from, &watch),
                None => sim::run(scenario, options, &watch),
            }
        };
        let all = variants(scenario).into_par_iter().enumerate().map(one);
        all.collect::<Result<Vec<_>, _>>()
    })?;
    bar.0.finish_and_clear();
    let mut runs = runs.into_iter();
    Ok((runs.next().unwrap_or_default(), runs.next()))
}

/// Writes everything; the names of the files, or what went wrong. A picture
/// that can't be drawn is told beside the names: it must not cost the figures.
fn write<'m>(
    folder: &mut Folder,
    loaded: &Loaded,
    result: &RunResult,
    ahead: &Ahead<'_, Temporary>,
    metrics: impl FnOnce() -> &'m Metrics + Send,
    pictures: bool,
) -> Result<(Vec<String>, Vec<String>), String> {
    let (mut extra, mut failed) = (Vec::new(), Vec::new());
    // The resolved scenario runs where it lies: with copies of its files.
    let (scenario_text, inputs) = loaded.resolved_with_inputs();
    for (name, path) in inputs {
        match std::fs::read(&path) {
            Ok(bytes) => extra.push((name, bytes)),
            Err(fault) => failed.push(format!("{} can't be copied: {fault}", path.display())),
        }
    }
    let run = RunOutput {
        scenario: &loaded.scenario,
        scenario_text: &scenario_text,
        result,
        extra: &extra,
    };
    let draw = || match pictures {
        true => draw(result, &loaded.scenario),
        false => Drawn::default(),
    };
    let make = || {
        let (metrics, (files, faults)) = rayon::join(metrics, draw);
        failed.extend(faults);
        Made { metrics, files }
    };
    let written = output::write_run_with(folder, &run, ahead, make).map_err(|e| e.to_string())?;
    Ok((written.into_iter().map(|w| w.name).collect(), failed))
}

/// As many threads as asked for, where that is said.
pub(super) fn threads(wanted: Option<u16>) {
    if let Some(n) = wanted {
        // Fails only where a pool exists already; then that one serves.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(n))
            .build_global();
    }
}

/// Files by name, and what could not be made.
type Drawn = (Vec<(String, Vec<u8>)>, Vec<String>);

/// The pictures of all devices.
fn draw(result: &RunResult, scenario: &Scenario) -> Drawn {
    let drawn: Vec<_> = output::trace_names(result)
        .into_par_iter()
        .enumerate()
        .map(|(index, name)| {
            let name = name.replacen("trace-", "picture-", 1);
            report::run_picture(result, index, scenario)
                .and_then(|svg| {
                    let png = report::png(&svg)?;
                    Ok([
                        (format!("{name}.svg"), svg.into_bytes()),
                        (format!("{name}.png"), png),
                    ])
                })
                .map_err(|fault| format!("{name} can't be drawn: {fault}"))
        })
        .collect();
    let (mut files, mut failed) = Drawn::default();
    for outcome in drawn {
        match outcome {
            Ok(pair) => files.extend(pair),
            Err(fault) => failed.push(fault),
        }
    }
    (files, failed)
}

/// `results/NAME` beside where the program was started.
pub(super) fn default_folder(scenario: &Path) -> PathBuf {
    let stem = scenario
        .file_stem()
        .map_or_else(|| "run".into(), |s| s.to_os_string());
    Path::new("results").join(stem)
}

/// Progress on standard error, where that is a terminal; it appears after a
/// second, so short runs show none.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(scenario: &Scenario, quiet: bool) -> Self {
        let devices: usize = scenario.users.iter().map(|u| u.devices.len()).sum();
        let days = (scenario.period.end_s - scenario.period.start_s) as f64 / 86_400.0;
        let total = days * (devices * variants(scenario).len()) as f64;
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr_with_hz(5)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} device-days, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_secs(1));
        Self(bar)
    }
}

impl Progress for Bar {
    fn days(&self, days: f64) {
        self.0.inc(days as u64);
    }
}

/// Shows how far a run is, and has files and figures made of what it has.
struct Watch<'w, 's> {
    bar: &'w Bar,
    ahead: Option<(&'s Ahead<'s, Temporary>, &'w Scope<'s>)>,
}

impl Progress for Watch<'_, '_> {
    fn days(&self, days: f64) {
        self.bar.days(days);
    }

    fn rows(&self, device: usize, trace: &DeviceTrace, closed: usize) {
        if let Some((ahead, scope)) = self.ahead {
            ahead.take(scope, device, trace, closed);
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Arguments, Command};
    use super::*;

    /// No file is known whose run fails, so the weather is spoilt behind the
    /// reader's back.
    #[test]
    fn exit_1_where_the_run_fails_and_no_result_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("story.toml");
        let text = "heatloop = 1\nsite = { country = \"NL\", postal_code = \"3511AB\" }\n\
             period = { start = 2019-01-19, days = 1, warmup_days = 0 }\n[[users]]\n\
             [[users.devices]]\nhouse = \"rc-light\"\nheat_pump = \"nibe-f2050-6\"\n";
        std::fs::write(&file, text).unwrap();
        let mut loaded = scenario::read(&file).unwrap();
        std::sync::Arc::make_mut(&mut loaded.scenario.weather)
            .outdoor_c
            .fill(f64::NAN);
        let results = folder.path().join("results");
        let words = [
            "heatloop",
            "run",
            "story.toml",
            "-o",
            results.to_str().unwrap(),
        ];
        let Command::Run(a) = Arguments::parse_from(words).command else {
            panic!("another command");
        };
        assert_eq!(run(&a, &loaded, &[], false), Exit::RunFailed);
        assert_eq!(Exit::RunFailed as u8, 1);
        assert_eq!(std::fs::read_dir(&results).unwrap().count(), 0);
        std::sync::Arc::make_mut(&mut loaded.scenario.weather)
            .outdoor_c
            .fill(5.0);
        assert_eq!(run(&a, &loaded, &[], false), Exit::Done);
    }
}

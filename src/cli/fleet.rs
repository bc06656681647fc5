//! `heatloop fleet`: parse, prepare, execute, report.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Exit;
use super::args::{FleetArguments, OutputFormat};
use super::print::{self, WIDTH};
use super::run::{default_folder, threads};
use crate::fleet::{self, FleetError, Plan, Progress, Report, Request, traces};
use crate::output::Existing;
use crate::report::format::count;
use crate::scenario::Faults;
use crate::study::store::StoreError;

/// Runs a fleet file.
pub(super) fn command(a: &FleetArguments) -> Exit {
    threads(a.threads);
    let channels = match traces::chosen(&a.traces) {
        Ok(channels) => channels,
        Err(idle) => {
            print::err(&format!(
                "error: --traces: no channel that all houses can have matches {}; docs/METRICS.md names channels (those of rooms, layers and reasons can't be had here)\n",
                idle.join(", ")
            ));
            return Exit::CommandLine;
        }
    };
    let mut plan = match Plan::read(&a.fleet) {
        Ok(plan) => plan,
        Err(faults) => return faulty(&faults, a),
    };
    if let Some(count) = a.count {
        plan.set_count(count as usize);
    }
    if a.dry {
        return print::out(&plan.summary());
    }
    let folder = a.output.clone();
    let request = Request {
        folder: folder.unwrap_or_else(|| default_folder(&a.fleet)),
        existing: match a.force {
            true => Existing::Replace,
            false => Existing::Refuse,
        },
        pictures: !a.told.no_picture,
        traces: channels,
        block: a.block.map_or(plan.block(), |block| block as usize),
    };
    // One house's fault is a row with its reason, and no news on the screen.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let bar = Bar::new(&plan, a.told.quiet);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        fleet::execute(&plan, &request, &bar)
    }));
    bar.bar.finish_and_clear();
    std::panic::set_hook(hook);
    match caught {
        Ok(Ok(report)) => told(&report, &request, a),
        Ok(Err(fault)) => failed(&fault, a),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            print::err(&format!(
                "error: a fault in heatloop itself, not in your files: {}. Please report it with the fleet\n",
                text.unwrap_or_default()
            ));
            Exit::RunFailed
        }
    }
}

fn told(report: &Report, request: &Request, a: &FleetArguments) -> Exit {
    let mut exit = Exit::Done;
    for note in &report.notes {
        print::err(&format!("error: {note}\n"));
        exit = Exit::NotWritten;
    }
    let f = &report.figures;
    if f.failed > 0 {
        print::err(&format!(
            "warning: {} of {} without figures and not in the fleet's power; the column `reason` says why:\n",
            f.failed,
            count(f.houses, "house")
        ));
        for (reason, n) in &report.reasons {
            print::err(&format!("  {n} ×  {reason}\n"));
        }
    }
    if a.format == OutputFormat::Json {
        return exit.or(print::out(&fleet::command::json_text(f)));
    }
    if a.told.quiet {
        return exit;
    }
    let mut text = format!("{}\n", report.text);
    if report.resumed > 0 {
        text += &format!(
            "in the folder already: {}\n",
            count(report.resumed, "house")
        );
    }
    for file in &report.files {
        text += &format!("{}\n", request.folder.join(file).display());
    }
    exit.or(print::out(&text))
}

fn faulty(faults: &Faults, a: &FleetArguments) -> Exit {
    if a.format == OutputFormat::Json {
        let text = serde_json::to_string_pretty(&faults.to_json()).unwrap_or_default();
        let _ = print::out(&(text + "\n")); // the faults decide the exit code
    } else {
        let (_, colour) = print::colours(a.told.color);
        print::err(&faults.render(WIDTH, colour));
    }
    Exit::Faults
}

fn failed(fault: &FleetError, a: &FleetArguments) -> Exit {
    match fault {
        FleetError::Faults(faults) => return faulty(faults, a),
        fault => print::err(&format!("error: {fault}\n")),
    }
    match fault {
        FleetError::Busy(StoreError::Busy { .. }) => Exit::Busy,
        FleetError::Busy(_)
        | FleetError::Folder(_)
        | FleetError::Write { .. }
        | FleetError::Another { .. } => Exit::NotWritten,
        FleetError::Faults(_) => Exit::Faults,
        FleetError::NoHouse(_) => Exit::RunFailed,
    }
}

/// Progress on standard error, where that is a terminal.
struct Bar {
    bar: ProgressBar,
    quiet: bool,
    begun: Instant,
    /// Device-days so far, thousandths.
    days: AtomicU64,
    houses: AtomicU64,
    failed: AtomicU64,
    /// Houses that were done before.
    resumed: AtomicU64,
    count: usize,
    /// Device-days of the whole fleet.
    days_of_all: f64,
}

impl Bar {
    fn new(plan: &Plan, quiet: bool) -> Self {
        let target = match !quiet && std::io::stderr().is_terminal() {
            true => ProgressDrawTarget::stderr_with_hz(5),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(plan.device_days() as u64), target);
        let style =
            ProgressStyle::with_template("{wide_bar} {pos}/{len} device-days, {msg}, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(format!("0/{} houses", plan.fleet.count));
        bar.enable_steady_tick(Duration::from_secs(1));
        Self {
            bar,
            quiet,
            begun: Instant::now(),
            days: AtomicU64::new(0),
            houses: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            resumed: AtomicU64::new(0),
            count: plan.fleet.count,
            days_of_all: plan.device_days(),
        }
    }
}

impl Progress for Bar {
    fn note(&self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| print::err(&format!("note: {text}\n")));
        }
    }

    fn resumed(&self, houses: usize) {
        self.resumed.store(houses as u64, Ordering::Relaxed);
        self.houses.store(houses as u64, Ordering::Relaxed);
        let days = self.days_of_all * houses as f64 / self.count as f64;
        self.days.store((days * 1000.0) as u64, Ordering::Relaxed);
        self.bar.set_position(days as u64);
        self.bar.reset_eta(); // not counted into the speed
    }

    fn days(&self, days: f64) {
        let more = (days * 1000.0) as u64;
        let days = self.days.fetch_add(more, Ordering::Relaxed) + more;
        self.bar.set_position(days / 1000);
    }

    fn houses(&self, houses: usize, failed: usize) {
        let done = self.houses.fetch_add(houses as u64, Ordering::Relaxed) + houses as u64;
        let failed = self.failed.fetch_add(failed as u64, Ordering::Relaxed) + failed as u64;
        let own = done - self.resumed.load(Ordering::Relaxed);
        let speed = own as f64 / self.begun.elapsed().as_secs_f64();
        let failed = match failed {
            0 => String::new(),
            n => format!(" ({n} failed)"),
        };
        self.bar.set_message(format!(
            "{done}/{} houses{failed}, {speed:.1}/s",
            self.count
        ));
    }
}

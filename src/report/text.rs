//! The summary of a run in text: one block a device, a total where there are
//! several, at most some 40 lines a block, plain unless colour is asked for.

mod comfort;
mod energy;
mod run;
mod writer;

use super::about::About;
use super::figures::{Figures, intervals};
use super::format::{currency, digits3, fixed, period, thousands};
use crate::model::Scenario;
use crate::trace::{DeviceTrace, RunResult, Totals};
use comfort::{comfort, hot_water};
use energy::{energy, money};
use run::{balance, more, reasons, settings};
use std::fmt::Write as _;
use writer::{Writer, one_line};

/// How the summary is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct SummaryStyle {
    /// ANSI colours and bold; off when the text goes into a file or a pipe.
    pub colour: bool,
}

/// Most warnings and refusals that are listed.
const MOST_MESSAGES: usize = 6;

/// The summary of a run. `files` are the paths that were written, if any.
pub fn summary(
    run: &RunResult,
    scenario: &Scenario,
    twin: Option<&RunResult>,
    files: &[String],
    style: SummaryStyle,
) -> String {
    let abouts: Vec<About> = run
        .devices
        .iter()
        .map(|(t, _)| About::of(scenario, t))
        .collect();
    write_summary(run, &abouts, twin, files, style)
}

/// The same from what a report needs of a scenario, one `About` a device, and
/// the same run without steering where it was asked for.
pub fn write_summary(
    run: &RunResult,
    abouts: &[About],
    twin: Option<&RunResult>,
    files: &[String],
    style: SummaryStyle,
) -> String {
    let mut w = Writer {
        out: String::new(),
        colour: style.colour,
    };
    for ((trace, totals), about) in run.devices.iter().zip(abouts) {
        let f = Figures::of(trace, totals);
        device(&mut w, trace, totals, about, &f, run.devices.len() > 1);
        let same = |t: &DeviceTrace| t.user_id == trace.user_id && t.device_id == trace.device_id;
        if let Some((trace, totals)) =
            twin.and_then(|twin| twin.devices.iter().find(|(t, _)| same(t)))
        {
            w.row("unsteered", &unsteered(&Figures::of(trace, totals), about));
        }
        w.out.push('\n');
    }
    if run.devices.len() > 1 {
        w.title(&format!("All {} devices", run.devices.len()));
        let total = Figures::together(&run.devices);
        energy(&mut w, &total);
        if let Some(a) = abouts.first() {
            money(&mut w, &total, a);
        }
        w.out.push('\n');
    }
    settings(&mut w, run, abouts);
    for (i, m) in run.warnings.iter().take(MOST_MESSAGES).enumerate() {
        w.warn(if i == 0 { "warnings" } else { "" }, m);
    }
    more(&mut w, run.warnings.len());
    for (i, f) in files.iter().enumerate() {
        w.row(if i == 0 { "files" } else { "" }, f);
    }
    w.out
}

/// What the same device does without steering.
fn unsteered(f: &Figures, about: &About) -> String {
    let mut parts = vec![
        format!(
            "{} kWh for heat pump and heaters",
            digits3(f.electricity_kwh())
        ),
        format!(
            "{} K·h too cold, {} K·h too warm",
            digits3(f.below_kh),
            digits3(f.above_kh)
        ),
    ];
    if let Some(cost) = f.cost {
        parts.push(format!(
            "{} {} for the house",
            fixed(cost, 2),
            currency(&about.currency)
        ));
    }
    format!("would have been {}", parts.join("; "))
}

fn device(
    w: &mut Writer,
    t: &DeviceTrace,
    totals: &Totals,
    about: &About,
    f: &Figures,
    several: bool,
) {
    let name = format!(
        "device {} of user {}",
        one_line(&t.device_id),
        one_line(&t.user_id)
    );
    let title = if about.title.is_empty() {
        name.clone()
    } else if several {
        format!("{} – {name}", one_line(&about.title))
    } else {
        one_line(&about.title)
    };
    w.title(&title);
    for part in about.line().split("  ·  ") {
        w.line(part);
    }
    let n = intervals(t);
    if n == 0 {
        w.line("nothing was recorded");
        return;
    }
    let end = t.start_s + n as i64 * i64::from(t.step_s);
    w.line(&period(t.start_s, end, &about.timezone));
    comfort(w, t, f, n);
    hot_water(w, t, totals, f);
    energy(w, f);
    money(w, f, about);
    let mut plant = format!(
        "{} starts, {} h running",
        thousands(f.starts as f64),
        digits3(f.run_h)
    );
    if f.starts > 0 {
        let _ = write!(
            plant,
            ", {} min a start",
            fixed(f.run_h * 60.0 / f.starts as f64, 0)
        );
    }
    if totals.changeovers > 0 {
        let _ = write!(plant, ", {} change-overs", totals.changeovers);
    }
    if totals.min_run_ended > 0 {
        let _ = write!(plant, ", {} minimum runs ended early", totals.min_run_ended);
    }
    w.row("compressor", &plant);
    reasons(w, f);
    if totals.commanded_s > 0.0 || f.overridden_h > 0.0 {
        w.row(
            "steering",
            &format!(
                "commanded {} h, overridden {} min in {} quarter-hours",
                digits3(totals.commanded_s / 3600.0),
                fixed(f.overridden_h * 60.0, 0),
                totals.overridden_quarters
            ),
        );
    }
    balance(w, totals);
}

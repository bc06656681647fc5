//! Reports in words: for people, job summaries, CI systems and programs.

pub(super) mod github;
pub(super) mod json;
pub(super) mod junit;
pub(super) mod markdown;
#[cfg(test)]
mod tests;
pub(super) mod text;

use super::report::{Changes, Checked, Failure, MetricChange, Outcome, Report};
use super::speed;
use crate::compare::Value;
use crate::compare::words as w;
use crate::report::format::digits6;

/// Most changed metrics and channels that are told of a scenario; JSON has all.
const MOST: usize = 12;

/// One word for an outcome.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Same => "same",
        Outcome::New => "new",
        Outcome::Changed(_) => "changed",
        Outcome::Failed(_) => "failed",
    }
}

fn speed_word(outcome: speed::Outcome) -> &'static str {
    match outcome {
        speed::Outcome::Same => "same",
        speed::Outcome::Faster => "faster",
        speed::Outcome::Slower => "slower",
        speed::Outcome::New => "new",
        speed::Outcome::Failed => "failed",
    }
}

/// `energy.hvac_kwh: 270.8 became 275.3 kWh: +4.5 (+1.7 %), allowed ±0.54`.
fn metric(change: &MetricChange, zone: &jiff::tz::TimeZone) -> String {
    let unit = if change.unit.is_empty() {
        String::new()
    } else {
        format!(" {}", change.unit)
    };
    let name = &change.name;
    match (&change.was, &change.is) {
        (Value::Known(was), Value::Known(is)) => {
            let allowed = change.tolerance.allowed(*was);
            let by = if w::is_instant(name) {
                format!("{} h", w::signed((is - was) / 3600.0))
            } else {
                format!("{} ({})", w::signed(is - was), w::share(*was, *is))
            };
            format!(
                "{name}: {} became {}{unit}: {by}, allowed ±{}",
                w::value(name, &change.was, zone),
                w::value(name, &change.is, zone),
                w::short(allowed)
            )
        }
        (Value::Known(was), Value::Undefined(why)) => {
            format!("{name}: {}{unit} became undefined ({why})", digits6(*was))
        }
        (Value::Undefined(why), Value::Known(is)) => {
            format!("{name}: was undefined ({why}), is {}{unit}", digits6(*is))
        }
        // Not a change.
        (Value::Undefined(_), Value::Undefined(_)) => format!("{name}: undefined"),
    }
}

/// What changed, a line each, what matters most first.
fn changes(changes: &Changes, zone: &jiff::tz::TimeZone) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let told = changes.metrics.iter().take(MOST);
    lines.extend(told.map(|m| metric(m, zone)));
    if changes.metrics.len() > MOST {
        let more = changes.metrics.len() - MOST;
        lines.push(format!("and {more} more metrics (--format json lists all)"));
    }
    if !changes.missing.is_empty() {
        let names: Vec<&str> = changes
            .missing
            .iter()
            .take(MOST)
            .map(String::as_str)
            .collect();
        let rest = changes.missing.len() - names.len();
        let more = if rest > 0 {
            format!(" and {rest} more")
        } else {
            String::new()
        };
        lines.push(format!(
            "in the baseline, but no longer given: {}{more}",
            names.join(", ")
        ));
    }
    for trace in &changes.traces {
        let of = |text: String| format!("{}: {text}", trace.device);
        lines.extend(trace.turn.iter().map(|t| of(w::turn(t, zone))));
        let told = trace.partings.iter().take(MOST);
        lines.extend(told.map(|p| of(w::parting(p, zone))));
        lines.extend(
            trace
                .gone
                .iter()
                .map(|c| of(format!("its channel {c} is no longer there"))),
        );
    }
    lines
}

/// Why something failed, in short: the faults' own lines.
fn failure(failure: &Failure) -> Vec<String> {
    let mut lines = vec![failure.summary.clone()];
    let faults = failure.faults.iter().flat_map(|f| &f.list);
    lines.extend(faults.map(crate::scenario::Fault::line));
    lines
}

/// All that is to be said of a scenario, without notes.
fn lines(checked: &Checked) -> Vec<String> {
    match &checked.outcome {
        Outcome::Same | Outcome::New => Vec::new(),
        Outcome::Changed(c) => changes(c, &checked.zone),
        Outcome::Failed(f) => failure(f),
    }
}

/// `14 scenarios: 12 same, 1 changed, 1 failed`.
fn verdict(report: &Report) -> String {
    let count = |w: &str| {
        report
            .checked
            .iter()
            .filter(|c| word(&c.outcome) == w)
            .count()
    };
    let each: Vec<String> = ["same", "new", "changed", "failed"]
        .into_iter()
        .filter(|w| count(w) > 0)
        .map(|w| format!("{} {w}", count(w)))
        .collect();
    let n = report.checked.len();
    let plural = if n == 1 { "" } else { "s" };
    let mut text = match each.as_slice() {
        [] => "no scenario was chosen".to_owned(),
        each => format!("{n} scenario{plural}: {}", each.join(", ")),
    };
    let slower = report
        .speed
        .iter()
        .filter(|t| t.outcome == speed::Outcome::Slower)
        .count();
    if slower > 0 {
        text += &format!("; {slower} slower");
    }
    text
}

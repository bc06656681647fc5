//! For people at a terminal.

use std::fmt::Write as _;

use super::{Outcome, Report, lines, speed_word, verdict, word};
use crate::check::speed;

pub(in crate::check) fn of(report: &Report, colour: bool) -> String {
    let mut out = String::new();
    let paint = |word: &str| {
        let code = match word {
            "changed" | "slower" => "33",
            "failed" => "31",
            _ => "32",
        };
        let word = format!("{word:7}");
        if colour {
            format!("\u{1b}[{code}m{word}\u{1b}[0m")
        } else {
            word
        }
    };
    let title = if report.title.is_empty() {
        String::new()
    } else {
        format!(" ({})", plain(&report.title))
    };
    let _ = writeln!(out, "{}{title}", plain(&report.file));
    let names = report.checked.iter().map(|c| c.name.as_str());
    let names = names.chain(report.speed.iter().map(|t| t.name.as_str()));
    let width = names.map(|n| n.chars().count()).max().unwrap_or(0);
    for c in &report.checked {
        let what = match &c.outcome {
            Outcome::Changed(changes) => {
                let traces = changes
                    .traces
                    .iter()
                    .map(|t| t.partings.len())
                    .sum::<usize>();
                let n = changes.metrics.len() + changes.missing.len();
                match traces {
                    0 => format!("{n} of {} metrics", c.metrics),
                    t => format!("{n} of {} metrics, {t} channels", c.metrics),
                }
            }
            Outcome::Failed(_) => String::new(),
            _ => format!("{} metrics", c.metrics),
        };
        let line = format!("  {} {:width$}  {what}", paint(word(&c.outcome)), c.name);
        let _ = writeln!(out, "{}", line.trim_end());
        let indent = " ".repeat(10);
        for text in c.notes.iter().chain(&lines(c)) {
            let _ = writeln!(out, "{indent}{}", plain(text));
        }
        for text in &c.not_written {
            let _ = writeln!(out, "{indent}error: {}", plain(text));
        }
        for path in &c.written {
            let _ = writeln!(out, "{indent}written: {}", plain(path));
        }
    }
    for t in &report.speed {
        let first = t.lines.first().map_or("", String::as_str);
        let what = if t.outcome == speed::Outcome::Failed {
            first.to_owned()
        } else {
            format!("speed: {first}")
        };
        let _ = writeln!(
            out,
            "  {} {:width$}  {}",
            paint(speed_word(t.outcome)),
            t.name,
            plain(&what)
        );
        let indent = " ".repeat(10);
        let rest = t.lines.iter().skip(1);
        for text in rest.chain(&t.not_written) {
            let _ = writeln!(out, "{indent}{}", plain(text));
        }
        for path in &t.written {
            let _ = writeln!(out, "{indent}written: {}", plain(path));
        }
    }
    let _ = writeln!(out, "{}", verdict(report));
    out
}

/// Without what would steer a terminal.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

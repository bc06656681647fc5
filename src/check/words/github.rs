//! Annotations of GitHub's checks: workflow commands, one a line.

use std::fmt::Write as _;

use super::{Outcome, Report, failure, lines};
use crate::check::speed;

pub(in crate::check) fn of(report: &Report) -> String {
    let mut out = String::new();
    for c in &report.checked {
        let line = c.place.line;
        match &c.outcome {
            Outcome::Changed(_) => {
                let level = if report.updated { "notice" } else { "error" };
                let title = format!("{} changed", c.name);
                let text = lines(c).join("\n");
                command(&mut out, level, &report.file, line, &title, &text);
            }
            Outcome::Failed(f) => {
                let title = format!("{} failed", c.name);
                let text = failure(f).join("\n");
                command(&mut out, "error", &report.file, line, &title, &text);
                // Faults have places of their own, where a reader will mend them.
                for fault in f.faults.iter().flat_map(|f| &f.list) {
                    if let Some(place) = &fault.place {
                        let file = &place.source.name;
                        command(
                            &mut out,
                            "error",
                            file,
                            place.line,
                            fault.code.name(),
                            &fault.line(),
                        );
                    }
                }
            }
            Outcome::Same | Outcome::New => {}
        }
        if !c.notes.is_empty() {
            let text = c.notes.join("\n");
            command(&mut out, "notice", &report.file, line, &c.name, &text);
        }
        if !c.not_written.is_empty() {
            let text = c.not_written.join("\n");
            command(&mut out, "error", &report.file, line, &c.name, &text);
        }
    }
    for t in &report.speed {
        let level = match t.outcome {
            speed::Outcome::Slower if !report.updated => "error",
            speed::Outcome::Failed => "error",
            speed::Outcome::Faster | speed::Outcome::New => "notice",
            _ => continue,
        };
        let title = format!("{}: speed", t.name);
        command(
            &mut out,
            level,
            &report.file,
            t.line,
            &title,
            &t.lines.join("\n"),
        );
    }
    out
}

fn command(out: &mut String, level: &str, file: &str, line: usize, title: &str, text: &str) {
    let _ = writeln!(
        out,
        "::{level} file={},line={line},title={}::{}",
        property(file),
        property(title),
        data(text)
    );
}

/// The message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a command: also what would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let mut out = String::new();
        command(
            &mut out,
            "error",
            "a,b:c.toml",
            3,
            "x: y",
            "50 %\nnext: line",
        );
        assert_eq!(
            out,
            "::error file=a%2Cb%3Ac.toml,line=3,title=x%3A y::50 %25%0Anext: line\n"
        );
    }
}

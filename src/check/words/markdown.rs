//! For a job summary.

use std::fmt::Write as _;

use super::{Report, lines, speed_word, verdict, word};

pub(in crate::check) fn of(report: &Report) -> String {
    let mut out = format!("### Heatloop check: {}\n\n", text(&report.file));
    let _ = writeln!(out, "{}\n", text(&verdict(report)));
    let _ = writeln!(out, "| | scenario | what |\n| --- | --- | --- |");
    for c in &report.checked {
        let mut what: Vec<String> = c.notes.iter().chain(&lines(c)).cloned().collect();
        what.extend(c.not_written.iter().map(|e| format!("error: {e}")));
        what.extend(c.written.iter().map(|p| format!("written: {p}")));
        if what.is_empty() {
            what.push(format!("{} metrics", c.metrics));
        }
        row(&mut out, word(&c.outcome), &c.name, &what);
    }
    for t in &report.speed {
        let mut what: Vec<String> = t.lines.clone();
        what.extend(t.not_written.iter().map(|e| format!("error: {e}")));
        let name = format!("{} (speed)", t.name);
        row(&mut out, speed_word(t.outcome), &name, &what);
    }
    out.push('\n');
    out
}

fn row(out: &mut String, word: &str, name: &str, what: &[String]) {
    let mark = match word {
        "changed" | "slower" => "⚠️ ",
        "failed" => "❌ ",
        _ => "✅ ",
    };
    let what: Vec<String> = what.iter().map(|t| text(t)).collect();
    let _ = writeln!(
        out,
        "| {mark}{word} | {} | {} |",
        text(name),
        what.join("<br>")
    );
}

/// Text in a cell: nothing in it is markup.
fn text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

//! A comparison as text, Markdown, CSV and JSON.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::figures::{self, Value};
use super::table::{Comparison, Row};
use super::words;
use crate::metrics::rfc3339;

impl Comparison<'_> {
    /// For a terminal.
    pub fn text(&self, all: bool, colour: bool) -> String {
        let mut out = String::new();
        let paint = |code: &str, s: &str| {
            if colour {
                format!("\u{1b}[{code}m{s}\u{1b}[0m")
            } else {
                s.to_owned()
            }
        };
        for (i, side) in self.sides.iter().enumerate() {
            let title = if side.title.is_empty() {
                String::new()
            } else {
                format!("  ({})", one_line(&side.title))
            };
            let _ = writeln!(out, "{}  {}{title}", letter(i), one_line(&side.label));
        }
        let _ = writeln!(out, "{}", paint("1", &self.verdict()));
        let cells: Vec<(&Row, Vec<String>)> = self.shown(all).map(|r| (r, self.cells(r))).collect();
        let head = self.head();
        let widths: Vec<usize> = (0..head.len())
            .map(|c| {
                let widest = cells.iter().map(|(_, row)| row[c].chars().count()).max();
                widest.unwrap_or(0).max(head[c].chars().count())
            })
            .collect();
        let line = |cells: &[String]| {
            let mut text = String::new();
            for (c, (cell, width)) in cells.iter().zip(&widths).enumerate() {
                let gap = " ".repeat(width - cell.chars().count());
                // Names and units to the left, numbers to the right.
                text += &match c {
                    0 | 1 => format!("{cell}{gap}  "),
                    _ => format!("{gap}{cell}  "),
                };
            }
            text.trim_end().to_owned()
        };
        let (mut scope, mut group) = (None, None);
        if !cells.is_empty() {
            let _ = writeln!(out, "\n{}", paint("2", &line(&head)));
        }
        for (row, cells) in &cells {
            if scope != Some(&row.scope) || group != Some(&row.group) {
                let of = row.scope.trim_end_matches('.');
                let whose = if of.is_empty() {
                    String::new()
                } else {
                    format!("{of}: ")
                };
                let heading = format!("{whose}{}", figures::title(&row.group));
                let _ = writeln!(out, "{}", paint("36", &one_line(&heading)));
                (scope, group) = (Some(&row.scope), Some(&row.group));
            }
            let _ = writeln!(out, "{}", line(cells));
        }
        for text in self.trace_lines() {
            let _ = writeln!(out, "{}", one_line(&text));
        }
        for note in &self.notes {
            let _ = writeln!(out, "{} {}", paint("33", "note:"), one_line(note));
        }
        out
    }

    /// For a page or a job summary.
    pub fn markdown(&self, all: bool) -> String {
        let mut out = String::new();
        for (i, side) in self.sides.iter().enumerate() {
            let _ = writeln!(out, "- **{}** {}", letter(i), cell(&side.label));
        }
        let _ = writeln!(out, "\n{}\n", self.verdict());
        let rows: Vec<&Row> = self.shown(all).collect();
        if !rows.is_empty() {
            let head = self.head();
            let _ = writeln!(out, "| {} |", head.join(" | "));
            let align = head
                .iter()
                .enumerate()
                .map(|(i, _)| if i < 2 { "---" } else { "---:" });
            let _ = writeln!(out, "| {} |", align.collect::<Vec<_>>().join(" | "));
        }
        for row in rows {
            let mut cells = self.cells(row);
            cells[0] = format!("`{}`", row.name);
            let cells: Vec<String> = cells.iter().map(|c| cell(c)).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
        let lines: Vec<String> = self.trace_lines().chain(self.notes.clone()).collect();
        if !lines.is_empty() {
            out.push('\n');
        }
        for text in lines {
            let _ = writeln!(out, "- {}", cell(&text));
        }
        out
    }

    /// For a spreadsheet: names in full, numbers as they are.
    pub fn csv(&self, all: bool) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut head = vec!["metric".to_owned(), "unit".to_owned()];
        for (i, side) in self.sides.iter().enumerate() {
            head.push(side.label.clone());
            if i > 0 {
                head.push(format!("difference of {}", side.label));
                head.push(format!("relative difference of {}", side.label));
            }
        }
        // Writing to memory can't fail.
        let _ = writer.write_record(&head);
        for row in self.shown(all) {
            let mut cells = vec![row.name.clone(), row.unit.to_owned()];
            for (i, value) in row.values.iter().enumerate() {
                let number = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
                cells.push(number(value.as_ref().and_then(Value::number)));
                if i > 0 {
                    let (absolute, relative) = row.difference(i);
                    cells.extend([number(absolute), number(relative)]);
                }
            }
            let _ = writer.write_record(&cells);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// For a program.
    pub fn json(&self, all: bool) -> Json {
        let value = |v: &Option<Value>| v.as_ref().and_then(Value::number);
        let rows: Vec<Json> = self
            .shown(all)
            .map(|row| {
                let differences: Vec<Json> = (1..self.sides.len())
                    .map(|i| {
                        let (absolute, relative) = row.difference(i);
                        json!({ "absolute": absolute, "relative": relative })
                    })
                    .collect();
                json!({
                    "metric": row.name,
                    "unit": row.unit,
                    "values": row.values.iter().map(value).collect::<Vec<_>>(),
                    "differences": differences,
                })
            })
            .collect();
        let sides: Vec<Json> = self
            .sides
            .iter()
            .map(|s| {
                json!({
                    "label": s.label,
                    "title": s.title,
                    "start": rfc3339(s.period.start_s),
                    "end": rfc3339(s.period.end_s),
                })
            })
            .collect();
        let (differ, shared) = self.counts();
        json!({
            "runs": sides,
            "shared": shared,
            "differ": differ,
            "metrics": rows,
            "traces": self.trace_lines().collect::<Vec<_>>(),
            "notes": self.notes,
        })
    }

    fn head(&self) -> Vec<String> {
        let mut head = vec!["metric".to_owned(), "unit".to_owned()];
        for i in 0..self.sides.len() {
            head.push(letter(i));
            if i > 0 {
                head.push(format!("{} − A", letter(i)));
                head.push("relative".to_owned());
            }
        }
        head
    }

    fn cells(&self, row: &Row) -> Vec<String> {
        let mut cells = vec![format!("  {}", row.key), row.unit.to_owned()];
        for (i, value) in row.values.iter().enumerate() {
            cells.push(value.as_ref().map_or_else(
                || "–".to_owned(),
                |v| words::value(&row.key, v, &self.sides[i].timezone),
            ));
            if i == 0 {
                continue;
            }
            let (absolute, relative) = row.difference(i);
            cells.push(match absolute {
                Some(d) if words::is_instant(&row.key) => {
                    format!("{} h", words::signed(d / 3600.0))
                }
                d => words::signed(d.unwrap_or(f64::NAN)),
            });
            cells.push(relative.map_or_else(
                || "–".to_owned(),
                |r| format!("{} %", words::signed(100.0 * r)),
            ));
        }
        cells
    }

    fn trace_lines(&self) -> impl Iterator<Item = String> {
        self.traces.iter().flat_map(|t| {
            let zone = &self.sides[t.side].timezone;
            let whose = format!("{}, {}", letter(t.side), t.device);
            let turn = t.turn.iter().map(|t| words::turn(t, zone));
            let partings = t.partings.iter().map(|p| words::parting(p, zone));
            turn.chain(partings)
                .map(|text| format!("{whose}: {text}"))
                .collect::<Vec<_>>()
        })
    }
}

/// A, B, …: how a run is called in a table.
fn letter(i: usize) -> String {
    match u8::try_from(i) {
        Ok(i) if i < 26 => char::from(b'A' + i).to_string(),
        _ => format!("run {}", i + 1),
    }
}

/// Text in a cell of a Markdown table.
fn cell(text: &str) -> String {
    one_line(text.trim()).replace('|', "\\|")
}

/// Without line breaks and what would steer a terminal.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

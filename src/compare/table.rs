//! The differences of some runs, metric by metric, in text, Markdown, CSV and
//! JSON. The first run is the reference.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::figures::{self, Level, Named, Value};
use super::part::{Parting, Turn, partings, turn, usual};
use super::side::{Device, Side};
use super::words;
use crate::metrics::rfc3339;
use crate::trace::channels::matches;

/// A metric of all runs; `None` where a run doesn't have it.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    pub scope: String,
    pub group: String,
    pub key: String,
    pub unit: &'static str,
    pub values: Vec<Option<Value>>,
}

impl Row {
    /// Whether a run that has it differs from the reference.
    pub fn differs(&self) -> bool {
        let same = |a: &Value, b: &Value| match (a, b) {
            // Residuals and sums that ought to be 0 differ by rounding.
            (Value::Known(a), Value::Known(b)) => (a - b).abs() <= ROUNDING,
            (Value::Undefined(_), Value::Undefined(_)) => true,
            _ => false,
        };
        let Some(Some(first)) = self.values.first() else {
            return false;
        };
        let others = self.values[1..].iter().flatten();
        others.clone().any(|v| !same(first, v))
    }

    /// Whether every run has it.
    fn shared(&self) -> bool {
        self.values.iter().all(Option::is_some)
    }

    /// Absolute and relative difference of run `i` to the reference.
    pub fn difference(&self, i: usize) -> (Option<f64>, Option<f64>) {
        let number = |i: usize| self.values[i].as_ref().and_then(Value::number);
        let (Some(was), Some(is)) = (number(0), number(i)) else {
            return (None, None);
        };
        let relative =
            (was != 0.0 && !words::is_instant(&self.key)).then(|| (is - was) / was.abs());
        (Some(is - was), relative)
    }
}

/// Where a device's trace parts from the reference's.
#[derive(Clone, Debug)]
pub struct TraceParts {
    /// Index of the run.
    pub side: usize,
    pub device: String,
    pub turn: Option<Turn>,
    pub partings: Vec<Parting>,
}

/// Some runs beside each other.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    pub sides: &'a [Side],
    pub rows: Vec<Row>,
    pub traces: Vec<TraceParts>,
    /// What is not compared, and why.
    pub notes: Vec<String>,
}

/// Differences up to this are none, whatever the unit.
const ROUNDING: f64 = 1e-9;
/// Channels whose partings are told; the others follow from them.
const TOLD: [&str; 4] = [
    "room.*.operative_c",
    "flow_c",
    "tank.sensor_c",
    "grid_import_w",
];

impl<'a> Comparison<'a> {
    /// Compares what the runs share, and names what they don't.
    pub fn of(sides: &'a [Side]) -> Self {
        let mut all: Vec<Vec<Named>> = sides.iter().map(|s| s.figures.clone()).collect();
        let lone = |figures: &[Named]| {
            let devices = figures.iter().filter(|f| f.level == Level::Device);
            devices
                .map(|f| &f.scope)
                .collect::<std::collections::BTreeSet<_>>()
                .len()
                <= 1
        };
        if all.iter().all(|f| lone(f)) {
            all.iter_mut().for_each(figures::without_repetition);
        }
        let mut comparison = Self {
            sides,
            rows: rows(&all),
            traces: Vec::new(),
            notes: Vec::new(),
        };
        comparison.note_differences();
        comparison.compare_traces();
        comparison
    }

    /// What the runs do not share, a line a run.
    fn note_differences(&mut self) {
        for side in self.sides {
            let notes = side.notes.iter().map(|n| format!("{}: {n}", side.label));
            self.notes.extend(notes);
        }
        let Some(first) = self.sides.first() else {
            return;
        };
        for (i, side) in self.sides.iter().enumerate().skip(1) {
            if side.period != first.period {
                let when = |s: &Side| {
                    format!(
                        "{} to {}",
                        rfc3339(s.period.start_s),
                        rfc3339(s.period.end_s)
                    )
                };
                self.notes.push(format!(
                    "the periods differ, so sums are of different lengths or seasons: {} is {}, {} is {}",
                    first.label,
                    when(first),
                    side.label,
                    when(side)
                ));
            }
            for (here, there) in [(0, i), (i, 0)] {
                let mut scopes: Vec<String> = Vec::new();
                for row in &self.rows {
                    if row.values[here].is_some() && row.values[there].is_none() {
                        let part = if row.scope.is_empty() {
                            row.name.clone()
                        } else {
                            row.scope.trim_end_matches('.').to_owned()
                        };
                        if !scopes.contains(&part) {
                            scopes.push(part);
                        }
                    }
                }
                if !scopes.is_empty() {
                    let only = format!(
                        "only in {}, not in {}: {}",
                        self.sides[here].label,
                        self.sides[there].label,
                        scopes.join(", ")
                    );
                    self.notes.push(only);
                }
            }
        }
    }

    fn compare_traces(&mut self) {
        let Some((first, others)) = self.sides.split_first() else {
            return;
        };
        for (i, side) in others.iter().enumerate() {
            for (a, b) in pairs(first, side) {
                let rule = |name: &str| {
                    let told = TOLD.iter().any(|p| matches(p, name));
                    told.then(|| usual(name))
                };
                let device = format!("{} of {}", a.device_id, a.user_id);
                match partings(&a.trace, &b.trace, rule) {
                    Some(partings) => self.traces.push(TraceParts {
                        side: i + 1,
                        device,
                        turn: turn(&a.trace, &b.trace),
                        partings,
                    }),
                    None => self.notes.push(format!(
                        "traces of {device} in {} and {} have no intervals in common",
                        first.label, side.label
                    )),
                }
            }
        }
    }

    /// The rows to show: those that differ, or all that are shared by some.
    fn shown(&self, all: bool) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |r| r.values.iter().flatten().count() > 1 && (all || r.differs()))
    }

    /// How many shared metrics differ, of how many.
    fn counts(&self) -> (usize, usize) {
        let shared = || self.rows.iter().filter(|r| r.shared());
        (shared().filter(|r| r.differs()).count(), shared().count())
    }

    fn verdict(&self) -> String {
        match self.counts() {
            (0, n) => format!("{n} metrics, all the same"),
            (d, n) => format!("{d} of {n} shared metrics differ"),
        }
    }

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

/// Devices of two runs that are the same: by user and device, or each the only one.
pub(super) fn pairs<'a>(a: &'a Side, b: &'a Side) -> Vec<(&'a Device, &'a Device)> {
    if let ([a], [b]) = (a.devices.as_slice(), b.devices.as_slice()) {
        return vec![(a, b)];
    }
    let of = |x: &'a Device| {
        let same = |y: &&Device| y.user_id == x.user_id && y.device_id == x.device_id;
        b.devices.iter().find(same).map(|y| (x, y))
    };
    a.devices.iter().filter_map(of).collect()
}

fn rows(all: &[Vec<Named>]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for (side, figures) in all.iter().enumerate() {
        for figure in figures {
            let name = figure.name();
            let at = *index.entry(name.clone()).or_insert_with(|| {
                rows.push(Row {
                    name,
                    scope: figure.scope.clone(),
                    group: figure.group.clone(),
                    key: figure.key.clone(),
                    unit: figure.unit(),
                    values: vec![None; all.len()],
                });
                rows.len() - 1
            });
            rows[at].values[side] = Some(figure.value.clone());
        }
    }
    rows
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics;

    /// Two sides of a run whose second has other figures and a warmer room.
    fn sides() -> Vec<Side> {
        let (scenario, run) = crate::compare::fixtures::any();
        let figures = metrics::evaluate(&run, &scenario);
        let a = Side::of_run("a", &scenario, &run, &figures).unwrap();
        let mut b = a.clone();
        b.label = "b".into();
        for f in &mut b.figures {
            if f.name() == "energy.hvac_kwh" {
                let was = f.value.number().unwrap();
                f.value = Value::Known(was * 1.1);
            }
        }
        let column = &mut b.devices[0].trace.columns;
        let room = column
            .iter_mut()
            .find(|c| c.name.ends_with(".operative_c"))
            .unwrap();
        *room.values.last_mut().unwrap() += 1.0;
        vec![a, b]
    }

    #[test]
    fn only_what_differs_is_shown_unless_all_is_asked_for() {
        let sides = sides();
        let c = Comparison::of(&sides);
        let text = c.text(false, false);
        assert!(
            text.contains("hvac_kwh") && text.contains("+10 %"),
            "{text}"
        );
        assert!(!text.contains("import_kwh"), "{text}");
        assert!(text.contains("operative_c departs at"), "{text}");
        assert!(c.text(true, false).contains("import_kwh"));
        let same = [sides[0].clone(), sides[0].clone()];
        let text = Comparison::of(&same).text(false, false);
        assert!(text.contains("all the same"), "{text}");
    }

    #[test]
    fn every_format_has_the_difference() {
        let sides = sides();
        let c = Comparison::of(&sides);
        let json = c.json(false);
        let row = &json["metrics"][0];
        assert_eq!(row["metric"], "energy.hvac_kwh");
        let relative = row["differences"][0]["relative"].as_f64().unwrap();
        assert!((relative - 0.1).abs() < 1e-9);
        let csv = c.csv(false);
        assert_eq!(csv.lines().count(), 2, "{csv}");
        assert!(csv.starts_with("metric,unit,a,b,difference of b,"));
        let markdown = c.markdown(false);
        assert!(
            markdown.contains("| `energy.hvac_kwh` | kWh |"),
            "{markdown}"
        );
    }

    #[test]
    fn what_one_run_lacks_is_named() {
        let mut sides = sides();
        sides[1].figures.retain(|f| f.name() != "energy.pv_kwh");
        sides[1].period.end_s += 86_400;
        let c = Comparison::of(&sides);
        let notes = c.notes.join("\n");
        assert!(
            notes.contains("only in a, not in b: energy.pv_kwh"),
            "{notes}"
        );
        assert!(notes.contains("periods differ"), "{notes}");
    }

    #[test]
    fn a_share_of_nothing_is_none() {
        let row = Row {
            name: "x.y".into(),
            scope: String::new(),
            group: "x".into(),
            key: "y".into(),
            unit: "",
            values: vec![Some(Value::Known(0.0)), Some(Value::Known(-2.0))],
        };
        assert!(row.differs());
        assert_eq!(row.difference(1), (Some(-2.0), None));
        let negative = Row {
            values: vec![Some(Value::Known(-4.0)), Some(Value::Known(-2.0))],
            ..row.clone()
        };
        assert_eq!(negative.difference(1), (Some(2.0), Some(0.5)));
        let undefined = Row {
            values: vec![
                Some(Value::Known(1.0)),
                Some(Value::Undefined("no heat".into())),
            ],
            ..row
        };
        assert!(undefined.differs());
        assert_eq!(undefined.difference(1), (None, None));
    }
}

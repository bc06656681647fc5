//! Figures of a study's points as formulas see them.

use std::collections::BTreeMap;
use std::io;

use super::design::{Design, named};
use super::expression::{Expression, Value};
use super::file::{Placed, Study};
use super::store::Manifest;
use super::store::journal::{Journal, Record, Status};
use crate::scenario::Node;

/// Formulas over the columns of a study and its parameters.
pub(super) struct Formulas<'a> {
    study: &'a Study,
    manifest: &'a Manifest,
    index: BTreeMap<&'a str, usize>,
}

impl<'a> Formulas<'a> {
    pub(super) fn new(study: &'a Study, manifest: &'a Manifest) -> Self {
        let columns = manifest.columns.iter().enumerate();
        Self {
            study,
            manifest,
            index: columns.map(|(i, c)| (c.name.as_str(), i)).collect(),
        }
    }

    /// What names stand for in one run at a point.
    fn names<'b>(
        &'b self,
        point: &'b [Node],
        record: &'b Record,
    ) -> impl Fn(&str) -> Option<Value> + 'b {
        move |name| match self.index.get(name) {
            Some(i) => record.values.get(*i).map(|x| Value::Number(*x)),
            None => named(&self.study.parameters, point, name),
        }
    }

    /// The number of a formula in one run; NaN where the run is not done.
    pub(super) fn number(&self, formula: &Expression, point: &[Node], record: &Record) -> f64 {
        match record.status {
            Status::Done => formula.number(&self.names(point, record)),
            _ => f64::NAN,
        }
    }

    /// How far a limit is broken in one run; NaN where the run is not done.
    pub(super) fn violation(&self, formula: &Expression, point: &[Node], record: &Record) -> f64 {
        match record.status {
            Status::Done => formula.violation(&self.names(point, record)),
            _ => f64::NAN,
        }
    }

    /// The unit of a formula, where it is a metric alone.
    pub(super) fn unit(&self, formula: &Expression) -> &'a str {
        match self.index.get(formula.text.trim().trim_matches('`')) {
            Some(i) => unit_text(&self.manifest.columns[*i].unit),
            None => "",
        }
    }

    /// Name and unit for the axis of a picture.
    pub(super) fn label(&self, formula: &Expression) -> String {
        match self.unit(formula) {
            "" => formula.text.clone(),
            unit => format!("{}, {unit}", formula.text),
        }
    }

    /// Each formula at each point of a design: the mean over its replicates,
    /// NaN where one of them has no figure (means over different replicates
    /// can't be compared).
    pub(super) fn of_points(
        &self,
        formulas: &[Placed],
        design: &Design,
        journal: &Journal,
    ) -> io::Result<Vec<Vec<f64>>> {
        let replicates = self.study.replicates.count();
        let mut all = vec![Vec::with_capacity(design.len()); formulas.len()];
        for i in 0..design.len() {
            let point = design.point(i, &self.study.parameters);
            let mut sums = vec![0.0; formulas.len()];
            for r in 0..replicates {
                let record = journal.record(i * replicates + r)?;
                for (sum, f) in sums.iter_mut().zip(formulas) {
                    *sum += match &record {
                        Some(record) => self.number(&f.formula, &point, record),
                        None => f64::NAN,
                    };
                }
            }
            for (column, sum) in all.iter_mut().zip(sums) {
                column.push(sum / replicates as f64);
            }
        }
        Ok(all)
    }
}

/// A unit of the metrics' tables as people read it.
fn unit_text(unit: &str) -> &str {
    match unit {
        "1" | "count" => "",
        "EUR" => "€",
        "EUR/kWh" => "€/kWh",
        "K h" => "K·h",
        "degC" => "°C",
        unit => unit,
    }
}

/// A number of a printed table: five digits, which is more than it is worth.
pub(crate) fn shown(x: f64) -> String {
    if !x.is_finite() {
        return "–".to_owned();
    }
    if x != 0.0 && x.abs() < 1e-4 {
        return format!("{x:.1e}");
    }
    let digits = if x == 0.0 {
        0
    } else {
        (4 - x.abs().log10().floor() as i32).clamp(0, 9) as usize
    };
    let text = format!("{x:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Columns of text, each as wide as it needs; the first to the left, others to
/// the right.
pub(crate) fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| {
        rows.iter()
            .filter_map(|r| r.get(c))
            .map(|t| t.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (c, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[c] - cell.chars().count());
            match c {
                0 => line += &format!("{cell}{pad}"),
                _ => line += &format!("  {pad}{cell}"),
            }
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

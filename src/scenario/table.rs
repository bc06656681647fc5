//! CSV files that a scenario names: columns by name, rows with their lines.

use std::sync::Arc;

use super::fault::{Code, Fault, Severity};
use super::hint;
use super::tree::Source;
use super::view::View;

/// A whole file, as text.
#[derive(Debug)]
pub struct Table {
    pub source: Arc<Source>,
    pub names: Vec<String>,
    pub rows: Vec<Row>,
}

/// A row with the line (from 1) on which it begins.
#[derive(Debug)]
pub struct Row {
    pub line: u64,
    cells: Vec<String>,
}

impl Row {
    /// A cell without blanks around it; empty where the row is short.
    pub fn cell(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", |c| c.trim())
    }
}

impl Table {
    /// Reads the file that a key names; what goes wrong becomes a fault.
    pub fn read(view: &View<'_>, key: &str) -> Option<Self> {
        let source = view.read_text(key)?;
        let head = source
            .text
            .lines()
            .find(|l| !l.starts_with('#'))
            .unwrap_or("");
        let semicolons = head.matches(';').count() > head.matches(',').count();
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(if semicolons { b';' } else { b',' })
            .comment(Some(b'#'))
            .flexible(true)
            .from_reader(source.text.as_bytes());
        let fail = |message: String| view.fault(key, Fault::new(Code::Data, message));
        let names: Vec<String> = match reader.headers() {
            Ok(names) => names.iter().map(|n| n.trim().to_owned()).collect(),
            Err(e) => {
                fail(format!("this is not CSV: {e}"));
                return None;
            }
        };
        let mut rows = Vec::new();
        for record in reader.records() {
            match record {
                Ok(r) => rows.push(Row {
                    line: r.position().map_or(0, csv::Position::line),
                    cells: r.iter().map(str::to_owned).collect(),
                }),
                Err(e) => {
                    fail(format!("this is not CSV: {e}"));
                    return None;
                }
            }
        }
        Some(Self {
            source: Arc::clone(&source),
            names,
            rows,
        })
    }

    /// The column that a key names, or the one at `otherwise`.
    pub fn column(&self, view: &View<'_>, key: &str, otherwise: usize) -> Option<usize> {
        let Some(name) = view.opt_text(key) else {
            if otherwise < self.names.len() {
                return Some(otherwise);
            }
            let message = format!("the file has {} columns", self.names.len());
            view.fault("file", Fault::new(Code::Data, message));
            return None;
        };
        let found = self.names.iter().position(|n| *n == name);
        if found.is_none() {
            let names = self.names.iter().map(String::as_str);
            let hint = match hint::nearest(&name, names) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("columns: {}", self.names.join(", ")),
            };
            let message = format!("the file has no column \"{name}\"");
            view.fault(key, Fault::new(Code::UnknownName, message).hint(hint));
        }
        found
    }
}

/// Adds the faults of a file, at most `told` of them one by one; `None` if
/// there were any.
pub fn tell(view: &View<'_>, faults: Vec<Fault>, told: usize) -> Option<()> {
    let count = faults.len();
    for fault in faults.into_iter().take(told) {
        debug_assert_eq!(fault.severity, Severity::Fault);
        view.context().add(fault);
    }
    if count > told {
        let message = format!("{} more faults in this file", count - told);
        view.fault("file", Fault::new(Code::Data, message));
    }
    (count == 0).then_some(())
}

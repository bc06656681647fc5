//! Documents with the instant at which they arrive, and the JSON Lines form of
//! a recorded stream of requests.
//!
//! One line is one request: `{"at": "2025-01-15T07:30:00Z", "document": {…}}`,
//! `at` in RFC 3339 with its offset, `document` as it was sent. Empty lines are
//! skipped. A line that cannot be placed in time is a fault of the file; a line
//! with a wrong document is a request that will be refused.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::document::SettingsDocument;
use super::fault::{FaultKind, SettingsFault};
use super::read::{Draft, nearest};
use super::tree::Tree;

/// Where a document was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// File name as the scenario gives it; empty for a document made in code.
    pub file: String,
    /// From 1; 0 where it is not known.
    pub line: usize,
}

/// A document with the instant at which it arrives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedDocument {
    /// s since the epoch; a fraction of a second counts as a whole one, since a
    /// document acts at the first control instant at or after its time stamp.
    pub at_s: i64,
    /// Place in its stream: documents of one instant act in this order.
    pub order: usize,
    pub origin: Origin,
    /// From a recorded stream: refused where invalid, and the run goes on.
    /// Otherwise an event of the scenario itself, whose faults are the scenario's.
    pub recorded: bool,
    /// The scenario's event says `expect = "refused"`.
    pub expect_refused: bool,
    /// The document, with the faults found while reading it.
    pub body: Draft,
}

impl RecordedDocument {
    /// A document made in code, at an instant.
    pub fn new(at_s: i64, document: &SettingsDocument) -> Self {
        Self {
            at_s,
            body: document.into(),
            ..Self::default()
        }
    }
}

/// A line of a recorded stream that is no request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    pub origin: Origin,
    pub fault: SettingsFault,
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}",
            self.origin.file, self.origin.line, self.fault
        )
    }
}

/// Reads a recorded stream from the text of a JSON Lines file. Sound lines are
/// returned in file order beside the faults of the others.
pub fn read_recorded(text: &str, file: &str) -> (Vec<RecordedDocument>, Vec<LineFault>) {
    let mut documents = Vec::new();
    let mut faults = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (i, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let origin = Origin {
            file: file.to_owned(),
            line: i + 1,
        };
        match read_line(line) {
            Ok((at_s, body)) => documents.push(RecordedDocument {
                at_s,
                order: documents.len(),
                origin,
                recorded: true,
                expect_refused: false,
                body,
            }),
            Err(found) => faults.extend(found.into_iter().map(|fault| LineFault {
                origin: origin.clone(),
                fault,
            })),
        }
    }
    (documents, faults)
}

fn read_line(line: &str) -> Result<(i64, Draft), Vec<SettingsFault>> {
    let tree = Tree::from_json_text(line).map_err(|f| vec![*f])?;
    let Tree::Table(entries) = &tree else {
        let msg = format!("a line must be an object, not {}", tree.noun());
        return Err(vec![SettingsFault::new(&[], FaultKind::NotAnObject, msg)]);
    };
    let mut faults = Vec::new();
    let (mut at, mut document) = (None, None);
    for (key, value) in entries {
        let slot = match key.as_str() {
            "at" => &mut at,
            "document" => &mut document,
            other => {
                let f = SettingsFault::new(&[other], FaultKind::UnknownKey, "is not known here")
                    .allowed("at, document");
                let near = nearest(other, ["at", "document"]);
                faults.push(match near {
                    Some(near) => f.hint(format!("did you mean \"{near}\"?")),
                    None if other == "user_id" => f.hint("the settings go into \"document\""),
                    None => f,
                });
                continue;
            }
        };
        if slot.replace(value).is_some() {
            faults.push(SettingsFault::new(
                &[key],
                FaultKind::DuplicateKey,
                "is given twice",
            ));
        }
    }
    let mut missing = |key: &str| {
        faults.push(SettingsFault::new(&[key], FaultKind::Missing, "is missing"));
    };
    if at.is_none() {
        missing("at");
    }
    if document.is_none() {
        missing("document");
    }
    let at_s = at.and_then(|v| instant(v).map_err(|f| faults.push(*f)).ok());
    match (at_s, document) {
        (Some(at_s), Some(document)) if faults.is_empty() => Ok((at_s, Draft::read(document))),
        _ => Err(faults),
    }
}

fn instant(value: &Tree) -> Result<i64, Box<SettingsFault>> {
    let fault = |kind, msg: String| {
        Box::new(SettingsFault::new(&["at"], kind, msg)
            .value(value.show())
            .hint("write an instant with its offset, like \"2025-01-15T07:30:00+01:00\" (RFC 3339)"))
    };
    let Tree::Text(s) = value else {
        return Err(fault(
            FaultKind::NotAString,
            format!("must be a string, not {}", value.noun()),
        ));
    };
    let t: Timestamp = s
        .parse()
        .map_err(|e| fault(FaultKind::Form, format!("is no instant: {e}")))?;
    let whole = t.as_second();
    Ok(if t.subsec_nanosecond() > 0 {
        whole + 1
    } else {
        whole
    })
}

/// Brings events of a scenario and recorded streams into the order in which
/// they act: by instant, then by place in the list given. Sets `order`.
pub fn sort_timeline(documents: &mut [RecordedDocument]) {
    documents.sort_by_key(|d| d.at_s);
    for (i, d) in documents.iter_mut().enumerate() {
        d.order = i;
    }
}

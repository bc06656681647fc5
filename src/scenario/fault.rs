//! What is wrong with a scenario, where, and how to mend it.
//!
//! Faults are collected, never thrown: a file shows all of its faults in one
//! go. A [`Fault`] is data; [`Faults::render`] and [`Faults::to_json`] turn a
//! list of them into text for people and for machines. Nothing here prints.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use serde_json::json;

use super::tree::{Source, is_control};

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal;)*) => {
        /// The kind of a fault: stable names for machines.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])* $variant,)* }

        impl Code {
            /// All kinds.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];
            /// Stable name in JSON output.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }
        }
    };
}

codes! {
    /// The text is not TOML or JSON.
    Syntax = "syntax";
    /// The file can't be read.
    File = "file";
    /// The file's version is not one that this program reads.
    Version = "version";
    /// A file of another kind: a study where a scenario is due.
    OtherFile = "other_file";
    /// No such key in this section.
    UnknownKey = "unknown_key";
    /// A key that must be given is not there.
    MissingKey = "missing_key";
    /// Text where a number is due, and the like.
    WrongType = "wrong_type";
    /// A number, date or length outside the allowed range.
    OutOfRange = "out_of_range";
    /// NaN or an infinity.
    NotFinite = "not_finite";
    /// Not one of the values to choose from.
    UnknownChoice = "unknown_choice";
    /// A text that is not written as it should be (a date, a clock time, a postal code).
    BadFormat = "bad_format";
    /// The same name, key or instant twice.
    Duplicate = "duplicate";
    /// A name that stands for nothing: an unknown user, device, house, climate.
    UnknownName = "unknown_name";
    /// Two values that can't both hold.
    Conflict = "conflict";
    /// A settings document that breaks a rule.
    Settings = "settings";
    /// A data file with gaps, wrong order or impossible values.
    Data = "data";
    /// Not wrong, but the user should know.
    Notice = "notice";
}

/// A stretch of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub source: Arc<Source>,
    /// Bytes in the source's text.
    pub span: Range<usize>,
    /// Both from 1.
    pub line: usize,
    pub column: usize,
}

impl Place {
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        let (line, column) = source.line_column(span.start);
        Self {
            source: Arc::clone(source),
            span,
            line,
            column,
        }
    }

    /// A whole line (from 1), for data files.
    pub fn line(source: &Arc<Source>, line: usize) -> Self {
        Self::new(source, source.line_span(line))
    }

    /// `file:line:column`.
    pub fn cite(&self) -> String {
        format!("{}:{}:{}", self.source.name, self.line, self.column)
    }
}

/// A text of someone else's making, with what would steer a terminal written out.
fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_control) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_control(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out.into()
}

/// Whether the run can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Fault,
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: Code,
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    pub place: Option<Place>,
    /// Path of the key, e.g. `users[0].devices[1].tank.volume_l`.
    pub key: String,
    /// The value as it is written.
    pub value: Option<String>,
    pub unit: Option<String>,
    /// The allowed range or choices, in words.
    pub allowed: Option<String>,
    /// How to mend it.
    pub hint: Option<String>,
}

impl Fault {
    /// A fault without place; [`super::view::View::fault`] adds place, key, value and unit.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Fault,
            message: message.into(),
            place: None,
            key: String::new(),
            value: None,
            unit: None,
            allowed: None,
            hint: None,
        }
    }

    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }
    /// A hint, where there is one.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// On the heap, for a `Result` that should stay small.
    pub fn boxed(self) -> Box<Self> {
        Box::new(self)
    }

    /// One line: `file:line:column: key: message (hint)`.
    pub fn line(&self) -> String {
        let mut text = String::new();
        if let Some(place) = &self.place {
            text += &place.cite();
            text += ": ";
        }
        if !self.key.is_empty() {
            text += &self.key;
            text += ": ";
        }
        text += &printable(&self.message);
        if let Some(hint) = &self.hint {
            text += " (";
            text += &printable(hint);
            text += ")";
        }
        text
    }

    fn to_json(&self) -> serde_json::Value {
        let place = self.place.as_ref();
        json!({
            "kind": self.code.name(),
            "severity": match self.severity { Severity::Fault => "fault", Severity::Warning => "warning" },
            "file": place.map(|p| p.source.name.as_str()),
            "line": place.map(|p| p.line),
            "column": place.map(|p| p.column),
            "key": self.key,
            "value": self.value,
            "unit": self.unit,
            "allowed": self.allowed,
            "message": self.message,
            "hint": self.hint,
        })
    }

    /// What stands beside "help:" in the rendered fault.
    fn help_text(&self) -> Option<String> {
        let mut parts = Vec::new();
        if let Some(allowed) = &self.allowed {
            parts.push(format!("allowed: {allowed}"));
        }
        if let Some(hint) = &self.hint {
            parts.push(hint.clone());
        }
        (!parts.is_empty()).then(|| printable(&parts.join("\n")).into_owned())
    }
}

/// All faults of a scenario, in the order of their places.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.summary())]
pub struct Faults {
    pub list: Vec<Fault>,
}

/// Most faults that are shown with their lines.
const MOST_RENDERED: usize = 50;

impl Faults {
    /// Sorts by file, place and message; the file of the first entry is first.
    pub fn new(mut list: Vec<Fault>) -> Self {
        let first = list
            .iter()
            .find_map(|f| f.place.as_ref())
            .map(|p| p.source.name.clone());
        list.sort_by_cached_key(|f| {
            let place = f.place.as_ref().map(|p| {
                let name = p.source.name.clone();
                (Some(&name) != first.as_ref(), name, p.line, p.column)
            });
            (place, f.severity, f.code, f.key.clone(), f.message.clone())
        });
        list.dedup();
        Self { list }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// "3 faults in winter.toml".
    pub fn summary(&self) -> String {
        let n = self.list.len();
        let file = self.list.iter().find_map(|f| f.place.as_ref());
        let file = file.map_or(String::new(), |p| format!(" in {}", p.source.name));
        match n {
            1 => format!("1 fault{file}"),
            _ => format!("{n} faults{file}"),
        }
    }

    /// All faults with their lines of the file, `width` columns wide; with
    /// ANSI colours where `colour` is true.
    pub fn render(&self, width: usize, colour: bool) -> String {
        let theme = if colour {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_context_lines(1)
            .with_links(false);
        let mut text = String::new();
        for fault in self.list.iter().take(MOST_RENDERED) {
            let mut one = String::new();
            // Writing into a String can't fail.
            let _ = handler.render_report(&mut one, &Report(fault));
            for line in one.lines() {
                cut_long(&mut text, line, colour);
                text.push('\n');
            }
            text.push('\n');
        }
        if self.list.len() > MOST_RENDERED {
            let more = self.list.len() - MOST_RENDERED;
            text.push_str(&format!("... and {more} more; --format json lists all\n"));
        }
        text
    }

    /// The list as JSON, one object a fault.
    pub fn to_json(&self) -> serde_json::Value {
        self.list.iter().map(Fault::to_json).collect()
    }
}

/// Adds a line of a file, which may be a whole file of one line, cut at what
/// somebody may want to read.
fn cut_long(text: &mut String, line: &str, colour: bool) {
    const LONGEST: usize = 500;
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => {
            text.push_str(&line[..end]);
            text.push_str(if colour { "\u{1b}[0m…" } else { "…" });
        }
        None => text.push_str(line),
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, miette::MietteError> {
        let inner = self.shown().read_span(span, before, after)?;
        Ok(Box::new(miette::MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}

/// A fault as `miette` wants to see it.
#[derive(Debug)]
struct Report<'a>(&'a Fault);

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fault = self.0;
        if !fault.key.is_empty() {
            write!(f, "{}: ", fault.key)?;
        }
        f.write_str(&printable(&fault.message))
    }
}

impl std::error::Error for Report<'_> {}

impl Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(self.0.code.name()))
    }
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.0.severity {
            Severity::Fault => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        let text = self.0.help_text()?;
        Some(Box::new(text))
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        let place = self.0.place.as_ref()?;
        Some(place.source.as_ref())
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.0.place.as_ref()?;
        // Only the first line of a long value: the rest explains nothing.
        let text = place.source.text.get(place.span.clone()).unwrap_or("");
        let length = text.find('\n').unwrap_or(text.len());
        let label = self.0.unit.as_ref().map(|unit| format!("in {unit}"));
        let span = LabeledSpan::new(label, place.span.start, length);
        Some(Box::new(std::iter::once(span)))
    }
}

//! A scenario file as a tree of values, each with its place in the text.
//!
//! TOML and JSON end in the same tree, so that checks, faults and sections
//! know no file format. Nothing here knows what a key means. `serde` is not
//! used because it stops at the first fault.

use std::ops::Range;
use std::sync::Arc;

use jsonc_parser::ast;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::fault::{Code, Fault, Place};

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Toml,
    Json,
}

/// A text with the name under which faults cite it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Path as the user gave it, or a made-up name such as `<stdin>`.
    pub name: String,
    pub text: String,
    /// Where each line begins, bytes.
    starts: Vec<usize>,
    /// Whether a character is a byte everywhere.
    ascii: bool,
    /// The text as it may be shown; `None` where that is the text itself.
    shown: Option<String>,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text: String = text.into();
        let ends = text.match_indices('\n').map(|(i, _)| i + 1);
        Arc::new(Self {
            name: name.into(),
            starts: std::iter::once(0).chain(ends).collect(),
            ascii: text.is_ascii(),
            shown: without_controls(&text),
            text,
        })
    }

    /// The text, byte for byte as long, with `?` for what would steer a terminal.
    pub fn shown(&self) -> &str {
        self.shown.as_deref().unwrap_or(&self.text)
    }

    /// Line and column (in characters) of a byte offset, both from 1.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let line = self.starts.partition_point(|&start| start <= end);
        let start = self.starts[line - 1];
        let characters = if self.ascii {
            end - start
        } else {
            self.text[start..end].chars().count()
        };
        (line, characters + 1)
    }

    /// Byte range of line `line` (from 1), without its end.
    pub fn line_span(&self, line: usize) -> Range<usize> {
        let all = self.text.len();
        let Some(&start) = line.checked_sub(1).and_then(|i| self.starts.get(i)) else {
            return all..all;
        };
        let end = self.starts.get(line).map_or(all, |next| next - 1);
        start..start + self.text[start..end].trim_end_matches('\r').len()
    }
}

/// Whether a character would steer a terminal instead of being shown.
pub(super) fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

fn without_controls(text: &str) -> Option<String> {
    text.contains(is_control).then(|| {
        text.chars()
            .flat_map(|c| {
                let (c, n) = if is_control(c) {
                    ('?', c.len_utf8())
                } else {
                    (c, 1)
                };
                std::iter::repeat_n(c, n)
            })
            .collect()
    })
}

/// A value and the bytes that it stands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub span: Range<usize>,
    pub value: Value,
}

/// What a value can be. `Null` comes from JSON only.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    DateTime(Datetime),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its value, in file order.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub node: Node,
}

impl Node {
    /// The value of a key, where this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|e| e.key == key)
            .map(|e| &e.node)
    }

    /// The entries of a table; empty for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of an array; empty for anything else.
    pub fn elements(&self) -> &[Node] {
        match &self.value {
            Value::Array(nodes) => nodes,
            _ => &[],
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number, whether it is written as an integer or not.
    pub fn as_number(&self) -> Option<f64> {
        match self.value {
            Value::Integer(i) => Some(i as f64),
            Value::Float(f) => Some(f),
            _ => None,
        }
    }

    /// What it is, for messages: "a number", "text", ...
    pub fn type_name(&self) -> &'static str {
        match self.value {
            Value::Null => "null (no value)",
            Value::Bool(_) => "true or false",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::DateTime(_) => "a date or time",
            Value::Array(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// The value as JSON; a date or time becomes text.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as J;
        match &self.value {
            Value::Null => J::Null,
            Value::Bool(b) => J::Bool(*b),
            Value::Integer(i) => J::from(*i),
            Value::Float(f) => serde_json::Number::from_f64(*f).map_or(J::Null, J::Number),
            Value::Text(t) => J::String(t.clone()),
            Value::DateTime(d) => J::String(d.to_string()),
            Value::Array(nodes) => J::Array(nodes.iter().map(Node::to_json).collect()),
            Value::Table(entries) => J::Object(
                entries
                    .iter()
                    .map(|e| (e.key.clone(), e.node.to_json()))
                    .collect(),
            ),
        }
    }
}

/// Reads a text into its tree, or all syntax faults that its parser finds.
pub fn parse(source: &Arc<Source>, format: Format) -> Result<Node, Vec<Fault>> {
    match format {
        Format::Toml => parse_toml(source),
        Format::Json => parse_json(source),
    }
}

fn syntax(source: &Arc<Source>, span: Range<usize>, message: String) -> Fault {
    Fault::new(Code::Syntax, message).at(Place::new(source, span))
}

fn parse_toml(source: &Arc<Source>) -> Result<Node, Vec<Fault>> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let mut faults: Vec<Fault> = errors
        .iter()
        .map(|e| {
            let end = source.text.len();
            let span = e.span().unwrap_or(end..end);
            let message = e.message().replace('\n', ": ");
            syntax(source, span, format!("this is not TOML: {message}"))
        })
        .collect();
    let root = table_from_toml(table.get_ref(), 0..0, source, &mut faults);
    if faults.is_empty() {
        Ok(root)
    } else {
        Err(faults)
    }
}

fn table_from_toml(
    table: &DeTable<'_>,
    span: Range<usize>,
    source: &Arc<Source>,
    faults: &mut Vec<Fault>,
) -> Node {
    let entries = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: key.span(),
            node: node_from_toml(value.get_ref(), value.span(), source, faults),
        })
        .collect();
    Node {
        span,
        value: Value::Table(entries),
    }
}

fn node_from_toml(
    value: &DeValue<'_>,
    span: Range<usize>,
    source: &Arc<Source>,
    faults: &mut Vec<Fault>,
) -> Node {
    let value = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(i) => match i64::from_str_radix(i.as_str(), i.radix()) {
            Ok(i) => Value::Integer(i),
            Err(_) => {
                faults.push(syntax(
                    source,
                    span.clone(),
                    "the integer is too large".to_owned(),
                ));
                Value::Integer(0)
            }
        },
        DeValue::Float(f) => match f.as_str().parse() {
            Ok(f) => Value::Float(f),
            Err(_) => {
                faults.push(syntax(
                    source,
                    span.clone(),
                    "the number can't be read".to_owned(),
                ));
                Value::Float(0.0)
            }
        },
        DeValue::Boolean(b) => Value::Bool(*b),
        DeValue::Datetime(d) => Value::DateTime(*d),
        DeValue::Array(nodes) => Value::Array(
            nodes
                .iter()
                .map(|n| node_from_toml(n.get_ref(), n.span(), source, faults))
                .collect(),
        ),
        DeValue::Table(table) => return table_from_toml(table, span, source, faults),
    };
    Node { span, value }
}

fn parse_json(source: &Arc<Source>) -> Result<Node, Vec<Fault>> {
    // Strict JSON, so that every other reader of the file agrees with this one.
    let options = jsonc_parser::ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = jsonc_parser::parse_to_ast(&source.text, &Default::default(), &options);
    match parsed {
        Err(e) => {
            let range = e.range();
            let message = format!("this is not JSON: {}", lower_first(&e.kind().to_string()));
            Err(vec![syntax(source, range.start..range.end, message)])
        }
        Ok(result) => {
            let Some(value) = result.value else {
                return Err(vec![syntax(
                    source,
                    0..0,
                    "this is not JSON: the file is empty".to_owned(),
                )]);
            };
            let mut faults = Vec::new();
            let node = node_from_json(&value, source, &mut faults);
            if faults.is_empty() {
                Ok(node)
            } else {
                Err(faults)
            }
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| {
        c.to_lowercase().collect::<String>() + chars.as_str()
    })
}

fn node_from_json(value: &ast::Value<'_>, source: &Arc<Source>, faults: &mut Vec<Fault>) -> Node {
    let (range, value) = match value {
        ast::Value::NullKeyword(n) => (n.range, Value::Null),
        ast::Value::BooleanLit(b) => (b.range, Value::Bool(b.value)),
        ast::Value::StringLit(s) => (s.range, Value::Text(s.value.to_string())),
        ast::Value::NumberLit(n) => {
            let value = match (n.value.parse::<i64>(), n.value.parse::<f64>()) {
                (Ok(i), _) => Value::Integer(i),
                (_, Ok(f)) => Value::Float(f),
                _ => {
                    let span = n.range.start..n.range.end;
                    faults.push(syntax(source, span, "the number can't be read".to_owned()));
                    Value::Integer(0)
                }
            };
            (n.range, value)
        }
        ast::Value::Array(a) => {
            let nodes = a.elements.iter();
            let nodes = nodes.map(|n| node_from_json(n, source, faults)).collect();
            (a.range, Value::Array(nodes))
        }
        ast::Value::Object(o) => {
            let mut entries: Vec<Entry> = Vec::with_capacity(o.properties.len());
            for p in &o.properties {
                let (key, range) = match &p.name {
                    ast::ObjectPropName::String(s) => (s.value.to_string(), s.range),
                    ast::ObjectPropName::Word(w) => (w.value.to_owned(), w.range),
                };
                let key_span = range.start..range.end;
                if entries.iter().any(|e| e.key == key) {
                    let message = format!("the key `{key}` stands twice in one object");
                    faults.push(syntax(source, key_span, message));
                    continue;
                }
                entries.push(Entry {
                    key,
                    key_span,
                    node: node_from_json(&p.value, source, faults),
                });
            }
            (o.range, Value::Table(entries))
        }
    };
    Node {
        span: range.start..range.end,
        value,
    }
}

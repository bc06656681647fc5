//! The resolved scenario: the checked file with every default filled in,
//! written back as TOML in the order of the tables. Same file, same bytes.
//!
//! Library names are kept: the program's version, in the first line, says what
//! they stand for. A settings document with a null is written as JSON text,
//! since TOML has no null.

use toml::{Table, Value as Toml};

use super::check::fits;
use super::field::{Field, Kind, Need, Section};
use super::tree::{Format, Node, Source, Value, parse};

/// The resolved file of a checked tree.
pub fn resolved(tree: &Node, root: &'static Section) -> String {
    let table = fill(Some(tree), root);
    let head = format!(
        "# Resolved by heatloop {}: every default is filled in.\n",
        env!("CARGO_PKG_VERSION")
    );
    // A table of plain values can always be written.
    head + &toml::to_string(&table).unwrap_or_default()
}

/// A resolved text whose files are named `input-NAME`, beside it; and each of
/// these names with the path that stood there. The keys that name files are
/// `file` and `path`, and no others.
pub fn with_plain_files(resolved: &str) -> (String, Vec<(String, String)>) {
    let mut files: Vec<(String, String)> = Vec::new();
    let Ok(mut table) = resolved.parse::<Table>() else {
        return (resolved.to_owned(), files);
    };
    for (_, value) in &mut table {
        rename(value, &mut files);
    }
    if files.is_empty() {
        return (resolved.to_owned(), files);
    }
    let head: Vec<&str> = resolved
        .lines()
        .take_while(|l| l.starts_with('#'))
        .collect();
    let text = head.join("\n") + "\n" + &toml::to_string(&table).unwrap_or_default();
    (text, files)
}

fn rename(value: &mut Toml, files: &mut Vec<(String, String)>) {
    match value {
        Toml::Array(values) => values.iter_mut().for_each(|v| rename(v, files)),
        Toml::Table(table) => {
            for (key, value) in table {
                match value {
                    Toml::String(path) if key == "file" || key == "path" => {
                        *path = plain_name(path, files)
                    }
                    other => rename(other, files),
                }
            }
        }
        _ => {}
    }
}

/// `input-NAME`, with a number where another file has that name already.
fn plain_name(path: &str, files: &mut Vec<(String, String)>) -> String {
    if let Some((name, _)) = files.iter().find(|(_, p)| p == path) {
        return name.clone();
    }
    let keep = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let base = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let base: String = base
        .chars()
        .map(|c| if keep(c) { c } else { '_' })
        .collect();
    let base = &base[base.len().saturating_sub(40)..];
    let taken = |name: &str| files.iter().any(|(n, _)| n == name);
    let mut name = format!("input-{base}");
    let mut number = 2;
    while taken(&name) {
        name = format!("input-{number}-{base}");
        number += 1;
    }
    files.push((name.clone(), path.to_owned()));
    name
}

fn fill(node: Option<&Node>, section: &'static Section) -> Table {
    let mut table = Table::new();
    for field in section.fields {
        if let Some(value) = field_value(node.and_then(|n| n.get(field.key)), field) {
            table.insert(field.key.to_owned(), value);
        }
    }
    table
}

fn field_value(given: Option<&Node>, field: &'static Field) -> Option<Toml> {
    if let Some(node) = given {
        return Some(value(node, &field.kind));
    }
    match (field.need, &field.kind) {
        (Need::Default("{}"), Kind::Section(section)) => Some(Toml::Table(fill(None, section))),
        (Need::Default(text), kind) => {
            let source = Source::new("default", format!("v = {text}"));
            let tree = parse(&source, Format::Toml).ok()?;
            tree.get("v").map(|n| value(n, kind))
        }
        _ => None,
    }
}

fn value(node: &Node, kind: &'static Kind) -> Toml {
    let each = |node: &Node, of: &dyn Fn(&Node) -> Toml| {
        Toml::Array(node.elements().iter().map(of).collect())
    };
    match kind {
        Kind::Section(section) => Toml::Table(fill(Some(node), section)),
        Kind::Sections(section) => each(node, &|n| Toml::Table(fill(Some(n), section))),
        Kind::Named(section) => Toml::Table(
            node.entries()
                .iter()
                .map(|e| (e.key.clone(), Toml::Table(fill(Some(&e.node), section))))
                .collect(),
        ),
        Kind::Map(inner) => Toml::Table(
            node.entries()
                .iter()
                .map(|e| (e.key.clone(), value(&e.node, inner)))
                .collect(),
        ),
        Kind::Variants { tag, of } => {
            let name = node.get(tag).and_then(Node::as_text).unwrap_or("");
            let mut table = Table::new();
            table.insert((*tag).to_owned(), Toml::String(name.to_owned()));
            if let Some((_, section)) = of.iter().find(|(n, _)| *n == name) {
                table.extend(fill(Some(node), section));
            }
            Toml::Table(table)
        }
        Kind::List(inner) => each(node, &|n| value(n, inner)),
        Kind::TextOr(inner) if node.as_text().is_none() => value(node, inner),
        Kind::OneOf(kinds) => match kinds.iter().find(|k| fits(k, node)) {
            Some(k) => value(node, k),
            None => plain(node),
        },
        _ => plain(node),
    }
}

/// A value as it was given.
fn plain(node: &Node) -> Toml {
    if has_null(node) {
        return Toml::String(node.to_json().to_string());
    }
    match &node.value {
        // Not reached: see above.
        Value::Null => Toml::String("null".to_owned()),
        Value::Bool(b) => Toml::Boolean(*b),
        Value::Integer(i) => Toml::Integer(*i),
        Value::Float(f) => Toml::Float(*f),
        Value::Text(t) => Toml::String(t.clone()),
        Value::DateTime(d) => Toml::Datetime(*d),
        Value::Array(nodes) => Toml::Array(nodes.iter().map(plain).collect()),
        Value::Table(entries) => Toml::Table(
            entries
                .iter()
                .map(|e| (e.key.clone(), plain(&e.node)))
                .collect(),
        ),
    }
}

fn has_null(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Array(nodes) => nodes.iter().any(has_null),
        Value::Table(entries) => entries.iter().any(|e| has_null(&e.node)),
        _ => false,
    }
}

//! The reference of all keys as Markdown, made from the tables.
//!
//! `docs/SCENARIO.md` holds it; a test compares the file with the tables, and
//! writes it anew where `HEATLOOP_RENEW` is set.

use super::field::{Field, Kind, Need, Section, reachable};

/// The reference of every section that `root` reaches.
pub fn reference(root: &'static Section, introduction: &str) -> String {
    let mut text = format!("{}\n", introduction.trim_end());
    for section in reachable(root) {
        text += &format!("\n## {}\n\n{}\n", section.name, section.doc.trim());
        if section.fields.is_empty() {
            continue;
        }
        text += "\n| key | value | default | meaning |\n| --- | --- | --- | --- |\n";
        for field in section.fields {
            text += &row(field);
        }
    }
    text
}

fn row(field: &Field) -> String {
    let need = match field.need {
        Need::Required => "required".to_owned(),
        Need::Optional => String::new(),
        Need::Default(toml) => format!("`{toml}`"),
    };
    let mut meaning = field.doc.trim().to_owned();
    let choices = match &field.kind {
        Kind::Choice(of) => *of,
        _ => &[],
    };
    for (value, doc) in choices {
        meaning += &format!("<br>`{value}`: {doc}");
    }
    let cells = [
        format!("`{}`", field.key),
        value(&field.kind),
        need,
        meaning,
    ];
    let cells: Vec<String> = cells
        .iter()
        .map(|c| c.replace('|', "\\|").replace('\n', " "))
        .collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The heading's address as Markdown viewers make it.
fn link(section: &Section) -> String {
    let anchor = section.name.to_lowercase().replace(' ', "-");
    format!("[{}](#{anchor})", section.name)
}

fn value(kind: &Kind) -> String {
    let range = |unit: &str, min: String, max: String| {
        let unit = if unit.is_empty() {
            String::new()
        } else {
            format!("{unit}, ")
        };
        format!("{unit}{min} to {max}")
    };
    match kind {
        Kind::Number { unit, min, max } => range(unit, min.to_string(), max.to_string()),
        Kind::Integer { unit, min, max } => {
            format!("integer, {}", range(unit, min.to_string(), max.to_string()))
        }
        Kind::Numbers { unit, min, max } => {
            format!("list; {}", range(unit, min.to_string(), max.to_string()))
        }
        Kind::Choice(of) => {
            let names: Vec<String> = of.iter().map(|(n, _)| format!("`\"{n}\"`")).collect();
            names.join(", ")
        }
        Kind::Section(section) => format!("table {}", link(section)),
        Kind::Sections(section) => format!("list of {}", link(section)),
        Kind::Named(section) => format!("named tables {}", link(section)),
        Kind::Variants { tag, of } => {
            let each: Vec<String> = of
                .iter()
                .map(|(name, section)| format!("`{tag} = \"{name}\"` {}", link(section)))
                .collect();
            each.join(" or ")
        }
        Kind::List(each) => format!("list of {}", value(each)),
        Kind::Map(each) => format!("table by name of {}", value(each)),
        Kind::TextOr(inner) => format!("name, or {}", value(inner)),
        Kind::OneOf(kinds) => {
            let each: Vec<String> = kinds.iter().map(value).collect();
            each.join("; or ")
        }
        Kind::Bool => "`true`, `false`".to_owned(),
        Kind::DateTime => "date or date-time".to_owned(),
        Kind::Date => "date".to_owned(),
        Kind::Time => "clock time `\"HH:MM\"`".to_owned(),
        kind => kind.describe(),
    }
}

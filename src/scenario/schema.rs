//! JSON Schema (2020-12) of a scenario file, made from the tables.
//!
//! Editors complete and check scenarios with it. It says what the tables say;
//! rules between keys are the reader's (`super::view` users) alone.

use serde_json::{Map, Value, json};

use super::field::{Field, Kind, Need, Section, reachable};
use super::tree::{Format, Source, parse};

/// The schema of `root`. Deterministic: same tables, same bytes.
pub fn schema(root: &'static Section) -> Value {
    let mut definitions = Map::new();
    for section in reachable(root) {
        if !std::ptr::eq(section, root) {
            definitions.insert(anchor(section), table(section, None));
        }
    }
    let mut all = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": root.name,
    });
    if let (Value::Object(all), Value::Object(body)) = (&mut all, table(root, None)) {
        all.extend(body);
        all.insert("$defs".to_owned(), Value::Object(definitions));
    }
    all
}

fn anchor(section: &Section) -> String {
    section.name.replace(' ', "_")
}

fn table(section: &'static Section, tag: Option<(&str, &str)>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    if let Some((key, value)) = tag {
        properties.insert(key.to_owned(), json!({ "const": value }));
        required.push(key);
    }
    for field in section.fields {
        properties.insert(field.key.to_owned(), property(field));
        if field.need == Need::Required {
            required.push(field.key);
        }
    }
    let mut object = json!({
        "type": "object",
        "description": section.doc,
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn property(field: &Field) -> Value {
    let mut schema = kind(&field.kind);
    let mut description = field.doc.to_owned();
    if let Some(unit) = field.kind.unit() {
        description += &format!(" Unit: {unit}.");
        schema["x-unit"] = json!(unit);
    }
    schema["description"] = json!(description);
    if let Need::Default(text) = field.need {
        let source = Source::new("default", format!("v = {text}"));
        if let Ok(tree) = parse(&source, Format::Toml)
            && let Some(node) = tree.get("v")
        {
            schema["default"] = node.to_json();
        }
    }
    schema
}

fn reference(section: &Section) -> Value {
    json!({ "$ref": format!("#/$defs/{}", anchor(section)) })
}

/// Digits of a date and of a time, as the reader takes them.
const DATE: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const CLOCK: &str = "[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?";

fn kind(kind_: &Kind) -> Value {
    match kind_ {
        Kind::Number { min, max, .. } => {
            json!({ "type": "number", "minimum": min, "maximum": max })
        }
        Kind::Integer { min, max, .. } => {
            json!({ "type": "integer", "minimum": min, "maximum": max })
        }
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Choice(of) => {
            let each: Vec<Value> = of
                .iter()
                .map(|(value, doc)| json!({ "const": value, "description": doc }))
                .collect();
            json!({ "type": "string", "oneOf": each })
        }
        Kind::Numbers { min, max, .. } => json!({
            "type": "array",
            "items": { "type": "number", "minimum": min, "maximum": max },
        }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Section(section) => reference(section),
        Kind::Sections(section) => json!({ "type": "array", "items": reference(section) }),
        Kind::Named(section) => {
            json!({ "type": "object", "additionalProperties": reference(section) })
        }
        Kind::Map(each) => json!({ "type": "object", "additionalProperties": kind(each) }),
        Kind::Variants { tag, of } => {
            let each: Vec<Value> = of
                .iter()
                .map(|(name, section)| table(section, Some((tag, name))))
                .collect();
            json!({ "oneOf": each })
        }
        Kind::List(each) => json!({ "type": "array", "items": kind(each) }),
        Kind::TextOr(inner) => json!({ "anyOf": [{ "type": "string" }, kind(inner)] }),
        Kind::DateTime => json!({
            "type": "string",
            "pattern": format!("^{DATE}([Tt ]{CLOCK}([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})?)?$"),
        }),
        Kind::Date => json!({ "type": "string", "pattern": format!("^{DATE}$") }),
        Kind::Time => json!({
            "type": "string",
            "pattern": "^[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?$",
        }),
        Kind::OneOf(kinds) => {
            let each: Vec<Value> = kinds.iter().map(kind).collect();
            json!({ "anyOf": each })
        }
        Kind::Any => json!({}),
    }
}

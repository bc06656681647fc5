//! Tables that describe the keys of a scenario file: data only.
//!
//! One table serves the check of a file ([`super::check`]), typed access with
//! defaults ([`super::view`]), the JSON Schema ([`super::schema`]) and the
//! reference ([`super::reference`]). A section's file holds its table first
//! and then the function that builds its part of the model.

/// A table of the file.
#[derive(Debug)]
pub struct Section {
    /// Unique, short, for the schema and the reference: "tank", "weather file".
    pub name: &'static str,
    /// What it describes; the first sentence stands alone in the reference.
    pub doc: &'static str,
    pub fields: &'static [Field],
}

/// A key of a section.
#[derive(Debug)]
pub struct Field {
    pub key: &'static str,
    /// Meaning, sign, and the source of a default.
    pub doc: &'static str,
    pub kind: Kind,
    pub need: Need,
}

/// Whether a key must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Required,
    /// May be left out; then there is none, or its value follows from others (the doc says how).
    Optional,
    /// Value where it is left out, as TOML text: `"21"`, `"'radiator'"`, `"{}"`.
    Default(&'static str),
}

/// What a value may be. Ranges are inclusive; NaN and infinities are never allowed.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Number {
        /// "" for a pure number; "°C", "K", "W", "kW", "m²", "h", ...
        unit: &'static str,
        min: f64,
        max: f64,
    },
    Integer {
        unit: &'static str,
        min: i64,
        max: i64,
    },
    Bool,
    Text,
    /// Value and its doc.
    Choice(&'static [(&'static str, &'static str)]),
    /// List of numbers.
    Numbers {
        unit: &'static str,
        min: f64,
        max: f64,
    },
    /// List of texts.
    Texts,
    /// Sub-table.
    Section(&'static Section),
    /// List of tables.
    Sections(&'static Section),
    /// Table of tables with free names.
    Named(&'static Section),
    /// Table of anything with free names.
    Map(&'static Kind),
    /// A table whose `tag` key says which section it is.
    Variants {
        tag: &'static str,
        of: &'static [(&'static str, &'static Section)],
    },
    /// List of anything.
    List(&'static Kind),
    /// The name of a library entry, or the thing itself.
    TextOr(&'static Kind),
    /// Local date-time; a date alone is its midnight.
    DateTime,
    Date,
    /// Clock time "HH:MM" or "HH:MM:SS", up to "24:00".
    Time,
    /// The first alternative whose shape (text, number, list, table) fits is the one that counts.
    OneOf(&'static [Kind]),
    /// Checked by its section, not by the table.
    Any,
}

/// A key that must be there.
pub const fn required(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field {
        key,
        doc,
        kind,
        need: Need::Required,
    }
}

/// A key that may be left out.
pub const fn optional(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field {
        key,
        doc,
        kind,
        need: Need::Optional,
    }
}

/// A key with a default, written as TOML.
pub const fn default(
    key: &'static str,
    kind: Kind,
    toml: &'static str,
    doc: &'static str,
) -> Field {
    Field {
        key,
        doc,
        kind,
        need: Need::Default(toml),
    }
}

/// A number with unit and inclusive range.
pub const fn number(unit: &'static str, min: f64, max: f64) -> Kind {
    Kind::Number { unit, min, max }
}

/// An integer with unit and inclusive range.
pub const fn integer(unit: &'static str, min: i64, max: i64) -> Kind {
    Kind::Integer { unit, min, max }
}

/// A list of numbers.
pub const fn numbers(unit: &'static str, min: f64, max: f64) -> Kind {
    Kind::Numbers { unit, min, max }
}

impl Section {
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.key == key)
    }
}

impl Kind {
    /// The unit of a number or of a list of numbers.
    pub fn unit(&self) -> Option<&'static str> {
        match self {
            Kind::Number { unit, .. } | Kind::Integer { unit, .. } | Kind::Numbers { unit, .. } => {
                (!unit.is_empty()).then_some(unit)
            }
            Kind::List(kind) => kind.unit(),
            Kind::OneOf(kinds) => kinds.iter().find_map(Kind::unit),
            _ => None,
        }
    }

    /// Sections that stand directly in this kind, each with its name in `Variants`.
    pub fn sections(&self) -> Vec<(Option<&'static str>, &'static Section)> {
        match self {
            Kind::Section(s) | Kind::Sections(s) | Kind::Named(s) => vec![(None, s)],
            Kind::Variants { of, .. } => of.iter().map(|(n, s)| (Some(*n), *s)).collect(),
            Kind::List(kind) | Kind::TextOr(kind) | Kind::Map(kind) => kind.sections(),
            Kind::OneOf(kinds) => kinds.iter().flat_map(Kind::sections).collect(),
            _ => Vec::new(),
        }
    }

    /// In words: "a number in kW from 1 to 40".
    pub fn describe(&self) -> String {
        let range = |what: &str, unit: &str, min: String, max: String| {
            let unit = if unit.is_empty() {
                String::new()
            } else {
                format!(" {unit}")
            };
            format!("{what} from {min} to {max}{unit}")
        };
        match self {
            // Bounds of the number format are no bounds to a reader.
            Kind::Number {
                unit: "",
                min: f64::MIN,
                max: f64::MAX,
            } => "a number".to_owned(),
            Kind::Number { unit, min, max } => {
                range("a number", unit, min.to_string(), max.to_string())
            }
            Kind::Integer { unit, min, max } => {
                range("a whole number", unit, min.to_string(), max.to_string())
            }
            Kind::Numbers { unit, min, max } => {
                range("a list of numbers", unit, min.to_string(), max.to_string())
            }
            Kind::Bool => "true or false".to_owned(),
            Kind::Text => "text".to_owned(),
            Kind::Texts => "a list of texts".to_owned(),
            Kind::Choice(of) => {
                let names: Vec<String> = of.iter().map(|(n, _)| format!("\"{n}\"")).collect();
                format!("one of {}", names.join(", "))
            }
            Kind::Section(_) => "a table".to_owned(),
            Kind::Sections(_) => "a list of tables".to_owned(),
            Kind::Named(_) => "a table of named tables".to_owned(),
            Kind::Map(kind) => format!("a table by name, each {}", kind.describe()),
            Kind::Variants { tag, of } => {
                let names: Vec<String> = of.iter().map(|(n, _)| format!("\"{n}\"")).collect();
                format!("a table with `{tag}` = {}", names.join(" or "))
            }
            Kind::List(kind) => format!("a list, each {}", kind.describe()),
            Kind::TextOr(kind) => format!("a name in quotes, or {}", kind.describe()),
            Kind::DateTime => "a local date or date-time such as 2026-01-05T06:30".to_owned(),
            Kind::Date => "a date such as 2026-01-05".to_owned(),
            Kind::Time => "a clock time such as \"06:30\"".to_owned(),
            Kind::OneOf(kinds) => {
                let all: Vec<String> = kinds.iter().map(Kind::describe).collect();
                all.join(", or ")
            }
            Kind::Any => "any value".to_owned(),
        }
    }
}

/// Every section that can be reached from `root`, depth first, `root` first.
pub fn reachable(root: &'static Section) -> Vec<&'static Section> {
    fn visit(section: &'static Section, found: &mut Vec<&'static Section>) {
        if found.iter().any(|s| std::ptr::eq(*s, section)) {
            return;
        }
        found.push(section);
        for field in section.fields {
            for (_, inner) in field.kind.sections() {
                visit(inner, found);
            }
        }
    }
    let mut found = Vec::new();
    visit(root, &mut found);
    found
}

/// What is wrong with the tables themselves; a test asserts that it is empty.
pub fn audit(root: &'static Section) -> Vec<String> {
    let mut wrong = Vec::new();
    let sections = reachable(root);
    for (i, section) in sections.iter().enumerate() {
        if section.doc.trim().is_empty() {
            wrong.push(format!("section {} has no doc", section.name));
        }
        if sections[..i].iter().any(|s| s.name == section.name) {
            wrong.push(format!("two sections are called {}", section.name));
        }
        for (j, field) in section.fields.iter().enumerate() {
            let name = format!("{}.{}", section.name, field.key);
            if field.doc.trim().is_empty() {
                wrong.push(format!("{name} has no doc"));
            }
            if section.fields[..j].iter().any(|f| f.key == field.key) {
                wrong.push(format!("{name} stands twice"));
            }
            if let Kind::Number { min, max, .. } | Kind::Numbers { min, max, .. } = field.kind
                && !(min <= max && min.is_finite() && max.is_finite())
            {
                wrong.push(format!("{name} has no finite range"));
            }
            if let Need::Default(text) = field.need
                && let Err(faults) = super::check::check_default(&field.kind, text)
            {
                wrong.push(format!("{name}: its default {text} is wrong: {faults}"));
            }
        }
    }
    wrong
}

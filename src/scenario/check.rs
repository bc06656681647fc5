//! The structural check: a tree against the tables.
//!
//! One walk finds every unknown and missing key, wrong type, value outside its
//! range and text that is no date; each becomes a fault with a hint. Faulty
//! values are taken out of the tree, so that the sections' own checks run on
//! what is left and nothing is reported twice. Meaning is not checked here.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fault::{Code, Fault, Place, Severity};
use super::field::{Kind, Need, Section};
use super::hint;
use super::moment;
use super::parts::Shelf;
use super::tree::{self, Entry, Format, Node, Source, Value};

/// What a reading of one file gathers: faults, and the paths that were dropped.
#[derive(Debug)]
pub struct Context {
    pub source: Arc<Source>,
    /// Folder that relative paths in the file start from.
    pub base_dir: PathBuf,
    /// What other scenarios of a study have read.
    pub shelf: Arc<Shelf>,
    faults: RefCell<Vec<Fault>>,
    dropped: RefCell<BTreeSet<String>>,
}

impl Context {
    pub fn new(source: &Arc<Source>, base_dir: &Path) -> Self {
        Self {
            source: Arc::clone(source),
            base_dir: base_dir.to_owned(),
            shelf: Arc::default(),
            faults: RefCell::default(),
            dropped: RefCell::default(),
        }
    }

    /// With a shelf that others use too.
    #[must_use]
    pub fn with(mut self, shelf: &Arc<Shelf>) -> Self {
        self.shelf = Arc::clone(shelf);
        self
    }

    /// How many faults and warnings there are so far.
    pub fn count(&self) -> usize {
        self.faults.borrow().len()
    }

    /// How many faults that end the reading.
    pub fn fault_count(&self) -> usize {
        let faults = self.faults.borrow();
        let grave = faults.iter().filter(|f| f.severity == Severity::Fault);
        grave.count()
    }

    pub fn add(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    /// Everything gathered so far, in the order in which it was found; empties the list.
    pub fn take(&self) -> Vec<Fault> {
        self.faults.take()
    }

    /// Whether a structural fault took a value out at `path` or below it.
    pub fn is_dropped(&self, path: &str) -> bool {
        let dropped = self.dropped.borrow();
        path.is_empty() && !dropped.is_empty()
            || dropped.range(path.to_owned()..).next().is_some_and(|p| {
                p.strip_prefix(path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            })
    }

    fn drop_path(&self, path: &str) {
        self.dropped.borrow_mut().insert(path.to_owned());
    }

    fn place(&self, node: &Node) -> Place {
        Place::new(&self.source, node.span.clone())
    }
}

/// `a.b`, or `b` at the top.
pub fn join(path: &str, key: &str) -> String {
    let plain = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let key = if plain {
        key.to_owned()
    } else {
        format!("{key:?}")
    };
    if path.is_empty() {
        key
    } else {
        format!("{path}.{key}")
    }
}

/// The value as it stands in the file, on one line and not too long.
pub fn as_written(source: &Source, node: &Node) -> String {
    if let Value::Table(_) = node.value {
        return "{ … }".to_owned();
    }
    let text = source.text.get(node.span.clone()).unwrap_or("");
    let line = text.lines().next().unwrap_or("");
    let mut short: String = line.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Checks a whole file against its root section and takes faulty values out.
pub fn check(root: &mut Node, section: &'static Section, context: &Context) {
    let walk = Walk {
        root: section,
        context,
    };
    walk.table(root, section, None, "");
}

/// Checks the default of a field, written as TOML.
pub fn check_default(kind: &'static Kind, text: &str) -> Result<(), String> {
    let source = Source::new("default", format!("v = {text}"));
    let mut tree = match tree::parse(&source, Format::Toml) {
        Ok(tree) => tree,
        Err(faults) => return Err(faults.iter().map(Fault::line).collect()),
    };
    let context = Context::new(&source, Path::new(""));
    if let Value::Table(entries) = &mut tree.value
        && let Some(entry) = entries.first_mut()
    {
        let walk = Walk {
            root: &NO_SECTION,
            context: &context,
        };
        walk.value(&mut entry.node, kind, "v");
    }
    let faults = context.take();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.iter().map(Fault::line).collect())
    }
}

static NO_SECTION: Section = Section {
    name: "none",
    doc: "none",
    fields: &[],
};

static A_TABLE: Kind = Kind::Section(&NO_SECTION);

struct Walk<'a> {
    root: &'static Section,
    context: &'a Context,
}

impl Walk<'_> {
    fn report(&self, fault: Fault, node: &Node, path: &str) {
        let value = as_written(&self.context.source, node);
        let mut fault = fault.at(self.context.place(node)).key(path);
        if fault.value.is_none() {
            fault.value = Some(value);
        }
        self.context.add(fault);
    }

    /// Checks the keys of a table. `tag` is a key that the caller has read.
    fn table(&self, node: &mut Node, section: &'static Section, tag: Option<&str>, path: &str) {
        let place = self.context.place(node);
        let Value::Table(entries) = &mut node.value else {
            return;
        };
        // Those that the section has: a file may have any number of others.
        let present: Vec<&'static str> = section
            .fields
            .iter()
            .map(|f| f.key)
            .filter(|key| entries.iter().any(|e| e.key == *key))
            .collect();
        let mut meant: Vec<&'static str> = Vec::new();
        entries.retain_mut(|entry| {
            if Some(entry.key.as_str()) == tag {
                return true;
            }
            let inner = join(path, &entry.key);
            let Some(field) = section.field(&entry.key) else {
                meant.extend(self.unknown(entry, section, tag, &present, &inner));
                return false;
            };
            let keep = self.value(&mut entry.node, &field.kind, &inner);
            if !keep {
                self.context.drop_path(&inner);
            }
            keep
        });
        for field in section.fields {
            if present.contains(&field.key) {
                continue;
            }
            let inner = join(path, field.key);
            if meant.contains(&field.key) {
                self.context.drop_path(&inner);
            } else if field.need == Need::Required {
                self.context.drop_path(&inner);
                let message = format!("the key `{}` is missing", field.key);
                let mut fault = Fault::new(Code::MissingKey, message)
                    .at(place.clone())
                    .key(inner)
                    .allowed(field.kind.describe())
                    .hint(first_sentence(field.doc));
                fault.unit = field.kind.unit().map(str::to_owned);
                self.context.add(fault);
            }
        }
    }

    /// Reports an unknown key; gives the key that was probably meant.
    fn unknown(
        &self,
        entry: &Entry,
        section: &'static Section,
        tag: Option<&str>,
        present: &[&'static str],
        path: &str,
    ) -> Option<&'static str> {
        let free = section.fields.iter().filter(|f| !present.contains(&f.key));
        let free: Vec<&str> = free.map(|f| f.key).collect();
        let begin = free.iter().filter(|k| k.starts_with(&entry.key));
        let several: Vec<&str> = begin.copied().collect();
        let nearest = match several.len() {
            // "temperature" may mean any of the keys that begin so.
            2.. => None,
            _ => hint::nearest(&entry.key, free.iter().copied()),
        };
        let text = match nearest {
            None if several.len() > 1 => format!("keys that begin so: {}", several.join(", ")),
            Some(key) => {
                let unit = section.field(key).and_then(|f| f.kind.unit());
                let unit = unit.map_or(String::new(), |u| format!(" (in {u})"));
                format!("did you mean `{key}`{unit}?")
            }
            None => {
                let mut keys: Vec<&str> = tag.into_iter().collect();
                keys.extend(section.fields.iter().map(|f| f.key));
                hint::belongs(&entry.key, self.root, section)
                    .unwrap_or_else(|| format!("keys here: {}", keys.join(", ")))
            }
        };
        let place = Place::new(&self.context.source, entry.key_span.clone());
        self.context.add(
            Fault::new(
                Code::UnknownKey,
                format!("there is no key `{}` here", entry.key),
            )
            .at(place)
            .key(path)
            .value(as_written(&self.context.source, &entry.node))
            .hint(text),
        );
        nearest
    }

    /// Checks a value; false: it is faulty, reported, and must be taken out.
    fn value(&self, node: &mut Node, kind: &'static Kind, path: &str) -> bool {
        match kind {
            Kind::Any => true,
            Kind::Number { unit, min, max } => self.number(node, unit, *min, *max, path),
            Kind::Integer { unit, min, max } => match node.value {
                Value::Integer(i) if (*min..=*max).contains(&i) => true,
                Value::Float(f) if f.fract() == 0.0 && f.abs() < 1e15 => {
                    let fault = Fault::new(Code::WrongType, "a whole number is due here")
                        .allowed(kind.describe())
                        .hint(format!("write {f:.0}"));
                    self.report(fault, node, path);
                    false
                }
                Value::Integer(_) => self.number(node, unit, *min as f64, *max as f64, path),
                _ => self.wrong_type(node, kind, path),
            },
            Kind::Bool => match node.value {
                Value::Bool(_) => true,
                _ => self.wrong_type(node, kind, path),
            },
            Kind::Text => match &node.value {
                Value::Text(text) => {
                    self.printable(text, &node.span, path);
                    true
                }
                _ => self.wrong_type(node, kind, path),
            },
            Kind::Choice(of) => match &node.value {
                Value::Text(text) if of.iter().any(|(n, _)| n == text) => true,
                Value::Text(text) => {
                    self.unknown_choice(node, text, of.iter().map(|(n, _)| *n), kind, path);
                    false
                }
                _ => self.wrong_type(node, kind, path),
            },
            Kind::Numbers { unit, min, max } => {
                self.list(node, kind, path, |w, n, p| w.number(n, unit, *min, *max, p))
            }
            Kind::Texts => self.list(node, kind, path, |w, n, p| w.value(n, &Kind::Text, p)),
            Kind::List(of) => self.list(node, kind, path, |w, n, p| w.value(n, of, p)),
            Kind::Section(section) => match node.value {
                Value::Table(_) => {
                    self.table(node, section, None, path);
                    true
                }
                _ => self.wrong_type(node, kind, path),
            },
            Kind::Sections(section) => self.list(node, kind, path, |w, n, p| match n.value {
                Value::Table(_) => {
                    w.table(n, section, None, p);
                    true
                }
                _ => w.wrong_type(n, &A_TABLE, p),
            }),
            Kind::Named(section) => match &mut node.value {
                Value::Table(entries) => {
                    entries.retain_mut(|e| {
                        let inner = join(path, &e.key);
                        self.printable(&e.key, &e.key_span, &inner);
                        let keep = match e.node.value {
                            Value::Table(_) => {
                                self.table(&mut e.node, section, None, &inner);
                                true
                            }
                            _ => self.wrong_type(&e.node, &A_TABLE, &inner),
                        };
                        if !keep {
                            self.context.drop_path(&inner);
                        }
                        keep
                    });
                    true
                }
                _ => self.wrong_type(node, kind, path),
            },
            Kind::Map(each) => match &mut node.value {
                Value::Table(entries) => {
                    entries.retain_mut(|e| {
                        let inner = join(path, &e.key);
                        self.printable(&e.key, &e.key_span, &inner);
                        let keep = self.value(&mut e.node, each, &inner);
                        if !keep {
                            self.context.drop_path(&inner);
                        }
                        keep
                    });
                    true
                }
                _ => self.wrong_type(node, kind, path),
            },
            Kind::Variants { tag, of } => self.variant(node, kind, tag, of, path),
            Kind::TextOr(inner) => match &node.value {
                Value::Text(text) => {
                    self.printable(text, &node.span, path);
                    true
                }
                _ if fits(inner, node) => self.value(node, inner, path),
                _ => self.wrong_type(node, kind, path),
            },
            Kind::DateTime => self.moment(node, kind, path, moment::read_date_time(node).err()),
            Kind::Date => self.moment(node, kind, path, moment::read_date(node).err()),
            Kind::Time => self.moment(node, kind, path, moment::read_clock(node).err()),
            Kind::OneOf(kinds) => match kinds.iter().find(|k| fits(k, node)) {
                Some(k) => self.value(node, k, path),
                None => self.wrong_type(node, kind, path),
            },
        }
    }

    /// Names and texts are shown on terminals and stand in tables: no control
    /// characters, and one line except where a story is told. The text stays, so
    /// that what refers to it is no fault as well.
    fn printable(&self, text: &str, span: &Range<usize>, path: &str) {
        const LONG: [&str; 3] = ["description", "source", "document"];
        let lines = LONG.contains(&path.rsplit('.').next().unwrap_or(path));
        let steers = |c: &char| tree::is_control(*c) || (!lines && c.is_control());
        if let Some(c) = text.chars().find(steers) {
            let code = u32::from(c);
            self.context.add(
                Fault::new(
                    Code::OutOfRange,
                    format!("the control character U+{code:04X} can't stand here"),
                )
                .at(Place::new(&self.context.source, span.clone()))
                .key(path)
                .value(text.escape_debug().to_string())
                .allowed("characters that can be seen, and blanks")
                .hint("leave it out"),
            );
        }
    }

    fn list(
        &self,
        node: &mut Node,
        kind: &'static Kind,
        path: &str,
        check: impl Fn(&Self, &mut Node, &str) -> bool,
    ) -> bool {
        let Value::Array(nodes) = &mut node.value else {
            return self.wrong_type(node, kind, path);
        };
        // A list of values with a hole would shift the rest: all or nothing
        // there, while a faulty table of a list of tables leaves its neighbours alone.
        let mut whole = true;
        for (i, inner) in nodes.iter_mut().enumerate() {
            let inner_path = format!("{path}[{i}]");
            if !check(self, inner, &inner_path) {
                self.context.drop_path(&inner_path);
                whole = false;
            }
        }
        whole
    }

    fn variant(
        &self,
        node: &mut Node,
        kind: &'static Kind,
        tag: &'static str,
        of: &'static [(&'static str, &'static Section)],
        path: &str,
    ) -> bool {
        let Value::Table(_) = node.value else {
            return self.wrong_type(node, kind, path);
        };
        let inner = join(path, tag);
        let Some(name) = node.get(tag) else {
            let names: Vec<&str> = of.iter().map(|(n, _)| *n).collect();
            let fault = Fault::new(Code::MissingKey, format!("the key `{tag}` is missing"))
                .allowed(format!("one of {}", names.join(", ")))
                .hint(format!("`{tag}` says what this is"));
            self.report(fault, node, &inner);
            return false;
        };
        let Some(text) = name.as_text() else {
            let name = name.clone();
            return self.wrong_type(&name, &Kind::Text, &inner);
        };
        match of.iter().find(|(n, _)| *n == text) {
            Some((_, section)) => {
                self.table(node, section, Some(tag), path);
                true
            }
            None => {
                let name = name.clone();
                let text = text.to_owned();
                self.unknown_choice(&name, &text, of.iter().map(|(n, _)| *n), kind, &inner);
                false
            }
        }
    }

    fn unknown_choice(
        &self,
        node: &Node,
        text: &str,
        of: impl Iterator<Item = &'static str> + Clone,
        kind: &'static Kind,
        path: &str,
    ) {
        let mut fault = Fault::new(
            Code::UnknownChoice,
            format!("\"{text}\" is not one of the values to choose from"),
        )
        .allowed(kind.describe());
        if let Some(nearest) = hint::nearest(text, of) {
            fault = fault.hint(format!("did you mean \"{nearest}\"?"));
        }
        self.report(fault, node, path);
    }

    fn number(&self, node: &Node, unit: &'static str, min: f64, max: f64, path: &str) -> bool {
        let with_unit = |fault: Fault| {
            let fault = fault.allowed(hint::range(min, max, unit));
            if unit.is_empty() {
                fault
            } else {
                fault.unit(unit)
            }
        };
        match node.as_number() {
            Some(value) if !value.is_finite() => {
                let fault = Fault::new(Code::NotFinite, "the number must be finite");
                self.report(with_unit(fault), node, path);
                false
            }
            Some(value) if (min..=max).contains(&value) => true,
            Some(value) => {
                let side = if value < min { "below" } else { "above" };
                let mut fault = Fault::new(
                    Code::OutOfRange,
                    format!("{value} is {side} what is possible here"),
                );
                fault.hint = hint::other_unit(value, unit, min, max);
                self.report(with_unit(fault), node, path);
                false
            }
            None => {
                let mut fault = Fault::new(
                    Code::WrongType,
                    format!("a number is due here, not {}", node.type_name()),
                );
                fault.hint = match &node.value {
                    Value::Text(text) => hint::number_in_text(text, unit, min, max),
                    Value::Null => Some("leave the key out".to_owned()),
                    _ => None,
                };
                self.report(with_unit(fault), node, path);
                false
            }
        }
    }

    fn moment(&self, node: &Node, kind: &'static Kind, path: &str, error: Option<String>) -> bool {
        let Some(error) = error else { return true };
        let code = match node.value {
            Value::Text(_) | Value::DateTime(_) => Code::BadFormat,
            _ => Code::WrongType,
        };
        let fault = Fault::new(code, error).allowed(kind.describe());
        self.report(fault, node, path);
        false
    }

    /// Reports a value of the wrong type; always false.
    fn wrong_type(&self, node: &Node, kind: &'static Kind, path: &str) -> bool {
        let due = match kind {
            Kind::Section(_) | Kind::Variants { .. } => "a table".to_owned(),
            _ => kind.describe(),
        };
        let message = format!("{due} is due here, not {}", node.type_name());
        let mut fault = Fault::new(Code::WrongType, message);
        fault.hint = hint::wrong_type(node, kind, path);
        fault.unit = kind.unit().map(str::to_owned);
        self.report(fault, node, path);
        false
    }
}

/// Whether a node has the shape of a kind.
pub fn fits(kind: &Kind, node: &Node) -> bool {
    match (kind, &node.value) {
        (Kind::Any, _) => true,
        (Kind::Number { .. } | Kind::Integer { .. }, v) => {
            matches!(v, Value::Integer(_) | Value::Float(_))
        }
        (Kind::Bool, v) => matches!(v, Value::Bool(_)),
        (Kind::Text | Kind::Choice(_), v) => matches!(v, Value::Text(_)),
        (Kind::DateTime | Kind::Date | Kind::Time, v) => {
            matches!(v, Value::Text(_) | Value::DateTime(_))
        }
        (Kind::Numbers { .. }, Value::Array(nodes)) => {
            nodes.iter().all(|n| n.as_number().is_some())
        }
        (Kind::Texts, Value::Array(nodes)) => nodes.iter().all(|n| n.as_text().is_some()),
        (Kind::Sections(_), Value::Array(nodes)) => {
            nodes.iter().all(|n| matches!(n.value, Value::Table(_)))
        }
        (Kind::List(of), Value::Array(nodes)) => nodes.iter().all(|n| fits(of, n)),
        (Kind::Section(_) | Kind::Named(_) | Kind::Map(_), v) => matches!(v, Value::Table(_)),
        (Kind::Variants { tag, .. }, _) => {
            matches!(node.value, Value::Table(_)) && node.get(tag).is_some()
        }
        (Kind::TextOr(_), Value::Text(_)) => true,
        (Kind::TextOr(of), _) => fits(of, node),
        (Kind::OneOf(kinds), _) => kinds.iter().any(|k| fits(k, node)),
        _ => false,
    }
}

/// The first sentence of a doc, without its full stop.
pub fn first_sentence(doc: &str) -> String {
    let end = doc.find(". ").unwrap_or(doc.len());
    doc[..end].trim_end_matches('.').to_owned()
}

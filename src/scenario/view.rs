//! Typed access to a checked section, with the defaults of its table.
//!
//! After [`super::check`] every value that is still in the tree is right in
//! itself. A number that was taken out as faulty reads as NaN, anything else as
//! its default or, where it has none, as 0, false or "". Comparisons with NaN
//! are false, so a check of meaning written as `if lower >= upper { fault }` reports nothing
//! twice. What is built from such values is thrown away with the faults.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::check::{Context, as_written, fits, join};
use super::fault::{Code, Fault, Place};
use super::field::{Field, Kind, Need, Section};
use super::hint;
use super::moment::{self, Moment};
use super::tree::{self, Format, Node, Source, Value};

/// A table of the file with the section that describes it.
#[derive(Clone, Debug)]
pub struct View<'a> {
    node: Option<&'a Node>,
    section: &'static Section,
    path: String,
    /// Where the nearest table above begins, for a section that is left out.
    span: std::ops::Range<usize>,
    context: &'a Context,
}

/// A value with the kind that describes it: for lists, alternatives and
/// library names.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    pub node: &'a Node,
    kind: &'static Kind,
    /// Set for an element of a list of tables.
    table: Option<&'static Section>,
    path: String,
    context: &'a Context,
}

/// A library name, or the thing itself.
#[derive(Clone, Debug)]
pub enum NameOr<'a> {
    Name(String),
    Item(Item<'a>),
}

impl<'a> View<'a> {
    /// The view of a whole checked file.
    pub fn root(node: &'a Node, section: &'static Section, context: &'a Context) -> Self {
        Self {
            node: Some(node),
            section,
            path: String::new(),
            span: node.span.clone(),
            context,
        }
    }

    fn field(&self, key: &str) -> Option<&'static Field> {
        let field = self.section.field(key);
        debug_assert!(field.is_some(), "no key {key} in {}", self.section.name);
        field
    }

    fn node_of(&self, key: &str) -> Option<&'a Node> {
        debug_assert!(
            self.section.field(key).is_some(),
            "no key {key} in {}",
            self.section.name
        );
        self.node?.get(key)
    }

    /// The value of a key or its default, as a node.
    fn read<R>(&self, key: &str, read: impl Fn(&Node) -> Option<R>) -> Option<R> {
        if let Some(node) = self.node_of(key) {
            return read(node);
        }
        match self.field(key)?.need {
            Need::Default(text) => default_node(text).and_then(|node| read(&node)),
            _ => None,
        }
    }

    /// Whether the file gives the key (and it is sound).
    pub fn has(&self, key: &str) -> bool {
        self.node_of(key).is_some()
    }

    /// Whether the file gives the key, but its value was faulty.
    pub fn is_faulty(&self, key: &str) -> bool {
        self.context.is_dropped(&join(&self.path, key))
    }

    /// Whether nothing in this section was taken out as faulty. Checks that
    /// need the whole section may return early where it is false.
    pub fn is_sound(&self) -> bool {
        !self.context.is_dropped(&self.path)
    }

    /// Path of this section, e.g. `users[0].devices[1]`.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn section_table(&self) -> &'static Section {
        self.section
    }

    pub fn context(&self) -> &'a Context {
        self.context
    }

    /// The table itself; `None` where the file leaves the section out.
    pub fn node(&self) -> Option<&'a Node> {
        self.node
    }

    /// Keys that the file gives, in file order.
    pub fn keys(&self) -> Vec<&'a str> {
        self.node
            .map_or(&[][..], Node::entries)
            .iter()
            .map(|e| e.key.as_str())
            .collect()
    }

    // Values -----------------------------------------------------------------

    /// NaN where the value is faulty or there is none.
    pub fn number(&self, key: &str) -> f64 {
        self.opt_number(key).unwrap_or(f64::NAN)
    }
    pub fn opt_number(&self, key: &str) -> Option<f64> {
        // Not the default of a faulty number: a check of meaning would judge a
        // value that nobody wrote.
        if self.is_faulty(key) {
            return None;
        }
        self.read(key, Node::as_number)
    }
    /// 0 where the value is faulty or there is none.
    pub fn integer(&self, key: &str) -> i64 {
        self.opt_integer(key).unwrap_or(0)
    }
    pub fn opt_integer(&self, key: &str) -> Option<i64> {
        self.read(key, |n| match n.value {
            Value::Integer(i) => Some(i),
            _ => None,
        })
    }
    /// False where the value is faulty or there is none.
    pub fn boolean(&self, key: &str) -> bool {
        self.opt_boolean(key).unwrap_or(false)
    }
    pub fn opt_boolean(&self, key: &str) -> Option<bool> {
        self.read(key, |n| match n.value {
            Value::Bool(b) => Some(b),
            _ => None,
        })
    }
    /// Empty where the value is faulty or there is none.
    pub fn text(&self, key: &str) -> String {
        self.opt_text(key).unwrap_or_default()
    }
    pub fn opt_text(&self, key: &str) -> Option<String> {
        self.read(key, |n| n.as_text().map(str::to_owned))
    }
    /// One of the values of a `Choice`; empty where it is faulty or there is none.
    pub fn choice(&self, key: &str) -> &'static str {
        self.opt_choice(key).unwrap_or("")
    }
    pub fn opt_choice(&self, key: &str) -> Option<&'static str> {
        let text = self.opt_text(key)?;
        let find = |kind: &'static Kind| match kind {
            Kind::Choice(of) => of.iter().map(|(n, _)| *n).find(|n| *n == text),
            _ => None,
        };
        match &self.field(key)?.kind {
            Kind::OneOf(kinds) => kinds.iter().find_map(find),
            kind => find(kind),
        }
    }
    /// Empty where the value is faulty or there is none.
    pub fn numbers(&self, key: &str) -> Vec<f64> {
        self.opt_numbers(key).unwrap_or_default()
    }
    pub fn opt_numbers(&self, key: &str) -> Option<Vec<f64>> {
        self.read(key, |n| match &n.value {
            Value::Array(nodes) => nodes.iter().map(Node::as_number).collect(),
            _ => None,
        })
    }
    /// Empty where the value is faulty or there is none.
    pub fn texts(&self, key: &str) -> Vec<String> {
        self.read(key, |n| match &n.value {
            Value::Array(nodes) => nodes
                .iter()
                .map(|n| n.as_text().map(str::to_owned))
                .collect(),
            _ => None,
        })
        .unwrap_or_default()
    }
    pub fn date_time(&self, key: &str) -> Option<Moment> {
        self.read(key, |n| moment::read_date_time(n).ok())
    }
    pub fn date(&self, key: &str) -> Option<jiff::civil::Date> {
        self.read(key, |n| moment::read_date(n).ok())
    }
    /// Seconds after midnight, 0 to 86400.
    pub fn clock(&self, key: &str) -> Option<u32> {
        self.read(key, |n| moment::read_clock(n).ok())
    }

    // Tables -----------------------------------------------------------------

    /// A sub-table, where the file gives it (or its default is `{}`).
    pub fn section(&self, key: &str) -> Option<View<'a>> {
        if self.node_of(key).is_none() {
            let field = self.field(key)?;
            return match field.need {
                Need::Default("{}") => self.section_or_default(key),
                _ => None,
            };
        }
        self.item(key)?.section()
    }

    /// A sub-table with its defaults where the file leaves it out or it is
    /// faulty; `None` only if the key is no section.
    fn section_or_default(&self, key: &str) -> Option<View<'a>> {
        let field = self.field(key)?;
        let Kind::Section(section) = field.kind else {
            return None;
        };
        Some(View {
            node: None,
            section,
            path: join(&self.path, key),
            span: self.span.clone(),
            context: self.context,
        })
    }

    /// The tables of a list.
    pub fn sections(&self, key: &str) -> Vec<View<'a>> {
        self.items(key).iter().filter_map(Item::section).collect()
    }

    /// The tables of a `Named`, with their names, in file order.
    pub fn named(&self, key: &str) -> Vec<(String, View<'a>)> {
        let (Some(node), Some(field)) = (self.node_of(key), self.field(key)) else {
            return Vec::new();
        };
        let Kind::Named(section) = field.kind else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        node.entries()
            .iter()
            .map(|e| {
                let view = View {
                    node: Some(&e.node),
                    section,
                    path: join(&path, &e.key),
                    span: e.node.span.clone(),
                    context: self.context,
                };
                (e.key.clone(), view)
            })
            .collect()
    }

    /// The values of a `Map`, with their names, in file order.
    pub fn map(&self, key: &str) -> Vec<(String, Item<'a>)> {
        let (Some(node), Some(field)) = (self.node_of(key), self.field(key)) else {
            return Vec::new();
        };
        let Kind::Map(kind) = field.kind else {
            return Vec::new();
        };
        let path = join(&self.path, key);
        node.entries()
            .iter()
            .map(|e| {
                let item = Item {
                    node: &e.node,
                    kind,
                    table: None,
                    path: join(&path, &e.key),
                    context: self.context,
                };
                (e.key.clone(), item)
            })
            .collect()
    }

    /// A tagged table: its tag's value and its content.
    pub fn variant(&self, key: &str) -> Option<(&'static str, View<'a>)> {
        self.item(key)?.variant()
    }

    /// The tagged tables of a list.
    pub fn variants(&self, key: &str) -> Vec<(&'static str, View<'a>)> {
        self.items(key).iter().filter_map(Item::variant).collect()
    }

    /// A library name, or the thing itself. A default may be a name.
    pub fn name_or(&self, key: &str) -> Option<NameOr<'a>> {
        match self.item(key) {
            Some(item) if item.node.as_text().is_none() => Some(NameOr::Item(item)),
            _ => self.opt_text(key).map(NameOr::Name),
        }
    }

    /// A value that the file gives, whatever its kind; defaults don't show here.
    pub fn item(&self, key: &str) -> Option<Item<'a>> {
        Some(Item {
            node: self.node_of(key)?,
            kind: &self.field(key)?.kind,
            table: None,
            path: join(&self.path, key),
            context: self.context,
        })
    }

    /// The elements of a list that the file gives.
    pub fn items(&self, key: &str) -> Vec<Item<'a>> {
        self.item(key).map_or_else(Vec::new, |i| i.items())
    }

    // Places and faults ------------------------------------------------------

    /// Where the key's value stands; where it is left out, the section's head.
    pub fn place(&self, key: &str) -> Place {
        match self.node_of(key) {
            Some(node) => Place::new(&self.context.source, node.span.clone()),
            None => self.place_here(),
        }
    }

    /// Where the section begins.
    pub fn place_here(&self) -> Place {
        let span = self.node.map_or(self.span.clone(), |n| n.span.clone());
        Place::new(&self.context.source, span)
    }

    /// Adds a fault of meaning at a key; place, path, value and unit are filled
    /// in where the fault does not say them.
    pub fn fault(&self, key: &str, mut fault: Fault) {
        if fault.place.is_none() {
            fault.place = Some(self.place(key));
        }
        if fault.key.is_empty() {
            fault.key = join(&self.path, key);
        }
        if fault.value.is_none() {
            fault.value = self
                .node_of(key)
                .map(|n| as_written(&self.context.source, n));
        }
        if fault.unit.is_none() {
            let unit = self.section.field(key).and_then(|f| f.kind.unit());
            fault.unit = unit.map(str::to_owned);
        }
        self.context.add(fault);
    }

    /// Adds a fault of the section as a whole.
    pub fn fault_here(&self, mut fault: Fault) {
        if fault.place.is_none() {
            fault.place = Some(self.place_here());
        }
        if fault.key.is_empty() {
            fault.key.clone_from(&self.path);
        }
        self.context.add(fault);
    }

    /// Adds a warning at a key.
    pub fn warn(&self, key: &str, text: impl Into<String>) {
        self.fault(key, Fault::new(Code::Notice, text).warning());
    }

    // Files ------------------------------------------------------------------

    /// The path that a key names, relative to the scenario's folder.
    pub fn file(&self, key: &str) -> Option<PathBuf> {
        let name = self.opt_text(key)?;
        Some(self.context.base_dir.join(name))
    }

    /// The bytes of the file that a key names; what goes wrong becomes a fault.
    pub fn read_bytes(&self, key: &str) -> Option<Vec<u8>> {
        let path = self.file(key)?;
        match std::fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(e) => {
                self.fault(
                    key,
                    Fault::new(
                        Code::File,
                        format!("the file can't be read: {}", hint::unreadable(&e)),
                    )
                    .hint(format!(
                        "paths are relative to the scenario's folder: {}",
                        path.display()
                    )),
                );
                None
            }
        }
    }

    /// The same as text (UTF-8, a byte order mark taken off), named as in the
    /// scenario, for faults with places of their own ([`Place::line`]).
    pub fn read_text(&self, key: &str) -> Option<Arc<Source>> {
        let bytes = self.read_bytes(key)?;
        match String::from_utf8(bytes) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
                Some(Source::new(self.text(key), text))
            }
            Err(_) => {
                self.fault(key, Fault::new(Code::File, "the file is not UTF-8 text"));
                None
            }
        }
    }
}

impl<'a> Item<'a> {
    /// The alternative that the value's shape picks.
    fn shape(&self) -> &'static Kind {
        let mut kind = self.kind;
        loop {
            kind = match kind {
                Kind::OneOf(kinds) => match kinds.iter().find(|k| fits(k, self.node)) {
                    Some(k) => k,
                    None => return kind,
                },
                Kind::TextOr(inner) if self.node.as_text().is_none() => inner,
                _ => return kind,
            }
        }
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn place(&self) -> Place {
        Place::new(&self.context.source, self.node.span.clone())
    }

    pub fn fault(&self, mut fault: Fault) {
        fault.place.get_or_insert_with(|| self.place());
        if fault.key.is_empty() {
            fault.key.clone_from(&self.path);
        }
        fault
            .value
            .get_or_insert_with(|| as_written(&self.context.source, self.node));
        self.context.add(fault);
    }

    pub fn number(&self) -> Option<f64> {
        self.node.as_number()
    }
    pub fn text(&self) -> Option<&'a str> {
        self.node.as_text()
    }
    pub fn numbers(&self) -> Option<Vec<f64>> {
        match &self.node.value {
            Value::Array(nodes) => nodes.iter().map(Node::as_number).collect(),
            _ => None,
        }
    }

    fn view(&self, section: &'static Section) -> View<'a> {
        View {
            node: Some(self.node),
            section,
            path: self.path.clone(),
            span: self.node.span.clone(),
            context: self.context,
        }
    }

    /// The value as a table of its section.
    pub fn section(&self) -> Option<View<'a>> {
        if let Some(section) = self.table {
            return Some(self.view(section));
        }
        match (self.shape(), &self.node.value) {
            (Kind::Section(section), Value::Table(_)) => Some(self.view(section)),
            _ => None,
        }
    }

    /// The value as a tagged table.
    pub fn variant(&self) -> Option<(&'static str, View<'a>)> {
        let Kind::Variants { tag, of } = self.shape() else {
            return None;
        };
        let name = self.node.get(tag)?.as_text()?;
        let (name, section) = of.iter().find(|(n, _)| *n == name)?;
        Some((name, self.view(section)))
    }

    /// The elements of a list.
    pub fn items(&self) -> Vec<Item<'a>> {
        static TEXT: Kind = Kind::Text;
        static ANY: Kind = Kind::Any;
        let (kind, table) = match self.shape() {
            Kind::List(kind) => (*kind, None),
            Kind::Texts => (&TEXT, None),
            Kind::Sections(section) => (&ANY, Some(*section)),
            _ => (&ANY, None),
        };
        let elements = self.node.elements().iter().enumerate();
        elements
            .map(|(i, node)| Item {
                node,
                kind,
                table,
                path: format!("{}[{i}]", self.path),
                context: self.context,
            })
            .collect()
    }
}

/// Defaults that were read before: there are a few hundred, and studies read
/// thousands of scenarios.
static DEFAULTS: LazyLock<RwLock<Defaults>> = LazyLock::new(RwLock::default);

/// By their text; `None` where it can't be read.
type Defaults = HashMap<&'static str, Option<Arc<Node>>>;

/// The default of a field as a node; the tables' audit shows that it parses.
fn default_node(text: &'static str) -> Option<Arc<Node>> {
    let known = DEFAULTS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(node) = known.get(text) {
        return node.clone();
    }
    drop(known);
    let source = Source::new("default", format!("v = {text}"));
    let tree = tree::parse(&source, Format::Toml).ok();
    let node = tree.and_then(|tree| tree.get("v").cloned()).map(Arc::new);
    let mut known = DEFAULTS.write().unwrap_or_else(PoisonError::into_inner);
    known.entry(text).or_insert(node).clone()
}

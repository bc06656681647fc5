//! A base scenario with some of its keys set anew.
//!
//! A path such as `users[0].devices[0].tank.volume_l` is looked up in the
//! tables of the scenario file, `[*]` stands for every element and `*` for
//! every name. A path that begins with a key of a device or of a user stands
//! for it in all of them: `tank.volume_l`, `settings.room.preferred_temperature`.
//!
//! The varied scenario is read by the ordinary checks. What was set stands in
//! lines below the base's own text, so that a fault of a varied value cites
//! the value. Nothing here knows where the values come from.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::scenario::tree::{Entry, Value};
use crate::scenario::{
    Fault, Faults, FileKind, Format, Loaded, Node, Shelf, Source, parse_as, read_text, read_variant,
};

mod path;

pub use path::{NoTarget, Step, Target, fault};

/// A scenario to be varied.
#[derive(Clone, Debug)]
pub struct Base {
    source: Arc<Source>,
    format: Format,
    tree: Node,
    base_dir: PathBuf,
    shelf: Arc<Shelf>,
}

/// One key with the value that it is to have.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub target: Arc<Target>,
    pub value: Node,
}

impl Base {
    /// Reads a scenario's text into its tree; meaning is not checked yet.
    ///
    /// # Errors
    /// A file that can't be read, or is no TOML or JSON.
    pub fn read(file: &Path) -> Result<Self, Faults> {
        let (source, format) = read_text(file)?;
        let tree = parse_as(&source, format, FileKind::Scenario)?;
        Ok(Self {
            source,
            format,
            tree,
            base_dir: file.parent().unwrap_or_else(|| Path::new("")).to_owned(),
            shelf: Arc::default(),
        })
    }

    /// A scenario that stands as a table inside of another file.
    pub fn inside(source: &Arc<Source>, format: Format, tree: Node, base_dir: &Path) -> Self {
        Self {
            source: Arc::clone(source),
            format,
            tree,
            base_dir: base_dir.to_owned(),
            shelf: Arc::default(),
        }
    }

    /// The text as it was read.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// How it is written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The folder that paths in it start from.
    pub fn folder(&self) -> &Path {
        &self.base_dir
    }

    /// The tree as it was read.
    pub fn tree(&self) -> &Node {
        &self.tree
    }

    /// What a path stands for.
    ///
    /// # Errors
    /// A path that the tables or the base scenario don't have; the nearest is named.
    pub fn target(&self, text: &str) -> Result<Target, NoTarget> {
        path::find(&self.tree, text)
    }

    /// The scenario with some keys set, checked like any other.
    ///
    /// # Errors
    /// All faults of the varied scenario.
    pub fn vary(&self, settings: &[Setting]) -> Result<Loaded, Faults> {
        let varied = self.with(settings);
        read_variant(&varied.source, varied.tree, &self.base_dir, &self.shelf)
    }

    /// The scenario with some keys set, not checked: to be varied further.
    pub fn with(&self, settings: &[Setting]) -> Self {
        let mut tree = self.tree.clone();
        let mut text = String::with_capacity(self.source.text.len() + 64 * settings.len());
        text.push_str(&self.source.text);
        for setting in settings {
            text.push_str(&format!("\n# varied: {} = ", setting.target.path));
            let start = text.len();
            text.push_str(&written(&setting.value));
            let span = start..text.len();
            for place in setting.target.places() {
                put(&mut tree, place, &respan(&setting.value, &span));
            }
        }
        Self {
            source: Source::new(self.source.name.clone(), text),
            format: self.format,
            tree,
            base_dir: self.base_dir.clone(),
            shelf: Arc::clone(&self.shelf),
        }
    }

    /// Which setting a fault of [`Self::vary`] is about, if it is about one.
    pub fn setting_of(&self, fault: &Fault, settings: usize) -> Option<usize> {
        let place = fault.place.as_ref()?;
        let below = place
            .source
            .text
            .get(self.source.text.len()..place.span.start)?;
        let lines = below.matches("\n# varied: ").count();
        (1..=settings).contains(&lines).then(|| lines - 1)
    }
}

/// A value on one line.
pub fn written(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => format!("{text:?}"),
        Value::DateTime(at) => at.to_string(),
        Value::Float(f) => f.to_string(),
        _ => node.to_json().to_string(),
    }
}

/// The same value, all of it standing on `span`.
fn respan(node: &Node, span: &Range<usize>) -> Node {
    let value = match &node.value {
        Value::Array(nodes) => Value::Array(nodes.iter().map(|n| respan(n, span)).collect()),
        Value::Table(entries) => Value::Table(
            entries
                .iter()
                .map(|e| Entry {
                    key: e.key.clone(),
                    key_span: span.clone(),
                    node: respan(&e.node, span),
                })
                .collect(),
        ),
        plain => plain.clone(),
    };
    Node {
        span: span.clone(),
        value,
    }
}

/// Sets the value at a place; tables that are not there are made.
fn put(tree: &mut Node, place: &[Step], value: &Node) {
    let Some((step, rest)) = place.split_first() else {
        *tree = value.clone();
        return;
    };
    match (step, &mut tree.value) {
        (Step::Index(i), Value::Array(nodes)) => {
            if let Some(node) = nodes.get_mut(*i) {
                put(node, rest, value);
            }
        }
        (Step::Key(key), Value::Table(entries)) => {
            let at = entries.iter().position(|e| e.key == *key);
            let at = at.unwrap_or_else(|| {
                entries.push(Entry {
                    key: key.clone(),
                    key_span: value.span.clone(),
                    node: Node {
                        span: value.span.clone(),
                        value: Value::Table(Vec::new()),
                    },
                });
                entries.len() - 1
            });
            put(&mut entries[at].node, rest, value);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;

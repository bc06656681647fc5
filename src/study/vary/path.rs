//! Paths to keys of a scenario: how they are written, and what they stand for by
//! the tables of the scenario file and by what the base scenario has.

use crate::scenario::{Code, Fault, Kind, Node, ROOT, Section, nearest, users};

/// What a path stands for in a base scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// As the study writes it.
    pub path: String,
    places: Vec<Vec<Step>>,
    /// Of a number; "" where there is none.
    pub unit: &'static str,
}

impl Target {
    /// With the places of another.
    pub fn join(&mut self, other: Self) {
        self.path = format!("{}, {}", self.path, other.path);
        self.places.extend(other.places);
    }

    /// Whether both stand for one key, or one for a table with the other's key.
    pub fn meets(&self, other: &Self) -> bool {
        let same = |(a, b): (&Step, &Step)| {
            a == b
                || matches!(
                    (a, b),
                    (Step::Every, Step::Index(_)) | (Step::Index(_), Step::Every)
                )
        };
        self.places.iter().any(|own| {
            let meets = |theirs: &Vec<Step>| own.iter().zip(theirs).all(same);
            other.places.iter().any(meets)
        })
    }

    /// The places that it stands for.
    pub fn places(&self) -> &[Vec<Step>] {
        &self.places
    }
}

/// A part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
    /// `[*]` or `*`.
    Every,
}

/// Why a path stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTarget {
    pub message: String,
    pub hint: Option<String>,
}

fn none(message: impl Into<String>, hint: impl Into<Option<String>>) -> NoTarget {
    NoTarget {
        message: message.into(),
        hint: hint.into(),
    }
}

/// Reads a path.
///
/// # Errors
/// Where it is not written as a path.
pub(super) fn path(text: &str) -> Result<Vec<Step>, NoTarget> {
    let wrong = |at: usize| {
        none(
            format!(
                "\"{text}\" is not a path: character {} can't stand there",
                at + 1
            ),
            "a path is keys and indices, such as users[0].devices[*].tank.volume_l".to_owned(),
        )
    };
    let (mut steps, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let at = text.len() - rest.len();
        if let Some(inner) = rest.strip_prefix('[') {
            let end = inner.find(']').ok_or_else(|| wrong(at))?;
            steps.push(match inner[..end].trim() {
                "*" => Step::Every,
                number => Step::Index(number.parse().map_err(|_| wrong(at))?),
            });
            rest = &inner[end + 1..];
            continue;
        }
        if !steps.is_empty() {
            rest = rest.strip_prefix('.').ok_or_else(|| wrong(at))?;
        }
        if let Some(inner) = rest.strip_prefix('"') {
            let end = inner.find('"').ok_or_else(|| wrong(at))?;
            steps.push(Step::Key(inner[..end].to_owned()));
            rest = &inner[end + 1..];
            continue;
        }
        let end = rest.find(['.', '[', '"', ']']).unwrap_or(rest.len());
        let at = text.len() - rest.len();
        let (key, after) = rest.split_at(end);
        rest = after;
        steps.push(match key.trim() {
            "" => return Err(wrong(at)),
            "*" => Step::Every,
            key => Step::Key(key.to_owned()),
        });
    }
    if steps.is_empty() {
        return Err(wrong(0));
    }
    Ok(steps)
}

/// Where a walk along a path stands: what the tables say of the place.
#[derive(Clone, Copy)]
enum Cursor {
    Section(&'static Section),
    Kind(&'static Kind),
    /// Anything may stand here and below.
    Any,
}

struct Walk<'a> {
    at: Cursor,
    node: Option<&'a Node>,
    place: Vec<Step>,
}

impl<'a> Walk<'a> {
    fn to(&self, step: Step, at: Cursor, node: Option<&'a Node>) -> Self {
        let mut place = self.place.clone();
        place.push(step);
        Self { at, node, place }
    }

    /// The places that `step` leads to.
    fn go(&self, step: &Step) -> Result<Vec<Self>, NoTarget> {
        match (self.at, step) {
            (Cursor::Section(section), Step::Key(key)) => {
                let Some(field) = section.field(key) else {
                    let keys = section.fields.iter().map(|f| f.key);
                    let hint = match nearest(key, keys.clone()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("keys there: {}", keys.collect::<Vec<_>>().join(", ")),
                    };
                    let message = format!("the section \"{}\" has no key `{key}`", section.name);
                    return Err(none(message, hint));
                };
                let node = self.node.and_then(|n| n.get(key));
                Ok(vec![self.to(step.clone(), Cursor::Kind(&field.kind), node)])
            }
            (Cursor::Section(section), _) => Err(none(
                format!("the section \"{}\" has keys and is no list", section.name),
                None,
            )),
            (Cursor::Any, Step::Every) => self.every(Cursor::Any),
            (Cursor::Any, Step::Key(key)) => {
                let node = self.node.and_then(|n| n.get(key));
                Ok(vec![self.to(step.clone(), Cursor::Any, node)])
            }
            (Cursor::Any, Step::Index(_)) => self.element(step, Cursor::Any),
            (Cursor::Kind(kind), _) => self.below(kind, step),
        }
    }

    fn below(&self, kind: &'static Kind, step: &Step) -> Result<Vec<Self>, NoTarget> {
        let on = |at: Cursor| Walk {
            at,
            node: self.node,
            place: self.place.clone(),
        };
        match kind {
            Kind::Section(section) => on(Cursor::Section(section)).go(step),
            Kind::Sections(section) => self.element(step, Cursor::Section(section)),
            Kind::List(of) => self.element(step, Cursor::Kind(of)),
            Kind::Numbers { .. } | Kind::Texts => self.element(step, Cursor::Any),
            Kind::Named(section) => self.named(step, Cursor::Section(section)),
            Kind::Map(of) => self.named(step, Cursor::Kind(of)),
            Kind::Variants { tag, of } => {
                if *step == Step::Key((*tag).to_owned()) {
                    return on(Cursor::Any).go(step);
                }
                let name = self.node.and_then(|n| n.get(tag)).and_then(Node::as_text);
                match of.iter().find(|(n, _)| Some(*n) == name) {
                    Some((_, section)) => on(Cursor::Section(section)).go(step),
                    None => Err(self.absent(&format!("a table with `{tag}`"))),
                }
            }
            Kind::TextOr(inner) => match self.node.and_then(Node::as_text) {
                Some(name) => Err(none(
                    format!("`{}` is a name in the base scenario (\"{name}\"), so it has no keys to vary", shown(&self.place)),
                    "write it as a table in the base scenario (`heatloop show` prints houses and heat pumps as tables), or vary the name".to_owned(),
                )),
                None => self.below(inner, step),
            },
            Kind::OneOf(kinds) => {
                let fits = |k: &&Kind| self.node.is_some_and(|n| crate::scenario::check::fits(k, n));
                let found = kinds.iter().find(fits);
                let table = || kinds.iter().find(|k| !k.sections().is_empty() || matches!(k, Kind::Any));
                match found.or_else(table) {
                    Some(kind) => self.below(kind, step),
                    None => Err(self.leaf()),
                }
            }
            Kind::Any => on(Cursor::Any).go(step),
            _ => Err(self.leaf()),
        }
    }

    fn leaf(&self) -> NoTarget {
        none(
            format!("`{}` has nothing below it", shown(&self.place)),
            None,
        )
    }

    fn absent(&self, what: &str) -> NoTarget {
        none(
            format!("the base scenario has no `{}`", shown(&self.place)),
            format!("write it there, as {what}"),
        )
    }

    fn element(&self, step: &Step, at: Cursor) -> Result<Vec<Self>, NoTarget> {
        let elements = self.node.map_or(&[][..], Node::elements);
        match step {
            Step::Every => self.every(at),
            Step::Index(i) => match elements.get(*i) {
                Some(node) => Ok(vec![self.to(step.clone(), at, Some(node))]),
                None => Err(none(
                    format!(
                        "the base scenario has {} elements in `{}`, no number {i}",
                        elements.len(),
                        shown(&self.place)
                    ),
                    "indices count from 0; `[*]` is every element".to_owned(),
                )),
            },
            Step::Key(key) => Err(none(
                format!(
                    "`{}` is a list, so `{key}` needs an index before it",
                    shown(&self.place)
                ),
                format!(
                    "write {}[0].{key}, or {0}[*].{key} for every element",
                    shown(&self.place)
                ),
            )),
        }
    }

    fn named(&self, step: &Step, at: Cursor) -> Result<Vec<Self>, NoTarget> {
        match step {
            Step::Every => self.every(at),
            Step::Index(_) => Err(none(
                format!("`{}` has names, no numbers", shown(&self.place)),
                None,
            )),
            Step::Key(key) => {
                let names = || {
                    self.node
                        .map_or(&[][..], Node::entries)
                        .iter()
                        .map(|e| e.key.as_str())
                };
                match self.node.and_then(|n| n.get(key)) {
                    Some(node) => Ok(vec![self.to(step.clone(), at, Some(node))]),
                    None => Err(none(
                        format!(
                            "the base scenario has no `{key}` in `{}`",
                            shown(&self.place)
                        ),
                        match nearest(key, names()) {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => {
                                format!("names there: {}", names().collect::<Vec<_>>().join(", "))
                            }
                        },
                    )),
                }
            }
        }
    }

    fn every(&self, at: Cursor) -> Result<Vec<Self>, NoTarget> {
        let Some(node) = self.node else {
            return Err(self.absent("a list or a table of names"));
        };
        let elements = node.elements().iter().enumerate();
        let mut all: Vec<Self> = elements
            .map(|(i, n)| self.to(Step::Index(i), at, Some(n)))
            .collect();
        all.extend(
            node.entries()
                .iter()
                .map(|e| self.to(Step::Key(e.key.clone()), at, Some(&e.node))),
        );
        if all.is_empty() {
            return Err(none(
                format!("`{}` is empty in the base scenario", shown(&self.place)),
                None,
            ));
        }
        Ok(all)
    }

    fn unit(&self) -> &'static str {
        match self.at {
            Cursor::Kind(kind) => kind.unit().unwrap_or(""),
            _ => "",
        }
    }
}

/// A path as text.
fn shown(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) => text = crate::scenario::check::join(&text, key),
            Step::Index(i) => text += &format!("[{i}]"),
            Step::Every => text += "[*]",
        }
    }
    text
}

/// What a path stands for in the tree of a base scenario.
///
/// # Errors
/// A path that the tables or the base scenario don't have; the nearest is named.
pub(super) fn find(tree: &Node, text: &str) -> Result<Target, NoTarget> {
    let mut walks = vec![Walk {
        at: Cursor::Section(&ROOT),
        node: Some(tree),
        place: Vec::new(),
    }];
    for step in &whole(path(text)?) {
        let mut next = Vec::new();
        for walk in &walks {
            next.extend(walk.go(step)?);
        }
        walks = next;
    }
    Ok(Target {
        path: text.to_owned(),
        unit: walks.first().map_or("", Walk::unit),
        places: walks.into_iter().map(|w| w.place).collect(),
    })
}

/// The path from the top: one that begins with a key of a device or a user is
/// meant in all of them.
fn whole(steps: Vec<Step>) -> Vec<Step> {
    let Some(Step::Key(first)) = steps.first() else {
        return steps;
    };
    let key = |k: &str| Step::Key(k.to_owned());
    let mut whole = Vec::new();
    if ROOT.field(first).is_none() {
        if users::USER.field(first).is_some() {
            whole = vec![key("users"), Step::Every];
        } else if users::DEVICE.field(first).is_some() {
            whole = vec![key("users"), Step::Every, key("devices"), Step::Every];
        }
    }
    whole.extend(steps);
    whole
}

/// The fault of a path, to be placed where the study writes it.
pub fn fault(none: NoTarget) -> Fault {
    Fault::new(Code::UnknownKey, none.message).maybe_hint(none.hint)
}

//! From a tree to a document: every fault that can be seen without knowing
//! whose document it is.

use std::collections::BTreeSet;

use super::document::{Patch, SettingsDocument};
use super::fault::{FaultKind, SettingsFault};
use super::key::{Group, Key, Setting};
use super::tree::Tree;
use super::value::read_value;

/// A document as far as it could be read: the sound keys, and the faults of
/// the others. Without faults it is the document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    pub document: SettingsDocument,
    pub faults: Vec<SettingsFault>,
    /// Keys that were given but could not be read.
    pub(super) unread: BTreeSet<Key>,
}

/// A document made in code is read as if it had been sent, so that it meets
/// the same checks.
impl From<&SettingsDocument> for Draft {
    fn from(document: &SettingsDocument) -> Self {
        Self::read(&document.to_tree())
    }
}

/// Whether a document must say whose it is.
enum Owner<'a> {
    InDocument,
    Given(&'a str, Option<&'a str>),
}

impl Draft {
    /// Reads a whole document.
    pub fn read(tree: &Tree) -> Self {
        Self::read_for(tree, &Owner::InDocument)
    }

    /// Reads JSON text.
    pub fn read_json(text: &str) -> Self {
        match Tree::from_json_text(text) {
            Ok(tree) => Self::read(&tree),
            Err(fault) => Self {
                faults: vec![*fault],
                ..Self::default()
            },
        }
    }

    /// Reads the settings of a known user or device (a scenario's `settings`
    /// table): the ids may be left out, and must agree where they are given.
    pub fn read_settings(tree: &Tree, user_id: &str, device_id: Option<&str>) -> Self {
        Self::read_for(tree, &Owner::Given(user_id, device_id))
    }

    /// The document, or the faults.
    ///
    /// # Errors
    /// All faults, if there are any.
    pub fn into_result(self) -> Result<SettingsDocument, Vec<SettingsFault>> {
        if self.faults.is_empty() {
            Ok(self.document)
        } else {
            Err(self.faults)
        }
    }

    fn read_for(tree: &Tree, owner: &Owner<'_>) -> Self {
        let mut d = Self::default();
        let Tree::Table(entries) = tree else {
            d.faults
                .push(not_an_object(&[], tree, "a settings document"));
            return d;
        };
        let mut seen = BTreeSet::new();
        for (name, value) in entries {
            if !seen.insert(name.as_str()) {
                d.faults.push(given_twice(&[name], value));
                continue;
            }
            match name.as_str() {
                "user_id" => {
                    if let Some(id) = d.id("user_id", value) {
                        d.document.user_id = id;
                    }
                }
                "device_id" if *value == Tree::Null => {}
                "device_id" => d.document.device_id = d.id("device_id", value),
                _ => match Group::named(name) {
                    Some(group) => d.group(group, value),
                    None => d.faults.push(unknown_at_top(name, value)),
                },
            }
        }
        match owner {
            Owner::InDocument => {
                if !seen.contains("user_id") {
                    let f = SettingsFault::new(&["user_id"], FaultKind::Missing, "is missing");
                    d.faults.push(f.hint("say whose settings these are"));
                }
            }
            Owner::Given(user, device) => d.owned_by(user, *device, &seen),
        }
        d.check_steering();
        d
    }

    /// Ids that are given beside a known owner must be the owner's.
    fn owned_by(&mut self, user: &str, device: Option<&str>, seen: &BTreeSet<&str>) {
        let named = self.document.user_id.clone();
        if seen.contains("user_id") && !named.is_empty() && named != user {
            let f = SettingsFault::new(
                &["user_id"],
                FaultKind::UnknownUser,
                format!("these are the settings of user \"{user}\""),
            );
            self.faults
                .push(f.value(format!("{named:?}")).hint("leave it out"));
        }
        if let Some(named) = &self.document.device_id
            && device != Some(named)
        {
            let whose = device.map_or("the user level".to_owned(), |d| format!("device \"{d}\""));
            let f = SettingsFault::new(
                &["device_id"],
                FaultKind::UnknownDevice,
                format!("these are the settings of {whose}"),
            );
            self.faults
                .push(f.value(format!("{named:?}")).hint("leave it out"));
        }
        self.document.user_id = user.to_owned();
        self.document.device_id = device.map(str::to_owned);
    }

    fn id(&mut self, key: &str, value: &Tree) -> Option<String> {
        let msg = match value {
            Tree::Text(s) if !s.trim().is_empty() => return Some(s.clone()),
            Tree::Text(_) => "is empty".to_owned(),
            other => format!("must be a string, not {}", other.noun()),
        };
        let mut f = SettingsFault::new(&[key], FaultKind::NotAString, msg).value(value.show());
        if *value == Tree::Null {
            f = f.hint("a document always belongs to a user");
        }
        self.faults.push(f);
        None
    }

    fn group(&mut self, group: Group, value: &Tree) {
        let entries = match value {
            Tree::Null => return self.document.put_group(group, false),
            Tree::Table(entries) => entries,
            other => {
                self.unread.extend(group.keys());
                self.faults
                    .push(not_an_object(&[group.name()], other, "this group"));
                return;
            }
        };
        self.document.put_group(group, true);
        let mut seen = BTreeSet::new();
        for (name, value) in entries {
            let loc = [group.name(), name.as_str()];
            let key = group.keys().find(|k| k.name() == name);
            if !seen.insert(name.as_str()) {
                self.faults.push(given_twice(&loc, value));
                self.unread.extend(key);
                continue;
            }
            let Some(key) = key else {
                self.faults.push(unknown_in_group(group, name, value));
                continue;
            };
            if *value == Tree::Null {
                self.document.put(key, None);
                continue;
            }
            match read_value(key, value) {
                Ok(v) => self.document.put(key, Some(v)),
                Err(fault) => {
                    self.unread.insert(key);
                    self.faults.push(*fault);
                }
            }
        }
    }

    /// The rules within one document: one side only, and one spelling.
    fn check_steering(&mut self) {
        let d = &self.document;
        if d.enables_flex() && d.enables_own_steering() {
            let key = if d.patch(Key::FlexTrading) == Patch::Set(&Setting::Flag(true)) {
                Key::FlexTrading
            } else {
                Key::LegacyHeatPump
            };
            let others: Vec<&str> = [Key::DynamicTariff, Key::PvSelfConsumption]
                .into_iter()
                .filter(|k| d.patch(*k) == Patch::Set(&Setting::Flag(true)))
                .map(Key::name)
                .collect();
            let f = SettingsFault::new(
                &[key.group().name(), key.name()],
                FaultKind::ExclusiveSteering,
                format!(
                    "excludes {}, which this document enables too",
                    others.join(" and ")
                ),
            );
            self.faults.push(
                f.value("true")
                    .hint("enable one side only; the other is switched off by itself"),
            );
        }
        let (old, new) = (d.patch(Key::LegacyHeatPump), d.patch(Key::FlexTrading));
        if old != Patch::Keep && new != Patch::Keep && old != new {
            let show = |p: Patch<&Setting>| match p {
                Patch::Set(v) => v.to_json().to_string(),
                _ => "null".to_owned(),
            };
            let f = SettingsFault::new(
                &[Group::SteeringEnabled.name(), Key::LegacyHeatPump.name()],
                FaultKind::ConflictingSpelling,
                format!(
                    "is the old spelling of {}, which this document gives as {}",
                    Key::FlexTrading.path(),
                    show(new)
                ),
            );
            self.faults
                .push(f.value(show(old)).hint("leave the old spelling out"));
        }
    }
}

fn not_an_object(loc: &[&str], value: &Tree, what: &str) -> SettingsFault {
    SettingsFault::new(
        loc,
        FaultKind::NotAnObject,
        format!("{what} must be an object, not {}", value.noun()),
    )
    .value(value.show())
}

fn given_twice(loc: &[&str], value: &Tree) -> SettingsFault {
    SettingsFault::new(loc, FaultKind::DuplicateKey, "is given twice").value(value.show())
}

/// The name most like `name`, if one is like it at all.
pub(crate) fn nearest<'a>(name: &str, of: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const ALIKE: f64 = 0.75;
    let score = |n: &str| {
        strsim::normalized_damerau_levenshtein(name, n).max(strsim::jaro_winkler(name, n) - 0.1)
    };
    of.into_iter()
        .map(|n| (score(n), n))
        .filter(|(s, _)| *s >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, n)| n)
}

fn unknown(loc: &[&str], value: &Tree, allowed: &[&str]) -> SettingsFault {
    SettingsFault::new(loc, FaultKind::UnknownKey, "is not known here")
        .value(value.show())
        .allowed(allowed.join(", "))
}

fn unknown_at_top(name: &str, value: &Tree) -> SettingsFault {
    let mut allowed = vec!["user_id", "device_id"];
    allowed.extend(Group::ALL.map(Group::name));
    let f = unknown(&[name], value, &allowed);
    if let Some(key) = Key::ALL.into_iter().find(|k| k.path() == name) {
        let (g, k) = (key.group().name(), key.name());
        return f.hint(format!("nest it: \"{g}\": {{\"{k}\": …}}"));
    }
    if let Some(near) = nearest(name, allowed) {
        return f.hint(format!("did you mean \"{near}\"?"));
    }
    in_other_group(f, name, None)
}

fn unknown_in_group(group: Group, name: &str, value: &Tree) -> SettingsFault {
    let allowed: Vec<&str> = group.keys().map(Key::name).collect();
    let f = unknown(&[group.name(), name], value, &allowed);
    // A key that is right elsewhere is not misspelt here.
    if Key::ALL.into_iter().any(|k| k.name() == name) {
        return in_other_group(f, name, Some(group));
    }
    match nearest(name, allowed) {
        Some(near) => f.hint(format!("did you mean \"{near}\"?")),
        None => in_other_group(f, name, Some(group)),
    }
}

/// Hints at the groups in which a key of this name, or nearly, exists.
fn in_other_group(f: SettingsFault, name: &str, not: Option<Group>) -> SettingsFault {
    let others = || Key::ALL.into_iter().filter(|k| Some(k.group()) != not);
    let Some(near) = nearest(name, others().map(Key::name)) else {
        return f;
    };
    let paths: Vec<String> = others()
        .filter(|k| k.name() == near)
        .map(Key::path)
        .collect();
    f.hint(format!("did you mean {}?", paths.join(" or ")))
}

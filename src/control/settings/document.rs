//! The partial document: what was sent, and nothing that was not.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::SettingsFault;
use super::key::{Group, Key, Setting};
use super::read::Draft;
use super::tree::Tree;

/// What a document says about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patch<T> {
    /// Nothing: it stays as it is.
    Keep,
    /// `null`: the level below shows through again.
    Clear,
    Set(T),
}

/// One partial settings document. Absent, `null` and a value are three things,
/// for keys and for whole groups; an empty group is kept too, so that
/// [`SettingsDocument::to_json`] gives back what was read (a `device_id` of
/// `null` is the same as none and is not written).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingsDocument {
    pub user_id: String,
    /// `None`: the user level.
    pub device_id: Option<String>,
    /// Present groups; `false` = cleared whole. A group with keys is `true`.
    groups: BTreeMap<Group, bool>,
    /// Present keys; `None` = `null`.
    keys: BTreeMap<Key, Option<Setting>>,
}

impl SettingsDocument {
    /// An empty document for a user's level.
    pub fn for_user(user_id: impl Into<String>) -> Self {
        Self {
            user_id: user_id.into(),
            ..Self::default()
        }
    }

    /// An empty document for one device of a user.
    pub fn for_device(user_id: impl Into<String>, device_id: impl Into<String>) -> Self {
        Self {
            user_id: user_id.into(),
            device_id: Some(device_id.into()),
            ..Self::default()
        }
    }

    /// Reads a document, all faults collected.
    ///
    /// # Errors
    /// Every fault that can be seen without knowing the user.
    pub fn from_json(value: &Value) -> Result<Self, Vec<SettingsFault>> {
        Draft::read(&Tree::from(value)).into_result()
    }

    /// Reads a document from JSON text.
    ///
    /// # Errors
    /// As [`Self::from_json`], or the one fault that it is no JSON.
    pub fn from_json_text(text: &str) -> Result<Self, Vec<SettingsFault>> {
        Draft::read_json(text).into_result()
    }

    /// Sets a key. The value must be of the key's type; range and meaning are
    /// checked when the document is applied or read back.
    #[must_use]
    pub fn set(mut self, key: Key, value: impl Into<Setting>) -> Self {
        self.put(key, Some(value.into()));
        self
    }

    /// Clears a key.
    #[must_use]
    pub fn clear(mut self, key: Key) -> Self {
        self.put(key, None);
        self
    }

    /// Clears a group, and forgets what the document said about its keys.
    #[must_use]
    pub fn clear_group(mut self, group: Group) -> Self {
        self.put_group(group, false);
        self
    }

    pub(super) fn put(&mut self, key: Key, value: Option<Setting>) {
        self.groups.insert(key.group(), true);
        self.keys.insert(key, value);
    }

    pub(super) fn put_group(&mut self, group: Group, present: bool) {
        self.groups.insert(group, present);
        if !present {
            self.keys.retain(|k, _| k.group() != group);
        }
    }

    pub(super) fn drop_group(&mut self, group: Group) {
        self.groups.remove(&group);
        self.keys.retain(|k, _| k.group() != group);
    }

    /// What it says about a key; a cleared group clears its keys.
    pub fn patch(&self, key: Key) -> Patch<&Setting> {
        match (self.groups.get(&key.group()), self.keys.get(&key)) {
            (Some(false), _) | (_, Some(None)) => Patch::Clear,
            (_, Some(Some(v))) => Patch::Set(v),
            (_, None) => Patch::Keep,
        }
    }

    /// Whether it clears a group whole.
    pub fn clears(&self, group: Group) -> bool {
        self.groups.get(&group) == Some(&false)
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && !self.groups.values().any(|present| !present)
    }

    /// Whether it says something about a key.
    pub fn mentions(&self, key: Key) -> bool {
        self.patch(key) != Patch::Keep
    }

    /// Whether it uses the legacy spelling, to set or to clear.
    pub fn uses_legacy_spelling(&self) -> bool {
        self.mentions(Key::LegacyHeatPump)
    }

    fn is_true(&self, key: Key) -> bool {
        self.patch(key) == Patch::Set(&Setting::Flag(true))
    }

    /// Whether it enables `flex_trading`, in either spelling.
    pub fn enables_flex(&self) -> bool {
        self.is_true(Key::FlexTrading) || self.is_true(Key::LegacyHeatPump)
    }

    /// Whether it enables one of the two that `flex_trading` excludes.
    pub fn enables_own_steering(&self) -> bool {
        self.is_true(Key::DynamicTariff) || self.is_true(Key::PvSelfConsumption)
    }

    /// The same document with nothing implied: the legacy spelling replaced,
    /// and the `false`s written that exclusivity asks for. Merging this one is
    /// a plain JSON merge patch (RFC 7396).
    #[must_use]
    pub fn expanded(&self) -> Self {
        let mut d = self.clone();
        match self.patch(Key::LegacyHeatPump) {
            Patch::Keep => {}
            // Where the other group is cleared whole, flex_trading is already.
            Patch::Clear if d.clears(Group::Optimization) => {}
            Patch::Clear => d.put(Key::FlexTrading, None),
            Patch::Set(v) => {
                let v = v.clone();
                d.put(Key::FlexTrading, Some(v));
            }
        }
        d.drop_group(Group::SteeringEnabled);
        if self.enables_flex() {
            d.put(Key::DynamicTariff, Some(false.into()));
            d.put(Key::PvSelfConsumption, Some(false.into()));
        } else if self.enables_own_steering() {
            d.put(Key::FlexTrading, Some(false.into()));
        }
        d
    }

    /// As a tree, which also holds numbers that JSON has no word for.
    pub fn to_tree(&self) -> Tree {
        let text = |s: &str| Tree::Text(s.to_owned());
        let mut top = vec![("user_id".to_owned(), text(&self.user_id))];
        if let Some(device) = &self.device_id {
            top.push(("device_id".to_owned(), text(device)));
        }
        for (group, present) in &self.groups {
            let keys = self.keys.iter().filter(|(k, _)| k.group() == *group);
            let value = if *present {
                let tree = |v: &Option<Setting>| v.as_ref().map_or(Tree::Null, Setting::to_tree);
                Tree::Table(keys.map(|(k, v)| (k.name().to_owned(), tree(v))).collect())
            } else {
                Tree::Null
            };
            top.push((group.name().to_owned(), value));
        }
        Tree::Table(top)
    }

    /// As on the wire.
    pub fn to_json(&self) -> Value {
        self.to_tree().to_json()
    }
}

impl serde::Serialize for SettingsDocument {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(s)
    }
}

//! One level of settings (a user's or a device's), and merging into it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document::{Patch, SettingsDocument};
use super::key::{Group, Key, Setting};

/// What one level says. Keys that it does not hold show the level below.
/// Never holds the legacy spelling, and never both sides of the exclusivity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Level {
    keys: BTreeMap<Key, Setting>,
}

impl Level {
    /// What the level says about a key.
    pub fn get(&self, key: Key) -> Option<&Setting> {
        self.keys.get(&key)
    }

    pub(super) fn is_true(&self, key: Key) -> bool {
        self.get(key) == Some(&Setting::Flag(true))
    }

    /// The level after a document (JSON merge patch of its expanded form).
    #[must_use]
    pub fn merged(&self, document: &SettingsDocument) -> Self {
        let document = document.expanded();
        let mut keys = self.keys.clone();
        for key in Key::ALL {
            match document.patch(key) {
                Patch::Keep => {}
                Patch::Clear => {
                    keys.remove(&key);
                }
                Patch::Set(v) => {
                    keys.insert(key, v.clone());
                }
            }
        }
        Self { keys }
    }

    /// Keys in which two levels differ.
    pub fn differences(&self, other: &Self) -> Vec<Key> {
        let differs = |k: &Key| self.get(*k) != other.get(*k);
        Key::ALL.into_iter().filter(differs).collect()
    }

    /// As JSON, groups without keys left out.
    pub fn to_json(&self) -> Value {
        let mut top = Map::new();
        for group in Group::ALL {
            let keys: Map<String, Value> = group
                .keys()
                .filter_map(|k| Some((k.name().to_owned(), self.get(k)?.to_json())))
                .collect();
            if !keys.is_empty() {
                top.insert(group.name().into(), Value::Object(keys));
            }
        }
        Value::Object(top)
    }
}

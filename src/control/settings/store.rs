//! Users with their devices and levels: where documents are applied.

use std::collections::BTreeSet;

use serde::Serialize;

use super::BoundsConvention;
use super::check::{Warning, check_convention, check_merged, warnings};
use super::document::SettingsDocument;
use super::effective::Effective;
use super::fault::{FaultKind, SettingsFault};
use super::key::{Group, Key};
use super::level::Level;
use super::read::{Draft, nearest};
use super::recorded::RecordedDocument;
use crate::control::schedule::WeeklySchedule;

/// What a document did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Applied {
    pub user_id: String,
    /// The level: `None` is the user level.
    pub device_id: Option<String>,
    /// Keys whose value at that level is another one now (clearing included).
    pub changed: Vec<Key>,
    /// Warnings that did not hold before.
    pub warnings: Vec<Warning>,
    /// Deprecated spellings; location changes that act at the next start.
    pub notices: Vec<String>,
    /// Devices that the level belongs to, in the scenario's order.
    pub reaches: Vec<String>,
}

impl Applied {
    /// Whether the document used a deprecated spelling.
    pub fn is_deprecated(&self) -> bool {
        self.notices.iter().any(|n| n == DEPRECATED)
    }
}

const DEPRECATED: &str =
    "steering_enabled.heat_pump is deprecated: send optimization_settings.flex_trading instead";
const LOCATION: &str =
    "the location is stored; climate, time zone and prices change at the next start";

/// Settings of all users. Plain data: a clone is a checkpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Store {
    pub(super) users: Vec<User>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) bounds: BoundsConvention,
    pub(super) schedule: WeeklySchedule,
    pub(super) level: Level,
    pub(super) devices: Vec<Device>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Device {
    pub(super) id: String,
    pub(super) level: Level,
}

impl Store {
    /// Applies a document whole, or not at all.
    ///
    /// # Errors
    /// All faults together; the store is unchanged.
    pub fn apply(&mut self, document: &SettingsDocument) -> Result<Applied, Vec<SettingsFault>> {
        self.apply_draft(&Draft::from(document))
    }

    /// Applies a document as it was read: faults of reading and of the merged
    /// result are reported together.
    ///
    /// # Errors
    /// All faults together; the store is unchanged.
    pub fn apply_draft(&mut self, draft: &Draft) -> Result<Applied, Vec<SettingsFault>> {
        let (index, applied, level) = self.prepare(draft)?;
        let user = &mut self.users[index];
        match &applied.device_id {
            None => user.level = level,
            Some(id) => {
                for d in user.devices.iter_mut().filter(|d| d.id == *id) {
                    d.level = level.clone();
                }
            }
        }
        Ok(applied)
    }

    /// Everything but the storing: the user's index, the report, the new level.
    fn prepare(&self, draft: &Draft) -> Result<(usize, Applied, Level), Vec<SettingsFault>> {
        let document = &draft.document;
        let mut faults = draft.faults.clone();
        if document.user_id.is_empty() {
            if faults.is_empty() {
                faults.push(SettingsFault::new(
                    &["user_id"],
                    FaultKind::Missing,
                    "is missing",
                ));
            }
            return Err(faults);
        }
        let Some(index) = self.users.iter().position(|u| u.id == document.user_id) else {
            faults.push(self.unknown_user(&document.user_id));
            return Err(faults);
        };
        let user = &self.users[index];
        faults.extend(check_convention(document, user.bounds));
        let device = match &document.device_id {
            None => None,
            Some(id) => match user.devices.iter().find(|d| d.id == *id) {
                Some(device) => Some(device),
                None => {
                    faults.push(user.unknown_device(id));
                    return Err(faults);
                }
            },
        };
        if draft.faults.iter().any(|f| f.loc == ["device_id"]) {
            // Not known which level was meant: nothing to merge into.
            return Err(faults);
        }

        let old = device.map_or(&user.level, |d| &d.level);
        let new = old.merged(document);
        let pairs = user.before_and_after(device, &new);
        let sent: BTreeSet<Key> = {
            let expanded = document.expanded();
            Key::ALL
                .into_iter()
                .filter(|k| expanded.mentions(*k))
                .collect()
        };
        // Keys at fault already: rules that need them say nothing new.
        let mut spoilt = draft.unread.clone();
        for key in [Key::RoomLower, Key::RoomUpper] {
            if faults.iter().any(|f| f.path() == key.path()) {
                spoilt.insert(key);
            }
        }
        let mut by_device: Vec<SettingsFault> = Vec::new();
        for (id, _, after) in &pairs {
            for broken in check_merged(after, &sent) {
                if broken.keys.iter().any(|k| spoilt.contains(k)) {
                    continue;
                }
                let same =
                    |f: &&mut SettingsFault| f.loc == broken.fault.loc && f.msg == broken.fault.msg;
                match by_device.iter_mut().find(same) {
                    Some(f) => f.devices.push((*id).to_owned()),
                    None => {
                        let mut f = broken.fault;
                        f.devices.extend((!id.is_empty()).then(|| (*id).to_owned()));
                        by_device.push(f);
                    }
                }
            }
        }
        faults.extend(by_device);
        if !faults.is_empty() {
            return Err(faults);
        }

        let mut applied = Applied {
            user_id: user.id.clone(),
            device_id: document.device_id.clone(),
            changed: new.differences(old),
            ..Applied::default()
        };
        if document.uses_legacy_spelling() || document.clears(Group::SteeringEnabled) {
            applied.notices.push(DEPRECATED.to_owned());
        }
        if applied.changed.iter().any(|k| k.group() == Group::Location) {
            applied.notices.push(LOCATION.to_owned());
        }
        for (id, before, after) in &pairs {
            if !id.is_empty() {
                applied.reaches.push((*id).to_owned());
            }
            let known = warnings(id, before, &user.schedule);
            let now = warnings(id, after, &user.schedule);
            applied
                .warnings
                .extend(now.into_iter().filter(|w| !known.contains(w)));
        }
        Ok((index, applied, new))
    }

    /// What holds for a device.
    ///
    /// # Errors
    /// The user or the device does not exist.
    pub fn effective(
        &self,
        user_id: &str,
        device_id: &str,
    ) -> Result<Effective, Box<SettingsFault>> {
        let user = self.user(user_id)?;
        let device = user.devices.iter().find(|d| d.id == device_id);
        let device = device.ok_or_else(|| Box::new(user.unknown_device(device_id)))?;
        Ok(user.effective(&device.level))
    }

    /// What one level says: a user's, or a device's.
    ///
    /// # Errors
    /// The user or the device does not exist.
    pub fn level(
        &self,
        user_id: &str,
        device_id: Option<&str>,
    ) -> Result<&Level, Box<SettingsFault>> {
        let user = self.user(user_id)?;
        let Some(id) = device_id else {
            return Ok(&user.level);
        };
        let device = user.devices.iter().find(|d| d.id == id);
        device
            .map(|d| &d.level)
            .ok_or_else(|| Box::new(user.unknown_device(id)))
    }

    /// All warnings that stand now, in the order of users and devices.
    pub fn warnings(&self) -> Vec<Warning> {
        let of_device = |u: &User, d: &Device| warnings(&d.id, &u.effective(&d.level), &u.schedule);
        self.users
            .iter()
            .flat_map(|u| u.devices.iter().flat_map(move |d| of_device(u, d)))
            .collect()
    }

    fn user(&self, id: &str) -> Result<&User, Box<SettingsFault>> {
        let found = self.users.iter().find(|u| u.id == id);
        found.ok_or_else(|| Box::new(self.unknown_user(id)))
    }

    fn unknown_user(&self, id: &str) -> SettingsFault {
        let f = SettingsFault::new(
            &["user_id"],
            FaultKind::UnknownUser,
            "there is no such user",
        )
        .value(format!("{id:?}"));
        near_hint(f, id, self.users.iter().map(|u| u.id.as_str()))
    }
}

impl User {
    pub(super) fn effective(&self, device: &Level) -> Effective {
        Effective::resolve(&self.level, device, self.bounds)
    }

    /// For each device that a change of a level reaches: its settings before
    /// and after. A user without devices is checked by itself, with no name.
    fn before_and_after(
        &self,
        device: Option<&Device>,
        new: &Level,
    ) -> Vec<(&str, Effective, Effective)> {
        if let Some(d) = device {
            let after = Effective::resolve(&self.level, new, self.bounds);
            return vec![(self.name_of(d), self.effective(&d.level), after)];
        }
        let pair = |id, level: &Level| {
            let after = Effective::resolve(new, level, self.bounds);
            (id, self.effective(level), after)
        };
        if self.devices.is_empty() {
            return vec![pair("", &Level::default())];
        }
        self.devices
            .iter()
            .map(|d| pair(d.id.as_str(), &d.level))
            .collect()
    }

    fn name_of(&self, device: &Device) -> &str {
        let own = self.devices.iter().find(|d| d.id == device.id);
        own.map_or("", |d| d.id.as_str())
    }

    fn unknown_device(&self, id: &str) -> SettingsFault {
        let f = SettingsFault::new(
            &["device_id"],
            FaultKind::UnknownDevice,
            format!("user \"{}\" has no such device", self.id),
        )
        .value(format!("{id:?}"));
        near_hint(f, id, self.devices.iter().map(|d| d.id.as_str()))
    }
}

fn near_hint<'a>(f: SettingsFault, id: &str, of: impl Iterator<Item = &'a str>) -> SettingsFault {
    match nearest(id, of) {
        Some(near) => f.hint(format!("did you mean \"{near}\"?")),
        None => f,
    }
}

/// Applies a timeline to a copy of the store: what each document will do or
/// why it will be refused, in the order of the timeline.
pub fn rehearse(
    store: &Store,
    timeline: &[RecordedDocument],
) -> Vec<Result<Applied, Vec<SettingsFault>>> {
    let mut store = store.clone();
    timeline
        .iter()
        .map(|r| store.apply_draft(&r.body))
        .collect()
}

//! The settings that a run starts with: all levels at once.

use std::collections::{BTreeMap, BTreeSet};

use super::BoundsConvention;
use super::check::{Broken, check_convention, check_merged};
use super::document::SettingsDocument;
use super::fault::{FaultKind, SettingsFault};
use super::key::{ABSOLUTE_MAX_C, ABSOLUTE_MIN_C, Key};
use super::level::Level;
use super::read::Draft;
use super::store::{Device, Store, User};
use crate::control::schedule::WeeklySchedule;

/// A user as a scenario declares it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserSetup {
    pub id: String,
    pub bounds: BoundsConvention,
    pub schedule: WeeklySchedule,
    /// User level at the start. Its ids are not looked at.
    pub settings: SettingsDocument,
    /// Devices with their level at the start.
    pub devices: Vec<(String, SettingsDocument)>,
}

/// A fault of the settings that a scenario starts with.
#[derive(Clone, Debug, PartialEq)]
pub struct SetupFault {
    pub user_id: String,
    /// The device whose settings table holds the faulty key; `None`: the user's.
    pub device_id: Option<String>,
    pub fault: SettingsFault,
}

impl Store {
    /// The settings that a run starts with, user and device levels together:
    /// only their merged result must be valid. Use [`Store::warnings`] for what
    /// stands at the start.
    ///
    /// # Errors
    /// All faults, with the user and the device that they belong to.
    pub fn new(setups: &[UserSetup]) -> Result<Self, Vec<SetupFault>> {
        let mut faults = Vec::new();
        let mut users: Vec<User> = Vec::new();
        for s in setups {
            let mut fault = |device: Option<&str>, fault| {
                faults.push(SetupFault {
                    user_id: s.id.clone(),
                    device_id: device.map(str::to_owned),
                    fault,
                });
            };
            if users.iter().any(|u| u.id == s.id) {
                let f = SettingsFault::new(
                    &["user_id"],
                    FaultKind::DuplicateKey,
                    "this user is declared twice",
                );
                fault(None, f.value(format!("{:?}", s.id)));
            }
            let mut user = User {
                id: s.id.clone(),
                bounds: s.bounds,
                schedule: s.schedule.clone(),
                level: Level::default().merged(&s.settings),
                devices: Vec::new(),
            };
            for f in own_faults(&s.settings, s.bounds) {
                fault(None, f);
            }
            for (id, settings) in &s.devices {
                if user.devices.iter().any(|d| d.id == *id) {
                    let f = SettingsFault::new(
                        &["device_id"],
                        FaultKind::DuplicateKey,
                        "this user has that device already",
                    );
                    fault(Some(id), f.value(format!("{id:?}")));
                }
                for f in own_faults(settings, s.bounds) {
                    fault(Some(id), f);
                }
                user.devices.push(Device {
                    id: id.clone(),
                    level: Level::default().merged(settings),
                });
            }
            for (device, f) in setup_merge_faults(&user) {
                fault(device.as_deref(), f);
            }
            users.push(user);
        }
        if faults.is_empty() {
            Ok(Self { users })
        } else {
            Err(faults)
        }
    }
}

/// Faults of a document by itself, once its user's convention is known.
fn own_faults(document: &SettingsDocument, convention: BoundsConvention) -> Vec<SettingsFault> {
    let mut owned = document.clone();
    if owned.user_id.is_empty() {
        owned.user_id = "-".to_owned();
    }
    let mut faults = Draft::from(&owned).faults;
    faults.extend(check_convention(document, convention));
    faults
}

/// Faults of the merged settings at the start, each at the level whose table
/// holds one of the keys: the device's where it says something.
fn setup_merge_faults(user: &User) -> Vec<(Option<String>, SettingsFault)> {
    let mut found: BTreeMap<(Option<String>, String), SettingsFault> = BTreeMap::new();
    let nameless = [Device {
        id: String::new(),
        level: Level::default(),
    }];
    let devices = if user.devices.is_empty() {
        &nameless[..]
    } else {
        &user.devices[..]
    };
    for d in devices {
        let says = |level: &Level| -> BTreeSet<Key> {
            Key::ALL
                .into_iter()
                .filter(|k| level.get(*k).is_some())
                .collect()
        };
        let own = says(&d.level);
        let of_user = says(&user.level);
        let e = user.effective(&d.level);
        // Bounds of the wrong convention are reported already.
        let spoilt = |k: &Key| match k {
            Key::RoomLower | Key::RoomUpper => {
                let x = if *k == Key::RoomLower {
                    e.room_lower
                } else {
                    e.room_upper
                };
                user.bounds == BoundsConvention::Absolute
                    && !(ABSOLUTE_MIN_C..=ABSOLUTE_MAX_C).contains(&x)
            }
            _ => false,
        };
        let keys_of = |b: &Broken| b.keys.clone();
        for broken in check_merged(&e, &own) {
            if keys_of(&broken).iter().any(spoilt) {
                continue;
            }
            let at_device = keys_of(&broken).iter().any(|k| own.contains(k));
            let fault = if at_device {
                broken.fault
            } else {
                let again = check_merged(&e, &of_user);
                let same = again.into_iter().find(|b| b.fault.msg == broken.fault.msg);
                same.map_or(broken.fault, |b| b.fault)
            };
            let level = at_device.then(|| d.id.clone());
            let entry = found.entry((level, fault.text())).or_insert(fault);
            entry
                .devices
                .extend((!d.id.is_empty()).then(|| d.id.clone()));
        }
    }
    found
        .into_iter()
        .map(|((level, _), f)| (level, f))
        .collect()
}

//! The rules that need to know the user's convention or the merged result.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use super::BoundsConvention;
use super::bounds::NARROWEST_CONTROL_BAND_K;
use super::document::{Patch, SettingsDocument};
use super::effective::Effective;
use super::fault::{FaultKind, SettingsFault};
use super::key::{ABSOLUTE_MAX_C, ABSOLUTE_MIN_C, Key, OFFSET_MAX_K};
use super::place;
use crate::control::schedule::WeeklySchedule;

/// Tank temperature below which Legionella is a concern, degC.
const LEGIONELLA_C: f64 = 40.0;

/// Kinds of warning, with stable names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningKind {
    /// The comfort band is narrower than 0.4 K.
    NarrowBand,
    /// The tank's lower bound is below 40 degC.
    Legionella,
    /// A scheduled target lies outside an absolute band.
    TargetClipped,
    /// The schedule is enabled but has no entry.
    EmptySchedule,
}

impl WarningKind {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::NarrowBand => "narrow_band",
            Self::Legionella => "legionella",
            Self::TargetClipped => "target_clipped",
            Self::EmptySchedule => "empty_schedule",
        }
    }
}

impl Serialize for WarningKind {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

/// Something accepted that the user should know. `text` names the device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Warning {
    pub kind: WarningKind,
    pub device_id: String,
    pub text: String,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Room bounds that a document sets must fit the user's convention, whether or
/// not a device overrides them.
pub(super) fn check_convention(
    document: &SettingsDocument,
    convention: BoundsConvention,
) -> Vec<SettingsFault> {
    [Key::RoomLower, Key::RoomUpper]
        .into_iter()
        .filter_map(|key| {
            let Patch::Set(v) = document.patch(key) else {
                return None;
            };
            let x = v.number()?;
            let fits = match convention {
                BoundsConvention::Offsets => (0.0..=OFFSET_MAX_K).contains(&x),
                BoundsConvention::Absolute => (ABSOLUTE_MIN_C..=ABSOLUTE_MAX_C).contains(&x),
            };
            (!fits).then(|| misfit(key, x, convention))
        })
        .collect()
}

fn misfit(key: Key, x: f64, convention: BoundsConvention) -> SettingsFault {
    let at = |kind, msg: String| {
        SettingsFault::new(&[key.group().name(), key.name()], kind, msg).value(x.to_string())
    };
    match convention {
        BoundsConvention::Offsets if x > OFFSET_MAX_K => at(
            FaultKind::OtherConvention,
            format!("{x} looks like a temperature in °C, but this user's bounds are offsets to the target"),
        )
        .allowed(format!("0 to {OFFSET_MAX_K}"))
        .unit("K")
        .hint("send K below or above the target, or declare the user with bounds = \"absolute\""),
        BoundsConvention::Offsets => at(FaultKind::TooLow, format!("{x} is no offset"))
            .allowed(format!("0 to {OFFSET_MAX_K}"))
            .unit("K"),
        BoundsConvention::Absolute if x < ABSOLUTE_MIN_C => at(
            FaultKind::OtherConvention,
            format!("{x} looks like an offset in K, but this user's bounds are absolute"),
        )
        .allowed(format!("{ABSOLUTE_MIN_C} to {ABSOLUTE_MAX_C}"))
        .unit("degC")
        .hint("send °C, or declare the user with bounds = \"offsets\" (the default)"),
        BoundsConvention::Absolute => at(FaultKind::TooHigh, format!("{x} is above the highest allowed value"))
            .allowed(format!("{ABSOLUTE_MIN_C} to {ABSOLUTE_MAX_C}"))
            .unit("degC"),
    }
}

/// A rule of the merged result that is broken: the fault, and the keys that
/// take part in it.
pub(super) struct Broken {
    pub fault: SettingsFault,
    pub keys: Vec<Key>,
}

/// The rules of a device's merged settings. `sent` are the keys that the
/// document mentions: a fault is placed at one of them where possible.
pub(super) fn check_merged(e: &Effective, sent: &BTreeSet<Key>) -> Vec<Broken> {
    let mut broken = Vec::new();
    if e.dhw_lower_c >= e.dhw_upper_c {
        let (l, u) = (e.dhw_lower_c, e.dhw_upper_c);
        broken.push(order(
            sent,
            &[Key::DhwLower, Key::DhwUpper],
            format!("the tank's lower bound {l} °C must be below its upper bound {u} °C"),
            l > u && sent.contains(&Key::DhwLower) && sent.contains(&Key::DhwUpper),
        ));
    }
    if e.convention == BoundsConvention::Absolute {
        let (l, p, u) = (e.room_lower, e.preferred_c, e.room_upper);
        if l > u {
            broken.push(order(
                sent,
                &[Key::RoomLower, Key::RoomUpper],
                format!("the lower bound {l} °C must not be above the upper bound {u} °C"),
                sent.contains(&Key::RoomLower) && sent.contains(&Key::RoomUpper),
            ));
        } else if l > p {
            broken.push(order(
                sent,
                &[Key::RoomLower, Key::Preferred],
                format!("the preferred temperature {p} °C is below the lower bound {l} °C"),
                false,
            ));
        } else if p > u {
            broken.push(order(
                sent,
                &[Key::RoomUpper, Key::Preferred],
                format!("the preferred temperature {p} °C is above the upper bound {u} °C"),
                false,
            ));
        }
    }
    if let (Some(country), Some(code)) = (&e.country, &e.postal_code)
        && let Some(form) = place::postal_code_form(country, code)
    {
        let keys = [Key::PostalCode, Key::Country];
        let fault = SettingsFault::new(
            &loc(first_sent(sent, &keys)),
            FaultKind::Form,
            format!("\"{code}\" is no postal code of {country}"),
        );
        broken.push(Broken {
            fault: fault.allowed(form).value(format!("{code:?}")),
            keys: keys.to_vec(),
        });
    }
    broken
}

fn loc(key: Key) -> [&'static str; 2] {
    [key.group().name(), key.name()]
}

fn first_sent(sent: &BTreeSet<Key>, keys: &[Key]) -> Key {
    let is_sent = keys.iter().find(|k| sent.contains(k));
    *is_sent.unwrap_or(&keys[0])
}

fn order(sent: &BTreeSet<Key>, keys: &[Key], msg: String, swapped: bool) -> Broken {
    let mut fault = SettingsFault::new(&loc(first_sent(sent, keys)), FaultKind::BoundsOrder, msg);
    if swapped {
        fault = fault.hint("the two look swapped");
    } else if keys.iter().any(|k| !sent.contains(k)) {
        fault = fault.hint("what this document leaves out stays as it was: send both together");
    }
    Broken {
        fault,
        keys: keys.to_vec(),
    }
}

/// What is accepted for a device but worth a word.
pub(super) fn warnings(device_id: &str, e: &Effective, schedule: &WeeklySchedule) -> Vec<Warning> {
    let mut all = Vec::new();
    let mut warn = |kind, text| {
        all.push(Warning {
            kind,
            device_id: device_id.to_owned(),
            text,
        });
    };
    let width_k = match e.convention {
        BoundsConvention::Offsets => e.room_lower + e.room_upper,
        BoundsConvention::Absolute => e.room_upper - e.room_lower,
    };
    // Decimal input: 21.2 - 20.8 is a hair below 0.4.
    if width_k < NARROWEST_CONTROL_BAND_K - 1e-9 {
        warn(
            WarningKind::NarrowBand,
            format!(
                "device {device_id}: the comfort band is {:.2} K wide; control uses \
                 {NARROWEST_CONTROL_BAND_K} K around its middle",
                width_k
            ),
        );
    }
    if e.dhw_lower_c < LEGIONELLA_C {
        warn(
            WarningKind::Legionella,
            format!(
                "device {device_id}: hot water may cool to {} °C, below {LEGIONELLA_C} °C \
                 (Legionella; meant for absences only)",
                e.dhw_lower_c
            ),
        );
    }
    if e.schedule_enabled && schedule.is_empty() {
        warn(
            WarningKind::EmptySchedule,
            format!(
                "device {device_id}: the schedule is enabled but has no entries; the preferred temperature holds"
            ),
        );
    }
    if e.schedule_enabled && e.convention == BoundsConvention::Absolute {
        let mut outside: Vec<f64> = schedule
            .targets()
            .filter(|t| *t < e.room_lower || *t > e.room_upper)
            .collect();
        outside.sort_by(f64::total_cmp);
        outside.dedup();
        if !outside.is_empty() {
            let list: Vec<String> = outside.iter().map(f64::to_string).collect();
            warn(
                WarningKind::TargetClipped,
                format!(
                    "device {device_id}: scheduled targets of {} °C are clipped into the band {} to {} °C",
                    list.join(", "),
                    e.room_lower,
                    e.room_upper
                ),
            );
        }
    }
    all
}

//! The table of settings: every key with its group, type, range and default.
//! Reading, writing, merging and reporting all loop over this table, so a key
//! exists once. What a key *does* is not told here.

use serde::Serialize;

use super::effective::ControlMode;
use super::tree::Tree;

/// The objects of a document that hold keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Group {
    Room,
    Dhw,
    Optimization,
    /// Legacy: holds only the old spelling of `flex_trading`.
    SteeringEnabled,
    Location,
}

impl Group {
    /// In the order in which documents are written.
    pub const ALL: [Group; 5] = [
        Self::Room,
        Self::Dhw,
        Self::Optimization,
        Self::SteeringEnabled,
        Self::Location,
    ];

    /// Name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Dhw => "dhw",
            Self::Optimization => "optimization_settings",
            Self::SteeringEnabled => "steering_enabled",
            Self::Location => "location",
        }
    }

    /// The group of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.name() == name)
    }

    /// Its keys, in table order.
    pub fn keys(self) -> impl Iterator<Item = Key> {
        Key::ALL.into_iter().filter(move |k| k.group() == self)
    }
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Key {
    Preferred,
    RoomLower,
    RoomUpper,
    ScheduleEnabled,
    Mode,
    DhwLower,
    DhwUpper,
    FlexTrading,
    DynamicTariff,
    PvSelfConsumption,
    /// Legacy spelling of `FlexTrading`; in documents only, never in a level.
    LegacyHeatPump,
    Country,
    PostalCode,
}

/// What a key's value must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyKind {
    /// A temperature in degC, inclusive range.
    Temperature {
        min: f64,
        max: f64,
    },
    /// A room bound: K or degC by the user's convention.
    RoomBound,
    Flag,
    Mode,
    /// ISO 3166-1 alpha-2.
    Country,
    PostalCode,
}

impl Key {
    /// In the order in which documents are written.
    pub const ALL: [Key; 13] = [
        Self::Preferred,
        Self::RoomLower,
        Self::RoomUpper,
        Self::ScheduleEnabled,
        Self::Mode,
        Self::DhwLower,
        Self::DhwUpper,
        Self::FlexTrading,
        Self::DynamicTariff,
        Self::PvSelfConsumption,
        Self::LegacyHeatPump,
        Self::Country,
        Self::PostalCode,
    ];

    /// The object that it is in.
    pub fn group(self) -> Group {
        match self {
            Self::Preferred
            | Self::RoomLower
            | Self::RoomUpper
            | Self::ScheduleEnabled
            | Self::Mode => Group::Room,
            Self::DhwLower | Self::DhwUpper => Group::Dhw,
            Self::FlexTrading | Self::DynamicTariff | Self::PvSelfConsumption => {
                Group::Optimization
            }
            Self::LegacyHeatPump => Group::SteeringEnabled,
            Self::Country | Self::PostalCode => Group::Location,
        }
    }

    /// Name inside its group.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preferred => "preferred_temperature",
            Self::RoomLower | Self::DhwLower => "temperature_lower_bound",
            Self::RoomUpper | Self::DhwUpper => "temperature_upper_bound",
            Self::ScheduleEnabled => "schedule_enabled",
            Self::Mode => "temperature_control_mode",
            Self::FlexTrading => "flex_trading",
            Self::DynamicTariff => "dynamic_tariff",
            Self::PvSelfConsumption => "pv_self_consumption",
            Self::LegacyHeatPump => "heat_pump",
            Self::Country => "country",
            Self::PostalCode => "postal_code",
        }
    }

    /// `group.name`.
    pub fn path(self) -> String {
        format!("{}.{}", self.group().name(), self.name())
    }

    /// Type and range.
    pub fn kind(self) -> KeyKind {
        match self {
            Self::Preferred => KeyKind::Temperature {
                min: PREFERRED_MIN_C,
                max: PREFERRED_MAX_C,
            },
            Self::RoomLower | Self::RoomUpper => KeyKind::RoomBound,
            Self::DhwLower | Self::DhwUpper => KeyKind::Temperature {
                min: DHW_MIN_C,
                max: DHW_MAX_C,
            },
            Self::Mode => KeyKind::Mode,
            Self::Country => KeyKind::Country,
            Self::PostalCode => KeyKind::PostalCode,
            Self::ScheduleEnabled
            | Self::FlexTrading
            | Self::DynamicTariff
            | Self::PvSelfConsumption
            | Self::LegacyHeatPump => KeyKind::Flag,
        }
    }
}

/// Range of target temperatures, preferred or scheduled, degC.
pub(super) const PREFERRED_MIN_C: f64 = 5.0;
pub(super) const PREFERRED_MAX_C: f64 = 35.0;
/// Range of tank bounds, degC.
pub(super) const DHW_MIN_C: f64 = 10.0;
pub(super) const DHW_MAX_C: f64 = 80.0;
/// Largest room offset, K; more than this looks like an absolute temperature.
pub(super) const OFFSET_MAX_K: f64 = 10.0;
/// Range of absolute room bounds, degC: the lowest target, and the highest
/// target plus the largest offset. Below it a value looks like an offset.
pub(super) const ABSOLUTE_MIN_C: f64 = PREFERRED_MIN_C;
pub(super) const ABSOLUTE_MAX_C: f64 = PREFERRED_MAX_C + OFFSET_MAX_K;

/// Defaults where neither level says something.
pub(super) const DEFAULT_PREFERRED_C: f64 = 20.0;
pub(super) const DEFAULT_LOWER_OFFSET_K: f64 = 1.5;
pub(super) const DEFAULT_UPPER_OFFSET_K: f64 = 2.0;
pub(super) const DEFAULT_DHW_LOWER_C: f64 = 45.0;
pub(super) const DEFAULT_DHW_UPPER_C: f64 = 60.0;

/// A key's value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Setting {
    /// degC or K, by key and convention.
    Number(f64),
    Flag(bool),
    Mode(ControlMode),
    Text(String),
}

impl Setting {
    /// As a value of a document.
    pub fn to_tree(&self) -> Tree {
        match self {
            Self::Number(x) => Tree::Number(*x),
            Self::Flag(x) => Tree::Flag(*x),
            Self::Mode(x) => Tree::Text(x.name().to_owned()),
            Self::Text(x) => Tree::Text(x.clone()),
        }
    }

    /// As on the wire.
    pub fn to_json(&self) -> serde_json::Value {
        self.to_tree().to_json()
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(x) => Some(*x),
            _ => None,
        }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Flag(x) => Some(*x),
            _ => None,
        }
    }
}

impl From<f64> for Setting {
    fn from(x: f64) -> Self {
        Self::Number(x)
    }
}
impl From<bool> for Setting {
    fn from(x: bool) -> Self {
        Self::Flag(x)
    }
}
impl From<ControlMode> for Setting {
    fn from(x: ControlMode) -> Self {
        Self::Mode(x)
    }
}
impl From<&str> for Setting {
    fn from(x: &str) -> Self {
        Self::Text(x.to_owned())
    }
}

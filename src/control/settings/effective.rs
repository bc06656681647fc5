//! What holds for one device: device level, else user level, else default.

use serde::{Serialize, Serializer};

use super::BoundsConvention;
use super::key::{
    DEFAULT_DHW_LOWER_C, DEFAULT_DHW_UPPER_C, DEFAULT_LOWER_OFFSET_K, DEFAULT_PREFERRED_C,
    DEFAULT_UPPER_OFFSET_K, Key, Setting,
};
use super::level::Level;

/// What the heat pump may do with the rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub enum ControlMode {
    #[default]
    Heating,
    Cooling,
    Auto,
    Off,
}

impl ControlMode {
    pub const ALL: [Self; 4] = [Self::Heating, Self::Cooling, Self::Auto, Self::Off];

    /// Name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heating => "heating",
            Self::Cooling => "cooling",
            Self::Auto => "auto",
            Self::Off => "off",
        }
    }

    /// The mode of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.name() == name)
    }
}

impl Serialize for ControlMode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

/// Where an effective setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelName {
    #[default]
    Default,
    User,
    Device,
}

/// The settings in force for one device.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effective {
    pub convention: BoundsConvention,
    /// Target where no schedule entry holds, degC.
    pub preferred_c: f64,
    /// Lower comfort bound: K below the target, or degC, by `convention`.
    pub room_lower: f64,
    /// Upper comfort bound: K above the target, or degC, by `convention`.
    pub room_upper: f64,
    pub schedule_enabled: bool,
    pub mode: ControlMode,
    /// Tank bounds, degC.
    pub dhw_lower_c: f64,
    pub dhw_upper_c: f64,
    pub flex_trading: bool,
    pub dynamic_tariff: bool,
    pub pv_self_consumption: bool,
    /// `None`: the scenario's site.
    pub country: Option<String>,
    pub postal_code: Option<String>,
    #[serde(skip)]
    levels: [LevelName; Key::ALL.len()],
}

impl Effective {
    /// Which level a key's value comes from.
    pub fn level_of(&self, key: Key) -> LevelName {
        self.levels[key as usize]
    }

    /// Key by key, with the three steering keys as a group: a device level
    /// that enables one side hides what the user level says about the other.
    pub fn resolve(user: &Level, device: &Level, convention: BoundsConvention) -> Self {
        let mut levels = [LevelName::Default; Key::ALL.len()];
        let mut find = |key: Key| -> Option<&Setting> {
            let (level, found) = if let Some(v) = device.get(key) {
                (LevelName::Device, Some(v))
            } else if excluded_by(device, key) {
                (LevelName::Device, None)
            } else if let Some(v) = user.get(key) {
                (LevelName::User, Some(v))
            } else {
                (LevelName::Default, None)
            };
            levels[key as usize] = level;
            found
        };
        let mut number = |key, default: f64| find(key).and_then(Setting::number).unwrap_or(default);
        let preferred_c = number(Key::Preferred, DEFAULT_PREFERRED_C);
        let (lower, upper) = match convention {
            BoundsConvention::Offsets => (DEFAULT_LOWER_OFFSET_K, DEFAULT_UPPER_OFFSET_K),
            BoundsConvention::Absolute => (
                preferred_c - DEFAULT_LOWER_OFFSET_K,
                preferred_c + DEFAULT_UPPER_OFFSET_K,
            ),
        };
        let room_lower = number(Key::RoomLower, lower);
        let room_upper = number(Key::RoomUpper, upper);
        let dhw_lower_c = number(Key::DhwLower, DEFAULT_DHW_LOWER_C);
        let dhw_upper_c = number(Key::DhwUpper, DEFAULT_DHW_UPPER_C);
        let mut flag = |key| find(key).and_then(Setting::flag).unwrap_or(false);
        let schedule_enabled = flag(Key::ScheduleEnabled);
        let flex_trading = flag(Key::FlexTrading);
        let dynamic_tariff = flag(Key::DynamicTariff);
        let pv_self_consumption = flag(Key::PvSelfConsumption);
        let mut text = |key| match find(key) {
            Some(Setting::Text(s)) => Some(s.clone()),
            _ => None,
        };
        let country = text(Key::Country);
        let postal_code = text(Key::PostalCode);
        let mode = match find(Key::Mode) {
            Some(Setting::Mode(m)) => *m,
            _ => ControlMode::default(),
        };
        Self {
            convention,
            preferred_c,
            room_lower,
            room_upper,
            schedule_enabled,
            mode,
            dhw_lower_c,
            dhw_upper_c,
            flex_trading,
            dynamic_tariff,
            pv_self_consumption,
            country,
            postal_code,
            levels,
        }
    }
}

/// Whether the device's own steering excludes `key`.
fn excluded_by(device: &Level, key: Key) -> bool {
    match key {
        Key::FlexTrading => {
            device.is_true(Key::DynamicTariff) || device.is_true(Key::PvSelfConsumption)
        }
        Key::DynamicTariff | Key::PvSelfConsumption => device.is_true(Key::FlexTrading),
        _ => false,
    }
}

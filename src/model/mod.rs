//! The validated, named scenario: what the user asked for with every default
//! filled in. No `Option` here means "unset"; where one appears it means
//! "there is none" (a device without a tank). SI units, Celsius temperatures.
//!
//! `scenario` makes these values, `plant` compiles them to indices and
//! matrices. Nothing here computes physics.

pub mod construction;
pub mod controller;
pub mod emitter;
pub mod heat_pump;
pub mod house;
pub mod series;
pub mod site;
pub mod tank;
pub mod tariff;
pub mod weather;

use std::sync::Arc;

use crate::control::settings::{
    BoundsConvention, RecordedDocument, SettingsDocument, SetupFault, Store, UserSetup,
    WeeklySchedule,
};

pub use controller::Controller;
pub use emitter::Emitter;
pub use heat_pump::HeatPump;
pub use house::House;
pub use series::Series;
pub use site::Site;
pub use tank::{HotWater, Tank};
pub use tariff::Grid;
pub use weather::Weather;

/// A whole scenario, ready to compile.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub title: String,
    /// What the file's head tells; empty where it says nothing.
    pub description: String,
    pub seed: u64,
    pub site: Site,
    pub period: Period,
    /// Shared: many scenarios of one study have the same.
    pub weather: Arc<Weather>,
    pub grid: Grid,
    /// In file order; never empty.
    pub users: Vec<User>,
    /// Settings documents in the order in which they act, scenario events and
    /// recorded streams merged by time stamp (stable).
    pub timeline: Vec<RecordedDocument>,
    pub record: Record,
    /// Things the user should know that are no faults (fallbacks, odd values).
    pub warnings: Vec<String>,
}

impl Scenario {
    /// The settings that the run starts with.
    ///
    /// # Errors
    /// The settings faults of users and devices, which reading a scenario
    /// reports; none once it is validated.
    pub fn settings_store(&self) -> Result<Store, Vec<SetupFault>> {
        let users: Vec<UserSetup> = self.users.iter().map(User::setup).collect();
        Store::new(&users)
    }
}

impl User {
    /// What the settings need to know of a user.
    pub fn setup(&self) -> UserSetup {
        let device = |d: &Device| (d.id.clone(), d.settings.clone());
        UserSetup {
            id: self.id.clone(),
            bounds: self.bounds,
            schedule: self.schedule.clone(),
            settings: self.settings.clone(),
            devices: self.devices.iter().map(device).collect(),
        }
    }
}

/// When the run takes place, and its steps. Times are seconds since
/// 1970-01-01T00:00:00Z; the scenario file gives local civil time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First instant that counts, s since the epoch.
    pub start_s: i64,
    /// First instant that does not count, s since the epoch.
    pub end_s: i64,
    /// Simulated before `start_s` with the same inputs, not counted, s (>= 0).
    pub warmup_s: i64,
    /// Step of inputs and settings, s: 1 to 900, divides 900.
    pub step_s: u32,
    /// Interval of the written traces, s: a multiple of 60 that divides 86400
    /// and is a multiple of `step_s`.
    pub record_s: u32,
}

/// Which traces to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Write `trace.csv`.
    pub csv: bool,
    /// Write `trace.parquet`.
    pub parquet: bool,
    /// Channel name patterns with `*`; `["*"]` is everything.
    pub channels: Vec<String>,
    /// Also run the twin without steering and report its discomfort beside.
    pub unsteered_twin: bool,
}

/// A customer: the upper level of settings.
#[derive(Clone, Debug)]
pub struct User {
    pub id: String,
    pub bounds: BoundsConvention,
    /// Settings in force at the start, as a document without `device_id`.
    pub settings: SettingsDocument,
    /// Empty where the user has none.
    pub schedule: WeeklySchedule,
    pub devices: Vec<Device>,
}

/// A heat pump with the house that it serves.
#[derive(Clone, Debug)]
pub struct Device {
    pub id: String,
    /// Device-level settings in force at the start.
    pub settings: SettingsDocument,
    pub house: House,
    /// One emitter a room, same order as `house.rooms`; `None` where a room has none.
    pub emitters: Vec<Option<Emitter>>,
    pub heat_pump: HeatPump,
    pub tank: Option<Tank>,
    pub hot_water: HotWater,
    pub controller: Controller,
    /// Activation schedule for `flex_trading`, sorted by start; empty = none.
    pub activation: Vec<Activation>,
    /// Local photovoltaics, AC power, W (empty series = none).
    pub pv_w: Series,
    /// Other household electricity, W.
    pub base_load_w: Series,
}

/// A command of the activation schedule for one quarter-hour (or a stretch of them).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation {
    /// s since the epoch, inclusive.
    pub start_s: i64,
    /// s since the epoch, exclusive.
    pub end_s: i64,
    /// Level for the house: 0 off, n the n-th declared power; `None` = no command.
    pub house: Option<u8>,
    /// Level for the tank, likewise.
    pub tank: Option<u8>,
}

//! Settings documents, their two levels and their faults.
//!
//! The path of a document: text or TOML becomes a [`Tree`], the tree a
//! [`Draft`] (the document's sound keys plus every fault found), and the
//! [`Store`] merges the draft into its level, checks the outcome for each
//! device that it reaches, and keeps it whole or refuses it whole.
//! [`Store::effective`] then answers what holds for a device, and
//! [`resolve_bounds`] turns that and a target into the thresholds of a room.
//!
//! Nothing here knows a house, a clock or a file: it parses text that it is
//! given and computes. `docs/CONTROL.md` tells the rules to people.

mod bounds;
mod check;
mod document;
mod effective;
mod fault;
mod key;
mod level;
mod place;
mod read;
mod recorded;
mod setup;
mod store;
mod tree;
mod value;

pub use super::schedule::WeeklySchedule;
pub use bounds::{Bounds, NARROWEST_CONTROL_BAND_K, resolve_bounds};
pub use check::{Warning, WarningKind};
pub use document::{Patch, SettingsDocument};
pub use effective::{ControlMode, Effective, LevelName};
pub use fault::{FaultKind, SettingsFault};
pub use key::{Group, Key, KeyKind, Setting};
pub use level::Level;
pub use read::Draft;

pub use recorded::{LineFault, Origin, RecordedDocument, read_recorded, sort_timeline};
pub use setup::{SetupFault, UserSetup};
pub use store::{Applied, Store, rehearse};
pub use tree::Tree;
pub(crate) use value::temperature_in;

/// How a user's room bounds are meant. Declared for a user, never guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundsConvention {
    /// K below and above the target; the band moves with the schedule.
    #[default]
    Offsets,
    /// degC; the band stands still.
    Absolute,
}

impl BoundsConvention {
    /// As written in a scenario.
    pub fn name(self) -> &'static str {
        match self {
            Self::Offsets => "offsets",
            Self::Absolute => "absolute",
        }
    }
}

#[cfg(test)]
mod tests;

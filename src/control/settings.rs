//! Settings documents (skeleton; being written).

/// How a user's room bounds are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum BoundsConvention {
    #[default]
    Offsets,
    Absolute,
}
pub use super::schedule::WeeklySchedule;

/// One partial settings document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingsDocument {}

/// A document with the instant at which it arrives.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedDocument {
    /// s since the epoch.
    pub at_s: i64,
    pub document: SettingsDocument,
}

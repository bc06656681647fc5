//! Weekly schedules (skeleton; being written).

/// Weekly schedule of targets in local wall time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeeklySchedule {}

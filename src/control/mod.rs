//! The user's settings and what the control loop makes of them.
//!
//! `settings` and `schedule` are the documents, their two levels and their
//! faults; `setpoints` turns the settings in force into thresholds; `law`
//! decides, as a pure function over a number type. Physics is not imported here.

pub mod schedule;
pub mod settings;
pub mod steering;

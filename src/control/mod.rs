//! The user's settings and what the control loop makes of them.
//!
//! `settings` and `schedule` are the documents, their two levels and their
//! faults; `setpoints` are the thresholds that the settings in force come down
//! to; `law` decides, as a pure function over a number type, with `room`,
//! `hot_water`, `change_over` and `source` as its parts; `rest` knows when it need
//! not be asked. Physics is not
//! imported here.

pub mod change_over;
pub mod hot_water;
pub mod hysteresis;
pub mod law;
pub mod rest;
pub mod room;
pub mod schedule;
pub mod setpoints;
pub mod settings;
pub mod source;
pub mod steering;
pub mod thresholds;

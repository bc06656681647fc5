//! Heatloop simulates the control loop of a heat-pump house: rooms, emitters,
//! a stratified hot-water tank and a heat pump step through real weather while
//! a control law applies the user's settings.
//!
//! The modules follow the data: `scenario` reads and validates a file into a
//! `model`; `plant` compiles the model to indices and matrices; `sim` steps it
//! (observe, `control`, `physics`, record) into a `trace`; `metrics` and
//! `report` turn that into figures and pictures; `cli` is the only printing.

pub mod batch;
pub mod check;
pub mod cli;
pub mod compare;
pub mod control;
pub mod fleet;
pub mod heat_pump_library;
pub mod hot_water;
pub mod house;
pub mod metrics;
pub mod model;
pub mod numeric;
pub mod output;
pub mod physics;
pub mod plant;
pub mod report;
pub mod scenario;
pub mod sim;
pub mod study;
pub mod trace;
pub mod units;
pub mod verify;
pub mod weather;

//! The household's hot water: who draws when, how much, and how
//! much heat an ordinary tank loses. Runs once per scenario and ends in the
//! `model`'s series and numbers.
//!
//! Not here: what a draw does to the tank (`physics::draw_off`).

pub mod draws;
pub mod file;
pub mod known;
pub mod ordinary;
pub mod stochastic;
pub mod tapping;
mod tapping_figures;

pub use tapping::Tapping;

/// Cold-water temperature to which energies and volumes of profiles refer,
/// degC (Reg. (EU) 812/2013; Jordan and Vajen 2001).
pub const REFERENCE_MAINS_C: f64 = 10.0;

/// Default interval of draw series, s.
pub const DRAW_STEP_S: u32 = 60;

//! What a heat pump gives and takes: capacity and COP (EER in cooling) over
//! source and flow temperature, at full and at part load.
//!
//! Here are pure figures. When the unit runs is decided by the control law,
//! and what limits it (minimum run, defrost, flow limits) is applied by the
//! step that calls this.
//!
//! - [`PerformanceMap`] holds the full-load map on a grid, made once from
//!   points; [`PerformanceMap::slice`] cuts it at one source temperature.
//! - [`FlowCurve`] is such a cut, over flow temperature, read in the step.
//! - [`PartLoad`] is the COP over the load fraction, read in the step.
//! - [`certified`] makes map and part load from the points of EN 14825.
//! - [`scop`] is the seasonal figure of EN 14825 from the same points.

pub mod certified;
mod curve;
mod kriging;
mod map;
mod part_load;
pub mod scop;
#[cfg(test)]
mod tests;

pub use curve::{FlowCurve, KNOTS};
pub use map::{Duty, MapError, MapPoint, PerformanceMap, carnot_cop};
pub use part_load::PartLoad;

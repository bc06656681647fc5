//! The model compiled to indices, matrices and lanes.

pub mod compile;
pub mod modal;
mod pack;
pub mod params;

pub use compile::{Compiled, compile};
pub use params::Plant;

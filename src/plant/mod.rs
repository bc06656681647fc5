//! The model compiled to indices, matrices and lanes.

pub mod compile;
mod fabric;
pub mod modal;
mod pack;
pub mod params;

pub use compile::{Compiled, compile};
pub use fabric::Fabric;
pub use params::Plant;

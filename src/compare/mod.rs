//! Runs beside each other: their figures by name, and where their traces part.
//!
//! A [`Side`] is a run, read from the folder of its results or just made; the
//! first of several is the reference. [`table`] finds the differences. What a
//! difference may be is the business of `check`, which builds on this module.

pub mod figures;
#[cfg(test)]
pub(crate) mod fixtures;
mod format;
pub mod part;
pub mod picture;
pub mod side;
pub mod table;
mod tolerance;
pub mod words;

pub use figures::{Level, Named, Value};
pub use part::{Parting, Turn, channel_unit, partings, turn, usual};
pub use side::{Device, Period, Side, SideError};
pub use table::Comparison;
pub use tolerance::Tolerance;

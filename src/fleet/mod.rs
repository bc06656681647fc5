//! Fleets: many houses of one scenario that differ by chance, and what they
//! come to together: power over time, its peak, what a signal moves.
//!
//! The way of a fleet: `file` reads it (`tables`, as those of scenarios: all
//! faults at once, with places); `plan` brings it together with its scenario;
//! `sample` gives each house its numbers; `run` takes houses in blocks through
//! [`crate::batch`]; `profile` adds them up over time, `houses` and `traces`
//! write them while it runs, into files that outlive the program (`part`);
//! `making` keeps all this, and a state of it on the disk (`state`); `figures`
//! and `text` conclude, `command` keeps the folder.
//!
//! What holds it together:
//!
//! - **A house is a number.** Its values follow from (seed, number) alone: the
//!   count can grow, and neither blocks nor threads change a bit of a result.
//! - **Sums of whole numbers.** Profiles are sums of milliwatts and counts, so
//!   the order in which houses end does not matter.
//! - **Memory** holds a block of houses, the profile (which grows with the
//!   period's intervals) and seven figures a house.
//! - **Complete or none.** All files are written under other names and get
//!   their own at the end. A fleet that is stopped goes on after the last block
//!   of which the state is on the disk, to the same bytes.
//!
//! Nothing here prints.

pub mod command;
pub mod figures;
pub mod file;
pub mod houses;
mod making;
pub mod part;
mod picture;
pub mod plan;
pub mod profile;
mod profile_file;
pub mod run;
pub mod sample;
mod scale;
mod sources;
pub mod state;
pub mod tables;
#[cfg(test)]
mod tests;
pub mod text;
pub mod traces;

pub use command::{FleetError, Report, Request, execute};
pub use plan::Plan;
pub use run::{BLOCK, Progress, Silent};
pub use tables::FLEET;

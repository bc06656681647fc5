//! The simulation: the clock, each row's inputs, the step, and what is kept of it.
//!
//! `run` takes a scenario to a result; `device` walks one device through its
//! rows; `settings` over time come from `timeline`, thresholds and flows from
//! `row`, the network's inputs from `surroundings`, what they do to the modes from
//! `projection` (over `products`); `kernel` is the step;
//! `recorder` makes traces and books the energy; a `checkpoint` is a run that was
//! stopped, to go on later.

pub mod batch;
pub mod checkpoint;
mod device;
mod error;
mod films;
pub mod kernel;
mod parts;
mod products;
mod projection;
mod recorder;
mod row;
mod run;
pub mod screening;
mod surroundings;
mod timeline;
mod watch;

pub use checkpoint::Checkpoint;
pub use error::RunError;
pub use run::{Options, Progress, Silent, resume, run, run_until};

//! Studies: many runs of one scenario with some keys varied.
//!
//! The way of a study: `file` reads it (tables as those of scenarios: all
//! faults at once, with places); `plan` brings it together with its base
//! scenario, through `vary` (paths to keys, varied scenarios); `design` says
//! which points are run; `run` gives batches of variants to an executor and
//! enters what comes back in the `store`; `results` reads the journal back in
//! the design's order. `sweep`, `sensitivity` and `tune` conclude.
//!
//! What holds it together:
//!
//! - **A row is a number.** Every row of a design can be made from its number
//!   alone: which point, which seed, which weather. So a study can stop
//!   anywhere and go on anywhere, in parts on several machines, and the rows of
//!   the results are in the design's order whatever the order in which they ran.
//! - **The journal is the truth.** A run counts when its record is synced.
//!   Results are made from the journal alone, so they are the same bytes whether
//!   or not the study was killed on the way, and a full disk costs no finished run.
//! - **The unit cube.** Parameters are quantile functions: designs, indices and
//!   searches know numbers from 0 to 1 and nothing else.
//! - **A search is a design that learns.** It is deterministic from its seed and
//!   the figures, so on resuming it is played again; what the journal has is
//!   not run again.
//! - **One seam to the simulation** (`run::Executor`): variants in, an outcome
//!   each. It knows nothing of designs, the rest nothing of scenarios.
//!
//! Nothing here prints. Times are in the folder's log alone.

pub(crate) mod beside;
mod columns;
pub mod command;
pub mod design;
mod ends;
pub mod expression;
pub mod file;
pub(crate) mod inputs;
pub mod join;
pub mod normal;
pub mod parameter;
mod picture;
pub mod plan;
pub mod results;
pub mod run;
pub mod sensitivity;
pub mod store;
mod sweep;
pub mod tables;
pub mod tune;
pub mod vary;
pub(crate) mod view;

pub use command::{Report, Request, StudyError, execute, prepare};
pub use design::Design;
pub use file::{STUDY, Study};
pub use join::join;
pub use plan::{Command, Plan};
pub use run::{Executor, Progress, Silent};
pub use store::Shard;

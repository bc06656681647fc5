//! Many scenarios at once, figures only: what fleets of houses and studies of
//! variants are made with. Devices of one layout advance side by side
//! ([`crate::sim::batch`]); each scenario's figures are those of its single
//! run. No rows are kept: memory grows with the number of scenarios, and by two
//! numbers a quarter-hour with each device that is on its way.
//!
//! ```no_run
//! # fn scenarios() -> Vec<heatloop::model::Scenario> { Vec::new() }
//! use heatloop::{batch, sim};
//!
//! let scenarios = scenarios();
//! for outcome in batch::evaluate(&scenarios, sim::Options::default(), &sim::Silent) {
//!     let metrics = outcome?;
//!     println!("{:?}", metrics.total.energy.electricity_kwh);
//! }
//! # Ok::<(), sim::RunError>(())
//! ```
//!
//! Hand over a few hundred scenarios at a time: enough to fill lanes and
//! threads, and no more of them in memory.
//!
//! Not here: twins without steering, traces in memory.

use std::time::Duration;

use crate::metrics::{self, Book, Metrics};
use crate::model::Scenario;
pub use crate::sim::batch::Detail;
use crate::sim::batch::{self, Reader};
use crate::sim::{Options, Progress, RunError};
use crate::trace::{DeviceTrace, RunResult};

/// Looks at rows on their way: for profiles of a fleet, for traces that are
/// written while it runs. Called from several threads; for each device in the
/// order of time.
pub trait Watcher: Sync {
    /// The next rows of a device of scenario number `scenario` (those of two
    /// days at first, then of a day at a time, at last what is left).
    fn rows(&self, scenario: usize, rows: &DeviceTrace);

    /// So long a thread simulated, with the figures of the rows.
    fn simulated(&self, _time: Duration) {}

    /// A scenario is complete, with these figures. Those that can't be run are
    /// not told.
    fn ended(&self, _scenario: usize, _metrics: &Metrics) {}
}

/// Looks at nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Watcher for Nobody {
    fn rows(&self, _scenario: usize, _rows: &DeviceTrace) {}
}

/// The figures of each scenario, in their order, or why it could not be run.
/// They are those of [`metrics::evaluate`] for its single run, to the bit.
pub fn evaluate(
    scenarios: &[Scenario],
    options: Options,
    progress: &dyn Progress,
) -> Vec<Result<Metrics, RunError>> {
    evaluate_watched(scenarios, options, Detail::Full, &Nobody, progress)
}

/// [`evaluate`], in some detail, with someone who looks at all rows: a screening's
/// are of quarter-hours, and lack what it does not know.
pub fn evaluate_watched<W: Watcher>(
    scenarios: &[Scenario],
    options: Options,
    detail: Detail,
    watcher: &W,
    progress: &dyn Progress,
) -> Vec<Result<Metrics, RunError>> {
    let figures = Evaluate {
        scenarios,
        detail,
        watcher,
    };
    batch::run(scenarios, options, detail, &figures, progress)
}

/// Turns rows into figures.
struct Evaluate<'a, W> {
    scenarios: &'a [Scenario],
    detail: Detail,
    watcher: &'a W,
}

impl<W: Watcher> Reader for Evaluate<'_, W> {
    type Book = Book;
    type Figures = Metrics;

    fn read(&self, scenario: usize, book: &mut Book, rows: &DeviceTrace) {
        book.add(rows, &self.scenarios[scenario]);
        self.watcher.rows(scenario, rows);
    }

    fn stepped(&self, time: Duration) {
        self.watcher.simulated(time);
    }

    fn finish(&self, scenario: usize, result: RunResult, books: Vec<Book>) -> Metrics {
        let mut metrics = metrics::evaluate_books(&result, books, None, &self.scenarios[scenario]);
        if self.detail == Detail::Screening {
            metrics = metrics.screened();
        }
        self.watcher.ended(scenario, &metrics);
        metrics
    }
}

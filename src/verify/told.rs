//! A scenario file of `scenarios/verify/`, read and run as a user would.

use std::path::Path;

use super::case::Missing;
use crate::model::Scenario;
use crate::scenario::{self, Format, Source};
use crate::sim::{self, Options, Silent};
use crate::trace::{DeviceTrace, RunResult};

/// Width of fault messages, columns.
const WIDTH: usize = 100;

/// Reads a scenario from its text; paths in it are relative to `base_dir`.
pub(super) fn read(name: &str, text: &str, base_dir: &Path) -> Result<Scenario, Missing> {
    let source = Source::new(name.to_owned(), text);
    scenario::read_source(&source, Format::Toml, base_dir)
        .map(|loaded| loaded.scenario)
        .map_err(|faults| Missing::Failed(faults.render(WIDTH, false)))
}

/// Runs a scenario.
pub(super) fn run(scenario: &Scenario) -> Result<RunResult, Missing> {
    sim::run(scenario, Options::default(), &Silent)
        .map_err(|fault| Missing::Failed(fault.to_string()))
}

/// Means over whole hours of a channel of `trace`, from the start of the period.
pub(super) fn hourly(trace: &DeviceTrace, channel: &[f64]) -> Vec<f64> {
    let an_hour = (3600 / trace.step_s).max(1) as usize;
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    channel.chunks_exact(an_hour).map(mean).collect()
}

//! A hand-made run to compare.

use crate::metrics::fixtures;
use crate::model::Scenario;
use crate::trace::RunResult;

/// Two hours of one device.
pub(crate) fn any() -> (Scenario, RunResult) {
    let run = RunResult {
        devices: vec![fixtures::device("anna", "house")],
        ..RunResult::default()
    };
    (fixtures::scenario(), run)
}

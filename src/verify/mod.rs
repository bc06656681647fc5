//! Agreement with references that others made: `heatloop verify`.
//!
//! A [`Case`] runs something of the program (a scenario, a model, one effect)
//! and puts figures of it beside a reference; [`run`] does so for many, and
//! [`Report`] is what people, machines and docs/VALIDATION.md are told. Cases
//! are built of the same parts that a user's scenario is; no physics is here.
//!
//! A case whose reference is not at hand is *not run*, never passed. One that
//! is outside its tolerance for a known reason says so, with the reason and
//! within bounds, and is counted apart.

mod bestest;
mod case;
mod closed_form;
mod comfort;
mod energyplus;
mod heat_pump;
mod houses;
mod known;
mod network;
mod report;
mod statistics;
mod table;
mod tank;
mod told;
mod vdi6007;

pub use case::{Case, Comparison, Evidence, Group, Known, Missing, Outside, Reference, Verdict};
pub use report::{Counts, Judged, Report};

use rayon::prelude::*;

/// All cases, in the order of the report.
pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    all.extend(closed_form::cases());
    all.extend(vdi6007::cases());
    all.extend(tank::cases());
    all.extend(heat_pump::cases());
    all.extend(comfort::cases());
    all.extend(bestest::cases());
    all.extend(energyplus::cases());
    all
}

/// Runs cases side by side; the order of the report is that of the cases.
pub fn run(cases: &[Case], outside: &Outside, done: impl Fn(&str) + Sync) -> Report {
    let judged = cases
        .par_iter()
        .map(|case| {
            let evidence = case.evidence(outside);
            done(&case.id);
            Judged {
                group: case.group,
                id: case.id.clone(),
                title: case.title.clone(),
                evidence,
            }
        })
        .collect();
    Report { judged }
}

//! What the step costs in accuracy: a scenario at its own step against shorter
//! ones. docs/NUMERICS.md has the result for a year.
//!
//! `cargo run --release --example step_size -- scenarios/year.toml 300 60 10 1`

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example prints

use std::path::Path;
use std::process::ExitCode;

use heatloop::metrics::{self, Figure};
use heatloop::sim::{self, Options, Silent};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .unwrap_or_else(|| "scenarios/year.toml".into());
    let mut steps: Vec<u32> = arguments.filter_map(|a| a.parse().ok()).collect();
    if steps.is_empty() {
        steps = vec![300, 60, 10];
    }
    let mut scenario = match heatloop::scenario::load(Path::new(&path)) {
        Ok(scenario) => scenario,
        Err(faults) => {
            eprint!("{}", faults.render(100, false));
            return ExitCode::from(3);
        }
    };
    let known = |f: &Figure| f.value().unwrap_or(f64::NAN);
    let mut rows = Vec::new();
    for &step in &steps {
        scenario.period.step_s = step;
        let result = match sim::run(&scenario, Options::default(), &Silent) {
            Ok(result) => result,
            Err(fault) => {
                eprintln!("{fault}");
                return ExitCode::FAILURE;
            }
        };
        let total = metrics::evaluate(&result, &scenario).total;
        rows.push([
            known(&total.energy.hvac_kwh),
            known(&total.energy.heat_space_kwh),
            known(&total.energy.heat_tank_kwh),
            known(&total.running.starts),
            known(&total.running.run_h),
        ]);
    }
    println!(
        "| step, s | electricity, kWh | heat to rooms, kWh | heat to tank, kWh | starts | run, h |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    let last = rows[rows.len() - 1];
    for (step, row) in steps.iter().zip(&rows) {
        let cells: Vec<String> = row
            .iter()
            .zip(&last)
            .map(|(v, r)| format!("{v:.1} ({:+.3} %)", 100.0 * (v / r - 1.0)))
            .collect();
        println!("| {step} | {} |", cells.join(" | "));
    }
    ExitCode::SUCCESS
}

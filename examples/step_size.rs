//! What the step costs in accuracy: a scenario at its own step against shorter
//! ones. docs/NUMERICS.md has the result for a year.
//!
//! `cargo run --release --example step_size -- scenarios/year.toml 300 60 10 1`
//!
//! Switching can hang on a threshold, and then a step finds another daily pattern
//! of the tank's charges in one house and not in the next. `x20` runs 20 houses
//! whose cold water differs by 0.1 K each, and gives the mean difference from the
//! last step house by house, its standard error, and the extremes:
//!
//! `cargo run --release --example step_size -- scenarios/year.toml 300 60 x20`

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example prints

use std::path::Path;
use std::process::ExitCode;

use heatloop::metrics::{self, Figure};
use heatloop::model::Scenario;
use heatloop::sim::{self, Options, RunError, Silent};
use rayon::prelude::*;

/// Cold water from house to house, K.
const WARMER_K: f64 = 0.1;
/// Columns of the table, with their decimals.
const NAMES: [(&str, usize); 5] = [
    ("electricity, kWh", 1),
    ("heat to rooms, kWh", 1),
    ("heat to tank, kWh", 1),
    ("starts", 1),
    ("run, h", 1),
];
type Figures = [f64; NAMES.len()];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .unwrap_or_else(|| "scenarios/year.toml".into());
    let (mut steps, mut members) = (Vec::new(), 1_i32);
    for argument in arguments {
        match (argument.parse(), argument.trim_start_matches('x').parse()) {
            (Ok(step), _) => steps.push(step),
            (_, Ok(n)) => members = n,
            _ => eprintln!("{argument} is neither a step in s nor xN"),
        }
    }
    if steps.is_empty() {
        steps = vec![300, 60, 10];
    }
    let scenario = match heatloop::scenario::load(Path::new(&path)) {
        Ok(scenario) => scenario,
        Err(faults) => {
            eprint!("{}", faults.render(100, false));
            return ExitCode::from(3);
        }
    };
    let mut rows = Vec::new();
    for &step in &steps {
        let runs: Result<Vec<Figures>, RunError> = (0..members)
            .into_par_iter()
            .map(|member| {
                // Around the scenario's own house, which is one of them.
                figures(scenario.clone(), step, member - members / 2)
            })
            .collect();
        match runs {
            Ok(runs) => rows.push(runs),
            Err(fault) => {
                eprintln!("{fault}");
                return ExitCode::FAILURE;
            }
        }
    }
    let heads: Vec<&str> = NAMES.iter().map(|n| n.0).collect();
    println!("| step, s | {} |", heads.join(" | "));
    println!("|{}", " --- |".repeat(NAMES.len() + 1));
    let last = rows.last().map(Vec::as_slice).unwrap_or_default();
    for (step, row) in steps.iter().zip(&rows) {
        let cells: Vec<String> = (0..NAMES.len())
            .map(|k| {
                let decimals = NAMES[k].1;
                let v = row.iter().map(|f| f[k]).sum::<f64>() / row.len() as f64;
                let off: Vec<f64> = row
                    .iter()
                    .zip(last)
                    .map(|(f, r)| 100.0 * (f[k] / r[k] - 1.0))
                    .collect();
                let (mean, error) = mean(&off);
                if members > 1 {
                    let least = off.iter().copied().fold(f64::INFINITY, f64::min);
                    let most = off.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    format!(
                        "{v:.decimals$} ({mean:+.3} ± {error:.3} %, {least:+.2} to {most:+.2} %)"
                    )
                } else {
                    format!("{v:.decimals$} ({mean:+.3} %)")
                }
            })
            .collect();
        println!("| {step} | {} |", cells.join(" | "));
    }
    ExitCode::SUCCESS
}

/// A run's figures: the scenario's, with cold water a little off.
fn figures(mut scenario: Scenario, step_s: u32, member: i32) -> Result<Figures, RunError> {
    scenario.period.step_s = step_s;
    for user in &mut scenario.users {
        for device in &mut user.devices {
            device.hot_water.mains_mean_c += WARMER_K * f64::from(member);
        }
    }
    let result = sim::run(&scenario, Options::default(), &Silent)?;
    let total = metrics::evaluate(&result, &scenario).total;
    let known = |f: &Figure| f.value().unwrap_or(f64::NAN);
    Ok([
        known(&total.energy.hvac_kwh),
        known(&total.energy.heat_space_kwh),
        known(&total.energy.heat_tank_kwh),
        known(&total.running.starts),
        known(&total.running.run_h),
    ])
}

/// Mean and its standard error.
fn mean(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0).max(1.0) / n).sqrt())
}

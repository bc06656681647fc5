//! Scenarios screened and in full, side by side; docs/SCREENING.md has the result.
//!
//! `cargo run --release --example screening -- scenarios/year.toml`

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example prints

use std::path::Path;

use heatloop::batch::{self, Detail};
use heatloop::metrics::{Metrics, flat};
use heatloop::sim::{Options, RunError, Silent};

const NAMES: [&str; 7] = [
    "energy.heat_space_kwh",
    "energy.heat_tank_kwh",
    "energy.hvac_kwh",
    "energy.backup_space_kwh",
    "running.run_h",
    "comfort.mean_c",
    "comfort.below_kh",
];

fn main() {
    for file in std::env::args().skip(1) {
        let scenario = match heatloop::scenario::load(Path::new(&file)) {
            Ok(scenario) => [scenario],
            Err(faults) => {
                eprint!("{}", faults.render(100, false));
                continue;
            }
        };
        let run = |detail: Detail| -> Result<Metrics, RunError> {
            let options = Options::default();
            batch::evaluate_watched(&scenario, options, detail, &batch::Nobody, &Silent).remove(0)
        };
        println!("{file}");
        match (run(Detail::Screening), run(Detail::Full)) {
            (Ok(screened), Ok(full)) => {
                let figures = flat::totals(&screened).into_iter().zip(flat::totals(&full));
                for (name, (screened, full)) in flat::total_names().iter().zip(figures) {
                    if let (true, Some(s), Some(f)) = (
                        NAMES.contains(&name.name.as_str()),
                        screened.value(),
                        full.value(),
                    ) {
                        let off = if f == 0.0 { 0.0 } else { 100.0 * (s / f - 1.0) };
                        println!("  {:26}{f:10.2}{s:10.2}{off:+8.2} %", name.name);
                    }
                }
            }
            (Err(fault), _) | (_, Err(fault)) => println!("  {fault}"),
        }
    }
}

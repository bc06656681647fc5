//! Heatloop as a library: what a night set-back saves, and what it costs in
//! starts, for a house of the library.
//!
//! `cargo run --release --example night_set_back`

#![allow(clippy::print_stdout)] // an example prints

use std::path::Path;

use heatloop::scenario::{Format, parse};
use heatloop::sim::{self, Options, Silent};

const HOUSE: &str = r#"
heatloop = 1
site = { country = "NL", postal_code = "6211AB" }
weather = { climate = "aachen-2021" }
period = { start = 2021-01-11, days = 28 }

[[users]]
schedule = [{ days = "daily", start = "22:30", end = "06:00", target_c = TARGET }]
settings.room = { preferred_temperature = 20, schedule_enabled = true, temperature_lower_bound = 2 }

[[users.devices]]
house = "nl-terraced-1992"
heat_pump = "mitsubishi-ecodan-wz80"
tank = "200 l"
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("at night  electricity  too cold  starts");
    for target in ["20", "19", "18", "17"] {
        let text = HOUSE.replace("TARGET", target);
        let scenario = parse(&text, Format::Toml, Path::new("."))
            .map_err(|faults| faults.render(100, false))?;
        let result = sim::run(&scenario, Options::default(), &Silent)?;
        let metrics = heatloop::metrics::evaluate(&result, &scenario);
        let total = &metrics.total;
        println!(
            "{target:>5} °C  {:>7.0} kWh  {:>4.1} K·h  {:>6.0}",
            total.energy.hvac_kwh.value().unwrap_or(f64::NAN),
            total.comfort.below_kh.value().unwrap_or(f64::NAN),
            total.running.starts.value().unwrap_or(f64::NAN),
        );
    }
    Ok(())
}

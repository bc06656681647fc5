//! Whole scenarios: figures of many houses by the batch, and by single runs, one
//! after the other on as many threads.

use std::path::Path;
use std::time::Instant;

use heatloop::model::Scenario;
use heatloop::scenario::{Format, parse};
use heatloop::sim::{self, Options, Silent};
use heatloop::{batch, metrics};
use rayon::prelude::*;

const HOUSES: usize = 32;
const DAYS: usize = 30;

fn scenario(k: usize, house: &str) -> Scenario {
    let text = format!(
        r#"
heatloop = 1
site = {{ country = "NL", postal_code = "6211AB" }}
weather = {{ climate = "aachen-2021" }}
period = {{ start = 2021-01-01, days = {DAYS}, warmup_days = 3 }}
[[users]]
[users.settings.room]
preferred_temperature = {:.1}
[[users.devices]]
{house}
heat_pump = "mitsubishi-ecodan-wz80"
tank = {{ volume_l = {}, layers = 4 }}
"#,
        19.0 + 0.1 * (k % 20) as f64,
        150 + 5 * (k % 20)
    );
    match parse(&text, Format::Toml, Path::new(".")) {
        Ok(scenario) => scenario,
        Err(faults) => panic!("{}", faults.render(100, false)),
    }
}

/// Prints both for two houses.
pub(crate) fn all() {
    println!("\n{HOUSES} scenarios of {DAYS} days: house-years a second, all threads");
    println!("{:<34} {:>10} {:>10} {:>7}", "", "single", "batch", "times");
    for (name, house) in [
        (
            "one node, tank of 4 layers",
            "house = { template = { rooms = { living = { floor_area_m2 = 120, model = { kind = \"one-node\", loss_w_per_k = 150 } } } } }",
        ),
        (
            "library house, tank of 4 layers",
            "house = \"nl-terraced-1992\"",
        ),
    ] {
        let scenarios: Vec<Scenario> = (0..HOUSES).map(|k| scenario(k, house)).collect();
        let years = (HOUSES * DAYS) as f64 / 365.0;
        let start = Instant::now();
        let single: Vec<_> = scenarios
            .par_iter()
            .map(|s| {
                let result = sim::run(s, Options::default(), &Silent).expect("it runs");
                metrics::evaluate(&result, s)
            })
            .collect();
        let single_s = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let batch = batch::evaluate(&scenarios, Options::default(), &Silent);
        let batch_s = start.elapsed().as_secs_f64();
        assert_eq!(single.len(), batch.len());
        println!(
            "{name:<34} {:>10.1} {:>10.1} {:>7.2}",
            years / single_s,
            years / batch_s,
            single_s / batch_s
        );
    }
}

//! A batch through the library's front door: figures of many scenarios at once.

use std::path::Path;

use heatloop::batch;
use heatloop::metrics;
use heatloop::model::Scenario;
use heatloop::scenario::{Format, parse};
use heatloop::sim::{self, Options, Silent};

fn scenario(device: &str) -> Scenario {
    let text = format!(
        r#"
heatloop = 1
site = {{ country = "NL" }}
weather = {{ climate = "aachen-2021" }}
period = {{ start = 2021-03-24, days = 6, warmup_days = 1 }}
[[users]]
{device}
"#
    );
    match parse(&text, Format::Toml, Path::new(".")) {
        Ok(scenario) => scenario,
        Err(faults) => panic!("{}", faults.render(100, false)),
    }
}

/// Six days over the change of the clock; two layouts, one scenario of two
/// devices, rows that a reader is given a day at a time.
#[test]
fn figures_of_a_batch_are_those_of_single_runs_to_the_last_digit() {
    let scenarios: Vec<Scenario> = [
        "[[users.devices]]\nhouse = \"nl-terraced-1992\"\nheat_pump = \"nibe-f2050-6\"\ntank = \"200 l\"",
        "[[users.devices]]\nhouse = \"four-rooms\"\nheat_pump = \"daikin-altherma-3-r-4\"",
        "[[users.devices]]\nid = \"a\"\nhouse = \"nl-terraced-1992\"\nheat_pump = \"nibe-f2050-6\"\ntank = \"300 l\"\n\
         [[users.devices]]\nid = \"b\"\nhouse = \"four-rooms\"\nheat_pump = \"daikin-altherma-3-r-4\"",
    ]
    .map(scenario)
    .into();
    let options = Options::default();
    let batch = batch::evaluate(&scenarios, options, &Silent);
    assert_eq!(batch.len(), scenarios.len());
    for (batch, scenario) in batch.into_iter().zip(&scenarios) {
        let alone = sim::run(scenario, options, &Silent).unwrap();
        let alone = metrics::evaluate(&alone, scenario).to_json().unwrap();
        assert_eq!(batch.unwrap().to_json().unwrap(), alone);
    }
}

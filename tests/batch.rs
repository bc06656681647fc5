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

/// Modes, parking, cooling, steering, disinfection, holidays, recorded
/// settings, several devices: what the shipped scenarios show, all in one batch.
#[test]
fn the_shipped_scenarios_in_one_batch_give_the_figures_of_their_single_runs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut scenarios: Vec<Scenario> = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            // Other files there are fleets and studies, which have checks of their own.
            let Ok(mut scenario) = parse(&text, Format::Toml, &folder) else {
                continue;
            };
            let period = &mut scenario.period;
            period.end_s = period.end_s.min(period.start_s + 4 * 86_400);
            scenario.record.channels = vec!["*".to_owned()];
            scenarios.push(scenario);
        }
    }
    assert!(scenarios.len() > 8, "scenarios were found");
    let options = Options::default();
    let batch = batch::evaluate(&scenarios, options, &Silent);
    for (batch, scenario) in batch.into_iter().zip(&scenarios) {
        let alone = sim::run(scenario, options, &Silent).unwrap();
        let alone = metrics::evaluate(&alone, scenario).to_json().unwrap();
        assert_eq!(
            batch.unwrap().to_json().unwrap(),
            alone,
            "{}",
            scenario.title
        );
    }
}

/// More threads than blocks, as many as processors, one.
#[test]
fn one_two_and_more_threads_give_the_same_bits() {
    let scenarios: Vec<Scenario> = (0..11)
        .map(|k| {
            scenario(&format!(
                "settings.room.preferred_temperature = {}\n[[users.devices]]\nhouse = \"rc-light\"\n\
                 heat_pump = \"nibe-f2050-6\"\ntank = {{ volume_l = {} }}",
                19.0 + 0.2 * f64::from(k),
                120 + 20 * k
            ))
        })
        .collect();
    let bits = |threads: usize| -> Vec<Vec<u64>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let run = || batch::evaluate(&scenarios, Options::default(), &Silent);
        let all = pool.build().unwrap().install(run);
        all.into_iter()
            .map(|outcome| {
                let metrics = outcome.unwrap();
                let figures = metrics::flat::flat(&metrics);
                let value = |f: &metrics::Figure| f.value().unwrap_or(f64::NAN).to_bits();
                figures.iter().map(|(_, figure)| value(figure)).collect()
            })
            .collect()
    };
    let one = bits(1);
    assert!(one[0].len() > 50 && one[0] != one[1]);
    for threads in [2, 3, 8] {
        assert!(bits(threads) == one, "{threads} threads");
    }
}

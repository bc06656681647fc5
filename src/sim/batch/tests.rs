//! A batch against single runs: the same bits in every row and every total,
//! whatever stands side by side.

use std::path::Path;

use super::*;
use crate::scenario::{Format, parse};
use crate::sim::{Silent, run as single};
use crate::trace::Totals;

/// Keeps all rows, as text with all digits.
struct Keep;

impl Reader for Keep {
    type Book = Vec<String>;
    type Figures = (Vec<String>, Vec<Totals>, Vec<String>);

    fn read(&self, _scenario: usize, book: &mut Vec<String>, rows: &DeviceTrace) {
        book.push(format!("{rows:?}"));
    }

    fn finish(
        &self,
        _scenario: usize,
        result: RunResult,
        books: Vec<Vec<String>>,
    ) -> Self::Figures {
        let totals = result.devices.into_iter().map(|(_, totals)| totals);
        (books.concat(), totals.collect(), result.warnings)
    }
}

pub(in crate::sim) fn scenario(text: &str) -> Scenario {
    let text = format!(
        "heatloop = 1\nsite = {{ country = \"NL\" }}\nweather = {{ climate = \"aachen-2021\" }}\n{text}"
    );
    match parse(&text, Format::Toml, Path::new(".")) {
        Ok(scenario) => scenario,
        Err(faults) => panic!("{}\n{text}", faults.render(100, false)),
    }
}

/// Two days of a single run: those which a reader is given at once.
fn alone(scenario: &Scenario) -> <Keep as Reader>::Figures {
    let result = single(scenario, Options::default(), &Silent).unwrap();
    let books = result.devices.iter().map(|(trace, _)| {
        let mut book = Vec::new();
        Keep.read(0, &mut book, trace);
        book
    });
    let books = books.collect();
    Keep.finish(0, result, books)
}

fn holds_alone_and_in_lanes(scenarios: &[Scenario]) {
    let expected: Vec<_> = scenarios.iter().map(alone).collect();
    // Where the processor has no more than the baseline, both are the same.
    for set in [InstructionSet::Baseline, InstructionSet::best()] {
        let batch = run_in(
            set,
            scenarios,
            Options::default(),
            Detail::Full,
            &Keep,
            &Silent,
        );
        for (i, (batch, alone)) in batch.into_iter().zip(&expected).enumerate() {
            let batch = batch.unwrap();
            let name = set.name();
            assert!(batch.0 == alone.0, "rows of house {i}, {name}");
            let texts = [&batch.1, &alone.1].map(|totals| format!("{totals:?}"));
            assert_eq!(texts[0], texts[1], "totals of house {i}, {name}");
            assert_eq!(batch.2, alone.2, "warnings of house {i}, {name}");
        }
    }
}

const VARIANTS: [&str; 6] = [
    "preferred_temperature = 19.0",
    "temperature_control_mode = \"auto\"\npreferred_temperature = 21.0",
    "preferred_temperature = 23.5",
    "temperature_control_mode = \"off\"",
    "schedule_enabled = true",
    "temperature_control_mode = \"cooling\"\npreferred_temperature = 20.0",
];

fn houses(period: &str, device: &str) -> Vec<Scenario> {
    VARIANTS
        .iter()
        .enumerate()
        .map(|(k, settings)| {
            scenario(&format!(
                r#"
period = {period}
[[users]]
schedule = [{{ days = "daily", start = "06:30", end = "22:30", target_c = 20.5 }}]
[users.settings.room]
{settings}
[[users.devices]]
{device}
tank = {{ volume_l = {} }}
"#,
                150 + 30 * k
            ))
        })
        .collect()
}

#[test]
fn a_library_house_in_winter_gives_the_same_bits_alone_and_in_lanes() {
    holds_alone_and_in_lanes(&houses(
        "{ start = 2021-01-10, days = 2, warmup_days = 1 }",
        "house = \"nl-terraced-1992\"\nheat_pump = \"nibe-f2050-6\"",
    ));
}

#[test]
fn summer_with_windows_opened_at_night_gives_the_same_bits_alone_and_in_lanes() {
    holds_alone_and_in_lanes(&houses(
        "{ start = 2021-06-16, days = 2, warmup_days = 1 }",
        "house = \"nl-terraced-1992\"\nheat_pump = \"nibe-f2050-6\"",
    ));
}

#[test]
fn houses_that_share_a_part_of_their_inputs_give_the_same_bits_alone_and_in_lanes() {
    let house = |loss: u32, facing: &str, unit: &str, amplitude: u32| {
        scenario(&format!(
            r#"
period = {{ start = 2021-03-20, days = 2, warmup_days = 1 }}
[[users]]
settings.room = {{ preferred_temperature = 20.5 }}
[[users.devices]]
heat_pump = "{unit}"
tank = {{ volume_l = 180 }}
hot_water = {{ mains_mean_c = 11, mains_amplitude_k = {amplitude} }}
[users.devices.house.template.rooms.home]
floor_area_m2 = 100
model = {{ kind = "air-and-mass", loss_w_per_k = {loss}, mass_kj_per_k = 20000 }}
windows = [{{ name = "one", area_m2 = 9, g = 0.6, facing = "{facing}" }}]
gains = [{{ power_w_per_m2 = 3 }}]
"#
        ))
    };
    let (nibe, daikin) = ("nibe-f2050-6", "daikin-altherma-3-r-4");
    holds_alone_and_in_lanes(&[
        house(150, "S", nibe, 4),
        house(150, "S", daikin, 3),
        house(180, "S", nibe, 4),
        house(150, "N", daikin, 4),
        house(180, "N", nibe, 3),
        house(150, "S", nibe, 4),
        house(180, "S", daikin, 3),
    ]);
}

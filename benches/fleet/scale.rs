//! Whole scenarios by the batch against single runs, on one thread and two, and
//! how cost grows with houses and with time.

use std::path::Path;
use std::time::Instant;

use heatloop::batch::{self, Detail};
use heatloop::fleet::{self, Plan, Request};
use heatloop::metrics;
use heatloop::model::Scenario;
use heatloop::output::Existing;
use heatloop::scenario::{Format, parse};
use heatloop::sim::{self, Options, Silent};
use rayon::prelude::*;

use super::report::{Table, digits};

const HOUSES: usize = 32;
const DAYS: usize = 30;
/// The default, s.
const STEP_S: u32 = 300;
const TRIES: usize = 3;
const SCREENED_HOUSES: usize = 64;
const SCREENED_DAYS: usize = 90;

pub(crate) fn read(text: &str) -> Scenario {
    match parse(text, Format::Toml, Path::new(".")) {
        Ok(scenario) => scenario,
        Err(faults) => panic!("{}", faults.render(100, false)),
    }
}

/// Does it on so many threads.
pub(crate) fn within<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().expect("threads").install(work)
}

const ONE_NODE: &str = "house = { template = { rooms = { living = { floor_area_m2 = 120, model = { kind = \"one-node\", loss_w_per_k = 150 } } } } }";
const LIBRARY: &str = "house = \"nl-terraced-1992\"";

fn scenario(k: usize, house: &str, step_s: u32, days: usize) -> Scenario {
    read(&scenario_text(k, house, step_s, days))
}

fn scenario_text(k: usize, house: &str, step_s: u32, days: usize) -> String {
    format!(
        r#"
heatloop = 1
site = {{ country = "NL", postal_code = "6211AB" }}
weather = {{ climate = "aachen-2021" }}
period = {{ start = 2021-01-01, days = {days}, step_s = {step_s}, warmup_days = 3 }}
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
    )
}

fn scenarios(house: &str, step_s: u32, days: usize) -> Vec<Scenario> {
    (0..HOUSES)
        .map(|k| scenario(k, house, step_s, days))
        .collect()
}

/// s, the best of some tries.
fn best(mut work: impl FnMut()) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..TRIES {
        let start = Instant::now();
        work();
        least = least.min(start.elapsed().as_secs_f64());
    }
    least
}

fn by_batch(scenarios: &[Scenario]) {
    by_detail(scenarios, Detail::Full);
}

fn by_detail(scenarios: &[Scenario], detail: Detail) {
    let ran = batch::evaluate_watched(
        scenarios,
        Options::default(),
        detail,
        &batch::Nobody,
        &Silent,
    );
    assert!(ran.iter().all(Result::is_ok));
}

fn one_by_one(scenarios: &[Scenario]) {
    let ran: Vec<_> = scenarios
        .par_iter()
        .map(|s| {
            let result = sim::run(s, Options::default(), &Silent).expect("it runs");
            metrics::evaluate(&result, s)
        })
        .collect();
    assert_eq!(ran.len(), scenarios.len());
}

/// House-years a second by batch and by single runs; two threads against one.
pub(crate) fn years() -> Vec<Table> {
    let mut table = Table::new(
        "Whole scenarios with their figures, house-years a second",
        &[
            "",
            "single runs",
            "batch",
            "batch, 2 threads",
            "of 1 thread",
        ],
    );
    for (name, house, step_s) in [
        ("one node, tank of 4 layers", ONE_NODE, STEP_S),
        ("the same in steps of 900 s", ONE_NODE, 900),
        ("library house, tank of 4 layers", LIBRARY, STEP_S),
        ("the same in steps of 900 s", LIBRARY, 900),
    ] {
        let all = scenarios(house, step_s, DAYS);
        let years = (HOUSES * (DAYS + 3)) as f64 / 365.0;
        let single = years / within(1, || best(|| one_by_one(&all)));
        let one = years / within(1, || best(|| by_batch(&all)));
        let two = years / within(2, || best(|| by_batch(&all)));
        table.row(&[
            name,
            &digits(single),
            &digits(one),
            &digits(two),
            &format!("{:.2}", two / one),
        ]);
    }
    table.note(format!("{HOUSES} houses, {DAYS} days and 3 of warm-up."));
    vec![table, screened()]
}

/// The same by screenings: thermostats, tank, schedules, tariff, rows, records,
/// figures.
fn screened() -> Table {
    let mut table = Table::new(
        "Whole scenarios screened, house-years a second, one thread",
        &[
            "",
            "in full",
            "screened",
            "2 threads, of 1",
            "ns a house-minute, all in all",
        ],
    );
    // A zone of two nodes, built another way for each house.
    let own = |k: usize| {
        format!(
            "[users.devices.house.template.rooms.home]\nfloor_area_m2 = 115\n\
             model = {{ kind = \"air-and-mass\", loss_w_per_k = {}, mass_kj_per_k = {} }}",
            100 + k,
            15_000 + 200 * k
        )
    };
    let days = SCREENED_DAYS;
    let of = |house: &dyn Fn(usize) -> [String; 2]| -> Vec<Scenario> {
        (0..SCREENED_HOUSES)
            .map(|k| {
                let [before, after] = house(k);
                read(&(scenario_text(k, &before, 900, days) + &after))
            })
            .collect()
    };
    let none = String::new;
    for (name, all) in [
        (
            "variants of a library house",
            of(&|_| [LIBRARY.to_owned(), none()]),
        ),
        ("houses each of its own fabric", of(&|k| [none(), own(k)])),
    ] {
        let years = (SCREENED_HOUSES * (days + 3)) as f64 / 365.0;
        let full = years / within(1, || best(|| by_detail(&all, Detail::Full)));
        let one_s = within(1, || best(|| by_detail(&all, Detail::Screening)));
        let two_s = within(2, || best(|| by_detail(&all, Detail::Screening)));
        let minutes = (SCREENED_HOUSES * (days + 3) * 1440) as f64;
        table.row(&[
            name,
            &digits(full),
            &digits(years / one_s),
            &format!("{:.2}", one_s / two_s),
            &digits(1e9 * one_s / minutes),
        ]);
    }
    table.note(format!(
        "{SCREENED_HOUSES} houses, {days} days and 3 of warm-up; in full in steps of 900 s."
    ));
    table
}

/// Cost a house over the number of houses (a day each, all that a fleet does),
/// and cost a day over the number of days.
pub(crate) fn linear(most: usize) -> Vec<Table> {
    let mut houses = Table::new(
        "A fleet of one day: sampling, reading, running, writing; all threads",
        &["houses", "s", "µs a house"],
    );
    for count in [1_000, 10_000, 100_000, 1_000_000] {
        if count > most {
            break;
        }
        let s = fleet_of(count);
        houses.row(&[
            &count.to_string(),
            &digits(s),
            &digits(s * 1e6 / count as f64),
        ]);
    }
    let mut days = Table::new(
        "One library house in a batch of 32, one core",
        &["days", "s", "µs a day of a house"],
    );
    for number in [7, 28, 112, 365] {
        let all = scenarios(LIBRARY, STEP_S, number);
        let s = within(1, || {
            let start = Instant::now();
            by_batch(&all);
            start.elapsed().as_secs_f64()
        });
        let each = s * 1e6 / (HOUSES * (number + 3)) as f64;
        days.row(&[&number.to_string(), &digits(s), &digits(each)]);
    }
    vec![houses, days]
}

const HOUSE: &str = r#"heatloop = 1
site = { country = "NL", postal_code = "3511AB" }
period = { start = 2019-01-20, days = 1, warmup_days = 0 }
[[users]]
[[users.devices]]
house = "rc-light"
heat_pump = "nibe-f2050-6"
tank = { volume_l = 150 }
"#;

const FLEET: &str = r#"heatloop_fleet = 1
scenario = "house.toml"
[[parameters]]
name = "target_c"
path = "settings.room.preferred_temperature"
min = 18
max = 22
[[parameters]]
name = "tank_l"
path = "tank.volume_l"
min = 100
max = 300
"#;

/// A plan of a fleet in a folder.
pub(crate) fn plan(folder: &Path, count: usize, days: usize) -> Plan {
    let house = HOUSE.replace("days = 1", &format!("days = {days}"));
    std::fs::write(folder.join("house.toml"), house).expect("is written");
    let file = folder.join("fleet.toml");
    std::fs::write(&file, FLEET).expect("is written");
    let mut plan = Plan::read(&file).unwrap_or_else(|f| panic!("{}", f.render(100, false)));
    plan.set_count(count);
    plan
}

/// s for a fleet.
fn fleet_of(count: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = plan(folder.path(), count, 1);
    let request = Request {
        folder: folder.path().join("out"),
        existing: Existing::Refuse,
        pictures: false,
        traces: Vec::new(),
        block: fleet::BLOCK,
    };
    let start = Instant::now();
    let report = fleet::execute(&plan, &request, &fleet::Silent).expect("runs");
    assert_eq!(report.figures.houses, count);
    start.elapsed().as_secs_f64()
}

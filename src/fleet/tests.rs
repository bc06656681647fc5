//! Reading fleets, sampling houses, and what docs/FLEET.md says.

use std::path::PathBuf;

use tempfile::TempDir;

use super::plan::Plan;
use super::tables::FLEET;
use crate::scenario::{field, reference};
use crate::study::parameter::Cell;

const HOUSE: &str = r#"heatloop = 1
site = { country = "NL", postal_code = "3511AB" }
period = { start = 2019-01-20, days = 1, warmup_days = 0 }
[[users]]
[[users.devices]]
house = "rc-light"
heat_pump = "nibe-f2050-6"
tank = { volume_l = 150 }
"#;

const FLEET_FILE: &str = r#"heatloop_fleet = 1
scenario = "house.toml"
count = 50

[[groups]]
name = "a"
share = 3
[[groups]]
name = "b"
share = 1
parameters = [{ path = "tank.volume_l", values = [300] }]

[[parameters]]
path = "tank.volume_l"
values = [100, 150, 200]
weights = [1, 2, 1]

[[parameters]]
name = "target_c"
path = "settings.room.preferred_temperature"
distribution = "normal"
mean = 20
sd = 1
min = 18

[[parameters]]
name = "hot"
path = "hot_water.useful_c"
distribution = "log-normal"
median = 40
factor = 1.05
max = 50
"#;

fn folder(fleet: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("house.toml"), HOUSE).unwrap();
    let file = folder.path().join("fleet.toml");
    std::fs::write(&file, fleet).unwrap();
    (folder, file)
}

fn plan(fleet: &str) -> Plan {
    let (_folder, file) = folder(fleet);
    Plan::read(&file).unwrap_or_else(|faults| panic!("{}", faults.render(100, false)))
}

fn faults(fleet: &str) -> String {
    let (_folder, file) = folder(fleet);
    match Plan::read(&file) {
        Ok(_) => panic!("no fault"),
        Err(faults) => faults.render(100, false),
    }
}

#[test]
fn the_tables_are_sound() {
    assert_eq!(field::audit(&FLEET), Vec::<String>::new());
}

const INTRODUCTION: &str = include_str!("introduction.md");

#[test]
fn the_reference_in_docs_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/FLEET.md");
    let text = reference::reference(&FLEET, INTRODUCTION);
    if std::env::var_os("HEATLOOP_RENEW").is_some() {
        std::fs::write(path, &text).expect("docs can be written");
    }
    let file = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        file == text,
        "docs/FLEET.md is old: run the tests with HEATLOOP_RENEW=1"
    );
}

#[test]
fn a_larger_count_keeps_the_houses_there_were() {
    let few = plan(FLEET_FILE);
    let mut many = plan(FLEET_FILE);
    many.set_count(100_000);
    for number in 0..50 {
        let (a, b) = (few.house(number), many.house(number));
        assert_eq!((a.group, a.cells, a.seed), (b.group, b.cells, b.seed));
    }
}

#[test]
fn another_parameter_changes_no_other() {
    let more = format!(
        "{FLEET_FILE}\n[[parameters]]\nname = \"chance\"\npath = \"seed\"\nvalues = [1, 2]\n"
    );
    let (few, more) = (plan(FLEET_FILE), plan(&more));
    for number in 0..50 {
        let (a, b) = (few.house(number), more.house(number));
        assert_eq!(a.cells, b.cells[..3]);
    }
}

/// 20 000 houses: a share of p is met to about sqrt(p (1 - p) / 20 000), 0.0035
/// at most; a mean to 1/141 of the spread. Four of them are allowed.
#[test]
fn analytic_shares_and_moments_of_houses() {
    let plan = plan(FLEET_FILE);
    let houses: Vec<_> = (0..20_000).map(|n| plan.house(n)).collect();
    let share = |of: &dyn Fn(&super::plan::House) -> bool, among: usize| {
        houses.iter().filter(|h| of(h)).count() as f64 / among as f64
    };
    let first = houses.iter().filter(|h| h.group == 0).count();
    assert!((first as i64 - 15_000).abs() <= 2, "{first}");
    let litres =
        |l: f64| move |h: &super::plan::House| h.group == 0 && h.cells[0] == Some(Cell::Number(l));
    for (l, due) in [(100.0, 0.25), (150.0, 0.5), (200.0, 0.25), (300.0, 0.0)] {
        let got = share(&litres(l), first);
        assert!((got - due).abs() < 0.016, "{l}: {got}");
    }
    assert!(
        houses
            .iter()
            .all(|h| h.group == 0 || h.cells[0] == Some(Cell::Number(300.0)))
    );
    let number = |h: &super::plan::House, i: usize| match &h.cells[i] {
        Some(Cell::Number(x)) => *x,
        other => panic!("{other:?}"),
    };
    let mean = |f: &dyn Fn(&super::plan::House) -> f64| {
        houses.iter().map(f).sum::<f64>() / houses.len() as f64
    };
    // A normal distribution cut 2 below: its mean rises by phi(2) / Phi(2) = 0.0552.
    let got = mean(&|h| number(h, 1));
    assert!((got - 20.0552).abs() < 0.03, "{got}");
    assert!(houses.iter().all(|h| number(h, 1) >= 18.0));
    // The cut at 50 is 4.6 of its standard deviations away.
    let logarithms = mean(&|h| number(h, 2).ln());
    assert!((logarithms - 40f64.ln()).abs() < 0.0015, "{logarithms}");
    assert!(houses.iter().all(|h| number(h, 2) <= 50.0));
}

#[test]
fn fails_for_several_faults_at_once_with_their_places() {
    let text = faults(
        r#"heatloop_fleet = 1
scenario = "house.toml"
cuont = 5
represents = -3

[[parameters]]
path = "tank.volume_l"
values = [100, 200]
weights = [1, 2, 3]

[[correlations]]
between = ["volume_l", "targt"]
rank = 1.5

[compare]
rebound_h = 24
"#,
    );
    for part in [
        "fleet.toml:3",
        "did you mean `count`",
        "represents",
        "3 weights for 2 values",
        "no parameter is called `targt`",
        "-0.99 to 0.99",
        "the reference is the fleet itself",
    ] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

#[test]
fn fails_for_paths_and_values_that_the_scenario_does_not_take() {
    let wrong = FLEET_FILE
        .replace(
            "path = \"hot_water.useful_c\"",
            "path = \"hot_water.useful\"",
        )
        .replace("count = 50", "count = 50\nset = { \"tank.volme_l\" = 3 }");
    let text = faults(&wrong);
    assert!(text.contains("did you mean `useful_c`"), "{text}");
    assert!(text.contains("did you mean `volume_l`"), "{text}");
    // All values are out of range: one fault of the fleet, at the value's place.
    let wrong = FLEET_FILE.replace("values = [100, 150, 200]", "values = [1, 2, 3]");
    let text = faults(&wrong);
    assert!(text.contains("fleet.toml:15"), "{text}");
    assert!(text.contains("10 to 5000"), "{text}");
}

#[test]
fn a_scenario_may_stand_in_the_fleet_file() {
    let inside = HOUSE
        .replace(
            "[[users]]\n[[users.devices]]",
            "[[scenario.users]]\n[[scenario.users.devices]]",
        )
        .replacen(
            "heatloop = 1",
            "heatloop_fleet = 1\n[scenario]\nheatloop = 1",
            1,
        );
    assert_eq!(plan(&inside).fleet.count, 100);
    let text = faults(&inside.replace("volume_l = 150", "volume_l = 1"));
    assert!(text.contains("fleet.toml:10"), "{text}");
}

#[test]
fn houses_in_memory_are_fewer_where_the_period_is_many_years_long() {
    let mut plan = plan(FLEET_FILE);
    assert_eq!(plan.block(), 256);
    for (years, houses) in [(1, 256), (4, 64), (100, 32)] {
        plan.period.end_s = plan.period.start_s + years * 366 * 86_400;
        assert_eq!(plan.block(), houses);
    }
}

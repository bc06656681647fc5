//! The sections read from text: defaults, and faults that name their key.

use std::path::Path;

use super::*;
use crate::scenario::{Format, Source, field, read_section};

fn tank(text: &str) -> Result<Tank, Vec<String>> {
    let source = Source::new("t.toml", text);
    read_section(&source, Format::Toml, Path::new("."), &TANK, build_tank)
        .map(|(tank, _)| tank)
        .map_err(|faults| faults.list.iter().map(|f| f.line()).collect())
}

fn hot_water(text: &str) -> Result<HotWater, Vec<String>> {
    let source = Source::new("h.toml", text);
    let zone = TimeZone::UTC;
    let household = Household {
        timezone: &zone,
        period_s: (0, 7 * 86_400),
        seed: 1,
        index: 0,
    };
    read_section(&source, Format::Toml, Path::new("."), &HOT_WATER, |view| {
        build_hot_water(view, &household)
    })
    .map(|(built, _)| built)
    .map_err(|faults| faults.list.iter().map(|f| f.line()).collect())
}

#[test]
fn the_tables_are_sound() {
    assert_eq!(field::audit(&TANK), Vec::<String>::new());
    assert_eq!(field::audit(&HOT_WATER), Vec::<String>::new());
}

#[test]
fn a_volume_is_enough_and_equals_the_named_tank() {
    let read = tank("volume_l = 200").expect("a sound tank");
    let named = named_tank("200 l class B").expect("a known name");
    assert_eq!(
        Tank {
            name: named.name.clone(),
            ..read
        },
        named
    );
    assert_eq!(
        named_tank("200 l").map(|t| t.loss_w_per_k),
        Some(named.loss_w_per_k)
    );
    for wrong in ["200", "200 l class G", "2 l", "tank"] {
        assert!(named_tank(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn the_loss_can_be_given_in_three_ways_but_only_once() {
    let day = tank("volume_l = 200\nloss_kwh_per_24h = 1.08").expect("a sound tank");
    assert!((day.loss_w_per_k - 1.0).abs() < 1e-12);
    let faults = tank("volume_l = 200\nloss_w_per_k = 1.5\nlabel = 'A'").expect_err("two losses");
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("t.toml:3:"), "{faults:?}");
}

#[test]
fn fails_for_a_coil_upside_down_and_a_sensor_below_what_is_heated() {
    let faults = tank("volume_l = 200\nsensor_height = 0.2\ncharging = { kind = 'coil', bottom = 0.6, top = 0.3 }")
        .expect_err("two faults");
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].contains("sensor_height") && faults[1].contains("charging.top"),
        "{faults:?}"
    );
    let faults = tank("volume_l = 200\ncharging = { kind = 'direct', outlet = 0.8, inlet = 0.2, flow_l_per_h = 500 }\nsensor_height = 1.5")
        .expect_err("two faults");
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn draws_come_from_a_cycle_at_random_or_not_at_all() {
    let litres =
        |h: &HotWater| h.draw_l_per_s.values.iter().sum::<f64>() * f64::from(h.draw_l_per_s.step_s);
    let m = hot_water("").expect("defaults");
    assert!((litres(&m) - 7.0 * 5845.0 * 3600.0 / (4180.0 * 30.0)).abs() < 1e-6);
    let l = hot_water("draws = { kind = 'cycle', profile = 'L' }").expect("a cycle");
    assert!(litres(&l) > 1.9 * litres(&m));
    let random = hot_water("draws = { kind = 'random', persons = 4 }").expect("random draws");
    assert!(litres(&random) > 500.0 && litres(&random) < 2500.0);
    assert!(
        hot_water("draws = { kind = 'none' }")
            .expect("none")
            .draw_l_per_s
            .is_none()
    );
}

#[test]
fn fails_for_mains_as_warm_as_the_tap_and_a_volume_given_twice() {
    let faults = hot_water("useful_c = 35\nmains_mean_c = 28\nmains_amplitude_k = 8\ndraws = { kind = 'random', persons = 2, l_per_day = 80 }")
        .expect_err("two faults");
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn reads_draws_from_a_file_and_names_what_is_wrong_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("d.csv"), "draw\n60\n0\n").expect("written");
    let zone = TimeZone::UTC;
    let household = Household {
        timezone: &zone,
        period_s: (0, 120),
        seed: 1,
        index: 0,
    };
    let read = |text: &str| {
        let source = Source::new("h.toml", text);
        read_section(&source, Format::Toml, folder.path(), &HOT_WATER, |v| {
            build_hot_water(v, &household)
        })
    };
    let (built, warnings) = read("draws = { kind = 'file', path = 'd.csv', column = 'draw', start = 1970-01-01, step_s = 60 }")
        .expect("a good file");
    assert!((built.draw_l_per_s.at(30) - 1.0 / 60.0).abs() < 1e-12);
    assert!(warnings.is_empty(), "{warnings:?}");
    let faults = read("draws = { kind = 'file', path = 'd.csv', column = 'dhw', start = 1970-01-01, step_s = 60 }")
        .expect_err("no such column");
    assert!(faults.list[0].key.ends_with("column"));
}

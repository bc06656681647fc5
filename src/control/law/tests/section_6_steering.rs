//! Section 6: what steering may do.

use super::bench::{Bench, reason};
use crate::trace::Reason;

const SETTINGS: &str = r#"{"room": {"preferred_temperature": 21, "temperature_lower_bound": 1.5,
    "temperature_upper_bound": 2}}"#;

#[test]
fn section_6_with_everything_off_the_thermostats_decide() {
    let mut b = Bench::new(1, SETTINGS);
    let c = b.at(&[20.6]);
    assert!(c.heat && !c.commanded && !c.overridden && c.power_w >= 1e29);
}

#[test]
fn section_6_a_level_above_0_runs_the_house_at_its_power_below_the_upper_bound() {
    let mut b = Bench::new(1, SETTINGS);
    b.house_w = Some(1200.0);
    let c = b.at(&[22.0]);
    assert!(c.heat && c.compressor && c.power_w == 1200.0 && !c.overridden);
    assert_eq!(reason(&c), Reason::HeatingSteered);
}

#[test]
fn section_6_level_0_holds_back_inside_the_band() {
    let mut b = Bench::new(1, SETTINGS);
    b.house_w = Some(0.0);
    let c = b.at(&[20.0]);
    assert!(!c.compressor && !c.overridden);
    assert_eq!(reason(&c), Reason::HeldBack);
}

#[test]
fn section_6_no_command_leaves_the_thermostats() {
    let mut b = Bench::new(1, SETTINGS);
    b.house_w = None;
    b.tank_w = Some(0.0);
    assert!(b.heats(&[20.6]));
}

#[test]
fn section_6_with_both_above_0_the_tank_goes_first() {
    let mut b = Bench::new(1, SETTINGS);
    (b.house_w, b.tank_w) = (Some(1200.0), Some(1800.0));
    let c = b.at(&[21.5]);
    assert!(c.tank && c.power_w == 1800.0 && !c.overridden);
    b.tank_c = 60.0;
    let c = b.hold(&[21.5], 1.0);
    assert!(c.heat && !c.tank && c.power_w == 1200.0);
}

#[test]
fn section_6_no_command_acts_outside_the_bounds_at_any_temperature() {
    let mut room = 15.0;
    while room < 28.0 {
        for power in [0.0, 2000.0] {
            let mut b = Bench::new(1, SETTINGS);
            b.house_w = Some(power);
            b.hold(&[room], 30.0);
            let runs = b.heats(&[room]);
            if room < 19.501 {
                assert!(runs, "{room} {power}");
            } else if room >= 23.0 {
                assert!(!runs, "{room} {power}");
            } else {
                assert_eq!(runs, power > 0.0, "{room} {power}");
            }
        }
        room += 0.25;
    }
}

#[test]
fn section_6_tariff_moves_the_target_within_the_bounds() {
    let mut b = Bench::new(1, SETTINGS);
    b.tank_c = 57.0;
    b.shift = 1.0; // cheap: half the way to U = 23, so 22 +- 0.3
    let c = b.at(&[21.6]);
    assert!(c.heat && c.compressor);
    assert_eq!(reason(&c), Reason::HeatingSteered);
    b.hold(&[21.9], 15.0);
    assert!(!b.heats(&[22.3]));
    b.shift = -1.0; // dear: half the way to L = 19.5, so 20.25 +- 0.3
    b.hold(&[20.4], 10.0);
    let c = b.at(&[20.4]);
    assert!(!c.compressor);
    assert_eq!(reason(&c), Reason::HeldBack);
    assert!(b.heats(&[19.9]));
}

#[test]
fn section_6_overridden_commands_are_told() {
    let mut b = Bench::new(1, SETTINGS);
    b.house_w = Some(0.0);
    assert!(b.at(&[19.0]).overridden, "forced although commanded off");
    let mut b = Bench::new(1, SETTINGS);
    b.house_w = Some(1000.0);
    assert!(b.at(&[23.5]).overridden, "forbidden although commanded on");
}

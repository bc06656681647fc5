//! Section 5: hot water.

use super::bench::{Bench, reason};
use crate::trace::Reason;

// Bounds 45 and 60 by default, set-point 50, hysteresis 5 K.
const SETTINGS: &str =
    r#"{"room": {"preferred_temperature": 21}, "dhw": {"temperature_lower_bound": 42}}"#;

#[test]
fn section_5_unsteered_charging_goes_on_below_the_hysteresis_and_off_at_the_set_point() {
    let mut b = Bench::new(1, SETTINGS);
    b.tank_c = 45.1;
    assert!(!b.charges(&[21.0]));
    b.tank_c = 45.0;
    assert!(b.charges(&[21.0]));
    assert_eq!(reason(&b.at(&[21.0])), Reason::HotWaterDemand);
    b.hold(&[21.0], 15.0);
    b.tank_c = 49.9;
    assert!(b.charges(&[21.0]));
    b.tank_c = 50.0;
    assert!(!b.charges(&[21.0]));
}

#[test]
fn section_5_the_set_point_is_clipped_into_the_bounds() {
    let mut b = Bench::new(
        1,
        r#"{"dhw": {"temperature_lower_bound": 52, "temperature_upper_bound": 60}}"#,
    );
    b.tank_c = 51.9;
    assert!(b.charges(&[21.0]));
    let mut b = Bench::new(
        1,
        r#"{"dhw": {"temperature_lower_bound": 30, "temperature_upper_bound": 44}}"#,
    );
    b.tank_c = 43.0;
    assert!(!b.charges(&[21.0]));
    b.tank_c = 38.9;
    b.hold(&[21.0], 15.0);
    b.tank_c = 44.0;
    assert!(!b.charges(&[21.0]));
}

#[test]
fn section_5_below_the_lower_bound_it_must_charge_whatever_is_commanded() {
    let mut b = Bench::new(1, SETTINGS);
    b.tank_w = Some(0.0);
    b.tank_c = 42.1;
    assert!(!b.charges(&[21.0]));
    b.tank_c = 41.9;
    let c = b.at(&[21.0]);
    assert!(c.tank && c.compressor && c.overridden);
    assert_eq!(reason(&c), Reason::HotWaterForced);
    // Until min(upper, max(lower + hysteresis, set-point)) = 50.
    b.hold(&[21.0], 15.0);
    b.tank_c = 49.9;
    assert!(b.charges(&[21.0]));
    b.tank_c = 50.0;
    assert!(!b.charges(&[21.0]));
}

#[test]
fn section_5_at_the_upper_bound_it_must_not_charge() {
    let mut b = Bench::new(1, SETTINGS);
    b.tank_w = Some(2000.0);
    b.tank_c = 59.5;
    assert!(b.charges(&[21.0]), "in between it follows steering");
    assert_eq!(reason(&b.at(&[21.0])), Reason::HotWaterSteered);
    b.hold(&[21.0], 15.0);
    b.tank_c = 60.0;
    let c = b.at(&[21.0]);
    assert!(!c.tank && c.overridden);
}

#[test]
fn section_5_disinfection_is_not_limited_by_the_upper_bound_and_counts_when_held() {
    let mut b = Bench::new(
        1,
        r#"{"dhw": {"temperature_lower_bound": 45, "temperature_upper_bound": 55}}"#,
    );
    b.disinfect = true;
    b.tank_c = 54.0;
    b.at(&[21.0]);
    b.disinfect = true;
    b.tank_c = 58.0;
    let c = b.at(&[21.0]);
    assert!(c.tank && c.compressor, "above the upper bound");
    assert_eq!(reason(&c), Reason::Disinfection);
    b.tank_c = 61.0;
    b.hold(&[21.0], 20.0);
    assert_eq!(b.memory.tank.reached, 0.0, "held for 20 of 30 min");
    b.tank_c = 59.0;
    b.hold(&[21.0], 5.0);
    b.tank_c = 62.5;
    b.hold(&[21.0], 20.0);
    assert_eq!(
        b.memory.tank.reached, 0.0,
        "it starts again after the temperature was lost"
    );
    b.hold(&[21.0], 11.0);
    assert_eq!(b.memory.tank.reached, 1.0);
}

#[test]
fn section_5_a_disinfection_by_the_element_alone_is_told_as_one() {
    let mut b = Bench::new(1, SETTINGS);
    b.disinfect = true;
    b.tank_c = 54.0;
    b.hold(&[21.0], 15.0);
    b.tank_limit = true;
    let command = b.at(&[21.0]);
    assert!(command.element && !command.compressor);
    assert_eq!(reason(&command), Reason::Disinfection);
    // A charge below the lower bound that the element ends is the backup heater's.
    let mut b = Bench::new(1, SETTINGS);
    b.tank_c = 41.0;
    b.hold(&[21.0], 15.0);
    b.tank_limit = true;
    let command = b.at(&[21.0]);
    assert!(command.element && !command.compressor);
    assert_eq!(reason(&command), Reason::BackupOnly);
}

#[test]
fn section_5_a_disinfection_that_is_given_up_counts_as_missed() {
    let mut b = Bench::new(1, SETTINGS);
    b.disinfect = true;
    b.tank_c = 55.0;
    b.hold(&[21.0], 60.0);
    b.disinfect = false;
    b.hold(&[21.0], 1.0);
    assert_eq!((b.memory.tank.reached, b.memory.tank.missed), (0.0, 1.0));
}

#[test]
fn section_5_charging_ends_at_the_plants_limit() {
    let mut b = Bench::new(
        1,
        r#"{"dhw": {"temperature_lower_bound": 58, "temperature_upper_bound": 70}}"#,
    );
    b.tank_c = 54.0;
    b.hold(&[21.0], 15.0);
    b.tank_limit = true;
    let c = b.at(&[21.0]);
    assert!(!c.compressor);
    assert!(c.element, "forced: the element takes over");
    b.tank_limit = false;
    b.hold(&[21.0], 30.0);
    b.tank_c = 50.0;
    assert!(!b.charges(&[21.0]));
    b.tank_c = 49.0;
    assert!(b.charges(&[21.0]), "tried again a hysteresis below");
}

#[test]
fn section_5_forced_demands_precede_the_others() {
    let mut b = Bench::new(1, SETTINGS);
    b.tank_c = 44.0; // calls, not forced
    assert!(b.heats(&[19.0]), "a room below its bound comes first");
    let mut b = Bench::new(1, SETTINGS);
    b.tank_c = 41.0; // forced
    assert!(b.charges(&[20.5]), "the room only calls");
}

#[test]
fn section_5_hot_water_and_a_forced_room_take_turns() {
    let mut b = Bench::new(1, SETTINGS);
    b.tank_c = 41.0;
    let mut pattern = Vec::new();
    for _ in 0..48 {
        let c = b.hold(&[19.0], 5.0);
        pattern.push(if c.tank { 'w' } else { 'r' });
    }
    let turns: String = pattern.iter().collect();
    // 90 min of hot water, 30 min of the room, and again.
    assert_eq!(
        turns,
        format!(
            "{}{}{}{}",
            "w".repeat(17),
            "r".repeat(6),
            "w".repeat(18),
            "r".repeat(6)
        ) + "w"
    );
}

#[test]
fn section_5_a_charge_alone_is_not_cut_at_the_longest_charge() {
    let mut b = Bench::new(1, SETTINGS);
    b.tank_c = 41.0;
    assert!(b.hold(&[21.0], 120.0).tank);
}

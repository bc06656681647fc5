//! Section 3 (what bounds do) and section 4: temperature control modes.

use super::bench::{Bench, reason};
use crate::control::settings::BoundsConvention;
use crate::trace::Reason;

// Preferred 21, band 19.5 to 23.
const HEATING: &str = r#"{"room": {"preferred_temperature": 21, "temperature_lower_bound": 1.5,
    "temperature_upper_bound": 2, "temperature_control_mode": "heating"}}"#;
const COOLING: &str = r#"{"room": {"preferred_temperature": 21, "temperature_lower_bound": 1.5,
    "temperature_upper_bound": 2, "temperature_control_mode": "cooling"}}"#;
const AUTO: &str = r#"{"room": {"preferred_temperature": 21, "temperature_lower_bound": 1.5,
    "temperature_upper_bound": 2, "temperature_control_mode": "auto"}}"#;
const OFF: &str = r#"{"room": {"preferred_temperature": 21, "temperature_control_mode": "off"}}"#;

fn warm(mut b: Bench) -> Bench {
    (b.outdoor_c, b.damped_c) = (28.0, 24.0);
    b
}

#[test]
fn section_4_heating_regulates_to_the_target_with_its_dead_band() {
    let mut b = Bench::new(1, HEATING);
    assert!(!b.heats(&[21.0]));
    assert!(!b.heats(&[20.8]));
    assert!(b.heats(&[20.7]));
    assert_eq!(reason(&b.at(&[20.7])), Reason::HeatingDemand);
    b.hold(&[21.0], 15.0);
    assert!(b.heats(&[21.2]));
    assert!(!b.heats(&[21.3]));
    assert_eq!(reason(&b.at(&[21.3])), Reason::Satisfied);
}

#[test]
fn section_4_heating_never_cools() {
    let mut b = warm(Bench::new(1, HEATING));
    for t in [19.0, 21.0, 23.0, 27.0, 40.0] {
        assert!(!b.cools(&[t]));
    }
}

#[test]
fn section_4_thermostat_thresholds_are_clipped_into_the_band() {
    // Band 20.9 to 21.1 is widened to 20.8 to 21.2 for control (section 3).
    let narrow = r#"{"room": {"preferred_temperature": 21, "temperature_lower_bound": 0.1,
        "temperature_upper_bound": 0.1}}"#;
    let mut b = Bench::new(1, narrow);
    assert!(!b.heats(&[20.85]));
    assert!(b.heats(&[20.79]));
    b.hold(&[20.9], 15.0);
    assert!(b.heats(&[21.15]));
    assert!(!b.heats(&[21.2]));
}

#[test]
fn section_4_below_the_lower_bound_heating_must_run_until_h_above_it() {
    let mut b = Bench::new(1, HEATING);
    b.house_w = Some(0.0);
    assert!(
        !b.heats(&[19.6]),
        "a command of 0 holds back inside the band"
    );
    assert!(b.heats(&[19.49]), "below L it is ignored");
    assert_eq!(reason(&b.at(&[19.49])), Reason::HeatingForced);
    assert!(b.at(&[19.6]).overridden);
    b.hold(&[19.7], 15.0);
    assert!(b.heats(&[19.79]));
    assert!(!b.heats(&[19.81]), "released at L + h with h = 0.3");
}

#[test]
fn section_4_hysteresis_at_a_bound_is_a_quarter_of_a_narrow_band() {
    let mut b = Bench::with_convention(
        1,
        r#"{"room": {"preferred_temperature": 20.4, "temperature_lower_bound": 20,
            "temperature_upper_bound": 20.8}}"#,
        BoundsConvention::Absolute,
    );
    b.house_w = Some(0.0);
    assert!(b.heats(&[19.9]));
    b.hold(&[20.1], 15.0);
    assert!(b.heats(&[20.19]));
    assert!(!b.heats(&[20.21]), "h = (20.8 - 20)/4");
}

#[test]
fn section_4_at_the_upper_bound_heating_must_not_run_until_h_below_it() {
    let mut b = Bench::new(1, HEATING);
    b.house_w = Some(1500.0);
    assert!(b.heats(&[22.5]));
    b.hold(&[22.9], 15.0);
    assert!(!b.heats(&[23.0]));
    assert_eq!(reason(&b.at(&[23.0])), Reason::AtUpperBound);
    b.hold(&[22.9], 10.0);
    assert!(!b.heats(&[22.75]));
    assert!(b.heats(&[22.7]));
}

#[test]
fn section_4_forced_heating_ignores_the_commanded_power() {
    let mut b = Bench::new(1, HEATING);
    b.house_w = Some(800.0);
    assert_eq!(b.at(&[20.5]).power_w, 800.0);
    assert!(
        b.at(&[19.4]).power_w >= 1e29,
        "output by the device's own curve"
    );
}

#[test]
fn section_4_forced_heating_still_waits_for_the_minimum_pause() {
    let mut b = Bench::new(1, HEATING);
    b.hold(&[20.6], 15.0);
    b.hold(&[21.4], 1.0);
    let c = b.at(&[19.0]);
    assert!(!c.compressor);
    assert_eq!(reason(&c), Reason::MinPause);
    assert!((c.holds_for_s - 240.0).abs() < 1e-6);
    assert!(b.hold(&[19.0], 4.0).compressor);
}

#[test]
fn section_4_cooling_starts_a_dead_band_above_and_stops_at_its_target() {
    let mut b = warm(Bench::new(1, COOLING));
    assert!(!b.cools(&[21.9]));
    assert!(b.cools(&[22.0]));
    b.hold(&[21.5], 15.0);
    assert!(b.cools(&[21.1]));
    assert!(!b.cools(&[21.0]));
    assert!(!b.heats(&[10.0]), "cooling never heats");
}

#[test]
fn section_4_cooling_needs_warm_air_outside_even_above_the_upper_bound() {
    let mut b = warm(Bench::new(1, COOLING));
    b.outdoor_c = 15.0;
    assert!(!b.cools(&[26.0]));
    b.outdoor_c = 20.0;
    assert!(b.cools(&[26.0]));
    assert_eq!(reason(&b.at(&[26.0])), Reason::CoolingForced);
}

#[test]
fn section_4_cooling_never_runs_at_or_below_the_lower_bound() {
    let mut b = warm(Bench::new(1, COOLING));
    b.house_w = Some(1000.0);
    assert!(b.cools(&[20.0]), "steering may deepen it");
    b.hold(&[19.8], 15.0);
    assert!(!b.cools(&[19.5]), "down to L");
    assert!(!b.cools(&[19.7]));
}

#[test]
fn section_4_steering_may_hold_cooling_back_up_to_the_upper_bound() {
    let mut b = warm(Bench::new(1, COOLING));
    b.house_w = Some(0.0);
    assert!(!b.cools(&[22.9]));
    assert!(b.cools(&[23.1]));
}

#[test]
fn section_4_a_night_set_back_never_starts_cooling() {
    // T* = 17 at night, so U = 19; but Tc* = preferred = 21 and Uc = 23.
    let mut b = warm(Bench::new(1, AUTO));
    b.scheduled_c = Some(17.0);
    assert!(!b.cools(&[21.5]));
    assert!(!b.cools(&[22.9]));
    assert!(b.cools(&[23.1]));
}

#[test]
fn section_4_auto_cools_only_when_judged_necessary() {
    let mut b = warm(Bench::new(1, AUTO));
    assert!(!b.cools(&[22.5]), "below Uc it is not necessary");
    assert!(b.cools(&[23.01]));
    b.hold(&[22.0], 15.0);
    assert!(b.cools(&[21.1]), "down to Tc*");
    assert!(!b.cools(&[21.0]));
    b.hold(&[21.0], 15.0);
    assert!(!b.cools(&[22.9]), "the decision has ended");
}

#[test]
fn section_4_auto_needs_a_damped_outdoor_temperature_at_the_threshold() {
    let mut b = warm(Bench::new(1, AUTO));
    b.damped_c = 16.9;
    assert!(!b.cools(&[24.0]), "threshold is preferred - 4 K = 17");
    b.damped_c = 17.0;
    assert!(b.cools(&[24.0]));
    b.hold(&[23.5], 15.0);
    b.damped_c = 15.1;
    assert!(b.cools(&[22.5]), "2 K of hysteresis");
    b.damped_c = 14.9;
    assert!(!b.cools(&[22.5]), "ends when it falls below");
}

#[test]
fn section_4_steering_never_starts_auto_cooling_earlier_but_may_deepen_it() {
    let mut b = warm(Bench::new(1, AUTO));
    b.house_w = Some(1000.0);
    assert!(!b.cools(&[22.9]));
    b.house_w = None;
    b.hold(&[22.9], 600.0);
    assert!(b.cools(&[23.1]));
    b.hold(&[22.0], 15.0);
    b.house_w = Some(1000.0);
    assert!(b.cools(&[20.5]), "below Tc*, above L");
    assert!(!b.cools(&[19.5]));
}

#[test]
fn section_4_heating_and_cooling_keep_the_dwell_between_them() {
    let mut b = warm(Bench::new(1, AUTO));
    b.hold(&[23.2], 30.0);
    b.hold(&[21.0], 15.0);
    // 15 min of it have passed; 20.6 asks for heat and is above L - 1 K.
    let c = b.at(&[20.6]);
    assert!(!c.compressor);
    assert_eq!(reason(&c), Reason::Dwell);
    b.hold(&[20.6], 3.0 * 60.0);
    assert!(!b.heats(&[20.6]));
    b.hold(&[20.6], 46.0);
    assert!(b.heats(&[20.6]), "4 h after cooling ended");
}

#[test]
fn section_4_the_dwell_holds_across_a_change_of_mode() {
    let mut b = warm(Bench::new(1, COOLING));
    b.hold(&[24.0], 30.0);
    b.hold(&[21.0], 15.0);
    b.send(r#"{"room": {"temperature_control_mode": "heating"}}"#);
    assert_eq!(reason(&b.at(&[20.0])), Reason::Dwell);
}

#[test]
fn section_4_discomfort_beyond_the_margin_ends_the_dwell() {
    let mut b = warm(Bench::new(1, AUTO));
    b.hold(&[23.2], 30.0);
    b.hold(&[21.0], 15.0);
    assert!(!b.heats(&[18.6]), "0.9 K below L");
    assert!(b.heats(&[18.4]), "1.1 K below L");
}

#[test]
fn section_4_a_step_of_the_target_alone_does_not_end_the_dwell() {
    let mut b = warm(Bench::new(1, AUTO));
    b.hold(&[23.2], 30.0);
    b.hold(&[21.0], 15.0);
    b.scheduled_c = Some(24.0);
    b.recovery = true;
    assert_eq!(
        reason(&b.at(&[20.9])),
        Reason::Dwell,
        "L is 22.5 now, 1.6 K above"
    );
    b.recovery = false;
    assert!(b.heats(&[20.9]), "two hours later it may");
}

#[test]
fn section_4_a_step_of_the_target_alone_does_not_release_backup() {
    let mut b = Bench::new(1, HEATING);
    b.full_output = true;
    b.hold(&[20.6], 60.0);
    b.scheduled_c = Some(23.0);
    b.recovery = true;
    assert!(
        !b.hold(&[20.6], 45.0).backup_space,
        "below the new L, heat pump at its limit"
    );
    b.recovery = false;
    assert!(b.hold(&[20.6], 1.0).backup_space);
}

#[test]
fn section_4_backup_comes_after_its_delay_when_a_room_was_cold_before_the_step() {
    let mut b = Bench::new(1, HEATING);
    b.full_output = true;
    assert!(!b.hold(&[19.0], 29.0).backup_space);
    assert!(b.hold(&[19.0], 2.0).backup_space);
    b.scheduled_c = Some(23.0);
    b.recovery = true;
    assert!(b.hold(&[19.0], 1.0).backup_space, "not the step alone");
}

#[test]
fn section_4_off_neither_heats_nor_cools_but_hot_water_goes_on() {
    let mut b = warm(Bench::new(1, OFF));
    for t in [8.0, 15.0, 21.0, 30.0] {
        assert!(!b.heats(&[t]) && !b.cools(&[t]));
        assert_eq!(reason(&b.at(&[t])), Reason::Off);
    }
    b.tank_c = 40.0;
    assert!(b.charges(&[15.0]));
}

#[test]
fn section_4_a_device_that_cannot_be_switched_off_is_parked() {
    let mut b = warm(Bench::new(1, OFF));
    b.abilities.can_switch_off = false;
    assert!(!b.heats(&[12.0]) && !b.cools(&[34.0]));
    assert!(
        b.heats(&[9.6]),
        "the device's own thermostat acts at 10 degC"
    );
    assert_eq!(reason(&b.at(&[9.6])), Reason::Parked);
    let mut b = warm(Bench::new(1, OFF));
    b.abilities.can_switch_off = false;
    assert!(b.cools(&[36.1]));
    assert_eq!(reason(&b.at(&[36.1])), Reason::Parked);
}

#[test]
fn section_4_the_forbidden_side_is_parked_in_heating_and_cooling_too() {
    let mut b = warm(Bench::new(1, HEATING));
    b.abilities.can_switch_off = false;
    assert!(!b.cools(&[30.0]));
    assert!(b.cools(&[36.1]));
    let mut b = warm(Bench::new(1, COOLING));
    b.abilities.can_switch_off = false;
    assert!(!b.heats(&[15.0]));
    assert!(b.heats(&[9.6]));
}

#[test]
fn section_4_no_command_moves_or_stops_a_parked_side() {
    // Level n in `off` and on the forbidden side: it would heat or cool without bounds.
    for mode in [OFF, COOLING] {
        let mut b = warm(Bench::new(1, mode));
        b.abilities.can_switch_off = false;
        b.house_w = Some(1000.0);
        assert!(!b.heats(&[18.0]), "{mode}");
    }
    let mut b = warm(Bench::new(1, HEATING));
    b.abilities.can_switch_off = false;
    b.house_w = Some(1000.0);
    assert!(!b.cools(&[25.0]));
    // Level 0 does not hold the device's own thermostat back.
    let mut b = warm(Bench::new(1, OFF));
    b.abilities.can_switch_off = false;
    b.house_w = Some(0.0);
    assert!(b.heats(&[9.6]));
    assert_eq!(reason(&b.at(&[9.6])), Reason::Parked);
}

#[test]
fn section_4_frost_protection_acts_in_every_mode_unless_disabled() {
    for mode in [HEATING, COOLING, AUTO, OFF] {
        let mut b = Bench::new(1, mode);
        assert!(b.heats(&[4.9]), "{mode}");
    }
    let mut b = Bench::new(1, OFF);
    assert_eq!(reason(&b.at(&[4.9])), Reason::Frost);
    let mut b = Bench::new(1, OFF);
    b.controller.frost_protection = false;
    assert!(!b.heats(&[4.9]));
}

#[test]
fn section_4_frost_protection_heats_the_water_circuit_in_a_warm_house() {
    let mut b = Bench::new(2, OFF);
    b.circuit_c = 4.9;
    let command = b.at(&[12.0, 12.0]);
    assert!(command.heat && command.compressor);
    assert_eq!(reason(&command), Reason::Frost);
    assert_eq!(b.valves, [true, true], "it flows through all emitters");
    b.circuit_c = 14.9;
    assert!(b.heats(&[12.0, 12.0]), "until 10 K above the threshold");
    b.hold(&[12.0, 12.0], 15.0);
    b.circuit_c = 15.1;
    assert!(!b.heats(&[12.0, 12.0]));
    let mut b = Bench::new(2, OFF);
    b.controller.frost_protection = false;
    b.circuit_c = 1.0;
    assert!(!b.heats(&[12.0, 12.0]));
}

#[test]
fn section_4_a_parked_device_that_stands_still_is_told_as_off() {
    let mut b = Bench::new(1, OFF);
    b.abilities.can_switch_off = false;
    assert_eq!(reason(&b.at(&[15.0])), Reason::Off);
    assert_eq!(reason(&b.at(&[9.6])), Reason::Parked);
}

#[test]
fn section_4_the_step_itself_does_not_count_as_cold_before_it() {
    let mut b = Bench::new(1, HEATING);
    b.at(&[20.0]);
    b.scheduled_c = Some(24.0);
    b.recovery = true;
    b.at(&[20.0]);
    b.at(&[20.0]);
    assert!(!b.memory.side.recovery_exempt, "forced by the step alone");
    let mut b = Bench::new(1, HEATING);
    b.at(&[18.0]);
    b.scheduled_c = Some(24.0);
    b.recovery = true;
    b.at(&[18.0]);
    assert!(b.memory.side.recovery_exempt, "it was below L before");
}

#[test]
fn section_4_each_room_has_a_valve_and_closes_it_at_its_bound() {
    let mut b = Bench::new(3, HEATING);
    assert!(b.heats(&[20.5, 21.0, 22.0]));
    assert_eq!(b.valves, [true, false, false]);
    b.house_w = Some(1500.0);
    assert!(b.heats(&[20.5, 21.0, 23.0]));
    assert_eq!(
        b.valves,
        [true, true, false],
        "a command warms all rooms below U"
    );
}

#[test]
fn section_4_a_heat_pump_never_heats_one_room_while_it_cools_another() {
    let mut b = warm(Bench::new(2, AUTO));
    // Cooling is in force; the other room calls for heat inside its band.
    b.hold(&[23.5, 21.0], 20.0);
    let c = b.at(&[22.0, 20.6]);
    assert!(c.cool && !c.heat, "the side in force runs to its end first");
    // Below L heating wins, after the dwell or beyond the margin.
    let c = b.at(&[22.0, 19.4]);
    assert!(!c.cool && reason(&c) == Reason::Dwell);
    let c = b.at(&[22.0, 18.4]);
    assert!(c.heat && !c.cool);
}

#[test]
fn section_4_a_bound_or_a_mode_change_ends_a_minimum_run() {
    let mut b = Bench::new(1, HEATING);
    b.hold(&[20.6], 2.0);
    let c = b.at(&[21.4]);
    assert!(
        c.compressor && reason(&c) == Reason::MinRun,
        "the thermostat does not"
    );
    assert!(!b.heats(&[23.0]), "the upper bound does");
    assert_eq!(b.memory.source.min_run_ended, 1.0);

    let mut b = Bench::new(1, HEATING);
    b.hold(&[20.6], 2.0);
    b.send(r#"{"room": {"temperature_control_mode": "off"}}"#);
    assert!(!b.heats(&[20.6]));
    assert_eq!(b.memory.source.min_run_ended, 1.0);
}

#[test]
fn section_4_nothing_breaks_a_minimum_pause() {
    let mut b = Bench::new(1, HEATING);
    b.hold(&[20.6], 15.0);
    b.hold(&[21.4], 2.0);
    for (room, tank) in [(19.0, 50.0), (4.0, 50.0), (21.0, 30.0)] {
        b.tank_c = tank;
        assert!(!b.at(&[room]).compressor);
    }
}

#[test]
fn section_4_without_valves_the_reference_room_decides_for_all() {
    let mut b = Bench::new(1, HEATING);
    b.constants.valves = 0.0;
    assert!(b.heats(&[20.6]));
    assert_eq!(b.valves, [true]);
}

#[test]
fn section_4_the_flow_limit_stops_a_unit_at_its_lowest_output() {
    let mut b = Bench::new(1, HEATING);
    b.hold(&[20.6], 15.0);
    b.water_c = 40.0; // set-point 35, stop 5 K above
    assert_eq!(reason(&b.at(&[20.6])), Reason::FlowLimit);
    b.hold(&[20.6], 6.0);
    b.water_c = 33.0;
    assert!(!b.heats(&[20.6]));
    b.water_c = 32.0;
    assert!(b.heats(&[20.6]), "3 K below it may start again");
}

#[test]
fn section_4_cooling_never_takes_the_flow_below_its_limit() {
    let mut b = warm(Bench::new(1, COOLING));
    b.dry_c = 17.5; // set-point 18; 5 K below it would be the usual stop
    assert!(b.cools(&[26.0]));
    b.hold(&[26.0], 2.0);
    b.water_c = 17.6;
    assert!(
        b.cools(&[26.0]),
        "at lowest output it may go below the set-point"
    );
    b.water_c = 17.5;
    assert!(
        !b.cools(&[26.0]),
        "at the dew point's limit it stops, minimum run or not"
    );
}

#[test]
fn section_4_below_the_bivalence_point_backup_waits_until_the_compressor_stays_short() {
    let mut b = Bench::new(1, HEATING);
    b.bivalent = true;
    assert!(!b.hold(&[20.6], 60.0).backup_space, "not short of heat");
    b.full_output = true;
    assert!(
        !b.hold(&[20.6], 19.0).backup_space,
        "the ramp after a start"
    );
    assert!(b.hold(&[20.6], 2.0).backup_space);
    b.water_c = 40.0;
    let stopped = b.hold(&[20.6], 11.0);
    assert!(
        !stopped.compressor && !stopped.backup_space,
        "never for a compressor that stands at its flow limit"
    );
}

#[test]
fn section_4_a_parked_side_that_does_not_act_is_off() {
    let mut b = Bench::new(1, OFF);
    b.abilities.can_switch_off = false;
    assert_eq!(reason(&b.at(&[18.0])), Reason::Off);
    assert_eq!(reason(&b.at(&[9.5])), Reason::Parked);
}

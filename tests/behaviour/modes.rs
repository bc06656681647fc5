//! Section 4: what heating, cooling, `auto` and `off` do to a house.

use heatloop::physics::sky::dew_point_c;
use heatloop::trace::Reason;

use crate::bench::{Run, Text, kwh, range, summer, winter};

#[test]
fn section_4_heating_holds_the_room_in_its_band_and_never_cools() {
    let run = winter().run();
    let t = run.trace();
    let (low, high) = range(&t.rooms[0].operative_c);
    assert!(low > 18.5 && high < 22.0, "{low} to {high}");
    assert_eq!(range(&t.cooling_w), (0.0, 0.0));
    assert!(kwh(&t.heat_space_w, t.step_s) > 50.0);
}

#[test]
fn section_4_every_minute_has_one_reason() {
    for text in [
        winter(),
        summer().user("settings.room.temperature_control_mode = \"auto\""),
    ] {
        let run = text.run();
        let t = run.trace();
        for (i, reasons) in t.reason_s.iter().enumerate() {
            let sum: f64 = reasons.iter().map(|s| f64::from(*s)).sum();
            assert!((sum - f64::from(t.step_s)).abs() < 1e-2, "row {i}: {sum} s");
        }
        let minutes: f64 = run.metrics.total.reasons_min.0.iter().map(|r| r.1).sum();
        let period = t.reason_s.len() as f64 * f64::from(t.step_s) / 60.0;
        assert!((minutes - period).abs() < 0.01, "{minutes} of {period}");
    }
}

#[test]
fn section_4_off_stops_room_heating_while_hot_water_goes_on() {
    let run = winter()
        .event(
            "2021-02-08T12:00",
            r#"{"room": {"temperature_control_mode": "off"}}"#,
        )
        .run();
    let (t, from) = (run.trace(), run.row("2021-02-08T11:00:00Z"));
    assert!(kwh(&t.heat_space_w[..from], t.step_s) > 5.0);
    assert_eq!(range(&t.heat_space_w[from..]), (0.0, 0.0));
    assert!(kwh(&t.heat_tank_w[from..], t.step_s) > 5.0);
    assert!(run.minutes(Reason::Off) > 24.0 * 60.0);
    assert_eq!(run.minutes(Reason::Parked), 0.0);
}

#[test]
fn section_4_a_device_that_cannot_be_switched_off_is_parked_and_counted() {
    let mut text = winter();
    text.device = text.device.replace(
        "\"mitsubishi-ecodan-wz80\"",
        "{ unit = \"mitsubishi-ecodan-wz80\", can_switch_off = false, parked_heating_c = 17 }",
    );
    let run = text
        .user("settings.room.temperature_control_mode = \"off\"")
        .run();
    let (low, _) = range(&run.trace().rooms[0].operative_c);
    assert!(low > 16.0, "its own thermostat keeps 17 degC: {low}");
    assert!(run.minutes(Reason::Parked) > 60.0);
    let idle = run.minutes(Reason::Off) + run.minutes(Reason::MinPause);
    assert!(
        idle > 60.0 && run.minutes(Reason::Satisfied) == 0.0,
        "{idle}"
    );
}

#[test]
fn section_4_frost_protection_has_a_reason_of_its_own() {
    let mut text = winter();
    text.days = 2;
    let run = text
        .user("settings.room.temperature_control_mode = \"off\"")
        .device("controller.frost_c = 15")
        .run();
    let (low, high) = range(&run.trace().rooms[0].operative_c);
    assert!(low > 14.5, "{low} to {high}");
    assert!(run.minutes(Reason::Frost) > 30.0);
    let without = winter()
        .user("settings.room.temperature_control_mode = \"off\"")
        .device("controller = { frost_c = 15, frost_protection = false }")
        .run();
    assert_eq!(without.minutes(Reason::Frost), 0.0);
    assert!(range(&without.trace().rooms[0].operative_c).0 < low);
}

/// Rows of nothing but cooling whose flow stays above the limit that `limit_c` names.
fn flow_stays_above(text: &Text, humidity_known: bool, limit_c: fn(f64, f64) -> f64) {
    let mut scenario = text.scenario();
    // The bundled weather estimates its humidity; here that may count as measured.
    std::sync::Arc::make_mut(&mut scenario.weather).humidity_known = humidity_known;
    let run = Run::of(scenario);
    let t = run.trace();
    assert!(kwh(&t.cooling_w, t.step_s) > 5.0);
    let whole = |i: &usize| t.cooling_w[*i] > 0.0 && t.run_s[*i] > f64::from(t.step_s) - 1.0;
    let rows: Vec<usize> = (0..t.cooling_w.len()).filter(whole).collect();
    assert!(rows.len() > 20, "{} rows", rows.len());
    for i in rows {
        let limit_c = limit_c(t.outdoor_c[i], t.relative_humidity[i]);
        assert!(
            t.flow_c[i] > limit_c - 0.05,
            "{} below {limit_c}",
            t.flow_c[i]
        );
    }
}

#[test]
fn section_4_cooling_keeps_the_flow_2_k_above_the_dew_point() {
    let mut text = cold_flow();
    (text.start, text.climate) = ("2019-07-22", "uccle-2019");
    flow_stays_above(&text, true, |outdoor_c, humidity| {
        dew_point_c(outdoor_c, humidity) + 2.0
    });
}

#[test]
fn section_4_cooling_keeps_the_flow_at_18_where_humidity_is_unknown() {
    flow_stays_above(&cold_flow(), false, |_, _| 18.0);
}

/// Cooling that would like its flow far below the dew point.
fn cold_flow() -> Text {
    summer()
        .user("settings.room = { preferred_temperature = 20, temperature_control_mode = \"cooling\" }")
        .device("controller.cooling_flow_c = 7")
}

#[test]
fn section_4_cooling_waits_for_warm_air_outside_and_never_heats() {
    let run = summer()
        .user("settings.room = { preferred_temperature = 20, temperature_control_mode = \"cooling\" }")
        .run();
    let t = run.trace();
    let cooled = (0..t.outdoor_c.len()).filter(|&i| t.cooling_w[i] > 0.0);
    let coldest = cooled.map(|i| t.outdoor_c[i]).fold(f64::MAX, f64::min);
    // The row's mean may lie a hair below the limit at which the row began.
    assert!((15.5..40.0).contains(&coldest), "{coldest}");
    assert_eq!(range(&t.heat_space_w), (0.0, 0.0));
}

#[test]
fn section_4_auto_cools_later_than_cooling_and_both_stay_out_of_heating_in_summer() {
    let told = |mode: &str| {
        let text = summer().user(&format!(
            "settings.room = {{ preferred_temperature = 22, temperature_control_mode = \"{mode}\" }}"
        ));
        let run = text.run();
        let t = run.trace();
        let first = t.cooling_w.iter().position(|&w| w > 0.0);
        let room = &t.rooms[0].operative_c;
        let mean = room.iter().sum::<f64>() / room.len() as f64;
        (first, mean, kwh(&t.heat_space_w, t.step_s))
    };
    let (auto, always, never) = (told("auto"), told("cooling"), told("heating"));
    let (first_auto, first_always) = (auto.0.expect("cools"), always.0.expect("cools"));
    assert!(first_auto >= first_always, "{first_auto} {first_always}");
    assert!(auto.1 > always.1, "{} and {} degC", auto.1, always.1);
    assert_eq!(never.0, None);
    assert_eq!((auto.2, always.2), (0.0, 0.0), "no heat in summer");
}

#[test]
fn section_4_a_mode_change_keeps_the_dwell_and_change_overs_are_counted() {
    let run = summer()
        .user("settings.room = { preferred_temperature = 20, temperature_control_mode = \"cooling\" }")
        .event(
            "2021-06-17T16:00",
            r#"{"room": {"temperature_control_mode": "heating", "preferred_temperature": 26, "temperature_lower_bound": 10}}"#,
        )
        .run();
    let t = run.trace();
    let end = (0..t.cooling_w.len())
        .rev()
        .find(|&i| t.cooling_w[i] > 0.0)
        .expect("cooled");
    let begin = (0..t.heat_space_w.len())
        .find(|&i| t.heat_space_w[i] > 0.0)
        .expect("heated");
    let hours = (begin - end) as f64 * f64::from(t.step_s) / 3600.0;
    assert!(hours >= 4.0 - 0.1, "{hours} h");
    assert_eq!(run.totals().changeovers, 1);
    assert!(run.minutes(Reason::Dwell) > 0.0);
}

#[test]
fn section_4_discomfort_after_a_step_of_the_target_is_counted_apart() {
    let run = winter()
        .event(
            "2021-02-09T12:00",
            r#"{"room": {"preferred_temperature": 23}}"#,
        )
        .run();
    let room = &run.trace().rooms[0];
    let from = run.row("2021-02-09T11:00:00Z");
    let before: f64 = room.recovery_kh[..from].iter().sum();
    let in_two_hours: f64 = room.recovery_kh[from..from + 24].iter().sum();
    let later: f64 = room.recovery_kh[from + 24..].iter().sum();
    let all: f64 = room.below_kh[from..from + 24].iter().sum();
    assert!(in_two_hours > 0.1, "{in_two_hours} K·h");
    assert!(
        (in_two_hours - all).abs() < 1e-9,
        "all of {all} K·h is recovery"
    );
    assert_eq!((before, later), (0.0, 0.0));
}

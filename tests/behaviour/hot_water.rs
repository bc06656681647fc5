//! Section 5: the tank between its bounds, disinfection, and what is told.

use heatloop::trace::Reason;

use crate::bench::{kwh, range, winter};

#[test]
fn section_5_hot_water_goes_on_in_every_mode() {
    for mode in ["heating", "cooling", "auto", "off"] {
        let run = winter()
            .user(&format!(
                "settings.room.temperature_control_mode = \"{mode}\""
            ))
            .run();
        let t = run.trace();
        assert!(kwh(&t.heat_tank_w, t.step_s) > 5.0, "{mode}");
    }
}

#[test]
fn section_5_charging_stays_between_the_bounds() {
    let run = winter()
        .user("settings.dhw = { temperature_lower_bound = 40, temperature_upper_bound = 47 }")
        .run();
    let t = run.trace();
    let (_, high) = range(&t.tank_sensor_c);
    assert!(high < 47.0 + 0.5, "{high}");
    assert_eq!(t.tank_lower_c[0], 40.0);
    assert!(run.minutes(Reason::HotWaterDemand) > 30.0);
}

#[test]
fn section_5_a_reached_disinfection_is_counted_and_its_excess_told() {
    let run = winter()
        .user("settings.dhw = { temperature_lower_bound = 45, temperature_upper_bound = 50 }")
        .device("controller.disinfection = { weekday = \"tuesday\", start = \"02:00\", temperature_c = 55, hold_min = 30 }")
        .run();
    assert_eq!(run.totals().disinfection_reached, 1);
    assert_eq!(run.totals().disinfection_missed, 0);
    assert!(run.minutes(Reason::Disinfection) > 10.0);
    assert!(run.totals().disinfection_above_kh > 0.1);
    assert!(
        run.warned("above its upper bound 1 times"),
        "{:?}",
        run.metrics.warnings
    );
    let (_, high) = range(&run.trace().tank_sensor_c);
    assert!((55.0..60.0).contains(&high), "{high}");
}

#[test]
fn section_5_a_disinfection_out_of_reach_is_missed() {
    // 75 degC is more than this unit makes, and there is no element.
    let mut text = winter();
    text.device = text.device.replace(
        "\"mitsubishi-ecodan-wz80\"",
        "{ unit = \"mitsubishi-ecodan-wz80\", backup = { power_kw = 0 } }",
    );
    let run = text
        .device("controller.disinfection = { weekday = \"tuesday\", start = \"02:00\", temperature_c = 75, hold_min = 30, give_up_h = 3 }")
        .run();
    assert_eq!(run.totals().disinfection_reached, 0);
    assert_eq!(run.totals().disinfection_missed, 1);
}

#[test]
fn section_3_a_lower_bound_of_the_tank_out_of_reach_is_warned_of() {
    let mut text = winter();
    text.device = text.device.replace(
        "\"mitsubishi-ecodan-wz80\"",
        "{ unit = \"mitsubishi-ecodan-wz80\", backup = { power_kw = 0 } }",
    );
    let run = text
        .user("settings.dhw = { temperature_lower_bound = 75, temperature_upper_bound = 80 }")
        .run();
    assert!(run.warned("plant's limit"), "{:?}", run.metrics.warnings);
    assert!(!winter().run().warned("plant's limit"));
}

#[test]
fn section_5_tank_hours_and_short_draws_are_in_the_result() {
    let cold = winter()
        .user("settings.dhw = { temperature_lower_bound = 20, temperature_upper_bound = 25 }")
        .run();
    let water = &cold.metrics.total.hot_water;
    let value = |f: &heatloop::metrics::Figure| f.value().expect("a number");
    assert!(
        value(&water.below_40_h) > 48.0 && value(&water.below_50_h) >= value(&water.below_40_h)
    );
    assert!(value(&water.missing_kwh) > 1.0);
    assert!(value(&water.draws_short) > 10.0 && value(&water.draws_short) <= value(&water.draws));
    let warm = winter().run();
    assert!(value(&warm.metrics.total.hot_water.draws_short) < value(&water.draws_short));
    assert_eq!(
        value(&warm.metrics.total.hot_water.draws),
        value(&water.draws)
    );
}

#[test]
fn section_5_with_room_and_tank_forced_neither_waits_longer_than_the_others_turn() {
    // Both below their lower bounds at the start: a cold house after `off`.
    let run = winter()
        .user("settings = { room = { temperature_control_mode = \"off\" }, dhw = { temperature_lower_bound = 20, temperature_upper_bound = 25 } }")
        .device("controller = { longest_charge_min = 30, room_turn_min = 30 }")
        .event("2021-02-09T12:00", r#"{"room": {"temperature_control_mode": "heating"}, "dhw": {"temperature_lower_bound": 55, "temperature_upper_bound": 60}}"#)
        .run();
    let t = run.trace();
    let from = run.row("2021-02-09T11:00:00Z");
    assert!(
        run.minutes(Reason::HotWaterForced) > 20.0 && run.minutes(Reason::HeatingForced) > 20.0
    );
    let first_room = (from..).find(|&i| t.heat_space_w[i] > 0.0).expect("heats");
    let first_tank = (from..).find(|&i| t.heat_tank_w[i] > 0.0).expect("charges");
    assert!(first_tank < first_room, "hot water goes first");
    let waited = (first_room - first_tank) as f64 * 5.0;
    assert!((25.0..=35.0).contains(&waited), "{waited} min");
    let again = (first_room..)
        .find(|&i| t.heat_tank_w[i] > 0.0)
        .expect("charges again");
    let turn = (again - first_room) as f64 * 5.0;
    assert!((20.0..=40.0).contains(&turn), "{turn} min");
}

#[test]
fn section_5_the_sensor_decides_and_the_outlet_takes_the_top() {
    let mut text = winter();
    text.device = text.device.replace(
        "tank = \"200 l\"",
        "tank = { volume_l = 200, sensor_height = 0.1 }",
    );
    let run = text.run();
    let t = run.trace();
    let top = t.tank_layer_c.last().expect("layers");
    let mut warm = 0;
    for i in 1..t.draw_l.len() {
        let low = t.tank_layer_c[1][i].min(t.tank_layer_c[2][i]);
        let high = t.tank_layer_c[1][i].max(t.tank_layer_c[2][i]);
        assert!((low..=high).contains(&t.tank_sensor_c[i]), "row {i}");
        if t.draw_l[i] == 0.0 {
            continue;
        }
        // Cold at the sensor, hot at the tap.
        if t.tank_sensor_c[i] < 38.0 && top[i].min(top[i - 1]) > 41.0 {
            assert!(t.draw_missing_j[i] < 1e-6, "row {i}: more than rounding");
            warm += 1;
        }
        if t.draw_missing_j[i] > 1e-6 {
            assert!(top[i] < 40.0, "row {i}: {}", top[i]);
        }
    }
    assert!(warm > 3, "{warm} rows");
}

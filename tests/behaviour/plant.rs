//! Section 4: what the plant's own rules do to a house: dwell, recovery,
//! minimum run, valves. The law alone is tested beside it.

use std::path::Path;

use heatloop::scenario::{self, Format};
use heatloop::trace::Reason;

use crate::bench::{Run, Text, kwh, range, summer, winter};

/// Cooling until a document asks for much warmer rooms.
fn from_cooling_to_heating(controller: &str) -> Run {
    summer()
        .user("settings.room = { preferred_temperature = 20, temperature_control_mode = \"cooling\" }")
        .device(&format!("controller = {{ {controller} }}"))
        .event(
            "2021-06-17T16:00",
            r#"{"room": {"temperature_control_mode": "heating", "preferred_temperature": 27, "temperature_lower_bound": 1}}"#,
        )
        .run()
}

/// Hours between the last cooling and the first heating.
fn gap_h(run: &Run) -> f64 {
    let t = run.trace();
    let end = t.cooling_w.iter().rposition(|&q| q > 0.0).expect("cooled");
    let begin = t
        .heat_space_w
        .iter()
        .position(|&q| q > 0.0)
        .expect("heated");
    (begin - end) as f64 * f64::from(t.step_s) / 3600.0
}

#[test]
fn section_4_discomfort_beyond_the_margin_ends_the_dwell_of_a_house() {
    // Some 2 K below the bound of 26 °C at once.
    let early = from_cooling_to_heating("recovery_h = 0");
    let room = &early.trace().rooms[0];
    let at = early.row("2021-06-17T14:00:00Z");
    assert!(room.operative_c[at] < room.lower_c[at] - 1.0);
    assert!(gap_h(&early) < 1.0, "{} h", gap_h(&early));
    let waits = from_cooling_to_heating("recovery_h = 0, dwell_margin_k = 10");
    assert!(gap_h(&waits) >= 3.9, "{} h", gap_h(&waits));
    assert!(waits.minutes(Reason::Dwell) > 60.0);
}

#[test]
fn section_4_a_step_of_the_target_alone_keeps_the_dwell_of_a_house_for_2_h() {
    let run = from_cooling_to_heating("recovery_h = 2");
    assert!((1.9..3.0).contains(&gap_h(&run)), "{} h", gap_h(&run));
}

/// A step of 3 K up on a cold day, with a backup heater that is quick to help.
fn a_step_up(recovery_h: u32) -> (f64, f64) {
    let mut text = winter();
    text.device = "house = \"nl-terraced-1992\"\nheat_pump = { unit = \"nibe-f2050-6\", backup = { power_kw = 6, bivalence_c = -40, delay_min = 5 } }\n".to_owned();
    let run = text
        .user("settings.room.temperature_lower_bound = 0.5")
        .device(&format!("controller.recovery_h = {recovery_h}"))
        .event(
            "2021-02-09T12:00",
            r#"{"room": {"preferred_temperature": 23}}"#,
        )
        .run();
    let t = run.trace();
    let from = run.row("2021-02-09T11:00:00Z");
    let two_hours = from + 24;
    (
        kwh(&t.backup_space_w[from..two_hours], t.step_s),
        kwh(&t.backup_space_w[two_hours..], t.step_s),
    )
}

#[test]
fn section_4_backup_waits_for_the_end_of_recovery_in_a_house() {
    let (within, after) = a_step_up(2);
    assert_eq!(within, 0.0);
    assert!(after > 1.0, "{after} kWh");
    let (at_once, _) = a_step_up(0);
    assert!(at_once > 1.0, "{at_once} kWh");
}

/// A small house behind a unit that may not stop for two hours.
fn long_runs(settings: &str) -> Text {
    let mut text = winter();
    text.device = "house = \"nl-apartment-1970\"\nheat_pump = { unit = \"mitsubishi-ecodan-wz80\", min_run_min = 120 }\n\
                   controller = { heating_deadband_k = 0.1, flow_stop_above_k = 20 }\n".to_owned();
    text.user(settings)
}

#[test]
fn section_4_a_bound_ends_a_minimum_run_and_is_counted() {
    let narrow = long_runs("settings.room.temperature_upper_bound = 0.3").run();
    let ended = &narrow.metrics.total.running.min_runs_ended;
    assert!(ended.value().expect("a number") >= 1.0);
    assert_eq!(
        narrow.totals().min_run_ended as f64,
        ended.value().expect("a number")
    );
    let t = narrow.trace();
    let (_, high) = range(&t.rooms[0].operative_c);
    assert!(high < 20.3 + 0.3, "{high}");
    assert!(t.run_s.iter().sum::<f64>() / (t.starts.len() as f64) < 300.0);
    // With room to the bound the run is kept.
    let wide = long_runs("settings.room.temperature_upper_bound = 8").run();
    assert_eq!(wide.totals().min_run_ended, 0);
    assert!(wide.minutes(Reason::MinRun) > 0.0);
}

#[test]
fn section_4_a_mode_change_ends_a_minimum_run_and_is_counted() {
    let run = long_runs(
        "settings.room = { temperature_upper_bound = 8, temperature_control_mode = \"off\" }",
    )
    .event(
        "2021-02-08T12:00",
        r#"{"room": {"temperature_control_mode": "heating"}}"#,
    )
    .event(
        "2021-02-08T12:30",
        r#"{"room": {"temperature_control_mode": "off"}}"#,
    )
    .run();
    assert_eq!((run.totals().starts, run.totals().min_run_ended), (1, 1));
    let from = run.row("2021-02-08T11:30:00Z");
    assert!(run.trace().heat_space_w[from - 1] > 0.0);
    assert_eq!(range(&run.trace().heat_space_w[from..]), (0.0, 0.0));
}

/// Four rooms, without valves unless `valves` says so.
fn four_rooms(controller: &str) -> Run {
    let mut text = winter();
    text.device = format!(
        "house = \"four-rooms\"\nheat_pump = \"nibe-f2050-6\"\nemitter = \"underfloor\"\ncontroller = {{ {controller} }}\n"
    );
    text.run()
}

#[test]
fn section_4_without_valves_the_reference_room_decides_for_a_house() {
    for reference in ["living", "bedroom"] {
        let run = four_rooms(&format!("valves = false, reference_room = \"{reference}\""));
        let rooms = &run.trace().rooms;
        // Water flows everywhere or nowhere.
        for room in rooms {
            assert_eq!(room.valve_open, rooms[0].valve_open, "{}", room.name);
        }
        let decides = rooms.iter().find(|r| r.name == reference).expect("it");
        let (low, high) = range(&decides.operative_c);
        let target = decides.target_c[0];
        // Inside its band (1.5 K below, 2 K above): its floor carries it past the dead band.
        assert!(low > target - 1.5 && high < target + 2.0, "{low} to {high}");
        // The others count in metrics only: nobody keeps them in their bands.
        let outside: f64 = rooms
            .iter()
            .filter(|r| r.name != reference)
            .map(|r| r.below_kh.iter().sum::<f64>() + r.above_kh.iter().sum::<f64>())
            .sum();
        assert!(outside > 5.0, "{outside} K·h");
    }
    let own = four_rooms("valves = true");
    let rooms = &own.trace().rooms;
    assert!(rooms.iter().any(|r| r.valve_open != rooms[0].valve_open));
}

#[test]
fn section_3_a_room_that_is_not_controlled_follows_and_counts_nowhere() {
    let text = winter();
    let run = Text {
        device: "heat_pump = \"nibe-f2050-6\"\n\
             [users.devices.house.template.rooms.living]\nfloor_area_m2 = 60\nmodel = { kind = \"one-node\", loss_w_per_k = 90 }\n\
             [users.devices.house.template.rooms.store]\nfloor_area_m2 = 20\ncontrolled = false\nmodel = { kind = \"one-node\", loss_w_per_k = 90 }\n\
             [[users.devices.house.template.couplings]]\nbetween = \"living\"\nand = \"store\"\nw_per_k = 10\n".to_owned(),
        ..text
    }
    .run();
    let t = run.trace();
    let store = t.rooms.iter().find(|r| r.name == "store").expect("it");
    let (low, _) = range(&store.operative_c);
    let living = t.rooms.iter().find(|r| r.name == "living").expect("it");
    assert!(range(&living.operative_c).0 > 18.5);
    assert_eq!(store.below_kh.iter().sum::<f64>(), 0.0, "at {low} °C");
    // Its valve is open while rooms are served, however warm it is.
    for i in 0..t.run_s.len() {
        if store.valve_open[i] > 0.0 {
            assert!(living.valve_open[i] > 0.0, "row {i}");
        }
    }
    assert!(store.emitter_w.iter().any(|&w| w > 0.0));
}

/// Symptom: in a house after EN ISO 13790, whose air has no mass, a room unit
/// started 30 % more often at the default step than at short ones. Cause: the
/// heat of a segment was taken as steady while unit and air settle in a minute.
#[test]
fn regress_a_room_unit_in_a_massless_room_starts_as_often_at_any_step() {
    let run = |step_s: u32| {
        let mut text = winter();
        text.start = "2021-03-10";
        text.device = "heat_pump = \"typical-air-to-air-3\"\nemitter = \"room_unit\"\n\
            [users.devices.house.template.rooms.house]\nfloor_area_m2 = 60\n\
            ventilation_w_per_k = 15\ngains = [{ power_w_per_m2 = 3 }]\n\
            model = { kind = \"iso-13790\", opaque_w_per_k = 30, windows_w_per_k = 25 }\n"
            .to_owned();
        let mut scenario = text.scenario();
        scenario.period.step_s = step_s;
        Run::of(scenario)
    };
    let (coarse, fine) = (run(300), run(5));
    let (a, b) = (coarse.totals().starts, fine.totals().starts);
    assert!(b > 200, "it cycles: {b} starts");
    assert!(a.abs_diff(b) <= 5, "{a} and {b} starts");
    let mean = |run: &Run| {
        let room = &run.trace().rooms[0].operative_c;
        room.iter().sum::<f64>() / room.len() as f64
    };
    let (a, b) = (mean(&coarse), mean(&fine));
    assert!((a - b).abs() < 0.003, "{a} and {b} degC");
}

/// The room at the end of ten days at -10 degC, degC: its house needs 7.2 kW then,
/// its unit gives 5, and a backup heater of so much joins below 0 degC. The flow
/// follows the room by a PI from a curve that is 6 K short.
fn colder_than_bivalent_c(backup_kw: f64) -> f64 {
    let toml = format!(
        r#"heatloop = 1
title = "Below the bivalent point"
site = {{ latitude_deg = 50, longitude_deg = 8, altitude_m = 0, timezone = "UTC" }}
period = {{ start = 2001-01-05, days = 10, warmup_days = 5 }}
weather.day = {{ outdoor_c = -10 }}

[[users]]
settings.room = {{ preferred_temperature = 20 }}

[[users.devices]]
controller.pi = {{ gain = 0.5, integral_min = 600 }}
controller.heating_curve = {{ design_flow_c = 38, design_outdoor_c = -10, exponent = 1.3, min_flow_c = 20, max_flow_c = 60 }}
emitter = {{ kind = "fan_coil", conductance_w_per_k = 300, flow_l_per_h = 20000, capacity_kj_per_k = 500, fan_w = 0 }}

[users.devices.house.template.rooms.house]
floor_area_m2 = 150
model = {{ kind = "one-node", loss_w_per_k = 240, class = "medium" }}

[users.devices.heat_pump]
flow_max_c = 60
backup = {{ power_kw = {backup_kw}, bivalence_c = 0, delay_min = 600 }}
points = [
    {{ source_c = -10, flow_c = 35, capacity_kw = 5, cop = 2.8 }},
    {{ source_c = -10, flow_c = 55, capacity_kw = 5, cop = 2.0 }},
]
"#
    );
    let scenario = scenario::parse(&toml, Format::Toml, Path::new("tests/behaviour"))
        .unwrap_or_else(|faults| panic!("{}", faults.render(100, false)));
    let run = Run::of(scenario);
    *run.trace().rooms[0].operative_c.last().expect("rows")
}

#[test]
fn section_4_the_pi_reaches_the_target_with_the_backup_below_the_bivalence_point() {
    let enough = colder_than_bivalent_c(6.0);
    assert!((enough - 20.0).abs() < 0.2, "{enough} degC");
    // 5 + 1 kW of the 7.2: the room falls to -10 + 30 * 6 / 7.2, and the integral rests.
    let short = colder_than_bivalent_c(1.0);
    assert!((short - 15.0).abs() < 0.3, "{short} degC");
}

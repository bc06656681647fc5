//! Sections 1 to 3: documents, levels, bounds and schedules in a run.

use crate::bench::{Run, winter};

#[test]
fn section_2_a_document_acts_at_the_first_control_instant_at_or_after_its_stamp() {
    let run = winter()
        .event(
            "2021-02-08T12:02:10",
            r#"{"room": {"preferred_temperature": 21}}"#,
        )
        .event(
            "2021-02-08T18:00:00",
            r#"{"room": {"preferred_temperature": 22}}"#,
        )
        .run();
    let target = &run.trace().rooms[0].target_c;
    let at = |utc: &str| run.row(utc);
    assert_eq!(target[at("2021-02-08T11:00:00Z")], 20.0, "12:00 to 12:05");
    assert_eq!(target[at("2021-02-08T11:05:00Z")], 21.0, "from 12:05");
    assert_eq!(target[at("2021-02-08T16:55:00Z")], 21.0);
    assert_eq!(target[at("2021-02-08T17:00:00Z")], 22.0, "at its stamp");
}

#[test]
fn section_2_documents_of_one_stamp_apply_in_the_order_of_the_stream() {
    let run = winter()
        .event(
            "2021-02-08T12:00",
            r#"{"room": {"preferred_temperature": 21}}"#,
        )
        .event(
            "2021-02-08T12:00",
            r#"{"room": {"preferred_temperature": 19}}"#,
        )
        .run();
    assert_eq!(run.trace().rooms[0].target_c.last(), Some(&19.0));
    assert_eq!(run.result.settings.len(), 2);
}

#[test]
fn section_2_a_device_keeps_its_override_until_it_is_cleared() {
    let second = "[[users.devices]]\nid = \"e\"\nhouse = \"rc-light\"\nheat_pump = \"typical-air-to-air-3\"\nemitter = \"room_unit\"\nsettings.room.preferred_temperature = 17";
    let run = winter()
        .device(second)
        .event(
            "2021-02-08T12:00",
            r#"{"room": {"preferred_temperature": 21}}"#,
        )
        .event(
            "2021-02-09T12:00",
            r#"{"device_id": "e", "room": {"preferred_temperature": null}}"#,
        )
        .run();
    let targets = |d: usize| &run.result.devices[d].0.rooms[0].target_c;
    let (noon, next) = (
        run.row("2021-02-08T11:00:00Z"),
        run.row("2021-02-09T11:00:00Z"),
    );
    assert_eq!((targets(0)[noon - 1], targets(1)[noon - 1]), (20.0, 17.0));
    assert_eq!((targets(0)[noon], targets(1)[noon]), (21.0, 17.0));
    assert_eq!((targets(0)[next], targets(1)[next]), (21.0, 21.0));
}

#[test]
fn section_2_a_change_of_location_and_a_deprecated_spelling_are_reported() {
    let run = winter()
        .event(
            "2021-02-08T12:00",
            r#"{"location": {"country": "NL", "postal_code": "9711AA"}}"#,
        )
        .event(
            "2021-02-08T13:00",
            r#"{"steering_enabled": {"heat_pump": true}}"#,
        )
        .run();
    assert!(
        run.warned("change at the next start"),
        "{:?}",
        run.metrics.warnings
    );
    assert!(run.warned("deprecated"), "{:?}", run.metrics.warnings);
    assert_eq!(
        run.metrics.total.steering.settings_applied.value(),
        Some(2.0)
    );
}

#[test]
fn section_3_offsets_move_with_the_schedule_and_absolute_bounds_clip_it() {
    let schedule = "schedule = [{ days = [\"mon\", \"tue\", \"wed\"], start = \"06:00\", end = \"22:00\", target_c = 23 }]\n\
                    settings.room = { preferred_temperature = 18, schedule_enabled = true";
    let (night, day) = ("2021-02-09T03:00:00Z", "2021-02-09T12:00:00Z");
    let bounds = |run: &Run, utc: &str| {
        let (room, i) = (&run.trace().rooms[0], run.row(utc));
        (room.lower_c[i], room.target_c[i], room.upper_c[i])
    };
    let run = winter().user(&format!("{schedule} }}")).run();
    assert_eq!(bounds(&run, night), (16.5, 18.0, 20.0));
    assert_eq!(bounds(&run, day), (21.5, 23.0, 25.0));
    assert!(!run.warned("clipped"));

    let absolute = "bounds = \"absolute\"";
    let run = winter()
        .user(absolute)
        .user(&format!(
            "{schedule}, temperature_lower_bound = 17, temperature_upper_bound = 21 }}"
        ))
        .run();
    assert_eq!(bounds(&run, night), (17.0, 18.0, 21.0));
    assert_eq!(bounds(&run, day), (17.0, 21.0, 21.0));
    assert!(run.warned("clipped"), "{:?}", run.metrics.warnings);
}

#[test]
fn section_3_a_narrow_band_is_warned_of() {
    let run = winter()
        .user("settings.room = { temperature_lower_bound = 0.1, temperature_upper_bound = 0.1 }")
        .run();
    assert!(
        run.warned("device d") || run.warned("\"d\""),
        "{:?}",
        run.metrics.warnings
    );
}

#[test]
fn section_3_a_legionella_warning_names_the_device_and_stays_in_the_result() {
    let run = winter()
        .event(
            "2021-02-08T12:00",
            r#"{"dhw": {"temperature_lower_bound": 30, "temperature_upper_bound": 35}}"#,
        )
        .event("2021-02-09T12:00", r#"{"dhw": null}"#)
        .run();
    let about: Vec<_> = run
        .metrics
        .warnings
        .iter()
        .filter(|w| w.contains("Legionella"))
        .collect();
    assert_eq!(about.len(), 1, "{:?}", run.metrics.warnings);
    assert!(about[0].contains('d'), "{about:?}");
}

#[test]
fn section_3_a_start_that_the_clock_skips_acts_at_the_end_of_the_gap() {
    let mut text = winter();
    text.start = "2021-03-27";
    text.days = 2;
    let run = text
        .user("schedule = [{ days = [\"sun\"], start = \"02:30\", end = \"04:00\", target_c = 22 }]\nsettings.room.schedule_enabled = true")
        .run();
    let target = &run.trace().rooms[0].target_c;
    // 02:00 to 03:00 local does not exist: 01:00 UTC is 03:00 local.
    let at = |utc: &str| target[run.row(utc)];
    assert_eq!(at("2021-03-28T00:55:00Z"), 20.0);
    assert_eq!(at("2021-03-28T01:00:00Z"), 22.0);
    assert_eq!(at("2021-03-28T01:55:00Z"), 22.0);
    assert_eq!(at("2021-03-28T02:00:00Z"), 20.0);
}

#[test]
fn section_3_an_entry_in_the_repeated_hour_applies_twice() {
    let mut text = winter();
    text.start = "2021-10-30";
    text.days = 2;
    let run = text
        .user("schedule = [{ days = [\"sun\"], start = \"02:15\", end = \"02:45\", target_c = 22 }]\nsettings.room.schedule_enabled = true")
        .run();
    let target = &run.trace().rooms[0].target_c;
    let warm: Vec<usize> = (0..target.len()).filter(|&i| target[i] == 22.0).collect();
    assert_eq!(warm.len(), 12, "twice half an hour in rows of 5 min");
    assert_eq!(warm[0], run.row("2021-10-31T00:15:00Z"));
    assert_eq!(warm[6], run.row("2021-10-31T01:15:00Z"));
}

#[test]
fn section_3_a_room_may_be_offset_and_bounds_hold_for_all_rooms() {
    let mut text = winter();
    text.device =
        "house = \"four-rooms\"\nheat_pump = \"nibe-f2050-6\"\ntank = \"200 l\"\n".to_owned();
    let scenario = text.scenario();
    let offsets: Vec<f64> = scenario.users[0].devices[0]
        .house
        .rooms
        .iter()
        .map(|r| r.target_offset_k)
        .collect();
    let run = Run::of(scenario);
    for (room, offset) in run.trace().rooms.iter().zip(offsets) {
        if room.controlled {
            assert!((room.target_c[0] - 20.0 - offset).abs() < 1e-9);
            assert!((room.target_c[0] - room.lower_c[0] - 1.5).abs() < 1e-9);
        }
    }
}

#[test]
fn section_3_metrics_use_a_narrow_band_as_it_was_given() {
    let run = winter()
        .user("settings.room = { temperature_lower_bound = 0, temperature_upper_bound = 0.1 }")
        .run();
    let room = &run.trace().rooms[0];
    assert_eq!((room.lower_c[0], room.upper_c[0]), (20.0, 20.1));
    // Control holds 0.2 K to either side of 20.05 °C, so both are left at times.
    let sum = |all: &[f64]| all.iter().sum::<f64>();
    assert!(sum(&room.below_h) > 1.0, "{}", sum(&room.below_h));
}

#[test]
fn section_1_constants_of_the_controller_have_their_defaults() {
    let scenario = winter().scenario();
    let device = &scenario.users[0].devices[0];
    let c = &device.controller;
    assert_eq!((c.heating_deadband_k, c.cooling_deadband_k), (0.3, 1.0));
    assert_eq!((c.dwell_s, c.dwell_margin_k), (4.0 * 3600.0, 1.0));
    let auto = (
        c.auto_cooling_below_preferred_k,
        c.auto_cooling_hysteresis_k,
        c.damping_s,
    );
    assert_eq!(auto, (4.0, 2.0, 86_400.0));
    let outdoor = (c.cooling_outdoor_limit_c, c.cooling_outdoor_hysteresis_k);
    assert_eq!(outdoor, (18.0, 2.0));
    assert_eq!((c.tank_setpoint_c, c.tank_hysteresis_k), (50.0, 5.0));
    assert_eq!((c.longest_charge_s, c.room_turn_s), (5400.0, 1800.0));
    assert_eq!((c.frost_protection, c.frost_c), (true, 5.0));
    assert_eq!(c.recovery_s, 7200.0);
}

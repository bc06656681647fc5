//! Section 2 and 3: what a scenario's own documents are refused for.

use crate::bench::winter;

#[test]
fn section_2_an_invalid_document_of_the_scenario_is_a_fault_of_it() {
    let text = winter()
        .event(
            "2021-02-09T12:00",
            r#"{"room": {"preferred_temperature": 70, "temperature_lower_bound": 19.5}}"#,
        )
        .faults();
    assert!(
        text.contains("70") && text.contains("19.5"),
        "all at once: {text}"
    );
    assert!(
        text.contains("absolute"),
        "names the other convention: {text}"
    );
}

#[test]
fn section_2_an_event_may_say_that_it_will_be_refused() {
    let expect = |document: &str| {
        winter().device(&format!(
            "[[events]]\nat = 2021-02-09T12:00\nexpect = \"refused\"\ndocument = '{document}'"
        ))
    };
    let run =
        expect(r#"{"user_id": "u", "device_id": "other", "room": {"preferred_temperature": 25}}"#)
            .run();
    assert_eq!(
        run.metrics.total.steering.settings_refused.value(),
        Some(1.0)
    );
    assert_eq!(
        run.trace().rooms[0].target_c.last(),
        Some(&20.0),
        "nothing changed"
    );
    let text = expect(r#"{"user_id": "u", "room": {"preferred_temperature": 21}}"#).faults();
    assert!(text.contains("will apply"), "{text}");
}

#[test]
fn section_2_a_user_id_of_null_is_a_fault() {
    let text = winter()
        .device(
            "[[events]]\nat = 2021-02-09T12:00\ndocument = '{\"user_id\": null, \"room\": null}'",
        )
        .faults();
    assert!(text.contains("user_id"), "{text}");
}

#[test]
fn section_3_swapped_tank_bounds_are_refused() {
    let text = winter()
        .user("settings.dhw = { temperature_lower_bound = 60, temperature_upper_bound = 45 }")
        .faults();
    assert!(
        text.contains("temperature_lower_bound") || text.contains("temperature_upper_bound"),
        "{text}"
    );
}

#[test]
fn fails_for_a_unit_whose_heat_no_emitter_can_take() {
    let of = |unit: &str, emitter: &str| {
        let mut text = winter();
        text.device =
            format!("house = \"rc-light\"\nheat_pump = \"{unit}\"\nemitter = \"{emitter}\"\n");
        text.faults()
    };
    let air = of("typical-air-to-air-3", "radiator");
    assert!(air.contains("has no") && air.contains("room_unit"), "{air}");
    let water = of("nibe-f2050-6", "room_unit");
    assert!(
        water.contains("refrigerant") && water.contains("underfloor"),
        "{water}"
    );
}

#[test]
fn fails_for_a_period_that_is_not_of_whole_quarter_hours() {
    let of = |start: &'static str| {
        let mut text = winter();
        text.start = start;
        text
    };
    let start = of("2021-02-08T00:10").faults();
    assert!(
        start.contains("period.start") && start.contains("quarter-hour"),
        "{start}"
    );
    let toml = of("2021-02-08")
        .toml()
        .replace("days = 3", "end = 2021-02-09T12:10");
    let length = match heatloop::scenario::parse(
        &toml,
        heatloop::scenario::Format::Toml,
        std::path::Path::new(""),
    ) {
        Ok(_) => panic!("no fault"),
        Err(faults) => faults.render(100, false),
    };
    assert!(
        length.contains("period.end") && length.contains("quarter-hour"),
        "{length}"
    );
    assert!(of("2021-02-08T00:15").parse().is_ok());
}

#[test]
fn weather_from_far_away_is_warned_of() {
    let mut text = winter();
    (text.climate, text.start) = ("malaga-2019", "2019-02-08");
    let far = text.scenario().warnings.join("\n");
    assert!(
        far.contains("malaga-2019") && far.contains("km from the site"),
        "{far}"
    );
    assert!(!winter().scenario().warnings.join("\n").contains("km from"));
}

#[test]
fn cooling_that_nothing_can_do_is_warned_of() {
    // Radiators would drip; this unit has no cooling figures either.
    let cannot = winter()
        .user("settings.room.temperature_control_mode = \"auto\"")
        .run();
    assert!(
        cannot.warned("nothing in it can cool"),
        "{:?}",
        cannot.metrics.warnings
    );
    assert!(!winter().run().warned("can cool"));
    let can = crate::bench::summer()
        .user("settings.room.temperature_control_mode = \"auto\"")
        .run();
    assert!(!can.warned("can cool"));
}

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

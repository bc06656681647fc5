//! Section 1: reading and writing one document.

use super::*;

fn in_room(key: &str, v: Value) -> Value {
    json!({"user_id": "u", "room": {key: v}})
}

#[test]
fn section_1_the_example_is_read_and_written_back() {
    let v = json!({"user_id": "u-17",
        "room": {"temperature_lower_bound": 1.5, "temperature_upper_bound": 2, "preferred_temperature": 21,
                 "schedule_enabled": true, "temperature_control_mode": "auto"},
        "dhw": {"temperature_lower_bound": 45, "temperature_upper_bound": 60},
        "steering_enabled": {"heat_pump": false},
        "location": {"country": "NL", "postal_code": "1234AB"}});
    let d = doc(v.clone());
    assert_eq!(d.user_id, "u-17");
    assert_eq!(d.device_id, None);
    assert_eq!(d.patch(Key::Preferred), Patch::Set(&Setting::Number(21.0)));
    assert_eq!(
        d.patch(Key::Mode),
        Patch::Set(&Setting::Mode(ControlMode::Auto))
    );
    assert_eq!(d.patch(Key::DynamicTariff), Patch::Keep);
    assert_eq!(d.to_json(), v);
    assert!(d.uses_legacy_spelling());
}

#[test]
fn section_1_defaults() {
    let e = store().effective("u", "a").unwrap();
    assert_eq!(
        (e.preferred_c, e.room_lower, e.room_upper),
        (20.0, 1.5, 2.0)
    );
    assert_eq!((e.dhw_lower_c, e.dhw_upper_c), (45.0, 60.0));
    assert_eq!(e.mode, ControlMode::Heating);
    assert!(!e.schedule_enabled && !e.flex_trading && !e.dynamic_tariff && !e.pv_self_consumption);
    assert_eq!(
        (e.country.as_deref(), e.postal_code.as_deref()),
        (None, None)
    );
    assert!(
        Key::ALL
            .into_iter()
            .all(|k| e.level_of(k) == LevelName::Default)
    );
}

#[test]
fn section_1_user_id_is_required_and_a_string() {
    assert_eq!(fault(json!({})).kind, FaultKind::Missing);
    assert_eq!(fault(json!({"user_id": 17})).kind, FaultKind::NotAString);
    assert_eq!(fault(json!({"user_id": " "})).kind, FaultKind::NotAString);
    assert_eq!(fault(json!([1])).kind, FaultKind::NotAnObject);
    assert_eq!(
        fault(json!({"user_id": "u", "device_id": 3})).path(),
        "device_id"
    );
}

#[test]
fn section_1_device_id_null_is_the_user_level() {
    let null = doc(json!({"user_id": "u", "device_id": null}));
    assert_eq!(null, doc(json!({"user_id": "u"})));
}

#[test]
fn section_1_ranges_are_inclusive() {
    let (key, min, max) = ("preferred_temperature", 5.0, 35.0);
    doc(in_room(key, json!(min)));
    doc(in_room(key, json!(max)));
    assert_eq!(
        fault(in_room(key, json!(min - 0.01))).kind,
        FaultKind::TooLow
    );
    assert_eq!(
        fault(in_room(key, json!(max + 0.01))).kind,
        FaultKind::TooHigh
    );
    for key in ["temperature_lower_bound", "temperature_upper_bound"] {
        let dhw = |x: f64| json!({"user_id": "u", "dhw": {key: x}});
        doc(dhw(10.0));
        doc(dhw(80.0));
        assert_eq!(fault(dhw(9.9)).kind, FaultKind::TooLow);
        assert_eq!(fault(dhw(-400.0)).kind, FaultKind::TooLow);
        assert_eq!(fault(dhw(500.0)).kind, FaultKind::TooHigh);
        assert_eq!(fault(dhw(140.0)).kind, FaultKind::LooksLikeOtherUnit);
        assert!(
            fault(dhw(333.15))
                .hint
                .unwrap()
                .contains("kelvin: 333.15 K is 60 °C")
        );
    }
}

#[test]
fn section_1_wrong_types_are_faults_with_a_hint() {
    let f = fault(in_room("preferred_temperature", json!("21.5")));
    assert_eq!(f.kind, FaultKind::NotANumber);
    assert_eq!(f.hint.as_deref(), Some("write 21.5, without quotes"));
    assert_eq!(f.allowed.as_deref(), Some("5 to 35"));
    let f = fault(in_room("schedule_enabled", json!("yes")));
    assert_eq!(
        (f.kind, f.hint.as_deref()),
        (FaultKind::NotABool, Some("write true, without quotes"))
    );
    assert_eq!(
        fault(in_room("schedule_enabled", json!(0))).hint.as_deref(),
        Some("write false")
    );
    assert_eq!(
        fault(in_room("preferred_temperature", json!(true))).kind,
        FaultKind::NotANumber
    );
    assert_eq!(
        fault(in_room("preferred_temperature", json!([21]))).kind,
        FaultKind::NotANumber
    );
    assert_eq!(
        fault(json!({"user_id": "u", "room": 21})).kind,
        FaultKind::NotAnObject
    );
    assert_eq!(
        fault(in_room("temperature_control_mode", json!(1))).kind,
        FaultKind::NotAString
    );
    let f = fault(in_room("temperature_control_mode", json!("Heat")));
    assert_eq!(f.kind, FaultKind::NotAChoice);
    assert_eq!(f.allowed.as_deref(), Some("heating, cooling, auto, off"));
    assert_eq!(f.hint.as_deref(), Some("did you mean \"heating\"?"));
}

#[test]
fn section_1_unknown_keys_are_refused_with_the_nearest_name() {
    let hint = |v| {
        let f = fault(v);
        assert_eq!(f.kind, FaultKind::UnknownKey);
        f.hint.unwrap_or_default()
    };
    assert_eq!(
        hint(in_room("prefered_temperature", json!(21))),
        "did you mean \"preferred_temperature\"?"
    );
    assert_eq!(
        hint(in_room("preferredTemperature", json!(21))),
        "did you mean \"preferred_temperature\"?"
    );
    assert_eq!(
        hint(json!({"user_id": "u", "rooms": {}})),
        "did you mean \"room\"?"
    );
    assert_eq!(
        hint(json!({"user_id": "u", "preferred_temperature": 21})),
        "did you mean room.preferred_temperature?"
    );
    assert_eq!(
        hint(json!({"user_id": "u", "room.preferred_temperature": 21})),
        "nest it: \"room\": {\"preferred_temperature\": …}"
    );
    assert_eq!(
        hint(in_room("flex_trading", json!(true))),
        "did you mean optimization_settings.flex_trading?"
    );
    assert_eq!(hint(in_room("zzz", json!(1))), "");
    // Misspelt and cleared: still a fault, not a silent nothing.
    assert_eq!(
        hint(in_room("prefered_temperature", Value::Null)),
        "did you mean \"preferred_temperature\"?"
    );
}

#[test]
fn section_1_a_key_given_twice_is_a_fault() {
    let text =
        r#"{"user_id": "u", "room": {"preferred_temperature": 20, "preferred_temperature": 21}}"#;
    let all = SettingsDocument::from_json_text(text).unwrap_err();
    assert_eq!(all.len(), 1);
    assert_eq!(
        (all[0].kind, all[0].path()),
        (FaultKind::DuplicateKey, "room.preferred_temperature".into())
    );
}

#[test]
fn section_1_broken_text_is_one_fault() {
    for text in [
        "",
        "{",
        "{\"user_id\": \"u\",}",
        "{\"user_id\": NaN}",
        "{\"user_id\": 1e999}",
    ] {
        let all = SettingsDocument::from_json_text(text).unwrap_err();
        assert_eq!(
            (all.len(), all[0].kind),
            (1, FaultKind::JsonInvalid),
            "{text}"
        );
    }
}

#[test]
fn section_1_fahrenheit_and_kelvin_are_recognised() {
    let f = fault(in_room("preferred_temperature", json!(68)));
    assert_eq!(f.kind, FaultKind::LooksLikeOtherUnit);
    assert_eq!(
        f.hint.as_deref(),
        Some("this looks like °F: 68 °F is 20 °C")
    );
    let f = fault(in_room("preferred_temperature", json!(293.15)));
    assert_eq!(
        f.hint.as_deref(),
        Some("this looks like kelvin: 293.15 K is 20 °C")
    );
    let f = fault(in_room("preferred_temperature", json!(1000)));
    assert_eq!((f.kind, f.hint), (FaultKind::TooHigh, None));
    // Bounds are recognised before the convention is known.
    let f = fault(in_room("temperature_lower_bound", json!(67)));
    assert_eq!(f.kind, FaultKind::LooksLikeOtherUnit);
    assert!(f.hint.unwrap().contains("°F"));
    let f = fault(in_room("temperature_upper_bound", json!(295)));
    assert!(f.hint.unwrap().contains("kelvin"));
}

#[test]
fn section_3_nan_and_infinities_are_refused_not_taken_for_null() {
    let toml: toml::Value = toml::from_str(
        "user_id = 'u'\nroom = { preferred_temperature = nan, temperature_lower_bound = inf }\ndhw = { temperature_upper_bound = -inf }",
    )
    .unwrap();
    let all = Draft::read(&Tree::from(&toml)).into_result().unwrap_err();
    assert_eq!(all.len(), 3);
    assert!(
        all.iter().all(|f| f.kind == FaultKind::NotFinite),
        "{all:#?}"
    );
}

#[test]
fn section_1_toml_says_the_same_as_json() {
    let toml: toml::Value = toml::from_str(
        "user_id = 'u'\ndevice_id = 'a'\nroom = { preferred_temperature = 21, temperature_control_mode = 'auto' }",
    )
    .unwrap();
    let d = Draft::read(&Tree::from(&toml)).into_result().unwrap();
    assert_eq!(
        d,
        doc(json!({"user_id": "u", "device_id": "a",
                   "room": {"preferred_temperature": 21.0, "temperature_control_mode": "auto"}}))
    );
    let date: toml::Value = toml::from_str("user_id = 2025-01-01").unwrap();
    assert_eq!(
        Draft::read(&Tree::from(&date)).faults[0].kind,
        FaultKind::NotAString
    );
}

#[test]
fn section_1_country_and_postal_code_are_checked() {
    let f = fault(json!({"user_id": "u", "location": {"country": "UK"}}));
    assert_eq!(
        (f.kind, f.hint.as_deref()),
        (FaultKind::NotAChoice, Some("write \"GB\""))
    );
    assert_eq!(
        fault(json!({"user_id": "u", "location": {"country": "nl"}}))
            .hint
            .as_deref(),
        Some("write \"NL\"")
    );
    let f = fault(json!({"user_id": "u", "location": {"postal_code": 1234}}));
    assert_eq!(
        (f.kind, f.hint.as_deref()),
        (FaultKind::NotAString, Some("write \"1234\", in quotes"))
    );
    assert_eq!(
        fault(json!({"user_id": "u", "location": {"postal_code": ""}})).kind,
        FaultKind::Form
    );
    // Country and code fit each other once merged, whichever comes first.
    let mut s = store();
    apply(
        &mut s,
        json!({"user_id": "u", "location": {"postal_code": "1234"}}),
    )
    .unwrap();
    let all = apply(
        &mut s,
        json!({"user_id": "u", "location": {"country": "NL"}}),
    )
    .unwrap_err();
    assert_eq!(
        (all.len(), all[0].kind, all[0].path()),
        (1, FaultKind::Form, "location.country".into())
    );
    apply(
        &mut s,
        json!({"user_id": "u", "location": {"country": "BE"}}),
    )
    .unwrap();
}

#[test]
fn section_1_a_known_owner_need_not_be_named_but_must_not_differ() {
    let read = |v: Value| Draft::read_settings(&Tree::from(&v), "u", Some("a"));
    let d = read(json!({"room": {"preferred_temperature": 21}}))
        .into_result()
        .unwrap();
    assert_eq!(
        (d.user_id.as_str(), d.device_id.as_deref()),
        ("u", Some("a"))
    );
    assert!(
        read(json!({"user_id": "u", "device_id": "a"}))
            .faults
            .is_empty()
    );
    let f = read(json!({"user_id": "v", "device_id": "b"})).faults;
    assert_eq!(
        f.iter().map(|f| f.kind).collect::<Vec<_>>(),
        [FaultKind::UnknownUser, FaultKind::UnknownDevice]
    );
    assert_eq!(read(json!({"user_id": null})).faults.len(), 1);
}

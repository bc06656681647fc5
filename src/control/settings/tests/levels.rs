//! Section 2: two levels, clearing, atomic application.

use super::*;

fn preferred(s: &Store, device: &str) -> f64 {
    s.effective("u", device).unwrap().preferred_c
}

#[test]
fn section_2_without_device_id_every_device_of_that_user_and_no_other_follows() {
    let mut s = store();
    let applied = apply(
        &mut s,
        json!({"user_id": "u", "room": {"preferred_temperature": 22}}),
    )
    .unwrap();
    assert_eq!(applied.reaches, ["a", "b"]);
    assert_eq!(applied.changed, [Key::Preferred]);
    assert_eq!((preferred(&s, "a"), preferred(&s, "b")), (22.0, 22.0));
    assert_eq!(s.effective("v", "c").unwrap().preferred_c, 20.0);
    assert_eq!(
        s.effective("u", "a").unwrap().level_of(Key::Preferred),
        LevelName::User
    );
}

#[test]
fn section_2_with_device_id_that_device_alone() {
    let mut s = store();
    let applied = apply(
        &mut s,
        json!({"user_id": "u", "device_id": "b", "room": {"preferred_temperature": 22}}),
    )
    .unwrap();
    assert_eq!(applied.reaches, ["b"]);
    assert_eq!((preferred(&s, "a"), preferred(&s, "b")), (20.0, 22.0));
    assert_eq!(
        s.effective("u", "b").unwrap().level_of(Key::Preferred),
        LevelName::Device
    );
}

#[test]
fn section_2_a_later_user_change_reaches_a_device_except_where_it_overrides() {
    let mut s = store();
    apply(
        &mut s,
        json!({"user_id": "u", "device_id": "a", "room": {"preferred_temperature": 18}}),
    )
    .unwrap();
    apply(&mut s, json!({"user_id": "u", "room": {"preferred_temperature": 22, "temperature_lower_bound": 1}})).unwrap();
    let a = s.effective("u", "a").unwrap();
    assert_eq!((a.preferred_c, a.room_lower), (18.0, 1.0));
    assert_eq!(preferred(&s, "b"), 22.0);
}

#[test]
fn section_2_null_clears_a_key_and_a_whole_group_at_its_level() {
    let mut s = store();
    apply(
        &mut s,
        json!({"user_id": "u", "room": {"preferred_temperature": 22}}),
    )
    .unwrap();
    apply(&mut s, json!({"user_id": "u", "device_id": "a",
        "room": {"preferred_temperature": 18, "temperature_control_mode": "off"}, "dhw": {"temperature_lower_bound": 41}}))
    .unwrap();
    let applied = apply(
        &mut s,
        json!({"user_id": "u", "device_id": "a", "room": {"preferred_temperature": null}}),
    )
    .unwrap();
    assert_eq!(applied.changed, [Key::Preferred]);
    assert_eq!(preferred(&s, "a"), 22.0, "the user level shows through");
    apply(
        &mut s,
        json!({"user_id": "u", "device_id": "a", "room": null}),
    )
    .unwrap();
    let a = s.effective("u", "a").unwrap();
    assert_eq!(
        (a.mode, a.dhw_lower_c),
        (ControlMode::Heating, 41.0),
        "other groups stay"
    );
    apply(&mut s, json!({"user_id": "u", "room": null})).unwrap();
    assert_eq!(preferred(&s, "a"), 20.0, "the default shows through");
}

#[test]
fn section_2_user_id_null_is_a_fault() {
    let f = fault(json!({"user_id": null, "room": {"preferred_temperature": 21}}));
    assert_eq!(
        (f.kind, f.path()),
        (FaultKind::NotAString, "user_id".into())
    );
}

#[test]
fn section_2_a_device_of_another_user_is_refused_and_nothing_changes() {
    let mut s = store();
    for device in ["c", "nobody's"] {
        let before = s.clone();
        let all = apply(
            &mut s,
            json!({"user_id": "u", "device_id": device, "room": {"preferred_temperature": 21}}),
        )
        .unwrap_err();
        assert_eq!((all.len(), all[0].kind), (1, FaultKind::UnknownDevice));
        assert_eq!(s, before);
    }
    let all = apply(&mut s, json!({"user_id": "x"})).unwrap_err();
    assert_eq!(all[0].kind, FaultKind::UnknownUser);
    assert!(
        s.effective("u", "c").is_err()
            && s.effective("x", "a").is_err()
            && s.level("u", Some("c")).is_err()
    );
}

#[test]
fn section_2_the_merged_result_is_checked_for_every_device_that_it_reaches() {
    let mut s = store();
    apply(
        &mut s,
        json!({"user_id": "u", "device_id": "b", "dhw": {"temperature_upper_bound": 50}}),
    )
    .unwrap();
    let before = s.clone();
    // Sound for "a" (55 < 60), wrong for "b" (55 > 50).
    let all = apply(
        &mut s,
        json!({"user_id": "u", "dhw": {"temperature_lower_bound": 55}}),
    )
    .unwrap_err();
    assert_eq!(all.len(), 1);
    assert_eq!(
        (all[0].kind, all[0].path()),
        (FaultKind::BoundsOrder, "dhw.temperature_lower_bound".into())
    );
    assert_eq!(all[0].devices, ["b"]);
    assert!(all[0].text().contains("device b"));
    assert_eq!(s, before);
    // Clearing is checked too: the user's bound would show through.
    apply(
        &mut s,
        json!({"user_id": "u", "device_id": "b", "dhw": {"temperature_lower_bound": 40}}),
    )
    .unwrap();
    apply(
        &mut s,
        json!({"user_id": "u", "dhw": {"temperature_lower_bound": 55}}),
    )
    .unwrap();
    let all = apply(
        &mut s,
        json!({"user_id": "u", "device_id": "b", "dhw": {"temperature_lower_bound": null}}),
    )
    .unwrap_err();
    assert_eq!(all[0].kind, FaultKind::BoundsOrder);
}

#[test]
fn section_2_all_faults_are_reported_together_and_none_is_a_consequence_of_another() {
    let mut s = store();
    let before = s.clone();
    let all = apply(&mut s, json!({"user_id": "u",
        "room": {"preferred_temperature": 70, "temperature_lower_bound": 18, "colour": 1, "schedule_enabled": 1},
        "dhw": {"temperature_lower_bound": 62},
        "optimization_settings": {"flex_trading": true, "dynamic_tariff": true}})).unwrap_err();
    let kinds: Vec<FaultKind> = all.iter().map(|f| f.kind).collect();
    assert_eq!(
        kinds,
        [
            FaultKind::LooksLikeOtherUnit,
            FaultKind::UnknownKey,
            FaultKind::NotABool,
            FaultKind::ExclusiveSteering,
            FaultKind::OtherConvention,
            FaultKind::BoundsOrder,
        ]
    );
    assert_eq!(s, before);
    // The unread upper bound does not make the lower bound look wrong.
    let all = apply(&mut s, json!({"user_id": "u", "dhw": {"temperature_lower_bound": 62, "temperature_upper_bound": "70"}})).unwrap_err();
    assert_eq!((all.len(), all[0].kind), (1, FaultKind::NotANumber));
}

#[test]
fn section_2_a_document_made_in_code_meets_the_same_checks() {
    let mut s = store();
    let before = s.clone();
    for d in [
        SettingsDocument::for_user("u").set(Key::Preferred, f64::NAN),
        SettingsDocument::for_user("u").set(Key::Preferred, true),
        SettingsDocument::for_user("u").set(Key::Country, "Holland"),
        SettingsDocument::for_user(""),
    ] {
        assert_eq!(s.apply(&d).unwrap_err().len(), 1, "{d:?}");
        assert_eq!(s, before);
        let devices = vec![("a".to_owned(), d.clone())];
        let setup = UserSetup {
            id: "u".into(),
            devices,
            ..UserSetup::default()
        };
        assert_eq!(Store::new(&[setup]).is_err(), !d.is_empty(), "{d:?}");
    }
}

#[test]
fn section_2_an_empty_document_is_applied_and_changes_nothing() {
    let mut s = store();
    let before = s.clone();
    let applied = apply(&mut s, json!({"user_id": "u", "room": {}})).unwrap();
    assert!(
        applied.changed.is_empty() && applied.warnings.is_empty() && applied.notices.is_empty()
    );
    assert_eq!(s, before);
}

#[test]
fn section_2_a_change_of_location_is_stored_and_reported() {
    let mut s = store();
    let v = json!({"user_id": "u", "location": {"country": "AT", "postal_code": "6020"}});
    let applied = apply(&mut s, v.clone()).unwrap();
    assert!(applied.notices[0].contains("next start"), "{applied:?}");
    let e = s.effective("u", "a").unwrap();
    assert_eq!(
        (e.country.as_deref(), e.postal_code.as_deref()),
        (Some("AT"), Some("6020"))
    );
    assert!(
        apply(&mut s, v).unwrap().notices.is_empty(),
        "the same again is no change"
    );
}

#[test]
fn section_2_documents_of_one_instant_act_in_the_order_of_the_stream() {
    let at = |at_s, c: f64| {
        RecordedDocument::new(
            at_s,
            &SettingsDocument::for_user("u").set(Key::Preferred, c),
        )
    };
    let mut timeline = vec![at(20, 1.0), at(10, 18.0), at(20, 19.0), at(10, 17.0)];
    sort_timeline(&mut timeline);
    let sent: Vec<(i64, usize, Value)> = timeline
        .iter()
        .map(|r| {
            (
                r.at_s,
                r.order,
                r.body.document.to_json()["room"]["preferred_temperature"].clone(),
            )
        })
        .collect();
    assert_eq!(
        sent,
        [
            (10, 0, json!(18)),
            (10, 1, json!(17)),
            (20, 2, Value::Null),
            (20, 3, json!(19))
        ]
    );
    // 1 degC was not read; the document keeps its place. Refused, it does not stop the others, and rehearsing changes nothing.
    let s = store();
    let outcomes = rehearse(&s, &timeline);
    assert_eq!(
        outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, true, false, true]
    );
    assert_eq!(s, store());
}

#[test]
fn section_2_the_start_is_valid_as_a_whole_not_level_by_level() {
    let setup = |user: Value, device: Value| UserSetup {
        id: "u".into(),
        settings: Draft::read_settings(&Tree::from(&user), "u", None).document,
        devices: vec![(
            "a".into(),
            Draft::read_settings(&Tree::from(&device), "u", Some("a")).document,
        )],
        ..UserSetup::default()
    };
    let user = json!({"dhw": {"temperature_lower_bound": 62}});
    let s = Store::new(&[setup(
        user.clone(),
        json!({"dhw": {"temperature_upper_bound": 70}}),
    )])
    .unwrap();
    assert_eq!(s.effective("u", "a").unwrap().dhw_lower_c, 62.0);
    // At the user's table where the device says nothing, else at the device's.
    let all = Store::new(&[setup(user.clone(), json!({}))]).unwrap_err();
    assert_eq!(
        (all.len(), all[0].device_id.clone(), all[0].fault.path()),
        (1, None, "dhw.temperature_lower_bound".into())
    );
    let all =
        Store::new(&[setup(user, json!({"dhw": {"temperature_upper_bound": 61}}))]).unwrap_err();
    assert_eq!(
        (all.len(), all[0].device_id.as_deref(), all[0].fault.path()),
        (1, Some("a"), "dhw.temperature_upper_bound".into())
    );
    // Wrong conventions and twins are faults too.
    let mut twin = setup(json!({"room": {"temperature_lower_bound": 19}}), json!({}));
    twin.devices.push(twin.devices[0].clone());
    let all = Store::new(&[twin.clone(), twin]).unwrap_err();
    assert!(
        all.iter()
            .any(|f| f.fault.kind == FaultKind::OtherConvention)
    );
    assert_eq!(
        all.iter()
            .filter(|f| f.fault.kind == FaultKind::DuplicateKey)
            .count(),
        3
    );
}

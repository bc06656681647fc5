//! Section 6: exclusivity, the legacy spelling, inheritance of the group.

use super::*;

fn steer(device: Option<&str>, v: Value) -> Value {
    let mut d = json!({"user_id": "u", "optimization_settings": v});
    if let Some(id) = device {
        d["device_id"] = id.into();
    }
    d
}

/// (flex_trading, dynamic_tariff, pv_self_consumption) in force.
fn on(s: &Store, device: &str) -> (bool, bool, bool) {
    let e = s.effective("u", device).unwrap();
    (e.flex_trading, e.dynamic_tariff, e.pv_self_consumption)
}

#[test]
fn section_6_enabling_flex_writes_false_to_the_others_at_its_level() {
    let mut s = store();
    apply(
        &mut s,
        steer(
            None,
            json!({"dynamic_tariff": true, "pv_self_consumption": true}),
        ),
    )
    .unwrap();
    assert_eq!(
        on(&s, "a"),
        (false, true, true),
        "the two may be on together"
    );
    let applied = apply(&mut s, steer(None, json!({"flex_trading": true}))).unwrap();
    assert_eq!(
        applied.changed,
        [Key::FlexTrading, Key::DynamicTariff, Key::PvSelfConsumption]
    );
    assert_eq!(on(&s, "a"), (true, false, false));
    assert_eq!(
        s.level("u", None).unwrap().to_json(),
        json!({"optimization_settings": {"flex_trading": true, "dynamic_tariff": false, "pv_self_consumption": false}})
    );
}

#[test]
fn section_6_enabling_either_of_the_others_writes_false_to_flex() {
    for key in ["dynamic_tariff", "pv_self_consumption"] {
        let mut s = store();
        apply(&mut s, steer(None, json!({"flex_trading": true}))).unwrap();
        apply(&mut s, steer(None, json!({key: true}))).unwrap();
        assert_eq!(
            s.level("u", None).unwrap().get(Key::FlexTrading),
            Some(&Setting::Flag(false))
        );
        assert!(!on(&s, "a").0);
    }
}

#[test]
fn section_6_switching_a_side_off_writes_nothing_to_the_other() {
    let mut s = store();
    apply(&mut s, steer(None, json!({"flex_trading": false}))).unwrap();
    assert_eq!(
        s.level("u", None).unwrap().to_json(),
        json!({"optimization_settings": {"flex_trading": false}})
    );
}

#[test]
fn section_6_a_document_that_enables_both_sides_is_refused() {
    for (v, at) in [
        (
            json!({"optimization_settings": {"flex_trading": true, "dynamic_tariff": true}}),
            "optimization_settings.flex_trading",
        ),
        (
            json!({"optimization_settings": {"flex_trading": true, "pv_self_consumption": true}}),
            "optimization_settings.flex_trading",
        ),
        (
            json!({"optimization_settings": {"dynamic_tariff": true}, "steering_enabled": {"heat_pump": true}}),
            "steering_enabled.heat_pump",
        ),
    ] {
        let mut v = v;
        v["user_id"] = "u".into();
        let f = fault(v);
        assert_eq!(
            (f.kind, f.path()),
            (FaultKind::ExclusiveSteering, at.to_owned())
        );
    }
}

#[test]
fn section_6_exclusivity_writes_false_even_where_the_document_clears() {
    let mut s = store();
    apply(
        &mut s,
        steer(None, json!({"flex_trading": true, "dynamic_tariff": null})),
    )
    .unwrap();
    assert_eq!(
        s.level("u", None).unwrap().get(Key::DynamicTariff),
        Some(&Setting::Flag(false))
    );
}

#[test]
fn section_6_a_device_ignores_the_users_excluded_side() {
    let mut s = store();
    apply(&mut s, steer(None, json!({"flex_trading": true}))).unwrap();
    apply(&mut s, steer(Some("a"), json!({"dynamic_tariff": true}))).unwrap();
    assert_eq!(
        (on(&s, "a"), on(&s, "b")),
        ((false, true, false), (true, false, false))
    );
    // Even where the false that was written for it has been cleared.
    apply(&mut s, steer(Some("a"), json!({"flex_trading": null}))).unwrap();
    assert_eq!(on(&s, "a"), (false, true, false));
    assert_eq!(
        s.effective("u", "a").unwrap().level_of(Key::FlexTrading),
        LevelName::Device
    );
    // The side that is not excluded is inherited as ever.
    apply(&mut s, steer(None, json!({"pv_self_consumption": true}))).unwrap();
    assert_eq!(on(&s, "a"), (false, true, true));
    // And the other way round.
    apply(&mut s, steer(Some("a"), json!({"flex_trading": true}))).unwrap();
    apply(
        &mut s,
        steer(
            Some("a"),
            json!({"dynamic_tariff": null, "pv_self_consumption": null}),
        ),
    )
    .unwrap();
    assert_eq!(
        (on(&s, "a"), on(&s, "b")),
        ((true, false, false), (false, false, true))
    );
    // With nothing enabled at the device, the user's choice shows through.
    apply(
        &mut s,
        json!({"user_id": "u", "device_id": "a", "optimization_settings": null}),
    )
    .unwrap();
    assert_eq!(on(&s, "a"), (false, false, true));
}

#[test]
fn section_6_the_legacy_spelling_is_flex_trading_and_reported_as_deprecated() {
    let legacy = |v: Value| json!({"user_id": "u", "steering_enabled": {"heat_pump": v}});
    let mut s = store();
    apply(&mut s, steer(None, json!({"dynamic_tariff": true}))).unwrap();
    let applied = apply(&mut s, legacy(json!(true))).unwrap();
    assert!(applied.is_deprecated());
    assert!(applied.notices[0].contains("optimization_settings.flex_trading"));
    assert_eq!(
        on(&s, "a"),
        (true, false, false),
        "exclusivity holds for it too"
    );
    apply(&mut s, legacy(json!(false))).unwrap();
    assert_eq!(on(&s, "a"), (false, false, false));
    apply(&mut s, legacy(json!(true))).unwrap();
    apply(&mut s, legacy(Value::Null)).unwrap();
    assert_eq!(s.level("u", None).unwrap().get(Key::FlexTrading), None);
    apply(&mut s, legacy(json!(true))).unwrap();
    let applied = apply(&mut s, json!({"user_id": "u", "steering_enabled": null})).unwrap();
    assert!(applied.is_deprecated() && s.level("u", None).unwrap().get(Key::FlexTrading).is_none());
    assert!(
        !apply(&mut s, steer(None, json!({"flex_trading": true})))
            .unwrap()
            .is_deprecated()
    );
    // Start settings may use it as well.
    let d = SettingsDocument::for_user("u").set(Key::LegacyHeatPump, true);
    let setup = UserSetup {
        id: "u".into(),
        settings: d,
        devices: vec![("a".into(), SettingsDocument::default())],
        ..UserSetup::default()
    };
    assert!(on(&Store::new(&[setup]).unwrap(), "a").0);
}

#[test]
fn section_6_both_spellings_must_agree() {
    let both = |new: Value, old: Value| json!({"user_id": "u", "optimization_settings": {"flex_trading": new}, "steering_enabled": {"heat_pump": old}});
    for (new, old) in [
        (json!(true), json!(false)),
        (json!(false), json!(true)),
        (Value::Null, json!(true)),
        (json!(true), Value::Null),
    ] {
        let f = fault(both(new, old));
        assert_eq!(
            (f.kind, f.path()),
            (
                FaultKind::ConflictingSpelling,
                "steering_enabled.heat_pump".into()
            )
        );
    }
    for x in [json!(true), json!(false), Value::Null] {
        doc(both(x.clone(), x));
    }
    let f = fault(
        json!({"user_id": "u", "optimization_settings": null, "steering_enabled": {"heat_pump": true}}),
    );
    assert_eq!(f.kind, FaultKind::ConflictingSpelling);
    doc(json!({"user_id": "u", "optimization_settings": null, "steering_enabled": null}));
}

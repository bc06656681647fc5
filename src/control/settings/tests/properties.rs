//! Properties of reading, merging and applying, for any document.

use proptest::prelude::*;

use super::*;

/// JSON merge patch as RFC 7396 writes it, on plain JSON.
fn merge_patch(target: &Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else {
        return patch.clone();
    };
    let mut out = target.as_object().cloned().unwrap_or_default();
    for (k, v) in patch {
        if v.is_null() {
            out.shift_remove(k);
        } else {
            let merged = merge_patch(out.get(k).unwrap_or(&Value::Null), v);
            out.insert(k.clone(), merged);
        }
    }
    Value::Object(out)
}

/// Without ids and without empty groups, keys sorted.
fn settings_only(
    v: &Value,
) -> std::collections::BTreeMap<String, std::collections::BTreeMap<String, Value>> {
    let groups = v.as_object().into_iter().flatten();
    groups
        .filter_map(|(k, v)| Some((k.clone(), v.as_object()?.clone().into_iter().collect())))
        .filter(|(_, keys): &(String, std::collections::BTreeMap<String, Value>)| !keys.is_empty())
        .collect()
}

fn setting(key: Key) -> BoxedStrategy<Option<Setting>> {
    let some = match key.kind() {
        KeyKind::Temperature { min, max } => (min..=max).prop_map(Setting::Number).boxed(),
        KeyKind::RoomBound => (0.0..=12.0).prop_map(Setting::Number).boxed(),
        KeyKind::Flag => any::<bool>().prop_map(Setting::Flag).boxed(),
        KeyKind::Mode => prop::sample::select(ControlMode::ALL.to_vec())
            .prop_map(Setting::Mode)
            .boxed(),
        KeyKind::Country => prop::sample::select(vec!["NL", "BE", "FR"])
            .prop_map(Setting::from)
            .boxed(),
        KeyKind::PostalCode => prop::sample::select(vec!["1234AB", "1000", "75001"])
            .prop_map(Setting::from)
            .boxed(),
    };
    prop::option::weighted(0.8, some).boxed()
}

/// A document for one of the owners; valid by itself or not.
fn any_document() -> impl Strategy<Value = SettingsDocument> {
    let owner = prop::sample::select(vec![
        ("u", None),
        ("u", Some("a")),
        ("u", Some("b")),
        ("v", None),
        ("v", Some("c")),
        ("u", Some("c")),
    ]);
    let keys: Vec<_> = Key::ALL
        .into_iter()
        .map(|k| prop::option::weighted(0.3, setting(k)).prop_map(move |v| (k, v)))
        .collect();
    let groups = prop::collection::vec(
        prop::sample::select(vec![None, None, None, Some(false), Some(true)]),
        Group::ALL.len(),
    );
    (owner, keys, groups).prop_map(|((user, device), keys, groups)| {
        let mut d = SettingsDocument::for_user(user);
        d.device_id = device.map(str::to_owned);
        for (key, v) in keys {
            if let Some(v) = v {
                d.put(key, v);
            }
        }
        for (group, state) in Group::ALL.into_iter().zip(groups) {
            match state {
                Some(true) if !d.clears(group) => {
                    let has_keys = group.keys().any(|k| d.mentions(k));
                    if !has_keys {
                        d.put_group(group, true);
                    }
                }
                Some(false) => d.put_group(group, false),
                _ => {}
            }
        }
        d
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = vec![
        "user_id",
        "device_id",
        "room",
        "dhw",
        "location",
        "steering_enabled",
        "optimization_settings",
        "preferred_temperature",
        "temperature_lower_bound",
        "heat_pump",
        "flex_trading",
        "country",
        "x",
        "",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec!["u", "a", "NL", "auto", "é\u{0}", "21"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, move |inner| {
        let name = prop::sample::select(names.clone()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..6)
                .prop_map(|v| Value::Object(v.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn section_1_written_and_read_back_is_the_same(d in any_document()) {
        let draft = Draft::read(&Tree::from(&d.to_json()));
        prop_assert_eq!(&draft.document, &d);
        let again = Draft::read_json(&d.to_json().to_string());
        prop_assert_eq!(again, draft);
    }

    #[test]
    fn section_2_a_fault_leaves_the_store_unchanged(before in prop::collection::vec(any_document(), 0..4), d in any_document()) {
        let mut s = store();
        for b in &before {
            let _ = s.apply(b);
        }
        let kept = s.clone();
        match s.apply(&d) {
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                prop_assert_eq!(s, kept);
            }
            Ok(applied) => prop_assert_eq!(applied.changed.is_empty(), s == kept),
        }
    }

    #[test]
    fn section_2_applying_in_sequence_is_rfc_7396(docs in prop::collection::vec(any_document(), 1..8)) {
        let mut s = store();
        let mut levels: std::collections::BTreeMap<(String, Option<String>), Value> = Default::default();
        for d in &docs {
            if s.apply(d).is_ok() {
                let level = levels.entry((d.user_id.clone(), d.device_id.clone())).or_insert_with(|| json!({}));
                *level = merge_patch(level, &d.expanded().to_json());
            }
        }
        for ((user, device), want) in &levels {
            let got = s.level(user, device.as_deref()).unwrap().to_json();
            prop_assert_eq!(settings_only(&got), settings_only(want));
        }
    }

    #[test]
    fn section_2_documents_of_different_users_can_change_places(a in any_document(), b in any_document()) {
        prop_assume!(a.user_id != b.user_id);
        let (mut ab, mut ba) = (store(), store());
        let first = (ab.apply(&a), ab.apply(&b));
        let (b2, a2) = (ba.apply(&b), ba.apply(&a));
        prop_assert_eq!(first, (a2, b2));
        prop_assert_eq!(ab, ba);
    }

    #[test]
    fn section_6_the_two_sides_are_never_on_together(docs in prop::collection::vec(any_document(), 1..10)) {
        let mut s = store();
        for d in &docs {
            let _ = s.apply(d);
            for (user, device) in [("u", "a"), ("u", "b"), ("v", "c")] {
                let e = s.effective(user, device).unwrap();
                prop_assert!(!(e.flex_trading && (e.dynamic_tariff || e.pv_self_consumption)));
                prop_assert!(e.dhw_lower_c < e.dhw_upper_c);
                prop_assert!((0.0..=10.0).contains(&e.room_lower) && (0.0..=10.0).contains(&e.room_upper));
            }
        }
    }

    #[test]
    fn no_json_makes_reading_or_applying_panic(v in any_json(), text in ".{0,60}") {
        let draft = Draft::read(&Tree::from(&v));
        let mut s = store();
        let _ = s.apply_draft(&draft);
        for f in &draft.faults {
            prop_assert!(!f.to_string().is_empty());
            let _ = f.detail();
        }
        let _ = Draft::read_json(&text);
        let _ = read_recorded(&text, "x");
        let _ = read_recorded(&v.to_string(), "x");
    }

    #[test]
    fn section_3_bounds_are_ordered(l in 0.0..10.0f64, u in 0.0..10.0f64, t in 5.0..35.0f64, p in 5.0..35.0f64, offset in -3.0..3.0f64) {
        let mut s = store();
        s.apply(&SettingsDocument::for_user("u").set(Key::RoomLower, l).set(Key::RoomUpper, u).set(Key::Preferred, p)).unwrap();
        s.apply(&SettingsDocument::for_user("w").set(Key::RoomLower, (p - l).max(5.0)).set(Key::RoomUpper, p + u).set(Key::Preferred, p)).unwrap();
        for (user, device) in [("u", "a"), ("w", "d")] {
            let b = resolve_bounds(&s.effective(user, device).unwrap(), t, offset);
            prop_assert!(b.lower_c <= b.target_c && b.target_c <= b.upper_c);
            prop_assert!(b.control_upper_c - b.control_lower_c >= NARROWEST_CONTROL_BAND_K - 1e-9);
            prop_assert!(b.control_lower_c <= b.target_c && b.target_c <= b.control_upper_c);
            prop_assert!(b.cool_target_c >= b.target_c && b.cool_upper_c >= b.cool_target_c && b.control_cool_upper_c >= b.cool_target_c);
            prop_assert!(b.h_k > 0.099 && b.h_k <= 0.3);
        }
    }
}

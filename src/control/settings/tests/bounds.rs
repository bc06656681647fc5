//! Section 3: conventions, order, warnings, and the thresholds of a room.

use super::*;

fn bounds_of(s: &Store, user: &str, device: &str, target_c: f64, offset_k: f64) -> Bounds {
    resolve_bounds(&s.effective(user, device).unwrap(), target_c, offset_k)
}

fn with_schedule(bounds: BoundsConvention, targets: &[f64]) -> Store {
    let entry = |(i, t): (usize, &f64)| crate::control::schedule::ScheduleEntry {
        days: vec![i as u8],
        start_s: 0,
        end_s: 86_400,
        target_c: *t,
    };
    let schedule = WeeklySchedule::new(targets.iter().enumerate().map(entry).collect()).unwrap();
    let devices = vec![("a".to_owned(), SettingsDocument::default())];
    Store::new(&[UserSetup {
        id: "u".into(),
        bounds,
        schedule,
        devices,
        ..UserSetup::default()
    }])
    .unwrap()
}

#[test]
fn section_3_offsets_move_with_the_target() {
    let s = store();
    let b = bounds_of(&s, "u", "a", 21.0, 0.0);
    assert_eq!((b.lower_c, b.target_c, b.upper_c), (19.5, 21.0, 23.0));
    let b = bounds_of(&s, "u", "a", 17.0, 0.0);
    assert_eq!((b.lower_c, b.upper_c, b.clipped), (15.5, 19.0, false));
}

#[test]
fn section_3_an_absolute_band_stands_still_and_clips_the_target() {
    let mut s = store();
    apply(&mut s, json!({"user_id": "w", "room":
        {"temperature_lower_bound": 19, "preferred_temperature": 20, "temperature_upper_bound": 22}})).unwrap();
    let b = bounds_of(&s, "w", "d", 20.0, 0.0);
    assert_eq!(
        (b.lower_c, b.target_c, b.upper_c, b.clipped),
        (19.0, 20.0, 22.0, false)
    );
    let b = bounds_of(&s, "w", "d", 16.0, 0.0);
    assert_eq!(
        (b.lower_c, b.target_c, b.upper_c, b.clipped),
        (19.0, 19.0, 22.0, true)
    );
    let b = bounds_of(&s, "w", "d", 25.0, 0.0);
    assert_eq!(
        (b.target_c, b.cool_target_c, b.cool_upper_c, b.clipped),
        (22.0, 22.0, 22.0, true)
    );
}

#[test]
fn section_3_absolute_bounds_that_nobody_set_follow_the_preferred_temperature() {
    let mut s = store();
    apply(
        &mut s,
        json!({"user_id": "w", "room": {"preferred_temperature": 25}}),
    )
    .unwrap();
    let e = s.effective("w", "d").unwrap();
    assert_eq!((e.room_lower, e.room_upper), (23.5, 27.0));
    // The schedule does not move them.
    assert_eq!(bounds_of(&s, "w", "d", 15.0, 0.0).lower_c, 23.5);
}

#[test]
fn section_3_an_absolute_band_must_hold_the_preferred_temperature() {
    let mut s = store();
    let room = |l: f64, p: f64, u: f64| {
        json!({"user_id": "w", "room":
        {"temperature_lower_bound": l, "preferred_temperature": p, "temperature_upper_bound": u}})
    };
    apply(&mut s, room(20.0, 20.0, 20.5)).unwrap();
    for (l, p, u, path) in [
        (21.0, 20.0, 23.0, "room.temperature_lower_bound"),
        (18.0, 24.0, 23.0, "room.temperature_upper_bound"),
    ] {
        let all = apply(&mut s, room(l, p, u)).unwrap_err();
        assert_eq!(
            (all.len(), all[0].kind, all[0].path()),
            (1, FaultKind::BoundsOrder, path.into())
        );
    }
    let all = apply(&mut s, room(23.0, 21.0, 19.0)).unwrap_err();
    assert_eq!(
        (all.len(), all[0].hint.as_deref()),
        (1, Some("the two look swapped"))
    );
    // The merged result counts: 20.5 is stored as upper bound.
    let all = apply(
        &mut s,
        json!({"user_id": "w", "room": {"preferred_temperature": 21}}),
    )
    .unwrap_err();
    assert_eq!(all[0].path(), "room.preferred_temperature");
    assert!(all[0].hint.as_deref().unwrap().contains("send both"));
}

#[test]
fn section_3_the_convention_is_never_guessed() {
    let mut s = store();
    let lower =
        |user: &str, x: f64| json!({"user_id": user, "room": {"temperature_lower_bound": x}});
    apply(&mut s, lower("u", 10.0)).unwrap();
    apply(&mut s, lower("u", 0.0)).unwrap();
    let all = apply(&mut s, lower("u", 10.01)).unwrap_err();
    assert_eq!((all.len(), all[0].kind), (1, FaultKind::OtherConvention));
    assert!(
        all[0]
            .hint
            .as_deref()
            .unwrap()
            .contains("bounds = \"absolute\"")
    );
    assert_eq!(all[0].unit, Some("K"));
    let all = apply(&mut s, lower("w", 1.5)).unwrap_err();
    assert_eq!(
        (all.len(), all[0].kind, all[0].unit),
        (1, FaultKind::OtherConvention, Some("degC"))
    );
    assert!(
        all[0]
            .hint
            .as_deref()
            .unwrap()
            .contains("bounds = \"offsets\"")
    );
    // Refused although device "a" overrides it, so that it would show nowhere.
    for device in ["a", "b"] {
        apply(
            &mut s,
            json!({"user_id": "u", "device_id": device, "room": {"temperature_lower_bound": 1}}),
        )
        .unwrap();
    }
    assert_eq!(apply(&mut s, lower("u", 19.0)).unwrap_err().len(), 1);
}

#[test]
fn section_3_offsets_are_not_negative() {
    let f = fault(json!({"user_id": "u", "room": {"temperature_lower_bound": -1.5}}));
    assert_eq!(f.kind, FaultKind::TooLow);
    assert!(f.hint.unwrap().contains("no sign"));
}

#[test]
fn section_3_a_narrow_band_is_accepted_with_a_warning_and_widened_for_control_only() {
    let mut s = store();
    let narrow = |x: f64| json!({"user_id": "u", "room": {"temperature_lower_bound": 0.1, "temperature_upper_bound": x}});
    let applied = apply(&mut s, narrow(0.2)).unwrap();
    let kinds: Vec<_> = applied
        .warnings
        .iter()
        .map(|w| (w.kind, w.device_id.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            (WarningKind::NarrowBand, "a"),
            (WarningKind::NarrowBand, "b")
        ]
    );
    let b = bounds_of(&s, "u", "a", 21.0, 0.0);
    assert_eq!((b.lower_c, b.upper_c), (20.9, 21.2));
    assert!((b.control_lower_c - 20.85).abs() < 1e-12 && (b.control_upper_c - 21.25).abs() < 1e-12);
    assert!(
        (b.control_cool_upper_c - 21.25).abs() < 1e-12 && (b.cool_upper_c - 21.2).abs() < 1e-12
    );
    assert!((b.h_k - 0.1).abs() < 1e-12);
    // Exactly 0.4 K is not narrow.
    assert!(apply(&mut s, narrow(0.3)).unwrap().warnings.is_empty());
    assert_eq!(bounds_of(&s, "u", "a", 20.0, 0.0).control_upper_c, 20.3);
}

#[test]
fn section_4_hysteresis_at_a_bound_is_a_quarter_of_the_band_and_at_most_0_3_k() {
    let mut s = store();
    assert_eq!(bounds_of(&s, "u", "a", 21.0, 0.0).h_k, 0.3);
    apply(&mut s, json!({"user_id": "u", "room": {"temperature_lower_bound": 0.5, "temperature_upper_bound": 0.5}})).unwrap();
    assert_eq!(bounds_of(&s, "u", "a", 21.0, 0.0).h_k, 0.25);
}

#[test]
fn section_4_cooling_uses_the_preferred_temperature_under_a_night_set_back() {
    let s = store();
    let night = bounds_of(&s, "u", "a", 16.0, 0.0);
    assert_eq!((night.cool_target_c, night.cool_upper_c), (20.0, 22.0));
    let warm = bounds_of(&s, "u", "a", 23.0, 0.0);
    assert_eq!((warm.cool_target_c, warm.cool_upper_c), (23.0, 25.0));
}

#[test]
fn section_3_a_room_offset_moves_target_and_offset_band_but_no_absolute_band() {
    let mut s = store();
    let b = bounds_of(&s, "u", "a", 20.0, 2.0);
    assert_eq!(
        (b.lower_c, b.target_c, b.upper_c, b.cool_target_c),
        (20.5, 22.0, 24.0, 22.0)
    );
    apply(&mut s, json!({"user_id": "w", "room": {"temperature_lower_bound": 19, "temperature_upper_bound": 21}})).unwrap();
    let b = bounds_of(&s, "w", "d", 20.0, 2.0);
    assert_eq!(
        (b.lower_c, b.target_c, b.upper_c, b.clipped),
        (19.0, 21.0, 21.0, true)
    );
}

#[test]
fn section_3_dhw_lower_is_strictly_below_upper() {
    let mut s = store();
    let dhw = |l: f64, u: f64| json!({"user_id": "u", "dhw": {"temperature_lower_bound": l, "temperature_upper_bound": u}});
    let all = apply(&mut s, dhw(50.0, 50.0)).unwrap_err();
    assert_eq!(
        (all.len(), all[0].kind, all[0].hint.as_deref()),
        (1, FaultKind::BoundsOrder, None)
    );
    assert_eq!(all[0].devices, ["a", "b"]);
    let all = apply(&mut s, dhw(60.0, 45.0)).unwrap_err();
    assert_eq!(all[0].hint.as_deref(), Some("the two look swapped"));
    apply(&mut s, dhw(49.9, 50.0)).unwrap();
}

#[test]
fn section_3_a_dhw_bound_below_40_warns_once_and_names_the_device() {
    let mut s = store();
    let lower =
        |x: f64| json!({"user_id": "u", "device_id": "b", "dhw": {"temperature_lower_bound": x}});
    assert!(apply(&mut s, lower(40.0)).unwrap().warnings.is_empty());
    let applied = apply(&mut s, lower(39.9)).unwrap();
    assert_eq!(applied.warnings.len(), 1);
    assert_eq!(
        (
            applied.warnings[0].kind,
            applied.warnings[0].device_id.as_str()
        ),
        (WarningKind::Legionella, "b")
    );
    assert!(applied.warnings[0].text.contains("device b"));
    let other = apply(
        &mut s,
        json!({"user_id": "u", "room": {"preferred_temperature": 19}}),
    )
    .unwrap();
    assert!(other.warnings.is_empty(), "it is not repeated");
    assert_eq!(s.warnings(), applied.warnings, "but it stands");
}

#[test]
fn section_3_a_scheduled_target_outside_an_absolute_band_is_a_warning() {
    let mut s = with_schedule(BoundsConvention::Absolute, &[16.0, 20.0, 30.0]);
    assert!(s.warnings().is_empty(), "the schedule is off");
    let applied = apply(
        &mut s,
        json!({"user_id": "u", "room": {"schedule_enabled": true}}),
    )
    .unwrap();
    assert_eq!(applied.warnings.len(), 1);
    assert_eq!(applied.warnings[0].kind, WarningKind::TargetClipped);
    assert!(
        applied.warnings[0].text.contains("16, 30 °C"),
        "{}",
        applied.warnings[0].text
    );
    let mut s = with_schedule(BoundsConvention::Offsets, &[16.0, 30.0]);
    assert!(
        apply(
            &mut s,
            json!({"user_id": "u", "room": {"schedule_enabled": true}})
        )
        .unwrap()
        .warnings
        .is_empty()
    );
    let mut s = with_schedule(BoundsConvention::Offsets, &[]);
    let applied = apply(
        &mut s,
        json!({"user_id": "u", "room": {"schedule_enabled": true}}),
    )
    .unwrap();
    assert_eq!(applied.warnings[0].kind, WarningKind::EmptySchedule);
}

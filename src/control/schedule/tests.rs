//! Section 3: weekly schedules in local wall time.

use proptest::prelude::*;

use super::*;

fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap()
}

fn at(s: &str) -> i64 {
    s.parse::<Timestamp>().unwrap().as_second()
}

fn hm(h: u32, m: u32) -> u32 {
    h * 3600 + m * 60
}

fn entry(days: &[u8], start_s: u32, end_s: u32, target_c: f64) -> ScheduleEntry {
    ScheduleEntry {
        days: days.to_vec(),
        start_s,
        end_s,
        target_c,
    }
}

fn schedule(entries: &[ScheduleEntry]) -> WeeklySchedule {
    WeeklySchedule::new(entries.to_vec()).unwrap()
}

const ALL_DAYS: [u8; 7] = [0, 1, 2, 3, 4, 5, 6];

#[test]
fn section_3_the_start_is_inclusive_and_the_end_exclusive() {
    // 2025-01-13 is a Monday; Amsterdam is at UTC+1.
    let s = schedule(&[
        entry(&[0], hm(7, 0), hm(9, 0), 21.0),
        entry(&[0], hm(9, 0), hm(24, 0), 18.0),
    ]);
    let tz = amsterdam();
    assert_eq!(s.target_at(at("2025-01-13T05:59:59Z"), &tz), None);
    assert_eq!(s.target_at(at("2025-01-13T06:00:00Z"), &tz), Some(21.0));
    assert_eq!(s.target_at(at("2025-01-13T07:59:59Z"), &tz), Some(21.0));
    assert_eq!(s.target_at(at("2025-01-13T08:00:00Z"), &tz), Some(18.0));
    assert_eq!(s.target_at(at("2025-01-13T22:59:59Z"), &tz), Some(18.0));
    assert_eq!(
        s.target_at(at("2025-01-13T23:00:00Z"), &tz),
        None,
        "24:00 is the end of the day"
    );
    assert_eq!(
        s.changes(at("2025-01-13T00:00:00Z"), at("2025-01-20T00:00:00Z"), &tz),
        [
            (at("2025-01-13T06:00:00Z"), Some(21.0)),
            (at("2025-01-13T08:00:00Z"), Some(18.0)),
            (at("2025-01-13T23:00:00Z"), None)
        ]
    );
}

#[test]
fn section_3_an_entry_past_midnight_belongs_to_the_day_of_its_start() {
    let s = schedule(&[entry(&[6], hm(22, 0), hm(6, 0), 17.0)]);
    let tz = TimeZone::UTC;
    // Sunday 2025-01-19 to Monday 2025-01-20, over the end of the week.
    assert_eq!(s.target_at(at("2025-01-19T21:59:59Z"), &tz), None);
    assert_eq!(s.target_at(at("2025-01-19T22:00:00Z"), &tz), Some(17.0));
    assert_eq!(s.target_at(at("2025-01-20T00:00:00Z"), &tz), Some(17.0));
    assert_eq!(s.target_at(at("2025-01-20T06:00:00Z"), &tz), None);
    assert_eq!(
        s.target_at(at("2025-01-19T05:00:00Z"), &tz),
        None,
        "not on Sunday morning"
    );
    assert_eq!(
        s.changes(at("2025-01-19T00:00:00Z"), at("2025-01-21T00:00:00Z"), &tz),
        [
            (at("2025-01-19T22:00:00Z"), Some(17.0)),
            (at("2025-01-20T06:00:00Z"), None)
        ],
        "midnight is no change"
    );
}

#[test]
fn section_3_overlaps_are_refused_across_midnight_and_the_week_too() {
    let one = |a: ScheduleEntry, b: ScheduleEntry| {
        let all = WeeklySchedule::new(vec![a, b]).unwrap_err();
        assert_eq!(
            (all.len(), all[0].kind),
            (1, FaultKind::Overlap),
            "{all:#?}"
        );
        all[0].text()
    };
    let text = one(
        entry(&[0, 1], hm(7, 0), hm(9, 0), 21.0),
        entry(&[1, 2], hm(8, 30), hm(10, 0), 20.0),
    );
    assert!(text.contains("overlaps entry 0 on Tuesday"), "{text}");
    one(
        entry(&[4], hm(22, 0), hm(6, 0), 17.0),
        entry(&[5], hm(5, 0), hm(7, 0), 20.0),
    );
    let text = one(
        entry(&[6], hm(22, 0), hm(6, 0), 17.0),
        entry(&[0], hm(0, 0), hm(1, 0), 20.0),
    );
    assert!(text.contains("Monday"), "{text}");
    one(
        entry(&[0], hm(7, 0), hm(9, 0), 21.0),
        entry(&[0], hm(7, 0), hm(9, 0), 21.0),
    );
    // Adjoining is not overlapping.
    schedule(&[
        entry(&ALL_DAYS, hm(22, 0), hm(6, 0), 17.0),
        entry(&ALL_DAYS, hm(6, 0), hm(22, 0), 21.0),
    ]);
}

#[test]
fn section_3_faults_of_entries_are_reported_together() {
    let all = WeeklySchedule::new(vec![
        entry(&[], hm(7, 0), hm(9, 0), 21.0),
        entry(&[7, 0, 0], hm(24, 0), hm(24, 0) + 1, 70.0),
        entry(&[1], hm(0, 0), hm(0, 0), f64::NAN),
    ])
    .unwrap_err();
    let found: Vec<_> = all.iter().map(|f| (f.path(), f.kind)).collect();
    let want = [
        ("0.days", FaultKind::Missing),
        ("1.days", FaultKind::TooHigh),
        ("1.days", FaultKind::DuplicateKey),
        ("1.start", FaultKind::TooHigh),
        ("1.end", FaultKind::TooHigh),
        ("1.target", FaultKind::LooksLikeOtherUnit),
        ("2.end", FaultKind::BoundsOrder),
        ("2.target", FaultKind::NotFinite),
    ];
    assert_eq!(found, want.map(|(p, k)| (p.to_owned(), k)));
}

#[test]
fn section_3_a_start_that_the_clock_skips_acts_at_the_end_of_the_gap() {
    // 2025-03-30, a Sunday: 02:00 becomes 03:00 at 01:00Z.
    let tz = amsterdam();
    let s = schedule(&[entry(&[6], hm(2, 30), hm(5, 0), 21.0)]);
    let day = (at("2025-03-29T23:00:00Z"), at("2025-03-30T22:00:00Z"));
    assert_eq!(
        s.changes(day.0, day.1, &tz),
        [
            (at("2025-03-30T01:00:00Z"), Some(21.0)),
            (at("2025-03-30T03:00:00Z"), None)
        ]
    );
    // An end in the gap acts there too; an entry inside the gap never holds.
    let s = schedule(&[
        entry(&[6], hm(1, 0), hm(2, 15), 21.0),
        entry(&[6], hm(2, 15), hm(2, 45), 25.0),
    ]);
    assert_eq!(
        s.changes(day.0, day.1, &tz),
        [
            (at("2025-03-30T00:00:00Z"), Some(21.0)),
            (at("2025-03-30T01:00:00Z"), None)
        ]
    );
}

#[test]
fn section_3_an_entry_in_the_repeated_hour_applies_twice() {
    // 2025-10-26, a Sunday: 03:00 becomes 02:00 at 01:00Z.
    let tz = amsterdam();
    let day = (at("2025-10-25T22:00:00Z"), at("2025-10-26T23:00:00Z"));
    let s = schedule(&[entry(&[6], hm(2, 15), hm(2, 45), 21.0)]);
    assert_eq!(
        s.changes(day.0, day.1, &tz),
        [
            (at("2025-10-26T00:15:00Z"), Some(21.0)),
            (at("2025-10-26T00:45:00Z"), None),
            (at("2025-10-26T01:15:00Z"), Some(21.0)),
            (at("2025-10-26T01:45:00Z"), None)
        ]
    );
    // One that begins in it and ends after it is interrupted by the step back.
    let s = schedule(&[entry(&[6], hm(2, 30), hm(5, 0), 21.0)]);
    assert_eq!(
        s.changes(day.0, day.1, &tz),
        [
            (at("2025-10-26T00:30:00Z"), Some(21.0)),
            (at("2025-10-26T01:00:00Z"), None),
            (at("2025-10-26T01:30:00Z"), Some(21.0)),
            (at("2025-10-26T04:00:00Z"), None)
        ]
    );
    // The whole hour, twice, without a break between.
    let s = schedule(&[entry(&[6], hm(2, 0), hm(3, 0), 21.0)]);
    assert_eq!(
        s.changes(day.0, day.1, &tz),
        [
            (at("2025-10-26T00:00:00Z"), Some(21.0)),
            (at("2025-10-26T02:00:00Z"), None)
        ]
    );
}

#[test]
fn section_3_days_are_local_days() {
    // Tuesday 00:30 in Auckland is Monday noon in UTC.
    let tz = TimeZone::get("Pacific/Auckland").unwrap();
    let s = schedule(&[entry(&[1], 0, hm(1, 0), 21.0)]);
    assert_eq!(s.target_at(at("2025-07-07T12:30:00Z"), &tz), Some(21.0));
}

#[test]
fn an_empty_schedule_and_times_beyond_civil_time_hold_nothing() {
    let tz = amsterdam();
    let empty = WeeklySchedule::default();
    assert!(empty.is_empty() && empty.changes(0, 1_000_000, &tz).is_empty());
    assert_eq!(empty.target_at(0, &tz), None);
    let s = schedule(&[entry(&ALL_DAYS, 0, hm(24, 0), 20.0)]);
    assert_eq!(s.target_at(i64::MAX, &tz), None);
    assert!(s.changes(5, 5, &tz).is_empty() && s.changes(i64::MIN, i64::MAX, &tz).is_empty());
    assert!(
        s.changes(at("2025-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z"), &tz)
            .is_empty()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Against the definition, minute by minute, over both clock changes; and
    /// the list of two adjoining ranges is the list of the whole.
    #[test]
    fn section_3_changes_are_exactly_where_the_target_changes(
        starts in prop::collection::btree_set(0u32..(7 * 24 * 4), 2..12),
        autumn in any::<bool>(),
        cut in 0i64..(4 * 1440),
    ) {
        let tz = amsterdam();
        let points: Vec<u32> = starts.into_iter().collect();
        let entries: Vec<ScheduleEntry> = points.windows(2).enumerate()
            .filter(|(_, w)| w[1] - w[0] < 96)
            .map(|(i, w)| entry(&[(w[0] / 96) as u8], w[0] % 96 * 900, if w[1] % 96 == 0 { 86_400 } else { w[1] % 96 * 900 }, 15.0 + (i % 3) as f64))
            .collect();
        let s = WeeklySchedule::new(entries).unwrap();
        let t0 = if autumn { at("2025-10-24T12:00:00Z") } else { at("2025-03-28T12:00:00Z") };
        let t1 = t0 + 4 * 86_400;
        let mut want = Vec::new();
        for t in (t0..t1).step_by(60) {
            let now = s.target_at(t, &tz);
            if now != s.target_at(t - 60, &tz) {
                want.push((t, now));
            }
        }
        prop_assert_eq!(&s.changes(t0, t1, &tz), &want);
        let mid = t0 + cut * 60;
        let mut parts = s.changes(t0, mid, &tz);
        parts.extend(s.changes(mid, t1, &tz));
        prop_assert_eq!(&parts, &want);
    }
}

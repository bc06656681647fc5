//! Section 6: activation schedules, and the rule of tariff and surplus.

use super::*;
use crate::control::settings::{BoundsConvention, Level};

const DAY: i64 = 86_400;
/// 2025-01-14T23:00:00Z: midnight in Amsterdam.
const MIDNIGHT: i64 = 1_736_895_600;
const NONE: Draw = Draw {
    house_w: 0.0,
    tank_w: 0.0,
};

fn settings(dynamic_tariff: bool, pv_self_consumption: bool) -> Effective {
    let none = Level::default();
    let mut e = Effective::resolve(&none, &none, BoundsConvention::Offsets);
    (e.dynamic_tariff, e.pv_self_consumption) = (dynamic_tariff, pv_self_consumption);
    e
}

fn hourly(start_s: i64, values: Vec<f64>) -> Series {
    Series {
        start_s,
        step_s: 3600,
        values: values.into(),
        periodic: false,
    }
}

fn steer(price: &Series, range: (i64, i64), tz: &TimeZone) -> Steering {
    let rule = Rule {
        price_quantile: 0.25,
        pv_surplus_w: 500.0,
    };
    Steering::of_series(
        |a, b| price.mean(a, b),
        &Series::none(),
        &Series::none(),
        rule,
        range,
        tz,
    )
}

fn by_hour(s: &Steering, t0_s: i64, hours: i64) -> Vec<i8> {
    let on = settings(true, false);
    (0..hours)
        .map(|h| s.shift(&on, t0_s + h * 3600, NONE).house as i8)
        .collect()
}

#[test]
fn section_6_the_command_of_the_quarter_hour() {
    let a = |start_s, end_s, house, tank| Activation {
        start_s,
        end_s,
        house,
        tank,
    };
    let all = [
        a(900, 1800, Some(1), None),
        a(1800, 3600, Some(0), Some(2)),
        a(4500, 5400, None, None),
    ];
    assert_eq!(command_at(&all, 899), Command::default());
    assert_eq!(
        command_at(&all, 900),
        Command {
            house: Some(1),
            tank: None
        }
    );
    assert_eq!(
        command_at(&all, 1800),
        Command {
            house: Some(0),
            tank: Some(2)
        }
    );
    assert_eq!(
        command_at(&all, 3599),
        Command {
            house: Some(0),
            tank: Some(2)
        }
    );
    assert_eq!(
        command_at(&all, 3600),
        Command::default(),
        "outside the schedule"
    );
    assert_eq!(command_at(&all, 4500), Command::default(), "no command");
    assert_eq!(command_at(&[], 0), Command::default());
}

#[test]
fn section_6_cheap_hours_store_and_dear_hours_hold_back() {
    let tz = TimeZone::get("Europe/Amsterdam").unwrap();
    let prices: Vec<f64> = (0..24).map(|h| 0.10 + 0.01 * f64::from(h)).collect();
    let s = steer(&hourly(MIDNIGHT, prices), (MIDNIGHT, MIDNIGHT + DAY), &tz);
    let want: Vec<i8> = [[1; 6], [0; 6], [0; 6], [-1; 6]].concat();
    assert_eq!(by_hour(&s, MIDNIGHT, 24), want);
    assert_eq!(
        s.shift(&settings(true, false), MIDNIGHT - 1, NONE).house,
        0.0,
        "outside the period"
    );
    assert_eq!(
        s.shift(&settings(true, false), MIDNIGHT + DAY, NONE).house,
        0.0
    );
    assert_eq!(
        s.shift(&settings(false, false), MIDNIGHT, NONE).house,
        0.0,
        "switched off"
    );
    assert_eq!(
        s.shift(&settings(false, true), MIDNIGHT, NONE).house,
        0.0,
        "no surplus"
    );
}

#[test]
fn section_6_equal_prices_go_to_the_earlier_quarter_hour() {
    let mut prices = vec![0.30; 24];
    prices[..8].fill(0.10);
    let s = steer(&hourly(0, prices), (0, DAY), &TimeZone::UTC);
    let want: Vec<i8> = [vec![1; 6], vec![0; 2], vec![-1; 6], vec![0; 10]].concat();
    assert_eq!(by_hour(&s, 0, 24), want);
}

#[test]
fn section_6_small_differences_move_nothing() {
    // 0.9 ct around the mean of 10 ct: below 1 ct; then 5 % of 40 ct counts.
    for (mean, spread, moves) in [
        (0.10, 0.009, false),
        (0.10, 0.010, true),
        (0.40, 0.019, false),
        (0.40, 0.020, true),
        (-0.40, 0.019, false),
    ] {
        let prices = (0..24)
            .map(|h| if h < 12 { mean - spread } else { mean + spread })
            .collect();
        let s = steer(&hourly(0, prices), (0, DAY), &TimeZone::UTC);
        let some = by_hour(&s, 0, 24).iter().any(|x| *x != 0);
        assert_eq!(some, moves, "{mean} {spread}");
    }
    // One cheap hour in a flat day does not make five others cheap, nor any dear.
    let mut prices = vec![0.30; 24];
    prices[3] = 0.05;
    let s = steer(&hourly(0, prices), (0, DAY), &TimeZone::UTC);
    let mut want = vec![0; 24];
    want[3] = 1;
    // The flat hours are 1.04 ct above the mean, but 5 % of it is 1.45 ct.
    assert_eq!(by_hour(&s, 0, 24), want);
}

#[test]
fn section_6_only_prices_of_the_same_local_day_count() {
    let tz = TimeZone::get("Europe/Amsterdam").unwrap();
    let today: Vec<f64> = (0..24).map(|h| 0.10 + 0.01 * f64::from(h)).collect();
    let run = |tomorrow: f64| {
        let mut p = today.clone();
        p.extend(vec![tomorrow; 24]);
        by_hour(
            &steer(&hourly(MIDNIGHT, p), (MIDNIGHT, MIDNIGHT + 2 * DAY), &tz),
            MIDNIGHT,
            24,
        )
    };
    assert_eq!(run(-5.0), run(5.0));
    // A period that begins at noon ranks against the whole day.
    let half = steer(
        &hourly(MIDNIGHT, today),
        (MIDNIGHT + DAY / 2, MIDNIGHT + DAY),
        &tz,
    );
    assert_eq!(
        by_hour(&half, MIDNIGHT + DAY / 2, 12),
        [vec![0; 6], vec![-1; 6]].concat()
    );
}

#[test]
fn section_6_days_of_23_and_25_hours_are_ranked_whole() {
    let tz = TimeZone::get("Europe/Amsterdam").unwrap();
    // 2025-03-29T23:00Z and 2025-10-25T22:00Z: local midnights.
    for (midnight, hours, share) in [(1_743_289_200, 23, 23), (1_761_429_600, 25, 25)] {
        let prices: Vec<f64> = (0..hours).map(|h| 0.10 + 0.01 * f64::from(h)).collect();
        let s = steer(
            &hourly(midnight, prices),
            (midnight, midnight + i64::from(hours) * 3600),
            &tz,
        );
        let on = settings(true, false);
        let cheap = (0..i64::from(hours) * 4)
            .filter(|q| s.shift(&on, midnight + q * 900, NONE).house == 1.0)
            .count();
        assert_eq!(cheap, share, "a quarter of the quarter-hours");
        assert_eq!(
            s.shift(&on, midnight + i64::from(hours) * 3600 - 1, NONE)
                .house,
            -1.0
        );
    }
}

#[test]
fn section_6_surplus_wins_over_a_dear_price() {
    let prices: Vec<f64> = (0..24).map(|h| 0.10 + 0.01 * f64::from(h)).collect();
    let price = hourly(0, prices);
    let mut pv = vec![0.0; 24];
    (pv[20], pv[21], pv[12]) = (800.0, 799.0, 2000.0);
    let rule = Rule {
        price_quantile: 0.25,
        pv_surplus_w: 500.0,
    };
    let s = Steering::of_series(
        |a, b| price.mean(a, b),
        &hourly(0, pv),
        &Series::constant(300.0),
        rule,
        (0, DAY),
        &TimeZone::UTC,
    );
    let shift = |d, p, h: i64| s.shift(&settings(d, p), h * 3600, NONE).house;
    assert_eq!(
        (
            shift(true, true, 20),
            shift(true, true, 21),
            shift(true, true, 12)
        ),
        (1.0, -1.0, 1.0)
    );
    assert_eq!(
        (
            shift(true, false, 20),
            shift(false, true, 20),
            shift(false, true, 21)
        ),
        (-1.0, 1.0, 0.0)
    );
}

/// Surplus that the unit's draw eats up would be bought: that is no shift.
#[test]
fn section_6_surplus_stores_only_where_it_covers_what_the_unit_draws() {
    let rule = Rule {
        price_quantile: 0.25,
        pv_surplus_w: 500.0,
    };
    let s = Steering::of_series(
        |_, _| 0.3,
        &Series::constant(1500.0),
        &Series::constant(300.0),
        rule,
        (0, DAY),
        &TimeZone::UTC,
    );
    let shift = |house_w, tank_w| {
        let draw = Draw { house_w, tank_w };
        s.shift(&settings(false, true), DAY / 2, draw)
    };
    let both = |house, tank| Shifts { house, tank };
    assert_eq!(shift(400.0, 1200.0), both(1.0, 1.0));
    assert_eq!(shift(400.0, 1201.0), both(1.0, 0.0));
    assert_eq!(shift(1300.0, 900.0), both(0.0, 1.0));
}

#[test]
fn a_price_that_is_no_number_moves_nothing() {
    let s = steer(
        &hourly(0, vec![0.1, f64::NAN, 0.9]),
        (0, DAY),
        &TimeZone::UTC,
    );
    assert!(by_hour(&s, 0, 24).iter().all(|x| *x == 0));
}

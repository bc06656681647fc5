//! Rows keep means, follow the calendar and refuse what is not covered.

use super::*;
use crate::physics::solar::SunPath;

fn mean(v: &[f64]) -> f64 {
    v.iter().sum::<f64>() / v.len() as f64
}

#[test]
fn conserves_hourly_means_of_light_in_shorter_rows() {
    let w = golden();
    let start = w.start_s + 80 * DAY;
    for row_s in [300, 900, 1200] {
        let rows =
            Rows::new(&w, &site(), start, start + 3 * DAY, row_s, -7 * HOUR).expect("covered");
        let per_hour = (3600 / row_s) as usize;
        for h in 0..72 {
            let slice = h * per_hour..(h + 1) * per_hour;
            let i = 80 * 24 + h;
            assert!(
                (mean(&rows.direct_normal_w_per_m2[slice.clone()]) - w.direct_normal_w_per_m2[i])
                    .abs()
                    < 1e-9
            );
            assert!(
                (mean(&rows.diffuse_horizontal_w_per_m2[slice]) - w.diffuse_horizontal_w_per_m2[i])
                    .abs()
                    < 1e-9
            );
        }
    }
}

#[test]
fn conserves_light_in_longer_rows_than_the_weather_has() {
    let w = bundled("vienna-2019").expect("bundled");
    let start = w.start_s + 150 * DAY;
    let rows = Rows::new(&w, &site(), start, start + DAY, 3600, HOUR).expect("covered");
    let direct = &w.direct_normal_w_per_m2[150 * 96..151 * 96];
    assert!((mean(&rows.direct_normal_w_per_m2) - mean(direct)).abs() < 1e-9);
}

#[test]
fn analytic_temperature_runs_straight_between_its_instants() {
    let w = golden();
    let start = w.start_s + 10 * DAY;
    let rows = Rows::new(&w, &site(), start, start + DAY, 900, -7 * HOUR).expect("covered");
    // The record of an hour is the instant at its end: 05:00 is record 4, 06:00 record 5.
    let (a, b) = (w.outdoor_c[244], w.outdoor_c[245]);
    for (k, share) in [0.125, 0.375, 0.625, 0.875].into_iter().enumerate() {
        assert!((rows.outdoor_c[20 + k] - (a + (b - a) * share)).abs() < 1e-9);
    }
}

#[test]
fn typical_year_repeats_the_28th_on_leap_days() {
    let w = golden();
    let start = civil::days(2024, 2, 27) * DAY + 7 * HOUR;
    let rows = Rows::new(&w, &site(), start, start + 4 * DAY, 3600, -7 * HOUR)
        .expect("typical years fit any year");
    let day = |d: usize| &rows.diffuse_horizontal_w_per_m2[d * 24..(d + 1) * 24];
    let source = |d: usize| &w.diffuse_horizontal_w_per_m2[d * 24..(d + 1) * 24];
    let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-9);
    // 27, 28, 29 (= 28) February, 1 March; days of the year 57, 58, 58, 59 from 0.
    assert!(
        close(day(0), source(57))
            && close(day(1), source(58))
            && close(day(2), source(58))
            && close(day(3), source(59))
    );
}

#[test]
fn typical_year_runs_over_new_year() {
    let w = golden();
    let start = civil::days(2022, 12, 31) * DAY + 7 * HOUR;
    let rows = Rows::new(&w, &site(), start, start + 2 * DAY, 3600, -7 * HOUR).expect("it wraps");
    assert!((rows.outdoor_c[24] - (w.outdoor_c[8759] + w.outdoor_c[0]) / 2.0).abs() < 1e-9);
}

#[test]
fn fails_for_a_period_outside_the_weather() {
    let w = bundled("aachen-2021").expect("bundled");
    let start = civil::days(2022, 1, 10) * DAY;
    let e = Rows::new(&w, &site(), start, start + DAY, 900, HOUR).expect_err("2022 is not there");
    let text = e.to_string();
    assert!(
        text.contains("2022-01-10")
            && text.contains("2020-12-31")
            && text.contains("2021-12-31 23:50Z"),
        "{text}"
    );
    assert!(Rows::new(&w, &site(), start, start, 900, HOUR).is_err());
    assert!(Rows::new(&w, &site(), start, start + DAY, 7, HOUR).is_err());
}

#[test]
fn warm_up_before_the_weather_repeats_its_first_days() {
    let w = bundled("aachen-2021").expect("bundled");
    let start = civil::days(2021, 1, 1) * DAY - HOUR;
    let rows = Rows::with_warmup(&w, &site(), [start, start + 2 * DAY], 900, HOUR, DAY)
        .expect("warm-up is mapped");
    assert_eq!((rows.len(), rows.start_s), (3 * 96, start - DAY));
    for k in 10..95 {
        assert!(
            (rows.outdoor_c[k] - rows.outdoor_c[k + 96]).abs() < 1e-9,
            "{k}"
        );
    }
}

#[test]
fn sun_stands_in_the_middle_of_the_daylight_part() {
    let w = bundled("amsterdam-2019").expect("bundled");
    let start = civil::days(2019, 3, 20) * DAY;
    let rows = Rows::new(&w, &site(), start, start + DAY, 3600, HOUR).expect("covered");
    let path = SunPath::new(w.latitude_deg, w.longitude_deg);
    for k in 0..24 {
        let full = rows.daylight[k] == 1.0;
        assert_eq!(rows.sun[k].up > 0.0, rows.daylight[k] > 0.0);
        if full {
            let at = path.at((start + k as i64 * HOUR + HOUR / 2) as f64);
            // What turning the sky between hours costs (see SunHours).
            assert!((rows.sun[k].up - at.up).abs() < 2e-6);
        } else if rows.daylight[k] > 0.0 {
            assert!(rows.sun[k].up < 0.12, "{k} {:?}", rows.sun[k]);
        }
    }
}

#[test]
fn conserves_closure_of_measured_global_light() {
    // Global irradiation as NSRDB prints it for these places in 2019, kWh/m2
    // (sums of the source's own column GHI): direct and diffuse must rebuild it.
    for (name, global) in [
        ("amsterdam-2019", 852.0),
        ("vienna-2019", 1059.0),
        ("stockholm-2019", 815.0),
    ] {
        let w = bundled(name).expect("bundled");
        let start = civil::days(2019, 1, 1) * DAY - HOUR;
        let rows = Rows::new(&w, &site(), start, start + 365 * DAY, 900, HOUR).expect("covered");
        let sum: f64 = (0..rows.len())
            .map(|k| rows.global_horizontal_w_per_m2(k))
            .sum::<f64>()
            / 4000.0;
        assert!((sum / global - 1.0).abs() < 0.01, "{name} {sum}");
        let flat = rows.on_plane(0.0, 0.0);
        let plane: f64 = (0..rows.len())
            .map(|k| flat.direct[k] + flat.diffuse[k])
            .sum::<f64>()
            / 4000.0;
        // Perez limits the circumsolar term below 5 deg of elevation.
        assert!((plane / sum - 1.0).abs() < 0.005, "{name} {plane} {sum}");
        let south = rows.on_plane(90.0, 180.0);
        let north = rows.on_plane(90.0, 0.0);
        assert!(mean(&south.direct) > 5.0 * mean(&north.direct), "{name}");
        assert!(south.ground.iter().all(|g| *g >= 0.0));
    }
}

#[test]
fn analytic_damped_temperature_is_a_first_order_lag() {
    let w = golden();
    let mut rows =
        Rows::new(&w, &site(), w.start_s, w.start_s + 2 * DAY, 3600, -7 * HOUR).expect("covered");
    rows.outdoor_c = vec![0.0; 48];
    rows.outdoor_c[24..].fill(10.0);
    let damped = rows.damped(6.0 * 3600.0);
    assert_eq!(damped[23], 0.0);
    assert!((damped[29] - 10.0 * (1.0 - (-1f64).exp())).abs() < 1e-12);
    assert_eq!(rows.damped(0.0), rows.outdoor_c);
}

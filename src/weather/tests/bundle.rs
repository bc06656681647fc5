//! The bundled weather is plausible, and the EPW of Golden is read as printed.

use super::*;
use crate::physics::sky;
use crate::physics::solar::SunPath;

#[test]
fn reference_golden_epw_has_its_published_sums() {
    let w = golden();
    assert_eq!(
        (w.outdoor_c.len(), w.step_s, w.points_at_s),
        (8760, 3600, 3600)
    );
    assert!(w.typical_year && w.humidity_known);
    // Records start at midnight of UTC-7.
    assert_eq!(w.start_s, civil::days(2019, 1, 1) * DAY + 7 * HOUR);
    // The last and first records as printed in the file.
    assert_eq!(w.outdoor_c[0], -3.0);
    assert_eq!(w.pressure_pa[0], 80_600.0);
    let s = climate_summary(&w);
    let columns = |place: usize| -> f64 {
        let text = bundled::golden_epw();
        let text = String::from_utf8_lossy(&text);
        text.lines()
            .skip(8)
            .map(|l| {
                l.split(',')
                    .nth(place)
                    .and_then(|f| f.parse::<f64>().ok())
                    .unwrap_or(0.0)
            })
            .sum()
    };
    assert!((s.annual_mean_c - columns(6) / 8760.0).abs() < 1e-9);
    assert!(
        (s.direct_normal_kwh_per_m2 - columns(14) / 1000.0).abs() < 1.0,
        "{s:?}"
    );
    assert!((s.diffuse_horizontal_kwh_per_m2 - columns(15) / 1000.0).abs() < 1e-6);
    // The file's own design conditions (99.6 % over 30 years: -18.8 degC; 0.4 %: 33 degC).
    assert!(
        (s.design_c + 18.8).abs() < 4.0 && (s.hot_design_c - 33.0).abs() < 2.0,
        "{s:?}"
    );
}

#[test]
fn reference_our_sky_agrees_with_the_infrared_of_golden() {
    let w = golden();
    let mut error = 0.0;
    for i in 0..w.outdoor_c.len() {
        let clear = sky::sky_temperature_c(sky::horizontal_infrared_w_per_m2(
            w.outdoor_c[i],
            sky::dew_point_c(w.outdoor_c[i], w.relative_humidity[i]),
            0.0,
        ));
        // A cloudless sky of this model is the coldest that the file may have.
        error += (clear - w.sky_c[i]).max(0.0);
    }
    assert!(error / (w.outdoor_c.len() as f64) < 0.1, "{error}");
}

#[test]
fn every_bundled_weather_is_plausible() {
    for entry in catalogue() {
        let w = bundled(entry.name).unwrap_or_else(|| panic!("{} does not unpack", entry.name));
        assert_eq!(
            (w.latitude_deg, w.longitude_deg),
            (entry.latitude_deg, entry.longitude_deg),
            "{}",
            entry.name
        );
        assert_eq!(w.step_s, entry.interval_s);
        let s = climate_summary(&w);
        assert!(
            (365.0..365.1).contains(&s.days),
            "{} {}",
            entry.name,
            s.days
        );
        assert!(
            (4.0..22.0).contains(&s.annual_mean_c),
            "{} {s:?}",
            entry.name
        );
        assert!(
            (5.0..40.0).contains(&s.coldest_day) || s.coldest_day > 355.0,
            "{} {s:?}",
            entry.name
        );
        assert!(
            (600.0..2600.0).contains(&s.direct_normal_kwh_per_m2),
            "{} {s:?}",
            entry.name
        );
        assert_eq!(w.humidity_known, entry.name.ends_with("-tmy3"));
        assert!(!w.notes.is_empty() && w.sha256.len() == 64);
        for i in 0..w.outdoor_c.len() {
            assert!(
                w.sky_c[i] < w.outdoor_c[i] + 6.0 && w.sky_c[i] > w.outdoor_c[i] - 45.0,
                "{} {i}",
                entry.name
            );
        }
        // Light begins soon after sunrise and ends soon before sunset: time
        // stamps and zone are right (half an hour is about 5 deg of elevation).
        let path = SunPath::new(w.latitude_deg, w.longitude_deg);
        let (mut morning, mut evening) = (1.0f64, 1.0f64);
        for (i, _) in w
            .direct_normal_w_per_m2
            .iter()
            .enumerate()
            .filter(|(_, d)| **d > 60.0)
        {
            let sun =
                path.at(
                    (w.start_s + i as i64 * i64::from(w.step_s)) as f64 + f64::from(w.step_s) / 2.0
                );
            let first = if sun.east > 0.0 {
                &mut morning
            } else {
                &mut evening
            };
            *first = first.min(sun.up);
        }
        let limit = if w.step_s == 3600 { 0.06 } else { 0.035 };
        assert!(
            morning.abs() < limit && evening.abs() < limit,
            "{} {morning} {evening}",
            entry.name
        );
    }
}

#[test]
fn covers_a_whole_local_year() {
    for entry in catalogue().iter().filter(|e| e.name.ends_with("2019")) {
        let w = bundled(entry.name).expect("bundled");
        let start = civil::days(2019, 1, 1) * DAY - HOUR;
        let rows = Rows::new(&w, &site(), start, start + 365 * DAY, 900, HOUR)
            .expect("the year is covered");
        assert_eq!(rows.len(), 365 * 96);
    }
}

#[test]
fn reference_cold_february_of_aachen() {
    // The cold spell of 7 to 14 February 2021.
    let w = bundled("aachen-2021").expect("bundled");
    let from = ((civil::days(2021, 2, 8) * DAY - w.start_s) / 600) as usize;
    let week = &w.outdoor_c[from..from + 5 * 144];
    assert!(week.iter().sum::<f64>() / (week.len() as f64) < -3.0);
    // Direct light was derived: what the sun could give, and closing on global.
    assert!(w.notes.iter().any(|n| n.contains("global - diffuse")));
}

#[test]
fn nearest_finds_the_place() {
    assert_eq!(nearest(52.09, 5.12).0.name, "amsterdam-2019");
    assert_eq!(nearest(50.85, 4.35).0.name, "uccle-2019");
    assert!(nearest(50.85, 4.35).1 < 6.0);
    assert_eq!(nearest(39.7, -105.0).0.name, "golden-tmy3");
    assert!(bundled("nowhere").is_none());
}

#[test]
fn analytic_ground_and_mains_follow_the_yearly_wave() {
    let s = climate_summary(&bundled("amsterdam-2019").expect("bundled"));
    let surface = ground_temperature_c(&s, 0.0, 0.6e-6, s.coldest_day);
    assert!((surface - (s.annual_mean_c - s.sine_amplitude_k)).abs() < 1e-9);
    assert!((ground_temperature_c(&s, 30.0, 0.6e-6, 100.0) - s.annual_mean_c).abs() < 0.01);
    // Amsterdam's water is around 12 degC with some 4 K of swing, coldest in February or March.
    let (mean, amplitude, day) = mains_temperature(&s);
    assert!(
        (12.0..16.0).contains(&mean)
            && (2.0..6.0).contains(&amplitude)
            && (20.0..80.0).contains(&day),
        "{mean} {amplitude} {day}"
    );
}

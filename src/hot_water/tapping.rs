//! The tapping cycles 3XS to XXL of Reg. (EU) 812/2013, repeated every local day.
//!
//! The cycles give energies. Here a draw becomes the mixed water at the
//! scenario's useful temperature that carries this energy above 10 degC, at
//! the cycle's flow rate. The energy that a run draws thus differs from the
//! cycle's as the mains differ from 10 degC, as it does in a house. Tm (from
//! which temperature on the water counts as useful) and Tp (a peak that the
//! water must reach, for dishes and baths) are kept with the figures but do
//! not act: one useful temperature holds for all draws. So this is a pattern
//! of use, not the label's test.

use jiff::tz::TimeZone;

use super::{REFERENCE_MAINS_C, draws, tapping_figures as figures};
use crate::model::Series;
use crate::units::WATER_J_PER_L_K;

/// One draw of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tapping {
    /// Minute of the local day.
    pub minute: u16,
    /// Useful energy above 10 degC, Wh.
    pub energy_wh: u16,
    /// Flow, l/min.
    pub flow_l_per_min: u8,
    /// Temperature from which on the water counts, degC (not used).
    pub tm_c: u8,
    /// Peak temperature to reach, degC; 0 = none (not used).
    pub tp_c: u8,
}

/// Names of the cycles, smallest first.
pub const NAMES: [&str; 8] = ["3XS", "XXS", "XS", "S", "M", "L", "XL", "XXL"];

/// The draws of a cycle; `None` for an unknown name.
pub fn cycle(name: &str) -> Option<&'static [Tapping]> {
    Some(match name {
        "3XS" => &figures::XXXS,
        "XXS" => &figures::XXS,
        "XS" => &figures::XS,
        "S" => &figures::S,
        "M" => &figures::M,
        "L" => &figures::L,
        "XL" => &figures::XL,
        "XXL" => &figures::XXL,
        _ => return None,
    })
}

/// The cycle on every local day of `[start_s, end_s)`, l/s at `useful_c`
/// (> 10 degC), means over `step_s`.
pub fn series(
    cycle: &[Tapping],
    timezone: &TimeZone,
    (start_s, end_s): (i64, i64),
    step_s: u32,
    useful_c: f64,
) -> Series {
    let mut collected = draws::Draws::new(start_s, end_s, step_s);
    for day in draws::local_days(timezone, start_s, end_s) {
        for tapping in cycle {
            let litres = litres(tapping, useful_c);
            let duration_s = 60.0 * litres / f64::from(tapping.flow_l_per_min);
            if let Some(from_s) = draws::instant_s(timezone, day, 60 * u32::from(tapping.minute)) {
                collected.add(from_s, duration_s, litres);
            }
        }
    }
    collected.into_series()
}

/// Mixed water at `useful_c` that carries the tapping's energy above 10 degC, l.
pub fn litres(tapping: &Tapping, useful_c: f64) -> f64 {
    f64::from(tapping.energy_wh) * 3600.0 / (WATER_J_PER_L_K * (useful_c - REFERENCE_MAINS_C))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_daily_energies_are_the_regulations() {
        // Sums Qref of the regulation's table, Wh.
        for (name, wh) in [
            ("3XS", 345),
            ("XXS", 2100),
            ("XS", 2100),
            ("S", 2100),
            ("M", 5845),
            ("L", 11_655),
            ("XL", 19_070),
            ("XXL", 24_530),
        ] {
            let sum: u32 = cycle(name)
                .expect("a known cycle")
                .iter()
                .map(|t| u32::from(t.energy_wh))
                .sum();
            assert_eq!(sum, wh, "{name}");
        }
        assert!(cycle("M+").is_none());
    }

    #[test]
    fn conserves_the_litres_of_a_day_and_follows_the_local_clock() {
        let zone = TimeZone::get("Europe/Berlin").expect("bundled zone");
        let m = cycle("M").expect("a known cycle");
        // 30 March 2024, 00:00 CET, two days: the second has 23 hours.
        let start_s = 1_711_753_200;
        let series = series(m, &zone, (start_s, start_s + 47 * 3600), 60, 40.0);
        let litres: f64 = series.values.iter().sum::<f64>() * 60.0;
        let exact = 2.0 * 5845.0 * 3600.0 / (4180.0 * 30.0);
        assert!((litres - exact).abs() < 1e-9);
        // The first draw of the day, 07:00 local time: 06:00 and 05:00 UTC.
        assert!(series.at(start_s + 7 * 3600) > 0.0);
        assert!(series.at(start_s + (24 + 6) * 3600) > 0.0);
        assert_eq!(series.at(start_s + (24 + 5) * 3600), 0.0);
    }
}

//! Cold-water temperature: a cosine over the year. The form is that of the
//! usual correlations (J. Burch, C. Christensen, Towards Development of an
//! Algorithm for Mains Water Temperature, ASES 2007), with mean, amplitude and
//! coldest day as the scenario states them.

use crate::model::HotWater;
use crate::units::S_PER_DAY;

/// Mean length of a year, days.
const DAYS_PER_YEAR: f64 = 365.2425;

/// Mains temperature at `t_s` (s since the epoch), degC.
pub fn temperature_c(hot_water: &HotWater, t_s: i64) -> f64 {
    // Days since 1 January 1970; day 1 of a year is 1 January.
    let day = t_s as f64 / S_PER_DAY + 1.0;
    let turn = (day - hot_water.mains_coldest_day) / DAYS_PER_YEAR;
    hot_water.mains_mean_c - hot_water.mains_amplitude_k * (std::f64::consts::TAU * turn).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Series;

    #[test]
    fn analytic_coldest_on_its_day_and_warmest_half_a_year_later() {
        let water = HotWater {
            useful_c: 40.0,
            draw_l_per_s: Series::none(),
            mains_mean_c: 11.0,
            mains_amplitude_k: 5.0,
            mains_coldest_day: 45.0,
        };
        // 14 February 2023, 00:00 UTC is the 45th day.
        let coldest_s = 1_676_332_800;
        assert!((temperature_c(&water, coldest_s) - 6.0).abs() < 0.01);
        assert!((temperature_c(&water, coldest_s + 15_778_476) - 16.0).abs() < 0.01);
        let year: f64 = (0..365)
            .map(|d| temperature_c(&water, coldest_s + d * 86_400))
            .sum();
        assert!((year / 365.0 - 11.0).abs() < 0.02);
    }
}

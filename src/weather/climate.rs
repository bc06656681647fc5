//! Figures of a year's weather that others need: yearly mean and swing, coldest
//! day, design temperatures, ground and mains water.

use std::f64::consts::TAU;

use super::civil::{self, DAY_S};
use crate::model::Weather;
use crate::units::S_PER_DAY;

/// Days of the mean year, for the yearly wave.
const YEAR_DAYS: f64 = 365.25;

/// What a weather says about its climate. From all its records, be it a
/// typical year, one year or several; part of a year gives what it gives
/// (`days` says how much there was).
#[derive(Clone, Debug, PartialEq)]
pub struct ClimateSummary {
    /// Mean outdoor temperature, degC.
    pub annual_mean_c: f64,
    /// Half the difference of the warmest and the coldest month's mean, K.
    pub monthly_amplitude_k: f64,
    /// Amplitude of the yearly sine fitted by least squares, K (>= 0).
    pub sine_amplitude_k: f64,
    /// Day of the year (1 = 1 January, UTC) on which the fitted sine is lowest.
    pub coldest_day: f64,
    /// Mean of each month, degC; NaN where the weather has no such month.
    pub monthly_mean_c: [f64; 12],
    /// Exceeded in 99.6 % of the records, degC (ASHRAE's heating design value).
    pub design_c: f64,
    /// Exceeded in 0.4 % of the records, degC.
    pub hot_design_c: f64,
    /// Lowest daily mean (UTC days), degC.
    pub coldest_daily_mean_c: f64,
    pub min_c: f64,
    pub max_c: f64,
    /// Kelvin-days below 18 degC by daily means, K d.
    pub heating_degree_days_18: f64,
    /// Sum over the records, kWh/m2.
    pub direct_normal_kwh_per_m2: f64,
    /// Sum over the records, kWh/m2.
    pub diffuse_horizontal_kwh_per_m2: f64,
    /// How many days the weather has.
    pub days: f64,
}

/// Computes the summary. A weather without records gives NaN throughout.
pub fn climate_summary(weather: &Weather) -> ClimateSummary {
    let t = &weather.outdoor_c;
    let n = t.len();
    let step = i64::from(weather.step_s);
    let mut month = [(0.0, 0u32); 12];
    let mut daily: Vec<(f64, u32)> = Vec::with_capacity(n / (DAY_S / step) as usize + 2);
    let mut last_day = i64::MIN;
    let (mut sum, mut sums) = (0.0, [0.0; 5]);
    for (i, &v) in t.iter().enumerate() {
        let at = weather.start_s + i as i64 * step + step / 2;
        let day = at.div_euclid(DAY_S);
        if day != last_day {
            daily.push((0.0, 0));
            last_day = day;
        }
        if let Some(d) = daily.last_mut() {
            *d = (d.0 + v, d.1 + 1);
        }
        let m = (civil::date(day).1 - 1) as usize;
        month[m] = (month[m].0 + v, month[m].1 + 1);
        let (s, c) = (TAU * year_day(at) / YEAR_DAYS).sin_cos();
        sum += v;
        for (acc, x) in sums.iter_mut().zip([s, c, s * s, c * c, s * c]) {
            *acc += x;
        }
    }
    let mean = sum / n as f64;
    let (sine, cosine) = fit_sine(weather, mean, sums);
    let monthly_mean_c = month.map(|(s, k)| if k > 0 { s / f64::from(k) } else { f64::NAN });
    let warmest = monthly_mean_c.iter().copied().fold(f64::NAN, f64::max);
    let coldest = monthly_mean_c.iter().copied().fold(f64::NAN, f64::min);
    let mut sorted = t.clone();
    sorted.sort_by(f64::total_cmp);
    let share = |q: f64| {
        sorted
            .get(((n as f64 * q) as usize).min(n.saturating_sub(1)))
            .copied()
            .unwrap_or(f64::NAN)
    };
    // Days that the records only graze don't count.
    let whole = (DAY_S / step / 2) as u32;
    let means = || {
        daily
            .iter()
            .filter(|d| d.1 > whole)
            .map(|&(s, k)| s / f64::from(k))
    };
    let kwh = |column: &[f64]| column.iter().sum::<f64>() * step as f64 / 3.6e6;
    ClimateSummary {
        annual_mean_c: mean,
        monthly_amplitude_k: (warmest - coldest) / 2.0,
        sine_amplitude_k: sine.hypot(cosine),
        coldest_day: ((-sine).atan2(-cosine) / TAU * YEAR_DAYS).rem_euclid(YEAR_DAYS) + 1.0,
        monthly_mean_c,
        design_c: share(0.004),
        hot_design_c: share(0.996),
        coldest_daily_mean_c: means().fold(f64::NAN, f64::min),
        min_c: share(0.0),
        max_c: share(1.0),
        heating_degree_days_18: means().map(|m| (18.0 - m).max(0.0)).sum(),
        direct_normal_kwh_per_m2: kwh(&weather.direct_normal_w_per_m2),
        diffuse_horizontal_kwh_per_m2: kwh(&weather.diffuse_horizontal_w_per_m2),
        days: n as f64 * step as f64 / S_PER_DAY,
    }
}

/// Days since 1 January 00:00 UTC of its year.
fn year_day(t_s: i64) -> f64 {
    let (year, ..) = civil::date(t_s.div_euclid(DAY_S));
    (t_s - civil::days(year, 1, 1) * DAY_S) as f64 / S_PER_DAY
}

/// Least squares of `mean + a sin + b cos`, around the plain mean.
fn fit_sine(weather: &Weather, mean: f64, [s, c, ss, cc, sc]: [f64; 5]) -> (f64, f64) {
    let n = weather.outdoor_c.len() as f64;
    let (mut ts, mut tc) = (0.0, 0.0);
    let step = i64::from(weather.step_s);
    for (i, v) in weather.outdoor_c.iter().enumerate() {
        let at = weather.start_s + i as i64 * step + step / 2;
        let (sin, cos) = (TAU * year_day(at) / YEAR_DAYS).sin_cos();
        ts += (v - mean) * sin;
        tc += (v - mean) * cos;
    }
    // Centred normal equations.
    let (ss, cc, sc) = (ss - s * s / n, cc - c * c / n, sc - s * c / n);
    let det = ss * cc - sc * sc;
    if det.abs() < 1e-9 * n * n {
        return (0.0, 0.0);
    }
    ((ts * cc - tc * sc) / det, (tc * ss - ts * sc) / det)
}

/// Undisturbed ground temperature, degC, at a depth (Kusuda and Achenbach 1965):
/// the yearly wave at the surface, damped and delayed.
/// `diffusivity_m2_per_s` is around 0.6e-6 for moist soil; `day` counts from
/// 1 January = 1.
pub fn ground_temperature_c(
    summary: &ClimateSummary,
    depth_m: f64,
    diffusivity_m2_per_s: f64,
    day: f64,
) -> f64 {
    let per_day = diffusivity_m2_per_s.max(1e-9) * S_PER_DAY;
    let decay = depth_m.max(0.0) * (std::f64::consts::PI / (YEAR_DAYS * per_day)).sqrt();
    let phase = TAU / YEAR_DAYS * (day - summary.coldest_day) - decay;
    summary.annual_mean_c - summary.sine_amplitude_k * (-decay).exp() * phase.cos()
}

/// Mains water over the year: mean, amplitude and coldest day, degC, K and day.
///
/// Burch and Christensen (2007, NREL/CP-550-41646), the correlation of the
/// Building America benchmark, with temperatures of air in degrees Fahrenheit:
/// mean = T + 6 F; ratio of its amplitude to that of the monthly means
/// 0.4 + 0.01 (T - 44 F); lag in days 35 - 1.0 (T - 44 F) behind the air (there 15 January;
/// here the coldest day of the fitted sine). Compared with a public
/// implementation: equal.
pub fn mains_temperature(summary: &ClimateSummary) -> (f64, f64, f64) {
    let above_44_f = summary.annual_mean_c * 1.8 + 32.0 - 44.0;
    let ratio = (0.4 + 0.01 * above_44_f).clamp(0.0, 1.0);
    let lag = (35.0 - above_44_f).max(0.0);
    (
        summary.annual_mean_c + 6.0 / 1.8,
        ratio * summary.monthly_amplitude_k,
        (summary.coldest_day + lag - 1.0).rem_euclid(YEAR_DAYS) + 1.0,
    )
}

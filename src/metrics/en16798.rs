//! Categories of thermal comfort on operative temperature, EN 16798-1:2019:
//! fixed ranges for heated and cooled houses, and the adaptive ranges for
//! houses without mechanical cooling. The numbers are the standard's default
//! values; a national annex may differ.

/// Lower and upper limits of categories I to IV with heating, degC (living
/// spaces of dwellings, about 1.2 met and 1.0 clo): EN 16798-1:2019, Annex B,
/// default ranges for hourly calculations. I to III as in EN 15251:2007. Lower
/// limits of I, II and IV, and the upper limit of II and III, compared with
/// public implementations and summaries; III's 18 degC and the upper limits of I
/// and IV not compared with the document. One implementation has 19 to 25 degC for
/// III and 17 to 27 for IV. The narrower upper limits that some publish for I and
/// II (23 and 24 degC) we take to be those of offices.
pub const HEATING_C: [(f64, f64); 4] = [(21.0, 25.0), (20.0, 25.0), (18.0, 25.0), (17.0, 25.0)];
/// The same with cooling (0.5 clo). I to III compared with public
/// implementations; IV not compared with the document (one implementation has 20
/// to 29 degC).
pub const COOLING_C: [(f64, f64); 4] = [(23.5, 25.5), (23.0, 26.0), (22.0, 27.0), (21.0, 28.0)];
/// A day counts as cooling season where its running mean outdoor temperature
/// is at least this, degC. The standard leaves the season to the designer;
/// this choice is ours.
pub const COOLING_SEASON_FROM_C: f64 = 15.0;

/// Adaptive model: optimum = 0.33 Trm + 18.8, valid for Trm of 10 to 30 degC,
/// and K below and above it for categories I to III (EN 16798-1:2019). Compared
/// with three public implementations, pythermalcomfort's tests among them.
pub const ADAPTIVE_SLOPE: f64 = 0.33;
pub const ADAPTIVE_OFFSET_C: f64 = 18.8;
pub const ADAPTIVE_RANGE_C: (f64, f64) = (10.0, 30.0);
pub const ADAPTIVE_K: [(f64, f64); 3] = [(3.0, 2.0), (4.0, 3.0), (5.0, 4.0)];

/// The weight of the day before in the running mean (alpha), 0.8.
pub const RUNNING_MEAN_ALPHA: f64 = 0.8;

/// Optimal operative temperature at a running mean outdoor temperature, degC;
/// `None` outside the model's range.
pub fn adaptive_optimum_c(running_mean_c: f64) -> Option<f64> {
    let (low, high) = ADAPTIVE_RANGE_C;
    (low <= running_mean_c && running_mean_c <= high)
        .then_some(ADAPTIVE_SLOPE * running_mean_c + ADAPTIVE_OFFSET_C)
}

/// The adaptive limits of category I, II or III (`category` 0 to 2), degC.
pub fn adaptive_limits_c(running_mean_c: f64, category: usize) -> Option<(f64, f64)> {
    let (below, above) = ADAPTIVE_K[category];
    adaptive_optimum_c(running_mean_c).map(|optimum| (optimum - below, optimum + above))
}

/// The best category (0 = I to 3 = IV) whose range holds the temperature.
pub fn category(ranges: &[(f64, f64)], operative_c: f64) -> Option<usize> {
    ranges
        .iter()
        .position(|&(low, high)| low <= operative_c && operative_c <= high)
}

/// A day's running mean from the day before's and that day's own mean, degC.
pub fn next_running_mean_c(running_c: f64, mean_c: f64) -> f64 {
    (1.0 - RUNNING_MEAN_ALPHA) * mean_c + RUNNING_MEAN_ALPHA * running_c
}

/// Running mean outdoor temperature of each day from daily means:
/// Trm(d) = (1 - alpha) T(d-1) + alpha Trm(d-1). The days before the first are
/// taken to be like the first day itself, so the first week is approximate.
pub fn running_means_c(daily_means_c: &[f64]) -> Vec<f64> {
    let mut out = Vec::with_capacity(daily_means_c.len());
    let mut running = daily_means_c.first().copied().unwrap_or(0.0);
    for (day, _) in daily_means_c.iter().enumerate() {
        if day > 0 {
            running = next_running_mean_c(running, daily_means_c[day - 1]);
        }
        out.push(running);
    }
    out
}

//! Collects single draws into a series of means, and walks local days.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::model::Series;

/// Draws of a period on a regular grid. A draw that overlaps the grid in part
/// counts in part, so that volumes are exact.
#[derive(Clone, Debug)]
pub struct Draws {
    start_s: i64,
    step_s: u32,
    l_per_s: Vec<f64>,
}

impl Draws {
    /// An empty grid from `start_s` that reaches at least to `end_s` (s since
    /// the epoch), of `step_s` (> 0).
    pub fn new(start_s: i64, end_s: i64, step_s: u32) -> Self {
        let step = i64::from(step_s);
        let intervals = (end_s - start_s)
            .max(0)
            .unsigned_abs()
            .div_ceil(step.unsigned_abs());
        Self {
            start_s,
            step_s,
            l_per_s: vec![0.0; intervals as usize],
        }
    }

    /// Adds `litres` drawn evenly over `duration_s` (> 0) from `from_s` (s
    /// since the epoch).
    pub fn add(&mut self, from_s: i64, duration_s: f64, litres: f64) {
        let step_s = f64::from(self.step_s);
        let begin = (from_s - self.start_s) as f64;
        let end = begin + duration_s;
        let l_per_s = litres / duration_s;
        let first = (begin / step_s).floor().max(0.0) as usize;
        let after = ((end / step_s).ceil().max(0.0) as usize).min(self.l_per_s.len());
        for i in first..after {
            let from = i as f64 * step_s;
            let overlap_s = end.min(from + step_s) - begin.max(from);
            self.l_per_s[i] += l_per_s * overlap_s.max(0.0) / step_s;
        }
    }

    /// The series, l/s at the tap.
    pub fn into_series(mut self) -> Series {
        // Outside the period nothing is drawn: end with an empty interval.
        self.l_per_s.push(0.0);
        Series {
            start_s: self.start_s,
            step_s: self.step_s,
            values: self.l_per_s.into(),
            periodic: false,
        }
    }
}

/// The local days that touch `[start_s, end_s)`, and one before, whose last
/// draws may reach in.
pub fn local_days(timezone: &TimeZone, start_s: i64, end_s: i64) -> Vec<Date> {
    let day = |t_s: i64| {
        Timestamp::from_second(t_s)
            .map(|t| t.to_zoned(timezone.clone()).date())
            .ok()
    };
    let (Some(start), Some(last)) = (day(start_s), day(end_s - 1)) else {
        return Vec::new();
    };
    let mut days = Vec::new();
    let mut at = start.checked_sub(1.day()).unwrap_or(start);
    while at <= last {
        days.push(at);
        match at.tomorrow() {
            Ok(next) => at = next,
            Err(_) => break,
        }
    }
    days
}

/// The instant of a local wall-clock time, s since the epoch. A time that the
/// clock skips is as much later as the gap is long; a repeated one is the first.
pub fn instant_s(timezone: &TimeZone, day: Date, seconds: u32) -> Option<i64> {
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let time = match hour {
        0..24 => day.at(hour as i8, minute as i8, second as i8, 0),
        _ => day
            .at(0, 0, 0, 0)
            .checked_add(i64::from(seconds).seconds())
            .ok()?,
    };
    let zoned = timezone.to_ambiguous_zoned(time).compatible().ok()?;
    Some(zoned.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn conserves_litres_of_a_draw_across_intervals() {
        let mut draws = Draws::new(1000, 1600, 60);
        draws.add(1030, 95.0, 10.0);
        draws.add(980, 40.0, 4.0);
        let series = draws.into_series();
        let litres: f64 = series.values.iter().sum::<f64>() * 60.0;
        assert!(
            (litres - 12.0).abs() < 1e-12,
            "half of the early draw is outside"
        );
        assert_eq!(series.at(5000), 0.0);
    }

    #[test]
    fn the_skipped_hour_acts_later_and_the_repeated_one_first() {
        let zone = TimeZone::get("Europe/Amsterdam").expect("bundled zone");
        let spring = instant_s(&zone, date(2024, 3, 31), 2 * 3600 + 1800).expect("an instant");
        assert_eq!(spring, 1_711_848_600, "03:30 CEST");
        let autumn = instant_s(&zone, date(2024, 10, 27), 2 * 3600 + 1800).expect("an instant");
        assert_eq!(autumn, 1_729_989_000, "02:30 CEST");
    }
}

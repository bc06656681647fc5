//! Figures that compare two series of hours, and those of one.

/// Root of the mean squared difference.
pub(super) fn rms(a: &[f64], b: &[f64]) -> f64 {
    mean(a.iter().zip(b).map(|(a, b)| (a - b) * (a - b))).sqrt()
}

/// Mean difference, `a` less `b`.
pub(super) fn bias(a: &[f64], b: &[f64]) -> f64 {
    mean(a.iter().zip(b).map(|(a, b)| a - b))
}

/// Largest difference by size.
pub(super) fn worst(a: &[f64], b: &[f64]) -> f64 {
    let sizes = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    sizes.fold(0.0, f64::max)
}

/// Arithmetic mean; not a number of nothing.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    sum / n
}

/// The largest value and its hour of the year, counted from 0.
pub(super) fn highest(hours: &[f64]) -> (f64, usize) {
    let mut best = (f64::NEG_INFINITY, 0);
    for (hour, &v) in hours.iter().enumerate() {
        if v > best.0 {
            best = (v, hour);
        }
    }
    best
}

/// The smallest value and its hour.
pub(super) fn lowest(hours: &[f64]) -> (f64, usize) {
    let turned: Vec<f64> = hours.iter().map(|v| -v).collect();
    let (v, hour) = highest(&turned);
    (-v, hour)
}

/// kWh of a year of hourly W.
pub(super) fn kwh(hours: &[f64]) -> f64 {
    hours.iter().sum::<f64>() / 1000.0
}

/// An hour of a year of 365 days as "22 Jan, 14 h" (it ends at 14 h).
pub(super) fn when(hour: usize) -> String {
    const MONTHS: [(&str, usize); 12] = [
        ("Jan", 31),
        ("Feb", 28),
        ("Mar", 31),
        ("Apr", 30),
        ("May", 31),
        ("Jun", 30),
        ("Jul", 31),
        ("Aug", 31),
        ("Sep", 30),
        ("Oct", 31),
        ("Nov", 30),
        ("Dec", 31),
    ];
    let mut day = hour / 24;
    for (name, days) in MONTHS {
        if day < days {
            return format!("{} {name}, {} h", day + 1, hour % 24 + 1);
        }
        day -= days;
    }
    format!("hour {hour}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_told_by_their_date() {
        assert_eq!(when(0), "1 Jan, 1 h");
        assert_eq!(when(31 * 24 + 23), "1 Feb, 24 h");
        assert_eq!(when(8759), "31 Dec, 24 h");
    }

    #[test]
    fn analytic_statistics_of_short_series() {
        assert_eq!(rms(&[1.0, 2.0], &[1.0, 4.0]), 2.0_f64.sqrt());
        assert_eq!(bias(&[1.0, 2.0], &[1.0, 4.0]), -1.0);
        assert_eq!(worst(&[1.0, 2.0], &[1.0, 4.0]), 2.0);
        assert_eq!(lowest(&[3.0, -1.0, 2.0]), (-1.0, 1));
        assert_eq!(highest(&[3.0, -1.0, 3.0]), (3.0, 0));
        assert_eq!(kwh(&[500.0, 1500.0]), 2.0);
    }
}

//! Calendar arithmetic for readers: proleptic Gregorian dates and seconds
//! since the epoch. Time zones with daylight saving are not here (jiff has them).

use crate::units::S_PER_DAY;

/// A typical year is laid onto this one, or onto 2020 where it has 29 February.
pub(super) const NOMINAL_YEAR: i64 = 2019;
pub(super) const NOMINAL_LEAP_YEAR: i64 = 2020;
pub(super) const DAY_S: i64 = S_PER_DAY as i64;

/// Days since 1970-01-01 (Hinnant's civil-date algorithm).
pub(super) fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
pub(super) fn date(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let mp = (5 * day_of_year + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * mp + 2) / 5 + 1)
}

/// Whether such a date exists (years 1600 to 2600).
pub(super) fn is_date(year: i64, month: i64, day: i64) -> bool {
    (1600..=2600).contains(&year)
        && (1..=12).contains(&month)
        && day >= 1
        && date(days(year, month, day)) == (year, month, day)
        && day <= 31
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// `2019-02-03 04:05Z` for messages.
pub(super) fn show(t_s: i64) -> String {
    let (y, m, d) = date(t_s.div_euclid(DAY_S));
    let s = t_s.rem_euclid(DAY_S);
    format!("{y:04}-{m:02}-{d:02} {:02}:{:02}Z", s / 3600, s % 3600 / 60)
}

/// `3 h`, `45 min` for messages.
pub(super) fn show_span(s: i64) -> String {
    if s % 3600 == 0 {
        format!("{} h", s / 3600)
    } else if s > 7200 {
        format!("{:.1} h", s as f64 / 3600.0)
    } else {
        format!("{} min", s / 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_dates_and_days_are_inverse() {
        for d in (-200_000..200_000).step_by(37) {
            let (y, m, day) = date(d);
            assert_eq!(days(y, m, day), d);
        }
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 3, 1), 11_017);
        assert!(is_date(2024, 2, 29) && !is_date(2023, 2, 29) && !is_date(2023, 4, 31));
        assert_eq!(show(1_700_000_000), "2023-11-14 22:13Z");
    }
}

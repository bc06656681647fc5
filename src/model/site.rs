//! Where the house stands, and its standard time.

use jiff::tz::TimeZone;

/// A place on earth with its civil time.
#[derive(Clone, Debug)]
pub struct Site {
    /// Degrees north, -90 to 90.
    pub latitude_deg: f64,
    /// Degrees east, -180 to 180.
    pub longitude_deg: f64,
    /// Metres above sea level.
    pub altitude_m: f64,
    pub timezone: TimeZone,
    /// ISO 3166-1 alpha-2; empty where only coordinates were given.
    pub country: String,
    /// Empty where none was given.
    pub postal_code: String,
    /// Day-ahead price zone (ENTSO-E bidding zone name), empty where unknown.
    pub price_zone: String,
    /// Reflectance of the ground, 0 to 1 (0.2 is the usual value, ISO 52010-1).
    pub ground_albedo: f64,
}

/// Standard time of a zone, s ahead of UTC: the smaller of its offsets on the
/// first of January and of July of the instant's year (daylight saving adds,
/// on either hemisphere).
pub fn standard_offset_s(at_s: i64, timezone: &TimeZone) -> i64 {
    let Ok(at) = jiff::Timestamp::from_second(at_s) else {
        return 0;
    };
    let year = timezone.to_datetime(at).year();
    [1, 7]
        .into_iter()
        .filter_map(|month| jiff::civil::Date::new(year, month, 1).ok())
        .filter_map(|date| date.to_zoned(timezone.clone()).ok())
        .map(|z| i64::from(z.offset().seconds()))
        .min()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half a year from early October is early April: daylight saving at both.
    #[test]
    fn standard_time_is_the_same_on_every_day_of_the_year() {
        for (zone, hours) in [
            ("Europe/Amsterdam", 1),
            ("Europe/Dublin", 0),
            ("Australia/Sydney", 10),
            ("America/New_York", -5),
            ("UTC", 0),
        ] {
            let tz = TimeZone::get(zone).expect("bundled zone");
            for day in 0..365 {
                // From noon on 1 January 2021.
                let at_s = 1_609_502_400 + day * 86_400;
                assert_eq!(
                    standard_offset_s(at_s, &tz),
                    hours * 3600,
                    "{zone}, day {day}"
                );
            }
        }
    }
}

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

/// Civil time of a zone, for many instants: an offset from UTC is looked up once
/// and holds up to the zone's next transition.
#[derive(Clone, Debug)]
pub struct CivilTime {
    zone: TimeZone,
    /// s ahead of UTC, and the instants from and up to which it holds.
    offset_s: i64,
    from_s: i64,
    until_s: i64,
}

impl CivilTime {
    /// Of a zone.
    pub fn new(zone: &TimeZone) -> Self {
        Self {
            zone: zone.clone(),
            offset_s: 0,
            from_s: 0,
            until_s: 0,
        }
    }

    /// What the clock shows at `at_s` (s since the epoch), as seconds since
    /// 1 January 1970 by that clock. An instant outside the calendar is in UTC.
    pub fn at(&mut self, at_s: i64) -> i64 {
        if !(self.from_s..self.until_s).contains(&at_s) {
            self.look_up(at_s);
        }
        at_s + self.offset_s
    }

    fn look_up(&mut self, at_s: i64) {
        (self.offset_s, self.from_s, self.until_s) = (0, at_s, at_s + 1);
        if let Ok(at) = jiff::Timestamp::from_second(at_s) {
            let next = self.zone.following(at).next();
            self.offset_s = i64::from(self.zone.to_offset(at).seconds());
            self.until_s = next.map_or(i64::MAX, |n| n.timestamp().as_second());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_time_is_that_of_the_zone_on_both_sides_of_a_transition() {
        for zone in [
            "Europe/Amsterdam",
            "America/New_York",
            "UTC",
            "Asia/Kolkata",
        ] {
            let zone = TimeZone::get(zone).expect("bundled zone");
            let mut civil = CivilTime::new(&zone);
            for hour in (0..9000).chain([3, 5000, 2]) {
                let at_s = 1_609_502_400 + hour * 3600;
                let at = jiff::Timestamp::from_second(at_s).expect("in the calendar");
                let offset_s = zone.to_offset(at).seconds();
                assert_eq!(civil.at(at_s), at_s + i64::from(offset_s), "{at}");
            }
        }
    }

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

//! EnergyPlus weather files (EPW), hourly or several records an hour.
//!
//! Conventions (EnergyPlus "Auxiliary Programs", weather file format): local
//! standard time all year; hour 1 to 24 and minute name the end of a record's
//! interval; irradiances are totals of the interval, the rest are instants at
//! its end. Files have 29 February or not.

use super::Calendar;
use super::civil::{self, DAY_S};
use super::fault::{Faults, WeatherError};
use super::raw::{Raw, sha256_hex};
use crate::model::Weather;

/// Fields of a record that are read: place, and the code for "missing" (a value
/// at or above it).
const FIELDS: [(usize, f64); 10] = [
    (6, 99.0),      // dry bulb, degC
    (7, 99.0),      // dew point, degC
    (8, 999.0),     // relative humidity, %
    (9, 999_999.0), // pressure, Pa
    (12, 9999.0),   // horizontal infrared, Wh/m2
    (13, 9999.0),   // global horizontal, Wh/m2
    (14, 9999.0),   // direct normal, Wh/m2
    (15, 9999.0),   // diffuse horizontal, Wh/m2
    (21, 999.0),    // wind speed, m/s
    (23, 99.0),     // opaque sky cover, tenths
];

/// Reads an EPW. `name` is what messages call it.
pub fn read_epw(name: &str, bytes: &[u8], calendar: Calendar) -> Result<Weather, WeatherError> {
    let text = String::from_utf8_lossy(bytes);
    let (sha256, records) = rayon::join(|| sha256_hex(bytes), || records(name, &text, calendar));
    let (mut raw, faults) = records?;
    raw.sha256 = sha256;
    raw.finish(faults)
}

/// The columns of an EPW, and what is wrong with single records.
fn records(name: &str, text: &str, calendar: Calendar) -> Result<(Raw, Faults), WeatherError> {
    let mut faults = Faults::default();
    let mut raw = Raw {
        name: name.to_owned(),
        ..Raw::default()
    };
    let mut lines = text.lines().enumerate().map(|(i, l)| (i + 1, l));
    let mut offset_s = 0;
    let mut per_hour = 1;
    let mut located = false;
    // The header ends with the line of data periods (line 8 in every file seen).
    for (number, line) in lines.by_ref() {
        let mut fields = line.split(',').map(str::trim);
        match fields.next().unwrap_or("") {
            key if key.eq_ignore_ascii_case("LOCATION") => {
                located = true;
                offset_s = location(&mut raw, line, number, &mut faults);
            }
            key if key.eq_ignore_ascii_case("DATA PERIODS") => {
                per_hour = fields.nth(1).and_then(|f| f.parse().ok()).unwrap_or(0);
                if per_hour == 0 || per_hour > 60 || 60 % per_hour != 0 {
                    faults.add(number, || {
                        format!("{per_hour} records per hour: a divisor of 60 is needed")
                    });
                    per_hour = 1;
                }
                break;
            }
            key if key.parse::<i64>().is_ok() && line.split(',').count() > 20 => {
                faults.add(number, || "data begin before the line DATA PERIODS".into());
                break;
            }
            _ if number > 200 => break,
            _ => {}
        }
    }
    if !located {
        faults.add(1, || "no line LOCATION: this is no EPW file".into());
    }
    faults.check(name)?;
    raw.step_s = 3600 / per_hour;
    raw.points_at_s = raw.step_s;
    let mut reader = Records {
        offset_s,
        step_s: i64::from(raw.step_s),
        years: (i64::MAX, i64::MIN),
    };
    raw.reserve(8784 * per_hour as usize);
    for (number, line) in lines {
        if !line.trim().is_empty() {
            reader.record(&mut raw, number, line, &mut faults);
        }
    }
    let (low, high) = reader.years;
    let typical = match calendar {
        Calendar::Typical => true,
        Calendar::Real => false,
        Calendar::AsPrinted => high > low,
    };
    raw.notes.push(format!(
        "EPW: records end at their stamp in local standard time (UTC{:+.1} h); irradiance is the interval's mean, temperature, humidity, pressure, wind and infrared are instants at its end.",
        offset_s as f64 / 3600.0
    ));
    if typical {
        raw.notes
            .push("Typical year: mapped onto the period by month, day and standard time.".into());
        raw.map_nominal(offset_s, 0);
    }
    Ok((raw, faults))
}

/// The fields of a record. `str::split` looks for each comma with machinery that
/// pays for long texts only.
struct Fields<'a>(Option<&'a str>);

impl<'a> Iterator for Fields<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.0?;
        let comma = text.bytes().position(|b| b == b',');
        let (field, rest) = match comma.and_then(|at| text.split_at_checked(at)) {
            Some((field, rest)) => (field, rest.get(1..)),
            None => (text, None),
        };
        self.0 = rest;
        Some(field.trim_ascii())
    }
}

/// Reads the line LOCATION; returns the offset of standard time, s.
fn location(raw: &mut Raw, line: &str, number: usize, faults: &mut Faults) -> i64 {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let field = |i: usize| fields.get(i).copied().unwrap_or("");
    let mut numbers = [0.0; 4];
    let what = ["latitude", "longitude", "time zone", "elevation"];
    for (i, n) in numbers.iter_mut().enumerate() {
        match field(6 + i).parse::<f64>() {
            Ok(v) if v.is_finite() => *n = v,
            _ => faults.add(number, || {
                format!("{} {:?} is no number", what[i], field(6 + i))
            }),
        }
    }
    [raw.latitude_deg, raw.longitude_deg, _, raw.altitude_m] = numbers;
    raw.source = format!(
        "EPW, {}, {} (source {}, WMO {})",
        field(1),
        field(3),
        field(4),
        field(5)
    );
    if !(-14.0..=14.0).contains(&numbers[2]) {
        let z = numbers[2];
        faults.add(number, || format!("time zone {z} h is outside -14 to 14"));
        return 0;
    }
    (numbers[2] * 3600.0).round() as i64
}

struct Records {
    offset_s: i64,
    step_s: i64,
    /// First and last year that a record names.
    years: (i64, i64),
}

impl Records {
    fn record(&mut self, raw: &mut Raw, number: usize, line: &str, faults: &mut Faults) {
        let mut stamp = [0i64; 5];
        let mut values = [f64::NAN; FIELDS.len()];
        let mut fields = Fields(Some(line));
        let what = ["year", "month", "day", "hour", "minute"];
        for (i, s) in stamp.iter_mut().enumerate() {
            let field = fields.next().unwrap_or("");
            match plain(field) {
                Ok(v) if v.fract() == 0.0 && v.abs() < 1e6 => *s = v as i64,
                _ => {
                    return faults.add(number, || {
                        format!("{} {field:?} is no whole number", what[i])
                    });
                }
            }
        }
        let mut next = 5;
        for ((place, missing), value) in FIELDS.into_iter().zip(&mut values) {
            let Some(field) = fields.nth(place - next) else {
                return faults.add(number, || {
                    format!(
                        "record ends after {} fields, 24 are needed",
                        line.split(',').count()
                    )
                });
            };
            next = place + 1;
            if field.is_empty() {
                continue;
            }
            match plain(field) {
                Ok(v) if !v.is_finite() || v >= missing => {
                    // A temperature just above the code is a fault, not a gap.
                    if place <= 7 && v > 99.95 {
                        *value = v;
                    }
                }
                Ok(v) => *value = v,
                Err(_) => faults.add(number, || {
                    format!("field {} {field:?} is no number", place + 1)
                }),
            }
        }
        let [year, month, day, hour, minute] = stamp;
        // A typical year may print 29 February with a year that has none.
        let leap_day = (month, day) == (2, 29);
        if !(leap_day || civil::is_date(year, month, day)) {
            return faults.add(number, || format!("{year}-{month}-{day} is no date"));
        }
        if !(1..=24).contains(&hour) || !(0..=60).contains(&minute) {
            return faults.add(number, || {
                format!("hour {hour} minute {minute} is outside 1 to 24 and 0 to 60")
            });
        }
        // Hourly files write minute 0 or 60 (or anything) for the same thing.
        // With several records an hour, the minute counts within the hour that
        // ends at `hour`, and 0 is its end.
        let minutes = if self.step_s == 3600 || minute == 0 {
            60
        } else {
            minute
        };
        let end = civil::days(year, month, day) * DAY_S + (hour - 1) * 3600 + minutes * 60;
        raw.time_s.push(end - self.step_s - self.offset_s);
        raw.line.push(number as u32);
        self.years = (self.years.0.min(year), self.years.1.max(year));
        let [t, dew, rh, p, ir, ghi, dni, dhi, wind, cloud] = values;
        // Energy of the interval, Wh/m2, to its mean.
        let mean = 3600.0 / self.step_s as f64;
        raw.outdoor_c.push(t);
        raw.dew_point_c.push(dew);
        raw.humidity.push(rh / 100.0);
        raw.pressure_pa.push(p);
        raw.infrared
            .push(if ir <= 0.0 { f64::NAN } else { ir * mean });
        raw.global.push(ghi * mean);
        raw.direct_normal.push(dni * mean);
        raw.diffuse.push(dhi * mean);
        raw.wind_m_per_s.push(wind);
        raw.cloud.push(cloud / 10.0);
    }
}

/// A number. Short plain decimals are a whole number over a power of ten, which
/// one division rounds correctly; everything else goes to the general parser.
fn plain(field: &str) -> Result<f64, std::num::ParseFloatError> {
    const POWERS: [f64; 8] = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e7];
    let bytes = field.as_bytes();
    let (negative, digits) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, bytes),
    };
    let (mut whole, mut decimals, mut seen) = (0u64, None, 0);
    for &b in digits {
        match b {
            b'0'..=b'9' => {
                whole = whole * 10 + u64::from(b - b'0');
                seen += 1;
                decimals = decimals.map(|d: usize| d + 1);
            }
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => return field.parse(),
        }
        if seen > 12 {
            return field.parse();
        }
    }
    let places = decimals.unwrap_or(0);
    if seen == 0 || places >= POWERS.len() {
        return field.parse();
    }
    let value = whole as f64 / POWERS[places];
    Ok(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn reference_plain_numbers_equal_the_general_parser() {
        for text in [
            "0",
            "-3.0",
            "99.9",
            "80600",
            "0.0310",
            "1e3",
            "-0.1",
            "7.",
            ".5",
            "123456789012345",
            "1.23456789",
        ] {
            assert_eq!(plain(text).ok(), text.parse().ok(), "{text}");
        }
        for text in ["", "-", ".", "1.2.3", "--1", "x"] {
            assert!(plain(text).is_err(), "{text}");
        }
    }
}

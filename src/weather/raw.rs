//! What a reader hands over, and its way to a checked [`Weather`]: order and
//! grid, ranges, and then `fill` for gaps and missing quantities.
//!
//! Limits of irradiance are the physically possible ones of the Baseline
//! Surface Radiation Network (Long and Dutton 2002), with the sun at its
//! highest in the interval.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::civil::{self, DAY_S};
use super::fault::{Faults, WeatherError};
use super::fill;
use super::table::Quantity;
use crate::model::Weather;
use crate::physics::solar::{SunHours, SunPath, extraterrestrial_w_per_m2};

/// Gaps up to this long are mended by interpolation; longer ones are faults, s.
pub const GAP_LIMIT_S: i64 = 6 * 3600;

/// Records whose light is worked out in one go by a thread.
const RECORDS_A_TASK: usize = 2000;

/// A file's columns. NaN is a missing value, an empty column one that the file
/// does not have. All other columns are as long as `time_s`.
#[derive(Clone, Debug, Default)]
pub(super) struct Raw {
    pub name: String,
    pub source: String,
    pub sha256: String,
    pub latitude_deg: f64,
    pub longitude_deg: f64,
    pub altitude_m: f64,
    pub step_s: u32,
    pub points_at_s: u32,
    pub typical_year: bool,
    /// Start of each record's interval, s since the epoch.
    pub time_s: Vec<i64>,
    /// Line of each record in the file.
    pub line: Vec<u32>,
    pub outdoor_c: Vec<f64>,
    /// 0 to 1 (up to 1.1 is taken as 1).
    pub humidity: Vec<f64>,
    pub dew_point_c: Vec<f64>,
    pub pressure_pa: Vec<f64>,
    pub wind_m_per_s: Vec<f64>,
    pub global: Vec<f64>,
    pub direct_normal: Vec<f64>,
    pub diffuse: Vec<f64>,
    /// Horizontal infrared of the sky, W/m2.
    pub infrared: Vec<f64>,
    /// Opaque cloud cover, 0 to 1.
    pub cloud: Vec<f64>,
    pub notes: Vec<String>,
}

/// Elevation of the sun over a record's interval.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Light {
    /// Highest sine of the elevation.
    pub highest: f64,
    /// Sine of the elevation at the middle of the daylight part (0 in the dark).
    pub middle: f64,
    /// Share of the interval with the sun up, 0 to 1.
    pub share: f64,
    /// Extraterrestrial irradiance normal to the beam, W/m2.
    pub beam: f64,
}

/// SHA-256, hexadecimal.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    crate::units::hex(&Sha256::digest(bytes))
}

impl Raw {
    fn columns_mut(&mut self) -> [&mut Vec<f64>; 10] {
        [
            &mut self.outdoor_c,
            &mut self.humidity,
            &mut self.dew_point_c,
            &mut self.pressure_pa,
            &mut self.wind_m_per_s,
            &mut self.global,
            &mut self.direct_normal,
            &mut self.diffuse,
            &mut self.infrared,
            &mut self.cloud,
        ]
    }

    pub(super) fn column_mut(&mut self, quantity: Quantity) -> &mut Vec<f64> {
        match quantity {
            Quantity::Outdoor => &mut self.outdoor_c,
            Quantity::RelativeHumidity => &mut self.humidity,
            Quantity::DewPoint => &mut self.dew_point_c,
            Quantity::Pressure => &mut self.pressure_pa,
            Quantity::Wind => &mut self.wind_m_per_s,
            Quantity::GlobalHorizontal => &mut self.global,
            Quantity::DirectNormal => &mut self.direct_normal,
            Quantity::DiffuseHorizontal => &mut self.diffuse,
            Quantity::HorizontalInfrared => &mut self.infrared,
            Quantity::CloudCover => &mut self.cloud,
        }
    }

    /// Checks, mends and completes. `faults` may already hold what the reader
    /// found.
    pub(super) fn finish(mut self, mut faults: Faults) -> Result<Weather, WeatherError> {
        let file = self.name.clone();
        if self.time_s.is_empty() {
            if faults.is_empty() {
                faults.add(0, || "no records found".into());
            }
            return Err(faults.into_error(&file));
        }
        let found = faults.len();
        self.check_head(&mut faults);
        if faults.len() > found {
            return Err(faults.into_error(&file));
        }
        self.check_order(&mut faults);
        self.check_ranges(&mut faults);
        faults.check(&file)?;
        self.lay_on_grid(&mut faults);
        faults.check(&file)?;
        let light = self.light();
        self.check_irradiance(&light, &mut faults);
        faults.check(&file)?;
        fill::complete(self, &light, &mut faults)
    }

    fn check_head(&mut self, faults: &mut Faults) {
        let place = [
            ("latitude", self.latitude_deg, 90.0),
            ("longitude", self.longitude_deg, 180.0),
        ];
        for (what, value, limit) in place {
            if !(-limit..=limit).contains(&value) {
                faults.add(0, || {
                    format!("{what} {value} is outside -{limit} to {limit} degrees")
                });
            }
        }
        if !(-500.0..=9000.0).contains(&self.altitude_m) {
            let h = self.altitude_m;
            faults.add(0, || format!("altitude {h} m is outside -500 to 9000 m"));
        }
        let step = self.step_s;
        if step == 0 {
            faults.add(0, || {
                "the interval can't be told from the time stamps: give it".into()
            });
        } else if !(60..=3600).contains(&step) || 3600 % step != 0 {
            faults.add(0, || {
                format!("interval {step} s: it must divide an hour and be 60 s at least")
            });
        }
        if self.outdoor_c.is_empty() {
            faults.add(0, || "no outdoor temperature".into());
        }
        let columns = usize::from(!self.global.is_empty())
            + usize::from(!self.direct_normal.is_empty())
            + usize::from(!self.diffuse.is_empty());
        if columns == 0 || (columns == 1 && self.global.is_empty()) {
            faults.add(0, || {
                "irradiance is missing: global, or two of global, direct normal and diffuse are needed".into()
            });
        }
    }

    fn check_order(&self, faults: &mut Faults) {
        for i in 1..self.time_s.len() {
            let (before, now) = (self.time_s[i - 1], self.time_s[i]);
            let line = self.line[i] as usize;
            if now == before {
                faults.add(line, || {
                    format!(
                        "{} appears twice (also in line {})",
                        civil::show(now),
                        self.line[i - 1]
                    )
                });
            } else if now < before {
                faults.add(line, || {
                    format!(
                        "{} comes after {} (line {}): wrong order",
                        civil::show(now),
                        civil::show(before),
                        self.line[i - 1]
                    )
                });
            } else if (now - before) % i64::from(self.step_s) != 0 {
                faults.add(line, || {
                    format!(
                        "{} is {} s after the record before; the interval is {} s",
                        civil::show(now),
                        now - before,
                        self.step_s
                    )
                });
            }
        }
    }

    fn check_ranges(&mut self, faults: &mut Faults) {
        let line = std::mem::take(&mut self.line);
        let limits: [(&str, &str, f64, f64); 10] = [
            // No colder hour is known where people live.
            ("temperature", "degC", -70.0, 60.0),
            ("relative humidity", "(1 = 100 %)", 0.0, 1.1),
            ("dew point", "degC", -100.0, 50.0),
            ("pressure", "Pa", 30_000.0, 110_000.0),
            ("wind speed", "m/s", 0.0, 100.0),
            // Sensors read slightly below zero at night.
            ("global irradiance", "W/m2", -20.0, 2000.0),
            ("direct normal irradiance", "W/m2", -20.0, 1450.0),
            ("diffuse irradiance", "W/m2", -20.0, 1500.0),
            ("horizontal infrared", "W/m2", 40.0, 700.0),
            ("cloud cover", "(1 = overcast)", 0.0, 1.0),
        ];
        for (column, (what, unit, low, high)) in self.columns_mut().into_iter().zip(limits) {
            for (value, &line) in column.iter_mut().zip(&line) {
                if value.is_nan() || (low..=high).contains(value) {
                    continue;
                }
                let (v, hint) = (*value, hint(what, *value));
                faults.add(line as usize, || {
                    format!("{what} {v} {unit} is outside {low} to {high}{hint}")
                });
                *value = f64::NAN;
            }
        }
        self.line = line;
        for value in &mut self.humidity {
            if *value > 1.0 {
                *value = 1.0;
            }
        }
        for column in [&mut self.global, &mut self.direct_normal, &mut self.diffuse] {
            for value in column.iter_mut() {
                if *value <= 0.0 {
                    *value = 0.0;
                }
            }
        }
    }

    /// Puts NaN rows into gaps, or names the gaps that are too long.
    fn lay_on_grid(&mut self, faults: &mut Faults) {
        let step = i64::from(self.step_s);
        let (first, last) = (self.time_s[0], self.time_s[self.time_s.len() - 1]);
        let n = ((last - first) / step + 1) as usize;
        if n == self.time_s.len() {
            return;
        }
        let mut missing = 0;
        let mut gaps = 0;
        for i in 1..self.time_s.len() {
            let hole = self.time_s[i] - self.time_s[i - 1] - step;
            if hole == 0 {
                continue;
            }
            gaps += 1;
            missing += hole / step;
            if hole > GAP_LIMIT_S {
                let from = self.time_s[i - 1] + step;
                faults.add(self.line[i] as usize, || {
                    format!(
                        "gap of {} before this line, from {} to {}; gaps up to {} are mended",
                        civil::show_span(hole),
                        civil::show(from),
                        civil::show(from + hole),
                        civil::show_span(GAP_LIMIT_S)
                    )
                });
            }
        }
        // A fault means that the grid is not used; it could be of any size.
        if !faults.is_empty() {
            return;
        }
        let at: Vec<usize> = self
            .time_s
            .iter()
            .map(|t| ((t - first) / step) as usize)
            .collect();
        for column in self.columns_mut() {
            if !column.is_empty() {
                let mut laid = vec![f64::NAN; n];
                for (&i, &value) in at.iter().zip(column.iter()) {
                    laid[i] = value;
                }
                *column = laid;
            }
        }
        let mut line = vec![0; n];
        for (i, &l) in at.iter().zip(&self.line) {
            line[*i] = l;
        }
        for i in 1..n {
            if line[i] == 0 {
                line[i] = line[i - 1];
            }
        }
        self.line = line;
        self.time_s = (0..n as i64).map(|i| first + i * step).collect();
        self.notes.push(format!(
            "{missing} missing records in {gaps} gap{} were mended by interpolation.",
            if gaps == 1 { "" } else { "s" }
        ));
    }

    /// Whether light or sky must be derived, so that the middle's elevation
    /// counts; else the ends are enough for the check.
    fn needs_sun(&self) -> bool {
        let lacks = |c: &Vec<f64>| c.is_empty() || c.iter().any(|v| v.is_nan());
        lacks(&self.direct_normal)
            || lacks(&self.diffuse)
            || lacks(&self.infrared)
            || self.global.iter().any(|v| v.is_nan())
    }

    /// The sun over each interval.
    fn light(&self) -> Vec<Light> {
        let path = SunPath::new(self.latitude_deg, self.longitude_deg);
        let (step, n) = (f64::from(self.step_s), self.time_s.len());
        let exact = self.needs_sun();
        // Where nothing is derived and nothing shines, the sun does not matter.
        let shines = |i: usize| {
            let shines = |c: &Vec<f64>| c.get(i).is_some_and(|&v| v > 0.0);
            exact
                || [&self.global, &self.direct_normal, &self.diffuse]
                    .into_iter()
                    .any(shines)
        };
        // The records lie on a grid: one ends where the next begins.
        let edge_s = |k: usize| match self.time_s.get(k) {
            Some(&t_s) => t_s,
            None => self.time_s[n - 1] + i64::from(self.step_s),
        };
        let lit = (0..n).filter(|&i| shines(i));
        let sun = SunHours::of_intervals(&path, lit.map(|i| (edge_s(i), edge_s(i + 1))));
        let light = |i: usize| {
            if !shines(i) {
                return Light::default();
            }
            let t = edge_s(i) as f64;
            let (from, to) = (sun.at(t).up, sun.at(t + step).up);
            let beam = extraterrestrial_w_per_m2(t);
            SunPath::daylight(t, from, t + step, to).map_or(
                Light {
                    beam,
                    ..Light::default()
                },
                |(a, b)| {
                    let middle = if exact {
                        sun.at((a + b) / 2.0).up
                    } else {
                        (from.max(0.0) + to.max(0.0)) / 2.0
                    };
                    let highest = middle.max(from).max(to);
                    Light {
                        highest,
                        middle: middle.max(0.0),
                        share: (b - a) / step,
                        beam,
                    }
                },
            )
        };
        (0..n)
            .into_par_iter()
            .with_min_len(RECORDS_A_TASK)
            .map(light)
            .collect()
    }

    fn check_irradiance(&mut self, light: &[Light], faults: &mut Faults) {
        let shines = |c: &Vec<f64>, i: usize| c.get(i).is_some_and(|&v| v > 0.0);
        for (i, l) in light.iter().enumerate() {
            let columns = [&self.global, &self.direct_normal, &self.diffuse];
            if !columns.into_iter().any(|c| shines(c, i)) {
                continue; // no limit is below 0
            }
            let mu = l.highest.max(0.0).powf(1.2);
            let bounds = [
                ("global", self.global.get(i), l.beam * 1.5 * mu + 100.0),
                ("direct normal", self.direct_normal.get(i), l.beam),
                ("diffuse", self.diffuse.get(i), l.beam * 0.95 * mu + 50.0),
            ];
            for (what, value, limit) in bounds {
                if let Some(&v) = value.filter(|&&v| v > limit) {
                    let t = civil::show(self.time_s[i]);
                    faults.add(self.line[i] as usize, || {
                        format!(
                            "{what} irradiance {v} W/m2 at {t} exceeds what the sun can give there and then ({limit:.0} W/m2): check time zone, time stamp and unit"
                        )
                    });
                }
            }
        }
        let mut dark = 0;
        for (value, l) in self.direct_normal.iter_mut().zip(light) {
            if *value > 0.0 && l.share == 0.0 {
                dark += 1;
                *value = 0.0;
            }
        }
        if dark > 0 {
            self.notes.push(format!("{dark} values of direct irradiance with the sun below the horizon were set to zero."));
        }
    }

    /// Makes room for `n` records.
    pub(super) fn reserve(&mut self, n: usize) {
        self.time_s.reserve(n);
        self.line.reserve(n);
        for column in self.columns_mut() {
            column.reserve(n);
        }
    }

    /// Lays a typical year onto one nominal year: each record keeps month, day
    /// and time. `utc_offset_s` is the file's standard time; the instant
    /// `inside_s` after an interval's start decides its year.
    pub(super) fn map_nominal(&mut self, utc_offset_s: i64, inside_s: i64) {
        let shift = utc_offset_s + inside_s;
        let day = |t: i64| civil::date((t + shift).div_euclid(DAY_S));
        let leap = self.time_s.iter().any(|&t| matches!(day(t), (_, 2, 29)));
        let year = if leap {
            civil::NOMINAL_LEAP_YEAR
        } else {
            civil::NOMINAL_YEAR
        };
        for t in &mut self.time_s {
            let (_, month, day) = day(*t);
            *t = civil::days(year, month, day) * DAY_S + (*t + shift).rem_euclid(DAY_S) - shift;
        }
        self.typical_year = true;
    }
}

/// What a value outside its range looks like.
fn hint(what: &str, value: f64) -> &'static str {
    match what {
        "temperature" | "dew point" if (200.0..330.0).contains(&value) => " (it looks like kelvin)",
        "temperature" | "dew point" if (60.0..=130.0).contains(&value) && value != 99.9 => {
            " (it looks like degrees Fahrenheit)"
        }
        "relative humidity" if (1.1..=110.0).contains(&value) => " (it looks like per cent)",
        "pressure" if (300.0..=1100.0).contains(&value) => " (it looks like hPa)",
        _ if value.abs() >= 99.0
            && value
                .abs()
                .to_string()
                .bytes()
                .all(|b| b == b'9' || b == b'.') =>
        {
            " (it looks like a code for a missing value)"
        }
        _ => "",
    }
}

//! [`Rows`]: a weather laid onto a period of the simulation, one row of inputs
//! a step, and irradiance on planes.
//!
//! - A typical year is mapped by month, day and standard time (29 February
//!   repeats the 28th); real weather by absolute time.
//! - Temperature, humidity, sky temperature, pressure and wind run straight
//!   between the instants at which they hold (`Weather::points_at_s`); a row
//!   has their mean.
//! - Irradiance keeps each interval's mean: diffuse light is spread over the
//!   interval in proportion to the sine of the sun's elevation (a constant
//!   clearness), direct normal light evenly over its daylight.
//! - The sun stands where it stands above the weather station, at the middle
//!   of the daylight part of a row.

use rayon::prelude::*;

use super::civil::{self, DAY_S};
use crate::model::{Site, Weather};
use crate::physics::solar::{
    Plane, Sky, Sun, SunHours, SunPath, Tilted, extraterrestrial_w_per_m2,
};

/// Rows whose light is worked out in one go by a thread.
const ROWS_A_TASK: usize = 2000;

/// Weather as rows of inputs; all columns have one value a row.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Start of the first row, s since the epoch.
    pub start_s: i64,
    /// Length of a row, s.
    pub row_s: u32,
    pub outdoor_c: Vec<f64>,
    /// 0 to 1.
    pub relative_humidity: Vec<f64>,
    pub sky_c: Vec<f64>,
    pub pressure_pa: Vec<f64>,
    pub wind_m_per_s: Vec<f64>,
    /// Mean over the row, W/m2.
    pub direct_normal_w_per_m2: Vec<f64>,
    /// Mean over the row, W/m2.
    pub diffuse_horizontal_w_per_m2: Vec<f64>,
    /// Sun at the middle of the row's daylight part; [`Sun::NIGHT`] in the dark.
    pub sun: Vec<Sun>,
    /// Share of the row with the sun up, 0 to 1.
    pub daylight: Vec<f64>,
    sky: Vec<RowSky>,
}

/// The light of one row.
#[derive(Clone, Copy, Debug)]
pub struct RowSky {
    sky: Sky,
    /// Share of the row with daylight.
    share: f64,
}

impl RowSky {
    fn dark(sun: &Sun) -> Self {
        Self {
            sky: Sky::new(sun, 0.0, 0.0, 1.0, 0.0),
            share: 1.0,
        }
    }

    /// Mean over the row on a plane, by its parts.
    pub fn on(&self, plane: &Plane) -> Tilted {
        let (t, share) = (self.sky.on(plane), self.share);
        Tilted {
            direct: t.direct * share,
            circumsolar: t.circumsolar * share,
            isotropic: t.isotropic * share,
            horizon: t.horizon * share,
            ground: t.ground * share,
            cos_incidence: t.cos_incidence,
        }
    }
}

/// Irradiance on a plane, W/m2, means over the rows.
#[derive(Clone, Debug, Default)]
pub struct PlaneRows {
    /// Beam, with the angle of incidence of `cos_incidence`.
    pub direct: Vec<f64>,
    /// All diffuse light of the sky (circumsolar, isotropic, horizon).
    pub diffuse: Vec<f64>,
    /// The part of `diffuse` from around the sun, for those who treat it as beam.
    pub circumsolar: Vec<f64>,
    /// Reflected by the ground.
    pub ground: Vec<f64>,
    /// Cosine of the beam's angle of incidence; negative behind the plane.
    pub cos_incidence: Vec<f64>,
}

/// Why a weather can't be laid onto a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowsError {
    #[error(
        "the period {period} is not covered by weather {name}, which has {has}: choose a period inside, or other weather{hint}"
    )]
    NotCovered {
        name: String,
        period: String,
        has: String,
        hint: &'static str,
    },
    #[error("rows of {row_s} s: 60 to 3600 s that divide an hour are needed")]
    RowLength { row_s: u32 },
    #[error("the period ends before it starts")]
    Period,
    #[error(
        "weather {name} is malformed: its columns differ in length or its interval does not divide an hour"
    )]
    Malformed { name: String },
}

/// How instants of the period map to instants of the weather.
struct Mapping<'a> {
    weather: &'a Weather,
    /// Length of the weather if it repeats every year, s.
    cycle_s: Option<i64>,
    std_offset_s: i64,
}

impl<'a> Mapping<'a> {
    /// For rows of `row_s` of a period, where the weather has all of it.
    fn new(
        weather: &'a Weather,
        [start_s, end_s]: [i64; 2],
        row_s: u32,
        std_offset_s: i64,
    ) -> Result<Self, RowsError> {
        if !(60..=3600).contains(&row_s) || 3600 % row_s != 0 {
            return Err(RowsError::RowLength { row_s });
        }
        if end_s <= start_s {
            return Err(RowsError::Period);
        }
        check_shape(weather)?;
        let mut mapping = Self {
            weather,
            cycle_s: None,
            std_offset_s,
        };
        let span = mapping.span();
        let year = span == 365 * DAY_S || span == 366 * DAY_S;
        mapping.cycle_s = (weather.typical_year && year).then_some(span);
        check_cover(&mapping, start_s, end_s)?;
        Ok(mapping)
    }

    /// Instant of the weather for an instant of the period.
    fn at(&self, t: i64) -> i64 {
        if !self.weather.typical_year {
            return t;
        }
        let local = t + self.std_offset_s;
        let (_, month, day) = civil::date(local.div_euclid(DAY_S));
        let (year, _, _) = civil::date((self.weather.start_s + self.span() / 2).div_euclid(DAY_S));
        let day = if month == 2 && day == 29 && !civil::is_leap(year) {
            28
        } else {
            day
        };
        civil::days(year, month, day) * DAY_S + local.rem_euclid(DAY_S) - self.std_offset_s
    }

    fn span(&self) -> i64 {
        self.weather.outdoor_c.len() as i64 * i64::from(self.weather.step_s)
    }

    /// Index of an interval, wrapped in a typical year, else clamped.
    fn index(&self, i: i64) -> usize {
        let n = self.weather.outdoor_c.len() as i64;
        (if self.cycle_s.is_some() {
            i.rem_euclid(n)
        } else {
            i.clamp(0, n - 1)
        }) as usize
    }

    /// Means of columns of instants over `[t, t + row)` of the weather's time.
    fn means<const N: usize>(&self, columns: [&[f64]; N], t: i64, row: i64) -> [f64; N] {
        let step = i64::from(self.weather.step_s);
        let origin = self.weather.start_s + i64::from(self.weather.points_at_s);
        let (end, mut from, mut sums) = (t + row, t, [0.0; N]);
        while from < end {
            let i = (from - origin).div_euclid(step);
            let knot = origin + i * step;
            let to = end.min(knot + step);
            let (before, after) = (self.index(i), self.index(i + 1));
            let middle = ((from - knot) + (to - knot)) as f64 / (2 * step) as f64;
            for (sum, column) in sums.iter_mut().zip(columns) {
                let (a, b) = (column[before], column[after]);
                *sum += (a + (b - a) * middle) * (to - from) as f64;
            }
            from = to;
        }
        sums.map(|sum| sum / row as f64)
    }
}

impl Rows {
    /// Lays `weather` onto `[start_s, end_s)` in rows of `row_s` (60 to 3600 s,
    /// dividing an hour). `std_offset_s` is the site's standard time, s ahead
    /// of UTC; typical years follow it. The first and last value of real
    /// weather hold for one interval more.
    pub fn new(
        weather: &Weather,
        site: &Site,
        start_s: i64,
        end_s: i64,
        row_s: u32,
        std_offset_s: i64,
    ) -> Result<Self, RowsError> {
        Self::with_warmup(weather, site, [start_s, end_s], row_s, std_offset_s, 0)
    }

    /// Like [`Rows::new`] with rows for `warmup_s` before the period in front.
    /// Where real weather does not reach back so far, whole days of its
    /// beginning stand in for the days before.
    pub fn with_warmup(
        weather: &Weather,
        site: &Site,
        [start_s, end_s]: [i64; 2],
        row_s: u32,
        std_offset_s: i64,
        warmup_s: i64,
    ) -> Result<Self, RowsError> {
        if warmup_s < 0 {
            return Err(RowsError::Period);
        }
        let mapping = Mapping::new(weather, [start_s, end_s], row_s, std_offset_s)?;
        let (step, row) = (i64::from(weather.step_s), i64::from(row_s));
        let cycle_s = mapping.cycle_s;

        let warmup_rows = (warmup_s + row - 1) / row;
        let first = start_s - warmup_rows * row;
        let n = (warmup_rows + (end_s - start_s + row - 1) / row) as usize;
        // Warm-up days that the weather lacks are read some whole days later.
        let earliest = weather.start_s - step;
        let read_at = |t: i64| {
            let m = mapping.at(t);
            if cycle_s.is_none() && t < start_s && m < earliest {
                m + (earliest - m + DAY_S - 1) / DAY_S * DAY_S
            } else {
                m
            }
        };
        let mut rows = Rows {
            start_s: first,
            row_s,
            outdoor_c: Vec::with_capacity(n),
            relative_humidity: Vec::with_capacity(n),
            sky_c: Vec::with_capacity(n),
            pressure_pa: Vec::with_capacity(n),
            wind_m_per_s: Vec::with_capacity(n),
            direct_normal_w_per_m2: vec![0.0; n],
            diffuse_horizontal_w_per_m2: vec![0.0; n],
            sun: vec![Sun::NIGHT; n],
            daylight: vec![0.0; n],
            sky: Vec::new(),
        };
        let points: [&[f64]; 5] = [
            &weather.outdoor_c,
            &weather.relative_humidity,
            &weather.sky_c,
            &weather.pressure_pa,
            &weather.wind_m_per_s,
        ];
        for k in 0..n as i64 {
            let t = read_at(first + k * row);
            let [outdoor_c, humidity, sky_c, pressure_pa, wind_m_per_s] =
                mapping.means(points, t, row);
            rows.outdoor_c.push(outdoor_c);
            rows.relative_humidity.push(humidity);
            rows.sky_c.push(sky_c);
            rows.pressure_pa.push(pressure_pa);
            rows.wind_m_per_s.push(wind_m_per_s);
        }
        rows.spread_light(&mapping, read_at);
        rows.sky = (0..n)
            .into_par_iter()
            .with_min_len(ROWS_A_TASK)
            .map(|k| rows.sky_of(k, site.ground_albedo))
            .collect();
        Ok(rows)
    }

    /// What [`Rows::new`] would say, without the work of laying rows.
    pub fn check(
        weather: &Weather,
        period_s: [i64; 2],
        row_s: u32,
        std_offset_s: i64,
    ) -> Result<(), RowsError> {
        Mapping::new(weather, period_s, row_s, std_offset_s).map(|_| ())
    }

    /// Start of a row, s since the epoch.
    pub fn starts_s(&self, i: usize) -> i64 {
        self.start_s + i as i64 * i64::from(self.row_s)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.outdoor_c.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.outdoor_c.is_empty()
    }

    /// Spreads each interval's light over the rows that it touches.
    fn spread_light(&mut self, mapping: &Mapping<'_>, read_at: impl Fn(i64) -> i64) {
        let weather = mapping.weather;
        let path = SunPath::new(weather.latitude_deg, weather.longitude_deg);
        let (step, row) = (i64::from(weather.step_s), i64::from(self.row_s));
        let end = self.start_s + self.len() as i64 * row;
        // The sun of the period's own date, shifted where warm-up days are read
        // elsewhere or the calendar repeats a day: less than half a degree.
        let mut cells: Vec<Cell> = Vec::new();
        let mut lit: Vec<Option<(f64, f64)>> = vec![None; self.len()];
        // Intervals of the weather reach over both ends.
        let suns = SunHours::new(&path, self.start_s - step, end + step);
        let sine_at = |t_s: i64| suns.at(t_s as f64).up;
        let mut t = self.start_s;
        while t < end {
            let m = read_at(t);
            let inside = (m - weather.start_s).rem_euclid(step);
            let i = mapping.index((m - weather.start_s).div_euclid(step));
            let (a, b) = (t - inside, t - inside + step);
            cells.clear();
            let mut from = a;
            let mut sin_from = sine_at(a);
            while from < b {
                let next_row = self.start_s + ((from - self.start_s).div_euclid(row) + 1) * row;
                let to = next_row.min(b);
                let sin_to = sine_at(to);
                cells.push(Cell::new(from, sin_from, to, sin_to));
                (from, sin_from) = (to, sin_to);
            }
            let day: f64 = cells.iter().map(|c| c.daylight_s).sum();
            let sine: f64 = cells.iter().map(|c| c.sine_s).sum();
            let (dni, dhi) = (
                weather.direct_normal_w_per_m2[i],
                weather.diffuse_horizontal_w_per_m2[i],
            );
            for cell in &cells {
                // After a jump of the calendar the first interval may begin
                // before `t`; those rows are done.
                if cell.from < t || cell.from >= end {
                    continue;
                }
                let k = ((cell.from - self.start_s) / row) as usize;
                let seconds = (cell.to - cell.from) as f64;
                let share = |weight: f64, total: f64| {
                    if total > 0.0 {
                        weight / total * step as f64
                    } else {
                        seconds
                    }
                };
                self.direct_normal_w_per_m2[k] += dni * share(cell.daylight_s, day) / row as f64;
                self.diffuse_horizontal_w_per_m2[k] += dhi * share(cell.sine_s, sine) / row as f64;
                self.daylight[k] += cell.daylight_s / row as f64;
                if let Some((u, v)) = cell.lit {
                    lit[k] = Some(lit[k].map_or((u, v), |(x, _)| (x, v)));
                }
            }
            t = b;
        }
        for (sun, lit) in self.sun.iter_mut().zip(lit) {
            if let Some((u, v)) = lit {
                *sun = suns.at((u + v) / 2.0);
            }
        }
    }

    /// Irradiance on a plane by tilt (0 facing up, 90 wall) and azimuth of its
    /// normal (clockwise from north), degrees, with the site's ground albedo.
    pub fn on_plane(&self, tilt_deg: f64, azimuth_deg: f64) -> PlaneRows {
        let plane = Plane::new(tilt_deg, azimuth_deg);
        let n = self.len();
        let mut out = PlaneRows {
            direct: Vec::with_capacity(n),
            diffuse: Vec::with_capacity(n),
            circumsolar: Vec::with_capacity(n),
            ground: Vec::with_capacity(n),
            cos_incidence: Vec::with_capacity(n),
        };
        for k in 0..n {
            let t = self.tilted(k, &plane);
            out.direct.push(t.direct);
            out.diffuse.push(t.diffuse());
            out.circumsolar.push(t.circumsolar);
            out.ground.push(t.ground);
            out.cos_incidence.push(t.cos_incidence);
        }
        out
    }

    /// Irradiance of one row on a plane, by its parts.
    pub fn tilted(&self, k: usize, plane: &Plane) -> Tilted {
        self.sky(k).on(plane)
    }

    /// The light of one row, to be asked for many planes.
    pub fn sky(&self, k: usize) -> &RowSky {
        &self.sky[k]
    }

    /// The light of one row above ground of an albedo.
    fn sky_of(&self, k: usize, albedo: f64) -> RowSky {
        let (dni, dhi) = (
            self.direct_normal_w_per_m2[k],
            self.diffuse_horizontal_w_per_m2[k],
        );
        if dni <= 0.0 && dhi <= 0.0 {
            return RowSky::dark(&self.sun[k]);
        }
        // Brightness is that of the daylight part; the row has its share.
        let share = if self.daylight[k] > 0.0 {
            self.daylight[k]
        } else {
            1.0
        };
        let t_s = (self.start_s + k as i64 * i64::from(self.row_s)) as f64;
        RowSky {
            sky: Sky::new(
                &self.sun[k],
                dni / share,
                dhi / share,
                extraterrestrial_w_per_m2(t_s),
                albedo,
            ),
            share,
        }
    }

    /// Global horizontal irradiance of a row, W/m2.
    pub fn global_horizontal_w_per_m2(&self, k: usize) -> f64 {
        self.diffuse_horizontal_w_per_m2[k]
            + self.direct_normal_w_per_m2[k] * self.sun[k].up.max(0.0)
    }

    /// Outdoor temperature damped by a first-order lag with time constant
    /// `tau_s`, at the end of each row; it starts at the mean of the first day.
    pub fn damped(&self, tau_s: f64) -> Vec<f64> {
        let first = (DAY_S / i64::from(self.row_s)) as usize;
        let head = &self.outdoor_c[..first.min(self.len())];
        let mut state = head.iter().sum::<f64>() / head.len().max(1) as f64;
        let gain = if tau_s > 0.0 {
            -(-f64::from(self.row_s) / tau_s).exp_m1()
        } else {
            1.0
        };
        self.outdoor_c
            .iter()
            .map(|&t| {
                state += gain * (t - state);
                state
            })
            .collect()
    }
}

/// A piece of an interval inside one row.
struct Cell {
    from: i64,
    to: i64,
    lit: Option<(f64, f64)>,
    daylight_s: f64,
    /// Integral of the sine of the elevation over daylight, s.
    sine_s: f64,
}

impl Cell {
    fn new(from: i64, sin_from: f64, to: i64, sin_to: f64) -> Self {
        let lit = SunPath::daylight(from as f64, sin_from, to as f64, sin_to);
        let daylight_s = lit.map_or(0.0, |(u, v)| v - u);
        let sine_s = daylight_s * (sin_from.max(0.0) + sin_to.max(0.0)) / 2.0;
        Self {
            from,
            to,
            lit,
            daylight_s,
            sine_s,
        }
    }
}

fn check_shape(weather: &Weather) -> Result<(), RowsError> {
    let n = weather.outdoor_c.len();
    let columns = [
        &weather.relative_humidity,
        &weather.sky_c,
        &weather.pressure_pa,
        &weather.wind_m_per_s,
        &weather.direct_normal_w_per_m2,
        &weather.diffuse_horizontal_w_per_m2,
    ];
    let step = weather.step_s;
    if n == 0
        || columns.iter().any(|c| c.len() != n)
        || !(60..=3600).contains(&step)
        || 3600 % step != 0
    {
        return Err(RowsError::Malformed {
            name: weather.name.clone(),
        });
    }
    Ok(())
}

fn check_cover(mapping: &Mapping<'_>, start_s: i64, end_s: i64) -> Result<(), RowsError> {
    if mapping.cycle_s.is_some() {
        return Ok(());
    }
    let weather = mapping.weather;
    let step = i64::from(weather.step_s);
    let (has_from, has_to) = (weather.start_s, weather.start_s + mapping.span());
    // Every day of the period must be there; a typical part of a year may be
    // entered and left more than once.
    let mut t = start_s;
    loop {
        let m = mapping.at(t);
        if m < has_from - step || m > has_to + step {
            return Err(RowsError::NotCovered {
                name: weather.name.clone(),
                period: format!("{} to {}", civil::show(start_s), civil::show(end_s)),
                has: format!("{} to {}", civil::show(has_from), civil::show(has_to)),
                hint: if weather.typical_year {
                    " (a typical year: compare month and day)"
                } else {
                    ", or declare it a typical year"
                },
            });
        }
        if t == end_s - 1 {
            return Ok(());
        }
        t = (t + 3600).min(end_s - 1);
    }
}

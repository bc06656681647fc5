//! Where the sun stands at many instants of a stretch of time: worked out anew
//! each hour, and turned with the sky in between.

use std::f64::consts::TAU;

use rayon::prelude::*;

use super::{Sun, SunPath};

const HOUR_S: i64 = 3600;
/// Hours whose sun is worked out in one go by a thread.
const HOURS_A_TASK: usize = 500;

/// Sun positions of a stretch of time. On the hour those of [`SunPath::at`];
/// between two hours both positions, turned about the pole of the sky by the mean
/// solar day's rate to the instant, the nearer with the greater weight. What the
/// declination and the equation of time drift in an hour (0.02 deg) runs evenly,
/// so that less than 0.0001 deg is lost, a hundredth of what the algorithm is
/// uncertain by.
#[derive(Clone, Debug)]
pub struct SunHours {
    first_s: i64,
    suns: Vec<Sun>,
    /// Direction to the pole: north, up.
    pole: [f64; 2],
}

impl SunHours {
    /// Of the instants from `from_s` to `to_s`, s since the epoch.
    pub fn new(path: &SunPath, from_s: i64, to_s: i64) -> Self {
        Self::of_intervals(path, std::iter::once((from_s, to_s)))
    }

    /// Of the instants in some intervals, in their order of time. What is asked for
    /// beside them is dark.
    pub fn of_intervals(path: &SunPath, intervals: impl Iterator<Item = (i64, i64)>) -> Self {
        let mut first_s = None;
        let mut wanted: Vec<bool> = Vec::new();
        for (from_s, to_s) in intervals {
            let from = from_s.div_euclid(HOUR_S);
            let first = *first_s.get_or_insert(from * HOUR_S) / HOUR_S;
            let end = (-(-to_s).div_euclid(HOUR_S)).max(from) - first + 1;
            wanted.resize(wanted.len().max(end as usize), false);
            if let Some(hours) = wanted.get_mut((from - first) as usize..end as usize) {
                hours.fill(true);
            }
        }
        let first_s = first_s.unwrap_or(0);
        let sun = |(hour, wanted): (usize, bool)| match wanted {
            true => path.at((first_s + hour as i64 * HOUR_S) as f64),
            false => Sun::NIGHT,
        };
        let (sin, cos) = path.location.latitude.to_radians().sin_cos();
        Self {
            first_s,
            suns: wanted
                .into_par_iter()
                .enumerate()
                .with_min_len(HOURS_A_TASK)
                .map(sun)
                .collect(),
            pole: [cos, sin],
        }
    }

    /// Position at `t_s`, s since the epoch; [`Sun::NIGHT`] beside what it was
    /// made for.
    pub fn at(&self, t_s: f64) -> Sun {
        let since_s = t_s - self.first_s as f64;
        let hour = (since_s / HOUR_S as f64).floor();
        let (past_s, index) = (since_s - hour * HOUR_S as f64, hour as usize);
        let at = |index: usize| self.suns.get(index).filter(|_| hour >= 0.0);
        let before = at(index).copied().unwrap_or(Sun::NIGHT);
        if past_s == 0.0 {
            return before;
        }
        let after = at(index + 1).copied().unwrap_or(Sun::NIGHT);
        let share = past_s / HOUR_S as f64;
        let before = self.turned(&before, past_s);
        let after = self.turned(&after, past_s - HOUR_S as f64);
        let blend = |a: f64, b: f64| a + (b - a) * share;
        Sun {
            east: blend(before.east, after.east),
            north: blend(before.north, after.north),
            up: blend(before.up, after.up),
        }
    }

    /// Where the sky carries a direction in some time, s: from east to west.
    fn turned(&self, sun: &Sun, time_s: f64) -> Sun {
        let (sin, cos) = (time_s * (TAU / 86_400.0)).sin_cos();
        let [north, up] = self.pole;
        let along = (north * sun.north + up * sun.up) * (1.0 - cos);
        Sun {
            east: sun.east * cos - (north * sun.up - up * sun.north) * sin,
            north: sun.north * cos - up * sun.east * sin + north * along,
            up: sun.up * cos + north * sun.east * sin + up * along,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest distance from the algorithm over a year, in steps of 17 minutes, deg.
    fn distance_deg(latitude_deg: f64, longitude_deg: f64) -> f64 {
        let path = SunPath::new(latitude_deg, longitude_deg);
        let (from_s, to_s) = (1_546_300_800, 1_546_300_800 + 365 * 86_400);
        let hours = SunHours::new(&path, from_s, to_s);
        let instants = (from_s..to_s).step_by(17 * 60);
        let distance = |t_s: i64| {
            let (a, b) = (hours.at(t_s as f64), path.at(t_s as f64));
            let sides = [a.east - b.east, a.north - b.north, a.up - b.up];
            sides.iter().map(|d| d * d).sum::<f64>().sqrt()
        };
        instants.map(distance).fold(0.0, f64::max).to_degrees()
    }

    #[test]
    fn analytic_between_hours_the_sky_turns_as_the_algorithm_says() {
        for (latitude_deg, longitude_deg) in [
            (52.0, 5.0),
            (0.0, 0.0),
            (-34.0, 151.0),
            (69.6, 18.9),
            (90.0, 0.0),
        ] {
            let off_deg = distance_deg(latitude_deg, longitude_deg);
            assert!(off_deg < 1e-4, "{latitude_deg}: {off_deg} deg");
        }
    }

    #[test]
    fn on_the_hour_it_is_the_algorithm_and_beside_the_intervals_night() {
        let path = SunPath::new(52.0, 5.0);
        let noon_s = 1_560_000_000 / 86_400 * 86_400 + 12 * HOUR_S;
        let intervals = [(noon_s, noon_s + 900), (noon_s + 7200, noon_s + 2 * 7200)];
        let hours = SunHours::of_intervals(&path, intervals.into_iter());
        assert_eq!(hours.at(noon_s as f64), path.at(noon_s as f64));
        for t_s in [noon_s + 900, noon_s + 7200, noon_s + 2 * 7200] {
            let (a, b) = (hours.at(t_s as f64), path.at(t_s as f64));
            assert!((a.up - b.up).abs() < 1e-6 && a.up > 0.5, "{a:?} {b:?}");
        }
        for t_s in [noon_s - 1, noon_s - 86_400, noon_s + 4 * HOUR_S + 3600] {
            assert_eq!(hours.at((t_s / HOUR_S * HOUR_S) as f64), Sun::NIGHT);
        }
        let none = SunHours::of_intervals(&path, std::iter::empty());
        assert_eq!(none.at(noon_s as f64), Sun::NIGHT);
    }
}

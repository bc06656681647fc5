//! Draws at random, reproducible from a seed: short and medium draws, showers
//! and baths with the flows, durations and shares of U. Jordan and K. Vajen,
//! Realistic Domestic Hot-Water Profiles in Different Time Scales, IEA SHC
//! Task 26, 2001 (their table for 200 l/day at 45 degC). Flows, durations, shares
//! and the spread of short and medium draws were compared with the standard
//! values of DHWcalc, their program of 2005, as RWTH's OpenDHW lists them: equal.
//! For baths and showers DHWcalc spreads the flow by 0.2 and 0.4 l/min (OpenDHW
//! and a log of the program agree); the 2 l/min here were not compared with the
//! report. Each weekend day has 1.2 times the draws of a working day, and winter
//! 10 % more than the mean, after the same report (compared with OpenDHW and
//! TUM's EnTiSe: equal). The hours of the day are our own weights, with the
//! peaks that it describes: showers in the morning and the evening, baths in
//! the evening, the rest through the day.
//!
//! Every local day has a random stream of its own (seed, household, date), so
//! a date has the same draws whatever the period and the thread count. Only
//! additions, multiplications and our own exponential are used: the same bits
//! on every platform.

use jiff::{civil::Date, civil::Weekday, civil::date, tz::TimeZone};
use rand_pcg::{Pcg64, rand_core::Rng};

use super::{REFERENCE_MAINS_C, draws};
use crate::model::Series;
use crate::numeric::elementary;

/// Temperature to which the daily volume refers, degC.
pub const REFERENCE_C: f64 = 45.0;

/// Litres a person and day at 45 degC, mixed: an ordinary value (a published set of
/// DHWcalc profiles calls it average), and the reference profile's 200 l for a
/// household of five.
pub const L_PER_PERSON_DAY: f64 = 40.0;

/// Weekend over working day; the mean over a week is kept.
const WEEKEND: f64 = 1.2;
/// Seasonal amplitude, largest in mid January.
const SEASON: f64 = 0.1;

/// A household's habits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Household {
    /// Mean volume a day, mixed to 45 degC from 10 degC, l.
    pub l_per_day: f64,
    /// Seed of the scenario, and which household of it.
    pub seed: u64,
    pub index: u64,
}

struct Category {
    /// Flow: mean and standard deviation, l/min.
    mean_l_per_min: f64,
    spread_l_per_min: f64,
    duration_s: f64,
    /// Share of the daily volume.
    share: f64,
    /// Weight of each local hour.
    hours: [u8; 24],
}

/// Short, medium, bath, shower.
const CATEGORIES: [Category; 4] = [
    Category {
        mean_l_per_min: 1.0,
        spread_l_per_min: 2.0,
        duration_s: 60.0,
        share: 0.14,
        hours: DAYTIME,
    },
    Category {
        mean_l_per_min: 6.0,
        spread_l_per_min: 2.0,
        duration_s: 60.0,
        share: 0.36,
        hours: DAYTIME,
    },
    Category {
        mean_l_per_min: 14.0,
        spread_l_per_min: 2.0,
        duration_s: 600.0,
        share: 0.10,
        hours: [
            0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 12, 10, 6, 2, 0,
        ],
    },
    Category {
        mean_l_per_min: 8.0,
        spread_l_per_min: 2.0,
        duration_s: 300.0,
        share: 0.40,
        hours: [
            0, 0, 0, 0, 0, 4, 14, 18, 12, 6, 3, 2, 2, 1, 1, 1, 2, 4, 6, 8, 8, 6, 4, 1,
        ],
    },
];
const DAYTIME: [u8; 24] = [
    1, 0, 0, 0, 0, 3, 8, 10, 9, 8, 7, 7, 8, 8, 6, 6, 7, 8, 10, 10, 9, 8, 6, 3,
];

/// Least flow that is a draw, l/min.
const LEAST_L_PER_MIN: f64 = 0.2;

/// Draws of `[start_s, end_s)` at `useful_c` (> 10 degC), l/s, means over `step_s`.
pub fn series(
    household: &Household,
    timezone: &TimeZone,
    (start_s, end_s): (i64, i64),
    step_s: u32,
    useful_c: f64,
) -> Series {
    let to_useful = (REFERENCE_C - REFERENCE_MAINS_C) / (useful_c - REFERENCE_MAINS_C);
    let mut collected = draws::Draws::new(start_s, end_s, step_s);
    let mean_l = CATEGORIES
        .each_ref()
        .map(|c| mean_flow(c) * c.duration_s / 60.0);
    for day in draws::local_days(timezone, start_s, end_s) {
        let mut random = Stream::new(household, day);
        for (category, mean_l) in CATEGORIES.iter().zip(mean_l) {
            let expected = household.l_per_day * category.share / mean_l * day_factor(day);
            for _ in 0..random.poisson(expected) {
                let second = random.second_of_day(&category.hours);
                let litres = random.flow(category) * category.duration_s / 60.0;
                if let Some(from_s) = draws::instant_s(timezone, day, second) {
                    collected.add(from_s, category.duration_s, litres * to_useful);
                }
            }
        }
    }
    collected.into_series()
}

/// Draws of this day over those of a mean day.
fn day_factor(day: Date) -> f64 {
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let week = (5.0 + 2.0 * WEEKEND) / 7.0;
    let share = if weekend { WEEKEND } else { 1.0 } / week;
    // A parabola through the year's turning points instead of a cosine: exact on every platform.
    let phase = (f64::from(day.day_of_year()) - 15.0).rem_euclid(365.0) / 365.0;
    let half = (phase * 2.0).rem_euclid(1.0);
    let arc = 1.0 - 2.0 * half;
    let cosine_like = if phase < 0.5 { arc } else { -arc };
    share * (1.0 + SEASON * cosine_like * (1.5 - 0.5 * cosine_like * cosine_like))
}

/// Mean of the cut-off normal distribution of flows, l/min.
fn mean_flow(category: &Category) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    let (low, high) = limits(category);
    for i in 0..400 {
        let flow = low + (high - low) * (f64::from(i) + 0.5) / 400.0;
        let z = (flow - category.mean_l_per_min) / category.spread_l_per_min;
        let weight = elementary::exp(-0.5 * z * z);
        sum += weight * flow;
        weights += weight;
    }
    sum / weights
}

/// Flows are drawn between these, l/min.
fn limits(category: &Category) -> (f64, f64) {
    let low = category.mean_l_per_min - 2.0 * category.spread_l_per_min;
    let high = category.mean_l_per_min + 2.0 * category.spread_l_per_min;
    (low.max(LEAST_L_PER_MIN), high)
}

/// Random numbers of one day.
struct Stream(Pcg64);

impl Stream {
    fn new(household: &Household, day: Date) -> Self {
        let number = (day - date(1970, 1, 1)).get_days();
        let state = (u128::from(household.seed) << 64) | u128::from(household.index);
        let mut random = Pcg64::new(state, number.unsigned_abs().into());
        // Neighbouring seeds start alike: let them part.
        for _ in 0..8 {
            random.next_u64();
        }
        Self(random)
    }

    /// Uniform in [0, 1).
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Knuth's method; `mean` is small.
    fn poisson(&mut self, mean: f64) -> u32 {
        let mut count = 0;
        let mut left = mean;
        // In pieces, so that the exponential stays far from zero for large households.
        while left > 0.0 {
            let limit = elementary::exp(-left.min(30.0));
            left -= 30.0;
            let mut product = self.uniform();
            while product > limit {
                count += 1;
                product *= self.uniform();
            }
        }
        count
    }

    fn second_of_day(&mut self, hours: &[u8; 24]) -> u32 {
        let whole: f64 = hours.iter().map(|&w| f64::from(w)).sum();
        let mut left = self.uniform() * whole;
        let mut at = 0.0;
        for (hour, &weight) in hours.iter().enumerate() {
            let weight = f64::from(weight);
            if left < weight {
                at = (hour as f64 + left / weight) * 3600.0;
                break;
            }
            left -= weight;
        }
        at as u32
    }

    /// Cut-off normal; the normal is a sum of twelve uniforms.
    fn flow(&mut self, category: &Category) -> f64 {
        let (low, high) = limits(category);
        loop {
            let sum: f64 = (0..12).map(|_| self.uniform()).sum();
            let flow = category.mean_l_per_min + category.spread_l_per_min * (sum - 6.0);
            if flow >= low && flow <= high {
                return flow;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_S: i64 = 365 * 86_400;
    const START_S: i64 = 1_672_527_600; // 2023-01-01 00:00 CET

    fn year(seed: u64) -> Series {
        let zone = TimeZone::get("Europe/Amsterdam").expect("bundled zone");
        let household = Household {
            l_per_day: 200.0,
            seed,
            index: 0,
        };
        series(&household, &zone, (START_S, START_S + YEAR_S), 60, 45.0)
    }

    #[test]
    fn a_year_has_the_volume_asked_for_and_the_same_seed_the_same_draws() {
        let a = year(1);
        let l_per_day = a.values.iter().sum::<f64>() * 60.0 / 365.0;
        // One standard deviation of a year's mean is about 1 %.
        assert!((l_per_day - 200.0).abs() < 6.0, "{l_per_day} l/day");
        assert_eq!(a, year(1));
        assert_ne!(a, year(2));
        let evening: f64 = (0..365)
            .map(|d| {
                a.mean(
                    START_S + d * 86_400 + 3 * 3600,
                    START_S + d * 86_400 + 4 * 3600,
                )
            })
            .sum();
        assert!(evening < 0.05, "the night is quiet: {evening}");
    }

    #[test]
    fn weekends_draw_more_and_a_date_does_not_depend_on_the_period() {
        assert!(
            (day_factor(date(2023, 7, 15)) / day_factor(date(2023, 7, 14)) - 1.2).abs() < 0.002
        );
        assert!(day_factor(date(2023, 1, 16)) > 1.15 * day_factor(date(2023, 7, 17)));
        let zone = TimeZone::UTC;
        let household = Household {
            l_per_day: 120.0,
            seed: 7,
            index: 3,
        };
        let long = series(&household, &zone, (0, 20 * 86_400), 60, 40.0);
        let short = series(&household, &zone, (10 * 86_400, 11 * 86_400), 60, 40.0);
        for minute in 0..1440 {
            let t_s = 10 * 86_400 + minute * 60;
            assert_eq!(long.at(t_s).to_bits(), short.at(t_s).to_bits());
        }
    }
}

//! Comfort of rooms: against the bounds in force, by the categories of EN
//! 16798-1, and by PMV. Only the trace is read. Rooms that are not controlled
//! have figures of their own but count in no sum.

use super::en16798::{self, COOLING_C, COOLING_SEASON_FROM_C, HEATING_C};
use super::figure::{Figure, group};
use super::pmv::{Person, pmv, ppd, saturation_pa};
use super::tally::add_side_by_side;
use crate::trace::{DeviceTrace, RoomTrace};
use crate::units::S_PER_H;

const BOUNDS: &str = "settings in force; exact for switching inside the interval";
const EN: &str = "EN 16798-1:2019, default values; season ours";
const ADAPTIVE: &str = "EN 16798-1:2019, adaptive model; no air-speed correction";
const ISO: &str = "ISO 7730:2005; uncertainty about 0.3 PMV by the assumptions";

group! {
    /// Against the comfort bounds in force. Of a device or above: sums over
    /// its controlled rooms (room-hours).
    Comfort {
        below_kh, "K h", "integral of max(0, lower - T)", BOUNDS;
        above_kh, "K h", "integral of max(0, T - upper)", BOUNDS;
        outside_kh, "K h", "below_kh + above_kh", BOUNDS;
        below_h, "h", "time with T below the lower bound", BOUNDS;
        above_h, "h", "time with T above the upper bound", BOUNDS;
        recovery_kh, "K h", "part of below_kh within 2 h after a step of the target", BOUNDS;
        below_without_recovery_kh, "K h", "below_kh - recovery_kh", BOUNDS;
        mean_c, "degC", "mean operative temperature (of several rooms: mean of the rooms)", "trace";
        lowest_c, "degC", "lowest interval mean of the operative temperature", "trace; the instant may be colder";
        highest_c, "degC", "highest interval mean of the operative temperature", "trace; the instant may be warmer";
    }
}

group! {
    /// Hours by best category on operative temperature, all hours of the day.
    Categories {
        category_i_h, "h", "hours within category I", EN;
        category_ii_h, "h", "hours within II, not I", EN;
        category_iii_h, "h", "hours within III, not II", EN;
        category_iv_h, "h", "hours within IV, not III", EN;
        colder_than_iv_h, "h", "hours colder than category IV", EN;
        warmer_than_iv_h, "h", "hours warmer than category IV", EN;
        cooling_season_h, "h", "hours judged by the cooling ranges: days with a running mean outdoor temperature of 15 degC and more", EN;
        adaptive_h, "h", "hours in which the adaptive model holds (running mean 10 to 30 degC)", ADAPTIVE;
        adaptive_outside_i_h, "h", "of these, hours outside 0.33 Trm + 18.8, +2/-3 K", ADAPTIVE;
        adaptive_outside_ii_h, "h", "of these, hours outside +3/-4 K", ADAPTIVE;
        adaptive_outside_iii_h, "h", "of these, hours outside +4/-5 K", ADAPTIVE;
        adaptive_above_ii_h, "h", "of these, hours above +3 K (overheating)", ADAPTIVE;
    }
}

group! {
    /// Predicted mean vote over all hours, from hourly means.
    Vote {
        pmv_mean, "1", "mean of PMV with 1.2 met, 1.0 clo (0.5 clo in the cooling season), 0.1 m/s, indoor vapour pressure as below", ISO;
        ppd_mean_percent, "%", "mean of PPD over the hours", ISO;
        pmv_within_02_h, "h", "hours with |PMV| <= 0.2 (category A)", ISO;
        pmv_within_05_h, "h", "hours with |PMV| <= 0.5 (category B)", ISO;
        pmv_within_07_h, "h", "hours with |PMV| <= 0.7 (category C)", ISO;
        pmv_valid_h, "h", "hours within the range of ISO 7730 (PMV -2 to 2, air 10 to 30 degC); the figures above are taken over these", ISO;
    }
}

/// Moisture that the household adds to outdoor air, Pa: 405 Pa at 0 degC
/// outdoors and below, falling to nothing at 20 degC (the middle of humidity
/// class 2, dwellings with normal use, EN ISO 13788).
fn moisture_pa(outdoor_c: f64) -> f64 {
    405.0 * (1.0 - outdoor_c / 20.0).clamp(0.0, 1.0)
}

/// Sums outside the bounds: degree-hours and hours.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outside {
    pub(crate) below_kh: f64,
    pub(crate) above_kh: f64,
    /// Part of `below_kh`.
    pub(crate) recovery_kh: f64,
    pub(crate) below_h: f64,
    pub(crate) above_h: f64,
}

impl Outside {
    /// Over rooms and rows; rows beyond the trace count nothing.
    pub(crate) fn of<'a>(
        rooms: impl IntoIterator<Item = &'a RoomTrace>,
        rows: std::ops::Range<usize>,
    ) -> Self {
        let sum = |v: &[f64]| -> f64 {
            let end = rows.end.min(v.len());
            v[rows.start.min(end)..end].iter().sum()
        };
        let mut o = Self::default();
        for r in rooms {
            o.add(&Self {
                below_kh: sum(&r.below_kh),
                above_kh: sum(&r.above_kh),
                recovery_kh: sum(&r.recovery_kh),
                below_h: sum(&r.below_h),
                above_h: sum(&r.above_h),
            });
        }
        o
    }

    fn add(&mut self, other: &Self) {
        self.below_kh += other.below_kh;
        self.above_kh += other.above_kh;
        self.recovery_kh += other.recovery_kh;
        self.below_h += other.below_h;
        self.above_h += other.above_h;
    }
}

/// A room against its bounds, and its temperatures: sums over rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoomSums {
    outside: Outside,
    /// Sum of the operative temperature over the rows, K, and their number.
    sum_k: f64,
    rows: usize,
    lowest_c: f64,
    highest_c: f64,
}

impl Default for RoomSums {
    fn default() -> Self {
        Self {
            outside: Outside::default(),
            sum_k: 0.0,
            rows: 0,
            lowest_c: f64::INFINITY,
            highest_c: f64::NEG_INFINITY,
        }
    }
}

impl RoomSums {
    /// Adds the rows of a trace.
    pub(crate) fn add(&mut self, room: &RoomTrace) {
        let o = &mut self.outside;
        let sums = [
            &mut o.below_kh,
            &mut o.above_kh,
            &mut o.below_h,
            &mut o.above_h,
            &mut self.sum_k,
        ];
        let columns = [
            &room.below_kh,
            &room.above_kh,
            &room.below_h,
            &room.above_h,
            &room.operative_c,
        ];
        add_side_by_side(sums, columns.map(Vec::as_slice), 1.0);
        add_side_by_side([&mut o.recovery_kh], [&room.recovery_kh], 1.0);
        self.rows += room.operative_c.len();
        for &c in &room.operative_c {
            self.lowest_c = self.lowest_c.min(c);
            self.highest_c = self.highest_c.max(c);
        }
    }
}

/// Bounds, sums over the rooms given.
pub(crate) fn comfort<'a>(rooms: impl Iterator<Item = &'a RoomSums>) -> Comfort {
    let mut all: Option<RoomSums> = None;
    for room in rooms {
        let all = all.get_or_insert_default();
        all.outside.add(&room.outside);
        all.sum_k += room.sum_k;
        all.rows += room.rows;
        all.lowest_c = all.lowest_c.min(room.lowest_c);
        all.highest_c = all.highest_c.max(room.highest_c);
    }
    let Some(all) = all else {
        let none = Figure::Undefined("no controlled room");
        return Comfort {
            mean_c: none,
            lowest_c: none,
            highest_c: none,
            ..without_bounds(none)
        };
    };
    let o = all.outside;
    Comfort {
        below_kh: o.below_kh.into(),
        above_kh: o.above_kh.into(),
        outside_kh: (o.below_kh + o.above_kh).into(),
        below_h: o.below_h.into(),
        above_h: o.above_h.into(),
        recovery_kh: o.recovery_kh.into(),
        below_without_recovery_kh: (o.below_kh - o.recovery_kh).into(),
        mean_c: Figure::ratio_any(all.sum_k, all.rows),
        lowest_c: all.lowest_c.into(),
        highest_c: all.highest_c.into(),
    }
}

/// One room. An uncontrolled one is held against no bounds.
pub(crate) fn comfort_of_room(room: &RoomTrace) -> Comfort {
    let mut sums = RoomSums::default();
    sums.add(room);
    comfort_of_sums(&sums, room.controlled)
}

/// One room's sums.
pub(crate) fn comfort_of_sums(sums: &RoomSums, controlled: bool) -> Comfort {
    let all = comfort(std::iter::once(sums));
    if controlled {
        return all;
    }
    Comfort {
        mean_c: all.mean_c,
        lowest_c: all.lowest_c,
        highest_c: all.highest_c,
        ..without_bounds(Figure::Undefined("the room is not controlled"))
    }
}

fn without_bounds(none: Figure) -> Comfort {
    Comfort {
        below_kh: none,
        above_kh: none,
        outside_kh: none,
        below_h: none,
        above_h: none,
        recovery_kh: none,
        below_without_recovery_kh: none,
        ..Comfort::default()
    }
}

/// The running mean outdoor temperature, day by day.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunningMean {
    /// The day that is open, its rows' sum, K, and number.
    day: Option<i32>,
    sum_k: f64,
    rows: f64,
    /// Of the open day, degC; it is known once the first day is complete.
    running_c: f64,
    first_is_open: bool,
}

impl RunningMean {
    /// Running mean of each row's local day, degC. The first rows given must
    /// hold their first day to its end.
    pub(crate) fn of_rows(&mut self, outdoor_c: &[f64], day: &[i32]) -> Vec<f64> {
        let mut out = Vec::with_capacity(outdoor_c.len());
        for (&outdoor, &day) in outdoor_c.iter().zip(day) {
            if self.day != Some(day) {
                self.end_day(&mut out);
                self.first_is_open = self.day.is_none();
                (self.day, self.sum_k, self.rows) = (Some(day), 0.0, 0.0);
            }
            self.sum_k += outdoor;
            self.rows += 1.0;
            out.push(self.running_c);
        }
        if self.first_is_open {
            self.end_first(&mut out);
        }
        out
    }

    fn end_day(&mut self, out: &mut [f64]) {
        if self.first_is_open {
            self.end_first(out);
        }
        if self.day.is_some() {
            let mean_c = self.sum_k / self.rows;
            self.running_c = en16798::next_running_mean_c(self.running_c, mean_c);
        }
    }

    /// The first day is taken to follow days like itself.
    fn end_first(&mut self, out: &mut [f64]) {
        self.running_c = self.sum_k / self.rows;
        out.fill(self.running_c);
        self.first_is_open = false;
    }
}

/// Hours by category of one room.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CategoryHours {
    best: [f64; 4],
    colder: f64,
    warmer: f64,
    season: f64,
    adaptive: f64,
    above: f64,
    outside: [f64; 3],
}

impl CategoryHours {
    /// Adds rows of `step_s`.
    pub(crate) fn add(&mut self, room: &RoomTrace, running_mean_c: &[f64], step_s: u32) {
        let hours = f64::from(step_s) / S_PER_H;
        for (&t, &mean) in room.operative_c.iter().zip(running_mean_c) {
            if !(t.is_finite() && mean.is_finite()) {
                continue;
            }
            let cooling = mean >= COOLING_SEASON_FROM_C;
            let ranges = if cooling { &COOLING_C } else { &HEATING_C };
            self.season += if cooling { hours } else { 0.0 };
            match en16798::category(ranges, t) {
                Some(category) => self.best[category] += hours,
                None if t < ranges[3].0 => self.colder += hours,
                None => self.warmer += hours,
            }
            for (category, out) in self.outside.iter_mut().enumerate() {
                if let Some((low, high)) = en16798::adaptive_limits_c(mean, category) {
                    *out += if t < low || t > high { hours } else { 0.0 };
                    if category == 1 {
                        self.adaptive += hours;
                        self.above += if t > high { hours } else { 0.0 };
                    }
                }
            }
        }
    }
}

/// Categories on operative temperature.
pub(crate) fn categories(hours: &CategoryHours) -> Categories {
    let CategoryHours {
        best,
        colder,
        warmer,
        season,
        adaptive,
        above,
        outside,
    } = *hours;
    let within = |hours: f64| {
        if adaptive > 0.0 {
            Figure::from(hours)
        } else {
            Figure::Undefined("the running mean outdoor temperature never was within 10 to 30 degC")
        }
    };
    Categories {
        category_i_h: best[0].into(),
        category_ii_h: best[1].into(),
        category_iii_h: best[2].into(),
        category_iv_h: best[3].into(),
        colder_than_iv_h: colder.into(),
        warmer_than_iv_h: warmer.into(),
        cooling_season_h: season.into(),
        adaptive_h: adaptive.into(),
        adaptive_outside_i_h: within(outside[0]),
        adaptive_outside_ii_h: within(outside[1]),
        adaptive_outside_iii_h: within(outside[2]),
        adaptive_above_ii_h: within(above),
    }
}

/// Hours by vote of one room, and sums of vote and dissatisfied over them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct VoteHours {
    votes: f64,
    dissatisfied: f64,
    valid: f64,
    within: [f64; 3],
}

impl VoteHours {
    /// Adds rows, from a full hour on. PMV comes from hourly means (a vote is a
    /// steady-state figure).
    pub(crate) fn add(&mut self, room: &RoomTrace, trace: &DeviceTrace, running_mean_c: &[f64]) {
        let rows = room
            .air_c
            .len()
            .min(room.radiant_c.len())
            .min(trace.outdoor_c.len());
        let size = (3600 / trace.step_s.max(1)).max(1) as usize;
        for from in (0..rows).step_by(size) {
            let to = (from + size).min(rows);
            let mean = |values: &[f64]| {
                values
                    .get(from..to)
                    .map_or(0.5, |v| v.iter().sum::<f64>() / (to - from) as f64)
            };
            let hours = (to - from) as f64 * f64::from(trace.step_s) / S_PER_H;
            let (air, outdoor) = (mean(&room.air_c), mean(&trace.outdoor_c));
            let outside_pa =
                mean(&trace.relative_humidity).clamp(0.0, 1.0) * saturation_pa(outdoor);
            let vapour_pa = (outside_pa + moisture_pa(outdoor)).min(0.8 * saturation_pa(air));
            let cooling = running_mean_c[from] >= COOLING_SEASON_FROM_C;
            let person = Person {
                met: 1.2,
                clo: if cooling { 0.5 } else { 1.0 },
                air_m_per_s: 0.1,
            };
            let vote = pmv(air, mean(&room.radiant_c), vapour_pa, person);
            if !(vote.abs() <= 2.0 && (10.0..=30.0).contains(&air)) {
                continue;
            }
            self.valid += hours;
            self.votes += vote * hours;
            self.dissatisfied += ppd(vote) * hours;
            for (out, limit) in self.within.iter_mut().zip([0.2, 0.5, 0.7]) {
                *out += if vote.abs() <= limit { hours } else { 0.0 };
            }
        }
    }
}

/// Predicted mean vote of one room.
pub(crate) fn vote(hours: &VoteHours) -> Vote {
    let VoteHours {
        votes,
        dissatisfied,
        valid,
        within,
    } = *hours;
    let reason = "no hour within the range of ISO 7730";
    Vote {
        pmv_mean: Figure::ratio(votes, valid, reason),
        ppd_mean_percent: Figure::ratio(dissatisfied, valid, reason),
        pmv_within_02_h: within[0].into(),
        pmv_within_05_h: within[1].into(),
        pmv_within_07_h: within[2].into(),
        pmv_valid_h: valid.into(),
    }
}

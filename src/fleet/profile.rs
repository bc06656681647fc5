//! The fleet over time. Each house is added to sums and histograms of each
//! interval when it is complete, from whatever thread: all of them are whole
//! numbers (milliwatts, thousandths of a degree, counts), so the order does not
//! matter, and memory does not grow with houses.
//!
//! Quantiles over houses are read from the histograms. A bin is a sixteenth of
//! an octave's start wide (6.25 % of the value at most), the fraction in it is
//! interpolated: a quantile is off by less than a bin. Powers below 1 W are 0,
//! above 65 kW in the last bin.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::batch::Watcher;
use crate::model::Scenario;
use crate::trace::DeviceTrace;

/// Bins of an octave, octaves from 1 W, and one bin below.
const PER_OCTAVE: usize = 16;
const BINS: usize = 16 * PER_OCTAVE + 1;

/// What is summed, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Electricity of heat pump and heaters, all of it, mW.
    Electricity,
    /// Heat to rooms and tank, mW.
    Heat,
    /// Photovoltaic production, mW.
    Pv,
    /// Drawn from the grid less fed to it, with household and PV, mW.
    Grid,
    /// Outdoor temperature, thousandths of a degree.
    Outdoor,
}

const QUANTITIES: usize = 5;
/// Quantities with a histogram: the first ones.
const SPREAD: usize = 2;

/// Rows of a house in flight: sums of each interval.
#[derive(Debug, Default)]
struct InFlight {
    sums: Vec<[i64; QUANTITIES]>,
    /// Rows of all its devices so far.
    rows: usize,
    /// Added to the sums.
    complete: bool,
}

/// An accumulator as it was between two houses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    houses: u64,
    sums: Vec<i64>,
    bins: Vec<u32>,
}

/// Sums over the houses of a fleet.
#[derive(Debug)]
pub struct Accumulator {
    pub start_s: i64,
    pub step_s: u32,
    row_s: u32,
    intervals: usize,
    rows: usize,
    houses: AtomicU64,
    sums: Vec<AtomicI64>,
    bins: Vec<AtomicU32>,
}

impl Accumulator {
    /// For a period; `row_s`: length of the rows that come, s.
    pub fn new(start_s: i64, end_s: i64, step_s: u32, row_s: u32) -> Self {
        let whole_s = usize::try_from(end_s - start_s).unwrap_or(0);
        let intervals = whole_s.div_ceil(step_s as usize);
        let zeros = |n: usize| std::iter::repeat_with(AtomicU32::default).take(n).collect();
        Self {
            start_s,
            step_s,
            row_s,
            intervals,
            rows: whole_s.div_ceil(row_s as usize),
            houses: AtomicU64::new(0),
            sums: std::iter::repeat_with(AtomicI64::default)
                .take(intervals * QUANTITIES)
                .collect(),
            bins: zeros(intervals * SPREAD * BINS),
        }
    }

    /// What it holds. No house may be on its way.
    pub fn snapshot(&self) -> Snapshot {
        let read = |v: &AtomicI64| v.load(Ordering::Relaxed);
        let count = |v: &AtomicU32| v.load(Ordering::Relaxed);
        Snapshot {
            houses: self.houses.load(Ordering::Relaxed),
            sums: self.sums.iter().map(read).collect(),
            bins: self.bins.iter().map(count).collect(),
        }
    }

    /// Holds what another one held; false where that was of another period.
    #[must_use]
    pub fn restore(&self, from: &Snapshot) -> bool {
        if (from.sums.len(), from.bins.len()) != (self.sums.len(), self.bins.len()) {
            return false;
        }
        self.houses.store(from.houses, Ordering::Relaxed);
        for (own, value) in self.sums.iter().zip(&from.sums) {
            own.store(*value, Ordering::Relaxed);
        }
        for (own, value) in self.bins.iter().zip(&from.bins) {
            own.store(*value, Ordering::Relaxed);
        }
        true
    }

    /// Adds a complete house.
    fn add(&self, house: &InFlight, devices: usize) {
        for (i, values) in house.sums.iter().enumerate() {
            let mut values = *values;
            values[Quantity::Outdoor as usize] /= devices as i64;
            for (q, value) in values.iter().enumerate() {
                self.sums[i * QUANTITIES + q].fetch_add(*value, Ordering::Relaxed);
                if q < SPREAD {
                    let at = (i * SPREAD + q) * BINS + bin(*value as f64 * 1e-3);
                    self.bins[at].fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        self.houses.fetch_add(1, Ordering::Relaxed);
    }

    /// Means and quantiles of all houses that were added.
    pub fn finish(&self) -> Profile {
        let houses = self.houses.load(Ordering::Relaxed);
        let mean = |q: Quantity| -> Vec<f64> {
            (0..self.intervals)
                .map(|i| {
                    let sum = self.sums[i * QUANTITIES + q as usize].load(Ordering::Relaxed);
                    sum as f64 * 1e-3 / houses as f64
                })
                .collect()
        };
        let spread = |q: Quantity| -> [Vec<f64>; 3] {
            [0.05, 0.5, 0.95].map(|share| {
                (0..self.intervals)
                    .map(|i| {
                        let from = (i * SPREAD + q as usize) * BINS;
                        quantile(&self.bins[from..from + BINS], share * houses as f64)
                    })
                    .collect()
            })
        };
        Profile {
            start_s: self.start_s,
            step_s: self.step_s,
            houses: usize::try_from(houses).unwrap_or(0),
            electricity_w: mean(Quantity::Electricity),
            electricity_quantiles_w: spread(Quantity::Electricity),
            heat_w: mean(Quantity::Heat),
            heat_quantiles_w: spread(Quantity::Heat),
            pv_w: mean(Quantity::Pv),
            grid_w: mean(Quantity::Grid),
            outdoor_c: mean(Quantity::Outdoor),
        }
    }
}

/// Which bin a power belongs to.
fn bin(power_w: f64) -> usize {
    if power_w < 1.0 {
        return 0;
    }
    // Exponent and the first four bits of the fraction.
    let bits = (power_w.to_bits() >> 48) as usize - (1023 << 4);
    (bits + 1).min(BINS - 1)
}

/// Where a bin begins, W.
fn begins_w(bin: usize) -> f64 {
    match bin {
        0 => 0.0,
        bin => f64::from_bits(((bin - 1 + (1023 << 4)) as u64) << 48),
    }
}

/// The value below which `rank` of the counted lie.
fn quantile(bins: &[AtomicU32], rank: f64) -> f64 {
    let mut below = 0.0;
    for (at, count) in bins.iter().enumerate() {
        let count = f64::from(count.load(Ordering::Relaxed));
        if count > 0.0 && below + count >= rank {
            if at == 0 {
                return 0.0;
            }
            let (from, to) = (begins_w(at), begins_w(at + 1));
            return from + (to - from) * ((rank - below) / count);
        }
        below += count;
    }
    0.0
}

/// The fleet over time: means over houses, W and degC.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    pub start_s: i64,
    pub step_s: u32,
    /// Houses that it is of.
    pub houses: usize,
    pub electricity_w: Vec<f64>,
    /// Of 5, 50 and 95 % of the houses.
    pub electricity_quantiles_w: [Vec<f64>; 3],
    pub heat_w: Vec<f64>,
    pub heat_quantiles_w: [Vec<f64>; 3],
    pub pv_w: Vec<f64>,
    pub grid_w: Vec<f64>,
    pub outdoor_c: Vec<f64>,
}

impl Profile {
    /// Begin of an interval, s since the epoch.
    pub fn at_s(&self, interval: usize) -> i64 {
        self.start_s + interval as i64 * i64::from(self.step_s)
    }

    /// Hours of an interval.
    pub fn hours(&self) -> f64 {
        f64::from(self.step_s) / 3600.0
    }
}

/// Gives the rows of a block's houses to an accumulator.
pub struct Profiles<'a> {
    accumulator: &'a Accumulator,
    devices: Vec<usize>,
    houses: Vec<Mutex<InFlight>>,
}

impl<'a> Profiles<'a> {
    pub fn new(accumulator: &'a Accumulator, scenarios: &[Scenario]) -> Self {
        let devices = |s: &Scenario| s.users.iter().map(|u| u.devices.len()).sum();
        Self {
            accumulator,
            devices: scenarios.iter().map(devices).collect(),
            houses: scenarios.iter().map(|_| Mutex::default()).collect(),
        }
    }
}

impl Profiles<'_> {
    /// Whether a house is in the sums.
    pub fn is_complete(&self, scenario: usize) -> bool {
        let house = self.houses[scenario].lock();
        house.map_or_else(|poisoned| poisoned.into_inner().complete, |h| h.complete)
    }
}

impl Watcher for Profiles<'_> {
    fn rows(&self, scenario: usize, rows: &DeviceTrace) {
        let a = self.accumulator;
        let devices = self.devices[scenario];
        let Ok(mut house) = self.houses[scenario].lock() else {
            return; // poisoned: its house has panicked and is none
        };
        if house.sums.is_empty() {
            house.sums.resize(a.intervals, [0; QUANTITIES]);
        }
        let per = (a.step_s / a.row_s) as usize;
        let n = rows.outdoor_c.len();
        let first = usize::try_from(rows.start_s - a.start_s).unwrap_or(0) / a.row_s as usize;
        // Rows end at full hours, so intervals are whole but for the last of all.
        for from in (0..n).step_by(per) {
            let to = (from + per).min(n);
            let Some(sums) = house.sums.get_mut((first + from) / per) else {
                return;
            };
            for (sum, mean) in sums.iter_mut().zip(means(rows, from, to)) {
                *sum += (mean * 1e3).round() as i64;
            }
        }
        house.rows += n;
        if house.rows >= a.rows * devices {
            let whole = InFlight {
                sums: std::mem::take(&mut house.sums),
                ..InFlight::default()
            };
            (house.rows, house.complete) = (0, true);
            drop(house);
            a.add(&whole, devices);
        }
    }
}

/// Means of the quantities over rows of a device.
fn means(rows: &DeviceTrace, from: usize, to: usize) -> [f64; QUANTITIES] {
    let mean = |all: &[&[f64]]| {
        let sum: f64 = all
            .iter()
            .flat_map(|v| v.get(from..to).unwrap_or(&[]))
            .sum();
        sum / (to - from) as f64
    };
    [
        mean(&[
            &rows.compressor_space_w,
            &rows.compressor_tank_w,
            &rows.compressor_cooling_w,
            &rows.backup_space_w,
            &rows.backup_tank_w,
            &rows.element_w,
            &rows.auxiliary_w,
            &rows.standby_w,
        ]),
        mean(&[&rows.heat_space_w, &rows.heat_tank_w]),
        mean(&[&rows.pv_w]),
        mean(&[&rows.grid_import_w]) - mean(&[&rows.grid_export_w]),
        mean(&[&rows.outdoor_c]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_what_they_say() {
        for power_w in [0.0, 0.5, 1.0, 1.06, 1.99, 2.0, 850.0, 3210.0, 65_535.0] {
            let at = bin(power_w);
            assert!(
                begins_w(at) <= power_w && power_w < begins_w(at + 1),
                "{power_w}"
            );
            assert!(at == 0 || begins_w(at + 1) / begins_w(at) <= 1.0625);
        }
        assert_eq!(bin(1e9), BINS - 1);
    }

    /// Quantiles of numbers that are spread evenly.
    #[test]
    fn analytic_quantiles_to_a_bin() {
        let mut house = InFlight::default();
        let a = Accumulator::new(0, 900, 900, 300);
        for k in 0..1000 {
            house.sums = vec![[1000 * (2 * k + 1), 0, 0, 0, -5000]];
            a.add(&house, 1);
        }
        let p = a.finish();
        assert_eq!(p.electricity_w, [1000.0]);
        assert_eq!(p.outdoor_c, [-5.0]);
        for (q, due) in p
            .electricity_quantiles_w
            .iter()
            .zip([100.0, 1000.0, 1900.0])
        {
            assert!((q[0] / due - 1.0).abs() < 0.0625, "{q:?} {due}");
        }
        assert_eq!(p.heat_quantiles_w[1], [0.0]);
    }
}

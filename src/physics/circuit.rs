//! The water of the heating circuit besides the emitters' own: heat pump, pipes,
//! a buffer in the flow. It is one well-mixed node between source and emitters,
//! so the flow temperature follows a balance of heat,
//!
//!   C Tc' = P - sum Q_i,   Q_i = G_i (Tc - Te_i),
//!
//! and a unit whose lowest output is more than the open emitters take warms the
//! water first. Over a segment of length dt with P and the emitters' mean held,
//! Tc relaxes exponentially, and what the water keeps is linear in its mean
//! temperature ([`Water::storage`]): the water looks like one more emitter to
//! the source. Stable for any dt, and without water (C = 0) what is left is the
//! emitters alone.
//!
//! Not here: losses of pipes, the time that water travels, the spread between
//! flow and return within the water.

use crate::numeric::phi::factors;
use crate::numeric::{Mask, Real};
use crate::physics::emitter::Supply;

/// The unit's own control brings the flow to its set-point with this time
/// constant, s: a few minutes, as compressors follow slowly. A choice; makers do
/// not publish theirs.
pub const FLOW_CONTROL_S: f64 = 300.0;

/// Heat capacity where there is no water, J/K: one number less to divide by.
pub const NO_WATER_J_PER_K: f64 = 1.0;

/// The water at the start of a segment.
#[derive(Clone, Copy, Debug)]
pub struct Water<T> {
    /// Heat capacity, J/K (> 0).
    pub capacity_j_per_k: T,
    /// Temperature, degC.
    pub start_c: T,
}

/// What a length of time and the open emitters make of the water. Kept from
/// segment to segment while neither changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WaterLag<T> {
    dt_s: T,
    drain_per_s: T,
    /// What the water keeps a kelvin of its mean above its start, 1/s of its heat capacity.
    kept_per_s: T,
    /// Mean distance from the set-point as a share of that at the start.
    distance: T,
}

impl<T: Real> WaterLag<T> {
    /// Of water that emitters drain at `drain_per_s` (conductance over heat
    /// capacity), for a time `dt_s`.
    #[inline(always)]
    pub fn new(drain_per_s: T, dt_s: T) -> Self {
        let (zero, one) = (T::splat(0.0), T::splat(1.0));
        let f = factors(drain_per_s, dt_s);
        let runs = dt_s.gt(zero);
        let rate = T::splat(1.0 / FLOW_CONTROL_S);
        Self {
            dt_s,
            drain_per_s,
            kept_per_s: f.gain / f.second.max(T::splat(1e-300)),
            distance: T::select(runs, factors(rate, dt_s).gain, one) / T::select(runs, dt_s, one),
        }
    }

    /// Becomes that of another rate and time, where they differ.
    #[inline(always)]
    pub fn remake(&mut self, drain_per_s: T, dt_s: T) {
        let other = dt_s.lt(self.dt_s)
            | dt_s.gt(self.dt_s)
            | drain_per_s.lt(self.drain_per_s)
            | drain_per_s.gt(self.drain_per_s);
        if other.any() {
            *self = Self::new(drain_per_s, dt_s);
        }
    }
}

impl<T: Real> Water<T> {
    /// What the water keeps on the mean, as a line over its mean temperature.
    #[inline(always)]
    pub fn storage(&self, lag: &WaterLag<T>) -> Supply<T> {
        let g = self.capacity_j_per_k * lag.kept_per_s;
        Supply {
            g_w_per_k: g,
            b_w: g * self.start_c,
        }
    }

    /// Temperature after `dt_s` in which the water kept `kept_w` on the mean, degC.
    #[inline(always)]
    pub fn end_c(&self, kept_w: T, dt_s: T) -> T {
        self.start_c + kept_w * dt_s / self.capacity_j_per_k
    }

    /// Mean power of the source that brings the water to a temperature with the
    /// time constant [`FLOW_CONTROL_S`], as a line over that temperature, while
    /// `emitters` take what they take.
    #[inline(always)]
    pub fn approach(&self, emitters: &Supply<T>, lag: &WaterLag<T>) -> Supply<T> {
        let wet = self.capacity_j_per_k.gt(T::splat(NO_WATER_J_PER_K));
        // Without water there is nothing to approach with: the target holds at once.
        let mean = T::select(wet, lag.distance, T::splat(0.0));
        let fill = self.capacity_j_per_k * T::splat(1.0 / FLOW_CONTROL_S) * mean;
        let early = emitters.g_w_per_k * mean;
        Supply {
            g_w_per_k: emitters.g_w_per_k - early + fill,
            b_w: emitters.b_w + (fill - early) * self.start_c,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN_W_PER_K: f64 = 200.0;
    const NODE_C: f64 = 24.0;

    /// The lag of a water that the open emitters drain.
    fn lag(water: &Water<f64>, dt_s: f64) -> WaterLag<f64> {
        WaterLag::new(OPEN_W_PER_K / water.capacity_j_per_k, dt_s)
    }

    /// Emitters held at [`NODE_C`].
    fn held() -> Supply<f64> {
        Supply {
            g_w_per_k: OPEN_W_PER_K,
            b_w: OPEN_W_PER_K * NODE_C,
        }
    }

    /// Mean and end of the water under a constant power, by the lines.
    fn by_lines(water: &Water<f64>, power_w: f64, dt_s: f64) -> (f64, f64) {
        let kept = water.storage(&lag(water, dt_s));
        let mean_c = held().and(kept).flow_at_power_c(power_w);
        (mean_c, water.end_c(kept.power_w(mean_c), dt_s))
    }

    #[test]
    fn analytic_relaxation_of_the_water_onto_held_emitters() {
        let water = Water {
            capacity_j_per_k: 60.0 * 4180.0,
            start_c: 31.0,
        };
        for power_w in [0.0, 1500.0, 6000.0] {
            for dt_s in [1.0, 60.0, 300.0, 3600.0, 1e6] {
                let rest_c = NODE_C + power_w / OPEN_W_PER_K;
                let x: f64 = OPEN_W_PER_K * dt_s / water.capacity_j_per_k;
                let end_c = rest_c + (water.start_c - rest_c) * (-x).exp();
                let mean_c = rest_c + (water.start_c - rest_c) * -(-x).exp_m1() / x;
                let (mean, end) = by_lines(&water, power_w, dt_s);
                // Rounding: the mean of a short time is a difference of like numbers.
                assert!(
                    (mean - mean_c).abs() < 1e-9,
                    "{power_w} {dt_s}: {mean} {mean_c}"
                );
                assert!(
                    (end - end_c).abs() < 1e-9,
                    "{power_w} {dt_s}: {end} {end_c}"
                );
            }
        }
    }

    #[test]
    fn analytic_closed_valves_leave_all_heat_in_the_water() {
        let water = Water {
            capacity_j_per_k: 1e5,
            start_c: 30.0,
        };
        let kept = water.storage(&WaterLag::new(0.0, 300.0));
        let mean_c = kept.flow_at_power_c(2000.0);
        assert!((mean_c - 33.0).abs() < 1e-9);
        assert!((water.end_c(kept.power_w(mean_c), 300.0) - 36.0).abs() < 1e-9);
        // And nothing happens to it without a source.
        assert!((kept.flow_at_power_c(0.0) - 30.0).abs() < 1e-9);
    }

    #[test]
    fn analytic_without_water_the_flow_follows_the_emitters_at_once() {
        let water = Water {
            capacity_j_per_k: NO_WATER_J_PER_K,
            start_c: 15.0,
        };
        let (mean, end) = by_lines(&water, 3000.0, 300.0);
        let flow_c = held().flow_at_power_c(3000.0);
        // 1 J/K over 300 s, against 200 W/K: 24 K / 60,000.
        assert!((mean - flow_c).abs() < 5e-4 && (end - flow_c).abs() < 5e-4);
    }

    #[test]
    fn conserves_heat_between_source_water_and_emitters() {
        let water = Water {
            capacity_j_per_k: 60.0 * 4180.0,
            start_c: 38.0,
        };
        for dt_s in [1.0, 47.0, 300.0] {
            let kept = water.storage(&lag(&water, dt_s));
            let mean_c = held().and(kept).flow_at_power_c(2500.0);
            let to_emitters_j = held().power_w(mean_c) * dt_s;
            let end_c = water.end_c(kept.power_w(mean_c), dt_s);
            let kept_j = water.capacity_j_per_k * (end_c - water.start_c);
            assert!(
                (2500.0 * dt_s - to_emitters_j - kept_j).abs() < 1e-6,
                "{dt_s}"
            );
        }
    }

    #[test]
    fn analytic_the_control_approaches_its_set_point_exponentially() {
        let water = Water {
            capacity_j_per_k: 60.0 * 4180.0,
            start_c: 28.0,
        };
        let dt_s = 120.0;
        let power_w = water.approach(&held(), &lag(&water, dt_s)).power_w(35.0);
        // Tc = 35 - 7 e^(-t/tau): mean, and change, over the time.
        let decay = (-dt_s / FLOW_CONTROL_S).exp();
        let mean_c = 35.0 - 7.0 * (1.0 - decay) * FLOW_CONTROL_S / dt_s;
        let change_k = 7.0 * (1.0 - decay);
        let expected_w =
            OPEN_W_PER_K * (mean_c - NODE_C) + water.capacity_j_per_k * change_k / dt_s;
        assert!((power_w - expected_w).abs() < 1e-6 * expected_w);
        // The power is held: the end differs by the emitters' share of its change.
        let (_, end_c) = by_lines(&water, power_w, dt_s);
        assert!((end_c - (35.0 - 7.0 * decay)).abs() < 0.02, "{end_c}");
        // There, it holds.
        let there = Water {
            start_c: 35.0,
            ..water
        };
        let hold_w = there.approach(&held(), &lag(&there, dt_s)).power_w(35.0);
        assert!((hold_w - OPEN_W_PER_K * 11.0).abs() < 1e-9);
    }
}

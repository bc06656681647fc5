//! COP of a modulating unit over its load fraction.

use crate::numeric::Real;

const SEGMENT: f64 = 0.25;

/// COP relative to full load at the same temperatures, at load fractions 0,
/// 0.25, 0.5, 0.75 and 1, linear between. Load fraction = heat over full-load
/// capacity at the same temperatures. Losses of cycling are not in it: the
/// step counts each start by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PartLoad<T> {
    factor: [T; 5],
    /// Rise of the factor a unit of load, between each two.
    slope: [T; 4],
}

impl PartLoad<f64> {
    /// From the five factors (> 0; the last is normally 1).
    pub fn new(factor: [f64; 5]) -> Self {
        Self {
            factor,
            slope: std::array::from_fn(|k| (factor[k + 1] - factor[k]) / SEGMENT),
        }
    }

    /// Whether more load always takes more electricity. Where it does not,
    /// [`PartLoad::load_at`] has no single answer.
    pub fn electricity_rises(&self) -> bool {
        let at = |k: usize| k as f64 * SEGMENT / self.factor[k];
        self.factor.iter().all(|f| *f > 0.0) && (1..5).all(|k| at(k) > at(k - 1))
    }
}

impl<T: Real> PartLoad<T> {
    /// Puts one house's figures into lane `lane`.
    pub fn set_lane(&mut self, lane: usize, part_load: &PartLoad<f64>) {
        crate::numeric::set_lane(&mut self.factor, lane, &part_load.factor);
        crate::numeric::set_lane(&mut self.slope, lane, &part_load.slope);
    }

    /// COP over full-load COP at load fraction `load` (held outside 0 to 1).
    #[inline(always)]
    pub fn factor(&self, load: T) -> T {
        let zero = T::splat(0.0);
        let width = T::splat(SEGMENT);
        let mut rise = self.slope;
        for (k, rise) in rise.iter_mut().enumerate() {
            *rise = *rise * (load - T::splat(k as f64 * SEGMENT)).clamp(zero, width);
        }
        self.factor[0] + ((rise[0] + rise[1]) + (rise[2] + rise[3]))
    }

    /// Electricity over full-load electricity at load fraction `load`.
    #[inline(always)]
    pub fn electricity(&self, load: T) -> T {
        load / self.factor(load)
    }

    /// Electricity, W, for `heat_w` of a capacity (0 <= heat <= capacity) at `cost`
    /// W/W in full load: one division, products and sums rounded together (see
    /// [`Real::mul_add`]).
    #[inline(always)]
    pub fn electric_w(&self, heat_w: T, capacity_w: T, cost: T) -> T {
        // The factor times the capacity, W.
        let part_w = capacity_w * T::splat(SEGMENT);
        let mut factor_w = capacity_w * self.factor[0];
        let (mut left_w, zero) = (heat_w, T::splat(0.0));
        for &slope in &self.slope {
            factor_w = left_w.clamp(zero, part_w).mul_add(slope, factor_w);
            left_w -= part_w;
        }
        cost * heat_w * capacity_w / factor_w.max(T::splat(1e-9))
    }

    /// The load fraction at which electricity over full-load electricity is
    /// `share`: the inverse of [`PartLoad::electricity`], exact within each
    /// segment, 0 to 1. For steering levels, which are electrical powers.
    #[inline(always)]
    pub fn load_at(&self, share: T) -> T {
        let one = T::splat(1.0);
        let mut load = T::splat(0.0);
        for k in 0..4 {
            let start = T::splat(k as f64 * SEGMENT);
            let slope = self.slope[k];
            // load = share * (f_k + slope (load - start)), solved for load.
            let here = share * (self.factor[k] - slope * start) / (one - share * slope);
            load = T::select(share.gt(start / self.factor[k]), here, load);
        }
        load.clamp(T::splat(0.0), one)
    }
}

//! A performance map at one source temperature, as the step reads it.

use crate::numeric::Real;
use crate::numeric::table::{climb, ramps, slopes, widths};

/// Flow temperatures at which a map is stored.
pub const KNOTS: usize = 8;

/// Full-load capacity and COP over flow temperature. Capacity and the inverse
/// of the COP are piecewise linear: for a constant share of the Carnot COP the
/// inverse is very nearly a straight line, so few knots suffice. Outside the
/// knots both are held.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FlowCurve<T> {
    knots_c: [T; KNOTS],
    width_k: [T; KNOTS],
    capacity_w: T,
    capacity_slope: [T; KNOTS],
    inverse_cop: T,
    inverse_slope: [T; KNOTS],
}

impl FlowCurve<f64> {
    /// From values at rising knots: capacity, W, and electricity per heat, W/W.
    pub fn new(
        knots_c: &[f64; KNOTS],
        capacity_w: &[f64; KNOTS],
        inverse_cop: &[f64; KNOTS],
    ) -> Self {
        Self {
            knots_c: *knots_c,
            width_k: widths(knots_c),
            capacity_w: capacity_w[0],
            capacity_slope: slopes(knots_c, capacity_w),
            inverse_cop: inverse_cop[0],
            inverse_slope: slopes(knots_c, inverse_cop),
        }
    }

    /// The same unit with its capacity and COP multiplied (defrost), both > 0.
    pub fn scaled(mut self, capacity: f64, cop: f64) -> Self {
        self.capacity_w *= capacity;
        self.inverse_cop /= cop;
        for k in 0..KNOTS {
            self.capacity_slope[k] *= capacity;
            self.inverse_slope[k] /= cop;
        }
        self
    }
}

impl<T: Real> FlowCurve<T> {
    /// The same curve in every lane.
    pub fn splat(curve: &FlowCurve<f64>) -> Self {
        let each = |values: &[f64; KNOTS]| values.map(T::splat);
        Self {
            knots_c: each(&curve.knots_c),
            width_k: each(&curve.width_k),
            capacity_w: T::splat(curve.capacity_w),
            capacity_slope: each(&curve.capacity_slope),
            inverse_cop: T::splat(curve.inverse_cop),
            inverse_slope: each(&curve.inverse_slope),
        }
    }

    /// Puts one house's curve into lane `lane`.
    pub fn set_lane(&mut self, lane: usize, curve: &FlowCurve<f64>) {
        self.capacity_w.set_lane(lane, curve.capacity_w);
        self.inverse_cop.set_lane(lane, curve.inverse_cop);
        for k in 0..KNOTS {
            self.knots_c[k].set_lane(lane, curve.knots_c[k]);
            self.width_k[k].set_lane(lane, curve.width_k[k]);
            self.capacity_slope[k].set_lane(lane, curve.capacity_slope[k]);
            self.inverse_slope[k].set_lane(lane, curve.inverse_slope[k]);
        }
    }

    /// Capacity, W, and COP at a flow temperature, degC.
    #[inline(always)]
    pub fn at(&self, flow_c: T) -> (T, T) {
        let (capacity_w, inverse_cop) = self.at_inverse(flow_c);
        (capacity_w, T::splat(1.0) / inverse_cop)
    }

    /// Capacity, W, and electricity per heat (1 / COP), W/W: what the step
    /// needs, without a division.
    #[inline(always)]
    pub fn at_inverse(&self, flow_c: T) -> (T, T) {
        let inside = ramps(&self.knots_c, &self.width_k, flow_c);
        (
            climb(self.capacity_w, &self.capacity_slope, &inside),
            climb(self.inverse_cop, &self.inverse_slope, &inside),
        )
    }

    /// The same with products and sums rounded together, see [`Real::mul_add`].
    #[inline(always)]
    pub fn at_inverse_fused(&self, flow_c: T) -> (T, T) {
        let (zero, mut capacity_w, mut inverse_cop) =
            (T::splat(0.0), self.capacity_w, self.inverse_cop);
        // Beyond the last knot nothing rises.
        for k in 0..KNOTS - 1 {
            let inside = (flow_c - self.knots_c[k]).clamp(zero, self.width_k[k]);
            capacity_w = inside.mul_add(self.capacity_slope[k], capacity_w);
            inverse_cop = inside.mul_add(self.inverse_slope[k], inverse_cop);
        }
        (capacity_w, inverse_cop)
    }
}

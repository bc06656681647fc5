//! Heat from the water to an emitter, and from the emitter to its room.
//!
//! An emitter is one node (water and metal, screed, or coil) at the
//! temperature Te with a conductance UA to its room. Water of heat capacity
//! rate m c enters at the flow temperature Tf and gives
//!
//!   Q = G (Tf - Te),   Tret = Tf - Q / (m c).
//!
//! G follows from what Te means ([`WaterMean`]). Over a segment of length dt
//! with Tf and the room held, Te relaxes exponentially and its mean and that of
//! Q are linear in Tf ([`Relaxation::supply`]); so the flow temperature of
//! several emitters on a source of limited power is one division
//! ([`Supply::flow_at_power_c`]).
//!
//! Not here: where the heat goes in the room (the network's matter), valves
//! and set-points (control).

mod sizing;
#[cfg(test)]
mod tests;

pub use sizing::{design_flow_c, linear_conductance_w_per_k, water_conductance_w_per_k};

use crate::numeric::Real;

/// How the water's mean temperature is formed from flow and return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaterMean {
    /// (flow + return) / 2, the excess temperature of EN 442-2 for radiators:
    /// G = 2 m c.
    Arithmetic,
    /// The logarithmic mean excess over the room, which EN 1264 uses for
    /// heated floors and heat-exchanger theory (effectiveness and NTU) for
    /// coils: G is chosen so that the steady state is exactly
    /// Q = m c (1 - exp(-UA / (m c))) (Tf - Tr), whose return never falls
    /// below the room.
    Logarithmic,
}

/// Below this excess a radiator is linear, K: the slope of the power law is 0 at 0.
const SMALLEST_EXCESS_K: f64 = 0.1;

/// Power law of a radiator, W = K dT^n (EN 442-2), with its linear part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RadiatorLaw<T> {
    /// Emission at 1 K excess, W.
    pub coefficient_w: T,
    /// Exponent, 1 to 1.5.
    pub exponent: T,
    /// Conductance of the network's link, W/K.
    pub linear_w_per_k: T,
}

impl<T: Real> RadiatorLaw<T> {
    /// Emission over excess, W/K, at an excess of `dt_k`: the slope of the chord.
    #[inline(always)]
    fn chord_w_per_k(&self, dt_k: T) -> T {
        let size_k = dt_k.abs().max(T::splat(SMALLEST_EXCESS_K));
        self.coefficient_w * size_k.powf(self.exponent) / size_k
    }

    /// Emission, W, at an excess of `dt_k` of mean water over room;
    /// antisymmetric (a radiator colder than the room takes heat).
    #[inline(always)]
    pub fn emission_w(&self, dt_k: T) -> T {
        self.chord_w_per_k(dt_k) * dt_k
    }

    /// The line over the excess that touches the law at `dt_k`: its slope, W/K, and
    /// what it gives too much there, W.
    #[inline(always)]
    pub fn tangent(&self, dt_k: T) -> (T, T) {
        let chord = self.chord_w_per_k(dt_k);
        let slope = self.exponent * chord;
        (slope, (slope - chord) * dt_k)
    }

    /// What the emission is above the network's linear link, W: an input of
    /// the room and, with the opposite sign, of the emitter, held over a segment.
    #[inline(always)]
    pub fn deviation_w(&self, dt_k: T) -> T {
        self.emission_w(dt_k) - self.linear_w_per_k * dt_k
    }
}

/// An emitter at the start of a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Relaxation<T> {
    /// Heat capacity of the node, J/K (>= 0; 0 follows without delay).
    pub capacity_j_per_k: T,
    /// Water to node, W/K (>= 0; 0 with the valve closed).
    pub water_w_per_k: T,
    /// Node to all that it gives heat to, W/K (>= 0).
    pub loss_w_per_k: T,
    /// Temperature of what it gives heat to, degC; where there are several,
    /// the mean weighted by their conductances.
    pub surroundings_c: T,
    /// Other heat into the node, W (minus a radiator's deviation; sun on the floor).
    pub other_w: T,
    /// Temperature of the node at the start, degC.
    pub start_c: T,
}

/// Shares of the settled and of the start temperature in a mean over time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weights<T> {
    pub settled: T,
    pub early: T,
}

/// Mean over a segment: power = `g_w_per_k` Tf - `b_w`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Supply<T> {
    pub g_w_per_k: T,
    pub b_w: T,
}

impl<T: Real> Relaxation<T> {
    /// Mean heat from water to node as a function of the flow temperature, over
    /// the time that `weights` are for.
    #[inline(always)]
    pub fn supply(&self, weights: &Weights<T>) -> Supply<T> {
        let g = self.water_w_per_k;
        let Weights { settled, early } = *weights;
        let total = self.total_w_per_k();
        Supply {
            g_w_per_k: g * (T::splat(1.0) - g / total * settled),
            b_w: g * (self.without_water_w() / total * settled + self.start_c * early),
        }
    }

    /// Mean temperature of the node over that time at a flow temperature, degC.
    #[inline(always)]
    pub fn mean_c(&self, flow_c: T, weights: &Weights<T>) -> T {
        self.final_c(flow_c) * weights.settled + self.start_c * weights.early
    }

    /// Temperature of the node after `dt_s`, degC.
    #[inline(always)]
    pub fn end_c(&self, flow_c: T, dt_s: T) -> T {
        let last = self.final_c(flow_c);
        last + (self.start_c - last) * (-self.decay(dt_s)).exp()
    }

    /// Where the node would settle, degC.
    #[inline(always)]
    fn final_c(&self, flow_c: T) -> T {
        (self.water_w_per_k * flow_c + self.without_water_w()) / self.total_w_per_k()
    }

    #[inline(always)]
    fn without_water_w(&self) -> T {
        self.loss_w_per_k * self.surroundings_c + self.other_w
    }

    /// Never 0, so that an isolated node divides by something.
    #[inline(always)]
    fn total_w_per_k(&self) -> T {
        (self.water_w_per_k + self.loss_w_per_k).max(T::splat(1e-12))
    }

    /// What the settled and the start temperature count in the mean over `dt_s`.
    #[inline(always)]
    pub fn weights(&self, dt_s: T) -> Weights<T> {
        Weights::new(self.decay(dt_s))
    }

    /// dt over the time constant, limited for nodes without capacity.
    #[inline(always)]
    pub fn decay(&self, dt_s: T) -> T {
        let capacity = self.capacity_j_per_k.max(T::splat(1e-6));
        (self.total_w_per_k() * dt_s / capacity).min(T::splat(1e9))
    }
}

impl<T: Real> Weights<T> {
    /// In the mean over a time of `decay` time constants (>= 0).
    #[inline(always)]
    pub fn new(decay: T) -> Self {
        let one = T::splat(1.0);
        // (1 - exp(-x)) / x; its series where the difference would cancel
        // (next term x^4 / 120 < 1e-14).
        let x = decay;
        let small = x.lt(T::splat(1e-3));
        let safe = T::select(small, one, x);
        let whole = (one - (-safe).exp()) / safe;
        let sixth = T::splat(1.0 / 6.0);
        let series = one - x * T::splat(0.5) + x * x * (sixth - x * T::splat(1.0 / 24.0));
        let early = T::select(small, series, whole);
        Self {
            settled: one - early,
            early,
        }
    }
}

impl<T: Real> Supply<T> {
    /// Both together; emitters in parallel share the flow temperature.
    #[inline(always)]
    pub fn and(self, other: Self) -> Self {
        Self {
            g_w_per_k: self.g_w_per_k + other.g_w_per_k,
            b_w: self.b_w + other.b_w,
        }
    }

    /// Mean power at a flow temperature, W (negative: heat goes to the water).
    #[inline(always)]
    pub fn power_w(&self, flow_c: T) -> T {
        self.g_w_per_k * flow_c - self.b_w
    }

    /// Flow temperature at which the power is `power_w`, degC. With no open
    /// emitter (g = 0) it is far away, on the side of the sign of the power.
    #[inline(always)]
    pub fn flow_at_power_c(&self, power_w: T) -> T {
        (power_w + self.b_w) / self.g_w_per_k.max(T::splat(1e-9))
    }
}

/// Lowest flow temperature in cooling where the humidity of the room is not known, degC.
pub const COOLING_FLOW_UNKNOWN_HUMIDITY_C: f64 = 18.0;
/// Distance of the flow from the dew point, K.
const DEW_POINT_MARGIN_K: f64 = 2.0;

/// Lowest flow temperature in cooling, degC, for a dew point, degC: nothing
/// may drip. Where the humidity is not known it is
/// [`COOLING_FLOW_UNKNOWN_HUMIDITY_C`].
#[inline(always)]
pub fn cooling_flow_limit_c<T: Real>(dew_point_c: T, humidity_known: T::Mask) -> T {
    T::select(
        humidity_known,
        dew_point_c + T::splat(DEW_POINT_MARGIN_K),
        T::splat(COOLING_FLOW_UNKNOWN_HUMIDITY_C),
    )
}

/// Return temperature, degC, of water of `flow_w_per_k` that gave `power_w`;
/// the flow temperature itself where nothing flows.
#[inline(always)]
pub fn return_c<T: Real>(flow_c: T, power_w: T, flow_w_per_k: T) -> T {
    let flows = flow_w_per_k.gt(T::splat(0.0));
    let rate = T::select(flows, flow_w_per_k, T::splat(1.0));
    T::select(flows, flow_c - power_w / rate, flow_c)
}

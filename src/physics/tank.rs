//! A stratified hot-water tank of equal layers, one step at a time: draw,
//! charge, electric element, losses, conduction, buoyancy. Each effect has a
//! form that holds for any step up to 300 s and any draw, closes its energy
//! balance to rounding, and needs no branch, so that the step runs on lanes.
//!
//! Not here: when to charge (`control`), how much heat the heat pump has
//! (`heat_pump`), who draws (`hot_water`).

pub mod buoyancy;
pub mod charge;
mod compile;
pub(crate) mod plug_flow;
#[cfg(test)]
mod tests;

pub use charge::{ChargeSide, charge_side};

use crate::numeric::{Mask, Real};
use crate::physics::draw_off;

/// Longest step that the parameters are compiled for, s.
pub const LONGEST_STEP_S: f64 = 300.0;

/// A tank compiled to layers. Indices are the same for all lanes of one
/// layout; numbers may differ from lane to lane.
#[derive(Clone, Debug, PartialEq)]
pub struct TankParams<T> {
    /// Heat capacity of one layer, J/K.
    pub layer_j_per_k: T,
    /// Heat capacity of one litre, J/(l K).
    pub j_per_l_k: T,
    /// Loss of each layer to the surroundings, W/K, bottom first.
    pub loss_w_per_k: Vec<T>,
    /// Between neighbouring layers, W/K.
    pub conduction_w_per_k: T,
    /// Temperature around the tank, degC.
    pub ambient_c: T,
    pub charge: ChargePath<T>,
    /// The sensor sits between the centres of this layer and the next.
    pub sensor_layer: usize,
    /// Weight of the next layer, 0 to 1.
    pub sensor_upper: T,
    /// Where the electric element heats.
    pub element_layer: usize,
    /// Equal parts into which losses and conduction divide a step.
    pub loss_parts: usize,
}

/// How the heat pump's heat enters.
#[derive(Clone, Debug, PartialEq)]
pub enum ChargePath<T> {
    /// Coil in the layers `from..from + ua.len()`.
    Coil { from: usize, ua_w_per_k: Vec<T> },
    /// Tank water leaves at `outlet` and returns at `inlet` (>= `outlet`).
    Direct {
        outlet: usize,
        inlet: usize,
        /// Heat capacity rate of the flow while it charges, W/K.
        flow_w_per_k: T,
        /// Equal parts into which a step is divided: at most 60 s long, since
        /// draw and flow move the same water, and none moves more water than
        /// lies between the two ports.
        passes: usize,
    },
}

impl<T> ChargePath<T> {
    /// Parts in which draw and charge alternate within a step.
    pub fn parts(&self) -> usize {
        match self {
            Self::Coil { .. } => 1,
            Self::Direct { passes, .. } => *passes,
        }
    }
}

/// What acts on the tank during a step.
#[derive(Clone, Copy, Debug, Default)]
pub struct TankInputs<T> {
    /// Length of the step, s: 0 < dt <= 300.
    pub dt_s: T,
    /// Heat from the heat pump and its backup heater, mean over the step, W (>= 0).
    pub charge_w: T,
    /// Heat of the electric element, mean over the step, W (>= 0).
    pub element_w: T,
    /// Litres that the tap wants at `useful_c` in the step (>= 0).
    pub draw_l: T,
    /// Temperature that is useful at the tap, degC.
    pub useful_c: T,
    /// Cold water, degC (below `useful_c`).
    pub mains_c: T,
}

/// What the step gave. Stored energy changes by
/// `charge_w dt + element_w dt - drawn_j - loss_j`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TankStep<T> {
    /// Energy that left with hot water, above mains, J.
    pub drawn_j: T,
    /// The part of it in tap water at the useful temperature, J.
    pub useful_j: T,
    /// Energy that the tap wanted and did not get, J (>= 0).
    pub missing_j: T,
    /// Tank water drawn, l.
    pub hot_l: T,
    /// Tap water below the useful temperature, l.
    pub short_l: T,
    /// Lost to the surroundings, J (negative where they are warmer).
    pub loss_j: T,
    /// Uppermost layer at the end, degC.
    pub top_c: T,
}

/// Buffers of one tank's step. What it loses in a step of some length is kept
/// until another length is asked for.
#[derive(Clone, Debug, Default)]
pub struct TankScratch<T> {
    a: Vec<T>,
    b: Vec<T>,
    /// Each layer's loss in a part of `losing_s`, of its excess over the surroundings.
    share: Vec<T>,
    losing_s: T,
    /// What each part of the coil gives a kelvin in a time whose `per_c` it was, W/K.
    coil_w_per_k: Vec<T>,
    coil_per_c: T,
}

impl<T: Real> TankScratch<T> {
    /// Buffers for a tank of `layers` layers.
    pub fn new(layers: usize) -> Self {
        Self {
            a: vec![T::default(); layers + 1],
            b: vec![T::default(); layers + 1],
            share: vec![T::default(); layers],
            losing_s: T::splat(0.0),
            coil_w_per_k: vec![T::default(); layers],
            coil_per_c: T::splat(0.0),
        }
    }

    /// What a coil gives a kelvin, implicit in time: `per_c` K of a layer a watt.
    #[inline(always)]
    fn heat_for(&mut self, ua_w_per_k: &[T], per_c: T) {
        if !(per_c.lt(self.coil_per_c) | per_c.gt(self.coil_per_c)).any() {
            return;
        }
        self.coil_per_c = per_c;
        for (g, &ua) in self.coil_w_per_k.iter_mut().zip(ua_w_per_k) {
            T::turn();
            *g = ua / (T::splat(1.0) + ua * per_c);
        }
    }

    /// Shares for parts of `part_s`: 1 - e^-x to third order.
    #[inline(always)]
    fn lose_for(&mut self, p: &TankParams<T>, part_s: T) {
        if !(part_s.lt(self.losing_s) | part_s.gt(self.losing_s)).any() {
            return;
        }
        self.losing_s = part_s;
        let one = T::splat(1.0);
        let per_c = part_s / p.layer_j_per_k;
        for (share, &loss_w_per_k) in self.share.iter_mut().zip(&p.loss_w_per_k) {
            T::turn();
            // 1 - exp(-z) = z (1 - z/2 (1 - z/3 (1 - z/4 ...)))
            let z = loss_w_per_k * per_c;
            *share = z
                * (one
                    - z * T::splat(0.5)
                        * (one - z * T::splat(1.0 / 3.0) * (one - z * T::splat(0.25))));
        }
    }
}

/// Advances `layers` (degC, bottom first) by one step.
#[inline(always)]
pub fn step<T: Real>(
    p: &TankParams<T>,
    layers: &mut [T],
    inputs: &TankInputs<T>,
    scratch: &mut TankScratch<T>,
) -> TankStep<T> {
    let n = layers.len();
    let draw = disturb(p, layers, inputs, scratch);
    let loss_j = rest(p, layers, inputs.dt_s, 1, scratch);
    TankStep {
        drawn_j: draw.drawn_j,
        useful_j: draw.useful_j,
        missing_j: draw.missing_j,
        hot_l: draw.hot_l,
        short_l: draw.short_l,
        loss_j,
        top_c: layers[n - 1],
    }
}

/// The part of a step that draw, charge and element make.
#[inline(always)]
pub(crate) fn disturb<T: Real>(
    p: &TankParams<T>,
    layers: &mut [T],
    inputs: &TankInputs<T>,
    scratch: &mut TankScratch<T>,
) -> draw_off::Draw<T> {
    let n = layers.len();
    let parts = p.charge.parts();
    let share = T::splat(1.0 / parts as f64);
    let part_s = inputs.dt_s * share;
    let mut draw = draw_off::Draw::default();
    // Nothing but losses disturbs a tank that rests, and it is mixed already.
    let zero = T::splat(0.0);
    let disturbed = inputs.draw_l.gt(zero) | inputs.charge_w.gt(zero) | inputs.element_w.gt(zero);
    if disturbed.any() {
        for _ in 0..parts {
            draw = draw
                + draw_off::draw(
                    layers,
                    &mut scratch.a[..n],
                    p.layer_j_per_k,
                    p.j_per_l_k,
                    inputs.draw_l * share,
                    inputs.useful_c,
                    inputs.mains_c,
                );
            charge::charge(p, layers, inputs.charge_w, part_s, scratch);
            layers[p.element_layer] += inputs.element_w * part_s / p.layer_j_per_k;
            buoyancy::mix(layers, &mut scratch.a[..=n], &mut scratch.b[..n]);
        }
    }
    draw
}

/// The part of a step that time makes, so many times over. Returns the loss, J.
#[inline(always)]
pub(crate) fn rest<T: Real>(
    p: &TankParams<T>,
    layers: &mut [T],
    dt_s: T,
    times: usize,
    scratch: &mut TankScratch<T>,
) -> T {
    let n = layers.len();
    let mut loss_j = T::splat(0.0);
    for _ in 0..times {
        loss_j += lose_and_conduct(p, layers, dt_s, scratch);
    }
    buoyancy::mix(layers, &mut scratch.a[..=n], &mut scratch.b[..n]);
    loss_j
}

/// So many layers are worked off in loops that run in vectors for one house; with
/// fewer the loops cost more than they save.
const MANY_LAYERS: usize = 8;

/// Losses (exponential, to third order) and conduction (explicit, in parts
/// short enough to stay monotone). Returns the loss, J.
#[inline(always)]
fn lose_and_conduct<T: Real>(
    p: &TankParams<T>,
    layers: &mut [T],
    dt_s: T,
    scratch: &mut TankScratch<T>,
) -> T {
    let part_s = dt_s * T::splat(1.0 / p.loss_parts as f64);
    scratch.lose_for(p, part_s);
    let exchange = p.conduction_w_per_k * part_s / p.layer_j_per_k;
    let n = layers.len();
    let zero = T::splat(0.0);
    let mut lost_k = zero;
    if n < MANY_LAYERS {
        for _ in 0..p.loss_parts {
            let shares = &scratch.share[..n];
            let (mut from_below, mut t) = (zero, layers[0]);
            for i in 0..n {
                T::turn();
                let above = if i + 1 < n { layers[i + 1] } else { t };
                let to_above = exchange * (t - above);
                let loss = shares[i] * (t - p.ambient_c);
                lost_k += loss;
                layers[i] = t + from_below - to_above - loss;
                (from_below, t) = (to_above, above);
            }
        }
        return lost_k * p.layer_j_per_k;
    }
    // What goes up through the bottom of each layer, and the lid: nothing there,
    // and nothing at the very bottom.
    let (rising, losses) = (&mut scratch.a[..=n], &mut scratch.b[..n]);
    (rising[0], rising[n]) = (zero, zero);
    for _ in 0..p.loss_parts {
        let pairs = layers.iter().zip(&layers[1..]);
        for (rising, (&t, &above)) in rising[1..n].iter_mut().zip(pairs) {
            T::turn();
            *rising = exchange * (t - above);
        }
        let kept = layers.iter().zip(&scratch.share[..n]);
        for (loss, (&t, &share)) in losses.iter_mut().zip(kept) {
            T::turn();
            *loss = share * (t - p.ambient_c);
        }
        let flows = rising.iter().zip(&rising[1..]).zip(&*losses);
        for (t, ((&from_below, &to_above), &loss)) in layers.iter_mut().zip(flows) {
            T::turn();
            *t = *t + from_below - to_above - loss;
        }
        lost_k += sum(losses);
    }
    lost_k * p.layer_j_per_k
}

/// Sum in four strands that a processor works on side by side.
#[inline(always)]
fn sum<T: Real>(numbers: &[T]) -> T {
    let (fours, rest) = numbers.as_chunks::<4>();
    let mut strands = [T::splat(0.0); 4];
    for four in fours {
        for (strand, &number) in strands.iter_mut().zip(four) {
            *strand += number;
        }
    }
    let [a, b, c, d] = strands;
    let mut sum = (a + b) + (c + d);
    for &number in rest {
        sum += number;
    }
    sum
}

/// What the sensor reads, degC.
#[inline(always)]
pub fn sensor_c<T: Real>(p: &TankParams<T>, layers: &[T]) -> T {
    let lower = layers[p.sensor_layer];
    let upper = layers[(p.sensor_layer + 1).min(layers.len() - 1)];
    lower + p.sensor_upper * (upper - lower)
}

/// Energy stored above 0 degC, J.
#[inline(always)]
pub fn stored_j<T: Real>(p: &TankParams<T>, layers: &[T]) -> T {
    let mut sum = T::splat(0.0);
    for &t in layers {
        sum += t;
    }
    sum * p.layer_j_per_k
}

//! Drawing hot water: the tap wants litres at the useful temperature and takes
//! tank water from the top, mixed with mains water while the tank is warmer
//! than useful. Where the tank is colder, the tap runs on tank water alone and
//! the energy that is missing is counted.
//!
//! Not here: who draws when (`hot_water`), pipes and their losses.

use crate::numeric::{Mask, Real};
use crate::physics::tank::plug_flow;

/// What one draw took, over the step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Draw<T> {
    /// Energy that left with the water, above mains, J.
    pub drawn_j: T,
    /// The part of it in tap water that reached the useful temperature, J.
    pub useful_j: T,
    /// Energy that the tap wanted and did not get, J (>= 0).
    pub missing_j: T,
    /// Tank water taken, l.
    pub hot_l: T,
    /// Tap water below the useful temperature, l.
    pub short_l: T,
}

impl<T: Real> std::ops::Add for Draw<T> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self {
            drawn_j: self.drawn_j + other.drawn_j,
            useful_j: self.useful_j + other.useful_j,
            missing_j: self.missing_j + other.missing_j,
            hot_l: self.hot_l + other.hot_l,
            short_l: self.short_l + other.short_l,
        }
    }
}

/// Draws `mixed_l` litres (>= 0) at `useful_c` from the top of `layers`
/// (bottom first, `layer_j_per_k` each; `j_per_l_k` of water); mains water at
/// `mains_c` follows at the bottom. Any volume is allowed, also more than the
/// tank holds: the tap then runs on mains water.
///
/// Layers are read with their linear profile, so the volume of hot water is
/// exact for that profile: a share x of a layer gives x max(1, a - b x) layers
/// at the tap, which is solved for x.
#[inline(always)]
#[allow(clippy::too_many_arguments)] // two buffers and five physical quantities of one formula
pub(crate) fn draw<T: Real>(
    layers: &mut [T],
    slopes: &mut [T],
    layer_j_per_k: T,
    j_per_l_k: T,
    mixed_l: T,
    useful_c: T,
    mains_c: T,
) -> Draw<T> {
    if !mixed_l.gt(T::splat(0.0)).any() {
        return Draw::default();
    }
    let zero = T::splat(0.0);
    let one = T::splat(1.0);
    let half = T::splat(0.5);
    plug_flow::slopes(layers, mains_c, slopes);

    let layer_l = layer_j_per_k / j_per_l_k;
    // The scenario refuses mains at or above useful; the floor only keeps the division finite.
    let lift_k = (useful_c - mains_c).max(T::splat(0.1));
    let per_lift = one / lift_k;
    let wanted = mixed_l / layer_l;
    let mut left = wanted;
    let (mut whole, mut rest) = (zero, zero);
    // Energies in layer-kelvins until the end.
    let (mut drawn, mut useful, mut short) = (zero, zero, zero);
    for i in (0..layers.len()).rev() {
        T::turn();
        let mean_c = layers[i];
        let slope_k = slopes[i];
        let b = half * slope_k * per_lift;
        let a = (mean_c - mains_c) * per_lift + b;
        let all = one.max(a - b);
        let takes_all = left.ge(all);
        let root_of = (a * a - T::splat(4.0) * b * left).max(zero).map(f64::sqrt);
        let part = left.min((left + left) / (a + root_of).max(T::splat(1e-9)));
        let share = T::select(takes_all, one, part);
        let taken_c = plug_flow::upper_part_c(mean_c, slope_k, share);
        let energy = share * (taken_c - mains_c);
        let warm = taken_c.ge(useful_c);
        drawn += energy;
        useful += T::select(warm, energy, zero);
        short += T::select(warm, zero, share);
        whole += T::from_mask(takes_all);
        rest += T::select(takes_all, zero, part);
        left = T::select(takes_all, left - all, zero);
        // Nothing is taken from what lies below.
        if !left.gt(zero).any() {
            break;
        }
    }
    // What is left runs through a tank full of mains water.
    short += left;
    let hot = whole + rest + left;
    plug_flow::move_up(layers, slopes, whole, rest, mains_c);
    Draw {
        drawn_j: drawn * layer_j_per_k,
        useful_j: useful * layer_j_per_k,
        missing_j: ((wanted * lift_k - drawn) * layer_j_per_k).max(zero),
        hot_l: hot * layer_l,
        short_l: short * layer_l,
    }
}

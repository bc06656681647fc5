//! Buoyancy: warm water never stays below cold. Inverted layers mix with
//! their neighbours until the profile rises; the result is the isotonic
//! regression of the profile, here in its max-min form, which needs no branch
//! (T. Robertson, F. T. Wright, R. L. Dykstra, Order Restricted Statistical
//! Inference, Wiley 1988, section 1.4). Heat that is put into one layer thus
//! rises and fills the layers above from the coldest up, as a plume does.
//!
//! Not here: the speed of plumes. Mixing is instantaneous.

use crate::numeric::{Mask, Real};

/// Inversions up to this size may stay, K. The lid of a standing tank loses
/// heat first; without a tolerance each idle step would mix.
pub const TOLERATED_INVERSION_K: f64 = 0.01;

/// Mixes every lane that has an inversion; the others keep their bits.
/// `prefix` holds at least one number more than `layers`, `mixed` as many.
#[inline(always)]
pub(crate) fn mix<T: Real>(layers: &mut [T], prefix: &mut [T], mixed: &mut [T]) {
    let n = layers.len();
    let tolerated = T::splat(TOLERATED_INVERSION_K);
    let mut inverted = T::Mask::splat(false);
    for i in 1..n {
        inverted = inverted | layers[i - 1].gt(layers[i] + tolerated);
    }
    if !inverted.any() {
        return;
    }
    // The lowest layer with a colder one above it: below, nothing mixes.
    let mut coldest_above = T::splat(1e300);
    let mut lowest = T::splat(n as f64);
    let mut from = n;
    for i in (0..n).rev() {
        let beneath_colder = layers[i].gt(coldest_above);
        coldest_above = coldest_above.min(layers[i]);
        lowest = T::select(beneath_colder, T::splat(i as f64), lowest);
        if beneath_colder.any() {
            from = i;
        }
    }
    prefix[0] = T::splat(0.0);
    for i in 0..n {
        prefix[i + 1] = prefix[i] + layers[i];
        mixed[i] = T::splat(-1e300);
    }
    for a in from..n {
        let takes_part = lowest.le(T::splat(a as f64));
        let mut least = T::splat(1e300);
        for b in (a..n).rev() {
            let mean = (prefix[b + 1] - prefix[a]) * T::splat(1.0 / (b - a + 1) as f64);
            least = least.min(mean);
            mixed[b] = T::select(takes_part, mixed[b].max(least), mixed[b]);
        }
    }
    for i in from..n {
        let mixes = inverted & lowest.le(T::splat(i as f64));
        layers[i] = T::select(mixes, mixed[i], layers[i]);
    }
}

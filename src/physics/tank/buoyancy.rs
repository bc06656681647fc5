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

/// Layers that differ by less, K, are one: rounding makes as much of a level part.
const ALIKE_K: f64 = 1e-9;

/// Mixes every lane that has an inversion; the others keep their bits.
/// `prefix` holds at least one number more than `layers`, `mixed` as many.
#[inline(always)]
pub(crate) fn mix<T: Real>(layers: &mut [T], prefix: &mut [T], mixed: &mut [T]) {
    let tolerated = T::splat(TOLERATED_INVERSION_K);
    let no = T::Mask::splat(false);
    let mut inverted = no;
    for (&below, &above) in layers.iter().zip(&layers[1..]) {
        T::turn();
        inverted = inverted | below.gt(above + tolerated);
    }
    if !inverted.any() {
        return;
    }
    let alike = T::splat(ALIKE_K);
    let (mut falls, mut rises_again) = (no, no);
    for (&below, &above) in layers.iter().zip(&layers[1..]) {
        T::turn();
        rises_again = rises_again | (falls & above.gt(below + alike));
        falls = falls | below.gt(above + alike);
    }
    let sinks = inverted & !rises_again;
    if sinks.any() {
        sink(layers, sinks);
    }
    let inverted = inverted & rises_again;
    if inverted.any() {
        regress(layers, inverted, prefix, mixed);
    }
}

/// Mixes profiles that rise to some layer and fall from there on, as a standing
/// tank's does, whose lid cools: one block at the top, which takes in what stands
/// below it and is warmer.
#[inline(always)]
fn sink<T: Real>(layers: &mut [T], sinks: T::Mask) {
    let n = layers.len();
    let alike = T::splat(ALIKE_K);
    let mut sum = layers[n - 1];
    let mut mean = sum;
    let mut lowest = T::splat((n - 1) as f64);
    let (mut takes_in, mut from) = (sinks, n - 1);
    for i in (0..n - 1).rev() {
        T::turn();
        takes_in = takes_in & (layers[i] + alike).ge(mean);
        if !takes_in.any() {
            break;
        }
        from = i;
        sum = T::select(takes_in, sum + layers[i], sum);
        mean = T::select(takes_in, sum * T::splat(1.0 / (n - i) as f64), mean);
        lowest = T::select(takes_in, T::splat(i as f64), lowest);
    }
    for (i, layer) in layers.iter_mut().enumerate().skip(from) {
        T::turn();
        let mixes = sinks & lowest.le(T::splat(i as f64));
        *layer = T::select(mixes, mean, *layer);
    }
}

/// Mixes any profile, in lanes where `inverted` holds.
#[inline(always)]
fn regress<T: Real>(layers: &mut [T], inverted: T::Mask, prefix: &mut [T], mixed: &mut [T]) {
    let n = layers.len();
    // The lowest layer with a colder one above it: below, nothing mixes.
    let mut coldest_above = T::splat(1e300);
    let mut lowest = T::splat(n as f64);
    let mut from = n;
    for i in (0..n).rev() {
        T::turn();
        let beneath_colder = layers[i].gt(coldest_above);
        coldest_above = coldest_above.min(layers[i]);
        lowest = T::select(beneath_colder, T::splat(i as f64), lowest);
        if beneath_colder.any() {
            from = i;
        }
    }
    prefix[0] = T::splat(0.0);
    for i in 0..n {
        T::turn();
        prefix[i + 1] = prefix[i] + layers[i];
        mixed[i] = T::splat(-1e300);
    }
    for a in from..n {
        let takes_part = lowest.le(T::splat(a as f64));
        let mut least = T::splat(1e300);
        for b in (a..n).rev() {
            T::turn();
            let mean = (prefix[b + 1] - prefix[a]) * T::splat(1.0 / (b - a + 1) as f64);
            least = least.min(mean);
            mixed[b] = T::select(takes_part, mixed[b].max(least), mixed[b]);
        }
    }
    for i in from..n {
        T::turn();
        let mixes = inverted & lowest.le(T::splat(i as f64));
        layers[i] = T::select(mixes, mixed[i], layers[i]);
    }
}

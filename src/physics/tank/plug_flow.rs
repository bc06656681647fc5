//! Plug flow through a row of equal layers: the water moves as a whole by any
//! number of layers, whatever that is against the size of one. The whole part
//! of the move is exact; the rest is a second-order conservative remap
//! (piecewise linear with van Leer's limiter), so that a sharp front stays
//! sharp with few layers. B. van Leer, J. Comput. Phys. 23 (1977) 276-299
//! and 32 (1979) 101-136.
//!
//! Not here: where the water comes from and who takes it (`draw_off`, `charge`).

use crate::numeric::{Mask, Real};

/// Slopes of the profile inside each layer, K a layer, upwards positive.
/// `below_c` is the water that enters at the bottom; there is none above, so
/// the top layer is flat. Never steeper than to reach a neighbour's mean.
#[inline(always)]
pub(crate) fn slopes<T: Real>(layers: &[T], below_c: T, out: &mut [T]) {
    let n = layers.len();
    let two = T::splat(2.0);
    let half = T::splat(0.5);
    let mut lower = layers[0] - below_c;
    for i in 0..n {
        T::turn();
        let upper = if i + 1 < n {
            layers[i + 1] - layers[i]
        } else {
            T::splat(0.0)
        };
        let centred = (lower + upper) * half;
        // Monotonised central: the smallest of 2 lower, 2 upper and centred, where their signs agree.
        let size = centred.abs().min(two * lower.abs().min(upper.abs()));
        let signed = T::select(centred.lt(T::splat(0.0)), -size, size);
        out[i] = T::select((lower * upper).gt(T::splat(0.0)), signed, T::splat(0.0));
        lower = upper;
    }
}

/// Mean temperature of the uppermost `share` (0 to 1) of a layer.
#[inline(always)]
pub(crate) fn upper_part_c<T: Real>(mean_c: T, slope_k: T, share: T) -> T {
    mean_c + T::splat(0.5) * (T::splat(1.0) - share) * slope_k
}

/// Moves the water up by `whole` layers (an integer from 0 to the number of
/// layers) and a `rest` (0 to 1); `inflow_c` follows at the bottom. `slopes`
/// belong to the profile before the move and are used up.
///
/// What leaves at the top is the upper `whole` layers and the upper part of
/// the next one, with its temperature after [`upper_part_c`].
#[inline(always)]
pub(crate) fn move_up<T: Real>(layers: &mut [T], slopes: &mut [T], whole: T, rest: T, inflow_c: T) {
    let n = layers.len();
    let zero = T::splat(0.0);
    // Whole layers by binary digits, so that each lane can move its own way without a branch.
    let mut digit = 1_usize;
    while digit * 2 <= n {
        digit *= 2;
    }
    let mut left = whole;
    loop {
        let jump = T::splat(digit as f64);
        let on = left.ge(jump);
        left -= T::select(on, jump, zero);
        if on.any() {
            for i in (0..n).rev() {
                T::turn();
                let (from, slope) = if i >= digit {
                    (layers[i - digit], slopes[i - digit])
                } else {
                    (inflow_c, zero)
                };
                layers[i] = T::select(on, from, layers[i]);
                slopes[i] = T::select(on, slope, slopes[i]);
            }
        }
        if digit == 1 {
            break;
        }
        digit /= 2;
    }
    let mut enters = rest * inflow_c;
    for i in 0..n {
        T::turn();
        let leaves = rest * upper_part_c(layers[i], slopes[i], rest);
        layers[i] = layers[i] + enters - leaves;
        enters = leaves;
    }
}

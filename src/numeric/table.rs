//! Piecewise-linear functions without branches or gathers: a sum of clamped
//! ramps. Every lane may have its own knots and values.
//!
//! Not a general interpolation library: knots are few and fixed in number, and
//! the value is held outside the first and last knot.

use super::Real;

/// How far `x` lies inside each of the intervals between the knots, 0 to the
/// interval's width (see [`widths`]). Shared by several functions over the same
/// knots. The last entry is 0.
#[inline(always)]
pub fn ramps<T: Real, const K: usize>(knots: &[T; K], widths: &[T; K], x: T) -> [T; K] {
    let zero = T::splat(0.0);
    let mut inside = [zero; K];
    for k in 0..K {
        inside[k] = (x - knots[k]).clamp(zero, widths[k]);
    }
    inside
}

/// The value of a function that starts at `first` and rises with `slopes[k]`
/// in interval `k`, at the place that [`ramps`] gave. Summed in four strands
/// that run side by side; their order is part of the result's bits.
#[inline(always)]
pub fn climb<T: Real, const K: usize>(first: T, slopes: &[T; K], inside: &[T; K]) -> T {
    let mut strands = [T::splat(0.0); 4];
    for (slopes, inside) in slopes.chunks(4).zip(inside.chunks(4)) {
        for (strand, (&slope, &inside)) in strands.iter_mut().zip(slopes.iter().zip(inside)) {
            *strand += slope * inside;
        }
    }
    first + ((strands[0] + strands[1]) + (strands[2] + strands[3]))
}

/// Widths of the intervals between knots; the last entry is 0.
pub fn widths<const K: usize>(knots: &[f64; K]) -> [f64; K] {
    std::array::from_fn(|k| knots.get(k + 1).map_or(0.0, |next| next - knots[k]))
}

/// Slopes between values at knots; the last entry is 0. Knots must rise.
pub fn slopes<const K: usize>(knots: &[f64; K], values: &[f64; K]) -> [f64; K] {
    let mut slopes = [0.0; K];
    for k in 0..K.saturating_sub(1) {
        slopes[k] = (values[k + 1] - values[k]) / (knots[k + 1] - knots[k]);
    }
    slopes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_a_ramp_sum_is_linear_interpolation_held_outside() {
        let knots = [0.0, 1.0, 3.0, 4.0];
        let values = [2.0, 4.0, 0.0, 1.0];
        let s = slopes(&knots, &values);
        for (x, y) in [
            (-5.0, 2.0),
            (0.5, 3.0),
            (1.0, 4.0),
            (2.0, 2.0),
            (3.5, 0.5),
            (9.0, 1.0),
        ] {
            assert_eq!(climb(values[0], &s, &ramps(&knots, &widths(&knots), x)), y);
        }
    }
}

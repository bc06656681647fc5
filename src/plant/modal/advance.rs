//! The step of a modal system, over the kernel's number type: exact for inputs
//! held over the step, any length, no branches, no allocation.
//!
//! For `z' = -lambda z + w` over `dt`: `z(dt) = z decay + w gain`, `integral of
//! z = z gain + w second`, with the factors of `numeric::phi`.

use crate::numeric::Real;
pub use crate::numeric::phi::{Factors, factors};

/// Modes smaller than this are set to zero: denormals are slow.
const TINY: f64 = 1e-150;

/// Advances all modes by the time that `factors` were made for, under the
/// forcing `w`; `integral` receives the integral of each mode over that time.
/// All slices have the same length.
#[inline(always)]
pub fn advance<T: Real>(factors: &[Factors<T>], w: &[T], z: &mut [T], integral: &mut [T]) {
    for (((f, &w), z), integral) in factors.iter().zip(w).zip(z).zip(integral) {
        let next = *z * f.decay + w * f.gain;
        *integral = *z * f.gain + w * f.second;
        *z = T::select(next.abs().lt(T::splat(TINY)), T::splat(0.0), next);
    }
}

/// Recomputes the factors of all modes for a time `dt_s`.
#[inline(always)]
pub fn refactor<T: Real>(lambda_per_s: &[T], dt_s: T, out: &mut [Factors<T>]) {
    for (&lambda, out) in lambda_per_s.iter().zip(out) {
        *out = factors(lambda, dt_s);
    }
}

/// An output `row . z` and its time derivative `dt_s` after the start, the
/// feedthrough left out: for locating crossings.
#[inline(always)]
pub fn output_at<T: Real>(lambda_per_s: &[T], row: &[T], z: &[T], w: &[T], dt_s: T) -> (T, T) {
    let (mut value, mut slope) = (T::splat(0.0), T::splat(0.0));
    for (((&lambda, &c), &z), &w) in lambda_per_s.iter().zip(row).zip(z).zip(w) {
        let f = factors(lambda, dt_s);
        value += c * (z * f.decay + w * f.gain);
        slope += c * (f.decay * (w - lambda * z));
    }
    (value, slope)
}

/// `y = A x` for a row-major matrix; as many rows as `y` is long.
#[inline(always)]
pub fn multiply<T: Real>(a: &[T], x: &[T], y: &mut [T]) {
    y.fill(T::splat(0.0));
    multiply_add(a, x, y);
}

/// `y += A x` for a row-major matrix.
#[inline(always)]
pub fn multiply_add<T: Real>(a: &[T], x: &[T], y: &mut [T]) {
    if x.is_empty() {
        return;
    }
    for (row, y) in a.chunks_exact(x.len()).zip(y) {
        *y += dot(row, x);
    }
}

/// Sum of products, in four strands that a processor works on side by side.
/// The order of the additions is part of the result's bits.
#[inline(always)]
pub fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut strands = [T::splat(0.0); 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let mut rest = T::splat(0.0);
    for (&x, &y) in a4.remainder().iter().zip(b4.remainder()) {
        rest += x * y;
    }
    for (x, y) in a4.zip(b4) {
        for k in 0..4 {
            strands[k] += x[k] * y[k];
        }
    }
    ((strands[0] + strands[1]) + (strands[2] + strands[3])) + rest
}

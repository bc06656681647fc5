//! The step of a modal system, over the kernel's number type: exact for inputs
//! held over the step, any length, no branches, no allocation.
//!
//! For `z' = -lambda z + w` over `dt`, with `a = lambda dt`:
//! `z(dt) = z decay + w gain`, `integral of z = z gain + w second`, where
//! `decay = e^-a`, `gain = dt (1 - e^-a)/a`, `second = dt^2 (a - 1 + e^-a)/a^2`
//! (the phi functions of exponential integrators, Hochbruck and Ostermann 2010).

use crate::numeric::Real;

/// Below this `a`, series are used in place of the differences, which cancel.
const SERIES_BELOW: f64 = 0.5;
/// Above this `a`, e^-a (below 1e-34) is set to zero, so that no product with
/// it can become denormal.
const GONE_ABOVE: f64 = 80.0;
/// Modes smaller than this are set to zero: denormals are slow.
const TINY: f64 = 1e-150;

/// Factors of one mode for one length of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors<T> {
    /// e^(-lambda dt), 0 to 1.
    pub decay: T,
    /// Integral of the decay, s.
    pub gain: T,
    /// Integral of the gain, s2.
    pub second: T,
}

/// Factors for a decay rate `lambda_per_s` >= 0 (0 included) and `dt_s` >= 0.
/// Relative error of each below 1e-15.
#[inline(always)]
pub fn factors<T: Real>(lambda_per_s: T, dt_s: T) -> Factors<T> {
    let one = T::splat(1.0);
    let a = lambda_per_s * dt_s;
    // (a - 1 + e^-a)/a^2 as its alternating series, to a^15 / 17!.
    let small = a.min(T::splat(SERIES_BELOW));
    let mut series = T::splat(0.0);
    for factorial in INVERSE_FACTORIALS {
        series = T::splat(factorial) - small * series;
    }
    let gain_small = one - small * series;
    let decay_small = one - small * gain_small;

    let large = a.max(T::splat(SERIES_BELOW));
    let e = T::select(
        large.gt(T::splat(GONE_ABOVE)),
        T::splat(0.0),
        (-large).exp(),
    );
    let gain_large = (one - e) / large;
    let second_large = (one - gain_large) / large;

    let use_series = a.lt(T::splat(SERIES_BELOW));
    Factors {
        decay: T::select(use_series, decay_small, e),
        gain: T::select(use_series, gain_small, gain_large) * dt_s,
        second: T::select(use_series, series, second_large) * dt_s * dt_s,
    }
}

/// 1/17!, 1/16!, ..., 1/2!: coefficients of the series, highest power first.
const INVERSE_FACTORIALS: [f64; 16] = [
    1.0 / 355_687_428_096_000.0,
    1.0 / 20_922_789_888_000.0,
    1.0 / 1_307_674_368_000.0,
    1.0 / 87_178_291_200.0,
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    1.0 / 2.0,
];

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

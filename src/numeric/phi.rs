//! A first-order lag over a time, exactly: the phi functions of exponential
//! integrators (Hochbruck and Ostermann, Acta Numerica 19 (2010)), over the
//! kernel's number type. With `a = lambda dt`: `decay = e^-a`,
//! `gain = dt (1 - e^-a)/a`, `second = dt^2 (a - 1 + e^-a)/a^2`.
//!
//! Not here: what lags (`plant::modal`, `physics::circuit`).

use super::{Mask, Real};

/// Below this `a`, series are used in place of the differences, which cancel.
const SERIES_BELOW: f64 = 0.5;
/// Below this `a`, a short series is as good: most modes in most segments.
const SHORT_BELOW: f64 = 1.0 / 16.0;
/// Terms of it: the next is below 4e-19.
const SHORT_TERMS: usize = 9;
/// Above this `a`, e^-a (below 1e-34) is set to zero, so that no product with
/// it can become denormal.
const GONE_ABOVE: f64 = 80.0;
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
    let a = lambda_per_s * dt_s;
    let short = a.lt(T::splat(SHORT_BELOW));
    // Each form is worked out only where some lane needs it.
    let (decay, gain, second) = if short.all() {
        by_series(a, SHORT_BELOW, SHORT_TERMS)
    } else {
        let use_series = a.lt(T::splat(SERIES_BELOW));
        let mut made = (a, a, a);
        if !use_series.all() {
            made = by_exponential(a);
        }
        if use_series.any() {
            made = choose(use_series, by_series(a, SERIES_BELOW, TERMS), made);
        }
        if short.any() {
            made = choose(short, by_series(a, SHORT_BELOW, SHORT_TERMS), made);
        }
        made
    };
    Factors {
        decay,
        gain: gain * dt_s,
        second: second * dt_s * dt_s,
    }
}

/// `yes` where `mask` holds, else `no`.
#[inline(always)]
fn choose<T: Real>(mask: T::Mask, yes: (T, T, T), no: (T, T, T)) -> (T, T, T) {
    (
        T::select(mask, yes.0, no.0),
        T::select(mask, yes.1, no.1),
        T::select(mask, yes.2, no.2),
    )
}

/// Decay, gain and second for a time of 1, `a` at most `largest`:
/// (a - 1 + e^-a)/a^2 as the first terms of its alternating series.
#[inline(always)]
fn by_series<T: Real>(a: T, largest: f64, terms: usize) -> (T, T, T) {
    let one = T::splat(1.0);
    let small = a.min(T::splat(largest));
    let mut series = T::splat(0.0);
    for &factorial in &INVERSE_FACTORIALS[TERMS - terms..] {
        series = T::splat(factorial) - small * series;
    }
    let gain = one - small * series;
    (one - small * gain, gain, series)
}

/// The same, `a` at least [`SERIES_BELOW`].
#[inline(always)]
fn by_exponential<T: Real>(a: T) -> (T, T, T) {
    let one = T::splat(1.0);
    let large = a.max(T::splat(SERIES_BELOW));
    let gone = large.gt(T::splat(GONE_ABOVE));
    let e = T::select(gone, T::splat(0.0), (-large).exp());
    let gain = (one - e) / large;
    (e, gain, (one - gain) / large)
}

/// Terms of the long series, to a^15 / 17!.
const TERMS: usize = 16;

/// 1/17!, 1/16!, ..., 1/2!: coefficients of the series, highest power first.
const INVERSE_FACTORIALS: [f64; TERMS] = [
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

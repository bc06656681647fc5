//! Confidence intervals by resampling: B. Efron, percentile method. The
//! resamples come from a seed: same figures, same interval.

use rand_pcg::Pcg64;

use crate::study::design::below;

/// An estimate and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// The estimate from all of `n` members, and percentiles of the estimates from
/// `resamples` draws of `n` members with replacement.
pub fn interval(
    n: usize,
    resamples: usize,
    confidence: f64,
    seed: u64,
    estimate: &dyn Fn(&[usize]) -> f64,
) -> Interval {
    let all: Vec<usize> = (0..n).collect();
    let value = estimate(&all);
    let mut random = Pcg64::new(u128::from(seed), 0xb007);
    let mut chosen = all;
    let mut estimates: Vec<f64> = (0..resamples)
        .map(|_| {
            chosen.iter_mut().for_each(|c| *c = below(&mut random, n));
            estimate(&chosen)
        })
        .filter(|e| e.is_finite())
        .collect();
    estimates.sort_by(f64::total_cmp);
    let at = |p: f64| {
        let last = estimates.len().checked_sub(1)?;
        let x = p * last as f64;
        let i = (x as usize).min(last);
        let next = estimates[(i + 1).min(last)];
        Some(estimates[i] + (x - i as f64) * (next - estimates[i]))
    };
    let tail = 0.5 * (1.0 - confidence);
    Interval {
        value,
        low: at(tail).unwrap_or(f64::NAN),
        high: at(1.0 - tail).unwrap_or(f64::NAN),
    }
}

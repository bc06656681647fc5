//! Screening by elementary effects: M. D. Morris, Technometrics 33 (1991),
//! 161-174, with the mean of absolute effects of F. Campolongo, J. Cariboni and
//! A. Saltelli, Environmental Modelling & Software 22 (2007), 1509-1518.
//! (Written after the published formulas; not compared with the authors' code.)

use rand_pcg::Pcg64;

use super::bootstrap::{Interval, interval};
use crate::study::design::{below, shuffle};

/// Effects of one parameter on one figure, per whole range of the parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effects {
    /// Mean: its sign says in which direction.
    pub mu: f64,
    /// Mean of the absolute effects: how much it matters.
    pub mu_star: Interval,
    /// Standard deviation: how much the effect depends on where one is.
    pub sigma: f64,
}

/// The numbers of `count` trajectories of `width + 1` points each, on a grid of
/// `levels`; each step moves one parameter by half the range (a bit more, so
/// that all levels are as likely: levels / (2 (levels - 1))).
pub fn trajectories(width: usize, count: usize, levels: usize, seed: u64) -> Vec<f64> {
    let mut random = Pcg64::new(u128::from(seed), 0x3055);
    let half = (levels / 2).max(1);
    let step = half as f64 / (levels - 1).max(1) as f64;
    let mut numbers = Vec::with_capacity(count * (width + 1) * width);
    for _ in 0..count {
        let mut at: Vec<f64> = Vec::with_capacity(width);
        let mut up = Vec::with_capacity(width);
        for _ in 0..width {
            let low = below(&mut random, levels - half) as f64 / (levels - 1) as f64;
            let rises = below(&mut random, 2) == 0;
            at.push(if rises { low } else { low + step });
            up.push(rises);
        }
        let mut order: Vec<usize> = (0..width).collect();
        shuffle(&mut order, &mut random);
        numbers.extend_from_slice(&at);
        for d in order {
            at[d] = (if up[d] { at[d] + step } else { at[d] - step }).clamp(0.0, 1.0);
            numbers.extend_from_slice(&at);
        }
    }
    numbers
}

/// The effects of each parameter, from the points' numbers and their figures
/// (NaN where there is none; trajectories that lack one count with what they
/// have). `None` where fewer than two effects are known.
pub fn effects(
    width: usize,
    unit: &dyn Fn(usize) -> Vec<f64>,
    figures: &[f64],
    resamples: usize,
    confidence: f64,
    seed: u64,
) -> Vec<Option<Effects>> {
    let mut each: Vec<Vec<f64>> = vec![Vec::new(); width];
    for start in (0..figures.len()).step_by(width + 1) {
        for i in start + 1..(start + width + 1).min(figures.len()) {
            let (before, after) = (unit(i - 1), unit(i));
            let moved = (0..width).find(|d| before[*d] != after[*d]);
            if let Some(d) = moved {
                let effect = (figures[i] - figures[i - 1]) / (after[d] - before[d]);
                if effect.is_finite() {
                    each[d].push(effect);
                }
            }
        }
    }
    let one = |(d, effects): (usize, &Vec<f64>)| {
        let n = effects.len();
        if n < 2 {
            return None;
        }
        let mean = |of: &dyn Fn(f64) -> f64| effects.iter().map(|e| of(*e)).sum::<f64>() / n as f64;
        let mu = mean(&|e| e);
        let variance = effects.iter().map(|e| (e - mu) * (e - mu)).sum::<f64>() / (n - 1) as f64;
        let mu_star = interval(n, resamples, confidence, seed ^ d as u64, &|chosen| {
            chosen.iter().map(|i| effects[*i].abs()).sum::<f64>() / chosen.len() as f64
        });
        Some(Effects {
            mu,
            mu_star,
            sigma: variance.sqrt(),
        })
    };
    each.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(f: impl Fn(&[f64]) -> f64, width: usize, count: usize) -> Vec<Effects> {
        let numbers = trajectories(width, count, 4, 3);
        let unit = |i: usize| numbers[i * width..(i + 1) * width].to_vec();
        let figures: Vec<f64> = (0..numbers.len() / width).map(|i| f(&unit(i))).collect();
        let found = effects(width, &unit, &figures, 500, 0.95, 1);
        found.into_iter().map(Option::unwrap).collect()
    }

    #[test]
    fn analytic_a_plane_has_its_slopes_and_no_spread() {
        let found = of(|x| 3.0 * x[0] - 2.0 * x[1] + 0.0 * x[2], 3, 10);
        for (e, slope) in found.iter().zip([3.0, -2.0, 0.0]) {
            assert!((e.mu - slope).abs() < 1e-12 && e.sigma < 1e-12);
            assert!((e.mu_star.value - f64::abs(slope)).abs() < 1e-12);
        }
    }

    #[test]
    fn analytic_a_product_is_seen_as_interaction() {
        // f = x0 x1: the effect of x0 is x1, which is 0, 1/3, 2/3 or 1 alike:
        // mean 1/2, standard deviation sqrt(5/36) = 0.3727.
        let found = of(|x| x[0] * x[1], 2, 4000);
        for e in &found {
            // Four standard errors of 4000 effects: 0.024 for the mean.
            assert!(
                (e.mu - 0.5).abs() < 0.024 && (e.sigma - 0.3727).abs() < 0.02,
                "{e:?}"
            );
            assert!(e.mu_star.low < 0.5 + 0.01 && e.mu_star.high > 0.5 - 0.01);
        }
    }

    #[test]
    fn a_figure_that_is_missing_costs_its_two_effects_only() {
        let numbers = trajectories(2, 6, 4, 3);
        let unit = |i: usize| numbers[i * 2..(i + 1) * 2].to_vec();
        let mut figures: Vec<f64> = (0..18).map(|i| unit(i)[0]).collect();
        figures[4] = f64::NAN;
        let found = effects(2, &unit, &figures, 100, 0.95, 1);
        assert!((found[0].unwrap().mu - 1.0).abs() < 1e-12);
    }
}

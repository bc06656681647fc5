//! Covariance matrix adaptation: N. Hansen, "The CMA Evolution Strategy: A
//! Tutorial", arXiv:1604.00772 (2016), with its default parameters. Written
//! after the tutorial's algorithm (its figure 6 and table 1). Only ranks are
//! used, so limits take part by order (`problem::Score::order`).
//!
//! The unit cube's walls are mirrors: a sample beyond one is folded back. A
//! search that has become so narrow that nothing changes begins anew with twice
//! the population (the restarts of A. Auger and N. Hansen, CEC 2005).

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rand_pcg::Pcg64;

use super::problem::{Ask, Tried};
use crate::numeric::elementary::{exp, ln};
use crate::study::design::uniform;
use crate::study::normal::normal_quantile;

/// Where the first search begins: the middle, with this standard deviation.
const SIGMA: f64 = 0.3;
/// Below this the steps change nothing that a study could tell.
const NARROW: f64 = 1e-6;

/// Searches with at most `evaluations` points; gives all that were tried.
///
/// # Errors
/// Those of `ask`.
pub fn minimise<E>(
    dimensions: usize,
    evaluations: usize,
    population: Option<usize>,
    seed: u64,
    ask: Ask<'_, E>,
) -> Result<Vec<Tried>, E> {
    let mut random = Pcg64::new(u128::from(seed), 0xc3ae5);
    let mut tried = Vec::new();
    let mut lambda = population
        .unwrap_or(4 + (3.0 * ln(dimensions as f64)) as usize)
        .max(4);
    let mut start = vec![0.5; dimensions];
    while tried.len() < evaluations {
        search(&start, lambda, evaluations, &mut random, ask, &mut tried)?;
        lambda *= 2;
        start = (0..dimensions).map(|_| uniform(&mut random)).collect();
    }
    Ok(tried)
}

/// Weights and learning rates: table 1 of the tutorial.
struct Rates {
    weights: Vec<f64>,
    mu_eff: f64,
    c_sigma: f64,
    d_sigma: f64,
    c_c: f64,
    c_1: f64,
    c_mu: f64,
    chi: f64,
}

impl Rates {
    fn new(n: f64, lambda: usize) -> Self {
        let raw: Vec<f64> = (1..=lambda)
            .map(|i| ln((lambda as f64 + 1.0) / 2.0) - ln(i as f64))
            .collect();
        let mu = lambda / 2;
        let sum = |w: &[f64]| w.iter().sum::<f64>();
        let squares = |w: &[f64]| w.iter().map(|w| w * w).sum::<f64>();
        let mu_eff = sum(&raw[..mu]).powi(2) / squares(&raw[..mu]);
        let mu_eff_minus = sum(&raw[mu..]).powi(2) / squares(&raw[mu..]);
        let c_c = (4.0 + mu_eff / n) / (n + 4.0 + 2.0 * mu_eff / n);
        let c_1 = 2.0 / ((n + 1.3).powi(2) + mu_eff);
        let c_mu = (2.0 * (0.25 + mu_eff + 1.0 / mu_eff - 2.0) / ((n + 2.0).powi(2) + mu_eff))
            .min(1.0 - c_1);
        let c_sigma = (mu_eff + 2.0) / (n + mu_eff + 5.0);
        let d_sigma = 1.0 + 2.0 * (((mu_eff - 1.0) / (n + 1.0)).sqrt() - 1.0).max(0.0) + c_sigma;
        let positive: f64 = raw.iter().filter(|w| **w > 0.0).sum();
        let negative: f64 = raw.iter().filter(|w| **w < 0.0).map(|w| -w).sum();
        // Equations 50 to 53.
        let alpha = (1.0 + c_1 / c_mu)
            .min(1.0 + 2.0 * mu_eff_minus / (mu_eff + 2.0))
            .min((1.0 - c_1 - c_mu) / (n * c_mu));
        let scale = |w: &f64| {
            if *w >= 0.0 {
                w / positive
            } else {
                w * alpha / negative
            }
        };
        Self {
            weights: raw.iter().map(scale).collect(),
            mu_eff,
            c_sigma,
            d_sigma,
            c_c,
            c_1,
            c_mu,
            chi: n.sqrt() * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)),
        }
    }
}

fn search<E>(
    start: &[f64],
    lambda: usize,
    evaluations: usize,
    random: &mut Pcg64,
    ask: Ask<'_, E>,
    tried: &mut Vec<Tried>,
) -> Result<(), E> {
    let dimensions = start.len();
    let n = dimensions as f64;
    let rates = Rates::new(n, lambda);
    let mu = lambda / 2;
    let mut mean = DVector::from_column_slice(start);
    let mut sigma = SIGMA;
    let mut covariance = DMatrix::<f64>::identity(dimensions, dimensions);
    let (mut path_sigma, mut path_c) = (DVector::zeros(dimensions), DVector::zeros(dimensions));
    for generation in 1.. {
        let eigen = SymmetricEigen::new(covariance.clone());
        let axes = eigen.eigenvalues.map(|v| v.max(1e-300).sqrt());
        let (least, most) = (axes.min(), axes.max());
        if sigma * most < NARROW || most > 1e7 * least || !sigma.is_finite() {
            return Ok(());
        }
        let steps: Vec<DVector<f64>> = (0..lambda)
            .map(|_| {
                let z = DVector::from_fn(dimensions, |_, _| normal(random));
                &eigen.eigenvectors * z.component_mul(&axes)
            })
            .collect();
        let count = lambda.min(evaluations - tried.len());
        let points: Vec<Vec<f64>> = steps[..count]
            .iter()
            .map(|y| (&mean + y * sigma).iter().map(|x| folded(*x)).collect())
            .collect();
        let scores = ask(&points)?;
        let first = tried.len();
        tried.extend(
            points
                .into_iter()
                .zip(scores)
                .map(|(point, score)| Tried { point, score }),
        );
        if count < lambda || tried.len() >= evaluations {
            return Ok(());
        }
        let mut order: Vec<usize> = (0..lambda).collect();
        order.sort_by(|a, b| tried[first + a].score.order(&tried[first + b].score));
        let ranked = |i: usize| &steps[order[i]];

        let step = (0..mu).fold(DVector::zeros(dimensions), |sum, i| {
            sum + ranked(i) * rates.weights[i]
        });
        mean += &step * sigma;
        let whitened =
            &eigen.eigenvectors * (eigen.eigenvectors.transpose() * &step).component_div(&axes);
        path_sigma = path_sigma * (1.0 - rates.c_sigma)
            + whitened * (rates.c_sigma * (2.0 - rates.c_sigma) * rates.mu_eff).sqrt();
        let length = path_sigma.norm();
        let settled = (1.0 - exp(f64::from(2 * generation) * ln(1.0 - rates.c_sigma))).sqrt();
        let moves = length / settled < (1.4 + 2.0 / (n + 1.0)) * rates.chi;
        let h = f64::from(u8::from(moves));
        path_c = path_c * (1.0 - rates.c_c)
            + &step * (h * (rates.c_c * (2.0 - rates.c_c) * rates.mu_eff).sqrt());
        let delta = (1.0 - h) * rates.c_c * (2.0 - rates.c_c);
        let sum: f64 = rates.weights.iter().sum();
        covariance *= 1.0 + rates.c_1 * delta - rates.c_1 - rates.c_mu * sum;
        covariance += &path_c * path_c.transpose() * rates.c_1;
        for i in 0..lambda {
            let y = ranked(i);
            let mut weight = rates.weights[i];
            if weight < 0.0 {
                // Equation 46: negative weights must not make it indefinite.
                let white = (eigen.eigenvectors.transpose() * y).component_div(&axes);
                weight *= n / white.norm_squared().max(1e-300);
            }
            covariance += y * y.transpose() * (rates.c_mu * weight);
        }
        // A mean that went through a wall is its own mirror image, and so is
        // all that was learnt in that direction.
        for k in 0..dimensions {
            let through = mean[k].floor().rem_euclid(2.0) != 0.0;
            mean[k] = folded(mean[k]);
            if through {
                path_sigma[k] = -path_sigma[k];
                path_c[k] = -path_c[k];
                covariance.row_mut(k).neg_mut();
                covariance.column_mut(k).neg_mut();
            }
        }
        sigma *= exp((rates.c_sigma / rates.d_sigma) * (length / rates.chi - 1.0));
        // Wider than the cube is no wider.
        let widest = 1.0 / covariance.diagonal().max().sqrt();
        sigma = sigma.min(widest);
    }
    Ok(())
}

/// A normal random number.
pub(super) fn normal(random: &mut Pcg64) -> f64 {
    normal_quantile(uniform(random).clamp(1e-16, 1.0 - 1e-16))
}

/// A coordinate folded into the unit interval by mirrors at 0 and 1.
fn folded(x: f64) -> f64 {
    let turn = x.rem_euclid(2.0);
    if turn > 1.0 { 2.0 - turn } else { turn }
}

#[cfg(test)]
mod tests {
    use super::super::problem::Score;
    use super::*;

    fn best(
        f: impl Fn(&[f64]) -> (f64, f64),
        dimensions: usize,
        evaluations: usize,
        population: Option<usize>,
    ) -> Tried {
        let mut ask = |points: &[Vec<f64>]| -> Result<Vec<Score>, ()> {
            Ok(points
                .iter()
                .map(|p| {
                    let (goal, violation) = f(p);
                    Score {
                        goals: vec![goal],
                        violation,
                    }
                })
                .collect())
        };
        let tried = minimise(dimensions, evaluations, population, 3, &mut ask).unwrap();
        assert_eq!(tried.len(), evaluations);
        tried
            .into_iter()
            .min_by(|a, b| a.score.order(&b.score))
            .unwrap()
    }

    fn in_box(u: f64, low: f64, high: f64) -> f64 {
        low + u * (high - low)
    }

    #[test]
    fn analytic_sphere() {
        let f = |u: &[f64]| (u.iter().map(|u| (u - 0.7).powi(2)).sum(), 0.0);
        let found = best(f, 8, 2000, None);
        assert!(found.score.goals[0] < 1e-10, "{found:?}");
    }

    #[test]
    fn analytic_rosenbrock() {
        // Minimum 0 at (1, ..., 1); the box is -2 to 3.
        let f = |u: &[f64]| {
            let x: Vec<f64> = u.iter().map(|u| in_box(*u, -2.0, 3.0)).collect();
            let sum = x
                .windows(2)
                .map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2))
                .sum();
            (sum, 0.0)
        };
        let found = best(f, 5, 6000, None);
        assert!(found.score.goals[0] < 1e-8, "{found:?}");
    }

    #[test]
    fn analytic_rastrigin_by_restarts_with_larger_populations() {
        // Minimum 0 at the origin among some 11^4 others; the box is not symmetric.
        let f = |u: &[f64]| {
            let x = u.iter().map(|u| in_box(*u, -4.0, 6.0));
            let term = |x: f64| x * x - 10.0 * (2.0 * std::f64::consts::PI * x).cos() + 10.0;
            (x.map(term).sum(), 0.0)
        };
        let found = best(f, 4, 60_000, Some(60));
        assert!(found.score.goals[0] < 1e-6, "{found:?}");
    }

    #[test]
    fn analytic_limit_that_binds() {
        // Least x + y with x y >= 1/4: at (1/2, 1/2).
        let f = |u: &[f64]| (u[0] + u[1], (0.25 - u[0] * u[1]).max(0.0));
        let found = best(f, 2, 3000, None);
        assert!(
            found.score.is_allowed() && found.score.goals[0] < 1.0 + 1e-4,
            "{found:?}"
        );
    }

    #[test]
    fn mirrors_fold() {
        for (x, y) in [(0.3, 0.3), (1.2, 0.8), (-0.2, 0.2), (2.3, 0.3), (-1.5, 0.5)] {
            assert!((folded(x) - y).abs() < 1e-12);
        }
    }
}

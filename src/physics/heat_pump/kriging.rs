//! Interpolation of scattered points over two coordinates: kriging (Gaussian
//! process regression; e.g. Rasmussen and Williams, Gaussian Processes for
//! Machine Learning, 2006, chapter 2) around a plane of typical slopes.
//!
//! It passes through the points, bends little between them, and where points
//! are few it follows the plane, whose slopes it learns from them.

use nalgebra::{DMatrix, DVector};

/// A typical plane and how far the truth may be from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prior {
    /// Change a K of the first and the second coordinate.
    pub slope: [f64; 2],
    /// Standard deviation of those slopes, 1/K.
    pub slope_sd: f64,
}

/// Standard deviation of the level, of the departure from the plane, and the
/// distance over which departures are alike, K.
const LEVEL_SD: f64 = 1.0;
const DEPARTURE_SD: f64 = 0.1;
const LENGTH_K: f64 = 20.0;

pub(super) struct Kriging {
    prior: Prior,
    centre: [f64; 2],
    mean: f64,
    at: Vec<[f64; 2]>,
    weights: DVector<f64>,
}

impl Kriging {
    /// `None` where two points fall on one place or a value is not finite.
    pub(super) fn fit(prior: Prior, at: &[[f64; 2]], values: &[f64]) -> Option<Self> {
        let n = at.len();
        let mean_of = |i: usize| at.iter().map(|p| p[i]).sum::<f64>() / n as f64;
        let centre = [mean_of(0), mean_of(1)];
        let plane = |p: &[f64; 2]| {
            prior.slope[0] * (p[0] - centre[0]) + prior.slope[1] * (p[1] - centre[1])
        };
        let rest: Vec<f64> = at.iter().zip(values).map(|(p, v)| v - plane(p)).collect();
        let mean = rest.iter().sum::<f64>() / n as f64;
        let gram = DMatrix::from_fn(n, n, |i, j| {
            let jitter = if i == j { 1e-10 } else { 0.0 };
            covariance(&prior, &centre, &at[i], &at[j]) + jitter
        });
        let weights = gram
            .cholesky()?
            .solve(&DVector::from_iterator(n, rest.iter().map(|r| r - mean)));
        weights.iter().all(|w| w.is_finite()).then_some(Self {
            prior,
            centre,
            mean,
            at: at.to_vec(),
            weights,
        })
    }

    pub(super) fn value(&self, p: [f64; 2]) -> f64 {
        let mut value = self.mean
            + self.prior.slope[0] * (p[0] - self.centre[0])
            + self.prior.slope[1] * (p[1] - self.centre[1]);
        for (at, weight) in self.at.iter().zip(self.weights.iter()) {
            value += weight * covariance(&self.prior, &self.centre, at, &p);
        }
        value
    }
}

fn covariance(prior: &Prior, centre: &[f64; 2], a: &[f64; 2], b: &[f64; 2]) -> f64 {
    let linear = (a[0] - centre[0]) * (b[0] - centre[0]) + (a[1] - centre[1]) * (b[1] - centre[1]);
    let distance_k = ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)).sqrt();
    LEVEL_SD * LEVEL_SD
        + prior.slope_sd * prior.slope_sd * linear
        + DEPARTURE_SD * DEPARTURE_SD * crate::numeric::elementary::exp(-distance_k / LENGTH_K)
}

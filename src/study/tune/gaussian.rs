//! A Gaussian process with a Matérn 5/2 kernel, one length a dimension: C. E.
//! Rasmussen and C. K. I. Williams, "Gaussian Processes for Machine Learning"
//! (2006), algorithm 2.1 and equation 4.17. Lengths and noise are those of the
//! largest marginal likelihood that a seeded pattern search finds.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use crate::numeric::elementary::{exp, ln};

/// A process that has seen some points.
#[derive(Debug)]
pub(super) struct Process {
    points: Vec<Vec<f64>>,
    /// Logarithms of lengths, then of the noise's variance.
    logs: Vec<f64>,
    mean: f64,
    scale: f64,
    factor: Cholesky<f64, Dyn>,
    weights: DVector<f64>,
}

/// Bounds of the logarithms: lengths of 0.02 to 20 of the unit cube's edge,
/// noise of 1e-8 to 0.1 of the figures' variance.
const LENGTH: (f64, f64) = (-3.9, 3.0);
const NOISE: (f64, f64) = (-18.4, -2.3);

impl Process {
    /// Learns from figures at points; `from`: logarithms to begin with. `None`
    /// where there is nothing to learn.
    pub(super) fn new(points: &[Vec<f64>], figures: &[f64], from: Option<&[f64]>) -> Option<Self> {
        let n = figures.len() as f64;
        let dimensions = points.first()?.len();
        let mean = figures.iter().sum::<f64>() / n;
        let variance = figures.iter().map(|f| (f - mean) * (f - mean)).sum::<f64>() / n;
        let scale = variance.sqrt();
        if scale == 0.0 || !scale.is_finite() {
            return None;
        }
        let y = DVector::from_iterator(figures.len(), figures.iter().map(|f| (f - mean) / scale));
        let likelihood = |logs: &[f64]| {
            let Some((factor, weights)) = factor(points, logs, &y) else {
                return f64::NEG_INFINITY;
            };
            let determinant: f64 = factor.l_dirty().diagonal().iter().map(|d| ln(*d)).sum();
            // A weak prior: lengths of the order of the cube, little noise.
            let prior: f64 = logs[..dimensions]
                .iter()
                .map(|l| 0.5 * (l + 0.7) * (l + 0.7) / 2.0)
                .sum();
            -0.5 * y.dot(&weights) - determinant - prior
        };
        let mut starts = vec![
            vec![-0.7; dimensions],
            vec![-1.6; dimensions],
            vec![0.5; dimensions],
        ];
        starts.iter_mut().for_each(|s| s.push(-9.0));
        starts.extend(from.map(<[f64]>::to_vec));
        let best = starts
            .into_iter()
            .map(|start| climb(start, dimensions, &likelihood))
            .max_by(|a, b| a.1.total_cmp(&b.1))?
            .0;
        let (factor, weights) = factor(points, &best, &y)?;
        Some(Self {
            points: points.to_vec(),
            logs: best,
            mean,
            scale,
            factor,
            weights,
        })
    }

    /// Logarithms of lengths and noise.
    pub(super) fn logs(&self) -> &[f64] {
        &self.logs
    }

    /// Mean and standard deviation of the figure at a point (without noise).
    pub(super) fn at(&self, point: &[f64]) -> (f64, f64) {
        let k = DVector::from_iterator(
            self.points.len(),
            self.points.iter().map(|p| kernel(p, point, &self.logs)),
        );
        let mean = self.mean + self.scale * k.dot(&self.weights);
        let solved = self.factor.l_dirty().solve_lower_triangular(&k);
        let explained = solved.map_or(0.0, |v| v.norm_squared());
        (mean, self.scale * (1.0 - explained).max(0.0).sqrt())
    }
}

/// Matérn 5/2 of variance 1.
fn kernel(a: &[f64], b: &[f64], logs: &[f64]) -> f64 {
    let squares: f64 = a
        .iter()
        .zip(b)
        .zip(logs)
        .map(|((a, b), log)| {
            let d = (a - b) / exp(*log);
            d * d
        })
        .sum();
    let r = (5.0 * squares).sqrt();
    (1.0 + r + r * r / 3.0) * exp(-r)
}

type Solved = (Cholesky<f64, Dyn>, DVector<f64>);

fn factor(points: &[Vec<f64>], logs: &[f64], y: &DVector<f64>) -> Option<Solved> {
    let n = points.len();
    let noise = logs.last().map_or(0.0, |l| exp(*l));
    let matrix = DMatrix::from_fn(n, n, |i, j| {
        let k = kernel(&points[i], &points[j], logs);
        if i == j { k + noise + 1e-10 } else { k }
    });
    let factor = Cholesky::new(matrix)?;
    let weights = factor.solve(y);
    Some((factor, weights))
}

/// Coordinate by coordinate with halving steps.
fn climb(start: Vec<f64>, dimensions: usize, of: &dyn Fn(&[f64]) -> f64) -> (Vec<f64>, f64) {
    let mut at = start;
    let mut best = of(&at);
    let mut step = 0.8;
    while step > 0.05 {
        let mut moved = false;
        for k in 0..at.len() {
            let (low, high) = if k < dimensions { LENGTH } else { NOISE };
            let factor = if k < dimensions { 1.0 } else { 3.0 };
            for sign in [1.0, -1.0] {
                let old = at[k];
                at[k] = (old + sign * factor * step).clamp(low, high);
                let value = of(&at);
                if value > best {
                    best = value;
                    moved = true;
                } else {
                    at[k] = old;
                }
            }
        }
        if !moved {
            step *= 0.5;
        }
    }
    (at, best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_goes_through_what_it_saw_and_doubts_what_it_did_not() {
        let points: Vec<Vec<f64>> = (0..9).map(|i| vec![f64::from(i) / 16.0]).collect();
        let f = |x: f64| (6.0 * x).sin();
        let figures: Vec<f64> = points.iter().map(|p| f(p[0])).collect();
        let process = Process::new(&points, &figures, None).unwrap();
        let (mean, sd) = process.at(&[0.21875]);
        assert!((mean - f(0.21875)).abs() < 0.01 && sd < 0.02, "{mean} {sd}");
        let (_, far) = process.at(&[1.0]);
        assert!(far > 10.0 * sd, "{far} {sd}");
        assert!(Process::new(&points, &[1.0; 9], None).is_none());
    }
}

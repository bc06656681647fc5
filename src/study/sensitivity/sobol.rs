//! Shares of variance. First order: A. Saltelli et al., Computer Physics
//! Communications 181 (2010), 259-270, table 2 (b); total: M. J. W. Jansen,
//! Computer Physics Communications 117 (1999), 35-43, as in (f) there.
//! (Written after the published formulas; not compared with the authors' code.)

use super::bootstrap::{Interval, interval};

/// Shares of one parameter in the variance of one figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// By itself.
    pub first: Interval,
    /// With all that it does together with others.
    pub total: Interval,
}

/// Figures of one sample: at A, at B, and at A with one column of B each.
struct Sample {
    a: f64,
    b: f64,
    ab: Vec<f64>,
}

/// The shares of each parameter from figures in the design's order; samples
/// that lack a figure are left out. Gives how many were used. `None` where the
/// figure does not vary, or fewer than two samples are whole.
pub fn shares(
    width: usize,
    figures: &[f64],
    resamples: usize,
    confidence: f64,
    seed: u64,
) -> (usize, Option<Vec<Shares>>) {
    let whole: Vec<&[f64]> = figures
        .chunks_exact(width + 2)
        .filter(|c| c.iter().all(|f| f.is_finite()))
        .collect();
    let n = whole.len();
    // Taken from the mean: the first-order estimator is poor far from zero.
    let count = (2 * n) as f64;
    let mean = whole.iter().map(|c| c[0] + c[1]).sum::<f64>() / count;
    let samples: Vec<Sample> = whole
        .iter()
        .map(|c| Sample {
            a: c[0] - mean,
            b: c[1] - mean,
            ab: c[2..].iter().map(|f| f - mean).collect(),
        })
        .collect();
    let variance = |chosen: &[usize]| {
        let n = (2 * chosen.len()) as f64;
        let (mut sum, mut squares) = (0.0, 0.0);
        for s in chosen.iter().map(|i| &samples[*i]) {
            sum += s.a + s.b;
            squares += s.a * s.a + s.b * s.b;
        }
        squares / n - (sum / n) * (sum / n)
    };
    let all: Vec<usize> = (0..n).collect();
    // Rounding alone is no variance.
    if n < 2 || variance(&all) <= 1e-24 * mean * mean {
        return (n, None);
    }
    let mean_of = |chosen: &[usize], of: &dyn Fn(&Sample) -> f64| {
        chosen.iter().map(|i| of(&samples[*i])).sum::<f64>() / chosen.len() as f64
    };
    let one = |k: usize| {
        let first =
            |chosen: &[usize]| mean_of(chosen, &|s| s.b * (s.ab[k] - s.a)) / variance(chosen);
        let total = |chosen: &[usize]| {
            let squares = mean_of(chosen, &|s| (s.a - s.ab[k]) * (s.a - s.ab[k]));
            0.5 * squares / variance(chosen)
        };
        // The same resamples for both and for all parameters.
        Shares {
            first: interval(n, resamples, confidence, seed, &first),
            total: interval(n, resamples, confidence, seed, &total),
        }
    };
    (n, Some((0..width).map(one).collect()))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;
    use crate::study::design::sobol::Sobol;

    fn of(f: impl Fn(&[f64]) -> f64, width: usize, samples: usize) -> Vec<Shares> {
        let sequence = Sobol::new(2 * width, Some(5));
        let mut figures = Vec::new();
        for i in 0..samples {
            let both = sequence.point(i);
            let (a, b) = both.split_at(width);
            figures.push(f(a));
            figures.push(f(b));
            for k in 0..width {
                let mut point = a.to_vec();
                point[k] = b[k];
                figures.push(f(&point));
            }
        }
        shares(width, &figures, 300, 0.95, 1).1.unwrap()
    }

    fn near(found: &[Shares], first: &[f64], total: &[f64], tolerance: f64) {
        for (k, s) in found.iter().enumerate() {
            assert!(
                (s.first.value - first[k]).abs() < tolerance,
                "first {k}: {s:?}"
            );
            assert!(
                (s.total.value - total[k]).abs() < tolerance,
                "total {k}: {s:?}"
            );
            // The interval holds the truth, with room for what 300 resamples are worth.
            let room = 0.01;
            assert!(
                s.first.low - room <= first[k] && first[k] <= s.first.high + room,
                "{k}: {s:?}"
            );
            assert!(
                s.total.low - room <= total[k] && total[k] <= s.total.high + room,
                "{k}: {s:?}"
            );
        }
    }

    #[test]
    fn analytic_ishigami() {
        // T. Ishigami and T. Homma 1990, a = 7, b = 0.1: variances
        // V1 = (1 + b pi^4 / 5)^2 / 2, V2 = a^2 / 8, V13 = 8 b^2 pi^8 / 225.
        let (a, b) = (7.0, 0.1);
        let v1 = 0.5 * (1.0 + b * PI.powi(4) / 5.0).powi(2);
        let v2 = a * a / 8.0;
        let v13 = 8.0 * b * b * PI.powi(8) / 225.0;
        let v = v1 + v2 + v13;
        let f = |u: &[f64]| {
            let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
            x[0].sin() + a * x[1].sin().powi(2) + b * x[2].powi(4) * x[0].sin()
        };
        // The error of 4096 samples of a Sobol sequence is a few per mille here.
        near(
            &of(f, 3, 4096),
            &[v1 / v, v2 / v, 0.0],
            &[(v1 + v13) / v, v2 / v, v13 / v],
            0.01,
        );
    }

    #[test]
    fn analytic_sobol_g() {
        // I. M. Sobol 1993: V_i = 1 / (3 (1 + a_i)^2), V = prod (1 + V_i) - 1.
        let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0];
        let each: Vec<f64> = a
            .iter()
            .map(|a| 1.0 / (3.0 * (1.0_f64 + a).powi(2)))
            .collect();
        let v = each.iter().map(|v| 1.0 + v).product::<f64>() - 1.0;
        let first: Vec<f64> = each.iter().map(|e| e / v).collect();
        let total: Vec<f64> = each
            .iter()
            .map(|e| e * ((v + 1.0) / (1.0 + e)) / v)
            .collect();
        let f = |u: &[f64]| {
            u.iter()
                .zip(&a)
                .map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a))
                .product()
        };
        near(&of(f, 6, 4096), &first, &total, 0.01);
    }

    #[test]
    fn a_constant_has_no_shares_and_a_gap_costs_its_sample_only() {
        assert_eq!(shares(2, &[3.0; 40], 100, 0.95, 1), (10, None));
        let mut figures: Vec<f64> = (0..40).map(|i| f64::from(i * i % 7)).collect();
        figures[5] = f64::NAN;
        assert_eq!(shares(2, &figures, 100, 0.95, 1).0, 9);
    }
}

//! Bayesian optimisation: a Gaussian process (`gaussian`) of the goal, points
//! where the expected improvement is largest (D. R. Jones, M. Schonlau and W. J.
//! Welch, Journal of Global Optimization 13 (1998), 455-492, equation 15),
//! times the probability that the limits hold, by a process of their violation
//! (M. A. Gelbart, J. Snoek and R. P. Adams 2014). Points asked together are
//! told apart by taking the process's mean for what is not known yet.

use rand_pcg::Pcg64;

use super::cma_es::normal;
use super::gaussian::Process;
use super::problem::{Ask, Score, Tried};
use crate::numeric::elementary::exp;
use crate::study::design::sobol::{MOST, Sobol};
use crate::study::design::uniform;
use crate::study::normal::probability;

/// Candidates looked at for each new point, and steps of refining the best.
const CANDIDATES: usize = 512;
const REFINE: usize = 128;

/// Points that a process learns from at most: its cost grows with their cube.
const LEARNT: usize = 300;

/// Searches with at most `evaluations` points, `together` at a time; gives all
/// that were tried.
///
/// # Errors
/// Those of `ask`.
pub fn minimise<E>(
    dimensions: usize,
    evaluations: usize,
    together: usize,
    seed: u64,
    ask: Ask<'_, E>,
) -> Result<Vec<Tried>, E> {
    let mut random = Pcg64::new(u128::from(seed), 0xba7e5);
    let sequence = Sobol::new(dimensions.min(MOST), Some(seed));
    let start = (2 * dimensions + 2).max(5).min(evaluations);
    let mut next: Vec<Vec<f64>> = (0..start)
        .map(|i| {
            let mut point = sequence.point(i);
            point.resize_with(dimensions, || uniform(&mut random));
            point
        })
        .collect();
    let mut tried: Vec<Tried> = Vec::new();
    let (mut goal_logs, mut limit_logs): (Option<Vec<f64>>, Option<Vec<f64>>) = (None, None);
    loop {
        let scores = ask(&next)?;
        tried.extend(
            next.drain(..)
                .zip(scores)
                .map(|(point, score)| Tried { point, score }),
        );
        if tried.len() >= evaluations {
            return Ok(tried);
        }
        let mut known = tried.clone();
        for _ in 0..together.max(1).min(evaluations - tried.len()) {
            let models = Models::new(&known, goal_logs.as_deref(), limit_logs.as_deref());
            goal_logs = models
                .goal
                .as_ref()
                .map(|p| p.logs().to_vec())
                .or(goal_logs);
            limit_logs = models
                .limit
                .as_ref()
                .map(|p| p.logs().to_vec())
                .or(limit_logs);
            let point = models.best(dimensions, &known, &mut random);
            let believed = models.believed(&point);
            known.push(Tried {
                point: point.clone(),
                score: believed,
            });
            next.push(point);
        }
    }
}

struct Models {
    goal: Option<Process>,
    limit: Option<Process>,
    /// The best goal of what is allowed.
    best: Option<f64>,
}

impl Models {
    fn new(known: &[Tried], goal_logs: Option<&[f64]>, limit_logs: Option<&[f64]>) -> Self {
        // The best and the latest, where there are too many.
        let mut chosen: Vec<&Tried> = known
            .iter()
            .filter(|t| t.score.goals.iter().all(|g| g.is_finite()))
            .collect();
        if chosen.len() > LEARNT {
            chosen.sort_by(|a, b| a.score.order(&b.score));
            chosen.truncate(LEARNT);
        }
        let learn = |of: &dyn Fn(&Tried) -> Option<f64>, logs: Option<&[f64]>| {
            let with: Vec<(&Tried, f64)> = chosen
                .iter()
                .filter_map(|t| of(t).map(|y| (*t, y)))
                .collect();
            let points: Vec<Vec<f64>> = with.iter().map(|(t, _)| t.point.clone()).collect();
            let figures: Vec<f64> = with.iter().map(|(_, y)| *y).collect();
            Process::new(&points, &figures, logs)
        };
        let limited = known.iter().any(|t| !t.score.is_allowed());
        let limit = |t: &Tried| Some(t.score.violation).filter(|v| v.is_finite());
        let allowed = known.iter().filter(|t| t.score.is_allowed());
        Self {
            goal: learn(&|t| t.score.goals.first().copied(), goal_logs),
            limit: if limited {
                learn(&limit, limit_logs)
            } else {
                None
            },
            best: allowed
                .filter_map(|t| t.score.goals.first().copied())
                .min_by(f64::total_cmp),
        }
    }

    /// Expected improvement times the probability that limits hold; where
    /// nothing is allowed yet, the latter alone.
    fn worth(&self, point: &[f64]) -> f64 {
        let holds = self.limit.as_ref().map_or(1.0, |p| {
            let (mean, sd) = p.at(point);
            // Violations are never below 0: half of the smallest seen is a margin.
            probability((1e-9 - mean) / sd.max(1e-12))
        });
        let improvement = match (&self.goal, self.best) {
            (Some(goal), Some(best)) => {
                let (mean, sd) = goal.at(point);
                let z = (best - mean) / sd.max(1e-12);
                (best - mean) * probability(z) + sd * density(z)
            }
            _ => 1.0,
        };
        improvement.max(0.0) * holds
    }

    fn best(&self, dimensions: usize, known: &[Tried], random: &mut Pcg64) -> Vec<f64> {
        let mut leader = (f64::NEG_INFINITY, Vec::new());
        let consider = |point: Vec<f64>, leader: &mut (f64, Vec<f64>)| {
            let worth = self.worth(&point);
            if worth > leader.0 {
                *leader = (worth, point);
            }
        };
        for _ in 0..CANDIDATES {
            consider(
                (0..dimensions).map(|_| uniform(random)).collect(),
                &mut leader,
            );
        }
        // Around the best that is known, too: late improvements are near it.
        let near = known
            .iter()
            .min_by(|a, b| a.score.order(&b.score))
            .map(|t| t.point.clone());
        for center in near.into_iter() {
            for width in [0.1, 0.01] {
                for _ in 0..CANDIDATES / 8 {
                    consider(around(&center, width, random), &mut leader);
                }
            }
        }
        let mut width = 0.1;
        for _ in 0..REFINE {
            let point = around(&leader.1.clone(), width, random);
            consider(point, &mut leader);
            width *= 0.96;
        }
        leader.1
    }

    /// What is taken for a point that is asked for and not known.
    fn believed(&self, point: &[f64]) -> Score {
        let goal = self.goal.as_ref().map_or(0.0, |p| p.at(point).0);
        let violation = self.limit.as_ref().map_or(0.0, |p| p.at(point).0.max(0.0));
        Score {
            goals: vec![goal],
            violation,
        }
    }
}

fn around(center: &[f64], width: f64, random: &mut Pcg64) -> Vec<f64> {
    center
        .iter()
        .map(|x| (x + width * normal(random)).clamp(0.0, 1.0))
        .collect()
}

fn density(z: f64) -> f64 {
    exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_branin() {
        // Three minima of 0.397887; x in -5 to 10, y in 0 to 15.
        use std::f64::consts::PI;
        let f = |u: &[f64]| {
            let (x, y) = (15.0 * u[0] - 5.0, 15.0 * u[1]);
            (y - 5.1 / (4.0 * PI * PI) * x * x + 5.0 / PI * x - 6.0).powi(2)
                + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x.cos()
                + 10.0
        };
        let mut ask = |points: &[Vec<f64>]| -> Result<Vec<Score>, ()> {
            Ok(points
                .iter()
                .map(|p| Score {
                    goals: vec![f(p)],
                    violation: 0.0,
                })
                .collect())
        };
        for together in [1, 3] {
            let tried = minimise(2, 45, together, 1, &mut ask).unwrap();
            assert_eq!(tried.len(), 45);
            let best = tried
                .iter()
                .map(|t| t.score.goals[0])
                .fold(f64::MAX, f64::min);
            // The function ranges to 308; Jones et al. need 28 points for 1 %.
            assert!(best < 0.397887 * 1.01, "{best}, {together} together");
        }
    }

    #[test]
    fn analytic_limit_that_binds() {
        // Least x + y with x y >= 1/4: 1.
        let mut ask = |points: &[Vec<f64>]| -> Result<Vec<Score>, ()> {
            Ok(points
                .iter()
                .map(|u| Score {
                    goals: vec![u[0] + u[1]],
                    violation: (0.25 - u[0] * u[1]).max(0.0),
                })
                .collect())
        };
        let tried = minimise(2, 50, 1, 1, &mut ask).unwrap();
        let allowed = tried.iter().filter(|t| t.score.is_allowed());
        let best = allowed.map(|t| t.score.goals[0]).fold(f64::MAX, f64::min);
        assert!((1.0..1.03).contains(&best), "{best}");
    }
}

//! What searches know of a study: points of the unit cube in, a score out.

use std::cmp::Ordering;

/// What a point is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// One number a goal, less is better; NaN where there is none.
    pub goals: Vec<f64>,
    /// How far limits are broken, added up; 0: all hold. Infinite where the
    /// point could not be run.
    pub violation: f64,
}

impl Score {
    /// A point that could not be run.
    pub fn impossible(goals: usize) -> Self {
        Self {
            goals: vec![f64::NAN; goals],
            violation: f64::INFINITY,
        }
    }

    /// Whether all limits hold.
    pub fn is_allowed(&self) -> bool {
        self.violation == 0.0
    }

    /// Better first, for one goal: what is allowed before what is not, then by
    /// the goal or by how far limits are broken (K. Deb, Computer Methods in
    /// Applied Mechanics and Engineering 186 (2000), 311-338).
    pub fn order(&self, other: &Self) -> Ordering {
        match (self.is_allowed(), other.is_allowed()) {
            (true, true) => {
                let goal = |s: &Self| s.goals.first().copied().unwrap_or(f64::NAN);
                goal(self).total_cmp(&goal(other))
            }
            (false, false) => self.violation.total_cmp(&other.violation),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }

    /// Whether this is better in a goal and in none worse; limits come first.
    pub fn dominates(&self, other: &Self) -> bool {
        match (self.is_allowed(), other.is_allowed()) {
            (true, true) => {
                let pairs = || self.goals.iter().zip(&other.goals);
                pairs().all(|(a, b)| a <= b) && pairs().any(|(a, b)| a < b)
            }
            (false, false) => self.violation < other.violation,
            (true, false) => true,
            (false, true) => false,
        }
    }
}

/// Scores of points that are asked for together, in their order. An error ends
/// the search.
pub type Ask<'a, E> = &'a mut dyn FnMut(&[Vec<f64>]) -> Result<Vec<Score>, E>;

/// A point with its score.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    pub point: Vec<f64>,
    pub score: Score,
}

/// Those that no other dominates, in order; of equal scores the first.
pub fn front(tried: &[Tried]) -> Vec<usize> {
    (0..tried.len())
        .filter(|&i| {
            let own = &tried[i].score;
            own.is_allowed()
                && !tried.iter().enumerate().any(|(j, other)| {
                    other.score.dominates(own)
                        || (j < i && other.score.goals == own.goals && other.score.is_allowed())
                })
        })
        .collect()
}

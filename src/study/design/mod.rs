//! Designs: which points a study runs. A design is a function from a point's
//! number to its values, so that nothing but the number needs to be kept, and
//! any part of a study can be run anywhere. Same study, same points.

mod joe_kuo;
pub mod sobol;

use rand_pcg::{Pcg64, rand_core::Rng};

use super::expression::{Expression, Value};
use super::file::{Layout, Method, Study};
use super::parameter::{Cell, Parameter};
use super::sensitivity::morris;
use crate::scenario::{Code, Fault, Faults, Node};
use sobol::Sobol;

/// More than this is a mistake: the index of a study is in memory.
pub const MOST_POINTS: usize = super::tables::MOST_RUNS as usize;

/// The points of a study.
#[derive(Clone, Debug)]
pub struct Design {
    plan: Plan,
    /// Points that its conditions leave; `None`: all.
    kept: Option<Vec<u32>>,
}

#[derive(Clone, Debug)]
enum Plan {
    Grid {
        levels: Vec<usize>,
    },
    Zip {
        count: usize,
    },
    /// Numbers from 0 to 1, a row a point.
    Table {
        width: usize,
        numbers: Vec<f64>,
    },
    Sobol {
        sequence: Sobol,
        count: usize,
    },
    Random {
        seed: u64,
        width: usize,
        count: usize,
    },
    /// Of Saltelli: A, B, and A with one column of B each.
    Saltelli {
        sequence: Sobol,
        width: usize,
        samples: usize,
    },
}

impl Design {
    /// The design of a sweep.
    ///
    /// # Errors
    /// One with no point or too many; conditions that leave none.
    pub fn sweep(study: &Study) -> Result<Self, Faults> {
        let parameters = &study.parameters;
        let width = parameters.len();
        let fault = |message: String, hint: &str| {
            let fault = Fault::new(Code::OutOfRange, message).at(study.sweep_place.clone());
            Err(Faults::new(vec![fault.key("sweep").hint(hint)]))
        };
        let levels: Vec<usize> = parameters.iter().map(Parameter::levels).collect();
        let plan = match study.layout {
            Layout::Grid => Plan::Grid { levels },
            Layout::Zip => {
                let count = levels.first().copied().unwrap_or(0);
                if levels.iter().any(|l| *l != count) {
                    let each: Vec<String> = parameters
                        .iter()
                        .zip(&levels)
                        .map(|(p, l)| format!("{} {l}", p.name))
                        .collect();
                    return fault(
                        format!(
                            "values can't be taken together: their numbers differ ({})",
                            each.join(", ")
                        ),
                        "give all parameters as many values (or `points`)",
                    );
                }
                Plan::Zip { count }
            }
            Layout::LatinHypercube => Plan::Table {
                width,
                numbers: latin(study.runs, width, study.seed),
            },
            Layout::Sobol if width > sobol::MOST => {
                return fault(
                    format!(
                        "a Sobol sequence has at most {} parameters here",
                        sobol::MOST
                    ),
                    "use latin-hypercube",
                );
            }
            Layout::Sobol => Plan::Sobol {
                sequence: Sobol::new(width, Some(study.seed)),
                count: study.runs,
            },
            Layout::Random => Plan::Random {
                seed: study.seed,
                width,
                count: study.runs,
            },
        };
        let all = plan.count().unwrap_or(usize::MAX);
        let runs = all.saturating_mul(study.replicates.count());
        if all > MOST_POINTS || runs > MOST_POINTS {
            return fault(
                format!("the study has more than {MOST_POINTS} runs"),
                "take fewer values, or another design than a grid",
            );
        }
        let mut design = Self { plan, kept: None };
        if !study.conditions.is_empty() {
            let holds = |i: &u32| {
                let point = design.point(*i as usize, parameters);
                allowed(study, &point)
            };
            let kept: Vec<u32> = (0..all as u32).filter(holds).collect();
            if kept.is_empty() {
                return fault(
                    "no point is left by the conditions of `where`".to_owned(),
                    "loosen a condition",
                );
            }
            design.kept = Some(kept);
        }
        Ok(design)
    }

    /// The design of a sensitivity study.
    ///
    /// # Errors
    /// Conditions, which would make parameters depend on each other; too many runs.
    pub fn sensitivity(study: &Study) -> Result<Self, Faults> {
        let width = study.parameters.len();
        let mut faults = Vec::new();
        if let Some(condition) = study.conditions.first() {
            faults.push(
                Fault::new(
                    Code::Conflict,
                    "sensitivity needs parameters that do not depend on each other",
                )
                .at(condition.place.clone())
                .key(&condition.key)
                .hint("leave `where` out; give one parameter as a difference from the other, say"),
            );
        }
        let plan = match study.sensitivity.method {
            Method::Morris {
                trajectories,
                levels,
            } => Plan::Table {
                width,
                numbers: morris::trajectories(width, trajectories, levels, study.seed),
            },
            Method::Sobol { samples } => {
                if 2 * width > sobol::MOST {
                    let message =
                        format!("the method takes at most {} parameters", sobol::MOST / 2);
                    faults.push(
                        Fault::new(Code::OutOfRange, message)
                            .key("parameters")
                            .hint("screen them by \"morris\" first"),
                    );
                }
                Plan::Saltelli {
                    sequence: Sobol::new(2 * width, Some(study.seed)),
                    width,
                    samples,
                }
            }
        };
        let runs = plan
            .count()
            .unwrap_or(usize::MAX)
            .saturating_mul(study.replicates.count());
        if runs > MOST_POINTS {
            let message = format!("the study has more than {MOST_POINTS} runs");
            faults.push(
                Fault::new(Code::OutOfRange, message)
                    .key("sensitivity")
                    .hint("take fewer samples"),
            );
        }
        if faults.is_empty() {
            Ok(Self { plan, kept: None })
        } else {
            Err(Faults::new(faults))
        }
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        match &self.kept {
            Some(kept) => kept.len(),
            None => self.plan.count().unwrap_or(0),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Values of point `i`, one a parameter.
    pub fn point(&self, i: usize, parameters: &[Parameter]) -> Vec<Node> {
        let i = self.kept.as_ref().map_or(i, |kept| kept[i] as usize);
        match &self.plan {
            Plan::Grid { levels } => {
                // The last parameter runs fastest.
                let mut rest = i;
                let mut point: Vec<Node> = parameters
                    .iter()
                    .zip(levels)
                    .rev()
                    .map(|(p, n)| {
                        let level = p.level(rest % n);
                        rest /= n;
                        level
                    })
                    .collect();
                point.reverse();
                point
            }
            Plan::Zip { .. } => parameters.iter().map(|p| p.level(i)).collect(),
            plan => parameters
                .iter()
                .zip(plan.unit(i))
                .map(|(p, u)| p.at(u))
                .collect(),
        }
    }

    /// Levels of a full grid, one a parameter; `None` for other designs.
    pub fn grid(&self) -> Option<&[usize]> {
        match (&self.plan, &self.kept) {
            (Plan::Grid { levels }, None) => Some(levels),
            _ => None,
        }
    }

    /// Whether values are taken together, each with its own others.
    pub fn is_zip(&self) -> bool {
        matches!(self.plan, Plan::Zip { .. })
    }

    /// Numbers from 0 to 1 of point `i`; empty for grids and lists.
    pub fn unit(&self, i: usize) -> Vec<f64> {
        self.plan.unit(i)
    }
}

impl Plan {
    fn count(&self) -> Option<usize> {
        match self {
            Plan::Grid { levels } => levels.iter().try_fold(1_usize, |n, l| n.checked_mul(*l)),
            Plan::Zip { count } | Plan::Sobol { count, .. } | Plan::Random { count, .. } => {
                Some(*count)
            }
            Plan::Table { width, numbers } => Some(numbers.len() / (*width).max(1)),
            Plan::Saltelli { width, samples, .. } => samples.checked_mul(width + 2),
        }
    }

    fn unit(&self, i: usize) -> Vec<f64> {
        match self {
            Plan::Grid { .. } | Plan::Zip { .. } => Vec::new(),
            Plan::Table { width, numbers } => numbers[i * width..(i + 1) * width].to_vec(),
            Plan::Sobol { sequence, .. } => sequence.point(i),
            Plan::Random { seed, width, .. } => {
                let mut random = Pcg64::new(u128::from(*seed), RANDOM + ((i as u128) << 16));
                (0..*width).map(|_| uniform(&mut random)).collect()
            }
            Plan::Saltelli {
                sequence, width, ..
            } => {
                let (sample, which) = (i / (width + 2), i % (width + 2));
                let both = sequence.point(sample);
                let (a, b) = both.split_at(*width);
                match which {
                    0 => a.to_vec(),
                    1 => b.to_vec(),
                    k => {
                        let mut point = a.to_vec();
                        point[k - 2] = b[k - 2];
                        point
                    }
                }
            }
        }
    }
}

/// Whether all conditions hold at a point.
pub fn allowed(study: &Study, point: &[Node]) -> bool {
    let names = |name: &str| named(&study.parameters, point, name);
    let holds = |formula: &Expression| formula.holds(&names);
    study.conditions.iter().all(|c| holds(&c.formula))
}

/// What a parameter's name stands for at a point.
pub fn named(parameters: &[Parameter], point: &[Node], name: &str) -> Option<Value> {
    let i = parameters.iter().position(|p| p.name == name)?;
    let value = point.get(i)?;
    Some(match value.as_number() {
        Some(x) => Value::Number(x),
        None => match parameters[i].cell(value) {
            Cell::Number(x) => Value::Number(x),
            Cell::Text(text) => Value::Text(text),
        },
    })
}

const RANDOM: u128 = 0x7a4d;
const LATIN: u128 = 0x1a71;

/// A number in [0, 1) with 53 random bits.
pub fn uniform(random: &mut Pcg64) -> f64 {
    (random.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}

/// A whole number below `n`.
pub fn below(random: &mut Pcg64, n: usize) -> usize {
    ((uniform(random) * n as f64) as usize).min(n.saturating_sub(1))
}

/// Puts a list in random order (Fisher and Yates).
pub fn shuffle<T>(list: &mut [T], random: &mut Pcg64) {
    for i in (1..list.len()).rev() {
        list.swap(i, below(random, i + 1));
    }
}

/// A Latin hypercube: each column has one number in each of `count` strips, at
/// a random place in it.
fn latin(count: usize, width: usize, seed: u64) -> Vec<f64> {
    let mut numbers = vec![0.0; count * width];
    for d in 0..width {
        let mut random = Pcg64::new(u128::from(seed), LATIN + d as u128);
        let mut strips: Vec<usize> = (0..count).collect();
        shuffle(&mut strips, &mut random);
        for (i, strip) in strips.iter().enumerate() {
            numbers[i * width + d] = (*strip as f64 + uniform(&mut random)) / count as f64;
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latin_hypercube_has_one_point_in_every_strip() {
        let numbers = latin(50, 3, 9);
        for d in 0..3 {
            let mut strips: Vec<usize> = (0..50)
                .map(|i| (numbers[i * 3 + d] * 50.0) as usize)
                .collect();
            strips.sort_unstable();
            assert!(strips.iter().copied().eq(0..50));
        }
        assert_ne!(numbers, latin(50, 3, 10));
    }
}

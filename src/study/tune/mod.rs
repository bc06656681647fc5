//! Search: the points that come next depend on the figures of those before.
//!
//! A search is deterministic from the study's seed and the figures, so it is
//! played from its beginning each time; points whose runs are in the journal
//! cost nothing. Point `e` in the order of first asking has the rows
//! `e * replicates` and on; those of `--validate` come after all of them. Points
//! that set the same values are one point and run once.

pub mod bayesian;
pub mod cma_es;
mod conclude;
mod gaussian;
pub mod nsga2;
pub mod problem;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::command::{Report, Request, StudyError, changed, complete, results_error};
use super::design::allowed;
use super::file::{Placed, Searcher, Tune};
use super::plan::Plan;
use super::run::{self, Executor, Progress};
use super::store::journal::{Record, Status};
use super::store::{Manifest, Store, StoreError};
use super::vary;
use super::view::Formulas;
use crate::scenario::Node;
use problem::{Score, Tried};

/// A distinct point of a search.
#[derive(Clone, Debug)]
pub(super) struct Evaluated {
    pub values: Vec<Node>,
    pub score: Score,
}

/// Points that ran, and have no finite value of a goal or a limit.
#[derive(Clone, Debug, Default)]
pub(super) struct NotFinite {
    pub points: usize,
    /// The first of them, in words.
    pub first: Option<String>,
}

impl NotFinite {
    /// What is said of them, of so many points.
    fn words(&self, points: usize) -> Option<String> {
        let first = self.first.as_ref()?;
        let have = match self.points {
            1 => "point has",
            _ => "points have",
        };
        Some(format!(
            "{} of {points} {have} no finite value of a goal or a limit and can't win: {first}",
            self.points
        ))
    }
}

/// Points that Bayesian search asks for at once where the study says nothing:
/// as many as an ordinary machine runs side by side without losing much.
const TOGETHER: usize = 2;

/// Searches, validates if asked, and writes what was found.
pub(super) fn search(
    plan: &Plan,
    store: &mut Store,
    manifest: &Manifest,
    request: &Request,
    executor: &dyn Executor,
    progress: &dyn Progress,
    report: &mut Report,
) -> Result<(), StudyError> {
    let Some(tune) = &plan.study.tune else {
        return Ok(());
    };
    let mut runner = Runner {
        plan,
        tune,
        store,
        manifest,
        executor,
        progress,
        points: Vec::new(),
        known: BTreeMap::new(),
        not_finite: NotFinite::default(),
    };
    let dimensions = plan.study.parameters.len();
    let (evaluations, population, seed) = (tune.evaluations, tune.population, plan.study.seed);
    let ask: problem::Ask<'_, StudyError> = &mut |points| runner.ask(points);
    match tune.method {
        Searcher::CmaEs => cma_es::minimise(dimensions, evaluations, population, seed, ask),
        Searcher::Nsga2 => nsga2::minimise(dimensions, evaluations, population, seed, ask),
        Searcher::Bayesian => bayesian::minimise(
            dimensions,
            evaluations,
            population.unwrap_or(TOGETHER),
            seed,
            ask,
        ),
    }?;
    let (points, not_finite) = (runner.points, runner.not_finite);
    changed(plan)?;
    let winners = winners(&points, tune);
    let validated = if request.validate && !winners.is_empty() {
        let rows = validation_rows(plan, points.len(), &winners);
        let count = plan.replicates_of(true).count();
        let first = points.len() * plan.replicates();
        let settings = |row: usize| {
            let at = row - first;
            plan.settings(&points[at / count].values, at % count, true)
        };
        complete(store, &rows, rows.len(), &settings, executor, progress)?;
        true
    } else {
        false
    };
    conclude::conclude(
        plan,
        tune,
        store,
        manifest,
        request,
        &points,
        &winners,
        &not_finite,
        validated,
        report,
    )
}

/// Rows in which winners are validated: as if all points were, so that a winner's
/// rows do not depend on who else wins.
pub(super) fn validation_rows(plan: &Plan, points: usize, winners: &[usize]) -> Vec<usize> {
    let count = plan.replicates_of(true).count();
    let first = points * plan.replicates();
    winners
        .iter()
        .flat_map(|w| (0..count).map(move |r| first + w * count + r))
        .collect()
}

/// The front, or the best; where no point is allowed, the nearest to it.
fn winners(points: &[Evaluated], tune: &Tune) -> Vec<usize> {
    let tried: Vec<Tried> = points
        .iter()
        .map(|e| Tried {
            point: Vec::new(),
            score: e.score.clone(),
        })
        .collect();
    let mut front = problem::front(&tried);
    let value = |i: &usize| points[*i].score.goals.first().copied().unwrap_or(f64::NAN);
    front.sort_by(|a, b| value(a).total_cmp(&value(b)));
    if tune.minimise.len() == 1 {
        front.truncate(1);
    }
    if front.is_empty() {
        let finite = (0..points.len()).filter(|i| points[*i].score.violation.is_finite());
        front.extend(finite.min_by(|a, b| points[*a].score.order(&points[*b].score)));
    }
    front
}

/// A number that is not finite, in words.
fn infinite(x: f64) -> &'static str {
    match x {
        x if x.is_nan() => "no number",
        x if x > 0.0 => "infinite",
        _ => "minus infinite",
    }
}

struct Runner<'a> {
    plan: &'a Plan,
    tune: &'a Tune,
    store: &'a mut Store,
    manifest: &'a Manifest,
    executor: &'a dyn Executor,
    progress: &'a dyn Progress,
    /// Distinct points in the order of first asking.
    points: Vec<Evaluated>,
    /// Their numbers by what they set.
    known: BTreeMap<String, usize>,
    not_finite: NotFinite,
}

impl Runner<'_> {
    /// Scores of points; what is not known is run.
    fn ask(&mut self, asked: &[Vec<f64>]) -> Result<Vec<Score>, StudyError> {
        let study = &self.plan.study;
        let first_new = self.points.len();
        let mut numbers = Vec::with_capacity(asked.len());
        for unit in asked {
            let values: Vec<Node> = study
                .parameters
                .iter()
                .zip(unit)
                .map(|(p, u)| p.at(*u))
                .collect();
            let text: Vec<String> = values.iter().map(vary::written).collect();
            let points = &mut self.points;
            let number = *self.known.entry(text.join("\u{1f}")).or_insert_with(|| {
                points.push(Evaluated {
                    values,
                    score: Score::impossible(self.tune.minimise.len()),
                });
                points.len() - 1
            });
            numbers.push(number);
        }
        self.run(first_new)?;
        for number in first_new..self.points.len() {
            let (score, not_finite) = self.score(number)?;
            self.points[number].score = score;
            if not_finite.is_some() {
                self.not_finite.points += 1;
                self.not_finite.first = self.not_finite.first.take().or(not_finite);
            }
        }
        Ok(numbers
            .into_iter()
            .map(|n| self.points[n].score.clone())
            .collect())
    }

    /// Runs the points from `first` on; those that conditions forbid are
    /// entered without a run.
    fn run(&mut self, first: usize) -> Result<(), StudyError> {
        let replicates = self.plan.replicates();
        let (mut rows, mut forbidden) = (Vec::new(), Vec::new());
        for (number, point) in self.points.iter().enumerate().skip(first) {
            let own = (number * replicates)..((number + 1) * replicates);
            if allowed(&self.plan.study, &point.values) {
                rows.extend(own);
            } else {
                forbidden.extend(own.filter(|r| !self.store.journal.has(*r)));
            }
        }
        let points = &self.points;
        let plan = self.plan;
        let settings =
            |row: usize| plan.settings(&points[row / replicates].values, row % replicates, false);
        let records: Vec<Record> = forbidden
            .iter()
            .map(|&row| Record {
                row: row as u64,
                of: run::digest(&settings(row)),
                status: Status::NotAllowed,
                reason: "a condition of `where` does not hold".to_owned(),
                values: Vec::new(),
            })
            .collect();
        let total = self.tune.evaluations * replicates;
        self.store
            .journal
            .append(&records)
            .map_err(|(kept, source)| StudyError::Full {
                folder: self.store.folder().to_owned(),
                kept: self.store.journal.len(),
                total,
                full: run::Full {
                    lost: records.len() - kept,
                    source,
                },
            })?;
        complete(
            self.store,
            &rows,
            total,
            &settings,
            self.executor,
            self.progress,
        )
    }

    /// What the rows of a point say: means of goals, the worst of limits; and
    /// which of them is not finite in which run, if one is.
    fn score(&self, number: usize) -> Result<(Score, Option<String>), StudyError> {
        let replicates = self.plan.replicates();
        let point = &self.points[number];
        let formulas = Formulas::new(&self.plan.study, self.manifest);
        let mut goals = vec![0.0; self.tune.minimise.len()];
        let mut broken = vec![0.0_f64; self.tune.keep.len()];
        let mut not_finite = None;
        for r in 0..replicates {
            let row = number * replicates + r;
            let Some(record) = self.record(row)? else {
                return Ok((Score::impossible(goals.len()), None));
            };
            if record.of != run::digest(&self.plan.settings(&point.values, r, false)) {
                return Err(StoreError::Another {
                    folder: self.store.folder().to_owned(),
                    difference: format!("run {} was of another point (a search goes on only with the program that began it)", row + 1),
                }
                .into());
            }
            let mut told = |placed: &Placed, x: f64| {
                if record.status == Status::Done && !x.is_finite() && not_finite.is_none() {
                    not_finite = Some(format!(
                        "`{}` ({}) is {} in run {} (results.csv has its figures)",
                        placed.formula.text,
                        placed.key,
                        infinite(x),
                        row + 1
                    ));
                }
            };
            for (sum, goal) in goals.iter_mut().zip(&self.tune.minimise) {
                let value = formulas.number(&goal.formula, &point.values, &record);
                told(goal, value);
                *sum += value / replicates as f64;
            }
            for (worst, limit) in broken.iter_mut().zip(&self.tune.keep) {
                let by = formulas.violation(&limit.formula, &point.values, &record);
                told(limit, by);
                // What has no figure holds no limit.
                *worst = if by.is_nan() {
                    f64::INFINITY
                } else {
                    worst.max(by)
                };
            }
        }
        if goals.iter().any(|g| !g.is_finite()) {
            return Ok((Score::impossible(goals.len()), not_finite));
        }
        let score = Score {
            goals,
            violation: broken.iter().sum(),
        };
        Ok((score, not_finite))
    }

    fn record(&self, row: usize) -> Result<Option<Record>, StudyError> {
        let read = self.store.journal.record(row);
        read.map_err(|e| results_error(self.store, "results.csv", e.into()))
    }
}

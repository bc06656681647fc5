//! What matters: indices of each parameter for each figure shown, by screening
//! (`morris`) or by shares of variance (`sobol`). Over replicates the figures
//! are means, so that what chance does is not mistaken for a parameter's effect.
//!
//! Points without a figure are left out, and they are not just any points: they
//! lie where the scenario is invalid or can't be run. Where they are many, what
//! is left says nothing of the whole range, and there are no indices.

pub mod bootstrap;
pub mod morris;
pub mod sobol;

use super::command::{Report, StudyError, results_error, write};
use super::file::{Method, Study};
use super::store::{Manifest, Store};
use super::view::{Formulas, aligned, shown};
use super::{Design, picture};
use bootstrap::Interval;
use morris::Effects;
use sobol::Shares;

/// Share of a design's points that may lack a figure where indices are given.
pub(super) const MOST_LACKING: f64 = 0.1;

/// How many points of a design lack a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lacking {
    pub lacking: usize,
    pub points: usize,
}

impl Lacking {
    fn of(figures: &[f64]) -> Self {
        Self {
            lacking: figures.iter().filter(|x| !x.is_finite()).count(),
            points: figures.len(),
        }
    }

    fn is_too_much(self) -> bool {
        self.lacking as f64 > MOST_LACKING * self.points as f64
    }

    /// Says it, and what follows from it; `None` where nothing lacks.
    pub(super) fn words(self) -> Option<String> {
        let Self { lacking, points } = self;
        if lacking == 0 {
            return None;
        }
        let share = 100.0 * lacking as f64 / points as f64;
        let follows = match self.is_too_much() {
            true => format!("more than {:.0} %: no ranking", 100.0 * MOST_LACKING),
            false => "left out of the indices".to_owned(),
        };
        Some(format!(
            "{lacking} of {points} points ({share:.0} %) have no figure, {follows}"
        ))
    }
}

/// Indices of the parameters for one figure.
#[derive(Clone, Debug)]
pub(super) enum Indices {
    /// Too many points lack the figure.
    Refused,
    Morris(Vec<Option<Effects>>),
    Sobol {
        samples: usize,
        shares: Option<Vec<Shares>>,
    },
}

/// A figure with its indices.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub figure: String,
    pub lacking: Lacking,
    pub indices: Indices,
}

/// `sensitivity.csv`, the picture, and the indices in lines.
pub(super) fn conclude(
    store: &Store,
    manifest: &Manifest,
    study: &Study,
    design: &Design,
    pictures: bool,
    report: &mut Report,
) -> Result<(), StudyError> {
    let formulas = Formulas::new(study, manifest);
    let figures = formulas
        .of_points(&study.show, design, &store.journal)
        .map_err(|e| results_error(store, "results.csv", e.into()))?;
    let all: Vec<Found> = study
        .show
        .iter()
        .zip(&figures)
        .map(|(f, column)| Found {
            figure: formulas.label(&f.formula),
            lacking: Lacking::of(column),
            indices: indices(study, design, column),
        })
        .collect();
    report.unmet = all.iter().any(|f| f.lacking.is_too_much());
    write(store, "sensitivity.csv", report, |out| {
        csv(out, study, manifest, &all)
    })?;
    report.text = text(manifest, &all);
    if pictures {
        picture::save(
            store,
            "picture",
            &picture::sensitivity(study, manifest, &all),
            report,
        )?;
    }
    Ok(())
}

fn indices(study: &Study, design: &Design, figures: &[f64]) -> Indices {
    if Lacking::of(figures).is_too_much() {
        return Indices::Refused;
    }
    let s = &study.sensitivity;
    let width = study.parameters.len();
    match s.method {
        Method::Morris { .. } => Indices::Morris(morris::effects(
            width,
            &|i| design.unit(i),
            figures,
            s.resamples,
            s.confidence,
            study.seed,
        )),
        Method::Sobol { .. } => {
            let (samples, shares) =
                sobol::shares(width, figures, s.resamples, s.confidence, study.seed);
            Indices::Sobol { samples, shares }
        }
    }
}

fn csv(
    out: &mut dyn std::io::Write,
    study: &Study,
    manifest: &Manifest,
    all: &[Found],
) -> Result<(), super::results::ResultsError> {
    let mut csv = csv::Writer::from_writer(out);
    let number = |x: f64| {
        if x.is_finite() {
            x.to_string()
        } else {
            String::new()
        }
    };
    let interval = |i: Interval| [i.value, i.low, i.high].map(number);
    let morris = matches!(study.sensitivity.method, Method::Morris { .. });
    let columns: &[&str] = if morris {
        &[
            "figure",
            "parameter",
            "mu",
            "mu_star",
            "mu_star_low",
            "mu_star_high",
            "sigma",
        ]
    } else {
        &[
            "figure",
            "parameter",
            "first",
            "first_low",
            "first_high",
            "total",
            "total_low",
            "total_high",
        ]
    };
    csv.write_record(columns)?;
    for Found {
        figure, indices, ..
    } in all
    {
        for (k, parameter) in manifest.parameters.iter().enumerate() {
            let mut row = vec![figure.clone(), parameter.name.clone()];
            match indices {
                Indices::Refused => {}
                Indices::Morris(each) => {
                    if let Some(e) = each[k] {
                        row.push(number(e.mu));
                        row.extend(interval(e.mu_star));
                        row.push(number(e.sigma));
                    }
                }
                Indices::Sobol { shares, .. } => {
                    if let Some(s) = shares.as_ref().map(|s| s[k]) {
                        row.extend(interval(s.first));
                        row.extend(interval(s.total));
                    }
                }
            }
            row.resize(columns.len(), String::new());
            csv.write_record(&row)?;
        }
    }
    csv.flush()?;
    Ok(())
}

/// A table a figure, what matters most on top.
fn text(manifest: &Manifest, all: &[Found]) -> String {
    let mut text = String::new();
    let names = manifest.parameters.iter().map(|p| p.name.clone());
    let with = |i: Interval| format!("{} ({} to {})", shown(i.value), shown(i.low), shown(i.high));
    for Found {
        figure,
        lacking,
        indices,
    } in all
    {
        if !text.is_empty() {
            text.push('\n');
        }
        let mut rows: Vec<(f64, Vec<String>)> = Vec::new();
        let head: &[&str] = match indices {
            Indices::Refused => {
                text += &format!(
                    "{figure}: {}; results.csv says why each run has none\n",
                    lacking.words().unwrap_or_default()
                );
                continue;
            }
            Indices::Morris(each) => {
                for (name, e) in names.clone().zip(each) {
                    rows.push(match e {
                        Some(e) => (
                            e.mu_star.value,
                            vec![name, with(e.mu_star), shown(e.mu), shown(e.sigma)],
                        ),
                        None => (f64::NEG_INFINITY, vec![name, "–".to_owned()]),
                    });
                }
                &["mu* (interval)", "mu", "sigma"]
            }
            Indices::Sobol {
                samples,
                shares: Some(shares),
            } => {
                for (name, s) in names.clone().zip(shares) {
                    rows.push((s.total.value, vec![name, with(s.first), with(s.total)]));
                }
                let _ = samples;
                &["first (interval)", "total (interval)"]
            }
            Indices::Sobol {
                samples,
                shares: None,
            } => {
                text +=
                    &format!("{figure}: does not vary, or no whole sample ({samples} samples)\n");
                continue;
            }
        };
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut lines = vec![
            std::iter::once(figure.clone())
                .chain(head.iter().map(|h| (*h).to_owned()))
                .collect(),
        ];
        lines.extend(rows.into_iter().map(|r| r.1));
        text += &aligned(&lines);
        if let Some(words) = lacking.words() {
            text += &format!("({words})\n");
        }
    }
    text
}

//! Some of what was screened once more in full, so that a screening says by
//! itself how far off it is.

use std::io::Write;

use super::command::{Report, StudyError, results_error, write};
use super::plan::Plan;
use super::store::Store;
use super::store::journal::Status;
use super::view::{aligned, shown};
use crate::batch::{self, Detail};
use crate::metrics::{Figure, flat};
use crate::model::Scenario;
use crate::sim;

/// Runs that are done in full.
pub(crate) const RUNS: usize = 8;

/// What is compared, where it is among the columns.
const NAMES: [&str; 8] = [
    "energy.hvac_kwh",
    "energy.heat_space_kwh",
    "energy.heat_tank_kwh",
    "corrected.total_eur",
    "comfort.below_kh",
    "comfort.above_kh",
    "comfort.mean_c",
    "hot_water.missing_kwh",
];

/// Names of the table that is written.
pub(crate) const FILE: &str = "screening-check.csv";

/// A figure, as screened and in full, run by run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Compared {
    pub name: String,
    pub unit: &'static str,
    /// Number of the run, screened, in full.
    pub pairs: Vec<(usize, f64, f64)>,
}

/// Evenly spread numbers below `count`.
pub(crate) fn spread(count: usize) -> impl Iterator<Item = usize> {
    let runs = RUNS.min(count);
    (0..runs).map(move |k| (2 * k + 1) * count / (2 * runs))
}

/// What is told and written of them.
pub(crate) fn words(all: &[Compared]) -> String {
    let mut rows = vec![
        ["", "", "mean in full", "screened: mean", "least", "most"]
            .map(String::from)
            .to_vec(),
    ];
    for figure in all {
        let known = figure.pairs.iter().filter(|p| (p.1 - p.2).is_finite());
        let known: Vec<_> = known.collect();
        if known.is_empty() {
            continue;
        }
        let n = known.len() as f64;
        let full = known.iter().map(|p| p.2).sum::<f64>() / n;
        let off: Vec<f64> = known.iter().map(|p| p.1 - p.2).collect();
        // Energy, money: in per cent of the full run's; what may be 0 as it is.
        let is_share = !figure.name.starts_with("comfort.") && !figure.name.contains("missing");
        let off: Vec<f64> = match is_share {
            true => off
                .iter()
                .zip(&known)
                .map(|(off, p)| 100.0 * off / p.2.abs().max(1e-9))
                .collect(),
            // Rounding is none.
            false => off
                .iter()
                .map(|x| if x.abs() < 1e-6 { 0.0 } else { *x })
                .collect(),
        };
        let told = |x: f64| match is_share {
            true => format!("{x:+.2} %"),
            false => format!("{x:+.3}"),
        };
        let least = off.iter().copied().fold(f64::INFINITY, f64::min);
        let most = off.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        rows.push(vec![
            figure.name.clone(),
            figure.unit.to_owned(),
            shown(if full.abs() < 1e-6 { 0.0 } else { full }),
            told(off.iter().sum::<f64>() / n),
            told(least),
            told(most),
        ]);
    }
    let runs = all.first().map_or(0, |f| f.pairs.len());
    format!(
        "Screened. Of {runs} runs in full besides, screened less full:\n{}",
        aligned(&rows)
    )
}

/// The table of all pairs.
pub(crate) fn table(all: &[Compared], out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "run,metric,unit,screened,full")?;
    for figure in all {
        for (run, screened, full) in &figure.pairs {
            let cell = |x: &f64| {
                if x.is_finite() {
                    x.to_string()
                } else {
                    String::new()
                }
            };
            writeln!(
                out,
                "{run},{},{},{},{}",
                figure.name,
                figure.unit,
                cell(screened),
                cell(full)
            )?;
        }
    }
    Ok(())
}

/// Runs scenarios both ways; `numbers` are their names.
pub(crate) fn compare(numbers: &[usize], scenarios: &[Scenario]) -> Vec<Compared> {
    let totals = |detail: Detail| -> Vec<Option<Vec<f64>>> {
        let options = sim::Options::default();
        batch::evaluate_watched(scenarios, options, detail, &batch::Nobody, &sim::Silent)
            .into_iter()
            .map(|metrics| {
                let figures = flat::totals(&metrics.ok()?);
                let value = |f: Figure| f.value().unwrap_or(f64::NAN);
                Some(figures.into_iter().map(value).collect())
            })
            .collect()
    };
    let (screened, full) = (totals(Detail::Screening), totals(Detail::Full));
    let names = flat::total_names();
    let names = names.iter().enumerate();
    names
        .filter(|(_, name)| NAMES.contains(&name.name.as_str()))
        .map(|(c, name)| Compared {
            name: name.name.clone(),
            unit: name.unit,
            pairs: numbers
                .iter()
                .zip(screened.iter().zip(&full))
                .filter_map(|(run, (s, f))| Some((*run, s.as_ref()?[c], f.as_ref()?[c])))
                .collect(),
        })
        .filter(|figure| !figure.pairs.is_empty())
        .collect()
}

/// Runs some of a study's `rows` in full, and tells how they differ.
pub(super) fn told(
    plan: &Plan,
    store: &Store,
    rows: &[usize],
    report: &mut Report,
) -> Result<(), StudyError> {
    let mut done = Vec::new();
    for &row in rows {
        let record = store.journal.record(row);
        let record = record.map_err(|e| results_error(store, FILE, e.into()))?;
        done.extend(record.filter(|r| r.status == Status::Done).map(|_| row));
    }
    let chosen = spread(done.len()).map(|i| done[i]);
    // Results number runs from 1.
    let vary = |row| Some((row + 1, plan.base.vary(&plan.row(row)).ok()?.scenario));
    let (numbers, scenarios): (Vec<usize>, Vec<Scenario>) = chosen.filter_map(vary).unzip();
    let all = compare(&numbers, &scenarios);
    if all.is_empty() {
        return Ok(());
    }
    write(store, FILE, report, |out| Ok(table(&all, &mut { out })?))?;
    if !report.text.is_empty() {
        report.text.push('\n');
    }
    report.text.push_str(&words(&all));
    Ok(())
}

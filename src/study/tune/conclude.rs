//! What a search leaves: all its runs, the best as a table, as settings
//! documents and as a scenario, and what the best do under what they were not
//! chosen by.

use super::super::command::{Report, Request, StudyError, results_error, write, write_results};
use super::super::file::{Placed, Tune};
use super::super::parameter::Cell;
use super::super::picture;
use super::super::plan::{self, Plan};
use super::super::results::{Head, ResultsError};
use super::super::store::journal::Status;
use super::super::store::{Manifest, Store};
use super::super::sweep::cell;
use super::super::view::{Formulas, aligned, shown};
use super::{Evaluated, NotFinite, settings, validation_rows};

/// Winners that are written out as settings documents.
const DOCUMENTS: usize = 100;
/// Winners in the printed table.
const LINES: usize = 12;

/// Writes everything.
#[expect(clippy::too_many_arguments, reason = "all of a search ends here")]
pub(super) fn conclude(
    plan: &Plan,
    tune: &Tune,
    store: &Store,
    manifest: &Manifest,
    request: &Request,
    points: &[Evaluated],
    winners: &[usize],
    not_finite: &NotFinite,
    validated: bool,
    report: &mut Report,
) -> Result<(), StudyError> {
    let study = &plan.study;
    let replicates = plan.replicates();
    let head = |row: usize| {
        let (seed, world) = study.replicates.of(row % replicates);
        Head {
            point: row / replicates,
            cells: plan::cells(&study.parameters, &points[row / replicates].values),
            seed: seed.unwrap_or(manifest.seed),
            weather: world.map_or_else(String::new, |w| w.name.clone()),
        }
    };
    let rows: Vec<usize> = (0..points.len() * replicates).collect();
    write_results(store, manifest, study, &rows, &head, report)?;
    write(store, "best.csv", report, |out| {
        best_csv(out, plan, tune, points, winners)
    })?;
    report.notes.extend(not_finite.words(points.len()));
    let allowed = winners
        .first()
        .is_some_and(|w| points[*w].score.is_allowed());
    if !allowed {
        report.unmet = true;
        report.notes.push(match winners.first() {
            Some(_) => "no point holds all limits; what is shown comes nearest".to_owned(),
            None if not_finite.points > 0 => {
                "no point that could be run has a finite value of every goal and limit".to_owned()
            }
            None => "no point could be run".to_owned(),
        });
    }
    if allowed {
        documents(plan, store, points, winners, report)?;
    }
    report.text = text(plan, tune, manifest, points, winners);
    if validated {
        validation(plan, tune, store, manifest, points, winners, report)?;
    }
    if request.pictures {
        let formulas = Formulas::new(study, manifest);
        let goals: Vec<String> = tune
            .minimise
            .iter()
            .map(|g| formulas.label(&g.formula))
            .collect();
        let found: Vec<picture::Found<'_>> = points
            .iter()
            .enumerate()
            .map(|(i, e)| picture::Found {
                values: &e.values,
                goals: &e.score.goals,
                allowed: e.score.is_allowed(),
                winner: winners.contains(&i),
            })
            .collect();
        picture::save(
            store,
            "picture",
            &picture::tune(study, manifest, &goals, &found),
            report,
        )?;
    }
    Ok(())
}

fn best_csv(
    out: &mut dyn std::io::Write,
    plan: &Plan,
    tune: &Tune,
    points: &[Evaluated],
    winners: &[usize],
) -> Result<(), ResultsError> {
    let mut csv = csv::Writer::from_writer(out);
    let mut line = vec!["rank".to_owned(), "point".to_owned()];
    line.extend(plan.study.parameters.iter().map(|p| p.name.clone()));
    line.extend(tune.minimise.iter().map(|g| g.formula.text.clone()));
    line.push("limits_broken_by".to_owned());
    csv.write_record(&line)?;
    for (rank, &w) in winners.iter().enumerate() {
        let e = &points[w];
        let mut line = vec![(rank + 1).to_string(), (w + 1).to_string()];
        line.extend(
            plan::cells(&plan.study.parameters, &e.values)
                .into_iter()
                .map(|c| match c {
                    Cell::Number(x) => x.to_string(),
                    Cell::Text(text) => text,
                }),
        );
        line.extend(e.score.goals.iter().map(f64::to_string));
        line.push(e.score.violation.to_string());
        csv.write_record(&line)?;
    }
    csv.flush()?;
    Ok(())
}

/// Settings documents of the winners, and the first of them as a scenario.
fn documents(
    plan: &Plan,
    store: &Store,
    points: &[Evaluated],
    winners: &[usize],
    report: &mut Report,
) -> Result<(), StudyError> {
    for (rank, &w) in winners.iter().take(DOCUMENTS).enumerate() {
        let settings = plan.settings(&points[w].values, 0, false);
        let Ok(loaded) = plan.base.vary(&settings) else {
            continue; // it ran, so it reads
        };
        for (i, document) in settings::documents(&settings, &loaded.scenario)
            .iter()
            .enumerate()
        {
            let more = if i == 0 {
                String::new()
            } else {
                format!("-{}", i + 1)
            };
            let name = format!("settings-{}{more}.json", rank + 1);
            let text = serde_json::to_string_pretty(document).unwrap_or_default() + "\n";
            write(store, &name, report, |out| {
                Ok(out.write_all(text.as_bytes())?)
            })?;
        }
        if rank == 0 {
            let (text, inputs) = loaded.resolved_with_inputs();
            for (name, path) in inputs {
                let bytes =
                    std::fs::read(&path).map_err(|e| results_error(store, &name, e.into()))?;
                write(store, &name, report, |out| Ok(out.write_all(&bytes)?))?;
            }
            write(store, "best.toml", report, |out| {
                Ok(out.write_all(text.as_bytes())?)
            })?;
        }
    }
    let left_out = plan
        .set_keys()
        .filter(|(_, target)| !settings::is_sent(target));
    let left_out: Vec<&str> = left_out.map(|(name, _)| name).collect();
    if !left_out.is_empty() {
        report.notes.push(format!(
            "best.toml has all that was set; the settings documents lack what is no setting: {}",
            left_out.join(", ")
        ));
    }
    Ok(())
}

fn text(
    plan: &Plan,
    tune: &Tune,
    manifest: &Manifest,
    points: &[Evaluated],
    winners: &[usize],
) -> String {
    let formulas = Formulas::new(&plan.study, manifest);
    let mut head = vec!["rank".to_owned()];
    head.extend(tune.minimise.iter().map(|g| formulas.label(&g.formula)));
    head.extend(plan.study.parameters.iter().map(|p| p.name.clone()));
    let mut rows = vec![head];
    let step = (winners.len() as f64 / LINES as f64).max(1.0);
    let mut next = 0.0;
    for (rank, &w) in winners.iter().enumerate() {
        let last = rank + 1 == winners.len();
        if (rank as f64) < next && !last {
            continue;
        }
        next += step;
        let mut row = vec![(rank + 1).to_string()];
        row.extend(points[w].score.goals.iter().map(|g| shown(*g)));
        row.extend(
            plan::cells(&plan.study.parameters, &points[w].values)
                .iter()
                .map(cell),
        );
        rows.push(row);
    }
    aligned(&rows)
}

/// Goals and limits of the winners under the replicates of `validate`.
fn validation(
    plan: &Plan,
    tune: &Tune,
    store: &Store,
    manifest: &Manifest,
    points: &[Evaluated],
    winners: &[usize],
    report: &mut Report,
) -> Result<(), StudyError> {
    let formulas = Formulas::new(&plan.study, manifest);
    let replicates = plan.replicates_of(true);
    let count = replicates.count();
    let rows = validation_rows(plan, points.len(), winners);
    let mut lines = Vec::new();
    let mut broken = 0;
    let mut told = vec![{
        let mut head = vec![
            "validated".to_owned(),
            "weather".to_owned(),
            "seed".to_owned(),
        ];
        head.extend(tune.minimise.iter().map(|g| formulas.label(&g.formula)));
        head.push("limits broken by".to_owned());
        head
    }];
    for (k, &row) in rows.iter().enumerate() {
        let (rank, r) = (k / count, k % count);
        let record = store
            .journal
            .record(row)
            .map_err(|e| results_error(store, "validation.csv", e.into()))?;
        let Some(record) = record else { continue };
        let point = &points[winners[rank]];
        let number = |p: &Placed| formulas.number(&p.formula, &point.values, &record);
        let goals: Vec<f64> = tune.minimise.iter().map(number).collect();
        let violation: f64 = tune
            .keep
            .iter()
            .map(|l| formulas.violation(&l.formula, &point.values, &record))
            .sum();
        if violation != 0.0 || record.status != Status::Done {
            broken += 1;
        }
        let (seed, world) = replicates.of(r);
        let seed = seed.unwrap_or(manifest.seed).to_string();
        let weather = world.map_or_else(String::new, |w| w.name.clone());
        let plain = |x: f64| {
            if x.is_finite() {
                x.to_string()
            } else {
                String::new()
            }
        };
        let mut line = vec![
            (rank + 1).to_string(),
            weather.clone(),
            seed.clone(),
            record.status.name().to_owned(),
            record.reason.clone(),
        ];
        line.extend(goals.iter().map(|g| plain(*g)));
        line.push(plain(violation));
        lines.push(line);
        if rank == 0 {
            let mut row = vec!["rank 1".to_owned(), weather, seed];
            row.extend(goals.iter().map(|g| shown(*g)));
            row.push(shown(violation));
            told.push(row);
        }
    }
    write(store, "validation.csv", report, |out| {
        let mut csv = csv::Writer::from_writer(out);
        let mut head: Vec<String> = ["rank", "weather", "seed", "status", "reason"]
            .map(str::to_owned)
            .to_vec();
        head.extend(tune.minimise.iter().map(|g| g.formula.text.clone()));
        head.push("limits_broken_by".to_owned());
        csv.write_record(&head)?;
        for line in &lines {
            csv.write_record(line)?;
        }
        csv.flush()?;
        Ok(())
    })?;
    report.text += &format!("\n{}", aligned(&told));
    if broken > 0 {
        report.notes.push(format!(
            "in {broken} of {} validating runs a limit is broken or the run failed; validation.csv says which",
            rows.len()
        ));
    }
    Ok(())
}

//! What a sweep says at its end: the best and the worst of what is shown.

use super::command::{Report, StudyError, results_error};
use super::file::Study;
use super::parameter::Cell;
use super::store::{Manifest, Store};
use super::view::{Formulas, aligned, shown};
use super::{Design, picture, plan};

/// The picture, and lowest and highest of each figure shown.
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
    let mut rows = Vec::new();
    let mut head = vec![String::new(), String::new(), String::new()];
    head.extend(manifest.parameters.iter().map(|p| p.name.clone()));
    for (formula, column) in study.show.iter().zip(&figures) {
        for (name, sign) in [("lowest", 1.0), ("highest", -1.0)] {
            let known = column.iter().enumerate().filter(|(_, x)| x.is_finite());
            let Some((i, x)) = known.min_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1))) else {
                continue;
            };
            let mut row = vec![formulas.label(&formula.formula), name.to_owned(), shown(*x)];
            let point = design.point(i, &study.parameters);
            row.extend(plan::cells(&study.parameters, &point).iter().map(cell));
            rows.push(row);
        }
    }
    if !rows.is_empty() {
        rows.insert(0, head);
        report.text = aligned(&rows);
    }
    if pictures {
        let labels = study.show.iter().map(|f| formulas.label(&f.formula));
        let figures: Vec<picture::Figure> = labels.zip(figures).collect();
        let sheet = picture::sweep(study, manifest, design, &figures);
        picture::save(store, "picture", &sheet, report)?;
    }
    Ok(())
}

/// A cell in a printed table.
pub(super) fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Number(x) => shown(*x),
        Cell::Text(text) => text.chars().take(40).collect(),
    }
}

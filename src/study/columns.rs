//! The columns of a study's results: the metrics that its patterns choose, and
//! those that its formulas name.

use super::file::Study;
use super::store::Column;
use crate::metrics::flat;
use crate::scenario::{Code, Fault, Faults, Loaded, nearest};
use crate::trace::channels;

/// The columns: what the patterns choose, and what formulas name.
pub(super) fn columns(study: &Study, loaded: &Loaded) -> Result<Vec<Column>, Faults> {
    let all = flat::names(&loaded.scenario);
    let mut faults = Vec::new();
    let patterns = &study.metrics;
    for pattern in patterns {
        if !all.iter().any(|n| channels::matches(pattern, &n.name)) {
            faults.push(unknown(pattern, &all, "metrics").at(study.metrics_place.clone()));
        }
    }
    let tune = study
        .tune
        .iter()
        .flat_map(|t| t.minimise.iter().chain(&t.keep));
    let mut named: Vec<&str> = Vec::new();
    for formula in study.show.iter().chain(tune) {
        for name in formula.formula.names() {
            if study.parameters.iter().any(|p| p.name == name) {
                continue;
            }
            if all.iter().any(|n| n.name == name) {
                named.push(name);
            } else {
                faults.push(unknown(name, &all, &formula.key).at(formula.place.clone()));
            }
        }
    }
    if !faults.is_empty() {
        return Err(Faults::new(faults));
    }
    let chosen = all.into_iter().filter(|n| {
        named.contains(&n.name.as_str()) || patterns.iter().any(|p| channels::matches(p, &n.name))
    });
    Ok(chosen
        .map(|n| Column {
            name: n.name,
            unit: n.unit.to_owned(),
        })
        .collect())
}

fn unknown(name: &str, all: &[flat::Name], key: &str) -> Fault {
    let names = all.iter().map(|n| n.name.as_str());
    let hint = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "docs/METRICS.md has all: GROUP.KEY, such as cost.total_eur".to_owned(),
    };
    Fault::new(Code::UnknownName, format!("no metric is called `{name}`"))
        .key(key)
        .value(name)
        .hint(hint)
}

//! What a fleet is made from: its file, its scenario, and the files that they name.

use std::path::Path;

use serde_json::json;

use super::plan::Plan;
use crate::study::inputs::{named_files, parameter_files, set_files};
use crate::study::store::digest;
use crate::trace::channels::Definition;

/// Files that the scenario and the values that are set in it name, with their
/// digests; `None` where one can't be read.
fn inputs(plan: &Plan) -> Vec<(String, Option<String>)> {
    let f = &plan.fleet;
    let mut named = Vec::new();
    named_files(f.base.tree(), &mut named);
    let groups = f.groups.iter();
    let compared = f.compare.iter().flat_map(|c| &c.set);
    for a in f
        .set
        .iter()
        .chain(groups.clone().flat_map(|g| &g.set))
        .chain(compared)
    {
        set_files(std::slice::from_ref(&a.path), &a.value, &mut named);
    }
    for p in f
        .parameters
        .iter()
        .chain(groups.flat_map(|g| &g.parameters))
    {
        parameter_files(p, &mut named);
    }
    named.sort();
    named.dedup();
    let sha256 = |path: &Path| std::fs::read(path).ok().map(|bytes| digest(&bytes));
    named
        .into_iter()
        .map(|name| {
            let of = sha256(&f.base.folder().join(&name));
            (name, of)
        })
        .collect()
}

/// All that decides a fleet's houses, each with its digest or value. The count
/// is not in it: a house is the same in a larger fleet.
pub(super) fn made_of(plan: &Plan, traces: &[&Definition]) -> Vec<(String, String)> {
    let f = &plan.fleet;
    let channels: Vec<&str> = traces.iter().map(|d| d.name).collect();
    let mut all = vec![
        ("heatloop".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        (
            "the fleet file".to_owned(),
            digest(f.source.text.as_bytes()),
        ),
        ("the scenario".to_owned(), digest(f.base.text().as_bytes())),
        ("--traces".to_owned(), channels.join(",")),
    ];
    let files = inputs(plan).into_iter();
    all.extend(
        files.map(|(name, sha256)| (format!("the file {name}"), sha256.unwrap_or_default())),
    );
    all
}

/// What the results were made from. No time, no machine, no threads.
pub(super) fn provenance(plan: &Plan, files: &[String]) -> String {
    let f = &plan.fleet;
    let named = |(name, sha256)| json!({ "name": name, "sha256": sha256 });
    let inputs: Vec<_> = inputs(plan).into_iter().map(named).collect();
    let document = json!({
        "generator": "heatloop",
        "version": env!("CARGO_PKG_VERSION"),
        "fleet": {
            "title": f.title,
            "sha256": digest(f.source.text.as_bytes()),
            "count": f.count,
            "seed": f.seed,
        },
        "scenario": { "sha256": digest(f.base.text().as_bytes()) },
        "inputs": inputs,
        "files": files.iter().map(|n| json!({ "name": n })).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

//! A fleet from its plan to the folder: runs it, writes it, says what it came to.
//!
//! Files are begun before the first house, so that a folder that can't be used
//! is told at once, and get their names at the end, all together.

use std::io::{BufWriter, IntoInnerError, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::figures::{self, Figures, Kept};
use super::houses::{Houses, Status};
use super::plan::Plan;
use super::run::{self, Progress, Sums};
use super::traces::Traces;
use super::{picture, profile_file, text};
use crate::output::folder::Temporary;
use crate::output::{Existing, Folder, FolderError, PROVENANCE, Store};
use crate::report::ReportError;
use crate::scenario::Faults;
use crate::study::inputs::named_files;
use crate::study::results::ResultsError;
use crate::study::store::{StoreError, digest, lock};
use crate::trace::channels::Definition;

pub const HOUSES: &str = "fleet-houses.parquet";
pub const TRACES: &str = "fleet-traces.parquet";
pub const PROFILE: &str = "fleet-profile";
pub const SUMMARY: &str = "fleet-summary.json";

/// What is wanted of a fleet.
#[derive(Clone)]
pub struct Request {
    pub folder: PathBuf,
    pub existing: Existing,
    pub pictures: bool,
    /// Channels of the full traces; none: no such file.
    pub traces: Vec<&'static Definition>,
    /// Houses in memory at once.
    pub block: usize,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    pub figures: Figures,
    /// The first few reasons of houses without figures, with their number.
    pub reasons: Vec<(String, usize)>,
    pub text: String,
    /// Names of files in the folder.
    pub files: Vec<String>,
    /// Pictures that could not be drawn.
    pub notes: Vec<String>,
}

/// A fleet that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    #[error("the fleet has faults")]
    Faults(Faults),
    #[error("{0}")]
    Folder(#[from] FolderError),
    #[error("{0}")]
    Busy(#[from] StoreError),
    #[error("{} can't be written: {source}. Nothing of this fleet is kept", path.display())]
    Write { path: PathBuf, source: ResultsError },
    #[error("no house of the fleet could be run; the first: {0}")]
    NoHouse(String),
}

/// Reasons that are told.
const TOLD: usize = 5;

/// Runs a fleet.
///
/// # Errors
/// See [`FleetError`].
pub fn execute(
    plan: &Plan,
    request: &Request,
    progress: &dyn Progress,
) -> Result<Report, FleetError> {
    let mut folder = Folder::open(&request.folder, request.existing)?;
    let _locked = lock(&request.folder)?;
    let at = |name: &str| {
        let path = request.folder.join(name);
        move |source: ResultsError| FleetError::Write { path, source }
    };
    let begin = |folder: &mut Folder, name: &str| {
        let file = folder.begin(name).map_err(|e| at(name)(e.into()))?;
        Ok::<_, FleetError>(BufWriter::with_capacity(1 << 16, file))
    };
    let mut houses =
        Houses::new(plan, begin(&mut folder, HOUSES)?).map_err(|e| at(HOUSES)(e.into()))?;
    let mut traces = None;
    if !request.traces.is_empty() {
        let out = begin(&mut folder, TRACES)?;
        let begun = Traces::new(&request.traces, plan, out);
        traces = Some(begun.map_err(|e| at(TRACES)(e.into()))?);
    }

    let sums = Sums::new(plan);
    let mut kept = Kept::new(plan.fleet.groups.len());
    let mut reasons: Vec<(String, usize)> = Vec::new();
    let count = plan.fleet.count;
    for first in (0..count).step_by(request.block.max(1)) {
        let block = first..(first + request.block.max(1)).min(count);
        let mut full = None;
        run::block(
            plan,
            block,
            &sums,
            &request.traces,
            progress,
            |row, trace, outcome| {
                match outcome {
                    Some((own, reference)) => kept.add(row.group, own, reference.as_ref()),
                    None => count_reason(&mut reasons, &row.reason, &mut kept),
                }
                let (house, done) = (row.house, row.status == Status::Done);
                if let Err(e) = houses.add(row) {
                    full = Some((HOUSES, e));
                } else if let (Some(file), Some((collector, place)), true) =
                    (&mut traces, trace, done)
                    && let Err(e) = file.add(house, collector, place)
                {
                    full = Some((TRACES, e));
                }
                full.is_none()
            },
        );
        if let Some((name, e)) = full {
            return Err(at(name)(e.into()));
        }
    }
    if kept.houses == 0 {
        let first = reasons.into_iter().next();
        return Err(FleetError::NoHouse(first.map_or_else(String::new, |r| r.0)));
    }

    let fleet = sums.fleet.finish();
    let reference = sums.reference.as_ref().map(|s| s.finish());
    let figures = figures::figures(plan, &kept, &fleet, reference.as_ref());
    let stage = |folder: &mut Folder, name: &str, out: BufWriter<Temporary>| {
        let file = out.into_inner().map_err(IntoInnerError::into_error);
        let closed = file.and_then(|file| folder.close(file));
        Ok::<_, FleetError>((name.to_owned(), closed.map_err(|e| at(name)(e.into()))?))
    };
    let mut staged = Vec::new();
    let out = houses.finish().map_err(|e| at(HOUSES)(e.into()))?;
    staged.push(stage(&mut folder, HOUSES, out)?);
    if let Some(traces) = traces {
        let out = traces.finish().map_err(|e| at(TRACES)(e.into()))?;
        staged.push(stage(&mut folder, TRACES, out)?);
    }
    let name = format!("{PROFILE}.parquet");
    let out = begin(&mut folder, &name)?;
    let out = profile_file::parquet(plan, &fleet, reference.as_ref(), out);
    staged.push(stage(&mut folder, &name, out.map_err(at(&name))?)?);
    let name = format!("{PROFILE}.csv");
    let mut out = begin(&mut folder, &name)?;
    profile_file::csv(plan, &fleet, reference.as_ref(), &mut out).map_err(at(&name))?;
    staged.push(stage(&mut folder, &name, out)?);

    let mut notes = Vec::new();
    let mut small = vec![(SUMMARY.to_owned(), json_text(&figures).into_bytes())];
    if request.pictures {
        match pictures(plan, &figures, &fleet, reference.as_ref()) {
            Ok(drawn) => small.extend(drawn),
            Err(fault) => notes.push(format!("the pictures can't be drawn: {fault}")),
        }
    }
    small.push((
        "fleet-file".to_owned(),
        plan.fleet.source.text.clone().into_bytes(),
    ));
    for (name, bytes) in small {
        let mut out = begin(&mut folder, &name)?;
        out.write_all(&bytes).map_err(|e| at(&name)(e.into()))?;
        staged.push(stage(&mut folder, &name, out)?);
    }
    let mut files: Vec<String> = staged.iter().map(|(n, _)| n.clone()).collect();
    let provenance = provenance(plan, &files);
    let mut out = begin(&mut folder, PROVENANCE)?;
    out.write_all(provenance.as_bytes())
        .map_err(|e| at(PROVENANCE)(e.into()))?;
    staged.push(stage(&mut folder, PROVENANCE, out)?);
    files.push(PROVENANCE.to_owned());
    folder.begin_commit().map_err(|e| at("")(e.into()))?;
    for (name, file) in staged {
        folder
            .commit(file, &name)
            .map_err(|e| at(&name)(e.into()))?;
    }
    folder.finish().map_err(|e| at("")(e.into()))?;
    Ok(Report {
        text: text::summary(plan, &figures),
        figures,
        reasons,
        files,
        notes,
    })
}

fn count_reason(reasons: &mut Vec<(String, usize)>, reason: &str, kept: &mut Kept) {
    kept.failed += 1;
    match reasons.iter().position(|(r, _)| r == reason) {
        Some(i) => reasons[i].1 += 1,
        None if reasons.len() < TOLD => reasons.push((reason.to_owned(), 1)),
        None => {}
    }
}

/// The figures as JSON.
pub fn json_text(figures: &Figures) -> String {
    serde_json::to_string_pretty(figures).unwrap_or_default() + "\n"
}

type Drawn = Vec<(String, Vec<u8>)>;

fn pictures(
    plan: &Plan,
    figures: &Figures,
    fleet: &super::profile::Profile,
    reference: Option<&super::profile::Profile>,
) -> Result<Drawn, ReportError> {
    let mut all = Drawn::new();
    for (name, svg) in picture::pictures(plan, figures, fleet, reference) {
        let png = crate::report::png(&svg)?;
        all.push((format!("{name}.svg"), svg.into_bytes()));
        all.push((format!("{name}.png"), png));
    }
    Ok(all)
}

/// What the results were made from. No time, no machine, no threads.
fn provenance(plan: &Plan, files: &[String]) -> String {
    let f = &plan.fleet;
    let mut named = Vec::new();
    named_files(f.base.tree(), &mut named);
    named.sort();
    named.dedup();
    let sha256 = |path: &Path| std::fs::read(path).ok().map(|bytes| digest(&bytes));
    let inputs: Vec<_> = named
        .iter()
        .map(|n| json!({ "name": n, "sha256": sha256(&f.base.folder().join(n)) }))
        .collect();
    let document = json!({
        "generator": "heatloop",
        "version": env!("CARGO_PKG_VERSION"),
        "fleet": {
            "title": f.title,
            "sha256": crate::units::hex(&Sha256::digest(f.source.text.as_bytes())),
            "count": f.count,
            "seed": f.seed,
        },
        "scenario": { "sha256": crate::units::hex(&Sha256::digest(f.base.text().as_bytes())) },
        "inputs": inputs,
        "files": files.iter().map(|n| json!({ "name": n })).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

//! A fleet from its plan to the folder: runs it, writes it, says what it came to.
//!
//! Files are begun before the first house, so that a folder that can't be used
//! is told at once, and get their names at the end, all together.

use std::io::{BufWriter, IntoInnerError};
use std::path::PathBuf;

use super::figures::{self, Figures};
use super::making::{Making, cannot, forget, unfinished};
use super::part::Part;
use super::plan::Plan;
use super::profile::Profile;
use super::run::Progress;
use super::sources::{made_of, provenance};
use super::{picture, profile_file, text};
use crate::batch::Detail;
use crate::model::Scenario;
use crate::output::{Existing, Folder, FolderError, PROVENANCE, Sink, Store, sweep_temporary};
use crate::report::ReportError;
use crate::scenario::Faults;
use crate::study::beside;
use crate::study::results::ResultsError;
use crate::study::store::{StoreError, lock};
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
    /// Houses that were in the folder already.
    pub resumed: usize,
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
    #[error("{} can't be written: {source}. The houses so far ({safe}) are kept; make room and say the same command again", path.display())]
    Write {
        path: PathBuf,
        source: ResultsError,
        /// Houses that need not be run again.
        safe: usize,
    },
    #[error("{} holds {houses} houses of another fleet, which was stopped: {difference}. Choose another folder with --output, or drop them with --force", folder.display())]
    Another {
        folder: PathBuf,
        houses: usize,
        difference: String,
    },
    #[error("no house of the fleet could be run; the first: {0}")]
    NoHouse(String),
}

/// Runs a fleet, or what is missing of one that was stopped.
///
/// # Errors
/// See [`FleetError`].
pub fn execute(
    plan: &Plan,
    request: &Request,
    progress: &dyn Progress,
) -> Result<Report, FleetError> {
    let folder = Folder::open(&request.folder, request.existing)?;
    let _locked = lock(&request.folder)?;
    sweep_temporary(&request.folder).map_err(|e| cannot(&request.folder, e, 0))?;
    let mut making = Making::new(plan, request, made_of(plan, &request.traces), progress)?;
    making.run(progress)?;
    if making.kept.houses == 0 {
        let first = making.reasons.into_iter().next();
        forget(&request.folder).map_err(|e| cannot(&request.folder, e, 0))?;
        return Err(FleetError::NoHouse(first.map_or_else(String::new, |r| r.0)));
    }

    let fleet = making.sums.fleet.finish();
    let reference = making.sums.reference.as_ref().map(|s| s.finish());
    let figures = figures::figures(plan, &making.kept, &fleet, reference.as_ref());
    let mut results = Results::new(folder, request, making.safe);
    let houses = making.houses.finish();
    results.part(HOUSES, houses.map_err(|e| results.cannot(HOUSES, e))?)?;
    if let Some(traces) = making.traces {
        let traces = traces.finish();
        results.part(TRACES, traces.map_err(|e| results.cannot(TRACES, e))?)?;
    }
    results.profile(plan, &fleet, reference.as_ref())?;
    let notes = results.small(plan, request, &figures, &fleet, reference.as_ref())?;
    let mut text = text::summary(plan, &figures);
    if let Some(compared) = beside(plan) {
        results.file(beside::FILE, |out| {
            Ok(beside::table(&compared, &mut { out })?)
        })?;
        text.push('\n');
        text.push_str(&beside::words(&compared));
    }
    Ok(Report {
        text,
        figures,
        resumed: making.resumed,
        reasons: making.reasons,
        files: results.commit(plan)?,
        notes,
    })
}

/// Where houses were screened: some of them both ways.
fn beside(plan: &Plan) -> Option<Vec<beside::Compared>> {
    if plan.fleet.detail == Detail::Full {
        return None;
    }
    let houses = beside::spread(plan.fleet.count);
    let read = |number| Some((number, plan.scenario(&plan.house(number), false).ok()?));
    let (numbers, scenarios): (Vec<usize>, Vec<Scenario>) = houses.filter_map(read).unzip();
    let compared = beside::compare(&numbers, &scenarios);
    (!compared.is_empty()).then_some(compared)
}

/// Files that are complete, in a folder that has none of them yet.
struct Results<'a> {
    folder: Folder,
    path: &'a PathBuf,
    /// Those that were written while it ran.
    parts: Vec<&'static str>,
    staged: Vec<(String, <Folder as Store>::Staged)>,
    safe: usize,
}

impl<'a> Results<'a> {
    fn new(folder: Folder, request: &'a Request, safe: usize) -> Self {
        Self {
            folder,
            path: &request.folder,
            parts: Vec::new(),
            staged: Vec::new(),
            safe,
        }
    }

    fn cannot(&self, name: &str, source: impl Into<ResultsError>) -> FleetError {
        cannot(&self.path.join(name), source, self.safe)
    }

    /// Takes a file that was written while the fleet ran.
    fn part(&mut self, name: &'static str, part: Part) -> Result<(), FleetError> {
        part.sync().map_err(|e| self.cannot(name, e))?;
        self.parts.push(name);
        Ok(())
    }

    /// Writes a file.
    fn file(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Sink) -> Result<(), ResultsError>,
    ) -> Result<(), FleetError> {
        let begun = self.folder.begin().map_err(|e| self.cannot(name, e))?;
        let mut out = BufWriter::with_capacity(1 << 16, begun);
        write(&mut out).map_err(|e| self.cannot(name, e))?;
        let file = out.into_inner().map_err(IntoInnerError::into_error);
        let closed = file.and_then(|file| self.folder.close(file));
        let closed = closed.map_err(|e| self.cannot(name, e))?;
        self.staged.push((name.to_owned(), closed));
        Ok(())
    }

    fn profile(
        &mut self,
        plan: &Plan,
        fleet: &Profile,
        reference: Option<&Profile>,
    ) -> Result<(), FleetError> {
        self.file(&format!("{PROFILE}.parquet"), |out| {
            profile_file::parquet(plan, fleet, reference, out).map(|_| ())
        })?;
        self.file(&format!("{PROFILE}.csv"), |mut out| {
            profile_file::csv(plan, fleet, reference, &mut out)
        })
    }

    /// Writes the summary, the pictures and the file that was run; gives what could
    /// not be drawn.
    fn small(
        &mut self,
        plan: &Plan,
        request: &Request,
        figures: &Figures,
        fleet: &Profile,
        reference: Option<&Profile>,
    ) -> Result<Vec<String>, FleetError> {
        let mut notes = Vec::new();
        let mut small = vec![(SUMMARY.to_owned(), json_text(figures).into_bytes())];
        if request.pictures {
            match pictures(plan, figures, fleet, reference) {
                Ok(drawn) => small.extend(drawn),
                Err(fault) => notes.push(format!("the pictures can't be drawn: {fault}")),
            }
        }
        let text = plan.fleet.source.text.clone();
        small.push(("fleet-file".to_owned(), text.into_bytes()));
        for (name, bytes) in small {
            self.file(&name, |out| Ok(out.write_all(&bytes)?))?;
        }
        Ok(notes)
    }

    /// Gives all files their names.
    fn commit(mut self, plan: &Plan) -> Result<Vec<String>, FleetError> {
        let parts = self.parts.iter().map(|name| (*name).to_owned());
        let mut files: Vec<String> = parts.collect();
        files.extend(self.staged.iter().map(|(name, _)| name.clone()));
        let provenance = provenance(plan, &files);
        self.file(PROVENANCE, |out| Ok(out.write_all(provenance.as_bytes())?))?;
        files.push(PROVENANCE.to_owned());
        self.folder.begin_commit().map_err(|e| self.cannot("", e))?;
        for name in &self.parts {
            std::fs::rename(unfinished(self.path, name), self.path.join(name))
                .map_err(|e| self.cannot(name, e))?;
        }
        for (name, file) in std::mem::take(&mut self.staged) {
            self.folder
                .commit(file, &name)
                .map_err(|e| self.cannot(&name, e))?;
        }
        self.folder.finish().map_err(|e| self.cannot("", e))?;
        forget(self.path).map_err(|e| self.cannot("", e))?;
        Ok(files)
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
    fleet: &Profile,
    reference: Option<&Profile>,
) -> Result<Drawn, ReportError> {
    let mut all = Drawn::new();
    for (name, svg) in picture::pictures(plan, figures, fleet, reference) {
        let png = crate::report::png(&svg)?;
        all.push((format!("{name}.svg"), svg.into_bytes()));
        all.push((format!("{name}.png"), png));
    }
    Ok(all)
}

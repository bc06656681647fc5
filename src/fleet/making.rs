//! A fleet on its way: block after block goes into sums and files, and between
//! blocks the state is put on the disk, so that a fleet that is stopped loses
//! the block on its way.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::command::{FleetError, HOUSES, Request, TRACES};
use super::figures::Kept;
use super::houses::{Houses, Row, Status};
use super::part::{Mark, Part};
use super::plan::Plan;
use super::run::{self, Outcome, Progress, Sums};
use super::state::{STATE, State};
use super::traces::{Collector, Traces};
use crate::scenario::unreadable;
use crate::study::results::ResultsError;

/// A file that is not complete has this behind its name.
const UNFINISHED: &str = ".part";
/// Reasons that are told.
const TOLD: usize = 5;
/// Putting the state on the disk takes this part of the time at most. It is small
/// where houses are many or periods short; else blocks take longer than it does.
const SHARE: u32 = 20;

/// What a fleet holds between two blocks.
pub(super) struct Making<'a> {
    plan: &'a Plan,
    request: &'a Request,
    made_of: Vec<(String, String)>,
    pub(super) houses: Houses<'a>,
    pub(super) traces: Option<Traces>,
    pub(super) sums: Sums,
    pub(super) kept: Kept,
    pub(super) reasons: Vec<(String, usize)>,
    /// Houses that are done.
    next: usize,
    /// Those of them that are safe.
    pub(super) safe: usize,
    /// Houses that were done when it was begun.
    pub(super) resumed: usize,
    written: Instant,
    took: Duration,
}

impl<'a> Making<'a> {
    /// Begins a fleet, or goes on with what the folder holds of it.
    ///
    /// # Errors
    /// What the disk says; a stopped fleet that is another one, unless forced.
    pub(super) fn new(
        plan: &'a Plan,
        request: &'a Request,
        made_of: Vec<(String, String)>,
        progress: &dyn Progress,
    ) -> Result<Self, FleetError> {
        let found = found(plan, request, &made_of)?;
        let resume = |state| Self::resume(plan, request, state);
        match found.and_then(|state| state.map(resume).transpose()) {
            Ok(Some(making)) => return Ok(making),
            Ok(None) => {}
            // What can't be gone on with is begun anew.
            Err(why) => progress.note(&format!(
                "the houses that {} may hold of a stopped fleet are run again: {why}",
                request.folder.display()
            )),
        }
        let part = |name: &str| {
            let path = unfinished(&request.folder, name);
            Part::new(&path).map_err(|e| cannot(&path, e, 0))
        };
        let houses = Houses::new(plan, part(HOUSES)?, None);
        let traces = match request.traces.is_empty() {
            true => None,
            false => Some(Traces::new(&request.traces, plan, part(TRACES)?, None)),
        };
        let at = |name| unfinished(&request.folder, name);
        Ok(Self {
            plan,
            request,
            made_of,
            houses: houses.map_err(|e| cannot(&at(HOUSES), e, 0))?,
            traces: traces.transpose().map_err(|e| cannot(&at(TRACES), e, 0))?,
            sums: Sums::new(plan),
            kept: Kept::new(plan.fleet.groups.len()),
            reasons: Vec::new(),
            next: 0,
            safe: 0,
            resumed: 0,
            written: Instant::now(),
            took: Duration::ZERO,
        })
    }

    /// Goes on from a state.
    ///
    /// # Errors
    /// Files that are not what the state says, in words.
    fn resume(plan: &'a Plan, request: &'a Request, state: State) -> Result<Self, String> {
        let folder = &request.folder;
        let sums = Sums::new(plan);
        let fits = sums.fleet.restore(&state.fleet)
            && match (&sums.reference, &state.reference) {
                (Some(own), Some(from)) => own.restore(from),
                (own, from) => own.is_none() && from.is_none(),
            };
        if !fits {
            return Err(format!("the sums of {STATE} are not of this fleet"));
        }
        let part = |name: &str, mark: &Mark| {
            reopened(folder, name, mark).map_err(|e| spoilt(name, &unreadable(&e)))
        };
        let houses = part(HOUSES, state.houses.file())?;
        let houses = Houses::new(plan, houses, Some(&state.houses))
            .map_err(|e| spoilt(HOUSES, &e.to_string()))?;
        let traces = match &state.traces {
            None => None,
            Some(mark) => {
                let file = part(TRACES, mark.file())?;
                let traces = Traces::new(&request.traces, plan, file, Some(mark));
                Some(traces.map_err(|e| spoilt(TRACES, &e.to_string()))?)
            }
        };
        Ok(Self {
            plan,
            request,
            made_of: state.made_of,
            houses,
            traces,
            sums,
            kept: state.kept,
            reasons: state.reasons,
            next: state.next,
            safe: state.next,
            resumed: state.next,
            written: Instant::now(),
            took: Duration::ZERO,
        })
    }

    /// Runs what is missing.
    ///
    /// # Errors
    /// What the disk says.
    pub(super) fn run(&mut self, progress: &dyn Progress) -> Result<(), FleetError> {
        let count = self.plan.fleet.count;
        if self.resumed > 0 {
            progress.resumed(self.resumed);
        }
        while self.next < count {
            let until = (self.next + self.request.block.max(1)).min(count);
            self.block(until, progress)?;
            if until == count || self.written.elapsed() >= self.took * SHARE {
                self.write()?;
            }
        }
        Ok(())
    }

    fn block(&mut self, until: usize, progress: &dyn Progress) -> Result<(), FleetError> {
        let Self {
            plan,
            request,
            houses,
            traces,
            sums,
            kept,
            reasons,
            ..
        } = self;
        let mut full = None;
        let take = |row: Row, trace: Option<(&Collector<'_>, usize)>, outcome: Option<&Outcome>| {
            match outcome {
                Some((own, reference)) => kept.add(row.group, own, reference.as_ref()),
                None => count_reason(reasons, &row.reason, kept),
            }
            let (house, done) = (row.house, row.status == Status::Done);
            if let Err(e) = houses.add(row) {
                full = Some((HOUSES, e));
            } else if let (Some(file), Some((collector, place)), true) = (&mut *traces, trace, done)
                && let Err(e) = file.add(house, collector, place)
            {
                full = Some((TRACES, e));
            }
            full.is_none()
        };
        run::block(
            plan,
            self.next..until,
            sums,
            &request.traces,
            progress,
            take,
        );
        if let Some((name, e)) = full {
            return Err(self.full(name, e));
        }
        self.next = until;
        Ok(())
    }

    /// Puts the state on the disk.
    fn write(&mut self) -> Result<(), FleetError> {
        let began = Instant::now();
        let houses = self.houses.mark().map_err(|e| self.full(HOUSES, e))?;
        let traces = self.traces.as_mut().map(Traces::mark).transpose();
        let state = State {
            made_of: self.made_of.clone(),
            next: self.next,
            kept: self.kept.clone(),
            reasons: self.reasons.clone(),
            fleet: self.sums.fleet.snapshot(),
            reference: self.sums.reference.as_ref().map(|s| s.snapshot()),
            houses,
            traces: traces.map_err(|e| self.full(TRACES, e))?,
        };
        let path = self.request.folder.join(STATE);
        state
            .write(&self.request.folder)
            .map_err(|e| cannot(&path, e, self.safe))?;
        self.safe = self.next;
        (self.written, self.took) = (Instant::now(), began.elapsed());
        Ok(())
    }

    fn full(&self, name: &str, source: impl Into<ResultsError>) -> FleetError {
        cannot(&unfinished(&self.request.folder, name), source, self.safe)
    }
}

/// The state in the folder, if it is of this fleet; the inner error: one that
/// is lost, in words.
fn found(
    plan: &Plan,
    request: &Request,
    made_of: &[(String, String)],
) -> Result<Result<Option<State>, String>, FleetError> {
    let folder = &request.folder;
    let state = match State::read(folder) {
        Ok(Some(state)) => state,
        Ok(None) if unfinished(folder, HOUSES).exists() => {
            return Ok(Err(format!(
                "there is no {STATE} beside {HOUSES}{UNFINISHED} (stopped before a block was complete, or removed)"
            )));
        }
        other => return Ok(other),
    };
    let mut difference = state.difference(made_of);
    if plan.fleet.count < state.next {
        difference = difference.or(Some("the count is less than that".to_owned()));
    }
    match difference {
        None => Ok(Ok(Some(state))),
        Some(_) if request.existing == crate::output::Existing::Replace => Ok(Ok(None)),
        Some(difference) => Err(FleetError::Another {
            folder: folder.clone(),
            houses: state.next,
            difference,
        }),
    }
}

/// Why a file in the making is not gone on with.
fn spoilt(name: &str, why: &str) -> String {
    format!("{name}{UNFINISHED}: {why}")
}

fn count_reason(reasons: &mut Vec<(String, usize)>, reason: &str, kept: &mut Kept) {
    kept.failed += 1;
    match reasons.iter().position(|(r, _)| r == reason) {
        Some(i) => reasons[i].1 += 1,
        None if reasons.len() < TOLD => reasons.push((reason.to_owned(), 1)),
        None => {}
    }
}

/// Where a file is while it is not complete.
pub(super) fn unfinished(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{UNFINISHED}"))
}

/// A file that a stopped fleet left, behind its mark. Where it was stopped while
/// files got their names, it has its own already: no provenance is there then.
fn reopened(folder: &Path, name: &str, mark: &Mark) -> io::Result<Part> {
    let path = unfinished(folder, name);
    if !path.exists() && !folder.join(crate::output::PROVENANCE).exists() {
        std::fs::rename(folder.join(name), &path)?;
    }
    Part::reopen(&path, mark)
}

/// Removes what is kept of a fleet on its way.
///
/// # Errors
/// What the disk says.
pub(super) fn forget(folder: &Path) -> io::Result<()> {
    let parts = [HOUSES, TRACES].map(|name| unfinished(folder, name));
    for path in [folder.join(STATE)].iter().chain(&parts) {
        match std::fs::remove_file(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

/// A file that can't be written; so many houses are safe.
pub(super) fn cannot(path: &Path, source: impl Into<ResultsError>, safe: usize) -> FleetError {
    FleetError::Write {
        path: path.to_owned(),
        source: source.into(),
        safe,
    }
}

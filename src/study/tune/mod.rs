//! Search.
use super::command::{Report, Request, StudyError};
use super::plan::Plan;
use super::run::{Executor, Progress};
use super::store::{Manifest, Store};

pub(super) fn search(
    _plan: &Plan,
    _store: &mut Store,
    _manifest: &Manifest,
    _request: &Request,
    _executor: &dyn Executor,
    _progress: &dyn Progress,
    _report: &mut Report,
) -> Result<(), StudyError> {
    Ok(())
}

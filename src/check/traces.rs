//! Kept traces: made from a run, and compared with one.

use std::path::Path;

use super::baseline::{Baseline, TraceFile, digest};
use super::file::{Entry, Trace};
use super::report::{Failure, TraceChange};
use crate::compare::{partings, turn};
use crate::model::Scenario;
use crate::output;
use crate::trace::resample::Grouping;
use crate::trace::{Recorded, RunResult, channels, parquet};

/// The files of a run's traces, with their bytes.
pub(super) fn make(
    trace: &Trace,
    name: &str,
    result: &RunResult,
    scenario: &Scenario,
) -> Result<Vec<(TraceFile, Vec<u8>)>, String> {
    let zone = scenario.site.timezone.iana_name().unwrap_or("");
    let stems = output::trace_names(result);
    let mut files = Vec::new();
    for ((device, _), stem) in result.devices.iter().zip(stems) {
        let groups = Grouping::new(device, trace.interval_s).map_err(|e| e.to_string())?;
        let (mut chosen, _) = channels::select(device, &trace.channels);
        // A reason that never holds needs no column.
        chosen.retain(|c| !c.name.starts_with("reason.") || (0..c.len()).any(|i| c.at(i) != 0.0));
        let mut bytes = Vec::new();
        parquet::write(&mut bytes, &chosen, &groups, zone)
            .map_err(|e| format!("the trace can't be written as Parquet: {e}"))?;
        let file = TraceFile {
            user_id: device.user_id.clone(),
            device_id: device.device_id.clone(),
            file: format!("{name}.{stem}.parquet"),
            sha256: digest(&bytes),
        };
        files.push((file, bytes));
    }
    Ok(files)
}

/// How the run's traces depart from the kept ones.
pub(super) fn compare(
    trace: &Trace,
    entry: &Entry,
    was: &Baseline,
    result: &RunResult,
    notes: &mut Vec<String>,
) -> Result<Vec<TraceChange>, Failure> {
    let mut changes = Vec::new();
    for (device, _) in &result.devices {
        let whose = format!("{} of {}", device.device_id, device.user_id);
        let (_, idle) = channels::select(device, &trace.channels);
        // A house without a tank has no such channels, which is no mistake.
        notes.extend(
            idle.iter()
                .filter(|p| !p.starts_with("tank."))
                .map(|p| format!("\"{p}\" fits no channel of {whose}")),
        );
        let kept = was
            .traces
            .iter()
            .find(|t| t.user_id == device.user_id && t.device_id == device.device_id);
        let Some(kept) = kept else {
            notes.push(format!(
                "no trace of {whose} is kept yet; --update takes it in"
            ));
            continue;
        };
        let path = entry.baseline.with_file_name(&kept.file);
        let before = read(&path, &kept.sha256).map_err(Failure::new)?;
        let now = Recorded::of(device, &trace.channels, trace.interval_s)
            .map_err(|e| Failure::new(e.to_string()))?;
        let gone: Vec<String> = before
            .columns
            .iter()
            .filter(|c| now.column(&c.name).is_none() && trace.rules.of_channel(&c.name).is_some())
            .filter(|c| trace.channels.iter().any(|p| channels::matches(p, &c.name)))
            .map(|c| c.name.clone())
            .collect();
        let rule = |name: &str| {
            let compared = !name.starts_with("reason.");
            trace.rules.of_channel(name).filter(|_| compared)
        };
        let Some(partings) = partings(&before, &now, rule) else {
            notes.push(format!(
                "the kept trace of {whose} has other intervals; --update renews it"
            ));
            continue;
        };
        changes.push(TraceChange {
            device: whose,
            turn: turn(&before, &now),
            partings,
            gone,
        });
    }
    Ok(changes)
}

/// A kept trace, as it was kept.
fn read(path: &Path, sha256: &str) -> Result<Recorded, String> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|e| {
        let why = crate::scenario::unreadable(&e);
        format!("the kept trace {shown} can't be read: {why}; --update makes it anew")
    })?;
    if digest(&bytes) != sha256 {
        return Err(format!(
            "the kept trace {shown} is not the one that its baseline names (sha256 differs); \
             --update makes both anew"
        ));
    }
    Recorded::read_parquet(path).map_err(|e| format!("the kept trace {shown}: {e}"))
}

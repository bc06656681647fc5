//! A run to compare: from a folder of results, or of a scenario just run.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::figures::{self, Named};
use crate::metrics::Metrics;
use crate::model::Scenario;
use crate::trace::read::ReadError;
use crate::trace::{Recorded, RunResult};

/// A run with what is compared of it.
#[derive(Clone, Debug)]
pub struct Side {
    /// What the user calls it: the folder or the file.
    pub label: String,
    pub title: String,
    pub period: Period,
    pub timezone: TimeZone,
    pub figures: Vec<Named>,
    pub devices: Vec<Device>,
    /// What could not be read, in words.
    pub notes: Vec<String>,
}

/// From the start to the end, s since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub start_s: i64,
    pub end_s: i64,
}

/// A device's trace.
#[derive(Clone, Debug)]
pub struct Device {
    pub user_id: String,
    pub device_id: String,
    pub trace: Recorded,
}

/// A folder that can't be compared.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct SideError {
    pub path: PathBuf,
    pub why: String,
}

impl Side {
    /// A run that was just made.
    ///
    /// # Errors
    /// Metrics that can't be written, which no run is known to give.
    pub fn of_run(
        label: &str,
        scenario: &Scenario,
        result: &RunResult,
        metrics: &Metrics,
    ) -> Result<Self, String> {
        let all = ["*".to_owned()];
        let mut notes = Vec::new();
        let mut devices = Vec::new();
        for (trace, _) in &result.devices {
            match Recorded::of(trace, &all, scenario.period.record_s) {
                Ok(recorded) => devices.push(Device {
                    user_id: trace.user_id.clone(),
                    device_id: trace.device_id.clone(),
                    trace: recorded,
                }),
                Err(fault) => notes.push(fault.to_string()),
            }
        }
        Ok(Self {
            label: label.to_owned(),
            title: scenario.title.clone(),
            period: Period {
                start_s: scenario.period.start_s,
                end_s: scenario.period.end_s,
            },
            timezone: scenario.site.timezone.clone(),
            figures: figures::of(metrics)?,
            devices,
            notes,
        })
    }

    /// What `heatloop run` left in a folder. A trace that is not there or broken
    /// is a note; figures must be there.
    ///
    /// # Errors
    /// A folder without a whole `metrics.json`.
    pub fn of_folder(folder: &Path) -> Result<Self, SideError> {
        let fail = |why: String| SideError {
            path: folder.to_owned(),
            why,
        };
        let metrics = json(&folder.join("metrics.json")).map_err(&fail)?;
        let figures = figures::from_json(&metrics).map_err(&fail)?;
        let instant = |key: &str| {
            let text = metrics[key].as_str().unwrap_or("");
            let at = text.parse::<Timestamp>();
            at.map(Timestamp::as_second)
                .map_err(|_| fail(format!("metrics.json: its {key} is no instant")))
        };
        let period = Period {
            start_s: instant("start")?,
            end_s: instant("end")?,
        };
        let mut side = Self {
            label: folder.display().to_string(),
            title: metrics["scenario"].as_str().unwrap_or("").to_owned(),
            period,
            timezone: TimeZone::UTC,
            figures,
            devices: Vec::new(),
            notes: Vec::new(),
        };
        match json(&folder.join("provenance.json")) {
            Ok(provenance) => side.read_traces(folder, &provenance),
            Err(why) => side.notes.push(format!("{why}; no traces are compared")),
        }
        Ok(side)
    }

    /// Tells something, once.
    fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    /// The traces that a provenance names, Parquet where there are both.
    fn read_traces(&mut self, folder: &Path, provenance: &Json) {
        if let Some(zone) = provenance["time_zone"].as_str()
            && let Ok(zone) = TimeZone::get(zone)
        {
            self.timezone = zone;
        }
        let files = provenance["files"].as_array();
        for file in files.into_iter().flatten() {
            let text = |key: &str| file[key].as_str().unwrap_or("").to_owned();
            let (name, user_id, device_id) = (text("name"), text("user_id"), text("device_id"));
            let known = |d: &Device| d.user_id == user_id && d.device_id == device_id;
            // The provenance names plain files of its own folder, and no others.
            if !name.starts_with("trace-")
                || name.contains(['/', '\\'])
                || self.devices.iter().any(known)
            {
                continue;
            }
            let twin = name.replace(".csv", ".parquet");
            let both = twin != name && folder.join(&twin).is_file();
            for file in [twin].into_iter().filter(|_| both).chain([name]) {
                match read_trace(&folder.join(&file)) {
                    Ok(trace) => {
                        self.devices.push(Device {
                            user_id,
                            device_id,
                            trace,
                        });
                        break;
                    }
                    Err(fault) => self.note(format!("{file}: {fault}")),
                }
            }
        }
    }
}

/// A trace in the form that its name says.
fn read_trace(path: &Path) -> Result<Recorded, ReadError> {
    match path.extension().is_some_and(|e| e == "csv") {
        true => Recorded::read_csv(path),
        false => Recorded::read_parquet(path),
    }
}

/// A JSON file, or in words why not.
fn json(path: &Path) -> Result<Json, String> {
    let name = path
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let text = std::fs::read_to_string(path)
        .map_err(|e| format!("{name} can't be read: {}", crate::scenario::unreadable(&e)))?;
    serde_json::from_str(&text).map_err(|e| format!("{name} is no JSON: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics;
    use crate::output::{self, Existing, Folder, RunOutput};

    fn written(csv: bool, parquet: bool) -> (tempfile::TempDir, Side) {
        let (mut scenario, run) = crate::compare::fixtures::any();
        (scenario.record.csv, scenario.record.parquet) = (csv, parquet);
        let metrics = metrics::evaluate(&run, &scenario);
        let folder = tempfile::tempdir().unwrap();
        let mut to = Folder::open(folder.path(), Existing::Refuse).unwrap();
        let output = RunOutput {
            scenario: &scenario,
            scenario_text: "",
            result: &run,
            extra: &[],
        };
        output::write_run(&mut to, &output, &metrics).unwrap();
        let side = Side::of_run("run", &scenario, &run, &metrics).unwrap();
        (folder, side)
    }

    #[test]
    fn a_folder_is_the_run_that_it_came_from() {
        let (folder, run) = written(true, true);
        let read = Side::of_folder(folder.path()).unwrap();
        assert!(read.notes.is_empty(), "{:?}", read.notes);
        assert_eq!(read.figures, run.figures);
        assert_eq!(read.period, run.period);
        assert_eq!(read.timezone, run.timezone);
        assert_eq!(read.devices.len(), run.devices.len());
        for (a, b) in read.devices.iter().zip(&run.devices) {
            assert_eq!((&a.user_id, &a.device_id), (&b.user_id, &b.device_id));
            assert_eq!(a.trace.rows, b.trace.rows);
            for (x, y) in a.trace.columns.iter().zip(&b.trace.columns) {
                assert_eq!(x.name, y.name);
                let same = |(x, y): (&f32, &f32)| x.to_bits() == y.to_bits();
                assert!(x.values.iter().zip(&y.values).all(same), "{}", x.name);
            }
        }
    }

    #[test]
    fn csv_serves_where_there_is_no_parquet() {
        let (folder, run) = written(true, false);
        let read = Side::of_folder(folder.path()).unwrap();
        let (a, b) = (&read.devices[0].trace, &run.devices[0].trace);
        assert_eq!((a.start_s, a.step_s, a.rows), (b.start_s, b.step_s, b.rows));
        let (x, y) = (
            a.column("outdoor_c").unwrap(),
            b.column("outdoor_c").unwrap(),
        );
        assert!(x.iter().zip(y).all(|(x, y)| (x - y).abs() <= 0.0051));
    }

    #[test]
    fn a_broken_trace_is_a_note_and_broken_metrics_an_error() {
        let (folder, _) = written(false, true);
        let trace = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().path())
            .find(|p| p.extension().is_some_and(|e| e == "parquet"))
            .unwrap();
        let bytes = std::fs::read(&trace).unwrap();
        std::fs::write(&trace, &bytes[..bytes.len() / 2]).unwrap();
        let read = Side::of_folder(folder.path()).unwrap();
        assert!(read.notes[0].contains("Parquet"), "{:?}", read.notes);
        std::fs::write(folder.path().join("metrics.json"), "{\"schema\": 99}").unwrap();
        let fault = Side::of_folder(folder.path()).unwrap_err().to_string();
        assert!(fault.contains("schema 99"), "{fault}");
        std::fs::write(folder.path().join("metrics.json"), "{").unwrap();
        assert!(Side::of_folder(folder.path()).is_err());
    }
}

//! `heatloop check-file`: all faults of scenario files, without running them.

use serde_json::json;

use super::Exit;
use super::args::{CheckFileArguments, OutputFormat};
use super::print::{self, WIDTH};
use crate::scenario;

/// Checks each file; faults in one do not hide those of another.
pub(super) fn command(a: &CheckFileArguments) -> Exit {
    let (_, colour_err) = print::colours(a.color);
    let mut exit = Exit::Done;
    let mut reports = Vec::new();
    for path in &a.scenarios {
        let name = path.display().to_string();
        match scenario::read(path) {
            Ok(loaded) => {
                if a.format == OutputFormat::Json {
                    reports.push(
                        json!({ "file": name, "valid": true, "faults": loaded.warnings.to_json() }),
                    );
                    continue;
                }
                if !loaded.warnings.is_empty() {
                    print::err(&loaded.warnings.render(WIDTH, colour_err));
                }
                if a.resolved {
                    exit = exit.or(print::out(&loaded.resolved()));
                } else {
                    let devices: usize =
                        loaded.scenario.users.iter().map(|u| u.devices.len()).sum();
                    let plural = if devices == 1 { "" } else { "s" };
                    let line = format!("{name}: valid, {devices} device{plural}\n");
                    exit = exit.or(print::out(&line));
                }
            }
            Err(faults) => {
                exit = Exit::Faults;
                if a.format == OutputFormat::Json {
                    reports
                        .push(json!({ "file": name, "valid": false, "faults": faults.to_json() }));
                } else {
                    print::err(&faults.render(WIDTH, colour_err));
                }
            }
        }
    }
    if a.format == OutputFormat::Json {
        let text = serde_json::to_string_pretty(&reports).unwrap_or_default();
        exit = exit.or(print::out(&(text + "\n")));
    }
    exit
}

//! `provenance.json`: what the results were made from, and the files of the
//! run with their SHA-256. No time of day, no machine, no threads: equal runs
//! have equal provenance.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{RunOutput, Written, trace_names};
use crate::metrics::rfc3339;
use crate::units::hex;

pub(crate) const NAME: &str = "provenance.json";
const GENERATOR: &str = "heatloop";

pub(crate) fn json(output: &RunOutput<'_>, files: &[Written]) -> Result<String, serde_json::Error> {
    let s = output.scenario;
    let names = trace_names(output.result);
    let files: Vec<Value> = files
        .iter()
        .map(|f| {
            let mut entry = json!({ "name": f.name, "bytes": f.bytes, "sha256": f.sha256 });
            let stem = f
                .name
                .rsplit_once('.')
                .map_or(f.name.as_str(), |(stem, _)| stem);
            if let Some(i) = names.iter().position(|n| n == stem) {
                let trace = &output.result.devices[i].0;
                entry["user_id"] = json!(trace.user_id);
                entry["device_id"] = json!(trace.device_id);
            }
            entry
        })
        .collect();
    let document = json!({
        "generator": GENERATOR,
        "version": env!("CARGO_PKG_VERSION"),
        "metrics_schema": crate::metrics::SCHEMA,
        "scenario": { "title": s.title, "sha256": hex(&Sha256::digest(output.scenario_text.as_bytes())) },
        "seed": s.seed,
        "period": { "start": rfc3339(s.period.start_s), "end": rfc3339(s.period.end_s) },
        "warmup_s": s.period.warmup_s,
        "step_s": s.period.step_s,
        "record_s": s.period.record_s,
        "time_zone": s.site.timezone.iana_name(),
        "weather": {
            "name": s.weather.name,
            "source": s.weather.source,
            "sha256": s.weather.sha256,
            "notes": s.weather.notes,
        },
        "files": files,
    });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// The files that a provenance lists; `None` where the text is no provenance
/// of ours. Names that would leave the folder are passed over.
pub(crate) fn files_of(text: &str) -> Option<Vec<String>> {
    let document: Value = serde_json::from_str(text).ok()?;
    if document["generator"] != GENERATOR {
        return None;
    }
    let files = document["files"].as_array()?;
    let names = files.iter().filter_map(|f| f["name"].as_str());
    Some(
        names
            .filter(|n| !n.contains(['/', '\\']) && *n != "..")
            .map(str::to_owned)
            .collect(),
    )
}

//! Baselines: what a scenario gave when somebody last looked and said yes.
//!
//! A JSON file a scenario, sorted by name and the same on every machine, made
//! for version control: no time of day, no paths outside the folder. It names
//! what the run was made from, so that a changed input is told apart from a
//! changed program. Read against a table of fields, as a scenario is: a broken
//! file is a fault with its place.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use crate::compare::Value;
use crate::scenario::field::{Kind, Section, default, integer, required};
use crate::scenario::{Faults, Loaded, View};
use crate::units::hex;

const VERSION: i64 = 1;

/// What a scenario gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    pub made_by: String,
    pub origin: Origin,
    pub metrics: BTreeMap<String, Value>,
    pub traces: Vec<TraceFile>,
}

/// Hashes of what a run was made from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// Of the scenario with all defaults filled in: comments and layout don't count.
    pub scenario: String,
    pub weather: String,
    /// Of the files that the scenario names, by name.
    pub inputs: BTreeMap<String, String>,
}

/// A kept trace, beside the baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceFile {
    pub user_id: String,
    pub device_id: String,
    pub file: String,
    pub sha256: String,
}

static ROOT: Section = Section {
    name: "baseline",
    doc: "A baseline.",
    fields: &[
        required(
            "heatloop_baseline",
            integer("", VERSION, VERSION),
            "Version.",
        ),
        required("made_by", Kind::Text, "Program and version."),
        required("scenario_sha256", Kind::Text, "Of the resolved scenario."),
        required("weather_sha256", Kind::Text, "Of the weather."),
        default(
            "inputs_sha256",
            Kind::Map(&Kind::Text),
            "{}",
            "Of other files.",
        ),
        required(
            "metrics",
            Kind::Map(&Kind::OneOf(&[
                Kind::Number {
                    unit: "",
                    min: f64::MIN,
                    max: f64::MAX,
                },
                Kind::Text,
            ])),
            "Numbers; a text says why there is none.",
        ),
        default("traces", Kind::Sections(&TRACE), "[]", "Kept traces."),
    ],
};

static TRACE: Section = Section {
    name: "kept trace",
    doc: "A trace.",
    fields: &[
        required("user_id", Kind::Text, "Whose."),
        required("device_id", Kind::Text, "Whose."),
        required("file", Kind::Text, "Beside the baseline."),
        required("sha256", Kind::Text, "Of the file."),
    ],
};

impl Origin {
    /// Of a scenario that was read.
    ///
    /// # Errors
    /// A file that can't be read any more.
    pub fn of(loaded: &Loaded) -> Result<Self, String> {
        let (text, inputs) = loaded.resolved_with_inputs();
        // The first line names the program's version, which stands elsewhere.
        let body: String = text.lines().filter(|l| !l.starts_with('#')).collect();
        let mut files = BTreeMap::new();
        for (name, path) in inputs {
            let bytes = std::fs::read(&path)
                .map_err(|e| format!("{} can't be read: {e}", path.display()))?;
            files.insert(name, digest(&bytes));
        }
        Ok(Self {
            scenario: digest(body.as_bytes()),
            weather: loaded.scenario.weather.sha256.clone(),
            inputs: files,
        })
    }

    /// What differs, a line each.
    pub fn changes(&self, now: &Self) -> Vec<String> {
        let mut all = Vec::new();
        let mut differ = |what: &str, was: &str, is: &str| {
            if was != is {
                all.push(format!(
                    "{what} is another one than that of the baseline (sha256 {}… became {}…)",
                    start(was),
                    start(is)
                ));
            }
        };
        differ("the scenario", &self.scenario, &now.scenario);
        differ("the weather", &self.weather, &now.weather);
        for (name, is) in &now.inputs {
            let was = self.inputs.get(name).map_or("none", String::as_str);
            differ(&format!("the file {name}"), was, is);
        }
        all
    }
}

fn start(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}

/// SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

impl Baseline {
    /// As text, the same bytes for the same content.
    pub fn to_text(&self) -> String {
        let metrics: Map<String, Json> = self
            .metrics
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Value::Known(v) => plain(*v),
                    Value::Undefined(why) => json!(why),
                };
                (name.clone(), value)
            })
            .collect();
        let traces: Vec<Json> = self
            .traces
            .iter()
            .map(|t| {
                json!({
                    "user_id": t.user_id,
                    "device_id": t.device_id,
                    "file": t.file,
                    "sha256": t.sha256,
                })
            })
            .collect();
        let mut all = json!({
            "heatloop_baseline": VERSION,
            "made_by": self.made_by,
            "scenario_sha256": self.origin.scenario,
            "weather_sha256": self.origin.weather,
        });
        if !self.origin.inputs.is_empty() {
            all["inputs_sha256"] = json!(self.origin.inputs);
        }
        all["metrics"] = Json::Object(metrics);
        if !traces.is_empty() {
            all["traces"] = json!(traces);
        }
        // A tree of plain values can always be written.
        serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// All faults of the file, with their places.
    pub fn read(path: &Path) -> Result<Self, Faults> {
        let (source, _) = crate::scenario::read_text(path)?;
        Self::of_source(&source)
    }

    fn of_source(source: &std::sync::Arc<crate::scenario::Source>) -> Result<Self, Faults> {
        let format = crate::scenario::Format::Json;
        let folder = Path::new("");
        crate::scenario::read_section(source, format, folder, &ROOT, build).map(|(b, _)| b)
    }
}

/// A number as JSON: whole ones without a point.
fn plain(v: f64) -> Json {
    if v.fract() == 0.0 && v.abs() < 1e15 {
        json!(v as i64)
    } else {
        json!(v)
    }
}

fn build(view: &View<'_>) -> Baseline {
    let metrics = view.map("metrics").into_iter().map(|(name, item)| {
        let value = match item.number() {
            Some(v) => Value::Known(v),
            None => Value::Undefined(item.text().unwrap_or("").to_owned()),
        };
        (name, value)
    });
    let inputs = view.map("inputs_sha256").into_iter();
    Baseline {
        made_by: view.text("made_by"),
        origin: Origin {
            scenario: view.text("scenario_sha256"),
            weather: view.text("weather_sha256"),
            inputs: inputs
                .map(|(name, item)| (name, item.text().unwrap_or("").to_owned()))
                .collect(),
        },
        metrics: metrics.collect(),
        traces: view
            .sections("traces")
            .iter()
            .map(|v| TraceFile {
                user_id: v.text("user_id"),
                device_id: v.text("device_id"),
                file: v.text("file"),
                sha256: v.text("sha256"),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Source;

    fn some() -> Baseline {
        let metrics = [
            ("energy.hvac_kwh", Value::Known(270.7977)),
            ("running.starts", Value::Known(78.0)),
            ("balance.house_residual", Value::Known(9e-14)),
            ("performance.seer", Value::Undefined("no cold".into())),
        ];
        Baseline {
            made_by: "heatloop 0.1.0".into(),
            origin: Origin {
                scenario: "aa".into(),
                weather: "bb".into(),
                inputs: [("input-a.csv".to_owned(), "cc".to_owned())].into(),
            },
            metrics: metrics.map(|(n, v)| (n.to_owned(), v)).into(),
            traces: vec![TraceFile {
                user_id: "u".into(),
                device_id: "d".into(),
                file: "x.parquet".into(),
                sha256: "dd".into(),
            }],
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_sorted() {
        let text = some().to_text();
        let read = Baseline::of_source(&Source::new("b.json", text.clone())).unwrap();
        assert_eq!(read, some());
        assert_eq!(read.to_text(), text);
        let at = |name: &str| text.find(name).unwrap();
        assert!(
            at("balance.house") < at("energy.hvac") && at("energy.hvac") < at("running.starts")
        );
        assert!(
            text.contains("\"running.starts\": 78\n") || text.contains("\"running.starts\": 78,")
        );
    }

    #[test]
    fn a_truncated_or_spoilt_file_is_a_fault_with_its_place() {
        let text = some().to_text();
        let cut = Baseline::of_source(&Source::new("b.json", &text[..text.len() / 2]));
        assert!(cut.unwrap_err().list[0].place.is_some());
        let spoilt = text.replace("270.7977", "true");
        let faults = Baseline::of_source(&Source::new("b.json", spoilt)).unwrap_err();
        let text = faults.render(100, false);
        assert!(
            text.contains("b.json:") && text.contains("energy.hvac_kwh"),
            "{text}"
        );
        let nan = Baseline::of_source(&Source::new(
            "b.json",
            some().to_text().replace("270.7977", "NaN"),
        ));
        assert!(nan.is_err());
    }

    #[test]
    fn changes_of_origin_are_told() {
        let (was, mut now) = (some().origin, some().origin);
        assert!(was.changes(&now).is_empty());
        now.weather = "other-weather".into();
        now.inputs.insert("input-b.csv".into(), "ee".into());
        let all = was.changes(&now).join("\n");
        assert!(
            all.contains("the weather") && all.contains("input-b.csv"),
            "{all}"
        );
    }
}

//! For programs: everything, as it is.

use serde_json::{Value as Json, json};

use super::{Outcome, Report, changes, speed_word, word};
use crate::check::report::Checked;
use crate::compare::Value;

pub(in crate::check) fn of(report: &Report) -> Json {
    json!({
        "file": report.file,
        "title": report.title,
        "updated": report.updated,
        "verdict": match report.verdict() {
            crate::check::report::Verdict::Same => "same",
            crate::check::report::Verdict::Changed => "changed",
            crate::check::report::Verdict::Failed => "failed",
        },
        "scenarios": report.checked.iter().map(scenario).collect::<Vec<_>>(),
        "speed": report.speed.iter().map(|t| json!({
            "name": t.name,
            "outcome": speed_word(t.outcome),
            "lines": t.lines,
            "written": t.written,
            "not_written": t.not_written,
        })).collect::<Vec<_>>(),
    })
}

fn scenario(c: &Checked) -> Json {
    let mut all = json!({
        "name": c.name,
        "outcome": word(&c.outcome),
        "metrics": c.metrics,
        "notes": c.notes,
        "written": c.written,
        "not_written": c.not_written,
    });
    let value = |v: &Value| match v {
        Value::Known(v) => json!(v),
        Value::Undefined(_) => Json::Null,
    };
    match &c.outcome {
        Outcome::Changed(found) => {
            let metrics = found.metrics.iter().map(|m| {
                let allowed = m.was.number().map(|was| m.tolerance.allowed(was));
                json!({
                    "metric": m.name,
                    "unit": m.unit,
                    "was": value(&m.was),
                    "is": value(&m.is),
                    "allowed": allowed,
                })
            });
            all["changed"] = metrics.collect();
            all["missing"] = json!(found.missing);
            all["lines"] = json!(changes(found, &c.zone));
        }
        Outcome::Failed(f) => {
            all["failure"] = json!(f.summary);
            all["faults"] = f.faults.as_ref().map_or(json!([]), |f| f.to_json());
        }
        Outcome::Same | Outcome::New => {}
    }
    all
}

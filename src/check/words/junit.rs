//! JUnit XML, as CI systems read it: a suite a check file, a case a scenario. A
//! change is a failure, what could not be compared an error. No times: equal
//! checks give equal files.

use std::fmt::Write as _;

use super::{Outcome, Report, lines};
use crate::check::speed;
use crate::report::xml;

struct Case {
    name: String,
    /// What went wrong: element, type, lines.
    wrong: Option<(&'static str, &'static str, Vec<String>)>,
    notes: Vec<String>,
}

pub(in crate::check) fn of(reports: &[Report]) -> String {
    let suites: Vec<(&Report, Vec<Case>)> = reports.iter().map(|r| (r, cases(r))).collect();
    let count = |cases: &[Case], element: &str| {
        let is = |c: &&Case| c.wrong.as_ref().is_some_and(|w| w.0 == element);
        cases.iter().filter(is).count()
    };
    let sum = |element: &str| suites.iter().map(|(_, c)| count(c, element)).sum::<usize>();
    let tests: usize = suites.iter().map(|(_, c)| c.len()).sum();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"heatloop check\" tests=\"{tests}\" failures=\"{}\" errors=\"{}\">",
        sum("failure"),
        sum("error")
    );
    for (report, cases) in &suites {
        let file = xml(&report.file);
        let _ = writeln!(
            out,
            "  <testsuite name=\"{file}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\">",
            cases.len(),
            count(cases, "failure"),
            count(cases, "error")
        );
        for case in cases {
            let _ = write!(
                out,
                "    <testcase classname=\"{file}\" name=\"{}\"",
                xml(&case.name)
            );
            if case.wrong.is_none() && case.notes.is_empty() {
                out.push_str("/>\n");
                continue;
            }
            out.push_str(">\n");
            if let Some((element, kind, lines)) = &case.wrong {
                let first = lines.first().map_or("", String::as_str);
                let body: Vec<String> = lines.iter().map(|l| xml(l)).collect();
                let _ = writeln!(
                    out,
                    "      <{element} message=\"{}\" type=\"{kind}\">{}</{element}>",
                    xml(first),
                    body.join("\n")
                );
            }
            if !case.notes.is_empty() {
                let notes: Vec<String> = case.notes.iter().map(|n| xml(n)).collect();
                let _ = writeln!(out, "      <system-out>{}</system-out>", notes.join("\n"));
            }
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn cases(report: &Report) -> Vec<Case> {
    let mut cases: Vec<Case> = report
        .checked
        .iter()
        .map(|c| {
            let mut wrong = match &c.outcome {
                Outcome::Changed(_) if !report.updated => Some(("failure", "changed", lines(c))),
                Outcome::Failed(_) => Some(("error", "failed", lines(c))),
                _ => None,
            };
            if !c.not_written.is_empty() {
                wrong = Some(("error", "not_written", c.not_written.clone()));
            }
            Case {
                name: c.name.clone(),
                wrong,
                notes: c.notes.clone(),
            }
        })
        .collect();
    cases.extend(report.speed.iter().map(|t| {
        let wrong = match t.outcome {
            speed::Outcome::Slower if !report.updated => {
                Some(("failure", "slower", t.lines.clone()))
            }
            speed::Outcome::Failed => Some(("error", "failed", t.lines.clone())),
            _ => None,
        };
        Case {
            name: format!("{} (speed)", t.name),
            notes: if wrong.is_none() {
                t.lines.clone()
            } else {
                Vec::new()
            },
            wrong,
        }
    }));
    cases
}

//! What `verify` says: a table for people, JSON for machines, and the chapter
//! and pictures of docs/VALIDATION.md.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::case::{Comparison, Evidence, Group, Missing, Reference, Verdict};
use crate::report::Chart;

/// A case with what became of it.
#[derive(Clone, Debug)]
pub struct Judged {
    pub group: Group,
    pub id: String,
    pub title: String,
    pub evidence: Result<Evidence, Missing>,
}

/// All cases that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub judged: Vec<Judged>,
}

/// How many comparisons ended how; cases where there are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub agree: usize,
    pub explained: usize,
    pub differ: usize,
    pub not_run: usize,
    pub failed: usize,
}

impl Counts {
    /// Nothing differs and nothing failed. What was not run is no agreement,
    /// but no disagreement either.
    pub fn fine(&self) -> bool {
        self.differ == 0 && self.failed == 0
    }
}

impl Report {
    /// Counts over all cases.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for judged in &self.judged {
            match &judged.evidence {
                Ok(evidence) => {
                    for comparison in &evidence.comparisons {
                        match comparison.verdict() {
                            Verdict::Agrees => counts.agree += 1,
                            Verdict::Explained => counts.explained += 1,
                            Verdict::Differs => counts.differ += 1,
                            Verdict::Told => {}
                        }
                    }
                }
                Err(Missing::NotRun(_)) => counts.not_run += 1,
                Err(Missing::Failed(_)) => counts.failed += 1,
            }
        }
        counts
    }

    /// One line.
    pub fn verdict(&self) -> String {
        let c = self.counts();
        let mut line = format!(
            "{} comparisons agree, {} outside for a stated reason, {} differ",
            c.agree, c.explained, c.differ
        );
        if c.failed > 0 {
            let _ = write!(line, "; {} could not be run", cases(c.failed));
        }
        if c.not_run > 0 {
            let _ = write!(
                line,
                "; {} not run, because references are not here",
                cases(c.not_run)
            );
        }
        line
    }

    /// The table for people. `colour`: for a terminal.
    pub fn text(&self, colour: bool) -> String {
        let paint = |code: &str, text: &str| {
            if colour {
                format!("\x1b[{code}m{text}\x1b[0m")
            } else {
                text.to_owned()
            }
        };
        let mut out = String::new();
        let mut group = "";
        for judged in &self.judged {
            if judged.group.id != group {
                group = judged.group.id;
                let title = format!("{} ({group})", judged.group.title);
                let _ = writeln!(out, "\n{}", paint("1", &title));
            }
            let _ = writeln!(out, "  {}  {}", judged.id, paint("2", &judged.title));
            match &judged.evidence {
                Ok(evidence) => {
                    let width = evidence
                        .comparisons
                        .iter()
                        .map(|c| c.quantity.chars().count())
                        .max();
                    for c in &evidence.comparisons {
                        let verdict = match c.verdict() {
                            Verdict::Differs => paint("1;31", "DIFFERS"),
                            Verdict::Explained => paint("33", "explained"),
                            other => other.word().to_owned(),
                        };
                        let line = format!(
                            "    {:width$}  {:>12} {:<7} {:>22}  {:>9}  {verdict}",
                            c.quantity,
                            figure(c.ours, c.decimals),
                            c.unit,
                            reference(c),
                            difference(c),
                            width = width.unwrap_or(0),
                        );
                        let _ = writeln!(out, "{}", line.trim_end());
                    }
                    for why in reasons(evidence) {
                        let _ = writeln!(out, "    {}", paint("33", why));
                    }
                }
                Err(Missing::NotRun(why)) => {
                    let _ = writeln!(out, "    {}: {why}", paint("33", "not run"));
                }
                Err(Missing::Failed(why)) => {
                    let _ = writeln!(out, "    {}: {why}", paint("1;31", "FAILED"));
                }
            }
        }
        let _ = writeln!(out, "\n{}", self.verdict());
        out
    }

    /// The same for machines.
    pub fn json(&self) -> Value {
        let cases: Vec<Value> = self
            .judged
            .iter()
            .map(|judged| {
                let mut case = json!({
                    "id": judged.id,
                    "group": judged.group.id,
                    "title": judged.title,
                });
                match &judged.evidence {
                    Ok(evidence) => {
                        case["status"] = json!("run");
                        let list = evidence.comparisons.iter().map(comparison_json);
                        case["comparisons"] = list.collect();
                    }
                    Err(Missing::NotRun(why)) => {
                        case["status"] = json!("not run");
                        case["reason"] = json!(why);
                    }
                    Err(Missing::Failed(why)) => {
                        case["status"] = json!("failed");
                        case["reason"] = json!(why);
                    }
                }
                case
            })
            .collect();
        let c = self.counts();
        json!({
            "agree": c.agree,
            "explained": c.explained,
            "differ": c.differ,
            "not_run": c.not_run,
            "failed": c.failed,
            "cases": cases,
        })
    }

    /// docs/VALIDATION.md. Pictures are expected in the folder `pictures`.
    pub fn markdown(&self, pictures: &str) -> String {
        let mut out = String::from(HEAD);
        let _ = writeln!(out, "\n**{}.**", self.verdict());
        let mut group = "";
        for (i, judged) in self.judged.iter().enumerate() {
            if judged.group.id == group {
                continue;
            }
            group = judged.group.id;
            let of_group = self.judged[i..].iter().take_while(|j| j.group.id == group);
            out.push_str(&chapter(&judged.group, of_group.collect(), pictures));
        }
        out
    }

    /// The charts with the names of their files, without ending.
    pub fn charts(&self) -> Vec<(String, &Chart)> {
        self.judged
            .iter()
            .filter_map(|j| Some((j, j.evidence.as_ref().ok()?)))
            .flat_map(|(j, evidence)| {
                let many = evidence.charts.len() > 1;
                evidence.charts.iter().enumerate().map(move |(i, chart)| {
                    let name = if many {
                        format!("{}-{}", j.id, i + 1)
                    } else {
                        j.id.clone()
                    };
                    (name, chart)
                })
            })
            .collect()
    }
}

const HEAD: &str = "\
# Validation

Figures of Heatloop beside references that others made. Written by

```sh
heatloop verify --write docs
```

which also draws the pictures; `heatloop verify` prints the same as a table.
*Agrees* means within the tolerance that stands in the column *reference*; it is
set by what the reference is worth, which each chapter says. *Explained* means
outside of it, for a reason that was looked into and stands below the table.
References that may not be redistributed are looked for in the folder that
`HEATLOOP_REFERENCE_DIR` names; without it their cases are not run.
";

fn chapter(group: &Group, judged: Vec<&Judged>, pictures: &str) -> String {
    let mut out = format!("\n## {}\n\n{}\n", group.title, group.about.trim());
    let beside = judged
        .iter()
        .filter_map(|j| j.evidence.as_ref().ok())
        .flat_map(|e| &e.comparisons)
        .find_map(|c| c.beside)
        .map(|(name, _)| name);
    let (extra_head, extra_rule) = match beside {
        Some(name) => (format!(" {name} |"), " ---: |"),
        None => (String::new(), ""),
    };
    let _ = writeln!(
        out,
        "\n| case | quantity | ours | reference | difference |{extra_head} verdict |\n\
         | --- | --- | ---: | ---: | ---: |{extra_rule} --- |"
    );
    for j in &judged {
        match &j.evidence {
            Ok(evidence) => {
                for c in &evidence.comparisons {
                    let other = match (beside, c.beside) {
                        (Some(_), Some((_, x))) => format!(" {} |", figure(x, c.decimals)),
                        (Some(_), None) => " |".to_owned(),
                        (None, _) => String::new(),
                    };
                    let _ = writeln!(
                        out,
                        "| {} | {} | {} {} | {} | {} |{other} {} |",
                        j.id,
                        c.quantity,
                        figure(c.ours, c.decimals),
                        c.unit,
                        reference(c),
                        difference(c),
                        c.verdict().word()
                    );
                }
            }
            Err(Missing::NotRun(_)) => {
                let other = if beside.is_some() { " |" } else { "" };
                let _ = writeln!(out, "| {} | | | | |{other} not run |", j.id);
            }
            Err(Missing::Failed(why)) => {
                let other = if beside.is_some() { " |" } else { "" };
                let _ = writeln!(out, "| {} | {why} | | | |{other} FAILED |", j.id);
            }
        }
    }
    out.push('\n');
    for j in &judged {
        let _ = writeln!(out, "- `{}`: {}.", j.id, j.title);
        if let Ok(evidence) = &j.evidence {
            for why in reasons(evidence) {
                let _ = writeln!(out, "  *Explained:* {why}");
            }
        }
    }
    for j in &judged {
        let one = Report {
            judged: vec![(*j).clone()],
        };
        for (name, chart) in one.charts() {
            let _ = writeln!(out, "\n![{}]({pictures}/{name}.png)", chart.title);
        }
    }
    out
}

fn cases(n: usize) -> String {
    if n == 1 {
        "1 case".to_owned()
    } else {
        format!("{n} cases")
    }
}

/// Reasons of a case that are in force, each once.
fn reasons(evidence: &Evidence) -> Vec<&'static str> {
    let mut list = Vec::new();
    for c in &evidence.comparisons {
        if let (Verdict::Explained, Some(known)) = (c.verdict(), &c.known)
            && !list.contains(&known.why)
        {
            list.push(known.why);
        }
    }
    list
}

fn figure(x: f64, decimals: usize) -> String {
    if !x.is_finite() {
        return "not a number".to_owned();
    }
    let small = x != 0.0 && x.abs() < 0.5 * 10f64.powi(-(decimals as i32));
    if small {
        format!("{x:.1e}")
    } else {
        format!("{x:.decimals$}")
    }
}

fn reference(c: &Comparison) -> String {
    let f = |x: f64| figure(x, c.decimals);
    match c.reference {
        Reference::Value { value, tolerance } => format!("{} ± {}", f(value), plain(tolerance)),
        Reference::Range { low, high } => format!("{} to {}", f(low), f(high)),
        Reference::AtMost(most) => format!("at most {}", plain(most)),
        Reference::AtLeast(least) => format!("at least {}", plain(least)),
        Reference::Told => String::new(),
    }
}

/// A tolerance as it was set: without digits that it has not.
fn plain(x: f64) -> String {
    if x != 0.0 && x.abs() < 1e-3 {
        format!("{x:e}")
    } else {
        format!("{x}")
    }
}

fn difference(c: &Comparison) -> String {
    match c.difference() {
        Some(0.0) => "0".to_owned(),
        Some(d) if d.is_finite() => {
            let text = figure(d, c.decimals);
            if d > 0.0 { format!("+{text}") } else { text }
        }
        _ => String::new(),
    }
}

fn comparison_json(c: &Comparison) -> Value {
    let reference = match c.reference {
        Reference::Value { value, tolerance } => json!({ "value": value, "tolerance": tolerance }),
        Reference::Range { low, high } => json!({ "low": low, "high": high }),
        Reference::AtMost(most) => json!({ "at_most": most }),
        Reference::AtLeast(least) => json!({ "at_least": least }),
        Reference::Told => Value::Null,
    };
    let mut value = json!({
        "quantity": c.quantity,
        "unit": c.unit,
        "ours": c.ours,
        "reference": reference,
        "difference": c.difference(),
        "verdict": c.verdict().word().to_lowercase(),
    });
    if let Some((name, figure)) = c.beside {
        value["beside"] = json!({ "name": name, "figure": figure });
    }
    if let (Verdict::Explained, Some(known)) = (c.verdict(), &c.known) {
        value["reason"] = json!(known.why);
    }
    value
}

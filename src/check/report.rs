//! What a check found, as data; and the verdict.

use jiff::tz::TimeZone;

use super::speed::Timed;
use super::words;
use crate::compare::{Parting, Tolerance, Turn, Value};
use crate::scenario::{Faults, Place};

/// What one check file gave.
#[derive(Clone, Debug)]
pub struct Report {
    /// The check file, as it was named.
    pub file: String,
    pub title: String,
    /// Baselines were renewed.
    pub updated: bool,
    pub checked: Vec<Checked>,
    pub speed: Vec<Timed>,
}

/// What one scenario gave.
#[derive(Clone, Debug)]
pub struct Checked {
    pub name: String,
    /// Where the check file names it.
    pub place: Place,
    pub zone: TimeZone,
    /// Metrics that the run gave.
    pub metrics: usize,
    pub notes: Vec<String>,
    pub outcome: Outcome,
    /// Files that were renewed, and what could not be.
    pub written: Vec<String>,
    pub not_written: Vec<String>,
}

#[derive(Clone, Debug)]
pub enum Outcome {
    Same,
    /// There was no baseline, and now there is.
    New,
    Changed(Box<Changes>),
    /// It could not be compared.
    Failed(Failure),
}

/// Why something could not be compared.
#[derive(Clone, Debug)]
pub struct Failure {
    pub summary: String,
    pub faults: Option<Faults>,
}

impl Failure {
    pub fn new(summary: String) -> Self {
        Self {
            summary,
            faults: None,
        }
    }

    pub fn of(summary: String, faults: Faults) -> Self {
        Self {
            summary,
            faults: Some(faults),
        }
    }
}

/// What changed in a scenario.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub metrics: Vec<MetricChange>,
    /// Metrics that the run no longer gives.
    pub missing: Vec<String>,
    pub traces: Vec<TraceChange>,
}

impl Changes {
    /// Whether nothing is outside its tolerance. Reasons that turn explain a
    /// change and are none by themselves.
    pub fn is_empty(&self) -> bool {
        let quiet = |t: &TraceChange| t.partings.is_empty() && t.gone.is_empty();
        self.metrics.is_empty() && self.missing.is_empty() && self.traces.iter().all(quiet)
    }
}

/// A metric outside its tolerance.
#[derive(Clone, Debug)]
pub struct MetricChange {
    pub name: String,
    pub unit: &'static str,
    pub was: Value,
    pub is: Value,
    pub tolerance: Tolerance,
}

impl MetricChange {
    /// The difference over what is allowed; infinite where nothing is, or where
    /// a number came or went.
    pub fn excess(&self) -> f64 {
        let (Some(was), Some(is)) = (self.was.number(), self.is.number()) else {
            return f64::INFINITY;
        };
        let excess = (is - was).abs() / self.tolerance.allowed(was);
        if excess.is_nan() {
            f64::INFINITY
        } else {
            excess
        }
    }
}

/// How a device's trace departs.
#[derive(Clone, Debug)]
pub struct TraceChange {
    pub device: String,
    pub turn: Option<Turn>,
    pub partings: Vec<Parting>,
    /// Channels that the run no longer has.
    pub gone: Vec<String>,
}

/// How a check ended, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Same,
    Changed,
    Failed,
}

impl Report {
    /// The worst of all. Changes that were taken into the baselines are fine.
    pub fn verdict(&self) -> Verdict {
        let changed = if self.updated {
            Verdict::Same
        } else {
            Verdict::Changed
        };
        let of = |c: &Checked| match c.outcome {
            Outcome::Same | Outcome::New => Verdict::Same,
            Outcome::Changed(_) => changed,
            Outcome::Failed(_) => Verdict::Failed,
        };
        let timed = |t: &Timed| match t.outcome {
            super::speed::Outcome::Slower => changed,
            super::speed::Outcome::Failed => Verdict::Failed,
            _ => Verdict::Same,
        };
        let all = self.checked.iter().map(of);
        all.chain(self.speed.iter().map(timed))
            .max()
            .unwrap_or(Verdict::Same)
    }

    /// Whether every baseline that was to be renewed is on the disk.
    pub fn is_written(&self) -> bool {
        let speed = self.speed.iter().all(|t| t.not_written.is_empty());
        speed && self.checked.iter().all(|c| c.not_written.is_empty())
    }

    /// For a terminal.
    pub fn text(&self, colour: bool) -> String {
        words::text::of(self, colour)
    }

    /// For a job summary.
    pub fn markdown(&self) -> String {
        words::markdown::of(self)
    }

    /// For a program.
    pub fn json(&self) -> serde_json::Value {
        words::json::of(self)
    }

    /// Annotations of GitHub's checks, one a line.
    pub fn github(&self) -> String {
        words::github::of(self)
    }
}

/// JUnit XML of some reports.
pub fn junit(reports: &[Report]) -> String {
    words::junit::of(reports)
}

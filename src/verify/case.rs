//! What a comparison is: a case, its quantities, and how each is judged.

use std::path::PathBuf;

use crate::report::Chart;

/// Cases of one kind; a chapter of docs/VALIDATION.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Short name, as `--only` takes it: "closed-form".
    pub id: &'static str,
    pub title: &'static str,
    /// What the reference is, what it is worth, and what agreement means. Markdown.
    pub about: &'static str,
}

/// What a case may use from outside of the program.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// The folder of references that may not be redistributed
    /// (`HEATLOOP_REFERENCE_DIR`).
    pub reference_dir: Option<PathBuf>,
    /// Leave charts out: they take longer than most cases.
    pub no_charts: bool,
}

type Run = Box<dyn Fn(&Outside) -> Result<Evidence, Missing> + Send + Sync>;

/// One case.
pub struct Case {
    pub group: Group,
    /// Unique: "vdi6007-1".
    pub id: String,
    pub title: String,
    /// Whether it takes less than about a second: the test suite runs these.
    pub quick: bool,
    run: Run,
}

impl Case {
    /// A case; `run` makes its evidence.
    pub fn new(
        group: Group,
        id: impl Into<String>,
        title: impl Into<String>,
        run: impl Fn(&Outside) -> Result<Evidence, Missing> + Send + Sync + 'static,
    ) -> Self {
        Self {
            group,
            id: id.into(),
            title: title.into(),
            quick: true,
            run: Box::new(run),
        }
    }

    /// The same case, not for the test suite.
    #[must_use]
    pub fn slow(self) -> Self {
        Self {
            quick: false,
            ..self
        }
    }

    pub(super) fn evidence(&self, outside: &Outside) -> Result<Evidence, Missing> {
        (self.run)(outside)
    }
}

/// Why a case has no evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Something that it needs is not here: not run, and never passed.
    NotRun(String),
    /// It should have run, but could not.
    Failed(String),
}

/// What a case found.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub comparisons: Vec<Comparison>,
    pub charts: Vec<Chart>,
}

impl From<Vec<Comparison>> for Evidence {
    fn from(comparisons: Vec<Comparison>) -> Self {
        Self {
            comparisons,
            charts: Vec::new(),
        }
    }
}

/// What a figure is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reference {
    /// A value, and how far from it counts as agreement.
    Value { value: f64, tolerance: f64 },
    /// The range of several programs or tests.
    Range { low: f64, high: f64 },
    /// An error that must not be larger. A perfect match is 0.
    AtMost(f64),
    /// A share or an order that must not be smaller.
    AtLeast(f64),
    /// Nothing is asked: the figure is told for its own sake.
    Told,
}

/// One figure of ours beside its reference.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub quantity: String,
    pub unit: &'static str,
    /// Decimals worth printing.
    pub decimals: usize,
    pub ours: f64,
    pub reference: Reference,
    /// What another program reaches at the same quantity, with its name.
    pub beside: Option<(&'static str, f64)>,
    /// Where we are known to be outside the reference, and why.
    pub known: Option<Known>,
}

/// A deviation that was looked into. It holds for figures from `low` to `high`
/// only, so that a change for the worse is not covered by it.
#[derive(Clone, Debug)]
pub struct Known {
    pub low: f64,
    pub high: f64,
    pub why: &'static str,
}

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Agrees,
    /// Outside the reference for a stated reason.
    Explained,
    Differs,
    /// Nothing was asked.
    Told,
}

impl Verdict {
    /// One word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Explained => "explained",
            Self::Differs => "DIFFERS",
            Self::Told => "",
        }
    }
}

impl Comparison {
    /// `ours` beside a reference, printed with three decimals.
    pub fn new(
        quantity: impl Into<String>,
        unit: &'static str,
        ours: f64,
        reference: Reference,
    ) -> Self {
        Self {
            quantity: quantity.into(),
            unit,
            decimals: 3,
            ours,
            reference,
            beside: None,
            known: None,
        }
    }

    /// Beside a value with a tolerance.
    pub fn value(
        quantity: impl Into<String>,
        unit: &'static str,
        ours: f64,
        value: f64,
        tolerance: f64,
    ) -> Self {
        Self::new(quantity, unit, ours, Reference::Value { value, tolerance })
    }

    /// Beside the range that others span.
    pub fn range(
        quantity: impl Into<String>,
        unit: &'static str,
        ours: f64,
        low: f64,
        high: f64,
    ) -> Self {
        Self::new(quantity, unit, ours, Reference::Range { low, high })
    }

    /// An error with the largest that counts as agreement.
    pub fn at_most(quantity: impl Into<String>, unit: &'static str, ours: f64, most: f64) -> Self {
        Self::new(quantity, unit, ours, Reference::AtMost(most))
    }

    /// A share or an order with the smallest that counts as agreement.
    pub fn at_least(
        quantity: impl Into<String>,
        unit: &'static str,
        ours: f64,
        least: f64,
    ) -> Self {
        Self::new(quantity, unit, ours, Reference::AtLeast(least))
    }

    /// A figure without a demand.
    pub fn told(quantity: impl Into<String>, unit: &'static str, ours: f64) -> Self {
        Self::new(quantity, unit, ours, Reference::Told)
    }

    /// Printed with so many decimals.
    #[must_use]
    pub fn decimals(self, decimals: usize) -> Self {
        Self { decimals, ..self }
    }

    /// What another program reaches.
    #[must_use]
    pub fn beside(self, name: &'static str, figure: f64) -> Self {
        Self {
            beside: Some((name, figure)),
            ..self
        }
    }

    /// Figures from `low` to `high` are outside the reference for a reason.
    #[must_use]
    pub fn known(self, low: f64, high: f64, why: &'static str) -> Self {
        Self {
            known: Some(Known { low, high, why }),
            ..self
        }
    }

    /// How it ended. A figure that is not a number agrees with nothing.
    pub fn verdict(&self) -> Verdict {
        let agrees = match self.reference {
            Reference::Value { value, tolerance } => (self.ours - value).abs() <= tolerance,
            Reference::Range { low, high } => (low..=high).contains(&self.ours),
            Reference::AtMost(most) => self.ours <= most,
            Reference::AtLeast(least) => self.ours >= least,
            Reference::Told if self.ours.is_finite() => return Verdict::Told,
            Reference::Told => false,
        };
        let explained = |k: &Known| (k.low..=k.high).contains(&self.ours);
        if agrees {
            Verdict::Agrees
        } else if self.known.as_ref().is_some_and(explained) {
            Verdict::Explained
        } else {
            Verdict::Differs
        }
    }

    /// Ours less the reference: from the value, or from the nearer end of a
    /// range (0 inside it). None where there is nothing to subtract from.
    pub fn difference(&self) -> Option<f64> {
        match self.reference {
            Reference::Value { value, .. } => Some(self.ours - value),
            Reference::Range { low, high } => {
                Some((self.ours - high).max(0.0) + (self.ours - low).min(0.0))
            }
            Reference::AtMost(_) | Reference::AtLeast(_) | Reference::Told => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_keep_their_bounds_and_nan_agrees_with_nothing() {
        let ours = |x: f64| Comparison::value("q", "K", x, 20.0, 0.1);
        assert_eq!(ours(20.1 - 1e-12).verdict(), Verdict::Agrees);
        assert_eq!(ours(20.2).verdict(), Verdict::Differs);
        let known = |x: f64| ours(x).known(20.1, 20.3, "a reason");
        assert_eq!(known(20.2).verdict(), Verdict::Explained);
        assert_eq!(known(20.4).verdict(), Verdict::Differs, "worse than known");
        for reference in [
            Reference::AtMost(1.0),
            Reference::AtLeast(1.0),
            Reference::Told,
            Reference::Range {
                low: 0.0,
                high: 1.0,
            },
        ] {
            let c = Comparison::new("q", "", f64::NAN, reference).known(0.0, 9.0, "a reason");
            assert_eq!(c.verdict(), Verdict::Differs, "{reference:?}");
        }
    }

    #[test]
    fn differences_are_from_the_nearer_end_of_a_range() {
        let inside = Comparison::range("q", "K", 2.0, 1.0, 3.0);
        assert_eq!(inside.difference(), Some(0.0));
        assert_eq!(
            Comparison::range("q", "K", 0.5, 1.0, 3.0).difference(),
            Some(-0.5)
        );
        assert_eq!(
            Comparison::range("q", "K", 3.5, 1.0, 3.0).difference(),
            Some(0.5)
        );
        assert_eq!(Comparison::at_most("q", "K", 1.0, 2.0).difference(), None);
    }
}

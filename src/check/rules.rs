//! Tolerances by name: patterns, of which the last that fits counts.

use crate::compare::Tolerance;
use crate::compare::figures::short;
use crate::compare::words::is_instant;
use crate::trace::channels::matches;

/// What holds for names that fit a pattern; `None`: they may be anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub pattern: String,
    pub tolerance: Option<Tolerance>,
}

/// Rules in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules(pub Vec<Rule>);

/// What no rule fits. A share well above the rounding of figures (7 digits) and
/// near what the default step is worth (docs/NUMERICS.md); the absolute amount
/// is for residuals and sums that ought to be 0.
pub const OTHERWISE: Tolerance = Tolerance {
    absolute: 1e-6,
    relative: 1e-3,
};

/// Whether a pattern fits a metric: its whole name, or its last two parts,
/// whoever's figure it is.
pub fn fits(pattern: &str, name: &str) -> bool {
    matches(pattern, name) || matches(pattern, short(name))
}

impl Rules {
    /// These, then others, which win.
    #[must_use]
    pub fn then(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The tolerance of a metric; `None` where it may be anything. Instants are
    /// compared only where a rule says how: equal peaks change places easily.
    pub fn of_metric(&self, name: &str) -> Option<Tolerance> {
        match self.0.iter().rev().find(|r| fits(&r.pattern, name)) {
            Some(rule) => rule.tolerance,
            None if is_instant(name) => None,
            None => Some(OTHERWISE),
        }
    }

    /// The tolerance of a channel.
    pub fn of_channel(&self, name: &str) -> Option<Tolerance> {
        match self.0.iter().rev().find(|r| matches(&r.pattern, name)) {
            Some(rule) => rule.tolerance,
            None => Some(crate::compare::usual(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(pattern: &str, absolute: f64) -> Rule {
        Rule {
            pattern: pattern.into(),
            tolerance: Some(Tolerance {
                absolute,
                relative: 0.0,
            }),
        }
    }

    #[test]
    fn the_last_rule_that_fits_counts() {
        let rules = Rules(vec![rule("energy.*", 1.0), rule("*_kwh", 2.0)]);
        let own = Rules(vec![rule("users.anna.*", 3.0)]);
        let all = rules.then(own);
        let absolute = |name: &str| all.of_metric(name).unwrap().absolute;
        assert_eq!(absolute("energy.hvac_kwh"), 2.0);
        assert_eq!(absolute("users.bert.energy.hvac_kwh"), 2.0);
        assert_eq!(absolute("users.anna.energy.hvac_kwh"), 3.0);
        assert_eq!(all.of_metric("cost.total_eur"), Some(OTHERWISE));
    }

    #[test]
    fn short_names_fit_whoever_has_the_figure() {
        assert!(fits("energy.*", "users.a.devices.b.energy.hvac_kwh"));
        assert!(fits("energy.hvac_kwh", "users.a.energy.hvac_kwh"));
        assert!(fits(
            "users.*.rooms.*",
            "users.a.devices.b.rooms.c.comfort.mean_c"
        ));
        assert!(!fits("hvac_kwh", "energy.hvac_kwh"));
    }

    #[test]
    fn instants_are_compared_only_where_asked() {
        let none = Rules::default();
        assert_eq!(none.of_metric("grid.peak_at_s"), None);
        let asked = Rules(vec![rule("grid.peak_at_s", 900.0)]);
        assert_eq!(asked.of_metric("grid.peak_at_s").unwrap().absolute, 900.0);
    }
}

//! Deviations of whole houses from their references that were looked into: how
//! far they go, and why.

use super::case::Comparison;

/// A deviation of one quantity of one case, or of all cases (`case` empty).
struct Deviation {
    group: &'static str,
    case: &'static str,
    /// How the quantity's name begins.
    quantity: &'static str,
    low: f64,
    high: f64,
    why: &'static str,
}

const DEVIATIONS: &[Deviation] = &[];

/// The comparison with its reason, if one is known.
pub(super) fn explained(group: &str, case: &str, c: Comparison) -> Comparison {
    let same =
        |d: &&Deviation| d.group == group && d.case == case && c.quantity.starts_with(d.quantity);
    match DEVIATIONS.iter().find(same) {
        Some(d) => c.known(d.low, d.high, d.why),
        None => c,
    }
}

//! PMV, PPD and the adaptive model beside published tables.

use super::case::{Case, Comparison, Evidence, Group};
use crate::metrics::en16798::{adaptive_limits_c, adaptive_optimum_c};
use crate::metrics::pmv::{Person, pmv, ppd, saturation_pa};

const GROUP: Group = Group {
    id: "comfort",
    title: "Comfort: ISO 7730 and EN 16798-1",
    about: "\
PMV and PPD of ISO 7730's Annex D and of ASHRAE 55 at still air, where both have the
same equation, and the adaptive limits of EN 16798-1, by way of the validation
tables of pythermalcomfort (MIT licence). Their tolerance is 0.1 for PMV and 1
for PPD; adaptive limits are rounded to 0.1 K. Cases of ASHRAE's index for moving
air and of inputs outside ISO 7730's range are left out: neither is claimed.",
};

const PMV_PPD: &str = include_str!("data/pmv_ppd.csv");
const ADAPTIVE: &str = include_str!("data/adaptive_en16798.csv");

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            GROUP,
            "iso-7730",
            "predicted mean vote and percentage dissatisfied",
            |_| Ok(votes()),
        ),
        Case::new(
            GROUP,
            "en-16798-adaptive",
            "optimum and categories I to III of the adaptive model",
            |_| Ok(adaptive()),
        ),
    ]
}

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty())
        .map(|l| l.split(',').collect())
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

fn votes() -> Evidence {
    let (mut vote, mut dissatisfied, mut cases) = (0.0_f64, 0.0_f64, 0);
    for row in rows(PMV_PPD) {
        let v: Vec<f64> = row[1..].iter().map(|x| number(x)).collect();
        let person = Person {
            met: v[4],
            clo: v[5],
            air_m_per_s: v[3],
        };
        let ours = pmv(v[0], v[1], v[2] / 100.0 * saturation_pa(v[0]), person);
        vote = largest(vote, ours - v[6]);
        dissatisfied = largest(dissatisfied, ppd(ours) - v[7]);
        cases += 1;
    }
    vec![
        Comparison::at_most(
            format!("PMV, largest difference of {cases} cases"),
            "",
            vote,
            0.1,
        ),
        Comparison::at_most(
            format!("PPD, largest difference of {cases} cases"),
            "%",
            dissatisfied,
            1.0,
        ),
    ]
    .into()
}

/// The larger of `most` and the size of `difference`; NaN stays.
fn largest(most: f64, difference: f64) -> f64 {
    if difference.is_nan() {
        difference
    } else {
        most.max(difference.abs())
    }
}

fn adaptive() -> Evidence {
    // Difference of two figures that may both be missing; NaN where one is.
    let apart = |ours: Option<f64>, theirs: &str| match (ours, theirs.parse::<f64>()) {
        (Some(ours), Ok(theirs)) => ours - theirs,
        (None, Err(_)) => 0.0,
        _ => f64::NAN,
    };
    let (mut limits_k, mut wrong, mut judged) = (0.0_f64, 0, 0);
    for row in rows(ADAPTIVE) {
        let (operative_c, mean_c) = (number(row[0]), number(row[1]));
        limits_k = largest(limits_k, apart(adaptive_optimum_c(mean_c), row[2]));
        for category in 0..3 {
            let limits = adaptive_limits_c(mean_c, category);
            let (low, high) = (row[3 + 2 * category], row[4 + 2 * category]);
            limits_k = largest(limits_k, apart(limits.map(|l| l.0), low));
            limits_k = largest(limits_k, apart(limits.map(|l| l.1), high));
            let inside = limits.is_some_and(|(low, high)| (low..=high).contains(&operative_c));
            wrong += i32::from(inside != (row[9 + category] == "1"));
            judged += 1;
        }
    }
    vec![
        Comparison::at_most("optimum and limits, largest difference", "K", limits_k, 0.1),
        Comparison::at_most(
            format!("categories judged otherwise, of {judged}"),
            "",
            f64::from(wrong),
            0.0,
        )
        .decimals(0),
    ]
    .into()
}

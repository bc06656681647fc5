//! The ends of each parameter's range, and the values of a list, read as
//! scenarios before the first run: nothing is simulated. A value that no
//! scenario takes, whatever the other parameters are, is a fault of the study.

use super::design::allowed;
use super::parameter::End;
use super::plan::Plan;
use super::vary;
use crate::scenario::{Fault, Node, Place};

/// Values of a list that are read at most.
const MOST_VALUES: usize = 100;
/// Points of lists that are taken together, which are searched for a value.
const MOST_POINTS: usize = 10_000;

/// Faults of ends that are wrong with the other parameters as in `probes` and at
/// their own ends; the first of `probes` that has no fault comes first, so that
/// most ends are read once. Points that the study's conditions forbid are no
/// evidence.
pub(super) fn faults(plan: &Plan, probes: Vec<Vec<Node>>) -> Ends {
    let parameters = &plan.study.parameters;
    let corner = |u: f64| parameters.iter().map(|p| p.at(u)).collect();
    let mut others = probes;
    others.extend([corner(0.0), corner(1.0)]);
    let mut all = Vec::new();
    for (k, parameter) in parameters.iter().enumerate() {
        let ends = parameter.ends(MOST_VALUES);
        all.extend(ends.iter().filter_map(|end| wrong(plan, &others, k, end)));
    }
    // Where a value is wrong in itself, it may be why others are found wrong too.
    let in_themselves = all.iter().any(|w| w.in_itself);
    if in_themselves {
        all.retain(|w| w.in_itself);
    }
    Ends {
        faults: all.into_iter().map(|w| w.fault).collect(),
        in_themselves,
    }
}

/// What is wrong with the ends.
pub(super) struct Ends {
    pub faults: Vec<Fault>,
    /// Whatever the other parameters are, the scenario's faults are about these
    /// values; else these values may be wrong because of what else is.
    pub in_themselves: bool,
}

/// An end that is wrong wherever it was tried.
struct Wrong {
    fault: Fault,
    /// Everywhere the scenario's faults are about this very value.
    in_itself: bool,
}

/// What is wrong with an end of parameter `k`, if it is wrong everywhere.
fn wrong(plan: &Plan, others: &[Vec<Node>], k: usize, end: &End) -> Option<Wrong> {
    let study = &plan.study;
    let mut first: Option<Fault> = None;
    let mut in_itself = true;
    for point in points(plan, others, k, end) {
        if !allowed(study, &point) {
            continue;
        }
        let settings = plan.settings(&point, 0, false);
        let Err(faults) = plan.base.vary(&settings) else {
            return None;
        };
        let own = settings.len() - study.parameters.len() + k;
        let cites = |f: &&Fault| plan.base.setting_of(f, settings.len()) == Some(own);
        let list = &faults.list;
        let about = list.iter().find(cites);
        in_itself &= about.is_some();
        first = first.or_else(|| about.or(list.first()).cloned());
    }
    let fault = first?;
    let parameter = &study.parameters[k];
    let value = vary::written(&end.value);
    let place = end
        .place
        .clone()
        .unwrap_or_else(|| Place::new(&study.source, end.value.span.clone()));
    let message = format!(
        "no run can have `{}` = {value}: {}: {}",
        parameter.name, fault.key, fault.message
    );
    let fault = Fault {
        message,
        key: format!("parameters[{k}].{}", end.key),
        value: Some(value),
        place: Some(place),
        ..fault
    };
    Some(Wrong { fault, in_itself })
}

/// Points at which parameter `k` has the value of an end.
fn points(plan: &Plan, others: &[Vec<Node>], k: usize, end: &End) -> Vec<Vec<Node>> {
    match &plan.design {
        Some(design) if design.is_zip() => (0..design.len().min(MOST_POINTS))
            .map(|i| design.point(i, &plan.study.parameters))
            .filter(|point| vary::written(&point[k]) == vary::written(&end.value))
            .collect(),
        _ => {
            let with = |other: &Vec<Node>| {
                let mut point = other.clone();
                point[k] = end.value.clone();
                point
            };
            others.iter().map(with).collect()
        }
    }
}

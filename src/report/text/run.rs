//! Why the plant ran or not, whether the energy balance closes, and what became
//! of the settings documents.

use super::MOST_MESSAGES;
use super::writer::Writer;
use crate::report::About;
use crate::report::figures::Figures;
use crate::report::format::{date, digits3, fixed};
use crate::report::plot::palette::reason_label;
use crate::trace::{RunResult, Totals};
use crate::units::kwh;
use std::fmt::Write as _;

/// Most reasons that are listed.
const MOST_REASONS: usize = 8;

pub(super) fn reasons(w: &mut Writer, f: &Figures) {
    let list = f.reasons();
    let all: f64 = list.iter().map(|r| r.1).sum();
    let longest = list.first().map_or(1.0, |r| r.1);
    for (i, (r, h)) in list.iter().take(MOST_REASONS).enumerate() {
        let s = format!(
            "{:>8} h {:>5} %  {:<28} {}",
            digits3(*h),
            fixed(100.0 * h / all, 1),
            reason_label(*r),
            w.bar(h / longest)
        );
        w.row(if i == 0 { "why" } else { "" }, &s);
    }
    if list.len() > MOST_REASONS {
        let rest: f64 = list[MOST_REASONS..].iter().map(|r| r.1).sum();
        w.row(
            "",
            &format!(
                "{:>8} h {:>5} %  further reasons ({})",
                digits3(rest),
                fixed(100.0 * rest / all, 1),
                list.len() - MOST_REASONS
            ),
        );
    }
}

pub(super) fn balance(w: &mut Writer, totals: &Totals) {
    let b = &totals.balance;
    let mut s = format!(
        "energy closes to {:.0e} (house {:.0e}, circuit {:.0e}, tank {:.0e})",
        b.worst_residual(),
        b.house_residual.abs(),
        b.circuit_residual.abs(),
        b.tank_residual.abs()
    );
    let stored = kwh(totals.stored_house_j + totals.stored_tank_j);
    if stored.is_finite() && stored.abs() >= 0.05 {
        let _ = write!(s, "; {} kWh more stored", digits3(stored));
        if stored < 0.0 {
            s = s.replace("−", "").replace("more stored", "less stored");
        }
    }
    w.row("balance", &s);
    if totals.unlocated > 0 {
        w.warn(
            "",
            &format!(
                "{} steps in which the switching was not located",
                totals.unlocated
            ),
        );
    }
}

pub(super) fn settings(w: &mut Writer, run: &RunResult, abouts: &[About]) {
    if run.settings.is_empty() {
        return;
    }
    let applied = run.settings.iter().filter(|s| s.applied).count();
    let refused = run.settings.len() - applied;
    w.row(
        "settings",
        &format!(
            "{applied} document{} applied, {refused} refused",
            if applied == 1 { "" } else { "s" }
        ),
    );
    let zone = abouts
        .first()
        .map_or(jiff::tz::TimeZone::UTC, |a| a.timezone.clone());
    for e in run
        .settings
        .iter()
        .filter(|s| !s.applied)
        .take(MOST_MESSAGES)
    {
        let whose = e
            .device_id
            .as_ref()
            .map_or_else(|| e.user_id.clone(), |d| format!("{}, {d}", e.user_id));
        let s = format!(
            "refused {} ({whose}): {}",
            date(e.at_s, &zone),
            e.messages.join("; ")
        );
        w.warn("", &s);
    }
    more(w, refused);
}

pub(super) fn more(w: &mut Writer, n: usize) {
    if n > MOST_MESSAGES {
        w.row("", &format!("and {} more", n - MOST_MESSAGES));
    }
}

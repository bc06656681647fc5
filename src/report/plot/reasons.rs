//! Why the plant does what it does, and what steering asks for: which of them
//! stands for a stretch of intervals. Both layouts draw from it.

use super::page::{Entry, Mark, entry};
use super::palette as pal;
use crate::report::figures::{Figures, at, at0, has_any};
use crate::report::format::{digits3, fixed};
use crate::trace::{DeviceTrace, Reason};
use std::ops::Range;

/// The reason that held longest in a group.
pub(super) fn dominant(t: &DeviceTrace, range: Range<usize>) -> Option<Reason> {
    let mut s = [0.0_f64; Reason::COUNT];
    for r in range.filter_map(|i| t.reason_s.get(i)) {
        for (a, b) in s.iter_mut().zip(r) {
            if b.is_finite() {
                *a += f64::from(*b);
            }
        }
    }
    let mut best: Option<(Reason, f64)> = None;
    for r in Reason::ALL {
        let v = s[*r as usize];
        if v > 0.0 && best.is_none_or(|b| v > b.1) {
            best = Some((*r, v));
        }
    }
    best.map(|b| b.0)
}

/// Entries for the reasons that occur, with their hours.
pub(super) fn reason_legend(f: &Figures) -> Vec<Entry> {
    f.reasons()
        .into_iter()
        .map(|(r, h)| {
            let hours = if h < 0.95 {
                format!("{} min", fixed(h * 60.0, 0))
            } else {
                format!("{} h", digits3(h))
            };
            entry(
                Mark::Box,
                pal::reason(r),
                format!("{} {hours}", pal::reason_label(r)),
            )
        })
        .collect()
}

/// What steering asks for in a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Steered {
    More,
    HeldBack,
}

/// Colour and words of [`Steered`], and of a command that a bound overrides.
pub(super) const STEERED: [(&str, &str); 3] = [
    ("#2f7d6b", "asks for more"),
    ("#c9bfa8", "holds back"),
    (pal::INK, "overridden by a bound"),
];

/// Whether anything was asked for at all.
pub(super) fn is_steered(t: &DeviceTrace) -> bool {
    let commands = t.command_house.iter().chain(&t.command_tank);
    commands.into_iter().any(|c| *c > 0) || has_any(&t.target_shift_k)
}

/// What was asked for: the highest command, else the shift of the target.
pub(super) fn steered(t: &DeviceTrace, range: Range<usize>) -> Option<Steered> {
    let of = |v: &[i16], i: usize| v.get(i).copied().unwrap_or(0);
    let level = range
        .clone()
        .map(|i| of(&t.command_house, i).max(of(&t.command_tank, i)))
        .max()
        .unwrap_or(0);
    let shift_k: f64 = range.filter_map(|i| at(&t.target_shift_k, i)).sum();
    if level > 1 || shift_k > 1e-6 {
        Some(Steered::More)
    } else if level == 1 || shift_k < -1e-6 {
        Some(Steered::HeldBack)
    } else {
        None
    }
}

/// Whether a command was overridden in a stretch.
pub(super) fn overridden(t: &DeviceTrace, mut range: Range<usize>) -> bool {
    range.any(|i| at0(&t.overridden_s, i) > 0.0)
}

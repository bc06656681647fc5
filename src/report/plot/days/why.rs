//! The ribbon of reasons, and the strip of steering below it.

use super::super::page::{Mark, Page, entry};
use super::super::palette as pal;
use super::super::reasons::{STEERED, dominant, is_steered, overridden, reason_legend, steered};
use super::super::steps::Groups;
use crate::report::figures::Figures;
use crate::report::svg::Path;
use crate::trace::{DeviceTrace, Reason};

pub(super) fn draw(page: &mut Page, t: &DeviceTrace, f: &Figures, g: &Groups) {
    let legend = reason_legend(f);
    if legend.is_empty() {
        return;
    }
    page.head("Why", "", &legend);
    let (top, bottom) = page.take(34.0);
    let reasons: Vec<_> = (0..g.len()).map(|k| dominant(t, g.range(k))).collect();
    let mut paths = vec![Path::new(); Reason::COUNT];
    let mut k = 0;
    while k < reasons.len() {
        let from = k;
        while k + 1 < reasons.len() && reasons[k + 1] == reasons[from] {
            k += 1;
        }
        if let Some(r) = reasons[from] {
            let (x0, x1) = (g.x(&page.time, from).0, g.x(&page.time, k).1);
            paths[r as usize].cell(x0, top, x1, bottom);
        }
        k += 1;
    }
    for r in Reason::ALL {
        page.svg
            .fill(&paths[*r as usize], pal::reason(*r), 1.0, true);
    }
    page.y += 4.0;
    steering(page, t, g);
    page.y += 6.0;
}

/// A thin strip of what steering asked for, with marks where it was overridden.
fn steering(page: &mut Page, t: &DeviceTrace, g: &Groups) {
    if !is_steered(t) {
        return;
    }
    let mut paths = vec![Path::new(); STEERED.len()];
    let stretches = |kind: usize, k: usize| match kind {
        2 => overridden(t, g.range(k)),
        _ => steered(t, g.range(k)).is_some_and(|s| s as usize == kind),
    };
    let used: Vec<usize> = (0..STEERED.len())
        .filter(|kind| (0..g.len()).any(|k| stretches(*kind, k)))
        .collect();
    let legend: Vec<_> = used
        .iter()
        .map(|kind| entry(Mark::Box, STEERED[*kind].0, STEERED[*kind].1))
        .collect();
    page.head("Steering", "", &legend);
    let (top, bottom) = page.take(if used.contains(&2) { 22.0 } else { 14.0 });
    for kind in used {
        let (y0, y1) = if kind == 2 {
            (bottom - 6.0, bottom)
        } else {
            (top, top + 14.0)
        };
        for k in (0..g.len()).filter(|k| stretches(kind, *k)) {
            let (x0, x1) = g.x(&page.time, k);
            paths[kind].cell(x0, y0, x1, y1);
        }
        page.svg.fill(&paths[kind], STEERED[kind].0, 1.0, true);
    }
}

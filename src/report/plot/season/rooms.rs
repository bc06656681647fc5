//! Rooms day by day within their comfort bands.

use super::super::axis::{Unit, Values};
use super::super::page::{HAIR, Mark, Page, X0, X1, entry};
use super::super::{palette as pal, rooms};
use super::daily::{Gathered, daily_area, daily_line, spread};
use crate::metrics::Outside;
use crate::report::figures::has_any;
use crate::report::svg::{Path, Stroke};
use crate::trace::{DeviceTrace, RoomTrace};

pub(super) fn draw(page: &mut Page, t: &DeviceTrace, days: &[Gathered], unit: Unit, n: usize) {
    let list = rooms::drawable(t);
    let mut legend = vec![
        entry(Mark::Line, pal::INK, "operative temperature, daily mean"),
        entry(Mark::Box, "#b9c4cf", "lowest to highest of the day"),
    ];
    if list.iter().any(|r| r.controlled) {
        legend.push(entry(Mark::Box, pal::BAND, "comfort band"));
    }
    if list.iter().any(|r| has_any(&r.below_kh)) {
        legend.push(entry(Mark::Box, pal::COLD, "too cold, K·h a day"));
    }
    if list.iter().any(|r| has_any(&r.above_kh)) {
        legend.push(entry(Mark::Box, pal::HOT, "too warm, K·h a day"));
    }
    page.head("Rooms", "°C", &legend);
    let height = match list.len() {
        1 => 190.0,
        2 => 140.0,
        3 => 112.0,
        _ => 92.0,
    };
    let bound = |v: &[f64], d: &Gathered| {
        spread(v, d.range.clone())
            .map(|s| s.mean)
            .filter(|x| x.abs() < 100.0)
    };
    // At least 5 K h, or a tenth of a kelvin would look like a disaster.
    let worst_kh = list
        .iter()
        .filter(|r| r.controlled)
        .flat_map(|r| days.iter().flat_map(|d| outside_kh(r, d)))
        .fold(5.0, f64::max);
    let extents: Vec<(f64, f64)> = list.iter().map(|r| extent(r, days)).collect();
    let span = extents.iter().map(|(l, h)| h - l).fold(2.0_f64, f64::max) * 1.08;
    for (r, (lo, hi)) in list.iter().zip(extents) {
        let (top, bottom) = page.take(height);
        let mid = (lo + hi) / 2.0;
        let ticks = if height > 130.0 { 5 } else { 4 };
        let a = Values::new(
            mid - span / 2.0,
            mid + span / 2.0,
            top,
            bottom,
            ticks,
            false,
        );
        if r.controlled {
            let band = daily_area(days, &a, |d| {
                bound(&r.lower_c, d)
                    .zip(bound(&r.upper_c, d))
                    .filter(|(l, u)| l < u)
            });
            page.svg.fill(&band, pal::BAND, 1.0, true);
        }
        page.calendar_lines(top, bottom, unit);
        page.value_axis(&a);
        let range = daily_area(days, &a, |d| {
            spread(&r.operative_c, d.range.clone()).map(|s| (s.low, s.high))
        });
        page.svg.fill(&range, "#8798a8", 0.42, true);
        let mean = daily_line(days, &a, |d| {
            spread(&r.operative_c, d.range.clone()).map(|s| s.mean)
        });
        page.svg.stroke(
            &mean,
            Stroke {
                colour: if r.controlled { pal::INK } else { pal::SOFT },
                width: 1.4,
                dash: "",
            },
        );
        discomfort_bars(page, r, days, bottom, worst_kh);
        page.svg.line(X0, bottom, X1, bottom, HAIR);
        page.beside(top + 22.0, &r.name, &rooms::notes(r, n));
        page.y += 10.0;
    }
    page.y -= 4.0;
}

/// Height of the bar of the worst day, px.
const BAR: f64 = 24.0;

/// K h outside the bounds in a day: below, above.
fn outside_kh(r: &RoomTrace, d: &Gathered) -> [f64; 2] {
    let o = Outside::of([r], d.range.clone());
    [o.below_kh, o.above_kh]
}

/// Bars at a row's foot: K h of the day outside the band, by square root, so
/// that a bad month does not hide a poor day.
fn discomfort_bars(page: &mut Page, r: &RoomTrace, days: &[Gathered], bottom: f64, worst_kh: f64) {
    if !r.controlled {
        return;
    }
    for (k, colour) in [pal::COLD, pal::HOT].into_iter().enumerate() {
        let mut p = Path::new();
        for d in days {
            let kh = outside_kh(r, d)[k];
            if kh > 0.05 {
                let h = ((kh / worst_kh).sqrt() * BAR).clamp(2.0, BAR);
                p.cell(d.x0, bottom - h, d.x1, bottom);
            }
        }
        page.svg.fill(&p, colour, 0.95, true);
    }
}

fn extent(r: &RoomTrace, days: &[Gathered]) -> (f64, f64) {
    let mut lo = f64::INFINITY;
    let mut hi = f64::NEG_INFINITY;
    for d in days {
        if let Some(s) = spread(&r.operative_c, d.range.clone()) {
            lo = lo.min(s.low);
            hi = hi.max(s.high);
        }
        if r.controlled {
            for v in [&r.lower_c, &r.upper_c] {
                if let Some(s) = spread(v, d.range.clone()).filter(|s| s.mean.abs() < 100.0) {
                    lo = lo.min(s.mean);
                    hi = hi.max(s.mean);
                }
            }
        }
    }
    if lo <= hi { (lo, hi) } else { (15.0, 25.0) }
}

//! Small charts in a row: the load duration curve, and how figures of houses
//! are spread.

use super::{FleetPicture, Histogram, LOAD, REFERENCE, thin};
use crate::report::font::{self, Weight};
use crate::report::format::{digits3, fixed};
use crate::report::plot::axis::Values;
use crate::report::plot::page::{HAIR, NOTE, Page, TICK, TITLE, WIDTH};
use crate::report::plot::palette as pal;
use crate::report::svg::{Anchor, Path, Type};

const LEFT: f64 = 32.0;
const GAP: f64 = 34.0;
const HEIGHT: f64 = 210.0;
/// Bars of a histogram.
const BARS: usize = 30;

/// Where a small chart stands: edges of its plot.
struct Frame {
    x0: f64,
    x1: f64,
    top: f64,
    bottom: f64,
}

/// The row.
pub(super) fn row(page: &mut Page, f: &FleetPicture) {
    page.y += 34.0;
    let charts = f.histograms.len() + 1;
    let width = (WIDTH - 2.0 * LEFT - GAP * (charts - 1) as f64) / charts as f64;
    let frame = |i: usize| {
        let x = LEFT + i as f64 * (width + GAP);
        Frame {
            x0: x + 44.0,
            x1: x + width,
            top: page.y + 34.0,
            bottom: page.y + 34.0 + HEIGHT,
        }
    };
    let frames: Vec<Frame> = (0..charts).map(frame).collect();
    duration(page, f, &frames[0]);
    for (h, frame) in f.histograms.iter().zip(&frames[1..]) {
        histogram(page, h, frame);
    }
    page.y += 34.0 + HEIGHT + 44.0;
}

fn title(page: &mut Page, frame: &Frame, title: &str, unit: &str) {
    let (x, y) = (frame.x0 - 44.0, frame.top - 20.0);
    let room = frame.x1 - x;
    let shown = font::fit(title, TITLE.size, Weight::Semibold, room);
    page.svg.text(x, y, Anchor::Start, TITLE, &shown);
    let after = font::width(&shown, TITLE.size, Weight::Semibold) + 8.0;
    if after + font::width(unit, NOTE.size, Weight::Regular) <= room {
        page.svg.text(x + after, y, Anchor::Start, NOTE, unit);
    }
}

fn value_axis(page: &mut Page, frame: &Frame, a: &Values) {
    for tick in a.ticks() {
        let y = a.y(tick);
        page.svg.line(frame.x0, y, frame.x1, y, HAIR);
        let text = fixed(tick, a.decimals());
        page.svg
            .text(frame.x0 - 6.0, y + 4.5, Anchor::End, TICK, &text);
    }
}

/// Ticks along the bottom, from an axis that is laid down.
fn bottom_axis(page: &mut Page, frame: &Frame, a: &Values) {
    for tick in a.ticks() {
        let text = fixed(tick, a.decimals());
        let y = frame.bottom + 17.0;
        page.svg.text(a.y(tick), y, Anchor::Middle, TICK, &text);
    }
}

/// For how long the load is at least so high.
fn duration(page: &mut Page, f: &FleetPicture, frame: &Frame) {
    let unit = format!("{} over hours", f.power_unit);
    title(page, frame, "Load duration", &unit);
    let falling = |v: &[f64]| {
        let mut v = v.to_vec();
        v.sort_by(|a, b| b.total_cmp(a));
        v
    };
    let own = falling(&f.electricity);
    let other = f.reference.as_ref().map(|(_, v)| falling(v));
    let first = |v: &[f64]| v.first().copied().unwrap_or(1.0);
    let highest = other
        .as_deref()
        .map_or(first(&own), |o| first(o).max(first(&own)));
    let hours = own.len() as f64 * f64::from(f.step_s) / 3600.0;
    let a = Values::new(0.0, highest, frame.top, frame.bottom, 5, true);
    let across = Values::new(0.0, hours, frame.x1, frame.x0, 5, false);
    value_axis(page, frame, &a);
    bottom_axis(page, frame, &across);
    let curve = |v: &[f64]| {
        let mut path = Path::new();
        for (i, power) in v.iter().enumerate() {
            let at = (i as f64 + 0.5) * f64::from(f.step_s) / 3600.0;
            path.to(across.y(at), a.y(*power), i == 0);
        }
        path
    };
    let mut area = curve(&own);
    area.to(frame.x1, a.y(0.0), false);
    area.to(frame.x0, a.y(0.0), false);
    area.close();
    page.svg.fill(&area, LOAD, 0.75, false);
    if let Some(other) = &other {
        page.svg.stroke(&curve(other), thin(REFERENCE, 2.2));
    }
    page.svg.stroke(&curve(&own), thin(pal::HOT, 1.8));
}

/// How many houses have a figure of so much, with the middle one.
fn histogram(page: &mut Page, h: &Histogram, frame: &Frame) {
    let n = h.values.len();
    let unit = match h.unit.as_str() {
        "" => format!("% of {n} houses"),
        unit => format!("{unit}, % of {n} houses"),
    };
    title(page, frame, &h.title, &unit);
    let at = |share: f64| h.values[((share * n as f64) as usize).min(n - 1)];
    if n == 0 {
        return;
    }
    // The last hundredth of the houses must not squeeze the others.
    let (lo, hi) = (h.values[0], at(0.99));
    let across = Values::new(lo, hi, frame.x1, frame.x0, 5, true);
    let mut bars = [0_usize; BARS];
    for x in &h.values {
        let share = (x - across.lo) / (across.hi - across.lo);
        bars[((share * BARS as f64) as usize).min(BARS - 1)] += 1;
    }
    let most = bars.iter().copied().max().unwrap_or(1);
    let share = |count: usize| 100.0 * count as f64 / n as f64;
    let a = Values::new(0.0, share(most), frame.top, frame.bottom, 4, true);
    value_axis(page, frame, &a);
    bottom_axis(page, frame, &across);
    let width = (frame.x1 - frame.x0) / BARS as f64;
    for (i, count) in bars.iter().enumerate() {
        let x = frame.x0 + i as f64 * width;
        let y = a.y(share(*count));
        page.svg
            .rect(x + 0.6, y, width - 1.2, frame.bottom - y, pal::HOT_AREA);
    }
    let x = across.y(at(0.5));
    page.svg
        .line(x, frame.top, x, frame.bottom, thin(pal::INK, 1.2));
    let strong = Type {
        fill: pal::INK,
        ..TICK
    };
    let right = x > (frame.x0 + frame.x1) / 2.0;
    let (x, anchor) = match right {
        true => (x - 6.0, Anchor::End),
        false => (x + 6.0, Anchor::Start),
    };
    let text = format!("half below {}", digits3(at(0.5)));
    page.svg.text(x, frame.top + 12.0, anchor, strong, &text);
}

//! Carpets: hour of the day upwards, days along, one colour a cell. Cells of
//! one colour are one path, and equal neighbours in a day are one cell.

use super::super::axis::Unit;
use super::super::page::{Mark, Page, TICK, X0, X1, entry};
use super::super::palette as pal;
use super::super::reasons::{STEERED, dominant, is_steered, overridden, reason_legend, steered};
use super::daily::gather;
use crate::report::figures::{EndUse, Figures};
use crate::report::format::{fixed, local};
use crate::report::svg::{Anchor, Path, Stroke};
use crate::trace::{DeviceTrace, Reason};
use std::ops::Range;

/// Cells of a day, by the local clock: (row from midnight, intervals).
pub(super) struct Column {
    x0: f64,
    x1: f64,
    /// Rows that one record fills.
    rows: usize,
    pub cells: Vec<(usize, Range<usize>)>,
}

/// Rows of a day.
const ROWS: usize = 48;

/// The days of the page.
pub(super) fn columns(page: &Page, t: &DeviceTrace, n: usize) -> Vec<Column> {
    gather(&page.time, t, n, Unit::Day)
        .into_iter()
        .map(|d| {
            let mut cells: Vec<(usize, Range<usize>)> = Vec::new();
            // The clock runs evenly except on the days when it changes.
            let even = d.span.length_h == 24.0;
            let midnight = d.span.first.timestamp().as_second();
            for i in d.range.clone() {
                let s = t.start_s + i as i64 * i64::from(t.step_s);
                let second = if even {
                    s - midnight
                } else {
                    let z = local(s, &page.time.tz);
                    i64::from(z.hour()) * 3600 + i64::from(z.minute()) * 60
                };
                let row = ((second.max(0) as usize) / (86_400 / ROWS)).min(ROWS - 1);
                match cells.last_mut() {
                    Some((r, range)) if *r == row => range.end = i + 1,
                    _ => cells.push((row, i..i + 1)),
                }
            }
            Column {
                x0: d.x0,
                x1: d.x1,
                rows: (t.step_s as usize).div_ceil(86_400 / ROWS).max(1),
                cells,
            }
        })
        .collect()
}

/// Draws a carpet; `class` gives the colour's index of some intervals.
pub(super) fn carpet(
    page: &mut Page,
    columns: &[Column],
    colours: &[&'static str],
    class: impl Fn(Range<usize>) -> Option<usize>,
    height: f64,
    unit: Unit,
) {
    let rows = columns.first().map_or(1, |c| c.rows);
    let (top, bottom) = page.take(height);
    page.svg.rect(X0, top, X1 - X0, bottom - top, "#f7f8fa");
    let y = |row: usize| bottom - (bottom - top) * row as f64 / ROWS as f64;
    let mut paths = vec![Path::new(); colours.len()];
    for c in columns {
        let mut run: Option<(usize, usize, usize)> = None;
        for (row, range) in &c.cells {
            let k = class(range.clone()).filter(|k| *k < colours.len());
            // An hourly record fills both halves of its hour.
            let next = (row + rows).min(ROWS);
            run = match (run, k) {
                (Some((kind, from, to)), Some(k)) if kind == k && to == *row => {
                    Some((kind, from, next))
                }
                (old, k) => {
                    if let Some((kind, from, to)) = old {
                        paths[kind].cell(c.x0, y(from), c.x1, y(to));
                    }
                    k.map(|k| (k, *row, next))
                }
            };
        }
        if let Some((kind, from, to)) = run {
            paths[kind].cell(c.x0, y(from), c.x1, y(to));
        }
    }
    for (p, colour) in paths.iter().zip(colours) {
        page.svg.fill(p, colour, 1.0, true);
    }
    for hour in [0, 6, 12, 18, 24] {
        let yy = y(hour * 2);
        let label = format!("{hour:02}:00");
        page.svg.text(X0 - 8.0, yy + 4.5, Anchor::End, TICK, &label);
        if hour % 24 != 0 {
            let s = Stroke {
                colour: "#ffffff",
                width: 0.7,
                dash: "",
            };
            page.svg.line(X0, yy, X1, yy, s);
        }
    }
    for s in page.time.spans(unit).iter().skip(1) {
        let x = page.time.x(s.from_s);
        let line = Stroke {
            colour: "#ffffff",
            width: 1.0,
            dash: "",
        };
        page.svg.line(x, top, x, bottom, line);
    }
    page.y += 8.0;
}

/// Electrical power by hour of the day.
pub(super) fn power(page: &mut Page, t: &DeviceTrace, columns: &[Column], unit: Unit) {
    let power = |r: Range<usize>| -> f64 {
        let n = r.len().max(1) as f64;
        r.map(|i| EndUse::ALL.iter().map(|u| u.power_w(t, i)).sum::<f64>())
            .sum::<f64>()
            / n
    };
    let highest = columns
        .iter()
        .flat_map(|c| c.cells.iter().map(|(_, r)| power(r.clone())))
        .fold(0.0, f64::max);
    if highest > 1.0 {
        let step = highest / pal::POWER.len() as f64;
        let entries: Vec<_> = pal::POWER
            .iter()
            .enumerate()
            .filter(|(k, _)| k % 2 == 1)
            .map(|(k, c)| {
                entry(
                    Mark::Box,
                    c,
                    format!("{} kW", fixed(step * (k as f64 + 0.5) / 1000.0, 1)),
                )
            })
            .collect();
        page.head(
            "Electric power of the heat pump",
            "by hour of the day",
            &entries,
        );
        let class = |r: Range<usize>| {
            let p = power(r);
            (p > 0.02 * highest).then(|| ((p / step) as usize).min(pal::POWER.len() - 1))
        };
        carpet(page, columns, &pal::POWER, class, 150.0, unit);
    }
}

/// Reasons by hour of the day.
pub(super) fn reasons(
    page: &mut Page,
    t: &DeviceTrace,
    f: &Figures,
    columns: &[Column],
    unit: Unit,
) {
    let legend = reason_legend(f);
    if legend.is_empty() {
        return;
    }
    page.head("Why", "by hour of the day", &legend);
    let colours: Vec<&'static str> = Reason::ALL.iter().map(|r| pal::reason(*r)).collect();
    let class = |r: Range<usize>| dominant(t, r).map(|r| r as usize);
    carpet(page, columns, &colours, class, 150.0, unit);
}

/// What steering asked for, where it asked at all.
pub(super) fn steering(page: &mut Page, t: &DeviceTrace, columns: &[Column], unit: Unit) {
    if !is_steered(t) {
        return;
    }
    let class = |r: Range<usize>| {
        if overridden(t, r.clone()) {
            Some(2)
        } else {
            steered(t, r).map(|s| s as usize)
        }
    };
    let cells = || columns.iter().flat_map(|c| &c.cells);
    let legend: Vec<_> = STEERED
        .iter()
        .enumerate()
        .filter(|(kind, _)| cells().any(|(_, r)| class(r.clone()) == Some(*kind)))
        .map(|(_, (colour, text))| entry(Mark::Box, colour, *text))
        .collect();
    page.head("Steering", "by hour of the day", &legend);
    let colours = STEERED.map(|s| s.0);
    carpet(page, columns, &colours, class, 96.0, unit);
}

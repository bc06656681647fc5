//! The tank day by day: its deciding sensor between the bounds, the hours below
//! the lower one, and what was drawn.

use super::super::axis::{Unit, Values};
use super::super::page::{HAIR, Mark, Page, Side, X0, X1, entry};
use super::super::palette as pal;
use super::super::steps::extent;
use super::daily::{Gathered, daily_area, daily_line, spread};
use crate::report::figures::{Figures, has_any};
use crate::report::format::{digits3, fixed};
use crate::report::svg::{Path, Stroke};
use crate::trace::DeviceTrace;

/// Bounds further out than this switch a side off.
const NO_BOUND_C: f64 = 150.0;

pub(super) fn draw(
    page: &mut Page,
    t: &DeviceTrace,
    f: &Figures,
    days: &[Gathered],
    daily: &[Figures],
    unit: Unit,
) {
    if t.tank_layer_c.is_empty() {
        return;
    }
    let sensor = |d: &Gathered| spread(&t.tank_sensor_c, d.range.clone());
    let bound = |v: &[f64], d: &Gathered| {
        spread(v, d.range.clone())
            .map(|s| s.mean)
            .filter(|c| c.abs() < NO_BOUND_C)
    };
    let bounds = [&t.tank_lower_c, &t.tank_upper_c];
    let ends: Vec<Option<f64>> = days
        .iter()
        .flat_map(|d| [sensor(d).map(|s| s.low), sensor(d).map(|s| s.high)])
        .collect();
    let Some((low, high)) = extent([&ends[..]]) else {
        return;
    };
    let limits: Vec<Option<f64>> = days
        .iter()
        .flat_map(|d| bounds.map(|v| bound(v, d)))
        .collect();
    let (lo, hi) = extent([&ends[..], &limits]).unwrap_or((low, high));

    let most_l = daily.iter().map(|f| f.draw_l).fold(0.0, f64::max);
    let most_below_h = daily
        .iter()
        .map(|f| f.tank_below_lower_h)
        .fold(0.0, f64::max);
    // Draws that are the same each day are said in words.
    let least_l = daily.iter().map(|f| f.draw_l).fold(f64::MAX, f64::min);
    let bars = most_l > 0.0 && least_l < 0.95 * most_l;
    let mut legend = vec![
        entry(Mark::Line, pal::INK, "deciding sensor, daily mean"),
        entry(Mark::Box, "#e9a878", "lowest to highest of the day"),
    ];
    if has_any(&t.tank_lower_c) {
        legend.push(entry(Mark::Dash, pal::SOFT, "lower and upper bound"));
    }
    if most_below_h > 0.0 {
        legend.push(entry(
            Mark::Box,
            pal::COLD,
            format!(
                "below the lower bound, at most {} h a day",
                digits3(most_below_h)
            ),
        ));
    }
    if bars {
        legend.push(entry(
            Mark::Box,
            pal::DRAWS,
            format!("draws, at most {} l a day", digits3(most_l)),
        ));
    }
    page.head("Tank", "°C", &legend);
    let (top, bottom) = page.take(140.0);
    let a = Values::new(lo, hi, top, bottom, 5, true);
    page.calendar_lines(top, bottom, unit);
    page.value_axis(&a);
    page.water(&a);
    let range = daily_area(days, &a, |d| sensor(d).map(|s| (s.low, s.high)));
    page.svg.fill(&range, "url(#water)", 0.85, true);
    let dash = Stroke {
        colour: pal::SOFT,
        width: 1.1,
        dash: "5 4",
    };
    for v in bounds {
        page.svg
            .stroke(&daily_line(days, &a, |d| bound(v, d)), dash);
    }
    let mean = daily_line(days, &a, |d| sensor(d).map(|s| s.mean));
    let ink = Stroke {
        colour: pal::INK,
        width: 1.4,
        dash: "",
    };
    page.svg.stroke(&mean, ink);
    below_bound(page, days, daily, bottom);
    page.svg.line(X0, bottom, X1, bottom, HAIR);
    beside(
        page,
        f,
        &a,
        days.last().map(|d| bounds.map(|v| bound(v, d))),
        (low, high),
    );
    if bars {
        let (top, bottom) = page.take(26.0);
        let mut p = Path::new();
        for (d, f) in days.iter().zip(daily).filter(|(_, f)| f.draw_l > 0.0) {
            let h = f.draw_l / most_l * (bottom - top - 4.0);
            p.cell(d.x0, top + 3.0, d.x1, top + 3.0 + h);
        }
        page.svg.fill(&p, pal::DRAWS, 0.9, true);
    }
    page.y += 6.0;
}

/// Hours below the lower bound, from the foot.
fn below_bound(page: &mut Page, days: &[Gathered], daily: &[Figures], bottom: f64) {
    let mut p = Path::new();
    for (d, f) in days.iter().zip(daily) {
        let below_h = f.tank_below_lower_h;
        if below_h > 0.0 {
            // By square root: a quarter of an hour is still seen, a day is 28 px.
            let h = ((below_h / 24.0).sqrt() * 28.0).clamp(2.0, 28.0);
            p.cell(d.x0, bottom - h, d.x1, bottom);
        }
    }
    page.svg.fill(&p, pal::COLD, 0.95, true);
}

/// The names of the bounds at their heights, and the range in words below.
fn beside(
    page: &mut Page,
    f: &Figures,
    a: &Values,
    bounds: Option<[Option<f64>; 2]>,
    (low, high): (f64, f64),
) {
    let mut sides: Vec<Side> = bounds
        .into_iter()
        .flatten()
        .zip(["lower bound", "upper bound"])
        .filter_map(|(c, text)| {
            c.map(|c| Side {
                y: a.y(c),
                colour: pal::SOFT,
                text: text.into(),
            })
        })
        .collect();
    let mut notes = vec![format!("{} to {} °C", fixed(low, 1), fixed(high, 1))];
    if f.tank_below_lower_h > 0.0 {
        notes.push(format!("{} h below bound", digits3(f.tank_below_lower_h)));
    }
    if f.disinfections > 0 {
        notes.push(format!("{} disinfections", f.disinfections));
    }
    if f.disinfections_missed > 0 {
        notes.push(format!("{} disinfections missed", f.disinfections_missed));
    }
    if f.draw_l > 0.0 && f.hours > 0.0 {
        let a_day = f.draw_l / f.hours * 24.0;
        notes.push(format!("{} l a day", digits3(a_day)));
    }
    if f.draw_missing_kwh >= 0.005 {
        notes.push(format!("{} kWh missing", digits3(f.draw_missing_kwh)));
    }
    let first = a.bottom - 17.0 * (notes.len() as f64 - 1.0);
    for (k, text) in notes.into_iter().enumerate() {
        sides.push(Side {
            y: first + 17.0 * k as f64,
            colour: pal::SOFT,
            text,
        });
    }
    page.sides(sides, a.top + 4.0, a.bottom);
}

//! Outdoor air and sun, day by day.

use super::super::axis::{Unit, Values};
use super::super::page::{HAIR, Mark, Page, X0, X1, entry};
use super::super::palette as pal;
use super::daily::{Gathered, daily_area, daily_line, spread};
use crate::report::figures::at0;
use crate::report::format::{digits3, fixed};
use crate::report::svg::{Path, Stroke};
use crate::trace::DeviceTrace;

pub(super) fn draw(page: &mut Page, t: &DeviceTrace, days: &[Gathered], unit: Unit) {
    let s: Vec<_> = days
        .iter()
        .map(|d| spread(&t.outdoor_c, d.range.clone()))
        .collect();
    let lo = s
        .iter()
        .flatten()
        .map(|s| s.low)
        .fold(f64::INFINITY, f64::min);
    let hi = s
        .iter()
        .flatten()
        .map(|s| s.high)
        .fold(f64::NEG_INFINITY, f64::max);
    if lo > hi {
        return;
    }
    let dt_h = f64::from(t.step_s) / 3600.0;
    let sun = |d: &Gathered| -> f64 {
        d.range
            .clone()
            .map(|i| at0(&t.global_horizontal_w_per_m2, i) * dt_h / 1000.0)
            .sum()
    };
    let brightest = days.iter().map(sun).fold(0.0, f64::max);
    let mut legend = vec![
        entry(Mark::Line, pal::OUTDOOR, "outdoor air, daily mean"),
        entry(
            Mark::Box,
            pal::OUTDOOR_RANGE,
            "lowest to highest of the day",
        ),
    ];
    if brightest > 0.01 {
        legend.push(entry(
            Mark::Box,
            pal::SUN,
            format!(
                "sun on the level ground, at most {} kWh/m² a day",
                digits3(brightest)
            ),
        ));
    }
    page.head("Outdoors", "°C", &legend);
    let (top, bottom) = page.take(130.0);
    let a = Values::new(lo, hi, top, bottom, 4, true);
    page.calendar_lines(top, bottom, unit);
    if brightest > 0.01 {
        let b = Values::new(0.0, brightest, top + 40.0, bottom, 2, false);
        let mut p = Path::new();
        for d in days {
            p.cell(d.x0, b.y(sun(d)), d.x1, bottom);
        }
        page.svg.fill(&p, pal::SUN, 0.6, true);
    }
    page.value_axis(&a);
    if a.lo < 0.0 && a.hi > 0.0 {
        let zero = Stroke {
            colour: pal::FAINT,
            ..HAIR
        };
        page.svg.line(X0, a.y(0.0), X1, a.y(0.0), zero);
    }
    let range = daily_area(days, &a, |d| {
        spread(&t.outdoor_c, d.range.clone()).map(|s| (s.low, s.high))
    });
    page.svg.fill(&range, "#9fb3c7", 0.6, true);
    let mean = daily_line(days, &a, |d| {
        spread(&t.outdoor_c, d.range.clone()).map(|s| s.mean)
    });
    let stroke = Stroke {
        colour: pal::OUTDOOR,
        width: 1.4,
        dash: "",
    };
    page.svg.stroke(&mean, stroke);
    page.beside(
        top + 5.0,
        "",
        &[format!("{} to {} °C", fixed(lo, 1), fixed(hi, 1))],
    );
    page.y += 6.0;
}

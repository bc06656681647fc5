//! Outdoor air and sun, interval by interval.

use super::super::axis::{Unit, Values};
use super::super::page::{HAIR, Mark, Page, X0, X1, entry};
use super::super::palette as pal;
use super::super::steps::{Groups, between, extent, line};
use super::NORMAL;
use crate::report::figures::has_any;
use crate::report::format::{digits3, fixed};
use crate::report::svg::Stroke;
use crate::trace::DeviceTrace;

pub(super) fn draw(page: &mut Page, t: &DeviceTrace, g: &Groups) {
    let outdoor = g.means(&t.outdoor_c);
    let Some((lo, hi)) = extent([&outdoor[..]]) else {
        return;
    };
    let damped = if has_any(&t.outdoor_damped_c) {
        g.means(&t.outdoor_damped_c)
    } else {
        Vec::new()
    };
    let (lo, hi) = extent([&outdoor[..], &damped]).unwrap_or((lo, hi));
    let sun = g.means(&t.global_horizontal_w_per_m2);
    let sun_max = extent([&sun[..]]).map_or(0.0, |e| e.1);
    let mut legend = vec![entry(Mark::Line, pal::OUTDOOR, "outdoor air")];
    if !damped.is_empty() {
        legend.push(entry(Mark::Dash, pal::FAINT, "damped"));
    }
    if sun_max > 1.0 {
        legend.push(entry(
            Mark::Box,
            pal::SUN,
            format!("sun on the level ground, at most {} W/m²", digits3(sun_max)),
        ));
    }
    page.head("Outdoors", "°C", &legend);
    let (top, bottom) = page.take(118.0);
    let a = Values::new(lo, hi, top, bottom, 4, true);
    page.calendar_lines(top, bottom, Unit::Day);
    if sun_max > 1.0 {
        let s = Values::new(0.0, sun_max, top + 30.0, bottom, 2, false);
        let zero = vec![Some(0.0); sun.len()];
        let p = between(g, &page.time, &s, &zero, &sun);
        page.svg.fill(&p, pal::SUN, 0.75, true);
    }
    page.value_axis(&a);
    if a.lo < 0.0 && a.hi > 0.0 {
        let zero = Stroke {
            colour: pal::FAINT,
            ..HAIR
        };
        page.svg.line(X0, a.y(0.0), X1, a.y(0.0), zero);
    }
    let time = &page.time;
    page.svg.stroke(
        &line(g, time, &a, &damped),
        Stroke {
            colour: pal::FAINT,
            width: 1.3,
            dash: "4 3",
        },
    );
    page.svg.stroke(
        &line(g, time, &a, &outdoor),
        Stroke {
            colour: pal::OUTDOOR,
            ..NORMAL
        },
    );
    let (lo, hi) = extent([&outdoor[..]]).unwrap_or((lo, hi));
    page.beside(
        top + 22.0,
        "",
        &[format!("{} to {} °C", fixed(lo, 1), fixed(hi, 1))],
    );
    page.y += 6.0;
}

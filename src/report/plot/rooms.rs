//! Rooms within their comfort bands: a row a room, or a strip of colour a room
//! where there are many.

use super::axis::{Unit, Values};
use super::page::{HAIR, Mark, NOTE, Page, X0, X1, entry};
use super::palette as pal;
use super::steps::{Groups, between, extent, line, stepped};
use crate::metrics::{Outside, comfort_of_room};
use crate::report::figures::{at, at0, has_any};
use crate::report::font::{self, Weight};
use crate::report::format::{digits3, fixed};
use crate::report::svg::{Anchor, Path, Stroke, Type};
use crate::trace::{DeviceTrace, RoomTrace};

/// More controlled rooms than this become strips.
pub(super) const MOST_ROWS: usize = 5;

/// Rooms that have any temperature.
pub(super) fn drawable(t: &DeviceTrace) -> Vec<&RoomTrace> {
    t.rooms
        .iter()
        .filter(|r| r.operative_c.iter().any(|x| x.is_finite()))
        .collect()
}

/// What stands beside a room: its range and its discomfort.
pub(super) fn notes(r: &RoomTrace, n: usize) -> Vec<String> {
    let c = comfort_of_room(r);
    let outside = Outside::of([r], 0..n);
    let mut v = Vec::new();
    if let (Some(lo), Some(hi)) = (c.lowest_c.value(), c.highest_c.value()) {
        v.push(format!("{} to {} °C", fixed(lo, 1), fixed(hi, 1)));
    }
    if r.controlled {
        if outside.below_kh >= 0.005 {
            v.push(format!("{} K·h too cold", digits3(outside.below_kh)));
        }
        if outside.above_kh >= 0.005 {
            v.push(format!("{} K·h too warm", digits3(outside.above_kh)));
        }
        if v.len() == 1 {
            v.push("in its band".into());
        }
    } else {
        v.push("not controlled".into());
    }
    v
}

/// Rows of lines, each with its band.
pub(super) fn rows(page: &mut Page, t: &DeviceTrace, g: &Groups) {
    let rooms = drawable(t);
    let mut legend = Vec::new();
    if rooms.iter().any(|r| r.controlled) {
        legend.push(entry(Mark::Line, pal::INK, "operative temperature"));
        legend.push(entry(Mark::Box, pal::BAND, "comfort band"));
        legend.push(entry(Mark::Dash, pal::TARGET, "target"));
    }
    let cold = |r: &RoomTrace| {
        let o = Outside::of([r], 0..usize::MAX);
        o.below_kh - o.recovery_kh > 1e-3
    };
    if rooms.iter().any(|r| cold(r)) {
        legend.push(entry(Mark::Box, pal::COLD_AREA, "too cold"));
    }
    if rooms.iter().any(|r| has_any(&r.recovery_kh)) {
        legend.push(entry(
            Mark::Box,
            pal::COLD_SOFT,
            "recovering after a step of the target",
        ));
    }
    if rooms.iter().any(|r| has_any(&r.above_kh)) {
        legend.push(entry(Mark::Box, pal::HOT_AREA, "too warm"));
    }
    page.head("Rooms", "°C", &legend);
    let height = match rooms.len() {
        1 => 220.0,
        2 => 150.0,
        3 => 118.0,
        _ => 96.0,
    };
    // One span for all rows, so that slopes compare.
    let data: Vec<_> = rooms.iter().map(|r| RoomLines::of(r, g)).collect();
    let span = data.iter().map(|d| d.high - d.low).fold(2.0_f64, f64::max) * 1.12;
    for (r, d) in rooms.iter().zip(&data) {
        let (top, bottom) = page.take(height);
        let mid = (d.low + d.high) / 2.0;
        let a = Values::new(
            mid - span / 2.0,
            mid + span / 2.0,
            top,
            bottom,
            if height > 140.0 { 5 } else { 4 },
            false,
        );
        page.calendar_lines(top, bottom, Unit::Day);
        let time = &page.time;
        page.svg.fill(
            &between(g, time, &a, &d.lower, &d.upper),
            pal::BAND,
            1.0,
            true,
        );
        page.value_axis(&a);
        let time = &page.time;
        let (cold, recovery, hot) = d.discomfort(g, time, &a, r);
        page.svg.fill(&recovery, pal::COLD_SOFT, 1.0, true);
        page.svg.fill(&cold, pal::COLD_AREA, 1.0, true);
        page.svg.fill(&hot, pal::HOT_AREA, 1.0, true);
        page.svg.stroke(
            &stepped(g, time, &a, &d.target),
            Stroke {
                colour: pal::TARGET,
                width: 1.3,
                dash: "4 3",
            },
        );
        page.svg.stroke(
            &line(g, time, &a, &d.operative),
            Stroke {
                colour: if r.controlled { pal::INK } else { pal::FAINT },
                width: 1.7,
                dash: "",
            },
        );
        page.svg.line(X0, bottom, X1, bottom, HAIR);
        page.beside(top + 22.0, &r.name, &notes(r, g.intervals));
        page.y += 10.0;
    }
    page.y -= 4.0;
}

struct RoomLines {
    operative: Vec<Option<f64>>,
    target: Vec<Option<f64>>,
    lower: Vec<Option<f64>>,
    upper: Vec<Option<f64>>,
    low: f64,
    high: f64,
}

/// Bounds further out than this switch a side off; they are no band to draw.
const NO_BOUND_C: f64 = 100.0;

impl RoomLines {
    fn of(r: &RoomTrace, g: &Groups) -> Self {
        let operative = g.means(&r.operative_c);
        let limit = |v: &[f64]| -> Vec<Option<f64>> {
            if r.controlled {
                g.means(v)
                    .into_iter()
                    .map(|x| x.filter(|x| x.abs() < NO_BOUND_C))
                    .collect()
            } else {
                vec![None; g.len()]
            }
        };
        let (target, lower, upper) = (limit(&r.target_c), limit(&r.lower_c), limit(&r.upper_c));
        let all = extent([&operative[..], &lower, &upper]).unwrap_or((15.0, 25.0));
        Self {
            operative,
            target,
            lower,
            upper,
            low: all.0,
            high: all.1,
        }
    }

    /// Too cold, recovering, too warm: from the bound to the temperature.
    fn discomfort(
        &self,
        g: &Groups,
        time: &super::axis::Time,
        a: &Values,
        r: &RoomTrace,
    ) -> (Path, Path, Path) {
        let (mut cold, mut recovery, mut hot) = (Path::new(), Path::new(), Path::new());
        for k in 0..g.len() {
            let Some(v) = self.operative[k] else { continue };
            let (x0, x1) = g.x(time, k);
            if let Some(l) = self.lower[k].filter(|l| v < *l - 0.02) {
                let recovering = g.range(k).any(|i| at0(&r.recovery_kh, i) > 0.0);
                let p = if recovering { &mut recovery } else { &mut cold };
                p.cell(x0, a.y(l), x1, a.y(v));
            }
            if let Some(u) = self.upper[k].filter(|u| v > *u + 0.02) {
                hot.cell(x0, a.y(v), x1, a.y(u));
            }
        }
        (cold, recovery, hot)
    }
}

/// A strip of colour a room; `cells` are stretches of time with the intervals
/// that they gather, as (x0, x1, intervals).
pub(super) fn strips(
    page: &mut Page,
    t: &DeviceTrace,
    cells: &[(f64, f64, std::ops::Range<usize>)],
    unit: Unit,
) {
    let rooms: Vec<_> = drawable(t).into_iter().filter(|r| r.controlled).collect();
    let names = [
        "over 2 K too cold",
        "over 1 K too cold",
        "over 0.5 K too cold",
        "a little too cold",
        "in the band, cool half",
        "warm half",
        "a little too warm",
        "over 0.5 K too warm",
        "over 1 K too warm",
        "over 2 K too warm",
    ];
    let mut seen = [false; pal::COMFORT.len()];
    let n = t
        .rooms
        .iter()
        .map(|r| r.operative_c.len())
        .max()
        .unwrap_or(0);
    let rows: Vec<Vec<Option<usize>>> = rooms
        .iter()
        .map(|r| {
            cells
                .iter()
                .map(|(_, _, range)| {
                    let c = class(r, range.clone());
                    if let Some(c) = c {
                        seen[c] = true;
                    }
                    c
                })
                .collect()
        })
        .collect();
    let legend: Vec<_> = (0..names.len())
        .filter(|k| seen[*k])
        .map(|k| entry(Mark::Box, pal::COMFORT[k], names[k]))
        .collect();
    page.head(
        "Rooms",
        "against their comfort bands, K·h outside at the right",
        &legend,
    );
    let height = 26.0;
    let first = page.y;
    for (r, row) in rooms.iter().zip(&rows) {
        let (top, bottom) = page.take(height);
        let mut paths: Vec<Path> = vec![Path::new(); pal::COMFORT.len()];
        let mut k = 0;
        while k < row.len() {
            let from = k;
            while k + 1 < row.len() && row[k + 1] == row[from] && cells[k].1 == cells[k + 1].0 {
                k += 1;
            }
            if let Some(c) = row[from] {
                paths[c].cell(cells[from].0, top + 2.0, cells[k].1, bottom - 2.0);
            }
            k += 1;
        }
        for (p, colour) in paths.iter().zip(pal::COMFORT) {
            page.svg.fill(p, colour, 1.0, true);
        }
        let outside = Outside::of([*r], 0..n);
        let note = format!("{} K·h", digits3(outside.below_kh + outside.above_kh));
        let room = 142.0 - font::width(&note, 13.0, Weight::Regular) - 10.0;
        let name = font::fit(&r.name, 13.0, Weight::Regular, room);
        let t = Type {
            fill: pal::INK,
            ..NOTE
        };
        page.svg
            .text(X1 + 10.0, top + 17.5, Anchor::Start, t, &name);
        page.svg
            .text(X1 + 152.0, top + 17.5, Anchor::End, NOTE, &note);
    }
    let last = page.y;
    for s in page.time.spans(unit).iter().skip(1) {
        let x = page.time.x(s.from_s);
        page.svg.line(
            x,
            first,
            x,
            last,
            Stroke {
                colour: "#ffffff",
                width: 1.0,
                dash: "",
            },
        );
    }
    page.y += 6.0;
}

/// Class of comfort over some intervals: by the mean distance outside the
/// band, else by the half of the band. `None` without values.
fn class(r: &RoomTrace, range: std::ops::Range<usize>) -> Option<usize> {
    let (mut n, mut below, mut above, mut side) = (0.0, 0.0, 0.0, 0.0);
    for i in range {
        if let (Some(v), Some(l), Some(u)) =
            (at(&r.operative_c, i), at(&r.lower_c, i), at(&r.upper_c, i))
        {
            n += 1.0;
            below += (l - v).max(0.0);
            above += (v - u).max(0.0);
            side += v - (l + u) / 2.0;
        }
    }
    if n == 0.0 {
        return None;
    }
    let (below, above) = (below / n, above / n);
    let step = |d: f64| match d {
        d if d >= 2.0 => 3,
        d if d >= 1.0 => 2,
        d if d >= 0.5 => 1,
        _ => 0,
    };
    Some(if below > 0.05 && below >= above {
        3 - step(below)
    } else if above > 0.05 {
        6 + step(above)
    } else if side < 0.0 {
        4
    } else {
        5
    })
}

//! The layout for more than ten days: days are gathered, the calendar is
//! months (or weeks), and a table of sums stands under its months.

use super::axis::{Unit, Values};
use super::carpet;
use super::daily::{Gathered, gather, spread};
use super::days::reason_legend;
use super::page::{HAIR, Mark, NOTE, Page, TICK, TITLE, X0, X1, entry};
use super::palette as pal;
use super::rooms;
use crate::report::About;
use crate::report::figures::{EndUse, Figures, at0, has_any, intervals};
use crate::report::font::{self, Weight};
use crate::report::format::{currency, digits3, fixed};
use crate::report::svg::{Anchor, Path, Stroke, Type};
use crate::trace::{DeviceTrace, RoomTrace};

/// All panels.
pub(super) fn draw(page: &mut Page, t: &DeviceTrace, about: &About, f: &Figures) {
    let n = intervals(t);
    let days = gather(&page.time, t, n, Unit::Day);
    let unit = match page.time.days() {
        d if d > 1100.0 => Unit::Year,
        d if d > 75.0 => Unit::Month,
        _ => Unit::Week,
    };
    names(page, unit);
    let controlled = t.rooms.iter().filter(|r| r.controlled).count();
    let drawable = rooms::drawable(t);
    if controlled > rooms::MOST_ROWS {
        let cells: Vec<_> = days.iter().map(|d| (d.x0, d.x1, d.range.clone())).collect();
        rooms::strips(page, t, &cells, unit);
    } else if !drawable.is_empty() {
        room_rows(page, t, &days, unit, n);
    }
    outdoor(page, t, &days, unit);
    electricity(page, t, f, &days, unit);
    carpet::draw(page, t, reason_legend(f), unit);
    table(page, t, about, f, unit, n);
}

fn names(page: &mut Page, unit: Unit) {
    page.y += 4.0;
    for s in page.time.spans(unit) {
        let (a, b) = (page.time.x(s.from_s), page.time.x(s.to_s));
        let long = match unit {
            Unit::Year => s.first.strftime("%Y").to_string(),
            Unit::Month => s.first.strftime("%B").to_string(),
            _ => s.first.strftime("week of %-d %b").to_string(),
        };
        let short = match unit {
            Unit::Year => long.clone(),
            Unit::Month => s.first.strftime("%b").to_string(),
            _ => s.first.strftime("%-d %b").to_string(),
        };
        let t = Type {
            size: 14.0,
            fill: pal::INK,
            ..NOTE
        };
        let fits = |l: &str| font::width(l, 14.0, Weight::Regular) <= b - a - 6.0;
        let label = [long, short].into_iter().find(|l| fits(l));
        if let Some(l) = label {
            page.svg
                .text((a + b) / 2.0, page.y + 8.0, Anchor::Middle, t, &l);
        }
    }
    page.y += 14.0;
}

/// The area between two values a day, with steps at midnight.
fn daily_area(days: &[Gathered], a: &Values, v: impl Fn(&Gathered) -> Option<(f64, f64)>) -> Path {
    let mut p = Path::new();
    let mut stretch: Vec<(f64, f64, f64, f64)> = Vec::new();
    let flush = |s: &mut Vec<(f64, f64, f64, f64)>, p: &mut Path| {
        for (k, (x0, x1, _, hi)) in s.iter().enumerate() {
            p.to(*x0, a.y(*hi), k == 0);
            p.to(*x1, a.y(*hi), false);
        }
        for (x0, x1, lo, _) in s.iter().rev() {
            p.to(*x1, a.y(*lo), false);
            p.to(*x0, a.y(*lo), false);
        }
        if !s.is_empty() {
            p.close();
        }
        s.clear();
    };
    for d in days {
        match v(d) {
            Some((lo, hi)) => stretch.push((d.x0, d.x1, lo, hi)),
            None => flush(&mut stretch, &mut p),
        }
    }
    flush(&mut stretch, &mut p);
    p
}

fn daily_line(days: &[Gathered], a: &Values, v: impl Fn(&Gathered) -> Option<f64>) -> Path {
    let mut p = Path::new();
    let mut up = true;
    for d in days {
        match v(d) {
            Some(v) => {
                p.to((d.x0 + d.x1) / 2.0, a.y(v), up);
                up = false;
            }
            None => up = true,
        }
    }
    p
}

fn room_rows(page: &mut Page, t: &DeviceTrace, days: &[Gathered], unit: Unit, n: usize) {
    let list = rooms::drawable(t);
    let mut legend = vec![
        entry(Mark::Line, pal::INK, "operative temperature, daily mean"),
        entry(Mark::Box, "#b9c4cf", "lowest to highest of the day"),
    ];
    if list.iter().any(|r| r.controlled) {
        legend.push(entry(Mark::Box, pal::BAND, "comfort band"));
    }
    if list.iter().any(|r| has_any(&r.below_kh)) {
        legend.push(entry(Mark::Box, pal::COLD, "too cold"));
    }
    if list.iter().any(|r| has_any(&r.above_kh)) {
        legend.push(entry(Mark::Box, pal::HOT, "too warm"));
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
            page.svg.fill(&band, pal::BAND, 1.0, false);
        }
        page.calendar_lines(top, bottom, unit);
        page.value_axis(&a);
        let range = daily_area(days, &a, |d| {
            spread(&r.operative_c, d.range.clone()).map(|s| (s.low, s.high))
        });
        page.svg.fill(&range, "#8798a8", 0.42, false);
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
        discomfort_bars(page, r, days, bottom);
        page.svg.line(X0, bottom, X1, bottom, HAIR);
        page.beside(top + 22.0, &r.name, &rooms::notes(r, n));
        page.y += 10.0;
    }
    page.y -= 4.0;
}

/// Bars at a row's foot: K h of the day outside the band, by square root.
fn discomfort_bars(page: &mut Page, r: &RoomTrace, days: &[Gathered], bottom: f64) {
    if !r.controlled {
        return;
    }
    for (v, colour) in [(&r.below_kh, pal::COLD), (&r.above_kh, pal::HOT)] {
        let mut p = Path::new();
        for d in days {
            let kh: f64 = d.range.clone().map(|i| at0(v, i)).sum();
            if kh > 0.05 {
                let h = (kh.sqrt() * 5.0).clamp(2.0, 22.0);
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

fn outdoor(page: &mut Page, t: &DeviceTrace, days: &[Gathered], unit: Unit) {
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
    page.svg.fill(&range, "#9fb3c7", 0.6, false);
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

fn electricity(page: &mut Page, t: &DeviceTrace, f: &Figures, days: &[Gathered], unit: Unit) {
    let daily: Vec<Figures> = days
        .iter()
        .map(|d| Figures::between(t, d.range.clone()))
        .collect();
    let hi = daily
        .iter()
        .map(Figures::electricity_kwh)
        .fold(0.0, f64::max);
    if hi <= 0.0 {
        return;
    }
    let legend: Vec<_> = EndUse::ALL
        .iter()
        .zip(f.use_kwh)
        .filter(|(_, e)| *e > 0.05)
        .map(|(u, e)| {
            entry(
                Mark::Box,
                pal::end_use(*u),
                format!("{} {} kWh", u.text(), digits3(e)),
            )
        })
        .collect();
    page.head("Electricity", "kWh a day", &legend);
    let (top, bottom) = page.take(160.0);
    let a = Values::new(0.0, hi, top, bottom, 4, true);
    page.calendar_lines(top, bottom, unit);
    page.value_axis(&a);
    let gap = if days.len() < 150 { 0.6 } else { 0.0 };
    let mut base = vec![0.0; days.len()];
    for (u, use_) in EndUse::ALL.iter().enumerate() {
        let mut p = Path::new();
        for ((d, f), b) in days.iter().zip(&daily).zip(&mut base) {
            let e = f.use_kwh[u].max(0.0);
            if e > 0.0 {
                p.cell(d.x0 + gap, a.y(*b + e), d.x1 - gap, a.y(*b));
                *b += e;
            }
        }
        page.svg.fill(&p, pal::end_use(*use_), 1.0, true);
    }
    let mut notes = vec![format!("{} kWh", digits3(f.electricity_kwh()))];
    if let Some(s) = f.seasonal_performance() {
        notes.push(f.performance_short(s));
    }
    notes.push(format!("at most {} kWh a day", digits3(hi)));
    if f.peak_w > 0.0 {
        notes.push(format!("grid peak {} kW", fixed(f.peak_w / 1000.0, 2)));
    }
    page.beside(top + 20.0, "Heat pump", &notes);
    page.y += 8.0;
}

/// Sums under their months (or weeks), with the whole on the right.
fn table(page: &mut Page, t: &DeviceTrace, about: &About, f: &Figures, unit: Unit, n: usize) {
    let parts = gather(&page.time, t, n, unit);
    let figures: Vec<Figures> = parts
        .iter()
        .map(|p| Figures::between(t, p.range.clone()))
        .collect();
    let money = currency(&about.currency).to_owned();
    type Cell = Box<dyn Fn(&Figures) -> Option<String>>;
    let mut rows: Vec<(String, Cell)> = vec![(
        "electricity, kWh".into(),
        Box::new(|f| Some(digits3(f.electricity_kwh()))),
    )];
    let mut add = |on: bool, name: &str, cell: Cell| {
        if on {
            rows.push((name.to_owned(), cell));
        }
    };
    add(
        f.heat_space_kwh > 0.05,
        "heat to rooms, kWh",
        Box::new(|f| Some(digits3(f.heat_space_kwh))),
    );
    add(
        f.heat_tank_kwh > 0.05,
        "heat to tank, kWh",
        Box::new(|f| Some(digits3(f.heat_tank_kwh))),
    );
    add(
        f.cooling_kwh > 0.05,
        "cold to rooms, kWh",
        Box::new(|f| Some(digits3(f.cooling_kwh))),
    );
    add(
        f.seasonal_performance().is_some(),
        f.performance_name(),
        Box::new(|f| f.seasonal_performance().map(|s| fixed(s, 2))),
    );
    add(
        f.cost.is_some(),
        &format!("grid account, {money}"),
        Box::new(|f| {
            f.cost
                .map(|c| fixed(c, if c.abs() < 99.95 { 1 } else { 0 }))
        }),
    );
    add(
        f.below_kh > 0.05,
        "too cold, K·h",
        Box::new(|f| Some(digits3(f.below_kh))),
    );
    add(
        f.above_kh > 0.05,
        "too warm, K·h",
        Box::new(|f| Some(digits3(f.above_kh))),
    );
    page.head(
        match unit {
            Unit::Year => "By year",
            Unit::Month => "By month",
            _ => "By week",
        },
        "",
        &[],
    );
    page.y += 2.0;
    for (k, (name, cell)) in rows.iter().enumerate() {
        let (top, bottom) = page.take(22.0);
        if k % 2 == 0 {
            page.svg.rect(X0, top, X1 - X0, bottom - top, "#f7f8fa");
        }
        for (p, f) in parts.iter().zip(&figures) {
            if let Some(s) = cell(f) {
                let t = Type {
                    fill: pal::INK,
                    ..TICK
                };
                if font::width(&s, TICK.size, Weight::Regular) <= p.x1 - p.x0 - 4.0 {
                    page.svg
                        .text((p.x0 + p.x1) / 2.0, top + 15.5, Anchor::Middle, t, &s);
                }
            }
        }
        let whole = cell(f).unwrap_or_default();
        let bold = Type {
            size: 13.0,
            ..TITLE
        };
        page.svg
            .text(X1 + 10.0, top + 15.5, Anchor::Start, bold, &whole);
        let x = X1 + 10.0 + font::width(&whole, 13.0, Weight::Semibold) + 6.0;
        let name = font::fit(name, 12.5, Weight::Regular, 1600.0 - 8.0 - x);
        page.svg.text(x, top + 15.5, Anchor::Start, TICK, &name);
    }
}

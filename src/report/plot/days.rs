//! The layout for up to ten days: every interval is seen.

use super::axis::{Unit, Values};
use super::page::{Entry, HAIR, Mark, NOTE, Page, Side, TICK, TITLE, X0, X1, entry};
use super::palette as pal;
use super::rooms;
use super::steps::{Groups, between, extent, line, stepped};
use crate::report::About;
use crate::report::figures::{EndUse, Figures, at, at0, has_any, intervals};
use crate::report::format::{currency, digits3, fixed};
use crate::report::svg::{Anchor, Path, Stroke, Type};
use crate::trace::{DeviceTrace, Reason};

const NORMAL: Stroke = Stroke {
    colour: pal::INK,
    width: 1.6,
    dash: "",
};

/// All panels.
pub(super) fn draw(page: &mut Page, t: &DeviceTrace, about: &About, f: &Figures) {
    let g = Groups::new(t.start_s, t.step_s, intervals(t));
    day_names(page);
    let controlled = t.rooms.iter().filter(|r| r.controlled).count();
    let drawable = rooms::drawable(t);
    if controlled > rooms::MOST_ROWS || drawable.len() > rooms::MOST_ROWS + 1 && controlled > 0 {
        let cells: Vec<_> = (0..g.len())
            .map(|k| {
                let (a, b) = g.x(&page.time, k);
                (a, b, g.range(k))
            })
            .collect();
        rooms::strips(page, t, &cells, Unit::Day);
    } else if !drawable.is_empty() {
        rooms::rows(page, t, &g);
    }
    outdoor(page, t, &g);
    price(page, t, about, &g);
    tank(page, t, f, &g);
    power(page, t, f, &g);
    ribbon(page, t, f, &g);
    time_axis(page);
}

/// Names of the days above the first panel.
fn day_names(page: &mut Page) {
    let spans = page.time.spans(Unit::Day);
    page.y += 4.0;
    for s in &spans {
        let (a, b) = (page.time.x(s.from_s), page.time.x(s.to_s));
        let w = b - a;
        let mut label = s
            .first
            .strftime(if w > 92.0 { "%A %-d %b" } else { "%a %-d" })
            .to_string();
        if s.length_h != 24.0 && w > 150.0 {
            label.push_str(&format!(" ({} h)", s.length_h));
        }
        let room = crate::report::font::width(&label, 14.0, TITLE.weight);
        if room > w - 6.0 {
            label = s.first.strftime("%a").to_string();
        }
        if w > 34.0 {
            let t = Type {
                size: 14.0,
                fill: pal::INK,
                ..NOTE
            };
            page.svg
                .text((a + b) / 2.0, page.y + 8.0, Anchor::Middle, t, &label);
        }
    }
    page.y += 14.0;
}

/// Hours below the last panel.
fn time_axis(page: &mut Page) {
    let days = page.time.days();
    let every = match days {
        d if d <= 0.26 => 1,
        d if d <= 1.05 => 2,
        d if d <= 2.1 => 3,
        d if d <= 5.1 => 6,
        _ => 12,
    };
    let y = page.y;
    page.svg.line(
        X0,
        y,
        X1,
        y,
        Stroke {
            colour: pal::FAINT,
            ..HAIR
        },
    );
    for (t_s, hour) in page.time.hours(every) {
        let x = page.time.x(t_s);
        page.svg.line(
            x,
            y,
            x,
            y + 5.0,
            Stroke {
                colour: pal::FAINT,
                ..HAIR
            },
        );
        let label = format!("{hour:02}:00");
        page.svg.text(x, y + 19.0, Anchor::Middle, TICK, &label);
    }
    page.y += 22.0;
}

fn outdoor(page: &mut Page, t: &DeviceTrace, g: &Groups) {
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
        page.svg.fill(&p, pal::SUN, 0.75, false);
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

/// The price in steps, shaded from cheap to dear; a constant price is no panel.
fn price(page: &mut Page, t: &DeviceTrace, about: &About, g: &Groups) {
    let total = has_any(&t.price_total_eur_per_kwh);
    let source = if total {
        &t.price_total_eur_per_kwh
    } else {
        &t.price_eur_per_kwh
    };
    let p: Vec<Option<f64>> = g.means(source);
    let Some((lo, hi)) = extent([&p[..]]) else {
        return;
    };
    if hi - lo < 1e-6 {
        return;
    }
    let (scale, unit) = match currency(&about.currency) {
        "€" => (100.0, "ct/kWh".to_owned()),
        "£" => (100.0, "p/kWh".to_owned()),
        c => (1.0, format!("{c}/kWh")),
    };
    let p: Vec<Option<f64>> = p.into_iter().map(|x| x.map(|x| x * scale)).collect();
    let (lo, hi) = (lo * scale, hi * scale);
    let what = if total {
        "with network charges and taxes, darker is dearer"
    } else {
        "energy alone, darker is dearer"
    };
    page.head("Price", &format!("{unit}, {what}"), &[]);
    let (top, bottom) = page.take(62.0);
    let a = Values::new(lo.min(0.0), hi, top, bottom, 2, true);
    page.calendar_lines(top, bottom, Unit::Day);
    let mut paths = vec![Path::new(); pal::PRICE.len()];
    for (k, v) in p.iter().enumerate() {
        if let Some(v) = v {
            let f = ((v - lo) / (hi - lo) * pal::PRICE.len() as f64) as usize;
            let (x0, x1) = g.x(&page.time, k);
            paths[f.min(pal::PRICE.len() - 1)].cell(x0, a.y(v.max(0.0)), x1, a.y(v.min(0.0)));
        }
    }
    for (path, colour) in paths.iter().zip(pal::PRICE) {
        page.svg.fill(path, colour, 1.0, true);
    }
    page.value_axis(&a);
    let edge = Stroke {
        colour: pal::PRICE[4],
        width: 1.2,
        dash: "",
    };
    let path = stepped(g, &page.time, &a, &p);
    page.svg.stroke(&path, edge);
    page.beside(
        top + 2.0,
        "",
        &[format!("{} to {}", fixed(lo, 1), fixed(hi, 1)), unit],
    );
    page.y += 6.0;
}

fn tank(page: &mut Page, t: &DeviceTrace, f: &Figures, g: &Groups) {
    let layers: Vec<Vec<Option<f64>>> = t.tank_layer_c.iter().map(|l| g.means(l)).collect();
    let sensor = g.means(&t.tank_sensor_c);
    let all = extent(
        layers
            .iter()
            .map(|l| &l[..])
            .chain(std::iter::once(&sensor[..])),
    );
    let Some((mut lo, mut hi)) = all.filter(|_| !layers.is_empty()) else {
        return;
    };
    let bound = |v: &[f64]| -> Vec<Option<f64>> {
        g.means(v)
            .into_iter()
            .map(|x| x.filter(|x| x.abs() < 150.0))
            .collect()
    };
    let (lower, upper) = (bound(&t.tank_lower_c), bound(&t.tank_upper_c));
    if let Some((l, u)) = extent([&lower[..], &upper]) {
        lo = lo.min(l);
        hi = hi.max(u);
    }
    let draws: Vec<f64> = (0..g.len())
        .map(|k| g.range(k).map(|i| at0(&t.draw_l, i)).sum())
        .collect();
    let most = draws.iter().copied().fold(0.0, f64::max);
    let mut legend: Vec<Entry> = vec![entry(Mark::Line, pal::INK, "deciding sensor")];
    if layers.len() > 1 {
        legend.push(entry(
            Mark::Box,
            "#e9a878",
            "between bottom and top, coloured by temperature",
        ));
    }
    if extent([&lower[..], &upper]).is_some() {
        legend.push(entry(Mark::Dash, pal::SOFT, "lower and upper bound"));
    }
    if most > 0.0 {
        legend.push(entry(
            Mark::Box,
            "#4f7f8f",
            format!("draws, {} l in all", digits3(f.draw_l)),
        ));
    }
    page.head("Tank", "°C", &legend);
    let (top, bottom) = page.take(150.0);
    let a = Values::new(lo, hi, top, bottom, 5, true);
    page.calendar_lines(top, bottom, Unit::Day);
    page.value_axis(&a);
    if layers.len() > 1 {
        let stops: Vec<(f64, String)> = (0..=8)
            .map(|k| {
                let share = f64::from(k) / 8.0;
                (share, pal::water(a.hi - share * (a.hi - a.lo)))
            })
            .collect();
        page.svg.vertical_gradient("water", top, bottom, &stops);
        let (low, high) = envelope(&layers);
        let path = between(g, &page.time, &a, &low, &high);
        page.svg.fill(&path, "url(#water)", 0.85, false);
        let inner = Stroke {
            colour: "#ffffff",
            width: 0.5,
            dash: "",
        };
        if layers.len() <= 12 {
            for l in layers.iter().take(layers.len() - 1).skip(1) {
                let path = line(g, &page.time, &a, l);
                page.svg.stroke(&path, inner);
            }
        }
    }
    let dash = Stroke {
        colour: pal::SOFT,
        width: 1.1,
        dash: "5 4",
    };
    for v in [&lower, &upper] {
        let path = stepped(g, &page.time, &a, v);
        page.svg.stroke(&path, dash);
    }
    let path = line(g, &page.time, &a, &sensor);
    page.svg.stroke(&path, NORMAL);
    let end = |v: &[Option<f64>]| v.iter().rev().flatten().next().map(|x| a.y(*x));
    let mut sides = Vec::new();
    for (v, text, colour) in [
        (layers.last(), "top", pal::HOT),
        (Some(&sensor), "sensor", pal::INK),
        (
            layers.first().filter(|_| layers.len() > 1),
            "bottom",
            pal::COLD,
        ),
    ] {
        if let Some(y) = v.and_then(|v| end(v)) {
            sides.push(Side {
                y,
                colour,
                text: text.into(),
            });
        }
    }
    for (v, text) in [(&lower, "lower bound"), (&upper, "upper bound")] {
        if let Some(y) = end(v) {
            sides.push(Side {
                y,
                colour: pal::SOFT,
                text: text.into(),
            });
        }
    }
    page.sides(sides, top + 4.0, bottom);
    if most > 0.0 {
        let (dtop, dbottom) = page.take(26.0);
        let mut p = Path::new();
        for (k, l) in draws.iter().enumerate() {
            if *l > 0.0 {
                let (x0, x1) = g.x(&page.time, k);
                let h = (l / most).sqrt() * (dbottom - dtop - 4.0);
                p.cell(x0, dtop + 3.0, x1.max(x0 + 1.2), dtop + 3.0 + h);
            }
        }
        page.svg.fill(&p, "#4f7f8f", 1.0, true);
        page.svg.line(X0, dtop + 2.0, X1, dtop + 2.0, HAIR);
    }
    page.y += 6.0;
}

/// Coldest and warmest layer at each time.
fn envelope(layers: &[Vec<Option<f64>>]) -> (Vec<Option<f64>>, Vec<Option<f64>>) {
    let n = layers.first().map_or(0, Vec::len);
    (0..n)
        .map(|k| {
            let values = layers.iter().filter_map(|l| l.get(k).copied().flatten());
            values.fold((None, None), |(lo, hi): (Option<f64>, Option<f64>), v| {
                (
                    Some(lo.map_or(v, |l| l.min(v))),
                    Some(hi.map_or(v, |h| h.max(v))),
                )
            })
        })
        .unzip()
}

/// A coloured layer of the stack: its lower edge, its upper edge, its colour.
type Layer = (Vec<Option<f64>>, Vec<Option<f64>>, &'static str);

fn power(page: &mut Page, t: &DeviceTrace, f: &Figures, g: &Groups) {
    let n = g.len();
    let mean = |w: &dyn Fn(usize) -> f64, k: usize| -> f64 {
        let r = g.range(k);
        let len = r.len().max(1) as f64;
        r.map(w).sum::<f64>() / len / 1000.0
    };
    let mut layers: Vec<Layer> = Vec::new();
    let mut legend = Vec::new();
    let mut base = vec![0.0; n];
    let mut push = |power: Vec<f64>, colour: &'static str| {
        let low: Vec<_> = base.iter().map(|x| Some(*x)).collect();
        for (b, p) in base.iter_mut().zip(power) {
            *b += p.max(0.0);
        }
        layers.push((low, base.iter().map(|x| Some(*x)).collect(), colour));
    };
    for (u, e) in EndUse::ALL.iter().zip(f.use_kwh) {
        if e > 0.0005 {
            let p = (0..n).map(|k| mean(&|i| u.power_w(t, i), k)).collect();
            push(p, pal::end_use(*u));
            legend.push(entry(
                Mark::Box,
                pal::end_use(*u),
                format!("{} {} kWh", u.text(), digits3(e)),
            ));
        }
    }
    if f.base_load_kwh > 0.0005 {
        let p = (0..n)
            .map(|k| mean(&|i| at0(&t.base_load_w, i), k))
            .collect();
        push(p, pal::HOUSEHOLD);
        legend.push(entry(
            Mark::Box,
            pal::HOUSEHOLD,
            format!("household {} kWh", digits3(f.base_load_kwh)),
        ));
    }
    let pv: Vec<Option<f64>> = (0..n)
        .map(|k| Some(-mean(&|i| at0(&t.pv_w, i), k).max(0.0)))
        .collect();
    if f.pv_kwh > 0.0005 {
        legend.push(entry(
            Mark::Box,
            pal::PV,
            format!("PV {} kWh (downwards)", digits3(f.pv_kwh)),
        ));
    }
    let hi = base.iter().copied().fold(0.0, f64::max);
    let lo = extent([&pv[..]]).map_or(0.0, |e| e.0);
    if hi <= 0.0 && lo >= 0.0 {
        return;
    }
    page.head("Electricity", "kW", &legend);
    let (top, bottom) = page.take(if lo < 0.0 { 220.0 } else { 180.0 });
    let a = Values::new(lo, hi, top, bottom, 5, true);
    page.calendar_lines(top, bottom, Unit::Day);
    page.value_axis(&a);
    for (low, high, colour) in &layers {
        let path = between(g, &page.time, &a, low, high);
        page.svg.fill(&path, colour, 1.0, true);
    }
    if lo < 0.0 {
        let zero = vec![Some(0.0); n];
        let path = between(g, &page.time, &a, &pv, &zero);
        page.svg.fill(&path, pal::PV, 1.0, true);
    }
    let zero = Stroke {
        colour: pal::FAINT,
        ..HAIR
    };
    page.svg.line(X0, a.y(0.0), X1, a.y(0.0), zero);
    let mut notes = vec![format!("{} kWh", digits3(f.electricity_kwh()))];
    if let Some(s) = f.seasonal_performance() {
        notes.push(format!(
            "gave {} kWh",
            digits3(f.heat_space_kwh + f.heat_tank_kwh + f.cooling_kwh)
        ));
        notes.push(f.performance_short(s));
    }
    if f.peak_w > 0.0 {
        notes.push(format!("grid peak {} kW", fixed(f.peak_w / 1000.0, 2)));
    }
    page.beside(top + 20.0, "Heat pump", &notes);
    page.y += 6.0;
}

/// The reason that held longest in a group.
pub(super) fn dominant(t: &DeviceTrace, range: std::ops::Range<usize>) -> Option<Reason> {
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

fn ribbon(page: &mut Page, t: &DeviceTrace, f: &Figures, g: &Groups) {
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
    let commanded = t
        .command_house
        .iter()
        .chain(&t.command_tank)
        .any(|c| *c > 0);
    let shifted = has_any(&t.target_shift_k);
    if !commanded && !shifted {
        return;
    }
    // Stretches of a kind: 0 more, 1 held back, 2 overridden.
    let mut cells: Vec<(usize, f64, f64)> = Vec::new();
    for k in 0..g.len() {
        let (x0, x1) = g.x(&page.time, k);
        let level = g
            .range(k)
            .map(|i| {
                let c = |v: &[i16]| v.get(i).copied().unwrap_or(0);
                c(&t.command_house).max(c(&t.command_tank))
            })
            .max()
            .unwrap_or(0);
        let shift: f64 = g.range(k).filter_map(|i| at(&t.target_shift_k, i)).sum();
        if level > 1 || shift > 1e-6 {
            cells.push((0, x0, x1));
        } else if level == 1 || shift < -1e-6 {
            cells.push((1, x0, x1));
        }
        if g.range(k).any(|i| at0(&t.overridden_s, i) > 0.0) {
            cells.push((2, x0, x1));
        }
    }
    let kinds = [
        ("#2f7d6b", "asks for more"),
        ("#c9bfa8", "holds back"),
        (pal::INK, "overridden by a bound"),
    ];
    let used = |kind: usize| cells.iter().any(|c| c.0 == kind);
    let legend: Vec<_> = (0..kinds.len())
        .filter(|k| used(*k))
        .map(|k| entry(Mark::Box, kinds[k].0, kinds[k].1))
        .collect();
    page.head("Steering", "", &legend);
    let (top, bottom) = page.take(if used(2) { 22.0 } else { 14.0 });
    for (kind, (colour, _)) in kinds.iter().enumerate() {
        let (y0, y1) = if kind == 2 {
            (bottom - 6.0, bottom)
        } else {
            (top, top + 14.0)
        };
        let mut p = Path::new();
        for (_, x0, x1) in cells.iter().filter(|c| c.0 == kind) {
            p.cell(*x0, y0, *x1, y1);
        }
        page.svg.fill(&p, colour, 1.0, true);
    }
}

//! The tank between its bounds, and what was drawn from it.

use super::super::axis::{Unit, Values};
use super::super::page::{Entry, HAIR, Mark, Page, Side, X0, X1, entry};
use super::super::palette as pal;
use super::super::steps::{Groups, between, extent, line, stepped};
use super::NORMAL;
use crate::report::figures::{Figures, at0};
use crate::report::format::digits3;
use crate::report::svg::{Path, Stroke};
use crate::trace::DeviceTrace;

pub(super) fn draw(page: &mut Page, t: &DeviceTrace, f: &Figures, g: &Groups) {
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
            pal::DRAWS,
            format!("draws, {} l in all", digits3(f.draw_l)),
        ));
    }
    page.head("Tank", "°C", &legend);
    let (top, bottom) = page.take(150.0);
    let a = Values::new(lo, hi, top, bottom, 5, true);
    page.calendar_lines(top, bottom, Unit::Day);
    page.value_axis(&a);
    if layers.len() > 1 {
        page.water(&a);
        let (low, high) = envelope(&layers);
        let path = between(g, &page.time, &a, &low, &high);
        page.svg.fill(&path, "url(#water)", 0.85, true);
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
        page.svg.fill(&p, pal::DRAWS, 1.0, true);
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

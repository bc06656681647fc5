//! What a bought kWh costs, interval by interval.

use super::super::axis::{Unit, Values};
use super::super::page::Page;
use super::super::palette as pal;
use super::super::steps::{Groups, extent, stepped};
use crate::report::About;
use crate::report::figures::has_any;
use crate::report::format::{fixed, price_scale};
use crate::report::svg::{Path, Stroke};
use crate::trace::DeviceTrace;

/// The price in steps, shaded from cheap to dear; a constant price is no panel.
pub(super) fn draw(page: &mut Page, t: &DeviceTrace, about: &About, g: &Groups) {
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
    let (scale, unit) = price_scale(&about.currency);
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

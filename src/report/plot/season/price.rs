//! What a bought kWh costs: the daily mean and spread where days differ, and a
//! carpet by hour of the day where hours do. A constant price is no panel.

use super::super::axis::{Unit, Values};
use super::super::page::{Mark, Page, entry};
use super::super::palette as pal;
use super::carpet::{Column, carpet};
use super::daily::{Gathered, Spread, daily_area, daily_line, spread};
use crate::report::About;
use crate::report::figures::at;
use crate::report::format::{digits3, fixed, price_scale};
use crate::report::svg::Stroke;
use crate::trace::DeviceTrace;
use std::ops::Range;

pub(super) fn draw(
    page: &mut Page,
    t: &DeviceTrace,
    about: &About,
    days: &[Gathered],
    columns: &[Column],
    unit: Unit,
) {
    let (scale, currency) = price_scale(&about.currency);
    let price = &t.price_total_eur_per_kwh;
    let of = |d: &Gathered| -> Option<Spread> {
        spread(price, d.range.clone()).map(|s| Spread {
            low: s.low * scale,
            mean: s.mean * scale,
            high: s.high * scale,
        })
    };
    let daily: Vec<Spread> = days.iter().filter_map(of).collect();
    let ends = |pick: fn(&Spread) -> f64| {
        let values = daily.iter().map(pick);
        values.fold((f64::MAX, f64::MIN), |(lo, hi), v| (lo.min(v), hi.max(v)))
    };
    let (lo, hi) = (ends(|s| s.low).0, ends(|s| s.high).1);
    if hi - lo < 1e-4 * scale {
        return;
    }
    let (cheap, dear) = ends(|s| s.mean);
    if dear - cheap > 0.03 * (hi - lo) {
        let legend = [
            entry(
                Mark::Line,
                pal::PRICE[4],
                "daily mean, network and taxes included",
            ),
            entry(Mark::Box, pal::PRICE[1], "cheapest to dearest of the day"),
        ];
        page.head("Price", &currency, &legend);
        let (top, bottom) = page.take(84.0);
        let a = Values::new(lo.min(0.0), hi, top, bottom, 3, true);
        page.calendar_lines(top, bottom, unit);
        page.value_axis(&a);
        let area = daily_area(days, &a, |d| of(d).map(|s| (s.low, s.high)));
        page.svg.fill(&area, pal::PRICE[1], 0.75, true);
        let line = Stroke {
            colour: pal::PRICE[4],
            width: 1.4,
            dash: "",
        };
        page.svg
            .stroke(&daily_line(days, &a, |d| of(d).map(|s| s.mean)), line);
        let note = format!("{} to {}", fixed(lo, 1), fixed(hi, 1));
        page.beside(top + 2.0, "", &[note, currency.clone()]);
        page.y += 6.0;
    }
    if daily.iter().any(|s| s.high - s.low > 1e-4 * scale) {
        by_hour(page, price, columns, unit, (scale, &currency));
    }
}

/// Shades from cheap to dear. The outermost two per cent share the end shades,
/// so that one mad evening does not make the rest of the year pale.
fn by_hour(
    page: &mut Page,
    price: &[f64],
    columns: &[Column],
    unit: Unit,
    (scale, currency): (f64, &str),
) {
    let mean = |r: Range<usize>| -> Option<f64> {
        let values: Vec<f64> = r.filter_map(|i| at(price, i)).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64 * scale)
    };
    let mut all: Vec<f64> = columns
        .iter()
        .flat_map(|c| c.cells.iter().filter_map(|(_, r)| mean(r.clone())))
        .collect();
    all.sort_by(f64::total_cmp);
    let Some(last) = all.len().checked_sub(1) else {
        return;
    };
    let (lo, hi) = (all[last / 50], all[last - last / 50]);
    let shades = pal::PRICE_SHADES.len();
    let step = ((hi - lo) / shades as f64).max(1e-9);
    let legend: Vec<_> = (0..shades)
        .filter(|k| k % 2 == 1)
        .map(|k| {
            let middle = lo + step * (k as f64 + 0.5);
            entry(
                Mark::Box,
                pal::PRICE_SHADES[k],
                format!("{} {currency}", digits3(middle)),
            )
        })
        .collect();
    page.head(
        "Price",
        "by hour of the day, network and taxes included",
        &legend,
    );
    let class =
        |r: Range<usize>| mean(r).map(|p| (((p - lo) / step).max(0.0) as usize).min(shades - 1));
    carpet(page, columns, &pal::PRICE_SHADES, class, 116.0, unit);
}

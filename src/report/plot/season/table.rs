//! A table of sums under their months (or weeks), with the whole on the right.

use super::super::axis::Unit;
use super::super::page::{Page, TICK, TITLE, X0, X1};
use super::super::palette as pal;
use super::daily::gather;
use crate::report::About;
use crate::report::figures::Figures;
use crate::report::font::{self, Weight};
use crate::report::format::{currency, digits3, fixed};
use crate::report::svg::{Anchor, Type};
use crate::trace::DeviceTrace;

/// Sums under their months (or weeks), with the whole on the right.
pub(super) fn draw(
    page: &mut Page,
    t: &DeviceTrace,
    about: &About,
    f: &Figures,
    unit: Unit,
    n: usize,
) {
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
        f.performance_row(),
        Box::new(|f| f.seasonal_performance().map(|s| fixed(s, 2))),
    );
    add(
        f.pv_kwh > 0.05,
        "PV, kWh",
        Box::new(|f| Some(digits3(f.pv_kwh))),
    );
    add(
        f.export_kwh > 0.05,
        "fed in, kWh",
        Box::new(|f| Some(digits3(f.export_kwh))),
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
    add(
        f.tank_below_lower_h > 0.05,
        "tank too cold, h",
        Box::new(|f| Some(digits3(f.tank_below_lower_h))),
    );
    add(
        f.draw_missing_kwh > 0.05,
        "draws unmet, kWh",
        Box::new(|f| Some(digits3(f.draw_missing_kwh))),
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
    super::names(page, unit);
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

//! Electricity day by day: what is used upwards, what the sun gives downwards,
//! split into what the house used itself and what it fed to the grid.

use super::super::axis::{Unit, Values};
use super::super::page::{HAIR, Mark, Page, X0, X1, entry};
use super::super::palette as pal;
use super::daily::Gathered;
use crate::report::figures::{EndUse, Figures};
use crate::report::format::{digits3, fixed};
use crate::report::svg::{Path, Stroke};

/// One colour of the stack: its words, and its kWh in some figures.
struct Layer {
    text: &'static str,
    colour: &'static str,
    of: Box<dyn Fn(&Figures) -> f64>,
}

fn used() -> Vec<Layer> {
    let mut layers: Vec<Layer> = EndUse::ALL
        .into_iter()
        .map(|u| Layer {
            text: u.text(),
            colour: pal::end_use(u),
            of: Box::new(move |f| f.use_kwh[u as usize]),
        })
        .collect();
    layers.push(Layer {
        text: "household",
        colour: pal::HOUSEHOLD,
        of: Box::new(|f| f.base_load_kwh),
    });
    layers
}

fn from_the_sun() -> [Layer; 2] {
    [
        Layer {
            text: "PV used in the house",
            colour: pal::PV_OWN,
            of: Box::new(|f| f.pv_kwh - f.export_kwh),
        },
        Layer {
            text: "PV fed in",
            colour: pal::PV,
            of: Box::new(|f| f.export_kwh.min(f.pv_kwh)),
        },
    ]
}

pub(super) fn draw(page: &mut Page, f: &Figures, days: &[Gathered], daily: &[Figures], unit: Unit) {
    let highest = |layers: &[Layer]| {
        daily
            .iter()
            .map(|f| layers.iter().map(|l| (l.of)(f).max(0.0)).sum::<f64>())
            .fold(0.0, f64::max)
    };
    let (up, down) = (used(), from_the_sun());
    let (hi, lo) = (highest(&up), -highest(&down));
    if hi <= 0.0 && lo >= 0.0 {
        return;
    }
    let legend: Vec<_> = up
        .iter()
        .chain(&down)
        .map(|l| (l, (l.of)(f)))
        .filter(|(_, e)| *e > 0.05)
        .map(|(l, e)| {
            let text = format!("{} {} kWh", l.text, digits3(e));
            entry(Mark::Box, l.colour, text)
        })
        .collect();
    let title = if lo < 0.0 {
        "kWh a day, from the sun downwards"
    } else {
        "kWh a day"
    };
    page.head("Electricity", title, &legend);
    let (top, bottom) = page.take(if lo < 0.0 { 220.0 } else { 160.0 });
    let a = Values::new(lo, hi, top, bottom, 5, true);
    page.calendar_lines(top, bottom, unit);
    page.value_axis(&a);
    stack(page, &a, days, daily, &up, 1.0);
    stack(page, &a, days, daily, &down, -1.0);
    let zero = Stroke {
        colour: pal::FAINT,
        ..HAIR
    };
    page.svg.line(X0, a.y(0.0), X1, a.y(0.0), zero);
    page.beside(top + 20.0, "Heat pump", &notes(f, daily));
    if f.pv_kwh > 0.05 {
        let own = (1.0 - f.export_kwh / f.pv_kwh).clamp(0.0, 1.0);
        let notes = [
            format!("{} kWh", digits3(f.pv_kwh)),
            format!("{} % used in the house", fixed(100.0 * own, 0)),
        ];
        page.beside(bottom - 36.0, "PV", &notes);
    }
    page.y += 8.0;
}

fn notes(f: &Figures, daily: &[Figures]) -> Vec<String> {
    let most = daily
        .iter()
        .map(Figures::electricity_kwh)
        .fold(0.0, f64::max);
    let mut notes = vec![format!("{} kWh", digits3(f.electricity_kwh()))];
    if let Some(s) = f.seasonal_performance() {
        notes.push(f.performance_short(s));
    }
    notes.push(format!("at most {} kWh a day", digits3(most)));
    if f.peak_w > 0.0 {
        notes.push(format!("grid peak {} kW", fixed(f.peak_w / 1000.0, 2)));
    }
    notes
}

/// Layers upon each other, upwards or downwards from zero.
fn stack(
    page: &mut Page,
    a: &Values,
    days: &[Gathered],
    daily: &[Figures],
    layers: &[Layer],
    sign: f64,
) {
    let gap = if days.len() < 150 { 0.6 } else { 0.0 };
    let mut base = vec![0.0; days.len()];
    for layer in layers {
        let mut p = Path::new();
        for ((d, f), b) in days.iter().zip(daily).zip(&mut base) {
            let e = (layer.of)(f).max(0.0);
            if e > 0.0 {
                let (y0, y1) = (a.y(sign * *b), a.y(sign * (*b + e)));
                p.cell(d.x0 + gap, y0.min(y1), d.x1 - gap, y0.max(y1));
                *b += e;
            }
        }
        page.svg.fill(&p, layer.colour, 1.0, true);
    }
}

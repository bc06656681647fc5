//! Electric power: what is used upwards, what the sun gives downwards.

use super::super::axis::{Unit, Values};
use super::super::page::{HAIR, Mark, Page, X0, X1, entry};
use super::super::palette as pal;
use super::super::steps::{Groups, between, extent};
use crate::report::figures::{EndUse, Figures, at0};
use crate::report::format::{digits3, fixed};
use crate::report::svg::Stroke;
use crate::trace::DeviceTrace;

/// A coloured layer of the stack: its lower edge, its upper edge, its colour.
type Layer = (Vec<Option<f64>>, Vec<Option<f64>>, &'static str);

pub(super) fn draw(page: &mut Page, t: &DeviceTrace, f: &Figures, g: &Groups) {
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

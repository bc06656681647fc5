//! What was used, delivered and paid.

use super::writer::Writer;
use crate::report::About;
use crate::report::figures::{EndUse, Figures};
use crate::report::format::{currency, digits3, fixed};
use std::fmt::Write as _;

pub(super) fn energy(w: &mut Writer, f: &Figures) {
    let all = f.electricity_kwh();
    let scale = f.use_kwh.iter().copied().fold(0.0, f64::max);
    w.head(
        "electricity",
        &format!("{:>8} kWh for heat pump and heaters", digits3(all)),
    );
    for (u, e) in EndUse::ALL.iter().zip(f.use_kwh) {
        if e >= 0.005 {
            w.row(
                "",
                &format!(
                    "{:>8} kWh  {:<22} {:>3} %  {}",
                    digits3(e),
                    u.text(),
                    fixed(100.0 * e / all, 0),
                    w.bar(e / scale)
                ),
            );
        }
    }
    let mut heat = Vec::new();
    for (q, name) in [
        (f.heat_space_kwh, "to rooms"),
        (f.heat_tank_kwh, "to the tank"),
        (f.cooling_kwh, "of cold"),
    ] {
        if q >= 0.005 {
            heat.push(format!("{} kWh {name}", digits3(q)));
        }
    }
    if let Some(s) = f.seasonal_performance() {
        w.row(
            "delivered",
            &format!("{}; {}", heat.join(", "), f.performance_note(s)),
        );
    }
    let mut grid = format!(
        "{} kWh bought, {} kWh fed in",
        digits3(f.import_kwh),
        digits3(f.export_kwh),
    );
    // Peaks of several devices are not added: their sum has none here.
    if f.peak_w > 0.0 {
        let _ = write!(
            grid,
            ", quarter-hour peak {} kW",
            fixed(f.peak_w / 1000.0, 2)
        );
    }
    if f.pv_kwh > 0.005 {
        let _ = write!(
            grid,
            "; PV {} kWh, {} % of it used at home",
            digits3(f.pv_kwh),
            fixed(100.0 * (1.0 - f.export_kwh / f.pv_kwh).clamp(0.0, 1.0), 0)
        );
    }
    if f.import_kwh > 0.0 || f.export_kwh > 0.0 {
        w.row("grid", &grid);
    }
}

pub(super) fn money(w: &mut Writer, f: &Figures, about: &About) {
    let mut s = Vec::new();
    if let Some(c) = f.cost {
        let mut text = format!(
            "{} {} for the house",
            fixed(c, 2),
            currency(&about.currency)
        );
        // With what is fed in, the account over the purchase would be no price.
        if f.import_kwh > 0.01 && f.export_kwh < 0.01 {
            let _ = write!(text, " ({} a kWh bought)", fixed(c / f.import_kwh, 3));
        }
        s.push(text);
    }
    if let Some(c) = f.co2_kg {
        s.push(format!("{} kg CO2", digits3(c)));
    }
    if !s.is_empty() {
        w.row("cost", &s.join(", "));
    }
}

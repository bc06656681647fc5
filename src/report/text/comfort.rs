//! Rooms against their bounds, and hot water.

use super::writer::{Writer, clip, one_line};
use crate::metrics::{Figure, Outside, comfort_of_room};
use crate::report::figures::Figures;
use crate::report::format::{digits3, fixed, thousands};
use crate::trace::{DeviceTrace, Totals};
use std::fmt::Write as _;

pub(super) fn comfort(w: &mut Writer, t: &DeviceTrace, f: &Figures, n: usize) {
    if t.rooms.is_empty() {
        return;
    }
    let name_width = t
        .rooms
        .iter()
        .map(|r| r.name.chars().count())
        .max()
        .unwrap_or(4)
        .clamp(8, 22);
    w.head(
        "comfort",
        &format!(
            "{:name_width$} {:>6} {:>6} {:>6} {:>9} {:>8} {:>9} {:>8}",
            "room", "min", "mean", "max", "too cold", "", "too warm", ""
        ),
    );
    for r in &t.rooms {
        let c = comfort_of_room(r);
        let temperature = |f: Figure| fixed(f.value().unwrap_or(f64::NAN), 1);
        let outside = Outside::of([r], 0..n);
        let name = clip(&one_line(&r.name), name_width);
        let mut s = format!(
            "{name:name_width$} {:>6} {:>6} {:>6}",
            temperature(c.lowest_c),
            temperature(c.mean_c),
            temperature(c.highest_c)
        );
        if r.controlled {
            let _ = write!(
                s,
                " {:>5} K·h {:>6} h {:>5} K·h {:>6} h",
                digits3(outside.below_kh),
                digits3(outside.below_h),
                digits3(outside.above_kh),
                digits3(outside.above_h)
            );
        } else {
            s.push_str("  not controlled");
        }
        w.row("", &s);
    }
    if f.recovery_kh >= 0.005 {
        w.row(
            "",
            &format!(
                "of it {} K·h in recovery after a step of the target",
                digits3(f.recovery_kh)
            ),
        );
    }
}

pub(super) fn hot_water(w: &mut Writer, t: &DeviceTrace, totals: &Totals, f: &Figures) {
    if t.tank_layer_c.is_empty() && f.draw_l <= 0.0 {
        return;
    }
    w.row(
        "hot water",
        &format!(
            "{} l drawn, {} kWh useful, {} kWh missing",
            thousands(f.draw_l),
            digits3(f.draw_useful_kwh),
            digits3(f.draw_missing_kwh)
        ),
    );
    w.row(
        "",
        &format!(
            "tank {} h below its lower bound, {} h below 40 °C",
            digits3(f.tank_below_lower_h),
            digits3(totals.tank_below_40_h)
        ),
    );
    if totals.disinfection_reached + totals.disinfection_missed > 0 {
        w.row(
            "",
            &format!(
                "disinfection {} reached, {} missed; {} K·h above the upper bound in {} h",
                totals.disinfection_reached,
                totals.disinfection_missed,
                digits3(totals.disinfection_above_kh),
                digits3(totals.disinfection_above_h)
            ),
        );
    }
}

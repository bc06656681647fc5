//! The summary of a fleet, for a grid planner at a glance.

use super::figures::{Figures, Load, Peak, Shift};
use super::plan::Plan;
use super::scale::Scale;
use crate::report::format::{digits3, fixed, period, thousands};
use crate::study::view::aligned;

/// The summary in lines.
pub fn summary(plan: &Plan, figures: &Figures) -> String {
    let f = figures;
    let scale = Scale::of(f);
    let mut text = String::new();
    let mut line = |name: &str, said: String| text += &format!("{name:<13}{said}\n");
    let title = if f.title.is_empty() {
        "a fleet"
    } else {
        &f.title
    };
    line("fleet", title.to_owned());
    let failed = match f.failed {
        0 => String::new(),
        n => format!(", {n} of them without figures"),
    };
    let stand = match f.represents == f.houses as f64 {
        true => String::new(),
        false => format!(" for {}", thousands(f.represents)),
    };
    line(
        "houses",
        format!("{}{stand}{failed}", thousands(f.houses as f64)),
    );
    let (start_s, end_s) = (plan.period.start_s, plan.period.end_s);
    line("period", period(start_s, end_s, &plan.timezone));
    load_lines(&mut line, plan, scale, &f.fleet);
    if let Some(c) = &f.compared {
        for (i, w) in c.windows.iter().enumerate() {
            let name = if i == 0 { "signal" } else { "" };
            window_lines(&mut line, plan, scale, name, w);
        }
        let peak = f.reference.as_ref().map_or(f64::NAN, |r| r.peak.mw);
        let signed = |x| signed(x, "");
        line(
            "beside",
            format!(
                "{}: {} {} of electricity; the highest load is {} {} instead of {} ({})",
                c.name,
                signed(scale.energy(c.electricity_mwh)),
                scale.energy,
                digits3(scale.power(f.fleet.peak.mw)),
                scale.power,
                digits3(scale.power(peak)),
                signed(scale.power(c.peak_mw)),
            ),
        );
        line(
            "comfort",
            format!(
                "{} K·h too cold, {} K·h too warm, {} kWh missing at the tap, a house more than beside",
                signed(c.below_kh),
                signed(c.above_kh),
                signed(c.missing_kwh)
            ),
        );
    }
    text.push('\n');
    text += &spreads(f);
    if f.groups.len() > 1 {
        text.push('\n');
        text += &groups(f);
    }
    text
}

/// So many houses, in words.
pub(super) fn houses(n: usize) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} house{s}", thousands(n as f64))
}

/// With its sign.
fn signed(x: f64, unit: &str) -> String {
    let plus = if x > 0.0 { "+" } else { "" };
    format!("{plus}{}{unit}", digits3(x)).replace('-', "−")
}

fn when(plan: &Plan, peak: &Peak) -> String {
    crate::report::format::local(peak.at_s, &plan.timezone)
        .strftime("%a %-d %b %H:%M")
        .to_string()
}

fn load_lines(line: &mut impl FnMut(&str, String), plan: &Plan, scale: Scale, l: &Load) {
    let power = |mw: f64| format!("{} {}", digits3(scale.power(mw)), scale.power);
    let energy = |mwh: f64| format!("{} {}", digits3(scale.energy(mwh)), scale.energy);
    let [p5, p50, p95] = l.peak_house_quantiles_kw.map(digits3);
    line(
        "peak",
        format!("{} on {}", power(l.peak.mw), when(plan, &l.peak)),
    );
    line(
        "",
        format!(
            "{} kW a house then; 5 % of the houses below {p5}, half below {p50}, 5 % above {p95}",
            digits3(l.peak_house_kw)
        ),
    );
    line(
        "energy",
        format!(
            "{} electricity, {} heat; {} on average, {} % of the peak",
            energy(l.electricity_mwh),
            energy(l.heat_mwh),
            power(l.mean_mw),
            fixed(100.0 * l.load_factor, 0)
        ),
    );
    line(
        "grid",
        format!(
            "{} at most with households and PV, on {}",
            power(l.grid_peak.mw),
            when(plan, &l.grid_peak)
        ),
    );
}

fn window_lines(
    line: &mut impl FnMut(&str, String),
    plan: &Plan,
    scale: Scale,
    name: &str,
    w: &Shift,
) {
    let power = |mw: f64| signed(scale.power(mw), &format!(" {}", scale.power));
    let energy = |mwh: f64| signed(scale.energy(mwh), &format!(" {}", scale.energy));
    line(
        name,
        format!(
            "{}: {} on average ({} %), {} at most; {}",
            w.name,
            power(w.mean_mw),
            signed((100.0 * w.share).round(), ""),
            power(w.largest.mw),
            energy(w.energy_mwh)
        ),
    );
    line(
        "",
        format!(
            "then in {} h {} ({} % comes back), {} at most on {}",
            fixed(
                w.rebound.hours,
                if w.rebound.hours.fract() == 0.0 { 0 } else { 2 }
            ),
            energy(w.rebound.energy_mwh),
            fixed(100.0 * w.rebound.share, 0),
            power(w.rebound.largest.mw),
            when(plan, &w.rebound.largest)
        ),
    );
}

fn spreads(f: &Figures) -> String {
    let head = ["of a house", "5 %", "half", "95 %", "mean"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for s in f.spread.iter().filter(|s| s.houses > 0) {
        let name = match s.unit.as_str() {
            "" => s.name.clone(),
            unit => format!("{}, {unit}", s.name),
        };
        let numbers = [s.p5, s.p50, s.p95, s.mean].map(digits3);
        rows.push(std::iter::once(name).chain(numbers).collect());
    }
    aligned(&rows)
}

fn groups(f: &Figures) -> String {
    let head = [
        "group",
        "houses",
        "electricity, kWh",
        "SPF H4",
        "too cold, K·h",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for g in &f.groups {
        rows.push(vec![
            g.name.clone(),
            thousands(g.houses as f64),
            digits3(g.electricity_kwh),
            fixed(g.spf_h4, 2),
            digits3(g.below_kh),
        ]);
    }
    aligned(&rows)
}

//! The summary of a run in text: one block a device, a total where there are
//! several, at most some 40 lines a block, plain unless colour is asked for.

use super::about::About;
use super::figures::{EndUse, Figures, intervals};
use super::format::{currency, date, digits3, fixed, period, thousands};
use super::plot::palette::reason_label;
use crate::metrics::{Figure, Outside, comfort_of_room};
use crate::model::Scenario;
use crate::trace::{DeviceTrace, RunResult, Totals};
use crate::units::kwh;
use std::fmt::Write as _;

/// How the summary is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct SummaryStyle {
    /// ANSI colours and bold; off when the text goes into a file or a pipe.
    pub colour: bool,
}

/// Most reasons, warnings and refusals that are listed.
const MOST_REASONS: usize = 8;
const MOST_MESSAGES: usize = 6;
/// Width of the text and of a label, characters.
const WIDTH: usize = 92;
const LABEL: usize = 13;

/// The summary of a run. `files` are the paths that were written, if any.
pub fn summary(
    run: &RunResult,
    scenario: &Scenario,
    twin: Option<&RunResult>,
    files: &[String],
    style: SummaryStyle,
) -> String {
    let abouts: Vec<About> = run
        .devices
        .iter()
        .map(|(t, _)| About::of(scenario, t))
        .collect();
    write_summary(run, &abouts, twin, files, style)
}

/// The same from what a report needs of a scenario, one `About` a device, and
/// the same run without steering where it was asked for.
pub fn write_summary(
    run: &RunResult,
    abouts: &[About],
    twin: Option<&RunResult>,
    files: &[String],
    style: SummaryStyle,
) -> String {
    let mut w = Writer {
        out: String::new(),
        colour: style.colour,
    };
    for ((trace, totals), about) in run.devices.iter().zip(abouts) {
        let f = Figures::of(trace, totals);
        device(&mut w, trace, totals, about, &f, run.devices.len() > 1);
        let same = |t: &DeviceTrace| t.user_id == trace.user_id && t.device_id == trace.device_id;
        if let Some((trace, totals)) =
            twin.and_then(|twin| twin.devices.iter().find(|(t, _)| same(t)))
        {
            w.row("unsteered", &unsteered(&Figures::of(trace, totals), about));
        }
        w.out.push('\n');
    }
    if run.devices.len() > 1 {
        w.title(&format!("All {} devices", run.devices.len()));
        let total = Figures::together(&run.devices);
        energy(&mut w, &total);
        if let Some(a) = abouts.first() {
            money(&mut w, &total, a);
        }
        w.out.push('\n');
    }
    settings(&mut w, run, abouts);
    for (i, m) in run.warnings.iter().take(MOST_MESSAGES).enumerate() {
        w.warn(if i == 0 { "warnings" } else { "" }, m);
    }
    more(&mut w, run.warnings.len());
    for (i, f) in files.iter().enumerate() {
        w.row(if i == 0 { "files" } else { "" }, f);
    }
    w.out
}

/// What the same device does without steering.
fn unsteered(f: &Figures, about: &About) -> String {
    let mut parts = vec![
        format!(
            "{} kWh for heat pump and heaters",
            digits3(f.electricity_kwh())
        ),
        format!(
            "{} K·h too cold, {} K·h too warm",
            digits3(f.below_kh),
            digits3(f.above_kh)
        ),
    ];
    if let Some(cost) = f.cost {
        parts.push(format!(
            "{} {} for the house",
            fixed(cost, 2),
            currency(&about.currency)
        ));
    }
    format!("would have been {}", parts.join("; "))
}

fn device(
    w: &mut Writer,
    t: &DeviceTrace,
    totals: &Totals,
    about: &About,
    f: &Figures,
    several: bool,
) {
    let name = format!(
        "device {} of user {}",
        one_line(&t.device_id),
        one_line(&t.user_id)
    );
    let title = if about.title.is_empty() {
        name.clone()
    } else if several {
        format!("{} – {name}", one_line(&about.title))
    } else {
        one_line(&about.title)
    };
    w.title(&title);
    for part in about.line().split("  ·  ") {
        w.line(part);
    }
    let n = intervals(t);
    if n == 0 {
        w.line("nothing was recorded");
        return;
    }
    let end = t.start_s + n as i64 * i64::from(t.step_s);
    w.line(&period(t.start_s, end, &about.timezone));
    comfort(w, t, f, n);
    hot_water(w, t, totals, f);
    energy(w, f);
    money(w, f, about);
    let mut plant = format!(
        "{} starts, {} h running",
        thousands(f.starts as f64),
        digits3(f.run_h)
    );
    if f.starts > 0 {
        let _ = write!(
            plant,
            ", {} min a start",
            fixed(f.run_h * 60.0 / f.starts as f64, 0)
        );
    }
    if totals.changeovers > 0 {
        let _ = write!(plant, ", {} change-overs", totals.changeovers);
    }
    if totals.min_run_ended > 0 {
        let _ = write!(plant, ", {} minimum runs ended early", totals.min_run_ended);
    }
    w.row("compressor", &plant);
    reasons(w, f);
    if totals.commanded_s > 0.0 || f.overridden_h > 0.0 {
        w.row(
            "steering",
            &format!(
                "commanded {} h, overridden {} min in {} quarter-hours",
                digits3(totals.commanded_s / 3600.0),
                fixed(f.overridden_h * 60.0, 0),
                totals.overridden_quarters
            ),
        );
    }
    balance(w, totals);
}

fn comfort(w: &mut Writer, t: &DeviceTrace, f: &Figures, n: usize) {
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

fn hot_water(w: &mut Writer, t: &DeviceTrace, totals: &Totals, f: &Figures) {
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

fn energy(w: &mut Writer, f: &Figures) {
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

fn money(w: &mut Writer, f: &Figures, about: &About) {
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

fn reasons(w: &mut Writer, f: &Figures) {
    let list = f.reasons();
    let all: f64 = list.iter().map(|r| r.1).sum();
    let longest = list.first().map_or(1.0, |r| r.1);
    for (i, (r, h)) in list.iter().take(MOST_REASONS).enumerate() {
        let s = format!(
            "{:>8} h {:>5} %  {:<28} {}",
            digits3(*h),
            fixed(100.0 * h / all, 1),
            reason_label(*r),
            w.bar(h / longest)
        );
        w.row(if i == 0 { "why" } else { "" }, &s);
    }
    if list.len() > MOST_REASONS {
        let rest: f64 = list[MOST_REASONS..].iter().map(|r| r.1).sum();
        w.row(
            "",
            &format!(
                "{:>8} h {:>5} %  further reasons ({})",
                digits3(rest),
                fixed(100.0 * rest / all, 1),
                list.len() - MOST_REASONS
            ),
        );
    }
}

fn balance(w: &mut Writer, totals: &Totals) {
    let b = &totals.balance;
    let worst = if b.tank_residual.abs() > b.house_residual.abs() {
        b.tank_residual
    } else {
        b.house_residual
    };
    let mut s = format!(
        "energy closes to {:.0e} (house {:.0e}, tank {:.0e})",
        worst.abs(),
        b.house_residual.abs(),
        b.tank_residual.abs()
    );
    let stored = kwh(totals.stored_house_j + totals.stored_tank_j);
    if stored.is_finite() && stored.abs() >= 0.05 {
        let _ = write!(s, "; {} kWh more stored", digits3(stored));
        if stored < 0.0 {
            s = s.replace("−", "").replace("more stored", "less stored");
        }
    }
    w.row("balance", &s);
    if totals.unlocated > 0 {
        w.warn(
            "",
            &format!(
                "{} steps in which the switching was not located",
                totals.unlocated
            ),
        );
    }
}

fn settings(w: &mut Writer, run: &RunResult, abouts: &[About]) {
    if run.settings.is_empty() {
        return;
    }
    let applied = run.settings.iter().filter(|s| s.applied).count();
    let refused = run.settings.len() - applied;
    w.row(
        "settings",
        &format!(
            "{applied} document{} applied, {refused} refused",
            if applied == 1 { "" } else { "s" }
        ),
    );
    let zone = abouts
        .first()
        .map_or(jiff::tz::TimeZone::UTC, |a| a.timezone.clone());
    for e in run
        .settings
        .iter()
        .filter(|s| !s.applied)
        .take(MOST_MESSAGES)
    {
        let whose = e
            .device_id
            .as_ref()
            .map_or_else(|| e.user_id.clone(), |d| format!("{}, {d}", e.user_id));
        let s = format!(
            "refused {} ({whose}): {}",
            date(e.at_s, &zone),
            e.messages.join("; ")
        );
        w.warn("", &s);
    }
    more(w, refused);
}

fn more(w: &mut Writer, n: usize) {
    if n > MOST_MESSAGES {
        w.row("", &format!("and {} more", n - MOST_MESSAGES));
    }
}

struct Writer {
    out: String,
    colour: bool,
}

impl Writer {
    fn paint(&self, code: &str, s: &str) -> String {
        if self.colour && !s.trim().is_empty() {
            format!("\u{1b}[{code}m{s}\u{1b}[0m")
        } else {
            s.to_owned()
        }
    }

    fn title(&mut self, s: &str) {
        let s = self.paint("1", s);
        let _ = writeln!(self.out, "{s}");
    }

    fn line(&mut self, s: &str) {
        let _ = writeln!(self.out, "  {}", one_line(s));
    }

    fn head(&mut self, label: &str, s: &str) {
        let s = self.paint("2", s.trim_end());
        self.put(label, &s);
    }

    fn row(&mut self, label: &str, s: &str) {
        // Long rows go on under their own text.
        let mut first = true;
        for part in wrap(s, WIDTH - LABEL) {
            self.put(if first { label } else { "" }, &part);
            first = false;
        }
    }

    fn warn(&mut self, label: &str, s: &str) {
        let mut first = true;
        for part in wrap(&one_line(s), WIDTH - LABEL) {
            let part = self.paint("33", &part);
            self.put(if first { label } else { "" }, &part);
            first = false;
        }
    }

    fn put(&mut self, label: &str, s: &str) {
        let label = self.paint("36", &format!("{label:LABEL$}"));
        let line = format!("{label}{s}");
        let _ = writeln!(self.out, "{}", line.trim_end());
    }

    /// A bar of up to 24 characters for a share.
    fn bar(&self, share: f64) -> String {
        let share = if share.is_finite() { share } else { 0.0 };
        let n = (share.clamp(0.0, 1.0) * 24.0).round() as usize;
        if n == 0 { "·".into() } else { "▪".repeat(n) }
    }
}

/// Breaks at spaces so that no line is wider than `width` characters where
/// that is possible. Leading spaces are kept.
fn wrap(s: &str, width: usize) -> Vec<String> {
    if s.chars().count() <= width {
        return vec![s.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in s.split(' ') {
        let last = lines.len() - 1;
        let used = lines[last].chars().count();
        if used > 0 && used + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if used > 0 {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
}

fn clip(s: &str, n: usize) -> String {
    if s.chars().count() <= n {
        s.to_owned()
    } else {
        let mut t: String = s.chars().take(n.saturating_sub(1)).collect();
        t.push('…');
        t
    }
}

/// Without line breaks and control characters.
fn one_line(s: &str) -> String {
    s.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

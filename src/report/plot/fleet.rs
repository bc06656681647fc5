//! The picture of a fleet: its load over the period and on its peak day, how
//! houses are spread around it, its duration curve, and how figures of houses
//! are spread. `compared` puts a fleet beside its reference. Both know nothing
//! of how the numbers came about.

mod compared;
mod small;

use jiff::tz::TimeZone;

use super::axis::{Time, Unit, Values};
use super::page::{Entry, HAIR, Mark, NOTE, Page, TITLE, WIDTH, X0, X1, entry};
use super::steps::{Groups, between, extent, line, stepped};
use super::{LONGEST_DETAIL_DAYS, days, palette as pal, season};
use crate::report::font::{self, Weight};
use crate::report::format::{digits3, fixed, local, period};
use crate::report::svg::{Anchor, Stroke, Svg, Type};
pub use compared::compared;

const LEFT: f64 = 32.0;
const BAND: &str = "#f6d5c3";
const LOAD: &str = "#f9e4d8";
const WINDOW: &str = "#efe9f7";
const REFERENCE: &str = "#8b96a1";

/// A fleet to be drawn. Series have one value an interval.
#[derive(Clone, Debug)]
pub struct FleetPicture {
    pub title: String,
    /// Below the title.
    pub line: String,
    pub start_s: i64,
    pub step_s: u32,
    pub timezone: TimeZone,
    /// Value, unit, what it is.
    pub tiles: Vec<(String, String, String)>,
    /// Unit of the fleet's power, and of its energy: so many in the power's over
    /// an hour.
    pub power_unit: &'static str,
    pub energy_unit: &'static str,
    pub energy_per_hour: f64,
    pub electricity: Vec<f64>,
    pub heat: Vec<f64>,
    pub grid: Vec<f64>,
    pub pv: Vec<f64>,
    pub outdoor_c: Vec<f64>,
    /// Of a house: mean, and those of 5, 50 and 95 %.
    pub mean_kw: Vec<f64>,
    pub quantiles_kw: [Vec<f64>; 3],
    /// Name and electricity of the reference.
    pub reference: Option<(String, Vec<f64>)>,
    /// When a signal asks for something, and what it is called.
    pub windows: Vec<(i64, i64, String)>,
    pub histograms: Vec<Histogram>,
}

/// How a figure is spread over houses; values in rising order.
#[derive(Clone, Debug)]
pub struct Histogram {
    pub title: String,
    pub unit: String,
    pub values: Vec<f64>,
}

impl FleetPicture {
    fn end_s(&self) -> i64 {
        self.start_s + self.electricity.len() as i64 * i64::from(self.step_s)
    }

    /// The local day of the highest load.
    fn peak_day(&self) -> (i64, i64) {
        let highest = self.electricity.iter().enumerate();
        let (at, _) = highest.fold(
            (0, f64::MIN),
            |best, (i, x)| {
                if *x > best.1 { (i, *x) } else { best }
            },
        );
        let at_s = self.start_s + at as i64 * i64::from(self.step_s);
        let day = local(at_s, &self.timezone).start_of_day();
        let from_s = day.as_ref().map_or(at_s, |d| d.timestamp().as_second());
        let next = day
            .and_then(|d| d.tomorrow())
            .and_then(|d| d.start_of_day());
        let to_s = next.map_or(from_s + 86_400, |d| d.timestamp().as_second());
        (from_s.max(self.start_s), to_s.min(self.end_s()))
    }

    fn page(&self) -> Page {
        Page {
            svg: Svg::new(WIDTH),
            y: 0.0,
            time: Time {
                start_s: self.start_s,
                end_s: self.end_s(),
                x0: X0,
                x1: X1,
                tz: self.timezone.clone(),
            },
        }
    }
}

/// The picture as SVG, 1600 px wide.
pub fn fleet(f: &FleetPicture) -> String {
    let mut page = f.page();
    head(&mut page, f, &f.title);
    let g = Groups::new(f.start_s, f.step_s, f.electricity.len());
    let long = page.time.days() > LONGEST_DETAIL_DAYS;
    calendar_names(&mut page);
    if long {
        daily(&mut page, f, &g);
    } else {
        load(&mut page, f, &g, 190.0);
        houses(&mut page, f, &g, 150.0);
    }
    energies(&mut page, f, &g, long);
    outdoor(&mut page, f, &g, long);
    if !long {
        days::time_axis(&mut page);
    }
    if page.time.days() > 1.05 {
        peak_day(&mut page, f);
    }
    small::row(&mut page, f);
    foot(page, f, &f.title)
}

/// Title, period, line and tiles.
fn head(page: &mut Page, f: &FleetPicture, title: &str) {
    let when = period(f.start_s, f.end_s(), &f.timezone);
    let when_type = Type { size: 16.0, ..NOTE };
    let room = WIDTH - 2.0 * LEFT - font::width(&when, 16.0, Weight::Regular) - 40.0;
    let big = Type {
        size: 27.0,
        ..TITLE
    };
    let title = font::fit(title, 27.0, Weight::Semibold, room);
    page.svg.text(LEFT, 52.0, Anchor::Start, big, &title);
    page.svg
        .text(WIDTH - LEFT, 52.0, Anchor::End, when_type, &when);
    let below = font::fit(&f.line, 15.0, Weight::Regular, WIDTH - 2.0 * LEFT);
    let t = Type { size: 15.0, ..NOTE };
    page.svg.text(LEFT, 78.0, Anchor::Start, t, &below);
    let w = (WIDTH - 2.0 * LEFT) / f.tiles.len().max(1) as f64;
    page.svg.line(LEFT, 98.0, WIDTH - LEFT, 98.0, HAIR);
    for (i, (value, unit, label)) in f.tiles.iter().enumerate() {
        let x = LEFT + i as f64 * w;
        let big = Type {
            size: 25.0,
            ..TITLE
        };
        page.svg.text(x, 131.0, Anchor::Start, big, value);
        let after = x + font::width(value, 25.0, Weight::Semibold) + 5.0;
        page.svg.text(after, 131.0, Anchor::Start, NOTE, unit);
        let label = font::fit(label, 13.0, Weight::Regular, w - 10.0);
        page.svg.text(x, 151.0, Anchor::Start, NOTE, &label);
    }
    page.svg.line(LEFT, 168.0, WIDTH - LEFT, 168.0, HAIR);
    page.y = 186.0;
}

fn foot(mut page: Page, f: &FleetPicture, title: &str) -> String {
    page.y += 26.0;
    let zone = f.timezone.iana_name().unwrap_or("local time");
    let minutes = f64::from(f.step_s) / 60.0;
    let text = format!(
        "Times in {zone}. Means of {} min. Quantiles are over houses, each interval by itself, and good to 6 %. Heatloop {}.",
        fixed(minutes, 0),
        env!("CARGO_PKG_VERSION")
    );
    let t = Type {
        size: 12.0,
        fill: pal::FAINT,
        ..NOTE
    };
    page.svg.text(LEFT, page.y, Anchor::Start, t, &text);
    let height = page.y + 22.0;
    page.svg.finish(height, title, &f.line)
}

fn unit_of(page: &Page) -> Unit {
    match page.time.days() {
        d if d > 1100.0 => Unit::Year,
        d if d > 75.0 => Unit::Month,
        d if d > LONGEST_DETAIL_DAYS => Unit::Week,
        _ => Unit::Day,
    }
}

fn calendar_names(page: &mut Page) {
    match unit_of(page) {
        Unit::Day => days::day_names(page),
        unit => season::names(page, unit),
    }
}

/// Shades the windows of the signal.
fn windows(page: &mut Page, f: &FleetPicture, top: f64, bottom: f64) {
    for (from_s, to_s, _) in &f.windows {
        if *to_s > page.time.start_s && *from_s < page.time.end_s {
            let (a, b) = (page.time.x(*from_s), page.time.x(*to_s));
            page.svg.rect(a, top, b - a, bottom - top, WINDOW);
        }
    }
}

fn thin(colour: &'static str, width: f64) -> Stroke {
    Stroke {
        colour,
        width,
        dash: "",
    }
}

/// An axis from 0 that holds all series.
fn from_zero<'a>(
    series: impl IntoIterator<Item = &'a [Option<f64>]>,
    top: f64,
    bottom: f64,
) -> Values {
    let (lo, hi) = extent(series).unwrap_or((0.0, 1.0));
    Values::new(lo.min(0.0), hi.max(1e-9), top, bottom, 5, true)
}

/// Load of the fleet, beside the reference where there is one.
fn load(page: &mut Page, f: &FleetPicture, g: &Groups, height: f64) {
    let own = g.means(&f.electricity);
    let other = f.reference.as_ref().map(|(_, v)| g.means(v));
    let mut entries = vec![entry(Mark::Line, pal::HOT, "all heat pumps and heaters")];
    if let Some((name, _)) = &f.reference {
        entries.push(entry(Mark::Line, REFERENCE, name.clone()));
        if !f.windows.is_empty() {
            entries.push(entry(Mark::Box, WINDOW, "signal"));
        }
    }
    page.head("Electricity of the fleet", f.power_unit, &entries);
    let (top, bottom) = page.take(height);
    let series = std::iter::once(&own[..]).chain(other.as_deref());
    let a = from_zero(series, top, bottom);
    let unit = unit_of(page);
    windows(page, f, top, bottom);
    page.calendar_lines_only(top, bottom, unit);
    page.value_axis(&a);
    let zero = vec![Some(0.0); own.len()];
    let area = between(g, &page.time, &a, &zero, &own);
    page.svg.fill(&area, LOAD, 0.75, false);
    if let Some(other) = &other {
        let path = stepped(g, &page.time, &a, other);
        page.svg.stroke(&path, thin(REFERENCE, 2.2));
    }
    let path = stepped(g, &page.time, &a, &own);
    page.svg.stroke(&path, thin(pal::HOT, 1.6));
    page.y += 8.0;
}

/// How houses are spread around their mean.
fn houses(page: &mut Page, f: &FleetPicture, g: &Groups, height: f64) {
    let [low, middle, high] = [0, 1, 2].map(|k| g.means(&f.quantiles_kw[k]));
    let mean = g.means(&f.mean_kw);
    let entries = [
        entry(Mark::Box, BAND, "5 to 95 % of the houses"),
        entry(Mark::Line, pal::INK, "half of the houses below"),
        entry(Mark::Line, pal::HOT, "mean"),
    ];
    page.head("Electricity of a house", "kW", &entries);
    let (top, bottom) = page.take(height);
    let a = from_zero([&high[..], &mean[..]], top, bottom);
    let unit = unit_of(page);
    page.calendar_lines(top, bottom, unit);
    page.value_axis(&a);
    let band = between(g, &page.time, &a, &low, &high);
    page.svg.fill(&band, BAND, 0.8, false);
    let path = stepped(g, &page.time, &a, &middle);
    page.svg.stroke(&path, thin(pal::INK, 1.1));
    let path = stepped(g, &page.time, &a, &mean);
    page.svg.stroke(&path, thin(pal::HOT, 1.5));
    page.y += 8.0;
}

/// A long period day by day: mean of each day in the range of its intervals.
fn daily(page: &mut Page, f: &FleetPicture, g: &Groups) {
    let mut g = *g;
    g.size = (86_400 / f.step_s.max(1)).max(1) as usize;
    let mean = g.means(&f.electricity);
    let pick = |better: fn(f64, f64) -> f64| -> Vec<Option<f64>> {
        (0..g.len())
            .map(|k| f.electricity[g.range(k)].iter().copied().reduce(better))
            .collect()
    };
    let (low, high) = (pick(f64::min), pick(f64::max));
    let mut entries: Vec<Entry> = vec![
        entry(Mark::Line, pal::HOT, "mean of the day"),
        entry(Mark::Box, BAND, "lowest to highest interval of the day"),
    ];
    let other = f.reference.as_ref().map(|(_, v)| g.means(v));
    if let Some((name, _)) = &f.reference {
        entries.push(entry(Mark::Line, REFERENCE, format!("{name}, mean")));
    }
    page.head("Electricity of the fleet", f.power_unit, &entries);
    let (top, bottom) = page.take(230.0);
    let a = from_zero([&high[..]], top, bottom);
    let unit = unit_of(page);
    page.calendar_lines(top, bottom, unit);
    page.value_axis(&a);
    let band = between(&g, &page.time, &a, &low, &high);
    page.svg.fill(&band, BAND, 0.8, false);
    if let Some(other) = &other {
        let path = stepped(&g, &page.time, &a, other);
        page.svg.stroke(&path, thin(REFERENCE, 2.2));
    }
    let path = stepped(&g, &page.time, &a, &mean);
    page.svg.stroke(&path, thin(pal::HOT, 1.6));
    page.y += 8.0;
}

/// Heat, and what the houses with everything in them draw.
fn energies(page: &mut Page, f: &FleetPicture, g: &Groups, long: bool) {
    let mut g = *g;
    if long {
        g.size = (86_400 / f.step_s.max(1)).max(1) as usize;
    }
    let heat = g.means(&f.heat);
    let grid = g.means(&f.grid);
    let pv = g.means(&f.pv);
    let sunny = f.pv.iter().any(|x| *x > 0.0);
    let mut entries = vec![
        entry(Mark::Line, "#b23c17", "heat to rooms and tanks"),
        entry(
            Mark::Line,
            pal::COLD,
            "drawn from the grid, households included",
        ),
    ];
    if sunny {
        entries.push(entry(Mark::Line, pal::PV, "photovoltaics"));
    }
    page.head(
        "Heat and grid",
        &format!(
            "{}{}",
            f.power_unit,
            if long { ", daily means" } else { "" }
        ),
        &entries,
    );
    let (top, bottom) = page.take(150.0);
    let a = from_zero([&heat[..], &grid[..], &pv[..]], top, bottom);
    let unit = unit_of(page);
    page.calendar_lines(top, bottom, unit);
    page.value_axis(&a);
    if sunny {
        let path = stepped(&g, &page.time, &a, &pv);
        page.svg.stroke(&path, thin(pal::PV, 1.6));
    }
    let path = stepped(&g, &page.time, &a, &heat);
    page.svg.stroke(&path, thin("#b23c17", 1.5));
    let path = stepped(&g, &page.time, &a, &grid);
    page.svg.stroke(&path, thin(pal::COLD, 1.4));
    page.y += 8.0;
}

fn outdoor(page: &mut Page, f: &FleetPicture, g: &Groups, long: bool) {
    let mut g = *g;
    if long {
        g.size = (86_400 / f.step_s.max(1)).max(1) as usize;
    }
    let values = g.means(&f.outdoor_c);
    let Some((lo, hi)) = extent([&values[..]]) else {
        return;
    };
    page.head("Outdoors", "°C, mean over houses", &[]);
    let (top, bottom) = page.take(84.0);
    let a = Values::new(lo, hi, top, bottom, 4, true);
    let unit = unit_of(page);
    page.calendar_lines(top, bottom, unit);
    page.value_axis(&a);
    let path = line(&g, &page.time, &a, &values);
    page.svg.stroke(&path, thin(pal::OUTDOOR, 1.6));
    page.y += 4.0;
}

/// The peak day, interval by interval.
fn peak_day(page: &mut Page, f: &FleetPicture) {
    let whole = (page.time.start_s, page.time.end_s);
    let (from_s, to_s) = f.peak_day();
    (page.time.start_s, page.time.end_s) = (from_s, to_s);
    page.y += 44.0;
    let t = Type {
        size: 18.0,
        ..TITLE
    };
    let day = local(from_s, &f.timezone).strftime("%A %-d %B").to_string();
    let highest = f.electricity.iter().copied().fold(0.0, f64::max);
    let title = format!("The peak day: {day}, {} {}", digits3(highest), f.power_unit);
    page.svg.text(LEFT, page.y, Anchor::Start, t, &title);
    page.y += 4.0;
    let step_s = i64::from(f.step_s);
    let first = usize::try_from((from_s - f.start_s) / step_s).unwrap_or(0);
    let last = usize::try_from((to_s - f.start_s + step_s - 1) / step_s).unwrap_or(0);
    let cut = |v: &[f64]| v[first.min(v.len())..last.min(v.len())].to_vec();
    let day = FleetPicture {
        start_s: f.start_s + first as i64 * step_s,
        electricity: cut(&f.electricity),
        mean_kw: cut(&f.mean_kw),
        quantiles_kw: [0, 1, 2].map(|k| cut(&f.quantiles_kw[k])),
        reference: f.reference.as_ref().map(|(n, v)| (n.clone(), cut(v))),
        ..f.clone()
    };
    let g = Groups::new(day.start_s, day.step_s, day.electricity.len());
    load(page, &day, &g, 170.0);
    houses(page, &day, &g, 130.0);
    days::time_axis(page);
    (page.time.start_s, page.time.end_s) = whole;
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn picture(days: usize, reference: bool) -> FleetPicture {
        let wave = |scale: f64, shift: f64| -> Vec<f64> {
            (0..days * 96)
                .map(|i| scale * (2.0 + (i as f64 * 0.065 + shift).sin()))
                .collect()
        };
        FleetPicture {
            title: "Ten <thousand> houses".into(),
            line: "made up".into(),
            start_s: 1_611_961_200,
            step_s: 900,
            timezone: TimeZone::UTC,
            tiles: vec![("42".into(), "MW".into(), "peak".into())],
            power_unit: "kW",
            energy_unit: "kWh",
            energy_per_hour: 1.0,
            electricity: wave(10.0, 0.0),
            heat: wave(30.0, 0.0),
            grid: wave(15.0, 0.2),
            pv: wave(0.0, 0.0),
            outdoor_c: wave(-2.0, 1.0),
            mean_kw: wave(1.0, 0.0),
            quantiles_kw: [wave(0.2, 0.0), wave(0.8, 0.0), wave(2.2, 0.0)],
            reference: reference.then(|| ("no signal".into(), wave(10.0, 0.3))),
            windows: vec![(
                1_611_961_200 + 7200,
                1_611_961_200 + 14_400,
                "evening".into(),
            )],
            histograms: vec![Histogram {
                title: "SPF".into(),
                unit: "".into(),
                values: vec![2.0, 2.5, 2.6, 2.7, 3.1],
            }],
        }
    }

    #[test]
    fn every_part_is_drawn_for_days_and_for_seasons() {
        for days in [1, 5, 90] {
            let text = fleet(&picture(days, days == 5));
            for part in [
                "Ten &lt;thousand&gt;",
                "Electricity of the fleet",
                "SPF",
                "hours",
                "kW over",
            ] {
                assert!(text.contains(part), "{days}: {part}");
            }
            assert_eq!(text.contains("The peak day"), days > 1);
            assert!(crate::report::png(&text).is_ok());
        }
    }

    #[test]
    fn a_fleet_beside_its_reference_shows_the_difference() {
        let text = compared(&picture(3, true)).expect("a picture");
        for part in ["no signal", "Difference", "kWh", "kW on average", "evening"] {
            assert!(text.contains(part), "{part}");
        }
        assert!(crate::report::png(&text).is_ok());
        assert!(compared(&picture(3, false)).is_none());
    }
}

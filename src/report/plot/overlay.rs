//! Several runs in one picture: lines of the same quantity over the same time
//! on top of each other, and bars of relative differences below. It knows
//! nothing of what the quantities mean, and computes no difference.

use jiff::tz::TimeZone;

use super::axis::{Time, Unit, Values};
use super::page::{Entry, HAIR, Mark, NOTE, Page, TICK, TITLE, WIDTH, X0, X1, entry};
use super::steps::{Groups, extent, line, stepped};
use super::{LONGEST_DETAIL_DAYS, days, palette as pal, season};
use crate::report::font::{self, Weight};
use crate::report::format::{fixed, period};
use crate::report::svg::{Anchor, Stroke, Svg, Type};

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Overlay {
    pub title: String,
    /// Names of the runs, the reference first; lines and bars refer to them.
    pub runs: Vec<String>,
    pub start_s: i64,
    pub end_s: i64,
    pub timezone: TimeZone,
    pub panels: Vec<Panel>,
    pub bars: Vec<Bar>,
}

/// A quantity over time.
#[derive(Clone, Debug)]
pub struct Panel {
    pub title: String,
    pub unit: String,
    /// Values hold over their interval (power) instead of passing through it.
    pub stepped: bool,
    pub lines: Vec<Line>,
}

/// A quantity of one run.
#[derive(Clone, Debug)]
pub struct Line {
    /// Index of the run.
    pub run: usize,
    pub start_s: i64,
    /// Length of an interval, s; above 0.
    pub step_s: u32,
    pub values: Vec<f64>,
}

/// A metric's relative differences to the reference, one a further run; `None`
/// where there is none.
#[derive(Clone, Debug)]
pub struct Bar {
    pub name: String,
    pub shares: Vec<Option<f64>>,
}

/// The reference is dark and wide, the others lie on it.
const COLOURS: [&str; 9] = [
    "#8b96a1",
    pal::HOT,
    pal::COLD,
    "#7b56a6",
    "#0b7a75",
    "#8a6d1a",
    "#d1478f",
    "#5f9e2f",
    "#5a3a22",
];
const LEFT: f64 = 32.0;

fn colour(run: usize) -> &'static str {
    match run {
        0 => COLOURS[0],
        r => COLOURS[1 + (r - 1) % (COLOURS.len() - 1)],
    }
}

/// The picture as SVG, 1600 px wide.
pub fn overlay(o: &Overlay) -> String {
    let mut page = Page {
        svg: Svg::new(WIDTH),
        y: 0.0,
        time: Time {
            start_s: o.start_s,
            end_s: o.end_s,
            x0: X0,
            x1: X1,
            tz: o.timezone.clone(),
        },
    };
    head(&mut page, o);
    let long = page.time.days() > LONGEST_DETAIL_DAYS;
    let unit = match page.time.days() {
        d if d > 1100.0 => Unit::Year,
        d if d > 75.0 => Unit::Month,
        _ if long => Unit::Week,
        _ => Unit::Day,
    };
    if !o.panels.is_empty() {
        if long {
            season::names(&mut page, unit);
        } else {
            days::day_names(&mut page);
        }
        for p in &o.panels {
            panel(&mut page, p, unit, long);
        }
        if !long {
            days::time_axis(&mut page);
        }
    }
    bars(&mut page, o);
    let zone = o.timezone.iana_name().unwrap_or("local time");
    let means = if long { " Lines are daily means." } else { "" };
    let foot = format!(
        "Times in {zone}.{means} Heatloop {}.",
        env!("CARGO_PKG_VERSION")
    );
    page.y += 26.0;
    let t = Type {
        size: 12.0,
        fill: pal::FAINT,
        ..NOTE
    };
    page.svg.text(LEFT, page.y, Anchor::Start, t, &foot);
    let height = page.y + 22.0;
    page.svg.finish(height, &o.title, &o.runs.join(", "))
}

/// Title, period, and the runs with their colours.
fn head(page: &mut Page, o: &Overlay) {
    let when = period(o.start_s, o.end_s, &o.timezone);
    let when_type = Type { size: 16.0, ..NOTE };
    let room = WIDTH - 2.0 * LEFT - font::width(&when, 16.0, Weight::Regular) - 40.0;
    let big = Type {
        size: 27.0,
        ..TITLE
    };
    let title = font::fit(&o.title, 27.0, Weight::Semibold, room);
    page.svg.text(LEFT, 52.0, Anchor::Start, big, &title);
    page.svg
        .text(WIDTH - LEFT, 52.0, Anchor::End, when_type, &when);
    page.y = 56.0;
    let runs: Vec<Entry> = o
        .runs
        .iter()
        .enumerate()
        .map(|(i, name)| entry(Mark::Line, colour(i), name.clone()))
        .collect();
    page.head("Runs", "", &runs);
    page.svg.line(LEFT, page.y, WIDTH - LEFT, page.y, HAIR);
    page.y += 12.0;
}

fn panel(page: &mut Page, p: &Panel, unit: Unit, long: bool) {
    let drawn: Vec<(usize, Groups, Vec<Option<f64>>)> = p
        .lines
        .iter()
        .map(|l| {
            let mut g = Groups::new(l.start_s, l.step_s.max(1), l.values.len());
            if long {
                g.size = (86_400 / l.step_s.max(1)).max(1) as usize;
            }
            let means = g.means(&l.values);
            (l.run, g, means)
        })
        .collect();
    let Some((lo, hi)) = extent(drawn.iter().map(|(_, _, v)| &v[..])) else {
        return;
    };
    page.head(&p.title, &p.unit, &[]);
    let (top, bottom) = page.take(150.0);
    let a = Values::new(lo, hi, top, bottom, 5, true);
    page.calendar_lines(top, bottom, unit);
    page.value_axis(&a);
    for (run, g, values) in &drawn {
        let path = if p.stepped {
            stepped(g, &page.time, &a, values)
        } else {
            line(g, &page.time, &a, values)
        };
        let stroke = Stroke {
            colour: colour(*run),
            width: if *run == 0 { 3.0 } else { 1.4 },
            dash: "",
        };
        page.svg.stroke(&path, stroke);
    }
    page.y += 8.0;
}

/// A row a metric, a bar a run, from the line of no difference.
fn bars(page: &mut Page, o: &Overlay) {
    let all = || o.bars.iter().flat_map(|b| b.shares.iter().flatten());
    let most = all().fold(0.0, |m: f64, s| m.max(s.abs()));
    if o.bars.is_empty() || !most.is_finite() {
        return;
    }
    page.y += 18.0;
    let title = format!(
        "Differences to {}",
        o.runs.first().map_or("", String::as_str)
    );
    page.head(&title, "%", &[]);
    let runs = o.runs.len().saturating_sub(1).max(1);
    // Labels below each other are higher than one bar need be.
    let thick = if runs == 1 { 11.0 } else { TICK.size + 2.0 };
    let row = thick * runs as f64 + 11.0;
    let (top, bottom) = page.take(row * o.bars.len() as f64 + 6.0);
    let names = 300.0;
    // The value axis laid down: its low end at the left.
    let reach = (100.0 * most).max(0.1);
    let axis = Values::new(-reach, reach, X1, X0 + names, 8, true);
    for tick in axis.ticks() {
        let x = axis.y(tick);
        page.svg.line(x, top, x, bottom, HAIR);
        let text = fixed(tick, axis.decimals());
        page.svg.text(x, bottom + 17.0, Anchor::Middle, TICK, &text);
    }
    let zero = axis.y(0.0);
    for (i, bar) in o.bars.iter().enumerate() {
        let y = top + 6.0 + row * i as f64;
        let name = font::fit(&bar.name, NOTE.size, Weight::Regular, names - 10.0);
        let middle = y + thick * runs as f64 / 2.0 + 4.5;
        page.svg.text(X0, middle, Anchor::Start, NOTE, &name);
        for (k, share) in bar.shares.iter().enumerate() {
            let y = y + thick * k as f64;
            let text = match share {
                Some(s) if s.is_finite() => {
                    let x = axis.y(100.0 * s);
                    let (from, to) = (x.min(zero), x.max(zero));
                    page.svg
                        .rect(from, y, (to - from).max(1.0), thick - 2.0, colour(k + 1));
                    let digits = if s.abs() < 0.1 { 2 } else { 0 };
                    let plus = if *s > 0.0 { "+" } else { "" };
                    format!("{plus}{} %", fixed(100.0 * s, digits))
                }
                _ => "no share: the reference is 0".to_owned(),
            };
            page.svg
                .text(X1 + 10.0, y + thick - 2.5, Anchor::Start, TICK, &text);
        }
    }
    let line = Stroke {
        colour: pal::FAINT,
        ..HAIR
    };
    page.svg.line(zero, top, zero, bottom, line);
    page.y = bottom + 22.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(days: usize) -> Overlay {
        let line = |run: usize, shift: f64| Line {
            run,
            start_s: 0,
            step_s: 3600,
            values: (0..days * 24)
                .map(|i| 20.0 + shift + (i as f64 * 0.3).sin())
                .collect(),
        };
        Overlay {
            title: "Two <runs>".into(),
            runs: vec!["a".into(), "b & c".into()],
            start_s: 0,
            end_s: days as i64 * 86_400,
            timezone: TimeZone::UTC,
            panels: vec![Panel {
                title: "living".into(),
                unit: "°C".into(),
                stepped: false,
                lines: vec![line(0, 0.0), line(1, 0.5)],
            }],
            bars: vec![
                Bar {
                    name: "electricity".into(),
                    shares: vec![Some(-0.12)],
                },
                Bar {
                    name: "missing".into(),
                    shares: vec![None],
                },
            ],
        }
    }

    #[test]
    fn every_run_has_its_line_and_every_metric_its_bar() {
        for days in [3, 60] {
            let text = overlay(&two(days));
            for part in ["Two &lt;runs&gt;", "b &amp; c", "−12 %", "reference is 0"] {
                assert!(text.contains(part), "{part}");
            }
            for run in 0..2 {
                let own = format!("fill=\"none\" stroke=\"{}\" stroke-width", colour(run));
                assert!(text.contains(&own), "{days} days, run {run}");
            }
            assert!(crate::report::png(&text).is_ok());
        }
    }

    /// Seven runs: a colour each, and labels of bars that do not touch.
    #[test]
    fn many_runs_are_told_apart() {
        let mut o = two(2);
        o.runs = (1..=7).map(|i| format!("run {i}")).collect();
        o.bars[0].shares = (1..7).map(|i| Some(0.123_4 * f64::from(i))).collect();
        let colours: std::collections::BTreeSet<&str> = (0..7).map(colour).collect();
        assert_eq!(colours.len(), 7);
        let text = overlay(&o);
        let heights: Vec<f64> = (1..7)
            .map(|i| {
                let label = format!(">+{} %<", fixed(12.34 * f64::from(i), 0));
                let until = text.find(&label).expect("a label");
                let tag = &text[text[..until].rfind("<text").expect("a tag")..until];
                let y = tag.split(" y=\"").nth(1).and_then(|y| y.split('"').next());
                y.and_then(|y| y.parse().ok()).expect("a height")
            })
            .collect();
        assert!(
            heights.windows(2).all(|w| w[1] - w[0] >= TICK.size),
            "{heights:?}"
        );
    }

    #[test]
    fn nothing_to_draw_is_drawn_as_nothing() {
        let mut o = two(2);
        o.panels[0]
            .lines
            .iter_mut()
            .for_each(|l| l.values.fill(f64::NAN));
        o.bars.clear();
        let text = overlay(&o);
        assert!(!text.contains("living"));
        assert!(crate::report::png(&text).is_ok());
    }
}

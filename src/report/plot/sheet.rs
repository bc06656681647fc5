//! A sheet of small panels: dots, lines, labelled points, bars with intervals,
//! and maps of a figure over two parameters. For studies; it knows nothing of
//! what the figures mean.

use super::axis::Values;
use super::page::{HAIR, NOTE, TICK, TITLE};
use super::palette as pal;
use crate::report::font::{self, Weight};
use crate::report::format::fixed;
use crate::report::svg::{Anchor, Path, Stroke, Svg, Type};

/// Panels side by side.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub title: String,
    /// One line below it.
    pub note: String,
    pub columns: usize,
    pub panels: Vec<Panel>,
}

/// A panel.
#[derive(Clone, Debug)]
pub struct Panel {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub content: Content,
}

/// What an axis shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    pub label: String,
    /// Names in place of numbers, at 0, 1, 2, …
    pub names: Option<Vec<String>>,
}

/// A point; not finite ones are left out.
pub type Point = (f64, f64);

/// A bar: value, low and high end of its interval.
pub type Bar = (f64, f64, f64);

/// What a panel shows.
#[derive(Clone, Debug)]
pub enum Content {
    Marks(Vec<Marks>),
    /// Named rows; each has a bar of every series.
    Bars {
        names: Vec<String>,
        series: Vec<(String, Vec<Bar>)>,
    },
    /// `values[row][column]`, the first row at the bottom; its axes have names.
    Map {
        values: Vec<Vec<f64>>,
        legend: String,
    },
    /// Lines that say why there is nothing to draw.
    Words(Vec<String>),
}

/// How marks look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The figures themselves.
    Plain,
    /// What they come to: means, the best so far, a front.
    Strong,
    /// What does not count.
    Faint,
    /// What is not allowed.
    Bad,
}

/// Marks of a panel.
#[derive(Clone, Debug)]
pub enum Marks {
    Dots(Look, Vec<Point>),
    Line(Look, Vec<Point>),
    /// Dots with names and horizontal intervals.
    Named(Vec<(String, Point, (f64, f64))>),
}

const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 300.0;
const GAP: f64 = 24.0;
const EDGE: f64 = 24.0;
const HEAD: f64 = 78.0;

/// The sheet as SVG.
pub fn sheet(sheet: &Sheet) -> String {
    let columns = sheet.columns.max(1);
    let rows = sheet.panels.len().div_ceil(columns);
    let width = 2.0 * EDGE + columns as f64 * (WIDTH + GAP) - GAP;
    let mut svg = Svg::new(width);
    let big = Type {
        size: 17.0,
        ..TITLE
    };
    let room = width - 2.0 * EDGE;
    let fit = |text: &str, size: f64, weight: Weight| font::fit(text, size, weight, room);
    svg.text(
        EDGE,
        32.0,
        Anchor::Start,
        big,
        &fit(&sheet.title, 17.0, Weight::Semibold),
    );
    svg.text(
        EDGE,
        54.0,
        Anchor::Start,
        NOTE,
        &fit(&sheet.note, NOTE.size, Weight::Regular),
    );
    for (i, panel) in sheet.panels.iter().enumerate() {
        let left = EDGE + (i % columns) as f64 * (WIDTH + GAP);
        let top = HEAD + (i / columns) as f64 * (HEIGHT + GAP);
        draw(&mut svg, panel, left, top);
    }
    let height = HEAD + rows as f64 * (HEIGHT + GAP);
    svg.finish(height, &sheet.title, &sheet.note)
}

/// The plot area of a panel.
struct Area {
    x0: f64,
    x1: f64,
    top: f64,
    bottom: f64,
}

fn draw(svg: &mut Svg, panel: &Panel, left: f64, top: f64) {
    let wide = matches!(panel.content, Content::Bars { .. });
    let area = Area {
        x0: left + if wide { 140.0 } else { 76.0 },
        x1: left + WIDTH
            - if matches!(panel.content, Content::Map { .. }) {
                92.0
            } else {
                12.0
            },
        top: top + 42.0,
        bottom: top + HEIGHT - 46.0,
    };
    let title = font::fit(&panel.title, TITLE.size, Weight::Semibold, WIDTH);
    svg.text(left, top + 12.0, Anchor::Start, TITLE, &title);
    let label = font::fit(
        &panel.x.label,
        NOTE.size,
        Weight::Regular,
        area.x1 - area.x0,
    );
    svg.text(
        (area.x0 + area.x1) / 2.0,
        area.bottom + 36.0,
        Anchor::Middle,
        NOTE,
        &label,
    );
    match &panel.content {
        Content::Marks(marks) => draw_marks(svg, panel, marks, &area),
        Content::Bars { names, series } => draw_bars(svg, names, series, &area, left),
        Content::Map { values, legend } => draw_map(svg, panel, values, legend, &area),
        Content::Words(lines) => {
            for (i, line) in lines.iter().enumerate() {
                let line = font::fit(line, NOTE.size, Weight::Regular, WIDTH);
                let below = top + 40.0 + 20.0 * i as f64;
                svg.text(left, below, Anchor::Start, NOTE, &line);
            }
        }
    }
}

fn colour(look: Look) -> &'static str {
    match look {
        Look::Plain => pal::COLD,
        Look::Strong => pal::HOT,
        Look::Faint => pal::FAINT,
        Look::Bad => "#b0386f",
    }
}

fn points(marks: &Marks) -> Vec<Point> {
    match marks {
        Marks::Dots(_, points) | Marks::Line(_, points) => points.clone(),
        Marks::Named(all) => all
            .iter()
            .flat_map(|(_, (x, y), (low, high))| [(*x, *y), (*low, *y), (*high, *y)])
            .collect(),
    }
}

/// Ends of some numbers.
fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let finite = values.filter(|v| v.is_finite());
    let fold = finite.fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
    if fold.0 > fold.1 { (0.0, 1.0) } else { fold }
}

fn scale(axis: &Axis, range: (f64, f64), from: f64, to: f64, ticks: usize) -> Values {
    match &axis.names {
        Some(names) => Values {
            lo: -0.5,
            hi: names.len() as f64 - 0.5,
            top: to,
            bottom: from,
            step: 1.0,
        },
        None => {
            let room = 0.03 * (range.1 - range.0);
            Values::new(range.0 - room, range.1 + room, to, from, ticks, false)
        }
    }
}

fn tick(axis: &Axis, values: &Values, at: f64) -> String {
    match &axis.names {
        Some(names) => names.get(at.round() as usize).cloned().unwrap_or_default(),
        None => fixed(at, values.decimals()),
    }
}

fn axes(svg: &mut Svg, panel: &Panel, x: &Values, y: &Values, area: &Area) {
    for at in y.ticks() {
        let height = y.y(at);
        svg.line(area.x0, height, area.x1, height, HAIR);
        let text = font::fit(&tick(&panel.y, y, at), TICK.size, Weight::Regular, 64.0);
        svg.text(area.x0 - 8.0, height + 4.0, Anchor::End, TICK, &text);
    }
    let all = x.ticks();
    let each = (area.x1 - area.x0) / all.len().max(1) as f64;
    for at in all {
        let place = x.y(at);
        svg.line(place, area.top, place, area.bottom, HAIR);
        let text = font::fit(
            &tick(&panel.x, x, at),
            TICK.size,
            Weight::Regular,
            each.max(24.0),
        );
        svg.text(place, area.bottom + 17.0, Anchor::Middle, TICK, &text);
    }
    let room = area.x1 - area.x0;
    let label = font::fit(&panel.y.label, NOTE.size, Weight::Regular, room);
    svg.text(area.x0, area.top - 9.0, Anchor::Start, NOTE, &label);
}

fn draw_marks(svg: &mut Svg, panel: &Panel, marks: &[Marks], area: &Area) {
    let all: Vec<Point> = marks.iter().flat_map(points).collect();
    let x = scale(&panel.x, ends(all.iter().map(|p| p.0)), area.x0, area.x1, 5);
    let y = scale(
        &panel.y,
        ends(all.iter().map(|p| p.1)),
        area.bottom,
        area.top + 8.0,
        5,
    );
    axes(svg, panel, &x, &y, area);
    let finite = |p: &&Point| p.0.is_finite() && p.1.is_finite();
    for mark in marks {
        match mark {
            Marks::Dots(look, dots) => {
                let size = match dots.len() {
                    0..=60 => 3.0,
                    61..=400 => 2.2,
                    _ => 1.3,
                };
                let mut path = Path::new();
                for p in dots.iter().filter(finite) {
                    dot(&mut path, x.y(p.0), y.y(p.1), size);
                }
                svg.fill(
                    &path,
                    colour(*look),
                    if *look == Look::Strong { 1.0 } else { 0.6 },
                    false,
                );
            }
            Marks::Line(look, line) => {
                let mut path = Path::new();
                let mut pen_up = true;
                for p in line {
                    if finite(&p) {
                        path.to(x.y(p.0), y.y(p.1), pen_up);
                    }
                    pen_up = !finite(&p);
                }
                let faint = *look == Look::Faint;
                let stroke = Stroke {
                    colour: colour(*look),
                    width: if faint { 1.0 } else { 1.8 },
                    dash: if faint { "5 4" } else { "" },
                };
                svg.stroke(&path, stroke);
            }
            Marks::Named(named) => draw_named(svg, named, &x, &y, area),
        }
    }
}

/// A dot with eight corners.
fn dot(path: &mut Path, x: f64, y: f64, size: f64) {
    let corner = 0.414 * size;
    let corners = [
        (size, corner),
        (corner, size),
        (-corner, size),
        (-size, corner),
        (-size, -corner),
        (-corner, -size),
        (corner, -size),
        (size, -corner),
    ];
    for (i, (dx, dy)) in corners.into_iter().enumerate() {
        path.to(x + dx, y + dy, i == 0);
    }
    path.close();
}

fn draw_named(
    svg: &mut Svg,
    named: &[(String, Point, (f64, f64))],
    x: &Values,
    y: &Values,
    area: &Area,
) {
    // Labels move down where they would lie on one another, or on a dot.
    let dots = named
        .iter()
        .filter(|n| n.1.0.is_finite() && n.1.1.is_finite());
    let mut taken: Vec<(f64, f64, f64)> = dots
        .map(|n| (x.y(n.1.0) - 4.0, 8.0, y.y(n.1.1) + 4.0))
        .collect();
    let mut named: Vec<_> = named.iter().collect();
    named.sort_by(|a, b| b.1.1.total_cmp(&a.1.1));
    for (name, (px, py), (low, high)) in named {
        if !px.is_finite() || !py.is_finite() {
            continue;
        }
        let (cx, cy) = (x.y(*px), y.y(*py));
        let stroke = Stroke {
            colour: pal::COLD_SOFT,
            width: 2.0,
            dash: "",
        };
        svg.line(x.y(*low), cy, x.y(*high), cy, stroke);
        let mut path = Path::new();
        dot(&mut path, cx, cy, 3.6);
        svg.fill(&path, pal::COLD, 1.0, false);
        let width = font::width(name, TICK.size, Weight::Regular);
        let start = if cx + 8.0 + width > area.x1 {
            cx - 8.0 - width
        } else {
            cx + 8.0
        };
        let mut height = cy - 7.0;
        while taken
            .iter()
            .any(|(s, w, h)| start < s + w && *s < start + width && (height - h).abs() < 11.0)
        {
            height += 13.0;
        }
        taken.push((start, width, height));
        svg.text(start, height, Anchor::Start, TICK, name);
    }
}

fn draw_bars(
    svg: &mut Svg,
    names: &[String],
    series: &[(String, Vec<Bar>)],
    area: &Area,
    left: f64,
) {
    const COLOURS: [&str; 2] = [pal::COLD, pal::HOT_AREA];
    let values = series
        .iter()
        .flat_map(|(_, bars)| bars)
        .flat_map(|b| [b.0, b.1, b.2]);
    let (low, high) = ends(values);
    let x = Values::new(low.min(0.0), high.max(0.0), area.x1, area.x0, 5, true);
    for at in x.ticks() {
        let place = x.y(at);
        svg.line(place, area.top, place, area.bottom, HAIR);
        svg.text(
            place,
            area.bottom + 17.0,
            Anchor::Middle,
            TICK,
            &fixed(at, x.decimals()),
        );
    }
    let mut place = area.x0;
    if series.len() > 1 {
        for ((name, _), colour) in series.iter().zip(COLOURS) {
            svg.rect(place, area.top - 13.0, 10.0, 10.0, colour);
            svg.text(place + 15.0, area.top - 4.0, Anchor::Start, NOTE, name);
            place += 32.0 + font::width(name, NOTE.size, Weight::Regular);
        }
    }
    let each = (area.bottom - area.top) / names.len().max(1) as f64;
    let thick = (each * 0.7 / series.len().max(1) as f64).min(16.0);
    for (i, name) in names.iter().enumerate() {
        let middle = area.top + (i as f64 + 0.5) * each;
        let text = font::fit(name, TICK.size, Weight::Regular, area.x0 - left - 12.0);
        svg.text(area.x0 - 8.0, middle + 4.0, Anchor::End, TICK, &text);
        for (s, ((_, bars), colour)) in series.iter().zip(COLOURS).enumerate() {
            let Some((value, low, high)) = bars.get(i).filter(|b| b.0.is_finite()) else {
                continue;
            };
            let top = middle + thick * (s as f64 - series.len() as f64 / 2.0);
            let (zero, end) = (x.y(0.0), x.y(*value));
            svg.rect(zero.min(end), top, (end - zero).abs(), thick - 1.0, colour);
            if low.is_finite() && high.is_finite() {
                let stroke = Stroke {
                    colour: pal::INK,
                    width: 1.2,
                    dash: "",
                };
                let y = top + (thick - 1.0) / 2.0;
                svg.line(x.y(*low), y, x.y(*high), y, stroke);
                for end in [low, high] {
                    svg.line(x.y(*end), y - 3.0, x.y(*end), y + 3.0, stroke);
                }
            }
        }
    }
}

fn draw_map(svg: &mut Svg, panel: &Panel, values: &[Vec<f64>], legend: &str, area: &Area) {
    let shades = pal::POWER;
    let (low, high) = ends(values.iter().flatten().copied());
    let rows = values.len().max(1) as f64;
    let columns = values.first().map_or(1, Vec::len).max(1) as f64;
    let (wide, tall) = (
        (area.x1 - area.x0) / columns,
        (area.bottom - area.top) / rows,
    );
    for (r, row) in values.iter().enumerate() {
        for (c, value) in row.iter().enumerate() {
            // Rounding is no difference.
            let least = 1e-6 * low.abs().max(high.abs()).max(1.0);
            let share = (value - low) / (high - low).max(least);
            let shade = ((share * shades.len() as f64) as usize).min(shades.len() - 1);
            let fill = if value.is_finite() {
                shades[shade]
            } else {
                "#ffffff"
            };
            let mut path = Path::new();
            let (x, y) = (
                area.x0 + c as f64 * wide,
                area.bottom - (r + 1) as f64 * tall,
            );
            path.cell(x, y, x + wide, y + tall);
            svg.fill(&path, fill, 1.0, true);
        }
    }
    let name = |axis: &Axis, i: usize| {
        axis.names
            .as_ref()
            .and_then(|n| n.get(i))
            .cloned()
            .unwrap_or_default()
    };
    // As many names as fit.
    let skip = |each: f64, least: f64| (least / each).ceil().max(1.0) as usize;
    for c in (0..columns as usize).step_by(skip(wide, 44.0)) {
        let text = font::fit(
            &name(&panel.x, c),
            TICK.size,
            Weight::Regular,
            wide.max(44.0),
        );
        svg.text(
            area.x0 + (c as f64 + 0.5) * wide,
            area.bottom + 17.0,
            Anchor::Middle,
            TICK,
            &text,
        );
    }
    for r in (0..rows as usize).step_by(skip(tall, 15.0)) {
        let y = area.bottom - (r as f64 + 0.5) * tall + 4.0;
        let text = font::fit(&name(&panel.y, r), TICK.size, Weight::Regular, 66.0);
        svg.text(area.x0 - 8.0, y, Anchor::End, TICK, &text);
    }
    svg.text(
        area.x0 - 66.0,
        area.top - 9.0,
        Anchor::Start,
        NOTE,
        &font::fit(&panel.y.label, NOTE.size, Weight::Regular, 240.0),
    );
    // The legend: shades from low to high.
    let bar = (area.bottom - area.top) / shades.len() as f64;
    for (i, shade) in shades.iter().enumerate() {
        svg.rect(
            area.x1 + 16.0,
            area.bottom - (i + 1) as f64 * bar,
            12.0,
            bar + 0.5,
            shade,
        );
    }
    let values = Values::new(low, high, area.top, area.bottom, 5, false);
    for at in values.ticks() {
        svg.text(
            area.x1 + 33.0,
            values.y(at) + 4.0,
            Anchor::Start,
            TICK,
            &fixed(at, values.decimals()),
        );
    }
    svg.text(area.x1 + 80.0, area.top - 6.0, Anchor::End, NOTE, legend);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_panel_is_drawn_and_survives_emptiness() {
        let panel = |content| Panel {
            title: "a <b>".to_owned(),
            x: Axis {
                label: "x axis".to_owned(),
                names: None,
            },
            y: Axis::default(),
            content,
        };
        let nan = f64::NAN;
        let named = vec![("tank".to_owned(), (1.0, 2.0), (0.5, nan))];
        let dots = vec![(1.0, 2.0), (nan, 1.0), (2.0, 1.0)];
        let mut all = Sheet {
            title: "all".to_owned(),
            columns: 2,
            ..Sheet::default()
        };
        for content in [
            Content::Marks(vec![
                Marks::Dots(Look::Bad, dots.clone()),
                Marks::Line(Look::Faint, dots),
                Marks::Named(named),
            ]),
            Content::Marks(Vec::new()),
            Content::Bars {
                names: vec!["one".to_owned(), "two".to_owned()],
                series: vec![("first".to_owned(), vec![(0.2, 0.1, 0.3), (nan, nan, nan)])],
            },
            Content::Bars {
                names: Vec::new(),
                series: Vec::new(),
            },
            Content::Map {
                values: vec![vec![1.0, nan], vec![2.0, 3.0]],
                legend: "€".to_owned(),
            },
            Content::Map {
                values: Vec::new(),
                legend: String::new(),
            },
        ] {
            all.panels.push(panel(content));
        }
        let text = sheet(&all);
        for part in ["a &lt;b&gt;", "tank", "one", "x axis", "€"] {
            assert!(text.contains(part), "{part}");
        }
        assert!(!text.contains("NaN"));
        assert!(crate::report::png(&text).is_ok());
    }
}

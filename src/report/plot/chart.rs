//! A chart of lines over a plain number: for comparisons, where two or three
//! curves say more than a table. It knows nothing of what they mean.

use super::axis::Values;
use super::page::{HAIR, NOTE, TICK, TITLE};
use super::palette as pal;
use crate::report::font::{self, Weight};
use crate::report::format::fixed;
use crate::report::svg::{Anchor, Path, Stroke, Svg, Type};

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// Ours.
    Line,
    /// The reference.
    Dots,
    /// Somebody else's, or what may lie on a line.
    Dashes,
}

/// One curve. Points whose value is not finite leave a gap.
#[derive(Clone, Debug)]
pub struct Curve {
    pub name: String,
    pub drawn: Drawn,
    /// Has the colour of the curve before, to which it belongs.
    pub paired: bool,
    pub points: Vec<(f64, f64)>,
}

/// A chart. Curves share both axes.
#[derive(Clone, Debug)]
pub struct Chart {
    pub title: String,
    /// What the axes show, with unit.
    pub x: String,
    pub y: String,
    pub curves: Vec<Curve>,
}

impl Chart {
    /// An empty chart.
    pub fn new(title: impl Into<String>, x: impl Into<String>, y: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            x: x.into(),
            y: y.into(),
            curves: Vec::new(),
        }
    }

    /// With one more curve.
    #[must_use]
    pub fn with(
        mut self,
        drawn: Drawn,
        name: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.curves.push(Curve {
            name: name.into(),
            drawn,
            paired: false,
            points: points.into_iter().collect(),
        });
        self
    }

    /// With the reference of the curve before, as dots of its colour.
    #[must_use]
    pub fn beside(
        self,
        name: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        let mut chart = self.with(Drawn::Dots, name, points);
        if let Some(last) = chart.curves.last_mut() {
            last.paired = true;
        }
        chart
    }
}

const WIDTH: f64 = 920.0;
const HEIGHT: f64 = 340.0;
const X0: f64 = 72.0;
const X1: f64 = WIDTH - 28.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = HEIGHT - 58.0;
/// Curves that come after the first of their kind.
const COLOURS: [&str; 5] = [pal::HOT, pal::COLD, "#7b56a6", "#0b7a75", "#8a6d1a"];

/// The chart as SVG.
pub fn chart(chart: &Chart) -> String {
    let mut svg = Svg::new(WIDTH);
    let all = || chart.curves.iter().flat_map(|c| &c.points);
    let finite = || all().filter(|p| p.0.is_finite() && p.1.is_finite());
    let ends = |pick: fn(&(f64, f64)) -> f64| {
        finite()
            .map(pick)
            .fold((f64::MAX, f64::MIN), |(low, high), v| {
                (low.min(v), high.max(v))
            })
    };
    let ((x_low, x_high), (y_low, y_high)) = (ends(|p| p.0), ends(|p| p.1));
    // The x axis is a value axis laid down: left end at the bottom of its range.
    let x_axis = Values::new(x_low, x_high, X1, X0, 10, false);
    let y_axis = Values::new(y_low, y_high, TOP, BOTTOM, 5, true);

    let title = font::fit(&chart.title, 17.0, Weight::Semibold, WIDTH - 40.0);
    let big = Type {
        size: 17.0,
        ..TITLE
    };
    svg.text(20.0, 30.0, Anchor::Start, big, &title);
    for tick in y_axis.ticks() {
        let y = y_axis.y(tick);
        svg.line(X0, y, X1, y, HAIR);
        let text = fixed(tick, y_axis.decimals());
        svg.text(X0 - 8.0, y + 4.0, Anchor::End, TICK, &text);
    }
    for tick in x_axis.ticks() {
        let x = x_axis.y(tick);
        svg.line(x, TOP, x, BOTTOM, HAIR);
        let text = fixed(tick, x_axis.decimals());
        svg.text(x, BOTTOM + 18.0, Anchor::Middle, TICK, &text);
    }
    svg.text(
        (X0 + X1) / 2.0,
        BOTTOM + 40.0,
        Anchor::Middle,
        NOTE,
        &chart.x,
    );
    svg.text(20.0, 56.0, Anchor::Start, NOTE, &chart.y);

    let colours = colours(chart);
    // Dots lie below lines, so that a line through them stays seen.
    let order = |c: &Curve| usize::from(c.drawn != Drawn::Dots);
    let mut by_layer: Vec<usize> = (0..chart.curves.len()).collect();
    by_layer.sort_by_key(|&i| order(&chart.curves[i]));
    for i in by_layer {
        let (curve, colour) = (&chart.curves[i], colours[i]);
        let at = |p: &(f64, f64)| (x_axis.y(p.0), y_axis.y(p.1));
        let mut path = Path::new();
        if curve.drawn == Drawn::Dots {
            let size = if curve.points.len() > 150 { 1.2 } else { 2.6 };
            for p in curve.points.iter().filter(|p| p.1.is_finite()) {
                let (x, y) = at(p);
                path.cell(x - size, y - size, x + size, y + size);
            }
            svg.fill(&path, colour, 0.75, false);
        } else {
            let mut pen_up = true;
            for p in &curve.points {
                if p.1.is_finite() {
                    let (x, y) = at(p);
                    path.to(x, y, pen_up);
                }
                pen_up = !p.1.is_finite();
            }
            let stroke = Stroke {
                colour,
                width: 1.6,
                dash: if curve.drawn == Drawn::Dashes {
                    "6 4"
                } else {
                    ""
                },
            };
            svg.stroke(&path, stroke);
        }
    }
    legend(&mut svg, chart, &colours);
    svg.finish(
        HEIGHT,
        &chart.title,
        &format!("{} over {}", chart.y, chart.x),
    )
}

/// The colour of each curve.
fn colours(chart: &Chart) -> Vec<&'static str> {
    let mut used = 0;
    let curves = chart.curves.iter();
    curves
        .map(|curve| {
            used += usize::from(!curve.paired || used == 0);
            COLOURS[(used - 1) % COLOURS.len()]
        })
        .collect()
}

/// Names of the curves, from the right end of the second line.
fn legend(svg: &mut Svg, chart: &Chart, colours: &[&'static str]) {
    let mut x = X1;
    for (curve, colour) in chart.curves.iter().zip(colours).rev() {
        let width = font::width(&curve.name, NOTE.size, Weight::Regular);
        x -= width;
        svg.text(x, 56.0, Anchor::Start, NOTE, &curve.name);
        x -= 28.0;
        match curve.drawn {
            Drawn::Dots => svg.rect(x + 8.0, 48.0, 6.0, 6.0, colour),
            Drawn::Line | Drawn::Dashes => {
                let dash = if curve.drawn == Drawn::Dashes {
                    "6 4"
                } else {
                    ""
                };
                let stroke = Stroke {
                    colour,
                    width: 2.0,
                    dash,
                };
                svg.line(x, 51.0, x + 22.0, 51.0, stroke);
            }
        }
        x -= 18.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_has_the_colour_of_what_it_is_held_against() {
        let four = Chart::new("", "x", "y")
            .with(Drawn::Line, "top", [(0.0, 1.0)])
            .beside("theirs", [(0.0, 1.0)])
            .with(Drawn::Line, "bottom", [(0.0, 2.0)])
            .beside("theirs", [(0.0, 2.0)]);
        let [a, b, c, d] = colours(&four)[..] else {
            panic!("four curves")
        };
        assert!(a == b && c == d && a != c);
    }

    #[test]
    fn a_chart_names_its_curves_and_survives_gaps_and_emptiness() {
        let full = Chart::new("Decay <1>", "hours", "°C")
            .with(
                Drawn::Line,
                "ours",
                [(0.0, 20.0), (1.0, f64::NAN), (2.0, 18.0)],
            )
            .with(Drawn::Dots, "reference", [(0.0, 20.0), (2.0, 18.1)]);
        let text = chart(&full);
        for part in ["Decay &lt;1&gt;", "ours", "reference", "hours"] {
            assert!(text.contains(part), "{part}");
        }
        assert!(crate::report::png(&text).is_ok());
        let empty = Chart::new("nothing", "x", "y").with(Drawn::Line, "none", []);
        assert!(crate::report::png(&chart(&empty)).is_ok());
    }
}

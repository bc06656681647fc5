//! A small writer of SVG: rectangles, paths and text with short coordinates.
//!
//! Written here because charts need fractions of a pixel, weights of text and
//! merged paths, and because each byte of the file is then known. Coordinates
//! have one decimal; a coordinate that is not finite is written as 0, so that
//! the file is well-formed whatever comes in.

use super::font::{self, Weight};
use std::fmt::Write as _;

/// Where text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Type {
    pub size: f64,
    pub weight: Weight,
    pub fill: &'static str,
}

/// How a line looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    pub colour: &'static str,
    pub width: f64,
    /// Dash pattern; empty = solid.
    pub dash: &'static str,
}

/// A picture that is being written.
pub(crate) struct Svg {
    width: f64,
    body: String,
    defs: String,
}

impl Svg {
    pub(crate) fn new(width: f64) -> Self {
        Self {
            width,
            body: String::with_capacity(1 << 18),
            defs: String::new(),
        }
    }

    pub(crate) fn rect(&mut self, x: f64, y: f64, w: f64, h: f64, fill: &str) {
        if w > 0.0 && h > 0.0 {
            let _ = writeln!(
                self.body,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"/>",
                n(x),
                n(y),
                n(w),
                n(h)
            );
        }
    }

    pub(crate) fn line(&mut self, x1: f64, y1: f64, x2: f64, y2: f64, s: Stroke) {
        let mut p = Path::new();
        p.to(x1, y1, true);
        p.to(x2, y2, false);
        self.stroke(&p, s);
    }

    /// A line along a path. Corners are cut: round ones look the same at this
    /// width, and take several times as long to draw.
    pub(crate) fn stroke(&mut self, path: &Path, s: Stroke) {
        if path.is_empty() {
            return;
        }
        let dash = if s.dash.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{}\"", s.dash)
        };
        let _ = writeln!(
            self.body,
            "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"bevel\"{dash}/>",
            path.d,
            s.colour,
            n2(s.width)
        );
    }

    /// A filled path. `crisp` for cells that touch and for steps: rims without shades
    /// take a fraction of the time.
    pub(crate) fn fill(&mut self, path: &Path, fill: &str, opacity: f64, crisp: bool) {
        if path.is_empty() {
            return;
        }
        let mut extra = String::new();
        if opacity < 1.0 {
            let _ = write!(extra, " fill-opacity=\"{}\"", n2(opacity));
        }
        if crisp {
            extra.push_str(" shape-rendering=\"crispEdges\"");
        }
        let _ = writeln!(self.body, "<path d=\"{}\" fill=\"{fill}\"{extra}/>", path.d);
    }

    /// Text with its base line at `y`.
    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, t: Type, text: &str) {
        if text.is_empty() {
            return;
        }
        let a = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let w = match t.weight {
            Weight::Regular => "",
            Weight::Semibold => " font-weight=\"600\"",
        };
        let _ = writeln!(
            self.body,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{a}{w}>{}</text>",
            n(x),
            n(y),
            n(t.size),
            t.fill,
            escape(text)
        );
    }

    /// A vertical gradient between two heights of the picture; stops are
    /// (share from top 0 to 1, colour).
    pub(crate) fn vertical_gradient(
        &mut self,
        id: &str,
        top: f64,
        bottom: f64,
        stops: &[(f64, String)],
    ) {
        let _ = write!(
            self.defs,
            "<linearGradient id=\"{id}\" gradientUnits=\"userSpaceOnUse\" x1=\"0\" x2=\"0\" y1=\"{}\" y2=\"{}\">",
            n(top),
            n(bottom)
        );
        for (at, colour) in stops {
            let _ = write!(
                self.defs,
                "<stop offset=\"{}\" stop-color=\"{colour}\"/>",
                n2(*at)
            );
        }
        self.defs.push_str("</linearGradient>\n");
    }

    /// Closes the picture.
    pub(crate) fn finish(self, height: f64, title: &str, description: &str) -> String {
        let (w, h) = (n(self.width), n(height.ceil()));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" \
             viewBox=\"0 0 {w} {h}\" font-family=\"{}\" role=\"img\">\n\
             <title>{}</title>\n<desc>{}</desc>\n<defs>\n{}</defs>\n\
             <rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            font::FAMILIES,
            escape(title),
            escape(description),
            self.defs,
            self.body
        )
    }
}

/// Path data. Points that repeat the last one are left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    d: String,
    last: Option<(i64, i64)>,
}

impl Path {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.d.is_empty()
    }

    /// To a point; `pen_up` starts a new stretch. Written relative to the last point.
    pub(crate) fn to(&mut self, x: f64, y: f64, pen_up: bool) {
        let p = (tenths(x), tenths(y));
        match (pen_up, self.last) {
            (false, Some(l)) => {
                let (dx, dy) = (p.0 - l.0, p.1 - l.1);
                match (dx, dy) {
                    (0, 0) => {}
                    (_, 0) => self.push('h', &[dx]),
                    (0, _) => self.push('v', &[dy]),
                    _ => self.push('l', &[dx, dy]),
                }
            }
            _ => self.push('M', &[p.0, p.1]),
        }
        self.last = Some(p);
    }

    /// Closes the stretch; the next point must start a new one.
    pub(crate) fn close(&mut self) {
        if self.last.take().is_some() {
            self.d.push('z');
        }
    }

    /// A closed rectangle between two corners.
    pub(crate) fn cell(&mut self, x0: f64, y0: f64, x1: f64, y1: f64) {
        self.to(x0, y0, true);
        self.to(x1, y0, false);
        self.to(x1, y1, false);
        self.to(x0, y1, false);
        self.close();
    }

    fn push(&mut self, c: char, v: &[i64]) {
        self.d.push(c);
        for (i, x) in v.iter().enumerate() {
            if i > 0 && *x >= 0 {
                self.d.push(' ');
            }
            push_tenths(&mut self.d, *x);
        }
    }
}

fn tenths(x: f64) -> i64 {
    if x.is_finite() {
        (x.clamp(-1e6, 1e6) * 10.0).round() as i64
    } else {
        0
    }
}

fn push_tenths(out: &mut String, t: i64) {
    if t < 0 {
        out.push('-');
    }
    let a = t.abs();
    let _ = write!(out, "{}", a / 10);
    if a % 10 != 0 {
        let _ = write!(out, ".{}", a % 10);
    }
}

fn n(x: f64) -> String {
    let mut s = String::new();
    push_tenths(&mut s, tenths(x));
    s
}

fn n2(x: f64) -> String {
    if x.is_finite() {
        format!("{x:.2}")
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    } else {
        "0".into()
    }
}

/// Escapes text for XML and drops characters that XML 1.0 does not allow.
pub(crate) fn escape(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for c in s.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if (c as u32) < 0x20 || matches!(c as u32, 0x7f..=0x9f | 0xfffe | 0xffff) => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_short_relative_and_finite() {
        let mut p = Path::new();
        p.to(0.0, 0.0, true);
        p.to(10.04, 0.0, false);
        p.to(10.0, f64::NAN, false);
        p.to(12.0, -1.25, false);
        p.close();
        assert_eq!(p.d, "M0 0h10l2-1.3z");
    }

    #[test]
    fn text_is_escaped_and_control_characters_vanish() {
        assert_eq!(escape("a<b>&\"c\u{1}\n"), "a&lt;b&gt;&amp;&quot;c ");
    }
}

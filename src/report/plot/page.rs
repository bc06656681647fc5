//! The page that panels are stacked on: margins, header, frames, legends and
//! the time axis. It knows nothing of what a panel shows.

use super::axis::{Time, Unit, Values};
use super::palette as pal;
use crate::report::About;
use crate::report::figures::Figures;
use crate::report::font::{self, Weight};
use crate::report::format::{currency, digits3, fixed, period, thousands};
use crate::report::svg::{Anchor, Stroke, Svg, Type};
use crate::trace::DeviceTrace;

/// Width of the picture and of the plot area in it, px.
pub(super) const WIDTH: f64 = 1600.0;
pub(super) const X0: f64 = 84.0;
pub(super) const X1: f64 = 1416.0;
/// Room for labels right of the plot area.
const RIGHT: f64 = WIDTH - X1 - 32.0;
const LEFT: f64 = 32.0;

pub(super) const TITLE: Type = Type {
    size: 15.0,
    weight: Weight::Semibold,
    fill: pal::INK,
};
pub(super) const NOTE: Type = Type {
    size: 13.0,
    weight: Weight::Regular,
    fill: pal::SOFT,
};
pub(super) const TICK: Type = Type {
    size: 12.5,
    weight: Weight::Regular,
    fill: pal::SOFT,
};

pub(super) const HAIR: Stroke = Stroke {
    colour: pal::GRID,
    width: 1.0,
    dash: "",
};

/// The mark before an entry of a legend.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark {
    Box,
    Line,
    Dash,
}

/// One entry of a legend.
pub(super) struct Entry {
    pub mark: Mark,
    pub colour: &'static str,
    pub text: String,
}

pub(super) fn entry(mark: Mark, colour: &'static str, text: impl Into<String>) -> Entry {
    Entry {
        mark,
        colour,
        text: text.into(),
    }
}

/// A label right of the plot area, wanted at a height.
pub(super) struct Side {
    pub y: f64,
    pub colour: &'static str,
    pub text: String,
}

/// A picture in the making; `y` is where the next panel begins.
pub(super) struct Page {
    pub svg: Svg,
    pub y: f64,
    pub time: Time,
}

impl Page {
    pub(super) fn new(start_s: i64, end_s: i64, about: &About) -> Self {
        Self {
            svg: Svg::new(WIDTH),
            y: 0.0,
            time: Time {
                start_s,
                end_s,
                x0: X0,
                x1: X1,
                tz: about.timezone.clone(),
            },
        }
    }

    /// Title, what was run, and the key figures.
    pub(super) fn header(&mut self, trace: &DeviceTrace, about: &About, f: &Figures) {
        let when = period(self.time.start_s, self.time.end_s, &self.time.tz);
        let title_type = Type {
            size: 27.0,
            ..TITLE
        };
        let when_type = Type { size: 16.0, ..NOTE };
        let when_w = font::width(&when, 16.0, Weight::Regular);
        let room = WIDTH - 2.0 * LEFT - when_w - 40.0;
        let title = if about.title.is_empty() {
            "Heat pump run".to_owned()
        } else {
            about.title.clone()
        };
        let title = font::fit(&title, 27.0, Weight::Semibold, room);
        self.svg.text(LEFT, 52.0, Anchor::Start, title_type, &title);
        self.svg
            .text(WIDTH - LEFT, 52.0, Anchor::End, when_type, &when);
        let line = font::fit(&about.line(), 15.0, Weight::Regular, WIDTH - 2.0 * LEFT);
        self.svg.text(
            LEFT,
            78.0,
            Anchor::Start,
            Type { size: 15.0, ..NOTE },
            &line,
        );
        let tiles = tiles(trace, about, f);
        let w = (WIDTH - 2.0 * LEFT) / tiles.len() as f64;
        self.svg.line(LEFT, 98.0, WIDTH - LEFT, 98.0, HAIR);
        for (i, (value, unit, label)) in tiles.iter().enumerate() {
            let x = LEFT + i as f64 * w;
            let big = Type {
                size: 25.0,
                ..TITLE
            };
            self.svg.text(x, 131.0, Anchor::Start, big, value);
            let after = x + font::width(value, 25.0, Weight::Semibold) + 5.0;
            self.svg.text(after, 131.0, Anchor::Start, NOTE, unit);
            let label = font::fit(label, 13.0, Weight::Regular, w - 10.0);
            self.svg.text(x, 151.0, Anchor::Start, NOTE, &label);
        }
        self.svg.line(LEFT, 168.0, WIDTH - LEFT, 168.0, HAIR);
        self.y = 186.0;
    }

    /// Title and legend of a panel; the panel's plot begins below. Entries that
    /// do not fit are continued on the next line.
    pub(super) fn head(&mut self, title: &str, unit: &str, entries: &[Entry]) {
        self.y += 24.0;
        self.svg.text(LEFT, self.y, Anchor::Start, TITLE, title);
        let mut x = LEFT + font::width(title, TITLE.size, Weight::Semibold) + 8.0;
        self.svg.text(x, self.y, Anchor::Start, NOTE, unit);
        x += font::width(unit, NOTE.size, Weight::Regular) + 26.0;
        let indent = x;
        for e in entries {
            let text = font::fit(&e.text, NOTE.size, Weight::Regular, 420.0);
            let w = font::width(&text, NOTE.size, Weight::Regular);
            if x + 20.0 + w > WIDTH - LEFT {
                x = indent;
                self.y += 20.0;
            }
            match e.mark {
                Mark::Box => self.svg.rect(x, self.y - 10.0, 12.0, 11.0, e.colour),
                Mark::Line | Mark::Dash => self.svg.line(
                    x - 3.0,
                    self.y - 4.5,
                    x + 13.0,
                    self.y - 4.5,
                    Stroke {
                        colour: e.colour,
                        width: 2.0,
                        dash: if matches!(e.mark, Mark::Dash) {
                            "4 3"
                        } else {
                            ""
                        },
                    },
                ),
            }
            self.svg.text(x + 18.0, self.y, Anchor::Start, NOTE, &text);
            x += 18.0 + w + 20.0;
        }
        self.y += 15.0;
    }

    /// Takes `height` for a plot: its top and bottom.
    pub(super) fn take(&mut self, height: f64) -> (f64, f64) {
        let top = self.y;
        self.y += height;
        (top, self.y)
    }

    /// Lines and labels of a value axis, on the left.
    pub(super) fn value_axis(&mut self, a: &Values) {
        for v in a.ticks() {
            let y = a.y(v);
            self.svg.line(X0, y, X1, y, HAIR);
            let d = a.decimals();
            self.svg
                .text(X0 - 8.0, y + 4.5, Anchor::End, TICK, &fixed(v, d));
        }
    }

    /// Makes the fill `url(#water)`: colours of water temperatures on an axis.
    pub(super) fn water(&mut self, a: &Values) {
        let stops: Vec<(f64, String)> = (0..=8)
            .map(|k| {
                let share = f64::from(k) / 8.0;
                (share, pal::water(a.hi - share * (a.hi - a.lo)))
            })
            .collect();
        self.svg.vertical_gradient("water", a.top, a.bottom, &stops);
    }

    /// Upright lines of the calendar, behind a plot.
    pub(super) fn calendar_lines(&mut self, top: f64, bottom: f64, unit: Unit) {
        if unit == Unit::Day {
            for s in self.time.spans(unit).iter().filter(|s| s.weekend()) {
                let (a, b) = (self.time.x(s.from_s), self.time.x(s.to_s));
                self.svg.rect(a, top, b - a, bottom - top, "#f7f8fa");
            }
        }
        self.calendar_lines_only(top, bottom, unit);
    }

    /// The same without the shade of weekends.
    pub(super) fn calendar_lines_only(&mut self, top: f64, bottom: f64, unit: Unit) {
        for s in self.time.spans(unit).iter().skip(1) {
            let x = self.time.x(s.from_s);
            let line = Stroke {
                colour: pal::DAY,
                ..HAIR
            };
            self.svg.line(x, top, x, bottom, line);
        }
    }

    /// Labels right of the plot, moved apart where they would overlap.
    pub(super) fn sides(&mut self, mut labels: Vec<Side>, top: f64, bottom: f64) {
        labels.sort_by(|a, b| a.y.total_cmp(&b.y));
        let gap = 16.0;
        for i in 0..labels.len() {
            let least = if i == 0 { top } else { labels[i - 1].y + gap };
            labels[i].y = labels[i].y.max(least);
        }
        let mut most = bottom;
        for l in labels.iter_mut().rev() {
            l.y = l.y.min(most);
            most = l.y - gap;
        }
        for l in labels {
            let t = Type {
                fill: l.colour,
                ..NOTE
            };
            let text = font::fit(&l.text, NOTE.size, Weight::Regular, RIGHT);
            self.svg.text(X1 + 10.0, l.y + 4.5, Anchor::Start, t, &text);
        }
    }

    /// Name and notes right of a row.
    pub(super) fn beside(&mut self, y: f64, name: &str, notes: &[String]) {
        let t = Type {
            size: 14.0,
            ..TITLE
        };
        let name = font::fit(name, 14.0, Weight::Semibold, RIGHT);
        self.svg.text(X1 + 10.0, y, Anchor::Start, t, &name);
        for (i, s) in notes.iter().enumerate() {
            let s = font::fit(s, NOTE.size, Weight::Regular, RIGHT);
            self.svg.text(
                X1 + 10.0,
                y + 17.0 * (i + 1) as f64,
                Anchor::Start,
                NOTE,
                &s,
            );
        }
    }

    /// Footnotes and the end of the file.
    pub(super) fn finish(mut self, trace: &DeviceTrace, about: &About) -> String {
        self.y += 26.0;
        let zone = about.timezone.iana_name().unwrap_or("local time");
        let foot = format!(
            "Device {} of user {}. Times in {zone}. Values are means of {} min{}. Heatloop {}.",
            trace.device_id,
            trace.user_id,
            fixed(
                f64::from(trace.step_s) / 60.0,
                if trace.step_s.is_multiple_of(60) {
                    0
                } else {
                    1
                }
            ),
            if self.time.days() > super::LONGEST_DETAIL_DAYS {
                ", gathered by local day"
            } else {
                ""
            },
            env!("CARGO_PKG_VERSION")
        );
        let t = Type {
            size: 12.0,
            fill: pal::FAINT,
            ..NOTE
        };
        let foot = font::fit(&foot, 12.0, Weight::Regular, WIDTH - 2.0 * LEFT);
        self.svg.text(LEFT, self.y, Anchor::Start, t, &foot);
        let height = self.y + 22.0;
        self.svg.finish(height, &about.title, &about.line())
    }
}

type Tile = (String, &'static str, String);

fn tiles(t: &DeviceTrace, about: &About, f: &Figures) -> Vec<Tile> {
    let mut v: Vec<Tile> = vec![(
        digits3(f.electricity_kwh()),
        "kWh",
        "electricity of the heat pump".into(),
    )];
    let mut heat = f.heat_space_kwh + f.heat_tank_kwh;
    let mut what = "heat delivered";
    if heat < f.cooling_kwh {
        heat = f.cooling_kwh;
        what = "cold delivered";
    }
    v.push((digits3(heat), "kWh", what.into()));
    if let Some(s) = f.seasonal_performance() {
        v.push((fixed(s, 2), "", f.performance_name().into()));
    }
    if t.rooms.iter().any(|r| r.controlled) {
        let below = format!(
            "too cold{}",
            if f.recovery_kh > 0.05 {
                format!(" ({} recovering)", digits3(f.recovery_kh))
            } else {
                String::new()
            }
        );
        v.push((digits3(f.below_kh), "K·h", below));
        v.push((digits3(f.above_kh), "K·h", "too warm".into()));
    }
    if f.draw_l > 0.0 {
        v.push((
            digits3(f.draw_missing_kwh),
            "kWh",
            format!("missing of {} l hot water", thousands(f.draw_l)),
        ));
    }
    let c = currency(&about.currency);
    if let Some(cost) = f.cost {
        let unit = match c {
            "€" => "€",
            "£" => "£",
            _ => "",
        };
        let label = if unit.is_empty() {
            format!("{c}, grid account of the house")
        } else {
            "grid account of the house".into()
        };
        v.push((
            fixed(cost, if cost.abs() >= 100.0 { 0 } else { 2 }),
            unit,
            label,
        ));
    }
    v.push((
        thousands(f.starts as f64),
        "",
        format!("starts, {} h running", digits3(f.run_h)),
    ));
    v
}

//! The layout for up to fifteen days: every interval is seen.

mod outdoor;
mod power;
mod price;
mod tank;
mod why;

use super::axis::Unit;
use super::page::{HAIR, NOTE, Page, TICK, TITLE, X0, X1};
use super::palette as pal;
use super::rooms;
use super::steps::Groups;
use crate::report::About;
use crate::report::figures::{Figures, intervals};
use crate::report::svg::{Anchor, Stroke, Type};
use crate::trace::DeviceTrace;

const NORMAL: Stroke = Stroke {
    colour: pal::INK,
    width: 1.6,
    dash: "",
};

/// All panels.
pub(super) fn draw(page: &mut Page, t: &DeviceTrace, about: &About, f: &Figures) {
    let g = Groups::new(t.start_s, t.step_s, intervals(t));
    day_names(page);
    let controlled = t.rooms.iter().filter(|r| r.controlled).count();
    let drawable = rooms::drawable(t);
    if controlled > rooms::MOST_ROWS || drawable.len() > rooms::MOST_ROWS + 1 && controlled > 0 {
        let cells: Vec<_> = (0..g.len())
            .map(|k| {
                let (a, b) = g.x(&page.time, k);
                (a, b, g.range(k))
            })
            .collect();
        rooms::strips(page, t, &cells, Unit::Day);
    } else if !drawable.is_empty() {
        rooms::rows(page, t, &g);
    }
    outdoor::draw(page, t, &g);
    price::draw(page, t, about, &g);
    tank::draw(page, t, f, &g);
    power::draw(page, t, f, &g);
    why::draw(page, t, f, &g);
    time_axis(page);
}

/// Names of the days above the first panel.
pub(super) fn day_names(page: &mut Page) {
    let spans = page.time.spans(Unit::Day);
    page.y += 4.0;
    for s in &spans {
        let (a, b) = (page.time.x(s.from_s), page.time.x(s.to_s));
        let w = b - a;
        let mut label = s
            .first
            .strftime(if w > 92.0 { "%A %-d %b" } else { "%a %-d" })
            .to_string();
        if s.length_h != 24.0 && w > 150.0 {
            label.push_str(&format!(" ({} h)", s.length_h));
        }
        let room = crate::report::font::width(&label, 14.0, TITLE.weight);
        if room > w - 6.0 {
            label = s.first.strftime("%a").to_string();
        }
        if w > 34.0 {
            let t = Type {
                size: 14.0,
                fill: pal::INK,
                ..NOTE
            };
            page.svg
                .text((a + b) / 2.0, page.y + 8.0, Anchor::Middle, t, &label);
        }
    }
    page.y += 14.0;
}

/// Hours below the last panel.
pub(super) fn time_axis(page: &mut Page) {
    let days = page.time.days();
    let every = match days {
        d if d <= 0.26 => 1,
        d if d <= 1.05 => 2,
        d if d <= 2.1 => 3,
        d if d <= 5.1 => 6,
        _ => 12,
    };
    let y = page.y;
    page.svg.line(
        X0,
        y,
        X1,
        y,
        Stroke {
            colour: pal::FAINT,
            ..HAIR
        },
    );
    for (t_s, hour) in page.time.hours(every) {
        let x = page.time.x(t_s);
        page.svg.line(
            x,
            y,
            x,
            y + 5.0,
            Stroke {
                colour: pal::FAINT,
                ..HAIR
            },
        );
        let label = format!("{hour:02}:00");
        page.svg.text(x, y + 19.0, Anchor::Middle, TICK, &label);
    }
    page.y += 22.0;
}

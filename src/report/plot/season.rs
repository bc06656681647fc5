//! The layout for more than fifteen days: days are gathered, the calendar is
//! months (or weeks), and a table of sums stands under its months.

mod carpet;
mod daily;
mod electricity;
mod outdoor;
mod price;
mod rooms;
mod table;
mod tank;

use super::axis::Unit;
use super::page::{NOTE, Page};
use super::{palette as pal, rooms as rows};
use crate::report::About;
use crate::report::figures::{Figures, intervals};
use crate::report::font::{self, Weight};
use crate::report::svg::{Anchor, Type};
use crate::trace::DeviceTrace;
use daily::gather;

/// All panels.
pub(super) fn draw(page: &mut Page, t: &DeviceTrace, about: &About, f: &Figures) {
    let n = intervals(t);
    let days = gather(&page.time, t, n, Unit::Day);
    let daily: Vec<Figures> = days
        .iter()
        .map(|d| Figures::between(t, d.range.clone()))
        .collect();
    let unit = match page.time.days() {
        d if d > 1100.0 => Unit::Year,
        d if d > 75.0 => Unit::Month,
        _ => Unit::Week,
    };
    names(page, unit);
    let controlled = t.rooms.iter().filter(|r| r.controlled).count();
    if controlled > rows::MOST_ROWS {
        let cells: Vec<_> = days.iter().map(|d| (d.x0, d.x1, d.range.clone())).collect();
        rows::strips(page, t, &cells, unit);
    } else if !rows::drawable(t).is_empty() {
        rooms::draw(page, t, &days, unit, n);
    }
    outdoor::draw(page, t, &days, unit);
    tank::draw(page, t, f, &days, &daily, unit);
    electricity::draw(page, f, &days, &daily, unit);
    // Price, power, reasons and steering share one clock: cheap hours stand
    // above what was done in them.
    let columns = carpet::columns(page, t, n);
    price::draw(page, t, about, &days, &columns, unit);
    carpet::power(page, t, &columns, unit);
    carpet::reasons(page, t, f, &columns, unit);
    carpet::steering(page, t, &columns, unit);
    table::draw(page, t, about, f, unit, n);
}

/// Names of the months (or weeks).
pub(super) fn names(page: &mut Page, unit: Unit) {
    page.y += 4.0;
    for s in page.time.spans(unit) {
        let (a, b) = (page.time.x(s.from_s), page.time.x(s.to_s));
        let long = match unit {
            Unit::Year => s.first.strftime("%Y").to_string(),
            Unit::Month => s.first.strftime("%B").to_string(),
            _ => s.first.strftime("week of %-d %b").to_string(),
        };
        let short = match unit {
            Unit::Year => long.clone(),
            Unit::Month => s.first.strftime("%b").to_string(),
            _ => s.first.strftime("%-d %b").to_string(),
        };
        let t = Type {
            size: 14.0,
            fill: pal::INK,
            ..NOTE
        };
        let fits = |l: &str| font::width(l, 14.0, Weight::Regular) <= b - a - 6.0;
        let label = [long, short].into_iter().find(|l| fits(l));
        if let Some(l) = label {
            page.svg
                .text((a + b) / 2.0, page.y + 8.0, Anchor::Middle, t, &l);
        }
    }
    page.y += 14.0;
}

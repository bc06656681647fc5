//! A fleet beside its reference: both loads, their difference, and the energy
//! that is owed.

use super::{
    FleetPicture, REFERENCE, calendar_names, foot, from_zero, head, load, outdoor, thin, unit_of,
    windows,
};
use crate::report::font::{self, Weight};
use crate::report::format::digits3;
use crate::report::plot::LONGEST_DETAIL_DAYS;
use crate::report::plot::axis::Values;
use crate::report::plot::page::{Mark, NOTE, Page, WIDTH, X1, entry};
use crate::report::plot::steps::{Groups, between, extent, stepped};
use crate::report::plot::{days, palette as pal};
use crate::report::svg::{Anchor, Type};

/// The picture as SVG; none where there is no reference.
pub fn compared(f: &FleetPicture) -> Option<String> {
    let (name, other) = f.reference.as_ref()?;
    let difference: Vec<f64> = f
        .electricity
        .iter()
        .zip(other)
        .map(|(a, b)| a - b)
        .collect();
    let mut page = f.page();
    head(&mut page, f, &f.title);
    let g = Groups::new(f.start_s, f.step_s, f.electricity.len());
    calendar_names(&mut page);
    load(&mut page, f, &g, 230.0);
    moved(&mut page, f, &g, &difference, name);
    owed(&mut page, f, &g, &difference);
    outdoor(&mut page, f, &g, false);
    if page.time.days() <= LONGEST_DETAIL_DAYS {
        days::time_axis(&mut page);
    }
    Some(foot(page, f, &f.title))
}

/// More and less than the reference, and what moved in each window.
fn moved(page: &mut Page, f: &FleetPicture, g: &Groups, difference: &[f64], name: &str) {
    let entries = [
        entry(Mark::Box, pal::HOT_AREA, "more"),
        entry(Mark::Box, pal::COLD_AREA, "less"),
    ];
    let unit = format!("{}, to {name}", f.power_unit);
    page.head("Difference", &unit, &entries);
    let (top, bottom) = page.take(210.0);
    let values = g.means(difference);
    let a = from_zero([&values[..]], top, bottom);
    windows(page, f, top, bottom);
    let unit = unit_of(page);
    page.calendar_lines_only(top, bottom, unit);
    page.value_axis(&a);
    let zero = vec![Some(0.0); values.len()];
    let more = between(g, &page.time, &a, &zero, &values);
    page.svg.fill(&more, pal::HOT_AREA, 1.0, false);
    let less = between(g, &page.time, &a, &values, &zero);
    page.svg.fill(&less, pal::COLD_AREA, 1.0, false);
    let path = stepped(g, &page.time, &a, &values);
    page.svg.stroke(&path, thin(pal::INK, 0.9));
    let y = a.y(0.0);
    let (x0, x1) = (page.time.x0, page.time.x1);
    page.svg.line(x0, y, x1, y, thin(pal::FAINT, 1.0));
    // Each window with its mean, right of the plot, as far as they fit.
    let step_s = i64::from(f.step_s);
    let index = |s: i64| usize::try_from((s - f.start_s) / step_s).unwrap_or(0);
    let strong = Type {
        fill: pal::INK,
        ..NOTE
    };
    let room = WIDTH - X1 - 42.0;
    for (i, (from_s, to_s, name)) in f.windows.iter().enumerate() {
        let y = top + 12.0 + 38.0 * i as f64;
        if y + 17.0 > bottom {
            break;
        }
        let part = difference.get(index(*from_s)..index(*to_s)).unwrap_or(&[]);
        let mean = part.iter().sum::<f64>() / part.len().max(1) as f64;
        let plus = if mean > 0.0 { "+" } else { "" };
        let text = format!("{plus}{} {} on average", digits3(mean), f.power_unit);
        let name = font::fit(name, NOTE.size, Weight::Regular, room);
        page.svg.text(X1 + 10.0, y, Anchor::Start, NOTE, &name);
        let text = font::fit(&text, NOTE.size, Weight::Regular, room);
        page.svg
            .text(X1 + 10.0, y + 17.0, Anchor::Start, strong, &text);
    }
    page.y += 8.0;
}

/// The difference added up.
fn owed(page: &mut Page, f: &FleetPicture, g: &Groups, difference: &[f64]) {
    let hours = f64::from(f.step_s) / 3600.0 * f.energy_per_hour;
    let mut sum = 0.0;
    let so_far: Vec<f64> = difference
        .iter()
        .map(|power| {
            sum += power * hours;
            sum
        })
        .collect();
    let values = g.means(&so_far);
    let Some((lo, hi)) = extent([&values[..]]) else {
        return;
    };
    page.head(
        "Energy more or less than the reference so far",
        f.energy_unit,
        &[],
    );
    let (top, bottom) = page.take(110.0);
    let a = Values::new(lo.min(0.0), hi.max(0.0), top, bottom, 4, true);
    windows(page, f, top, bottom);
    let unit = unit_of(page);
    page.calendar_lines_only(top, bottom, unit);
    page.value_axis(&a);
    let path = stepped(g, &page.time, &a, &values);
    page.svg.stroke(&path, thin(pal::INK, 1.5));
    let y = a.y(0.0);
    let (x0, x1) = (page.time.x0, page.time.x1);
    page.svg.line(x0, y, x1, y, thin(REFERENCE, 1.0));
    page.y += 8.0;
}

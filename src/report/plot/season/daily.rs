//! Traces gathered by spans of the local calendar, and the shapes that show
//! them: a value a day.

use super::super::axis::{Span, Time, Unit, Values};
use crate::report::figures::at;
use crate::report::svg::Path;
use crate::trace::DeviceTrace;
use std::ops::Range;

/// A span with the intervals that begin in it and its place on the page.
#[derive(Clone, Debug)]
pub(super) struct Gathered {
    pub span: Span,
    pub range: Range<usize>,
    pub x0: f64,
    pub x1: f64,
}

/// Spans of the calendar that hold at least one interval.
pub(super) fn gather(time: &Time, t: &DeviceTrace, n: usize, unit: Unit) -> Vec<Gathered> {
    let step = i64::from(t.step_s).max(1);
    let index = |s: i64| -> usize {
        let d = (s - t.start_s).max(0);
        (d.div_euclid(step) + i64::from(d.rem_euclid(step) != 0)).min(n as i64) as usize
    };
    time.spans(unit)
        .into_iter()
        .filter_map(|span| {
            let range = index(span.from_s)..index(span.to_s);
            (!range.is_empty()).then(|| Gathered {
                x0: time.x(span.from_s),
                x1: time.x(span.to_s),
                range,
                span,
            })
        })
        .collect()
}

/// Lowest, mean and highest value over intervals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    pub low: f64,
    pub mean: f64,
    pub high: f64,
}

/// `None` where there is no value.
pub(super) fn spread(v: &[f64], range: Range<usize>) -> Option<Spread> {
    let mut s = Spread {
        low: f64::INFINITY,
        mean: 0.0,
        high: f64::NEG_INFINITY,
    };
    let mut n = 0.0;
    for x in range.filter_map(|i| at(v, i)) {
        s.low = s.low.min(x);
        s.high = s.high.max(x);
        s.mean += x;
        n += 1.0;
    }
    s.mean /= f64::max(n, 1.0);
    (n > 0.0).then_some(s)
}

/// The area between two values a day, with steps at midnight.
pub(super) fn daily_area(
    days: &[Gathered],
    a: &Values,
    v: impl Fn(&Gathered) -> Option<(f64, f64)>,
) -> Path {
    let mut p = Path::new();
    let mut stretch: Vec<(f64, f64, f64, f64)> = Vec::new();
    let flush = |s: &mut Vec<(f64, f64, f64, f64)>, p: &mut Path| {
        for (k, (x0, x1, _, hi)) in s.iter().enumerate() {
            p.to(*x0, a.y(*hi), k == 0);
            p.to(*x1, a.y(*hi), false);
        }
        for (x0, x1, lo, _) in s.iter().rev() {
            p.to(*x1, a.y(*lo), false);
            p.to(*x0, a.y(*lo), false);
        }
        if !s.is_empty() {
            p.close();
        }
        s.clear();
    };
    for d in days {
        match v(d) {
            Some((lo, hi)) => stretch.push((d.x0, d.x1, lo, hi)),
            None => flush(&mut stretch, &mut p),
        }
    }
    flush(&mut stretch, &mut p);
    p
}

/// A line through the middles of the days.
pub(super) fn daily_line(
    days: &[Gathered],
    a: &Values,
    v: impl Fn(&Gathered) -> Option<f64>,
) -> Path {
    let mut p = Path::new();
    let mut up = true;
    for d in days {
        match v(d) {
            Some(v) => {
                p.to((d.x0 + d.x1) / 2.0, a.y(v), up);
                up = false;
            }
            None => up = true,
        }
    }
    p
}

//! Traces gathered by spans of the local calendar.

use super::axis::{Span, Time, Unit};
use crate::report::figures::at;
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

//! Series made ready for drawing: thinned to what a screen can show, as lines
//! through interval middles or as steps, with gaps left open.

use super::axis::{Time, Values};
use crate::report::figures::at;
use crate::report::svg::Path;

/// Groups of whole intervals, so that no more than about `MOST` are drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Groups {
    pub start_s: i64,
    pub step_s: i64,
    /// Intervals in the trace, and in a group.
    pub intervals: usize,
    pub size: usize,
}

/// Groups on a plot of some 1330 px.
const MOST: usize = 1400;

impl Groups {
    pub(super) fn new(start_s: i64, step_s: u32, intervals: usize) -> Self {
        Self {
            start_s,
            step_s: i64::from(step_s),
            intervals,
            size: intervals.div_ceil(MOST).max(1),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.intervals.div_ceil(self.size)
    }

    pub(super) fn range(&self, g: usize) -> std::ops::Range<usize> {
        g * self.size..((g + 1) * self.size).min(self.intervals)
    }

    pub(super) fn begin_s(&self, g: usize) -> i64 {
        self.start_s + (g * self.size) as i64 * self.step_s
    }

    pub(super) fn end_s(&self, g: usize) -> i64 {
        self.start_s + self.range(g).end as i64 * self.step_s
    }

    pub(super) fn x(&self, t: &Time, g: usize) -> (f64, f64) {
        (t.x(self.begin_s(g)), t.x(self.end_s(g)))
    }

    /// Means over the groups; `None` where a group has no value.
    pub(super) fn means(&self, v: &[f64]) -> Vec<Option<f64>> {
        (0..self.len())
            .map(|g| {
                let (mut sum, mut n) = (0.0, 0);
                for x in self.range(g).filter_map(|i| at(v, i)) {
                    sum += x;
                    n += 1;
                }
                (n > 0).then(|| sum / f64::from(n))
            })
            .collect()
    }
}

/// A line through the middles of the groups.
pub(super) fn line(g: &Groups, t: &Time, a: &Values, v: &[Option<f64>]) -> Path {
    let mut p = Path::new();
    let mut up = true;
    for (i, v) in v.iter().enumerate() {
        match v {
            Some(v) => {
                let (x0, x1) = g.x(t, i);
                if g.len() == 1 {
                    p.to(x0, a.y(*v), true);
                    p.to(x1, a.y(*v), false);
                } else {
                    p.to((x0 + x1) / 2.0, a.y(*v), up);
                }
                up = false;
            }
            None => up = true,
        }
    }
    p
}

/// Steps that hold over each group.
pub(super) fn stepped(g: &Groups, t: &Time, a: &Values, v: &[Option<f64>]) -> Path {
    let mut p = Path::new();
    let mut last: Option<f64> = None;
    let mut end = 0.0;
    for (i, v) in v.iter().enumerate() {
        let (x0, x1) = g.x(t, i);
        match (v.map(|v| a.y(v)), last) {
            (Some(y), None) => p.to(x0, y, true),
            (Some(y), Some(l)) if y != l => {
                p.to(x0, l, false);
                p.to(x0, y, false);
            }
            (None, Some(l)) => p.to(x0, l, false),
            _ => {}
        }
        last = v.map(|v| a.y(v));
        end = x1;
    }
    if let Some(l) = last {
        p.to(end, l, false);
    }
    p
}

/// The area between two stepped series; groups in which one is missing are left open.
pub(super) fn between(
    g: &Groups,
    t: &Time,
    a: &Values,
    low: &[Option<f64>],
    high: &[Option<f64>],
) -> Path {
    let mut p = Path::new();
    let pairs: Vec<Option<(f64, f64)>> = low
        .iter()
        .zip(high)
        .map(|(l, h)| match (l, h) {
            (Some(l), Some(h)) if h > l => Some((a.y(*l), a.y(*h))),
            _ => None,
        })
        .collect();
    let mut i = 0;
    while i < pairs.len() {
        if pairs[i].is_none() {
            i += 1;
            continue;
        }
        let from = i;
        while i < pairs.len() && pairs[i].is_some() {
            i += 1;
        }
        let stretch: Vec<(usize, (f64, f64))> =
            (from..i).filter_map(|k| pairs[k].map(|v| (k, v))).collect();
        let mut up = true;
        let mut last = f64::NAN;
        for (n, (k, (_, h))) in stretch.iter().enumerate() {
            let (x0, x1) = g.x(t, *k);
            if *h != last {
                if !up {
                    p.to(x0, last, false);
                }
                p.to(x0, *h, up);
                up = false;
                last = *h;
            }
            if n + 1 == stretch.len() {
                p.to(x1, *h, false);
            }
        }
        last = f64::NAN;
        for (n, (k, (l, _))) in stretch.iter().rev().enumerate() {
            let (x0, x1) = g.x(t, *k);
            if *l != last {
                if !last.is_nan() {
                    p.to(x1, last, false);
                }
                p.to(x1, *l, false);
                last = *l;
            }
            if n + 1 == stretch.len() {
                p.to(x0, *l, false);
            }
        }
        p.close();
    }
    p
}

/// Lowest and highest of some series; `None` where there is no value at all.
pub(super) fn extent<'a>(
    series: impl IntoIterator<Item = &'a [Option<f64>]>,
) -> Option<(f64, f64)> {
    let mut out: Option<(f64, f64)> = None;
    for v in series.into_iter().flatten().flatten() {
        out = Some(match out {
            None => (*v, *v),
            Some((lo, hi)) => (lo.min(*v), hi.max(*v)),
        });
    }
    out
}

//! A piecewise-constant series: interval means on a regular grid.

use std::sync::Arc;

/// Values that hold from `start_s + i * step_s` to the next one.
#[derive(Clone, Debug)]
pub struct Series {
    /// s since the epoch of the first interval's start.
    pub start_s: i64,
    /// Length of an interval, s (> 0).
    pub step_s: u32,
    /// One mean an interval. Empty: the series is zero. Shared by all copies.
    pub values: Arc<Vec<f64>>,
    /// Whether the values repeat (a profile of a day or a week) or hold their
    /// first and last value outside.
    pub periodic: bool,
}

impl PartialEq for Series {
    fn eq(&self, other: &Self) -> bool {
        let head = |s: &Self| (s.start_s, s.step_s, s.periodic);
        // Copies need no look at their values.
        head(self) == head(other)
            && (Arc::ptr_eq(&self.values, &other.values) || self.values == other.values)
    }
}

impl Series {
    /// A series that is `value` at all times.
    pub fn constant(value: f64) -> Self {
        Self {
            start_s: 0,
            step_s: 900,
            values: Arc::new(vec![value]),
            periodic: true,
        }
    }

    /// No series: zero at all times.
    pub fn none() -> Self {
        Self {
            start_s: 0,
            step_s: 900,
            values: Arc::default(),
            periodic: true,
        }
    }

    /// The same intervals with each value replaced by what `f` makes of it.
    pub fn map(&self, f: impl FnMut(f64) -> f64) -> Self {
        Self {
            values: Arc::new(self.values.iter().copied().map(f).collect()),
            ..*self
        }
    }

    /// Whether there is no series at all.
    pub fn is_none(&self) -> bool {
        self.values.is_empty()
    }

    /// The value in force at `t_s` (s since the epoch); 0 for an empty series.
    pub fn at(&self, t_s: i64) -> f64 {
        if self.values.is_empty() {
            return 0.0;
        }
        self.values[self.index(t_s)]
    }

    /// The mean over `[t0_s, t1_s)`, `t1_s > t0_s`.
    #[inline]
    pub fn mean(&self, t0_s: i64, t1_s: i64) -> f64 {
        match self.values[..] {
            [] => 0.0,
            [value] => value,
            _ => self.mean_of_many(t0_s, t1_s),
        }
    }

    fn mean_of_many(&self, t0_s: i64, t1_s: i64) -> f64 {
        let (step, n) = (i64::from(self.step_s), self.values.len() as i64);
        // One division for the first interval; the others follow it.
        let first = (t0_s - self.start_s).div_euclid(step);
        let mut end = self.start_s + (first + 1) * step;
        let mut interval = self.wrapped(first);
        let (mut sum, mut t) = (0.0, t0_s);
        while t < t1_s {
            let next = end.min(t1_s);
            sum += self.values[interval.clamp(0, n - 1) as usize] * (next - t) as f64;
            (t, end) = (next, end + step);
            interval += 1;
            if self.periodic && interval == n {
                interval = 0;
            }
        }
        sum / (t1_s - t0_s) as f64
    }

    /// First instant after the series; meaningless where it repeats.
    pub fn end_s(&self) -> i64 {
        self.start_s + self.values.len() as i64 * i64::from(self.step_s)
    }

    /// The value in force at `t_s` is the one of this number.
    fn index(&self, t_s: i64) -> usize {
        let interval = (t_s - self.start_s).div_euclid(i64::from(self.step_s));
        let last = self.values.len() as i64 - 1;
        self.wrapped(interval).clamp(0, last) as usize
    }

    /// An interval's number, in the first period where the series repeats.
    fn wrapped(&self, interval: i64) -> i64 {
        let n = self.values.len() as i64;
        if self.periodic && !(0..n).contains(&interval) {
            interval.rem_euclid(n)
        } else {
            interval
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Series};

    #[test]
    fn analytic_mean_weights_partial_intervals() {
        let s = Series {
            start_s: 100,
            step_s: 10,
            values: Arc::new(vec![1.0, 3.0]),
            periodic: false,
        };
        assert_eq!(s.at(99), 1.0);
        assert_eq!(s.at(110), 3.0);
        assert_eq!(s.at(500), 3.0);
        assert_eq!(s.mean(105, 115), 2.0);
        let p = Series {
            periodic: true,
            ..s
        };
        assert_eq!(p.at(120), 1.0);
        assert_eq!(p.mean(100, 140), 2.0);
        assert_eq!(Series::none().mean(0, 10), 0.0);
        assert_eq!(Series::constant(0.1).mean(7, 10_003), 0.1);
    }
}

//! From the internal rows (at most 900 s) to the rows of a file. Rows are
//! grouped from the trace's start; a shorter group at the end is kept, its
//! means taken over what it holds. It does not interpolate: an interval that
//! is no multiple of the internal step is an error.

use super::DeviceTrace;

/// Groups of internal rows that make one row of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// Internal rows in the trace.
    rows: usize,
    /// Internal rows in a group.
    size: usize,
    start_s: i64,
    step_s: i64,
}

/// The interval of records does not fit the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "record interval of {record_s} s is no multiple of the trace's {step_s} s; choose a multiple"
)]
pub struct Misfit {
    pub record_s: u32,
    pub step_s: u32,
}

impl Grouping {
    /// Groups of `record_s`. A `record_s` below the internal step gives the
    /// internal rows as they are: finer records do not exist.
    pub fn new(trace: &DeviceTrace, record_s: u32) -> Result<Self, Misfit> {
        let step_s = trace.step_s.max(1);
        let fits = record_s.is_multiple_of(step_s) || record_s < step_s;
        if !fits {
            return Err(Misfit { record_s, step_s });
        }
        Ok(Self {
            rows: trace.outdoor_c.len(),
            size: (record_s / step_s).max(1) as usize,
            start_s: trace.start_s,
            step_s: i64::from(step_s),
        })
    }

    /// Whole groups among the first `rows` internal rows.
    pub fn whole_in(&self, rows: usize) -> usize {
        rows / self.size
    }

    /// Rows of the file.
    pub fn len(&self) -> usize {
        self.rows.div_ceil(self.size)
    }

    /// Whether the trace is empty.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether each record is one internal row.
    pub fn are_single(&self) -> bool {
        self.size == 1
    }

    /// Internal rows of record `i < len()`.
    pub fn range(&self, i: usize) -> (usize, usize) {
        (i * self.size, ((i + 1) * self.size).min(self.rows))
    }

    /// Start of record `i`, s since the epoch.
    pub fn start_s(&self, i: usize) -> i64 {
        self.start_s + (i * self.size) as i64 * self.step_s
    }
}

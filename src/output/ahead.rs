//! The text of traces, made while the run goes on: a device is simulated by one
//! thread, and others have time to write its days in digits.
//!
//! The text waits in memory: a run that fails or is stopped leaves no file. So
//! there is a limit to it; what is beyond becomes text at the end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::Scope;

use crate::model::Scenario;
use crate::trace::csv::{self, Piece, ROWS_A_PIECE};
use crate::trace::resample::Grouping;
use crate::trace::{DeviceTrace, channels};

/// Bytes of text that may wait: two years of quarter-hours of a house.
const MOST_BYTES: usize = 64 << 20;

/// What there is of the CSV files of a run's devices.
#[derive(Debug)]
pub struct Ahead<'a> {
    scenario: &'a Scenario,
    /// Bytes that may still be taken.
    room: AtomicUsize,
    /// In the order of the result.
    devices: Vec<Begun>,
}

/// A device's file, from its first row on.
#[derive(Debug, Default)]
struct Begun {
    /// Rows that were taken.
    rows: AtomicUsize,
    /// Text by its first row.
    texts: Mutex<BTreeMap<usize, Vec<u8>>>,
}

impl Begun {
    fn texts(&self) -> MutexGuard<'_, BTreeMap<usize, Vec<u8>>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Ahead<'a> {
    /// Of a run that is to begin.
    pub fn new(scenario: &'a Scenario) -> Self {
        let devices = scenario.users.iter().map(|u| u.devices.len()).sum();
        Self::within(scenario, devices, MOST_BYTES)
    }

    /// Of so many devices, with so many bytes.
    fn within(scenario: &'a Scenario, devices: usize, most_bytes: usize) -> Self {
        let most_bytes = if scenario.record.csv { most_bytes } else { 0 };
        Self {
            scenario,
            room: AtomicUsize::new(most_bytes),
            devices: (0..devices).map(|_| Begun::default()).collect(),
        }
    }

    /// Takes what is new of a device's rows, where it is enough for a piece, and
    /// has text made of it by tasks of `scope`. The first `closed` internal rows
    /// must be as they will stay. To be called by one thread a device.
    pub fn take<'s>(
        &'s self,
        scope: &Scope<'s>,
        device: usize,
        trace: &DeviceTrace,
        closed: usize,
    ) {
        let record = &self.scenario.record;
        let groups = Grouping::new(trace, self.scenario.period.record_s);
        let (Some(begun), Ok(groups)) = (self.devices.get(device), groups) else {
            return; // what is wrong is said when files are written
        };
        let mut first = begun.rows.load(Ordering::Relaxed);
        if groups.whole_in(closed) < first + ROWS_A_PIECE {
            return;
        }
        let (chosen, _) = channels::select(trace, &record.channels);
        while groups.whole_in(closed) >= first + ROWS_A_PIECE {
            if !self.has_room(csv::expected_bytes(ROWS_A_PIECE, chosen.len())) {
                return;
            }
            let piece = Piece::copy(&chosen, &groups, first..first + ROWS_A_PIECE);
            scope.spawn(move |_| {
                let text = piece.text(&self.scenario.site.timezone);
                begun.texts().insert(first, text);
            });
            first += ROWS_A_PIECE;
            begun.rows.store(first, Ordering::Relaxed);
        }
    }

    /// Takes so many bytes of the room, if there are.
    fn has_room(&self, bytes: usize) -> bool {
        let take = |room: usize| room.checked_sub(bytes);
        let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
        self.room.fetch_update(success, failure, take).is_ok()
    }

    /// Gives the text of a device's first rows, in pieces, and the number of
    /// the row that follows. The scope's tasks must have ended.
    pub(super) fn of<E>(
        &self,
        device: usize,
        mut write: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<usize, E> {
        let Some(begun) = self.devices.get(device) else {
            return Ok(0);
        };
        let mut next = 0;
        for (&first, text) in &*begun.texts() {
            if first != next {
                break;
            }
            write(text)?;
            next = first + ROWS_A_PIECE;
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::fixtures::scenario;
    use crate::trace::Reason;

    /// Rows of which the first `closed` are as they stay.
    fn trace(rows: usize, closed: usize) -> DeviceTrace {
        let value = |i: usize| match i < closed {
            true => (i as f64).sqrt() - 9.0,
            false => f64::NAN,
        };
        DeviceTrace {
            step_s: 900,
            outdoor_c: (0..rows).map(value).collect(),
            starts: (0..rows).map(|i| value(i) as u16).collect(),
            reason_s: vec![[1.5; Reason::COUNT]; rows],
            ..DeviceTrace::default()
        }
    }

    /// The CSV of a device of which so many rows were closed when it was taken,
    /// and how many of them were begun.
    fn csv(record_s: u32, closed: &[usize], most_bytes: usize) -> (Vec<u8>, usize) {
        let mut scenario = scenario();
        scenario.period.record_s = record_s;
        let ahead = Ahead::within(&scenario, 1, most_bytes);
        rayon::scope(|scope| {
            for &closed in closed {
                ahead.take(scope, 0, &trace(1500, closed), closed);
            }
        });
        let whole = trace(1500, 1500);
        let mut text = Vec::new();
        super::super::trace_csv(&mut text, (0, &whole), &scenario, &ahead).unwrap();
        let begun = ahead.of(0, |_| Ok::<(), ()>(())).unwrap();
        (text, begun)
    }

    #[test]
    fn a_file_has_the_same_bytes_however_much_of_it_was_begun() {
        for record_s in [900, 2700] {
            let (plain, begun) = csv(record_s, &[], usize::MAX);
            assert_eq!(begun, 0);
            let rows = 1500 * 900 / record_s as usize;
            let takes: [&[usize]; 4] = [&[200], &[769, 770], &[100, 700, 1499], &[1500]];
            for closed in takes {
                let (text, begun) = csv(record_s, closed, usize::MAX);
                let closed = closed.last().unwrap() * 900 / record_s as usize;
                assert_eq!(begun, closed / ROWS_A_PIECE * ROWS_A_PIECE);
                assert!(
                    begun <= rows && text == plain,
                    "{record_s} s, {closed} rows"
                );
            }
        }
    }

    #[test]
    fn what_has_no_room_is_written_at_the_end() {
        let (plain, _) = csv(900, &[], 0);
        // Of the channels: two, and the reasons.
        let piece = csv::expected_bytes(ROWS_A_PIECE, 2 + Reason::COUNT);
        for (most_bytes, expected) in [(0, 0), (piece - 1, 0), (piece, 1), (3 * piece, 3)] {
            let (text, begun) = csv(900, &[600, 1500], most_bytes);
            assert_eq!(begun, expected * ROWS_A_PIECE);
            assert!(text == plain);
        }
    }
}

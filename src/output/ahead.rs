//! What becomes of a run's rows while it goes on: a device is simulated by one
//! thread, and others have time to put its days into digits, columns and books.
//!
//! Files wait in memory: a run that fails or is stopped leaves none. So there is
//! a limit to them; rows beyond it are taken at the end.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use parquet::errors::ParquetError;
use rayon::Scope;

use super::Cause;
use super::hashing::{Beginning, Hashing};
use crate::metrics::Book;
use crate::model::Scenario;
use crate::trace::resample::Grouping;
use crate::trace::{DeviceTrace, channels, csv, parquet as columns};
use crate::units::S_PER_DAY;

/// Bytes of files that may wait: two years of quarter-hours of a house.
const MOST_BYTES: usize = 64 << 20;

/// Rows are taken in stretches of so many days: the first holds the first local
/// day, wherever it begins, and files' rows divide a day.
const STRETCH_DAYS: u32 = 3;

/// Which files are wanted of a device's rows.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    csv: bool,
    parquet: bool,
}

/// What there is of a run's devices.
pub struct Ahead<'a> {
    scenario: &'a Scenario,
    wanted: Wanted,
    /// Bytes that may still be taken.
    room: AtomicUsize,
    /// In the order of the result.
    devices: Vec<Line>,
}

/// The work on a device: one stretch after the other.
#[derive(Default)]
struct Line {
    /// Rows that were taken.
    taken: AtomicUsize,
    waiting: Mutex<Waiting>,
    begun: Mutex<Begun>,
}

#[derive(Default)]
struct Waiting {
    stretches: VecDeque<DeviceTrace>,
    /// Some thread is at them.
    in_work: bool,
}

/// A device's files and figures, from its first row on.
struct Begun {
    rows: usize,
    text: Option<Hashing<Vec<u8>>>,
    columns: Result<Option<columns::Writer<Vec<u8>>>, ParquetError>,
    book: Book,
}

impl Default for Begun {
    fn default() -> Self {
        Self {
            rows: 0,
            text: None,
            columns: Ok(None),
            book: Book::default(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Ahead<'a> {
    /// Of a run that is to begin. Without `files` for its figures alone.
    pub fn new(scenario: &'a Scenario, files: bool) -> Self {
        let devices = scenario.users.iter().map(|u| u.devices.len()).sum();
        Self::within(scenario, files, devices, MOST_BYTES)
    }

    /// Of so many devices, with room for so many bytes.
    fn within(scenario: &'a Scenario, files: bool, devices: usize, most_bytes: usize) -> Self {
        Self {
            scenario,
            wanted: Wanted {
                csv: files && scenario.record.csv,
                parquet: files && scenario.record.parquet,
            },
            room: AtomicUsize::new(most_bytes),
            devices: (0..devices).map(|_| Line::default()).collect(),
        }
    }

    /// Takes what is new of a device's rows, where it is enough for a stretch, and
    /// has tasks of `scope` work on it. The first `closed` internal rows must be as
    /// they will stay. To be called by one thread a device.
    pub fn take<'s>(
        &'s self,
        scope: &Scope<'s>,
        device: usize,
        trace: &DeviceTrace,
        closed: usize,
    ) {
        let Some(line) = self.devices.get(device) else {
            return;
        };
        let rows = stretch_rows(trace);
        let mut first = line.taken.load(Ordering::Relaxed);
        while closed >= first + rows && self.has_room(self.expected_bytes(trace, rows)) {
            let stretch = trace.rows(first..first + rows);
            first += rows;
            line.taken.store(first, Ordering::Relaxed);
            let mut waiting = lock(&line.waiting);
            waiting.stretches.push_back(stretch);
            if !waiting.in_work {
                waiting.in_work = true;
                scope.spawn(move |_| self.work(line));
            }
        }
    }

    /// Works on what waits.
    fn work(&self, line: &Line) {
        let mut begun = lock(&line.begun);
        loop {
            let stretch = {
                let mut waiting = lock(&line.waiting);
                let next = waiting.stretches.pop_front();
                waiting.in_work = next.is_some();
                next
            };
            match stretch {
                Some(stretch) => begun.add(&stretch, self.scenario, self.wanted),
                None => return,
            }
        }
    }

    /// Bytes that so many rows of a device will take, roughly.
    fn expected_bytes(&self, trace: &DeviceTrace, rows: usize) -> usize {
        let chosen = || {
            channels::select(trace, &self.scenario.record.channels)
                .0
                .len()
        };
        match self.wanted {
            Wanted { csv: true, .. } => csv::expected_bytes(rows, chosen()),
            Wanted { parquet: true, .. } => rows * chosen() * size_of::<f32>(),
            _ => 0,
        }
    }

    /// Takes so many bytes of the room, if there are.
    fn has_room(&self, bytes: usize) -> bool {
        let take = |room: usize| room.checked_sub(bytes);
        let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
        self.room.fetch_update(success, failure, take).is_ok()
    }

    /// A device's book with all its rows, for once. The scope's tasks must have
    /// ended, as for all that follows.
    pub fn book(&self, device: usize, trace: &DeviceTrace) -> Book {
        let (mut book, mut first) = match self.devices.get(device) {
            Some(line) => {
                let mut begun = lock(&line.begun);
                (std::mem::take(&mut begun.book), begun.rows)
            }
            None => (Book::default(), 0),
        };
        let all = trace.outdoor_c.len();
        if first == 0 {
            book.add(trace, self.scenario);
            return book;
        }
        while first < all {
            let end = (first + stretch_rows(trace)).min(all);
            book.add(&trace.rows(first..end), self.scenario);
            first = end;
        }
        book
    }

    /// Writes a device's rows as CSV, for once.
    pub(super) fn csv(
        &self,
        mut sink: &mut dyn Beginning,
        device: usize,
        trace: &DeviceTrace,
    ) -> Result<(), Cause> {
        let (chosen, _) = channels::select(trace, &self.scenario.record.channels);
        let groups = Grouping::new(trace, self.scenario.period.record_s)?;
        let mut first = 0;
        let begun = self.devices.get(device).map(|line| lock(&line.begun));
        let begun = begun.and_then(|mut begun| Some((begun.text.take()?, begun.rows)));
        match begun {
            Some((text, rows)) => {
                sink.begin_with(text)?;
                first = groups.whole_in(rows);
            }
            None => csv::write_head(&mut sink, &chosen)?,
        }
        let zone = &self.scenario.site.timezone;
        Ok(csv::write_rows(&mut sink, &chosen, &groups, first, zone)?)
    }

    /// Writes a device's rows as Parquet, for once.
    pub(super) fn parquet(
        &self,
        sink: &mut dyn Beginning,
        device: usize,
        trace: &DeviceTrace,
    ) -> Result<(), Cause> {
        let (chosen, _) = channels::select(trace, &self.scenario.record.channels);
        let groups = Grouping::new(trace, self.scenario.period.record_s)?;
        let (mut begun, mut rows) = (None, 0);
        if let Some(line) = self.devices.get(device) {
            let mut line = lock(&line.begun);
            begun = std::mem::replace(&mut line.columns, Ok(None))?;
            rows = line.rows;
        }
        let Some(mut writer) = begun else {
            let zone = zone_name(self.scenario);
            return Ok(columns::write(sink, &chosen, &groups, zone)?);
        };
        writer.add(&chosen, &groups, groups.whole_in(rows))?;
        Ok(sink.write_all(&writer.finish()?)?)
    }
}

/// Internal rows that are taken in one go.
fn stretch_rows(trace: &DeviceTrace) -> usize {
    (STRETCH_DAYS * S_PER_DAY as u32 / trace.step_s.max(1)) as usize
}

fn zone_name(scenario: &Scenario) -> &str {
    scenario.site.timezone.iana_name().unwrap_or("")
}

impl Begun {
    /// Adds a stretch. What is wrong with it is said when files are written.
    fn add(&mut self, stretch: &DeviceTrace, scenario: &Scenario, wanted: Wanted) {
        self.rows += stretch.outdoor_c.len();
        self.book.add(stretch, scenario);
        let (chosen, _) = channels::select(stretch, &scenario.record.channels);
        let Ok(groups) = Grouping::new(stretch, scenario.period.record_s) else {
            return;
        };
        if wanted.parquet {
            let columns = std::mem::replace(&mut self.columns, Ok(None));
            self.columns = columns.and_then(|begun| {
                let mut writer = match begun {
                    Some(writer) => writer,
                    None => columns::Writer::new(Vec::new(), &chosen, zone_name(scenario))?,
                };
                writer.add(&chosen, &groups, 0)?;
                Ok(Some(writer))
            });
        }
        if wanted.csv {
            // Memory takes everything.
            let _: io::Result<()> = self.add_text(&chosen, &groups, scenario);
        }
    }

    fn add_text(
        &mut self,
        chosen: &[channels::Channel<'_>],
        groups: &Grouping,
        scenario: &Scenario,
    ) -> io::Result<()> {
        if self.text.is_none() {
            let mut text = Hashing::new(Vec::new());
            csv::write_head(&mut text, chosen)?;
            self.text = Some(text);
        }
        let Some(file) = &mut self.text else {
            return Ok(());
        };
        let mut text = Vec::with_capacity(csv::expected_bytes(groups.len(), chosen.len()));
        let zone = &scenario.site.timezone;
        csv::push_rows(&mut text, chosen, groups, 0..groups.len(), zone);
        file.write_all(&text)
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

    /// Rows of the traces, and in a stretch.
    const ROWS: usize = 1500;
    const STRETCH: usize = 288;

    /// What becomes of a device of which so many rows were closed when it was
    /// taken: both files, the book in words, and how many rows were begun.
    fn made(record_s: u32, closed: &[usize], most_bytes: usize) -> ([Vec<u8>; 2], String, usize) {
        let mut scenario = scenario();
        scenario.period.record_s = record_s;
        let ahead = Ahead::within(&scenario, true, 1, most_bytes);
        rayon::scope(|scope| {
            for &closed in closed {
                ahead.take(scope, 0, &trace(ROWS, closed), closed);
            }
        });
        let begun = lock(&ahead.devices[0].begun).rows;
        let whole = trace(ROWS, ROWS);
        let file = |write: &dyn Fn(&mut dyn Beginning)| {
            let mut sink = Hashing::new(Vec::new());
            write(&mut sink);
            let (file, bytes, sha256) = sink.finish();
            let mut again = Hashing::new(Vec::new());
            again.write_all(&file).unwrap();
            assert_eq!(again.finish(), (file.clone(), bytes, sha256));
            file
        };
        let files = [
            file(&|sink| ahead.csv(sink, 0, &whole).unwrap()),
            file(&|sink| ahead.parquet(sink, 0, &whole).unwrap()),
        ];
        (files, format!("{:?}", ahead.book(0, &whole)), begun)
    }

    #[test]
    fn all_has_the_same_bytes_however_much_of_it_was_begun() {
        for record_s in [900, 2700] {
            let (plain, book, begun) = made(record_s, &[], usize::MAX);
            assert_eq!(begun, 0);
            let takes: [&[usize]; 4] = [&[300], &[863, 864], &[100, 700, 1499], &[1500]];
            for closed in takes {
                let (files, same, begun) = made(record_s, closed, usize::MAX);
                assert_eq!(begun, closed.last().unwrap() / STRETCH * STRETCH);
                assert!(files == plain, "{record_s} s, {closed:?} rows");
                assert_eq!(same, book);
            }
        }
    }

    #[test]
    fn what_has_no_room_is_written_at_the_end() {
        let (plain, book, _) = made(900, &[], 0);
        // Of the channels: two, and the reasons.
        let stretch = csv::expected_bytes(STRETCH, 2 + Reason::COUNT);
        for (most_bytes, expected) in [(0, 0), (stretch - 1, 0), (stretch, 1), (3 * stretch, 3)] {
            let (files, same, begun) = made(900, &[600, 1500], most_bytes);
            assert_eq!(begun, expected * STRETCH);
            assert!(files == plain);
            assert_eq!(same, book);
        }
    }
}

//! What becomes of a run's rows while it goes on: a device is simulated by one
//! thread, and others have time to put its days into digits, columns and books.
//!
//! Files are written without their names, so that a run that fails or is stopped
//! leaves none ([`Store`]).

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use parquet::errors::ParquetError;
use rayon::Scope;

use super::hashing::Hashing;
use super::{Cause, Store};
use crate::metrics::Book;
use crate::model::Scenario;
use crate::trace::resample::Grouping;
use crate::trace::{DeviceTrace, channels, csv, parquet as columns};
use crate::units::S_PER_DAY;

/// Rows are taken in stretches of so many days: the first holds the first local
/// day, wherever it begins, and files' rows divide a day.
const STRETCH_DAYS: u32 = 3;

/// So many devices have their files open while the run goes on; a system lets a
/// program have a thousand or so. Those of further ones are written at the end.
const MOST_OPEN: usize = 64;

/// What there is of a run's devices; their files are `F`.
pub struct Ahead<'a, F: Write + Send> {
    scenario: &'a Scenario,
    /// In the order of the result.
    devices: Vec<Line<F>>,
}

/// The work on a device: one stretch after the other.
struct Line<F: Write + Send> {
    /// Rows that were taken.
    taken: AtomicUsize,
    waiting: Mutex<Waiting>,
    begun: Mutex<Begun<F>>,
}

#[derive(Default)]
struct Waiting {
    stretches: VecDeque<DeviceTrace>,
    /// Some thread is at them.
    in_work: bool,
}

/// A device's files and figures, from its first row on.
struct Begun<F: Write + Send> {
    rows: usize,
    text: Text<F>,
    columns: Columns<F>,
    book: Book,
}

/// A CSV file in the making.
#[derive(Default)]
enum Text<F> {
    /// Nobody wants it yet, or somebody has it.
    #[default]
    None,
    Empty(F),
    Rows(Hashing<F>),
    Failed(io::Error),
}

/// A Parquet file in the making.
#[derive(Default)]
enum Columns<F: Write + Send> {
    #[default]
    None,
    Empty(F),
    Rows(Box<columns::Writer<Hashing<F>>>),
    Failed(ParquetError),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a, F: Write + Send> Ahead<'a, F> {
    /// Of a run that is to begin, with its files in `store`; without one for its
    /// figures alone.
    pub fn new<S: Store<File = F>>(
        scenario: &'a Scenario,
        store: Option<&mut S>,
    ) -> io::Result<Self> {
        let devices = scenario.users.iter().map(|u| u.devices.len()).sum();
        Self::of_devices(scenario, devices, store)
    }

    /// Of a run that is over: all is still to be done.
    pub fn nothing(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            devices: Vec::new(),
        }
    }

    fn of_devices<S: Store<File = F>>(
        scenario: &'a Scenario,
        devices: usize,
        mut store: Option<&mut S>,
    ) -> io::Result<Self> {
        let record = &scenario.record;
        let mut begin = |wanted: bool| match &mut store {
            Some(store) if wanted => store.begin().map(Some),
            _ => Ok(None),
        };
        let line = |number: usize| -> io::Result<Line<F>> {
            let open = number < MOST_OPEN;
            Ok(Line {
                taken: AtomicUsize::new(0),
                waiting: Mutex::default(),
                begun: Mutex::new(Begun {
                    rows: 0,
                    text: begin(open && record.csv)?.map_or(Text::None, Text::Empty),
                    columns: begin(open && record.parquet)?.map_or(Columns::None, Columns::Empty),
                    book: Book::default(),
                }),
            })
        };
        let devices = (0..devices).map(line).collect::<io::Result<_>>()?;
        Ok(Self { scenario, devices })
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
        while closed >= first + rows {
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
    fn work(&self, line: &Line<F>) {
        let mut begun = lock(&line.begun);
        loop {
            let stretch = {
                let mut waiting = lock(&line.waiting);
                let next = waiting.stretches.pop_front();
                waiting.in_work = next.is_some();
                next
            };
            match stretch {
                Some(stretch) => begun.add(&stretch, self.scenario),
                None => return,
            }
        }
    }

    /// Something that was begun of a device, for once, and the rows in it.
    fn begun<T: Default>(
        &self,
        device: usize,
        of: impl FnOnce(&mut Begun<F>) -> &mut T,
    ) -> (T, usize) {
        let Some(line) = self.devices.get(device) else {
            return (T::default(), 0);
        };
        let mut begun = lock(&line.begun);
        let rows = begun.rows;
        (std::mem::take(of(&mut begun)), rows)
    }

    /// A device's book with all its rows, for once. The scope's tasks must have
    /// ended, as for all that follows.
    pub fn book(&self, device: usize, trace: &DeviceTrace) -> Book {
        let (mut book, mut first) = self.begun(device, |begun| &mut begun.book);
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

    /// Writes a device's rows as CSV, for once: into the file that was begun, or
    /// into one that is begun now.
    pub(super) fn csv(
        &self,
        device: usize,
        trace: &DeviceTrace,
        begin: impl FnOnce() -> io::Result<F>,
    ) -> Result<Hashing<F>, Cause> {
        let (chosen, _) = channels::select(trace, &self.scenario.record.channels);
        let groups = Grouping::new(trace, self.scenario.period.record_s)?;
        let (text, rows) = self.begun(device, |begun| &mut begun.text);
        let (mut file, first) = match text {
            Text::Failed(fault) => return Err(fault.into()),
            Text::Rows(file) => (file, groups.whole_in(rows)),
            Text::Empty(file) => (csv_file(file, &chosen)?, 0),
            Text::None => (csv_file(begin()?, &chosen)?, 0),
        };
        let zone = &self.scenario.site.timezone;
        csv::write_rows(&mut file, &chosen, &groups, first, zone)?;
        Ok(file)
    }

    /// The same as Parquet.
    pub(super) fn parquet(
        &self,
        device: usize,
        trace: &DeviceTrace,
        begin: impl FnOnce() -> io::Result<F>,
    ) -> Result<Hashing<F>, Cause> {
        let (chosen, _) = channels::select(trace, &self.scenario.record.channels);
        let groups = Grouping::new(trace, self.scenario.period.record_s)?;
        let (columns, rows) = self.begun(device, |begun| &mut begun.columns);
        let zone = zone_name(self.scenario);
        let new = |file| columns::Writer::new(Hashing::new(file), &chosen, zone);
        let (mut writer, first) = match columns {
            Columns::Failed(fault) => return Err(fault.into()),
            Columns::Rows(writer) => (*writer, groups.whole_in(rows)),
            Columns::Empty(file) => (new(file)?, 0),
            Columns::None => (new(begin()?)?, 0),
        };
        writer.add(&chosen, &groups, first)?;
        Ok(writer.finish()?)
    }
}

/// Internal rows that are taken in one go.
fn stretch_rows(trace: &DeviceTrace) -> usize {
    (STRETCH_DAYS * S_PER_DAY as u32 / trace.step_s.max(1)) as usize
}

fn zone_name(scenario: &Scenario) -> &str {
    scenario.site.timezone.iana_name().unwrap_or("")
}

/// A file with the line of names.
fn csv_file<F: Write>(file: F, chosen: &[channels::Channel<'_>]) -> io::Result<Hashing<F>> {
    let mut file = Hashing::new(file);
    csv::write_head(&mut file, chosen)?;
    Ok(file)
}

impl<F: Write + Send> Begun<F> {
    /// Adds a stretch. What is wrong with it is said when files are finished.
    fn add(&mut self, stretch: &DeviceTrace, scenario: &Scenario) {
        self.rows += stretch.outdoor_c.len();
        self.book.add(stretch, scenario);
        let (chosen, _) = channels::select(stretch, &scenario.record.channels);
        let Ok(groups) = Grouping::new(stretch, scenario.period.record_s) else {
            return;
        };
        self.text = std::mem::take(&mut self.text)
            .and(&chosen, &groups, scenario)
            .unwrap_or_else(Text::Failed);
        self.columns = std::mem::take(&mut self.columns)
            .and(&chosen, &groups, scenario)
            .unwrap_or_else(Columns::Failed);
    }
}

impl<F: Write> Text<F> {
    /// With rows more.
    fn and(
        self,
        chosen: &[channels::Channel<'_>],
        groups: &Grouping,
        scenario: &Scenario,
    ) -> io::Result<Self> {
        let mut file = match self {
            Text::Empty(file) => csv_file(file, chosen)?,
            Text::Rows(file) => file,
            nothing => return Ok(nothing),
        };
        let mut text = Vec::with_capacity(csv::expected_bytes(groups.len(), chosen.len()));
        let zone = &scenario.site.timezone;
        csv::push_rows(&mut text, chosen, groups, 0..groups.len(), zone);
        file.write_all(&text)?;
        Ok(Text::Rows(file))
    }
}

impl<F: Write + Send> Columns<F> {
    /// With rows more.
    fn and(
        self,
        chosen: &[channels::Channel<'_>],
        groups: &Grouping,
        scenario: &Scenario,
    ) -> Result<Self, ParquetError> {
        let mut writer = match self {
            Columns::Empty(file) => {
                let zone = zone_name(scenario);
                Box::new(columns::Writer::new(Hashing::new(file), chosen, zone)?)
            }
            Columns::Rows(writer) => writer,
            nothing => return Ok(nothing),
        };
        writer.add(chosen, groups, 0)?;
        Ok(Columns::Rows(writer))
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

    /// A place in memory.
    struct Memory;

    impl Store for Memory {
        type File = Vec<u8>;
        type Staged = Vec<u8>;
        fn begin(&mut self) -> io::Result<Vec<u8>> {
            Ok(Vec::new())
        }
        fn close(&mut self, file: Vec<u8>) -> io::Result<Vec<u8>> {
            Ok(file)
        }
        fn begin_commit(&mut self) -> io::Result<()> {
            Ok(())
        }
        fn commit(&mut self, _file: Vec<u8>, _name: &str) -> io::Result<()> {
            Ok(())
        }
        fn finish(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What becomes of a device of which so many rows were closed when it was
    /// taken: both files, the book in words, and how many rows were begun.
    fn made(record_s: u32, closed: &[usize]) -> ([Vec<u8>; 2], String, usize) {
        let mut scenario = scenario();
        scenario.period.record_s = record_s;
        let ahead = Ahead::of_devices(&scenario, 1, Some(&mut Memory)).unwrap();
        rayon::scope(|scope| {
            for &closed in closed {
                ahead.take(scope, 0, &trace(ROWS, closed), closed);
            }
        });
        let begun = lock(&ahead.devices[0].begun).rows;
        let whole = trace(ROWS, ROWS);
        let files = [
            ahead.csv(0, &whole, || unreachable!()).unwrap(),
            ahead.parquet(0, &whole, || unreachable!()).unwrap(),
        ];
        let files = files.map(|file| {
            let (file, bytes, sha256) = file.finish();
            let mut again = Hashing::new(Vec::new());
            again.write_all(&file).unwrap();
            assert_eq!(again.finish(), (file.clone(), bytes, sha256));
            file
        });
        (files, format!("{:?}", ahead.book(0, &whole)), begun)
    }

    #[test]
    fn all_has_the_same_bytes_however_much_of_it_was_begun() {
        for record_s in [900, 2700] {
            let (plain, book, begun) = made(record_s, &[]);
            assert_eq!(begun, 0);
            let takes: [&[usize]; 4] = [&[300], &[863, 864], &[100, 700, 1499], &[1500]];
            for closed in takes {
                let (files, same, begun) = made(record_s, closed);
                assert_eq!(begun, closed.last().unwrap() / STRETCH * STRETCH);
                assert!(files == plain, "{record_s} s, {closed:?} rows");
                assert_eq!(same, book);
            }
        }
    }

    #[test]
    fn no_more_files_are_open_than_a_system_allows() {
        let scenario = scenario();
        let ahead = Ahead::of_devices(&scenario, 3 * MOST_OPEN, Some(&mut Memory)).unwrap();
        let open = |line: &&Line<Vec<u8>>| matches!(lock(&line.begun).text, Text::Empty(_));
        assert_eq!(ahead.devices.iter().filter(open).count(), MOST_OPEN);
        // A device beyond has the same files.
        rayon::scope(|scope| {
            for device in [0, MOST_OPEN] {
                ahead.take(scope, device, &trace(ROWS, ROWS), ROWS);
            }
        });
        let whole = trace(ROWS, ROWS);
        let csv = |device| ahead.csv(device, &whole, || Ok(Vec::new())).unwrap();
        assert!(csv(0).finish() == csv(MOST_OPEN).finish());
    }

    /// A file that takes so many bytes.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, data: &[u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let n = data.len().min(self.0);
            self.0 -= n;
            Ok(n)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn fails_for_a_disk_that_fills_while_the_run_goes_on() {
        let scenario = scenario();
        for room in [0, 10, 100_000] {
            let begun = Begun {
                rows: 0,
                text: Text::Empty(Full(room)),
                columns: Columns::Empty(Full(room)),
                book: Book::default(),
            };
            let ahead = Ahead {
                scenario: &scenario,
                devices: vec![Line {
                    taken: AtomicUsize::new(0),
                    waiting: Mutex::default(),
                    begun: Mutex::new(begun),
                }],
            };
            rayon::scope(|scope| ahead.take(scope, 0, &trace(ROWS, ROWS), ROWS));
            let whole = trace(ROWS, ROWS);
            let begin = || -> io::Result<Full> { unreachable!() };
            assert!(ahead.csv(0, &whole, begin).is_err(), "{room}");
            // Its figures are there all the same.
            let book = Ahead::<Full>::nothing(&scenario).book(0, &whole);
            assert_eq!(format!("{:?}", ahead.book(0, &whole)), format!("{book:?}"));
            let parquet = ahead.parquet(0, &whole, begin).map(|f| f.finish().1);
            assert!(parquet.is_err() || room == 100_000, "{room}");
        }
    }
}

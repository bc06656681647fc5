//! The journal of finished runs: records in frames, appended and synced.
//!
//! A frame is the length of its record, the CRC-32 of the record (both 32 bits,
//! little endian), and the record (postcard). What a killed program or a power
//! cut leaves of an unfinished frame is cut off when the journal is opened; a
//! frame whose checksum is wrong ends the journal too, and what comes after it
//! is run again. The first 64 bytes say what study the journal belongs to.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::Crc;
use serde::{Deserialize, Serialize};

const MAGIC: &[u8; 32] = b"heatloop study journal, format 1";
const HEAD: u64 = 64;
/// A longer record is damage, not a record.
const LONGEST: u32 = 1 << 26;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Done,
    /// The varied scenario has faults.
    Invalid,
    /// The run could not be done or finished.
    Failed,
    /// A fault in Heatloop itself.
    Panicked,
    /// Not run: a condition of the study does not hold (searches only).
    NotAllowed,
}

impl Status {
    /// As results write it.
    pub fn name(self) -> &'static str {
        match self {
            Status::Done => "ok",
            Status::Invalid => "invalid",
            Status::Failed => "failed",
            Status::Panicked => "panicked",
            Status::NotAllowed => "not allowed",
        }
    }
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub row: u64,
    /// Digest of what was varied: a row that would be another run now is no result.
    pub of: u64,
    pub status: Status,
    pub reason: String,
    /// One a column; NaN where there is no figure. Empty unless done.
    pub values: Vec<f64>,
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
    /// Where the last whole frame ends.
    end: u64,
    /// Where the frame of a row begins; 0: not there.
    index: Vec<u64>,
    count: usize,
    buffer: Vec<u8>,
}

/// What opening found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Bytes that were cut off.
    pub cut: u64,
    /// It was made anew.
    pub made: bool,
}

/// The journal could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("it belongs to another study")]
    Foreign,
    #[error("it does not begin as a journal")]
    Garbage,
}

impl Journal {
    /// Opens the journal of the study with digest `of`, or makes it.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn open(path: &Path, of: &[u8; 32]) -> Result<(Self, Found), JournalError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let length = file.metadata()?.len();
        let mut journal = Self {
            end: HEAD,
            index: Vec::new(),
            count: 0,
            buffer: Vec::new(),
            file: file.try_clone()?,
        };
        let mut head = [0; HEAD as usize];
        head[..32].copy_from_slice(MAGIC);
        head[32..].copy_from_slice(of);
        if length < HEAD {
            // New, or its making was cut short: there is no record yet.
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&head)?;
            file.sync_data()?;
            let made = true;
            return Ok((journal, Found { cut: length, made }));
        }
        let mut found = [0; HEAD as usize];
        file.seek(SeekFrom::Start(0))?;
        file.read_exact(&mut found)?;
        if found[..32] != head[..32] {
            return Err(JournalError::Garbage);
        }
        if found != head {
            return Err(JournalError::Foreign);
        }
        let mut reader = BufReader::with_capacity(1 << 20, &file);
        let mut payload = Vec::new();
        while let Some(record) = next(&mut reader, &mut payload)? {
            journal.note(record.row, journal.end);
            journal.end += 8 + payload.len() as u64;
        }
        let cut = length - journal.end;
        if cut > 0 {
            file.set_len(journal.end)?;
            file.sync_data()?;
        }
        Ok((journal, Found { cut, made: false }))
    }

    /// Digest of the study that a file is the journal of; `None`: it is none.
    pub fn of(path: &Path) -> Option<[u8; 32]> {
        let mut head = [0; HEAD as usize];
        let mut file = File::open(path).ok()?;
        file.read_exact(&mut head).ok()?;
        let (magic, of) = head.split_at(32);
        (magic == MAGIC).then(|| of.try_into().ok())?
    }

    fn note(&mut self, row: u64, at: u64) {
        let row = row as usize;
        if self.index.len() <= row {
            self.index.resize(row + 1, 0);
        }
        if self.index[row] == 0 {
            self.index[row] = at;
            self.count += 1;
        }
    }

    /// Whether a row is there.
    pub fn has(&self, row: usize) -> bool {
        self.index.get(row).is_some_and(|at| *at != 0)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Appends records and syncs them. Where the disk takes not all of them,
    /// those that it takes are kept, whole; gives how many.
    ///
    /// # Errors
    /// What the operating system says; the journal stays valid.
    pub fn append(&mut self, records: &[Record]) -> Result<(), (usize, io::Error)> {
        let mut ends = Vec::with_capacity(records.len());
        self.buffer.clear();
        for record in records {
            frame(record, &mut self.buffer).map_err(|e| (0, e))?;
            ends.push(self.buffer.len());
        }
        match self.write(0, self.buffer.len()) {
            Ok(()) => {
                self.accept(records, &ends);
                Ok(())
            }
            Err(fault) => {
                // All at once does not go: one by one, as far as there is room.
                let mut start = 0;
                for (i, end) in ends.iter().enumerate() {
                    if self.write(start, *end).is_err() {
                        return Err((i, fault));
                    }
                    self.accept(&records[i..=i], &[end - start]);
                    start = *end;
                }
                Err((records.len(), fault))
            }
        }
    }

    /// Puts a part of the buffer at the end, or leaves no trace of it.
    fn write(&mut self, from: usize, to: usize) -> io::Result<()> {
        let bytes = &self.buffer[from..to];
        let mut file = &self.file;
        let written = file
            .seek(SeekFrom::Start(self.end))
            .and_then(|_| file.write_all(bytes))
            .and_then(|()| file.sync_data());
        if written.is_err() {
            let _ = self.file.set_len(self.end); // else opening cuts it off
        }
        written
    }

    /// Enters records that are written; `ends` count from the old end.
    fn accept(&mut self, records: &[Record], ends: &[usize]) {
        let mut start = 0;
        for (record, end) in records.iter().zip(ends) {
            self.note(record.row, self.end + start as u64);
            start = *end;
        }
        self.end += start as u64;
    }

    /// The record of a row, if it is there.
    ///
    /// # Errors
    /// What the operating system says; a record that is no longer what it was.
    pub fn record(&self, row: usize) -> io::Result<Option<Record>> {
        let Some(at) = self.index.get(row).copied().filter(|at| *at != 0) else {
            return Ok(None);
        };
        let mut file = &self.file;
        file.seek(SeekFrom::Start(at))?;
        let mut payload = Vec::new();
        match next(&mut file, &mut payload)? {
            Some(record) if record.row as usize == row => Ok(Some(record)),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "the journal's record of run {} changed while it was open",
                    row + 1
                ),
            )),
        }
    }
}

fn frame(record: &Record, buffer: &mut Vec<u8>) -> io::Result<()> {
    let payload = postcard::to_stdvec(record).map_err(io::Error::other)?;
    let length = u32::try_from(payload.len()).map_err(io::Error::other)?;
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(&checksum(&payload).to_le_bytes());
    buffer.extend_from_slice(&payload);
    Ok(())
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The next whole record; `None` at the end, or where what follows is none.
fn next(reader: &mut impl Read, payload: &mut Vec<u8>) -> io::Result<Option<Record>> {
    let mut head = [0; 8];
    if !fill(reader, &mut head)? {
        return Ok(None);
    }
    let (length, sum) = head.split_at(4);
    let word = |b: &[u8]| b.iter().rev().fold(0_u32, |w, b| w << 8 | u32::from(*b));
    let length = word(length);
    if length > LONGEST {
        return Ok(None);
    }
    payload.clear();
    payload.resize(length as usize, 0);
    if !fill(reader, payload)? || checksum(payload) != word(sum) {
        return Ok(None);
    }
    Ok(postcard::from_bytes(payload).ok())
}

/// Reads all of `buffer`, or says that the file ends before.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(row: u64) -> Record {
        Record {
            row,
            of: row * 3,
            status: Status::Done,
            reason: String::new(),
            values: vec![row as f64 / 3.0, f64::NAN],
        }
    }

    fn open(path: &Path) -> (Journal, Found) {
        Journal::open(path, &[7; 32]).unwrap()
    }

    #[test]
    fn a_journal_cut_at_any_byte_keeps_its_whole_records_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("whole");
        let (mut journal, _) = open(&whole);
        let mut ends = vec![HEAD];
        for row in 0..4 {
            journal.append(&[record(row)]).unwrap();
            ends.push(journal.end);
        }
        let bytes = std::fs::read(&whole).unwrap();
        for length in 0..=bytes.len() as u64 {
            let path = folder.path().join("cut");
            std::fs::write(&path, &bytes[..length as usize]).unwrap();
            let (mut journal, found) = open(&path);
            let kept = ends
                .iter()
                .filter(|e| **e <= length)
                .count()
                .saturating_sub(1);
            assert_eq!(journal.len(), kept, "{length}");
            let expected = if length < HEAD {
                length
            } else {
                length - ends[kept]
            };
            assert_eq!(found.cut, expected, "{length}");
            assert_eq!(found.made, length < HEAD, "{length}");
            journal.append(&[record(9)]).unwrap();
            let (journal, found) = open(&path);
            assert_eq!((journal.len(), found.cut), (kept + 1, 0), "{length}");
            assert_eq!(journal.record(9).unwrap().unwrap().of, 27);
        }
    }

    #[test]
    fn a_flipped_bit_ends_the_journal_before_its_record() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (mut journal, _) = open(&path);
        journal.append(&[record(0), record(1), record(2)]).unwrap();
        let middle = journal.index[1] as usize;
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[middle + 12] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let (journal, _) = open(&path);
        assert!(journal.has(0) && !journal.has(1) && !journal.has(2));
    }

    #[test]
    fn fails_for_the_journal_of_another_study() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        drop(open(&path));
        assert!(matches!(
            Journal::open(&path, &[8; 32]),
            Err(JournalError::Foreign)
        ));
        std::fs::write(&path, [b'?'; 100]).unwrap();
        assert!(matches!(
            Journal::open(&path, &[7; 32]),
            Err(JournalError::Garbage)
        ));
    }
}

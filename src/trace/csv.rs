//! A trace as comma-separated values after RFC 4180: a header line, CRLF line
//! ends, fields quoted where they need it. The first two columns are the
//! start of the interval in UTC and in local civil time with its offset, so
//! that the hours of a clock change stay apart. Numbers have a fixed count of
//! decimals by channel; a value that is not finite is an empty field.
//!
//! Digits are written by hand: `write!` takes several times as long, and full
//! traces cost more than the simulation.

use std::io::{self, Write};
use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::channels::Channel;
use super::resample::Grouping;

/// Rows whose text is made in one go, and how many of those side by side.
const ROWS_A_PIECE: usize = 256;
const PIECES: usize = 16;

/// Writes the channels, one row a group. The sink needs no buffer of its own.
pub fn write(
    out: &mut dyn Write,
    channels: &[Channel<'_>],
    groups: &Grouping,
    zone: &TimeZone,
) -> io::Result<()> {
    write_head(out, channels)?;
    write_rows(out, channels, groups, 0, zone)
}

/// Writes the line of names.
pub fn write_head(out: &mut dyn Write, channels: &[Channel<'_>]) -> io::Result<()> {
    let mut head = b"time_utc,time_local".to_vec();
    for channel in channels {
        head.push(b',');
        push_field(&mut head, &channel.name);
    }
    head.extend_from_slice(b"\r\n");
    out.write_all(&head)
}

/// Writes the rows from row `first` on.
pub fn write_rows(
    out: &mut dyn Write,
    channels: &[Channel<'_>],
    groups: &Grouping,
    first: usize,
    zone: &TimeZone,
) -> io::Result<()> {
    let pieces: Vec<usize> = (first..groups.len()).step_by(ROWS_A_PIECE).collect();
    for pieces in pieces.chunks(PIECES) {
        let texts: Vec<Vec<u8>> = pieces
            .par_iter()
            .map(|&first| {
                let rows = first..(first + ROWS_A_PIECE).min(groups.len());
                let mut text = Vec::with_capacity(expected_bytes(rows.len(), channels.len()));
                push_rows(&mut text, channels, groups, rows, zone);
                text
            })
            .collect();
        for text in texts {
            out.write_all(&text)?;
        }
    }
    Ok(())
}

/// Appends the lines of some rows.
pub fn push_rows(
    text: &mut Vec<u8>,
    channels: &[Channel<'_>],
    groups: &Grouping,
    rows: Range<usize>,
    zone: &TimeZone,
) {
    for row in rows {
        let values = values(channels, groups, row);
        push_row(text, groups.start_s(row), values, zone);
    }
}

/// How long the text of so many rows is, roughly, bytes.
pub fn expected_bytes(rows: usize, channels: usize) -> usize {
    rows * (60 + 9 * channels)
}

/// Values of a row, each with its count of decimals.
fn values(
    channels: &[Channel<'_>],
    groups: &Grouping,
    row: usize,
) -> impl Iterator<Item = (f64, u8)> {
    let (from, to) = groups.range(row);
    channels
        .iter()
        .map(move |c| (c.merged(from, to), c.definition.decimals))
}

fn push_row(
    line: &mut Vec<u8>,
    start_s: i64,
    values: impl Iterator<Item = (f64, u8)>,
    zone: &TimeZone,
) {
    push_time(line, start_s, &TimeZone::UTC);
    line.push(b',');
    push_time(line, start_s, zone);
    for (value, decimals) in values {
        push_next(line, value, decimals);
    }
    line.extend_from_slice(b"\r\n");
}

/// A text field, quoted where it holds a comma, quote or line break.
fn push_field(line: &mut Vec<u8>, text: &str) {
    if text.contains([',', '"', '\r', '\n']) {
        line.push(b'"');
        line.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        line.push(b'"');
    } else {
        line.extend_from_slice(text.as_bytes());
    }
}

/// RFC 3339 with `Z` for UTC and a numeric offset elsewhere, to the second.
fn push_time(line: &mut Vec<u8>, at_s: i64, zone: &TimeZone) {
    let Ok(stamp) = Timestamp::from_second(at_s) else {
        return;
    };
    let offset = zone.to_offset(stamp);
    let civil = offset.to_datetime(stamp);
    let digits = |line: &mut Vec<u8>, value: i32, count: u32| {
        for place in (0..count).rev() {
            line.push(b'0' + (value / 10_i32.pow(place) % 10) as u8);
        }
    };
    digits(line, i32::from(civil.year()).max(0), 4);
    for (mark, value) in [
        (b'-', civil.month()),
        (b'-', civil.day()),
        (b'T', civil.hour()),
        (b':', civil.minute()),
        (b':', civil.second()),
    ] {
        line.push(mark);
        digits(line, i32::from(value), 2);
    }
    let minutes = offset.seconds() / 60;
    if *zone == TimeZone::UTC {
        line.push(b'Z');
    } else {
        line.push(if minutes < 0 { b'-' } else { b'+' });
        digits(line, minutes.abs() / 60, 2);
        line.push(b':');
        digits(line, minutes.abs() % 60, 2);
    }
}

/// Powers of ten.
const SCALES: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/// The two digits of each number below 100.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut n = 0;
    while n < 100 {
        pairs[n] = [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
        n += 1;
    }
    pairs
};

/// A number with a fixed count of decimals, 9 at most, rounded half away from
/// zero. A zero has no sign. Not finite: nothing.
pub(crate) fn push_number(line: &mut Vec<u8>, value: f64, decimals: u8) {
    let mut text = Digits::default();
    match text.write(value, decimals) {
        true => line.extend_from_slice(text.text()),
        false if value.is_finite() => {
            line.extend_from_slice(format!("{value:.*}", usize::from(decimals)).as_bytes());
        }
        false => {}
    }
}

/// As [`push_number`], with a comma before it.
fn push_next(line: &mut Vec<u8>, value: f64, decimals: u8) {
    if value == 0.0 {
        // Many are: reasons that do not hold, a unit that stands still.
        let length = if decimals > 0 { 3 + decimals } else { 2 };
        line.extend_from_slice(&b",0.000000000"[..usize::from(length)]);
        return;
    }
    let mut text = Digits::default();
    if text.write(value, decimals) {
        text.put(b',');
        line.extend_from_slice(text.text());
    } else {
        line.push(b',');
        push_number(line, value, decimals);
    }
}

/// The text of a number, written from its end: a comma, a sign, 16 digits and a
/// point at most.
struct Digits {
    text: [u8; Self::LENGTH],
    at: usize,
}

impl Default for Digits {
    fn default() -> Self {
        Self {
            text: [b'0'; Self::LENGTH],
            at: Self::LENGTH,
        }
    }
}

impl Digits {
    const LENGTH: usize = 32;
    /// Up to here whole numbers and halves between them are exact.
    const LARGE: f64 = 9.0e15;

    fn text(&self) -> &[u8] {
        &self.text[self.at..]
    }

    fn put(&mut self, byte: u8) {
        self.at -= 1;
        self.text[self.at] = byte;
    }

    /// Writes a number; false, and nothing, where it is large or not finite.
    fn write(&mut self, value: f64, decimals: u8) -> bool {
        let scaled = (value * SCALES[usize::from(decimals)]).abs();
        if scaled.is_nan() || scaled >= Self::LARGE {
            return false;
        }
        // Exact: below 2^53 the whole part and the rest both are.
        let whole = scaled as u64;
        let all = whole + u64::from(scaled - whole as f64 >= 0.5);
        let mut left = all;
        for _ in 0..decimals / 2 {
            left = self.pair(left);
        }
        if decimals % 2 == 1 {
            left = self.digit(left);
        }
        if decimals > 0 {
            self.put(b'.');
        }
        while left >= 100 {
            left = self.pair(left);
        }
        match left {
            0..10 => self.digit(left),
            _ => self.pair(left),
        };
        if value < 0.0 && all > 0 {
            self.put(b'-');
        }
        true
    }

    /// Writes the last two digits; what is left of the number.
    fn pair(&mut self, number: u64) -> u64 {
        self.at -= 2;
        self.text[self.at..self.at + 2].copy_from_slice(&PAIRS[(number % 100) as usize]);
        number / 100
    }

    /// Writes the last digit.
    fn digit(&mut self, number: u64) -> u64 {
        self.put(b'0' + (number % 10) as u8);
        number / 10
    }
}

//! Traces read back from their files, and traces of a run as a file would hold
//! them: columns of 32-bit numbers over equal intervals. For comparisons; no
//! simulation starts from them.

use std::path::Path;

use jiff::Timestamp;
use parquet::column::reader::ColumnReader;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::resample::{Grouping, Misfit};
use super::{DeviceTrace, channels};

/// A trace as its file holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    /// Start of the first interval, s since the epoch.
    pub start_s: i64,
    /// Length of an interval; 0 where there is only one.
    pub step_s: i64,
    /// Intervals.
    pub rows: usize,
    pub columns: Vec<Column>,
}

/// A channel's values. What was not finite is NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    pub values: Vec<f32>,
}

/// Why a trace can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("it can't be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("it is no trace in Parquet: {0}")]
    Parquet(#[from] ParquetError),
    #[error("it is no trace in CSV: {0}")]
    Csv(#[from] ::csv::Error),
    #[error("it is no trace: {0}")]
    Shape(String),
}

fn shape(text: impl Into<String>) -> ReadError {
    ReadError::Shape(text.into())
}

impl Recorded {
    /// The chosen channels of a run, merged to intervals of `record_s`.
    ///
    /// # Errors
    /// An interval that is no multiple of the trace's own.
    pub fn of(trace: &DeviceTrace, patterns: &[String], record_s: u32) -> Result<Self, Misfit> {
        let (chosen, _) = channels::select(trace, patterns);
        let groups = Grouping::new(trace, record_s)?;
        let rows = groups.len();
        let columns = chosen
            .iter()
            .map(|channel| Column {
                name: channel.name.clone(),
                values: (0..rows)
                    .map(|i| {
                        let (from, to) = groups.range(i);
                        channel.merged(from, to) as f32
                    })
                    .collect(),
            })
            .collect();
        let step_s = if rows > 1 {
            groups.start_s(1) - groups.start_s(0)
        } else {
            0
        };
        Ok(Self {
            start_s: trace.start_s,
            step_s,
            rows,
            columns,
        })
    }

    /// A channel's values.
    pub fn column(&self, name: &str) -> Option<&[f32]> {
        let found = self.columns.iter().find(|c| c.name == name);
        found.map(|c| c.values.as_slice())
    }

    /// Start of interval `i`, s since the epoch.
    pub fn at_s(&self, i: usize) -> i64 {
        self.start_s + i as i64 * self.step_s
    }

    /// Reads what [`super::parquet::write`] wrote.
    ///
    /// # Errors
    /// A file that is not there, broken, or no trace.
    pub fn read_parquet(path: &Path) -> Result<Self, ReadError> {
        let file = SerializedFileReader::new(std::fs::File::open(path)?)?;
        let schema = file.metadata().file_metadata().schema_descr_ptr();
        let names: Vec<String> = schema
            .columns()
            .iter()
            .map(|c| c.name().to_owned())
            .collect();
        let mut times_ms: Vec<i64> = Vec::new();
        let mut columns: Vec<Column> = names
            .iter()
            .skip(1)
            .map(|name| Column {
                name: name.clone(),
                values: Vec::new(),
            })
            .collect();
        for group in 0..file.num_row_groups() {
            let group = file.get_row_group(group)?;
            let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            match group.get_column_reader(0)? {
                ColumnReader::Int64ColumnReader(mut r) if names[0] == "time" => {
                    r.read_records(rows, None, None, &mut times_ms)?;
                }
                _ => return Err(shape("its first column is no time")),
            }
            for (i, column) in columns.iter_mut().enumerate() {
                match group.get_column_reader(i + 1)? {
                    ColumnReader::FloatColumnReader(mut r) => {
                        r.read_records(rows, None, None, &mut column.values)?;
                    }
                    _ => {
                        return Err(shape(format!("its column {} has no numbers", column.name)));
                    }
                }
            }
        }
        let starts: Vec<i64> = times_ms.iter().map(|ms| ms.div_euclid(1000)).collect();
        assemble(&starts, columns)
    }

    /// Reads what [`super::csv::write`] wrote.
    ///
    /// # Errors
    /// A file that is not there, broken, or no trace.
    pub fn read_csv(path: &Path) -> Result<Self, ReadError> {
        let mut reader = ::csv::Reader::from_path(path)?;
        let head = reader.headers()?.clone();
        if head.iter().take(2).ne(["time_utc", "time_local"]) {
            return Err(shape("its first columns are no times"));
        }
        let mut columns: Vec<Column> = head
            .iter()
            .skip(2)
            .map(|name| Column {
                name: name.to_owned(),
                values: Vec::new(),
            })
            .collect();
        let mut starts = Vec::new();
        for row in reader.records() {
            let row = row?;
            let line = row.position().map_or(0, ::csv::Position::line);
            let at: Timestamp = row[0]
                .parse()
                .map_err(|_| shape(format!("line {line}: \"{}\" is no instant", &row[0])))?;
            starts.push(at.as_second());
            for (column, cell) in columns.iter_mut().zip(row.iter().skip(2)) {
                let value = match cell {
                    "" => f32::NAN,
                    text => text.parse().map_err(|_| {
                        let name = &column.name;
                        shape(format!("line {line}, {name}: \"{text}\" is no number"))
                    })?,
                };
                column.values.push(value);
            }
        }
        assemble(&starts, columns)
    }
}

/// Equal intervals, and every column as long as they are.
fn assemble(starts: &[i64], columns: Vec<Column>) -> Result<Recorded, ReadError> {
    let rows = starts.len();
    let step_s = if rows > 1 { starts[1] - starts[0] } else { 0 };
    if starts.windows(2).any(|w| w[1] - w[0] != step_s) || (rows > 1 && step_s <= 0) {
        return Err(shape("its intervals differ"));
    }
    if columns.iter().any(|c| c.values.len() != rows) {
        return Err(shape("its columns differ in length"));
    }
    Ok(Recorded {
        start_s: starts.first().copied().unwrap_or(0),
        step_s,
        rows,
        columns,
    })
}

//! Results: one row a run, as CSV and as Parquet, in the order of the design,
//! read from the journal row by row. Numbers are written so that reading them
//! gives the same bits; a figure that a run does not have is an empty cell, or
//! null. No times, no machine: same study, same bytes.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::parameter::Cell;
use super::store::Manifest;
use super::store::journal::{Journal, Record};

/// Rows of a Parquet row group: what is in memory at once.
const GROUP: usize = 8192;

/// What stands before the figures of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Number of the point, from 0.
    pub point: usize,
    pub cells: Vec<Cell>,
    pub seed: i64,
    pub weather: String,
}

/// A table of results.
pub struct Table<'a> {
    pub manifest: &'a Manifest,
    /// Whether each parameter's cells are numbers.
    pub numeric: Vec<bool>,
    /// Whether runs differ in weather.
    pub weathers: bool,
    pub rows: &'a [usize],
    pub head: &'a dyn Fn(usize) -> Head,
    pub journal: &'a Journal,
}

/// Results that can't be written.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("Parquet: {0}")]
    Parquet(#[from] ParquetError),
    #[error("CSV: {0}")]
    Csv(#[from] csv::Error),
}

impl Table<'_> {
    /// A row of the journal; one that is not there is an error of the caller.
    fn record(&self, row: usize) -> io::Result<Record> {
        self.journal.record(row)?.ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("run {} is not in the journal", row + 1),
            )
        })
    }

    /// As CSV.
    ///
    /// # Errors
    /// See [`ResultsError`].
    pub fn csv(&self, out: &mut dyn Write) -> Result<(), ResultsError> {
        let mut csv = csv::Writer::from_writer(out);
        let mut line: Vec<String> = vec!["run".into(), "point".into()];
        line.extend(self.manifest.parameters.iter().map(|p| p.name.clone()));
        line.push("seed".into());
        line.extend(self.weathers.then(|| "weather".to_owned()));
        line.push("status".into());
        line.push("reason".into());
        line.extend(self.manifest.columns.iter().map(|c| c.name.clone()));
        csv.write_record(&line)?;
        for &row in self.rows {
            let record = self.record(row)?;
            let head = (self.head)(row);
            line.clear();
            line.push((row + 1).to_string());
            line.push((head.point + 1).to_string());
            line.extend(head.cells.iter().map(|c| match c {
                Cell::Number(x) => x.to_string(),
                Cell::Text(text) => text.clone(),
            }));
            line.push(head.seed.to_string());
            line.extend(self.weathers.then_some(head.weather));
            line.push(record.status.name().to_owned());
            line.push(record.reason);
            let number = |x: Option<&f64>| match x {
                Some(x) if x.is_finite() => x.to_string(),
                _ => String::new(),
            };
            line.extend((0..self.manifest.columns.len()).map(|i| number(record.values.get(i))));
            csv.write_record(&line)?;
        }
        csv.flush()?;
        Ok(())
    }

    /// As Parquet.
    ///
    /// # Errors
    /// See [`ResultsError`].
    pub fn parquet(&self, out: impl Write + Send) -> Result<(), ResultsError> {
        let mut fields = Vec::new();
        let mut field =
            |name: &str, physical: Physical, repetition: Repetition| -> Result<(), ParquetError> {
                let logical =
                    matches!(physical, Physical::BYTE_ARRAY).then_some(LogicalType::String);
                let built = Type::primitive_type_builder(name, physical)
                    .with_repetition(repetition)
                    .with_logical_type(logical)
                    .build()?;
                fields.push(Arc::new(built));
                Ok(())
            };
        let must = Repetition::REQUIRED;
        field("run", Physical::INT64, must)?;
        field("point", Physical::INT64, must)?;
        for (parameter, numeric) in self.manifest.parameters.iter().zip(&self.numeric) {
            let physical = if *numeric {
                Physical::DOUBLE
            } else {
                Physical::BYTE_ARRAY
            };
            field(&parameter.name, physical, must)?;
        }
        field("seed", Physical::INT64, must)?;
        if self.weathers {
            field("weather", Physical::BYTE_ARRAY, must)?;
        }
        field("status", Physical::BYTE_ARRAY, must)?;
        field("reason", Physical::BYTE_ARRAY, must)?;
        for column in &self.manifest.columns {
            field(&column.name, Physical::DOUBLE, Repetition::OPTIONAL)?;
        }
        let schema = Type::group_type_builder("heatloop_study")
            .with_fields(fields)
            .build()?;
        let described = serde_json::json!({
            "parameters": self.manifest.parameters,
            "columns": self.manifest.columns,
        });
        let properties = WriterProperties::builder()
            .set_created_by(concat!("heatloop ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::LZ4_RAW)
            .set_key_value_metadata(Some(vec![KeyValue::new(
                "heatloop.study".to_owned(),
                described.to_string(),
            )]))
            .build();
        let mut file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        for rows in self.rows.chunks(GROUP) {
            let mut group = file.next_row_group()?;
            self.group(rows, &mut group)?;
            group.close()?;
        }
        file.close()?;
        Ok(())
    }

    fn group<W: Write + Send>(
        &self,
        rows: &[usize],
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ResultsError> {
        let records = rows
            .iter()
            .map(|r| self.record(*r))
            .collect::<io::Result<Vec<_>>>()?;
        let heads: Vec<Head> = rows.iter().map(|r| (self.head)(*r)).collect();
        let number = |x: usize| i64::try_from(x + 1).unwrap_or(i64::MAX);
        integers(group, rows.iter().map(|r| number(*r)).collect())?;
        integers(group, heads.iter().map(|h| number(h.point)).collect())?;
        for (i, numeric) in self.numeric.iter().enumerate() {
            let cells = heads.iter().map(|h| &h.cells[i]);
            if *numeric {
                let values: Vec<f64> = cells
                    .map(|c| match c {
                        Cell::Number(x) => *x,
                        Cell::Text(_) => f64::NAN,
                    })
                    .collect();
                doubles(group, &values, None)?;
            } else {
                texts(
                    group,
                    cells.map(|c| match c {
                        Cell::Number(x) => x.to_string(),
                        Cell::Text(text) => text.clone(),
                    }),
                )?;
            }
        }
        integers(group, heads.iter().map(|h| h.seed).collect())?;
        if self.weathers {
            texts(group, heads.iter().map(|h| h.weather.clone()))?;
        }
        texts(group, records.iter().map(|r| r.status.name().to_owned()))?;
        texts(group, records.iter().map(|r| r.reason.clone()))?;
        for i in 0..self.manifest.columns.len() {
            let known = |r: &Record| r.values.get(i).copied().filter(|x| x.is_finite());
            let levels: Vec<i16> = records
                .iter()
                .map(|r| i16::from(known(r).is_some()))
                .collect();
            let values: Vec<f64> = records.iter().filter_map(known).collect();
            doubles(group, &values, Some(&levels))?;
        }
        Ok(())
    }
}

pub(crate) fn integers<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: Vec<i64>,
) -> Result<(), ParquetError> {
    if let Some(mut column) = group.next_column()? {
        column
            .typed::<Int64Type>()
            .write_batch(&values, None, None)?;
        column.close()?;
    }
    Ok(())
}

pub(crate) fn doubles<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[f64],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    if let Some(mut column) = group.next_column()? {
        column
            .typed::<DoubleType>()
            .write_batch(values, levels, None)?;
        column.close()?;
    }
    Ok(())
}

pub(crate) fn texts<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: impl Iterator<Item = String>,
) -> Result<(), ParquetError> {
    let values: Vec<ByteArray> = values.map(|v| ByteArray::from(v.into_bytes())).collect();
    if let Some(mut column) = group.next_column()? {
        column
            .typed::<ByteArrayType>()
            .write_batch(&values, None, None)?;
        column.close()?;
    }
    Ok(())
}

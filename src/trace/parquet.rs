//! A trace as a Parquet file: a `time` column (INT64, milliseconds, UTC, the
//! interval's start) and one 32-bit float column a channel, byte-stream split
//! and LZ4. Dictionaries are off: measured values hardly repeat, and building
//! one costs more than all the rest. Only `time` has statistics: by it readers pick
//! rows.
//!
//! Units, kinds and meanings of the columns lie in the file's key-value
//! metadata (`heatloop.channels`, JSON), the time zone of the site in
//! `heatloop.time_zone`. `created_by` is a constant, so that the same run
//! gives the same bytes. A value that is not finite is stored as NaN.
//! 32 bits hold 0.000 002 K at 20 degC; what is added up uses 64 bits before.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{FloatType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};

use super::channels::Channel;
use super::resample::Grouping;

/// Rows in a row group: six days of minutes, twelve weeks of quarter-hours. So
/// much of a column fits the nearest caches, and a run has most of its groups
/// made before it ends.
const ROW_GROUP: usize = 1 << 13;

/// Writes the channels, one row a group. `zone_name` is the IANA name.
pub fn write<W: Write + Send>(
    out: W,
    channels: &[Channel<'_>],
    groups: &Grouping,
    zone_name: &str,
) -> Result<(), ParquetError> {
    let mut writer = Writer::new(out, channels, zone_name)?;
    writer.add(channels, groups, 0)?;
    writer.finish().map(drop)
}

/// A file that grows: the same bytes in however many stretches the rows come.
pub struct Writer<W: Write + Send> {
    file: SerializedFileWriter<W>,
    /// Rows that wait for their row group to be full: start, ms since the epoch,
    /// and the values of each channel.
    times: Vec<i64>,
    columns: Vec<Vec<f32>>,
}

impl<W: Write + Send> Writer<W> {
    /// A file without rows. `zone_name` is the IANA name.
    pub fn new(out: W, channels: &[Channel<'_>], zone_name: &str) -> Result<Self, ParquetError> {
        let (schema, properties) = (schema(channels)?, properties(channels, zone_name));
        Ok(Self {
            file: SerializedFileWriter::new(out, schema, Arc::new(properties))?,
            times: Vec::new(),
            columns: vec![Vec::new(); channels.len()],
        })
    }

    /// Adds rows of the same channels that follow in time: those from `first` on.
    pub fn add(
        &mut self,
        channels: &[Channel<'_>],
        groups: &Grouping,
        mut first: usize,
    ) -> Result<(), ParquetError> {
        while first < groups.len() {
            let room = ROW_GROUP - self.times.len();
            let rows = first..(first + room).min(groups.len());
            first = rows.end;
            let starts = rows.clone().map(|row| groups.start_s(row) * 1000);
            self.times.extend(starts);
            for (values, channel) in self.columns.iter_mut().zip(channels) {
                channel.each(groups, rows.clone(), |value| values.push(value as f32));
            }
            if self.times.len() == ROW_GROUP {
                self.write_group()?;
            }
        }
        Ok(())
    }

    /// Ends the file; gives back what it was written to.
    pub fn finish(mut self) -> Result<W, ParquetError> {
        if !self.times.is_empty() {
            self.write_group()?;
        }
        self.file.into_inner()
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut row_group = self.file.next_row_group()?;
        if let Some(mut column) = row_group.next_column()? {
            let times = column.typed::<Int64Type>();
            times.write_batch(&self.times, None, None)?;
            column.close()?;
        }
        self.times.clear();
        for values in &mut self.columns {
            if let Some(mut column) = row_group.next_column()? {
                let column_values = column.typed::<FloatType>();
                column_values.write_batch(values, None, None)?;
                column.close()?;
            }
            values.clear();
        }
        row_group.close()?;
        Ok(())
    }
}

fn schema(channels: &[Channel<'_>]) -> Result<Arc<Type>, ParquetError> {
    let mut fields = vec![Arc::new(
        Type::primitive_type_builder("time", Physical::INT64)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MILLIS)))
            .build()?,
    )];
    for channel in channels {
        fields.push(Arc::new(
            Type::primitive_type_builder(&channel.name, Physical::FLOAT)
                .with_repetition(Repetition::REQUIRED)
                .build()?,
        ));
    }
    let schema = Type::group_type_builder("heatloop_trace").with_fields(fields);
    Ok(Arc::new(schema.build()?))
}

fn properties(channels: &[Channel<'_>], zone_name: &str) -> WriterProperties {
    let described: Vec<_> = channels
        .iter()
        .map(|c| {
            serde_json::json!({
                "name": c.name,
                "unit": c.definition.unit,
                "kind": c.definition.kind.name(),
                "doc": c.definition.doc,
            })
        })
        .collect();
    WriterProperties::builder()
        .set_created_by(concat!("heatloop ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::LZ4_RAW)
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::BYTE_STREAM_SPLIT)
        .set_column_encoding(ColumnPath::from("time"), Encoding::DELTA_BINARY_PACKED)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_column_statistics_enabled(ColumnPath::from("time"), EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(vec![
            KeyValue::new(
                "heatloop.channels".to_owned(),
                serde_json::Value::from(described).to_string(),
            ),
            KeyValue::new("heatloop.time_zone".to_owned(), zone_name.to_owned()),
        ]))
        .build()
}

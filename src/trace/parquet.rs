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

/// Rows in a row group: a month of minutes, a year and more of quarter-hours.
const ROW_GROUP: usize = 1 << 16;

/// Writes the channels, one row a group. `zone_name` is the IANA name.
pub fn write<W: Write + Send>(
    out: W,
    channels: &[Channel<'_>],
    groups: &Grouping,
    zone_name: &str,
) -> Result<(), ParquetError> {
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
    let schema = Arc::new(
        Type::group_type_builder("heatloop_trace")
            .with_fields(fields)
            .build()?,
    );
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
    let properties = WriterProperties::builder()
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
        .build();
    let mut file = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
    let mut times: Vec<i64> = Vec::new();
    let mut values: Vec<f32> = Vec::new();
    for first in (0..groups.len()).step_by(ROW_GROUP) {
        let rows = first..(first + ROW_GROUP).min(groups.len());
        let mut row_group = file.next_row_group()?;
        times.clear();
        times.extend(rows.clone().map(|row| groups.start_s(row) * 1000));
        if let Some(mut column) = row_group.next_column()? {
            column
                .typed::<Int64Type>()
                .write_batch(&times, None, None)?;
            column.close()?;
        }
        for channel in channels {
            values.clear();
            channel.each(groups, rows.clone(), |value| values.push(value as f32));
            if let Some(mut column) = row_group.next_column()? {
                column
                    .typed::<FloatType>()
                    .write_batch(&values, None, None)?;
                column.close()?;
            }
        }
        row_group.close()?;
    }
    file.close()?;
    Ok(())
}

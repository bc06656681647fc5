//! A Parquet file in the making that survives the program: row groups go to a
//! file that keeps its name, and a [`Mark`] says what is safe of it. Going on
//! from a mark gives the bytes that there would be without a stop.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, FileMetaData, ParquetMetaData, ParquetMetaDataOptions,
    ParquetMetaDataReader, ParquetMetaDataWriter,
};
use parquet::file::properties::WriterPropertiesPtr;
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{SchemaDescriptor, TypePtr};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What is safe of a file: its first bytes with their digest, and what they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    length: u64,
    sha256: [u8; 32],
    /// A Parquet footer of the row groups so far; it stands in no file.
    footer: Vec<u8>,
}

/// Where a file in the making goes.
#[derive(Debug)]
pub struct Part {
    path: PathBuf,
    file: File,
    /// Bytes that are in the file already and come once more.
    passed: u64,
    /// Of all bytes so far.
    digest: Sha256,
}

impl Part {
    /// Makes the file, anew.
    ///
    /// # Errors
    /// What the disk says.
    pub fn new(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::create(path)?,
            path: path.to_owned(),
            passed: 0,
            digest: Sha256::new(),
        })
    }

    /// Opens a file to go on after a mark; what is behind it is cut off.
    ///
    /// # Errors
    /// What the disk says; a file that is shorter than the mark, or does not
    /// begin with the bytes that were marked.
    pub fn reopen(path: &Path, mark: &Mark) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        if file.metadata()?.len() < mark.length {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "it is shorter than it was",
            ));
        }
        let digest = digest(&mut (&file).take(mark.length))?;
        if digest.clone().finalize()[..] != mark.sha256 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "its bytes are not those that were written (SHA-256)",
            ));
        }
        file.set_len(mark.length)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self {
            file,
            path: path.to_owned(),
            passed: mark.length,
            digest,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes safe what was written.
    ///
    /// # Errors
    /// What the disk says.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

/// Of all that can be read.
fn digest(from: &mut impl Read) -> io::Result<Sha256> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(digest),
            n => digest.update(&buffer[..n]),
        }
    }
}

impl Write for Part {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.passed > 0 {
            let more = self.passed.min(data.len() as u64);
            self.passed -= more;
            return Ok(more as usize);
        }
        let written = self.file.write(data)?;
        self.digest.update(&data[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A writer of a file, from its begin or from a mark on.
///
/// # Errors
/// What the disk says; a mark that does not belong to the file.
pub fn writer(
    part: Part,
    schema: TypePtr,
    properties: WriterPropertiesPtr,
    mark: Option<&Mark>,
) -> Result<SerializedFileWriter<Part>, ParquetError> {
    let source = mark.map(|_| File::open(&part.path)).transpose()?;
    let mut writer = SerializedFileWriter::new(part, schema, properties)?;
    let Some((mark, source)) = mark.zip(source) else {
        return Ok(writer);
    };
    let options = ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false);
    // The last eight bytes are the footer's length and a magic number.
    let thrift = mark.footer.len().saturating_sub(8);
    let known = ParquetMetaDataReader::decode_metadata_with_options(
        &mark.footer[..thrift],
        Some(&options),
    )?;
    for rows in known.row_groups() {
        let mut group = writer.next_row_group()?;
        for column in rows.columns() {
            let closed = ColumnCloseResult {
                bytes_written: u64::try_from(column.compressed_size()).unwrap_or(0),
                rows_written: u64::try_from(rows.num_rows()).unwrap_or(0),
                metadata: as_written(column)?,
                bloom_filter: None,
                column_index: None,
                offset_index: None,
            };
            group.append_column(&source, closed)?;
        }
        group.close()?;
    }
    writer.flush()?;
    match writer.inner().passed {
        0 => Ok(writer),
        left => Err(ParquetError::General(format!(
            "{left} bytes of it belong to no row group"
        ))),
    }
}

/// What was known of a column before it was read back: whether its least and
/// largest value are in the old fields too.
fn as_written(column: &ColumnChunkMetaData) -> Result<ColumnChunkMetaData, ParquetError> {
    let old = column.column_descr().sort_order().is_signed();
    let statistics = column.statistics().map(|known| match known.clone() {
        Statistics::Int64(s) => Statistics::Int64(s.with_backwards_compatible_min_max(old)),
        Statistics::Float(s) => Statistics::Float(s.with_backwards_compatible_min_max(old)),
        Statistics::Double(s) => Statistics::Double(s.with_backwards_compatible_min_max(old)),
        other => other,
    });
    let built = column.clone().into_builder();
    match statistics {
        Some(statistics) => built.set_statistics(statistics).build(),
        None => built.build(),
    }
}

/// Makes safe what a writer has written; nothing may be on its way.
///
/// # Errors
/// What the disk says.
pub fn mark(writer: &mut SerializedFileWriter<Part>) -> Result<Mark, ParquetError> {
    writer.flush()?;
    writer.inner().file.sync_data()?;
    let schema = SchemaDescriptor::new(writer.schema_descr().root_schema_ptr());
    let rows = writer.flushed_row_groups().iter().map(|g| g.num_rows());
    let head = FileMetaData::new(1, rows.sum(), None, None, schema.into(), None);
    let known = ParquetMetaData::new(head, writer.flushed_row_groups().to_vec());
    let mut footer = Vec::new();
    ParquetMetaDataWriter::new(&mut footer, &known).finish()?;
    Ok(Mark {
        length: writer.bytes_written() as u64,
        sha256: writer.inner().digest.clone().finalize().into(),
        footer,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::basic::{Repetition, Type as Physical};
    use parquet::data_type::FloatType;
    use parquet::schema::types::Type;

    use super::super::houses::properties;
    use super::*;
    use crate::study::results::{doubles, integers, texts};

    fn schema() -> TypePtr {
        let field = |name: &str, physical, repetition| {
            let built = Type::primitive_type_builder(name, physical).with_repetition(repetition);
            Arc::new(built.build().unwrap())
        };
        let fields = vec![
            field("n", Physical::INT64, Repetition::REQUIRED),
            field("x", Physical::DOUBLE, Repetition::OPTIONAL),
            field("y", Physical::FLOAT, Repetition::REQUIRED),
            field("name", Physical::BYTE_ARRAY, Repetition::REQUIRED),
        ];
        let group = Type::group_type_builder("rows").with_fields(fields);
        Arc::new(group.build().unwrap())
    }

    fn group(writer: &mut SerializedFileWriter<Part>, number: i64) {
        let mut group = writer.next_row_group().unwrap();
        integers(&mut group, (0..3).map(|i| 10 * number + i).collect()).unwrap();
        let known = [number as f64, 0.5];
        doubles(&mut group, &known, Some(&[1, 0, 1])).unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let values = [0.25, number as f32, -1.0];
        let floats = column.typed::<FloatType>();
        floats.write_batch(&values, None, None).unwrap();
        column.close().unwrap();
        let names = ["a", "", "ö"].iter().map(|n| format!("{n}{number}"));
        texts(&mut group, names).unwrap();
        group.close().unwrap();
    }

    /// Stopped after each row group, with rubbish behind the mark.
    #[test]
    fn going_on_from_a_mark_gives_the_bytes_of_no_stop() {
        let folder = tempfile::tempdir().unwrap();
        let [whole, cut] = ["whole", "cut"].map(|n| folder.path().join(n));
        let properties = || properties(&serde_json::json!({}));
        let part = Part::new(&whole).unwrap();
        let mut writer = super::writer(part, schema(), properties(), None).unwrap();
        (0..4).for_each(|k| group(&mut writer, k));
        drop(writer.into_inner().unwrap());

        let part = Part::new(&cut).unwrap();
        let mut writer = super::writer(part, schema(), properties(), None).unwrap();
        for k in 0..4 {
            let kept = mark(&mut writer).unwrap();
            writer.inner_mut().file.write_all(b"rubbish").unwrap();
            drop(writer);
            let part = Part::reopen(&cut, &kept).unwrap();
            writer = super::writer(part, schema(), properties(), Some(&kept)).unwrap();
            group(&mut writer, k);
        }
        drop(writer.into_inner().unwrap());
        assert!(std::fs::read(&whole).unwrap() == std::fs::read(&cut).unwrap());
    }

    /// As long as it was, with another byte in it.
    #[test]
    fn fails_for_a_file_whose_bytes_are_not_those_of_the_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut");
        let part = Part::new(&path).unwrap();
        let properties = properties(&serde_json::json!({}));
        let mut writer = super::writer(part, schema(), properties, None).unwrap();
        group(&mut writer, 0);
        let kept = mark(&mut writer).unwrap();
        drop(writer);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[20] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let refused = Part::reopen(&path, &kept).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
        bytes[20] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        Part::reopen(&path, &kept).unwrap();
    }
}

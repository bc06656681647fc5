//! Results: one row a house in a Parquet file that is written while the fleet
//! runs, in the order of the houses. Groups of rows have a fixed length, so the
//! file is the same bytes whatever the block, the threads and the stops.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use serde::{Deserialize, Serialize};

use super::part::{self, Mark, Part};
use super::plan::Plan;
use crate::study::parameter::Cell;
use crate::study::results::{doubles, integers, texts};

/// Rows of a row group: what is in memory at once.
const GROUP: usize = 4096;

/// How a house ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Done,
    /// Its scenario has faults.
    Invalid,
    /// Its run could not be done or finished.
    Failed,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Status::Done => "ok",
            Status::Invalid => "invalid",
            Status::Failed => "failed",
        }
    }
}

/// A row of the results.
#[derive(Clone, Debug)]
pub struct Row {
    /// From 0.
    pub house: usize,
    pub group: usize,
    pub cells: Vec<Option<Cell>>,
    pub seed: i64,
    pub status: Status,
    /// Why there are no figures; empty where there are.
    pub reason: String,
    /// One a column, then the reference's; NaN where there is none. Empty
    /// unless done.
    pub values: Vec<f64>,
}

/// A column's field.
fn field(name: &str, physical: Physical, must: bool) -> Result<TypePtr, ParquetError> {
    let text = matches!(physical, Physical::BYTE_ARRAY).then_some(LogicalType::String);
    let built = Type::primitive_type_builder(name, physical)
        .with_repetition(if must {
            Repetition::REQUIRED
        } else {
            Repetition::OPTIONAL
        })
        .with_logical_type(text)
        .build()?;
    Ok(Arc::new(built))
}

/// The names of the figures' columns: the fleet's, then the reference's.
pub fn figure_columns(plan: &Plan) -> Vec<String> {
    let own = plan.columns.iter().map(|c| c.name.clone());
    let reference = plan.columns.iter().map(|c| format!("reference.{}", c.name));
    let compared = plan.fleet.compare.is_some();
    own.chain(reference.filter(|_| compared)).collect()
}

/// What is known of a house beside its number and the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Ended {
    house: usize,
    status: Status,
    reason: String,
    values: Vec<f64>,
}

/// What it takes to go on with a file of houses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HousesMark {
    file: Mark,
    /// Rows of the group that is not full yet.
    waiting: Vec<Ended>,
}

impl HousesMark {
    pub(super) fn file(&self) -> &Mark {
        &self.file
    }
}

/// A file of houses in the making.
pub struct Houses<'a> {
    plan: &'a Plan,
    file: SerializedFileWriter<Part>,
    waiting: Vec<Row>,
    figures: usize,
}

impl<'a> Houses<'a> {
    /// Begins the file, or goes on with it after a mark.
    ///
    /// # Errors
    /// What the disk says.
    pub fn new(plan: &'a Plan, out: Part, mark: Option<&HousesMark>) -> Result<Self, ParquetError> {
        let figures = figure_columns(plan);
        let described = serde_json::json!({
            "columns": plan.columns,
            "represents": plan.fleet.represents,
        });
        let known = mark.map(|m| &m.file);
        let file = part::writer(out, schema(plan, &figures)?, properties(&described), known)?;
        let waiting = mark.map_or(&[][..], |m| &m.waiting).iter();
        Ok(Self {
            plan,
            file,
            waiting: waiting.map(|ended| row(plan, ended.clone())).collect(),
            figures: figures.len(),
        })
    }

    /// Makes safe what there is.
    ///
    /// # Errors
    /// What the disk says.
    pub fn mark(&mut self) -> Result<HousesMark, ParquetError> {
        let ended = |row: &Row| Ended {
            house: row.house,
            status: row.status,
            reason: row.reason.clone(),
            values: row.values.clone(),
        };
        Ok(HousesMark {
            file: part::mark(&mut self.file)?,
            waiting: self.waiting.iter().map(ended).collect(),
        })
    }

    /// Adds the next house.
    ///
    /// # Errors
    /// What the disk says.
    pub fn add(&mut self, row: Row) -> Result<(), ParquetError> {
        self.waiting.push(row);
        match self.waiting.len() >= GROUP {
            true => self.group(),
            false => Ok(()),
        }
    }

    /// Writes what is left, and gives the sink back.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(mut self) -> Result<Part, ParquetError> {
        if !self.waiting.is_empty() {
            self.group()?;
        }
        self.file.into_inner()
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.waiting);
        let mut group = self.file.next_row_group()?;
        let number = |x: usize| i64::try_from(x + 1).unwrap_or(i64::MAX);
        integers(&mut group, rows.iter().map(|r| number(r.house)).collect())?;
        let name = |r: &Row| self.plan.group_name(r.group).to_owned();
        texts(&mut group, rows.iter().map(name))?;
        for (i, name) in self.plan.names.iter().enumerate() {
            let cells = || rows.iter().map(|r| r.cells[i].as_ref());
            if name.numeric {
                let number = |c: Option<&Cell>| match c {
                    Some(Cell::Number(x)) => *x,
                    _ => f64::NAN,
                };
                optional(&mut group, cells().map(number))?;
            } else {
                let text = |c: Option<&Cell>| match c {
                    Some(Cell::Number(x)) => Some(x.to_string()),
                    Some(Cell::Text(text)) => Some(text.clone()),
                    None => None,
                };
                let values: Vec<Option<String>> = cells().map(text).collect();
                optional_texts(&mut group, &values)?;
            }
        }
        integers(&mut group, rows.iter().map(|r| r.seed).collect())?;
        texts(&mut group, rows.iter().map(|r| r.status.name().to_owned()))?;
        texts(&mut group, rows.iter().map(|r| r.reason.clone()))?;
        for i in 0..self.figures {
            let value = |r: &Row| r.values.get(i).copied().unwrap_or(f64::NAN);
            optional(&mut group, rows.iter().map(value))?;
        }
        group.close()?;
        self.waiting = rows;
        self.waiting.clear();
        Ok(())
    }
}

/// The columns: what a house is, then its figures.
fn schema(plan: &Plan, figures: &[String]) -> Result<TypePtr, ParquetError> {
    let mut fields = vec![
        field("house", Physical::INT64, true)?,
        field("group", Physical::BYTE_ARRAY, true)?,
    ];
    for name in &plan.names {
        let physical = match name.numeric {
            true => Physical::DOUBLE,
            false => Physical::BYTE_ARRAY,
        };
        fields.push(field(&name.name, physical, false)?);
    }
    fields.push(field("seed", Physical::INT64, true)?);
    fields.push(field("status", Physical::BYTE_ARRAY, true)?);
    fields.push(field("reason", Physical::BYTE_ARRAY, true)?);
    for name in figures {
        fields.push(field(name, Physical::DOUBLE, false)?);
    }
    let group = Type::group_type_builder("heatloop_fleet").with_fields(fields);
    Ok(Arc::new(group.build()?))
}

/// The row of a house that has ended.
fn row(plan: &Plan, ended: Ended) -> Row {
    let house = plan.house(ended.house);
    Row {
        house: ended.house,
        group: house.group,
        cells: house.cells,
        seed: house.seed,
        status: ended.status,
        reason: ended.reason,
        values: ended.values,
    }
}

type RowGroup<'a, W> = parquet::file::writer::SerializedRowGroupWriter<'a, W>;

/// Numbers; null where there is none.
fn optional<W: Write + Send>(
    group: &mut RowGroup<'_, W>,
    values: impl Iterator<Item = f64>,
) -> Result<(), ParquetError> {
    let values: Vec<f64> = values.collect();
    let levels: Vec<i16> = values.iter().map(|x| i16::from(x.is_finite())).collect();
    let known: Vec<f64> = values.into_iter().filter(|x| x.is_finite()).collect();
    doubles(group, &known, Some(&levels))
}

fn optional_texts<W: Write + Send>(
    group: &mut RowGroup<'_, W>,
    values: &[Option<String>],
) -> Result<(), ParquetError> {
    use parquet::data_type::{ByteArray, ByteArrayType};
    let levels: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
    let known: Vec<ByteArray> = values
        .iter()
        .flatten()
        .map(|v| ByteArray::from(v.as_bytes().to_vec()))
        .collect();
    if let Some(mut column) = group.next_column()? {
        column
            .typed::<ByteArrayType>()
            .write_batch(&known, Some(&levels), None)?;
        column.close()?;
    }
    Ok(())
}

/// No times, no machine: same fleet, same bytes. No index of pages: a file that
/// is gone on with ([`part`]) does not know it.
pub(super) fn properties(described: &serde_json::Value) -> Arc<WriterProperties> {
    Arc::new(builder(described).build())
}

/// [`properties`], to be added to.
pub(super) fn builder(described: &serde_json::Value) -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_created_by(concat!("heatloop ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::LZ4_RAW)
        .set_key_value_metadata(Some(vec![KeyValue::new(
            "heatloop.fleet".to_owned(),
            described.to_string(),
        )]))
}

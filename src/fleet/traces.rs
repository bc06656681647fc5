//! Full traces of all houses in one Parquet file, written while the fleet
//! runs: a row an interval of a device, 32-bit floats. A house is merged to
//! intervals as its rows come; what waits in memory are the houses of a block
//! that end before those in front of them.
//!
//! Channels are those that have one name in all houses (no rooms, layers,
//! reasons); where a house has no such channel (no tank), its values are NaN.

use std::sync::{Arc, Mutex};

use parquet::basic::{Encoding, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{FloatType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type, TypePtr};
use serde::{Deserialize, Serialize};

use super::houses::builder;
use super::part::{self, Mark, Part};
use super::plan::Plan;
use crate::batch::Watcher;
use crate::model::Scenario;
use crate::study::results::integers;
use crate::trace::DeviceTrace;
use crate::trace::channels::{self, DEFINITIONS, Definition};

/// Rows of a row group at least: whole houses.
const GROUP: usize = 1 << 16;

/// The channels that patterns choose among those that all houses can have.
///
/// # Errors
/// Patterns that choose nothing.
pub fn chosen(patterns: &[String]) -> Result<Vec<&'static Definition>, Vec<String>> {
    let plain = |d: &&Definition| {
        !["ROOM", "LAYER", "REASON"]
            .iter()
            .any(|p| d.name.contains(p))
    };
    let all: Vec<&Definition> = DEFINITIONS.iter().filter(plain).collect();
    let idle: Vec<String> = patterns
        .iter()
        .filter(|p| !all.iter().any(|d| channels::matches(p, d.name)))
        .cloned()
        .collect();
    if !idle.is_empty() {
        return Err(idle);
    }
    Ok(all
        .into_iter()
        .filter(|d| patterns.iter().any(|p| channels::matches(p, d.name)))
        .collect())
}

/// The values of a device: one column a channel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Device {
    id: String,
    columns: Vec<Vec<f32>>,
}

/// Collects the houses of a block.
pub struct Collector<'a> {
    channels: &'a [&'static Definition],
    start_s: i64,
    step_s: u32,
    intervals: usize,
    /// Devices in the scenario's order.
    houses: Vec<Mutex<Vec<Device>>>,
}

impl<'a> Collector<'a> {
    pub fn new(channels: &'a [&'static Definition], plan: &Plan, scenarios: &[Scenario]) -> Self {
        let step_s = plan.fleet.interval_s;
        let whole_s = usize::try_from(plan.period.end_s - plan.period.start_s).unwrap_or(0);
        let intervals = whole_s.div_ceil(step_s as usize);
        let device = |u: &crate::model::User, d: &crate::model::Device| Device {
            id: format!("{}/{}", u.id, d.id),
            columns: Vec::new(),
        };
        let devices = |s: &Scenario| -> Mutex<Vec<Device>> {
            let users = s.users.iter();
            let all = users.flat_map(|u| u.devices.iter().map(move |d| device(u, d)));
            Mutex::new(all.collect())
        };
        Self {
            channels,
            start_s: plan.period.start_s,
            step_s,
            intervals,
            houses: scenarios.iter().map(devices).collect(),
        }
    }

    /// What was collected of a house.
    fn take(&self, house: usize) -> Vec<Device> {
        let devices = self.houses[house].lock();
        devices.map_or_else(|_| Vec::new(), |mut d| std::mem::take(&mut *d))
    }
}

impl Watcher for Collector<'_> {
    fn rows(&self, scenario: usize, rows: &DeviceTrace) {
        let id = format!("{}/{}", rows.user_id, rows.device_id);
        let Ok(mut devices) = self.houses[scenario].lock() else {
            return; // poisoned: its house has panicked and is none
        };
        let Some(device) = devices.iter_mut().find(|d| d.id == id) else {
            return;
        };
        if device.columns.is_empty() {
            device.columns = vec![vec![f32::NAN; self.intervals]; self.channels.len()];
        }
        let per = (self.step_s / rows.step_s.max(1)).max(1) as usize;
        let n = rows.outdoor_c.len();
        let first =
            usize::try_from(rows.start_s - self.start_s).unwrap_or(0) / self.step_s as usize;
        for channel in channels::of(rows) {
            let own = |d: &&Definition| std::ptr::eq(*d, channel.definition);
            let Some(column) = self.channels.iter().position(own) else {
                continue;
            };
            for (k, from) in (0..n).step_by(per).enumerate() {
                if let Some(value) = device.columns[column].get_mut(first + k) {
                    *value = channel.merged(from, (from + per).min(n)) as f32;
                }
            }
        }
    }
}

/// What it takes to go on with a file of traces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TracesMark {
    file: Mark,
    /// Devices of the group that is not full yet, by the number of their house.
    waiting: Vec<(i64, Device)>,
}

impl TracesMark {
    pub(super) fn file(&self) -> &Mark {
        &self.file
    }
}

/// A file of traces in the making.
pub struct Traces {
    file: SerializedFileWriter<Part>,
    start_s: i64,
    step_s: i64,
    rows: usize,
    waiting: Vec<(i64, Device)>,
}

impl Traces {
    /// Begins the file, or goes on with it after a mark.
    ///
    /// # Errors
    /// What the disk says.
    pub fn new(
        channels: &[&'static Definition],
        plan: &Plan,
        out: Part,
        mark: Option<&TracesMark>,
    ) -> Result<Self, ParquetError> {
        let described: Vec<_> = channels
            .iter()
            .map(|c| serde_json::json!({ "name": c.name, "unit": c.unit, "doc": c.doc }))
            .collect();
        let described = serde_json::json!({
            "channels": described,
            "time_zone": plan.timezone.iana_name(),
        });
        let known = mark.map(|m| &m.file);
        let waiting = mark.map_or_else(Vec::new, |m| m.waiting.clone());
        Ok(Self {
            file: part::writer(
                out,
                schema(channels)?,
                properties(channels, &described),
                known,
            )?,
            start_s: plan.period.start_s,
            step_s: i64::from(plan.fleet.interval_s),
            rows: waiting.iter().map(|(_, device)| rows(device)).sum(),
            waiting,
        })
    }

    /// Makes safe what there is.
    ///
    /// # Errors
    /// What the disk says.
    pub fn mark(&mut self) -> Result<TracesMark, ParquetError> {
        Ok(TracesMark {
            file: part::mark(&mut self.file)?,
            waiting: self.waiting.clone(),
        })
    }

    /// Adds the next house, number `house` from 0, `at` in its block.
    ///
    /// # Errors
    /// What the disk says.
    pub fn add(
        &mut self,
        house: usize,
        collector: &Collector<'_>,
        at: usize,
    ) -> Result<(), ParquetError> {
        for device in collector.take(at) {
            self.rows += rows(&device);
            self.waiting.push((house as i64 + 1, device));
        }
        match self.rows >= GROUP {
            true => self.group(),
            false => Ok(()),
        }
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        let waiting = std::mem::take(&mut self.waiting);
        let columns = waiting.first().map_or(0, |(_, d)| d.columns.len());
        let mut group = self.file.next_row_group()?;
        let houses = waiting
            .iter()
            .flat_map(|(h, d)| std::iter::repeat_n(*h, rows(d)));
        integers(&mut group, houses.collect())?;
        let mut number = 0;
        let mut devices = Vec::with_capacity(self.rows);
        for (i, (h, d)) in waiting.iter().enumerate() {
            let same = i > 0 && waiting[i - 1].0 == *h;
            number = if same { number + 1 } else { 1 };
            devices.extend(std::iter::repeat_n(number, rows(d)));
        }
        integers(&mut group, devices)?;
        let times = waiting.iter().flat_map(|(_, d)| {
            (0..rows(d)).map(|i| (self.start_s + i as i64 * self.step_s) * 1000)
        });
        let times: Vec<i64> = times.collect();
        if let Some(mut column) = group.next_column()? {
            column
                .typed::<Int64Type>()
                .write_batch(&times, None, None)?;
            column.close()?;
        }
        for c in 0..columns {
            if let Some(mut column) = group.next_column()? {
                for (_, device) in &waiting {
                    column
                        .typed::<FloatType>()
                        .write_batch(&device.columns[c], None, None)?;
                }
                column.close()?;
            }
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// Writes what is left, and gives the sink back.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(mut self) -> Result<Part, ParquetError> {
        if self.rows > 0 {
            self.group()?;
        }
        self.file.into_inner()
    }
}

/// Rows of a device.
fn rows(device: &Device) -> usize {
    device.columns.first().map_or(0, Vec::len)
}

/// Values that hardly repeat make no dictionaries: bytes of floats stand together
/// by their place, which packs well. Nobody looks for a group of rows by the least
/// or largest of a channel; finding them would take as long as half the packing.
fn properties(
    channels: &[&'static Definition],
    described: &serde_json::Value,
) -> Arc<WriterProperties> {
    let whole = ["house", "device", "time"].map(|name| (name, Encoding::DELTA_BINARY_PACKED));
    let mut built = builder(described).set_dictionary_enabled(false);
    for (name, encoding) in whole {
        built = built.set_column_encoding(ColumnPath::from(name), encoding);
    }
    for channel in channels {
        let path = ColumnPath::from(channel.name);
        built = built
            .set_column_encoding(path.clone(), Encoding::BYTE_STREAM_SPLIT)
            .set_column_statistics_enabled(path, EnabledStatistics::None);
    }
    Arc::new(built.build())
}

fn schema(channels: &[&'static Definition]) -> Result<TypePtr, ParquetError> {
    let must = |name: &str, physical, logical| -> Result<_, ParquetError> {
        let built = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(logical)
            .build()?;
        Ok(Arc::new(built))
    };
    let time = LogicalType::timestamp(true, TimeUnit::MILLIS);
    let mut fields = vec![
        must("house", Physical::INT64, None)?,
        must("device", Physical::INT64, None)?,
        must("time", Physical::INT64, Some(time))?,
    ];
    for channel in channels {
        fields.push(must(channel.name, Physical::FLOAT, None)?);
    }
    let group = Type::group_type_builder("heatloop_fleet_traces").with_fields(fields);
    Ok(Arc::new(group.build()?))
}

//! Figures of a run: typed data that `report` words and `output` writes as
//! `metrics.json`. Each device has figures, each user the figures of its
//! devices together, and the scenario those of its users. Each device has its
//! own house and its own connection to the grid; what a user or the scenario
//! "imports" is the sum of its connections, and nothing is netted between them.
//!
//! docs/METRICS.md gives formula and source of each figure and is made from
//! the same tables. Nothing here prints or reads the clock.

mod book;
mod boptest;
mod comfort;
mod docs;
pub mod en16798;
pub mod figure;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod flat;
mod plant;
pub mod pmv;
mod running;
mod screened;
mod tally;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::model::site::CivilTime;
use crate::model::{Device, Scenario};
use crate::trace::{DeviceTrace, Reason, RunResult, SettingsEvent, Totals};
use comfort::RoomSums;

pub use book::Book;
pub use boptest::Boptest;
pub use comfort::{Categories, Comfort, Vote};
pub(crate) use comfort::{Outside, comfort_of_room};
pub use docs::{GROUPS, markdown};
pub use figure::{Definition, Figure};
pub(crate) use plant::performance;
pub use plant::{Corrected, Cost, Energy, Grid, Performance};
pub use running::{EnergyBalance, HotWater, Running, Steering};
pub(crate) use tally::Tally;

/// Version of `metrics.json`. It rises when a key changes its name or its
/// meaning; new keys do not raise it.
pub const SCHEMA: u32 = 1;

/// All figures of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Metrics {
    pub schema: u32,
    pub scenario: String,
    /// RFC 3339, UTC.
    pub start: String,
    pub end: String,
    pub total: Figures,
    pub users: Vec<UserMetrics>,
    /// Of reading the scenario, then of the run.
    pub warnings: Vec<String>,
}

/// A user and its devices.
#[derive(Clone, Debug, Serialize)]
pub struct UserMetrics {
    pub user_id: String,
    pub total: Figures,
    pub devices: Vec<DeviceMetrics>,
}

/// A device and its rooms.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceMetrics {
    pub device_id: String,
    pub floor_area_m2: f64,
    pub total: Figures,
    pub rooms: Vec<RoomMetrics>,
    /// The twin without steering, where the scenario asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsteered_twin: Option<Twin>,
}

/// Figures of a room.
#[derive(Clone, Debug, Serialize)]
pub struct RoomMetrics {
    pub name: String,
    pub controlled: bool,
    pub comfort: Comfort,
    pub en16798: Categories,
    pub iso7730: Vote,
}

/// Figures of a device, of a user or of the scenario.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    pub comfort: Comfort,
    pub hot_water: HotWater,
    pub energy: Energy,
    pub performance: Performance,
    pub cost: Cost,
    pub corrected: Corrected,
    pub grid: Grid,
    pub running: Running,
    pub reasons_min: Reasons,
    pub steering: Steering,
    pub balance: EnergyBalance,
    pub boptest: Boptest,
}

/// What the same device did without steering.
#[derive(Clone, Debug, Serialize)]
pub struct Twin {
    pub comfort: Comfort,
    pub energy: Energy,
    pub cost: Cost,
    pub corrected: Corrected,
}

/// Minutes in each reason, in the order of their codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Reasons(pub Vec<(Reason, f64)>);

impl Serialize for Reasons {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (reason, minutes) in &self.0 {
            map.serialize_entry(reason.name(), &figure::rounded(*minutes))?;
        }
        map.end()
    }
}

impl Metrics {
    /// `metrics.json`: indented, with a line feed at the end.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// A device with its sums, before they become figures.
struct Part<'a> {
    /// Names of device and rooms; its rows are in the book.
    head: &'a DeviceTrace,
    totals: &'a Totals,
    book: Book,
    corrected: Corrected,
}

impl<'a> Part<'a> {
    fn new(head: &'a DeviceTrace, totals: &'a Totals, mut book: Book, scenario: &Scenario) -> Self {
        book.close(head, scenario);
        let corrected = plant::corrected(book.tally(), totals.stored_house_j, totals.stored_tank_j);
        Self {
            head,
            totals,
            book,
            corrected,
        }
    }

    /// All devices of a run that kept its rows.
    fn all(result: &'a RunResult, scenario: &Scenario) -> Vec<Self> {
        let part = |(trace, totals): &'a (DeviceTrace, Totals)| {
            let mut book = Book::default();
            book.add(trace, scenario);
            Self::new(trace, totals, book, scenario)
        };
        result.devices.iter().map(part).collect()
    }

    fn controlled(&self) -> impl Iterator<Item = &RoomSums> {
        self.book.controlled(self.head)
    }
}

/// The figures of a run.
pub fn evaluate(result: &RunResult, scenario: &Scenario) -> Metrics {
    evaluate_with_twin(result, None, scenario)
}

/// The figures of a run, with those of the twin without steering beside.
pub fn evaluate_with_twin(
    result: &RunResult,
    twin: Option<&RunResult>,
    scenario: &Scenario,
) -> Metrics {
    let parts = Part::all(result, scenario);
    with_twin(&parts, result, twin, scenario)
}

/// The figures of a run whose rows went into `books`, one a device.
pub fn evaluate_books(
    result: &RunResult,
    books: Vec<Book>,
    twin: Option<&RunResult>,
    scenario: &Scenario,
) -> Metrics {
    let parts: Vec<Part<'_>> = result
        .devices
        .iter()
        .zip(books)
        .map(|((head, totals), book)| Part::new(head, totals, book, scenario))
        .collect();
    with_twin(&parts, result, twin, scenario)
}

/// Devices of the twin are matched by user and device.
fn with_twin(
    parts: &[Part<'_>],
    result: &RunResult,
    twin: Option<&RunResult>,
    scenario: &Scenario,
) -> Metrics {
    let twins = twin.map_or_else(Vec::new, |twin| Part::all(twin, scenario));
    of_parts(parts, &twins, result, scenario)
}

fn of_parts(
    parts: &[Part<'_>],
    twins: &[Part<'_>],
    result: &RunResult,
    scenario: &Scenario,
) -> Metrics {
    let events =
        |user: Option<&str>| Events::count(result, |e| user.is_none_or(|u| e.user_id == u));
    let mut ids: Vec<&str> = Vec::new();
    for part in parts {
        if !ids.contains(&part.head.user_id.as_str()) {
            ids.push(&part.head.user_id);
        }
    }
    let users = ids
        .iter()
        .map(|&id| {
            let own: Vec<&Part<'_>> = parts.iter().filter(|p| p.head.user_id == id).collect();
            UserMetrics {
                user_id: id.to_owned(),
                total: figures(&own, events(Some(id))),
                devices: own
                    .iter()
                    .map(|part| device_metrics(part, result, twins, scenario))
                    .collect(),
            }
        })
        .collect();
    let all: Vec<&Part<'_>> = parts.iter().collect();
    // A run may repeat the scenario's warnings among its own.
    let mut warnings = scenario.warnings.clone();
    warnings.extend(
        result
            .warnings
            .iter()
            .filter(|w| !scenario.warnings.contains(w))
            .cloned(),
    );
    Metrics {
        schema: SCHEMA,
        scenario: scenario.title.clone(),
        start: rfc3339(scenario.period.start_s),
        end: rfc3339(scenario.period.end_s),
        total: figures(&all, events(None)),
        users,
        warnings,
    }
}

/// Settings documents by their fate.
struct Events {
    applied: f64,
    refused: f64,
}

impl Events {
    fn count(result: &RunResult, of: impl Fn(&SettingsEvent) -> bool) -> Self {
        let count = |applied: bool| {
            result
                .settings
                .iter()
                .filter(|e| e.applied == applied && of(e))
                .count() as f64
        };
        Self {
            applied: count(true),
            refused: count(false),
        }
    }
}

fn device_metrics(
    part: &Part<'_>,
    result: &RunResult,
    twins: &[Part<'_>],
    scenario: &Scenario,
) -> DeviceMetrics {
    let head = part.head;
    let own = Events::count(result, |e| {
        e.user_id == head.user_id && e.device_id.as_ref().is_none_or(|d| *d == head.device_id)
    });
    let twin = twins
        .iter()
        .find(|t| t.head.user_id == head.user_id && t.head.device_id == head.device_id);
    DeviceMetrics {
        device_id: head.device_id.clone(),
        floor_area_m2: figure::rounded(floor_area_m2(scenario, head)),
        total: figures(&[part], own),
        rooms: part.book.rooms(head),
        unsteered_twin: twin.map(|twin| Twin {
            comfort: comfort::comfort(twin.controlled()),
            energy: plant::energy(twin.book.tally()),
            cost: plant::cost(twin.book.tally()),
            corrected: twin.corrected.clone(),
        }),
    }
}

/// The figures of some devices together.
fn figures(parts: &[&Part<'_>], events: Events) -> Figures {
    let mut tally = Tally::default();
    for part in parts {
        tally.add(part.book.tally());
    }
    let totals: Vec<&Totals> = parts.iter().map(|p| p.totals).collect();
    let rooms = || parts.iter().flat_map(|p| p.controlled());
    let comfort = comfort::comfort(rooms());
    let outside_kh = comfort.outside_kh.value().unwrap_or(0.0);
    Figures {
        hot_water: running::hot_water(&tally, &totals),
        energy: plant::energy(&tally),
        performance: plant::performance(&tally),
        cost: plant::cost(&tally),
        corrected: Corrected::sum(parts.iter().map(|p| &p.corrected)),
        grid: plant::grid(&tally),
        running: running::running(&tally, &totals),
        reasons_min: Reasons(
            Reason::ALL
                .iter()
                .map(|&r| (r, tally.reason_s.get(r as usize).map_or(0.0, |s| s / 60.0)))
                .collect(),
        ),
        steering: running::steering(&tally, &totals, events.applied, events.refused),
        balance: running::balance(&totals),
        boptest: boptest::boptest(&tally, outside_kh, rooms().count()),
        comfort,
    }
}

fn device<'a>(scenario: &'a Scenario, trace: &DeviceTrace) -> Option<&'a Device> {
    let user = scenario.users.iter().find(|u| u.id == trace.user_id)?;
    user.devices.iter().find(|d| d.id == trace.device_id)
}

/// The house's floor area; the rooms' sum where the scenario has no such device.
fn floor_area_m2(scenario: &Scenario, trace: &DeviceTrace) -> f64 {
    device(scenario, trace).map_or_else(
        || trace.rooms.iter().map(|r| r.floor_area_m2).sum(),
        |d| d.house.floor_area_m2,
    )
}

/// The local day of each row, as a number that differs between days.
fn local_days(trace: &DeviceTrace, zone: &TimeZone) -> Vec<i32> {
    let step = i64::from(trace.step_s);
    let mut civil = CivilTime::new(zone);
    (0..trace.outdoor_c.len() as i64)
        .map(|i| civil.at(trace.start_s + i * step).div_euclid(86_400) as i32)
        .collect()
}

/// RFC 3339 in UTC; empty for a time outside the calendar.
pub(crate) fn rfc3339(at_s: i64) -> String {
    Timestamp::from_second(at_s).map_or_else(|_| String::new(), |t| t.to_string())
}

//! A run that was stopped: all that its devices need to go on, and the file
//! that holds it. Going on gives the same bytes as never having stopped.
//!
//! A checkpoint belongs to one scenario and one version of the program: each
//! says which, and nothing else is accepted, since what follows would be the
//! result of no scenario at all. A file is a line of JSON that says what it is,
//! with the checksum of what follows; then the states, floats bit by bit. What
//! can be made anew from the scenario is not in it.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::kernel::{State, Sums};
use super::recorder::Books;
use super::row::Latches;
use super::run::Options;
use super::watch::Watch;
use crate::model::Scenario;
use crate::units::hex;

/// First field of the header.
const FORMAT: &str = "heatloop checkpoint";

/// Which fields the states have; to be raised with each change of them. A test
/// holds it.
const LAYOUT: u32 = 3;

/// A device between two rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct DeviceState {
    /// Rows of the period that are done.
    pub rows: i64,
    pub state: State<f64>,
    pub sums: Sums<f64>,
    pub integrals: Vec<f64>,
    /// The last row's inputs; films carry theirs until they are due again.
    pub inputs: Vec<f64>,
    pub films_due: bool,
    pub network_state: usize,
    pub simulated_s: i64,
    pub watch: Watch,
    pub latches: Latches,
    pub books: Books,
}

/// A run of a scenario, stopped at an instant inside its period.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    at_s: i64,
    steering: bool,
    scenario: Fingerprint,
    pub(super) devices: Vec<DeviceState>,
}

/// SHA-256 of each part of a scenario, by its name.
type Fingerprint = BTreeMap<String, String>;

/// Why a checkpoint can't be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    #[error("it is no checkpoint of Heatloop")]
    Foreign,
    #[error(
        "heatloop {theirs} wrote it, and this is {}: only the version that began a run can go on \
         with it. Run the scenario from its start",
        ours()
    )]
    Version { theirs: String },
    #[error(
        "it belongs to another scenario; these parts differ: {}. A run goes on with the scenario \
         that it began with: take that one, or run this one from its start",
        .parts.join(", ")
    )]
    Scenario { parts: Vec<String> },
    #[error("it is damaged: {0}. Make it again, or run the scenario from its start")]
    Damaged(&'static str),
    #[error("it holds a run {} steering, and this one is {} it", with(*.theirs), with(!*.theirs))]
    Steering { theirs: bool },
}

fn with(steering: bool) -> &'static str {
    if steering { "with" } else { "without" }
}

/// This program, as far as checkpoints are concerned.
fn ours() -> String {
    version(env!("CARGO_PKG_VERSION"), LAYOUT)
}

fn version(number: &str, layout: u32) -> String {
    format!("{number} (layout {layout})")
}

/// The first line of a file.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: String,
    version: String,
    layout: u32,
    /// When the runs were stopped, UTC.
    at: String,
    scenario: Fingerprint,
    bytes: usize,
    sha256: String,
}

/// One run of the file's body.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    at_s: i64,
    steering: bool,
    devices: Vec<DeviceState>,
}

impl Checkpoint {
    pub(super) fn new(
        scenario: &Scenario,
        options: Options,
        at_s: i64,
        devices: Vec<DeviceState>,
    ) -> Self {
        Self {
            at_s,
            steering: options.steering,
            scenario: fingerprint(scenario),
            devices,
        }
    }

    /// First instant that is not simulated yet, s since the epoch.
    pub fn at_s(&self) -> i64 {
        self.at_s
    }

    /// Whether the run is that of the scenario with the options.
    pub(super) fn check(
        &self,
        scenario: &Scenario,
        options: Options,
    ) -> Result<(), CheckpointFault> {
        same(&self.scenario, &fingerprint(scenario))?;
        if self.steering == options.steering {
            Ok(())
        } else {
            Err(CheckpointFault::Steering {
                theirs: self.steering,
            })
        }
    }
}

/// Checkpoints of one scenario (a run, and its unsteered twin perhaps) as a file.
pub fn to_bytes(checkpoints: &[Checkpoint]) -> Vec<u8> {
    let stored: Vec<Stored> = checkpoints
        .iter()
        .map(|c| Stored {
            at_s: c.at_s,
            steering: c.steering,
            devices: c.devices.clone(),
        })
        .collect();
    // Writing plain values to memory can't fail.
    let body = postcard::to_stdvec(&stored).unwrap_or_default();
    let at = checkpoints
        .first()
        .and_then(|c| jiff::Timestamp::from_second(c.at_s).ok());
    let header = Header {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        layout: LAYOUT,
        at: at.map(|t| t.to_string()).unwrap_or_default(),
        scenario: checkpoints
            .first()
            .map(|c| c.scenario.clone())
            .unwrap_or_default(),
        bytes: body.len(),
        sha256: digest(&body),
    };
    let mut file = serde_json::to_vec(&header).unwrap_or_default();
    file.push(b'\n');
    file.extend(body);
    file
}

/// Whether a file begins like a checkpoint.
pub fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(format!("{{\"format\":\"{FORMAT}\"").as_bytes())
}

/// The checkpoints of a file, for a run of `scenario`.
///
/// # Errors
/// See [`CheckpointFault`].
pub fn from_bytes(bytes: &[u8], scenario: &Scenario) -> Result<Vec<Checkpoint>, CheckpointFault> {
    if !is_one(bytes) {
        return Err(CheckpointFault::Foreign);
    }
    let damaged = CheckpointFault::Damaged;
    let end = bytes
        .iter()
        .position(|&b| b == b'\n')
        .ok_or(damaged("it ends in its first line"))?;
    let (head, body) = (&bytes[..end], &bytes[end + 1..]);
    // The version first: another one may have other fields.
    let loose: serde_json::Value =
        serde_json::from_slice(head).map_err(|_| damaged("its first line is no JSON"))?;
    let theirs = version(
        loose["version"].as_str().unwrap_or("?"),
        loose["layout"].as_u64().unwrap_or(0) as u32,
    );
    if theirs != ours() {
        return Err(CheckpointFault::Version { theirs });
    }
    let header: Header =
        serde_json::from_value(loose).map_err(|_| damaged("its first line lacks something"))?;
    if body.len() < header.bytes {
        return Err(damaged("its end is missing"));
    }
    if body.len() > header.bytes || digest(body) != header.sha256 {
        return Err(damaged("its content does not match its checksum"));
    }
    same(&header.scenario, &fingerprint(scenario))?;
    let stored: Vec<Stored> =
        postcard::from_bytes(body).map_err(|_| damaged("its content can't be read"))?;
    Ok(stored
        .into_iter()
        .map(|s| Checkpoint {
            at_s: s.at_s,
            steering: s.steering,
            scenario: header.scenario.clone(),
            devices: s.devices,
        })
        .collect())
}

fn same(theirs: &Fingerprint, ours: &Fingerprint) -> Result<(), CheckpointFault> {
    let parts: Vec<String> = ours
        .iter()
        .filter(|(part, hash)| theirs.get(*part) != Some(hash))
        .map(|(part, _)| part.clone())
        .collect();
    if parts.is_empty() {
        Ok(())
    } else {
        Err(CheckpointFault::Scenario { parts })
    }
}

/// Taken of the validated scenario with all its data, so it does not matter how
/// and where the file says it.
fn fingerprint(scenario: &Scenario) -> Fingerprint {
    let Scenario {
        title,
        description,
        seed,
        site,
        period,
        weather,
        grid,
        users,
        timeline,
        record,
        warnings: _, // they follow from the rest
    } = scenario;
    // Where a document was read does not matter.
    let events: Vec<_> = timeline
        .iter()
        .map(|d| (d.at_s, d.recorded, d.expect_refused, &d.body))
        .collect();
    let parts: [(&str, &dyn fmt::Debug); 9] = [
        ("title and description", &(title, description)),
        ("seed", seed),
        ("site", site),
        ("period", period),
        ("weather", weather),
        ("prices and CO2", grid),
        ("users and devices", users),
        ("events", &events),
        ("record", record),
    ];
    parts
        .into_iter()
        .map(|(name, part)| {
            let mut sink = Hash(Sha256::new());
            // Rust prints floats with all the digits that tell them apart.
            let _ = write!(sink, "{part:?}"); // a hash takes everything
            (name.to_owned(), hex(&sink.0.finalize()))
        })
        .collect()
}

struct Hash(Sha256);

impl Write for Hash {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests;

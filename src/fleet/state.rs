//! The state of a fleet on its way, as a file: the houses so far in sums, and
//! marks of the files that they are in. Written in full or not at all.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};

use super::figures::Kept;
use super::houses::HousesMark;
use super::profile::Snapshot;
use super::traces::TracesMark;
use crate::output::write_with;
use crate::scenario::unreadable;

/// Its name in the folder; it is gone when the fleet is complete.
pub const STATE: &str = "fleet-state";
const MAGIC: [u8; 31] = *b"heatloop fleet state, format 2\n";

/// All that going on needs beside the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What the fleet is made from, each with its digest.
    pub made_of: Vec<(String, String)>,
    /// Houses that are done: all before this number.
    pub next: usize,
    pub kept: Kept,
    pub reasons: Vec<(String, usize)>,
    pub fleet: Snapshot,
    pub reference: Option<Snapshot>,
    pub houses: HousesMark,
    pub traces: Option<TracesMark>,
}

impl State {
    /// Writes it, in place of an older one.
    ///
    /// # Errors
    /// What the disk says.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let bytes = postcard::to_stdvec(self).map_err(io::Error::other)?;
        write_with(&folder.join(STATE), |sink| {
            sink.write_all(&MAGIC)?;
            let mut packed = ZlibEncoder::new(sink, Compression::fast());
            packed.write_all(&bytes)?;
            packed.finish().map(|_| ())
        })
    }

    /// Reads the one of a folder; `None` where there is none.
    ///
    /// # Errors
    /// One that can't be read, in words.
    pub fn read(folder: &Path) -> Result<Option<Self>, String> {
        let damaged = |why: String| format!("{STATE} is damaged: {why}");
        let mut file = match File::open(folder.join(STATE)) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(format!("{STATE} can't be read: {}", unreadable(&e))),
        };
        let mut magic = [0; MAGIC.len()];
        if file.read_exact(&mut magic).is_err() || !magic.starts_with(&MAGIC[..MAGIC.len() - 2]) {
            return Err(damaged("it does not begin as one".to_owned()));
        }
        if magic != MAGIC {
            return Err(format!("{STATE} is of another version of heatloop"));
        }
        let mut bytes = Vec::new();
        let unpacked = ZlibDecoder::new(file).read_to_end(&mut bytes);
        unpacked.map_err(|e| damaged(e.to_string()))?;
        let state = postcard::from_bytes(&bytes).map_err(|e| damaged(e.to_string()))?;
        Ok(Some(state))
    }

    /// The first thing that is not as it was.
    pub fn difference(&self, made_of: &[(String, String)]) -> Option<String> {
        let old = |name: &str| self.made_of.iter().find(|(n, _)| n == name);
        for (name, value) in made_of {
            match old(name) {
                Some((_, v)) if v == value => {}
                Some((_, v)) if name == "heatloop" => {
                    return Some(format!("it was begun by heatloop {v}, this is {value}"));
                }
                Some(_) => return Some(format!("{name} has changed since it was begun")),
                None => return Some(format!("{name} was not part of it")),
            }
        }
        None
    }
}

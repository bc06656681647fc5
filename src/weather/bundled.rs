//! Real weather inside the binary. Sources, licences and changes are in
//! `data/NOTICE.md`.

use std::io::Read;

use super::fault::Faults;
use super::{Calendar, compact, read_epw};
use crate::model::Weather;
use crate::physics::solar::Sun;

/// One of the bundled weathers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CatalogueEntry {
    /// What a scenario writes.
    pub name: &'static str,
    pub place: &'static str,
    pub latitude_deg: f64,
    pub longitude_deg: f64,
    /// Koeppen-Geiger class with a word or two.
    pub climate: &'static str,
    pub years: &'static str,
    /// s between records.
    pub interval_s: u32,
    pub licence: &'static str,
    bytes: &'static [u8],
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Compact,
    /// An EPW, deflated as it is.
    Epw,
}

const NSRDB: &str = "NREL National Solar Radiation Database, CC BY 4.0";
const DWD: &str = "Deutscher Wetterdienst, CC BY 4.0";
const TMY3: &str = "US government data (NREL TMY3), public domain";

macro_rules! entry {
    ($name:literal, $place:literal, $lat:literal, $lon:literal, $climate:literal, $years:literal,
     $interval:literal, $licence:ident, $kind:ident, $ending:literal) => {
        CatalogueEntry {
            name: $name,
            place: $place,
            latitude_deg: $lat,
            longitude_deg: $lon,
            climate: $climate,
            years: $years,
            interval_s: $interval,
            licence: $licence,
            bytes: include_bytes!(concat!("data/", $name, $ending)),
            kind: Kind::$kind,
        }
    };
}

macro_rules! compact {
    ($($figures:tt)*) => {
        entry!($($figures)*, Compact, ".hlw")
    };
}

macro_rules! epw {
    ($($figures:tt)*) => {
        entry!($($figures)*, 3600, TMY3, Epw, ".epw.z")
    };
}

static CATALOGUE: [CatalogueEntry; 12] = [
    compact!(
        "amsterdam-2019",
        "Amsterdam, NL",
        52.37,
        4.9,
        "Cfb, maritime",
        "2019",
        900,
        NSRDB
    ),
    compact!(
        "uccle-2019",
        "Uccle (Brussels), BE",
        50.81,
        4.34,
        "Cfb, maritime",
        "2019",
        900,
        NSRDB
    ),
    compact!(
        "aachen-2021",
        "Aachen, DE",
        50.775,
        6.083,
        "Cfb, maritime with a cold spell in February",
        "2021",
        600,
        DWD
    ),
    compact!(
        "potsdam-2019",
        "Potsdam, DE",
        52.41,
        13.06,
        "Cfb, between maritime and continental",
        "2019",
        900,
        NSRDB
    ),
    compact!(
        "vienna-2019",
        "Vienna, AT",
        48.21,
        16.38,
        "Cfb, warm summers",
        "2019",
        900,
        NSRDB
    ),
    compact!(
        "warsaw-2019",
        "Warsaw, PL",
        52.25,
        21.02,
        "Dfb, continental",
        "2019",
        900,
        NSRDB
    ),
    compact!(
        "stockholm-2019",
        "Stockholm, SE",
        59.33,
        18.06,
        "Dfb, cold winters",
        "2019",
        900,
        NSRDB
    ),
    compact!(
        "rome-2019",
        "Rome, IT",
        41.89,
        12.5,
        "Csa, Mediterranean",
        "2019",
        900,
        NSRDB
    ),
    compact!(
        "malaga-2019",
        "Malaga, ES",
        36.73,
        -4.42,
        "Csa, Mediterranean, hot",
        "2019",
        900,
        NSRDB
    ),
    epw!(
        "golden-tmy3",
        "Golden, Colorado, US",
        39.74,
        -105.18,
        "BSk, high, dry and sunny",
        "typical year (months of 1973 to 2005)"
    ),
    epw!(
        "chicago-tmy3",
        "Chicago, Illinois, US",
        41.98,
        -87.92,
        "Dfa, cold winters, hot and damp summers",
        "typical year (months of 1977 to 2002)"
    ),
    epw!(
        "san-francisco-tmy3",
        "San Francisco, California, US",
        37.62,
        -122.4,
        "Csb, mild coast",
        "typical year (months of 1976 to 2004)"
    ),
];

/// All bundled weathers.
pub fn catalogue() -> &'static [CatalogueEntry] {
    &CATALOGUE
}

/// A bundled weather by its name; `None` where there is none.
pub fn bundled(name: &str) -> Option<Weather> {
    let entry = CATALOGUE.iter().find(|e| e.name == name)?;
    let mut weather = match entry.kind {
        Kind::Compact => compact::decode(entry.bytes)?
            .finish(Faults::default())
            .ok()?,
        Kind::Epw => {
            let text = inflate(entry.bytes)?;
            let mut weather = read_epw(entry.name, &text, Calendar::Typical).ok()?;
            weather.source = format!("{}; {}", weather.source, entry.licence);
            weather
        }
    };
    weather.name = entry.name.to_owned();
    Some(weather)
}

/// The bundled weather whose station is nearest (great circle), and its
/// distance in km.
pub fn nearest(latitude_deg: f64, longitude_deg: f64) -> (&'static CatalogueEntry, f64) {
    // A direction on the globe is a unit vector like the sun's.
    let here = Sun::from_angles(latitude_deg, longitude_deg);
    let km = |e: &CatalogueEntry| {
        let there = Sun::from_angles(e.latitude_deg, e.longitude_deg);
        let cosine = here.east * there.east + here.north * there.north + here.up * there.up;
        6371.0 * cosine.clamp(-1.0, 1.0).acos()
    };
    let mut best = (&CATALOGUE[0], f64::INFINITY);
    for entry in &CATALOGUE {
        let d = km(entry);
        if d < best.1 {
            best = (entry, d);
        }
    }
    best
}

pub(super) fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    flate2::read::ZlibDecoder::new(bytes)
        .read_to_end(&mut out)
        .ok()?;
    Some(out)
}

/// The text of the bundled EPW, for tests of the reader.
#[cfg(test)]
pub(super) fn golden_epw() -> Vec<u8> {
    inflate(CATALOGUE[9].bytes).expect("bundled")
}

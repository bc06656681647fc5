//! The format of the bundled weather: columns of scaled whole numbers as
//! deltas, split into byte planes and deflated. Lossless to the digits that
//! the source prints; a year of quarter-hours takes some 200 kB.
//!
//! Inflated, a file is `HLW1`, a line `key value` each, an empty line, and
//! three planes of `records` bytes for each line `column`.

use std::io::{Read, Write};

use super::fault::WeatherError;
use super::raw::Raw;
use super::table::{self, Quantity, Table};

const MAGIC: &str = "HLW1";
/// Columns by name, with the numbers that one unit is worth by default.
const COLUMNS: [(&str, Quantity, f64); 10] = [
    ("outdoor_c", Quantity::Outdoor, 10.0),
    ("relative_humidity", Quantity::RelativeHumidity, 1000.0),
    ("dew_point_c", Quantity::DewPoint, 10.0),
    ("pressure_pa", Quantity::Pressure, 0.1),
    ("wind_m_per_s", Quantity::Wind, 10.0),
    ("global_w_per_m2", Quantity::GlobalHorizontal, 1.0),
    ("direct_normal_w_per_m2", Quantity::DirectNormal, 1.0),
    ("diffuse_w_per_m2", Quantity::DiffuseHorizontal, 1.0),
    ("infrared_w_per_m2", Quantity::HorizontalInfrared, 1.0),
    ("cloud", Quantity::CloudCover, 100.0),
];

/// How [`pack_table`] treats the file's beginning, and its precision.
#[derive(Clone, Copy, Debug, Default)]
pub struct Packing {
    /// Records of this first stretch are dropped, s.
    pub drop_s: u32,
    /// The first record left is held for so long before it, s (irradiance 0).
    pub hold_s: u32,
    /// One more decimal digit for temperature and irradiance.
    pub finer: bool,
}

/// Packs a table into the bundled format. The table must be free of faults.
pub fn pack_table(
    name: &str,
    bytes: &[u8],
    table: &Table,
    packing: Packing,
) -> Result<Vec<u8>, WeatherError> {
    let (raw, mut faults) = table::parse(name, bytes, table)?;
    let result = table::read_table(name, bytes, table);
    result?;
    let mut raw = trim(raw, packing);
    if packing.hold_s > 0 || packing.drop_s > 0 {
        raw.notes.push(format!(
            "The first {} min repeat the first record that the source has for this stretch.",
            packing.hold_s / 60
        ));
    }
    match encode(&raw, packing.finer) {
        Ok(packed) => Ok(packed),
        Err(e) => {
            faults.add(0, || e.to_string());
            faults.check(name).map(|()| Vec::new())
        }
    }
}

fn trim(mut raw: Raw, packing: Packing) -> Raw {
    let step = raw.step_s.max(1);
    let drop = (packing.drop_s / step) as usize;
    let hold = (packing.hold_s / step) as usize;
    for (_, quantity, _) in COLUMNS {
        let light = matches!(
            quantity,
            Quantity::GlobalHorizontal | Quantity::DirectNormal | Quantity::DiffuseHorizontal
        );
        let column = raw.column_mut(quantity);
        if let Some(&first) = column.get(drop) {
            let mut new = vec![if light { 0.0 } else { first }; hold];
            new.extend_from_slice(&column[drop..]);
            *column = new;
        }
    }
    raw.time_s = {
        let first = raw.time_s.get(drop).copied().unwrap_or(0) - hold as i64 * i64::from(step);
        let n = raw.time_s.len().saturating_sub(drop) + hold;
        (0..n as i64).map(|i| first + i * i64::from(step)).collect()
    };
    raw
}

fn encode(raw: &Raw, finer: bool) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    writeln!(out, "{MAGIC}")?;
    writeln!(
        out,
        "name {}\nsource {}\nsha256 {}",
        raw.name, raw.source, raw.sha256
    )?;
    writeln!(
        out,
        "latitude_deg {}\nlongitude_deg {}\naltitude_m {}",
        raw.latitude_deg, raw.longitude_deg, raw.altitude_m
    )?;
    writeln!(
        out,
        "start_s {}\nstep_s {}\npoints_at_s {}",
        raw.time_s[0], raw.step_s, raw.points_at_s
    )?;
    writeln!(out, "records {}", raw.time_s.len())?;
    for note in &raw.notes {
        writeln!(out, "note {note}")?;
    }
    let mut raw = raw.clone();
    let mut planes = Vec::new();
    for (key, quantity, per_unit) in COLUMNS {
        let column = std::mem::take(raw.column_mut(quantity));
        if column.is_empty() {
            continue;
        }
        let coarse = matches!(quantity, Quantity::Pressure | Quantity::Wind);
        let per_unit = if finer && !coarse {
            per_unit * 10.0
        } else {
            per_unit
        };
        writeln!(out, "column {key} {per_unit}")?;
        let mut last = 0i32;
        let deltas: Vec<u32> = column
            .iter()
            .map(|v| {
                let now = (v * per_unit).round() as i32;
                let delta = now.wrapping_sub(last);
                last = now;
                ((delta << 1) ^ (delta >> 31)) as u32
            })
            .collect();
        for plane in 0..3 {
            planes.extend(deltas.iter().map(|d| (d >> (8 * plane)) as u8));
        }
    }
    writeln!(out)?;
    out.extend(planes);
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    deflate.write_all(&out)?;
    deflate.finish()
}

/// Unpacks; `None` if the bytes are not of this format.
pub(super) fn decode(bytes: &[u8]) -> Option<Raw> {
    let mut data = Vec::new();
    flate2::read::ZlibDecoder::new(bytes)
        .read_to_end(&mut data)
        .ok()?;
    let head_end = data.windows(2).position(|w| w == b"\n\n")?;
    let head = std::str::from_utf8(&data[..head_end]).ok()?;
    let mut body = &data[head_end + 2..];
    let mut lines = head.lines();
    if lines.next()? != MAGIC {
        return None;
    }
    let mut raw = Raw::default();
    let (mut start_s, mut records) = (0i64, 0usize);
    for line in lines {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        match key {
            "name" => raw.name = value.to_owned(),
            "source" => raw.source = value.to_owned(),
            "sha256" => raw.sha256 = value.to_owned(),
            "latitude_deg" => raw.latitude_deg = value.parse().ok()?,
            "longitude_deg" => raw.longitude_deg = value.parse().ok()?,
            "altitude_m" => raw.altitude_m = value.parse().ok()?,
            "start_s" => start_s = value.parse().ok()?,
            "step_s" => raw.step_s = value.parse().ok()?,
            "points_at_s" => raw.points_at_s = value.parse().ok()?,
            "records" => records = value.parse().ok()?,
            "note" => raw.notes.push(value.to_owned()),
            "column" => {
                let (key, per_unit) = value.split_once(' ')?;
                let per_unit: f64 = per_unit.parse().ok()?;
                let (_, quantity, _) = COLUMNS.into_iter().find(|c| c.0 == key)?;
                let planes = body.get(..records.checked_mul(3)?)?;
                body = &body[records * 3..];
                let mut last = 0i32;
                *raw.column_mut(quantity) = (0..records)
                    .map(|i| {
                        let byte = |p: usize| u32::from(planes[p * records + i]) << (8 * p);
                        let zigzag = byte(0) | byte(1) | byte(2);
                        last = last.wrapping_add((zigzag >> 1) as i32 ^ -((zigzag & 1) as i32));
                        f64::from(last) / per_unit
                    })
                    .collect();
            }
            _ => return None,
        }
    }
    raw.time_s = (0..records as i64)
        .map(|i| start_s + i * i64::from(raw.step_s))
        .collect();
    raw.line = vec![0; records];
    Some(raw)
}

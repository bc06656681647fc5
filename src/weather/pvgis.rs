//! PVGIS typical years as the service writes them in CSV: a head with the
//! place, the year of each month, a table in UTC and a legend.
//!
//! Conventions (PVGIS user manual): stamps are UTC; irradiance is an instant,
//! "Irradiance Time Offset" after the stamp (where that line exists); the
//! other values are instants at the stamp.

use super::civil::{self, DAY_S};
use super::fault::{Faults, WeatherError};
use super::raw::{Raw, sha256_hex};
use crate::model::Weather;

const COLUMNS: [&str; 8] = [
    "T2m", "RH", "G(h)", "Gb(n)", "Gd(h)", "IR(h)", "WS10m", "SP",
];

/// Reads a PVGIS typical year. `name` is what messages call it.
pub fn read_pvgis(name: &str, bytes: &[u8]) -> Result<Weather, WeatherError> {
    let text = String::from_utf8_lossy(bytes);
    let mut faults = Faults::default();
    let mut raw = Raw {
        name: name.to_owned(),
        source: "PVGIS typical meteorological year, (c) European Union, reuse with attribution"
            .into(),
        sha256: sha256_hex(bytes),
        step_s: 3600,
        latitude_deg: f64::NAN,
        longitude_deg: f64::NAN,
        ..Raw::default()
    };
    let mut offset_s = 0;
    let mut lines = text.lines().enumerate().map(|(i, l)| (i + 1, l));
    let mut order = None;
    for (number, line) in lines.by_ref() {
        if line.starts_with("time") {
            order = columns(number, line, &mut faults);
            break;
        }
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let Ok(value) = value.trim().parse::<f64>() else {
            continue;
        };
        let key = key.to_ascii_lowercase();
        if key.starts_with("latitude") {
            raw.latitude_deg = value;
        } else if key.starts_with("longitude") {
            raw.longitude_deg = value;
        } else if key.starts_with("elevation") {
            raw.altitude_m = value;
        } else if key.starts_with("irradiance time offset") {
            if (-1.0..=1.0).contains(&value) {
                offset_s = (value * 3600.0).round() as i64;
            } else {
                faults.add(number, || {
                    format!("irradiance time offset {value} h is outside -1 to 1")
                });
            }
        }
    }
    if order.is_none() && faults.is_empty() {
        faults.add(0, || {
            "no table that begins with time(UTC): this is no PVGIS typical year".into()
        });
    }
    if raw.latitude_deg.is_nan() || raw.longitude_deg.is_nan() {
        faults.add(0, || {
            "latitude and longitude are missing in the head".into()
        });
    }
    faults.check(name)?;
    let order = order.unwrap_or([0; COLUMNS.len()]);
    raw.reserve(8784);
    // An instant stands for the half hours around it.
    let start_s = offset_s - 1800;
    raw.points_at_s = (-start_s).clamp(0, 3600) as u32;
    for (number, line) in lines {
        if !line.starts_with(|c: char| c.is_ascii_digit()) {
            if line.trim().is_empty() {
                break; // the legend follows
            }
            faults.add(number, || format!("{:?} is no record", clip(line)));
            continue;
        }
        record(&mut raw, number, line, start_s, &order, &mut faults);
    }
    raw.notes.push(format!(
        "PVGIS: stamps are UTC; irradiance is an instant {:.1} min after the stamp and stands for the hour around it, the other values are instants at the stamp.",
        offset_s as f64 / 60.0
    ));
    raw.notes
        .push("Typical year: mapped onto the period by month, day and standard time.".into());
    // The first interval may begin in the year before: map by its middle.
    raw.map_nominal(0, 1800);
    raw.finish(faults)
}

fn clip(line: &str) -> String {
    line.chars().take(40).collect()
}

/// The place of each known column.
fn columns(number: usize, line: &str, faults: &mut Faults) -> Option<[usize; COLUMNS.len()]> {
    let names: Vec<&str> = line.split(',').map(str::trim).collect();
    let mut order = [0; COLUMNS.len()];
    let before = faults.is_empty();
    for (place, name) in order.iter_mut().zip(COLUMNS) {
        match names.iter().position(|n| *n == name) {
            Some(i) => *place = i,
            None => faults.add(number, || format!("column {name} is missing")),
        }
    }
    (before && faults.is_empty()).then_some(order)
}

fn record(
    raw: &mut Raw,
    number: usize,
    line: &str,
    start_s: i64,
    order: &[usize; COLUMNS.len()],
    faults: &mut Faults,
) {
    let stamp = line.split(',').next().unwrap_or("");
    let digit = |a: usize, b: usize| stamp.get(a..b).and_then(|s| s.parse::<i64>().ok());
    let parts = (
        digit(0, 4),
        digit(4, 6),
        digit(6, 8),
        digit(9, 11),
        digit(11, 13),
    );
    let (Some(year), Some(month), Some(day), Some(hour), Some(minute)) = parts else {
        return faults.add(number, || format!("time {stamp:?} is not YYYYMMDD:HHMM"));
    };
    if !civil::is_date(year, month, day) || !(0..24).contains(&hour) || !(0..60).contains(&minute) {
        return faults.add(number, || format!("time {stamp:?} is no date and time"));
    }
    let mut values = [f64::NAN; COLUMNS.len()];
    let mut found = 0;
    for (i, field) in line.split(',').enumerate() {
        for (k, _) in order.iter().enumerate().filter(|&(_, &o)| o == i) {
            found += 1;
            match field.trim().parse::<f64>() {
                Ok(v) => values[k] = v,
                Err(_) => faults.add(number, || {
                    format!("{} {:?} is no number", COLUMNS[k], clip(field))
                }),
            }
        }
    }
    if found < COLUMNS.len() {
        return faults.add(number, || "record is cut short".into());
    }
    raw.time_s
        .push(civil::days(year, month, day) * DAY_S + hour * 3600 + minute * 60 + start_s);
    raw.line.push(number as u32);
    let [t, rh, ghi, dni, dhi, ir, wind, p] = values;
    raw.outdoor_c.push(t);
    raw.humidity.push(rh / 100.0);
    raw.global.push(ghi);
    raw.direct_normal.push(dni);
    raw.diffuse.push(dhi);
    raw.infrared.push(ir);
    raw.wind_m_per_s.push(wind);
    raw.pressure_pa.push(p);
}

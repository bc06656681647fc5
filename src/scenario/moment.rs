//! Dates, clock times and local date-times of a scenario file.
//!
//! TOML writes them bare, JSON as text; both may be used in TOML. Civil time
//! becomes an instant in `period.rs`, which knows the time zone.

use jiff::civil;
use toml::value::{Datetime, Offset};

use super::tree::{Node, Value};

/// A local date-time, or an instant where the file gives an offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub civil: civil::DateTime,
    /// Minutes east of UTC; `None`: local civil time of the site.
    pub offset_minutes: Option<i16>,
}

fn parse(text: &str) -> Result<Datetime, String> {
    let read = text.trim().parse();
    read.map_err(|_| format!("\"{text}\" can't be read as a date or time"))
}

fn datetime(node: &Node) -> Result<Datetime, String> {
    match &node.value {
        Value::DateTime(d) => Ok(*d),
        Value::Text(text) => parse(text),
        _ => Err(format!(
            "a date or time is due here, not {}",
            node.type_name()
        )),
    }
}

fn civil_date(d: &Datetime) -> Result<civil::Date, String> {
    let date = d.date.ok_or("the date is missing")?;
    civil::Date::new(date.year as i16, date.month as i8, date.day as i8)
        .map_err(|_| format!("there is no day {date}"))
}

fn civil_time(d: &Datetime) -> Result<civil::Time, String> {
    let Some(t) = d.time else {
        return Ok(civil::Time::midnight());
    };
    civil::Time::new(t.hour as i8, t.minute as i8, t.second.unwrap_or(0) as i8, 0)
        .map_err(|_| format!("there is no clock time {t}"))
}

/// A date-time; a date alone is its midnight.
pub fn read_date_time(node: &Node) -> Result<Moment, String> {
    moment(datetime(node)?)
}

/// The same from a text, for data files.
pub fn parse_date_time(text: &str) -> Result<Moment, String> {
    moment(parse(text)?)
}

fn moment(d: Datetime) -> Result<Moment, String> {
    let civil = civil_date(&d)?.to_datetime(civil_time(&d)?);
    let offset_minutes = d.offset.map(|o| match o {
        Offset::Z => 0,
        Offset::Custom { minutes } => minutes,
    });
    Ok(Moment {
        civil,
        offset_minutes,
    })
}

/// A date without a time.
pub fn read_date(node: &Node) -> Result<civil::Date, String> {
    let d = datetime(node)?;
    if d.time.is_some() {
        return Err("a date without a clock time is due here".to_owned());
    }
    civil_date(&d)
}

/// Seconds after midnight, 0 to 86400 ("24:00").
pub fn read_clock(node: &Node) -> Result<u32, String> {
    if let Value::DateTime(d) = &node.value {
        if d.date.is_some() {
            return Err("a clock time without a date is due here".to_owned());
        }
        let t = civil_time(d)?;
        return Ok(t.hour() as u32 * 3600 + t.minute() as u32 * 60 + t.second() as u32);
    }
    let Value::Text(text) = &node.value else {
        return Err(format!(
            "a clock time in quotes is due here, not {}",
            node.type_name()
        ));
    };
    let wrong = || format!("\"{text}\" is not a clock time");
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return Err(wrong());
    }
    let mut seconds = 0;
    for (part, (limit, weight)) in parts.iter().zip([(24, 3600), (59, 60), (59, 1)]) {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let n: u32 = part.parse().map_err(|_| wrong())?;
        if !digits || n > limit {
            return Err(wrong());
        }
        seconds += n * weight;
    }
    if seconds > 86_400 {
        return Err(wrong());
    }
    Ok(seconds)
}

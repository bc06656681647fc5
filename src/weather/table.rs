//! Plain tables (CSV and kin) with a mapping of columns: which column holds
//! which quantity in which unit, how time is written, and what a stamp means.

use jiff::tz::TimeZone;

use super::Calendar;
use super::civil::{self, DAY_S};
use super::fault::{Faults, WeatherError};
use super::raw::{Raw, sha256_hex};
use crate::model::Weather;

/// A column by its name in the header line or by its position (0 = first).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    Name(String),
    Position(usize),
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// degC
    Outdoor,
    /// 1 = 100 %
    RelativeHumidity,
    /// degC
    DewPoint,
    /// Pa
    Pressure,
    /// m/s
    Wind,
    /// W/m2
    GlobalHorizontal,
    /// W/m2
    DirectNormal,
    /// W/m2
    DiffuseHorizontal,
    /// W/m2
    HorizontalInfrared,
    /// 1 = overcast
    CloudCover,
}

/// A quantity and where it stands: value = number * scale + offset.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub quantity: Quantity,
    pub column: Column,
    pub scale: f64,
    pub offset: f64,
}

/// Order of the date's parts in a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// 2024-02-01 or 20240201
    #[default]
    YearMonthDay,
    /// 01.02.2024
    DayMonthYear,
    /// 02/01/2024
    MonthDayYear,
}

/// How time is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeColumns {
    /// One column with date and time, optionally with `Z` or an offset.
    Stamp { column: Column, order: DateOrder },
    /// A column a part; minute may lack.
    Parts {
        year: Column,
        month: Column,
        day: Column,
        hour: Column,
        minute: Option<Column>,
    },
}

/// The clock of the stamps.
#[derive(Clone, Debug)]
pub enum Zone {
    /// Fixed, s ahead of UTC.
    Offset(i32),
    /// Civil time with daylight saving.
    Civil(TimeZone),
}

/// What a stamp marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Stamp {
    #[default]
    Start,
    /// The middle of the interval, or an instant.
    Middle,
    End,
}

/// Everything needed to read a table.
#[derive(Clone, Debug)]
pub struct Table {
    pub separator: char,
    /// 1,5 instead of 1.5.
    pub decimal_comma: bool,
    /// Lines before the first record; names stand in the last of them.
    pub header_lines: usize,
    pub time: TimeColumns,
    pub zone: Zone,
    pub stamp: Stamp,
    /// Interval, s; `None` = the most frequent difference of the first stamps.
    pub interval_s: Option<u32>,
    pub columns: Vec<Source>,
    /// Numbers that mean "missing"; empty fields and "NaN" always do.
    pub missing: Vec<f64>,
    pub latitude_deg: f64,
    pub longitude_deg: f64,
    pub altitude_m: f64,
    pub calendar: Calendar,
    /// Where the data come from and under which licence, for the report.
    pub source: String,
}

/// Reads a table. `name` is what messages call it.
pub fn read_table(name: &str, bytes: &[u8], table: &Table) -> Result<Weather, WeatherError> {
    let (raw, faults) = parse(name, bytes, table)?;
    raw.finish(faults)
}

/// Reads the records without completing them.
pub(super) fn parse(
    name: &str,
    bytes: &[u8],
    table: &Table,
) -> Result<(Raw, Faults), WeatherError> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut faults = Faults::default();
    let mut raw = Raw {
        name: name.to_owned(),
        source: table.source.clone(),
        sha256: sha256_hex(bytes),
        latitude_deg: table.latitude_deg,
        longitude_deg: table.longitude_deg,
        altitude_m: table.altitude_m,
        ..Raw::default()
    };
    let header = match table.header_lines {
        0 => "",
        n => text.lines().nth(n - 1).unwrap_or(""),
    };
    let names: Vec<&str> = header.split(table.separator).map(clean).collect();
    let mut place = |column: &Column| match column {
        Column::Position(i) => *i,
        Column::Name(wanted) => names.iter().position(|n| n == wanted).unwrap_or_else(|| {
            faults.add(table.header_lines, || {
                let known = names.join(", ");
                format!("no column {wanted:?}; the header names {known:?}")
            });
            0
        }),
    };
    let sources: Vec<(usize, &Source)> = table
        .columns
        .iter()
        .map(|s| (place(&s.column), s))
        .collect();
    let stamp = match &table.time {
        TimeColumns::Stamp { column, order } => Places::Stamp(place(column), *order),
        TimeColumns::Parts {
            year,
            month,
            day,
            hour,
            minute,
        } => Places::Parts(
            [place(year), place(month), place(day), place(hour)],
            minute.as_ref().map(&mut place),
        ),
    };
    for (i, source) in table.columns.iter().enumerate() {
        if table.columns[..i]
            .iter()
            .any(|s| s.quantity == source.quantity)
        {
            faults.add(0, || {
                format!("two columns are mapped to {:?}", source.quantity)
            });
        }
    }
    faults.check(name)?;

    let mut clock = Clock {
        zone: &table.zone,
        last_s: i64::MIN,
    };
    let mut years = (i64::MAX, i64::MIN);
    let mut fields: Vec<&str> = Vec::new();
    for (i, line) in text.lines().enumerate().skip(table.header_lines) {
        let number = i + 1;
        if line.trim().is_empty() {
            continue;
        }
        fields.clear();
        fields.extend(line.split(table.separator).map(clean));
        let time = match stamp
            .read(&fields, table.decimal_comma)
            .and_then(|t| Ok((t.date.0, clock.utc(t)?)))
        {
            Ok((year, t)) => {
                years = (years.0.min(year), years.1.max(year));
                t
            }
            Err(text) => {
                faults.add(number, || text);
                continue;
            }
        };
        raw.time_s.push(time);
        raw.line.push(number as u32);
        for (place, source) in &sources {
            let value = match value_of(&fields, *place, table.decimal_comma) {
                Ok(v) if table.missing.contains(&v) => f64::NAN,
                Ok(v) => v * source.scale + source.offset,
                Err(text) => {
                    faults.add(number, || text);
                    f64::NAN
                }
            };
            raw.column_mut(source.quantity).push(value);
        }
    }
    raw.step_s = table
        .interval_s
        .unwrap_or_else(|| frequent_step(&raw.time_s));
    let back = match table.stamp {
        Stamp::Start => 0,
        Stamp::Middle => i64::from(raw.step_s / 2),
        Stamp::End => i64::from(raw.step_s),
    };
    for t in &mut raw.time_s {
        *t -= back;
    }
    raw.points_at_s = raw.step_s / 2;
    let marks = ["start", "middle", "end"][table.stamp as usize];
    raw.notes.push(format!(
        "Table: a stamp marks the {marks} of an interval of {} s; values are its means.",
        raw.step_s
    ));
    let typical = match table.calendar {
        Calendar::Typical => true,
        Calendar::Real => false,
        // Years that follow each other are real; months of different years are not.
        Calendar::AsPrinted => years.1 > years.0 && raw.time_s.windows(2).any(|w| w[1] < w[0]),
    };
    if typical {
        raw.notes
            .push("Typical year: mapped onto the period by month, day and standard time.".into());
        let offset = if let Zone::Offset(s) = table.zone {
            i64::from(s)
        } else {
            0
        };
        raw.map_nominal(offset, i64::from(raw.step_s / 2));
    }
    Ok((raw, faults))
}

/// A field without blanks and quotes.
fn clean(field: &str) -> &str {
    field.trim().trim_matches('"').trim()
}

/// The number in a field; NaN where it is empty or says that it is missing.
fn value_of(fields: &[&str], place: usize, comma: bool) -> Result<f64, String> {
    let Some(&field) = fields.get(place) else {
        return Err(format!(
            "record has {} fields; column {} is needed",
            fields.len(),
            place + 1
        ));
    };
    if field.is_empty() || field == "-" || field == "NA" || field.eq_ignore_ascii_case("nan") {
        return Ok(f64::NAN);
    }
    let number = if comma {
        field.replace(',', ".").parse()
    } else {
        field.parse::<f64>()
    };
    match number {
        Ok(v) if v.is_finite() => Ok(v),
        _ => Err(format!("column {}: {field:?} is no number", place + 1)),
    }
}

/// The most frequent positive difference of the first stamps, s; 0 if none.
fn frequent_step(time_s: &[i64]) -> u32 {
    let mut steps: Vec<i64> = time_s
        .windows(2)
        .take(500)
        .map(|w| w[1] - w[0])
        .filter(|&d| d > 0)
        .collect();
    steps.sort_unstable();
    let best = steps.chunk_by(|a, b| a == b).max_by_key(|run| run.len());
    best.and_then(|run| u32::try_from(run[0]).ok()).unwrap_or(0)
}

enum Places {
    Stamp(usize, DateOrder),
    Parts([usize; 4], Option<usize>),
}

/// A stamp as written.
struct Written {
    date: (i64, i64, i64),
    /// s after midnight, 0 to 86400.
    second: i64,
    /// s ahead of UTC, where the stamp says it.
    offset_s: Option<i64>,
}

impl Places {
    fn read(&self, fields: &[&str], comma: bool) -> Result<Written, String> {
        match self {
            Places::Stamp(place, order) => {
                let field = fields.get(*place).copied().unwrap_or("");
                read_stamp(field, *order)
                    .ok_or_else(|| format!("time stamp {field:?} can't be read"))
            }
            Places::Parts(places, minute) => {
                let part = |place: usize| {
                    let v = value_of(fields, place, comma)?;
                    if v.fract() == 0.0 && v.abs() < 1e6 {
                        Ok(v as i64)
                    } else {
                        Err(format!(
                            "column {}: a whole number is needed for date and time",
                            place + 1
                        ))
                    }
                };
                let [year, month, day, hour] = *places;
                let date = (part(year)?, part(month)?, part(day)?);
                let (hour, minute) = (part(hour)?, minute.map_or(Ok(0), part)?);
                written(date, [hour, minute, 0], None).ok_or_else(|| {
                    format!(
                        "{}-{}-{} {hour}:{minute} is no date and time",
                        date.0, date.1, date.2
                    )
                })
            }
        }
    }
}

fn written(date: (i64, i64, i64), [h, m, s]: [i64; 3], offset_s: Option<i64>) -> Option<Written> {
    let second = h
        .checked_mul(3600)?
        .checked_add(m.checked_mul(60)?)?
        .checked_add(s)?;
    let fits = h >= 0 && (0..=60).contains(&m) && (0..60).contains(&s) && second <= DAY_S;
    (fits && civil::is_date(date.0, date.1, date.2)).then_some(Written {
        date,
        second,
        offset_s,
    })
}

/// Reads the digits of a stamp in their order; anything may stand between.
fn read_stamp(field: &str, order: DateOrder) -> Option<Written> {
    // The offset stands behind the time: Z, +01:00, -0500.
    let time_at = field.find(['T', ' ', ':']).unwrap_or(field.len());
    let (clock, offset_s) = if let Some(rest) = field.strip_suffix(['Z', 'z']) {
        (rest, Some(0))
    } else if let Some(at) = field.rfind(['+', '-']).filter(|&at| at > time_at) {
        let digits: String = field[at..].chars().filter(char::is_ascii_digit).collect();
        let h: i64 = digits.get(..2)?.parse().ok()?;
        let m: i64 = digits.get(2..4).map_or(Some(0), |m| m.parse().ok())?;
        let sign = if field[at..].starts_with('-') { -1 } else { 1 };
        (&field[..at], Some(sign * (h * 3600 + m * 60)))
    } else {
        (field, None)
    };
    let mut groups = [0i64; 6];
    let mut count = 0;
    for group in clock
        .split(|c: char| !c.is_ascii_digit())
        .filter(|g| !g.is_empty())
    {
        // Compact dates and times: 20240201, 202402010030, 0030.
        let cuts: &[usize] = match (group.len(), count) {
            (8, 0) => &[4, 2, 2],
            (10, 0) => &[4, 2, 2, 2],
            (12, 0) => &[4, 2, 2, 2, 2],
            (14, 0) => &[4, 2, 2, 2, 2, 2],
            (4, 3) => &[2, 2],
            (6, 3) => &[2, 2, 2],
            (n, _) if n <= 4 => &[4],
            // Fractions of a second.
            (_, 6) => break,
            _ => return None,
        };
        let mut rest = group;
        for &cut in cuts {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            rest = tail;
            if count < 6 {
                groups[count] = head.parse().ok()?;
                count += 1;
            }
        }
    }
    if count < 4 {
        return (count == 3)
            .then(|| written(in_order(groups, order), [0; 3], offset_s))
            .flatten();
    }
    written(
        in_order(groups, order),
        [groups[3], groups[4], groups[5]],
        offset_s,
    )
}

fn in_order(g: [i64; 6], order: DateOrder) -> (i64, i64, i64) {
    match order {
        DateOrder::YearMonthDay => (g[0], g[1], g[2]),
        DateOrder::DayMonthYear => (g[2], g[1], g[0]),
        DateOrder::MonthDayYear => (g[2], g[0], g[1]),
    }
}

/// Turns written stamps into UTC; in the hour that clocks repeat, the second
/// pass is told by the stamps' order.
struct Clock<'a> {
    zone: &'a Zone,
    last_s: i64,
}

impl Clock<'_> {
    fn utc(&mut self, t: Written) -> Result<i64, String> {
        let (y, m, d) = t.date;
        let local = civil::days(y, m, d) * DAY_S + t.second;
        let utc = match (t.offset_s, self.zone) {
            (Some(offset), _) => local - offset,
            (None, Zone::Offset(offset)) => local - i64::from(*offset),
            (None, Zone::Civil(zone)) => self.civil(zone, local)?,
        };
        self.last_s = utc;
        Ok(utc)
    }

    fn civil(&self, zone: &TimeZone, local: i64) -> Result<i64, String> {
        use jiff::tz::AmbiguousOffset;
        let (y, m, d) = civil::date(local.div_euclid(DAY_S));
        let s = local.rem_euclid(DAY_S);
        let (hour, minute, second) = (s / 3600, s % 3600 / 60, s % 60);
        let time = jiff::civil::DateTime::new(
            y as i16,
            m as i8,
            d as i8,
            hour as i8,
            minute as i8,
            second as i8,
            0,
        )
        .map_err(|e| e.to_string())?;
        match zone.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => Ok(local - i64::from(offset.seconds())),
            AmbiguousOffset::Gap { .. } => Err(format!("{time} does not exist: clocks skip it")),
            AmbiguousOffset::Fold { before, after } => {
                let first = local - i64::from(before.seconds());
                Ok(if first > self.last_s {
                    first
                } else {
                    local - i64::from(after.seconds())
                })
            }
        }
    }
}

//! Series in a scenario: a constant, a profile of a day or a week in local
//! civil time, or a CSV file with columns by name.
//!
//! All end in a [`Series`] of interval means. A profile is laid out over the
//! run, warm-up included, so that it follows the clock on the days when that
//! changes. Weather and hot-water draws have readers of their own.

use jiff::tz::TimeZone;

use super::fault::{Code, Fault, Place};
use super::field::{Kind, Section, default, number, optional, required};
use super::hint;
use super::moment;
use super::period::{self, Clock, resolve};
use super::table::{self, Table};
use super::view::View;
use crate::model::Series;
use crate::model::site::CivilTime;

/// The kind of a key that holds a series.
macro_rules! series_kind {
    ($unit:literal, $min:literal, $max:literal) => {
        Kind::OneOf(&[
            $crate::scenario::field::number($unit, $min, $max),
            $crate::scenario::field::numbers($unit, $min, $max),
            Kind::Section(&$crate::scenario::series::SERIES_FILE),
        ])
    };
}
pub(crate) use series_kind;

pub static SERIES_FILE: Section = Section {
    name: "series file",
    doc: "A series in a CSV file: one line of column names, then one row an interval, all intervals \
        alike. Numbers with a decimal point; `,` or `;` between columns; lines that begin with `#` \
        are comments. Instead of such a table a series may be a number (constant), or a list of 24 \
        or 168 numbers: the hours of a day, or of a week from Monday, in local civil time.",
    fields: &[
        required("file", Kind::Text, "Path, from the scenario's folder."),
        optional(
            "time",
            Kind::Text,
            "Column of the time stamps. Left out: the first.",
        ),
        optional(
            "column",
            Kind::Text,
            "Column of the values. Left out: the second.",
        ),
        default(
            "stamp",
            Kind::Choice(&[
                ("start", "the stamp is the start of its interval"),
                ("end", "the stamp is the end of its interval"),
            ]),
            "'start'",
            "What a time stamp marks.",
        ),
        default(
            "timezone",
            Kind::Text,
            "'UTC'",
            "Of stamps that carry no offset: \"UTC\", \"site\" (the site's civil time, with daylight saving), or an IANA name.",
        ),
        default(
            "factor",
            number("", -1e9, 1e9),
            "1",
            "Values are multiplied by it: 0.001 makes EUR/kWh of EUR/MWh.",
        ),
        default(
            "gaps",
            Kind::Choice(&[
                ("refuse", "missing rows are a fault"),
                ("hold", "the last value holds on, and a warning says so"),
            ]),
            "'refuse'",
            "What happens where rows are missing.",
        ),
    ],
};

/// The stretch of time that a run needs.
#[derive(Clone, Copy, Debug)]
pub struct Times<'a> {
    pub timezone: &'a TimeZone,
    /// Start of the warm-up, first instant that counts, and the end; s since the epoch.
    pub warmup_s: i64,
    pub start_s: i64,
    pub end_s: i64,
}

/// Interval of laid-out profiles, s: time zones differ by quarter-hours.
const PROFILE_STEP_S: u32 = 900;
/// Faults of one file that are told one by one.
const TOLD: usize = 10;

/// The series of a key; none where there is none or it is faulty.
pub fn build(view: &View<'_>, key: &str, times: &Times<'_>) -> Series {
    if let Some(file) = view.item(key).and_then(|i| i.section()) {
        return from_file(&file, range_of(view, key), times).unwrap_or_else(Series::none);
    }
    if let Some(values) = view.opt_numbers(key) {
        if !matches!(values.len(), 24 | 168) {
            view.fault(
                key,
                Fault::new(
                    Code::OutOfRange,
                    format!("a profile has 24 or 168 values, not {}", values.len()),
                )
                .allowed("24 (hours of a day) or 168 (hours of a week from Monday)"),
            );
            return Series::none();
        }
        return profile(&values, times);
    }
    view.opt_number(key)
        .map_or_else(Series::none, Series::constant)
}

fn range_of(view: &View<'_>, key: &str) -> Range {
    let kind = view.section_table().field(key).map(|f| &f.kind);
    let find = |k: &Kind| match k {
        Kind::Number { unit, min, max } => Some(Range {
            unit,
            min: *min,
            max: *max,
        }),
        _ => None,
    };
    match kind {
        Some(Kind::OneOf(kinds)) => kinds.iter().find_map(find),
        Some(kind) => find(kind),
        None => None,
    }
    .unwrap_or(Range {
        unit: "",
        min: f64::MIN,
        max: f64::MAX,
    })
}

/// A day's or week's hours laid out in local civil time.
fn profile(values: &[f64], times: &Times<'_>) -> Series {
    let step = i64::from(PROFILE_STEP_S);
    let start_s = times.warmup_s.div_euclid(step) * step;
    let count = (times.end_s - start_s).div_euclid(step) + 1;
    let mut civil = CivilTime::new(times.timezone);
    let values: Vec<f64> = (0..count)
        .map(|i| {
            // The hours of the calendar, from a Monday on: 5 January 1970.
            let hours = civil.at(start_s + i * step).div_euclid(3600) - 4 * 24;
            values[hours.rem_euclid(values.len() as i64) as usize]
        })
        .collect();
    Series {
        start_s,
        step_s: PROFILE_STEP_S,
        values: values.into(),
        periodic: false,
    }
}

/// The time zone of stamps without offset.
pub(super) fn stamp_zone(view: &View<'_>, key: &str, site: &TimeZone) -> TimeZone {
    let name = view.text(key);
    match name.as_str() {
        "site" => site.clone(),
        name => TimeZone::get(name).unwrap_or_else(|_| {
            let mut fault = Fault::new(
                Code::UnknownName,
                format!("there is no time zone \"{name}\""),
            )
            .allowed("\"UTC\", \"site\", or an IANA name");
            fault.hint = super::location::timezone_hint(name);
            view.fault(key, fault);
            TimeZone::UTC
        }),
    }
}

/// The instant of a time stamp. A local time that the clock shows twice is the
/// second one if the row before is not earlier than the first.
pub(super) fn stamp(text: &str, zone: &TimeZone, before: Option<i64>) -> Result<i64, String> {
    let moment = moment::parse_date_time(text)?;
    let (at, clock) = resolve(moment, zone).ok_or("this time is outside the calendar")?;
    match clock {
        Clock::Once => Ok(at),
        Clock::Skipped => Err(format!("the clock skips {text} in this time zone")),
        Clock::Twice if before.is_some_and(|b| b >= at) => {
            let ambiguous = zone.to_ambiguous_timestamp(moment.civil);
            let later = ambiguous.later().map_err(|e| e.to_string())?;
            Ok(later.as_second())
        }
        Clock::Twice => Ok(at),
    }
}

/// What the values of a series may be.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    pub unit: &'static str,
    pub min: f64,
    pub max: f64,
}

/// Reads a series file; every fault of the file with its line.
pub fn from_file(view: &View<'_>, range: Range, times: &Times<'_>) -> Option<Series> {
    let table = Table::read(view, "file")?;
    let time = table.column(view, "time", 0)?;
    let value = table.column(view, "column", 1)?;
    let zone = stamp_zone(view, "timezone", times.timezone);
    let factor = view.number("factor");
    let mut faults = Vec::new();
    let mut rows: Vec<(i64, f64, u64)> = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let mut wrong = |cell: usize, message: String| {
            let place = Place::line(&table.source, row.line as usize);
            let mut fault = Fault::new(Code::Data, message)
                .at(place)
                .key(table.names.get(cell).cloned().unwrap_or_default())
                .value(row.cell(cell));
            if cell == value {
                fault.unit = Some(range.unit.to_owned()).filter(|u| !u.is_empty());
                fault = fault.allowed(hint::range(range.min, range.max, range.unit));
                if factor != 1.0 {
                    fault = fault.hint(format!("after it was multiplied by the factor {factor}"));
                }
            } else {
                fault = fault.allowed("dates with clock times, rising");
            }
            faults.push(fault);
        };
        let at = match stamp(row.cell(time), &zone, rows.last().map(|r| r.0)) {
            Ok(at) => at,
            Err(message) => {
                wrong(time, message);
                continue;
            }
        };
        if let Some((before, _, line)) = rows.last() {
            if at == *before {
                wrong(time, format!("the time of line {line} stands here again"));
                continue;
            }
            if at < *before {
                wrong(
                    time,
                    format!("the time is before that of line {line}: wrong order"),
                );
                continue;
            }
        }
        let number = row.cell(value).parse::<f64>().ok().map(|v| v * factor);
        match number {
            Some(v) if v.is_finite() && (range.min..=range.max).contains(&v) => {
                rows.push((at, v, row.line))
            }
            Some(v) if v.is_finite() => wrong(
                value,
                format!("{v} is not within {} to {}", range.min, range.max),
            ),
            _ => wrong(value, "a number is due here".to_owned()),
        }
    }
    table::tell(view, faults, TOLD)?;
    let series = on_grid(view, &table, rows)?;
    covers(view, &series, times);
    Some(series)
}

/// Rows of ascending times on a regular grid.
fn on_grid(view: &View<'_>, table: &Table, rows: Vec<(i64, f64, u64)>) -> Option<Series> {
    if rows.len() < 2 {
        view.fault(
            "file",
            Fault::new(Code::Data, "a series file needs at least two rows"),
        );
        return None;
    }
    let mut steps: Vec<i64> = rows.windows(2).map(|w| w[1].0 - w[0].0).collect();
    steps.sort_unstable();
    let step = steps[steps.len() / 2];
    let Some(step_s) = u32::try_from(step)
        .ok()
        .filter(|s| (1..=31 * 86_400).contains(s))
    else {
        view.fault(
            "file",
            Fault::new(Code::Data, format!("intervals of {step} s can't be used")),
        );
        return None;
    };
    let hold = view.choice("gaps") == "hold";
    let (mut faults, mut filled) = (Vec::new(), 0);
    let mut values: Vec<f64> = Vec::with_capacity(rows.len());
    for (i, (at, value, line)) in rows.iter().enumerate() {
        if let Some((before, held, _)) = i.checked_sub(1).map(|j| rows[j]) {
            let distance = at - before;
            if distance % step != 0 {
                faults.push(
                    Fault::new(
                        Code::Data,
                        format!(
                            "{distance} s after the row before, in a file of {step} s intervals"
                        ),
                    )
                    .at(Place::line(&table.source, *line as usize)),
                );
            } else if distance > step {
                let missing = distance / step - 1;
                if !hold {
                    faults.push(
                        Fault::new(
                            Code::Data,
                            format!("{missing} rows are missing before this one"),
                        )
                        .at(Place::line(&table.source, *line as usize))
                        .hint("mend the file, or say gaps = \"hold\""),
                    );
                } else if missing <= 100_000 {
                    filled += missing;
                    values.extend((0..missing).map(|_| held));
                }
            }
        }
        values.push(*value);
    }
    table::tell(view, faults, TOLD)?;
    if filled > 0 {
        view.warn(
            "file",
            format!("{filled} missing intervals hold the value before them"),
        );
    }
    let shift = if view.choice("stamp") == "end" {
        step
    } else {
        0
    };
    Some(Series {
        start_s: rows[0].0 - shift,
        step_s,
        values: values.into(),
        periodic: false,
    })
}

fn covers(view: &View<'_>, series: &Series, times: &Times<'_>) {
    let show = |at| period::local(at, times.timezone).to_string();
    if series.start_s > times.start_s || series.end_s() < times.end_s {
        view.fault(
            "file",
            Fault::new(
                Code::Data,
                format!(
                    "the file has {} to {} (local time), which does not cover the period",
                    show(series.start_s),
                    show(series.end_s())
                ),
            )
            .allowed(format!("{} to {}", show(times.start_s), show(times.end_s)))
            .hint("are `stamp` and `timezone` right?"),
        );
    } else if series.start_s > times.warmup_s {
        view.warn(
            "file",
            "the file does not reach back to the warm-up, where its first value holds",
        );
    }
}

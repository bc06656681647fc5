//! Readers, faults, bundled weather and rows, end to end.

mod bundle;
mod faults;
mod rows;

use super::*;
use crate::model::{Site, Weather};

pub(super) const HOUR: i64 = 3600;
pub(super) const DAY: i64 = 24 * HOUR;

pub(super) fn golden() -> Weather {
    read_epw("golden.epw", &bundled::golden_epw(), Calendar::AsPrinted)
        .expect("the bundled EPW is good")
}

pub(super) fn site() -> Site {
    Site {
        latitude_deg: 52.0,
        longitude_deg: 5.0,
        altitude_m: 0.0,
        timezone: jiff::tz::TimeZone::UTC,
        country: String::new(),
        postal_code: String::new(),
        price_zone: String::new(),
        ground_albedo: 0.2,
    }
}

/// A table of hourly records with temperature, direct and diffuse light.
pub(super) fn table(calendar: Calendar) -> Table {
    let source = |quantity, position| Source {
        quantity,
        column: Column::Position(position),
        scale: 1.0,
        offset: 0.0,
    };
    Table {
        separator: ',',
        decimal_comma: false,
        header_lines: 1,
        time: TimeColumns::Stamp {
            column: Column::Name("time".into()),
            order: DateOrder::YearMonthDay,
        },
        zone: Zone::Offset(0),
        stamp: Stamp::Start,
        interval_s: None,
        columns: vec![
            source(Quantity::Outdoor, 1),
            source(Quantity::DirectNormal, 2),
            source(Quantity::DiffuseHorizontal, 3),
        ],
        missing: vec![-999.0],
        latitude_deg: 52.0,
        longitude_deg: 5.0,
        altitude_m: 0.0,
        calendar,
        source: "test".into(),
    }
}

/// Text of a table from 2024-06-20, `records` hours, changed line by line.
pub(super) fn text(records: i64, line: impl Fn(i64, String) -> String) -> String {
    let mut out = String::from("time,t,dni,dhi\n");
    let start = civil::days(2024, 6, 20) * DAY;
    for i in 0..records {
        let stamp = civil::show(start + i * HOUR);
        let sun = if (7..=17).contains(&(i % 24)) { 1 } else { 0 };
        out += &line(
            i,
            format!("{stamp},{},{},{}", 10 + i % 24, 300 * sun, 100 * sun),
        );
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

//! Instants at which disinfections of the tank are due.

use crate::model::Controller;

/// Instants at which a disinfection is due in the period. A local time that
/// the clock skips is taken at the end of the gap.
pub(super) fn disinfections(
    c: &Controller,
    start_s: i64,
    end_s: i64,
    tz: &jiff::tz::TimeZone,
) -> Vec<i64> {
    let Some(d) = c.disinfection else {
        return Vec::new();
    };
    let Ok(first) = jiff::Timestamp::from_second(start_s) else {
        return Vec::new();
    };
    let mut date = tz.to_datetime(first).date();
    let mut due = Vec::new();
    loop {
        let midnight = date.at(0, 0, 0, 0);
        let Ok(day) = midnight.to_zoned(tz.clone()) else {
            break;
        };
        if day.timestamp().as_second() >= end_s {
            break;
        }
        if i64::from(date.weekday().to_monday_zero_offset()) == i64::from(d.weekday) {
            let seconds = i64::from(d.start_s);
            let (h, m, s) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
            if let Ok(at) = date.at(h as i8, m as i8, s as i8, 0).to_zoned(tz.clone()) {
                let at = at.timestamp().as_second();
                if (start_s..end_s).contains(&at) {
                    due.push(at);
                }
            }
        }
        match date.tomorrow() {
            Ok(next) => date = next,
            Err(_) => break,
        }
    }
    due
}

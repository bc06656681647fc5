//! Values and partings in words, the same for `compare` and `check`.

use jiff::tz::TimeZone;

use super::figures::Value;
use super::part::{Parting, Turn, channel_unit};
use crate::report::format::{digits6, local};
use crate::report::reason_label;
use crate::trace::Reason;

/// A value without its unit. An instant (`…_at_s`) as civil time.
pub fn value(key: &str, value: &Value, zone: &TimeZone) -> String {
    match value {
        Value::Known(v) if is_instant(key) => instant(*v as i64, zone),
        Value::Known(v) => digits6(*v),
        Value::Undefined(_) => "none".to_owned(),
    }
}

/// Whether a metric is a point in time: differences of it are hours, and a share
/// of it means nothing.
pub fn is_instant(key: &str) -> bool {
    key.ends_with("_at_s")
}

/// A difference with its sign.
pub fn signed(difference: f64) -> String {
    if difference.is_nan() {
        return "–".to_owned();
    }
    let plus = if difference > 0.0 { "+" } else { "" };
    format!("{plus}{}", short(difference))
}

/// Four significant digits: for differences and tolerances.
pub fn short(v: f64) -> String {
    if v == 0.0 || !v.is_finite() {
        return digits6(v);
    }
    let rounded: f64 = format!("{v:.3e}").parse().unwrap_or(v);
    digits6(rounded)
}

/// A share of the reference, in percent; "–" of nothing.
pub fn share(was: f64, is: f64) -> String {
    if was == 0.0 || !was.is_finite() || !is.is_finite() {
        return "–".to_owned();
    }
    format!("{} %", signed(100.0 * (is - was) / was.abs()))
}

/// `Sun 7 Feb 2021 05:00`, local time.
pub fn instant(at_s: i64, zone: &TimeZone) -> String {
    local(at_s, zone).strftime("%a %-d %b %Y %H:%M").to_string()
}

/// How a channel parts, on one line.
pub fn parting(p: &Parting, zone: &TimeZone) -> String {
    let unit = channel_unit(&p.channel);
    let unit = if unit.is_empty() {
        String::new()
    } else {
        format!(" {unit}")
    };
    format!(
        "{} departs at {}: {} became {}{unit}, allowed ±{}; {} of {} intervals outside, \
         the most {}{unit} at {}",
        p.channel,
        instant(p.at_s, zone),
        digits6(p.was),
        digits6(p.is),
        short(p.allowed),
        p.outside,
        p.rows,
        short(p.largest),
        instant(p.largest_at_s, zone),
    )
}

/// Where reasons turn, on one line.
pub fn turn(t: &Turn, zone: &TimeZone) -> String {
    let list = |of: &[(Reason, f64)]| -> String {
        let each: Vec<String> = of
            .iter()
            .map(|(r, s)| format!("{} {} min", reason_label(*r), short(s / 60.0)))
            .collect();
        each.join(", ")
    };
    format!(
        "reasons differ first at {}: was {}; is {}",
        instant(t.at_s, zone),
        list(&t.was),
        list(&t.is)
    )
}

//! Numbers and times in words: sensible digits, a real minus sign, no NaN.

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// `x` with `digits` decimals; a minus sign that is one, `–` where `x` is not
/// finite, never `-0`.
pub(crate) fn fixed(x: f64, digits: usize) -> String {
    if !x.is_finite() {
        return "–".into();
    }
    let s = format!("{:.digits$}", x.abs());
    let zero = s.bytes().all(|b| b == b'0' || b == b'.');
    if x < 0.0 && !zero {
        format!("−{s}")
    } else {
        s
    }
}

/// A number of things by their name: `1 run`, `2 runs`.
pub(crate) fn count(n: usize, thing: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {thing}{s}")
}

/// About three significant digits: 0.123, 1.23, 12.3, 123, 1 234.
pub(crate) fn digits3(x: f64) -> String {
    let a = x.abs();
    if a >= 999.5 {
        thousands(x)
    } else if a >= 99.95 {
        fixed(x, 0)
    } else if a >= 9.995 {
        fixed(x, 1)
    } else if a >= 0.005 || a == 0.0 || a.is_nan() {
        fixed(x, if a == 0.0 { 0 } else { 2 })
    } else {
        "0".into()
    }
}

/// Six significant digits, without zeros at the end: for figures beside each
/// other. Very large and very small ones with an exponent.
pub(crate) fn digits6(x: f64) -> String {
    if !x.is_finite() {
        return "–".into();
    }
    let a = x.abs();
    let sign = if x < 0.0 { "−" } else { "" };
    if a == 0.0 {
        return "0".into();
    }
    if !(1e-4..1e9).contains(&a) {
        let text = format!("{a:.5e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        return format!("{sign}{digits}e{power}");
    }
    let places = (5 - a.log10().floor() as i32).max(0) as usize;
    let text = format!("{a:.places$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{sign}{text}")
}

/// Whole number with thin groups of three.
pub(crate) fn thousands(x: f64) -> String {
    let plain = fixed(x, 0);
    let (sign, body) = match plain.strip_prefix('−') {
        Some(b) => ("−", b),
        None => ("", plain.as_str()),
    };
    let n = body.len();
    let mut out = String::from(sign);
    for (i, c) in body.chars().enumerate() {
        if i > 0 && (n - i) % 3 == 0 && n > 4 {
            out.push('\u{a0}');
        }
        out.push(c);
    }
    out
}

/// `€` for EUR, else the code itself.
pub(crate) fn currency(code: &str) -> &str {
    match code {
        "" | "EUR" => "€",
        "GBP" => "£",
        other => other,
    }
}

/// What prices a kWh are multiplied with to be shown, and their unit.
pub(crate) fn price_scale(code: &str) -> (f64, String) {
    match currency(code) {
        "€" => (100.0, "ct/kWh".to_owned()),
        "£" => (100.0, "p/kWh".to_owned()),
        c => (1.0, format!("{c}/kWh")),
    }
}

/// The civil time of an instant. Instants outside the calendar become 1970.
pub(crate) fn local(t_s: i64, tz: &TimeZone) -> Zoned {
    Timestamp::from_second(t_s)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(tz.clone())
}

/// `Mon 12 Jan 2026`.
pub(crate) fn date(t_s: i64, tz: &TimeZone) -> String {
    local(t_s, tz).strftime("%a %-d %b %Y").to_string()
}

/// First and last day of a period `[start, end)`, and how long it is.
pub(crate) fn period(start_s: i64, end_s: i64, tz: &TimeZone) -> String {
    let days = (end_s - start_s) as f64 / 86_400.0;
    let length = if days >= 1.95 {
        format!("{:.0} days", days)
    } else {
        format!("{} h", fixed(days * 24.0, if days < 0.1 { 1 } else { 0 }))
    };
    let first = date(start_s, tz);
    let last = date((end_s - 1).max(start_s), tz);
    if first == last {
        format!("{first} ({length})")
    } else {
        format!("{first} – {last} ({length})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_sensible_digits_and_no_negative_zero() {
        assert_eq!(fixed(-0.001, 1), "0.0");
        assert_eq!(fixed(-1.25, 1), "−1.2");
        assert_eq!(fixed(f64::NAN, 1), "–");
        assert_eq!(digits3(12345.6), "12\u{a0}346");
        assert_eq!(digits3(1234.6), "1235");
        assert_eq!(digits3(2.71349), "2.71");
        assert_eq!(digits3(0.0), "0");
    }

    #[test]
    fn six_digits_tell_figures_apart() {
        assert_eq!(digits6(270.7977), "270.798");
        assert_eq!(digits6(-0.012345678), "−0.0123457");
        assert_eq!(digits6(78.0), "78");
        assert_eq!(digits6(1234567.0), "1234567");
        assert_eq!(digits6(9e-14), "9e-14");
        assert_eq!(digits6(0.0), "0");
        assert_eq!(digits6(f64::NAN), "–");
    }

    #[test]
    fn a_period_names_its_last_counted_day() {
        let tz = TimeZone::UTC;
        let s = period(0, 86_400 * 7, &tz);
        assert_eq!(s, "Thu 1 Jan 1970 – Wed 7 Jan 1970 (7 days)");
    }
}

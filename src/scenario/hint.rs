//! How a fault could be mended: nearest names, other units, misread shapes.
//! Guesses for a person to judge; nothing is ever corrected silently.

use super::field::{Kind, Section, reachable};
use super::tree::{Node, Value};

/// The nearest of some names, if one is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, of: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase().replace('-', "_");
    let score = |other: &str| {
        let other = other.to_lowercase().replace('-', "_");
        let whole = strsim::normalized_damerau_levenshtein(&name, &other);
        // The same word with another unit: `volume_m3` for `volume_l`.
        let stems = (stem(&name), stem(&other));
        let same_stem = stems.0 == stems.1 && stems.0.len() >= 3;
        let start = stems.0.len() >= 4 && other.starts_with(&name);
        if same_stem || start {
            whole.max(0.8)
        } else {
            whole
        }
    };
    let best = of
        .map(|o| (score(o), o))
        .fold(None, |best: Option<(f64, &str)>, next| match best {
            Some(b) if b.0 >= next.0 => Some(b),
            _ => Some(next),
        });
    best.filter(|(score, _)| *score >= 0.6)
        .map(|(_, name)| name)
}

/// "did you mean …?" for a name; nothing where none is near.
pub(super) fn did_you_mean<'a>(name: &str, of: impl Iterator<Item = &'a str>) -> Option<String> {
    nearest(name, of).map(|n| format!("did you mean \"{n}\"?"))
}

/// Why a file could not be read, without the operating system's numbers.
pub(crate) fn unreadable(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// Why a path is not the scenario file that is due there.
pub(crate) fn no_scenario(path: &std::path::Path) -> &'static str {
    match path.is_dir() {
        true => "this is a folder, and the scenario file in it is due",
        false => "there is no such scenario file",
    }
}

/// A key without its unit: `ua_w_per_k` gives `ua`.
fn stem(key: &str) -> &str {
    const UNITS: [&str; 38] = [
        "w", "kw", "wh", "kwh", "j", "kj", "mj", "k", "c", "f", "l", "m", "m2", "m3", "mm", "cm",
        "s", "min", "h", "days", "d", "per", "deg", "percent", "pct", "pa", "hpa", "eur", "ct",
        "g", "kg", "kwp", "wp", "hours", "minutes", "seconds", "ml", "a",
    ];
    let mut key = key;
    while let Some((rest, last)) = key.rsplit_once('_') {
        if !UNITS.contains(&last) {
            break;
        }
        key = rest;
    }
    key
}

/// Says in which other section a key would be known.
pub(super) fn belongs(key: &str, root: &'static Section, here: &Section) -> Option<String> {
    let names: Vec<&str> = reachable(root)
        .into_iter()
        .filter(|s| s.name != here.name && s.field(key).is_some())
        .map(|s| s.name)
        .collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("`{key}` belongs to the section \"{one}\"")),
        many => Some(format!(
            "`{key}` belongs to one of the sections {}",
            many.join(", ")
        )),
    }
}

/// "from 1 to 40 kW".
pub(super) fn range(min: f64, max: f64, unit: &str) -> String {
    format!("from {min} to {max} {unit}").trim_end().to_owned()
}

/// Names of units and their factor to the unit that is due.
fn factors(unit: &str) -> &'static [(&'static str, f64)] {
    match unit {
        "W" => &[("kW", 1e3), ("MW", 1e6)],
        "kW" => &[("W", 1e-3), ("MW", 1e3)],
        "kWp" => &[("Wp", 1e-3), ("W", 1e-3), ("kW", 1.0)],
        "kWh" => &[("Wh", 1e-3), ("MWh", 1e3), ("MJ", 1.0 / 3.6)],
        "W/K" => &[("kW/K", 1e3)],
        "J/K" => &[
            ("kJ/K", 1e3),
            ("MJ/K", 1e6),
            ("Wh/K", 3.6e3),
            ("kWh/K", 3.6e6),
        ],
        "kJ/K" => &[("J/K", 1e-3), ("MJ/K", 1e3), ("kWh/K", 3.6e3)],
        "MJ/K" => &[("J/K", 1e-6), ("kJ/K", 1e-3), ("kWh/K", 3.6)],
        "kWh/K" => &[("J/K", 1.0 / 3.6e6), ("MJ/K", 1.0 / 3.6), ("Wh/K", 1e-3)],
        "l" | "L" => &[("m³", 1e3), ("m3", 1e3), ("ml", 1e-3)],
        "m³" | "m3" => &[("l", 1e-3)],
        "m" => &[("mm", 1e-3), ("cm", 1e-2), ("km", 1e3)],
        "mm" => &[("m", 1e3), ("cm", 10.0)],
        "s" => &[("min", 60.0), ("h", 3600.0), ("d", 86_400.0)],
        "min" => &[("s", 1.0 / 60.0), ("h", 60.0)],
        "h" => &[("min", 1.0 / 60.0), ("s", 1.0 / 3600.0), ("d", 24.0)],
        "d" | "days" => &[("h", 1.0 / 24.0)],
        "Pa" => &[("hPa", 100.0), ("kPa", 1e3), ("bar", 1e5)],
        "EUR/kWh" => &[("ct/kWh", 1e-2), ("EUR/MWh", 1e-3)],
        "g/kWh" => &[("kg/kWh", 1e3)],
        "%" => &[("", 100.0)],
        "" => &[("%", 1e-2)],
        _ => &[],
    }
}

/// Six significant digits, without trailing zeros.
fn short(value: f64) -> String {
    let digits = (5 - value.abs().max(1e-9).log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn is_temperature(unit: &str) -> bool {
    matches!(unit, "°C" | "degC" | "C" | "℃")
}

/// A value out of range that would fit in another unit.
pub(super) fn other_unit(value: f64, unit: &str, min: f64, max: f64) -> Option<String> {
    let fits = |v: f64| (min..=max).contains(&v);
    if is_temperature(unit) {
        let from_kelvin = value - crate::units::ZERO_C_IN_K;
        if (200.0..450.0).contains(&value) && fits(from_kelvin) {
            return Some(format!(
                "{value} looks like kelvin: that is {} °C",
                short((from_kelvin * 100.0).round() / 100.0)
            ));
        }
        let from_fahrenheit = (value - 32.0) / 1.8;
        if value > max && fits(from_fahrenheit) {
            return Some(format!(
                "{value} looks like °F: that is {} °C",
                short((from_fahrenheit * 10.0).round() / 10.0)
            ));
        }
        return None;
    }
    let (name, factor) = factors(unit)
        .iter()
        .find(|(_, f)| *f != 1.0 && fits(value * f))?;
    let name = if name.is_empty() { "a fraction" } else { name };
    let converted = short(value * factor);
    Some(
        format!("{value} looks like {name}: that is {converted} {unit}")
            .trim_end()
            .to_owned(),
    )
}

/// A text that holds a number, perhaps with a unit: "21 C".
pub(super) fn number_in_text(text: &str, unit: &str, min: f64, max: f64) -> Option<String> {
    let text = text.trim();
    let end = text
        .char_indices()
        .find(|(_, c)| !(c.is_ascii_digit() || "+-.,eE".contains(*c)))
        .map_or(text.len(), |(i, _)| i);
    // "5e" of "5 eur" can't occur: the blank ends the number first.
    let value: f64 = text[..end].replace(',', ".").parse().ok()?;
    if !value.is_finite() {
        return None;
    }
    let written = text[end..].trim();
    let plain = written
        .trim_start_matches(['°', 'º'])
        .trim_start_matches("deg")
        .trim();
    let convert = |v: f64| {
        if is_temperature(unit) {
            return match plain.to_lowercase().as_str() {
                "f" | "fahrenheit" => Some((v - 32.0) / 1.8),
                "k" | "kelvin" => Some(v - crate::units::ZERO_C_IN_K),
                "" | "c" | "celsius" => Some(v),
                _ => None,
            };
        }
        if written.is_empty() || written.eq_ignore_ascii_case(unit) {
            return Some(v);
        }
        factors(unit)
            .iter()
            .find(|(n, _)| *n == written)
            .map(|(_, f)| v * f)
    };
    let because = "numbers stand without quotes and without unit";
    match convert(value) {
        Some(v) if (min..=max).contains(&v) => Some(format!(
            "write {} ({because})",
            short((v * 1e4).round() / 1e4)
        )),
        _ if unit.is_empty() => Some(because.to_owned()),
        _ => Some(format!("{because}; the unit is {unit}")),
    }
}

/// What to write instead of a value of the wrong type.
pub(super) fn wrong_type(node: &Node, kind: &Kind, path: &str) -> Option<String> {
    let key = path.rsplit('.').next().unwrap_or(path);
    let header: String = {
        // `users[0].devices[1].tank` is written `[users.devices.tank]`.
        let mut depth = 0;
        path.chars()
            .filter(|c| {
                match c {
                    '[' => depth += 1,
                    ']' => {
                        depth -= 1;
                        return false;
                    }
                    _ => {}
                }
                depth == 0
            })
            .collect()
    };
    match (kind, &node.value) {
        (_, Value::Null) => Some("leave the key out".to_owned()),
        (Kind::Bool, Value::Text(t)) if matches!(t.as_str(), "true" | "yes" | "on") => {
            Some("write true without quotes".to_owned())
        }
        (Kind::Bool, Value::Text(t)) if matches!(t.as_str(), "false" | "no" | "off") => {
            Some("write false without quotes".to_owned())
        }
        (Kind::Bool, Value::Integer(i @ (0 | 1))) => Some(format!("write {}", *i == 1)),
        (
            Kind::Text | Kind::Choice(_),
            Value::Integer(_) | Value::Float(_) | Value::DateTime(_),
        ) => Some("put it into quotes".to_owned()),
        (
            Kind::Sections(_) | Kind::List(Kind::Section(_) | Kind::Variants { .. }),
            Value::Table(_),
        ) => Some(format!(
            "a list of tables is written with double brackets: [[{header}]]"
        )),
        (Kind::Section(_) | Kind::Variants { .. }, Value::Array(_)) => Some(format!(
            "there is only one: write [{header}] with single brackets"
        )),
        (Kind::Numbers { .. } | Kind::Texts | Kind::List(_), v)
            if !matches!(v, Value::Array(_) | Value::Table(_)) =>
        {
            Some(format!("write {key} = [...] with the value inside"))
        }
        (Kind::OneOf(kinds), _) => {
            let number = kinds.iter().find_map(|k| match k {
                Kind::Number { unit, min, max } => Some((*unit, *min, *max)),
                _ => None,
            });
            match (&node.value, number) {
                (Value::Text(text), Some((unit, min, max))) => number_in_text(text, unit, min, max),
                _ => kinds.iter().find_map(|k| wrong_type(node, k, path)),
            }
        }
        (Kind::TextOr(inner), _) => wrong_type(node, inner, path),
        _ => None,
    }
}

//! From one value to a setting: type, range and form, with hints for what was
//! likely meant.

use super::effective::ControlMode;
use super::fault::{FaultKind, SettingsFault};
use super::key::{ABSOLUTE_MAX_C, ABSOLUTE_MIN_C, Key, KeyKind, Setting};
use super::place;
use super::read::nearest;
use super::tree::Tree;

type Read = Result<Setting, Box<SettingsFault>>;

pub(super) fn read_value(key: Key, value: &Tree) -> Read {
    match key.kind() {
        KeyKind::Flag => match value {
            Tree::Flag(x) => Ok(Setting::Flag(*x)),
            other => Err(Box::new(not_a_flag(key, other))),
        },
        KeyKind::Temperature { min, max } => number(key, value).and_then(|x| {
            temperature_in(x, min, max)
                .map_err(|f| Box::new(at_key(key, *f).value(value.show())))
                .map(Setting::Number)
        }),
        KeyKind::RoomBound => number(key, value).and_then(|x| room_bound(key, x)),
        KeyKind::Mode => text(key, value).and_then(|s| mode(key, s)),
        KeyKind::Country => text(key, value).and_then(|s| country(key, s)),
        KeyKind::PostalCode => text(key, value).and_then(|s| postal_code(key, s)),
    }
}

fn fault(key: Key, kind: FaultKind, msg: impl Into<String>) -> SettingsFault {
    SettingsFault::new(&[key.group().name(), key.name()], kind, msg)
}

fn at_key(key: Key, mut f: SettingsFault) -> SettingsFault {
    f.loc = vec![key.group().name().to_owned(), key.name().to_owned()];
    f
}

fn not_a_flag(key: Key, value: &Tree) -> SettingsFault {
    let f = fault(
        key,
        FaultKind::NotABool,
        format!("must be true or false, not {}", value.noun()),
    )
    .value(value.show())
    .allowed("true, false");
    match value {
        Tree::Text(s) => match s.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => f.hint("write true, without quotes"),
            "false" | "no" | "off" => f.hint("write false, without quotes"),
            _ => f,
        },
        Tree::Number(x) if *x == 1.0 => f.hint("write true"),
        Tree::Number(x) if *x == 0.0 => f.hint("write false"),
        _ => f,
    }
}

fn number(key: Key, value: &Tree) -> Result<f64, Box<SettingsFault>> {
    let f = match value {
        Tree::Number(x) if x.is_finite() => return Ok(*x),
        Tree::Number(_) => fault(key, FaultKind::NotFinite, "must be a finite number"),
        other => {
            let f = fault(
                key,
                FaultKind::NotANumber,
                format!("must be a number, not {}", other.noun()),
            );
            match other {
                Tree::Text(s) if s.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
                    f.hint(format!("write {}, without quotes", s.trim()))
                }
                _ => f,
            }
        }
    };
    let f = f.value(value.show());
    Err(Box::new(match key.kind() {
        KeyKind::Temperature { min, max } => f.allowed(format!("{min} to {max}")).unit("degC"),
        _ => f,
    }))
}

/// Whether a finite number is a temperature in a range (inclusive, degC);
/// out of it, degF- and kelvin-looking numbers are recognised. The fault has
/// neither place nor value yet.
pub(crate) fn temperature_in(x: f64, min: f64, max: f64) -> Result<f64, Box<SettingsFault>> {
    if (min..=max).contains(&x) {
        return Ok(x);
    }
    let (kind, side) = if x < min {
        (FaultKind::TooLow, "below the lowest")
    } else {
        (FaultKind::TooHigh, "above the highest")
    };
    let f = match other_unit(x, min, max) {
        Some(hint) => SettingsFault::new(
            &[],
            FaultKind::LooksLikeOtherUnit,
            format!("{x} is {side} allowed value"),
        )
        .hint(hint),
        None => SettingsFault::new(&[], kind, format!("{x} is {side} allowed value")),
    };
    Err(Box::new(f.allowed(format!("{min} to {max}")).unit("degC")))
}

/// A hint where `x`, out of range in degC, would be in range in degF or K.
fn other_unit(x: f64, min: f64, max: f64) -> Option<String> {
    let tenth = |c: f64| (c * 10.0).round() / 10.0;
    let from_f = (x - 32.0) / 1.8;
    let from_k = x - crate::units::ZERO_C_IN_K;
    if (min..=max).contains(&from_f) {
        Some(format!(
            "this looks like °F: {x} °F is {} °C",
            tenth(from_f)
        ))
    } else if (min..=max).contains(&from_k) {
        Some(format!(
            "this looks like kelvin: {x} K is {} °C",
            tenth(from_k)
        ))
    } else {
        None
    }
}

/// What holds for a room bound in either convention.
fn room_bound(key: Key, x: f64) -> Read {
    let f = if x < 0.0 {
        fault(key, FaultKind::TooLow, format!("{x} is below zero")).hint(
            "an offset has no sign: 1.5 means 1.5 K below (lower) or above (upper) the target",
        )
    } else if x > ABSOLUTE_MAX_C {
        let (kind, hint) = match other_unit(x, ABSOLUTE_MIN_C, ABSOLUTE_MAX_C) {
            Some(hint) => (FaultKind::LooksLikeOtherUnit, hint),
            None => (
                FaultKind::TooHigh,
                "give K below or above the target".to_owned(),
            ),
        };
        fault(
            key,
            kind,
            format!("{x} is neither an offset in K nor a room temperature in °C"),
        )
        .hint(format!(
            "{hint}; bounds are offsets in K unless the user is declared with bounds = \"absolute\""
        ))
    } else {
        return Ok(Setting::Number(x));
    };
    Err(Box::new(f.value(x.to_string())))
}

fn text(key: Key, value: &Tree) -> Result<&str, Box<SettingsFault>> {
    match value {
        Tree::Text(s) => Ok(s),
        other => {
            let f = fault(
                key,
                FaultKind::NotAString,
                format!("must be a string, not {}", other.noun()),
            )
            .value(other.show());
            Err(Box::new(match (other, key.kind()) {
                (Tree::Number(x), KeyKind::PostalCode) => {
                    f.hint(format!("write \"{x}\", in quotes"))
                }
                (_, KeyKind::Mode) => f.allowed(mode_names().join(", ")),
                _ => f,
            }))
        }
    }
}

fn mode_names() -> Vec<&'static str> {
    ControlMode::ALL.map(ControlMode::name).to_vec()
}

fn mode(key: Key, s: &str) -> Read {
    if let Some(m) = ControlMode::named(s) {
        return Ok(Setting::Mode(m));
    }
    let f = fault(key, FaultKind::NotAChoice, "is no temperature control mode")
        .value(format!("{s:?}"))
        .allowed(mode_names().join(", "));
    let meant = match s.trim().to_ascii_lowercase().as_str() {
        "heat" => Some("heating"),
        "cool" => Some("cooling"),
        "automatic" | "heat_cool" => Some("auto"),
        other => nearest(other, mode_names()),
    };
    Err(Box::new(match meant {
        Some(m) => f.hint(format!("did you mean \"{m}\"?")),
        None => f,
    }))
}

fn country(key: Key, s: &str) -> Read {
    if place::is_country(s) {
        return Ok(s.into());
    }
    let f = fault(key, FaultKind::NotAChoice, "is no country code")
        .value(format!("{s:?}"))
        .allowed("ISO 3166-1 alpha-2, two capital letters");
    Err(Box::new(match place::country_hint(s) {
        Some(hint) => f.hint(hint),
        None => f,
    }))
}

fn postal_code(key: Key, s: &str) -> Read {
    if place::is_postal_code(s) {
        return Ok(s.into());
    }
    let f = fault(key, FaultKind::Form, "is no postal code")
        .value(format!("{s:?}"))
        .allowed("1 to 16 letters, digits, spaces and hyphens");
    Err(Box::new(f))
}

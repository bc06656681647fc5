//! What a file of checkpoints keeps, and what it refuses. That going on gives
//! the same bytes is shown for random runs in `tests/properties/`.

use std::path::Path;

use super::*;
use crate::scenario::{Format, parse};
use crate::sim::{Silent, resume, run, run_until};

const TEXT: &str = r#"heatloop = 1
title = "Stopped"
site = { country = "NL", postal_code = "6211AB" }
weather = { climate = "aachen-2021" }
period = { start = 2021-02-08, days = 1, warmup_days = 1 }
[[users]]
[[users.devices]]
house = "nl-terraced-1992"
heat_pump = "mitsubishi-ecodan-wz80"
tank = "200 l"
"#;

fn scenario(text: &str) -> Scenario {
    match parse(text, Format::Toml, Path::new("")) {
        Ok(scenario) => scenario,
        Err(faults) => panic!("{}", faults.render(100, false)),
    }
}

/// A run that was stopped after six hours and ten minutes, inside a recording interval.
fn stopped(scenario: &Scenario) -> Checkpoint {
    let at_s = scenario.period.start_s + 6 * 3600 + 600;
    run_until(scenario, Options::default(), None, at_s, &Silent).unwrap()
}

#[test]
fn a_file_gives_back_every_bit() {
    let scenario = scenario(TEXT);
    let mut checkpoint = stopped(&scenario);
    // Not what a run leaves; but what it leaves must survive, whatever it is.
    let odd = [
        f64::from_bits(0x7ff8_0000_0000_1234),
        f64::INFINITY,
        -0.0,
        f64::MIN_POSITIVE / 3.0,
    ];
    checkpoint.devices[0].integrals = odd.to_vec();
    let bytes = to_bytes(std::slice::from_ref(&checkpoint));
    let read = from_bytes(&bytes, &scenario).unwrap();
    let bits = |c: &Checkpoint| -> Vec<u64> {
        c.devices[0].integrals.iter().map(|x| x.to_bits()).collect()
    };
    assert_eq!(bits(&read[0]), bits(&checkpoint));
    assert!(to_bytes(&read) == bytes);
}

#[test]
fn going_on_is_the_same_as_never_having_stopped() {
    let scenario = scenario(TEXT);
    let bytes = to_bytes(&[stopped(&scenario)]);
    let from = &from_bytes(&bytes, &scenario).unwrap()[0];
    let whole = run(&scenario, Options::default(), &Silent).unwrap();
    let later = from.at_s() + 5 * 3600;
    let second = run_until(&scenario, Options::default(), Some(from), later, &Silent).unwrap();
    for from in [from, &second] {
        let parts = resume(&scenario, Options::default(), from, &Silent).unwrap();
        assert!(format!("{whole:?}") == format!("{parts:?}"));
    }
}

#[test]
fn fails_for_another_scenario_and_names_what_differs() {
    let bytes = to_bytes(&[stopped(&scenario(TEXT))]);
    let refused = |from: &str, to: &str| {
        assert!(TEXT.contains(from));
        from_bytes(&bytes, &scenario(&TEXT.replace(from, to))).unwrap_err()
    };
    let parts = |fault| match fault {
        CheckpointFault::Scenario { parts } => parts.join(", "),
        other => panic!("{other}"),
    };
    assert_eq!(
        parts(refused("\"200 l\"", "\"150 l\"")),
        "users and devices"
    );
    // Draws reach as far as the period.
    assert_eq!(
        parts(refused("days = 1, w", "days = 2, w")),
        "period, users and devices"
    );
    let weather = parts(refused("aachen-2021", "golden-tmy3"));
    assert!(weather.contains("weather"), "{weather}");
    assert_eq!(parts(refused("[[users]]", "seed = 4\n[[users]]")), "seed");
    // Another way to say the same is the same scenario.
    let same = TEXT.replace("days = 1, w", "end = 2021-02-09, w");
    assert!(from_bytes(&bytes, &scenario(&same)).is_ok());
}

#[test]
fn fails_for_a_file_that_is_damaged_anywhere() {
    let scenario = scenario(TEXT);
    let good = to_bytes(&[stopped(&scenario)]);
    let end = good.iter().position(|&b| b == b'\n').unwrap();
    for length in [0, 3, end / 2, end, end + 1, end + 9, good.len() - 1] {
        let fault = from_bytes(&good[..length], &scenario).unwrap_err();
        let expected = matches!(fault, CheckpointFault::Damaged(_))
            || (fault == CheckpointFault::Foreign && length < 10);
        assert!(expected, "{length} bytes: {fault}");
    }
    let longer = [&good[..], b"x"].concat();
    assert!(from_bytes(&longer, &scenario).is_err());
    for at in [end + 1, end + 200, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        let fault = from_bytes(&bad, &scenario).unwrap_err();
        assert!(matches!(fault, CheckpointFault::Damaged(_)), "{fault}");
    }
    assert_eq!(
        from_bytes(TEXT.as_bytes(), &scenario).unwrap_err(),
        CheckpointFault::Foreign
    );
}

#[test]
fn fails_for_another_version_before_anything_else_is_read() {
    let scenario = scenario(TEXT);
    let good = to_bytes(&[stopped(&scenario)]);
    let end = good.iter().position(|&b| b == b'\n').unwrap();
    let head = std::str::from_utf8(&good[..end]).unwrap();
    for other in [
        head.replace("\"version\":\"", "\"version\":\"9"),
        head.replace("\"layout\":", "\"layout\":9"),
        head.replace("\"scenario\":", "\"scene\":")
            .replace("\"layout\":", "\"layout\":9"),
    ] {
        let bytes = [other.as_bytes(), &good[end..]].concat();
        let fault = from_bytes(&bytes, &scenario).unwrap_err();
        assert!(matches!(fault, CheckpointFault::Version { .. }), "{fault}");
    }
}

#[test]
fn fails_for_an_instant_at_which_the_run_cannot_stop() {
    let scenario = scenario(TEXT);
    let (start, end) = (scenario.period.start_s, scenario.period.end_s);
    let at = |at_s: i64| run_until(&scenario, Options::default(), None, at_s, &Silent);
    for (at_s, why) in [
        (start - 300, "up to and without"),
        (end, "up to and without"),
        (start + 1, "between steps"),
    ] {
        let fault = at(at_s).unwrap_err().to_string();
        assert!(fault.contains(why), "{fault}");
        assert!(fault.contains("2021-02"), "{fault}");
    }
    // The very start: the warm-up alone is done.
    assert_eq!(at(start).unwrap().devices[0].rows, 0);
    let twin = Options { steering: false };
    let from = at(start + 900).unwrap();
    assert!(resume(&scenario, twin, &from, &Silent).is_err());
}

/// The names of all fields, vectors by their first element.
fn shape(value: &serde_json::Value, path: &str, names: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                shape(value, &format!("{path}.{name}"), names);
            }
        }
        serde_json::Value::Array(values) => {
            if let Some(first) = values.first() {
                shape(first, &format!("{path}[]"), names);
            }
        }
        _ => names.push(path.to_owned()),
    }
}

/// Files of other fields must not be read as if they had these. If this test
/// fails, raise `LAYOUT` and put the new digest here.
#[test]
fn the_layout_has_these_fields() {
    let checkpoint = stopped(&scenario(TEXT));
    let value = serde_json::to_value(&checkpoint.devices[0]).unwrap();
    let mut names = Vec::new();
    shape(&value, "", &mut names);
    names.push(format!("{} reasons", crate::trace::Reason::COUNT));
    assert_eq!(
        (LAYOUT, &digest(names.join("\n").as_bytes())[..16]),
        (3, "632f7f20c377dc1b"),
        "{names:#?}"
    );
}

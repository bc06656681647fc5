//! The part of a point that can be sent: settings documents in the wire's
//! format, one for each user or device whose settings the point sets. What is
//! no setting (a tank's volume, a curve) can't be sent and is left out.

use serde_json::{Map, Value, json};

use crate::model::Scenario;
use crate::study::vary::{Setting, Step, Target};

/// Documents of what is set, in the order in which users and devices come
/// first. `scenario`: the varied scenario, for its ids.
pub(super) fn documents(settings: &[Setting], scenario: &Scenario) -> Vec<Value> {
    let mut all: Vec<Map<String, Value>> = Vec::new();
    for setting in settings {
        for place in setting.target.places() {
            let Some((user, device, keys)) = address(place) else {
                continue;
            };
            let Some(of_user) = scenario.users.get(user) else {
                continue;
            };
            let mut head = Map::new();
            head.insert("user_id".to_owned(), json!(of_user.id));
            if let Some(device) = device.and_then(|d| of_user.devices.get(d)) {
                head.insert("device_id".to_owned(), json!(device.id));
            }
            let same = |d: &Map<String, Value>| {
                ["user_id", "device_id"]
                    .iter()
                    .all(|k| d.get(*k) == head.get(*k))
            };
            let at = all.iter().position(same).unwrap_or_else(|| {
                all.push(head.clone());
                all.len() - 1
            });
            put(&mut all[at], &keys, setting.value.to_json());
        }
    }
    all.into_iter().map(Value::Object).collect()
}

/// Whether all that is set there can be sent.
pub(super) fn is_sent(target: &Target) -> bool {
    target.places().iter().all(|place| address(place).is_some())
}

/// User, device and keys below `settings` of a place that is a setting.
fn address(place: &[Step]) -> Option<(usize, Option<usize>, Vec<&str>)> {
    let key = |step: &Step, name: &str| matches!(step, Step::Key(k) if k == name);
    let index = |step: &Step| match step {
        Step::Index(i) => Some(*i),
        _ => None,
    };
    let [users, user, rest @ ..] = place else {
        return None;
    };
    let user = key(users, "users").then(|| index(user)).flatten()?;
    let (device, rest) = match rest {
        [devices, device, rest @ ..] if key(devices, "devices") => (Some(index(device)?), rest),
        rest => (None, rest),
    };
    let [settings, keys @ ..] = rest else {
        return None;
    };
    if !key(settings, "settings") {
        return None;
    }
    let keys = keys.iter().map(|s| match s {
        Step::Key(k) => Some(k.as_str()),
        _ => None,
    });
    Some((user, device, keys.collect::<Option<Vec<_>>>()?))
}

fn put(document: &mut Map<String, Value>, keys: &[&str], value: Value) {
    match keys {
        [] => {
            if let Value::Object(groups) = value {
                document.extend(groups);
            }
        }
        [last] => {
            document.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let inner = document.entry(*first).or_insert_with(|| json!({}));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

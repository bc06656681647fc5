//! The figures of `metrics.json` by name: `energy.hvac_kwh` of the whole
//! scenario, `users.ID.…` of a user, `users.ID.devices.ID.…` of a device,
//! `users.ID.devices.ID.rooms.NAME.…` of a room. Read from the JSON, so that a
//! run just made and one from a folder are the same numbers.

use serde_json::Value as Json;

use crate::metrics::{self, Metrics};

/// Whose figure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Total,
    User,
    Device,
    /// Of a device's twin without steering.
    Twin,
    Room,
}

/// A number, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Known(f64),
    Undefined(String),
}

impl Value {
    /// The number, if there is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Known(v) => Some(*v),
            Value::Undefined(_) => None,
        }
    }
}

/// A figure with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub level: Level,
    /// What stands before the group in the name: `users.anna.`, or nothing.
    pub scope: String,
    pub group: String,
    pub key: String,
    pub value: Value,
}

impl Named {
    /// The whole name.
    pub fn name(&self) -> String {
        format!("{}{}.{}", self.scope, self.group, self.key)
    }

    /// The unit as in the table of metrics; "" for what the table doesn't know.
    pub fn unit(&self) -> &'static str {
        unit(&self.group, &self.key)
    }
}

/// The unit of a metric; "" where there is none, as of counts and ratios.
pub fn unit(group: &str, key: &str) -> &'static str {
    if group == REASONS.0 {
        return "min";
    }
    let table = metrics::GROUPS.iter().find(|(g, _, _)| *g == group);
    let line = table.and_then(|(_, _, definitions)| definitions.iter().find(|d| d.key == key));
    match line.map_or("", |d| d.unit) {
        "1" | "count" => "",
        unit => unit,
    }
}

/// The last two parts of a name: `energy.hvac_kwh`, whoever's it is.
pub fn short(name: &str) -> &str {
    let mut dots = name.rmatch_indices('.').map(|(i, _)| i);
    match (dots.next(), dots.next()) {
        (Some(_), Some(i)) => &name[i + 1..],
        _ => name,
    }
}

/// Short names of all metrics that the program knows.
pub fn all_short() -> Vec<String> {
    let groups = metrics::GROUPS.iter();
    let mut names: Vec<String> = groups
        .flat_map(|(g, _, definitions)| definitions.iter().map(move |d| format!("{g}.{}", d.key)))
        .collect();
    let reasons = crate::trace::Reason::ALL.iter();
    names.extend(reasons.map(|r| format!("{}.{}", REASONS.0, r.name())));
    names
}

/// The title of a group.
pub fn title(group: &str) -> &str {
    if group == REASONS.0 {
        return REASONS.1;
    }
    let table = metrics::GROUPS.iter().find(|(g, _, _)| *g == group);
    table.map_or(group, |(_, title, _)| title)
}

const REASONS: (&str, &str) = ("reasons_min", "Minutes in each reason");

/// The figures of a run.
///
/// # Errors
/// Metrics that can't be written as JSON.
pub fn of(metrics: &Metrics) -> Result<Vec<Named>, String> {
    let json = serde_json::to_value(metrics).map_err(|e| e.to_string())?;
    from_json(&json)
}

/// The figures of a `metrics.json`.
///
/// # Errors
/// Another schema, or no metrics at all.
pub fn from_json(json: &Json) -> Result<Vec<Named>, String> {
    match json["schema"].as_u64() {
        Some(s) if s == u64::from(metrics::SCHEMA) => {}
        Some(s) => {
            return Err(format!(
                "its metrics have schema {s}; this program reads schema {}",
                metrics::SCHEMA
            ));
        }
        None => return Err("it holds no metrics".to_owned()),
    }
    let mut all = Vec::new();
    add(&json["total"], Level::Total, "", &mut all);
    for user in list(&json["users"]) {
        let of_user = format!("users.{}.", text(&user["user_id"]));
        add(&user["total"], Level::User, &of_user, &mut all);
        for device in list(&user["devices"]) {
            let of_device = format!("{of_user}devices.{}.", text(&device["device_id"]));
            add(&device["total"], Level::Device, &of_device, &mut all);
            let of_twin = format!("{of_device}unsteered_twin.");
            add(&device["unsteered_twin"], Level::Twin, &of_twin, &mut all);
            for room in list(&device["rooms"]) {
                let of_room = format!("{of_device}rooms.{}.", text(&room["name"]));
                add(room, Level::Room, &of_room, &mut all);
            }
        }
    }
    Ok(all)
}

/// Leaves out a lone user's and device's figures: the total says the same.
pub fn without_repetition(all: &mut Vec<Named>) {
    let scopes = |level: Level| {
        let mut scopes: Vec<&str> = all
            .iter()
            .filter(|f| f.level == level)
            .map(|f| f.scope.as_str())
            .collect();
        scopes.dedup();
        scopes.len()
    };
    let (users, devices) = (scopes(Level::User), scopes(Level::Device));
    all.retain(|f| match f.level {
        // A user with one device is that device.
        Level::User => users > 1 && devices > users,
        Level::Device => devices > 1,
        _ => true,
    });
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or("")
}

/// The groups of one part: objects of numbers and nulls.
fn add(part: &Json, level: Level, scope: &str, all: &mut Vec<Named>) {
    let groups = part.as_object().into_iter().flatten();
    for (group, figures) in groups {
        for (key, value) in figures.as_object().into_iter().flatten() {
            let value = match value {
                Json::Number(n) => Value::Known(n.as_f64().unwrap_or(f64::NAN)),
                Json::Null => Value::Undefined(text(&figures["undefined"][key]).to_owned()),
                _ => continue,
            };
            all.push(Named {
                level,
                scope: scope.to_owned(),
                group: group.clone(),
                key: key.clone(),
                value,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_the_numbers_of_the_file() {
        let (scenario, run) = crate::compare::fixtures::any();
        let metrics = metrics::evaluate(&run, &scenario);
        let all = of(&metrics).unwrap();
        let file: Json = serde_json::from_str(&metrics.to_json().unwrap()).unwrap();
        let find = |name: &str| all.iter().find(|f| f.name() == name).unwrap();
        assert_eq!(
            find("energy.hvac_kwh").value.number(),
            file["total"]["energy"]["hvac_kwh"].as_f64()
        );
        assert_eq!(find("energy.hvac_kwh").unit(), "kWh");
        assert_eq!(find("running.starts").unit(), "");
        assert!(all.iter().any(|f| f.level == Level::Room));
        assert!(matches!(
            &find("boptest.time_rat").value,
            Value::Undefined(why) if !why.is_empty()
        ));
        let short_names = all_short();
        for figure in &all {
            let name = figure.name();
            assert!(short_names.iter().any(|s| s == short(&name)), "{name}");
        }
    }

    #[test]
    fn short_names_are_the_last_two_parts() {
        assert_eq!(
            short("users.a.b.devices.c.energy.hvac_kwh"),
            "energy.hvac_kwh"
        );
        assert_eq!(short("energy.hvac_kwh"), "energy.hvac_kwh");
        assert_eq!(short("none"), "none");
    }
}

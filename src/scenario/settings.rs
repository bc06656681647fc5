//! Settings tables of users and devices, weekly schedules, and the faults of
//! `control::settings` brought to their places in the file.
//!
//! The rules themselves are `control`'s; this file only reads and points.

use super::check::{as_written, join};
use super::fault::{Code, Fault, Place};
use super::field::{Kind, Section, number, optional, required};
use super::tree::{Node, Value};
use super::view::View;
use crate::control::schedule::ScheduleEntry;
use crate::control::settings::{Draft, SettingsDocument, SettingsFault, Tree, WeeklySchedule};

static ROOM: Section = Section {
    name: "room settings",
    doc: "Room temperature settings.",
    fields: &[
        optional(
            "preferred_temperature",
            number("°C", 5.0, 35.0),
            "The target where no schedule entry holds; decides when cooling starts. Default 20.",
        ),
        optional(
            "temperature_lower_bound",
            number("K or °C", 0.0, 45.0),
            "Lower comfort bound: K below the target, or °C where the user has `bounds = \"absolute\"`. Default 1.5 K.",
        ),
        optional(
            "temperature_upper_bound",
            number("K or °C", 0.0, 45.0),
            "Upper comfort bound: K above the target, or °C. Default 2 K.",
        ),
        optional(
            "schedule_enabled",
            Kind::Bool,
            "Whether the weekly schedule replaces the preferred temperature. Default false.",
        ),
        optional(
            "temperature_control_mode",
            Kind::Choice(&[
                ("heating", "heats only"),
                ("cooling", "cools only"),
                ("auto", "heats, and cools where that is judged necessary"),
                ("off", "neither; hot water goes on"),
            ]),
            "Default heating.",
        ),
    ],
};

static DHW: Section = Section {
    name: "hot water settings",
    doc: "Lowest and highest tank temperature that control and steering may bring about.",
    fields: &[
        optional("temperature_lower_bound", number("°C", 10.0, 80.0), "Default 45."),
        optional("temperature_upper_bound", number("°C", 10.0, 80.0), "Default 60."),
    ],
};

static OPTIMISATION: Section = Section {
    name: "optimization settings",
    doc: "What steers consumption inside the bounds.",
    fields: &[
        optional("flex_trading", Kind::Bool, "Follow the activation schedule; excludes the two others. Default false."),
        optional("dynamic_tariff", Kind::Bool, "Shift consumption to cheap hours. Default false."),
        optional("pv_self_consumption", Kind::Bool, "Shift consumption to local PV surplus. Default false."),
    ],
};

static STEERING: Section = Section {
    name: "steering settings",
    doc: "Legacy spelling.",
    fields: &[optional("heat_pump", Kind::Bool, "Deprecated: the same as `optimization_settings.flex_trading`.")],
};

static LOCATION: Section = Section {
    name: "location settings",
    doc: "Where the user is. At the start the scenario's `site` counts; a change during a run is stored and reported only.",
    fields: &[
        optional("country", Kind::Text, "ISO 3166-1 alpha-2."),
        optional("postal_code", Kind::Text, "In the country's form."),
    ],
};

pub static SETTINGS: Section = Section {
    name: "settings",
    doc: "Settings in force at the start, with the keys of a settings document on the wire. A key of a device wins over the user's, which wins over the default.",
    fields: &[
        optional("room", Kind::Section(&ROOM), "Room temperature."),
        optional("dhw", Kind::Section(&DHW), "Hot water."),
        optional("optimization_settings", Kind::Section(&OPTIMISATION), "Steering."),
        optional("steering_enabled", Kind::Section(&STEERING), "Legacy spelling of steering."),
        optional("location", Kind::Section(&LOCATION), "Place of the user."),
    ],
};

pub static SCHEDULE: Section = Section {
    name: "schedule entry",
    doc: "An entry of the weekly schedule of targets, in local wall time. Entries must not overlap; it counts only where `room.schedule_enabled` is true.",
    fields: &[
        required(
            "days",
            Kind::OneOf(&[
                Kind::Choice(&[
                    ("daily", "Monday to Sunday"),
                    ("weekdays", "Monday to Friday"),
                    ("weekend", "Saturday and Sunday"),
                ]),
                Kind::List(&Kind::Choice(&[
                    ("mon", "Monday"),
                    ("tue", "Tuesday"),
                    ("wed", "Wednesday"),
                    ("thu", "Thursday"),
                    ("fri", "Friday"),
                    ("sat", "Saturday"),
                    ("sun", "Sunday"),
                ])),
            ]),
            "Days on which the entry starts: `[\"mon\", \"tue\", …]`, or \"daily\", \"weekdays\", \"weekend\".",
        ),
        required("start", Kind::Time, "Inclusive."),
        required("end", Kind::Time, "Exclusive; before the start it is on the next day; \"24:00\" is midnight."),
        required("target_c", number("°C", 5.0, 35.0), "Target of the rooms."),
    ],
};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A value as `control::settings` reads it.
pub fn tree(node: &Node) -> Tree {
    match &node.value {
        Value::Null => Tree::Null,
        Value::Bool(b) => Tree::Flag(*b),
        Value::Integer(i) => Tree::Number(*i as f64),
        Value::Float(f) => Tree::Number(*f),
        Value::Text(t) => Tree::Text(t.clone()),
        Value::DateTime(d) => Tree::Other(d.to_string()),
        Value::Array(nodes) => Tree::List(nodes.iter().map(tree).collect()),
        Value::Table(entries) => Tree::Table(
            entries.iter().map(|e| (e.key.clone(), tree(&e.node))).collect(),
        ),
    }
}

/// The `settings` table of a user or device.
pub fn document(view: &View<'_>, user_id: &str, device_id: Option<&str>) -> SettingsDocument {
    let empty = || match device_id {
        Some(device) => SettingsDocument::for_device(user_id, device),
        None => SettingsDocument::for_user(user_id),
    };
    let Some(settings) = view.section("settings") else {
        return empty();
    };
    let Some(node) = settings.node() else {
        return empty();
    };
    let draft = Draft::read_settings(&tree(node), user_id, device_id);
    for fault in &draft.faults {
        at(view, "settings", fault, "");
    }
    draft.document
}

/// Adds a settings fault at the place of its key, below `key` of a view.
pub fn at(view: &View<'_>, key: &str, found: &SettingsFault, note: &str) {
    let source = &view.context().source;
    let root = view.item(key).map(|i| i.node);
    let mut node = root;
    let mut path = join(view.path(), key);
    for part in &found.loc {
        path = join(&path, part);
        match node.and_then(|n| n.get(part)) {
            Some(inner) => node = Some(inner),
            None => break,
        }
    }
    let mut message = found.msg.clone();
    if !found.loc.is_empty() && !message.starts_with(|c: char| c.is_uppercase()) {
        message = format!("`{}` {message}", found.path());
    }
    if !found.devices.is_empty() {
        message += &format!(" (device {})", found.devices.join(", "));
    }
    message += note;
    let mut fault = Fault::new(Code::Settings, message).key(path);
    fault.value = found.value.clone().or_else(|| node.map(|n| as_written(source, n)));
    fault.unit = found.unit.map(str::to_owned);
    fault.allowed.clone_from(&found.allowed);
    fault.hint.clone_from(&found.hint);
    match node {
        Some(node) => view.fault(key, fault.at(Place::new(source, node.span.clone()))),
        None => view.fault(key, fault),
    }
}

/// The user's weekly schedule.
pub fn schedule(view: &View<'_>) -> WeeklySchedule {
    let views = view.sections("schedule");
    let sound: Vec<&View<'_>> = views.iter().filter(|v| v.is_sound()).collect();
    let entries = sound
        .iter()
        .map(|v| ScheduleEntry {
            days: days(v),
            start_s: v.clock("start").unwrap_or(0),
            end_s: v.clock("end").unwrap_or(0),
            target_c: v.number("target_c"),
        })
        .collect();
    WeeklySchedule::new(entries).unwrap_or_else(|faults| {
        for found in faults {
            let index: usize = found.loc.first().and_then(|i| i.parse().ok()).unwrap_or(0);
            let key = match found.loc.get(1).map(String::as_str) {
                Some("start") => "start",
                Some("end") => "end",
                Some("target") => "target_c",
                _ => "days",
            };
            let Some(v) = sound.get(index) else { continue };
            let mut fault = Fault::new(Code::Settings, format!("this entry {}", found.msg));
            fault.allowed = found.allowed;
            fault.hint = found.hint;
            v.fault(key, fault);
        }
        WeeklySchedule::default()
    })
}

fn days(view: &View<'_>) -> Vec<u8> {
    let range = |days: std::ops::Range<u8>| days.collect();
    match view.opt_text("days").as_deref() {
        Some("daily") => range(0..7),
        Some("weekdays") => range(0..5),
        Some("weekend") => range(5..7),
        _ => view
            .texts("days")
            .iter()
            .filter_map(|d| DAYS.iter().position(|n| n == d))
            .filter_map(|i| u8::try_from(i).ok())
            .collect(),
    }
}

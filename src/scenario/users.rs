//! `[[users]]` and `[[users.devices]]`: who lives where, with which plant.
//!
//! A device gathers the sections that others own (house, heat pump, tank, …);
//! what concerns several of them at once is checked here.

use super::activation;
use super::fault::{Code, Fault};
use super::field::{Kind, Section, default, optional, required};
use super::hot_water::{self, Household};
use super::parts;
use super::pv;
use super::series::{self, Times, series_kind};
use super::settings;
use super::view::{NameOr, View};
use crate::control::settings::{BoundsConvention, Store, UserSetup};
use crate::model::{Device, Series, Site, Tank, User, Weather};

pub static USER: Section = Section {
    name: "user",
    doc: "A customer: the upper level of settings, with one or more devices.",
    fields: &[
        optional(
            "id",
            Kind::Text,
            "Name on the wire, unique. Left out: \"user-1\", \"user-2\", … in file order.",
        ),
        default(
            "bounds",
            Kind::Choice(&[
                ("offsets", "room bounds are K below and above the target"),
                ("absolute", "room bounds are °C"),
            ]),
            "'offsets'",
            "How this user's room bounds are meant; never guessed.",
        ),
        optional(
            "settings",
            Kind::Section(&settings::SETTINGS),
            "Settings of the user at the start.",
        ),
        optional(
            "schedule",
            Kind::Sections(&settings::SCHEDULE),
            "Weekly schedule of targets.",
        ),
        required(
            "devices",
            Kind::Sections(&DEVICE),
            "The user's heat pumps, each with the house that it serves.",
        ),
    ],
};

pub static DEVICE: Section = Section {
    name: "device",
    doc: "A heat pump with the house that it serves.",
    fields: &[
        optional(
            "id",
            Kind::Text,
            "Name on the wire, unique for its user. Left out: \"device-1\", \"device-2\", … in file order.",
        ),
        required(
            "house",
            parts::HOUSE_OR_NAME,
            "A house of the library by its name, or its description.",
        ),
        required(
            "heat_pump",
            parts::HEAT_PUMP,
            "A unit of the library by its name, or its description.",
        ),
        parts::EMITTER,
        parts::EMITTERS,
        parts::CONTROLLER,
        optional(
            "tank",
            parts::TANK,
            "Hot-water tank: an ordinary one by volume (\"200 l\", \"200 l class A\"), or its description. Left out: none.",
        ),
        default(
            "hot_water",
            Kind::Section(&hot_water::HOT_WATER),
            "{}",
            "Draws and mains temperature; only with a tank.",
        ),
        optional(
            "settings",
            Kind::Section(&settings::SETTINGS),
            "Settings of this device alone at the start.",
        ),
        optional(
            "activation",
            activation::KIND_OF_FIELD,
            "Commands that `flex_trading` follows: a list, or a file.",
        ),
        optional("pv", Kind::Section(&pv::PV), "Photovoltaics."),
        default(
            "base_load_w",
            series_kind!("W", 0.0, 1e5),
            "0",
            "Other electricity of the household: a number, a profile of 24 or 168 hours, or a file.",
        ),
    ],
};

/// What devices take from the rest of the scenario.
pub struct Around<'a> {
    pub times: Times<'a>,
    pub site: &'a Site,
    /// `None`: faulty.
    pub weather: Option<&'a Weather>,
    /// What plants are sized by, see [`parts::Known`].
    pub design_outdoor_c: f64,
    pub seed: u64,
}

/// The ids in file order, and whether all are their own.
fn ids(views: &[View<'_>], what: &str) -> (Vec<String>, bool) {
    let mut ids: Vec<String> = Vec::new();
    let mut unique = true;
    for (i, view) in views.iter().enumerate() {
        let id = view
            .opt_text("id")
            .unwrap_or_else(|| format!("{what}-{}", i + 1));
        if id.trim().is_empty() {
            view.fault("id", Fault::new(Code::BadFormat, "an id can't be empty"));
            unique = false;
        }
        if let Some(first) = ids.iter().position(|other| *other == id) {
            let line = views[first].place("id").line;
            let message = format!("the {what} \"{id}\" stands in line {line} already");
            view.fault("id", Fault::new(Code::Duplicate, message));
            unique = false;
        }
        ids.push(id);
    }
    (ids, unique)
}

/// Users' settings before their houses are looked at, so that faults of both
/// show in one go.
pub struct Setup<'a> {
    users: Vec<(View<'a>, UserSetup, Vec<View<'a>>)>,
    /// `None`: the settings at the start are faulty.
    pub store: Option<Store>,
}

/// Reads ids, settings and schedules.
pub fn setup<'a>(root: &View<'a>) -> Setup<'a> {
    let views = root.sections("users");
    if views.is_empty() && root.has("users") {
        root.fault(
            "users",
            Fault::new(Code::OutOfRange, "at least one user is needed"),
        );
    }
    let (names, mut sound) = ids(&views, "user");
    let mut users = Vec::new();
    for (view, id) in views.into_iter().zip(names) {
        let devices = view.sections("devices");
        if devices.is_empty() && view.has("devices") {
            view.fault(
                "devices",
                Fault::new(Code::OutOfRange, "at least one device is needed"),
            );
        }
        let (device_ids, unique) = ids(&devices, "device");
        sound &= unique;
        let own = |d: &View<'_>, device: &String| {
            (device.clone(), settings::document(d, &id, Some(device)))
        };
        let setup = UserSetup {
            bounds: match view.choice("bounds") {
                "absolute" => BoundsConvention::Absolute,
                _ => BoundsConvention::Offsets,
            },
            schedule: settings::schedule(&view),
            settings: settings::document(&view, &id, None),
            devices: devices
                .iter()
                .zip(&device_ids)
                .map(|(d, i)| own(d, i))
                .collect(),
            id,
        };
        users.push((view, setup, devices));
    }
    let store = if sound { store(&users) } else { None };
    Setup { users, store }
}

fn store(users: &[(View<'_>, UserSetup, Vec<View<'_>>)]) -> Option<Store> {
    let setups: Vec<UserSetup> = users.iter().map(|(_, s, _)| s.clone()).collect();
    match Store::new(&setups) {
        Ok(store) => Some(store),
        Err(faults) => {
            for found in faults {
                let user = users.iter().find(|(_, s, _)| s.id == found.user_id);
                let Some((view, setup, devices)) = user else {
                    continue;
                };
                let device = found.device_id.as_ref().and_then(|id| {
                    let i = setup.devices.iter().position(|(d, _)| d == id)?;
                    devices.get(i)
                });
                settings::at(device.unwrap_or(view), "settings", &found.fault, "");
            }
            None
        }
    }
}

/// Builds the users with their devices.
pub fn build(setup: &Setup<'_>, around: &Around<'_>) -> Vec<User> {
    let mut index = 0;
    let mut users = Vec::new();
    for (view, known, views) in &setup.users {
        let mut devices = Vec::new();
        for (device, (id, settings)) in views.iter().zip(&known.devices) {
            let built = build_device(device, around, index);
            index += 1;
            devices.extend(built.map(|d| Device {
                id: id.clone(),
                settings: settings.clone(),
                ..d
            }));
        }
        location(view, around.site);
        users.push(User {
            id: known.id.clone(),
            bounds: known.bounds,
            settings: known.settings.clone(),
            schedule: known.schedule.clone(),
            devices,
        });
    }
    users
}

/// A location in the settings that the site does not share.
fn location(user: &View<'_>, site: &Site) {
    let Some(view) = user.section("settings").and_then(|s| s.section("location")) else {
        return;
    };
    for (key, here) in [
        ("country", &site.country),
        ("postal_code", &site.postal_code),
    ] {
        let given = view.opt_text(key);
        if given.is_some_and(|g| !here.is_empty() && g != *here) {
            view.warn(
                key,
                format!("the scenario's site has \"{here}\", which counts"),
            );
        }
    }
}

fn build_device(view: &View<'_>, around: &Around<'_>, index: u64) -> Option<Device> {
    let house = parts::house(view, around);
    let faults = view.context().fault_count();
    let heat_pump = parts::heat_pump(view);
    // What stands in for a faulty heat pump is not held against the rest.
    let known = view.context().fault_count() == faults && !view.is_faulty("heat_pump");
    let tank = tank(view);
    let draws = hot_water(view, around, index, tank.is_some());
    let levels = match known {
        true => heat_pump.levels_w.len(),
        false => usize::from(u8::MAX),
    };
    let activation = activation::build(view, levels, &around.times);
    let pv_w = pv::build(view, &around.times, around.site, around.weather);
    let base_load_w = series::build(view, "base_load_w", &around.times);
    steering(view, levels, activation.is_empty(), pv_w.is_none());
    let house = house?;
    let (emitters, curve) = parts::emitters(view, &house, &heat_pump, around);
    if known {
        parts::fits(view, &heat_pump, &emitters, tank.is_some());
    }
    let controller = parts::controller(view, &house, curve)?;
    Some(Device {
        id: String::new(),
        settings: Default::default(),
        house,
        emitters,
        heat_pump,
        tank,
        hot_water: draws,
        controller,
        activation,
        pv_w,
        base_load_w,
    })
}

fn tank(view: &View<'_>) -> Option<Tank> {
    match view.name_or("tank")? {
        NameOr::Item(item) => Some(hot_water::build_tank(&item.section()?)),
        NameOr::Name(name) => {
            let tank = hot_water::named_tank(&name);
            if tank.is_none() {
                view.fault(
                    "tank",
                    Fault::new(Code::UnknownName, format!("\"{name}\" is no ordinary tank"))
                        .allowed("a volume of 10 to 5000 l, and a class from A to G")
                        .hint("write \"200 l\" or \"200 l class B\", or describe the tank in [users.devices.tank]"),
                );
            }
            tank
        }
    }
}

fn hot_water(
    view: &View<'_>,
    around: &Around<'_>,
    index: u64,
    tank: bool,
) -> crate::model::HotWater {
    let household = Household {
        timezone: around.times.timezone,
        period_s: (around.times.warmup_s, around.times.end_s),
        seed: around.seed,
        index,
    };
    let section = view.section("hot_water");
    let mut draws = match &section {
        Some(section) => hot_water::build_hot_water(section, &household),
        None => crate::model::HotWater {
            useful_c: 40.0,
            draw_l_per_s: Series::none(),
            mains_mean_c: 10.0,
            mains_amplitude_k: 0.0,
            mains_coldest_day: 45.0,
        },
    };
    if !tank {
        if view.has("hot_water") && !view.is_faulty("tank") && !view.has("tank") {
            view.fault(
                "hot_water",
                Fault::new(
                    Code::Conflict,
                    "hot water is drawn, but the device has no tank",
                )
                .hint("add `tank = \"200 l\"`, or leave `hot_water` out"),
            );
        }
        draws.draw_l_per_s = Series::none();
    }
    draws
}

/// Steering that has nothing to steer by.
fn steering(view: &View<'_>, levels: usize, no_activation: bool, no_pv: bool) {
    let Some(steering) = view
        .section("settings")
        .and_then(|s| s.section("optimization_settings"))
    else {
        return;
    };
    if steering.boolean("flex_trading") && no_activation {
        steering.warn(
            "flex_trading",
            "the device has no `activation` to follow: its thermostats hold",
        );
    }
    if steering.boolean("flex_trading") && levels == 0 {
        steering.warn(
            "flex_trading",
            "the heat pump declares no powers for steering levels",
        );
    }
    if steering.boolean("pv_self_consumption") && no_pv {
        steering.warn("pv_self_consumption", "the device has no `pv`");
    }
}

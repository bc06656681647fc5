//! Where the sections of a device and of the top meet: which kind each key
//! has, and what the builders of house, heat pump, emitters, controller and
//! weather need of each other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::emitter::{self, RoomSize};
use super::fault::{Code, Fault};
use super::field::{Field, Kind, default, optional};
use super::hint;
use super::house::{self as house_section, HOUSE, Surroundings};
use super::location::distance_km;
use super::tree::Node;
use super::users::Around;
use super::view::{Item, View};
use super::{
    controller as controller_section, heat_pump as heat_pump_section, hot_water,
    weather as weather_section,
};
use crate::house::design::heat_load_w;
use crate::model::controller::HeatingCurve;
use crate::model::emitter::EmitterKind;
use crate::model::site::standard_offset_s;
use crate::model::{Controller, Emitter, HeatPump, House, Period, Site, Weather};
use crate::physics::heating_curve::DESIGN_ROOM_C;
use crate::weather::{Rows, climate_summary};

pub const HOUSE_OR_NAME: Kind = Kind::TextOr(&Kind::Section(&HOUSE));
pub const HEAT_PUMP: Kind = Kind::TextOr(&Kind::Section(&heat_pump_section::HEAT_PUMP));
pub const TANK: Kind = Kind::TextOr(&Kind::Section(&hot_water::TANK));
pub const EMITTER: Field = default(
    "emitter",
    emitter::KIND,
    "'radiator'",
    "Emitter of every room that `emitters` does not name: a kind alone, sized by the room's design heat load, or its description.",
);
pub const EMITTERS: Field = optional(
    "emitters",
    Kind::Map(&emitter::KIND),
    "Emitters of single rooms, by the room's name; \"none\" for a room without.",
);
pub const CONTROLLER: Field = default(
    "controller",
    Kind::Section(&controller_section::CONTROLLER),
    "{}",
    "Constants of the control law.",
);
pub const WEATHER: Field = default(
    "weather",
    Kind::Section(&weather_section::WEATHER),
    "{}",
    "Weather of the run. Left out: the bundled climate that is nearest to the site.",
);

/// The house of a device; `None` after a fault.
pub fn house(view: &View<'_>, around: &Around<'_>) -> Option<House> {
    let surroundings = Surroundings {
        times: Some(around.times),
        altitude_m: around.site.altitude_m,
        utc_offset_s: standard_offset_s(around.times.start_s, around.times.timezone),
    };
    house_section::build_named(view, "house", surroundings)
}

/// The heat pump of a device.
pub fn heat_pump(view: &View<'_>) -> HeatPump {
    heat_pump_section::build_at(view, "heat_pump")
}

/// A weather that was read, and what plants are sized by.
#[derive(Clone, Debug)]
pub struct Known {
    pub weather: Arc<Weather>,
    /// degC: exceeded in 99.6 % of the weather's records, as ASHRAE defines it.
    pub design_outdoor_c: f64,
}

/// Weathers that were read without fault or warning, by all that they depend on.
/// Reading one costs more than simulating weeks of a small house.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<BTreeMap<String, Known>>);

impl Shelf {
    /// More than this many weathers are not kept: a year takes 3 MB.
    const ROOM: usize = 40;

    fn get(&self, key: &str) -> Option<Known> {
        self.0.lock().ok()?.get(key).cloned()
    }

    fn put(&self, key: String, known: Known) {
        if let Ok(mut all) = self.0.lock()
            && all.len() < Self::ROOM
        {
            all.insert(key, known);
        }
    }
}

/// Design heat load of each room, W.
fn loads_w(house: &House, outdoor_c: f64) -> Vec<f64> {
    let indoor_c = vec![DESIGN_ROOM_C; house.rooms.len()];
    let loads = heat_load_w(house, &indoor_c, outdoor_c);
    // A room that its neighbours keep warm still gets something to hold.
    let least =
        |(load, room): (f64, &crate::model::house::Room)| load.max(5.0 * room.floor_area_m2);
    match loads {
        Some(loads) => loads.into_iter().zip(&house.rooms).map(least).collect(),
        None => house.rooms.iter().map(|r| 50.0 * r.floor_area_m2).collect(),
    }
}

/// One emitter a room, and the heating curve that they and the weather ask for.
pub fn emitters(
    view: &View<'_>,
    house: &House,
    heat_pump: &HeatPump,
    around: &Around<'_>,
) -> (Vec<Option<Emitter>>, HeatingCurve) {
    let named = view.map("emitters");
    let rooms: Vec<&str> = house.rooms.iter().map(|r| r.name.as_str()).collect();
    for (name, item) in &named {
        if !rooms.contains(&name.as_str()) {
            let mut fault = Fault::new(
                Code::UnknownName,
                format!("the house has no room \"{name}\""),
            )
            .allowed(rooms.join(", "));
            fault.hint = hint::nearest(name, rooms.iter().copied())
                .map(|n| format!("did you mean \"{n}\"?"));
            item.fault(fault);
        }
    }
    let outdoor_c = around.design_outdoor_c;
    let loads = loads_w(house, outdoor_c);
    let emitters: Vec<Option<Emitter>> = house
        .rooms
        .iter()
        .zip(&loads)
        .map(|(room, load_w)| {
            let size = RoomSize {
                load_w: *load_w,
                floor_area_m2: room.floor_area_m2,
                times: Some(around.times),
                places: &room.places,
            };
            match named.iter().find(|(name, _)| *name == room.name) {
                Some((_, item)) => of_item(item, size),
                None => emitter::build_at(view, "emitter", size),
            }
        })
        .collect();
    let sized: Vec<(&Emitter, f64)> = emitters
        .iter()
        .zip(&loads)
        .filter_map(|(e, load)| Some((e.as_ref()?, *load)))
        .collect();
    let curve = HeatingCurve::for_emitters(&sized, outdoor_c, LOWEST_FLOW_C, heat_pump.flow_max_c);
    (emitters, curve)
}

/// Whether unit, emitters and tank belong together.
pub fn fits(view: &View<'_>, unit: &HeatPump, emitters: &[Option<Emitter>], tank: bool) {
    let units = |e: &&Emitter| matches!(e.kind, EmitterKind::RoomUnit { .. });
    let ideal = |e: &&Emitter| matches!(e.kind, EmitterKind::Ideal { .. });
    let all = || emitters.iter().flatten().filter(|e| !ideal(e));
    let key = if view.has("emitters") {
        "emitters"
    } else {
        "emitter"
    };
    if unit.air_to_air && all().any(|e| !units(&e)) {
        view.fault(
            key,
            Fault::new(
                Code::Conflict,
                format!(
                    "{} heats air: it has no water for radiators, floors or coils",
                    unit.name
                ),
            )
            .allowed("room_unit, none, ideal")
            .hint("write emitter = \"room_unit\", or choose an air-to-water unit"),
        );
    }
    if !unit.air_to_air && all().any(|e| units(&e)) {
        view.fault(
            key,
            Fault::new(
                Code::Conflict,
                format!(
                    "{} heats water: a room unit takes refrigerant of an air-to-air unit",
                    unit.name
                ),
            )
            .allowed("radiator, underfloor, fan_coil, none, ideal")
            .hint("choose another emitter, or a heat pump of kind = \"air_to_air\""),
        );
    }
    if unit.air_to_air && tank {
        view.fault(
            "tank",
            Fault::new(
                Code::Conflict,
                format!("{} heats air and can't charge a tank", unit.name),
            )
            .hint("leave the tank out, or choose an air-to-water unit"),
        );
    }
    if emitters.iter().all(Option::is_none) {
        view.warn(
            key,
            "no room has an emitter: the heat pump can heat and cool none",
        );
    }
}

/// Lowest flow temperature of a heating curve that the file does not give, degC.
const LOWEST_FLOW_C: f64 = 22.0;

fn of_item(item: &Item<'_>, size: RoomSize<'_>) -> Option<Emitter> {
    if let Some((kind, view)) = item.variant() {
        return Some(emitter::build(kind, &view, size));
    }
    let name = item.text()?;
    if name == "none" {
        return None;
    }
    let emitter = emitter::usual(name, size);
    if emitter.is_none() {
        item.fault(
            Fault::new(Code::UnknownChoice, "no such emitter")
                .allowed("none, radiator, underfloor, fan_coil, room_unit, ideal"),
        );
    }
    emitter
}

/// The constants of a device's control law.
pub fn controller(view: &View<'_>, house: &House, curve: HeatingCurve) -> Option<Controller> {
    let rooms: Vec<&str> = house.rooms.iter().map(|r| r.name.as_str()).collect();
    let section = view.section("controller")?;
    Some(controller_section::build(&section, curve, &rooms))
}

/// Weather from farther away than this is warned of, km.
const FAR_KM: f64 = 300.0;

/// The weather of the run, which must cover its period; `None` after a fault.
pub fn weather(root: &View<'_>, site: &Site, period: &Period) -> Option<Known> {
    let context = root.context();
    let section = root.section("weather")?.node().map(Node::to_json);
    let key = format!(
        "{:?} {site:?} {} {} {section:?}",
        context.base_dir, period.start_s, period.end_s
    );
    if let Some(known) = context.shelf.get(&key) {
        return Some(known);
    }
    let before = context.count();
    let weather = read_weather(root, site, period)?;
    let design = climate_summary(&weather).design_c;
    let known = Known {
        weather: Arc::new(weather),
        design_outdoor_c: if design.is_finite() { design } else { -10.0 },
    };
    // What it warns of must be told again.
    if context.count() == before {
        context.shelf.put(key, known.clone());
    }
    Some(known)
}

fn read_weather(root: &View<'_>, site: &Site, period: &Period) -> Option<Weather> {
    let view = root.section("weather")?;
    // Without a place there is no nearest climate; the site says what is wrong.
    if site.latitude_deg.is_nan() {
        return None;
    }
    let weather = weather_section::build(&view, site)?;
    let km = distance_km(
        (site.latitude_deg, site.longitude_deg),
        (weather.latitude_deg, weather.longitude_deg),
    );
    if km > FAR_KM && view.opt_text("climate").is_none_or(|c| c != "nearest") {
        let key = if view.has("file") { "file" } else { "climate" };
        view.warn(
            key,
            format!("{} was taken {km:.0} km from the site: its sun and its air are those of another place", weather.name),
        );
    }
    let hour_s = 3600;
    let covers = Rows::check(
        &weather,
        [period.start_s, period.end_s],
        hour_s,
        standard_offset_s(period.start_s, &site.timezone),
    );
    if let Err(error) = covers
        && root.section("period").is_some_and(|p| p.is_sound())
    {
        let key = if view.has("file") { "file" } else { "climate" };
        view.fault(key, Fault::new(Code::Conflict, error.to_string()));
    }
    Some(weather)
}

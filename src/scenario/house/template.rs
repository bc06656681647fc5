//! `house.template`: rooms by a few parameters each.

use super::Surroundings;
use super::parts;
use crate::house::template::{
    self, Coupling, FiveROneC, GivenSun, Parameters, TemplateRoom, TwoElement, class_j_per_m2_k,
    class_mass_area,
};
use crate::model::House;
use crate::model::house::{BoundaryTemperature, Felt, Light, Radiant};
use crate::physics::outer_face::sky_share;
use crate::scenario::fault::{Code, Fault};
use crate::scenario::view::View;

mod tables;

pub use tables::TEMPLATE;

/// Builds the house; `None` after a fault.
pub(super) fn build(view: &View<'_>, title: &str, site: Surroundings<'_>) -> Option<House> {
    let rooms = view.named("rooms");
    if rooms.is_empty() && view.has("rooms") {
        view.fault(
            "rooms",
            Fault::new(Code::MissingKey, "the house has no room"),
        );
    }
    let names: Vec<String> = rooms.iter().map(|r| r.0.clone()).collect();
    let built: Vec<Option<TemplateRoom>> = rooms
        .iter()
        .map(|(name, room)| template_room(name, room, site))
        .collect();
    let mut couplings = Vec::new();
    let mut complete = view.is_sound() && !built.is_empty();
    for c in view.sections("couplings") {
        let a = parts::index_of(&c, "between", &names, "room");
        let b = parts::index_of(&c, "and", &names, "room");
        let (Some(a), Some(b)) = (a, b) else {
            complete = false;
            continue;
        };
        if a == b {
            c.fault(
                "and",
                Fault::new(Code::Conflict, "both sides are the same room"),
            );
            complete = false;
            continue;
        }
        couplings.push(Coupling {
            a,
            b,
            conductance_w_per_k: c.number("w_per_k"),
        });
    }
    let rooms: Vec<TemplateRoom> = built.into_iter().collect::<Option<_>>()?;
    complete.then(|| template::build(title, &rooms, &couplings))
}

fn template_room(name: &str, room: &View<'_>, site: Surroundings<'_>) -> Option<TemplateRoom> {
    let floor_area_m2 = room.number("floor_area_m2");
    let (kind, model) = room.variant("model")?;
    let parameters = match kind {
        "one-node" => Parameters::OneNode {
            loss_w_per_k: model.number("loss_w_per_k"),
            capacity_j_per_k: model.opt_number("capacity_kj_per_k").map_or_else(
                || class_j_per_m2_k(model.choice("class")).unwrap_or(f64::NAN) * floor_area_m2,
                |kj| kj * 1000.0,
            ),
        },
        "air-and-mass" => Parameters::AirAndMass {
            loss_w_per_k: model.number("loss_w_per_k"),
            mass_j_per_k: model.number("mass_kj_per_k") * 1000.0,
            air_j_per_k: model
                .opt_number("air_kj_per_k")
                .unwrap_or(10.0 * floor_area_m2)
                * 1000.0,
            air_to_mass_w_per_k: model
                .opt_number("air_to_mass_w_per_k")
                .unwrap_or(3.45 * 4.5 * floor_area_m2),
        },
        "envelope" => Parameters::Envelope {
            interior_j_per_k: model.number("interior_kj_per_k") * 1000.0,
            envelope_j_per_k: model.number("envelope_kj_per_k") * 1000.0,
            interior_to_envelope_w_per_k: model.number("interior_to_envelope_w_per_k"),
            envelope_to_outdoor_w_per_k: model.number("envelope_to_outdoor_w_per_k"),
            direct_w_per_k: model.number("direct_w_per_k"),
        },
        "iso-13790" => Parameters::FiveROneC(iso_13790(&model, floor_area_m2)?),
        _ => Parameters::TwoElement(Box::new(vdi_6007(&model, site))),
    };
    let windows: Vec<_> = room
        .sections("windows")
        .iter()
        .enumerate()
        .map(|(i, w)| parts::window(w, i))
        .collect();
    let gains = parts::gains(room, floor_area_m2, site);
    (room.is_sound() && model.is_sound()).then(|| TemplateRoom {
        name: name.to_owned(),
        floor_area_m2,
        target_offset_k: room.number("target_offset_k"),
        controlled: room.boolean("controlled"),
        parameters,
        ventilation_w_per_k: parts::over_time(room, "ventilation_w_per_k", site),
        windows,
        given_sun: room
            .sections("given_sun")
            .iter()
            .map(|sun| given_sun(sun, site))
            .collect(),
        gains,
    })
}

/// Sun by a given irradiance on the glass.
fn given_sun(view: &View<'_>, site: Surroundings<'_>) -> GivenSun {
    let area_g_m2 = view.number("area_m2") * view.number("g");
    let (closed, above) = (
        view.number("blind_transmittance"),
        view.number("blind_closes_above_w_per_m2"),
    );
    let power_w = parts::day(view, "irradiance_w_per_m2", site)
        .map(|w| w * (area_g_m2 * if w > above { closed } else { 1.0 }));
    GivenSun {
        power_w,
        to_inner: view.opt_number("sun_to_inner"),
    }
}

/// What lies outside: the air, or an equivalent temperature that is given.
fn outside(view: &View<'_>, key: &str, site: Surroundings<'_>) -> BoundaryTemperature {
    if view.has(key) {
        BoundaryTemperature::Series(parts::day(view, key, site))
    } else {
        BoundaryTemperature::Outdoor
    }
}

/// What lies outside of the outer walls, with shares of their loss.
fn outer_temperatures(model: &View<'_>, site: Surroundings<'_>) -> Vec<(f64, BoundaryTemperature)> {
    let faces = model.sections("outer_faces");
    if faces.is_empty() {
        return vec![(1.0, outside(model, "outer_equivalent_c", site))];
    }
    if model.has("outer_equivalent_c") {
        model.fault(
            "outer_equivalent_c",
            Fault::new(
                Code::Conflict,
                "the outer walls have `outer_faces` and an equivalent temperature as well",
            )
            .hint("keep one of the two"),
        );
    }
    let film_w_per_m2_k = model.number("outer_film_w_per_m2_k");
    let total: f64 = faces.iter().map(|f| f.number("weight")).sum();
    faces
        .iter()
        .map(|face| {
            let share = face.number("weight") / total;
            (share, outer_face(face, film_w_per_m2_k, site))
        })
        .collect()
}

/// What one face feels.
fn outer_face(
    face: &View<'_>,
    film_w_per_m2_k: f64,
    site: Surroundings<'_>,
) -> BoundaryTemperature {
    if face.has("temperature_c") {
        for key in ["facing", "irradiance_w_per_m2", "radiant_c"] {
            if face.has(key) {
                face.fault(
                    key,
                    Fault::new(
                        Code::Conflict,
                        "the face has a given temperature, so nothing shines on it",
                    )
                    .hint("leave out `temperature_c` or this key"),
                );
            }
        }
        return BoundaryTemperature::Series(parts::day(face, "temperature_c", site));
    }
    let azimuth_deg = parts::facing_deg(face);
    if azimuth_deg.is_some() && face.has("irradiance_w_per_m2") {
        face.fault(
            "irradiance_w_per_m2",
            Fault::new(
                Code::Conflict,
                "the face has the weather's sun by its `facing`",
            )
            .hint("keep one of the two"),
        );
    }
    let long_wave = face.number("long_wave_w_per_m2_k");
    if long_wave > film_w_per_m2_k {
        face.fault(
            "long_wave_w_per_m2_k",
            Fault::new(
                Code::OutOfRange,
                "the long-wave part is more than the whole outer film",
            )
            .allowed(format!("up to {film_w_per_m2_k} (`outer_film_w_per_m2_k`)")),
        );
    }
    let tilt_deg = face.number("tilt_deg");
    let sun = match azimuth_deg {
        Some(azimuth_deg) => Light::Plane {
            tilt_deg,
            azimuth_deg,
        },
        None => Light::Given(parts::day(face, "irradiance_w_per_m2", site)),
    };
    let radiant = if face.has("radiant_c") {
        Radiant::Given(parts::day(face, "radiant_c", site))
    } else {
        Radiant::Sky {
            share: azimuth_deg.map_or(0.0, |_| sky_share(tilt_deg.to_radians().cos())),
        }
    };
    BoundaryTemperature::Felt(Box::new(Felt {
        sun,
        sun_k_m2_per_w: face.number("absorptance") / film_w_per_m2_k,
        radiant,
        radiant_share: long_wave / film_w_per_m2_k,
        blind_closes_above_w_per_m2: face.number("blind_closes_above_w_per_m2"),
        blind_transmittance: face.number("blind_transmittance"),
    }))
}

fn iso_13790(model: &View<'_>, floor_area_m2: f64) -> Option<FiveROneC> {
    let class = model.choice("class");
    let mass_area_m2 = model
        .opt_number("mass_area_m2")
        .unwrap_or(class_mass_area(class).unwrap_or(f64::NAN) * floor_area_m2);
    let opaque_w_per_k = model.number("opaque_w_per_k");
    if opaque_w_per_k >= 9.1 * mass_area_m2 {
        model.fault(
            "opaque_w_per_k",
            Fault::new(
                Code::Conflict,
                "the opaque parts conduct more than the mass gives to the room, 9.1 W/K a m² of mass area",
            )
            .hint("count glazed parts as windows, or give a larger `mass_area_m2`"),
        );
        return None;
    }
    if mass_area_m2 > 4.5 * floor_area_m2 {
        model.fault(
            "mass_area_m2",
            Fault::new(
                Code::Conflict,
                "the mass area is larger than all inner surfaces",
            )
            .allowed("up to 4.5 m² a m² of floor"),
        );
        return None;
    }
    Some(FiveROneC {
        mass_j_per_k: model.opt_number("mass_kj_per_k").map_or_else(
            || class_j_per_m2_k(class).unwrap_or(f64::NAN) * floor_area_m2,
            |kj| kj * 1000.0,
        ),
        mass_area_m2,
        windows_w_per_k: model.number("windows_w_per_k"),
        opaque_w_per_k,
    })
}

fn vdi_6007(model: &View<'_>, site: Surroundings<'_>) -> TwoElement {
    TwoElement {
        air_j_per_k: model.number("air_kj_per_k") * 1000.0,
        outer_area_m2: model.number("outer_area_m2"),
        outer_k_per_w: model.number("outer_k_per_w"),
        outer_j_per_k: model.number("outer_kj_per_k") * 1000.0,
        outer_rest_k_per_w: model.number("outer_rest_k_per_w"),
        outer_film_w_per_m2_k: model.number("outer_film_w_per_m2_k"),
        outer_temperatures: outer_temperatures(model, site),
        window_temperature: outside(model, "window_equivalent_c", site),
        inner_area_m2: model.number("inner_area_m2"),
        inner_k_per_w: model.number("inner_k_per_w"),
        inner_j_per_k: model.number("inner_kj_per_k") * 1000.0,
        window_area_m2: model.number("window_area_m2"),
        window_k_per_w: model.number("window_k_per_w"),
        outer_convection_w_per_m2_k: model.number("outer_convection_w_per_m2_k"),
        inner_convection_w_per_m2_k: model.number("inner_convection_w_per_m2_k"),
        window_convection_w_per_m2_k: model.number("window_convection_w_per_m2_k"),
        radiation_w_per_m2_k: model.number("radiation_w_per_m2_k"),
        sun_to_air: model.number("sun_to_air"),
        sun_to_inner: model.number("sun_to_inner"),
    }
}

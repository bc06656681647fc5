//! `house.construction`: a house by what it is built of.

use super::Surroundings;
use super::parts;
use crate::house::fabric;
use crate::model::House;
use crate::model::construction::{
    Construction, Door, Layer, NightVentilation, Outside, Partition, Position, RoomSpec, Surface,
    Ventilation, WindowHeat, WindowSpec,
};
use crate::model::house::{BoundaryTemperature, Window};
use crate::scenario::fault::{Code, Fault};
use crate::scenario::view::View;
use glazing::Glazing;

mod buildup;
pub(super) mod films;
mod glazing;
mod tables;

pub use tables::CONSTRUCTION;

/// The glazings of the house, by name.
struct Glazings {
    names: Vec<String>,
    list: Vec<Glazing>,
}

/// Builds the house; `None` after a fault.
pub(super) fn build(view: &View<'_>, title: &str, site: Surroundings<'_>) -> Option<House> {
    let spec = spec(view, title, site)?;
    sound(view, &spec).then(|| fabric::build(&spec))
}

/// The specification, where all names are known.
fn spec(view: &View<'_>, title: &str, site: Surroundings<'_>) -> Option<Construction> {
    let named = view.named("buildups");
    let names: Vec<String> = named.iter().map(|n| n.0.clone()).collect();
    let layers: Vec<Vec<Layer>> = named.iter().map(|(_, v)| buildup::build(v)).collect();
    let find =
        |v: &View<'_>| parts::index_of(v, "buildup", &names, "build-up").map(|i| layers[i].clone());
    let panes = view.named("glazings");
    let glazings = Glazings {
        names: panes.iter().map(|n| n.0.clone()).collect(),
        list: panes.iter().map(|(_, v)| glazing::build(v)).collect(),
    };
    let rooms = view.named("rooms");
    if rooms.is_empty() && view.has("rooms") {
        view.fault(
            "rooms",
            Fault::new(Code::MissingKey, "the house has no room"),
        );
    }
    let room_names: Vec<String> = rooms.iter().map(|r| r.0.clone()).collect();
    let mut complete = !rooms.is_empty();
    let mut specs = Vec::new();
    for (name, room) in &rooms {
        match room_spec(view, name, room, site, &find, &glazings) {
            Some(spec) => specs.push(spec),
            None => complete = false,
        }
    }
    let pair = |v: &View<'_>| -> Option<(usize, usize)> {
        let a = parts::index_of(v, "between", &room_names, "room");
        let b = parts::index_of(v, "and", &room_names, "room");
        let (a, b) = (a?, b?);
        if a == b {
            v.fault(
                "and",
                Fault::new(Code::Conflict, "both sides are the same room"),
            );
            return None;
        }
        Some((a, b))
    };
    let mut partitions = Vec::new();
    for (i, p) in view.sections("partitions").iter().enumerate() {
        let (rooms, layers) = (pair(p), find(p));
        let (Some((a, b)), Some(layers)) = (rooms, layers) else {
            complete = false;
            continue;
        };
        let name = p.text("name");
        partitions.push(Partition {
            name: if name.is_empty() {
                format!("partition {}", i + 1)
            } else {
                name
            },
            a,
            b,
            area_m2: p.number("area_m2"),
            position: position(p),
            layers,
        });
    }
    let mut doors = Vec::new();
    for d in view.sections("doors") {
        let Some((a, b)) = pair(&d) else {
            complete = false;
            continue;
        };
        doors.push(Door {
            a,
            b,
            area_m2: d.number("area_m2"),
            u_w_per_m2_k: d.number("u_w_per_m2_k"),
            exchange_m3_per_h: d.number("exchange_m3_per_h"),
        });
    }
    let night = view.section("night_ventilation").map(|n| {
        let warm = n.choice("rule") != "clock";
        let if_warm = |key: &str| {
            if warm {
                n.number(key)
            } else {
                f64::NEG_INFINITY
            }
        };
        NightVentilation {
            changes_per_h: n.number("changes_per_h"),
            from_s: n.clock("from").unwrap_or(0),
            to_s: n.clock("to").unwrap_or(0),
            above_c: if_warm("above_c"),
            difference_k: if_warm("difference_k"),
        }
    });
    complete.then(|| Construction {
        name: title.to_owned(),
        rooms: specs,
        altitude_m: site.altitude_m,
        inside_films: films::inside(view),
        outside_films: films::outside(view),
        terrain: films::terrain(view),
        partitions,
        doors,
        bridge_surcharge_w_per_m2_k: view.number("bridge_surcharge_w_per_m2_k"),
        night,
        bypass_above_c: view.opt_number("bypass_above_c"),
    })
}

/// Whether no number is missing (each that is has its fault already).
fn sound(view: &View<'_>, spec: &Construction) -> bool {
    let numbers = spec.rooms.iter().flat_map(|r| {
        let surfaces = r.surfaces.iter().map(|s| s.area_m2);
        let layers = r
            .surfaces
            .iter()
            .flat_map(|s| &s.layers)
            .map(Layer::resistance);
        let windows = r.windows.iter().flat_map(|w| {
            let [u, g] = match w.heat {
                WindowHeat::U(u) => [u, w.aperture.g_normal],
                WindowHeat::Panes { .. } => [0.0; 2],
            };
            [w.aperture.area_m2, u, g, w.aperture.azimuth_deg]
        });
        let room = [r.floor_area_m2, r.height_m, r.infiltration_per_h];
        surfaces.chain(layers).chain(windows).chain(room)
    });
    let between = spec
        .partitions
        .iter()
        .flat_map(|p| p.layers.iter().map(Layer::resistance).chain([p.area_m2]));
    view.is_sound() && numbers.chain(between).all(f64::is_finite)
}

fn position(view: &View<'_>) -> Position {
    match view.choice("position") {
        "ceiling" => Position::Ceiling,
        "floor" => Position::Floor,
        _ => Position::Wall,
    }
}

fn room_spec(
    house: &View<'_>,
    name: &str,
    room: &View<'_>,
    site: Surroundings<'_>,
    find: &dyn Fn(&View<'_>) -> Option<Vec<Layer>>,
    glazings: &Glazings,
) -> Option<RoomSpec> {
    let mut surfaces: Vec<Surface> = Vec::new();
    let mut complete = true;
    let views = room.sections("surfaces");
    for s in &views {
        let surface_name = s.text("name");
        if surfaces.iter().any(|x| x.name == surface_name) {
            s.fault(
                "name",
                Fault::new(Code::Duplicate, "another surface of the room has this name"),
            );
        }
        let position = position(s);
        let outside = outside(house, s, position);
        let Some(layers) = find(s) else {
            complete = false;
            continue;
        };
        if outside == Outside::SameRoom && layers.iter().all(|l| l.capacity() == 0.0) {
            s.fault(
                "buildup",
                Fault::new(
                    Code::Conflict,
                    "mass inside the room needs layers with mass",
                ),
            );
        }
        surfaces.push(Surface {
            name: surface_name,
            area_m2: s.number("area_m2"),
            position,
            layers,
            outside,
            films: films::prescribed(s),
            inside_absorptance: s.number("inside_absorptance"),
        });
    }
    let names: Vec<String> = views.iter().map(|s| s.text("name")).collect();
    let mut windows = Vec::new();
    for (i, w) in room.sections("windows").iter().enumerate() {
        let mut aperture = parts::window(w, i);
        let heat = window_heat(w, glazings, &mut aperture);
        if w.has("in") && complete {
            match parts::index_of(w, "in", &names, "surface in this room") {
                Some(index) => cut_out(w, &mut surfaces[index], &views[index], aperture.area_m2),
                None => complete = false,
            }
        }
        let Some(heat) = heat else {
            complete = false;
            continue;
        };
        windows.push(WindowSpec {
            aperture,
            heat,
            films: films::prescribed(w),
        });
    }
    let floor_area_m2 = room.number("floor_area_m2");
    check_floor(room, &surfaces, floor_area_m2);
    let leak = house
        .opt_number("infiltration_per_h")
        .or(house.opt_number("n50_per_h").map(|n| n / 20.0))
        .unwrap_or(0.2);
    complete.then(|| RoomSpec {
        name: name.to_owned(),
        floor_area_m2,
        height_m: room.number("height_m"),
        above_ground_m: room.number("above_ground_m"),
        target_offset_k: room.number("target_offset_k"),
        controlled: room.boolean("controlled"),
        surfaces,
        windows,
        infiltration_per_h: room.opt_number("infiltration_per_h").unwrap_or(leak),
        ventilation: Ventilation {
            flow_m3_per_h: parts::over_time(room, "ventilation_m3_per_h", site),
            recovery: room
                .opt_number("heat_recovery")
                .unwrap_or(house.number("heat_recovery")),
        },
        bridges_w_per_k: room.number("bridges_w_per_k"),
        furniture_j_per_m2_k: room.number("furniture_kj_per_m2_k") * 1000.0,
        sun_to_floor: room.number("sun_to_floor"),
        gains: parts::gains(room, floor_area_m2, site),
    })
}

/// What a window loses, by U and g or by its panes; `None` after a fault.
fn window_heat(view: &View<'_>, glazings: &Glazings, aperture: &mut Window) -> Option<WindowHeat> {
    if view.has("glazing") {
        if let Some(key) = ["u_w_per_m2_k", "g"].into_iter().find(|k| view.has(k)) {
            view.fault(
                key,
                Fault::new(Code::Conflict, "`glazing` says this already")
                    .hint("keep `glazing`, or `u_w_per_m2_k` with `g`"),
            );
        }
        let index = parts::index_of(view, "glazing", &glazings.names, "glazing")?;
        let glazing = &glazings.list[index];
        if glazing.gaps.len() + 1 != glazing.panes.len() {
            // Told where the glazing stands.
            return None;
        }
        aperture.glass = glazing.panes.clone();
        return Some(WindowHeat::Panes {
            gaps: glazing.gaps.clone(),
            frame_u_w_per_m2_k: view.number("frame_u_w_per_m2_k"),
        });
    }
    let missing = ["u_w_per_m2_k", "g"].into_iter().find(|k| !view.has(k));
    if let Some(key) = missing {
        view.fault_here(
            Fault::new(Code::MissingKey, format!("the window has no `{key}`"))
                .hint("give `u_w_per_m2_k` and `g`, or `glazing`"),
        );
        return None;
    }
    Some(WindowHeat::U(view.number("u_w_per_m2_k")))
}

/// Takes a window's area from the wall that it is in.
fn cut_out(window: &View<'_>, surface: &mut Surface, wall: &View<'_>, area_m2: f64) {
    let gross = wall.number("area_m2");
    if surface.area_m2 - area_m2 < 0.01 * gross {
        window.fault(
            "area_m2",
            Fault::new(
                Code::Conflict,
                format!(
                    "the windows in \"{}\" are larger than the wall of {gross} m²",
                    surface.name
                ),
            )
            .hint("the wall's area counts with its windows; or leave `in` out"),
        );
        return;
    }
    surface.area_m2 -= area_m2;
    if let Outside::Air {
        azimuth_deg,
        tilt_deg,
        ..
    } = surface.outside
    {
        let facing = parts::facing_deg(window);
        if tilt_deg > 1.0 && facing.is_some_and(|f| (f - azimuth_deg).abs() > 1.0) {
            window.fault(
                "facing",
                Fault::new(
                    Code::Conflict,
                    format!(
                        "the window faces another way than \"{}\", which it is in",
                        surface.name
                    ),
                ),
            );
        }
    }
}

fn check_floor(room: &View<'_>, surfaces: &[Surface], floor_area_m2: f64) {
    let floors: f64 = surfaces
        .iter()
        .filter(|s| s.position == Position::Floor)
        .map(|s| s.area_m2)
        .sum();
    if floors > 1.5 * floor_area_m2 {
        room.warn(
            "floor_area_m2",
            format!("the room's floors have {floors:.1} m² in all, much more than its floor area"),
        );
    }
}

fn outside(house: &View<'_>, s: &View<'_>, position: Position) -> Outside {
    match s.choice("outside") {
        "sheltered" => Outside::ShelteredAir,
        "ground" => {
            if position != Position::Floor {
                s.fault(
                    "outside",
                    Fault::new(Code::Conflict, "only a floor can lie on the ground")
                        .hint("say `position = \"floor\"`, or use `unheated` for a cellar wall"),
                );
            }
            Outside::Ground {
                perimeter_m: s.number("perimeter_m"),
                wall_thickness_m: house.number("wall_thickness_m"),
                temperature: BoundaryTemperature::Ground {
                    mean_c: house.number("ground_mean_c"),
                    amplitude_k: house.number("ground_amplitude_k"),
                    coldest_day: house.number("ground_coldest_day"),
                },
            }
        }
        "neighbour" => Outside::Neighbour(BoundaryTemperature::Fixed(s.number("neighbour_c"))),
        "unheated" => Outside::Unheated {
            factor: s.number("unheated_factor"),
        },
        "same" => Outside::SameRoom,
        _ => {
            let usual = match position {
                Position::Wall => 90.0,
                Position::Ceiling => 0.0,
                Position::Floor => 180.0,
            };
            let tilt_deg = s.opt_number("tilt_deg").unwrap_or(usual);
            let flat = !(1.0..179.0).contains(&tilt_deg);
            let facing = parts::facing_deg(s);
            if facing.is_none() && !flat && !s.is_faulty("facing") {
                s.fault_here(
                    Fault::new(
                        Code::MissingKey,
                        "nothing says which way this surface faces",
                    )
                    .hint("give `facing`, e.g. \"S\" or 180"),
                );
            }
            Outside::Air {
                tilt_deg,
                azimuth_deg: facing.unwrap_or(0.0),
                absorptance: s.number("absorptance"),
                emissivity: s.number("emissivity"),
                roughness: films::roughness(s),
            }
        }
    }
}

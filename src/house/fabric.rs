//! From construction to thermal network.
//!
//! A room is an air node (with its furniture), a radiant star node without
//! mass and one face node without mass for each surface and window. Faces meet
//! the air by convection and the star by long-wave radiation (`enclosure`);
//! behind them lie the slices of their layers (`physics::conduction`). Outside
//! stands the weather behind a film, the ground (`ground`), a neighbour, or
//! nothing. Windows are in `glazed`. Air flows join air nodes to outdoors and to
//! each other and are constant.
//!
//! Films are constants of the standards, prescribed, or vary: then the network
//! has a mean of them and a source carries the deviation (`sim::films`).

use super::assembly::{Assembly, all_at, shares};
use super::enclosure::{self, Face, INNER_EMISSIVITY};
use super::glazed::{self, Pending};
use super::ground;
use crate::model::Series;
use crate::model::construction::{
    Construction, InsideFilms, Layer, Outside, OutsideFilms, Position, Prescribed, RoomSpec,
    Surface, resistance,
};
use crate::model::house::{
    BoundaryTemperature, Film, FilmLaw, Flow, House, Room, SourceKind, SwitchRule, SwitchedState,
    ThermalNetwork, Weight,
};
use crate::physics::conduction;
use crate::physics::convection::{Roughness, STANDARD_LEVEL, Terrain};
use crate::physics::outer_face::{OuterFace, sky_share};
use crate::physics::solar::Plane;
use crate::units::{AIR_J_PER_M3_K, S_PER_H, thinner_at_altitude};

/// Inner and outer film resistance of declared U-values, m2 K/W (EN ISO 6946).
pub(super) const INNER_FILM: f64 = 0.13;
pub(super) const OUTER_FILM: f64 = 0.04;
/// Outer film of EN ISO 6946, W/(m2 K): the constant film, and the mean about
/// which a film by the weather deviates.
const OUTER_FILM_W_PER_M2_K: f64 = 25.0;
/// Convection outdoors counts up to this, W/(m2 K): together with radiation it
/// stays below twice the mean, which keeps held deviations stable.
const MOST_OUTSIDE_W_PER_M2_K: f64 = 42.0;
/// Film of a face to air without wind, W/(m2 K): EN ISO 6946 gives it the inner
/// film.
const SHELTERED_W_PER_M2_K: f64 = 1.0 / INNER_FILM;
/// By-pass works while outdoors is colder by this much, K.
const BYPASS_DIFFERENCE_K: f64 = 1.0;

/// Which air flows are in force.
#[derive(Clone, Copy)]
struct Airing {
    night: bool,
    bypass: bool,
}

/// Builds the house. The construction must have passed the scenario's checks
/// (indices in range, areas and conductivities positive).
pub fn build(construction: &Construction) -> House {
    let day = Airing {
        night: false,
        bypass: false,
    };
    let (network, rooms) = network(construction, day);
    let mut switched = Vec::new();
    if let Some(night) = construction.night {
        let airing = Airing {
            night: true,
            bypass: true,
        };
        switched.push(SwitchedState {
            name: "night ventilation".into(),
            network: self::network(construction, airing).0,
            rule: SwitchRule::Night {
                from_s: night.from_s,
                to_s: night.to_s,
                above_c: night.above_c,
                difference_k: night.difference_k,
            },
        });
    }
    if let Some(above_c) = construction.bypass_above_c {
        let airing = Airing {
            night: false,
            bypass: true,
        };
        switched.push(SwitchedState {
            name: "heat-recovery by-pass".into(),
            network: self::network(construction, airing).0,
            rule: SwitchRule::FreeCooling {
                above_c,
                difference_k: BYPASS_DIFFERENCE_K,
            },
        });
    }
    House {
        name: construction.name.clone(),
        floor_area_m2: rooms.iter().map(|r| r.floor_area_m2).sum(),
        rooms,
        network,
        switched,
    }
}

/// What all faces of the house share.
pub(super) struct Envelope {
    pub(super) inside: InsideFilms,
    outside: OutsideFilms,
    terrain: Terrain,
    /// Of the middle of the face above the ground, m.
    height_m: f64,
    /// Of the site above sea level, m.
    pub(super) altitude_m: f64,
}

/// The outer side of a wall or window.
#[derive(Clone, Copy)]
pub(super) struct OuterSide {
    pub(super) tilt_deg: f64,
    pub(super) azimuth_deg: f64,
    pub(super) absorptance: f64,
    pub(super) emissivity: f64,
    pub(super) roughness: Roughness,
    pub(super) films: Prescribed,
    pub(super) flow: Flow,
}

/// Joins `node` to outdoors through `r` m2 K/W (may be 0) and an outer film.
pub(super) fn link_outside(
    net: &mut Assembly,
    house: &Envelope,
    name: &str,
    node: usize,
    area_m2: f64,
    r: f64,
    side: &OuterSide,
) {
    let constant = match (side.films.outside_film, side.films.outside_convection) {
        (Some(film), _) => Some(film),
        (None, Some(_)) => None,
        (None, None) => (house.outside == OutsideFilms::Standard).then_some(OUTER_FILM_W_PER_M2_K),
    };
    if let Some(film_w_per_m2_k) = constant {
        let temperature = BoundaryTemperature::SolAir {
            tilt_deg: side.tilt_deg,
            azimuth_deg: side.azimuth_deg,
            absorptance: side.absorptance,
            emissivity: side.emissivity,
            film_w_per_m2_k,
            sky_view: sky_share(side.tilt_deg.to_radians().cos()),
        };
        net.boundary(
            node,
            area_m2 / (r + 1.0 / film_w_per_m2_k),
            temperature,
            side.flow,
        );
        return;
    }
    let outer = if r > 0.0 {
        let outer = net.node(format!("{name} outer face"), 0.0);
        net.link(node, outer, area_m2 / r);
        outer
    } else {
        node
    };
    let mut face = OuterFace::new(
        side.tilt_deg.to_radians().cos(),
        side.emissivity,
        side.roughness.factor(),
        house.terrain.wind_factor(house.height_m),
    );
    face.absorptance = side.absorptance;
    face.convection_w_per_m2_k = side.films.outside_convection;
    face.most_w_per_m2_k = MOST_OUTSIDE_W_PER_M2_K;
    let film = Film {
        node: outer,
        other: None,
        area_m2,
        reference_w_per_m2_k: OUTER_FILM_W_PER_M2_K,
        law: FilmLaw::Outside {
            tilt_deg: side.tilt_deg,
            azimuth_deg: side.azimuth_deg,
            face,
        },
    };
    net.film(film, side.flow);
}

/// What a room's parts leave behind while the network grows.
struct Place {
    air: usize,
    windows: Vec<Pending>,
    faces: Vec<Face>,
    /// Innermost node with mass of the largest floor, and that floor's area.
    floor: Option<(usize, f64)>,
    /// Faces of its surfaces by name.
    named: Vec<(String, usize)>,
}

fn network(construction: &Construction, airing: Airing) -> (ThermalNetwork, Vec<Room>) {
    let mut net = Assembly::default();
    let mut places: Vec<Place> = construction
        .rooms
        .iter()
        .map(|room| {
            let volume = room.floor_area_m2 * room.height_m;
            let capacity = volume * air_j_per_m3_k(construction.altitude_m)
                + room.furniture_j_per_m2_k * room.floor_area_m2;
            Place {
                air: net.node(format!("{} air", room.name), capacity),
                windows: Vec::new(),
                faces: Vec::new(),
                floor: None,
                named: Vec::new(),
            }
        })
        .collect();
    for (room, place) in construction.rooms.iter().zip(&mut places) {
        let house = |height_m: f64| Envelope {
            inside: construction.inside_films,
            outside: construction.outside_films,
            terrain: construction.terrain,
            height_m: room.above_ground_m + height_m,
            altitude_m: construction.altitude_m,
        };
        for surface in &room.surfaces {
            let height_m = match surface.position {
                Position::Wall => 0.5 * room.height_m,
                Position::Ceiling => room.height_m,
                Position::Floor => 0.0,
            };
            add_surface(&mut net, &house(height_m), room, surface, place);
        }
        for window in &room.windows {
            let middle = house(0.5 * room.height_m);
            let pending = glazed::add(&mut net, &middle, &room.name, window, &mut place.faces);
            place.windows.push(pending);
        }
        add_air_flows(&mut net, construction, room, place.air, airing);
    }
    for p in &construction.partitions {
        let slices = conduction::slice(&p.layers);
        let name = |room: usize| format!("{} {} face", construction.rooms[room].name, p.name);
        let (face_a, face_b) = (net.node(name(p.a), 0.0), net.node(name(p.b), 0.0));
        let (chain, after) = add_slices(&mut net, &p.name, face_a, p.area_m2, &slices);
        net.link(chain.last, face_b, p.area_m2 / after);
        let other = match p.position {
            Position::Wall => Position::Wall,
            Position::Ceiling => Position::Floor,
            Position::Floor => Position::Ceiling,
        };
        for (room, node, position, mass) in [
            (p.a, face_a, p.position, chain.first_mass),
            (p.b, face_b, other, chain.last_mass),
        ] {
            places[room].faces.push(Face {
                node,
                area_m2: p.area_m2,
                position,
                emissivity: INNER_EMISSIVITY,
                absorptance: 0.6,
                window: false,
                outside: None,
                by_root: None,
                films: Prescribed::default(),
            });
            places[room].note_floor(position, mass, p.area_m2);
        }
    }
    for door in &construction.doors {
        let g = door.u_w_per_m2_k * door.area_m2
            + air_flow_w_per_k(door.exchange_m3_per_h, construction.altitude_m);
        net.link(places[door.a].air, places[door.b].air, g);
    }
    let rooms = construction
        .rooms
        .iter()
        .zip(&places)
        .map(|(room, place)| finish_room(&mut net, construction.inside_films, room, place))
        .collect();
    (net.finish(), rooms)
}

impl Place {
    fn note_floor(&mut self, position: Position, mass: Option<usize>, area_m2: f64) {
        if let (Position::Floor, Some(node)) = (position, mass)
            && self.floor.is_none_or(|(_, area)| area < area_m2)
        {
            self.floor = Some((node, area_m2));
        }
    }
}

/// The nodes of a wall: the last one placed (the face itself without slices),
/// and the first and last with mass.
struct Chain {
    last: usize,
    first_mass: Option<usize>,
    last_mass: Option<usize>,
}

/// Adds slices behind `face`; also gives the resistance from the last of them
/// to the far face, m2 K/W.
fn add_slices(
    net: &mut Assembly,
    name: &str,
    face: usize,
    area_m2: f64,
    slices: &conduction::Slices,
) -> (Chain, f64) {
    let mut chain = Chain {
        last: face,
        first_mass: None,
        last_mass: None,
    };
    for (i, slice) in slices.slices.iter().enumerate() {
        let node = net.node(
            format!("{name} {}", i + 1),
            slice.capacity_j_per_m2_k * area_m2,
        );
        net.link(chain.last, node, area_m2 / slice.before_m2_k_per_w);
        chain.last = node;
        chain.first_mass.get_or_insert(node);
        chain.last_mass = Some(node);
    }
    (chain, slices.after_m2_k_per_w)
}

fn add_surface(
    net: &mut Assembly,
    house: &Envelope,
    room: &RoomSpec,
    surface: &Surface,
    place: &mut Place,
) {
    let area = surface.area_m2;
    let name = format!("{} {}", room.name, surface.name);
    let layers: Vec<Layer> = match surface.outside {
        Outside::Ground {
            perimeter_m,
            wall_thickness_m,
            ..
        } => ground::layers_with_soil(&surface.layers, area, perimeter_m, wall_thickness_m),
        _ => surface.layers.clone(),
    };
    let face = net.node(format!("{name} face"), 0.0);
    let slices = conduction::slice(&layers);
    let (chain, after) = add_slices(net, &name, face, area, &slices);
    let behind = |film: f64| area / (after + film);
    match &surface.outside {
        Outside::Air {
            tilt_deg,
            azimuth_deg,
            absorptance,
            emissivity,
            roughness,
        } => {
            let side = OuterSide {
                tilt_deg: *tilt_deg,
                azimuth_deg: *azimuth_deg,
                absorptance: *absorptance,
                emissivity: *emissivity,
                roughness: *roughness,
                films: surface.films,
                flow: Flow::Opaque,
            };
            link_outside(net, house, &name, chain.last, area, after, &side);
        }
        Outside::ShelteredAir => {
            let film = surface.films.outside_film.unwrap_or(SHELTERED_W_PER_M2_K);
            let g = behind(1.0 / film);
            net.boundary(chain.last, g, BoundaryTemperature::Outdoor, Flow::Opaque);
        }
        Outside::Ground { temperature, .. } => {
            // The resistance of the soil's rest may be 0: keep a thin film.
            let g = behind(1e-3);
            net.boundary(chain.last, g, temperature.clone(), Flow::Ground);
        }
        Outside::Neighbour(temperature) => net.boundary(
            chain.last,
            behind(surface.films.outside_film.map_or(INNER_FILM, |h| 1.0 / h)),
            temperature.clone(),
            Flow::Neighbours,
        ),
        Outside::Unheated { factor } => {
            // The whole resistance, films included, over the factor.
            let whole = resistance(&surface.layers) + 2.0 * INNER_FILM;
            let extra = INNER_FILM + whole * (1.0 / factor - 1.0);
            let g = behind(extra);
            net.boundary(chain.last, g, BoundaryTemperature::Outdoor, Flow::Opaque);
        }
        Outside::SameRoom => {}
    }
    place.note_floor(surface.position, chain.first_mass, area);
    place.named.push((surface.name.clone(), face));
    place.faces.push(Face {
        node: face,
        area_m2: area,
        position: surface.position,
        emissivity: INNER_EMISSIVITY,
        absorptance: surface.inside_absorptance,
        window: false,
        outside: outward(&surface.outside),
        by_root: None,
        films: surface.films,
    });
}

/// The plane of a face's outer side, where weather lies behind it.
fn outward(outside: &Outside) -> Option<Plane> {
    match outside {
        Outside::Air {
            tilt_deg,
            azimuth_deg,
            ..
        } => Some(Plane::new(*tilt_deg, *azimuth_deg)),
        _ => None,
    }
}

/// Heat capacity rate of an air flow at a height above sea level, W/K.
pub fn air_flow_w_per_k(m3_per_h: f64, altitude_m: f64) -> f64 {
    m3_per_h / S_PER_H * air_j_per_m3_k(altitude_m)
}

fn air_j_per_m3_k(altitude_m: f64) -> f64 {
    AIR_J_PER_M3_K * thinner_at_altitude(altitude_m)
}

fn add_air_flows(
    net: &mut Assembly,
    construction: &Construction,
    room: &RoomSpec,
    air: usize,
    airing: Airing,
) {
    let outdoor = BoundaryTemperature::Outdoor;
    let volume = room.floor_area_m2 * room.height_m;
    let leak = air_flow_w_per_k(room.infiltration_per_h * volume, construction.altitude_m);
    if construction.outside_films == OutsideFilms::Weather {
        let law = FilmLaw::Air {
            over_mean: Series::constant(1.0),
            outdoor_density: true,
        };
        net.film(Film::of_air(air, leak, law), Flow::Infiltration);
    } else {
        net.boundary(air, leak, outdoor.clone(), Flow::Infiltration);
    }
    let recovery = if airing.bypass {
        0.0
    } else {
        room.ventilation.recovery
    };
    let night = match construction.night {
        Some(night) if airing.night => night.changes_per_h * volume,
        _ => 0.0,
    };
    let fresh = room
        .ventilation
        .flow_m3_per_h
        .map(|m3_per_h| air_flow_w_per_k(m3_per_h * (1.0 - recovery), construction.altitude_m));
    net.ventilate(air, &fresh, Flow::Ventilation);
    let night = air_flow_w_per_k(night, construction.altitude_m);
    net.boundary(air, night, outdoor.clone(), Flow::Ventilation);
    let envelope: f64 = room
        .surfaces
        .iter()
        .filter(|s| !matches!(s.outside, Outside::SameRoom | Outside::Neighbour(_)))
        .map(|s| s.area_m2)
        .chain(room.windows.iter().map(|w| w.aperture.area_m2))
        .sum();
    let bridges = room.bridges_w_per_k + construction.bridge_surcharge_w_per_m2_k * envelope;
    net.boundary(air, bridges, outdoor, Flow::Opaque);
}

/// Joins the faces to air and star, adds sun and gains, and says how the room
/// is read and heated.
fn finish_room(net: &mut Assembly, inside: InsideFilms, room: &RoomSpec, place: &Place) -> Room {
    let air = place.air;
    let faces = &place.faces;
    let to_star: Vec<f64> = faces
        .iter()
        .zip(enclosure::to_star_w_per_k(faces))
        .map(|(f, g)| f.films.inside_radiation.map_or(g, |h| h * f.area_m2))
        .collect();
    let star = to_star
        .iter()
        .any(|&g| g > 0.0)
        .then(|| net.node(format!("{} radiant", room.name), 0.0));
    for (face, g) in faces.iter().zip(to_star) {
        match (face.films.inside_convection, inside) {
            (Some(h), _) => net.link(face.node, air, h * face.area_m2),
            (None, InsideFilms::Standard) => {
                let h = enclosure::convection_w_per_m2_k(face.position);
                net.link(face.node, air, h * face.area_m2);
            }
            (None, InsideFilms::Natural) => {
                net.film(glazed::natural(face, air, STANDARD_LEVEL), Flow::Opaque);
            }
        }
        let Some(star) = star else { continue };
        if inside == InsideFilms::Standard || face.films.inside_radiation.is_some() {
            net.link(face.node, star, g);
        } else {
            let film = Film {
                node: face.node,
                other: Some(star),
                area_m2: face.area_m2,
                reference_w_per_m2_k: g / face.area_m2,
                law: FilmLaw::Radiation,
            };
            net.film(film, Flow::Opaque);
        }
    }
    let by_area = shares(faces.iter().map(|f| (f.node, f.area_m2)));
    let radiant = if by_area.is_empty() {
        all_at(air)
    } else {
        by_area
    };
    for (window, pending) in room.windows.iter().zip(&place.windows) {
        glazed::add_sun(
            net,
            window,
            pending,
            glazed::Inside {
                air,
                faces,
                glazings: &place.windows,
                radiant: &radiant,
                to_floor: room.sun_to_floor,
            },
        );
    }
    for gain in &room.gains {
        let mut entry = vec![Weight {
            node: air,
            fraction: gain.convective,
        }];
        entry.extend(radiant.iter().map(|w| Weight {
            node: w.node,
            fraction: w.fraction * (1.0 - gain.convective),
        }));
        net.source(SourceKind::Internal(gain.power_w.clone()), entry);
    }
    Room {
        name: room.name.clone(),
        floor_area_m2: room.floor_area_m2,
        target_offset_k: room.target_offset_k,
        controlled: room.controlled,
        air: all_at(air),
        convective_entry: all_at(air),
        radiant_entry: radiant.clone(),
        radiant,
        floor_node: place.floor.map(|f| f.0),
        places: place.named.clone(),
    }
}

#[cfg(test)]
mod tests;

//! From construction to thermal network.
//!
//! A room is an air node (with its furniture), a radiant star node without
//! mass and one face node without mass for each surface and window. Faces meet
//! the air by convection and the star by long-wave radiation (`enclosure`);
//! behind them lie the slices of their layers (`physics::conduction`). Outside
//! stands a sol-air temperature behind a constant film, the ground (`ground`),
//! a neighbour, or nothing. Air flows join air nodes to outdoors and to each
//! other. Films, radiation and air flows are constant: their dependence on
//! wind and temperature is what this model leaves out.

use super::assembly::{Assembly, all_at, shares};
use super::enclosure::{self, Face, GLASS_EMISSIVITY, INNER_EMISSIVITY};
use super::ground;
use crate::model::construction::{
    Construction, Layer, Outside, Position, RoomSpec, Surface, WindowSpec, resistance,
};
use crate::model::house::{
    BoundaryTemperature, Flow, House, Room, SourceKind, SwitchRule, SwitchedState, ThermalNetwork,
    Weight,
};
use crate::physics::conduction;
use crate::units::{AIR_J_PER_M3_K, S_PER_H};

/// Inner and outer film resistance of declared U-values, m2 K/W (EN ISO 6946).
const INNER_FILM: f64 = 0.13;
const OUTER_FILM: f64 = 0.04;
/// Least resistance of a pane without films, m2 K/W (6 mm of glass).
const LEAST_GLASS: f64 = 0.006;
/// Convective share of what warm glass gives to the room.
const GLASS_CONVECTIVE: f64 = 0.36;
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

/// What a room's parts leave behind while the network grows.
struct Place {
    air: usize,
    faces: Vec<Face>,
    /// Innermost node with mass of the largest floor, and that floor's area.
    floor: Option<(usize, f64)>,
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
                faces: Vec::new(),
                floor: None,
            }
        })
        .collect();
    for (room, place) in construction.rooms.iter().zip(&mut places) {
        for surface in &room.surfaces {
            add_surface(&mut net, room, surface, place);
        }
        for window in &room.windows {
            add_window(&mut net, room, window, place);
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
        .map(|(room, place)| finish_room(&mut net, room, place))
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

fn add_surface(net: &mut Assembly, room: &RoomSpec, surface: &Surface, place: &mut Place) {
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
            film_w_per_m2_k,
        } => net.boundary(
            chain.last,
            behind(1.0 / film_w_per_m2_k),
            BoundaryTemperature::SolAir {
                tilt_deg: *tilt_deg,
                azimuth_deg: *azimuth_deg,
                absorptance: *absorptance,
                emissivity: *emissivity,
                film_w_per_m2_k: *film_w_per_m2_k,
                sky_view: sky_view(*tilt_deg),
            },
            Flow::Opaque,
        ),
        Outside::ShelteredAir { film_w_per_m2_k } => net.boundary(
            chain.last,
            behind(1.0 / film_w_per_m2_k),
            BoundaryTemperature::Outdoor,
            Flow::Opaque,
        ),
        Outside::Ground { temperature, .. } => {
            // The resistance of the soil's rest may be 0: keep a thin film.
            let g = behind(1e-3);
            net.boundary(chain.last, g, temperature.clone(), Flow::Ground);
        }
        Outside::Neighbour(temperature) => net.boundary(
            chain.last,
            behind(INNER_FILM),
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
    place.faces.push(Face {
        node: face,
        area_m2: area,
        position: surface.position,
        emissivity: INNER_EMISSIVITY,
        absorptance: surface.inside_absorptance,
        window: false,
    });
}

/// View factor to the sky that counts for long-wave loss: (1 + cos tilt)/2 of
/// which the share sqrt of itself is sky and the rest air near the horizon
/// (Walton 1983, as in EnergyPlus).
pub fn sky_view(tilt_deg: f64) -> f64 {
    let view = (0.5 * (1.0 + tilt_deg.to_radians().cos())).max(0.0);
    view * view.sqrt()
}

fn add_window(net: &mut Assembly, room: &RoomSpec, window: &WindowSpec, place: &mut Place) {
    let a = &window.aperture;
    let face = net.node(format!("{} {} pane", room.name, a.name), 0.0);
    let glass = (1.0 / window.u_w_per_m2_k - INNER_FILM - OUTER_FILM).max(LEAST_GLASS);
    net.boundary(
        face,
        a.area_m2 / (glass + 1.0 / window.film_w_per_m2_k),
        BoundaryTemperature::SolAir {
            tilt_deg: a.tilt_deg,
            azimuth_deg: a.azimuth_deg,
            absorptance: 0.0,
            emissivity: GLASS_EMISSIVITY,
            film_w_per_m2_k: window.film_w_per_m2_k,
            sky_view: sky_view(a.tilt_deg),
        },
        Flow::Windows,
    );
    place.faces.push(Face {
        node: face,
        area_m2: a.area_m2,
        position: Position::Wall,
        emissivity: GLASS_EMISSIVITY,
        absorptance: 0.0,
        window: true,
    });
}

/// Heat capacity rate of an air flow at a height above sea level, W/K. Air
/// thins as in the ICAO standard atmosphere.
pub fn air_flow_w_per_k(m3_per_h: f64, altitude_m: f64) -> f64 {
    m3_per_h / S_PER_H * air_j_per_m3_k(altitude_m)
}

fn air_j_per_m3_k(altitude_m: f64) -> f64 {
    AIR_J_PER_M3_K * (1.0 - 2.255_77e-5 * altitude_m).powf(5.2559)
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
    net.boundary(air, leak, outdoor.clone(), Flow::Infiltration);
    let recovery = if airing.bypass {
        0.0
    } else {
        room.ventilation.recovery
    };
    let night = match construction.night {
        Some(night) if airing.night => night.changes_per_h * volume,
        _ => 0.0,
    };
    let fresh = air_flow_w_per_k(
        room.ventilation.flow_m3_per_h * (1.0 - recovery) + night,
        construction.altitude_m,
    );
    net.boundary(air, fresh, outdoor.clone(), Flow::Ventilation);
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
fn finish_room(net: &mut Assembly, room: &RoomSpec, place: &Place) -> Room {
    let air = place.air;
    let faces = &place.faces;
    if !faces.is_empty() {
        let star = net.node(format!("{} radiant", room.name), 0.0);
        for (face, g) in faces.iter().zip(enclosure::to_star_w_per_k(faces)) {
            let h = enclosure::convection_w_per_m2_k(face);
            net.link(face.node, air, h * face.area_m2);
            net.link(face.node, star, g);
        }
    }
    let by_area = shares(faces.iter().map(|f| (f.node, f.area_m2)));
    let radiant = if by_area.is_empty() {
        all_at(air)
    } else {
        by_area
    };
    let sun = enclosure::sun_shares(faces, room.sun_to_floor);
    for window in &room.windows {
        let kept: f64 = sun
            .iter()
            .zip(faces)
            .filter(|s| !s.1.window)
            .map(|s| s.0)
            .sum();
        let heat = enclosure::glass_heat_share(window.aperture.panes);
        // Net of what leaves through the windows again.
        let net_share = (1.0 - heat) * kept + heat;
        let mut aperture = window.aperture.clone();
        aperture.g_normal *= net_share;
        let mut entry: Vec<Weight> = vec![Weight {
            node: air,
            fraction: heat * GLASS_CONVECTIVE / net_share,
        }];
        for ((face, share), spread) in faces.iter().zip(&sun).zip(&radiant) {
            let light = if face.window {
                0.0
            } else {
                (1.0 - heat) * share
            };
            let warm = heat * (1.0 - GLASS_CONVECTIVE) * spread.fraction;
            entry.push(Weight {
                node: face.node,
                fraction: (light + warm) / net_share,
            });
        }
        net.source(SourceKind::Window(aperture), entry);
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
    }
}

#[cfg(test)]
mod tests;

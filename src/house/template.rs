//! Houses by a few parameters a room: ready graphs of nodes and conductances.
//!
//! Every template gives the same things as a construction does: nodes, links,
//! boundaries, sources and how the room is read and heated. A graph of one's
//! own needs no template; it is a `ThermalNetwork` already.

use super::assembly::{Assembly, all_at, shares};
use crate::model::Series;
use crate::model::construction::Gain;
use crate::model::house::{
    BoundaryTemperature, Flow, House, Room, SourceKind, SunPart, Weight, Window,
};
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// A room described by a template.
#[derive(Clone, Debug)]
pub struct TemplateRoom {
    pub name: String,
    pub floor_area_m2: f64,
    pub target_offset_k: f64,
    pub controlled: bool,
    pub parameters: Parameters,
    /// Further heat loss by air exchange with outdoors, W/K.
    pub ventilation_w_per_k: Series,
    pub windows: Vec<Window>,
    /// Sun that is given instead of calculated from the weather.
    pub given_sun: Vec<GivenSun>,
    pub gains: Vec<Gain>,
}

/// The parameters of one room.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// One capacity behind one conductance to outdoors (1R1C): two parameters,
    /// or one where the capacity is that of its class (`class_j_per_m2_k`).
    OneNode {
        loss_w_per_k: f64,
        capacity_j_per_k: f64,
    },
    /// Air and inner mass; the air loses heat (TiTm): four parameters.
    AirAndMass {
        loss_w_per_k: f64,
        air_j_per_k: f64,
        mass_j_per_k: f64,
        air_to_mass_w_per_k: f64,
    },
    /// Interior and envelope; the envelope stands between interior and
    /// outdoors, with a direct path beside it (TiTe): five parameters, one of
    /// which (the direct path) may be 0.
    Envelope {
        interior_j_per_k: f64,
        envelope_j_per_k: f64,
        interior_to_envelope_w_per_k: f64,
        envelope_to_outdoor_w_per_k: f64,
        direct_w_per_k: f64,
    },
    FiveROneC(FiveROneC),
    TwoElement(Box<TwoElement>),
}

/// The simple hourly method of EN ISO 13790:2008, 7.2.2 (5R1C); its air
/// exchange is the room's `ventilation_w_per_k`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FiveROneC {
    /// Heat capacity of the building zone C_m, J/K.
    pub mass_j_per_k: f64,
    /// Effective mass area A_m, m2.
    pub mass_area_m2: f64,
    /// Transmission through windows and doors H_tr,w, W/K.
    pub windows_w_per_k: f64,
    /// Transmission through opaque parts H_tr,op, W/K.
    pub opaque_w_per_k: f64,
}

/// The two-element model of VDI 6007-1: outer walls and inner walls, each one
/// resistance and one capacity on the room's side.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoElement {
    /// Heat capacity of the air, J/K; 0 is allowed.
    pub air_j_per_k: f64,
    pub outer_area_m2: f64,
    /// Face to capacity, K/W.
    pub outer_k_per_w: f64,
    pub outer_j_per_k: f64,
    /// Capacity to the outer face, K/W.
    pub outer_rest_k_per_w: f64,
    /// Film outside, W/(m2 K).
    pub outer_film_w_per_m2_k: f64,
    /// What lies beyond that film, with its share of the loss; shares sum to 1.
    pub outer_temperatures: Vec<(f64, BoundaryTemperature)>,
    pub inner_area_m2: f64,
    pub inner_k_per_w: f64,
    pub inner_j_per_k: f64,
    /// Windows: area (0: none or part of the outer wall) and pane, K/W.
    pub window_area_m2: f64,
    pub window_k_per_w: f64,
    /// What lies beyond the windows' film.
    pub window_temperature: BoundaryTemperature,
    /// Convection at outer and inner walls and windows, radiation, W/(m2 K).
    pub outer_convection_w_per_m2_k: f64,
    pub inner_convection_w_per_m2_k: f64,
    pub window_convection_w_per_m2_k: f64,
    pub radiation_w_per_m2_k: f64,
    /// Share of the sun that warms the air at once (0.09 in VDI 6007-1).
    pub sun_to_air: f64,
    /// Share of the rest that meets the inner walls (1 where all windows are
    /// in one facade: it does not shine on itself).
    pub sun_to_inner: f64,
}

/// Sun through a window as a series.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenSun {
    /// W through the glass.
    pub power_w: Series,
    /// Of what does not warm the air at once, the share that meets the inner
    /// walls, where it is not the room's own (two-element model only).
    pub to_inner: Option<f64>,
}

/// A door or opening between two rooms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coupling {
    pub a: usize,
    pub b: usize,
    pub conductance_w_per_k: f64,
}

/// How a template's room is read and driven.
struct Handles {
    air: usize,
    radiant: Vec<Weight>,
    radiant_entry: Vec<Weight>,
    sun: Vec<Weight>,
    /// Inner faces of outer and inner walls (two-element model only).
    faces: Option<[usize; 2]>,
    /// What an ideal emitter may heat or cool, by name.
    places: Vec<(String, usize)>,
    /// Shares of sun and of gains that stay in the room; the rest leaves
    /// through the windows at once (5R1C only).
    sun_stays: f64,
    radiant_stays: f64,
}

impl Handles {
    fn of_air(air: usize) -> Self {
        Self {
            air,
            radiant: all_at(air),
            radiant_entry: all_at(air),
            sun: all_at(air),
            faces: None,
            places: Vec::new(),
            sun_stays: 1.0,
            radiant_stays: 1.0,
        }
    }
}

/// Heat capacity of a house by class, J/(K m2 floor) (EN ISO 13790:2008, table 12:
/// very light 80 000, light 110 000, medium 165 000, heavy 260 000, very heavy 370 000).
/// Light, medium and heavy with their mass areas compared with the Modelica
/// Buildings library: equal; very light and very heavy not compared.
pub fn class_j_per_m2_k(class: &str) -> Option<f64> {
    Some(match class {
        "very-light" => 80_000.0,
        "light" => 110_000.0,
        "medium" => 165_000.0,
        "heavy" => 260_000.0,
        "very-heavy" => 370_000.0,
        _ => return None,
    })
}

/// Effective mass area over floor area for the same classes (same table).
pub fn class_mass_area(class: &str) -> Option<f64> {
    Some(match class {
        "very-light" | "light" | "medium" => 2.5,
        "heavy" => 3.0,
        "very-heavy" => 3.5,
        _ => return None,
    })
}

/// Builds a house of template rooms; couplings join their air.
pub fn build(name: &str, rooms: &[TemplateRoom], couplings: &[Coupling]) -> House {
    let mut net = Assembly::default();
    let handles: Vec<Handles> = rooms.iter().map(|r| add_room(&mut net, r)).collect();
    for c in couplings {
        net.link(handles[c.a].air, handles[c.b].air, c.conductance_w_per_k);
    }
    for (room, h) in rooms.iter().zip(&handles) {
        add_sources(&mut net, room, h);
    }
    let rooms: Vec<Room> = rooms
        .iter()
        .zip(handles)
        .map(|(room, h)| Room {
            name: room.name.clone(),
            floor_area_m2: room.floor_area_m2,
            target_offset_k: room.target_offset_k,
            controlled: room.controlled,
            air: all_at(h.air),
            radiant: h.radiant,
            convective_entry: all_at(h.air),
            radiant_entry: h.radiant_entry,
            floor_node: None,
            places: h.places,
        })
        .collect();
    House {
        name: name.into(),
        floor_area_m2: rooms.iter().map(|r| r.floor_area_m2).sum(),
        rooms,
        network: net.finish(),
        switched: Vec::new(),
    }
}

fn add_sources(net: &mut Assembly, room: &TemplateRoom, h: &Handles) {
    for sun in &room.given_sun {
        let power = sun.power_w.map(|w| w * h.sun_stays);
        let entry = match (&room.parameters, sun.to_inner, &h.faces) {
            (Parameters::TwoElement(p), Some(to_inner), Some(faces)) => {
                p.sun_entry(h.air, *faces, to_inner)
            }
            _ => h.sun.clone(),
        };
        net.source(SourceKind::GivenSun(power), entry);
    }
    for window in &room.windows {
        let mut aperture = window.clone();
        aperture.g_normal *= h.sun_stays;
        net.source(
            SourceKind::Window(Arc::new(aperture), SunPart::All),
            h.sun.clone(),
        );
    }
    for gain in &room.gains {
        let radiant = (1.0 - gain.convective) * h.radiant_stays;
        let stays = gain.convective + radiant;
        let power = gain.power_w.map(|w| w * stays);
        let mut entry = vec![Weight {
            node: h.air,
            fraction: gain.convective / stays,
        }];
        entry.extend(h.radiant_entry.iter().map(|w| Weight {
            node: w.node,
            fraction: w.fraction * radiant / stays,
        }));
        net.source(SourceKind::Internal(power), entry);
    }
}

fn add_room(net: &mut Assembly, room: &TemplateRoom) -> Handles {
    let outdoor = || BoundaryTemperature::Outdoor;
    let name = |what: &str| format!("{} {what}", room.name);
    let handles = match &room.parameters {
        Parameters::OneNode {
            loss_w_per_k,
            capacity_j_per_k,
        } => {
            let air = net.node(name("interior"), *capacity_j_per_k);
            net.boundary(air, *loss_w_per_k, outdoor(), Flow::Opaque);
            Handles::of_air(air)
        }
        Parameters::AirAndMass {
            loss_w_per_k,
            air_j_per_k,
            mass_j_per_k,
            air_to_mass_w_per_k,
        } => {
            let air = net.node(name("air"), *air_j_per_k);
            let mass = net.node(name("mass"), *mass_j_per_k);
            net.link(air, mass, *air_to_mass_w_per_k);
            net.boundary(air, *loss_w_per_k, outdoor(), Flow::Opaque);
            Handles {
                radiant: all_at(mass),
                radiant_entry: all_at(mass),
                sun: all_at(mass),
                places: vec![("mass".into(), mass)],
                ..Handles::of_air(air)
            }
        }
        Parameters::Envelope {
            interior_j_per_k,
            envelope_j_per_k,
            interior_to_envelope_w_per_k,
            envelope_to_outdoor_w_per_k,
            direct_w_per_k,
        } => {
            let air = net.node(name("interior"), *interior_j_per_k);
            let envelope = net.node(name("envelope"), *envelope_j_per_k);
            net.link(air, envelope, *interior_to_envelope_w_per_k);
            net.boundary(
                envelope,
                *envelope_to_outdoor_w_per_k,
                outdoor(),
                Flow::Opaque,
            );
            net.boundary(air, *direct_w_per_k, outdoor(), Flow::Windows);
            Handles::of_air(air)
        }
        Parameters::FiveROneC(p) => five_r_one_c(net, room, p),
        Parameters::TwoElement(p) => two_element(net, room, p),
    };
    net.ventilate(handles.air, &room.ventilation_w_per_k, Flow::Ventilation);
    handles
}

/// Air to star node, and mass to star node, W/(m2 K); inner surfaces over
/// floor area (EN ISO 13790:2008, 7.2.2.2 and 12.2.2; compared with the Modelica
/// Buildings library: equal).
const AIR_TO_STAR: f64 = 3.45;
const MASS_TO_STAR: f64 = 9.1;
const SURFACES_PER_FLOOR: f64 = 4.5;

fn five_r_one_c(net: &mut Assembly, room: &TemplateRoom, p: &FiveROneC) -> Handles {
    let surfaces = SURFACES_PER_FLOOR * room.floor_area_m2;
    let air = net.node(format!("{} air", room.name), 0.0);
    let star = net.node(format!("{} star", room.name), 0.0);
    let mass = net.node(format!("{} mass", room.name), p.mass_j_per_k);
    let mass_to_star = MASS_TO_STAR * p.mass_area_m2;
    net.link(air, star, AIR_TO_STAR * surfaces);
    net.link(star, mass, mass_to_star);
    let outdoor = BoundaryTemperature::Outdoor;
    net.boundary(star, p.windows_w_per_k, outdoor.clone(), Flow::Windows);
    if p.opaque_w_per_k > 0.0 {
        // H_em: the rest of the opaque conductance after that to the star.
        let rest = 1.0 / (1.0 / p.opaque_w_per_k - 1.0 / mass_to_star);
        net.boundary(mass, rest, outdoor, Flow::Opaque);
    }
    // Radiant heat: A_m/A_t to the mass, the rest to the star without the
    // part that the windows take (formulas C.2 and C.3).
    let to_mass = p.mass_area_m2 / surfaces;
    let to_star = 1.0 - to_mass - p.windows_w_per_k / (MASS_TO_STAR * surfaces);
    let entry = shares([(mass, to_mass), (star, to_star)]);
    // Operative = 0.3 air + 0.7 star; here it is the mean of air and radiant.
    let radiant = vec![
        Weight {
            node: star,
            fraction: 1.4,
        },
        Weight {
            node: air,
            fraction: -0.4,
        },
    ];
    Handles {
        air,
        radiant,
        radiant_entry: entry.clone(),
        sun: entry,
        faces: None,
        places: vec![("mass".into(), mass)],
        sun_stays: to_mass + to_star,
        radiant_stays: to_mass + to_star,
    }
}

impl TwoElement {
    /// Where sun enters, of which `to_inner` of what does not warm the air
    /// meets the inner walls and the rest the outer ones.
    fn sun_entry(&self, air: usize, [outer, inner]: [usize; 2], to_inner: f64) -> Vec<Weight> {
        let walls = 1.0 - self.sun_to_air;
        shares([
            (air, self.sun_to_air),
            (inner, walls * to_inner),
            (outer, walls * (1.0 - to_inner)),
        ])
    }
}

fn two_element(net: &mut Assembly, room: &TemplateRoom, p: &TwoElement) -> Handles {
    let name = |what: &str| format!("{} {what}", room.name);
    let air = net.node(name("air"), p.air_j_per_k);
    let outer_face = net.node(name("outer face"), 0.0);
    let outer = net.node(name("outer wall"), p.outer_j_per_k);
    let inner_face = net.node(name("inner face"), 0.0);
    let inner = net.node(name("inner wall"), p.inner_j_per_k);
    net.link(
        air,
        outer_face,
        p.outer_convection_w_per_m2_k * p.outer_area_m2,
    );
    net.link(
        air,
        inner_face,
        p.inner_convection_w_per_m2_k * p.inner_area_m2,
    );
    net.link(outer_face, outer, 1.0 / p.outer_k_per_w);
    net.link(inner_face, inner, 1.0 / p.inner_k_per_w);
    let exchange = |a: f64, b: f64| p.radiation_w_per_m2_k * a.min(b);
    net.link(
        outer_face,
        inner_face,
        exchange(p.outer_area_m2, p.inner_area_m2),
    );
    let out = p.outer_rest_k_per_w + 1.0 / (p.outer_film_w_per_m2_k * p.outer_area_m2);
    for (share, temperature) in &p.outer_temperatures {
        net.boundary(outer, share / out, temperature.clone(), Flow::Opaque);
    }
    let mut faces = vec![(outer_face, p.outer_area_m2), (inner_face, p.inner_area_m2)];
    if p.window_area_m2 > 0.0 {
        let area = p.window_area_m2;
        let pane = net.node(name("pane"), 0.0);
        net.link(air, pane, p.window_convection_w_per_m2_k * area);
        net.link(pane, outer_face, exchange(area, p.outer_area_m2));
        net.link(pane, inner_face, exchange(area, p.inner_area_m2));
        let out = p.window_k_per_w + 1.0 / (p.outer_film_w_per_m2_k * area);
        net.boundary(pane, 1.0 / out, p.window_temperature.clone(), Flow::Windows);
        faces.push((pane, area));
    }
    let by_area = shares(faces);
    Handles {
        radiant: by_area.clone(),
        radiant_entry: by_area,
        sun: p.sun_entry(air, [outer_face, inner_face], p.sun_to_inner),
        faces: Some([outer_face, inner_face]),
        places: vec![("outer".into(), outer_face), ("inner".into(), inner_face)],
        ..Handles::of_air(air)
    }
}

//! A window's part of the network: glass and frame with their films, and where
//! the sun that comes through ends.
//!
//! Given by its panes, each pane is a node without mass that takes up sun; gaps
//! lie between them (`physics::gap`). Given by U and g, one resistance stands
//! for the glass and g brings light and warmth into the room at once.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::assembly::Assembly;
use super::enclosure::{self, Face, GLASS_EMISSIVITY, GLASS_TAKES};
use super::fabric::{Envelope, INNER_FILM, OUTER_FILM, OuterSide, link_outside};
use crate::model::construction::{
    GapSpec, InsideFilms, Position, Prescribed, WindowHeat, WindowSpec,
};
use crate::model::house::{Film, FilmLaw, Flow, SourceKind, SunPart, Weight};
use crate::physics::convection::Roughness;
use crate::physics::gap::{self, Gap};
use crate::physics::glass::Glass;
use crate::physics::solar::Plane;

/// Least resistance of a pane without films, m2 K/W (6 mm of glass).
const LEAST_GLASS: f64 = 0.006;
/// Convective share of what warm glass gives to the room.
const GLASS_CONVECTIVE: f64 = 0.36;
/// Faces of a gap at which declared U-values are stated (EN 673), degC.
const GAP_REFERENCE_C: [f64; 2] = [17.5, 2.5];
/// Height of glass where nothing says it, m: it hardly matters.
const GLASS_HEIGHT_M: f64 = 1.2;
/// Tilts of glass that counts as upright.
const UPRIGHT_DEG: RangeInclusive<f64> = 60.0..=120.0;
/// Frames take up sun as painted wood does.
const FRAME_ABSORPTANCE: f64 = 0.5;

/// A window in its room, until the sun is shared out.
pub(super) struct Pending {
    /// Its face among the room's.
    face: usize,
    /// Pane nodes, outermost first, with the share of their heat that would
    /// go inwards; empty for a window of U and g.
    panes: Vec<(usize, f64)>,
    glass: Option<Glass>,
}

/// Adds a window's nodes; its face joins `faces`.
pub(super) fn add(
    net: &mut Assembly,
    house: &Envelope,
    room: &str,
    window: &WindowSpec,
    faces: &mut Vec<Face>,
) -> Pending {
    let a = &window.aperture;
    let name = format!("{room} {}", a.name);
    let mut side = OuterSide {
        tilt_deg: a.tilt_deg,
        azimuth_deg: a.azimuth_deg,
        absorptance: 0.0,
        emissivity: GLASS_EMISSIVITY,
        roughness: Roughness::VerySmooth,
        films: window.films,
        flow: Flow::Windows,
    };
    let mut face = Face {
        node: 0,
        area_m2: a.area_m2,
        position: position(a.tilt_deg),
        emissivity: GLASS_EMISSIVITY,
        absorptance: GLASS_TAKES,
        window: true,
        outside: Some(Plane::new(a.tilt_deg, a.azimuth_deg)),
        by_root: UPRIGHT_DEG
            .contains(&a.tilt_deg)
            .then(|| gap::room_side_w_per_m2_k_by_root(glass_height_m(window), house.altitude_m)),
        films: window.films,
    };
    let (gaps, frame_u) = match &window.heat {
        WindowHeat::U(u) => {
            face.node = net.node(format!("{name} pane"), 0.0);
            let r = (1.0 / u - INNER_FILM - OUTER_FILM).max(LEAST_GLASS);
            link_outside(net, house, &name, face.node, a.area_m2, r, &side);
            faces.push(face);
            return Pending {
                face: faces.len() - 1,
                panes: Vec::new(),
                glass: None,
            };
        }
        WindowHeat::Panes {
            gaps,
            frame_u_w_per_m2_k,
        } => (gaps, *frame_u_w_per_m2_k),
    };
    let frame_m2 = a.area_m2 * a.frame_fraction;
    if frame_m2 > 0.0 {
        let node = net.node(format!("{name} frame"), 0.0);
        let r = (1.0 / frame_u - INNER_FILM - OUTER_FILM).max(LEAST_GLASS);
        let frame = OuterSide {
            absorptance: FRAME_ABSORPTANCE,
            emissivity: enclosure::INNER_EMISSIVITY,
            roughness: Roughness::MediumSmooth,
            ..side
        };
        link_outside(
            net,
            house,
            &format!("{name} frame"),
            node,
            frame_m2,
            r,
            &frame,
        );
        faces.push(Face {
            node,
            area_m2: frame_m2,
            emissivity: enclosure::INNER_EMISSIVITY,
            absorptance: FRAME_ABSORPTANCE,
            window: false,
            by_root: None,
            films: Prescribed::default(),
            ..face
        });
    }
    let area = a.area_m2 - frame_m2;
    let glass = Glass::new(&a.glass);
    let nodes: Vec<usize> = (0..a.glass.len().max(2))
        .map(|k| net.node(format!("{name} pane {}", k + 1), 0.0))
        .collect();
    let resistances = add_gaps(net, house, window, gaps, area, &nodes);
    if let Some(outer) = a.glass.first() {
        side.emissivity = outer.outer_emissivity;
    }
    link_outside(net, house, &name, nodes[0], area, 0.0, &side);
    face.node = nodes[nodes.len() - 1];
    face.area_m2 = area;
    face.emissivity = a
        .glass
        .last()
        .map_or(GLASS_EMISSIVITY, |p| p.inner_emissivity);
    face.absorptance = glass.from_room.iter().sum();
    faces.push(face);
    // Of a pane's heat the part that goes inwards, by the films of EN 673.
    let whole = INNER_FILM + OUTER_FILM + resistances.iter().sum::<f64>();
    let mut outwards = OUTER_FILM;
    let mut panes = vec![(nodes[0], outwards / whole)];
    for (&node, r) in nodes[1..].iter().zip(&resistances) {
        outwards += r;
        panes.push((node, outwards / whole));
    }
    if a.glass.len() == 1 {
        panes.truncate(1);
    }
    Pending {
        face: faces.len() - 1,
        panes,
        glass: Some(glass),
    }
}

/// How glass of this tilt lies in its room.
fn position(tilt_deg: f64) -> Position {
    if tilt_deg < *UPRIGHT_DEG.start() {
        Position::Ceiling
    } else if tilt_deg > *UPRIGHT_DEG.end() {
        Position::Floor
    } else {
        Position::Wall
    }
}

fn glass_height_m(window: &WindowSpec) -> f64 {
    let given = window.aperture.shade.height_m;
    if given > 0.0 { given } else { GLASS_HEIGHT_M }
}

/// Joins the pane nodes and gives the resistances between them, m2 K/W. A
/// single pane has a node for each of its faces.
fn add_gaps(
    net: &mut Assembly,
    house: &Envelope,
    window: &WindowSpec,
    gaps: &[GapSpec],
    area_m2: f64,
    nodes: &[usize],
) -> Vec<f64> {
    let glass = &window.aperture.glass;
    let through: f64 = glass
        .iter()
        .map(|p| p.thickness_m / p.conductivity_w_per_m_k)
        .sum();
    if glass.len() == 1 {
        net.link(nodes[1], nodes[0], area_m2 / through);
        return vec![through];
    }
    gaps.iter()
        .enumerate()
        .map(|(k, spec)| {
            let gap = Gap {
                thickness_m: spec.thickness_m,
                gas: spec.gas,
                emissivities: [glass[k + 1].outer_emissivity, glass[k].inner_emissivity],
                height_m: glass_height_m(window),
                tilt_deg: window.aperture.tilt_deg,
                // The glass itself counts with the gaps, in equal parts.
                glass_m2_k_per_w: through / gaps.len() as f64,
            };
            let [inner_c, outer_c] = GAP_REFERENCE_C;
            let reference = gap::conductance_w_per_m2_k(&gap, inner_c, outer_c);
            if house.inside == InsideFilms::Natural {
                let film = Film {
                    node: nodes[k + 1],
                    other: Some(nodes[k]),
                    area_m2,
                    reference_w_per_m2_k: reference,
                    law: FilmLaw::Gap(gap),
                };
                net.film(film, Flow::Windows);
            } else {
                net.link(nodes[k + 1], nodes[k], area_m2 * reference);
            }
            1.0 / reference
        })
        .collect()
}

/// The room behind a window, when all of its faces are known.
#[derive(Clone, Copy)]
pub(super) struct Inside<'a> {
    pub(super) air: usize,
    pub(super) faces: &'a [Face],
    /// All windows of the room.
    pub(super) glazings: &'a [Pending],
    /// How radiant heat is spread over the faces.
    pub(super) radiant: &'a [Weight],
    /// Share of the beam that meets the floor first.
    pub(super) to_floor: f64,
}

/// The sources of a window's sun.
pub(super) fn add_sun(
    net: &mut Assembly,
    window: &WindowSpec,
    pending: &Pending,
    inside: Inside<'_>,
) {
    let Inside {
        air,
        faces,
        glazings,
        radiant,
        to_floor,
    } = inside;
    let mut aperture = window.aperture.clone();
    let heat = match window.heat {
        WindowHeat::U(_) => enclosure::glass_heat_share(aperture.panes, aperture.g_normal),
        WindowHeat::Panes { .. } => 0.0,
    };
    // Light by faces, without what leaves through windows; warmth of the glass
    // itself to air and faces. The first hit of the beam is on the floor.
    let entries = [to_floor, 0.0].map(|to_floor| {
        let shares = enclosure::sun_shares(faces, to_floor, pending.face);
        let mut entry: Vec<Weight> = Vec::new();
        let mut add = |node: usize, fraction: f64| {
            if fraction > 0.0 {
                entry.push(Weight { node, fraction });
            }
        };
        for (i, (face, share)) in faces.iter().zip(&shares).enumerate() {
            let light = (1.0 - heat) * share;
            if !face.window {
                add(face.node, light);
                continue;
            }
            let Some(p) = glazings.iter().find(|p| p.face == i) else {
                continue;
            };
            let Some(glass) = &p.glass else { continue };
            let taken: f64 = glass.from_room.iter().sum();
            for ((node, _), absorbed) in p.panes.iter().zip(&glass.from_room[1..]) {
                add(*node, light * absorbed / taken);
            }
        }
        add(air, heat * GLASS_CONVECTIVE);
        for w in radiant {
            add(w.node, heat * (1.0 - GLASS_CONVECTIVE) * w.fraction);
        }
        entry
    });
    let sum = |entry: &[Weight]| entry.iter().map(|w| w.fraction).sum::<f64>();
    aperture.kept = [sum(&entries[0]), sum(&entries[1])];
    let kept = aperture.kept;
    let aperture = Arc::new(aperture);
    for ((part, entry), kept) in [SunPart::Beam, SunPart::Diffuse]
        .into_iter()
        .zip(entries)
        .zip(kept)
    {
        let entry = entry
            .into_iter()
            .map(|w| Weight {
                node: w.node,
                fraction: w.fraction / kept,
            })
            .collect();
        net.source(SourceKind::Window(aperture.clone(), part), entry);
    }
    for (k, &(node, inwards)) in pending.panes.iter().enumerate() {
        net.partly_lost_source(
            SourceKind::Window(aperture.clone(), SunPart::Pane(k)),
            super::assembly::all_at(node),
            Some((Flow::Windows, 1.0 - inwards)),
        );
    }
}

/// The film between a room's face and its air.
pub(super) fn natural(face: &Face, air: usize, reference_w_per_m2_k: f64) -> Film {
    Film {
        node: face.node,
        other: Some(air),
        area_m2: face.area_m2,
        reference_w_per_m2_k,
        law: match face.by_root {
            Some(w_per_m2_k_by_root) => FilmLaw::Glass { w_per_m2_k_by_root },
            None => FilmLaw::Natural {
                up: enclosure::up(face),
            },
        },
    }
}

//! Conductances that vary: films by wind and temperature, gaps of windows.
//!
//! The network is linear and has each of them at a constant mean. What the
//! actual conductance carries beyond that, `(G - G0) dT`, is held over a row as
//! a heat, worked out from the temperatures at the row's start (with the row's
//! own inputs). The heat leaves one side and enters the other, or is booked as
//! loss, so energy closes as exactly as without.
//!
//! Stable for any length of row and any masses: with the whole network as
//! `C x' = -K x`, mean `K0` and held rest `K - K0`, one row maps `x` to
//! `x - P K x`, `P = (1 - e^(-K0 dt/C)) K0^-1 <= K0^-1`. Eigenvalues of `P K`
//! stay between 0 and 2 if `0 <= K <= 2 K0`, which holds if each conductance
//! (its slope with temperature included) stays below twice its mean. The laws
//! are limited accordingly; the limits lie where a film hardly resists.

use super::products::{Columns, Rows};
use super::surroundings::Planes;
use crate::model::house::{Film, FilmLaw, Source, SourceKind};
use crate::physics::convection::natural_w_per_m2_k;
use crate::physics::gap;
use crate::physics::outer_face::Around;
use crate::plant::modal::ModalSystem;
use crate::units::kelvin;

/// Natural convection counts up to so many times its mean: its slope is 4/3 of
/// itself, so 1.5 keeps that below 2.
const MOST_NATURAL: f64 = 1.5;
/// The other laws are nearly linear.
const MOST: f64 = 1.9;
/// Temperature about which the network's radiation inside is linear, and of the
/// air whose density its flows have, degC.
const MEAN_C: f64 = 20.0;

/// A film with its places.
#[derive(Debug)]
struct Held {
    film: Film,
    /// Its mean in each network state, W/(m2 K).
    means: Vec<f64>,
    /// Indices of its temperatures among those watched; of a plane, if outside.
    node: usize,
    other: usize,
    plane: usize,
}

/// How a device stands when films are worked out, and for how long they hold.
pub(super) struct Start<'a> {
    pub from_s: i64,
    pub to_s: i64,
    /// Network state, its modes, and the emitters' heats, W.
    pub state: usize,
    pub z: &'a [f64],
    pub heats_w: &'a [f64],
}

/// All films of a device.
#[derive(Debug)]
pub(super) struct Films {
    held: Vec<Held>,
    /// For each network state: watched temperatures by modes and by inputs.
    states: Vec<(Rows, Columns)>,
    watched_c: Vec<f64>,
}

impl Films {
    /// Finds the films among the sources of a house's networks, one list a
    /// state, alike in kind and order (films are the last ones).
    pub(super) fn new(states: &[&[Source]], systems: &[ModalSystem], planes: &mut Planes) -> Self {
        let mut watched: Vec<usize> = Vec::new();
        let mut watch = |node: usize| {
            watched.iter().position(|&n| n == node).unwrap_or_else(|| {
                watched.push(node);
                watched.len() - 1
            })
        };
        let film_of = |s: &Source| match &s.kind {
            SourceKind::Film(film) => Some(film.clone()),
            _ => None,
        };
        let mean = |sources: &[Source], i: usize| {
            film_of(&sources[i]).map_or(0.0, |film| film.reference_w_per_m2_k)
        };
        let held: Vec<Held> = states
            .first()
            .copied()
            .unwrap_or_default()
            .iter()
            .enumerate()
            .filter_map(|(i, s)| film_of(s).map(|film| (i, film)))
            .map(|(i, film)| Held {
                means: states.iter().map(|sources| mean(sources, i)).collect(),
                node: watch(film.node),
                other: film.other.map_or(usize::MAX, &mut watch),
                plane: match film.law {
                    FilmLaw::Outside {
                        tilt_deg,
                        azimuth_deg,
                        ..
                    } => planes.index(tilt_deg, azimuth_deg),
                    _ => usize::MAX,
                },
                film,
            })
            .collect();
        let rows = |matrix: &[f64], width: usize| -> Vec<f64> {
            watched
                .iter()
                .flat_map(|&n| matrix[n * width..(n + 1) * width].iter().copied())
                .collect()
        };
        let states = systems
            .iter()
            .map(|s| {
                let direct = rows(&s.state_feedthrough, s.inputs);
                let column = |u: usize| direct.iter().skip(u).step_by(s.inputs).copied();
                (
                    Rows::new(&rows(&s.to_state, s.modes), s.modes),
                    Columns::new((0..s.inputs).flat_map(column).collect()),
                )
            })
            .collect();
        Self {
            held,
            states,
            watched_c: vec![0.0; watched.len()],
        }
    }

    /// Number of films.
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// Puts the heats of the coming row, W, in the last places of `inputs`.
    pub(super) fn hold(
        &mut self,
        start: &Start<'_>,
        inputs: &mut [f64],
        around: &Around,
        planes: &Planes,
    ) {
        if self.held.is_empty() {
            return;
        }
        let (by_modes, by_inputs) = &mut self.states[start.state];
        self.watched_c.fill(0.0);
        by_modes.add(start.z, &mut self.watched_c);
        let all = inputs.iter().chain(start.heats_w).copied();
        by_inputs.add(all.enumerate(), &mut self.watched_c);
        let first = inputs.len() - self.held.len();
        for (held, input) in self.held.iter().zip(&mut inputs[first..]) {
            let face_c = self.watched_c[held.node];
            let other_c = self.watched_c.get(held.other).copied();
            let (mean, law) = (held.means[start.state], &held.film.law);
            *input = held.film.area_m2
                * match law {
                    FilmLaw::Outside { face, .. } => {
                        let irradiance = planes.light(held.plane).total();
                        face.heat_w_per_m2(face_c, around, irradiance)
                            + mean * (face_c - around.outdoor_c)
                    }
                    FilmLaw::Air {
                        over_mean,
                        outdoor_density,
                    } => {
                        let flow = over_mean.mean(start.from_s, start.to_s);
                        -air_over_mean(flow, *outdoor_density, around)
                            * mean
                            * (face_c - around.outdoor_c)
                    }
                    _ => {
                        let other_c = other_c.unwrap_or(around.outdoor_c);
                        deviation_w_per_m2(law, mean, face_c, other_c)
                    }
                };
        }
    }
}

/// What a flow of air is beyond its mean, as a share of that.
fn air_over_mean(flow: f64, outdoor_density: bool, around: &Around) -> f64 {
    let denser = if outdoor_density {
        kelvin(MEAN_C) / kelvin(around.outdoor_c)
    } else {
        1.0
    };
    (flow * denser).min(MOST) - 1.0
}

/// What a film between two nodes carries beyond its mean, W/m2, from the face
/// to the other one.
fn deviation_w_per_m2(law: &FilmLaw, mean: f64, face_c: f64, other_c: f64) -> f64 {
    let difference_k = face_c - other_c;
    match law {
        FilmLaw::Natural { up } => {
            let h = natural_w_per_m2_k(difference_k, *up).min(MOST_NATURAL * mean);
            (h - mean) * difference_k
        }
        FilmLaw::Glass { w_per_m2_k_by_root } => {
            let h = w_per_m2_k_by_root * difference_k.abs().sqrt().sqrt();
            (h.min(MOST_NATURAL * mean) - mean) * difference_k
        }
        FilmLaw::Radiation => {
            let (a, b) = (kelvin(face_c), kelvin(other_c));
            let mean_k = kelvin(MEAN_C);
            let ratio = (a * a + b * b) * (a + b) / (4.0 * mean_k * mean_k * mean_k);
            (ratio.min(MOST) - 1.0) * mean * difference_k
        }
        FilmLaw::Gap(g) => {
            let h = gap::conductance_w_per_m2_k(g, face_c, other_c).min(MOST * mean);
            (h - mean) * difference_k
        }
        FilmLaw::Outside { .. } | FilmLaw::Air { .. } => 0.0,
    }
}

#[cfg(test)]
mod tests;

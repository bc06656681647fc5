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

mod laws;

use self::laws::{Glass, Group, Natural, Outside, Radiation, Scratch};
use super::products::{Columns, Rows, padded};
use super::surroundings::Planes;
use crate::model::house::{Film, FilmLaw, Source, SourceKind};
use crate::numeric::simd::{InstructionSet, Work};
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
    /// Indices of its temperatures among those watched; outdoors is the last.
    node: usize,
    other: usize,
    /// Index of its plane, if outside.
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
    /// Which of them are worked out one by one, the others four by four.
    single: Vec<usize>,
    natural: Group<Natural>,
    glass: Group<Glass>,
    radiation: Group<Radiation>,
    outside: Group<Outside>,
    scratch: Scratch,
    /// For each network state: watched temperatures by modes and by inputs.
    states: Vec<(Rows, Columns)>,
    /// The part of the watched temperatures that weather and gains make, and the
    /// instant and network state for which it was worked out.
    by_weather_c: Vec<f64>,
    by_weather_at: Option<(i64, usize)>,
    /// Watched temperatures, padded, and that of outdoor air.
    watched_c: Vec<f64>,
    /// Light on each plane, W/m2.
    light_w_per_m2: Vec<f64>,
}

impl Films {
    /// Finds the films among the sources of a house's networks, one list a
    /// state, alike in kind and order (films are the last ones).
    pub(super) fn new(states: &[&[Source]], systems: &[ModalSystem], planes: &mut Planes) -> Self {
        let mut watched: Vec<usize> = Vec::new();
        let mut held = find(states, &mut watched, planes);
        let height = padded(watched.len());
        for held in &mut held {
            held.other = held.other.min(height);
        }
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
                    Columns::new((0..s.inputs).map(column)),
                )
            })
            .collect();
        let alone = |h: &Held| matches!(h.film.law, FilmLaw::Gap(_) | FilmLaw::Air { .. });
        Self {
            single: (0..held.len()).filter(|&i| alone(&held[i])).collect(),
            natural: Group::new(&held),
            glass: Group::new(&held),
            radiation: Group::new(&held),
            outside: Group::new(&held),
            scratch: Scratch::default(),
            held,
            states,
            by_weather_c: vec![0.0; height],
            by_weather_at: None,
            watched_c: vec![0.0; height + 1],
            light_w_per_m2: Vec::new(),
        }
    }

    /// Number of films.
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// Reads the same tables as the films of the same house in another device.
    pub(super) fn share_tables(&mut self, other: &Self) {
        self.states.clone_from(&other.states);
    }

    /// Puts the heats of the coming row, W, in the last places of `inputs`.
    /// `ahead` has the same house in the same row.
    pub(super) fn hold(
        &mut self,
        start: &Start<'_>,
        inputs: &mut [f64],
        around: &Around,
        planes: &Planes,
        ahead: Option<&Self>,
    ) {
        if self.held.is_empty() {
            return;
        }
        let (before, films) = inputs.split_at_mut(inputs.len() - self.held.len());
        self.by_weather(start, before, ahead);
        self.watch(start, before.len(), films, around);
        planes.totals(&mut self.light_w_per_m2);
        let mut scratch = std::mem::take(&mut self.scratch);
        InstructionSet::in_use().run_plain(Hold {
            films: self,
            state: start.state,
            around,
            scratch: &mut scratch,
            heats_w: films,
        });
        self.scratch = scratch;
        for &i in &self.single {
            let held = &self.held[i];
            let (mean, face_c) = (held.means[start.state], self.watched_c[held.node]);
            let other_c = self.watched_c[held.other];
            films[i] = held.film.area_m2
                * match &held.film.law {
                    FilmLaw::Air {
                        over_mean,
                        outdoor_density,
                    } => {
                        let flow = over_mean.mean(start.from_s, start.to_s);
                        -air_over_mean(flow, *outdoor_density, around) * mean * (face_c - other_c)
                    }
                    FilmLaw::Gap(g) => {
                        let h = gap::conductance_w_per_m2_k(g, face_c, other_c).min(MOST * mean);
                        (h - mean) * (face_c - other_c)
                    }
                    _ => 0.0,
                };
        }
    }

    /// The part of the watched temperatures by the inputs before the films.
    fn by_weather(&mut self, start: &Start<'_>, inputs: &[f64], ahead: Option<&Self>) {
        let now = Some((start.from_s, start.state));
        match ahead.filter(|ahead| ahead.by_weather_at == now) {
            Some(ahead) => self.by_weather_c.copy_from_slice(&ahead.by_weather_c),
            None => {
                let (_, by_inputs) = &mut self.states[start.state];
                self.by_weather_c.fill(0.0);
                let inputs = inputs.iter().copied().enumerate();
                by_inputs.add(inputs, &mut self.by_weather_c);
            }
        }
        self.by_weather_at = now;
    }

    /// The watched temperatures with the films and heats so far. `first` is the
    /// first film's place among the inputs.
    fn watch(&mut self, start: &Start<'_>, first: usize, films_w: &[f64], around: &Around) {
        let (by_modes, by_inputs) = &mut self.states[start.state];
        let (outdoors, watched_c) = match self.watched_c.split_last_mut() {
            Some(split) => split,
            None => return,
        };
        *outdoors = around.outdoor_c;
        watched_c.copy_from_slice(&self.by_weather_c);
        by_modes.add(start.z, watched_c);
        by_inputs.add_from(first, films_w, watched_c);
        let heats = start.heats_w.iter().copied();
        by_inputs.add((first + films_w.len()..).zip(heats), watched_c);
    }
}

/// The films among the sources, and the nodes whose temperatures they need.
fn find(states: &[&[Source]], watched: &mut Vec<usize>, planes: &mut Planes) -> Vec<Held> {
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
    let first = states.first().copied().unwrap_or_default();
    let films = first.iter().enumerate();
    films
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
        .collect()
}

/// Works out the films that go four by four.
struct Hold<'a> {
    films: &'a Films,
    state: usize,
    around: &'a Around,
    scratch: &'a mut Scratch,
    heats_w: &'a mut [f64],
}

impl Work for Hold<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        let f = self.films;
        let seen = laws::Seen {
            state: self.state,
            watched_c: &f.watched_c,
            light_w_per_m2: &f.light_w_per_m2,
            around: self.around,
        };
        f.natural.hold(&seen, self.scratch, self.heats_w);
        f.glass.hold(&seen, self.scratch, self.heats_w);
        f.radiation.hold(&seen, self.scratch, self.heats_w);
        f.outside.hold(&seen, self.scratch, self.heats_w);
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

#[cfg(test)]
mod tests;

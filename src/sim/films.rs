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

mod joints;
mod laws;

use std::ops::Range;

pub(super) use self::joints::Joints;
use self::laws::{Glass, Group, Natural, Outside, Radiation, Scratch};
use super::products::{Columns, Dense, padded};
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

/// What makes the watched temperatures: modes, weather and gains, films, heats
/// of emitters. Copies read the same numbers.
#[derive(Clone, Debug)]
struct Tables {
    by_modes: Dense,
    by_weather: Columns,
    by_films: Dense,
    by_heats: Columns,
}

impl Tables {
    /// Of the watched nodes in a network state; `films` are these among its inputs.
    fn new(system: &ModalSystem, watched: &[usize], films: Range<usize>, joints: &Joints) -> Self {
        let (modes, inputs) = (system.modes, system.inputs);
        let direct = |row: usize, input: usize| {
            let row = &system.state_feedthrough[watched[row] * inputs..];
            row[input]
        };
        let column = |input: usize| (0..watched.len()).map(move |row| direct(row, input));
        Self {
            by_modes: Dense::new(watched.len(), modes, |row, mode| {
                system.to_state[watched[row] * modes + mode]
            }),
            by_weather: Columns::new((0..films.start).map(column)),
            by_films: joints.columns(watched.len(), |row, film| direct(row, films.start + film)),
            by_heats: Columns::new((films.end..inputs).map(column)),
        }
    }
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
    joints: Joints,
    /// Heat at the films' nodes, W; empty where it is to be summed up.
    nodes_w: Vec<f64>,
    /// For each network state.
    tables: Vec<Tables>,
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
    /// state, alike in kind and order (films are the last ones). `first` is the
    /// first film's place among the inputs.
    pub(super) fn new(
        states: &[&[Source]],
        systems: &[ModalSystem],
        first: usize,
        planes: &mut Planes,
    ) -> Self {
        let mut watched: Vec<usize> = Vec::new();
        let mut held = find(states, &mut watched, planes);
        let height = padded(watched.len());
        for held in &mut held {
            held.other = held.other.min(height);
        }
        let joints = Joints::new(&held, watched.len());
        let tables = |system: &ModalSystem| {
            Tables::new(system, &watched, first..first + held.len(), &joints)
        };
        let tables = systems.iter().map(tables).collect();
        let alone = |h: &Held| matches!(h.film.law, FilmLaw::Gap(_) | FilmLaw::Air { .. });
        Self {
            single: (0..held.len()).filter(|&i| alone(&held[i])).collect(),
            natural: Group::new(&held),
            glass: Group::new(&held),
            radiation: Group::new(&held),
            outside: Group::new(&held),
            scratch: Scratch::default(),
            joints,
            nodes_w: Vec::new(),
            tables,
            held,
            by_weather_c: vec![0.0; height],
            by_weather_at: None,
            watched_c: vec![0.0; height + 1],
            light_w_per_m2: Vec::new(),
        }
    }

    /// The nodes that they lie between.
    pub(super) fn joints(&self) -> &Joints {
        &self.joints
    }

    /// What they carry, which stands last in `inputs`, summed up at these nodes, W.
    pub(super) fn nodes_w(&mut self, inputs: &[f64]) -> &[f64] {
        self.gather(&inputs[inputs.len() - self.held.len()..]);
        &self.nodes_w
    }

    /// Sums up what they carry at their nodes, if it is not known.
    fn gather(&mut self, films_w: &[f64]) {
        if self.nodes_w.is_empty() {
            self.joints.gather(films_w, &mut self.nodes_w);
        }
    }

    /// Number of films.
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// Reads the same tables as the films of the same house in another device.
    pub(super) fn share_tables(&mut self, other: &Self) {
        self.tables.clone_from(&other.tables);
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
        self.gather(films);
        self.watch(start, around);
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
        self.nodes_w.clear();
    }

    /// The part of the watched temperatures by the inputs before the films.
    fn by_weather(&mut self, start: &Start<'_>, inputs: &[f64], ahead: Option<&Self>) {
        let now = Some((start.from_s, start.state));
        match ahead.filter(|ahead| ahead.by_weather_at == now) {
            Some(ahead) => self.by_weather_c.copy_from_slice(&ahead.by_weather_c),
            None => {
                let by_weather = &mut self.tables[start.state].by_weather;
                self.by_weather_c.fill(0.0);
                let inputs = inputs.iter().copied().enumerate();
                by_weather.add(inputs, &mut self.by_weather_c);
            }
        }
        self.by_weather_at = now;
    }

    /// The watched temperatures with the films and heats so far.
    fn watch(&mut self, start: &Start<'_>, around: &Around) {
        let tables = &mut self.tables[start.state];
        let (outdoors, watched_c) = match self.watched_c.split_last_mut() {
            Some(split) => split,
            None => return,
        };
        *outdoors = around.outdoor_c;
        watched_c.copy_from_slice(&self.by_weather_c);
        tables.by_modes.add(start.z, watched_c);
        tables.by_films.add(&self.nodes_w, watched_c);
        let heats = start.heats_w.iter().copied();
        tables.by_heats.add(heats.enumerate(), watched_c);
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

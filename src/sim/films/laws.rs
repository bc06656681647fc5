//! Laws of films, four films of one law side by side.

use super::{Held, MEAN_C, MOST, MOST_NATURAL};
use crate::model::house::FilmLaw;
use crate::numeric::{Lanes, Real, pack};
use crate::physics::convection::{natural_factors, natural_w_per_m2_k};
use crate::physics::outer_face::{Around, FaceExchange};
use crate::units::kelvin;

/// So many films go side by side.
const SIDE_BY_SIDE: usize = 4;

/// A number of each.
type Four = Lanes<SIDE_BY_SIDE>;

/// What films are worked out from.
pub(super) struct Seen<'a> {
    /// Network state.
    pub state: usize,
    /// Watched temperatures; outdoors is the last.
    pub watched_c: &'a [f64],
    /// Light on each plane.
    pub light_w_per_m2: &'a [f64],
    pub around: &'a Around,
}

/// A law for four films.
pub(super) trait Law: Sized {
    /// That of these films; `None` if one of them has another.
    fn of(films: [&Held; SIDE_BY_SIDE]) -> Option<Self>;

    /// What the films carry beyond their means, W/m2.
    fn beyond_w_per_m2(&self, mean: Four, face_c: Four, other_c: Four, seen: &Seen<'_>) -> Four;
}

/// The films of one law.
#[derive(Debug)]
pub(super) struct Group<L> {
    blocks: Vec<Block<L>>,
}

/// Four films. Where there are not so many, the last one fills the places.
#[derive(Debug)]
struct Block<L> {
    /// Places among the films.
    places: [usize; SIDE_BY_SIDE],
    law: L,
    area_m2: Four,
    /// In each network state.
    means: Vec<Four>,
    /// Places among the watched temperatures.
    nodes: [usize; SIDE_BY_SIDE],
    others: [usize; SIDE_BY_SIDE],
}

impl<L: Law> Group<L> {
    /// Those of all films that have the law.
    pub(super) fn new(all: &[Held]) -> Self {
        let has = |i: &usize| L::of([&all[*i]; SIDE_BY_SIDE]).is_some();
        let places: Vec<usize> = (0..all.len()).filter(has).collect();
        let blocks = places.chunks(SIDE_BY_SIDE);
        Self {
            blocks: blocks.filter_map(|places| block(all, places)).collect(),
        }
    }

    /// Puts their heats, W, into the films' places.
    #[inline(always)]
    pub(super) fn hold(&self, seen: &Seen<'_>, heats_w: &mut [f64]) {
        for block in &self.blocks {
            let read = |places: &[usize; SIDE_BY_SIDE]| Lanes(places.map(|i| seen.watched_c[i]));
            let (face_c, other_c) = (read(&block.nodes), read(&block.others));
            let mean = block.means[seen.state];
            let beyond = block.law.beyond_w_per_m2(mean, face_c, other_c, seen);
            let held_w = block.area_m2 * beyond;
            for (&place, heat_w) in block.places.iter().zip(held_w.0) {
                heats_w[place] = heat_w;
            }
        }
    }
}

fn block<L: Law>(all: &[Held], places: &[usize]) -> Option<Block<L>> {
    let last = places.len().checked_sub(1)?;
    let places: [usize; SIDE_BY_SIDE] = std::array::from_fn(|k| places[k.min(last)]);
    let films = places.map(|i| &all[i]);
    let states = 0..films[0].means.len();
    Some(Block {
        places,
        law: L::of(films)?,
        area_m2: Lanes(films.map(|h| h.film.area_m2)),
        means: states.map(|s| Lanes(films.map(|h| h.means[s]))).collect(),
        nodes: films.map(|h| h.node),
        others: films.map(|h| h.other),
    })
}

/// A number of each film's law; `None` if one of them has none.
fn each(films: [&Held; SIDE_BY_SIDE], number: impl Fn(&FilmLaw) -> Option<f64>) -> Option<Four> {
    let numbers: Option<Vec<f64>> = films.iter().map(|h| number(&h.film.law)).collect();
    Some(pack(numbers?))
}

/// Natural convection at a face of a room.
#[derive(Debug)]
pub(super) struct Natural {
    factors: [Four; 2],
}

impl Law for Natural {
    fn of(films: [&Held; SIDE_BY_SIDE]) -> Option<Self> {
        let factor = |k: usize| {
            each(films, |law| match law {
                FilmLaw::Natural { up } => Some(natural_factors(*up)[k]),
                _ => None,
            })
        };
        Some(Self {
            factors: [factor(0)?, factor(1)?],
        })
    }

    #[inline(always)]
    fn beyond_w_per_m2(&self, mean: Four, face_c: Four, other_c: Four, _: &Seen<'_>) -> Four {
        let difference_k = face_c - other_c;
        let h = natural_w_per_m2_k(difference_k, self.factors);
        (h.min(Four::splat(MOST_NATURAL) * mean) - mean) * difference_k
    }
}

/// Natural convection at upright glass.
#[derive(Debug)]
pub(super) struct Glass {
    w_per_m2_k_by_root: Four,
}

impl Law for Glass {
    fn of(films: [&Held; SIDE_BY_SIDE]) -> Option<Self> {
        let w_per_m2_k_by_root = each(films, |law| match law {
            FilmLaw::Glass { w_per_m2_k_by_root } => Some(*w_per_m2_k_by_root),
            _ => None,
        })?;
        Some(Self { w_per_m2_k_by_root })
    }

    #[inline(always)]
    fn beyond_w_per_m2(&self, mean: Four, face_c: Four, other_c: Four, _: &Seen<'_>) -> Four {
        let difference_k = face_c - other_c;
        let root = difference_k.abs().map(f64::sqrt).map(f64::sqrt);
        let h = self.w_per_m2_k_by_root * root;
        (h.min(Four::splat(MOST_NATURAL) * mean) - mean) * difference_k
    }
}

/// Long-wave radiation between a face and the room's radiant node.
#[derive(Debug)]
pub(super) struct Radiation;

impl Law for Radiation {
    fn of(films: [&Held; SIDE_BY_SIDE]) -> Option<Self> {
        let radiates = |h: &&Held| matches!(h.film.law, FilmLaw::Radiation);
        films.iter().all(radiates).then_some(Self)
    }

    #[inline(always)]
    fn beyond_w_per_m2(&self, mean: Four, face_c: Four, other_c: Four, _: &Seen<'_>) -> Four {
        let [a, b] = [face_c, other_c].map(|c| c + Four::splat(kelvin(0.0)));
        let mean_k = kelvin(MEAN_C);
        let linear = Four::splat(4.0 * mean_k * mean_k * mean_k);
        let ratio = (a * a + b * b) * (a + b) / linear;
        (ratio.min(Four::splat(MOST)) - Four::splat(1.0)) * mean * (face_c - other_c)
    }
}

/// Sun, wind and long-wave radiation at an outer face.
#[derive(Debug)]
pub(super) struct Outside {
    exchange: FaceExchange<Four>,
    planes: [usize; SIDE_BY_SIDE],
}

impl Law for Outside {
    fn of(films: [&Held; SIDE_BY_SIDE]) -> Option<Self> {
        let exchange = |h: &&Held| match &h.film.law {
            FilmLaw::Outside { face, .. } => Some(face.exchange()),
            _ => None,
        };
        let faces: Option<Vec<FaceExchange<f64>>> = films.iter().map(exchange).collect();
        Some(Self {
            exchange: FaceExchange::pack(&faces?),
            planes: films.map(|h| h.plane),
        })
    }

    #[inline(always)]
    fn beyond_w_per_m2(&self, mean: Four, face_c: Four, other_c: Four, seen: &Seen<'_>) -> Four {
        let light = Lanes(self.planes.map(|i| seen.light_w_per_m2[i]));
        let heat = self.exchange.heat_w_per_m2(face_c, seen.around, light);
        heat + mean * (face_c - other_c)
    }
}

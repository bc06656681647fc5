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

/// What four films stand between, and the light on their faces.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends {
    face_c: Four,
    other_c: Four,
    light_w_per_m2: Four,
}

/// Room for the films of one law: their ends, and what they carry, W. Loads and
/// stores of whole vectors are what makes the compiler work in vectors.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    ends: Vec<Ends>,
    held_w: Vec<Four>,
}

/// A law for four films.
pub(super) trait Law: Sized {
    /// That of these films; `None` if one of them has another.
    fn of(films: [&Held; SIDE_BY_SIDE]) -> Option<Self>;

    /// What the films carry beyond their means, W/m2.
    fn beyond_w_per_m2(&self, mean: Four, ends: &Ends, around: &Around) -> Four;
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
    /// Of the light; beyond the last where no light counts.
    planes: [usize; SIDE_BY_SIDE],
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
    pub(super) fn hold(&self, seen: &Seen<'_>, scratch: &mut Scratch, heats_w: &mut [f64]) {
        let blocks = &self.blocks[..];
        scratch.fit(blocks.len());
        for (block, ends) in blocks.iter().zip(&mut scratch.ends) {
            *ends = block.ends(seen);
        }
        let to = scratch.held_w.iter_mut().zip(&scratch.ends);
        for (block, (held_w, ends)) in blocks.iter().zip(to) {
            let mean = block.means[seen.state];
            *held_w = block.area_m2 * block.law.beyond_w_per_m2(mean, ends, seen.around);
        }
        for (block, held_w) in blocks.iter().zip(&scratch.held_w) {
            for (&place, heat_w) in block.places.iter().zip(held_w.0) {
                heats_w[place] = heat_w;
            }
        }
    }
}

impl<L> Block<L> {
    #[inline(always)]
    fn ends(&self, seen: &Seen<'_>) -> Ends {
        let light = |i: usize| seen.light_w_per_m2.get(i).copied().unwrap_or(0.0);
        Ends {
            face_c: Lanes(self.nodes.map(|i| seen.watched_c[i])),
            other_c: Lanes(self.others.map(|i| seen.watched_c[i])),
            light_w_per_m2: Lanes(self.planes.map(light)),
        }
    }
}

impl Ends {
    #[inline(always)]
    fn difference_k(&self) -> Four {
        self.face_c - self.other_c
    }
}

impl Scratch {
    /// At least so many blocks.
    fn fit(&mut self, blocks: usize) {
        if self.ends.len() < blocks {
            self.ends.resize(blocks, Ends::default());
            self.held_w.resize(blocks, Four::default());
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
        planes: films.map(|h| h.plane),
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
    fn beyond_w_per_m2(&self, mean: Four, ends: &Ends, _: &Around) -> Four {
        let difference_k = ends.difference_k();
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
    fn beyond_w_per_m2(&self, mean: Four, ends: &Ends, _: &Around) -> Four {
        let difference_k = ends.difference_k();
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
    fn beyond_w_per_m2(&self, mean: Four, ends: &Ends, _: &Around) -> Four {
        let [a, b] = [ends.face_c, ends.other_c].map(|c| c + Four::splat(kelvin(0.0)));
        let mean_k = kelvin(MEAN_C);
        let linear = Four::splat(4.0 * mean_k * mean_k * mean_k);
        let ratio = (a * a + b * b) * (a + b) / linear;
        (ratio.min(Four::splat(MOST)) - Four::splat(1.0)) * mean * ends.difference_k()
    }
}

/// Sun, wind and long-wave radiation at an outer face.
#[derive(Debug)]
pub(super) struct Outside {
    exchange: FaceExchange<Four>,
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
        })
    }

    #[inline(always)]
    fn beyond_w_per_m2(&self, mean: Four, ends: &Ends, around: &Around) -> Four {
        let light_w_per_m2 = ends.light_w_per_m2;
        let heat = self
            .exchange
            .heat_w_per_m2(ends.face_c, around, light_w_per_m2);
        heat + mean * ends.difference_k()
    }
}

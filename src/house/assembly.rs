//! Puts a thermal network together, node by node. Nothing here knows what the
//! nodes stand for.

use crate::model::Series;
use crate::model::house::{
    BoundaryLink, BoundaryTemperature, Film, FilmLaw, Flow, Link, Node, Source, SourceKind,
    ThermalNetwork, Weight,
};

/// Suns and gains jump by this much from row to row, W.
const SOURCE_SWING_W: f64 = 1000.0;
/// What a film carries beyond its mean jumps like so many K on that mean: on
/// outer faces as sol-air temperatures do, inside as rooms warm up.
const OUTER_SWING_K: f64 = 10.0;
const INNER_SWING_K: f64 = 2.0;
/// The network has a flow of air at its mean, but not below the most over this:
/// held deviations must stay below twice the mean (`sim::films`).
const MOST_OVER_MEAN: f64 = 1.7;

/// A network under construction.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    network: ThermalNetwork,
    /// Sources of films: they stand behind all others.
    films: Vec<Source>,
}

impl Assembly {
    /// Adds a node and gives its index; capacity 0 for one without mass.
    pub fn node(&mut self, name: String, capacity_j_per_k: f64) -> usize {
        self.network.nodes.push(Node {
            name,
            capacity_j_per_k,
        });
        self.network.nodes.len() - 1
    }

    /// Joins two nodes. A conductance of 0 is no link.
    pub fn link(&mut self, a: usize, b: usize, conductance_w_per_k: f64) {
        if conductance_w_per_k > 0.0 {
            self.network.links.push(Link {
                a,
                b,
                conductance_w_per_k,
            });
        }
    }

    /// Joins a node to a given temperature. A conductance of 0 is no link.
    pub fn boundary(
        &mut self,
        node: usize,
        conductance_w_per_k: f64,
        temperature: BoundaryTemperature,
        flow: Flow,
    ) {
        if conductance_w_per_k > 0.0 {
            self.network.boundaries.push(BoundaryLink {
                node,
                conductance_w_per_k,
                temperature,
                flow,
            });
        }
    }

    /// Adds a source whose heat is shared out by `entry`.
    pub fn source(&mut self, kind: SourceKind, entry: Vec<Weight>) {
        self.partly_lost_source(kind, entry, None);
    }

    /// A source of which a share counts as lost in a line of the balance.
    pub fn partly_lost_source(
        &mut self,
        kind: SourceKind,
        entry: Vec<Weight>,
        lost: Option<(Flow, f64)>,
    ) {
        self.network.sources.push(Source {
            kind,
            entry,
            lost,
            swing_w: SOURCE_SWING_W,
        });
    }

    /// Adds a conductance that varies: its mean as a link (to `film.other`, or
    /// to outdoors in the line `flow`), the rest as a source. A mean of 0 is none.
    pub fn film(&mut self, film: Film, flow: Flow) {
        let g = film.area_m2 * film.reference_w_per_m2_k;
        if g <= 0.0 {
            return;
        }
        let at = |node: usize, fraction: f64| Weight { node, fraction };
        let (entry, lost, swing_k) = match film.other {
            Some(other) => {
                self.link(film.node, other, g);
                let entry = vec![at(film.node, -1.0), at(other, 1.0)];
                (entry, None, INNER_SWING_K)
            }
            None => {
                self.boundary(film.node, g, BoundaryTemperature::Outdoor, flow);
                (vec![at(film.node, 1.0)], Some((flow, 1.0)), OUTER_SWING_K)
            }
        };
        self.films.push(Source {
            kind: SourceKind::Film(film),
            entry,
            lost,
            swing_w: swing_k * g,
        });
    }

    /// Outdoor air that enters `air`: `w_per_k` over time, at the density of air
    /// at 20 degC.
    pub fn ventilate(&mut self, air: usize, w_per_k: &Series, flow: Flow) {
        let most = w_per_k.values.iter().copied().fold(0.0, f64::max);
        let least = w_per_k.values.iter().copied().fold(most, f64::min);
        if most == least {
            self.boundary(air, most, BoundaryTemperature::Outdoor, flow);
            return;
        }
        let mean = w_per_k.values.iter().sum::<f64>() / w_per_k.values.len() as f64;
        let mean = mean.max(most / MOST_OVER_MEAN);
        let over_mean = w_per_k.map(|w| w / mean);
        let law = FilmLaw::Air {
            over_mean,
            outdoor_density: false,
        };
        self.film(Film::of_air(air, mean, law), flow);
    }

    pub fn finish(mut self) -> ThermalNetwork {
        self.network.sources.append(&mut self.films);
        self.network
    }
}

/// All of a quantity at one node.
pub fn all_at(node: usize) -> Vec<Weight> {
    vec![Weight {
        node,
        fraction: 1.0,
    }]
}

/// Shares in proportion to `parts`; they sum to 1 (empty where all are 0).
pub fn shares(parts: impl IntoIterator<Item = (usize, f64)>) -> Vec<Weight> {
    let parts: Vec<(usize, f64)> = parts.into_iter().filter(|p| p.1 > 0.0).collect();
    let total: f64 = parts.iter().map(|p| p.1).sum();
    parts
        .into_iter()
        .map(|(node, part)| Weight {
            node,
            fraction: part / total,
        })
        .collect()
}

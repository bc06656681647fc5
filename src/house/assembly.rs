//! Puts a thermal network together, node by node. Nothing here knows what the
//! nodes stand for.

use crate::model::house::{
    BoundaryLink, BoundaryTemperature, Flow, Link, Node, Source, SourceKind, ThermalNetwork, Weight,
};

/// A network under construction.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    network: ThermalNetwork,
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
        self.network.sources.push(Source { kind, entry });
    }

    pub fn finish(self) -> ThermalNetwork {
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

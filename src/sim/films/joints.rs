//! The nodes that films lie between. Each film takes its heat from one node and
//! gives it to another; what all of them do to the network follows from the sum
//! at each node, and a house has fewer such nodes than films.

use std::sync::Arc;

use super::Held;
use crate::sim::products::Dense;

/// Which nodes films lie between.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Joints {
    /// Of each film the node that its heat leaves and the one that it enters.
    ends: Arc<[[usize; 2]]>,
    /// Number of nodes. The one after the last stands for outdoors.
    nodes: usize,
}

impl Joints {
    /// Of films between so many nodes.
    pub(super) fn new(films: &[Held], nodes: usize) -> Self {
        let ends = films.iter().map(|held| match held.film.other {
            Some(_) => [held.node, held.other],
            None => [nodes, held.node],
        });
        Self {
            ends: ends.collect(),
            nodes,
        }
    }

    /// Of one film between outdoors and a node.
    #[cfg(test)]
    pub(in crate::sim) fn to_one_node() -> Self {
        Self {
            ends: [[1, 0]].into(),
            nodes: 1,
        }
    }

    /// Sums up what films carry, W, at the nodes, and at last outdoors.
    pub(in crate::sim) fn gather(&self, films_w: &[f64], nodes_w: &mut Vec<f64>) {
        nodes_w.clear();
        nodes_w.resize(self.nodes + 1, 0.0);
        for (&[from, to], &heat_w) in self.ends.iter().zip(films_w) {
            nodes_w[from] -= heat_w;
            nodes_w[to] += heat_w;
        }
    }

    /// What 1 W at each node does, as columns of a height, from what it does in
    /// each `film`. Nodes that no chain of films joins to outdoors are counted
    /// from one of them: what films take there they give there.
    pub(in crate::sim) fn columns(
        &self,
        height: usize,
        film: impl Fn(usize, usize) -> f64,
    ) -> Dense {
        let mut known: Vec<Option<Vec<f64>>> = vec![None; self.nodes + 1];
        let mut next = Some(self.nodes);
        while let Some(origin) = next {
            known[origin] = Some(vec![0.0; height]);
            self.spread(&mut known, &film);
            next = known.iter().position(Option::is_none);
        }
        let at = |row: usize, node: usize| known[node].as_ref().map_or(0.0, |column| column[row]);
        Dense::new(height, self.nodes, at)
    }

    /// From known nodes along films to all that they reach.
    fn spread(&self, known: &mut [Option<Vec<f64>>], film: &impl Fn(usize, usize) -> f64) {
        let mut grows = true;
        while grows {
            grows = false;
            for (i, &[from, to]) in self.ends.iter().enumerate() {
                let (origin, found, sign) = match (&known[from], &known[to]) {
                    (Some(origin), None) => (origin, to, 1.0),
                    (None, Some(origin)) => (origin, from, -1.0),
                    _ => continue,
                };
                let column = origin.iter().enumerate();
                let column = column.map(|(row, x)| x + sign * film(row, i)).collect();
                known[found] = Some(column);
                grows = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_sums_at_nodes_do_what_films_do() {
        // Nodes 0 to 2 hang on outdoors (3 here is a pair 3, 4 that does not).
        let ends = [[5, 0], [0, 1], [1, 2], [5, 2], [3, 4], [4, 3]];
        let joints = Joints {
            ends: ends.into(),
            nodes: 5,
        };
        let height = 3;
        let of_node = |row: usize, node: usize| match node {
            5 => 0.0,
            _ => ((row * 5 + node) * 37 % 11) as f64 - 4.5,
        };
        let film = |row: usize, i: usize| of_node(row, ends[i][1]) - of_node(row, ends[i][0]);
        let films_w = [1.0, -2.0, 3.5, 0.25, 8.0, -1.5];
        let mut expected = [0.0; 3];
        for (row, y) in expected.iter_mut().enumerate() {
            *y = (0..ends.len()).map(|i| film(row, i) * films_w[i]).sum();
        }
        let mut nodes_w = Vec::new();
        joints.gather(&films_w, &mut nodes_w);
        assert_eq!(nodes_w, [3.0, -5.5, 3.75, -9.5, 9.5, -1.25]);
        let mut found = [0.0; 3];
        joints.columns(height, film).add(&nodes_w, &mut found);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }
}

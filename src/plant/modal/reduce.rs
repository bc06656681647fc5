//! Elimination of nodes without mass (Kron reduction), one by one as a
//! star-mesh transformation: a node with conductances `g_k` to its neighbours
//! is replaced by `g_i g_j / sum(g)` between each two of them.
//!
//! Only sums and products of positive numbers occur, so nothing cancels and
//! the reduced network is again one of positive conductances.

use super::{Layout, NetworkFault};
use crate::model::house::ThermalNetwork;

/// The network seen from its nodes with mass.
pub(super) struct Reduced {
    /// Nodes with mass, ascending.
    pub(super) massive: Vec<usize>,
    /// Conductances between them, W/K; massive x massive, symmetric.
    pub(super) conductance: Vec<f64>,
    /// Sum of their conductances to boundaries, W/K.
    pub(super) boundary: Vec<f64>,
    /// Heat that a unit of each input brings them; massive x inputs.
    pub(super) forcing: Vec<f64>,
    /// Temperature of every node as shares of the massive ones; nodes x massive.
    share: Vec<f64>,
    /// What a unit of each input adds to it; nodes x inputs (0 for massive ones).
    pub(super) node_forcing: Vec<f64>,
}

impl Reduced {
    pub(super) fn node_share(&self, node: usize) -> &[f64] {
        let width = self.massive.len();
        &self.share[node * width..(node + 1) * width]
    }
}

/// Eliminates all nodes of zero capacity.
pub(super) fn eliminate(
    network: &ThermalNetwork,
    layout: &Layout,
) -> Result<Reduced, NetworkFault> {
    let n = network.nodes.len();
    let inputs = layout.inputs();
    let temperatures = layout.boundaries.len();

    let mut g = vec![0.0; n * n];
    for link in &network.links {
        g[link.a * n + link.b] += link.conductance_w_per_k;
        g[link.b * n + link.a] += link.conductance_w_per_k;
    }
    let mut f = vec![0.0; n * inputs];
    for link in &network.boundaries {
        let Some(b) = layout.boundary(&link.temperature) else {
            return Err(NetworkFault::StatesDiffer { what: "boundaries" });
        };
        f[link.node * inputs + b] += link.conductance_w_per_k;
    }
    let entries = network.sources.iter().map(|s| &s.entry);
    for (i, entry) in entries.chain(&layout.heats).enumerate() {
        for weight in entry {
            f[weight.node * inputs + temperatures + i] += weight.fraction;
        }
    }

    let massless: Vec<usize> = (0..n)
        .filter(|&i| network.nodes[i].capacity_j_per_k == 0.0)
        .collect();
    let massive: Vec<usize> = (0..n)
        .filter(|&i| network.nodes[i].capacity_j_per_k != 0.0)
        .collect();
    let mut left = vec![true; n];
    // Of each eliminated node: shares of the nodes left at that time, forcing.
    let mut rows: Vec<(usize, Vec<f64>, Vec<f64>)> = Vec::with_capacity(massless.len());
    for &k in &massless {
        left[k] = false;
        let links: f64 = (0..n).filter(|&j| left[j]).map(|j| g[k * n + j]).sum();
        let fixed: f64 = f[k * inputs..k * inputs + temperatures].iter().sum();
        let total = links + fixed;
        if total <= 0.0 {
            let name = network.nodes[k].name.clone();
            return Err(NetworkFault::Floating { name });
        }
        let shares: Vec<f64> = (0..n)
            .map(|j| if left[j] { g[k * n + j] / total } else { 0.0 })
            .collect();
        let own: Vec<f64> = f[k * inputs..(k + 1) * inputs].to_vec();
        for i in (0..n).filter(|&i| left[i] && shares[i] != 0.0) {
            for j in (0..n).filter(|&j| left[j] && j != i) {
                g[i * n + j] += shares[i] * g[k * n + j];
            }
            for u in 0..inputs {
                f[i * inputs + u] += shares[i] * own[u];
            }
        }
        rows.push((k, shares, own.iter().map(|x| x / total).collect()));
    }

    // Back substitution: the last eliminated node depends on massive ones only.
    let m = massive.len();
    let mut share = vec![0.0; n * m];
    let mut node_forcing = vec![0.0; n * inputs];
    for (i, &node) in massive.iter().enumerate() {
        share[node * m + i] = 1.0;
    }
    for (k, shares, own) in rows.iter().rev() {
        let mut row = vec![0.0; m];
        let mut forcing = own.clone();
        for j in (0..n).filter(|&j| shares[j] != 0.0) {
            for i in 0..m {
                row[i] += shares[j] * share[j * m + i];
            }
            for u in 0..inputs {
                forcing[u] += shares[j] * node_forcing[j * inputs + u];
            }
        }
        share[k * m..(k + 1) * m].copy_from_slice(&row);
        node_forcing[k * inputs..(k + 1) * inputs].copy_from_slice(&forcing);
    }

    let mut conductance = vec![0.0; m * m];
    let mut boundary = vec![0.0; m];
    let mut forcing = vec![0.0; m * inputs];
    for (i, &a) in massive.iter().enumerate() {
        for (j, &b) in massive.iter().enumerate() {
            if i != j {
                // The two halves differ by rounding; take one of them.
                conductance[i * m + j] = g[a.min(b) * n + a.max(b)];
            }
        }
        forcing[i * inputs..(i + 1) * inputs].copy_from_slice(&f[a * inputs..(a + 1) * inputs]);
        boundary[i] = f[a * inputs..a * inputs + temperatures].iter().sum();
    }
    Ok(Reduced {
        massive,
        conductance,
        boundary,
        forcing,
        share,
        node_forcing,
    })
}

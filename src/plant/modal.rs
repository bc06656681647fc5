//! The building's network in modal form: linear, symmetric, and therefore
//! solvable exactly for any length of time.
//!
//! `C x' = -K x + F u` with temperatures `x`, heat capacities `C`, conductances
//! `K` and inputs `u` (given temperatures, heat sources). Nodes without mass
//! are eliminated (`reduce`), the rest is scaled by `C^(1/2)` to a symmetric
//! matrix and diagonalised (`eigen`): `x = C^(-1/2) V z`. What remains is one
//! independent equation a mode, `z_i' = -lambda_i z_i + w_i` with `w = B u`,
//! whose solution over any time is an exponential ([`advance`]).
//!
//! Everything is compiled once per network state in f64; the step uses the
//! flat row-major arrays. This file knows nothing of rooms, emitters or rules:
//! the caller adds emitter nodes to the network and says what to read.

pub mod advance;
mod eigen;
mod reduce;
#[cfg(test)]
mod tests;
pub mod truncate;

use crate::model::house::{BoundaryTemperature, Flow, ThermalNetwork, Weight};

/// A network that cannot be compiled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetworkFault {
    #[error("node {index} is named but the network has only {nodes} nodes")]
    NoSuchNode { index: usize, nodes: usize },
    #[error("node {name} has a heat capacity of {value} J/K; it must be finite and not negative")]
    Capacity { name: String, value: f64 },
    #[error("the conductance at node {name} is {value} W/K; it must be finite and above zero")]
    Conductance { name: String, value: f64 },
    #[error("a link joins node {name} to itself")]
    SelfLink { name: String },
    #[error("node {name} has no heat capacity and nothing that fixes its temperature")]
    Floating { name: String },
    #[error("a switched state has other {what} than the house; only conductances may differ")]
    StatesDiffer { what: &'static str },
    #[error("the eigenvalues of the network did not converge")]
    NotConverged,
}

/// What the inputs, outputs and flows of a system mean. Shared by all switched
/// states of a house, so that their arrays have one shape.
///
/// The order of the inputs is: boundary temperatures (degC), then the
/// network's sources (W), then the heats (W).
#[derive(Clone, Debug)]
pub struct Layout {
    /// Distinct boundary temperatures, in order of first use.
    pub boundaries: Vec<BoundaryTemperature>,
    /// How many sources the network has.
    pub sources: usize,
    /// How far each may jump from row to row, W.
    pub source_swing_w: Vec<f64>,
    /// Entries of further heat inputs (emitters), W each.
    pub heats: Vec<Vec<Weight>>,
    /// Lines of the energy balance, sorted.
    pub flows: Vec<Flow>,
    /// Temperatures to read, each a weighted sum of nodes.
    pub outputs: Vec<Vec<Weight>>,
}

impl Layout {
    /// Collects what the `states` of one house need together. The first state
    /// sets nodes and sources; the others may differ in conductances only.
    pub fn new(
        states: &[&ThermalNetwork],
        heats: Vec<Vec<Weight>>,
        outputs: Vec<Vec<Weight>>,
    ) -> Result<Self, NetworkFault> {
        let mut boundaries: Vec<BoundaryTemperature> = Vec::new();
        let mut flows: Vec<Flow> = Vec::new();
        for state in states {
            for link in &state.boundaries {
                if !boundaries.contains(&link.temperature) {
                    boundaries.push(link.temperature.clone());
                }
                if !flows.contains(&link.flow) {
                    flows.push(link.flow);
                }
            }
        }
        flows.sort();
        if let Some((first, others)) = states.split_first() {
            for other in others {
                let same_mass = first.nodes.len() == other.nodes.len()
                    && first
                        .nodes
                        .iter()
                        .zip(&other.nodes)
                        .all(|(a, b)| a.capacity_j_per_k == b.capacity_j_per_k);
                if !same_mass {
                    return Err(NetworkFault::StatesDiffer { what: "nodes" });
                }
                let same_sources = first.sources.len() == other.sources.len()
                    && first
                        .sources
                        .iter()
                        .zip(&other.sources)
                        .all(|(a, b)| a.entry == b.entry && a.lost == b.lost);
                if !same_sources {
                    return Err(NetworkFault::StatesDiffer { what: "sources" });
                }
            }
        }
        Ok(Self {
            boundaries,
            sources: states.first().map_or(0, |s| s.sources.len()),
            source_swing_w: states
                .first()
                .map_or_else(Vec::new, |s| s.sources.iter().map(|s| s.swing_w).collect()),
            heats,
            flows,
            outputs,
        })
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.boundaries.len() + self.sources + self.heats.len()
    }

    /// Index of the first source among the inputs.
    pub fn first_source(&self) -> usize {
        self.boundaries.len()
    }

    /// Index of the first further heat among the inputs.
    pub fn first_heat(&self) -> usize {
        self.boundaries.len() + self.sources
    }

    /// Index of the boundary with this temperature, if the layout has it.
    pub fn boundary(&self, temperature: &BoundaryTemperature) -> Option<usize> {
        self.boundaries.iter().position(|b| b == temperature)
    }
}

/// One state of the network in modal form. All matrices are row-major.
#[derive(Clone, Debug, Default)]
pub struct ModalSystem {
    /// Number of modes (nodes with mass), inputs, outputs, flows, nodes.
    pub modes: usize,
    pub inputs: usize,
    pub outputs: usize,
    pub flows: usize,
    pub nodes: usize,
    /// Decay rates, 1/s, ascending, >= 0 (0: a part without any boundary).
    pub lambda_per_s: Vec<f64>,
    /// Modal forcing `w = input u`; modes x inputs.
    pub input: Vec<f64>,
    /// Output temperatures `y = output z + feedthrough u`; outputs x modes and
    /// outputs x inputs. degC.
    pub output: Vec<f64>,
    pub feedthrough: Vec<f64>,
    /// Heat lost through each line of the balance (positive outwards), W:
    /// `flow_modes z + flow_inputs u`; flows x modes and flows x inputs.
    /// The same rows give J from the integrals of `z` and `u`.
    pub flow_modes: Vec<f64>,
    pub flow_inputs: Vec<f64>,
    /// Heat stored above 0 degC, J: `stored . z`.
    pub stored: Vec<f64>,
    /// Node temperatures `x = to_state z + state_feedthrough u`; nodes x modes
    /// and nodes x inputs. Only rows of massless nodes have a feedthrough.
    pub to_state: Vec<f64>,
    pub state_feedthrough: Vec<f64>,
    /// `z = from_state x`; modes x nodes (massless nodes count nothing).
    pub from_state: Vec<f64>,
    /// Heat capacities of the nodes, J/K.
    pub capacity_j_per_k: Vec<f64>,
}

impl ModalSystem {
    /// Compiles one state of a network for the given layout.
    pub fn compile(network: &ThermalNetwork, layout: &Layout) -> Result<Self, NetworkFault> {
        check(network, layout)?;
        let nodes = network.nodes.len();
        let inputs = layout.inputs();
        let reduced = reduce::eliminate(network, layout)?;
        let massive = &reduced.massive;
        let modes = massive.len();

        // Symmetric form S = C^(-1/2) K C^(-1/2).
        let root: Vec<f64> = massive
            .iter()
            .map(|&i| network.nodes[i].capacity_j_per_k.sqrt())
            .collect();
        let mut s = vec![0.0; modes * modes];
        for i in 0..modes {
            let mut total = reduced.boundary[i];
            for j in 0..modes {
                if j != i {
                    let g = reduced.conductance[i * modes + j];
                    total += g;
                    s[i * modes + j] = -g / (root[i] * root[j]);
                }
            }
            s[i * modes + i] = total / (root[i] * root[i]);
        }
        let vectors = eigen::eigenvectors(&mut s, modes).ok_or(NetworkFault::NotConverged)?;

        // Mode shapes in temperature, x = shape z, and their decay rates from
        // the dissipation of the shape: a sum of squares, so that slow modes
        // are as accurate (relatively) as fast ones.
        let mut found: Vec<(f64, Vec<f64>)> = (0..modes)
            .map(|m| {
                let shape: Vec<f64> = (0..modes)
                    .map(|i| vectors[i * modes + m] / root[i])
                    .collect();
                let mut lambda = 0.0;
                for i in 0..modes {
                    lambda += reduced.boundary[i] * shape[i] * shape[i];
                    for j in 0..i {
                        let d = shape[i] - shape[j];
                        lambda += reduced.conductance[i * modes + j] * d * d;
                    }
                }
                (lambda, shape)
            })
            .collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, shape) in &mut found {
            // One sign for each mode: the stored heat counts positive, or the
            // first clearly non-zero node does.
            let heat: f64 = shape.iter().zip(&root).map(|(x, r)| x * r * r).sum();
            let scale: f64 = shape
                .iter()
                .zip(&root)
                .map(|(x, r)| (x * r * r).abs())
                .sum();
            let lead = if heat.abs() > 1e-6 * scale {
                heat
            } else {
                let largest = shape.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
                shape
                    .iter()
                    .copied()
                    .find(|x| x.abs() > 0.5 * largest)
                    .unwrap_or(1.0)
            };
            if lead < 0.0 {
                shape.iter_mut().for_each(|x| *x = -*x);
            }
        }

        let lambda_per_s: Vec<f64> = found.iter().map(|f| f.0).collect();
        let mut input = vec![0.0; modes * inputs];
        let mut from_state = vec![0.0; modes * nodes];
        let mut stored = vec![0.0; modes];
        // The shapes once more, a row a node: what runs over modes stays in a row.
        let mut shapes = vec![0.0; modes * modes];
        for (m, (_, shape)) in found.iter().enumerate() {
            for (i, &x) in shape.iter().enumerate() {
                shapes[i * modes + m] = x;
                add_row(&mut input, m, &reduced.forcing, i, inputs, x);
                let heat = x * network.nodes[massive[i]].capacity_j_per_k;
                from_state[m * nodes + massive[i]] = heat;
                stored[m] += heat;
            }
        }
        let mut to_state = vec![0.0; nodes * modes];
        for node in 0..nodes {
            for (i, &share) in reduced.node_share(node).iter().enumerate() {
                if share != 0.0 {
                    add_row(&mut to_state, node, &shapes, i, modes, share);
                }
            }
        }
        let state_feedthrough = reduced.node_forcing;

        let mut output = vec![0.0; layout.outputs.len() * modes];
        let mut feedthrough = vec![0.0; layout.outputs.len() * inputs];
        for (o, weights) in layout.outputs.iter().enumerate() {
            for w in weights {
                add_row(&mut output, o, &to_state, w.node, modes, w.fraction);
                add_row(
                    &mut feedthrough,
                    o,
                    &state_feedthrough,
                    w.node,
                    inputs,
                    w.fraction,
                );
            }
        }
        let flows = layout.flows.len();
        let mut flow_modes = vec![0.0; flows * modes];
        let mut flow_inputs = vec![0.0; flows * inputs];
        for link in &network.boundaries {
            let at = layout.flows.iter().position(|f| *f == link.flow);
            let from = layout.boundary(&link.temperature);
            if let (Some(f), Some(b)) = (at, from) {
                let g = link.conductance_w_per_k;
                add_row(&mut flow_modes, f, &to_state, link.node, modes, g);
                add_row(
                    &mut flow_inputs,
                    f,
                    &state_feedthrough,
                    link.node,
                    inputs,
                    g,
                );
                flow_inputs[f * inputs + b] -= g;
            }
        }
        for (i, source) in network.sources.iter().enumerate() {
            let Some((flow, share)) = source.lost else {
                continue;
            };
            if let Some(f) = layout.flows.iter().position(|f| *f == flow) {
                flow_inputs[f * inputs + layout.first_source() + i] -= share;
            }
        }
        Ok(Self {
            modes,
            inputs,
            outputs: layout.outputs.len(),
            flows,
            nodes,
            lambda_per_s,
            input,
            output,
            feedthrough,
            flow_modes,
            flow_inputs,
            stored,
            to_state,
            state_feedthrough,
            from_state,
            capacity_j_per_k: network.nodes.iter().map(|n| n.capacity_j_per_k).collect(),
        })
    }

    /// Modal state of these node temperatures (degC; massless nodes ignored).
    pub fn state_from_nodes(&self, node_c: &[f64]) -> Vec<f64> {
        product(&self.from_state, node_c, self.modes)
    }

    /// Modal state with every node at one temperature, degC.
    pub fn uniform_state(&self, temperature_c: f64) -> Vec<f64> {
        self.state_from_nodes(&vec![temperature_c; self.nodes])
    }

    /// Modal state that constant inputs lead to. A part without a boundary has
    /// no steady state; its mode is left at 0.
    pub fn steady_state(&self, u: &[f64]) -> Vec<f64> {
        product(&self.input, u, self.modes)
            .iter()
            .zip(&self.lambda_per_s)
            .map(|(w, l)| if *l > 1e-15 { w / l } else { 0.0 })
            .collect()
    }

    /// Temperatures of all nodes, degC.
    pub fn node_temperatures(&self, z: &[f64], u: &[f64]) -> Vec<f64> {
        affine(&self.to_state, z, &self.state_feedthrough, u, self.nodes)
    }

    /// Output temperatures, degC.
    pub fn output_temperatures(&self, z: &[f64], u: &[f64]) -> Vec<f64> {
        affine(&self.output, z, &self.feedthrough, u, self.outputs)
    }

    /// Losses by line of the balance, W (or J from time integrals).
    pub fn flow_losses(&self, z: &[f64], u: &[f64]) -> Vec<f64> {
        affine(&self.flow_modes, z, &self.flow_inputs, u, self.flows)
    }

    /// Heat stored above 0 degC, J.
    pub fn stored_j(&self, z: &[f64]) -> f64 {
        self.stored.iter().zip(z).map(|(s, z)| s * z).sum()
    }

    /// Matrix (modes x modes) that turns this state's modes into those of
    /// another state of the same nodes. Temperatures of nodes with mass carry
    /// over, so stored heat is kept; massless nodes follow at once. Between
    /// truncated systems the projection loses a little heat, which the smallest
    /// possible correction gives back.
    pub fn transfer(&self, to: &Self) -> Vec<f64> {
        let n = self.modes;
        let mut matrix = vec![0.0; to.modes * n];
        for i in 0..to.modes {
            for node in 0..self.nodes {
                let share = to.from_state[i * to.nodes + node];
                if share != 0.0 {
                    for j in 0..n {
                        matrix[i * n + j] += share * self.to_state[node * n + j];
                    }
                }
            }
        }
        // Stored heat after the switch is that before: to.stored matrix = stored.
        let size: f64 = to.stored.iter().map(|s| s * s).sum();
        if size > 0.0 {
            for j in 0..n {
                let after: f64 = (0..to.modes)
                    .map(|i| to.stored[i] * matrix[i * n + j])
                    .sum();
                let missing = (self.stored[j] - after) / size;
                for i in 0..to.modes {
                    matrix[i * n + j] += to.stored[i] * missing;
                }
            }
        }
        matrix
    }
}

/// Finds what the compilation could not survive.
fn check(network: &ThermalNetwork, layout: &Layout) -> Result<(), NetworkFault> {
    let nodes = network.nodes.len();
    let known = |index: usize| {
        if index < nodes {
            Ok(())
        } else {
            Err(NetworkFault::NoSuchNode { index, nodes })
        }
    };
    let positive = |node: usize, value: f64| {
        if value.is_finite() && value > 0.0 {
            Ok(())
        } else {
            let name = network.nodes[node].name.clone();
            Err(NetworkFault::Conductance { name, value })
        }
    };
    for node in &network.nodes {
        let value = node.capacity_j_per_k;
        if !(value.is_finite() && value >= 0.0) {
            let name = node.name.clone();
            return Err(NetworkFault::Capacity { name, value });
        }
    }
    for link in &network.links {
        known(link.a)?;
        known(link.b)?;
        positive(link.a, link.conductance_w_per_k)?;
        if link.a == link.b {
            let name = network.nodes[link.a].name.clone();
            return Err(NetworkFault::SelfLink { name });
        }
    }
    for link in &network.boundaries {
        known(link.node)?;
        positive(link.node, link.conductance_w_per_k)?;
    }
    let entries = network.sources.iter().map(|s| &s.entry);
    for weights in entries.chain(&layout.heats).chain(&layout.outputs) {
        for weight in weights {
            known(weight.node)?;
        }
    }
    Ok(())
}

fn add_row(to: &mut [f64], row: usize, from: &[f64], from_row: usize, width: usize, factor: f64) {
    let source = &from[from_row * width..(from_row + 1) * width];
    for (t, s) in to[row * width..(row + 1) * width].iter_mut().zip(source) {
        *t += factor * s;
    }
}

fn product(matrix: &[f64], x: &[f64], rows: usize) -> Vec<f64> {
    let mut y = vec![0.0; rows];
    advance::multiply(matrix, x, &mut y);
    y
}

fn affine(a: &[f64], x: &[f64], b: &[f64], u: &[f64], rows: usize) -> Vec<f64> {
    let mut y = product(a, x, rows);
    advance::multiply_add(b, u, &mut y);
    y
}

//! A thermal network by itself, stepped through given inputs: for cases that
//! need no heat pump and no control.

use super::case::Missing;
use crate::model::house::{
    BoundaryLink, BoundaryTemperature, Flow, Link, Node, ThermalNetwork, Weight,
};
use crate::plant::modal::advance::{Factors, advance, factors, multiply, refactor};
use crate::plant::modal::{Layout, ModalSystem, NetworkFault};

impl From<NetworkFault> for Missing {
    fn from(fault: NetworkFault) -> Self {
        Self::Failed(fault.to_string())
    }
}

/// A network of nodes with these capacities (J/K), links (W/K) and links to
/// numbered boundary temperatures.
pub(super) fn network(
    capacities: &[f64],
    links: &[(usize, usize, f64)],
    boundaries: &[(usize, f64, usize)],
) -> ThermalNetwork {
    ThermalNetwork {
        nodes: capacities
            .iter()
            .enumerate()
            .map(|(i, &capacity_j_per_k)| Node {
                name: format!("node {i}"),
                capacity_j_per_k,
            })
            .collect(),
        links: links
            .iter()
            .map(|&(a, b, conductance_w_per_k)| Link {
                a,
                b,
                conductance_w_per_k,
            })
            .collect(),
        boundaries: boundaries
            .iter()
            .map(|&(node, conductance_w_per_k, number)| BoundaryLink {
                node,
                conductance_w_per_k,
                // Its value is an input; the number keeps boundaries apart.
                temperature: BoundaryTemperature::Fixed(number as f64),
                flow: Flow::Opaque,
            })
            .collect(),
        sources: Vec::new(),
    }
}

/// The whole of one node.
pub(super) fn all_of(node: usize) -> Vec<Weight> {
    vec![Weight {
        node,
        fraction: 1.0,
    }]
}

/// A network that steps.
pub(super) struct Stepper {
    pub system: ModalSystem,
    pub z: Vec<f64>,
    factors: Vec<Factors<f64>>,
    dt_s: f64,
    forcing: Vec<f64>,
    integral: Vec<f64>,
}

impl Stepper {
    /// All nodes at `start_c`; `heats` are further inputs in W, `outputs` what
    /// is read.
    pub(super) fn new(
        network: &ThermalNetwork,
        heats: Vec<Vec<Weight>>,
        outputs: Vec<Vec<Weight>>,
        start_c: f64,
    ) -> Result<Self, NetworkFault> {
        let layout = Layout::new(&[network], heats, outputs)?;
        let system = ModalSystem::compile(network, &layout)?;
        let modes = system.modes;
        Ok(Self {
            z: system.uniform_state(start_c),
            factors: vec![factors(0.0, 0.0); modes],
            dt_s: f64::NAN,
            forcing: vec![0.0; modes],
            integral: vec![0.0; modes],
            system,
        })
    }

    /// Holds the inputs for `dt_s`; gives the outputs' means over that time.
    pub(super) fn step(&mut self, inputs: &[f64], dt_s: f64) -> Vec<f64> {
        if dt_s != self.dt_s {
            refactor(&self.system.lambda_per_s, dt_s, &mut self.factors);
            self.dt_s = dt_s;
        }
        multiply(&self.system.input, inputs, &mut self.forcing);
        advance(
            &self.factors,
            &self.forcing,
            &mut self.z,
            &mut self.integral,
        );
        let means: Vec<f64> = self.integral.iter().map(|i| i / dt_s).collect();
        self.system.output_temperatures(&means, inputs)
    }

    /// The outputs now.
    pub(super) fn now(&self, inputs: &[f64]) -> Vec<f64> {
        self.system.output_temperatures(&self.z, inputs)
    }
}

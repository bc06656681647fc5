//! Fewer modes: those that hardly show in the outputs follow their inputs at
//! once instead of with their own delay.
//!
//! A mode `z' = -lambda z + w` that is replaced by its rest `z = w/lambda` keeps
//! every steady state and loses only its own transient, which no input within
//! the given swing can make larger than `|c| |b| swing / lambda` in an output.
//! Modes are given up, the least visible first, while the sum of what they
//! could show (an upper bound of the error, never reached by all at once)
//! stays below a tolerance, for every output and for the stored heat. Energy still closes exactly: such a mode stores
//! nothing, and what enters it leaves at once.
//!
//! A switch of conductances acts like a jump of heat, its conductance times its
//! temperature difference; the layout needs a heat at the nodes that it touches
//! (the emitters' entries are) for the bound to cover it.

use super::{Layout, ModalSystem};

/// How far inputs may jump, and what error that may make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truncation {
    /// Jump of a boundary temperature from one step to the next, K.
    pub boundary_k: f64,
    /// Jump of a further heat, W.
    pub heat_w: f64,
    /// Largest transient error of any output and of the house's mean, K.
    pub tolerance_k: f64,
    /// Modes that stay in any case, so that the switched states of a house have
    /// equally many.
    pub keep_at_least: usize,
}

impl Default for Truncation {
    /// Sol-air temperatures jump by 10 K, emitters by 3 kW, sources as they say
    /// themselves; 0.05 K of a transient is well below what a thermostat resolves.
    fn default() -> Self {
        Self {
            boundary_k: 10.0,
            heat_w: 3000.0,
            tolerance_k: 0.05,
            keep_at_least: 0,
        }
    }
}

impl ModalSystem {
    /// The same system with fewer modes. Outputs that read emitter nodes are
    /// outputs like any other: name them in the layout to keep their modes.
    pub fn truncated(&self, layout: &Layout, limits: &Truncation) -> Self {
        let (n, m) = (self.modes, self.inputs);
        let swing = |u: usize| {
            if u < layout.first_source() {
                limits.boundary_k
            } else if u < layout.first_heat() {
                layout.source_swing_w[u - layout.first_source()]
            } else {
                limits.heat_w
            }
        };
        let capacity: f64 = self.capacity_j_per_k.iter().sum();
        // What each mode can show in each output, and in the stored heat as a
        // mean temperature of the house.
        let shown: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let push: f64 = (0..m).map(|u| self.input[i * m + u].abs() * swing(u)).sum();
                (0..self.outputs)
                    .map(|o| self.output[o * n + i])
                    .chain([self.stored[i] / capacity])
                    .map(|c| c.abs() * push / self.lambda_per_s[i])
                    .collect()
            })
            .collect();
        let visible = |i: usize| shown[i].iter().fold(0.0_f64, |a, &b| a.max(b));
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| visible(a).total_cmp(&visible(b)));
        let mut sums = vec![0.0; self.outputs + 1];
        let mut kept = vec![true; n];
        for &i in order.iter().take(n.saturating_sub(limits.keep_at_least)) {
            let next: Vec<f64> = sums.iter().zip(&shown[i]).map(|(s, x)| s + x).collect();
            // NaN and infinity (lambda = 0) are not below the tolerance.
            if !next.iter().all(|s| *s <= limits.tolerance_k) || self.lambda_per_s[i] <= 0.0 {
                break;
            }
            kept[i] = false;
            sums = next;
        }
        self.without(&kept)
    }

    /// Replaces the modes that are not kept by their rest.
    fn without(&self, kept: &[bool]) -> Self {
        let (n, m) = (self.modes, self.inputs);
        let keep: Vec<usize> = (0..n).filter(|&i| kept[i]).collect();
        // Columns of a rows x n matrix that stay; the others go, at rest, into
        // the matrix that multiplies the inputs.
        let split = |matrix: &[f64], through: &[f64], rows: usize| -> (Vec<f64>, Vec<f64>) {
            let mut left = Vec::with_capacity(rows * keep.len());
            let mut through = through.to_vec();
            for r in 0..rows {
                left.extend(keep.iter().map(|&i| matrix[r * n + i]));
                for i in (0..n).filter(|&i| !kept[i]) {
                    let share = matrix[r * n + i] / self.lambda_per_s[i];
                    for u in 0..m {
                        through[r * m + u] += share * self.input[i * m + u];
                    }
                }
            }
            (left, through)
        };
        let rows_of = |matrix: &[f64], width: usize| -> Vec<f64> {
            keep.iter()
                .flat_map(|&i| matrix[i * width..(i + 1) * width].iter().copied())
                .collect()
        };
        let (output, feedthrough) = split(&self.output, &self.feedthrough, self.outputs);
        let (flow_modes, flow_inputs) = split(&self.flow_modes, &self.flow_inputs, self.flows);
        let (to_state, state_feedthrough) =
            split(&self.to_state, &self.state_feedthrough, self.nodes);
        Self {
            modes: keep.len(),
            lambda_per_s: keep.iter().map(|&i| self.lambda_per_s[i]).collect(),
            input: rows_of(&self.input, m),
            stored: keep.iter().map(|&i| self.stored[i]).collect(),
            from_state: rows_of(&self.from_state, self.nodes),
            output,
            feedthrough,
            flow_modes,
            flow_inputs,
            to_state,
            state_feedthrough,
            inputs: m,
            outputs: self.outputs,
            flows: self.flows,
            nodes: self.nodes,
            capacity_j_per_k: self.capacity_j_per_k.clone(),
        }
    }
}

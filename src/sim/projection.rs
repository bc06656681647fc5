//! From the inputs of a network to the forcing of its modes and the direct part
//! of its outputs, row by row.
//!
//! Every input has a column. An input that is 0 (the sun by night) costs
//! nothing; sums over inputs that stay for a while (films, gains by the hour)
//! are kept until one of them changes. The sums depend on the present inputs
//! only, never on how they came about, so a run that goes on from a checkpoint
//! has the same bits.

use std::ops::Range;

use super::products::Columns;
use crate::plant::modal::ModalSystem;

/// A sum over some of the inputs, kept while they stay as they are.
#[derive(Debug, Default)]
struct Kept {
    inputs: Vec<usize>,
    /// What the sum was made for: network state and values.
    state: Option<usize>,
    values: Vec<f64>,
    sum: Vec<f64>,
}

impl Kept {
    fn of(inputs: impl Iterator<Item = usize>) -> Self {
        Self {
            inputs: inputs.collect(),
            ..Self::default()
        }
    }

    /// Whether it was made for other values.
    fn is_past(&self, inputs: &[f64]) -> bool {
        let known = self.inputs.iter().zip(&self.values);
        // All are looked at: that goes quicker than to stop at the first.
        self.values.len() != self.inputs.len()
            || known.fold(false, |past, (&u, &value)| past | (inputs[u] != value))
    }
}

/// The columns of all network states, and sums over them.
#[derive(Debug)]
pub(super) struct Projection {
    /// For each state the inputs' columns: modes, then outputs.
    columns: Vec<Columns>,
    modes: usize,
    /// Inputs that change from row to row, and those that stay for a while.
    quick: Vec<usize>,
    kept: [Kept; 2],
    sum: Vec<f64>,
}

impl Projection {
    /// Of the first `outputs` outputs. `quick` says which inputs change from
    /// row to row; the films' come last.
    pub(super) fn new(
        systems: &[ModalSystem],
        outputs: usize,
        quick: &[bool],
        films: Range<usize>,
    ) -> Self {
        let modes = systems[0].modes;
        let height = modes + outputs;
        let columns = systems
            .iter()
            .map(|s| {
                let row = |matrix: &[f64], r: usize, u: usize| matrix[r * s.inputs + u];
                let column = |u: usize| {
                    let forcing = (0..modes).map(move |m| row(&s.input, m, u));
                    forcing.chain((0..outputs).map(move |o| row(&s.feedthrough, o, u)))
                };
                Columns::new((0..films.end).flat_map(column).collect())
            })
            .collect();
        Self {
            columns,
            modes,
            quick: (0..quick.len()).filter(|&u| quick[u]).collect(),
            kept: [
                Kept::of((0..quick.len()).filter(|&u| !quick[u])),
                Kept::of(films),
            ],
            sum: vec![0.0; height],
        }
    }

    /// Sums up the row's inputs in a network state.
    pub(super) fn project(&mut self, state: usize, inputs: &[f64]) {
        let columns = &mut self.columns[state];
        self.sum.fill(0.0);
        for kept in &mut self.kept {
            let now = |&u: &usize| (u, inputs[u]);
            if kept.state != Some(state) || kept.is_past(inputs) {
                kept.state = Some(state);
                kept.values.clear();
                kept.values.extend(kept.inputs.iter().map(|&u| inputs[u]));
                kept.sum.clear();
                kept.sum.resize(self.sum.len(), 0.0);
                columns.add(kept.inputs.iter().map(now), &mut kept.sum);
            }
            for (sum, part) in self.sum.iter_mut().zip(&kept.sum) {
                *sum += part;
            }
        }
        let quick = self.quick.iter().map(|&u| (u, inputs[u]));
        columns.add(quick, &mut self.sum);
    }

    /// Takes over the sums of the same inputs in the same network.
    pub(super) fn project_as(&mut self, other: &Self) {
        self.sum.copy_from_slice(&other.sum);
    }

    /// Forcing of the modes.
    pub(super) fn forcing(&self) -> &[f64] {
        &self.sum[..self.modes]
    }

    /// Direct part of the outputs.
    pub(super) fn base_output(&self) -> &[f64] {
        &self.sum[self.modes..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two modes, one output, four inputs of which the last is a film's.
    fn projection() -> Projection {
        let system = |factor: f64| ModalSystem {
            modes: 2,
            inputs: 4,
            outputs: 1,
            input: [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
                .iter()
                .map(|x| factor * x)
                .collect(),
            feedthrough: vec![0.5, 0.0, 0.0, 0.25],
            ..ModalSystem::default()
        };
        Projection::new(&[system(1.0), system(10.0)], 1, &[true, false, true], 3..4)
    }

    #[test]
    fn analytic_sums_are_those_of_the_present_inputs_and_state() {
        let mut p = projection();
        for (state, inputs, expected) in [
            (0, [1.0, 1.0, 1.0, 1.0], [10.0, 26.0, 0.75]),
            (0, [0.0, 1.0, 0.0, 0.0], [2.0, 6.0, 0.0]),
            (0, [2.0, 1.0, 0.0, 4.0], [20.0, 48.0, 2.0]),
            (1, [2.0, 1.0, 0.0, 4.0], [200.0, 480.0, 2.0]),
        ] {
            p.project(state, &inputs);
            let found = [p.forcing(), p.base_output()].concat();
            assert_eq!(found, expected, "{state} {inputs:?}");
            // The same bits as one that has seen nothing else.
            let mut fresh = projection();
            fresh.project(state, &inputs);
            assert_eq!(found, [fresh.forcing(), fresh.base_output()].concat());
        }
    }

    #[test]
    fn fails_for_no_number_is_not_hidden() {
        let mut p = projection();
        p.project(0, &[f64::NAN, 0.0, 0.0, 0.0]);
        assert!(p.forcing()[0].is_nan());
    }
}

//! From the inputs of a network to the forcing of its modes and the direct part
//! of its outputs, row by row.
//!
//! Every input has a column. An input that is 0 (the sun by night) costs
//! nothing; sums over inputs that stay for a while (weather, films, gains by the
//! hour) are kept until one of them changes. The sums depend on the present inputs
//! only, never on how they came about, so a run that goes on from a checkpoint
//! has the same bits. Films come last: the sum before them is the same for all
//! devices that have the house and its weather in common.

use std::ops::Range;

use super::films::Joints;
use super::products::{Columns, Dense, differ, padded};
use crate::plant::modal::ModalSystem;

/// A sum over some of the inputs, kept while they stay as they are.
#[derive(Debug, Default)]
struct Kept {
    /// What the sum was made for: network state and values.
    state: Option<usize>,
    values: Vec<f64>,
    sum: Vec<f64>,
}

impl Kept {
    /// Whether it was made for other values.
    fn is_past(&self, state: usize, inputs: impl Iterator<Item = f64>) -> bool {
        // All are looked at: that goes quicker than to stop at the first.
        let known = inputs.zip(&self.values);
        (self.state != Some(state)) | known.fold(false, |past, (u, &value)| past | (u != value))
    }

    /// Makes it for these values. `add` adds their columns.
    fn renew(
        &mut self,
        state: usize,
        height: usize,
        inputs: impl Iterator<Item = f64>,
        add: impl FnOnce(&mut [f64]),
    ) {
        self.state = Some(state);
        self.values.clear();
        self.values.extend(inputs);
        self.sum.clear();
        self.sum.resize(height, 0.0);
        add(&mut self.sum);
    }
}

/// The columns of all network states, and sums over them.
#[derive(Debug)]
pub(super) struct Projection {
    /// For each state the columns, modes, then outputs, of the inputs before the
    /// films, and of the nodes that films lie between.
    columns: Vec<(Columns, Dense)>,
    modes: usize,
    outputs: usize,
    /// Inputs that change from row to row, and those that stay for a while.
    quick: Vec<usize>,
    slow: Vec<usize>,
    kept_slow: Kept,
    /// Over all inputs but the films.
    before_films: Kept,
    kept_films: Kept,
    /// Over all; padded.
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
        joints: &Joints,
    ) -> Self {
        let modes = systems[0].modes;
        let height = padded(modes + outputs);
        let columns = systems
            .iter()
            .map(|s| {
                let at = |row: usize, u: usize| match row.checked_sub(modes) {
                    None => s.input[row * s.inputs + u],
                    Some(output) => s.feedthrough[output * s.inputs + u],
                };
                let column = |u: usize| (0..modes + outputs).map(move |row| at(row, u));
                let film = |row: usize, film: usize| at(row, films.start + film);
                (
                    Columns::new((0..films.start).map(column)),
                    joints.columns(modes + outputs, film),
                )
            })
            .collect();
        let (quick, slow) = (0..quick.len()).partition(|&u| quick[u]);
        Self {
            columns,
            modes,
            outputs,
            quick,
            slow,
            kept_slow: Kept::default(),
            before_films: Kept::default(),
            kept_films: Kept::default(),
            sum: vec![0.0; height],
        }
    }

    /// Reads the same tables as the projection of the same house in another device.
    pub(super) fn share_tables(&mut self, other: &Self) {
        self.columns.clone_from(&other.columns);
    }

    /// Sums up the row's inputs in a network state, those of films by the heat at
    /// their nodes. `ahead` has done so for the same inputs but films, in the same
    /// state of the same network.
    pub(super) fn project(
        &mut self,
        state: usize,
        inputs: &[f64],
        films_w: &[f64],
        ahead: Option<&Self>,
    ) {
        if ahead.is_none() {
            self.project_before_films(state, inputs);
        }
        let before_films = ahead.map_or(&self.before_films.sum, |ahead| &ahead.before_films.sum);
        let (_, of_nodes) = &self.columns[state];
        let kept = &mut self.kept_films;
        if kept.state != Some(state) || differ(films_w, &kept.values) {
            kept.renew(state, self.sum.len(), films_w.iter().copied(), |sum| {
                of_nodes.add(films_w, sum);
            });
        }
        let parts = before_films.iter().zip(&kept.sum);
        for (sum, (before, films)) in self.sum.iter_mut().zip(parts) {
            *sum = before + films;
        }
    }

    fn project_before_films(&mut self, state: usize, inputs: &[f64]) {
        let (columns, _) = &mut self.columns[state];
        let values = |&u: &usize| inputs[u];
        let terms = |&u: &usize| (u, inputs[u]);
        let (kept, slow, quick) = (&mut self.kept_slow, &self.slow, &self.quick);
        let slow_is_past = kept.is_past(state, slow.iter().map(values));
        if slow_is_past {
            kept.renew(state, self.sum.len(), slow.iter().map(values), |sum| {
                columns.add(slow.iter().map(terms), sum);
            });
        }
        let before = &mut self.before_films;
        if slow_is_past || before.is_past(state, quick.iter().map(values)) {
            before.renew(state, self.sum.len(), quick.iter().map(values), |sum| {
                sum.copy_from_slice(&kept.sum);
                columns.add(quick.iter().map(terms), sum);
            });
        }
    }

    /// Forcing of the modes.
    pub(super) fn forcing(&self) -> &[f64] {
        &self.sum[..self.modes]
    }

    /// Direct part of the outputs.
    pub(super) fn base_output(&self) -> &[f64] {
        &self.sum[self.modes..self.modes + self.outputs]
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
        let systems = [system(1.0), system(10.0)];
        Projection::new(
            &systems,
            1,
            &[true, false, true],
            3..4,
            &Joints::to_one_node(),
        )
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
            p.project(state, &inputs, &inputs[3..], None);
            let found = [p.forcing(), p.base_output()].concat();
            assert_eq!(found, expected, "{state} {inputs:?}");
            // The same bits as one that has seen nothing else.
            let mut fresh = projection();
            fresh.project(state, &inputs, &inputs[3..], None);
            assert_eq!(found, [fresh.forcing(), fresh.base_output()].concat());
            // And as one that has all but its films from another.
            let mut behind = projection();
            behind.project(state, &inputs, &inputs[3..], Some(&p));
            assert_eq!(found, [behind.forcing(), behind.base_output()].concat());
        }
    }

    #[test]
    fn fails_for_no_number_is_not_hidden() {
        let mut p = projection();
        p.project(0, &[f64::NAN, 0.0, 0.0, 0.0], &[0.0], None);
        assert!(p.forcing()[0].is_nan());
    }
}

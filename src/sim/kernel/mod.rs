//! The step. Control and physics of one device (or several side by side, see
//! [`crate::numeric::Lanes`]) through one row of inputs.
//!
//! A row is cut into segments. At the start of each the control law decides
//! and says for which temperatures and how long its decision holds; the plant
//! is tried to the end of the row, at most for 300 s; where a temperature leaves
//! its band before, the segment is cut there (linear in time, a few times, to
//! [`REACHED_K`](crate::control::hysteresis::REACHED_K)), and the law decides
//! again. Non-linear parts are taken at the middle of the segment. Nothing is
//! allocated.

mod charge;
mod ideal;
mod power;
mod segment;
mod space;
mod state;
pub mod sums;

pub use state::{Row, State};
pub use sums::Sums;

use crate::control::law::Command;
use crate::numeric::simd::{InstructionSet, Work};
use crate::numeric::{Lanes, Mask, Real};
use crate::plant::compile::BENDING_S;
use crate::plant::params::Plant;

/// Shortest segment that an event may cut, s. Shorter ones cost more than they tell.
const SHORTEST_S: f64 = 1.0;

/// Times that a segment is cut shorter until it ends where a temperature leaves
/// its band: each cut is linear, and temperatures bend.
const CUTS_MAX: u32 = 5;

/// The set-point is far: the water's way to it bends, as the tank's layers in a
/// charge and emitters that follow the source do, and segments are short
/// ([`BENDING_S`], `segment_s` of the plant) while the compressor runs.
const FAR_K: f64 = 0.5;

/// Advances `state` through `row` and adds what happened to `sums`.
pub fn step<T: Steps>(
    plant: &Plant<T>,
    row: &Row<'_, T>,
    state: &mut State<T>,
    sums: &mut Sums<T>,
) {
    T::step(InstructionSet::in_use(), plant, row, state, sums);
}

/// [`step`] as part of its caller, in the caller's instruction set.
#[inline(always)]
fn step_inline<T: Real>(
    plant: &Plant<T>,
    row: &Row<'_, T>,
    state: &mut State<T>,
    sums: &mut Sums<T>,
) {
    let zero = T::splat(0.0);
    let mut left_s = row.duration_s;
    state.enter(plant, row);
    for count in 1_u32.. {
        let active = left_s.gt(zero);
        if !active.any() {
            return;
        }
        let all_active = active.all();
        let command = state.decide(plant, row, all_active);
        let held_s = command.holds_for_s.max(T::splat(SHORTEST_S));
        // At last decisions are held for what is left, or it would never end.
        let located = count < plant.segments_max;
        let trial_s = if located {
            left_s
                .min(held_s)
                .min(longest_s(plant, &command, state.water_c))
        } else {
            left_s.min(T::splat(plant.longest_s))
        };
        // Tried to its end, and again up to where a temperature leaves its band.
        let mut dt_s = trial_s;
        let mut cuts = if located { CUTS_MAX } else { 0 };
        let segment = loop {
            let segment = segment::attempt(plant, row, state, &command, dt_s);
            if cuts == 0 {
                break segment;
            }
            let part = segment::first_crossing(plant, state, &segment);
            let leaves = part.lt(T::splat(1.0)) & dt_s.gt(T::splat(SHORTEST_S));
            if !leaves.any() {
                break segment;
            }
            // Lanes in which nothing leaves its band keep their length.
            dt_s = (dt_s * part).max(T::splat(SHORTEST_S)).min(dt_s);
            cuts -= 1;
        };
        if count == plant.segments_max {
            sums.unlocated += T::from_mask(active);
        }
        segment::complete(plant, row, state, &mut sums.z_integral);
        sums.add(plant, row, state, &command, &segment, active);
        state.commit(plant, row, &command, &segment, active, all_active);
        left_s -= segment.dt_s;
        left_s = T::select(left_s.gt(T::splat(1e-9)), left_s, zero);
        sums.segments += T::from_mask(active);
    }
}

/// A number that devices are stepped over in a batch.
pub trait Steps: Real {
    /// [`step`], in an instruction set where there are lanes to use it.
    fn step(
        set: InstructionSet,
        plant: &Plant<Self>,
        row: &Row<'_, Self>,
        state: &mut State<Self>,
        sums: &mut Sums<Self>,
    );
}

impl Steps for f64 {
    fn step(
        set: InstructionSet,
        plant: &Plant<Self>,
        row: &Row<'_, Self>,
        state: &mut State<Self>,
        sums: &mut Sums<Self>,
    ) {
        if set.has_lanes() {
            set.run(Step {
                plant,
                row,
                state,
                sums,
            });
        } else {
            step_inline(plant, row, state, sums);
        }
    }
}

impl<const N: usize> Steps for Lanes<N> {
    fn step(
        set: InstructionSet,
        plant: &Plant<Self>,
        row: &Row<'_, Self>,
        state: &mut State<Self>,
        sums: &mut Sums<Self>,
    ) {
        set.run(Step {
            plant,
            row,
            state,
            sums,
        });
    }
}

/// A step as a piece of work.
struct Step<'a, 'r, T: Real> {
    plant: &'a Plant<T>,
    row: &'a Row<'r, T>,
    state: &'a mut State<T>,
    sums: &'a mut Sums<T>,
}

impl<T: Real> Work for Step<'_, '_, T> {
    const LANES: usize = T::LANES;

    #[inline(always)]
    fn work(self) {
        step_inline(self.plant, self.row, self.state, self.sums);
    }
}

/// Longest segment, s.
#[inline(always)]
fn longest_s<T: Real>(plant: &Plant<T>, command: &Command<T>, water_c: T) -> T {
    let far = (water_c - command.flow_c).abs().gt(T::splat(FAR_K));
    let longest_s = T::splat(plant.longest_s);
    let bends = T::select(command.tank | far, T::splat(BENDING_S), longest_s);
    T::select(
        command.compressor,
        bends.min(plant.source.segment_s),
        longest_s,
    )
}

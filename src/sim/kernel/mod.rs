//! The step. Control and physics of one device (or several side by side, see
//! [`crate::numeric::Lanes`]) through one row of inputs.
//!
//! A row is cut into segments. At the start of each the control law decides
//! and says for which temperatures and how long its decision holds; the plant
//! is tried to the end of the row; where a temperature leaves its band before,
//! the segment ends there (linear in time, to
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

use crate::control::law;
use crate::control::source::SourceMemory;
use crate::numeric::{Mask, Real};
use crate::plant::params::Plant;

/// Segments of one row at most; the last takes what is left.
pub const SEGMENTS_MAX: u32 = 60;

/// Shortest segment that an event may cut, s. Shorter ones cost more than they tell.
const SHORTEST_S: f64 = 1.0;

/// First segment after a start, s, and every one while the tank is charged: what
/// keeps a year's energy within 0.1 % of 1 s steps.
const AFTER_START_S: f64 = 30.0;
const CHARGING_S: f64 = 60.0;

/// Advances `state` through `row` and adds what happened to `sums`.
pub fn step<T: Real>(plant: &Plant<T>, row: &Row<'_, T>, state: &mut State<T>, sums: &mut Sums<T>) {
    let zero = T::splat(0.0);
    let mut left_s = plant.step_s;
    state.enter(plant, row);
    for count in 1..=SEGMENTS_MAX {
        let active = left_s.gt(zero);
        if !active.any() {
            return;
        }
        let frozen = if active.all() {
            None
        } else {
            Some(state.memory.clone())
        };
        let command = law::decide(
            &state.y[..plant.rooms],
            &state.observation(plant),
            row.rooms,
            row.device,
            &plant.constants,
            &mut state.memory,
            &mut state.scratch.valves,
            &mut state.scratch.room_bands,
            &mut state.scratch.bands,
        );
        let held_s = command.holds_for_s.max(T::splat(SHORTEST_S));
        let trial_s = left_s
            .min(held_s)
            .min(longest_s(&command, &state.memory.source));
        let mut segment = segment::attempt(plant, row, state, &command, trial_s);
        if count < SEGMENTS_MAX {
            let part = segment::first_crossing(plant, state, &segment);
            if part.lt(T::splat(1.0)).any() {
                let cut_s = (trial_s * part).max(T::splat(SHORTEST_S)).min(trial_s);
                segment = segment::attempt(plant, row, state, &command, cut_s);
            }
        } else {
            sums.unlocated += T::from_mask(active);
        }
        sums.add(plant, row, state, &command, &segment, active);
        state.commit(plant, row, &command, &segment, active, frozen.as_ref());
        left_s -= segment.dt_s;
        left_s = T::select(left_s.gt(T::splat(1e-9)), left_s, zero);
        sums.segments += T::from_mask(active);
    }
}

/// Longest segment, s: after a start the water warms quickly and segments grow
/// from [`AFTER_START_S`] with the time that the compressor has run; while the
/// tank is charged they stay at [`CHARGING_S`].
#[inline(always)]
fn longest_s<T: Real>(command: &law::Command<T>, source: &SourceMemory<T>) -> T {
    let never = T::splat(1e30);
    let young = (source.in_state_s * T::splat(0.5)).max(T::splat(AFTER_START_S));
    let running = T::select(command.compressor, young, never);
    T::select(
        command.tank & command.compressor,
        T::splat(CHARGING_S),
        running,
    )
}

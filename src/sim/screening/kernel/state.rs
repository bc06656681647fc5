//! What variants carry from minute to minute, and what is kept of a row.

use crate::numeric::Real;
use crate::physics::tank::TankScratch;

/// What each variant carries from minute to minute. Flags are 0 or 1.
#[derive(Clone, Debug)]
pub struct State<T: Real, const R: usize> {
    pub z: Vec<T>,
    pub layers: Vec<T>,
    pub(super) calls: [T; R],
    /// Rooms, emitters, and what the emitters face, degC.
    pub room_c: [T; R],
    pub(super) emitter_c: [T; R],
    pub(super) faced_c: [T; R],
    /// A radiator's power law as a chord: the excess that it was made at, K, and
    /// its slope beyond the linear link's, W/K.
    pub(super) chord_at_k: [T; R],
    pub(super) deviation: [T; R],
    pub(super) tank_calls: T,
    pub(super) at_limit: T,
    pub(super) limit_c: T,
    pub(super) disinfects: T,
    pub(super) held_s: T,
    pub reached: T,
    pub missed: T,
    /// The circuit's water, degC; too hot for the set-point.
    pub(in crate::sim::screening) water_c: T,
    pub(super) blocked: T,
    /// The compressor is on, for so long in this state, s; it served the tank last.
    pub(super) on: T,
    pub(super) in_state_s: T,
    pub(super) served_tank: T,
    /// What it could charge the tank with in the minute before, W; 0: nothing.
    pub(super) charging_w: T,
    /// It has been at its limit for so long, s.
    pub(super) short_s: T,
    pub(super) scratch: TankScratch<T>,
}

impl<T: Real, const R: usize> State<T, R> {
    /// At rest, all at one temperature.
    pub fn new(z: Vec<T>, layers: Vec<T>, start_c: T) -> Self {
        let zero = T::splat(0.0);
        Self {
            scratch: TankScratch::new(layers.len()),
            z,
            layers,
            calls: [zero; R],
            room_c: [start_c; R],
            emitter_c: [start_c; R],
            faced_c: [start_c; R],
            chord_at_k: [T::splat(-1e30); R],
            deviation: [zero; R],
            tank_calls: zero,
            at_limit: zero,
            limit_c: zero,
            disinfects: zero,
            held_s: zero,
            reached: zero,
            missed: zero,
            water_c: start_c,
            blocked: zero,
            on: zero,
            in_state_s: T::splat(1e9),
            served_tank: zero,
            charging_w: zero,
            short_s: zero,
        }
    }
}

/// What happened in a row: sums over its minutes, of W, K, or flags.
#[derive(Clone, Debug)]
pub struct Sums<T: Real, const R: usize> {
    pub room_c: [T; R],
    pub open: [T; R],
    pub space_w: T,
    pub tank_w: T,
    pub compressor_space_w: T,
    pub compressor_tank_w: T,
    pub backup_space_w: T,
    pub backup_tank_w: T,
    pub element_w: T,
    pub auxiliary_w: T,
    /// The compressor ran; it started.
    pub runs: T,
    pub starts: T,
    /// Minutes that the water moved.
    pub circulates: T,
    pub flow_c: T,
    pub useful_j: T,
    pub missing_j: T,
    pub draw_l: T,
    /// The tank's sensor at the end, degC.
    pub tank_c: T,
}

impl<T: Real, const R: usize> Default for Sums<T, R> {
    fn default() -> Self {
        let zero = T::splat(0.0);
        Self {
            room_c: [zero; R],
            open: [zero; R],
            space_w: zero,
            tank_w: zero,
            compressor_space_w: zero,
            compressor_tank_w: zero,
            backup_space_w: zero,
            backup_tank_w: zero,
            element_w: zero,
            auxiliary_w: zero,
            runs: zero,
            starts: zero,
            circulates: zero,
            flow_c: zero,
            useful_j: zero,
            missing_j: zero,
            draw_l: zero,
            tank_c: zero,
        }
    }
}

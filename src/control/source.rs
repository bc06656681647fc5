//! Who gets the heat pump, and whether its compressor may run: priority of hot
//! water and rooms, minimum run and pause, the flow limit.

use serde::{Deserialize, Serialize};

use super::hysteresis::no;
use super::setpoints::Constants;
use crate::numeric::{Real, Stored};

/// What the source's control remembers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(bound = "T: Stored")]
pub struct SourceMemory<T: Real> {
    pub on: T::Mask,
    /// Time since the compressor's last start or stop, s.
    pub in_state_s: T,
    /// Last service: the tank; rooms are cooled.
    pub tank_served: T::Mask,
    pub cooling_served: T::Mask,
    pub space_served: T::Mask,
    /// Charging without a break for so long, s.
    pub charging_s: T,
    /// What is left of the rooms' turn, s.
    pub turn_s: T,
    /// Water was warmer than its set-point at lowest output.
    pub flow_blocked: T::Mask,
    /// The water circuit is protected from frost.
    pub circuit_frost: T::Mask,
    /// A room forced while the heat pump is at its limit for so long, s.
    pub limit_s: T,
    /// Integral part of the PI, K.
    pub integral_k: T,
    pub starts: T,
    pub min_run_ended: T,
}

impl<T: Real> Default for SourceMemory<T> {
    fn default() -> Self {
        let (f, zero) = (no::<T>(), T::splat(0.0));
        Self {
            on: f,
            in_state_s: T::splat(1e9),
            tank_served: f,
            cooling_served: f,
            space_served: f,
            charging_s: zero,
            turn_s: zero,
            flow_blocked: f,
            circuit_frost: f,
            limit_s: zero,
            integral_k: zero,
            starts: zero,
            min_run_ended: zero,
        }
    }
}

/// Rooms and tank ask for the source.
#[derive(Clone, Copy, Debug)]
pub struct Requests<T: Real> {
    pub space: T::Mask,
    pub space_forced: T::Mask,
    pub tank: T::Mask,
    pub tank_forced: T::Mask,
}

/// Which of them it serves.
#[derive(Clone, Copy, Debug)]
pub struct Turn<T: Real> {
    pub space: T::Mask,
    pub tank: T::Mask,
    /// Time until the turn changes, s (1e30 where nothing waits).
    pub holds_for_s: T,
}

/// Forced demands precede the others; among equals hot water goes first up to
/// the longest charge, then the rooms for their turn, and again.
#[inline(always)]
pub fn take_turns<T: Real>(
    ask: &Requests<T>,
    constants: &Constants<T>,
    memory: &mut SourceMemory<T>,
) -> Turn<T> {
    let zero = T::splat(0.0);
    let never = T::splat(1e30);
    let eps = T::splat(1e-6);
    let both = ask.space & ask.tank;
    let equals =
        both & ((ask.space_forced & ask.tank_forced) | (!ask.space_forced & !ask.tank_forced));
    // The charge has had its time: the rooms' turn begins. It ends early when
    // they have enough.
    let full = equals & memory.charging_s.ge(constants.longest_charge_s - eps);
    let begins = full & memory.turn_s.le(zero);
    memory.turn_s = T::select(begins, constants.room_turn_s, memory.turn_s);
    memory.turn_s = T::select(ask.space, memory.turn_s, zero);
    let rooms_turn = equals & memory.turn_s.gt(eps);
    let space_first = (both & !equals & ask.space_forced) | rooms_turn;
    let tank = ask.tank & !space_first;
    let space = ask.space & !tank;
    let holds = T::select(rooms_turn, memory.turn_s, never);
    let holds = T::select(
        equals & tank,
        holds.min((constants.longest_charge_s - memory.charging_s).max(zero)),
        holds,
    );
    Turn {
        space,
        tank,
        holds_for_s: holds,
    }
}

/// Whether the compressor runs.
#[derive(Clone, Copy, Debug)]
pub struct Running<T: Real> {
    pub on: T::Mask,
    /// It runs on for its minimum run time alone.
    pub min_run: T::Mask,
    /// It would start, but must pause.
    pub min_pause: T::Mask,
    /// Time until that ends, s (1e30 where it does not matter).
    pub holds_for_s: T,
}

/// Applies minimum run and pause. `wanted`: something asks and nothing but the
/// timers stands against it. `may_run_on`: the last service is still allowed
/// (no bound, no mode forbids it).
#[inline(always)]
pub fn run<T: Real>(
    wanted: T::Mask,
    may_run_on: T::Mask,
    constants: &Constants<T>,
    memory: &mut SourceMemory<T>,
) -> Running<T> {
    let eps = T::splat(1e-6);
    let zero = T::splat(0.0);
    let young = memory.on & memory.in_state_s.lt(constants.min_run_s - eps);
    let resting = !memory.on & memory.in_state_s.lt(constants.min_pause_s - eps);
    let min_run = young & !wanted & may_run_on;
    let cut = young & !wanted & !may_run_on;
    let min_pause = wanted & resting;
    let on = (wanted & !resting) | min_run;
    let starts = on & !memory.on;
    let changes = starts | (memory.on & !on);
    memory.starts += T::from_mask(starts);
    memory.min_run_ended += T::from_mask(cut);
    memory.in_state_s = T::select(changes, zero, memory.in_state_s);
    memory.on = on;
    let never = T::splat(1e30);
    let holds = T::select(min_run, constants.min_run_s - memory.in_state_s, never);
    let holds = T::select(min_pause, constants.min_pause_s - memory.in_state_s, holds);
    Running {
        on,
        min_run,
        min_pause,
        holds_for_s: holds,
    }
}

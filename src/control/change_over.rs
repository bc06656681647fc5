//! Heating or cooling: one side at a time, with a dwell between them.

use serde::{Deserialize, Serialize};

use super::hysteresis::no;
use super::room::{RoomDemand, flag};
use super::setpoints::{Constants, DeviceSetpoints};
use crate::numeric::{Real, Stored};

/// What the change-over remembers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(bound = "T: Stored")]
pub struct SideMemory<T: Real> {
    /// The side that was served last: 1 heating, -1 cooling, 0 none yet.
    pub last: T,
    /// How long ago that was, s; 0 while it is served.
    pub since_s: T,
    pub changes: T,
    /// Rooms were below their bound before the step of the target that started
    /// the running recovery time: then it is not the step alone.
    pub recovery_exempt: T::Mask,
    /// The last decision fell into a recovery time.
    pub recovering: T::Mask,
}

impl<T: Real> Default for SideMemory<T> {
    fn default() -> Self {
        let zero = T::splat(0.0);
        Self {
            last: zero,
            since_s: T::splat(1e30),
            changes: zero,
            recovery_exempt: no::<T>(),
            recovering: no::<T>(),
        }
    }
}

/// All rooms' demands together.
#[derive(Clone, Copy, Debug)]
pub struct Together<T: Real> {
    pub heat: T::Mask,
    pub heat_forced: T::Mask,
    pub frost: T::Mask,
    pub cool: T::Mask,
    pub cool_forced: T::Mask,
    pub beyond_low: T::Mask,
    pub beyond_high: T::Mask,
    pub held_back: T::Mask,
    pub heat_steered: T::Mask,
    pub cool_steered: T::Mask,
    pub heat_forbidden: T::Mask,
    pub cool_forbidden: T::Mask,
}

impl<T: Real> Default for Together<T> {
    fn default() -> Self {
        let f = no::<T>();
        Self {
            heat: f,
            heat_forced: f,
            frost: f,
            cool: f,
            cool_forced: f,
            beyond_low: f,
            beyond_high: f,
            held_back: f,
            heat_steered: f,
            cool_steered: f,
            heat_forbidden: f,
            cool_forbidden: f,
        }
    }
}

impl<T: Real> Together<T> {
    /// Adds a room's demand.
    #[inline(always)]
    pub fn add(&mut self, room: &RoomDemand<T>) {
        self.heat = self.heat | room.heat;
        self.heat_forced = self.heat_forced | room.heat_forced;
        self.frost = self.frost | room.frost;
        self.cool = self.cool | room.cool;
        self.cool_forced = self.cool_forced | room.cool_forced;
        self.beyond_low = self.beyond_low | room.beyond_low;
        self.beyond_high = self.beyond_high | room.beyond_high;
        self.held_back = self.held_back | room.held_back;
        self.heat_steered = self.heat_steered | room.heat_steered;
        self.cool_steered = self.cool_steered | room.cool_steered;
        self.heat_forbidden = self.heat_forbidden | room.heat_forbidden;
        self.cool_forbidden = self.cool_forbidden | room.cool_forbidden;
    }
}

/// The side that may be served now.
#[derive(Clone, Copy, Debug)]
pub struct Side<T: Real> {
    pub heat: T::Mask,
    pub cool: T::Mask,
    /// Wanted, but waiting for the dwell.
    pub dwelling: T::Mask,
    /// Time until the dwell ends, s (1e30 where none runs).
    pub holds_for_s: T,
}

/// Chooses between heating and cooling. Where rooms ask for both, heating wins
/// if one of them is below its lower bound, else the side in force runs to its
/// end first (heating where none is in force). Frost protection waits for nothing.
#[inline(always)]
pub fn choose<T: Real>(
    rooms: &Together<T>,
    set: &DeviceSetpoints<T>,
    constants: &Constants<T>,
    memory: &SideMemory<T>,
) -> Side<T> {
    let zero = T::splat(0.0);
    let wants_heat = rooms.heat | rooms.frost;
    let cooling_in_force = memory.last.lt(zero) & memory.since_s.le(zero);
    let cool_first = wants_heat & rooms.cool & cooling_in_force & !rooms.heat_forced & !rooms.frost;
    let heat = wants_heat & !cool_first;
    let cool = rooms.cool & !heat;

    let running = memory.since_s.lt(constants.dwell_s - T::splat(1e-6));
    let in_recovery = flag::<T>(set.recovery) & !memory.recovery_exempt;
    let heat_waits =
        heat & memory.last.lt(zero) & running & !(rooms.beyond_low & !in_recovery) & !rooms.frost;
    let cool_waits = cool & memory.last.gt(zero) & running & !(rooms.beyond_high & !in_recovery);
    let dwelling = heat_waits | cool_waits;
    Side {
        heat: heat & !heat_waits,
        cool: cool & !cool_waits,
        dwelling,
        holds_for_s: T::select(dwelling, constants.dwell_s - memory.since_s, T::splat(1e30)),
    }
}

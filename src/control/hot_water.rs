//! What the tank asks for: set-point, bounds, steering, disinfection.

use serde::{Deserialize, Serialize};

use super::hysteresis::{Band, fallen_to, latch_high, latch_low, no, risen_to};
use super::room::flag;
use super::setpoints::{Constants, DeviceSetpoints};
use crate::numeric::{Mask, Real, Stored};

/// Disinfection charges until this far above its temperature, and again when
/// the sensor has lost half of it, K. So the hold is not broken by standing loss.
const DISINFECTION_OVERSHOOT_K: f64 = 2.0;

/// What the tank's control remembers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(bound = "T: Stored")]
pub struct TankMemory<T: Real> {
    pub calls: T::Mask,
    pub forced: T::Mask,
    pub forbidden: T::Mask,
    /// The plant could heat no further; tried again when the sensor has fallen to `limit_c`.
    pub at_limit: T::Mask,
    pub limit_c: T,
    pub disinfecting: T::Mask,
    pub disinfection_calls: T::Mask,
    /// The sensor has held the disinfection temperature for so long, s.
    pub held_s: T,
    pub reached: T,
    pub missed: T,
}

impl<T: Real> Default for TankMemory<T> {
    fn default() -> Self {
        let (f, zero) = (no::<T>(), T::splat(0.0));
        Self {
            calls: f,
            forced: f,
            forbidden: f,
            at_limit: f,
            limit_c: zero,
            disinfecting: f,
            disinfection_calls: f,
            held_s: zero,
            reached: zero,
            missed: zero,
        }
    }
}

/// What the tank asks for at this instant.
#[derive(Clone, Copy, Debug)]
pub struct TankDemand<T: Real> {
    pub charge: T::Mask,
    /// Below the lower bound, or disinfecting.
    pub forced: T::Mask,
    pub disinfection: T::Mask,
    pub steered: T::Mask,
    pub held_back: T::Mask,
    pub forbidden: T::Mask,
    /// The element takes over: forced or disinfecting, and the heat pump can't.
    pub element: T::Mask,
    /// Time until the disinfection's hold is complete, s (1e30 where none runs).
    pub holds_for_s: T,
}

/// Updates the tank's memory at sensor temperature `sensor_c` and says what it
/// asks for. `limit_reached`: in the last segment the charge ended at the
/// plant's own limit. `elapsed_s`: length of that segment.
#[inline(always)]
pub fn demand<T: Real>(
    sensor_c: T,
    limit_reached: T::Mask,
    elapsed_s: T,
    set: &DeviceSetpoints<T>,
    constants: &Constants<T>,
    memory: &mut TankMemory<T>,
    band: &mut Band<T>,
) -> TankDemand<T> {
    let zero = T::splat(0.0);
    let commanded = flag::<T>(set.tank_commanded);
    let steered_on = commanded & set.tank_w.gt(zero);

    memory.calls = latch_low(memory.calls, sensor_c, set.tank_on, set.tank_off, band);
    memory.forced = latch_low(
        memory.forced,
        sensor_c,
        set.tank_forced_on,
        set.tank_forced_off,
        band,
    );
    memory.forbidden = latch_high(
        memory.forbidden,
        sensor_c,
        set.tank_forbidden_on,
        set.tank_forbidden_off,
        band,
    );

    let newly = limit_reached & !memory.at_limit;
    memory.limit_c = T::select(
        newly,
        sensor_c - constants.tank_hysteresis_k,
        memory.limit_c,
    );
    memory.at_limit =
        (memory.at_limit | limit_reached) & (newly | !fallen_to(sensor_c, memory.limit_c));
    band.end_falling(memory.at_limit, memory.limit_c);

    // Disinfection: nothing is to be worked out where none runs or starts.
    let starts = flag::<T>(set.disinfection_starts);
    let hold_ends_s = if (memory.disinfecting | starts).any() {
        disinfection(sensor_c, elapsed_s, set, constants, memory, band)
    } else {
        (memory.held_s, memory.disinfection_calls) = (zero, no::<T>());
        T::splat(1e30)
    };

    let own = memory.calls & !commanded;
    let by_settings = !memory.forbidden & (memory.forced | steered_on | own);
    let wants = memory.disinfection_calls | by_settings;
    let forced = memory.disinfection_calls | (by_settings & memory.forced);
    let shifted = flag::<T>(set.shifted);
    TankDemand {
        charge: wants & !memory.at_limit,
        forced,
        disinfection: memory.disinfection_calls,
        steered: wants & !forced & (steered_on | (shifted & sensor_c.ge(set.own_tank_off))),
        held_back: !wants
            & !memory.forbidden
            & ((commanded & memory.calls) | (shifted & sensor_c.le(set.own_tank_on))),
        forbidden: memory.forbidden & !memory.disinfection_calls,
        element: forced & (memory.at_limit | !flag::<T>(set.source_heating_ok)),
        holds_for_s: hold_ends_s,
    }
}

/// Disinfection starts at its time, holds, ends when held or given up. Returns
/// the time until the hold is complete, s (1e30 where none runs).
#[inline(always)]
fn disinfection<T: Real>(
    sensor_c: T,
    elapsed_s: T,
    set: &DeviceSetpoints<T>,
    constants: &Constants<T>,
    memory: &mut TankMemory<T>,
    band: &mut Band<T>,
) -> T {
    let zero = T::splat(0.0);
    let hot = risen_to(sensor_c, constants.disinfection_c);
    let held = T::select(memory.disinfecting & hot, memory.held_s + elapsed_s, zero);
    let done = memory.disinfecting & held.ge(constants.disinfection_hold_s - T::splat(1e-6));
    let expired = memory.disinfecting & !done & !flag::<T>(set.disinfection_window);
    memory.reached += T::from_mask(done);
    memory.missed += T::from_mask(expired);
    let starts = flag::<T>(set.disinfection_starts) & !memory.disinfecting;
    memory.disinfecting = (memory.disinfecting & !done & !expired) | (starts & !done & !expired);
    memory.held_s = T::select(memory.disinfecting, held, zero);
    let top_up = constants.disinfection_c + T::splat(DISINFECTION_OVERSHOOT_K);
    let mut within = Band::default();
    memory.disinfection_calls = memory.disinfecting
        & latch_low(
            memory.disinfection_calls,
            sensor_c,
            constants.disinfection_c + T::splat(0.5 * DISINFECTION_OVERSHOOT_K),
            top_up,
            &mut within,
        );
    within.end_rising(!hot, constants.disinfection_c);
    within.end_falling(hot, constants.disinfection_c);
    band.end_falling(memory.disinfecting, within.low);
    band.end_rising(memory.disinfecting, within.high);
    T::select(
        memory.disinfecting & hot,
        (constants.disinfection_hold_s - memory.held_s).max(T::splat(1.0)),
        T::splat(1e30),
    )
}

//! What each room asks for: its thermostat, its bounds, steering.
//! One room at a time; the device's side is chosen in `change_over`.

use serde::{Deserialize, Serialize};

use super::hysteresis::{Band, NEVER_HIGH_C, latch_high, latch_low, no};
use super::setpoints::{DeviceSetpoints, RoomSetpoints};
use crate::numeric::{Mask, Real, Stored};

/// What a room remembers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(bound = "T: Stored")]
pub struct RoomMemory<T: Real> {
    pub calls: T::Mask,
    pub forced: T::Mask,
    pub forbidden: T::Mask,
    pub cool_calls: T::Mask,
    pub cool_forced: T::Mask,
    pub cool_forbidden: T::Mask,
    /// `auto` judged cooling necessary.
    pub necessary: T::Mask,
    pub frost: T::Mask,
    /// Its valve was open in the last decision.
    pub open: T::Mask,
}

impl<T: Real> Default for RoomMemory<T> {
    fn default() -> Self {
        let f = no::<T>();
        Self {
            calls: f,
            forced: f,
            forbidden: f,
            cool_calls: f,
            cool_forced: f,
            cool_forbidden: f,
            necessary: f,
            frost: f,
            open: f,
        }
    }
}

/// What a room asks for at this instant.
#[derive(Clone, Copy, Debug)]
pub struct RoomDemand<T: Real> {
    pub heat: T::Mask,
    pub heat_forced: T::Mask,
    pub frost: T::Mask,
    pub cool: T::Mask,
    pub cool_forced: T::Mask,
    /// Below the lower bound by more than the margin; above the cooling bound likewise.
    pub beyond_low: T::Mask,
    pub beyond_high: T::Mask,
    /// Would be served if steering were not there, and the other way round.
    pub held_back: T::Mask,
    pub heat_steered: T::Mask,
    pub cool_steered: T::Mask,
    /// At a bound that forbids what is asked.
    pub heat_forbidden: T::Mask,
    pub cool_forbidden: T::Mask,
}

/// True where a 0/1 flag is 1.
#[inline(always)]
pub(super) fn flag<T: Real>(value: T) -> T::Mask {
    value.gt(T::splat(0.5))
}

/// The cooling side of a room at this instant.
struct Cooling<T: Real> {
    cool: T::Mask,
    on_command: T::Mask,
    held_back: T::Mask,
    too_cold_for_own: T::Mask,
    beyond_high: T::Mask,
}

/// Whether some house may cool, or can reach a threshold of that side.
#[inline(always)]
fn has_cooling<T: Real>(set: &RoomSetpoints<T>, device: &DeviceSetpoints<T>) -> bool {
    let never = T::splat(0.5 * NEVER_HIGH_C);
    let first = set.cool_on.min(set.cool_forced_on);
    let first = first.min(set.necessary_on).min(set.margin_high);
    let reached = first.lt(never) | set.cool_forbidden_on.gt(-never);
    (reached | flag::<T>(device.cool_always)).any()
}

/// Updates a room's memory at temperature `room_c` and says what it asks for;
/// `band` is narrowed to the temperatures for which the answer stays the same.
#[inline(always)]
pub fn demand<T: Real>(
    room_c: T,
    set: &RoomSetpoints<T>,
    device: &DeviceSetpoints<T>,
    memory: &mut RoomMemory<T>,
    band: &mut Band<T>,
) -> RoomDemand<T> {
    let counts = flag::<T>(set.counts);
    let commanded = flag::<T>(device.house_commanded);
    let steered_on = commanded & device.house_w.gt(T::splat(0.0));
    let shifted = flag::<T>(device.shifted);

    memory.calls = latch_low(memory.calls, room_c, set.heat_on, set.heat_off, band);
    memory.forced = latch_low(memory.forced, room_c, set.forced_on, set.forced_off, band);
    memory.forbidden = latch_high(
        memory.forbidden,
        room_c,
        set.forbidden_on,
        set.forbidden_off,
        band,
    );
    memory.frost = latch_low(memory.frost, room_c, set.frost_on, set.frost_off, band);

    // Thresholds that no house can reach set no latch: nothing is to be worked out.
    let cooling = if has_cooling(set, device) {
        cooling(room_c, set, device, memory, band)
    } else {
        let no = no::<T>();
        memory.cool_calls = no;
        memory.cool_forced = no;
        memory.cool_forbidden = no;
        memory.necessary = no;
        Cooling {
            cool: no,
            on_command: no,
            held_back: no,
            too_cold_for_own: no,
            beyond_high: no,
        }
    };

    // On a parked side the device's own thermostat acts, whatever is commanded.
    let heat_parked = flag::<T>(device.heat_parked);
    let heat_allowed = flag::<T>(device.heat_allowed);
    let own = memory.calls & (!commanded | heat_parked);
    // While cooling is judged necessary a command above 0 deepens the cooling.
    let heat_on_command = steered_on & !memory.necessary & !heat_parked;
    let heat = heat_allowed & !memory.forbidden & (memory.forced | heat_on_command | own);
    let cool = cooling.cool;

    let beyond_low = room_c.lt(set.margin_low);
    band.end_rising(beyond_low, set.margin_low);
    band.end_falling(!beyond_low, set.margin_low);

    let too_warm_for_own = room_c.ge(set.own_heat_off);
    let cold_enough_for_own = room_c.le(set.own_heat_on);
    RoomDemand {
        heat: counts & heat,
        heat_forced: counts & heat & memory.forced,
        frost: memory.frost,
        cool: counts & cool,
        cool_forced: counts & cool & memory.cool_forced,
        beyond_low: counts & beyond_low,
        beyond_high: counts & cooling.beyond_high,
        held_back: counts
            & (commanded | shifted)
            & ((heat_allowed
                & !heat
                & !memory.forbidden
                & (cold_enough_for_own | (commanded & memory.calls)))
                | cooling.held_back),
        heat_steered: counts
            & heat
            & !memory.forced
            & (heat_on_command | (shifted & too_warm_for_own)),
        cool_steered: counts
            & cool
            & !memory.cool_forced
            & (cooling.on_command | (shifted & cooling.too_cold_for_own)),
        heat_forbidden: counts & memory.forbidden,
        cool_forbidden: counts & memory.cool_forbidden,
    }
}

/// The cooling side of [`demand`].
#[inline(always)]
fn cooling<T: Real>(
    room_c: T,
    set: &RoomSetpoints<T>,
    device: &DeviceSetpoints<T>,
    memory: &mut RoomMemory<T>,
    band: &mut Band<T>,
) -> Cooling<T> {
    memory.cool_calls = latch_high(memory.cool_calls, room_c, set.cool_on, set.cool_off, band);
    memory.cool_forced = latch_high(
        memory.cool_forced,
        room_c,
        set.cool_forced_on,
        set.cool_forced_off,
        band,
    );
    memory.cool_forbidden = latch_low(
        memory.cool_forbidden,
        room_c,
        set.cool_forbidden_on,
        set.cool_forbidden_off,
        band,
    );
    // The judgement starts above the upper bound while the damped outdoor
    // temperature allows it, and ends at the target or when it no longer does.
    let mut judged = Band::default();
    let above = latch_high(
        memory.necessary,
        room_c,
        set.necessary_on,
        set.necessary_off,
        &mut judged,
    );
    memory.necessary = above
        & (memory.necessary | flag::<T>(device.auto_may_start))
        & flag::<T>(device.auto_may_go_on);
    band.end_falling(memory.necessary, set.necessary_off);
    band.end_rising(
        !memory.necessary & flag::<T>(device.auto_may_start) & !above,
        set.necessary_on,
    );

    let commanded = flag::<T>(device.house_commanded);
    let steered_on = commanded & device.house_w.gt(T::splat(0.0));
    let parked = flag::<T>(device.cool_parked);
    let allowed =
        (flag::<T>(device.cool_always) | memory.necessary) & flag::<T>(device.cool_permitted);
    let own = memory.cool_calls & (!commanded | parked);
    // A command above 0 cools only where the mode is on the cooling side.
    let on_command = steered_on & !parked;
    let cool = allowed & !memory.cool_forbidden & (memory.cool_forced | on_command | own);

    let beyond_high = room_c.gt(set.margin_high);
    band.end_falling(beyond_high, set.margin_high);
    band.end_rising(!beyond_high, set.margin_high);
    let warm_enough_for_own = room_c.ge(set.own_cool_on);
    Cooling {
        cool,
        on_command,
        held_back: allowed
            & !cool
            & !memory.cool_forbidden
            & (warm_enough_for_own | (commanded & memory.cool_calls)),
        too_cold_for_own: room_c.le(set.own_cool_off),
        beyond_high,
    }
}

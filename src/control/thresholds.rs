//! From the settings in force to the thresholds that the law compares with:
//! modes, bounds, parking and the shift by tariff or PV (sections 3 to 6 of the
//! control law's document). Runs once a control interval, not in the step.

use super::hysteresis::{NEVER_HIGH_C, NEVER_LOW_C};
use super::setpoints::{DeviceSetpoints, RoomSetpoints};
use super::settings::{Bounds, ControlMode, Effective};
use crate::model::Controller;

/// Frost protection ends this far above its threshold, K.
const FROST_HYSTERESIS_K: f64 = 1.0;
/// Frost protection of the water circuit ends this far above its threshold, K.
const CIRCUIT_FROST_HYSTERESIS_K: f64 = 10.0;
/// The tank may be charged again this far below its upper bound, K.
const TANK_UPPER_HYSTERESIS_K: f64 = 1.0;

/// What the device contributes to thresholds besides the controller's constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Abilities {
    pub can_cool: bool,
    pub can_switch_off: bool,
    /// Lowest heating and highest cooling set-point that it accepts, degC.
    pub parked_heating_c: f64,
    pub parked_cooling_c: f64,
}

/// Steering at one instant, besides commands: how far tariff or PV move the
/// target, -1 (hold back), 0, +1 (store).
pub type Shift = f64;

/// Which sides the mode allows, and which are parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    pub heats: bool,
    pub heat_parked: bool,
    pub cools: bool,
    pub cool_parked: bool,
}

/// Sides of a device under a mode. What a device that can't be switched off
/// must not do is parked.
pub fn sides(mode: ControlMode, device: &Abilities) -> Sides {
    let heats = matches!(mode, ControlMode::Heating | ControlMode::Auto);
    let cools = device.can_cool && matches!(mode, ControlMode::Cooling | ControlMode::Auto);
    let parks = !device.can_switch_off;
    // In `auto` neither side is forbidden: the law decides when to cool.
    Sides {
        heats,
        heat_parked: parks && !heats,
        cools,
        cool_parked: parks && !cools && device.can_cool,
    }
}

/// Thresholds of one controlled room. `deepens`: a command above 0 is in force.
pub fn room(
    bounds: &Bounds,
    settings: &Effective,
    controller: &Controller,
    device: &Abilities,
    shift: Shift,
    deepens: bool,
) -> RoomSetpoints<f64> {
    let sides = sides(settings.mode, device);
    let (low, high) = (bounds.control_lower_c, bounds.control_upper_c);
    let h = bounds.h_k;
    let reach = controller.price_shift;
    let mut set = RoomSetpoints::idle();
    set.target = bounds.target_c;
    set.lower = bounds.lower_c;
    set.upper = if sides.cools {
        bounds.cool_upper_c
    } else {
        bounds.upper_c
    };
    if controller.frost_protection {
        set.frost_on = controller.frost_c;
        set.frost_off = controller.frost_c + FROST_HYSTERESIS_K;
    }

    if sides.heats {
        let moved = toward(bounds.target_c, low, high, shift * reach);
        let d = controller.heating_deadband_k;
        let clip = |t: f64| t.max(low).min(high);
        (set.heat_on, set.heat_off) = (clip(moved - d), clip(moved + d));
        (set.own_heat_on, set.own_heat_off) =
            (clip(bounds.target_c - d), clip(bounds.target_c + d));
        (set.forced_on, set.forced_off) = (low, low + h);
        (set.forbidden_on, set.forbidden_off) = (high, high - h);
        set.margin_low = low - controller.dwell_margin_k;
    } else if sides.heat_parked {
        let d = controller.heating_deadband_k;
        (set.heat_on, set.heat_off) = (device.parked_heating_c - d, device.parked_heating_c + d);
        (set.own_heat_on, set.own_heat_off) = (set.heat_on, set.heat_off);
    }

    if sides.cools {
        let upper = bounds.control_cool_upper_c;
        // Storing cold lowers the target, holding back raises it.
        let moved = toward(bounds.cool_target_c, low, upper, -shift * reach);
        let pair = |target: f64| {
            let on = (target + controller.cooling_deadband_k).min(upper);
            (on, target.min(on - h))
        };
        (set.cool_on, set.cool_off) = pair(moved);
        (set.own_cool_on, set.own_cool_off) = pair(bounds.cool_target_c);
        (set.cool_forced_on, set.cool_forced_off) = (upper, upper - h);
        (set.cool_forbidden_on, set.cool_forbidden_off) = (low, low + h);
        set.margin_high = upper + controller.dwell_margin_k;
        if settings.mode == ControlMode::Auto {
            set.necessary_on = upper;
            set.necessary_off = if deepens {
                low
            } else {
                set.cool_off.min(set.own_cool_off)
            };
        }
    } else if sides.cool_parked {
        let d = controller.cooling_deadband_k;
        (set.cool_on, set.cool_off) = (device.parked_cooling_c + d, device.parked_cooling_c);
        (set.own_cool_on, set.own_cool_off) = (set.cool_on, set.cool_off);
    }
    set
}

/// A room without control of its own: bounds for nothing, frost protection only.
pub fn follower(target_c: f64, controller: &Controller) -> RoomSetpoints<f64> {
    let mut set = RoomSetpoints::idle();
    set.target = target_c;
    set.counts = 0.0;
    set.lower = NEVER_LOW_C;
    set.upper = NEVER_HIGH_C;
    if controller.frost_protection {
        set.frost_on = controller.frost_c;
        set.frost_off = controller.frost_c + FROST_HYSTERESIS_K;
    }
    set
}

/// Fills the mode's flags and the tank's thresholds into `set`.
pub fn device(
    set: &mut DeviceSetpoints<f64>,
    settings: &Effective,
    controller: &Controller,
    device: &Abilities,
    shift: Shift,
) {
    let sides = sides(settings.mode, device);
    let flag = |b: bool| f64::from(u8::from(b));
    set.heat_allowed = flag(sides.heats || sides.heat_parked);
    set.heat_parked = flag(sides.heat_parked);
    set.cool_parked = flag(sides.cool_parked);
    set.cool_always =
        flag((sides.cools && settings.mode == ControlMode::Cooling) || sides.cool_parked);
    set.shifted = flag(shift != 0.0);
    if controller.frost_protection {
        set.circuit_frost_on = controller.frost_c;
        set.circuit_frost_off = controller.frost_c + CIRCUIT_FROST_HYSTERESIS_K;
    }

    let (low, high) = (settings.dhw_lower_c, settings.dhw_upper_c);
    let point = controller.tank_setpoint_c.max(low).min(high);
    let hysteresis = controller.tank_hysteresis_k;
    let own_on = point - hysteresis;
    (set.own_tank_on, set.own_tank_off) = (own_on, point);
    let reach = (shift * controller.price_shift).clamp(-1.0, 1.0);
    if reach >= 0.0 {
        set.tank_off = point + reach * (high - point);
        set.tank_on = set.tank_off - hysteresis;
    } else {
        // Holding back waits for the lower bound instead of the hysteresis.
        set.tank_on = own_on + reach * (own_on - low).max(0.0);
        set.tank_off = point;
    }
    (set.tank_forced_on, set.tank_forced_off) = (low, high.min(point.max(low + hysteresis)));
    (set.tank_forbidden_on, set.tank_forbidden_off) =
        (high, high - TANK_UPPER_HYSTERESIS_K.min(0.5 * (high - low)));
    (set.tank_lower, set.tank_upper) = (low, high);
}

/// `from`, moved by `share` of the way to `high` (positive) or to `low` (negative).
fn toward(from: f64, low: f64, high: f64, share: f64) -> f64 {
    if share >= 0.0 {
        from + share * (high - from).max(0.0)
    } else {
        from + share * (from - low).max(0.0)
    }
}

//! The thresholds that hold for one control interval: what settings, schedule,
//! steering and weather come down to before the law sees them. Thresholds that
//! do not apply stand at [`NEVER_LOW_C`] or
//! [`NEVER_HIGH_C`], so the law needs no
//! branches on modes. `thresholds` and `sim::row` fill them.

use super::hysteresis::{NEVER_HIGH_C, NEVER_LOW_C};
use crate::lane_struct;
use crate::numeric::Real;

lane_struct! {
    /// Thresholds of one room, degC.
    #[derive(Clone, Copy, Debug)]
    pub struct RoomSetpoints<T> {
        /// Target without steering, and the comfort bounds in force; for metrics.
        pub target: T,
        pub lower: T,
        pub upper: T,
        /// Thermostat in heating: on and off.
        pub heat_on: T,
        pub heat_off: T,
        /// The same without steering; they tell what steering changed.
        pub own_heat_on: T,
        pub own_heat_off: T,
        /// Heating forced below, until.
        pub forced_on: T,
        pub forced_off: T,
        /// Heating forbidden at or above, until.
        pub forbidden_on: T,
        pub forbidden_off: T,
        /// Thermostat in cooling: on and off.
        pub cool_on: T,
        pub cool_off: T,
        /// The same without steering.
        pub own_cool_on: T,
        pub own_cool_off: T,
        /// Cooling forced above, until.
        pub cool_forced_on: T,
        pub cool_forced_off: T,
        /// Cooling forbidden at or below, until.
        pub cool_forbidden_on: T,
        pub cool_forbidden_off: T,
        /// `auto`: cooling judged necessary above, until.
        pub necessary_on: T,
        pub necessary_off: T,
        /// Discomfort that ends the dwell early.
        pub margin_low: T,
        pub margin_high: T,
        /// Frost protection: on and off.
        pub frost_on: T,
        pub frost_off: T,
        /// 1: the room's demand counts. 0: it follows the others.
        pub counts: T,
    }
}

impl<T: Real> RoomSetpoints<T> {
    /// A room that asks for nothing.
    pub fn idle() -> Self {
        let (low, high) = (T::splat(NEVER_LOW_C), T::splat(NEVER_HIGH_C));
        Self {
            target: T::splat(20.0),
            lower: low,
            upper: high,
            heat_on: low,
            heat_off: low,
            own_heat_on: low,
            own_heat_off: low,
            forced_on: low,
            forced_off: low,
            forbidden_on: high,
            forbidden_off: high,
            cool_on: high,
            cool_off: high,
            own_cool_on: high,
            own_cool_off: high,
            cool_forced_on: high,
            cool_forced_off: high,
            cool_forbidden_on: low,
            cool_forbidden_off: low,
            necessary_on: high,
            necessary_off: high,
            margin_low: low,
            margin_high: high,
            frost_on: low,
            frost_off: low,
            counts: T::splat(1.0),
        }
    }
}

lane_struct! {
    /// What holds for the device as a whole. Flags are 0 or 1.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct DeviceSetpoints<T> {
        /// Heating is allowed by the mode (or the device is parked in it).
        pub heat_allowed: T,
        /// Its heating, its cooling stands on a parked set-point.
        pub heat_parked: T,
        pub cool_parked: T,
        /// `cooling` (or parked): cooling needs no further judgement.
        pub cool_always: T,
        /// `auto`: the damped outdoor temperature allows to start, to go on.
        pub auto_may_start: T,
        pub auto_may_go_on: T,
        /// Outdoor temperature permits cooling.
        pub cool_permitted: T,
        /// The source temperature is inside the unit's limits.
        pub source_heating_ok: T,
        pub source_cooling_ok: T,
        /// Outdoor temperature is at or below the bivalence point.
        pub bivalent: T,
        /// Commanded by the activation schedule: a command is there; its power, W (0 = off).
        pub house_commanded: T,
        pub house_w: T,
        pub tank_commanded: T,
        pub tank_w: T,
        /// Tariff or PV shift the target at the moment.
        pub shifted: T,
        /// A step of the target is less than the recovery time ago.
        pub recovery: T,
        /// Flow set-point in heating before room influence and its limits, degC.
        pub flow_heating: T,
        pub flow_heating_min: T,
        pub flow_heating_max: T,
        /// Flow set-point in cooling, and what the flow must not fall below (dew point), degC.
        pub flow_cooling: T,
        pub flow_cooling_limit: T,
        /// Frost protection of the water circuit: on and off, coldest emitter, degC.
        pub circuit_frost_on: T,
        pub circuit_frost_off: T,
        /// Tank sensor thresholds, degC.
        pub tank_on: T,
        pub tank_off: T,
        pub own_tank_on: T,
        pub own_tank_off: T,
        pub tank_forced_on: T,
        pub tank_forced_off: T,
        pub tank_forbidden_on: T,
        pub tank_forbidden_off: T,
        /// Bounds in force, for metrics.
        pub tank_lower: T,
        pub tank_upper: T,
        /// Disinfection may start (1 in one interval), may go on.
        pub disinfection_starts: T,
        pub disinfection_window: T,
    }
}

impl<T: Real> DeviceSetpoints<T> {
    /// A device without a tank never asks for hot water: its thresholds are
    /// put out of reach.
    pub fn forget_tank(&mut self) {
        let (low, high) = (T::splat(NEVER_LOW_C), T::splat(NEVER_HIGH_C));
        for on_or_off in [
            &mut self.tank_on,
            &mut self.tank_off,
            &mut self.own_tank_on,
            &mut self.own_tank_off,
            &mut self.tank_forced_on,
            &mut self.tank_forced_off,
        ] {
            *on_or_off = low;
        }
        (self.tank_forbidden_on, self.tank_forbidden_off) = (high, high);
    }

    /// A device that does nothing.
    pub fn idle() -> Self {
        let (zero, one) = (T::splat(0.0), T::splat(1.0));
        let (low, high) = (T::splat(NEVER_LOW_C), T::splat(NEVER_HIGH_C));
        Self {
            heat_allowed: zero,
            heat_parked: zero,
            cool_parked: zero,
            cool_always: zero,
            auto_may_start: zero,
            auto_may_go_on: zero,
            cool_permitted: zero,
            source_heating_ok: one,
            source_cooling_ok: one,
            bivalent: zero,
            house_commanded: zero,
            house_w: zero,
            tank_commanded: zero,
            tank_w: zero,
            shifted: zero,
            recovery: zero,
            flow_heating: T::splat(35.0),
            flow_heating_min: T::splat(20.0),
            flow_heating_max: T::splat(60.0),
            flow_cooling: T::splat(18.0),
            flow_cooling_limit: low,
            circuit_frost_on: low,
            circuit_frost_off: low,
            tank_on: low,
            tank_off: low,
            own_tank_on: low,
            own_tank_off: low,
            tank_forced_on: low,
            tank_forced_off: low,
            tank_forbidden_on: high,
            tank_forbidden_off: high,
            tank_lower: low,
            tank_upper: high,
            disinfection_starts: zero,
            disinfection_window: zero,
        }
    }
}

lane_struct! {
    /// Controller constants that the law reads, the same for a whole run.
    #[derive(Clone, Copy, Debug)]
    pub struct Constants<T> {
        pub dwell_s: T,
        pub min_run_s: T,
        pub min_pause_s: T,
        pub longest_charge_s: T,
        pub room_turn_s: T,
        /// Backup above the bivalence point after so long at the limit, s.
        pub backup_delay_s: T,
        /// 1: the backup heater exists for rooms, for hot water.
        pub backup_space: T,
        pub backup_tank: T,
        /// Room influence on the flow, K/K, and PI: gain K/K, integral time s (0 = no PI).
        pub room_influence: T,
        pub pi_gain: T,
        pub pi_integral_s: T,
        pub flow_stop_above_k: T,
        pub flow_start_below_k: T,
        /// The unit's highest flow temperature, degC.
        pub flow_max_c: T,
        /// Tank: drop below the plant's limit before it is tried again, K.
        pub tank_hysteresis_k: T,
        pub disinfection_c: T,
        pub disinfection_hold_s: T,
        /// 1: each room has a valve; 0: `reference_room` decides.
        pub valves: T,
    }
}

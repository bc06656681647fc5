//! A minute of the tank: what it asks for, and what draws and charging do to it.

use super::{Inputs, MINUTE_S, State, Sums, latch};
use crate::control::setpoints::Constants;
use crate::numeric::{Mask, Real};
use crate::physics::tank::{self, TankInputs};
use crate::plant::Plant;

/// Whether the tank asks for heat, and for the element to help; and whether it is to
/// be asked again in a minute even if nothing disturbs it.
#[inline(always)]
pub(super) fn asks<T: Real, const R: usize>(
    constants: &Constants<T>,
    inputs: &Inputs<T, R>,
    state: &mut State<T, R>,
    sensor_c: T,
    disinfection_starts: T,
) -> (T, T, bool) {
    let (zero, one, half) = (T::splat(0.0), T::splat(1.0), T::splat(0.5));
    let set = &inputs.set;
    state.tank_calls = latch(
        state.tank_calls,
        sensor_c,
        inputs.tank_on_c,
        inputs.tank_off_c,
    );
    let fallen = sensor_c.le(state.limit_c);
    state.at_limit = T::select(fallen, zero, state.at_limit);
    let mut calls = state.tank_calls;
    let mut forced = T::from_mask(sensor_c.le(inputs.tank_forced_c));
    state.disinfects = state.disinfects.max(disinfection_starts);
    let disinfects = state.disinfects.gt(half).any();
    if disinfects {
        let hot = sensor_c.ge(constants.disinfection_c) & state.disinfects.gt(half);
        state.held_s = T::select(hot, state.held_s + T::splat(MINUTE_S), zero);
        let done = T::from_mask(state.held_s.ge(constants.disinfection_hold_s));
        let expired = (one - done) * (one - set.disinfection_window);
        state.reached += state.disinfects * done;
        state.missed += state.disinfects * expired;
        state.disinfects = state.disinfects * (one - done) * (one - expired);
        let more = sensor_c.lt(constants.disinfection_c + one);
        let disinfects = T::select(more, state.disinfects, zero);
        calls = calls.max(disinfects);
        forced = forced.max(disinfects);
    } else {
        state.held_s = zero;
    }
    let asks = calls * (one - state.at_limit);
    let element = calls * forced * state.at_limit.max(one - set.source_heating_ok);
    (asks, element, disinfects)
}

/// What a minute asks of the tank.
pub(super) struct Asked<T> {
    pub to_tank: T,
    pub element: T,
    pub draw_l: T,
}

/// A minute of the tank that disturbs it.
#[inline(always)]
pub(super) fn minute<T: Real, const R: usize>(
    plant: &Plant<T>,
    inputs: &Inputs<T, R>,
    asked: &Asked<T>,
    state: &mut State<T, R>,
    s: &mut Sums<T, R>,
) {
    let Some(p) = &plant.tank else { return };
    let (zero, one, half) = (T::splat(0.0), T::splat(1.0), T::splat(0.5));
    let tiny = T::splat(1e-9);
    let (source, constants) = (&plant.source, &plant.constants);
    let (to_tank, element) = (asked.to_tank, asked.element);
    let minute_s = T::splat(MINUTE_S);
    let charging = to_tank.gt(half);
    let (mut heat_w, mut backup_w) = (zero, zero);
    if charging.any() {
        // The map is looked at once, where the capacity of the minute before leads;
        // to begin with, where the tank is to get to.
        let begins = charging & state.charging_w.le(zero);
        if begins.any() {
            let at_c = inputs.tank_off_c.max(T::splat(20.0)).min(source.flow_max_c);
            let (about_w, _) = inputs.map.at_inverse_fused(at_c);
            state.charging_w = T::select(begins, about_w, state.charging_w);
        }
        let side = tank::charge_side(p, &state.layers, state.charging_w, minute_s);
        let flow_c = side.temperature_c + state.charging_w / side.w_per_k.max(tiny);
        let (capacity_w, cost) = inputs.map.at_inverse_fused(flow_c.min(source.flow_max_c));
        let hottest_w = (source.flow_max_c - side.temperature_c) * side.w_per_k;
        let floor_w = source.min_modulation * capacity_w;
        let limit = charging & hottest_w.lt(floor_w) & state.on.gt(half);
        heat_w = to_tank * state.on * capacity_w.min(hottest_w.max(floor_w));
        s.compressor_tank_w += source.part_load.electric_w(heat_w, capacity_w, cost);
        let sensor_c = tank::sensor_c(p, &state.layers);
        state.limit_c = T::select(limit, sensor_c - constants.tank_hysteresis_k, state.limit_c);
        state.at_limit = T::select(limit, one, state.at_limit);
        state.charging_w = T::select(charging, capacity_w, zero);
    } else {
        state.charging_w = zero;
    }
    let has_element = source.element_w.gt(zero);
    let element_w = T::select(has_element, element * source.element_w, zero);
    let stands_in = (one - inputs.set.source_heating_ok) * to_tank
        + T::select(has_element, zero, element * (one - to_tank));
    backup_w += stands_in * constants.backup_tank * source.backup_w;
    let given = TankInputs {
        dt_s: minute_s,
        charge_w: heat_w + backup_w,
        element_w,
        draw_l: asked.draw_l,
        useful_c: plant.useful_c,
        mains_c: inputs.mains_c,
    };
    let drawn = tank::disturb(p, &mut state.layers, &given, &mut state.scratch);
    s.tank_w += heat_w + backup_w;
    s.backup_tank_w += backup_w;
    s.element_w += element_w;
    s.useful_j += drawn.useful_j;
    s.missing_j += drawn.missing_j;
}

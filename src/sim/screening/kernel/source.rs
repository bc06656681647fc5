//! A minute of the heat pump, the backup heater and the circuit's water.

use super::rooms::Wants;
use super::{Inputs, MINUTE_S, State, Sums};
use crate::control::law::BIVALENCE_DELAY_S;
use crate::numeric::{Mask, Real};
use crate::physics::heat_pump::FlowCurve;
use crate::plant::Plant;

/// Flow temperatures this far apart give the slope of the map around one, K.
const SLOPE_OVER_K: f64 = 6.0;
/// The source brings the water to its set-point in so much time, s.
const REACH_S: f64 = 120.0;

/// A map as a straight line around a flow temperature.
#[derive(Clone, Copy, Debug)]
struct Line<T> {
    at_c: T,
    capacity_w: T,
    capacity_slope: T,
    cost: T,
    cost_slope: T,
}

impl<T: Real> Line<T> {
    #[inline(always)]
    fn new(map: &FlowCurve<T>, at_c: T) -> Self {
        let over = T::splat(SLOPE_OVER_K);
        let per_k = T::splat(1.0 / SLOPE_OVER_K);
        let (capacity_w, cost) = map.at_inverse_fused(at_c);
        let (above_w, above) = map.at_inverse_fused(at_c + over);
        Self {
            at_c,
            capacity_w,
            capacity_slope: (above_w - capacity_w) * per_k,
            cost,
            cost_slope: (above - cost) * per_k,
        }
    }

    /// Capacity, W, and electricity per heat.
    #[inline(always)]
    fn at(&self, flow_c: T) -> (T, T) {
        let k = flow_c - self.at_c;
        (
            k.mul_add(self.capacity_slope, self.capacity_w),
            k.mul_add(self.cost_slope, self.cost),
        )
    }
}

/// What holds for a row.
pub(super) struct Held<T, const R: usize> {
    /// The flow by the heating curve, before and after its limits, degC.
    outdoor_part_c: T,
    highest_c: T,
    curve_c: T,
    line: Line<T>,
    /// K of flow a kelvin of the worst room.
    follows: T,
    pub(super) has_influence: bool,
    backup_w: T,
    pub(super) has_backup: bool,
    bivalent_s: T,
    /// From the circuit to the emitters, W/K.
    supply: [T; R],
    reach_w_per_k: T,
    water_w_per_k: T,
}

impl<T: Real, const R: usize> Held<T, R> {
    #[inline(always)]
    pub(super) fn new(plant: &Plant<T>, inputs: &Inputs<T, R>) -> Self {
        let zero = T::splat(0.0);
        let (source, constants, set) = (&plant.source, &plant.constants, &inputs.set);
        let highest_c = set.flow_heating_max.min(source.flow_max_c);
        let curve_c = set.flow_heating.clamp(set.flow_heating_min, highest_c);
        let follows = constants.room_influence + constants.pi_gain;
        let mut supply = [zero; R];
        for (supply, emitter) in supply.iter_mut().zip(&plant.emitters[..R]) {
            *supply = emitter.supply_w_per_k * emitter.present;
        }
        let backup_w = constants.backup_space * source.backup_w;
        Self {
            outdoor_part_c: set.flow_heating,
            highest_c,
            curve_c,
            line: Line::new(&inputs.map, curve_c),
            follows,
            has_influence: (follows.gt(zero) | follows.lt(zero)).any(),
            backup_w,
            has_backup: backup_w.gt(zero).any(),
            bivalent_s: T::splat(BIVALENCE_DELAY_S).min(constants.backup_delay_s),
            supply,
            reach_w_per_k: source.circuit_j_per_k * T::splat(1.0 / REACH_S),
            water_w_per_k: source.circuit_j_per_k * T::splat(1.0 / MINUTE_S),
        }
    }
}

/// What the open valves let through, W/K, and the inverse of that and the water's
/// own: the division is made anew where valves have moved.
pub(super) struct Through<T> {
    w_per_k: T,
    inverse: T,
}

impl<T: Real> Through<T> {
    /// Of no valves, open or shut.
    pub(super) fn nothing() -> Self {
        Self {
            w_per_k: T::splat(-1.0),
            inverse: T::splat(0.0),
        }
    }
}

/// What comes of a minute.
pub(super) struct Given<T, const R: usize> {
    /// 1: the tank is served.
    pub to_tank: T,
    /// From the water to each emitter, W.
    pub heats: [T; R],
}

/// A minute in which nobody wants heat and nothing runs.
#[inline(always)]
pub(super) fn idle<T: Real, const R: usize>(state: &mut State<T, R>) {
    state.blocked = T::splat(0.0);
    state.short_s = T::splat(0.0);
    state.in_state_s += T::splat(MINUTE_S);
}

/// Steps the source and the circuit through a minute. `asks`: the tank wants heat.
#[inline(always)]
#[allow(clippy::too_many_arguments)] // what a minute needs, from five places
pub(super) fn minute<T: Real, const R: usize>(
    plant: &Plant<T>,
    held: &Held<T, R>,
    inputs: &Inputs<T, R>,
    wants: Wants<T>,
    asks: T,
    through: &mut Through<T>,
    state: &mut State<T, R>,
    s: &mut Sums<T, R>,
) -> Given<T, R> {
    let (zero, one, half) = (T::splat(0.0), T::splat(1.0), T::splat(0.5));
    let (source, constants, set) = (&plant.source, &plant.constants, &inputs.set);
    let minute_s = T::splat(MINUTE_S);
    let heating_ok = set.source_heating_ok;
    let turn = wants.any * (one - asks);
    let mut flow_set_c = held.curve_c;
    if held.has_influence {
        let error_k = T::select(wants.any.gt(half), wants.error_k, zero);
        flow_set_c = held
            .follows
            .mul_add(error_k, held.outdoor_part_c)
            .clamp(set.flow_heating_min, held.highest_c);
    }

    // The compressor: minimum runs and pauses, and the flow's hysteresis.
    let hot = state.water_c.ge(flow_set_c + constants.flow_stop_above_k);
    let cool = state.water_c.le(flow_set_c - constants.flow_start_below_k);
    state.blocked = T::select(hot, one, T::select(cool, zero, state.blocked)) * turn;
    let wanted = asks.max(turn * (one - state.blocked)) * heating_ok;
    let rested_enough = state.in_state_s.ge(constants.min_pause_s);
    let starts = wanted * T::select(rested_enough, one - state.on, zero);
    let goes_on = T::from_mask(state.in_state_s.lt(constants.min_run_s));
    let on = starts.max(state.on * wanted.max(goes_on));
    let changed = on.gt(state.on) | on.lt(state.on);
    state.in_state_s = T::select(changed, zero, state.in_state_s) + minute_s;
    s.starts += starts;
    state.on = on;
    s.runs += on;
    // A minimum run that nobody asks for goes where it went before: to all rooms,
    // or into the tank.
    let runs_on = on * (one - turn.max(asks));
    let to_tank = asks.max(runs_on * state.served_tank * (one - state.at_limit));
    let serves = turn.max(runs_on) * (one - to_tank);
    state.served_tank = T::select(on.gt(half), to_tank, state.served_tank);

    // Water through the open valves. It is to be as hot as asked for in two
    // minutes, as the full step would have it.
    let (mut sum_w_per_k, mut sum_w) = (zero, zero);
    let mut takes_w_per_k = [zero; R];
    for (r, takes) in takes_w_per_k.iter_mut().enumerate() {
        let open = serves * state.calls[r].max(one - inputs.own_valve[r]).max(runs_on);
        let g = open * held.supply[r];
        *takes = g;
        sum_w_per_k += g;
        sum_w = g.mul_add(state.emitter_c[r], sum_w);
        s.open[r] += open;
    }
    if (sum_w_per_k.gt(through.w_per_k) | sum_w_per_k.lt(through.w_per_k)).any() {
        through.w_per_k = sum_w_per_k;
        through.inverse = one / (held.water_w_per_k + sum_w_per_k);
    }
    let left_w = held.water_w_per_k.mul_add(state.water_c, sum_w);
    let lead_w = held.reach_w_per_k * (flow_set_c - state.water_c);
    let asked_w = (sum_w_per_k.mul_add(flow_set_c, lead_w) - sum_w).max(zero) * serves;
    let (capacity_w, cost) = held.line.at(state.water_c);
    let floor_w = source.min_modulation * capacity_w;
    let heat_w = asked_w.max(floor_w).min(capacity_w) * on * serves;
    let mut given_w = heat_w;
    if held.has_backup {
        let short = asked_w.gt(capacity_w) | heating_ok.lt(half);
        state.short_s = T::select(short, state.short_s + minute_s, zero) * serves;
        let late = wants.forced.gt(half) & state.short_s.ge(constants.backup_delay_s);
        let cold = set.bivalent.gt(half) & state.short_s.ge(held.bivalent_s);
        let released = ((late | cold) & set.recovery.lt(half)) | heating_ok.lt(half);
        let gap_w = (asked_w - heat_w).max(zero).min(held.backup_w);
        let backup_w = T::select(released & short, gap_w, zero);
        given_w += backup_w;
        s.backup_space_w += backup_w;
    }
    s.space_w += given_w;
    let flow_c = (left_w + given_w) * through.inverse;
    let before_c = state.water_c;
    state.water_c = T::select(serves.gt(half), flow_c, before_c);
    let cost = held.line.cost_slope.mul_add(flow_c - before_c, cost);
    s.compressor_space_w += source.part_load.electric_w(heat_w, capacity_w, cost);
    s.circulates += T::from_mask(sum_w_per_k.gt(zero)).max(on);

    let mut heats = [zero; R];
    for r in 0..R {
        heats[r] = takes_w_per_k[r] * (flow_c - state.emitter_c[r]);
    }
    Given { to_tank, heats }
}

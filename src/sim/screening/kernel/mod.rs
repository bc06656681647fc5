//! The quick step: a quarter-hour of some variants of one house, minute by
//! minute. Decisions hold for a minute, and nothing is located inside it. Written
//! over [`Real`], as the full step is, with the same tank, maps and modes; the
//! rooms are `R` to the compiler, so that what is about them stays in registers.
//!
//! What it leaves out of the full step stands in the module above.

mod house;
mod inputs;
mod state;

pub use house::House;
pub use inputs::{Common, Inputs};
pub use state::{State, Sums};

use crate::control::law::BIVALENCE_DELAY_S;
use crate::control::setpoints::Constants;
use crate::numeric::simd::{InstructionSet, Work};
use crate::numeric::{Mask, Real};
use crate::physics::heat_pump::FlowCurve;
use crate::physics::tank::{self, TankInputs};
use crate::plant::Plant;

/// Decisions hold for so long, s.
pub const MINUTE_S: f64 = 60.0;
/// Minutes of a row.
pub const MINUTES: usize = 15;

/// Flow temperatures this far apart give the slope of the map around one, K.
const SLOPE_OVER_K: f64 = 6.0;
/// A tank loses heat at the end of a row, in so many stretches.
const RESTS: usize = (MINUTES as f64 * MINUTE_S / tank::LONGEST_STEP_S) as usize;
/// The source brings the water to its set-point in so much time, s.
const REACH_S: f64 = 120.0;
/// A radiator's chord is made anew when its excess has moved by so much, K.
const CHORD_K: f64 = 0.5;

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
        let (capacity_w, cost) = map.at_inverse(at_c);
        let (above_w, above) = map.at_inverse(at_c + over);
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
            self.capacity_w + self.capacity_slope * k,
            self.cost + self.cost_slope * k,
        )
    }
}

/// `yes` or `no` by a comparison, as 1 or 0 of a latch: on at or below, off at or
/// above.
#[inline(always)]
fn latch<T: Real>(was: T, value: T, on: T, off: T) -> T {
    let (zero, one) = (T::splat(0.0), T::splat(1.0));
    T::select(value.le(on), one, T::select(value.ge(off), zero, was))
}

/// Makes chords of radiators' power laws anew where the excess has moved.
#[inline(always)]
fn bend<T: Real, const R: usize>(plant: &Plant<T>, state: &mut State<T, R>) {
    let (zero, one) = (T::splat(0.0), T::splat(1.0));
    for (r, emitter) in plant.emitters[..R].iter().enumerate() {
        let law = &emitter.law;
        let excess_k = state.emitter_c[r] - state.faced_c[r];
        let excess_k = excess_k.abs().max(one);
        let moved = (excess_k - state.chord_at_k[r]).abs().gt(T::splat(CHORD_K));
        if moved.any() {
            let beyond = law.emission_w(excess_k) / excess_k - law.linear_w_per_k;
            let beyond = T::select(law.coefficient_w.gt(zero), beyond, zero);
            // Lane by lane: a house's chord is its own matter.
            state.chord_at_k[r] = T::select(moved, excess_k, state.chord_at_k[r]);
            state.deviation[r] = T::select(moved, beyond, state.deviation[r]);
        }
    }
}

/// Whether the tank asks for heat, and for the element to help; and whether it is to
/// be asked again in a minute even if nothing disturbs it.
#[inline(always)]
fn tank_asks<T: Real, const R: usize>(
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

/// A minute of the house with heat from the emitters' water and from emitters to
/// rooms beyond the linear link, W.
#[inline(always)]
fn house_minute<T: Real, const R: usize, const CURVED: bool>(
    common: &Common<'_>,
    state: &mut State<T, R>,
    heats: &[T; R],
    moved: &[T; R],
) {
    let zero = T::splat(0.0);
    let house = common.house;
    let modes = house.modes;
    let (mut rooms, mut nodes, mut faced) = ([zero; R], [zero; R], [zero; R]);
    for r in 0..R {
        rooms[r] = T::splat(common.base_output[r]);
        nodes[r] = T::splat(common.base_output[R + r]);
        faced[r] = T::splat(common.base_output[2 * R + r]);
    }
    let by_mode = house.decay.iter().zip(&common.forcing[..modes]);
    let columns = house.heat.chunks_exact(2 * R);
    let columns = columns.zip(house.output.chunks_exact(3 * R));
    for ((z, (&decay, &forcing)), (heat, output)) in
        state.z[..modes].iter_mut().zip(by_mode).zip(columns)
    {
        let mut next = z.mul_add(T::splat(decay), T::splat(forcing));
        for r in 0..R {
            next = heats[r].mul_add(T::splat(heat[r]), next);
            if CURVED {
                next = moved[r].mul_add(T::splat(heat[R + r]), next);
            }
        }
        *z = next;
        for r in 0..R {
            rooms[r] = next.mul_add(T::splat(output[r]), rooms[r]);
            nodes[r] = next.mul_add(T::splat(output[R + r]), nodes[r]);
            if CURVED {
                faced[r] = next.mul_add(T::splat(output[2 * R + r]), faced[r]);
            }
        }
    }
    if !house.direct.is_empty() {
        for (h, output) in house.direct.chunks_exact(3 * R).enumerate() {
            let q = if h < R { heats[h] } else { moved[h - R] };
            for r in 0..R {
                rooms[r] += q * T::splat(output[r]);
                nodes[r] += q * T::splat(output[R + r]);
                faced[r] += q * T::splat(output[2 * R + r]);
            }
        }
    }
    (state.room_c, state.emitter_c, state.faced_c) = (rooms, nodes, faced);
}

/// What a minute asks of the tank.
struct Asked<T> {
    to_tank: T,
    element: T,
    /// The compressor is on.
    on: T,
    draw_l: T,
    /// Capacity and cost to begin with, see [`FlowCurve::at_inverse`].
    guess: (T, T),
}

/// A minute of the tank that disturbs it.
#[inline(always)]
fn tank_minute<T: Real, const R: usize>(
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
        let mut side = tank::ChargeSide::default();
        let (mut capacity_w, mut cost) = asked.guess;
        for _ in 0..2 {
            side = tank::charge_side(p, &state.layers, capacity_w, minute_s);
            let flow_c = side.temperature_c + capacity_w / side.w_per_k.max(tiny);
            (capacity_w, cost) = inputs.map.at_inverse(flow_c.min(source.flow_max_c));
        }
        let hottest_w = (source.flow_max_c - side.temperature_c) * side.w_per_k;
        let floor_w = source.min_modulation * capacity_w;
        let limit = charging & hottest_w.lt(floor_w) & asked.on.gt(half);
        let runs = to_tank * asked.on;
        let running_w = capacity_w.min(hottest_w.max(floor_w));
        let load = running_w / capacity_w.max(tiny);
        heat_w = runs * running_w;
        s.compressor_tank_w += runs * capacity_w * cost * source.part_load.electricity(load);
        let sensor_c = tank::sensor_c(p, &state.layers);
        state.limit_c = T::select(limit, sensor_c - constants.tank_hysteresis_k, state.limit_c);
        state.at_limit = T::select(limit, one, state.at_limit);
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

/// Steps all variants through a row. `CURVED`: some emitter follows a power law.
#[inline(always)]
pub fn row<T: Real, const R: usize, const CURVED: bool>(
    plant: &Plant<T>,
    common: &Common<'_>,
    inputs: &Inputs<T, R>,
    state: &mut State<T, R>,
    sums: &mut Sums<T, R>,
) {
    let (zero, one, half) = (T::splat(0.0), T::splat(1.0), T::splat(0.5));
    let tiny = T::splat(1e-9);
    let (source, constants, set) = (&plant.source, &plant.constants, &inputs.set);
    let mut s = Sums::<T, R>::default();
    // Minutes that the water moved.
    let mut circulates = zero;

    // What holds for the row.
    let highest_c = set.flow_heating_max.min(source.flow_max_c);
    let outdoor_part_c = set.flow_heating;
    let curve_c = outdoor_part_c.clamp(set.flow_heating_min, highest_c);
    let space_line = Line::new(&inputs.map, curve_c);
    let heating_ok = set.source_heating_ok;
    let follows = constants.room_influence + constants.pi_gain;
    let has_influence = (follows.gt(zero) | follows.lt(zero)).any();
    let emitters = &plant.emitters[..R];
    let mut supply = [zero; R];
    for (supply, emitter) in supply.iter_mut().zip(emitters) {
        *supply = emitter.supply_w_per_k * emitter.present;
    }
    if CURVED {
        bend(plant, state);
    }
    let mut tank_guess = (zero, zero);
    if plant.tank.is_some() {
        let at_c = inputs.tank_off_c.max(T::splat(20.0));
        tank_guess = inputs.map.at_inverse(at_c.min(source.flow_max_c));
    }
    let bivalent_s = T::splat(BIVALENCE_DELAY_S).min(constants.backup_delay_s);
    let backup_space_w = constants.backup_space * source.backup_w;
    let minute_s = T::splat(MINUTE_S);
    // What the tank asks for, and for which it may take the element. Its sensor
    // stands still until something disturbs the layers.
    let (mut asks, mut element) = (zero, zero);
    let mut disturbed = true;
    // What the open valves let through, and what follows from it.
    let mut through = (zero - one, zero);
    let has_backup = backup_space_w.gt(zero).any();
    let reach_w_per_k = source.circuit_j_per_k * T::splat(1.0 / REACH_S);
    let water_w_per_k = source.circuit_j_per_k * T::splat(1.0 / MINUTE_S);

    for minute in 0..MINUTES {
        if let Some(p) = plant.tank.as_ref().filter(|_| disturbed) {
            let sensor_c = tank::sensor_c(p, &state.layers);
            let starts = if minute == 0 {
                set.disinfection_starts
            } else {
                zero
            };
            (asks, element, disturbed) = tank_asks(constants, inputs, state, sensor_c, starts);
        }
        let mut to_tank = asks;

        // The rooms: who calls, with which flow.
        let (mut any, mut forced) = (zero, zero);
        let mut error_k = zero;
        for r in 0..R {
            state.calls[r] = latch(
                state.calls[r],
                state.room_c[r],
                inputs.on_c[r],
                inputs.off_c[r],
            );
            let calls = state.calls[r] * inputs.counts[r];
            any = any.max(calls);
            if has_backup {
                let below = state.room_c[r].le(inputs.forced_c[r]);
                forced = T::select(below, forced.max(calls), forced);
            }
            if has_influence {
                let error = T::select(
                    calls.gt(half),
                    inputs.target_c[r] - state.room_c[r],
                    T::splat(-1e30),
                );
                error_k = if r == 0 { error } else { error_k.max(error) };
            }
        }
        let turn = any * (one - to_tank);
        let mut flow_set_c = curve_c;
        if has_influence {
            let error_k = T::select(any.gt(half), error_k, zero);
            flow_set_c =
                (outdoor_part_c + follows * error_k).clamp(set.flow_heating_min, highest_c);
        }

        // The compressor: minimum runs and pauses, and the flow's hysteresis.
        let hot = state.water_c.ge(flow_set_c + constants.flow_stop_above_k);
        let cool = state.water_c.le(flow_set_c - constants.flow_start_below_k);
        state.blocked = T::select(hot, one, T::select(cool, zero, state.blocked)) * turn;
        let wanted = to_tank.max(turn * (one - state.blocked)) * heating_ok;
        let rested_enough = state.in_state_s.ge(constants.min_pause_s);
        let starts = wanted * (one - state.on) * T::select(rested_enough, one, zero);
        let goes_on = T::select(state.in_state_s.lt(constants.min_run_s), one, zero);
        let on = starts.max(state.on * wanted.max(goes_on));
        let changed = on.gt(state.on) | on.lt(state.on);
        state.in_state_s = T::select(changed, zero, state.in_state_s) + minute_s;
        s.starts += starts;
        state.on = on;
        s.runs += on;
        // A minimum run that nobody asks for goes where it went before: to all rooms,
        // or into the tank.
        let runs_on = on * (one - turn.max(to_tank));
        if runs_on.gt(half).any() {
            to_tank = to_tank.max(runs_on * state.served_tank * (one - state.at_limit));
        }
        let serves = turn.max(runs_on) * (one - to_tank);
        state.served_tank = T::select(on.gt(half), to_tank, state.served_tank);

        // Water through the open valves. It is to be as hot as asked for in two
        // minutes, as the full step would have it.
        let (mut sum_w_per_k, mut sum_w) = (zero, zero);
        let mut takes_w_per_k = [zero; R];
        for r in 0..R {
            let open = serves * state.calls[r].max(one - inputs.own_valve[r]).max(runs_on);
            let g = open * supply[r];
            takes_w_per_k[r] = g;
            sum_w_per_k += g;
            sum_w += g * state.emitter_c[r];
            s.open[r] += open;
        }
        let (before_w_per_k, _) = through;
        if (sum_w_per_k.gt(before_w_per_k) | sum_w_per_k.lt(before_w_per_k)).any() {
            through = (sum_w_per_k, one / (water_w_per_k + sum_w_per_k));
        }
        let (_, per_w) = through;
        let left_w = water_w_per_k * state.water_c + sum_w;
        let lead_w = reach_w_per_k * (flow_set_c - state.water_c);
        let asked_w = (sum_w_per_k * flow_set_c - sum_w + lead_w).max(zero) * serves;
        let (capacity_w, cost) = space_line.at(state.water_c);
        let runs = on * serves;
        let floor_w = source.min_modulation * capacity_w;
        let running_w = asked_w.max(floor_w).min(capacity_w);
        let load = running_w / capacity_w.max(tiny);
        let heat_w = runs * running_w;
        let mut given_w = heat_w;
        if has_backup {
            let short = asked_w.gt(capacity_w) | heating_ok.lt(half);
            state.short_s = T::select(short, state.short_s + minute_s, zero) * serves;
            let late = forced.gt(half) & state.short_s.ge(constants.backup_delay_s);
            let cold = set.bivalent.gt(half) & state.short_s.ge(bivalent_s);
            let released = ((late | cold) & set.recovery.lt(half)) | heating_ok.lt(half);
            let gap_w = (asked_w - heat_w).max(zero).min(backup_space_w);
            let backup_w = T::select(released & short, gap_w, zero);
            given_w = heat_w + backup_w;
            s.backup_space_w += backup_w;
        }
        s.space_w += given_w;
        let flow_c = (left_w + given_w) * per_w;
        let before_c = state.water_c;
        state.water_c = T::select(serves.gt(half), flow_c, before_c);
        let cost = cost + space_line.cost_slope * (flow_c - before_c);
        let electric_w = runs * capacity_w * cost * source.part_load.electricity(load);
        s.compressor_space_w += electric_w;

        // House and emitters.
        let mut heats = [zero; R];
        for r in 0..R {
            heats[r] = takes_w_per_k[r] * (flow_c - state.emitter_c[r]);
        }
        let mut moved = [zero; R];
        if CURVED {
            #[allow(clippy::needless_range_loop)] // three arrays, one a place
            for r in 0..R {
                moved[r] = state.deviation[r] * (state.emitter_c[r] - state.faced_c[r]);
            }
        }
        house_minute::<T, R, CURVED>(common, state, &heats, &moved);
        for (sum, &room_c) in s.room_c.iter_mut().zip(&state.room_c) {
            *sum += room_c;
        }

        let charges = to_tank.gt(half).any();
        if plant.tank.is_some() && (charges || inputs.draws[minute] || element.gt(half).any()) {
            disturbed = true;
            let asked = Asked {
                to_tank,
                element,
                on,
                draw_l: inputs.draw_l[minute],
                guess: tank_guess,
            };
            tank_minute(plant, inputs, &asked, state, &mut s);
        }
        s.flow_c += state.water_c;
        circulates += T::select(sum_w_per_k.gt(zero), one, zero).max(on);
    }
    s.auxiliary_w = source.pump_w * circulates;
    for (emitter, &open) in emitters.iter().zip(&s.open) {
        s.auxiliary_w += emitter.fan_w * open;
    }
    for (&litres, draws) in inputs.draw_l.iter().zip(inputs.draws) {
        if draws {
            s.draw_l += litres;
        }
    }
    if let Some(p) = &plant.tank {
        let dt_s = T::splat(tank::LONGEST_STEP_S);
        tank::rest(p, &mut state.layers, dt_s, RESTS, &mut state.scratch);
        s.tank_c = tank::sensor_c(p, &state.layers);
    }
    *sums = s;
}

/// Steps all variants through a row in an instruction set. `curved`: some emitter
/// follows a power law. Lanes are in vectors as wide as there are, one house in the
/// plainest code.
pub fn step<T: Real, const N: usize>(
    set: InstructionSet,
    curved: bool,
    plant: &Plant<T>,
    common: &Common<'_>,
    inputs: &Inputs<T, N>,
    state: &mut State<T, N>,
) -> Sums<T, N> {
    let mut sums = Sums::default();
    let quick = Quick {
        plant,
        common,
        inputs,
        state,
        sums: &mut sums,
    };
    if curved {
        run(set, Curved(quick));
    } else {
        run(set, quick);
    }
    sums
}

fn run<W: Work>(set: InstructionSet, work: W) {
    if W::LANES > 1 {
        set.run_widest(work);
    } else {
        set.run_plain(work);
    }
}

/// A row as a piece of work.
struct Quick<'x, T: Real, const N: usize> {
    plant: &'x Plant<T>,
    common: &'x Common<'x>,
    inputs: &'x Inputs<T, N>,
    state: &'x mut State<T, N>,
    sums: &'x mut Sums<T, N>,
}

/// The same, of houses with radiators.
struct Curved<'x, T: Real, const N: usize>(Quick<'x, T, N>);

impl<T: Real, const N: usize> Work for Quick<'_, T, N> {
    const LANES: usize = T::LANES;

    #[inline(always)]
    fn work(self) {
        row::<T, N, false>(self.plant, self.common, self.inputs, self.state, self.sums);
    }
}

impl<T: Real, const N: usize> Work for Curved<'_, T, N> {
    const LANES: usize = T::LANES;

    #[inline(always)]
    fn work(self) {
        let Quick {
            plant,
            common,
            inputs,
            state,
            sums,
        } = self.0;
        row::<T, N, true>(plant, common, inputs, state, sums);
    }
}

//! The quick step: a quarter-hour of some variants of one house, minute by
//! minute. Decisions hold for a minute, and nothing is located inside it. Written
//! over [`Real`], as the full step is, with the same tank, maps and modes; the
//! rooms are `R` to the compiler, so that what is about them stays in registers.
//!
//! What it leaves out of the full step stands in the module above.

use crate::control::law::BIVALENCE_DELAY_S;
use crate::control::setpoints::{DeviceSetpoints, RoomSetpoints};
use crate::numeric::{Mask, Real};
use crate::physics::heat_pump::FlowCurve;
use crate::physics::tank::{self, TankInputs, TankScratch};
use crate::plant::modal::ModalSystem;
use crate::plant::modal::advance::factors;
use crate::plant::params::{KERNEL_OUTPUTS, ModalParams, Plant};

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

/// The modes of a house for steps of a minute. They are the same for all its
/// variants.
#[derive(Clone, Debug)]
pub struct House {
    modes: usize,
    decay: Vec<f64>,
    gain: Vec<f64>,
    /// What 1 W of each heat does to a mode in a minute: modes x heats.
    heat: Vec<f64>,
    /// What each mode is in the outputs: modes x outputs.
    output: Vec<f64>,
    /// What 1 W of each heat is in the outputs at once: heats x outputs; empty
    /// where all are zero.
    direct: Vec<f64>,
}

impl House {
    /// Of one state of a network.
    ///
    /// `places` is as many rooms as the step has (at least as many as the house);
    /// nothing reaches those that are not there.
    pub fn new(
        system: &ModalSystem,
        modal: &ModalParams<f64>,
        rooms: usize,
        places: usize,
    ) -> Self {
        let modes = system.modes;
        let (heats, outputs) = (2 * places, KERNEL_OUTPUTS * places);
        // A place's number among the house's heats or outputs.
        let own = |i: usize| (i % places < rooms).then_some(i / places * rooms + i % places);
        let lags: Vec<_> = modal
            .lambda_per_s
            .iter()
            .map(|&lambda| factors(lambda, MINUTE_S))
            .collect();
        let heat = |m: usize| (0..heats).map(move |h| (m, h));
        let output = |m: usize| (0..outputs).map(move |o| (m, o));
        let direct = |h: usize| (0..outputs).map(move |o| (h, o));
        Self {
            modes,
            decay: lags.iter().map(|f| f.decay).collect(),
            gain: lags.iter().map(|f| f.gain).collect(),
            heat: (0..modes)
                .flat_map(heat)
                .map(|(m, h)| {
                    own(h).map_or(0.0, |h| modal.heat_forcing[h * modes + m] * lags[m].gain)
                })
                .collect(),
            output: (0..modes)
                .flat_map(output)
                .map(|(m, o)| own(o).map_or(0.0, |o| system.output[o * modes + m]))
                .collect(),
            direct: match modal.heat_output.is_empty() {
                true => Vec::new(),
                false => (0..heats)
                    .flat_map(direct)
                    .map(|(h, o)| match (own(h), own(o)) {
                        (Some(h), Some(o)) => modal.heat_output[h * KERNEL_OUTPUTS * rooms + o],
                        _ => 0.0,
                    })
                    .collect(),
            },
        }
    }

    /// How many modes it has.
    pub fn modes(&self) -> usize {
        self.modes
    }

    /// What a row's modal `forcing` does to the modes in a minute.
    pub fn force(&self, forcing: &[f64], to: &mut Vec<f64>) {
        to.clear();
        to.extend(forcing.iter().zip(&self.gain).map(|(w, gain)| w * gain));
    }
}

/// What all variants have in common in a row.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    pub house: &'a House,
    /// See [`House::force`].
    pub forcing: &'a [f64],
    /// Direct part of the outputs by weather and gains, degC.
    pub base_output: &'a [f64],
}

/// What each variant is given in a row.
#[derive(Clone, Debug)]
pub struct Inputs<T: Real, const R: usize> {
    /// Thermostats: on below, off above, degC.
    pub on_c: [T; R],
    pub off_c: [T; R],
    /// What room influence looks at, degC.
    pub target_c: [T; R],
    /// 1: the room's own thermostat decides on its valve; 0: it follows the others.
    pub own_valve: [T; R],
    /// 1: its call starts the source.
    pub counts: [T; R],
    /// Below these the lower bound forces heat: the backup heater may help.
    pub forced_c: [T; R],
    pub tank_on_c: T,
    pub tank_off_c: T,
    pub tank_forced_c: T,
    pub set: DeviceSetpoints<T>,
    pub map: FlowCurve<T>,
    pub mains_c: T,
    /// Wanted at the tap in each minute, mixed to the useful temperature, l.
    pub draw_l: [T; MINUTES],
    /// Some variant draws in this minute.
    pub draws: [bool; MINUTES],
}

impl<T: Real, const R: usize> Inputs<T, R> {
    /// Nothing is asked for.
    pub fn idle() -> Self {
        let zero = T::splat(0.0);
        Self {
            on_c: [T::splat(-1e30); R],
            off_c: [T::splat(-1e30); R],
            target_c: [T::splat(20.0); R],
            own_valve: [T::splat(1.0); R],
            counts: [T::splat(1.0); R],
            forced_c: [T::splat(-1e30); R],
            tank_on_c: T::splat(-1e30),
            tank_off_c: T::splat(-1e30),
            tank_forced_c: T::splat(-1e30),
            set: DeviceSetpoints::idle(),
            map: FlowCurve::default(),
            mains_c: T::splat(10.0),
            draw_l: [zero; MINUTES],
            draws: [false; MINUTES],
        }
    }

    /// Puts a variant's thresholds of a room into a lane: what steering and bounds
    /// come to is one band.
    pub fn set_room(&mut self, r: usize, lane: usize, set: &RoomSetpoints<f64>, allowed: bool) {
        let on_c = if allowed {
            set.heat_on.max(set.forced_on).min(set.forbidden_on)
        } else {
            -1e30
        };
        let on_c = on_c.max(set.frost_on);
        let off_c = set.heat_off.max(set.forced_off).min(set.forbidden_on);
        let off_c = if allowed { off_c } else { set.frost_off };
        self.on_c[r].set_lane(lane, on_c);
        self.off_c[r].set_lane(lane, off_c.max(on_c));
        self.target_c[r].set_lane(lane, set.target);
        self.counts[r].set_lane(lane, set.counts);
        let forced_c = if allowed { set.forced_on } else { -1e30 };
        self.forced_c[r].set_lane(lane, forced_c);
    }

    /// Puts what follows from the weather and the clock into a lane.
    pub fn set_weather(&mut self, lane: usize, set: &DeviceSetpoints<f64>) {
        let to = &mut self.set;
        to.flow_heating.set_lane(lane, set.flow_heating);
        to.source_heating_ok.set_lane(lane, set.source_heating_ok);
        to.bivalent.set_lane(lane, set.bivalent);
        to.recovery.set_lane(lane, set.recovery);
        to.disinfection_starts
            .set_lane(lane, set.disinfection_starts);
        to.disinfection_window
            .set_lane(lane, set.disinfection_window);
    }

    /// Puts a variant's thresholds of the device into a lane.
    pub fn set_device(&mut self, lane: usize, set: &DeviceSetpoints<f64>) {
        self.set.set_lane(lane, set);
        let on_c = set
            .tank_on
            .max(set.tank_forced_on)
            .min(set.tank_forbidden_on);
        let off_c = set
            .tank_off
            .max(set.tank_forced_off)
            .min(set.tank_forbidden_on);
        self.tank_on_c.set_lane(lane, on_c);
        self.tank_off_c.set_lane(lane, off_c.max(on_c));
        self.tank_forced_c.set_lane(lane, set.tank_forced_on);
    }
}

/// What each variant carries from minute to minute. Flags are 0 or 1.
#[derive(Clone, Debug)]
pub struct State<T: Real, const R: usize> {
    pub z: Vec<T>,
    pub layers: Vec<T>,
    calls: [T; R],
    /// Rooms, emitters, and what the emitters face, degC.
    pub room_c: [T; R],
    emitter_c: [T; R],
    faced_c: [T; R],
    /// A radiator's power law as a chord: the excess that it was made at, K, and
    /// its slope beyond the linear link's, W/K.
    chord_at_k: [T; R],
    deviation: [T; R],
    tank_calls: T,
    at_limit: T,
    limit_c: T,
    disinfects: T,
    held_s: T,
    pub reached: T,
    pub missed: T,
    /// The circuit's water, degC; too hot for the set-point.
    pub(super) water_c: T,
    blocked: T,
    /// The compressor is on, for so long in this state, s; it served the tank last.
    on: T,
    in_state_s: T,
    served_tank: T,
    /// It has been at its limit for so long, s.
    short_s: T,
    scratch: TankScratch<T>,
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
            flow_c: zero,
            useful_j: zero,
            missing_j: zero,
            draw_l: zero,
            tank_c: zero,
        }
    }
}

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
    let house = common.house;
    let modes = house.modes;
    let mut s = Sums::<T, R>::default();

    // What holds for the row.
    let highest_c = set.flow_heating_max.min(source.flow_max_c);
    let outdoor_part_c = set.flow_heating;
    let curve_c = outdoor_part_c.clamp(set.flow_heating_min, highest_c);
    let space_line = Line::new(&inputs.map, curve_c);
    let heating_ok = set.source_heating_ok;
    let follows = constants.room_influence + constants.pi_gain;
    let has_influence = (follows.gt(zero) | follows.lt(zero)).any();
    let emitters = &plant.emitters[..R];
    let (mut supply, mut fans) = ([zero; R], [zero; R]);
    for r in 0..R {
        supply[r] = emitters[r].supply_w_per_k * emitters[r].present;
        fans[r] = emitters[r].fan_w;
        if CURVED {
            let law = &emitters[r].law;
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
    let mut tank_guess = (zero, zero);
    if plant.tank.is_some() {
        let at_c = inputs.tank_off_c.max(T::splat(20.0));
        tank_guess = inputs.map.at_inverse(at_c.min(source.flow_max_c));
    }
    let bivalent_s = T::splat(BIVALENCE_DELAY_S).min(constants.backup_delay_s);
    let backup_space_w = constants.backup_space * source.backup_w;
    let minute_s = T::splat(MINUTE_S);
    let reach_w_per_k = source.circuit_j_per_k * T::splat(1.0 / REACH_S);
    let water_w_per_k = source.circuit_j_per_k * T::splat(1.0 / MINUTE_S);

    for minute in 0..MINUTES {
        // The tank: what it asks for.
        let mut to_tank = zero;
        let mut element = zero;
        if let Some(p) = &plant.tank {
            let sensor_c = tank::sensor_c(p, &state.layers);
            state.tank_calls = latch(
                state.tank_calls,
                sensor_c,
                inputs.tank_on_c,
                inputs.tank_off_c,
            );
            let fallen = sensor_c.le(state.limit_c);
            state.at_limit = T::select(fallen, zero, state.at_limit);
            let mut asks = state.tank_calls;
            let mut forced = T::from_mask(sensor_c.le(inputs.tank_forced_c));
            let starts = if minute == 0 {
                set.disinfection_starts
            } else {
                zero
            };
            state.disinfects = state.disinfects.max(starts);
            if state.disinfects.gt(half).any() {
                let hot = sensor_c.ge(constants.disinfection_c) & state.disinfects.gt(half);
                state.held_s = T::select(hot, state.held_s + T::splat(MINUTE_S), zero);
                let done = T::from_mask(state.held_s.ge(constants.disinfection_hold_s));
                let expired = (one - done) * (one - set.disinfection_window);
                state.reached += state.disinfects * done;
                state.missed += state.disinfects * expired;
                state.disinfects = state.disinfects * (one - done) * (one - expired);
                let more = sensor_c.lt(constants.disinfection_c + one);
                let calls = T::select(more, state.disinfects, zero);
                asks = asks.max(calls);
                forced = forced.max(calls);
            } else {
                state.held_s = zero;
            }
            to_tank = asks * (one - state.at_limit);
            element = asks * forced * state.at_limit.max(one - heating_ok);
        }

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
            let below = state.room_c[r].le(inputs.forced_c[r]);
            forced = T::select(below, forced.max(calls), forced);
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
            s.auxiliary_w += fans[r] * open;
        }
        let per_w = one / (water_w_per_k + sum_w_per_k);
        let left_w = water_w_per_k * state.water_c + sum_w;
        let lead_w = reach_w_per_k * (flow_set_c - state.water_c);
        let asked_w = (sum_w_per_k * flow_set_c - sum_w + lead_w).max(zero) * serves;
        let (capacity_w, cost) = space_line.at(state.water_c);
        let runs = on * serves;
        let floor_w = source.min_modulation * capacity_w;
        let running_w = asked_w.max(floor_w).min(capacity_w);
        let load = running_w / capacity_w.max(tiny);
        let heat_w = runs * running_w;
        let short = asked_w.gt(capacity_w) | heating_ok.lt(half);
        state.short_s = T::select(short, state.short_s + minute_s, zero) * serves;
        let late = forced.gt(half) & state.short_s.ge(constants.backup_delay_s);
        let cold = set.bivalent.gt(half) & state.short_s.ge(bivalent_s);
        let released = ((late | cold) & set.recovery.lt(half)) | heating_ok.lt(half);
        let gap_w = (asked_w - heat_w).max(zero).min(backup_space_w);
        let backup_w = T::select(released & short, gap_w, zero);
        let given_w = heat_w + backup_w;
        s.space_w += given_w;
        s.backup_space_w += backup_w;
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
            let mut next = *z * T::splat(decay) + T::splat(forcing);
            for r in 0..R {
                next += heats[r] * T::splat(heat[r]);
                if CURVED {
                    next += moved[r] * T::splat(heat[R + r]);
                }
            }
            *z = next;
            for r in 0..R {
                rooms[r] += next * T::splat(output[r]);
                nodes[r] += next * T::splat(output[R + r]);
                if CURVED {
                    faced[r] += next * T::splat(output[2 * R + r]);
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
        for (sum, &room_c) in s.room_c.iter_mut().zip(&rooms) {
            *sum += room_c;
        }

        // The tank.
        let charging = to_tank.gt(half);
        if let Some(p) = &plant.tank {
            let busy = inputs.draws[minute] || (charging | element.gt(half)).any();
            if busy {
                let (mut heat_w, mut backup_w) = (zero, zero);
                if charging.any() {
                    let mut side = tank::ChargeSide::default();
                    let (mut capacity_w, mut cost) = tank_guess;
                    for _ in 0..2 {
                        side = tank::charge_side(p, &state.layers, capacity_w, minute_s);
                        let flow_c = side.temperature_c + capacity_w / side.w_per_k.max(tiny);
                        (capacity_w, cost) = inputs.map.at_inverse(flow_c.min(source.flow_max_c));
                    }
                    let hottest_w = (source.flow_max_c - side.temperature_c) * side.w_per_k;
                    let floor_w = source.min_modulation * capacity_w;
                    let limit = charging & hottest_w.lt(floor_w) & on.gt(half);
                    let runs = to_tank * on;
                    let running_w = capacity_w.min(hottest_w.max(floor_w));
                    let load = running_w / capacity_w.max(tiny);
                    heat_w = runs * running_w;
                    s.compressor_tank_w +=
                        runs * capacity_w * cost * source.part_load.electricity(load);
                    let sensor_c = tank::sensor_c(p, &state.layers);
                    state.limit_c =
                        T::select(limit, sensor_c - constants.tank_hysteresis_k, state.limit_c);
                    state.at_limit = T::select(limit, one, state.at_limit);
                }
                let has_element = source.element_w.gt(zero);
                let element_w = T::select(has_element, element * source.element_w, zero);
                let stands_in = (one - heating_ok) * to_tank
                    + T::select(has_element, zero, element * (one - to_tank));
                backup_w += stands_in * constants.backup_tank * source.backup_w;
                let given = TankInputs {
                    dt_s: T::splat(MINUTE_S),
                    charge_w: heat_w + backup_w,
                    element_w,
                    draw_l: inputs.draw_l[minute],
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
        }
        s.draw_l += inputs.draw_l[minute];
        s.flow_c += state.water_c;
        let circulates = T::select(sum_w_per_k.gt(zero), one, zero).max(on);
        s.auxiliary_w += source.pump_w * circulates;
    }
    if let Some(p) = &plant.tank {
        let dt_s = T::splat(tank::LONGEST_STEP_S);
        tank::rest(p, &mut state.layers, dt_s, RESTS, &mut state.scratch);
        s.tank_c = tank::sensor_c(p, &state.layers);
    }
    *sums = s;
}

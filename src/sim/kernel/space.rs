//! The source serves the rooms: flow temperature, heat to each emitter,
//! compressor and backup power.

use super::power;
use super::state::{EmitterNode, Row, State};
use crate::control::hysteresis::NEVER_HIGH_C;
use crate::control::law::{Command, NO_POWER_COMMAND_W};
use crate::numeric::{Mask, Real};
use crate::physics::circuit::Water;
use crate::physics::emitter::{Relaxation, Supply, Weights};
use crate::plant::params::{EmitterParams, Plant};

/// The room is taken to move on by no more than this in half a segment, K.
const LARGEST_LEAD_K: f64 = 0.5;

/// Rounds in which output and flow temperature are matched; the water holds the
/// flow, so that each gains two digits and more.
const FLOW_SWEEPS: usize = 2;

/// What the rooms get. Means over the segment, W.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpaceFlow<T: Real> {
    /// From the compressor, negative in cooling.
    pub heat_w: T,
    pub backup_w: T,
    pub electric_w: T,
    /// Water of the circuit: mean, and at the end, degC.
    pub flow_c: T,
    pub water_end_c: T,
    /// Water goes round through open valves, whether or not a source heats it.
    pub circulates: T::Mask,
    /// The compressor gives all it can and the set-point is not reached.
    pub full_output: T::Mask,
    /// All that is released, compressor and backup, gives all it can.
    pub spent: T::Mask,
}

/// Fills the scratch heats with the power to each emitter node (and what a
/// radiator's power law moves besides its linear link) and says what the source gives.
#[inline(always)]
pub(super) fn supply<T: Real>(
    plant: &Plant<T>,
    row: &Row<'_, T>,
    state: &mut State<T>,
    command: &Command<T>,
    dt_s: T,
) -> SpaceFlow<T> {
    let zero = T::splat(0.0);
    let rooms = plant.rooms;
    let s = &mut state.scratch;
    let on = command.compressor & !command.tank & (command.heat | command.cool);
    let backup_on = command.backup_space & !command.tank;
    // The pump moves the water while rooms have their turn, source or not.
    let heats = command.heat & !command.tank;
    let cools = command.cool & !command.heat & !command.tank;

    // With closed valves linear emitters relax as the network says.
    if !s.curved && !(heats | cools).any() {
        s.heats.fill(zero);
        return still(state.water_c);
    }

    // Each emitter's supply as a line over the flow temperature.
    let mut all = Supply::default();
    let mut moves = T::Mask::splat(false);
    let (mut room_c, mut weight, mut lead_k) = (zero, zero, zero);
    let (half_s, limit_k) = (dt_s * T::splat(0.5), T::splat(LARGEST_LEAD_K));
    let emitters_c = &state.y[rooms..];
    let faced_c = state.y[2 * rooms..].iter().zip(&state.facing_k_per_s);
    let nodes = s.nodes.iter_mut().zip(&s.valves).zip(&plant.emitters);
    for (((node, &open), e), (&emitter_c, (&faced_c, &k_per_s))) in
        nodes.zip(emitters_c.iter().zip(faced_c))
    {
        let takes = e.present.gt(zero) & open & (heats | (cools & e.cools.gt(zero)));
        // What the room does at once with the emitter (`followed`) is a weaker
        // link to what stands still behind it.
        let stays = T::splat(1.0) - e.followed;
        let room_lead_k = stays * (k_per_s * half_s).clamp(-limit_k, limit_k);
        let facing_c = faced_c + room_lead_k;
        let (loss_w_per_k, other_w) = tangent(e, emitter_c - facing_c);
        let water_w_per_k = T::select(takes, e.supply_w_per_k, zero);
        node.relaxation = Relaxation {
            capacity_j_per_k: e.capacity_j_per_k,
            water_w_per_k,
            loss_w_per_k: loss_w_per_k * stays,
            surroundings_c: (facing_c - e.followed * emitter_c) / stays,
            other_w,
            start_c: emitter_c,
        };
        moves = moves | takes;
        node.supply = Supply::default();
        if takes.any() || curved(e) {
            node.weigh(dt_s);
            node.supply = node.relaxation.supply(&node.weights);
        }
        all = all.and(node.supply);
        room_c += water_w_per_k * facing_c;
        weight += water_w_per_k;
        lead_k += water_w_per_k * room_lead_k;
    }
    let tiny = T::splat(1e-9);
    let possible = moves & all.g_w_per_k.gt(tiny);
    if !possible.any() {
        return standing(plant, state);
    }
    let water = Water {
        capacity_j_per_k: plant.source.circuit_j_per_k,
        start_c: state.water_c,
    };
    s.water_lag.remake(weight / water.capacity_j_per_k, dt_s);
    let storage = water.storage(&s.water_lag);
    let with_water = all.and(storage);
    let sink_room_c = room_c / weight.max(tiny);
    let by_room = plant.source.sink_is_room.gt(T::splat(0.5));
    let sink = |flow_c: T| T::select(by_room, sink_room_c, flow_c);

    // The set-point follows the rooms: its mean over the segment.
    let follows = plant.constants.room_influence + plant.constants.pi_gain;
    let moved_c = (command.flow_c - follows * lead_k / weight.max(tiny)).clamp(
        row.device.flow_heating_min,
        row.device.flow_heating_max.min(plant.source.flow_max_c),
    );
    let set_c = T::select(cools, command.flow_c, moved_c);

    // Wanted: the flow set-point, or the commanded electrical power.
    let sign = T::select(cools, -T::splat(1.0), T::splat(1.0));
    let runs = possible & on;
    let fills = possible & backup_on & !cools;
    let approach = water.approach(&all, &s.water_lag);
    let towards_w = |flow_c: T| (approach.power_w(flow_c) * sign).max(zero);
    let wanted_w = towards_w(set_c);
    let (some_heat, some_cool) = (!cools.all(), cools.any());
    let at = |flow_c: T| {
        // The map of a side is read only where some house is on it.
        let (mut heat, mut cold) = ((zero, zero), (zero, zero));
        if some_heat {
            heat = row.heating.at_inverse(sink(flow_c));
        }
        if some_cool {
            cold = row.cooling.at_inverse(sink(flow_c));
        }
        (
            T::select(cools, cold.0, heat.0),
            T::select(cools, cold.1, heat.1),
        )
    };
    let commanded = command.power_w.lt(T::splat(0.5 * NO_POWER_COMMAND_W));
    let limit_w = if commanded.any() {
        let hottest_w = towards_w(plant.source.flow_max_c);
        T::select(cools, towards_w(row.device.flow_cooling_limit), hottest_w)
    } else {
        zero
    };
    let mut flow_c = state.water_c;
    let (mut heat_w, mut electric_w, mut full) = (zero, zero, T::Mask::splat(false));
    let (mut backup_w, mut floor_w, mut gap_w) = (zero, zero, zero);
    // Without a compressor that runs nothing depends on the flow.
    let sweeps = if runs.any() { FLOW_SWEEPS } else { 1 };
    for _ in 0..sweeps {
        if runs.any() {
            let (capacity_w, cost) = at(flow_c);
            floor_w = plant.source.min_modulation * capacity_w;
            let mut asked_w = wanted_w;
            if commanded.any() {
                let by_power_w =
                    power::heat_at(command.power_w, capacity_w, cost, &plant.source.part_load);
                let most_w = limit_w.max(floor_w);
                asked_w = T::select(commanded, by_power_w.min(most_w), wanted_w);
            }
            heat_w = asked_w.max(floor_w).min(capacity_w);
            full = asked_w.ge(capacity_w);
            let load = heat_w / capacity_w.max(tiny);
            electric_w = capacity_w * cost * plant.source.part_load.electricity(load);
            heat_w = T::select(runs, heat_w, zero);
        }
        gap_w = (wanted_w - heat_w).max(zero);
        backup_w = T::select(fills, gap_w.min(plant.source.backup_w), zero);
        flow_c = with_water.flow_at_power_c(heat_w * sign + backup_w);
    }
    let heat_w = heat_w * sign;
    let electric_w = T::select(runs, electric_w, zero);
    let water_end_c = water.end_c(storage.power_w(flow_c), dt_s);
    let (supplies_w, deviations_w) = s.heats.split_at_mut(rooms);
    let heats = supplies_w.iter_mut().zip(deviations_w);
    for ((node, e), (supply_w, deviation_w)) in s.nodes.iter().zip(&plant.emitters).zip(heats) {
        let takes = possible & node.relaxation.water_w_per_k.gt(zero);
        *supply_w = T::select(takes, node.supply.power_w(flow_c), zero);
        *deviation_w = mean_deviation_w(e, node, flow_c);
    }
    let full_output = runs & full & heat_w.abs().gt(floor_w * T::splat(1.000_001));
    let backup_full = gap_w.ge(plant.source.backup_w);
    SpaceFlow {
        heat_w,
        backup_w,
        electric_w,
        flow_c: T::select(possible, flow_c, state.water_c),
        water_end_c: T::select(possible, water_end_c, state.water_c),
        circulates: possible & !by_room,
        full_output,
        spent: (full_output & !fills) | (fills & backup_full & (full_output | !runs)),
    }
}

impl<T: Real> EmitterNode<T> {
    /// Weights of its mean over `dt_s`; those of before where nothing has changed.
    #[inline(always)]
    fn weigh(&mut self, dt_s: T) {
        let decay = self.relaxation.decay(dt_s);
        if (decay.lt(self.decay) | decay.gt(self.decay)).any() {
            self.decay = decay;
            self.weights = Weights::new(decay);
        }
    }
}

/// No water moves: the emitters relax alone, the water keeps its temperature.
#[inline(always)]
fn standing<T: Real>(plant: &Plant<T>, state: &mut State<T>) -> SpaceFlow<T> {
    let zero = T::splat(0.0);
    let s = &mut state.scratch;
    let (supplies_w, deviations_w) = s.heats.split_at_mut(plant.rooms);
    supplies_w.fill(zero);
    let nodes = s.nodes.iter().zip(&plant.emitters);
    for (deviation_w, (node, e)) in deviations_w.iter_mut().zip(nodes) {
        *deviation_w = mean_deviation_w(e, node, state.water_c);
    }
    still(state.water_c)
}

/// Nothing flows, and the circuit's water stays as it is.
#[inline(always)]
fn still<T: Real>(water_c: T) -> SpaceFlow<T> {
    let (zero, no) = (T::splat(0.0), T::Mask::splat(false));
    SpaceFlow {
        heat_w: zero,
        backup_w: zero,
        electric_w: zero,
        flow_c: water_c,
        water_end_c: water_c,
        circulates: no,
        full_output: no,
        spent: no,
    }
}

/// Whether an emitter follows a power law in any house.
#[inline(always)]
pub(super) fn curved<T: Real>(e: &EmitterParams<T>) -> bool {
    e.law.coefficient_w.gt(T::splat(0.0)).any()
}

/// What an emitter gives to its room as a line over its excess: slope, W/K, and
/// the heat that this line gives too much, W. A radiator's is the tangent at
/// `excess_k`.
#[inline(always)]
fn tangent<T: Real>(e: &EmitterParams<T>, excess_k: T) -> (T, T) {
    let zero = T::splat(0.0);
    if !curved(e) {
        return (e.law.linear_w_per_k, zero);
    }
    let law = e.law.coefficient_w.gt(zero);
    let (slope, above_w) = e.law.tangent(excess_k);
    (
        T::select(law, slope, e.law.linear_w_per_k),
        T::select(law, above_w, zero),
    )
}

/// [`deviation_w`] at the node's mean temperature over the segment.
#[inline(always)]
fn mean_deviation_w<T: Real>(e: &EmitterParams<T>, node: &EmitterNode<T>, flow_c: T) -> T {
    if curved(e) {
        let stays = T::splat(1.0) - e.followed;
        let mean_c = node.relaxation.mean_c(flow_c, &node.weights);
        deviation_w(e, (mean_c - node.relaxation.surroundings_c) * stays)
    } else {
        T::splat(0.0)
    }
}

/// Heat by a radiator's power law beyond its linear link, W; 0 for linear emitters.
#[inline(always)]
fn deviation_w<T: Real>(e: &EmitterParams<T>, excess_k: T) -> T {
    if curved(e) {
        T::select(
            e.law.coefficient_w.gt(T::splat(0.0)),
            e.law.deviation_w(excess_k),
            T::splat(0.0),
        )
    } else {
        T::splat(0.0)
    }
}

/// Coldest water of the circuit, the emitters' included, degC; far away where
/// there is none. `dry_k` is [`dry_k`] of each emitter.
#[inline(always)]
pub(super) fn coldest_c<T: Real>(plant: &Plant<T>, dry_k: &[T], water_c: T, y: &[T]) -> T {
    let wet = plant.source.sink_is_room.lt(T::splat(0.5));
    let mut coldest_c = T::select(wet, water_c, T::splat(NEVER_HIGH_C));
    for (&emitter_c, &dry_k) in y[plant.rooms..].iter().zip(dry_k) {
        coldest_c = coldest_c.min(emitter_c + dry_k);
    }
    coldest_c
}

/// 0 K for an emitter that has water of the circuit, so far that its temperature
/// does not count for one that has none.
pub(super) fn dry_k<T: Real>(e: &EmitterParams<T>) -> T {
    let there = e.present.gt(T::splat(0.0)) & e.supply_w_per_k.gt(T::splat(0.0));
    T::select(there, T::splat(0.0), T::splat(NEVER_HIGH_C))
}

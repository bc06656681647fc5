//! Screening: many variants of few houses, quickly and roughly. A house's modes,
//! its weather, settings over time, the tank, the heat pump's map are those of the
//! full simulation; what is left out is what costs there:
//!
//! - decisions hold for a minute; nothing is located inside it;
//! - thermostats, the tank's and its priority, disinfection, minimum runs and pauses,
//!   the flow's hysteresis, the backup heater's delays decide; turns between rooms
//!   and tank, frost of the circuit and reasons do not;
//! - the rooms' map is a straight line around the set-point, a radiator's power law
//!   a chord until its excess has moved;
//! - what depends on a house's own temperatures besides its heating is taken from
//!   a reference, the same house at the whole degree next to their target
//!   (`reference.rs`).
//!
//! Variants of one house advance side by side in lanes, whatever their tanks, heat
//! pumps and settings; results are the same bits in every instruction set, on any
//! number of threads, in any company.
//!
//! What comes out are rows of a quarter-hour, as those of the full simulation
//! without some channels, and so figures, of which [`crate::metrics`] keeps those
//! that a screening is good for. How good is measured: see docs/SCREENING.md.
//!
//! Not here: cooling, activation schedules, ideal emitters, air-to-air units
//! (a run says so), checkpoints, warnings of the run.

pub mod kernel;
mod record;
mod reference;
#[cfg(test)]
mod tests;

use self::kernel::{Common, House, Inputs, MINUTES, State, Sums};
use self::record::Record;
use self::reference::Reference;
use super::batch::Reader;
use super::device::{self, Done, Job, same_mains, same_unit};
use super::error::RunError;
use super::parts::{Part, Parts};
use super::row::RowMaker;
use super::run::Progress;
use crate::control::settings::ControlMode;
use crate::model::controller::HeatingControl;
use crate::model::emitter::EmitterKind;
use crate::model::{Device, Period, Scenario};
use crate::numeric::simd::InstructionSet;
use crate::numeric::{Mask, Real, Wide, pack};
use crate::physics::heat_pump::FlowCurve;
use crate::plant::params::{EmitterParams, KERNEL_OUTPUTS};
use crate::plant::{Compiled, Plant};
use crate::units::S_PER_DAY;

/// A row, s.
pub const ROW_S: u32 = 900;
/// Devices that advance side by side: two vectors of them, so that one is computed
/// while the other waits for what it needs.
pub fn lanes(set: InstructionSet) -> usize {
    match set.vector() {
        1 => 1,
        numbers => 2 * numbers,
    }
}

/// Most devices of a block. What they share, their house under its weather, is
/// worked out once a block.
pub(super) const BLOCK: usize = 16;
/// Rows that a pack is taken through before the next: a day.
const TILE: usize = S_PER_DAY as usize / ROW_S as usize;
/// Rows whose inputs are made before they are stepped through.
const AHEAD: usize = 8;
/// Most rooms of a house.
pub const ROOMS_MOST: usize = 8;

/// A scenario as it is screened: in rows of a quarter-hour.
pub(super) fn in_quarters(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.period.step_s = ROW_S;
    scenario.period.record_s = ROW_S;
    scenario
}

/// Held for a minute, water may change its emitter by this part of their
/// difference: more would swing.
const FOLLOWS_MOST: f64 = 0.7;

/// Why a compiled device can't be screened, if so.
pub(super) fn too_quick(compiled: &Compiled) -> Option<&'static str> {
    let quick = |e: &EmitterParams<f64>| {
        let taken_j_per_k = (e.supply_w_per_k + e.law.linear_w_per_k) * kernel::MINUTE_S;
        e.present > 0.5 && taken_j_per_k > FOLLOWS_MOST * e.capacity_j_per_k
    };
    let any = compiled.plant.emitters.iter().any(quick);
    any.then_some("an emitter holds so little water that it follows the flow within a minute")
}

/// Why a device can't be screened, if so.
pub(super) fn obstacle(job: &Job<'_>) -> Option<&'static str> {
    let device = job.device;
    let Period {
        start_s,
        end_s,
        warmup_s,
        ..
    } = job.scenario.period;
    if [start_s, end_s, warmup_s]
        .iter()
        .any(|t| t % i64::from(ROW_S) != 0)
    {
        return Some("its period or its warm-up does not begin and end at full quarter-hours");
    }
    if device.house.rooms.len() > ROOMS_MOST {
        return Some("its house has more than 8 rooms");
    }
    let has = |kind: fn(&EmitterKind) -> bool| {
        let emitters = device.emitters.iter().flatten();
        emitters.into_iter().any(|e| kind(&e.kind))
    };
    if has(|kind| matches!(kind, EmitterKind::Ideal { .. })) {
        return Some("its emitters are ideal ones");
    }
    if has(|kind| matches!(kind, EmitterKind::RoomUnit { .. })) {
        return Some("its heat pump heats the air of rooms, not water");
    }
    if matches!(device.controller.heating, HeatingControl::Pi { .. }) {
        return Some("its heating follows a PI controller");
    }
    let cools = |mode| matches!(mode, ControlMode::Cooling | ControlMode::Auto);
    if can_cool(device) && job.settings.all().any(|s| cools(s.mode)) {
        return Some("its mode is `cooling` or `auto`, and it can cool");
    }
    if !device.activation.is_empty() && job.settings.all().any(|s| s.flex_trading) {
        return Some("it follows an activation schedule");
    }
    None
}

fn can_cool(device: &Device) -> bool {
    device.heat_pump.cooling.is_some()
        && device.emitters.iter().flatten().any(|e| e.kind.can_cool())
}

/// A device: its scenario's number, its job, and itself compiled.
pub(super) type Member<'a> = (usize, &'a Job<'a>, &'a Compiled);

/// What of devices must be equal to go side by side, besides the fabric of their
/// houses, the weather, and what batches ask for.
pub(super) fn layout(job: &Job<'_>) -> [u64; 2] {
    let room = job.device.controller.reference_room;
    [room as u64, reference::held_c(job).to_bits()]
}

/// Runs devices of one layout, one fabric and one weather. Outcomes are in their
/// order.
pub(super) fn run<R: Reader>(
    members: &[Member<'_>],
    set: InstructionSet,
    reader: &R,
    progress: &dyn Progress,
) -> Vec<Result<(Done, R::Book), RunError>> {
    let Some((_, job, compiled)) = members.first() else {
        return Vec::new();
    };
    let go = match compiled.plant.rooms {
        1 => go::<R, 1>,
        2 => go::<R, 2>,
        3 => go::<R, 3>,
        4 => go::<R, 4>,
        5 | 6 => go::<R, 6>,
        _ => go::<R, ROOMS_MOST>,
    };
    let reference = Reference::new(job, compiled, i64::from(ROW_S));
    go(members, set, reference, reader, progress)
}

fn go<'a, R: Reader, const N: usize>(
    members: &[Member<'a>],
    set: InstructionSet,
    reference: Reference<'a>,
    reader: &R,
    progress: &dyn Progress,
) -> Vec<Result<(Done, R::Book), RunError>> {
    // Few need no second vector.
    match lanes(set).min(members.len().next_power_of_two()) {
        1 => Block::<f64, R, N>::new(members, set, reference).run(reader, progress),
        2..=8 => Block::<Wide<8>, R, N>::new(members, set, reference).run(reader, progress),
        _ => Block::<Wide<16>, R, N>::new(members, set, reference).run(reader, progress),
    }
}

/// Devices that go through their rows together.
struct Block<'a, T: Real, R: Reader, const N: usize> {
    members: &'a [Member<'a>],
    set: InstructionSet,
    reference: Reference<'a>,
    /// For each network state.
    houses: Vec<House>,
    network_state: usize,
    /// The rows of a tile.
    commons: Vec<RowOfHouse>,
    makers: Vec<RowMaker<'a>>,
    /// For each device the first of its pack with the same heat pump, and the same
    /// cold water.
    alike: Vec<[Option<usize>; 2]>,
    /// Whether a device has the prices of its pack's first.
    same_prices: Vec<bool>,
    /// Of a pack's rows in a tile: what happened, and the tanks' layers.
    sums: Vec<Sums<T, N>>,
    layers: Vec<T>,
    records: Vec<Record>,
    books: Vec<R::Book>,
    packs: Vec<Pack<T, N>>,
    spare: Vec<T>,
}

/// What a row is to the house; see [`Common`].
#[derive(Default)]
struct RowOfHouse {
    network_state: usize,
    forcing: Vec<f64>,
    base_output: Vec<f64>,
}

/// Devices side by side.
struct Pack<T: Real, const N: usize> {
    plant: Plant<T>,
    curved: bool,
    /// All have one heat pump; all draw the same.
    one_unit: bool,
    one_draw: bool,
    /// Of some rows ahead.
    inputs: Vec<Inputs<T, N>>,
    state: State<T, N>,
}

impl<'a, T: Real, R: Reader, const N: usize> Block<'a, T, R, N> {
    fn new(members: &'a [Member<'a>], set: InstructionSet, reference: Reference<'a>) -> Self {
        let compiled = members[0].2;
        let rooms = compiled.plant.rooms;
        let houses = compiled.systems.iter().zip(&compiled.plant.states);
        let houses: Vec<House> = houses
            .map(|(system, modal)| House::new(&system.output, modal, rooms, N))
            .collect();
        let makers: Vec<RowMaker<'a>> = members.iter().map(|m| RowMaker::lean(m.1)).collect();
        let alike = (0..members.len())
            .map(|d| {
                let (device, before) = (members[d].1.device, &members[..d]);
                // Within a pack: the others are not in the same row.
                let first = d / T::LANES * T::LANES;
                [same_unit, same_mains].map(|same: fn(&Device, &Device) -> bool| {
                    let mut pack = before[first..].iter();
                    let found = pack.position(|m| same(m.1.device, device));
                    found.map(|k| first + k)
                })
            })
            .collect();
        let packs = members
            .chunks(T::LANES)
            .zip(makers.chunks(T::LANES))
            .map(|(members, makers)| Pack::new(members, makers))
            .collect();
        Self {
            members,
            set,
            reference,
            network_state: 0,
            commons: Vec::with_capacity(TILE),
            spare: vec![T::splat(0.0); houses[0].modes()],
            houses,
            makers,
            alike,
            same_prices: (0..members.len())
                .map(|d| {
                    let first = d / T::LANES * T::LANES;
                    d > first && members[d].1.scenario.grid == members[first].1.scenario.grid
                })
                .collect(),
            sums: Vec::with_capacity(TILE),
            layers: Vec::new(),
            records: members.iter().map(|m| Record::new(m.1, m.2)).collect(),
            books: members.iter().map(|_| R::Book::default()).collect(),
            packs,
        }
    }

    fn run(
        mut self,
        reader: &R,
        progress: &dyn Progress,
    ) -> Vec<Result<(Done, R::Book), RunError>> {
        let period = &self.members[0].1.scenario.period;
        let warmup: Vec<usize> = device::warmup_rows(period).collect();
        for rows in warmup.chunks(TILE) {
            self.tile(rows, false);
        }
        self.makers.iter_mut().for_each(RowMaker::forget);
        for (d, record) in self.records.iter_mut().enumerate() {
            let (pack, lane) = (&self.packs[d / T::LANES], d % T::LANES);
            let stored_j = pack.stored_j(self.members[d].2, self.network_state, lane);
            record.open(&pack.state, lane, stored_j);
        }
        let rows = ((period.end_s - period.start_s) / i64::from(ROW_S)) as usize;
        let all: Vec<usize> = (0..rows).collect();
        // The first rows are those of two days, so that they hold a local day.
        let (first, others) = all.split_at(rows.min(2 * TILE));
        for tiles in std::iter::once(first).chain(others.chunks(TILE)) {
            for rows in tiles.chunks(TILE) {
                self.tile(rows, true);
                progress.days(self.members.len() as f64 * rows.len() as f64 / TILE as f64);
            }
            self.read(reader);
        }
        self.finish(period)
    }

    /// Takes all devices through some rows, a pack after the other, so that what
    /// each needs is near the processor; writes them down where it `counts`.
    fn tile(&mut self, rows: &[usize], counts: bool) {
        let rooms = self.members[0].2.plant.rooms;
        let begins_in = self.network_state;
        self.commons.resize_with(rows.len(), RowOfHouse::default);
        for (&i, to) in rows.iter().zip(&mut self.commons) {
            self.reference.row(i);
            to.network_state = self.reference.network_state();
            let (forcing, base_output) = self.reference.forced();
            self.houses[to.network_state].force(forcing, &mut to.forcing);
            to.base_output.resize(KERNEL_OUTPUTS * N, 0.0);
            let outputs = base_output.chunks_exact(rooms);
            for (to, from) in to.base_output.chunks_exact_mut(N).zip(outputs) {
                to[..rooms].copy_from_slice(from);
            }
        }
        for p in 0..self.packs.len() {
            let mut state = begins_in;
            let devices = p * T::LANES..self.makers.len().min((p + 1) * T::LANES);
            self.sums.clear();
            self.layers.clear();
            for (rows, commons) in rows.chunks(AHEAD).zip(self.commons.chunks(AHEAD)) {
                // All inputs first: what is written in parts and read as a whole at
                // once keeps the processor waiting.
                for (k, &i) in rows.iter().enumerate() {
                    self.packs[p].begin_inputs(k);
                    for d in devices.clone() {
                        let (before, own) = self.makers.split_at_mut(d);
                        let [unit, mains] = self.alike[d].map(|d| d.map(|d| &before[d]));
                        own[0].prepare_row(i, !counts, unit, mains);
                        let lane = d % T::LANES;
                        self.packs[p].set_inputs(k, lane, self.members[d].1, &own[0], i);
                        if counts {
                            self.records[d].note(&own[0]);
                        }
                    }
                }
                for (k, common) in commons.iter().enumerate() {
                    let old = std::mem::replace(&mut state, common.network_state);
                    if old != state {
                        let matrix = self.reference.transfer(old, state);
                        self.packs[p].change_state(matrix, &mut self.spare);
                    }
                    let common = Common {
                        house: &self.houses[state],
                        forcing: &common.forcing,
                        base_output: &common.base_output,
                    };
                    let sums = self.packs[p].step(k, self.set, &common);
                    if counts {
                        self.sums.push(sums);
                        self.layers.extend_from_slice(&self.packs[p].state.layers);
                    }
                }
                self.packs[p].end_inputs(rows.len());
            }
            self.network_state = state;
            for d in devices.clone().filter(|_| counts) {
                let (before, own) = self.records.split_at_mut(d);
                let like = self.same_prices[d].then(|| &before[devices.start]);
                own[0].rows(
                    self.members[d].1,
                    rows,
                    &self.sums,
                    &self.layers,
                    d % T::LANES,
                    like,
                );
            }
        }
    }

    /// Gives the rows so far to the reader and forgets them.
    fn read(&mut self, reader: &R) {
        for ((book, record), member) in self
            .books
            .iter_mut()
            .zip(&mut self.records)
            .zip(self.members)
        {
            reader.read(member.0, book, &record.trace);
            record.trace.forget_rows();
        }
    }

    fn finish(self, period: &Period) -> Vec<Result<(Done, R::Book), RunError>> {
        let days = (period.end_s - period.start_s) as f64 / S_PER_DAY;
        let state = self.network_state;
        let ended = self.records.into_iter().zip(self.books).zip(self.members);
        ended
            .enumerate()
            .map(|(d, ((record, book), member))| {
                let (pack, lane) = (&self.packs[d / T::LANES], d % T::LANES);
                let stored_j = pack.stored_j(member.2, state, lane);
                if !(stored_j[0] + stored_j[1]).is_finite() {
                    return Err(RunError::NotFinite {
                        device: member.1.device.id.clone(),
                        what: "a temperature",
                        at: "the end".into(),
                        days,
                    });
                }
                Ok((record.finish(&pack.state, lane, stored_j), book))
            })
            .collect()
    }
}

impl<T: Real, const N: usize> Pack<T, N> {
    fn new(members: &[Member<'_>], makers: &[RowMaker<'_>]) -> Self {
        let plants: Vec<&Plant<f64>> = members.iter().map(|m| &m.2.plant).collect();
        let Some(mut plant) = Plant::<T>::pack(&plants) else {
            unreachable!("devices of one layout")
        };
        let start_c = || makers.iter().map(RowMaker::start_room_c);
        let system = &members[0].2.systems[0];
        let z: Vec<Vec<f64>> = start_c().map(|c| system.uniform_state(c)).collect();
        let z = (0..system.modes).map(|m| pack(z.iter().map(|z| z[m])));
        let tank_c = |m: &Member<'_>| m.1.device.tank.as_ref().map_or(0.0, |t| t.start_c);
        let layers = members[0].1.device.tank.as_ref().map_or(0, |t| t.layers);
        let layers = vec![pack(members.iter().map(tank_c)); layers];
        let mut inputs = Inputs::idle();
        for r in 0..N {
            let own = plant.rooms > r;
            inputs.own_valve[r] = if own {
                plant.constants.valves
            } else {
                T::splat(1.0)
            };
        }
        let curved = plant
            .emitters
            .iter()
            .any(|e| e.law.coefficient_w.gt(T::splat(0.0)).any());
        // Places without a room have nothing to give.
        let mut none = plant.emitters[0];
        (none.present, none.law.coefficient_w) = (T::splat(0.0), T::splat(0.0));
        (none.fan_w, none.supply_w_per_k) = (T::splat(0.0), T::splat(0.0));
        plant.emitters.resize(N.max(plant.rooms), none);
        Self {
            state: State::new(z.collect(), layers, pack(start_c())),
            plant,
            curved,
            one_unit: members
                .iter()
                .all(|m| same_unit(members[0].1.device, m.1.device)),
            one_draw: members.iter().skip(1).all(|m| {
                let [first, other] = [&members[0], m].map(|m| &m.1.device.hot_water);
                first.draw_l_per_s == other.draw_l_per_s
            }),
            inputs: vec![inputs; AHEAD],
        }
    }

    /// Puts all devices into another state of the network.
    fn change_state(&mut self, matrix: &[f64], spare: &mut Vec<T>) {
        let z = &mut self.state.z;
        for (to, row) in spare.iter_mut().zip(matrix.chunks_exact(z.len())) {
            let mut sum = T::splat(0.0);
            for (&z, &factor) in z.iter().zip(row) {
                sum += z * T::splat(factor);
            }
            *to = sum;
        }
        std::mem::swap(z, spare);
    }

    /// Begins the inputs of row `k` ahead with those of the row before.
    fn begin_inputs(&mut self, k: usize) {
        if k > 0 {
            let (before, own) = self.inputs.split_at_mut(k);
            own[0].clone_from(&before[k - 1]);
        }
        self.inputs[k].draws = [false; MINUTES];
    }

    /// Of so many rows the last is the first to begin with.
    fn end_inputs(&mut self, rows: usize) {
        self.inputs.swap(0, rows - 1);
    }

    /// Takes over the row that a device has prepared, as row `k` ahead.
    fn set_inputs(&mut self, k: usize, lane: usize, job: &Job<'_>, maker: &RowMaker<'_>, i: usize) {
        let row = maker.row(&NO_PART, 0, &[], &[]);
        let inputs = &mut self.inputs[k];
        if maker.is_fresh() {
            let allowed = row.device.heat_allowed > 0.5;
            for (r, set) in row.rooms.iter().enumerate() {
                inputs.set_room(r, lane, set, allowed);
                let own = self.plant.constants.valves.lane(lane) * set.counts;
                inputs.own_valve[r].set_lane(lane, own);
            }
            inputs.set_device(lane, row.device);
        }
        inputs.set_weather(lane, row.device);
        match self.one_unit {
            true if lane == 0 => inputs.map = FlowCurve::splat(row.heating),
            true => {}
            false => inputs.map.set_lane(lane, row.heating),
        }
        inputs.mains_c.set_lane(lane, row.mains_c);
        match self.one_draw {
            true if lane == 0 => {
                let draw_l = minutes_l(job, i);
                for (minute, litres) in draw_l.into_iter().enumerate() {
                    inputs.draws[minute] = litres > 0.0;
                    inputs.draw_l[minute] = T::splat(litres);
                }
            }
            true => {}
            false => {
                let draw_l = minutes_l(job, i);
                for (minute, litres) in draw_l.into_iter().enumerate() {
                    inputs.draws[minute] |= litres > 0.0;
                    inputs.draw_l[minute].set_lane(lane, litres);
                }
            }
        }
    }

    /// Steps through row `k` ahead.
    fn step(&mut self, k: usize, set: InstructionSet, common: &Common<'_>) -> Sums<T, N> {
        let inputs = &self.inputs[k];
        kernel::step(
            set,
            self.curved,
            &self.plant,
            common,
            inputs,
            &mut self.state,
        )
    }

    /// Heat in a house and in its tank, J.
    fn stored_j(&self, compiled: &Compiled, network_state: usize, lane: usize) -> [f64; 2] {
        let z: Vec<f64> = self.state.z.iter().map(|z| z.lane(lane)).collect();
        let tank_j = compiled.plant.tank.as_ref().map_or(0.0, |p| {
            let layers: Vec<f64> = self.state.layers.iter().map(|c| c.lane(lane)).collect();
            crate::physics::tank::stored_j(p, &layers)
        });
        [compiled.systems[network_state].stored_j(&z), tank_j]
    }
}

/// What a device's taps want in each minute of row `i`, l.
fn minutes_l(job: &Job<'_>, i: usize) -> [f64; MINUTES] {
    let t_s = job.scenario.period.start_s + i as i64 * i64::from(ROW_S);
    let draws = &job.device.hot_water.draw_l_per_s;
    let mut draw_l = [0.0; MINUTES];
    let mut at_s = 0.0;
    for part in Parts::new(draws, t_s, i64::from(ROW_S)) {
        let to_s = at_s + part.duration_s;
        while part.draw_l_per_s > 0.0 && at_s < to_s {
            let minute = (at_s / kernel::MINUTE_S) as usize;
            let until_s = to_s.min((minute + 1) as f64 * kernel::MINUTE_S);
            draw_l[minute] += part.draw_l_per_s * (until_s - at_s);
            at_s = until_s;
        }
        at_s = to_s;
    }
    draw_l
}

/// No time passes.
const NO_PART: Part = Part {
    duration_s: 0.0,
    draw_l_per_s: 0.0,
};

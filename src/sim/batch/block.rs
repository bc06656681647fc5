//! A block: devices of one layout, a lane each, through all their rows. Each
//! device makes its own inputs, one after the other; the step takes all lanes
//! at once.

use std::ops::Range;

use super::Reader;
use crate::control::setpoints::{DeviceSetpoints, RoomSetpoints};
use crate::numeric::simd::InstructionSet;
use crate::numeric::{Mask, Real, pack, set_lane, take_lane};
use crate::physics::heat_pump::FlowCurve;
use crate::plant::Plant;
use crate::plant::compile::Compiled;
use crate::plant::params::KERNEL_OUTPUTS;
use crate::sim::device::{self, Ahead, Done, Job, Walk};
use crate::sim::error::RunError;
use crate::sim::kernel::{Row, State, Steps, Sums};
use crate::sim::parts::{Part, Parts};
use crate::sim::recorder::Recorder;
use crate::sim::run::Progress;
use crate::units::S_PER_DAY;

/// A device of a block: its scenario's number, its job, and itself compiled.
pub(super) type Member<'a> = (usize, &'a Job<'a>, &'a Compiled);

/// A quarter-hour is settled as a whole, s.
const QUARTER_S: i64 = 900;

/// Devices side by side.
pub(super) struct Block<'a, T: Real, R: Reader> {
    members: &'a [Member<'a>],
    set: InstructionSet,
    walks: Vec<Walk<'a>>,
    shares: Vec<Shares>,
    /// The first fault of each device; the others go on.
    faults: Vec<Option<RunError>>,
    books: Vec<R::Book>,
    parts: Vec<Parts<'a>>,
    part: Vec<Option<Part>>,
    /// The plant in each lane's network state.
    plant: Plant<T>,
    state: State<T>,
    sums: Sums<T>,
    inputs: Inputs<T>,
    /// A device's inputs depend on its state.
    looks_at_state: bool,
    /// The watch looked at the last row.
    watched: bool,
}

impl<'a, T: Steps, R: Reader> Block<'a, T, R> {
    /// Runs up to `T::LANES` devices of one layout. Outcomes are in their order.
    pub(super) fn run(
        members: &'a [Member<'a>],
        set: InstructionSet,
        reader: &R,
        progress: &dyn Progress,
    ) -> Vec<Result<(Done, R::Book), RunError>> {
        let Some(mut block) = Self::new(members, set) else {
            return Vec::new();
        };
        let period = &members[0].1.scenario.period;
        let step_s = i64::from(period.step_s);
        for i in device::warmup_rows(period) {
            block.prepare(i, true, &mut []);
            block.step(i);
        }
        let record_s = device::record_s(period);
        let mut recorders = block.open_books(record_s);

        let rows = (period.end_s - period.start_s) / step_s;
        let record_rows = i64::from(record_s) / step_s;
        let day_rows = (S_PER_DAY as i64 / step_s).max(1);
        let quarters = period.start_s % QUARTER_S == 0;
        for i in 0..rows {
            block.prepare(i as usize, false, &mut recorders);
            block.step(i as usize);
            block.watch();
            if (i + 1) % record_rows == 0 || i + 1 == rows {
                block.end_interval(i + 1, record_rows, &mut recorders);
            }
            if (i + 1) % day_rows == 0 {
                progress.days(members.len() as f64);
                if quarters && i + 1 > day_rows && i + 1 < rows {
                    block.read(reader, &mut recorders);
                }
            }
        }
        block.finish(reader, recorders)
    }

    fn new(members: &'a [Member<'a>], set: InstructionSet) -> Option<Self> {
        let first = members.first()?;
        let step_s = i64::from(first.1.scenario.period.step_s);
        let walks: Vec<Walk<'a>> = members
            .iter()
            .map(|(_, job, compiled)| Walk::new(job, compiled, step_s))
            .collect();
        let plants: Vec<&Plant<f64>> = members.iter().map(|m| &m.2.plant).collect();
        let plant = Plant::<T>::pack(&plants)?;
        let across = |read: &dyn for<'w> Fn(&'w Walk<'a>) -> &'w [f64]| -> Vec<T> {
            (0..read(&walks[0]).len())
                .map(|i| pack(walks.iter().map(|w| read(w)[i])))
                .collect()
        };
        let z = across(&|w| &w.state.z);
        let layers = across(&|w| &w.state.layers);
        let modes = z.len();
        let mut state = State::new(&plant, z, layers);
        state.water_c = pack(walks.iter().map(|w| w.state.water_c));
        Some(Self {
            members,
            set,
            shares: (0..walks.len()).map(|d| Shares::of(&walks, d)).collect(),
            faults: members.iter().map(|_| None).collect(),
            books: members.iter().map(|_| R::Book::default()).collect(),
            parts: Vec::with_capacity(members.len()),
            part: vec![None; members.len()],
            sums: Sums::new(plant.rooms, modes, state.heats.len()),
            inputs: Inputs::new(plant.rooms, modes),
            looks_at_state: walks.iter().any(Walk::looks_at_state),
            watched: false,
            plant,
            state,
            walks,
        })
    }

    /// Lanes that have a device's values: its own, and behind the last device
    /// all that are left.
    fn lanes_of(&self, d: usize) -> Range<usize> {
        let last = d + 1 == self.walks.len();
        d..if last { T::LANES } else { d + 1 }
    }

    /// Inputs of row `i` of all lanes.
    fn prepare(&mut self, i: usize, warming: bool, recorders: &mut [Recorder<'a>]) {
        for d in 0..self.walks.len() {
            let lanes = self.lanes_of(d);
            let (before, own) = self.walks.split_at_mut(d);
            let (walk, ahead) = (&mut own[0], self.shares[d].ahead(before));
            let old = walk.network_state;
            if self.looks_at_state {
                self.state.take_seen(d, &mut walk.state);
            }
            walk.prepare(i, warming, ahead);
            if walk.network_state != old {
                if let Some(recorder) = recorders.get_mut(d) {
                    self.sums.take_lane(d, &mut walk.sums);
                    walk.end_stretch(old, recorder);
                    recorder.leave(old);
                }
                let modal = &walk.compiled.plant.states[walk.network_state];
                for lane in lanes.clone() {
                    self.plant.states[0].set_lane(lane, modal);
                    set_lane(&mut self.state.z, lane, &walk.state.z);
                    if !recorders.is_empty() {
                        self.sums.forget_integrals(lane);
                    }
                }
                self.state.forget_outputs();
            }
            walk.force(ahead);
            let row = walk.row_of(&NO_PART);
            for lane in lanes {
                self.inputs.set_lane(lane, &row, walk.maker.is_fresh());
            }
        }
    }

    /// Steps all lanes through the row that was prepared: part by part of each
    /// device, as many at once as devices have parts.
    fn step(&mut self, i: usize) {
        let t_s = self.walks[0].row_starts_s(i);
        self.parts.clear();
        self.parts.extend(self.walks.iter().map(|w| w.parts(t_s)));
        loop {
            let mut any = false;
            for d in 0..self.walks.len() {
                let part = self.parts[d].next();
                any |= part.is_some();
                self.part[d] = part;
                let Part {
                    duration_s,
                    draw_l_per_s,
                } = part.unwrap_or(NO_PART);
                for lane in self.lanes_of(d) {
                    self.inputs.duration_s.set_lane(lane, duration_s);
                    self.inputs.draw_l_per_s.set_lane(lane, draw_l_per_s);
                }
            }
            if !any {
                break;
            }
            let before_j = self.sums.missing_j;
            T::step(
                self.set,
                &self.plant,
                &self.inputs.row(),
                &mut self.state,
                &mut self.sums,
            );
            for (d, (walk, part)) in self.walks.iter_mut().zip(&self.part).enumerate() {
                if let Some(part) = part {
                    let missing_j = self.sums.missing_j.lane(d) - before_j.lane(d);
                    walk.watch.tap(part.draw_l_per_s > 0.0, missing_j);
                }
            }
        }
        self.walks.iter_mut().for_each(Walk::book_inputs);
        self.check(i);
    }

    /// A state that is not finite is a fault of its device.
    fn check(&mut self, i: usize) {
        let mut sum = T::splat(0.0);
        for &x in self.state.y.iter().chain(&self.state.layers) {
            sum += x;
        }
        for (d, walk) in self.walks.iter_mut().enumerate() {
            if !sum.lane(d).is_finite() && self.faults[d].is_none() {
                self.state.take_lane(d, &mut walk.state);
                self.faults[d] = walk.check(i).err();
            }
        }
    }

    /// From now on it counts.
    fn open_books(&mut self, record_s: u32) -> Vec<Recorder<'a>> {
        self.sums.clear();
        let state = &self.state;
        let open = |(d, walk): (usize, &mut Walk<'a>)| {
            state.take_lane(d, &mut walk.state);
            walk.open_books(record_s)
        };
        self.walks.iter_mut().enumerate().map(open).collect()
    }

    /// Looks at the row that has passed. What the watch does not wait for is
    /// not shown to it.
    fn watch(&mut self) {
        let tank = &self.state.memory.tank;
        let looks = (tank.disinfecting | (tank.at_limit & tank.forced)).any();
        if !looks && !self.watched {
            return;
        }
        self.watched = looks;
        for (d, walk) in self.walks.iter_mut().enumerate() {
            self.state.take_lane(d, &mut walk.state);
            let seen = walk.seen();
            walk.watch.row(walk.job.device, &walk.state, &seen);
        }
    }

    /// Ends a recording interval after `rows` rows.
    fn end_interval(&mut self, rows: i64, record_rows: i64, recorders: &mut [Recorder<'a>]) {
        for (d, (walk, recorder)) in self.walks.iter_mut().zip(recorders).enumerate() {
            // No more than a recorder reads.
            take_lane(&self.state.y, d, &mut walk.state.y);
            take_lane(&self.state.layers, d, &mut walk.state.layers);
            walk.state.memory.source.starts = self.state.memory.source.starts.lane(d);
            self.sums.take_lane(d, &mut walk.sums);
            walk.end_interval(rows, record_rows, recorder);
        }
        self.sums.clear();
    }

    /// Gives the rows so far to the reader and forgets them.
    fn read(&mut self, reader: &R, recorders: &mut [Recorder<'a>]) {
        for ((book, recorder), member) in self.books.iter_mut().zip(recorders).zip(self.members) {
            reader.read(member.0, book, recorder.rows());
            recorder.forget_rows();
        }
    }

    fn finish(
        mut self,
        reader: &R,
        mut recorders: Vec<Recorder<'a>>,
    ) -> Vec<Result<(Done, R::Book), RunError>> {
        recorders.iter_mut().for_each(Recorder::close_quarter);
        self.read(reader, &mut recorders);
        let Self {
            mut walks,
            faults,
            books,
            state,
            ..
        } = self;
        let ended = walks.iter_mut().zip(recorders).zip(faults).zip(books);
        ended
            .enumerate()
            .map(|(d, (((walk, recorder), fault), book))| {
                if let Some(fault) = fault {
                    return Err(fault);
                }
                state.take_lane(d, &mut walk.state);
                Ok((walk.done(recorder), book))
            })
            .collect()
    }
}

/// For each thing that devices may have in common, the first device of the
/// block that a later one shares it with.
#[derive(Clone, Copy)]
struct Shares {
    surroundings: Option<usize>,
    fabric: Option<usize>,
    unit: Option<usize>,
    mains: Option<usize>,
}

impl Shares {
    fn of(walks: &[Walk<'_>], d: usize) -> Self {
        let (walk, before) = (&walks[d], &walks[..d]);
        Self {
            surroundings: before.iter().position(|w| walk.shares_surroundings(w)),
            fabric: before.iter().position(|w| walk.shares_fabric(w)),
            unit: before.iter().position(|w| walk.shares_unit(w)),
            mains: before.iter().position(|w| walk.shares_mains(w)),
        }
    }

    fn ahead<'w, 'a>(self, before: &'w [Walk<'a>]) -> Ahead<'w, 'a> {
        let of = |d: Option<usize>| d.map(|d| &before[d]);
        Ahead {
            surroundings: of(self.surroundings),
            fabric: of(self.fabric),
            unit: of(self.unit),
            mains: of(self.mains),
        }
    }
}

/// No time passes.
const NO_PART: Part = Part {
    duration_s: 0.0,
    draw_l_per_s: 0.0,
};

/// A row's inputs side by side.
struct Inputs<T: Real> {
    duration_s: T,
    draw_l_per_s: T,
    forcing: Vec<T>,
    base_output: Vec<T>,
    rooms: Vec<RoomSetpoints<T>>,
    device: DeviceSetpoints<T>,
    heating: FlowCurve<T>,
    cooling: FlowCurve<T>,
    mains_c: T,
    ideal_heat_c: Vec<T>,
    ideal_cool_c: Vec<T>,
}

impl<T: Real> Inputs<T> {
    fn new(rooms: usize, modes: usize) -> Self {
        let zero = T::splat(0.0);
        Self {
            duration_s: zero,
            draw_l_per_s: zero,
            forcing: vec![zero; modes],
            base_output: vec![zero; KERNEL_OUTPUTS * rooms],
            rooms: vec![RoomSetpoints::idle(); rooms],
            device: DeviceSetpoints::idle(),
            heating: FlowCurve::default(),
            cooling: FlowCurve::default(),
            mains_c: zero,
            ideal_heat_c: vec![zero; rooms],
            ideal_cool_c: vec![zero; rooms],
        }
    }

    /// Puts a device's row into a lane, but for duration and draw; the rooms'
    /// thresholds where they are `fresh`.
    fn set_lane(&mut self, lane: usize, row: &Row<'_, f64>, fresh: bool) {
        set_lane(&mut self.forcing, lane, row.forcing);
        set_lane(&mut self.base_output, lane, row.base_output);
        if fresh {
            for (to, from) in self.rooms.iter_mut().zip(row.rooms) {
                to.set_lane(lane, from);
            }
        }
        self.device.set_lane(lane, row.device);
        self.heating.set_lane(lane, row.heating);
        self.cooling.set_lane(lane, row.cooling);
        self.mains_c.set_lane(lane, row.mains_c);
        set_lane(&mut self.ideal_heat_c, lane, row.ideal_heat_c);
        set_lane(&mut self.ideal_cool_c, lane, row.ideal_cool_c);
    }

    fn row(&self) -> Row<'_, T> {
        Row {
            duration_s: self.duration_s,
            state: 0,
            forcing: &self.forcing,
            base_output: &self.base_output,
            rooms: &self.rooms,
            device: &self.device,
            heating: &self.heating,
            cooling: &self.cooling,
            draw_l_per_s: self.draw_l_per_s,
            mains_c: self.mains_c,
            ideal_heat_c: &self.ideal_heat_c,
            ideal_cool_c: &self.ideal_cool_c,
        }
    }
}

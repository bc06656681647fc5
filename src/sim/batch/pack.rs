//! A pack: as many devices of a block as a number has lanes, a lane each. The
//! step takes all lanes at once.

use std::ops::Range;

use crate::control::setpoints::{DeviceSetpoints, RoomSetpoints};
use crate::numeric::simd::InstructionSet;
use crate::numeric::{Mask, Real, pack, set_lane, take_lane};
use crate::physics::heat_pump::FlowCurve;
use crate::plant::Plant;
use crate::plant::params::KERNEL_OUTPUTS;
use crate::sim::device::Walk;
use crate::sim::error::RunError;
use crate::sim::kernel::{Row, State, Steps, Sums};
use crate::sim::parts::{Part, Parts};
use crate::sim::recorder::Recorder;

/// Devices side by side. All methods take the walks of its own devices, or one
/// of them with its lane.
pub(super) struct Pack<'a, T: Steps> {
    devices: usize,
    parts: Vec<Parts<'a>>,
    part: Vec<Option<Part>>,
    /// The plant in each lane's network state.
    plant: Plant<T>,
    state: State<T>,
    sums: Sums<T>,
    inputs: Inputs<T>,
    /// All have one heat pump under one weather.
    one_unit: bool,
    /// The watch looked at the last row.
    watched: bool,
}

impl<'a, T: Steps> Pack<'a, T> {
    /// Of one device to `T::LANES` devices of one layout.
    pub(super) fn new(walks: &[Walk<'a>], one_unit: bool) -> Option<Self> {
        let first = walks.first()?;
        let plants: Vec<&Plant<f64>> = walks.iter().map(|w| &w.compiled.plant).collect();
        let plant = Plant::<T>::pack(&plants)?;
        let across = |read: &dyn for<'w> Fn(&'w Walk<'a>) -> &'w [f64]| -> Vec<T> {
            (0..read(first).len())
                .map(|i| pack(walks.iter().map(|w| read(w)[i])))
                .collect()
        };
        let z = across(&|w| &w.state.z);
        let layers = across(&|w| &w.state.layers);
        let modes = z.len();
        let mut state = State::new(&plant, z, layers);
        state.water_c = pack(walks.iter().map(|w| w.state.water_c));
        Some(Self {
            devices: walks.len(),
            parts: Vec::with_capacity(walks.len()),
            part: vec![None; walks.len()],
            sums: Sums::new(plant.rooms, modes, state.heats.len()),
            inputs: Inputs::new(plant.rooms, modes, plant.ideal),
            one_unit,
            watched: false,
            plant,
            state,
        })
    }

    /// Lanes that have a device's values: its own, and behind the last device
    /// all that are left.
    fn lanes_of(&self, lane: usize) -> Range<usize> {
        let last = lane + 1 == self.devices;
        lane..if last { T::LANES } else { lane + 1 }
    }

    /// Shows a device its outputs.
    pub(super) fn show_outputs(&self, lane: usize, walk: &mut Walk<'a>) {
        take_lane(&self.state.y, lane, &mut walk.state.y);
    }

    /// Puts what a row's inputs may depend on into a device's state.
    pub(super) fn show(&self, lane: usize, seen: &mut State<f64>) {
        self.state.take_seen(lane, seen);
    }

    /// Shows a device its sums.
    pub(super) fn show_sums(&mut self, lane: usize, walk: &mut Walk<'a>) {
        self.sums.take_lane(lane, &mut walk.sums);
    }

    /// Shows a device all of its state.
    pub(super) fn show_all(&self, lane: usize, walk: &mut Walk<'a>) {
        self.state.take_lane(lane, &mut walk.state);
    }

    /// A device's network is in another state, with its modes. Where it `counts`,
    /// the integrals so far are booked.
    pub(super) fn change_state(&mut self, lane: usize, walk: &Walk<'a>, counts: bool) {
        let modal = &walk.compiled.plant.states[walk.network_state];
        for lane in self.lanes_of(lane) {
            self.plant.states[0].set_lane(lane, modal);
            set_lane(&mut self.state.z, lane, &walk.state.z);
            if counts {
                self.sums.forget_integrals(lane);
            }
        }
        self.state.forget_outputs();
    }

    /// Takes over the row that a device has prepared.
    pub(super) fn set_inputs(&mut self, lane: usize, walk: &Walk<'a>) {
        let row = walk.row_of(&NO_PART);
        let lanes = self.lanes_of(lane);
        // Of one unit the first device brings the curves for all.
        let unit_lanes = match (self.one_unit, lane) {
            (true, 0) => 0..T::LANES,
            (true, _) => 0..0,
            (false, _) => lanes.clone(),
        };
        self.inputs.set_unit(unit_lanes, &row);
        for lane in lanes {
            self.inputs.set_lane(lane, &row, walk.maker.is_fresh());
        }
    }

    /// Steps all lanes through the row that was prepared: part by part of each
    /// device, as many at once as devices have parts.
    pub(super) fn step(&mut self, set: InstructionSet, i: usize, walks: &mut [Walk<'a>]) {
        let Some(first) = walks.first() else {
            return;
        };
        let t_s = first.row_starts_s(i);
        self.parts.clear();
        self.parts.extend(walks.iter().map(|w| w.parts(t_s)));
        loop {
            let mut any = false;
            for lane in 0..self.devices {
                let part = self.parts[lane].next();
                any |= part.is_some();
                self.part[lane] = part;
                let Part {
                    duration_s,
                    draw_l_per_s,
                } = part.unwrap_or(NO_PART);
                for lane in self.lanes_of(lane) {
                    self.inputs.duration_s.set_lane(lane, duration_s);
                    self.inputs.draw_l_per_s.set_lane(lane, draw_l_per_s);
                }
            }
            if !any {
                break;
            }
            let before_j = self.sums.missing_j;
            T::step(
                set,
                &self.plant,
                &self.inputs.row(),
                &mut self.state,
                &mut self.sums,
            );
            for (lane, (walk, part)) in walks.iter_mut().zip(&self.part).enumerate() {
                if let Some(part) = part {
                    let missing_j = self.sums.missing_j.lane(lane) - before_j.lane(lane);
                    walk.watch.tap(part.draw_l_per_s > 0.0, missing_j);
                }
            }
        }
        walks.iter_mut().for_each(Walk::book_inputs);
    }

    /// A state that is not finite is a fault of its device.
    pub(super) fn check(&self, i: usize, walks: &mut [Walk<'a>], faults: &mut [Option<RunError>]) {
        let mut sum = T::splat(0.0);
        for &x in self.state.y.iter().chain(&self.state.layers) {
            sum += x;
        }
        for (lane, (walk, fault)) in walks.iter_mut().zip(faults).enumerate() {
            if !sum.lane(lane).is_finite() && fault.is_none() {
                self.show_all(lane, walk);
                *fault = walk.check(i).err();
            }
        }
    }

    /// From now on it counts.
    pub(super) fn open_books(
        &mut self,
        walks: &mut [Walk<'a>],
        record_s: u32,
    ) -> Vec<Recorder<'a>> {
        self.sums.clear();
        let open = |(lane, walk): (usize, &mut Walk<'a>)| {
            self.show_all(lane, walk);
            walk.open_books(record_s)
        };
        walks.iter_mut().enumerate().map(open).collect()
    }

    /// Looks at the row that has passed. What the watch does not wait for is
    /// not shown to it.
    pub(super) fn watch(&mut self, walks: &mut [Walk<'a>]) {
        let tank = &self.state.memory.tank;
        let looks = (tank.disinfecting | (tank.at_limit & tank.forced)).any();
        if !looks && !self.watched {
            return;
        }
        self.watched = looks;
        for (lane, walk) in walks.iter_mut().enumerate() {
            self.show_all(lane, walk);
            let seen = walk.seen();
            walk.watch.row(walk.job.device, &walk.state, &seen);
        }
    }

    /// Ends a recording interval after `rows` rows.
    pub(super) fn end_interval(
        &mut self,
        rows: i64,
        record_rows: i64,
        walks: &mut [Walk<'a>],
        recorders: &mut [Recorder<'a>],
    ) {
        for (lane, (walk, recorder)) in walks.iter_mut().zip(recorders).enumerate() {
            // No more than a recorder reads.
            take_lane(&self.state.y, lane, &mut walk.state.y);
            take_lane(&self.state.layers, lane, &mut walk.state.layers);
            walk.state.memory.source.starts = self.state.memory.source.starts.lane(lane);
            self.sums.take_lane(lane, &mut walk.sums);
            walk.end_interval(rows, record_rows, recorder);
        }
        self.sums.clear();
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
    /// Whether the last two are read.
    ideal: bool,
}

impl<T: Real> Inputs<T> {
    fn new(rooms: usize, modes: usize, ideal: bool) -> Self {
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
            ideal,
        }
    }

    /// Puts a device's row into a lane, but for duration, draw and heat pump; the
    /// rooms' thresholds where they are `fresh`.
    fn set_lane(&mut self, lane: usize, row: &Row<'_, f64>, fresh: bool) {
        set_lane(&mut self.forcing, lane, row.forcing);
        set_lane(&mut self.base_output, lane, row.base_output);
        if fresh {
            for (to, from) in self.rooms.iter_mut().zip(row.rooms) {
                to.set_lane(lane, from);
            }
        }
        self.device.set_lane(lane, row.device);
        self.mains_c.set_lane(lane, row.mains_c);
        if self.ideal {
            set_lane(&mut self.ideal_heat_c, lane, row.ideal_heat_c);
            set_lane(&mut self.ideal_cool_c, lane, row.ideal_cool_c);
        }
    }

    /// Puts a device's heat pump into these lanes.
    fn set_unit(&mut self, lanes: Range<usize>, row: &Row<'_, f64>) {
        if lanes.len() == T::LANES {
            self.heating = FlowCurve::splat(row.heating);
            self.cooling = FlowCurve::splat(row.cooling);
            return;
        }
        for lane in lanes {
            self.heating.set_lane(lane, row.heating);
            self.cooling.set_lane(lane, row.cooling);
        }
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

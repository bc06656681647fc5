//! What the step carries from row to row, what it is given, and its buffers.

use serde::{Deserialize, Serialize};

use crate::control::hysteresis::Band;
use crate::control::law::{self, Command, DeviceBands, Memory, Observation};
use crate::control::setpoints::{DeviceSetpoints, RoomSetpoints};
use crate::numeric::{Mask, Real, Stored, take_lane};
use crate::physics::emitter::{Relaxation, Supply, Weights};
use crate::physics::heat_pump::FlowCurve;
use crate::physics::tank::{self, TankScratch};
use crate::plant::modal::advance::{Lags, dot, multiply};
use crate::plant::params::{KERNEL_OUTPUTS, Plant};

use super::segment::Segment;
use super::space;

/// Inputs that hold for one row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, T: Real> {
    /// Length of the row, s; at most the step that the plant was compiled for.
    pub duration_s: T,
    /// Which of the plant's network states holds.
    pub state: usize,
    /// Modal forcing by weather and internal gains, one a mode.
    pub forcing: &'a [T],
    /// Their direct part in the kernel's outputs, degC.
    pub base_output: &'a [T],
    pub rooms: &'a [RoomSetpoints<T>],
    pub device: &'a DeviceSetpoints<T>,
    /// The heat pump's map at the row's source temperature.
    pub heating: &'a FlowCurve<T>,
    pub cooling: &'a FlowCurve<T>,
    /// Wanted at the tap, mixed to the useful temperature, l/s.
    pub draw_l_per_s: T,
    /// Cold water, degC.
    pub mains_c: T,
    /// Ideal emitters hold these, degC, one a room; far away where they may not act.
    pub ideal_heat_c: &'a [T],
    pub ideal_cool_c: &'a [T],
}

/// State of one device.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "T: Stored")]
pub struct State<T: Real> {
    /// Modal state of house and emitters.
    pub z: Vec<T>,
    /// Tank layers, bottom first, degC (empty without a tank).
    pub layers: Vec<T>,
    pub memory: Memory<T>,
    /// Kernel outputs at the present instant.
    pub y: Vec<T>,
    /// The modes' part of them, and the network state that it was read in (none
    /// at the start).
    pub y_modal: Vec<T>,
    pub read_in: Option<usize>,
    /// Heats of the last segment, W (see [`crate::plant::params::ModalParams::heat_forcing`]).
    pub heats: Vec<T>,
    /// How fast the temperature that each emitter faces changed in the last
    /// segment, K/s: emitters see the room at the middle of the next. Where that
    /// is massless: what stands behind it.
    pub facing_k_per_s: Vec<T>,
    /// Water of the circuit besides the emitters', degC: the flow temperature.
    pub water_c: T,
    /// Flow temperature at which the tank was charged last, degC: the first guess for the next.
    pub flow_guess_c: T,
    pub tank_limit: T::Mask,
    pub full_output: T::Mask,
    pub elapsed_s: T,
    #[serde(skip)]
    pub scratch: Scratch<T>,
}

/// Buffers of a segment; they hold nothing that outlives it.
#[derive(Clone, Debug, Default)]
pub struct Scratch<T: Real> {
    /// What was remembered before a decision that some lanes take back.
    pub before: Memory<T>,
    pub valves: Vec<T::Mask>,
    pub room_bands: Vec<Band<T>>,
    pub bands: DeviceBands<T>,
    pub forcing: Vec<T>,
    pub lags: Lags<T>,
    pub z: Vec<T>,
    /// Outputs: the modes' part at the end; without heats at the start; with
    /// heats at start and end.
    pub modal: Vec<T>,
    pub y_free: Vec<T>,
    pub y0: Vec<T>,
    pub y1: Vec<T>,
    pub heats: Vec<T>,
    pub layers: Vec<T>,
    pub tank: TankScratch<T>,
    /// Each emitter's node and its supply as a line over the flow temperature.
    pub relaxations: Vec<Relaxation<T>>,
    pub weights: Vec<Weights<T>>,
    pub supplies: Vec<Supply<T>>,
    /// What 1 W in each room does to each room; for ideal emitters.
    pub response: Vec<T>,
}

impl<T: Real> State<T> {
    /// A state with everything at rest. `z` and `layers` are the temperatures.
    pub fn new(plant: &Plant<T>, z: Vec<T>, layers: Vec<T>) -> Self {
        let (rooms, modes) = (plant.rooms, z.len());
        let zero = T::splat(0.0);
        let outputs = KERNEL_OUTPUTS * rooms;
        let no = T::Mask::splat(false);
        Self {
            scratch: Scratch {
                before: Memory::new(rooms),
                valves: vec![no; rooms],
                room_bands: vec![Band::default(); rooms],
                bands: DeviceBands::default(),
                forcing: vec![zero; modes],
                lags: Lags::new(&plant.states[0].lambda_per_s, zero),
                z: z.clone(),
                modal: vec![zero; outputs],
                y_free: vec![zero; outputs],
                y0: vec![zero; outputs],
                y1: vec![zero; outputs],
                heats: vec![zero; 2 * rooms],
                layers: layers.clone(),
                tank: TankScratch::new(layers.len()),
                relaxations: vec![Relaxation::default(); rooms],
                weights: vec![Weights::default(); rooms],
                supplies: vec![Supply::default(); rooms],
                response: vec![zero; 2 * rooms * rooms],
            },
            y: vec![zero; outputs],
            y_modal: vec![zero; outputs],
            read_in: None,
            heats: vec![zero; 2 * rooms],
            facing_k_per_s: vec![zero; rooms],
            water_c: T::splat(20.0),
            flow_guess_c: T::splat(35.0),
            tank_limit: no,
            full_output: no,
            elapsed_s: zero,
            memory: Memory::new(rooms),
            z,
            layers,
        }
    }

    /// Puts what a row's inputs may depend on, of one lane, into `to`.
    pub fn take_seen(&self, lane: usize, to: &mut State<f64>) {
        take_lane(&self.z, lane, &mut to.z);
        take_lane(&self.y, lane, &mut to.y);
        take_lane(&self.heats, lane, &mut to.heats);
    }

    /// Puts what a recorder reads, of one lane, into `to`, a house of the same
    /// layout.
    pub fn take_lane(&self, lane: usize, to: &mut State<f64>) {
        self.take_seen(lane, to);
        take_lane(&self.layers, lane, &mut to.layers);
        self.memory.take_lane(lane, &mut to.memory);
        to.water_c = self.water_c.lane(lane);
    }

    /// Outputs under a new row's inputs and the heats still flowing.
    #[inline(always)]
    pub(super) fn enter(&mut self, plant: &Plant<T>, row: &Row<'_, T>) {
        let modal = &plant.states[row.state];
        if self.read_in != Some(row.state) {
            multiply(&modal.output, &self.z, &mut self.y_modal);
            self.read_in = Some(row.state);
        }
        self.add_base(row);
        with_heats(
            &self.scratch.y_free,
            &modal.heat_output,
            &self.heats,
            &mut self.y,
        );
    }

    /// What the control law sees.
    #[inline(always)]
    pub(super) fn observation(&self, plant: &Plant<T>) -> Observation<T> {
        let tank_c = match &plant.tank {
            Some(p) => tank::sensor_c(p, &self.layers),
            None => T::splat(0.0),
        };
        Observation {
            tank_c,
            water_c: self.water_c,
            circuit_c: space::coldest_c(plant, self.water_c, &self.y),
            tank_limit: self.tank_limit,
            full_output: self.full_output,
            elapsed_s: self.elapsed_s,
        }
    }

    /// Makes the segment's end the present. Lanes that had reached the row's
    /// end before (`active` false, their segment was 0 s long) keep what they
    /// had.
    #[inline(always)]
    pub(super) fn commit(
        &mut self,
        plant: &Plant<T>,
        row: &Row<'_, T>,
        command: &Command<T>,
        segment: &Segment<T>,
        active: T::Mask,
        all_active: bool,
    ) {
        let error_k = law::coldest_error(
            &self.y[..plant.rooms],
            row.rooms,
            &self.memory,
            plant.constants.valves.gt(T::splat(0.5)),
        );
        law::elapse(
            command,
            segment.full_output,
            segment.spent,
            segment.dt_s,
            &plant.constants,
            &mut self.memory,
            error_k,
        );
        if !all_active {
            self.memory.keep_where(active, &self.scratch.before);
        }
        let (y0, y1) = (&self.scratch.y0, &self.scratch.y1);
        for (r, slope) in self.facing_k_per_s.iter_mut().enumerate() {
            // Of what stands behind a massless room: that room jumps.
            let of = |output: usize| y1[output] - y0[output];
            let followed = plant.emitters[r].followed;
            let change = (of(2 * plant.rooms + r) - followed * of(plant.rooms + r))
                / (T::splat(1.0) - followed);
            let now = change / segment.dt_s.max(T::splat(1e-3));
            *slope = T::select(active, now, *slope);
        }
        take(active, &mut self.z, &mut self.scratch.z);
        take(active, &mut self.layers, &mut self.scratch.layers);
        take(active, &mut self.heats, &mut self.scratch.heats);
        take(active, &mut self.y, &mut self.scratch.y1);
        take(active, &mut self.y_modal, &mut self.scratch.modal);
        self.add_base(row);
        let keep = |new: T, old: T| T::select(active, new, old);
        self.water_c = keep(segment.water_end_c, self.water_c);
        self.flow_guess_c = keep(segment.flow_guess_c, self.flow_guess_c);
        self.tank_limit = (active & segment.tank_limit) | (!active & self.tank_limit);
        self.full_output = (active & segment.full_output) | (!active & self.full_output);
        self.elapsed_s = keep(segment.dt_s, self.elapsed_s);
    }

    /// Outputs at the present instant, the heats left out.
    #[inline(always)]
    fn add_base(&mut self, row: &Row<'_, T>) {
        let parts = self.y_modal.iter().zip(row.base_output);
        for (free, (modal, base)) in self.scratch.y_free.iter_mut().zip(parts) {
            *free = *modal + *base;
        }
    }
}

/// Moves `new` to `now` in lanes where `active` holds.
#[inline(always)]
fn take<T: Real>(active: T::Mask, now: &mut Vec<T>, new: &mut Vec<T>) {
    if active.all() {
        std::mem::swap(now, new);
    } else {
        for (now, new) in now.iter_mut().zip(new) {
            *now = T::select(active, *new, *now);
        }
    }
}

/// `y = free + heat_output heats`; an empty matrix is one of zeros.
#[inline(always)]
pub(super) fn with_heats<T: Real>(free: &[T], heat_output: &[T], heats: &[T], y: &mut [T]) {
    if heat_output.is_empty() {
        y.copy_from_slice(free);
        return;
    }
    for ((y, free), row) in y
        .iter_mut()
        .zip(free)
        .zip(heat_output.chunks_exact(heats.len()))
    {
        *y = *free + dot(row, heats);
    }
}

//! What the step carries from row to row, what it is given, and its buffers.

use serde::{Deserialize, Serialize};

use crate::control::held::Held;
use crate::control::hysteresis::Band;
use crate::control::law::{self, Command, DeviceBands, Memory, Observation};
use crate::control::setpoints::{DeviceSetpoints, RoomSetpoints};
use crate::numeric::{Mask, Real, Stored, take_lane};
use crate::physics::circuit::WaterLag;
use crate::physics::emitter::{Relaxation, Supply, Weights};
use crate::physics::heat_pump::FlowCurve;
use crate::physics::tank::{self, TankScratch};
use crate::plant::modal::advance::{BLOCK, Lags, add_scaled};
use crate::plant::params::{KERNEL_OUTPUTS, ModalParams, Plant};

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
    /// Kernel outputs at the present instant, filled up to whole blocks.
    pub y: Vec<T>,
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

/// One emitter at the start of a segment, and its supply over the flow temperature.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EmitterNode<T> {
    pub relaxation: Relaxation<T>,
    /// Time constants in the segment, and the weights that are for so many.
    pub decay: T,
    pub weights: Weights<T>,
    pub supply: Supply<T>,
}

/// Buffers of a segment. What is kept in them from one to the next is what both
/// have in common; nothing is lost with it but the time to make it again.
#[derive(Clone, Debug, Default)]
pub struct Scratch<T: Real> {
    /// What was remembered before a decision that some lanes take back.
    pub(super) before: Memory<T>,
    /// The decision that the valves and bands below belong to, where it stands.
    pub(super) held: Held<T>,
    pub(super) valves: Vec<T::Mask>,
    pub(super) room_bands: Vec<Band<T>>,
    pub(super) bands: DeviceBands<T>,
    pub(super) forcing: Vec<T>,
    /// Factors of the segment's length: which of the plant's, or else made here.
    pub(super) ready: Option<usize>,
    pub(super) lags: Lags<T>,
    pub(super) z: Vec<T>,
    /// The modes' part of the outputs at start and end, in blocks, and the network
    /// state in which that at the start was read (none where it is to be read).
    pub(super) modal_now: Vec<[T; BLOCK]>,
    pub(super) modal: Vec<[T; BLOCK]>,
    read_in: Option<usize>,
    /// The row's part of the outputs, and with that of a segment's heats.
    pub(super) base: Vec<[T; BLOCK]>,
    pub(super) direct: Vec<[T; BLOCK]>,
    /// Outputs at start and end, with the heats of the segment.
    pub(super) y0: Vec<T>,
    pub(super) y1: Vec<T>,
    pub(super) heats: Vec<T>,
    pub(super) layers: Vec<T>,
    pub(super) tank: TankScratch<T>,
    pub(super) nodes: Vec<EmitterNode<T>>,
    pub(super) water_lag: WaterLag<T>,
    /// Some emitter follows a power law.
    pub(super) curved: bool,
    /// 0 K for each emitter with water of the circuit in it, far for the others.
    pub(super) dry_k: Vec<T>,
    /// What 1 W in each room does to each room; for ideal emitters.
    pub(super) response: Vec<T>,
}

impl<T: Real> State<T> {
    /// A state with everything at rest. `z` and `layers` are the temperatures.
    pub fn new(plant: &Plant<T>, z: Vec<T>, layers: Vec<T>) -> Self {
        let (rooms, modes) = (plant.rooms, z.len());
        let zero = T::splat(0.0);
        let blocks = plant.states[0].output.blocks();
        let outputs = blocks * BLOCK;
        let no = T::Mask::splat(false);
        Self {
            scratch: Scratch {
                before: Memory::new(rooms),
                held: Held::new(rooms),
                valves: vec![no; rooms],
                room_bands: vec![Band::default(); rooms],
                bands: DeviceBands::default(),
                forcing: vec![zero; modes],
                ready: None,
                lags: Lags::new(&plant.states[0].lambda_per_s, zero),
                z: z.clone(),
                modal_now: vec![[zero; BLOCK]; blocks],
                modal: vec![[zero; BLOCK]; blocks],
                read_in: None,
                base: vec![[zero; BLOCK]; blocks],
                direct: vec![[zero; BLOCK]; blocks],
                y0: vec![zero; outputs],
                y1: vec![zero; outputs],
                heats: vec![zero; 2 * rooms],
                layers: layers.clone(),
                tank: TankScratch::new(layers.len()),
                nodes: vec![EmitterNode::default(); rooms],
                water_lag: WaterLag::default(),
                curved: plant.emitters.iter().any(space::curved),
                dry_k: plant.emitters.iter().map(space::dry_k).collect(),
                response: vec![zero; 2 * rooms * rooms],
            },
            y: vec![zero; outputs],
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

    /// The network state has changed outside: its outputs are to be read anew.
    pub fn forget_outputs(&mut self) {
        self.scratch.read_in = None;
    }

    /// Outputs under a new row's inputs and the heats still flowing.
    #[inline(always)]
    pub(super) fn enter(&mut self, plant: &Plant<T>, row: &Row<'_, T>) {
        let modal = &plant.states[row.state];
        let s = &mut self.scratch;
        s.held.enter_row();
        if s.read_in != Some(row.state) {
            modal.output.multiply(0, &self.z, &mut s.modal_now);
            s.read_in = Some(row.state);
        }
        for (to, &base) in s.base.as_flattened_mut().iter_mut().zip(row.base_output) {
            *to = base;
        }
        with_heats(plant, modal, &s.base, &self.heats, &mut s.direct);
        read(&s.modal_now, &s.direct, &mut self.y);
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
            circuit_c: space::coldest_c(plant, &self.scratch.dry_k, self.water_c, &self.y),
            tank_limit: self.tank_limit,
            full_output: self.full_output,
            elapsed_s: self.elapsed_s,
        }
    }

    /// What is to be done now: the law's decision, or that of before where it
    /// still holds. `all_active`: no lane has reached the row's end.
    #[inline(always)]
    pub(super) fn decide(
        &mut self,
        plant: &Plant<T>,
        row: &Row<'_, T>,
        all_active: bool,
    ) -> Command<T> {
        let seen = self.observation(plant);
        let room_c = &self.y[..plant.rooms];
        let s = &mut self.scratch;
        if !all_active {
            s.before.copy_from(&self.memory);
        }
        let (rooms, device) = (row.rooms, row.device);
        let held = s.held.command(
            room_c,
            &seen,
            rooms,
            device,
            &plant.constants,
            &mut self.memory,
            &s.room_bands,
            &mut s.bands,
        );
        if let Some(command) = held {
            return command;
        }
        let command = law::decide(
            room_c,
            &seen,
            rooms,
            device,
            &plant.constants,
            &mut self.memory,
            &mut s.valves,
            &mut s.room_bands,
            &mut s.bands,
        );
        if all_active {
            s.held.note(&command, rooms, device);
        } else {
            s.held.forget();
        }
        command
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
        let error_k = if plant.constants.pi_integral_s.gt(T::splat(0.0)).any() {
            law::coldest_error(
                &self.y[..plant.rooms],
                row.rooms,
                &self.memory,
                plant.constants.valves.gt(T::splat(0.5)),
            )
        } else {
            T::splat(0.0)
        };
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
        self.note_slopes(plant, segment.dt_s, active);
        let s = &mut self.scratch;
        // In no time modes stay as they are, and so does what is read of them.
        std::mem::swap(&mut self.z, &mut s.z);
        std::mem::swap(&mut s.modal_now, &mut s.modal);
        take(active, all_active, &mut self.layers, &mut s.layers);
        take(active, all_active, &mut self.heats, &mut s.heats);
        take(active, all_active, &mut self.y, &mut s.y1);
        let keep = |new: T, old: T| T::select(active, new, old);
        self.water_c = keep(segment.water_end_c, self.water_c);
        self.flow_guess_c = keep(segment.flow_guess_c, self.flow_guess_c);
        self.tank_limit = (active & segment.tank_limit) | (!active & self.tank_limit);
        self.full_output = (active & segment.full_output) | (!active & self.full_output);
        self.elapsed_s = keep(segment.dt_s, self.elapsed_s);
    }

    /// How fast what each emitter faces has changed in the segment.
    #[inline(always)]
    fn note_slopes(&mut self, plant: &Plant<T>, dt_s: T, active: T::Mask) {
        let rooms = plant.rooms;
        let change = |output: usize| {
            let (y0, y1) = (&self.scratch.y0[output..], &self.scratch.y1[output..]);
            y1.iter().zip(y0).map(|(&end, &start)| end - start)
        };
        let per_s = T::splat(1.0) / dt_s.max(T::splat(1e-3));
        let changes = change(2 * rooms).zip(change(rooms)).zip(&plant.emitters);
        for (slope, ((faced, emitter), e)) in self.facing_k_per_s.iter_mut().zip(changes) {
            // Of what stands behind a massless room: that room jumps.
            let behind = (faced - e.followed * emitter) / (T::splat(1.0) - e.followed);
            *slope = T::select(active, behind * per_s, *slope);
        }
    }
}

/// Moves `new` to `now` in lanes where `active` holds.
#[inline(always)]
fn take<T: Real>(active: T::Mask, all: bool, now: &mut Vec<T>, new: &mut Vec<T>) {
    if all {
        std::mem::swap(now, new);
    } else {
        for (now, new) in now.iter_mut().zip(new) {
            *now = T::select(active, *new, *now);
        }
    }
}

/// The part of the outputs that is there at once: the row's and that of the heats.
#[inline(always)]
pub(super) fn with_heats<T: Real>(
    plant: &Plant<T>,
    modal: &ModalParams<T>,
    base: &[[T; BLOCK]],
    heats: &[T],
    direct: &mut [[T; BLOCK]],
) {
    direct.copy_from_slice(base);
    let outputs = KERNEL_OUTPUTS * plant.rooms;
    let columns = modal.heat_output.chunks_exact(outputs.max(1));
    for (column, &q) in columns.zip(heats) {
        add_scaled(column, q, direct.as_flattened_mut());
    }
}

/// Outputs from the modes' part and what is there at once.
#[inline(always)]
pub(super) fn read<T: Real>(of_modes: &[[T; BLOCK]], direct: &[[T; BLOCK]], y: &mut [T]) {
    let parts = of_modes.iter().zip(direct);
    for (y, (of_modes, direct)) in y.as_chunks_mut().0.iter_mut().zip(parts) {
        let mut sum = *of_modes;
        for k in 0..BLOCK {
            sum[k] += direct[k];
        }
        *y = sum;
    }
}

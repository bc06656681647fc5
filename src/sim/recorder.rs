//! From the sums of a recording interval to a row of the trace, and from all
//! intervals to the totals and the energy balance.

use serde::{Deserialize, Serialize};

use super::kernel::{State, Sums};
use super::products::Dense;
use crate::model::Device;
use crate::model::house::{Flow, SourceKind};
use crate::plant::compile::{Compiled, RECORD_OUTPUTS};
use crate::plant::modal::ModalSystem;
use crate::plant::params::KERNEL_OUTPUTS;
use crate::trace::{DeviceTrace, Reason, RoomTrace, Totals};
use crate::units::S_PER_H;

/// Settlement interval of the electricity market, s.
const QUARTER_S: i64 = 900;

/// What the host knows about an interval besides the sums: means over it.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    pub outdoor_c: f64,
    pub outdoor_damped_c: f64,
    pub relative_humidity: f64,
    pub global_horizontal_w_per_m2: f64,
    pub base_load_w: f64,
    pub pv_w: f64,
    pub price_eur_per_kwh: f64,
    pub price_total_eur_per_kwh: f64,
    pub feed_in_eur_per_kwh: f64,
    pub co2_g_per_kwh: f64,
    pub command_house: i16,
    pub command_tank: i16,
    pub target_shift_k: f64,
    pub tank_lower_c: f64,
    pub tank_upper_c: f64,
    /// Target, lower and upper bound, one a room.
    pub rooms: Vec<[f64; 3]>,
}

/// Collects one device's rows.
#[derive(Debug)]
pub(super) struct Recorder<'a> {
    device: &'a Device,
    compiled: &'a Compiled,
    books: Books,
    /// For each network state: recorded temperatures by modes and by inputs.
    recorded: Vec<[Dense; 2]>,
    /// Integrals of inputs and heats of a stretch.
    inputs: Vec<f64>,
}

/// What has been written down so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Books {
    pub trace: DeviceTrace,
    pub totals: Totals,
    losses_j: Vec<f64>,
    /// Of the interval so far: recorded output temperatures (K s), heats (J).
    outputs_ks: Vec<f64>,
    heats_j: Vec<f64>,
    /// Integrals of modes and of inputs with heats since the network took on
    /// its present state: losses and gains are booked from them in one go.
    modes_open: Vec<f64>,
    inputs_open: Vec<f64>,
    start_house_j: f64,
    start_tank_j: f64,
    start_water_c: f64,
    starts_before: f64,
    nodes_before: Vec<f64>,
    overridden_in_quarter: bool,
    /// First row of the quarter-hour that is not closed yet.
    quarter_from: usize,
}

impl<'a> Recorder<'a> {
    /// A recorder for a run that starts to count in `state`.
    pub(super) fn new(
        device: &'a Device,
        compiled: &'a Compiled,
        ids: (&str, &str),
        start_s: i64,
        step_s: u32,
        state: &State<f64>,
        network_state: usize,
    ) -> Self {
        let rooms = device
            .house
            .rooms
            .iter()
            .map(|r| RoomTrace {
                name: r.name.clone(),
                floor_area_m2: r.floor_area_m2,
                controlled: r.controlled,
                ..RoomTrace::default()
            })
            .collect();
        let trace = DeviceTrace {
            user_id: ids.0.to_owned(),
            device_id: ids.1.to_owned(),
            start_s,
            step_s,
            rooms,
            tank_layer_c: vec![Vec::new(); state.layers.len()],
            ..DeviceTrace::default()
        };
        let system = &compiled.systems[network_state];
        let mut books = Books {
            trace,
            totals: Totals::default(),
            losses_j: vec![0.0; compiled.layout.flows.len()],
            outputs_ks: vec![0.0; RECORD_OUTPUTS * compiled.plant.rooms],
            heats_j: vec![0.0; compiled.layout.heats.len()],
            modes_open: vec![0.0; system.modes],
            inputs_open: vec![0.0; system.inputs],
            start_house_j: system.stored_j(&state.z),
            start_tank_j: stored_in_tank_j(compiled, state),
            start_water_c: state.water_c,
            starts_before: state.memory.source.starts,
            nodes_before: emitter_temperatures(compiled, state).to_vec(),
            overridden_in_quarter: false,
            quarter_from: 0,
        };
        books.totals.min_run_ended = state.memory.source.min_run_ended as u64;
        books.totals.changeovers = state.memory.side.changes as u64;
        books.totals.disinfection_reached = state.memory.tank.reached as u32;
        books.totals.disinfection_missed = state.memory.tank.missed as u32;
        Self::resume(device, compiled, books)
    }

    /// Goes on with books that were begun before.
    pub(super) fn resume(device: &'a Device, compiled: &'a Compiled, books: Books) -> Self {
        let first = KERNEL_OUTPUTS * compiled.plant.rooms;
        let recorded = |s: &ModalSystem| {
            [
                Dense::of_rows(&s.output[first * s.modes..], s.modes),
                Dense::of_rows(&s.feedthrough[first * s.inputs..], s.inputs),
            ]
        };
        Self {
            device,
            compiled,
            books,
            recorded: compiled.systems.iter().map(recorded).collect(),
            inputs: Vec::new(),
        }
    }

    /// The books as they are.
    pub(super) fn put_away(self) -> Books {
        self.books
    }

    /// The rows that it has and not forgotten.
    pub(super) fn rows(&self) -> &DeviceTrace {
        &self.books.trace
    }

    /// All of its rows, and how many of them lie in quarter-hours that are closed.
    pub(super) fn rows_so_far(&self) -> (&DeviceTrace, usize) {
        (&self.books.trace, self.books.quarter_from)
    }

    /// Makes room for so many rows.
    pub(super) fn expect_rows(&mut self, rows: usize) {
        self.books.trace.reserve_rows(rows);
    }

    /// Forgets its rows, where a quarter-hour has just been closed.
    pub(super) fn forget_rows(&mut self) {
        debug_assert_eq!(self.books.quarter_from, self.books.trace.starts.len());
        self.books.trace.forget_rows();
        self.books.quarter_from = 0;
    }

    /// Takes over a stretch of an interval that was spent in one network
    /// state. `inputs` are the integrals of the network's inputs over it:
    /// boundary temperatures in K s above 0 degC, sources in J.
    pub(super) fn stretch(&mut self, network_state: usize, sums: &mut Sums<f64>, inputs: &[f64]) {
        let books = &mut self.books;
        self.inputs.clear();
        self.inputs.extend_from_slice(inputs);
        self.inputs.extend_from_slice(&sums.heats_j);
        let [by_modes, by_inputs] = &self.recorded[network_state];
        by_modes.add(&sums.z_integral, &mut books.outputs_ks);
        by_inputs.add(&self.inputs, &mut books.outputs_ks);
        add(&mut books.heats_j, &sums.heats_j);
        add(&mut books.modes_open, &sums.z_integral);
        add(&mut books.inputs_open, &self.inputs);
        sums.z_integral.fill(0.0);
        sums.heats_j.fill(0.0);
    }

    /// Books losses and gains of the time that the network was in a state. To
    /// be called when that ends.
    pub(super) fn leave(&mut self, network_state: usize) {
        let (system, layout) = (&self.compiled.systems[network_state], &self.compiled.layout);
        let books = &mut self.books;
        add(
            &mut books.losses_j,
            &system.flow_losses(&books.modes_open, &books.inputs_open),
        );
        let gains_j = &books.inputs_open[layout.first_source()..];
        let b = &mut books.totals.balance;
        for (source, &j) in self.device.house.network.sources.iter().zip(gains_j) {
            match source.kind {
                SourceKind::Window(..) => {
                    b.solar_j += j * (1.0 - source.lost.map_or(0.0, |l| l.1));
                }
                SourceKind::GivenSun(_) => b.solar_j += j,
                SourceKind::Internal(_) => b.internal_j += j,
                // Between two nodes, or booked as loss.
                SourceKind::Film(_) => {}
            }
        }
        books.modes_open.fill(0.0);
        books.inputs_open.fill(0.0);
    }

    /// Ends an interval.
    pub(super) fn row(&mut self, state: &State<f64>, sums: &Sums<f64>, around: &Surroundings) {
        let t = &mut self.books.trace;
        let dt = sums.time_s;
        let n = t.rooms.len();
        let nodes = emitter_temperatures(self.compiled, state);
        for (r, room) in t.rooms.iter_mut().enumerate() {
            let sum = &sums.rooms[r];
            let (air, radiant) = (
                self.books.outputs_ks[r] / dt,
                self.books.outputs_ks[n + r] / dt,
            );
            room.air_c.push(air);
            room.radiant_c.push(radiant);
            room.operative_c.push(0.5 * (air + radiant));
            room.target_c.push(around.rooms[r][0]);
            room.lower_c.push(around.rooms[r][1]);
            room.upper_c.push(around.rooms[r][2]);
            let e = &self.compiled.plant.emitters[r];
            let kept = e.present * e.capacity_j_per_k * (nodes[r] - self.books.nodes_before[r]);
            room.emitter_w.push((self.books.heats_j[r] - kept) / dt);
            room.valve_open.push(sum.open_s / dt);
            let counts = f64::from(u8::from(room.controlled));
            room.below_kh.push(counts * sum.below_ks / S_PER_H);
            room.below_h.push(counts * sum.below_s / S_PER_H);
            room.above_kh.push(counts * sum.above_ks / S_PER_H);
            room.above_h.push(counts * sum.above_s / S_PER_H);
            room.recovery_kh.push(counts * sum.recovery_ks / S_PER_H);
        }
        self.books.nodes_before.copy_from_slice(nodes);
        t.outdoor_c.push(around.outdoor_c);
        t.outdoor_damped_c.push(around.outdoor_damped_c);
        t.relative_humidity.push(around.relative_humidity);
        t.global_horizontal_w_per_m2
            .push(around.global_horizontal_w_per_m2);
        t.flow_c.push(sums.flow_ks / dt);
        for (layer, &c) in t.tank_layer_c.iter_mut().zip(&state.layers) {
            layer.push(c);
        }
        if let Some(p) = &self.compiled.plant.tank {
            t.tank_sensor_c
                .push(crate::physics::tank::sensor_c(p, &state.layers));
            t.tank_lower_c.push(around.tank_lower_c);
            t.tank_upper_c.push(around.tank_upper_c);
        }
        t.draw_l.push(sums.draw_l);
        t.draw_useful_j.push(sums.useful_j);
        t.draw_missing_j.push(sums.missing_j);
        t.heat_space_w.push(sums.space_j / dt);
        t.heat_tank_w.push(sums.tank_j / dt);
        t.cooling_w.push(sums.cooling_j / dt);
        t.compressor_space_w.push(sums.space_electric_j / dt);
        t.compressor_tank_w.push(sums.tank_electric_j / dt);
        t.compressor_cooling_w.push(sums.cooling_electric_j / dt);
        t.backup_space_w.push(sums.backup_space_j / dt);
        t.backup_tank_w.push(sums.backup_tank_j / dt);
        t.element_w.push(sums.element_j / dt);
        t.auxiliary_w.push(sums.auxiliary_j / dt);
        t.standby_w.push(sums.standby_j / dt);
        t.base_load_w.push(around.base_load_w);
        t.pv_w.push(around.pv_w);
        let device_j = sums.space_electric_j
            + sums.tank_electric_j
            + sums.cooling_electric_j
            + sums.backup_space_j
            + sums.backup_tank_j
            + sums.element_j
            + sums.auxiliary_j
            + sums.standby_j;
        let net_w = device_j / dt + around.base_load_w - around.pv_w;
        t.grid_import_w.push(net_w);
        t.grid_export_w.push(0.0);
        t.price_eur_per_kwh.push(around.price_eur_per_kwh);
        t.price_total_eur_per_kwh
            .push(around.price_total_eur_per_kwh);
        t.feed_in_eur_per_kwh.push(around.feed_in_eur_per_kwh);
        t.co2_g_per_kwh.push(around.co2_g_per_kwh);
        let mut reasons = [0.0_f32; Reason::COUNT];
        for (to, from) in reasons.iter_mut().zip(&sums.reason_s) {
            *to = *from as f32;
        }
        t.reason_s.push(reasons);
        t.command_house.push(around.command_house);
        t.command_tank.push(around.command_tank);
        t.target_shift_k.push(around.target_shift_k);
        t.overridden_s.push(sums.overridden_s);
        let starts = state.memory.source.starts;
        t.starts.push((starts - self.books.starts_before) as u16);
        t.run_s.push(sums.run_s);

        let totals = &mut self.books.totals;
        totals.starts += (starts - self.books.starts_before) as u64;
        self.books.starts_before = starts;
        totals.commanded_s += sums.commanded_s;
        totals.tank_below_40_h += sums.below_40_s / S_PER_H;
        totals.tank_below_50_h += sums.below_50_s / S_PER_H;
        totals.disinfection_above_kh += sums.disinfection_above_ks / S_PER_H;
        totals.disinfection_above_h += sums.disinfection_above_s / S_PER_H;
        totals.segments += sums.segments as u64;
        totals.unlocated += sums.unlocated as u64;
        let b = &mut totals.balance;
        b.emitters_j += self.books.heats_j[..n].iter().sum::<f64>();
        b.circuit_j += sums.space_j - sums.cooling_j;
        b.tank_charged_j += sums.tank_j;
        b.tank_element_j += sums.element_j;
        b.tank_drawn_j += sums.drawn_j;
        b.tank_loss_j += sums.tank_loss_j;

        self.books.outputs_ks.fill(0.0);
        self.books.heats_j.fill(0.0);

        self.books.overridden_in_quarter |= sums.overridden_s > 0.0;
        let end = t.start_s + t.starts.len() as i64 * i64::from(t.step_s);
        if end % QUARTER_S == 0 {
            net_over(t, &mut self.books.quarter_from);
            totals.overridden_quarters += u32::from(self.books.overridden_in_quarter);
            self.books.overridden_in_quarter = false;
        }
    }

    /// Closes a last quarter-hour that is not whole.
    pub(super) fn close_quarter(&mut self) {
        net_over(&mut self.books.trace, &mut self.books.quarter_from);
    }

    /// Closes the books.
    pub(super) fn finish(
        mut self,
        state: &State<f64>,
        network_state: usize,
    ) -> (DeviceTrace, Totals) {
        self.leave(network_state);
        self.close_quarter();
        let system = &self.compiled.systems[network_state];
        let t = &mut self.books.totals;
        t.overridden_quarters += u32::from(self.books.overridden_in_quarter);
        let m = &state.memory;
        t.min_run_ended = m.source.min_run_ended as u64 - t.min_run_ended;
        t.changeovers = m.side.changes as u64 - t.changeovers;
        t.disinfection_reached = m.tank.reached as u32 - t.disinfection_reached;
        t.disinfection_missed = m.tank.missed as u32 - t.disinfection_missed;
        let house_j = system.stored_j(&state.z) - self.books.start_house_j;
        let tank_j = stored_in_tank_j(self.compiled, state) - self.books.start_tank_j;
        let flows: Vec<(Flow, f64)> = self
            .compiled
            .layout
            .flows
            .iter()
            .copied()
            .zip(self.books.losses_j.iter().copied())
            .collect();
        let b = &mut t.balance;
        let lost: f64 = flows.iter().map(|f| f.1).sum();
        let gross: f64 = b.solar_j.abs()
            + b.internal_j.abs()
            + b.emitters_j.abs()
            + flows.iter().map(|f| f.1.abs()).sum::<f64>()
            + house_j.abs();
        b.house_residual_j = b.solar_j + b.internal_j + b.emitters_j - lost - house_j;
        b.house_residual = relative(b.house_residual_j, gross);
        b.losses_j = flows;
        b.stored_house_j = house_j;
        let plant = &self.compiled.plant;
        b.stored_circuit_j =
            plant.source.circuit_j_per_k * (state.water_c - self.books.start_water_c);
        b.circuit_residual_j = b.circuit_j - b.emitters_j - b.stored_circuit_j;
        let gross = b.circuit_j.abs() + b.emitters_j.abs() + b.stored_circuit_j.abs();
        b.circuit_residual = relative(b.circuit_residual_j, gross);
        b.stored_tank_j = tank_j;
        b.tank_residual_j =
            b.tank_charged_j + b.tank_element_j - b.tank_drawn_j - b.tank_loss_j - tank_j;
        let gross = b.tank_charged_j
            + b.tank_element_j
            + b.tank_drawn_j
            + b.tank_loss_j.abs()
            + tank_j.abs();
        b.tank_residual = relative(b.tank_residual_j, gross);
        t.stored_house_j = house_j + t.balance.stored_circuit_j;
        t.stored_tank_j = tank_j;
        (self.books.trace, self.books.totals)
    }
}

/// Closes a quarter-hour: its rows, whose import holds their net power so far,
/// all get the quarter's net flow. So what is bought and sold does not depend
/// on the recording interval, and is what a market settles.
fn net_over(t: &mut DeviceTrace, from: &mut usize) {
    let rows = *from..t.grid_import_w.len();
    *from = rows.end;
    let net_w = t.grid_import_w[rows.clone()].iter().sum::<f64>() / rows.len().max(1) as f64;
    t.grid_import_w[rows.clone()].fill(net_w.max(0.0));
    t.grid_export_w[rows].fill((-net_w).max(0.0));
}

/// Emitter nodes now, degC.
fn emitter_temperatures<'s>(compiled: &Compiled, state: &'s State<f64>) -> &'s [f64] {
    let n = compiled.plant.rooms;
    &state.y[n..2 * n]
}

fn stored_in_tank_j(compiled: &Compiled, state: &State<f64>) -> f64 {
    compiled
        .plant
        .tank
        .as_ref()
        .map_or(0.0, |p| crate::physics::tank::stored_j(p, &state.layers))
}

fn add(to: &mut [f64], from: &[f64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

fn relative(residual: f64, gross: f64) -> f64 {
    if gross > 0.0 { residual / gross } else { 0.0 }
}

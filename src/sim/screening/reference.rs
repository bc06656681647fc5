//! The house that gives all its variants their weather: the same fabric, held at
//! a whole degree (the one nearest to what variants are heated to) and above by heat of
//! any size, and left alone when it is warmer.
//! What depends on a house's own temperatures besides its heating (films, open
//! windows, the bypass of a heat recovery) is taken from it. It follows from the
//! fabric, the weather and that degree alone, so that no variant depends on the
//! others.

use crate::control::settings::ControlMode;
use crate::plant::Compiled;
use crate::plant::modal::advance::{Lags, dot};
use crate::plant::params::KERNEL_OUTPUTS;
use crate::sim::device::{Ahead, Job, Walk};
use crate::sim::row::WARM_K;

/// At which the reference of a device is held, degC: what its settings at the start
/// have it heated to, be it a parked set-point or frost protection.
pub(super) fn held_c(job: &Job<'_>) -> f64 {
    let settings = job.settings.at(i64::MIN, &mut 0);
    let heated_to_c = match settings.mode {
        ControlMode::Heating | ControlMode::Auto => settings.preferred_c,
        _ if job.device.heat_pump.can_switch_off => job.device.controller.frost_c,
        ControlMode::Cooling | ControlMode::Off => job.device.heat_pump.parked_heating_c,
    };
    heated_to_c.round().clamp(COLDEST_C, WARMEST_C)
}

const COLDEST_C: f64 = 5.0;
const WARMEST_C: f64 = 25.0;

/// Rounds in which the powers of several rooms are matched.
const SWEEPS: usize = 12;

pub(super) struct Reference<'a> {
    walk: Walk<'a>,
    compiled: &'a Compiled,
    heated: Vec<bool>,
    held_c: f64,
    /// For each network state: factors of a row, and what 1 W in room k does to
    /// room r by its end, rooms x rooms.
    states: Vec<(Lags<f64>, Vec<f64>)>,
    forcing: Vec<f64>,
    next: Vec<f64>,
    power_w: Vec<f64>,
    room_c: Vec<f64>,
}

impl<'a> Reference<'a> {
    pub(super) fn new(job: &'a Job<'a>, compiled: &'a Compiled, step_s: i64) -> Self {
        let mut walk = Walk::new(job, compiled, step_s);
        let held_c = held_c(job);
        walk.warm_c = Some(held_c + WARM_K);
        let rooms = compiled.plant.rooms;
        let modes = compiled.systems[0].modes;
        walk.state.z = compiled.systems[0].uniform_state(held_c);
        walk.state.y.fill(held_c);
        let states = (0..compiled.systems.len())
            .map(|state| {
                let modal = &compiled.plant.states[state];
                let lags = Lags::new(&modal.lambda_per_s, step_s as f64);
                let mut response = vec![0.0; rooms * rooms];
                for k in 0..rooms {
                    let column: Vec<f64> = (0..modes)
                        .map(|m| into_room(&modal.heat_forcing, modes, rooms, k, m) * lags.gain[m])
                        .collect();
                    for r in 0..rooms {
                        let output = &compiled.systems[state].output[r * modes..][..modes];
                        let outputs = KERNEL_OUTPUTS * rooms;
                        let direct = |heat: usize| modal.heat_output.get(heat * outputs + r);
                        let at_once = direct(k).unwrap_or(&0.0) + direct(rooms + k).unwrap_or(&0.0);
                        response[r * rooms + k] = dot(output, &column) + at_once;
                    }
                }
                (lags, response)
            })
            .collect();
        let emitters = &compiled.plant.emitters;
        Self {
            walk,
            compiled,
            held_c,
            heated: emitters.iter().map(|e| e.present > 0.5).collect(),
            states,
            forcing: vec![0.0; modes],
            next: vec![0.0; modes],
            power_w: vec![0.0; rooms],
            room_c: vec![0.0; rooms],
        }
    }

    /// The state of its network in the present row.
    pub(super) fn network_state(&self) -> usize {
        self.walk.network_state
    }

    /// From the modes of one network state to those of another.
    pub(super) fn transfer(&self, from: usize, to: usize) -> &[f64] {
        self.walk.transfer(from, to)
    }

    /// Modal forcing and direct part of the outputs in the present row.
    pub(super) fn forced(&self) -> (&[f64], &[f64]) {
        let projection = &self.walk.projection;
        (projection.forcing(), projection.base_output())
    }

    /// Prepares row `i`, and steps through it.
    pub(super) fn row(&mut self, i: usize) {
        self.walk.prepare_network(i, Ahead::default(), |_| {});
        self.walk.force(Ahead::default());
        let (rooms, state) = (self.compiled.plant.rooms, self.walk.network_state);
        let (lags, response) = &self.states[state];
        let system = &self.compiled.systems[state];
        let modal = &self.compiled.plant.states[state];
        let modes = system.modes;
        let projection = &self.walk.projection;
        self.forcing.copy_from_slice(projection.forcing());
        lags.advance(&self.forcing, &self.walk.state.z, &mut self.next);
        let base = projection.base_output();
        let outputs = system.output.chunks_exact(modes).zip(base);
        for (room_c, (row, base)) in self.room_c.iter_mut().zip(outputs) {
            *room_c = dot(row, &self.next) + base;
        }
        // No room colder than wanted, none heated that is warmer.
        self.power_w.fill(0.0);
        let sweeps = if rooms == 1 { 1 } else { SWEEPS };
        for _ in 0..sweeps {
            for r in (0..rooms).filter(|&r| self.heated[r]) {
                let row = &response[r * rooms..][..rooms];
                let room_c = self.room_c[r] + dot(row, &self.power_w);
                let more_w = (self.held_c - room_c) / row[r].max(1e-12);
                self.power_w[r] = (self.power_w[r] + more_w).max(0.0);
            }
        }
        let heats = &mut self.walk.state.heats;
        heats.fill(0.0);
        for (k, &power_w) in self.power_w.iter().enumerate() {
            (heats[k], heats[rooms + k]) = (power_w, power_w);
            for (m, forcing) in self.forcing.iter_mut().enumerate() {
                *forcing += power_w * into_room(&modal.heat_forcing, modes, rooms, k, m);
            }
        }
        lags.advance(&self.forcing, &self.walk.state.z, &mut self.next);
        let heats = &self.walk.state.heats;
        let outputs = KERNEL_OUTPUTS * rooms;
        for o in 0..outputs {
            let direct = modal.heat_output.chunks_exact(outputs).zip(heats);
            let at_once: f64 = direct.map(|(row, q)| row[o] * q).sum();
            self.walk.state.y[o] =
                dot(&system.output[o * modes..][..modes], &self.next) + base[o] + at_once;
        }
        self.walk.state.z.copy_from_slice(&self.next);
    }
}

/// What 1 W that reaches room `k` by its emitter, without delay, is to mode `m`.
fn into_room(heat_forcing: &[f64], modes: usize, rooms: usize, k: usize, m: usize) -> f64 {
    heat_forcing[k * modes + m] + heat_forcing[(rooms + k) * modes + m]
}

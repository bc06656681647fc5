//! A device of the model turned into a [`Plant`]: its house's network with the
//! emitters becomes modal ([`Fabric`]), names become indices.

use std::sync::Arc;

use super::fabric::Fabric;
use super::modal::{Layout, ModalSystem, NetworkFault};
use super::params::{EmitterParams, Plant, SourceParams};
use crate::control::setpoints::Constants;
use crate::model::controller::HeatingControl;
use crate::model::emitter::{Emitter, EmitterKind};
use crate::model::{Controller, Device};
use crate::physics::circuit::NO_WATER_J_PER_K;
use crate::physics::emitter::{RadiatorLaw, linear_conductance_w_per_k};
use crate::physics::heat_pump::PartLoad;
use crate::physics::tank::TankParams;
use crate::units::WATER_J_PER_L_K;

/// Heats per room: supply to the emitter, and from the emitter to its room
/// besides the linear link.
pub const HEATS_PER_ROOM: usize = 2;
/// Outputs that the recorder reads besides the kernel's: air and mean radiant
/// temperature, `rooms` each, after the kernel's.
pub const RECORD_OUTPUTS: usize = 2;

/// Longest segment, s: longer rows are worked off in several.
pub const LONGEST_S: f64 = 300.0;
/// In so much time switching is located in so many segments; see [`Plant::segments_max`].
const SEGMENTS_MAX: u32 = 60;
/// Longest segment while what the source gives bends: into a tank, a quick
/// emitter, or water on its way, s. Keeps a year's electricity within a few
/// tenths of a per cent of that of short steps.
pub const BENDING_S: f64 = 120.0;
/// An emitter with a time constant below this, in a room without a mass of its
/// own (EN ISO 13790's air), moves that room by tenths of a kelvin within a
/// minute, s.
const ABRUPT_S: f64 = 120.0;
/// Longest segment there, s. Measured with a room unit in such a house over ten
/// days: 2 to 20 s give the same starts and temperatures within 0.001 K; 30 s
/// give 7 % more starts, 120 s 29 %.
const ABRUPT_SEGMENT_S: f64 = 20.0;

/// A compiled device: the kernel's part, and what the host needs around it.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub plant: Plant<f64>,
    /// Shared by devices of one fabric.
    pub layout: Arc<Layout>,
    /// In the order of `plant.states`.
    pub systems: Arc<[ModalSystem]>,
}

/// Compiles a device for rows of at most `step_s`.
///
/// # Errors
/// A network that has no solution; see [`NetworkFault`].
pub fn compile(device: &Device, step_s: f64) -> Result<Compiled, NetworkFault> {
    Ok(Compiled::of(device, &Fabric::new(device, step_s)?, step_s))
}

impl Compiled {
    /// A device with this fabric, for the step that it was made for.
    pub fn of(device: &Device, fabric: &Fabric, step_s: f64) -> Self {
        let longest_s = step_s.min(LONGEST_S);
        let mut emitters: Vec<EmitterParams<f64>> =
            device.emitters.iter().map(|e| params(e.as_ref())).collect();
        for (emitter, &followed) in emitters.iter_mut().zip(&fabric.followed) {
            emitter.followed = followed;
        }
        let ideal = device
            .emitters
            .iter()
            .flatten()
            .any(|e| matches!(e.kind, EmitterKind::Ideal { .. }));
        let plant = Plant {
            rooms: device.house.rooms.len(),
            states: fabric.states.clone(),
            ideal,
            tank: device.tank.as_ref().map(TankParams::compile),
            source: source(device, &emitters, longest_s),
            constants: constants(device, &device.controller),
            useful_c: device.hot_water.useful_c,
            segments_max: SEGMENTS_MAX * (step_s / LONGEST_S).ceil() as u32,
            longest_s,
            emitters,
        };
        Self {
            plant,
            layout: fabric.layout.clone(),
            systems: fabric.systems.clone(),
        }
    }
}

/// An emitter's numbers.
fn params(emitter: Option<&Emitter>) -> EmitterParams<f64> {
    let mut p = EmitterParams {
        present: 0.0,
        capacity_j_per_k: 1.0,
        law: RadiatorLaw {
            coefficient_w: 0.0,
            exponent: 1.0,
            linear_w_per_k: 1.0,
        },
        followed: 0.0,
        supply_w_per_k: 0.0,
        cools: 0.0,
        fan_w: 0.0,
        ideal_heating_w: 0.0,
        ideal_cooling_w: 0.0,
    };
    let Some(emitter) = emitter else { return p };
    let flag = |b: bool| f64::from(u8::from(b));
    if let EmitterKind::Ideal {
        heating_w,
        cooling_w,
        ..
    } = emitter.kind
    {
        (p.ideal_heating_w, p.ideal_cooling_w) = (heating_w, cooling_w);
        return p;
    }
    p.present = 1.0;
    p.capacity_j_per_k = emitter.capacity_j_per_k;
    p.law.linear_w_per_k = linear_conductance_w_per_k(&emitter.kind, None);
    p.supply_w_per_k = emitter.kind.water_w_per_k(emitter.flow_w_per_k);
    p.cools = flag(emitter.kind.can_cool());
    match &emitter.kind {
        EmitterKind::Radiator {
            nominal_w,
            nominal_dt_k,
            exponent,
        } => {
            p.law.exponent = *exponent;
            p.law.coefficient_w = nominal_w / nominal_dt_k.powf(*exponent);
        }
        EmitterKind::FanCoil { fan_w, .. } | EmitterKind::RoomUnit { fan_w, .. } => {
            p.fan_w = *fan_w
        }
        EmitterKind::Underfloor { .. } | EmitterKind::Ideal { .. } => {}
    }
    p
}

fn source(device: &Device, emitters: &[EmitterParams<f64>], longest_s: f64) -> SourceParams<f64> {
    let within = |e: &EmitterParams<f64>, s: f64| {
        let exchange_w_per_k = e.supply_w_per_k + e.law.linear_w_per_k;
        e.present > 0.5 && e.capacity_j_per_k < s * exchange_w_per_k
    };
    let quick = emitters.iter().any(|e| within(e, longest_s));
    let abrupt = emitters
        .iter()
        .any(|e| e.followed > 0.0 && within(e, ABRUPT_S));
    let segment_s = match (abrupt, quick) {
        (true, _) => ABRUPT_SEGMENT_S,
        (false, true) => BENDING_S,
        (false, false) => 1e30,
    };
    let unit = &device.heat_pump;
    let to_room = device
        .emitters
        .iter()
        .flatten()
        .any(|e| matches!(e.kind, EmitterKind::RoomUnit { .. }));
    SourceParams {
        min_modulation: unit.min_modulation,
        part_load: PartLoad::new(unit.part_load_cop),
        flow_max_c: unit.flow_max_c,
        flow_min_c: unit.flow_min_c,
        start_loss_j: unit.start_loss_j,
        standby_w: unit.standby_w,
        pump_w: unit.pump_w,
        circuit_j_per_k: (WATER_J_PER_L_K * (unit.circuit_l + unit.buffer_l)).max(NO_WATER_J_PER_K),
        backup_w: unit.backup.power_w,
        element_w: device.tank.as_ref().map_or(0.0, |t| t.element_w),
        segment_s,
        sink_is_room: f64::from(u8::from(to_room)),
    }
}

fn constants(device: &Device, c: &Controller) -> Constants<f64> {
    let unit = &device.heat_pump;
    let flag = |b: bool| f64::from(u8::from(b));
    // A PI takes the place of the room influence.
    let (room_influence, pi_gain, pi_integral_s) = match c.heating {
        HeatingControl::Deadband => (c.curve.room_influence, 0.0, 0.0),
        HeatingControl::Pi { gain, integral_s } => (0.0, gain, integral_s),
    };
    let (disinfection_c, disinfection_hold_s) = c
        .disinfection
        .map_or((1e9, 1e9), |d| (d.temperature_c, d.hold_s));
    Constants {
        dwell_s: c.dwell_s,
        min_run_s: unit.min_run_s,
        min_pause_s: unit.min_pause_s,
        longest_charge_s: c.longest_charge_s,
        room_turn_s: c.room_turn_s,
        backup_delay_s: unit.backup.delay_s,
        backup_space: flag(unit.backup.power_w > 0.0),
        backup_tank: flag(unit.backup.power_w > 0.0 && unit.backup.hot_water),
        room_influence,
        pi_gain,
        pi_integral_s,
        flow_stop_above_k: c.flow_stop_above_k,
        flow_start_below_k: c.flow_start_below_k,
        flow_max_c: unit.flow_max_c,
        tank_hysteresis_k: c.tank_hysteresis_k,
        disinfection_c,
        disinfection_hold_s,
        valves: flag(c.valves),
    }
}

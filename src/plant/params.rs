//! A device compiled for the kernel: flat arrays and indices, no names. The
//! shape (counts, kinds) is the same for all lanes; numbers may differ.

use super::modal::advance::{Blocks, Lags};
use crate::control::setpoints::Constants;
use crate::numeric::Real;
use crate::physics::emitter::RadiatorLaw;
use crate::physics::heat_pump::PartLoad;
use crate::physics::tank::TankParams;

/// Outputs that the kernel reads at each segment, in this order, `rooms` each:
/// the sensor that the control law sees, the emitter node, the mean room
/// temperature that the emitter faces.
pub const KERNEL_OUTPUTS: usize = 3;

/// One device.
#[derive(Clone, Debug)]
pub struct Plant<T: Real> {
    pub rooms: usize,
    /// The house's network, and its switched states.
    pub states: Vec<ModalParams<T>>,
    pub emitters: Vec<EmitterParams<T>>,
    /// All emitters are ideal ones (else none is).
    pub ideal: bool,
    pub tank: Option<TankParams<T>>,
    pub source: SourceParams<T>,
    pub constants: Constants<T>,
    /// Temperature that is useful at the tap, degC.
    pub useful_c: T,
    /// Longest segment, s.
    pub longest_s: f64,
    /// After so many segments of a row nothing is located in it any more.
    pub segments_max: u32,
}

/// One state of the network in modal form, the rows that the kernel needs.
#[derive(Clone, Debug)]
pub struct ModalParams<T> {
    pub lambda_per_s: Vec<T>,
    /// Factors for whole minutes up to a step, and for the step: most segments
    /// are as long. Lengths in s, the longest first.
    pub lags: Vec<(f64, Lags<T>)>,
    /// Modal forcing by 1 W into each heat: heats x modes. Heats are: supply to
    /// each room's emitter, then heat that moves from each emitter to its room
    /// besides the linear link.
    pub heat_forcing: Vec<T>,
    /// Outputs x modes; see [`KERNEL_OUTPUTS`].
    pub output: Blocks<T>,
    /// Heats x outputs; empty where all are zero.
    pub heat_output: Vec<T>,
}

/// The emitter of one room. A room without one has `present` = 0.
#[derive(Clone, Copy, Debug)]
pub struct EmitterParams<T> {
    pub present: T,
    /// Heat capacity of its node, J/K.
    pub capacity_j_per_k: T,
    /// Linear conductance to the room, and a radiator's power law
    /// (`coefficient_w` = 0: linear).
    pub law: RadiatorLaw<T>,
    /// Part of a change of its node that the room it faces makes at once, 0 to
    /// below 1: 0 where that room has a mass, more where it is a massless node.
    pub followed: T,
    /// Water to node, W per K between flow and node.
    pub supply_w_per_k: T,
    /// 1: cold water may flow through it.
    pub cools: T,
    /// Electricity of its fan while open, W.
    pub fan_w: T,
    /// Limits of an ideal emitter, W.
    pub ideal_heating_w: T,
    pub ideal_cooling_w: T,
}

/// The heat pump and its backup heater.
#[derive(Clone, Copy, Debug)]
pub struct SourceParams<T> {
    pub min_modulation: T,
    pub part_load: PartLoad<T>,
    pub flow_max_c: T,
    pub flow_min_c: T,
    pub start_loss_j: T,
    pub standby_w: T,
    pub pump_w: T,
    /// Heat capacity of the circuit's water besides the emitters', J/K (> 0).
    pub circuit_j_per_k: T,
    pub backup_w: T,
    pub element_w: T,
    /// Longest segment while the compressor runs, s: short where an emitter
    /// follows the source within a step (a radiator; no screed), shorter where
    /// the room then follows the emitter at once.
    pub segment_s: T,
    /// 1: the map's sink is the room's air (air-to-air; no water), else the flow.
    pub sink_is_room: T,
}

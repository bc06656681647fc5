//! A device of the model turned into a [`Plant`]: emitters become nodes of the
//! house's network, the network becomes modal, names become indices.

use super::modal::advance::{Blocks, Lags};
use super::modal::truncate::Truncation;
use super::modal::{Layout, ModalSystem, NetworkFault};
use super::params::{EmitterParams, KERNEL_OUTPUTS, ModalParams, Plant, SourceParams};
use crate::control::setpoints::Constants;
use crate::model::controller::{HeatingControl, RoomSensor};
use crate::model::emitter::{Emitter, EmitterKind, Place};
use crate::model::house::{BoundaryLink, Flow, Link, Node, Room, ThermalNetwork, Weight};
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

/// Whole minutes below this have factors of their own.
const LAG_MINUTES: u32 = 5;

/// A compiled device: the kernel's part, and what the host needs around it.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub plant: Plant<f64>,
    pub layout: Layout,
    /// In the order of `plant.states`.
    pub systems: Vec<ModalSystem>,
}

/// Compiles a device for steps of at most `step_s`.
///
/// # Errors
/// A network that has no solution; see [`NetworkFault`].
pub fn compile(device: &Device, step_s: f64) -> Result<Compiled, NetworkFault> {
    let house = &device.house;
    let rooms = house.rooms.len();
    let mut networks = vec![house.network.clone()];
    networks.extend(house.switched.iter().map(|s| s.network.clone()));

    let mut nodes = Vec::with_capacity(rooms);
    for (room, emitter) in house.rooms.iter().zip(&device.emitters) {
        let node = emitter
            .as_ref()
            .and_then(|e| node_of(e).then_some(networks[0].nodes.len()));
        if let (Some(index), Some(emitter)) = (node, emitter) {
            for network in &mut networks {
                attach(network, room, emitter, index);
            }
        }
        nodes.push(node);
    }

    let sensor = device.controller.sensor;
    let faces: Vec<Vec<Weight>> = house
        .rooms
        .iter()
        .zip(&device.emitters)
        .map(|(room, emitter)| facing(room, emitter.as_ref()))
        .collect();
    let mut outputs: Vec<Vec<Weight>> = house.rooms.iter().map(|r| sensed(r, sensor)).collect();
    outputs.extend(
        nodes
            .iter()
            .zip(&house.rooms)
            .map(|(node, room)| match node {
                Some(node) => vec![Weight {
                    node: *node,
                    fraction: 1.0,
                }],
                None => room.air.clone(),
            }),
    );
    outputs.extend(faces.iter().cloned());
    outputs.extend(house.rooms.iter().map(|r| r.air.clone()));
    outputs.extend(house.rooms.iter().map(|r| r.radiant.clone()));

    // Supply goes to the node, or straight into the room where there is none.
    let supply = nodes.iter().zip(&faces).map(|(node, face)| match node {
        Some(node) => vec![Weight {
            node: *node,
            fraction: 1.0,
        }],
        None => face.clone(),
    });
    // Heat moves from the node into the room, or from where an ideal emitter's
    // cold enters to where its heat does.
    let from = nodes.iter().zip(&house.rooms).zip(&device.emitters);
    let moved = from.zip(&faces).map(|(((node, room), emitter), face)| {
        let from = match (node, emitter.as_ref().map(|e| &e.kind)) {
            (Some(node), _) => vec![Weight {
                node: *node,
                fraction: 1.0,
            }],
            (None, Some(EmitterKind::Ideal { cooling_in, .. })) => entry(room, *cooling_in),
            (None, _) => Vec::new(),
        };
        let taken = from.iter().map(|w| Weight {
            node: w.node,
            fraction: -w.fraction,
        });
        merged(face.iter().copied().chain(taken))
    });
    let heats: Vec<Vec<Weight>> = supply.chain(moved).collect();

    let references: Vec<&ThermalNetwork> = networks.iter().collect();
    let layout = Layout::new(&references, heats, outputs)?;
    let whole = networks
        .iter()
        .map(|n| ModalSystem::compile(n, &layout))
        .collect::<Result<Vec<_>, _>>()?;
    let systems = truncated(&whole, &layout);
    let states = systems
        .iter()
        .map(|s| modal(s, &layout, rooms, step_s))
        .collect();

    let mut emitters: Vec<EmitterParams<f64>> =
        device.emitters.iter().map(|e| params(e.as_ref())).collect();
    for (r, emitter) in emitters.iter_mut().enumerate() {
        let massless = |w: &Weight| networks[0].nodes[w.node].capacity_j_per_k == 0.0;
        if let Some(node) = nodes[r].filter(|_| faces[r].iter().any(massless)) {
            emitter.followed = followed(&whole[0], node, 2 * rooms + r);
        }
    }
    let ideal = device
        .emitters
        .iter()
        .flatten()
        .any(|e| matches!(e.kind, EmitterKind::Ideal { .. }));
    let plant = Plant {
        rooms,
        states,
        ideal,
        tank: device.tank.as_ref().map(TankParams::compile),
        source: source(device, &emitters, step_s),
        constants: constants(device, &device.controller),
        useful_c: device.hot_water.useful_c,
        emitters,
    };
    Ok(Compiled {
        plant,
        layout,
        systems,
    })
}

/// The states with the modes that show, equally many in each.
fn truncated(whole: &[ModalSystem], layout: &Layout) -> Vec<ModalSystem> {
    let mut limits = Truncation::default();
    let mut systems: Vec<ModalSystem> = Vec::new();
    loop {
        for (i, state) in whole.iter().enumerate() {
            match systems.get_mut(i) {
                None => systems.push(state.truncated(layout, &limits)),
                Some(s) if s.modes < limits.keep_at_least => {
                    *s = state.truncated(layout, &limits);
                }
                Some(_) => {}
            }
            limits.keep_at_least = limits.keep_at_least.max(systems[i].modes);
        }
        if systems.iter().all(|s| s.modes == limits.keep_at_least) {
            return systems;
        }
    }
}

/// By how much an output follows a node at once, the other masses standing still.
fn followed(system: &ModalSystem, node: usize, output: usize) -> f64 {
    let mut nodes_c = vec![0.0; system.nodes];
    nodes_c[node] = 1.0;
    let z = system.state_from_nodes(&nodes_c);
    let none = vec![0.0; system.inputs];
    system.output_temperatures(&z, &none)[output].clamp(0.0, 0.999)
}

/// Whether an emitter has a node of its own.
fn node_of(emitter: &Emitter) -> bool {
    !matches!(emitter.kind, EmitterKind::Ideal { .. })
}

/// Adds an emitter's node and its links to a network.
fn attach(network: &mut ThermalNetwork, room: &Room, emitter: &Emitter, index: usize) {
    network.nodes.push(Node {
        name: format!("{}.emitter", room.name),
        capacity_j_per_k: emitter.capacity_j_per_k,
    });
    let ua = linear_conductance_w_per_k(&emitter.kind, None);
    for weight in facing(room, Some(emitter)) {
        let conductance_w_per_k = ua * weight.fraction;
        if conductance_w_per_k > 0.0 {
            network.links.push(Link {
                a: index,
                b: weight.node,
                conductance_w_per_k,
            });
        }
    }
    if let EmitterKind::Underfloor {
        down_w_per_k,
        down_to,
        ..
    } = &emitter.kind
        && *down_w_per_k > 0.0
    {
        network.boundaries.push(BoundaryLink {
            node: index,
            conductance_w_per_k: *down_w_per_k,
            temperature: down_to.clone(),
            flow: Flow::Ground,
        });
    }
}

/// The room temperature that an emitter faces: air and surfaces by its
/// convective share.
fn facing(room: &Room, emitter: Option<&Emitter>) -> Vec<Weight> {
    let place = match emitter.map(|e| (&e.kind, e.convective_fraction)) {
        Some((EmitterKind::Ideal { heating_in, .. }, _)) => *heating_in,
        Some((_, convective)) => Place::Room { convective },
        None => Place::Room { convective: 1.0 },
    };
    entry(room, place)
}

/// The nodes of a place in a room.
fn entry(room: &Room, place: Place) -> Vec<Weight> {
    match place {
        Place::Room { convective } => {
            blend(&room.convective_entry, convective, &room.radiant_entry)
        }
        Place::Node(node) => vec![Weight {
            node,
            fraction: 1.0,
        }],
    }
}

/// What the control law sees: operative temperature (mean of air and radiant,
/// EN 16798-1), or air.
fn sensed(room: &Room, sensor: RoomSensor) -> Vec<Weight> {
    match sensor {
        RoomSensor::Operative => blend(&room.air, 0.5, &room.radiant),
        RoomSensor::Air => room.air.clone(),
    }
}

/// `share` of `a` and the rest of `b`, each node once.
fn blend(a: &[Weight], share: f64, b: &[Weight]) -> Vec<Weight> {
    let scaled = |w: &Weight, part: f64| Weight {
        node: w.node,
        fraction: w.fraction * part,
    };
    let first = a.iter().map(|w| scaled(w, share));
    merged(first.chain(b.iter().map(|w| scaled(w, 1.0 - share))))
}

/// Weights with each node once.
fn merged(weights: impl Iterator<Item = Weight>) -> Vec<Weight> {
    let mut merged: Vec<Weight> = Vec::new();
    for weight in weights {
        match merged.iter_mut().find(|m| m.node == weight.node) {
            Some(known) => known.fraction += weight.fraction,
            None => merged.push(weight),
        }
    }
    merged
}

/// The rows of a modal system that the kernel reads.
fn modal(system: &ModalSystem, layout: &Layout, rooms: usize, step_s: f64) -> ModalParams<f64> {
    let (modes, inputs, first) = (system.modes, system.inputs, layout.first_heat());
    let outputs = KERNEL_OUTPUTS * rooms;
    let heats = HEATS_PER_ROOM * rooms;
    let mut heat_forcing = Vec::with_capacity(heats * modes);
    for h in 0..heats {
        heat_forcing.extend((0..modes).map(|m| system.input[m * inputs + first + h]));
    }
    let mut heat_output = Vec::with_capacity(outputs * heats);
    for h in 0..heats {
        heat_output.extend((0..outputs).map(|o| system.feedthrough[o * inputs + first + h]));
    }
    if heat_output.iter().all(|&g| g == 0.0) {
        heat_output.clear();
    }
    let minutes = (1..LAG_MINUTES).map(|k| 60.0 * f64::from(k));
    let mut lengths: Vec<f64> = minutes.filter(|&dt_s| dt_s < step_s).collect();
    lengths.push(step_s);
    ModalParams {
        lambda_per_s: system.lambda_per_s.clone(),
        lags: lengths
            .iter()
            .rev()
            .map(|&dt_s| (dt_s, Lags::new(&system.lambda_per_s, dt_s)))
            .collect(),
        heat_forcing,
        output: Blocks::new(modes, &system.output[..outputs * modes]),
        heat_output,
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

fn source(device: &Device, emitters: &[EmitterParams<f64>], step_s: f64) -> SourceParams<f64> {
    let within = |e: &EmitterParams<f64>, s: f64| {
        let exchange_w_per_k = e.supply_w_per_k + e.law.linear_w_per_k;
        e.present > 0.5 && e.capacity_j_per_k < s * exchange_w_per_k
    };
    let quick = emitters.iter().any(|e| within(e, step_s));
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

//! A house's network with its emitters as nodes of it, in modal form.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use rayon::prelude::*;

use super::compile::{HEATS_PER_ROOM, LONGEST_S};
use super::modal::advance::{Blocks, Lags};
use super::modal::truncate::Truncation;
use super::modal::{Layout, ModalSystem, NetworkFault};
use super::params::{KERNEL_OUTPUTS, ModalParams};
use crate::model::Device;
use crate::model::controller::RoomSensor;
use crate::model::emitter::{Emitter, EmitterKind, Place};
use crate::model::house::{BoundaryLink, Flow, Link, Node, Room, ThermalNetwork, Weight};
use crate::physics::emitter::linear_conductance_w_per_k;

/// Whole minutes below this have factors of their own.
const LAG_MINUTES: u32 = 5;

/// The part of a compiled device that takes long. Devices may share it where
/// [`Fabric::serves`] says so.
#[derive(Clone, Debug)]
pub struct Fabric {
    pub(super) layout: Arc<Layout>,
    pub(super) systems: Arc<[ModalSystem]>,
    pub(super) states: Vec<ModalParams<f64>>,
    /// For each room: by how much it follows its emitter at once.
    pub(super) followed: Vec<f64>,
}

impl Fabric {
    /// Whether the fabric of one device is that of another, for the same step.
    pub fn serves(of: &Device, other: &Device) -> bool {
        of.controller.sensor == other.controller.sensor
            && of.emitters == other.emitters
            && of.house == other.house
    }

    /// A number that is the same for devices which may share a fabric, and
    /// hardly ever for others.
    pub fn digest(device: &Device) -> u64 {
        let network = &device.house.network;
        let capacities = network.nodes.iter().map(|n| n.capacity_j_per_k);
        let links = network.links.iter().map(|l| l.conductance_w_per_k);
        let outwards = network.boundaries.iter().map(|b| b.conductance_w_per_k);
        let emitters = device.emitters.iter().flatten().map(|e| e.flow_w_per_k);
        let mut hasher = DefaultHasher::new();
        for number in capacities.chain(links).chain(outwards).chain(emitters) {
            number.to_bits().hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The fabric of a device, for rows of at most `step_s`.
    ///
    /// # Errors
    /// A network that has no solution; see [`NetworkFault`].
    pub fn new(device: &Device, step_s: f64) -> Result<Self, NetworkFault> {
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
            .par_iter()
            .map(|n| ModalSystem::compile(n, &layout))
            .collect::<Result<Vec<_>, _>>()?;
        let systems = truncated(&whole, &layout);
        let states = systems
            .iter()
            .map(|s| modal(s, &layout, rooms, step_s.min(LONGEST_S)))
            .collect();

        let massless = |w: &Weight| networks[0].nodes[w.node].capacity_j_per_k == 0.0;
        let followed = (0..rooms).map(|r| {
            let node = nodes[r].filter(|_| faces[r].iter().any(massless));
            node.map_or(0.0, |node| followed(&whole[0], node, 2 * rooms + r))
        });
        Ok(Self {
            followed: followed.collect(),
            layout: Arc::new(layout),
            systems: systems.into(),
            states,
        })
    }
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
fn modal(system: &ModalSystem, layout: &Layout, rooms: usize, longest_s: f64) -> ModalParams<f64> {
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
    let mut lengths: Vec<f64> = minutes.filter(|&dt_s| dt_s < longest_s).collect();
    lengths.push(longest_s);
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

//! Several devices of one layout side by side: the same arrays, a lane each.

use super::modal::advance::Lags;
use super::params::{EmitterParams, ModalParams, Plant, SourceParams};
use crate::control::setpoints::Constants;
use crate::numeric::{Real, pack};
use crate::physics::emitter::RadiatorLaw;
use crate::physics::heat_pump::PartLoad;
use crate::physics::tank::TankParams;

impl<T: Real> Plant<T> {
    /// Packs `T::LANES` plants; `None` where their layouts differ (rooms,
    /// modes, lengths of step, network states, tank, ideal emitters).
    pub fn pack(plants: &[Plant<f64>]) -> Option<Self> {
        let first = plants.first()?;
        let same = |p: &Plant<f64>| {
            p.rooms == first.rooms
                && p.ideal == first.ideal
                && p.tank.is_some() == first.tank.is_some()
                && p.states.len() == first.states.len()
                && p.states.iter().zip(&first.states).all(|(a, b)| {
                    a.lambda_per_s.len() == b.lambda_per_s.len()
                        && a.lags.iter().map(|l| l.0).eq(b.lags.iter().map(|l| l.0))
                })
        };
        if plants.len() != T::LANES || !plants.iter().all(same) {
            return None;
        }
        let tank = if first.tank.is_some() {
            let tanks: Vec<_> = plants.iter().filter_map(|p| p.tank.clone()).collect();
            Some(TankParams::pack(&tanks)?)
        } else {
            None
        };
        let states = (0..first.states.len()).map(|k| modal(plants, k)).collect();
        let emitters = (0..first.rooms).map(|r| emitter(plants, r)).collect();
        let constants: Vec<Constants<f64>> = plants.iter().map(|p| p.constants).collect();
        Some(Self {
            rooms: first.rooms,
            states,
            emitters,
            ideal: first.ideal,
            tank,
            source: source(plants),
            constants: Constants::pack(&constants),
            useful_c: pack(plants.iter().map(|p| p.useful_c)),
        })
    }
}

/// One network state of all plants.
fn modal<T: Real>(plants: &[Plant<f64>], state: usize) -> ModalParams<T> {
    let numbers = |read: fn(&ModalParams<f64>) -> &Vec<f64>| -> Vec<T> {
        let length = read(&plants[0].states[state]).len();
        (0..length)
            .map(|i| pack(plants.iter().map(|p| read(&p.states[state])[i])))
            .collect()
    };
    let lags = |k: usize| {
        let read = |factor: fn(&Lags<f64>) -> &Vec<f64>| -> Vec<T> {
            (0..plants[0].states[state].lambda_per_s.len())
                .map(|i| pack(plants.iter().map(|p| factor(&p.states[state].lags[k].1)[i])))
                .collect()
        };
        Lags {
            decay: read(|l| &l.decay),
            gain: read(|l| &l.gain),
            second: read(|l| &l.second),
        }
    };
    let lengths = plants[0].states[state].lags.iter().enumerate();
    ModalParams {
        lambda_per_s: numbers(|m| &m.lambda_per_s),
        lags: lengths.map(|(k, l)| (l.0, lags(k))).collect(),
        heat_forcing: numbers(|m| &m.heat_forcing),
        output: numbers(|m| &m.output),
        heat_output: numbers(|m| &m.heat_output),
    }
}

/// One room's emitter of all plants.
fn emitter<T: Real>(plants: &[Plant<f64>], room: usize) -> EmitterParams<T> {
    let number = |read: fn(&EmitterParams<f64>) -> f64| -> T {
        pack(plants.iter().map(|p| read(&p.emitters[room])))
    };
    EmitterParams {
        present: number(|e| e.present),
        capacity_j_per_k: number(|e| e.capacity_j_per_k),
        law: RadiatorLaw {
            coefficient_w: number(|e| e.law.coefficient_w),
            exponent: number(|e| e.law.exponent),
            linear_w_per_k: number(|e| e.law.linear_w_per_k),
        },
        supply_w_per_k: number(|e| e.supply_w_per_k),
        cools: number(|e| e.cools),
        fan_w: number(|e| e.fan_w),
        ideal_heating_w: number(|e| e.ideal_heating_w),
        ideal_cooling_w: number(|e| e.ideal_cooling_w),
    }
}

fn source<T: Real>(plants: &[Plant<f64>]) -> SourceParams<T> {
    let number =
        |read: fn(&SourceParams<f64>) -> f64| -> T { pack(plants.iter().map(|p| read(&p.source))) };
    let mut part_load = PartLoad::default();
    for (lane, plant) in plants.iter().enumerate() {
        part_load.set_lane(lane, &plant.source.part_load);
    }
    SourceParams {
        min_modulation: number(|s| s.min_modulation),
        part_load,
        flow_max_c: number(|s| s.flow_max_c),
        flow_min_c: number(|s| s.flow_min_c),
        start_loss_j: number(|s| s.start_loss_j),
        standby_w: number(|s| s.standby_w),
        pump_w: number(|s| s.pump_w),
        circuit_j_per_k: number(|s| s.circuit_j_per_k),
        quick_emitters: number(|s| s.quick_emitters),
        backup_w: number(|s| s.backup_w),
        element_w: number(|s| s.element_w),
        sink_is_room: number(|s| s.sink_is_room),
    }
}

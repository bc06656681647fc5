//! Several devices of one layout side by side: the same arrays, a lane each.

use super::modal::advance::{Blocks, Lags};
use super::params::{EmitterParams, ModalParams, Plant, SourceParams};
use crate::control::setpoints::Constants;
use crate::numeric::{Real, pack, set_lane};
use crate::physics::emitter::RadiatorLaw;
use crate::physics::heat_pump::PartLoad;
use crate::physics::tank::TankParams;

impl Plant<f64> {
    /// What must be equal for plants to be packed: rooms, kind of emitters,
    /// modes, lengths of step, the tank's layout.
    pub fn layout(&self) -> Vec<u64> {
        let mut layout = vec![self.rooms as u64, u64::from(self.ideal)];
        for state in &self.states {
            let of_state: Vec<u64> = [state.lambda_per_s.len(), state.heat_output.len()]
                .map(|n| n as u64)
                .into_iter()
                .chain(state.lags.iter().map(|l| l.0.to_bits()))
                .collect();
            // All network states of a plant have the same number of modes.
            if !layout.ends_with(&of_state) {
                layout.extend(of_state);
            }
        }
        if let Some(tank) = &self.tank {
            layout.extend(tank.layout().map(|n| n as u64));
        }
        layout
    }
}

impl<T: Real> Plant<T> {
    /// Packs up to `T::LANES` plants, a lane each (missing ones repeat the
    /// last), in their first network state: the result has one state, into
    /// which [`ModalParams::set_lane`] puts another. `None` where layouts differ.
    pub fn pack(plants: &[&Plant<f64>]) -> Option<Self> {
        let first = plants.first()?;
        let layout = first.layout();
        if plants.len() > T::LANES || plants.iter().any(|p| p.layout() != layout) {
            return None;
        }
        let tanks: Vec<_> = plants.iter().filter_map(|p| p.tank.as_ref()).collect();
        let tank = match tanks.is_empty() {
            true => None,
            false => Some(TankParams::pack(&tanks)?),
        };
        let mut state = ModalParams::zeros_like(&first.states[0]);
        for lane in 0..T::LANES {
            state.set_lane(lane, &plants[lane.min(plants.len() - 1)].states[0]);
        }
        let emitters = (0..first.rooms).map(|r| emitter(plants, r)).collect();
        let constants: Vec<Constants<f64>> = plants.iter().map(|p| p.constants).collect();
        Some(Self {
            rooms: first.rooms,
            states: vec![state],
            emitters,
            ideal: first.ideal,
            tank,
            source: source(plants),
            constants: Constants::pack(&constants),
            useful_c: pack(plants.iter().map(|p| p.useful_c)),
            segments_max: first.segments_max,
            longest_s: first.longest_s,
        })
    }
}

impl<T: Real> ModalParams<T> {
    /// All zeros, in the lengths of `like`.
    fn zeros_like(like: &ModalParams<f64>) -> Self {
        let zeros = |values: &[f64]| vec![T::splat(0.0); values.len()];
        let lags = |(length_s, lags): &(f64, Lags<f64>)| {
            let lags = Lags {
                decay: zeros(&lags.decay),
                gain: zeros(&lags.gain),
                second: zeros(&lags.second),
            };
            (*length_s, lags)
        };
        Self {
            lambda_per_s: zeros(&like.lambda_per_s),
            lags: like.lags.iter().map(lags).collect(),
            heat_forcing: zeros(&like.heat_forcing),
            output: Blocks::zeros_like(&like.output),
            heat_output: zeros(&like.heat_output),
        }
    }

    /// Puts one house's network state into lane `lane`; lengths are equal.
    pub fn set_lane(&mut self, lane: usize, house: &ModalParams<f64>) {
        set_lane(&mut self.lambda_per_s, lane, &house.lambda_per_s);
        set_lane(&mut self.heat_forcing, lane, &house.heat_forcing);
        self.output.set_lane(lane, &house.output);
        set_lane(&mut self.heat_output, lane, &house.heat_output);
        for ((_, to), (_, from)) in self.lags.iter_mut().zip(&house.lags) {
            set_lane(&mut to.decay, lane, &from.decay);
            set_lane(&mut to.gain, lane, &from.gain);
            set_lane(&mut to.second, lane, &from.second);
        }
    }
}

/// One room's emitter of all plants.
fn emitter<T: Real>(plants: &[&Plant<f64>], room: usize) -> EmitterParams<T> {
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
        followed: number(|e| e.followed),
        fan_w: number(|e| e.fan_w),
        ideal_heating_w: number(|e| e.ideal_heating_w),
        ideal_cooling_w: number(|e| e.ideal_cooling_w),
    }
}

fn source<T: Real>(plants: &[&Plant<f64>]) -> SourceParams<T> {
    let number =
        |read: fn(&SourceParams<f64>) -> f64| -> T { pack(plants.iter().map(|p| read(&p.source))) };
    let mut part_load = PartLoad::default();
    for lane in 0..T::LANES {
        let plant = plants[lane.min(plants.len() - 1)];
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
        segment_s: number(|s| s.segment_s),
        backup_w: number(|s| s.backup_w),
        element_w: number(|s| s.element_w),
        sink_is_room: number(|s| s.sink_is_room),
    }
}

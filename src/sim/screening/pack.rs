//! Devices side by side, a lane each: variants of one house, or a house each.

use super::family::Family;
use super::kernel::{self, Coefficient, Common, House, Inputs, MINUTES, State, Sums};
use super::{Member, ROW_S, same_weather};
use crate::numeric::simd::{InstructionSet, Work};
use crate::numeric::{Mask, Real, pack, set_lane};
use crate::physics::heat_pump::FlowCurve;
use crate::physics::heating_curve::Curve;
use crate::plant::modal::advance::dot;
use crate::plant::params::KERNEL_OUTPUTS;
use crate::plant::{Compiled, Plant};
use crate::sim::device::{Job, same_unit};
use crate::sim::parts::{Part, Parts};
use crate::sim::row::RowMaker;

/// Rows whose inputs are made before they are stepped through.
pub(super) const AHEAD: usize = 8;

/// Devices side by side.
pub(super) struct Pack<T: Real, const N: usize> {
    plant: Plant<T>,
    curved: bool,
    curve: Curve<T>,
    /// All have one heat pump under one weather; all draw the same.
    one_unit: bool,
    one_draw: bool,
    /// Of some rows ahead.
    inputs: Vec<Inputs<T, N>>,
    pub(super) state: State<T, N>,
    /// For each lane the number of its family, and the state of its network.
    families: Vec<usize>,
    network_states: Vec<usize>,
    /// Where families differ.
    own: Option<Own<T>>,
}

/// A house each, in a row.
struct Own<T> {
    house: House<T>,
    forcing: Vec<T>,
    base_output: Vec<T>,
}

impl<T: Real + Coefficient<T>, const N: usize> Pack<T, N> {
    /// `families` of the members, of all that there are.
    pub(super) fn new(
        members: &[Member<'_>],
        makers: &[RowMaker<'_>],
        families: &[usize],
        all: &[Family<'_>],
    ) -> Self {
        let plants: Vec<&Plant<f64>> = members.iter().map(|m| &m.2.plant).collect();
        let Some(mut plant) = Plant::<T>::pack(&plants) else {
            unreachable!("devices of one layout")
        };
        let start_c = || makers.iter().map(RowMaker::target_c);
        let starts = start_c().zip(members);
        let z: Vec<Vec<f64>> = starts
            .map(|(c, m)| m.2.systems[0].uniform_state(c))
            .collect();
        let z = (0..z[0].len()).map(|m| pack(z.iter().map(|z| z[m])));
        let tank_c = |m: &Member<'_>| m.1.device.tank.as_ref().map_or(0.0, |t| t.start_c);
        let layers = members[0].1.device.tank.as_ref().map_or(0, |t| t.layers);
        let layers = vec![pack(members.iter().map(tank_c)); layers];
        let mut inputs = Inputs::idle();
        for r in 0..N {
            let own = plant.rooms > r;
            inputs.own_valve[r] = if own {
                plant.constants.valves
            } else {
                T::splat(1.0)
            };
        }
        let curved = plant
            .emitters
            .iter()
            .any(|e| e.law.coefficient_w.gt(T::splat(0.0)).any());
        // Places without a room have nothing to give.
        let mut none = plant.emitters[0];
        (none.present, none.law.coefficient_w) = (T::splat(0.0), T::splat(0.0));
        (none.fan_w, none.supply_w_per_k) = (T::splat(0.0), T::splat(0.0));
        plant.emitters.resize(N.max(plant.rooms), none);
        let mut curve = Curve::default();
        for lane in 0..T::LANES {
            let member = &members[lane.min(members.len() - 1)];
            curve.set_lane(lane, &member.1.device.controller.curve);
        }
        let own = families.iter().any(|f| *f != families[0]).then(|| {
            let houses: Vec<&House> = families.iter().map(|&f| &all[f].houses[0]).collect();
            Own {
                house: House::side_by_side(&houses),
                forcing: vec![T::splat(0.0); houses[0].modes()],
                base_output: vec![T::splat(0.0); KERNEL_OUTPUTS * N],
            }
        });
        Self {
            state: State::new(z.collect(), layers, pack(start_c())),
            plant,
            curved,
            curve,
            one_unit: members
                .iter()
                .all(|m| same_unit(members[0].1.device, m.1.device))
                && members.iter().all(|m| same_weather(&members[0], m)),
            one_draw: members.iter().skip(1).all(|m| {
                let [first, other] = [&members[0], m].map(|m| &m.1.device.hot_water);
                first.draw_l_per_s == other.draw_l_per_s
            }),
            inputs: vec![inputs; AHEAD],
            families: families.to_vec(),
            network_states: vec![0; families.len()],
            own,
        }
    }

    /// Puts the device of a lane into another state of its network.
    fn change_state(&mut self, lane: usize, family: &Family<'_>, state: usize) {
        let matrix = family.transfer(self.network_states[lane], state);
        let z: Vec<f64> = self.state.z.iter().map(|z| z.lane(lane)).collect();
        for (to, row) in self.state.z.iter_mut().zip(matrix.chunks_exact(z.len())) {
            to.set_lane(lane, dot(row, &z));
        }
        self.network_states[lane] = state;
        if let Some(own) = &mut self.own {
            own.house.set_lane(lane, &family.houses[state]);
        }
    }

    /// Begins the inputs of row `k` ahead with those of the row before.
    pub(super) fn begin_inputs(&mut self, k: usize) {
        if k > 0 {
            let (before, own) = self.inputs.split_at_mut(k);
            own[0].go_on_from(&before[k - 1]);
        }
        self.inputs[k].draws = [false; MINUTES];
    }

    /// Of so many rows the last is the first to begin with.
    pub(super) fn end_inputs(&mut self, rows: usize) {
        self.inputs.swap(0, rows - 1);
    }

    /// Takes over the row that a device has prepared, as row `k` ahead.
    pub(super) fn set_inputs(
        &mut self,
        k: usize,
        lane: usize,
        job: &Job<'_>,
        maker: &RowMaker<'_>,
        i: usize,
    ) {
        let row = maker.row(&NO_PART, 0, &[], &[]);
        let inputs = &mut self.inputs[k];
        if maker.is_fresh() {
            let allowed = row.device.heat_allowed > 0.5;
            for (r, set) in row.rooms.iter().enumerate() {
                inputs.set_room(r, lane, set, allowed);
                let own = self.plant.constants.valves.lane(lane) * set.counts;
                inputs.own_valve[r].set_lane(lane, own);
            }
            inputs.set_device(lane, row.device);
        }
        inputs.set_weather(lane, row.device);
        match self.one_unit {
            true if lane == 0 => inputs.map = FlowCurve::splat(row.heating),
            true => {}
            false => inputs.map.set_lane(lane, row.heating),
        }
        inputs.mains_c.set_lane(lane, row.mains_c);
        inputs.outdoor_c.set_lane(lane, maker.outdoor_c(i));
        inputs.curve_target_c.set_lane(lane, maker.target_c());
        match self.one_draw {
            true if lane == 0 => {
                let draw_l = minutes_l(job, i);
                for (minute, litres) in draw_l.into_iter().enumerate() {
                    inputs.draws[minute] = litres > 0.0;
                    inputs.draw_l[minute] = T::splat(litres);
                }
            }
            true => {}
            false => {
                let draw_l = minutes_l(job, i);
                for (minute, litres) in draw_l.into_iter().enumerate() {
                    inputs.draws[minute] |= litres > 0.0;
                    inputs.draw_l[minute].set_lane(lane, litres);
                }
            }
        }
    }

    /// Ends the inputs of so many rows: the heating curves, of all lanes at once.
    pub(super) fn look_at_curves(&mut self, rows: usize, set: InstructionSet) {
        let inputs = &mut self.inputs[..rows];
        let looks = Curves {
            curve: &self.curve,
            inputs,
        };
        kernel::run(set, looks);
    }

    /// Steps through row `k` ahead, which is row `at` of the families' tile.
    pub(super) fn step(
        &mut self,
        k: usize,
        at: usize,
        set: InstructionSet,
        families: &[Family<'_>],
        sums: &mut Sums<T, N>,
    ) {
        for lane in 0..self.families.len() {
            let family = &families[self.families[lane]];
            let state = family.rows[at].network_state;
            if self.network_states[lane] != state {
                self.change_state(lane, family, state);
            }
        }
        let inputs = &self.inputs[k];
        let (curved, plant) = (self.curved, &self.plant);
        let Some(own) = &mut self.own else {
            let family = &families[self.families[0]];
            let row = &family.rows[at];
            let common = Common {
                house: &family.houses[row.network_state],
                forcing: &row.forcing,
                base_output: &row.base_output,
            };
            kernel::step(set, curved, plant, &common, inputs, &mut self.state, sums);
            return;
        };
        for (lane, &family) in self.families.iter().enumerate() {
            let row = &families[family].rows[at];
            set_lane(&mut own.forcing, lane, &row.forcing);
            set_lane(&mut own.base_output, lane, &row.base_output);
        }
        let common = Common {
            house: &own.house,
            forcing: &own.forcing,
            base_output: &own.base_output,
        };
        kernel::step(set, curved, plant, &common, inputs, &mut self.state, sums);
    }

    /// Heat in a house and in its tank, J.
    pub(super) fn stored_j(&self, compiled: &Compiled, lane: usize) -> [f64; 2] {
        let z: Vec<f64> = self.state.z.iter().map(|z| z.lane(lane)).collect();
        let tank_j = compiled.plant.tank.as_ref().map_or(0.0, |p| {
            let layers: Vec<f64> = self.state.layers.iter().map(|c| c.lane(lane)).collect();
            crate::physics::tank::stored_j(p, &layers)
        });
        let system = &compiled.systems[self.network_states[lane]];
        [system.stored_j(&z), tank_j]
    }
}

/// The heating curves in some rows as a piece of work.
struct Curves<'x, T: Real, const N: usize> {
    curve: &'x Curve<T>,
    inputs: &'x mut [Inputs<T, N>],
}

impl<T: Real, const N: usize> Work for Curves<'_, T, N> {
    const LANES: usize = T::LANES;

    #[inline(always)]
    fn work(self) {
        for to in self.inputs {
            to.set.flow_heating = self.curve.outdoor_part_c(to.outdoor_c, to.curve_target_c);
        }
    }
}

/// What a device's taps want in each minute of row `i`, l.
fn minutes_l(job: &Job<'_>, i: usize) -> [f64; MINUTES] {
    let t_s = job.scenario.period.start_s + i as i64 * i64::from(ROW_S);
    let draws = &job.device.hot_water.draw_l_per_s;
    let mut draw_l = [0.0; MINUTES];
    let mut at_s = 0.0;
    for part in Parts::new(draws, t_s, i64::from(ROW_S)) {
        let to_s = at_s + part.duration_s;
        while part.draw_l_per_s > 0.0 && at_s < to_s {
            let minute = (at_s / kernel::MINUTE_S) as usize;
            let until_s = to_s.min((minute + 1) as f64 * kernel::MINUTE_S);
            draw_l[minute] += part.draw_l_per_s * (until_s - at_s);
            at_s = until_s;
        }
        at_s = to_s;
    }
    draw_l
}

/// No time passes.
const NO_PART: Part = Part {
    duration_s: 0.0,
    draw_l_per_s: 0.0,
};

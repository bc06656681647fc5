//! What a segment adds to the totals of its recording interval.

use serde::{Deserialize, Serialize};

use super::segment::Segment;
use super::state::{Row, State};
use crate::control::law::Command;
use crate::lane_struct;
use crate::numeric::{Mask, Real, Stored, take_lane};
use crate::plant::params::Plant;
use crate::trace::Reason;

macro_rules! sums {
    ($($(#[$meta:meta])* $field:ident),* $(,)?) => {
        /// Sums over a recording interval. Energies in J, times in s.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[serde(bound = "T: Stored")]
        pub struct Sums<T: Real> {
            $($(#[$meta])* pub $field: T,)*
            pub reason_s: [T; Reason::COUNT],
            /// Integrals of modes and heats, for means and the balance.
            pub z_integral: Vec<T>,
            pub heats_j: Vec<T>,
            pub rooms: Vec<RoomSums<T>>,
            /// `starts` of the memory when the interval began is the driver's matter;
            /// this is the last value seen, for the start losses.
            starts_seen: T,
        }

        impl<T: Real> Sums<T> {
            /// Sums of nothing.
            pub fn new(rooms: usize, modes: usize, heats: usize) -> Self {
                let zero = T::splat(0.0);
                Self {
                    $($field: zero,)*
                    reason_s: [zero; Reason::COUNT],
                    z_integral: vec![zero; modes],
                    heats_j: vec![zero; heats],
                    rooms: vec![RoomSums::default(); rooms],
                    starts_seen: zero,
                }
            }

            /// Puts one lane's sums into `to`, a house of the same layout.
            pub fn take_lane(&self, lane: usize, to: &mut Sums<f64>) {
                $(to.$field = self.$field.lane(lane);)*
                take_lane(&self.reason_s, lane, &mut to.reason_s);
                take_lane(&self.z_integral, lane, &mut to.z_integral);
                take_lane(&self.heats_j, lane, &mut to.heats_j);
                for (to, from) in to.rooms.iter_mut().zip(&self.rooms) {
                    *to = from.lane(lane);
                }
                to.starts_seen = self.starts_seen.lane(lane);
            }
        }
    };
}

sums! {
    time_s,
    /// Heat to emitters and tank, and out of the rooms.
    space_j, tank_j, cooling_j,
    /// Compressor electricity in heating, hot water and cooling.
    space_electric_j, tank_electric_j, cooling_electric_j,
    backup_space_j, backup_tank_j, element_j,
    /// Pumps and fans; standby.
    auxiliary_j, standby_j,
    /// Hot water.
    drawn_j, useful_j, missing_j, draw_l, tank_loss_j,
    /// Integrals of flow temperature and tank sensor, K s.
    flow_ks, run_s, commanded_s, overridden_s, below_40_s, below_50_s,
    /// Above the tank's upper bound by disinfection.
    disinfection_above_ks, disinfection_above_s,
    segments, unlocated,
}

lane_struct! {
    /// Sums of one room.
    #[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
    pub struct RoomSums<T> {
        /// K s and s below the lower and above the upper bound.
        pub below_ks: T,
        pub below_s: T,
        pub above_ks: T,
        pub above_s: T,
        /// The part of `below_ks` in recovery.
        pub recovery_ks: T,
        pub open_s: T,
    }
}

impl<T: Real> Sums<T> {
    /// Empties one lane's integrals.
    pub fn forget_integrals(&mut self, lane: usize) {
        for integral in self.z_integral.iter_mut().chain(&mut self.heats_j) {
            integral.set_lane(lane, 0.0);
        }
    }

    /// Empties the sums for the next interval.
    pub fn clear(&mut self) {
        let seen = self.starts_seen;
        let (mut z, mut heats, mut rooms) = (
            std::mem::take(&mut self.z_integral),
            std::mem::take(&mut self.heats_j),
            std::mem::take(&mut self.rooms),
        );
        *self = Self::new(0, 0, 0);
        z.fill(T::splat(0.0));
        heats.fill(T::splat(0.0));
        rooms.fill(RoomSums::default());
        (self.z_integral, self.heats_j, self.rooms) = (z, heats, rooms);
        self.starts_seen = seen;
    }

    /// Adds a segment, in lanes where `active` holds.
    #[inline(always)]
    pub(super) fn add(
        &mut self,
        plant: &Plant<T>,
        row: &Row<'_, T>,
        state: &State<T>,
        command: &Command<T>,
        segment: &Segment<T>,
        active: T::Mask,
    ) {
        let zero = T::splat(0.0);
        let dt = segment.dt_s;
        let scratch = &state.scratch;
        self.time_s += dt;

        self.space_j +=
            (segment.space_w.max(zero) + segment.backup_space_w + segment.ideal_heating_w) * dt;
        self.cooling_j += ((-segment.space_w).max(zero) + segment.ideal_cooling_w) * dt;
        self.tank_j += (segment.tank_w + segment.backup_tank_w) * dt;
        let cools = segment.space_w.lt(zero);
        let (ideal_heating, ideal_cooling) = ideal_electricity(plant, row, segment);
        self.space_electric_j +=
            (T::select(cools, zero, segment.space_electric_w) + ideal_heating) * dt;
        self.cooling_electric_j +=
            (T::select(cools, segment.space_electric_w, zero) + ideal_cooling) * dt;
        self.tank_electric_j += segment.tank_electric_w * dt;
        self.backup_space_j += segment.backup_space_w * dt;
        self.backup_tank_j += segment.backup_tank_w * dt;
        self.element_j += segment.element_w * dt;

        // A start costs electricity that gives no heat, once.
        let started = state.memory.source.starts - self.starts_seen;
        let start_j = T::select(active, started * plant.source.start_loss_j, zero);
        self.starts_seen = T::select(active, state.memory.source.starts, self.starts_seen);
        let for_tank = command.tank;
        let for_cool = command.cool & !command.heat;
        self.tank_electric_j += T::select(for_tank, start_j, zero);
        self.cooling_electric_j += T::select(for_cool & !for_tank, start_j, zero);
        self.space_electric_j += T::select(!for_tank & !for_cool, start_j, zero);

        let on = command.compressor;
        let delivers = on | command.backup_space | command.backup_tank | segment.circulates;
        let mut auxiliary = T::select(delivers, plant.source.pump_w, zero);
        for (e, &open) in plant.emitters.iter().zip(&scratch.valves) {
            auxiliary += T::select(open & delivers & !command.tank, e.fan_w, zero);
        }
        self.auxiliary_j += auxiliary * dt;
        self.standby_j += T::select(on, zero, plant.source.standby_w) * dt;
        self.run_s += T::select(on, dt, zero);
        self.flow_ks += T::select(on, segment.flow_c, segment.water_end_c) * dt;

        self.drawn_j += segment.tank.drawn_j;
        self.useful_j += segment.tank.useful_j;
        self.missing_j += segment.tank.missing_j;
        self.tank_loss_j += segment.tank.loss_j;
        self.draw_l += row.draw_l_per_s * dt;
        if plant.tank.is_some() {
            self.add_tank(row, state, segment);
        }
        self.add_reason(&command.reason, &dt);
        self.commanded_s += T::select(command.commanded, dt, zero);
        self.overridden_s += T::select(command.overridden, dt, zero);

        for (sum, &q) in self.heats_j.iter_mut().zip(&scratch.heats) {
            *sum += q * dt;
        }
        self.add_rooms(row, state, dt);
    }

    /// Each lane's time to its own reason. Apart, so that the compiler keeps what
    /// makes the reason in vectors.
    #[inline(never)]
    fn add_reason(&mut self, reason: &T, dt: &T) {
        for lane in 0..T::LANES {
            let code = reason.lane(lane) as usize;
            if let Some(sum) = self.reason_s.get_mut(code) {
                sum.set_lane(lane, sum.lane(lane) + dt.lane(lane));
            }
        }
    }

    /// The tank's hours at its bounds, and below 40 and 50 degC.
    #[inline(always)]
    fn add_tank(&mut self, row: &Row<'_, T>, state: &State<T>, segment: &Segment<T>) {
        let dt = segment.dt_s;
        let (v0, v1) = (segment.tank_start_c, segment.tank_end_c);
        let (fifty_c, upper_c) = (T::splat(50.0), row.device.tank_upper);
        let inside = v0.ge(fifty_c) & v1.ge(fifty_c) & v0.le(upper_c) & v1.le(upper_c);
        if inside.all() {
            return;
        }
        let zero = T::splat(0.0);
        self.below_40_s += below(T::splat(40.0), v0, v1).1 * dt;
        self.below_50_s += below(fifty_c, v0, v1).1 * dt;
        let (above_k, above) = below(-upper_c, -v0, -v1);
        let disinfects = state.memory.tank.disinfecting;
        self.disinfection_above_ks += T::select(disinfects, above_k * dt, zero);
        self.disinfection_above_s += T::select(disinfects, above * dt, zero);
    }

    /// Discomfort of each room, and how long its valve was open.
    #[inline(always)]
    fn add_rooms(&mut self, row: &Row<'_, T>, state: &State<T>, dt: T) {
        let zero = T::splat(0.0);
        let s = &state.scratch;
        let recovers = row.device.recovery.gt(T::splat(0.5)) & !state.memory.side.recovery_exempt;
        let rooms = self.rooms.iter_mut().zip(row.rooms).zip(&s.valves);
        for (((sum, set), &open), (&v0, &v1)) in rooms.zip(s.y0.iter().zip(&s.y1)) {
            sum.open_s += T::select(open, dt, zero);
            let outside = v0.lt(set.lower) | v1.lt(set.lower);
            if (outside | v0.gt(set.upper) | v1.gt(set.upper)).any() {
                let (low_k, low) = below(set.lower, v0, v1);
                let (high_k, high) = below(-set.upper, -v0, -v1);
                sum.below_ks += low_k * dt;
                sum.below_s += low * dt;
                sum.above_ks += high_k * dt;
                sum.above_s += high * dt;
                sum.recovery_ks += T::select(recovers, low_k * dt, zero);
            }
        }
    }
}

/// Electricity of ideal emitters by the unit's map at its set-points, W.
#[inline(always)]
fn ideal_electricity<T: Real>(plant: &Plant<T>, row: &Row<'_, T>, segment: &Segment<T>) -> (T, T) {
    let zero = T::splat(0.0);
    if !plant.ideal {
        return (zero, zero);
    }
    let (_, cop) = row.heating.at(row.device.flow_heating);
    let (_, eer) = row.cooling.at(row.device.flow_cooling);
    let tiny = T::splat(1e-9);
    (
        segment.ideal_heating_w / cop.max(tiny),
        T::select(eer.gt(tiny), segment.ideal_cooling_w / eer.max(tiny), zero),
    )
}

/// Mean of max(0, bound - v) and the share of time below, for a value that goes
/// from `v0` to `v1` in a straight line.
#[inline(always)]
fn below<T: Real>(bound: T, v0: T, v1: T) -> (T, T) {
    let (zero, one) = (T::splat(0.0), T::splat(1.0));
    let half = T::splat(0.5);
    let (a, b) = (bound - v0, bound - v1);
    let (pa, pb) = (a.max(zero), b.max(zero));
    let both = a.gt(zero) & b.gt(zero);
    let none = a.le(zero) & b.le(zero);
    let one_side = !both & !none;
    let span = T::select(one_side, a.abs() + b.abs(), one);
    let p = pa.max(pb);
    let mean = T::select(
        both,
        (a + b) * half,
        T::select(none, zero, p * p * half / span),
    );
    let share = T::select(both, one, T::select(none, zero, p / span));
    (mean, share)
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn analytic_discomfort_of_a_straight_line_through_a_bound() {
        assert_eq!(below(20.0, 19.0, 19.0), (1.0, 1.0));
        assert_eq!(below(20.0, 21.0, 20.0), (0.0, 0.0));
        // From 1 K below to 3 K above: a quarter of the time, mean 1/2 K in it.
        assert_eq!(below(20.0, 19.0, 23.0), (0.125, 0.25));
        assert_eq!(below(20.0, 23.0, 19.0), (0.125, 0.25));
        assert_eq!(below::<f64>(-1e30, 20.0, 19.0), (0.0, 0.0));
    }
}

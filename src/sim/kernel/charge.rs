//! The source serves the tank: at full output (or the commanded power), up to
//! the unit's highest flow temperature.

use super::power;
use super::space::SpaceFlow;
use super::state::{Row, State};
use crate::control::law::{Command, NO_POWER_COMMAND_W};
use crate::numeric::{Mask, Real};
use crate::physics::tank;
use crate::plant::params::Plant;

/// What the tank gets. Means over the segment, W.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChargeFlow<T: Real> {
    pub heat_w: T,
    pub backup_w: T,
    pub electric_w: T,
    pub element_w: T,
    pub flow_c: T,
    /// The unit can't go on: the tank asks for hotter water than it makes.
    pub at_limit: T::Mask,
}

/// Heat to the tank under `command` over the next `dt_s`.
#[inline(always)]
pub(super) fn charge<T: Real>(
    plant: &Plant<T>,
    row: &Row<'_, T>,
    state: &State<T>,
    command: &Command<T>,
    dt_s: T,
    rooms: &SpaceFlow<T>,
) -> ChargeFlow<T> {
    let zero = T::splat(0.0);
    let no = T::Mask::splat(false);
    let none = ChargeFlow {
        heat_w: zero,
        backup_w: zero,
        electric_w: zero,
        element_w: zero,
        flow_c: rooms.flow_c,
        at_limit: no,
    };
    let Some(p) = &plant.tank else { return none };
    let on = command.compressor & command.tank;
    if !(on | command.backup_tank | command.element).any() {
        return none;
    }
    let tiny = T::splat(1e-9);
    let commanded = command.power_w.lt(T::splat(0.5 * NO_POWER_COMMAND_W));
    let mut flow_c = T::select(
        state.memory.source.tank_served,
        state.flow_guess_c,
        T::splat(45.0),
    );
    let (mut heat_w, mut electric_w, mut at_limit) = (zero, zero, no);
    for _ in 0..3 {
        let (capacity_w, cost) = row.heating.at_inverse(flow_c);
        let floor_w = plant.source.min_modulation * capacity_w;
        let asked_w = T::select(
            commanded,
            power::heat_at(command.power_w, capacity_w, cost, &plant.source.part_load),
            capacity_w,
        );
        let asked_w = asked_w.max(floor_w).min(capacity_w);
        let side = tank::charge_side(p, &state.layers, asked_w, dt_s);
        // No hotter than the unit can: it modulates down, then it has to stop.
        let hottest_w = (plant.source.flow_max_c - side.temperature_c) * side.w_per_k;
        at_limit = hottest_w.lt(floor_w);
        heat_w = asked_w.min(hottest_w.max(floor_w));
        let load = heat_w / capacity_w.max(tiny);
        electric_w = capacity_w * cost * plant.source.part_load.electricity(load);
        flow_c = side.temperature_c + heat_w / side.w_per_k.max(tiny);
    }
    let heat_w = T::select(on, heat_w, zero);
    // Without an element of the tank's own, the heater in the flow stands in.
    let stand_in = command.element & plant.source.element_w.le(zero);
    let backup_on =
        command.backup_tank | (stand_in & plant.constants.backup_tank.gt(T::splat(0.5)));
    ChargeFlow {
        heat_w,
        backup_w: T::select(backup_on, plant.source.backup_w, zero),
        electric_w: T::select(on, electric_w, zero),
        element_w: T::select(command.element, plant.source.element_w, zero),
        flow_c,
        at_limit: on & at_limit,
    }
}

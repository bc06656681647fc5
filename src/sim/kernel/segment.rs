//! One segment: what a held command does to house and tank in `dt_s`, and
//! where in it a watched temperature leaves its band.

use super::state::{Row, State, read, with_heats};
use super::{charge, ideal, space};
use crate::control::hysteresis::{Band, REACHED_K};
use crate::control::law::Command;
use crate::numeric::{Mask, Real};
use crate::physics::tank::{self, TankInputs, TankStep};
use crate::plant::modal::advance::{self, BLOCK, Lags};
use crate::plant::params::{ModalParams, Plant};

/// The outcome of a segment besides what stands in the scratch buffers. Powers
/// are means over the segment, W.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<T: Real> {
    pub dt_s: T,
    /// Heat to the rooms from the compressor (negative in cooling) and from the backup heater.
    pub space_w: T,
    pub backup_space_w: T,
    /// Compressor electricity for the rooms.
    pub space_electric_w: T,
    /// Heat to the tank, likewise.
    pub tank_w: T,
    pub backup_tank_w: T,
    pub tank_electric_w: T,
    pub element_w: T,
    /// Ideal emitters: heating and cooling (>= 0), W.
    pub ideal_heating_w: T,
    pub ideal_cooling_w: T,
    /// Mean flow temperature, of the tank's charge or of the circuit, degC.
    pub flow_c: T,
    pub flow_guess_c: T,
    /// Water of the circuit at the end, degC.
    pub water_end_c: T,
    /// Water goes round through open valves.
    pub circulates: T::Mask,
    pub tank: TankStep<T>,
    pub tank_start_c: T,
    pub tank_end_c: T,
    pub tank_limit: T::Mask,
    pub full_output: T::Mask,
    pub spent: T::Mask,
}

/// Calculates a segment of `dt_s` (0 in lanes that are done). The end's state
/// is left in the scratch buffers.
#[inline(always)]
pub(super) fn attempt<T: Real>(
    plant: &Plant<T>,
    row: &Row<'_, T>,
    state: &mut State<T>,
    command: &Command<T>,
    dt_s: T,
) -> Segment<T> {
    let modal = &plant.states[row.state];
    let zero = T::splat(0.0);
    state.scratch.ready = ready(modal, dt_s);
    if state.scratch.ready.is_none() {
        state.scratch.lags.remake(&modal.lambda_per_s, dt_s);
    }

    let rooms = space::supply(plant, row, state, command, dt_s);
    let charge = charge::charge(plant, row, state, command, dt_s, &rooms);
    let ideals = if plant.ideal {
        ideal::hold(plant, row, state, dt_s)
    } else {
        (zero, zero)
    };

    // House and emitters.
    let s = &mut state.scratch;
    s.forcing.copy_from_slice(row.forcing);
    let modes = s.forcing.len();
    for (column, &q) in modal.heat_forcing.chunks_exact(modes).zip(&s.heats) {
        advance::add_scaled(column, q, &mut s.forcing);
    }
    let lags = lags(modal, s.ready, &s.lags);
    lags.advance(&s.forcing, &state.z, &mut s.z);
    with_heats(plant, modal, &s.base, &s.heats, &mut s.direct);
    read(&s.modal_now, &s.direct, &mut s.y0);
    let watched = watched_blocks(plant).min(s.modal.len());
    modal.output.multiply(0, &s.z, &mut s.modal[..watched]);
    read(&s.modal, &s.direct, &mut s.y1);

    // Tank.
    let mut tank_step = TankStep::default();
    let (mut tank_start_c, mut tank_end_c) = (zero, zero);
    if let Some(p) = &plant.tank {
        tank_start_c = tank::sensor_c(p, &state.layers);
        s.layers.copy_from_slice(&state.layers);
        let inputs = TankInputs {
            dt_s,
            charge_w: charge.heat_w + charge.backup_w,
            element_w: charge.element_w,
            draw_l: row.draw_l_per_s * dt_s,
            useful_c: plant.useful_c,
            mains_c: row.mains_c,
        };
        tank_step = tank::step(p, &mut s.layers, &inputs, &mut s.tank);
        tank_end_c = tank::sensor_c(p, &s.layers);
    }

    Segment {
        dt_s,
        space_w: rooms.heat_w,
        backup_space_w: rooms.backup_w,
        space_electric_w: rooms.electric_w,
        tank_w: charge.heat_w,
        backup_tank_w: charge.backup_w,
        tank_electric_w: charge.electric_w,
        element_w: charge.element_w,
        ideal_heating_w: ideals.0,
        ideal_cooling_w: ideals.1,
        flow_c: T::select(command.tank, charge.flow_c, rooms.flow_c),
        flow_guess_c: T::select(
            command.tank & command.compressor,
            charge.flow_c,
            state.flow_guess_c,
        ),
        water_end_c: rooms.water_end_c,
        circulates: rooms.circulates,
        tank: tank_step,
        tank_start_c,
        tank_end_c,
        tank_limit: charge.at_limit,
        full_output: rooms.full_output,
        spent: rooms.spent,
    }
}

/// Completes the segment that `attempt` left: the outputs that nothing watches,
/// and the integrals of the modes, added to `z_integral`.
#[inline(always)]
pub(super) fn complete<T: Real>(
    plant: &Plant<T>,
    row: &Row<'_, T>,
    state: &mut State<T>,
    z_integral: &mut [T],
) {
    let modal = &plant.states[row.state];
    let s = &mut state.scratch;
    let lags = lags(modal, s.ready, &s.lags);
    lags.integrate(&s.forcing, &state.z, z_integral);
    let watched = watched_blocks(plant);
    if let Some(rest) = s.modal.get_mut(watched..).filter(|r| !r.is_empty()) {
        modal.output.multiply(watched, &s.z, rest);
        read(&s.modal, &s.direct, &mut s.y1);
    }
}

/// Blocks of the kernel's outputs that end segments: the first two a room are
/// watched.
#[inline(always)]
fn watched_blocks<T: Real>(plant: &Plant<T>) -> usize {
    (2 * plant.rooms).div_ceil(BLOCK)
}

/// Which of the factors that were made beforehand are for the length that all
/// lanes have.
#[inline(always)]
fn ready<T: Real>(modal: &ModalParams<T>, dt_s: T) -> Option<usize> {
    modal.lags.iter().position(|(length_s, _)| {
        let length_s = T::splat(*length_s);
        !(dt_s.lt(length_s) | dt_s.gt(length_s)).any()
    })
}

/// The factors that were made beforehand, or else those made for this segment.
#[inline(always)]
pub(super) fn lags<'a, T: Real>(
    modal: &'a ModalParams<T>,
    ready: Option<usize>,
    made: &'a Lags<T>,
) -> &'a Lags<T> {
    match ready.and_then(|i| modal.lags.get(i)) {
        Some((_, lags)) => lags,
        None => made,
    }
}

/// Share of the segment after which the first watched temperature leaves its
/// band; 1 where none does.
#[inline(always)]
pub(super) fn first_crossing<T: Real>(
    plant: &Plant<T>,
    state: &State<T>,
    segment: &Segment<T>,
) -> T {
    let s = &state.scratch;
    let circuit_c = space::coldest_c(plant, &s.dry_k, segment.water_end_c, &s.y1);
    let mut leaves = outside(circuit_c, &s.bands.circuit)
        | outside(segment.tank_end_c, &s.bands.tank)
        | outside(segment.water_end_c, &s.bands.water);
    for (&end_c, band) in s.y1.iter().zip(&s.room_bands) {
        leaves = leaves | outside(end_c, band);
    }
    let mut part = T::splat(1.0);
    if !leaves.any() {
        return part;
    }
    let circuit_start_c = space::coldest_c(plant, &s.dry_k, state.water_c, &s.y0);
    let others = [
        (circuit_start_c, circuit_c, &s.bands.circuit),
        (segment.tank_start_c, segment.tank_end_c, &s.bands.tank),
        (state.water_c, segment.water_end_c, &s.bands.water),
    ];
    let rooms = s.y0.iter().zip(&s.y1).zip(&s.room_bands);
    for ((&start_c, &end_c), band) in rooms {
        part = part.min(crossing(start_c, end_c, band));
    }
    for (start_c, end_c, band) in others {
        part = part.min(crossing(start_c, end_c, band));
    }
    part
}

/// Whether a value has left `band`.
#[inline(always)]
fn outside<T: Real>(value: T, band: &Band<T>) -> T::Mask {
    let near = T::splat(REACHED_K);
    value.gt(band.high + near) | value.lt(band.low - near)
}

/// Where a value that goes from `v0` to `v1` in a straight line leaves `band`, 0 to 1.
#[inline(always)]
fn crossing<T: Real>(v0: T, v1: T, band: &Band<T>) -> T {
    let (zero, one) = (T::splat(0.0), T::splat(1.0));
    let near = T::splat(REACHED_K);
    let up = v1.gt(band.high + near);
    let down = v1.lt(band.low - near);
    let target = T::select(up, band.high, band.low);
    let way = v1 - v0;
    let moves = way.abs().gt(T::splat(1e-12));
    let share = ((target - v0) / T::select(moves, way, one)).clamp(zero, one);
    T::select(up | down, T::select(moves, share, zero), one)
}

//! Ideal emitters: exactly the power that brings each room to its set-point at
//! the end of the segment, within limits.

use super::segment;
use super::state::{Row, State};
use crate::numeric::Real;
use crate::plant::modal::advance::BLOCK;
use crate::plant::params::Plant;

/// Sweeps of the room-by-room solution; rooms are weakly coupled, each sweep
/// gains two digits and more.
const SWEEPS: usize = 12;

/// Fills the heats with ideal powers and returns their heating and cooling sums, W (>= 0).
#[inline(always)]
pub(super) fn hold<T: Real>(
    plant: &Plant<T>,
    row: &Row<'_, T>,
    state: &mut State<T>,
    dt_s: T,
) -> (T, T) {
    let zero = T::splat(0.0);
    let n = plant.rooms;
    let modal = &plant.states[row.state];
    let s = &mut state.scratch;
    let lags = segment::ready(modal, dt_s).unwrap_or(&s.lags);
    let blocks = n.div_ceil(BLOCK);

    // Room temperatures at the end without any ideal power, in `y1`.
    lags.advance(row.forcing, &state.z, &mut s.z);
    modal.output.multiply(0, &s.z, &mut s.modal[..blocks]);
    let free = s.modal.as_flattened().iter().zip(row.base_output);
    for (y, (&of_modes, &base)) in s.y1[..n].iter_mut().zip(free) {
        *y = of_modes + base;
    }
    // What 1 W does to room r at the end: as heat in room k, and moved from
    // where cold enters that room to where heat does.
    let (heats, modes, outputs) = (s.heats.len(), s.z.len(), s.y1.len());
    for (k, column) in modal.heat_forcing.chunks_exact(modes).enumerate() {
        for ((z, &b), &gain) in s.z.iter_mut().zip(column).zip(&lags.gain) {
            *z = b * gain;
        }
        modal.output.multiply(0, &s.z, &mut s.modal[..blocks]);
        for (r, &of_modes) in s.modal.as_flattened()[..n].iter().enumerate() {
            let direct = modal.heat_output.get(k * outputs + r);
            s.response[r * heats + k] = of_modes + direct.copied().unwrap_or(zero);
        }
    }
    s.heats.fill(zero);
    let runs = dt_s.gt(zero);
    for _ in 0..SWEEPS {
        for r in 0..n {
            let mut without = s.y1[r];
            let response = &s.response[r * heats..(r + 1) * heats];
            for k in 0..n {
                if k != r {
                    without += response[k] * s.heats[k] + response[n + k] * s.heats[n + k];
                }
            }
            let e = &plant.emitters[r];
            let warms = T::select(runs, response[r], T::splat(1.0));
            let cools = T::select(runs, response[r] - response[n + r], T::splat(1.0));
            let heat = ((row.ideal_heat_c[r] - without) / warms).clamp(zero, e.ideal_heating_w);
            let cool = ((without - row.ideal_cool_c[r]) / cools).clamp(zero, e.ideal_cooling_w);
            s.heats[r] = T::select(runs, heat - cool, zero);
            s.heats[n + r] = T::select(runs, cool, zero);
        }
        if n == 1 {
            break;
        }
    }
    let (mut heating, mut cooling) = (zero, zero);
    for &q in &s.heats[..n] {
        heating += q.max(zero);
        cooling += (-q).max(zero);
    }
    (heating, cooling)
}

//! A minute of the rooms: who calls for heat, and what heat does to the house.

use super::source::Held;
use super::{Coefficient, Common, Inputs, State, latch};
use crate::numeric::{Mask, Real};
use crate::plant::Plant;

/// A radiator's chord is made anew when its excess has moved by so much, K.
const CHORD_K: f64 = 0.5;

/// What rooms want of the source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wants<T> {
    /// 1: some room calls; the lower bound of one forces heat.
    pub any: T,
    pub forced: T,
    /// How much the worst is below its target, K; only where it has influence.
    pub error_k: T,
}

/// Asks the rooms' thermostats.
#[inline(always)]
pub(super) fn wants<T: Real, const R: usize>(
    held: &Held<T, R>,
    inputs: &Inputs<T, R>,
    state: &mut State<T, R>,
) -> Wants<T> {
    let (zero, half) = (T::splat(0.0), T::splat(0.5));
    let (mut any, mut forced, mut error_k) = (zero, zero, zero);
    for r in 0..R {
        let room_c = state.room_c[r];
        state.calls[r] = latch(state.calls[r], room_c, inputs.on_c[r], inputs.off_c[r]);
        let calls = state.calls[r] * inputs.counts[r];
        any = any.max(calls);
        if held.has_backup {
            let below = room_c.le(inputs.forced_c[r]);
            forced = T::select(below, forced.max(calls), forced);
        }
        if held.has_influence {
            let error = inputs.target_c[r] - room_c;
            let error = T::select(calls.gt(half), error, T::splat(-1e30));
            error_k = if r == 0 { error } else { error_k.max(error) };
        }
    }
    Wants {
        any,
        forced,
        error_k,
    }
}

/// Makes chords of radiators' power laws anew where the excess has moved.
#[inline(always)]
pub(super) fn bend<T: Real, const R: usize>(plant: &Plant<T>, state: &mut State<T, R>) {
    let (zero, one) = (T::splat(0.0), T::splat(1.0));
    for (r, emitter) in plant.emitters[..R].iter().enumerate() {
        let law = &emitter.law;
        let excess_k = state.emitter_c[r] - state.faced_c[r];
        let excess_k = excess_k.abs().max(one);
        let moved = (excess_k - state.chord_at_k[r]).abs().gt(T::splat(CHORD_K));
        if moved.any() {
            let beyond = law.emission_w(excess_k) / excess_k - law.linear_w_per_k;
            let beyond = T::select(law.coefficient_w.gt(zero), beyond, zero);
            // Lane by lane: a house's chord is its own matter.
            state.chord_at_k[r] = T::select(moved, excess_k, state.chord_at_k[r]);
            state.deviation[r] = T::select(moved, beyond, state.deviation[r]);
        }
    }
}

/// A minute of the house with heat from the emitters' water and from emitters to
/// rooms beyond the linear link, W.
#[inline(always)]
pub(super) fn minute<T: Real, C: Coefficient<T>, const R: usize, const CURVED: bool>(
    common: &Common<'_, C>,
    state: &mut State<T, R>,
    heats: &[T; R],
    moved: &[T; R],
) {
    let zero = T::splat(0.0);
    let house = common.house;
    let modes = house.modes;
    let (mut rooms, mut nodes, mut faced) = ([zero; R], [zero; R], [zero; R]);
    for r in 0..R {
        rooms[r] = common.base_output[r].wide();
        nodes[r] = common.base_output[R + r].wide();
        faced[r] = common.base_output[2 * R + r].wide();
    }
    let by_mode = house.decay.iter().zip(&common.forcing[..modes]);
    let columns = house.heat.chunks_exact(2 * R);
    let columns = columns.zip(house.output.chunks_exact(3 * R));
    for ((z, (&decay, &forcing)), (heat, output)) in
        state.z[..modes].iter_mut().zip(by_mode).zip(columns)
    {
        let mut next = z.mul_add(decay.wide(), forcing.wide());
        for r in 0..R {
            next = heats[r].mul_add(heat[r].wide(), next);
            if CURVED {
                next = moved[r].mul_add(heat[R + r].wide(), next);
            }
        }
        *z = next;
        for r in 0..R {
            rooms[r] = next.mul_add(output[r].wide(), rooms[r]);
            nodes[r] = next.mul_add(output[R + r].wide(), nodes[r]);
            if CURVED {
                faced[r] = next.mul_add(output[2 * R + r].wide(), faced[r]);
            }
        }
    }
    if !house.direct.is_empty() {
        let from = heats.iter().chain(moved.iter().filter(|_| CURVED));
        for (&heat, output) in from.zip(house.direct.chunks_exact(3 * R)) {
            for r in 0..R {
                rooms[r] = heat.mul_add(output[r].wide(), rooms[r]);
                nodes[r] = heat.mul_add(output[R + r].wide(), nodes[r]);
                if CURVED {
                    faced[r] = heat.mul_add(output[2 * R + r].wide(), faced[r]);
                }
            }
        }
    }
    (state.room_c, state.emitter_c, state.faced_c) = (rooms, nodes, faced);
}

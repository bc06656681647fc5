//! The quick step: a quarter-hour of some variants of one house, minute by
//! minute. Decisions hold for a minute, and nothing is located inside it. Written
//! over [`Real`], as the full step is, with the same tank, maps and modes; the
//! rooms are `R` to the compiler, so that what is about them stays in registers.
//! Products and sums are rounded together ([`Real::mul_add`]).
//!
//! What it leaves out of the full step stands in the module above.

mod house;
mod inputs;
mod rooms;
mod source;
mod state;
mod tank;

pub use house::{Coefficient, House};
pub use inputs::{Common, Inputs};
pub use state::{State, Sums};

use self::source::{Held, Through};
use crate::numeric::simd::{InstructionSet, Work};
use crate::numeric::{Mask, Real};
use crate::physics::tank::{LONGEST_STEP_S, rest, sensor_c};
use crate::plant::Plant;

/// Decisions hold for so long, s.
pub const MINUTE_S: f64 = 60.0;
/// Minutes of a row.
pub const MINUTES: usize = 15;

/// A tank loses heat at the end of a row, in so many stretches.
const RESTS: usize = (MINUTES as f64 * MINUTE_S / LONGEST_STEP_S) as usize;

/// `yes` or `no` by a comparison, as 1 or 0 of a latch: on at or below, off at or
/// above.
#[inline(always)]
fn latch<T: Real>(was: T, value: T, on: T, off: T) -> T {
    let (zero, one) = (T::splat(0.0), T::splat(1.0));
    T::select(value.le(on), one, T::select(value.ge(off), zero, was))
}

/// Steps all variants through a row. `CURVED`: some emitter follows a power law.
#[inline(always)]
pub fn row<T: Real, C: Coefficient<T>, const R: usize, const CURVED: bool>(
    plant: &Plant<T>,
    common: &Common<'_, C>,
    inputs: &Inputs<T, R>,
    state: &mut State<T, R>,
    s: &mut Sums<T, R>,
) {
    let (zero, half) = (T::splat(0.0), T::splat(0.5));
    let (source, set) = (&plant.source, &inputs.set);
    *s = Sums::default();
    let held = Held::new(plant, inputs);
    if CURVED {
        rooms::bend(plant, state);
    }
    // What the tank asks for, and for which it may take the element. Its sensor
    // stands still until something disturbs the layers.
    let (mut asks, mut element) = (zero, zero);
    let mut disturbed = true;
    let mut through = Through::nothing();

    for minute in 0..MINUTES {
        if let Some(p) = plant.tank.as_ref().filter(|_| disturbed) {
            let sensor_c = sensor_c(p, &state.layers);
            let starts = match minute {
                0 => set.disinfection_starts,
                _ => zero,
            };
            (asks, element, disturbed) =
                tank::asks(&plant.constants, inputs, state, sensor_c, starts);
        }
        let wants = rooms::wants(&held, inputs, state);
        let mut to_tank = asks;
        let mut heats = [zero; R];
        // Where nobody wants heat and nothing runs, all of this would be zero.
        if wants.any.max(asks).max(state.on).gt(half).any() {
            let given = source::minute(plant, &held, inputs, wants, asks, &mut through, state, s);
            (to_tank, heats) = (given.to_tank, given.heats);
        } else {
            source::idle(state);
        }

        let mut moved = [zero; R];
        if CURVED {
            for (r, moved) in moved.iter_mut().enumerate() {
                *moved = state.deviation[r] * (state.emitter_c[r] - state.faced_c[r]);
            }
        }
        rooms::minute::<T, C, R, CURVED>(common, state, &heats, &moved);
        for (sum, &room_c) in s.room_c.iter_mut().zip(&state.room_c) {
            *sum += room_c;
        }

        let charges = to_tank.gt(half).any();
        if plant.tank.is_some() && (charges || inputs.draws[minute] || element.gt(half).any()) {
            disturbed = true;
            let asked = tank::Asked {
                to_tank,
                element,
                draw_l: inputs.draw_l[minute],
            };
            tank::minute(plant, inputs, &asked, state, s);
        } else {
            state.charging_w = zero;
        }
        s.flow_c += state.water_c;
    }
    s.auxiliary_w = source.pump_w * s.circulates;
    for (emitter, &open) in plant.emitters[..R].iter().zip(&s.open) {
        s.auxiliary_w += emitter.fan_w * open;
    }
    for (&litres, draws) in inputs.draw_l.iter().zip(inputs.draws) {
        if draws {
            s.draw_l += litres;
        }
    }
    if let Some(p) = &plant.tank {
        let dt_s = T::splat(LONGEST_STEP_S);
        rest(p, &mut state.layers, dt_s, RESTS, &mut state.scratch);
        s.tank_c = sensor_c(p, &state.layers);
    }
}

/// Steps all variants through a row in an instruction set. `curved`: some emitter
/// follows a power law. Lanes are in vectors as wide as there are, one house in the
/// plainest code.
pub fn step<T: Real, C: Coefficient<T>, const N: usize>(
    set: InstructionSet,
    curved: bool,
    plant: &Plant<T>,
    common: &Common<'_, C>,
    inputs: &Inputs<T, N>,
    state: &mut State<T, N>,
    sums: &mut Sums<T, N>,
) {
    let quick = Quick {
        plant,
        common,
        inputs,
        state,
        sums,
    };
    if curved {
        run(set, Curved(quick));
    } else {
        run(set, quick);
    }
}

/// Does a piece of work as [`step`] does.
pub(super) fn run<W: Work>(set: InstructionSet, work: W) {
    if W::LANES > 1 {
        set.run_widest(work);
    } else {
        set.run_plain(work);
    }
}

/// A row as a piece of work.
struct Quick<'x, T: Real, C, const N: usize> {
    plant: &'x Plant<T>,
    common: &'x Common<'x, C>,
    inputs: &'x Inputs<T, N>,
    state: &'x mut State<T, N>,
    sums: &'x mut Sums<T, N>,
}

/// The same, of houses with radiators.
struct Curved<'x, T: Real, C, const N: usize>(Quick<'x, T, C, N>);

impl<T: Real, C: Coefficient<T>, const N: usize> Work for Quick<'_, T, C, N> {
    const LANES: usize = T::LANES;

    #[inline(always)]
    fn work(self) {
        row::<T, C, N, false>(self.plant, self.common, self.inputs, self.state, self.sums);
    }
}

impl<T: Real, C: Coefficient<T>, const N: usize> Work for Curved<'_, T, C, N> {
    const LANES: usize = T::LANES;

    #[inline(always)]
    fn work(self) {
        let Quick {
            plant,
            common,
            inputs,
            state,
            sums,
        } = self.0;
        row::<T, C, N, true>(plant, common, inputs, state, sums);
    }
}

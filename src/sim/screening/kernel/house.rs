//! A house's modes for steps of a minute.

use super::MINUTE_S;
use crate::numeric::{Real, Wide, pack};
use crate::plant::modal::advance::factors;
use crate::plant::params::{KERNEL_OUTPUTS, ModalParams};

/// A number of the house: the same for all that go side by side, or each one's own.
pub trait Coefficient<T: Real>: Copy {
    fn wide(self) -> T;
}

impl<T: Real> Coefficient<T> for f64 {
    #[inline(always)]
    fn wide(self) -> T {
        T::splat(self)
    }
}

impl<const N: usize> Coefficient<Self> for Wide<N> {
    #[inline(always)]
    fn wide(self) -> Self {
        self
    }
}

/// The modes of a house for steps of a minute: one house of all that go side by side
/// (`f64`), or a house each.
#[derive(Clone, Debug)]
pub struct House<C = f64> {
    pub(super) modes: usize,
    places: usize,
    pub(super) decay: Vec<C>,
    pub(super) gain: Vec<C>,
    /// What 1 W of each heat does to a mode in a minute: modes x heats.
    pub(super) heat: Vec<C>,
    /// What each mode is in the outputs: modes x outputs.
    pub(super) output: Vec<C>,
    /// What 1 W of each heat is in the outputs at once: heats x outputs; empty
    /// where all are zero.
    pub(super) direct: Vec<C>,
}

impl<T: Real> House<T> {
    /// Houses of one layout, a lane each; missing ones repeat the last.
    pub fn side_by_side(houses: &[&House]) -> Self {
        let all = |of: fn(&House) -> &Vec<f64>| {
            (0..of(houses[0]).len())
                .map(|i| pack(houses.iter().map(|house| of(house)[i])))
                .collect()
        };
        Self {
            modes: houses[0].modes,
            places: houses[0].places,
            decay: all(|h| &h.decay),
            gain: all(|h| &h.gain),
            heat: all(|h| &h.heat),
            output: all(|h| &h.output),
            direct: all(|h| &h.direct),
        }
    }

    /// Puts a house, or another state of one, into a lane.
    pub fn set_lane(&mut self, lane: usize, house: &House) {
        for (to, from) in [
            (&mut self.decay, &house.decay),
            (&mut self.gain, &house.gain),
            (&mut self.heat, &house.heat),
            (&mut self.output, &house.output),
            (&mut self.direct, &house.direct),
        ] {
            crate::numeric::set_lane(to, lane, from);
        }
    }
}

impl House {
    /// Of one state of a network, whose outputs are `outputs_by_mode` times its
    /// modes: outputs x modes.
    ///
    /// `places` is as many rooms as the step has (at least as many as the house);
    /// nothing reaches those that are not there.
    pub fn new(
        outputs_by_mode: &[f64],
        modal: &ModalParams<f64>,
        rooms: usize,
        places: usize,
    ) -> Self {
        let modes = modal.lambda_per_s.len();
        let (heats, outputs) = (2 * places, KERNEL_OUTPUTS * places);
        // A place's number among the house's heats or outputs.
        let own = |i: usize| (i % places < rooms).then_some(i / places * rooms + i % places);
        let lags: Vec<_> = modal
            .lambda_per_s
            .iter()
            .map(|&lambda| factors(lambda, MINUTE_S))
            .collect();
        let heat = |m: usize| (0..heats).map(move |h| (m, h));
        let output = |m: usize| (0..outputs).map(move |o| (m, o));
        let direct = |h: usize| (0..outputs).map(move |o| (h, o));
        Self {
            modes,
            places,
            decay: lags.iter().map(|f| f.decay).collect(),
            gain: lags.iter().map(|f| f.gain).collect(),
            heat: (0..modes)
                .flat_map(heat)
                .map(|(m, h)| {
                    own(h).map_or(0.0, |h| modal.heat_forcing[h * modes + m] * lags[m].gain)
                })
                .collect(),
            output: (0..modes)
                .flat_map(output)
                .map(|(m, o)| own(o).map_or(0.0, |o| outputs_by_mode[o * modes + m]))
                .collect(),
            direct: match modal.heat_output.is_empty() {
                true => Vec::new(),
                false => (0..heats)
                    .flat_map(direct)
                    .map(|(h, o)| match (own(h), own(o)) {
                        (Some(h), Some(o)) => modal.heat_output[h * KERNEL_OUTPUTS * rooms + o],
                        _ => 0.0,
                    })
                    .collect(),
            },
        }
    }

    /// How many modes it has.
    pub fn modes(&self) -> usize {
        self.modes
    }

    /// As how many rooms it has places for.
    pub fn places(&self) -> usize {
        self.places
    }

    /// What a row's modal `forcing` does to the modes in a minute.
    pub fn force(&self, forcing: &[f64], to: &mut Vec<f64>) {
        to.clear();
        to.extend(forcing.iter().zip(&self.gain).map(|(w, gain)| w * gain));
    }
}

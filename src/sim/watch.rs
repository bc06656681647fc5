//! What a run notices on its way besides the trace: draws, and what its user
//! must be warned of. One look a row; nothing here acts.

use serde::{Deserialize, Serialize};

use super::kernel::State;
use crate::control::settings::Effective;
use crate::model::Device;
use crate::trace::Totals;

/// A draw misses energy from here on, J: below it is rounding, not a cold shower.
pub(super) const SHORT_DRAW_J: f64 = 360.0;

/// Collects over the period that counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Watch {
    drawing: bool,
    missing_j: f64,
    draws: u64,
    draws_short: u64,
    /// Lowest lower bound at which charging ended at the plant's limit, degC.
    limited_c: Option<f64>,
    disinfecting_above: bool,
    disinfections_above: u32,
    above_k: f64,
}

/// A row as the watch sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// The tank's sensor and its bounds, degC.
    pub tank_c: f64,
    pub tank_lower_c: f64,
    pub tank_upper_c: f64,
}

impl Watch {
    /// A part of a row in which the tap draws evenly, or not at all. Parts with
    /// a draw that follow each other are one draw.
    pub(super) fn tap(&mut self, draws: bool, missing_j: f64) {
        if draws {
            if !self.drawing {
                self.missing_j = 0.0;
                self.draws += 1;
            }
            let before = self.missing_j;
            self.missing_j += missing_j;
            self.draws_short += u64::from(before <= SHORT_DRAW_J && self.missing_j > SHORT_DRAW_J);
        }
        self.drawing = draws;
    }

    /// Looks at a row that has passed.
    pub(super) fn row(&mut self, device: &Device, state: &State<f64>, seen: &Seen) {
        if device.tank.is_none() {
            return;
        }
        let tank = &state.memory.tank;
        if tank.at_limit && tank.forced && !helped(device) {
            let lower = self
                .limited_c
                .map_or(seen.tank_lower_c, |l| l.min(seen.tank_lower_c));
            self.limited_c = Some(lower);
        }
        let above_k = seen.tank_c - seen.tank_upper_c;
        let above = tank.disinfecting && above_k > 0.0;
        if above {
            self.disinfections_above += u32::from(!self.disinfecting_above);
            self.above_k = self.above_k.max(above_k);
        }
        self.disinfecting_above = tank.disinfecting && (above || self.disinfecting_above);
    }

    /// Hands over the counts.
    pub(super) fn count(&self, totals: &mut Totals) {
        (totals.draws, totals.draws_short) = (self.draws, self.draws_short);
    }

    /// Warnings, each with the device's name. `settings`: all that were in force.
    pub(super) fn warnings<'a>(
        &self,
        device: &Device,
        settings: impl Iterator<Item = &'a Effective>,
    ) -> Vec<String> {
        let mut out = Vec::new();
        let id = &device.id;
        if device.tank.is_none() {
            return out;
        }
        let reach_c = device.heat_pump.flow_max_c;
        let beyond = settings
            .map(|s| s.dhw_lower_c)
            .filter(|&lower| lower >= reach_c && !helped(device));
        if let Some(lower) = beyond.reduce(f64::max) {
            out.push(format!(
                "device {id}: the tank's lower bound of {lower} °C is out of the heat pump's reach (flow {reach_c} °C at most); charging ends at the plant's limit"
            ));
        } else if let Some(lower) = self.limited_c {
            out.push(format!(
                "device {id}: charging ended at the plant's limit before the tank's lower bound of {lower} °C was safely passed"
            ));
        }
        if self.disinfections_above > 0 {
            out.push(format!(
                "device {id}: disinfection took the tank above its upper bound {} times, by {:.1} K at most",
                self.disinfections_above, self.above_k
            ));
        }
        out
    }
}

/// Whether something else than the compressor can heat the tank further.
fn helped(device: &Device) -> bool {
    let backup = &device.heat_pump.backup;
    device.tank.as_ref().is_some_and(|t| t.element_w > 0.0)
        || (backup.hot_water && backup.power_w > 0.0)
}

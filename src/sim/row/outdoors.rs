//! What of a row follows from the weather: permits, flow set-points, what the unit
//! would draw, set-points of ideal emitters.

use super::{RowMaker, flag};
use crate::control::settings::{ControlMode, Effective};
use crate::control::steering::Draw;
use crate::control::thresholds;
use crate::model::emitter::EmitterKind;
use crate::physics::heat_pump::FlowCurve;
use crate::physics::sky::dew_point_c;

/// Cooling keeps the flow this far above the dew point, K.
const ABOVE_DEW_POINT_K: f64 = 2.0;
/// Lowest flow temperature in cooling where humidity is unknown, degC.
const BLIND_COOLING_FLOW_C: f64 = 18.0;
/// The set-point stays so far above the coldest flow allowed, K: reaching that
/// stops the compressor.
const ABOVE_FLOW_LIMIT_K: f64 = 1.0;
impl RowMaker<'_> {
    /// What follows from the weather: permits, flow set-points.
    pub(super) fn outdoors(&mut self, effective: &Effective, i: usize, target_c: f64) {
        let device = self.job.device;
        let (c, unit, rows) = (&device.controller, &device.heat_pump, self.job.rows);
        let outdoor_c = rows.outdoor_c[i];
        let damped_c = self.damped_c.get(i).copied().unwrap_or(outdoor_c);
        let limit = c.cooling_outdoor_limit_c;
        self.latches.cool_permitted = outdoor_c >= limit
            || (self.latches.cool_permitted && outdoor_c >= limit - c.cooling_outdoor_hysteresis_k);
        let threshold = effective.preferred_c - c.auto_cooling_below_preferred_k;
        let set = &mut self.device;
        set.cool_permitted = flag(self.latches.cool_permitted);
        let judges = effective.mode == ControlMode::Auto && self.abilities.can_cool;
        set.auto_may_start = flag(judges && damped_c >= threshold);
        set.auto_may_go_on = flag(judges && damped_c >= threshold - c.auto_cooling_hysteresis_k);
        let source_ok = flag((unit.source_min_c..=unit.source_max_c).contains(&outdoor_c));
        set.source_heating_ok = source_ok;
        set.source_cooling_ok = flag(outdoor_c <= unit.source_max_c.max(45.0));
        set.bivalent = flag(outdoor_c <= unit.backup.bivalence_c);
        // Where many go side by side, they do this together.
        if !self.lean || effective.pv_self_consumption {
            set.flow_heating = self.curve.outdoor_part_c(outdoor_c, target_c);
        }
        set.flow_heating_min = c.curve.min_flow_c;
        set.flow_heating_max = c.curve.max_flow_c;
        let dry = if !self.dew_limited {
            f64::NEG_INFINITY
        } else if self.job.scenario.weather.humidity_known {
            // Indoor air is taken to hold the moisture of outdoor air.
            dew_point_c(outdoor_c, rows.relative_humidity[i]) + ABOVE_DEW_POINT_K
        } else {
            BLIND_COOLING_FLOW_C
        };
        set.flow_cooling_limit = dry.max(unit.flow_min_c);
        set.flow_cooling = c
            .cooling_flow_c
            .max(set.flow_cooling_limit + ABOVE_FLOW_LIMIT_K);
    }

    /// What the unit would draw in this row, with its pump: for the rooms, which
    /// it serves with as little as they need, at its lowest output and the flow
    /// set-point (of the side that takes more); for the tank at full output and
    /// the temperature to which surplus would charge it.
    pub(super) fn draw(&self, effective: &Effective) -> Draw {
        let device = self.job.device;
        let (c, unit, set) = (&device.controller, &device.heat_pump, &self.device);
        let full_w = |map: &FlowCurve<f64>, flow_c: f64| {
            let (capacity_w, cop) = map.at(flow_c);
            capacity_w / cop
        };
        let sides = thresholds::sides(effective.mode, &self.abilities);
        let mut house_w = 0.0f64;
        if sides.heats {
            let flow_c = set.flow_heating.max(set.flow_heating_min);
            house_w = full_w(&self.heating, flow_c.min(set.flow_heating_max));
        }
        if sides.cools && unit.cooling.is_some() {
            house_w = house_w.max(full_w(&self.cooling, set.flow_cooling));
        }
        let (low, high) = (effective.dhw_lower_c, effective.dhw_upper_c);
        let point = c.tank_setpoint_c.max(low).min(high);
        let stored = point + c.price_shift * (high - point);
        let tank_w = full_w(&self.heating, stored.min(unit.flow_max_c));
        Draw {
            house_w: unit.min_modulation * house_w + unit.pump_w,
            tank_w: tank_w + unit.pump_w,
        }
    }

    /// Set-points of ideal emitters: their own, or the target in heating and the
    /// upper bound in cooling.
    pub(super) fn ideals(&mut self, effective: &Effective, t_s: i64) {
        let sides = thresholds::sides(effective.mode, &self.abilities);
        let judged = self.device.cool_always > 0.5 || self.device.auto_may_go_on > 0.5;
        let cools = sides.cools && self.latches.cool_permitted && judged;
        for (r, bounds) in self.bounds.iter().enumerate() {
            self.ideal_heat_c[r] = bounds.filter(|_| sides.heats).map_or(-1e30, |b| b.target_c);
            self.ideal_cool_c[r] = bounds
                .filter(|_| cools)
                .map_or(1e30, |b| b.control_cool_upper_c);
            if let Some(EmitterKind::Ideal {
                heating_set_c,
                cooling_set_c,
                ..
            }) = self.job.device.emitters[r].as_ref().map(|e| &e.kind)
            {
                let end_s = t_s + i64::from(self.job.scenario.period.step_s);
                if let Some(set) = heating_set_c {
                    self.ideal_heat_c[r] = set.mean(t_s, end_s);
                }
                if let Some(set) = cooling_set_c {
                    self.ideal_cool_c[r] = set.mean(t_s, end_s);
                }
            }
        }
    }
}

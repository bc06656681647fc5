//! The weather-compensated flow set-point: what flow temperature carries the
//! heat that the outdoor temperature asks for.
//!
//! With heat demand proportional to target minus outdoors and an emission
//! proportional to the excess temperature to the power n, the excess has to be
//! the design excess times demand share to the power 1/n (heating-curve
//! equation of the field, e.g. EN 15316-2). Room influence shifts the result
//! by the room's error.

use crate::model::controller::HeatingCurve;
use crate::model::emitter::Emitter;
use crate::numeric::Real;
use crate::physics::emitter::design_flow_c;

/// Room temperature of the design case, degC (EN 12831-1, living rooms).
pub const DESIGN_ROOM_C: f64 = 20.0;

/// [`HeatingCurve`] in the step's numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Curve<T> {
    design_excess_k: T,
    design_difference_k: T,
    inverse_exponent: T,
    min_flow_c: T,
    max_flow_c: T,
    room_influence: T,
}

impl<T: Real> Curve<T> {
    /// Puts one house's curve into lane `lane`.
    pub fn set_lane(&mut self, lane: usize, curve: &HeatingCurve) {
        let difference_k = (DESIGN_ROOM_C - curve.design_outdoor_c).max(1.0);
        self.design_excess_k
            .set_lane(lane, (curve.design_flow_c - DESIGN_ROOM_C).max(0.0));
        self.design_difference_k.set_lane(lane, difference_k);
        self.inverse_exponent.set_lane(lane, 1.0 / curve.exponent);
        self.min_flow_c.set_lane(lane, curve.min_flow_c);
        self.max_flow_c.set_lane(lane, curve.max_flow_c);
        self.room_influence.set_lane(lane, curve.room_influence);
    }

    /// Flow set-point, degC, without room influence and before its limits.
    #[inline(always)]
    pub fn outdoor_part_c(&self, outdoor_c: T, target_c: T) -> T {
        let share = (target_c - outdoor_c) / self.design_difference_k;
        target_c + self.design_excess_k * share.powf(self.inverse_exponent)
    }

    /// Adds the room's error (target minus room, K) and limits the result.
    #[inline(always)]
    pub fn with_room_c(&self, outdoor_part_c: T, room_below_k: T) -> T {
        (outdoor_part_c + self.room_influence * room_below_k)
            .max(self.min_flow_c)
            .min(self.max_flow_c)
    }

    /// Flow set-point, degC.
    #[inline(always)]
    pub fn flow_c(&self, outdoor_c: T, target_c: T, room_c: T) -> T {
        self.with_room_c(self.outdoor_part_c(outdoor_c, target_c), target_c - room_c)
    }
}

impl HeatingCurve {
    /// A curve for emitters and the design heat loads of their rooms, W: the
    /// design flow is what the neediest of them needs (5 K at least above the
    /// room), the exponent is the one of the emitters that give most heat.
    pub fn for_emitters(
        emitters: &[(&Emitter, f64)],
        design_outdoor_c: f64,
        min_flow_c: f64,
        max_flow_c: f64,
    ) -> Self {
        use crate::model::emitter::EmitterKind;
        let mut design_flow = DESIGN_ROOM_C + 5.0;
        let (mut weighted, mut load) = (0.0, 0.0);
        for (emitter, load_w) in emitters {
            let flow = design_flow_c(&emitter.kind, emitter.flow_w_per_k, *load_w, DESIGN_ROOM_C);
            if flow.is_finite() {
                design_flow = design_flow.max(flow);
            }
            let exponent = match emitter.kind {
                EmitterKind::Radiator { exponent, .. } => exponent,
                // Heated floors: EN 1264's basic curve has 1.1.
                EmitterKind::Underfloor { .. } => 1.1,
                _ => 1.0,
            };
            weighted += exponent * load_w;
            load += load_w;
        }
        Self {
            design_flow_c: design_flow.min(max_flow_c),
            design_outdoor_c,
            exponent: if load > 0.0 { weighted / load } else { 1.0 },
            min_flow_c,
            max_flow_c,
            room_influence: 2.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::emitter::EmitterKind;
    use crate::numeric::Lanes;

    const CURVE: HeatingCurve = HeatingCurve {
        design_flow_c: 45.0,
        design_outdoor_c: -10.0,
        exponent: 1.3,
        min_flow_c: 22.0,
        max_flow_c: 50.0,
        room_influence: 2.0,
    };

    fn curve() -> Curve<f64> {
        let mut c = Curve::default();
        c.set_lane(0, &CURVE);
        c
    }

    #[test]
    fn analytic_the_curve_passes_its_design_point_and_its_limits() {
        let c = curve();
        assert!((c.flow_c(-10.0, 20.0, 20.0) - 45.0).abs() < 1e-12);
        let half = 20.0 + 25.0 * 0.5_f64.powf(1.0 / 1.3);
        assert!((c.flow_c(5.0, 20.0, 20.0) - half).abs() < 1e-12);
        assert_eq!(c.flow_c(25.0, 20.0, 20.0), 22.0);
        assert_eq!(c.flow_c(-30.0, 20.0, 20.0), 50.0);
        assert!((c.flow_c(5.0, 20.0, 19.0) - half - 2.0).abs() < 1e-12);
    }

    #[test]
    fn analytic_a_radiator_on_the_curve_covers_the_load_at_every_outdoor_temperature() {
        let kind = EmitterKind::Radiator {
            nominal_w: 9000.0,
            nominal_dt_k: 50.0,
            exponent: 1.3,
        };
        // So much water that flow and mean water are the same.
        let emitter = Emitter {
            kind: kind.clone(),
            convective_fraction: 0.7,
            capacity_j_per_k: 1e5,
            flow_w_per_k: 1e9,
        };
        let curve = HeatingCurve::for_emitters(&[(&emitter, 5000.0)], -10.0, 20.0, 60.0);
        let mut c: Curve<f64> = Curve::default();
        c.set_lane(0, &curve);
        for outdoor_c in [-10.0, -3.0, 4.0, 12.0] {
            let load_w = 5000.0 * (20.0 - outdoor_c) / 30.0;
            let needed = design_flow_c(&kind, 1e9, load_w, 20.0);
            assert!((c.flow_c(outdoor_c, 20.0, 20.0) - needed).abs() < 1e-5);
        }
    }

    #[test]
    fn lanes_give_the_bits_of_one_house() {
        let mut wide: Curve<Lanes<4>> = Curve::default();
        for lane in 0..4 {
            wide.set_lane(lane, &CURVE);
        }
        let outdoor = Lanes([-12.3, 0.7, 14.9, 31.0]);
        let flow = wide.flow_c(outdoor, Lanes([20.5; 4]), Lanes([19.9; 4]));
        for lane in 0..4 {
            let one = curve().flow_c(outdoor.0[lane], 20.5, 19.9);
            assert_eq!(flow.0[lane].to_bits(), one.to_bits());
        }
    }
}

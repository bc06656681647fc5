//! What a row brings: to all variants, and to each.

use super::{House, MINUTES};
use crate::control::setpoints::{DeviceSetpoints, RoomSetpoints};
use crate::numeric::Real;
use crate::physics::heat_pump::FlowCurve;

/// The house in a row, and what weather and gains are to it: common to all that go
/// side by side, or each one's own.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a, C = f64> {
    pub house: &'a House<C>,
    /// See [`House::force`].
    pub forcing: &'a [C],
    /// Direct part of the outputs by weather and gains, degC.
    pub base_output: &'a [C],
}

/// What the step needs of [`DeviceSetpoints`], by the same names.
#[derive(Clone, Copy, Debug)]
pub struct Device<T> {
    pub flow_heating: T,
    pub flow_heating_min: T,
    pub flow_heating_max: T,
    pub source_heating_ok: T,
    pub bivalent: T,
    pub recovery: T,
    pub disinfection_starts: T,
    pub disinfection_window: T,
}

/// What each variant is given in a row.
#[derive(Clone, Debug)]
pub struct Inputs<T: Real, const R: usize> {
    /// Thermostats: on below, off above, degC.
    pub on_c: [T; R],
    pub off_c: [T; R],
    /// What room influence looks at, degC.
    pub target_c: [T; R],
    /// 1: the room's own thermostat decides on its valve; 0: it follows the others.
    pub own_valve: [T; R],
    /// 1: its call starts the source.
    pub counts: [T; R],
    /// Below these the lower bound forces heat: the backup heater may help.
    pub forced_c: [T; R],
    pub tank_on_c: T,
    pub tank_off_c: T,
    pub tank_forced_c: T,
    pub set: Device<T>,
    /// Outdoors and the house's target, degC: what its heating curve looks at.
    pub outdoor_c: T,
    pub curve_target_c: T,
    pub map: FlowCurve<T>,
    pub mains_c: T,
    /// Wanted at the tap in each minute, mixed to the useful temperature, l.
    pub draw_l: [T; MINUTES],
    /// Some variant draws in this minute.
    pub draws: [bool; MINUTES],
}

impl<T: Real, const R: usize> Inputs<T, R> {
    /// Nothing is asked for.
    pub fn idle() -> Self {
        let zero = T::splat(0.0);
        Self {
            on_c: [T::splat(-1e30); R],
            off_c: [T::splat(-1e30); R],
            target_c: [T::splat(20.0); R],
            own_valve: [T::splat(1.0); R],
            counts: [T::splat(1.0); R],
            forced_c: [T::splat(-1e30); R],
            tank_on_c: T::splat(-1e30),
            tank_off_c: T::splat(-1e30),
            tank_forced_c: T::splat(-1e30),
            set: Device {
                flow_heating: T::splat(20.0),
                flow_heating_min: T::splat(20.0),
                flow_heating_max: T::splat(60.0),
                source_heating_ok: T::splat(1.0),
                bivalent: zero,
                recovery: zero,
                disinfection_starts: zero,
                disinfection_window: zero,
            },
            outdoor_c: zero,
            curve_target_c: T::splat(20.0),
            map: FlowCurve::default(),
            mains_c: T::splat(10.0),
            draw_l: [zero; MINUTES],
            draws: [false; MINUTES],
        }
    }

    /// Takes over from another row what stays until it is set anew: not the map and
    /// the draws, which every row is given.
    pub(in crate::sim::screening) fn go_on_from(&mut self, other: &Self) {
        self.on_c = other.on_c;
        self.off_c = other.off_c;
        self.target_c = other.target_c;
        self.own_valve = other.own_valve;
        self.counts = other.counts;
        self.forced_c = other.forced_c;
        self.tank_on_c = other.tank_on_c;
        self.tank_off_c = other.tank_off_c;
        self.tank_forced_c = other.tank_forced_c;
        self.set = other.set;
    }

    /// Puts a variant's thresholds of a room into a lane: what steering and bounds
    /// come to is one band.
    pub fn set_room(&mut self, r: usize, lane: usize, set: &RoomSetpoints<f64>, allowed: bool) {
        let on_c = if allowed {
            set.heat_on.max(set.forced_on).min(set.forbidden_on)
        } else {
            -1e30
        };
        let on_c = on_c.max(set.frost_on);
        let off_c = set.heat_off.max(set.forced_off).min(set.forbidden_on);
        let off_c = if allowed { off_c } else { set.frost_off };
        self.on_c[r].set_lane(lane, on_c);
        self.off_c[r].set_lane(lane, off_c.max(on_c));
        self.target_c[r].set_lane(lane, set.target);
        self.counts[r].set_lane(lane, set.counts);
        let forced_c = if allowed { set.forced_on } else { -1e30 };
        self.forced_c[r].set_lane(lane, forced_c);
    }

    /// Puts what follows from the weather and the clock into a lane.
    pub fn set_weather(&mut self, lane: usize, set: &DeviceSetpoints<f64>) {
        let to = &mut self.set;
        to.source_heating_ok.set_lane(lane, set.source_heating_ok);
        to.bivalent.set_lane(lane, set.bivalent);
        to.recovery.set_lane(lane, set.recovery);
        to.disinfection_starts
            .set_lane(lane, set.disinfection_starts);
        to.disinfection_window
            .set_lane(lane, set.disinfection_window);
    }

    /// Puts a variant's thresholds of the device into a lane.
    pub fn set_device(&mut self, lane: usize, set: &DeviceSetpoints<f64>) {
        let to = &mut self.set;
        to.flow_heating_min.set_lane(lane, set.flow_heating_min);
        to.flow_heating_max.set_lane(lane, set.flow_heating_max);
        let on_c = set
            .tank_on
            .max(set.tank_forced_on)
            .min(set.tank_forbidden_on);
        let off_c = set
            .tank_off
            .max(set.tank_forced_off)
            .min(set.tank_forbidden_on);
        self.tank_on_c.set_lane(lane, on_c);
        self.tank_off_c.set_lane(lane, off_c.max(on_c));
        self.tank_forced_c.set_lane(lane, set.tank_forced_on);
    }
}

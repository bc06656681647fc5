//! What one device is given in each row: thresholds from its settings, flow
//! set-points, permits by outdoor temperature, commands, maps, hot water.

mod due;
mod means;
mod outdoors;

use serde::{Deserialize, Serialize};

use self::due::disinfections;
use self::means::Means;
use super::device::{Job, weather_row};
use super::kernel::Row;
use super::parts::Part;
use super::recorder::Surroundings;
use super::surroundings::day_of_year;
use crate::control::setpoints::{DeviceSetpoints, RoomSetpoints};
use crate::control::settings::{Bounds, ControlMode, Effective, resolve_bounds};
use crate::control::steering::{Draw, Shifts, Steering};
use crate::control::thresholds::{self, Abilities};
use crate::model::Activation;
use crate::model::emitter::EmitterKind;
use crate::physics::heat_pump::FlowCurve;
use crate::physics::heating_curve::Curve;
use crate::physics::sol_air::yearly_cosine_c;

/// So far above what it is heated to a room is warm, K. Ours.
pub(super) const WARM_K: f64 = 1.0;
/// A smaller change of the target is no step, K.
const TARGET_STEP_K: f64 = 0.05;

/// Makes rows for one device.
pub(super) struct RowMaker<'a> {
    job: &'a Job<'a>,
    abilities: Abilities,
    /// Its emitters are ideal: no compressor runs for its rooms.
    ideal: bool,
    curve: Curve<f64>,
    steering: Steering,
    /// Local schedule: instants and targets from then on.
    schedule: Vec<(i64, Option<f64>)>,
    disinfections: Vec<i64>,
    damped_c: Vec<f64>,
    dew_limited: bool,
    /// Nobody asks for means, and nothing is cooled.
    lean: bool,
    latches: Latches,
    /// What the thresholds were made for, and whether that was in this row.
    made_for: Option<Key>,
    fresh: bool,
    bounds: Vec<Option<Bounds>>,
    rooms: Vec<RoomSetpoints<f64>>,
    device: DeviceSetpoints<f64>,
    heating: FlowCurve<f64>,
    cooling: FlowCurve<f64>,
    ideal_heat_c: Vec<f64>,
    ideal_cool_c: Vec<f64>,
    mains_c: f64,
    /// The weather row that the maps, and the mains, are for.
    unit_for: Option<usize>,
    mains_for: Option<usize>,
    /// Of the last interval.
    around: Surroundings,
}

/// All that a row leaves for the next: cursors, latches, sums. The rest is made
/// anew from it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Latches {
    /// Cursors into settings, schedule, activation, disinfection.
    at_settings: usize,
    at_schedule: usize,
    at_activation: usize,
    at_disinfection: usize,
    cool_permitted: bool,
    target_c: f64,
    recovery_until_s: i64,
    disinfection_until_s: i64,
    clipped: bool,
    cannot_cool: bool,
    /// Sums over the recording interval.
    means: Means,
}

/// Thresholds change only with these.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    settings: usize,
    target_c: f64,
    shifts: Shifts,
    house: Option<u8>,
    tank: Option<u8>,
}

impl<'a> RowMaker<'a> {
    pub(super) fn new(job: &'a Job<'a>) -> Self {
        Self::with_damped(job, job.rows.damped(job.device.controller.damping_s))
    }

    fn with_damped(job: &'a Job<'a>, damped_c: Vec<f64>) -> Self {
        let (device, scenario) = (job.device, job.scenario);
        let c = &device.controller;
        let period = &scenario.period;
        let tz = &scenario.site.timezone;
        let mut curve = Curve::default();
        curve.set_lane(0, &c.curve);
        let n = device.house.rooms.len();
        let target_c = job.settings.at(i64::MIN, &mut 0).preferred_c;
        let air = device
            .emitters
            .iter()
            .flatten()
            .any(|e| matches!(e.kind, EmitterKind::RoomUnit { .. }));
        let ideal = device
            .emitters
            .iter()
            .flatten()
            .any(|e| matches!(e.kind, EmitterKind::Ideal { .. }));
        Self {
            job,
            ideal,
            abilities: Abilities {
                can_cool: (ideal || device.heat_pump.cooling.is_some())
                    && device.emitters.iter().flatten().any(|e| e.kind.can_cool()),
                can_switch_off: device.heat_pump.can_switch_off,
                parked_heating_c: device.heat_pump.parked_heating_c,
                parked_cooling_c: device.heat_pump.parked_cooling_c,
            },
            curve,
            steering: if job.settings.all().any(steers) {
                Steering::new(scenario, device)
            } else {
                Steering::default()
            },
            schedule: std::iter::once((i64::MIN, job.user.schedule.target_at(period.start_s, tz)))
                .chain(job.user.schedule.changes(period.start_s, period.end_s, tz))
                .collect(),
            disinfections: disinfections(c, period.start_s, period.end_s, tz),
            damped_c,
            dew_limited: !air,
            lean: false,
            latches: Latches {
                at_settings: 0,
                at_schedule: 0,
                at_activation: 0,
                at_disinfection: 0,
                cool_permitted: false,
                target_c,
                recovery_until_s: i64::MIN,
                disinfection_until_s: i64::MIN,
                clipped: false,
                cannot_cool: false,
                means: Means::new(n),
            },
            made_for: None,
            fresh: false,
            bounds: vec![None; n],
            rooms: vec![RoomSetpoints::idle(); n],
            device: DeviceSetpoints::idle(),
            heating: FlowCurve::default(),
            cooling: FlowCurve::default(),
            ideal_heat_c: vec![-1e30; n],
            ideal_cool_c: vec![1e30; n],
            mains_c: 10.0,
            unit_for: None,
            mains_for: None,
            around: Surroundings::default(),
        }
    }

    /// For a device that does not cool, and rows whose means nobody asks for.
    pub(super) fn lean(job: &'a Job<'a>) -> Self {
        Self {
            lean: true,
            dew_limited: false,
            ..Self::with_damped(job, Vec::new())
        }
    }

    /// What the next row needs of the rows so far.
    pub(super) fn latches(&self) -> &Latches {
        &self.latches
    }

    /// Goes on after rows that left `latches`.
    pub(super) fn resume(&mut self, latches: Latches) {
        self.latches = latches;
        self.made_for = None;
    }

    /// The target of the row that was prepared, without rooms' offsets; to begin with
    /// a fair room temperature to start from, degC.
    pub(super) fn target_c(&self) -> f64 {
        self.latches.target_c
    }

    /// Nobody lets heat out below this, degC: who heats a room does not open its
    /// windows before it is clearly warmer than that. By what the row before wanted,
    /// and the preferred temperature, so that a set-back at night opens none.
    pub(super) fn warm_from_c(&self) -> f64 {
        let mut now = self.latches.at_settings;
        let effective = self.job.settings.at(i64::MIN, &mut now);
        match effective.mode {
            ControlMode::Heating | ControlMode::Auto => {
                effective.preferred_c.max(self.latches.target_c) + WARM_K
            }
            ControlMode::Cooling | ControlMode::Off => f64::NEG_INFINITY,
        }
    }

    /// Forgets what the warm-up left in cursors and sums.
    pub(super) fn forget(&mut self) {
        (
            self.latches.at_settings,
            self.latches.at_schedule,
            self.latches.at_activation,
            self.latches.at_disinfection,
        ) = (0, 0, 0, 0);
        self.latches.disinfection_until_s = i64::MIN;
        self.latches.recovery_until_s = i64::MIN;
        self.latches.means.clear();
    }

    /// All of row `i` of the period; `unit` and `mains` have the same heat pump and
    /// the same cold water.
    pub(super) fn prepare_row(
        &mut self,
        i: usize,
        warming: bool,
        unit: Option<&Self>,
        mains: Option<&Self>,
    ) {
        let period = &self.job.scenario.period;
        let t_s = period.start_s + i as i64 * i64::from(period.step_s);
        let weather = weather_row(self.job.rows, t_s);
        self.unit(weather, unit);
        self.mains(weather, mains);
        self.prepare(weather, t_s, warming);
    }

    /// Everything for the row at `t_s`, weather row `i`. While `warming`, the
    /// settings of the start hold and nothing is commanded. Besides it the row
    /// needs [`RowMaker::unit`], before, and [`RowMaker::mains`].
    pub(super) fn prepare(&mut self, i: usize, t_s: i64, warming: bool) {
        let job = self.job;
        let device = job.device;
        let c = &device.controller;
        let step_s = i64::from(job.scenario.period.step_s);
        if t_s == job.scenario.period.start_s {
            // The warm-up starts its block again.
            (self.latches.at_schedule, self.latches.at_disinfection) = (0, 0);
        }
        let effective = job.settings.at(
            if warming { i64::MIN } else { t_s },
            &mut self.latches.at_settings,
        );
        let target_c = self.target(effective, t_s);
        let command = if effective.flex_trading && !warming {
            self.command(t_s)
        } else {
            None
        };
        self.outdoors(effective, i, target_c);
        // Only surplus asks what the unit would draw.
        let draw = if effective.pv_self_consumption {
            self.draw(effective)
        } else {
            Draw::default()
        };
        let key = Key {
            settings: self.latches.at_settings,
            target_c,
            shifts: self.steering.shift(effective, t_s, draw),
            house: command.and_then(|a| a.house),
            tank: command.and_then(|a| a.tank),
        };
        self.fresh = self.made_for != Some(key);
        if self.fresh {
            self.thresholds(effective, &key);
            self.made_for = Some(key);
        }

        // A step of the target, by schedule or document.
        if (target_c - self.latches.target_c).abs() >= TARGET_STEP_K {
            self.latches.recovery_until_s = t_s + c.recovery_s as i64;
        }
        self.latches.target_c = target_c;
        self.device.recovery = flag(t_s < self.latches.recovery_until_s);

        // Disinfection.
        self.device.disinfection_starts = 0.0;
        while self
            .disinfections
            .get(self.latches.at_disinfection)
            .is_some_and(|&s| s <= t_s)
        {
            let start = self.disinfections[self.latches.at_disinfection];
            self.latches.at_disinfection += 1;
            if let Some(d) = c.disinfection
                && t_s - start < step_s.max(900)
            {
                self.device.disinfection_starts = flag(self.job.device.tank.is_some());
                self.latches.disinfection_until_s = t_s + d.give_up_s as i64;
            }
        }
        self.device.disinfection_window = flag(t_s < self.latches.disinfection_until_s);

        if self.ideal {
            self.ideals(effective, t_s);
        }
        if !self.lean {
            self.sum_up(i, &key);
        }
    }

    /// The heat pump's maps at the temperature of weather row `i`; `ahead` has the
    /// same heat pump and stands in the same row.
    pub(super) fn unit(&mut self, i: usize, ahead: Option<&Self>) {
        if self.unit_for == Some(i) {
            return;
        }
        self.unit_for = Some(i);
        if let Some(ahead) = ahead {
            (self.heating, self.cooling) = (ahead.heating, ahead.cooling);
            return;
        }
        let (unit, rows) = (&self.job.device.heat_pump, self.job.rows);
        let outdoor_c = rows.outdoor_c[i];
        let (capacity, cop) = unit.defrost.factors(outdoor_c, rows.relative_humidity[i]);
        self.heating = unit.heating.slice(outdoor_c).scaled(capacity, cop);
        if let Some(cooling) = &unit.cooling {
            self.cooling = cooling.slice(outdoor_c);
        }
    }

    /// The cold water's temperature in weather row `i`; `ahead` has the same.
    pub(super) fn mains(&mut self, i: usize, ahead: Option<&Self>) {
        if self.mains_for == Some(i) {
            return;
        }
        self.mains_for = Some(i);
        if let Some(ahead) = ahead {
            self.mains_c = ahead.mains_c;
            return;
        }
        let w = &self.job.device.hot_water;
        self.mains_c = yearly_cosine_c(
            w.mains_mean_c,
            w.mains_amplitude_k,
            w.mains_coldest_day,
            day_of_year(self.job.rows.starts_s(i)),
        );
    }

    /// Outdoors in row `i` of the period, degC.
    pub(super) fn outdoor_c(&self, i: usize) -> f64 {
        let period = &self.job.scenario.period;
        let t_s = period.start_s + i as i64 * i64::from(period.step_s);
        self.job.rows.outdoor_c[weather_row(self.job.rows, t_s)]
    }

    /// Whether the rooms' thresholds are others than in the row before.
    pub(super) fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// A part of the prepared row.
    pub(super) fn row<'r>(
        &'r self,
        part: &Part,
        state: usize,
        forcing: &'r [f64],
        base_output: &'r [f64],
    ) -> Row<'r, f64> {
        Row {
            duration_s: part.duration_s,
            state,
            forcing,
            base_output,
            rooms: &self.rooms,
            device: &self.device,
            heating: &self.heating,
            cooling: &self.cooling,
            draw_l_per_s: part.draw_l_per_s,
            mains_c: self.mains_c,
            ideal_heat_c: &self.ideal_heat_c,
            ideal_cool_c: &self.ideal_cool_c,
        }
    }

    /// Of the prepared row: target, lower and upper bound of a room, degC.
    pub(super) fn bounds_c(&self, room: usize) -> [f64; 3] {
        let set = &self.rooms[room];
        match self.bounds[room] {
            Some(_) => [set.target, set.lower, set.upper],
            None => [set.target; 3],
        }
    }

    /// By how much steering shifts the target in the prepared row, K.
    pub(super) fn shift_k(&self) -> f64 {
        let set = &self.rooms[self.job.device.controller.reference_room];
        set.heat_off - set.own_heat_off
    }

    /// Bounds of the tank in force, degC.
    pub(super) fn tank_bounds_c(&self) -> (f64, f64) {
        (self.device.tank_lower, self.device.tank_upper)
    }

    /// Warnings that came up on the way.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let id = &self.job.device.id;
        if self.latches.clipped {
            warnings.push(format!(
                "device {id}: a target lies outside the absolute comfort band and was clipped into it"
            ));
        }
        if self.latches.cannot_cool {
            warnings.push(format!(
                "device {id}: its mode asks for cooling, but nothing in it can cool: the unit \
                 needs cooling figures, and a room an emitter that takes cold water"
            ));
        }
        warnings
    }

    /// Target in force: scheduled, or the preferred temperature.
    fn target(&mut self, effective: &Effective, t_s: i64) -> f64 {
        if !effective.schedule_enabled {
            return effective.preferred_c;
        }
        while self.latches.at_schedule + 1 < self.schedule.len()
            && self.schedule[self.latches.at_schedule + 1].0 <= t_s
        {
            self.latches.at_schedule += 1;
        }
        self.schedule[self.latches.at_schedule]
            .1
            .unwrap_or(effective.preferred_c)
    }

    /// Command of the activation schedule at `t_s`.
    fn command(&mut self, t_s: i64) -> Option<Activation> {
        let all = &self.job.device.activation;
        while self.latches.at_activation < all.len() && all[self.latches.at_activation].end_s <= t_s
        {
            self.latches.at_activation += 1;
        }
        all.get(self.latches.at_activation)
            .copied()
            .filter(|a| a.start_s <= t_s)
    }

    /// Thresholds of rooms and tank.
    fn thresholds(&mut self, effective: &Effective, key: &Key) {
        let cools = matches!(effective.mode, ControlMode::Cooling | ControlMode::Auto);
        self.latches.cannot_cool |= cools && !self.abilities.can_cool;
        let device = self.job.device;
        let c = &device.controller;
        let power = |level: u8| match level {
            0 => 0.0,
            n => device
                .heat_pump
                .levels_w
                .get(usize::from(n) - 1)
                .copied()
                .unwrap_or(0.0),
        };
        let deepens = key.house.is_some_and(|l| l > 0);
        for (r, room) in device.house.rooms.iter().enumerate() {
            let bounds = resolve_bounds(effective, key.target_c, room.target_offset_k);
            self.latches.clipped |= bounds.clipped;
            if room.controlled {
                self.rooms[r] = thresholds::room(
                    &bounds,
                    effective,
                    c,
                    &self.abilities,
                    key.shifts.house,
                    deepens,
                );
                let served = device.emitters[r].is_some();
                if !served || (!c.valves && r != c.reference_room) {
                    // It counts in metrics only.
                    let (lower, upper) = (self.rooms[r].lower, self.rooms[r].upper);
                    self.rooms[r] = thresholds::follower(bounds.target_c, c);
                    (self.rooms[r].lower, self.rooms[r].upper) = (lower, upper);
                }
                if self.ideal {
                    // Its emitter holds it; the compressor has nothing to do with it.
                    let set = self.rooms[r];
                    self.rooms[r] = RoomSetpoints {
                        target: set.target,
                        lower: set.lower,
                        upper: set.upper,
                        counts: set.counts,
                        ..RoomSetpoints::idle()
                    };
                }
                self.bounds[r] = Some(bounds);
            } else {
                self.rooms[r] = thresholds::follower(bounds.target_c, c);
                self.bounds[r] = None;
            }
        }
        let set = &mut self.device;
        thresholds::device(set, effective, c, &self.abilities, key.shifts.tank);
        set.shifted = flag(key.shifts != Shifts::default());
        if device.tank.is_none() {
            set.forget_tank();
        }
        (set.house_commanded, set.house_w) =
            (flag(key.house.is_some()), key.house.map_or(0.0, power));
        let tank = key.tank.filter(|_| device.tank.is_some());
        (set.tank_commanded, set.tank_w) = (flag(tank.is_some()), tank.map_or(0.0, power));
    }
}

/// Whether prices or surplus of the day may move targets.
fn steers(settings: &Effective) -> bool {
    settings.dynamic_tariff || settings.pv_self_consumption
}

fn flag(b: bool) -> f64 {
    f64::from(u8::from(b))
}

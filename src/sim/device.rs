//! One device through all its rows: warm-up, then the period that counts.

use super::checkpoint::{CheckpointFault, DeviceState};
use super::error::RunError;
use super::kernel::{self, State, Sums};
use super::projection::Projection;
use super::recorder::Recorder;
use super::row::RowMaker;
use super::run::Progress;
use super::surroundings::NetworkInputs;
use super::timeline::DeviceSettings;
use super::watch::{Seen, Watch};
use crate::model::house::SwitchRule;
use crate::model::{Device, Scenario, User};
use crate::plant::compile::{Compiled, compile};
use crate::plant::modal::advance::dot;
use crate::plant::params::KERNEL_OUTPUTS;
use crate::trace::{DeviceTrace, Totals};
use crate::units::S_PER_DAY;
use crate::weather::Rows;

/// What a device's run needs.
pub(super) struct Job<'a> {
    pub scenario: &'a Scenario,
    pub user: &'a User,
    pub device: &'a Device,
    pub settings: &'a DeviceSettings,
    /// Weather of the period, a row a step.
    pub rows: &'a Rows,
}

/// What it gives.
pub(super) struct Done {
    pub trace: DeviceTrace,
    pub totals: Totals,
    pub warnings: Vec<String>,
}

/// How a stretch of its run ended.
pub(super) enum Ended {
    Done(Box<Done>),
    Stopped(Box<DeviceState>),
}

/// How often switched states of the house are judged, s.
const SWITCHED_EVERY_S: i64 = 300;
/// How often films are worked out anew, s: wind and faces change slowly, and it
/// costs as much as a row does otherwise.
const FILMS_EVERY_S: i64 = 900;

/// Longest recording interval, s: quarter-hour figures are formed from it.
const LONGEST_RECORD_S: u32 = 900;

/// Runs one device: from the warm-up on or from where it was stopped, up to
/// `until_s`, which is a row's start or the period's end.
pub(super) fn run(
    job: &Job<'_>,
    from: Option<&DeviceState>,
    until_s: i64,
    progress: &dyn Progress,
) -> Result<Ended, RunError> {
    let period = &job.scenario.period;
    let step_s = i64::from(period.step_s);
    let compiled = compile(job.device, step_s as f64).map_err(|fault| RunError::Network {
        device: job.device.id.clone(),
        fault,
    })?;
    let record_s = period.record_s.min(LONGEST_RECORD_S);
    let record_rows = i64::from(record_s) / step_s;

    let mut walk = Walk::new(job, &compiled, step_s);
    let rows = (period.end_s - period.start_s) / step_s;
    let (first, mut recorder) = match from {
        Some(from) => (from.rows, walk.resume(from)?),
        None => (0, walk.warm_up(record_s)?),
    };
    let stop = rows.min((until_s - period.start_s) / step_s);
    let day_rows = (86_400 / step_s).max(1);
    for i in first..stop {
        let old = walk.network_state;
        walk.prepare(i as usize, false);
        if walk.network_state != old {
            recorder.stretch(old, &mut walk.sums, &walk.integrals);
            recorder.leave(old);
            walk.integrals.fill(0.0);
        }
        walk.step(i as usize)?;
        let seen = walk.seen();
        walk.watch.row(job.device, &walk.state, &seen);
        if (i + 1) % record_rows == 0 || i + 1 == rows {
            recorder.stretch(walk.network_state, &mut walk.sums, &walk.integrals);
            walk.integrals.fill(0.0);
            let t0_s = period.start_s + (i + 1 - record_rows).max(0) * step_s;
            let around = walk.maker.interval(t0_s, period.start_s + (i + 1) * step_s);
            recorder.row(&walk.state, &walk.sums, &around);
            walk.sums.clear();
        }
        if (i + 1) % day_rows == 0 {
            progress.days(1.0);
        }
    }
    if stop < rows {
        return Ok(Ended::Stopped(Box::new(walk.stop(stop, recorder))));
    }
    let mut warnings = walk.maker.warnings();
    warnings.extend(walk.watch.warnings(job.device, job.settings.all()));
    let (trace, mut totals) = recorder.finish(&walk.state, walk.network_state);
    walk.watch.count(&mut totals);
    Ok(Ended::Done(Box::new(Done {
        trace,
        totals,
        warnings,
    })))
}
/// Rows of the block that the warm-up repeats: whole days of the period, at
/// most as long as the warm-up.
fn block_rows(warmup_s: i64, period_s: i64, step_s: i64) -> i64 {
    let day = S_PER_DAY as i64;
    let days = (period_s / day).min((warmup_s + day - 1) / day);
    if days > 0 {
        days * day / step_s
    } else {
        (period_s / step_s).max(1)
    }
}

/// A device on its way.
struct Walk<'a> {
    job: &'a Job<'a>,
    compiled: &'a Compiled,
    step_s: i64,
    maker: RowMaker<'a>,
    network: NetworkInputs,
    inputs: Vec<f64>,
    /// Integrals of the inputs since the recorder took them over.
    integrals: Vec<f64>,
    projection: Projection,
    /// Whether films are to be worked out anew.
    films_due: bool,
    state: State<f64>,
    sums: Sums<f64>,
    network_state: usize,
    /// From one network state's modes to another's.
    transfers: Vec<Vec<Vec<f64>>>,
    simulated_s: i64,
    watch: Watch,
}

impl<'a> Walk<'a> {
    fn new(job: &'a Job<'a>, compiled: &'a Compiled, step_s: i64) -> Self {
        let network = NetworkInputs::new(
            &compiled.layout.boundaries,
            &job.device.house.network.sources,
            &compiled.systems,
        );
        let systems = &compiled.systems;
        let system = &systems[0];
        let inputs = network.len();
        let maker = RowMaker::new(job);
        let z = system.uniform_state(maker.start_room_c());
        let layers = job
            .device
            .tank
            .as_ref()
            .map_or_else(Vec::new, |t| vec![t.start_c; t.layers]);
        let plant = &compiled.plant;
        let projection = Projection::new(
            systems,
            KERNEL_OUTPUTS * plant.rooms,
            &network.quick(),
            network.first_film()..inputs,
        );
        let mut state = State::new(plant, z, layers);
        state.water_c = maker.start_room_c();
        Self {
            job,
            compiled,
            step_s,
            maker,
            network,
            inputs: vec![0.0; inputs],
            integrals: vec![0.0; inputs],
            projection,
            films_due: true,
            sums: Sums::new(plant.rooms, system.modes, compiled.layout.heats.len()),
            state,
            network_state: 0,
            transfers: systems
                .iter()
                .map(|from| systems.iter().map(|to| from.transfer(to)).collect())
                .collect(),
            simulated_s: 0,
            watch: Watch::default(),
        }
    }

    /// The period's first days, over and over, up to its start; then the books open.
    fn warm_up(&mut self, record_s: u32) -> Result<Recorder<'a>, RunError> {
        let (job, step_s) = (self.job, self.step_s);
        let period = &job.scenario.period;
        let block = block_rows(period.warmup_s, period.end_s - period.start_s, step_s);
        let warm = period.warmup_s / step_s;
        let first = if block > 0 {
            (block - warm % block) % block
        } else {
            0
        };
        for i in 0..warm {
            self.row(((first + i) % block) as usize, true)?;
        }
        self.counts();
        Ok(Recorder::new(
            job.device,
            self.compiled,
            (&job.user.id, &job.device.id),
            period.start_s,
            record_s,
            &self.state,
            self.network_state,
        ))
    }

    /// Goes on from where a device was stopped, with its books.
    fn resume(&mut self, from: &DeviceState) -> Result<Recorder<'a>, RunError> {
        let fits = from.state.z.len() == self.state.z.len()
            && from.state.layers.len() == self.state.layers.len()
            && from.integrals.len() == self.integrals.len()
            && from.inputs.len() == self.inputs.len()
            && from.network_state < self.compiled.systems.len();
        if !fits {
            return Err(CheckpointFault::Damaged("its devices are not the scenario's").into());
        }
        let buffers = std::mem::take(&mut self.state.scratch);
        self.state = from.state.clone();
        self.state.scratch = buffers;
        self.sums = from.sums.clone();
        self.integrals.clone_from(&from.integrals);
        self.inputs.clone_from(&from.inputs);
        self.films_due = from.films_due;
        self.network_state = from.network_state;
        self.simulated_s = from.simulated_s;
        self.watch = from.watch.clone();
        self.maker.resume(from.latches.clone());
        Ok(Recorder::resume(
            self.job.device,
            self.compiled,
            from.books.clone(),
        ))
    }

    /// Stops after so many rows of the period.
    fn stop(self, rows: i64, recorder: Recorder<'_>) -> DeviceState {
        DeviceState {
            rows,
            latches: self.maker.latches().clone(),
            state: self.state,
            sums: self.sums,
            integrals: self.integrals,
            inputs: self.inputs,
            films_due: self.films_due,
            network_state: self.network_state,
            simulated_s: self.simulated_s,
            watch: self.watch,
            books: recorder.put_away(),
        }
    }

    /// From now on it counts: what the warm-up summed is forgotten.
    fn counts(&mut self) {
        self.sums.clear();
        self.integrals.fill(0.0);
        self.maker.forget();
        self.watch = Watch::default();
    }

    fn row(&mut self, i: usize, warming: bool) -> Result<(), RunError> {
        self.prepare(i, warming);
        self.step(i)
    }

    /// Inputs of row `i` of the period, and the network state that holds in it.
    fn prepare(&mut self, i: usize, warming: bool) {
        let t_s = self.job.scenario.period.start_s + i as i64 * self.step_s;
        let weather = weather_row(self.job.rows, t_s);
        self.network
            .fill(self.job.rows, weather, t_s, self.step_s, &mut self.inputs);
        // Windows and bypass are judged every five minutes, whatever the step.
        let judges = t_s.rem_euclid(SWITCHED_EVERY_S) < self.step_s;
        let wanted = if judges {
            self.wanted_state(t_s, self.job.rows.outdoor_c[weather])
        } else {
            self.network_state
        };
        if wanted != self.network_state {
            let matrix = &self.transfers[self.network_state][wanted];
            let n = self.state.z.len();
            self.state.z = matrix
                .chunks_exact(n)
                .map(|row| dot(row, &self.state.z))
                .collect();
            self.network_state = wanted;
            self.films_due = true;
        }
        if self.films_due || t_s.rem_euclid(FILMS_EVERY_S) < self.step_s {
            self.films_due = false;
            self.network.hold_films(
                self.job.rows,
                weather,
                self.network_state,
                &self.state.z,
                &self.state.heats,
                &mut self.inputs,
            );
        }
        self.maker.prepare(weather, t_s, warming);
    }

    /// Steps through the row that was prepared.
    fn step(&mut self, i: usize) -> Result<(), RunError> {
        self.projection.project(self.network_state, &self.inputs);
        let t_s = self.job.scenario.period.start_s + i as i64 * self.step_s;
        let draws = &self.job.device.hot_water.draw_l_per_s;
        // Draws are shorter than a step: a row with one is stepped in parts.
        let part_s = i64::from(draws.step_s).clamp(1, self.step_s);
        let drawn = draws.mean(t_s, t_s + self.step_s);
        let parts = drawn > 0.0 && self.step_s % part_s == 0;
        let part_s = if parts { part_s } else { self.step_s };
        let end_s = t_s + self.step_s;
        let draw_at = |from_s: i64| {
            if parts {
                draws.mean(from_s, from_s + part_s)
            } else {
                drawn
            }
        };
        let (mut from_s, mut next) = (t_s, draw_at(t_s));
        while from_s < end_s {
            // Parts with the same draw are one.
            let draw = next;
            let mut to_s = from_s + part_s;
            while to_s < end_s {
                next = draw_at(to_s);
                if next != draw {
                    break;
                }
                to_s += part_s;
            }
            let row = self.maker.row(
                (to_s - from_s) as f64,
                draw,
                self.network_state,
                self.projection.forcing(),
                self.projection.base_output(),
            );
            let missing_j = self.sums.missing_j;
            kernel::step(&self.compiled.plant, &row, &mut self.state, &mut self.sums);
            self.watch.tap(draw > 0.0, self.sums.missing_j - missing_j);
            from_s = to_s;
        }
        for (sum, u) in self.integrals.iter_mut().zip(&self.inputs) {
            *sum += u * self.step_s as f64;
        }
        self.simulated_s += self.step_s;
        self.check(i)
    }

    /// The row that has passed, as the watch sees it.
    fn seen(&self) -> Seen {
        let (tank_lower_c, tank_upper_c) = self.maker.tank_bounds_c();
        let tank = self.compiled.plant.tank.as_ref();
        Seen {
            tank_c: tank.map_or(0.0, |p| {
                crate::physics::tank::sensor_c(p, &self.state.layers)
            }),
            tank_lower_c,
            tank_upper_c,
        }
    }

    /// A state that is not finite is caught where it arises.
    fn check(&self, i: usize) -> Result<(), RunError> {
        let rooms: f64 = self.state.y.iter().sum();
        let tank: f64 = self.state.layers.iter().sum();
        if rooms.is_finite() && tank.is_finite() {
            return Ok(());
        }
        let t_s = self.job.scenario.period.start_s + i as i64 * self.step_s;
        let at =
            jiff::Timestamp::from_second(t_s).map_or_else(|_| t_s.to_string(), |t| t.to_string());
        Err(RunError::NotFinite {
            device: self.job.device.id.clone(),
            what: if rooms.is_finite() {
                "the tank's temperature"
            } else {
                "a room's temperature"
            },
            at,
            days: self.simulated_s as f64 / S_PER_DAY,
        })
    }

    /// The first switched state whose rule holds; 0 is the house itself.
    fn wanted_state(&self, t_s: i64, outdoor_c: f64) -> usize {
        let switched = &self.job.device.house.switched;
        if switched.is_empty() {
            return 0;
        }
        let indoors_c = self.state.y[self.job.device.controller.reference_room];
        let holds = |rule: &SwitchRule| match *rule {
            SwitchRule::Night {
                from_s,
                to_s,
                above_c,
                difference_k,
            } => {
                let clock = seconds_of_day(t_s, &self.job.scenario.site.timezone);
                let night = if from_s <= to_s {
                    (from_s..to_s).contains(&clock)
                } else {
                    clock >= from_s || clock < to_s
                };
                night && indoors_c > above_c && indoors_c - outdoor_c >= difference_k
            }
            SwitchRule::FreeCooling {
                above_c,
                difference_k,
            } => indoors_c > above_c && indoors_c - outdoor_c >= difference_k,
        };
        switched
            .iter()
            .position(|s| holds(&s.rule))
            .map_or(0, |k| k + 1)
    }
}

/// Index of the weather row that covers `t_s`.
fn weather_row(rows: &Rows, t_s: i64) -> usize {
    let i = (t_s - rows.start_s).div_euclid(i64::from(rows.row_s));
    (i.max(0) as usize).min(rows.len().saturating_sub(1))
}

/// Local wall-clock time, s after midnight.
fn seconds_of_day(t_s: i64, tz: &jiff::tz::TimeZone) -> u32 {
    let Ok(t) = jiff::Timestamp::from_second(t_s) else {
        return 0;
    };
    let local = tz.to_datetime(t);
    local.hour() as u32 * 3600 + local.minute() as u32 * 60 + local.second() as u32
}

#[cfg(test)]
mod lanes;

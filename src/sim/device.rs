//! One device through all its rows: warm-up, then the period that counts.

use std::sync::Arc;

use super::checkpoint::{CheckpointFault, DeviceState};
use super::error::RunError;
use super::films::Start;
use super::kernel::{self, Row, State, Sums};
use super::parts::{Part, Parts};
use super::products::add_scaled;
use super::projection::Projection;
use super::recorder::Recorder;
use super::row::RowMaker;
use super::run::Told;
use super::surroundings::NetworkInputs;
use super::timeline::DeviceSettings;
use super::watch::{Seen, Watch};
use crate::model::house::{Source, SwitchRule};
use crate::model::site::CivilTime;
use crate::model::{Device, Period, Scenario, User};
use crate::plant::Compiled;
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
    compiled: &Compiled,
    from: Option<&DeviceState>,
    until_s: i64,
    told: &Told<'_>,
) -> Result<Ended, RunError> {
    let period = &job.scenario.period;
    let step_s = i64::from(period.step_s);
    let record_s = record_s(period);
    let record_rows = i64::from(record_s) / step_s;

    let mut walk = Walk::new(job, compiled, step_s);
    let rows = (period.end_s - period.start_s) / step_s;
    let (first, mut recorder) = match from {
        Some(from) => (from.rows, walk.resume(from)?),
        None => (0, walk.warm_up(record_s)?),
    };
    let stop = rows.min((until_s - period.start_s) / step_s);
    recorder.expect_rows(((stop - first) / record_rows + 1) as usize);
    let day_rows = (86_400 / step_s).max(1);
    for i in first..stop {
        let old = walk.network_state;
        walk.prepare(i as usize, false, Ahead::default(), |_| {});
        if walk.network_state != old {
            walk.end_stretch(old, &mut recorder);
            recorder.leave(old);
        }
        walk.step(i as usize)?;
        let seen = walk.seen();
        walk.watch.row(job.device, &walk.state, &seen);
        if (i + 1) % record_rows == 0 || i + 1 == rows {
            walk.end_interval(i + 1, record_rows, &mut recorder);
            walk.sums.clear();
        }
        if (i + 1) % day_rows == 0 {
            told.progress.days(1.0);
            let (trace, closed) = recorder.rows_so_far();
            told.progress.rows(told.device, trace, closed);
        }
    }
    if stop < rows {
        return Ok(Ended::Stopped(Box::new(walk.stop(stop, recorder))));
    }
    Ok(Ended::Done(Box::new(walk.done(recorder))))
}

/// Rows of the period that the warm-up goes through, in its order.
pub(super) fn warmup_rows(period: &Period) -> impl Iterator<Item = usize> {
    let step_s = i64::from(period.step_s);
    let block = block_rows(period.warmup_s, period.end_s - period.start_s, step_s);
    let warm = period.warmup_s / step_s;
    let first = (block - warm % block) % block;
    (0..warm).map(move |i| ((first + i) % block) as usize)
}

/// Length of a recorded row, s: nothing is recorded finer than a step.
pub(super) fn record_s(period: &Period) -> u32 {
    period.record_s.min(LONGEST_RECORD_S).max(period.step_s)
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

/// Devices that went before in a row and have something in common with one:
/// what was worked out for them holds for it.
#[derive(Clone, Copy, Default)]
pub(super) struct Ahead<'w, 'a> {
    /// The inputs of the network, films aside.
    pub surroundings: Option<&'w Walk<'a>>,
    /// These, and the network: what the inputs do to its modes.
    pub fabric: Option<&'w Walk<'a>>,
    /// The heat pump's map at the weather's temperature.
    pub unit: Option<&'w Walk<'a>>,
    /// The temperature of cold water.
    pub mains: Option<&'w Walk<'a>>,
}

/// A device on its way.
pub(super) struct Walk<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) compiled: &'a Compiled,
    step_s: i64,
    pub(super) maker: RowMaker<'a>,
    network: NetworkInputs,
    inputs: Vec<f64>,
    /// Integrals of the inputs since the recorder took them over.
    pub(super) integrals: Vec<f64>,
    pub(super) projection: Projection,
    /// Whether films are to be worked out anew.
    films_due: bool,
    pub(super) state: State<f64>,
    pub(super) sums: Sums<f64>,
    pub(super) network_state: usize,
    /// Windows stay shut below this, degC; `None`: see [`RowMaker::warm_from_c`].
    pub(super) warm_c: Option<f64>,
    civil: CivilTime,
    /// From one network state's modes to another's.
    transfers: Vec<Vec<Vec<f64>>>,
    simulated_s: i64,
    pub(super) watch: Watch,
}

impl<'a> Walk<'a> {
    pub(super) fn new(job: &'a Job<'a>, compiled: &'a Compiled, step_s: i64) -> Self {
        let house = &job.device.house;
        let switched = house.switched.iter().map(|s| &s.network);
        let states: Vec<&[Source]> = std::iter::once(&house.network)
            .chain(switched)
            .map(|network| network.sources.as_slice())
            .collect();
        let network = NetworkInputs::new(&compiled.layout.boundaries, &states, &compiled.systems);
        let systems = &compiled.systems;
        let system = &systems[0];
        let inputs = network.len();
        let maker = RowMaker::new(job);
        let z = system.uniform_state(maker.target_c());
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
            network.joints(),
        );
        let mut state = State::new(plant, z, layers);
        state.water_c = maker.target_c();
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
            warm_c: None,
            civil: CivilTime::new(&job.scenario.site.timezone),
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
        for i in warmup_rows(&self.job.scenario.period) {
            self.row(i, true)?;
        }
        Ok(self.open_books(record_s))
    }

    /// From now on it counts.
    pub(super) fn open_books(&mut self, record_s: u32) -> Recorder<'a> {
        self.counts();
        let job = self.job;
        Recorder::new(
            job.device,
            self.compiled,
            (&job.user.id, &job.device.id),
            job.scenario.period.start_s,
            record_s,
            &self.state,
            self.network_state,
        )
    }

    /// Books a stretch of time in one network state.
    pub(super) fn end_stretch(&mut self, state: usize, recorder: &mut Recorder<'_>) {
        recorder.stretch(state, &mut self.sums, &self.integrals);
        self.integrals.fill(0.0);
    }

    /// Books an interval of `record_rows` rows that ended after `rows` rows.
    pub(super) fn end_interval(
        &mut self,
        rows: i64,
        record_rows: i64,
        recorder: &mut Recorder<'_>,
    ) {
        self.end_stretch(self.network_state, recorder);
        let start_s = self.job.scenario.period.start_s;
        let t0_s = start_s + (rows - record_rows).max(0) * self.step_s;
        let around = self.maker.interval(t0_s, start_s + rows * self.step_s);
        recorder.row(&self.state, &self.sums, around);
    }

    /// Whether its inputs depend on its state: films, switched states.
    pub(super) fn looks_at_state(&self) -> bool {
        !self.job.device.house.switched.is_empty() || self.network.len() > self.network.first_film()
    }

    /// The end: what it leaves, and what was noticed.
    pub(super) fn done(&self, recorder: Recorder<'_>) -> Done {
        let mut warnings = self.maker.warnings();
        let settings = self.job.settings.all();
        warnings.extend(self.watch.warnings(self.job.device, settings));
        let (trace, mut totals) = recorder.finish(&self.state, self.network_state);
        self.watch.count(&mut totals);
        Done {
            trace,
            totals,
            warnings,
        }
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
    pub(super) fn counts(&mut self) {
        self.sums.clear();
        self.integrals.fill(0.0);
        self.maker.forget();
        self.watch = Watch::default();
    }

    fn row(&mut self, i: usize, warming: bool) -> Result<(), RunError> {
        self.prepare(i, warming, Ahead::default(), |_| {});
        self.step(i)
    }

    /// Whether the network has the inputs of another device's, films aside.
    pub(super) fn shares_surroundings(&self, other: &Self) -> bool {
        std::ptr::eq(self.job.rows, other.job.rows) && self.network.same(&other.network)
    }

    /// Whether the modes are moved as another device's are, films aside.
    pub(super) fn shares_fabric(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.compiled.systems, &other.compiled.systems)
            && self.shares_surroundings(other)
    }

    /// Reads the same tables as a device that it shares the fabric with.
    pub(super) fn share_tables(&mut self, other: &Self) {
        self.projection.share_tables(&other.projection);
        self.network.share_tables(&other.network);
    }

    /// Whether the heat pump is another device's, under the same weather.
    pub(super) fn shares_unit(&self, other: &Self) -> bool {
        std::ptr::eq(self.job.rows, other.job.rows) && same_unit(self.job.device, other.job.device)
    }

    /// Whether cold water is as cold as another device's.
    pub(super) fn shares_mains(&self, other: &Self) -> bool {
        same_mains(self.job.device, other.job.device)
    }

    /// Inputs of row `i` of the period, and the network state that holds in it.
    /// The outputs are those of now; modes and heats are asked for where they are
    /// needed.
    pub(super) fn prepare(
        &mut self,
        i: usize,
        warming: bool,
        ahead: Ahead<'_, 'a>,
        see: impl FnOnce(&mut State<f64>),
    ) {
        self.prepare_network(i, ahead, see);
        self.maker.prepare_row(
            i,
            warming,
            ahead.unit.map(|w| &w.maker),
            ahead.mains.map(|w| &w.maker),
        );
    }

    /// The part of [`Walk::prepare`] that is the network's.
    pub(super) fn prepare_network(
        &mut self,
        i: usize,
        ahead: Ahead<'_, 'a>,
        see: impl FnOnce(&mut State<f64>),
    ) {
        let t_s = self.row_starts_s(i);
        let weather = weather_row(self.job.rows, t_s);
        if let Some(ahead) = ahead.surroundings {
            self.network.fill_as(&ahead.inputs, &mut self.inputs);
        } else {
            self.network
                .fill(self.job.rows, weather, t_s, self.step_s, &mut self.inputs);
        }
        // Windows and bypass are judged every five minutes, whatever the step.
        let judges = t_s.rem_euclid(SWITCHED_EVERY_S) < self.step_s;
        let wanted = if judges {
            self.wanted_state(t_s, self.job.rows.outdoor_c[weather])
        } else {
            self.network_state
        };
        let films_due = self.films_due || t_s.rem_euclid(FILMS_EVERY_S) < self.step_s;
        if films_due || wanted != self.network_state {
            see(&mut self.state);
        }
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
        if films_due || self.films_due {
            self.films_due = false;
            self.hold_films(weather, t_s, ahead);
        }
    }

    /// From the modes of one network state to those of another.
    pub(super) fn transfer(&self, from: usize, to: usize) -> &[f64] {
        &self.transfers[from][to]
    }

    /// Works out what films carry from now on.
    fn hold_films(&mut self, weather: usize, t_s: i64, ahead: Ahead<'_, 'a>) {
        let next_s = (t_s.div_euclid(FILMS_EVERY_S) + 1) * FILMS_EVERY_S;
        let start = Start {
            from_s: t_s,
            to_s: next_s,
            state: self.network_state,
            z: &self.state.z,
            heats_w: &self.state.heats,
        };
        let ahead = [ahead.surroundings, ahead.fabric].map(|w| w.map(|w| &w.network));
        self.network
            .hold_films(self.job.rows, weather, &start, &mut self.inputs, ahead);
    }

    /// Modal forcing and direct part of the outputs by the row's inputs.
    pub(super) fn force(&mut self, ahead: Ahead<'_, 'a>) {
        let state = self.network_state;
        let same_state = ahead.fabric.filter(|ahead| ahead.network_state == state);
        let ahead = same_state.map(|ahead| &ahead.projection);
        let films_w = self.network.nodes_w(&self.inputs);
        self.projection.project(state, &self.inputs, films_w, ahead);
    }

    /// Steps through the row that was prepared.
    fn step(&mut self, i: usize) -> Result<(), RunError> {
        self.force(Ahead::default());
        let t_s = self.row_starts_s(i);
        for part in self.parts(t_s) {
            let row = self.maker.row(
                &part,
                self.network_state,
                self.projection.forcing(),
                self.projection.base_output(),
            );
            let missing_j = self.sums.missing_j;
            kernel::step(&self.compiled.plant, &row, &mut self.state, &mut self.sums);
            let missing_j = self.sums.missing_j - missing_j;
            self.watch.tap(part.draw_l_per_s > 0.0, missing_j);
        }
        self.book_inputs();
        self.check(i)
    }

    /// A part of the row that was prepared.
    pub(super) fn row_of(&self, part: &Part) -> Row<'_, f64> {
        self.maker.row(
            part,
            self.network_state,
            self.projection.forcing(),
            self.projection.base_output(),
        )
    }

    /// Start of row `i` of the period.
    pub(super) fn row_starts_s(&self, i: usize) -> i64 {
        self.job.scenario.period.start_s + i as i64 * self.step_s
    }

    /// The parts of the row at `t_s`: as long as the draw is the same.
    pub(super) fn parts(&self, t_s: i64) -> Parts<'a> {
        Parts::new(&self.job.device.hot_water.draw_l_per_s, t_s, self.step_s)
    }

    /// Books the inputs of a row that has passed.
    pub(super) fn book_inputs(&mut self) {
        add_scaled(&mut self.integrals, self.step_s as f64, &self.inputs);
        self.simulated_s += self.step_s;
    }

    /// The row that has passed, as the watch sees it.
    pub(super) fn seen(&self) -> Seen {
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
    pub(super) fn check(&self, i: usize) -> Result<(), RunError> {
        let rooms: f64 = self.state.y.iter().sum();
        let tank: f64 = self.state.layers.iter().sum();
        if rooms.is_finite() && tank.is_finite() {
            return Ok(());
        }
        let t_s = self.row_starts_s(i);
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
    fn wanted_state(&mut self, t_s: i64, outdoor_c: f64) -> usize {
        let switched = &self.job.device.house.switched;
        if switched.is_empty() {
            return 0;
        }
        let indoors_c = self.state.y[self.job.device.controller.reference_room];
        let clock_s = self.civil.at(t_s).rem_euclid(S_PER_DAY as i64) as u32;
        let warm_c = self.warm_c.unwrap_or_else(|| self.maker.warm_from_c());
        let warm = |above_c: f64, difference_k: f64| {
            // By the clock alone where there is no temperature.
            let above_c = if above_c.is_finite() {
                above_c.max(warm_c)
            } else {
                above_c
            };
            indoors_c > above_c && indoors_c - outdoor_c >= difference_k
        };
        let holds = |rule: &SwitchRule| match *rule {
            SwitchRule::Night {
                from_s,
                to_s,
                above_c,
                difference_k,
            } => {
                let night = if from_s <= to_s {
                    (from_s..to_s).contains(&clock_s)
                } else {
                    clock_s >= from_s || clock_s < to_s
                };
                night && warm(above_c, difference_k)
            }
            SwitchRule::FreeCooling {
                above_c,
                difference_k,
            } => warm(above_c, difference_k),
        };
        switched
            .iter()
            .position(|s| holds(&s.rule))
            .map_or(0, |k| k + 1)
    }
}

/// Whether the heat pump's maps are another's.
pub(super) fn same_unit(a: &Device, b: &Device) -> bool {
    let (a, b) = (&a.heat_pump, &b.heat_pump);
    (&a.heating, &a.cooling, &a.defrost) == (&b.heating, &b.cooling, &b.defrost)
}

/// Whether cold water is as cold as another's.
pub(super) fn same_mains(a: &Device, b: &Device) -> bool {
    let year = |d: &Device| {
        let w = &d.hot_water;
        [w.mains_mean_c, w.mains_amplitude_k, w.mains_coldest_day]
    };
    year(a) == year(b)
}

/// Index of the weather row that covers `t_s`.
pub(super) fn weather_row(rows: &Rows, t_s: i64) -> usize {
    let i = (t_s - rows.start_s).div_euclid(i64::from(rows.row_s));
    (i.max(0) as usize).min(rows.len().saturating_sub(1))
}

//! From a scenario to its result: settings over time, weather rows, all
//! devices side by side.

use std::sync::Arc;

use rayon::prelude::*;

use super::checkpoint::{Checkpoint, CheckpointFault};
use super::device::{self, Done, Ended};
use super::error::RunError;
use super::timeline;
use crate::model::site::standard_offset_s;
use crate::model::{Device, Scenario, User};
use crate::plant::{Compiled, compile};
use crate::trace::{Balance, DeviceTrace, RunResult, Totals, channels};
use crate::weather::{Rows, RowsError};

/// Weather is laid out in rows of this length, s, whatever the step, which divides
/// it: all steps see the same weather. The means of a quarter-hour instead of a
/// minute move rooms by hundredths of a kelvin.
const WEATHER_ROW_S: u32 = 900;

/// A relative residual of the energy balance above this is warned of.
const LARGEST_RESIDUAL: f64 = 1e-9;

/// Told how far a run is. Called from several threads.
pub trait Progress: Sync {
    /// So many device-days have been simulated since the last call.
    fn days(&self, days: f64);

    /// A device, by its number in the result, has rows by now, of which the
    /// first `closed` do not change any more. Told once a day.
    fn rows(&self, _device: usize, _trace: &DeviceTrace, _closed: usize) {}
}

/// A device's number, and who is told of it.
pub(super) struct Told<'a> {
    pub progress: &'a dyn Progress,
    pub device: usize,
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn days(&self, _days: f64) {}
}

/// What may be different in a run of the same scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// False: as if no steering setting were on (the unsteered twin).
    pub steering: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { steering: true }
    }
}

/// Runs a scenario. The result does not depend on the number of threads.
///
/// # Errors
/// See [`RunError`].
pub fn run(
    scenario: &Scenario,
    options: Options,
    progress: &dyn Progress,
) -> Result<RunResult, RunError> {
    finish(scenario, options, None, progress)
}

/// Goes on with a run that was stopped, to its end. The result has the same
/// bytes as that of a run in one go.
///
/// # Errors
/// A checkpoint of something else; see [`RunError`].
pub fn resume(
    scenario: &Scenario,
    options: Options,
    from: &Checkpoint,
    progress: &dyn Progress,
) -> Result<RunResult, RunError> {
    finish(scenario, options, Some(from), progress)
}

/// Runs a scenario up to `until_s`, a row's start inside its period: from the
/// warm-up on, or from a checkpoint before.
///
/// # Errors
/// An instant at which the run can't stop; see [`RunError`].
pub fn run_until(
    scenario: &Scenario,
    options: Options,
    from: Option<&Checkpoint>,
    until_s: i64,
    progress: &dyn Progress,
) -> Result<Checkpoint, RunError> {
    let period = &scenario.period;
    let first_s = from.map_or(period.start_s, Checkpoint::at_s);
    let stop = |why: String| RunError::Stop {
        at: local(scenario, until_s),
        why,
    };
    if !(first_s..period.end_s).contains(&until_s) {
        return Err(stop(format!(
            "it goes from {} up to and without {}",
            local(scenario, first_s),
            local(scenario, period.end_s)
        )));
    }
    let step_s = i64::from(period.step_s);
    if (until_s - period.start_s) % step_s != 0 {
        return Err(stop(format!(
            "it can only stop between steps, which are {step_s} s long"
        )));
    }
    let (_, ended) = walk(scenario, options, from, until_s, progress)?;
    let mut devices = Vec::with_capacity(ended.len());
    for outcome in ended {
        if let Ended::Stopped(state) = outcome? {
            devices.push(*state);
        }
    }
    Ok(Checkpoint::new(scenario, options, until_s, devices))
}

/// An instant in local time, with its offset and zone.
fn local(scenario: &Scenario, t_s: i64) -> String {
    let zone = scenario.site.timezone.clone();
    jiff::Timestamp::from_second(t_s)
        .map_or_else(|_| t_s.to_string(), |t| t.to_zoned(zone).to_string())
}

/// The settings of all devices over time.
pub(super) fn settings(
    scenario: &Scenario,
    options: Options,
) -> Result<timeline::Timeline, RunError> {
    let mut settings = timeline::settings(scenario).map_err(RunError::Settings)?;
    if !options.steering {
        settings
            .devices
            .iter_mut()
            .for_each(timeline::DeviceSettings::unsteer);
    }
    Ok(settings)
}

/// The weather of the period, in rows.
pub(super) fn rows(scenario: &Scenario) -> Result<Rows, RowsError> {
    let period = &scenario.period;
    Rows::new(
        &scenario.weather,
        &scenario.site,
        period.start_s,
        period.end_s,
        WEATHER_ROW_S,
        standard_offset_s(period.start_s, &scenario.site.timezone),
    )
}

/// Whether two scenarios have the same [`rows`].
pub(super) fn same_rows(a: &Scenario, b: &Scenario) -> bool {
    let place = |s: &Scenario| {
        // Of the site no more counts than its ground: the sun and the air are
        // those of the weather's station.
        let offset_s = standard_offset_s(s.period.start_s, &s.site.timezone);
        let period = (s.period.start_s, s.period.end_s);
        (period, offset_s, s.site.ground_albedo.to_bits())
    };
    place(a) == place(b) && (Arc::ptr_eq(&a.weather, &b.weather) || a.weather == b.weather)
}

/// What each device's run ended with.
type Outcomes = Vec<Result<Ended, RunError>>;

/// All devices, side by side, up to `until_s`.
fn walk(
    scenario: &Scenario,
    options: Options,
    from: Option<&Checkpoint>,
    until_s: i64,
    progress: &dyn Progress,
) -> Result<(timeline::Timeline, Outcomes), RunError> {
    let settings = settings(scenario, options)?;
    let devices: Vec<_> = scenario
        .users
        .iter()
        .flat_map(|user| user.devices.iter().map(move |device| (user, device)))
        .collect();
    let step_s = f64::from(scenario.period.step_s);
    let (rows, compiled) = rayon::join(
        || rows(scenario).map_err(|fault| RunError::Weather(fault.to_string())),
        || -> Vec<Result<Compiled, RunError>> {
            let compile = |(_, d): &(&User, &Device)| {
                compile(d, step_s).map_err(|fault| RunError::network(d, fault))
            };
            devices.par_iter().map(compile).collect()
        },
    );
    let rows = rows?;
    if let Some(from) = from {
        from.check(scenario, options)?;
        if from.devices.len() != devices.len() {
            return Err(CheckpointFault::Damaged("it lacks a device").into());
        }
    }
    let outcomes = devices
        .par_iter()
        .zip(&settings.devices)
        .zip(compiled)
        .enumerate()
        .map(|(i, ((&(user, device), settings), compiled))| {
            let job = device::Job {
                scenario,
                user,
                device,
                settings,
                rows: &rows,
            };
            let from = from.map(|f| &f.devices[i]);
            device::run(
                &job,
                &compiled?,
                from,
                until_s,
                &Told {
                    progress,
                    device: i,
                },
            )
        })
        .collect();
    Ok((settings, outcomes))
}

/// Runs to the end and puts the result together.
fn finish(
    scenario: &Scenario,
    options: Options,
    from: Option<&Checkpoint>,
    progress: &dyn Progress,
) -> Result<RunResult, RunError> {
    let (settings, outcomes) = walk(scenario, options, from, scenario.period.end_s, progress)?;
    let mut done = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        if let Ended::Done(device) = outcome? {
            done.push(*device); // the others: only in a run that stops before its end
        }
    }
    let mut result = assemble(scenario, &settings, done);
    result.warnings.extend(idle_patterns(scenario, &result));
    Ok(result)
}

/// The result of a scenario from those of its devices.
pub(super) fn assemble(
    scenario: &Scenario,
    settings: &timeline::Timeline,
    devices: Vec<Done>,
) -> RunResult {
    let mut result = RunResult {
        settings: settings.events.clone(),
        warnings: scenario
            .warnings
            .iter()
            .chain(&settings.warnings)
            .cloned()
            .collect(),
        ..RunResult::default()
    };
    for done in devices {
        result.warnings.extend(done.warnings);
        let id = &done.trace.device_id;
        result
            .warnings
            .extend(open_balance(id, &done.totals.balance));
        result.devices.push((done.trace, done.totals));
    }
    result
}

/// What is said where energy does not close, NaN included.
fn open_balance(device_id: &str, balance: &Balance) -> Option<String> {
    let residual = balance.worst_residual();
    let closes = residual <= LARGEST_RESIDUAL;
    (!closes).then(|| {
        format!(
            "device {device_id}: energy closes to {residual:.0e} only; its figures can't be trusted \
             (heat capacities or conductances of the house that differ too much?)"
        )
    })
}

/// Patterns of channels to record that match nothing in any device.
fn idle_patterns(scenario: &Scenario, result: &RunResult) -> Vec<String> {
    let patterns = &scenario.record.channels;
    let idle_in =
        |(trace, _): &(DeviceTrace, Totals)| -> Vec<&str> { channels::select(trace, patterns).1 };
    let idle: Vec<Vec<&str>> = result.devices.iter().map(idle_in).collect();
    patterns
        .iter()
        .filter(|p| !idle.is_empty() && idle.iter().all(|i| i.contains(&p.as_str())))
        .map(|p| format!("record.channels: no channel matches \"{p}\""))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_balance_is_warned_of() {
        let with = |house_residual: f64, tank_residual: f64| {
            let balance = Balance {
                house_residual,
                tank_residual,
                ..Balance::default()
            };
            open_balance("d", &balance)
        };
        assert_eq!(with(1e-9, -1e-9), None);
        for (house, tank) in [(-2e-9, 0.0), (0.0, 2e-9), (f64::NAN, 0.0)] {
            let warning = with(house, tank).unwrap();
            assert!(
                warning.contains("device d") && warning.contains("closes"),
                "{warning}"
            );
        }
    }
}

//! From a scenario to its result: settings over time, weather rows, all
//! devices side by side.

use rayon::prelude::*;

use super::error::RunError;
use super::{device, timeline};
use crate::model::Scenario;
use crate::model::site::standard_offset_s;
use crate::trace::{DeviceTrace, RunResult, Totals, channels};
use crate::weather::Rows;

/// Weather is laid out in rows of this length, s, whatever the step (where the
/// step divides it): shorter steps see the same inputs.
const WEATHER_ROW_S: u32 = 300;

/// A relative residual of the energy balance above this is warned of.
const LARGEST_RESIDUAL: f64 = 1e-9;

/// Told how far a run is. Called from several threads.
pub trait Progress: Sync {
    /// So many device-days have been simulated since the last call.
    fn days(&self, days: f64);
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
    let mut settings = timeline::settings(scenario).map_err(RunError::Settings)?;
    if !options.steering {
        settings
            .devices
            .iter_mut()
            .for_each(timeline::DeviceSettings::unsteer);
    }
    let period = &scenario.period;
    let rows = Rows::new(
        &scenario.weather,
        &scenario.site,
        period.start_s,
        period.end_s,
        row_s(period.step_s),
        standard_offset_s(scenario.period.start_s, &scenario.site.timezone),
    )
    .map_err(|fault| RunError::Weather(fault.to_string()))?;
    let jobs: Vec<_> = scenario
        .users
        .iter()
        .flat_map(|user| user.devices.iter().map(move |device| (user, device)))
        .zip(&settings.devices)
        .collect();
    let outcomes: Vec<_> = jobs
        .par_iter()
        .map(|((user, device), settings)| {
            device::run(
                &device::Job {
                    scenario,
                    user,
                    device,
                    settings,
                    rows: &rows,
                },
                progress,
            )
        })
        .collect();
    let mut result = RunResult {
        settings: settings.events,
        warnings: scenario
            .warnings
            .iter()
            .cloned()
            .chain(settings.warnings)
            .collect(),
        ..RunResult::default()
    };
    for outcome in outcomes {
        let done = outcome?;
        result.warnings.extend(done.warnings);
        let balance = &done.totals.balance;
        let residual = balance
            .house_residual
            .abs()
            .max(balance.tank_residual.abs());
        if residual > LARGEST_RESIDUAL {
            result.warnings.push(format!(
                "device {}: energy closes to {residual:.0e} only; its figures can't be trusted \
                 (heat capacities or conductances of the house that differ too much?)",
                done.trace.device_id
            ));
        }
        result.devices.push((done.trace, done.totals));
    }
    result.warnings.extend(idle_patterns(scenario, &result));
    Ok(result)
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

/// Length of the weather's rows for steps of `step_s`.
fn row_s(step_s: u32) -> u32 {
    if WEATHER_ROW_S.is_multiple_of(step_s) {
        WEATHER_ROW_S
    } else {
        step_s.max(60)
    }
}

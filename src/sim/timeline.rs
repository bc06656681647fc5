//! Settings over the run: every document applied in its order, and what is in
//! force for each device from when on.

use crate::control::settings::{Effective, Store};
use crate::model::Scenario;
use crate::trace::SettingsEvent;

/// The settings of one device over time.
#[derive(Clone, Debug)]
pub(super) struct DeviceSettings {
    /// From when on (s since the epoch, rising); the first holds from the beginning.
    changes: Vec<(i64, Effective)>,
}

impl DeviceSettings {
    /// What is in force at a control instant `t_s`. `from` is where the last
    /// search ended (0 at first), so that a walk through time costs nothing.
    pub(super) fn at(&self, t_s: i64, from: &mut usize) -> &Effective {
        while *from + 1 < self.changes.len() && self.changes[*from + 1].0 <= t_s {
            *from += 1;
        }
        &self.changes[*from].1
    }

    /// All that is in force at one time or another.
    pub(super) fn all(&self) -> impl Iterator<Item = &Effective> {
        self.changes.iter().map(|c| &c.1)
    }

    /// Switches all steering off, as if it had never been on.
    pub(super) fn unsteer(&mut self) {
        for (_, effective) in &mut self.changes {
            effective.flex_trading = false;
            effective.dynamic_tariff = false;
            effective.pv_self_consumption = false;
        }
    }
}

/// Settings of all devices, and what became of each document.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    /// In the order of users and their devices.
    pub devices: Vec<DeviceSettings>,
    pub events: Vec<SettingsEvent>,
    /// Warnings that stand at the start or come up later, with their device.
    pub warnings: Vec<String>,
}

/// Applies the scenario's documents up to the end of its period.
///
/// # Errors
/// Settings at the start that contradict themselves (a scenario that was
/// validated has none).
pub(super) fn settings(scenario: &Scenario) -> Result<Timeline, String> {
    let mut store = scenario.settings_store().map_err(|faults| {
        let texts: Vec<String> = faults.iter().map(|f| f.fault.text()).collect();
        texts.join("; ")
    })?;
    let ids: Vec<(&str, &str)> = scenario
        .users
        .iter()
        .flat_map(|u| {
            u.devices
                .iter()
                .map(move |d| (u.id.as_str(), d.id.as_str()))
        })
        .collect();
    let in_force = |store: &Store, (user, device): (&str, &str)| {
        store.effective(user, device).map_err(|f| f.text())
    };
    let mut devices = Vec::with_capacity(ids.len());
    for &id in &ids {
        devices.push(DeviceSettings {
            changes: vec![(i64::MIN, in_force(&store, id)?)],
        });
    }
    let mut warnings: Vec<String> = store.warnings().iter().map(ToString::to_string).collect();

    let mut events = Vec::new();
    for document in scenario
        .timeline
        .iter()
        .filter(|d| d.at_s < scenario.period.end_s)
    {
        let sent = &document.body.document;
        let outcome = store.apply_draft(&document.body);
        let (applied, messages) = match &outcome {
            Ok(applied) => {
                let new: Vec<String> = applied.warnings.iter().map(ToString::to_string).collect();
                let notices = applied
                    .notices
                    .iter()
                    .map(|n| format!("user {}: {n}", sent.user_id));
                for text in new.iter().cloned().chain(notices) {
                    if !warnings.contains(&text) {
                        warnings.push(text);
                    }
                }
                (
                    true,
                    new.into_iter()
                        .chain(applied.notices.iter().cloned())
                        .collect(),
                )
            }
            Err(faults) => (false, faults.iter().map(ToString::to_string).collect()),
        };
        events.push(SettingsEvent {
            at_s: document.at_s,
            user_id: sent.user_id.clone(),
            device_id: sent.device_id.clone(),
            applied,
            messages,
        });
        if applied {
            for (device, &id) in devices.iter_mut().zip(&ids) {
                let now = in_force(&store, id)?;
                if device.changes.last().is_none_or(|(_, last)| *last != now) {
                    device.changes.push((document.at_s, now));
                }
            }
        }
    }
    Ok(Timeline {
        devices,
        events,
        warnings,
    })
}

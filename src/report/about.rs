//! The words and places that a report needs from a scenario, in one small
//! value, so that drawing and writing depend on nothing else of the model.

use crate::model::{Device, Scenario};
use crate::trace::DeviceTrace;
use jiff::tz::TimeZone;

/// What was run, for headers.
#[derive(Clone, Debug)]
pub struct About {
    pub title: String,
    pub user: String,
    pub device: String,
    pub house: String,
    /// Heated floor area, m2; 0 where unknown.
    pub floor_area_m2: f64,
    /// Heat pump's name.
    pub unit: String,
    /// Country, postal code and coordinates.
    pub place: String,
    pub weather: String,
    /// ISO 4217 code.
    pub currency: String,
    pub timezone: TimeZone,
    /// Longest step of control and physics, s; 0 where unknown.
    pub step_s: u32,
}

impl About {
    /// From a scenario, for the device that made `trace`. A device that the
    /// scenario does not have leaves house and unit empty.
    pub fn of(scenario: &Scenario, trace: &DeviceTrace) -> Self {
        let device = find(scenario, &trace.user_id, &trace.device_id);
        let site = &scenario.site;
        let mut place: Vec<String> = Vec::new();
        let code = [site.country.as_str(), site.postal_code.as_str()]
            .iter()
            .filter(|s| !s.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        if !code.is_empty() {
            place.push(code);
        }
        place.push(coordinates(site.latitude_deg, site.longitude_deg));
        Self {
            title: scenario.title.clone(),
            user: trace.user_id.clone(),
            device: trace.device_id.clone(),
            house: device.map(|d| d.house.name.clone()).unwrap_or_default(),
            floor_area_m2: device.map_or(0.0, |d| d.house.floor_area_m2),
            unit: device.map(|d| d.heat_pump.name.clone()).unwrap_or_default(),
            place: place.join(", "),
            weather: scenario.weather.name.clone(),
            currency: scenario.grid.currency.clone(),
            timezone: site.timezone.clone(),
            step_s: scenario.period.step_s,
        }
    }

    /// House, unit, place and weather in one line; empty parts are left out.
    pub fn line(&self) -> String {
        let house = if self.house.is_empty() || self.floor_area_m2 <= 0.0 {
            self.house.clone()
        } else {
            format!("{} ({:.0} m²)", self.house, self.floor_area_m2)
        };
        let weather = if self.weather.is_empty() {
            String::new()
        } else {
            format!("weather {}", self.weather)
        };
        [house, self.unit.clone(), self.place.clone(), weather]
            .iter()
            .filter(|s| !s.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join("  ·  ")
    }
}

fn find<'a>(scenario: &'a Scenario, user: &str, device: &str) -> Option<&'a Device> {
    scenario
        .users
        .iter()
        .find(|u| u.id == user)?
        .devices
        .iter()
        .find(|d| d.id == device)
}

fn coordinates(latitude_deg: f64, longitude_deg: f64) -> String {
    let ns = if latitude_deg < 0.0 { 'S' } else { 'N' };
    let ew = if longitude_deg < 0.0 { 'W' } else { 'E' };
    format!(
        "{:.2}° {ns} {:.2}° {ew}",
        latitude_deg.abs(),
        longitude_deg.abs()
    )
}

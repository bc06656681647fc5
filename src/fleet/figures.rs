//! What a fleet comes to: power, its peak, energy, what a signal moved and what
//! came back, and how houses are spread. From profiles and rows alone.

use serde::{Deserialize, Serialize};

use super::plan::{Plan, Window};
use super::profile::Profile;
use crate::metrics::Metrics;

/// A power at an instant.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Peak {
    pub mw: f64,
    /// Begin of the interval, local time with its offset.
    pub at: String,
    #[serde(skip)]
    pub at_s: i64,
}

/// The fleet's electricity over the period, for all houses that it represents.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Load {
    pub electricity_mwh: f64,
    pub heat_mwh: f64,
    pub pv_mwh: f64,
    pub mean_mw: f64,
    pub peak: Peak,
    /// Of a house at the fleet's peak, kW: mean, and those of 5, 50, 95 % of the houses.
    pub peak_house_kw: f64,
    pub peak_house_quantiles_kw: [f64; 3],
    /// Mean by peak.
    pub load_factor: f64,
    /// Highest power drawn from the grid with household and PV.
    pub grid_peak: Peak,
}

/// What happened in a window and after it; powers and energies are those of
/// the fleet less those of the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shift {
    pub name: String,
    pub start: String,
    pub end: String,
    #[serde(skip)]
    pub start_s: i64,
    #[serde(skip)]
    pub end_s: i64,
    pub mean_mw: f64,
    /// The largest of the mean's sign.
    pub largest: Peak,
    pub energy_mwh: f64,
    /// The mean as a share of the reference's.
    pub share: f64,
    pub rebound: Rebound,
}

/// What came back after a window.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rebound {
    /// How long it was counted.
    pub hours: f64,
    pub energy_mwh: f64,
    /// Of what was moved in the window; 1: all of it came back.
    pub share: f64,
    /// The largest against the window's sign.
    pub largest: Peak,
}

/// How a metric is spread over the houses.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    pub name: String,
    pub unit: String,
    pub houses: usize,
    pub mean: f64,
    pub p5: f64,
    pub p50: f64,
    pub p95: f64,
    #[serde(skip)]
    pub values: Vec<f64>,
}

/// Means of a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupMeans {
    pub name: String,
    pub houses: usize,
    pub electricity_kwh: f64,
    pub spf_h4: f64,
    pub below_kh: f64,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    pub title: String,
    pub houses: usize,
    pub failed: usize,
    pub represents: f64,
    pub start: String,
    pub end: String,
    pub fleet: Load,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Load>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
    pub spread: Vec<Spread>,
    pub groups: Vec<GroupMeans>,
}

/// The fleet less the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    pub name: String,
    pub windows: Vec<Shift>,
    pub electricity_mwh: f64,
    pub peak_mw: f64,
    /// Of a house on average, K h: rooms below and above their bounds.
    pub below_kh: f64,
    pub above_kh: f64,
    /// Of a house on average, kWh missing at the tap.
    pub missing_kwh: f64,
}

/// Metrics that are kept of each house: for how they are spread, and their charts.
pub const KEPT: [(&str, &str); 7] = [
    ("electricity of the plant", "kWh"),
    ("SPF H4", ""),
    ("rooms below their bounds", "K·h"),
    ("rooms above their bounds", "K·h"),
    ("missing at the tap", "kWh"),
    ("quarter-hour peak of the plant", "kW"),
    ("starts of the compressor", ""),
];

/// The kept metrics of a house; NaN where there is none.
pub fn kept(metrics: &Metrics) -> [f64; 7] {
    let t = &metrics.total;
    [
        t.energy.hvac_kwh,
        t.performance.spf_h4,
        t.comfort.below_kh,
        t.comfort.above_kh,
        t.hot_water.missing_kwh,
        t.grid.peak_hvac_kw,
        t.running.starts,
    ]
    .map(|figure| figure.value().unwrap_or(f64::NAN))
}

/// What is kept of the houses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub values: [Vec<f64>; 7],
    pub groups: Vec<GroupMeans>,
    /// Of the fleet less the reference: below, above, missing; sums.
    pub comfort: [f64; 3],
    pub houses: usize,
    pub failed: usize,
}

impl Kept {
    pub fn new(groups: usize) -> Self {
        Self {
            groups: vec![GroupMeans::default(); groups],
            ..Self::default()
        }
    }

    /// Adds a house of a group.
    pub fn add(&mut self, group: usize, metrics: &Metrics, reference: Option<&Metrics>) {
        let kept = kept(metrics);
        if let Some(reference) = reference.map(self::kept) {
            for (sum, k) in self.comfort.iter_mut().zip([2, 3, 4]) {
                let more = kept[k] - reference[k];
                *sum += if more.is_finite() { more } else { 0.0 };
            }
        }
        for (all, value) in self.values.iter_mut().zip(kept) {
            all.push(value);
        }
        // A house without heat has no SPF, so that mean is one of energies.
        let of = &mut self.groups[group];
        of.houses += 1;
        of.electricity_kwh += kept[0];
        of.below_kh += kept[2];
        let heat = kept[1] * kept[0];
        of.spf_h4 += if heat.is_finite() { heat } else { 0.0 };
        self.houses += 1;
    }
}

/// Local time with its offset.
fn local(plan: &Plan, at_s: i64) -> String {
    let at = jiff::Timestamp::from_second(at_s).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let zoned = at.to_zoned(plan.timezone.clone());
    zoned.strftime("%FT%H:%M%:z").to_string()
}

/// The largest of some values in an interval of profiles; `sign` -1: the least.
fn peak(plan: &Plan, profile: &Profile, mw: &[(usize, f64)], sign: f64) -> Peak {
    let first = mw.first().copied().unwrap_or((0, 0.0));
    let (at, mw) =
        mw.iter().copied().fold(
            first,
            |best, x| {
                if sign * x.1 > sign * best.1 { x } else { best }
            },
        );
    let at_s = profile.at_s(at);
    Peak {
        mw,
        at: local(plan, at_s),
        at_s,
    }
}

/// Watts of a house on average to megawatts of the fleet.
pub fn megawatts(plan: &Plan, mean_w: &[f64]) -> Vec<f64> {
    let scale = plan.fleet.represents * 1e-6;
    mean_w.iter().map(|w| w * scale).collect()
}

fn load(plan: &Plan, profile: &Profile) -> Load {
    let numbered = |v: Vec<f64>| v.into_iter().enumerate().collect::<Vec<_>>();
    let energy = |w: &[f64]| megawatts(plan, w).iter().sum::<f64>() * profile.hours();
    let mw = numbered(megawatts(plan, &profile.electricity_w));
    let peak_of_all = peak(plan, profile, &mw, 1.0);
    let step_s = i64::from(profile.step_s);
    let at = usize::try_from((peak_of_all.at_s - profile.start_s) / step_s).unwrap_or(0);
    let house_kw = |w: &[f64]| w.get(at).copied().unwrap_or(f64::NAN) * 1e-3;
    let mean_mw = mw.iter().map(|(_, x)| x).sum::<f64>() / mw.len() as f64;
    Load {
        electricity_mwh: energy(&profile.electricity_w),
        heat_mwh: energy(&profile.heat_w),
        pv_mwh: energy(&profile.pv_w),
        mean_mw,
        load_factor: mean_mw / peak_of_all.mw,
        peak_house_kw: house_kw(&profile.electricity_w),
        peak_house_quantiles_kw: [0, 1, 2].map(|k| house_kw(&profile.electricity_quantiles_w[k])),
        peak: peak_of_all,
        grid_peak: peak(
            plan,
            profile,
            &numbered(megawatts(plan, &profile.grid_w)),
            1.0,
        ),
    }
}

/// What moved in each window, and what came back.
fn shifts(plan: &Plan, fleet: &Profile, reference: &Profile, rebound_h: f64) -> Vec<Shift> {
    let own = megawatts(plan, &fleet.electricity_w);
    let other = megawatts(plan, &reference.electricity_w);
    let difference: Vec<(usize, f64)> = own
        .iter()
        .zip(&other)
        .map(|(a, b)| a - b)
        .enumerate()
        .collect();
    let hours = fleet.hours();
    let step_s = i64::from(fleet.step_s);
    let within = |from_s: i64, to_s: i64| {
        let index = |s: i64| usize::try_from((s - fleet.start_s).max(0) / step_s).unwrap_or(0);
        let to = index(to_s + step_s - 1).min(difference.len());
        &difference[index(from_s).min(to)..to]
    };
    let sum = |part: &[(usize, f64)]| part.iter().map(|(_, x)| x).sum::<f64>();
    let one = |(i, w): (usize, &Window)| {
        let part = within(w.start_s, w.end_s);
        let mean_mw = sum(part) / part.len().max(1) as f64;
        let sign = if mean_mw < 0.0 { -1.0 } else { 1.0 };
        let energy_mwh = sum(part) * hours;
        let next_s = plan.windows.get(i + 1).map_or(i64::MAX, |w| w.start_s);
        let until_s = (w.end_s + (rebound_h * 3600.0) as i64)
            .min(next_s)
            .min(plan.period.end_s);
        let after = within(w.end_s, until_s);
        let reference = part.iter().map(|(k, _)| other[*k]).sum::<f64>() / part.len().max(1) as f64;
        Shift {
            name: w.name.clone(),
            start: local(plan, w.start_s),
            end: local(plan, w.end_s),
            start_s: w.start_s,
            end_s: w.end_s,
            mean_mw,
            largest: peak(plan, fleet, part, sign),
            energy_mwh,
            share: mean_mw / reference,
            rebound: Rebound {
                hours: after.len() as f64 * hours,
                energy_mwh: sum(after) * hours,
                share: -sum(after) * hours / energy_mwh,
                largest: peak(plan, fleet, after, -sign),
            },
        }
    };
    plan.windows.iter().enumerate().map(one).collect()
}

fn spread(name: &str, unit: &str, values: &[f64]) -> Spread {
    let mut values: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * values.len().saturating_sub(1) as f64;
        let (low, part) = (place.floor() as usize, place.fract());
        match (values.get(low), values.get(low + 1)) {
            (Some(a), Some(b)) => a + part * (b - a),
            (Some(a), None) => *a,
            _ => f64::NAN,
        }
    };
    Spread {
        name: name.to_owned(),
        unit: unit.to_owned(),
        houses: values.len(),
        mean,
        p5: at(0.05),
        p50: at(0.5),
        p95: at(0.95),
        values,
    }
}

/// All figures.
pub fn figures(plan: &Plan, kept: &Kept, fleet: &Profile, reference: Option<&Profile>) -> Figures {
    let own = load(plan, fleet);
    let other = reference.map(|r| load(plan, r));
    let compared = plan.fleet.compare.as_ref().zip(reference).map(|(c, r)| {
        let houses = kept.houses.max(1) as f64;
        let [below_kh, above_kh, missing_kwh] = kept.comfort.map(|x| x / houses);
        let of = |pick: fn(&Load) -> f64| pick(&own) - other.as_ref().map_or(f64::NAN, pick);
        Compared {
            name: c.name.clone(),
            windows: shifts(plan, fleet, r, c.rebound_h),
            electricity_mwh: of(|l| l.electricity_mwh),
            peak_mw: of(|l| l.peak.mw),
            below_kh,
            above_kh,
            missing_kwh,
        }
    });
    let mut groups = kept.groups.clone();
    for (i, g) in groups.iter_mut().enumerate() {
        let houses = g.houses.max(1) as f64;
        g.name = plan.group_name(i).to_owned();
        g.spf_h4 /= g.electricity_kwh;
        g.electricity_kwh /= houses;
        g.below_kh /= houses;
    }
    Figures {
        title: plan.fleet.title.clone(),
        houses: kept.houses + kept.failed,
        failed: kept.failed,
        represents: plan.fleet.represents,
        start: local(plan, plan.period.start_s),
        end: local(plan, plan.period.end_s),
        fleet: own,
        reference: other,
        compared,
        spread: KEPT
            .iter()
            .zip(&kept.values)
            .map(|((name, unit), values)| spread(name, unit, values))
            .collect(),
        groups,
    }
}

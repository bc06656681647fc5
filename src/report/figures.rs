//! The figures that head a picture and fill the summary, summed from the traces.
//!
//! These are plain sums over recorded intervals for people to read. The
//! metrics of a run, with their standards, are formed elsewhere.

use crate::trace::{DeviceTrace, Reason, Totals};
use crate::units::{S_PER_H, kwh};

/// End uses of electricity, in the order in which they are stacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndUse {
    CompressorSpace,
    CompressorTank,
    CompressorCooling,
    BackupSpace,
    BackupTank,
    Element,
    /// Pumps, fans, standby.
    Auxiliary,
}

impl EndUse {
    pub const ALL: [EndUse; 7] = [
        EndUse::CompressorSpace,
        EndUse::CompressorTank,
        EndUse::CompressorCooling,
        EndUse::BackupSpace,
        EndUse::BackupTank,
        EndUse::Element,
        EndUse::Auxiliary,
    ];

    /// In words, for legends.
    pub fn text(self) -> &'static str {
        match self {
            EndUse::CompressorSpace => "heating",
            EndUse::CompressorTank => "hot water",
            EndUse::CompressorCooling => "cooling",
            EndUse::BackupSpace => "backup, rooms",
            EndUse::BackupTank => "backup, tank",
            EndUse::Element => "tank element",
            EndUse::Auxiliary => "pumps, fans, standby",
        }
    }

    /// Mean power in interval `i`, W; 0 where there is none.
    pub fn power_w(self, t: &DeviceTrace, i: usize) -> f64 {
        match self {
            EndUse::CompressorSpace => at0(&t.compressor_space_w, i),
            EndUse::CompressorTank => at0(&t.compressor_tank_w, i),
            EndUse::CompressorCooling => at0(&t.compressor_cooling_w, i),
            EndUse::BackupSpace => at0(&t.backup_space_w, i),
            EndUse::BackupTank => at0(&t.backup_tank_w, i),
            EndUse::Element => at0(&t.element_w, i),
            EndUse::Auxiliary => at0(&t.auxiliary_w, i) + at0(&t.standby_w, i),
        }
    }
}

/// Sums over a period. Energies in kWh, times in h, money in the scenario's currency.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub hours: f64,
    /// Electricity by end use, order of [`EndUse::ALL`].
    pub use_kwh: [f64; EndUse::ALL.len()],
    pub heat_space_kwh: f64,
    pub heat_tank_kwh: f64,
    pub cooling_kwh: f64,
    pub base_load_kwh: f64,
    pub pv_kwh: f64,
    pub import_kwh: f64,
    pub export_kwh: f64,
    /// Purchase at the total price minus feed-in; `None` without prices.
    pub cost: Option<f64>,
    pub co2_kg: Option<f64>,
    /// Highest quarter-hour mean from the grid, W.
    pub peak_w: f64,
    /// Controlled rooms together.
    pub below_kh: f64,
    pub above_kh: f64,
    pub recovery_kh: f64,
    pub draw_l: f64,
    pub draw_useful_kwh: f64,
    pub draw_missing_kwh: f64,
    /// The deciding sensor below the lower bound at the intervals' ends, h.
    pub tank_below_lower_h: f64,
    pub reason_h: [f64; Reason::COUNT],
    pub overridden_h: f64,
    pub starts: u64,
    pub run_h: f64,
}

impl Figures {
    /// Of a whole trace; starts as the totals count them.
    pub fn of(trace: &DeviceTrace, totals: &Totals) -> Self {
        let mut f = Self::between(trace, 0, intervals(trace));
        f.starts = totals.starts.max(f.starts);
        f
    }

    /// Of the intervals `[from, to)`.
    pub fn between(t: &DeviceTrace, from: usize, to: usize) -> Self {
        let dt_s = f64::from(t.step_s);
        let mut f = Self {
            hours: to.saturating_sub(from) as f64 * dt_s / 3600.0,
            ..Self::default()
        };
        let priced = has_any(&t.price_total_eur_per_kwh) || has_any(&t.price_eur_per_kwh);
        let carbon = has_any(&t.co2_g_per_kwh);
        let (mut cost, mut co2) = (0.0, 0.0);
        let quarter = (900 / t.step_s.max(1)).max(1) as usize;
        for i in from..to {
            for (sum, u) in f.use_kwh.iter_mut().zip(EndUse::ALL) {
                *sum += kwh(u.power_w(t, i) * dt_s);
            }
            f.heat_space_kwh += kwh(at0(&t.heat_space_w, i) * dt_s);
            f.heat_tank_kwh += kwh(at0(&t.heat_tank_w, i) * dt_s);
            f.cooling_kwh += kwh(at0(&t.cooling_w, i) * dt_s);
            f.base_load_kwh += kwh(at0(&t.base_load_w, i) * dt_s);
            f.pv_kwh += kwh(at0(&t.pv_w, i) * dt_s);
            let bought = kwh(at0(&t.grid_import_w, i) * dt_s);
            let sold = kwh(at0(&t.grid_export_w, i) * dt_s);
            f.import_kwh += bought;
            f.export_kwh += sold;
            let price =
                at(&t.price_total_eur_per_kwh, i).unwrap_or_else(|| at0(&t.price_eur_per_kwh, i));
            cost += bought * price - sold * at0(&t.feed_in_eur_per_kwh, i);
            co2 += bought * at0(&t.co2_g_per_kwh, i) / 1000.0;
            f.draw_l += at0(&t.draw_l, i);
            f.draw_useful_kwh += kwh(at0(&t.draw_useful_j, i));
            f.draw_missing_kwh += kwh(at0(&t.draw_missing_j, i));
            if at0(&t.tank_sensor_c, i) < at0(&t.tank_lower_c, i) {
                f.tank_below_lower_h += f64::from(t.step_s) / S_PER_H;
            }
            f.overridden_h += at0(&t.overridden_s, i) / 3600.0;
            f.starts += u64::from(t.starts.get(i).copied().unwrap_or(0));
            f.run_h += at0(&t.run_s, i) / 3600.0;
            if let Some(r) = t.reason_s.get(i) {
                for (h, s) in f.reason_h.iter_mut().zip(r) {
                    if s.is_finite() {
                        *h += f64::from(*s) / 3600.0;
                    }
                }
            }
            for room in t.rooms.iter().filter(|r| r.controlled) {
                f.below_kh += at0(&room.below_kh, i);
                f.above_kh += at0(&room.above_kh, i);
                f.recovery_kh += at0(&room.recovery_kh, i);
            }
        }
        let mut i = from;
        while i < to {
            let end = (i + quarter).min(to);
            let sum: f64 = (i..end).map(|k| at0(&t.grid_import_w, k)).sum();
            f.peak_w = f.peak_w.max(sum / (end - i) as f64);
            i = end;
        }
        f.cost = priced.then_some(cost);
        f.co2_kg = carbon.then_some(co2);
        f
    }

    /// Adds another device's figures (peaks are not added).
    pub fn add(&mut self, o: &Figures) {
        for (a, b) in self.use_kwh.iter_mut().zip(o.use_kwh) {
            *a += b;
        }
        for (a, b) in self.reason_h.iter_mut().zip(o.reason_h) {
            *a += b;
        }
        self.hours += o.hours;
        self.heat_space_kwh += o.heat_space_kwh;
        self.heat_tank_kwh += o.heat_tank_kwh;
        self.cooling_kwh += o.cooling_kwh;
        self.base_load_kwh += o.base_load_kwh;
        self.pv_kwh += o.pv_kwh;
        self.import_kwh += o.import_kwh;
        self.export_kwh += o.export_kwh;
        self.below_kh += o.below_kh;
        self.above_kh += o.above_kh;
        self.recovery_kh += o.recovery_kh;
        self.draw_l += o.draw_l;
        self.draw_useful_kwh += o.draw_useful_kwh;
        self.draw_missing_kwh += o.draw_missing_kwh;
        self.tank_below_lower_h += o.tank_below_lower_h;
        self.overridden_h += o.overridden_h;
        self.starts += o.starts;
        self.run_h += o.run_h;
        self.cost = sum(self.cost, o.cost);
        self.co2_kg = sum(self.co2_kg, o.co2_kg);
    }

    /// All electricity of the heat pump and its heaters, kWh.
    pub fn electricity_kwh(&self) -> f64 {
        self.use_kwh.iter().sum()
    }

    /// Heat and cold delivered over all electricity of the plant, the element
    /// on both sides; `None` where next to nothing ran. Without cooling it is
    /// `spf_h4` of the metrics.
    pub fn seasonal_performance(&self) -> Option<f64> {
        let e = self.electricity_kwh();
        let element_kwh = self.use_kwh[EndUse::Element as usize];
        let q = self.heat_space_kwh + self.heat_tank_kwh + element_kwh + self.cooling_kwh;
        (e > 0.01 && q > 0.01).then(|| q / e)
    }

    /// What [`Self::seasonal_performance`] is called: SPF H4 where only heat was
    /// delivered (SEPEMO-Build's boundary with backup, pumps and standby).
    pub fn performance_name(&self) -> &'static str {
        if self.cooling_kwh > 0.01 {
            "heat and cold per kWh"
        } else {
            "SPF H4, heat per kWh"
        }
    }

    /// The same for a narrow column.
    pub(crate) fn performance_short(&self, s: f64) -> String {
        if self.cooling_kwh > 0.01 {
            format!("{s:.2} kWh per kWh")
        } else {
            format!("SPF H4 {s:.2}")
        }
    }

    /// A few words with the seasonal performance `s`.
    pub(crate) fn performance_note(&self, s: f64) -> String {
        if self.cooling_kwh > 0.01 {
            format!("{s:.2} heat and cold per kWh")
        } else {
            format!("SPF H4 {s:.2}")
        }
    }

    /// Reasons that occur, longest first, with their hours.
    pub fn reasons(&self) -> Vec<(Reason, f64)> {
        let mut v: Vec<(Reason, f64)> = Reason::ALL
            .iter()
            .map(|r| (*r, self.reason_h[*r as usize]))
            .filter(|(_, h)| *h > 1.0 / 3600.0)
            .collect();
        v.sort_by(|a, b| b.1.total_cmp(&a.1));
        v
    }
}

fn sum(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0.0) + b.unwrap_or(0.0)),
    }
}

/// How many intervals a trace has: the length of its outdoor temperature, or
/// of its first room where that was not recorded.
pub(crate) fn intervals(t: &DeviceTrace) -> usize {
    let rooms = t.rooms.first().map_or(0, |r| r.operative_c.len());
    t.outdoor_c.len().max(rooms).max(t.reason_s.len())
}

/// A value that is there and finite; what no house can reach is cut off.
pub(crate) fn at(v: &[f64], i: usize) -> Option<f64> {
    v.get(i)
        .copied()
        .filter(|x| x.is_finite())
        .map(|x| x.clamp(-1e12, 1e12))
}

/// The same, with 0 for none.
pub(crate) fn at0(v: &[f64], i: usize) -> f64 {
    at(v, i).unwrap_or(0.0)
}

/// Whether a series has any value besides zero.
pub(crate) fn has_any(v: &[f64]) -> bool {
    v.iter().any(|x| x.is_finite() && *x != 0.0)
}

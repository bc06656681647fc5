//! The figures that head a picture and fill the summary, in the units in which
//! people read them. Nothing is summed here: the sums are those of the metrics,
//! of a whole run or of a stretch of it.

use crate::metrics::{Outside, Tally, performance};
use crate::trace::{DeviceTrace, Reason, Totals};
use crate::units::{S_PER_H, kwh};
use std::ops::Range;

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

    /// Energy in some sums, J.
    fn energy_j(self, tally: &Tally) -> f64 {
        let s = &tally.sums;
        match self {
            EndUse::CompressorSpace => s.compressor_space_j,
            EndUse::CompressorTank => s.compressor_tank_j,
            EndUse::CompressorCooling => s.compressor_cooling_j,
            EndUse::BackupSpace => s.backup_space_j,
            EndUse::BackupTank => s.backup_tank_j,
            EndUse::Element => s.element_j,
            EndUse::Auxiliary => s.auxiliary_j + s.standby_j,
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
    /// Highest quarter-hour mean from the grid, W; 0 for several devices.
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
    /// Starts and disinfections of whole runs, as the totals count them.
    pub starts: u64,
    pub disinfections: u32,
    pub disinfections_missed: u32,
    pub run_h: f64,
    /// `spf_h4` of the metrics, where heat was delivered.
    pub spf_h4: Option<f64>,
}

impl Figures {
    /// Of a whole trace, with what only the totals count.
    pub fn of(trace: &DeviceTrace, totals: &Totals) -> Self {
        let mut f = Self::between(trace, 0..intervals(trace));
        f.starts = totals.starts;
        f.disinfections = totals.disinfection_reached;
        f.disinfections_missed = totals.disinfection_missed;
        f
    }

    /// Of some intervals. What only the totals count is 0.
    pub fn between(t: &DeviceTrace, range: Range<usize>) -> Self {
        let rooms = t.rooms.iter().filter(|r| r.controlled);
        let outside = Outside::of(rooms, range.clone());
        let tally = Tally::between(t, range);
        Self {
            peak_w: tally.peak_import_w().map_or(0.0, |p| p.1),
            ..Self::new(&tally, &outside, std::slice::from_ref(t))
        }
    }

    /// Of several devices together. Each has a grid connection of its own, so
    /// there is no peak of all.
    pub fn together(devices: &[(DeviceTrace, Totals)]) -> Self {
        let mut tally = Tally::default();
        for (t, _) in devices {
            tally.add(&Tally::between(t, 0..intervals(t)));
        }
        let traces = || devices.iter().map(|d| &d.0);
        let rooms = traces().flat_map(|t| &t.rooms).filter(|r| r.controlled);
        let outside = Outside::of(rooms, 0..usize::MAX);
        Self {
            starts: devices.iter().map(|d| d.1.starts).sum(),
            ..Self::new(&tally, &outside, traces())
        }
    }

    /// Money and carbon only where one of the traces has a price or an intensity.
    fn new<'a>(
        tally: &Tally,
        outside: &Outside,
        traces: impl IntoIterator<Item = &'a DeviceTrace, IntoIter: Clone>,
    ) -> Self {
        let traces = traces.into_iter();
        let priced = traces.clone().any(|t| has_any(&t.price_total_eur_per_kwh));
        let carbon = traces.clone().any(|t| has_any(&t.co2_g_per_kwh));
        let s = &tally.sums;
        let mut reason_h = [0.0; Reason::COUNT];
        for (h, s) in reason_h.iter_mut().zip(&tally.reason_s) {
            *h = s / S_PER_H;
        }
        Self {
            hours: s.device_h,
            use_kwh: EndUse::ALL.map(|u| kwh(u.energy_j(tally))),
            heat_space_kwh: kwh(s.heat_space_j),
            heat_tank_kwh: kwh(s.heat_tank_j),
            cooling_kwh: kwh(s.cooling_j),
            base_load_kwh: kwh(s.base_load_j),
            pv_kwh: kwh(s.pv_j),
            import_kwh: kwh(s.import_j),
            export_kwh: kwh(s.export_j),
            cost: priced.then(|| tally.purchase_eur() - s.feed_in_eur),
            co2_kg: carbon.then_some(s.import_g / 1000.0),
            peak_w: 0.0,
            below_kh: outside.below_kh,
            above_kh: outside.above_kh,
            recovery_kh: outside.recovery_kh,
            draw_l: s.draw_l,
            draw_useful_kwh: kwh(s.draw_useful_j),
            draw_missing_kwh: kwh(s.draw_missing_j),
            tank_below_lower_h: s.tank_below_lower_h,
            reason_h,
            overridden_h: s.overridden_s / S_PER_H,
            starts: 0,
            disinfections: 0,
            disinfections_missed: 0,
            run_h: s.run_s / S_PER_H,
            spf_h4: performance(tally).spf_h4.value(),
        }
    }

    /// All electricity of the heat pump and its heaters, kWh.
    pub fn electricity_kwh(&self) -> f64 {
        self.use_kwh.iter().sum()
    }

    /// Heat delivered for a kWh of the plant: `spf_h4` of the metrics, or, where
    /// the run cooled too, heat and cold over all electricity, the element on
    /// both sides. `None` where next to nothing ran.
    pub fn seasonal_performance(&self) -> Option<f64> {
        let e = self.electricity_kwh();
        let element_kwh = self.use_kwh[EndUse::Element as usize];
        let q = self.heat_space_kwh + self.heat_tank_kwh + element_kwh + self.cooling_kwh;
        if !(e > 0.01 && q > 0.01) {
            None
        } else if self.cooling_kwh > 0.01 {
            Some(q / e)
        } else {
            self.spf_h4
        }
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

    /// The same for the label of a row.
    pub(crate) fn performance_row(&self) -> &'static str {
        if self.cooling_kwh > 0.01 {
            "kWh per kWh"
        } else {
            "SPF H4"
        }
    }

    /// With the value, for a narrow column.
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

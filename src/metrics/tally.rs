//! What adds up. One pass over a device's trace gives sums; the sums of a
//! user or of the scenario are the sums of its devices, and every figure is
//! formed from sums. So a ratio of a user is the ratio of sums, never a mean
//! of ratios, and the sums of two traces end to end are the sums of the whole.

use std::ops::Range;

use crate::trace::{DeviceTrace, Reason};
use crate::units::{J_PER_KWH, S_PER_H};

/// Billing and balancing interval of the electricity market, s.
pub(crate) const QUARTER_S: i64 = 900;

macro_rules! sums {
    ($($(#[$meta:meta])* $field:ident),* $(,)?) => {
        /// Plain sums; suffixes give units, energies are in J.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct Sums { $($(#[$meta])* pub(crate) $field: f64),* }
        impl Sums {
            pub(crate) fn add(&mut self, other: &Sums) { $(self.$field += other.$field;)* }
        }
    };
}

sums! {
    devices, device_h, floor_area_m2,
    heat_space_j, heat_tank_j, cooling_j,
    compressor_space_j, compressor_tank_j, compressor_cooling_j,
    backup_space_j, backup_tank_j, element_j,
    /// Pumps and fans, and the part of them and of standby that falls to cooling.
    auxiliary_j, auxiliary_cooling_j, standby_j, standby_cooling_j,
    base_load_j, pv_j, import_j, export_j,
    energy_eur, network_eur, tax_eur, feed_in_eur,
    /// HVAC electricity at the price of a bought kWh, and its carbon.
    hvac_eur, hvac_g, import_g,
    /// Price of a bought kWh over time, EUR/kWh h (for a device that buys nothing).
    price_eur_h,
    draw_l, draw_useful_j, draw_missing_j, draw_short_quarters,
    tank_h, tank_below_lower_h, tank_above_upper_h, tank_top_below_useful_h,
    run_s, overridden_s, shifted_h,
}

/// Sums, and what is kept beside them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) sums: Sums,
    /// First quarter-hour (epoch seconds / 900), and J imported and J used by
    /// the plant in each.
    pub(crate) first_quarter: i64,
    pub(crate) quarter_import_j: Vec<f64>,
    pub(crate) quarter_hvac_j: Vec<f64>,
    /// Most starts of one device on one local day.
    pub(crate) starts_day_max: f64,
    pub(crate) reason_s: Vec<f64>,
}

impl Tally {
    /// Adds another device. Quarter-hours are matched by time.
    pub(crate) fn add(&mut self, other: &Tally) {
        self.sums.add(&other.sums);
        if self.quarter_import_j.is_empty() {
            self.first_quarter = other.first_quarter;
        }
        let first = self.first_quarter.min(other.first_quarter);
        for (mine, theirs) in [
            (&mut self.quarter_import_j, &other.quarter_import_j),
            (&mut self.quarter_hvac_j, &other.quarter_hvac_j),
        ] {
            let pad = (self.first_quarter - first) as usize;
            mine.splice(0..0, std::iter::repeat_n(0.0, pad));
            let offset = (other.first_quarter - first) as usize;
            if mine.len() < offset + theirs.len() {
                mine.resize(offset + theirs.len(), 0.0);
            }
            for (to, from) in mine[offset..].iter_mut().zip(theirs) {
                *to += from;
            }
        }
        self.first_quarter = first;
        self.starts_day_max = self.starts_day_max.max(other.starts_day_max);
        if self.reason_s.is_empty() {
            self.reason_s = vec![0.0; Reason::COUNT];
        }
        for (to, from) in self.reason_s.iter_mut().zip(&other.reason_s) {
            *to += from;
        }
    }
}

/// The value of row `i`, 0 where the trace has no such channel.
fn get(values: &[f64], i: usize) -> f64 {
    values.get(i).copied().unwrap_or(0.0)
}

/// Electricity of the whole plant in row `i`, W.
fn hvac_w(t: &DeviceTrace, i: usize) -> f64 {
    get(&t.compressor_space_w, i)
        + get(&t.compressor_tank_w, i)
        + get(&t.compressor_cooling_w, i)
        + get(&t.backup_space_w, i)
        + get(&t.backup_tank_w, i)
        + get(&t.element_w, i)
        + get(&t.auxiliary_w, i)
        + get(&t.standby_w, i)
}

/// What the sums need and the trace does not hold. Without it, network charges
/// count as tax and no top layer is too cold; all other sums are the same.
pub(crate) struct Besides<N> {
    /// Mean network charge from one instant to another, EUR/kWh.
    pub(crate) network_eur_per_kwh: N,
    /// Useful temperature of hot water, degC.
    pub(crate) useful_c: f64,
}

impl Tally {
    /// Sums of the rows `range` from the trace alone.
    pub(crate) fn between(t: &DeviceTrace, range: Range<usize>) -> Self {
        let besides = Besides {
            network_eur_per_kwh: |_, _| 0.0,
            useful_c: f64::NEG_INFINITY,
        };
        tally(t, range, &besides)
    }

    /// All electricity of the plant, J.
    pub(crate) fn hvac_j(&self) -> f64 {
        let s = &self.sums;
        s.compressor_space_j
            + s.compressor_tank_j
            + s.compressor_cooling_j
            + s.backup_space_j
            + s.backup_tank_j
            + s.element_j
            + s.auxiliary_j
            + s.standby_j
    }

    /// What the bought electricity cost in full, EUR.
    pub(crate) fn purchase_eur(&self) -> f64 {
        self.sums.energy_eur + self.sums.network_eur + self.sums.tax_eur
    }

    /// The highest quarter-hour of import: position and mean, W.
    pub(crate) fn peak_import_w(&self) -> Option<(usize, f64)> {
        peak_w(&self.quarter_import_j)
    }
}

/// The highest quarter-hour: position and mean, W.
pub(crate) fn peak_w(quarters_j: &[f64]) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    for (i, &joules) in quarters_j.iter().enumerate() {
        if best.is_none_or(|(_, most)| joules > most) {
            best = Some((i, joules));
        }
    }
    best.map(|(i, joules)| (i, joules / QUARTER_S as f64))
}

/// One pass over the rows `range` of a device's trace.
pub(crate) fn tally<N: Fn(i64, i64) -> f64>(
    t: &DeviceTrace,
    range: Range<usize>,
    besides: &Besides<N>,
) -> Tally {
    let mut growing = Growing::default();
    growing.add(t, range, besides);
    growing.finish()
}

/// A device's tally that grows stretch by stretch: the same sums, to the bit,
/// as in one pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct Growing {
    tally: Tally,
    rows: usize,
    step_s: u32,
    /// Quarter-hours with a draw too cold.
    short: Vec<bool>,
}

impl Growing {
    /// All rows so far.
    pub(crate) fn finish(mut self) -> Tally {
        let s = &mut self.tally.sums;
        s.devices = 1.0;
        s.device_h = self.rows as f64 * (f64::from(self.step_s) / S_PER_H);
        s.draw_short_quarters = self.short.iter().filter(|&&s| s).count() as f64;
        self.tally
    }

    /// Adds the rows `range` of a trace that follow those before.
    pub(crate) fn add<N: Fn(i64, i64) -> f64>(
        &mut self,
        t: &DeviceTrace,
        range: Range<usize>,
        besides: &Besides<N>,
    ) {
        let dt = f64::from(t.step_s);
        let hours = dt / S_PER_H;
        let step = i64::from(t.step_s);
        let row_s = |i: usize| t.start_s + i as i64 * step;
        let out = &mut self.tally;
        if self.rows == 0 {
            out.first_quarter = row_s(range.start).div_euclid(QUARTER_S);
            out.reason_s = vec![0.0; Reason::COUNT];
        }
        self.rows += range.len();
        self.step_s = t.step_s;
        let first_quarter = out.first_quarter;
        if !range.is_empty() {
            let last = (row_s(range.end) - 1)
                .max(row_s(range.start))
                .div_euclid(QUARTER_S);
            let quarters = (last - first_quarter + 1) as usize;
            out.quarter_import_j.resize(quarters, 0.0);
            out.quarter_hvac_j.resize(quarters, 0.0);
            self.short.resize(quarters, false);
        }
        let short = &mut self.short;
        let s = &mut out.sums;
        for i in range {
            let at_s = row_s(i);
            let quarter = (at_s.div_euclid(QUARTER_S) - first_quarter) as usize;
            let (space, tank, cooling) = (
                get(&t.heat_space_w, i),
                get(&t.heat_tank_w, i),
                get(&t.cooling_w, i),
            );
            s.heat_space_j += space * dt;
            s.heat_tank_j += tank * dt;
            s.cooling_j += cooling * dt;
            s.compressor_space_j += get(&t.compressor_space_w, i) * dt;
            s.compressor_tank_j += get(&t.compressor_tank_w, i) * dt;
            s.compressor_cooling_j += get(&t.compressor_cooling_w, i) * dt;
            s.backup_space_j += get(&t.backup_space_w, i) * dt;
            s.backup_tank_j += get(&t.backup_tank_w, i) * dt;
            s.element_j += get(&t.element_w, i) * dt;
            let cold_share = if cooling > 0.0 {
                cooling / (cooling + space.max(0.0) + tank.max(0.0))
            } else {
                0.0
            };
            s.auxiliary_j += get(&t.auxiliary_w, i) * dt;
            s.auxiliary_cooling_j += get(&t.auxiliary_w, i) * dt * cold_share;
            s.standby_j += get(&t.standby_w, i) * dt;
            s.standby_cooling_j += get(&t.standby_w, i) * dt * cold_share;
            s.base_load_j += get(&t.base_load_w, i) * dt;
            s.pv_j += get(&t.pv_w, i) * dt;

            let import_j = get(&t.grid_import_w, i) * dt;
            let export_j = get(&t.grid_export_w, i) * dt;
            let hvac_j = hvac_w(t, i) * dt;
            let (price, total) = (
                get(&t.price_eur_per_kwh, i),
                get(&t.price_total_eur_per_kwh, i),
            );
            let network = (besides.network_eur_per_kwh)(at_s, at_s + step);
            s.import_j += import_j;
            s.export_j += export_j;
            s.energy_eur += import_j / J_PER_KWH * price;
            s.network_eur += import_j / J_PER_KWH * network;
            s.tax_eur += import_j / J_PER_KWH * (total - price - network);
            s.feed_in_eur += export_j / J_PER_KWH * get(&t.feed_in_eur_per_kwh, i);
            s.price_eur_h += total * hours;
            s.hvac_eur += hvac_j / J_PER_KWH * total;
            s.hvac_g += hvac_j / J_PER_KWH * get(&t.co2_g_per_kwh, i);
            s.import_g += import_j / J_PER_KWH * get(&t.co2_g_per_kwh, i);
            out.quarter_import_j[quarter] += import_j;
            out.quarter_hvac_j[quarter] += hvac_j;

            s.draw_l += get(&t.draw_l, i);
            s.draw_useful_j += get(&t.draw_useful_j, i);
            s.draw_missing_j += get(&t.draw_missing_j, i);
            // A tenth of a watt-hour: below it is rounding, not a cold shower.
            short[quarter] |= get(&t.draw_missing_j, i) > 360.0;
            if let Some(&sensor) = t.tank_sensor_c.get(i) {
                s.tank_h += hours;
                s.tank_below_lower_h += if sensor < get(&t.tank_lower_c, i) {
                    hours
                } else {
                    0.0
                };
                s.tank_above_upper_h += if sensor > get(&t.tank_upper_c, i) {
                    hours
                } else {
                    0.0
                };
            }
            if let Some(&top) = t.tank_layer_c.last().and_then(|layer| layer.get(i)) {
                s.tank_top_below_useful_h += if top < besides.useful_c { hours } else { 0.0 };
            }
            s.run_s += get(&t.run_s, i);
            s.overridden_s += get(&t.overridden_s, i);
            s.shifted_h += if get(&t.target_shift_k, i) == 0.0 {
                0.0
            } else {
                hours
            };
            for (to, from) in out
                .reason_s
                .iter_mut()
                .zip(t.reason_s.get(i).into_iter().flatten())
            {
                *to += f64::from(*from);
            }
        }
    }
}

/// Most starts on one local day.
#[derive(Clone, Debug, Default)]
pub(crate) struct StartsByDay {
    day: Option<i32>,
    today: f64,
    pub(crate) most: f64,
}

impl StartsByDay {
    /// Adds rows; `day` is the day of each.
    pub(crate) fn add(&mut self, starts: &[u16], day: &[i32]) {
        for (starts, &day) in starts.iter().zip(day) {
            if self.day != Some(day) {
                (self.day, self.today) = (Some(day), 0.0);
            }
            self.today += f64::from(*starts);
            self.most = self.most.max(self.today);
        }
    }
}

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
        self.add_columns(t, range.clone(), besides.useful_c);
        let s = &mut self.tally.sums;
        for i in range {
            let at_s = row_s(i);
            let quarter = (at_s.div_euclid(QUARTER_S) - first_quarter) as usize;
            let (space, tank, cooling) = (
                get(&t.heat_space_w, i),
                get(&t.heat_tank_w, i),
                get(&t.cooling_w, i),
            );
            if cooling > 0.0 {
                let cold_share = cooling / (cooling + space.max(0.0) + tank.max(0.0));
                s.auxiliary_cooling_j += get(&t.auxiliary_w, i) * dt * cold_share;
                s.standby_cooling_j += get(&t.standby_w, i) * dt * cold_share;
            }
            let import_j = get(&t.grid_import_w, i) * dt;
            let export_j = get(&t.grid_export_w, i) * dt;
            let hvac_j = hvac_w(t, i) * dt;
            let (price, total) = (
                get(&t.price_eur_per_kwh, i),
                get(&t.price_total_eur_per_kwh, i),
            );
            let network = (besides.network_eur_per_kwh)(at_s, at_s + step);
            s.energy_eur += import_j / J_PER_KWH * price;
            s.network_eur += import_j / J_PER_KWH * network;
            s.tax_eur += import_j / J_PER_KWH * (total - price - network);
            s.feed_in_eur += export_j / J_PER_KWH * get(&t.feed_in_eur_per_kwh, i);
            s.hvac_eur += hvac_j / J_PER_KWH * total;
            s.hvac_g += hvac_j / J_PER_KWH * get(&t.co2_g_per_kwh, i);
            s.import_g += import_j / J_PER_KWH * get(&t.co2_g_per_kwh, i);
            self.tally.quarter_import_j[quarter] += import_j;
            self.tally.quarter_hvac_j[quarter] += hvac_j;
            // A tenth of a watt-hour: below it is rounding, not a cold shower.
            self.short[quarter] |= get(&t.draw_missing_j, i) > 360.0;
        }
    }

    /// Adds what needs one column, or two beside each other.
    fn add_columns(&mut self, t: &DeviceTrace, range: Range<usize>, useful_c: f64) {
        let dt = f64::from(t.step_s);
        let hours = dt / S_PER_H;
        let s = &mut self.tally.sums;
        let powers_w = [
            &t.heat_space_w,
            &t.heat_tank_w,
            &t.cooling_w,
            &t.compressor_space_w,
            &t.compressor_tank_w,
        ];
        let heats_j = [
            &mut s.heat_space_j,
            &mut s.heat_tank_j,
            &mut s.cooling_j,
            &mut s.compressor_space_j,
            &mut s.compressor_tank_j,
        ];
        add_side_by_side(heats_j, parts(powers_w, &range), dt);
        let powers_w = [
            &t.compressor_cooling_w,
            &t.backup_space_w,
            &t.backup_tank_w,
            &t.element_w,
            &t.auxiliary_w,
        ];
        let plant_j = [
            &mut s.compressor_cooling_j,
            &mut s.backup_space_j,
            &mut s.backup_tank_j,
            &mut s.element_j,
            &mut s.auxiliary_j,
        ];
        add_side_by_side(plant_j, parts(powers_w, &range), dt);
        let powers_w = [
            &t.standby_w,
            &t.base_load_w,
            &t.pv_w,
            &t.grid_import_w,
            &t.grid_export_w,
        ];
        let grid_j = [
            &mut s.standby_j,
            &mut s.base_load_j,
            &mut s.pv_j,
            &mut s.import_j,
            &mut s.export_j,
        ];
        add_side_by_side(grid_j, parts(powers_w, &range), dt);
        let sums = [
            &mut s.draw_l,
            &mut s.draw_useful_j,
            &mut s.draw_missing_j,
            &mut s.run_s,
            &mut s.overridden_s,
        ];
        let values = [
            &t.draw_l,
            &t.draw_useful_j,
            &t.draw_missing_j,
            &t.run_s,
            &t.overridden_s,
        ];
        add_side_by_side(sums, parts(values, &range), 1.0);
        let prices = part(&t.price_total_eur_per_kwh, &range);
        add(&mut s.price_eur_h, prices.iter().map(|price| price * hours));
        let counted = |holds: bool| if holds { hours } else { 0.0 };
        let sensors = || part(&t.tank_sensor_c, &range).iter();
        add(&mut s.tank_h, sensors().map(|_| hours));
        let below = sensors().zip(part(&t.tank_lower_c, &range));
        add(
            &mut s.tank_below_lower_h,
            below.map(|(sensor, lower)| counted(sensor < lower)),
        );
        let above = sensors().zip(part(&t.tank_upper_c, &range));
        add(
            &mut s.tank_above_upper_h,
            above.map(|(sensor, upper)| counted(sensor > upper)),
        );
        if let Some(top) = t.tank_layer_c.last() {
            let cold = part(top, &range).iter().map(|&top| counted(top < useful_c));
            add(&mut s.tank_top_below_useful_h, cold);
        }
        let shifts = part(&t.target_shift_k, &range).iter();
        add(&mut s.shifted_h, shifts.map(|&shift| counted(shift != 0.0)));
        for row in part(&t.reason_s, &range) {
            for (to, from) in self.tally.reason_s.iter_mut().zip(row) {
                *to += f64::from(*from);
            }
        }
    }
}

/// The rows of a column that it has.
fn part<'a, T>(values: &'a [T], range: &Range<usize>) -> &'a [T] {
    let end = range.end.min(values.len());
    &values[range.start.min(end)..end]
}

/// The rows of some columns.
fn parts<'a, const N: usize>(columns: [&'a Vec<f64>; N], range: &Range<usize>) -> [&'a [f64]; N] {
    columns.map(|column| part(column, range))
}

/// Adds `factor` times each column to its sum, row by row and value after value: a
/// processor works on such sums side by side, where one alone waits for each addition.
pub(super) fn add_side_by_side<const N: usize>(
    sums: [&mut f64; N],
    columns: [&[f64]; N],
    factor: f64,
) {
    let rows = columns.iter().map(|c| c.len()).min().unwrap_or(0);
    let mut so_far: [f64; N] = std::array::from_fn(|k| *sums[k]);
    for i in 0..rows {
        for (sum, column) in so_far.iter_mut().zip(&columns) {
            *sum += column[i] * factor;
        }
    }
    // A trace may lack a channel.
    for ((to, sum), column) in sums.into_iter().zip(so_far).zip(columns) {
        *to = sum;
        add(to, column[rows..].iter().map(|value| value * factor));
    }
}

/// Adds one value after the other: the same sum however the rows are cut.
fn add(sum: &mut f64, values: impl Iterator<Item = f64>) {
    *sum = values.fold(*sum, |sum, value| sum + value);
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

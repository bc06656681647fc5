//! What a recording interval is told of its rows: sums, and the means of them.

use serde::{Deserialize, Serialize};

use super::{Key, RowMaker};
use crate::sim::recorder::Surroundings;

/// Sums over the rows of a recording interval.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Means {
    rows: f64,
    outdoor_c: f64,
    damped_c: f64,
    humidity: f64,
    global_w_per_m2: f64,
    shift_k: f64,
    tank_lower_c: f64,
    tank_upper_c: f64,
    rooms: Vec<[f64; 3]>,
    house: i16,
    tank: i16,
}

impl Means {
    /// Of no row yet, for so many rooms.
    pub(super) fn new(rooms: usize) -> Self {
        Self {
            rooms: vec![[0.0; 3]; rooms],
            ..Self::default()
        }
    }

    /// Starts anew, with as many rooms.
    pub(super) fn clear(&mut self) {
        let mut rooms = std::mem::take(&mut self.rooms);
        rooms.fill([0.0; 3]);
        *self = Self {
            rooms,
            ..Self::default()
        };
    }
}

impl RowMaker<'_> {
    /// Adds the prepared row, of weather row `i`.
    pub(super) fn sum_up(&mut self, i: usize, key: &Key) {
        let (rows, shift_k) = (self.job.rows, self.shift_k());
        let m = &mut self.latches.means;
        m.rows += 1.0;
        m.outdoor_c += rows.outdoor_c[i];
        m.damped_c += self.damped_c[i];
        m.humidity += rows.relative_humidity[i];
        m.global_w_per_m2 += rows.global_horizontal_w_per_m2(i);
        m.shift_k += shift_k;
        m.tank_lower_c += self.device.tank_lower;
        m.tank_upper_c += self.device.tank_upper;
        for ((sum, set), bounds) in m.rooms.iter_mut().zip(&self.rooms).zip(&self.bounds) {
            let (lower, upper) =
                bounds.map_or((set.target, set.target), |_| (set.lower, set.upper));
            sum[0] += set.target;
            sum[1] += lower;
            sum[2] += upper;
        }
        let level = |l: Option<u8>| l.map_or(0, |l| i16::from(l) + 1);
        (m.house, m.tank) = (level(key.house), level(key.tank));
    }

    /// What the recorder needs of the interval `[t0_s, t1_s)`; starts the next.
    pub(in crate::sim) fn interval(&mut self, t0_s: i64, t1_s: i64) -> &Surroundings {
        let grid = &self.job.scenario.grid;
        let m = &self.latches.means;
        let per_row = 1.0 / m.rows.max(1.0);
        let price = grid.purchase_eur_per_kwh.mean(t0_s, t1_s);
        let mut rooms = std::mem::take(&mut self.around.rooms);
        rooms.clear();
        rooms.extend(m.rooms.iter().map(|r| r.map(|x| x * per_row)));
        self.around = Surroundings {
            outdoor_c: m.outdoor_c * per_row,
            outdoor_damped_c: m.damped_c * per_row,
            relative_humidity: m.humidity * per_row,
            global_horizontal_w_per_m2: m.global_w_per_m2 * per_row,
            base_load_w: self.job.device.base_load_w.mean(t0_s, t1_s),
            pv_w: self.job.device.pv_w.mean(t0_s, t1_s),
            price_eur_per_kwh: price,
            price_total_eur_per_kwh: price
                + grid.network_eur_per_kwh.mean(t0_s, t1_s)
                + grid.tax_eur_per_kwh.mean(t0_s, t1_s),
            feed_in_eur_per_kwh: grid.feed_in_eur_per_kwh.mean(t0_s, t1_s),
            co2_g_per_kwh: grid.co2_g_per_kwh.mean(t0_s, t1_s),
            command_house: m.house,
            command_tank: m.tank,
            target_shift_k: m.shift_k * per_row,
            tank_lower_c: m.tank_lower_c * per_row,
            tank_upper_c: m.tank_upper_c * per_row,
            rooms,
        };
        self.latches.means.clear();
        &self.around
    }
}

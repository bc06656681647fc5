//! From the sums of rows to rows of the trace, many at a time and column by column.

use super::ROW_S;
use super::kernel::{MINUTES, State, Sums};
use crate::model::Series;
use crate::numeric::Real;
use crate::plant::Compiled;
use crate::sim::device::{Done, Job, weather_row};
use crate::sim::row::RowMaker;
use crate::trace::{DeviceTrace, RoomTrace, Totals};
use crate::units::S_PER_H;

/// One device's rows, and what it adds up besides.
pub(super) struct Record {
    pub(super) trace: DeviceTrace,
    start_loss_j: f64,
    standby_w: f64,
    start_j: [f64; 2],
    /// Starts so far.
    starts: f64,
    has_tank: bool,
    reached: [f64; 2],
}

impl Record {
    pub(super) fn new(job: &Job<'_>, compiled: &Compiled) -> Self {
        let device = job.device;
        let rooms = device.house.rooms.iter().map(|r| RoomTrace {
            name: r.name.clone(),
            floor_area_m2: r.floor_area_m2,
            controlled: r.controlled,
            ..RoomTrace::default()
        });
        let layers = device.tank.as_ref().map_or(0, |t| t.layers);
        Self {
            trace: DeviceTrace {
                user_id: job.user.id.clone(),
                device_id: device.id.clone(),
                start_s: job.scenario.period.start_s,
                step_s: ROW_S,
                rooms: rooms.collect(),
                tank_layer_c: vec![Vec::new(); layers],
                ..DeviceTrace::default()
            },
            start_loss_j: compiled.plant.source.start_loss_j,
            standby_w: compiled.plant.source.standby_w,
            start_j: [0.0; 2],
            starts: 0.0,
            has_tank: device.tank.is_some(),
            reached: [0.0; 2],
        }
    }

    /// From now on it counts; so much heat is in house and tank, J.
    pub(super) fn open<T: Real, const N: usize>(
        &mut self,
        state: &State<T, N>,
        lane: usize,
        stored_j: [f64; 2],
    ) {
        self.start_j = stored_j;
        self.reached = [state.reached, state.missed].map(|count| count.lane(lane));
    }

    /// Notes what is in force in a row that was prepared.
    pub(super) fn note(&mut self, maker: &RowMaker<'_>) {
        let t = &mut self.trace;
        for (r, room) in t.rooms.iter_mut().enumerate() {
            let [target_c, lower_c, upper_c] = maker.bounds_c(r);
            room.target_c.push(target_c);
            room.lower_c.push(lower_c);
            room.upper_c.push(upper_c);
        }
        t.target_shift_k.push(maker.shift_k());
        if self.has_tank {
            let (lower_c, upper_c) = maker.tank_bounds_c();
            t.tank_lower_c.push(lower_c);
            t.tank_upper_c.push(upper_c);
        }
    }

    /// Writes down rows that have passed, all of which were noted. `layers` are
    /// the tank's, row by row; `like` is a device with the same prices.
    pub(super) fn rows<T: Real, const N: usize>(
        &mut self,
        job: &Job<'_>,
        rows: &[usize],
        sums: &[Sums<T, N>],
        layers: &[T],
        lane: usize,
        like: Option<&Self>,
    ) {
        let t = &mut self.trace;
        let per_minute = 1.0 / MINUTES as f64;
        let mean =
            |of: fn(&Sums<T, N>) -> &T| sums.iter().map(move |s| of(s).lane(lane) * per_minute);
        let sum = |of: fn(&Sums<T, N>) -> &T| sums.iter().map(move |s| of(s).lane(lane));
        let first = t.starts.len();
        for (r, room) in t.rooms.iter_mut().enumerate() {
            let temperatures = sums.iter().map(|s| s.room_c[r].lane(lane) * per_minute);
            room.operative_c.extend(temperatures);
            let open = sums.iter().map(|s| s.open[r].lane(lane) * per_minute);
            room.valve_open.extend(open);
            let hours = match room.controlled {
                true => f64::from(ROW_S) / S_PER_H,
                false => 0.0,
            };
            let counted = |k: f64| if k > 0.0 { hours } else { 0.0 };
            let new = || room.operative_c[first..].iter();
            let below_k = || {
                new()
                    .zip(&room.lower_c[first..])
                    .map(|(c, lower)| lower - c)
            };
            let above_k = || {
                new()
                    .zip(&room.upper_c[first..])
                    .map(|(c, upper)| c - upper)
            };
            room.below_kh.extend(below_k().map(|k| hours * k.max(0.0)));
            room.below_h.extend(below_k().map(counted));
            room.above_kh.extend(above_k().map(|k| hours * k.max(0.0)));
            room.above_h.extend(above_k().map(counted));
        }
        let weather = rows.iter().map(|&i| {
            let t_s = job.scenario.period.start_s + i as i64 * i64::from(ROW_S);
            weather_row(job.rows, t_s)
        });
        for i in weather {
            t.outdoor_c.push(job.rows.outdoor_c[i]);
            t.relative_humidity.push(job.rows.relative_humidity[i]);
            let global = job.rows.global_horizontal_w_per_m2(i);
            t.global_horizontal_w_per_m2.push(global);
        }
        t.flow_c.extend(mean(|s| &s.flow_c));
        if self.has_tank {
            let count = t.tank_layer_c.len();
            for (l, column) in t.tank_layer_c.iter_mut().enumerate() {
                column.extend(layers.chunks_exact(count).map(|row| row[l].lane(lane)));
            }
            t.tank_sensor_c.extend(sum(|s| &s.tank_c));
        }
        t.draw_l.extend(sum(|s| &s.draw_l));
        t.draw_useful_j.extend(sum(|s| &s.useful_j));
        t.draw_missing_j.extend(sum(|s| &s.missing_j));
        t.heat_space_w.extend(mean(|s| &s.space_w));
        t.heat_tank_w.extend(mean(|s| &s.tank_w));
        t.compressor_space_w.extend(mean(|s| &s.compressor_space_w));
        t.compressor_tank_w.extend(mean(|s| &s.compressor_tank_w));
        t.backup_space_w.extend(mean(|s| &s.backup_space_w));
        t.backup_tank_w.extend(mean(|s| &s.backup_tank_w));
        t.element_w.extend(mean(|s| &s.element_w));
        t.auxiliary_w.extend(mean(|s| &s.auxiliary_w));
        let standby_w = self.standby_w;
        t.standby_w
            .extend(mean(|s| &s.runs).map(|runs| (1.0 - runs) * standby_w));
        t.run_s
            .extend(mean(|s| &s.runs).map(|runs| runs * f64::from(ROW_S)));
        // A start costs electricity that gives no heat.
        let start_w = self.start_loss_j / f64::from(ROW_S);
        for (i, starts) in (first..).zip(sum(|s| &s.starts)) {
            let to_tank = t.compressor_tank_w[i] > t.compressor_space_w[i];
            let power_w = match to_tank {
                true => &mut t.compressor_tank_w[i],
                false => &mut t.compressor_space_w[i],
            };
            *power_w += starts * start_w;
            self.starts += starts;
            t.starts.push(starts as u16);
        }
        let zeros = || std::iter::repeat_n(0.0, rows.len());
        t.cooling_w.extend(zeros());
        t.compressor_cooling_w.extend(zeros());
        prices(t, job, rows, like.map(|like| &like.trace));
        for i in first..t.starts.len() {
            let plant_w = t.compressor_space_w[i]
                + t.compressor_tank_w[i]
                + t.backup_space_w[i]
                + t.backup_tank_w[i]
                + t.element_w[i]
                + t.auxiliary_w[i]
                + t.standby_w[i];
            let net_w = plant_w + t.base_load_w[i] - t.pv_w[i];
            t.grid_import_w.push(net_w.max(0.0));
            t.grid_export_w.push((-net_w).max(0.0));
        }
    }

    /// The end; so much heat is in house and tank, J.
    pub(super) fn finish<T: Real, const N: usize>(
        self,
        state: &State<T, N>,
        lane: usize,
        stored_j: [f64; 2],
    ) -> Done {
        Done {
            trace: self.trace,
            totals: Totals {
                starts: self.starts as u64,
                disinfection_reached: (state.reached.lane(lane) - self.reached[0]) as u32,
                disinfection_missed: (state.missed.lane(lane) - self.reached[1]) as u32,
                stored_house_j: stored_j[0] - self.start_j[0],
                stored_tank_j: stored_j[1] - self.start_j[1],
                ..Totals::default()
            },
            warnings: Vec::new(),
        }
    }
}

/// Household, photovoltaics, and what the grid asks for; the last as in `like`.
fn prices(t: &mut DeviceTrace, job: &Job<'_>, rows: &[usize], like: Option<&DeviceTrace>) {
    let times = || {
        rows.iter().map(|&i| {
            let t_s = job.scenario.period.start_s + i as i64 * i64::from(ROW_S);
            (t_s, t_s + i64::from(ROW_S))
        })
    };
    let means = |series: &Series, to: &mut Vec<f64>| {
        to.extend(times().map(|(from_s, to_s)| series.mean(from_s, to_s)));
    };
    means(&job.device.base_load_w, &mut t.base_load_w);
    means(&job.device.pv_w, &mut t.pv_w);
    if let Some(like) = like {
        let new = t.price_eur_per_kwh.len()..;
        let copy = |from: &[f64], to: &mut Vec<f64>| to.extend_from_slice(&from[new.clone()]);
        copy(&like.price_eur_per_kwh, &mut t.price_eur_per_kwh);
        copy(
            &like.price_total_eur_per_kwh,
            &mut t.price_total_eur_per_kwh,
        );
        copy(&like.feed_in_eur_per_kwh, &mut t.feed_in_eur_per_kwh);
        copy(&like.co2_g_per_kwh, &mut t.co2_g_per_kwh);
        return;
    }
    let grid = &job.scenario.grid;
    let first = t.price_eur_per_kwh.len();
    means(&grid.purchase_eur_per_kwh, &mut t.price_eur_per_kwh);
    means(&grid.feed_in_eur_per_kwh, &mut t.feed_in_eur_per_kwh);
    means(&grid.co2_g_per_kwh, &mut t.co2_g_per_kwh);
    for (k, (from_s, to_s)) in times().enumerate() {
        let more =
            grid.network_eur_per_kwh.mean(from_s, to_s) + grid.tax_eur_per_kwh.mean(from_s, to_s);
        let total = t.price_eur_per_kwh[first + k] + more;
        t.price_total_eur_per_kwh.push(total);
    }
}

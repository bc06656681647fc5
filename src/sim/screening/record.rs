//! From the sums of a row to a row of the trace.

use super::ROW_S;
use super::kernel::{MINUTES, State, Sums};
use crate::numeric::Real;
use crate::physics::tank;
use crate::plant::{Compiled, Plant};
use crate::sim::device::{Done, Job};
use crate::sim::recorder::Surroundings;
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
    layers: Vec<f64>,
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
            layers: vec![0.0; layers],
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

    /// Writes down a row.
    pub(super) fn row<T: Real, const N: usize>(
        &mut self,
        plant: &Plant<f64>,
        state: &State<T, N>,
        sums: &Sums<T, N>,
        lane: usize,
        around: &Surroundings,
    ) {
        let t = &mut self.trace;
        let mean = |sum: T| sum.lane(lane) / MINUTES as f64;
        for (r, room) in t.rooms.iter_mut().enumerate() {
            let operative_c = mean(sums.room_c[r]);
            let [target_c, lower_c, upper_c] = around.rooms[r];
            room.operative_c.push(operative_c);
            room.target_c.push(target_c);
            room.lower_c.push(lower_c);
            room.upper_c.push(upper_c);
            room.valve_open.push(mean(sums.open[r]));
            let hours = if room.controlled {
                f64::from(ROW_S) / S_PER_H
            } else {
                0.0
            };
            let (below_k, above_k) = (lower_c - operative_c, operative_c - upper_c);
            let counted = |k: f64| (hours * k.max(0.0), if k > 0.0 { hours } else { 0.0 });
            let ((below_kh, below_h), (above_kh, above_h)) = (counted(below_k), counted(above_k));
            room.below_kh.push(below_kh);
            room.below_h.push(below_h);
            room.above_kh.push(above_kh);
            room.above_h.push(above_h);
            room.recovery_kh.push(0.0);
        }
        t.outdoor_c.push(around.outdoor_c);
        t.outdoor_damped_c.push(around.outdoor_damped_c);
        t.relative_humidity.push(around.relative_humidity);
        t.global_horizontal_w_per_m2
            .push(around.global_horizontal_w_per_m2);
        t.flow_c.push(mean(sums.flow_c));
        if let Some(p) = &plant.tank {
            for (to, layer) in self.layers.iter_mut().zip(&state.layers) {
                *to = layer.lane(lane);
            }
            for (column, &c) in t.tank_layer_c.iter_mut().zip(&self.layers) {
                column.push(c);
            }
            t.tank_sensor_c.push(tank::sensor_c(p, &self.layers));
            t.tank_lower_c.push(around.tank_lower_c);
            t.tank_upper_c.push(around.tank_upper_c);
        }
        t.draw_l.push(sums.draw_l.lane(lane));
        t.draw_useful_j.push(sums.useful_j.lane(lane));
        t.draw_missing_j.push(sums.missing_j.lane(lane));
        t.heat_space_w.push(mean(sums.space_w));
        t.heat_tank_w.push(mean(sums.tank_w));
        t.cooling_w.push(0.0);
        // A start costs electricity that gives no heat.
        let starts = sums.starts.lane(lane);
        let start_w = starts * self.start_loss_j / f64::from(ROW_S);
        let (mut space_w, mut tank_w) =
            (mean(sums.compressor_space_w), mean(sums.compressor_tank_w));
        if tank_w > space_w {
            tank_w += start_w;
        } else {
            space_w += start_w;
        }
        let runs = mean(sums.runs);
        let parts_w = [
            mean(sums.backup_space_w),
            mean(sums.backup_tank_w),
            mean(sums.element_w),
            mean(sums.auxiliary_w),
            (1.0 - runs) * self.standby_w,
        ];
        t.compressor_space_w.push(space_w);
        t.compressor_tank_w.push(tank_w);
        t.compressor_cooling_w.push(0.0);
        t.backup_space_w.push(parts_w[0]);
        t.backup_tank_w.push(parts_w[1]);
        t.element_w.push(parts_w[2]);
        t.auxiliary_w.push(parts_w[3]);
        t.standby_w.push(parts_w[4]);
        t.base_load_w.push(around.base_load_w);
        t.pv_w.push(around.pv_w);
        let plant_w = space_w + tank_w + parts_w.iter().sum::<f64>();
        let net_w = plant_w + around.base_load_w - around.pv_w;
        t.grid_import_w.push(net_w.max(0.0));
        t.grid_export_w.push((-net_w).max(0.0));
        t.price_eur_per_kwh.push(around.price_eur_per_kwh);
        t.price_total_eur_per_kwh
            .push(around.price_total_eur_per_kwh);
        t.feed_in_eur_per_kwh.push(around.feed_in_eur_per_kwh);
        t.co2_g_per_kwh.push(around.co2_g_per_kwh);
        t.target_shift_k.push(around.target_shift_k);
        self.starts += starts;
        t.starts.push(starts as u16);
        t.run_s.push(runs * f64::from(ROW_S));
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

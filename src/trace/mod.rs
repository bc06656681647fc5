//! What a run leaves behind: one row an interval per device, and totals.

pub mod channels;
pub mod csv;
pub mod parquet;
pub mod read;
pub mod reason;
pub mod resample;
#[cfg(test)]
mod tests;

pub use read::Recorded;
pub use reason::Reason;

use std::any::Any;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The traces of one device. Interval `i` covers
/// `[start_s + i * step_s, start_s + (i + 1) * step_s)`; values are means over
/// it unless they say otherwise. All vectors have the same length.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DeviceTrace {
    pub user_id: String,
    pub device_id: String,
    /// s since the epoch.
    pub start_s: i64,
    /// s; at most 900, so that quarter-hour figures can be formed.
    pub step_s: u32,
    /// Dry-bulb outdoor temperature, degC; damped likewise.
    pub outdoor_c: Vec<f64>,
    pub outdoor_damped_c: Vec<f64>,
    /// 0 to 1.
    pub relative_humidity: Vec<f64>,
    /// Global horizontal irradiance, W/m2.
    pub global_horizontal_w_per_m2: Vec<f64>,
    pub rooms: Vec<RoomTrace>,
    /// Flow temperature of the heat pump while it runs, else the mean emitter's, degC.
    pub flow_c: Vec<f64>,
    /// Tank layers at the interval's end, degC: one vector a layer, bottom
    /// first; no layers without a tank.
    pub tank_layer_c: Vec<Vec<f64>>,
    /// The deciding sensor at the interval's end, degC.
    pub tank_sensor_c: Vec<f64>,
    pub tank_lower_c: Vec<f64>,
    pub tank_upper_c: Vec<f64>,
    /// Litres drawn at the tap (mixed) in the interval; their energy above
    /// mains, and what was missing to the useful temperature, J.
    pub draw_l: Vec<f64>,
    pub draw_useful_j: Vec<f64>,
    pub draw_missing_j: Vec<f64>,
    /// Heat to the emitters, to the tank, and taken from the rooms (>= 0), W.
    pub heat_space_w: Vec<f64>,
    pub heat_tank_w: Vec<f64>,
    pub cooling_w: Vec<f64>,
    /// Electricity, W (>= 0): compressor in heating, hot water, cooling.
    pub compressor_space_w: Vec<f64>,
    pub compressor_tank_w: Vec<f64>,
    pub compressor_cooling_w: Vec<f64>,
    /// Backup heater for rooms and tank, tank element, pumps and fans, standby.
    pub backup_space_w: Vec<f64>,
    pub backup_tank_w: Vec<f64>,
    pub element_w: Vec<f64>,
    pub auxiliary_w: Vec<f64>,
    pub standby_w: Vec<f64>,
    /// Household electricity besides, and PV production, W.
    pub base_load_w: Vec<f64>,
    pub pv_w: Vec<f64>,
    /// Drawn from and fed to the grid by house, device and PV together, W
    /// (each row holds its quarter-hour's net flow, one of them 0).
    pub grid_import_w: Vec<f64>,
    pub grid_export_w: Vec<f64>,
    /// Energy price, and what a bought kWh costs with network and tax, EUR/kWh.
    pub price_eur_per_kwh: Vec<f64>,
    pub price_total_eur_per_kwh: Vec<f64>,
    pub feed_in_eur_per_kwh: Vec<f64>,
    pub co2_g_per_kwh: Vec<f64>,
    /// Seconds of the interval in each reason, `Reason::COUNT` to an interval.
    pub reason_s: Vec<[f32; Reason::COUNT]>,
    /// Steering: commanded level + 1 for house and tank, 0 = none; 0.5 steps
    /// are not used. Shift of the target by tariff or PV, K.
    pub command_house: Vec<i16>,
    pub command_tank: Vec<i16>,
    pub target_shift_k: Vec<f64>,
    /// Seconds in which a command was overridden.
    pub overridden_s: Vec<f64>,
    /// Starts of the compressor in the interval.
    pub starts: Vec<u16>,
    /// Seconds the compressor ran.
    pub run_s: Vec<f64>,
}

/// The traces of one room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RoomTrace {
    pub name: String,
    pub floor_area_m2: f64,
    pub controlled: bool,
    /// Means over the interval, degC.
    pub operative_c: Vec<f64>,
    pub air_c: Vec<f64>,
    pub radiant_c: Vec<f64>,
    /// Settings in force (means over the interval), degC: target, lower and
    /// upper comfort bound. `upper_c` is the bound that counts for comfort:
    /// Uc where cooling is allowed, U otherwise.
    pub target_c: Vec<f64>,
    pub lower_c: Vec<f64>,
    pub upper_c: Vec<f64>,
    /// Heat of its emitter to the room, W (negative: cooling).
    pub emitter_w: Vec<f64>,
    /// Share of the interval with the valve open.
    pub valve_open: Vec<f64>,
    /// Integrals inside the interval, exact for the located switching: K h and
    /// h below the lower and above the upper bound, and the part of `below`
    /// that falls into recovery after a step of the target.
    pub below_kh: Vec<f64>,
    pub above_kh: Vec<f64>,
    pub below_h: Vec<f64>,
    pub above_h: Vec<f64>,
    pub recovery_kh: Vec<f64>,
}

/// Acts on each column of a trace, borrowed as the trace is.
macro_rules! each_column {
    ($trace:expr, $act:expr) => {{
        // Named one by one, so that a new channel can't be overlooked.
        let DeviceTrace {
            user_id: _,
            device_id: _,
            start_s: _,
            step_s: _,
            rooms,
            tank_layer_c,
            outdoor_c,
            outdoor_damped_c,
            relative_humidity,
            global_horizontal_w_per_m2,
            flow_c,
            tank_sensor_c,
            tank_lower_c,
            tank_upper_c,
            draw_l,
            draw_useful_j,
            draw_missing_j,
            heat_space_w,
            heat_tank_w,
            cooling_w,
            compressor_space_w,
            compressor_tank_w,
            compressor_cooling_w,
            backup_space_w,
            backup_tank_w,
            element_w,
            auxiliary_w,
            standby_w,
            base_load_w,
            pv_w,
            grid_import_w,
            grid_export_w,
            price_eur_per_kwh,
            price_total_eur_per_kwh,
            feed_in_eur_per_kwh,
            co2_g_per_kwh,
            reason_s,
            command_house,
            command_tank,
            target_shift_k,
            overridden_s,
            starts,
            run_s,
        } = $trace;
        for values in [
            outdoor_c,
            outdoor_damped_c,
            relative_humidity,
            global_horizontal_w_per_m2,
            flow_c,
            tank_sensor_c,
            tank_lower_c,
            tank_upper_c,
            draw_l,
            draw_useful_j,
            draw_missing_j,
            heat_space_w,
            heat_tank_w,
            cooling_w,
            compressor_space_w,
            compressor_tank_w,
            compressor_cooling_w,
            backup_space_w,
            backup_tank_w,
            element_w,
            auxiliary_w,
            standby_w,
            base_load_w,
            pv_w,
            grid_import_w,
            grid_export_w,
            price_eur_per_kwh,
            price_total_eur_per_kwh,
            feed_in_eur_per_kwh,
            co2_g_per_kwh,
            target_shift_k,
            overridden_s,
            run_s,
        ] {
            $act(values);
        }
        for values in tank_layer_c {
            $act(values);
        }
        $act(reason_s);
        $act(command_house);
        $act(command_tank);
        $act(starts);
        for room in rooms {
            let RoomTrace {
                name: _,
                floor_area_m2: _,
                controlled: _,
                operative_c,
                air_c,
                radiant_c,
                target_c,
                lower_c,
                upper_c,
                emitter_w,
                valve_open,
                below_kh,
                above_kh,
                below_h,
                above_h,
                recovery_kh,
            } = room;
            for values in [
                operative_c,
                air_c,
                radiant_c,
                target_c,
                lower_c,
                upper_c,
                emitter_w,
                valve_open,
                below_kh,
                above_kh,
                below_h,
                above_h,
                recovery_kh,
            ] {
                $act(values);
            }
        }
    }};
}

impl DeviceTrace {
    /// Forgets the rows; those to come follow them in time.
    pub fn forget_rows(&mut self) {
        self.start_s += self.starts.len() as i64 * i64::from(self.step_s);
        each_column!(self, Vec::clear);
    }

    /// Makes room for so many rows more.
    pub fn reserve_rows(&mut self, rows: usize) {
        let act = |column: &mut dyn Column| column.make_room(rows);
        each_column!(self, act);
    }

    /// A copy of some of its rows. Columns that it lacks stay empty.
    pub fn rows(&self, rows: Range<usize>) -> Self {
        let mut copy = Self {
            user_id: self.user_id.clone(),
            device_id: self.device_id.clone(),
            start_s: self.start_s + rows.start as i64 * i64::from(self.step_s),
            step_s: self.step_s,
            tank_layer_c: vec![Vec::new(); self.tank_layer_c.len()],
            rooms: self.rooms.iter().map(RoomTrace::head).collect(),
            ..Self::default()
        };
        let mut from: Vec<&dyn Column> = Vec::new();
        each_column!(self, |column| from.push(column));
        let mut from = from.into_iter();
        let mut take = |to: &mut dyn Column| {
            if let Some(from) = from.next() {
                to.append(from, &rows);
            }
        };
        each_column!(&mut copy, take);
        copy
    }
}

impl RoomTrace {
    /// A room without rows.
    fn head(&self) -> Self {
        Self {
            name: self.name.clone(),
            floor_area_m2: self.floor_area_m2,
            controlled: self.controlled,
            ..Self::default()
        }
    }
}

/// The values of a channel, whatever they are.
trait Column: Any {
    fn make_room(&mut self, rows: usize);
    /// Appends rows of a column of the same kind.
    fn append(&mut self, from: &dyn Column, rows: &Range<usize>);
}

impl<T: Copy + 'static> Column for Vec<T> {
    fn make_room(&mut self, rows: usize) {
        self.reserve(rows);
    }
    fn append(&mut self, from: &dyn Column, rows: &Range<usize>) {
        let from: &dyn Any = from;
        let values = from.downcast_ref::<Self>();
        if let Some(values) = values.and_then(|from| from.get(rows.clone())) {
            self.extend_from_slice(values);
        }
    }
}

/// What is counted over the whole period (warm-up excluded) and needs more
/// than the traces. Energies in J.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Compressor starts; minimum runs ended early by a bound or a mode change.
    pub starts: u64,
    pub min_run_ended: u64,
    /// Switches from heating to cooling or back.
    pub changeovers: u64,
    /// Disinfection cycles; degree and hours above the upper bound by them.
    pub disinfection_reached: u32,
    pub disinfection_missed: u32,
    pub disinfection_above_kh: f64,
    pub disinfection_above_h: f64,
    /// Draws (stretches of time with water drawn, at their own resolution), and those that missed
    /// 0.1 Wh and more to the useful temperature.
    pub draws: u64,
    pub draws_short: u64,
    /// Hours of the tank's sensor below 40 and 50 degC.
    pub tank_below_40_h: f64,
    pub tank_below_50_h: f64,
    /// Quarter-hours in which a command was overridden at least once.
    pub overridden_quarters: u32,
    /// Seconds under any command.
    pub commanded_s: f64,
    pub balance: Balance,
    /// Segments that the step loop took, and steps whose switching could not
    /// be located within the limit of segments.
    pub segments: u64,
    pub unlocated: u64,
    /// Heat above the start at the end, J: in house, emitters and their
    /// circuit, and in the tank.
    pub stored_house_j: f64,
    pub stored_tank_j: f64,
}

/// Energy balance over the period, J. Inputs are positive into the house.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Balance {
    pub solar_j: f64,
    pub internal_j: f64,
    pub emitters_j: f64,
    /// Heat of source and backup heater to the circuit's water, cooling negative.
    pub circuit_j: f64,
    pub stored_circuit_j: f64,
    pub circuit_residual_j: f64,
    pub circuit_residual: f64,
    /// Per line of the network: heat lost (positive outwards).
    pub losses_j: Vec<(crate::model::house::Flow, f64)>,
    pub stored_house_j: f64,
    /// inputs - losses - stored, J, and relative to the larger side.
    pub house_residual_j: f64,
    pub house_residual: f64,
    pub tank_charged_j: f64,
    pub tank_element_j: f64,
    pub tank_drawn_j: f64,
    pub tank_loss_j: f64,
    pub stored_tank_j: f64,
    pub tank_residual_j: f64,
    pub tank_residual: f64,
}

impl Balance {
    /// The largest of the relative residuals; NaN where one is.
    pub fn worst_residual(&self) -> f64 {
        [
            self.house_residual,
            self.circuit_residual,
            self.tank_residual,
        ]
        .into_iter()
        .fold(0.0, |worst, r| {
            if r.is_nan() || r.abs() > worst {
                r.abs()
            } else {
                worst
            }
        })
    }
}

/// A settings document's fate.
#[derive(Clone, Debug)]
pub struct SettingsEvent {
    /// s since the epoch.
    pub at_s: i64,
    pub user_id: String,
    pub device_id: Option<String>,
    pub applied: bool,
    /// Faults where refused; warnings and notices where applied.
    pub messages: Vec<String>,
}

/// Everything that one run produced.
#[derive(Clone, Debug, Default)]
pub struct RunResult {
    pub devices: Vec<(DeviceTrace, Totals)>,
    pub settings: Vec<SettingsEvent>,
    /// With device or user named.
    pub warnings: Vec<String>,
}

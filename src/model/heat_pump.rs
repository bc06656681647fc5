//! The heat pump with its backup heater.

use crate::physics::heat_pump::PerformanceMap;

/// A unit and how it is installed.
#[derive(Clone, Debug)]
pub struct HeatPump {
    pub name: String,
    /// Where its figures come from.
    pub source: String,
    /// It heats the air of rooms through room units, and no water.
    pub air_to_air: bool,
    pub heating: PerformanceMap,
    /// `None`: it cannot cool.
    pub cooling: Option<PerformanceMap>,
    /// Lowest continuous output over full output at the same temperatures, 0 to 1.
    pub min_modulation: f64,
    /// COP relative to full load at load fractions 0, 0.25, 0.5, 0.75, 1 (linear between).
    pub part_load_cop: [f64; 5],
    /// Defrost that the map does not already contain.
    pub defrost: Defrost,
    /// Source temperatures at which it may run in heating, degC.
    pub source_min_c: f64,
    pub source_max_c: f64,
    /// Highest flow temperature in heating and hot water, degC.
    pub flow_max_c: f64,
    /// Lowest flow temperature in cooling, degC.
    pub flow_min_c: f64,
    pub min_run_s: f64,
    pub min_pause_s: f64,
    /// Electricity of a start that gives no heat, J.
    pub start_loss_j: f64,
    /// Electricity while the compressor stands still, W.
    pub standby_w: f64,
    /// Circulation pump while water moves, W.
    pub pump_w: f64,
    /// Water of the heating circuit besides the emitters' own: unit and pipes,
    /// and a buffer in the flow, l. 0 where there is no water (air to air).
    pub circuit_l: f64,
    pub buffer_l: f64,
    /// False: a room thermostat cannot be switched off, so it is parked.
    pub can_switch_off: bool,
    /// Lowest heating and highest cooling set-point that it accepts, degC (parking).
    pub parked_heating_c: f64,
    pub parked_cooling_c: f64,
    /// Declared electrical powers of steering levels 1, 2, ..., W.
    pub levels_w: Vec<f64>,
    pub backup: Backup,
}

/// Loss of capacity and COP by defrosting where the map holds dry figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Defrost {
    /// The map was measured with defrost (EN 14511 at A2 and A-7).
    InMap,
    /// Up to these shares off capacity and COP at 100 % humidity around 2 degC.
    Derate { capacity: f64, cop: f64 },
}

/// Electric backup heater in the flow, and what releases it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backup {
    /// W; 0 = none.
    pub power_w: f64,
    /// It may help below this outdoor temperature, degC.
    pub bivalence_c: f64,
    /// Above it, it helps after a room has been below its lower bound with the
    /// heat pump at its limit for so long, s.
    pub delay_s: f64,
    /// It also heats the tank's charging when the heat pump can't reach the temperature.
    pub hot_water: bool,
}

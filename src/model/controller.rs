//! Controller constants of a device: no settings, with the defaults of the
//! control law's document.

/// Properties of a device's controller.
#[derive(Clone, Debug, PartialEq)]
pub struct Controller {
    pub heating: HeatingControl,
    /// Which temperature of a room the control law and the bounds go by.
    pub sensor: RoomSensor,
    /// Half width of the heating dead band, K.
    pub heating_deadband_k: f64,
    /// Cooling starts this much above its target, K.
    pub cooling_deadband_k: f64,
    /// Least time between heating and cooling, s.
    pub dwell_s: f64,
    /// Discomfort beyond a bound that ends the dwell early, K.
    pub dwell_margin_k: f64,
    /// `auto` cools only while the damped outdoor temperature is at least the
    /// preferred temperature minus this, K.
    pub auto_cooling_below_preferred_k: f64,
    pub auto_cooling_hysteresis_k: f64,
    /// Time constant of the damped outdoor temperature, s.
    pub damping_s: f64,
    /// No cooling below this outdoor temperature, degC, with hysteresis, K.
    pub cooling_outdoor_limit_c: f64,
    pub cooling_outdoor_hysteresis_k: f64,
    pub tank_setpoint_c: f64,
    pub tank_hysteresis_k: f64,
    /// Longest charge while a room waits, and the room's turn after it, s.
    pub longest_charge_s: f64,
    pub room_turn_s: f64,
    /// Rooms and water circuit are kept above this, degC.
    pub frost_c: f64,
    pub frost_protection: bool,
    pub curve: HeatingCurve,
    /// Flow temperature in cooling, degC, before the dew-point limit.
    pub cooling_flow_c: f64,
    /// Flow set-point overshoot at which a unit at its lowest output stops, K,
    /// and drop below the set-point at which it may start again, K.
    pub flow_stop_above_k: f64,
    pub flow_start_below_k: f64,
    /// Each room has a valve. False: `reference_room` decides for all.
    pub valves: bool,
    /// Index into the house's rooms.
    pub reference_room: usize,
    pub disinfection: Option<Disinfection>,
    /// After a step of the target neither backup nor an early end of the dwell, s.
    pub recovery_s: f64,
    /// `dynamic_tariff` and `pv_self_consumption`: how far towards a bound the
    /// target moves in cheap and dear hours, 0 to 1 of the distance.
    pub price_shift: f64,
    /// Cheapest and dearest share of the day's hours, 0 to 0.5.
    pub price_quantile: f64,
    /// PV surplus that starts steering, W.
    pub pv_surplus_w: f64,
}

/// The room temperature that settings mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomSensor {
    /// Mean of air and mean radiant temperature (EN 16798-1); the default.
    Operative,
    /// Air temperature, as reference cases of building simulation have it.
    Air,
}

/// How the room decides the heat pump's running.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeatingControl {
    /// On and off around the target.
    Deadband,
    /// A PI acts on the flow set-point: K of flow a K of room error, and the
    /// integral time, s. The dead band still switches.
    Pi { gain: f64, integral_s: f64 },
}

/// Weather-compensated flow temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatingCurve {
    /// Flow temperature at the design outdoor temperature, degC.
    pub design_flow_c: f64,
    pub design_outdoor_c: f64,
    /// Exponent of the emitters that shapes the curve (1 = straight).
    pub exponent: f64,
    pub min_flow_c: f64,
    pub max_flow_c: f64,
    /// K of flow per K of room below target.
    pub room_influence: f64,
}

/// Thermal disinfection of the tank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disinfection {
    /// 0 Monday to 6 Sunday, local time.
    pub weekday: u8,
    /// Local clock time of its start, s after midnight.
    pub start_s: u32,
    pub temperature_c: f64,
    /// The sensor must hold the temperature for so long, s.
    pub hold_s: f64,
    /// Given up after, s.
    pub give_up_s: f64,
}

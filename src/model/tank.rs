//! The hot-water tank and what is drawn from it.

use super::Series;

/// A stratified tank. Heights are relative: 0 bottom, 1 top.
#[derive(Clone, Debug, PartialEq)]
pub struct Tank {
    pub name: String,
    /// Litres.
    pub volume_l: f64,
    /// Metres, bottom to top.
    pub height_m: f64,
    /// Equal layers, 1 to 200.
    pub layers: usize,
    /// Standing loss of the whole surface, W/K.
    pub loss_w_per_k: f64,
    /// Temperature around the tank, degC.
    pub ambient_c: f64,
    /// Effective vertical conductivity, W/(m K) (water 0.6, more with walls and plumes).
    pub conductivity_w_per_m_k: f64,
    pub charging: Charging,
    /// Height of the sensor that decides.
    pub sensor_height: f64,
    /// Electric element: W (0 = none) and height.
    pub element_w: f64,
    pub element_height: f64,
    /// Temperatures at the start, degC.
    pub start_c: f64,
}

/// How the heat pump charges the tank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Charging {
    /// Through a coil between two heights.
    Coil {
        bottom: f64,
        top: f64,
        ua_w_per_k: f64,
    },
    /// Tank water itself: taken at one height, returned at another.
    Direct {
        outlet: f64,
        inlet: f64,
        flow_w_per_k: f64,
    },
}

/// Hot water that the household draws.
#[derive(Clone, Debug, PartialEq)]
pub struct HotWater {
    /// Temperature that is useful at the tap after mixing, degC.
    pub useful_c: f64,
    /// Draws at the tap, mixed to `useful_c`, l/s, means over the intervals.
    /// Empty = none.
    pub draw_l_per_s: Series,
    /// Mains temperature: mean and amplitude over the year, coldest day.
    pub mains_mean_c: f64,
    pub mains_amplitude_k: f64,
    pub mains_coldest_day: f64,
}

//! The only unit conversions. Inside the program: SI, with temperatures in
//! degrees Celsius (differences in K), times in seconds, and a unit suffix on
//! every bare float (`_c`, `_k`, `_w`, `_j`, `_m2`, `_s`, ...).

/// Seconds in an hour.
pub const S_PER_H: f64 = 3600.0;
/// Seconds in a day.
pub const S_PER_DAY: f64 = 86_400.0;
/// Joules in a kilowatt-hour.
pub const J_PER_KWH: f64 = 3.6e6;
/// 0 degC in kelvin.
pub const ZERO_C_IN_K: f64 = 273.15;
/// Density of water at 4 to 60 degC, rounded, kg/m3 (1 kg per litre).
pub const WATER_KG_PER_M3: f64 = 1000.0;
/// Specific heat capacity of liquid water, J/(kg K), 20 to 50 degC (EN 16147 uses 4.18 kJ/(kg K)).
pub const WATER_J_PER_KG_K: f64 = 4180.0;
/// Heat capacity of one litre of water, J/(l K).
pub const WATER_J_PER_L_K: f64 = WATER_KG_PER_M3 / 1000.0 * WATER_J_PER_KG_K;
/// Volumetric heat capacity of air at 20 degC and sea level, J/(m3 K): 1.204 kg/m3 times 1006 J/(kg K).
pub const AIR_J_PER_M3_K: f64 = 1.204 * 1006.0;
/// Air pressure at an altitude over that at sea level (ICAO standard atmosphere);
/// air is as much thinner.
pub fn thinner_at_altitude(altitude_m: f64) -> f64 {
    (1.0 - 2.255_77e-5 * altitude_m).powf(5.2559)
}

/// Stefan-Boltzmann constant, W/(m2 K4) (CODATA 2018).
pub const STEFAN_BOLTZMANN: f64 = 5.670_374_419e-8;

/// J to kWh.
#[inline]
pub fn kwh(joules: f64) -> f64 {
    joules / J_PER_KWH
}
/// degC to K.
#[inline]
pub fn kelvin(celsius: f64) -> f64 {
    celsius + ZERO_C_IN_K
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |b: u8| char::from(DIGITS[usize::from(b & 15)]);
    bytes
        .iter()
        .flat_map(|&b| [digit(b >> 4), digit(b)])
        .collect()
}

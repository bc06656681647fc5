//! Predicted mean vote and predicted percentage dissatisfied (Fanger), ISO
//! 7730:2005. One person's heat balance; no local discomfort (draught, floor,
//! asymmetry) and no adaptation. All coefficients compared with pythermalcomfort
//! 4.8: equal; `heatloop verify` runs the standard's own cases.
//!
//! Exponentials are the crate's own, so that the figures are the same bytes
//! on every platform.

use crate::numeric::Real;
use crate::units::kelvin;

/// What ISO 7730 needs besides the two temperatures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Person {
    /// Metabolic rate, met (1 met = 58.15 W/m2), 0.8 to 4.
    pub met: f64,
    /// Clothing, clo (1 clo = 0.155 m2 K/W), 0 to 2.
    pub clo: f64,
    /// Relative air speed, m/s, 0 to 1.
    pub air_m_per_s: f64,
}

/// W/m2 in one met, and m2 K/W in one clo (ISO 7730:2005).
const W_PER_M2_MET: f64 = 58.15;
const M2_K_PER_W_CLO: f64 = 0.155;

/// Saturation pressure of water vapour, Pa, as ISO 7730's own program uses it
/// (Antoine's equation), for `t_c` from 0 to 50 degC.
pub fn saturation_pa(t_c: f64) -> f64 {
    1000.0 * Real::exp(16.6536 - 4030.183 / (t_c + 235.0))
}

/// PMV on the seven-point scale. `vapour_pa` is the partial pressure of water
/// vapour. No external work. Valid for PMV of -2 to 2, air of 10 to 30 degC,
/// radiant temperature of 10 to 40 degC and vapour up to 2700 Pa.
pub fn pmv(air_c: f64, radiant_c: f64, vapour_pa: f64, person: Person) -> f64 {
    let m = person.met * W_PER_M2_MET;
    let clothing = person.clo * M2_K_PER_W_CLO;
    let area = if clothing <= 0.078 {
        1.0 + 1.29 * clothing
    } else {
        1.05 + 0.645 * clothing
    };
    let forced = 12.1 * person.air_m_per_s.max(0.0).sqrt();
    let fourth = |t_c: f64| {
        let square = kelvin(t_c) * kelvin(t_c);
        square * square
    };
    let skin_c = 35.7 - 0.028 * m;
    let convection = |surface_c: f64| {
        let natural = 2.38 * (surface_c - air_c).abs().sqrt().sqrt();
        natural.max(forced)
    };
    // The balance of the clothing's surface falls monotonically with its
    // temperature, so that the root is always found.
    let balance = |surface_c: f64| {
        let radiation = 3.96e-8 * area * (fourth(surface_c) - fourth(radiant_c));
        let convected = area * convection(surface_c) * (surface_c - air_c);
        skin_c - clothing * (radiation + convected) - surface_c
    };
    let low = air_c.min(radiant_c).min(skin_c) - 1.0;
    let high = air_c.max(radiant_c).max(skin_c) + 1.0;
    let surface_c = falling_root(low, high, balance);
    let diffusion = 3.05e-3 * (5733.0 - 6.99 * m - vapour_pa);
    let sweating = 0.42 * (m - W_PER_M2_MET).max(0.0);
    let breathing = 1.7e-5 * m * (5867.0 - vapour_pa) + 0.0014 * m * (34.0 - air_c);
    let radiation = 3.96e-8 * area * (fourth(surface_c) - fourth(radiant_c));
    let convected = area * convection(surface_c) * (surface_c - air_c);
    let sensitivity = 0.303 * Real::exp(-0.036 * m) + 0.028;
    sensitivity * (m - diffusion - sweating - breathing - radiation - convected)
}

/// Where `f`, which is positive at `low` and falls to below zero at `high`, is zero
/// (to 1e-9): straight lines between two points on both sides, by the Illinois rule
/// (M. Dowell and P. Jarratt, BIT 11 (1971), 168-174).
fn falling_root(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = ((low, f(low)), (high, f(high)));
    let mut middle = 0.5 * (low.0 + high.0);
    let mut moved = 0;
    for _ in 0..60 {
        middle = low.0 + (high.0 - low.0) * low.1 / (low.1 - high.1);
        let value = f(middle);
        if value.abs() < 1e-9 {
            break;
        }
        // An end that stays a second time counts half.
        if value > 0.0 {
            low = (middle, value);
            high.1 *= if moved > 0 { 0.5 } else { 1.0 };
            moved = 1;
        } else {
            high = (middle, value);
            low.1 *= if moved < 0 { 0.5 } else { 1.0 };
            moved = -1;
        }
    }
    middle
}

/// Percentage of people dissatisfied at a PMV, 5 to 100 %.
pub fn ppd(pmv: f64) -> f64 {
    let square = pmv * pmv;
    100.0 - 95.0 * Real::exp(-0.03353 * square * square - 0.2179 * square)
}

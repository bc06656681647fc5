//! The slab on the ground after EN ISO 13370: an equivalent U-value, and the
//! layers that give it.
//!
//! Simplified: the floor's own resistance, half a metre of soil with its mass
//! and a resistance without mass lead to one given ground temperature, which
//! carries the seasons. The standard's periodic coefficients and edge
//! insulation are left out. The U-value compared with four public
//! implementations of the standard: equal.

use crate::model::construction::{Layer, resistance};

/// Soil of the standard's default class (sand or gravel): conductivity,
/// W/(m K), and volumetric heat capacity, J/(m3 K).
pub const SOIL_W_PER_M_K: f64 = 2.0;
const SOIL_KG_PER_M3: f64 = 2000.0;
const SOIL_J_PER_KG_K: f64 = 1000.0;
/// Soil that counts with its mass, m (EN ISO 52016-1).
const SOIL_M: f64 = 0.5;
/// Film above a floor with heat flowing down, and outdoors, m2 K/W (EN ISO 6946).
const INSIDE_FILM: f64 = 0.17;
const OUTSIDE_FILM: f64 = 0.04;
/// A floor without exposed perimeter counts as this wide, m.
const WIDEST_M: f64 = 100.0;

/// U-value of a slab on the ground, W/(m2 K), from the floor's own resistance
/// (without films, m2 K/W), its area, exposed perimeter and wall thickness.
pub fn u_value(floor_m2_k_per_w: f64, area_m2: f64, perimeter_m: f64, wall_m: f64) -> f64 {
    let width = if perimeter_m > 0.0 {
        (area_m2 / (0.5 * perimeter_m)).min(WIDEST_M)
    } else {
        WIDEST_M
    };
    let k = SOIL_W_PER_M_K;
    let thickness = wall_m + k * (INSIDE_FILM + floor_m2_k_per_w + OUTSIDE_FILM);
    if thickness < width {
        let a = std::f64::consts::PI * width;
        2.0 * k / (a + thickness) * (a / thickness + 1.0).ln()
    } else {
        k / (0.457 * width + thickness)
    }
}

/// The floor's layers with the soil below, down to the ground temperature.
pub fn layers_with_soil(
    floor: &[Layer],
    area_m2: f64,
    perimeter_m: f64,
    wall_m: f64,
) -> Vec<Layer> {
    let own = resistance(floor);
    let u = u_value(own, area_m2, perimeter_m, wall_m);
    let soil = SOIL_M / SOIL_W_PER_M_K;
    // A floor so narrow that the soil counts less than half a metre has no rest.
    let rest = (1.0 / u - INSIDE_FILM - own - soil).max(0.0);
    let mut layers = floor.to_vec();
    layers.push(Layer::Solid {
        thickness_m: SOIL_M,
        conductivity_w_per_m_k: SOIL_W_PER_M_K,
        density_kg_per_m3: SOIL_KG_PER_M3,
        specific_heat_j_per_kg_k: SOIL_J_PER_KG_K,
    });
    layers.push(Layer::Resistance(rest));
    layers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_slab_on_ground_matches_a_hand_calculation() {
        // 10 m by 10 m, perimeter 40 m: B' = 5 m. Bare: dt = 0.3 + 2 * 0.21 = 0.72 m,
        // U = 4/(5 pi + 0.72) ln(5 pi/0.72 + 1) = 0.7597.
        assert!((u_value(0.0, 100.0, 40.0, 0.3) - 0.760).abs() < 0.002);
        // R = 5: dt = 10.72 m, U = 2/(2.285 + 10.72) = 0.1538.
        assert!((u_value(5.0, 100.0, 40.0, 0.3) - 0.1538).abs() < 0.0002);
        let layers = layers_with_soil(&[Layer::Resistance(1.0)], 100.0, 40.0, 0.3);
        let u = 1.0 / (0.17 + resistance(&layers));
        assert!((u / u_value(1.0, 100.0, 40.0, 0.3) - 1.0).abs() < 1e-12);
    }
}

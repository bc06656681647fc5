//! The outer face of a wall or window: sun, convection by wind and
//! temperature, long-wave exchange with sky, air and ground.

use super::convection::{natural_w_per_m2_k, outside_w_per_m2_k, wind_on_glass_w_per_m2_k};
use crate::units::{STEFAN_BOLTZMANN, kelvin};

/// What does not change from row to row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OuterFace {
    /// Solar absorptance (0: the sun is counted elsewhere) and emissivity.
    pub absorptance: f64,
    pub emissivity: f64,
    /// Upward part of the normal: 1 a flat roof, 0 a wall.
    pub up: f64,
    /// Share of the long-wave exchange that goes to the sky; the rest sees
    /// air and ground at air temperature.
    pub sky_share: f64,
    /// Factor of the forced part (see [`super::convection::Roughness`]).
    pub roughness: f64,
    /// Wind at the face over that of the weather.
    pub wind_factor: f64,
    /// Prescribed convective coefficient, W/(m2 K).
    pub convection_w_per_m2_k: Option<f64>,
    /// Convection is not taken above this, W/(m2 K): keeps the held deviation
    /// stable (see `sim::films`), and a film as thin as that resists nothing.
    pub most_w_per_m2_k: f64,
    /// Powers of the wind factor in the two laws; made by [`OuterFace::new`].
    powers: [f64; 2],
}

/// Exponents of the wind towards and away from a face (MoWiTT).
const EXPONENTS: [f64; 2] = [0.89, 0.617];
/// Steeper than this (upward part of the normal) a face has a lee.
const FLAT_UP: f64 = 0.98;

/// The surroundings in one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Around {
    pub outdoor_c: f64,
    air_k4: f64,
    sky_k4: f64,
    /// Forced convection on glass for the weather's own wind: towards, away.
    forced: [f64; 2],
}

impl Around {
    /// Temperatures of air and sky, degC, and the weather's wind speed.
    pub fn new(outdoor_c: f64, sky_c: f64, wind_m_per_s: f64) -> Self {
        Self {
            outdoor_c,
            air_k4: kelvin(outdoor_c).powi(4),
            sky_k4: kelvin(sky_c).powi(4),
            forced: wind_on_glass_w_per_m2_k(wind_m_per_s),
        }
    }
}

/// Share of the long-wave exchange of a tilted face that goes to the sky: its
/// view factor (1 + cos tilt)/2, of which near the horizon the root of itself
/// counts as sky and the rest as air (Walton 1983; compared with the EnergyPlus
/// Engineering Reference: equal).
pub fn sky_share(up: f64) -> f64 {
    let view = (0.5 * (1.0 + up)).max(0.0);
    view * view.sqrt()
}

impl OuterFace {
    /// Makes the powers of the wind factor.
    pub fn prepared(mut self) -> Self {
        self.powers = EXPONENTS.map(|e| self.wind_factor.max(0.0).powf(e));
        self
    }

    /// A face without sun and with a long-wave exchange by its tilt.
    pub fn new(up: f64, emissivity: f64, roughness: f64, wind_factor: f64) -> Self {
        Self {
            absorptance: 0.0,
            emissivity,
            up,
            sky_share: sky_share(up),
            roughness,
            wind_factor,
            convection_w_per_m2_k: None,
            most_w_per_m2_k: f64::INFINITY,
            powers: [1.0; 2],
        }
        .prepared()
    }

    /// Convective coefficient, W/(m2 K), of a face that is `difference_k`
    /// warmer than the air: the mean of windward and leeward side, as rows of
    /// weather have no wind direction; a flat face is always windward.
    pub fn convection(&self, difference_k: f64, around: &Around) -> f64 {
        if let Some(h) = self.convection_w_per_m2_k {
            return h;
        }
        let natural = natural_w_per_m2_k(difference_k, self.up);
        let [to, from] = [0, 1].map(|k| {
            let forced = around.forced[k] * self.powers[k];
            outside_w_per_m2_k(natural, forced, self.roughness)
        });
        let flat = self.up.abs() > FLAT_UP;
        let h = if flat { to } else { 0.5 * (to + from) };
        h.min(self.most_w_per_m2_k)
    }

    /// Heat from sun, air and surroundings into the face at `face_c`, W/m2.
    pub fn heat_w_per_m2(&self, face_c: f64, around: &Around, irradiance: f64) -> f64 {
        let difference_k = face_c - around.outdoor_c;
        let face_k4 = kelvin(face_c).powi(4);
        let long_wave =
            self.sky_share * around.sky_k4 + (1.0 - self.sky_share) * around.air_k4 - face_k4;
        self.absorptance * irradiance - self.convection(difference_k, around) * difference_k
            + self.emissivity * STEFAN_BOLTZMANN * long_wave
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_heat_into_a_face_by_its_parts() {
        let mut face = OuterFace::new(0.0, 1.0, 1.0, 1.0);
        face.absorptance = 0.6;
        face.convection_w_per_m2_k = Some(10.0);
        // Face as warm as the air: sun, and half^1.5 of the way to the sky.
        let around = Around::new(10.0, -10.0, 3.0);
        let q = face.heat_w_per_m2(10.0, &around, 500.0);
        let sky =
            0.5_f64.powf(1.5) * STEFAN_BOLTZMANN * (kelvin(10.0).powi(4) - kelvin(-10.0).powi(4));
        assert!((q - (300.0 - sky)).abs() < 1e-9, "{q}");
        // 1 K warmer: convection of 10 W/m2 more.
        let warmer = face.heat_w_per_m2(11.0, &around, 500.0);
        let radiative = 4.0 * STEFAN_BOLTZMANN * kelvin(10.5).powi(3);
        assert!((q - warmer - 10.0 - radiative).abs() < 1e-3);
    }

    #[test]
    fn analytic_a_wall_has_the_mean_of_both_sides_and_a_roof_the_windward_one() {
        // Without a difference there is no natural part: roughness times the
        // forced parts 3.26 (0.5 v)^0.89 and 3.55 (0.5 v)^0.617 at v = 8.
        let around = Around::new(0.0, 0.0, 8.0);
        let (to, from) = (3.26 * 4_f64.powf(0.89), 3.55 * 4_f64.powf(0.617));
        let h = |up: f64| OuterFace::new(up, 0.9, 1.67, 0.5).convection(0.0, &around);
        assert!(
            (h(0.0) - 1.67 * 0.5 * (to + from)).abs() < 1e-9,
            "{}",
            h(0.0)
        );
        assert!((h(1.0) - 1.67 * to).abs() < 1e-9, "{}", h(1.0));
    }
}

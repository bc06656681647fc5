//! The outer face of a wall or window: sun, convection by wind and
//! temperature, long-wave exchange with sky, air and ground.

use super::convection::{
    natural_factors, natural_w_per_m2_k, outside_w_per_m2_k, wind_on_glass_w_per_m2_k,
};
use crate::lane_struct;
use crate::numeric::Real;
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

    /// Its exchange with the surroundings.
    pub fn exchange(&self) -> FaceExchange<f64> {
        let [natural_warmer, natural_colder] = natural_factors(self.up);
        let [power_to, power_from] = self.powers;
        FaceExchange {
            absorptance: self.absorptance,
            emissivity: self.emissivity,
            sky_share: self.sky_share,
            roughness: self.roughness,
            natural_warmer,
            natural_colder,
            power_to,
            power_from,
            has_lee: f64::from_mask(self.up.abs() <= FLAT_UP),
            prescribed_w_per_m2_k: self.convection_w_per_m2_k.unwrap_or(-1.0),
            most_w_per_m2_k: self.most_w_per_m2_k,
        }
    }
}

lane_struct! {
    /// What an outer face exchanges with its surroundings: of one face, or of
    /// several side by side.
    #[derive(Clone, Copy, Debug)]
    pub struct FaceExchange<T> {
        /// Solar absorptance, emissivity and the sky's share of the long-wave
        /// exchange, 0 to 1.
        pub absorptance: T,
        pub emissivity: T,
        pub sky_share: T,
        /// Factor of the forced part.
        pub roughness: T,
        /// Factors of natural convection; see [`natural_factors`].
        pub natural_warmer: T,
        pub natural_colder: T,
        /// Powers of the wind factor, towards the face and away from it.
        pub power_to: T,
        pub power_from: T,
        /// 1 if the face has a lee, else 0: a flat face is always windward.
        pub has_lee: T,
        /// Prescribed convective coefficient, W/(m2 K); below 0 there is none.
        pub prescribed_w_per_m2_k: T,
        /// See [`OuterFace::most_w_per_m2_k`].
        pub most_w_per_m2_k: T,
    }
}

impl<T: Real> FaceExchange<T> {
    /// Convective coefficient, W/(m2 K), of a face that is `difference_k`
    /// warmer than the air: the mean of windward and leeward side, as rows of
    /// weather have no wind direction.
    #[inline(always)]
    pub fn convection(&self, difference_k: T, around: &Around) -> T {
        let factors = [self.natural_warmer, self.natural_colder];
        let natural = natural_w_per_m2_k(difference_k, factors);
        let [to, from] = [self.power_to, self.power_from];
        let in_wind = |k: usize, power: T| {
            outside_w_per_m2_k(natural, T::splat(around.forced[k]) * power, self.roughness)
        };
        let (to, from) = (in_wind(0, to), in_wind(1, from));
        let half = T::splat(0.5);
        let by_wind = T::select(self.has_lee.gt(half), half * (to + from), to);
        let prescribed = self.prescribed_w_per_m2_k;
        T::select(
            prescribed.ge(T::splat(0.0)),
            prescribed,
            by_wind.min(self.most_w_per_m2_k),
        )
    }

    /// Heat from sun, air and surroundings into the face at `face_c`, W/m2.
    #[inline(always)]
    pub fn heat_w_per_m2(&self, face_c: T, around: &Around, irradiance: T) -> T {
        let difference_k = face_c - T::splat(around.outdoor_c);
        let face_k = face_c + T::splat(kelvin(0.0));
        let face_k2 = face_k * face_k;
        let from_air = T::splat(1.0) - self.sky_share;
        let long_wave = self.sky_share * T::splat(around.sky_k4)
            + from_air * T::splat(around.air_k4)
            - face_k2 * face_k2;
        self.absorptance * irradiance - self.convection(difference_k, around) * difference_k
            + self.emissivity * T::splat(STEFAN_BOLTZMANN) * long_wave
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
        let face = face.exchange();
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
        let h = |up: f64| {
            let face = OuterFace::new(up, 0.9, 1.67, 0.5).exchange();
            face.convection(0.0, &around)
        };
        assert!(
            (h(0.0) - 1.67 * 0.5 * (to + from)).abs() < 1e-9,
            "{}",
            h(0.0)
        );
        assert!((h(1.0) - 1.67 * to).abs() < 1e-9, "{}", h(1.0));
    }
}

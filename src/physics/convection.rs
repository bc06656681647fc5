//! Convection at the faces of a room and of a building.
//!
//! - Natural, at any face: TARP (Walton 1983, after ASHRAE).
//! - Outdoors: natural and wind together by the form of the DOE-2 program with
//!   the MoWiTT coefficients (Yazdanian and Klems 1994) for glass and a factor
//!   of roughness for rougher faces, as the EnergyPlus Engineering Reference
//!   writes it.
//! - Constants of EN ISO 6946 and EN ISO 52016-1.
//!
//! Wind at a height by the power law of ASHRAE Fundamentals.
//!
//! All coefficients, roughness factors and terrains compared with the EnergyPlus
//! Engineering Reference: equal, but for TARP's 7.238, which it prints as 7.283.
//! EnergyPlus itself computes with 7.238, and only that gives 1.31 at a wall.

use crate::numeric::Real;

/// Convective coefficients inside, W/(m2 K), for heat that flows up, level and
/// down (EN ISO 6946, annex C; EN ISO 52016-1).
pub const STANDARD_UP: f64 = 5.0;
pub const STANDARD_LEVEL: f64 = 2.5;
pub const STANDARD_DOWN: f64 = 0.7;

/// Natural convection, W/(m2 K), at a face that is `difference_k` warmer than
/// the air, by its [factors](natural_factors).
#[inline(always)]
pub fn natural_w_per_m2_k<T: Real>(difference_k: T, [warmer, colder]: [T; 2]) -> T {
    let factor = T::select(difference_k.gt(T::splat(0.0)), warmer, colder);
    cube_root(difference_k.abs()) * factor
}

/// TARP's factors on |dT|^(1/3), W/(m2 K^(4/3)), of a face that is warmer than
/// the air and of one that is colder; `up` is the upward part of the face's normal
/// (into the air): 1 a floor, 0 a wall, -1 a ceiling. 1.31 upright, else
/// 9.482/(7.238 - |up|) where warm air can rise and 1.810/(1.382 + |up|) where it
/// cannot.
pub fn natural_factors(up: f64) -> [f64; 2] {
    let factor = |rises: bool| {
        if up.abs() < 0.02 {
            1.31
        } else if rises {
            9.482 / (7.238 - up.abs())
        } else {
            1.810 / (1.382 + up.abs())
        }
    };
    [factor(up > 0.0), factor(up < 0.0)]
}

/// Cube root of a number >= 0 to 1e-7, without the platform's functions: a
/// start from the bits, then Newton's steps.
#[inline(always)]
fn cube_root<T: Real>(x: T) -> T {
    let mut y = x.map(|x| f64::from_bits(x.to_bits() / 3 + 0x2A9F_7893_782D_A1CE));
    for _ in 0..3 {
        y -= (y - x / (y * y)) / T::splat(3.0);
    }
    T::select(x.lt(T::splat(1e-12)), T::splat(0.0), y)
}

/// Roughness of an outer face (classes of DOE-2, with their factor).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roughness {
    /// Stucco.
    VeryRough,
    /// Brick.
    Rough,
    /// Concrete.
    MediumRough,
    /// Planed wood.
    MediumSmooth,
    /// Smooth plaster.
    Smooth,
    /// Glass.
    VerySmooth,
}

impl Roughness {
    /// Factor on the forced part.
    pub fn factor(self) -> f64 {
        match self {
            Self::VeryRough => 2.17,
            Self::Rough => 1.67,
            Self::MediumRough => 1.52,
            Self::MediumSmooth => 1.13,
            Self::Smooth => 1.11,
            Self::VerySmooth => 1.0,
        }
    }
}

/// Forced part on glass, W/(m2 K), for a wind speed at the face, m/s (MoWiTT):
/// towards the wind and away from it.
pub fn wind_on_glass_w_per_m2_k(wind_m_per_s: f64) -> [f64; 2] {
    let v = wind_m_per_s.max(0.0);
    [3.26 * v.powf(0.89), 3.55 * v.powf(0.617)]
}

/// Natural and forced convection of an outer face, W/(m2 K).
#[inline(always)]
pub fn outside_w_per_m2_k<T: Real>(natural: T, forced: T, roughness: T) -> T {
    let glass = (natural * natural + forced * forced).map(f64::sqrt);
    natural + roughness * (glass - natural)
}

/// What lies around the building: exponent and height of the wind's boundary
/// layer, m (ASHRAE Fundamentals, airflow around buildings).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terrain {
    Open,
    Suburbs,
    City,
}

impl Terrain {
    fn layer(self) -> (f64, f64) {
        match self {
            Self::Open => (0.14, 270.0),
            Self::Suburbs => (0.22, 370.0),
            Self::City => (0.33, 460.0),
        }
    }

    /// Wind at `height_m` here over that of the weather station (10 m, open).
    pub fn wind_factor(self, height_m: f64) -> f64 {
        let (station, layer) = Self::Open.layer();
        let (exponent, here) = self.layer();
        (layer / 10.0_f64).powf(station) * (height_m.max(0.5) / here).powf(exponent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_cube_root() {
        for i in 0..2000 {
            let x = 1e-6 * 1.013_f64.powi(i);
            assert!((cube_root(x) / x.cbrt() - 1.0).abs() < 1e-6, "{x}");
        }
        assert_eq!(cube_root(0.0), 0.0);
    }

    #[test]
    fn analytic_natural_convection_by_direction() {
        let natural =
            |difference_k: f64, up: f64| natural_w_per_m2_k(difference_k, natural_factors(up));
        // 8 K: cube root 2.
        assert!((natural(8.0, 0.0) - 2.62).abs() < 1e-6);
        // Warm floor and cold ceiling: 9.482/6.238; warm ceiling: 1.81/2.382.
        assert!((natural(8.0, 1.0) - 2.0 * 1.520_0).abs() < 1e-3);
        assert!((natural(-8.0, -1.0) - 2.0 * 1.520_0).abs() < 1e-3);
        assert!((natural(8.0, -1.0) - 2.0 * 0.759_9).abs() < 1e-3);
    }

    #[test]
    fn analytic_film_in_wind() {
        // 4 m/s on glass without natural convection: 3.26 4^0.89 = 11.20, in the lee 3.55 4^0.617 = 8.35.
        let [to, from] = wind_on_glass_w_per_m2_k(4.0);
        assert!(
            (to - 11.196).abs() < 2e-3 && (from - 8.351).abs() < 2e-3,
            "{to} {from}"
        );
        assert!((outside_w_per_m2_k(3.0, 4.0, 1.0) - 5.0).abs() < 1e-12);
        assert!((outside_w_per_m2_k(3.0, 4.0, 1.67) - (3.0 + 1.67 * 2.0)).abs() < 1e-12);
        // The station's own wind at its own height.
        assert!((Terrain::Open.wind_factor(10.0) - 1.0).abs() < 1e-12);
        assert!(Terrain::City.wind_factor(2.0) < Terrain::Suburbs.wind_factor(2.0));
    }
}

//! Temperatures of the surroundings that a network's boundaries see.

use crate::units::{STEFAN_BOLTZMANN, kelvin};

/// What an outdoor surface exchanges heat with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surface {
    /// Solar absorptance and long-wave emissivity, 0 to 1.
    pub absorptance: f64,
    pub emissivity: f64,
    /// Outer film, convection and radiation together, W/(m2 K).
    pub film_w_per_m2_k: f64,
    /// Share of the long-wave exchange that goes to the sky, 0 to 1; the rest
    /// sees surroundings at air temperature.
    pub sky_view: f64,
}

/// Sol-air temperature, degC: the air temperature that would give the surface
/// the same heat without sun and sky,
/// `To + (a I - e F h_r (To - Tsky)) / h` (ASHRAE Fundamentals, chapter on
/// non-residential loads), with the radiative coefficient `h_r = 4 s Tm^3` at
/// the mean of air and sky temperature.
pub fn sol_air_c(surface: &Surface, outdoor_c: f64, sky_c: f64, irradiance_w_per_m2: f64) -> f64 {
    let mean_k = kelvin(0.5 * (outdoor_c + sky_c));
    let radiative = 4.0 * STEFAN_BOLTZMANN * mean_k.powi(3);
    let sky_loss = surface.emissivity * surface.sky_view * radiative * (outdoor_c - sky_c);
    outdoor_c + (surface.absorptance * irradiance_w_per_m2 - sky_loss) / surface.film_w_per_m2_k
}

/// Temperature of outdoors as a face feels it, degC, where sun and long-wave
/// exchange are linear: `To + a/h I + h_r/h (Tr - To)` (VDI 6007-1, equivalent
/// outdoor temperature; not compared with the guideline's text, but with its test cases).
pub fn felt_c(
    outdoor_c: f64,
    sun_k_m2_per_w: f64,
    irradiance_w_per_m2: f64,
    radiant_share: f64,
    radiant_c: f64,
) -> f64 {
    outdoor_c + sun_k_m2_per_w * irradiance_w_per_m2 + radiant_share * (radiant_c - outdoor_c)
}

/// Temperature of undisturbed ground or mains water through the year, degC: a
/// cosine with its minimum on `coldest_day` (Kusuda and Achenbach 1965, at one
/// depth). `day` counts from 0 on 1 January.
pub fn yearly_cosine_c(mean_c: f64, amplitude_k: f64, coldest_day: f64, day: f64) -> f64 {
    mean_c - amplitude_k * (std::f64::consts::TAU * (day - coldest_day) / 365.25).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_sol_air_at_night_and_in_the_sun() {
        let wall = Surface {
            absorptance: 0.6,
            emissivity: 0.0,
            film_w_per_m2_k: 25.0,
            sky_view: 0.5,
        };
        assert_eq!(
            sol_air_c(&wall, 10.0, -10.0, 500.0),
            10.0 + 0.6 * 500.0 / 25.0
        );
        let black = Surface {
            emissivity: 1.0,
            ..wall
        };
        // 4 s (273.15 K)^3 = 4.622 W/(m2 K); half of it to a sky 20 K colder.
        let expected = 10.0 - 0.5 * 4.622_4 * 20.0 / 25.0;
        assert!((sol_air_c(&black, 10.0, -10.0, 0.0) - expected).abs() < 1e-3);
    }

    #[test]
    fn analytic_yearly_cosine_has_its_minimum_on_the_coldest_day() {
        assert_eq!(yearly_cosine_c(10.0, 8.0, 30.0, 30.0), 2.0);
        assert!((yearly_cosine_c(10.0, 8.0, 30.0, 30.0 + 365.25 / 2.0) - 18.0).abs() < 1e-9);
    }
}

//! Moist air and the sky's long-wave temperature: pure functions that weather
//! readers use once per row. No state, no step-loop code.

use crate::units::{STEFAN_BOLTZMANN, kelvin};

/// Saturation vapour pressure, Pa, over water above 0 degC and over ice below
/// (Magnus form with the constants of Sonntag 1990).
pub fn saturation_pressure_pa(temperature_c: f64) -> f64 {
    if temperature_c >= 0.0 {
        saturation_over_water_pa(temperature_c)
    } else {
        611.2 * (22.46 * temperature_c / (272.62 + temperature_c)).exp()
    }
}

/// Saturation vapour pressure over (supercooled) water, Pa (Sonntag 1990).
/// Meteorological humidity and dew point refer to water below 0 degC too.
pub fn saturation_over_water_pa(temperature_c: f64) -> f64 {
    611.2 * (17.62 * temperature_c / (243.12 + temperature_c)).exp()
}

/// Dew point over water, degC, for a relative humidity of 0.001 to 1.
pub fn dew_point_c(temperature_c: f64, relative_humidity: f64) -> f64 {
    let g =
        relative_humidity.clamp(0.001, 1.0).ln() + 17.62 * temperature_c / (243.12 + temperature_c);
    243.12 * g / (17.62 - g)
}

/// Relative humidity, 0 to 1, from the dew point (both over water).
pub fn relative_humidity(temperature_c: f64, dew_point_c: f64) -> f64 {
    (saturation_over_water_pa(dew_point_c) / saturation_over_water_pa(temperature_c))
        .clamp(0.0, 1.0)
}

/// Humidity ratio, kg of water per kg of dry air.
pub fn humidity_ratio(temperature_c: f64, relative_humidity: f64, pressure_pa: f64) -> f64 {
    let vapour = relative_humidity * saturation_over_water_pa(temperature_c);
    0.621_945 * vapour / (pressure_pa - vapour).max(1.0)
}

/// Pressure of the standard atmosphere at a height, Pa (ISO 2533), -500 to 11000 m.
pub fn standard_pressure_pa(altitude_m: f64) -> f64 {
    101_325.0 * (1.0 - 2.255_77e-5 * altitude_m.clamp(-500.0, 11_000.0)).powf(5.255_88)
}

/// Long-wave irradiance of the sky on a horizontal surface, W/m2: clear-sky
/// emissivity from the dew point (Clark and Allen 1978) with the cloud factor
/// of Walton (1983), as in EnergyPlus (compared with its Engineering Reference:
/// equal). `cloud` is opaque cover, 0 to 1.
pub fn horizontal_infrared_w_per_m2(temperature_c: f64, dew_point_c: f64, cloud: f64) -> f64 {
    let n = cloud.clamp(0.0, 1.0) * 10.0;
    let clear = 0.787 + 0.764 * (kelvin(dew_point_c) / 273.0).ln();
    let emissivity = clear * (1.0 + 0.0224 * n - 0.0035 * n * n + 0.00028 * n * n * n);
    emissivity.clamp(0.3, 1.0) * STEFAN_BOLTZMANN * kelvin(temperature_c).powi(4)
}

/// Temperature of a black sky that sends `infrared_w_per_m2`, degC.
pub fn sky_temperature_c(infrared_w_per_m2: f64) -> f64 {
    (infrared_w_per_m2.max(0.0) / STEFAN_BOLTZMANN).powf(0.25) - 273.15
}

/// Cloud cover, 0 to 1, from global horizontal irradiance and the sine of the
/// sun's elevation: inverse of Kasten and Czeplak (1980),
/// `G = (910 sin h - 30) (1 - 0.75 N^3.4)`, summed over a stretch of time.
pub fn cloud_cover(global: f64, clear_global: f64) -> f64 {
    if clear_global <= 0.0 {
        return 0.5;
    }
    ((1.0 - (global / clear_global).clamp(0.25, 1.0)) / 0.75).powf(1.0 / 3.4)
}

/// Clear-sky global horizontal irradiance of Kasten and Czeplak (1980), W/m2.
pub fn clear_global_w_per_m2(sin_elevation: f64) -> f64 {
    (910.0 * sin_elevation - 30.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_saturation_pressure_matches_the_steam_tables() {
        // IAPWS saturation pressures of water: 10, 20, 40 degC; ice at -10 degC.
        for (t, p) in [
            (10.0, 1228.2),
            (20.0, 2339.3),
            (40.0, 7384.9),
            (-10.0, 259.9),
        ] {
            assert!((saturation_pressure_pa(t) / p - 1.0).abs() < 0.004, "{t}");
        }
    }

    #[test]
    fn analytic_dew_point_and_humidity_are_inverse() {
        for t in [-20.0, -3.0, 0.0, 15.0, 35.0] {
            for rh in [0.1, 0.5, 0.99] {
                let back = relative_humidity(t, dew_point_c(t, rh));
                assert!((back - rh).abs() < 1e-12, "{t} {rh} {back}");
            }
        }
        // Psychrometric chart: 25 degC, 50 % has its dew point at 13.9 degC.
        assert!((dew_point_c(25.0, 0.5) - 13.87).abs() < 0.05);
        assert!((humidity_ratio(25.0, 0.5, 101_325.0) - 0.009_88).abs() < 5e-5);
    }

    #[test]
    fn analytic_sky_is_colder_than_air_when_clear_and_close_to_it_when_overcast() {
        let clear = sky_temperature_c(horizontal_infrared_w_per_m2(10.0, 5.0, 0.0));
        let overcast = sky_temperature_c(horizontal_infrared_w_per_m2(10.0, 5.0, 1.0));
        assert!(clear < -3.0 && clear > -15.0, "{clear}");
        assert!(overcast < 10.0 && overcast > 3.0, "{overcast}");
    }

    #[test]
    fn reference_standard_pressure_at_denver() {
        assert!((standard_pressure_pa(1829.0) - 81_200.0).abs() < 200.0);
        assert_eq!(standard_pressure_pa(0.0), 101_325.0);
    }

    #[test]
    fn analytic_cloud_cover_inverts_its_own_law() {
        for n in [0.0, 0.3, 0.7, 1.0_f64] {
            let g = 500.0 * (1.0 - 0.75 * n.powf(3.4));
            assert!((cloud_cover(g, 500.0) - n).abs() < 1e-9);
        }
    }
}

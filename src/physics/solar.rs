//! Where the sun stands and what falls on a tilted plane. Runs once per row of
//! a scenario's inputs, before the step loop, so it is plain `f64`.
//!
//! Positions come from the `solar-positioning` crate without refraction:
//! Grena (2012) algorithm 3 for 2010 to 2110 (0.01 deg), SPA (Reda and Andreas
//! 2004) for other years. Glass transmittance is not here: windows take direct
//! and diffuse light apart.

mod hours;

pub use hours::SunHours;

use std::f64::consts::PI;

use solar_positioning::time::JulianDate;
use solar_positioning::{Location, SolarPositions};

/// Solar constant, W/m2 (Gueymard 2004; Perez et al. 1990 used 1367).
pub const SOLAR_CONSTANT_W_PER_M2: f64 = 1366.1;

/// Julian date of 1970-01-01T00:00:00Z.
const JULIAN_EPOCH: f64 = 2_440_587.5;
/// TT minus UT1 around 2020, s. Ten seconds off move the sun by 0.0001 deg.
const DELTA_T_S: f64 = 69.0;
/// 2010-01-01 and 2110-01-01, s since the epoch: the range of Grena's algorithm.
const GRENA_FROM_S: f64 = 1_262_304_000.0;
const GRENA_TO_S: f64 = 4_417_977_600.0;

/// Direction to the sun's centre as a unit vector.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Sun {
    pub east: f64,
    pub north: f64,
    /// Sine of the elevation; negative below the horizon.
    pub up: f64,
}

impl Sun {
    /// A sun straight below: no light.
    pub const NIGHT: Sun = Sun {
        east: 0.0,
        north: 0.0,
        up: -1.0,
    };

    /// From elevation and azimuth (clockwise from north), degrees.
    pub fn from_angles(elevation_deg: f64, azimuth_deg: f64) -> Self {
        let (sin_e, cos_e) = elevation_deg.to_radians().sin_cos();
        let (sin_a, cos_a) = azimuth_deg.to_radians().sin_cos();
        Self {
            east: cos_e * sin_a,
            north: cos_e * cos_a,
            up: sin_e,
        }
    }

    /// Elevation above the horizon, degrees, -90 to 90.
    pub fn elevation_deg(&self) -> f64 {
        self.up.clamp(-1.0, 1.0).asin().to_degrees()
    }

    /// Azimuth clockwise from north, degrees, 0 to 360.
    pub fn azimuth_deg(&self) -> f64 {
        self.east.atan2(self.north).to_degrees().rem_euclid(360.0)
    }

    /// Cosine of the angle of incidence on a plane; negative behind it.
    pub fn cos_incidence(&self, plane: &Plane) -> f64 {
        self.east * plane.east + self.north * plane.north + self.up * plane.up
    }
}

/// Computes sun positions for one place.
#[derive(Clone, Copy, Debug)]
pub struct SunPath {
    location: Location,
}

impl SunPath {
    /// Degrees north (-90 to 90) and east (-180 to 180); values outside are clamped.
    pub fn new(latitude_deg: f64, longitude_deg: f64) -> Self {
        Self {
            location: Location {
                latitude: latitude_deg.clamp(-90.0, 90.0),
                longitude: longitude_deg.clamp(-180.0, 180.0),
            },
        }
    }

    /// Position at `t_s` (s since the epoch, UTC), without refraction. Times
    /// that no algorithm covers (thousands of years away) give [`Sun::NIGHT`].
    pub fn at(&self, t_s: f64) -> Sun {
        let model = if (GRENA_FROM_S..GRENA_TO_S).contains(&t_s) {
            SolarPositions::grena3()
        } else {
            SolarPositions::new()
        };
        JulianDate::new(JULIAN_EPOCH + t_s / 86_400.0, DELTA_T_S)
            .and_then(|time| model.at_from_julian(time, self.location, 0.0, None))
            .map_or(Sun::NIGHT, |p| {
                Sun::from_angles(p.elevation_angle(), p.azimuth())
            })
    }

    /// The part of `[from_s, to_s)` with the sun up, by linear interpolation of
    /// the sine of the elevation between the two ends; `None` in the dark.
    /// Intervals of an hour at most.
    pub fn daylight(from_s: f64, sin_from: f64, to_s: f64, sin_to: f64) -> Option<(f64, f64)> {
        match (sin_from > 0.0, sin_to > 0.0) {
            (false, false) => None,
            (true, true) => Some((from_s, to_s)),
            (up, _) => {
                let cross = from_s + (to_s - from_s) * (sin_from / (sin_from - sin_to));
                Some(if up { (from_s, cross) } else { (cross, to_s) })
            }
        }
    }
}

/// Extraterrestrial irradiance normal to the beam, W/m2, at `t_s` (s since the
/// epoch): solar constant times the squared inverse distance (Spencer 1971;
/// coefficients compared with pvlib 0.16: equal).
pub fn extraterrestrial_w_per_m2(t_s: f64) -> f64 {
    let year_angle = 2.0 * PI * (t_s / (365.2425 * 86_400.0)).rem_euclid(1.0);
    let (s1, c1) = year_angle.sin_cos();
    let (s2, c2) = (2.0 * year_angle).sin_cos();
    SOLAR_CONSTANT_W_PER_M2
        * (1.000_110 + 0.034_221 * c1 + 0.001_280 * s1 + 0.000_719 * c2 + 0.000_077 * s2)
}

/// Relative optical air mass for the sine of the elevation (Kasten and Young
/// 1989; compared with pvlib 0.16 and the EnergyPlus Engineering Reference: equal).
pub fn air_mass(sin_elevation: f64) -> f64 {
    let sine = sin_elevation.clamp(0.0, 1.0);
    let elevation_deg = sine.asin().to_degrees();
    1.0 / (sine + 0.50572 * (elevation_deg + 6.07995).powf(-1.6364))
}

/// A plane by the unit vector of its normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    pub east: f64,
    pub north: f64,
    /// Cosine of the tilt: 1 facing the sky, 0 a wall.
    pub up: f64,
}

impl Plane {
    /// Tilt from horizontal (0 facing up, 90 wall) and azimuth of the normal
    /// clockwise from north (180 south), degrees.
    pub fn new(tilt_deg: f64, azimuth_deg: f64) -> Self {
        let n = Sun::from_angles(90.0 - tilt_deg, azimuth_deg);
        Self {
            east: n.east,
            north: n.north,
            up: n.up,
        }
    }

    /// View factor to an unobstructed sky, 0 to 1.
    pub fn sky_view(&self) -> f64 {
        (1.0 + self.up) / 2.0
    }
}

/// Irradiance on a plane by its parts, W/m2.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Tilted {
    /// Beam.
    pub direct: f64,
    /// Diffuse light from around the sun: has the beam's angle of incidence.
    pub circumsolar: f64,
    /// Diffuse light from the whole sky, uniform part.
    pub isotropic: f64,
    /// Band at the horizon; may be negative (an overcast sky is darker there).
    pub horizon: f64,
    /// Reflected by the ground, isotropic.
    pub ground: f64,
    /// Cosine of the angle of incidence of the beam; negative behind the plane.
    pub cos_incidence: f64,
}

impl Tilted {
    /// Diffuse light of the sky without the ground, W/m2, never negative.
    pub fn diffuse(&self) -> f64 {
        (self.circumsolar + self.isotropic + self.horizon).max(0.0)
    }

    /// All of it, W/m2.
    pub fn total(&self) -> f64 {
        self.direct + self.diffuse() + self.ground
    }
}

/// Upper limits of the sky clearness bins 1 to 7 (Perez et al. 1990, table 1).
const CLEARNESS_BINS: [f64; 7] = [1.065, 1.230, 1.500, 1.950, 2.800, 4.500, 6.200];

/// F11, F12, F13, F21, F22, F23 for each bin: the all-sites composite of Perez,
/// Ineichen, Seals, Michalsky and Stewart, Solar Energy 44 (1990), table 6.
/// Bins and all 48 figures compared with pvlib 0.16 and with an implementation of
/// ISO 52010, which has the same table: equal.
const PEREZ_1990: [[f64; 6]; 8] = [
    [-0.008, 0.588, -0.062, -0.060, 0.072, -0.022],
    [0.130, 0.683, -0.151, -0.019, 0.066, -0.029],
    [0.330, 0.487, -0.221, 0.055, -0.064, -0.026],
    [0.568, 0.187, -0.295, 0.109, -0.152, -0.014],
    [0.873, -0.392, -0.362, 0.226, -0.462, 0.001],
    [1.132, -1.237, -0.412, 0.288, -0.823, 0.056],
    [1.060, -1.600, -0.359, 0.264, -1.127, 0.131],
    [0.678, -0.327, -0.250, 0.156, -1.377, 0.251],
];

/// The light of one instant after Perez et al. (1990), before it falls on a
/// plane: the simplified anisotropic model with the eight discrete clearness
/// bins (it jumps between bins; no smoothing is applied), kappa = 1.041,
/// F1 >= 0, and the cosine of the zenith angle limited to cos 85 deg in the
/// circumsolar term. Ground reflection is isotropic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sky {
    sun: Sun,
    direct_normal: f64,
    diffuse_horizontal: f64,
    /// What the ground sends back, W/m2.
    ground: f64,
    /// Brightness around the sun and at the horizon, F1 and F2.
    brightness: (f64, f64),
}

impl Sky {
    /// Irradiances in W/m2; `extraterrestrial` is normal to the beam.
    pub fn new(
        sun: &Sun,
        direct_normal: f64,
        diffuse_horizontal: f64,
        extraterrestrial: f64,
        albedo: f64,
    ) -> Self {
        let up = sun.up > 0.0;
        let dni = if up { direct_normal.max(0.0) } else { 0.0 };
        let dhi = diffuse_horizontal.max(0.0);
        Self {
            sun: *sun,
            direct_normal: dni,
            diffuse_horizontal: dhi,
            ground: albedo * (dhi + dni * sun.up.max(0.0)),
            brightness: if up && dhi > 0.0 {
                brightness(sun.up, dni, dhi, extraterrestrial)
            } else {
                (0.0, 0.0)
            },
        }
    }

    /// What falls on a plane.
    pub fn on(&self, plane: &Plane) -> Tilted {
        let cos_incidence = self.sun.cos_incidence(plane);
        let dhi = self.diffuse_horizontal;
        let (f1, f2) = self.brightness;
        let cos_85 = 0.087_155_742_747_658_17;
        let sin_tilt = (1.0 - plane.up * plane.up).max(0.0).sqrt();
        Tilted {
            direct: self.direct_normal * cos_incidence.max(0.0),
            circumsolar: dhi * f1 * cos_incidence.max(0.0) / self.sun.up.max(cos_85),
            isotropic: dhi * (1.0 - f1) * plane.sky_view(),
            horizon: dhi * f2 * sin_tilt,
            ground: self.ground * (1.0 - plane.up) / 2.0,
            cos_incidence,
        }
    }
}

/// Irradiance on one plane: see [`Sky`].
pub fn perez(
    sun: &Sun,
    plane: &Plane,
    direct_normal: f64,
    diffuse_horizontal: f64,
    extraterrestrial: f64,
    albedo: f64,
) -> Tilted {
    Sky::new(
        sun,
        direct_normal,
        diffuse_horizontal,
        extraterrestrial,
        albedo,
    )
    .on(plane)
}

/// Circumsolar and horizon brightness coefficients F1 and F2.
fn brightness(sin_elevation: f64, dni: f64, dhi: f64, extraterrestrial: f64) -> (f64, f64) {
    let zenith = sin_elevation.clamp(-1.0, 1.0).acos();
    let z3 = 1.041 * zenith * zenith * zenith;
    let clearness = ((dhi + dni) / dhi + z3) / (1.0 + z3);
    let bin = CLEARNESS_BINS.iter().filter(|&&b| clearness >= b).count();
    let [f11, f12, f13, f21, f22, f23] = PEREZ_1990[bin];
    let delta = dhi * air_mass(sin_elevation) / extraterrestrial;
    let f1 = (f11 + f12 * delta + f13 * zenith).max(0.0);
    (f1, f21 + f22 * delta + f23 * zenith)
}

/// Diffuse share of global horizontal irradiance from the clearness index
/// (global over extraterrestrial, both horizontal): Erbs, Klein and Duffie (1982;
/// compared with pvlib 0.16: equal).
pub fn erbs_diffuse_fraction(clearness_index: f64) -> f64 {
    let k = clearness_index.clamp(0.0, 1.0);
    if k <= 0.22 {
        1.0 - 0.09 * k
    } else if k <= 0.80 {
        0.9511 - 0.1604 * k + 4.388 * k * k - 16.638 * k * k * k + 12.336 * k * k * k * k
    } else {
        0.165
    }
}

/// Direct normal irradiance that a very clear sky lets through, W/m2: after
/// Meinel and Meinel (1976) with a transmittance of 0.8 instead of 0.7, so that
/// measured values stay below it. Used as a limit only.
pub fn clearest_direct_normal_w_per_m2(sin_elevation: f64, extraterrestrial: f64) -> f64 {
    if sin_elevation <= 0.0 {
        return 0.0;
    }
    extraterrestrial * 0.8_f64.powf(air_mass(sin_elevation).powf(0.678))
}

#[cfg(test)]
mod tests;

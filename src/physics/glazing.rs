//! How the total solar transmittance g of a window falls with the angle of
//! incidence.
//!
//! Karlsson and Roos (Solar Energy 68, 2000, "Modelling the angular behaviour
//! of the total solar energy transmittance of windows"): with z = angle/90deg,
//! `g/g0 = 1 - a z^alpha - b z^beta - c z^gamma`, a = 8, b = 0.25/q,
//! c = 1 - a - b, alpha = 5.2 + 0.7 q, beta = 2,
//! gamma = 5.26 + 0.06 p + (0.73 + 0.04 p) q, for p panes and a category q of
//! their coating (1 to 10). Heatloop uses q = 4, clear and low-emissivity glass.
//! Compared with J. Wienold's function of the model for Radiance: equal.

use crate::numeric::Real;

/// Category of the glass in the correlation.
const CATEGORY: f64 = 4.0;

/// g at an angle of incidence over g at normal incidence, 0 to 1, for 1 to 4
/// panes; `cosine` of the angle, 0 where the sun is behind the plane.
#[inline(always)]
pub fn relative_transmittance<T: Real>(panes: T, cosine: T) -> T {
    let (one, q) = (T::splat(1.0), T::splat(CATEGORY));
    let z = arc_cosine(cosine.clamp(T::splat(0.0), one)) * T::splat(std::f64::consts::FRAC_2_PI);
    let a = T::splat(8.0);
    let b = T::splat(0.25) / q;
    let c = one - a - b;
    let alpha = T::splat(5.2) + T::splat(0.7) * q;
    let gamma =
        T::splat(5.26) + T::splat(0.06) * panes + (T::splat(0.73) + T::splat(0.04) * panes) * q;
    let g = one - a * z.powf(alpha) - b * z * z - c * z.powf(gamma);
    g.clamp(T::splat(0.0), one)
}

/// The same for light from all directions of the half-space before the window
/// (isotropic diffuse): the mean weighted with the cosine. For 1 to 4 panes;
/// integrated with the midpoint rule to better than 1e-4.
pub fn relative_diffuse_transmittance(panes: u8) -> f64 {
    let n = 200;
    let sum: f64 = (0..n)
        .map(|i| {
            // Equal steps of sin^2 have equal cosine weight.
            let cosine = (1.0 - (f64::from(i) + 0.5) / f64::from(n)).sqrt();
            relative_transmittance(f64::from(panes), cosine)
        })
        .sum();
    sum / f64::from(n)
}

/// Arc cosine for 0 <= x <= 1 to 2e-8 rad: Abramowitz and Stegun 4.4.46,
/// sqrt(1 - x) times a polynomial.
#[inline(always)]
fn arc_cosine<T: Real>(x: T) -> T {
    let mut p = T::splat(-0.001_262_491_1);
    for c in [
        0.006_670_090_1,
        -0.017_088_125_6,
        0.030_891_881_0,
        -0.050_174_304_6,
        0.088_978_987_4,
        -0.214_598_801_6,
        1.570_796_305_0,
    ] {
        p = p * x + T::splat(c);
    }
    (T::splat(1.0) - x).powf(T::splat(0.5)) * p
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_arc_cosine_agrees_with_the_standard_library() {
        for i in 0..=1000 {
            let x = f64::from(i) / 1000.0;
            assert!((arc_cosine(x) - x.acos()).abs() < 3e-8, "{x}");
        }
    }

    #[test]
    fn reference_double_clear_glass_follows_fresnel() {
        // Two panes of 3 mm clear glass (n = 1.526, transmittance 0.834 and
        // reflectance 0.075 at normal incidence each): g relative to normal
        // by Fresnel's equations with absorption, multiple reflections, and
        // 12 % (outer) and 68 % (inner) of the absorbed heat going inwards.
        let g = |degrees: f64| {
            let theta = degrees.to_radians();
            let inside = (theta.sin() / 1.526).asin();
            let path = |extinction: f64| (-extinction / inside.cos()).exp();
            let extinction = 0.0965;
            let mut g = 0.0;
            for parallel in [false, true] {
                let r = if degrees == 0.0 {
                    (0.526_f64 / 2.526).powi(2)
                } else if parallel {
                    ((theta - inside).tan() / (theta + inside).tan()).powi(2)
                } else {
                    ((theta - inside).sin() / (theta + inside).sin()).powi(2)
                };
                let a = path(extinction);
                let t = a * (1.0 - r) * (1.0 - r) / (1.0 - r * r * a * a);
                let rho = r * (1.0 + a * t);
                let absorbed = 1.0 - t - rho;
                let both = 1.0 - rho * rho;
                let through = t * t / both;
                let inner = absorbed * t / both;
                let outer = absorbed * (1.0 + t * rho / both);
                g += 0.5 * (through + 0.68 * inner + 0.12 * outer);
            }
            g
        };
        for degrees in [0.0, 20.0, 40.0, 50.0, 60.0, 70.0, 80.0] {
            let ours = relative_transmittance(2.0, f64::cos(f64::to_radians(degrees)));
            let exact = g(degrees) / g(0.0);
            // The correlation follows clear glass closely and is some percent
            // high at grazing angles, where little light comes through.
            let worth = if degrees <= 70.0 { 0.006 } else { 0.04 };
            assert!((ours - exact).abs() < worth, "{degrees}: {ours} {exact}");
        }
    }

    #[test]
    fn the_diffuse_ratio_lies_near_sixty_degrees_and_falls_with_panes() {
        let ratios: Vec<f64> = (1..=4).map(relative_diffuse_transmittance).collect();
        assert!(ratios.windows(2).all(|w| w[1] < w[0]), "{ratios:?}");
        assert!((0.8..0.93).contains(&ratios[1]), "{ratios:?}");
        assert!(relative_transmittance(2.0, 0.0) < 1e-6);
        assert_eq!(relative_transmittance(2.0, 1.0), 1.0);
    }
}

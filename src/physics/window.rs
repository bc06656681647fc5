//! Sun through a window: glass, frame, surroundings, overhang, movable blind.

use super::glazing::{relative_diffuse_transmittance, relative_transmittance};
use super::solar::{Plane, Sun, Tilted};
use crate::model::house::Window;

/// A window with what does not change from row to row worked out.
#[derive(Clone, Debug)]
pub struct Aperture {
    window: Window,
    pub plane: Plane,
    /// Glass area times g at normal incidence, m2.
    area_g_m2: f64,
    diffuse: f64,
}

impl Aperture {
    /// Prepares a window.
    pub fn new(window: &Window) -> Self {
        Self {
            plane: Plane::new(window.tilt_deg, window.azimuth_deg),
            area_g_m2: window.area_m2 * (1.0 - window.frame_fraction) * window.g_normal,
            diffuse: relative_diffuse_transmittance(window.panes),
            window: window.clone(),
        }
    }

    /// Heat from the sun into the room, W. Direct and circumsolar light come
    /// through at the angle of the sun, the rest as from an even sky.
    pub fn gain_w(&self, light: &Tilted, sun: &Sun) -> f64 {
        let w = &self.window;
        let beam = (light.direct + light.circumsolar)
            * (1.0 - w.shading_direct)
            * (1.0 - self.overhang_shade(sun))
            * relative_transmittance(f64::from(w.panes), light.cos_incidence.max(0.0));
        let rest = (light.isotropic + light.horizon + light.ground) * (1.0 - w.shading_diffuse) * self.diffuse;
        let blind = if light.total() > w.blind_closes_above_w_per_m2 { w.blind_transmittance } else { 1.0 };
        self.area_g_m2 * blind * (beam + rest)
    }

    /// Share of a window in the shade of a long overhang, 0 to 1: the shadow's
    /// edge lies depth times the tangent of the profile angle below it.
    fn overhang_shade(&self, sun: &Sun) -> f64 {
        let w = &self.window;
        if w.overhang_depth_ratio <= 0.0 || sun.up <= 0.0 {
            return 0.0;
        }
        let toward = sun.east * self.plane.east + sun.north * self.plane.north;
        if toward <= 0.0 {
            return 0.0;
        }
        (w.overhang_depth_ratio * sun.up / toward - w.overhang_gap_ratio).clamp(0.0, 1.0)
    }
}

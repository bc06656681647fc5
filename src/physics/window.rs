//! Sun through a window: glass, frame, surroundings, overhang and fins, movable
//! blind.

use std::sync::OnceLock;

use super::glass::Glass;
use super::glazing::{relative_diffuse_transmittance, relative_transmittance};
use super::solar::{Plane, Sun, Tilted};
use crate::model::house::{SunPart, Window};

/// A window with what does not change from row to row worked out.
#[derive(Clone, Debug)]
pub struct Aperture {
    window: Window,
    pub plane: Plane,
    glass_m2: f64,
    /// By its panes, or by g and the number of panes.
    optics: Optics,
    /// Shares of the even sky, the ground and the horizon that overhang and
    /// fins leave.
    seen: [f64; 3],
}

#[derive(Clone, Debug)]
enum Optics {
    Panes(Box<Glass>),
    Total(&'static ByAngle),
}

/// g over g at normal incidence: of a beam, for each cosine of its angle
/// `i / STEPS`, and for light from all directions.
#[derive(Debug)]
struct ByAngle {
    beam: Vec<f64>,
    diffuse: f64,
}

impl ByAngle {
    /// For so many panes; worked out once, for the windows of all houses.
    fn of(panes: u8) -> &'static Self {
        static TABLES: [OnceLock<ByAngle>; 256] = [const { OnceLock::new() }; 256];
        TABLES[usize::from(panes)].get_or_init(|| {
            let cosine = |i: usize| i as f64 / STEPS as f64;
            let at = |i: usize| relative_transmittance(f64::from(panes), cosine(i));
            Self {
                beam: (0..=STEPS).map(at).collect(),
                diffuse: relative_diffuse_transmittance(panes),
            }
        })
    }
}

/// Intervals of the table over the cosine; straight between them is within
/// 3e-5 of the correlation.
const STEPS: usize = 512;

/// A table over the cosine, 0 to 1, read in straight lines.
fn read(table: &[f64], cosine: f64) -> f64 {
    let x = cosine.clamp(0.0, 1.0) * STEPS as f64;
    let i = (x as usize).min(STEPS - 1);
    table[i] + (table[i + 1] - table[i]) * (x - i as f64)
}

/// Light that meets the glass in one row, W.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lit {
    /// Direct and circumsolar light, at the sun's angle.
    beam_w: f64,
    cosine: f64,
    /// Everything else, as from an even half-space.
    rest_w: f64,
}

impl Aperture {
    /// Prepares a window.
    pub fn new(window: &Window) -> Self {
        let plane = Plane::new(window.tilt_deg, window.azimuth_deg);
        Self {
            plane,
            glass_m2: window.area_m2 * (1.0 - window.frame_fraction),
            optics: if window.glass.is_empty() {
                Optics::Total(ByAngle::of(window.panes))
            } else {
                Optics::Panes(Box::new(Glass::new(&window.glass)))
            },
            seen: window.shade.diffuse(&plane),
            window: window.clone(),
        }
    }

    /// The light on the glass, what surroundings, overhang, fins and blind
    /// leave of it.
    pub fn lit(&self, light: &Tilted, sun: &Sun) -> Lit {
        let total = light.total();
        if total <= 0.0 {
            return Lit::default();
        }
        let w = &self.window;
        let cosine = light.cos_incidence.max(0.0);
        let direct = light.direct + light.circumsolar;
        let beam = if direct > 0.0 {
            direct * (1.0 - w.shading_direct) * (1.0 - w.shade.beam(&self.plane, sun))
        } else {
            0.0
        };
        let [sky, ground, horizon] = self.seen;
        let rest = (light.isotropic * sky + light.horizon * horizon + light.ground * ground)
            * (1.0 - w.shading_diffuse);
        let blind = if total > w.blind_closes_above_w_per_m2 {
            w.blind_transmittance
        } else {
            1.0
        };
        Lit {
            beam_w: self.glass_m2 * blind * beam,
            cosine,
            rest_w: self.glass_m2 * blind * rest,
        }
    }

    /// Heat of one part, W (see [`SunPart`]).
    pub fn heat_w(&self, lit: &Lit, part: SunPart) -> f64 {
        let [beam_kept, rest_kept] = self.window.kept;
        match part {
            SunPart::All => self.heat_w(lit, SunPart::Beam) + self.heat_w(lit, SunPart::Diffuse),
            _ if lit.beam_w == 0.0 && lit.rest_w == 0.0 => 0.0,
            SunPart::Beam => lit.beam_w * beam_kept * self.of_beam(0, lit.cosine),
            SunPart::Diffuse => lit.rest_w * rest_kept * self.of_rest(0),
            SunPart::Pane(k) => {
                lit.beam_w * self.of_beam(k + 1, lit.cosine) + lit.rest_w * self.of_rest(k + 1)
            }
        }
    }

    /// What comes in (0), or is absorbed in a pane (1 and up), of a beam.
    fn of_beam(&self, part: usize, cosine: f64) -> f64 {
        match &self.optics {
            Optics::Panes(glass) => glass.beam(part, cosine),
            Optics::Total(by_angle) => self.window.g_normal * read(&by_angle.beam, cosine),
        }
    }

    fn of_rest(&self, part: usize) -> f64 {
        match &self.optics {
            Optics::Panes(glass) => glass.diffuse[part],
            Optics::Total(by_angle) => self.window.g_normal * by_angle.diffuse,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_the_table_of_g_is_fine_enough() {
        for panes in 1..=4 {
            let panes = f64::from(panes);
            let table: Vec<f64> = (0..=STEPS)
                .map(|i| relative_transmittance(panes, i as f64 / STEPS as f64))
                .collect();
            for i in 0..20_000 {
                let cosine = f64::from(i) / 20_000.0;
                let off = read(&table, cosine) - relative_transmittance(panes, cosine);
                assert!(off.abs() < 3e-5, "{panes} {cosine}: {off}");
            }
        }
    }
}

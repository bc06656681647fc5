//! Shade of an overhang and of fins beside a window, for the beam and, as
//! factors, for the light of the sky and of the ground.
//!
//! The beam's shadow is exact in the height and sampled in strips over the
//! width. Diffuse factors are means over an even half-space. Shading parts
//! reflect nothing and don't shade each other's light.

use super::solar::{Plane, Sun};

/// A flat part at right angles to the window. Lengths in m.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Part {
    /// How far it stands out; 0: not there.
    pub depth_m: f64,
    /// Between the window's edge and the part.
    pub gap_m: f64,
    /// Overhang: how far it reaches beyond the left and right edge. Fin: how
    /// far it reaches beyond the lower and upper edge.
    pub beyond_m: [f64; 2],
}

/// What shades a window of a given width and height. Left is left as seen
/// from outdoors.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Shade {
    pub width_m: f64,
    pub height_m: f64,
    pub overhang: Part,
    pub left: Part,
    pub right: Part,
}

const STRIPS: usize = 24;

impl Shade {
    /// Whether there is any.
    pub fn exists(&self) -> bool {
        [self.overhang, self.left, self.right]
            .iter()
            .any(|p| p.depth_m > 0.0)
    }

    /// Share of the window in shadow for light from a direction by its parts
    /// out of the window, to the right (seen from outdoors) and along the
    /// window upwards; `out` > 0.
    fn shadow(&self, out: f64, right: f64, up: f64) -> f64 {
        let (w, h) = (self.width_m, self.height_m);
        let mut covered = 0.0;
        for i in 0..STRIPS {
            let x = w * (i as f64 + 0.5) / STRIPS as f64;
            let mut spans = [(0.0, 0.0); 3];
            let o = &self.overhang;
            if o.depth_m > 0.0 && up > 1e-9 {
                // Light from (x, y) meets the overhang's plane at a distance
                // s = top - y above it.
                let top = h + o.gap_m;
                let mut reach = (0.0, o.depth_m * up / out);
                let slope = right / up;
                let edges = (-o.beyond_m[0] - x, w + o.beyond_m[1] - x);
                if slope > 1e-9 {
                    reach = (reach.0, reach.1.min(edges.1 / slope));
                } else if slope < -1e-9 {
                    reach = (reach.0, reach.1.min(edges.0 / slope));
                }
                spans[0] = (top - reach.1, top - reach.0);
            }
            for (k, part, away) in [(1, &self.left, -x), (2, &self.right, w - x)] {
                let toward = if k == 1 { -right } else { right };
                let distance = away.abs() + part.gap_m;
                if part.depth_m > 0.0
                    && toward > 1e-9
                    && distance * out / toward <= part.depth_m
                {
                    let rise = distance * up / toward;
                    spans[k] = (-part.beyond_m[0] - rise, h + part.beyond_m[1] - rise);
                }
            }
            covered += union(spans, h);
        }
        covered / (STRIPS as f64 * h)
    }

    /// Share of the window that the beam does not reach, 0 to 1.
    pub fn beam(&self, plane: &Plane, sun: &Sun) -> f64 {
        let out = sun.cos_incidence(plane);
        if !self.exists() || out <= 1e-6 || sun.up <= 0.0 {
            return 0.0;
        }
        let (right, along) = axes(plane);
        let dot = |v: [f64; 3]| sun.east * v[0] + sun.north * v[1] + sun.up * v[2];
        self.shadow(out, dot(right), dot(along))
    }

    /// Shares of the diffuse light that still come: from the sky and from the
    /// ground, both as even surfaces, and from the horizon.
    pub fn diffuse(&self, plane: &Plane) -> [f64; 3] {
        if !self.exists() {
            return [1.0; 3];
        }
        let (right, along) = axes(plane);
        let (mut all, mut seen) = ([0.0; 3], [0.0; 3]);
        let (rings, sectors) = (24, 48);
        for i in 0..rings {
            let out = (1.0 - (f64::from(i) + 0.5) / f64::from(rings)).sqrt();
            let side = (1.0 - out * out).sqrt();
            for j in 0..sectors {
                let turn = std::f64::consts::TAU * (f64::from(j) + 0.5) / f64::from(sectors);
                let (r, a) = (side * turn.cos(), side * turn.sin());
                let up = out * plane.up + r * right[2] + a * along[2];
                let lit = 1.0 - self.shadow(out, r, a);
                let kind = usize::from(up <= 0.0);
                all[kind] += 1.0;
                seen[kind] += lit;
                // A band of 6 degrees stands for the horizon.
                if (0.0..0.105).contains(&up) {
                    all[2] += 1.0;
                    seen[2] += lit;
                }
            }
        }
        std::array::from_fn(|k| if all[k] > 0.0 { seen[k] / all[k] } else { 1.0 })
    }
}

/// Unit vectors along the window: to the right as seen from outdoors, and up.
fn axes(plane: &Plane) -> ([f64; 3], [f64; 3]) {
    let level = plane.east.hypot(plane.north);
    // A window in a flat roof: up is north.
    let (e, n) = if level > 1e-9 {
        (plane.east / level, plane.north / level)
    } else {
        (0.0, -1.0)
    };
    // Facing the window from outdoors, right is the normal turned by 90
    // degrees counter-clockwise seen from above: south-facing, east is right.
    let right = [-n, e, 0.0];
    let along = [-e * plane.up, -n * plane.up, level.max(0.0)];
    (right, along)
}

/// Length of the union of spans within 0 to `h`.
fn union(mut spans: [(f64, f64); 3], h: f64) -> f64 {
    for s in &mut spans {
        *s = (s.0.clamp(0.0, h), s.1.clamp(0.0, h));
    }
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut end) = (0.0, 0.0_f64);
    for (a, b) in spans {
        sum += (b - a.max(end)).max(0.0);
        end = end.max(b);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn south() -> Plane {
        Plane::new(90.0, 180.0)
    }

    #[test]
    fn analytic_a_long_overhang_shades_by_the_profile_angle() {
        let shade = Shade {
            width_m: 3.0,
            height_m: 2.0,
            overhang: Part {
                depth_m: 1.0,
                gap_m: 0.5,
                beyond_m: [100.0, 100.0],
            },
            ..Shade::default()
        };
        // Sun at 45 degrees in the south: the shadow ends 1 m below the overhang.
        let at = |elevation, azimuth| shade.beam(&south(), &Sun::from_angles(elevation, azimuth));
        assert!((at(45.0, 180.0) - 0.25).abs() < 1e-9);
        // 30 degrees off: tan(profile) = tan(45)/cos(30).
        let deep = 1.0 / 30_f64.to_radians().cos();
        assert!((at(45.0, 210.0) - (deep - 0.5) / 2.0).abs() < 1e-9);
        assert_eq!(at(20.0, 180.0), 0.0);
    }

    #[test]
    fn analytic_a_short_overhang_lets_the_sun_in_from_the_side() {
        let shade = Shade {
            width_m: 2.0,
            height_m: 2.0,
            overhang: Part {
                depth_m: 1.0,
                ..Part::default()
            },
            ..Shade::default()
        };
        // Sun in the south-east at a profile of 45 degrees: light goes as far
        // sideways as down; the shadow is cut along a diagonal of 1 m.
        let elevation = (45_f64.to_radians().cos()).atan().to_degrees();
        let found = shade.beam(&south(), &Sun::from_angles(elevation, 135.0));
        assert!((found - 1.5 / 4.0).abs() < 1e-3, "{found}");
    }

    #[test]
    fn analytic_a_fin_shades_on_its_own_side_only() {
        let right = Part {
            depth_m: 0.5,
            gap_m: 0.0,
            beyond_m: [10.0, 10.0],
        };
        let shade = Shade {
            width_m: 2.0,
            height_m: 1.0,
            right,
            ..Shade::default()
        };
        // Right of a south window, seen from outdoors, is east.
        let low = |azimuth| shade.beam(&south(), &Sun::from_angles(10.0, azimuth));
        assert!((low(135.0) - 0.25).abs() < 0.03, "{}", low(135.0));
        assert_eq!(low(225.0), 0.0);
    }

    #[test]
    fn analytic_view_of_the_sky_below_an_endless_overhang() {
        // A strip right below an endless overhang of depth d: for a window of
        // height h the mean view factor to the overhang is, by crossed strings,
        // (h + d - sqrt(h^2 + d^2)) / (2 h); the sky's own is 1/2.
        let (h, d): (f64, f64) = (2.0, 1.0);
        let shade = Shade {
            width_m: 2.0,
            height_m: h,
            overhang: Part {
                depth_m: d,
                gap_m: 0.0,
                beyond_m: [1e4, 1e4],
            },
            ..Shade::default()
        };
        let lost = (h + d - h.hypot(d)) / (2.0 * h);
        let [sky, ground, _] = shade.diffuse(&south());
        assert!((sky - (1.0 - lost / 0.5)).abs() < 0.01, "{sky} {lost}");
        assert_eq!(ground, 1.0);
    }
}

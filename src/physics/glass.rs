//! Light through panes of glass: one pane by Fresnel's equations and
//! absorption, several by the reflections between them.
//!
//! A pane is given by what data sheets have: transmittance and reflectances at
//! normal incidence (EN 410, solar range). For an uncoated pane the refractive
//! index and the absorption follow from them, and with these the optics at any
//! angle, for both polarisations. A coated pane (front and back differ) keeps
//! its normal values and takes the relative course over the angle from a
//! reference glass, clear or bronze, as Finlayson et al. (1993, "Window 4.0:
//! documentation of calculation procedures", LBL-33943) do. All coefficients
//! compared with two public implementations (Radiance, Modelica Buildings): equal.
//! Several panes: the net-radiation method, exact for specular panes within one
//! polarisation-averaged beam. Plain `f64`, worked out once a window; the rows
//! read a table.

use crate::model::house::Pane;

/// Optics of a pane or a stack in one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optics {
    pub transmittance: f64,
    /// For light that comes from outdoors.
    pub front: f64,
    /// For light that comes from the room.
    pub back: f64,
}

/// Course over the cosine of the angle of incidence: transmittance over its
/// normal value, and the same with the reflectance that the angle adds, as
/// polynomials of rising power.
type Course = [[f64; 5]; 2];
const CLEAR: Course = [
    [-0.0015, 3.355, -3.840, 1.460, 0.0288],
    [0.999, -0.563, 2.043, -2.532, 1.054],
];
const BRONZE: Course = [
    [-0.002, 2.813, -2.341, -0.05725, 0.599],
    [0.997, -1.868, 6.513, -7.862, 3.225],
];
/// Coated panes of a higher transmittance go as clear glass, others as bronze.
const CLEAR_ABOVE: f64 = 0.645;

/// Reflectance of one face of glass of refractive index `n`, by polarisation.
fn fresnel(n: f64, cosine: f64) -> [f64; 2] {
    let inside = (1.0 - (1.0 - cosine * cosine) / (n * n)).max(0.0).sqrt();
    let across = (cosine - n * inside) / (cosine + n * inside);
    let along = (inside - n * cosine) / (inside + n * cosine);
    [across * across, along * along]
}

/// A plate of index `n` that lets `pass` through on the straight way, without
/// its faces: transmittance and reflectance, mean of both polarisations.
fn plate(n: f64, pass: f64, cosine: f64) -> (f64, f64) {
    let inside = (1.0 - (1.0 - cosine * cosine) / (n * n)).max(0.0).sqrt();
    let a = pass.powf(1.0 / inside);
    let (mut t, mut r) = (0.0, 0.0);
    for face in fresnel(n, cosine) {
        let through = a * (1.0 - face) * (1.0 - face) / (1.0 - face * face * a * a);
        t += 0.5 * through;
        r += 0.5 * face * (1.0 + a * through);
    }
    (t, r)
}

/// Refractive index and straight transmittance of an uncoated pane that has
/// this transmittance and reflectance at normal incidence: the inverse of
/// the optics of a plate.
pub fn uncoated(t: f64, r: f64) -> (f64, f64) {
    let beta = t * t - r * r + 2.0 * r + 1.0;
    let face = (beta - (beta * beta - 4.0 * (2.0 - r) * r).max(0.0).sqrt()) / (2.0 * (2.0 - r));
    let root = face.sqrt();
    let n = (1.0 + root) / (1.0 - root);
    let pass = if face > 0.0 {
        (r - face) / (face * t)
    } else {
        t
    };
    (n, pass.clamp(1e-6, 1.0))
}

/// One pane at an angle of incidence by its cosine, above 0.
pub fn pane_at(pane: &Pane, cosine: f64) -> Optics {
    let (t0, f0, b0) = (
        pane.transmittance,
        pane.front_reflectance,
        pane.back_reflectance,
    );
    if (f0 - b0).abs() < 1e-9 {
        let (n, pass) = uncoated(t0, f0);
        let (transmittance, r) = plate(n, pass, cosine);
        return Optics {
            transmittance,
            front: r,
            back: r,
        };
    }
    let course = if t0 > CLEAR_ABOVE { CLEAR } else { BRONZE };
    let at = |c: [f64; 5]| c.iter().rev().fold(0.0, |sum, c| sum * cosine + c);
    let [through, all] = course.map(at);
    let (through, grown) = (through.max(0.0), (all - through).max(0.0));
    let reflect = |normal: f64| normal + (1.0 - normal) * grown;
    let transmittance = t0 * through;
    // What is reflected cannot be more than what is not let through.
    Optics {
        transmittance,
        front: reflect(f0).min(1.0 - transmittance),
        back: reflect(b0).min(1.0 - transmittance),
    }
}

/// A stack of panes, the outermost first, for light from one side.
#[derive(Clone, Debug, PartialEq)]
pub struct Through {
    pub transmittance: f64,
    pub reflectance: f64,
    /// Absorbed in each pane, outermost first.
    pub absorbed: Vec<f64>,
}

/// Light of 1 W from outdoors on `panes`, outermost first.
pub fn stack(panes: &[Optics]) -> Through {
    // Reflectance of all behind each gap, from the room outwards.
    let n = panes.len();
    let mut behind = vec![0.0; n + 1];
    for k in (0..n).rev() {
        let p = panes[k];
        behind[k] = p.front
            + p.transmittance * p.transmittance * behind[k + 1] / (1.0 - p.back * behind[k + 1]);
    }
    let mut inward = 1.0;
    let mut absorbed = Vec::with_capacity(n);
    for (k, p) in panes.iter().enumerate() {
        // Beyond this pane: inward light, and what returns to its back.
        let next = inward * p.transmittance / (1.0 - p.back * behind[k + 1]);
        let returned = next * behind[k + 1];
        absorbed.push(
            inward * (1.0 - p.transmittance - p.front)
                + returned * (1.0 - p.transmittance - p.back),
        );
        inward = next;
    }
    Through {
        transmittance: inward,
        reflectance: behind[0],
        absorbed,
    }
}

/// Intervals of the table over the cosine of the angle of incidence.
const STEPS: usize = 90;
/// Points of the mean over the half-space.
const DIRECTIONS: usize = 200;

/// A glazing with its optics at all angles worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct Glass {
    /// For each cosine `i / STEPS`: transmittance, then absorbed in each pane.
    table: Vec<f64>,
    width: usize,
    /// The same for light from all directions (cosine-weighted mean).
    pub diffuse: Vec<f64>,
    /// Diffuse light from the room: what leaves, then absorbed in each pane.
    pub from_room: Vec<f64>,
}

impl Glass {
    /// Panes from outdoors to the room; never empty.
    pub fn new(panes: &[Pane]) -> Self {
        let width = panes.len() + 1;
        let at = |cosine: f64, reversed: bool| -> Vec<f64> {
            let mut optics: Vec<Optics> = panes.iter().map(|p| pane_at(p, cosine)).collect();
            if reversed {
                optics.reverse();
                for o in &mut optics {
                    (o.front, o.back) = (o.back, o.front);
                }
            }
            let mut through = stack(&optics);
            if reversed {
                through.absorbed.reverse();
            }
            let mut row = vec![through.transmittance];
            row.extend(through.absorbed);
            row
        };
        let mut table = vec![0.0; width];
        for i in 1..=STEPS {
            table.extend(at(i as f64 / STEPS as f64, false));
        }
        let mean = |reversed: bool| {
            let mut sum = vec![0.0; width];
            for i in 0..DIRECTIONS {
                // Equal steps of sin^2 have equal cosine weight.
                let cosine = (1.0 - (i as f64 + 0.5) / DIRECTIONS as f64).sqrt();
                for (s, x) in sum.iter_mut().zip(at(cosine, reversed)) {
                    *s += x / DIRECTIONS as f64;
                }
            }
            sum
        };
        Self {
            table,
            width,
            diffuse: mean(false),
            from_room: mean(true),
        }
    }

    /// Transmittance (part 0) or the share absorbed in a pane (parts 1 and
    /// up, outermost first) for a beam; between the table's rows straight.
    pub fn beam(&self, part: usize, cosine: f64) -> f64 {
        let x = cosine.clamp(0.0, 1.0) * STEPS as f64;
        let i = (x as usize).min(STEPS - 1);
        let (a, b) = (
            self.table[i * self.width + part],
            self.table[(i + 1) * self.width + part],
        );
        a + (b - a) * (x - i as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clear() -> Pane {
        Pane {
            thickness_m: 0.003_048,
            conductivity_w_per_m_k: 1.0,
            transmittance: 0.834,
            front_reflectance: 0.075,
            back_reflectance: 0.075,
            outer_emissivity: 0.84,
            inner_emissivity: 0.84,
        }
    }

    #[test]
    fn analytic_a_pane_gives_back_its_data_at_normal_incidence() {
        let o = pane_at(&clear(), 1.0);
        assert!((o.transmittance - 0.834).abs() < 1e-12, "{o:?}");
        assert!((o.front - 0.075).abs() < 1e-12);
        // A face without absorption: ((n - 1)/(n + 1))^2 twice, summed.
        let (n, pass) = uncoated(2.0 * 1.5 / (1.5 * 1.5 + 1.0), 1.0 - 3.0 / 3.25);
        assert!(
            (n - 1.5).abs() < 1e-9 && (pass - 1.0).abs() < 1e-9,
            "{n} {pass}"
        );
    }

    #[test]
    fn analytic_brewsters_angle_reflects_one_polarisation_only() {
        let n: f64 = 1.5;
        let [across, along] = fresnel(n, n.atan().cos());
        assert!(along < 1e-12 && across > 0.1, "{across} {along}");
        assert!((fresnel(n, 1.0)[0] - 0.04).abs() < 1e-12);
    }

    #[test]
    fn reference_a_coated_pane_in_a_double_glazing_by_the_angle() {
        // EnergyPlus 25.2, beam through clear glass and this pane over a year:
        // the transmittance, by the middle of classes of ten degrees.
        let coated = Pane {
            transmittance: 0.6,
            front_reflectance: 0.25,
            back_reflectance: 0.2,
            outer_emissivity: 0.05,
            ..clear()
        };
        let glass = Glass::new(&[clear(), coated]);
        let at = |angle_deg: f64| glass.beam(0, angle_deg.to_radians().cos());
        for (from_deg, theirs) in [(40.0, 0.4686), (50.0, 0.4307), (60.0, 0.3499)] {
            let (a, b) = (at(from_deg), at(from_deg + 10.0));
            assert!((b..a).contains(&theirs), "{from_deg}: {a} {b}");
            let middle = at(from_deg + 5.0);
            assert!((middle / theirs - 1.0).abs() < 0.03, "{from_deg}: {middle}");
        }
        assert!((glass.diffuse[0] / 0.4237 - 1.0).abs() < 0.01);
    }

    #[test]
    fn analytic_two_panes_add_up_their_reflections() {
        // Closed form for two equal panes: t^2/(1 - r^2), and all is accounted for.
        let o = pane_at(&clear(), 1.0);
        let s = stack(&[o, o]);
        let exact = o.transmittance.powi(2) / (1.0 - o.back * o.front);
        assert!((s.transmittance - exact).abs() < 1e-14);
        let all = s.transmittance + s.reflectance + s.absorbed.iter().sum::<f64>();
        assert!((all - 1.0).abs() < 1e-14, "{all}");
        assert!((s.transmittance - 0.6995).abs() < 2e-4, "{s:?}");
    }

    #[test]
    fn conserves_light_at_all_angles_also_with_a_coating() {
        let coated = Pane {
            transmittance: 0.6,
            front_reflectance: 0.28,
            back_reflectance: 0.2,
            inner_emissivity: 0.05,
            ..clear()
        };
        let glass = Glass::new(&[clear(), coated, clear()]);
        for i in 1..=20 {
            let cosine = f64::from(i) / 20.0;
            let parts: Vec<f64> = (0..4).map(|k| glass.beam(k, cosine)).collect();
            assert!(parts.iter().all(|p| *p >= 0.0), "{cosine}: {parts:?}");
            assert!(parts.iter().sum::<f64>() <= 1.0);
        }
        // Light passes a stack equally well both ways.
        assert!((glass.diffuse[0] - glass.from_room[0]).abs() < 1e-9);
        assert!(glass.beam(0, 0.0) == 0.0 && glass.diffuse[0] < glass.beam(0, 1.0));
    }

    #[test]
    fn analytic_the_table_is_fine_enough() {
        let glass = Glass::new(&[clear(), clear()]);
        for i in 0..200 {
            let cosine = 0.05 + 0.95 * (f64::from(i) + 0.5) / 200.0;
            let o = pane_at(&clear(), cosine);
            let exact = stack(&[o, o]);
            assert!(
                (glass.beam(0, cosine) - exact.transmittance).abs() < 1e-3,
                "{cosine}"
            );
        }
    }
}

//! Heat conduction through layers: the exact periodic response of a layered
//! wall, and its division into few slices whose response comes close to it.
//!
//! The exact response is the heat transfer matrix of EN ISO 13786. The slices
//! are nodes with half of their resistance on each side; how many a layer
//! needs follows from the response itself, so that the accuracy is known for
//! every wall and no rule of thumb is trusted.

use crate::model::construction::Layer;
use std::f64::consts::PI;

/// A slice: heat capacity in the middle of its resistance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    /// From the slice before (or the face) to this one's middle, m2 K/W.
    pub before_m2_k_per_w: f64,
    /// J/(m2 K).
    pub capacity_j_per_m2_k: f64,
}

/// A wall as slices from the first face to the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Slices {
    pub slices: Vec<Slice>,
    /// From the last slice's middle to the last face, m2 K/W.
    pub after_m2_k_per_w: f64,
}

/// Film between air and face for which responses are compared, W/(m2 K)
/// (EN ISO 6946, horizontal heat flow).
const FILM: f64 = 1.0 / 0.13;
/// The outer film likewise.
const OUTER_FILM: f64 = 25.0;
/// Periods of the comparison, s, and the error that the response of the first
/// face may have at each, as a share of the exact response.
const PERIODS: [(f64, f64); 2] = [(86_400.0, 0.01), (3.0 * 3600.0, 0.05)];
/// The last face may have so much more: little of it reaches the room.
const LAST_FACE: f64 = 2.0;
/// No wall is divided further than this.
const MOST_SLICES: usize = 24;
/// A layer with a smaller share of the wall's heat capacity gives its capacity
/// to its neighbours, unless the response asks for more.
const LIGHT: f64 = 0.02;

/// Divides layers into few slices that keep the daily admittance of the first
/// face within 1 % and the three-hourly one within 5 % (last face: twice that).
/// Sums of resistance and capacity are those of the layers. Layers without any
/// mass give no slice.
pub fn slice(layers: &[Layer]) -> Slices {
    let total: f64 = layers.iter().map(Layer::capacity).sum();
    // Widths of the slices of each layer, as shares of the layer.
    let mut widths: Vec<Vec<f64>> = layers
        .iter()
        .map(|l| {
            if l.capacity() > LIGHT * total {
                vec![1.0]
            } else {
                Vec::new()
            }
        })
        .collect();
    let exact: Vec<[Complex; 2]> = PERIODS
        .iter()
        .map(|&(period, _)| admittances(&chain(layers, 2.0 * PI / period)))
        .collect();
    loop {
        let slices = divide(layers, &widths);
        let used = slices.slices.len();
        let (worst, _) = excess(&slices, &exact);
        if used == 0 || used >= MOST_SLICES || worst <= 1.0 {
            return slices;
        }
        // Halve the slice for which it helps most.
        let mut best: Option<(f64, Vec<Vec<f64>>)> = None;
        for i in 0..layers.len() {
            if layers[i].capacity() <= 0.0 {
                continue;
            }
            for k in 0..widths[i].len().max(1) {
                let mut more = widths.clone();
                if more[i].is_empty() {
                    more[i].push(1.0);
                } else {
                    more[i][k] /= 2.0;
                    let half = more[i][k];
                    more[i].insert(k, half);
                }
                let (_, sum) = excess(&divide(layers, &more), &exact);
                if best.as_ref().is_none_or(|b| sum < b.0) {
                    best = Some((sum, more));
                }
            }
        }
        match best {
            Some((_, more)) => widths = more,
            None => return slices,
        }
    }
}

/// Relative error of the admittance of both faces at `period_s`.
pub fn errors(layers: &[Layer], slices: &Slices, period_s: f64) -> [f64; 2] {
    let omega = 2.0 * PI / period_s;
    let exact = admittances(&chain(layers, omega));
    let ours = admittances(&sliced_chain(slices, omega));
    [0, 1].map(|i| ours[i].minus(exact[i]).size() / exact[i].size())
}

/// Heat flow into a face a K of air temperature there, air at rest on the
/// other side, W/(m2 K) (magnitude), for the exact wall.
pub fn admittance_w_per_m2_k(layers: &[Layer], period_s: f64) -> f64 {
    admittances(&chain(layers, 2.0 * PI / period_s))[0].size()
}

/// Errors over their tolerances: the worst, and the sum of their squares.
fn excess(slices: &Slices, exact: &[[Complex; 2]]) -> (f64, f64) {
    let (mut worst, mut sum) = (0.0_f64, 0.0);
    for (&(period, tolerance), exact) in PERIODS.iter().zip(exact) {
        let ours = admittances(&sliced_chain(slices, 2.0 * PI / period));
        for (i, allowed) in [tolerance, tolerance * LAST_FACE].into_iter().enumerate() {
            let e = ours[i].minus(exact[i]).size() / exact[i].size() / allowed;
            worst = worst.max(e);
            sum += e * e;
        }
    }
    (worst, sum)
}

fn divide(layers: &[Layer], widths: &[Vec<f64>]) -> Slices {
    let mut slices: Vec<Slice> = Vec::new();
    let mut before = 0.0;
    // Capacity of light layers that waits for the next slice.
    let mut waiting = 0.0;
    for (layer, widths) in layers.iter().zip(widths) {
        let (r, c) = (layer.resistance(), layer.capacity());
        if widths.is_empty() {
            before += r;
            match slices.last_mut() {
                Some(last) => {
                    last.capacity_j_per_m2_k += c / 2.0;
                    waiting += c / 2.0;
                }
                None => waiting += c,
            }
        }
        for width in widths {
            slices.push(Slice {
                before_m2_k_per_w: before + r * width / 2.0,
                capacity_j_per_m2_k: c * width + waiting,
            });
            waiting = 0.0;
            before = r * width / 2.0;
        }
    }
    if let Some(last) = slices.last_mut() {
        last.capacity_j_per_m2_k += waiting;
    }
    Slices {
        slices,
        after_m2_k_per_w: before,
    }
}

/// Transfer matrix: temperature and heat flow at the first face from those at
/// the last one.
type Chain = [Complex; 4];

const IDENTITY: Chain = [ONE, ZERO, ZERO, ONE];
const ZERO: Complex = Complex(0.0, 0.0);
const ONE: Complex = Complex(1.0, 0.0);

fn times(a: &Chain, b: &Chain) -> Chain {
    let sum = |i: usize, j: usize| a[2 * i].times(b[j]).plus(a[2 * i + 1].times(b[2 + j]));
    [sum(0, 0), sum(0, 1), sum(1, 0), sum(1, 1)]
}

fn resistor(r: f64) -> Chain {
    [ONE, Complex(r, 0.0), ZERO, ONE]
}

/// Exact layers (EN ISO 13786): cosh and sinh of (1 + i) d / penetration depth.
fn chain(layers: &[Layer], omega: f64) -> Chain {
    layers.iter().fold(IDENTITY, |all, layer| {
        let (r, c) = (layer.resistance(), layer.capacity());
        if c <= 0.0 || r <= 0.0 {
            return times(&all, &resistor(r));
        }
        // (1 + i) xi with xi = sqrt(omega R C / 2), R and C of the layer.
        let xi = (omega * r * c / 2.0).sqrt();
        let cosh = Complex(xi.cosh() * xi.cos(), xi.sinh() * xi.sin());
        let sinh = Complex(xi.sinh() * xi.cos(), xi.cosh() * xi.sin());
        let wave = Complex(xi / r, xi / r);
        times(&all, &[cosh, sinh.over(wave), sinh.times(wave), cosh])
    })
}

fn sliced_chain(slices: &Slices, omega: f64) -> Chain {
    let all = slices.slices.iter().fold(IDENTITY, |all, s| {
        let capacity = [ONE, ZERO, Complex(0.0, omega * s.capacity_j_per_m2_k), ONE];
        times(&times(&all, &resistor(s.before_m2_k_per_w)), &capacity)
    });
    times(&all, &resistor(slices.after_m2_k_per_w))
}

/// Admittance of the first face with its film, the other side's air at rest
/// behind the outer film; and the same seen from the last face.
fn admittances(wall: &Chain) -> [Complex; 2] {
    let (inner, outer) = (resistor(1.0 / FILM), resistor(1.0 / OUTER_FILM));
    let from_first = times(&times(&inner, wall), &outer);
    let from_last = times(&times(&outer, wall), &inner);
    [
        from_first[3].over(from_first[1]),
        from_last[0].over(from_last[1]),
    ]
}

/// A complex number; just what the matrices need.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Complex(f64, f64);

impl Complex {
    fn plus(self, o: Self) -> Self {
        Self(self.0 + o.0, self.1 + o.1)
    }
    fn minus(self, o: Self) -> Self {
        Self(self.0 - o.0, self.1 - o.1)
    }
    fn times(self, o: Self) -> Self {
        Self(self.0 * o.0 - self.1 * o.1, self.0 * o.1 + self.1 * o.0)
    }
    fn over(self, o: Self) -> Self {
        let n = o.0 * o.0 + o.1 * o.1;
        Self(
            (self.0 * o.0 + self.1 * o.1) / n,
            (self.1 * o.0 - self.0 * o.1) / n,
        )
    }
    fn size(self) -> f64 {
        self.0.hypot(self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solid(thickness_m: f64, k: f64, density: f64, specific: f64) -> Layer {
        Layer::Solid {
            thickness_m,
            conductivity_w_per_m_k: k,
            density_kg_per_m3: density,
            specific_heat_j_per_kg_k: specific,
        }
    }

    fn walls() -> Vec<Vec<Layer>> {
        vec![
            // Light and heavy walls and a slab of the kind that test suites use.
            vec![
                solid(0.012, 0.16, 950.0, 840.0),
                solid(0.066, 0.04, 12.0, 840.0),
                solid(0.009, 0.14, 530.0, 900.0),
            ],
            vec![
                solid(0.1, 0.51, 1400.0, 1000.0),
                solid(0.0615, 0.04, 10.0, 1400.0),
                solid(0.009, 0.14, 530.0, 900.0),
            ],
            vec![solid(0.08, 1.13, 1400.0, 1000.0), Layer::Resistance(25.0)],
            vec![solid(0.36, 0.7, 1600.0, 1000.0)],
            vec![
                solid(0.1, 0.6, 1500.0, 840.0),
                Layer::Resistance(0.18),
                solid(0.1, 0.9, 1700.0, 840.0),
            ],
            vec![
                solid(0.2, 2.0, 2400.0, 1000.0),
                solid(0.5, 2.0, 1000.0, 2000.0),
            ],
        ]
    }

    #[test]
    fn sliced_walls_respond_like_the_exact_ones_and_keep_their_sums() {
        for layers in walls() {
            let s = slice(&layers);
            let day = errors(&layers, &s, 86_400.0);
            let hours = errors(&layers, &s, 10_800.0);
            assert!(day[0] <= 0.01 && day[1] <= 0.02, "{day:?} {layers:?}");
            assert!(hours[0] <= 0.05 && hours[1] <= 0.1, "{hours:?} {layers:?}");
            assert!(s.slices.len() <= 9, "{} slices: {layers:?}", s.slices.len());
            // Slow response: the same resistance and capacity.
            let r: f64 = layers.iter().map(Layer::resistance).sum();
            let c: f64 = layers.iter().map(Layer::capacity).sum();
            let ours_r =
                s.slices.iter().map(|x| x.before_m2_k_per_w).sum::<f64>() + s.after_m2_k_per_w;
            let ours_c: f64 = s.slices.iter().map(|x| x.capacity_j_per_m2_k).sum();
            assert!((r / ours_r - 1.0).abs() < 1e-13 && (c / ours_c - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn analytic_admittance_has_its_two_limits() {
        // Slow: the U-value. Fast and heavy: the film alone.
        let layers = &walls()[3];
        let u = 1.0 / (0.13 + 0.36 / 0.7 + 0.04);
        assert!((admittance_w_per_m2_k(layers, 1e10) / u - 1.0).abs() < 1e-6);
        assert!((admittance_w_per_m2_k(layers, 10.0) * 0.13 - 1.0).abs() < 0.02);
    }

    #[test]
    fn layers_without_mass_give_no_slice() {
        let s = slice(&[Layer::Resistance(2.0), Layer::Resistance(0.5)]);
        assert!(s.slices.is_empty());
        assert_eq!(s.after_m2_k_per_w, 2.5);
    }
}

//! The Sobol sequence: I. M. Sobol, USSR Computational Mathematics and
//! Mathematical Physics 7 (1967), by Gray code (Antonov and Saleev 1979), any
//! point at once. A digital shift (the same random bits xored to all points of
//! a dimension) keeps its evenness, takes away the point 0 and makes it differ
//! by seed.

use rand_pcg::{Pcg64, rand_core::Rng};

use super::joe_kuo::{DIMENSIONS, NUMBERS};

const BITS: usize = 32;

/// Most dimensions that it has.
pub const MOST: usize = DIMENSIONS;

/// The sequence in some dimensions.
#[derive(Clone, Debug)]
pub struct Sobol {
    directions: Vec<[u32; BITS]>,
    shifts: Vec<u32>,
}

impl Sobol {
    /// Its first `dimensions` (at most [`MOST`]) dimensions; `None` is the
    /// sequence without a shift.
    pub fn new(dimensions: usize, seed: Option<u64>) -> Self {
        let mut random = seed.map(|s| Pcg64::new(u128::from(s), STREAM));
        Self {
            directions: (0..dimensions.min(MOST)).map(directions).collect(),
            shifts: (0..dimensions)
                .map(|_| random.as_mut().map_or(0, |r| (r.next_u64() >> 32) as u32))
                .collect(),
        }
    }

    /// Coordinates of point `i`, each in [0, 1).
    pub fn point(&self, i: usize) -> Vec<f64> {
        let gray = i ^ (i >> 1);
        let coordinate = |(v, shift): (&[u32; BITS], &u32)| {
            let bits = v.iter().enumerate().filter(|(b, _)| gray >> b & 1 == 1);
            let x = bits.fold(*shift, |x, (_, v)| x ^ v);
            f64::from(x) / 4_294_967_296.0
        };
        self.directions
            .iter()
            .zip(&self.shifts)
            .map(coordinate)
            .collect()
    }
}

const STREAM: u128 = 0x50b0;

fn directions(dimension: usize) -> [u32; BITS] {
    let mut v = [0; BITS];
    let Some((polynomial, first)) = dimension.checked_sub(1).map(|d| NUMBERS[d]) else {
        for (b, v) in v.iter_mut().enumerate() {
            *v = 1 << (BITS - 1 - b);
        }
        return v;
    };
    let degree = first.len();
    for b in 0..BITS {
        v[b] = match first.get(b) {
            Some(m) => m << (BITS - 1 - b),
            None => {
                let start = v[b - degree] ^ (v[b - degree] >> degree);
                (1..degree)
                    .filter(|k| polynomial >> (degree - k) & 1 == 1)
                    .fold(start, |x, k| x ^ v[b - k])
            }
        };
    }
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_joe_kuo_first_points() {
        // The first ten points in three dimensions as the authors' notes print
        // them (and SciPy gives them).
        let sequence = Sobol::new(3, None);
        let points = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
            [0.1875, 0.3125, 0.9375],
            [0.6875, 0.8125, 0.4375],
        ];
        for (i, point) in points.iter().enumerate() {
            assert_eq!(sequence.point(i), point, "{i}");
        }
    }

    /// Each dimension is a (0, 1)-sequence: a point in every strip, with and
    /// without shift. A wrong direction number breaks that.
    #[test]
    fn each_dimension_has_one_point_in_every_strip() {
        for seed in [None, Some(7)] {
            let sequence = Sobol::new(MOST, seed);
            let n = 4096;
            let mut seen = vec![vec![false; n]; MOST];
            for i in 0..n {
                for (d, x) in sequence.point(i).into_iter().enumerate() {
                    seen[d][(x * n as f64) as usize] = true;
                }
            }
            assert!(seen.iter().flatten().all(|s| *s));
        }
    }

    #[test]
    fn analytic_integral_is_nearer_than_at_random() {
        // The product of 12 u (1 - u)^... : mean of prod (1 + (u_k - 0.5)) is 1.
        let sequence = Sobol::new(8, Some(1));
        let n = 1 << 12;
        let mean: f64 = (0..n)
            .map(|i| sequence.point(i).iter().map(|u| 0.5 + u).product::<f64>())
            .sum::<f64>()
            / n as f64;
        // At random its standard deviation would be about 0.015.
        assert!((mean - 1.0).abs() < 1e-3, "{mean}");
    }
}

//! Chance: numbers from 0 to 1 for a house, from (seed, name, number of the
//! house) alone. So a house is the same whatever the count, in whatever order
//! and wherever it is run, and a further parameter changes no other.
//!
//! Correlated parameters go through a Gaussian copula: normal numbers, mixed by
//! the Cholesky factor of their correlation matrix, back to numbers from 0 to 1.
//! A rank correlation r (Spearman's) is a correlation of the normal numbers of
//! 2 sin(pi r / 6) (K. Pearson, 1907; exact for the bivariate normal).

use nalgebra::{DMatrix, SymmetricEigen};

use crate::study::normal::{normal_quantile, probability};

/// 2^64 divided by the golden ratio: the increment of SplitMix64, and of the
/// sequence that spreads groups.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The mixing function of SplitMix64 (G. L. Steele, D. Lea, C. H. Flood: Fast
/// splittable pseudorandom number generators, OOPSLA 2014).
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// 64 random bits of a name in a house.
pub fn bits(seed: u64, name: &str, house: usize) -> u64 {
    // FNV-1a, 64 bits.
    let of_name = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let stream = mix(mix(seed.wrapping_add(GOLDEN)) ^ of_name);
    mix(stream.wrapping_add((house as u64 + 1).wrapping_mul(GOLDEN)))
}

/// Above 0 and below 1.
fn unit(bits: u64) -> f64 {
    ((bits >> 11) as f64 + 0.5) * (0.5_f64).powi(53)
}

/// The number of a name in a house, above 0 and below 1.
pub fn uniform(seed: u64, name: &str, house: usize) -> f64 {
    unit(bits(seed, name, house))
}

/// Where a house stands among the groups, above 0 and below 1: a sequence of
/// low discrepancy (steps of the golden ratio), so that shares are met closely
/// at any count.
pub fn place_in_groups(seed: u64, house: usize) -> f64 {
    let from = bits(seed, "heatloop groups", 0);
    unit(from.wrapping_add((house as u64).wrapping_mul(GOLDEN)))
}

/// Parameters that go together.
#[derive(Clone, Debug, Default)]
pub struct Copula {
    names: Vec<String>,
    /// Lower triangle, row by row.
    factor: Vec<Vec<f64>>,
}

/// Correlations that can't all hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Impossible {
    /// Those that contradict each other most.
    names: Vec<String>,
    least_eigenvalue: f64,
    /// All ranks times this would do, in hundredths.
    remedy: f64,
}

impl Impossible {
    pub fn message(&self) -> String {
        format!(
            "these correlations can't all hold: {} contradict each other (their matrix has the eigenvalue {:.3}, and all must be above 0)",
            self.names.join(", "),
            self.least_eigenvalue
        )
    }

    pub fn hint(&self) -> String {
        format!(
            "all of them multiplied by {:.2} would do; or state the pairs that are left out: those count as 0",
            self.remedy
        )
    }
}

impl Copula {
    /// From pairs of names with their rank correlations.
    ///
    /// # Errors
    /// A matrix that is not positive definite.
    pub fn new(pairs: &[(String, String, f64)]) -> Result<Self, Impossible> {
        let mut names: Vec<String> = Vec::new();
        for name in pairs.iter().flat_map(|(a, b, _)| [a, b]) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        let n = names.len();
        let at = |name: &String| names.iter().position(|k| k == name).unwrap_or(0);
        let matrix = |share: f64| {
            let mut matrix = DMatrix::<f64>::identity(n, n);
            for (a, b, rank) in pairs {
                let (i, j) = (at(a), at(b));
                let r = 2.0 * sine(std::f64::consts::PI * rank * share / 6.0);
                (matrix[(i, j)], matrix[(j, i)]) = (r, r);
            }
            matrix
        };
        let factor = cholesky(&matrix(1.0)).ok_or_else(|| {
            let remedy = (1..100)
                .rev()
                .map(|k| f64::from(k) / 100.0)
                .find(|&k| cholesky(&matrix(k)).is_some());
            worst(&matrix(1.0), &names, remedy.unwrap_or(0.0))
        })?;
        Ok(Self { names, factor })
    }

    /// The number of a parameter in a house, above 0 and below 1.
    pub fn uniform(&self, seed: u64, name: &str, house: usize) -> f64 {
        let Some(row) = self.names.iter().position(|n| n == name) else {
            return uniform(seed, name, house);
        };
        let mut z = 0.0;
        for (weight, name) in self.factor[row].iter().zip(&self.names) {
            z += weight * normal_quantile(uniform(seed, name, house));
        }
        probability(z).clamp(unit(0), unit(u64::MAX))
    }
}

/// The factor, or nothing where the matrix is not positive definite. Our own,
/// so that a fleet is the same on every machine.
fn cholesky(matrix: &DMatrix<f64>) -> Option<Vec<Vec<f64>>> {
    let mut factor: Vec<Vec<f64>> = Vec::new();
    for i in 0..matrix.nrows() {
        let mut row: Vec<f64> = Vec::new();
        for j in 0..i {
            let known: f64 = (0..j).map(|k| row[k] * factor[j][k]).sum();
            row.push((matrix[(i, j)] - known) / factor[j][j]);
        }
        let rest = matrix[(i, i)] - row.iter().map(|x| x * x).sum::<f64>();
        if rest < 1e-9 {
            return None;
        }
        row.push(rest.sqrt());
        factor.push(row);
    }
    Some(factor)
}

fn worst(matrix: &DMatrix<f64>, names: &[String], remedy: f64) -> Impossible {
    let eigen = SymmetricEigen::new(matrix.clone());
    let (at, least) =
        eigen
            .eigenvalues
            .iter()
            .copied()
            .enumerate()
            .fold(
                (0, f64::INFINITY),
                |best, x| if x.1 < best.1 { x } else { best },
            );
    let vector = eigen.eigenvectors.column(at);
    let largest = vector.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    Impossible {
        names: names
            .iter()
            .zip(vector.iter())
            .filter(|(_, x)| x.abs() > 0.3 * largest)
            .map(|(n, _)| format!("`{n}`"))
            .collect(),
        least_eigenvalue: least,
        remedy,
    }
}

/// Sine of a number of at most pi / 6, by its series to rounding: the platform's
/// own differs between platforms.
fn sine(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    for k in 1..12 {
        let n = f64::from(2 * k);
        term *= -x * x / (n * (n + 1.0));
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: usize = 20_000;

    fn pair(a: &str, b: &str, rank: f64) -> (String, String, f64) {
        (a.to_owned(), b.to_owned(), rank)
    }

    fn column(copula: &Copula, name: &str) -> Vec<f64> {
        (0..N).map(|h| copula.uniform(7, name, h)).collect()
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let (ma, mb) = (mean(a), mean(b));
        let sum = |x: &[f64], mx: f64, y: &[f64], my: f64| -> f64 {
            x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum()
        };
        sum(a, ma, b, mb) / (sum(a, ma, a, ma) * sum(b, mb, b, mb)).sqrt()
    }

    #[test]
    fn analytic_sine() {
        for x in [-0.52, -0.1, 0.0, 0.3, 0.52] {
            assert!((sine(x) - f64::sin(x)).abs() < 1e-16);
        }
    }

    /// Standard errors of 20 000 numbers: mean 0.002, variance 0.0005, fourth
    /// digits of correlation 0.007; four of them are allowed.
    #[test]
    fn analytic_moments_and_rank_correlations_are_reached() {
        let copula = Copula::new(&[pair("a", "b", 0.6), pair("b", "c", -0.5)]).unwrap();
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|n| column(&copula, n));
        for v in [&a, &b, &c, &d] {
            let mean = v.iter().sum::<f64>() / N as f64;
            let square = v.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / N as f64;
            assert!((mean - 0.5).abs() < 0.008, "{mean}");
            assert!((square - 1.0 / 12.0).abs() < 0.002, "{square}");
        }
        // Of numbers that are spread evenly, the correlation is that of ranks.
        assert!((correlation(&a, &b) - 0.6).abs() < 0.02);
        assert!((correlation(&b, &c) + 0.5).abs() < 0.02);
        assert!(correlation(&a, &c).abs() < 0.03);
        assert!(correlation(&a, &d).abs() < 0.03);
        let next: Vec<f64> = (0..N).map(|h| copula.uniform(8, "a", h)).collect();
        assert!(correlation(&a, &next).abs() < 0.03, "seeds part");
    }

    #[test]
    fn fails_for_correlations_that_contradict_each_other() {
        let all = [
            pair("a", "b", 0.9),
            pair("b", "c", 0.9),
            pair("a", "c", -0.9),
        ];
        let wrong = Copula::new(&all).unwrap_err();
        assert!(wrong.message().contains("`a`, `b`, `c`"), "{wrong:?}");
        // The remedy in the hint is one.
        let hint = wrong.hint();
        let k: f64 = hint.split(' ').nth(5).unwrap().parse().unwrap();
        let less = all.map(|(a, b, r)| (a, b, r * k));
        assert!(Copula::new(&less).is_ok(), "{k}");
    }

    #[test]
    fn groups_are_met_within_three_houses_at_any_count() {
        let mut first = 0;
        for house in 0..3000 {
            first += usize::from(place_in_groups(3, house) < 0.3);
            let due = 0.3 * (house + 1) as f64;
            // The distance grows like the logarithm of the count; 50 other
            // starts of the sequence gave at most 2.8.
            assert!((first as f64 - due).abs() <= 3.0, "{house}: {first}");
        }
    }
}

//! Eigenvectors of a symmetric positive semi-definite matrix by Jacobi
//! rotations (Jacobi 1846; Golub and Van Loan, Matrix Computations, 8.5).
//!
//! Slower than the QR algorithm but short, the same bits on every machine, and
//! accurate for small eigenvalues beside large ones (Demmel and Veselic 1992),
//! which the energy balance over a year lives on.

use crate::numeric::simd::{InstructionSet, Work};

/// Sweeps after which the matrix is given up; about ten are usual.
const MOST_SWEEPS: usize = 60;
/// An off-diagonal element counts as zero below this share of its diagonal.
const NEGLIGIBLE: f64 = 1e-16;

/// Columns of the returned row-major matrix are orthonormal eigenvectors of
/// the symmetric `s` (n x n), in no particular order. `s` is overwritten.
/// `None` when the rotations do not converge (non-finite input).
pub(super) fn eigenvectors(s: &mut [f64], n: usize) -> Option<Vec<f64>> {
    // Rows of `v` are the vectors while rotating: contiguous memory.
    let mut v = vec![0.0; n * n];
    for i in 0..n {
        v[i * n + i] = 1.0;
    }
    let mut copy = vec![0.0; n];
    let mut converged = n < 2;
    for _ in 0..MOST_SWEEPS {
        let mut rotations = 0;
        for p in 0..n {
            let before = rotations;
            for q in p + 1..n {
                let apq = s[p * n + q];
                let (app, aqq) = (s[p * n + p], s[q * n + q]);
                let limit = NEGLIGIBLE * (app.abs() * aqq.abs()).sqrt();
                if apq.abs() <= limit.max(f64::MIN_POSITIVE) {
                    continue;
                }
                rotations += 1;
                let theta = (aqq - app) / (2.0 * apq);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                rotate(s, &mut v, &mut copy, n, (p, q), (t, c, t * c));
            }
            if rotations > before {
                copy.copy_from_slice(&s[p * n..][..n]);
                mirror(s, &copy, p);
            }
        }
        if rotations == 0 {
            converged = true;
            break;
        }
    }
    if !converged || v.iter().any(|x| !x.is_finite()) {
        return None;
    }
    for i in 0..n {
        for j in 0..i {
            v.swap(i * n + j, j * n + i);
        }
    }
    Some(v)
}

/// One rotation of the rows and columns `p < q` by tangent, cosine, sine. Column
/// `p` is left as it was: nothing reads it before row `p` has met all others.
/// `copy` has place for a row.
fn rotate(
    s: &mut [f64],
    v: &mut [f64],
    copy: &mut [f64],
    n: usize,
    (p, q): (usize, usize),
    (t, c, sine): (f64, f64, f64),
) {
    let apq = s[p * n + q];
    let (app, aqq) = (s[p * n + p] - t * apq, s[q * n + q] + t * apq);
    // The matrix stays symmetric: rotate the rows, mirror into the columns.
    let (row_p, row_q) = two_rows(s, n, (p, q));
    turn(row_p, row_q, (c, sine));
    (row_p[p], row_p[q]) = (app, 0.0);
    (row_q[p], row_q[q]) = (0.0, aqq);
    copy.copy_from_slice(row_q);
    mirror(s, copy, q);
    let (row_p, row_q) = two_rows(v, n, (p, q));
    turn(row_p, row_q, (c, sine));
}

/// Writes a row into the column of its number.
fn mirror(matrix: &mut [f64], row: &[f64], number: usize) {
    for (to, &from) in matrix.chunks_exact_mut(row.len()).zip(row) {
        to[number] = from;
    }
}

/// Rows `p < q` of a matrix.
fn two_rows(matrix: &mut [f64], n: usize, (p, q): (usize, usize)) -> (&mut [f64], &mut [f64]) {
    let (upper, lower) = matrix.split_at_mut(q * n);
    (&mut upper[p * n..][..n], &mut lower[..n])
}

/// Turns two rows by an angle.
fn turn(p: &mut [f64], q: &mut [f64], (c, sine): (f64, f64)) {
    InstructionSet::in_use().run_plain(Turn { p, q, c, sine });
}

struct Turn<'a> {
    p: &'a mut [f64],
    q: &'a mut [f64],
    c: f64,
    sine: f64,
}

impl Work for Turn<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        for (p, q) in self.p.iter_mut().zip(self.q) {
            let (a, b) = (*p, *q);
            *p = self.c * a - self.sine * b;
            *q = self.sine * a + self.c * b;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::eigenvectors;

    #[test]
    fn analytic_chain_of_equal_masses_has_cosine_modes() {
        // Path graph: eigenvalues 2 - 2 cos(pi k / n).
        let n = 7;
        let mut s = vec![0.0; n * n];
        for i in 0..n {
            if i + 1 < n {
                s[i * n + i + 1] = -1.0;
                s[(i + 1) * n + i] = -1.0;
                s[i * n + i] += 1.0;
                s[(i + 1) * n + i + 1] += 1.0;
            }
        }
        let original = s.clone();
        let v = eigenvectors(&mut s, n).unwrap();
        let mut found: Vec<f64> = (0..n)
            .map(|m| {
                (0..n)
                    .flat_map(|i| (0..n).map(move |j| (i, j)))
                    .map(|(i, j)| v[i * n + m] * original[i * n + j] * v[j * n + m])
                    .sum()
            })
            .collect();
        found.sort_by(f64::total_cmp);
        for (k, value) in found.iter().enumerate() {
            let exact = 2.0 - 2.0 * (std::f64::consts::PI * k as f64 / n as f64).cos();
            assert!((value - exact).abs() < 1e-14, "{k}: {value} {exact}");
        }
        assert!(eigenvectors(&mut [f64::NAN; 4], 2).is_none());
    }
}

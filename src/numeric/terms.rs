//! Linear combinations of vectors of which many do not count (the sun by night):
//! only those whose factor is not 0 cost anything.
//!
//! The products are added in the order of the terms, one after the other, so the
//! sum has the same bits however many are added in one go and in whichever
//! instruction set.

use super::simd::{InstructionSet, Work};

/// The terms of a combination whose factor is not 0: which vector, times what.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    which: Vec<usize>,
    factors: Vec<f64>,
    count: usize,
}

impl Terms {
    /// Takes these terms instead of those before. What is not a number counts.
    #[inline]
    pub fn gather(&mut self, terms: impl Iterator<Item = (usize, f64)>) {
        let mut count = 0;
        for (which, factor) in terms {
            if count == self.which.len() {
                self.which.push(0);
                self.factors.push(0.0);
            }
            // Without a branch: zeros come and go.
            (self.which[count], self.factors[count]) = (which, factor);
            count += usize::from(factor != 0.0);
        }
        self.count = count;
    }

    /// Adds the combination of these vectors, which have the length of `out` and
    /// stand one after the other, to `out`.
    pub fn add(&self, vectors: &[f64], out: &mut [f64]) {
        InstructionSet::in_use().run_plain(Add {
            vectors,
            which: &self.which[..self.count],
            factors: &self.factors[..self.count],
            out,
        });
    }
}

struct Add<'a> {
    vectors: &'a [f64],
    which: &'a [usize],
    factors: &'a [f64],
    out: &'a mut [f64],
}

impl Work for Add<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        let (out, vectors) = (self.out, self.vectors);
        let n = out.len();
        let (which, factors) = (self.which.chunks_exact(4), self.factors.chunks_exact(4));
        let rest = (which.remainder(), factors.remainder());
        for (which, factors) in which.zip(factors) {
            let a = &vectors[which[0] * n..][..n];
            let b = &vectors[which[1] * n..][..n];
            let c = &vectors[which[2] * n..][..n];
            let d = &vectors[which[3] * n..][..n];
            let [ka, kb, kc, kd] = [factors[0], factors[1], factors[2], factors[3]];
            for i in 0..n {
                out[i] = (((out[i] + a[i] * ka) + b[i] * kb) + c[i] * kc) + d[i] * kd;
            }
        }
        for (&which, &factor) in rest.0.iter().zip(rest.1) {
            let vector = &vectors[which * n..][..n];
            for i in 0..n {
                out[i] += vector[i] * factor;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_the_bits_of_one_addition_after_the_other() {
        let (length, count) = (7, 11);
        let number = |i: usize| ((i * 7919 % 1009) as f64 - 500.0) / 7.3;
        let vectors: Vec<f64> = (0..length * count).map(number).collect();
        let factors: Vec<f64> = (0..count)
            .map(|u| if u % 3 == 1 { 0.0 } else { number(u + 5) / 3.0 })
            .collect();
        let mut plain = vec![0.1; length];
        for (u, &factor) in factors.iter().enumerate() {
            for (i, out) in plain.iter_mut().enumerate() {
                *out += vectors[u * length + i] * factor;
            }
        }
        let mut terms = Terms::default();
        let mut found = vec![0.1; length];
        terms.gather(factors.iter().copied().enumerate());
        terms.add(&vectors, &mut found);
        let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&found), bits(&plain));
        terms.gather([(3, f64::NAN)].into_iter());
        terms.add(&vectors, &mut found);
        assert!(found.iter().all(|x| x.is_nan()));
    }
}

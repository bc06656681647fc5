//! Matrices times vectors, in the processor's best instruction set: by rows, and
//! by columns where many of the inputs are 0 (the sun by night), which cost
//! nothing then.
//!
//! Columns are added in the order of the inputs, one after the other, so the sum
//! has the same bits however many are added in one go and in whichever
//! instruction set; so has the sum of a row, whose four strands are part of the
//! definition ([`crate::plant::modal::advance::dot`]).

use crate::numeric::simd::{InstructionSet, Work};
use crate::plant::modal::advance::multiply_add;

/// `y += A x` for a row-major matrix.
pub(super) fn add_rows(a: &[f64], x: &[f64], y: &mut [f64]) {
    InstructionSet::in_use().run_plain(Rows { a, x, y });
}

struct Rows<'a> {
    a: &'a [f64],
    x: &'a [f64],
    y: &'a mut [f64],
}

impl Work for Rows<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        multiply_add(self.a, self.x, self.y);
    }
}

/// Columns of one height, one an input.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    height: usize,
    values: Vec<f64>,
    /// Inputs that are not 0, while they are added.
    taken: Vec<(usize, f64)>,
}

impl Columns {
    /// Of columns of `height` one after the other.
    pub(super) fn new(height: usize, values: Vec<f64>) -> Self {
        Self {
            height,
            values,
            taken: Vec::new(),
        }
    }

    /// Adds the columns of these inputs, each times its value, to `out`. What is
    /// not a number goes on.
    pub(super) fn add(&mut self, inputs: impl Iterator<Item = (usize, f64)>, out: &mut [f64]) {
        self.taken.clear();
        self.taken.extend(inputs.filter(|&(_, x)| x != 0.0));
        InstructionSet::in_use().run_plain(Add {
            height: self.height,
            values: &self.values,
            taken: &self.taken,
            out,
        });
    }
}

struct Add<'a> {
    height: usize,
    values: &'a [f64],
    taken: &'a [(usize, f64)],
    out: &'a mut [f64],
}

impl Work for Add<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        let (height, values) = (self.height, self.values);
        let out = &mut self.out[..height];
        let four = self.taken.chunks_exact(4);
        let rest = four.remainder();
        for taken in four {
            let (a, ka) = times(values, height, taken[0]);
            let (b, kb) = times(values, height, taken[1]);
            let (c, kc) = times(values, height, taken[2]);
            let (d, kd) = times(values, height, taken[3]);
            for i in 0..height {
                out[i] = (((out[i] + a[i] * ka) + b[i] * kb) + c[i] * kc) + d[i] * kd;
            }
        }
        for &taken in rest {
            let (a, ka) = times(values, height, taken);
            for i in 0..height {
                out[i] += a[i] * ka;
            }
        }
    }
}

/// A column and what it is multiplied by.
#[inline(always)]
fn times(values: &[f64], height: usize, (input, x): (usize, f64)) -> (&[f64], f64) {
    (&values[input * height..][..height], x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_the_bits_of_one_addition_after_the_other() {
        let (height, inputs) = (7, 11);
        let number = |i: usize| ((i * 7919 % 1009) as f64 - 500.0) / 7.3;
        let values: Vec<f64> = (0..height * inputs).map(number).collect();
        let x: Vec<f64> = (0..inputs)
            .map(|u| if u % 3 == 1 { 0.0 } else { number(u + 5) / 3.0 })
            .collect();
        let mut plain = vec![0.1; height];
        for (u, &x) in x.iter().enumerate() {
            for (i, out) in plain.iter_mut().enumerate() {
                *out += values[u * height + i] * x;
            }
        }
        let mut columns = Columns::new(height, values);
        let mut found = vec![0.1; height];
        columns.add(x.iter().copied().enumerate(), &mut found);
        let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&found), bits(&plain));
        columns.add([(3, f64::NAN)].into_iter(), &mut found);
        assert!(found[0].is_nan());
    }
}

//! Matrices times vectors in the processor's best instruction set: column by
//! column, where many of the inputs are 0, and all in one go.
//!
//! Products are added in the order of the columns, one after the other, so a sum
//! has the same bits in each instruction set.

use std::sync::Arc;

use crate::numeric::Terms;
use crate::numeric::simd::{InstructionSet, Work};

/// Columns are padded to a multiple of so many numbers, with zeros.
const PAD: usize = 4;

/// Height of columns with their padding.
pub(super) fn padded(height: usize) -> usize {
    height.next_multiple_of(PAD)
}

/// Columns of one height, one an input. Sums over them have the [padded] height.
/// Copies read the same numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    values: Arc<[f64]>,
    terms: Terms,
}

impl Columns {
    /// Of columns one after the other.
    pub(super) fn new<C: Iterator<Item = f64>>(columns: impl Iterator<Item = C>) -> Self {
        let mut values = Vec::new();
        for column in columns {
            values.extend(column);
            values.resize(padded(values.len()), 0.0);
        }
        Self {
            values: values.into(),
            terms: Terms::default(),
        }
    }

    /// Adds the columns of these inputs, each times its value, to `out`. What is
    /// not a number goes on.
    #[inline]
    pub(super) fn add(&mut self, inputs: impl Iterator<Item = (usize, f64)>, out: &mut [f64]) {
        self.terms.gather(inputs);
        self.terms.add(&self.values, out);
    }
}

/// Whether two slices of one length differ somewhere. What is not a number
/// differs from all.
pub(super) fn differ(a: &[f64], b: &[f64]) -> bool {
    let mut differ = false;
    let found = &mut differ;
    InstructionSet::in_use().run_plain(Differ { a, b, found });
    differ
}

struct Differ<'a> {
    a: &'a [f64],
    b: &'a [f64],
    found: &'a mut bool,
}

impl Work for Differ<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        // All are looked at: that goes quicker than to stop at the first.
        let pairs = self.a.iter().zip(self.b);
        let unequal = pairs.fold(0_u64, |all, (a, b)| all | u64::from(a != b));
        *self.found = unequal != 0;
    }
}

/// `to += k from`.
pub(super) fn add_scaled(to: &mut [f64], k: f64, from: &[f64]) {
    InstructionSet::in_use().run_plain(AddScaled { to, k, from });
}

struct AddScaled<'a> {
    to: &'a mut [f64],
    k: f64,
    from: &'a [f64],
}

impl Work for AddScaled<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        for (to, from) in self.to.iter_mut().zip(self.from) {
            *to += from * self.k;
        }
    }
}

/// A matrix for products with vectors in which hardly any number is 0. Rows are
/// worked on in blocks of 32, what is left over in smaller ones. Copies read the
/// same numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Dense {
    /// Of each block of rows the columns, one after the other.
    values: Arc<[f64]>,
    height: usize,
    width: usize,
}

impl Dense {
    /// Of a height and a width; `at` gives the number of a row and a column.
    pub(super) fn new(height: usize, width: usize, at: impl Fn(usize, usize) -> f64) -> Self {
        let mut values = Vec::with_capacity(height * width);
        let mut first = 0;
        while first < height {
            let rows = first..first + block_height(height - first);
            for column in 0..width {
                values.extend(rows.clone().map(|row| at(row, column)));
            }
            first = rows.end;
        }
        Self {
            values: values.into(),
            height,
            width,
        }
    }

    /// From a row-major matrix of a width.
    pub(super) fn of_rows(matrix: &[f64], width: usize) -> Self {
        let height = matrix.len().checked_div(width).unwrap_or(0);
        Self::new(height, width, |row, column| matrix[row * width + column])
    }

    /// `y += A x`, column after column. `y` may be longer than the matrix is high.
    pub(super) fn add(&self, x: &[f64], y: &mut [f64]) {
        if self.width > 0 {
            InstructionSet::in_use().run_plain(AddDense {
                values: &self.values,
                x: &x[..self.width],
                y: &mut y[..self.height],
            });
        }
    }
}

/// Height of the next block where so many rows are left.
fn block_height(left: usize) -> usize {
    [32, 16, 8, 4]
        .into_iter()
        .find(|&height| height <= left)
        .unwrap_or(1)
}

struct AddDense<'a> {
    values: &'a [f64],
    x: &'a [f64],
    y: &'a mut [f64],
}

impl Work for AddDense<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        let (values, y) = add_blocks::<32>(self.values, self.x, self.y);
        let (values, y) = add_blocks::<16>(values, self.x, y);
        let (values, y) = add_blocks::<8>(values, self.x, y);
        let (values, y) = add_blocks::<4>(values, self.x, y);
        add_blocks::<1>(values, self.x, y);
    }
}

/// Works off as many blocks of `R` rows as `y` has; gives what is left of the
/// matrix and of `y`.
#[inline(always)]
fn add_blocks<'a, const R: usize>(
    values: &'a [f64],
    x: &[f64],
    y: &'a mut [f64],
) -> (&'a [f64], &'a mut [f64]) {
    let (blocks, rest) = y.as_chunks_mut::<R>();
    let (now, later) = values.split_at(blocks.len() * R * x.len());
    for (y, columns) in blocks.iter_mut().zip(now.chunks_exact(R * x.len())) {
        let mut sums = *y;
        for (column, &x) in columns.as_chunks::<R>().0.iter().zip(x) {
            for r in 0..R {
                sums[r] += column[r] * x;
            }
        }
        *y = sums;
    }
    (later, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_slices_differ_where_one_number_does() {
        let a: Vec<f64> = (0..9).map(f64::from).collect();
        assert!(!differ(&a, &a));
        for i in 0..a.len() {
            let mut b = a.clone();
            b[i] += 0.5;
            assert!(differ(&a, &b), "{i}");
            b[i] = f64::NAN;
            assert!(differ(&b, &b), "{i}");
        }
    }

    #[test]
    fn rows_in_blocks_have_the_bits_of_one_sum_after_the_other() {
        for (height, width) in [(1, 1), (4, 8), (6, 9), (11, 7), (71, 5), (3, 0)] {
            let number = |i: usize| ((i * 7919 % 1009) as f64 - 500.0) / 7.3;
            let matrix: Vec<f64> = (0..height * width).map(number).collect();
            let x: Vec<f64> = (0..width).map(|i| number(i + 3)).collect();
            let mut plain = vec![0.3; height + 2];
            let mut blocks = plain.clone();
            for (y, row) in plain.iter_mut().zip(matrix.chunks_exact(width.max(1))) {
                for (a, x) in row.iter().zip(&x) {
                    *y += a * x;
                }
            }
            Dense::of_rows(&matrix, width).add(&x, &mut blocks);
            let bits = |y: &[f64]| y.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&blocks), bits(&plain), "{height} x {width}");
        }
    }
}

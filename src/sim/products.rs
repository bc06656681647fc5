//! Matrices times vectors in the processor's best instruction set: by columns,
//! where many of the inputs are 0, and by rows.
//!
//! The sum of a row has the bits of [`crate::plant::modal::advance::dot`], whose
//! four strands are part of the result.

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

    /// Adds the columns from `first` on, each times its value, to `out`: where
    /// hardly any value is 0.
    #[inline]
    pub(super) fn add_from(&self, first: usize, values: &[f64], out: &mut [f64]) {
        if out.is_empty() {
            return;
        }
        InstructionSet::in_use().run_plain(AddColumns {
            columns: &self.values[first * out.len()..],
            values,
            out,
        });
    }
}

struct AddColumns<'a> {
    columns: &'a [f64],
    values: &'a [f64],
    out: &'a mut [f64],
}

impl Work for AddColumns<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        let n = self.out.len();
        let (out, _) = self.out.as_chunks_mut::<PAD>();
        let (fours, rest) = self.values.as_chunks::<4>();
        let columns = self.columns.chunks_exact(4 * n);
        for (k, columns) in fours.iter().zip(columns) {
            let (columns, _) = columns.as_chunks::<PAD>();
            let (ab, cd) = columns.split_at(2 * out.len());
            let ((a, b), (c, d)) = (ab.split_at(out.len()), cd.split_at(out.len()));
            let columns = a.iter().zip(b).zip(c.iter().zip(d));
            for (out, ((a, b), (c, d))) in out.iter_mut().zip(columns) {
                for r in 0..PAD {
                    out[r] = (((out[r] + a[r] * k[0]) + b[r] * k[1]) + c[r] * k[2]) + d[r] * k[3];
                }
            }
        }
        let columns = self.columns[4 * n * fours.len()..].chunks_exact(n);
        for (k, column) in rest.iter().zip(columns) {
            let (column, _) = column.as_chunks::<PAD>();
            for (out, column) in out.iter_mut().zip(column) {
                for r in 0..PAD {
                    out[r] += column[r] * k;
                }
            }
        }
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

/// Rows worked on at once.
const BLOCK: usize = 4;

/// A matrix of many short rows, four of them side by side. Copies read the same
/// numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// Of each block of four rows, the columns one after the other.
    values: Arc<[f64]>,
    width: usize,
}

impl Rows {
    /// From a row-major matrix of a width.
    pub(super) fn new(matrix: &[f64], width: usize) -> Self {
        let rows: Vec<&[f64]> = matrix.chunks_exact(width.max(1)).collect();
        let at = |row: usize, column: usize| rows.get(row).map_or(0.0, |r| r[column]);
        let block = |b: usize| {
            let column = move |c: usize| (0..BLOCK).map(move |r| (b * BLOCK + r, c));
            (0..width).flat_map(column)
        };
        let places = (0..rows.len().div_ceil(BLOCK)).flat_map(block);
        Self {
            values: places.map(|(row, column)| at(row, column)).collect(),
            width,
        }
    }

    /// `y += A x`.
    pub(super) fn add(&self, x: &[f64], y: &mut [f64]) {
        if self.width > 0 {
            InstructionSet::in_use().run_plain(AddBlocks {
                values: &self.values,
                x: &x[..self.width],
                y,
            });
        }
    }
}

struct AddBlocks<'a> {
    values: &'a [f64],
    x: &'a [f64],
    y: &'a mut [f64],
}

impl Work for AddBlocks<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        let size = BLOCK * self.x.len();
        for (block, y) in self.values.chunks_exact(size).zip(self.y.chunks_mut(BLOCK)) {
            let (x, columns) = (self.x.chunks_exact(4), block.chunks_exact(4 * BLOCK));
            let (x_rest, columns_rest) = (x.remainder(), columns.remainder());
            let mut strands = [[0.0; BLOCK]; 4];
            for (x, columns) in x.zip(columns) {
                for k in 0..4 {
                    for r in 0..BLOCK {
                        strands[k][r] += columns[BLOCK * k + r] * x[k];
                    }
                }
            }
            let mut rest = [0.0; BLOCK];
            for (&x, column) in x_rest.iter().zip(columns_rest.chunks_exact(BLOCK)) {
                for r in 0..BLOCK {
                    rest[r] += column[r] * x;
                }
            }
            let [a, b, c, d] = strands;
            for (r, y) in y.iter_mut().enumerate() {
                *y += ((a[r] + b[r]) + (c[r] + d[r])) + rest[r];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plant::modal::advance::multiply_add;

    #[test]
    fn columns_from_one_on_have_the_bits_of_terms() {
        for (height, count) in [(1, 1), (3, 4), (7, 9), (4, 6)] {
            let number = |i: usize| ((i * 7919 % 1009) as f64 - 500.0) / 7.3;
            let column = |u: usize| (0..height).map(move |i| number(u * height + i));
            let mut columns = Columns::new((0..count + 2).map(column));
            let values: Vec<f64> = (0..count).map(|i| number(i + 3)).collect();
            let start = vec![0.3; padded(height)];
            let (mut terms, mut plain) = (start.clone(), start);
            columns.add((2..).zip(values.iter().copied()), &mut terms);
            columns.add_from(2, &values, &mut plain);
            let bits = |y: &[f64]| y.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&terms), bits(&plain), "{height} x {count}");
        }
    }

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
    fn rows_side_by_side_have_the_bits_of_one_after_the_other() {
        for (height, width) in [(1, 1), (4, 8), (6, 9), (11, 7), (3, 0)] {
            let number = |i: usize| ((i * 7919 % 1009) as f64 - 500.0) / 7.3;
            let matrix: Vec<f64> = (0..height * width).map(number).collect();
            let x: Vec<f64> = (0..width).map(|i| number(i + 3)).collect();
            let (mut plain, mut blocks) = (vec![0.3; height], vec![0.3; height]);
            multiply_add(&matrix, &x, &mut plain);
            Rows::new(&matrix, width).add(&x, &mut blocks);
            let bits = |y: &[f64]| y.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&blocks), bits(&plain), "{height} x {width}");
        }
    }
}

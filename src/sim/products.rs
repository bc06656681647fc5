//! Matrices times vectors in the processor's best instruction set: by columns,
//! where many of the inputs are 0, and by rows.
//!
//! The sum of a row has the bits of [`crate::plant::modal::advance::dot`], whose
//! four strands are part of the result.

use std::sync::Arc;

use crate::numeric::Terms;
use crate::numeric::simd::{InstructionSet, Work};

/// Columns of one height, one an input. Copies read the same numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    values: Arc<[f64]>,
    terms: Terms,
}

impl Columns {
    /// Of columns one after the other.
    pub(super) fn new(values: Vec<f64>) -> Self {
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
        let out = self.out;
        let n = out.len();
        let (fours, rest) = self.values.as_chunks::<4>();
        let columns = self.columns.chunks_exact(4 * n);
        for ([ka, kb, kc, kd], columns) in fours.iter().zip(columns) {
            let (a, b) = columns.split_at(n);
            let (b, c) = b.split_at(n);
            let (c, d) = c.split_at(n);
            let d = &d[..n];
            for i in 0..n {
                out[i] = (((out[i] + a[i] * ka) + b[i] * kb) + c[i] * kc) + d[i] * kd;
            }
        }
        let columns = self.columns[4 * n * fours.len()..].chunks_exact(n);
        for (k, column) in rest.iter().zip(columns) {
            for i in 0..n {
                out[i] += column[i] * k;
            }
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
            let mut columns = Columns::new((0..height * (count + 2)).map(number).collect());
            let values: Vec<f64> = (0..count).map(|i| number(i + 3)).collect();
            let (mut terms, mut plain) = (vec![0.3; height], vec![0.3; height]);
            columns.add((2..).zip(values.iter().copied()), &mut terms);
            columns.add_from(2, &values, &mut plain);
            let bits = |y: &[f64]| y.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&terms), bits(&plain), "{height} x {count}");
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

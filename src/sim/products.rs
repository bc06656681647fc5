//! Matrices times vectors in the processor's best instruction set: by columns,
//! where many of the inputs are 0, and by rows.
//!
//! The sum of a row has the bits of [`crate::plant::modal::advance::dot`], whose
//! four strands are part of the result.

use crate::numeric::Terms;
use crate::numeric::simd::{InstructionSet, Work};
use crate::plant::modal::advance::multiply_add;

/// Columns of one height, one an input.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    values: Vec<f64>,
    terms: Terms,
}

impl Columns {
    /// Of columns one after the other.
    pub(super) fn new(values: Vec<f64>) -> Self {
        Self {
            values,
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

/// `y += A x` for a row-major matrix.
pub(super) fn add_rows(a: &[f64], x: &[f64], y: &mut [f64]) {
    InstructionSet::in_use().run_plain(AddRows { a, x, y });
}

struct AddRows<'a> {
    a: &'a [f64],
    x: &'a [f64],
    y: &'a mut [f64],
}

impl Work for AddRows<'_> {
    const LANES: usize = 1;

    #[inline(always)]
    fn work(self) {
        multiply_add(self.a, self.x, self.y);
    }
}

/// Rows worked on at once.
const BLOCK: usize = 4;

/// A matrix of many short rows, four of them side by side.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// Of each block of four rows, the columns one after the other.
    values: Vec<f64>,
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

    #[test]
    fn rows_side_by_side_have_the_bits_of_one_after_the_other() {
        for (height, width) in [(1, 1), (4, 8), (6, 9), (11, 7), (3, 0)] {
            let number = |i: usize| ((i * 7919 % 1009) as f64 - 500.0) / 7.3;
            let matrix: Vec<f64> = (0..height * width).map(number).collect();
            let x: Vec<f64> = (0..width).map(|i| number(i + 3)).collect();
            let (mut plain, mut blocks) = (vec![0.3; height], vec![0.3; height]);
            multiply_add(&matrix, &x, &mut plain);
            Rows::new(&matrix, width).add(&x, &mut blocks);
            let mut added = vec![0.3; height];
            add_rows(&matrix, &x, &mut added);
            let bits = |y: &[f64]| y.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&blocks), bits(&plain), "{height} x {width}");
            assert_eq!(bits(&added), bits(&plain), "{height} x {width}");
        }
    }
}

//! The step of a modal system, over the kernel's number type: exact for inputs
//! held over the step, any length, no branches, no allocation.
//!
//! For `z' = -lambda z + w` over `dt`: `z(dt) = z decay + w gain`, `integral of
//! z = z gain + w second`, with the factors of `numeric::phi`.

pub use crate::numeric::phi::{Factors, factors};
use crate::numeric::{Mask, Real};

/// Modes smaller than this are set to zero: denormals are slow.
const TINY: f64 = 1e-150;

/// A mode that has all but died is 0.
#[inline(always)]
fn settled<T: Real>(z: T) -> T {
    T::select(z.abs().lt(T::splat(TINY)), T::splat(0.0), z)
}

/// Factors of all modes for one length of time, an array a factor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lags<T> {
    pub decay: Vec<T>,
    pub gain: Vec<T>,
    pub second: Vec<T>,
}

impl<T: Real> Lags<T> {
    /// Of modes that decay at `lambda_per_s`, for a time `dt_s`.
    pub fn new(lambda_per_s: &[T], dt_s: T) -> Self {
        let none = vec![T::splat(0.0); lambda_per_s.len()];
        let mut lags = Self {
            decay: none.clone(),
            gain: none.clone(),
            second: none,
        };
        lags.remake(lambda_per_s, dt_s);
        lags
    }

    /// Remakes them for a time `dt_s`.
    #[inline(always)]
    pub fn remake(&mut self, lambda_per_s: &[T], dt_s: T) {
        let out = self.decay.iter_mut().zip(&mut self.gain);
        for ((&lambda, (decay, gain)), second) in lambda_per_s.iter().zip(out).zip(&mut self.second)
        {
            let f = factors(lambda, dt_s);
            (*decay, *gain, *second) = (f.decay, f.gain, f.second);
        }
    }

    /// The modes after that time under the forcing `w`. All slices have the
    /// same length.
    #[inline(always)]
    pub fn advance(&self, w: &[T], z: &[T], next: &mut [T]) {
        let n = next.len();
        let (decay, gain, w, z) = (&self.decay[..n], &self.gain[..n], &w[..n], &z[..n]);
        for i in 0..n {
            next[i] = settled(z[i] * decay[i] + w[i] * gain[i]);
        }
    }

    /// Both at once, in place.
    pub fn pass(&self, w: &[T], z: &mut [T], sums: &mut [T]) {
        self.integrate(w, z, sums);
        let lags = self.decay.iter().zip(&self.gain);
        for ((z, &w), (&decay, &gain)) in z.iter_mut().zip(w).zip(lags) {
            *z = settled(*z * decay + w * gain);
        }
    }

    /// Adds the integrals of the modes over that time to `sums`.
    #[inline(always)]
    pub fn integrate(&self, w: &[T], z: &[T], sums: &mut [T]) {
        let n = sums.len();
        let (gain, second, w, z) = (&self.gain[..n], &self.second[..n], &w[..n], &z[..n]);
        for i in 0..n {
            sums[i] += z[i] * gain[i] + w[i] * second[i];
        }
    }
}

/// An output `row . z` and its time derivative `dt_s` after the start, the
/// feedthrough left out: for locating crossings.
#[inline(always)]
pub fn output_at<T: Real>(lambda_per_s: &[T], row: &[T], z: &[T], w: &[T], dt_s: T) -> (T, T) {
    let (mut value, mut slope) = (T::splat(0.0), T::splat(0.0));
    for (((&lambda, &c), &z), &w) in lambda_per_s.iter().zip(row).zip(z).zip(w) {
        let f = factors(lambda, dt_s);
        value += c * (z * f.decay + w * f.gain);
        slope += c * (f.decay * (w - lambda * z));
    }
    (value, slope)
}

/// Rows of a [`Blocks`] that are summed side by side.
pub const BLOCK: usize = 4;

/// A matrix in blocks of [`BLOCK`] rows, filled up with rows of zeros: four sums
/// run side by side, for one house in one vector, for lanes in a register each.
/// The order of the additions is part of the result's bits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocks<T> {
    columns: usize,
    /// Block by block, column by column.
    values: Vec<[T; BLOCK]>,
}

impl<T: Real> Blocks<T> {
    /// From a row-major matrix of so many columns.
    pub fn new(columns: usize, row_major: &[T]) -> Self {
        let rows = row_major.len().checked_div(columns).unwrap_or(0);
        let at = |row: usize, column: usize| match row < rows {
            true => row_major[row * columns + column],
            false => T::splat(0.0),
        };
        let values = (0..rows.div_ceil(BLOCK)).flat_map(|block| {
            (0..columns).map(move |c| std::array::from_fn(|k| at(block * BLOCK + k, c)))
        });
        Self {
            columns,
            values: values.collect(),
        }
    }

    /// A matrix of zeros as large as `like`.
    pub fn zeros_like(like: &Blocks<f64>) -> Self {
        Self {
            columns: like.columns,
            values: vec![[T::splat(0.0); BLOCK]; like.values.len()],
        }
    }

    /// How many blocks it has.
    pub fn blocks(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Puts one house's matrix, as large, into lane `lane`.
    pub fn set_lane(&mut self, lane: usize, house: &Blocks<f64>) {
        let to = self.values.as_flattened_mut();
        crate::numeric::set_lane(to, lane, house.values.as_flattened());
    }

    /// `y = A x` for as many blocks as `y` has, from block `first` on. `x` has
    /// as many numbers as the matrix has columns.
    #[inline(always)]
    pub fn multiply(&self, first: usize, x: &[T], y: &mut [[T; BLOCK]]) {
        let blocks = self.values.chunks_exact(self.columns.max(1)).skip(first);
        for (block, y) in blocks.zip(y) {
            // Even and odd columns by themselves: the next sum need not wait for the last.
            let mut even = [T::splat(0.0); BLOCK];
            let mut odd = even;
            let pairs = block.chunks_exact(2).zip(x.chunks_exact(2));
            for (columns, x) in pairs {
                for k in 0..BLOCK {
                    even[k] += columns[0][k] * x[0];
                    odd[k] += columns[1][k] * x[1];
                }
            }
            if let ([column], Some(&x)) = (block.chunks_exact(2).remainder(), x.last()) {
                for k in 0..BLOCK {
                    even[k] += column[k] * x;
                }
            }
            for k in 0..BLOCK {
                y[k] = even[k] + odd[k];
            }
        }
    }
}

/// `y = A x` for a row-major matrix; as many rows as `y` is long.
#[inline(always)]
pub fn multiply<T: Real>(a: &[T], x: &[T], y: &mut [T]) {
    y.fill(T::splat(0.0));
    multiply_add(a, x, y);
}

/// `y += A x` for a row-major matrix.
#[inline(always)]
pub fn multiply_add<T: Real>(a: &[T], x: &[T], y: &mut [T]) {
    if x.is_empty() {
        return;
    }
    for (row, y) in a.chunks_exact(x.len()).zip(y) {
        *y += dot(row, x);
    }
}

/// `out += column x`; nothing where `x` is 0.
#[inline(always)]
pub fn add_scaled<T: Real>(column: &[T], x: T, out: &mut [T]) {
    let zero = T::splat(0.0);
    if (x.gt(zero) | x.lt(zero)).any() {
        for (out, &a) in out.iter_mut().zip(column) {
            *out += a * x;
        }
    }
}

/// Sum of products, in four strands that a processor works on side by side.
/// The order of the additions is part of the result's bits.
#[inline(always)]
pub fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut strands = [T::splat(0.0); 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let mut rest = T::splat(0.0);
    for (&x, &y) in a4.remainder().iter().zip(b4.remainder()) {
        rest += x * y;
    }
    for (x, y) in a4.zip(b4) {
        for k in 0..4 {
            strands[k] += x[k] * y[k];
        }
    }
    ((strands[0] + strands[1]) + (strands[2] + strands[3])) + rest
}

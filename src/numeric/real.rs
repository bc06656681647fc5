//! [`Real`]: the number that the step is written over. `f64` advances one
//! house; [`Lanes`](super::Lanes) advances several houses of one layout side by side.
//!
//! Every operation is defined lane by lane in terms of the same IEEE-754
//! operation on `f64`, in the same order, so one house gives the same bits
//! whichever type carries it. A product and a sum are rounded apart, as the compiler
//! never contracts them; [`Real::mul_add`] rounds once in every set, and is slow on
//! processors that have no instruction for it: screenings alone use it.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, BitAnd, BitOr, Div, Mul, Neg, Not, Sub, SubAssign};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::elementary;

/// The result of a comparison, one truth value a lane.
pub trait Mask:
    Copy
    + Debug
    + Send
    + Sync
    + 'static
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + Not<Output = Self>
{
    /// The same truth value in every lane.
    fn splat(value: bool) -> Self;
    /// The truth value in lane `lane` (`0..LANES`).
    fn lane(self, lane: usize) -> bool;
    /// Whether any lane is true.
    fn any(self) -> bool;
    /// Whether all lanes are true.
    fn all(self) -> bool {
        !(!self).any()
    }
}

impl Mask for bool {
    #[inline(always)]
    fn splat(value: bool) -> Self {
        value
    }
    #[inline(always)]
    fn lane(self, _lane: usize) -> bool {
        self
    }
    #[inline(always)]
    fn any(self) -> bool {
        self
    }
}

/// A number that a checkpoint can hold, bit by bit: of one house.
pub trait Stored:
    Real<Mask: Serialize + DeserializeOwned + Default> + Serialize + DeserializeOwned
{
}

impl Stored for f64 {}

/// A number of the kernel: `f64`, or several of them side by side.
///
/// `min` and `max` are `a < b ? a : b` and `a > b ? a : b`, so that they mean
/// the same for NaN and signed zero on every instruction set.
pub trait Real:
    Copy
    + Debug
    + Default
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
{
    /// What a comparison of two numbers gives.
    type Mask: Mask;
    /// How many houses one number carries.
    const LANES: usize;

    /// The same value in every lane.
    fn splat(value: f64) -> Self;
    /// The value in lane `lane` (`0..LANES`). By reference: a lane is read where it
    /// lies, without moving the others.
    fn lane(&self, lane: usize) -> f64;
    /// Sets the value in lane `lane` (`0..LANES`).
    fn set_lane(&mut self, lane: usize, value: f64);
    /// `self * factor + more`, rounded once.
    fn mul_add(self, factor: Self, more: Self) -> Self;
    /// Applies a scalar function to every lane.
    fn map(self, f: impl Fn(f64) -> f64) -> Self;

    /// The bits in which the two differ, of all lanes together: 0 where all are
    /// the same.
    fn difference(self, other: Self) -> u64;
    fn lt(self, other: Self) -> Self::Mask;
    fn le(self, other: Self) -> Self::Mask;
    #[inline(always)]
    fn gt(self, other: Self) -> Self::Mask {
        other.lt(self)
    }
    #[inline(always)]
    fn ge(self, other: Self) -> Self::Mask {
        other.le(self)
    }
    /// `yes` where `mask` holds, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::select(self.lt(other), self, other)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::select(self.gt(other), self, other)
    }
    /// Begins a turn of a loop over layers. Of lanes the compiler would do several
    /// turns at once, each lane's numbers gathered from far apart, which takes
    /// several times as long as one turn after the other; this keeps it from that.
    #[inline(always)]
    fn turn() {
        if Self::LANES > 1 {
            std::hint::black_box(());
        }
    }
    #[inline(always)]
    fn clamp(self, low: Self, high: Self) -> Self {
        self.max(low).min(high)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.max(-self)
    }
    /// 1 where `mask` holds, else 0.
    #[inline(always)]
    fn from_mask(mask: Self::Mask) -> Self {
        Self::select(mask, Self::splat(1.0), Self::splat(0.0))
    }
    /// e to the power of `self`; see [`elementary::exp`].
    #[inline(always)]
    fn exp(self) -> Self {
        self.map(elementary::exp)
    }
    /// Natural logarithm; see [`elementary::ln`].
    #[inline(always)]
    fn ln(self) -> Self {
        self.map(elementary::ln)
    }
    /// `self` to the power `exponent`, for `self` > 0; 0 for `self` <= 0.
    #[inline(always)]
    fn powf(self, exponent: Self) -> Self {
        let positive = self.gt(Self::splat(0.0));
        let base = Self::select(positive, self, Self::splat(1.0));
        Self::select(positive, (exponent * base.ln()).exp(), Self::splat(0.0))
    }
}

impl Real for f64 {
    type Mask = bool;
    const LANES: usize = 1;

    #[inline(always)]
    fn splat(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn lane(&self, _lane: usize) -> f64 {
        *self
    }
    #[inline(always)]
    fn set_lane(&mut self, _lane: usize, value: f64) {
        *self = value;
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, more: Self) -> Self {
        f64::mul_add(self, factor, more)
    }
    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        f(self)
    }
    #[inline(always)]
    fn difference(self, other: Self) -> u64 {
        self.to_bits() ^ other.to_bits()
    }
    #[inline(always)]
    fn lt(self, other: Self) -> bool {
        self < other
    }
    #[inline(always)]
    fn le(self, other: Self) -> bool {
        self <= other
    }
    #[inline(always)]
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
}

/// One number from the values of its lanes (missing lanes repeat the last).
pub fn pack<T: Real>(values: impl IntoIterator<Item = f64>) -> T {
    let mut packed = T::default();
    let (mut values, mut last) = (values.into_iter(), 0.0);
    for lane in 0..T::LANES {
        last = values.next().unwrap_or(last);
        packed.set_lane(lane, last);
    }
    packed
}

/// Puts one house's values into lane `lane`.
pub fn set_lane<T: Real>(to: &mut [T], lane: usize, values: &[f64]) {
    for (to, value) in to.iter_mut().zip(values) {
        to.set_lane(lane, *value);
    }
}

/// One house's values, of lane `lane`.
pub fn take_lane<T: Real>(from: &[T], lane: usize, values: &mut [f64]) {
    for (from, value) in from.iter().zip(values) {
        *value = from.lane(lane);
    }
}

/// Defines a struct of numbers of the kernel, with `pack`: the same struct of
/// several houses side by side.
#[macro_export]
macro_rules! lane_struct {
    ($(#[$meta:meta])* pub struct $name:ident<T> { $($(#[$field_meta:meta])* pub $field:ident: T,)* }) => {
        $(#[$meta])*
        pub struct $name<T> { $($(#[$field_meta])* pub $field: T,)* }

        impl<T: $crate::numeric::Real> $name<T> {
            /// Several houses' values side by side, a lane each.
            pub fn pack(houses: &[$name<f64>]) -> Self {
                Self { $($field: $crate::numeric::pack(houses.iter().map(|h| h.$field)),)* }
            }

            /// Whether every number has the same bits as the other's.
            #[inline(always)]
            pub fn same(&self, other: &Self) -> bool {
                let mut difference = 0;
                $(difference |= self.$field.difference(other.$field);)*
                difference == 0
            }

            /// One house's values, of lane `lane`.
            pub fn lane(&self, lane: usize) -> $name<f64> {
                $name { $($field: self.$field.lane(lane),)* }
            }

            /// Puts one house's values into lane `lane`.
            pub fn set_lane(&mut self, lane: usize, house: &$name<f64>) {
                $(self.$field.set_lane(lane, house.$field);)*
            }
        }
    };
}

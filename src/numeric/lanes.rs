//! Several houses side by side as one [`Real`].

use std::ops::{Add, AddAssign, BitAnd, BitOr, Div, Mul, Neg, Not, Sub, SubAssign};

use super::{Mask, Real};

const YES: u64 = !0;

/// All ones where `truth` holds.
#[inline(always)]
fn wide(truth: bool) -> u64 {
    if truth { YES } else { 0 }
}

macro_rules! lanewise {
    ($Lanes:ident, $Operation:ident, $method:ident, $op:tt) => {
        impl<const N: usize> $Operation for $Lanes<N> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(std::array::from_fn(|i| self.0[i] $op other.0[i]))
            }
        }
    };
}

/// A type of several houses side by side, and its mask, so aligned.
macro_rules! lanes {
    ($(#[$doc:meta])* $Lanes:ident, $Mask:ident, $align:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[repr(align($align))]
        pub struct $Lanes<const N: usize>(pub [f64; N]);

        /// `N` truth values side by side, each as wide as a number and of ones or
        /// zeros throughout: what vector comparisons give and blends take.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(align($align))]
        pub struct $Mask<const N: usize>([u64; N]);

        impl<const N: usize> Default for $Lanes<N> {
            fn default() -> Self {
                Self([0.0; N])
            }
        }

        lanewise!($Lanes, Add, add, +);
        lanewise!($Lanes, Sub, sub, -);
        lanewise!($Lanes, Mul, mul, *);
        lanewise!($Lanes, Div, div, /);

        impl<const N: usize> AddAssign for $Lanes<N> {
            #[inline(always)]
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }
        impl<const N: usize> SubAssign for $Lanes<N> {
            #[inline(always)]
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }
        impl<const N: usize> Neg for $Lanes<N> {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self(std::array::from_fn(|i| -self.0[i]))
            }
        }
        impl<const N: usize> BitAnd for $Mask<N> {
            type Output = Self;
            #[inline(always)]
            fn bitand(self, other: Self) -> Self {
                Self(std::array::from_fn(|i| self.0[i] & other.0[i]))
            }
        }
        impl<const N: usize> BitOr for $Mask<N> {
            type Output = Self;
            #[inline(always)]
            fn bitor(self, other: Self) -> Self {
                Self(std::array::from_fn(|i| self.0[i] | other.0[i]))
            }
        }
        impl<const N: usize> Not for $Mask<N> {
            type Output = Self;
            #[inline(always)]
            fn not(self) -> Self {
                Self(std::array::from_fn(|i| !self.0[i]))
            }
        }
        impl<const N: usize> Mask for $Mask<N> {
            #[inline(always)]
            fn splat(value: bool) -> Self {
                Self([wide(value); N])
            }
            #[inline(always)]
            fn lane(self, lane: usize) -> bool {
                self.0[lane] != 0
            }
            #[inline(always)]
            fn any(self) -> bool {
                self.0.iter().fold(0, |any, &x| any | x) != 0
            }
        }
        impl<const N: usize> Real for $Lanes<N> {
            type Mask = $Mask<N>;
            const LANES: usize = N;

            #[inline(always)]
            fn splat(value: f64) -> Self {
                Self([value; N])
            }
            #[inline(always)]
            fn lane(&self, lane: usize) -> f64 {
                self.0[lane]
            }
            #[inline(always)]
            fn set_lane(&mut self, lane: usize, value: f64) {
                self.0[lane] = value;
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, more: Self) -> Self {
                Self(std::array::from_fn(|i| {
                    self.0[i].mul_add(factor.0[i], more.0[i])
                }))
            }
            #[inline(always)]
            fn map(self, f: impl Fn(f64) -> f64) -> Self {
                // A loop: the compiler leaves `from_fn` of a long function as a call.
                let mut mapped = self;
                for x in &mut mapped.0 {
                    *x = f(*x);
                }
                mapped
            }
            #[inline(always)]
            fn difference(self, other: Self) -> u64 {
                let pairs = self.0.iter().zip(&other.0);
                pairs.fold(0, |all, (a, b)| all | (a.to_bits() ^ b.to_bits()))
            }
            #[inline(always)]
            fn lt(self, other: Self) -> $Mask<N> {
                $Mask(std::array::from_fn(|i| wide(self.0[i] < other.0[i])))
            }
            #[inline(always)]
            fn le(self, other: Self) -> $Mask<N> {
                $Mask(std::array::from_fn(|i| wide(self.0[i] <= other.0[i])))
            }
            #[inline(always)]
            fn select(mask: $Mask<N>, yes: Self, no: Self) -> Self {
                // By the sign bit, as vector blends do.
                Self(std::array::from_fn(|i| {
                    if (mask.0[i] as i64) < 0 {
                        yes.0[i]
                    } else {
                        no.0[i]
                    }
                }))
            }
        }
    };
}

lanes! {
    /// `N` houses side by side. Portable arrays that the compiler vectorises; for
    /// vectors of four.
    Lanes, LanesMask, 32
}
lanes! {
    /// The same, for vectors of eight: where one of these lies across two lines of the
    /// cache, reading it takes twice as long.
    Wide, WideMask, 64
}

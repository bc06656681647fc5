//! Latches with two thresholds, and the band in which a decision holds.
//!
//! A decision of the control law stays the same while every watched
//! temperature stays inside its [`Band`]; the stepping kernel ends a segment
//! where one leaves it. That is what makes the law the same at every step size.

use crate::numeric::{Mask, Real};

/// A temperature counts as having reached a threshold from this distance, K.
/// It bounds the error of located switching; sensors resolve 0.01 K at best.
pub const REACHED_K: f64 = 5e-4;

/// A threshold that is never reached, degC.
pub const NEVER_HIGH_C: f64 = 1e30;
/// A threshold that is never reached from above, degC.
pub const NEVER_LOW_C: f64 = -1e30;

/// The open interval of a watched value in which a decision holds.
#[derive(Clone, Copy, Debug)]
pub struct Band<T> {
    pub low: T,
    pub high: T,
}

impl<T: Real> Default for Band<T> {
    fn default() -> Self {
        Self {
            low: T::splat(NEVER_LOW_C),
            high: T::splat(NEVER_HIGH_C),
        }
    }
}

impl<T: Real> Band<T> {
    /// Ends the band where a rising value reaches `threshold`, where `active` holds.
    #[inline(always)]
    pub fn end_rising(&mut self, active: T::Mask, threshold: T) {
        self.high = T::select(active, self.high.min(threshold), self.high);
    }

    /// Ends the band where a falling value reaches `threshold`, where `active` holds.
    #[inline(always)]
    pub fn end_falling(&mut self, active: T::Mask, threshold: T) {
        self.low = T::select(active, self.low.max(threshold), self.low);
    }
}

/// Whether a falling value has reached `threshold`.
#[inline(always)]
pub fn fallen_to<T: Real>(value: T, threshold: T) -> T::Mask {
    value.le(threshold + T::splat(REACHED_K))
}

/// Whether a rising value has reached `threshold`.
#[inline(always)]
pub fn risen_to<T: Real>(value: T, threshold: T) -> T::Mask {
    value.ge(threshold - T::splat(REACHED_K))
}

/// Set when the value falls to `set_at`, cleared when it rises to `clear_at`
/// (`set_at < clear_at`). Narrows `band` to where the new state holds.
#[inline(always)]
pub fn latch_low<T: Real>(
    on: T::Mask,
    value: T,
    set_at: T,
    clear_at: T,
    band: &mut Band<T>,
) -> T::Mask {
    let next = fallen_to(value, set_at) | (on & !risen_to(value, clear_at));
    band.end_rising(next, clear_at);
    band.end_falling(!next, set_at);
    next
}

/// Set when the value rises to `set_at`, cleared when it falls to `clear_at`
/// (`clear_at < set_at`). Narrows `band` to where the new state holds.
#[inline(always)]
pub fn latch_high<T: Real>(
    on: T::Mask,
    value: T,
    set_at: T,
    clear_at: T,
    band: &mut Band<T>,
) -> T::Mask {
    let next = risen_to(value, set_at) | (on & !fallen_to(value, clear_at));
    band.end_falling(next, clear_at);
    band.end_rising(!next, set_at);
    next
}

/// All-false mask.
#[inline(always)]
pub fn no<T: Real>() -> T::Mask {
    T::Mask::splat(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latch_keeps_its_state_between_the_thresholds_and_names_its_band() {
        let mut on = false;
        let mut history = Vec::new();
        for t in [21.0, 20.0, 19.5, 20.0, 20.4, 20.6, 20.0] {
            let mut band = Band::<f64>::default();
            on = latch_low::<f64>(on, t, 19.7, 20.3, &mut band);
            history.push(on);
            assert!(if on {
                band.high == 20.3 && band.low == NEVER_LOW_C
            } else {
                band.low == 19.7
            });
        }
        assert_eq!(history, [false, false, true, true, false, false, false]);
    }

    #[test]
    fn thresholds_that_are_never_reached_never_set_a_latch() {
        let mut band = Band::<f64>::default();
        assert!(!latch_low::<f64>(
            false,
            -200.0,
            NEVER_LOW_C,
            NEVER_LOW_C,
            &mut band
        ));
        assert!(!latch_high::<f64>(
            false,
            500.0,
            NEVER_HIGH_C,
            NEVER_HIGH_C,
            &mut band
        ));
    }
}

//! How far a value may be from its reference.

/// A value may differ by the larger of the two: an absolute amount in its own
/// unit, and a share of the reference. Where the reference is 0, only the
/// absolute amount is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// >= 0, in the unit of the value.
    pub absolute: f64,
    /// >= 0, share of the reference's size.
    pub relative: f64,
}

impl Tolerance {
    /// The allowed difference.
    pub fn allowed(self, reference: f64) -> f64 {
        self.absolute.max(self.relative * reference.abs())
    }

    /// Whether `value` is near enough. What is no number is near only to what
    /// is no number.
    pub fn holds(self, reference: f64, value: f64) -> bool {
        if reference.is_nan() || value.is_nan() {
            return reference.is_nan() && value.is_nan();
        }
        reference == value || (value - reference).abs() <= self.allowed(reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Tolerance = Tolerance {
        absolute: 0.5,
        relative: 0.01,
    };

    #[test]
    fn the_larger_of_the_two_counts() {
        assert!(BOTH.holds(10.0, 10.5) && !BOTH.holds(10.0, 10.51));
        assert!(BOTH.holds(1000.0, 1010.0) && !BOTH.holds(1000.0, 1010.1));
    }

    #[test]
    fn at_zero_only_the_absolute_amount_is_left() {
        assert!(BOTH.holds(0.0, -0.5) && !BOTH.holds(0.0, 0.6));
        let relative = Tolerance {
            absolute: 0.0,
            relative: 0.5,
        };
        assert!(relative.holds(0.0, 0.0) && !relative.holds(0.0, 1e-9));
        assert!(relative.holds(0.0, -0.0), "a zero has no sign");
    }

    #[test]
    fn a_change_of_sign_is_measured_from_the_reference() {
        assert!(!BOTH.holds(-100.0, 100.0) && BOTH.holds(-100.0, -101.0));
        assert!(!BOTH.holds(-100.0, -101.1));
        assert!(BOTH.holds(-0.2, 0.3));
    }

    #[test]
    fn no_number_is_near_to_no_number_only() {
        let wide = Tolerance {
            absolute: f64::MAX,
            relative: 1e6,
        };
        assert!(!wide.holds(f64::NAN, 1.0) && !wide.holds(1.0, f64::NAN));
        assert!(wide.holds(f64::NAN, f64::NAN));
        assert!(BOTH.holds(f64::INFINITY, f64::INFINITY));
        assert!(!BOTH.holds(1.0, f64::INFINITY));
    }
}

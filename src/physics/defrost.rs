//! What frost on the outdoor coil costs, from outdoor temperature and
//! humidity, for maps that hold dry figures.
//!
//! Frost needs a coil below 0 degC (so air below about 7 degC, the coil being
//! several kelvin colder) and moisture in the air. The loss is largest a
//! little above 0 degC: warmer coils stay free, colder air holds little water.
//! EN 14511's figures at A2 and A-7 are measured over whole cycles with
//! defrosting (EN 14511-3), and EN 14825 uses them, so a map of certified
//! points has it in already ([`Defrost::InMap`]).
//!
//! Not a frost-growth model: it gives the mean loss, not the cycles.

use crate::model::heat_pump::Defrost;
use crate::numeric::Real;

/// Outdoor temperatures between which frost grows, and where most, degC. The
/// shape (a smooth bell) is this project's choice; the region is the one that
/// EN 14511-3's defrosting tests and field studies cover.
const COLDEST_C: f64 = -12.0;
const WORST_C: f64 = 2.0;
const WARMEST_C: f64 = 7.0;
/// Relative humidity below which no frost is assumed to grow.
const DRY: f64 = 0.5;

/// How much frost counts, 0 (none) to 1 (2 degC and saturated air), at an
/// outdoor temperature, degC, and a relative humidity, 0 to 1.
#[inline(always)]
pub fn frosting<T: Real>(outdoor_c: T, relative_humidity: T) -> T {
    let one = T::splat(1.0);
    let away = outdoor_c - T::splat(WORST_C);
    let width = T::select(
        away.lt(T::splat(0.0)),
        T::splat(COLDEST_C - WORST_C),
        T::splat(WARMEST_C - WORST_C),
    );
    let x = (away / width).min(one);
    let bell = (one - x * x) * (one - x * x);
    let moist = ((relative_humidity - T::splat(DRY)) * T::splat(1.0 / (1.0 - DRY)))
        .clamp(T::splat(0.0), one);
    bell * moist
}

/// Factors on capacity and COP (0 to 1] at full frosting of the given shares.
#[inline(always)]
pub fn derate<T: Real>(
    outdoor_c: T,
    relative_humidity: T,
    capacity_share: T,
    cop_share: T,
) -> (T, T) {
    let one = T::splat(1.0);
    let frost = frosting(outdoor_c, relative_humidity);
    (one - capacity_share * frost, one - cop_share * frost)
}

impl Defrost {
    /// Factors on capacity and COP.
    pub fn factors(&self, outdoor_c: f64, relative_humidity: f64) -> (f64, f64) {
        match *self {
            Self::InMap => (1.0, 1.0),
            Self::Derate { capacity, cop } => derate(outdoor_c, relative_humidity, capacity, cop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::Lanes;

    #[test]
    fn frost_is_worst_at_two_degrees_and_ends_where_coils_stay_free() {
        assert_eq!(frosting(2.0, 1.0), 1.0);
        assert_eq!(frosting(7.0, 1.0), 0.0);
        assert_eq!(frosting(30.0, 1.0), 0.0);
        assert_eq!(frosting(-12.0, 1.0), 0.0);
        assert_eq!(frosting(-40.0, 1.0), 0.0);
        assert_eq!(frosting(2.0, 0.5), 0.0);
        assert!(frosting(0.0, 0.9) > frosting(-7.0, 0.9));
        let loss = Defrost::Derate {
            capacity: 0.1,
            cop: 0.15,
        };
        let (capacity, cop) = loss.factors(2.0, 1.0);
        assert!((capacity - 0.9).abs() < 1e-12 && (cop - 0.85).abs() < 1e-12);
        assert_eq!(Defrost::InMap.factors(2.0, 1.0), (1.0, 1.0));
    }

    #[test]
    fn lanes_give_the_bits_of_one_house() {
        let outdoor = Lanes([-13.0, -4.2, 2.7, 9.0]);
        let humid = Lanes([0.97, 0.83, 0.71, 0.4]);
        let wide = frosting(outdoor, humid);
        for lane in 0..4 {
            let one = frosting(outdoor.0[lane], humid.0[lane]);
            assert_eq!(wide.0[lane].to_bits(), one.to_bits());
        }
    }
}

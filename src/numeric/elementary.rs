//! `exp` and `ln` as fixed sequences of IEEE-754 operations. The platform's
//! own differ in the last bit between systems; these give the same bits
//! everywhere, and have no branch, so lanes vectorise.

/// e to the power `x`, to about 2 units in the last place for -700 <= x <= 700;
/// the argument is limited to that range. NaN gives NaN.
///
/// Range reduction x = k ln 2 + r with |r| <= ln 2 / 2, then the Taylor
/// polynomial of degree 13 (remainder below 1e-17 relative).
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    const LN2_HI: f64 = 6.931_471_803_691_238e-1;
    const LN2_LO: f64 = 1.908_214_929_270_587_7e-10;
    // Adding and subtracting 1.5 * 2^52 rounds to the nearest integer.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let x = if x < -700.0 { -700.0 } else { x };
    let x = if x > 700.0 { 700.0 } else { x };
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (x - k * LN2_HI) - k * LN2_LO;
    let mut p = 1.0 / 6_227_020_800.0;
    for c in [
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        p = p * r + c;
    }
    // The low mantissa bits of `shifted` hold k; move it into the exponent.
    let scale = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52));
    p * scale
}

/// Natural logarithm of `x` for normal x > 0, to about 2 units in the last
/// place; NaN for x <= 0 or NaN.
///
/// x = 2^k m with m in [sqrt(1/2), sqrt(2)), then ln m = 2 atanh((m-1)/(m+1))
/// by its odd series to degree 23.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    const LN2_HI: f64 = 6.931_471_803_691_238e-1;
    const LN2_LO: f64 = 1.908_214_929_270_587_7e-10;
    let bits = x.to_bits();
    // Offset so that the exponent steps at sqrt(2) instead of 2.
    let shifted = bits.wrapping_sub(0x3fe6_a09e_667f_3bcd);
    let k = (shifted as i64) >> 52;
    let m = f64::from_bits(bits.wrapping_sub((k as u64) << 52));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let mut p = 1.0 / 23.0;
    for c in [
        1.0 / 21.0,
        1.0 / 19.0,
        1.0 / 17.0,
        1.0 / 15.0,
        1.0 / 13.0,
        1.0 / 11.0,
        1.0 / 9.0,
        1.0 / 7.0,
        1.0 / 5.0,
        1.0 / 3.0,
    ] {
        p = p * z + c;
    }
    let k = k as f64;
    let value = k * LN2_HI + (2.0 * s + (2.0 * s * z * p + k * LN2_LO));
    if x > 0.0 { value } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_exp_and_ln_agree_with_the_standard_library() {
        let mut x = -60.0;
        while x < 60.0 {
            let (ours, std) = (exp(x), f64::exp(x));
            assert!((ours / std - 1.0).abs() < 1e-15, "exp({x}): {ours} {std}");
            let y = f64::exp(x * 0.3);
            let (ours, std) = (ln(y), y.ln());
            assert!(
                (ours - std).abs() <= 1e-15 * std.abs().max(1.0),
                "ln({y}): {ours} {std}"
            );
            x += 0.000_913;
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(ln(1.0), 0.0);
        assert!(ln(0.0).is_nan() && ln(-1.0).is_nan() && exp(f64::NAN).is_nan());
        assert!(exp(-1e9) < 1e-300);
    }
}

//! From settings in force and a target to the thresholds of a room.

use super::BoundsConvention;
use super::effective::Effective;

/// Control widens a narrower band to this, K, around its middle.
pub const NARROWEST_CONTROL_BAND_K: f64 = 0.4;
/// Largest hysteresis at a bound, K.
const LARGEST_HYSTERESIS_K: f64 = 0.3;

/// The thresholds of one room at one time, degC (`h_k` in K).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Bounds {
    /// T*, clipped into the band where the convention is absolute.
    pub target_c: f64,
    /// Whether it had to be clipped.
    pub clipped: bool,
    /// L and U: the comfort band that metrics use.
    pub lower_c: f64,
    pub upper_c: f64,
    /// L and U as control uses them: at least 0.4 K apart.
    pub control_lower_c: f64,
    pub control_upper_c: f64,
    /// Tc* = max(T*, preferred).
    pub cool_target_c: f64,
    /// Uc: Tc* + upper offset, or U where the convention is absolute.
    pub cool_upper_c: f64,
    /// Uc as control uses it: raised like U where the band is narrow.
    pub control_cool_upper_c: f64,
    /// h = min(0.3 K, (U - L)/4), of the control band.
    pub h_k: f64,
}

/// The bounds of a room whose target is `target_c` (scheduled or preferred,
/// without the room's offset) and which declares `room_offset_k` to it.
///
/// With offsets the band moves with the target and the room's offset; an
/// absolute band stands still, and the room's target is clipped into it.
pub fn resolve_bounds(settings: &Effective, target_c: f64, room_offset_k: f64) -> Bounds {
    let wanted_c = target_c + room_offset_k;
    let preferred_c = settings.preferred_c + room_offset_k;
    let (target_c, cool_target_c, lower_c, upper_c, cool_upper_c) = match settings.convention {
        BoundsConvention::Offsets => {
            let cool_target_c = wanted_c.max(preferred_c);
            (
                wanted_c,
                cool_target_c,
                wanted_c - settings.room_lower,
                wanted_c + settings.room_upper,
                cool_target_c + settings.room_upper,
            )
        }
        BoundsConvention::Absolute => {
            let (lower_c, upper_c) = (settings.room_lower, settings.room_upper);
            let into_band = |t: f64| t.max(lower_c).min(upper_c);
            let target_c = into_band(wanted_c);
            let cool_target_c = target_c.max(into_band(preferred_c));
            (target_c, cool_target_c, lower_c, upper_c, upper_c)
        }
    };
    let narrow = upper_c - lower_c < NARROWEST_CONTROL_BAND_K;
    let (control_lower_c, control_upper_c) = if narrow {
        let middle_c = 0.5 * (lower_c + upper_c);
        let half_k = 0.5 * NARROWEST_CONTROL_BAND_K;
        (middle_c - half_k, middle_c + half_k)
    } else {
        (lower_c, upper_c)
    };
    Bounds {
        target_c,
        clipped: target_c != wanted_c,
        lower_c,
        upper_c,
        control_lower_c,
        control_upper_c,
        cool_target_c,
        cool_upper_c,
        control_cool_upper_c: cool_upper_c + (control_upper_c - upper_c),
        h_k: LARGEST_HYSTERESIS_K.min(0.25 * (control_upper_c - control_lower_c)),
    }
}

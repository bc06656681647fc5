//! Heat from the heat pump into the tank: through a coil, or by passing the
//! tank's own water. And the other way round: which temperature the charging
//! water meets, so that the heat pump knows its flow temperature.
//!
//! Coil: each layer takes heat in proportion to its share of the coil and to
//! the water's temperature above the layer's (implicit in time, so that no
//! layer ends warmer than the water); layers warmer than the water take none.
//! Direct: the water between outlet and inlet moves down as a plug, and what
//! left returns warmer.

use super::{ChargePath, TankParams, TankScratch, plug_flow};
use crate::numeric::{Mask, Real};

/// What the charging water meets in the tank.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChargeSide<T> {
    /// Mean temperature of the tank side over the time asked for, degC.
    pub temperature_c: T,
    /// Coil: UA of the part that takes heat, W/K. Direct: heat capacity rate
    /// of the flow, W/K. Flow temperature = `temperature_c` + heat /
    /// `w_per_k` (coil: the mean of flow and return, direct: the flow itself).
    pub w_per_k: T,
}

/// The tank as the charging water meets it over the next `dt_s`, while about
/// `about_w` (>= 0) are charged. Exact for a small `dt_s` at that power; linear
/// around it.
#[inline(always)]
pub fn charge_side<T: Real>(p: &TankParams<T>, layers: &[T], about_w: T, dt_s: T) -> ChargeSide<T> {
    match &p.charge {
        ChargePath::Coil { from, ua_w_per_k } => {
            let level = half_way_level(p, &layers[*from..], about_w * dt_s);
            let at = |k: usize| layers[from + k].max(level);
            let (mut sum_ua, mut sum_uat) = (T::splat(0.0), T::splat(0.0));
            let (mut best_ua, mut best_uat) = (T::splat(0.0), T::splat(0.0));
            let mut lowest = T::splat(1e300);
            for (k, &ua) in ua_w_per_k.iter().enumerate() {
                T::turn();
                sum_ua += ua;
                sum_uat += ua * at(k);
                let water = (about_w + sum_uat) / sum_ua;
                let lower = water.lt(lowest);
                lowest = T::select(lower, water, lowest);
                best_ua = T::select(lower, sum_ua, best_ua);
                best_uat = T::select(lower, sum_uat, best_uat);
            }
            ChargeSide {
                temperature_c: best_uat / best_ua,
                w_per_k: best_ua,
            }
        }
        ChargePath::Direct {
            outlet,
            inlet,
            flow_w_per_k,
            ..
        } => {
            // Mean of the water that passes the outlet; round again once all has passed.
            let region = &layers[*outlet..=*inlet];
            let moved = *flow_w_per_k * dt_s / p.layer_j_per_k;
            let mut left = moved.max(T::splat(1e-9));
            let all = left;
            let mut sum = T::splat(0.0);
            let mut region_sum = T::splat(0.0);
            for &t in region {
                let part = left.min(T::splat(1.0));
                sum += part * t;
                left -= part;
                region_sum += t;
            }
            let again = region_sum * T::splat(1.0 / region.len() as f64)
                + about_w * dt_s * T::splat(0.5)
                    / (p.layer_j_per_k * T::splat(region.len() as f64));
            ChargeSide {
                temperature_c: (sum + left * again) / all,
                w_per_k: *flow_w_per_k,
            }
        }
    }
}

/// Temperature to which half of `heat_j` lifts the lowest of `layers` (bottom
/// first, rising) when it fills them from the coldest up.
#[inline(always)]
fn half_way_level<T: Real>(p: &TankParams<T>, layers: &[T], heat_j: T) -> T {
    let mut sum = heat_j * T::splat(0.5) / p.layer_j_per_k;
    let mut level = T::splat(1e300);
    for (k, &t) in layers.iter().enumerate() {
        T::turn();
        sum += t;
        level = level.min(sum * T::splat(1.0 / (k + 1) as f64));
    }
    level
}

/// Puts `charge_w` (mean over `dt_s`, >= 0) into the layers; `dt_s` is one part
/// of the step ([`ChargePath::parts`]). Inversions that
/// arise are left to `buoyancy`.
#[inline(always)]
pub(super) fn charge<T: Real>(
    p: &TankParams<T>,
    layers: &mut [T],
    charge_w: T,
    dt_s: T,
    scratch: &mut TankScratch<T>,
) {
    let zero = T::splat(0.0);
    let charging = charge_w.gt(zero);
    if !charging.any() {
        return;
    }
    match &p.charge {
        ChargePath::Coil { from, ua_w_per_k } => {
            let per_c = dt_s / p.layer_j_per_k;
            scratch.heat_for(ua_w_per_k, per_c);
            // Water level: the lowest temperature at which the layers below it take all the heat.
            let (mut sum_g, mut sum_gt) = (zero, charge_w);
            let mut water = T::splat(1e300);
            for k in 0..ua_w_per_k.len() {
                T::turn();
                let g = scratch.coil_w_per_k[k];
                sum_g += g;
                sum_gt += g * layers[from + k];
                water = water.min(sum_gt / sum_g);
            }
            // What rounding or a tolerated inversion leaves over goes to the lowest layer.
            let mut left = charge_w;
            for k in (0..ua_w_per_k.len()).rev() {
                T::turn();
                let wish = scratch.coil_w_per_k[k] * (water - layers[from + k]).max(zero);
                let heat = if k == 0 { left } else { wish };
                left -= heat;
                layers[from + k] += T::select(charging, heat * per_c, zero);
            }
        }
        ChargePath::Direct {
            outlet,
            inlet,
            flow_w_per_k,
            ..
        } => {
            let n = inlet - outlet + 1;
            let moved = *flow_w_per_k * dt_s / p.layer_j_per_k;
            let lift_k = charge_w / *flow_w_per_k;
            let whole = moved.map(f64::floor).min(T::splat(n as f64));
            let rest = (moved - whole).min(T::splat(1.0));
            // Upside down, so that the plug moves "up" and out at the outlet.
            for k in 0..n {
                T::turn();
                scratch.a[k] = layers[inlet - k];
            }
            let (water, slopes) = (&mut scratch.a[..n], &mut scratch.b[..n]);
            plug_flow::slopes(water, water[0], slopes);
            let mut left = moved;
            let mut sum = zero;
            for k in (0..n).rev() {
                T::turn();
                let part = left.min(T::splat(1.0));
                sum += part * plug_flow::upper_part_c(water[k], slopes[k], part);
                left -= part;
            }
            let back_c = sum / moved + lift_k;
            plug_flow::move_up(water, slopes, whole, rest, back_c);
            for k in 0..n {
                T::turn();
                layers[inlet - k] = T::select(charging, scratch.a[k], layers[inlet - k]);
            }
        }
    }
}

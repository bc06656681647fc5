//! Heat at a commanded electrical power.

use crate::numeric::Real;
use crate::physics::heat_pump::PartLoad;

/// Heat, W, of a unit that draws `power_w` at the segment's temperatures: the
/// load at which its electricity is that share of full-load electricity, 0 to
/// full load. `cost` is electricity per heat at full load, W/W.
#[inline(always)]
pub(super) fn heat_at<T: Real>(power_w: T, capacity_w: T, cost: T, part_load: &PartLoad<T>) -> T {
    let full_w = (capacity_w * cost).max(T::splat(1e-9));
    let share = (power_w / full_w).clamp(T::splat(0.0), T::splat(1.0));
    capacity_w * part_load.load_at(share)
}

//! The step allocates nothing: neither for one house nor for lanes.

#[path = "../benches/fleet/r3l4.rs"]
#[allow(dead_code)] // the bench uses more of it
mod r3l4;

use heatloop::numeric::Lanes;
use heatloop::numeric::simd::InstructionSet;
use heatloop::sim::kernel::{Row, Steps, Sums};

/// Allocations in two days of rows with heating, charges and draws.
fn allocations<T: Steps>() -> u64 {
    let (plant, mut state, outdoor, _) = r3l4::block::<T>(0);
    let mut sums = Sums::new(r3l4::ROOMS, outdoor.len(), 2 * r3l4::ROOMS);
    let rooms = [r3l4::room_setpoints::<T>(); r3l4::ROOMS];
    let device = r3l4::device_setpoints::<T>();
    let base = [T::splat(0.0); 3 * r3l4::ROOMS];
    let far = [T::splat(1e30); r3l4::ROOMS];
    let map = r3l4::splat(&r3l4::map().slice(2.0));
    let forcing: Vec<T> = outdoor.iter().map(|&b| b * T::splat(2.0)).collect();
    let counted = allocation_counter::measure(|| {
        for row in 0..576 {
            let row = Row {
                duration_s: T::splat(300.0),
                state: 0,
                forcing: &forcing,
                base_output: &base,
                rooms: &rooms,
                device: &device,
                heating: &map,
                cooling: &map,
                draw_l_per_s: T::splat(if row % 50 == 0 { 0.15 } else { 0.0 }),
                mains_c: T::splat(10.0),
                ideal_heat_c: &far,
                ideal_cool_c: &far,
            };
            T::step(InstructionSet::best(), &plant, &row, &mut state, &mut sums);
        }
    });
    let starts = state.memory.source.starts.lane(0);
    assert!(starts > 2.0, "the heat pump started {starts} times");
    assert!(sums.drawn_j.lane(0) > 0.0 && sums.tank_j.lane(0) > 0.0);
    counted.count_total
}

#[test]
fn the_step_allocates_nothing() {
    assert_eq!(allocations::<f64>(), 0);
    if InstructionSet::best().has_lanes() {
        assert_eq!(allocations::<Lanes<4>>(), 0);
    }
}

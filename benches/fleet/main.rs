//! What the batch kernel costs: ratios in one run, against the plain program
//! that anyone would write first. `cargo bench --bench fleet`;
//! `cargo bench --bench fleet -- count scalar 3000` does nothing but so many
//! rows of one variant, for a counter of instructions (benches/instructions.sh).
//!
//! A house-step is one row of 300 s of one house, R3L4: three rooms of two
//! nodes with an emitter each, a tank of four layers, a heat pump. Times are of
//! one core, the best of several tries; they vary by 15 % between binaries.

#![allow(clippy::print_stdout)] // printing is what a bench is for

mod r3l4;
mod reference;
mod years;

use std::hint::black_box;
use std::time::Instant;

use heatloop::numeric::Lanes;
use heatloop::numeric::simd::InstructionSet;
use heatloop::physics::heat_pump::FlowCurve;
use heatloop::plant::Plant;
use heatloop::sim::kernel::{Row, State, Steps, Sums};

/// Rows of a day, after which the inputs repeat.
const DAY: usize = 288;
const STEP_S: f64 = 300.0;
const MODES: usize = 9;
const TRIES: usize = 5;

/// A winter day outdoors, degC, and gains in each room, W.
fn outdoors(row: usize) -> (f64, f64) {
    let phase = row as f64 / DAY as f64 * std::f64::consts::TAU;
    let sun = (phase - 1.0).sin().max(0.0);
    (2.0 + 6.0 * phase.sin(), 100.0 + 300.0 * sun)
}

/// A block of houses with the inputs of a day.
struct Walk<T: Steps> {
    plant: Plant<T>,
    state: State<T>,
    sums: Sums<T>,
    outdoor: Vec<T>,
    gains: Vec<T>,
    forcing: Vec<T>,
    maps: Vec<FlowCurve<T>>,
}

impl<T: Steps> Walk<T> {
    fn new() -> Self {
        let (plant, state, outdoor, gains) = r3l4::block(0);
        let map = r3l4::map();
        Self {
            sums: Sums::new(r3l4::ROOMS, MODES, 2 * r3l4::ROOMS),
            plant,
            state,
            outdoor,
            gains,
            forcing: vec![T::splat(0.0); MODES],
            maps: (0..DAY)
                .map(|row| r3l4::splat(&map.slice(outdoors(row).0)))
                .collect(),
        }
    }

    fn rows(&mut self, set: InstructionSet, rows: usize, draws: bool) {
        let room = [r3l4::room_setpoints::<T>(); r3l4::ROOMS];
        let mut device = r3l4::device_setpoints::<T>();
        let base = [T::splat(0.0); 3 * r3l4::ROOMS];
        let far = [T::splat(1e30); r3l4::ROOMS];
        for row in (0..DAY).cycle().take(rows) {
            let (outdoor_c, gains_w) = outdoors(row);
            let (c, w) = (T::splat(outdoor_c), T::splat(gains_w));
            for m in 0..MODES {
                self.forcing[m] = self.outdoor[m] * c + self.gains[m] * w;
            }
            device.flow_heating = T::splat(38.0 - 0.6 * outdoor_c);
            let tap = draws && (row + 60).is_multiple_of(144);
            let inputs = Row {
                duration_s: T::splat(STEP_S),
                state: 0,
                forcing: &self.forcing,
                base_output: &base,
                rooms: &room,
                device: &device,
                heating: &self.maps[row],
                cooling: &self.maps[row],
                draw_l_per_s: T::splat(if tap { 0.15 } else { 0.0 }),
                mains_c: T::splat(10.0),
                ideal_heat_c: &far,
                ideal_cool_c: &far,
            };
            T::step(set, &self.plant, &inputs, &mut self.state, &mut self.sums);
        }
        black_box(&self.state);
    }

    /// Segments a house-step, mean of the lanes.
    fn segments(&self, rows: usize) -> f64 {
        let all: f64 = (0..T::LANES).map(|l| self.sums.segments.lane(l)).sum();
        all / (rows * T::LANES) as f64
    }
}

/// ns a house-step: the best of some tries.
fn best(houses: usize, rows: usize, mut run: impl FnMut(usize)) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..TRIES {
        let start = Instant::now();
        run(rows);
        least = least.min(start.elapsed().as_nanos() as f64 / (rows * houses) as f64);
    }
    least
}

fn line(name: &str, ns: f64, against: f64) {
    println!("{name:<58} {ns:>9.1} {:>9.2}", against / ns);
}

fn all() {
    let rows = 20 * DAY;
    let avx2 = InstructionSet::best();
    println!(
        "{:<58} {:>9} {:>9}",
        "ns a house-step, one core", "ns", "times"
    );
    let mut plain = reference::Houses::new(256);
    let reference_ns = best(256, DAY, |rows| plain.run(rows));
    black_box(&plain);
    line(
        "plain program: a struct a house, nalgebra, branches",
        reference_ns,
        reference_ns,
    );

    let mut one = Walk::<f64>::new();
    let one_ns = best(1, rows, |rows| one.rows(avx2, rows, true));
    let name = format!("kernel, one house at a time, {}", avx2.name());
    line(&name, one_ns, reference_ns);
    if !avx2.has_lanes() {
        println!("this processor has no lanes");
        return;
    }
    let mut wide = Walk::<Lanes<4>>::new();
    let wide_ns = best(4, rows, |rows| wide.rows(avx2, rows, true));
    line(
        &format!("kernel, lanes of 4, {}", avx2.name()),
        wide_ns,
        reference_ns,
    );
    let mut dry = Walk::<Lanes<4>>::new();
    let dry_ns = best(4, rows, |rows| dry.rows(avx2, rows, false));
    line("  the same, nobody draws", dry_ns, reference_ns);
    println!(
        "lanes against one house at a time: {:.2} times",
        one_ns / wide_ns
    );
    println!(
        "segments a house-step: {:.2} alone, {:.2} in lanes",
        one.segments(rows * TRIES),
        wide.segments(rows * TRIES)
    );

    println!("\nhouse-steps     ms  (lanes; linear where the last column stays)");
    for blocks in [1_usize, 10, 100] {
        let mut all: Vec<Walk<Lanes<4>>> = (0..blocks).map(|_| Walk::new()).collect();
        for rows in [250, 2500] {
            let start = Instant::now();
            all.iter_mut().for_each(|w| w.rows(avx2, rows, true));
            let ms = start.elapsed().as_secs_f64() * 1e3;
            let steps = blocks * rows * 4;
            println!("{steps:>11} {ms:>6.1} {:>8.1} ns", ms * 1e6 / steps as f64);
        }
    }
}

/// Rows of one variant and nothing else.
fn count(variant: &str, rows: usize) {
    match variant {
        "scalar" => Walk::<f64>::new().rows(InstructionSet::best(), rows, true),
        "baseline" => Walk::<f64>::new().rows(InstructionSet::Baseline, rows, true),
        _ if InstructionSet::best().has_lanes() => {
            Walk::<Lanes<4>>::new().rows(InstructionSet::best(), rows, true);
        }
        _ => println!("this processor has no lanes"),
    }
}

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    match words.as_slice() {
        [word, variant, rows] if word == "count" => count(variant, rows.parse().unwrap_or(DAY)),
        [word] if word == "years" => years::all(),
        _ => {
            all();
            years::all();
        }
    }
}

//! What many houses cost: the batch kernel against the plain program that anyone
//! would write first, the price of features, and how cost grows. Ratios, in one run:
//!
//! ```text
//! cargo bench --bench fleet                     all of it, some minutes
//! cargo bench --bench fleet -- write            the same, and docs/PERFORMANCE.md
//! cargo bench --bench fleet -- kernel           one part: calibration, kernel, screened,
//!                                               features, years, linear, files
//! cargo bench --bench fleet -- linear 1000000   up to so many houses (a long time)
//! cargo bench --bench fleet -- count scalar 3000   so many rows and nothing else,
//!                                               for benches/instructions.sh
//! ```
//!
//! A house-step is one row of 300 s of one house, R3L4: three rooms of two
//! nodes with an emitter each, a tank of four layers, a heat pump. Times are of
//! one core, the best of several tries; they vary by 15 % between binaries.

#![allow(clippy::print_stdout)] // printing is what a bench is for

mod features;
mod files;
mod kernel;
mod page;
mod peak;
mod r3l4;
mod reference;
mod report;
mod scale;
mod screened;

use heatloop::numeric::simd::InstructionSet;
use heatloop::numeric::{Lanes, Wide};
use kernel::{Walk, Without};
use report::Table;
use screened::{Spared, Walk as Screened};

/// Rows of a day, after which the inputs repeat.
const DAY: usize = 288;
/// Houses of the largest fleet, unless more are asked for.
const MOST: usize = 10_000;

/// A winter day outdoors, degC, and gains in each room, W.
fn outdoors(row: usize) -> (f64, f64) {
    let phase = row as f64 / DAY as f64 * std::f64::consts::TAU;
    let sun = (phase - 1.0).sin().max(0.0);
    (2.0 + 6.0 * phase.sin(), 100.0 + 300.0 * sun)
}

/// The set that the full step runs in: AVX2 where there is AVX-512, too.
fn set_of_the_full_step() -> InstructionSet {
    InstructionSet::named("avx2").unwrap_or_else(|_| InstructionSet::best())
}

/// Rows of one variant and nothing else.
fn count(variant: &str, rows: usize) {
    let best = InstructionSet::best();
    match variant {
        "scalar" => Walk::<f64>::new().rows(best, rows, Without::Nothing),
        "baseline" => Walk::<f64>::new().rows(InstructionSet::Baseline, rows, Without::Nothing),
        "screened" => Screened::<f64>::new().rows(best, rows, Spared::Nothing),
        _ if !best.has_lanes() => println!("this processor has no lanes"),
        "screened-avx2" => Screened::<Wide<8>>::new().rows(best, rows, Spared::Nothing),
        _ => Walk::<Lanes<4>>::new().rows(best, rows, Without::Nothing),
    }
}

fn part(name: &str, most: usize) -> Vec<Table> {
    match name {
        "calibration" => peak::all().1,
        "kernel" | "screened" | "steps" => {
            let (peaks, mut tables) = peak::all();
            if name != "screened" {
                tables.extend(kernel::all(&peaks));
            }
            if name != "kernel" {
                tables.extend(screened::all(&peaks));
            }
            tables
        }
        "features" => features::all(),
        "years" => scale::years(),
        "linear" => scale::linear(most),
        "files" => files::all(),
        _ => {
            println!("there is no part \"{name}\"");
            Vec::new()
        }
    }
}

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let number = |text: &str, other: usize| text.parse().unwrap_or(other);
    let all = || -> Vec<Table> {
        ["steps", "features", "years", "linear", "files"]
            .iter()
            .flat_map(|name| part(name, MOST))
            .collect()
    };
    match words.as_slice() {
        [word, variant, rows] if word == "count" => count(variant, number(rows, DAY)),
        [word] if word == "write" => page::write(&all()),
        [word, most] => drop(part(word, number(most, MOST))),
        [word] => drop(part(word, MOST)),
        _ => drop(all()),
    }
}

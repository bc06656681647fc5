//! What holds for any house, weather and settings: random scenarios through
//! the whole chain, from the file's text to traces and figures.
//!
//! The cases are the same at each run. `PROPTEST_RNG_SEED=random` (or a
//! number) and `PROPTEST_CASES=1000` look further; what fails there is kept
//! beside in `proptest-regressions` and tried first from then on.

#[path = "../behaviour/bench.rs"]
#[allow(dead_code)] // here its runs, not its scenarios
mod bench;
mod bounds;
mod building;
mod documents;
mod modes;
mod regress;
mod same_bytes;
mod stories;
mod watched;

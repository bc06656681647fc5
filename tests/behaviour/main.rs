//! The rules of the settings through the whole chain: scenario text, run,
//! figures. Each test names the section of the rules that it shows. What the
//! law alone can show is tested beside it.

mod bench;
mod faults;
mod hot_water;
mod modes;
mod plant;
mod runs;
mod settings;
mod steering;

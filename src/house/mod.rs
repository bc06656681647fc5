//! Ways to a house's thermal network: from what it is built of ([`fabric`]),
//! from a few parameters ([`template`]), and what it needs to stay warm
//! ([`design`]). Reads and makes `model` types; knows no scenario file, no
//! weather and no plant.

pub mod assembly;
pub mod design;
pub mod enclosure;
pub mod fabric;
mod glazed;
pub mod ground;
pub mod template;

//! Heat pumps that come with the program: `units.toml`, embedded. The file is
//! in the format of a scenario's `[heat_pump]` and is read by the same code
//! ([`crate::scenario::heat_pump`]); here is only its text.

/// The whole library as TOML, one table a unit.
pub const TEXT: &str = include_str!("units.toml");
/// What faults in it would be located in.
pub const FILE_NAME: &str = "heat_pump_library/units.toml";

//! Heat pumps that come with the program: `units.toml`, embedded. The file is
//! in the format of a scenario's `[heat_pump]` and is read by the same code
//! ([`crate::scenario::heat_pump`]); here is only its text.

/// The whole library as TOML, one table a unit.
pub const TEXT: &str = include_str!("units.toml");
/// What faults in it would be located in.
pub const FILE_NAME: &str = "heat_pump_library/units.toml";

/// Keys of the units, and their names.
pub fn catalogue() -> Vec<(String, String)> {
    let Ok(all) = TEXT.parse::<toml::Table>() else {
        return Vec::new();
    };
    let text = |unit: &toml::Value, key: &str| {
        let value = unit.get(key).and_then(toml::Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    all.iter()
        .map(|(name, unit)| (name.clone(), text(unit, "name")))
        .collect()
}

/// The text of one unit's tables, as a scenario would hold them.
pub fn text(name: &str) -> Option<String> {
    let heads = |line: &str| {
        let inner = line.trim_start_matches('[').trim_end_matches(']');
        line.starts_with('[') && (inner == name || inner.starts_with(&format!("{name}.")))
    };
    let mut inside = false;
    let mut found = String::new();
    for line in TEXT.lines() {
        if line.starts_with('[') {
            inside = heads(line);
        }
        if inside {
            found.push_str(line);
            found.push('\n');
        }
    }
    (!found.is_empty()).then_some(found)
}

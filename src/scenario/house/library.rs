//! Typical houses, embedded: files of the `house` section, to use by name or
//! to copy and change.

use super::{HOUSE, Surroundings, build};
use crate::model::House;
use crate::scenario::{Faults, Format, Source, read_section};
use std::path::Path;

macro_rules! houses {
    ($($name:literal),* $(,)?) => {
        /// Names and files.
        pub static NAMES: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../house/library/", $name, ".toml")))),*
        ];
    };
}

houses! {
    "nl-terraced-1975",
    "nl-terraced-1992",
    "nl-terraced-2015",
    "nl-detached-1985",
    "nl-apartment-1970",
    "de-single-family-1975",
    "de-single-family-2016",
    "at-single-family-2015",
    "be-terraced-2016",
    "four-rooms",
    "rc-light",
    "rc-heavy",
}

/// Name and title of each, in the order of the shelf.
pub fn catalogue() -> Vec<(String, String)> {
    let title = |text: &str| {
        let line = text.lines().find_map(|l| l.strip_prefix("title = "));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    NAMES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), title(text)))
        .collect()
}

/// The text of a library house.
pub fn text(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|n| n.0 == name).map(|n| n.1)
}

/// Reads a library house; `None` where there is no such name.
pub fn read(name: &str, site: Surroundings<'_>) -> Option<Result<House, Faults>> {
    let text = text(name)?;
    let source = Source::new(format!("{name}.toml"), text);
    let read = read_section(&source, Format::Toml, Path::new("."), &HOUSE, |view| {
        build(view, site)
    });
    Some(match read {
        Ok((Some(mut house), _)) => {
            house.name = name.to_owned();
            Ok(house)
        }
        // A build that gives nothing says why by a fault.
        Ok((None, warnings)) => Err(Faults::new(warnings)),
        Err(faults) => Err(faults),
    })
}

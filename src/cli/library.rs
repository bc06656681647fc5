//! `heatloop list`, `show` and `schema`: what the program brings along.

use std::fmt::Write as _;

use super::Exit;
use super::args::{ListArguments, Schema, Shelf, ShowArguments};
use super::print;
use crate::{check, fleet, heat_pump_library, scenario, study, weather};

/// The JSON Schema of a kind of files.
pub(super) fn schema(of: Schema) -> String {
    let schema = scenario::schema::schema(match of {
        Schema::Scenario => &scenario::ROOT,
        Schema::Check => &check::tables::ROOT,
        Schema::Study => &study::STUDY,
        Schema::Fleet => &fleet::FLEET,
    });
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// Lists the shelves.
pub(super) fn list(a: &ListArguments) -> Exit {
    let wanted = |shelf| a.shelf.is_none_or(|s| s == shelf);
    let mut text = String::new();
    let mut shelf = |title: &str, rows: Vec<(String, String)>| {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{title}");
        let width = rows.iter().map(|r| r.0.chars().count()).max().unwrap_or(0);
        for (name, what) in rows {
            let _ = writeln!(text, "  {name:width$}  {what}");
        }
    };
    if wanted(Shelf::Houses) {
        shelf(
            "Houses (house = \"NAME\")",
            scenario::house::library::catalogue(),
        );
    }
    if wanted(Shelf::HeatPumps) {
        shelf(
            "Heat pumps (heat_pump = \"NAME\")",
            heat_pump_library::catalogue(),
        );
    }
    if wanted(Shelf::Weather) {
        let rows = weather::catalogue()
            .iter()
            .map(|c| {
                (
                    c.name.to_owned(),
                    format!("{}, {}; {}; {}", c.place, c.years, c.climate, c.licence),
                )
            })
            .collect();
        shelf("Weather (weather = { climate = \"NAME\" })", rows);
    }
    if wanted(Shelf::Houses) || wanted(Shelf::HeatPumps) {
        text.push_str("\n`heatloop show NAME` prints a house or a heat pump with the sources of its figures.\n");
    }
    print::out(&text)
}

/// Prints a library entry as the text that a scenario would hold.
pub(super) fn show(a: &ShowArguments) -> Exit {
    let found = scenario::house::library::text(&a.name)
        .map(|text| below("users.devices.house", None, text))
        .or_else(|| {
            let text = heat_pump_library::text(&a.name)?;
            Some(below("users.devices.heat_pump", Some(&a.name), &text))
        });
    match found {
        Some(text) => print::out(&text),
        None => {
            let names = scenario::house::library::catalogue()
                .into_iter()
                .chain(heat_pump_library::catalogue());
            let near = names
                .map(|(name, _)| (strsim::jaro_winkler(&name, &a.name), name))
                .filter(|(score, _)| *score > 0.8)
                .max_by(|x, y| x.0.total_cmp(&y.0));
            let hint = near.map_or_else(String::new, |(_, n)| format!(" Did you mean \"{n}\"?"));
            print::err(&format!(
                "error: the library has no house or heat pump \"{}\".{hint} `heatloop list` names all.\n",
                a.name
            ));
            Exit::Faults
        }
    }
}

/// A library's text with its tables moved below `path`, so that it can be
/// pasted after a device's own keys. `root`: the table that stands for `path`.
fn below(path: &str, root: Option<&str>, text: &str) -> String {
    let mut moved =
        String::from("# For a scenario: paste it after the keys of [[users.devices]].\n");
    let mut headed = root.is_some();
    for line in text.lines() {
        let bare = line.trim_start_matches('[');
        let brackets = line.len() - bare.len();
        if !headed && !line.is_empty() && !line.starts_with('#') {
            if brackets == 0 {
                moved.push_str(&format!("[{path}]\n"));
            }
            headed = true;
        }
        if (1..=2).contains(&brackets) && line.ends_with(']') {
            let name = match root {
                Some(root) => bare.strip_prefix(root).unwrap_or(bare),
                None => &format!(".{bare}"),
            };
            moved.push_str(&format!("{}{path}{name}\n", &"[["[..brackets]));
        } else {
            moved.push_str(line);
            moved.push('\n');
        }
    }
    moved
}

//! docs/METRICS.md, made from the tables of metrics and channels. A test
//! compares the committed file with it.

use std::fmt::Write as _;

use super::figure::Definition;
use super::{
    Boptest, Categories, Comfort, Corrected, Cost, Energy, EnergyBalance, Grid, HotWater,
    Performance, Running, SCHEMA, Steering, Vote,
};
use crate::trace::Reason;
use crate::trace::channels;

const HEAD: &str = include_str!("metrics_head.md");

/// The groups of figures, in the order of `metrics.json`: key, title, table.
/// Rooms have three of them, and of these only `comfort` stands elsewhere too.
pub const GROUPS: [(&str, &str, &[Definition]); 13] = [
    (
        "comfort",
        "Comfort against the bounds in force",
        Comfort::DEFINITIONS,
    ),
    (
        "en16798",
        "Categories of EN 16798-1 (rooms)",
        Categories::DEFINITIONS,
    ),
    ("iso7730", "PMV and PPD (rooms)", Vote::DEFINITIONS),
    ("hot_water", "Hot water", HotWater::DEFINITIONS),
    (
        "energy",
        "Energy by end use and carrier",
        Energy::DEFINITIONS,
    ),
    (
        "performance",
        "Seasonal performance",
        Performance::DEFINITIONS,
    ),
    ("cost", "Cost and carbon", Cost::DEFINITIONS),
    (
        "corrected",
        "Corrected for heat left at the end",
        Corrected::DEFINITIONS,
    ),
    ("grid", "Grid", Grid::DEFINITIONS),
    ("running", "Starts and run hours", Running::DEFINITIONS),
    ("steering", "Steering and settings", Steering::DEFINITIONS),
    ("balance", "Energy balance", EnergyBalance::DEFINITIONS),
    ("boptest", "BOPTEST", Boptest::DEFINITIONS),
];

/// The whole document.
pub fn markdown() -> String {
    let mut out = HEAD.replace("SCHEMA", &SCHEMA.to_string());
    for (key, title, definitions) in GROUPS {
        table(&mut out, key, title, definitions);
    }
    out.push_str(
        "\n## `reasons_min`: minutes in each reason\n\n| key | meaning |\n| --- | --- |\n",
    );
    for reason in Reason::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "| `{}` | {} |", reason.name(), reason.text());
    }
    out.push_str(
        "\n## Channels of the traces\n\n`ROOM`, `LAYER` and `REASON` stand for a room's name, a layer's number from 1 \
         at the bottom, and a key of the table above.\n\n| channel | unit | kind | meaning |\n| --- | --- | --- | --- |\n",
    );
    for c in channels::DEFINITIONS {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            c.name,
            c.unit,
            c.kind.name(),
            c.doc
        );
    }
    out
}

fn table(out: &mut String, key: &str, title: &str, definitions: &[Definition]) {
    let _ = write!(
        out,
        "\n## `{key}`: {title}\n\n| key | unit | formula | source |\n| --- | --- | --- | --- |\n"
    );
    for d in definitions {
        let formula = d.formula.replace('|', "\\|");
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            d.key, d.unit, formula, d.source
        );
    }
}

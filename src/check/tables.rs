//! The keys of check files. The tables are those of scenarios in kind
//! (`src/scenario/field.rs`), so faults, the JSON Schema and docs/CHECK.md come
//! from them.

use crate::scenario::field::{Kind, Section, default, integer, number, optional, required};

/// The version of check files that this program reads.
const VERSION: i64 = 1;

pub static ROOT: Section = Section {
    name: "check file",
    doc: "The top of a check file. Paths are relative to its folder.",
    fields: &[
        required(
            "heatloop_check",
            integer("", VERSION, VERSION),
            "Version of the file's format.",
        ),
        default("title", Kind::Text, "''", "Short name, for reports."),
        default(
            "baselines",
            Kind::Text,
            "'baselines'",
            "Folder of the baselines: NAME.json for the scenario NAME, and its traces.",
        ),
        default(
            "metrics",
            Kind::Texts,
            "['*']",
            "Metrics that a baseline holds, by name (see Names); `*` stands for any characters.",
        ),
        default(
            "levels",
            Kind::Choice(&[
                ("total", "the figures of the whole scenario"),
                (
                    "devices",
                    "also those of each user and device, where there are several, and of twins",
                ),
                ("rooms", "also those of each room"),
            ]),
            "'devices'",
            "How far down figures are held.",
        ),
        default(
            "tolerances",
            Kind::Map(&Kind::Section(&TOLERANCE)),
            "{}",
            "Tolerances by metric: a name or a pattern (see Names). Of several that fit, the last counts. \
             What none fits may differ by 0.1 %, or by 0.000 001 where that is more: well above \
             the figures' rounding to 7 digits, and about what the default step is worth.",
        ),
        optional(
            "trace",
            Kind::Section(&TRACE),
            "Traces are compared too, where this is given.",
        ),
        required(
            "scenarios",
            Kind::Sections(&SCENARIO),
            "What is run and compared.",
        ),
        optional(
            "speed",
            Kind::Section(&SPEED),
            "The time that runs take is compared too, where this is given.",
        ),
    ],
};

static TOLERANCE: Section = Section {
    name: "tolerance",
    doc: "How far a value may be from its baseline: the larger of the two counts. Where the baseline is 0, \
          only the absolute one is left.",
    fields: &[
        optional(
            "absolute",
            number("", 0.0, 1e15),
            "In the unit of the metric or channel; 0 where left out.",
        ),
        optional(
            "relative",
            number("", 0.0, 1e6),
            "Share of the baseline's size (0.01 is 1 %); 0 where left out.",
        ),
        default(
            "ignore",
            Kind::Bool,
            "false",
            "The value may be anything. It is kept in the baseline, to be read.",
        ),
    ],
};

static TRACE: Section = Section {
    name: "trace",
    doc: "Traces of each device, kept as Parquet beside the baseline. They say from when on a run departs, \
          and which of the controller's reasons differed first.",
    fields: &[
        default(
            "interval_s",
            integer("s", 60, 86_400),
            "3600",
            "Interval of the kept trace; a multiple of the scenario's own recording step.",
        ),
        default(
            "channels",
            Kind::Texts,
            "['room.*.operative_c', 'flow_c', 'tank.sensor_c', 'grid_import_w', 'reason.*']",
            "Channels (docs/METRICS.md) by name; `*` stands for any characters. Channels of reasons are not \
             compared by value: they tell what differed first.",
        ),
        default(
            "tolerances",
            Kind::Map(&Kind::Section(&TOLERANCE)),
            "{}",
            "Tolerances by channel: a name or a pattern; of several that fit, the last counts. What none fits \
             may differ by 0.05 K, by 20 W or 1 %, and other units alike: what would be noticed.",
        ),
    ],
};

static SCENARIO: Section = Section {
    name: "checked scenario",
    doc: "A scenario and what holds for it alone.",
    fields: &[
        required("file", Kind::Text, "The scenario file."),
        optional(
            "name",
            Kind::Text,
            "What it is called in reports; the file's name without its ending where left out.",
        ),
        optional(
            "baseline",
            Kind::Text,
            "Its baseline; NAME.json in the folder `baselines` where left out.",
        ),
        default(
            "tolerances",
            Kind::Map(&Kind::Section(&TOLERANCE)),
            "{}",
            "Tolerances by metric that come after those of the file.",
        ),
        default(
            "traces",
            Kind::Bool,
            "true",
            "Whether its traces are compared, where the file has the section trace.",
        ),
    ],
};

static SPEED: Section = Section {
    name: "speed",
    doc: "What a run costs, never in seconds, which no other machine shares: as a ratio to a fixed workload \
          that is timed before and after each run, the shortest of several repetitions; and in instructions, \
          where they can be counted. A faster run is told and passes.",
    fields: &[
        required(
            "scenarios",
            Kind::Texts,
            "Names of the scenarios that are timed.",
        ),
        default(
            "baseline",
            Kind::Text,
            "''",
            "Its baseline; speed.json in the folder `baselines` where left out.",
        ),
        default(
            "repetitions",
            integer("", 1, 100),
            "5",
            "Runs of each scenario, of which the fastest counts.",
        ),
        default(
            "tolerance",
            number("", 0.0, 100.0),
            "0.5",
            "Share by which the ratio may rise. Other processors differ by some ten percent, busy ones by more.",
        ),
        default(
            "instructions",
            Kind::Choice(&[
                ("none", "they are not counted"),
                (
                    "perf",
                    "by the processor's counters, with `perf stat`, where it is installed and may",
                ),
                (
                    "valgrind",
                    "with `perf stat`, or else with `valgrind`, which takes some fifty times as long",
                ),
            ]),
            "'perf'",
            "How instructions are counted. Where they can't be, the report says so and the ratio alone counts.",
        ),
        default(
            "instructions_tolerance",
            number("", 0.0, 100.0),
            "0.03",
            "Share by which the count may rise. Only counts of the same build and target are compared.",
        ),
    ],
};

/// docs/CHECK.md, made from the tables.
pub fn reference() -> String {
    crate::scenario::reference::reference(&ROOT, include_str!("check_head.md"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::field;
    use std::path::Path;

    #[test]
    fn the_tables_are_sound() {
        assert_eq!(field::audit(&ROOT), Vec::<String>::new());
    }

    /// Renewed with `HEATLOOP_RENEW=1 cargo test --lib check_document`.
    #[test]
    fn check_document_is_what_the_tables_say() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/CHECK.md");
        if std::env::var_os("HEATLOOP_RENEW").is_some() {
            std::fs::write(&path, reference()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), reference());
    }
}

//! The tables of a fleet file: data only. Checks, defaults, `heatloop schema
//! fleet` and docs/FLEET.md come from them.

use crate::scenario::field::{default, integer, number, optional, required};
use crate::scenario::{Kind, Section};
use crate::study::parameter::PARAMETER;
use crate::study::tables::DETAILS;

/// The version of fleet files that this program reads.
pub const VERSION: i64 = 1;

/// More houses are a mistake.
pub const MOST_HOUSES: i64 = 100_000_000;

pub static FLEET: Section = Section {
    name: "fleet",
    doc: "The top of a fleet file: a scenario of one house, and how houses differ from it.",
    fields: &[
        required(
            "heatloop_fleet",
            integer("", VERSION, VERSION),
            "Version of the file's format.",
        ),
        default("title", Kind::Text, "''", "Short name of the story."),
        default("description", Kind::Text, "''", "The story."),
        required(
            "scenario",
            Kind::OneOf(&[Kind::Text, Kind::Map(&Kind::Any)]),
            "The scenario that each house starts from: a file (its path is relative to this file's folder), or the scenario itself as a table. One house each: all its devices count together.",
        ),
        default(
            "count",
            integer("houses", 1, MOST_HOUSES),
            "100",
            "Houses that are simulated. House n is the same whatever the count.",
        ),
        optional(
            "represents",
            number("houses", 1.0, 1e12),
            "Houses that they stand for: power of the fleet is scaled to it. Left out: `count`.",
        ),
        default(
            "detail",
            Kind::Choice(&DETAILS),
            "'full'",
            "How thoroughly houses are simulated; docs/SCREENING.md says what a screening leaves out and how far off it is. Some houses are run in full besides, and the differences told.",
        ),
        default(
            "seed",
            integer("", 0, i64::MAX),
            "1",
            "Of all chance. Each house draws from (seed, name of the parameter, number of the house) alone, and gets a scenario seed of its own.",
        ),
        optional(
            "set",
            Kind::Map(&Kind::Any),
            "Keys of the scenario by path, set alike in all houses: `\"period.days\" = 7`. A table sets the keys in it.",
        ),
        optional(
            "groups",
            Kind::Sections(&GROUP),
            "Kinds of houses. Left out: one kind.",
        ),
        optional(
            "parameters",
            Kind::Sections(&PARAMETER),
            "What differs from house to house, in all groups; `points` is for studies.",
        ),
        optional(
            "correlations",
            Kind::Sections(&CORRELATION),
            "Parameters that go together.",
        ),
        default(
            "metrics",
            Kind::Texts,
            "['comfort.*', 'hot_water.*', 'energy.*', 'performance.*', 'cost.*', 'grid.*', 'running.*', 'steering.*']",
            "Columns of the results: metrics of the whole house by name, `*` stands for any characters.",
        ),
        default(
            "profile",
            Kind::Section(&PROFILE),
            "{}",
            "The fleet over time.",
        ),
        optional(
            "compare",
            Kind::Section(&COMPARE),
            "The same houses once more with something else: what a signal does to the fleet.",
        ),
    ],
};

static GROUP: Section = Section {
    name: "group",
    doc: "A kind of houses. The shares are met within a house or two at any count: groups are spread evenly over the numbers of the houses.",
    fields: &[
        required("name", Kind::Text, "Unique; a column of the results."),
        required(
            "share",
            number("", 0.0, 1e12),
            "Its part of the fleet, in parts of the sum of all shares.",
        ),
        optional(
            "set",
            Kind::Map(&Kind::Any),
            "Keys of the scenario by path, set in the houses of this group.",
        ),
        optional(
            "parameters",
            Kind::Sections(&PARAMETER),
            "What differs between houses of this group. One with the name of a parameter of all takes its place here.",
        ),
    ],
};

static CORRELATION: Section = Section {
    name: "correlation",
    doc: "Two parameters that go together (a Gaussian copula: it leaves each one's own distribution as it is).",
    fields: &[
        required("between", Kind::Texts, "Names of two parameters."),
        required(
            "rank",
            number("", -0.99, 0.99),
            "Rank correlation (Spearman's) of the two. Lists of values are ranked in their order.",
        ),
    ],
};

static PROFILE: Section = Section {
    name: "profile",
    doc: "The fleet over time: mean, quantiles over houses and sum.",
    fields: &[default(
        "interval_min",
        integer("min", 5, 60),
        "15",
        "Interval: divides 60, and is a multiple of the scenario's `period.record_s` (of 15 where that is longer).",
    )],
};

static COMPARE: Section = Section {
    name: "compare",
    doc: "A reference: the same houses, same chance, with something else. The fleet's difference to it is what the signal did.",
    fields: &[
        default("name", Kind::Text, "'reference'", "What it is called."),
        default(
            "steering",
            Kind::Bool,
            "true",
            "False: as if no steering setting were on (tariff, PV, flex trading).",
        ),
        optional(
            "set",
            Kind::Map(&Kind::Any),
            "Keys of the scenario by path, set in the reference.",
        ),
        optional(
            "windows",
            Kind::Sections(&WINDOW),
            "When the signal asks for something; what moved and what came back is told for each.",
        ),
        default(
            "rebound_h",
            number("h", 1.0, 168.0),
            "24",
            "How long after a window the rebound is counted; the next window ends it earlier.",
        ),
    ],
};

static WINDOW: Section = Section {
    name: "window",
    doc: "A stretch of time in which the signal asks for something.",
    fields: &[
        optional("name", Kind::Text, "Its name. Left out: its start."),
        required(
            "start",
            Kind::DateTime,
            "Inclusive, local time of the scenario's site.",
        ),
        required("end", Kind::DateTime, "Exclusive."),
    ],
};

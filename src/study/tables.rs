//! Tables of the sections below a study's top.

use crate::scenario::field::{default, integer, number, optional, required};
use crate::scenario::{Kind, Section};

/// More runs than this are a mistake: the index of a study is in memory.
pub const MOST_RUNS: i64 = 10_000_000;

/// Values of `detail`.
pub static DETAILS: [(&str, &str); 2] = [
    ("full", "as single runs are"),
    (
        "screening",
        "quickly and roughly: decisions once a minute, heating and hot water only",
    ),
];

static SEED: Kind = integer("", 0, i64::MAX);

pub static WORLD: Section = Section {
    name: "study weather",
    doc: "A weather, or anything else of the surroundings, under which each point is run.",
    fields: &[
        required("name", Kind::Text, "Its name in the results."),
        default(
            "set",
            Kind::Map(&Kind::Any),
            "{}",
            "Keys of the base scenario by path: `{ \"weather.climate\" = \"aachen-2021\", \"period.start\" = 2021-01-10 }`.",
        ),
    ],
};

pub static REPLICATES: Section = Section {
    name: "replicates",
    doc: "Each point is run under every seed in every weather. Left out: the base's own.",
    fields: &[
        optional(
            "seeds",
            Kind::List(&SEED),
            "Seeds of the scenario, for random draws and the like.",
        ),
        optional("weather", Kind::Sections(&WORLD), "Weathers."),
    ],
};

pub static SWEEP: Section = Section {
    name: "sweep",
    doc: "Which points a sweep runs.",
    fields: &[
        default(
            "design",
            Kind::Choice(&[
                (
                    "grid",
                    "every value with every other; a distribution gives its `points`, evenly spaced",
                ),
                (
                    "zip",
                    "first values together, then second values, and so on",
                ),
                (
                    "latin-hypercube",
                    "each parameter's range in `runs` strips, each strip once (McKay, Beckman and Conover 1979)",
                ),
                (
                    "sobol",
                    "a Sobol sequence with a seeded digital shift: evenly spread, most so where `runs` is a power of two",
                ),
                ("random", "independent at random"),
            ]),
            "'grid'",
            "How points are chosen.",
        ),
        default(
            "runs",
            integer("", 1, MOST_RUNS),
            "64",
            "Points of the last three designs, before conditions and replicates.",
        ),
    ],
};

pub static SENSITIVITY: Section = Section {
    name: "sensitivity",
    doc: "How it is found out what matters.",
    fields: &[
        default(
            "method",
            Kind::Choice(&[
                (
                    "morris",
                    "screening by elementary effects (Morris 1991, with Campolongo's mean of absolute effects): few runs",
                ),
                (
                    "sobol",
                    "shares of variance, first-order and total (Saltelli et al. 2010, Jansen 1999): many runs",
                ),
            ]),
            "'morris'",
            "The method.",
        ),
        default(
            "trajectories",
            integer("", 2, 100_000),
            "20",
            "Of Morris; each takes one point more than there are parameters.",
        ),
        default(
            "levels",
            integer("", 2, 64),
            "4",
            "Of Morris; an even number.",
        ),
        default(
            "samples",
            integer("", 8, 1_000_000),
            "256",
            "Of Sobol; takes as many points times two more than there are parameters. A power of two is best.",
        ),
        default(
            "resamples",
            integer("", 100, 100_000),
            "1000",
            "Bootstrap samples of the confidence intervals.",
        ),
        default(
            "confidence",
            number("", 0.5, 0.999),
            "0.95",
            "Of the intervals.",
        ),
    ],
};

pub static TUNE: Section = Section {
    name: "tune",
    doc: "What the search is to reach. Over replicates a goal is the mean, a limit must hold in each.",
    fields: &[
        required(
            "minimise",
            Kind::Texts,
            "Goals: metrics, or formulas of metrics and parameters (a minus sign before what is to be large). Use `corrected.…` for cost and energy: the heat left in house and tank at the end is then counted.",
        ),
        default(
            "keep",
            Kind::Texts,
            "[]",
            "Limits that must hold: `\"hot_water.missing_kwh <= 0\"`, `\"running.starts_day_max <= 8\"`.",
        ),
        default(
            "method",
            Kind::Choice(&[
                ("auto", "cma-es for one goal, nsga-2 for several"),
                (
                    "cma-es",
                    "covariance matrix adaptation (Hansen 2016): one goal",
                ),
                (
                    "nsga-2",
                    "a population towards the trade-off front (Deb et al. 2002)",
                ),
                (
                    "bayesian",
                    "a Gaussian process and expected improvement (Jones et al. 1998): one goal, few and dear runs",
                ),
            ]),
            "'auto'",
            "How to search.",
        ),
        default(
            "evaluations",
            integer("", 4, MOST_RUNS),
            "200",
            "Points to try; each is run under all replicates.",
        ),
        optional(
            "population",
            integer("", 4, 100_000),
            "Points tried together. Left out: as the method's authors advise.",
        ),
        default(
            "validate",
            Kind::Section(&REPLICATES),
            "{}",
            "What `--validate` runs the best points under: seeds and weathers that the search has not seen.",
        ),
    ],
};

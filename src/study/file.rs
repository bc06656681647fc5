//! The study file: its tables, and the way from a text to a [`Study`].
//!
//! The tables are of the same make as those of scenarios, so faults, JSON
//! Schema (`heatloop schema study`) and docs/STUDY.md come from them. Whether
//! paths exist in the base scenario is seen when the two are brought together
//! (`plan`); that takes the scenario, which this file does not read.

use std::path::Path;
use std::sync::Arc;

use super::expression::Expression;
use super::parameter::{self, PARAMETER, Parameter};
use super::tables::{DETAILS, REPLICATES, SENSITIVITY, SWEEP, TUNE};
use crate::batch::Detail;
use crate::scenario::field::{default, integer, optional, required};
use crate::scenario::tree::Value;
use crate::scenario::{
    Code, Context, Fault, Faults, FileKind, Kind, Node, Place, Section, Severity, Source, View,
    check, parse_as, read_text,
};

/// The version of study files that this program reads.
pub const VERSION: i64 = 1;

pub static STUDY: Section = Section {
    name: "study",
    doc: "The top of a study file: a base scenario, and what is varied in it.",
    fields: &[
        required(
            "heatloop_study",
            integer("", VERSION, VERSION),
            "Version of the file's format.",
        ),
        default("title", Kind::Text, "''", "Short name of the story."),
        default("description", Kind::Text, "''", "The story."),
        required(
            "base",
            Kind::Text,
            "The scenario file that is varied; its path is relative to this file's folder.",
        ),
        default(
            "detail",
            Kind::Choice(&DETAILS),
            "'full'",
            "How thoroughly runs are simulated; docs/SCREENING.md says what a screening leaves out and how far off it is. Some runs are done in full besides, and the differences told. `tune` runs in full.",
        ),
        default(
            "seed",
            integer("", 0, i64::MAX),
            "1",
            "Of the study's own chance: random designs, search, bootstrap. The scenario's seed is set by `replicates`.",
        ),
        optional(
            "set",
            Kind::Map(&Kind::Any),
            "Keys of the base scenario by path, set alike in all runs: `\"period.days\" = 7`. A table sets the keys in it.",
        ),
        required("parameters", Kind::Sections(&PARAMETER), "What is varied."),
        default(
            "where",
            Kind::Texts,
            "[]",
            "Conditions between parameters, by their names: `\"lower < upper\"`. Points at which one fails are not run (in a search: count as not allowed).",
        ),
        default(
            "metrics",
            Kind::Texts,
            "['comfort.*', 'hot_water.*', 'energy.*', 'performance.*', 'cost.*', 'corrected.*', 'grid.*', 'running.*']",
            "Columns of the results: names of metrics, `*` stands for any characters. Beside those of the whole scenario there are `users.ID.…`, `users.ID.devices.ID.…` and `users.ID.devices.ID.rooms.NAME.…`. Metrics that `show`, `minimise` or `keep` name are there in any case.",
        ),
        default(
            "show",
            Kind::Texts,
            "['corrected.total_eur', 'comfort.outside_kh']",
            "What pictures and printed tables show: metrics, or formulas of metrics and parameters.",
        ),
        default(
            "replicates",
            Kind::Section(&REPLICATES),
            "{}",
            "Runs of each point under several seeds and weathers, the same for all points (common random numbers).",
        ),
        default(
            "sweep",
            Kind::Section(&SWEEP),
            "{}",
            "The design of `heatloop sweep`.",
        ),
        default(
            "sensitivity",
            Kind::Section(&SENSITIVITY),
            "{}",
            "The method of `heatloop sensitivity`.",
        ),
        optional(
            "tune",
            Kind::Section(&TUNE),
            "What `heatloop tune` is to reach.",
        ),
    ],
};

/// A path with a value, where the study writes them.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub path: String,
    pub value: Node,
    pub place: Place,
}

/// A formula, where the study writes it.
#[derive(Clone, Debug)]
pub struct Placed {
    pub formula: Expression,
    pub key: String,
    pub place: Place,
}

/// A weather of the replicates.
#[derive(Clone, Debug)]
pub struct World {
    pub name: String,
    pub set: Vec<Assignment>,
}

/// Under what each point is run; an empty list is the base's own.
#[derive(Clone, Debug, Default)]
pub struct Replicates {
    pub seeds: Vec<i64>,
    pub worlds: Vec<World>,
}

impl Replicates {
    /// Runs of each point.
    pub fn count(&self) -> usize {
        self.seeds.len().max(1) * self.worlds.len().max(1)
    }
    /// Seed and weather of replicate `r`.
    pub fn of(&self, r: usize) -> (Option<i64>, Option<&World>) {
        let seeds = self.seeds.len().max(1);
        (
            self.seeds.get(r % seeds).copied(),
            self.worlds.get(r / seeds),
        )
    }
}

/// How a sweep's points are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Grid,
    Zip,
    LatinHypercube,
    Sobol,
    Random,
}

/// Methods of sensitivity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Morris { trajectories: usize, levels: usize },
    Sobol { samples: usize },
}

/// How sensitivity is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sensitivity {
    pub method: Method,
    pub resamples: usize,
    pub confidence: f64,
}

/// How the best is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Searcher {
    CmaEs,
    Nsga2,
    Bayesian,
}

/// What a search is to reach.
#[derive(Clone, Debug)]
pub struct Tune {
    pub minimise: Vec<Placed>,
    pub keep: Vec<Placed>,
    pub method: Searcher,
    pub evaluations: usize,
    pub population: Option<usize>,
    pub validate: Replicates,
}

/// A study as its file says it.
#[derive(Clone, Debug)]
pub struct Study {
    pub source: Arc<Source>,
    pub title: String,
    pub description: String,
    /// As written.
    pub base: String,
    pub base_place: Place,
    pub detail: Detail,
    pub detail_place: Place,
    pub seed: u64,
    pub fixed: Vec<Assignment>,
    pub parameters: Vec<Parameter>,
    pub conditions: Vec<Placed>,
    pub metrics: Vec<String>,
    pub metrics_place: Place,
    pub show: Vec<Placed>,
    pub replicates: Replicates,
    pub layout: Layout,
    pub runs: usize,
    pub sweep_place: Place,
    pub sensitivity: Sensitivity,
    pub tune: Option<Tune>,
}

/// Reads a study file; JSON where its name ends in `.json`, else TOML.
///
/// # Errors
/// All faults of the file.
pub fn read(path: &Path) -> Result<Study, Faults> {
    let (source, format) = read_text(path)?;
    let mut root = parse_as(&source, format, FileKind::Study)?;
    let context = Context::new(&source, path.parent().unwrap_or_else(|| Path::new("")));
    check::check(&mut root, &STUDY, &context);
    let study = build(&View::root(&root, &STUDY, &context), &source);
    let list = context.take();
    match study {
        Some(study) if !list.iter().any(|f| f.severity == Severity::Fault) => Ok(study),
        _ => Err(Faults::new(list)),
    }
}

/// What `detail` says.
pub(crate) fn detail(choice: &str) -> Detail {
    match choice {
        "screening" => Detail::Screening,
        _ => Detail::Full,
    }
}

fn build(root: &View<'_>, source: &Arc<Source>) -> Option<Study> {
    let parameters: Vec<Parameter> = root
        .sections("parameters")
        .iter()
        .map(parameter::build)
        .collect();
    distinct(root, &parameters);
    let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
    let conditions = formulas(root, "where");
    for condition in &conditions {
        for name in condition.formula.names() {
            if !names.contains(&name) {
                let hint = crate::scenario::nearest(name, names.iter().copied()).map_or_else(
                    || format!("parameters: {}", names.join(", ")),
                    |n| format!("did you mean `{n}`?"),
                );
                root.context().add(
                    Fault::new(
                        Code::UnknownName,
                        format!("no parameter is called `{name}`"),
                    )
                    .at(condition.place.clone())
                    .key(&condition.key)
                    .hint(hint),
                );
            }
        }
    }
    let sweep = root.section("sweep")?;
    let sensitivity = root.section("sensitivity")?;
    let layout = match sweep.choice("design") {
        "zip" => Layout::Zip,
        "latin-hypercube" => Layout::LatinHypercube,
        "sobol" => Layout::Sobol,
        "random" => Layout::Random,
        _ => Layout::Grid,
    };
    let count = |view: &View<'_>, key| usize::try_from(view.integer(key)).unwrap_or(0);
    let method = match sensitivity.choice("method") {
        "sobol" => Method::Sobol {
            samples: count(&sensitivity, "samples"),
        },
        _ if sensitivity.integer("levels") % 2 != 0 => {
            let fault = Fault::new(Code::OutOfRange, "the levels of Morris are an even number");
            sensitivity.fault("levels", fault.hint("half of them are a step; 4 is usual"));
            return None;
        }
        _ => Method::Morris {
            trajectories: count(&sensitivity, "trajectories"),
            levels: count(&sensitivity, "levels"),
        },
    };
    let replicates = root
        .section("replicates")
        .map(|v| replicates(&v))
        .unwrap_or_default();
    let tune = root.section("tune").map(|v| tune(&v, &names));
    Some(Study {
        source: Arc::clone(source),
        title: root.text("title"),
        description: root.text("description"),
        base: root.text("base"),
        base_place: root.place("base"),
        detail: detail(root.choice("detail")),
        detail_place: root.place("detail"),
        seed: u64::try_from(root.integer("seed")).unwrap_or(1),
        fixed: assignments(root, "set"),
        parameters,
        conditions,
        metrics: root.texts("metrics"),
        metrics_place: root.place("metrics"),
        show: formulas(root, "show"),
        replicates,
        layout,
        runs: count(&sweep, "runs"),
        sweep_place: sweep.place_here(),
        sensitivity: Sensitivity {
            method,
            resamples: count(&sensitivity, "resamples"),
            confidence: sensitivity.number("confidence"),
        },
        tune,
    })
}

/// Names that can't be told apart are faults.
fn distinct(root: &View<'_>, parameters: &[Parameter]) {
    if parameters.is_empty() && !root.is_faulty("parameters") {
        let fault = Fault::new(Code::OutOfRange, "a study varies one parameter at least");
        root.fault("parameters", fault);
    }
    for (i, p) in parameters.iter().enumerate() {
        if parameters[..i].iter().any(|q| q.name == p.name) {
            root.context().add(
                Fault::new(
                    Code::Duplicate,
                    format!("two parameters are called `{}`", p.name),
                )
                .at(p.place.clone())
                .key(format!("parameters[{i}].name"))
                .hint("give one of them another `name`"),
            );
        }
    }
}

fn formulas(view: &View<'_>, key: &str) -> Vec<Placed> {
    let given = view
        .node()
        .and_then(|n| n.get(key))
        .map_or(&[][..], Node::elements);
    let texts = view.texts(key);
    let mut all = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        let place = given.get(i).map_or_else(
            || view.place(key),
            |n| Place::new(&view.context().source, n.span.clone()),
        );
        let key = format!("{}[{i}]", check::join(view.path(), key));
        match Expression::parse(text) {
            Ok(formula) => all.push(Placed {
                formula,
                key,
                place,
            }),
            Err(wrong) => view.context().add(
                Fault::new(
                    Code::BadFormat,
                    format!("the formula can't be read: {wrong}"),
                )
                .at(place)
                .key(key)
                .value(text.clone())
                .hint(
                    "such as \"lower + 2 <= upper\" or \"cost.total_eur + 0.1 * comfort.below_kh\"",
                ),
            ),
        }
    }
    all
}

pub(crate) fn assignments(view: &View<'_>, key: &str) -> Vec<Assignment> {
    let mut all = Vec::new();
    for (path, item) in view.map(key) {
        flatten(&path, item.node, view, &mut all);
    }
    all
}

fn flatten(path: &str, node: &Node, view: &View<'_>, all: &mut Vec<Assignment>) {
    if let Value::Table(entries) = &node.value {
        for entry in entries {
            flatten(&format!("{path}.{}", entry.key), &entry.node, view, all);
        }
        return;
    }
    all.push(Assignment {
        path: path.to_owned(),
        value: node.clone(),
        place: Place::new(&view.context().source, node.span.clone()),
    });
}

fn replicates(view: &View<'_>) -> Replicates {
    let seeds: Vec<i64> = view
        .items("seeds")
        .iter()
        .filter_map(|i| match i.node.value {
            Value::Integer(i) => Some(i),
            _ => None,
        })
        .collect();
    let worlds: Vec<World> = view
        .sections("weather")
        .iter()
        .map(|w| World {
            name: w.text("name"),
            set: assignments(w, "set"),
        })
        .collect();
    let twice = |fault: &str, key: &str| {
        view.fault(
            key,
            Fault::new(Code::Duplicate, format!("{fault} stands twice")),
        );
    };
    for (i, seed) in seeds.iter().enumerate() {
        if seeds[..i].contains(seed) {
            twice(&format!("seed {seed}"), "seeds");
        }
    }
    for (i, world) in worlds.iter().enumerate() {
        if worlds[..i].iter().any(|w| w.name == world.name) {
            twice(&format!("weather \"{}\"", world.name), "weather");
        }
    }
    Replicates { seeds, worlds }
}

fn tune(view: &View<'_>, parameters: &[&str]) -> Tune {
    let minimise = formulas(view, "minimise");
    let keep = formulas(view, "keep");
    if minimise.is_empty() && !view.is_faulty("minimise") {
        let fault = Fault::new(Code::OutOfRange, "a search needs something to minimise");
        view.fault("minimise", fault);
    }
    for limit in keep.iter().filter(|k| !k.formula.is_limit()) {
        view.context().add(
            Fault::new(Code::BadFormat, "a limit is a comparison")
                .at(limit.place.clone())
                .key(&limit.key)
                .value(limit.formula.text.clone())
                .hint("such as \"running.starts_day_max <= 8\""),
        );
    }
    goals(view, &minimise, &keep, parameters);
    let several = minimise.len() > 1;
    let method = match view.choice("method") {
        "cma-es" => Searcher::CmaEs,
        "nsga-2" => Searcher::Nsga2,
        "bayesian" => Searcher::Bayesian,
        _ if several => Searcher::Nsga2,
        _ => Searcher::CmaEs,
    };
    if several && method != Searcher::Nsga2 {
        view.fault(
            "method",
            Fault::new(Code::Conflict, "this method takes one goal")
                .hint("several goals are traded off by \"nsga-2\"; or make one formula of them"),
        );
    }
    let count = |key| view.opt_integer(key).and_then(|i| usize::try_from(i).ok());
    Tune {
        minimise,
        keep,
        method,
        evaluations: count("evaluations").unwrap_or(200),
        population: count("population"),
        validate: view
            .section("validate")
            .map(|v| replicates(&v))
            .unwrap_or_default(),
    }
}

/// Goals that say nothing, or the same again, are faults.
fn goals(view: &View<'_>, minimise: &[Placed], keep: &[Placed], parameters: &[&str]) {
    const HINT: &str = "such as \"corrected.total_eur\"; docs/METRICS.md names all metrics";
    let fault = |code, message: String, goal: &Placed| {
        Fault::new(code, message)
            .at(goal.place.clone())
            .key(&goal.key)
            .value(goal.formula.text.clone())
    };
    let has_metric = |p: &Placed| p.formula.names().iter().any(|n| !parameters.contains(n));
    let any_metric = minimise.iter().chain(keep).any(has_metric);
    for (i, goal) in minimise.iter().enumerate() {
        let same = |g: &&Placed| g.formula.is_same(&goal.formula);
        if goal.formula.names().is_empty() {
            let message = "the goal has no metric and no parameter: all points are as good";
            let fault = fault(Code::BadFormat, message.to_owned(), goal);
            view.context().add(fault.hint(HINT));
        } else if !any_metric {
            let message = "no goal and no limit has a metric: what runs come to would not count";
            let fault = fault(Code::BadFormat, message.to_owned(), goal);
            view.context().add(fault.hint(HINT));
        }
        if let Some(first) = minimise[..i].iter().find(same) {
            let message = format!("the same goal as {}", first.key);
            let fault = fault(Code::Duplicate, message, goal);
            view.context().add(fault.hint("leave one of them out"));
        }
    }
}

#[cfg(test)]
mod tests;

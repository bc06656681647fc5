//! A parameter: which keys it sets, and what values it takes.
//!
//! Every parameter is a map from the unit interval to values (its quantile
//! function), so that designs, sensitivity and search need to know of nothing
//! but numbers from 0 to 1. The quantile of the normal distribution and the
//! logarithmic scale use our own `ln` and `exp`: a design is the same on every
//! machine.

use super::normal::{normal_quantile, probability};
use crate::numeric::elementary;
use crate::scenario::field::{integer, number, optional, required};
use crate::scenario::tree::Value;
use crate::scenario::{Code, Fault, Kind, Node, Place, Section, View};

pub static PARAMETER: Section = Section {
    name: "parameter",
    doc: "Something that is varied: a list of `values`, or a range from `min` to `max`.",
    fields: &[
        optional(
            "name",
            Kind::Text,
            "Its column in the results, and its name in formulas: letters, digits and `_`. Left out: the last key of `path`.",
        ),
        required(
            "path",
            Kind::OneOf(&[Kind::Text, Kind::Texts]),
            "Key of the base scenario, such as `users[0].devices[0].tank.volume_l`; `[*]` is every element. A path that begins with a key of a device or a user stands for it in all of them: `tank.volume_l`. Several paths in a list get the same value.",
        ),
        optional(
            "values",
            Kind::List(&Kind::Any),
            "Values to choose from: numbers, texts, tables, whatever the key takes.",
        ),
        optional(
            "labels",
            Kind::Texts,
            "What stands for each of `values` in the results. Left out: the values themselves.",
        ),
        optional(
            "weights",
            Kind::Numbers {
                unit: "",
                min: 0.0,
                max: 1e12,
            },
            "How often each of `values` is chosen, in parts of their sum. Left out: each alike. A grid takes each value once, whatever its weight.",
        ),
        optional(
            "distribution",
            Kind::Choice(&[
                ("uniform", "evenly from `min` to `max`"),
                (
                    "log-uniform",
                    "evenly in the logarithm, from `min` to `max`",
                ),
                (
                    "normal",
                    "by `mean` and `sd`, cut at `min` and `max` where they are given",
                ),
                (
                    "log-normal",
                    "by `median` and `factor`, cut at `min` and `max` where they are given",
                ),
                ("integer", "whole numbers from `min` to `max`, each alike"),
            ]),
            "How a range is spread. Left out: `uniform`.",
        ),
        optional("min", number("", -1e12, 1e12), "Least value."),
        optional("max", number("", -1e12, 1e12), "Largest value."),
        optional(
            "mean",
            number("", -1e12, 1e12),
            "Mean of the normal distribution before it is cut.",
        ),
        optional("sd", number("", 1e-12, 1e12), "Its standard deviation."),
        optional(
            "median",
            number("", 1e-12, 1e12),
            "Median of the log-normal distribution before it is cut.",
        ),
        optional(
            "factor",
            number("", 1.0001, 1e3),
            "Its geometric standard deviation: 68 % of all lie between `median` / `factor` and `median` × `factor`.",
        ),
        optional(
            "points",
            integer("", 1, 1_000_000),
            "Values of a range in a grid, both ends included. Left out: 5, or all whole numbers.",
        ),
    ],
};

/// Columns of the results that a parameter can't be called.
const TAKEN: [&str; 6] = ["run", "point", "seed", "weather", "status", "reason"];

/// Points of a grid along a range whose study says nothing.
const POINTS: usize = 5;

/// What values a parameter takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    Choice {
        values: Vec<Node>,
        labels: Vec<String>,
        /// Up to which probability each value is chosen; empty: each alike.
        until: Vec<f64>,
    },
    Uniform {
        min: f64,
        max: f64,
    },
    LogUniform {
        min: f64,
        max: f64,
    },
    /// `low` and `high` are the probabilities at which it is cut.
    Normal {
        mean: f64,
        sd: f64,
        low: f64,
        high: f64,
    },
    /// Of the logarithm, cut in the same way.
    LogNormal {
        median: f64,
        factor: f64,
        low: f64,
        high: f64,
    },
    Integer {
        min: i64,
        max: i64,
    },
}

/// A parameter of a study.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub paths: Vec<String>,
    pub spread: Spread,
    pub points: Option<usize>,
    /// Of its path.
    pub place: Place,
    /// Of its values or its range.
    pub spread_place: Place,
    /// Of `min` and `max`.
    pub bounds_places: [Place; 2],
}

/// A value at which a range ends, or one of a list, where the file says it.
#[derive(Clone, Debug)]
pub struct End {
    /// Below the parameter's own: `max`, `values[2]`.
    pub key: String,
    pub value: Node,
    /// `None`: the value has a place of its own in the file.
    pub place: Option<Place>,
}

/// A value in a table of results.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Number(f64),
    Text(String),
}

impl Parameter {
    /// The value at `u`, from 0 to 1.
    pub fn at(&self, u: f64) -> Node {
        let pick = |n: usize| ((u * n as f64) as usize).min(n.saturating_sub(1));
        match &self.spread {
            Spread::Choice { values, until, .. } => {
                let at = match until.is_empty() {
                    true => pick(values.len()),
                    false => until.partition_point(|to| *to <= u).min(values.len() - 1),
                };
                values[at].clone()
            }
            Spread::Uniform { min, max } => float(min + u * (max - min), *min, *max),
            Spread::LogUniform { min, max } => {
                let (low, high) = (elementary::ln(*min), elementary::ln(*max));
                let x = match u {
                    0.0 => *min,
                    1.0 => *max,
                    u => elementary::exp(low + u * (high - low)),
                };
                float(x, *min, *max)
            }
            Spread::Normal {
                mean,
                sd,
                low,
                high,
            } => plain(Value::Float(mean + sd * cut(u, *low, *high))),
            Spread::LogNormal {
                median,
                factor,
                low,
                high,
            } => {
                let ln = elementary::ln(*factor) * cut(u, *low, *high);
                plain(Value::Float(median * elementary::exp(ln)))
            }
            Spread::Integer { min, max } => {
                let n = usize::try_from(max - min).unwrap_or(0) + 1;
                plain(Value::Integer(min + pick(n) as i64))
            }
        }
    }

    /// Both ends of its range, and of a list all values (of a long one `most`,
    /// evenly spread, the first and the last with them). A distribution that is
    /// not cut ends nowhere.
    pub fn ends(&self, most: usize) -> Vec<End> {
        let bound = |i: usize| End {
            key: ["min", "max"][i].to_owned(),
            value: self.at(i as f64),
            place: Some(self.bounds_places[i].clone()),
        };
        match &self.spread {
            Spread::Choice { values, .. } => {
                let (n, taken) = (values.len(), values.len().min(most.max(2)));
                let one = |k: usize| {
                    let i = k * (n - 1) / (taken - 1).max(1);
                    End {
                        key: format!("values[{i}]"),
                        value: values[i].clone(),
                        place: None,
                    }
                };
                (0..taken).map(one).collect()
            }
            Spread::Normal { low, high, .. } | Spread::LogNormal { low, high, .. } => {
                let cut = [*low > 0.0, *high < 1.0];
                (0..2).filter(|i| cut[*i]).map(bound).collect()
            }
            Spread::Uniform { .. } | Spread::LogUniform { .. } | Spread::Integer { .. } => {
                (0..2).map(bound).collect()
            }
        }
    }

    /// How many values it gives to a grid.
    pub fn levels(&self) -> usize {
        match &self.spread {
            Spread::Choice { values, .. } => values.len(),
            Spread::Integer { min, max } => {
                let all = usize::try_from(max - min).unwrap_or(0) + 1;
                self.points.map_or(all, |p| p.min(all))
            }
            _ => self.points.unwrap_or(POINTS),
        }
    }

    /// Level `k` of [`Self::levels`].
    pub fn level(&self, k: usize) -> Node {
        let n = self.levels();
        let even = if n > 1 {
            k as f64 / (n - 1) as f64
        } else {
            0.5
        };
        match &self.spread {
            Spread::Choice { values, .. } => values[k].clone(),
            // The ends of a normal distribution are nowhere: middles of strips.
            Spread::Normal { .. } | Spread::LogNormal { .. } => {
                self.at((k as f64 + 0.5) / n as f64)
            }
            Spread::Integer { min, max } => plain(Value::Integer(
                min + (even * (max - min) as f64).round() as i64,
            )),
            _ => self.at(even),
        }
    }

    /// How a value of this parameter stands in a table.
    pub fn cell(&self, node: &Node) -> Cell {
        if let Spread::Choice { values, labels, .. } = &self.spread
            && !labels.is_empty()
            && let Some(i) = values.iter().position(|v| v == node)
        {
            return Cell::Text(labels[i].clone());
        }
        match &node.value {
            Value::Integer(_) | Value::Float(_) => {
                Cell::Number(node.as_number().unwrap_or(f64::NAN))
            }
            Value::Text(text) => Cell::Text(text.clone()),
            _ => Cell::Text(super::vary::written(node)),
        }
    }

    /// Whether all its cells are numbers.
    pub fn is_numeric(&self) -> bool {
        match &self.spread {
            Spread::Choice { values, .. } => values
                .iter()
                .all(|v| matches!(self.cell(v), Cell::Number(_))),
            _ => true,
        }
    }
}

/// The standard normal quantile at `u` between two probabilities. The last bits
/// of 0 and 1 are as far as a run can be asked to go.
fn cut(u: f64, low: f64, high: f64) -> f64 {
    normal_quantile((low + u * (high - low)).clamp(1e-12, 1.0 - 1e-12))
}

/// A value that stands in no file.
pub fn plain(value: Value) -> Node {
    Node { span: 0..0, value }
}

/// Rounding must not carry a value over its own bounds.
fn float(x: f64, min: f64, max: f64) -> Node {
    plain(Value::Float(x.clamp(min, max)))
}

/// From the view of [`PARAMETER`].
pub(crate) fn build(view: &View<'_>) -> Parameter {
    let paths = match view.opt_text("path") {
        Some(path) => vec![path],
        None => view.texts("path"),
    };
    if paths.is_empty() && !view.is_faulty("path") && view.has("path") {
        view.fault(
            "path",
            Fault::new(Code::OutOfRange, "a path is missing in the list"),
        );
    }
    let name = view
        .opt_text("name")
        .unwrap_or_else(|| default_name(&paths));
    let head = name
        .chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_');
    if !view.is_faulty("path")
        && (!head
            || !name.chars().all(|c| c.is_alphanumeric() || c == '_')
            || TAKEN.contains(&name.as_str()))
    {
        let key = if view.has("name") { "name" } else { "path" };
        view.fault(
            key,
            Fault::new(
                Code::BadFormat,
                format!("a parameter can't be called `{name}`"),
            )
            .allowed("letters, digits and `_`, a letter first")
            .hint(format!(
                "`name` gives it a name; those of columns are taken: {}",
                TAKEN.join(", ")
            )),
        );
    }
    let key = if view.has("values") {
        "values"
    } else {
        "distribution"
    };
    Parameter {
        name,
        paths,
        spread: spread(view),
        points: view
            .opt_integer("points")
            .and_then(|p| usize::try_from(p).ok()),
        place: view.place("path"),
        spread_place: view.place(key),
        bounds_places: ["min", "max"].map(|key| view.place(key)),
    }
}

fn default_name(paths: &[String]) -> String {
    let last = paths
        .first()
        .map_or("", |p| p.rsplit('.').next().unwrap_or(p));
    last.split('[').next().unwrap_or(last).to_owned()
}

fn spread(view: &View<'_>) -> Spread {
    let nothing = Spread::Uniform { min: 0.0, max: 0.0 };
    let given = view.opt_choice("distribution");
    if view.has("values") {
        return choice(view);
    }
    if view.is_faulty("values") {
        return nothing;
    }
    foreign(view, given);
    let (min, max) = (view.number("min"), view.number("max"));
    let missing = |keys: &[&str]| {
        let mut any = false;
        for key in keys.iter().filter(|k| !view.has(k) && !view.is_faulty(k)) {
            any = true;
            view.fault_here(
                Fault::new(Code::MissingKey, format!("the key `{key}` is missing"))
                    .hint("a parameter has `values`, or `min` and `max`, or a normal distribution with `mean` and `sd`"),
            );
        }
        any
    };
    if min >= max {
        let fault = Fault::new(
            Code::Conflict,
            format!("max must be above min, which is {min}"),
        );
        view.fault("max", fault);
    }
    match given {
        Some("normal") => {
            missing(&["mean", "sd"]);
            let (mean, sd) = (view.number("mean"), view.number("sd"));
            let part = |x: f64| probability((x - mean) / sd);
            let (low, high) = bounds(view, "mean", min, max, part);
            Spread::Normal {
                mean,
                sd,
                low,
                high,
            }
        }
        Some("log-normal") => {
            missing(&["median", "factor"]);
            let (median, factor) = (view.number("median"), view.number("factor"));
            if min < 0.0 || max <= 0.0 {
                let key = if min < 0.0 { "min" } else { "max" };
                let fault = Fault::new(Code::OutOfRange, "a logarithmic scale begins above 0");
                view.fault(key, fault.allowed("above 0"));
            }
            let part = |x: f64| match x > 0.0 {
                true => probability(
                    (elementary::ln(x) - elementary::ln(median)) / elementary::ln(factor),
                ),
                false => 0.0,
            };
            let (low, high) = bounds(view, "median", min, max, part);
            Spread::LogNormal {
                median,
                factor,
                low,
                high,
            }
        }
        Some("integer") => {
            let whole = |key: &str, x: f64| {
                if x.fract() != 0.0 && !x.is_nan() {
                    view.fault(
                        key,
                        Fault::new(Code::WrongType, "a whole number is due here"),
                    );
                }
                x as i64
            };
            if missing(&["min", "max"]) {
                return nothing;
            }
            Spread::Integer {
                min: whole("min", min),
                max: whole("max", max),
            }
        }
        Some("log-uniform") => {
            if min <= 0.0 {
                let fault = Fault::new(Code::OutOfRange, "a logarithmic scale begins above 0")
                    .allowed("above 0");
                view.fault("min", fault);
            }
            missing(&["min", "max"]);
            Spread::LogUniform { min, max }
        }
        _ => {
            missing(&["min", "max"]);
            Spread::Uniform { min, max }
        }
    }
}

/// Keys of another distribution than the one that is given.
fn foreign(view: &View<'_>, given: Option<&str>) {
    const OF: [(&str, [&str; 2]); 2] = [
        ("normal", ["mean", "sd"]),
        ("log-normal", ["median", "factor"]),
    ];
    for (distribution, keys) in OF {
        if given == Some(distribution) {
            continue;
        }
        for key in keys.into_iter().filter(|key| view.has(key)) {
            let own = given.unwrap_or("uniform");
            let a = if own == "integer" { "an" } else { "a" };
            let message = format!("{a} {own} distribution has no `{key}`");
            let fault = Fault::new(Code::Conflict, message);
            let hint = format!(
                "distribution = \"{distribution}\" has `{}` and `{}`",
                keys[0], keys[1]
            );
            view.fault(key, fault.hint(hint));
        }
    }
}

/// Probabilities at which a distribution is cut; `part` is its own below a value.
fn bounds(view: &View<'_>, key: &str, min: f64, max: f64, part: impl Fn(f64) -> f64) -> (f64, f64) {
    let p = |x: f64, otherwise: f64| if x.is_nan() { otherwise } else { part(x) };
    let (low, high) = (p(min, 0.0), p(max, 1.0));
    if high - low < 1e-6 {
        let message = "nearly nothing of the distribution is between min and max";
        view.fault(key, Fault::new(Code::Conflict, message));
    }
    (low, high)
}

fn choice(view: &View<'_>) -> Spread {
    for key in [
        "distribution",
        "min",
        "max",
        "mean",
        "sd",
        "median",
        "factor",
        "points",
    ] {
        if view.has(key) {
            let fault = Fault::new(
                Code::Conflict,
                format!("`values` and `{key}` can't both stand"),
            );
            view.fault(key, fault.hint("leave one of them out"));
        }
    }
    let values: Vec<Node> = view
        .items("values")
        .iter()
        .map(|i| i.node.clone())
        .collect();
    let labels = view.texts("labels");
    if values.is_empty() {
        view.fault("values", Fault::new(Code::OutOfRange, "the list is empty"));
    }
    if !labels.is_empty() && labels.len() != values.len() {
        let message = format!(
            "there are {} labels for {} values",
            labels.len(),
            values.len()
        );
        view.fault("labels", Fault::new(Code::Conflict, message));
    }
    let until = until(view, values.len());
    Spread::Choice {
        values,
        labels,
        until,
    }
}

/// Sums of the weights, in parts of all.
fn until(view: &View<'_>, values: usize) -> Vec<f64> {
    let weights = view.numbers("weights");
    if weights.is_empty() {
        return weights;
    }
    let sum: f64 = weights.iter().sum();
    if weights.len() != values {
        let message = format!("there are {} weights for {values} values", weights.len());
        view.fault("weights", Fault::new(Code::Conflict, message));
    } else if sum <= 0.0 {
        let fault = Fault::new(Code::OutOfRange, "one weight at least is above 0");
        view.fault("weights", fault);
    }
    let mut so_far = 0.0;
    let add = |w: &f64| {
        so_far += w;
        so_far / sum
    };
    weights.iter().map(add).collect()
}

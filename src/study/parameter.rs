//! A parameter: which keys it sets, and what values it takes.
//!
//! Every parameter is a map from the unit interval to values (its quantile
//! function), so that designs, sensitivity and search need to know of nothing
//! but numbers from 0 to 1. The quantile of the normal distribution and the
//! logarithmic scale use our own `ln` and `exp`: a design is the same on every
//! machine.

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

/// Quantile of the standard normal distribution, for 0 < p < 1: algorithm
/// AS 241 (PPND16) of M. J. Wichura, Applied Statistics 37 (1988), 477-484,
/// good to about 1e-16. The coefficients were compared with those of Python's
/// `statistics` module.
pub fn normal_quantile(p: f64) -> f64 {
    let ratio = |r: f64, above: &[f64], below: &[f64]| {
        let horner = |c: &[f64]| c.iter().rev().fold(0.0, |sum, k| sum * r + k);
        horner(above) / horner(below)
    };
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(0.180625 - q * q, &A, &B);
    }
    let r = (-elementary::ln(if q < 0.0 { p } else { 1.0 - p })).sqrt();
    let x = if r <= 5.0 {
        ratio(r - 1.6, &C, &D)
    } else {
        ratio(r - 5.0, &E, &F)
    };
    if q < 0.0 { -x } else { x }
}

/// The inverse of [`normal_quantile`], by halving.
pub(crate) fn probability(x: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if normal_quantile(middle) < x {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

const A: [f64; 8] = [
    3.387_132_872_796_366_5,
    1.331_416_678_917_843_8e2,
    1.971_590_950_306_551_3e3,
    1.373_169_376_550_946e4,
    4.592_195_393_154_987e4,
    6.726_577_092_700_87e4,
    3.343_057_558_358_813e4,
    2.509_080_928_730_122_7e3,
];
const B: [f64; 8] = [
    1.0,
    4.231_333_070_160_091e1,
    6.871_870_074_920_579e2,
    5.394_196_021_424_751e3,
    2.121_379_430_158_659_7e4,
    3.930_789_580_009_271e4,
    2.872_908_573_572_194_3e4,
    5.226_495_278_852_854e3,
];
const C: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    2.417_807_251_774_506e-1,
    2.272_384_498_926_918_4e-2,
    7.745_450_142_783_414e-4,
];
const D: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    6.897_673_349_851e-1,
    1.481_039_764_274_800_8e-1,
    1.519_866_656_361_645_7e-2,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const E: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    2.965_605_718_285_048_7e-1,
    2.653_218_952_657_612_4e-2,
    1.242_660_947_388_078_4e-3,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const F: [f64; 8] = [
    1.0,
    5.998_322_065_558_88e-1,
    1.369_298_809_227_358e-1,
    1.487_536_129_085_061_5e-2,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_normal_quantiles() {
        // Tables of the normal distribution, 1e-10 by Python's statistics.NormalDist.
        for (p, x) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.9, 1.281_551_565_544_600_8),
            (1e-10, -6.361_340_902_404_056),
        ] {
            assert!(
                (normal_quantile(p) - x).abs() < 1e-14 * (1.0 + x.abs()),
                "{p}: {}",
                normal_quantile(p)
            );
            assert!((probability(x) - p).abs() < 1e-15, "{p}");
        }
    }
}

//! The check file: which scenarios, against which baselines, how near.
//!
//! Its keys stand in the tables beside this ([`super::tables`]).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::rules::{Rule, Rules};
use super::tables::ROOT;
use crate::compare::{Tolerance, figures};
use crate::scenario::{Code, Fault, Faults, FileKind, Item, Place, Source, View, parse_as};
use crate::trace::channels::matches;

/// The name that is looked for in a folder.
pub const NAME: &str = "heatloop-check.toml";
/// A check file, read.
#[derive(Clone, Debug)]
pub struct CheckFile {
    pub source: Arc<Source>,
    pub title: String,
    pub metrics: Vec<String>,
    pub levels: Levels,
    pub entries: Vec<Entry>,
    pub trace: Option<Trace>,
    pub speed: Option<Speed>,
}

/// How far down figures are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Levels {
    Total,
    Devices,
    Rooms,
}

/// A scenario to check.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub file: PathBuf,
    pub baseline: PathBuf,
    pub rules: Rules,
    pub traces: bool,
    /// Where the check file names it.
    pub place: Place,
}

/// How traces are compared.
#[derive(Clone, Debug)]
pub struct Trace {
    pub interval_s: u32,
    pub channels: Vec<String>,
    pub rules: Rules,
}

/// How speed is compared.
#[derive(Clone, Debug)]
pub struct Speed {
    pub names: Vec<String>,
    pub baseline: PathBuf,
    pub repetitions: u32,
    pub tolerance: f64,
    pub instructions: Count,
    pub instructions_tolerance: f64,
    pub place: Place,
}

/// How instructions are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    No,
    Perf,
    Valgrind,
}

/// Reads a check file, or that of a folder.
///
/// # Errors
/// All its faults.
pub fn read(path: &Path) -> Result<CheckFile, Faults> {
    let path = if path.is_dir() {
        path.join(NAME)
    } else {
        path.to_owned()
    };
    let (source, format) = crate::scenario::read_text(&path).map_err(|faults| {
        let hint = "a check file lists scenarios and their baselines: docs/CHECK.md";
        let hinted = faults.list.into_iter().map(|f| f.hint(hint));
        Faults::new(hinted.collect())
    })?;
    let base_dir = path.parent().unwrap_or_else(|| Path::new(""));
    parse_as(&source, format, FileKind::Check)?;
    crate::scenario::read_section(&source, format, base_dir, &ROOT, build).map(|(file, _)| file)
}

fn build(view: &View<'_>) -> CheckFile {
    let base_dir = view.context().base_dir.clone();
    let folder = base_dir.join(view.text("baselines"));
    let common = rules(view, "tolerances", &metric_names(), "metric");
    patterns(view, "metrics", &metric_names(), "metric");
    let entries = entries(view, &folder, &common);
    CheckFile {
        source: Arc::clone(&view.context().source),
        title: view.text("title"),
        metrics: view.texts("metrics"),
        levels: match view.choice("levels") {
            "total" => Levels::Total,
            "rooms" => Levels::Rooms,
            _ => Levels::Devices,
        },
        trace: view.section("trace").map(|v| trace(&v)),
        speed: view.section("speed").map(|v| speed(&v, &folder, &entries)),
        entries,
    }
}

fn entries(view: &View<'_>, folder: &Path, common: &Rules) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let sections = view.sections("scenarios");
    if sections.is_empty() && view.has("scenarios") {
        view.fault(
            "scenarios",
            Fault::new(Code::OutOfRange, "there is no scenario to check")
                .allowed("one or more tables")
                .hint("write [[scenarios]] and below it file = \"NAME.toml\""),
        );
    }
    for v in sections {
        let file = v.text("file");
        let stem = Path::new(&file).file_stem();
        let stem = stem.map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let name = v.opt_text("name").unwrap_or(stem);
        if !is_plain(&name) && v.is_sound() {
            let key = if v.has("name") { "name" } else { "file" };
            v.fault(
                key,
                Fault::new(Code::BadFormat, format!("\"{name}\" can't name a baseline"))
                    .allowed("letters, digits, `.`, `_` and `-`, not beginning with `.`")
                    .hint("give a name"),
            );
        }
        if entries.iter().any(|e| e.name == name) && v.is_sound() {
            let key = if v.has("name") { "name" } else { "file" };
            v.fault(
                key,
                Fault::new(
                    Code::Duplicate,
                    format!("two scenarios are called \"{name}\""),
                )
                .hint("give one of them another name"),
            );
        }
        let baseline = match v.opt_text("baseline") {
            Some(path) => v.context().base_dir.join(path),
            None => folder.join(format!("{name}.json")),
        };
        let shared = |e: &&Entry| e.baseline == baseline && e.name != name;
        if let Some(other) = entries.iter().find(shared).filter(|_| v.is_sound()) {
            v.fault(
                "baseline",
                Fault::new(
                    Code::Duplicate,
                    format!("\"{}\" has this baseline already", other.name),
                )
                .hint("each scenario needs its own: two would overwrite each other"),
            );
        }
        entries.push(Entry {
            file: v.context().base_dir.join(file),
            baseline,
            rules: common
                .clone()
                .then(rules(&v, "tolerances", &metric_names(), "metric")),
            traces: v.boolean("traces"),
            place: v.place("file"),
            name,
        });
    }
    entries
}

fn trace(view: &View<'_>) -> Trace {
    let known = channel_names();
    patterns(view, "channels", &known, "channel");
    Trace {
        interval_s: u32::try_from(view.integer("interval_s")).unwrap_or(3600),
        channels: view.texts("channels"),
        rules: rules(view, "tolerances", &known, "channel"),
    }
}

fn speed(view: &View<'_>, folder: &Path, entries: &[Entry]) -> Speed {
    for item in view.items("scenarios") {
        let name = item.text().unwrap_or("");
        if !entries.iter().any(|e| e.name == name) {
            let names = || entries.iter().map(|e| e.name.as_str());
            let hint = match crate::scenario::nearest(name, names()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("scenarios: {}", names().collect::<Vec<_>>().join(", ")),
            };
            item.fault(
                Fault::new(
                    Code::UnknownName,
                    format!("no scenario of this file is called \"{name}\""),
                )
                .hint(hint),
            );
        }
    }
    let baseline = view.text("baseline");
    Speed {
        names: view.texts("scenarios"),
        baseline: if baseline.is_empty() {
            folder.join("speed.json")
        } else {
            view.context().base_dir.join(baseline)
        },
        repetitions: u32::try_from(view.integer("repetitions")).unwrap_or(1),
        tolerance: view.number("tolerance"),
        instructions: match view.choice("instructions") {
            "perf" => Count::Perf,
            "valgrind" => Count::Valgrind,
            _ => Count::No,
        },
        instructions_tolerance: view.number("instructions_tolerance"),
        place: view.place_here(),
    }
}

/// Whether a name is good for a file on every system.
fn is_plain(name: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !name.is_empty() && !name.starts_with('.') && name.len() <= 100 && name.chars().all(good)
}

fn metric_names() -> Vec<String> {
    figures::all_short()
}

/// Channels as patterns' targets: a room, layer and reason by a stand-in.
fn channel_names() -> Vec<String> {
    let names = crate::trace::channels::DEFINITIONS.iter();
    let mut all: Vec<String> = names.map(|d| d.name.to_owned()).collect();
    let reasons = crate::trace::Reason::ALL.iter();
    all.extend(reasons.map(|r| format!("reason.{}_s", r.name())));
    all
}

/// The tolerances of a key, in the order of the file.
fn rules(view: &View<'_>, key: &str, known: &[String], what: &str) -> Rules {
    let mut all = Vec::new();
    for (pattern, item) in view.map(key) {
        let Some(v) = item.section() else {
            continue;
        };
        if let Some(fault) = unknown(&pattern, known, what) {
            item.fault(fault);
        }
        let (absolute, relative) = (v.opt_number("absolute"), v.opt_number("relative"));
        let ignore = v.boolean("ignore");
        let given = absolute.is_some() || relative.is_some();
        if given == ignore && v.is_sound() {
            let message = if ignore {
                "what is ignored has no tolerance"
            } else {
                "a tolerance says how much"
            };
            v.fault_here(
                Fault::new(Code::Conflict, message)
                    .allowed("absolute, relative, or both; or ignore = true"),
            );
        }
        all.push(Rule {
            pattern,
            tolerance: (!ignore).then_some(Tolerance {
                absolute: absolute.unwrap_or(0.0),
                relative: relative.unwrap_or(0.0),
            }),
        });
    }
    Rules(all)
}

/// Tells patterns of a list that can't fit anything.
fn patterns(view: &View<'_>, key: &str, known: &[String], what: &str) {
    let each = |item: Item<'_>| {
        if let Some(fault) = item.text().and_then(|p| unknown(p, known, what)) {
            item.fault(fault);
        }
    };
    view.items(key).into_iter().for_each(each);
}

/// The fault of a pattern that fits no name. Names of users, devices, rooms and
/// layers are known only after a run, so patterns with such parts pass here.
fn unknown(pattern: &str, known: &[String], what: &str) -> Option<Fault> {
    let later = ["users.", "room.", "tank.layer."];
    if later.iter().any(|l| pattern.starts_with(l)) || known.iter().any(|n| matches(pattern, n)) {
        return None;
    }
    let bare = pattern.replace('*', "");
    let near = crate::scenario::nearest(&bare, known.iter().map(String::as_str)).or_else(|| {
        // `hvac_kwh` and `hvac*` for `energy.hvac_kwh`.
        let inside = |n: &&String| !bare.is_empty() && n.contains(bare.as_str());
        known.iter().find(inside).map(String::as_str)
    });
    let fault = Fault::new(Code::UnknownName, format!("\"{pattern}\" fits no {what}"));
    Some(match near {
        Some(near) => fault.hint(format!("did you mean \"{near}\"?")),
        None => fault.hint("docs/METRICS.md lists all names; `*` stands for any characters"),
    })
}

#[cfg(test)]
mod tests;

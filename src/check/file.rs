//! The check file: which scenarios, against which baselines, how near.
//!
//! Its tables are those of scenarios in kind (`src/scenario/field.rs`), so
//! faults, the JSON Schema and docs/CHECK.md come from them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::rules::{Rule, Rules};
use crate::compare::{Tolerance, figures};
use crate::scenario::field::{Kind, Section, default, integer, number, optional, required};
use crate::scenario::{Code, Fault, Faults, Item, Place, Source, View};
use crate::trace::channels::matches;

/// The name that is looked for in a folder.
pub const NAME: &str = "heatloop-check.toml";
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
    let read = crate::scenario::read_section(&source, format, base_dir, &ROOT, build);
    match read {
        Ok((file, _)) => Ok(file),
        Err(mut faults) => {
            // The likeliest mix-up has one cause, not a list of unknown keys.
            let scenario = |f: &&mut Fault| f.code == Code::UnknownKey && f.key == "heatloop";
            if let Some(fault) = faults.list.iter_mut().find(scenario) {
                let fault = fault.clone().hint(
                    "this looks like a scenario; a check file begins with heatloop_check = 1 and lists scenarios",
                );
                faults = Faults::new(vec![fault]);
            }
            Err(faults)
        }
    }
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

/// docs/CHECK.md, made from the tables.
pub fn reference() -> String {
    crate::scenario::reference::reference(&ROOT, include_str!("check_head.md"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Format, field};

    fn parse(text: &str) -> Result<CheckFile, Faults> {
        let source = Source::new("heatloop-check.toml", text);
        crate::scenario::read_section(&source, Format::Toml, Path::new("here"), &ROOT, build)
            .map(|(file, _)| file)
    }

    fn faults(text: &str) -> String {
        parse(text).unwrap_err().render(100, false)
    }

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

    #[test]
    fn a_file_of_two_lines_has_sensible_defaults() {
        let file = parse("heatloop_check = 1\n[[scenarios]]\nfile = \"a/day.toml\"\n").unwrap();
        let entry = &file.entries[0];
        assert_eq!(entry.name, "day");
        assert_eq!(entry.file, Path::new("here/a/day.toml"));
        assert_eq!(entry.baseline, Path::new("here/baselines/day.json"));
        assert!(file.trace.is_none() && file.speed.is_none());
    }

    #[test]
    fn faults_of_every_kind_come_in_one_go_with_places_and_hints() {
        let text = faults(
            "heatloop_check = 1\n\
             metrics = [\"energie.*\"]\n\
             [tolerances]\n\
             \"energy.hvac_kw\" = { relative = 0.01 }\n\
             \"running.starts\" = { relativ = 0.01 }\n\
             \"comfort.*\" = { absolute = -1 }\n\
             \"cost.*\" = {}\n\
             [[scenarios]]\nfile = \"day.toml\"\n\
             [[scenarios]]\nfile = \"b/day.toml\"\n\
             [speed]\nscenarios = [\"dag\"]\nrepetitions = 0\n",
        );
        for part in [
            "heatloop-check.toml:2:12",
            "fits no metric",
            "did you mean \"energy.hvac_kwh\"?",
            "did you mean `relative`?",
            "from 0 to 1000000000000000",
            "a tolerance says how much",
            "two scenarios are called \"day\"",
            "did you mean \"day\"?",
            "from 1 to 100",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn a_scenario_given_as_a_check_file_is_told_as_one_fault() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("day.toml");
        std::fs::write(&path, "heatloop = 1\nperiod = { days = 1 }\n").unwrap();
        let faults = read(&path).unwrap_err();
        assert_eq!(faults.list.len(), 1);
        assert!(faults.render(100, false).contains("looks like a scenario"));
    }

    #[test]
    fn patterns_of_users_and_rooms_wait_for_the_run() {
        let head = "heatloop_check = 1\n[[scenarios]]\nfile = \"d.toml\"\n";
        let rest = "[tolerances]\n\"users.anna.*\" = { absolute = 1 }\n\"*_kwh\" = { relative = 0.1 }\n\
                    [trace]\ntolerances.\"room.living.*\" = { absolute = 1 }\n";
        assert!(parse(&format!("{head}{rest}")).is_ok());
    }
}

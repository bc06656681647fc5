//! What a run costs, without seconds: as a ratio to a fixed workload that is
//! timed on the same machine in the same minute, and in instructions where the
//! system counts them.
//!
//! The ratio takes the machine's speed out, not its kind: another processor
//! may divide or miss its cache at another price, so tolerances are wide.
//! Instructions hardly vary, but belong to one build for one target.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::json;

use super::file::{Count, Entry, Speed};
use super::{Ask, put_file};
use crate::scenario::field::{Kind, Section, default, integer, number, required};
use crate::scenario::{self, View};
use crate::sim::{self, Options, Silent};

const VERSION: i64 = 1;

static ROOT: Section = Section {
    name: "speed baseline",
    doc: "What runs cost, by build and target.",
    fields: &[
        required("heatloop_speed", integer("", VERSION, VERSION), "Version."),
        required("builds", Kind::Map(&Kind::Section(&BUILD)), "By build."),
    ],
};

static BUILD: Section = Section {
    name: "build",
    doc: "Figures of a build.",
    fields: &[
        required("ratios", Kind::Map(&number("", 0.0, 1e12)), "Ratios."),
        default(
            "instructions",
            Kind::Map(&number("", 0.0, 1e18)),
            "{}",
            "Instructions, by scenario and counter.",
        ),
    ],
};

/// Figures of one build.
#[derive(Clone, Debug, Default, PartialEq)]
struct Build {
    ratios: BTreeMap<String, f64>,
    /// By `SCENARIO by COUNTER`.
    instructions: BTreeMap<String, f64>,
}

/// How a scenario's speed compares.
#[derive(Clone, Debug)]
pub struct Timed {
    pub name: String,
    pub line: usize,
    pub outcome: Outcome,
    /// What was found, in words.
    pub lines: Vec<String>,
    pub written: Vec<String>,
    pub not_written: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Same,
    Faster,
    Slower,
    /// This build has no baseline.
    New,
    Failed,
}

/// The build and the target of this program, as far as it knows them.
fn build_name() -> String {
    let build = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    let (arch, os) = (std::env::consts::ARCH, std::env::consts::OS);
    format!("{build} {arch} {os}")
}

/// A workload like that of a run: modes that decay and are summed up, a table
/// that is looked up, and branches on what comes out. It never changes: all
/// ratios hang on it.
fn workload() -> f64 {
    const MODES: usize = 80;
    const STEPS: usize = 40_000;
    let mut state = [20.0f64; MODES];
    let mut table = [0.0f64; 4096];
    for (i, t) in table.iter_mut().enumerate() {
        *t = (i as f64 * 0.37) % 7.0;
    }
    let (mut sum, mut on) = (0.0, false);
    for step in 0..STEPS {
        let drive = table[(step * 97) % table.len()] + if on { 12.0 } else { -3.0 };
        let mut room = 0.0;
        for (i, x) in state.iter_mut().enumerate() {
            let decay = 1.0 - 0.5 / (i + 2) as f64;
            *x = *x * decay + drive * (1.0 - decay);
            room += *x;
        }
        let mean = room / MODES as f64;
        on = if on { mean < 4.0 } else { mean < 1.0 };
        sum += mean;
    }
    sum
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// The ratio of a scenario's shortest run to the shortest workload around it.
fn ratio(entry: &Entry, repetitions: u32) -> Result<f64, String> {
    let loaded = scenario::read(&entry.file).map_err(|f| f.to_string())?;
    let mut fault = None;
    let (mut run_s, mut work_s) = (f64::INFINITY, f64::INFINITY);
    let mut time_work = || {
        for _ in 0..3 {
            work_s = f64::min(
                work_s,
                seconds(|| {
                    black_box(workload());
                }),
            );
        }
    };
    time_work();
    for _ in 0..repetitions {
        run_s = run_s.min(seconds(|| {
            match sim::run(&loaded.scenario, Options::default(), &Silent) {
                Ok(result) => {
                    black_box(result);
                }
                Err(e) => fault = Some(e.to_string()),
            }
        }));
        time_work();
    }
    match fault {
        Some(fault) => Err(fault),
        None => Ok(rounded(run_s / work_s)),
    }
}

/// Four digits: more is noise.
fn rounded(v: f64) -> f64 {
    format!("{v:.3e}").parse().unwrap_or(v)
}

/// Instructions of a run, by whom they were counted; or why not.
fn instructions(
    entry: &Entry,
    speed: &Speed,
    program: &Path,
) -> Result<(f64, &'static str), String> {
    let perf = || {
        let counted = output(
            "perf",
            &["stat", "-x", ",", "-e", "instructions:u", "--"],
            program,
            &entry.file,
        )?;
        by_perf(&counted)
            .map(|n| (n, "perf"))
            .ok_or_else(|| "perf counts no instructions here".to_owned())
    };
    let valgrind = || {
        let counted = output(
            "valgrind",
            &["--tool=callgrind", "--callgrind-out-file=/dev/null"],
            program,
            &entry.file,
        )?;
        by_valgrind(&counted)
            .map(|n| (n, "valgrind"))
            .ok_or_else(|| "valgrind gave no count".to_owned())
    };
    match speed.instructions {
        Count::No => Err(String::new()),
        Count::Perf => perf(),
        Count::Valgrind => {
            perf().or_else(|first| valgrind().map_err(|second| format!("{first}; {second}")))
        }
    }
}

/// Standard error of a run of a scenario under another program.
fn output(tool: &str, arguments: &[&str], program: &Path, file: &Path) -> Result<String, String> {
    let done = Command::new(tool)
        .args(arguments)
        .arg(program)
        .args(["run", "--dry", "--quiet", "--threads", "1"])
        .arg(file)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()
        .map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => format!("{tool} is not installed"),
            _ => format!("{tool} does not start: {e}"),
        })?;
    if !done.status.success() {
        return Err(format!("{tool} failed"));
    }
    Ok(String::from_utf8_lossy(&done.stderr).into_owned())
}

/// The count of `perf stat -x ,`: the first field of the event's line.
fn by_perf(text: &str) -> Option<f64> {
    let line = text.lines().find(|l| l.contains("instructions"))?;
    line.split(',').next()?.trim().parse().ok()
}

/// The count of callgrind: `==1== Collected : 123`.
fn by_valgrind(text: &str) -> Option<f64> {
    let (_, count) = text.split_once("Collected :")?;
    count.split_whitespace().next()?.parse().ok()
}

/// Times and compares the scenarios that are wanted.
pub(super) fn check(speed: &Speed, entries: &[&Entry], ask: &Ask) -> Vec<Timed> {
    let mut builds = match read(&speed.baseline) {
        Ok(builds) => builds,
        // What can't be read is replaced.
        Err(_) if ask.update => BTreeMap::new(),
        Err(why) => {
            return vec![failed(
                "speed",
                speed,
                format!("{why}; heatloop check --update makes the baseline of the speed"),
            )];
        }
    };
    let build = build_name();
    let was = builds.get(&build).cloned().unwrap_or_default();
    let mut now = was.clone();
    let wanted = entries.iter().filter(|e| speed.names.contains(&e.name));
    let mut all: Vec<Timed> = wanted
        .map(|entry| timed(entry, speed, ask, &build, &was, &mut now))
        .collect();
    if ask.update
        && let Some(last) = all.last_mut()
    {
        builds.insert(build, now);
        match put_file(&speed.baseline, to_text(&builds).as_bytes()) {
            Ok(true) => last.written.push(speed.baseline.display().to_string()),
            Ok(false) => {}
            Err(why) => last.not_written.push(why),
        }
    }
    all
}

fn failed(name: &str, speed: &Speed, why: String) -> Timed {
    Timed {
        name: name.to_owned(),
        line: speed.place.line,
        outcome: Outcome::Failed,
        lines: vec![why],
        written: Vec::new(),
        not_written: Vec::new(),
    }
}

fn timed(
    entry: &Entry,
    speed: &Speed,
    ask: &Ask,
    build: &str,
    was: &Build,
    now: &mut Build,
) -> Timed {
    let ratio = match ratio(entry, speed.repetitions) {
        Ok(ratio) => ratio,
        Err(why) => return failed(&entry.name, speed, why),
    };
    let mut judged = Vec::new();
    let mut lines = Vec::new();
    let mut judge = |what: &str, was: Option<&f64>, is: f64, tolerance: f64| {
        let (outcome, text) = verdict(what, was.copied(), is, tolerance, build);
        judged.push(outcome);
        lines.push(text);
    };
    judge(
        "times the calibration loop",
        was.ratios.get(&entry.name),
        ratio,
        speed.tolerance,
    );
    now.ratios.insert(entry.name.clone(), ratio);
    let program = ask.program.as_deref();
    match program.map(|p| instructions(entry, speed, p)) {
        Some(Ok((count, by))) => {
            let key = format!("{} by {by}", entry.name);
            let what = format!("instructions, counted by {by}");
            let tolerance = speed.instructions_tolerance;
            judge(&what, was.instructions.get(&key), count, tolerance);
            now.instructions.insert(key, count);
        }
        Some(Err(why)) if !why.is_empty() => {
            lines.push(format!("instructions are not available: {why}"));
        }
        _ => {}
    }
    let worst = |o: &Outcome| match o {
        Outcome::Faster => 1,
        Outcome::New => 2,
        Outcome::Slower => 3,
        _ => 0,
    };
    Timed {
        name: entry.name.clone(),
        line: speed.place.line,
        outcome: judged
            .into_iter()
            .max_by_key(worst)
            .unwrap_or(Outcome::Same),
        lines,
        written: Vec::new(),
        not_written: Vec::new(),
    }
}

/// Costs may rise by a share; what falls by more is told, and passes.
fn verdict(
    what: &str,
    was: Option<f64>,
    is: f64,
    tolerance: f64,
    build: &str,
) -> (Outcome, String) {
    use crate::compare::words::{share, short};
    let Some(was) = was else {
        let text = format!(
            "{} {what}; no baseline of a {build} build yet, --update makes it",
            short(is)
        );
        return (Outcome::New, text);
    };
    let outcome = if is > was * (1.0 + tolerance) || is.is_nan() {
        Outcome::Slower
    } else if is * (1.0 + tolerance) < was {
        Outcome::Faster
    } else {
        Outcome::Same
    };
    let text = format!(
        "{} {what}, {} before ({}, allowed +{} %)",
        short(is),
        short(was),
        share(was, is),
        short(100.0 * tolerance)
    );
    (outcome, text)
}

fn read(path: &Path) -> Result<BTreeMap<String, Build>, String> {
    if !path.exists() {
        return Err(format!("there is no baseline {}", path.display()));
    }
    let (source, _) = scenario::read_text(path).map_err(|f| f.to_string())?;
    let format = scenario::Format::Json;
    let read = scenario::read_section(&source, format, Path::new(""), &ROOT, build);
    read.map(|(builds, _)| builds).map_err(|faults| {
        let lines: Vec<String> = faults.list.iter().map(scenario::Fault::line).collect();
        lines.join("; ")
    })
}

fn build(view: &View<'_>) -> BTreeMap<String, Build> {
    let numbers = |v: &View<'_>, key: &str| -> BTreeMap<String, f64> {
        let map = v.map(key).into_iter();
        map.filter_map(|(name, item)| Some((name, item.number()?)))
            .collect()
    };
    let builds = view.map("builds").into_iter();
    builds
        .filter_map(|(name, item)| {
            let v = item.section()?;
            let build = Build {
                ratios: numbers(&v, "ratios"),
                instructions: numbers(&v, "instructions"),
            };
            Some((name, build))
        })
        .collect()
}

fn to_text(builds: &BTreeMap<String, Build>) -> String {
    let each: serde_json::Map<String, serde_json::Value> = builds
        .iter()
        .map(|(name, b)| {
            let mut build = json!({ "ratios": b.ratios });
            if !b.instructions.is_empty() {
                build["instructions"] = json!(b.instructions);
            }
            (name.clone(), build)
        })
        .collect();
    let all = json!({ "heatloop_speed": VERSION, "builds": each });
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workload_is_the_same_for_ever() {
        assert_eq!(workload().to_bits(), workload().to_bits());
        // A change here would spoil every baseline.
        assert_eq!(format!("{:.9e}", workload()), WORK);
    }

    const WORK: &str = "7.768692494e4";

    #[test]
    fn costs_may_rise_by_their_tolerance_and_fall_freely() {
        let of = |was, is| verdict("units", was, is, 0.25, "debug").0;
        assert_eq!(of(Some(8.0), 10.0), Outcome::Same);
        assert_eq!(of(Some(8.0), 10.01), Outcome::Slower);
        assert_eq!(of(Some(8.0), 6.0), Outcome::Faster);
        assert_eq!(of(Some(8.0), 6.5), Outcome::Same);
        assert_eq!(of(None, 6.5), Outcome::New);
        assert_eq!(of(Some(8.0), f64::NAN), Outcome::Slower);
    }

    #[test]
    fn counts_are_found_in_what_the_tools_print() {
        let perf = "warning\n123456789,,instructions:u,50,100.00,,\n";
        assert_eq!(by_perf(perf), Some(123_456_789.0));
        assert_eq!(by_perf("<not supported>,,instructions:u,0,100.00,,"), None);
        assert_eq!(by_perf(""), None);
        let valgrind = "==7== Events    : Ir\n==7== Collected : 987654\n==7==\n";
        assert_eq!(by_valgrind(valgrind), Some(987_654.0));
        assert_eq!(by_valgrind("killed"), None);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("speed.json");
        assert!(read(&path).unwrap_err().contains("no baseline"));
        let build = Build {
            ratios: [("a".to_owned(), 1.5)].into(),
            instructions: [("a by perf".to_owned(), 2e9)].into(),
        };
        let builds: BTreeMap<String, Build> = [("release x y".to_owned(), build)].into();
        std::fs::write(&path, to_text(&builds)).unwrap();
        assert_eq!(read(&path).unwrap(), builds);
        std::fs::write(&path, "{ \"heatloop_speed\": 1").unwrap();
        assert!(read(&path).unwrap_err().contains("speed.json:1"));
    }
}

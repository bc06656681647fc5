//! What a study costs beside its runs: a hundred thousand of them by an
//! executor that does nothing but figures out of the air.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use heatloop::study::run::{Ended, Executor, Job, Outcome};
use heatloop::study::store::journal::Status;
use heatloop::study::{Command, Plan, Request, Silent, command};

const BASE: &str = r#"heatloop = 1
site = { country = "NL", postal_code = "3511AB" }
period = { start = 2019-01-20, days = 1, warmup_days = 0 }
[[users]]
[[users.devices]]
house = "rc-light"
heat_pump = "nibe-f2050-6"
tank = { volume_l = 150 }
"#;

const STUDY: &str = r#"heatloop_study = 1
base = "base.toml"
metrics = ["cost.*", "corrected.*"]
[[parameters]]
name = "preferred_c"
path = "settings.room.preferred_temperature"
min = 18
max = 22
[[parameters]]
name = "tank_l"
path = "tank.volume_l"
min = 100
max = 300
[sweep]
design = "random"
runs = 100000
"#;

struct Air {
    columns: usize,
}

impl Executor for Air {
    fn run(&self, jobs: &[Job], ended: Ended<'_>) {
        for (place, job) in jobs.iter().enumerate() {
            ended(place, done(job, self.columns));
        }
    }
}

fn done(job: &Job, columns: usize) -> Outcome {
    let values = (0..columns).map(|c| (job.row * c) as f64 / 7.0);
    Outcome {
        status: Status::Done,
        reason: String::new(),
        values: values.collect(),
    }
}

/// Goes on with the next run of its batch when the journal holds the last one.
struct Waits {
    columns: usize,
    journal: PathBuf,
}

impl Executor for Waits {
    fn batch(&self) -> usize {
        4
    }

    fn run(&self, jobs: &[Job], ended: Ended<'_>) {
        let size = || fs::metadata(&self.journal).map_or(0, |m| m.len());
        for (place, job) in jobs.iter().enumerate() {
            let before = size();
            ended(place, done(job, self.columns));
            let asked = Instant::now();
            while size() == before {
                assert!(asked.elapsed() < Duration::from_secs(60), "run {}", job.row);
                std::thread::sleep(Duration::from_micros(200));
            }
        }
    }
}

/// A plan of the study with so many runs, in a folder of its own.
fn plan(runs: usize) -> (tempfile::TempDir, Plan, Request) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("base.toml"), BASE).expect("is written");
    let file = folder.path().join("study.toml");
    fs::write(&file, STUDY.replace("100000", &runs.to_string())).expect("is written");
    let plan = Plan::read(&file, Command::Sweep).expect("is read");
    let request = Request {
        folder: folder.path().join("out"),
        shard: None,
        pictures: true,
        validate: false,
    };
    (folder, plan, request)
}

/// What a kill costs are runs on their way, and not those of their batch that ended.
#[test]
fn a_run_is_in_the_journal_before_its_batch_ends() {
    let (folder, plan, request) = plan(8);
    let waits = Waits {
        columns: plan.columns.len(),
        journal: folder.path().join("out/journal"),
    };
    let report = command::execute_with(&plan, &request, &waits, &Silent).expect("is done");
    assert_eq!((report.runs, report.failed), (8, 0));
}

/// Most memory that this process ever had, MB; `None` where it can't be told.
fn peak_mb() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM"))?;
    let kb: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kb / 1024.0)
}

#[test]
fn a_hundred_thousand_runs_take_flat_memory_and_no_time_to_speak_of() {
    let (folder, plan, request) = plan(100_000);
    let before = peak_mb();
    let air = Air {
        columns: plan.columns.len(),
    };
    let started = Instant::now();
    let report = command::execute_with(&plan, &request, &air, &Silent).expect("is done");
    let took = started.elapsed();
    assert_eq!((report.runs, report.failed), (100_000, 0));
    let csv = fs::read_to_string(folder.path().join("out/results.csv")).expect("is read");
    assert_eq!(csv.lines().count(), 100_001);
    drop(csv);
    let per_run_us = took.as_secs_f64() * 1e6 / 100_000.0;
    let grown = before.and_then(|b| Some(peak_mb()? - b));
    println!("{per_run_us:.0} µs a run, {grown:?} MB more");
    // The results alone are 30 MB; nothing of them is held. An index of 8 bytes
    // a row, a row group and the picture are.
    assert!(grown.is_none_or(|mb| mb < 120.0), "{grown:?} MB");
    // A year of the smallest house takes some 30 ms: this is 2 % of it, on a
    // machine that does other things too.
    assert!(per_run_us < 600.0, "{per_run_us} µs a run");
}

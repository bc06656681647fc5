//! Studies, end to end: the program on study files in temporary folders.

mod faults;
mod folder;
mod sensitivity;
mod sweep;
mod tune;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;

const BASE: &str = r#"heatloop = 1
title = "A day"
site = { country = "NL", postal_code = "3511AB" }
period = { start = 2019-01-20, days = 1, warmup_days = 0 }
[[users]]
id = "anna"
[[users.devices]]
id = "pump"
house = "rc-light"
heat_pump = "nibe-f2050-6"
tank = { volume_l = 150 }
"#;

/// 5 x 4 points under 2 seeds; the highest target is above the lowest bound.
const SWEEP: &str = r#"heatloop_study = 1
title = "Test"
base = "base.toml"
metrics = ["corrected.*", "running.*", "performance.seer"]
[set]
"users[0].bounds" = "absolute"
"settings.room.temperature_lower_bound" = 17
[[parameters]]
name = "preferred_c"
path = "settings.room.preferred_temperature"
values = [18, 19.5, 20, 21, 22]
[[parameters]]
name = "upper_c"
path = "settings.room.temperature_upper_bound"
min = 21.5
max = 24
points = 4
[replicates]
seeds = [1, 2]
[sensitivity]
method = "morris"
trajectories = 4
"#;

struct Place(tempfile::TempDir);

impl Place {
    fn new(study: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("base.toml"), BASE).expect("is written");
        fs::write(folder.path().join("study.toml"), study).expect("is written");
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("heatloop"));
        command.args(words).current_dir(self.0.path());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("runs")
    }

    /// Runs and expects the exit code; gives standard error.
    fn exits(&self, words: &[&str], code: i32) -> String {
        let output = self.run(words);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {text}");
        text
    }
}

/// Files of results with their bytes.
fn results(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let working = ["journal", "lock", "log.jsonl"];
    let mut all: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("an entry"))
        .map(|e| (e.file_name().to_string_lossy().into_owned(), e.path()))
        .filter(|(name, _)| !working.contains(&name.as_str()))
        .map(|(name, path)| (name, fs::read(path).expect("is read")))
        .collect();
    all.sort();
    all
}

fn assert_same(one: &Path, other: &Path) {
    let (a, b) = (results(one), results(other));
    let names = |all: &[(String, Vec<u8>)]| all.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    for ((name, a), (_, b)) in a.iter().zip(&b) {
        assert!(a == b, "{name} differs");
    }
}

/// Rows of a CSV file, each as name and cell.
fn rows(path: &Path) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_path(path).expect("is CSV");
    let names: Vec<String> = reader
        .headers()
        .expect("a head")
        .iter()
        .map(str::to_owned)
        .collect();
    reader
        .records()
        .map(|r| {
            let record = r.expect("a row");
            names
                .iter()
                .cloned()
                .zip(record.iter().map(str::to_owned))
                .collect()
        })
        .collect()
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    let found = row.iter().find(|(n, _)| n == name);
    found
        .map(|(_, c)| c.as_str())
        .unwrap_or_else(|| panic!("no column {name}"))
}

/// The path of a study that is shipped.
fn shipped(name: &str) -> String {
    format!(
        "{}/scenarios/studies/{name}.toml",
        env!("CARGO_MANIFEST_DIR")
    )
}

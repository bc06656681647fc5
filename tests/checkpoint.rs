//! A run that is stopped and gone on with, as a user does it: the same files as
//! from one run, and refusals that say what to do.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use tempfile::TempDir;

/// Two devices, steering with its unsteered twin, documents before and after
/// the stop, a disinfection in between.
const SCENARIO: &str = r#"heatloop = 1
title = "Stopped on the way"
site = { country = "NL", postal_code = "6211AB" }
weather = { climate = "aachen-2021" }
period = { start = 2021-02-08, days = 2, warmup_days = 1 }
prices.energy_eur_per_kwh = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.3, 0.2, 0.2, 0.2, 0.2, 0.2, 0.3, 0.5, 0.5, 0.5, 0.3, 0.2, 0.1, 0.1]
record.unsteered_twin = true

[[users]]
id = "anna"
settings.optimization_settings.dynamic_tariff = true
settings.room.schedule_enabled = true
schedule = [{ days = "daily", start = "06:00", end = "22:00", target_c = 21 }]
[[users.devices]]
house = "nl-apartment-1970"
heat_pump = "nibe-f2050-6"
tank = "200 l"
controller.disinfection = { weekday = "monday", start = "11:00" }

[[users]]
id = "ben"
[[users.devices]]
house = "rc-light"
heat_pump = "typical-air-to-air-3"
emitter = "room_unit"

[[events]]
at = 2021-02-08T08:00
document = { user_id = "anna", room = { preferred_temperature = 19 } }
[[events]]
at = 2021-02-09T08:00
document = { user_id = "ben", room = { preferred_temperature = 22 } }
"#;

fn heatloop() -> Command {
    let mut c = Command::cargo_bin("heatloop").expect("the program");
    c.env_remove("RUST_BACKTRACE").env("NO_COLOR", "1");
    c
}

fn written(text: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("story.toml");
    fs::write(&file, text).expect("writes");
    (folder, file)
}

/// `heatloop run FILE` with words, in the scenario's folder.
fn run(file: &Path, words: &[&str]) -> assert_cmd::assert::Assert {
    heatloop()
        .current_dir(file.parent().expect("a folder"))
        .arg("run")
        .arg(file)
        .args(words)
        .assert()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("an entry").path())
        .map(|p| (p.display().to_string(), fs::read(&p).expect("reads")))
        .map(|(name, bytes)| (name.rsplit('/').next().unwrap_or("").to_owned(), bytes))
        .collect();
    all.sort();
    all
}

#[test]
fn a_run_in_three_parts_leaves_the_same_files_as_one() {
    let (folder, file) = written(SCENARIO);
    run(&file, &["-o", "whole", "-q", "--threads", "2"]).code(0);
    // In the middle of a recording interval, of the disinfection, of a quarter-hour.
    run(
        &file,
        &["--until", "2021-02-08T11:20", "--checkpoint", "a.cp"],
    )
    .code(0)
    .stdout(contains("2021-02-08T11:20").and(contains("--resume a.cp")))
    .stderr("");
    // An offset from UTC; a checkpoint may replace itself.
    let words = ["--resume", "a.cp", "--checkpoint", "a.cp", "-q"];
    run(
        &file,
        &[&words[..], &["--until", "2021-02-09T05:05+00:00"]].concat(),
    )
    .code(0)
    .stdout("")
    .stderr("");
    run(
        &file,
        &["--resume", "a.cp", "-o", "parts", "-q", "--threads", "1"],
    )
    .code(0);
    let (whole, parts) = (
        files(&folder.path().join("whole")),
        files(&folder.path().join("parts")),
    );
    assert!(whole.len() >= 10, "{}", whole.len());
    let names =
        |all: &[(String, Vec<u8>)]| -> Vec<String> { all.iter().map(|f| f.0.clone()).collect() };
    assert_eq!(names(&whole), names(&parts));
    for (one, other) in whole.iter().zip(&parts) {
        assert!(one.1 == other.1, "{} differs", one.0);
    }
}

#[test]
fn a_checkpoint_is_refused_where_it_does_not_fit() {
    let (folder, file) = written(SCENARIO);
    let stop = ["--until", "2021-02-08T02:00", "--checkpoint", "a.cp", "-q"];
    run(&file, &stop).code(0);
    let other = folder.path().join("other.toml");
    let text = SCENARIO.replace("target_c = 21", "target_c = 22");
    fs::write(&other, text).expect("writes");
    run(&other, &["--resume", "a.cp", "--dry"])
        .code(3)
        .stdout("")
        .stderr(contains("a.cp").and(contains("differ: users and devices.")));
    let good = fs::read(folder.path().join("a.cp")).expect("reads");
    fs::write(folder.path().join("torn.cp"), &good[..good.len() / 2]).expect("writes");
    run(&file, &["--resume", "torn.cp", "--dry"])
        .code(3)
        .stderr(contains("damaged").and(contains("panicked").not()));
    for none in ["story.toml", ".", "missing.cp"] {
        run(&file, &["--resume", none, "--dry"])
            .code(3)
            .stderr(contains(none).and(contains("panicked").not()));
    }
}

#[test]
fn exit_2_for_an_instant_that_is_none_or_outside_the_period() {
    let (folder, file) = written(SCENARIO);
    for (until, says) in [
        ("tomorrow", "2019-01-22T06:00"),
        ("2021-02-08T11:21", "steps"),
        ("2021-02-10", "2021-02-08"),
        ("2021-02-07", "2021-02-08"),
    ] {
        run(&file, &["--until", until, "--checkpoint", "a.cp"])
            .code(2)
            .stdout("")
            .stderr(contains(until).and(contains(says)));
    }
    run(&file, &["--until", "2021-02-08"]).code(2);
    run(&file, &["--checkpoint", "a.cp"]).code(2);
    assert!(!folder.path().join("a.cp").exists());
}

#[test]
fn exit_4_where_the_checkpoint_would_hurt_another_file() {
    let (folder, file) = written(SCENARIO);
    let stop = |to: &str, more: &[&str]| {
        let words = ["--until", "2021-02-08", "-q", "--checkpoint", to];
        run(&file, &[&words[..], more].concat())
    };
    stop("story.toml", &[])
        .code(4)
        .stderr(contains("story.toml").and(contains("--force")));
    assert_eq!(fs::read_to_string(&file).expect("reads"), SCENARIO);
    stop("nowhere/a.cp", &[])
        .code(4)
        .stderr(contains("nowhere"));
    stop(".", &["--force"]).code(4);
    #[cfg(target_os = "linux")]
    stop("/dev/full", &["--force"]).code(4);
    fs::write(folder.path().join("old"), "old").expect("writes");
    stop("old", &["--force"]).code(0);
    let left = files(folder.path());
    assert!(left.iter().all(|f| !f.0.contains("tmp")), "{left:?}");
}

//! `heatloop check` as a CI system meets it: exit codes, reports, baselines.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;

const DAY: &str = r#"heatloop = 1
title = "One day"
site = { country = "NL", postal_code = "6211AB" }
weather = { climate = "aachen-2021" }
period = { start = 2021-02-06, days = 1, warmup_days = 1 }

[[users]]
settings.room = { preferred_temperature = 20 }
[[users.devices]]
house = "nl-apartment-1970"
heat_pump = "nibe-f2050-6"
tank = "200 l"
"#;

const CHECK: &str = r#"heatloop_check = 1
[trace]
[[scenarios]]
file = "day.toml"
[[scenarios]]
file = "day.toml"
name = "again"
traces = false
"#;

fn heatloop(folder: &Path) -> Command {
    let mut c = Command::cargo_bin("heatloop").expect("the program");
    c.current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("RUST_BACKTRACE")
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY");
    c
}

/// A folder with a scenario and a check file, without baselines.
fn bare() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("day.toml"), DAY).expect("writes");
    fs::write(folder.path().join("heatloop-check.toml"), CHECK).expect("writes");
    folder
}

/// The same, with baselines.
fn checked() -> TempDir {
    let folder = bare();
    heatloop(folder.path())
        .args(["check", "--update"])
        .assert()
        .code(0)
        .stdout(contains("new").and(contains("written: baselines/day.json")));
    folder
}

/// The same, with a warmer scenario than the baselines'.
fn changed() -> TempDir {
    let folder = checked();
    let warmer = DAY.replace("preferred_temperature = 20", "preferred_temperature = 21.5");
    fs::write(folder.path().join("day.toml"), warmer).expect("writes");
    folder
}

fn baseline(folder: &TempDir) -> PathBuf {
    folder.path().join("baselines/day.json")
}

#[test]
fn exit_0_where_nothing_changed_and_an_update_writes_nothing_then() {
    let folder = checked();
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(0)
        .stdout(contains("2 scenarios: 2 same"))
        .stderr("");
    let before = fs::read(baseline(&folder)).expect("reads");
    heatloop(folder.path())
        .args(["check", "--update"])
        .assert()
        .code(0)
        .stdout(contains("written").not());
    assert!(before == fs::read(baseline(&folder)).expect("reads"));
    // The same bytes from another folder.
    let other = checked();
    assert!(before == fs::read(baseline(&other)).expect("reads"));
}

#[test]
fn comments_in_the_scenario_change_nothing() {
    let folder = checked();
    let text = format!("# A comment.\n\n{DAY}");
    fs::write(folder.path().join("day.toml"), text).expect("writes");
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(0)
        .stdout(contains("another one").not());
}

#[test]
fn exit_6_and_words_that_help_where_a_key_of_the_scenario_changed() {
    let folder = changed();
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(6)
        .stdout(
            contains("changed day")
                .and(contains(
                    "the scenario is another one than that of the baseline",
                ))
                .and(contains("energy.heat_space_kwh:"))
                .and(contains("allowed ±"))
                .and(contains("reasons differ first at Sat 6 Feb 2021"))
                .and(contains("operative_c departs at Sat 6 Feb 2021"))
                .and(contains("2 scenarios: 2 changed")),
        );
}

#[test]
fn an_update_says_what_changed_and_is_same_from_then_on() {
    let folder = changed();
    heatloop(folder.path())
        .args(["check", "--update"])
        .assert()
        .code(0)
        .stdout(contains("energy.heat_space_kwh:").and(contains("written: baselines/day.json")));
    heatloop(folder.path()).arg("check").assert().code(0);
}

#[test]
fn exit_1_where_a_scenario_does_not_run_and_the_others_are_checked() {
    let folder = checked();
    let check = format!("{CHECK}[[scenarios]]\nfile = \"broken.toml\"\n");
    fs::write(folder.path().join("heatloop-check.toml"), check).expect("writes");
    let broken = DAY.replace("tank = \"200 l\"", "tenk = \"200 l\"");
    fs::write(folder.path().join("broken.toml"), broken).expect("writes");
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(1)
        .stdout(
            contains("same    day")
                .and(contains("failed  broken"))
                .and(contains("broken.toml:12:1"))
                .and(contains("did you mean `tank`"))
                .and(contains("3 scenarios: 2 same, 1 failed")),
        );
}

#[test]
fn exit_1_and_the_command_where_there_is_no_baseline() {
    let folder = bare();
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(1)
        .stdout(
            contains("there is no baseline baselines/day.json").and(contains(
                "heatloop check heatloop-check.toml --update --only day",
            )),
        );
}

#[test]
fn exit_1_and_a_place_where_a_baseline_is_broken() {
    let folder = checked();
    let text = fs::read_to_string(baseline(&folder)).expect("reads");
    fs::write(baseline(&folder), &text[..text.len() / 2]).expect("writes");
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(1)
        .stdout(contains("can't be read").and(contains("baselines/day.json:")));
    heatloop(folder.path())
        .args(["check", "--update"])
        .assert()
        .code(0)
        .stdout(contains("it is made anew"));
    heatloop(folder.path()).arg("check").assert().code(0);
}

#[test]
fn a_baseline_without_a_value_is_told_so() {
    let folder = checked();
    let text = fs::read_to_string(baseline(&folder)).expect("reads");
    let line = text.lines().find(|l| l.contains("\"energy.hvac_kwh\""));
    let line = line.expect("a metric");
    let (key, _) = line.split_once(": ").expect("a value");
    fs::write(
        baseline(&folder),
        text.replace(line, &format!("{key}: null,")),
    )
    .expect("writes");
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(1)
        .stdout(contains("not null (no value)").and(contains("797").not()));
}

#[test]
fn a_kept_trace_that_is_spoilt_or_gone_is_told() {
    let folder = checked();
    let trace = folder
        .path()
        .join("baselines/day.trace-user-1-device-1.parquet");
    fs::write(&trace, "nonsense").expect("writes");
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(1)
        .stdout(contains("is not the one that its baseline names"));
    fs::remove_file(&trace).expect("removes");
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(1)
        .stdout(contains("there is no such file"));
    // Without it the metrics are compared as ever, and an update says what moved.
    let warmer = DAY.replace("preferred_temperature = 20", "preferred_temperature = 21");
    fs::write(folder.path().join("day.toml"), warmer).expect("writes");
    for (update, code) in [(&["check"][..], 6), (&["check", "--update"][..], 0)] {
        heatloop(folder.path())
            .args(update)
            .assert()
            .code(code)
            .stdout(contains("changed day"))
            .stdout(contains("there is no such file"));
    }
    heatloop(folder.path()).arg("check").assert().code(0);
}

#[test]
fn traces_that_are_no_longer_kept_are_removed_with_an_update() {
    let folder = checked();
    let trace = folder
        .path()
        .join("baselines/day.trace-user-1-device-1.parquet");
    assert!(trace.is_file());
    let without = CHECK.replace("[trace]\n", "");
    fs::write(folder.path().join("heatloop-check.toml"), without).expect("writes");
    heatloop(folder.path())
        .args(["check", "--update"])
        .assert()
        .code(0)
        .stdout(contains("removed: baselines/day.trace-"));
    assert!(!trace.exists());
    heatloop(folder.path()).arg("check").assert().code(0);
}

#[test]
fn metrics_that_come_and_go_are_told() {
    let folder = checked();
    let text = fs::read_to_string(baseline(&folder)).expect("reads");
    let line = text
        .lines()
        .find(|l| l.contains("\"energy.hvac_kwh\""))
        .expect("a metric");
    fs::write(baseline(&folder), text.replace(&format!("{line}\n"), "")).expect("writes");
    heatloop(folder.path())
        .args(["check", "--only", "day"])
        .assert()
        .code(0)
        .stdout(contains("1 metrics are not in the baseline yet"));
    let other = text.replace("\"energy.hvac_kwh\"", "\"energy.hvac_old_kwh\"");
    fs::write(baseline(&folder), other).expect("writes");
    heatloop(folder.path())
        .args(["check", "--only", "day"])
        .assert()
        .code(6)
        .stdout(contains("no longer given: energy.hvac_old_kwh"));
}

#[test]
fn tolerances_of_the_file_decide() {
    let folder = changed();
    let wide = "heatloop_check = 1\n[tolerances]\n\"*\" = { ignore = true }\n\
                [[scenarios]]\nfile = \"day.toml\"\n";
    let path = folder.path().join("heatloop-check.toml");
    fs::write(&path, wide).expect("writes");
    heatloop(folder.path()).arg("check").assert().code(0);
    let narrow = format!("{wide}tolerances.\"running.starts\" = {{ absolute = 0 }}\n");
    fs::write(&path, narrow).expect("writes");
    let text = fs::read_to_string(baseline(&folder)).expect("reads");
    let line = text
        .lines()
        .find(|l| l.contains("\"running.starts\":"))
        .expect("a metric");
    let other = text.replace(line, "    \"running.starts\": 1000,");
    fs::write(baseline(&folder), other).expect("writes");
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(6)
        .stdout(contains("1 of ").and(contains("running.starts: 1000 became")));
}

#[test]
fn exit_3_where_the_check_file_has_faults_and_2_where_no_name_fits() {
    let folder = checked();
    heatloop(folder.path())
        .args(["check", "--only", "dy"])
        .assert()
        .code(2)
        .stderr(contains("Scenarios: day, again"));
    heatloop(folder.path())
        .args(["check", "day.toml"])
        .assert()
        .code(3)
        .stderr(contains("this is a scenario"));
    heatloop(folder.path())
        .args(["check", "nowhere.toml"])
        .assert()
        .code(3)
        .stderr(contains("there is no such file"));
}

#[test]
fn exit_4_where_a_baseline_or_a_report_cannot_be_written() {
    let folder = bare();
    // A file where the folder of baselines should be.
    fs::write(folder.path().join("baselines"), "").expect("writes");
    heatloop(folder.path())
        .args(["check", "--update"])
        .assert()
        .code(4)
        .stdout(contains("can't be written"));
    let folder = checked();
    heatloop(folder.path())
        .args(["check", "--junit", "none/report.xml"])
        .assert()
        .code(4)
        .stderr(contains("none/report.xml can't be written"));
}

#[test]
fn junit_and_markdown_are_written_and_a_summary_is_appended_to() {
    let folder = changed();
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "before\n").expect("writes");
    heatloop(folder.path())
        .args(["check", "--junit", "report.xml", "--markdown"])
        .arg(&summary)
        .env("GITHUB_STEP_SUMMARY", &summary)
        .assert()
        .code(6);
    let text = fs::read_to_string(folder.path().join("report.xml")).expect("written");
    let tree = roxmltree::Document::parse(&text).expect("XML");
    let root = tree.root_element();
    assert_eq!(root.attribute("tests"), Some("2"));
    assert_eq!(root.attribute("failures"), Some("2"));
    let failure = root
        .descendants()
        .find(|n| n.has_tag_name("failure"))
        .expect("a failure");
    assert!(failure.text().is_some_and(|t| t.contains("departs at")));
    let text = fs::read_to_string(&summary).expect("written");
    assert!(text.starts_with("before\n"), "{text}");
    assert!(text.contains("changed | day |"), "{text}");
    // Another file is replaced.
    heatloop(folder.path())
        .args(["check", "--markdown", "summary.md"])
        .assert()
        .code(6);
    let text = fs::read_to_string(&summary).expect("written");
    assert!(text.starts_with("### Heatloop check"), "{text}");
}

#[test]
fn annotations_come_by_themselves_on_github() {
    let folder = changed();
    let annotation = contains("::error file=heatloop-check.toml,line=4,title=day changed::");
    heatloop(folder.path())
        .arg("check")
        .env("GITHUB_ACTIONS", "true")
        .assert()
        .code(6)
        .stdout(annotation.clone());
    heatloop(folder.path())
        .args(["check", "--github"])
        .assert()
        .code(6)
        .stdout(annotation);
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(6)
        .stdout(contains("::error").not());
}

#[test]
fn json_has_everything_for_a_program() {
    let folder = changed();
    let done = heatloop(folder.path())
        .args(["check", "--format", "json"])
        .assert()
        .code(6);
    let all: Value = serde_json::from_slice(&done.get_output().stdout).expect("JSON");
    assert_eq!(all[0]["verdict"], "changed");
    let day = &all[0]["scenarios"][0];
    assert_eq!(day["outcome"], "changed");
    assert!(day["changed"].as_array().is_some_and(|c| c.len() > 20));
}

#[test]
fn two_processes_leave_whole_baselines() {
    let folder = changed();
    let update = || {
        let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_heatloop"));
        c.current_dir(folder.path())
            .args(["check", "--update", "-q"])
            .spawn()
            .expect("starts")
    };
    let mut running: Vec<_> = (0..3).map(|_| update()).collect();
    for child in &mut running {
        assert!(child.wait().expect("ends").success());
    }
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(0)
        .stdout(contains("2 same"));
    let left: Vec<_> = fs::read_dir(folder.path().join("baselines"))
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name())
        .collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

/// A check file with a speed section whose ratio may rise a hundredfold.
const SPEED: &str = "heatloop_check = 1\n[[scenarios]]\nfile = \"day.toml\"\n\
    [speed]\nscenarios = [\"day\"]\nrepetitions = 1\ntolerance = 100\n";

fn speed_file(folder: &TempDir) -> PathBuf {
    folder.path().join("baselines/speed.json")
}

#[test]
fn a_run_that_costs_more_fails_and_one_that_costs_less_passes() {
    let folder = bare();
    fs::write(folder.path().join("heatloop-check.toml"), SPEED).expect("writes");
    heatloop(folder.path())
        .args(["check", "--update"])
        .assert()
        .code(0)
        .stdout(contains("times the calibration loop"));
    heatloop(folder.path()).arg("check").assert().code(0);
    // A baseline that no machine can hold, and one that any can.
    let mut baseline: Value =
        serde_json::from_slice(&fs::read(speed_file(&folder)).expect("reads")).expect("JSON");
    for (ratio, code, word) in [(1e-9, 6, "slower"), (1e9, 0, "faster")] {
        for build in baseline["builds"]
            .as_object_mut()
            .expect("builds")
            .values_mut()
        {
            build["ratios"]["day"] = ratio.into();
        }
        fs::write(speed_file(&folder), baseline.to_string()).expect("writes");
        heatloop(folder.path())
            .arg("check")
            .assert()
            .code(code)
            .stdout(contains(format!("{word}  day")));
    }
    heatloop(folder.path())
        .args(["check", "--no-speed"])
        .assert()
        .code(0)
        .stdout(contains("calibration").not());
    fs::remove_file(speed_file(&folder)).expect("removes");
    heatloop(folder.path())
        .arg("check")
        .assert()
        .code(1)
        .stdout(contains("there is no baseline baselines/speed.json"));
}

#[cfg(unix)]
#[test]
fn instructions_are_counted_where_perf_counts_and_else_told_to_be_missing() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = bare();
    fs::write(folder.path().join("heatloop-check.toml"), SPEED).expect("writes");
    let tools = folder.path().join("tools");
    fs::create_dir(&tools).expect("a folder");
    let perf = |counted: &str| {
        let script = format!("#!/bin/sh\necho '{counted},,instructions:u,1,100.00,,' >&2\n");
        let path = tools.join("perf");
        fs::write(&path, script).expect("writes");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("may run");
    };
    let check = |arguments: &[&str]| {
        let mut c = heatloop(folder.path());
        c.env("PATH", &tools).arg("check").args(arguments);
        c.assert()
    };
    check(&["--update"]).code(0).stdout(contains(
        "instructions are not available: perf is not installed",
    ));
    perf("1000000");
    check(&["--update"]).code(0);
    perf("1020000");
    check(&[])
        .code(0)
        .stdout(contains("1020000 instructions, counted by perf"));
    perf("1040000");
    check(&[]).code(6).stdout(contains("slower  day"));
    perf("<not supported>");
    check(&[])
        .code(0)
        .stdout(contains("perf counts no instructions here"));
}

#[test]
fn the_schema_knows_the_keys() {
    let folder = bare();
    let done = heatloop(folder.path())
        .args(["schema", "check"])
        .assert()
        .code(0);
    let schema: Value = serde_json::from_slice(&done.get_output().stdout).expect("JSON");
    assert!(schema["properties"]["tolerances"].is_object());
    assert!(jsonschema::validator_for(&schema).is_ok());
}

/// The other shipped scenarios are checked by `.ci/run`. After a change on
/// purpose: `heatloop check scenarios --update`.
#[test]
fn golden_figures_of_two_shipped_scenarios_have_not_moved() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    heatloop(root)
        .args(["check", "scenarios", "--no-speed"])
        .args(["--only", "winter-week", "--only", "heat-wave"])
        .assert()
        .code(0)
        .stdout(contains("2 scenarios: 2 same"));
}

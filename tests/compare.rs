//! `heatloop compare` as a user meets it.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;

fn scenario(days: u32, target_c: f64) -> String {
    format!(
        r#"heatloop = 1
site = {{ country = "NL", postal_code = "6211AB" }}
weather = {{ climate = "aachen-2021" }}
period = {{ start = 2021-02-06, days = {days}, warmup_days = 1 }}

[[users]]
settings.room = {{ preferred_temperature = {target_c:.1} }}
[[users.devices]]
house = "nl-apartment-1970"
heat_pump = "nibe-f2050-6"
tank = "200 l"
"#
    )
}

fn heatloop(folder: &Path) -> Command {
    let mut c = Command::cargo_bin("heatloop").expect("the program");
    c.current_dir(folder).env("NO_COLOR", "1");
    c
}

/// A folder with two scenarios, of which the first was run.
fn two() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, target_c) in [("cool", 20.0), ("warm", 21.5)] {
        let file = folder.path().join(format!("{name}.toml"));
        fs::write(file, scenario(1, target_c)).expect("writes");
    }
    heatloop(folder.path())
        .args(["run", "cool.toml", "-q", "--no-picture"])
        .assert()
        .code(0);
    folder
}

#[test]
fn a_folder_and_the_scenario_that_made_it_are_the_same() {
    let folder = two();
    heatloop(folder.path())
        .args(["compare", "results/cool", "cool.toml"])
        .assert()
        .code(0)
        .stdout(contains("all the same").and(contains("departs").not()))
        .stderr("");
}

#[test]
fn differences_are_shown_by_metric_and_from_when_traces_depart() {
    let folder = two();
    heatloop(folder.path())
        .args(["compare", "results/cool", "warm.toml", "--picture", "both"])
        .assert()
        .code(0)
        .stdout(
            contains("shared metrics differ")
                .and(contains("Energy by end use and carrier"))
                .and(contains("heat_space_kwh"))
                .and(contains("operative_c departs at Sat 6 Feb 2021"))
                .and(contains("reasons differ first at"))
                .and(contains("drawn: both.svg, both.png"))
                .and(contains("  pv_kwh").not()),
        );
    let svg = fs::read_to_string(folder.path().join("both.svg")).expect("drawn");
    for part in ["Room ", "Flow", "Tank sensor", "From the grid", "warm.toml"] {
        assert!(svg.contains(part), "{part}");
    }
    assert!(folder.path().join("both.png").is_file());
    heatloop(folder.path())
        .args(["compare", "results/cool", "warm.toml", "--all"])
        .assert()
        .code(0)
        .stdout(contains("  pv_kwh"));
}

#[test]
fn every_format_has_three_runs_beside_each_other() {
    let folder = two();
    let runs = ["compare", "results/cool", "warm.toml", "cool.toml"];
    let print = |format: &str| {
        let done = heatloop(folder.path())
            .args(runs)
            .args(["--format", format])
            .assert()
            .code(0);
        String::from_utf8(done.get_output().stdout.clone()).expect("text")
    };
    let json: Value = serde_json::from_str(&print("json")).expect("JSON");
    assert_eq!(json["runs"].as_array().map(Vec::len), Some(3));
    let rows = json["metrics"].as_array().expect("rows");
    let heat = rows
        .iter()
        .find(|r| r["metric"] == "energy.heat_space_kwh")
        .expect("a metric");
    assert!(heat["differences"][0]["relative"].as_f64() > Some(0.01));
    assert_eq!(heat["differences"][1]["absolute"], 0.0);
    let csv = print("csv");
    let mut table = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(table.headers().expect("a head").len(), 9);
    assert!(table.records().count() > 20);
    assert!(print("markdown").contains("| `energy.heat_space_kwh` | kWh |"));
}

#[test]
fn what_runs_do_not_share_is_named() {
    let folder = two();
    let mut text = scenario(2, 20.0);
    text +=
        "[[users.devices]]\nid = \"studio\"\nhouse = \"rc-light\"\nheat_pump = \"nibe-f2050-6\"\n";
    fs::write(folder.path().join("more.toml"), text).expect("writes");
    heatloop(folder.path())
        .args(["compare", "results/cool", "more.toml", "--picture", "p.svg"])
        .assert()
        .code(0)
        .stdout(
            contains("the periods differ")
                .and(contains("only in more.toml, not in results/cool"))
                .and(contains("devices.studio")),
        );
    let svg = fs::read_to_string(folder.path().join("p.svg")).expect("drawn");
    assert!(!svg.contains("Tank sensor"), "no lines over other periods");
}

#[test]
fn exit_2_for_a_picture_of_another_kind_before_anything_is_run() {
    let folder = two();
    heatloop(folder.path())
        .args(["compare", "a.toml", "b.toml", "--picture", "x.jpg"])
        .assert()
        .code(2)
        .stderr(contains("pictures are .svg or .png, not .jpg"));
    assert!(!folder.path().join("x.jpg.png").exists());
}

#[test]
fn what_cannot_be_compared_is_told_with_its_exit_code() {
    let folder = two();
    heatloop(folder.path())
        .args(["compare", "results/cool"])
        .assert()
        .code(2);
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    heatloop(folder.path())
        .args(["compare", "empty", "nowhere.toml"])
        .assert()
        .code(3)
        .stderr(
            contains("metrics.json can't be read: there is no such file")
                .and(contains("nowhere.toml can't be read")),
        );
    heatloop(folder.path())
        .args([
            "compare",
            "results/cool",
            "cool.toml",
            "--picture",
            "no/p.png",
        ])
        .assert()
        .code(4)
        .stderr(contains("no/p.png can't be written"));
}

//! README.md is true: its scenarios run, its commands exist, and what it shows
//! of the program's output is what the program says.

use std::path::Path;
use std::process::{Command, Output};

use heatloop::scenario::{Format, parse};
use heatloop::sim::{self, Options, Silent};

const README: &str = include_str!("../README.md");

/// Fenced blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    README
        .split(&open)
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next().map(|text| format!("{text}\n")))
        .collect()
}

fn heatloop(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_heatloop"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

#[test]
fn each_scenario_of_the_tutorial_is_valid_and_runs() {
    let scenarios = blocks("toml");
    assert_eq!(scenarios.len(), 3);
    for text in scenarios {
        let scenario = parse(&text, Format::Toml, Path::new("."))
            .unwrap_or_else(|faults| panic!("{}", faults.render(100, false)));
        assert!(scenario.warnings.is_empty(), "{:?}", scenario.warnings);
        let result = sim::run(&scenario, Options::default(), &Silent).expect("runs");
        assert!(!result.devices.is_empty());
        let refused = result.settings.iter().filter(|e| !e.applied).count();
        assert_eq!(refused, 0);
    }
}

#[test]
fn the_first_scenario_has_ten_lines() {
    let lines = blocks("toml")[0].lines().filter(|l| !l.is_empty()).count();
    assert!(lines <= 10, "{lines}");
}

#[test]
fn the_summary_is_what_the_first_scenario_prints() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("first.toml"), &blocks("toml")[0]).expect("written");
    let done = heatloop(folder.path(), &["run", "first.toml", "--dry"]);
    assert!(done.status.success());
    let printed = String::from_utf8(done.stdout).expect("text");
    let shown = &blocks("text")[0];
    if std::env::var_os("HEATLOOP_RENEW").is_some() {
        let renewed = README.replacen(shown.trim(), printed.trim(), 1);
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        std::fs::write(page, renewed).expect("written");
        return;
    }
    assert_eq!(
        shown.trim(),
        printed.trim(),
        "results have changed: renew README.md with `HEATLOOP_RENEW=1 cargo test --test readme`"
    );
}

#[test]
fn the_fault_is_what_a_misspelt_key_gives() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "heatloop = 1\nsite = { country = \"NL\", postal_code = \"3511\" }\n\
        period = { start = 2019-01-19, days = 7 }\n\n[[users]]\n\
        settings.room.prefered_temperature = 68\n[[users.devices]]\n\
        house = \"nl-terraced-1992\"\nheat_pump = \"nibe-f2050-6\"\n";
    std::fs::write(folder.path().join("bad.toml"), text).expect("written");
    let done = heatloop(folder.path(), &["check-file", "bad.toml"]);
    assert_eq!(done.status.code(), Some(3));
    let printed = String::from_utf8(done.stderr).expect("text");
    assert!(printed.contains(blocks("text")[1].trim()), "{printed}");
}

#[test]
fn commands_that_the_readme_names_exist() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in ["run", "check-file", "schema", "list", "show"] {
        assert!(README.contains(&format!("heatloop {command}")), "{command}");
        let done = heatloop(folder.path(), &[command, "--help"]);
        assert!(done.status.success(), "{command}");
    }
    let shown = heatloop(folder.path(), &["show", "nl-terraced-1992"]);
    assert!(shown.status.success());
    let schema = heatloop(folder.path(), &["schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&schema.stdout).expect("JSON");
    assert!(schema.get("properties").is_some());
}

#[test]
fn links_lead_to_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut links = 0;
    for rest in README.split("](").skip(1) {
        let target = rest.split(')').next().unwrap_or("");
        if !target.starts_with("http") {
            assert!(root.join(target).exists(), "{target}");
            links += 1;
        }
    }
    assert!(links > 5);
}

//! The program as a user meets it: exit codes, what goes to which stream, what
//! is left on the disk when something goes wrong.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;

fn heatloop() -> Command {
    let mut c = Command::cargo_bin("heatloop").expect("the program");
    c.env_remove("RUST_BACKTRACE").env("NO_COLOR", "1");
    c
}

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .expect("scenarios")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .filter(|p| !p.ends_with("heatloop-check.toml"))
        .collect();
    found.sort();
    assert!(found.len() >= 12, "{found:?}");
    found
}

const SHORT: &str = r#"heatloop = 1
title = "One day"
site = { country = "NL", postal_code = "6211AB" }
weather = { climate = "aachen-2021" }
period = { start = 2021-02-06, days = 1, warmup_days = 1 }

[[users]]
[[users.devices]]
house = "nl-apartment-1970"
heat_pump = "nibe-f2050-6"
tank = "200 l"
"#;

/// A folder with a scenario of one day.
fn one_day() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("day.toml");
    fs::write(&file, SHORT).expect("writes");
    (folder, file)
}

#[test]
fn exit_0_and_every_file_where_all_is_well() {
    let (folder, file) = one_day();
    heatloop()
        .current_dir(folder.path())
        .arg("run")
        .arg(&file)
        .assert()
        .code(0)
        .stdout(
            contains("One day")
                .and(contains("SPF"))
                .and(contains("results/day")),
        )
        .stderr("");
    let results = folder.path().join("results/day");
    for name in [
        "metrics.json",
        "provenance.json",
        "scenario.toml",
        "settings.jsonl",
        "trace-user-1-device-1.csv",
        "trace-user-1-device-1.parquet",
        "picture-user-1-device-1.svg",
        "picture-user-1-device-1.png",
    ] {
        assert!(results.join(name).is_file(), "{name}");
    }
    let provenance: Value =
        serde_json::from_slice(&fs::read(results.join("provenance.json")).expect("reads"))
            .expect("JSON");
    assert_eq!(provenance["version"], env!("CARGO_PKG_VERSION"));
    assert!(provenance["weather"]["sha256"].is_string());
}

#[test]
fn the_resolved_scenario_runs_to_the_same_figures() {
    let (folder, file) = one_day();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let run = |file: &Path, to: &Path| {
        heatloop()
            .arg("run")
            .arg(file)
            .arg("-o")
            .arg(to)
            .arg("-q")
            .assert()
            .code(0);
    };
    run(&file, &a);
    run(&a.join("scenario.toml"), &b);
    let read = |p: &Path| fs::read(p.join("metrics.json")).expect("reads");
    assert!(read(&a) == read(&b));
}

#[test]
fn the_same_bytes_on_every_run_and_for_any_number_of_threads() {
    let folder = TempDir::new().expect("a folder");
    let scenario = shipped()
        .into_iter()
        .find(|p| p.ends_with("two-devices.toml"))
        .expect("it");
    let run = |name: &str, threads: &str| {
        let to = folder.path().join(name);
        heatloop()
            .arg("run")
            .arg(&scenario)
            .arg("-o")
            .arg(&to)
            .args(["-q", "--threads", threads])
            .assert()
            .code(0);
        let mut files: Vec<_> = fs::read_dir(&to)
            .expect("a folder")
            .map(|e| e.expect("an entry").path())
            .map(|p| {
                (
                    p.file_name().map(ToOwned::to_owned),
                    fs::read(&p).expect("reads"),
                )
            })
            .collect();
        files.sort();
        files
    };
    let first = run("a", "1");
    assert!(first.len() >= 10, "{} files", first.len());
    for (name, threads) in [("b", "1"), ("c", "2")] {
        for (one, other) in first.iter().zip(run(name, threads)) {
            assert_eq!(one.0, other.0);
            assert!(one.1 == other.1, "{:?} with {threads} threads", one.0);
        }
    }
}

#[test]
fn json_is_alone_on_stdout_and_parses() {
    let (_folder, file) = one_day();
    let out = heatloop()
        .arg("run")
        .arg(&file)
        .args(["--dry", "--format", "json"])
        .assert()
        .code(0);
    let out = out.stderr("").get_output().stdout.clone();
    let metrics: Value = serde_json::from_slice(&out).expect("JSON and nothing else");
    assert_eq!(metrics["schema"], 1);
    assert!(
        metrics["total"]["energy"]["hvac_kwh"]
            .as_f64()
            .expect("a number")
            > 0.0
    );
}

#[test]
fn quiet_prints_nothing_and_dry_writes_nothing() {
    let (folder, file) = one_day();
    heatloop()
        .current_dir(folder.path())
        .arg("run")
        .arg(&file)
        .args(["--dry", "--quiet"])
        .assert()
        .code(0)
        .stdout("")
        .stderr("");
    assert!(!folder.path().join("results").exists());
}

#[test]
fn no_escape_sequences_where_piped() {
    let (_folder, file) = one_day();
    heatloop()
        .env_remove("NO_COLOR")
        .arg("run")
        .arg(&file)
        .arg("--dry")
        .assert()
        .code(0)
        .stdout(contains("\u{1b}").not())
        .stderr(contains("\u{1b}").not());
}

#[test]
fn exit_2_for_a_wrong_command_line() {
    heatloop()
        .arg("simulate")
        .assert()
        .code(2)
        .stderr(contains("Usage"));
    heatloop()
        .args(["run", "a.toml", "--threads", "0"])
        .assert()
        .code(2);
    heatloop()
        .args(["run", "a.toml", "--dry", "--output", "x"])
        .assert()
        .code(2);
    heatloop().assert().code(2);
}

const FAULTY: &str = r#"heatloop = 1
site = { country = "NL", postal_code = "6211AB" }
period = { start = 2021-02-06, dayz = 1 }

[[users]]
settings.room = { preferred_temperature = 70 }

[[users.devices]]
house = "nl-apartment-1970"
heat_pump = "nibe-f2050"
"#;

#[test]
fn exit_3_with_all_faults_at_once_and_their_places() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("faulty.toml");
    fs::write(&file, FAULTY).expect("writes");
    for command in ["check-file", "run"] {
        heatloop()
            .arg(command)
            .arg(&file)
            .assert()
            .code(3)
            .stdout("")
            .stderr(contains("dayz").and(contains("days")))
            .stderr(contains("preferred_temperature").and(contains("°F")))
            .stderr(contains("nibe-f2050-6"))
            .stderr(contains("faulty.toml:3:"))
            .stderr(contains("panicked").not());
    }
    let out = heatloop()
        .arg("check-file")
        .arg(&file)
        .args(["--format", "json"])
        .assert()
        .code(3);
    let out: Value = serde_json::from_slice(&out.get_output().stdout).expect("JSON");
    assert_eq!(out[0]["valid"], false);
    assert!(
        out[0]["faults"].as_array().is_some_and(|f| f.len() >= 3),
        "{out}"
    );
}

#[test]
fn exit_3_for_files_that_are_none() {
    let folder = TempDir::new().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        fs::write(&file, bytes).expect("writes");
        file
    };
    for file in [
        folder.path().join("missing.toml"),
        folder.path().to_path_buf(),
        write("empty.toml", b""),
        write("binary.toml", &[0xff, 0xfe, 0x00, 0x80]),
        write("torn.toml", &SHORT.as_bytes()[..150]),
        write("torn.json", b"{\"heatloop\": 1, "),
    ] {
        for command in ["check-file", "run"] {
            heatloop().arg(command).arg(&file).assert().code(3).stderr(
                predicate::str::is_empty()
                    .not()
                    .and(contains("panicked").not()),
            );
        }
    }
}

#[test]
fn check_file_accepts_all_that_ship_and_one_bad_file_spoils_the_exit_code_only() {
    let folder = TempDir::new().expect("a folder");
    let bad = folder.path().join("bad.toml");
    fs::write(&bad, FAULTY).expect("writes");
    let all = heatloop()
        .arg("check-file")
        .args(shipped())
        .assert()
        .code(0);
    let text = String::from_utf8_lossy(&all.get_output().stdout).into_owned();
    assert_eq!(
        text.lines().filter(|l| l.contains("valid")).count(),
        shipped().len()
    );
    heatloop()
        .arg("check-file")
        .arg(&bad)
        .args(shipped())
        .assert()
        .code(3)
        .stdout(contains("year.toml: valid"));
}

#[test]
fn the_schema_accepts_all_that_ship_and_refuses_what_is_misspelt() {
    let out = heatloop()
        .arg("schema")
        .assert()
        .code(0)
        .get_output()
        .stdout
        .clone();
    let schema: Value = serde_json::from_slice(&out).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let json = |text: &str| {
        let table: toml::Table = text.parse().expect("TOML");
        plain(toml::Value::Table(table))
    };
    for file in shipped() {
        let value = json(&fs::read_to_string(&file).expect("reads"));
        let faults: Vec<String> = validator
            .iter_errors(&value)
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", file.display());
    }
    assert!(!validator.is_valid(&json(FAULTY)));
}

/// TOML as the JSON that an editor checks: dates as their text.
fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(d) => Value::String(d.to_string()),
        toml::Value::Array(a) => a.into_iter().map(plain).collect(),
        toml::Value::Table(t) => t.into_iter().map(|(k, v)| (k, plain(v))).collect(),
        toml::Value::String(s) => s.into(),
        toml::Value::Integer(i) => i.into(),
        toml::Value::Float(f) => f.into(),
        toml::Value::Boolean(b) => b.into(),
    }
}

#[test]
fn list_and_show_tell_what_comes_along() {
    heatloop()
        .arg("list")
        .assert()
        .code(0)
        .stdout(contains("nl-terraced-1992").and(contains("nibe-f2050-6")))
        .stdout(contains("aachen-2021"));
    heatloop()
        .args(["list", "weather"])
        .assert()
        .code(0)
        .stdout(contains("aachen-2021").and(contains("nibe").not()));
    heatloop()
        .args(["show", "nibe-f2050-6"])
        .assert()
        .code(0)
        .stdout(contains("certified"));
    heatloop()
        .args(["show", "nl-terraced-1991"])
        .assert()
        .code(3)
        .stderr(contains("Did you mean"));
}

#[test]
fn a_shown_house_and_unit_run_when_copied_into_a_scenario() {
    let shown = |name: &str| {
        let out = heatloop().args(["show", name]).assert().code(0);
        String::from_utf8(out.get_output().stdout.clone()).expect("text")
    };
    let (folder, file) = one_day();
    let text = SHORT.replace("house = \"nl-apartment-1970\"\n", "") + &shown("nl-apartment-1970");
    let copy = folder.path().join("copy.toml");
    fs::write(&copy, text).expect("writes");
    let figures = |file: &Path| {
        let out = heatloop()
            .arg("run")
            .arg(file)
            .args(["--dry", "--format", "json"])
            .assert();
        let out = out.code(0).get_output().stdout.clone();
        let value: Value = serde_json::from_slice(&out).expect("JSON");
        value["total"]["energy"].clone()
    };
    assert_eq!(figures(&file), figures(&copy));
}

#[test]
fn a_folder_with_other_files_is_refused_before_the_run_unless_forced() {
    let (folder, file) = one_day();
    let results = folder.path().join("mine");
    fs::create_dir(&results).expect("creates");
    fs::write(results.join("thesis.txt"), "precious").expect("writes");
    let run = |force: bool| {
        let mut c = heatloop();
        c.arg("run")
            .arg(&file)
            .arg("-o")
            .arg(&results)
            .arg("--no-picture");
        if force {
            c.arg("--force");
        }
        c.assert()
    };
    run(false).code(4).stdout("").stderr(contains("mine"));
    assert_eq!(fs::read_dir(&results).expect("a folder").count(), 1);
    run(true).code(0);
    assert!(results.join("metrics.json").is_file());
    let kept = fs::read_to_string(results.join("thesis.txt")).expect("still there");
    assert_eq!(kept, "precious");
    run(true).code(0);
}

#[test]
fn exit_4_where_the_folder_cannot_be_made() {
    let (folder, file) = one_day();
    let plain = folder.path().join("a-file");
    fs::write(&plain, "").expect("writes");
    heatloop()
        .arg("run")
        .arg(&file)
        .arg("-o")
        .arg(plain.join("below"))
        .assert()
        .code(4)
        .stderr(contains("a-file").and(contains("panicked").not()));
}

#[cfg(unix)]
#[test]
fn exit_4_where_the_folder_cannot_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, file) = one_day();
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).expect("creates");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).expect("locks");
    if fs::write(locked.join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write everywhere");
        return;
    }
    heatloop()
        .arg("run")
        .arg(&file)
        .arg("-o")
        .arg(locked.join("below"))
        .assert()
        .code(4)
        .stderr(contains("locked").and(contains("panicked").not()));
}

#[cfg(target_os = "linux")]
#[test]
fn exit_4_where_standard_output_is_full() {
    let (_folder, file) = one_day();
    let full = || {
        fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("opens")
    };
    for arguments in [
        vec!["run", file.to_str().expect("text"), "--dry"],
        vec![
            "run",
            file.to_str().expect("text"),
            "--dry",
            "--format",
            "json",
        ],
        vec!["schema"],
        vec!["list"],
    ] {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_heatloop"))
            .args(&arguments)
            .stdout(full())
            .stderr(std::process::Stdio::piped())
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(4), "{arguments:?}: {said}");
        assert!(said.contains("standard output"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_heatloop"))
        .arg("schema")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let out = child.wait_with_output().expect("ends");
    assert_eq!(String::from_utf8_lossy(&out.stderr), "");
    assert_eq!(out.status.code(), Some(0));
}

/// A limit on the size of files stands for a full disk: either way a write
/// fails half-way.
#[cfg(target_os = "linux")]
#[test]
fn a_write_that_fails_half_way_leaves_whole_files_or_none_and_says_so() {
    let (folder, file) = one_day();
    let results = folder.path().join("full");
    let script = format!(
        "ulimit -f 8 && trap '' XFSZ && exec '{}' run '{}' -o '{}'",
        env!("CARGO_BIN_EXE_heatloop"),
        file.display(),
        results.display()
    );
    let out = std::process::Command::new("sh")
        .args(["-c", &script])
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(4), "{said}");
    assert!(
        said.contains("full") && !said.contains("panicked"),
        "{said}"
    );
    for entry in fs::read_dir(&results).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|n| n.to_str()).expect("a name");
        assert!(
            !name.starts_with("trace-") && !name.contains("tmp"),
            "{name} is torn"
        );
        if name.ends_with(".json") {
            let whole: Result<Value, _> = serde_json::from_slice(&fs::read(&path).expect("reads"));
            assert!(whole.is_ok(), "{name} is torn");
        }
    }
}

#[test]
fn the_resolved_scenario_of_a_run_with_files_runs_where_it_lies() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for name in ["recorded", "flex-trading", "holiday"] {
        let results = folder.path().join(name);
        let run = |file: &Path, out: &Path| {
            heatloop()
                .arg("run")
                .arg(file)
                .args(["--quiet", "--no-picture", "--output"])
                .arg(out)
                .assert()
                .code(0);
            fs::read_to_string(out.join("metrics.json")).expect("metrics")
        };
        let first = run(&scenarios.join(format!("{name}.toml")), &results);
        let again = run(&results.join("scenario.toml"), &folder.path().join("again"));
        assert_eq!(first, again, "{name}");
    }
}

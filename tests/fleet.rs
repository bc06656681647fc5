//! `heatloop fleet` as a user meets it: files, exit codes, the same bytes.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use predicates::str::contains;
use tempfile::TempDir;

fn heatloop() -> Command {
    let mut c = Command::cargo_bin("heatloop").expect("the program");
    c.env_remove("RUST_BACKTRACE").env("NO_COLOR", "1");
    c
}

const HOUSE: &str = r#"heatloop = 1
site = { country = "NL", postal_code = "3511AB" }
period = { start = 2019-01-22, days = 1, warmup_days = 1 }
[[users]]
settings.optimization_settings = { flex_trading = true }
[[users.devices]]
house = "rc-light"
heat_pump = "nibe-f2050-6"
tank = { volume_l = 150 }
hot_water.draws = { kind = "random" }
activation = [{ start = 2019-01-22T17:00, end = 2019-01-22T20:00, house = 0, tank = 0 }]
"#;

const FLEET: &str = r#"heatloop_fleet = 1
title = "A few"
scenario = "house.toml"
count = 7
represents = 1000

[[groups]]
name = "with tank"
share = 2
[[groups]]
name = "two rooms more"
share = 1
set = { house = "four-rooms" }

[[parameters]]
name = "target_c"
path = "settings.room.preferred_temperature"
min = 19
max = 21

[compare]
name = "no signal"
steering = false
windows = [{ name = "evening", start = 2019-01-22T17:00, end = 2019-01-22T20:00 }]
"#;

fn folder(fleet: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("house.toml"), HOUSE).expect("writes");
    let file = folder.path().join("fleet.toml");
    fs::write(&file, fleet).expect("writes");
    (folder, file)
}

fn run(file: &Path, folder: &Path, more: &[&str]) -> assert_cmd::assert::Assert {
    heatloop()
        .arg("fleet")
        .arg(file)
        .arg("--output")
        .arg(folder)
        .args(more)
        .assert()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("an entry"))
        .map(|e| (e.file_name().to_string_lossy().into_owned(), e.path()))
        .filter(|(name, _)| name != "lock")
        .map(|(name, path)| (name, fs::read(path).expect("reads")))
        .collect();
    all.sort();
    all
}

fn rows(path: &Path) -> Vec<Row> {
    let file = fs::File::open(path).expect("a file");
    let reader = SerializedFileReader::new(file).expect("Parquet");
    let rows = reader.get_row_iter(None).expect("rows");
    rows.map(|r| r.expect("a row")).collect()
}

fn cell(row: &Row, name: &str) -> Field {
    let found = row.get_column_iter().find(|(n, _)| *n == name);
    found
        .unwrap_or_else(|| panic!("no column {name}"))
        .1
        .clone()
}

#[test]
fn a_fleet_writes_its_files_and_every_byte_is_the_same_whatever_threads_and_block() {
    let (folder, file) = folder(FLEET);
    let [one, two] = ["one", "two"].map(|n| folder.path().join(n));
    let traces = ["--traces", "flow_c,compressor_*"];
    run(&file, &one, &[&traces[..], &["--threads", "1"]].concat())
        .success()
        .stdout(contains("evening"));
    let more = ["--threads", "3", "--block", "2"];
    run(&file, &two, &[&traces[..], &more].concat()).success();
    let (a, b) = (files(&one), files(&two));
    let names: Vec<&str> = a.iter().map(|(n, _)| n.as_str()).collect();
    for name in [
        "fleet-houses.parquet",
        "fleet-profile.csv",
        "fleet-profile.parquet",
        "fleet-summary.json",
        "fleet-traces.parquet",
        "picture-compared.png",
        "picture-fleet.svg",
        "provenance.json",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    for (a, b) in a.iter().zip(&b) {
        assert!(a == b, "{} differs", a.0);
    }
    assert_eq!(a.len(), b.len());

    // The rows, the profile and the summary tell the same story.
    let houses = rows(&one.join("fleet-houses.parquet"));
    assert_eq!(houses.len(), 7);
    let kwh: f64 = houses
        .iter()
        .map(|r| match cell(r, "energy.hvac_kwh") {
            Field::Double(x) => x,
            other => panic!("{other:?}"),
        })
        .sum();
    let text = fs::read_to_string(one.join("fleet-summary.json")).expect("reads");
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mwh = summary["fleet"]["electricity_mwh"]
        .as_f64()
        .expect("a number");
    // Each quarter-hour of each house is rounded to a milliwatt.
    assert!((mwh - kwh / 7.0).abs() < 1e-5, "{mwh} {kwh}");
    let window = &summary["compared"]["windows"][0];
    assert!(
        window["mean_mw"].as_f64().expect("a number") < 0.0,
        "{window}"
    );
    // 96 quarter-hours of seven houses.
    assert_eq!(rows(&one.join("fleet-traces.parquet")).len(), 7 * 96);

    // A larger fleet begins with the same houses.
    let three = folder.path().join("three");
    run(&file, &three, &["--count", "9", "--no-picture", "--quiet"]).success();
    let grown = rows(&three.join("fleet-houses.parquet"));
    let written = |r: &Row| format!("{r}");
    assert_eq!(grown.len(), 9);
    for (a, b) in houses.iter().zip(&grown) {
        assert_eq!(written(a), written(b));
    }
}

#[test]
fn a_house_that_its_scenario_does_not_take_is_a_row_with_its_reason() {
    let plain = "[[parameters]]\nname = \"litres\"\npath = \"tank.volume_l\"\nvalues = [150, 3]\n";
    let head = "heatloop_fleet = 1\nscenario = \"house.toml\"\ncount = 5\n";
    let (folder, file) = folder(&format!("{head}{plain}"));
    let out = folder.path().join("out");
    run(&file, &out, &["--no-picture"])
        .success()
        .stderr(contains("houses have no figures"));
    let houses = rows(&out.join("fleet-houses.parquet"));
    let bad: Vec<&Row> = houses
        .iter()
        .filter(|r| cell(r, "status") == Field::Str("invalid".into()))
        .collect();
    assert!(!bad.is_empty() && bad.len() < 5, "{houses:?}");
    for row in bad {
        assert_eq!(cell(row, "litres"), Field::Double(3.0));
        assert_eq!(cell(row, "energy.hvac_kwh"), Field::Null);
        let reason = format!("{}", cell(row, "reason"));
        assert!(reason.contains("tank.volume_l = 3"), "{reason}");
    }
}

#[test]
fn exit_2_3_and_4_for_words_files_and_folders_that_are_wrong() {
    let (folder, file) = folder(FLEET);
    let out = folder.path().join("out");
    run(&file, &out, &["--traces", "room.*"])
        .code(2)
        .stderr(contains("--traces"));
    let wrong = FLEET
        .replace("count", "cuont")
        .replace("min = 19", "mim = 19");
    let bad = folder.path().join("bad.toml");
    fs::write(&bad, wrong).expect("writes");
    run(&bad, &out, &[])
        .code(3)
        .stderr(contains("did you mean `count`"))
        .stderr(contains("did you mean `min`"));
    assert!(!out.exists());
    fs::write(&out, "a file").expect("writes");
    run(&file, &out, &[]).code(4);
    let foreign = folder.path().join("foreign");
    fs::create_dir(&foreign).expect("a folder");
    fs::write(foreign.join("letter.txt"), "dear").expect("writes");
    run(&file, &foreign, &[])
        .code(4)
        .stderr(contains("--force"));
    assert_eq!(files(&foreign).len(), 1);
}

/// `/dev/full` takes no byte.
#[cfg(target_os = "linux")]
#[test]
fn exit_4_where_standard_output_is_full() {
    let (folder, file) = folder(FLEET);
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("there");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_heatloop"))
        .args(["fleet", "--count", "1", "--no-picture", "--output"])
        .arg(folder.path().join("out"))
        .arg(&file)
        .stdout(full)
        .output()
        .expect("runs");
    assert_eq!(done.status.code(), Some(4));
}

#[test]
fn exit_7_where_the_folder_is_in_use() {
    let (folder, file) = folder(FLEET);
    let out = folder.path().join("out");
    fs::create_dir(&out).expect("a folder");
    let lock = fs::File::create(out.join("lock")).expect("a file");
    lock.lock().expect("locks");
    run(&file, &out, &[]).code(7).stderr(contains("in use"));
}

#[test]
fn the_shipped_fleet_reads_and_its_schema_takes_it() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/fleet/evening-signal.toml");
    heatloop()
        .args(["fleet", "--dry"])
        .arg(&file)
        .assert()
        .success()
        .stdout(contains("400 houses, twice"));
    let schema = heatloop()
        .args(["schema", "fleet"])
        .output()
        .expect("runs")
        .stdout;
    let schema: serde_json::Value = serde_json::from_slice(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let text = fs::read_to_string(&file).expect("reads");
    // Dates as text, as in JSON.
    let dated = text
        .replace("= 2019-01-22T", "= \"2019-01-22T")
        .replace("= 2019-01-23T", "= \"2019-01-23T");
    let dated = dated
        .replace(":00, end", ":00\", end")
        .replace(":00 },", ":00\" },");
    let value: serde_json::Value = toml::from_str(&dated).expect("is TOML");
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|e| e.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    assert!(!validator.is_valid(&serde_json::json!({ "heatloop_fleet": 1, "bogus": 2 })));
}

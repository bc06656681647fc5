//! `heatloop fleet` as a user meets it: files, exit codes, the same bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use predicates::prelude::PredicateBooleanExt as _;
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

/// The fleet without its reference: half the work.
fn alone() -> &'static str {
    FLEET.split("[compare]").next().unwrap_or(FLEET)
}

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
fn a_screened_fleet_says_so_and_what_it_is_off_by_on_any_number_of_threads() {
    let (folder, file) = folder(&alone().replace("title", "detail = \"screening\"\ntitle"));
    // Without the supplier's commands, which a screening does not know.
    let house = HOUSE.replace("flex_trading = true", "flex_trading = false");
    fs::write(folder.path().join("house.toml"), house).expect("writes");
    let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
    run(&file, &one, &["--threads", "1"])
        .success()
        .stdout(contains("screened less full"));
    run(&file, &two, &["--threads", "2"]).success();
    let read = |place: &Path, name: &str| fs::read(place.join(name)).expect("is there");
    for name in [
        "fleet-houses.parquet",
        "fleet-profile.csv",
        "screening-check.csv",
    ] {
        assert!(read(&one, name) == read(&two, name), "{name}");
    }
    let picture = String::from_utf8(read(&one, "picture-fleet.svg")).expect("text");
    assert!(picture.contains("7 houses screened"), "the picture says so");
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

/// Byte for byte; what is kept of a fleet on its way must be gone.
fn assert_same(whole: &Path, other: &Path) {
    let (a, b) = (files(whole), files(other));
    let names = |all: &[(String, Vec<u8>)]| all.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    for (a, b) in a.iter().zip(&b) {
        assert!(a.1 == b.1, "{} differs", a.0);
    }
}

/// Enough for a dozen states on the disk.
const LONGER: [&str; 8] = [
    "--count",
    "24",
    "--block",
    "2",
    "--no-picture",
    "--traces",
    "flow_c",
    "--quiet",
];

#[test]
fn killed_at_many_points_a_fleet_ends_with_the_same_bytes() {
    let (folder, file) = folder(alone());
    let [whole, out] = ["whole", "out"].map(|n| folder.path().join(n));
    let begun = Instant::now();
    run(&file, &whole, &LONGER).success();
    let all = begun.elapsed();
    let (mut kills, mut on_its_way) = (0, 0);
    // From before there is a folder to after the last house.
    for tenths in [0, 1, 1, 2, 2, 3, 3, 4, 5, 10] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_heatloop"))
            .arg("fleet")
            .arg(&file)
            .arg("--output")
            .arg(&out)
            .args(LONGER)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let begun = Instant::now();
        while begun.elapsed() < all * tenths / 10 {
            if child.try_wait().expect("is ours").is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        if child.try_wait().expect("is ours").is_none() {
            child.kill().expect("is killed"); // SIGKILL on Unix
            kills += 1;
        }
        child.wait().expect("ends");
        on_its_way += usize::from(out.join("fleet-state").exists());
    }
    assert!(kills >= 4, "only {kills} kills hit a running fleet");
    assert!(on_its_way >= 2, "only {on_its_way} left a state");
    run(&file, &out, &LONGER).success();
    assert_same(&whole, &out);
}

/// A limit on the size of files stands for a full disk: writes fail half-way,
/// be it those of the houses, the traces or the state.
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_costs_no_finished_block() {
    let (folder, file) = folder(alone());
    let whole = folder.path().join("whole");
    run(&file, &whole, &LONGER).success();
    let sizes = fs::read_dir(&whole).expect("a folder");
    let sizes = sizes.map(|f| f.and_then(|f| f.metadata()).expect("a file").len());
    let largest = sizes.max().expect("files");
    // The shell counts in blocks of 512 bytes.
    for blocks in [largest / 5120, largest / 1024, largest * 9 / 5120] {
        let out = folder.path().join(format!("out-{blocks}"));
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let done = std::process::Command::new("sh")
            .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_heatloop"), "fleet"])
            .arg(&file)
            .arg("--output")
            .arg(&out)
            .args(LONGER)
            .output()
            .expect("runs");
        let told = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(4), "{blocks}: {told}");
        assert!(told.contains("say the same command again"), "{told}");
        run(&file, &out, &LONGER).success();
        assert_same(&whole, &out);
    }
}

#[test]
fn a_stopped_fleet_grows_and_another_one_is_refused() {
    let (folder, file) = folder(FLEET);
    let [whole, out] = ["whole", "out"].map(|n| folder.path().join(n));
    let more = ["--no-picture", "--block", "3"];
    run(&file, &whole, &[&more[..], &["--count", "9"]].concat()).success();
    // As a kill just before the end would leave it: the file that takes the
    // profile's name can't be made.
    fs::create_dir_all(out.join("fleet-profile.csv/in-the-way")).expect("a folder");
    run(&file, &out, &[&more[..], &["--count", "6"]].concat())
        .code(4)
        .stderr(contains("The houses so far (6) are kept"));
    fs::remove_dir_all(out.join("fleet-profile.csv")).expect("is there");
    run(&file, &out, &[&more[..], &["--count", "3"]].concat())
        .code(4)
        .stderr(contains("holds 6 houses of another fleet"));
    let other = folder.path().join("other.toml");
    fs::write(&other, FLEET.replace("max = 21", "max = 22")).expect("writes");
    run(&other, &out, &more)
        .code(4)
        .stderr(contains("the fleet file has changed"));
    run(&file, &out, &[&more[..], &["--count", "9"]].concat())
        .success()
        .stdout(contains("in the folder already: 6 houses"));
    assert_same(&whole, &out);
}

/// What a stopped fleet left is trusted by its digest; what can't be trusted is
/// run again, and said.
#[test]
fn spoilt_files_of_a_stopped_fleet_are_told_and_run_again() {
    let (folder, file) = folder(FLEET);
    let [whole, out] = ["whole", "out"].map(|n| folder.path().join(n));
    let more = ["--no-picture", "--block", "3", "--count", "6"];
    run(&file, &whole, &more).success();
    let state = out.join("fleet-state");
    let part = out.join("fleet-houses.parquet.part");
    type Spoil<'a> = (&'a Path, fn(&mut Vec<u8>), &'a str);
    let ways: [Spoil<'_>; 4] = [
        (&part, |bytes| bytes[2] ^= 1, "not those that were written"),
        (&part, |bytes| bytes.truncate(3), "shorter than it was"),
        (&state, |bytes| bytes.fill(b'?'), "fleet-state is damaged"),
        (&state, |bytes| bytes.truncate(60), "fleet-state is damaged"),
    ];
    // Stopped behind the last house.
    let stopped = || {
        fs::create_dir_all(out.join("fleet-profile.csv/in-the-way")).expect("a folder");
        run(&file, &out, &more).code(4);
        fs::remove_dir_all(out.join("fleet-profile.csv")).expect("is there");
        fs::rename(out.join("fleet-houses.parquet"), &part).expect("is there");
    };
    for (spoilt, how, told) in ways {
        stopped();
        let mut bytes = fs::read(spoilt).expect("is there");
        how(&mut bytes);
        fs::write(spoilt, bytes).expect("writes");
        run(&file, &out, &more)
            .success()
            .stderr(contains("are run again").and(contains(told)));
        assert_same(&whole, &out);
        fs::remove_dir_all(&out).expect("is there");
    }
    stopped();
    fs::remove_file(&state).expect("is there");
    run(&file, &out, &more)
        .success()
        .stderr(contains("there is no fleet-state beside"));
    assert_same(&whole, &out);
}

/// One house after the other, and side by side; in whatever the processor has.
#[test]
fn every_instruction_set_gives_the_same_bytes_and_an_unknown_one_exit_2() {
    let (folder, file) = folder(alone());
    let in_set = |set: &str| {
        let out = folder.path().join(set);
        let mut command = heatloop();
        command.env("HEATLOOP_SIMD", set).arg("fleet").arg(&file);
        command
            .args(["--no-picture", "--quiet", "--output"])
            .arg(&out);
        (command.assert(), out)
    };
    let sets = heatloop::numeric::simd::InstructionSet::all();
    let (done, first) = in_set(sets[0].name());
    done.success();
    for set in &sets[1..] {
        let (done, out) = in_set(set.name());
        done.success();
        assert_same(&first, &out);
    }
    let (told, out) = in_set("avx3");
    told.code(2)
        .stderr(contains("HEATLOOP_SIMD is \"avx3\""))
        .stderr(contains("baseline"));
    assert!(!out.exists());
}

#[test]
fn a_house_that_its_scenario_does_not_take_is_a_row_with_its_reason() {
    let plain = "[[parameters]]\nname = \"litres\"\npath = \"tank.volume_l\"\nvalues = [150, 3]\n";
    let head = "heatloop_fleet = 1\nscenario = \"house.toml\"\ncount = 5\n";
    let (folder, file) = folder(&format!("{head}{plain}"));
    let out = folder.path().join("out");
    run(&file, &out, &["--no-picture"])
        .success()
        .stderr(contains("houses without figures"));
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
fn a_folder_in_place_of_the_scenario_and_too_many_houses_are_told() {
    let (folder, file) = folder(&FLEET.replace("house.toml", "houses"));
    fs::create_dir(folder.path().join("houses")).expect("a folder");
    let dry = |more: &[&str]| {
        let mut c = heatloop();
        c.arg("fleet").arg(&file).arg("--dry").args(more).assert()
    };
    dry(&[]).code(3).stderr(contains("this is a folder"));
    // The limit of the file's `count`.
    fs::write(&file, FLEET).expect("writes");
    dry(&["--count", "100000000"]).code(0);
    dry(&["--count", "100000001"]).code(2);
    fs::write(&file, FLEET.replace("count = 7", "count = 100000001")).expect("writes");
    dry(&[]).code(3);
}

/// What would be wrong with the heat pump that stands in for it is not told.
#[test]
fn an_unknown_heat_pump_is_the_only_fault_that_it_makes() {
    let (folder, file) = folder(&FLEET.replace(
        "set = { house = \"four-rooms\" }",
        "set = { heat_pump = \"nibe-f2050\" }",
    ));
    let house = HOUSE.replace("house = 0, tank = 0", "house = 3, tank = 3");
    fs::write(folder.path().join("house.toml"), house).expect("writes");
    let done = heatloop().arg("fleet").arg(&file).arg("--dry").assert();
    let told = String::from_utf8_lossy(&done.code(3).get_output().stderr).into_owned();
    assert!(told.contains("the library has no such heat pump"), "{told}");
    assert_eq!(told.matches('×').count(), 1, "{told}");
}

#[test]
fn a_small_fleet_is_told_in_kilowatts() {
    let (folder, file) = folder(&alone().replace("represents = 1000", ""));
    let out = folder.path().join("out");
    let done = run(&file, &out, &["--count", "1"]).success();
    let told = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    assert!(told.contains(" kW on ") && told.contains(" kWh electricity"));
    assert!(!told.contains("MW"), "{told}");
    let drawn = fs::read_to_string(out.join("picture-fleet.svg")).expect("is drawn");
    assert!(drawn.contains("1 house simulated") && !drawn.contains("MW"));
}

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

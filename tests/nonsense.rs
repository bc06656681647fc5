//! Broken input of every kind: each ends with a fault that says where and how
//! to mend it, soon, and without a panic or a torn file.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

const HEAD: &str = r#"heatloop = 1
site = { country = "NL", postal_code = "6211AB" }
"#;
const WEATHER: &str = "weather = { climate = \"aachen-2021\" }\n";
const PERIOD: &str = "period = { start = 2021-02-06, days = 1, warmup_days = 0 }\n";
const DEVICE: &str = r#"[[users]]
[[users.devices]]
house = "rc-light"
heat_pump = "nibe-f2050-6"
"#;

/// A folder of files that a scenario may name.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).expect("writes");
        path
    }

    /// Faults of a scenario, as JSON; it must have some.
    fn faults(&self, text: &str) -> Vec<Value> {
        let file = self.write("story.toml", text);
        for command in ["check-file", "run"] {
            let out = heatloop().arg(command).arg(&file).output().expect("runs");
            let said = String::from_utf8_lossy(&out.stderr).into_owned();
            assert_eq!(out.status.code(), Some(3), "{text}\n{said}");
            assert!(!said.contains("heatloop itself"), "{said}");
            assert!(
                !said.contains(|c: char| c.is_control() && c != '\n'),
                "{said:?}"
            );
        }
        let out = heatloop()
            .args(["check-file", "--format", "json"])
            .arg(&file)
            .output()
            .expect("runs");
        let all: Value = serde_json::from_slice(&out.stdout).expect("JSON");
        let all = all[0]["faults"].as_array().expect("faults").clone();
        all.into_iter()
            .filter(|f| f["severity"] == "fault")
            .collect()
    }

    fn scenario(&self, weather: &str, device: &str) -> Vec<Value> {
        self.faults(&format!("{HEAD}{weather}{PERIOD}{DEVICE}{device}"))
    }
}

fn heatloop() -> Command {
    let mut c = Command::cargo_bin("heatloop").expect("the program");
    c.env_remove("RUST_BACKTRACE").env("NO_COLOR", "1");
    c.timeout(Duration::from_secs(60));
    c
}

#[test]
fn fails_for_control_characters_in_names_and_shows_none() {
    let folder = Folder::new();
    for (text, key) in [
        (
            format!(
                "{HEAD}{WEATHER}{PERIOD}{}",
                DEVICE.replace("[[users]]", "[[users]]\nid = \"a\\u0007b\"")
            ),
            "users[0].id",
        ),
        (
            format!("{HEAD}title = \"a\\nb\"\n{WEATHER}{PERIOD}{DEVICE}"),
            "title",
        ),
        (
            format!(
                "{HEAD}{WEATHER}{PERIOD}{}[users.devices.house.template.rooms.\"a\\u001b[31mb\"]\n\
                 floor_area_m2 = 20\nmodel = {{ kind = \"one-node\", loss_w_per_k = 50 }}\n",
                DEVICE.replace("house = \"rc-light\"\n", "")
            ),
            "users[0].devices[0].house.template.rooms",
        ),
    ] {
        let faults = folder.faults(&text);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(
            faults[0]["key"].as_str().expect("a key").starts_with(key),
            "{faults:?}"
        );
        assert!(
            faults[0]["message"]
                .as_str()
                .expect("text")
                .contains("control character")
        );
    }
    // A story may have lines.
    let file = folder.write(
        "story.toml",
        format!("{HEAD}description = \"a\\nb\"\n{WEATHER}{PERIOD}{DEVICE}"),
    );
    heatloop().arg("check-file").arg(file).assert().code(0);
    // Raw ones, in the scenario or in a table, don't reach the terminal.
    folder.faults(&format!(
        "{HEAD}title = \"\u{1b}[31m\"\n{WEATHER}{PERIOD}{DEVICE}"
    ));
    folder.write(
        "load.csv",
        "t,w\n2021-02-06T00:00,\u{1b}[31m\n2021-02-06T01:00,1\n",
    );
    folder.scenario(WEATHER, "base_load_w = { file = \"load.csv\" }\n");
}

#[test]
fn sixty_thousand_unknown_keys_are_all_told_within_seconds() {
    let folder = Folder::new();
    let keys: String = (0..60_000).map(|i| format!("key_{i} = 1\n")).collect();
    let file = folder.write(
        "many.toml",
        format!("{HEAD}{WEATHER}{PERIOD}{keys}{DEVICE}"),
    );
    let start = Instant::now();
    let out = heatloop()
        .args(["check-file", "--format", "json"])
        .arg(file)
        .output()
        .expect("ends");
    // 1 s here; it was minutes when each fault counted the lines before it.
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    let all: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let faults = all[0]["faults"].as_array().expect("faults");
    assert_eq!(faults.len(), 60_000);
    assert_eq!(faults[59_999]["line"], 60_004);
    assert_eq!(faults[59_999]["column"], 1);
}

#[test]
fn faults_in_series_files_have_line_key_value_unit_and_range() {
    let folder = Folder::new();
    folder.write(
        "price.csv",
        "time,eur\n2021-02-05T00:00Z,0.2\n2021-02-05T12:00Z,12\n2021-02-06T00:00Z,abc\nyesterday,0.1\n",
    );
    let faults = folder.scenario(
        &format!("{WEATHER}prices.energy_eur_per_kwh = {{ file = \"price.csv\" }}\n"),
        "",
    );
    let of = |line: u64| {
        let found = faults.iter().find(|f| f["line"] == line);
        found.unwrap_or_else(|| panic!("line {line}: {faults:?}"))
    };
    for (line, value) in [(3, "12"), (4, "abc")] {
        let fault = of(line);
        assert_eq!(fault["file"], "price.csv");
        assert_eq!(fault["key"], "eur");
        assert_eq!(fault["value"], value);
        assert_eq!(fault["unit"], "EUR/kWh");
        assert_eq!(fault["allowed"], "from -5 to 10 EUR/kWh");
    }
    assert_eq!(of(5)["key"], "time");
    assert!(of(5)["allowed"].is_string());
}

#[test]
fn faults_in_draws_have_line_value_unit_and_range() {
    let folder = Folder::new();
    folder.write("draws.csv", "n,flow\n1,0\n2,1e300\n3,-1\n4,nan\n5,3\n");
    let draws = "tank = \"200 l\"\nhot_water.draws = { kind = \"file\", path = \"draws.csv\", column = \"flow\", unit = \"l/min\", start = 2021-02-06, step_s = 3600 }\n";
    let faults = folder.scenario(WEATHER, draws);
    assert_eq!(faults.len(), 3, "{faults:?}");
    for (fault, line) in faults.iter().zip(3..) {
        assert_eq!(fault["file"], "draws.csv");
        assert_eq!(fault["line"], line);
        assert_eq!(fault["unit"], "l/min");
        assert_eq!(fault["allowed"], "from 0 to 600 l/min");
    }
}

#[test]
fn fails_for_weather_that_is_empty_torn_or_impossible() {
    let folder = Folder::new();
    let rows: String = (0..48)
        .map(|h| format!("2021-02-{:02}T{:02}:00Z,3.5,0\n", 5 + h / 24, h % 24))
        .collect();
    let table = "weather.table = { time = \"t\", columns = { temperature = { column = \"c\" }, global = { column = \"g\" } } }\n";
    let weather = |name: &str| format!("weather.file = \"{name}\"\n{table}");
    // The same in order: what is wrong below is wrong by itself.
    folder.write("whole.csv", format!("t,c,g\n{rows}"));
    let whole = format!("{HEAD}{}{PERIOD}{DEVICE}", weather("whole.csv"));
    let whole = folder.write("whole.toml", whole);
    heatloop().arg("check-file").arg(whole).assert().success();
    folder.write("empty.csv", "");
    folder.write("head.csv", "t,c,g\n");
    folder.write("torn.csv", format!("t,c,g\n{}", &rows[..rows.len() / 2]));
    folder.write("short.csv", format!("t,c,g\n{}", &rows[..rows.len() - 8]));
    folder.write("nan.csv", format!("t,c,g\n{}", rows.replace("3.5", "NaN")));
    folder.write("hot.csv", format!("t,c,g\n{}", rows.replace("3.5", "350")));
    folder.write("binary.csv", [0xff, 0x00, 0x80, 0x0a]);
    for name in [
        "empty.csv",
        "head.csv",
        "torn.csv",
        "nan.csv",
        "hot.csv",
        "binary.csv",
        "none.csv",
        ".",
    ] {
        assert!(!folder.scenario(&weather(name), "").is_empty(), "{name}");
    }
    for (name, text) in [
        ("empty.epw", String::new()),
        ("one.epw", "LOCATION,Aachen\n".to_owned()),
        (
            "head.epw",
            "LOCATION,Aachen,NW,DEU,x,0,50.8,6.1,1.0,200\nDATA PERIODS,1,1,Data,Friday,1/1,12/31\n"
                .to_owned(),
        ),
    ] {
        folder.write(name, text);
        assert!(
            !folder
                .scenario(&format!("weather.file = \"{name}\"\n"), "")
                .is_empty(),
            "{name}"
        );
    }
}

#[test]
fn fails_for_a_stream_that_is_torn_and_names_its_lines() {
    let folder = Folder::new();
    folder.write(
        "stream.jsonl",
        "{\"at\": \"2021-02-06T01:00:00Z\", \"document\": {\"user_id\": \"user-1\"}}\n{\"at\": \"2021-02-06T02:00:00Z\", \"docu\n\n[]\n",
    );
    let faults = folder.scenario(
        &format!("{WEATHER}recorded = {{ file = \"stream.jsonl\" }}\n"),
        "",
    );
    let lines: Vec<_> = faults.iter().map(|f| f["line"].clone()).collect();
    assert!(
        lines.contains(&Value::from(2)) && lines.contains(&Value::from(4)),
        "{faults:?}"
    );
}

#[test]
fn fails_for_large_files_of_nothing_soon() {
    let folder = Folder::new();
    let start = Instant::now();
    for (name, bytes) in [
        ("open.toml", "[".repeat(200_000)),
        ("open.json", "[".repeat(200_000)),
        (
            "long.toml",
            format!("title = \"{}\"\n", "x".repeat(4_000_000)),
        ),
        ("zeros.toml", "\0".repeat(1_000_000)),
        ("lines.toml", "\n".repeat(2_000_000)),
    ] {
        let file = folder.write(name, bytes);
        let out = heatloop()
            .arg("check-file")
            .arg(&file)
            .output()
            .expect("ends");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(3), "{name}: {said}");
        assert!(said.len() < 100_000, "{name}: {} bytes", said.len());
    }
    assert!(
        start.elapsed() < Duration::from_secs(30),
        "{:?}",
        start.elapsed()
    );
    let rows: String = (0..200_000).map(|i| format!("row {i},x\n")).collect();
    folder.write("wrong.csv", format!("t,w\n{rows}"));
    let faults = folder.scenario(WEATHER, "base_load_w = { file = \"wrong.csv\" }\n");
    assert!((2..50).contains(&faults.len()), "{}", faults.len());
}

#[cfg(target_os = "linux")]
#[test]
fn exit_4_where_results_cannot_be_written() {
    let folder = Folder::new();
    let file = folder.write("story.toml", format!("{HEAD}{WEATHER}{PERIOD}{DEVICE}"));
    for to in ["/proc/nowhere", "/dev/full", "/dev/null/x"] {
        let out = heatloop()
            .arg("run")
            .arg(&file)
            .args(["-q", "-o", to])
            .output()
            .expect("ends");
        assert_eq!(out.status.code(), Some(4), "{to}");
        assert!(!Path::new("/dev/full").is_dir());
    }
}

#[test]
fn a_folder_that_a_killed_run_left_is_used_again() {
    let folder = Folder::new();
    let file = folder.write("story.toml", format!("{HEAD}{WEATHER}{PERIOD}{DEVICE}"));
    let results = folder.0.path().join("results");
    fs::create_dir(&results).expect("creates");
    // Killed between its renames: whole files, a temporary one, no provenance.
    for name in [
        "scenario.toml",
        "trace-user-1-device-1.csv",
        ".heatloop-1a2b.tmp",
    ] {
        fs::write(results.join(name), "old").expect("writes");
    }
    heatloop()
        .arg("run")
        .arg(&file)
        .args(["-q", "-o"])
        .arg(&results)
        .assert()
        .code(0);
    let trace = fs::read_to_string(results.join("trace-user-1-device-1.csv")).expect("reads");
    assert_ne!(trace, "old");
    assert!(results.join("provenance.json").is_file());
}

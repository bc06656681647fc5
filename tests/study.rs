//! Studies, end to end: the program on study files in temporary folders.

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

#[test]
fn a_screened_sweep_tells_what_it_is_off_by_and_a_search_is_refused() {
    let study = SWEEP.replace("title = \"Test\"", "detail = \"screening\"");
    let place = Place::new(&study);
    let output = place.run(&["sweep", "study.toml", "-o", "out"]);
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("Of 8 runs in full besides"), "{told}");
    let table = fs::read_to_string(place.path("out/screening-check.csv")).expect("is there");
    assert!(
        table.starts_with("run,metric,unit,screened,full\n"),
        "{table}"
    );
    assert!(table.contains("energy.hvac_kwh,kWh,"), "{table}");
    let rows = rows(&place.path("out/results.csv"));
    let known = rows.iter().filter(|r| cell(r, "status") == "ok");
    for row in known {
        assert_eq!(cell(row, "running.starts"), "");
        assert_ne!(cell(row, "corrected.total_eur"), "");
    }
    let search = format!("{study}[tune]\nminimise = [\"corrected.total_eur\"]\n");
    let place = Place::new(&search);
    let told = place.exits(&["tune", "study.toml"], 3);
    assert!(told.contains("a search is run in full"), "{told}");
}

#[test]
fn a_sweep_has_a_row_a_run_in_the_design_s_order_and_failing_runs_say_why() {
    let place = Place::new(SWEEP);
    let told = place.exits(&["sweep", "study.toml", "-o", "out"], 0);
    assert!(
        told.contains("2 of 40 runs without figures") && told.contains("= 21.5"),
        "{told}"
    );
    let rows = rows(&place.path("out/results.csv"));
    assert_eq!(rows.len(), 40);
    for (i, row) in rows.iter().enumerate() {
        assert_eq!(cell(row, "run"), (i + 1).to_string());
        assert_eq!(cell(row, "point"), (i / 2 + 1).to_string());
        assert_eq!(cell(row, "seed"), (i % 2 + 1).to_string());
        assert_eq!(
            cell(row, "preferred_c"),
            ["18", "19.5", "20", "21", "22"][i / 8]
        );
        assert_eq!(
            cell(row, "performance.seer"),
            "",
            "cooled nothing: no figure"
        );
        let invalid = (32..34).contains(&i);
        assert_eq!(cell(row, "status"), if invalid { "invalid" } else { "ok" });
        assert_eq!(cell(row, "corrected.total_eur").is_empty(), invalid);
        assert_eq!(
            cell(row, "reason").contains("temperature_upper_bound"),
            invalid
        );
    }
    // A row is what `heatloop run` gives for the varied scenario.
    let room =
        "preferred_temperature = 21, temperature_lower_bound = 17, temperature_upper_bound = 24";
    let varied = BASE.replace(
        "id = \"anna\"",
        &format!("id = \"anna\"\nbounds = \"absolute\"\nsettings.room = {{ {room} }}"),
    );
    fs::write(
        place.path("one.toml"),
        varied.replace("title", "seed = 2\ntitle"),
    )
    .expect("is written");
    place.exits(&["run", "one.toml", "-o", "one", "--no-picture", "-q"], 0);
    let metrics = fs::read_to_string(place.path("one/metrics.json")).expect("is read");
    let metrics: serde_json::Value = serde_json::from_str(&metrics).expect("is JSON");
    let theirs = metrics["total"]["corrected"]["total_eur"]
        .as_f64()
        .expect("a number");
    let ours: f64 = cell(&rows[31], "corrected.total_eur")
        .parse()
        .expect("a number");
    // metrics.json has seven digits.
    assert!(
        (ours - theirs).abs() <= 1e-6 * theirs.abs(),
        "{ours} {theirs}"
    );
    // Again: nothing is run, the same bytes.
    let before = results(&place.path("out"));
    let output = place.run(&["sweep", "study.toml", "-o", "out"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("40 of them in the folder"));
    assert!(before == results(&place.path("out")));
    // Another number of threads, the same bytes.
    place.exits(
        &["sweep", "study.toml", "-o", "one-thread", "--threads", "1"],
        0,
    );
    assert_same(&place.path("out"), &place.path("one-thread"));
}

#[test]
fn killed_at_many_points_a_study_ends_with_the_same_bytes() {
    let study = SWEEP.replace("points = 4", "points = 12");
    let place = Place::new(&study);
    place.exits(&["sweep", "study.toml", "-o", "whole"], 0);
    let journal = place.path("out/journal");
    let size = |path: &Path| fs::metadata(path).map_or(0, |m| m.len());
    let whole = size(&place.path("whole/journal"));
    let mut kills = 0;
    // From before there is a folder to after the last run.
    for share in 0..14 {
        let until = whole * share / 13;
        let mut child = place
            .command(&["sweep", "study.toml", "-o", "out", "-q"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let started = Instant::now();
        while size(&journal) < until && started.elapsed() < Duration::from_secs(60) {
            if child.try_wait().expect("is ours").is_some() {
                break;
            }
            std::thread::sleep(Duration::from_micros(300));
        }
        // SIGKILL on Unix.
        if child.try_wait().expect("is ours").is_none() {
            child.kill().expect("is killed");
            kills += 1;
        }
        child.wait().expect("ends");
        // What a power cut may leave: half a record.
        if share % 4 == 2 && journal.exists() {
            let mut file = fs::OpenOptions::new()
                .append(true)
                .open(&journal)
                .expect("opens");
            file.write_all(&[200, 0, 0, 0, 1, 2, 3])
                .expect("is written");
        }
    }
    assert!(kills >= 8, "only {kills} kills hit a running study");
    place.exits(&["sweep", "study.toml", "-o", "out"], 0);
    assert_same(&place.path("whole"), &place.path("out"));
}

#[test]
fn a_second_process_on_a_folder_is_told_who_holds_it() {
    let place = Place::new(SWEEP);
    place.exits(&["sweep", "study.toml", "-o", "out"], 0);
    let before = results(&place.path("out"));
    let lock = fs::File::options()
        .write(true)
        .open(place.path("out/lock"))
        .expect("opens");
    lock.lock().expect("is locked");
    fs::write(
        place.path("out/lock"),
        "process 4711 since 2026-01-01T00:00:00Z\n",
    )
    .expect("is written");
    let told = place.exits(&["sweep", "study.toml", "-o", "out"], 7);
    assert!(told.contains("process 4711"), "{told}");
    drop(lock);
    assert!(before == results(&place.path("out")));
    place.exits(&["sweep", "study.toml", "-o", "out"], 0);
}

/// A limit on the size of files stands for a full disk: writes fail half-way.
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_costs_no_finished_run() {
    let study = SWEEP.replace("points = 4", "points = 12");
    let place = Place::new(&study);
    place.exits(&["sweep", "study.toml", "-o", "whole"], 0);
    for blocks in [14, 22] {
        let _ = fs::remove_dir_all(place.path("out"));
        let script =
            format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" sweep study.toml -o out");
        let output = Command::new("sh")
            .args(["-c", &script])
            .arg(cargo_bin("heatloop"))
            .current_dir(place.path(""))
            .output()
            .expect("runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{blocks}: {told}");
        assert!(told.contains("say the same command again"), "{told}");
        let output = place.run(&["sweep", "study.toml", "-o", "out"]);
        assert_eq!(output.status.code(), Some(0));
        let kept =
            String::from_utf8_lossy(&output.stdout).contains("of them in the folder already");
        assert!(kept, "{blocks}: no run was kept");
        assert_same(&place.path("whole"), &place.path("out"));
    }
}

#[test]
fn shards_join_to_the_same_bytes_and_missing_ones_are_named() {
    let place = Place::new(SWEEP);
    for command in ["sweep", "sensitivity"] {
        let name = |what: &str| format!("{command}-{what}");
        place.exits(&[command, "study.toml", "-o", &name("whole")], 0);
        for shard in ["1/3", "2/3", "3/3"] {
            let folder = name(&shard.replace('/', "-"));
            place.exits(&[command, "study.toml", "-o", &folder, "--shard", shard], 0);
        }
        let parts = ["3-3", "1-3", "2-3"].map(&name);
        let all = name("all");
        let told = place.exits(&["join", &all, &parts[0], &parts[1]], 3);
        assert!(told.contains("missing: 2/3"), "{told}");
        let told = place.exits(&["join", &all, &parts[0], &parts[1], &name("whole")], 3);
        assert!(told.contains("no shard"), "{told}");
        place.exits(&["join", &all, &parts[0], &parts[1], &parts[2]], 0);
        assert_same(&place.path(&name("whole")), &place.path(&all));
    }
    let told = place.exits(&["join", "mixed", "sweep-1-3", "sensitivity-2-3"], 3);
    assert!(told.contains("different studies"), "{told}");
    let told = place.exits(&["sweep", "study.toml", "-o", "sweep-1-3"], 4);
    assert!(told.contains("shard 1/3"), "{told}");
    place.exits(&["sweep", "study.toml", "--shard", "4/3"], 2);
}

/// Copies lie in folders that people carry about.
#[test]
fn fails_to_join_shards_whose_copies_are_not_what_they_were_run_with() {
    let study = SWEEP
        .replace("points = 4", "points = 1")
        .replace("seeds = [1, 2]", "seeds = [1]");
    let place = Place::new(&study);
    for shard in ["1/2", "2/2"] {
        let folder = shard.replace('/', "-");
        place.exits(&["sweep", "study.toml", "-o", &folder, "--shard", shard], 0);
    }
    let copy = place.path("2-2/base-scenario.toml");
    fs::write(&copy, BASE.replace("volume_l = 150", "volume_l = 151")).expect("is written");
    let told = place.exits(&["join", "all", "1-2", "2-2"], 3);
    assert!(
        told.contains("base-scenario.toml is not the file that the shard was run with"),
        "{told}"
    );
    assert!(!place.path("all").exists());
    fs::write(&copy, BASE).expect("is written");
    place.exits(&["join", "all", "1-2", "2-2"], 0);
    // A shard of another base is named with what differs.
    fs::write(place.path("base.toml"), BASE.replace("A day", "Another")).expect("is written");
    place.exits(&["sweep", "study.toml", "-o", "other", "--shard", "2/2"], 0);
    let told = place.exits(&["join", "both", "1-2", "other"], 3);
    assert!(told.contains("they differ in the base scenario"), "{told}");
}

/// What is lost is done again, and said; what is spoilt is called so.
#[test]
fn a_damaged_folder_is_told_to_be_damaged_and_lost_runs_are_told() {
    let place = Place::new(SWEEP);
    let words = ["sweep", "study.toml", "-o", "out", "--no-picture"];
    place.exits(&words, 0);
    let before = results(&place.path("out"));
    let [journal, manifest, copy] =
        ["journal", "study.json", "study-file.toml"].map(|n| place.path("out").join(n));
    fs::remove_file(&journal).expect("was there");
    let told = place.exits(&words, 0);
    assert!(told.contains("all runs are done again"), "{told}");
    fs::write(&copy, "spoilt").expect("is written");
    let told = place.exits(&words, 0);
    assert!(told.contains("study-file.toml was spoilt"), "{told}");
    assert!(before == results(&place.path("out")));

    let runs = fs::read(&journal).expect("is read");
    fs::write(&journal, vec![b'?'; 5000]).expect("is written");
    let told = place.exits(&words, 4);
    let damaged = "is the damaged folder of a study";
    assert!(told.contains(damaged), "{told}");
    assert!(told.contains("its journal does not begin as one"), "{told}");
    fs::write(&journal, &runs).expect("is written");

    let whole = fs::read_to_string(&manifest).expect("is read");
    let half = whole[..whole.len() / 2].to_owned();
    let other = whole.replace("\"rows\": 40", "\"rows\": 41");
    assert_ne!(whole, other);
    for spoilt in [half, other, "[]".to_owned()] {
        fs::write(&manifest, spoilt).expect("is written");
        let told = place.exits(&words, 4);
        assert!(told.contains(damaged), "{told}");
    }
    fs::remove_file(&manifest).expect("was there");
    let told = place.exits(&words, 4);
    assert!(
        told.contains(damaged) && told.contains("no study.json"),
        "{told}"
    );
    fs::write(&manifest, &whole).expect("is written");
    let output = place.run(&words);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("40 of them in the folder"), "{told}");
    assert!(before == results(&place.path("out")));
}

#[test]
fn a_folder_of_another_study_or_of_something_else_is_refused() {
    let place = Place::new(SWEEP);
    place.exits(&["sweep", "study.toml", "-o", "out"], 0);
    let told = place.exits(&["sensitivity", "study.toml", "-o", "out"], 4);
    assert!(told.contains("heatloop sweep"), "{told}");
    fs::write(
        place.path("base.toml"),
        BASE.replace("A day", "Another day"),
    )
    .expect("is written");
    let told = place.exits(&["sweep", "study.toml", "-o", "out"], 4);
    assert!(told.contains("the base scenario has changed"), "{told}");
    fs::create_dir(place.path("photos")).expect("is made");
    fs::write(place.path("photos/cat.jpg"), "miaow").expect("is written");
    let told = place.exits(&["sweep", "study.toml", "-o", "photos"], 4);
    assert!(told.contains("no study"), "{told}");
    assert_eq!(
        fs::read_dir(place.path("photos"))
            .expect("a folder")
            .count(),
        1
    );
}

#[test]
fn fails_for_a_wrong_study_with_all_faults_at_once() {
    let study = r#"heatloop_study = 1
base = "base.toml"
metrics = ["cost.*", "confort.*"]
where = ["tank_litres > 5"]
[[parameters]]
path = "settings.room.prefered_temperature"
values = [18]
[[parameters]]
name = "tank_l"
path = "tank.volume_l"
min = 100
max = 30
[tune]
minimise = ["cost.total_eur +"]
"#;
    let place = Place::new(study);
    let told = place.exits(&["sweep", "study.toml"], 3);
    for part in [
        "tank_l",
        "max must be above min",
        "formula can't be read",
        "study.toml:12:7",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let better = study
        .replace("max = 30", "max = 300")
        .replace("total_eur +", "total_eur")
        .replace("tank_litres", "tank_l");
    fs::write(place.path("study.toml"), &better).expect("is written");
    let told = place.exits(&["sweep", "study.toml"], 3);
    assert!(
        told.contains("did you mean `preferred_temperature`") && told.contains("study.toml:6:8"),
        "{told}"
    );
    let better = better.replace("prefered", "preferred");
    fs::write(place.path("study.toml"), &better).expect("is written");
    let told = place.exits(&["sweep", "study.toml"], 3);
    assert!(told.contains("confort"), "{told}");
    // Two parameters may not set one key, however it is written.
    let again = "[[parameters]]\nname = \"again\"\npath = \"users[0].settings.room.preferred_temperature\"\nvalues = [19]\n";
    let twice = better.replace("[tune]", &format!("{again}[tune]"));
    let twice = twice.replace("\"confort.*\"", "\"comfort.*\"");
    fs::write(place.path("study.toml"), twice).expect("is written");
    let told = place.exits(&["sweep", "study.toml"], 3);
    assert!(
        told.contains("`preferred_temperature` and `again` set the same"),
        "{told}"
    );
    // Nor are winners validated under what the search has seen.
    let seen = better.replace("\"confort.*\"", "\"comfort.*\"");
    fs::write(place.path("study.toml"), seen).expect("is written");
    let told = place.exits(&["tune", "study.toml", "--validate"], 3);
    assert!(told.contains("that the search has not seen"), "{told}");
    // A fault that every point has is told before anything is run.
    let hot = better
        .replace("\"confort.*\"", "\"comfort.*\"")
        .replace("[18]", "[98, 99]");
    fs::write(place.path("study.toml"), hot).expect("is written");
    let told = place.exits(&["sweep", "study.toml"], 3);
    assert!(
        told.contains("= 98") && told.contains("study.toml:7:11") && told.contains("= 99"),
        "{told}"
    );
    assert!(!place.path("results").exists());
    // One of a thing is one, and sections are called by their names.
    let one = "heatloop_study = 1\nbase = \"base.toml\"\n[[parameters]]\npath = \"tank.volume_l\"\nvalues = [200]\n";
    fs::write(place.path("study.toml"), one).expect("is written");
    let output = place.run(&["sweep", "study.toml", "--dry"]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("1 point, 1 replicate each: 1 run,"), "{told}");
    let path = "users[0].devices[0].tank.colour";
    fs::write(place.path("study.toml"), one.replace("tank.volume_l", path)).expect("is written");
    let told = place.exits(&["sweep", "study.toml", "--dry"], 3);
    assert!(
        told.contains("the section \"tank\" has no key `colour`"),
        "{told}"
    );
}

/// Ends of ranges and values of lists that no scenario takes are faults of the
/// study; those that are wrong with some values of the others alone are rows.
#[test]
fn fails_for_ends_and_values_that_no_scenario_takes_before_the_first_run() {
    let study = r#"heatloop_study = 1
base = "base.toml"
[[parameters]]
name = "preferred_c"
path = "settings.room.preferred_temperature"
min = 18
max = 99
[[parameters]]
path = "tank.volume_l"
values = [100, -5, 200]
[[parameters]]
name = "tank_lower_c"
path = "settings.dhw.temperature_lower_bound"
min = 40
max = 58
[[parameters]]
name = "tank_upper_c"
path = "settings.dhw.temperature_upper_bound"
min = 50
max = 65
[sensitivity]
trajectories = 3
[sweep]
design = "sobol"
runs = 8
[tune]
minimise = ["corrected.total_eur"]
evaluations = 4
"#;
    let place = Place::new(study);
    for command in ["sweep", "sensitivity", "tune"] {
        let told = place.exits(&[command, "study.toml", "-o", "out"], 3);
        for part in [
            "parameters[0].max",
            "`preferred_c` = 99",
            "study.toml:7:7",
            "users[0].settings.room.preferred_temperature",
            "parameters[1].values[1]",
            "study.toml:10:16",
        ] {
            assert!(told.contains(part), "{command}: {part}: {told}");
        }
        assert!(!told.contains("tank_lower_c"), "{command}: {told}");
        assert!(!place.path("out").exists());
    }
    let sound = study.replace("99", "22").replace("-5", "150");
    fs::write(place.path("study.toml"), &sound).expect("is written");
    for command in ["sweep", "sensitivity", "tune"] {
        place.exits(&[command, "study.toml", "-o", "out", "--dry"], 0);
    }
    // A condition that forbids what is wrong leaves nothing to be told; values
    // that stand together are judged together.
    let zip = r#"heatloop_study = 1
base = "base.toml"
[[parameters]]
name = "lower_c"
path = "settings.dhw.temperature_lower_bound"
values = [40, 45, 62]
[[parameters]]
name = "upper_c"
path = "settings.dhw.temperature_upper_bound"
values = [50, 48, 70]
[sweep]
design = "zip"
"#;
    fs::write(place.path("study.toml"), zip).expect("is written");
    place.exits(&["sweep", "study.toml", "--dry"], 0);
    let crossed = zip.replace("[50, 48, 70]", "[50, 70, 48]");
    fs::write(place.path("study.toml"), crossed).expect("is written");
    let told = place.exits(&["sweep", "study.toml", "--dry"], 3);
    assert!(told.contains("`lower_c` = 62"), "{told}");
}

/// Where many points have no figure, what is left says nothing of the range.
#[test]
fn sensitivity_ranks_nothing_where_many_points_have_no_figure() {
    // Lower bounds from 44 °C on are above most of the upper ones.
    let study = r#"heatloop_study = 1
base = "base.toml"
show = ["energy.heat_tank_kwh"]
[[parameters]]
name = "lower_c"
path = "settings.dhw.temperature_lower_bound"
min = 40
max = 58
[[parameters]]
name = "upper_c"
path = "settings.dhw.temperature_upper_bound"
min = 45
max = 60
[sensitivity]
method = "METHOD"
trajectories = 8
samples = 16
resamples = 100
"#;
    for method in ["morris", "sobol"] {
        let place = Place::new(&study.replace("METHOD", method));
        let output = place.run(&["sensitivity", "study.toml", "-o", "out"]);
        assert_eq!(output.status.code(), Some(1), "{method}");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(
            told.contains("have no figure, more than 10 %: no ranking"),
            "{method}: {told}"
        );
        for row in rows(&place.path("out/sensitivity.csv")) {
            assert!(row[2..].iter().all(|(_, cell)| cell.is_empty()), "{row:?}");
        }
        let drawn = fs::read_to_string(place.path("out/picture.svg")).expect("is drawn");
        assert!(drawn.contains("not ranked") && drawn.contains("no ranking"));
    }
    // A few are left out, and that is said beside the ranks.
    let few = study
        .replace("METHOD", "morris")
        .replace("min = 45", "min = 57.9");
    let place = Place::new(&few.replace("trajectories = 8", "trajectories = 30"));
    let output = place.run(&["sensitivity", "study.toml", "-o", "out"]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(
        told.contains("have no figure, left out of the indices"),
        "{told}"
    );
    let drawn = fs::read_to_string(place.path("out/picture.svg")).expect("is drawn");
    assert!(drawn.contains("points have no figure and are left out"));
}

#[test]
fn sensitivity_finds_what_matters_and_what_does_not() {
    let study = r#"heatloop_study = 1
base = "base.toml"
show = ["energy.heat_space_kwh"]
[[parameters]]
name = "preferred_c"
path = "settings.room.preferred_temperature"
min = 18
max = 22
[[parameters]]
name = "idle"
path = "prices.feed_in_eur_per_kwh"
min = 0
max = 0.1
[sensitivity]
method = "METHOD"
trajectories = 6
samples = 32
resamples = 200
"#;
    for (method, column) in [("morris", "mu_star"), ("sobol", "total")] {
        let place = Place::new(&study.replace("METHOD", method));
        place.exits(&["sensitivity", "study.toml", "-o", "out"], 0);
        let rows = rows(&place.path("out/sensitivity.csv"));
        let value = |i: usize, c: &str| cell(&rows[i], c).parse::<f64>().expect("a number");
        // Nothing is fed in, so its price changes no heat at all.
        assert_eq!(value(1, column), 0.0, "{method}");
        assert!(value(0, column) > 0.0);
        assert!(value(0, &format!("{column}_low")) <= value(0, column));
        assert!(value(0, column) <= value(0, &format!("{column}_high")));
        if method == "sobol" {
            // All of the variance is its own; 32 samples are worth a fifth.
            assert!((value(0, "total") - 1.0).abs() < 0.2 && (value(0, "first") - 1.0).abs() < 0.3);
        }
        assert!(place.path("out/picture.png").exists());
    }
}

fn shipped(name: &str) -> String {
    format!(
        "{}/scenarios/studies/{name}.toml",
        env!("CARGO_MANIFEST_DIR")
    )
}

#[test]
fn the_search_finds_the_best_that_a_fine_grid_knows() {
    let place = Place::new(SWEEP);
    let study = shipped("cheapest-comfort");
    place.exits(&["sweep", &study, "-o", "grid", "--no-picture"], 0);
    place.exits(&["tune", &study, "-o", "best", "--no-picture"], 0);
    let number =
        |row: &[(String, String)], name: &str| cell(row, name).parse::<f64>().expect("a number");
    let allowed = |row: &Vec<(String, String)>| number(row, "comfort.below_kh") <= 0.5;
    let grid = rows(&place.path("grid/results.csv"));
    assert_eq!(grid.len(), 121);
    assert!(grid.iter().any(|r| !allowed(r)), "the limit binds");
    let known = grid
        .iter()
        .filter(|r| allowed(r))
        .map(|r| number(r, "corrected.total_eur"))
        .fold(f64::MAX, f64::min);
    let best = &rows(&place.path("best/best.csv"))[0];
    let found = number(best, "corrected.total_eur");
    // Figures jump by about this from one set-point of the grid to the next.
    assert!(
        found <= known * 1.002,
        "found {found}, the grid has {known}"
    );
    assert_eq!(number(best, "limits_broken_by"), 0.0);
}

#[test]
fn the_best_settings_can_be_sent_as_they_are() {
    let study = r#"heatloop_study = 1
base = "base.toml"
[[parameters]]
name = "preferred_c"
path = "users[0].settings.room.preferred_temperature"
min = 18
max = 22
[[parameters]]
name = "tank_lower_c"
path = "users[0].devices[0].settings.dhw.temperature_lower_bound"
values = [41, 44]
[[parameters]]
name = "tank_l"
path = "tank.volume_l"
min = 100
max = 200
[tune]
minimise = ["corrected.total_eur", "comfort.outside_kh"]
keep = ["hot_water.missing_kwh <= 50"]
evaluations = 24
population = 8
[tune.validate]
seeds = [7, 8]
"#;
    let place = Place::new(study);
    place.exits(&["tune", "study.toml", "-o", "out", "--validate"], 0);
    let document = |name: &str| {
        let text = fs::read_to_string(place.path(&format!("out/{name}"))).expect("is read");
        serde_json::from_str::<serde_json::Value>(&text).expect("is JSON")
    };
    let (user, device) = (document("settings-1.json"), document("settings-1-2.json"));
    assert_eq!(
        (&user["user_id"], user.get("device_id")),
        (&"anna".into(), None)
    );
    assert_eq!(
        (&device["user_id"], &device["device_id"]),
        (&"anna".into(), &"pump".into())
    );
    let mut timeline = BASE.to_owned();
    for document in [&user, &device] {
        timeline += &format!("[[events]]\nat = 2019-01-20T00:00\ndocument = '{document}'\n");
    }
    fs::write(place.path("sent.toml"), timeline).expect("is written");
    place.exits(&["run", "sent.toml", "-o", "sent", "--no-picture", "-q"], 0);
    let log = fs::read_to_string(place.path("sent/settings.jsonl")).expect("is read");
    assert_eq!(log.matches("\"applied\":true").count(), 2, "{log}");
    // best.toml is the whole scenario of the first.
    place.exits(
        &["run", "out/best.toml", "-o", "again", "--no-picture", "-q"],
        0,
    );
    let metrics = fs::read_to_string(place.path("again/metrics.json")).expect("is read");
    let metrics: serde_json::Value = serde_json::from_str(&metrics).expect("is JSON");
    let again = metrics["total"]["corrected"]["total_eur"]
        .as_f64()
        .expect("a number");
    let best = rows(&place.path("out/best.csv"));
    let said: f64 = cell(&best[0], "corrected.total_eur")
        .parse()
        .expect("a number");
    assert!((again - said).abs() <= 1e-6 * said.abs(), "{again} {said}");
    let validated = rows(&place.path("out/validation.csv"));
    assert_eq!(validated.len(), 2 * best.len());
    assert_eq!(
        (cell(&validated[0], "seed"), cell(&validated[1], "seed")),
        ("7", "8")
    );
    // The same search again: nothing is run, the same bytes.
    let before = results(&place.path("out"));
    place.exits(&["tune", "study.toml", "-o", "out", "--validate"], 0);
    assert!(before == results(&place.path("out")));
    // Cut short in the middle, it goes on to the same end.
    let journal = place.path("out/journal");
    let length = fs::metadata(&journal).expect("is there").len();
    fs::File::options()
        .write(true)
        .open(&journal)
        .expect("opens")
        .set_len(length / 3)
        .expect("is cut");
    place.exits(&["tune", "study.toml", "-o", "out", "--validate"], 0);
    assert!(before == results(&place.path("out")));
}

#[test]
fn limits_that_nothing_holds_are_told_with_an_exit_code() {
    let study = r#"heatloop_study = 1
base = "base.toml"
[[parameters]]
path = "settings.room.preferred_temperature"
min = 18
max = 22
[tune]
minimise = ["corrected.total_eur"]
keep = ["comfort.mean_c >= 40"]
evaluations = 6
method = "bayesian"
"#;
    let place = Place::new(study);
    let told = place.exits(&["tune", "study.toml", "-o", "out"], 1);
    assert!(told.contains("no point holds all limits"), "{told}");
    let best = rows(&place.path("out/best.csv"));
    assert!(
        cell(&best[0], "limits_broken_by")
            .parse::<f64>()
            .expect("a number")
            > 10.0
    );
    assert!(!place.path("out/settings-1.json").exists());
}

#[test]
fn goals_that_are_not_finite_are_named_with_their_run() {
    // Nothing is cooled in January.
    let study = r#"heatloop_study = 1
base = "base.toml"
[[parameters]]
path = "settings.room.preferred_temperature"
min = 18
max = 22
[tune]
minimise = ["corrected.total_eur / energy.cooling_kwh"]
evaluations = 4
method = "bayesian"
"#;
    let place = Place::new(study);
    let told = place.exits(&["tune", "study.toml", "-o", "out"], 1);
    for part in [
        "4 of 4 points have no finite value",
        "`corrected.total_eur / energy.cooling_kwh` (tune.minimise[0]) is infinite in run 1",
        "no point that could be run has a finite value",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("no point could be run"), "{told}");
}

#[test]
fn fails_for_goals_that_say_nothing_and_goals_that_stand_twice() {
    let study = r#"heatloop_study = 1
base = "base.toml"
[[parameters]]
name = "tank_l"
path = "tank.volume_l"
min = 100
max = 300
[tune]
minimise = ["1", "cost.total_eur", "(cost.total_eur)"]
"#;
    let place = Place::new(study);
    let told = place.exits(&["tune", "study.toml", "--dry"], 3);
    for part in [
        "tune.minimise[0]",
        "no metric and no parameter",
        "study.toml:9:13",
        "tune.minimise[2]",
        "the same goal as tune.minimise[1]",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // The smallest tank is a goal where a limit makes runs count.
    let tank = study.replace(
        "\"1\", \"cost.total_eur\", \"(cost.total_eur)\"",
        "\"tank_l\"",
    );
    fs::write(place.path("study.toml"), &tank).expect("is written");
    let told = place.exits(&["tune", "study.toml", "--dry"], 3);
    assert!(told.contains("no goal and no limit has a metric"), "{told}");
    let limited = format!("{tank}keep = [\"hot_water.missing_kwh <= 1\"]\n");
    fs::write(place.path("study.toml"), limited).expect("is written");
    place.exits(&["tune", "study.toml", "--dry"], 0);
}

#[test]
fn shipped_studies_are_valid_and_fit_their_schema() {
    let place = Place::new(SWEEP);
    let schema = place.run(&["schema", "study"]).stdout;
    let schema: serde_json::Value = serde_json::from_slice(&schema).expect("is JSON");
    let validator = jsonschema::validator_for(&schema).expect("is a schema");
    for (name, command) in [
        ("set-point-and-tank", "sweep"),
        ("what-matters", "sensitivity"),
        ("cheapest-comfort", "tune"),
        ("cost-or-comfort", "tune"),
    ] {
        let output = place.run(&[command, &shipped(name), "--dry"]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{name}: {told}");
        assert!(String::from_utf8_lossy(&output.stdout).contains(" runs, "));
        let text = fs::read_to_string(shipped(name)).expect("is read");
        // Dates as the schema has them: text.
        let value: toml::Value = toml::from_str(&text).expect("is TOML");
        let errors: Vec<String> = validator
            .iter_errors(&as_json(&value))
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert!(text.starts_with("# "), "{name} tells its story");
    }
}

fn as_json(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Datetime(d) => d.to_string().into(),
        toml::Value::Array(all) => all.iter().map(as_json).collect(),
        toml::Value::Table(table) => table
            .iter()
            .map(|(k, v)| (k.clone(), as_json(v)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        plain => serde_json::to_value(plain).expect("is JSON"),
    }
}

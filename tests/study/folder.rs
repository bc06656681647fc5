//! Folders of results: killed, taken, full, in shards, damaged, of others.

use super::*;

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

//! Sweeps: rows, and what a screening says of itself.

use super::*;

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
    let picture = fs::read_to_string(place.path("out/picture.svg")).expect("is there");
    assert!(picture.contains(", screened"), "the picture says so");
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

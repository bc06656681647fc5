//! Searches.

use super::*;

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

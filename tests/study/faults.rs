//! Studies that are wrong, and those that are shipped.

use super::*;

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

//! What matters.

use super::*;

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

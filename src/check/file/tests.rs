//! Check files as users write them.

use super::*;
use crate::scenario::Format;

fn parse(text: &str) -> Result<CheckFile, Faults> {
    let source = Source::new("heatloop-check.toml", text);
    crate::scenario::read_section(&source, Format::Toml, Path::new("here"), &ROOT, build)
        .map(|(file, _)| file)
}

fn faults(text: &str) -> String {
    parse(text).unwrap_err().render(100, false)
}

#[test]
fn a_file_of_two_lines_has_sensible_defaults() {
    let file = parse("heatloop_check = 1\n[[scenarios]]\nfile = \"a/day.toml\"\n").unwrap();
    let entry = &file.entries[0];
    assert_eq!(entry.name, "day");
    assert_eq!(entry.file, Path::new("here/a/day.toml"));
    assert_eq!(entry.baseline, Path::new("here/baselines/day.json"));
    assert!(file.trace.is_none() && file.speed.is_none());
}

#[test]
fn faults_of_every_kind_come_in_one_go_with_places_and_hints() {
    let text = faults(
        "heatloop_check = 1\n\
         metrics = [\"energie.*\"]\n\
         [tolerances]\n\
         \"energy.hvac_kw\" = { relative = 0.01 }\n\
         \"running.starts\" = { relativ = 0.01 }\n\
         \"comfort.*\" = { absolute = -1 }\n\
         \"cost.*\" = {}\n\
         [[scenarios]]\nfile = \"day.toml\"\n\
         [[scenarios]]\nfile = \"b/day.toml\"\n\
         [speed]\nscenarios = [\"dag\"]\nrepetitions = 0\n",
    );
    for part in [
        "heatloop-check.toml:2:12",
        "fits no metric",
        "did you mean \"energy.hvac_kwh\"?",
        "did you mean `relative`?",
        "from 0 to 1000000000000000",
        "a tolerance says how much",
        "two scenarios are called \"day\"",
        "did you mean \"day\"?",
        "from 1 to 100",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_scenario_given_as_a_check_file_is_told_as_one_fault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("day.toml");
    std::fs::write(&path, "heatloop = 1\nperiod = { days = 1 }\n").unwrap();
    let faults = read(&path).unwrap_err();
    assert_eq!(faults.list.len(), 1);
    assert!(
        faults
            .render(100, false)
            .contains("this is a scenario, where a check file is due")
    );
}

#[test]
fn patterns_of_users_and_rooms_wait_for_the_run() {
    let head = "heatloop_check = 1\n[[scenarios]]\nfile = \"d.toml\"\n";
    let rest = "[tolerances]\n\"users.anna.*\" = { absolute = 1 }\n\"*_kwh\" = { relative = 0.1 }\n\
                [trace]\ntolerances.\"room.living.*\" = { absolute = 1 }\n";
    assert!(parse(&format!("{head}{rest}")).is_ok());
}

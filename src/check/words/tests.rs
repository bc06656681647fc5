//! Reports of a hand-made check.

use jiff::tz::TimeZone;

use super::*;
use crate::check::report::{Failure, MetricChange, Report, TraceChange, Verdict};
use crate::check::speed::{self, Timed};
use crate::compare::{Parting, Tolerance, Turn};
use crate::scenario::{Place, Source};
use crate::trace::Reason;

fn checked(name: &str, line: usize, outcome: Outcome) -> Checked {
    let source = Source::new("c.toml", "a\nb\nc\n");
    Checked {
        name: name.into(),
        place: Place::line(&source, line),
        zone: TimeZone::get("Europe/Amsterdam").unwrap(),
        metrics: 100,
        notes: vec![],
        outcome,
        written: vec![],
        not_written: vec![],
    }
}

/// One scenario of each kind; names and texts with what formats escape.
fn report() -> Report {
    let change = |name: &str, was: Value, is: Value| MetricChange {
        name: name.into(),
        unit: "kWh",
        was,
        is,
        tolerance: Tolerance {
            absolute: 0.5,
            relative: 0.0,
        },
    };
    let changes = Changes {
        metrics: vec![
            change("energy.hvac_kwh", Value::Known(270.0), Value::Known(280.5)),
            change(
                "energy.cooling_kwh",
                Value::Known(1.0),
                Value::Undefined("no <cold>".into()),
            ),
        ],
        missing: vec!["energy.old_kwh".into()],
        traces: vec![TraceChange {
            device: "hp of anna".into(),
            turn: Some(Turn {
                at_s: 1_612_670_400,
                was: vec![(Reason::HeatingDemand, 3600.0)],
                is: vec![(Reason::Satisfied, 3600.0)],
            }),
            partings: vec![Parting {
                channel: "room.living.operative_c".into(),
                at_s: 1_612_670_400,
                was: 20.0,
                is: 20.3,
                allowed: 0.05,
                outside: 4,
                rows: 24,
                largest: 0.6,
                largest_at_s: 1_612_674_000,
            }],
            gone: vec![],
        }],
    };
    let mut failed = checked(
        "broken",
        3,
        Outcome::Failed(Failure::new("it \"fails\" & <stops>\u{1b}[31m".into())),
    );
    failed.notes.push("the scenario is another one".into());
    Report {
        file: "c.toml".into(),
        title: "Ours".into(),
        updated: false,
        checked: vec![
            checked("fine", 1, Outcome::Same),
            checked("moved", 2, Outcome::Changed(Box::new(changes))),
            failed,
        ],
        speed: vec![Timed {
            name: "fine".into(),
            line: 3,
            outcome: speed::Outcome::Slower,
            lines: vec!["12 times the calibration loop, 8 before".into()],
            written: vec![],
            not_written: vec![],
        }],
    }
}

#[test]
fn people_read_what_changed_by_how_much_and_from_when_in_local_time() {
    let text = report().text(false);
    for part in [
        "same    fine",
        "energy.hvac_kwh: 270 became 280.5 kWh: +10.5 (+3.889 %), allowed ±0.5",
        "energy.cooling_kwh: 1 kWh became undefined (no <cold>)",
        "no longer given: energy.old_kwh",
        // 04:00 UTC is five o'clock in Amsterdam in winter.
        "reasons differ first at Sun 7 Feb 2021 05:00: was heating: demand 60 min; is satisfied 60 min",
        "room.living.operative_c departs at Sun 7 Feb 2021 05:00: 20 became 20.3 degC, allowed ±0.05",
        "the most 0.6 degC at Sun 7 Feb 2021 06:00",
        "3 scenarios: 1 same, 1 changed, 1 failed; 1 slower",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "nothing steers the terminal");
}

#[test]
fn the_worst_decides_and_an_update_takes_changes_in() {
    let mut r = report();
    assert_eq!(r.verdict(), Verdict::Failed);
    r.checked.pop();
    assert_eq!(r.verdict(), Verdict::Changed);
    r.updated = true;
    assert_eq!(r.verdict(), Verdict::Same);
    r.updated = false;
    r.checked.truncate(1);
    assert_eq!(r.verdict(), Verdict::Changed, "slower");
    r.speed.clear();
    assert_eq!(r.verdict(), Verdict::Same);
}

#[test]
fn junit_is_well_formed_and_counts() {
    let text = crate::check::report::junit(&[report()]);
    let tree = roxmltree::Document::parse(&text).unwrap();
    let root = tree.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    assert_eq!(root.attribute("tests"), Some("4"));
    assert_eq!(root.attribute("failures"), Some("2"));
    assert_eq!(root.attribute("errors"), Some("1"));
    let error = tree
        .descendants()
        .find(|n| n.has_tag_name("error"))
        .unwrap();
    assert_eq!(error.text(), Some("it \"fails\" & <stops>[31m"));
    let failures = tree.descendants().filter(|n| n.has_tag_name("failure"));
    for failure in failures {
        assert!(failure.attribute("message").is_some_and(|m| !m.is_empty()));
        assert!(failure.attribute("type").is_some());
    }
}

#[test]
fn markdown_has_a_row_a_scenario_and_no_markup_from_outside() {
    let text = report().markdown();
    assert_eq!(text.lines().filter(|l| l.starts_with("| ")).count(), 6);
    assert!(text.contains("&lt;stops&gt;"), "{text}");
    assert!(text.contains("energy.hvac\\_kwh"), "{text}");
}

#[test]
fn annotations_point_at_the_line_that_names_the_scenario() {
    let text = report().github();
    let line = |start: &str| text.lines().any(|l| l.starts_with(start));
    assert!(
        line("::error file=c.toml,line=2,title=moved changed::energy.hvac_kwh"),
        "{text}"
    );
    assert!(line("::error file=c.toml,line=3,title=broken failed::"));
    assert!(line(
        "::notice file=c.toml,line=3,title=broken::the scenario"
    ));
    assert!(line("::error file=c.toml,line=3,title=fine%3A speed::12"));
    assert!(
        !text.contains("title=fine::"),
        "what is the same is not told"
    );
}

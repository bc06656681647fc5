//! The study file's tables and docs/STUDY.md.

use super::*;
use crate::scenario::{field, reference};

#[test]
fn the_tables_hold_together() {
    let wrong = field::audit(&STUDY);
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn the_reference_in_docs_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/STUDY.md");
    let text = reference::reference(&STUDY, include_str!("../study_head.md"));
    if std::env::var_os("HEATLOOP_RENEW").is_some() {
        std::fs::write(path, &text).expect("docs can be written");
    }
    let file = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        file == text,
        "docs/STUDY.md is old: run the tests with HEATLOOP_RENEW=1"
    );
}

/// What a study says with these lines in place of its parameters.
fn read_text(lines: &str) -> Result<Study, Faults> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.toml");
    let text = format!("heatloop_study = 1\nbase = \"b.toml\"\n{lines}\n");
    std::fs::write(&path, text).unwrap();
    read(&path)
}

#[test]
fn ranges_become_values_and_values_keep_their_kind() {
    let study = read_text(
        "[[parameters]]\npath = \"a.x\"\nmin = 1\nmax = 100\ndistribution = \"log-uniform\"\npoints = 3\n\
         [[parameters]]\npath = \"a.n\"\nmin = 2\nmax = 5\ndistribution = \"integer\"\n\
         [[parameters]]\npath = \"a.g\"\nmean = 10\nsd = 2\nmin = 8\ndistribution = \"normal\"\n\
         [[parameters]]\npath = \"a.c\"\nvalues = [\"one\", { k = 1 }]\nlabels = [\"p\", \"q\"]",
    )
    .unwrap();
    let number = |p: usize, u: f64| study.parameters[p].at(u).as_number().unwrap();
    assert!((number(0, 0.5) - 10.0).abs() < 1e-12);
    assert_eq!((number(0, 0.0), number(0, 1.0)), (1.0, 100.0));
    let integers: Vec<f64> = (0..4)
        .map(|k| study.parameters[1].level(k).as_number().unwrap())
        .collect();
    assert_eq!(integers, [2.0, 3.0, 4.0, 5.0]);
    assert_eq!(study.parameters[1].levels(), 4);
    // Cut below at one standard deviation: never below 8, and the middle of
    // what is left is the 0.579 quantile of the whole: 10.4.
    assert!(number(2, 0.0) > 8.0 - 1e-9);
    assert!((number(2, 0.5) - 10.4).abs() < 0.01, "{}", number(2, 0.5));
    let cells: Vec<_> = (0..2)
        .map(|k| study.parameters[3].cell(&study.parameters[3].level(k)))
        .collect();
    assert_eq!(
        cells,
        [
            parameter::Cell::Text("p".to_owned()),
            parameter::Cell::Text("q".to_owned())
        ]
    );
}

#[test]
fn fails_for_values_that_say_nothing_or_too_much() {
    for (lines, part) in [
        ("[[parameters]]\npath = \"a.x\"", "`min` is missing"),
        ("[[parameters]]\npath = \"a.x\"\nvalues = []", "empty"),
        (
            "[[parameters]]\npath = \"a.x\"\nvalues = [1]\nmin = 2",
            "can't both stand",
        ),
        (
            "[[parameters]]\npath = \"a.x\"\nvalues = [1]\nlabels = [\"a\", \"b\"]",
            "2 labels for 1",
        ),
        (
            "[[parameters]]\npath = \"a.x\"\nmin = -1\nmax = 2\ndistribution = \"log-uniform\"",
            "above 0",
        ),
        (
            "[[parameters]]\npath = \"a.x\"\nmin = 1.5\nmax = 2\ndistribution = \"integer\"",
            "whole number",
        ),
        (
            "[[parameters]]\npath = \"a.seed\"\nvalues = [1]",
            "can't be called",
        ),
        (
            "[[parameters]]\npath = \"a.x\"\nvalues = [1]\n[[parameters]]\npath = \"b.x\"\nvalues = [1]",
            "two parameters",
        ),
        (
            "[[parameters]]\npath = \"a.x\"\nvalues = [1]\n[replicates]\nseeds = [1, 1]",
            "twice",
        ),
        (
            "[[parameters]]\npath = \"a.x\"\nvalues = [1]\n[tune]\nminimise = []",
            "something to minimise",
        ),
        (
            "[[parameters]]\npath = \"a.x\"\nvalues = [1]\n[tune]\nminimise = [\"x\", \"y\"]\nmethod = \"cma-es\"",
            "one goal",
        ),
        ("parameters = []", "one parameter"),
        (
            "[[parameters]]\npath = \"a.x\"\nmin = 1\nmax = 2\nmedian = 3",
            "a uniform distribution has no `median`",
        ),
        (
            "[[parameters]]\npath = \"a.x\"\ndistribution = \"normal\"\nmean = 1\nsd = 2\nfactor = 3",
            "a normal distribution has no `factor`",
        ),
        (
            "[[parameters]]\npath = \"a.x\"\nvalues = [1]\n[sensitivity]\nlevels = 5",
            "an even number",
        ),
    ] {
        let faults = read_text(lines).unwrap_err().render(100, false);
        assert!(faults.contains(part), "{lines}: {faults}");
    }
}

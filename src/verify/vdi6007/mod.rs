//! VDI 6007-1, test cases 1 to 12, as the scenarios of `scenarios/verify/`.

mod reference;

use std::path::Path;

use super::case::{Case, Comparison, Evidence, Group, Missing, Outside};
use super::{known, told};
use crate::report::{Chart, Drawn};

const GROUP: Group = Group {
    id: "vdi6007",
    title: "VDI 6007-1: response of a room",
    about: "\
Cases 1 to 12 of the guideline: a room of two elements (outer and inner walls, each
with one resistance and one capacity), heavy (S) or light (L), as ordinary
scenarios in `scenarios/verify/`. (8 to 12 were computed for the first time when the
keys that they need were made; no figure was changed after that.) Compared are hourly means of the first, tenth and
sixtieth day; the figure is the largest difference of these 72 hours. The guideline
asks for 0.1 K and 1 W; its tables are rounded to 0.1 K and 1 W, so half of that
comes on top. Figures by way of the Modelica Buildings library.",
};

/// What the guideline asks for (0.1 K, 1 W), and half of the table's last digit.
const WORTH_K: f64 = 0.15;
const WORTH_W: f64 = 1.5;
/// Days that the guideline tells, from 0.
const DAYS: [usize; 3] = [0, 9, 59];

/// What a case is about.
struct Test {
    text: &'static str,
    title: &'static str,
    reference: &'static [[f64; 24]; 3],
    /// Loads, W, instead of air temperatures, degC.
    load: bool,
}

macro_rules! test {
    ($number:literal, $load:literal, $reference:ident, $title:literal) => {
        Test {
            text: include_str!(concat!(
                "../../../scenarios/verify/vdi6007-",
                $number,
                ".toml"
            )),
            title: $title,
            reference: &reference::$reference,
            load: $load,
        }
    };
}

static TESTS: [Test; 12] = [
    test!("1", false, CASE_1, "room S, 1000 W convective by day"),
    test!("2", false, CASE_2, "room S, 1000 W radiant by day"),
    test!("3", false, CASE_3, "room L, 1000 W convective by day"),
    test!("4", false, CASE_4, "room L, 1000 W radiant by day"),
    test!(
        "5",
        false,
        CASE_5,
        "room S, people and machines, sun behind a blind, a summer's day outdoors"
    ),
    test!(
        "6",
        true,
        CASE_6,
        "room S, load to hold 22 °C and 27 °C by day"
    ),
    test!("7", true, CASE_7, "the same with at most 500 W"),
    test!("8", false, CASE_8, "as 5, with two outer walls in the sun"),
    test!(
        "9",
        false,
        CASE_9,
        "as 8, with long-wave radiation of sky and ground"
    ),
    test!(
        "10",
        false,
        CASE_10,
        "as 5, with a floor above a cellar of 15 °C"
    ),
    test!(
        "11",
        true,
        CASE_11,
        "as 7, but cold enters at the face of the inner walls"
    ),
    test!("12", false, CASE_12, "as 5, with ventilation by the hour"),
];

pub(super) fn cases() -> Vec<Case> {
    TESTS
        .iter()
        .enumerate()
        .map(|(i, test)| {
            let id = format!("vdi6007-{}", i + 1);
            let name = format!("scenarios/verify/{id}.toml");
            Case::new(GROUP, id, test.title, move |_: &Outside| run(&name, test))
        })
        .collect()
}

fn run(name: &str, test: &'static Test) -> Result<Evidence, Missing> {
    let scenario = told::read(name, test.text, Path::new("."))?;
    let result = told::run(&scenario)?;
    let (trace, _) = &result.devices[0];
    let ours = if test.load {
        let net = trace.heat_space_w.iter().zip(&trace.cooling_w);
        told::hourly(
            trace,
            &net.map(|(heat, cold)| heat - cold).collect::<Vec<_>>(),
        )
    } else {
        told::hourly(trace, &trace.rooms[0].air_c)
    };
    let (quantity, unit, worth) = if test.load {
        ("load, largest difference", "W", WORTH_W)
    } else {
        ("air temperature, largest difference", "K", WORTH_K)
    };
    let (mut worst, mut far) = (0.0_f64, 0);
    let mut chart = Chart::new(
        format!("{}: days 1, 10 and 60", scenario.title),
        "hour",
        if test.load {
            "W, cooling negative"
        } else {
            "°C"
        },
    );
    let mut guideline = Vec::new();
    for ((day, table), label) in DAYS.iter().zip(test.reference).zip(["1", "10", "60"]) {
        let hours = &ours[day * 24..(day + 1) * 24];
        for (a, b) in hours.iter().zip(table) {
            worst = worst.max((a - b).abs());
            far += usize::from((a - b).abs() > worth);
        }
        let points = |values: &[f64]| -> Vec<(f64, f64)> {
            let middle = |i: usize| i as f64 + 0.5;
            values
                .iter()
                .enumerate()
                .map(|(i, &v)| (middle(i), v))
                .collect()
        };
        // Day 60 may lie on day 10.
        let drawn = if label == "60" {
            Drawn::Dashes
        } else {
            Drawn::Line
        };
        chart = chart.with(drawn, format!("day {label}"), points(hours));
        guideline.extend(points(table));
    }
    chart = chart.with(Drawn::Dots, "guideline", guideline);
    let comparison = Comparison::at_most(quantity, unit, worst, worth);
    let (_, id) = name.rsplit_once('/').unwrap_or_default();
    let id = id.trim_end_matches(".toml");
    let mut comparisons = vec![known::explained(GROUP.id, id, comparison)];
    if test.load {
        comparisons.push(
            Comparison::told("load, hours further off than that", "", far as f64).decimals(0),
        );
    }
    Ok(Evidence {
        comparisons,
        charts: vec![chart],
    })
}

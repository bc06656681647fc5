//! Comparisons and what is written of them.

use super::*;
use crate::metrics;

/// Two sides of a run whose second has other figures and a warmer room.
fn sides() -> Vec<Side> {
    let (scenario, run) = crate::compare::fixtures::any();
    let figures = metrics::evaluate(&run, &scenario);
    let a = Side::of_run("a", &scenario, &run, &figures).unwrap();
    let mut b = a.clone();
    b.label = "b".into();
    for f in &mut b.figures {
        if f.name() == "energy.hvac_kwh" {
            let was = f.value.number().unwrap();
            f.value = Value::Known(was * 1.1);
        }
    }
    let column = &mut b.devices[0].trace.columns;
    let room = column
        .iter_mut()
        .find(|c| c.name.ends_with(".operative_c"))
        .unwrap();
    *room.values.last_mut().unwrap() += 1.0;
    vec![a, b]
}

#[test]
fn only_what_differs_is_shown_unless_all_is_asked_for() {
    let sides = sides();
    let c = Comparison::of(&sides);
    let text = c.text(false, false);
    assert!(
        text.contains("hvac_kwh") && text.contains("+10 %"),
        "{text}"
    );
    assert!(!text.contains("import_kwh"), "{text}");
    assert!(text.contains("operative_c departs at"), "{text}");
    assert!(c.text(true, false).contains("import_kwh"));
    let same = [sides[0].clone(), sides[0].clone()];
    let text = Comparison::of(&same).text(false, false);
    assert!(text.contains("all the same"), "{text}");
}

#[test]
fn every_format_has_the_difference() {
    let sides = sides();
    let c = Comparison::of(&sides);
    let json = c.json(false);
    let row = &json["metrics"][0];
    assert_eq!(row["metric"], "energy.hvac_kwh");
    let relative = row["differences"][0]["relative"].as_f64().unwrap();
    assert!((relative - 0.1).abs() < 1e-9);
    let csv = c.csv(false);
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(csv.starts_with("metric,unit,a,b,difference of b,"));
    let markdown = c.markdown(false);
    assert!(
        markdown.contains("| `energy.hvac_kwh` | kWh |"),
        "{markdown}"
    );
}

#[test]
fn what_one_run_lacks_is_named() {
    let mut sides = sides();
    sides[1].figures.retain(|f| f.name() != "energy.pv_kwh");
    sides[1].period.end_s += 86_400;
    let c = Comparison::of(&sides);
    let notes = c.notes.join("\n");
    assert!(
        notes.contains("only in a, not in b: energy.pv_kwh"),
        "{notes}"
    );
    assert!(notes.contains("periods differ"), "{notes}");
}

#[test]
fn a_share_of_nothing_is_none() {
    let row = Row {
        name: "x.y".into(),
        scope: String::new(),
        group: "x".into(),
        key: "y".into(),
        unit: "",
        values: vec![Some(Value::Known(0.0)), Some(Value::Known(-2.0))],
    };
    assert!(row.differs());
    assert_eq!(row.difference(1), (Some(-2.0), None));
    let negative = Row {
        values: vec![Some(Value::Known(-4.0)), Some(Value::Known(-2.0))],
        ..row.clone()
    };
    assert_eq!(negative.difference(1), (Some(2.0), Some(0.5)));
    let undefined = Row {
        values: vec![
            Some(Value::Known(1.0)),
            Some(Value::Undefined("no heat".into())),
        ],
        ..row
    };
    assert!(undefined.differs());
    assert_eq!(undefined.difference(1), (None, None));
}

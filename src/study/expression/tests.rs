//! Formulas: how they bind, what they make of what is unknown, what is none.

use super::*;

fn of(name: &str) -> Option<Value> {
    match name {
        "a" => Some(Value::Number(3.0)),
        "b.c_d" => Some(Value::Number(-2.0)),
        "odd-name" => Some(Value::Number(7.0)),
        "unit" => Some(Value::Text("nibe".to_owned())),
        _ => None,
    }
}

fn number(text: &str) -> f64 {
    Expression::parse(text).unwrap().number(&of)
}

#[test]
fn formulas_bind_as_in_school() {
    assert_eq!(number("1 + 2 * a - 4 / 2"), 5.0);
    assert_eq!(number("(1 + 2) * -a"), -9.0);
    assert_eq!(number("8 - 2 - 1"), 5.0);
    assert_eq!(number("a <= 3 and not (b.c_d > 0) or 0"), 1.0);
    assert_eq!(
        number("max(a, b.c_d, 1e-3) + min(2.5E1, abs(b.c_d)) + sqrt(16)"),
        9.0
    );
    assert_eq!(number("`odd-name` - 7"), 0.0);
    assert_eq!(number("unit == 'nibe' and unit != \"daikin\""), 1.0);
    assert!(number("notable").is_nan(), "no operator inside a name");
}

#[test]
fn what_is_unknown_is_nan_and_holds_not() {
    assert!(number("a + missing").is_nan());
    assert!(number("max(1, missing)").is_nan());
    for text in [
        "missing < 1",
        "missing > 1",
        "missing == missing",
        "not missing",
    ] {
        assert!(!Expression::parse(text).unwrap().holds(&of), "{text}");
    }
}

#[test]
fn a_limit_says_how_far_it_is_broken() {
    let far = |text: &str| Expression::parse(text).unwrap().violation(&of);
    assert_eq!(far("a <= 1"), 2.0);
    assert_eq!(far("a >= 1"), 0.0);
    assert_eq!(far("1 > a"), 2.0);
    assert!(far("missing <= 1").is_nan());
    assert!(!Expression::parse("a + 1").unwrap().is_limit());
}

#[test]
fn fails_for_what_is_no_formula_and_says_where() {
    for (text, at) in [
        ("", "ends"),
        ("1 +", "ends"),
        ("(1", "`)`"),
        ("1 2", "character 3"),
        ("a $ 2", "`$`"),
        ("'a", "quote"),
        ("min(1", "`)`"),
        ("1.2.3", "number"),
    ] {
        let fault = Expression::parse(text).unwrap_err();
        assert!(fault.contains(at), "{text}: {fault}");
    }
    let deep = "(".repeat(10_000) + "1";
    assert!(Expression::parse(&deep).unwrap_err().contains("nesting"));
    let minus = "-".repeat(10_000) + "1";
    assert!(Expression::parse(&minus).is_err());
}

//! The quick cases of `heatloop verify` agree with their references, and
//! docs/VALIDATION.md has their rows.

use std::path::PathBuf;

use heatloop::verify::{self, Case, Missing, Outside};

fn quick() -> Vec<Case> {
    let mut cases = verify::cases();
    cases.retain(|c| c.quick);
    cases
}

#[test]
fn reference_quick_cases_agree() {
    let outside = Outside {
        reference_dir: std::env::var_os("HEATLOOP_REFERENCE_DIR").map(PathBuf::from),
        no_charts: true,
    };
    let report = verify::run(&quick(), &outside, |_| {});
    assert!(report.counts().fine(), "{}", report.text(false));
    assert!(report.counts().agree > 25, "{}", report.verdict());
}

#[test]
fn names_of_cases_are_unique_and_none_is_a_group() {
    let cases = verify::cases();
    for (i, case) in cases.iter().enumerate() {
        assert!(!cases[..i].iter().any(|c| c.id == case.id), "{}", case.id);
        assert!(!cases.iter().any(|c| c.group.id == case.id), "{}", case.id);
        assert!(!case.title.ends_with('.'), "{}", case.id);
    }
}

#[test]
fn cases_without_their_reference_are_not_run_and_never_passed() {
    let nowhere = Outside {
        reference_dir: Some(PathBuf::from("/nowhere")),
        no_charts: true,
    };
    let none = Outside {
        reference_dir: None,
        no_charts: true,
    };
    for outside in [nowhere, none] {
        let report = verify::run(&quick(), &outside, |_| {});
        for judged in &report.judged {
            if let Err(missing) = &judged.evidence {
                assert!(matches!(missing, Missing::NotRun(_)), "{missing:?}");
            }
        }
        assert_eq!(report.counts().failed, 0);
    }
}

/// Renewed with `heatloop verify --write docs`.
#[test]
fn the_page_of_the_docs_has_the_rows_of_the_quick_cases() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/VALIDATION.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let outside = Outside {
        reference_dir: None,
        no_charts: true,
    };
    let mut report = verify::run(&quick(), &outside, |_| {});
    report.judged.retain(|j| j.evidence.is_ok());
    let now = report.markdown("validation");
    let rows: Vec<&str> = now.lines().filter(|l| l.starts_with("| ")).collect();
    assert!(rows.len() > 40);
    // Column heads differ where a whole group has no case here.
    for row in rows.iter().filter(|r| !r.starts_with("| case |")) {
        assert!(page.contains(row), "not in docs/VALIDATION.md: {row}");
    }
}

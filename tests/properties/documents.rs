//! Section 2 through the whole chain: a stream of documents, right and wrong
//! ones. A wrong one changes nothing, whatever it says besides.

use std::fmt::Write;
use std::path::Path;

use heatloop::scenario::{self, Format};
use heatloop::sim::{self, Options, Silent};
use heatloop::trace::RunResult;
use proptest::prelude::*;
use proptest::sample::select;

use crate::stories::{Story, any_story, cases, quiet};

/// Keys with values of which some are wrong.
fn any_part() -> impl Strategy<Value = &'static str> {
    select(vec![
        r#""room": {"preferred_temperature": 21}"#,
        r#""room": {"preferred_temperature": 99}"#,
        r#""room": {"temperature_lower_bound": 19}"#,
        r#""room": {"temperature_control_mode": "auto"}"#,
        r#""room": {"temperature_control_mode": "warm", "preferred_temperature": 18}"#,
        r#""room": null"#,
        r#""dhw": {"temperature_lower_bound": 47}"#,
        r#""dhw": {"temperature_lower_bound": 61}"#,
        r#""dhw": {"temperature_upper_bound": 45, "temperature_lower_bound": 46}"#,
        r#""optimization_settings": {"dynamic_tariff": true}"#,
        r#""optimization_settings": {"dynamic_tariff": true, "flex_trading": true}"#,
        r#""steering_enabled": {"heat_pump": true}"#,
        r#""colour": "red""#,
    ])
}

fn any_line() -> impl Strategy<Value = (u32, String)> {
    let owner = select(vec![
        r#""user_id": "u""#,
        r#""user_id": "u""#,
        r#""user_id": "u", "device_id": "d""#,
        r#""user_id": "u", "device_id": "x""#,
        r#""user_id": null"#,
    ]);
    (0_u32..80, owner, any_part(), prop::option::of(any_part())).prop_map(
        |(quarter, owner, one, other)| {
            let more = other.filter(|o| o.split(':').next() != one.split(':').next());
            let more = more.map(|o| format!(", {o}")).unwrap_or_default();
            (quarter, format!("{{{owner}, {one}{more}}}"))
        },
    )
}

/// Runs a story with a recorded stream.
fn run(story: &Story, lines: &[(u32, String)]) -> RunResult {
    let folder = tempfile::tempdir().expect("a folder");
    let mut stream = String::new();
    for (quarter, document) in lines {
        let at = format!("{}Z", story.at(*quarter).replace(' ', "T"));
        writeln!(stream, "{{\"at\": \"{at}\", \"document\": {document}}}").expect("text");
    }
    std::fs::write(folder.path().join("stream.jsonl"), stream).expect("writes");
    let toml = format!("{}recorded = {{ file = \"stream.jsonl\" }}\n", story.head())
        + &story.user("u")
        + &story.device("d", &(0..story.rooms.len()).collect::<Vec<_>>());
    let scenario = match scenario::parse(&toml, Format::Toml, Path::new(folder.path())) {
        Ok(scenario) => scenario,
        Err(faults) => panic!("{toml}\n{}", faults.render(100, false)),
    };
    sim::run(&scenario, Options::default(), &Silent).expect("runs")
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn section_2_refused_documents_leave_no_trace(
        story in any_story(1), lines in prop::collection::vec(any_line(), 1..8)
    ) {
        let story = quiet(story);
        let mut lines = lines;
        lines.sort_by_key(|l| l.0);
        let with = run(&story, &lines);
        prop_assert_eq!(with.settings.len(), lines.len());
        let right: Vec<_> = lines
            .iter()
            .zip(&with.settings)
            .filter(|(_, event)| event.applied)
            .map(|(line, _)| line.clone())
            .collect();
        for event in &with.settings {
            prop_assert!(event.applied || !event.messages.is_empty(), "refused and not said why");
        }
        let without = run(&story, &right);
        let same = format!("{:?}", with.devices) == format!("{:?}", without.devices);
        prop_assert!(same, "{lines:?}");
        prop_assert!(without.settings.iter().all(|event| event.applied));
    }
}

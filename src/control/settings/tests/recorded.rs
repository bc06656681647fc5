//! Section 2: recorded streams of requests.

use super::*;

#[test]
fn section_2_a_stream_is_read_line_by_line() {
    let text = "\u{feff}{\"at\": \"2025-01-15T07:30:00+01:00\", \"document\": {\"user_id\": \"u\"}}\r\n\n\
                {\"document\": {\"user_id\": \"u\", \"room\": {\"preferred_temperature\": 99}}, \"at\": \"2025-01-15T06:30:00.25Z\"}\n";
    let (docs, faults) = read_recorded(text, "stream.jsonl");
    assert!(faults.is_empty(), "{faults:#?}");
    let times: Vec<_> = docs
        .iter()
        .map(|d| (d.at_s, d.order, d.origin.line, d.recorded))
        .collect();
    // A fraction of a second counts as a whole one: it acts at or after its stamp.
    assert_eq!(
        times,
        [(1_736_922_600, 0, 1, true), (1_736_922_601, 1, 3, true)]
    );
    // An invalid document is a request that will be refused, not a broken line.
    assert_eq!(docs[1].body.faults.len(), 1);
    let outcomes = rehearse(&store(), &docs);
    assert!(outcomes[0].is_ok() && outcomes[1].is_err());
}

#[test]
fn section_2_broken_lines_are_reported_with_their_number() {
    let lines = [
        "not json",
        "[]",
        "{\"at\": \"2025-01-15T06:30:00Z\"}",
        "{\"at\": \"2025-01-15 06:30\", \"document\": {}}",
        "{\"at\": 5, \"document\": {}}",
        "{\"At\": \"2025-01-15T06:30:00Z\", \"document\": {}}",
        "{\"at\": \"2025-01-15T06:30:00Z\", \"at\": \"2025-01-15T06:30:00Z\", \"document\": {}}",
        "{\"user_id\": \"u\"}",
        "{\"at\": \"2025-01-15T06:30:00Z\", \"document\": {\"user_id\": \"u\"}}",
    ];
    let (docs, faults) = read_recorded(&lines.join("\n"), "s.jsonl");
    assert_eq!(docs.len(), 1);
    assert_eq!(docs[0].origin.line, 9);
    let mut numbers: Vec<usize> = faults.iter().map(|f| f.origin.line).collect();
    numbers.dedup();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert!(
        faults[0]
            .to_string()
            .starts_with("s.jsonl:1: this is no JSON")
    );
    let nearest = faults
        .iter()
        .find(|f| f.origin.line == 6 && f.fault.kind == FaultKind::UnknownKey);
    assert_eq!(nearest.unwrap().fault.path(), "At");
    let last = faults.iter().filter(|f| f.origin.line == 8).count();
    assert_eq!(last, 3, "unknown key, and both keys missing");
}

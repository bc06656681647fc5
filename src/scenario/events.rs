//! `[[events]]` and `[recorded]`: settings documents that arrive during a run.

use jiff::tz::TimeZone;

use super::fault::{Code, Fault, Place};
use super::field::{Kind, Section, optional, required};
use super::period;
use super::settings;
use super::tree::Source;
use super::view::View;
use crate::control::settings::{
    Draft, Origin, RecordedDocument, Store, read_recorded, rehearse, sort_timeline,
};
use crate::model::Period;

pub static EVENT: Section = Section {
    name: "event",
    doc: "A settings document that arrives during the run, exactly as on the wire. An invalid one is a fault of the scenario unless it says `expect = \"refused\"`.",
    fields: &[
        required("at", Kind::DateTime, "When it arrives, in local time. It acts at the first control instant from then on."),
        required(
            "document",
            Kind::OneOf(&[Kind::Text, Kind::Any]),
            "The document: a table, or its JSON in quotes (TOML has no null, JSON has).",
        ),
        optional("expect", Kind::Choice(&[("refused", "the document is wrong on purpose")]), "What the run should answer. Left out: it applies."),
        optional("note", Kind::Text, "Why it is there."),
    ],
};

pub static RECORDED: Section = Section {
    name: "recorded",
    doc: "A recorded stream of settings documents: JSON Lines, each `{\"at\": \"2025-01-15T07:30:00Z\", \"document\": {…}}`. A refused document is recorded as such, and the run goes on.",
    fields: &[required("file", Kind::Text, "Path, from the scenario's folder.")],
};

/// The documents of the events, in file order, with their views.
fn events<'a>(
    root: &View<'a>,
    timezone: &TimeZone,
    period: &Period,
) -> Vec<(RecordedDocument, Option<View<'a>>)> {
    let mut all = Vec::new();
    for view in root.sections("events") {
        let at = view.date_time("at");
        let (Some(at_s), Some(item)) = (
            at.and_then(|m| period::instant(&view, "at", m, timezone)),
            view.item("document"),
        ) else {
            continue;
        };
        if !(period.start_s - period.warmup_s..period.end_s).contains(&at_s) {
            view.warn("at", "this event is outside the period and never acts");
        } else if at_s < period.start_s {
            view.warn("at", "this event falls into the warm-up, which is not counted");
        }
        let body = match item.text() {
            Some(json) => Draft::read_json(json),
            None => Draft::read(&settings::tree(item.node)),
        };
        let place = item.place();
        let document = RecordedDocument {
            at_s,
            origin: Origin {
                file: place.source.name.clone(),
                line: place.line,
            },
            expect_refused: view.opt_choice("expect") == Some("refused"),
            body,
            ..RecordedDocument::default()
        };
        all.push((document, Some(view)));
    }
    all
}

fn recorded(root: &View<'_>) -> Vec<RecordedDocument> {
    let Some(view) = root.section("recorded") else {
        return Vec::new();
    };
    let Some(source) = view.read_text("file") else {
        return Vec::new();
    };
    let (documents, faults) = read_recorded(&source.text, &source.name);
    for found in faults {
        let named = Source::new(source.name.clone(), source.text.clone());
        let mut fault = Fault::new(Code::Data, found.fault.msg)
            .at(Place::line(&named, found.origin.line))
            .key(found.fault.loc.join("."));
        fault.value = found.fault.value;
        fault.allowed = found.fault.allowed;
        fault.hint = found.fault.hint;
        view.fault("file", fault);
    }
    documents
}

/// The timeline of a run, rehearsed against the settings at its start
/// (`None`: these are faulty, so that nothing can be said about what follows).
pub fn timeline(
    root: &View<'_>,
    timezone: &TimeZone,
    period: &Period,
    store: Option<&Store>,
) -> Vec<RecordedDocument> {
    let mut all = events(root, timezone, period);
    all.extend(recorded(root).into_iter().map(|d| (d, None)));
    all.sort_by_key(|(d, _)| d.at_s);
    let (mut documents, views): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    sort_timeline(&mut documents);
    if let Some(store) = store {
        let outcomes = rehearse(store, &documents);
        for ((document, view), outcome) in documents.iter().zip(&views).zip(outcomes) {
            let Some(view) = view else { continue };
            match outcome {
                Err(faults) if !document.expect_refused => {
                    for fault in &faults {
                        settings::at(view, "document", fault, "");
                    }
                }
                Ok(_) if document.expect_refused => view.fault(
                    "expect",
                    Fault::new(Code::Settings, "the document is right and will apply")
                        .hint("leave `expect` out, or make the document wrong"),
                ),
                _ => {}
            }
        }
    }
    documents
}

//! Whole scenario files: the shortest that works, and what is said of wrong ones.

use std::path::Path;

use super::*;
use crate::scenario::field::audit;
use crate::scenario::{reference, schema};

const TEN_LINES: &str = r#"heatloop = 1
site = { country = "NL", postal_code = "3512AB" }
period = { start = 2019-01-14, days = 7 }
[[users]]
[[users.devices]]
house = "nl-terraced-1992"
heat_pump = "nibe-f2050-6"
tank = "200 l"
"#;

fn faults_of(text: &str) -> Vec<Fault> {
    let source = Source::new("s.toml", text);
    match read_source(&source, Format::Toml, Path::new("src/scenario/file")) {
        Ok(_) => panic!("the scenario has no fault"),
        Err(faults) => faults.list,
    }
}

/// The only fault of the ten lines with one line replaced.
fn one(line: &str, with: &str) -> Fault {
    let text = TEN_LINES.replace(line, with);
    assert_ne!(text, TEN_LINES, "{line} is not there");
    let mut list = faults_of(&text);
    list.retain(|f| f.severity == Severity::Fault);
    assert_eq!(list.len(), 1, "{list:#?}");
    list.remove(0)
}

fn and(more: &str) -> Fault {
    one("tank = \"200 l\"\n", &format!("tank = \"200 l\"\n{more}\n"))
}

fn loaded(text: &str) -> Loaded {
    let source = Source::new("s.toml", text);
    match read_source(&source, Format::Toml, Path::new("src/scenario/file")) {
        Ok(loaded) => loaded,
        Err(faults) => panic!("{}", faults.render(100, false)),
    }
}

#[test]
fn the_tables_of_the_whole_file_are_in_order() {
    assert_eq!(audit(&ROOT), Vec::<String>::new());
}

#[test]
fn ten_lines_are_enough() {
    let scenario = loaded(TEN_LINES).scenario;
    let device = &scenario.users[0].devices[0];
    assert_eq!(
        (scenario.users[0].id.as_str(), device.id.as_str()),
        ("user-1", "device-1")
    );
    assert_eq!(scenario.site.price_zone, "NL");
    assert_eq!(scenario.period.start_s, 1_547_420_400); // 2019-01-13T23:00:00Z
    assert_eq!(scenario.period.end_s - scenario.period.start_s, 7 * 86_400);
    assert_eq!(scenario.weather.name, "amsterdam-2019");
    assert_eq!(device.emitters.len(), device.house.rooms.len());
    assert!(device.emitters.iter().all(Option::is_some));
    assert!(device.tank.is_some() && !device.hot_water.draw_l_per_s.is_none());
    assert!(device.controller.curve.design_flow_c > 30.0);
    assert!(scenario.settings_store().is_ok());
}

#[test]
fn json_with_the_same_keys_gives_the_same_scenario() {
    let json = r#"{"heatloop": 1, "site": {"country": "NL", "postal_code": "3512AB"},
        "period": {"start": "2019-01-14", "days": 7},
        "users": [{"devices": [{"house": "nl-terraced-1992", "heat_pump": "nibe-f2050-6", "tank": "200 l"}]}]}"#;
    let a = parse(json, Format::Json, Path::new("")).expect("is right");
    let b = loaded(TEN_LINES).scenario;
    assert_eq!(format!("{a:?}"), format!("{b:?}"));
}

#[test]
fn the_resolved_file_is_complete_and_resolves_to_itself() {
    let first = loaded(TEN_LINES);
    let text = first.resolved();
    let second = loaded(&text);
    assert_eq!(second.resolved(), text);
    assert_eq!(
        format!("{:?}", first.scenario),
        format!("{:?}", second.scenario)
    );
    assert!(
        text.contains("step_s = 300") && text.contains("tank_setpoint_c = 50"),
        "{text}"
    );
}

#[test]
fn fails_for_versions_it_does_not_know() {
    let fault = one("heatloop = 1\n", "");
    assert_eq!(fault.code, Code::Version);
    assert_eq!(
        fault.hint.as_deref(),
        Some("write heatloop = 1 as the first line")
    );
    assert_eq!(one("heatloop = 1", "heatloop = 2").code, Code::Version);
}

#[test]
fn fails_for_places_that_do_not_exist() {
    let site = "site = { country = \"NL\", postal_code = \"3512AB\" }";
    let hint = |f: &Fault| f.hint.clone().unwrap_or_default();
    let fault = one(site, "site = { country = \"Netherlands\" }");
    assert_eq!(
        (fault.key.as_str(), hint(&fault).as_str()),
        ("site.country", "write \"NL\"")
    );
    let fault = one(site, "site = { country = \"NL\", postal_code = \"3512\" }");
    assert_eq!(
        fault.allowed.as_deref(),
        Some("four digits and two capitals, such as 1234AB")
    );
    assert_eq!(
        one(site, "site = { country = \"DE\", postal_code = \"00123\" }").code,
        Code::UnknownName
    );
    let fault = one(
        site,
        "site = { country = \"NL\", timezone = \"Amsterdam\" }",
    );
    assert_eq!(hint(&fault), "did you mean \"Europe/Amsterdam\"?");
    let fault = one(
        site,
        "site = { country = \"NL\", latitude_deg = 5.1, longitude_deg = 52.1 }",
    );
    assert_eq!(hint(&fault), "latitude and longitude look swapped");
    assert_eq!(
        one(site, "site = { latitude_deg = 52.1, country = \"NL\" }").code,
        Code::MissingKey
    );
    assert!(
        one(site, "site = { latitude_deg = 52.1, longitude_deg = 5.1 }")
            .message
            .contains("time zone")
    );
    assert!(one(site, "site = {}").message.contains("no place"));
}

#[test]
fn fails_for_periods_and_steps_that_do_not_fit() {
    let period = "period = { start = 2019-01-14, days = 7 }";
    let with = |text: &str| {
        one(
            period,
            &format!("period = {{ start = 2019-01-14, {text} }}"),
        )
    };
    assert_eq!(with("end = 2019-01-13").code, Code::Conflict);
    assert_eq!(with("end = 2019-01-15, days = 1").key, "period.days");
    assert_eq!(with("step_s = 300").message, "the period has no end");
    assert_eq!(
        with("days = 1, step_s = 250").hint.as_deref(),
        Some("nearest: 225 or 300")
    );
    assert_eq!(with("days = 1, record_s = 700").code, Code::Conflict);
    assert_eq!(
        with("days = 1, step_s = 300, record_s = 60").key,
        "period.record_s"
    );
    assert_eq!(with("end = 2119-01-15").code, Code::OutOfRange);
}

#[test]
fn clock_changes_are_handled_and_told() {
    let text = |start: &str| {
        TEN_LINES.replace(
            "start = 2019-01-14, days = 7",
            &format!("start = {start}, days = 1"),
        )
    };
    // The clock jumps from 02:00 to 03:00 at 01:00 UTC on 31 March 2019.
    let skipped = loaded(&text("2019-03-31T02:30"));
    assert_eq!(skipped.scenario.period.start_s, 1_553_994_000);
    assert!(skipped.warnings.list[0].message.contains("skips"));
    // It shows 02:30 twice on 27 October: first at 00:30 UTC.
    let twice = loaded(&text("2019-10-27T02:30"));
    assert_eq!(twice.scenario.period.start_s, 1_572_136_200);
    assert!(twice.warnings.list[0].message.contains("twice"));
    let second = loaded(&text("2019-10-27T02:30+01:00"));
    assert_eq!(second.scenario.period.start_s, 1_572_136_200 + 3600);
    // A day of 25 hours.
    let long = loaded(&text("2019-10-27"));
    assert_eq!(
        long.scenario.period.end_s - long.scenario.period.start_s,
        25 * 3600
    );
}

#[test]
fn fails_for_settings_that_break_a_rule() {
    let fault = and("[users.devices.settings.room]\ntemperature_lower_bound = 19.5");
    assert_eq!(fault.code, Code::Settings);
    assert_eq!(
        fault.key,
        "users[0].devices[0].settings.room.temperature_lower_bound"
    );
    assert_eq!(fault.place.as_ref().map(|p| p.line), Some(10));
    assert!(fault.line().contains("absolute"), "{}", fault.line());
    let fault = and(
        "[users.devices.settings.dhw]\ntemperature_lower_bound = 60\ntemperature_upper_bound = 45",
    );
    assert_eq!(fault.code, Code::Settings);
    let fault = and("[users.devices.settings.room]\npreferred_temperature = 68");
    assert_eq!(
        fault.hint.as_deref(),
        Some("68 looks like °F: that is 20 °C")
    );
    let fault = and("[users.devices.settings.room]\npreferred_temperature = 293");
    assert_eq!(
        fault.hint.as_deref(),
        Some("293 looks like kelvin: that is 19.85 °C")
    );
}

#[test]
fn fails_for_overlapping_schedules() {
    let fault = and(
        "[[users.schedule]]\ndays = \"daily\"\nstart = \"06:00\"\nend = \"09:00\"\ntarget_c = 21\n\
         [[users.schedule]]\ndays = [\"sun\"]\nstart = \"08:00\"\nend = \"10:00\"\ntarget_c = 20",
    );
    assert_eq!(
        (fault.code, fault.key.as_str()),
        (Code::Settings, "users[0].schedule[1].start")
    );
}

#[test]
fn events_are_rehearsed() {
    let event = |document: &str, more: &str| {
        format!("[[events]]\nat = 2019-01-15T12:00\ndocument = {document}\n{more}")
    };
    let right = "{ user_id = \"user-1\", room = { preferred_temperature = 21 } }";
    let wrong =
        "{ user_id = \"user-1\", device_id = \"device-2\", room = { preferred_temperature = 21 } }";
    let text = |e: String| TEN_LINES.to_owned() + &e;
    assert_eq!(loaded(&text(event(right, ""))).scenario.timeline.len(), 1);
    let refused = "expect = \"refused\"";
    assert!(loaded(&text(event(wrong, refused))).scenario.timeline[0].expect_refused);
    let fault = and(&event(wrong, ""));
    assert_eq!(fault.key, "events[0].document.device_id");
    assert_eq!(fault.hint.as_deref(), Some("did you mean \"device-1\"?"));
    assert_eq!(and(&event(right, refused)).key, "events[0].expect");
    // Null needs JSON.
    let json = "'{\"user_id\": \"user-1\", \"room\": null}'";
    let with_null = loaded(&text(event(json, "")));
    assert!(with_null.resolved().contains("null"));
    assert_eq!(and(&event("'{\"user_id\": '", "")).code, Code::Settings);
    let late = text(event(right, "").replace("2019-01-15", "2019-06-15"));
    assert!(
        loaded(&late).warnings.list[0]
            .message
            .contains("outside the period")
    );
}

#[test]
fn fails_for_names_that_stand_twice() {
    let fault = and(
        "[[users]]\nid = \"user-1\"\n[[users.devices]]\nhouse = \"rc-light\"\nheat_pump = \"nibe-f2050-6\"",
    );
    assert_eq!(
        (fault.code, fault.key.as_str()),
        (Code::Duplicate, "users[1].id")
    );
}

#[test]
fn fails_for_parts_that_do_not_go_together() {
    let fault = one("tank = \"200 l\"", "hot_water = { useful_c = 42 }");
    assert_eq!(fault.key, "users[0].devices[0].hot_water");
    assert_eq!(
        one("tank = \"200 l\"", "tank = \"big\"").code,
        Code::UnknownName
    );
    let fault = one("\"nl-terraced-1992\"", "\"nl-terraced-1993\"");
    assert_eq!(
        fault.hint.as_deref(),
        Some("did you mean \"nl-terraced-1992\"?")
    );
    assert_eq!(
        and("emitters = { attic = \"radiator\" }").code,
        Code::UnknownName
    );
    assert_eq!(and("pv = { tilt_deg = 30 }").code, Code::MissingKey);
    assert_eq!(
        and("pv = { peak_kwp = 3, power_w = 100 }").code,
        Code::Conflict
    );
}

#[test]
fn fails_for_activation_that_the_unit_does_not_know() {
    let fault = and(
        "[[users.devices.activation]]\nstart = 2019-01-15T10:00\nend = 2019-01-15T10:15\nhouse = 40",
    );
    assert_eq!(fault.code, Code::OutOfRange);
    let fault = and(
        "[[users.devices.activation]]\nstart = 2019-01-15T10:05\nend = 2019-01-15T10:15\nhouse = 0",
    );
    assert_eq!(fault.code, Code::BadFormat);
}

#[test]
fn profiles_follow_the_clock() {
    let hours: Vec<String> = (0..24).map(|h| format!("{h}")).collect();
    let text = TEN_LINES.replace(
        "start = 2019-01-14, days = 7",
        "start = 2019-03-30, days = 3, warmup_days = 1",
    ) + &format!("base_load_w = [{}]\n", hours.join(", "));
    let scenario = loaded(&text).scenario;
    let load = &scenario.users[0].devices[0].base_load_w;
    assert_eq!(load.at(1_553_900_400), 0.0); // 30 March 00:00 +01:00
    assert_eq!(load.at(1_553_986_800 + 2 * 3600), 3.0); // 31 March: 02 is skipped
    let fault = and("base_load_w = [1, 2, 3]");
    assert_eq!(
        fault.allowed.as_deref(),
        Some("24 (hours of a day) or 168 (hours of a week from Monday)")
    );
}

#[test]
fn pv_gives_a_plausible_year() {
    let text = TEN_LINES.replace(
        "period = { start = 2019-01-14, days = 7 }",
        "period = { start = 2021-01-02, end = 2021-12-31, warmup_days = 0 }\nweather = { climate = \"aachen-2021\" }",
    ) + "pv = { peak_kwp = 1 }\n";
    let scenario = loaded(&text).scenario;
    let pv = &scenario.users[0].devices[0].pv_w;
    let kwh: f64 = pv.values.iter().sum::<f64>() * 0.25 / 1000.0;
    // PVGIS gives some 950 to 1100 kWh a kWp around Aachen, 35 degrees south.
    assert!((900.0..1150.0).contains(&kwh), "{kwh}");
}

#[test]
fn series_files_are_read_and_their_faults_have_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |rows: &[&str], more: &str| {
        let csv = format!("# prices\ntime;price\n{}\n", rows.join("\n"));
        std::fs::write(folder.path().join("p.csv"), csv).expect("can be written");
        let text = TEN_LINES.replace(
            "start = 2019-01-14, days = 7",
            "start = 2019-01-14T01:00, end = 2019-01-14T04:00, warmup_days = 0",
        ) + &format!(
            "[prices]\nenergy_eur_per_kwh = {{ file = \"p.csv\", factor = 0.001{more} }}\n"
        );
        let source = Source::new("s.toml", text);
        match read_source(&source, Format::Toml, folder.path()) {
            Ok(l) => Ok(l.scenario.grid.purchase_eur_per_kwh),
            Err(faults) => Err(faults.list.iter().map(Fault::line).collect::<Vec<_>>()),
        }
    };
    let hours = [
        "2019-01-14T00:00Z;50",
        "2019-01-14T01:00Z;-20",
        "2019-01-14 02:00+00:00;80",
    ];
    let series = read(&hours, "").expect("is right");
    assert_eq!((series.start_s, series.step_s), (1_547_424_000, 3600));
    assert_eq!(series.values[..], [0.05, -0.02, 0.08]);
    let ends = [
        "2019-01-14T02:00;50",
        "2019-01-14T03:00;60",
        "2019-01-14T04:00;70",
    ];
    let series = read(&ends, ", stamp = \"end\", timezone = \"site\"").expect("is right");
    assert_eq!(series.start_s, 1_547_424_000);
    let faults = |rows: &[&str], more: &str| read(rows, more).expect_err("is faulty");
    let two = faults(&[hours[0], hours[1], hours[1], hours[0], hours[2]], "");
    assert!(
        two[0].starts_with("p.csv:5:1: time: the time of line 4 stands here again"),
        "{two:?}"
    );
    assert!(
        two[1].starts_with("p.csv:6:1: time: the time is before that of line 4"),
        "{two:?}"
    );
    let gap = [
        "2019-01-14T00:00Z;50",
        "2019-01-14T00:30Z;5",
        "2019-01-14T01:00Z;5",
        "2019-01-14T03:00Z;1",
    ];
    assert!(
        faults(&gap, "")[0].contains("p.csv:6:1: 3 rows are missing"),
        "{:?}",
        faults(&gap, "")
    );
    assert_eq!(
        read(&gap, ", gaps = \"hold\"")
            .expect("is held")
            .values
            .len(),
        7
    );
    assert!(
        faults(&["2019-01-14T00:00Z;x", hours[1], hours[2]], "")[0].contains("p.csv:3:1: price")
    );
    assert!(faults(&hours[1..], "")[0].contains("does not cover the period"));
    assert!(faults(&hours, ", column = \"prize\"")[0].contains("did you mean \"price\"?"));
}

#[test]
fn several_faults_of_all_kinds_come_in_one_go() {
    let list = faults_of(include_str!("wrong.toml"));
    insta::assert_snapshot!(Faults::new(list).render(100, false));
}

#[test]
fn the_schema_agrees_with_the_reader() {
    let validator = jsonschema::validator_for(&schema::schema(&ROOT)).expect("is a schema");
    let value: serde_json::Value = toml::from_str(TEN_LINES).map(strip).expect("is TOML");
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|e| e.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    let resolved = toml::from_str(&loaded(TEN_LINES).resolved())
        .map(strip)
        .expect("is TOML");
    let errors: Vec<String> = validator
        .iter_errors(&resolved)
        .map(|e| e.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    for wrong in ["title = 3\n", "seed = -1\n", "bogus = 1\n", "period2 = 1\n"] {
        let text = TEN_LINES.replacen("site", &format!("{wrong}site"), 1);
        let value = toml::from_str(&text).map(strip).expect("is TOML");
        assert!(!validator.is_valid(&value), "{wrong}");
    }
}

/// TOML as JSON, dates as text.
fn strip(value: toml::Value) -> serde_json::Value {
    let source = Source::new("t", toml::to_string(&value).expect("is a table"));
    crate::scenario::tree::parse(&source, Format::Toml)
        .expect("is TOML")
        .to_json()
}

const INTRODUCTION: &str = "# Scenario files

A scenario is a TOML file (or JSON with the same keys). This reference is made from the program's own \
tables: run the tests with `HEATLOOP_RENEW=1` to renew it. `heatloop schema` prints the same as a JSON \
Schema for editors. Keys that are left out take the default; a misspelt key is a fault, never ignored.";

#[test]
fn the_reference_in_docs_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/SCENARIO.md");
    let text = reference::reference(&ROOT, INTRODUCTION);
    if std::env::var_os("HEATLOOP_RENEW").is_some() {
        std::fs::write(path, &text).expect("docs can be written");
    }
    let file = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        file == text,
        "docs/SCENARIO.md is old: run the tests with HEATLOOP_RENEW=1"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(60))]
    #[test]
    fn no_mutation_makes_the_reader_panic(cut in 0..2000usize, at in 0..2000usize, with in "[\\[\\]{}=\"'0-9a-z.\\n -]{0,6}") {
        let text = include_str!("wrong.toml");
        let mut mutated: String = text.chars().take(cut.max(10)).collect();
        let at = mutated.char_indices().map(|(i, _)| i).nth(at % mutated.chars().count()).unwrap_or(0);
        mutated.insert_str(at, &with);
        let source = Source::new("t", mutated);
        if let Err(faults) = read_source(&source, Format::Toml, Path::new("")) {
            let _ = faults.render(80, false);
        }
    }
}

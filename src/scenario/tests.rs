//! The reader's machinery on a small made-up section.

use std::path::Path;
use std::sync::Arc;

use super::field::{audit, default, integer, number, numbers, optional, required};
use super::*;

static COIL: Section = Section {
    name: "coil",
    doc: "A coil.",
    fields: &[required(
        "ua_w_per_k",
        number("W/K", 10.0, 5000.0),
        "Its conductance.",
    )],
};
static DIRECT: Section = Section {
    name: "direct",
    doc: "Direct charging.",
    fields: &[default(
        "flow_l_per_h",
        number("l/h", 1.0, 5000.0),
        "800",
        "Flow.",
    )],
};
static LAYER: Section = Section {
    name: "layer",
    doc: "A layer.",
    fields: &[
        required("temperature_c", number("°C", 0.0, 95.0), "Its temperature."),
        optional("name", Kind::Text, "Its name."),
    ],
};
static EXTRAS: Section = Section {
    name: "extras",
    doc: "Odds and ends.",
    fields: &[default(
        "colour",
        Kind::Choice(&[("red", "warm"), ("blue", "cold")]),
        "'red'",
        "Paint.",
    )],
};
static TANK: Section = Section {
    name: "boiler",
    doc: "A tank. For tests.",
    fields: &[
        required(
            "volume_l",
            number("l", 20.0, 2000.0),
            "Its volume. All of it.",
        ),
        required("room_c", number("°C", 5.0, 35.0), "Temperature around it."),
        default("power_kw", number("kW", 0.0, 50.0), "2.5", "Its element."),
        default("count", integer("", 1, 200), "10", "Equal layers."),
        optional("on", Kind::Bool, "Whether it is on."),
        optional("start", Kind::DateTime, "When."),
        optional("day", Kind::Date, "Which day."),
        optional("at", Kind::Time, "At what time."),
        default("profile", numbers("kWh", 0.0, 10.0), "[0, 1]", "A profile."),
        optional("tags", Kind::Texts, "Words."),
        optional(
            "charging",
            Kind::Variants {
                tag: "kind",
                of: &[("coil", &COIL), ("direct", &DIRECT)],
            },
            "How.",
        ),
        optional("layers", Kind::Sections(&LAYER), "Layers."),
        optional("parts", Kind::Named(&LAYER), "Parts by name."),
        default("extras", Kind::Section(&EXTRAS), "{}", "More."),
        optional("unit", Kind::TextOr(&Kind::Section(&COIL)), "A unit."),
        optional(
            "draw",
            Kind::OneOf(&[
                number("l/h", 0.0, 100.0),
                numbers("l/h", 0.0, 100.0),
                Kind::Text,
            ]),
            "A draw.",
        ),
        optional(
            "chargers",
            Kind::List(&Kind::Variants {
                tag: "kind",
                of: &[("coil", &COIL), ("direct", &DIRECT)],
            }),
            "Several.",
        ),
    ],
};

fn read<T>(text: &str, build: impl FnOnce(&View<'_>) -> T) -> Result<(T, Vec<Fault>), Faults> {
    let source = Source::new("tank.toml", text);
    read_section(&source, Format::Toml, Path::new("."), &TANK, build)
}

fn faults(text: &str) -> Vec<Fault> {
    read(text, |_| ()).expect_err("the text is faulty").list
}

fn one(text: &str) -> Fault {
    let mut list = faults(&format!("volume_l = 200\nroom_c = 15\n{text}"));
    assert_eq!(list.len(), 1, "{list:#?}");
    list.remove(0)
}

fn hint(fault: &Fault) -> &str {
    fault.hint.as_deref().unwrap_or("")
}

#[test]
fn tables_of_the_test_are_sound() {
    assert_eq!(audit(&TANK), Vec::<String>::new());
}

#[test]
fn values_and_defaults_are_read() {
    let text = "volume_l = 200\nroom_c = 15.5\nstart = 2026-01-05\nat = \"24:00\"\n\
        charging.kind = \"coil\"\ncharging.ua_w_per_k = 300\nunit = \"WPL 10\"\ndraw = [1, 2]\n\
        chargers = [{ kind = \"direct\" }, { kind = \"coil\", ua_w_per_k = 10 }]\n\
        [[layers]]\ntemperature_c = 10\n[parts.top]\ntemperature_c = 60\n";
    let (_, warnings) = read(text, |v| {
        assert_eq!(v.number("volume_l"), 200.0);
        assert_eq!(v.number("power_kw"), 2.5);
        assert_eq!(v.integer("count"), 10);
        assert_eq!(v.numbers("profile"), [0.0, 1.0]);
        assert_eq!(v.clock("at"), Some(86_400));
        let start = v.date_time("start").expect("is given");
        assert_eq!(start.civil.to_string(), "2026-01-05T00:00:00");
        let (kind, coil) = v.variant("charging").expect("is given");
        assert_eq!((kind, coil.number("ua_w_per_k")), ("coil", 300.0));
        assert_eq!(v.sections("layers")[0].number("temperature_c"), 10.0);
        let parts = v.named("parts");
        assert_eq!(
            (parts[0].0.as_str(), parts[0].1.path()),
            ("top", "parts.top")
        );
        let extras = v.section("extras").expect("has defaults");
        assert_eq!(extras.choice("colour"), "red");
        assert!(matches!(v.name_or("unit"), Some(NameOr::Name(n)) if n == "WPL 10"));
        assert_eq!(
            v.item("draw").expect("is given").numbers(),
            Some(vec![1.0, 2.0])
        );
        let chargers = v.variants("chargers");
        assert_eq!(chargers[0].1.number("flow_l_per_h"), 800.0);
        assert_eq!(chargers[1].0, "coil");
        assert!(v.is_sound());
        v.warn("room_c", "rather cold");
    })
    .expect("the text is right");
    assert_eq!(warnings[0].line(), "tank.toml:2:10: room_c: rather cold");
}

#[test]
fn json_reads_like_toml() {
    let source = Source::new(
        "t.json",
        "{\"volume_l\": 200,\n \"room_c\": \"21 C\", \"day\": \"2026-02-30\"}",
    );
    let faults = read_section(&source, Format::Json, Path::new("."), &TANK, |_| ()).unwrap_err();
    let lines: Vec<String> = faults.list.iter().map(Fault::line).collect();
    assert_eq!(
        lines,
        [
            "t.json:2:12: room_c: a number is due here, not text (write 21 (numbers stand without quotes and without unit))",
            "t.json:2:27: day: \"2026-02-30\" can't be read as a date or time",
        ]
    );
}

#[test]
fn all_faults_come_in_one_go_sorted_by_place() {
    let list = faults(
        "volme_l = 3\nroom_c = 293.15\ncount = \"x\"\nbogus = 1\n[extras]\ncolour = \"rde\"\n",
    );
    let codes: Vec<(Code, usize)> = list
        .iter()
        .map(|f| (f.code, f.place.as_ref().map_or(0, |p| p.line)))
        .collect();
    assert_eq!(
        codes,
        [
            (Code::UnknownKey, 1),
            (Code::OutOfRange, 2),
            (Code::WrongType, 3),
            (Code::UnknownKey, 4),
            (Code::UnknownChoice, 6),
        ]
    );
    assert_eq!(hint(&list[0]), "did you mean `volume_l` (in l)?");
    assert_eq!(hint(&list[4]), "did you mean \"red\"?");
}

#[test]
fn a_missing_key_names_its_range_and_meaning() {
    let list = faults("volume_l = 200");
    assert_eq!(list[0].code, Code::MissingKey);
    assert_eq!(list[0].key, "room_c");
    assert_eq!(list[0].allowed.as_deref(), Some("a number from 5 to 35 °C"));
    assert_eq!(hint(&list[0]), "Temperature around it");
}

#[test]
fn temperatures_in_other_scales_are_recognised() {
    let check = |text: &str| faults(&format!("volume_l = 200\n{text}"))[0].clone();
    assert_eq!(
        hint(&check("room_c = 68")),
        "68 looks like °F: that is 20 °C"
    );
    assert_eq!(
        hint(&check("room_c = 293.15")),
        "293.15 looks like kelvin: that is 20 °C"
    );
    assert_eq!(
        hint(&check("room_c = \"68 °F\"")),
        "write 20 (numbers stand without quotes and without unit)"
    );
    assert_eq!(
        check("room_c = 68").allowed.as_deref(),
        Some("from 5 to 35 °C")
    );
}

#[test]
fn other_units_are_recognised() {
    assert_eq!(
        hint(&one("power_kw = 2500")),
        "2500 looks like W: that is 2.5 kW"
    );
    let volume = &faults("volume_l = 0.2\nroom_c = 15")[0];
    assert_eq!(hint(volume), "0.2 looks like m³: that is 200 l");
    assert_eq!(
        hint(&one("power_w = 2500")),
        "did you mean `power_kw` (in kW)?"
    );
}

#[test]
fn numbers_that_are_none_are_refused() {
    assert_eq!(one("power_kw = nan").code, Code::NotFinite);
    assert_eq!(one("power_kw = -inf").code, Code::NotFinite);
    assert_eq!(hint(&one("count = 3.0")), "write 3");
}

#[test]
fn a_key_of_another_section_is_named() {
    assert_eq!(
        hint(&one("temperature_c = 20")),
        "`temperature_c` belongs to the section \"layer\""
    );
}

#[test]
fn wrong_shapes_have_hints() {
    assert_eq!(hint(&one("on = \"yes\"")), "write true without quotes");
    assert_eq!(
        hint(&one("profile = 3")),
        "write profile = [...] with the value inside"
    );
    assert_eq!(
        hint(&one("[layers]\ntemperature_c = 3")),
        "a list of tables is written with double brackets: [[layers]]"
    );
    assert_eq!(
        hint(&one("[[extras]]\ncolour = \"red\"")),
        "there is only one: write [extras] with single brackets"
    );
    assert_eq!(one("at = \"25:00\"").code, Code::BadFormat);
    assert_eq!(one("start = \"soon\"").code, Code::BadFormat);
    assert_eq!(one("charging.kind = \"coli\"").code, Code::UnknownChoice);
    assert_eq!(one("charging.ua_w_per_k = 12").code, Code::MissingKey);
}

#[test]
fn syntax_faults_have_places() {
    let list = faults("volume_l = 200\nroom_c = = 4\n");
    assert_eq!(list[0].code, Code::Syntax);
    assert_eq!(list[0].place.as_ref().map(|p| p.line), Some(2));
}

#[test]
fn dropped_numbers_read_as_nan_and_say_so() {
    let source = Source::new(
        "t",
        "volume_l = 200\nroom_c = 99\npower_kw = -1\n[extras]\ncolour = 3\n",
    );
    let _ = read_section(&source, Format::Toml, Path::new("."), &TANK, |v| {
        assert!(v.number("room_c").is_nan());
        assert!(v.number("power_kw").is_nan());
        assert!(v.is_faulty("room_c") && v.is_faulty("extras") && !v.is_faulty("volume_l"));
        assert!(!v.is_sound());
        assert!(!v.section("extras").expect("is there").is_sound());
    });
}

#[test]
fn rendered_faults_show_the_line() {
    let list = faults("volume_l = 200\nroom_c = 68\n");
    insta::assert_snapshot!(Faults::new(list).render(80, false));
}

#[test]
fn json_output_holds_every_part() {
    let list = faults("volume_l = 200\nroom_c = 68\n");
    insta::assert_json_snapshot!(Faults::new(list).to_json());
}

#[test]
fn schema_agrees_with_the_reader() {
    let validator = jsonschema::validator_for(&schema::schema(&TANK)).expect("is a schema");
    let cases = [
        (
            true,
            r#"{"volume_l": 200, "room_c": 15, "charging": {"kind": "coil", "ua_w_per_k": 30}}"#,
        ),
        (
            true,
            r#"{"volume_l": 200, "room_c": 15, "unit": {"ua_w_per_k": 30}, "start": "2026-01-05 06:30"}"#,
        ),
        (
            true,
            r#"{"volume_l": 200, "room_c": 15, "parts": {"a": {"temperature_c": 3}}, "draw": [3]}"#,
        ),
        (false, r#"{"volume_l": 200}"#),
        (false, r#"{"volume_l": 200, "room_c": 68}"#),
        (false, r#"{"volume_l": 200, "room_c": 15, "colour": "red"}"#),
        (
            false,
            r#"{"volume_l": 200, "room_c": 15, "extras": {"colour": "green"}}"#,
        ),
        (
            false,
            r#"{"volume_l": 200, "room_c": 15, "charging": {"kind": "coil"}}"#,
        ),
        (
            false,
            r#"{"volume_l": 200, "room_c": 15, "start": "5 January"}"#,
        ),
    ];
    for (right, text) in cases {
        let value: serde_json::Value = serde_json::from_str(text).expect("is JSON");
        assert_eq!(validator.is_valid(&value), right, "{text}");
        let source = Source::new("t.json", text);
        let read = read_section(&source, Format::Json, Path::new("."), &TANK, |_| ());
        assert_eq!(read.is_ok(), right, "{text}");
    }
}

#[test]
fn reference_lists_every_key() {
    insta::assert_snapshot!(reference::reference(&TANK, "# Test\n"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,200}", json in proptest::bool::ANY) {
        let format = if json { Format::Json } else { Format::Toml };
        let source: Arc<Source> = Source::new("t", text);
        if let Err(faults) = read_section(&source, format, Path::new("."), &TANK, |_| ()) {
            assert!(!faults.is_empty());
            let _ = faults.render(80, true);
        }
    }
}

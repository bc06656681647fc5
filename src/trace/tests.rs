//! The writers against hand-made traces.

use jiff::tz::TimeZone;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;

use super::channels::{self, matches};
use super::resample::{Grouping, Misfit};
use super::{DeviceTrace, Reason, RoomTrace, csv, parquet as pq};

/// Four quarter-hours before and after the clock goes back in Amsterdam
/// (2024-10-27T01:00Z).
fn small() -> DeviceTrace {
    DeviceTrace {
        user_id: "u".into(),
        device_id: "d".into(),
        start_s: 1_729_990_800 - 1800,
        step_s: 900,
        outdoor_c: vec![1.0, 2.0, -0.0004, f64::NAN],
        tank_sensor_c: vec![50.0, 49.0, 48.0, 47.5],
        draw_l: vec![1.0, 0.5, 0.25, 0.0],
        tank_layer_c: vec![vec![40.0; 4], vec![50.0; 4]],
        starts: vec![1, 0, 2, 0],
        command_house: vec![0, 3, 1, 0],
        reason_s: vec![[0.0; Reason::COUNT]; 4],
        rooms: vec![RoomTrace {
            name: "bed, \"big\"".into(),
            operative_c: vec![20.0, 20.5, 21.0, 21.5],
            ..RoomTrace::default()
        }],
        ..DeviceTrace::default()
    }
}

fn csv_text(patterns: &[&str], record_s: u32) -> String {
    let trace = small();
    let patterns: Vec<String> = patterns.iter().map(|&p| p.to_owned()).collect();
    let (chosen, _) = channels::select(&trace, &patterns);
    let mut out = Vec::new();
    let zone = TimeZone::get("Europe/Amsterdam").unwrap();
    csv::write(
        &mut out,
        &chosen,
        &Grouping::new(&trace, record_s).unwrap(),
        &zone,
    )
    .unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn patterns_match_as_a_shell_would() {
    for (pattern, name, expected) in [
        ("*", "", true),
        ("room.*.operative_c", "room.bath.operative_c", true),
        ("room.*.operative_c", "room.bath.air_c", false),
        ("*_c", "outdoor_c", true),
        ("a*b*c", "a__b_bc", true),
        ("a*b*c", "a__b_b", false),
        ("outdoor_c", "outdoor_c2", false),
        ("", "x", false),
    ] {
        assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
    }
}

#[test]
fn a_pattern_that_matches_nothing_is_named() {
    let trace = small();
    let patterns = vec!["outdoor_c".to_owned(), "outdor*".to_owned()];
    let (chosen, idle) = channels::select(&trace, &patterns);
    assert_eq!(chosen.len(), 1);
    assert_eq!(idle, ["outdor*"]);
}

#[test]
fn csv_keeps_the_repeated_hour_apart_and_quotes_names() {
    let text = csv_text(&["outdoor_c", "room.*"], 900);
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "time_utc,time_local,outdoor_c,\"room.bed, \"\"big\"\".operative_c\""
    );
    assert_eq!(
        lines[1],
        "2024-10-27T00:30:00Z,2024-10-27T02:30:00+02:00,1.00,20.000"
    );
    assert_eq!(
        lines[3],
        "2024-10-27T01:00:00Z,2024-10-27T02:00:00+01:00,0.00,21.000"
    );
    assert_eq!(
        lines[4],
        "2024-10-27T01:15:00Z,2024-10-27T02:15:00+01:00,,21.500"
    );
    assert_eq!(lines[5], "");
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    assert_eq!(
        reader.headers().unwrap()[3],
        *"room.bed, \"big\".operative_c"
    );
    assert_eq!(reader.records().count(), 4);
}

#[test]
fn analytic_resampling_follows_the_kind_of_channel() {
    let text = csv_text(
        &[
            "room.*",
            "tank.sensor_c",
            "draw_l",
            "starts",
            "command_house",
        ],
        1800,
    );
    let rows: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|l| l.splitn(3, ',').nth(2).unwrap())
        .collect();
    assert_eq!(rows[0], "20.250,49.00,1.500,3,1");
    assert_eq!(rows[1], "21.250,47.50,0.250,0,2");
}

#[test]
fn a_shorter_last_group_keeps_its_own_mean() {
    let text = csv_text(&["room.*"], 2700);
    let last = text.lines().last().unwrap();
    assert!(last.ends_with(",21.500"), "{last}");
    assert_eq!(text.lines().count(), 3);
}

#[test]
fn fails_for_an_interval_that_does_not_fit() {
    assert_eq!(
        Grouping::new(&small(), 1000),
        Err(Misfit {
            record_s: 1000,
            step_s: 900
        })
    );
    assert_eq!(Grouping::new(&small(), 60).unwrap().len(), 4);
}

#[test]
fn numbers_are_rounded_and_zero_has_no_sign() {
    for (value, decimals, expected) in [
        (0.0, 3, "0.000"),
        (-0.0001, 3, "0.000"),
        (-1.5, 0, "-2"),
        (12.345_678, 4, "12.3457"),
        (-0.05, 2, "-0.05"),
        (1e17, 1, "100000000000000000.0"),
        (f64::INFINITY, 1, ""),
    ] {
        let mut out = Vec::new();
        csv::push_number(&mut out, value, decimals);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn parquet_reads_back_with_units_and_the_same_bytes_each_time() {
    let trace = small();
    let all = vec!["*".to_owned()];
    let (chosen, _) = channels::select(&trace, &all);
    let write = || {
        let mut out = Vec::new();
        pq::write(
            &mut out,
            &chosen,
            &Grouping::new(&trace, 900).unwrap(),
            "Europe/Amsterdam",
        )
        .unwrap();
        out
    };
    let bytes = write();
    assert_eq!(bytes, write());
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &bytes).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let meta = reader.metadata().file_metadata();
    assert_eq!(meta.num_rows(), 4);
    assert_eq!(
        meta.created_by(),
        Some(concat!("heatloop ", env!("CARGO_PKG_VERSION")))
    );
    let kv = meta.key_value_metadata().unwrap();
    let described: serde_json::Value = serde_json::from_str(kv[0].value.as_ref().unwrap()).unwrap();
    assert_eq!(described[0]["unit"], "degC");
    let names: Vec<&str> = meta
        .schema_descr()
        .columns()
        .iter()
        .map(|c| c.name())
        .collect();
    assert_eq!(names[1], "outdoor_c");
    let second = reader.get_row_iter(None).unwrap().nth(1).unwrap().unwrap();
    assert_eq!(second.get_timestamp_millis(0).unwrap(), 1_729_989_900_000);
    assert_eq!(second.get_float(1).unwrap(), 2.0);
}

#[test]
fn names_of_channels_are_unique_and_end_in_their_unit() {
    let trace = small();
    let names: Vec<String> = channels::of(&trace).into_iter().map(|c| c.name).collect();
    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), names.len());
    for d in channels::DEFINITIONS {
        let suffix = match d.unit {
            "degC" => "_c",
            "K" => "_k",
            "W" => "_w",
            "J" => "_j",
            "l" => "_l",
            "s" => "_s",
            "h" => "_h",
            "K h" => "_kh",
            "W/m2" => "_w_per_m2",
            "EUR/kWh" => "_eur_per_kwh",
            "g/kWh" => "_g_per_kwh",
            _ => "",
        };
        assert!(d.name.ends_with(suffix), "{}", d.name);
    }
}

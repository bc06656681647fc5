//! Every kind of fault is named with its line; nothing panics.

use proptest::prelude::*;

use super::*;

fn fails(text: &str) -> WeatherError {
    read_table("t.csv", text.as_bytes(), &table(Calendar::AsPrinted)).expect_err("faulty")
}

fn swap(i: i64, at: i64, line: String, new: &str) -> String {
    if i == at {
        format!("{},{new}", &line[..17])
    } else {
        line
    }
}

#[test]
fn reads_a_sound_table() {
    let w = read_table(
        "t.csv",
        text(72, |_, l| l).as_bytes(),
        &table(Calendar::AsPrinted),
    )
    .expect("sound");
    assert_eq!(
        (w.outdoor_c.len(), w.step_s, w.typical_year),
        (72, 3600, false)
    );
    assert_eq!(w.start_s, civil::days(2024, 6, 20) * DAY);
    assert_eq!(w.outdoor_c[25], 11.0);
    assert_eq!(w.direct_normal_w_per_m2[12], 300.0);
    assert!(!w.humidity_known && w.relative_humidity.iter().all(|h| (0.0..=1.0).contains(h)));
    assert!(
        w.notes.iter().any(|n| n.contains("dew point is estimated")),
        "{:?}",
        w.notes
    );
    assert!(w.notes.iter().any(|n| n.contains("Clark and Allen")));
    assert!(w.sky_c.iter().zip(&w.outdoor_c).all(|(s, t)| s < t));
}

#[test]
fn fails_for_impossible_values_and_names_all_of_them() {
    let e = fails(&text(48, |i, l| match i {
        3 => swap(i, 3, l, "99.9,0,0"),
        5 => swap(i, 5, l, "288.1,0,0"),
        7 => swap(i, 7, l, "12,9999,0"),
        9 => swap(i, 9, l, "warm,0,0"),
        _ => l,
    }));
    let lines: Vec<usize> = e.faults.iter().map(|f| f.line).collect();
    assert_eq!(lines, [5, 7, 9, 11], "{e}");
    assert!(e.to_string().contains("99.9") && e.to_string().contains("missing value"));
    assert!(e.faults[1].text.contains("kelvin"));
    assert!(e.faults[3].text.contains("warm"));
}

/// As cold as the coldest station on the ice, for an hour.
#[test]
fn fails_for_an_hour_that_is_colder_than_any_inhabited_place() {
    let e = fails(&text(48, |i, l| match i {
        3 => swap(i, 3, l, "-89,0,0"),
        5 => swap(i, 5, l, "60.5,0,0"),
        _ => l,
    }));
    let lines: Vec<usize> = e.faults.iter().map(|f| f.line).collect();
    assert_eq!(lines, [5, 7], "{e}");
    assert!(e.faults[0].text.contains("-89 degC is outside -70 to 60"));
}

#[test]
fn fails_for_light_that_the_sun_cannot_give() {
    let e = fails(&text(48, |i, l| swap(i, 1, l, "12,0,400")));
    assert_eq!(e.faults[0].line, 3);
    assert!(e.faults[0].text.contains("diffuse irradiance 400"), "{e}");
}

#[test]
fn fails_for_duplicates_and_wrong_order() {
    let twice = text(48, |i, l| if i == 10 { format!("{l}\n{l}") } else { l });
    let e = fails(&twice);
    assert_eq!(e.faults[0].line, 13);
    assert!(e.faults[0].text.contains("twice (also in line 12)"), "{e}");
    let mut lines: Vec<String> = text(48, |_, l| l).lines().map(str::to_owned).collect();
    lines.swap(20, 21);
    let e = fails(&lines.join("\n"));
    assert!(
        e.faults
            .iter()
            .any(|f| f.line == 22 && f.text.contains("wrong order")),
        "{e}"
    );
}

#[test]
fn mends_short_gaps_and_says_so() {
    let hole = text(48, |i, l| {
        if (3..6).contains(&i) {
            String::new()
        } else {
            swap(i, 30, l, "-999,300,100")
        }
    });
    let hole: String = hole
        .lines()
        .filter(|l| !l.is_empty())
        .map(|l| format!("{l}\n"))
        .collect();
    let w = read_table("t.csv", hole.as_bytes(), &table(Calendar::AsPrinted)).expect("mended");
    assert_eq!(w.outdoor_c.len(), 48);
    assert_eq!(w.outdoor_c[3..6], [13.0, 14.0, 15.0]);
    assert_eq!(w.outdoor_c[30], 16.0);
    assert!(
        w.notes
            .iter()
            .any(|n| n.starts_with("3 missing records in 1 gap")),
        "{:?}",
        w.notes
    );
    assert!(
        w.notes.iter().any(|n| n.contains("4 of temperature")),
        "{:?}",
        w.notes
    );
}

#[test]
fn fails_for_long_gaps() {
    let hole = text(
        48,
        |i, l| if (3..10).contains(&i) { "\n".into() } else { l },
    );
    let hole: String = hole
        .lines()
        .filter(|l| !l.is_empty())
        .map(|l| format!("{l}\n"))
        .collect();
    let e = fails(&hole);
    assert_eq!(e.faults.len(), 1);
    assert!(
        e.faults[0].line == 5 && e.faults[0].text.contains("gap of 7 h"),
        "{e}"
    );
    let missing = text(48, |i, l| {
        if (3..10).contains(&i) {
            swap(i, i, l, ",0,0")
        } else {
            l
        }
    });
    let e = fails(&missing);
    assert!(
        e.faults[0].line == 5 && e.faults[0].text.contains("temperature is missing for 7 h"),
        "{e}"
    );
}

#[test]
fn fails_for_a_column_that_is_not_there() {
    let mut t = table(Calendar::AsPrinted);
    t.columns[0].column = Column::Name("temp".into());
    let e = read_table("t.csv", text(24, |_, l| l).as_bytes(), &t).expect_err("no such column");
    assert!(
        e.to_string().contains("temp") && e.to_string().contains("dhi"),
        "{e}"
    );
    t.columns.clear();
    let e = read_table("t.csv", text(24, |_, l| l).as_bytes(), &t).expect_err("nothing mapped");
    assert!(e.faults.len() >= 2, "{e}");
}

#[test]
fn fails_for_broken_epw() {
    let good = String::from_utf8(bundled::golden_epw()).expect("ASCII");
    let lines: Vec<&str> = good.lines().collect();
    let read = |text: &str| read_epw("x.epw", text.as_bytes(), Calendar::AsPrinted);
    let e = read("hello").expect_err("no EPW");
    assert!(e.to_string().contains("LOCATION"), "{e}");
    assert!(read("").is_err());
    let head = lines[..8].join("\n");
    assert!(
        read(&head)
            .expect_err("no data")
            .to_string()
            .contains("no records")
    );
    let cut = format!("{head}\n{}\n1999,1,1,2,0,?,1.0", lines[8]);
    let e = read(&cut).expect_err("cut");
    assert!(
        e.faults[0].line == 10 && e.faults[0].text.contains("ends after 7 fields"),
        "{e}"
    );
    let odd = format!(
        "{head}\n{}",
        lines[8].replacen("1999,1,1,1,", "1999,1,1,25,", 1)
    );
    let e = read(&odd).expect_err("hour 25");
    assert!(e.faults[0].text.contains("hour 25"), "{e}");
    let hot = format!("{head}\n{}", lines[8].replacen("-3.0", "99.9", 1));
    assert!(
        read(&hot).is_err(),
        "a lone missing value has nothing to mend it from"
    );
}

#[test]
fn reads_daylight_saving_time_in_order() {
    let mut t = table(Calendar::AsPrinted);
    t.zone = Zone::Civil(jiff::tz::TimeZone::get("Europe/Amsterdam").expect("bundled zones"));
    let mut body = String::from("time,t,dni,dhi\n");
    for stamp in ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00"] {
        body += &format!("2024-10-27 {stamp},5,0,0\n");
    }
    let w = read_table("t.csv", body.as_bytes(), &t).expect("the repeated hour is told by order");
    assert_eq!(
        (w.outdoor_c.len(), w.start_s),
        (6, civil::days(2024, 10, 26) * DAY + 22 * HOUR)
    );
    let skipped = "time,t,dni,dhi\n2024-03-31 01:00,5,0,0\n2024-03-31 02:00,5,0,0\n";
    let e = read_table("t.csv", skipped.as_bytes(), &t).expect_err("an hour that does not exist");
    assert!(
        e.faults
            .iter()
            .any(|f| f.line == 3 && f.text.contains("does not exist")),
        "{e}"
    );
}

#[test]
fn reads_stamps_in_several_forms_and_decimal_commas() {
    let mut t = table(Calendar::AsPrinted);
    t.separator = ';';
    t.decimal_comma = true;
    let form = |stamps: [&str; 2], t: &Table| {
        let body = format!(
            "time;t;dni;dhi\n{};1,5;0;0\n{};2,5;0;0\n",
            stamps[0], stamps[1]
        );
        let w = read_table("t.csv", body.as_bytes(), t).expect("readable");
        assert_eq!(w.outdoor_c, [1.5, 2.5]);
        w.start_s - civil::days(2024, 2, 1) * DAY
    };
    assert_eq!(
        form(["2024-02-01T03:00Z", "2024-02-01T04:00Z"], &t),
        3 * HOUR
    );
    assert_eq!(
        form(
            ["2024-02-01T03:00:00+01:00", "2024-02-01T04:00:00+01:00"],
            &t
        ),
        2 * HOUR
    );
    assert_eq!(form(["202402010300", "202402010400"], &t), 3 * HOUR);
    assert_eq!(form(["20240201:0300", "20240201:0400"], &t), 3 * HOUR);
    t.time = TimeColumns::Stamp {
        column: Column::Position(0),
        order: DateOrder::DayMonthYear,
    };
    t.stamp = Stamp::End;
    assert_eq!(form(["01.02.2024 03:00", "01.02.2024 04:00"], &t), 2 * HOUR);
}

const PVGIS: &str = "Latitude (decimal degrees): 45.000\r\nLongitude (decimal degrees): 8.000\r\nElevation (m): 250.0\r\nIrradiance Time Offset (h): 0.5\r\nmonth,year\r\n1,2018\r\n2,2007\r\n\r\ntime(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP\r\n";

#[test]
fn reads_pvgis_with_months_of_different_years() {
    let row =
        |stamp: &str, t: f64| format!("{stamp},{t},80.0,0.0,-0.0,0.0,300.0,1.0,200.0,99000.0\r\n");
    let mut body = PVGIS.to_owned();
    for day in [(2018, 1, 31), (2007, 2, 1)] {
        for hour in 0..24 {
            body += &row(
                &format!("{:04}{:02}{:02}:{hour:02}00", day.0, day.1, day.2),
                f64::from(hour),
            );
        }
    }
    body += "\r\nT2m: 2-m air temperature (degree Celsius)\r\n";
    let w = read_pvgis("tmy.csv", body.as_bytes()).expect("sound");
    assert!(w.typical_year && w.humidity_known);
    assert_eq!(w.outdoor_c.len(), 48);
    // Irradiance is an instant at half past, so its hour starts at the stamp,
    // where temperature holds.
    assert_eq!(
        (w.start_s, w.points_at_s),
        (civil::days(2019, 1, 31) * DAY, 0)
    );
    assert!((w.sky_c[0] + 3.47).abs() < 0.1, "{}", w.sky_c[0]);
    let e = read_pvgis(
        "tmy.csv",
        body.replace("20180131:0500", "2018o131:0500").as_bytes(),
    )
    .expect_err("stamp");
    assert!(
        e.faults[0].line == 15 && e.faults[0].text.contains("2018o131"),
        "{e}"
    );
    let e = read_pvgis("tmy.csv", body.replace(",IR(h)", "").as_bytes()).expect_err("column");
    assert!(e.to_string().contains("IR(h)"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_input_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600), lines in 0usize..4) {
        let _ = read_epw("x", &bytes, Calendar::AsPrinted);
        let _ = read_pvgis("x", &bytes);
        let mut t = table(Calendar::Typical);
        t.header_lines = lines;
        t.time = TimeColumns::Stamp { column: Column::Position(0), order: DateOrder::YearMonthDay };
        let _ = read_table("x", &bytes, &t);
        prop_assert!(compact::decode(&bytes).is_none());
    }

    #[test]
    fn no_cut_or_flipped_file_panics(cut in 0usize..60_000, flip in 0usize..60_000, byte in any::<u8>()) {
        let mut epw = bundled::golden_epw();
        epw.truncate(cut);
        if let Some(b) = epw.get_mut(flip) {
            *b = byte;
        }
        let _ = read_epw("x", &epw, Calendar::AsPrinted);
        let mut csv = text(48, |_, l| l).into_bytes();
        csv.truncate(cut % 2000);
        if let Some(b) = csv.get_mut(flip % 2000) {
            *b = byte;
        }
        let _ = read_table("x", &csv, &table(Calendar::AsPrinted));
        let mut tmy = PVGIS.as_bytes().to_vec();
        tmy.extend_from_slice(b"20180131:0500,1,80.0,0.0,-0.0,0.0,300.0,1.0,200.0,99000.0\n");
        if let Some(b) = tmy.get_mut(flip % 300) {
            *b = byte;
        }
        let _ = read_pvgis("x", &tmy);
    }
}

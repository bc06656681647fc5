//! Pictures and summaries of made-up runs.

use super::fixtures::{Recipe, about, device, run};
use super::plot::picture;
use super::text::{SummaryStyle, write_summary};
use super::*;
use crate::trace::{DeviceTrace, RoomTrace, RunResult, Totals};
use proptest::prelude::*;

fn draw(recipe: &Recipe) -> String {
    let (t, totals) = device(recipe);
    picture(&t, &totals, &about()).expect("draws")
}

fn well_formed(svg: &str) {
    let options = resvg::usvg::roxmltree::ParsingOptions {
        nodes_limit: 1_000_000,
        ..Default::default()
    };
    resvg::usvg::roxmltree::Document::parse_with_options(svg, options).expect("well-formed XML");
    assert!(
        !svg.contains("NaN") && !svg.contains("inf"),
        "a number is not finite"
    );
    assert!(svg.len() < 2_000_000, "{} bytes", svg.len());
}

#[test]
fn a_week_shows_rooms_outdoors_price_tank_power_and_reasons() {
    let svg = draw(&Recipe::winter_week());
    well_formed(&svg);
    for s in [
        "A winter week in a Dutch terraced house",
        ">Rooms<",
        ">Outdoors<",
        ">Price<",
        ">Tank<",
        ">Electricity<",
        ">Why<",
        "Living room",
        "Monday 12 Jan",
        "Sunday 18 Jan",
        "heating: demand",
    ] {
        assert!(svg.contains(s), "{s} is missing");
    }
    assert!(
        !svg.contains("cooling: demand"),
        "only reasons that occur have an entry"
    );
}

#[test]
fn a_year_is_gathered_by_day_and_summed_by_month() {
    let svg = draw(&Recipe::year());
    well_formed(&svg);
    for s in [
        ">Electricity<",
        ">By month<",
        "January",
        "December",
        "by hour of the day",
        ">Tank<",
        "deciding sensor, daily mean",
        ">Price<",
        "daily mean, network and taxes included",
        "PV used in the house",
        "PV fed in",
    ] {
        assert!(svg.contains(s), "{s} is missing");
    }
    assert!(!svg.contains(">Steering<"), "nothing was steered");
}

#[test]
fn a_long_run_shows_steering_and_leaves_out_what_it_has_not() {
    let bare = Recipe {
        days: 20,
        tank: false,
        price: false,
        pv: false,
        ..Recipe::year()
    };
    let svg = draw(&bare);
    well_formed(&svg);
    for s in [">Tank<", ">Price<", "PV used", ">Steering<"] {
        assert!(!svg.contains(s), "{s} has no data");
    }
    let steered = draw(&Recipe {
        steered: true,
        ..bare
    });
    assert!(steered.contains(">Steering<") && steered.contains("holds back"));
}

#[test]
fn panels_without_data_are_left_out() {
    let svg = draw(&Recipe {
        tank: false,
        price: false,
        ..Recipe::winter_week()
    });
    well_formed(&svg);
    assert!(!svg.contains(">Tank<") && !svg.contains(">Price<"));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let (a, b) = (draw(&Recipe::heat_wave()), draw(&Recipe::heat_wave()));
    assert_eq!(a, b);
    assert_eq!(png(&a).expect("renders"), png(&b).expect("renders"));
}

#[test]
fn the_png_is_one_and_a_half_of_the_size_of_the_svg() {
    let svg = draw(&Recipe {
        days: 1,
        ..Recipe::winter_week()
    });
    let doc = resvg::usvg::roxmltree::Document::parse(&svg).expect("well-formed");
    let size = |name: &str| {
        doc.root_element()
            .attribute(name)
            .and_then(|s| s.parse::<u32>().ok())
            .expect("size")
    };
    let bytes = png(&svg).expect("renders");
    assert_eq!(&bytes[1..4], b"PNG");
    let word =
        |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    assert_eq!(
        (word(16), word(20)),
        (
            (3 * size("width")).div_ceil(2),
            (3 * size("height")).div_ceil(2)
        )
    );
}

#[test]
fn fails_for_an_empty_trace_with_the_devices_name() {
    let t = DeviceTrace {
        device_id: "hp-9".into(),
        step_s: 900,
        ..DeviceTrace::default()
    };
    let e = picture(&t, &Totals::default(), &about()).expect_err("nothing to draw");
    assert!(e.to_string().contains("hp-9"));
}

#[test]
fn many_rooms_and_hostile_names_stay_well_formed() {
    let (mut t, totals) = device(&Recipe {
        days: 2,
        ..Recipe::winter_week()
    });
    let one = t.rooms[0].clone();
    t.rooms = (0..12)
        .map(|k| RoomTrace {
            name: format!("<Room & \"{k}\" {}>", "very long ".repeat(9)),
            ..one.clone()
        })
        .collect();
    let mut a = about();
    a.title = "<b>&\u{0}".repeat(60);
    well_formed(&picture(&t, &totals, &a).expect("draws"));
}

#[test]
fn a_summary_fits_a_terminal_and_says_what_matters() {
    let s = write_summary(
        &run(&Recipe::winter_week()),
        &[about()],
        None,
        &["out/metrics.json".into()],
        SummaryStyle::default(),
    );
    assert!(s.lines().count() <= 42, "{} lines\n{s}", s.lines().count());
    for line in s.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    for part in [
        "Living room",
        "K·h",
        "hot water",
        "electricity",
        "energy closes to 3e-13",
        "Legionella",
        "out/metrics.json",
        "starts",
    ] {
        assert!(s.contains(part), "{part} is missing\n{s}");
    }
    assert!(!s.contains('\u{1b}'), "plain unless colour is asked for");
}

#[test]
fn colour_changes_no_words() {
    let r = run(&Recipe::winter_week());
    let plain = write_summary(&r, &[about()], None, &[], SummaryStyle::default());
    let coloured = write_summary(&r, &[about()], None, &[], SummaryStyle { colour: true });
    assert!(coloured.contains("\u{1b}["));
    let mut stripped = String::new();
    let mut inside = false;
    for c in coloured.chars() {
        match (inside, c) {
            (false, '\u{1b}') => inside = true,
            (true, 'm') => inside = false,
            (true, _) => {}
            (false, c) => stripped.push(c),
        }
    }
    let trim = |s: &str| s.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trim(&stripped), trim(&plain));
}

#[test]
fn several_devices_get_a_block_each_and_a_total() {
    let (t, totals) = device(&Recipe {
        days: 1,
        ..Recipe::winter_week()
    });
    let mut other = t.clone();
    other.device_id = "hp-2".into();
    let r = RunResult {
        devices: vec![(t, totals.clone()), (other, totals)],
        ..RunResult::default()
    };
    let s = write_summary(&r, &[about(), about()], None, &[], SummaryStyle::default());
    assert!(
        s.contains("device hp-1") && s.contains("device hp-2") && s.contains("All 2 devices"),
        "{s}"
    );
}

/// Writes the pictures to the folder in `HEATLOOP_PICTURES`, for looking at.
#[test]
fn pictures_can_be_written_for_looking_at() {
    let Ok(folder) = std::env::var("HEATLOOP_PICTURES") else {
        return;
    };
    let list = [
        ("week", Recipe::winter_week()),
        (
            "four",
            Recipe {
                rooms: vec!["Living room", "Bathroom", "Bedroom", "Hall"],
                days: 3,
                ..Recipe::winter_week()
            },
        ),
        ("summer", Recipe::heat_wave()),
        ("year", Recipe::year()),
        (
            "month",
            Recipe {
                days: 31,
                ..Recipe::winter_week()
            },
        ),
        (
            "bare",
            Recipe {
                tank: false,
                price: false,
                days: 2,
                ..Recipe::winter_week()
            },
        ),
        (
            "many",
            Recipe {
                rooms: vec![
                    "Kitchen",
                    "Living",
                    "Bath",
                    "Bed 1",
                    "Bed 2",
                    "Bed 3",
                    "Study",
                    "Attic",
                    "Utility",
                    "Dining",
                    "Playroom",
                    "Guest room upstairs",
                ],
                ..Recipe::winter_week()
            },
        ),
    ];
    for (name, recipe) in list {
        let svg = draw(&recipe);
        std::fs::write(format!("{folder}/{name}.svg"), &svg).expect("writes");
        std::fs::write(format!("{folder}/{name}.png"), png(&svg).expect("renders"))
            .expect("writes");
    }
    let s = write_summary(
        &run(&Recipe::winter_week()),
        &[about()],
        None,
        &["out/week".into()],
        SummaryStyle::default(),
    );
    std::fs::write(format!("{folder}/week.txt"), s).expect("writes");
}

fn wild() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -40.0..60.0f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(0.0),
        1 => -1e30..1e30f64,
    ]
}

fn series() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(wild(), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn no_trace_breaks_the_picture(
        outdoor in series(), price in series(), layers in prop::collection::vec(series(), 0..4),
        power in series(), pv in series(), room in series(), bound in series(),
        step_s in prop_oneof![Just(60u32), Just(900), Just(3600), Just(86_400)],
        start_s in -2_000_000_000i64..4_000_000_000, controlled in any::<bool>(), rooms in 0usize..9,
    ) {
        let r = RoomTrace {
            name: "R".into(), controlled, operative_c: room.clone(), target_c: bound.clone(),
            lower_c: bound.clone(), upper_c: room, below_kh: bound, ..RoomTrace::default()
        };
        let t = DeviceTrace {
            start_s, step_s, outdoor_c: outdoor.clone(), price_total_eur_per_kwh: price,
            tank_sensor_c: outdoor, tank_layer_c: layers, compressor_space_w: power, pv_w: pv,
            rooms: vec![r; rooms], ..DeviceTrace::default()
        };
        match picture(&t, &Totals::default(), &about()) {
            Ok(svg) => well_formed(&svg),
            Err(e) => {
                let empty = matches!(e, ReportError::Empty { .. });
                prop_assert!(empty, "{}", e);
            }
        }
        let run = RunResult { devices: vec![(t, Totals::default())], ..RunResult::default() };
        let s = write_summary(&run, &[about()], None, &[], SummaryStyle::default());
        prop_assert!(!s.contains("NaN"));
    }
}

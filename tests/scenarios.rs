//! The scenarios that ship, run from file to figures: each must tell the story
//! that its head promises, close its energy balance, and give the same bytes
//! whenever and on however many threads it runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use heatloop::metrics;
use heatloop::sim::{self, Options, Silent};
use heatloop::trace::{DeviceTrace, Reason, RunResult};
use serde_json::Value;

const HOUR: usize = 4; // quarter-hours

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scenarios")
        .join(format!("{name}.toml"))
}

/// A shipped scenario, run.
struct Told {
    result: RunResult,
    metrics: Value,
}

impl Told {
    fn trace(&self) -> &DeviceTrace {
        &self.result.devices[0].0
    }

    /// A figure of the whole scenario, such as `energy.cooling_kwh`.
    fn figure(&self, name: &str) -> f64 {
        figure(&self.metrics["total"], name)
    }
}

fn figure(of: &Value, name: &str) -> f64 {
    let found = name.split('.').fold(of, |v, key| &v[key]);
    found.as_f64().unwrap_or_else(|| panic!("no figure {name}"))
}

fn told(name: &str) -> Told {
    let loaded = heatloop::scenario::read(&path(name))
        .unwrap_or_else(|faults| panic!("{}", faults.render(100, false)));
    let scenario = &loaded.scenario;
    let result = sim::run(scenario, Options::default(), &Silent).expect("runs");
    let twin = scenario
        .record
        .unsteered_twin
        .then(|| sim::run(scenario, Options { steering: false }, &Silent).expect("runs"));
    let metrics = metrics::evaluate_with_twin(&result, twin.as_ref(), scenario);
    let metrics: Value = serde_json::from_str(&metrics.to_json().expect("JSON")).expect("JSON");
    let told = Told { result, metrics };
    for (trace, totals) in &told.result.devices {
        let b = &totals.balance;
        assert!(b.worst_residual() < 1e-9, "{name}: {b:?}");
        assert_eq!(totals.unlocated, 0, "{name}: switching located everywhere");
        for (i, reasons) in trace.reason_s.iter().enumerate() {
            let sum: f32 = reasons.iter().sum();
            assert!(
                (sum - trace.step_s as f32).abs() < 0.1,
                "{name}: every second has its reason, interval {i}: {sum}"
            );
        }
    }
    told
}

fn max(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn min(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Index of the quarter-hour that begins at a UTC instant.
fn at(trace: &DeviceTrace, utc: &str) -> usize {
    let t: jiff::Timestamp = utc.parse().expect("an instant");
    usize::try_from((t.as_second() - trace.start_s) / i64::from(trace.step_s)).expect("in the run")
}

fn reason_h(trace: &DeviceTrace, reason: Reason) -> f64 {
    trace
        .reason_s
        .iter()
        .map(|r| f64::from(r[reason as usize]) / 3600.0)
        .sum()
}

#[test]
fn winter_week_rooms_stay_in_their_band_and_the_compressor_does_it_alone() {
    let t = told("winter-week");
    assert!(min(&t.trace().outdoor_c) < -10.0, "a cold week");
    assert_eq!(t.figure("comfort.outside_kh"), 0.0);
    let scop = t.figure("performance.spf_h4");
    assert!((2.4..3.2).contains(&scop), "radiators in frost: {scop}");
    let a_day = t.figure("running.starts_per_day");
    assert!((3.0..12.0).contains(&a_day), "{a_day} starts a day");
    let backup = t.figure("performance.backup_share");
    assert!(
        backup < 0.01,
        "a unit that fits needs next to none: {backup}"
    );
    let day = 24 * HOUR;
    let heat = |from: usize| t.trace().heat_space_w[from..from + day].iter().sum::<f64>();
    assert!(heat(4 * day) > 1.5 * heat(0), "frost asks for more heat");
    assert!(t.figure("hot_water.missing_kwh") < 0.01);
}

#[test]
fn year_of_a_dutch_house_looks_like_one() {
    let t = told("year");
    let per_m2 = t.figure("energy.heat_space_kwh") / 118.6;
    assert!((60.0..110.0).contains(&per_m2), "{per_m2} kWh/m2");
    let scop = t.figure("performance.spf_h4");
    assert!((3.2..4.2).contains(&scop), "{scop}");
    let a_day = t.figure("running.starts_per_day");
    assert!((3.0..10.0).contains(&a_day), "{a_day} starts a day");
    assert_eq!(t.figure("comfort.below_kh"), 0.0);
    let room = &t.trace().rooms[0].operative_c;
    assert!(
        max(room) < 29.0,
        "windows are opened in summer: {}",
        max(room)
    );
    // From June to August only hot water.
    let june = at(t.trace(), "2021-06-10T00:00:00Z");
    let august = at(t.trace(), "2021-08-20T00:00:00Z");
    let summer: f64 = t.trace().heat_space_w[june..august].iter().sum();
    let all: f64 = t.trace().heat_space_w.iter().sum();
    assert!(summer < 0.01 * all);
}

#[test]
fn heat_wave_cools_by_itself_and_never_below_the_lower_bound() {
    let t = told("heat-wave");
    let trace = t.trace();
    assert!(max(&trace.outdoor_c) > 36.0, "the day of the record");
    assert!(t.figure("energy.cooling_kwh") > 50.0);
    for (i, _) in trace
        .cooling_w
        .iter()
        .enumerate()
        .filter(|(_, w)| **w > 0.0)
    {
        assert!(
            trace.outdoor_c[i] > 15.9,
            "18 degC outdoors less its hysteresis, {i}"
        );
        for room in &trace.rooms {
            assert!(
                room.operative_c[i] > room.lower_c[i],
                "{} at {i}",
                room.name
            );
        }
    }
    for room in &trace.rooms {
        let (highest, bound) = (max(&room.operative_c), room.upper_c[0]);
        assert!(
            (bound - 0.1..bound + 0.5).contains(&highest),
            "held at its bound: {highest}"
        );
    }
    // Humidity is not measured there: no flow below 18 degC (section 4).
    for (i, &w) in trace.cooling_w.iter().enumerate() {
        assert!(
            w <= 0.0 || trace.flow_c[i] > 17.99,
            "{} at {i}",
            trace.flow_c[i]
        );
    }
    assert!(t.figure("running.starts_per_day") < 12.0);
}

#[test]
fn cooling_cools_by_day_follows_the_step_and_never_heats() {
    let t = told("cooling");
    let trace = t.trace();
    assert_eq!(t.figure("energy.heat_space_kwh"), 0.0);
    assert!(t.figure("energy.cooling_kwh") > 50.0);
    assert_eq!(
        reason_h(trace, Reason::HotWaterForced),
        0.0,
        "there is no tank"
    );
    let step = at(trace, "2019-08-08T10:00:00Z");
    let room = &trace.rooms[0];
    assert_eq!((room.target_c[step - 1], room.target_c[step]), (25.0, 23.0));
    assert!(min(&room.operative_c[..step]) > 24.5);
    assert!(min(&room.operative_c[step + 6 * HOUR..]) < 23.5);
}

#[test]
fn off_parked_stays_cold_until_its_own_thermostat_acts() {
    let t = told("off-parked");
    let trace = t.trace();
    let (from, to) = (
        at(trace, "2021-01-30T10:00:00Z"),
        at(trace, "2021-02-06T17:00:00Z"),
    );
    let first = (from..to)
        .find(|&i| trace.heat_space_w[i] > 0.0)
        .expect("acts");
    assert!(first > from + 8 * HOUR, "a long fall without heat");
    let coldest = trace
        .rooms
        .iter()
        .map(|r| r.operative_c[first])
        .fold(99.0, f64::min);
    assert!(coldest < 16.3, "only at its parked set-point: {coldest}");
    let parked = reason_h(trace, Reason::Parked);
    assert!(parked > 1.0, "shown: {parked} h");
    assert!(
        (t.figure("reasons_min.parked") / 60.0 - parked).abs() < 0.01,
        "and counted"
    );
    for i in from + 1..to {
        let demand = trace.reason_s[i][Reason::HeatingDemand as usize];
        assert_eq!(
            demand, 0.0,
            "no heating but the parked device's, interval {i}"
        );
    }
    let end = trace.rooms[0].operative_c.last().copied().expect("runs");
    assert!(end > 19.0, "warm again: {end}");
}

#[test]
fn holiday_warns_of_legionella_and_names_the_device() {
    let t = told("holiday");
    let warned = |w: &String| w.contains("home") && w.contains("Legionella");
    assert!(
        t.result.warnings.iter().any(warned),
        "{:?}",
        t.result.warnings
    );
    assert!(t.figure("hot_water.below_40_h") > 24.0);
    assert_eq!(t.figure("hot_water.disinfections_reached"), 2.0);
    assert_eq!(t.figure("hot_water.disinfections_missed"), 0.0);
    assert!(t.figure("hot_water.disinfection_above_kh") > 1.0);
    assert!(
        t.figure("hot_water.missing_kwh") < 0.05,
        "warm when they come home"
    );
}

#[test]
fn clock_change_spring_the_schedule_follows_the_wall_clock() {
    let t = told("clock-change-spring");
    let (trace, target) = (t.trace(), &t.trace().rooms[0].target_c);
    assert_eq!(target.len(), 96 * 4 - HOUR, "Sunday has 23 hours");
    for utc in [
        "2021-03-26T05:30:00Z",
        "2021-03-27T05:30:00Z",
        "2021-03-28T04:30:00Z",
        "2021-03-29T04:30:00Z",
    ] {
        let i = at(trace, utc);
        assert_eq!((target[i - 1], target[i]), (18.0, 20.5), "{utc}");
    }
    let gap = at(trace, "2021-03-28T01:00:00Z"); // 02:00 becomes 03:00
    assert_eq!(
        (target[gap - 1], target[gap]),
        (18.0, 19.0),
        "at the end of the gap"
    );
    assert_eq!(
        (target[gap + HOUR - 1], target[gap + HOUR]),
        (19.0, 18.0),
        "until 04:00"
    );
}

#[test]
fn clock_change_autumn_an_entry_in_the_repeated_hour_holds_twice() {
    let t = told("clock-change-autumn");
    let (trace, target) = (t.trace(), &t.trace().rooms[0].target_c);
    assert_eq!(target.len(), 96 * 4 + HOUR, "Sunday has 25 hours");
    for utc in [
        "2021-10-30T04:30:00Z",
        "2021-10-31T05:30:00Z",
        "2021-11-01T05:30:00Z",
    ] {
        let i = at(trace, utc);
        assert_eq!((target[i - 1], target[i]), (18.0, 20.5), "{utc}");
    }
    for utc in ["2021-10-31T00:00:00Z", "2021-10-31T01:00:00Z"] {
        let i = at(trace, utc);
        assert_eq!(target[i - 1..i + 3], [18.0, 19.0, 19.0, 18.0], "{utc}");
    }
}

#[test]
fn flex_trading_follows_commands_inside_the_bounds_and_counts_the_others() {
    let t = told("flex-trading");
    let trace = t.trace();
    assert!(t.figure("steering.commanded_h") > 60.0);
    let minutes = t.figure("steering.overridden_min");
    assert!(minutes > 30.0 && minutes < 0.2 * 60.0 * t.figure("steering.commanded_h"));
    assert!(t.figure("steering.overridden_quarters") * 15.0 >= minutes);
    assert!(reason_h(trace, Reason::HeatingSteered) > 10.0, "followed");
    assert!(reason_h(trace, Reason::HeldBack) > 5.0, "held back");
    assert!(
        reason_h(trace, Reason::HeatingForced) > 0.5,
        "the bound wins"
    );
    for room in &trace.rooms {
        let short = room.lower_c[0] - min(&room.operative_c);
        assert!(short < 0.1, "{} falls {short} K below its bound", room.name);
    }
    let twin = &t.metrics["users"][0]["devices"][0]["unsteered_twin"];
    assert!(figure(twin, "comfort.outside_kh") < t.figure("comfort.outside_kh"));
}

#[test]
fn tariff_and_pv_costs_less_and_uses_more_of_its_own_power() {
    let t = told("tariff-and-pv");
    let twin = &t.metrics["users"][0]["devices"][0]["unsteered_twin"];
    let (own, other) = (
        t.figure("corrected.total_eur"),
        figure(twin, "corrected.total_eur"),
    );
    assert!(own < 0.97 * other, "{own} against {other} EUR");
    assert!(figure(twin, "energy.import_kwh") > t.figure("energy.import_kwh"));
    assert!(t.figure("steering.shifted_h") > 10.0);
    assert_eq!(t.figure("comfort.below_kh"), 0.0);
}

#[test]
fn two_devices_an_override_wins_until_it_is_cleared() {
    let t = told("two-devices");
    let (house, studio) = (&t.result.devices[0].0, &t.result.devices[1].0);
    assert_eq!(
        (house.device_id.as_str(), studio.device_id.as_str()),
        ("house", "studio")
    );
    let band = |d: &DeviceTrace, i: usize| (d.rooms[0].target_c[i], d.rooms[0].lower_c[i]);
    let user = at(house, "2021-01-12T07:00:00Z");
    assert_eq!(
        (band(house, user - 1), band(house, user)),
        ((21.0, 19.5), (20.0, 18.0))
    );
    assert_eq!(
        (band(studio, user - 1), band(studio, user)),
        ((17.0, 15.5), (17.0, 15.0))
    );
    let cleared = at(studio, "2021-01-13T06:00:00Z");
    assert_eq!(band(studio, cleared - 1), (17.0, 15.0));
    assert_eq!(band(studio, cleared), (20.0, 18.0));
    assert_eq!(band(house, cleared), (20.0, 18.0));
    assert_eq!(
        reason_h(studio, Reason::HotWaterForced),
        0.0,
        "there is no tank"
    );
}

#[test]
fn four_rooms_differ_and_stay_apart() {
    let t = told("four-rooms");
    let rooms: BTreeMap<&str, _> = t
        .trace()
        .rooms
        .iter()
        .map(|r| (r.name.as_str(), r))
        .collect();
    let mean =
        |n: &str| rooms[n].operative_c.iter().sum::<f64>() / rooms[n].operative_c.len() as f64;
    assert!(mean("bathroom") > mean("bedroom") + 1.0);
    assert!(
        max(&rooms["living"].operative_c) > max(&rooms["bedroom"].operative_c) + 1.0,
        "sun"
    );
    assert_eq!(
        rooms["bathroom"].target_c[0],
        rooms["living"].target_c[0] + 2.0
    );
    for r in rooms.values() {
        assert!(
            min(&r.operative_c) > 18.0 && max(&r.operative_c) < 24.0,
            "{}",
            r.name
        );
    }
}

#[test]
fn recorded_refuses_what_is_wrong_and_goes_on() {
    let t = told("recorded");
    let (applied, refused): (Vec<_>, Vec<_>) = t.result.settings.iter().partition(|e| e.applied);
    assert_eq!((applied.len(), refused.len()), (4, 5));
    assert!(
        applied
            .iter()
            .any(|e| e.messages.iter().any(|m| m.contains("deprecated")))
    );
    for (event, words) in refused.iter().zip([
        "°F",
        "prefered_temperature",
        "hp-9",
        "absolute",
        "flex_trading",
    ]) {
        let text = format!("{:?} {}", event.device_id, event.messages.join("; "));
        assert!(text.contains(words), "{words}: {text}");
    }
    let targets: Vec<f64> = {
        let mut seen = t.trace().rooms[0].target_c.clone();
        seen.dedup();
        seen
    };
    assert_eq!(targets, [20.0, 21.0, 19.0, 21.0], "only the right ones act");
}

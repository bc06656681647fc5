//! Metrics of hand-made traces against answers worked out by hand.

use proptest::prelude::*;

use super::en16798::running_means_c;
use super::figure::rounded;
use super::fixtures::{device, scenario};
use super::pmv::{Person, pmv, saturation_pa};
use super::*;
use crate::trace::SettingsEvent;

fn run(devices: Vec<(DeviceTrace, Totals)>) -> Metrics {
    let result = RunResult {
        devices,
        settings: vec![SettingsEvent {
            at_s: 0,
            user_id: "a".into(),
            device_id: None,
            applied: false,
            messages: vec!["lower above upper".into()],
        }],
        warnings: vec!["read".into(), "ran".into()],
    };
    evaluate(&result, &scenario())
}

fn near(figure: Figure, expected: f64) {
    let value = figure.value().unwrap();
    assert!(
        (value - expected).abs() <= 1e-12 * expected.abs().max(1.0),
        "{value} is not {expected}"
    );
}

#[test]
fn analytic_energy_and_seasonal_figures() {
    let f = run(vec![device("a", "1")]).total;
    near(f.energy.heat_space_kwh, 3.0);
    near(f.energy.hvac_kwh, 1.0 + 0.5 + 0.8 + 0.4 + 0.1 + 0.04);
    near(f.energy.electricity_kwh, 2.84 + 0.46);
    near(f.energy.import_kwh, 1.8);
    near(f.performance.scop_net, 4.5 / 1.8);
    near(f.performance.spf_h2, 4.5 / 1.84);
    near(f.performance.spf_h3, 5.4 / 2.74);
    near(f.performance.spf_h4, 5.4 / 2.84);
    near(f.performance.spf_space, 2.0);
    near(f.performance.spf_tank, 2.0);
    near(f.performance.hot_water_efficiency, 2.0 / 1.2);
    near(f.performance.backup_share, 0.9 / 5.4);
    assert_eq!(
        f.performance.seer,
        Figure::Undefined("no cooling delivered")
    );
}

#[test]
fn analytic_cost_carbon_and_grid() {
    let f = run(vec![device("a", "1")]).total;
    near(f.cost.energy_eur, 0.18);
    near(f.cost.network_eur, 0.054);
    near(f.cost.tax_eur, 0.126);
    near(f.cost.feed_in_eur, 0.025);
    near(f.cost.total_eur, 0.335);
    near(f.cost.mean_price_eur_per_kwh, 0.20);
    near(f.cost.co2_kg, 0.54);
    near(f.grid.peak_import_kw, 1.8);
    near(f.grid.peak_at_s, 0.0);
    near(f.grid.peak_hvac_kw, 1.57);
    near(f.grid.self_consumption, 0.75);
    near(f.grid.self_sufficiency, 1.5 / 3.3);
}

#[test]
fn analytic_heat_left_at_the_end_has_a_price() {
    let (trace, mut totals) = device("a", "1");
    totals.stored_tank_j = 0.0;
    let warm = run(vec![(trace.clone(), totals.clone())]).total;
    // 1 kWh of heat at a factor of 2 is half a kWh, worth 0.10 EUR.
    near(warm.corrected.stored_electricity_kwh, 0.5);
    near(warm.corrected.electricity_kwh, 3.3 - 0.5);
    near(warm.corrected.total_eur, 0.335 - 0.1);
    near(warm.corrected.co2_kg, 0.54 - 0.15);
    totals.stored_house_j = -3.6e6;
    near(run(vec![(trace, totals)]).total.corrected.total_eur, 0.435);
}

#[test]
fn stored_heat_without_a_seasonal_figure_is_undefined_with_its_reason() {
    let (mut trace, totals) = device("a", "1");
    trace.heat_space_w.fill(0.0);
    let f = run(vec![(trace, totals)]).total;
    assert!(matches!(f.corrected.total_eur, Figure::Undefined(r) if r.contains("house")));
}

#[test]
fn analytic_cooling_house_pays_for_heat_left() {
    let (mut trace, mut totals) = device("a", "1");
    trace.cooling_w = vec![4000.0; 8];
    trace.compressor_cooling_w = vec![1000.0; 8];
    trace.heat_space_w.fill(0.0);
    trace.heat_tank_w.fill(0.0);
    totals.stored_tank_j = 0.0;
    let f = run(vec![(trace, totals)]).total;
    near(f.performance.seer, 4.0);
    near(f.performance.seer_system, 8.0 / (2.0 + 0.1 + 0.04));
    near(f.corrected.stored_electricity_kwh, -0.25);
}

#[test]
fn analytic_comfort_hot_water_and_running() {
    let f = run(vec![device("a", "1")]).total;
    near(f.comfort.below_kh, 0.5);
    near(f.comfort.outside_kh, 1.0);
    near(f.comfort.recovery_kh, 0.1);
    near(f.comfort.below_without_recovery_kh, 0.4);
    near(f.comfort.below_h, 1.0);
    near(f.comfort.mean_c, 20.25);
    near(f.hot_water.below_lower_h, 1.0);
    near(f.hot_water.top_below_useful_h, 2.0);
    near(f.hot_water.missing_share, 0.4 / 7.6);
    near(f.hot_water.short_quarters, 4.0);
    near(f.running.starts, 3.0);
    near(f.running.starts_per_day, 36.0);
    near(f.running.starts_day_max, 3.0);
    near(f.running.mean_run_min, 40.0);
    near(f.steering.overridden_min, 4.0);
    near(f.steering.commanded_h, 1.0);
    near(f.steering.shifted_h, 1.0);
    assert_eq!(f.reasons_min.0[Reason::HeatingDemand as usize].1, 60.0);
    near(f.balance.loss_opaque_kwh, 1.0);
    near(f.balance.house_residual, 2e-12);
}

#[test]
fn starts_are_counted_by_local_day() {
    let (mut trace, totals) = device("a", "1");
    // Local midnight (UTC+1) lies between the two hours.
    trace.start_s = 23 * 3600 - 3600;
    near(run(vec![(trace, totals)]).total.running.starts_day_max, 2.0);
}

#[test]
fn analytic_boptest_divides_by_zones_and_floor_area() {
    let (mut trace, totals) = device("a", "1");
    let mut second = trace.rooms[0].clone();
    second.below_kh = vec![0.25; 8];
    trace.rooms.push(second);
    let mut free = trace.rooms[0].clone();
    free.controlled = false;
    free.floor_area_m2 = 0.0;
    trace.rooms.push(free);
    let f = run(vec![(trace, totals)]).total.boptest;
    near(f.tdis_tot, (1.0 + 2.5) / 2.0);
    near(f.ener_tot, 2.84 / 100.0);
    near(f.cost_tot, 2.84 * 0.2 / 100.0);
    near(f.emis_tot, 2.84 * 0.3 / 100.0);
    near(f.pele_tot, 1.57 / 100.0);
    assert!(f.pgas_tot.value().is_none() && f.time_rat.value().is_none());
}

#[test]
fn a_user_is_the_sum_of_its_devices_and_its_peak_that_of_the_sum() {
    let mut shifted = device("a", "2");
    shifted.0.grid_import_w = [vec![0.0; 4], vec![1000.0; 4]].concat();
    let m = run(vec![device("a", "1"), shifted, device("b", "1")]);
    assert_eq!(m.users.len(), 2);
    let a = &m.users[0];
    near(a.total.energy.import_kwh, 2.8);
    near(a.total.grid.peak_import_kw, 1.8);
    near(m.total.grid.peak_import_kw, 3.6);
    near(m.total.running.starts, 9.0);
    near(m.total.running.starts_per_day, 36.0);
    near(m.total.performance.spf_space, 2.0);
    near(m.total.corrected.stored_house_kwh, 3.0);
    near(a.total.steering.settings_refused, 1.0);
    near(m.users[1].total.steering.settings_refused, 0.0);
    near(a.devices[0].total.steering.settings_refused, 1.0);
    assert_eq!(m.warnings, ["read", "ran"]);
}

#[test]
fn no_heat_gives_null_with_a_reason_and_no_json_holds_nan() {
    let (mut trace, totals) = device("a", "1");
    for values in [
        &mut trace.heat_space_w,
        &mut trace.heat_tank_w,
        &mut trace.element_w,
    ] {
        values.fill(0.0);
    }
    trace.outdoor_c[3] = f64::NAN;
    trace.rooms[0].operative_c[2] = f64::NAN;
    let text = run(vec![(trace, totals)]).to_json().unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let performance = &json["total"]["performance"];
    assert!(performance["spf_h4"].is_null());
    assert_eq!(performance["undefined"]["spf_h4"], "no heat delivered");
    assert!(json["total"]["comfort"]["mean_c"].is_null());
    assert_eq!(json["total"]["running"]["starts"].to_string(), "3");
    assert!(nulls_have_reasons(&json) > 10);
}

/// Counts the nulls, each of which must have its reason beside it.
fn nulls_have_reasons(json: &serde_json::Value) -> usize {
    let inside = |values: &mut dyn Iterator<Item = &serde_json::Value>| {
        values.map(nulls_have_reasons).sum::<usize>()
    };
    match json {
        serde_json::Value::Array(values) => inside(&mut values.iter()),
        serde_json::Value::Object(map) => {
            let nulls: Vec<&String> = map
                .iter()
                .filter(|(_, v)| v.is_null())
                .map(|(k, _)| k)
                .collect();
            for key in &nulls {
                assert!(json["undefined"][key.as_str()].is_string(), "{key}");
            }
            nulls.len() + inside(&mut map.values())
        }
        _ => 0,
    }
}

#[test]
fn an_empty_run_has_reasons_instead_of_numbers() {
    let m = run(vec![(
        DeviceTrace {
            step_s: 900,
            ..DeviceTrace::default()
        },
        Totals::default(),
    )]);
    assert!(m.total.grid.peak_import_kw.value().is_none());
    assert!(m.total.comfort.below_kh.value().is_none());
    assert!(m.to_json().is_ok());
    assert!(run(vec![]).to_json().is_ok());
}

#[test]
fn the_same_run_gives_the_same_text() {
    let text = || {
        run(vec![device("a", "1"), device("b", "x")])
            .to_json()
            .unwrap()
    };
    assert_eq!(text(), text());
}

#[test]
fn the_twin_stands_beside_its_device() {
    let mut other = device("a", "1");
    other.0.rooms[0].above_kh.fill(0.0);
    let own = RunResult {
        devices: vec![device("a", "1")],
        ..RunResult::default()
    };
    let twin = RunResult {
        devices: vec![other],
        ..RunResult::default()
    };
    let m = evaluate_with_twin(&own, Some(&twin), &scenario());
    near(
        m.users[0].devices[0]
            .unsteered_twin
            .as_ref()
            .unwrap()
            .comfort
            .outside_kh,
        0.5,
    );
}

#[test]
fn stated_uncertainty_of_pmv_holds() {
    let person = Person {
        met: 1.2,
        clo: 1.0,
        air_m_per_s: 0.1,
    };
    let at = |rh: f64, clo: f64| {
        pmv(
            21.0,
            21.0,
            rh * saturation_pa(21.0),
            Person { clo, ..person },
        )
    };
    assert!((at(0.6, 1.0) - at(0.4, 1.0)).abs() < 0.15);
    assert!((at(0.5, 1.05) - at(0.5, 0.95) - 0.1).abs() < 0.05);
}

#[test]
fn analytic_running_mean() {
    let means = running_means_c(&[10.0, 20.0, 0.0]);
    assert!(
        (means[1] - 10.0).abs() < 1e-12 && (means[2] - 12.0).abs() < 1e-12,
        "{means:?}"
    );
}

#[test]
fn analytic_categories() {
    let (mut trace, totals) = device("a", "1");
    trace.rooms[0].operative_c = vec![22.0, 20.5, 18.5, 17.5, 16.0, 26.0, 25.0, 21.0];
    let c = run(vec![(trace.clone(), totals.clone())]).users[0].devices[0].rooms[0]
        .en16798
        .clone();
    for (figure, quarters) in [
        (c.category_i_h, 3.0),
        (c.category_ii_h, 1.0),
        (c.category_iii_h, 1.0),
        (c.category_iv_h, 1.0),
        (c.colder_than_iv_h, 1.0),
        (c.warmer_than_iv_h, 1.0),
        (c.cooling_season_h, 0.0),
        (c.adaptive_h, 0.0),
    ] {
        near(figure, quarters / 4.0);
    }
    assert!(c.adaptive_outside_ii_h.value().is_none());
    trace.outdoor_c.fill(20.0);
    let c = run(vec![(trace, totals)]).users[0].devices[0].rooms[0]
        .en16798
        .clone();
    // Optimum 25.4: II is 21.4 to 28.4. Fixed cooling II is 23 to 26.
    near(c.cooling_season_h, 2.0);
    near(c.adaptive_outside_ii_h, 5.0 / 4.0);
    near(c.adaptive_above_ii_h, 0.0);
    near(c.category_i_h, 0.25);
    near(c.category_ii_h, 0.25);
}

#[test]
fn rounding_keeps_seven_digits() {
    assert_eq!(rounded(1.234_567_89), 1.234_568);
    assert_eq!(rounded(-2.000_000_049e-13), -2e-13);
    assert_eq!(rounded(0.0), 0.0);
}

#[test]
fn metrics_document_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/METRICS.md");
    if std::env::var_os("HEATLOOP_RENEW").is_some() {
        std::fs::write(path, markdown()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == markdown(),
        "docs/METRICS.md is not current; renew it as its head says"
    );
}

proptest! {
    /// Sums of a whole are the sums of its parts, wherever it is cut.
    #[test]
    fn conserves_sums_where_a_trace_is_cut(
        rows in prop::collection::vec((0.0..5000.0_f64, 0.0..3000.0_f64, -0.5..0.5_f64, 0.0..1e6_f64), 2..60),
        cut in 0.0..1.0_f64,
    ) {
        let build = |rows: &[(f64, f64, f64, f64)], start_s: i64| {
            let n = rows.len();
            let column = |f: fn(&(f64, f64, f64, f64)) -> f64| rows.iter().map(f).collect::<Vec<_>>();
            let trace = DeviceTrace {
                user_id: "a".into(), device_id: "1".into(), start_s, step_s: 900,
                outdoor_c: vec![3.0; n],
                heat_space_w: column(|r| r.0), compressor_space_w: column(|r| r.1),
                grid_import_w: column(|r| r.1), price_eur_per_kwh: column(|r| r.2),
                price_total_eur_per_kwh: column(|r| r.2 + 0.1), co2_g_per_kwh: column(|r| r.0),
                draw_missing_j: column(|r| r.3), draw_useful_j: column(|r| r.3),
                ..DeviceTrace::default()
            };
            run(vec![(trace, Totals::default())]).total
        };
        let at = 1 + (cut * (rows.len() - 2) as f64) as usize;
        let whole = build(&rows, 0);
        let parts = [build(&rows[..at], 0), build(&rows[at..], at as i64 * 900)];
        for get in [
            |f: &Figures| f.energy.heat_space_kwh,
            |f: &Figures| f.energy.hvac_kwh,
            |f: &Figures| f.cost.total_eur,
            |f: &Figures| f.cost.tax_eur,
            |f: &Figures| f.cost.co2_kg,
            |f: &Figures| f.hot_water.missing_kwh,
            |f: &Figures| f.hot_water.short_quarters,
        ] {
            let sum: f64 = parts.iter().map(|p| get(p).value().unwrap()).sum();
            let all = get(&whole).value().unwrap();
            prop_assert!((sum - all).abs() <= 1e-9 * all.abs().max(1.0), "{sum} {all}");
        }
        let peak = |f: &Figures| f.grid.peak_import_kw.value().unwrap();
        prop_assert_eq!(peak(&whole), peak(&parts[0]).max(peak(&parts[1])));
    }
}

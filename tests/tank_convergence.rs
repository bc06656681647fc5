//! How many layers a tank needs: energy drawn and lost against 200 layers, at
//! steps of 300 s, in tanks that are too small for their draws, so that something
//! is at stake. Stepped as a run does it: steps with a draw in minutes, charging
//! in at most two, the thermostat's switching located inside.
//! The table in docs/TANK.md is this test's; where it no longer agrees, the
//! test fails and shows the new one.

use heatloop::hot_water::{stochastic, tapping};
use heatloop::model::{Series, Tank, tank::Charging};
use heatloop::physics::tank::{TankInputs, TankParams, TankScratch, TankStep, sensor_c, step};
use jiff::tz::TimeZone;

const USEFUL_C: f64 = 40.0;
const MAINS_C: f64 = 10.0;
const CHARGE_W: f64 = 3000.0;
/// Draws have this resolution, s, and charging is stepped at most so long.
const DRAW_S: i64 = 60;
const CHARGING_S: f64 = 120.0;
/// Layers of a tank where a scenario says nothing.
const DEFAULT_LAYERS: usize = 24;

struct Case {
    name: &'static str,
    volume_l: f64,
    days: i64,
    draws: Series,
}

fn cases() -> Vec<Case> {
    let cycle = |name, volume_l, profile| Case {
        name,
        volume_l,
        days: 1,
        draws: tapping::series(
            tapping::cycle(profile).expect("a known cycle"),
            &TimeZone::UTC,
            (0, 86_400),
            DRAW_S as u32,
            USEFUL_C,
        ),
    };
    let household = stochastic::Household {
        l_per_day: 200.0,
        seed: 1,
        index: 0,
    };
    vec![
        cycle("M, 60 l", 60.0, "M"),
        cycle("M, 150 l", 150.0, "M"),
        cycle("L, 120 l", 120.0, "L"),
        cycle("L, 200 l", 200.0, "L"),
        Case {
            name: "random week, 100 l",
            volume_l: 100.0,
            days: 7,
            draws: stochastic::series(
                &household,
                &TimeZone::UTC,
                (0, 7 * 86_400),
                DRAW_S as u32,
                USEFUL_C,
            ),
        },
    ]
}

/// Energies of a run, J.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    drawn: f64,
    missing: f64,
    lost: f64,
}

/// Charges below 45 degC at the sensor until 50 degC; switching is located by bisection.
fn run(case: &Case, layers: usize, dt_s: i64, charging: Charging) -> Sums {
    let p = TankParams::compile(&Tank {
        name: case.name.into(),
        volume_l: case.volume_l,
        height_m: 1.2,
        layers,
        loss_w_per_k: 1.4,
        ambient_c: 18.0,
        conductivity_w_per_m_k: 1.0,
        charging,
        sensor_height: 0.5,
        element_w: 0.0,
        element_height: 0.3,
        start_c: 48.0,
    });
    let mut scratch = TankScratch::new(layers);
    let mut water = vec![48.0; layers];
    let mut on = false;
    let mut sums = Sums::default();
    let rows = (0..case.days * 86_400).step_by(dt_s as usize);
    let parts = rows.flat_map(|t_s| {
        let draws = case.draws.mean(t_s, t_s + dt_s) > 0.0;
        let part_s = if draws { dt_s.min(DRAW_S) } else { dt_s };
        (t_s..t_s + dt_s)
            .step_by(part_s as usize)
            .map(move |from_s| (from_s, part_s))
    });
    for (t_s, part_s) in parts {
        let l_per_s = case.draws.mean(t_s, t_s + part_s);
        let mut left_s = part_s as f64;
        while left_s > 1e-6 {
            let sensor = sensor_c(&p, &water);
            on = if on {
                sensor < 50.0 - 1e-6
            } else {
                sensor < 45.0
            };
            let mut advance = |from: &[f64], dt_s: f64| -> (Vec<f64>, TankStep<f64>) {
                let mut next = from.to_vec();
                let inputs = TankInputs {
                    dt_s,
                    charge_w: if on { CHARGE_W } else { 0.0 },
                    element_w: 0.0,
                    draw_l: l_per_s * dt_s,
                    useful_c: USEFUL_C,
                    mains_c: MAINS_C,
                };
                let given = step(&p, &mut next, &inputs, &mut scratch);
                (next, given)
            };
            let beyond = |water: &[f64]| {
                let sensor = sensor_c(&p, water);
                if on {
                    sensor >= 50.0
                } else {
                    sensor < 45.0 - 1e-6
                }
            };
            let mut taken_s = if on { left_s.min(CHARGING_S) } else { left_s };
            let (mut next, mut given) = advance(&water, taken_s);
            if beyond(&next) {
                let (mut before, mut after) = (0.0, taken_s);
                for _ in 0..14 {
                    let middle = 0.5 * (before + after);
                    if beyond(&advance(&water, middle).0) {
                        after = middle;
                    } else {
                        before = middle;
                    }
                }
                taken_s = after;
                (next, given) = advance(&water, taken_s);
            }
            water = next;
            left_s -= taken_s;
            sums.drawn += given.drawn_j;
            sums.missing += given.missing_j;
            sums.lost += given.loss_j;
        }
    }
    sums
}

#[test]
fn drawn_energy_of_the_default_layers_is_within_2_percent_of_200_layers() {
    let coil = Charging::Coil {
        bottom: 0.05,
        top: 0.5,
        ua_w_per_k: 800.0,
    };
    let direct = Charging::Direct {
        outlet: 0.0,
        inlet: 0.9,
        flow_w_per_k: 600.0,
    };
    let mut table = String::new();
    let mut worst_default = 0.0_f64;
    let mut short_share = 0.0_f64;
    for case in &cases() {
        for (kind, charging) in [("coil", coil), ("direct", direct)] {
            let fine = run(case, 200, 60, charging);
            short_share = short_share.max(fine.missing / (fine.drawn + fine.missing));
            table += &format!(
                "| {}, {kind} | {:.3} | {:.3} |",
                case.name,
                fine.drawn / 3.6e6,
                fine.missing / 3.6e6
            );
            for layers in [1, 5, 10, 20, DEFAULT_LAYERS, 40, 200] {
                let given = run(case, layers, 300, charging);
                let drawn = 100.0 * (given.drawn / fine.drawn - 1.0);
                let lost = 100.0 * (given.lost / fine.lost - 1.0);
                // Nothing has no sign.
                let shown = |x: f64, places: f64| (x * places).round() / places + 0.0;
                let (shown_drawn, shown_lost) = (shown(drawn, 100.0), shown(lost, 10.0));
                table += &format!(" {shown_drawn:+.2} / {shown_lost:+.1} |");
                if layers == DEFAULT_LAYERS {
                    worst_default = worst_default.max(drawn.abs());
                }
            }
            table += "\n";
        }
    }
    assert!(
        short_share > 0.02,
        "nothing is at stake: {short_share} of the demand is missing at most"
    );
    assert!(worst_default <= 2.0, "{worst_default} %\n{table}");
    let docs = include_str!("../docs/TANK.md");
    assert!(
        docs.contains(&table),
        "docs/TANK.md shows another table:\n{table}"
    );
}

//! Made-up but plausible runs for the tests of pictures and summaries: a crude
//! house (one capacity a room, thermostat, tank of layers) under a made-up climate.

use super::About;
use crate::trace::{DeviceTrace, Reason, RoomTrace, RunResult, Totals};
use jiff::tz::TimeZone;

/// What kind of run.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    pub start_s: i64,
    pub days: usize,
    pub step_s: u32,
    pub rooms: Vec<&'static str>,
    pub tank: bool,
    pub price: bool,
    pub pv: bool,
    pub steered: bool,
}

impl Recipe {
    /// A week from Monday 12 January 2026 in Dutch local time.
    pub(crate) fn winter_week() -> Self {
        Self {
            start_s: 1_768_172_400,
            days: 7,
            step_s: 900,
            rooms: vec!["Living room"],
            tank: true,
            price: true,
            pv: false,
            steered: false,
        }
    }

    /// Six days around midsummer with PV and cooling.
    pub(crate) fn heat_wave() -> Self {
        Self {
            start_s: 1_782_252_000,
            days: 6,
            pv: true,
            steered: true,
            ..Self::winter_week()
        }
    }

    /// 2026, from local midnight to local midnight.
    pub(crate) fn year() -> Self {
        Self {
            start_s: 1_767_222_000,
            days: 365,
            pv: true,
            rooms: vec!["Living room", "Bathroom"],
            ..Self::winter_week()
        }
    }
}

/// The words that go with the recipes.
pub(crate) fn about() -> About {
    About {
        title: "A winter week in a Dutch terraced house".into(),
        user: "u-17".into(),
        device: "hp-1".into(),
        house: "NL terraced house 1975–1991".into(),
        floor_area_m2: 112.0,
        unit: "Air-to-water 5 kW".into(),
        place: "NL 3512, 52.09° N 5.12° E".into(),
        weather: "De Bilt typical year".into(),
        currency: "EUR".into(),
        timezone: TimeZone::get("Europe/Amsterdam").expect("bundled zone"),
        step_s: 300,
    }
}

/// A run of one device.
pub(crate) fn run(recipe: &Recipe) -> RunResult {
    let (t, totals) = device(recipe);
    RunResult {
        devices: vec![(t, totals)],
        settings: Vec::new(),
        warnings: vec![
            "device hp-1: hot water lower bound 38 °C is below 40 °C (Legionella)".into(),
        ],
    }
}

/// Traces of one device.
pub(crate) fn device(recipe: &Recipe) -> (DeviceTrace, Totals) {
    let n = recipe.days * 86_400 / recipe.step_s as usize;
    let dt = f64::from(recipe.step_s);
    let mut t = DeviceTrace {
        user_id: "u-17".into(),
        device_id: "hp-1".into(),
        start_s: recipe.start_s,
        step_s: recipe.step_s,
        ..DeviceTrace::default()
    };
    let mut rooms: Vec<(RoomTrace, f64, bool)> = recipe
        .rooms
        .iter()
        .enumerate()
        .map(|(k, name)| {
            let r = RoomTrace {
                name: (*name).into(),
                floor_area_m2: 20.0,
                controlled: !name.starts_with("Hall"),
                ..RoomTrace::default()
            };
            (r, 20.4 - 0.4 * k as f64, false)
        })
        .collect();
    let mut layers = [28.0, 36.0, 44.0, 48.0, 50.0, 51.0];
    if recipe.tank {
        t.tank_layer_c = vec![Vec::with_capacity(n); layers.len()];
    }
    let (mut damped, mut charging, mut ran, mut cooling) = (5.0, false, false, false);
    let mut noise = 17_u64;
    for i in 0..n {
        let s = recipe.start_s as f64 + i as f64 * dt + 3600.0;
        let (day, hour) = (s / 86_400.0, (s / 3600.0).rem_euclid(24.0));
        let season = ((day - 20.5) * std::f64::consts::TAU / 365.25).cos();
        noise = noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let random = (noise >> 33) as f64 / f64::from(1u32 << 31);
        let front = 3.2 * (day / 1.7).sin() + 2.4 * (day / 4.1 + 1.0).sin();
        let light = ((hour - 13.0) * std::f64::consts::TAU / 24.0).cos() + 0.15 - 0.55 * season;
        let clear = 0.55 + 0.45 * (day / 1.3).sin();
        let sun = (620.0 - 260.0 * season) * light.max(0.0) * clear.clamp(0.15, 1.0);
        let outdoor = 10.5 - 9.0 * season
            + front
            + (2.6 - 1.6 * season) * ((hour - 15.0) * std::f64::consts::TAU / 24.0).cos()
            + if recipe.days < 20 && season < -0.8 {
                9.0
            } else {
                0.0
            };
        damped += (outdoor - damped) * dt / 86_400.0;
        let day_time = (6.5..22.5).contains(&hour);
        let dear = (17.0..20.0).contains(&hour);
        let price = 0.24 + 0.05 * ((hour - 18.5) * std::f64::consts::TAU / 12.0).cos()
            - 0.10 * (sun / 700.0)
            + 0.02 * (day / 2.0).sin()
            + if dear { 0.07 } else { 0.0 };
        // Hot water.
        let draw = match hour {
            h if (7.0..7.5).contains(&h) => 34.0 * dt / 1800.0,
            h if (12.5..12.75).contains(&h) => 6.0 * dt / 900.0,
            h if (19.0..20.0).contains(&h) => 52.0 * dt / 3600.0,
            h if (8.0..22.0).contains(&h) && random < 0.08 => 4.0,
            _ => 0.0,
        };
        let mut hp_tank = 0.0;
        let mut forced_tank = false;
        if recipe.tank {
            let share = draw * 0.75 / 30.0;
            for k in 0..layers.len() {
                let below = if k == 0 { 10.0 } else { layers[k - 1] };
                layers[k] += (below - layers[k]) * (share * 0.8).min(0.9);
                layers[k] -= (layers[k] - 19.0) * dt / 4.0e5;
            }
            forced_tank = layers[3] < 43.0;
            charging = if charging {
                layers[3] < 50.0
            } else {
                layers[3] < 45.0
            };
            if charging {
                hp_tank = 1500.0;
                let mut heat = 4200.0 * dt / 4180.0 / 30.0;
                for k in 0..layers.len() {
                    let top = layers.get(k + 1).copied().unwrap_or(55.0).min(55.0);
                    let add = (top - layers[k]).max(0.0).min(heat);
                    layers[k] += add;
                    heat -= add;
                }
            }
            for (l, v) in t.tank_layer_c.iter_mut().zip(layers) {
                l.push(v);
            }
            t.tank_sensor_c.push(layers[3]);
            t.tank_lower_c.push(43.0);
            t.tank_upper_c.push(60.0);
        }
        // Rooms.
        let mut wants = false;
        let mut wants_cold = false;
        let mut below = false;
        for (k, (r, c, on)) in rooms.iter_mut().enumerate() {
            let base = if day_time { 20.5 } else { 18.5 }
                + if r.name.starts_with("Bath") { 2.0 } else { 0.0 };
            *on = if *on {
                *c < base + 0.3
            } else {
                *c < base - 0.3
            };
            wants |= *on && r.controlled;
            wants_cold |= r.controlled && *c > base + if cooling { 0.5 } else { 2.2 };
            below |= *c < base - 1.5;
            let heat = if !charging && *on && damped < 15.0 {
                3300.0 / recipe.rooms.len().min(2) as f64
            } else {
                0.0
            };
            let cold = if !charging && cooling { -1500.0 } else { 0.0 };
            let gain = 320.0 + sun * (2.6 + 0.8 * k as f64);
            let ua = 140.0 / recipe.rooms.len().min(2) as f64;
            let capacity = 1.5e7 / recipe.rooms.len().min(2) as f64;
            *c += (heat + cold + gain / recipe.rooms.len().min(2) as f64 - ua * (*c - outdoor))
                * dt
                / capacity;
            let (lower, upper) = (base - 1.5, base + 2.0);
            r.operative_c.push(*c);
            r.air_c.push(*c + 0.2);
            r.radiant_c.push(*c - 0.2);
            r.target_c.push(base);
            r.lower_c.push(lower);
            r.upper_c.push(upper);
            r.emitter_w.push(heat + cold);
            r.valve_open.push(f64::from(u8::from(*on)));
            let (b, a) = ((lower - *c).max(0.0), (*c - upper).max(0.0));
            let counts = if r.controlled { dt / 3600.0 } else { 0.0 };
            r.below_kh.push(b * counts);
            r.above_kh.push(a * counts);
            r.below_h.push(if b > 0.0 { counts } else { 0.0 });
            r.above_h.push(if a > 0.0 { counts } else { 0.0 });
            r.recovery_kh.push(if (6.5..8.5).contains(&hour) {
                b * counts
            } else {
                0.0
            });
        }
        cooling = wants_cold && damped > 15.0;
        let held = recipe.steered && dear && wants && !below;
        let heating = wants && damped < 15.0 && !charging && !held;
        let load = (0.35 + (16.0 - outdoor) / 30.0).clamp(0.35, 1.0);
        let cop = 3.2 + 0.08 * outdoor;
        let space = if heating { 1700.0 * load } else { 0.0 };
        let cold = if cooling && !charging { 620.0 } else { 0.0 };
        let backup = if heating && outdoor < -4.0 && below {
            1500.0
        } else {
            0.0
        };
        let runs = heating || charging || cold > 0.0;
        t.outdoor_c.push(outdoor);
        t.outdoor_damped_c.push(damped);
        t.relative_humidity.push(0.8);
        t.global_horizontal_w_per_m2.push(sun);
        t.flow_c.push(35.0);
        t.draw_l.push(if recipe.tank { draw } else { 0.0 });
        t.draw_useful_j.push(draw * 4180.0 * 28.0);
        t.draw_missing_j.push(if recipe.tank && layers[5] < 42.0 {
            draw * 4180.0 * 3.0
        } else {
            0.0
        });
        t.heat_space_w.push(space * cop + backup);
        t.heat_tank_w.push(hp_tank * 2.8);
        t.cooling_w.push(cold * 4.1);
        t.compressor_space_w.push(space);
        t.compressor_tank_w.push(hp_tank);
        t.compressor_cooling_w.push(cold);
        t.backup_space_w.push(backup);
        t.backup_tank_w.push(0.0);
        t.element_w.push(0.0);
        t.auxiliary_w.push(if runs { 60.0 } else { 0.0 });
        t.standby_w.push(if runs { 0.0 } else { 9.0 });
        let base_load = if recipe.pv {
            220.0 + 300.0 * random * f64::from(u8::from(day_time))
        } else {
            0.0
        };
        let pv = if recipe.pv { sun * 4.2 } else { 0.0 };
        let net = space + hp_tank + cold + backup + 60.0 + base_load - pv;
        t.base_load_w.push(base_load);
        t.pv_w.push(pv);
        t.grid_import_w.push(net.max(0.0));
        t.grid_export_w.push((-net).max(0.0));
        t.price_eur_per_kwh
            .push(if recipe.price { price - 0.13 } else { 0.0 });
        t.price_total_eur_per_kwh
            .push(if recipe.price { price } else { 0.0 });
        t.feed_in_eur_per_kwh
            .push(if recipe.price { 0.06 } else { 0.0 });
        t.co2_g_per_kwh.push(290.0 + 60.0 * season);
        let reason = if charging {
            if forced_tank {
                Reason::HotWaterForced
            } else {
                Reason::HotWaterDemand
            }
        } else if cold > 0.0 {
            Reason::CoolingDemand
        } else if heating {
            if below {
                Reason::HeatingForced
            } else {
                Reason::HeatingDemand
            }
        } else if held {
            Reason::HeldBack
        } else if ran && random < 0.4 {
            Reason::MinPause
        } else if rooms
            .iter()
            .any(|(r, c, _)| r.upper_c.last().is_some_and(|u| c > u))
        {
            Reason::AtUpperBound
        } else {
            Reason::Satisfied
        };
        let mut split = [0.0_f32; Reason::COUNT];
        split[reason as usize] = recipe.step_s as f32;
        t.reason_s.push(split);
        t.command_house.push(0);
        t.command_tank.push(0);
        t.target_shift_k
            .push(match (recipe.steered, dear, sun > 350.0) {
                (true, true, _) => -1.0,
                (true, _, true) => 0.8,
                _ => 0.0,
            });
        t.overridden_s.push(if recipe.steered && dear && below {
            dt
        } else {
            0.0
        });
        t.starts.push(u16::from(runs && !ran));
        t.run_s.push(if runs { dt } else { 0.0 });
        ran = runs;
    }
    t.rooms = rooms.into_iter().map(|r| r.0).collect();
    let mut totals = Totals {
        starts: t.starts.iter().map(|s| u64::from(*s)).sum(),
        stored_house_j: -2.1e6,
        stored_tank_j: 0.6e6,
        ..Totals::default()
    };
    totals.balance.house_residual = 3.1e-13;
    totals.balance.tank_residual = -4.0e-15;
    (t, totals)
}

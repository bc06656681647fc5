//! Screenings: the same bits in any company and instruction set, energy that
//! closes, and figures beside those of the full simulation.

use super::kernel::{self, Common, House, Inputs, MINUTE_S, State, Sums};
use super::*;
use crate::batch::{Detail, Nobody, evaluate, evaluate_watched};
use crate::metrics::Metrics;
use crate::sim::batch::run_in;
use crate::sim::batch::tests::scenario;
use crate::sim::{Options, Silent};
use crate::trace::{DeviceTrace, RunResult, Totals};

/// Ten variants: targets, tanks, units, schedules, steering by the sun; two houses.
fn variants(days: u32) -> Vec<Scenario> {
    let houses = ["nl-terraced-1992", "four-rooms"];
    let units = [
        "nibe-f2050-6",
        "daikin-altherma-3-r-4",
        "mitsubishi-ecodan-wz80",
    ];
    (0..10)
        .map(|k: u32| {
            scenario(&format!(
                r#"
period = {{ start = 2021-02-10, days = {days}, warmup_days = 2 }}
seed = {k}
prices.energy_eur_per_kwh = [
    0.09, 0.08, 0.08, 0.08, 0.09, 0.11, 0.17, 0.22, 0.20, 0.15, 0.13, 0.12,
    0.11, 0.11, 0.12, 0.14, 0.17, 0.23, 0.27, 0.25, 0.20, 0.16, 0.13, 0.11,
]
[[users]]
schedule = [{{ days = "daily", start = "06:30", end = "22:30", target_c = 20.5 }}]
settings.room = {{ preferred_temperature = {}, schedule_enabled = {} }}
settings.optimization_settings = {{ dynamic_tariff = {} }}
[[users.devices]]
house = "{}"
heat_pump = "{}"
tank = {{ volume_l = {} }}
{}
hot_water.draws = {{ kind = "random", persons = {} }}
"#,
                18.5 + 0.4 * f64::from(k),
                k.is_multiple_of(3),
                k % 4 == 1,
                houses[(k / 5) as usize],
                units[(k % 3) as usize],
                150 + 20 * k,
                // Of some houses only: nobody else's tank counts.
                match k % 2 {
                    0 => "controller.disinfection = { weekday = \"thursday\", start = \"02:00\" }",
                    _ => "",
                },
                1 + k % 4,
            ))
        })
        .collect()
}

/// Keeps all rows, as text with all digits.
struct Keep;

impl Reader for Keep {
    type Book = Vec<String>;
    type Figures = (String, String);

    fn read(&self, _scenario: usize, book: &mut Vec<String>, rows: &DeviceTrace) {
        book.push(format!("{rows:?}"));
    }

    fn finish(&self, _: usize, result: RunResult, books: Vec<Vec<String>>) -> Self::Figures {
        let totals: Vec<Totals> = result
            .devices
            .into_iter()
            .map(|(_, totals)| totals)
            .collect();
        (books.concat().concat(), format!("{totals:?}"))
    }
}

fn kept(set: InstructionSet, scenarios: &[Scenario]) -> Vec<(String, String)> {
    let quick: Vec<Scenario> = scenarios.iter().map(in_quarters).collect();
    run_in(
        set,
        &quick,
        Options::default(),
        Detail::Screening,
        &Keep,
        &Silent,
    )
    .into_iter()
    .map(|outcome| outcome.expect("can be screened"))
    .collect()
}

#[test]
fn a_house_has_the_same_bits_in_every_instruction_set_and_company() {
    let scenarios = variants(3);
    let expected: Vec<_> = scenarios
        .iter()
        .flat_map(|s| kept(InstructionSet::Baseline, std::slice::from_ref(s)))
        .collect();
    for set in InstructionSet::all() {
        for (i, (together, alone)) in kept(set, &scenarios).iter().zip(&expected).enumerate() {
            assert!(together == alone, "house {i}, {}", set.name());
        }
    }
    // Summer, when windows are opened at night and the house changes its state.
    let summer: Vec<Scenario> = (0..3)
        .map(|k| {
            scenario(&format!(
                "period = {{ start = 2021-06-16, days = 2, warmup_days = 1 }}\n[[users]]\n\
                 settings.room = {{ preferred_temperature = {} }}\n[[users.devices]]\n\
                 house = \"nl-terraced-1992\"\nheat_pump = \"nibe-f2050-6\"\ntank = \"200 l\"",
                19 + k
            ))
        })
        .collect();
    let alone = kept(InstructionSet::Baseline, &summer[1..2]);
    for set in InstructionSet::all() {
        assert!(kept(set, &summer)[1] == alone[0], "{}", set.name());
    }
}

#[test]
fn houses_of_their_own_side_by_side_have_the_bits_of_each_alone() {
    let houses: Vec<Scenario> = (0..19)
        .map(|k: u32| {
            scenario(&format!(
                r#"
period = {{ start = 2021-03-20, days = 2, warmup_days = 1 }}
[[users]]
settings.room = {{ preferred_temperature = {} }}
[[users.devices]]
heat_pump = "nibe-f2050-6"
tank = {{ volume_l = {} }}
[users.devices.house.template.rooms.home]
floor_area_m2 = 100
model = {{ kind = "air-and-mass", loss_w_per_k = {}, mass_kj_per_k = {} }}
windows = [{{ name = "one", area_m2 = 9, g = 0.6, facing = "S" }}]
"#,
                19 + k % 3,
                160 + 10 * k,
                // The last three are the first's variants.
                if k < 16 { 120 + 5 * k } else { 120 },
                if k < 16 { 20_000 + 500 * k } else { 20_000 },
            ))
        })
        .collect();
    let expected: Vec<_> = houses
        .iter()
        .flat_map(|s| kept(InstructionSet::Baseline, std::slice::from_ref(s)))
        .collect();
    for set in InstructionSet::all() {
        for (i, (together, alone)) in kept(set, &houses).iter().zip(&expected).enumerate() {
            assert!(together == alone, "house {i}, {}", set.name());
        }
    }
}

#[test]
fn full_packs_are_of_one_family_and_what_is_left_over_goes_together() {
    let set = InstructionSet::best();
    let lanes = lanes(set);
    if lanes == 1 {
        return;
    }
    let family = |f: u64, count: usize| (0..count).map(move |_| [f, 0, 0, 0]);
    let keys = family(1, 2 * lanes + 1)
        .chain(family(2, lanes - 1))
        .chain(family(3, 1));
    let devices: Vec<(Key, usize)> = keys.enumerate().map(|(i, key)| (key, i)).collect();
    let one = shares(&devices, set, 1);
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].packs, [lanes, lanes, lanes - 1, 2]);
    let last = 3 * lanes;
    assert_eq!(one[0].devices[last - 1..], [2 * lanes, last]);
    // Every thread has some.
    let two = shares(&devices, set, 2);
    assert_eq!(two.len(), 2);
}

#[test]
fn conserves_heat_between_source_water_emitters_and_house() {
    // Hardly any loss, outdoors at 0 degC, heating at all times.
    let scenario = scenario(
        r#"
period = { start = 2021-02-10, days = 1, warmup_days = 0 }
[[users]]
[[users.devices]]
heat_pump = "nibe-f2050-6"
tank = { volume_l = 200 }
[users.devices.house.template.rooms.home]
floor_area_m2 = 100
model = { kind = "air-and-mass", loss_w_per_k = 0.1, mass_kj_per_k = 20000 }
"#,
    );
    let device = &scenario.users[0].devices[0];
    let compiled = crate::plant::compile(device, 900.0).expect("has a solution");
    let (system, modal) = (&compiled.systems[0], &compiled.plant.states[0]);
    let house = House::new(&system.output, modal, 1, 1);
    let (forcing, base_output) = (vec![0.0; system.modes], [0.0; 3]);
    let common = Common {
        house: &house,
        forcing: &forcing,
        base_output: &base_output,
    };
    let mut inputs = Inputs::<f64, 1>::idle();
    (inputs.on_c, inputs.off_c) = ([1e30], [1e30]);
    inputs.map = device.heat_pump.heating.slice(2.0);
    inputs.set.source_heating_ok = 1.0;
    (inputs.set.flow_heating_max, inputs.set.flow_heating) = (45.0, 40.0);
    let layers = vec![
        45.0;
        compiled
            .plant
            .tank
            .as_ref()
            .map_or(0, |t| t.loss_w_per_k.len())
    ];
    let mut state = State::new(system.uniform_state(18.0), layers, 18.0);
    let (start_j, water_c) = (system.stored_j(&state.z), state.water_c);
    let (mut given_j, mut lost_j) = (0.0, 0.0);
    for _ in 0..96 {
        let mut sums = Sums::default();
        kernel::row::<f64, f64, 1, true>(&compiled.plant, &common, &inputs, &mut state, &mut sums);
        given_j += sums.space_w * MINUTE_S;
        lost_j += 0.1 * sums.room_c[0] * MINUTE_S;
    }
    let stored_j = system.stored_j(&state.z) - start_j
        + compiled.plant.source.circuit_j_per_k * (state.water_c - water_c);
    assert!(given_j > 4e7, "{given_j}");
    // What is lost, 4e-3 of it, is taken from the operative instead of the air
    // temperature, which is a degree's matter at most.
    let open = (given_j - lost_j - stored_j).abs() / given_j;
    assert!(open < 1e-4, "{open:e}");
}

/// Figures of both ways.
fn both(scenarios: &[Scenario]) -> Vec<(Metrics, Metrics)> {
    let options = Options::default();
    let quick = evaluate_watched(scenarios, options, Detail::Screening, &Nobody, &Silent);
    let full = evaluate(scenarios, options, &Silent);
    let pairs = quick.into_iter().zip(full);
    pairs
        .map(|(q, f)| (q.expect("screened"), f.expect("run")))
        .collect()
}

#[test]
fn figures_are_near_those_of_the_full_simulation() {
    let (mut mean_heat, mut mean_electricity) = (0.0, 0.0);
    let pairs = both(&variants(14));
    for (i, (quick, full)) in pairs.iter().enumerate() {
        let known = |f: crate::metrics::Figure| f.value().expect("known");
        let off = |q, f| known(q) / known(f) - 1.0;
        let (q, f) = (&quick.total, &full.total);
        let heat = off(q.energy.heat_space_kwh, f.energy.heat_space_kwh);
        let tank = off(q.energy.heat_tank_kwh, f.energy.heat_tank_kwh);
        let electricity = off(q.corrected.electricity_kwh, f.corrected.electricity_kwh);
        let room_k = known(q.comfort.mean_c) - known(f.comfort.mean_c);
        let all = format!(
            "house {i}: heat {heat:+.4}, tank {tank:+.4}, electricity {electricity:+.4}, room {room_k:+.3} K"
        );
        // The worst are houses whose heat pump is at its limit all night: who waits
        // for whom then decides how much the backup heater gives.
        assert!(heat.abs() < 0.025 && tank.abs() < 0.03, "{all}");
        assert!(electricity.abs() < 0.025 && room_k.abs() < 0.15, "{all}");
        assert_eq!(
            known(q.hot_water.drawn_l).round(),
            known(f.hot_water.drawn_l).round()
        );
        mean_heat += heat / pairs.len() as f64;
        mean_electricity += electricity / pairs.len() as f64;
    }
    assert!(mean_heat.abs() < 0.006, "{mean_heat:+.4}");
    assert!(mean_electricity.abs() < 0.010, "{mean_electricity:+.4}");
}

#[test]
fn a_house_that_is_kept_warm_has_its_windows_shut() {
    // The library's houses have their windows ajar while it is warmer inside than
    // 23 degC, and outdoors cooler.
    let kept = |target_c: f64| {
        scenario(&format!(
            "period = {{ start = 2021-02-10, days = 7, warmup_days = 3 }}\n[[users]]\n\
             settings.room = {{ preferred_temperature = {target_c} }}\n[[users.devices]]\n\
             house = \"nl-terraced-1992\"\nheat_pump = \"mitsubishi-ecodan-wz80\"\ntank = \"200 l\""
        ))
    };
    let pairs = both(&[kept(21.0), kept(24.0)]);
    let heat_kwh = |m: &Metrics| m.total.energy.heat_space_kwh.value().expect("known");
    let [(_, usual), (quick, full)] = &pairs[..] else {
        unreachable!("two houses")
    };
    // 3 K more than 21 K above outdoors, and not several hundred watts a kelvin.
    let more = heat_kwh(full) / heat_kwh(usual);
    assert!((1.05..1.25).contains(&more), "{more}");
    let off = heat_kwh(quick) / heat_kwh(full) - 1.0;
    assert!(off.abs() < 0.01, "{off:+.4}");
}

#[test]
fn a_house_that_is_off_has_the_films_of_a_cold_house() {
    let off = scenario(
        "period = { start = 2021-01-01, days = 60, warmup_days = 10 }\n[[users]]\n\
         settings.room = { temperature_control_mode = \"off\" }\n[[users.devices]]\n\
         house = \"nl-terraced-1992\"\nheat_pump = \"mitsubishi-ecodan-wz80\"\ntank = \"200 l\"",
    );
    let (quick, full) = both(&[off]).remove(0);
    let known = |m: &Metrics| {
        let (heat, room) = (m.total.energy.heat_space_kwh, m.total.comfort.mean_c);
        [heat, room].map(|f| f.value().expect("known"))
    };
    let ([heat, room_c], [full_heat, full_room_c]) = (known(&quick), known(&full));
    assert!(
        full_room_c < 12.0 && full_heat > 50.0,
        "{full_room_c} {full_heat}"
    );
    let off = heat / full_heat - 1.0;
    assert!(off.abs() < 0.03, "{off:+.4}");
    assert!(
        (room_c - full_room_c).abs() < 0.05,
        "{room_c} {full_room_c}"
    );
}

#[test]
fn what_a_screening_does_not_know_has_no_figure() {
    let (quick, full) = both(&variants(1)[..1]).remove(0);
    assert!(full.total.running.starts.value().is_some());
    assert!(quick.total.running.starts.value().is_none());
    assert!(quick.total.grid.peak_hvac_kw.value().is_none());
    let json = quick.to_json().expect("is written");
    assert!(
        json.contains("a screening does not know it: run in full"),
        "{json}"
    );
}

#[test]
fn fails_for_devices_that_a_screening_does_not_know() {
    let device = |more: &str, settings: &str| {
        scenario(&format!(
            "period = {{ start = 2021-02-10, days = 1, warmup_days = 0 }}\n[[users]]\n{settings}\n\
             [[users.devices]]\nhouse = \"four-rooms\"\nheat_pump = \"daikin-altherma-3-r-4\"\n{more}"
        ))
    };
    let ideal = "emitter = { kind = \"ideal\", heating_kw = 5 }";
    let auto = "settings.room = { temperature_control_mode = \"auto\" }";
    let quick = "follows the flow within a minute";
    let cases = [
        (device(ideal, ""), "its emitters are ideal ones"),
        (
            device("emitter = \"fan_coil\"", auto),
            "its mode is `cooling` or `auto`",
        ),
        (device("emitter = \"fan_coil\"", ""), quick),
    ];
    for (scenario, why) in cases {
        let outcome = evaluate_watched(
            std::slice::from_ref(&scenario),
            Options::default(),
            Detail::Screening,
            &Nobody,
            &Silent,
        );
        let fault = outcome[0].as_ref().expect_err(why).to_string();
        assert!(
            fault.contains(why) && fault.contains("Run it in full"),
            "{fault}"
        );
    }
}

mod vdi6007;

use super::*;
use crate::house::design::{heat_load_w, heat_loss_w_per_k};
use crate::model::series::Series;
use crate::plant::modal::advance::{Lags, multiply};
use crate::plant::modal::{Layout, ModalSystem};

fn room(parameters: Parameters) -> TemplateRoom {
    TemplateRoom {
        name: "room".into(),
        floor_area_m2: 17.5,
        target_offset_k: 0.0,
        controlled: true,
        parameters,
        ventilation_w_per_k: 0.0,
        windows: Vec::new(),
        gains: Vec::new(),
    }
}

/// Room S (heavy) or L (light) of the guideline.
fn guideline_room(heavy: bool) -> House {
    let (r, c, rest, inner_r, inner_c) = if heavy {
        (
            0.004_367_912_936_74,
            1_600_848.94,
            0.038_959_195_57,
            0.000_595_693_407_511,
            14_836_354.628_2,
        )
    } else {
        (
            0.004_049_351_608_02,
            47_900.0,
            0.039_330_865,
            0.003_237_138,
            7_297_100.0,
        )
    };
    let parameters = TwoElement {
        air_j_per_k: 0.0,
        outer_area_m2: 10.5,
        outer_k_per_w: r,
        outer_j_per_k: c,
        outer_rest_k_per_w: rest,
        outer_film_w_per_m2_k: 25.0,
        outer_temperature: BoundaryTemperature::Outdoor,
        inner_area_m2: 75.5,
        inner_k_per_w: inner_r,
        inner_j_per_k: inner_c,
        window_area_m2: 0.0,
        window_k_per_w: 1e-8,
        outer_convection_w_per_m2_k: 2.7,
        inner_convection_w_per_m2_k: 2.24,
        window_convection_w_per_m2_k: 2.7,
        radiation_w_per_m2_k: 5.0,
        sun_to_air: 0.09,
        sun_to_inner: 1.0,
    };
    build(
        "guideline",
        &[room(Parameters::TwoElement(parameters))],
        &[],
    )
}

/// Inputs of an hour: outdoor degC, convective, radiant, sun, W.
type Hour = [f64; 4];

/// Runs 60 days; `power` says what the plant gives from the mean air
/// temperature without it and what a watt adds. Returns hourly means of air
/// temperature and power on the three days.
fn run(
    house: &House,
    hours: &[Hour; 24],
    steps: usize,
    power: impl Fn(usize, f64, f64) -> f64,
) -> (Vec<[f64; 24]>, Vec<[f64; 24]>) {
    let room = &house.rooms[0];
    // The sun's entry is the template's own; a window source would need weather.
    let sun = vec![
        Weight {
            node: 0,
            fraction: 0.09,
        },
        Weight {
            node: 3,
            fraction: 0.91,
        },
    ];
    assert_eq!(house.network.nodes[3].name, "room inner face");
    let heats = vec![
        room.convective_entry.clone(),
        room.radiant_entry.clone(),
        sun,
    ];
    let layout = Layout::new(&[&house.network], heats, vec![room.air.clone()]).unwrap();
    let system = ModalSystem::compile(&house.network, &layout).unwrap();
    let mut z = system.uniform_state(22.0);
    let dt = 3600.0 / steps as f64;
    let f = Lags::new(&system.lambda_per_s, dt);
    let mut w = vec![0.0; system.modes];
    let mut integral = vec![0.0; system.modes];
    let mean_air = |z: &[f64], u: &[f64], w: &mut Vec<f64>, integral: &mut Vec<f64>| {
        let mut next = z.to_vec();
        multiply(&system.input, u, w);
        integral.fill(0.0);
        f.pass(w, &mut next, integral);
        let mean: Vec<f64> = integral.iter().map(|x| x / dt).collect();
        (next, system.output_temperatures(&mean, u)[0])
    };
    let (mut air, mut heat) = (Vec::new(), Vec::new());
    for day in 0..60 {
        let (mut air_day, mut heat_day) = ([0.0; 24], [0.0; 24]);
        for hour in 0..24 {
            for _ in 0..steps {
                let mut u = hours[hour];
                let (_, free) = mean_air(&z, &u, &mut w, &mut integral);
                u[1] += 1.0;
                let (_, more) = mean_air(&z, &u, &mut w, &mut integral);
                let p = power(hour, free, more - free);
                u[1] += p - 1.0;
                let (next, mean) = mean_air(&z, &u, &mut w, &mut integral);
                z = next;
                air_day[hour] += mean / steps as f64;
                heat_day[hour] += p / steps as f64;
            }
        }
        if [0, 9, 59].contains(&day) {
            air.push(air_day);
            heat.push(heat_day);
        }
    }
    (air, heat)
}

fn largest_difference(ours: &[[f64; 24]], reference: &[[f64; 24]; 3]) -> f64 {
    let pairs = ours.iter().flatten().zip(reference.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// 1000 W from 6 to 18 h in input `index`, 22 degC outdoors.
fn machine(index: usize) -> [Hour; 24] {
    std::array::from_fn(|h| {
        let mut hour = [22.0, 0.0, 0.0, 0.0];
        if (6..18).contains(&h) {
            hour[index] = 1000.0;
        }
        hour
    })
}

#[test]
fn reference_vdi_6007_cases_1_to_5_agree_within_the_rounding_of_the_table() {
    // The guideline asks for 0.1 K.
    let none = |_: usize, _: f64, _: f64| 0.0;
    let fifth: [Hour; 24] = std::array::from_fn(|h| {
        let at_work = if (7..17).contains(&h) { 1.0 } else { 0.0 };
        let sun = vdi6007::SUN_5[h];
        let blind = if sun > 100.0 { 0.15 } else { 1.0 };
        [
            vdi6007::OUTDOOR_5[h],
            280.0 * at_work,
            80.0 * at_work,
            7.0 * sun * blind,
        ]
    });
    for (case, heavy, hours, reference) in [
        (1, true, machine(1), vdi6007::CASE_1),
        (2, true, machine(2), vdi6007::CASE_2),
        (3, false, machine(1), vdi6007::CASE_3),
        (4, false, machine(2), vdi6007::CASE_4),
        (5, true, fifth, vdi6007::CASE_5),
    ] {
        let (air, _) = run(&guideline_room(heavy), &hours, 1, none);
        let difference = largest_difference(&air, &reference);
        assert!(difference < 0.1, "case {case}: {difference} K");
    }
}

#[test]
fn reference_vdi_6007_cases_6_and_7_agree_in_load() {
    // The guideline asks for 1 W; the table is rounded to 1 W, so half a watt
    // of a difference is the table's. An independent solver had 1.14 W in case 6.
    let set = |hour: usize| if (6..18).contains(&hour) { 27.0 } else { 22.0 };
    let ideal = |hour: usize, free: f64, gain: f64| (set(hour) - free) / gain;
    let (_, heat) = run(&guideline_room(true), &machine(2), 60, ideal);
    let sixth = largest_difference(&heat, &vdi6007::CASE_6);
    assert!(sixth < 1.5, "case 6: {sixth} W");
    let limited = |hour, free, gain| ideal(hour, free, gain).clamp(-500.0, 500.0);
    let (_, heat) = run(&guideline_room(true), &machine(2), 60, limited);
    let seventh = largest_difference(&heat, &vdi6007::CASE_7);
    assert!(seventh < 1.0, "case 7: {seventh} W");
}

#[test]
fn analytic_loss_of_each_template_is_the_sum_of_its_paths() {
    let five = Parameters::FiveROneC(FiveROneC {
        mass_j_per_k: 2.9e6,
        mass_area_m2: 44.0,
        windows_w_per_k: 12.0,
        opaque_w_per_k: 20.0,
    });
    let envelope = Parameters::Envelope {
        interior_j_per_k: 1e6,
        envelope_j_per_k: 1e7,
        interior_to_envelope_w_per_k: 300.0,
        envelope_to_outdoor_w_per_k: 60.0,
        direct_w_per_k: 25.0,
    };
    let mass = Parameters::AirAndMass {
        loss_w_per_k: 70.0,
        air_j_per_k: 1e5,
        mass_j_per_k: 9e6,
        air_to_mass_w_per_k: 400.0,
    };
    let one = Parameters::OneNode {
        loss_w_per_k: 33.0,
        capacity_j_per_k: 4e6,
    };
    // Of one-node rooms heated in the air the sum is exact.
    for (parameters, expected) in [(one, 33.0), (mass, 70.0), (envelope, 75.0)] {
        let mut r = room(parameters);
        r.ventilation_w_per_k = 10.0;
        let house = build("house", &[r], &[]);
        let with_air_at_one = {
            // All nodes of these templates without a path of their own follow the air.
            let mut h = house.clone();
            h.rooms[0].radiant = h.rooms[0].air.clone();
            h.rooms[0].radiant_entry = h.rooms[0].air.clone();
            heat_loss_w_per_k(&h).unwrap()
        };
        assert!(
            (with_air_at_one - expected - 10.0).abs() < 1e-9,
            "{expected} {with_air_at_one}"
        );
    }
    // 5R1C with heat into the air: the air stands above the star node.
    let mut r = room(five);
    r.ventilation_w_per_k = 10.0;
    let house = build("house", &[r], &[]);
    let load = heat_load_w(&house, &[20.0], -10.0).unwrap()[0];
    assert!((1150.0..1300.0).contains(&load), "{load}");
}

#[test]
fn gains_of_5r1c_leave_their_share_through_the_windows() {
    let mut r = room(Parameters::FiveROneC(FiveROneC {
        mass_j_per_k: 2.9e6,
        mass_area_m2: 44.0,
        windows_w_per_k: 60.0,
        opaque_w_per_k: 20.0,
    }));
    r.gains.push(Gain {
        power_w: Series::constant(100.0),
        convective: 0.5,
    });
    let house = build("house", &[r], &[]);
    let source = &house.network.sources[0];
    let total: f64 = source.entry.iter().map(|w| w.fraction).sum();
    assert!((total - 1.0).abs() < 1e-12);
    let SourceKind::Internal(series) = &source.kind else {
        panic!("an internal gain");
    };
    let surfaces = 4.5 * 17.5;
    let expected = 50.0 + 50.0 * (1.0 - 60.0 / (9.1 * surfaces));
    assert!((series.values[0] - expected).abs() < 1e-9);
    assert!((source.entry[0].fraction * series.values[0] - 50.0).abs() < 1e-9);
}

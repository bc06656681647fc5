//! Closed-form answers, conservation, and the same bits on lanes.

use proptest::prelude::*;

use super::*;
use crate::model::{Tank, tank::Charging};
use crate::numeric::Lanes;

const COIL: Charging = Charging::Coil {
    bottom: 0.05,
    top: 0.45,
    ua_w_per_k: 1200.0,
};

fn tank(layers: usize) -> Tank {
    Tank {
        name: "test".into(),
        volume_l: 200.0,
        height_m: 1.5,
        layers,
        loss_w_per_k: 1.6,
        ambient_c: 18.0,
        conductivity_w_per_m_k: 0.8,
        charging: COIL,
        sensor_height: 0.5,
        element_w: 2000.0,
        element_height: 0.3,
        start_c: 50.0,
    }
}

fn lossless(layers: usize) -> TankParams<f64> {
    TankParams::compile(&Tank {
        loss_w_per_k: 0.0,
        conductivity_w_per_m_k: 0.0,
        ..tank(layers)
    })
}

fn idle(dt_s: f64) -> TankInputs<f64> {
    TankInputs {
        dt_s,
        useful_c: 45.0,
        mains_c: 10.0,
        ..TankInputs::default()
    }
}

/// Pool adjacent violators, the textbook way.
fn pool(profile: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for &t in profile {
        blocks.push((t, 1));
        while blocks.len() > 1 {
            let (a, b) = (blocks[blocks.len() - 2], blocks[blocks.len() - 1]);
            if a.0 <= b.0 {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            let n = a.1 + b.1;
            blocks.push(((a.0 * a.1 as f64 + b.0 * b.1 as f64) / n as f64, n));
        }
    }
    blocks
        .iter()
        .flat_map(|&(t, n)| std::iter::repeat_n(t, n))
        .collect()
}

#[test]
fn analytic_plug_flow_serves_the_whole_tank_at_the_useful_temperature() {
    // 200 l at 60 degC mixed with 10 degC to 45 degC: 200 * 50 / 35 litres at the tap.
    // The front between cold and hot spreads over a layer and a half at most.
    for layers in [10, 20, 200] {
        let share = 1.0 - 1.5 / layers as f64;
        let p = lossless(layers);
        let mut scratch = TankScratch::new(layers);
        let mut water = vec![60.0; layers];
        let (mut litres, mut drawn_j) = (0.0, 0.0);
        loop {
            let given = step(
                &p,
                &mut water,
                &TankInputs {
                    draw_l: 3.7,
                    ..idle(60.0)
                },
                &mut scratch,
            );
            if given.short_l > 0.0 {
                break;
            }
            assert!(given.missing_j < 1e-6);
            litres += 3.7;
            drawn_j += given.drawn_j;
        }
        let all_l = 200.0 * 50.0 / 35.0;
        assert!(
            litres <= all_l,
            "{layers} layers gave {litres} l of {all_l}"
        );
        assert!(
            litres + 3.7 >= share * all_l,
            "{layers} layers gave {litres} l of {all_l}"
        );
        assert!((drawn_j - litres * 35.0 * 4180.0).abs() < 1e-3);
    }
}

#[test]
fn analytic_one_draw_of_any_size_equals_many_small_ones_in_a_uniform_tank() {
    let p = lossless(10);
    let mut scratch = TankScratch::new(10);
    for litres in [1.0, 57.3, 200.0 * 50.0 / 35.0, 400.0] {
        let mut water = vec![60.0; 10];
        let given = step(
            &p,
            &mut water,
            &TankInputs {
                draw_l: litres,
                ..idle(300.0)
            },
            &mut scratch,
        );
        let served_l = litres.min(200.0 * 50.0 / 35.0);
        assert!((given.drawn_j - served_l * 35.0 * 4180.0).abs() < 1e-6 * given.drawn_j);
        let missing_j = (litres - served_l) * 35.0 * 4180.0;
        assert!((given.missing_j - missing_j).abs() < 1e-3);
        assert!((given.short_l - (litres - served_l)).abs() < 1e-9);
        assert!((given.hot_l - (served_l * 35.0 / 50.0 + litres - served_l)).abs() < 1e-9);
    }
}

#[test]
fn analytic_a_tank_below_useful_is_drawn_unmixed_and_the_rest_is_missing() {
    let p = lossless(4);
    let mut water = vec![38.0; 4];
    let given = step(
        &p,
        &mut water,
        &TankInputs {
            draw_l: 20.0,
            ..idle(60.0)
        },
        &mut TankScratch::new(4),
    );
    assert!((given.hot_l - 20.0).abs() < 1e-12);
    assert!((given.short_l - 20.0).abs() < 1e-12);
    assert!((given.missing_j - 20.0 * 7.0 * 4180.0).abs() < 1e-6);
    assert_eq!(given.useful_j, 0.0);
}

#[test]
fn analytic_a_mixed_tank_decays_exponentially_under_draw() {
    // One layer, all hot (useful above the tank): dT/dt = -q/V (T - mains).
    let p = lossless(1);
    let mut error = Vec::new();
    for parts in [100, 200, 400] {
        let mut water = [40.0];
        for _ in 0..parts {
            step(
                &p,
                &mut water,
                &TankInputs {
                    draw_l: 200.0 / f64::from(parts),
                    ..idle(10.0)
                },
                &mut TankScratch::new(1),
            );
        }
        error.push((water[0] - (10.0 + 30.0 * (-1.0_f64).exp())).abs());
    }
    assert!(error[2] < 0.02, "{error:?}");
    assert!((error[0] / error[1] - 2.0).abs() < 0.1, "{error:?}");
}

#[test]
fn analytic_standby_decays_exponentially() {
    let p = TankParams::compile(&tank(1));
    let mut water = [60.0];
    let mut loss_j = 0.0;
    for _ in 0..288 {
        loss_j += step(&p, &mut water, &idle(300.0), &mut TankScratch::new(1)).loss_j;
    }
    let exact = 18.0 + 42.0 * (-1.6 * 86_400.0 / (200.0 * 4180.0_f64)).exp();
    assert!((water[0] - exact).abs() < 1e-9);
    assert!((loss_j - (60.0 - exact) * 836_000.0).abs() < 1e-3);
}

#[test]
fn analytic_conduction_decays_at_the_rate_of_its_slowest_mode() {
    for layers in [10_usize, 60, 200] {
        let p = TankParams::compile(&Tank {
            loss_w_per_k: 0.0,
            ..tank(layers)
        });
        let mode = |i: usize| -(std::f64::consts::PI * (i as f64 + 0.5) / layers as f64).cos();
        let mut water: Vec<f64> = (0..layers).map(|i| 40.0 + 20.0 * mode(i)).collect();
        let mut scratch = TankScratch::new(layers);
        for _ in 0..288 {
            step(&p, &mut water, &idle(300.0), &mut scratch);
        }
        let rate = 2.0 * p.conduction_w_per_k / p.layer_j_per_k
            * (1.0 - (std::f64::consts::PI / layers as f64).cos());
        let left = (-rate * 86_400.0).exp();
        for (i, t) in water.iter().enumerate() {
            assert!(
                (t - 40.0 - 20.0 * mode(i) * left).abs() < 1e-3,
                "{layers} {i} {t}"
            );
        }
    }
}

#[test]
fn analytic_element_heat_fills_the_layers_above_from_the_coldest_up() {
    let p = lossless(5);
    let mut water = [10.0, 20.0, 30.0, 40.0, 60.0];
    // Element in layer 1 (height 0.3). To bring 20, 30, 40 to 45: 25 + 15 + 5 layer-kelvins.
    let heat_j = 45.0 * p.layer_j_per_k;
    step(
        &p,
        &mut water,
        &TankInputs {
            element_w: heat_j / 300.0,
            ..idle(300.0)
        },
        &mut TankScratch::new(5),
    );
    for (t, exact) in water.iter().zip([10.0, 45.0, 45.0, 45.0, 60.0]) {
        assert!((t - exact).abs() < 1e-12, "{water:?}");
    }
}

#[test]
fn analytic_no_coil_layer_ends_warmer_than_the_charging_water() {
    let p = lossless(20);
    let mut water: Vec<f64> = (0..20).map(|i| if i < 5 { 12.0 } else { 48.0 }).collect();
    let before = charge_side(&p, &water, 8000.0, 0.0);
    assert!((before.temperature_c - 12.0).abs() < 1.0, "{before:?}");
    assert!(
        before.w_per_k < 1200.0,
        "warm layers take no part: {before:?}"
    );
    step(
        &p,
        &mut water,
        &TankInputs {
            charge_w: 8000.0,
            ..idle(300.0)
        },
        &mut TankScratch::new(20),
    );
    let after = charge_side(&p, &water, 8000.0, 0.0);
    let flow_c = after.temperature_c + 8000.0 / after.w_per_k;
    assert!(water[0] >= 12.0 && water[4] < flow_c, "{water:?} {flow_c}");
    assert!(
        water
            .windows(2)
            .all(|w| w[0] <= w[1] + buoyancy::TOLERATED_INVERSION_K)
    );
}

#[test]
fn analytic_charge_side_over_a_step_is_the_mean_of_its_ends_in_a_mixed_tank() {
    let p = TankParams::compile(&Tank {
        charging: Charging::Coil {
            bottom: 0.0,
            top: 1.0,
            ua_w_per_k: 1000.0,
        },
        loss_w_per_k: 0.0,
        ..tank(10)
    });
    let side = charge_side(&p, &[40.0; 10], 6000.0, 300.0);
    let rise_k = 6000.0 * 300.0 / 836_000.0;
    assert!((side.temperature_c - 40.0 - 0.5 * rise_k).abs() < 1e-9);
    assert!((side.w_per_k - 1000.0).abs() < 1e-9);
}

#[test]
fn analytic_direct_charging_replaces_the_water_between_its_ports() {
    // Outlet at the bottom, inlet at the top; half the tank passes with a lift of 40 K.
    let flow_w_per_k = 0.5 * 836_000.0 / 300.0;
    let p = TankParams::compile(&Tank {
        charging: Charging::Direct {
            outlet: 0.0,
            inlet: 1.0,
            flow_w_per_k,
        },
        loss_w_per_k: 0.0,
        conductivity_w_per_m_k: 0.0,
        ..tank(10)
    });
    let mut water = vec![15.0; 10];
    let charge_w = flow_w_per_k * 40.0;
    let side = charge_side(&p, &water, charge_w, 300.0);
    assert!((side.temperature_c + charge_w / side.w_per_k - 55.0).abs() < 1e-9);
    step(
        &p,
        &mut water,
        &TankInputs {
            charge_w,
            ..idle(300.0)
        },
        &mut TankScratch::new(10),
    );
    for (i, t) in water.iter().enumerate() {
        let exact = if i < 5 { 15.0 } else { 55.0 };
        assert!((t - exact).abs() < 1e-9, "{water:?}");
    }
}

#[test]
fn analytic_sensor_reads_between_layer_centres() {
    let at = |height: f64| {
        let p = TankParams::compile(&Tank {
            sensor_height: height,
            ..tank(4)
        });
        sensor_c(&p, &[10.0, 20.0, 40.0, 80.0])
    };
    assert_eq!(at(0.0), 10.0);
    assert_eq!(at(0.375), 20.0);
    assert_eq!(at(0.5), 30.0);
    assert_eq!(at(1.0), 80.0);
    let single = TankParams::compile(&tank(1));
    assert_eq!(sensor_c(&single, &[33.0]), 33.0);
}

prop_compose! {
    fn any_tank()(layers in 1_usize..24, volume_l in 50.0..600.0_f64, loss in 0.0..4.0_f64,
        conductivity in 0.0..3.0_f64, low in 0.0..0.6_f64, size in 0.0..0.4_f64,
        strength in 200.0..4000.0_f64, coil in any::<bool>(), element_height in 0.0..1.0_f64) -> Tank {
        Tank {
            volume_l,
            layers,
            loss_w_per_k: loss,
            conductivity_w_per_m_k: conductivity,
            charging: if coil {
                Charging::Coil { bottom: low, top: low + size, ua_w_per_k: strength }
            } else {
                Charging::Direct { outlet: low, inlet: low + size, flow_w_per_k: strength }
            },
            element_height,
            ..tank(layers)
        }
    }
}

prop_compose! {
    fn any_inputs()(dt_s in 0.01..300.0_f64, charge in 0.0..12_000.0_f64, element in 0.0..3000.0_f64,
        draw in -50.0..300.0_f64, useful_c in 38.0..60.0_f64, mains_c in 2.0..25.0_f64,
        charging in any::<bool>()) -> TankInputs<f64> {
        TankInputs {
            dt_s,
            charge_w: if charging { charge } else { 0.0 },
            element_w: if charging { 0.0 } else { element },
            draw_l: draw.max(0.0),
            useful_c,
            mains_c,
        }
    }
}

prop_compose! {
    /// A profile that rises and falls again, as that of a standing tank.
    fn a_peak()(mut rising in prop::collection::vec(5.0..90.0_f64, 0..30),
        mut falling in prop::collection::vec(5.0..90.0_f64, 1..10), level in any::<bool>()) -> Vec<f64> {
        rising.sort_by(f64::total_cmp);
        falling.sort_by(|a, b| b.total_cmp(a));
        if level {
            let highest = falling[0];
            rising.fill(highest);
        }
        rising.retain(|&t| t <= falling[0]);
        rising.extend(falling);
        rising
    }
}

proptest! {
    #[test]
    fn a_peak_sinks_to_what_pooling_of_adjacent_violators_gives(mut profile in a_peak()) {
        let n = profile.len();
        let exact = pool(&profile);
        let widest = profile.windows(2).map(|w| w[0] - w[1]).fold(0.0, f64::max);
        prop_assume!(widest > buoyancy::TOLERATED_INVERSION_K);
        buoyancy::mix(&mut profile, &mut vec![0.0; n + 1], &mut vec![0.0; n]);
        for (t, e) in profile.iter().zip(&exact) {
            prop_assert!((t - e).abs() < 1e-8, "{t} {e}");
        }
    }

    #[test]
    fn buoyancy_mixing_equals_pooling_of_adjacent_violators(
        mut profile in prop::collection::vec(5.0..90.0_f64, 1..40)
    ) {
        let n = profile.len();
        let exact = pool(&profile);
        buoyancy::mix(&mut profile, &mut vec![0.0; n + 1], &mut vec![0.0; n]);
        for (t, e) in profile.iter().zip(&exact) {
            // Inversions within the tolerance are left alone.
            prop_assert!((t - e).abs() < buoyancy::TOLERATED_INVERSION_K * n as f64);
        }
    }

    #[test]
    fn conserves_energy_in_every_step(
        tank in any_tank(),
        steps in prop::collection::vec(any_inputs(), 1..20),
        start in prop::collection::vec(5.0..85.0_f64, 24),
    ) {
        let p = TankParams::compile(&tank);
        let mut scratch = TankScratch::new(p.layers());
        let mut water = start[..p.layers()].to_vec();
        for inputs in &steps {
            let before_j = stored_j(&p, &water);
            let given = step(&p, &mut water, inputs, &mut scratch);
            let in_j = (inputs.charge_w + inputs.element_w) * inputs.dt_s;
            let residual_j = stored_j(&p, &water) - before_j - in_j + given.drawn_j + given.loss_j;
            let scale_j = before_j + in_j + given.drawn_j.abs();
            prop_assert!(residual_j.abs() <= 1e-12 * scale_j, "{residual_j} of {scale_j}");
            prop_assert!(given.missing_j >= 0.0);
                    }
    }

    #[test]
    fn a_step_without_heat_makes_no_new_extremes_and_a_rising_profile_stays_rising(
        tank in any_tank(), inputs in any_inputs(),
        mut water in prop::collection::vec(20.0..85.0_f64, 24),
    ) {
        let p = TankParams::compile(&tank);
        water.truncate(p.layers());
        water.sort_by(f64::total_cmp);
        let high = water[water.len() - 1].max(tank.ambient_c).max(inputs.mains_c);
        let low = water[0].min(tank.ambient_c).min(inputs.mains_c);
        let quiet = TankInputs { charge_w: 0.0, element_w: 0.0, ..inputs };
        step(&p, &mut water, &quiet, &mut TankScratch::new(p.layers()));
        for t in &water {
            prop_assert!(*t <= high + 1e-9 && *t >= low - 1e-9);
        }
        for pair in water.windows(2) {
            prop_assert!(pair[0] <= pair[1] + buoyancy::TOLERATED_INVERSION_K + 1e-9);
        }
    }

    #[test]
    fn lanes_give_the_same_bits_as_single_tanks(
        tank in any_tank(),
        steps in prop::collection::vec(prop::collection::vec(any_inputs(), 4), 1..12),
        start in prop::collection::vec(5.0..85.0_f64, 96),
        volumes in prop::collection::vec(0.9..1.1_f64, 4),
    ) {
        let single: Vec<TankParams<f64>> = volumes
            .iter()
            .map(|v| {
                let mut p = TankParams::compile(&tank);
                p.layer_j_per_k *= v;
                p
            })
            .collect();
        let n = single[0].layers();
        let wide = TankParams::<Lanes<4>>::pack(&single.iter().collect::<Vec<_>>()).expect("one layout");
        let mut one: Vec<Vec<f64>> = (0..4).map(|k| start[k * n..(k + 1) * n].to_vec()).collect();
        let pack = |read: &dyn Fn(usize) -> f64| Lanes(std::array::from_fn(read));
        let mut four: Vec<Lanes<4>> = (0..n).map(|i| pack(&|k| one[k][i])).collect();
        let (mut s1, mut s4) = (TankScratch::new(n), TankScratch::new(n));
        for inputs in &steps {
            let together = TankInputs {
                dt_s: pack(&|k| inputs[k].dt_s),
                charge_w: pack(&|k| inputs[k].charge_w),
                element_w: pack(&|k| inputs[k].element_w),
                draw_l: pack(&|k| inputs[k].draw_l),
                useful_c: pack(&|k| inputs[k].useful_c),
                mains_c: pack(&|k| inputs[k].mains_c),
            };
            let wide_side = charge_side(&wide, &four, together.charge_w, together.dt_s);
            let sides: Vec<_> = (0..4)
                .map(|k| charge_side(&single[k], &one[k], inputs[k].charge_w, inputs[k].dt_s))
                .collect();
            let all = step(&wide, &mut four, &together, &mut s4);
            for k in 0..4 {
                prop_assert_eq!(wide_side.temperature_c.0[k].to_bits(), sides[k].temperature_c.to_bits());
                let given = step(&single[k], &mut one[k], &inputs[k], &mut s1);
                prop_assert_eq!(all.drawn_j.0[k].to_bits(), given.drawn_j.to_bits());
                prop_assert_eq!(all.missing_j.0[k].to_bits(), given.missing_j.to_bits());
                prop_assert_eq!(all.loss_j.0[k].to_bits(), given.loss_j.to_bits());
                for i in 0..n {
                    prop_assert_eq!(four[i].0[k].to_bits(), one[k][i].to_bits());
                }
            }
        }
    }
}

#[test]
fn fails_for_tanks_of_different_layout_in_one_block() {
    let a = TankParams::compile(&tank(10));
    let b = TankParams::compile(&tank(12));
    assert!(TankParams::<Lanes<2>>::pack(&[&a, &b]).is_none());
    assert!(TankParams::<Lanes<2>>::pack(&[&a, &a]).is_some());
}

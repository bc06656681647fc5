use super::*;
use crate::model::emitter::EmitterKind;
use crate::numeric::Lanes;
use proptest::prelude::*;

fn radiator() -> Relaxation<f64> {
    Relaxation {
        capacity_j_per_k: 60_000.0,
        water_w_per_k: 400.0,
        loss_w_per_k: 35.0,
        surroundings_c: 20.0,
        other_w: 50.0,
        start_c: 23.0,
    }
}

#[test]
fn analytic_the_relaxation_is_a_fine_integration_of_the_node() {
    let r = radiator();
    let (flow_c, dt_s, steps) = (45.0, 240.0, 240_000);
    let (mut t, mut heat_j, mut mean) = (r.start_c, 0.0, 0.0);
    let h = dt_s / f64::from(steps);
    let rate = |t: f64| {
        (r.water_w_per_k * (flow_c - t) - r.loss_w_per_k * (t - r.surroundings_c) + r.other_w)
            / r.capacity_j_per_k
    };
    for _ in 0..steps {
        let middle = t + 0.5 * h * rate(t);
        heat_j += h * r.water_w_per_k * (flow_c - middle);
        mean += h / dt_s * middle;
        t += h * rate(middle);
    }
    let power_w = r.supply(&r.weights(dt_s)).power_w(flow_c);
    assert!((power_w * dt_s / heat_j - 1.0).abs() < 1e-9);
    assert!((r.mean_c(flow_c, &r.weights(dt_s)) - mean).abs() < 1e-8);
    assert!((r.end_c(flow_c, dt_s) - t).abs() < 1e-8);
}

#[test]
fn conserves_heat_between_water_node_and_room() {
    let r = radiator();
    for dt_s in [1e-3, 1.0, 60.0, 300.0, 3600.0, 1e7] {
        let q = r.supply(&r.weights(dt_s)).power_w(45.0) + r.other_w;
        let stored = r.capacity_j_per_k * (r.end_c(45.0, dt_s) - r.start_c) / dt_s;
        let lost = r.loss_w_per_k * (r.mean_c(45.0, &r.weights(dt_s)) - r.surroundings_c);
        assert!(
            (q - stored - lost).abs() < 1e-6,
            "{dt_s}: {q} {stored} {lost}"
        );
    }
}

#[test]
fn limits_are_finite_without_time_capacity_or_flow() {
    let r = radiator();
    assert!((r.supply(&r.weights(0.0)).power_w(45.0) - 400.0 * 22.0).abs() < 1e-9);
    let light = Relaxation {
        capacity_j_per_k: 0.0,
        ..r
    };
    let settled = (400.0 * 45.0 + 35.0 * 20.0 + 50.0) / 435.0;
    assert!((light.mean_c(45.0, &light.weights(60.0)) - settled).abs() < 1e-6);
    let closed = Relaxation {
        water_w_per_k: 0.0,
        ..r
    };
    assert_eq!(closed.supply(&closed.weights(60.0)).power_w(45.0), 0.0);
    let alone = Relaxation {
        loss_w_per_k: 0.0,
        other_w: 0.0,
        ..closed
    };
    assert!((alone.mean_c(45.0, &alone.weights(60.0)) - 23.0).abs() < 1e-9);
    assert_eq!(return_c(45.0, 0.0, 0.0), 45.0);
    assert_eq!(return_c(45.0, 1000.0, 200.0), 40.0);
}

#[test]
fn cooling_stays_two_kelvin_above_the_dew_point() {
    assert_eq!(cooling_flow_limit_c(13.5, true), 15.5);
    assert_eq!(cooling_flow_limit_c(13.5, false), 18.0);
}

#[test]
fn analytic_emitters_on_one_source_share_its_power() {
    let (a, b) = (
        radiator(),
        Relaxation {
            start_c: 27.0,
            water_w_per_k: 900.0,
            ..radiator()
        },
    );
    let together = a.supply(&a.weights(300.0)).and(b.supply(&b.weights(300.0)));
    let flow_c = together.flow_at_power_c(6000.0);
    let sum =
        a.supply(&a.weights(300.0)).power_w(flow_c) + b.supply(&b.weights(300.0)).power_w(flow_c);
    assert!((sum - 6000.0).abs() < 1e-9);
}

#[test]
fn analytic_a_radiator_follows_en_442_and_its_linear_link_meets_it_at_the_chosen_excess() {
    let kind = EmitterKind::Radiator {
        nominal_w: 1000.0,
        nominal_dt_k: 50.0,
        exponent: 1.3,
    };
    let law = RadiatorLaw {
        coefficient_w: 1000.0 / 50.0_f64.powf(1.3),
        exponent: 1.3,
        linear_w_per_k: linear_conductance_w_per_k(&kind, Some(20.0)),
    };
    assert!((law.emission_w(50.0) - 1000.0).abs() < 1e-9);
    assert!((law.emission_w(-10.0) + law.emission_w(10.0)).abs() < 1e-12);
    assert_eq!(law.emission_w(0.0), 0.0);
    assert!(law.deviation_w(20.0).abs() < 1e-9);
    assert!(law.deviation_w(10.0) < 0.0 && law.deviation_w(30.0) > 0.0);
    assert!((design_flow_c(&kind, 100.0, 1000.0, 20.0) - 75.0).abs() < 1e-9);
}

#[test]
fn analytic_a_coil_settles_at_its_effectiveness() {
    for (flow, ua) in [(200.0, 300.0), (1000.0, 0.5), (1000.0, 1.5), (50.0, 900.0)] {
        let g = water_conductance_w_per_k(WaterMean::Logarithmic, flow, ua);
        let series = 1.0 / (1.0 / g + 1.0 / ua);
        let exact = flow * -f64::exp_m1(-ua / flow);
        assert!((series / exact - 1.0).abs() < 1e-9, "{flow} {ua}");
    }
    let thin = water_conductance_w_per_k(WaterMean::Logarithmic, 1000.0, 1e-6);
    assert!((thin / 2000.0 - 1.0).abs() < 1e-6);
    assert_eq!(
        water_conductance_w_per_k(WaterMean::Logarithmic, 0.0, 10.0),
        0.0
    );
}

#[test]
fn lanes_give_the_bits_of_one_house() {
    let one = |k: usize| Relaxation {
        capacity_j_per_k: [60_000.0, 0.0, 4e6, 9e9][k],
        water_w_per_k: [400.0, 0.0, 1200.0, 700.0][k],
        loss_w_per_k: 35.0 * k as f64,
        surroundings_c: 19.0 + 0.7 * k as f64,
        other_w: -20.0,
        start_c: 22.2,
    };
    let wide = Relaxation {
        capacity_j_per_k: Lanes(std::array::from_fn(|k| one(k).capacity_j_per_k)),
        water_w_per_k: Lanes(std::array::from_fn(|k| one(k).water_w_per_k)),
        loss_w_per_k: Lanes(std::array::from_fn(|k| one(k).loss_w_per_k)),
        surroundings_c: Lanes(std::array::from_fn(|k| one(k).surroundings_c)),
        other_w: Lanes([-20.0; 4]),
        start_c: Lanes([22.2; 4]),
    };
    let (dt, flow) = (Lanes([300.0, 1.5, 77.0, 0.0]), Lanes([45.0; 4]));
    let (supply, mean) = (
        wide.supply(&wide.weights(dt)),
        wide.mean_c(flow, &wide.weights(dt)),
    );
    for k in 0..4 {
        let s: Supply<f64> = one(k).supply(&one(k).weights(dt.0[k]));
        assert_eq!(supply.g_w_per_k.0[k].to_bits(), s.g_w_per_k.to_bits());
        assert_eq!(supply.b_w.0[k].to_bits(), s.b_w.to_bits());
        assert_eq!(
            mean.0[k].to_bits(),
            one(k).mean_c(45.0, &one(k).weights(dt.0[k])).to_bits()
        );
    }
}

proptest! {
    #[test]
    fn the_supply_never_heats_above_the_flow_or_cools_below_all(
        capacity in 0.0..1e7_f64, water in 0.0..5000.0_f64, loss in 0.0..800.0_f64,
        room in 5.0..35.0_f64, start in 5.0..60.0_f64, flow in 5.0..75.0_f64,
        dt in 0.0..3600.0_f64,
    ) {
        let r = Relaxation {
            capacity_j_per_k: capacity, water_w_per_k: water, loss_w_per_k: loss,
            surroundings_c: room, other_w: 0.0, start_c: start,
        };
        prop_assume!(water + loss > 1e-6);
        let (low, high) = (room.min(start).min(flow), room.max(start).max(flow));
        for t in [r.mean_c(flow, &r.weights(dt)), r.end_c(flow, dt)] {
            prop_assert!(t >= low - 1e-6 && t <= high + 1e-6, "{t} not in {low} {high}");
        }
        let supply = r.supply(&r.weights(dt));
        prop_assert!(supply.g_w_per_k >= -1e-9 && supply.g_w_per_k <= water + 1e-9);
    }
}

//! One node, two nodes, a layered wall.

use super::super::network::{Stepper, all_of, network};
use super::super::{Case, Comparison, Evidence, Missing};
use super::GROUP;
use crate::model::construction::Layer;
use crate::physics::conduction;
use crate::plant::modal::NetworkFault;
use crate::report::{Chart, Drawn};

/// What rounding may do to a sum of some hundred terms of size 100.
const ROUNDING_K: f64 = 1e-9;

pub(super) fn cases() -> Vec<Case> {
    let failing = |id: &str, title: &str, run: fn() -> Result<Evidence, NetworkFault>| {
        Case::new(GROUP, id, title, move |_| run().map_err(Missing::from))
    };
    vec![
        failing(
            "one-node",
            "a node that cools down, and one that a step of heat warms, at steps of 1 s to a day",
            one_node,
        ),
        failing(
            "two-nodes",
            "two coupled nodes beside the solution of their two by two system",
            two_nodes,
        ),
        failing(
            "layered-wall",
            "a wall in sinusoidal air: heat into its face in time steps, beside the exact \
             admittance after EN ISO 13786",
            layered_wall,
        ),
    ]
}

fn one_node() -> Result<Evidence, NetworkFault> {
    let (capacity, g, outdoor_c, start_c, heat_w) = (5e6, 120.0, -5.0, 21.0, 1500.0);
    let exact = |t_s: f64, heat_w: f64| {
        let last_c = outdoor_c + heat_w / g;
        last_c + (start_c - last_c) * (-g * t_s / capacity).exp()
    };
    let house = network(&[capacity], &[], &[(0, g, 0)]);
    let (mut decay, mut step) = (0.0_f64, 0.0_f64);
    let mut points = Vec::new();
    for dt_s in [1.0, 60.0, 300.0, 3600.0, 86_400.0] {
        for (heat_w, worst) in [(0.0, &mut decay), (heat_w, &mut step)] {
            let mut node = Stepper::new(&house, vec![all_of(0)], vec![all_of(0)], start_c)?;
            let inputs = [outdoor_c, heat_w];
            let steps = (2.0 * 86_400.0 / dt_s) as usize;
            for i in 1..=steps {
                node.step(&inputs, dt_s);
                let t_s = i as f64 * dt_s;
                let ours = node.now(&inputs)[0];
                *worst = worst.max((ours - exact(t_s, heat_w)).abs());
                if dt_s == 3600.0 && heat_w > 0.0 {
                    points.push((t_s / 3600.0, ours));
                }
            }
        }
    }
    let line = (0..=96).map(|i| (f64::from(i) / 2.0, exact(f64::from(i) * 1800.0, heat_w)));
    let chart = Chart::new(
        "A node of 21 °C on its way to what 1500 W hold",
        "hours",
        "°C",
    )
    .with(Drawn::Line, "closed solution", line)
    .with(Drawn::Dots, "stepped by the hour", points);
    Ok(Evidence {
        comparisons: vec![
            Comparison::at_most("largest error in decay", "K", decay, ROUNDING_K),
            Comparison::at_most("largest error after a step of heat", "K", step, ROUNDING_K),
        ],
        charts: vec![chart],
    })
}

fn two_nodes() -> Result<Evidence, NetworkFault> {
    // Air (light) and mass (heavy): x' = A x + b with its two eigenvalues.
    let (c1, c2, g12, g1, start_c, outdoor_c, heat_w) = (4e5, 3e7, 900.0, 80.0, 15.0, 0.0, 2500.0);
    let (a11, a12, a21, a22): (f64, f64, f64, f64) =
        (-(g12 + g1) / c1, g12 / c1, g12 / c2, -g12 / c2);
    let (half, root) = (
        0.5 * (a11 + a22),
        (0.25 * (a11 - a22) * (a11 - a22) + a12 * a21).sqrt(),
    );
    let slow = half + root;
    let fast = half - root;
    // Both end at the same temperature; e(t) = x - last, e' = A e.
    let last_c = outdoor_c + heat_w / g1;
    let e0 = start_c - last_c;
    // With equal starts e0: e1(t) = e0 (p e^slow t + (1 - p) e^fast t).
    let p = (a11 + a12 - fast) / (slow - fast);
    let exact = |t_s: f64| last_c + e0 * (p * (slow * t_s).exp() + (1.0 - p) * (fast * t_s).exp());
    let house = network(&[c1, c2], &[(0, 1, g12)], &[(0, g1, 0)]);
    let mut worst = 0.0_f64;
    for dt_s in [10.0, 900.0, 21_600.0] {
        let mut nodes = Stepper::new(&house, vec![all_of(0)], vec![all_of(0)], start_c)?;
        let inputs = [outdoor_c, heat_w];
        for i in 1..=(5.0 * 86_400.0 / dt_s) as usize {
            nodes.step(&inputs, dt_s);
            let error = nodes.now(&inputs)[0] - exact(i as f64 * dt_s);
            worst = worst.max(error.abs());
        }
    }
    let steep = Stepper::new(&house, vec![], vec![all_of(0)], start_c)?;
    let rates = &steep.system.lambda_per_s;
    let relative = |ours: f64, exact: f64| (ours / exact - 1.0).abs();
    Ok(vec![
        Comparison::at_most("largest error of the light node", "K", worst, ROUNDING_K),
        Comparison::at_most(
            "relative error of the slow rate",
            "",
            relative(rates[0], -slow),
            1e-12,
        ),
        Comparison::at_most(
            "relative error of the fast rate",
            "",
            relative(rates[1], -fast),
            1e-12,
        ),
    ]
    .into())
}

fn solid(thickness_m: f64, conductivity: f64, density: f64, specific_heat: f64) -> Layer {
    Layer::Solid {
        thickness_m,
        conductivity_w_per_m_k: conductivity,
        density_kg_per_m3: density,
        specific_heat_j_per_kg_k: specific_heat,
    }
}

/// Heat into the face of 1 m2 in air of `amplitude` 1 K, W, as amplitude and
/// as time by which it leads the air, s; from the slices, in steps of a minute.
fn stepped_admittance(layers: &[Layer], period_s: f64) -> Result<(f64, f64), NetworkFault> {
    const FILM: f64 = 1.0 / 0.13;
    const OUTER_FILM: f64 = 25.0;
    let slices = conduction::slice(layers);
    let mut capacities = vec![0.0];
    let mut links = Vec::new();
    for (i, slice) in slices.slices.iter().enumerate() {
        capacities.push(slice.capacity_j_per_m2_k);
        links.push((i, i + 1, 1.0 / slice.before_m2_k_per_w));
    }
    let last = capacities.len() - 1;
    let behind = 1.0 / (slices.after_m2_k_per_w + 1.0 / OUTER_FILM);
    let wall = network(&capacities, &links, &[(0, FILM, 0), (last, behind, 1)]);
    let mut stepper = Stepper::new(&wall, vec![], vec![all_of(0)], 0.0)?;
    let dt_s = 60.0;
    let steps = (period_s / dt_s) as usize;
    let omega = std::f64::consts::TAU / period_s;
    let (mut sine, mut cosine) = (0.0, 0.0);
    let periods = 40;
    for period in 0..periods {
        for i in 0..steps {
            let (from, to) = (i as f64 * dt_s, (i + 1) as f64 * dt_s);
            // The mean of the sine over the step.
            let air_c = ((omega * from).cos() - (omega * to).cos()) / (omega * dt_s);
            let face_c = stepper.step(&[air_c, 0.0], dt_s)[0];
            if period == periods - 1 {
                let heat_w = FILM * (air_c - face_c);
                let middle = omega * 0.5 * (from + to);
                sine += heat_w * middle.sin();
                cosine += heat_w * middle.cos();
            }
        }
    }
    let scale = 2.0 / steps as f64;
    let (sine, cosine) = (sine * scale, cosine * scale);
    Ok((sine.hypot(cosine), cosine.atan2(sine) / omega))
}

fn layered_wall() -> Result<Evidence, NetworkFault> {
    let walls = [
        (
            "concrete, insulated outside",
            vec![
                solid(0.18, 2.1, 2400.0, 1000.0),
                solid(0.14, 0.035, 30.0, 1450.0),
                solid(0.01, 0.9, 1800.0, 1000.0),
            ],
        ),
        (
            "cavity wall of brick",
            vec![
                solid(0.1, 0.9, 1900.0, 840.0),
                solid(0.1, 0.035, 30.0, 1030.0),
                Layer::Resistance(0.18),
                solid(0.1, 0.8, 1900.0, 840.0),
            ],
        ),
        (
            "timber frame",
            vec![
                solid(0.0125, 0.25, 900.0, 1000.0),
                solid(0.16, 0.045, 60.0, 1600.0),
                solid(0.02, 0.13, 500.0, 1600.0),
            ],
        ),
    ];
    let mut comparisons = Vec::new();
    for (name, layers) in &walls {
        for (period_s, worth) in [(86_400.0, 0.01), (10_800.0, 0.05)] {
            let exact = conduction::admittance_w_per_m2_k(layers, period_s);
            let (ours, _) = stepped_admittance(layers, period_s)?;
            let hours = period_s / 3600.0;
            comparisons.push(Comparison::value(
                format!("{name}, period {hours} h"),
                "W/(m² K)",
                ours,
                exact,
                // Slices are chosen for 1 % by the day and 5 % by three hours.
                (worth * exact * 1e4).round() / 1e4,
            ));
        }
    }
    Ok(comparisons.into())
}

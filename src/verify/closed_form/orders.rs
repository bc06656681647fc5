//! Orders at which approximations converge when the step is refined.

use super::super::network::{Stepper, all_of, network};
use super::super::{Case, Comparison, Evidence, Missing};
use super::{GROUP, case};
use crate::numeric::Real;
use crate::physics::emitter::{RadiatorLaw, Relaxation};
use crate::plant::modal::NetworkFault;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            GROUP,
            "order-of-inputs",
            "a node in sinusoidal outdoor air, inputs held as means over the step",
            |_| held_inputs().map_err(Missing::from),
        ),
        case(
            "order-of-radiator",
            "a radiator that cools down by its power law, of which the linear part is exact and \
             the rest held over a segment",
            radiator,
        ),
    ]
}

/// Errors at halving steps as comparisons: the order between the last two,
/// and the error at the default step.
fn refined(errors: &[(f64, f64)], order: f64, at_300_s: f64) -> Vec<Comparison> {
    let mut list: Vec<Comparison> = errors
        .iter()
        .filter(|e| e.0 == 300.0)
        .map(|e| Comparison::at_most("largest error at 300 s", "K", e.1, at_300_s).decimals(4))
        .collect();
    if let [.., a, b] = errors {
        let found = (a.1 / b.1).log2() / (a.0 / b.0).log2();
        list.push(
            Comparison::at_least(
                format!("order between {} s and {} s", a.0, b.0),
                "",
                found,
                order - 0.1,
            )
            .decimals(2),
        );
    }
    list
}

fn held_inputs() -> Result<Evidence, NetworkFault> {
    // x' = -a (x - s(t)), s = sin(w t); settled: x = (a^2 s - a w cos)/(a^2 + w^2).
    let (capacity, g) = (2e6, 150.0);
    let (a, w): (f64, f64) = (g / capacity, std::f64::consts::TAU / 86_400.0);
    let exact = |t: f64| 10.0 * (a * a * (w * t).sin() - a * w * (w * t).cos()) / (a * a + w * w);
    let node = network(&[capacity], &[], &[(0, g, 0)]);
    let mut errors = Vec::new();
    for dt_s in [3600.0, 1800.0, 900.0, 300.0, 150.0] {
        let mut stepper = Stepper::new(&node, vec![], vec![all_of(0)], exact(0.0))?;
        let mut worst = 0.0_f64;
        for i in 0..(2.0 * 86_400.0 / dt_s) as usize {
            let (from, to) = (i as f64 * dt_s, (i + 1) as f64 * dt_s);
            let mean = 10.0 * ((w * from).cos() - (w * to).cos()) / (w * dt_s);
            stepper.step(&[mean], dt_s);
            worst = worst.max((stepper.now(&[mean])[0] - exact(to)).abs());
        }
        errors.push((dt_s, worst));
    }
    Ok(refined(&errors, 2.0, 1e-3).into())
}

fn radiator() -> Evidence {
    // C dT/dt = -K T^n: T^(1-n) = T0^(1-n) + (n-1) K t/C.
    let (capacity, exponent, start_k) = (60_000.0, 1.3, 40.0);
    let coefficient_w = 1500.0 / Real::powf(50.0_f64, exponent);
    let law = RadiatorLaw {
        coefficient_w,
        exponent,
        linear_w_per_k: 25.0,
    };
    let exact = |t_s: f64| {
        let inverse =
            Real::powf(start_k, 1.0 - exponent) + (exponent - 1.0) * coefficient_w * t_s / capacity;
        Real::powf(inverse, 1.0 / (1.0 - exponent))
    };
    let mut errors = Vec::new();
    for dt_s in [300.0, 150.0, 75.0, 37.5] {
        let (mut excess_k, mut worst) = (start_k, 0.0_f64);
        for i in 1..=(7200.0 / dt_s) as usize {
            let relaxation = Relaxation {
                capacity_j_per_k: capacity,
                water_w_per_k: 0.0,
                loss_w_per_k: law.linear_w_per_k,
                surroundings_c: 0.0,
                other_w: -law.deviation_w(excess_k),
                start_c: excess_k,
            };
            excess_k = relaxation.end_c(0.0, dt_s);
            worst = worst.max((excess_k - exact(i as f64 * dt_s)).abs());
        }
        errors.push((dt_s, worst));
    }
    // Held at its start, the deviation is of first order.
    refined(&errors, 1.0, 0.5).into()
}

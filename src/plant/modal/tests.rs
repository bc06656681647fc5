use super::advance::{Factors, Lags, factors, multiply, output_at};
use super::truncate::Truncation;
use super::{Layout, ModalSystem, NetworkFault};
use crate::model::house::{
    BoundaryLink, BoundaryTemperature, Flow, Link, Node, Source, SourceKind, ThermalNetwork, Weight,
};
use crate::model::series::Series;
use crate::numeric::{Lanes, Real};
use proptest::prelude::*;

fn nodes(capacities: &[f64]) -> Vec<Node> {
    capacities
        .iter()
        .enumerate()
        .map(|(i, &c)| Node {
            name: format!("n{i}"),
            capacity_j_per_k: c,
        })
        .collect()
}

fn link(a: usize, b: usize, g: f64) -> Link {
    Link {
        a,
        b,
        conductance_w_per_k: g,
    }
}

fn outdoor(node: usize, g: f64, flow: Flow) -> BoundaryLink {
    BoundaryLink {
        node,
        conductance_w_per_k: g,
        temperature: BoundaryTemperature::Outdoor,
        flow,
    }
}

fn at(node: usize) -> Vec<Weight> {
    vec![Weight {
        node,
        fraction: 1.0,
    }]
}

fn compiled(network: &ThermalNetwork, heats: Vec<Vec<Weight>>) -> ModalSystem {
    let outputs = (0..network.nodes.len()).map(at).collect();
    let layout = Layout::new(&[network], heats, outputs).unwrap();
    ModalSystem::compile(network, &layout).unwrap()
}

/// Advances by `dt` and returns the integrals of the modes.
fn step(system: &ModalSystem, z: &mut [f64], u: &[f64], dt: f64) -> Vec<f64> {
    let mut w = vec![0.0; system.modes];
    multiply(&system.input, u, &mut w);
    let f = Lags::new(&system.lambda_per_s, dt);
    let mut integral = vec![0.0; system.modes];
    f.pass(&w, z, &mut integral);
    integral
}

#[test]
fn analytic_factors_hold_from_zero_to_infinity() {
    for exponent in -320..40 {
        let a = 10f64.powf(f64::from(exponent) / 16.0);
        let f = factors(a, 1.0);
        // expm1 of the standard library is the reference; the second factor
        // has none, so below 0.01 its series is summed the other way round.
        assert!((f.decay - (-a).exp()).abs() <= 3e-16, "{a}");
        let gain = -(-a).exp_m1() / a;
        assert!((f.gain / gain - 1.0).abs() < 1e-15, "{a}");
        let second = if a < 0.01 {
            let terms = [
                0.5,
                -a / 6.0,
                a.powi(2) / 24.0,
                -a.powi(3) / 120.0,
                a.powi(4) / 720.0,
                -a.powi(5) / 5040.0,
            ];
            terms.iter().rev().sum::<f64>()
        } else {
            (a - -(-a).exp_m1()) / (a * a)
        };
        let worth = if a < 0.01 { 1e-15 } else { 1e-15 / a.min(0.5) };
        assert!((f.second / second - 1.0).abs() < worth, "{a}: {}", f.second);
    }
    let none = factors(0.0, 7.0);
    assert_eq!((none.decay, none.gain, none.second), (1.0, 7.0, 24.5));
    let gone = factors(1e6, 1e6);
    assert_eq!(gone.decay, 0.0);
    assert_eq!(gone.gain, 1e-6);
    let nothing = factors(3.0, 0.0);
    assert_eq!(
        nothing,
        Factors {
            decay: 1.0,
            gain: 0.0,
            second: 0.0
        }
    );
}

#[test]
fn lanes_give_the_same_bits_as_a_single_house() {
    let lambda = [1e-7, 3e-4, 2e-2, 0.0];
    let wide = factors(Lanes(lambda), Lanes([10.0, 250.0, 300.0, 60.0]));
    for (i, dt) in [10.0, 250.0, 300.0, 60.0].into_iter().enumerate() {
        let one = factors(lambda[i], dt);
        assert_eq!(wide.decay.lane(i).to_bits(), one.decay.to_bits());
        assert_eq!(wide.gain.lane(i).to_bits(), one.gain.to_bits());
        assert_eq!(wide.second.lane(i).to_bits(), one.second.to_bits());
    }
}

#[test]
fn modes_that_have_died_are_zero_and_never_denormal() {
    let f = Lags::new(&[1e-3], 300.0);
    let (mut z, mut integral) = ([1.0], [0.0]);
    for _ in 0..5000 {
        f.pass(&[0.0], &mut z, &mut integral);
        assert!(z[0] == 0.0 || z[0].is_normal());
        assert!(integral[0] == 0.0 || integral[0].is_normal());
    }
    assert_eq!(z[0], 0.0);
}

#[test]
fn analytic_one_node_decays_and_steps_exponentially() {
    let (c, g) = (5e6, 120.0);
    let network = ThermalNetwork {
        nodes: nodes(&[c]),
        boundaries: vec![outdoor(0, g, Flow::Opaque)],
        ..Default::default()
    };
    let system = compiled(&network, vec![at(0)]);
    assert!((system.lambda_per_s[0] / (g / c) - 1.0).abs() < 1e-15);
    let mut z = system.uniform_state(20.0);
    let u = [-5.0, 1500.0];
    let dt = 7.0 * 3600.0;
    let (value, slope) = {
        let mut w = vec![0.0; 1];
        multiply(&system.input, &u, &mut w);
        output_at(&system.lambda_per_s, &system.output, &z, &w, dt)
    };
    let integral = step(&system, &mut z, &u, dt);
    let end = -5.0 + 1500.0 / g;
    let exact = end + (20.0 - end) * (-g / c * dt).exp();
    let x = system.output_temperatures(&z, &u)[0];
    assert!((x - exact).abs() < 1e-12, "{x} {exact}");
    assert!((value - exact).abs() < 1e-12);
    assert!((slope - (end - exact) * g / c).abs() < 1e-15);
    let mean = integral[0] / dt * system.output[0];
    let exact_mean = end + (20.0 - exact) * c / (g * dt);
    assert!((mean - exact_mean).abs() < 1e-12, "{mean} {exact_mean}");
    let steady = system.steady_state(&u);
    assert!((system.output_temperatures(&steady, &u)[0] - end).abs() < 1e-12);
}

#[test]
fn analytic_two_nodes_follow_the_two_by_two_solution() {
    // C1 x1' = -(g + h) x1 + g x2, C2 x2' = g x1 - g x2, from (0, 10).
    let (c1, c2, g, h) = (1e6, 2e7, 400.0, 90.0);
    let network = ThermalNetwork {
        nodes: nodes(&[c1, c2]),
        links: vec![link(0, 1, g)],
        boundaries: vec![outdoor(0, h, Flow::Windows)],
        ..Default::default()
    };
    let system = compiled(&network, vec![]);
    let (a, b, d) = (-(g + h) / c1, g / c1, -g / c2);
    let e = g / c2;
    let root = ((a - d) * (a - d) + 4.0 * b * e).sqrt();
    let (slow, fast) = ((a + d + root) / 2.0, (a + d - root) / 2.0);
    assert!((system.lambda_per_s[0] / -slow - 1.0).abs() < 1e-12);
    assert!((system.lambda_per_s[1] / -fast - 1.0).abs() < 1e-12);
    let mut z = system.state_from_nodes(&[0.0, 10.0]);
    let t = 5400.0;
    step(&system, &mut z, &[0.0], t);
    let x = system.output_temperatures(&z, &[0.0]);
    let exact = 10.0 * b * ((slow * t).exp() - (fast * t).exp()) / root;
    assert!((x[0] - exact).abs() < 1e-12 * 10.0, "{} {exact}", x[0]);
}

/// Complex number, for the transmission matrices below.
#[derive(Clone, Copy)]
struct Complex(f64, f64);
impl Complex {
    fn times(self, o: Self) -> Self {
        Self(self.0 * o.0 - self.1 * o.1, self.0 * o.1 + self.1 * o.0)
    }
    fn plus(self, o: Self) -> Self {
        Self(self.0 + o.0, self.1 + o.1)
    }
    fn over(self, o: Self) -> Self {
        let n = o.0 * o.0 + o.1 * o.1;
        Self(
            (self.0 * o.0 + self.1 * o.1) / n,
            (self.1 * o.0 - self.0 * o.1) / n,
        )
    }
    fn size(self) -> f64 {
        self.0.hypot(self.1)
    }
}

#[test]
fn analytic_periodic_conduction_converges_to_the_transmission_matrix() {
    // 0.2 m of concrete between a film inside and an outdoor boundary held at
    // 0; the admittance of its inside (EN ISO 13786) is that of the exact
    // slab, approached with the square of the number of slices.
    let (d, k, rho_c, film) = (0.2, 1.6, 2.2e6, 7.7);
    let omega = 2.0 * std::f64::consts::PI / 86_400.0;
    let xi = d * (omega * rho_c / (2.0 * k)).sqrt();
    // cosh and sinh of (1 + i) xi.
    let cosh = Complex(xi.cosh() * xi.cos(), xi.sinh() * xi.sin());
    let sinh = Complex(xi.sinh() * xi.cos(), xi.cosh() * xi.sin());
    let gamma = Complex(xi / d, xi / d);
    // q/T at the inner face with the outer one at 0, then the film in series.
    let face = Complex(k, 0.0).times(gamma).times(cosh).over(sinh);
    let film = Complex(film, 0.0);
    let exact = film.times(face).over(film.plus(face));
    let error = |slices: usize| -> f64 {
        let r = d / k / slices as f64;
        let network = ThermalNetwork {
            nodes: nodes(&vec![rho_c * d / slices as f64; slices]),
            links: (1..slices).map(|i| link(i - 1, i, 1.0 / r)).collect(),
            boundaries: vec![
                BoundaryLink {
                    node: 0,
                    conductance_w_per_k: 1.0 / (1.0 / film.0 + r / 2.0),
                    temperature: BoundaryTemperature::Fixed(1.0),
                    flow: Flow::Neighbours,
                },
                outdoor(slices - 1, 2.0 / r, Flow::Opaque),
            ],
            ..Default::default()
        };
        let system = compiled(&network, vec![]);
        // Response to e^(i omega t) at the first boundary: z = w/(lambda + i omega).
        let mut q = Complex(system.flow_inputs[system.inputs], 0.0);
        for m in 0..system.modes {
            let w = Complex(system.input[m * system.inputs], 0.0);
            let z = w.over(Complex(system.lambda_per_s[m], omega));
            q = q.plus(Complex(system.flow_modes[system.modes + m], 0.0).times(z));
        }
        // Row 1 is `Neighbours`: heat into that boundary, so out of it is minus.
        let ours = Complex(-q.0, -q.1);
        Complex(ours.0 - exact.0, ours.1 - exact.1).size() / exact.size()
    };
    let (coarse, fine) = (error(8), error(64));
    assert!(coarse < 0.01, "{coarse}");
    assert!(fine < coarse / 50.0, "{coarse} {fine}");
}

#[test]
fn eliminating_a_massless_node_is_the_limit_of_a_tiny_mass() {
    let with = |c: f64| {
        let network = ThermalNetwork {
            nodes: nodes(&[3e6, c, 2e7]),
            links: vec![link(0, 1, 300.0), link(1, 2, 800.0)],
            boundaries: vec![
                outdoor(1, 50.0, Flow::Windows),
                outdoor(2, 20.0, Flow::Opaque),
            ],
            ..Default::default()
        };
        let system = compiled(&network, vec![at(1)]);
        let mut z = system.uniform_state(18.0);
        let u = [-3.0, 2000.0];
        step(&system, &mut z, &u, 3600.0);
        system.output_temperatures(&z, &u)
    };
    let (limit, tiny) = (with(0.0), with(1e-3));
    for (a, b) in limit.iter().zip(&tiny) {
        assert!((a - b).abs() < 1e-7, "{a} {b}");
    }
}

/// A reproducible pseudo-random sequence in 0..1.
struct Random(u64);
impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn random_network(seed: u64, size: usize) -> ThermalNetwork {
    let mut random = Random(seed);
    let mut capacities: Vec<f64> = (0..size)
        .map(|_| {
            if random.next() < 0.25 {
                0.0
            } else {
                10f64.powf(2.0 + 5.5 * random.next())
            }
        })
        .collect();
    capacities[0] = 1e7;
    let mut links = Vec::new();
    for i in 1..size {
        let to = (random.next() * i as f64) as usize;
        links.push(link(i, to, 10f64.powf(3.0 * random.next())));
    }
    for _ in 0..size / 2 {
        let (a, b) = (random.next() * size as f64, random.next() * size as f64);
        if a as usize != b as usize {
            links.push(link(a as usize, b as usize, 1.0 + 200.0 * random.next()));
        }
    }
    let flows = [Flow::Opaque, Flow::Windows, Flow::Infiltration];
    let mut boundaries = vec![outdoor(0, 30.0, Flow::Ventilation)];
    for i in 0..size / 2 {
        let node = (random.next() * size as f64) as usize;
        let mut b = outdoor(node, 1.0 + 60.0 * random.next(), flows[i % 3]);
        if i % 2 == 1 {
            b.temperature = BoundaryTemperature::Fixed(11.0);
        }
        boundaries.push(b);
    }
    ThermalNetwork {
        nodes: nodes(&capacities),
        links,
        boundaries,
        sources: vec![Source {
            kind: SourceKind::Internal(Series::none()),
            entry: vec![
                Weight {
                    node: 0,
                    fraction: 0.4,
                },
                Weight {
                    node: size - 1,
                    fraction: 0.6,
                },
            ],
            lost: None,
            swing_w: 500.0,
        }],
    }
}

#[test]
fn conserves_energy_over_a_year_of_random_inputs() {
    for seed in 0..6 {
        let network = random_network(seed, 30);
        let system = compiled(&network, vec![at(3)]);
        let temperatures = system.inputs - 2;
        let mut z = system.uniform_state(15.0);
        let start = system.stored_j(&z);
        let mut random = Random(99 + seed);
        let (mut gained, mut lost) = (0.0, 0.0);
        let mut lost_parts = 0.0;
        for i in 0..105_120 {
            let mut u = vec![11.0; system.inputs];
            for value in u.iter_mut().take(temperatures) {
                *value = if random.next() < 0.5 {
                    11.0
                } else {
                    30.0 * random.next() - 8.0
                };
            }
            u[temperatures] = 800.0 * random.next();
            u[temperatures + 1] = if i % 7 == 0 { 6000.0 } else { 0.0 };
            let dt = 300.0 * (0.01 + random.next());
            let integral = step(&system, &mut z, &u, dt);
            gained += (u[temperatures] + u[temperatures + 1]) * dt;
            let ut: Vec<f64> = u.iter().map(|x| x * dt).collect();
            for j in system.flow_losses(&integral, &ut) {
                lost += j;
                lost_parts += j.abs();
            }
        }
        let residual = gained - lost - (system.stored_j(&z) - start);
        let relative = (residual / lost_parts.max(gained)).abs();
        assert!(relative < 1e-11, "{seed}: {relative}");
    }
}

#[test]
fn conserves_heat_in_a_network_without_any_boundary() {
    let network = ThermalNetwork {
        nodes: nodes(&[1e6, 3e6, 0.0]),
        links: vec![link(0, 2, 50.0), link(1, 2, 70.0)],
        ..Default::default()
    };
    let system = compiled(&network, vec![at(2)]);
    assert!(system.lambda_per_s[0].abs() < 1e-20);
    let mut z = system.state_from_nodes(&[10.0, 30.0, 0.0]);
    for _ in 0..1000 {
        step(&system, &mut z, &[400.0], 300.0);
    }
    let expected = 10e6 + 90e6 + 400.0 * 300_000.0;
    assert!((system.stored_j(&z) / expected - 1.0).abs() < 1e-13);
}

#[test]
fn the_order_of_the_nodes_does_not_matter() {
    let network = random_network(4, 24);
    let n = network.nodes.len();
    let at_new = |i: usize| (i * 7 + 5) % n; // a permutation: 7 and 24 are coprime
    let mut shuffled = network.clone();
    for i in 0..n {
        shuffled.nodes[at_new(i)] = network.nodes[i].clone();
    }
    for l in &mut shuffled.links {
        (l.a, l.b) = (at_new(l.a), at_new(l.b));
    }
    for b in &mut shuffled.boundaries {
        b.node = at_new(b.node);
    }
    for s in &mut shuffled.sources {
        s.entry.iter_mut().for_each(|w| w.node = at_new(w.node));
    }
    let (a, b) = (compiled(&network, vec![]), compiled(&shuffled, vec![]));
    let u = [4.0, 11.0, 900.0];
    let mut za = a.uniform_state(21.0);
    let mut zb = b.uniform_state(21.0);
    for _ in 0..200 {
        step(&a, &mut za, &u, 300.0);
        step(&b, &mut zb, &u, 300.0);
    }
    let (xa, xb) = (a.node_temperatures(&za, &u), b.node_temperatures(&zb, &u));
    for i in 0..n {
        assert!(
            (xa[i] - xb[at_new(i)]).abs() < 1e-11,
            "{i}: {} {}",
            xa[i],
            xb[at_new(i)]
        );
    }
}

#[test]
fn switching_the_conductances_keeps_temperatures_and_heat() {
    let day = random_network(8, 20);
    let mut night = day.clone();
    night.boundaries.push(outdoor(0, 500.0, Flow::Ventilation));
    night.links[0].conductance_w_per_k *= 3.0;
    let outputs = (0..20).map(at).collect();
    let layout = Layout::new(&[&day, &night], vec![], outputs).unwrap();
    let a = ModalSystem::compile(&day, &layout).unwrap();
    let b = ModalSystem::compile(&night, &layout).unwrap();
    let u = [4.0, 11.0, 900.0];
    let mut z = a.uniform_state(21.0);
    step(&a, &mut z, &u, 9000.0);
    let mut other = vec![0.0; b.modes];
    multiply(&a.transfer(&b), &z, &mut other);
    assert!((a.stored_j(&z) / b.stored_j(&other) - 1.0).abs() < 1e-13);
    let (before, after) = (a.node_temperatures(&z, &u), b.node_temperatures(&other, &u));
    for (i, node) in day.nodes.iter().enumerate() {
        if node.capacity_j_per_k > 0.0 {
            assert!((before[i] - after[i]).abs() < 1e-11);
        }
    }
}

#[test]
fn truncation_keeps_steady_states_energy_and_its_error_bound() {
    let network = random_network(12, 40);
    let layout = Layout::new(&[&network], vec![at(3)], vec![at(0), at(5)]).unwrap();
    let full = ModalSystem::compile(&network, &layout).unwrap();
    let limits = Truncation {
        boundary_k: 10.0,
        heat_w: 2000.0,
        tolerance_k: 0.05,
        keep_at_least: 0,
    };
    let small = full.truncated(&layout, &limits);
    assert!(small.modes < full.modes, "{} {}", small.modes, full.modes);
    let u = [-7.0, 12.0, 300.0, 1800.0];
    let (zs, zf) = (small.steady_state(&u), full.steady_state(&u));
    let (a, b) = (
        small.output_temperatures(&zs, &u),
        full.output_temperatures(&zf, &u),
    );
    assert!(
        a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-9),
        "{a:?} {b:?}"
    );

    let (mut zs, mut zf) = (small.steady_state(&u), full.steady_state(&u));
    let start = small.stored_j(&zs);
    let mut random = Random(5);
    let (mut gained, mut lost, mut size, mut worst) = (0.0, 0.0, 0.0, 0.0_f64);
    let mut u = u;
    for _ in 0..5000 {
        // Each jump is within the limits' swings, from the middle of them.
        u = [
            5.0 * random.next(),
            5.0 * random.next(),
            250.0 * random.next(),
            1000.0 * random.next(),
        ];
        let dt = 300.0 * random.next() + 1.0;
        let integral = step(&small, &mut zs, &u, dt);
        step(&full, &mut zf, &u, dt);
        gained += (u[2] + u[3]) * dt;
        for j in small.flow_losses(&integral, &u.map(|x| x * dt)) {
            lost += j;
            size += j.abs();
        }
        let (a, b) = (
            small.output_temperatures(&zs, &u),
            full.output_temperatures(&zf, &u),
        );
        for (a, b) in a.iter().zip(&b) {
            worst = worst.max((a - b).abs());
        }
    }
    assert!(worst < 0.05, "{worst}");
    let residual = gained - lost - (small.stored_j(&zs) - start);
    assert!(
        (residual / size.max(gained)).abs() < 1e-11,
        "{residual} {gained}"
    );
    let _ = u;
}

#[test]
fn truncation_leaves_a_part_without_boundary_alone() {
    // A house and, beside it, two masses that touch nothing else.
    let mut network = random_network(3, 12);
    let first = network.nodes.len();
    network.nodes.extend(nodes(&[2e5, 3e5]));
    network.links.push(link(first, first + 1, 2000.0));
    let layout = Layout::new(&[&network], vec![at(first)], vec![at(0), at(first)]).unwrap();
    let full = ModalSystem::compile(&network, &layout).unwrap();
    let small = full.truncated(&layout, &Truncation::default());
    assert!(small.modes < full.modes, "{} {}", small.modes, full.modes);
    let (mut a, mut b) = (full.uniform_state(20.0), small.uniform_state(20.0));
    let u = [5.0, 5.0, 300.0, 1000.0];
    let u = &u[..full.inputs];
    for _ in 0..100 {
        step(&full, &mut a, u, 900.0);
        step(&small, &mut b, u, 900.0);
        let (a, b) = (
            full.output_temperatures(&a, u),
            small.output_temperatures(&b, u),
        );
        assert!((a[1] - b[1]).abs() < 0.05, "{a:?} {b:?}");
    }
    // 1 kW for 25 hours into 0.5 MJ/K: 180 K.
    let warmer = full.output_temperatures(&a, u)[1] - 20.0;
    assert!((warmer - 180.0).abs() < 5.0, "{warmer}");
}

#[test]
fn switching_between_truncated_states_keeps_the_heat() {
    let day = random_network(8, 30);
    let mut night = day.clone();
    night.boundaries.push(outdoor(0, 500.0, Flow::Ventilation));
    let layout = Layout::new(&[&day, &night], vec![at(0)], vec![at(0)]).unwrap();
    // The switch takes some 500 W/K times 6 K from node 0: a heat of 3 kW there.
    let limits = Truncation::default();
    let full = ModalSystem::compile(&day, &layout).unwrap();
    let a = full.truncated(&layout, &limits);
    let b = ModalSystem::compile(&night, &layout)
        .unwrap()
        .truncated(&layout, &limits);
    assert!(a.modes < full.modes);
    let u = [4.0, 11.0, 900.0, 0.0];
    let z = a.steady_state(&u);
    let mut other = vec![0.0; b.modes];
    multiply(&a.transfer(&b), &z, &mut other);
    assert!((a.stored_j(&z) / b.stored_j(&other) - 1.0).abs() < 1e-13);
    let before = a.node_temperatures(&z, &u)[0];
    let after = b.node_temperatures(&other, &u)[0];
    assert!((before - after).abs() < 0.05, "{before} {after}");
}

#[test]
fn fails_for_networks_that_make_no_sense() {
    let good = random_network(1, 8);
    let fault = |change: &dyn Fn(&mut ThermalNetwork)| {
        let mut network = good.clone();
        change(&mut network);
        Layout::new(&[&network], vec![], vec![])
            .and_then(|layout| ModalSystem::compile(&network, &layout))
            .unwrap_err()
    };
    assert!(matches!(
        fault(&|n| n.links[0].conductance_w_per_k = 0.0),
        NetworkFault::Conductance { .. }
    ));
    assert!(matches!(
        fault(&|n| n.nodes[0].capacity_j_per_k = -1.0),
        NetworkFault::Capacity { .. }
    ));
    assert!(matches!(
        fault(&|n| n.links[0].b = 77),
        NetworkFault::NoSuchNode {
            index: 77,
            nodes: 8
        }
    ));
    assert!(matches!(
        fault(&|n| n.links[0].b = n.links[0].a),
        NetworkFault::SelfLink { .. }
    ));
    assert!(matches!(
        fault(&|n| n.nodes.push(Node {
            name: "alone".into(),
            capacity_j_per_k: 0.0
        })),
        NetworkFault::Floating { .. }
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn without_gains_temperatures_stay_between_the_extremes(seed in 0u64..10_000, size in 2usize..25) {
        let mut network = random_network(seed, size);
        network.sources.clear();
        let system = compiled(&network, vec![]);
        let mut random = Random(seed);
        let start: Vec<f64> = (0..size).map(|_| -10.0 + 40.0 * random.next()).collect();
        let mut z = system.state_from_nodes(&start);
        for i in 0..50 {
            let u: Vec<f64> = (0..system.inputs).map(|_| -10.0 + 40.0 * random.next()).collect();
            let dt = 10f64.powi(i % 6);
            step(&system, &mut z, &u, dt);
            for x in system.node_temperatures(&z, &u) {
                prop_assert!((-10.0 - 1e-9..=30.0 + 1e-9).contains(&x), "{x}");
            }
        }
    }
}

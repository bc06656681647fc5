use super::*;
use crate::house::assembly::Assembly;
use crate::model::Series;
use crate::model::house::{
    BoundaryLink, BoundaryTemperature, Flow, Link, Node, ThermalNetwork, Weight,
};
use crate::physics::outer_face::OuterFace;
use crate::plant::modal::{Layout, ModalSystem, advance};

/// A wall without mass between an outer face and a room node of some mass,
/// with natural convection at the inner face and weather outside.
fn wall(mean_inside: f64, room_j_per_k: f64) -> (ThermalNetwork, Layout, ModalSystem) {
    let node = |name: &str, capacity_j_per_k: f64| Node {
        name: name.into(),
        capacity_j_per_k,
    };
    let source = |node: usize, other: Option<usize>, mean: f64, law: FilmLaw| Source {
        entry: match other {
            Some(other) => vec![
                Weight {
                    node,
                    fraction: -1.0,
                },
                Weight {
                    node: other,
                    fraction: 1.0,
                },
            ],
            None => vec![Weight {
                node,
                fraction: 1.0,
            }],
        },
        lost: other.is_none().then_some((Flow::Opaque, 1.0)),
        swing_w: 1e6,
        kind: SourceKind::Film(Film {
            node,
            other,
            area_m2: 1.0,
            reference_w_per_m2_k: mean,
            law,
        }),
    };
    let mut face = OuterFace::new(0.0, 0.9, 1.67, 1.0);
    face.most_w_per_m2_k = 42.0;
    let network = ThermalNetwork {
        nodes: vec![
            node("room", room_j_per_k),
            node("inner", 0.0),
            node("outer", 0.0),
        ],
        links: vec![
            Link {
                a: 0,
                b: 1,
                conductance_w_per_k: mean_inside,
            },
            Link {
                a: 1,
                b: 2,
                conductance_w_per_k: 2.0,
            },
        ],
        boundaries: vec![BoundaryLink {
            node: 2,
            conductance_w_per_k: 25.0,
            temperature: BoundaryTemperature::Outdoor,
            flow: Flow::Opaque,
        }],
        sources: vec![
            source(1, Some(0), mean_inside, FilmLaw::Natural { up: 0.0 }),
            source(
                2,
                None,
                25.0,
                FilmLaw::Outside {
                    tilt_deg: 90.0,
                    azimuth_deg: 0.0,
                    face,
                },
            ),
        ],
    };
    let layout = Layout::new(&[&network], vec![], vec![]).unwrap();
    let system = ModalSystem::compile(&network, &layout).unwrap();
    (network, layout, system)
}

/// Room temperature after `hours` in steps of `step_s`, and how well energy closes.
fn cool_down(
    mean_inside: f64,
    room_j_per_k: f64,
    step_s: f64,
    hours: f64,
    wind: f64,
) -> (f64, f64) {
    let (network, layout, system) = wall(mean_inside, room_j_per_k);
    let mut planes = Planes::default();
    let mut films = Films::new(
        &[&network.sources],
        std::slice::from_ref(&system),
        layout.first_source(),
        &mut planes,
    );
    let around = Around::new(0.0, -15.0, wind);
    let mut z = system.uniform_state(30.0);
    let mut u = vec![0.0; 3];
    let lags = advance::Lags::new(&system.lambda_per_s, step_s);
    let start_j = system.stored_j(&z);
    let mut lost_j = 0.0;
    let mut w = vec![0.0; z.len()];
    let mut integral = vec![0.0; z.len()];
    for _ in 0..(hours * 3600.0 / step_s).round() as usize {
        let start = Start {
            from_s: 0,
            to_s: 900,
            state: 0,
            z: &z,
            heats_w: &[],
        };
        films.hold(&start, &mut u, &around, &planes, None);
        advance::multiply(&system.input, &u, &mut w);
        integral.fill(0.0);
        lags.pass(&w, &mut z, &mut integral);
        let held: Vec<f64> = u.iter().map(|x| x * step_s).collect();
        lost_j += system.flow_losses(&integral, &held).iter().sum::<f64>();
    }
    let closes = (start_j - system.stored_j(&z) - lost_j) / start_j;
    (system.node_temperatures(&z, &u)[0], closes)
}

#[test]
fn analytic_held_films_converge_to_small_steps() {
    let (fine, _) = cool_down(2.5, 3.0e4, 2.0, 3.0, 3.0);
    let errors: Vec<f64> = [60.0, 300.0, 900.0]
        .iter()
        .map(|&step_s| (cool_down(2.5, 3.0e4, step_s, 3.0, 3.0).0 - fine).abs())
        .collect();
    assert!(
        errors[0] < 0.02 && errors[1] < 0.1 && errors[2] < 0.3,
        "{errors:?}"
    );
    assert!(errors[0] < errors[1] && errors[1] < errors[2]);
}

#[test]
fn conserves_energy_whatever_films_carry() {
    for wind in [0.0, 3.0, 30.0] {
        let (_, closes) = cool_down(2.5, 3.0e4, 300.0, 5.0, wind);
        assert!(closes.abs() < 1e-13, "{closes}");
    }
}

#[test]
fn stays_stable_with_hardly_any_mass_and_long_steps() {
    // A room of a few grams of air is massless for a step of an hour.
    for (mass, step_s, wind) in [
        (10.0, 3600.0, 0.0),
        (10.0, 3600.0, 40.0),
        (1e3, 900.0, 10.0),
    ] {
        let (end, _) = cool_down(2.5, mass, step_s, 100.0, wind);
        assert!((-16.0..0.0).contains(&end), "{mass} {step_s} {wind}: {end}");
    }
}

/// A node that outdoor air at 0 degC cools by so many W/K in each hour.
fn aired(w_per_k: &[f64]) -> (f64, f64) {
    let mut net = Assembly::default();
    let capacity_j_per_k = 2.0e6;
    let room = net.node("room".into(), capacity_j_per_k);
    let flow = Series {
        start_s: 0,
        step_s: 3600,
        values: w_per_k.to_vec().into(),
        periodic: true,
    };
    net.ventilate(room, &flow, Flow::Ventilation);
    let network = net.finish();
    let layout = Layout::new(&[&network], vec![], vec![]).unwrap();
    let system = ModalSystem::compile(&network, &layout).unwrap();
    let mut planes = Planes::default();
    let systems = std::slice::from_ref(&system);
    let mut films = Films::new(
        &[&network.sources],
        systems,
        layout.first_source(),
        &mut planes,
    );
    let around = Around::new(0.0, 0.0, 0.0);
    let mut z = system.uniform_state(20.0);
    let mut u = vec![0.0; layout.inputs()];
    let step_s = 900;
    let lags = advance::Lags::new(&system.lambda_per_s, f64::from(step_s));
    let mut w = vec![0.0; z.len()];
    let mut integral = vec![0.0; z.len()];
    for k in 0..4 * w_per_k.len() as i64 {
        let from_s = k * i64::from(step_s);
        let start = Start {
            from_s,
            to_s: from_s + i64::from(step_s),
            state: 0,
            z: &z,
            heats_w: &[],
        };
        films.hold(&start, &mut u, &around, &planes, None);
        advance::multiply(&system.input, &u, &mut w);
        lags.pass(&w, &mut z, &mut integral);
    }
    let exponent: f64 = w_per_k.iter().map(|g| g * 3600.0 / capacity_j_per_k).sum();
    (
        system.node_temperatures(&z, &u)[0],
        20.0 * (-exponent).exp(),
    )
}

#[test]
fn analytic_ventilation_by_the_hour_cools_a_room_as_its_flows_say() {
    // The deviation from the mean flow is held for a quarter of an hour: its
    // error is that of Euler's rule on a small part of the flow.
    let (ours, exact) = aired(&[20.0, 20.0, 80.0, 80.0, 50.0, 0.0]);
    assert!((ours - exact).abs() < 0.03, "{ours} {exact}");
    let (ours, exact) = aired(&[40.0, 40.0, 40.0]);
    assert!((ours - exact).abs() < 1e-9, "{ours} {exact}");
}

#[test]
fn stays_stable_where_air_without_mass_is_vented_in_one_hour_of_the_day() {
    let mut day = [0.0; 24];
    day[3] = 5000.0;
    let (ours, _) = aired(&day);
    assert!((0.0..20.0).contains(&ours), "{ours}");
}

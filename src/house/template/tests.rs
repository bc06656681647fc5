use super::*;
use crate::house::design::{heat_load_w, heat_loss_w_per_k};
use crate::model::series::Series;

fn room(parameters: Parameters) -> TemplateRoom {
    TemplateRoom {
        name: "room".into(),
        floor_area_m2: 17.5,
        target_offset_k: 0.0,
        controlled: true,
        parameters,
        ventilation_w_per_k: Series::constant(0.0),
        windows: Vec::new(),
        given_sun: Vec::new(),
        gains: Vec::new(),
    }
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
        r.ventilation_w_per_k = Series::constant(10.0);
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
    r.ventilation_w_per_k = Series::constant(10.0);
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

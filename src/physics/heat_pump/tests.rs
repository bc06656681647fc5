use super::*;
use crate::numeric::Lanes;
use proptest::prelude::*;

fn point(source_c: f64, flow_c: f64, kw: f64, cop: f64) -> MapPoint {
    MapPoint {
        source_c,
        flow_c,
        capacity_w: 1000.0 * kw,
        cop,
    }
}

/// A plausible table: 45 % of Carnot over 8 K more, capacity by the source.
fn table() -> Vec<MapPoint> {
    let mut points = Vec::new();
    for source_c in [-15.0, -7.0, 2.0, 7.0, 12.0] {
        for flow_c in [35.0, 45.0, 55.0] {
            let cop = 0.45 * (flow_c + 273.15) / (flow_c - source_c + 8.0);
            points.push(point(source_c, flow_c, 8.0 + 0.1 * source_c, cop));
        }
    }
    points
}

#[test]
fn the_map_passes_through_its_points() {
    let map = PerformanceMap::from_points(Duty::Heating, &table()).unwrap();
    for p in table() {
        let (capacity_w, cop) = map.at(p.source_c, p.flow_c);
        assert!((capacity_w / p.capacity_w - 1.0).abs() < 1e-6);
        assert!((cop / p.cop - 1.0).abs() < 1e-6, "{p:?} {cop}");
    }
    assert!(map.warnings().is_empty());
}

#[test]
fn between_and_beyond_its_points_the_map_stays_near_the_machine_they_came_from() {
    let map = PerformanceMap::from_points(Duty::Heating, &table()).unwrap();
    for (source_c, flow_c, within) in [
        (-3.0, 40.0, 0.005),
        (4.5, 50.0, 0.005),
        (9.5, 37.0, 0.005),
        (-20.0, 35.0, 0.02),
        (7.0, 65.0, 0.02),
        (20.0, 45.0, 0.03),
    ] {
        let truth = 0.45 * (flow_c + 273.15) / (flow_c - source_c + 8.0);
        let (_, cop) = map.at(source_c, flow_c);
        assert!(
            (cop / truth - 1.0).abs() < within,
            "{source_c} {flow_c}: {cop} {truth}"
        );
    }
}

#[test]
fn one_point_makes_a_map_that_follows_carnot() {
    let map = PerformanceMap::from_points(Duty::Heating, &[point(7.0, 35.0, 6.0, 4.6)]).unwrap();
    let (capacity_w, cop) = map.at(7.0, 35.0);
    assert!((capacity_w - 6000.0).abs() < 1e-6 && (cop - 4.6).abs() < 1e-9);
    assert!(map.at(-7.0, 35.0).0 < 6000.0);
    assert!((map.at(7.0, 55.0).1 - 4.6 * 38.0 / 58.0 * 328.15 / 308.15).abs() < 0.02);
}

#[test]
fn fails_for_points_that_no_machine_has() {
    let make = |points: &[MapPoint]| PerformanceMap::from_points(Duty::Heating, points);
    assert_eq!(make(&[]), Err(MapError::NoPoints));
    assert!(matches!(
        make(&[point(7.0, 35.0, 6.0, 12.0)]),
        Err(MapError::AboveCarnot { index: 0, .. })
    ));
    assert!(matches!(
        make(&[point(7.0, 35.0, 0.0, 4.0)]),
        Err(MapError::BadPoint { .. })
    ));
    assert!(matches!(
        make(&[point(280.0, 35.0, 6.0, 4.0)]),
        Err(MapError::BadPoint { .. })
    ));
}

#[test]
fn warns_where_the_cop_rises_with_the_lift() {
    let map = PerformanceMap::from_points(
        Duty::Heating,
        &[point(7.0, 35.0, 6.0, 3.0), point(-7.0, 35.0, 5.0, 4.0)],
    )
    .unwrap();
    assert_eq!(map.warnings().len(), 1);
    assert!(map.warnings()[0].contains("rises with the temperature lift"));
}

#[test]
fn cooling_is_less_efficient_the_hotter_it_is_outside() {
    let points = [point(35.0, 18.0, 6.0, 4.5), point(35.0, 7.0, 4.5, 3.0)];
    let map = PerformanceMap::from_points(Duty::Cooling, &points).unwrap();
    let (hot_w, hot) = map.at(38.0, 18.0);
    let (mild_w, mild) = map.at(28.0, 18.0);
    assert!(hot < mild && hot_w < mild_w);
    assert!((map.at(35.0, 7.0).1 - 3.0).abs() < 1e-6);
    assert!(map.warnings().is_empty());
}

#[test]
fn part_load_is_inverted_exactly() {
    let part_load = PartLoad::new([0.9, 1.15, 1.2, 1.1, 1.0]);
    assert!(part_load.electricity_rises());
    assert!(!PartLoad::new([0.2, 1.5, 1.2, 0.5, 1.0]).electricity_rises());
    assert_eq!(part_load.factor(0.5), 1.2);
    assert!((part_load.factor(0.625) - 1.15).abs() < 1e-12);
    for i in 0..=40 {
        let load = f64::from(i) / 40.0;
        let back = part_load.load_at(part_load.electricity(load));
        assert!((back - load).abs() < 1e-12, "{load} {back}");
    }
    assert_eq!(part_load.load_at(2.0), 1.0);
}

#[test]
fn fused_forms_are_the_plain_ones_but_for_rounding() {
    let map = PerformanceMap::from_points(Duty::Heating, &table()).unwrap();
    let part_load = PartLoad::new([0.9, 1.15, 1.2, 1.1, 1.0]);
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
    for source_c in [-20.0, -8.3, 11.7] {
        let curve = map.slice(source_c);
        for flow in 0..=80 {
            let flow_c = f64::from(flow);
            let (capacity_w, cost) = curve.at_inverse(flow_c);
            let fused = curve.at_inverse_fused(flow_c);
            assert!(near(fused.0, capacity_w) && near(fused.1, cost), "{flow_c}");
            for load in [0.0, 0.1, 0.25, 0.6, 1.0] {
                let plain_w = capacity_w * cost * part_load.electricity(load);
                let fused_w = part_load.electric_w(load * capacity_w, capacity_w, cost);
                assert!(near(fused_w, plain_w), "{load}: {fused_w} {plain_w}");
            }
        }
    }
    assert_eq!(part_load.electric_w(0.0, 0.0, 0.3), 0.0);
}

#[test]
fn lanes_give_the_bits_of_one_house() {
    let map = PerformanceMap::from_points(Duty::Heating, &table()).unwrap();
    let other = PerformanceMap::from_points(Duty::Heating, &table()[3..8]).unwrap();
    let curves = [
        map.slice(-8.3),
        other.slice(2.0),
        map.slice(11.7),
        other.slice(50.0),
    ];
    let mut wide: FlowCurve<Lanes<4>> = FlowCurve::default();
    let mut loads: PartLoad<Lanes<4>> = PartLoad::default();
    let one_load = PartLoad::new([0.9, 1.15, 1.2, 1.1, 1.0]);
    for (lane, curve) in curves.iter().enumerate() {
        wide.set_lane(lane, curve);
        loads.set_lane(lane, &one_load);
    }
    let flow = Lanes([3.0, 33.3, 47.1, 80.0]);
    let load = Lanes([0.1, 0.33, 0.77, 1.2]);
    let (capacity_w, cop) = wide.at(flow);
    let factor = loads.factor(load);
    let back = loads.load_at(load);
    for (lane, curve) in curves.iter().enumerate() {
        let (q, c) = curve.at(flow.0[lane]);
        assert_eq!(capacity_w.0[lane].to_bits(), q.to_bits());
        assert_eq!(cop.0[lane].to_bits(), c.to_bits());
        let x = load.0[lane];
        assert_eq!(factor.0[lane].to_bits(), one_load.factor(x).to_bits());
        assert_eq!(back.0[lane].to_bits(), one_load.load_at(x).to_bits());
    }
}

fn any_points() -> impl Strategy<Value = Vec<MapPoint>> {
    proptest::collection::vec((-15..16, 30..60, 3.0..15.0, 0.25..0.5), 1..12).prop_map(|all| {
        all.into_iter()
            .map(|(source, flow, kw, share): (i32, i32, f64, f64)| {
                let (s, f) = (f64::from(source), f64::from(flow));
                point(s, f, kw, share * (f + 273.15) / (f - s))
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_map_beats_carnot_or_gives_no_heat(points in any_points()) {
        let map = PerformanceMap::from_points(Duty::Heating, &points).unwrap();
        for source in (-25..=45).step_by(5) {
            for flow in (7..=75).step_by(4) {
                let (s, f) = (f64::from(source), f64::from(flow));
                let (capacity_w, cop) = map.at(s, f);
                prop_assert!(capacity_w > 0.0 && capacity_w.is_finite());
                prop_assert!(cop > 0.0);
                prop_assert!(cop < carnot_cop(Duty::Heating, s, f), "{s} {f} {cop}");
            }
        }
    }

    #[test]
    fn beyond_the_points_the_cop_falls_with_the_flow_temperature(points in any_points()) {
        let map = PerformanceMap::from_points(Duty::Heating, &points).unwrap();
        for source in [-25.0, -7.0, 5.0, 20.0] {
            let curve = map.slice(source);
            let mut last = curve.at(60.0).1;
            for flow in 61..=75 {
                let cop = curve.at(f64::from(flow)).1;
                prop_assert!(cop <= last * (1.0 + 1e-12));
                last = cop;
            }
        }
    }
}

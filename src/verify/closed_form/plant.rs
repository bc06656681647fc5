//! Maps of the heat pump, heating curve, radiator.

use super::super::{Case, Comparison, Evidence, Missing};
use super::{GROUP, case};
use crate::model::controller::HeatingCurve;
use crate::numeric::Real;
use crate::physics::emitter::RadiatorLaw;
use crate::physics::heat_pump::{Duty, MapError, MapPoint, PerformanceMap};
use crate::physics::heating_curve::Curve;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            GROUP,
            "heat-pump-map",
            "a map of nine EN 14511 points: at its points, and linear between grid lines",
            |_| map().map_err(|fault: MapError| Missing::Failed(fault.to_string())),
        ),
        case(
            "heating-curve",
            "radiators on the weather curve: what they emit at its flow temperature, beside the \
             load",
            heating_curve,
        ),
    ]
}

fn map() -> Result<Evidence, MapError> {
    // EN 14511 points of an imagined unit of 6 kW.
    let points: Vec<MapPoint> = [
        (-7.0, 35.0, 5200.0, 2.9),
        (-7.0, 45.0, 5000.0, 2.3),
        (-7.0, 55.0, 4800.0, 1.9),
        (2.0, 35.0, 5900.0, 3.7),
        (2.0, 45.0, 5700.0, 2.9),
        (2.0, 55.0, 5500.0, 2.3),
        (7.0, 35.0, 6600.0, 4.7),
        (7.0, 45.0, 6400.0, 3.6),
        (7.0, 55.0, 6200.0, 2.8),
    ]
    .into_iter()
    .map(|(source_c, flow_c, capacity_w, cop)| MapPoint {
        source_c,
        flow_c,
        capacity_w,
        cop,
    })
    .collect();
    let map = PerformanceMap::from_points(Duty::Heating, &points)?;
    let relative = |ours: f64, exact: f64| (ours / exact - 1.0).abs();
    let (mut capacity, mut cop) = (0.0_f64, 0.0_f64);
    for p in &points {
        let (capacity_w, c) = map.at(p.source_c, p.flow_c);
        capacity = capacity.max(relative(capacity_w, p.capacity_w));
        cop = cop.max(relative(c, p.cop));
    }
    // Grid lines are whole degrees of the source and the points' flow
    // temperatures; between them capacity and 1/COP are bilinear.
    let corner = |s: f64, f: f64| map.at(s, f);
    let mut bilinear = 0.0_f64;
    for (s, f0, f1, share_s, share_f) in [
        (-3.0, 35.0, 45.0, 0.25, 0.5),
        (0.0, 45.0, 55.0, 0.5, 0.1),
        (4.0, 35.0, 45.0, 0.9, 0.75),
    ] {
        let corners = [
            (corner(s, f0), (1.0 - share_s) * (1.0 - share_f)),
            (corner(s, f1), (1.0 - share_s) * share_f),
            (corner(s + 1.0, f0), share_s * (1.0 - share_f)),
            (corner(s + 1.0, f1), share_s * share_f),
        ];
        let capacity_w: f64 = corners.iter().map(|((q, _), w)| q * w).sum();
        let inverse: f64 = corners.iter().map(|((_, c), w)| w / c).sum();
        let (ours_w, ours) = map.at(s + share_s, f0 + share_f * (f1 - f0));
        bilinear = bilinear
            .max(relative(ours_w, capacity_w))
            .max(relative(ours, 1.0 / inverse));
    }
    Ok(vec![
        // Kriging adds 1e-10 to its diagonal, so that it can be inverted.
        Comparison::at_most(
            "relative error of capacity at the points",
            "",
            capacity,
            1e-8,
        ),
        Comparison::at_most("relative error of COP at the points", "", cop, 1e-8),
        Comparison::at_most("relative error between grid lines", "", bilinear, 1e-12),
    ]
    .into())
}

fn heating_curve() -> Evidence {
    let (target_c, design_c, flow_c, load_w, exponent) = (20.0, -10.0, 50.0, 6000.0, 1.3);
    let model = HeatingCurve {
        design_flow_c: flow_c,
        design_outdoor_c: design_c,
        exponent,
        min_flow_c: 15.0,
        max_flow_c: 70.0,
        room_influence: 0.0,
    };
    let mut curve = Curve::<f64>::default();
    curve.set_lane(0, &model);
    let radiator = RadiatorLaw {
        coefficient_w: load_w / Real::powf(flow_c - target_c, exponent),
        exponent,
        linear_w_per_k: 0.0,
    };
    let mut comparisons = Vec::new();
    for outdoor_c in [-10.0, -2.0, 5.0, 12.0] {
        let flow_c = curve.flow_c(outdoor_c, target_c, target_c);
        comparisons.push(
            Comparison::value(
                format!("emission at {outdoor_c} °C outdoors"),
                "W",
                radiator.emission_w(flow_c - target_c),
                load_w * (target_c - outdoor_c) / (target_c - design_c),
                0.001,
            )
            .decimals(2),
        );
    }
    comparisons.into()
}

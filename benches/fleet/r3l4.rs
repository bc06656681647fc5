//! The house of the benches: three rooms of two nodes and an emitter, a tank of
//! four layers, a heat pump; built by hand from the kernel's parts, so that a
//! bench starts at once and nothing else is in it.

use heatloop::control::setpoints::{Constants, DeviceSetpoints, RoomSetpoints};
use heatloop::model::tank::{Charging, Tank};
use heatloop::numeric::Real;
use heatloop::physics::emitter::RadiatorLaw;
use heatloop::physics::heat_pump::{Duty, FlowCurve, MapPoint, PartLoad, PerformanceMap};
use heatloop::physics::tank::TankParams;
use heatloop::plant::Plant;
use heatloop::plant::modal::advance::{Blocks, Lags};
use heatloop::plant::params::{EmitterParams, ModalParams, SourceParams};
use heatloop::sim::kernel::State;
use nalgebra::{DMatrix, DVector};

pub(crate) const ROOMS: usize = 3;
pub(crate) const LAYERS: usize = 4;
const NODES: usize = 3 * ROOMS;

/// A house: its plant, and what outdoor temperature and gains force in it.
pub(crate) struct House {
    pub(crate) plant: Plant<f64>,
    /// Modal forcing by 1 degC outdoors, by 1 W of gains in each room.
    pub(crate) outdoor: Vec<f64>,
    pub(crate) gains: Vec<f64>,
    pub(crate) z: Vec<f64>,
    /// What the modes are in the outputs: outputs x modes.
    pub(crate) output: Vec<f64>,
}

/// House number `k` of a row of slightly different ones.
pub(crate) fn house(k: usize) -> House {
    let f = |i: usize| 1.0 + 0.15 * ((k * 7 + i * 3) % 11) as f64 / 11.0;
    let mut capacity = DVector::zeros(NODES);
    let mut conductance = DMatrix::<f64>::zeros(NODES, NODES);
    let mut outside = DVector::zeros(NODES);
    let mut link = |a: usize, b: usize, g: f64| {
        conductance[(a, a)] += g;
        conductance[(b, b)] += g;
        conductance[(a, b)] -= g;
        conductance[(b, a)] -= g;
    };
    for r in 0..ROOMS {
        let (air, mass, emitter) = (3 * r, 3 * r + 1, 3 * r + 2);
        capacity[air] = 1.5e5 * f(r);
        capacity[mass] = 6e6 * f(r + 1);
        capacity[emitter] = 1.2e6;
        link(air, mass, 250.0);
        link(air, emitter, 90.0);
        if r > 0 {
            link(air, air - 3, 30.0);
        }
        outside[air] = 25.0 * f(r + 2);
        outside[mass] = 10.0;
    }
    for n in 0..NODES {
        conductance[(n, n)] += outside[n];
    }
    let root = capacity.map(f64::sqrt);
    let symmetric = DMatrix::from_fn(NODES, NODES, |i, j| {
        conductance[(i, j)] / (root[i] * root[j])
    });
    let eigen = symmetric.symmetric_eigen();
    let lambda: Vec<f64> = eigen.eigenvalues.iter().copied().collect();
    let v = &eigen.eigenvectors;
    // Into modes: V^T C^-1/2; out of modes: C^-1/2 V.
    let into = |q: &DVector<f64>| -> Vec<f64> {
        (v.transpose() * q.component_div(&root))
            .iter()
            .copied()
            .collect()
    };
    let unit = |n: usize| DVector::from_fn(NODES, |i, _| f64::from(u8::from(i == n)));
    let mut heat_forcing = Vec::new();
    for r in 0..ROOMS {
        heat_forcing.extend(into(&unit(3 * r + 2)));
    }
    for r in 0..ROOMS {
        heat_forcing.extend(into(&(unit(3 * r) - unit(3 * r + 2))));
    }
    let mut output = Vec::new();
    for node in [0, 2, 0] {
        for r in 0..ROOMS {
            let n = 3 * r + node;
            output.extend((0..NODES).map(|m| v[(n, m)] / root[n]));
        }
    }
    let states = vec![ModalParams {
        lags: [300.0, 240.0, 180.0, 120.0, 60.0]
            .map(|s| (s, Lags::new(&lambda, s)))
            .into(),
        lambda_per_s: lambda,
        heat_forcing,
        output: Blocks::new(NODES, &output),
        heat_output: Vec::new(), // all zero: no node without capacity
    }];
    let emitter = EmitterParams {
        present: 1.0,
        capacity_j_per_k: 1.2e6,
        law: RadiatorLaw {
            coefficient_w: 0.0,
            exponent: 1.0,
            linear_w_per_k: 90.0,
        },
        followed: 0.0,
        supply_w_per_k: 200.0,
        cools: 0.0,
        fan_w: 0.0,
        ideal_heating_w: 0.0,
        ideal_cooling_w: 0.0,
    };
    let tank = TankParams::compile(&Tank {
        name: "tank".into(),
        volume_l: 180.0 + 5.0 * (k % 8) as f64,
        height_m: 1.4,
        layers: LAYERS,
        loss_w_per_k: 1.8,
        ambient_c: 18.0,
        conductivity_w_per_m_k: 1.0,
        charging: Charging::Coil {
            bottom: 0.05,
            top: 0.5,
            ua_w_per_k: 400.0,
        },
        sensor_height: 0.5,
        element_w: 0.0,
        element_height: 0.5,
        start_c: 48.0,
    });
    let plant = Plant {
        rooms: ROOMS,
        states,
        emitters: vec![emitter; ROOMS],
        ideal: false,
        tank: Some(tank),
        source: SourceParams {
            min_modulation: 0.25,
            part_load: PartLoad::new([1.0, 1.08, 1.1, 1.05, 1.0]),
            flow_max_c: 62.0,
            flow_min_c: 7.0,
            start_loss_j: 3e4,
            standby_w: 8.0,
            pump_w: 40.0,
            circuit_j_per_k: 40.0 * 4180.0,
            backup_w: 0.0,
            element_w: 0.0,
            segment_s: 1e30,
            sink_is_room: 0.0,
        },
        constants: Constants {
            dwell_s: 7200.0,
            min_run_s: 600.0,
            min_pause_s: 300.0,
            longest_charge_s: 3600.0,
            room_turn_s: 1800.0,
            backup_delay_s: 3600.0,
            backup_space: 0.0,
            backup_tank: 0.0,
            room_influence: 0.0,
            pi_gain: 0.0,
            pi_integral_s: 0.0,
            flow_stop_above_k: 5.0,
            flow_start_below_k: 3.0,
            flow_max_c: 62.0,
            tank_hysteresis_k: 5.0,
            disinfection_c: 60.0,
            disinfection_hold_s: 1800.0,
            valves: 1.0,
        },
        useful_c: 40.0,
        longest_s: 300.0,
        segments_max: 60,
    };
    let gains = DVector::from_fn(NODES, |i, _| f64::from(u8::from(i % 3 == 0)));
    let start = DVector::from_element(NODES, 20.0);
    let z = v.transpose() * start.component_mul(&root);
    House {
        plant,
        outdoor: into(&outside),
        gains: into(&gains),
        z: z.iter().copied().collect(),
        output,
    }
}

/// Where the thermostat's target is.
pub(crate) fn room_setpoints<T: Real>() -> RoomSetpoints<T> {
    let c = |c: f64| T::splat(c);
    RoomSetpoints {
        target: c(20.5),
        lower: c(19.0),
        upper: c(23.0),
        heat_on: c(20.2),
        heat_off: c(20.8),
        own_heat_on: c(20.2),
        own_heat_off: c(20.8),
        forced_on: c(19.0),
        forced_off: c(19.3),
        forbidden_on: c(23.0),
        forbidden_off: c(22.7),
        frost_on: c(5.0),
        frost_off: c(6.0),
        ..RoomSetpoints::idle()
    }
}

pub(crate) fn device_setpoints<T: Real>() -> DeviceSetpoints<T> {
    let c = |c: f64| T::splat(c);
    DeviceSetpoints {
        heat_allowed: c(1.0),
        circuit_frost_on: c(5.0),
        circuit_frost_off: c(15.0),
        tank_on: c(45.0),
        tank_off: c(50.0),
        own_tank_on: c(45.0),
        own_tank_off: c(50.0),
        tank_forced_on: c(40.0),
        tank_forced_off: c(50.0),
        tank_forbidden_on: c(60.0),
        tank_forbidden_off: c(59.0),
        tank_lower: c(40.0),
        tank_upper: c(60.0),
        ..DeviceSetpoints::idle()
    }
}

/// The heat pump's map.
pub(crate) fn map() -> PerformanceMap {
    let point = |source_c, flow_c, capacity_w, cop| MapPoint {
        source_c,
        flow_c,
        capacity_w,
        cop,
    };
    let points = [
        point(-7.0, 35.0, 6500.0, 2.9),
        point(2.0, 35.0, 7500.0, 3.7),
        point(7.0, 35.0, 8500.0, 4.6),
        point(7.0, 55.0, 8000.0, 2.9),
    ];
    PerformanceMap::from_points(Duty::Heating, &points).expect("good points")
}

/// A curve in all lanes.
pub(crate) fn splat<T: Real>(curve: &FlowCurve<f64>) -> FlowCurve<T> {
    let mut wide = FlowCurve::default();
    for lane in 0..T::LANES {
        wide.set_lane(lane, curve);
    }
    wide
}

/// Packs houses `first..first + T::LANES` with a state at rest.
pub(crate) fn block<T: Real>(first: usize) -> (Plant<T>, State<T>, Vec<T>, Vec<T>) {
    let houses: Vec<House> = (0..T::LANES).map(|k| house(first + k)).collect();
    let plants: Vec<&Plant<f64>> = houses.iter().map(|h| &h.plant).collect();
    let plant = Plant::<T>::pack(&plants).expect("one layout");
    let across = |read: fn(&House) -> &Vec<f64>| -> Vec<T> {
        (0..NODES)
            .map(|i| heatloop::numeric::pack(houses.iter().map(|h| read(h)[i])))
            .collect()
    };
    let state = State::new(&plant, across(|h| &h.z), vec![T::splat(48.0); LAYERS]);
    let (outdoor, gains) = (across(|h| &h.outdoor), across(|h| &h.gains));
    (plant, state, outdoor, gains)
}

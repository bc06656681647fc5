//! Design heat load: the heat that keeps each room at its temperature on the
//! coldest day, in the steady state, without sun and gains (the heat loss of
//! EN 12831-1 without reheat). Emitters and heat pumps are sized by it.

use crate::model::house::{BoundaryTemperature, House, ThermalNetwork, Weight};
use nalgebra::{DMatrix, DVector};

/// Heat for each room, W, with each room's operative temperature at
/// `indoor_c` (one a room, degC) and outdoors at `outdoor_c`. Sky and sun do
/// not count; the ground is at its yearly mean, series at the mean of their
/// values. Half of the heat enters as convection, half as radiation.
///
/// `None` where the network has a part whose temperature nothing fixes.
pub fn heat_load_w(house: &House, indoor_c: &[f64], outdoor_c: f64) -> Option<Vec<f64>> {
    let n = house.network.nodes.len();
    let rooms = house.rooms.len();
    let (mut a, mut b) = balance(&house.network, outdoor_c, rooms);
    for (r, (room, &target)) in house.rooms.iter().zip(indoor_c).enumerate() {
        for w in room.convective_entry.iter().chain(&room.radiant_entry) {
            a[(w.node, n + r)] -= 0.5 * w.fraction;
        }
        for w in room.air.iter().chain(&room.radiant) {
            a[(n + r, w.node)] += 0.5 * w.fraction;
        }
        b[n + r] = target;
    }
    let x = a.lu().solve(&b)?;
    let loads: Vec<f64> = (0..rooms).map(|r| x[n + r]).collect();
    loads.iter().all(|q| q.is_finite()).then_some(loads)
}

/// Heat loss coefficient of the whole house, W/K: heat a K between rooms all
/// at one temperature and all boundaries at another.
pub fn heat_loss_w_per_k(house: &House) -> Option<f64> {
    let mut house = house.clone();
    for link in &mut house.network.boundaries {
        link.temperature = BoundaryTemperature::Fixed(0.0);
    }
    let loads = heat_load_w(&house, &vec![1.0; house.rooms.len()], 0.0)?;
    Some(loads.iter().sum())
}

/// Steady temperature of the weighted nodes without any heat, degC.
pub fn unheated_c(network: &ThermalNetwork, outdoor_c: f64, read: &[Weight]) -> Option<f64> {
    let (a, b) = balance(network, outdoor_c, 0);
    let x = a.lu().solve(&b)?;
    Some(read.iter().map(|w| w.fraction * x[w.node]).sum())
}

/// Steady-state balance of all nodes, with `extra` empty rows and columns.
fn balance(network: &ThermalNetwork, outdoor_c: f64, extra: usize) -> (DMatrix<f64>, DVector<f64>) {
    let size = network.nodes.len() + extra;
    let mut a = DMatrix::zeros(size, size);
    let mut b = DVector::zeros(size);
    for link in &network.links {
        let g = link.conductance_w_per_k;
        a[(link.a, link.a)] += g;
        a[(link.b, link.b)] += g;
        a[(link.a, link.b)] -= g;
        a[(link.b, link.a)] -= g;
    }
    for link in &network.boundaries {
        a[(link.node, link.node)] += link.conductance_w_per_k;
        b[link.node] += link.conductance_w_per_k * steady_c(&link.temperature, outdoor_c);
    }
    (a, b)
}

fn steady_c(temperature: &BoundaryTemperature, outdoor_c: f64) -> f64 {
    match temperature {
        BoundaryTemperature::Outdoor
        | BoundaryTemperature::SolAir { .. }
        | BoundaryTemperature::Felt(_) => outdoor_c,
        BoundaryTemperature::Ground { mean_c, .. } => *mean_c,
        BoundaryTemperature::Fixed(c) => *c,
        BoundaryTemperature::Series(series) => {
            let n = series.values.len().max(1) as f64;
            series.values.iter().sum::<f64>() / n
        }
    }
}

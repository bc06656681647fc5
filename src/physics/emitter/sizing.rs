//! Parameters of an emitter's node from its model, once per scenario.

use super::WaterMean;
use crate::model::emitter::EmitterKind;

/// Conductance G from water to an emitter's node, W/K, for water of
/// `flow_w_per_k` and a conductance `room_w_per_k` from node to room. See
/// [`WaterMean`]. For UA much smaller than m c both give 2 m c.
pub fn water_conductance_w_per_k(mean: WaterMean, flow_w_per_k: f64, room_w_per_k: f64) -> f64 {
    if flow_w_per_k <= 0.0 {
        return 0.0;
    }
    match mean {
        WaterMean::Arithmetic => 2.0 * flow_w_per_k,
        WaterMean::Logarithmic => {
            // Series of G and UA = m c (1 - exp(-NTU)) with NTU = UA / (m c).
            let units = room_w_per_k / flow_w_per_k;
            let inverse = if units < 1e-3 {
                // 1/(1 - exp(-x)) - 1/x = 1/2 + x/12 + O(x^3)
                0.5 + units / 12.0
            } else {
                -1.0 / (-units).exp_m1() - 1.0 / units
            };
            flow_w_per_k / inverse
        }
    }
}

impl EmitterKind {
    /// Which mean water temperature the field uses for it.
    pub fn water_mean(&self) -> WaterMean {
        match self {
            Self::Radiator { .. } => WaterMean::Arithmetic,
            _ => WaterMean::Logarithmic,
        }
    }

    /// Whether it may take heat from the room.
    pub fn can_cool(&self) -> bool {
        match self {
            Self::Radiator { .. } => false,
            Self::Underfloor { cooling, .. }
            | Self::FanCoil { cooling, .. }
            | Self::RoomUnit { cooling, .. } => *cooling,
            Self::Ideal { cooling_w, .. } => *cooling_w > 0.0,
        }
    }

    /// Water to node, W/K, of an emitter with its design water flow.
    pub fn water_w_per_k(&self, flow_w_per_k: f64) -> f64 {
        let room = linear_conductance_w_per_k(self, None);
        let mixed = water_conductance_w_per_k(self.water_mean(), flow_w_per_k, room);
        match self {
            // Pipes lie between the water and the screed (ISO 11855-2 adds
            // their resistances to that of the water's temperature drop).
            Self::Underfloor { pipe_w_per_k, .. } if *pipe_w_per_k > 0.0 && mixed > 0.0 => {
                1.0 / (1.0 / mixed + 1.0 / pipe_w_per_k)
            }
            _ => mixed,
        }
    }
}

/// Conductance from node to room for the network's link, W/K. A radiator's is
/// the secant of its power law at `excess_k` (its usual excess temperature;
/// `None` takes half of the rated one); the others are linear. An ideal
/// emitter has none.
pub fn linear_conductance_w_per_k(kind: &EmitterKind, excess_k: Option<f64>) -> f64 {
    match kind {
        EmitterKind::Radiator {
            nominal_w,
            nominal_dt_k,
            exponent,
        } => {
            let excess_k = excess_k.unwrap_or(0.5 * nominal_dt_k).max(1.0);
            nominal_w * (excess_k / nominal_dt_k).powf(*exponent) / excess_k
        }
        EmitterKind::Underfloor {
            conductance_w_per_k,
            ..
        }
        | EmitterKind::FanCoil {
            conductance_w_per_k,
            ..
        }
        | EmitterKind::RoomUnit {
            conductance_w_per_k,
            ..
        } => *conductance_w_per_k,
        EmitterKind::Ideal { .. } => 0.0,
    }
}

/// Flow temperature, degC, at which an emitter gives `load_w` to a room of
/// `room_c` in steady state. Infinite where no water flows; the room's own for
/// an ideal emitter or no load.
pub fn design_flow_c(kind: &EmitterKind, flow_w_per_k: f64, load_w: f64, room_c: f64) -> f64 {
    if load_w <= 0.0 {
        return room_c;
    }
    let excess_k = match kind {
        EmitterKind::Radiator {
            nominal_w,
            nominal_dt_k,
            exponent,
        } => nominal_dt_k * (load_w / nominal_w).powf(1.0 / exponent),
        EmitterKind::Ideal { .. } => return room_c,
        _ => load_w / linear_conductance_w_per_k(kind, None),
    };
    room_c + excess_k + load_w / kind.water_w_per_k(flow_w_per_k)
}

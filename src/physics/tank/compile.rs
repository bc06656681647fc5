//! From the named tank to its layers, and from single tanks to lanes. Runs
//! once per scenario.

use super::{ChargePath, LONGEST_STEP_S, TankParams};
use crate::model::{Tank, tank::Charging};
use crate::numeric::{Real, pack};
use crate::units::WATER_J_PER_L_K;

/// Parts of a longest step in which draw and direct charging alternate (60 s each).
const LEAST_PASSES: usize = 5;

impl TankParams<f64> {
    /// Compiles a tank. The vessel is taken as a cylinder: the first and the
    /// last layer also lose through the ends.
    pub fn compile(tank: &Tank) -> Self {
        let n = tank.layers.max(1);
        let layers = n as f64;
        let area_m2 = tank.volume_l * 1e-3 / tank.height_m;
        let side_m2 = 2.0 * (std::f64::consts::PI * area_m2).sqrt() * tank.height_m;
        let whole_m2 = side_m2 + 2.0 * area_m2;
        let layer_j_per_k = tank.volume_l * WATER_J_PER_L_K / layers;
        let loss_w_per_k: Vec<f64> = (0..n)
            .map(|i| {
                let ends = usize::from(i == 0) + usize::from(i + 1 == n);
                tank.loss_w_per_k * (side_m2 / layers + ends as f64 * area_m2) / whole_m2
            })
            .collect();
        let conduction_w_per_k = tank.conductivity_w_per_m_k * area_m2 * layers / tank.height_m;
        let charge = match tank.charging {
            Charging::Coil {
                bottom,
                top,
                ua_w_per_k,
            } => coil(n, bottom, top, ua_w_per_k),
            Charging::Direct {
                outlet,
                inlet,
                flow_w_per_k,
            } => {
                let outlet = layer_at(n, outlet);
                let inlet = layer_at(n, inlet).max(outlet);
                let between = layer_j_per_k * (inlet - outlet + 1) as f64;
                ChargePath::Direct {
                    outlet,
                    inlet,
                    flow_w_per_k,
                    passes: parts(flow_w_per_k / between, 1.0).max(LEAST_PASSES),
                }
            }
        };
        // Position of the sensor in units of layers, counted from the lowest centre.
        let sensor = (tank.sensor_height * layers - 0.5).clamp(0.0, layers - 1.0);
        let sensor_layer = (sensor.floor() as usize).min(n.saturating_sub(2));
        let fastest = (2.0 * conduction_w_per_k + loss_w_per_k.iter().copied().fold(0.0, f64::max))
            / layer_j_per_k;
        Self {
            layer_j_per_k,
            j_per_l_k: WATER_J_PER_L_K,
            loss_w_per_k,
            conduction_w_per_k,
            ambient_c: tank.ambient_c,
            charge,
            sensor_layer,
            sensor_upper: sensor - sensor_layer as f64,
            element_layer: layer_at(n, tank.element_height),
            loss_parts: parts(fastest, 0.5),
        }
    }
}

impl<T: Real> TankParams<T> {
    /// Packs up to `T::LANES` tanks of one layout (missing ones repeat the
    /// last); `None` where they differ in layout.
    pub fn pack(tanks: &[&TankParams<f64>]) -> Option<Self> {
        let first = tanks.first()?;
        let layout = first.layout();
        if tanks.len() > T::LANES || tanks.iter().any(|t| t.layout() != layout) {
            return None;
        }
        let number = |read: &dyn Fn(&TankParams<f64>) -> f64| -> T {
            pack(tanks.iter().map(|tank| read(tank)))
        };
        let charge = match &first.charge {
            ChargePath::Coil { from, ua_w_per_k } => ChargePath::Coil {
                from: *from,
                ua_w_per_k: (0..ua_w_per_k.len())
                    .map(|k| number(&|t| t.charge.number(k)))
                    .collect(),
            },
            ChargePath::Direct {
                outlet,
                inlet,
                passes,
                ..
            } => ChargePath::Direct {
                outlet: *outlet,
                inlet: *inlet,
                passes: *passes,
                flow_w_per_k: number(&|t| t.charge.number(0)),
            },
        };
        Some(Self {
            layer_j_per_k: number(&|t| t.layer_j_per_k),
            j_per_l_k: number(&|t| t.j_per_l_k),
            loss_w_per_k: (0..first.loss_w_per_k.len())
                .map(|i| number(&|t| t.loss_w_per_k[i]))
                .collect(),
            conduction_w_per_k: number(&|t| t.conduction_w_per_k),
            ambient_c: number(&|t| t.ambient_c),
            charge,
            sensor_layer: first.sensor_layer,
            sensor_upper: number(&|t| t.sensor_upper),
            element_layer: first.element_layer,
            loss_parts: first.loss_parts,
        })
    }

    /// Number of layers.
    pub fn layers(&self) -> usize {
        self.loss_w_per_k.len()
    }

    /// All that must be equal for tanks to share a block of lanes.
    pub fn layout(&self) -> [usize; 8] {
        let charge = match &self.charge {
            ChargePath::Coil { from, ua_w_per_k } => [0, *from, ua_w_per_k.len(), 0],
            ChargePath::Direct {
                outlet,
                inlet,
                passes,
                ..
            } => [1, *outlet, *inlet, *passes],
        };
        [
            self.layers(),
            self.sensor_layer,
            self.element_layer,
            self.loss_parts,
            charge[0],
            charge[1],
            charge[2],
            charge[3],
        ]
    }
}

impl ChargePath<f64> {
    fn number(&self, k: usize) -> f64 {
        match self {
            Self::Coil { ua_w_per_k, .. } => ua_w_per_k[k],
            Self::Direct { flow_w_per_k, .. } => *flow_w_per_k,
        }
    }
}

/// Shares of the coil by the length that lies in each layer.
fn coil(n: usize, bottom: f64, top: f64, ua_w_per_k: f64) -> ChargePath<f64> {
    let layers = n as f64;
    let from = ((bottom * layers + 1e-9).floor().max(0.0) as usize).min(n - 1);
    let to = layer_at(n, top).max(from);
    let (low, high) = (bottom * layers, top * layers);
    let length = |i: usize| (high.min((i + 1) as f64) - low.max(i as f64)).max(1e-9);
    let whole: f64 = (from..=to).map(length).sum();
    ChargePath::Coil {
        from,
        ua_w_per_k: (from..=to)
            .map(|i| ua_w_per_k * length(i) / whole)
            .collect(),
    }
}

/// The layer that holds a relative height; on an edge, the layer below.
fn layer_at(n: usize, height: f64) -> usize {
    (((height * n as f64 - 1e-9).ceil() - 1.0).max(0.0) as usize).min(n - 1)
}

/// Parts of the longest step in which a process of `rate_per_s` moves at most `limit`.
fn parts(rate_per_s: f64, limit: f64) -> usize {
    ((rate_per_s * LONGEST_STEP_S / limit).ceil() as usize).max(1)
}

//! The plain program: one struct a house with small matrices, decisions by
//! branches and held for the step. What a good engineer writes first; it knows
//! thermostat, hysteresis of the tank, a bilinear map, mixing by sweeps, energy
//! sums, and none of the rest.

use nalgebra::{SMatrix, SVector};

const ROOMS: usize = 3;
const NODES: usize = 2 * ROOMS + 1;
const LAYERS: usize = 4;
const STEP_S: f64 = 300.0;

struct House {
    /// Temperatures of air and mass of each room, and of the emitter, degC.
    x: SVector<f64, NODES>,
    /// x(t + dt) = a x(t) + b (outdoor, gains, heat to the emitter).
    a: SMatrix<f64, NODES, NODES>,
    b: SMatrix<f64, NODES, 3>,
    tank_c: [f64; LAYERS],
    layer_j_per_k: f64,
    calls: [bool; ROOMS],
    charges: bool,
    on: bool,
    starts: u64,
    electric_j: f64,
    heat_j: f64,
    below_ks: f64,
}

/// Many houses, one after the other in each step.
pub(crate) struct Houses {
    all: Vec<House>,
    at: usize,
}

impl Houses {
    pub(crate) fn new(number: usize) -> Self {
        Self {
            all: (0..number).map(House::new).collect(),
            at: 0,
        }
    }

    pub(crate) fn run(&mut self, rows: usize) {
        for _ in 0..rows {
            let (outdoor_c, gains_w) = super::outdoors(self.at % super::DAY);
            let draw_l = if (self.at + 60) % 144 == 0 { 45.0 } else { 0.0 };
            for house in &mut self.all {
                house.step(outdoor_c, gains_w, draw_l);
            }
            self.at += 1;
        }
    }
}

impl House {
    fn new(k: usize) -> Self {
        let f = 1.0 + 0.1 * (k % 11) as f64 / 11.0;
        let mut rate = SMatrix::<f64, NODES, NODES>::zeros();
        let mut input = SMatrix::<f64, NODES, 3>::zeros();
        let emitter = 2 * ROOMS;
        let capacity = |n: usize| match n {
            n if n == emitter => 3.6e6,
            n if n % 2 == 0 => 1.5e5,
            _ => 6e6,
        };
        let mut link = |a: usize, b: usize, g: f64| {
            rate[(a, b)] += g / capacity(a);
            rate[(a, a)] -= g / capacity(a);
            rate[(b, a)] += g / capacity(b);
            rate[(b, b)] -= g / capacity(b);
        };
        for r in 0..ROOMS {
            link(2 * r, 2 * r + 1, 250.0);
            link(2 * r, emitter, 90.0);
        }
        for r in 0..ROOMS {
            let g = 35.0 * f / capacity(2 * r);
            rate[(2 * r, 2 * r)] -= g;
            input[(2 * r, 0)] = g;
            input[(2 * r, 1)] = 1.0 / capacity(2 * r);
        }
        input[(emitter, 2)] = 1.0 / capacity(emitter);
        // Exact for held inputs: many small explicit steps, once.
        let parts = 30_000;
        let dt = STEP_S / f64::from(parts);
        let one = SMatrix::<f64, NODES, NODES>::identity();
        let small = one + rate * dt;
        let (mut a, mut sum) = (one, SMatrix::<f64, NODES, NODES>::zeros());
        for _ in 0..parts {
            sum += a * dt;
            a *= small;
        }
        Self {
            x: SVector::repeat(20.0),
            a,
            b: sum * input,
            tank_c: [48.0; LAYERS],
            layer_j_per_k: 180.0 * 4180.0 / LAYERS as f64,
            calls: [false; ROOMS],
            charges: false,
            on: false,
            starts: 0,
            electric_j: 0.0,
            heat_j: 0.0,
            below_ks: 0.0,
        }
    }

    fn step(&mut self, outdoor_c: f64, gains_w: f64, draw_l: f64) {
        let mut wanted = false;
        for r in 0..ROOMS {
            let c = self.x[2 * r];
            if c < 20.2 {
                self.calls[r] = true;
            } else if c > 20.8 {
                self.calls[r] = false;
            }
            wanted |= self.calls[r];
            if c < 19.0 {
                self.below_ks += (19.0 - c) * STEP_S;
            }
        }
        if self.tank_c[1] < 45.0 {
            self.charges = true;
        } else if self.tank_c[1] > 50.0 {
            self.charges = false;
        }
        let on = wanted || self.charges;
        if on && !self.on {
            self.starts += 1;
        }
        self.on = on;
        let flow_c = if self.charges {
            self.tank_c[0] + 8.0
        } else {
            38.0 - 0.6 * outdoor_c
        };
        let (mut space_w, mut tank_w) = (0.0, 0.0);
        if on {
            let capacity_w = 7500.0 + 140.0 * (outdoor_c - 2.0) - 20.0 * (flow_c - 35.0);
            let per_heat = 0.27 - 0.006 * (outdoor_c - 2.0) + 0.005 * (flow_c - 35.0);
            let heat_w = if self.charges {
                tank_w = capacity_w;
                capacity_w
            } else {
                space_w =
                    (600.0 * (flow_c - self.x[2 * ROOMS])).clamp(0.25 * capacity_w, capacity_w);
                space_w
            };
            self.heat_j += heat_w * STEP_S;
            self.electric_j += heat_w * per_heat * STEP_S;
        }
        self.x = self.a * self.x + self.b * SVector::<f64, 3>::new(outdoor_c, gains_w, space_w);

        if draw_l > 0.0 {
            let hot_l = draw_l * 30.0 / (self.tank_c[LAYERS - 1] - 10.0).max(30.0);
            let share = (hot_l * 4180.0 / self.layer_j_per_k).min(1.0);
            for k in (1..LAYERS).rev() {
                self.tank_c[k] += share * (self.tank_c[k - 1] - self.tank_c[k]);
            }
            self.tank_c[0] += share * (10.0 - self.tank_c[0]);
        }
        self.tank_c[0] += tank_w * STEP_S / self.layer_j_per_k;
        for c in &mut self.tank_c {
            *c -= 0.45 * STEP_S / self.layer_j_per_k * (*c - 18.0);
        }
        for _ in 0..LAYERS {
            for k in 1..LAYERS {
                if self.tank_c[k - 1] > self.tank_c[k] {
                    let mean = 0.5 * (self.tank_c[k - 1] + self.tank_c[k]);
                    (self.tank_c[k - 1], self.tank_c[k]) = (mean, mean);
                }
            }
        }
    }
}

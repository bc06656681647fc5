//! Full-load map and part-load curve of a unit from its certified part-load
//! points after EN 14825.
//!
//! A certificate of an inverter unit says little about full load: it was
//! tested at the load of a house on that day (A-7, A2, A7, A12, the bivalent
//! point and the operation limit), each at the flow temperature of the 35 or
//! 55 degC application. What is taken from it, and what is assumed:
//!
//! - Full-load *capacity* is known at the bivalent point and below it. Warmer
//!   than that it is extended with the typical slopes of the map; good to about
//!   15 % (a unit may be held back by its software).
//! - At each point the *COP* is exactly the certified one: it is split into a
//!   full-load COP and a part-load factor at the point's load fraction.
//! - The part-load factor has one unknown, its rise at half load (0 to 35 %),
//!   chosen so that the full-load efficiency (inner exergetic, see the map)
//!   varies least between the points, drawn a little towards 20 %. How it is
//!   split is uncertain, so the COP is good to about 10 % far from the
//!   certified loads (full load on a mild day), and to the certificate near them.
//! - Lowest modulation is the smallest load fraction among the points.
//! - Defrosting is in the certified figures (whole cycles, EN 14511-3).

use super::map::{Duty, MapError, MapPoint, PerformanceMap, inner_carnot_cop};
use super::part_load::PartLoad;
use super::scop::{DESIGN_C, Declared, TestPoint, load_share};
use crate::numeric::elementary::ln;

/// Temperature application of EN 14825, by its flow at -10 degC outdoors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application {
    /// Floor heating.
    Low35,
    /// Radiators.
    Medium55,
}

/// Flow temperatures of EN 14825's average climate with variable outlet, degC.
const FLOW_C: [(f64, f64, f64); 5] = [
    (-10.0, 35.0, 55.0),
    (-7.0, 34.0, 52.0),
    (2.0, 30.0, 42.0),
    (7.0, 27.0, 36.0),
    (12.0, 24.0, 30.0),
];
/// Shape of the part-load factor over its rise at half load, at load fractions
/// 0, 0.25, 0.5, 0.75, 1: inverter compressors are best around a third to a
/// half of their speed.
const SHAPE: [f64; 5] = [0.6, 0.95, 1.0, 0.55, 0.0];
const USUAL_RISE: f64 = 0.2;
const GREATEST_RISE: f64 = 0.35;
/// Weight of the usual rise against the spread of ln efficiency.
const PULL: f64 = 0.05;

/// One table of a certificate.
#[derive(Clone, Debug, PartialEq)]
pub struct Certified {
    pub application: Application,
    pub declared: Declared,
}

impl Certified {
    /// Flow temperature at which a point was measured, degC. A unit whose lowest
    /// output is above the load is tested while it runs, with hotter water,
    /// so that the mean over on and off is the flow temperature asked for:
    /// `outlet mean = inlet + (outlet - inlet) * load / capacity` (EN 14825).
    pub fn tested_flow_c(&self, p: &TestPoint) -> f64 {
        self.running_flow_c(p.outdoor_c, p.capacity_w)
    }

    /// The same for an output of `capacity_w` at an outdoor temperature.
    fn running_flow_c(&self, outdoor_c: f64, capacity_w: f64) -> f64 {
        let load_w = self.declared.design_w * load_share(outdoor_c);
        let ratio = (load_w / capacity_w).min(1.0);
        let spread_k = self.application.spread_k() * capacity_w / self.declared.design_w;
        self.application.flow_c(outdoor_c) + (1.0 - ratio) * spread_k
    }
}

/// What a map and a part-load curve are made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Derived {
    pub map: PerformanceMap,
    pub part_load_cop: [f64; 5],
    pub min_modulation: f64,
}

impl Application {
    /// Outlet less inlet at the standard rating, K (EN 14511-2), taken to hold
    /// at the design load.
    fn spread_k(self) -> f64 {
        match self {
            Self::Low35 => 5.0,
            Self::Medium55 => 8.0,
        }
    }

    /// Flow temperature at an outdoor temperature, degC; beyond -10 and 12 it
    /// goes on straight.
    pub fn flow_c(self, outdoor_c: f64) -> f64 {
        let value = |row: &(f64, f64, f64)| match self {
            Self::Low35 => row.1,
            Self::Medium55 => row.2,
        };
        let above = FLOW_C
            .iter()
            .position(|row| row.0 >= outdoor_c)
            .unwrap_or(FLOW_C.len() - 1)
            .max(1);
        let (low, high) = (&FLOW_C[above - 1], &FLOW_C[above]);
        let share = (outdoor_c - low.0) / (high.0 - low.0);
        // Colder than the design day the flow stays at its design value.
        let share = if outdoor_c < DESIGN_C { 0.0 } else { share };
        value(low) + (value(high) - value(low)) * share
    }
}

/// Factors at load fractions 0 to 1 for a rise at half load.
fn factors(rise: f64) -> [f64; 5] {
    SHAPE.map(|s| 1.0 + rise * s)
}

struct Load {
    source_c: f64,
    flow_c: f64,
    full_w: f64,
    load: f64,
    cop: f64,
}

/// Map, part load and lowest modulation from one or two tables of a unit.
pub fn derive(tables: &[Certified]) -> Result<Derived, MapError> {
    let full: Vec<MapPoint> = tables
        .iter()
        .flat_map(|t| {
            let cold = move |p: &&TestPoint| p.outdoor_c <= t.declared.bivalent_c;
            t.declared.points.iter().filter(cold).map(|p| MapPoint {
                source_c: p.outdoor_c,
                flow_c: t.tested_flow_c(p),
                capacity_w: p.capacity_w,
                cop: p.cop,
            })
        })
        .collect();
    let capacity = PerformanceMap::from_points(Duty::Heating, &full)?;
    let loads: Vec<Load> = tables
        .iter()
        .flat_map(|t| t.declared.points.iter().map(move |p| (t, p)))
        .map(|(table, p)| {
            let flow_c = table.tested_flow_c(p);
            let full_w = capacity.at(p.outdoor_c, flow_c).0.max(p.capacity_w);
            Load {
                source_c: p.outdoor_c,
                flow_c,
                full_w,
                load: p.capacity_w / full_w,
                cop: p.cop,
            }
        })
        .collect();
    let spread = |rise: f64| {
        let part_load = PartLoad::new(factors(rise));
        let values: Vec<f64> = loads
            .iter()
            .map(|l| {
                let full = l.cop / part_load.factor(l.load);
                ln(full / inner_carnot_cop(Duty::Heating, l.source_c, l.flow_c))
            })
            .collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        variance + PULL * (rise - USUAL_RISE) * (rise - USUAL_RISE)
    };
    let rise = (0..=70)
        .map(|i| GREATEST_RISE * f64::from(i) / 70.0)
        .min_by(|a, b| spread(*a).total_cmp(&spread(*b)))
        .unwrap_or(USUAL_RISE);
    let part_load_cop = factors(rise);
    let part_load = PartLoad::new(part_load_cop);
    let points: Vec<MapPoint> = loads
        .iter()
        .map(|l| MapPoint {
            source_c: l.source_c,
            flow_c: l.flow_c,
            capacity_w: l.full_w,
            cop: l.cop / part_load.factor(l.load),
        })
        .collect();
    Ok(Derived {
        map: PerformanceMap::from_points(Duty::Heating, &points)?,
        part_load_cop,
        min_modulation: loads.iter().fold(1.0, |m, l| l.load.min(m)),
    })
}

/// SCOPon that map, part load and lowest modulation give in the bins of one
/// table, with its degradation where the unit has to cycle: what a simulated
/// unit ought to reach.
pub fn modelled_active_scop(derived: &Derived, table: &Certified) -> f64 {
    let declared = &table.declared;
    let part_load = PartLoad::new(derived.part_load_cop);
    let degradation = declared
        .points
        .iter()
        .max_by(|a, b| a.outdoor_c.total_cmp(&b.outdoor_c))
        .map_or(0.9, |p| p.degradation);
    super::scop::active_scop(declared.design_w, declared.limit_c, |outdoor_c| {
        let load_w = declared.design_w * super::scop::load_share(outdoor_c);
        let nominal_c = table.application.flow_c(outdoor_c);
        let lowest_w = derived.min_modulation * derived.map.at(outdoor_c, nominal_c).0;
        let flow_c = table.running_flow_c(outdoor_c, lowest_w.max(load_w));
        let (full_w, cop) = derived.map.at(outdoor_c, flow_c);
        let load = (load_w / full_w).clamp(derived.min_modulation, 1.0);
        let cop = cop * part_load.factor(load);
        (
            full_w,
            super::scop::degraded_cop(cop, load_w / (load * full_w), degradation),
        )
    })
}

//! Full-load capacity and COP on a grid of source and flow temperature, made
//! from whatever points there are.
//!
//! The points (EN 14511 tables, a few certified figures) are turned into ln
//! capacity and ln of the *inner* exergetic efficiency, and these are
//! interpolated ([`super::kriging`]) at the grid's nodes. Inner efficiency =
//! COP over the Carnot COP between temperatures that are `APPROACH_K` further
//! apart than the outer ones, for the heat exchangers; it varies far less with
//! temperature than the COP. Beyond the points' rectangle the efficiency is
//! held, so the COP follows Carnot and keeps falling with the lift, and the
//! capacity follows typical slopes for at most `CAPACITY_REACH_K`. Between the
//! nodes the map is bilinear in capacity and in 1/COP.

use thiserror::Error;

use super::curve::{FlowCurve, KNOTS};
use super::kriging::{Kriging, Prior};
use crate::numeric::elementary::{exp, ln};
use crate::units::kelvin;

/// Source temperatures of the grid, degC: first, step, number (to 45).
const SOURCE_FIRST_C: f64 = -25.0;
const SOURCE_STEP_K: f64 = 1.0;
const SOURCES: usize = 71;
/// Ends of the grid over flow temperature, degC.
const FLOW_FIRST_C: f64 = 7.0;
const FLOW_LAST_C: f64 = 75.0;
/// Temperature differences in both heat exchangers together, K. The result
/// hardly depends on it between the points; outside it bends the COP.
const APPROACH_K: f64 = 10.0;
/// Least inner lift, K: below it a compressor gains nothing.
const LEAST_LIFT_K: f64 = 15.0;
/// How far beyond the points the capacity follows the typical slopes, K.
const CAPACITY_REACH_K: f64 = 20.0;
/// An inner efficiency never exceeds this.
const EFFICIENCY_MAX: f64 = 0.9;
/// Typical relative change of the capacity a K of source and flow, as in the
/// published EN 14511 tables of inverter-driven units. Used where the points
/// don't say otherwise.
const CAPACITY_HEATING: Prior = Prior {
    slope: [0.012, -0.003],
    slope_sd: 0.01,
};
const CAPACITY_COOLING: Prior = Prior {
    slope: [-0.008, 0.02],
    slope_sd: 0.01,
};
const EFFICIENCY: Prior = Prior {
    slope: [0.0, 0.0],
    slope_sd: 0.005,
};

/// What a map is for. The source is outdoor air; in cooling it takes the heat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    Heating,
    Cooling,
}

/// One measured point at full load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapPoint {
    /// Outdoor air (or other source) temperature, degC, -40 to 60.
    pub source_c: f64,
    /// Flow temperature (room air for air-to-air units), degC, 0 to 90.
    pub flow_c: f64,
    /// Heat given, or taken in cooling, W (> 0).
    pub capacity_w: f64,
    /// Heat (or cold) over electricity, COP or EER.
    pub cop: f64,
}

/// Why points make no map.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum MapError {
    #[error("a performance map needs at least one point")]
    NoPoints,
    #[error("point {index}: {what}")]
    BadPoint { index: usize, what: String },
    #[error(
        "point {index}: a COP of {cop} is above the Carnot limit of {limit:.1} between {source_c} and {flow_c} degC; are source and flow temperature swapped?"
    )]
    AboveCarnot {
        index: usize,
        cop: f64,
        limit: f64,
        source_c: f64,
        flow_c: f64,
    },
    #[error("the points can't be interpolated: two of them are almost in the same place")]
    Singular,
}

/// Carnot COP (heating) or EER (cooling) between source and flow, degC;
/// infinite where no work is needed.
pub fn carnot_cop(duty: Duty, source_c: f64, flow_c: f64) -> f64 {
    let lift_k = lift_k(duty, source_c, flow_c);
    if lift_k > 0.0 {
        kelvin(flow_c) / lift_k
    } else {
        f64::INFINITY
    }
}

fn lift_k(duty: Duty, source_c: f64, flow_c: f64) -> f64 {
    match duty {
        Duty::Heating => flow_c - source_c,
        Duty::Cooling => source_c - flow_c,
    }
}

/// Carnot COP between the refrigerant's temperatures.
pub(super) fn inner_carnot_cop(duty: Duty, source_c: f64, flow_c: f64) -> f64 {
    kelvin(flow_c) / (lift_k(duty, source_c, flow_c) + APPROACH_K).max(LEAST_LIFT_K)
}

/// Full-load capacity and COP over source and flow temperature.
#[derive(Clone, Debug, PartialEq)]
pub struct PerformanceMap {
    duty: Duty,
    points: Vec<MapPoint>,
    knots_c: [f64; KNOTS],
    /// One row a source temperature.
    capacity_w: Vec<[f64; KNOTS]>,
    inverse_cop: Vec<[f64; KNOTS]>,
    warnings: Vec<String>,
}

impl PerformanceMap {
    /// A map through the points. Points in the same place are averaged.
    pub fn from_points(duty: Duty, points: &[MapPoint]) -> Result<Self, MapError> {
        for (index, p) in points.iter().enumerate() {
            check(duty, index, p)?;
        }
        let points = merged(points);
        if points.is_empty() {
            return Err(MapError::NoPoints);
        }
        let at: Vec<[f64; 2]> = points.iter().map(|p| [p.source_c, p.flow_c]).collect();
        let low: [f64; 2] =
            std::array::from_fn(|i| at.iter().fold(f64::INFINITY, |m, p| m.min(p[i])));
        let high: [f64; 2] =
            std::array::from_fn(|i| at.iter().fold(f64::NEG_INFINITY, |m, p| m.max(p[i])));
        let fit = |prior, value: &dyn Fn(&MapPoint) -> f64| {
            let values: Vec<f64> = points.iter().map(value).collect();
            Kriging::fit(prior, &at, &values).ok_or(MapError::Singular)
        };
        let typical = match duty {
            Duty::Heating => CAPACITY_HEATING,
            Duty::Cooling => CAPACITY_COOLING,
        };
        let capacity = fit(typical, &|p| ln(p.capacity_w))?;
        let efficiency = fit(EFFICIENCY, &|p| {
            ln(p.cop / inner_carnot_cop(duty, p.source_c, p.flow_c))
        })?;
        let most = points
            .iter()
            .map(|p| ln(p.cop / inner_carnot_cop(duty, p.source_c, p.flow_c)))
            .fold(ln(EFFICIENCY_MAX), f64::max);

        let knots_c = flow_knots(&points);
        let node = |source_c: f64, flow_c: f64| {
            let p = [source_c, flow_c];
            let inside: [f64; 2] = std::array::from_fn(|i| p[i].clamp(low[i], high[i]));
            let beyond: f64 = (0..2)
                .map(|i| {
                    typical.slope[i] * (p[i] - inside[i]).clamp(-CAPACITY_REACH_K, CAPACITY_REACH_K)
                })
                .sum();
            let cop =
                inner_carnot_cop(duty, source_c, flow_c) * exp(efficiency.value(inside).min(most));
            (exp(capacity.value(inside) + beyond), 1.0 / cop)
        };
        let mut map = Self {
            duty,
            points,
            knots_c,
            capacity_w: Vec::with_capacity(SOURCES),
            inverse_cop: Vec::with_capacity(SOURCES),
            warnings: Vec::new(),
        };
        for i in 0..SOURCES {
            let source_c = SOURCE_FIRST_C + i as f64 * SOURCE_STEP_K;
            let row: [(f64, f64); KNOTS] = knots_c.map(|flow_c| node(source_c, flow_c));
            map.capacity_w.push(row.map(|(capacity_w, _)| capacity_w));
            map.inverse_cop.push(row.map(|(_, inverse)| inverse));
        }
        map.warnings = map.oddities();
        Ok(map)
    }

    /// The map at one source temperature, degC (held beyond -25 and 45).
    pub fn slice(&self, source_c: f64) -> FlowCurve<f64> {
        let place = ((source_c - SOURCE_FIRST_C) / SOURCE_STEP_K).clamp(0.0, (SOURCES - 1) as f64);
        let i = (place as usize).min(SOURCES - 2);
        let share = place - i as f64;
        let blend = |rows: &[[f64; KNOTS]]| -> [f64; KNOTS] {
            std::array::from_fn(|k| rows[i][k] + (rows[i + 1][k] - rows[i][k]) * share)
        };
        FlowCurve::new(
            &self.knots_c,
            &blend(&self.capacity_w),
            &blend(&self.inverse_cop),
        )
    }

    /// Stands for a map that could not be made; gives next to nothing. For
    /// readers that go on to collect further faults.
    pub fn unusable(duty: Duty) -> Self {
        Self {
            duty,
            points: Vec::new(),
            knots_c: flow_knots(&[]),
            capacity_w: vec![[1.0; KNOTS]; SOURCES],
            inverse_cop: vec![[1.0; KNOTS]; SOURCES],
            warnings: Vec::new(),
        }
    }

    /// Capacity, W, and COP at source and flow temperature, degC.
    pub fn at(&self, source_c: f64, flow_c: f64) -> (f64, f64) {
        self.slice(source_c).at(flow_c)
    }

    pub fn duty(&self) -> Duty {
        self.duty
    }

    /// The points that it was made from (those in one place averaged).
    pub fn points(&self) -> &[MapPoint] {
        &self.points
    }

    /// What is odd about the points, in plain words; empty where nothing is.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn oddities(&self) -> Vec<String> {
        let mut odd = Vec::new();
        let name = |p: &MapPoint| format!("{} degC source, {} degC flow", p.source_c, p.flow_c);
        for (i, a) in self.points.iter().enumerate() {
            for b in &self.points[i + 1..] {
                // `hard` has at least b's lift in both coordinates.
                let sign = if self.duty == Duty::Heating {
                    1.0
                } else {
                    -1.0
                };
                let ds = sign * (a.source_c - b.source_c);
                let df = sign * (a.flow_c - b.flow_c);
                let (hard, easy) = if ds <= 0.0 && df >= 0.0 {
                    (a, b)
                } else if ds >= 0.0 && df <= 0.0 {
                    (b, a)
                } else {
                    continue;
                };
                if hard.cop > 1.005 * easy.cop {
                    odd.push(format!(
                        "the COP rises with the temperature lift: {} at {} but {} at {}",
                        hard.cop,
                        name(hard),
                        easy.cop,
                        name(easy)
                    ));
                }
            }
        }
        for p in &self.points {
            let share = p.cop / carnot_cop(self.duty, p.source_c, p.flow_c);
            if share > 0.75 {
                odd.push(format!(
                    "a COP of {} at {} is {:.0} % of the Carnot limit; 30 to 60 % is usual",
                    p.cop,
                    name(p),
                    100.0 * share
                ));
            }
        }
        odd
    }
}

fn check(duty: Duty, index: usize, p: &MapPoint) -> Result<(), MapError> {
    let bad = |what: String| Err(MapError::BadPoint { index, what });
    if !(-40.0..=60.0).contains(&p.source_c) {
        return bad(format!(
            "source temperature {} is not in -40 to 60 degC",
            p.source_c
        ));
    }
    if !(0.0..=90.0).contains(&p.flow_c) {
        return bad(format!(
            "flow temperature {} is not in 0 to 90 degC",
            p.flow_c
        ));
    }
    if !(p.capacity_w.is_finite() && p.capacity_w > 0.0) {
        return bad(format!("capacity {} W is not above 0", p.capacity_w));
    }
    if !(p.cop.is_finite() && p.cop > 0.0) {
        return bad(format!("COP {} is not above 0", p.cop));
    }
    let limit = carnot_cop(duty, p.source_c, p.flow_c);
    if p.cop > limit {
        return Err(MapError::AboveCarnot {
            index,
            cop: p.cop,
            limit,
            source_c: p.source_c,
            flow_c: p.flow_c,
        });
    }
    Ok(())
}

/// Points in one place become their mean.
fn merged(points: &[MapPoint]) -> Vec<MapPoint> {
    let mut groups: Vec<(MapPoint, f64)> = Vec::new();
    for p in points {
        match groups
            .iter_mut()
            .find(|(q, _)| (q.source_c - p.source_c).hypot(q.flow_c - p.flow_c) < 0.05)
        {
            Some((q, n)) => {
                q.capacity_w = (q.capacity_w * *n + p.capacity_w) / (*n + 1.0);
                q.cop = (*n + 1.0) / (*n / q.cop + 1.0 / p.cop);
                *n += 1.0;
            }
            None => groups.push((*p, 1.0)),
        }
    }
    groups.into_iter().map(|(p, _)| p).collect()
}

/// Flow temperatures of the grid: those of the points where they are few,
/// thinned where they are many, filled up where they leave wide gaps.
fn flow_knots(points: &[MapPoint]) -> [f64; KNOTS] {
    let mut knots: Vec<f64> = points
        .iter()
        .map(|p| p.flow_c)
        .filter(|f| *f > FLOW_FIRST_C && *f < FLOW_LAST_C)
        .collect();
    knots.extend([FLOW_FIRST_C, FLOW_LAST_C]);
    knots.sort_by(f64::total_cmp);
    knots.dedup_by(|b, a| *b - *a < 0.1);
    while knots.len() > KNOTS {
        let gap = |k: usize| knots[k + 1] - knots[k - 1];
        let tightest = (2..knots.len() - 1).fold(1, |m, k| if gap(k) < gap(m) { k } else { m });
        knots.remove(tightest);
    }
    while knots.len() < KNOTS {
        let gap = |k: usize| knots[k + 1] - knots[k];
        let widest = (1..knots.len() - 1).fold(0, |m, k| if gap(k) > gap(m) { k } else { m });
        knots.insert(widest + 1, 0.5 * (knots[widest] + knots[widest + 1]));
    }
    std::array::from_fn(|k| knots[k])
}

//! The seasonal coefficient of performance of EN 14825 from its test points,
//! for the average heating season: what a manufacturer declares.
//!
//! A plain calculation over temperature bins, to check maps and units against
//! their certificates. It is not how Heatloop simulates a season.

/// Outdoor temperature of a bin, degC, and its hours in the average heating
/// season (Regulations (EU) 811/2013 and 813/2013, Annexes VII and III): 4910 h. With
/// the hours below they give the declared SCOPs of 150 certificates (`heatloop verify`).
pub const AVERAGE_BINS: [(f64, f64); 26] = [
    (-10.0, 1.0),
    (-9.0, 25.0),
    (-8.0, 23.0),
    (-7.0, 24.0),
    (-6.0, 27.0),
    (-5.0, 68.0),
    (-4.0, 91.0),
    (-3.0, 89.0),
    (-2.0, 165.0),
    (-1.0, 173.0),
    (0.0, 240.0),
    (1.0, 280.0),
    (2.0, 320.0),
    (3.0, 357.0),
    (4.0, 356.0),
    (5.0, 303.0),
    (6.0, 330.0),
    (7.0, 326.0),
    (8.0, 348.0),
    (9.0, 335.0),
    (10.0, 315.0),
    (11.0, 215.0),
    (12.0, 169.0),
    (13.0, 151.0),
    (14.0, 105.0),
    (15.0, 74.0),
];
/// Design temperature of the average season and end of heating, degC.
pub const DESIGN_C: f64 = -10.0;
pub const HEATING_LIMIT_C: f64 = 16.0;
/// Equivalent active hours, and hours of thermostat-off and crankcase heating
/// of a reversible unit in the average season, h (EN 14825; a reversible unit
/// has no off-mode hours in heating).
pub const ACTIVE_H: f64 = 2066.0;
const THERMOSTAT_OFF_H: f64 = 178.0;
const CRANKCASE_H: f64 = 178.0;

/// A part-load test point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TestPoint {
    pub outdoor_c: f64,
    /// Declared heating capacity, W.
    pub capacity_w: f64,
    /// Declared COP.
    pub cop: f64,
    /// Degradation coefficient Cdh, 0 to 1 (0.9 where none was determined).
    pub degradation: f64,
}

/// What is declared of a reversible unit for the average season.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    /// Design heat load, W.
    pub design_w: f64,
    /// Points A-7, A2, A7, A12, bivalent and operation limit, in any order;
    /// where two have one temperature the first counts.
    pub points: Vec<TestPoint>,
    pub bivalent_c: f64,
    /// Below it the compressor doesn't run.
    pub limit_c: f64,
    pub thermostat_off_w: f64,
    pub crankcase_w: f64,
}

/// Share of the design load at an outdoor temperature.
pub fn load_share(outdoor_c: f64) -> f64 {
    ((outdoor_c - HEATING_LIMIT_C) / (DESIGN_C - HEATING_LIMIT_C)).max(0.0)
}

/// COP at a capacity ratio below 1, with degradation coefficient `degradation`
/// (EN 14825 for units whose water side keeps its mean temperature).
pub fn degraded_cop(cop: f64, capacity_ratio: f64, degradation: f64) -> f64 {
    if capacity_ratio >= 1.0 {
        return cop;
    }
    cop * capacity_ratio / (degradation * capacity_ratio + 1.0 - degradation)
}

/// SCOP of the active mode with backup (SCOPon), given capacity, W, and COP
/// (degraded where it cycles) by outdoor temperature.
pub fn active_scop(design_w: f64, limit_c: f64, bin: impl Fn(f64) -> (f64, f64)) -> f64 {
    let (mut heat, mut electricity) = (0.0, 0.0);
    for (outdoor_c, hours) in AVERAGE_BINS {
        let load_w = design_w * load_share(outdoor_c);
        let (capacity_w, cop) = bin(outdoor_c);
        let pumped_w = pumped_w(outdoor_c, limit_c, capacity_w, load_w);
        heat += hours * load_w;
        electricity += hours * (pumped_w / cop + (load_w - pumped_w));
    }
    heat / electricity
}

/// What the compressor gives of a load, W; the backup gives the rest.
fn pumped_w(outdoor_c: f64, limit_c: f64, capacity_w: f64, load_w: f64) -> f64 {
    if outdoor_c < limit_c {
        0.0
    } else {
        capacity_w.min(load_w)
    }
}

impl Declared {
    /// SCOP as declared; `None` where there are fewer than two points.
    pub fn scop(&self) -> Option<f64> {
        let on = self.active()?;
        let heat_wh = self.design_w * ACTIVE_H;
        let idle_wh = THERMOSTAT_OFF_H * self.thermostat_off_w + CRANKCASE_H * self.crankcase_w;
        Some(heat_wh / (heat_wh / on + idle_wh))
    }

    /// SCOPon: active mode with backup.
    pub fn active(&self) -> Option<f64> {
        let bin = self.bin(true)?;
        Some(active_scop(self.design_w, self.limit_c, bin))
    }

    /// COP of each bin by outdoor temperature, backup included.
    pub fn bin_cops(&self) -> Option<Vec<(f64, f64)>> {
        let bin = self.bin(true)?;
        let cop = |(outdoor_c, _)| {
            let load_w = self.design_w * load_share(outdoor_c);
            let (capacity_w, cop) = bin(outdoor_c);
            let pumped_w = pumped_w(outdoor_c, self.limit_c, capacity_w, load_w);
            (outdoor_c, load_w / (pumped_w / cop + load_w - pumped_w))
        };
        Some(AVERAGE_BINS.map(cop).to_vec())
    }

    /// COP of each bin while the compressor runs: without what cycling and the
    /// backup cost.
    pub fn running_cops(&self) -> Option<Vec<(f64, f64)>> {
        let bin = self.bin(false)?;
        Some(AVERAGE_BINS.map(|(t, _)| (t, bin(t).1)).to_vec())
    }

    /// Capacity, W, and COP (degraded where it cycles, if `cycling` counts) by
    /// outdoor temperature.
    fn bin(&self, cycling: bool) -> Option<impl Fn(f64) -> (f64, f64) + '_> {
        let mut points = self.points.clone();
        // Stable, so the first of one temperature stays first.
        points.sort_by(|a, b| a.outdoor_c.total_cmp(&b.outdoor_c));
        points.dedup_by(|b, a| a.outdoor_c == b.outdoor_c);
        if points.len() < 2 {
            return None;
        }
        let at = move |p: &TestPoint| {
            let ratio = self.design_w * load_share(p.outdoor_c) / p.capacity_w;
            let ratio = if cycling { ratio } else { 1.0 };
            (p.capacity_w, degraded_cop(p.cop, ratio, p.degradation))
        };
        Some(move |outdoor_c: f64| {
            let above = points
                .iter()
                .position(|p| p.outdoor_c >= outdoor_c)
                .unwrap_or(points.len())
                .clamp(1, points.len() - 1);
            let (low, high) = (&points[above - 1], &points[above]);
            let share = (outdoor_c - low.outdoor_c) / (high.outdoor_c - low.outdoor_c);
            let ((q0, c0), (q1, c1)) = (at(low), at(high));
            let capacity_w = q0 + (q1 - q0) * share;
            // Above the bivalent point the unit covers the load by definition.
            let capacity_w = if outdoor_c >= self.bivalent_c {
                capacity_w.max(self.design_w * load_share(outdoor_c))
            } else {
                capacity_w
            };
            (capacity_w, c0 + (c1 - c0) * share)
        })
    }
}

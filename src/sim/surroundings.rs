//! Inputs of a device's thermal network, row by row: temperatures around the
//! house, sun through windows, internal gains.

use crate::model::Series;
use crate::model::house::{BoundaryTemperature, Source, SourceKind};
use crate::physics::sol_air::{Surface, sol_air_c, yearly_cosine_c};
use crate::physics::solar::Plane;
use crate::physics::window::Aperture;
use crate::units::S_PER_DAY;
use crate::weather::Rows;

/// A boundary temperature, prepared.
#[derive(Debug)]
enum Boundary {
    Outdoor,
    SolAir {
        plane: usize,
        surface: Surface,
    },
    Ground {
        mean_c: f64,
        amplitude_k: f64,
        coldest_day: f64,
    },
    Fixed(f64),
    Series(Series),
}

/// A source, prepared.
#[derive(Debug)]
enum Gain {
    Window {
        aperture: Box<Aperture>,
        plane: usize,
    },
    Given(Series),
}

/// All inputs of one device's network.
#[derive(Debug)]
pub(super) struct NetworkInputs {
    boundaries: Vec<Boundary>,
    gains: Vec<Gain>,
    planes: Vec<Plane>,
    /// Irradiance on each plane in the present row.
    light: Vec<crate::physics::solar::Tilted>,
}

impl NetworkInputs {
    /// Prepares inputs in the order of the layout: boundaries, then sources.
    pub(super) fn new(boundaries: &[BoundaryTemperature], sources: &[Source]) -> Self {
        let mut planes = Vec::new();
        let mut keys: Vec<(u64, u64)> = Vec::new();
        let mut plane = |tilt: f64, azimuth: f64| {
            let key = (tilt.to_bits(), azimuth.to_bits());
            keys.iter().position(|k| *k == key).unwrap_or_else(|| {
                keys.push(key);
                planes.push(Plane::new(tilt, azimuth));
                keys.len() - 1
            })
        };
        let boundaries = boundaries
            .iter()
            .map(|b| match b {
                BoundaryTemperature::Outdoor => Boundary::Outdoor,
                BoundaryTemperature::SolAir {
                    tilt_deg,
                    azimuth_deg,
                    absorptance,
                    emissivity,
                    film_w_per_m2_k,
                    sky_view,
                } => Boundary::SolAir {
                    plane: plane(*tilt_deg, *azimuth_deg),
                    surface: Surface {
                        absorptance: *absorptance,
                        emissivity: *emissivity,
                        film_w_per_m2_k: *film_w_per_m2_k,
                        sky_view: *sky_view,
                    },
                },
                BoundaryTemperature::Ground {
                    mean_c,
                    amplitude_k,
                    coldest_day,
                } => Boundary::Ground {
                    mean_c: *mean_c,
                    amplitude_k: *amplitude_k,
                    coldest_day: *coldest_day,
                },
                BoundaryTemperature::Fixed(c) => Boundary::Fixed(*c),
                BoundaryTemperature::Series(s) => Boundary::Series(s.clone()),
            })
            .collect();
        let gains = sources
            .iter()
            .map(|s| match &s.kind {
                SourceKind::Window(w) => Gain::Window {
                    plane: plane(w.tilt_deg, w.azimuth_deg),
                    aperture: Box::new(Aperture::new(w)),
                },
                SourceKind::Internal(series) | SourceKind::GivenSun(series) => {
                    Gain::Given(series.clone())
                }
            })
            .collect();
        Self {
            boundaries,
            gains,
            light: vec![Default::default(); planes.len()],
            planes,
        }
    }

    /// Number of inputs.
    pub(super) fn len(&self) -> usize {
        self.boundaries.len() + self.gains.len()
    }

    /// Fills `inputs` (degC, then W) for weather row `i`, which covers
    /// `[t_s, t_s + step_s)`.
    pub(super) fn fill(
        &mut self,
        rows: &Rows,
        i: usize,
        t_s: i64,
        step_s: i64,
        inputs: &mut [f64],
    ) {
        for (light, plane) in self.light.iter_mut().zip(&self.planes) {
            *light = rows.tilted(i, plane);
        }
        let outdoor_c = rows.outdoor_c[i];
        let day = day_of_year(t_s);
        let (temperatures, powers) = inputs.split_at_mut(self.boundaries.len());
        for (input, boundary) in temperatures.iter_mut().zip(&self.boundaries) {
            *input = match boundary {
                Boundary::Outdoor => outdoor_c,
                Boundary::SolAir { plane, surface } => sol_air_c(
                    surface,
                    outdoor_c,
                    rows.sky_c[i],
                    self.light[*plane].total(),
                ),
                Boundary::Ground {
                    mean_c,
                    amplitude_k,
                    coldest_day,
                } => yearly_cosine_c(*mean_c, *amplitude_k, *coldest_day, day),
                Boundary::Fixed(c) => *c,
                Boundary::Series(series) => series.mean(t_s, t_s + step_s),
            };
        }
        for (input, gain) in powers.iter_mut().zip(&self.gains) {
            *input = match gain {
                Gain::Window { aperture, plane } => {
                    aperture.gain_w(&self.light[*plane], &rows.sun[i])
                }
                Gain::Given(series) => series.mean(t_s, t_s + step_s),
            };
        }
    }
}

/// Day of the (mean) year at an instant, counted from 0 on 1 January. Half a
/// day off at most: for yearly cosines.
pub(super) fn day_of_year(t_s: i64) -> f64 {
    let year_s = 365.242_5 * S_PER_DAY;
    (t_s as f64).rem_euclid(year_s) / S_PER_DAY
}

//! Inputs of a device's thermal network, row by row: temperatures around the
//! house, sun through windows, internal gains.

use std::sync::Arc;

use super::films::{Films, Joints, Start};
use crate::model::Series;
use crate::model::house::{
    BoundaryTemperature, Felt, Light, Radiant, Source, SourceKind, SunPart, Window,
};
use crate::physics::outer_face::Around;
use crate::physics::sol_air::{Surface, felt_c, sol_air_c, yearly_cosine_c};
use crate::physics::solar::{Plane, Tilted};
use crate::physics::window::{Aperture, Lit};
use crate::plant::modal::ModalSystem;
use crate::units::S_PER_DAY;
use crate::weather::Rows;

/// A boundary temperature, prepared.
#[derive(Debug, PartialEq)]
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
    /// With the index of its plane, where it has the weather's sun.
    Felt(Box<Felt>, usize),
}

impl Boundary {
    /// It follows a series, which may change with each row.
    fn is_given(&self) -> bool {
        matches!(self, Boundary::Series(_) | Boundary::Felt(..))
    }
}

/// A source, prepared. Films are not among them.
#[derive(Debug, PartialEq)]
enum Gain {
    Window { aperture: usize, part: SunPart },
    Given(Series),
}

impl Gain {
    /// It follows a series, which may change with each row.
    fn is_given(&self) -> bool {
        matches!(self, Gain::Given(_))
    }
}

/// A window and the plane that it lies in, with the light of the present row.
#[derive(Debug)]
struct Opening {
    window: Arc<Window>,
    aperture: Aperture,
    plane: usize,
    lit: Lit,
}

/// The planes of walls and windows with the light of the present row.
#[derive(Debug, Default)]
pub(super) struct Planes {
    keys: Vec<(u64, u64)>,
    planes: Vec<Plane>,
    light: Vec<Tilted>,
}

impl Planes {
    /// Index of a plane; it is added if it is new.
    pub(super) fn index(&mut self, tilt_deg: f64, azimuth_deg: f64) -> usize {
        let key = (tilt_deg.to_bits(), azimuth_deg.to_bits());
        self.keys.iter().position(|k| *k == key).unwrap_or_else(|| {
            self.keys.push(key);
            self.planes.push(Plane::new(tilt_deg, azimuth_deg));
            self.light.push(Tilted::default());
            self.keys.len() - 1
        })
    }

    /// All light on each of them, W/m2.
    pub(super) fn totals(&self, totals: &mut Vec<f64>) {
        totals.clear();
        totals.extend(self.light.iter().map(Tilted::total));
    }
}

/// All inputs of one device's network.
#[derive(Debug)]
pub(super) struct NetworkInputs {
    boundaries: Vec<Boundary>,
    gains: Vec<Gain>,
    openings: Vec<Opening>,
    planes: Planes,
    films: Films,
    /// The weather row of the light and of all that hangs on the weather alone.
    filled: Option<usize>,
    /// What films outside meet in a weather row, and which row that is.
    around: Option<(usize, Around)>,
}

impl NetworkInputs {
    /// Prepares inputs in the order of the layout: boundaries, then sources,
    /// films last.
    pub(super) fn new(
        boundaries: &[BoundaryTemperature],
        states: &[&[Source]],
        systems: &[ModalSystem],
    ) -> Self {
        let mut planes = Planes::default();
        let boundaries: Vec<Boundary> = boundaries
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
                    plane: planes.index(*tilt_deg, *azimuth_deg),
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
                BoundaryTemperature::Felt(felt) => {
                    let plane = match &felt.sun {
                        Light::Plane {
                            tilt_deg,
                            azimuth_deg,
                        } => planes.index(*tilt_deg, *azimuth_deg),
                        Light::Given(_) => usize::MAX,
                    };
                    Boundary::Felt(felt.clone(), plane)
                }
            })
            .collect();
        let mut openings: Vec<Opening> = Vec::new();
        let gains: Vec<Gain> = states
            .first()
            .copied()
            .unwrap_or_default()
            .iter()
            .filter_map(|s| match &s.kind {
                SourceKind::Window(w, part) => {
                    let known = openings.iter().position(|o| Arc::ptr_eq(&o.window, w));
                    let aperture = known.unwrap_or_else(|| {
                        openings.push(Opening {
                            window: w.clone(),
                            aperture: Aperture::new(w),
                            plane: planes.index(w.tilt_deg, w.azimuth_deg),
                            lit: Lit::default(),
                        });
                        openings.len() - 1
                    });
                    Some(Gain::Window {
                        aperture,
                        part: *part,
                    })
                }
                SourceKind::Internal(series) | SourceKind::GivenSun(series) => {
                    Some(Gain::Given(series.clone()))
                }
                SourceKind::Film(_) => None,
            })
            .collect();
        let first_film = boundaries.len() + gains.len();
        let films = Films::new(states, systems, first_film, &mut planes);
        Self {
            boundaries,
            gains,
            openings,
            planes,
            films,
            filled: None,
            around: None,
        }
    }

    /// Which of the inputs before the films change from row to row.
    pub(super) fn quick(&self) -> Vec<bool> {
        let temperatures = self.boundaries.iter().map(|b| {
            matches!(
                b,
                Boundary::Outdoor | Boundary::SolAir { .. } | Boundary::Ground { .. }
            )
        });
        let gains = self.gains.iter().map(|g| matches!(g, Gain::Window { .. }));
        temperatures.chain(gains).collect()
    }

    /// Index of the first film among the inputs.
    pub(super) fn first_film(&self) -> usize {
        self.boundaries.len() + self.gains.len()
    }

    /// The nodes that films lie between.
    pub(super) fn joints(&self) -> &Joints {
        self.films.joints()
    }

    /// What the films in `inputs` carry, summed up at these nodes, W.
    pub(super) fn nodes_w(&mut self, inputs: &[f64]) -> &[f64] {
        self.films.nodes_w(inputs)
    }

    /// Number of inputs.
    pub(super) fn len(&self) -> usize {
        self.first_film() + self.films.len()
    }

    /// Fills `inputs` (degC, then W) for weather row `i`, which covers
    /// `[t_s, t_s + step_s)`. Films keep what they had; see
    /// [`NetworkInputs::hold_films`].
    pub(super) fn fill(
        &mut self,
        rows: &Rows,
        i: usize,
        t_s: i64,
        step_s: i64,
        inputs: &mut [f64],
    ) {
        // The weather stays for some rows.
        let new_weather = self.filled != Some(i);
        self.filled = Some(i);
        if new_weather {
            let sky = rows.sky(i);
            for (light, plane) in self.planes.light.iter_mut().zip(&self.planes.planes) {
                *light = sky.on(plane);
            }
            for opening in &mut self.openings {
                let light = &self.planes.light[opening.plane];
                opening.lit = opening.aperture.lit(light, &rows.sun[i]);
            }
        }
        let outdoor_c = rows.outdoor_c[i];
        let day = day_of_year(rows.starts_s(i));
        let (temperatures, powers) = inputs.split_at_mut(self.boundaries.len());
        let boundaries = temperatures.iter_mut().zip(&self.boundaries);
        for (input, boundary) in boundaries.filter(|(_, b)| new_weather || b.is_given()) {
            *input = match boundary {
                Boundary::Outdoor => outdoor_c,
                Boundary::SolAir { plane, surface } => sol_air_c(
                    surface,
                    outdoor_c,
                    rows.sky_c[i],
                    self.planes.light[*plane].total(),
                ),
                Boundary::Ground {
                    mean_c,
                    amplitude_k,
                    coldest_day,
                } => yearly_cosine_c(*mean_c, *amplitude_k, *coldest_day, day),
                Boundary::Fixed(c) => *c,
                Boundary::Series(series) => series.mean(t_s, t_s + step_s),
                Boundary::Felt(felt, plane) => {
                    let (to_s, sky_c) = (t_s + step_s, rows.sky_c[i]);
                    let irradiance = match &felt.sun {
                        Light::Plane { .. } => self.planes.light[*plane].total(),
                        Light::Given(series) => series.mean(t_s, to_s),
                    };
                    let radiant_c = match &felt.radiant {
                        Radiant::Sky { share } => outdoor_c + share * (sky_c - outdoor_c),
                        Radiant::Given(series) => series.mean(t_s, to_s),
                    };
                    let open = if irradiance > felt.blind_closes_above_w_per_m2 {
                        felt.blind_transmittance
                    } else {
                        1.0
                    };
                    felt_c(
                        outdoor_c,
                        felt.sun_k_m2_per_w,
                        irradiance,
                        felt.radiant_share * open,
                        radiant_c,
                    )
                }
            };
        }
        let gains = powers.iter_mut().zip(&self.gains);
        for (input, gain) in gains.filter(|(_, g)| new_weather || g.is_given()) {
            *input = match gain {
                Gain::Window { aperture, part } => {
                    let opening = &self.openings[*aperture];
                    opening.aperture.heat_w(&opening.lit, *part)
                }
                Gain::Given(series) => series.mean(t_s, t_s + step_s),
            };
        }
    }

    /// Whether another device's network has the same inputs, films aside, under
    /// the same weather.
    pub(super) fn same(&self, other: &Self) -> bool {
        let same_window =
            |(a, b): (&Opening, &Opening)| (&a.window, a.plane) == (&b.window, b.plane);
        self.boundaries == other.boundaries
            && self.gains == other.gains
            && self.planes.keys == other.planes.keys
            && self.openings.len() == other.openings.len()
            && self.openings.iter().zip(&other.openings).all(same_window)
    }

    /// As [`NetworkInputs::fill`], with what was `filled` in the same row for a
    /// device that has the [same](Self::same) inputs.
    pub(super) fn fill_as(&self, filled: &[f64], inputs: &mut [f64]) {
        let own = self.first_film();
        inputs[..own].copy_from_slice(&filled[..own]);
    }

    /// Fills in the films for the row that was filled, as a device stands at its
    /// start. `ahead` has the [same](Self::same) inputs, and may have the house
    /// with its films, too.
    pub(super) fn hold_films(
        &mut self,
        rows: &Rows,
        i: usize,
        start: &Start<'_>,
        inputs: &mut [f64],
        ahead: [Option<&Self>; 2],
    ) {
        if self.films.len() == 0 {
            return;
        }
        let [same_inputs, same_house] = ahead;
        let known = same_inputs.and_then(|ahead| ahead.around);
        let around = match known.filter(|&(row, _)| row == i) {
            Some((_, around)) => around,
            None => Around::new(rows.outdoor_c[i], rows.sky_c[i], rows.wind_m_per_s[i]),
        };
        self.around = Some((i, around));
        let planes = same_inputs.map_or(&self.planes, |ahead| &ahead.planes);
        let same_films = same_house.map(|ahead| &ahead.films);
        self.films.hold(start, inputs, &around, planes, same_films);
    }

    /// Reads the same tables as the inputs of the same house in another device.
    pub(super) fn share_tables(&mut self, other: &Self) {
        self.films.share_tables(&other.films);
    }
}

/// Day of the (mean) year at an instant, counted from 0 on 1 January. Half a
/// day off at most: for yearly cosines.
pub(super) fn day_of_year(t_s: i64) -> f64 {
    let year_s = 365.242_5 * S_PER_DAY;
    (t_s as f64).rem_euclid(year_s) / S_PER_DAY
}

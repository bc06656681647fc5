//! A house described by what it is built of: layers, windows, air flows,
//! bridges, neighbours and gains, room by room. `house::fabric` turns it into
//! a thermal network; nothing here computes.
//!
//! Directions: azimuth in degrees clockwise from north, tilt 0 for a surface
//! that faces the sky and 90 for a wall. Layers run from the room outwards.

use super::house::{BoundaryTemperature, Window};
use super::series::Series;
use crate::physics::convection::{Roughness, Terrain};
use crate::physics::gap::Gas;

/// The whole house.
#[derive(Clone, Debug)]
pub struct Construction {
    pub name: String,
    /// Never empty.
    pub rooms: Vec<RoomSpec>,
    /// Metres above sea level: thins the air of all flows.
    pub altitude_m: f64,
    pub partitions: Vec<Partition>,
    pub doors: Vec<Door>,
    /// Films inside and outside that nothing prescribes.
    pub inside_films: InsideFilms,
    pub outside_films: OutsideFilms,
    /// Around the house: how much wind reaches its faces.
    pub terrain: Terrain,
    /// Surcharge for thermal bridges on all of the envelope, W/(m2 K).
    pub bridge_surcharge_w_per_m2_k: f64,
    pub night: Option<NightVentilation>,
    /// Heat recovery is by-passed while indoors is warmer than this, degC, and
    /// outdoors is colder than indoors. `None`: no by-pass.
    pub bypass_above_c: Option<f64>,
}

/// Films inside a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsideFilms {
    /// Constant convection by direction (EN ISO 52016-1) and radiation.
    Standard,
    /// Natural convection by temperature difference (TARP), radiation by temperature.
    Natural,
}

/// Films of faces to outdoor air.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutsideFilms {
    /// One constant film (EN ISO 6946), sun and sky by sol-air temperature.
    Standard,
    /// Convection by wind and temperature (DOE-2), long-wave exchange by temperature.
    Weather,
}

/// Films that are prescribed for one surface or window, W/(m2 K); `None`
/// leaves them to the house.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Prescribed {
    pub inside_convection: Option<f64>,
    /// To the room's radiant node.
    pub inside_radiation: Option<f64>,
    /// Convection alone; long-wave exchange follows the temperatures.
    pub outside_convection: Option<f64>,
    /// Convection and radiation together.
    pub outside_film: Option<f64>,
}

/// A room with everything that belongs to it alone.
#[derive(Clone, Debug)]
pub struct RoomSpec {
    pub name: String,
    pub floor_area_m2: f64,
    pub height_m: f64,
    /// Of its floor above the ground outside, m: for the wind at its faces.
    pub above_ground_m: f64,
    /// Added to the device's target, K.
    pub target_offset_k: f64,
    /// Whether a valve of its own follows the settings.
    pub controlled: bool,
    pub surfaces: Vec<Surface>,
    pub windows: Vec<WindowSpec>,
    /// Air that leaks in from outdoors, air changes an hour.
    pub infiltration_per_h: f64,
    pub ventilation: Ventilation,
    /// Linear and point bridges of the room to outdoors, W/K (sum of psi times length).
    pub bridges_w_per_k: f64,
    /// Heat capacity of furniture, J/K per m2 of floor (air is added from the volume).
    pub furniture_j_per_m2_k: f64,
    /// Share of the sun's beam through the windows that meets the floor first,
    /// 0 to 1; the rest, and all diffuse light, meets all surfaces by area.
    pub sun_to_floor: f64,
    pub gains: Vec<Gain>,
}

/// Mechanical or natural ventilation with outdoor air.
#[derive(Clone, Debug, PartialEq)]
pub struct Ventilation {
    pub flow_m3_per_h: Series,
    /// Temperature efficiency of heat recovery, 0 (none) to 1.
    pub recovery: f64,
}

/// Windows opened at night, or a fan that runs then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NightVentilation {
    /// Additional air changes an hour of every room.
    pub changes_per_h: f64,
    /// Local clock times, s after midnight; may wrap.
    pub from_s: u32,
    pub to_s: u32,
    /// Only while indoors is warmer than this, degC, and warmer than outdoors by
    /// so much, K; negative infinity: by the clock alone.
    pub above_c: f64,
    pub difference_k: f64,
}

/// An opaque part of a room's envelope, or mass inside the room.
#[derive(Clone, Debug)]
pub struct Surface {
    pub name: String,
    /// Without its windows, m2.
    pub area_m2: f64,
    pub position: Position,
    /// From the room outwards.
    pub layers: Vec<Layer>,
    pub outside: Outside,
    pub films: Prescribed,
    /// Solar absorptance of the face towards the room, 0 to 1.
    pub inside_absorptance: f64,
}

/// How a surface lies in its room: sets its convection and whether the sun
/// meets it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    Wall,
    /// Roof or ceiling: above the room.
    Ceiling,
    /// Below the room.
    Floor,
}

/// One layer of an opaque part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layer {
    Solid {
        thickness_m: f64,
        conductivity_w_per_m_k: f64,
        density_kg_per_m3: f64,
        specific_heat_j_per_kg_k: f64,
    },
    /// Without mass: an air gap, or insulation given by its resistance, m2 K/W.
    Resistance(f64),
}

/// What lies behind a surface.
#[derive(Clone, Debug, PartialEq)]
pub enum Outside {
    /// Outdoor air, sun and sky.
    Air {
        tilt_deg: f64,
        azimuth_deg: f64,
        absorptance: f64,
        emissivity: f64,
        roughness: Roughness,
    },
    /// Outdoor air without sun, sky or wind (a ventilated crawl space).
    ShelteredAir,
    /// Soil under a slab, after EN ISO 13370 (see `house::ground`); layers are the floor's own.
    Ground {
        /// Perimeter of the floor that is exposed to outdoors, m (0: none).
        perimeter_m: f64,
        /// Thickness of the walls around, m.
        wall_thickness_m: f64,
        temperature: BoundaryTemperature,
    },
    /// A neighbour's room, or any given temperature.
    Neighbour(BoundaryTemperature),
    /// An unheated space between the room and outdoors: the temperature
    /// difference counts by this factor, 0 to 1 (EN 12831).
    Unheated { factor: f64 },
    /// No heat flow behind the last layer: half of an inner wall (count both
    /// of its faces), or a wall to a place of the same temperature.
    SameRoom,
}

/// A window with its glass, frame and shading.
#[derive(Clone, Debug)]
pub struct WindowSpec {
    /// The solar side. `g_normal` as declared.
    pub aperture: Window,
    pub heat: WindowHeat,
    pub films: Prescribed,
}

/// What a window loses.
#[derive(Clone, Debug)]
pub enum WindowHeat {
    /// U of the whole window with both films of EN ISO 6946, W/(m2 K).
    U(f64),
    /// By its panes (`aperture.glass`), the gaps between them from outdoors to
    /// the room, and U of the frame, W/(m2 K).
    Panes {
        gaps: Vec<GapSpec>,
        frame_u_w_per_m2_k: f64,
    },
}

/// A gap between two panes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GapSpec {
    pub thickness_m: f64,
    pub gas: Gas,
}

/// A wall or ceiling between two rooms; layers from `a` to `b`.
#[derive(Clone, Debug)]
pub struct Partition {
    pub name: String,
    pub a: usize,
    pub b: usize,
    pub area_m2: f64,
    /// How it lies in `a` (a ceiling of `a` is a floor of `b`).
    pub position: Position,
    pub layers: Vec<Layer>,
}

/// A door or opening between two rooms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Door {
    pub a: usize,
    pub b: usize,
    pub area_m2: f64,
    /// Of the closed leaf, W/(m2 K).
    pub u_w_per_m2_k: f64,
    /// Air that passes each way, m3/h, as a yearly mean over open and closed.
    pub exchange_m3_per_h: f64,
}

/// People, light, appliances.
#[derive(Clone, Debug, PartialEq)]
pub struct Gain {
    /// W.
    pub power_w: Series,
    /// Share that warms the air; the rest is radiant. 0 to 1.
    pub convective: f64,
}

impl Layer {
    /// m2 K/W.
    pub fn resistance(&self) -> f64 {
        match *self {
            Self::Solid {
                thickness_m,
                conductivity_w_per_m_k,
                ..
            } => thickness_m / conductivity_w_per_m_k,
            Self::Resistance(r) => r,
        }
    }

    /// J/(m2 K).
    pub fn capacity(&self) -> f64 {
        match *self {
            Self::Solid {
                thickness_m,
                density_kg_per_m3,
                specific_heat_j_per_kg_k,
                ..
            } => thickness_m * density_kg_per_m3 * specific_heat_j_per_kg_k,
            Self::Resistance(_) => 0.0,
        }
    }
}

/// Resistance of all layers, without films, m2 K/W.
pub fn resistance(layers: &[Layer]) -> f64 {
    layers.iter().map(Layer::resistance).sum()
}

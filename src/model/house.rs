//! A house as a thermal network: what both ways of describing one (RC
//! parameters or construction) end in, and what the plant is compiled from.

use std::sync::Arc;

use super::Series;

use crate::physics::gap::Gap;
use crate::physics::outer_face::OuterFace;
use crate::physics::shade::Shade;

/// The house that one device serves.
#[derive(Clone, Debug, PartialEq)]
pub struct House {
    /// Library name or what the scenario calls it.
    pub name: String,
    /// Heated floor area, m2.
    pub floor_area_m2: f64,
    /// In file order; never empty.
    pub rooms: Vec<Room>,
    pub network: ThermalNetwork,
    /// Further switched states of the network (night ventilation, open
    /// windows, heat-recovery bypass), each with the rule that switches it on.
    /// A state differs from `network` in its conductances only.
    pub switched: Vec<SwitchedState>,
}

/// A room (zone) of the house.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    pub name: String,
    pub floor_area_m2: f64,
    /// Added to the device's target, K (a bathroom +2).
    pub target_offset_k: f64,
    /// Whether a valve of its own follows the settings. An uncontrolled room
    /// has an emitter at most, and counts in no comfort metric.
    pub controlled: bool,
    /// How the air temperature is read from the network's state.
    pub air: Vec<Weight>,
    /// How the mean radiant temperature is read; equal to `air` in models that
    /// do not tell them apart. Operative = mean of the two (EN 16798-1).
    pub radiant: Vec<Weight>,
    /// Where convective heat of emitters enters; the fractions sum to 1.
    pub convective_entry: Vec<Weight>,
    /// Where radiant heat of emitters enters; the fractions sum to 1.
    pub radiant_entry: Vec<Weight>,
    /// Innermost node with mass of the room's largest floor, if its network has
    /// one. A screed is an emitter with a node of its own: it gives to the room
    /// by the entries above, and loses downwards to this node.
    pub floor_node: Option<usize>,
    /// Faces and nodes that an ideal emitter may heat or cool, by name.
    pub places: Vec<(String, usize)>,
}

/// A share of a network node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    pub node: usize,
    pub fraction: f64,
}

/// Nodes, conductances, boundaries and sources. Conductances are symmetric.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThermalNetwork {
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    pub boundaries: Vec<BoundaryLink>,
    pub sources: Vec<Source>,
}

/// A temperature. `capacity_j_per_k = 0` is a node without mass (it is
/// eliminated when the plant is compiled).
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub name: String,
    pub capacity_j_per_k: f64,
}

/// A conductance between two nodes, W/K (> 0).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    pub a: usize,
    pub b: usize,
    pub conductance_w_per_k: f64,
}

/// A conductance between a node and a given temperature.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundaryLink {
    pub node: usize,
    pub conductance_w_per_k: f64,
    pub temperature: BoundaryTemperature,
    /// Which line of the energy balance it belongs to.
    pub flow: Flow,
}

/// A temperature that the network does not change.
#[derive(Clone, Debug, PartialEq)]
pub enum BoundaryTemperature {
    /// Outdoor air.
    Outdoor,
    /// Outdoor air seen by a surface: air temperature plus absorbed sun minus
    /// long-wave loss to the sky, over the outer film (sol-air temperature).
    SolAir {
        /// Tilt from horizontal, degrees (0 roof facing up, 90 wall).
        tilt_deg: f64,
        /// Direction of the normal, degrees clockwise from north (90 east, 180 south).
        azimuth_deg: f64,
        /// Solar absorptance, 0 to 1.
        absorptance: f64,
        /// Long-wave emissivity, 0 to 1.
        emissivity: f64,
        /// Outer film, convection and radiation together, W/(m2 K).
        film_w_per_m2_k: f64,
        /// View factor to the sky that counts for long-wave loss, 0 to 1.
        sky_view: f64,
    },
    /// Undisturbed ground: yearly mean and amplitude, coldest day of the year.
    Ground {
        mean_c: f64,
        amplitude_k: f64,
        coldest_day: f64,
    },
    /// A constant temperature (a neighbour's room).
    Fixed(f64),
    /// A given series, degC.
    Series(Series),
    /// Outdoor air as a face feels it by sun and long-wave exchange, both linear
    /// (VDI 6007-1).
    Felt(Box<Felt>),
}

/// How a face feels outdoors.
#[derive(Clone, Debug, PartialEq)]
pub struct Felt {
    pub sun: Light,
    /// Absorptance over the outer film, K per W/m2.
    pub sun_k_m2_per_w: f64,
    pub radiant: Radiant,
    /// Share of the outer film that is long-wave exchange, 0 to 1.
    pub radiant_share: f64,
    /// A blind that closes above this light, W/m2, leaves so much of the
    /// long-wave exchange.
    pub blind_closes_above_w_per_m2: f64,
    pub blind_transmittance: f64,
}

/// Sun on a face.
#[derive(Clone, Debug, PartialEq)]
pub enum Light {
    /// The weather's on a plane.
    Plane { tilt_deg: f64, azimuth_deg: f64 },
    /// W/m2.
    Given(Series),
}

/// What a face sees of long-wave radiation, as a temperature.
#[derive(Clone, Debug, PartialEq)]
pub enum Radiant {
    /// The weather's sky with this share, the rest as warm as the air.
    Sky { share: f64 },
    /// degC.
    Given(Series),
}

/// Lines of the house's energy balance.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Flow {
    /// Opaque walls, roofs and doors, with their thermal bridges.
    Opaque,
    Windows,
    Ground,
    Infiltration,
    Ventilation,
    Neighbours,
}

/// Heat that enters the network from a held input.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub kind: SourceKind,
    /// Where it goes; fractions sum to 1 (to 0 between two nodes).
    pub entry: Vec<Weight>,
    /// The share that counts as lost at once in a line of the energy balance,
    /// so that the rest is what the balance calls gain: what glass takes up
    /// and gives outwards again, or all that acts on an outer face.
    pub lost: Option<(Flow, f64)>,
    /// How far it may jump from one row to the next, W: what decides which
    /// modes of the network are visible.
    pub swing_w: f64,
}

/// What drives a source.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceKind {
    /// Sun through a window, or one part of it.
    Window(Arc<Window>, SunPart),
    /// Sun through windows as a given series of W, whatever the weather says.
    GivenSun(Series),
    /// People, light, appliances: a series in W.
    Internal(Series),
    /// What a conductance that varies carries beyond its mean in the network.
    /// These stand behind all other sources.
    Film(Film),
}

/// Which part of the sun on a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SunPart {
    /// All that comes in, by the window's g.
    All,
    /// What comes in of the beam and of the light around the sun.
    Beam,
    /// What comes in of all other light.
    Diffuse,
    /// What the pane of this index (0 is the outermost) takes up.
    Pane(usize),
}

/// A conductance that varies with temperature or wind. The network has it at
/// `reference_w_per_k`; the source carries the deviation from the first node
/// of its entry to the second, or from outdoors to its only node.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// The face; and what it meets, if that is a node.
    pub node: usize,
    pub other: Option<usize>,
    pub area_m2: f64,
    pub reference_w_per_m2_k: f64,
    pub law: FilmLaw,
}

impl Film {
    /// A flow of outdoor air into a node, W/K at its mean.
    pub fn of_air(node: usize, w_per_k: f64, law: FilmLaw) -> Self {
        Self {
            node,
            other: None,
            area_m2: 1.0,
            reference_w_per_m2_k: w_per_k,
            law,
        }
    }
}

/// How such a conductance varies.
#[derive(Clone, Debug, PartialEq)]
pub enum FilmLaw {
    /// Natural convection between a face of a room and its air; `up` is the
    /// upward part of the face's normal (1 a floor, -1 a ceiling).
    Natural { up: f64 },
    /// Long-wave radiation between a face and the room's radiant node.
    Radiation,
    /// The gap between two panes, the inner one first.
    Gap(Gap),
    /// Outdoor air that comes in; the mean is that of air at 20 degC, `area_m2` is 1.
    Air {
        /// Flow over that mean.
        over_mean: Series,
        /// The flow is one by volume of air as dense as outdoors (leaks).
        outdoor_density: bool,
    },
    /// Natural convection at upright glass of a room: this times the fourth
    /// root of the temperature difference (ISO 15099).
    Glass { w_per_m2_k_by_root: f64 },
    /// Sun, wind and long-wave radiation at an outer face.
    Outside {
        tilt_deg: f64,
        azimuth_deg: f64,
        face: OuterFace,
    },
}

/// A pane of glass in the solar range at normal incidence (EN 410), and its
/// long-wave emissivities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pane {
    pub thickness_m: f64,
    pub conductivity_w_per_m_k: f64,
    pub transmittance: f64,
    /// For light from outdoors and from the room.
    pub front_reflectance: f64,
    pub back_reflectance: f64,
    pub outer_emissivity: f64,
    pub inner_emissivity: f64,
}

/// The solar aperture of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    pub name: String,
    /// Whole area with frame, m2.
    pub area_m2: f64,
    /// Share of the frame, 0 to 1.
    pub frame_fraction: f64,
    /// Total solar energy transmittance at normal incidence, 0 to 1 (EN 410).
    pub g_normal: f64,
    /// Shares of the beam and of diffuse light that came in and do not leave
    /// through the windows again, 0 to 1.
    pub kept: [f64; 2],
    /// Panes of glass, 1 to 4: sets how g falls with the angle of incidence
    /// where `glass` says nothing.
    pub panes: u8,
    /// The panes, outermost first; empty: the window is known by g alone.
    pub glass: Vec<Pane>,
    pub tilt_deg: f64,
    pub azimuth_deg: f64,
    /// Constant shading by surroundings, 0 (none) to 1 (all), on the direct part.
    pub shading_direct: f64,
    /// The same on the diffuse part.
    pub shading_diffuse: f64,
    /// Overhang and fins.
    pub shade: Shade,
    /// Movable blind: share of the sun that it lets through when closed, 0 to 1 (1 = no blind).
    pub blind_transmittance: f64,
    /// Irradiance on the window above which the blind closes, W/m2.
    pub blind_closes_above_w_per_m2: f64,
}

/// A variant of the conductances and when it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct SwitchedState {
    pub name: String,
    pub network: ThermalNetwork,
    pub rule: SwitchRule,
}

/// When a switched state holds. The rule uses the reference room's operative
/// temperature and outdoor air at the start of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum SwitchRule {
    /// Between two local clock times (may wrap midnight), while indoors is
    /// warmer than `above_c` and at least `difference_k` warmer than outdoors
    /// (both negative infinity: by the clock alone). Where rooms are heated, they
    /// are warm 1 K above what they are heated to at the earliest, here and below.
    Night {
        from_s: u32,
        to_s: u32,
        above_c: f64,
        difference_k: f64,
    },
    /// Always while indoors is warmer than `above_c` and outdoors is colder than indoors.
    FreeCooling { above_c: f64, difference_k: f64 },
}

//! What brings the heat pump's heat into a room.

/// An emitter of one room.
#[derive(Clone, Debug, PartialEq)]
pub struct Emitter {
    pub kind: EmitterKind,
    /// Share of its heat that goes to the room's air; the rest is radiant. 0 to 1.
    pub convective_fraction: f64,
    /// Heat capacity of water and metal (or screed), J/K. 0 for an ideal one.
    pub capacity_j_per_k: f64,
    /// Heat capacity rate of the design water flow (mass flow times specific heat), W/K.
    pub flow_w_per_k: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EmitterKind {
    /// Emission K (T_mean - T_room)^n.
    Radiator {
        /// Emission at `nominal_dt_k`, W (EN 442-2).
        nominal_w: f64,
        /// Excess temperature at which it was rated, K (50 for EN 442-2's 75/65/20).
        nominal_dt_k: f64,
        /// Exponent, 1.1 to 1.5 (1.3 for panel radiators).
        exponent: f64,
    },
    /// Water in a screed; linear.
    Underfloor {
        /// Screed to room, W/K.
        conductance_w_per_k: f64,
        /// Water in the pipes to screed, W/K (0 = as good as none between them).
        pipe_w_per_k: f64,
        /// Screed downwards, W/K (0 = none), to the temperature below.
        down_w_per_k: f64,
        down_to: super::house::BoundaryTemperature,
        /// Whether cold water may flow through it.
        cooling: bool,
    },
    /// Heat exchanger and fan; linear.
    FanCoil {
        /// Water to room air, W/K.
        conductance_w_per_k: f64,
        /// Electricity of the fan while its valve is open, W.
        fan_w: f64,
        cooling: bool,
    },
    /// Refrigerant straight to room air (air-to-air units). Linear, with the
    /// heat pump's map read at room temperature.
    RoomUnit {
        conductance_w_per_k: f64,
        fan_w: f64,
        cooling: bool,
    },
    /// Gives exactly the power that holds the target, up to its limits.
    Ideal {
        heating_w: f64,
        cooling_w: f64,
        /// Where heat enters and where cold does.
        heating_in: Place,
        cooling_in: Place,
        /// Set-points over time, degC, in place of those of the settings.
        heating_set_c: Option<super::Series>,
        cooling_set_c: Option<super::Series>,
    },
}

/// Where an ideal emitter's heat or cold enters its room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// The air with this share, the surfaces with the rest.
    Room { convective: f64 },
    /// A node of the network: the face of a heated floor or of a cooled ceiling.
    Node(usize),
}

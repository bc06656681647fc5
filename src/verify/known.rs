//! Deviations of whole houses from their references that were looked into: how
//! far they go, and why.

use super::case::Comparison;

/// A deviation of one quantity of one case.
struct Deviation {
    group: &'static str,
    case: &'static str,
    /// How the quantity's name begins.
    quantity: &'static str,
    low: f64,
    high: f64,
    why: &'static str,
}

const AIR_AND_GLASS: &str = "Partly air: EnergyPlus lets all outdoor air in at its own density (with \
    `density_basis` Standard it finds 751 kWh of heat and a peak of 1751 W); here that holds for \
    leaks, not for ventilation. The rest is put down to glass known by U and g alone, to which each \
    program adds its own course over the angle of incidence; that part was not isolated.";

const FINS: &str = "Fins keep off light from the ground, too; EnergyPlus reckons with that only where \
    it follows reflections (`FullInteriorAndExteriorWithReflections`), and then finds 1106 kWh of \
    cold and 3893 kWh of heat.";

const DEVIATIONS: &[Deviation] = &[
    Deviation {
        group: "bestest",
        case: "600",
        quantity: "1 February: furthest",
        low: 0.0,
        high: 0.14,
        why: "More sun comes in from 11 to 13 h than in the six programs. EnergyPlus 25.2 with the \
            same input is outside, too, by up to 0.14 kWh, though the published run of EnergyPlus \
            is one of the six: the range is no wider than what editions of one program differ by.",
    },
    Deviation {
        group: "bestest",
        case: "600FF",
        quantity: "1 February: furthest",
        low: 0.0,
        high: 0.6,
        why: "At 14 h the room is 0.5 K warmer than the warmest program. EnergyPlus 25.2 with the \
            same input and steps of a minute is outside, too, by 0.3 K; at its usual steps of ten \
            minutes so light a room swings less.",
    },
    Deviation {
        group: "bestest",
        case: "900",
        quantity: "1 February: furthest",
        low: 0.0,
        high: 0.13,
        why: "On this day the heavy room just reaches 27 °C, and cooling is the small difference of \
            large flows: 0.12 kWh is about 2 % of an hour's sun through the windows. Which part \
            makes it (sky, glass, or that all of the beam falls on the floor) was not traced.",
    },
    Deviation {
        group: "bestest",
        case: "640",
        quantity: "annual heating",
        low: 2.682,
        high: 2.71,
        why: "0.010 MWh above the highest of the six programs. Two refinements made for the hourly \
            comparison with EnergyPlus (leaks weigh what outdoor air does; walls have the mean of the \
            windward and the leeward film) took it there from 2.618 MWh; they are kept, as they \
            were not made for this range.",
    },
    Deviation {
        group: "energyplus",
        case: "930",
        quantity: "annual cooling",
        low: 1180.0,
        high: 1303.0,
        why: FINS,
    },
    Deviation {
        group: "energyplus",
        case: "930",
        quantity: "annual heating",
        low: 3760.0,
        high: 3970.0,
        why: FINS,
    },
    Deviation {
        group: "energyplus",
        case: "dutch",
        quantity: "annual heating",
        low: 760.0,
        high: 839.0,
        why: AIR_AND_GLASS,
    },
    Deviation {
        group: "energyplus",
        case: "dutch",
        quantity: "annual cooling",
        low: 1100.0,
        high: 1193.0,
        why: AIR_AND_GLASS,
    },
    Deviation {
        group: "energyplus",
        case: "dutch",
        quantity: "peak cooling",
        low: 1500.0,
        high: 1692.0,
        why: AIR_AND_GLASS,
    },
];

/// The comparison with its reason, if one is known.
pub(super) fn explained(group: &str, case: &str, c: Comparison) -> Comparison {
    let same =
        |d: &&Deviation| d.group == group && d.case == case && c.quantity.starts_with(d.quantity);
    match DEVIATIONS.iter().find(same) {
        Some(d) => c.known(d.low, d.high, d.why),
        None => c,
    }
}

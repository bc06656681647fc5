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

const FINS: &str = "Fins keep off light from the ground, too, which EnergyPlus reckons with only where \
    it follows reflections (`FullInteriorAndExteriorWithReflections`). What the fins change in the \
    heavy room (930 less 920): cold by -890 kWh here, by -864 kWh in EnergyPlus with reflections \
    and black fins, by -763 kWh in EnergyPlus without, which is the reference here. With \
    reflections EnergyPlus also has the room's own shadow on the ground (920: 1952 for 2066 kWh of \
    cold), which is left out here; so the option is not used for the reference.";

const CHANGE_OVER: &str = "One hour on the tenth day, and one on the sixtieth, in which heating of the air \
    turns into cooling of the wall. The guideline reckons with one power for the whole hour and has \
    -121 W; reckoned so, by itself, the model's equations give -120.5 W, and in steps of five \
    seconds -125.9 W, which is what is found here. All other hours are within the guideline's 1.5 W.";

const DEVIATIONS: &[Deviation] = &[
    Deviation {
        group: "bestest",
        case: "600",
        quantity: "1 February: furthest",
        low: 0.0,
        high: 0.14,
        why: "More sun comes in from 11 to 12 h than in the six programs. Light from around the sun, \
            which goes through glass at the sun's angle here and as diffuse light in EnergyPlus, is \
            0.028 kWh of the 0.045 kWh at 11 h and of the 0.031 kWh at 12 h. EnergyPlus 25.2 \
            with the same input is outside, too, by up to 0.14 kWh, though the published run of \
            EnergyPlus is one of the six.",
    },
    Deviation {
        group: "bestest",
        case: "600FF",
        quantity: "1 February: furthest",
        low: 0.0,
        high: 0.6,
        why: "At 14 h the room is 0.3 K warmer than the warmest program; 0.2 K of it is light from \
            around the sun, which goes through glass at the sun's angle here. EnergyPlus 25.2 with \
            the same input and steps of a minute is outside, too, by 0.3 K; at its usual steps of \
            ten minutes so light a room swings less.",
    },
    Deviation {
        group: "bestest",
        case: "900",
        quantity: "1 February: furthest",
        low: 0.0,
        high: 0.06,
        why: "On this day the heavy room just reaches 27 °C from 14 to 16 h, and cooling is the small \
            difference of large flows: 0.05 kWh is 1 % of an hour's sun through the windows, and \
            0.034 kWh of it is light from around the sun at the sun's angle. EnergyPlus 25.2 with \
            the same input is outside at 14 h, too (0.006 kWh where all six have none), whether it \
            makes six steps an hour or sixty.",
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
        case: "630",
        quantity: "annual cooling",
        low: 2240.0,
        high: 2381.0,
        why: FINS,
    },
    Deviation {
        group: "vdi6007",
        case: "vdi6007-11",
        quantity: "load, largest",
        low: 0.0,
        high: 5.5,
        why: CHANGE_OVER,
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

//! The tables of the section `heat_pump`.

use super::super::field::{Field, Kind, Section, default, number, numbers, optional, required};
use super::certified;

/// What a scenario writes behind `heat_pump =`.
pub static KIND: Kind = Kind::TextOr(&Kind::Section(&HEAT_PUMP));

static POINT: Section = Section {
    name: "heat pump point",
    doc: "One point of a performance table at full load (EN 14511).",
    fields: &[
        required(
            "source_c",
            number("°C", -40.0, 60.0),
            "Outdoor air (or other source).",
        ),
        required(
            "flow_c",
            number("°C", 0.0, 90.0),
            "Flow temperature; for air-to-air units the air of the room.",
        ),
        required(
            "capacity_kw",
            number("kW", 0.1, 100.0),
            "Heat given, in cooling heat taken.",
        ),
        required(
            "cop",
            number("", 0.5, 20.0),
            "COP in heating, EER in cooling: heat or cold over electricity.",
        ),
    ],
};

static BACKUP: Section = Section {
    name: "backup heater",
    doc: "Electric heater in the flow, and what releases it.",
    fields: &[
        default(
            "power_kw",
            number("kW", 0.0, 30.0),
            "3",
            "Electric power; 0 = none.",
        ),
        default(
            "bivalence_c",
            number("°C", -40.0, 20.0),
            "-7",
            "It may help below this outdoor temperature, once the compressor has been at its limit for 20 min.",
        ),
        default(
            "delay_min",
            number("min", 0.0, 1440.0),
            "60",
            "Above that it helps after a room has been below its lower bound for so long with the compressor at its limit.",
        ),
        default(
            "hot_water",
            Kind::Bool,
            "true",
            "Whether it also charges the tank where the heat pump can't reach the temperature.",
        ),
    ],
};

pub(super) const MAX_LEVELS: usize = 20;

/// Water of the circuit where a scenario says nothing, l per kW. Makers ask for
/// a least volume so that defrosts and starts stay few: a buffer of 25 l for 6
/// to 10 kW and 40 l for 16 kW besides the pipes (Centrometal, technical manual
/// of split heat pumps, table 1-2.3); installers reckon with some 10 l/kW in all.
pub(super) const CIRCUIT_L_PER_KW: f64 = 10.0;

/// The section's table.
pub static HEAT_PUMP: Section = Section {
    name: "heat pump",
    doc: "A heat pump: `unit` names one of the library, whose keys can be changed; without it the `points` or `certified` tables are needed.",
    fields: FIELDS,
};

static FIELDS: &[Field] = &[
    optional(
        "unit",
        Kind::Text,
        "A unit of the library that the other keys change.",
    ),
    optional("name", Kind::Text, "What reports call it."),
    optional("source", Kind::Text, "Where its figures come from."),
    default(
        "kind",
        Kind::Choice(&[
            ("air_to_water", "Heats water for emitters and tank."),
            (
                "air_to_air",
                "Heats the air of a room; needs a room_unit emitter.",
            ),
        ]),
        "'air_to_water'",
        "What it heats.",
    ),
    optional(
        "points",
        Kind::Sections(&POINT),
        "Performance at full load in heating: one point or many, in any order.",
    ),
    optional(
        "certified",
        Kind::Sections(&certified::CERTIFIED),
        "Tables of a certificate after EN 14825 instead of `points`: full load, part load and lowest modulation are derived from them.",
    ),
    optional(
        "cooling_points",
        Kind::Sections(&POINT),
        "Performance in cooling; without them it can't cool.",
    ),
    optional(
        "min_modulation",
        number("", 0.0, 1.0),
        "Lowest continuous output over full output; 1 = on and off only. Left out: from the certificate, else 0.3.",
    ),
    optional(
        "part_load_cop",
        numbers("", 0.2, 2.0),
        "COP over that of full load at load fractions 0, 0.25, 0.5, 0.75 and 1. Left out: from the certificate, else 20 % better at half load (usual for inverters).",
    ),
    default(
        "defrost_capacity_loss",
        number("", 0.0, 0.5),
        "0",
        "Share of the capacity lost to frost at 2 °C and saturated air; 0 where the points contain it, as EN 14511's do.",
    ),
    default(
        "defrost_cop_loss",
        number("", 0.0, 0.5),
        "0",
        "The same of the COP.",
    ),
    default(
        "source_min_c",
        number("°C", -40.0, 20.0),
        "-20",
        "It does not heat below this outdoor temperature.",
    ),
    default(
        "source_max_c",
        number("°C", 10.0, 60.0),
        "43",
        "It does not heat above this outdoor temperature.",
    ),
    default(
        "flow_max_c",
        number("°C", 25.0, 90.0),
        "60",
        "Highest flow temperature.",
    ),
    default(
        "flow_min_c",
        number("°C", 4.0, 25.0),
        "7",
        "Lowest flow temperature in cooling.",
    ),
    default(
        "min_run_min",
        number("min", 0.0, 120.0),
        "10",
        "Shortest run of the compressor.",
    ),
    default(
        "min_pause_min",
        number("min", 0.0, 120.0),
        "5",
        "Shortest pause of the compressor.",
    ),
    optional(
        "start_loss_wh",
        number("Wh", 0.0, 500.0),
        "Electricity of a start that gives no heat. Left out: one minute at full power at 7 °C and 35 °C.",
    ),
    default(
        "standby_w",
        number("W", 0.0, 300.0),
        "10",
        "Electricity while the compressor stands still.",
    ),
    default(
        "pump_w",
        number("W", 0.0, 500.0),
        "30",
        "Circulation pump while the compressor runs or water goes round.",
    ),
    optional(
        "circuit_l",
        number("l", 0.0, 5000.0),
        "Water of the heating circuit in unit and pipes, the emitters' own left out. Left out: 10 l per kW of output at 7 °C and 35 °C.",
    ),
    default(
        "buffer_l",
        number("l", 0.0, 5000.0),
        "0",
        "Water of a buffer in the flow.",
    ),
    default(
        "can_switch_off",
        Kind::Bool,
        "true",
        "False: its room thermostat can't be switched off, so it is parked at the set-points below.",
    ),
    default(
        "parked_heating_c",
        number("°C", 5.0, 25.0),
        "16",
        "Lowest heating set-point that it accepts.",
    ),
    default(
        "parked_cooling_c",
        number("°C", 20.0, 40.0),
        "30",
        "Highest cooling set-point that it accepts.",
    ),
    optional(
        "levels_kw",
        numbers("kW", 0.05, 50.0),
        "Declared electrical powers of the steering levels 1, 2, …, rising. Left out: three, at lowest, middle and full load at 2 °C and 35 °C.",
    ),
    default("backup", Kind::Section(&BACKUP), "{}", "Backup heater."),
];

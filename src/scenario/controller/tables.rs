//! The tables of the section `controller`.

use super::super::field::{Kind, Section, default, number, optional};

static CURVE: Section = Section {
    name: "heating curve",
    doc: "Weather-compensated flow temperature. What is left out follows from the emitters and the design heat load.",
    fields: &[
        optional(
            "design_flow_c",
            number("°C", 20.0, 80.0),
            "Flow temperature at `design_outdoor_c`.",
        ),
        optional(
            "design_outdoor_c",
            number("°C", -40.0, 15.0),
            "Outdoor temperature of the design day.",
        ),
        optional(
            "exponent",
            number("", 0.8, 2.0),
            "Exponent of the emitters; 1 = a straight line.",
        ),
        optional("min_flow_c", number("°C", 10.0, 60.0), "Lowest set-point."),
        optional("max_flow_c", number("°C", 20.0, 80.0), "Highest set-point."),
        default(
            "room_influence",
            number("K/K", 0.0, 20.0),
            "2",
            "K of flow for each K that the room is below its target.",
        ),
    ],
};

static PI: Section = Section {
    name: "PI",
    doc: "A PI on the flow set-point instead of room influence; the dead band still switches.",
    fields: &[
        default(
            "gain",
            number("K/K", 0.0, 50.0),
            "4",
            "K of flow for each K of room error.",
        ),
        default(
            "integral_min",
            number("min", 1.0, 10_000.0),
            "180",
            "Integral time.",
        ),
    ],
};

static DISINFECTION: Section = Section {
    name: "disinfection",
    doc: "Thermal disinfection of the tank, once a week.",
    fields: &[
        default(
            "weekday",
            Kind::Choice(&[
                ("monday", "Monday"),
                ("tuesday", "Tuesday"),
                ("wednesday", "Wednesday"),
                ("thursday", "Thursday"),
                ("friday", "Friday"),
                ("saturday", "Saturday"),
                ("sunday", "Sunday"),
            ]),
            "'sunday'",
            "Local day.",
        ),
        default("start", Kind::Time, "'02:00'", "Local clock time."),
        default(
            "temperature_c",
            number("°C", 50.0, 80.0),
            "60",
            "Temperature that the sensor must hold.",
        ),
        default("hold_min", number("min", 0.0, 240.0), "30", "For so long."),
        default(
            "give_up_h",
            number("h", 0.5, 24.0),
            "6",
            "Missed after so long.",
        ),
    ],
};

pub(super) const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// The section's table.
pub static CONTROLLER: Section = Section {
    name: "controller",
    doc: "Constants of a device's control law; they are properties of the device, no settings.",
    fields: &[
        default(
            "room_sensor",
            Kind::Choice(&[
                ("operative", "mean of air and mean radiant temperature"),
                (
                    "air",
                    "air temperature, as reference cases of building simulation have it",
                ),
            ]),
            "'operative'",
            "The room temperature that settings and control go by.",
        ),
        default(
            "heating_deadband_k",
            number("K", 0.05, 5.0),
            "0.3",
            "Half width of the heating dead band.",
        ),
        optional("pi", Kind::Section(&PI), "A PI acts on the flow set-point."),
        default(
            "cooling_deadband_k",
            number("K", 0.05, 5.0),
            "1",
            "Cooling starts this much above its target.",
        ),
        default(
            "dwell_h",
            number("h", 0.0, 48.0),
            "4",
            "Least time between heating and cooling.",
        ),
        default(
            "dwell_margin_k",
            number("K", 0.0, 10.0),
            "1",
            "Discomfort beyond a bound that ends the dwell early.",
        ),
        default(
            "auto_cooling_below_preferred_k",
            number("K", -10.0, 20.0),
            "4",
            "`auto` cools only while the damped outdoor temperature is at least the preferred temperature minus this.",
        ),
        default(
            "auto_cooling_hysteresis_k",
            number("K", 0.0, 10.0),
            "2",
            "Hysteresis of that.",
        ),
        default(
            "damping_h",
            number("h", 1.0, 240.0),
            "24",
            "Time constant of the damped outdoor temperature.",
        ),
        default(
            "cooling_outdoor_limit_c",
            number("°C", -10.0, 35.0),
            "18",
            "No cooling below this outdoor temperature.",
        ),
        default(
            "cooling_outdoor_hysteresis_k",
            number("K", 0.0, 10.0),
            "2",
            "Hysteresis of that.",
        ),
        default(
            "tank_setpoint_c",
            number("°C", 20.0, 80.0),
            "50",
            "Set-point of the hot-water tank, clipped into its bounds.",
        ),
        default(
            "tank_hysteresis_k",
            number("K", 0.5, 30.0),
            "5",
            "Charging starts this much below the set-point.",
        ),
        default(
            "longest_charge_min",
            number("min", 5.0, 600.0),
            "90",
            "Longest charge while a room waits.",
        ),
        default(
            "room_turn_min",
            number("min", 0.0, 600.0),
            "30",
            "Turn of the room after it.",
        ),
        default(
            "frost_c",
            number("°C", 2.0, 15.0),
            "5",
            "Rooms and water circuit are kept above this.",
        ),
        default(
            "frost_protection",
            Kind::Bool,
            "true",
            "False: no frost protection.",
        ),
        default(
            "heating_curve",
            Kind::Section(&CURVE),
            "{}",
            "Flow temperature in heating.",
        ),
        default(
            "cooling_flow_c",
            number("°C", 5.0, 25.0),
            "16",
            "Flow temperature in cooling, before the dew-point limit.",
        ),
        default(
            "flow_stop_above_k",
            number("K", 0.5, 20.0),
            "4",
            "Overshoot of the flow set-point at which a unit at its lowest output stops.",
        ),
        default(
            "flow_start_below_k",
            number("K", 0.5, 20.0),
            "3",
            "Drop below it at which it may start again.",
        ),
        default(
            "valves",
            Kind::Bool,
            "true",
            "Each room has a valve; false: `reference_room` decides for all.",
        ),
        optional(
            "reference_room",
            Kind::Text,
            "Name of that room. Left out: the first.",
        ),
        optional(
            "disinfection",
            Kind::Section(&DISINFECTION),
            "Thermal disinfection; left out: none.",
        ),
        default(
            "recovery_h",
            number("h", 0.0, 12.0),
            "2",
            "After a step of the target neither backup nor an early end of the dwell.",
        ),
        default(
            "price_shift",
            number("", 0.0, 1.0),
            "0.6",
            "`dynamic_tariff` and `pv_self_consumption`: how far towards a bound the target moves, as a share of the distance.",
        ),
        default(
            "price_quantile",
            number("", 0.0, 0.5),
            "0.25",
            "Share of the day's hours that count as cheap, and as dear.",
        ),
        default(
            "pv_surplus_kw",
            number("kW", 0.05, 50.0),
            "0.8",
            "PV surplus that starts steering, where it also covers what the unit would draw (docs/CONTROL.md).",
        ),
    ],
};

//! Keys of `house.construction`.

use super::buildup::BUILDUP;
use super::films::{
    INSIDE_CONVECTION, INSIDE_FILMS, INSIDE_RADIATION, OUTSIDE_CONVECTION, OUTSIDE_FILM,
    OUTSIDE_FILMS, ROUGHNESS, TERRAIN,
};
use super::glazing::GLAZING;
use crate::scenario::field::{Kind, Section, default, number, optional, required};
use crate::scenario::house::parts::{self, CONTROLLED, GAINS, TARGET_OFFSET, WINDOW};
use crate::scenario::series::series_kind;

/// By what it is built of.
pub static CONSTRUCTION: Section = Section {
    name: "construction",
    doc: "A house by what it is built of.",
    fields: &[
        required(
            "buildups",
            Kind::Named(&BUILDUP),
            "Layers of walls, roofs and floors, by a name that surfaces refer to.",
        ),
        required("rooms", Kind::Named(&ROOM), "The rooms, by name."),
        optional(
            "glazings",
            Kind::Named(&GLAZING),
            "Panes of windows, by a name that windows refer to.",
        ),
        INSIDE_FILMS,
        OUTSIDE_FILMS,
        TERRAIN,
        optional(
            "partitions",
            Kind::Sections(&PARTITION),
            "Walls and ceilings between rooms.",
        ),
        optional(
            "doors",
            Kind::Sections(&DOOR),
            "Doors and openings between rooms.",
        ),
        // Sherman (1986, Energy and Buildings 10) names the rule after them; SAP
        // divides by 20, too.
        optional(
            "n50_per_h",
            number("1/h", 0.1, 20.0),
            "Air changes an hour at 50 Pa; a twentieth of it leaks in on average (rule of Kronvall and Persily). Used where `infiltration_per_h` is not given.",
        ),
        optional(
            "infiltration_per_h",
            number("1/h", 0.0, 5.0),
            "Air that leaks in, changes an hour, in rooms that say nothing themselves. Without this and `n50_per_h`: 0.2.",
        ),
        default(
            "heat_recovery",
            number("", 0.0, 0.95),
            "0",
            "Temperature efficiency of the ventilation's heat recovery.",
        ),
        optional(
            "bypass_above_c",
            number("°C", 15.0, 35.0),
            "Heat recovery is by-passed while indoors is warmer than this (and, where rooms are heated, than 1 K above their target) and outdoors is colder.",
        ),
        optional(
            "night_ventilation",
            Kind::Section(&NIGHT),
            "Windows opened at night, or a fan.",
        ),
        // EN 12831-1:2017, table B.1, compared with a public implementation: 0.02
        // better than the rules of practice, 0.05 after them, 0.15 with inner
        // insulation that slabs break, 0.10 all others.
        default(
            "bridge_surcharge_w_per_m2_k",
            number("W/(m² K)", 0.0, 0.3),
            "0.05",
            "Surcharge for thermal bridges on all of the envelope (EN 12831-1: 0.05 with good details, 0.10 without).",
        ),
        default(
            "ground_mean_c",
            number("°C", -5.0, 25.0),
            "10",
            "Yearly mean of the ground's temperature, about that of the outdoor air.",
        ),
        default(
            "ground_amplitude_k",
            number("K", 0.0, 15.0),
            "4",
            "Amplitude of the ground's temperature over the year, at the depth that the floor sees.",
        ),
        default(
            "ground_coldest_day",
            number("d", 0.0, 366.0),
            "60",
            "Day of the year on which the ground is coldest.",
        ),
        default(
            "wall_thickness_m",
            number("m", 0.05, 1.0),
            "0.3",
            "Of the outer walls, for the ground floor (EN ISO 13370).",
        ),
    ],
};

static NIGHT: Section = Section {
    name: "night ventilation",
    doc: "Windows opened at night while it cools, or a fan by the clock.",
    fields: &[
        default(
            "rule",
            Kind::Choice(&[
                (
                    "warm",
                    "between the two times, while indoors is warm and warmer than outdoors",
                ),
                ("clock", "between the two times, whatever the temperatures"),
            ]),
            "'warm'",
            "When it is on.",
        ),
        default(
            "changes_per_h",
            number("1/h", 0.1, 50.0),
            "2",
            "Additional air changes an hour.",
        ),
        default("from", Kind::Time, "'22:00'", "Local clock time."),
        default("to", Kind::Time, "'07:00'", "Local clock time."),
        default(
            "above_c",
            number("°C", 15.0, 35.0),
            "23",
            "With `rule = \"warm\"`: only while indoors is warmer than this and, where rooms are heated, than 1 K above their target: who heats does not open the windows.",
        ),
        default(
            "difference_k",
            number("K", 0.0, 15.0),
            "2",
            "With `rule = \"warm\"`: only while indoors is so much warmer than outdoors.",
        ),
    ],
};

static ROOM: Section = Section {
    name: "room",
    doc: "A room by what encloses it.",
    fields: &[
        required(
            "floor_area_m2",
            number("m²", 1.0, 2000.0),
            "Heated floor area.",
        ),
        default("height_m", number("m", 1.8, 10.0), "2.6", "Clear height."),
        default(
            "above_ground_m",
            number("m", -10.0, 200.0),
            "0",
            "Height of its floor above the ground outside: for the wind at its faces.",
        ),
        TARGET_OFFSET,
        CONTROLLED,
        optional(
            "surfaces",
            Kind::Sections(&SURFACE),
            "Walls, roofs and floors; also mass inside.",
        ),
        optional("windows", Kind::Sections(&WINDOW), "Windows."),
        optional(
            "infiltration_per_h",
            number("1/h", 0.0, 5.0),
            "Air that leaks in, changes an hour.",
        ),
        default(
            "ventilation_m3_per_h",
            series_kind!("m³/h", 0.0, 3000.0),
            "0",
            "Outdoor air supplied on purpose, as volume at 20 °C.",
        ),
        optional(
            "heat_recovery",
            number("", 0.0, 0.95),
            "Efficiency, if other than the house's.",
        ),
        default(
            "bridges_w_per_k",
            number("W/K", 0.0, 100.0),
            "0",
            "Linear and point bridges one by one: sum of psi times length, beside the surcharge.",
        ),
        default(
            "furniture_kj_per_m2_k",
            number("kJ/(m² K)", 0.0, 100.0),
            "7",
            "Heat capacity of furniture per floor area, beside the air's (together about 10: EN ISO 52016-1).",
        ),
        default(
            "sun_to_floor",
            number("", 0.0, 1.0),
            "1",
            "Share of the sun's beam through windows that meets the floor first (1: the convention of BESTEST); the rest of it, and all diffuse light, meets all surfaces by area.",
        ),
        GAINS,
    ],
};

static SURFACE: Section = Section {
    name: "surface",
    doc: "An opaque part of a room's envelope, or mass inside it.",
    fields: &[
        required("name", Kind::Text, "Unique in its room."),
        required("buildup", Kind::Text, "Name of its layers in `buildups`."),
        required(
            "area_m2",
            number("m²", 0.1, 2000.0),
            "Area with the windows that name it in `in`.",
        ),
        default(
            "position",
            Kind::Choice(&[
                ("wall", "upright"),
                ("ceiling", "above the room: roof or ceiling"),
                ("floor", "below the room"),
            ]),
            "'wall'",
            "How it lies.",
        ),
        default(
            "outside",
            Kind::Choice(&[
                ("air", "outdoor air, sun and sky"),
                (
                    "sheltered",
                    "outdoor air without sun and wind, as in a ventilated crawl space",
                ),
                ("ground", "soil below a slab, after EN ISO 13370"),
                ("neighbour", "a room of given temperature"),
                (
                    "unheated",
                    "a space between the room and outdoors, by a factor",
                ),
                (
                    "same",
                    "no heat flow behind the last layer: mass inside the room; of a wall to an equally warm room give the layers up to its middle",
                ),
            ]),
            "'air'",
            "What lies behind it.",
        ),
        optional(
            "facing",
            parts::FACING,
            "Direction of a wall or sloped roof to the outdoor air.",
        ),
        optional(
            "tilt_deg",
            number("°", 0.0, 180.0),
            "0 faces the sky; without it 90 for walls, 0 for ceilings, 180 for floors.",
        ),
        default(
            "absorptance",
            number("", 0.0, 1.0),
            "0.6",
            "Share of the sun that the outer face absorbs (0.3 light, 0.6 medium, 0.9 dark; EN ISO 13790).",
        ),
        default(
            "emissivity",
            number("", 0.0, 1.0),
            "0.9",
            "Long-wave emissivity of the outer face.",
        ),
        ROUGHNESS,
        OUTSIDE_FILM,
        OUTSIDE_CONVECTION,
        INSIDE_CONVECTION,
        INSIDE_RADIATION,
        default(
            "inside_absorptance",
            number("", 0.0, 1.0),
            "0.6",
            "Of the inner face for the sun.",
        ),
        default(
            "perimeter_m",
            number("m", 0.0, 500.0),
            "0",
            "Of a floor on the ground, towards outdoors.",
        ),
        default(
            "neighbour_c",
            number("°C", -10.0, 35.0),
            "20",
            "Temperature behind `neighbour`.",
        ),
        default(
            "unheated_factor",
            number("", 0.05, 1.0),
            "0.5",
            "Behind `unheated`: share of the difference to outdoors (EN 12831-1: cellar 0.5, attic 0.8, stairwell 0.4).",
        ),
    ],
};

static PARTITION: Section = Section {
    name: "partition",
    doc: "A wall or ceiling between two rooms.",
    fields: &[
        default("name", Kind::Text, "''", "For reports."),
        required(
            "between",
            Kind::Text,
            "The room on whose side the layers begin.",
        ),
        required("and", Kind::Text, "The other room."),
        required("buildup", Kind::Text, "Name of its layers in `buildups`."),
        required("area_m2", number("m²", 0.1, 2000.0), "Without doors."),
        default(
            "position",
            Kind::Choice(&[
                ("wall", "upright"),
                ("ceiling", "ceiling of the first room, floor of the other"),
                ("floor", "floor of the first room, ceiling of the other"),
            ]),
            "'wall'",
            "How it lies in the first room.",
        ),
    ],
};

static DOOR: Section = Section {
    name: "door",
    doc: "A door or opening between two rooms.",
    fields: &[
        required("between", Kind::Text, "A room."),
        required("and", Kind::Text, "The other room."),
        default(
            "area_m2",
            number("m²", 0.0, 50.0),
            "1.9",
            "Of the closed leaf.",
        ),
        default(
            "u_w_per_m2_k",
            number("W/(m² K)", 0.0, 6.0),
            "2",
            "Of the closed leaf.",
        ),
        default(
            "exchange_m3_per_h",
            number("m³/h", 0.0, 2000.0),
            "20",
            "Air that passes each way, as a mean over open and closed (an open door passes some 200).",
        ),
    ],
};

//! Keys of `house.template`.

use crate::scenario::field::{Kind, Section, default, number, numbers, optional, required};
use crate::scenario::house::parts::{
    APERTURES, BLIND, BLIND_ABOVE, CONTROLLED, FACING, FLOOR_AREA, GAINS, TARGET_OFFSET,
};
use crate::scenario::series::series_kind;

/// A temperature that is given: constant, or for each hour of the day.
const DAY_C: Kind = Kind::OneOf(&[number("°C", -50.0, 90.0), numbers("°C", -50.0, 90.0)]);

/// By a few parameters a room.
pub static TEMPLATE: Section = Section {
    name: "template",
    doc: "A house of rooms with one to five parameters each, or with those of EN ISO 13790 or VDI 6007-1.",
    fields: &[
        required("rooms", Kind::Named(&ROOM), "The rooms, by name."),
        optional(
            "couplings",
            Kind::Sections(&COUPLING),
            "Conductances between rooms.",
        ),
    ],
};

static COUPLING: Section = Section {
    name: "coupling",
    doc: "A conductance between the air of two rooms: doors and inner walls together.",
    fields: &[
        required("between", Kind::Text, "A room."),
        required("and", Kind::Text, "The other room."),
        required("w_per_k", number("W/K", 0.1, 10_000.0), "Conductance."),
    ],
};

static ROOM: Section = Section {
    name: "template room",
    doc: "A room by a few parameters.",
    fields: &[
        FLOOR_AREA,
        TARGET_OFFSET,
        CONTROLLED,
        required(
            "model",
            Kind::Variants {
                tag: "kind",
                of: &[
                    ("one-node", &ONE_NODE),
                    ("air-and-mass", &AIR_AND_MASS),
                    ("envelope", &ENVELOPE),
                    ("iso-13790", &ISO_13790),
                    ("vdi-6007", &VDI_6007),
                ],
            },
            "Its nodes and their parameters.",
        ),
        default(
            "ventilation_w_per_k",
            series_kind!("W/K", 0.0, 5000.0),
            "0",
            "Heat loss by air exchange, where the model's loss does not contain it; 1 m³/h of air takes 0.336 W/K.",
        ),
        APERTURES,
        optional(
            "given_sun",
            Kind::Sections(&GIVEN_SUN),
            "Sun by a given irradiance instead of the weather's.",
        ),
        GAINS,
    ],
};

static GIVEN_SUN: Section = Section {
    name: "given sun",
    doc: "Sun through a window whose irradiance is given, as test cases of guidelines do; the angle of incidence is left out.",
    fields: &[
        required("area_m2", number("m²", 0.05, 5000.0), "Area of the glass."),
        default(
            "g",
            number("", 0.05, 1.0),
            "1",
            "Share of the irradiance that enters.",
        ),
        required(
            "irradiance_w_per_m2",
            IRRADIANCE,
            "On the glass: a number, or 24, one an hour in standard time.",
        ),
        BLIND,
        BLIND_ABOVE,
        optional(
            "sun_to_inner",
            number("", 0.0, 1.0),
            "As the model's key of this name, for this window (VDI 6007-1 only).",
        ),
    ],
};

static OUTER_FACE: Section = Section {
    name: "outer face",
    doc: "A wall, window or floor among the outer walls of VDI 6007-1: their equivalent outdoor temperature is the mean of the faces' by weight. A face feels outdoor air, the sun (a `facing` takes it from the weather, `irradiance_w_per_m2` gives it) and long-wave radiation, or a given temperature.",
    fields: &[
        required(
            "weight",
            number("", 1e-6, 1e6),
            "U times area, or a number in proportion to it; 1 need not be their sum.",
        ),
        optional(
            "temperature_c",
            DAY_C,
            "What lies behind a floor or an inner wall: a number, or 24, one an hour in standard time. Without the keys below.",
        ),
        optional(
            "facing",
            FACING,
            "Direction of its normal, for the weather's sun and sky.",
        ),
        default(
            "tilt_deg",
            number("°", 0.0, 180.0),
            "90",
            "With `facing`: 0 faces the sky.",
        ),
        optional(
            "irradiance_w_per_m2",
            IRRADIANCE,
            "Sun on the face in place of the weather's: a number, or 24.",
        ),
        default(
            "absorptance",
            number("", 0.0, 1.0),
            "0.7",
            "Share of the sun that the face takes up; 0 for a window, whose sun comes in by `windows` or `given_sun`.",
        ),
        optional(
            "radiant_c",
            DAY_C,
            "Temperature of sky and ground together as the face sees them. Left out: with `facing` the weather's sky by half of the view above, else the air's.",
        ),
        default(
            "long_wave_w_per_m2_k",
            number("W/(m² K)", 0.0, 10.0),
            "5",
            "Long-wave part of the outer film; not more than that.",
        ),
        BLIND,
        BLIND_ABOVE,
    ],
};

/// Irradiance that is given: constant, or for each hour of the day.
const IRRADIANCE: Kind = Kind::OneOf(&[number("W/m²", 0.0, 1500.0), numbers("W/m²", 0.0, 1500.0)]);

const CLASS: Kind = Kind::Choice(&[
    ("very-light", "80 kJ/(m² K)"),
    ("light", "110 kJ/(m² K)"),
    ("medium", "165 kJ/(m² K)"),
    ("heavy", "260 kJ/(m² K)"),
    ("very-heavy", "370 kJ/(m² K)"),
]);

static ONE_NODE: Section = Section {
    name: "one node",
    doc: "One capacity behind one conductance (1R1C): one or two parameters.",
    fields: &[
        required(
            "loss_w_per_k",
            number("W/K", 0.1, 20_000.0),
            "Heat loss to outdoors.",
        ),
        optional(
            "capacity_kj_per_k",
            number("kJ/K", 10.0, 1e7),
            "Heat capacity; without it that of the class.",
        ),
        default(
            "class",
            CLASS,
            "'medium'",
            "Heat capacity per floor area (EN ISO 13790:2008, table 12).",
        ),
    ],
};

static AIR_AND_MASS: Section = Section {
    name: "air and mass",
    doc: "Air and inner mass; the air loses heat (TiTm): up to four parameters.",
    fields: &[
        required(
            "loss_w_per_k",
            number("W/K", 0.1, 20_000.0),
            "Heat loss of the air to outdoors.",
        ),
        required(
            "mass_kj_per_k",
            number("kJ/K", 10.0, 1e7),
            "Heat capacity of the mass.",
        ),
        optional(
            "air_kj_per_k",
            number("kJ/K", 1.0, 1e7),
            "Heat capacity of air and furniture; without it 10 kJ/(m² K) (EN ISO 52016-1).",
        ),
        optional(
            "air_to_mass_w_per_k",
            number("W/K", 0.1, 100_000.0),
            "Without it 3.45 W/(m² K) on 4.5 m² of surface a m² of floor (EN ISO 13790).",
        ),
    ],
};

static ENVELOPE: Section = Section {
    name: "envelope",
    doc: "Interior and envelope one behind the other, with a direct path beside (TiTe): five parameters.",
    fields: &[
        required(
            "interior_kj_per_k",
            number("kJ/K", 1.0, 1e7),
            "Heat capacity of the interior.",
        ),
        required(
            "envelope_kj_per_k",
            number("kJ/K", 1.0, 1e7),
            "Heat capacity of the envelope.",
        ),
        required(
            "interior_to_envelope_w_per_k",
            number("W/K", 0.1, 100_000.0),
            "Between the two.",
        ),
        required(
            "envelope_to_outdoor_w_per_k",
            number("W/K", 0.1, 20_000.0),
            "From the envelope to outdoors.",
        ),
        default(
            "direct_w_per_k",
            number("W/K", 0.0, 20_000.0),
            "0",
            "From the interior to outdoors past the envelope (windows, leaks).",
        ),
    ],
};

static ISO_13790: Section = Section {
    name: "iso 13790",
    doc: "The simple hourly model of EN ISO 13790 (5R1C); air exchange is the room's `ventilation_w_per_k`.",
    fields: &[
        required(
            "windows_w_per_k",
            number("W/K", 0.0, 20_000.0),
            "H_tr,w: windows and glazed doors.",
        ),
        required(
            "opaque_w_per_k",
            number("W/K", 0.0, 20_000.0),
            "H_tr,op: opaque parts.",
        ),
        default(
            "class",
            CLASS,
            "'medium'",
            "Sets mass and mass area where they are not given (table 12).",
        ),
        optional("mass_kj_per_k", number("kJ/K", 10.0, 1e7), "C_m."),
        optional("mass_area_m2", number("m²", 0.5, 20_000.0), "A_m."),
    ],
};

static VDI_6007: Section = Section {
    name: "vdi 6007",
    doc: "The two-element model of VDI 6007-1: outer and inner walls, one resistance and capacity each.",
    fields: &[
        default(
            "air_kj_per_k",
            number("kJ/K", 0.0, 1e6),
            "0",
            "Heat capacity of the air.",
        ),
        required("outer_area_m2", number("m²", 0.1, 20_000.0), "Outer walls."),
        required(
            "outer_k_per_w",
            number("K/W", 1e-7, 10.0),
            "R1 of the outer walls: face to capacity.",
        ),
        required(
            "outer_kj_per_k",
            number("kJ/K", 0.1, 1e7),
            "C1 of the outer walls.",
        ),
        required(
            "outer_rest_k_per_w",
            number("K/W", 1e-7, 10.0),
            "From that capacity to the outer face.",
        ),
        required(
            "inner_area_m2",
            number("m²", 0.1, 50_000.0),
            "Inner walls, floors and ceilings.",
        ),
        required(
            "inner_k_per_w",
            number("K/W", 1e-7, 10.0),
            "R1 of the inner walls.",
        ),
        required(
            "inner_kj_per_k",
            number("kJ/K", 0.1, 1e7),
            "C1 of the inner walls.",
        ),
        default(
            "window_area_m2",
            number("m²", 0.0, 5000.0),
            "0",
            "Windows that are not part of the outer walls.",
        ),
        default(
            "window_k_per_w",
            number("K/W", 1e-9, 10.0),
            "0.01",
            "Resistance of these panes without films.",
        ),
        default(
            "outer_film_w_per_m2_k",
            number("W/(m² K)", 5.0, 60.0),
            "25",
            "Outer film.",
        ),
        default(
            "outer_convection_w_per_m2_k",
            number("W/(m² K)", 0.1, 20.0),
            "2.7",
            "At the outer walls' inner face.",
        ),
        default(
            "inner_convection_w_per_m2_k",
            number("W/(m² K)", 0.1, 20.0),
            "2.24",
            "At the inner walls.",
        ),
        default(
            "window_convection_w_per_m2_k",
            number("W/(m² K)", 0.1, 20.0),
            "2.7",
            "At the panes' inner face.",
        ),
        default(
            "radiation_w_per_m2_k",
            number("W/(m² K)", 0.1, 10.0),
            "5",
            "Between faces.",
        ),
        default(
            "sun_to_air",
            number("", 0.0, 1.0),
            "0.09",
            "Share of the sun that warms the air at once.",
        ),
        default(
            "sun_to_inner",
            number("", 0.0, 1.0),
            "1",
            "Share of the rest that meets the inner walls (1: all windows in one facade).",
        ),
        optional(
            "outer_faces",
            Kind::Sections(&OUTER_FACE),
            "What lies outside of the outer walls, face by face, in place of outdoor air or `outer_equivalent_c`.",
        ),
        optional(
            "outer_equivalent_c",
            DAY_C,
            "Equivalent temperature outside of the outer walls (sun and long-wave radiation included): a number, or 24, one an hour in standard time. Left out: outdoor air.",
        ),
        optional(
            "window_equivalent_c",
            DAY_C,
            "The same outside of the windows.",
        ),
    ],
};

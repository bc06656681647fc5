//! The tables of the section `[weather]`.

use crate::weather::Quantity;

use super::super::field::{Field, Kind, Section, default, number, numbers, optional, required};

/// A column by name or position (1 = first).
const COLUMN: Kind = Kind::OneOf(&[
    Kind::Text,
    Kind::Integer {
        unit: "",
        min: 1,
        max: 10_000,
    },
]);

/// Weather of a scenario.
pub static WEATHER: Section = Section {
    name: "weather",
    doc: "Weather: a bundled climate by name, or a file (EPW, PVGIS typical year, plain table).",
    fields: &[
        default(
            "climate",
            Kind::Text,
            "\"nearest\"",
            "Name of a bundled climate, or `nearest` to the site. Not together with `file`.",
        ),
        optional(
            "file",
            Kind::Text,
            "Weather file, relative to the scenario's folder.",
        ),
        default(
            "format",
            Kind::Choice(&[
                (
                    "auto",
                    "By the file's first lines; a table where `table` is given.",
                ),
                ("epw", "EnergyPlus weather."),
                ("pvgis", "PVGIS typical year, CSV."),
                ("table", "Columns as `table` says."),
            ]),
            "\"auto\"",
            "Format of the file.",
        ),
        optional(
            "typical_year",
            Kind::Bool,
            "Whether the file is a typical year, mapped onto the period by month, day and standard time. Left out: as its years say.",
        ),
        optional(
            "table",
            Kind::Section(&TABLE),
            "Columns and conventions of a plain table.",
        ),
        optional(
            "day",
            Kind::Section(&DAY),
            "A made-up day that repeats, instead of a climate or a file.",
        ),
    ],
};

/// Numbers for a key of the made-up day: one for all hours, or 24.
macro_rules! hours {
    ($unit:literal, $min:literal, $max:literal) => {
        Kind::OneOf(&[number($unit, $min, $max), numbers($unit, $min, $max)])
    };
}

/// A day that repeats.
static DAY: Section = Section {
    name: "weather.day",
    doc: "A made-up day that repeats, for test cases and experiments. Each key is a number, or 24, one an hour in the site's standard time (UTC where the site says so). The sun's course is that of the site.",
    fields: &[
        required(
            "outdoor_c",
            hours!("°C", -60.0, 60.0),
            "Dry-bulb temperature.",
        ),
        optional(
            "sky_c",
            hours!("°C", -90.0, 60.0),
            "Temperature of the sky. Left out: the outdoor temperature, so that no long-wave radiation is lost.",
        ),
        optional(
            "relative_humidity",
            hours!("", 0.0, 1.0),
            "Relative humidity. Left out: 0.5, and taken as unknown.",
        ),
        default(
            "direct_normal_w_per_m2",
            hours!("W/m²", 0.0, 1500.0),
            "0",
            "Direct normal irradiance; counts while the sun is up.",
        ),
        default(
            "diffuse_horizontal_w_per_m2",
            hours!("W/m²", 0.0, 1000.0),
            "0",
            "Diffuse horizontal irradiance; counts while the sun is up.",
        ),
        default(
            "wind_m_per_s",
            hours!("m/s", 0.0, 60.0),
            "4",
            "Wind speed at 10 m.",
        ),
    ],
};

/// How a plain table is written.
pub static TABLE: Section = Section {
    name: "weather.table",
    doc: "Columns and time of a plain table. Needed are temperature, and global irradiance or two of global, direct and diffuse.",
    fields: &[
        default(
            "separator",
            Kind::Choice(&[
                (",", "Comma."),
                (";", "Semicolon."),
                ("tab", "Tabulator."),
                ("space", "One blank."),
            ]),
            "\",\"",
            "Between columns.",
        ),
        default(
            "decimal_comma",
            Kind::Bool,
            "false",
            "Numbers are written 1,5.",
        ),
        default(
            "header_lines",
            Kind::Integer {
                unit: "",
                min: 0,
                max: 1000,
            },
            "1",
            "Lines before the first record; names stand in the last of them.",
        ),
        optional(
            "time",
            COLUMN,
            "Column with date and time. Or give year, month, day and hour.",
        ),
        default(
            "date_order",
            Kind::Choice(&[
                ("ymd", "2024-02-01"),
                ("dmy", "01.02.2024"),
                ("mdy", "02/01/2024"),
            ]),
            "\"ymd\"",
            "Order of the date's parts in `time`.",
        ),
        optional("year", COLUMN, "Column with the year."),
        optional("month", COLUMN, "Column with the month."),
        optional("day", COLUMN, "Column with the day."),
        optional("hour", COLUMN, "Column with the hour, 0 to 24."),
        optional("minute", COLUMN, "Column with the minute."),
        default(
            "zone",
            Kind::Text,
            "\"UTC\"",
            "Clock of the stamps: `UTC`, `site` (the site's civil time) or a name such as `Europe/Berlin`.",
        ),
        optional(
            "utc_offset_h",
            number("h", -14.0, 14.0),
            "Fixed clock of the stamps instead of `zone`, hours ahead of UTC.",
        ),
        default(
            "stamp",
            Kind::Choice(&[
                ("start", "Start of the interval."),
                ("middle", "Its middle, or an instant."),
                ("end", "Its end."),
            ]),
            "\"start\"",
            "What a stamp marks.",
        ),
        optional(
            "interval_s",
            Kind::Integer {
                unit: "s",
                min: 60,
                max: 3600,
            },
            "Length of an interval. Left out: the usual distance of the stamps.",
        ),
        default(
            "missing",
            Kind::Numbers {
                unit: "",
                min: -1e12,
                max: 1e12,
            },
            "[]",
            "Numbers that mean `missing`.",
        ),
        optional(
            "latitude_deg",
            number("deg", -90.0, 90.0),
            "Of the station. Left out: the site's.",
        ),
        optional(
            "longitude_deg",
            number("deg", -180.0, 180.0),
            "Of the station. Left out: the site's.",
        ),
        optional(
            "altitude_m",
            number("m", -500.0, 9000.0),
            "Of the station. Left out: the site's, and 0 where that has none either.",
        ),
        optional(
            "source",
            Kind::Text,
            "Where the data come from, for the report.",
        ),
        required(
            "columns",
            Kind::Named(&COLUMN_SECTION),
            "One table a quantity: temperature, relative_humidity, dew_point, pressure, wind, global, direct_normal, diffuse, infrared, cloud.",
        ),
    ],
};

/// One column of a plain table.
pub static COLUMN_SECTION: Section = Section {
    name: "weather.table.columns",
    doc: "A column. Value = number * scale + offset, in degC, 1 (= 100 %), Pa, m/s or W/m2.",
    fields: COLUMN_FIELDS,
};

const COLUMN_FIELDS: &[Field] = &[
    required(
        "column",
        COLUMN,
        "Name in the header, or position (1 = first).",
    ),
    default(
        "scale",
        number("", -1e9, 1e9),
        "1.0",
        "Factor to the unit above (0.01 for per cent, 100 for hPa).",
    ),
    default(
        "offset",
        number("", -1e9, 1e9),
        "0.0",
        "Added after scaling (-273.15 for kelvin).",
    ),
];

pub(super) const QUANTITIES: [(&str, Quantity); 10] = [
    ("temperature", Quantity::Outdoor),
    ("relative_humidity", Quantity::RelativeHumidity),
    ("dew_point", Quantity::DewPoint),
    ("pressure", Quantity::Pressure),
    ("wind", Quantity::Wind),
    ("global", Quantity::GlobalHorizontal),
    ("direct_normal", Quantity::DirectNormal),
    ("diffuse", Quantity::DiffuseHorizontal),
    ("infrared", Quantity::HorizontalInfrared),
    ("cloud", Quantity::CloudCover),
];

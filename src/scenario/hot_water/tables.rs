//! The tables of the sections `tank` and `hot_water`.

use super::super::field::{Kind, Section, default, integer, number, optional, required};

pub static TANK: Section = Section {
    name: "tank",
    doc: "A stratified hot-water tank. Heights are shares of its own height: 0 bottom, 1 top.",
    fields: &[
        required("volume_l", number("l", 10.0, 5000.0), "Water in the tank."),
        optional(
            "height_m",
            number("m", 0.2, 5.0),
            "Bottom to top. Left out: 2.5 times as high as wide.",
        ),
        default(
            "layers",
            integer("", 1, 200),
            "24",
            "Equal layers of the calculation; docs/TANK.md shows what more of them change.",
        ),
        optional(
            "loss_w_per_k",
            number("W/K", 0.0, 50.0),
            "Standing loss of the whole tank. One of this, `loss_kwh_per_24h` and `label`; left out: label B.",
        ),
        optional(
            "loss_kwh_per_24h",
            number("kWh", 0.0, 50.0),
            "Standing loss of a day at 65 °C in a room of 20 °C, as data sheets give it.",
        ),
        optional(
            "label",
            Kind::Choice(&LABELS),
            "Energy label (Reg. (EU) 812/2013); the loss is the upper limit of its class.",
        ),
        default(
            "ambient_c",
            number("°C", -20.0, 40.0),
            "18",
            "Temperature around the tank.",
        ),
        default(
            "conductivity_w_per_m_k",
            number("W/(m K)", 0.0, 20.0),
            "1.0",
            "Effective vertical conductivity: water 0.6, the rest is the wall's share.",
        ),
        optional(
            "charging",
            Kind::Variants {
                tag: "kind",
                of: &[("coil", &COIL), ("direct", &DIRECT)],
            },
            "How the heat pump's heat enters. Left out: a coil with its defaults.",
        ),
        default(
            "sensor_height",
            number("", 0.0, 1.0),
            "0.5",
            "Height of the sensor that decides.",
        ),
        default(
            "element_kw",
            number("kW", 0.0, 30.0),
            "0",
            "Electric element in the tank; 0 = none.",
        ),
        default(
            "element_height",
            number("", 0.0, 1.0),
            "0.3",
            "Height of the element.",
        ),
        default(
            "start_c",
            number("°C", 5.0, 90.0),
            "50",
            "Temperature of the whole tank at the start of the warm-up.",
        ),
    ],
};

const LABELS: [(&str, &str); 7] = [
    ("A+", "S = 5.5 + 3.16 V^0.4 W"),
    ("A", "S = 8.5 + 4.25 V^0.4 W"),
    ("B", "S = 12 + 5.93 V^0.4 W"),
    ("C", "S = 16.66 + 8.33 V^0.4 W"),
    ("D", "S = 21 + 10.33 V^0.4 W"),
    ("E", "S = 26 + 13.66 V^0.4 W"),
    ("F", "S = 31 + 16.66 V^0.4 W"),
];

static COIL: Section = Section {
    name: "tank coil",
    doc: "A coil in the tank.",
    fields: &[
        default(
            "bottom",
            number("", 0.0, 1.0),
            "0.05",
            "Height of its lower end.",
        ),
        default(
            "top",
            number("", 0.0, 1.0),
            "0.5",
            "Height of its upper end.",
        ),
        optional(
            "ua_w_per_k",
            number("W/K", 20.0, 20_000.0),
            "Heat transfer, water to water, per K between the mean of flow and return and the tank. Left out: 5 W/K per litre of tank (about 1 m² of tube per 100 l).",
        ),
    ],
};

static DIRECT: Section = Section {
    name: "tank direct charging",
    doc: "Tank water itself passes the heat pump or its heat exchanger.",
    fields: &[
        default(
            "outlet",
            number("", 0.0, 1.0),
            "0.0",
            "Height at which water leaves to be heated.",
        ),
        default(
            "inlet",
            number("", 0.0, 1.0),
            "1.0",
            "Height at which it returns.",
        ),
        required(
            "flow_l_per_h",
            number("l/h", 20.0, 10_000.0),
            "Flow while it charges.",
        ),
    ],
};

pub static HOT_WATER: Section = Section {
    name: "hot water",
    doc: "What the household draws, and how cold the mains are.",
    fields: &[
        default(
            "useful_c",
            number("°C", 30.0, 60.0),
            "40",
            "Temperature at the tap after mixing.",
        ),
        default(
            "mains_mean_c",
            number("°C", 1.0, 30.0),
            "11",
            "Cold water, mean of the year; an ordinary value for the Low Countries.",
        ),
        default(
            "mains_amplitude_k",
            number("K", 0.0, 15.0),
            "5",
            "Half the difference between its warmest and coldest day.",
        ),
        default(
            "mains_coldest_day",
            number("", 1.0, 366.0),
            "45",
            "Day of the year on which it is coldest (45 = 14 February).",
        ),
        default(
            "step_s",
            integer("s", 10, 900),
            "60",
            "Interval of the series that draws become.",
        ),
        optional(
            "draws",
            Kind::Variants {
                tag: "kind",
                of: &[
                    ("cycle", &CYCLE),
                    ("random", &RANDOM),
                    ("file", &FILE),
                    ("none", &NONE),
                ],
            },
            "Who draws when. Left out: tapping cycle M.",
        ),
    ],
};

static CYCLE: Section = Section {
    name: "draws by tapping cycle",
    doc: "A tapping cycle of Reg. (EU) 812/2013 on every local day, as mixed water with the cycle's energy above 10 °C.",
    fields: &[default(
        "profile",
        Kind::Choice(&[
            ("3XS", "0.345 kWh a day"),
            ("XXS", "2.1 kWh"),
            ("XS", "2.1 kWh in three draws"),
            ("S", "2.1 kWh in eleven draws"),
            ("M", "5.845 kWh"),
            ("L", "11.655 kWh"),
            ("XL", "19.07 kWh"),
            ("XXL", "24.53 kWh"),
        ]),
        "'M'",
        "Size of the cycle.",
    )],
};

static RANDOM: Section = Section {
    name: "random draws",
    doc: "Draws at random after Jordan and Vajen (2001), reproducible from the scenario's seed.",
    fields: &[
        optional(
            "persons",
            number("", 0.5, 1000.0),
            "Household size, at 40 l a day and person. One of this and `l_per_day`; left out: 2.5 persons.",
        ),
        optional(
            "l_per_day",
            number("l", 1.0, 100_000.0),
            "Mean volume a day, mixed to 45 °C.",
        ),
    ],
};

static FILE: Section = Section {
    name: "draws from a file",
    doc: "A column of a CSV file, one interval a row.",
    fields: &[
        required(
            "path",
            Kind::Text,
            "The file, relative to the scenario's folder.",
        ),
        required(
            "column",
            Kind::Text,
            "Name of the column, as in the first line.",
        ),
        default(
            "unit",
            Kind::Choice(&[
                ("l/s", "litres a second"),
                ("l/min", "litres a minute"),
                ("l/h", "litres an hour"),
                ("l", "litres in the interval"),
            ]),
            "'l/h'",
            "What the numbers are: mixed water at `useful_c`.",
        ),
        required(
            "start",
            Kind::DateTime,
            "When the first row begins; local civil time, or with its offset from UTC.",
        ),
        required("step_s", integer("s", 1, 86_400), "Length of an interval."),
    ],
};

static NONE: Section = Section {
    name: "no draws",
    doc: "Nobody draws hot water.",
    fields: &[],
};

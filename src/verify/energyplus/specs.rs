//! The houses that are compared: a scenario, its changes and a reference each.

use super::super::houses::{self, House};
use super::Spec;

macro_rules! spec {
    ($id:literal, $file:ident $(+ $change:ident)*, $title:literal) => {
        Spec {
            id: $id,
            title: $title,
            house: House {
                file: houses::$file,
                changes: &[$(houses::$change),*],
            },
            reference: include_bytes!(concat!("../data/energyplus/", $id, ".csv.z")),
            rooms: &[""],
            chart_day: None,
            quick: false,
        }
    };
}

pub(super) fn specs() -> Vec<Spec> {
    let with_chart = |day: usize, spec: Spec| Spec {
        chart_day: Some(day),
        ..spec
    };
    let quick = |spec: Spec| Spec {
        quick: true,
        ..spec
    };
    vec![
        with_chart(
            31,
            spec!(
                "600FF",
                BESTEST + FREE_FLOAT,
                "light room, nothing heats or cools"
            ),
        ),
        quick(with_chart(
            31,
            spec!(
                "900FF",
                BESTEST + HEAVY + FREE_FLOAT,
                "heavy room, nothing heats or cools"
            ),
        )),
        quick(with_chart(
            31,
            spec!("600", BESTEST, "light room, 20 to 27 °C"),
        )),
        spec!("900", BESTEST + HEAVY, "heavy room, 20 to 27 °C"),
        spec!(
            "610",
            BESTEST + OVERHANG,
            "light room, overhang over the south windows"
        ),
        spec!(
            "910",
            BESTEST + HEAVY + OVERHANG,
            "heavy room, overhang over the south windows"
        ),
        spec!(
            "620",
            BESTEST + EAST_WEST,
            "light room, windows to east and west"
        ),
        spec!(
            "920",
            BESTEST + HEAVY + EAST_WEST,
            "heavy room, windows to east and west"
        ),
        spec!(
            "630",
            BESTEST + EAST_WEST + FINS,
            "light room, windows to east and west between fins"
        ),
        spec!(
            "930",
            BESTEST + HEAVY + EAST_WEST + FINS,
            "heavy room, windows to east and west between fins"
        ),
        spec!("640", BESTEST + SET_BACK, "light room, 10 °C at night"),
        spec!(
            "940",
            BESTEST + HEAVY + SET_BACK,
            "heavy room, 10 °C at night"
        ),
        spec!(
            "650FF",
            BESTEST + NIGHT_FAN + FREE_FLOAT,
            "light room, a fan at night, nothing heats or cools"
        ),
        spec!(
            "950FF",
            BESTEST + HEAVY + NIGHT_FAN + FREE_FLOAT,
            "heavy room, a fan at night, nothing heats or cools"
        ),
        spec!(
            "650",
            BESTEST + NIGHT_FAN,
            "light room, a fan at night, cold by day"
        ),
        spec!(
            "950",
            BESTEST + HEAVY + NIGHT_FAN,
            "heavy room, a fan at night, cold by day"
        ),
        spec!(
            "600FF-films",
            BESTEST + FILMS + FREE_FLOAT,
            "light room, nothing heats or cools, convection given"
        ),
        spec!(
            "900FF-films",
            BESTEST + HEAVY + FILMS + FREE_FLOAT,
            "heavy room, nothing heats or cools, convection given"
        ),
        spec!("single", BESTEST + SINGLE, "light room, one pane of glass"),
        spec!(
            "low-e",
            BESTEST + HEAVY + LOW_E,
            "heavy room, coated glass with argon"
        ),
        spec!(
            "mass-inside",
            BESTEST + HEAVY + MASS_INSIDE,
            "walls of concrete, insulated outside"
        ),
        spec!(
            "mass-outside",
            BESTEST + HEAVY + MASS_OUTSIDE,
            "walls of concrete, insulated inside"
        ),
        spec!(
            "mass-outside-FF",
            BESTEST + HEAVY + MASS_OUTSIDE + FREE_FLOAT,
            "the same, nothing heats or cools"
        ),
        spec!(
            "skylight",
            BESTEST + HEAVY + SKYLIGHT,
            "heavy room, level windows in the roof"
        ),
        spec!(
            "solid-box",
            SOLID_BOX,
            "brick and concrete in Chicago, no windows"
        ),
        Spec {
            rooms: &["south", "north"],
            ..spec!(
                "two-rooms",
                TWO_ROOMS,
                "two heavy rooms, 20 and 16 °C, a wall of 200 mm between them"
            )
        },
        Spec {
            rooms: &["back", "sun"],
            ..spec!(
                "960",
                SUNSPACE,
                "a light room behind a sunspace that nothing heats"
            )
        },
        spec!(
            "dutch",
            DUTCH,
            "a terraced house of brick with low-e glass by U and g"
        ),
        spec!(
            "dutch-FF",
            DUTCH + FREE_FLOAT,
            "the same, nothing heats or cools"
        ),
        spec!(
            "dutch-san-francisco",
            DUTCH + SAN_FRANCISCO,
            "the same on a mild coast"
        ),
        spec!(
            "chicago-600",
            BESTEST + CHICAGO,
            "light room in a colder place"
        ),
        spec!(
            "chicago-900",
            BESTEST + HEAVY + CHICAGO,
            "heavy room in a colder place"
        ),
        spec!(
            "san-francisco-600",
            BESTEST + SAN_FRANCISCO,
            "light room on a mild coast"
        ),
        spec!(
            "san-francisco-900FF",
            BESTEST + HEAVY + FREE_FLOAT + SAN_FRANCISCO,
            "heavy room on a mild coast, nothing heats or cools"
        ),
    ]
}

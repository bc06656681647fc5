//! The heating side of a unit: from full-load points, or from the tables of a
//! certificate.

use super::{Layers, map};
use crate::physics::heat_pump::certified::{Application, Certified, derive};
use crate::physics::heat_pump::scop::{Declared, TestPoint};
use crate::physics::heat_pump::{Duty, PartLoad, PerformanceMap};
use crate::scenario::field::{Kind, Section, default, number, optional, required};
use crate::scenario::{Code, Fault, View};

static TEST_POINT: Section = Section {
    name: "certified point",
    doc: "One part-load point of EN 14825.",
    fields: &[
        required(
            "outdoor_c",
            number("°C", -30.0, 20.0),
            "Outdoor temperature; the flow temperature is the standard's.",
        ),
        required(
            "capacity_kw",
            number("kW", 0.1, 100.0),
            "Declared heating capacity.",
        ),
        required("cop", number("", 0.5, 20.0), "Declared COP."),
        default(
            "degradation",
            number("", 0.0, 1.0),
            "0.9",
            "Degradation coefficient Cdh.",
        ),
    ],
};

pub(super) static CERTIFIED: Section = Section {
    name: "certified",
    doc: "A table of a certificate after EN 14825, average climate.",
    fields: &[
        required(
            "application",
            number("°C", 35.0, 55.0),
            "35 or 55: the flow temperature at -10 °C outdoors.",
        ),
        required("design_kw", number("kW", 0.5, 100.0), "Design heat load."),
        required(
            "bivalent_c",
            number("°C", -25.0, 2.0),
            "Bivalent temperature: at it and below the unit runs at full load.",
        ),
        default(
            "limit_c",
            number("°C", -40.0, 2.0),
            "-10",
            "Operation limit TOL.",
        ),
        default(
            "thermostat_off_w",
            number("W", 0.0, 300.0),
            "0",
            "Power in thermostat-off mode.",
        ),
        default(
            "crankcase_w",
            number("W", 0.0, 300.0),
            "0",
            "Power of the crankcase heater.",
        ),
        optional(
            "scop",
            number("", 1.0, 10.0),
            "Declared SCOP, to compare with.",
        ),
        required("points", Kind::Sections(&TEST_POINT), "At least two."),
    ],
};

/// What is known of a unit's heating.
pub(super) struct Heating {
    pub map: PerformanceMap,
    pub part_load_cop: [f64; 5],
    pub min_modulation: f64,
}

/// Of an inverter unit where nothing is said.
const USUAL_PART_LOAD: [f64; 5] = [1.12, 1.19, 1.2, 1.11, 1.0];
const USUAL_MIN_MODULATION: f64 = 0.3;
/// How far the declared SCOP may be from that of the points before a warning.
const SCOP_TOLERANCE: f64 = 0.05;

pub(super) fn heating(at: &Layers<'_, '_>) -> Heating {
    let mut heating = Heating {
        map: PerformanceMap::unusable(Duty::Heating),
        part_load_cop: USUAL_PART_LOAD,
        min_modulation: USUAL_MIN_MODULATION,
    };
    // Points of one's own replace the certificate of a library unit.
    let own_points = at.own.has("points") || at.own.is_faulty("points");
    let own_tables = at.own.has("certified") || at.own.is_faulty("certified");
    if own_points && own_tables {
        at.fault(
            "certified",
            Fault::new(Code::Conflict, "both `points` and `certified` are given")
                .hint("keep the one that you trust"),
        );
    } else if let Some(view) = at.with("certified").filter(|_| !own_points) {
        let tables: Vec<Certified> = view
            .sections("certified")
            .iter()
            .filter_map(table)
            .collect();
        if !tables.is_empty() {
            match derive(&tables) {
                Ok(derived) => {
                    heating.map = derived.map;
                    heating.part_load_cop = derived.part_load_cop;
                    heating.min_modulation = derived.min_modulation;
                }
                Err(error) => view.fault(
                    "certified",
                    Fault::new(Code::Conflict, error.to_string())
                        .hint("capacity is in kW; a point at or below bivalent_c is needed"),
                ),
            }
        }
    } else if let Some(view) = at.with("points") {
        if let Some(map) = map(view, "points", Duty::Heating) {
            heating.map = map;
        }
    } else {
        at.fault(
            "points",
            Fault::new(Code::MissingKey, "the heat pump has no performance figures").hint(format!(
                "give `points` or `certified`, or name a unit of the library: {}",
                super::library_names().join(", ")
            )),
        );
    }
    if let Some(low) = at.opt_number("min_modulation") {
        heating.min_modulation = low;
    }
    if let Some(view) = at.with("part_load_cop") {
        match <[f64; 5]>::try_from(view.numbers("part_load_cop")) {
            Ok(factors) if PartLoad::new(factors).electricity_rises() => {
                heating.part_load_cop = factors;
            }
            Ok(_) => at.fault(
                "part_load_cop",
                Fault::new(
                    Code::Conflict,
                    "with these, more load would take less electricity",
                ),
            ),
            Err(_) if at.own.is_faulty("part_load_cop") => {}
            Err(_) => at.fault(
                "part_load_cop",
                Fault::new(Code::OutOfRange, "five factors are needed")
                    .hint("for load fractions 0, 0.25, 0.5, 0.75 and 1"),
            ),
        }
    }
    heating
}

/// One table; `None` where its values are faulty.
fn table(view: &View<'_>) -> Option<Certified> {
    let application = match view.number("application") {
        35.0 => Application::Low35,
        55.0 => Application::Medium55,
        a => {
            if a.is_finite() {
                view.fault(
                    "application",
                    Fault::new(Code::UnknownChoice, "no application of the standard")
                        .allowed("35 or 55"),
                );
            }
            return None;
        }
    };
    let points: Vec<TestPoint> = view
        .sections("points")
        .iter()
        .map(|p| TestPoint {
            outdoor_c: p.number("outdoor_c"),
            capacity_w: 1000.0 * p.number("capacity_kw"),
            cop: p.number("cop"),
            degradation: p.number("degradation"),
        })
        .collect();
    let declared = Declared {
        design_w: 1000.0 * view.number("design_kw"),
        bivalent_c: view.number("bivalent_c"),
        limit_c: view.number("limit_c"),
        thermostat_off_w: view.number("thermostat_off_w"),
        crankcase_w: view.number("crankcase_w"),
        points,
    };
    let sound = declared
        .points
        .iter()
        .all(|p| (p.outdoor_c + p.capacity_w + p.cop).is_finite());
    if !sound || !(declared.design_w + declared.bivalent_c).is_finite() {
        return None;
    }
    if !declared
        .points
        .iter()
        .any(|p| p.outdoor_c <= declared.bivalent_c)
    {
        view.fault(
            "points",
            Fault::new(
                Code::MissingKey,
                "no point at or below the bivalent temperature",
            )
            .hint("add the certificate's bivalent point"),
        );
        return None;
    }
    if let (Some(said), Some(found)) = (view.opt_number("scop"), declared.scop())
        && (found / said - 1.0).abs() > SCOP_TOLERANCE
    {
        view.warn(
            "scop",
            format!("the points give a SCOP of {found:.2}, not {said:.2}; is a figure mistyped?"),
        );
    }
    Some(Certified {
        application,
        declared,
    })
}

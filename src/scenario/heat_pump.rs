//! `heat_pump`: a unit of the library, one's own, or the one with changes of
//! the other.

mod certified;
#[cfg(test)]
mod tests;

use super::field::{Field, Kind, Section, default, number, numbers, optional, required};
use super::view::NameOr;
use super::{Code, Context, Fault, Format, Source, View, check, tree};
use crate::heat_pump_library;
use crate::model::heat_pump::{Backup, Defrost, HeatPump};
use crate::physics::heat_pump::{Duty, MapError, MapPoint, PartLoad, PerformanceMap};
use crate::units::J_PER_KWH;

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

const MAX_LEVELS: usize = 20;

/// Water of the circuit where a scenario says nothing, l per kW. Makers ask for
/// a least volume so that defrosts and starts stay few: a buffer of 25 l for 6
/// to 10 kW and 40 l for 16 kW besides the pipes (Centrometal, technical manual
/// of split heat pumps, table 1-2.3); installers reckon with some 10 l/kW in all.
const CIRCUIT_L_PER_KW: f64 = 10.0;

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

/// Where a key's value comes from: the scenario where it says something, else
/// the library unit, else the default.
struct Layers<'a, 'b> {
    own: &'b View<'a>,
    unit: Option<&'b View<'b>>,
}

/// The names in the library, in file order.
pub fn library_names() -> Vec<String> {
    let source = Source::new(heat_pump_library::FILE_NAME, heat_pump_library::TEXT);
    tree::parse(&source, Format::Toml)
        .map(|root| root.entries().iter().map(|e| e.key.clone()).collect())
        .unwrap_or_default()
}

/// Builds the heat pump that `key` of `parent` names or describes. `parent`'s
/// table gives `key` the kind [`KIND`].
pub fn build_at(parent: &View<'_>, key: &str) -> HeatPump {
    match parent.name_or(key) {
        Some(NameOr::Name(name)) => match with_unit(&name, |unit| build_layers(unit, None)) {
            Ok(pump) => pump,
            Err(fault) => {
                parent.fault(key, *fault);
                unusable()
            }
        },
        Some(NameOr::Item(item)) => item.section().map_or_else(unusable, |view| build(&view)),
        None => unusable(),
    }
}

/// Builds a heat pump from its table.
pub fn build(view: &View<'_>) -> HeatPump {
    let Some(name) = view.opt_text("unit") else {
        return build_layers(view, None);
    };
    match with_unit(&name, |unit| build_layers(view, Some(unit))) {
        Ok(pump) => pump,
        Err(fault) => {
            view.fault("unit", *fault);
            unusable()
        }
    }
}

/// Reads one unit of the library.
fn with_unit<R>(name: &str, build: impl FnOnce(&View<'_>) -> R) -> Result<R, Box<Fault>> {
    let source = Source::new(heat_pump_library::FILE_NAME, heat_pump_library::TEXT);
    let broken = || {
        Box::new(Fault::new(
            Code::Syntax,
            "the library of heat pumps is broken",
        ))
    };
    let root = tree::parse(&source, Format::Toml).map_err(|_| broken())?;
    let Some(mut node) = root.get(name).cloned() else {
        let names = library_names();
        let near = names
            .iter()
            .map(|n| (strsim::jaro_winkler(n, &name.to_lowercase()), n))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, n)| format!("did you mean \"{n}\"?"));
        let mut fault = Fault::new(Code::UnknownName, "the library has no such heat pump")
            .allowed(names.join(", "));
        fault.hint = near;
        return Err(Box::new(fault));
    };
    let context = Context::new(&source, std::path::Path::new(""));
    check::check(&mut node, &HEAT_PUMP, &context);
    let built = build(&View::root(&node, &HEAT_PUMP, &context));
    if context
        .take()
        .iter()
        .any(|f| f.severity == super::Severity::Fault)
    {
        return Err(broken());
    }
    Ok(built)
}

fn build_layers<'a, 'b>(own: &'b View<'a>, unit: Option<&'b View<'b>>) -> HeatPump {
    let at = Layers { own, unit };
    let heating = certified::heating(&at);
    let cooling = at
        .with("cooling_points")
        .and_then(|v| map(v, "cooling_points", Duty::Cooling));
    let (capacity_w, cop) = heating.map.at(7.0, 35.0);
    let start_loss_j = at
        .opt_number("start_loss_wh")
        .map_or(60.0 * capacity_w / cop, |wh| wh * J_PER_KWH / 1000.0);
    let defrost = match (
        at.number("defrost_capacity_loss"),
        at.number("defrost_cop_loss"),
    ) {
        (0.0, 0.0) => Defrost::InMap,
        (capacity, cop) => Defrost::Derate { capacity, cop },
    };
    let air_to_air = at.any("kind").choice("kind") == "air_to_air";
    let circuit_l = at
        .opt_number("circuit_l")
        .unwrap_or(CIRCUIT_L_PER_KW * capacity_w / 1000.0);
    let pump = HeatPump {
        name: at.text("name"),
        source: at.text("source"),
        min_modulation: heating.min_modulation,
        part_load_cop: heating.part_load_cop,
        defrost,
        source_min_c: at.number("source_min_c"),
        source_max_c: at.number("source_max_c"),
        flow_max_c: at.number("flow_max_c"),
        flow_min_c: at.number("flow_min_c"),
        min_run_s: 60.0 * at.number("min_run_min"),
        min_pause_s: 60.0 * at.number("min_pause_min"),
        start_loss_j,
        standby_w: at.number("standby_w"),
        pump_w: at.number("pump_w"),
        circuit_l: if air_to_air { 0.0 } else { circuit_l },
        buffer_l: if air_to_air {
            0.0
        } else {
            at.number("buffer_l")
        },
        can_switch_off: at.boolean("can_switch_off"),
        air_to_air,
        parked_heating_c: at.number("parked_heating_c"),
        parked_cooling_c: at.number("parked_cooling_c"),
        levels_w: levels(&at, &heating),
        backup: backup(&at),
        heating: heating.map,
        cooling,
    };
    if pump.source_min_c >= pump.source_max_c {
        at.fault(
            "source_min_c",
            Fault::new(
                Code::Conflict,
                "the lowest source temperature is not below the highest",
            )
            .hint("swap source_min_c and source_max_c?"),
        );
    }
    if pump.parked_heating_c >= pump.parked_cooling_c {
        at.fault(
            "parked_heating_c",
            Fault::new(
                Code::Conflict,
                "parked, it would heat and cool at the same temperature",
            )
            .hint("the parked heating set-point is the lowest, the cooling one the highest that the device accepts"),
        );
    }
    pump
}

impl<'a> Layers<'a, '_> {
    /// The layer that says something about a key; `None`: neither.
    fn with(&self, key: &str) -> Option<&View<'_>> {
        if self.own.has(key) || self.own.is_faulty(key) {
            return Some(self.own);
        }
        self.unit.filter(|u| u.has(key))
    }
    fn any(&self, key: &str) -> &View<'_> {
        self.with(key).unwrap_or(self.own)
    }
    fn number(&self, key: &str) -> f64 {
        self.any(key).number(key)
    }
    fn opt_number(&self, key: &str) -> Option<f64> {
        self.any(key).opt_number(key)
    }
    fn boolean(&self, key: &str) -> bool {
        self.any(key).boolean(key)
    }
    fn text(&self, key: &str) -> String {
        let text = self.any(key).text(key);
        if text.is_empty() {
            "own unit".to_owned()
        } else {
            text
        }
    }
    fn fault(&self, key: &str, fault: Fault) {
        self.own.fault(key, fault);
    }
}

/// A map from a list of points; faults where it can't be one.
fn map(view: &View<'_>, key: &str, duty: Duty) -> Option<PerformanceMap> {
    let tables = view.sections(key);
    let points: Vec<MapPoint> = tables
        .iter()
        .map(|t| MapPoint {
            source_c: t.number("source_c"),
            flow_c: t.number("flow_c"),
            capacity_w: 1000.0 * t.number("capacity_kw"),
            cop: t.number("cop"),
        })
        .collect();
    let sound = points
        .iter()
        .all(|p| (p.source_c + p.flow_c + p.capacity_w + p.cop).is_finite());
    if points.is_empty() || !sound {
        if points.is_empty() && !view.is_faulty(key) {
            view.fault(
                key,
                Fault::new(Code::MissingKey, "a list of points without any"),
            );
        }
        return None;
    }
    // The hints look for what people mix up.
    for (table, p) in tables.iter().zip(&points) {
        let swapped = match duty {
            Duty::Heating => p.source_c > p.flow_c,
            Duty::Cooling => p.flow_c > p.source_c,
        };
        if swapped {
            table.warn(
                "source_c",
                "the source is on the easy side of the flow; are source and flow temperature swapped?",
            );
        }
    }
    match PerformanceMap::from_points(duty, &points) {
        Ok(map) => {
            for odd in map.warnings() {
                view.warn(key, odd.clone());
            }
            Some(map)
        }
        Err(error) => {
            let message = error.to_string();
            match error {
                MapError::AboveCarnot { index, .. } => tables[index].fault(
                    "cop",
                    Fault::new(Code::Conflict, message)
                        .hint("a COP is heat over electricity, 1 to 8; is it a percentage, or are the two temperatures swapped?"),
                ),
                MapError::BadPoint { index, .. } => {
                    tables[index].fault_here(Fault::new(Code::OutOfRange, message));
                }
                _ => view.fault(key, Fault::new(Code::Conflict, message)),
            }
            None
        }
    }
}

fn levels(at: &Layers<'_, '_>, heating: &certified::Heating) -> Vec<f64> {
    if let Some(view) = at.with("levels_kw") {
        let levels: Vec<f64> = view
            .numbers("levels_kw")
            .iter()
            .map(|kw| 1000.0 * kw)
            .collect();
        if levels.windows(2).any(|w| w[0] >= w[1]) || levels.len() > MAX_LEVELS {
            at.fault(
                "levels_kw",
                Fault::new(
                    Code::Conflict,
                    "the levels do not rise, or are more than 20",
                )
                .hint("level 1 is the lowest electrical power, in kW"),
            );
        }
        return levels;
    }
    let (capacity_w, cop) = heating.map.at(2.0, 35.0);
    let part_load = PartLoad::new(heating.part_load_cop);
    let low = heating.min_modulation;
    let at_load = |load: f64| (capacity_w / cop * part_load.electricity(load)).round();
    if low > 0.9 {
        return vec![at_load(1.0)];
    }
    vec![
        at_load(low.max(0.05)),
        at_load(0.5 * (low.max(0.05) + 1.0)),
        at_load(1.0),
    ]
}

fn backup(at: &Layers<'_, '_>) -> Backup {
    let Some(view) = at.any("backup").section("backup") else {
        return Backup {
            power_w: 0.0,
            bivalence_c: -50.0,
            delay_s: 3600.0,
            hot_water: false,
        };
    };
    Backup {
        power_w: 1000.0 * view.number("power_kw"),
        bivalence_c: view.number("bivalence_c"),
        delay_s: 60.0 * view.number("delay_min"),
        hot_water: view.boolean("hot_water"),
    }
}

/// What stands for a heat pump that could not be read, while further faults
/// are collected.
fn unusable() -> HeatPump {
    HeatPump {
        name: String::new(),
        source: String::new(),
        heating: PerformanceMap::unusable(Duty::Heating),
        cooling: None,
        min_modulation: 1.0,
        part_load_cop: [1.0; 5],
        defrost: Defrost::InMap,
        source_min_c: -20.0,
        source_max_c: 43.0,
        flow_max_c: 60.0,
        flow_min_c: 7.0,
        min_run_s: 600.0,
        min_pause_s: 300.0,
        start_loss_j: 0.0,
        standby_w: 0.0,
        pump_w: 0.0,
        circuit_l: 0.0,
        buffer_l: 0.0,
        can_switch_off: true,
        air_to_air: false,
        parked_heating_c: 16.0,
        parked_cooling_c: 30.0,
        levels_w: Vec::new(),
        backup: Backup {
            power_w: 0.0,
            bivalence_c: -7.0,
            delay_s: 3600.0,
            hot_water: false,
        },
    }
}

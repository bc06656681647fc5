//! `heat_pump`: a unit of the library, one's own, or the one with changes of
//! the other.

mod certified;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::tree::Node;
use super::view::NameOr;
use super::{Code, Context, Fault, Format, Source, View, check, tree};
use crate::heat_pump_library;
use crate::model::heat_pump::{Backup, Defrost, HeatPump};
use crate::physics::heat_pump::{Duty, MapError, MapPoint, PartLoad, PerformanceMap};
use crate::units::J_PER_KWH;
use tables::{CIRCUIT_L_PER_KW, MAX_LEVELS};
pub use tables::{HEAT_PUMP, KIND};

/// Where a key's value comes from: the scenario where it says something, else
/// the library unit, else the default.
struct Layers<'a, 'b> {
    own: &'b View<'a>,
    unit: Option<&'b View<'b>>,
}

/// The library, read once; `None` where it is broken.
static LIBRARY: LazyLock<Option<(Arc<Source>, Node)>> = LazyLock::new(|| {
    let source = Source::new(heat_pump_library::FILE_NAME, heat_pump_library::TEXT);
    let root = tree::parse(&source, Format::Toml).ok()?;
    Some((source, root))
});

/// Units as they stand in the library. Each is built when first asked for: its
/// map takes longer than the rest of a scenario, and studies read thousands.
static UNITS: LazyLock<RwLock<HashMap<String, HeatPump>>> = LazyLock::new(RwLock::default);

/// The names in the library, in file order.
pub fn library_names() -> Vec<String> {
    let root = LIBRARY.as_ref().map(|(_, root)| root);
    root.map(|root| root.entries().iter().map(|e| e.key.clone()).collect())
        .unwrap_or_default()
}

/// A unit as it stands in the library.
fn library_unit(name: &str) -> Result<HeatPump, Box<Fault>> {
    let built = UNITS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(unit) = built.get(name) {
        return Ok(unit.clone());
    }
    drop(built);
    let unit = with_unit(name, |unit| build_layers(unit, None))?;
    let mut built = UNITS.write().unwrap_or_else(PoisonError::into_inner);
    Ok(built.entry(name.to_owned()).or_insert(unit).clone())
}

/// Builds the heat pump that `key` of `parent` names or describes. `parent`'s
/// table gives `key` the kind [`KIND`].
pub fn build_at(parent: &View<'_>, key: &str) -> HeatPump {
    match parent.name_or(key) {
        Some(NameOr::Name(name)) => match library_unit(&name) {
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
    let broken = || {
        Box::new(Fault::new(
            Code::Syntax,
            "the library of heat pumps is broken",
        ))
    };
    let (source, root) = LIBRARY.as_ref().ok_or_else(broken)?;
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
    let context = Context::new(source, std::path::Path::new(""));
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

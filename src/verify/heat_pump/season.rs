//! The heating season of EN 14825 through the plant, bin by bin, and by what
//! parts a bin's COP differs from the standard's.

use std::fmt::Write as _;
use std::path::Path;

use super::super::case::{Comparison, Evidence, Missing};
use super::super::statistics::mean;
use super::super::told;
use super::{KEYMARK, Unit, nothing, units};
use crate::physics::heat_pump::certified::Application;
use crate::physics::heat_pump::scop::{self, AVERAGE_BINS, Declared};
use crate::report::{Chart, Drawn};
use crate::trace::DeviceTrace;

/// Days of a bin that count, after as many to settle.
const BIN_DAYS: u32 = 20;
/// The standard's rooms are without gains above their heating limit, so the
/// house of the season is one of 16 degC.
const ROOM_C: f64 = scop::HEATING_LIMIT_C;

/// Warmer than the last certified point (A12), degC.
const LAST_CERTIFIED_C: f64 = 12.0;
/// Output up to so much above the lowest one counts as lowest: within a run it
/// falls a little as the water gets warmer.
const NEAR_LOWEST: f64 = 1.1;

/// A bin as it came out.
struct Bin {
    outdoor_c: f64,
    hours: f64,
    load_w: f64,
    given_w: f64,
    used_w: f64,
    /// COP at the lowest output, where the unit makes pauses.
    lowest_cop: Option<f64>,
}

impl Bin {
    fn run(unit: &Unit, outdoor_c: f64, hours: f64) -> Result<Self, Missing> {
        let text = bin_scenario(unit, outdoor_c);
        let scenario = told::read(&unit.name, &text, Path::new("."))?;
        let result = told::run(&scenario)?;
        let (trace, _) = result.devices.first().ok_or_else(|| nothing("run"))?;
        Ok(Self {
            outdoor_c,
            hours,
            load_w: unit.table.declared.design_w * scop::load_share(outdoor_c),
            given_w: mean(trace.heat_space_w.iter().copied()),
            used_w: mean(trace.compressor_space_w.iter().copied())
                + mean(trace.backup_space_w.iter().copied()),
            lowest_cop: lowest_cop(trace),
        })
    }

    fn cop(&self) -> f64 {
        self.given_w / self.used_w
    }
}

/// COP of the intervals that the compressor ran through at its lowest output;
/// none where it makes no pause.
fn lowest_cop(trace: &DeviceTrace) -> Option<f64> {
    let whole_s = f64::from(trace.step_s) - 1e-6;
    let heat_and_work = trace.heat_space_w.iter().zip(&trace.compressor_space_w);
    let running = || {
        let steps = heat_and_work.clone().zip(&trace.run_s);
        steps.filter(|(_, run_s)| **run_s >= whole_s)
    };
    if running().count() == trace.run_s.len() {
        return None;
    }
    let lowest_w = running().fold(f64::INFINITY, |least, ((heat_w, _), _)| least.min(*heat_w));
    let (mut heat, mut work) = (0.0, 0.0);
    for ((heat_w, work_w), _) in running() {
        if *heat_w <= NEAR_LOWEST * lowest_w {
            heat += heat_w;
            work += work_w;
        }
    }
    (work > 0.0).then(|| heat / work)
}

pub(super) fn in_the_plant(begins: &str) -> Result<Evidence, Missing> {
    let found = units()?
        .into_iter()
        .zip(KEYMARK.lines().filter(|l| !l.starts_with('#')).skip(1));
    let (unit, _) = found
        .into_iter()
        .find(|(_, line)| line.starts_with(begins))
        .ok_or_else(|| nothing(begins))?;
    let bins: Vec<Bin> = AVERAGE_BINS
        .iter()
        .map(|&(outdoor_c, hours)| Bin::run(&unit, outdoor_c, hours))
        .collect::<Result<_, _>>()?;
    let declared = &unit.table.declared;
    let on = declared.active().ok_or_else(|| nothing(&unit.name))?;
    let sum = |of: fn(&Bin) -> f64| bins.iter().map(|b| b.hours * of(b)).sum::<f64>();
    let (heat, given) = (sum(|b| b.load_w), sum(|b| b.given_w));
    let electricity = sum(|b| b.load_w / b.cop());
    let mut comparisons = vec![
        Comparison::value(
            "SCOPon of the plant beside the standard's",
            "",
            heat / electricity,
            on,
            // Map and part load alone have 3 % in nine of ten units.
            (0.03 * on * 100.0).round() / 100.0,
        )
        .decimals(2),
        // Twenty days hold no whole number of cycles: that is what is left.
        Comparison::value(
            "heat delivered over that of the season's loads",
            "",
            given / heat,
            1.0,
            0.02,
        ),
    ];
    comparisons.extend(parts(&bins, declared));
    let ours = bins.iter().map(|b| (b.outdoor_c, b.cop()));
    Ok(Evidence {
        comparisons,
        charts: vec![
            Chart::new(
                format!("{}: COP over the season's bins", unit.name),
                "outdoor temperature, °C",
                "COP, backup heater included",
            )
            .with(Drawn::Line, "plant", ours)
            .with(
                Drawn::Dots,
                "EN 14825",
                declared.bin_cops().unwrap_or_default(),
            ),
        ],
    })
}

/// The bin that is furthest from the standard and the one up to the last
/// certified point, by parts; and what the bins beyond it weigh.
fn parts(bins: &[Bin], declared: &Declared) -> Vec<Comparison> {
    let (Some(whole), Some(running)) = (declared.bin_cops(), declared.running_cops()) else {
        return Vec::new();
    };
    let percent = |share: f64| 100.0 * (share - 1.0);
    let told =
        |quantity: String, share: f64| Comparison::told(quantity, "%", percent(share)).decimals(1);
    let furthest = |up_to_c: f64| {
        let all = bins.iter().zip(whole.iter().zip(&running));
        let off = |b: &Bin, standard: f64| (b.cop() / standard - 1.0).abs();
        all.filter(|(b, _)| b.outdoor_c <= up_to_c)
            .max_by(|(a, (x, _)), (b, (y, _))| off(a, x.1).total_cmp(&off(b, y.1)))
    };
    let (mut list, mut told_of) = (Vec::new(), None);
    for (up_to_c, of) in [
        (f64::INFINITY, "COP of the bin that is furthest off"),
        (LAST_CERTIFIED_C, "COP of the one up to 12 °C"),
    ] {
        let Some((bin, (whole, running))) = furthest(up_to_c) else {
            continue;
        };
        if told_of.replace(bin.outdoor_c) == Some(bin.outdoor_c) {
            continue;
        }
        let name = |part: &str| format!("{of} ({} °C){part}", bin.outdoor_c);
        list.push(told(name(""), bin.cop() / whole.1));
        if let Some(lowest) = bin.lowest_cop {
            list.push(told(name(": map"), lowest / running.1));
            list.push(told(name(": cycling in the plant"), bin.cop() / lowest));
            list.push(told(name(": cycling by Cdh"), whole.1 / running.1));
        }
    }
    let heat = |of: &dyn Fn(&Bin) -> bool| -> f64 {
        let those = bins.iter().filter(|b| of(b));
        those.map(|b| b.hours * b.load_w).sum()
    };
    let beyond = heat(&|b| b.outdoor_c > LAST_CERTIFIED_C) / heat(&|_| true);
    list.push(
        Comparison::told(
            "heat of the bins above 12 °C, share of the season's",
            "%",
            100.0 * beyond,
        )
        .decimals(1),
    );
    list
}

/// An ordinary scenario: a house with the standard's load line in unchanging
/// weather, its emitter such that the load needs the standard's flow temperature.
/// The controller is a slow one: where the unit has to cycle, it runs at its
/// lowest output then, as the standard supposes.
fn bin_scenario(unit: &Unit, outdoor_c: f64) -> String {
    let declared = &unit.table.declared;
    let design_kw = declared.design_w / 1000.0;
    let loss = declared.design_w / (ROOM_C - scop::DESIGN_C);
    let load_w = declared.design_w * scop::load_share(outdoor_c);
    let flow_c = unit.table.application.flow_c(outdoor_c);
    let design_flow_c = unit.table.application.flow_c(scop::DESIGN_C);
    let conductance = load_w / (flow_c - ROOM_C);
    let application = match unit.table.application {
        Application::Low35 => 35,
        Application::Medium55 => 55,
    };
    let mut points = String::new();
    for p in &declared.points {
        let _ = writeln!(
            points,
            "    {{ outdoor_c = {}, capacity_kw = {}, cop = {}, degradation = {} }},",
            p.outdoor_c,
            p.capacity_w / 1000.0,
            p.cop,
            p.degradation
        );
    }
    let limit_c = declared.limit_c.max(-40.0);
    let bivalent_c = declared.bivalent_c;
    format!(
        r#"heatloop = 1
title = "A bin of the season: {outdoor_c} °C"
site = {{ latitude_deg = 50.0, longitude_deg = 8.0, altitude_m = 0, timezone = "UTC" }}
period = {{ start = 2001-01-05, days = {BIN_DAYS}, warmup_days = {BIN_DAYS} }}
weather.day = {{ outdoor_c = {outdoor_c} }}

[[users]]
settings.room = {{ preferred_temperature = {ROOM_C} }}

[[users.devices]]
controller.pi = {{ gain = 0.5, integral_min = 1000 }}
controller.heating_deadband_k = 0.2
controller.heating_curve = {{ design_flow_c = {design_flow_c}, design_outdoor_c = -10, exponent = 1.5, min_flow_c = {ROOM_C}, max_flow_c = 65 }}
emitter = {{ kind = "fan_coil", conductance_w_per_k = {conductance}, flow_l_per_h = 20000, capacity_kj_per_k = 15000, fan_w = 0 }}

[users.devices.house.template.rooms.house]
floor_area_m2 = 150
model = {{ kind = "one-node", loss_w_per_k = {loss}, class = "heavy" }}

[users.devices.heat_pump]
standby_w = 0
pump_w = 0
source_min_c = {source_min_c}
flow_max_c = 65
backup = {{ power_kw = {design_kw}, bivalence_c = {bivalent_c} }}

[[users.devices.heat_pump.certified]]
application = {application}
design_kw = {design_kw}
bivalent_c = {bivalent_c}
limit_c = {limit_c}
points = [
{points}]
"#,
        source_min_c = limit_c.min(-10.0),
    )
}

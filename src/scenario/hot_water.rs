//! The sections `tank` and `hot_water`: their tables and what they become.
//!
//! Not here: the tank's physics, and the draws themselves (`crate::hot_water`).

mod tables;

use jiff::tz::TimeZone;

use super::fault::{Code, Fault, Place};
use super::hint;
use super::view::View;
use crate::hot_water::{file, known, ordinary, stochastic, tapping};
use crate::model::tank::Charging;
use crate::model::{HotWater, Series, Tank};
pub use tables::{HOT_WATER, TANK};

/// Label of a tank that says nothing about its loss.
const ORDINARY_CLASS: &str = "B";

/// What draws need to know of the rest of the scenario.
#[derive(Clone, Debug)]
pub struct Household<'a> {
    pub timezone: &'a TimeZone,
    /// First and last instant for which draws are needed, warm-up included, s since the epoch.
    pub period_s: (i64, i64),
    pub seed: u64,
    /// Number of the device in the scenario, so that no two have the same draws.
    pub index: u64,
}

/// An ordinary tank by name: "200 l", or with its label "200 l class A".
pub fn named_tank(name: &str) -> Option<Tank> {
    let (volume, class) = match name.split_once(" class ") {
        Some((volume, class)) => (volume, class.trim()),
        None => (name, ORDINARY_CLASS),
    };
    let volume_l: f64 = volume.trim().strip_suffix('l')?.trim().parse().ok()?;
    if !(10.0..=5000.0).contains(&volume_l) {
        return None;
    }
    Some(Tank {
        name: name.into(),
        volume_l,
        height_m: ordinary::height_m(volume_l),
        layers: 24,
        loss_w_per_k: ordinary::loss_of_class_w_per_k(class, volume_l)?,
        ambient_c: 18.0,
        conductivity_w_per_m_k: 1.0,
        charging: Charging::Coil {
            bottom: 0.05,
            top: 0.5,
            ua_w_per_k: ordinary::coil_ua_w_per_k(volume_l),
        },
        sensor_height: 0.5,
        element_w: 0.0,
        element_height: 0.3,
        start_c: 50.0,
    })
}

/// Builds the section [`TANK`].
pub fn build_tank(view: &View<'_>) -> Tank {
    let volume_l = view.number("volume_l");
    let losses = ["loss_w_per_k", "loss_kwh_per_24h", "label"];
    let given: Vec<&str> = losses.into_iter().filter(|key| view.has(key)).collect();
    if let [first, others @ ..] = &given[..] {
        for key in others {
            view.fault(
                key,
                Fault::new(
                    Code::Conflict,
                    format!("the loss is given by `{first}` already"),
                )
                .hint("keep one of the two"),
            );
        }
    }
    let loss_w_per_k = match (
        view.opt_number("loss_w_per_k"),
        view.opt_number("loss_kwh_per_24h"),
    ) {
        (Some(loss), _) => loss,
        (None, Some(kwh)) => ordinary::loss_of_day_w_per_k(kwh),
        (None, None) => {
            let class = view.opt_choice("label").unwrap_or(ORDINARY_CLASS);
            ordinary::loss_of_class_w_per_k(class, volume_l).unwrap_or(f64::NAN)
        }
    };
    let height_m = view
        .opt_number("height_m")
        .unwrap_or_else(|| ordinary::height_m(volume_l));
    let width_m = (4.0 * volume_l * 1e-3 / (std::f64::consts::PI * height_m)).sqrt();
    if width_m > 2.0 * height_m {
        view.warn(
            "height_m",
            format!(
                "the tank is {width_m:.2} m wide and {height_m:.2} m high: it will hardly stratify"
            ),
        );
    }
    let charging = match view.variant("charging") {
        Some(("direct", direct)) => build_direct(&direct),
        Some((_, coil)) => build_coil(&coil, volume_l),
        None => Charging::Coil {
            bottom: 0.05,
            top: 0.5,
            ua_w_per_k: ordinary::coil_ua_w_per_k(volume_l),
        },
    };
    let sensor_height = view.number("sensor_height");
    let heated_from = match charging {
        Charging::Coil { bottom, .. } => bottom,
        Charging::Direct { outlet, .. } => outlet,
    };
    if sensor_height < heated_from && !view.is_faulty("sensor_height") {
        view.fault(
            "sensor_height",
            Fault::new(Code::Conflict, format!("the sensor sits below the part that is heated (from height {heated_from}), so a charge would never end"))
                .hint("raise the sensor or lower the coil or outlet"),
        );
    }
    Tank {
        name: "tank".into(),
        volume_l,
        height_m,
        layers: usize::try_from(view.integer("layers")).unwrap_or(1).max(1),
        loss_w_per_k,
        ambient_c: view.number("ambient_c"),
        conductivity_w_per_m_k: view.number("conductivity_w_per_m_k"),
        charging,
        sensor_height,
        element_w: view.number("element_kw") * 1000.0,
        element_height: view.number("element_height"),
        start_c: view.number("start_c"),
    }
}

fn build_coil(view: &View<'_>, volume_l: f64) -> Charging {
    let (bottom, top) = (view.number("bottom"), view.number("top"));
    if top <= bottom {
        view.fault(
            if view.has("top") { "top" } else { "bottom" },
            Fault::new(
                Code::Conflict,
                format!("the coil's top ({top}) is not above its bottom ({bottom})"),
            )
            .hint("heights count from the bottom of the tank (0) to its top (1)"),
        );
    }
    Charging::Coil {
        bottom,
        top,
        ua_w_per_k: view
            .opt_number("ua_w_per_k")
            .unwrap_or_else(|| ordinary::coil_ua_w_per_k(volume_l)),
    }
}

fn build_direct(view: &View<'_>) -> Charging {
    let (outlet, inlet) = (view.number("outlet"), view.number("inlet"));
    if inlet <= outlet {
        view.fault(
            if view.has("inlet") { "inlet" } else { "outlet" },
            Fault::new(
                Code::Conflict,
                format!("the heated water returns at {inlet}, not above the outlet ({outlet})"),
            )
            .hint("water to be heated leaves low and returns high"),
        );
    }
    Charging::Direct {
        outlet,
        inlet,
        flow_w_per_k: view.number("flow_l_per_h") / crate::units::S_PER_H
            * crate::units::WATER_J_PER_L_K,
    }
}

/// Builds the section [`HOT_WATER`].
pub fn build_hot_water(view: &View<'_>, household: &Household<'_>) -> HotWater {
    let mut hot_water = HotWater {
        useful_c: view.number("useful_c"),
        draw_l_per_s: Series::none(),
        mains_mean_c: view.number("mains_mean_c"),
        mains_amplitude_k: view.number("mains_amplitude_k"),
        mains_coldest_day: view.number("mains_coldest_day"),
    };
    let warmest_c = hot_water.mains_mean_c + hot_water.mains_amplitude_k;
    if warmest_c >= hot_water.useful_c - 1.0 {
        let useful_c = hot_water.useful_c;
        view.fault(
            "mains_mean_c",
            Fault::new(Code::Conflict, format!("the mains reach {warmest_c} °C, which leaves nothing to heat to the useful {useful_c} °C"))
                .hint("the warmest mains must stay at least 1 K below useful_c"),
        );
    }
    if hot_water.mains_mean_c - hot_water.mains_amplitude_k < 0.0 {
        view.warn(
            "mains_amplitude_k",
            "the mains would freeze on their coldest day",
        );
    }
    let step_s = u32::try_from(view.integer("step_s")).unwrap_or(60).max(1);
    let useful_c = hot_water.useful_c;
    hot_water.draw_l_per_s = match view.variant("draws") {
        Some(("random", draws)) => random(&draws, household, step_s, useful_c),
        Some(("file", draws)) => from_file(&draws, household),
        Some(("none", _)) => Series::none(),
        Some(("cycle", draws)) => cycle(draws.choice("profile"), household, step_s, useful_c),
        _ => cycle("M", household, step_s, useful_c),
    };
    hot_water
}

fn cycle(profile: &str, household: &Household<'_>, step_s: u32, useful_c: f64) -> Series {
    let Some(cycle) = tapping::cycle(profile) else {
        return Series::none();
    };
    let key = known::Key {
        profile: profile.to_owned(),
        household: [0; 3],
        period_s: household.period_s,
        step_s,
        useful_c: useful_c.to_bits(),
    };
    let (timezone, period_s) = (household.timezone, household.period_s);
    known::or_make(key, timezone, || {
        tapping::series(cycle, timezone, period_s, step_s, useful_c)
    })
}

fn random(view: &View<'_>, household: &Household<'_>, step_s: u32, useful_c: f64) -> Series {
    if view.has("persons") && view.has("l_per_day") {
        view.fault(
            "l_per_day",
            Fault::new(Code::Conflict, "the volume is given by `persons` already")
                .hint("keep one of the two"),
        );
    }
    let persons = view.opt_number("persons").unwrap_or(2.5);
    let l_per_day = view
        .opt_number("l_per_day")
        .unwrap_or(persons * stochastic::L_PER_PERSON_DAY);
    let habits = stochastic::Household {
        l_per_day,
        seed: household.seed,
        index: household.index,
    };
    let key = known::Key {
        profile: String::new(),
        household: [l_per_day.to_bits(), household.seed, household.index],
        period_s: household.period_s,
        step_s,
        useful_c: useful_c.to_bits(),
    };
    let (timezone, period_s) = (household.timezone, household.period_s);
    known::or_make(key, timezone, || {
        stochastic::series(&habits, timezone, period_s, step_s, useful_c)
    })
}

fn from_file(view: &View<'_>, household: &Household<'_>) -> Series {
    let unit = match view.choice("unit") {
        "l/s" => file::DrawUnit::LPerS,
        "l/min" => file::DrawUnit::LPerMin,
        "l" => file::DrawUnit::L,
        _ => file::DrawUnit::LPerH,
    };
    let start_s = view
        .date_time("start")
        .and_then(|moment| match moment.offset_minutes {
            Some(minutes) => moment
                .civil
                .to_zoned(TimeZone::UTC)
                .ok()
                .map(|t| t.timestamp().as_second() - i64::from(minutes) * 60),
            None => moment
                .civil
                .to_zoned(household.timezone.clone())
                .ok()
                .map(|t| t.timestamp().as_second()),
        });
    let step_s = u32::try_from(view.integer("step_s")).unwrap_or(0);
    let (Some(start_s), Some(source)) = (start_s, view.read_text("path")) else {
        return Series::none();
    };
    if step_s == 0 {
        return Series::none();
    }
    match file::read(&source.text, &view.text("column"), unit, start_s, step_s) {
        Ok(series) => {
            let (from_s, to_s) = household.period_s;
            // The series has an empty interval at each end.
            if series.start_s + i64::from(step_s) > from_s
                || series.end_s() - i64::from(step_s) < to_s
            {
                view.warn("path", "the file does not cover the whole period with its warm-up; nothing is drawn outside it");
            }
            series
        }
        Err(faults) => {
            for fault in faults {
                match &fault {
                    file::DrawFileError::NoColumn { .. } => {
                        view.fault("column", Fault::new(Code::Data, fault.to_string()));
                    }
                    file::DrawFileError::NotADraw { line, text, most } => view.context().add(
                        Fault::new(Code::Data, format!("`{text}` is no draw"))
                            .at(Place::line(&source, *line))
                            .key(view.text("column"))
                            .value(text)
                            .unit(view.choice("unit"))
                            .allowed(hint::range(0.0, *most, view.choice("unit"))),
                    ),
                    _ => view.fault("path", Fault::new(Code::Data, fault.to_string())),
                }
            }
            Series::none()
        }
    }
}

#[cfg(test)]
mod tests;

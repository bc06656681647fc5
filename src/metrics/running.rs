//! How the plant ran and what it was told: hot water, starts, steering,
//! settings, and the residual of the energy balance.

use super::figure::{Figure, group};
use super::tally::Tally;
use crate::model::house::Flow;
use crate::trace::{Balance, Totals};
use crate::units::{S_PER_H, kwh};

const TANK: &str = "the tank's deciding sensor";
const EXACT: &str = "counted at each segment of the run";
const END: &str = "values at the ends of the trace's rows: uncertain by a row at each crossing";
const BALANCE: &str = "integrals of the run, not the trace";

group! {
    /// Hot water.
    HotWater {
        below_40_h, "h", "sensor below 40 degC (Legionella)", TANK;
        below_50_h, "h", "sensor below 50 degC", TANK;
        below_lower_h, "h", "sensor below the lower bound in force", END;
        above_upper_h, "h", "sensor above the upper bound in force", END;
        top_below_useful_h, "h", "top layer below the useful temperature", END;
        drawn_l, "l", "litres drawn at the tap, mixed", "trace";
        drawn_kwh, "kWh", "energy of the draws above mains temperature", "trace";
        missing_kwh, "kWh", "energy that the draws missed to the useful temperature (unmet)", "trace";
        missing_share, "1", "missing / (drawn + missing)", "trace";
        draws, "count", "draws: stretches of time with water drawn, at the resolution of the draws", EXACT;
        draws_short, "count", "draws below the useful temperature (0.1 Wh and more missing)", EXACT;
        short_quarters, "count", "quarter-hours with a draw below the useful temperature (0.1 Wh and more missing)", "trace";
        disinfections_reached, "count", "disinfection cycles that held their temperature for their duration", EXACT;
        disinfections_missed, "count", "disinfection cycles given up", EXACT;
        disinfection_above_kh, "K h", "degree-hours above the upper bound by disinfection", EXACT;
        disinfection_above_h, "h", "hours above the upper bound by disinfection", EXACT;
    }
}

group! {
    /// Starts and run hours.
    Running {
        starts, "count", "starts of the compressor", EXACT;
        starts_per_day, "1/d", "starts / days (of several devices: a device and day)", EXACT;
        starts_day_max, "count", "most starts of one device on one local day", "trace";
        run_h, "h", "hours that the compressor ran", "trace";
        mean_run_min, "min", "run_h / starts", "trace";
        min_runs_ended, "count", "minimum runs ended early by a bound or a mode change", EXACT;
        changeovers, "count", "switches between heating and cooling", EXACT;
    }
}

group! {
    /// Commands and settings.
    Steering {
        commanded_h, "h", "hours under any command", EXACT;
        overridden_min, "min", "minutes in which a command was overridden by a bound or a protection", EXACT;
        overridden_quarters, "count", "quarter-hours in which a command was overridden at least once", EXACT;
        shifted_h, "h", "hours with the target moved by tariff or PV surplus", "trace";
        settings_applied, "count", "settings documents applied that reach the device, the user or the scenario", "log of settings";
        settings_refused, "count", "settings documents refused, likewise", "log of settings";
    }
}

group! {
    /// Energy balance over the period. Of several devices: sums, residual the largest.
    EnergyBalance {
        solar_kwh, "kWh", "sun through windows", BALANCE;
        internal_kwh, "kWh", "people, light, appliances", BALANCE;
        emitters_kwh, "kWh", "emitters to the house, cooling negative", BALANCE;
        circuit_kwh, "kWh", "heat pump and backup heater to the water of the heating circuit, cooling negative", BALANCE;
        stored_circuit_kwh, "kWh", "stored in that water: end minus start", BALANCE;
        circuit_residual, "1", "|inputs - emitters - stored| / larger side", BALANCE;
        loss_opaque_kwh, "kWh", "lost through walls, roofs, doors, thermal bridges", BALANCE;
        loss_windows_kwh, "kWh", "lost through windows", BALANCE;
        loss_ground_kwh, "kWh", "lost to the ground", BALANCE;
        loss_infiltration_kwh, "kWh", "lost by infiltration", BALANCE;
        loss_ventilation_kwh, "kWh", "lost by ventilation", BALANCE;
        loss_neighbours_kwh, "kWh", "lost to neighbours", BALANCE;
        stored_house_kwh, "kWh", "stored in the house: end minus start", BALANCE;
        house_residual, "1", "|inputs - losses - stored| / larger side", BALANCE;
        tank_charged_kwh, "kWh", "heat to the tank", BALANCE;
        tank_element_kwh, "kWh", "heat of the element", BALANCE;
        tank_drawn_kwh, "kWh", "heat drawn from the tank", BALANCE;
        tank_loss_kwh, "kWh", "standing loss", BALANCE;
        stored_tank_kwh, "kWh", "stored in the tank: end minus start", BALANCE;
        tank_residual, "1", "|inputs - losses - stored| / larger side", BALANCE;
        segments, "count", "segments that the step loop took", BALANCE;
        unlocated, "count", "steps whose switching could not be located within the limit of segments", BALANCE;
    }
}

fn sum(totals: &[&Totals], get: impl Fn(&Totals) -> f64) -> Figure {
    totals.iter().map(|&t| get(t)).sum::<f64>().into()
}

pub(crate) fn hot_water(t: &Tally, totals: &[&Totals]) -> HotWater {
    let s = &t.sums;
    let tank = |figure: Figure| {
        if s.tank_h > 0.0 {
            figure
        } else {
            Figure::Undefined("no tank")
        }
    };
    HotWater {
        below_40_h: tank(sum(totals, |t| t.tank_below_40_h)),
        below_50_h: tank(sum(totals, |t| t.tank_below_50_h)),
        below_lower_h: tank(s.tank_below_lower_h.into()),
        above_upper_h: tank(s.tank_above_upper_h.into()),
        top_below_useful_h: tank(s.tank_top_below_useful_h.into()),
        drawn_l: s.draw_l.into(),
        drawn_kwh: kwh(s.draw_useful_j).into(),
        missing_kwh: kwh(s.draw_missing_j).into(),
        missing_share: Figure::ratio(
            s.draw_missing_j,
            s.draw_useful_j + s.draw_missing_j,
            "no hot water drawn",
        ),
        draws: sum(totals, |t| t.draws as f64),
        draws_short: sum(totals, |t| t.draws_short as f64),
        short_quarters: s.draw_short_quarters.into(),
        disinfections_reached: sum(totals, |t| f64::from(t.disinfection_reached)),
        disinfections_missed: sum(totals, |t| f64::from(t.disinfection_missed)),
        disinfection_above_kh: sum(totals, |t| t.disinfection_above_kh),
        disinfection_above_h: sum(totals, |t| t.disinfection_above_h),
    }
}

pub(crate) fn running(t: &Tally, totals: &[&Totals]) -> Running {
    let starts = totals.iter().map(|t| t.starts as f64).sum::<f64>();
    Running {
        starts: starts.into(),
        starts_per_day: Figure::ratio(starts, t.sums.device_h / 24.0, "the period is empty"),
        starts_day_max: t.starts_day_max.into(),
        run_h: (t.sums.run_s / S_PER_H).into(),
        mean_run_min: Figure::ratio(t.sums.run_s / 60.0, starts, "no start"),
        min_runs_ended: sum(totals, |t| t.min_run_ended as f64),
        changeovers: sum(totals, |t| t.changeovers as f64),
    }
}

/// `applied` and `refused` are counted by the caller, who knows the level.
pub(crate) fn steering(t: &Tally, totals: &[&Totals], applied: f64, refused: f64) -> Steering {
    Steering {
        commanded_h: sum(totals, |t| t.commanded_s / S_PER_H),
        overridden_min: (t.sums.overridden_s / 60.0).into(),
        overridden_quarters: sum(totals, |t| f64::from(t.overridden_quarters)),
        shifted_h: t.sums.shifted_h.into(),
        settings_applied: applied.into(),
        settings_refused: refused.into(),
    }
}

pub(crate) fn balance(totals: &[&Totals]) -> EnergyBalance {
    let sum_kwh = |get: fn(&Balance) -> f64| sum(totals, |t| kwh(get(&t.balance)));
    let loss = |flow: Flow| {
        sum(totals, |t| {
            kwh(t
                .balance
                .losses_j
                .iter()
                .filter(|l| l.0 == flow)
                .map(|l| l.1)
                .sum())
        })
    };
    // NaN must not hide behind `max`: a balance that is not a number has none.
    let worst = |get: fn(&Balance) -> f64| -> Figure {
        totals
            .iter()
            .map(|t| get(&t.balance).abs())
            .fold(0.0, |a: f64, b| if b.is_nan() || b > a { b } else { a })
            .into()
    };
    EnergyBalance {
        solar_kwh: sum_kwh(|b| b.solar_j),
        internal_kwh: sum_kwh(|b| b.internal_j),
        emitters_kwh: sum_kwh(|b| b.emitters_j),
        circuit_kwh: sum_kwh(|b| b.circuit_j),
        stored_circuit_kwh: sum_kwh(|b| b.stored_circuit_j),
        circuit_residual: worst(|b| b.circuit_residual),
        loss_opaque_kwh: loss(Flow::Opaque),
        loss_windows_kwh: loss(Flow::Windows),
        loss_ground_kwh: loss(Flow::Ground),
        loss_infiltration_kwh: loss(Flow::Infiltration),
        loss_ventilation_kwh: loss(Flow::Ventilation),
        loss_neighbours_kwh: loss(Flow::Neighbours),
        stored_house_kwh: sum_kwh(|b| b.stored_house_j),
        house_residual: worst(|b| b.house_residual),
        tank_charged_kwh: sum_kwh(|b| b.tank_charged_j),
        tank_element_kwh: sum_kwh(|b| b.tank_element_j),
        tank_drawn_kwh: sum_kwh(|b| b.tank_drawn_j),
        tank_loss_kwh: sum_kwh(|b| b.tank_loss_j),
        stored_tank_kwh: sum_kwh(|b| b.stored_tank_j),
        tank_residual: worst(|b| b.tank_residual),
        segments: sum(totals, |t| t.segments as f64),
        unlocated: sum(totals, |t| t.unlocated as f64),
    }
}

//! `controller`: constants of the control law that are no settings.

mod tables;

use super::{Code, Fault, View};
use crate::model::controller::{
    Controller, Disinfection, HeatingControl, HeatingCurve, RoomSensor,
};
pub use tables::CONTROLLER;
use tables::WEEKDAYS;

/// Builds the controller. `usual_curve` is what the emitters and the design
/// heat load give ([`HeatingCurve::for_emitters`]); `rooms` are the names in
/// the order of the house.
pub fn build(view: &View<'_>, usual_curve: HeatingCurve, rooms: &[&str]) -> Controller {
    Controller {
        heating: view
            .section("pi")
            .map_or(HeatingControl::Deadband, |pi| HeatingControl::Pi {
                gain: pi.number("gain"),
                integral_s: 60.0 * pi.number("integral_min"),
            }),
        sensor: match view.choice("room_sensor") {
            "air" => RoomSensor::Air,
            _ => RoomSensor::Operative,
        },
        heating_deadband_k: view.number("heating_deadband_k"),
        cooling_deadband_k: view.number("cooling_deadband_k"),
        dwell_s: 3600.0 * view.number("dwell_h"),
        dwell_margin_k: view.number("dwell_margin_k"),
        auto_cooling_below_preferred_k: view.number("auto_cooling_below_preferred_k"),
        auto_cooling_hysteresis_k: view.number("auto_cooling_hysteresis_k"),
        damping_s: 3600.0 * view.number("damping_h"),
        cooling_outdoor_limit_c: view.number("cooling_outdoor_limit_c"),
        cooling_outdoor_hysteresis_k: view.number("cooling_outdoor_hysteresis_k"),
        tank_setpoint_c: view.number("tank_setpoint_c"),
        tank_hysteresis_k: view.number("tank_hysteresis_k"),
        longest_charge_s: 60.0 * view.number("longest_charge_min"),
        room_turn_s: 60.0 * view.number("room_turn_min"),
        frost_c: view.number("frost_c"),
        frost_protection: view.boolean("frost_protection"),
        curve: curve(view, usual_curve),
        cooling_flow_c: view.number("cooling_flow_c"),
        flow_stop_above_k: view.number("flow_stop_above_k"),
        flow_start_below_k: view.number("flow_start_below_k"),
        valves: view.boolean("valves"),
        reference_room: reference_room(view, rooms),
        disinfection: view.section("disinfection").map(|d| disinfection(&d)),
        recovery_s: 3600.0 * view.number("recovery_h"),
        price_shift: view.number("price_shift"),
        price_quantile: view.number("price_quantile"),
        pv_surplus_w: 1000.0 * view.number("pv_surplus_kw"),
    }
}

fn curve(view: &View<'_>, usual: HeatingCurve) -> HeatingCurve {
    let Some(own) = view.section("heating_curve") else {
        return usual;
    };
    let or = |key: &str, usual: f64| own.opt_number(key).unwrap_or(usual);
    let curve = HeatingCurve {
        design_flow_c: or("design_flow_c", usual.design_flow_c),
        design_outdoor_c: or("design_outdoor_c", usual.design_outdoor_c),
        exponent: or("exponent", usual.exponent),
        min_flow_c: or("min_flow_c", usual.min_flow_c),
        max_flow_c: or("max_flow_c", usual.max_flow_c),
        room_influence: own.number("room_influence"),
    };
    if curve.min_flow_c > curve.max_flow_c {
        let key = if own.has("min_flow_c") {
            "min_flow_c"
        } else {
            "max_flow_c"
        };
        own.fault(
            key,
            Fault::new(
                Code::Conflict,
                format!(
                    "the lowest flow temperature, {} °C, is above the highest, {} °C",
                    curve.min_flow_c, curve.max_flow_c
                ),
            )
            .hint("swap min_flow_c and max_flow_c?"),
        );
    } else if own.has("design_flow_c") && curve.design_flow_c > curve.max_flow_c {
        own.warn(
            "design_flow_c",
            format!(
                "it is above max_flow_c ({} °C), which limits it on cold days",
                curve.max_flow_c
            ),
        );
    }
    curve
}

fn reference_room(view: &View<'_>, rooms: &[&str]) -> usize {
    let Some(name) = view.opt_text("reference_room") else {
        return 0;
    };
    rooms.iter().position(|r| *r == name).unwrap_or_else(|| {
        view.fault(
            "reference_room",
            Fault::new(Code::UnknownName, "the house has no such room").allowed(rooms.join(", ")),
        );
        0
    })
}

fn disinfection(view: &View<'_>) -> Disinfection {
    let weekday = view.choice("weekday");
    Disinfection {
        weekday: WEEKDAYS.iter().position(|d| *d == weekday).unwrap_or(6) as u8,
        start_s: view.clock("start").unwrap_or(7200),
        temperature_c: view.number("temperature_c"),
        hold_s: 60.0 * view.number("hold_min"),
        give_up_s: 3600.0 * view.number("give_up_h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Faults, Format, Source, read_section};

    const USUAL: HeatingCurve = HeatingCurve {
        design_flow_c: 45.0,
        design_outdoor_c: -10.0,
        exponent: 1.3,
        min_flow_c: 22.0,
        max_flow_c: 55.0,
        room_influence: 2.0,
    };

    fn read(text: &str) -> Result<Controller, Faults> {
        read_section(
            &Source::new("t.toml", text),
            Format::Toml,
            std::path::Path::new(""),
            &CONTROLLER,
            |view| build(view, USUAL, &["living", "bath"]),
        )
        .map(|(controller, _)| controller)
    }

    #[test]
    fn an_empty_section_has_the_defaults_of_the_settings_document() {
        let c = read("").unwrap();
        assert_eq!(c.heating, HeatingControl::Deadband);
        assert_eq!((c.heating_deadband_k, c.cooling_deadband_k), (0.3, 1.0));
        assert_eq!((c.dwell_s, c.dwell_margin_k), (4.0 * 3600.0, 1.0));
        assert_eq!(c.auto_cooling_below_preferred_k, 4.0);
        assert_eq!(c.auto_cooling_hysteresis_k, 2.0);
        assert_eq!(c.damping_s, 86_400.0);
        assert_eq!(c.cooling_outdoor_limit_c, 18.0);
        assert_eq!(c.cooling_outdoor_hysteresis_k, 2.0);
        assert_eq!((c.tank_setpoint_c, c.tank_hysteresis_k), (50.0, 5.0));
        assert_eq!((c.longest_charge_s, c.room_turn_s), (5400.0, 1800.0));
        assert_eq!((c.frost_c, c.frost_protection), (5.0, true));
        assert_eq!((c.curve, c.disinfection), (USUAL, None));
        assert_eq!((c.recovery_s, c.reference_room), (7200.0, 0));
    }

    #[test]
    fn its_own_values_replace_them() {
        let c = read(
            "pi = {}\nreference_room = 'bath'\nvalves = false\n\
             heating_curve = { design_flow_c = 35, exponent = 1.1 }\n\
             disinfection = { weekday = 'tuesday', start = '03:30' }",
        )
        .unwrap();
        assert_eq!(
            c.heating,
            HeatingControl::Pi {
                gain: 4.0,
                integral_s: 10_800.0
            }
        );
        assert_eq!((c.curve.design_flow_c, c.curve.exponent), (35.0, 1.1));
        assert_eq!(c.curve.max_flow_c, 55.0);
        let d = c.disinfection.unwrap();
        assert_eq!((d.weekday, d.start_s, d.hold_s), (1, 12_600, 1800.0));
        assert_eq!((c.reference_room, c.valves), (1, false));
    }

    #[test]
    fn fails_for_bounds_that_are_swapped_and_rooms_that_are_not_there() {
        let faults =
            read("reference_room = 'attic'\nheating_curve = { min_flow_c = 50, max_flow_c = 30 }")
                .unwrap_err();
        assert_eq!(faults.list.len(), 2);
        assert!(faults.list[0].message.contains("no such room"));
        assert!(faults.list[1].message.contains("above the highest"));
    }
}

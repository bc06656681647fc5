//! Sections 4 to 6 for any scenario: no command and no thermostat acts outside
//! the bounds in force, and what they force happens.

use heatloop::trace::Reason;
use proptest::prelude::*;

use crate::stories::{Story, any_story, cases, quiet};
use crate::watched::Watched;

/// One day, minute by minute, without documents: bounds are the settings'.
fn by_the_minute(story: Story) -> Story {
    let mut story = quiet(story);
    story.step_s = 60;
    // Parked set-points are no bounds; `modes` has them.
    story.unit = story.unit.replace(", can_switch_off = false", "");
    story
}

fn heats(story: &Story) -> bool {
    matches!(story.mode, "heating" | "auto")
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn section_6_no_command_acts_outside_the_bounds(story in any_story(1)) {
        let story = by_the_minute(story);
        let w = Watched::new(&story);
        let rooms = w.deciding();
        let t = w.run.trace();
        for i in w.intervals() {
            let seen: Vec<_> = rooms.iter().map(|&r| w.seen(r, i)).collect();
            if w.seconds(i, &[Reason::HeatingSteered]) > 0.0 {
                prop_assert!(seen.iter().any(|s| !s.surely_above_upper()), "heats at {i}: {seen:?}");
            }
            if w.seconds(i, &[Reason::CoolingSteered]) > 0.0 {
                prop_assert!(seen.iter().any(|s| !s.surely_below_lower()), "cools at {i}: {seen:?}");
            }
            if w.seconds(i, &[Reason::HeldBack]) > 0.0 && heats(&story) {
                prop_assert!(seen.iter().all(|s| !s.surely_below_lower()), "holds back at {i}: {seen:?}");
            }
            if w.seconds(i, &[Reason::HotWaterSteered]) > 0.0 {
                let coldest = t.tank_sensor_c[i].min(t.tank_sensor_c[i - 1]);
                prop_assert!(coldest < f64::from(story.dhw.1) + 0.1, "charges at {i}: {coldest}");
            }
        }
    }

    #[test]
    fn section_4_no_room_above_its_upper_bound_is_heated(story in any_story(1)) {
        let mut story = by_the_minute(story);
        story.mode = "heating";
        let w = Watched::new(&story);
        let t = w.run.trace();
        for i in w.intervals() {
            if w.seconds(i, &[Reason::Frost]) > 0.0 {
                continue;
            }
            for r in w.deciding() {
                let seen = w.seen(r, i);
                if seen.surely_above_upper() {
                    let open = t.rooms[r].valve_open[i];
                    prop_assert!(open == 0.0, "room {r} open for {open} at {i}: {seen:?}");
                }
            }
        }
    }

    #[test]
    fn section_4_below_the_lower_bound_nothing_but_the_plant_holds_heating_back(story in any_story(1)) {
        let mut story = by_the_minute(story);
        if !heats(&story) {
            story.mode = "heating";
        }
        let w = Watched::new(&story);
        // Neither idle for any other reason, nor serving what is less urgent. (A
        // minimum run past the flow limit serves the room that forces it.)
        let wrong = [
            Reason::Satisfied,
            Reason::Off,
            Reason::AtUpperBound,
            Reason::HeldBack,
            Reason::HeatingDemand,
            Reason::HeatingSteered,
            Reason::HotWaterDemand,
            Reason::HotWaterSteered,
            Reason::CoolingDemand,
            Reason::CoolingForced,
            Reason::CoolingSteered,
        ];
        for i in w.intervals() {
            for r in w.deciding() {
                let seen = w.seen(r, i);
                if seen.surely_below_lower() {
                    let s = w.seconds(i, &wrong);
                    prop_assert!(s == 0.0, "{s} s at {i}: {seen:?} {:?}", w.run.trace().reason_s[i]);
                }
            }
        }
    }

    #[test]
    fn section_5_the_tank_is_charged_inside_its_bounds(story in any_story(1)) {
        let mut story = by_the_minute(story);
        story.tank_l = story.tank_l.max(120);
        prop_assume!(!story.unit.contains("air-to-air"));
        let w = Watched::new(&story);
        let t = w.run.trace();
        let upper = f64::from(story.dhw.1);
        for i in w.intervals() {
            let (a, b) = (t.tank_sensor_c[i - 1], t.tank_sensor_c[i]);
            let charge = t.heat_tank_w[i] + t.element_w[i];
            if a.min(b) > upper + 0.1 {
                prop_assert!(charge == 0.0, "{charge} W at {i}: {a} and {b}");
            }
        }
    }
}

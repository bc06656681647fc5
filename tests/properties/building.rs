//! The building: energy closes, temperatures stay between those around, and
//! insulation helps.

use heatloop::metrics::Figure;
use proptest::prelude::*;

use crate::bench::{Run, range};
use crate::stories::{Story, any_story, cases, quiet};

/// The house alone: nothing heats, cools or shines.
fn dark(mut story: Story) -> Story {
    story = quiet(story);
    for room in &mut story.rooms {
        (room.window, room.gain_w_per_m2) = (0.0, 0.0);
    }
    story.mode = "off";
    (story.tank_l, story.night_c) = (0, None);
    story.unit = story.unit.replace(", can_switch_off = false", "");
    story.controller += ", frost_protection = false";
    story
}

/// Held at its target by ideal emitters without a limit.
fn ideal(mut story: Story) -> Story {
    story = quiet(story);
    (story.mode, story.tank_l) = ("heating", 0);
    for room in &mut story.rooms {
        room.emitter = "{ kind = 'ideal', heating_kw = 1000 }";
    }
    story.controller += ", frost_protection = false";
    story
}

fn value(figure: &Figure) -> f64 {
    figure.value().expect("a number")
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn conserves_energy_in_any_house_under_any_control(story in any_story(2)) {
        let run = Run::of(story.scenario());
        let b = &run.totals().balance;
        prop_assert!(b.house_residual.abs() <= 1e-9, "house {:e}", b.house_residual);
        prop_assert!(b.tank_residual.abs() <= 1e-9, "tank {:e}", b.tank_residual);
    }

    /// The maximum principle of heat conduction; 1e-9 K is rounding.
    #[test]
    fn analytic_without_heat_rooms_stay_between_start_and_outdoors(story in any_story(2)) {
        let story = dark(story);
        let run = Run::of(story.scenario());
        let t = run.trace();
        let start_c = t.rooms[0].target_c[0];
        let (coldest, warmest) = range(&t.outdoor_c);
        let (low, high) = (coldest.min(start_c) - 1e-9, warmest.max(start_c) + 1e-9);
        for room in &t.rooms {
            for temperatures in [&room.operative_c, &room.air_c, &room.radiant_c] {
                let (min, max) = range(temperatures);
                prop_assert!(min >= low && max <= high, "{min} to {max} in {low} to {high}");
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(20))]

    /// From the same start a house that loses less is nowhere colder, so it asks
    /// for no more at any time: while it is colder outdoors than any target. A
    /// watt-hour in a kilowatt-hour is the step's (targets are met at its end).
    #[test]
    fn analytic_more_insulation_never_needs_more_heat(
        story in any_story(2), kept in 0.3..0.98, which in 0_usize..3
    ) {
        let story = ideal(story.in_winter());
        let mut better = story.clone();
        let which = which % better.rooms.len();
        better.rooms[which].loss *= kept;
        let need = |s: &Story| {
            let run = Run::of(s.scenario());
            let warmest = range(&run.trace().outdoor_c).1;
            (value(&run.metrics.total.energy.heat_space_kwh), warmest)
        };
        let (more, warmest) = need(&story);
        prop_assume!(warmest < 12.0);
        let (less, _) = need(&better);
        prop_assert!(less <= more * 1.001 + 1e-6, "{less} kWh instead of {more}");
    }
}

//! Section 4 for any scenario: a mode never does what it forbids.

use heatloop::trace::Reason;
use proptest::prelude::*;

use crate::bench::range;
use crate::stories::{Story, any_story, cases, quiet};
use crate::watched::Watched;

const HEATS: [Reason; 3] = [
    Reason::HeatingDemand,
    Reason::HeatingForced,
    Reason::HeatingSteered,
];
const COOLS: [Reason; 3] = [
    Reason::CoolingDemand,
    Reason::CoolingForced,
    Reason::CoolingSteered,
];

fn in_mode(story: Story, mode: &'static str) -> Story {
    let mut story = quiet(story);
    story.mode = mode;
    story.controller += ", frost_protection = false";
    story
}

/// Hours between heating and cooling that `story` asks for.
fn dwell_h(story: &Story) -> f64 {
    if story.controller.contains("dwell_h = 1") {
        1.0
    } else {
        4.0
    }
}

proptest! {
    #![proptest_config(cases(20))]

    /// Where the device can't be switched off, its parked set-points (16 and 30
    /// °C) may act, in rooms that reached them.
    #[test]
    fn section_4_no_mode_does_what_it_forbids(story in any_story(2)) {
        for (mode, heats, cools) in [
            ("heating", true, false),
            ("cooling", false, true),
            ("auto", true, true),
            ("off", false, false),
        ] {
            let story = in_mode(story.clone(), mode);
            let w = Watched::new(&story);
            let t = w.run.trace();
            let parks = story.unit.contains("can_switch_off = false");
            let rooms = w.deciding();
            let sum = |reasons: &[Reason]| -> f32 {
                (0..t.run_s.len()).map(|i| w.seconds(i, reasons)).sum()
            };
            if !heats {
                prop_assert!(sum(&HEATS) == 0.0, "{mode} heats");
                prop_assert!(parks || range(&t.heat_space_w) == (0.0, 0.0), "{mode} heats");
            }
            if !cools {
                prop_assert!(sum(&COOLS) == 0.0, "{mode} cools");
                prop_assert!(parks || range(&t.cooling_w) == (0.0, 0.0), "{mode} cools");
            }
            if !parks {
                prop_assert!(sum(&[Reason::Parked]) == 0.0);
            }
            for i in w.intervals() {
                if w.seconds(i, &[Reason::Parked]) > 0.0 {
                    let reached = rooms.iter().map(|&r| w.seen(r, i)).any(|s| {
                        (t.heat_space_w[i] > 0.0 && !heats && s.coldest_c < 16.0 + 0.6)
                            || (t.cooling_w[i] > 0.0 && !cools && s.warmest_c > 30.0 - 1.0)
                    });
                    prop_assert!(reached, "{mode} parked at {i}");
                }
            }
            if story.tank_l > 0 {
                let charged: f64 = (0..t.run_s.len())
                    .map(|i| t.heat_tank_w[i] + t.backup_tank_w[i] + t.element_w[i])
                    .sum();
                let cold = range(&t.outdoor_c).0 < -20.0;
                prop_assert!(charged > 0.0 || cold, "{mode}: hot water goes on");
            }
        }
    }

    #[test]
    fn section_4_auto_begins_to_cool_only_when_it_is_judged_necessary(story in any_story(2)) {
        let mut story = in_mode(story, "auto");
        story.warmup_days = 0;
        story.unit = story.unit.replace(", can_switch_off = false", "");
        let w = Watched::new(&story);
        let t = w.run.trace();
        let Some(first) = t.cooling_w.iter().position(|&q| q > 0.0) else {
            return Ok(());
        };
        let threshold = story.preferred_c - 4.0;
        let judged = (1..=first.max(1)).any(|i| {
            let warm = w.deciding().iter().any(|&r| {
                let seen = w.seen(r, i);
                seen.warmest_c >= seen.cool_upper_c
            });
            warm && t.outdoor_damped_c[i].max(t.outdoor_damped_c[i - 1]) >= threshold - 0.05
        });
        prop_assert!(judged, "cools at {first}");
    }

    /// Also across documents that change the mode.
    #[test]
    fn section_4_heating_and_cooling_keep_their_dwell(story in any_story(2)) {
        let mut story = story;
        story.controller += ", frost_protection = false";
        story.unit = story.unit.replace(", can_switch_off = false", "");
        // Bounds stay where they are.
        story.events.retain(|(_, document)| document.contains("mode"));
        let w = Watched::new(&story);
        let t = w.run.trace();
        let step_h = f64::from(t.step_s) / 3600.0;
        let mut last: Option<(usize, bool)> = None;
        for i in w.intervals() {
            let (heat, cool) = (t.heat_space_w[i] > 0.0, t.cooling_w[i] > 0.0);
            prop_assert!(!(heat && cool), "both at {i}");
            if !heat && !cool {
                continue;
            }
            if let Some((j, heated)) = last
                && heated != heat
                && ((i - j + 1) as f64) * step_h < dwell_h(&story) - 1e-9
            {
                let seen: Vec<_> = w.deciding().iter().map(|&r| w.seen(r, i)).collect();
                let beyond = seen.iter().any(|s| {
                    s.coldest_c < s.lower_c - 1.0 || s.warmest_c > s.upper_c + 1.0
                });
                prop_assert!(beyond, "from {j} to {i}: {seen:?}");
            }
            last = Some((i, heat));
        }
    }
}

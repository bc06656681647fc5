//! A run as its rooms and bounds, minute by minute: what a command may be
//! judged by.

use heatloop::trace::Reason;

use crate::bench::Run;
use crate::stories::Story;

/// Temperatures and bounds are means of intervals: inside one a room may be so
/// much beyond them, besides its way through the interval, K.
const SLACK_K: f64 = 0.02;

/// A run and what it was of.
pub(crate) struct Watched<'a> {
    story: &'a Story,
    pub(crate) run: Run,
}

/// The range of a room's temperature around an interval, and its bounds there,
/// widest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) coldest_c: f64,
    pub(crate) warmest_c: f64,
    pub(crate) lower_c: f64,
    pub(crate) upper_c: f64,
    /// The upper bound in cooling.
    pub(crate) cool_upper_c: f64,
}

impl Seen {
    pub(crate) fn surely_below_lower(&self) -> bool {
        self.warmest_c < self.lower_c
    }
    pub(crate) fn surely_above_upper(&self) -> bool {
        self.coldest_c > self.upper_c
    }
}

impl<'a> Watched<'a> {
    pub(crate) fn new(story: &'a Story) -> Self {
        let run = Run::of(story.scenario());
        Self { story, run }
    }

    pub(crate) fn intervals(&self) -> std::ops::Range<usize> {
        1..self.run.trace().run_s.len() - 1
    }

    pub(crate) fn seconds(&self, i: usize, reasons: &[Reason]) -> f32 {
        let all = &self.run.trace().reason_s[i];
        reasons.iter().map(|r| all[*r as usize]).sum()
    }

    /// Rooms whose own bounds decide: those controlled with valves, else the
    /// reference room.
    pub(crate) fn deciding(&self) -> Vec<usize> {
        let rooms = 0..self.story.rooms.len();
        if self.story.valves {
            rooms.filter(|&r| self.story.rooms[r].controlled).collect()
        } else {
            vec![0]
        }
    }

    pub(crate) fn seen(&self, room: usize, i: usize) -> Seen {
        let t = self.run.trace();
        let name = format!("r{room}");
        let trace = t.rooms.iter().find(|r| r.name == name).expect("a room");
        let temperatures = if self.story.controller.contains("room_sensor = \"air\"") {
            &trace.air_c
        } else {
            &trace.operative_c
        };
        let (lower_k, upper_k) = self.control_band_k();
        let offset_k = self.story.rooms[room].offset_k;
        let around = i - 1..=i + 1;
        let fold = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(x), b.max(x)))
        };
        let (low, high) = fold(&mut around.clone().map(|k| temperatures[k]));
        let way_k = SLACK_K + (high - low);
        let (target_low, target_high) = fold(&mut around.map(|k| trace.target_c[k]));
        // Cooling goes by the preferred temperature where a schedule is below it.
        let cool_target = target_high.max(self.story.preferred_c + offset_k);
        Seen {
            coldest_c: low - way_k,
            warmest_c: high + way_k,
            lower_c: target_low - lower_k,
            upper_c: target_high + upper_k,
            cool_upper_c: cool_target + upper_k,
        }
    }

    /// Offsets that control takes: a band is at least 0.4 K wide (section 3).
    fn control_band_k(&self) -> (f64, f64) {
        let (lower, upper) = self.story.bounds_k;
        let wider = ((0.4 - lower - upper) / 2.0).max(0.0);
        (lower + wider, upper + wider)
    }
}

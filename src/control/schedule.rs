//! Weekly schedules of targets in local wall time.
//!
//! An entry holds where the wall clock of its day shows a time from its start
//! (inclusive) to its end (exclusive). Everything about the days when clocks
//! change follows from that one sentence: a start that the clock skips acts at
//! the end of the gap, because that is the first instant at which the clock is
//! past it; an entry in the repeated hour applies twice, because the clock
//! shows its times twice. No time zone is stored here, and nothing knows what
//! a target does.

use std::ops::Range;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::settings::{FaultKind, SettingsFault};

const DAY_S: u32 = 86_400;
const WEEK_S: u32 = 7 * DAY_S;
/// Lowest and highest target, degC: the range of the preferred temperature.
const TARGET_C: (f64, f64) = (5.0, 35.0);

/// One line of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScheduleEntry {
    /// 0 Monday to 6 Sunday: the days on which the entry starts.
    pub days: Vec<u8>,
    /// Wall-clock start, s after midnight, 0 to 86399, inclusive.
    pub start_s: u32,
    /// Wall-clock end, s after midnight, 0 to 86400, exclusive. Before the
    /// start it is on the next day; it must not equal the start.
    pub end_s: u32,
    /// degC, 5 to 35.
    pub target_c: f64,
}

/// Weekly schedule of targets. Empty: the preferred temperature always holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct WeeklySchedule {
    entries: Vec<ScheduleEntry>,
    /// Stretches of the week, sorted, without overlap: s since Monday 00:00.
    #[serde(skip)]
    stretches: Vec<Stretch>,
}

#[derive(Clone, Debug, PartialEq)]
struct Stretch {
    week_s: Range<u32>,
    target_c: f64,
    entry: usize,
}

impl WeeklySchedule {
    /// Checks entries and puts them in order. An entry may run past midnight
    /// (22:00 to 06:00): it then belongs to the day of its start.
    ///
    /// # Errors
    /// Every fault, at `[index, key]`: no days, a day twice, times out of
    /// range, an entry without length, a target out of range, overlaps (across
    /// midnight and the end of the week too).
    pub fn new(entries: Vec<ScheduleEntry>) -> Result<Self, Vec<SettingsFault>> {
        let mut faults = Vec::new();
        let mut stretches = Vec::new();
        for (i, e) in entries.iter().enumerate() {
            let before = faults.len();
            check_entry(i, e, &mut faults);
            // A wrong target does not hide an overlap.
            let placed = faults[before..].iter().all(|f| f.loc[1] == "target");
            if placed {
                stretches.extend(stretches_of(i, e));
            }
        }
        stretches.sort_by_key(|s| (s.week_s.start, s.entry));
        faults.extend(overlaps(&stretches));
        if faults.is_empty() {
            Ok(Self { entries, stretches })
        } else {
            Err(faults)
        }
    }

    /// As given.
    pub fn entries(&self) -> &[ScheduleEntry] {
        &self.entries
    }

    /// Whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The targets of its entries, degC.
    pub fn targets(&self) -> impl Iterator<Item = f64> {
        self.entries.iter().map(|e| e.target_c)
    }

    /// The target in force at `t_s` (s since the epoch), degC; `None` where no
    /// entry holds, and outside the years that civil time covers.
    pub fn target_at(&self, t_s: i64, tz: &TimeZone) -> Option<f64> {
        let wall = tz.to_datetime(Timestamp::from_second(t_s).ok()?);
        let day = u32::from(wall.weekday().to_monday_zero_offset().unsigned_abs());
        let clock = wall.time();
        let part = |x: i8| u32::from(x.unsigned_abs());
        let second = part(clock.hour()) * 3600 + part(clock.minute()) * 60 + part(clock.second());
        self.target_in_week(day * DAY_S + second)
    }

    fn target_in_week(&self, week_s: u32) -> Option<f64> {
        let after = self.stretches.partition_point(|s| s.week_s.start <= week_s);
        let s = &self.stretches[after.checked_sub(1)?];
        s.week_s.contains(&week_s).then_some(s.target_c)
    }

    /// The instants `t0_s <= t < t1_s` (s since the epoch) from which another
    /// target holds than one second before, with that target. Adjoining ranges
    /// give adjoining lists.
    pub fn changes(&self, t0_s: i64, t1_s: i64, tz: &TimeZone) -> Vec<(i64, Option<f64>)> {
        if self.is_empty() || t0_s >= t1_s {
            return Vec::new();
        }
        let mut instants = self.boundary_instants(t0_s, t1_s, tz);
        instants.retain(|t| (t0_s..t1_s).contains(t));
        instants.sort_unstable();
        instants.dedup();
        let mut held = self.target_at(t0_s.saturating_sub(1), tz);
        let mut changes = Vec::new();
        for t in instants {
            let target = self.target_at(t, tz);
            if target != held {
                changes.push((t, target));
                held = target;
            }
        }
        changes
    }

    /// Every instant at which the wall clock reaches a boundary of an entry or
    /// jumps. Between two of them the target cannot change.
    fn boundary_instants(&self, t0_s: i64, t1_s: i64, tz: &TimeZone) -> Vec<i64> {
        let mut instants = Vec::new();
        let (Ok(first), Ok(last)) = (Timestamp::from_second(t0_s), Timestamp::from_second(t1_s))
        else {
            return instants;
        };
        // A transition exactly at t0 counts: look from just before it.
        let from = Timestamp::from_second(t0_s.saturating_sub(1)).unwrap_or(first);
        let jumps = tz
            .following(from)
            .map(|j| j.timestamp())
            .take_while(|j| *j < last);
        instants.extend(jumps.map(Timestamp::as_second));

        let mut boundaries: Vec<u32> = self
            .stretches
            .iter()
            .flat_map(|s| [s.week_s.start, s.week_s.end % WEEK_S])
            .collect();
        boundaries.sort_unstable();
        boundaries.dedup();
        let last_day = tz.to_datetime(last).date();
        let mut day = tz.to_datetime(first).date();
        loop {
            let of_week = u32::from(day.weekday().to_monday_zero_offset().unsigned_abs());
            let today = of_week * DAY_S..(of_week + 1) * DAY_S;
            for b in boundaries.iter().filter(|b| today.contains(*b)) {
                let clock = i64::from(b - today.start).seconds();
                if let Ok(wall) = day
                    .to_datetime(jiff::civil::Time::midnight())
                    .checked_add(clock)
                {
                    instants.extend(instants_of(wall, tz));
                }
            }
            match day.tomorrow() {
                Ok(next) if next <= last_day => day = next,
                _ => return instants,
            }
        }
    }
}

/// The instants at which the wall clock shows `wall`: one, two in a repeated
/// hour, none in a skipped one.
fn instants_of(wall: DateTime, tz: &TimeZone) -> impl Iterator<Item = i64> {
    let offsets = match tz.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => [Some(offset), None],
        AmbiguousOffset::Gap { .. } => [None, None],
        AmbiguousOffset::Fold { before, after } => [Some(before), Some(after)],
    };
    let instant = move |o: jiff::tz::Offset| Some(o.to_timestamp(wall).ok()?.as_second());
    offsets.into_iter().flatten().filter_map(instant)
}

fn fault(entry: usize, key: &str, kind: FaultKind, msg: impl Into<String>) -> SettingsFault {
    SettingsFault::new(&[&entry.to_string(), key], kind, msg)
}

fn check_entry(i: usize, e: &ScheduleEntry, faults: &mut Vec<SettingsFault>) {
    if e.days.is_empty() {
        faults.push(fault(i, "days", FaultKind::Missing, "has no day"));
    }
    for (k, day) in e.days.iter().enumerate() {
        if *day > 6 {
            let f = fault(i, "days", FaultKind::TooHigh, "is no day of the week");
            faults.push(f.value(day.to_string()).allowed("0 (Monday) to 6 (Sunday)"));
        } else if e.days[..k].contains(day) {
            let f = fault(
                i,
                "days",
                FaultKind::DuplicateKey,
                format!("names {} twice", day_name(*day)),
            );
            faults.push(f.value(day.to_string()));
        }
    }
    if e.start_s >= DAY_S {
        let f = fault(i, "start", FaultKind::TooHigh, "is no time of day");
        faults.push(f.value(clock(e.start_s)).allowed("00:00 to 23:59"));
    }
    if e.end_s > DAY_S {
        let f = fault(i, "end", FaultKind::TooHigh, "is no time of day");
        faults.push(f.value(clock(e.end_s)).allowed("00:00 to 24:00"));
    }
    if e.start_s == e.end_s {
        let f = fault(
            i,
            "end",
            FaultKind::BoundsOrder,
            "equals the start: the entry has no length",
        );
        faults.push(
            f.value(clock(e.end_s))
                .hint("a whole day is 00:00 to 24:00"),
        );
    }
    if !e.target_c.is_finite() {
        let f = fault(i, "target", FaultKind::NotFinite, "must be a finite number");
        faults.push(
            f.value(e.target_c.to_string())
                .allowed("5 to 35")
                .unit("degC"),
        );
    } else if let Err(mut f) = super::settings::temperature_in(e.target_c, TARGET_C.0, TARGET_C.1) {
        f.loc = vec![i.to_string(), "target".to_owned()];
        faults.push(f.value(e.target_c.to_string()));
    }
}

/// The stretches of the week in which an entry holds; split at the week's end.
fn stretches_of(entry: usize, e: &ScheduleEntry) -> Vec<Stretch> {
    let length = if e.end_s > e.start_s {
        e.end_s - e.start_s
    } else {
        e.end_s + DAY_S - e.start_s
    };
    let stretch = |start, end| Stretch {
        week_s: start..end,
        target_c: e.target_c,
        entry,
    };
    let mut all = Vec::new();
    for day in &e.days {
        let start = u32::from(*day) * DAY_S + e.start_s;
        let end = start + length;
        all.push(stretch(start, end.min(WEEK_S)));
        if end > WEEK_S {
            all.push(stretch(0, end - WEEK_S));
        }
    }
    all
}

/// One fault for each pair of entries that overlap.
fn overlaps(sorted: &[Stretch]) -> Vec<SettingsFault> {
    let mut faults: Vec<SettingsFault> = Vec::new();
    let mut pairs = Vec::new();
    for (k, a) in sorted.iter().enumerate() {
        for b in sorted[k + 1..]
            .iter()
            .take_while(|b| b.week_s.start < a.week_s.end)
        {
            let pair = (a.entry.min(b.entry), a.entry.max(b.entry));
            if pairs.contains(&pair) {
                continue;
            }
            pairs.push(pair);
            let at = b.week_s.start;
            let until = a.week_s.end.min(b.week_s.end);
            let day = day_name((at / DAY_S) as u8);
            let msg = if pair.0 == pair.1 {
                "overlaps itself".to_owned()
            } else {
                format!("overlaps entry {}", pair.0)
            };
            let end = (until - 1) % DAY_S + 1;
            faults.push(
                fault(
                    pair.1,
                    "start",
                    FaultKind::Overlap,
                    format!("{msg} on {day}"),
                )
                .value(format!("{} to {}", clock(at % DAY_S), clock(end)))
                .hint("entries must not overlap; an end equals the next start"),
            );
        }
    }
    faults
}

fn day_name(day: u8) -> &'static str {
    const NAMES: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    NAMES[usize::from(day) % 7]
}

fn clock(s: u32) -> String {
    let (h, m, s) = (s / 3600, s / 60 % 60, s % 60);
    if s == 0 {
        format!("{h:02}:{m:02}")
    } else {
        format!("{h:02}:{m:02}:{s:02}")
    }
}

#[cfg(test)]
mod tests;

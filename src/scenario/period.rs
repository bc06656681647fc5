//! `[period]`: when the run takes place and in which steps, and the way from
//! local civil time to instants.

use jiff::ToSpan;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::fault::{Code, Fault};
use super::field::{Kind, Section, default, integer, number, optional, required};
use super::moment::Moment;
use super::view::View;
use crate::model::Period;

pub static PERIOD: Section = Section {
    name: "period",
    doc: "When the run takes place. Local times are civil times of the site, with daylight saving. \
        A time that the clock skips in spring is the end of the gap; a time that it shows twice in \
        autumn is the first of the two; both are warned of. A time with its offset from UTC \
        (`2026-10-25T02:30+01:00`) leaves no doubt.",
    fields: &[
        required(
            "start",
            Kind::DateTime,
            "First instant that counts; a date alone is its midnight.",
        ),
        optional(
            "end",
            Kind::DateTime,
            "First instant that does not count. Either this or `days`.",
        ),
        optional(
            "days",
            integer("d", 1, 7320),
            "Length in calendar days, instead of `end`.",
        ),
        default(
            "step_s",
            integer("s", 1, 900),
            "300",
            "Step of settings, schedules, prices and given series; divides 900. What changes inside a step counts from the next one; weather counts in quarter-hours. Control and physics go in segments of at most 300 s, and switching is found inside them.",
        ),
        default(
            "record_s",
            integer("s", 60, 86_400),
            "900",
            "Interval of the written traces: a multiple of 60 and of `step_s` that divides a day.",
        ),
        default(
            "warmup_days",
            number("d", 0.0, 366.0),
            "14",
            "Simulated before `start` and not counted, so that walls and tank forget how they began.",
        ),
    ],
};

/// Longest run, s: 20 years and some days, so that a slip of a century is found.
const LONGEST_S: i64 = 7320 * 86_400;

/// Interval of the figures, s.
const QUARTER_S: i64 = 900;

/// Builds the period; a fallback of one day where the file has faults.
pub fn build(view: &View<'_>, timezone: &TimeZone) -> Period {
    let start = view.date_time("start");
    let start_s = start.and_then(|m| instant(view, "start", m, timezone));
    let end_s = match (view.date_time("end"), view.opt_integer("days")) {
        (Some(_), Some(_)) => {
            view.fault(
                "days",
                Fault::new(Code::Conflict, "`end` is given already").hint("keep one of the two"),
            );
            None
        }
        (Some(end), None) => instant(view, "end", end, timezone),
        (None, Some(days)) => start.and_then(|m| {
            let civil = m.civil.checked_add(days.days()).ok()?;
            // Not warned of again: the start was.
            Some(resolve(Moment { civil, ..m }, timezone)?.0)
        }),
        (None, None) => {
            if !view.is_faulty("end") && !view.is_faulty("days") {
                view.fault_here(
                    Fault::new(Code::MissingKey, "the period has no end")
                        .hint("give `end` or `days`"),
                );
            }
            None
        }
    };
    if let (Some(start), Some(end)) = (start_s, end_s) {
        let key = if view.has("end") { "end" } else { "days" };
        if end <= start {
            view.fault(
                key,
                Fault::new(Code::Conflict, "the period ends before it starts")
                    .hint("`end` is the first instant that does not count: after `start`"),
            );
        } else if start % QUARTER_S != 0 {
            view.fault(
                "start",
                Fault::new(
                    Code::Conflict,
                    "the period starts inside a quarter-hour; figures are formed by the quarter-hour",
                )
                .allowed("00, 15, 30 or 45 minutes past the hour")
                .hint("let it start and end on a quarter of an hour"),
            );
        } else if (end - start) % QUARTER_S != 0 {
            view.fault(
                key,
                Fault::new(
                    Code::Conflict,
                    format!(
                        "the period is {} min long; figures are formed by the quarter-hour",
                        (end - start) as f64 / 60.0
                    ),
                )
                .allowed("whole quarter-hours")
                .hint("let it start and end on a quarter of an hour"),
            );
        } else if end - start > LONGEST_S {
            view.fault(
                key,
                Fault::new(Code::OutOfRange, "the period is longer than 20 years")
                    .hint("is the year right?"),
            );
        }
    }
    let (step_s, record_s) = steps(view);
    let start_s = start_s.unwrap_or(0);
    Period {
        start_s,
        end_s: end_s
            .filter(|e| *e > start_s && e - start_s <= LONGEST_S)
            .unwrap_or(start_s + 86_400),
        warmup_s: (view.number("warmup_days") * 86_400.0 / 900.0).round() as i64 * 900,
        step_s,
        record_s,
    }
}

fn steps(view: &View<'_>) -> (u32, u32) {
    let step = view.integer("step_s").clamp(1, 900);
    let record = view.integer("record_s").clamp(60, 86_400);
    let step_right = 900 % step == 0;
    if !step_right {
        let below = (1..step).rev().find(|s| 900 % s == 0).unwrap_or(1);
        let above = (step..=900).find(|s| 900 % s == 0).unwrap_or(900);
        view.fault(
            "step_s",
            Fault::new(
                Code::Conflict,
                format!("{step} s do not divide a quarter-hour"),
            )
            .allowed("a divisor of 900")
            .hint(format!("nearest: {below} or {above}")),
        );
    }
    if record % 60 != 0 || 86_400 % record != 0 {
        view.fault(
            "record_s",
            Fault::new(
                Code::Conflict,
                format!("{record} s are no whole minutes that divide a day"),
            )
            .allowed("a multiple of 60 that divides 86400")
            .hint("usual: 60, 300, 900, 3600"),
        );
    } else if step_right && record % step != 0 {
        view.fault(
            "record_s",
            Fault::new(
                Code::Conflict,
                format!("{record} s are no multiple of the step of {step} s"),
            )
            .hint("choose `record_s` as a multiple of `step_s`"),
        );
    }
    (
        u32::try_from(step).unwrap_or(300),
        u32::try_from(record).unwrap_or(900),
    )
}

/// What the clock does at a local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    Once,
    Skipped,
    Twice,
}

/// The instant of a local time, s since the epoch: the end of the gap where
/// the clock skips it, the first of two where it shows it twice.
pub fn resolve(moment: Moment, timezone: &TimeZone) -> Option<(i64, Clock)> {
    if let Some(minutes) = moment.offset_minutes {
        let offset = jiff::tz::Offset::from_seconds(i32::from(minutes) * 60).ok()?;
        return Some((
            offset.to_timestamp(moment.civil).ok()?.as_second(),
            Clock::Once,
        ));
    }
    match timezone.to_ambiguous_timestamp(moment.civil).offset() {
        AmbiguousOffset::Unambiguous { offset } => Some((
            offset.to_timestamp(moment.civil).ok()?.as_second(),
            Clock::Once,
        )),
        AmbiguousOffset::Fold { before, .. } => Some((
            before.to_timestamp(moment.civil).ok()?.as_second(),
            Clock::Twice,
        )),
        AmbiguousOffset::Gap { after, .. } => {
            // Read with the later offset the time lies before the change.
            let before = after.to_timestamp(moment.civil).ok()?;
            let change = timezone.following(before).next()?;
            Some((change.timestamp().as_second(), Clock::Skipped))
        }
    }
}

/// The instant of a key's local time, with its warnings and faults.
pub fn instant(view: &View<'_>, key: &str, moment: Moment, timezone: &TimeZone) -> Option<i64> {
    let Some((at_s, clock)) = resolve(moment, timezone) else {
        view.fault(
            key,
            Fault::new(Code::OutOfRange, "this time is outside the calendar"),
        );
        return None;
    };
    match clock {
        Clock::Once => {}
        Clock::Skipped => view.warn(
            key,
            format!(
                "the clock skips {} there: {} is taken",
                moment.civil,
                local(at_s, timezone)
            ),
        ),
        Clock::Twice => view.warn(
            key,
            format!(
                "the clock shows {} twice: the first is taken; write the offset from UTC for the other",
                moment.civil
            ),
        ),
    }
    Some(at_s)
}

/// Local civil time of an instant, for messages.
pub fn local(at_s: i64, timezone: &TimeZone) -> DateTime {
    jiff::Timestamp::from_second(at_s)
        .map(|t| timezone.to_datetime(t))
        .unwrap_or_default()
}

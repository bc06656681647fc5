//! Axes: round numbers for values, the local calendar for time.

use crate::report::format::local;
use jiff::{ToSpan, Zoned, civil::Weekday, tz::TimeZone};

/// Values to heights. `lo < hi` always.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values {
    pub lo: f64,
    pub hi: f64,
    pub top: f64,
    pub bottom: f64,
    pub step: f64,
}

impl Values {
    /// An axis over `[lo, hi]` with about `n` ticks, widened to whole ticks
    /// where `whole`; a range without width is widened first.
    pub(super) fn new(lo: f64, hi: f64, top: f64, bottom: f64, n: usize, whole: bool) -> Self {
        let (mut lo, mut hi) = if lo.is_finite() && hi.is_finite() && lo <= hi {
            (lo.max(-1e12), hi.min(1e12))
        } else {
            (0.0, 1.0)
        };
        let least = 1e-6_f64.max(lo.abs().max(hi.abs()) * 1e-6);
        if hi - lo < least {
            lo -= 0.5_f64.max(least);
            hi += 0.5_f64.max(least);
        }
        let step = nice_step((hi - lo) / n.max(1) as f64);
        if whole {
            lo = (lo / step + 1e-9).floor() * step;
            hi = (hi / step - 1e-9).ceil() * step;
        }
        Self {
            lo,
            hi,
            top,
            bottom,
            step,
        }
    }

    /// Height of a value, kept inside the panel.
    pub(super) fn y(&self, v: f64) -> f64 {
        let f = ((v - self.lo) / (self.hi - self.lo)).clamp(0.0, 1.0);
        self.bottom - f * (self.bottom - self.top)
    }

    /// Round values inside the range.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let first = (self.lo / self.step - 1e-6).ceil() as i64;
        let last = (self.hi / self.step + 1e-6).floor() as i64;
        (first..=last.min(first + 40))
            .map(|k| k as f64 * self.step)
            .collect()
    }

    /// Decimals that tell ticks apart.
    pub(super) fn decimals(&self) -> usize {
        (-self.step.log10().floor()).clamp(0.0, 6.0) as usize
    }
}

/// 1, 2, 2.5 or 5 times a power of ten, at least `raw`.
fn nice_step(raw: f64) -> f64 {
    let p = 10f64.powf(raw.log10().floor());
    for m in [1.0, 2.0, 5.0] {
        if m * p >= raw * 0.999_999 {
            return m * p;
        }
    }
    10.0 * p
}

/// Instants to widths, with the local calendar.
pub(super) struct Time {
    pub start_s: i64,
    pub end_s: i64,
    pub x0: f64,
    pub x1: f64,
    pub tz: TimeZone,
}

/// A stretch of the calendar on the axis: a day, a week, a month.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// Cut to the axis, s since the epoch.
    pub from_s: i64,
    pub to_s: i64,
    /// Whole length in hours (23 or 25 when clocks change).
    pub length_h: f64,
    pub first: Zoned,
}

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Time {
    pub(super) fn x(&self, t_s: i64) -> f64 {
        self.x_of(t_s as f64)
    }

    pub(super) fn x_of(&self, t_s: f64) -> f64 {
        let whole = (self.end_s - self.start_s).max(1) as f64;
        let f = ((t_s - self.start_s as f64) / whole).clamp(0.0, 1.0);
        self.x0 + f * (self.x1 - self.x0)
    }

    pub(super) fn days(&self) -> f64 {
        (self.end_s - self.start_s) as f64 / 86_400.0
    }

    /// Local days, weeks (from Monday) or months that touch the axis.
    pub(super) fn spans(&self, unit: Unit) -> Vec<Span> {
        let mut out = Vec::new();
        let Some(mut first) = floor(&local(self.start_s, &self.tz), unit) else {
            return out;
        };
        while out.len() < 4000 {
            let step = match unit {
                Unit::Day => 1.day(),
                Unit::Week => 1.week(),
                Unit::Month => 1.month(),
                Unit::Year => 1.year(),
            };
            let Some(next) = first
                .checked_add(step)
                .ok()
                .and_then(|z| z.start_of_day().ok())
            else {
                break;
            };
            let (a, b) = (first.timestamp().as_second(), next.timestamp().as_second());
            if b <= a || a >= self.end_s {
                break;
            }
            let (from_s, to_s) = (a.max(self.start_s), b.min(self.end_s));
            if to_s > from_s {
                out.push(Span {
                    from_s,
                    to_s,
                    length_h: (b - a) as f64 / 3600.0,
                    first: first.clone(),
                });
            }
            first = next;
        }
        out
    }

    /// Instants at which the local clock shows a whole multiple of `hours`.
    pub(super) fn hours(&self, hours: i64) -> Vec<(i64, i8)> {
        let mut out = Vec::new();
        let mut t = self.start_s.div_euclid(900) * 900;
        while t <= self.end_s && out.len() < 2000 {
            if t >= self.start_s {
                let z = local(t, &self.tz);
                if z.minute() == 0 && i64::from(z.hour()) % hours == 0 {
                    out.push((t, z.hour()));
                }
            }
            t += 900;
        }
        out
    }
}

impl Span {
    pub(super) fn weekend(&self) -> bool {
        matches!(self.first.weekday(), Weekday::Saturday | Weekday::Sunday)
    }
}

fn floor(z: &Zoned, unit: Unit) -> Option<Zoned> {
    let day = z.start_of_day().ok()?;
    match unit {
        Unit::Day => Some(day),
        Unit::Week => {
            let back = i64::from(day.weekday().to_monday_zero_offset());
            day.checked_sub(back.days()).ok()?.start_of_day().ok()
        }
        Unit::Month => day.first_of_month().ok()?.start_of_day().ok(),
        Unit::Year => day.first_of_year().ok()?.start_of_day().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_ticks_are_round_and_inside() {
        let a = Values::new(-3.2, 11.7, 0.0, 100.0, 4, true);
        assert_eq!(a.ticks(), vec![-5.0, 0.0, 5.0, 10.0, 15.0]);
        assert_eq!(a.y(-5.0), 100.0);
        let zero = Values::new(0.0, 10.0, 0.0, 100.0, 2, true);
        assert_eq!(
            (zero.lo, zero.hi),
            (0.0, 10.0),
            "no tick beyond a round end"
        );
        let flat = Values::new(20.0, 20.0, 0.0, 100.0, 4, false);
        assert!(flat.lo < 20.0 && flat.hi > 20.0);
        let nan = Values::new(f64::NAN, 1.0, 0.0, 100.0, 4, false);
        assert!(nan.y(0.5).is_finite());
    }

    #[test]
    fn days_follow_the_local_clock_when_it_changes() {
        let tz = TimeZone::get("Europe/Amsterdam").expect("bundled zone");
        // Sat 28 March 2026 00:00 CET to Tue 31 March 00:00 CEST.
        let t = Time {
            start_s: 1_774_652_400,
            end_s: 1_774_652_400 + (24 + 23 + 24) * 3600,
            x0: 0.0,
            x1: 710.0,
            tz,
        };
        let d = t.spans(Unit::Day);
        let lengths: Vec<f64> = d.iter().map(|s| s.length_h).collect();
        assert_eq!(lengths, vec![24.0, 23.0, 24.0]);
        assert!(d[0].weekend() && d[1].weekend() && !d[2].weekend());
        // 02:00 to 03:00 does not exist on the Sunday.
        let hours = t.hours(1);
        assert_eq!(hours.len(), 72);
        assert!(t.hours(6).iter().all(|(_, h)| h % 6 == 0));
    }
}

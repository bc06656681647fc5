//! Where two traces part: per channel the first interval outside a tolerance,
//! and the first interval in which the controller gives other reasons.

use super::tolerance::Tolerance;
use crate::trace::channels::{self, matches};
use crate::trace::{Reason, Recorded};

/// How a channel parts from its reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Parting {
    pub channel: String,
    /// Start of the first interval outside, s since the epoch.
    pub at_s: i64,
    pub was: f64,
    pub is: f64,
    /// The allowed difference there.
    pub allowed: f64,
    /// Intervals outside, of those that both traces have.
    pub outside: usize,
    pub rows: usize,
    /// The largest difference, and when.
    pub largest: f64,
    pub largest_at_s: i64,
}

/// The first interval in which reasons differ: seconds in each, most first.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub at_s: i64,
    pub was: Vec<(Reason, f64)>,
    pub is: Vec<(Reason, f64)>,
}

/// Columns of reasons: `reason.NAME_s`. A reason that has no column never held.
const REASON: (&str, &str) = ("reason.", "_s");
/// Seconds by which an interval's reasons differ in earnest: the control
/// locates its switching to less than a second, traces hold tenths.
const OTHER_S: f64 = 1.0;

/// The unit of a channel; "" where there is none.
pub fn channel_unit(channel: &str) -> &'static str {
    let like = |name: &str| {
        let mut pattern = name.to_owned();
        for part in ["ROOM", "LAYER", "REASON"] {
            pattern = pattern.replace(part, "*");
        }
        matches(&pattern, channel)
    };
    let found = channels::DEFINITIONS.iter().find(|d| like(d.name));
    match found.map_or("", |d| d.unit) {
        "1" => "",
        unit => unit,
    }
}

/// From where on a channel's difference is worth telling. A convention, by unit:
/// what a person in the room, a meter or a look at the plot would notice.
pub fn usual(channel: &str) -> Tolerance {
    let (absolute, relative) = match channel_unit(channel) {
        "degC" | "K" => (0.05, 0.0),
        "W" | "W/m2" => (20.0, 0.01),
        "s" => (30.0, 0.01),
        "h" | "K h" => (0.01, 0.01),
        "l" => (0.1, 0.01),
        "J" => (36_000.0, 0.01),
        _ => (0.01, 0.001),
    };
    Tolerance { absolute, relative }
}

/// Rows of `b` for those of `a`, on a common grid; `None` where there is none.
fn common(a: &Recorded, b: &Recorded) -> Option<Vec<(usize, usize)>> {
    let step_s = if a.rows > 1 { a.step_s } else { b.step_s };
    let fits = (a.rows < 2 || b.rows < 2 || a.step_s == b.step_s)
        && (a.start_s - b.start_s).checked_rem(step_s).unwrap_or(0) == 0;
    if !fits || a.rows == 0 || b.rows == 0 {
        return None;
    }
    let shift = (a.start_s - b.start_s).checked_div(step_s).unwrap_or(0);
    let pairs: Vec<(usize, usize)> = (0..a.rows)
        .filter_map(|i| {
            let j = usize::try_from(i as i64 + shift).ok()?;
            (j < b.rows).then_some((i, j))
        })
        .collect();
    (!pairs.is_empty()).then_some(pairs)
}

/// How channels that both have part, in the order of the reference; those that
/// the rule leaves out are not looked at. `None`: the traces share no intervals.
pub fn partings(
    reference: &Recorded,
    now: &Recorded,
    rule: impl Fn(&str) -> Option<Tolerance>,
) -> Option<Vec<Parting>> {
    let pairs = common(reference, now)?;
    let mut found = Vec::new();
    for column in &reference.columns {
        let (Some(tolerance), Some(values)) = (rule(&column.name), now.column(&column.name)) else {
            continue;
        };
        let mut parting: Option<Parting> = None;
        for &(i, j) in &pairs {
            let (was, is) = (f64::from(column.values[i]), f64::from(values[j]));
            if tolerance.holds(was, is) {
                continue;
            }
            let (at_s, size) = (reference.at_s(i), (is - was).abs());
            let p = parting.get_or_insert_with(|| Parting {
                channel: column.name.clone(),
                at_s,
                was,
                is,
                allowed: tolerance.allowed(was),
                outside: 0,
                rows: pairs.len(),
                largest: size,
                largest_at_s: at_s,
            });
            p.outside += 1;
            if size > p.largest {
                (p.largest, p.largest_at_s) = (size, at_s);
            }
        }
        found.extend(parting);
    }
    Some(found)
}

/// Where reasons differ first, if they do.
pub fn turn(reference: &Recorded, now: &Recorded) -> Option<Turn> {
    let columns = |of: &Recorded| -> Vec<Option<usize>> {
        let name = |r: &Reason| format!("{}{}{}", REASON.0, r.name(), REASON.1);
        let at = |r: &Reason| of.columns.iter().position(|c| c.name == name(r));
        Reason::ALL.iter().map(at).collect()
    };
    let (was, is) = (columns(reference), columns(now));
    if was.iter().all(Option::is_none) || is.iter().all(Option::is_none) {
        return None;
    }
    let seconds = |of: &Recorded, at: &Option<usize>, row: usize| {
        at.map_or(0.0, |c| f64::from(of.columns[c].values[row]))
    };
    let shares = |of: &Recorded, at: &[Option<usize>], row: usize| {
        let mut list: Vec<(Reason, f64)> = Reason::ALL
            .iter()
            .zip(at)
            .map(|(r, at)| (*r, seconds(of, at, row)))
            .filter(|(_, s)| *s >= OTHER_S)
            .collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1));
        list
    };
    let (i, j) = common(reference, now)?.into_iter().find(|&(i, j)| {
        let differ = |(a, b)| (seconds(reference, a, i) - seconds(now, b, j)).abs() >= OTHER_S;
        was.iter().zip(&is).any(differ)
    })?;
    Some(Turn {
        at_s: reference.at_s(i),
        was: shares(reference, &was, i),
        is: shares(now, &is, j),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::read::Column;

    fn trace(start_s: i64, columns: &[(&str, &[f32])]) -> Recorded {
        Recorded {
            start_s,
            step_s: 900,
            rows: columns[0].1.len(),
            columns: columns
                .iter()
                .map(|(name, values)| Column {
                    name: (*name).to_owned(),
                    values: values.to_vec(),
                })
                .collect(),
        }
    }

    fn tenth(_: &str) -> Option<Tolerance> {
        Some(Tolerance {
            absolute: 0.1,
            relative: 0.0,
        })
    }

    #[test]
    fn the_first_interval_outside_is_told_and_the_largest() {
        let a = trace(0, &[("x", &[20.0, 20.0, 20.0, 20.0])]);
        let b = trace(0, &[("x", &[20.05, 19.8, 21.0, 20.0])]);
        let p = &partings(&a, &b, tenth).unwrap()[0];
        assert_eq!((p.at_s, p.outside, p.rows), (900, 2, 4));
        assert_eq!((p.largest, p.largest_at_s), (1.0, 1800));
        assert!(partings(&a, &a, tenth).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_number_parts_and_what_is_left_out_does_not() {
        let a = trace(0, &[("x", &[1.0, f32::NAN]), ("y", &[1.0, 1.0])]);
        let b = trace(0, &[("x", &[1.0, 1.0]), ("y", &[5.0, 5.0])]);
        let found = partings(&a, &b, |n| tenth(n).filter(|_| n == "x")).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].at_s, 900);
    }

    #[test]
    fn traces_meet_where_their_intervals_do() {
        let a = trace(0, &[("x", &[1.0, 2.0, 3.0])]);
        let later = trace(1800, &[("x", &[3.5, 4.0])]);
        let p = &partings(&a, &later, tenth).unwrap()[0];
        assert_eq!((p.at_s, p.rows), (1800, 1));
        let between = trace(450, &[("x", &[1.0, 2.0])]);
        assert!(partings(&a, &between, tenth).is_none());
        let never = trace(9000, &[("x", &[1.0, 2.0])]);
        assert!(partings(&a, &never, tenth).is_none());
    }

    #[test]
    fn a_reason_without_a_column_never_held() {
        let a = trace(0, &[("reason.satisfied_s", &[900.0, 900.0, 600.0])]);
        let b = trace(
            0,
            &[
                ("reason.satisfied_s", &[900.0, 300.0, 0.0]),
                ("reason.heating_demand_s", &[0.4, 600.0, 900.0]),
            ],
        );
        let t = turn(&a, &b).unwrap();
        assert_eq!(t.at_s, 900);
        assert_eq!(t.was, [(Reason::Satisfied, 900.0)]);
        assert_eq!(
            t.is,
            [(Reason::HeatingDemand, 600.0), (Reason::Satisfied, 300.0)]
        );
        assert_eq!(turn(&a, &a), None);
        assert_eq!(turn(&a, &trace(0, &[("x", &[1.0])])), None);
    }
}

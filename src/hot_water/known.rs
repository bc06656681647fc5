//! Draws that some scenario has already: variants of one household differ in tank or
//! settings and have the same water, of which half a million numbers a year need to
//! be made and kept once only. What nobody uses any more is forgotten.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError, Weak};

use jiff::tz::TimeZone;

use crate::model::Series;

/// All that draws follow from besides the time zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The tapping cycle; empty for random draws.
    pub profile: String,
    /// Volume a day, seed and number of the household; 0 for a cycle.
    pub household: [u64; 3],
    pub period_s: (i64, i64),
    pub step_s: u32,
    /// Bits of the useful temperature.
    pub useful_c: u64,
}

struct Entry {
    timezone: TimeZone,
    /// The series without its values.
    head: Series,
    values: Weak<Vec<f64>>,
}

#[derive(Default)]
struct Known {
    entries: HashMap<Key, Entry>,
    /// So many were in use when it was last tidied up.
    in_use: usize,
}

/// So many entries are never too many.
const FEW: usize = 64;

static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// The draws of a key: those in use, or those that `make` makes, which follow from
/// nothing but the key and the time zone.
pub fn or_make(key: Key, timezone: &TimeZone, make: impl FnOnce() -> Series) -> Series {
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(entry) = known().entries.get(&key)
        && entry.timezone == *timezone
        && let Some(values) = entry.values.upgrade()
    {
        return Series {
            values,
            ..entry.head
        };
    }
    let made = make();
    let entry = Entry {
        timezone: timezone.clone(),
        head: Series {
            values: Default::default(),
            ..made
        },
        values: std::sync::Arc::downgrade(&made.values),
    };
    let mut known = known();
    known.entries.insert(key, entry);
    if known.entries.len() > FEW + 2 * known.in_use {
        known
            .entries
            .retain(|_, entry| entry.values.strong_count() > 0);
        known.in_use = known.entries.len();
    }
    made
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn key(number: u64) -> Key {
        Key {
            profile: String::new(),
            household: [0, 0xfeed, number],
            period_s: (0, 600),
            step_s: 60,
            useful_c: 40f64.to_bits(),
        }
    }

    #[test]
    fn draws_are_made_once_while_somebody_uses_them() {
        let zone = TimeZone::UTC;
        let first = or_make(key(1), &zone, || Series::constant(2.0));
        let again = or_make(key(1), &zone, || unreachable!("it is in use"));
        assert!(Arc::ptr_eq(&first.values, &again.values));
        assert_eq!(first, again);
        // Another zone, another household.
        let elsewhere = jiff::tz::offset(1).to_time_zone();
        assert_eq!(
            or_make(key(1), &elsewhere, || Series::constant(3.0)).at(0),
            3.0
        );
        assert_eq!(or_make(key(2), &zone, || Series::constant(4.0)).at(0), 4.0);
        drop((first, again));
        // Nobody has them any more.
        assert_eq!(or_make(key(1), &zone, || Series::constant(5.0)).at(0), 5.0);
    }

    #[test]
    fn what_nobody_uses_is_forgotten() {
        for number in 1000..1000 + 10 * FEW as u64 {
            or_make(key(number), &TimeZone::UTC, || Series::constant(1.0));
        }
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = known.entries.keys().filter(|k| k.household[1] == 0xfeed);
        assert!(mine.count() <= FEW + 2 * known.in_use + 1);
    }
}

//! Figures and the tables that define them. A group of metrics is one table:
//! it gives the struct with a field a metric, its place in `metrics.json`, and
//! its line in docs/METRICS.md, so the three cannot differ. Nothing here knows
//! what a metric means.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A number, or why there is none. Never NaN, never infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    Known(f64),
    /// The reason, in words.
    Undefined(&'static str),
}

impl Figure {
    /// `part / whole`, undefined for the reason given where the whole is not above 0.
    pub fn ratio(part: f64, whole: f64, reason: &'static str) -> Self {
        if whole > 0.0 {
            (part / whole).into()
        } else {
            Figure::Undefined(reason)
        }
    }

    /// Mean of `count` numbers, undefined where there are none.
    pub fn ratio_any(sum: f64, count: usize) -> Self {
        Self::ratio(sum, count as f64, "no values")
    }

    /// The number, if there is one.
    pub fn value(self) -> Option<f64> {
        match self {
            Figure::Known(value) => Some(value),
            Figure::Undefined(_) => None,
        }
    }

    /// Applies `f` to the number.
    pub fn map(self, f: impl FnOnce(f64) -> f64) -> Self {
        match self {
            Figure::Known(value) => f(value).into(),
            undefined => undefined,
        }
    }
}

impl Default for Figure {
    fn default() -> Self {
        Figure::Undefined("not evaluated")
    }
}

impl From<f64> for Figure {
    fn from(value: f64) -> Self {
        if value.is_finite() {
            Figure::Known(value)
        } else {
            Figure::Undefined("not a finite number")
        }
    }
}

/// A line of a group's table.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Key in the group, with its unit as suffix.
    pub key: &'static str,
    /// `count` is written without decimals.
    pub unit: &'static str,
    /// Formula or definition.
    pub formula: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
}

/// Seven significant digits: more than any model is worth, few enough to read.
pub fn rounded(value: f64) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    format!("{value:.6e}").parse().unwrap_or(value)
}

/// Writes a group: its keys in the table's order, then `undefined` with a
/// reason for each null.
pub(crate) fn serialize_group<S: Serializer>(
    serializer: S,
    definitions: &[Definition],
    figures: &[Figure],
) -> Result<S::Ok, S::Error> {
    struct Reasons<'a>(&'a [Definition], &'a [Figure]);
    impl Serialize for Reasons<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            for (definition, figure) in self.0.iter().zip(self.1) {
                if let Figure::Undefined(reason) = figure {
                    map.serialize_entry(definition.key, reason)?;
                }
            }
            map.end()
        }
    }
    let mut map = serializer.serialize_map(None)?;
    for (definition, figure) in definitions.iter().zip(figures) {
        match figure {
            Figure::Known(v) if definition.unit == "count" => {
                map.serialize_entry(definition.key, &(*v as i64))?
            }
            Figure::Known(v) => map.serialize_entry(definition.key, &rounded(*v))?,
            Figure::Undefined(_) => map.serialize_entry(definition.key, &())?,
        }
    }
    if figures.iter().any(|f| matches!(f, Figure::Undefined(_))) {
        map.serialize_entry("undefined", &Reasons(definitions, figures))?;
    }
    map.end()
}

/// Makes a group of metrics from its table: `key, unit, formula, source`.
macro_rules! group {
    ($(#[$meta:meta])* $name:ident { $($key:ident, $unit:literal, $formula:literal, $source:expr;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name { $(#[doc = $formula] pub $key: $crate::metrics::figure::Figure,)* }

        impl $name {
            /// The group's table.
            pub const DEFINITIONS: &'static [$crate::metrics::figure::Definition] = &[
                $($crate::metrics::figure::Definition {
                    key: stringify!($key), unit: $unit, formula: $formula, source: $source,
                }),*
            ];

            /// Leaves the figures of these keys as they are; the others are not defined,
            /// for the reason given.
            #[allow(dead_code)] // not every group is thinned out
            pub(crate) fn keep(&mut self, keys: &[&str], reason: &'static str) {
                $(if !keys.contains(&stringify!($key)) {
                    self.$key = $crate::metrics::figure::Figure::Undefined(reason);
                })*
            }

            /// The figures in the table's order.
            pub fn figures(&self) -> Vec<$crate::metrics::figure::Figure> {
                vec![$(self.$key),*]
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::metrics::figure::serialize_group(serializer, Self::DEFINITIONS, &self.figures())
            }
        }
    };
}
pub(crate) use group;

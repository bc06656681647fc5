//! What is wrong with a document: one value per fault, ready for a terminal
//! line or an entry of an HTTP 422 answer.

use std::fmt;

use serde::{Serialize, Serializer};

/// Kinds of fault. Their names are stable; where pydantic has a name for the
/// same thing, it is that name, so that clients of such services know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// The text is no JSON.
    JsonInvalid,
    Missing,
    UnknownKey,
    DuplicateKey,
    NotAnObject,
    NotAString,
    NotANumber,
    NotABool,
    /// Not one of the allowed words.
    NotAChoice,
    NotFinite,
    TooLow,
    TooHigh,
    /// The number is likely in another unit (degF, K).
    LooksLikeOtherUnit,
    /// A bound given in the convention that the user does not have.
    OtherConvention,
    /// Lower bound, preferred temperature and upper bound are out of order.
    BoundsOrder,
    /// A text of the wrong form (postal code, date, clock time).
    Form,
    /// `flex_trading` together with one of the two that it excludes.
    ExclusiveSteering,
    /// Both spellings of a key, with different values.
    ConflictingSpelling,
    UnknownUser,
    UnknownDevice,
    /// Two entries of a weekly schedule hold at the same time.
    Overlap,
}

impl FaultKind {
    /// Stable name: `type` in an HTTP 422 answer.
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonInvalid => "json_invalid",
            Self::Missing => "missing",
            Self::UnknownKey => "extra_forbidden",
            Self::DuplicateKey => "duplicate_key",
            Self::NotAnObject => "dict_type",
            Self::NotAString => "string_type",
            Self::NotANumber => "float_type",
            Self::NotABool => "bool_type",
            Self::NotAChoice => "enum",
            Self::NotFinite => "finite_number",
            Self::TooLow => "greater_than_equal",
            Self::TooHigh => "less_than_equal",
            Self::LooksLikeOtherUnit => "other_unit",
            Self::OtherConvention => "other_convention",
            Self::BoundsOrder => "bounds_order",
            Self::Form => "string_pattern_mismatch",
            Self::ExclusiveSteering => "exclusive_steering",
            Self::ConflictingSpelling => "conflicting_spelling",
            Self::UnknownUser => "unknown_user",
            Self::UnknownDevice => "unknown_device",
            Self::Overlap => "overlap",
        }
    }
}

impl Serialize for FaultKind {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

/// One fault of a settings document or a weekly schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingsFault {
    /// Path inside the document; empty for the document itself.
    pub loc: Vec<String>,
    pub kind: FaultKind,
    /// What is wrong, a sentence without its full stop; does not repeat
    /// `allowed` and `hint`.
    pub msg: String,
    /// The offending value as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
    /// What would be right ("5 to 35", "heating, cooling, auto, off").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Devices for which the merged result would be wrong; empty where the
    /// document is wrong by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<String>,
}

impl SettingsFault {
    /// A fault at `loc` with nothing else known.
    pub fn new(loc: &[&str], kind: FaultKind, msg: impl Into<String>) -> Self {
        Self {
            loc: loc.iter().map(|s| (*s).to_owned()).collect(),
            kind,
            msg: msg.into(),
            value: None,
            unit: None,
            allowed: None,
            hint: None,
            devices: Vec::new(),
        }
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
    #[must_use]
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// `loc` with dots.
    pub fn path(&self) -> String {
        self.loc.join(".")
    }

    /// Message, value, allowed range and hint in one text, without the path.
    pub fn text(&self) -> String {
        let mut s = self.msg.clone();
        if !self.devices.is_empty() {
            s += &format!(" (device {})", self.devices.join(", "));
        }
        if let Some(allowed) = &self.allowed {
            s += &format!("; allowed: {allowed}");
            if let Some(unit) = self.unit {
                s += &format!(" {unit}");
            }
        }
        if let Some(hint) = &self.hint {
            s += &format!("; {hint}");
        }
        s
    }

    /// An entry of `detail` in an HTTP 422 answer.
    pub fn detail(&self) -> serde_json::Value {
        let loc: Vec<&str> = std::iter::once("body")
            .chain(self.loc.iter().map(String::as_str))
            .collect();
        serde_json::json!({ "loc": loc, "msg": self.text(), "type": self.kind.name() })
    }
}

impl fmt::Display for SettingsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.loc.is_empty() {
            write!(f, "{}: ", self.path())?;
        }
        f.write_str(&self.text())
    }
}

impl std::error::Error for SettingsFault {}

//! A document before it is understood: the shapes that JSON and TOML share.
//!
//! Why not `serde_json::Value`: it cannot hold the NaN and infinities that
//! TOML can write (they would become `null` and clear a key), and it silently
//! drops the first of two equal keys.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::fault::{FaultKind, SettingsFault};

/// Any value of JSON or TOML.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    Null,
    Flag(bool),
    /// May be NaN or infinite when it comes from TOML.
    Number(f64),
    Text(String),
    List(Vec<Tree>),
    /// In file order, equal keys kept.
    Table(Vec<(String, Tree)>),
    /// What JSON has no word for (a TOML date), as it was written.
    Other(String),
}

impl Tree {
    /// Reads JSON text.
    ///
    /// # Errors
    /// One fault that says where the text stops being JSON.
    pub fn from_json_text(text: &str) -> Result<Self, Box<SettingsFault>> {
        serde_json::from_str(text).map_err(|e| {
            Box::new(SettingsFault::new(
                &[],
                FaultKind::JsonInvalid,
                format!("this is no JSON: {e}"),
            ))
        })
    }

    /// As JSON. Whole numbers are written without a decimal point; numbers that
    /// are not finite become `null`, dates a string.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Flag(x) => (*x).into(),
            Self::Number(x) => number_json(*x),
            Self::Text(x) | Self::Other(x) => x.as_str().into(),
            Self::List(x) => x.iter().map(Self::to_json).collect(),
            Self::Table(x) => x.iter().map(|(k, v)| (k.clone(), v.to_json())).collect(),
        }
    }

    /// What it is, for messages.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Table(_) => "an object",
            Self::Other(_) => "a date or time",
        }
    }

    /// As short JSON-like text, for messages.
    pub fn show(&self) -> String {
        let text = match self {
            Self::Null => "null".to_owned(),
            Self::Flag(x) => x.to_string(),
            Self::Number(x) => x.to_string(),
            Self::Text(x) => format!("{x:?}"),
            Self::List(_) => "[…]".to_owned(),
            Self::Table(_) => "{…}".to_owned(),
            Self::Other(x) => x.clone(),
        };
        if text.chars().count() > 60 {
            text.chars().take(59).chain(std::iter::once('…')).collect()
        } else {
            text
        }
    }
}

fn number_json(x: f64) -> serde_json::Value {
    let whole = x as i64;
    if whole as f64 == x && whole.unsigned_abs() < 1 << 53 && (whole != 0 || x.is_sign_positive()) {
        whole.into()
    } else {
        x.into()
    }
}

impl From<&serde_json::Value> for Tree {
    fn from(v: &serde_json::Value) -> Self {
        use serde_json::Value as V;
        match v {
            V::Null => Self::Null,
            V::Bool(x) => Self::Flag(*x),
            V::Number(x) => Self::Number(x.as_f64().unwrap_or(f64::NAN)),
            V::String(x) => Self::Text(x.clone()),
            V::Array(x) => Self::List(x.iter().map(Self::from).collect()),
            V::Object(x) => {
                Self::Table(x.iter().map(|(k, v)| (k.clone(), Self::from(v))).collect())
            }
        }
    }
}

impl From<&toml::Value> for Tree {
    fn from(v: &toml::Value) -> Self {
        use toml::Value as V;
        match v {
            V::Boolean(x) => Self::Flag(*x),
            V::Integer(x) => Self::Number(*x as f64),
            V::Float(x) => Self::Number(*x),
            V::String(x) => Self::Text(x.clone()),
            V::Datetime(x) => Self::Other(x.to_string()),
            V::Array(x) => Self::List(x.iter().map(Self::from).collect()),
            V::Table(x) => Self::Table(x.iter().map(|(k, v)| (k.clone(), Self::from(v))).collect()),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }
    fn visit_bool<E>(self, x: bool) -> Result<Tree, E> {
        Ok(Tree::Flag(x))
    }
    fn visit_i64<E>(self, x: i64) -> Result<Tree, E> {
        Ok(Tree::Number(x as f64))
    }
    fn visit_u64<E>(self, x: u64) -> Result<Tree, E> {
        Ok(Tree::Number(x as f64))
    }
    fn visit_f64<E>(self, x: f64) -> Result<Tree, E> {
        Ok(Tree::Number(x))
    }
    fn visit_str<E>(self, x: &str) -> Result<Tree, E> {
        Ok(Tree::Text(x.to_owned()))
    }
    fn visit_string<E>(self, x: String) -> Result<Tree, E> {
        Ok(Tree::Text(x))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut a: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(x) = a.next_element()? {
            list.push(x);
        }
        Ok(Tree::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut a: A) -> Result<Tree, A::Error> {
        let mut table = Vec::new();
        while let Some(pair) = a.next_entry()? {
            table.push(pair);
        }
        Ok(Tree::Table(table))
    }
}

//! What is wrong with a weather file, several faults at once, each with its line.

use std::fmt;

/// Faults listed in full; the rest is only counted.
const LISTED: usize = 25;

/// One fault of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// 1 for the first line; 0 where the file as a whole is meant.
    pub line: usize,
    /// What is wrong, with the value and what is allowed.
    pub text: String,
}

/// A weather file that can't be used, with its faults in file order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct WeatherError {
    pub file: String,
    /// At least one.
    pub faults: Vec<Fault>,
    /// Faults beyond those listed.
    pub more: usize,
}

impl fmt::Display for WeatherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.faults.len() + self.more;
        write!(
            f,
            "weather file {}: {count} fault{}",
            self.file,
            if count == 1 { "" } else { "s" }
        )?;
        for fault in &self.faults {
            if fault.line == 0 {
                write!(f, "\n  {}", fault.text)?;
            } else {
                write!(f, "\n  line {}: {}", fault.line, fault.text)?;
            }
        }
        if self.more > 0 {
            write!(f, "\n  and {} more", self.more)?;
        }
        Ok(())
    }
}

/// Collects faults while a file is read.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Fault>,
    more: usize,
}

impl Faults {
    pub(super) fn add(&mut self, line: usize, text: impl FnOnce() -> String) {
        if self.list.len() < LISTED {
            self.list.push(Fault { line, text: text() });
        } else {
            self.more += 1;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len() + self.more
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Ends reading: the faults, if there are any.
    pub(super) fn check(&mut self, file: &str) -> Result<(), WeatherError> {
        if self.list.is_empty() {
            return Ok(());
        }
        Err(std::mem::take(self).into_error(file))
    }

    pub(super) fn into_error(self, file: &str) -> WeatherError {
        let mut faults = self.list;
        faults.sort_by_key(|f| f.line);
        WeatherError {
            file: file.to_owned(),
            faults,
            more: self.more,
        }
    }
}

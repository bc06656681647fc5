//! Which kind of file a text is: each begins with a key of its own. A file of
//! another kind is one fault with the command that reads it, not a list of keys
//! that are unknown or missing.

use std::sync::Arc;

use super::fault::{Code, Fault, Faults, Place};
use super::tree::{self, Format, Node, Source};

/// A kind of file that this program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Scenario,
    Study,
    Fleet,
    Check,
}

impl FileKind {
    const ALL: [Self; 4] = [Self::Scenario, Self::Study, Self::Fleet, Self::Check];

    /// The key that it begins with; its value is a version.
    pub fn key(self) -> &'static str {
        match self {
            Self::Scenario => "heatloop",
            Self::Study => "heatloop_study",
            Self::Fleet => "heatloop_fleet",
            Self::Check => "heatloop_check",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Scenario => "a scenario",
            Self::Study => "a study",
            Self::Fleet => "a fleet",
            Self::Check => "a check file",
        }
    }

    /// What reads it.
    fn commands(self) -> &'static str {
        match self {
            Self::Scenario => "`heatloop run`",
            Self::Study => "`heatloop sweep`, `sensitivity` or `tune`",
            Self::Fleet => "`heatloop fleet`",
            Self::Check => "`heatloop check`",
        }
    }

    fn page(self) -> &'static str {
        match self {
            Self::Scenario => "docs/SCENARIO.md",
            Self::Study => "docs/STUDY.md",
            Self::Fleet => "docs/FLEET.md",
            Self::Check => "docs/CHECK.md",
        }
    }
}

/// Reads a text that is to be of one kind into its tree.
///
/// # Errors
/// A text that is no TOML or JSON, or is clearly of another kind.
pub fn parse_as(source: &Arc<Source>, format: Format, due: FileKind) -> Result<Node, Faults> {
    let root = tree::parse(source, format).map_err(Faults::new)?;
    let says = |kind: FileKind| root.entries().iter().find(|e| e.key == kind.key());
    if says(due).is_some() {
        return Ok(root);
    }
    let found = FileKind::ALL
        .into_iter()
        .find_map(|kind| says(kind).map(|entry| (kind, entry)));
    let Some((kind, entry)) = found else {
        return Ok(root);
    };
    let fault = Fault::new(
        Code::OtherFile,
        format!("this is {}, where {} is due", kind.name(), due.name()),
    );
    let hint = format!(
        "{} reads it; {} begins with {} = 1 ({})",
        kind.commands(),
        due.name(),
        due.key(),
        due.page()
    );
    let place = Place::new(source, entry.key_span.clone());
    Err(Faults::new(vec![
        fault.key(kind.key()).at(place).hint(hint),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault_of(text: &str, due: FileKind) -> Option<Fault> {
        let source = Source::new("file.toml", text);
        let read = parse_as(&source, Format::Toml, due);
        read.err().map(|faults| faults.list[0].clone())
    }

    #[test]
    fn fails_for_a_file_of_another_kind_with_the_command_that_reads_it() {
        for due in FileKind::ALL {
            for is in FileKind::ALL {
                let text = format!("# head\n{} = 1\nsite = {{}}\n", is.key());
                let Some(fault) = fault_of(&text, due) else {
                    assert_eq!(due, is);
                    continue;
                };
                assert_ne!(due, is);
                assert_eq!(fault.code, Code::OtherFile);
                assert!(fault.line().contains("file.toml:2:1"), "{}", fault.line());
                assert!(fault.message.contains(is.name()), "{}", fault.message);
                let hint = fault.hint.unwrap_or_default();
                assert!(hint.contains(is.commands()) && hint.contains(due.key()));
            }
        }
    }

    #[test]
    fn a_file_that_says_nothing_is_left_to_its_own_checks() {
        assert!(fault_of("site = {}", FileKind::Fleet).is_none());
        assert!(fault_of("", FileKind::Scenario).is_none());
    }
}

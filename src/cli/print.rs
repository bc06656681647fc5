//! Standard output and standard error. A reader that went away (a closed pipe)
//! is no fault; a disk that is full is.

use std::io::{ErrorKind, IsTerminal, Write};

use super::Exit;
use super::args::Colour;

/// Prints to standard output; says on standard error where that failed.
#[must_use = "a result that could not be printed is an exit code"]
pub(super) fn out(text: &str) -> Exit {
    let mut stream = std::io::stdout().lock();
    let written = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
    match written {
        Err(fault) if fault.kind() != ErrorKind::BrokenPipe => {
            err(&format!(
                "error: standard output can't be written: {fault}\n"
            ));
            Exit::NotWritten
        }
        _ => Exit::Done,
    }
}

/// Prints to standard error.
pub(super) fn err(text: &str) {
    let mut stream = std::io::stderr().lock();
    let _ = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
}

/// Whether to colour what goes to standard output, to standard error.
pub(super) fn colours(choice: Colour) -> (bool, bool) {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        && std::env::var_os("TERM").is_none_or(|t| t != "dumb");
    match choice {
        Colour::Always => (true, true),
        Colour::Never => (false, false),
        Colour::Auto => (
            wanted && std::io::stdout().is_terminal(),
            wanted && std::io::stderr().is_terminal(),
        ),
    }
}

/// Columns of the terminal that faults are wrapped to.
pub(super) const WIDTH: usize = 100;

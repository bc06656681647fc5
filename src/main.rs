//! The `heatloop` program; see [`heatloop::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    heatloop::cli::main()
}

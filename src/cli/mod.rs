//! The command line: arguments, commands, and the only printing.
//!
//! Exit codes: 0 done; 1 the run could not be done or finished; 2 the command
//! line is wrong; 3 the scenario (or a file named beside) has faults; 4 a
//! result could not be written; 5 a comparison with a reference differs; 6 a
//! comparison with a baseline changed; 7 another process is using the folder
//! of the study.

mod args;
mod check;
mod check_file;
mod checkpoint;
mod compare;
mod fleet;
mod library;
mod print;
mod run;
mod study;
mod verify;

use std::process::ExitCode;

use clap::Parser;

use crate::numeric::simd::InstructionSet;

pub use args::Arguments;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    RunFailed = 1,
    CommandLine = 2,
    Faults = 3,
    NotWritten = 4,
    Differs = 5,
    Changed = 6,
    Busy = 7,
}

impl Exit {
    /// This, or what went wrong with printing it where this was fine.
    fn or(self, printed: Self) -> Self {
        if self == Self::Done { printed } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Reads the arguments, does what they say.
pub fn main() -> ExitCode {
    // Before the arguments: `--version` says which set is in use.
    if let Err(fault) = InstructionSet::asked() {
        print::err(&format!("error: {fault}\n"));
        return Exit::CommandLine.into();
    }
    let arguments = Arguments::parse();
    // A fault of the program itself is told as one, with its own exit code.
    std::panic::set_hook(Box::new(|panic| {
        print::err(&format!(
            "error: a fault in heatloop itself, not in your files: {panic}\n\
             Files that were written before are complete. Please report it with the scenario.\n"
        ));
    }));
    let exit = std::panic::catch_unwind(|| dispatch(&arguments)).unwrap_or(Exit::RunFailed);
    exit.into()
}

fn dispatch(arguments: &Arguments) -> Exit {
    match &arguments.command {
        args::Command::Run(a) => run::command(a),
        args::Command::CheckFile(a) => check_file::command(a),
        args::Command::Schema(a) => print::out(&library::schema(a.of)),
        args::Command::List(a) => library::list(a),
        args::Command::Show(a) => library::show(a),
        args::Command::Verify(a) => verify::command(a),
        args::Command::Compare(a) => compare::command(a),
        args::Command::Check(a) => check::command(a),
        args::Command::Sweep(a) => study::sweep(a),
        args::Command::Sensitivity(a) => study::sensitivity(a),
        args::Command::Tune(a) => study::tune(a),
        args::Command::Fleet(a) => fleet::command(a),
        args::Command::Join(a) => study::join(a),
    }
}

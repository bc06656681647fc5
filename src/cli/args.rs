//! What can be said on the command line.

use std::path::PathBuf;
use std::sync::OnceLock;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::fleet::tables::MOST_HOUSES;
use crate::numeric::simd::{self, InstructionSet};

/// Simulate the control loop of heat-pump houses: comfort settings in;
/// comfort, hot water, energy, cost and grid figures out.
#[derive(Debug, Parser)]
#[command(name = "heatloop", version, long_version = long_version(), max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done, 1 run failed, 2 wrong command line, \
    3 faults in the scenario or study, 4 result not written, 5 a comparison differs (verify), \
    6 something changed (check), 7 another process is using the study's folder."
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Simulate a scenario: print a summary, write metrics, traces and pictures
    Run(RunArguments),
    /// Validate scenario files without running them
    CheckFile(CheckFileArguments),
    /// Print the JSON Schema of scenario files or other files (for editors)
    Schema(SchemaArguments),
    /// List what the program brings along
    List(ListArguments),
    /// Print a house or a heat pump of the library, to copy into a scenario
    Show(ShowArguments),
    /// Compare with references that others made: closed solutions, standards, other programs
    Verify(VerifyArguments),
    /// Put runs side by side: differences metric by metric, and a picture
    Compare(CompareArguments),
    /// Run scenarios and compare with their baselines: for CI
    Check(CheckArguments),
    /// Run a scenario many times with some keys varied: grids, samples, replicates
    Sweep(SweepArguments),
    /// Find out which parameters matter: screening (Morris) or shares of variance (Sobol)
    Sensitivity(SweepArguments),
    /// Search for the best settings under limits, or for the trade-off of several goals
    Tune(TuneArguments),
    /// Simulate many houses that differ by chance: power of the fleet, its peak, what a signal moves
    Fleet(FleetArguments),
    /// Bring the shards of a study together, to the same bytes as unsplit
    Join(JoinArguments),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people
    #[default]
    Text,
    /// For machines: metrics (or faults) as JSON on standard output
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal that wants it
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Args)]
pub struct RunArguments {
    /// Scenario file (TOML, or JSON where the name ends in .json)
    pub scenario: PathBuf,
    /// Folder for the results [default: results/NAME of the scenario file]
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// Write no files, print only
    #[arg(long, conflicts_with = "output")]
    pub dry: bool,
    /// Draw no pictures
    #[arg(long)]
    pub no_picture: bool,
    /// Use a folder that holds other files; files of the same name are replaced
    #[arg(long)]
    pub force: bool,
    /// Stop at this instant of the period (local time of the site, as
    /// 2019-01-22T06:00, or with an offset from UTC) and write a checkpoint, no results
    #[arg(long, value_name = "INSTANT", requires = "checkpoint")]
    #[arg(conflicts_with_all = ["output", "dry", "no_picture"])]
    pub until: Option<String>,
    /// File for the checkpoint; an older checkpoint is replaced
    #[arg(long, value_name = "FILE", requires = "until")]
    pub checkpoint: Option<PathBuf>,
    /// Go on from a checkpoint of the same scenario: same bytes as one run
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
    /// Print in this format
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
    /// Print no progress and no summary
    #[arg(short, long)]
    pub quiet: bool,
    /// Threads for scenarios with several devices [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Colours
    #[arg(long, value_enum, default_value_t)]
    pub color: Colour,
}

#[derive(Debug, Args)]
pub struct CheckFileArguments {
    /// Scenario files
    #[arg(required = true)]
    pub scenarios: Vec<PathBuf>,
    /// Print each file with all defaults filled in
    #[arg(long)]
    pub resolved: bool,
    /// Print in this format
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
    /// Colours
    #[arg(long, value_enum, default_value_t)]
    pub color: Colour,
}

/// Kinds of files that have a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Schema {
    /// Scenario files
    #[default]
    Scenario,
    /// Check files
    Check,
    /// Study files
    Study,
    /// Fleet files
    Fleet,
}

#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// Of which files
    #[arg(value_enum, default_value_t, value_name = "FILES")]
    pub of: Schema,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shelf {
    Houses,
    HeatPumps,
    Weather,
}

#[derive(Debug, Args)]
pub struct ListArguments {
    /// What to list [default: everything]
    #[arg(value_enum)]
    pub shelf: Option<Shelf>,
}

#[derive(Debug, Args)]
pub struct ShowArguments {
    /// Name, as `heatloop list` prints it
    pub name: String,
}

#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// Cases or groups of cases [default: all]
    #[arg(value_name = "CASE")]
    pub only: Vec<String>,
    /// Name the cases without running them
    #[arg(long)]
    pub list: bool,
    /// Leave out cases that take longer than a second or two
    #[arg(long)]
    pub quick: bool,
    /// Write VALIDATION.md and its pictures into this folder
    #[arg(long, value_name = "FOLDER")]
    pub write: Option<PathBuf>,
    /// Print in this format
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
    /// Colours
    #[arg(long, value_enum, default_value_t)]
    pub color: Colour,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// For people
    #[default]
    Text,
    /// For machines: names, values, differences
    Json,
    /// For a spreadsheet
    Csv,
    /// For a page
    Markdown,
}

#[derive(Debug, Args)]
pub struct CompareArguments {
    /// Folders of results, or scenario files, which are run first; the first one
    /// is the reference
    #[arg(required = true, num_args = 2.., value_name = "RUN")]
    pub runs: Vec<PathBuf>,
    /// Show metrics that are the same, too
    #[arg(long)]
    pub all: bool,
    /// Draw rooms, flow, tank and power on top of each other, and differences as
    /// bars: into an .svg or a .png, or both where the name has no ending
    #[arg(long, value_name = "FILE", value_parser = picture_file)]
    pub picture: Option<PathBuf>,
    /// Print in this format
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
    /// Print no progress
    #[arg(short, long)]
    pub quiet: bool,
    /// Colours
    #[arg(long, value_enum, default_value_t)]
    pub color: Colour,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all the same, 6 something changed, 1 something could not be \
    compared (a scenario that does not run, no baseline), 3 faults in the check file, \
    4 a baseline or report not written. docs/CHECK.md describes check files."
)]
pub struct CheckArguments {
    /// Check files, or folders with a heatloop-check.toml [default: the one here]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Renew the baselines, and say what changed
    #[arg(long)]
    pub update: bool,
    /// Only scenarios of this name; * stands for any characters
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Leave the speed out
    #[arg(long)]
    pub no_speed: bool,
    /// Write JUnit XML into this file
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write Markdown into this file; the file of $GITHUB_STEP_SUMMARY is appended to
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
    /// Print annotations for GitHub's checks [default: where GITHUB_ACTIONS=true]
    #[arg(long)]
    pub github: bool,
    /// Print in this format
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
    /// Print no progress and no report
    #[arg(short, long)]
    pub quiet: bool,
    /// Scenarios that run at the same time [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Colours
    #[arg(long, value_enum, default_value_t)]
    pub color: Colour,
}

/// What every command on a study takes.
#[derive(Debug, Args)]
pub struct StudyArguments {
    /// Study file (TOML, or JSON where the name ends in .json); see docs/STUDY.md
    pub study: PathBuf,
    /// Folder of the study [default: results/NAME of the study file]. A study that
    /// was stopped goes on where it was
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// Run nothing: check the study and say what would be run
    #[arg(long)]
    pub dry: bool,
    /// Threads [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    #[command(flatten)]
    pub told: ToldArguments,
}

/// What is shown of a study.
#[derive(Debug, Args)]
pub struct ToldArguments {
    /// Draw no pictures
    #[arg(long)]
    pub no_picture: bool,
    /// Print no progress and no summary
    #[arg(short, long)]
    pub quiet: bool,
    /// Colours
    #[arg(long, value_enum, default_value_t)]
    pub color: Colour,
}

#[derive(Debug, Args)]
pub struct SweepArguments {
    #[command(flatten)]
    pub study: StudyArguments,
    /// Run only part I of N (every N-th run), in a folder of its own
    #[arg(long, value_name = "I/N", value_parser = crate::study::Shard::parse)]
    pub shard: Option<crate::study::Shard>,
}

#[derive(Debug, Args)]
pub struct TuneArguments {
    #[command(flatten)]
    pub study: StudyArguments,
    /// Run the best points under seeds and weathers that the search has not seen
    /// (`tune.validate` of the study)
    #[arg(long)]
    pub validate: bool,
}

#[derive(Debug, Args)]
pub struct JoinArguments {
    /// Folder for the whole study
    pub output: PathBuf,
    /// Folders of its shards, all of them
    #[arg(required = true)]
    pub shards: Vec<PathBuf>,
    #[command(flatten)]
    pub told: ToldArguments,
}

#[derive(Debug, Args)]
pub struct FleetArguments {
    /// Fleet file (TOML, or JSON where the name ends in .json); see docs/FLEET.md
    pub fleet: PathBuf,
    /// Folder for the results [default: results/NAME of the fleet file]
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// Houses to simulate, instead of the file's `count`; house n is the same in all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST_HOUSES))]
    pub count: Option<u32>,
    /// Run nothing: check the file and show the first houses
    #[arg(long)]
    pub dry: bool,
    /// Write full traces of all houses, of channels by name (`*` stands for any
    /// characters): it takes about 3 bytes a value
    #[arg(long, value_name = "CHANNEL", num_args = 1.., value_delimiter = ',')]
    pub traces: Vec<String>,
    /// Use a folder that holds other files; files of the same name are replaced
    #[arg(long)]
    pub force: bool,
    /// Houses in memory at once; it changes no result [default: 256, fewer where the
    /// period is longer than a year, so that memory does not grow with it]
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub block: Option<u32>,
    /// Threads [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Print in this format
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
    #[command(flatten)]
    pub told: ToldArguments,
}

/// What `--version` says: the instruction set in use stands beside the version.
/// A name that says .svg or .png, or neither: both.
fn picture_file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let known =
        |e: &std::ffi::OsStr| e.eq_ignore_ascii_case("svg") || e.eq_ignore_ascii_case("png");
    match path.extension() {
        Some(ending) if !known(ending) => Err(format!(
            "pictures are .svg or .png, not .{}; a name without ending gives both",
            ending.display()
        )),
        _ => Ok(path),
    }
}

fn long_version() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        format!(
            "{}\ninstruction set: {} ({} chooses; of avx512 screenings alone make use, the rest is avx2)",
            env!("CARGO_PKG_VERSION"),
            InstructionSet::in_use().name(),
            simd::VARIABLE
        )
    })
}

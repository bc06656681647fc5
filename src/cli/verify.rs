//! `heatloop verify`: figures beside references that others made.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Exit;
use super::args::{OutputFormat, VerifyArguments};
use super::print;
use crate::report;
use crate::verify::{self, Case, Outside, Report};

/// Where references are that may not be redistributed.
const REFERENCE_DIR: &str = "HEATLOOP_REFERENCE_DIR";
/// The folder of pictures beside docs/VALIDATION.md.
const PICTURES: &str = "validation";

/// Runs the cases that were asked for.
pub(super) fn command(a: &VerifyArguments) -> Exit {
    let all = verify::cases();
    let chosen = match choose(all, a) {
        Ok(cases) => cases,
        Err(message) => {
            print::err(&message);
            return Exit::CommandLine;
        }
    };
    if a.list {
        let width = chosen.iter().map(|c| c.id.len()).max().unwrap_or(0);
        let lines = chosen.iter().map(|c| {
            let slow = if c.quick { "" } else { " (slow)" };
            format!("{:width$}  {}{slow}\n", c.id, c.title)
        });
        return print::out(&lines.collect::<String>());
    }
    let outside = Outside {
        reference_dir: std::env::var_os(REFERENCE_DIR)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from),
        no_charts: a.write.is_none(),
    };
    let quiet = a.format == OutputFormat::Json || !std::io::stderr().is_terminal();
    let bar = bar(chosen.len(), quiet);
    let found = verify::run(&chosen, &outside, |id| {
        bar.set_message(id.to_owned());
        bar.inc(1);
    });
    bar.finish_and_clear();

    let mut exit = if found.counts().fine() {
        Exit::Done
    } else {
        Exit::Differs
    };
    let text = match a.format {
        OutputFormat::Text => found.text(print::colours(a.color).0),
        OutputFormat::Json => {
            serde_json::to_string_pretty(&found.json()).unwrap_or_default() + "\n"
        }
    };
    exit = exit.or(print::out(&text));
    if let Some(folder) = &a.write {
        match write(&found, folder) {
            Ok(()) if a.format == OutputFormat::Text => {
                let page = folder.join("VALIDATION.md");
                exit = exit.or(print::out(&format!("written: {}\n", page.display())));
            }
            Ok(()) => {}
            Err(message) => {
                print::err(&message);
                exit = Exit::NotWritten;
            }
        }
    }
    exit
}

/// Cases of the groups or cases that are named, or all.
fn choose(all: Vec<Case>, a: &VerifyArguments) -> Result<Vec<Case>, String> {
    for wanted in &a.only {
        if !all.iter().any(|c| is(c, wanted)) {
            let mut groups: Vec<&str> = all.iter().map(|c| c.group.id).collect();
            groups.dedup();
            return Err(format!(
                "error: there is no case or group \"{wanted}\". Groups: {}. \
                 `heatloop verify --list` names all cases.\n",
                groups.join(", ")
            ));
        }
    }
    let wanted = |c: &Case| a.only.is_empty() || a.only.iter().any(|w| is(c, w));
    Ok(all
        .into_iter()
        .filter(|c| wanted(c) && (c.quick || !a.quick))
        .collect())
}

fn is(case: &Case, wanted: &str) -> bool {
    case.id == wanted || case.group.id == wanted
}

fn bar(cases: usize, quiet: bool) -> ProgressBar {
    let target = if quiet {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let style = ProgressStyle::with_template("{pos}/{len} {wide_bar} {msg} ({eta} left)")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(Some(cases as u64), target);
    bar.set_style(style);
    bar
}

/// Writes the page and its pictures; pictures first, so that the page never
/// names one that is not there.
fn write(found: &Report, folder: &Path) -> Result<(), String> {
    let say = |path: &Path, fault: &dyn std::fmt::Display| {
        format!("error: {} can't be written: {fault}\n", path.display())
    };
    let pictures = folder.join(PICTURES);
    std::fs::create_dir_all(&pictures).map_err(|e| say(&pictures, &e))?;
    for (name, chart) in found.charts() {
        let path = pictures.join(format!("{name}.png"));
        let png = report::png(&report::chart(chart)).map_err(|e| say(&path, &e))?;
        put(&path, &png).map_err(|e| say(&path, &e))?;
    }
    let page = folder.join("VALIDATION.md");
    put(&page, found.markdown(PICTURES).as_bytes()).map_err(|e| say(&page, &e))
}

/// A file that is there in full or not at all.
fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

//! `heatloop compare`: runs side by side.

use std::path::Path;

use super::Exit;
use super::args::{CompareArguments, TableFormat};
use super::print::{self, WIDTH};
use super::run::simulate;
use crate::compare::{Comparison, Side, picture};
use crate::{metrics, output, report, scenario};

/// Reads or runs each, and prints how they differ.
pub(super) fn command(a: &CompareArguments) -> Exit {
    let (colour_out, colour_err) = print::colours(a.color);
    // All that can't be read is told at once.
    let mut sides = Vec::new();
    let mut exit = Exit::Done;
    for path in &a.runs {
        match side(path, a.quiet, colour_err) {
            Ok(side) => sides.push(side),
            Err(worse) => exit = exit.or(worse),
        }
    }
    if exit != Exit::Done {
        return exit;
    }
    let comparison = Comparison::of(&sides);
    let text = match a.format {
        TableFormat::Text => comparison.text(a.all, colour_out),
        TableFormat::Markdown => comparison.markdown(a.all),
        TableFormat::Csv => comparison.csv(a.all),
        TableFormat::Json => {
            serde_json::to_string_pretty(&comparison.json(a.all)).unwrap_or_default() + "\n"
        }
    };
    exit = exit.or(print::out(&text));
    if let Some(path) = &a.picture {
        match draw(&comparison, path) {
            Ok(files) if a.format == TableFormat::Text => {
                exit = exit.or(print::out(&format!("drawn: {}\n", files.join(", "))));
            }
            Ok(_) => {}
            Err(fault) => {
                print::err(&format!("error: {fault}\n"));
                exit = exit.or(Exit::NotWritten);
            }
        }
    }
    exit
}

/// A folder of results as it is, a scenario file after a run.
fn side(path: &Path, quiet: bool, colour: bool) -> Result<Side, Exit> {
    if path.is_dir() {
        return Side::of_folder(path).map_err(|fault| {
            print::err(&format!(
                "error: {fault}\n  a folder of results is what `heatloop run` wrote\n"
            ));
            Exit::Faults
        });
    }
    let loaded = scenario::read(path).map_err(|faults| {
        print::err(&faults.render(WIDTH, colour));
        Exit::Faults
    })?;
    let (result, twin) = simulate(&loaded.scenario, &[], quiet, None).map_err(|fault| {
        print::err(&format!("error: {}: {fault}\n", path.display()));
        Exit::RunFailed
    })?;
    let metrics = metrics::evaluate_with_twin(&result, twin.as_ref(), &loaded.scenario);
    Side::of_run(
        &path.display().to_string(),
        &loaded.scenario,
        &result,
        &metrics,
    )
    .map_err(|fault| {
        print::err(&format!("error: {}: {fault}\n", path.display()));
        Exit::RunFailed
    })
}

/// Draws the picture as SVG, as PNG, or both where the name has no ending.
fn draw(comparison: &Comparison<'_>, path: &Path) -> Result<Vec<String>, String> {
    let svg = report::overlay(&picture::overlay(comparison));
    let ends = |e: &str| path.extension().is_some_and(|x| x.eq_ignore_ascii_case(e));
    let paths = match (ends("svg"), ends("png")) {
        (false, false) => {
            let named = |e: &str| {
                let mut name = path.as_os_str().to_owned();
                name.push(e);
                std::path::PathBuf::from(name)
            };
            vec![(named(".svg"), false), (named(".png"), true)]
        }
        (_, png) => vec![(path.to_owned(), png)],
    };
    let mut files = Vec::new();
    for (path, png) in paths {
        let shown = path.display().to_string();
        let bytes = if png {
            report::png(&svg).map_err(|e| format!("{shown} can't be drawn: {e}"))?
        } else {
            svg.clone().into_bytes()
        };
        output::write_file(&path, &bytes).map_err(|e| format!("{shown} can't be written: {e}"))?;
        files.push(shown);
    }
    Ok(files)
}

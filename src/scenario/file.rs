//! The whole file: its top section, and the way from a text to a scenario.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::check::{self, Context};
use super::fault::{Code, Fault, Faults, Place, Severity};
use super::field::{Kind, Section, default, integer, optional, required};
use super::file_kind::{FileKind, parse_as};
use super::parts;
use super::series::Times;
use super::tree::{Entry, Format, Node, Source, Value};
use super::view::View;
use super::{events, grid, period, site, users};
use crate::model::{Record, Scenario};

/// The version of scenario files that this program reads.
pub const VERSION: i64 = 1;

pub static ROOT: Section = Section {
    name: "scenario",
    doc: "The top of a scenario file.",
    fields: &[
        required(
            "heatloop",
            integer("", VERSION, VERSION),
            "Version of the file's format.",
        ),
        default("title", Kind::Text, "''", "Short name of the story."),
        default("description", Kind::Text, "''", "The story."),
        default(
            "seed",
            integer("", 0, i64::MAX),
            "1",
            "Of everything random. Same file, same seed: the same bytes.",
        ),
        required(
            "site",
            Kind::Section(&site::SITE),
            "Where the house stands.",
        ),
        required(
            "period",
            Kind::Section(&period::PERIOD),
            "When the run takes place.",
        ),
        parts::WEATHER,
        default(
            "prices",
            Kind::Section(&grid::PRICES),
            "{}",
            "What electricity costs.",
        ),
        default(
            "co2",
            Kind::Section(&grid::CO2),
            "{}",
            "What electricity emits.",
        ),
        required(
            "users",
            Kind::Sections(&users::USER),
            "Customers with their devices.",
        ),
        optional(
            "events",
            Kind::Sections(&events::EVENT),
            "Settings documents that arrive during the run.",
        ),
        optional(
            "recorded",
            Kind::Section(&events::RECORDED),
            "A recorded stream of settings documents.",
        ),
        default("record", Kind::Section(&RECORD), "{}", "What to write."),
    ],
};

static RECORD: Section = Section {
    name: "record",
    doc: "What a run writes besides metrics and summary.",
    fields: &[
        default("csv", Kind::Bool, "true", "Write the traces as CSV."),
        default(
            "parquet",
            Kind::Bool,
            "true",
            "Write the traces as Parquet.",
        ),
        default(
            "channels",
            Kind::Texts,
            "['*']",
            "Channels to write, `*` stands for any characters.",
        ),
        default(
            "unsteered_twin",
            Kind::Bool,
            "false",
            "Also run the same scenario without steering, and report its discomfort beside.",
        ),
    ],
};

/// A scenario with what it was read from.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub scenario: Scenario,
    /// The checked tree.
    pub tree: Node,
    /// Places and hints of `scenario.warnings`.
    pub warnings: Faults,
    base_dir: PathBuf,
}

impl Loaded {
    /// [`Self::resolved`] for another folder: the files that it names are to be
    /// copied there under plain names. Gives the text, and each name with the
    /// path to copy from.
    pub fn resolved_with_inputs(&self) -> (String, Vec<(String, PathBuf)>) {
        let (text, files) = super::resolved::with_plain_files(&self.resolved());
        let from = |(name, path): (String, String)| (name, self.base_dir.join(path));
        (text, files.into_iter().map(from).collect())
    }

    /// The file with all defaults filled in, as TOML.
    pub fn resolved(&self) -> String {
        super::resolved::resolved(&self.tree, &ROOT)
    }
}

/// Reads a scenario file; JSON where its name ends in `.json`, else TOML.
///
/// # Errors
/// All faults of the file and of the files that it names.
pub fn load(path: &Path) -> Result<Scenario, Faults> {
    read(path).map(|l| l.scenario)
}

/// As [`load`], with the tree and the warnings' places.
///
/// # Errors
/// All faults of the file and of the files that it names.
pub fn read(path: &Path) -> Result<Loaded, Faults> {
    let (source, format) = read_text(path)?;
    let base_dir = path.parent().unwrap_or_else(|| Path::new(""));
    read_source(&source, format, base_dir)
}

/// The text of a file, and how it is written: JSON where its name ends in
/// `.json`, else TOML.
///
/// # Errors
/// A file that can't be read or is no text.
pub fn read_text(path: &Path) -> Result<(Arc<Source>, Format), Faults> {
    let name = path.display().to_string();
    let fail = |message: String| Faults::new(vec![Fault::new(Code::File, message)]);
    let bytes = std::fs::read(path).map_err(|e| {
        fail(format!(
            "{name} can't be read: {}",
            super::hint::unreadable(&e)
        ))
    })?;
    let text = String::from_utf8(bytes).map_err(|_| fail(format!("{name} is not UTF-8 text")))?;
    let json = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let format = if json { Format::Json } else { Format::Toml };
    Ok((
        Source::new(name, text.trim_start_matches('\u{feff}')),
        format,
    ))
}

/// Reads a scenario from its text; paths in it are relative to `base_dir`.
///
/// # Errors
/// All faults of the text and of the files that it names.
pub fn parse(text: &str, format: Format, base_dir: &Path) -> Result<Scenario, Faults> {
    read_source(&Source::new("scenario", text), format, base_dir).map(|l| l.scenario)
}

/// As [`parse`], with the tree and the warnings' places.
///
/// # Errors
/// All faults of the text and of the files that it names.
pub fn read_source(
    source: &Arc<Source>,
    format: Format,
    base_dir: &Path,
) -> Result<Loaded, Faults> {
    let tree = parse_as(source, format, FileKind::Scenario)?;
    read_tree(source, tree, base_dir)
}

/// As [`read_source`], of a text that has been read into its tree.
///
/// # Errors
/// All faults of the tree and of the files that it names.
pub fn read_tree(source: &Arc<Source>, tree: Node, base_dir: &Path) -> Result<Loaded, Faults> {
    read_variant(source, tree, base_dir, &Arc::default())
}

/// As [`read_tree`], for one of many scenarios that are much alike: what the
/// others have read (weather) is in `shelf`, or goes there.
///
/// # Errors
/// All faults of the tree and of the files that it names.
pub fn read_variant(
    source: &Arc<Source>,
    mut tree: Node,
    base_dir: &Path,
    shelf: &Arc<parts::Shelf>,
) -> Result<Loaded, Faults> {
    let context = Context::new(source, base_dir).with(shelf);
    version(&mut tree, source, &context)?;
    check::check(&mut tree, &ROOT, &context);
    let scenario = build(&View::root(&tree, &ROOT, &context));
    let (faults, warnings): (Vec<Fault>, Vec<Fault>) = context
        .take()
        .into_iter()
        .partition(|f| f.severity == Severity::Fault);
    match scenario {
        Some(mut scenario) if faults.is_empty() => {
            let warnings = Faults::new(warnings);
            scenario.warnings = warnings.list.iter().map(Fault::line).collect();
            Ok(Loaded {
                scenario,
                tree,
                warnings,
                base_dir: base_dir.to_owned(),
            })
        }
        // Warnings about what stands in for faulty values would mislead.
        _ => Err(Faults::new(faults)),
    }
}

/// Another version is the only fault that is worth telling: the keys may mean
/// something else there.
fn version(tree: &mut Node, source: &Arc<Source>, context: &Context) -> Result<(), Faults> {
    let Value::Table(entries) = &mut tree.value else {
        let fault = Fault::new(Code::WrongType, "a scenario is a table of keys");
        return Err(Faults::new(vec![
            fault.at(Place::new(source, tree.span.clone())),
        ]));
    };
    let found = entries.iter().find(|e| e.key == "heatloop");
    let fault = match found.map(|e| &e.node.value) {
        Some(Value::Integer(VERSION)) => return Ok(()),
        Some(Value::Integer(_)) => Fault::new(
            Code::Version,
            "this program does not read this version of scenario files",
        ),
        Some(_) => Fault::new(Code::Version, "the version is an integer"),
        None => Fault::new(Code::Version, "the version of the file is missing"),
    };
    let fault = fault
        .key("heatloop")
        .allowed(VERSION.to_string())
        .hint(format!("write heatloop = {VERSION} as the first line"));
    match found {
        Some(entry) => {
            let place = Place::new(source, entry.node.span.clone());
            let value = check::as_written(source, &entry.node);
            Err(Faults::new(vec![fault.at(place).value(value)]))
        }
        None => {
            context.add(fault.at(Place::new(source, 0..0)));
            entries.push(Entry {
                key: "heatloop".to_owned(),
                key_span: 0..0,
                node: Node {
                    span: 0..0,
                    value: Value::Integer(VERSION),
                },
            });
            Ok(())
        }
    }
}

/// Builds everything that can be built; faults of meaning are in the context.
fn build(root: &View<'_>) -> Option<Scenario> {
    let setup = users::setup(root);
    let site_view = root.section("site")?;
    let mut site = site::build(&site_view);
    let period = match root.section("period") {
        Some(view) => period::build(&view, &site.timezone),
        None => return None,
    };
    let timezone = site.timezone.clone();
    let times = Times {
        timezone: &timezone,
        warmup_s: period.start_s - period.warmup_s,
        start_s: period.start_s,
        end_s: period.end_s,
    };
    let known = parts::weather(root, &site, &period);
    if site.altitude_m.is_nan() {
        site.altitude_m = known.as_ref().map_or(0.0, |k| k.weather.altitude_m);
    }
    let seed = u64::try_from(root.integer("seed")).unwrap_or(1);
    let around = users::Around {
        times,
        site: &site,
        weather: known.as_ref().map(|k| &*k.weather),
        design_outdoor_c: known.as_ref().map_or(-10.0, |k| k.design_outdoor_c),
        seed,
    };
    let users = users::build(&setup, &around);
    let timeline = events::timeline(root, &timezone, &period, setup.store.as_ref());
    let grid = grid::build(&root.section("prices")?, &root.section("co2")?, &times);
    let record = root.section("record")?;
    Some(Scenario {
        title: root.text("title"),
        description: root.text("description"),
        seed,
        site,
        period,
        weather: known?.weather,
        grid,
        users,
        timeline,
        record: Record {
            csv: record.boolean("csv"),
            parquet: record.boolean("parquet"),
            channels: record.texts("channels"),
            unsteered_twin: record.boolean("unsteered_twin"),
        },
        warnings: Vec::new(),
    })
}

#[cfg(test)]
mod tests;

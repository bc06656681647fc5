//! A study brought together with its base scenario: every path found, every
//! metric known, the files named, and for each row of the results what is set.

use std::path::Path;
use std::sync::Arc;

use super::columns::columns;
use super::design::{self, Design};
use super::ends;
use super::file::{self, Assignment, Replicates, Study, World};
use super::inputs::{self, Input};
use super::parameter::{Cell, Parameter, plain};
use super::store::{Column, InputFile, Manifest, ManifestParameter, Shard, digest};
use super::vary::{self, Base, Setting, Target};
use crate::batch::Detail;
use crate::report::format::count;
use crate::scenario::tree::Value;
use crate::scenario::{Code, Fault, Faults, Loaded, Node, Place, no_scenario};

/// What is done with a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Sweep,
    Sensitivity,
    Tune,
}

impl Command {
    /// As on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Command::Sweep => "sweep",
            Command::Sensitivity => "sensitivity",
            Command::Tune => "tune",
        }
    }

    /// The command of a name.
    pub fn named(name: &str) -> Option<Self> {
        [Command::Sweep, Command::Sensitivity, Command::Tune]
            .into_iter()
            .find(|c| c.name() == name)
    }
}

/// A study that can be run.
#[derive(Debug)]
pub struct Plan {
    pub command: Command,
    pub study: Study,
    pub base: Base,
    /// The points; `None` where a search chooses them.
    pub design: Option<Design>,
    targets: Vec<Arc<Target>>,
    fixed: Vec<Setting>,
    seed: Arc<Target>,
    worlds: Vec<Worlds>,
    pub columns: Vec<Column>,
    /// Seed of the base scenario.
    pub base_seed: i64,
    /// Files that are copied into the folder: role, name of the copy, bytes.
    files: Vec<Input>,
}

/// The weathers of replicates, ready to be set.
#[derive(Debug)]
struct Worlds {
    validate: bool,
    sets: Vec<Vec<Setting>>,
}

/// Points that are tried before a study begins: a fault that all of them have
/// is one of the study.
const PROBES: usize = 8;

impl Plan {
    /// Reads a study and its base, and brings them together.
    ///
    /// # Errors
    /// All faults of the study; those of the base; those of the varied scenario
    /// that do not depend on the values.
    pub fn read(path: &Path, command: Command) -> Result<Self, Faults> {
        let study = file::read(path)?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let base_path = folder.join(&study.base);
        if !base_path.is_file() {
            let fault = Fault::new(Code::File, no_scenario(&base_path))
                .at(study.base_place.clone())
                .key("base")
                .value(study.base.clone())
                .hint(format!(
                    "the path is relative to the study's folder: {}",
                    base_path.display()
                ));
            return Err(Faults::new(vec![fault]));
        }
        let base = Base::read(&base_path)?;
        let mut faults = Vec::new();
        let targets = targets(&study.parameters, "parameters", &base, &mut faults);
        let fixed = settings(&study.fixed, "set", &base, &mut faults);
        let mut worlds = |replicates: &Replicates, validate: bool| Worlds {
            validate,
            sets: replicates
                .worlds
                .iter()
                .map(|w: &World| settings(&w.set, "weather", &base, &mut faults))
                .collect(),
        };
        let mut sets = vec![worlds(&study.replicates, false)];
        if let Some(tune) = &study.tune {
            sets.push(worlds(&tune.validate, true));
        }
        let seed = base
            .target("seed")
            .map(Arc::new)
            .map_err(|n| Faults::new(vec![vary::fault(n)]))?;
        let design = match command {
            Command::Sweep => Some(Design::sweep(&study)),
            Command::Sensitivity => Some(Design::sensitivity(&study)),
            Command::Tune => None,
        };
        let design = match design.transpose() {
            Ok(design) => design,
            Err(more) => {
                faults.extend(more.list);
                None
            }
        };
        if command == Command::Tune && study.tune.is_none() {
            faults.push(
                Fault::new(Code::MissingKey, "the key `tune` is missing")
                    .at(Place::new(&study.source, 0..0))
                    .key("tune")
                    .hint("[tune] says what to minimise: minimise = [\"corrected.total_eur\"]"),
            );
        }
        if command == Command::Tune && study.detail == Detail::Screening {
            faults.push(
                Fault::new(Code::Conflict, "a search is run in full")
                    .at(study.detail_place.clone())
                    .key("detail")
                    .value("screening")
                    .hint(
                        "leave `detail` out, or look for good points with `heatloop sweep` first",
                    ),
            );
        }
        if !faults.is_empty() {
            return Err(Faults::new(faults));
        }
        let base_seed = match base.tree().get("seed").map(|n| &n.value) {
            Some(Value::Integer(seed)) => *seed,
            _ => 1,
        };
        let files = inputs::files(&study, &base, path)?;
        let mut plan = Self {
            command,
            study,
            base,
            design,
            targets,
            fixed,
            seed,
            worlds: sets,
            columns: Vec::new(),
            base_seed,
            files,
        };
        let loaded = plan.probe()?;
        plan.columns = columns(&plan.study, &loaded)?;
        Ok(plan)
    }

    /// Runs per point.
    pub fn replicates(&self) -> usize {
        self.study.replicates.count()
    }

    /// Rows of the study; `None` where a search decides.
    pub fn rows(&self) -> Option<usize> {
        self.design.as_ref().map(|d| d.len() * self.replicates())
    }

    /// Runs that a command takes, as far as one can know.
    pub fn total(&self, shard: Option<Shard>, validate: bool) -> usize {
        match self.rows() {
            Some(rows) => match shard {
                Some(shard) => (rows + shard.of - shard.index) / shard.of,
                None => rows,
            },
            None => {
                let tune = self.study.tune.as_ref();
                let search = tune.map_or(0, |t| t.evaluations) * self.replicates();
                search
                    + if validate {
                        self.replicates_of(true).count()
                    } else {
                        0
                    }
            }
        }
    }

    /// What would be run, in lines.
    pub fn summary(&self, shard: Option<Shard>, validate: bool) -> String {
        let total = self.total(shard, validate);
        let replicates = self.replicates();
        let points = match &self.design {
            Some(design) => count(design.len(), "point"),
            None => {
                let most = self.study.tune.as_ref().map_or(0, |t| t.evaluations);
                format!("at most {}", count(most, "point"))
            }
        };
        let part = shard.map_or_else(String::new, |s| format!(", shard {s}"));
        let mut text = format!(
            "{}: {points}, {} each{part}: {}, {} of metrics",
            self.command.name(),
            count(replicates, "replicate"),
            count(total, "run"),
            count(self.columns.len(), "column")
        );
        for (p, target) in self.study.parameters.iter().zip(&self.targets) {
            let unit = if target.unit.is_empty() {
                String::new()
            } else {
                format!(" {}", target.unit)
            };
            let places = match target.places().len() {
                1 => String::new(),
                places => format!(", in {places} places of the base"),
            };
            let ends = [p.at(0.0), p.at(1.0)].map(|v| vary::written(&v));
            text += &format!("\n  {}: {} to {}{unit}{places}", p.name, ends[0], ends[1]);
        }
        text
    }

    /// What is set in a row of a design.
    pub fn row(&self, row: usize) -> Vec<Setting> {
        let r = self.replicates();
        let point = self
            .design
            .as_ref()
            .map_or_else(Vec::new, |d| d.point(row / r, &self.study.parameters));
        self.settings(&point, row % r, false)
    }

    /// Whether the winners can be validated: under a seed or weather that the
    /// search has not seen.
    ///
    /// # Errors
    /// The study names none.
    pub fn can_validate(&self) -> Result<(), Faults> {
        let Some(tune) = &self.study.tune else {
            return Ok(());
        };
        let seen = &self.study.replicates;
        let new_seed = tune.validate.seeds.iter().any(|s| !seen.seeds.contains(s));
        if new_seed || !tune.validate.worlds.is_empty() {
            return Ok(());
        }
        let message = "there is no seed and no weather that the search has not seen";
        let fault = Fault::new(Code::MissingKey, message)
            .at(Place::new(&self.study.source, 0..0))
            .key("tune.validate")
            .hint("below [tune]: validate = { seeds = [101, 102, 103] }, or weathers");
        Err(Faults::new(vec![fault]))
    }

    /// What is set at a point under a replicate; `validate`: under one of
    /// those that a search has not seen.
    pub fn settings(&self, point: &[Node], replicate: usize, validate: bool) -> Vec<Setting> {
        let mut all = self.fixed.clone();
        let replicates = self.replicates_of(validate);
        let (seed, _) = replicates.of(replicate);
        let world = replicate / replicates.seeds.len().max(1);
        let sets = self.worlds.iter().find(|w| w.validate == validate);
        if let Some(set) = sets.and_then(|w| w.sets.get(world)) {
            all.extend(set.iter().cloned());
        }
        if let Some(seed) = seed {
            all.push(Setting {
                target: Arc::clone(&self.seed),
                value: plain(Value::Integer(seed)),
            });
        }
        let own = self
            .targets
            .iter()
            .zip(point)
            .map(|(target, value)| Setting {
                target: Arc::clone(target),
                value: value.clone(),
            });
        all.extend(own);
        all
    }

    /// What is set beside replicates: paths of `set` and names of parameters.
    pub fn set_keys(&self) -> impl Iterator<Item = (&str, &Target)> {
        let fixed = self.fixed.iter();
        let fixed = fixed.map(|s| (s.target.path.as_str(), s.target.as_ref()));
        let varied = self.study.parameters.iter().zip(&self.targets);
        fixed.chain(varied.map(|(p, target)| (p.name.as_str(), target.as_ref())))
    }

    /// The replicates of the search, or of its validation.
    pub fn replicates_of(&self, validate: bool) -> &Replicates {
        match &self.study.tune {
            Some(tune) if validate => &tune.validate,
            _ => &self.study.replicates,
        }
    }

    /// Units of the parameters' keys.
    pub fn units(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.targets.iter().map(|t| t.unit)
    }

    /// The first point that reads without fault. Ends of ranges that no scenario
    /// takes are faults of the study; where no point reads, so are the faults of
    /// the first.
    fn probe(&self) -> Result<Loaded, Faults> {
        let mut probes = self.probes();
        let mut first = None;
        let mut sound = None;
        for (i, point) in probes.iter().enumerate() {
            let settings = self.settings(point, 0, false);
            match self.base.vary(&settings) {
                Ok(loaded) => {
                    sound = Some((i, loaded));
                    break;
                }
                Err(faults) => first = first.or(Some((settings, faults))),
            }
        }
        if let Some((i, _)) = &sound {
            probes[..=*i].rotate_right(1);
        }
        let ends = ends::faults(self, probes);
        match sound {
            Some((_, loaded)) if ends.faults.is_empty() => Ok(loaded),
            Some(_) => Err(Faults::new(ends.faults)),
            None => {
                let (settings, mut faults) = first.unwrap_or_default();
                let mut all = Vec::new();
                if ends.in_themselves {
                    let varied = settings.len() - self.targets.len().min(settings.len());
                    let of = |f: &Fault| self.base.setting_of(f, settings.len());
                    faults.list.retain(|f| of(f).is_none_or(|i| i < varied));
                    all = ends.faults;
                }
                all.extend(self.replaced(&settings, faults).list);
                Err(Faults::new(all))
            }
        }
    }

    /// Some of the points that are run, over the whole of the space.
    fn probes(&self) -> Vec<Vec<Node>> {
        match &self.design {
            Some(design) => {
                let n = design.len();
                let tried = n.min(PROBES);
                (0..tried)
                    .map(|k| design.point(k * n / tried, &self.study.parameters))
                    .collect()
            }
            None => {
                let sequence = design::sobol::Sobol::new(self.targets.len(), None);
                let at = |k| {
                    sequence
                        .point(k)
                        .into_iter()
                        .zip(&self.study.parameters)
                        .map(|(u, p)| p.at(u))
                        .collect()
                };
                (1..=PROBES).map(at).collect()
            }
        }
    }

    /// Faults of a varied scenario with their places in the study where a
    /// varied value is at fault.
    fn replaced(&self, settings: &[Setting], faults: Faults) -> Faults {
        let own = settings.len() - self.targets.len().min(settings.len());
        let place = |fault: Fault| {
            let Some(i) = self.base.setting_of(&fault, settings.len()) else {
                return fault;
            };
            let parameter = i
                .checked_sub(own)
                .and_then(|p| self.study.parameters.get(p));
            let place = match parameter {
                Some(p) => p.spread_place.clone(),
                None => match self.study.fixed.get(i) {
                    Some(a) => a.place.clone(),
                    None => self.study.base_place.clone(),
                },
            };
            let value = vary::written(&settings[i].value);
            fault.at(place).value(value)
        };
        Faults::new(faults.list.into_iter().map(place).collect())
    }

    /// The manifest of this study's folder.
    pub fn manifest(&self, shard: Option<Shard>) -> Manifest {
        let parameters = self.study.parameters.iter().zip(self.units());
        Manifest {
            generator: "heatloop study".to_owned(),
            format: 1,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: self.command.name().to_owned(),
            shard: shard.map_or_else(String::new, |s| s.to_string()),
            files: self
                .files
                .iter()
                .map(|(role, copy, bytes)| InputFile {
                    role: role.clone(),
                    copy: copy.clone(),
                    sha256: digest(bytes),
                })
                .collect(),
            rows: self.rows().unwrap_or(0),
            seed: self.base_seed,
            parameters: parameters
                .map(|(p, unit)| ManifestParameter {
                    name: p.name.clone(),
                    unit: unit.to_owned(),
                    path: p.paths.join(", "),
                })
                .collect(),
            columns: self.columns.clone(),
        }
    }

    /// Copies for the folder.
    pub fn copies(&self) -> Vec<(String, Vec<u8>)> {
        self.files
            .iter()
            .map(|(_, copy, bytes)| (copy.clone(), bytes.clone()))
            .collect()
    }

    /// A file that is no longer what it was when the study began, if any: the
    /// runs read it each time.
    pub fn changed(&self) -> Option<String> {
        let own = |role: &str| !matches!(role, "study" | "base");
        self.files
            .iter()
            .filter(|(role, _, _)| own(role))
            .find(|(role, _, bytes)| {
                std::fs::read(self.base.folder().join(role)).ok().as_ref() != Some(bytes)
            })
            .map(|(role, _, _)| role.clone())
    }
}

/// What the parameters stand for. `key`: of their list in the file.
pub(crate) fn targets(
    parameters: &[Parameter],
    key: &str,
    base: &Base,
    faults: &mut Vec<Fault>,
) -> Vec<Arc<Target>> {
    let mut all: Vec<Arc<Target>> = Vec::new();
    let mut whose: Vec<&str> = Vec::new();
    for (i, parameter) in parameters.iter().enumerate() {
        let mut whole: Option<Target> = None;
        for path in &parameter.paths {
            match base.target(path) {
                Ok(target) => match &mut whole {
                    Some(whole) => whole.join(target),
                    None => whole = Some(target),
                },
                Err(none) => faults.push(
                    vary::fault(none)
                        .at(parameter.place.clone())
                        .key(format!("{key}[{i}].path"))
                        .value(path.clone()),
                ),
            }
        }
        let Some(whole) = whole else { continue };
        if let Some(k) = all.iter().position(|other| other.meets(&whole)) {
            let message = format!(
                "`{}` and `{}` set the same: the later would win",
                whose[k], parameter.name
            );
            faults.push(
                Fault::new(Code::Conflict, message)
                    .at(parameter.place.clone())
                    .key(format!("{key}[{i}].path"))
                    .value(whole.path.clone())
                    .hint("one key is varied by one parameter"),
            );
        }
        all.push(Arc::new(whole));
        whose.push(&parameter.name);
    }
    all
}

pub(crate) fn settings(
    assignments: &[Assignment],
    key: &str,
    base: &Base,
    faults: &mut Vec<Fault>,
) -> Vec<Setting> {
    let mut all = Vec::new();
    for a in assignments {
        match base.target(&a.path) {
            Ok(target) => all.push(Setting {
                target: Arc::new(target),
                value: a.value.clone(),
            }),
            Err(none) => faults.push(
                vary::fault(none)
                    .at(a.place.clone())
                    .key(format!("{key}.{}", a.path))
                    .value(vary::written(&a.value)),
            ),
        }
    }
    all
}

/// Cells of a point, one a parameter.
pub fn cells(parameters: &[Parameter], point: &[Node]) -> Vec<Cell> {
    parameters
        .iter()
        .zip(point)
        .map(|(p, v)| p.cell(v))
        .collect()
}

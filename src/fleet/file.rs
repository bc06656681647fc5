//! From the text of a fleet file to a [`Fleet`]. Whether paths exist in the
//! scenario is seen when the two are brought together (`plan`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::sample::Copula;
use super::tables::FLEET;
use crate::batch::Detail;
use crate::scenario::moment::Moment;
use crate::scenario::{
    Code, Context, Fault, Faults, FileKind, Place, Severity, Source, View, check, nearest,
    no_scenario, parse_as, read_text, tree,
};
use crate::study::file::{Assignment, assignments, detail};
use crate::study::parameter::{self, Parameter};
use crate::study::vary::Base;

/// A kind of houses.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    pub share: f64,
    pub set: Vec<Assignment>,
    pub parameters: Vec<Parameter>,
}

/// When the signal asks for something, in local time.
#[derive(Clone, Debug)]
pub struct Window {
    pub name: String,
    pub start: Moment,
    pub end: Moment,
    pub place: Place,
}

/// The reference.
#[derive(Clone, Debug)]
pub struct Compare {
    pub name: String,
    pub steering: bool,
    pub set: Vec<Assignment>,
    pub windows: Vec<Window>,
    pub rebound_h: f64,
}

/// A fleet as its file says it.
#[derive(Clone, Debug)]
pub struct Fleet {
    pub source: Arc<Source>,
    pub title: String,
    pub description: String,
    /// The scenario's file; `None`: it stands in the fleet file.
    pub scenario: Option<PathBuf>,
    pub base: Base,
    pub base_place: Place,
    pub detail: Detail,
    pub count: usize,
    /// Houses that the fleet stands for.
    pub represents: f64,
    pub seed: u64,
    pub set: Vec<Assignment>,
    /// Never empty; a file without groups has one without name.
    pub groups: Vec<Group>,
    pub parameters: Vec<Parameter>,
    pub copula: Copula,
    pub metrics: Vec<String>,
    pub metrics_place: Place,
    pub interval_s: u32,
    pub interval_place: Place,
    pub compare: Option<Compare>,
}

/// Reads a fleet file; JSON where its name ends in `.json`, else TOML.
///
/// # Errors
/// All faults of the file, and a scenario that can't be read.
pub fn read(path: &Path) -> Result<Fleet, Faults> {
    let (source, format) = read_text(path)?;
    let mut root = parse_as(&source, format, FileKind::Fleet)?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let context = Context::new(&source, folder);
    check::check(&mut root, &FLEET, &context);
    let view = View::root(&root, &FLEET, &context);
    let base = base(&view, format);
    let fleet = build(&view, base);
    let list = context.take();
    match fleet {
        Some(fleet) if !list.iter().any(|f| f.severity == Severity::Fault) => Ok(fleet),
        _ => Err(Faults::new(list)),
    }
}

/// The scenario and its file.
fn base(view: &View<'_>, format: tree::Format) -> Option<(Base, Option<PathBuf>)> {
    let context = view.context();
    let Some(name) = view.opt_text("scenario") else {
        let node = view.item("scenario")?.node;
        let base = Base::inside(&context.source, format, node.clone(), &context.base_dir);
        return Some((base, None));
    };
    let path = context.base_dir.join(&name);
    if !path.is_file() {
        let hint = format!(
            "the path is relative to the fleet's folder: {}",
            path.display()
        );
        let fault = Fault::new(Code::File, no_scenario(&path));
        view.fault("scenario", fault.hint(hint));
        return None;
    }
    match Base::read(&path) {
        Ok(base) => Some((base, Some(path))),
        Err(faults) => {
            faults.list.into_iter().for_each(|f| context.add(f));
            None
        }
    }
}

fn build(root: &View<'_>, base: Option<(Base, Option<PathBuf>)>) -> Option<Fleet> {
    let parameters = parameters(root);
    let groups = groups(root);
    let mut names: Vec<&str> = Vec::new();
    for p in parameters
        .iter()
        .chain(groups.iter().flat_map(|g| &g.parameters))
    {
        if !names.contains(&p.name.as_str()) {
            names.push(&p.name);
        }
    }
    let copula = correlations(root, &names);
    let count = usize::try_from(root.integer("count")).unwrap_or(1);
    let profile = root.section("profile")?;
    let minutes = profile.integer("interval_min");
    if minutes > 0 && 60 % minutes != 0 {
        let fault = Fault::new(Code::OutOfRange, "the interval does not divide an hour");
        profile.fault(
            "interval_min",
            fault.allowed("5, 6, 10, 12, 15, 20, 30, 60"),
        );
    }
    let (base, scenario) = base?;
    Some(Fleet {
        source: Arc::clone(&root.context().source),
        title: root.text("title"),
        description: root.text("description"),
        scenario,
        base,
        base_place: root.place("scenario"),
        detail: detail(root.choice("detail")),
        count,
        represents: root.opt_number("represents").unwrap_or(count as f64),
        seed: u64::try_from(root.integer("seed")).unwrap_or(1),
        set: assignments(root, "set"),
        groups,
        parameters,
        copula,
        metrics: root.texts("metrics"),
        metrics_place: root.place("metrics"),
        interval_s: u32::try_from(minutes * 60).unwrap_or(900),
        interval_place: profile.place("interval_min"),
        compare: root.section("compare").map(|v| compare(&v)),
    })
}

/// The parameters of a list; `group` and `status` are columns besides.
fn parameters(view: &View<'_>) -> Vec<Parameter> {
    const TAKEN: [&str; 2] = ["house", "group"];
    let views = view.sections("parameters");
    let all: Vec<Parameter> = views.iter().map(parameter::build).collect();
    for (i, (p, own)) in all.iter().zip(&views).enumerate() {
        if own.has("points") {
            let fault = Fault::new(Code::Conflict, "a fleet has no grid, so no points of one");
            own.fault("points", fault.hint("leave it out"));
        }
        let key = if own.has("name") { "name" } else { "path" };
        if TAKEN.contains(&p.name.as_str()) {
            let message = format!("`{}` is a column of the results already", p.name);
            let fault = Fault::new(Code::Duplicate, message);
            own.fault(key, fault.hint("give the parameter another `name`"));
        }
        if all[..i].iter().any(|q| q.name == p.name) && !p.name.is_empty() {
            let message = format!("two parameters are called `{}`", p.name);
            let fault = Fault::new(Code::Duplicate, message);
            own.fault(key, fault.hint("give one of them another `name`"));
        }
    }
    all
}

fn groups(root: &View<'_>) -> Vec<Group> {
    let views = root.sections("groups");
    let mut all: Vec<Group> = Vec::new();
    for view in &views {
        let group = Group {
            name: view.text("name"),
            share: view.number("share"),
            set: assignments(view, "set"),
            parameters: parameters(view),
        };
        if all.iter().any(|g| g.name == group.name) && !view.is_faulty("name") {
            let message = format!("two groups are called \"{}\"", group.name);
            view.fault("name", Fault::new(Code::Duplicate, message));
        }
        all.push(group);
    }
    let sum: f64 = all.iter().map(|g| g.share).sum();
    if !all.is_empty() && sum <= 0.0 {
        let fault = Fault::new(Code::OutOfRange, "one share at least is above 0");
        root.fault("groups", fault);
    }
    if all.is_empty() {
        all.push(Group {
            name: String::new(),
            share: 1.0,
            set: Vec::new(),
            parameters: Vec::new(),
        });
    }
    all
}

fn correlations(root: &View<'_>, names: &[&str]) -> Copula {
    let mut pairs: Vec<(String, String, f64)> = Vec::new();
    for view in root.sections("correlations") {
        let between = view.texts("between");
        let rank = view.number("rank");
        if view.is_faulty("between") {
            continue;
        }
        let [a, b] = &between[..] else {
            let message = format!("two names are due here, not {}", between.len());
            view.fault("between", Fault::new(Code::OutOfRange, message));
            continue;
        };
        let mut known = true;
        for name in [a, b] {
            if !names.contains(&name.as_str()) {
                known = false;
                let hint = match nearest(name, names.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("parameters: {}", names.join(", ")),
                };
                let message = format!("no parameter is called `{name}`");
                view.fault("between", Fault::new(Code::UnknownName, message).hint(hint));
            }
        }
        if a == b {
            let fault = Fault::new(Code::Conflict, "a parameter goes with itself in any case");
            view.fault("between", fault);
            continue;
        }
        if pairs
            .iter()
            .any(|(c, d, _)| (c, d) == (a, b) || (c, d) == (b, a))
        {
            let message = format!("`{a}` and `{b}` stand together already");
            view.fault("between", Fault::new(Code::Duplicate, message));
            continue;
        }
        if known && !rank.is_nan() {
            pairs.push((a.clone(), b.clone(), rank));
        }
    }
    match Copula::new(&pairs) {
        Ok(copula) => copula,
        Err(impossible) => {
            let fault = Fault::new(Code::Conflict, impossible.message());
            root.fault("correlations", fault.hint(impossible.hint()));
            Copula::default()
        }
    }
}

fn compare(view: &View<'_>) -> Compare {
    let set = assignments(view, "set");
    let steering = view.boolean("steering");
    if set.is_empty() && steering && !view.is_faulty("set") {
        view.fault_here(
            Fault::new(Code::Conflict, "the reference is the fleet itself").hint(
                "steering = false switches all steering off in it; or `set` says what is different",
            ),
        );
    }
    let window = |v: View<'_>| {
        let (start, end) = (v.date_time("start")?, v.date_time("end")?);
        let named = v.opt_text("name");
        Some(Window {
            name: named.unwrap_or_else(|| start.civil.strftime("%a %-d %b %H:%M").to_string()),
            start,
            end,
            place: v.place_here(),
        })
    };
    Compare {
        name: view.text("name"),
        steering,
        set,
        windows: view
            .sections("windows")
            .into_iter()
            .filter_map(window)
            .collect(),
        rebound_h: view.number("rebound_h"),
    }
}

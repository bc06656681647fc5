//! A fleet brought together with its scenario: every path found in every
//! group, every metric known, and for each house what is set.

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::file::{self, Fleet};
use super::run::{BLOCK, BLOCK_LEAST};
use super::sample::{bits, place_in_groups};
use crate::batch::Detail;
use crate::metrics::flat;
use crate::model::{Period, Scenario};
use crate::report::format::count;
use crate::scenario::period::resolve;
use crate::scenario::tree::Value;
use crate::scenario::{Code, Fault, Faults, Loaded, Place, nearest};
use crate::study::parameter::{Cell, Parameter, plain};
use crate::study::plan::{settings, targets};
use crate::study::store::Column;
use crate::study::vary::{self, Base, Setting, Target};
use crate::study::view::{aligned, shown};
use crate::trace::channels;

/// A fleet that can be run.
#[derive(Debug)]
pub struct Plan {
    pub fleet: Fleet,
    groups: Vec<Group>,
    /// Parameters of all groups, in the order of their columns.
    pub names: Vec<Name>,
    /// Metrics of the results, and where each stands among a scenario's totals.
    pub columns: Vec<Column>,
    pub of_totals: Vec<usize>,
    pub period: Period,
    pub timezone: TimeZone,
    pub windows: Vec<Window>,
    /// Devices of a house of the first group.
    pub devices: usize,
}

/// A column of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub name: String,
    /// Whether all its values are numbers.
    pub numeric: bool,
}

/// When the signal asks for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub name: String,
    pub start_s: i64,
    pub end_s: i64,
}

#[derive(Debug)]
struct Group {
    /// Up to which place among the groups it reaches.
    until: f64,
    base: Base,
    parameters: Vec<Varied>,
    seed: Arc<Target>,
    reference: Vec<Setting>,
    /// Where the keys stand that are set before the parameters.
    places: Vec<Place>,
}

#[derive(Debug)]
struct Varied {
    parameter: Parameter,
    target: Arc<Target>,
    /// Its column.
    column: usize,
}

/// A house before it is read.
#[derive(Clone, Debug)]
pub struct House {
    pub group: usize,
    /// One a column of parameters; `None`: not of its group.
    pub cells: Vec<Option<Cell>>,
    pub seed: i64,
    settings: Vec<Setting>,
}

/// Houses of a group that are tried before a fleet begins: a fault that all of
/// them have is one of the fleet.
const PROBES: usize = 8;

impl Plan {
    /// Reads a fleet and its scenario, and brings them together.
    ///
    /// # Errors
    /// All faults of the file, of the scenario, and of houses where they do not
    /// depend on chance.
    pub fn read(path: &Path) -> Result<Self, Faults> {
        let fleet = file::read(path)?;
        let mut faults = Vec::new();
        let names = names(&fleet);
        let fixed = settings(&fleet.set, "set", &fleet.base, &mut faults);
        let base = fleet.base.with(&fixed);
        let shares: f64 = fleet.groups.iter().map(|g| g.share).sum();
        let mut until = 0.0;
        let mut groups = Vec::new();
        for (i, group) in fleet.groups.iter().enumerate() {
            until += group.share / shares;
            let key = format!("groups[{i}]");
            let own = settings(&group.set, &format!("{key}.set"), &base, &mut faults);
            let base = base.with(&own);
            let all = fleet.parameters.iter();
            let common: Vec<Parameter> = all
                .filter(|p| !group.parameters.iter().any(|q| q.name == p.name))
                .cloned()
                .collect();
            let mut found = targets(&common, "parameters", &base, &mut faults);
            let key = format!("{key}.parameters");
            found.extend(targets(&group.parameters, &key, &base, &mut faults));
            let parameters = common.into_iter().chain(group.parameters.iter().cloned());
            let column = |p: &Parameter| names.iter().position(|n| n.name == p.name);
            let parameters = parameters
                .zip(found)
                .map(|(parameter, target)| Varied {
                    column: column(&parameter).unwrap_or(0),
                    parameter,
                    target,
                })
                .collect();
            let set = fleet.compare.as_ref().map_or(&[][..], |c| &c.set);
            groups.push(Group {
                until,
                parameters,
                seed: base
                    .target("seed")
                    .map(Arc::new)
                    .map_err(|n| Faults::new(vec![vary::fault(n)]))?,
                reference: settings(set, "compare.set", &base, &mut faults),
                base,
                places: fleet
                    .set
                    .iter()
                    .chain(&group.set)
                    .map(|a| a.place.clone())
                    .collect(),
            });
        }
        if !faults.is_empty() {
            return Err(distinct(faults));
        }
        let mut plan = Self {
            fleet,
            groups,
            names,
            columns: Vec::new(),
            of_totals: Vec::new(),
            period: Period {
                start_s: 0,
                end_s: 0,
                warmup_s: 0,
                step_s: 60,
                record_s: 900,
            },
            timezone: TimeZone::UTC,
            windows: Vec::new(),
            devices: 1,
        };
        let first = plan.probe()?.scenario;
        plan.meet(&first)?;
        Ok(plan)
    }

    /// Length of a row of the houses' records, s.
    pub fn row_s(&self) -> u32 {
        match self.fleet.detail {
            Detail::Full => self.period.record_s.min(900),
            Detail::Screening => 900,
        }
    }

    /// Houses to have in memory at once where nobody says: each has its draws minute
    /// by minute, so they are fewer the longer the period.
    pub fn block(&self) -> usize {
        let years = (self.period.end_s - self.period.start_s) as f64 / (366.0 * 86_400.0);
        ((BLOCK as f64 / years) as usize).clamp(BLOCK_LEAST, BLOCK)
    }

    /// Takes over what the first house says.
    fn meet(&mut self, first: &Scenario) -> Result<(), Faults> {
        self.period = first.period;
        self.timezone = first.site.timezone.clone();
        self.devices = first.users.iter().map(|u| u.devices.len()).sum();
        let mut faults = Vec::new();
        let row_s = self.row_s();
        if !self.fleet.interval_s.is_multiple_of(row_s) {
            let message = format!(
                "the interval is no multiple of the interval of records ({} min)",
                f64::from(row_s) / 60.0
            );
            faults.push(
                Fault::new(Code::Conflict, message)
                    .at(self.fleet.interval_place.clone())
                    .key("profile.interval_min")
                    .hint("choose a multiple; \"period.record_s\" sets it, but in a screening it is 15 min"),
            );
        }
        let (columns, of_totals) = columns(&self.fleet, first, &mut faults);
        (self.columns, self.of_totals) = (columns, of_totals);
        self.windows = windows(&self.fleet, &self.period, &self.timezone, &mut faults);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Faults::new(faults))
        }
    }

    /// With another number of houses. They stand for as many as before, or for
    /// themselves where the file says nothing else.
    pub fn set_count(&mut self, count: usize) {
        if self.fleet.represents == self.fleet.count as f64 {
            self.fleet.represents = count as f64;
        }
        self.fleet.count = count;
    }

    /// What is simulated, roughly: houses may differ in devices.
    pub fn device_days(&self) -> f64 {
        let days = (self.period.end_s - self.period.start_s) as f64 / 86_400.0;
        let cases = 1 + usize::from(self.fleet.compare.is_some());
        days * (self.fleet.count * self.devices * cases) as f64
    }

    /// The first houses, as they would be run.
    pub fn summary(&self) -> String {
        const SHOWN: usize = 8;
        let f = &self.fleet;
        let cases = if f.compare.is_some() { ", twice" } else { "" };
        let mut text = format!("{}{cases}; the first:\n", count(f.count, "house"));
        let head = ["house", "group"].map(str::to_owned).into_iter();
        let mut rows: Vec<Vec<String>> = vec![
            head.chain(self.names.iter().map(|n| n.name.clone()))
                .collect(),
        ];
        for number in 0..f.count.min(SHOWN) {
            let house = self.house(number);
            let cell = |c: &Option<Cell>| match c {
                Some(Cell::Number(x)) => shown(*x),
                Some(Cell::Text(text)) => text.clone(),
                None => "–".to_owned(),
            };
            let own = [
                (number + 1).to_string(),
                self.group_name(house.group).to_owned(),
            ];
            rows.push(
                own.into_iter()
                    .chain(house.cells.iter().map(cell))
                    .collect(),
            );
        }
        text += &aligned(&rows);
        text
    }

    /// Name of a group.
    pub fn group_name(&self, group: usize) -> &str {
        &self.fleet.groups[group].name
    }

    /// House number `number`, from 0.
    pub fn house(&self, number: usize) -> House {
        let place = place_in_groups(self.fleet.seed, number);
        let last = self.groups.len() - 1;
        let group = self.groups.iter().position(|g| place < g.until);
        self.house_of(number, group.unwrap_or(last))
    }

    fn house_of(&self, number: usize, group: usize) -> House {
        let of = &self.groups[group];
        let seed = bits(self.fleet.seed, "heatloop scenario seed", number) >> 1;
        let seed = i64::try_from(seed).unwrap_or(1);
        let mut cells = vec![None; self.names.len()];
        let mut settings = vec![Setting {
            target: Arc::clone(&of.seed),
            value: plain(Value::Integer(seed)),
        }];
        for varied in &of.parameters {
            let name = &varied.parameter.name;
            let u = self.fleet.copula.uniform(self.fleet.seed, name, number);
            let value = varied.parameter.at(u);
            cells[varied.column] = Some(varied.parameter.cell(&value));
            settings.push(Setting {
                target: Arc::clone(&varied.target),
                value,
            });
        }
        House {
            group,
            cells,
            seed,
            settings,
        }
    }

    /// The scenario of a house, or of its reference.
    ///
    /// # Errors
    /// All its faults.
    pub fn scenario(&self, house: &House, reference: bool) -> Result<Scenario, Faults> {
        let of = &self.groups[house.group];
        let loaded = if reference {
            let mut settings = house.settings.clone();
            settings.extend(of.reference.iter().cloned());
            of.base.vary(&settings)?
        } else {
            of.base.vary(&house.settings)?
        };
        Ok(loaded.scenario)
    }

    /// Whether the reference's scenarios differ from the houses' own.
    pub fn reference_differs(&self) -> bool {
        self.groups.iter().any(|g| !g.reference.is_empty())
    }

    /// A house of the first group that reads without fault. Where none of some
    /// does in a group, the faults of its first are the fleet's.
    fn probe(&self) -> Result<Loaded, Faults> {
        let mut first = None;
        let mut faults = Vec::new();
        for group in (0..self.groups.len()).filter(|g| self.fleet.groups[*g].share > 0.0) {
            let mut wrong = None;
            for number in 0..PROBES {
                let house = self.house_of(number, group);
                match self.groups[group].base.vary(&house.settings) {
                    Ok(loaded) => {
                        first = first.or(Some(loaded));
                        wrong = None;
                        break;
                    }
                    Err(found) => wrong = wrong.or(Some((house, found))),
                }
            }
            if let Some((house, found)) = wrong {
                faults.extend(self.replaced(&house, found));
            }
        }
        match first {
            Some(loaded) if faults.is_empty() => Ok(loaded),
            _ => {
                // Those of the file at hand first, whatever the scenario's are.
                let other = |f: &Fault| {
                    let place = f.place.as_ref();
                    place.is_none_or(|p| p.source.name != self.fleet.source.name)
                };
                faults.sort_by_key(other);
                Err(distinct(faults))
            }
        }
    }

    /// Faults of a house, with their places in the fleet file where it set the value.
    fn replaced(&self, house: &House, faults: Faults) -> Vec<Fault> {
        let of = &self.groups[house.group];
        let all = of.places.len() + house.settings.len();
        let place = |fault: Fault| {
            let Some(i) = self.fleet.base.setting_of(&fault, all) else {
                return fault;
            };
            if let Some(place) = of.places.get(i) {
                return fault.at(place.clone());
            }
            // The seed stands before the parameters.
            let own = i - of.places.len();
            let varied = own.checked_sub(1).and_then(|p| of.parameters.get(p));
            match varied {
                Some(v) => fault
                    .at(v.parameter.spread_place.clone())
                    .value(vary::written(&house.settings[own].value)),
                None => fault.at(self.fleet.base_place.clone()),
            }
        };
        faults.list.into_iter().map(place).collect()
    }
}

/// Each fault once: groups share what is above them.
fn distinct(faults: Vec<Fault>) -> Faults {
    let mut all: Vec<Fault> = Vec::new();
    for fault in faults {
        let same = |f: &Fault| {
            let cite = |f: &Fault| f.place.as_ref().map(Place::cite);
            (&f.key, &f.message, cite(f)) == (&fault.key, &fault.message, cite(&fault))
        };
        if !all.iter().any(same) {
            all.push(fault);
        }
    }
    Faults::new(all)
}

/// Columns of the parameters of all groups.
fn names(fleet: &Fleet) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let own = fleet.groups.iter().flat_map(|g| &g.parameters);
    for p in fleet.parameters.iter().chain(own) {
        match names.iter_mut().find(|n| n.name == p.name) {
            Some(name) => name.numeric &= p.is_numeric(),
            None => names.push(Name {
                name: p.name.clone(),
                numeric: p.is_numeric(),
            }),
        }
    }
    names
}

/// The metrics that the patterns choose, of the whole house.
fn columns(fleet: &Fleet, first: &Scenario, faults: &mut Vec<Fault>) -> (Vec<Column>, Vec<usize>) {
    let mut all = flat::names(first);
    all.truncate(flat::totals_len());
    for pattern in &fleet.metrics {
        if !all.iter().any(|n| channels::matches(pattern, &n.name)) {
            let names = all.iter().map(|n| n.name.as_str());
            let hint = nearest(pattern, names).map(|n| format!("did you mean `{n}`?"));
            faults.push(
                Fault::new(Code::UnknownName, "no metric of a house is called so")
                    .at(fleet.metrics_place.clone())
                    .key("metrics")
                    .value(pattern.clone())
                    .hint(hint.unwrap_or_else(|| "docs/METRICS.md names them".to_owned())),
            );
        }
    }
    let chosen = |n: &str| fleet.metrics.iter().any(|p| channels::matches(p, n));
    all.into_iter()
        .enumerate()
        .filter(|(_, n)| chosen(&n.name))
        .map(|(i, n)| {
            let column = Column {
                name: n.name,
                unit: n.unit.to_owned(),
            };
            (column, i)
        })
        .unzip()
}

fn windows(
    fleet: &Fleet,
    period: &Period,
    timezone: &TimeZone,
    faults: &mut Vec<Fault>,
) -> Vec<Window> {
    let given = fleet.compare.as_ref().map_or(&[][..], |c| &c.windows);
    let mut all: Vec<Window> = Vec::new();
    for (i, window) in given.iter().enumerate() {
        let at = |moment| resolve(moment, timezone).map(|(at_s, _)| at_s);
        let (Some(start_s), Some(end_s)) = (at(window.start), at(window.end)) else {
            continue;
        };
        let local = |s: i64| crate::scenario::period::local(s, timezone);
        let mut wrong = |message: String| {
            faults.push(
                Fault::new(Code::Conflict, message)
                    .at(window.place.clone())
                    .key(format!("compare.windows[{i}]")),
            );
        };
        if end_s <= start_s {
            wrong("the window ends before it starts".to_owned());
        } else if start_s < period.start_s || end_s > period.end_s {
            wrong(format!(
                "the window is outside the scenario's period, {} to {}",
                local(period.start_s),
                local(period.end_s)
            ));
        } else if all.iter().any(|w| start_s < w.end_s && w.start_s < end_s) {
            wrong("the window overlaps another one".to_owned());
        }
        all.push(Window {
            name: window.name.clone(),
            start_s,
            end_s,
        });
    }
    all.sort_by_key(|w| w.start_s);
    all
}

//! Pictures of studies: what is shown against what is varied, what matters, and
//! the way and end of a search.

use super::command::{Report, StudyError, write};
use super::design::Design;
use super::file::{Method, Study};
use super::parameter::{Cell, Parameter, Spread};
use super::results::ResultsError;
use super::sensitivity::{Found as Ranked, Indices};
use super::store::{Manifest, Store};
use crate::batch::Detail;
use crate::report::format::count;
use crate::report::plot::sheet::{Axis, Bar, Content, Look, Marks, Panel, Point, Sheet, sheet};
use crate::scenario::Node;

/// Dots in a panel at most: more are one blot, and a large file.
const DOTS: usize = 4000;
/// Different values of a parameter that are joined by a line through the means.
const LEVELS: usize = 25;
/// Panels of a sheet at most.
const PANELS: usize = 36;

/// Writes a sheet as SVG and PNG; a picture that can't be drawn is a note, and
/// costs nothing else.
pub(super) fn save(
    store: &Store,
    name: &str,
    all: &Sheet,
    report: &mut Report,
) -> Result<(), StudyError> {
    let svg = sheet(all);
    write(store, &format!("{name}.svg"), report, |out| {
        Ok(out.write_all(svg.as_bytes())?)
    })?;
    match crate::report::png(&svg) {
        Ok(png) => write(store, &format!("{name}.png"), report, |out| {
            Ok::<(), ResultsError>(out.write_all(&png)?)
        }),
        Err(fault) => {
            report
                .notes
                .push(format!("{name}.png can't be drawn: {fault}"));
            Ok(())
        }
    }
}

/// The axis of a parameter, and where its cells lie on it.
pub(super) struct ParameterAxis {
    pub axis: Axis,
    names: Vec<String>,
}

impl ParameterAxis {
    pub(super) fn new(
        parameter: &Parameter,
        unit: &str,
        cells: impl Iterator<Item = Cell>,
    ) -> Self {
        let label = match unit {
            "" => parameter.name.clone(),
            unit => format!("{}, {unit}", parameter.name),
        };
        let mut names: Vec<String> = Vec::new();
        if !parameter.is_numeric() {
            // As the study lists them.
            let listed: Vec<Cell> = match &parameter.spread {
                Spread::Choice { values, .. } => values.iter().map(|v| parameter.cell(v)).collect(),
                _ => Vec::new(),
            };
            for cell in listed.into_iter().chain(cells) {
                let name = super::sweep::cell(&cell);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Self {
            axis: Axis {
                label,
                names: (!names.is_empty()).then(|| names.clone()),
            },
            names,
        }
    }

    pub(super) fn at(&self, cell: &Cell) -> f64 {
        match cell {
            Cell::Number(x) if self.names.is_empty() => *x,
            cell => {
                let name = super::sweep::cell(cell);
                self.names
                    .iter()
                    .position(|n| *n == name)
                    .map_or(f64::NAN, |i| i as f64)
            }
        }
    }
}

/// A figure with the label of its axis and its value at each point.
pub(super) type Figure = (String, Vec<f64>);

/// A panel for every figure and parameter; for a full grid of two, maps too.
pub(super) fn sweep(
    study: &Study,
    manifest: &Manifest,
    design: &Design,
    figures: &[Figure],
) -> Sheet {
    let points: Vec<Vec<Node>> = (0..design.len())
        .map(|i| design.point(i, &study.parameters))
        .collect();
    let mut panels = Vec::new();
    for (label, column) in figures {
        if let Some(&[rows, columns]) = design.grid()
            && rows > 1
            && columns > 1
        {
            panels.push(map(study, manifest, (rows, columns), label, column));
        }
        for (k, parameter) in study.parameters.iter().enumerate() {
            let unit = manifest.parameters.get(k).map_or("", |p| &p.unit);
            let cells: Vec<Cell> = points.iter().map(|p| parameter.cell(&p[k])).collect();
            let axis = ParameterAxis::new(parameter, unit, cells.iter().cloned());
            let dots: Vec<Point> = cells
                .iter()
                .zip(column)
                .map(|(c, y)| (axis.at(c), *y))
                .collect();
            panels.push(Panel {
                title: String::new(),
                y: Axis {
                    label: label.clone(),
                    names: None,
                },
                content: Content::Marks(with_means(&dots)),
                x: axis.axis,
            });
        }
    }
    let each = panels.len() / figures.len().max(1);
    panels.truncate(PANELS);
    let shown = design.len().min(DOTS);
    let thinned = if shown < design.len() {
        format!(" ({shown} of them drawn)")
    } else {
        String::new()
    };
    Sheet {
        title: title(study, "sweep"),
        note: format!(
            "{}{thinned}{}; the line is the mean at each value",
            count(design.len(), "point"),
            runs(study)
        ),
        columns: each.clamp(1, 4),
        panels,
    }
}

pub(super) fn title(study: &Study, what: &str) -> String {
    match study.title.as_str() {
        "" => format!("{what} of {}", study.base),
        title => format!("{title}: {what}"),
    }
}

/// How the runs were made.
fn runs(study: &Study) -> String {
    let replicates = match study.replicates.count() {
        1 => String::new(),
        n => format!(", each the mean of {n} replicates"),
    };
    match study.detail {
        Detail::Full => replicates,
        Detail::Screening => format!("{replicates}, screened"),
    }
}

/// Dots, evenly thinned, and where few values of x are there the means.
fn with_means(dots: &[Point]) -> Vec<Marks> {
    let step = dots.len().div_ceil(DOTS).max(1);
    let mut marks = vec![Marks::Dots(
        Look::Plain,
        dots.iter().step_by(step).copied().collect(),
    )];
    let finite = dots.iter().filter(|p| p.0.is_finite() && p.1.is_finite());
    let mut sums: Vec<(f64, f64, f64)> = Vec::new();
    for (x, y) in finite {
        let known = sums.iter().position(|s| s.0 == *x);
        match known {
            Some(i) => {
                sums[i].1 += y;
                sums[i].2 += 1.0;
            }
            None if sums.len() == LEVELS => return marks,
            None => sums.push((*x, *y, 1.0)),
        }
    }
    sums.sort_by(|a, b| a.0.total_cmp(&b.0));
    marks.push(Marks::Line(
        Look::Strong,
        sums.iter().map(|(x, y, n)| (*x, y / n)).collect(),
    ));
    marks
}

/// A figure over the two parameters of a full grid.
fn map(
    study: &Study,
    manifest: &Manifest,
    (rows, columns): (usize, usize),
    label: &str,
    column: &[f64],
) -> Panel {
    let axis = |k: usize, count: usize| {
        let parameter = &study.parameters[k];
        let cells = (0..count).map(|i| super::sweep::cell(&parameter.cell(&parameter.level(i))));
        let unit = manifest.parameters.get(k).map_or("", |p| &p.unit);
        Axis {
            label: if unit.is_empty() {
                parameter.name.clone()
            } else {
                format!("{}, {unit}", parameter.name)
            },
            names: Some(cells.collect()),
        }
    };
    Panel {
        title: label.to_owned(),
        x: axis(1, columns),
        y: axis(0, rows),
        content: Content::Map {
            values: (0..rows)
                .map(|r| column[r * columns..(r + 1) * columns].to_vec())
                .collect(),
            legend: String::new(),
        },
    }
}

/// Bars of each figure, and for screening mu* against sigma.
pub(super) fn sensitivity(study: &Study, manifest: &Manifest, all: &[Ranked]) -> Sheet {
    let mut panels = Vec::new();
    let mut columns = 2;
    let mut lacking = 0;
    for Ranked {
        figure,
        lacking: own,
        indices,
    } in all
    {
        // What matters most on top.
        let order = |worth: &dyn Fn(usize) -> f64| {
            let mut order: Vec<usize> = (0..manifest.parameters.len()).collect();
            order.sort_by(|a, b| worth(*b).total_cmp(&worth(*a)));
            order
        };
        let names = |order: &[usize]| {
            order
                .iter()
                .map(|i| manifest.parameters[*i].name.clone())
                .collect::<Vec<_>>()
        };
        let bars = |names: Vec<String>, series: Vec<(String, Vec<Bar>)>, x: &str| Panel {
            title: figure.clone(),
            x: Axis {
                label: x.to_owned(),
                names: None,
            },
            y: Axis::default(),
            content: Content::Bars { names, series },
        };
        if !matches!(indices, Indices::Refused) {
            lacking = lacking.max(own.lacking);
        }
        match indices {
            Indices::Refused => {
                let words = |title: String, lines| Panel {
                    title,
                    x: Axis::default(),
                    y: Axis::default(),
                    content: Content::Words(lines),
                };
                let why = own.words().into_iter().collect();
                panels.push(words(format!("{figure}: not ranked"), why));
                // Screening has two panels a figure: the next begins a row.
                if matches!(study.sensitivity.method, Method::Morris { .. }) {
                    panels.push(words(String::new(), Vec::new()));
                }
            }
            Indices::Morris(each) => {
                let order = order(&|i| each[i].map_or(f64::NEG_INFINITY, |e| e.mu_star.value));
                let bar = |i: &usize| {
                    each[*i].map_or((f64::NAN, f64::NAN, f64::NAN), |e| {
                        (e.mu_star.value, e.mu_star.low, e.mu_star.high)
                    })
                };
                // The numbers stand for the names beside the bars: names would
                // cover each other.
                let numbered = names(&order).into_iter().zip(1..);
                panels.push(bars(
                    numbered.map(|(name, n)| format!("{name}  {n}")).collect(),
                    vec![("mu*".to_owned(), order.iter().map(bar).collect())],
                    "mu*: mean of absolute effects of the whole range",
                ));
                let named: Vec<(String, Point, (f64, f64))> = order
                    .iter()
                    .zip(1..)
                    .filter_map(|(i, n): (_, usize)| {
                        each[*i].map(|e| {
                            let at = (e.mu_star.value, e.sigma);
                            (n.to_string(), at, (e.mu_star.low, e.mu_star.high))
                        })
                    })
                    .collect();
                let most = named.iter().map(|n| n.1.0).fold(0.0, f64::max);
                panels.push(Panel {
                    title: String::new(),
                    x: Axis {
                        label: "mu*".to_owned(),
                        names: None,
                    },
                    y: Axis {
                        label: "sigma; above the dashes: bends, or depends on others".to_owned(),
                        names: None,
                    },
                    content: Content::Marks(vec![
                        Marks::Line(Look::Faint, vec![(0.0, 0.0), (most, most)]),
                        Marks::Named(named),
                    ]),
                });
            }
            Indices::Sobol {
                shares: Some(shares),
                ..
            } => {
                columns = 3;
                let order = order(&|i| shares[i].total.value);
                let of = |pick: &dyn Fn(usize) -> super::sensitivity::bootstrap::Interval| {
                    order
                        .iter()
                        .map(|i| pick(*i))
                        .map(|v| (v.value, v.low, v.high))
                        .collect::<Vec<Bar>>()
                };
                let series = vec![
                    ("first order".to_owned(), of(&|i| shares[i].first)),
                    ("total".to_owned(), of(&|i| shares[i].total)),
                ];
                panels.push(bars(names(&order), series, "share of the variance"));
            }
            Indices::Sobol { .. } => {}
        }
    }
    let confidence = 100.0 * study.sensitivity.confidence;
    let points = all.first().map_or(0, |f| f.lacking.points);
    let without = match lacking {
        0 => String::new(),
        n => format!("; {n} of {points} points have no figure and are left out"),
    };
    Sheet {
        title: title(study, "what matters"),
        note: format!(
            "intervals of {confidence:.0} % by bootstrap{}{without}",
            runs(study)
        ),
        columns: columns.min(panels.len().max(1)),
        panels,
    }
}

/// A point of a search for pictures.
pub(super) struct Found<'a> {
    pub values: &'a [Node],
    pub goals: &'a [f64],
    pub allowed: bool,
    pub winner: bool,
}

/// What a front from left to right dominates begins at these stairs.
fn stairs(front: &[Point]) -> Vec<Point> {
    let mut all: Vec<Point> = front.first().copied().into_iter().collect();
    for pair in front.windows(2) {
        all.extend([(pair[1].0, pair[0].1), pair[1]]);
    }
    all
}

/// The way of a search for one goal, or the front of several; and the goals
/// against each parameter.
pub(super) fn tune(
    study: &Study,
    manifest: &Manifest,
    goals: &[String],
    points: &[Found<'_>],
) -> Sheet {
    let mut panels = Vec::new();
    let axis = |label: &str| Axis {
        label: label.to_owned(),
        names: None,
    };
    let split = |at: &dyn Fn(usize, &Found<'_>) -> Point, winners: bool| {
        let of = |allowed: bool| -> Vec<Point> {
            points
                .iter()
                .enumerate()
                .filter(|(_, f)| f.allowed == allowed)
                .map(|(i, f)| at(i, f))
                .collect()
        };
        let mut marks = vec![
            Marks::Dots(Look::Bad, of(false)),
            Marks::Dots(Look::Plain, of(true)),
        ];
        if winners {
            let mut best: Vec<Point> = points
                .iter()
                .enumerate()
                .filter(|(_, f)| f.winner)
                .map(|(i, f)| at(i, f))
                .collect();
            best.sort_by(|a, b| a.0.total_cmp(&b.0));
            marks.push(Marks::Dots(Look::Strong, best));
        }
        marks
    };
    let goal = |f: &Found<'_>, g: usize| f.goals.get(g).copied().unwrap_or(f64::NAN);
    if goals.len() == 1 {
        let mut best = f64::NAN;
        let way: Vec<Point> = points
            .iter()
            .enumerate()
            .map(|(i, f)| {
                if f.allowed {
                    best = best.min(goal(f, 0));
                }
                ((i + 1) as f64, best)
            })
            .collect();
        let mut marks = split(&|i, f| ((i + 1) as f64, goal(f, 0)), false);
        marks.push(Marks::Line(Look::Strong, way));
        panels.push(Panel {
            title: "The way".to_owned(),
            x: axis("point"),
            y: axis(&goals[0]),
            content: Content::Marks(marks),
        });
    } else {
        for b in 1..goals.len().min(4) {
            let mut marks = split(&|_, f| (goal(f, 0), goal(f, b)), true);
            if goals.len() == 2 {
                let mut front: Vec<Point> = points
                    .iter()
                    .filter(|f| f.winner)
                    .map(|f| (goal(f, 0), goal(f, b)))
                    .collect();
                front.sort_by(|a, b| a.0.total_cmp(&b.0));
                marks.push(Marks::Line(Look::Strong, stairs(&front)));
            }
            panels.push(Panel {
                title: "The front".to_owned(),
                x: axis(&goals[0]),
                y: axis(&goals[b]),
                content: Content::Marks(marks),
            });
        }
    }
    for (k, parameter) in study.parameters.iter().enumerate() {
        let cells = points.iter().map(|f| parameter.cell(&f.values[k]));
        let unit = manifest.parameters.get(k).map_or("", |p| &p.unit);
        let own = ParameterAxis::new(parameter, unit, cells);
        panels.push(Panel {
            title: String::new(),
            y: axis(&goals[0]),
            content: Content::Marks(split(
                &|_, f| (own.at(&parameter.cell(&f.values[k])), goal(f, 0)),
                true,
            )),
            x: own.axis,
        });
    }
    panels.truncate(PANELS);
    let allowed = points.iter().filter(|f| f.allowed).count();
    Sheet {
        title: title(study, "search"),
        note: format!(
            "{}, {allowed} of them with all limits held (blue; the others purple){}; the best in orange",
            count(points.len(), "point"),
            runs(study)
        ),
        columns: panels.len().clamp(1, 3),
        panels,
    }
}

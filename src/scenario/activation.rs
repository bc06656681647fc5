//! Activation schedules that `flex_trading` follows: inline or from a file.

use super::fault::{Code, Fault, Place};
use super::field::{Kind, Section, default, integer, optional, required};
use super::period;
use super::series::{Times, stamp, stamp_zone};
use super::table::{self, Row, Table};
use super::view::View;
use crate::model::Activation;

static COMMAND: Section = Section {
    name: "activation",
    doc: "A command of the supplier for a stretch of whole quarter-hours. A side that is left out has no command: there the device's own thermostats hold.",
    fields: &[
        required("start", Kind::DateTime, "Inclusive, on a quarter-hour."),
        required("end", Kind::DateTime, "Exclusive, on a quarter-hour."),
        optional(
            "house",
            integer("", 0, 50),
            "Level for the house: 0 off, n the n-th of the heat pump's declared powers.",
        ),
        optional(
            "tank",
            integer("", 0, 50),
            "Level for the tank, likewise. With both above 0 the tank goes first.",
        ),
    ],
};

static FILE: Section = Section {
    name: "activation file",
    doc: "An activation schedule in a CSV file: one row a quarter-hour, an empty cell is no command.",
    fields: &[
        required("file", Kind::Text, "Path, from the scenario's folder."),
        optional(
            "time",
            Kind::Text,
            "Column of the starts. Left out: the first.",
        ),
        default(
            "house",
            Kind::Text,
            "'house'",
            "Column of the levels for the house.",
        ),
        default(
            "tank",
            Kind::Text,
            "'tank'",
            "Column of the levels for the tank.",
        ),
        default(
            "timezone",
            Kind::Text,
            "'UTC'",
            "Of stamps that carry no offset: \"UTC\", \"site\", or an IANA name.",
        ),
    ],
};

/// For the `activation` key of a device.
pub const KIND_OF_FIELD: Kind = Kind::OneOf(&[Kind::Sections(&COMMAND), Kind::Section(&FILE)]);

const QUARTER_S: i64 = 900;

/// The schedule of a device with `levels` declared powers, sorted by start.
pub fn build(view: &View<'_>, levels: usize, times: &Times<'_>) -> Vec<Activation> {
    match view.item("activation").and_then(|i| i.section()) {
        Some(file) => from_file(&file, levels, times),
        None => inline(view, levels, times),
    }
}

fn inline(view: &View<'_>, levels: usize, times: &Times<'_>) -> Vec<Activation> {
    let mut all: Vec<(Activation, View<'_>)> = Vec::new();
    for v in view.sections("activation") {
        let at = |key: &str| {
            let at_s = period::instant(&v, key, v.date_time(key)?, times.timezone)?;
            if at_s % QUARTER_S != 0 {
                v.fault(
                    key,
                    Fault::new(Code::BadFormat, "commands begin and end on quarter-hours")
                        .allowed("minutes 00, 15, 30 or 45"),
                );
            }
            Some(at_s)
        };
        let (Some(start_s), Some(end_s)) = (at("start"), at("end")) else {
            continue;
        };
        if end_s <= start_s {
            v.fault(
                "end",
                Fault::new(Code::Conflict, "the command ends before it starts"),
            );
            continue;
        }
        let level = |key: &str| {
            let level = v.opt_integer(key)?;
            let declared = usize::try_from(level).is_ok_and(|l| l <= levels);
            if !declared {
                v.fault(key, too_high(levels));
            }
            u8::try_from(level).ok()
        };
        let (house, tank) = (level("house"), level("tank"));
        all.push((
            Activation {
                start_s,
                end_s,
                house,
                tank,
            },
            v,
        ));
    }
    all.sort_by_key(|(a, _)| a.start_s);
    for pair in all.windows(2) {
        let ((before, earlier), (after, view)) = (&pair[0], &pair[1]);
        if after.start_s < before.end_s {
            let line = earlier.place_here().line;
            view.fault(
                "start",
                Fault::new(
                    Code::Conflict,
                    format!("this command overlaps the one of line {line}"),
                )
                .hint("an end equals the next start"),
            );
        }
    }
    all.into_iter().map(|(a, _)| a).collect()
}

fn too_high(levels: usize) -> Fault {
    let mut fault = Fault::new(Code::OutOfRange, "the heat pump declares no such level")
        .allowed(format!("0 to {levels}"));
    if levels == 0 {
        fault = fault.hint("the heat pump has no declared powers for steering levels");
    }
    fault
}

fn from_file(view: &View<'_>, levels: usize, times: &Times<'_>) -> Vec<Activation> {
    read_file(view, levels, times).unwrap_or_default()
}

fn read_file(view: &View<'_>, levels: usize, times: &Times<'_>) -> Option<Vec<Activation>> {
    let table = Table::read(view, "file")?;
    let time = table.column(view, "time", 0)?;
    let house = table.column(view, "house", 1)?;
    let tank = table.column(view, "tank", 2)?;
    let zone = stamp_zone(view, "timezone", times.timezone);
    let mut faults = Vec::new();
    let mut all: Vec<Activation> = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let mut wrong = |cell: usize, fault: Fault| {
            faults.push(
                fault
                    .at(Place::line(&table.source, row.line as usize))
                    .key(table.names.get(cell).cloned().unwrap_or_default())
                    .value(row.cell(cell)),
            );
        };
        let before = all.last().map(|a| a.start_s);
        let start_s = match stamp(row.cell(time), &zone, before) {
            Ok(at) => at,
            Err(message) => {
                wrong(time, Fault::new(Code::Data, message));
                continue;
            }
        };
        if start_s % QUARTER_S != 0 {
            wrong(
                time,
                Fault::new(Code::Data, "commands begin on quarter-hours"),
            );
        }
        if before.is_some_and(|b| start_s < b + QUARTER_S) {
            wrong(
                time,
                Fault::new(
                    Code::Data,
                    "rows must follow each other by quarter-hours or more",
                ),
            );
        }
        let mut level = |cell: usize| match read_level(row, cell, levels) {
            Ok(level) => level,
            Err(fault) => {
                wrong(cell, *fault);
                None
            }
        };
        let (house, tank) = (level(house), level(tank));
        all.push(Activation {
            start_s,
            end_s: start_s + QUARTER_S,
            house,
            tank,
        });
    }
    table::tell(view, faults, 10)?;
    Some(all)
}

fn read_level(row: &Row, cell: usize, levels: usize) -> Result<Option<u8>, Box<Fault>> {
    let text = row.cell(cell);
    if text.is_empty() {
        return Ok(None);
    }
    let level: u8 = text.parse().map_err(|_| {
        Fault::new(
            Code::Data,
            "a level is an integer from 0, or empty for no command",
        )
        .allowed(format!("0 to {levels}, or empty"))
        .boxed()
    })?;
    if usize::from(level) > levels {
        return Err(too_high(levels).boxed());
    }
    Ok(Some(level))
}

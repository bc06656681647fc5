//! What the picture of a comparison shows: rooms, flow, tank and power of all
//! runs over their common time, and the main metrics' relative differences.

use super::figures;
use super::side::Side;
use super::table::{Comparison, Row, pairs};
use crate::report::{Bar, Line, Overlay, Panel};

/// Metrics with a bar, with a name for people; those that differ nowhere are
/// left out.
const MAIN: [(&str, &str); 14] = [
    ("energy.hvac_kwh", "electricity of the heat pump"),
    (
        "corrected.electricity_kwh",
        "electricity, corrected for stored heat",
    ),
    ("energy.import_kwh", "bought from the grid"),
    ("energy.export_kwh", "fed to the grid"),
    ("corrected.total_eur", "cost, corrected for stored heat"),
    ("cost.co2_kg", "CO2"),
    ("energy.heat_space_kwh", "heat to the rooms"),
    ("energy.heat_tank_kwh", "heat to the tank"),
    ("energy.cooling_kwh", "cold to the rooms"),
    ("performance.spf_h4", "SPF H4"),
    ("comfort.outside_kh", "outside the comfort band"),
    ("hot_water.missing_kwh", "hot water missing"),
    ("grid.peak_import_kw", "peak from the grid"),
    ("running.starts", "starts"),
];

/// Whether a metric, by its short name, is one that people look at first.
pub fn is_main(short: &str) -> bool {
    MAIN.iter().any(|(name, _)| *name == short)
}

/// Channels with a panel of their own: pattern, title, stepped.
const PANELS: [(&str, &str, bool); 3] = [
    ("flow_c", "Flow", false),
    ("tank.sensor_c", "Tank sensor", false),
    ("grid_import_w", "From the grid", true),
];
/// A metric that no run moves by as much has no bar: 5 Wh, 5 W, half a cent.
const LEAST: f64 = 0.005;
/// Most rooms that are drawn.
const MOST_ROOMS: usize = 4;

/// The picture of a comparison. Lines only where the runs share a period.
pub fn overlay(comparison: &Comparison<'_>) -> Overlay {
    let sides = comparison.sides;
    let labels: Vec<String> = sides.iter().map(|s| s.label.clone()).collect();
    let first = sides.first();
    let period = first.map(|s| s.period);
    let panels = first.map_or_else(Vec::new, |first| panels(first, sides));
    Overlay {
        title: "Runs beside each other".to_owned(),
        runs: labels,
        start_s: period.map_or(0, |p| p.start_s),
        end_s: period.map_or(1, |p| p.end_s),
        timezone: first.map_or(jiff::tz::TimeZone::UTC, |s| s.timezone.clone()),
        panels,
        bars: bars(&comparison.rows, sides.len()),
    }
}

fn panels(first: &Side, sides: &[Side]) -> Vec<Panel> {
    let same: Vec<(usize, &Side)> = sides
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, s)| s.period == first.period)
        .collect();
    if same.is_empty() {
        return Vec::new();
    }
    let several = first.devices.len() > 1;
    let mut panels = Vec::new();
    for device in &first.devices {
        let line = |run: usize, trace: &crate::trace::Recorded, channel: &str| {
            let values = trace.column(channel)?;
            Some(Line {
                run,
                start_s: trace.start_s,
                step_s: u32::try_from(trace.step_s).ok().filter(|s| *s > 0)?,
                values: values.iter().map(|v| f64::from(*v)).collect(),
            })
        };
        let mut panel = |channel: &str, title: String, stepped: bool| {
            let mut lines: Vec<Line> = line(0, &device.trace, channel).into_iter().collect();
            for (run, side) in &same {
                let found = pairs(first, side)
                    .into_iter()
                    .find(|(a, _)| std::ptr::eq(*a, device));
                lines.extend(found.and_then(|(_, other)| line(*run, &other.trace, channel)));
            }
            let unit = if stepped { "W" } else { "°C" };
            if lines.len() > 1 {
                panels.push(Panel {
                    title: if several {
                        format!("{title}, {}", device.device_id)
                    } else {
                        title
                    },
                    unit: unit.to_owned(),
                    stepped,
                    lines,
                });
            }
        };
        let rooms = device.trace.columns.iter().filter_map(|c| {
            let inner = c.name.strip_prefix("room.")?;
            Some((c.name.as_str(), inner.strip_suffix(".operative_c")?))
        });
        for (channel, room) in rooms.take(MOST_ROOMS) {
            panel(channel, format!("Room {room}"), false);
        }
        for (channel, title, stepped) in PANELS {
            panel(channel, title.to_owned(), stepped);
        }
    }
    panels
}

fn bars(rows: &[Row], runs: usize) -> Vec<Bar> {
    let main = |(name, words): &(&str, &str)| {
        let moves = |r: &Row| {
            let difference = |i| r.difference(i).0.unwrap_or(0.0);
            (1..runs).any(|i| difference(i).abs() >= LEAST)
        };
        let row = rows.iter().find(|r| r.name == *name && moves(r))?;
        let unit = figures::unit(&row.group, &row.key);
        let unit = if unit.is_empty() {
            String::new()
        } else {
            format!(", {unit}")
        };
        Some(Bar {
            name: format!("{words}{unit}"),
            shares: (1..runs).map(|i| row.difference(i).1).collect(),
        })
    };
    MAIN.iter().filter_map(main).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Value;
    use crate::metrics;

    #[test]
    fn main_metrics_that_differ_have_bars_and_shared_channels_panels() {
        let (scenario, run) = crate::compare::fixtures::any();
        let figures = metrics::evaluate(&run, &scenario);
        let a = Side::of_run("a", &scenario, &run, &figures).unwrap();
        for (name, _) in MAIN {
            assert!(a.figures.iter().any(|f| f.name() == name), "{name}");
        }
        let mut b = a.clone();
        for f in &mut b.figures {
            if f.name() == "energy.hvac_kwh" {
                f.value = Value::Known(f.value.number().unwrap() * 1.5);
            }
        }
        let sides = [a, b];
        let o = overlay(&Comparison::of(&sides));
        assert_eq!(o.bars.len(), 1);
        assert!((o.bars[0].shares[0].unwrap() - 0.5).abs() < 1e-9);
        assert!(o.panels.iter().any(|p| p.title.starts_with("Room ")));
        assert!(o.panels.iter().all(|p| p.lines.len() == 2));
        let mut later = sides.clone();
        later[1].period.start_s += 3600;
        assert!(overlay(&Comparison::of(&later)).panels.is_empty());
    }
}

//! The table of channels: every column that a trace file can hold, with its
//! unit, its kind and its meaning. The CSV and Parquet writers, the selection
//! by pattern and docs/METRICS.md all read this one table; nothing else names
//! a column. It computes nothing: values come from the trace as they are.

use std::ops::Range;

use super::resample::Grouping;
use super::{DeviceTrace, Reason, RoomTrace};

/// What a value stands for in its interval, and so how intervals are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Mean over the interval: merged by the mean.
    Mean,
    /// At the interval's end: merged by the last value.
    End,
    /// Amount within the interval: merged by the sum.
    Sum,
    /// A code that holds in the interval: merged by the last value.
    Code,
}

impl Kind {
    /// Stable name in files and documentation.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Mean => "mean",
            Kind::End => "end",
            Kind::Sum => "sum",
            Kind::Code => "code",
        }
    }
}

/// Where a channel's values lie in the trace.
#[derive(Clone, Copy)]
enum Source {
    Device(fn(&DeviceTrace) -> &[f64]),
    Room(fn(&RoomTrace) -> &[f64]),
    Command(fn(&DeviceTrace) -> &[i16]),
    Starts,
    /// One channel a layer, numbered from 1 at the bottom.
    Layers,
    /// One channel a reason.
    Reasons,
}

/// A line of the table. In `name`, `ROOM`, `LAYER` and `REASON` stand for one
/// channel each.
pub struct Definition {
    pub name: &'static str,
    pub unit: &'static str,
    pub kind: Kind,
    /// Digits behind the point in CSV.
    pub decimals: u8,
    pub doc: &'static str,
    source: Source,
}

macro_rules! table {
    ($($name:literal, $unit:literal, $kind:ident, $decimals:literal, $source:expr, $doc:literal;)*) => {
        /// All channels, in the order of the columns.
        pub const DEFINITIONS: &[Definition] = &[$(Definition {
            name: $name, unit: $unit, kind: Kind::$kind, decimals: $decimals, doc: $doc, source: $source,
        }),*];
    };
}

use Source::{Command, Device, Layers, Reasons, Room, Starts};

table! {
    "outdoor_c", "degC", Mean, 2, Device(|t| &t.outdoor_c), "outdoor dry-bulb temperature";
    "outdoor_damped_c", "degC", Mean, 2, Device(|t| &t.outdoor_damped_c), "damped outdoor temperature that decides on cooling";
    "relative_humidity", "1", Mean, 3, Device(|t| &t.relative_humidity), "outdoor relative humidity, 0 to 1";
    "global_horizontal_w_per_m2", "W/m2", Mean, 1, Device(|t| &t.global_horizontal_w_per_m2), "global horizontal irradiance";
    "room.ROOM.operative_c", "degC", Mean, 3, Room(|r| &r.operative_c), "operative temperature of the room";
    "room.ROOM.air_c", "degC", Mean, 3, Room(|r| &r.air_c), "air temperature of the room";
    "room.ROOM.radiant_c", "degC", Mean, 3, Room(|r| &r.radiant_c), "mean radiant temperature of the room";
    "room.ROOM.target_c", "degC", Mean, 3, Room(|r| &r.target_c), "target in force";
    "room.ROOM.lower_c", "degC", Mean, 3, Room(|r| &r.lower_c), "lower comfort bound in force";
    "room.ROOM.upper_c", "degC", Mean, 3, Room(|r| &r.upper_c), "upper comfort bound in force";
    "room.ROOM.emitter_w", "W", Mean, 1, Room(|r| &r.emitter_w), "heat of the emitter to the room, negative when it cools";
    "room.ROOM.valve_open", "1", Mean, 3, Room(|r| &r.valve_open), "share of the interval with the valve open";
    "room.ROOM.below_kh", "K h", Sum, 6, Room(|r| &r.below_kh), "degree-hours below the lower bound";
    "room.ROOM.above_kh", "K h", Sum, 6, Room(|r| &r.above_kh), "degree-hours above the upper bound";
    "room.ROOM.below_h", "h", Sum, 6, Room(|r| &r.below_h), "hours below the lower bound";
    "room.ROOM.above_h", "h", Sum, 6, Room(|r| &r.above_h), "hours above the upper bound";
    "room.ROOM.recovery_kh", "K h", Sum, 6, Room(|r| &r.recovery_kh), "part of below_kh that falls into recovery after a step of the target";
    "flow_c", "degC", Mean, 2, Device(|t| &t.flow_c), "flow temperature of the heat pump while it runs, else the emitters' mean";
    "tank.sensor_c", "degC", End, 2, Device(|t| &t.tank_sensor_c), "the tank's deciding sensor";
    "tank.lower_c", "degC", Mean, 2, Device(|t| &t.tank_lower_c), "lower bound of the tank in force";
    "tank.upper_c", "degC", Mean, 2, Device(|t| &t.tank_upper_c), "upper bound of the tank in force";
    "tank.layer.LAYER_c", "degC", End, 2, Layers, "temperature of a tank layer, 1 at the bottom";
    "draw_l", "l", Sum, 3, Device(|t| &t.draw_l), "litres drawn at the tap, mixed";
    "draw_useful_j", "J", Sum, 0, Device(|t| &t.draw_useful_j), "energy of the draws above mains temperature";
    "draw_missing_j", "J", Sum, 0, Device(|t| &t.draw_missing_j), "energy that the draws missed to the useful temperature";
    "heat_space_w", "W", Mean, 1, Device(|t| &t.heat_space_w), "heat to the emitters, backup heater included";
    "heat_tank_w", "W", Mean, 1, Device(|t| &t.heat_tank_w), "heat to the tank, backup heater included, element not";
    "cooling_w", "W", Mean, 1, Device(|t| &t.cooling_w), "heat taken from the rooms";
    "compressor_space_w", "W", Mean, 1, Device(|t| &t.compressor_space_w), "electricity of the heat pump for the rooms";
    "compressor_tank_w", "W", Mean, 1, Device(|t| &t.compressor_tank_w), "electricity of the heat pump for the tank";
    "compressor_cooling_w", "W", Mean, 1, Device(|t| &t.compressor_cooling_w), "electricity of the heat pump for cooling";
    "backup_space_w", "W", Mean, 1, Device(|t| &t.backup_space_w), "electricity of the backup heater for the rooms";
    "backup_tank_w", "W", Mean, 1, Device(|t| &t.backup_tank_w), "electricity of the backup heater for the tank";
    "element_w", "W", Mean, 1, Device(|t| &t.element_w), "electricity of the tank's element";
    "auxiliary_w", "W", Mean, 1, Device(|t| &t.auxiliary_w), "electricity of circulation pumps and emitter fans";
    "standby_w", "W", Mean, 1, Device(|t| &t.standby_w), "standby electricity";
    "base_load_w", "W", Mean, 1, Device(|t| &t.base_load_w), "other electricity of the household";
    "pv_w", "W", Mean, 1, Device(|t| &t.pv_w), "photovoltaic production, AC";
    "grid_import_w", "W", Mean, 1, Device(|t| &t.grid_import_w), "drawn from the grid";
    "grid_export_w", "W", Mean, 1, Device(|t| &t.grid_export_w), "fed to the grid";
    "price_eur_per_kwh", "EUR/kWh", Mean, 5, Device(|t| &t.price_eur_per_kwh), "energy price of a bought kWh";
    "price_total_eur_per_kwh", "EUR/kWh", Mean, 5, Device(|t| &t.price_total_eur_per_kwh), "what a bought kWh costs with network and tax";
    "feed_in_eur_per_kwh", "EUR/kWh", Mean, 5, Device(|t| &t.feed_in_eur_per_kwh), "paid for an exported kWh";
    "co2_g_per_kwh", "g/kWh", Mean, 1, Device(|t| &t.co2_g_per_kwh), "carbon intensity of a bought kWh";
    "command_house", "1", Code, 0, Command(|t| &t.command_house), "steering command for the house: level + 1, 0 = none";
    "command_tank", "1", Code, 0, Command(|t| &t.command_tank), "steering command for the tank: level + 1, 0 = none";
    "target_shift_k", "K", Mean, 3, Device(|t| &t.target_shift_k), "shift of the target by tariff or PV surplus";
    "overridden_s", "s", Sum, 1, Device(|t| &t.overridden_s), "time in which a command was overridden";
    "starts", "1", Sum, 0, Starts, "starts of the compressor";
    "run_s", "s", Sum, 1, Device(|t| &t.run_s), "time that the compressor ran";
    "reason.REASON_s", "s", Sum, 1, Reasons, "time in one reason";
}

#[derive(Clone, Copy)]
enum Values<'a> {
    Numbers(&'a [f64]),
    Codes(&'a [i16]),
    Counts(&'a [u16]),

    Reason(&'a [[f32; Reason::COUNT]], usize),
}

/// A column of one device: a line of the table with its place filled in.
pub struct Channel<'a> {
    pub name: String,
    pub definition: &'static Definition,
    values: Values<'a>,
}

impl Channel<'_> {
    /// Number of internal rows.
    pub fn len(&self) -> usize {
        match self.values {
            Values::Numbers(v) => v.len(),
            Values::Codes(v) => v.len(),
            Values::Counts(v) => v.len(),
            Values::Reason(v, _) => v.len(),
        }
    }

    /// Whether the device has no such values (a house without a tank).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of internal row `i < len()`.
    #[inline]
    pub fn at(&self, i: usize) -> f64 {
        match self.values {
            Values::Numbers(v) => v[i],
            Values::Codes(v) => f64::from(v[i]),
            Values::Counts(v) => f64::from(v[i]),
            Values::Reason(v, reason) => f64::from(v[i][reason]),
        }
    }

    /// Gives the values of rows of a file, one after the other.
    pub fn each(&self, groups: &Grouping, rows: Range<usize>, mut take: impl FnMut(f64)) {
        if !groups.are_single() {
            for row in rows {
                let (from, to) = groups.range(row);
                take(self.merged(from, to));
            }
            return;
        }
        match self.values {
            Values::Numbers(v) => v[rows].iter().for_each(|&x| take(x)),
            Values::Codes(v) => v[rows].iter().for_each(|&x| take(f64::from(x))),
            Values::Counts(v) => v[rows].iter().for_each(|&x| take(f64::from(x))),
            Values::Reason(v, reason) => {
                v[rows].iter().for_each(|x| take(f64::from(x[reason])));
            }
        }
    }

    /// The value of the internal rows `from..to`, merged as the kind asks for.
    #[inline]
    pub fn merged(&self, from: usize, to: usize) -> f64 {
        if to - from == 1 {
            return self.at(from);
        }
        match self.definition.kind {
            Kind::End | Kind::Code => self.at(to - 1),
            Kind::Sum => (from..to).map(|i| self.at(i)).sum(),
            Kind::Mean => (from..to).map(|i| self.at(i)).sum::<f64>() / (to - from) as f64,
        }
    }
}

/// The channels that the device has, in the table's order (rooms in the
/// house's order inside a line of the table).
pub fn of(trace: &DeviceTrace) -> Vec<Channel<'_>> {
    let mut out = Vec::new();
    for definition in DEFINITIONS {
        let mut push = |name: String, values| {
            let channel = Channel {
                name,
                definition,
                values,
            };
            if !channel.is_empty() {
                out.push(channel);
            }
        };
        let plain = || definition.name.to_owned();
        match definition.source {
            Device(get) => push(plain(), Values::Numbers(get(trace))),
            Command(get) => push(plain(), Values::Codes(get(trace))),
            Starts => push(plain(), Values::Counts(&trace.starts)),
            Room(get) => {
                for room in &trace.rooms {
                    let name = definition.name.replace("ROOM", &room.name);
                    push(name, Values::Numbers(get(room)));
                }
            }
            Layers => {
                for (layer, values) in trace.tank_layer_c.iter().enumerate() {
                    let name = definition
                        .name
                        .replace("LAYER", &format!("{:02}", layer + 1));
                    push(name, Values::Numbers(values));
                }
            }
            Reasons => {
                for reason in Reason::ALL {
                    let name = definition.name.replace("REASON", reason.name());
                    push(name, Values::Reason(&trace.reason_s, *reason as usize));
                }
            }
        }
    }
    out
}

/// The channels whose name matches one of the patterns, and the patterns that
/// match nothing at all.
pub fn select<'a, 'p>(
    trace: &'a DeviceTrace,
    patterns: &'p [String],
) -> (Vec<Channel<'a>>, Vec<&'p str>) {
    let all = of(trace);
    let idle = patterns
        .iter()
        .filter(|p| !all.iter().any(|c| matches(p, &c.name)))
        .map(String::as_str)
        .collect();
    let chosen = all
        .into_iter()
        .filter(|c| patterns.iter().any(|p| matches(p, &c.name)))
        .collect();
    (chosen, idle)
}

/// Whether `name` matches `pattern`, in which `*` stands for any characters
/// (also none). Case counts.
pub fn matches(pattern: &str, name: &str) -> bool {
    let (p, n) = (pattern.as_bytes(), name.as_bytes());
    let (mut i, mut j) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while j < n.len() {
        if i < p.len() && p[i] == b'*' {
            star = Some((i, j));
            i += 1;
        } else if i < p.len() && p[i] == n[j] {
            i += 1;
            j += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            i = at + 1;
            j = from + 1;
        } else {
            return false;
        }
    }
    p[i..].iter().all(|&c| c == b'*')
}

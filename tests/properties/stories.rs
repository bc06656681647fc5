//! Random scenarios: houses of one to three rooms in any bundled climate and
//! season, with any plant, settings, steering and documents on the way.

use std::fmt;
use std::path::Path;

use heatloop::model::Scenario;
use heatloop::scenario::{self, Format};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

/// So many cases, always the same, unless the environment asks for others.
pub(crate) fn cases(n: u32) -> ProptestConfig {
    let asked = |name: &str| std::env::var_os(name).is_some();
    let mut config = ProptestConfig {
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    };
    if !asked("PROPTEST_CASES") {
        config.cases = n;
    }
    if !asked("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(2_021);
    }
    config
}

#[derive(Clone, Debug)]
pub(crate) struct Room {
    pub(crate) area_m2: f64,
    /// Heat loss, W/K a m² of floor.
    pub(crate) loss: f64,
    /// 0 to 3: one-node, air-and-mass, envelope, iso-13790.
    pub(crate) model: usize,
    /// Window over floor, and where it faces.
    pub(crate) window: f64,
    facing: &'static str,
    pub(crate) gain_w_per_m2: f64,
    pub(crate) offset_k: f64,
    pub(crate) controlled: bool,
    /// A value of TOML.
    pub(crate) emitter: &'static str,
}

/// A scenario by its random parts; prints as its file.
#[derive(Clone)]
pub(crate) struct Story {
    climate: &'static str,
    /// Month and day.
    date: (u32, u32),
    pub(crate) days: u32,
    pub(crate) step_s: u32,
    pub(crate) warmup_days: u32,
    pub(crate) rooms: Vec<Room>,
    /// Between neighbours, W/K.
    coupling: f64,
    pub(crate) unit: String,
    /// Minimum run and pause, min.
    pub(crate) times: (u32, u32),
    /// Litres; 0 is none.
    pub(crate) tank_l: u32,
    pub(crate) valves: bool,
    pub(crate) controller: String,
    pub(crate) mode: &'static str,
    pub(crate) preferred_c: f64,
    /// Below and above the target, K.
    pub(crate) bounds_k: (f64, f64),
    pub(crate) dhw: (u32, u32),
    pub(crate) night_c: Option<f64>,
    pub(crate) steering: Vec<&'static str>,
    /// Quarter-hour of the start, length in quarter-hours, levels.
    activation: Vec<(u32, u32, Option<u32>, Option<u32>)>,
    prices: Vec<f64>,
    pv_kwp: f64,
    /// Hours from the start, and documents without their user.
    pub(crate) events: Vec<(u32, String)>,
}

impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.toml())
    }
}

impl Room {
    fn toml(&self, name: usize) -> String {
        let (a, loss) = (self.area_m2, self.loss * self.area_m2);
        let model = match self.model {
            0 => format!("kind = \"one-node\", loss_w_per_k = {loss:.2}"),
            1 => format!(
                "kind = \"air-and-mass\", loss_w_per_k = {loss:.2}, mass_kj_per_k = {:.0}",
                150.0 * a
            ),
            2 => format!(
                "kind = \"envelope\", interior_kj_per_k = {:.0}, envelope_kj_per_k = {:.0}, \
                 interior_to_envelope_w_per_k = {:.1}, envelope_to_outdoor_w_per_k = {loss:.2}",
                60.0 * a,
                200.0 * a,
                8.0 * a
            ),
            _ => format!(
                "kind = \"iso-13790\", windows_w_per_k = {:.2}, opaque_w_per_k = {:.2}",
                0.4 * loss,
                0.6 * loss
            ),
        };
        let mut text = format!(
            "[users.devices.house.template.rooms.r{name}]\nfloor_area_m2 = {a:.1}\nmodel = {{ {model} }}\n\
             target_offset_k = {:.1}\ncontrolled = {}\n",
            self.offset_k, self.controlled
        );
        if self.window > 0.0 {
            text += &format!(
                "windows = [{{ area_m2 = {:.2}, g = 0.6, facing = \"{}\" }}]\n",
                (self.window * a).max(0.05),
                self.facing
            );
        }
        if self.gain_w_per_m2 > 0.0 {
            text += &format!(
                "gains = [{{ power_w_per_m2 = {:.1} }}]\n",
                self.gain_w_per_m2
            );
        }
        text
    }
}

impl Story {
    /// Local time so many quarter-hours from the start.
    pub(crate) fn at(&self, quarters: u32) -> String {
        let (month, day) = self.date;
        let (year, _) = self.year();
        let start = jiff::civil::date(year, month as i8, day as i8).at(0, 0, 0, 0);
        let at = start + jiff::Span::new().minutes(i64::from(quarters) * 15);
        at.strftime("%Y-%m-%dT%H:%M").to_string()
    }

    fn year(&self) -> (i16, &str) {
        match self.climate.rsplit_once('-') {
            Some((_, year)) => (year.parse().unwrap_or(2021), self.climate),
            None => (2021, self.climate),
        }
    }

    /// The tables of the house: its rooms, in an order.
    pub(crate) fn house(&self, order: &[usize]) -> String {
        let mut text: String = order.iter().map(|&i| self.rooms[i].toml(i)).collect();
        for i in 1..self.rooms.len() {
            text += &format!(
                "[[users.devices.house.template.couplings]]\nbetween = \"r{}\"\nand = \"r{i}\"\nw_per_k = {:.1}\n",
                i - 1,
                self.coupling
            );
        }
        text
    }

    /// One `[[users.devices]]`.
    pub(crate) fn device(&self, id: &str, order: &[usize]) -> String {
        let tank = match self.tank_l {
            0 => String::new(),
            l => format!("tank = {{ volume_l = {l} }}\n"),
        };
        let emitters: Vec<String> = self
            .rooms
            .iter()
            .enumerate()
            .map(|(i, r)| format!("r{i} = {}", r.emitter))
            .collect();
        let optional =
            |l: &Option<u32>, key: &str| l.map(|l| format!(", {key} = {l}")).unwrap_or_default();
        let activation: Vec<String> = self
            .activation
            .iter()
            .map(|(start, length, house, tank)| {
                format!(
                    "{{ start = {}, end = {}{}{} }}",
                    self.at(*start),
                    self.at(start + length),
                    optional(house, "house"),
                    optional(tank, "tank")
                )
            })
            .collect();
        let pv = if self.pv_kwp > 0.0 {
            format!("pv = {{ peak_kwp = {:.1} }}\n", self.pv_kwp)
        } else {
            String::new()
        };
        format!(
            "[[users.devices]]\nid = \"{id}\"\nheat_pump = {{ {}, min_run_min = {}, min_pause_min = {} }}\nemitters = {{ {} }}\n\
             controller = {{ valves = {}, reference_room = \"r0\"{} }}\n{tank}{pv}activation = [{}]\n{}",
            self.unit,
            self.times.0,
            self.times.1,
            emitters.join(", "),
            self.valves,
            self.controller,
            activation.join(", "),
            self.house(order)
        )
    }

    /// Everything of a user but its devices.
    pub(crate) fn user(&self, id: &str) -> String {
        let schedule = self.night_c.map_or(String::new(), |c| {
            format!(
                "settings.room.schedule_enabled = true\n\
                 schedule = [{{ days = \"daily\", start = \"22:00\", end = \"06:00\", target_c = {c:.1} }}]\n"
            )
        });
        let steering: String = self
            .steering
            .iter()
            .map(|s| format!("settings.optimization_settings.{s} = true\n"))
            .collect();
        format!(
            "[[users]]\nid = \"{id}\"\nsettings.room.preferred_temperature = {:.1}\n\
             settings.room.temperature_lower_bound = {:.1}\n\
             settings.room.temperature_upper_bound = {:.1}\n\
             settings.room.temperature_control_mode = \"{}\"\n\
             settings.dhw = {{ temperature_lower_bound = {}, temperature_upper_bound = {} }}\n{schedule}{steering}",
            self.preferred_c, self.bounds_k.0, self.bounds_k.1, self.mode, self.dhw.0, self.dhw.1
        )
    }

    pub(crate) fn head(&self) -> String {
        let (climate, step_s) = (self.climate, self.step_s);
        let record_s = step_s.max(60);
        format!(
            "heatloop = 1\nsite = {{ country = \"NL\", postal_code = \"3511AB\" }}\n\
             weather = {{ climate = \"{climate}\" }}\n\
             period = {{ start = {}, days = {}, step_s = {step_s}, record_s = {record_s}, warmup_days = {} }}\n\
             prices.energy_eur_per_kwh = {:?}\n",
            self.at(0),
            self.days,
            self.warmup_days,
            self.prices
        )
    }

    pub(crate) fn events(&self, user: &str) -> String {
        let event = |(hour, document): &(u32, String)| {
            format!(
                "[[events]]\nat = {}\ndocument = '{{\"user_id\": \"{user}\", {document}}}'\n",
                self.at(hour * 4)
            )
        };
        self.events.iter().map(event).collect()
    }

    pub(crate) fn toml(&self) -> String {
        let order: Vec<usize> = (0..self.rooms.len()).collect();
        self.head() + &self.user("u") + &self.device("d", &order) + &self.events("u")
    }

    pub(crate) fn scenario(&self) -> Scenario {
        read(&self.toml())
    }
}

/// A text that must be right.
pub(crate) fn read(text: &str) -> Scenario {
    match scenario::parse(text, Format::Toml, Path::new("")) {
        Ok(scenario) => scenario,
        Err(faults) => panic!("{text}\n{}", faults.render(100, false)),
    }
}

const CLIMATES: [&str; 10] = [
    "amsterdam-2019",
    "uccle-2019",
    "aachen-2021",
    "potsdam-2019",
    "vienna-2019",
    "warsaw-2019",
    "stockholm-2019",
    "rome-2019",
    "malaga-2019",
    "golden-tmy3",
];

fn any_room() -> impl Strategy<Value = Room> {
    (
        (8.0..60.0, 0.4..4.0, 0_usize..4),
        prop_oneof![Just(0.0), 0.05..0.35],
        select(vec!["N", "E", "S", "W"]),
        prop_oneof![Just(0.0), 1.0..8.0],
        prop_oneof![4 => Just(0.0), 1 => -2.0..3.0],
        prop::bool::weighted(0.85),
    )
        .prop_map(
            |((area_m2, loss, model), window, facing, gain_w_per_m2, offset_k, controlled)| Room {
                area_m2,
                loss,
                model,
                window,
                facing,
                gain_w_per_m2,
                offset_k,
                controlled,
                emitter: "'radiator'",
            },
        )
}

/// One to three rooms, the first of them controlled and as the settings say.
pub(crate) fn any_rooms() -> impl Strategy<Value = Vec<Room>> {
    prop::collection::vec(any_room(), 1..=3).prop_map(|mut rooms| {
        rooms[0].controlled = true;
        rooms[0].offset_k = 0.0;
        rooms
    })
}

/// Units, emitters that suit each, and whether there may be a tank.
fn any_plant() -> impl Strategy<Value = (String, (u32, u32), Vec<&'static str>, bool)> {
    let water = vec!["'radiator'", "'underfloor'", "'fan_coil'"];
    let unit = select(vec![
        "daikin-altherma-3-r-4",
        "daikin-altherma-3-r-4",
        "daikin-altherma-3-r-8",
        "viessmann-vitocal-100-a14",
        "nibe-f2050-6",
        "mitsubishi-ecodan-wz80",
        "typical-air-to-air-3",
    ]);
    let times = (0_u32..30, 0_u32..20);
    (unit, times, prop::bool::weighted(0.15)).prop_map(move |(unit, times, parked)| {
        let air = unit == "typical-air-to-air-3";
        let kinds = if air {
            vec!["'room_unit'"]
        } else {
            water.clone()
        };
        let off = if parked {
            ", can_switch_off = false"
        } else {
            ""
        };
        (format!("unit = \"{unit}\"{off}"), times, kinds, !air)
    })
}

fn any_controller() -> impl Strategy<Value = String> {
    let pick = |text: &'static str| prop_oneof![3 => Just(""), 1 => Just(text)];
    (
        pick(", pi = { gain = 3 }"),
        pick(", room_sensor = \"air\""),
        pick(", heating_deadband_k = 0.6"),
        pick(", recovery_h = 0"),
        pick(", dwell_h = 1"),
        pick(", longest_charge_min = 20"),
    )
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat())
}

/// Preferred temperature and offsets, in tenths.
fn any_bounds() -> impl Strategy<Value = (f64, (f64, f64))> {
    (170_u32..240, 0_u32..30, 2_u32..30).prop_map(|(preferred, lower, upper)| {
        let tenth = |n: u32| f64::from(n) / 10.0;
        (tenth(preferred), (tenth(lower), tenth(upper)))
    })
}

const MODES: [&str; 4] = ["heating", "cooling", "auto", "off"];

fn any_document() -> impl Strategy<Value = String> {
    prop_oneof![
        (17.0..24.0).prop_map(|c: f64| format!("\"room\": {{\"preferred_temperature\": {c:.1}}}")),
        (0.0..3.0).prop_map(|k: f64| format!("\"room\": {{\"temperature_lower_bound\": {k:.1}}}")),
        select(MODES.to_vec())
            .prop_map(|m| format!("\"room\": {{\"temperature_control_mode\": \"{m}\"}}")),
        (38..50, 55..65).prop_map(|(l, u)| format!(
            "\"dhw\": {{\"temperature_lower_bound\": {l}, \"temperature_upper_bound\": {u}}}"
        )),
        Just("\"room\": null".to_owned()),
        select(vec![
            "flex_trading",
            "dynamic_tariff",
            "pv_self_consumption"
        ])
        .prop_map(|s| format!("\"optimization_settings\": {{\"{s}\": true}}")),
    ]
}

type Stretch = (u32, u32, Option<u32>, Option<u32>);

/// Commands over the period, some quarter-hours without.
fn any_activation(quarters: u32) -> impl Strategy<Value = Vec<Stretch>> {
    let level = || prop::option::weighted(0.8, 0_u32..=3);
    prop::collection::vec((0_u32..12, 1_u32..24, level(), level()), 0..10).prop_map(move |all| {
        let mut from = 0;
        let mut stretches = Vec::new();
        for (gap, length, house, tank) in all {
            let start = from + gap;
            from = start + length;
            if from <= quarters && (house.is_some() || tank.is_some()) {
                stretches.push((start, length, house, tank));
            }
        }
        stretches
    })
}

fn any_steering() -> impl Strategy<Value = Vec<&'static str>> {
    select(vec![
        vec![],
        vec!["flex_trading"],
        vec!["flex_trading"],
        vec!["dynamic_tariff"],
        vec!["pv_self_consumption"],
        vec!["dynamic_tariff", "pv_self_consumption"],
    ])
}

/// A date of the whole year; clock changes are among them.
fn any_date() -> impl Strategy<Value = (u32, u32)> {
    prop_oneof![
        6 => (1_u32..=12, 1_u32..=26),
        1 => select(vec![(3, 30), (3, 27), (10, 26), (10, 30)]),
    ]
}

/// Any scenario of so many days.
pub(crate) fn any_story(days: u32) -> impl Strategy<Value = Story> {
    let when = (select(CLIMATES.to_vec()), any_date());
    let house = (any_rooms(), 5.0..200.0, any_plant());
    let emitters = prop::collection::vec(0_usize..3, 3);
    let tank = prop_oneof![1 => Just(0_u32), 3 => 100_u32..400];
    let plant = (emitters, tank, prop::bool::weighted(0.8), any_controller());
    let settings = (
        prop_oneof![3 => Just("heating"), 3 => Just("auto"), 2 => Just("cooling"), 1 => Just("off")],
        any_bounds(),
        (35_u32..50, 54_u32..65),
        prop::option::weighted(0.4, 15.0..23.0),
    );
    let steering = (
        any_steering(),
        any_activation(days * 96),
        prop::collection::vec(0.05..0.6, 24),
        prop_oneof![Just(0.0), 1.0..8.0],
    );
    let events = prop::collection::vec((0..days * 24, any_document()), 0..4);
    (when, house, plant, settings, steering, events).prop_map(
        move |(when, house, plant, settings, steering, events)| {
            let ((climate, date), (mut rooms, coupling, (unit, times, kinds, may_have_tank))) =
                (when, house);
            for (room, &kind) in rooms.iter_mut().zip(&plant.0) {
                room.emitter = kinds[kind % kinds.len()];
            }
            Story {
                climate,
                date,
                days,
                step_s: 300,
                warmup_days: 1,
                rooms,
                coupling,
                unit,
                times,
                tank_l: if may_have_tank { plant.1 } else { 0 },
                valves: plant.2,
                controller: plant.3,
                mode: settings.0,
                preferred_c: settings.1.0,
                bounds_k: settings.1.1,
                dhw: settings.2,
                night_c: settings.3,
                steering: steering.0,
                activation: steering.1,
                prices: steering
                    .2
                    .iter()
                    .map(|p: &f64| (p * 100.0).round() / 100.0)
                    .collect(),
                pv_kwp: steering.3,
                events,
            }
        },
    )
}

impl Story {
    /// The same in a winter month.
    pub(crate) fn in_winter(mut self) -> Self {
        self.date.0 = [1, 2, 11, 12][self.date.0 as usize % 4];
        self.date.1 = self.date.1.min(26);
        self
    }

    /// The same at the time and place of another.
    pub(crate) fn beside(mut self, other: &Self) -> Self {
        (self.climate, self.date) = (other.climate, other.date);
        self
    }
}

/// The story without documents on the way.
pub(crate) fn quiet(mut story: Story) -> Story {
    story.events.clear();
    story
}

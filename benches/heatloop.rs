//! How long the parts take that are done often: a step, a decision, a year,
//! reading weather, reading a scenario. `cargo bench`; `cargo bench -- year`
//! runs those whose name holds `year`.
//!
//! Figures are those of one core. The same source in another binary varies by
//! 10 to 20 %, so compare on one machine and look for more than that.

use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use heatloop::control::hysteresis::Band;
use heatloop::control::law::{self, DeviceBands, Memory, Observation};
use heatloop::control::setpoints::{DeviceSetpoints, RoomSetpoints};
use heatloop::control::settings::{BoundsConvention, Effective, Level, resolve_bounds};
use heatloop::control::thresholds::{self, Abilities};
use heatloop::model::{Device, Scenario};
use heatloop::plant::compile::{Compiled, compile};
use heatloop::plant::params::KERNEL_OUTPUTS;
use heatloop::scenario::{Format, parse};
use heatloop::sim::kernel::{self, Row, State, Sums};
use heatloop::sim::{self, Options, Silent};
use heatloop::weather::{self, Calendar};

const FOUR_ROOMS: &str = r#"
heatloop = 1
site = { country = "NL", postal_code = "6211AB" }
weather = { climate = "aachen-2021" }
period = { start = 2021-01-01, days = 365 }

[[users]]
settings.room = { schedule_enabled = true }
schedule = [{ days = "daily", start = "06:30", end = "22:30", target_c = 20.5 }]

[[users.devices]]
house = "four-rooms"
heat_pump = "daikin-altherma-3-r-4"
emitter = "underfloor"
emitters.bedroom = { kind = "radiator", design_flow_c = 40 }
tank = "200 l"
"#;

const STEP_S: f64 = 300.0;
const OUTDOOR_C: f64 = 2.0;

fn scenario(text: &str) -> Scenario {
    match parse(text, Format::Toml, Path::new(".")) {
        Ok(scenario) => scenario,
        Err(faults) => panic!("{}", faults.render(100, false)),
    }
}

/// What the law is given on an ordinary winter day.
fn setpoints(device: &Device) -> (Vec<RoomSetpoints<f64>>, DeviceSetpoints<f64>) {
    let settings = Effective::resolve(
        &Level::default(),
        &Level::default(),
        BoundsConvention::Offsets,
    );
    let abilities = Abilities {
        can_cool: false,
        can_switch_off: true,
        parked_heating_c: 10.0,
        parked_cooling_c: 35.0,
    };
    let rooms = device
        .house
        .rooms
        .iter()
        .map(|room| {
            let bounds = resolve_bounds(&settings, settings.preferred_c, room.target_offset_k);
            thresholds::room(
                &bounds,
                &settings,
                &device.controller,
                &abilities,
                0.0,
                false,
            )
        })
        .collect();
    let mut set = DeviceSetpoints::idle();
    thresholds::device(&mut set, &settings, &device.controller, &abilities, 0.0);
    (rooms, set)
}

/// One row of 300 s on a winter day: decisions, house, emitters, tank. The
/// state goes on from row to row, so starts, stops and charges are in the mean.
fn step(c: &mut Criterion) {
    let scenario = scenario(FOUR_ROOMS);
    let device = &scenario.users[0].devices[0];
    let compiled: Compiled = compile(device, STEP_S).expect("the house compiles");
    let system = &compiled.systems[0];
    let rooms = compiled.plant.rooms;
    // All surroundings at the outdoor temperature; the rest are gains.
    let boundaries = compiled.layout.boundaries.len();
    let inputs: Vec<f64> = (0..system.inputs)
        .map(|i| if i < boundaries { OUTDOOR_C } else { 0.0 })
        .collect();
    let project = |matrix: &[f64]| -> Vec<f64> {
        matrix
            .chunks_exact(system.inputs)
            .map(|row| row.iter().zip(&inputs).map(|(a, u)| a * u).sum())
            .collect()
    };
    let forcing = project(&system.input);
    let mut base_output = project(&system.feedthrough);
    base_output.truncate(KERNEL_OUTPUTS * rooms);
    let (room_set, device_set) = setpoints(device);
    let heating = device.heat_pump.heating.slice(OUTDOOR_C);
    let (never, always) = (vec![-1e30; rooms], vec![1e30; rooms]);
    let row = Row {
        state: 0,
        duration_s: STEP_S,
        forcing: &forcing,
        base_output: &base_output,
        rooms: &room_set,
        device: &device_set,
        heating: &heating,
        cooling: &heating,
        draw_l_per_s: 0.002,
        mains_c: 10.0,
        ideal_heat_c: &never,
        ideal_cool_c: &always,
    };
    let layers = device
        .tank
        .as_ref()
        .map_or_else(Vec::new, |t| vec![t.start_c; t.layers]);
    let mut state = State::new(&compiled.plant, system.uniform_state(20.0), layers);
    let mut sums = Sums::new(rooms, system.modes, compiled.layout.heats.len());
    c.bench_function("step: four rooms, tank, 300 s", |b| {
        b.iter(|| kernel::step(&compiled.plant, black_box(&row), &mut state, &mut sums));
    });
    assert!(state.y.iter().all(|y| y.is_finite()));
}

/// One decision of the law alone, four rooms.
fn decision(c: &mut Criterion) {
    let scenario = scenario(FOUR_ROOMS);
    let device = &scenario.users[0].devices[0];
    let compiled = compile(device, STEP_S).expect("the house compiles");
    let (rooms, set) = setpoints(device);
    let n = rooms.len();
    let seen = Observation {
        tank_c: 48.0,
        water_c: 28.0,
        circuit_c: 24.0,
        tank_limit: false,
        full_output: false,
        elapsed_s: STEP_S,
    };
    let mut memory = Memory::<f64>::new(n);
    let mut valves = vec![false; n];
    let mut room_bands = vec![Band::default(); n];
    let mut bands = DeviceBands::default();
    let temperatures: Vec<f64> = (0..n).map(|r| 19.5 + 0.3 * r as f64).collect();
    c.bench_function("decision: four rooms", |b| {
        b.iter(|| {
            law::decide(
                black_box(&temperatures),
                black_box(&seen),
                &rooms,
                &set,
                &compiled.plant.constants,
                &mut memory,
                &mut valves,
                &mut room_bands,
                &mut bands,
            )
        });
    });
}

/// A year of the four-room house at the default step, with its trace.
fn year(c: &mut Criterion) {
    let scenario = scenario(FOUR_ROOMS);
    c.bench_function("year: four rooms", |b| {
        b.iter(|| sim::run(black_box(&scenario), Options::default(), &Silent).expect("runs"));
    });
}

fn reading(c: &mut Criterion) {
    let packed = include_bytes!("../src/weather/data/golden-tmy3.epw.z");
    let mut epw = Vec::new();
    flate2::read::ZlibDecoder::new(&packed[..])
        .read_to_end(&mut epw)
        .expect("inflates");
    c.bench_function("read: EPW, a year of hours", |b| {
        b.iter(|| weather::read_epw("golden", black_box(&epw), Calendar::Typical).expect("reads"));
    });
    c.bench_function("read: bundled weather, a year of quarter-hours", |b| {
        b.iter(|| weather::bundled(black_box("amsterdam-2019")).expect("is there"));
    });
    c.bench_function("read: scenario with its weather", |b| {
        b.iter(|| scenario(black_box(FOUR_ROOMS)));
    });
}

criterion_group! {
    name = quick;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(20);
    targets = step, decision
}
criterion_group! {
    name = slow;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(5))
        .sample_size(10);
    targets = year, reading
}
criterion_main!(quick, slow);

//! The step alone, against the plain program and against what the processor
//! could do.

use std::hint::black_box;
use std::time::Instant;

use heatloop::numeric::Lanes;
use heatloop::numeric::simd::InstructionSet;
use heatloop::physics::heat_pump::FlowCurve;
use heatloop::plant::Plant;
use heatloop::sim::kernel::{Row, State, Steps, Sums};

use super::peak::{self, Peak};
use super::report::{Table, digits};
use super::{DAY, outdoors, r3l4, reference};

const STEP_S: f64 = 300.0;
const MODES: usize = 9;
pub(crate) const TRIES: usize = 5;

/// What a row is spared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Without {
    Nothing,
    /// Nobody draws hot water.
    Draws,
    /// The tank never wants heat: priority is not asked for.
    Charging,
    /// Rooms that always call: no switching in a row.
    Switching,
    /// Neither rooms nor tank ever call: the heat pump stands.
    Heat,
}

/// A block of houses with the inputs of a day.
pub(crate) struct Walk<T: Steps> {
    plant: Plant<T>,
    state: State<T>,
    sums: Sums<T>,
    outdoor: Vec<T>,
    gains: Vec<T>,
    forcing: Vec<T>,
    maps: Vec<FlowCurve<T>>,
}

impl<T: Steps> Walk<T> {
    pub(crate) fn new() -> Self {
        let (plant, state, outdoor, gains) = r3l4::block(0);
        let map = r3l4::map();
        Self {
            sums: Sums::new(r3l4::ROOMS, MODES, 2 * r3l4::ROOMS),
            plant,
            state,
            outdoor,
            gains,
            forcing: vec![T::splat(0.0); MODES],
            maps: (0..DAY)
                .map(|row| r3l4::splat(&map.slice(outdoors(row).0)))
                .collect(),
        }
    }

    pub(crate) fn rows(&mut self, set: InstructionSet, rows: usize, without: Without) {
        let mut room = [r3l4::room_setpoints::<T>(); r3l4::ROOMS];
        let mut device = r3l4::device_setpoints::<T>();
        let (never, always) = (T::splat(-1e30), T::splat(1e30));
        for set in &mut room {
            match without {
                Without::Switching => (set.heat_on, set.heat_off) = (always, always),
                Without::Heat => {
                    (set.heat_on, set.heat_off) = (never, never);
                    (set.forced_on, set.forced_off) = (never, never);
                }
                _ => {}
            }
        }
        if matches!(without, Without::Charging | Without::Heat) {
            (device.tank_on, device.tank_off) = (never, never);
            (device.tank_forced_on, device.tank_forced_off) = (never, never);
        }
        let base = [T::splat(0.0); 3 * r3l4::ROOMS];
        let far = [always; r3l4::ROOMS];
        for row in (0..DAY).cycle().take(rows) {
            let (outdoor_c, gains_w) = outdoors(row);
            let (c, w) = (T::splat(outdoor_c), T::splat(gains_w));
            for m in 0..MODES {
                self.forcing[m] = self.outdoor[m] * c + self.gains[m] * w;
            }
            device.flow_heating = T::splat(38.0 - 0.6 * outdoor_c);
            let tap = without != Without::Draws && (row + 60).is_multiple_of(144);
            let inputs = Row {
                duration_s: T::splat(STEP_S),
                state: 0,
                forcing: &self.forcing,
                base_output: &base,
                rooms: &room,
                device: &device,
                heating: &self.maps[row],
                cooling: &self.maps[row],
                draw_l_per_s: T::splat(if tap { 0.15 } else { 0.0 }),
                mains_c: T::splat(10.0),
                ideal_heat_c: &far,
                ideal_cool_c: &far,
            };
            T::step(set, &self.plant, &inputs, &mut self.state, &mut self.sums);
        }
        black_box(&self.state);
    }

    /// Segments a house-step, mean of the lanes.
    fn segments(&self, rows: usize) -> f64 {
        let all: f64 = (0..T::LANES).map(|l| self.sums.segments.lane(l)).sum();
        all / (rows * T::LANES) as f64
    }
}

/// ns a house-step: the best of some tries.
pub(crate) fn best(houses: usize, rows: usize, mut run: impl FnMut(usize)) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..TRIES {
        let start = Instant::now();
        run(rows);
        least = least.min(start.elapsed().as_nanos() as f64 / (rows * houses) as f64);
    }
    least
}

/// ns a house-step of the kernel, and segments a house-step.
fn timed<T: Steps>(set: InstructionSet, without: Without) -> (f64, f64) {
    let rows = 20 * DAY;
    let mut walk = Walk::<T>::new();
    let ns = best(T::LANES, rows, |rows| walk.rows(set, rows, without));
    (ns, walk.segments(rows * TRIES))
}

/// Operations of a thermostat-only house-step R3L4, counted in its plain form:
/// floating-point operations, and vector instructions that do them for all lanes.
pub(crate) const FLOPS: f64 = 271.0;
const INSTRUCTIONS: f64 = 240.0;

/// The least time of issuing the plain form's instructions for as many houses as a
/// vector has numbers, ns a house-step.
pub(crate) fn floor_ns(peak: &Peak) -> f64 {
    INSTRUCTIONS / peak.numbers as f64 / peak.issued_per_ns
}

/// The kernel against the plain program; what it costs without this and that.
pub(crate) fn all(peaks: &[Peak]) -> Vec<Table> {
    let mut table = Table::new(
        "A house-step, one core",
        &["", "ns", "times the plain program's", "segments"],
    );
    let mut plain = reference::Houses::new(256);
    let plain_ns = best(256, DAY, |rows| plain.run(rows));
    black_box(&plain);
    let mut line = |name: &str, ns: f64, segments: f64| {
        table.row(&[name, &digits(ns), &digits(ns / plain_ns), &digits(segments)]);
    };
    line(
        "plain program: a struct a house, thermostat only",
        plain_ns,
        1.0,
    );
    let set = super::set_of_the_full_step();
    let (one_ns, one) = timed::<f64>(set, Without::Nothing);
    let name = format!("kernel, one house at a time, {}", set.name());
    line(&name, one_ns, one);
    if !set.has_lanes() {
        table.note("This processor has no lanes.".to_owned());
        return vec![table];
    }
    let (wide_ns, wide) = timed::<Lanes<4>>(set, Without::Nothing);
    line(
        &format!("kernel, lanes of 4, {}", set.name()),
        wide_ns,
        wide,
    );
    table.note(format!(
        "Lanes gain {:.2} times over one house at a time.",
        one_ns / wide_ns
    ));
    if let Some(peak) = peak::of(peaks, set) {
        let floor_ns = floor_ns(peak);
        table.note(format!(
            "Of the measured peak of fused multiply-adds ({:.1} GFLOP/s a core) the plain form's \
             {FLOPS} operations a house-step take {:.2} %; the floor of issuing their {INSTRUCTIONS} \
             vector instructions for four lanes is {floor_ns:.1} ns.",
            peak.gflops,
            100.0 * FLOPS / wide_ns / peak.gflops
        ));
    }

    let mut spared = Table::new(
        "What a row is spared, kernel in lanes of 4",
        &["", "ns", "saves", "segments"],
    );
    for (name, without) in [
        ("nothing", Without::Nothing),
        ("draws of hot water", Without::Draws),
        ("charging the tank, and its priority", Without::Charging),
        ("switching: rooms always call", Without::Switching),
        ("all heat: nobody calls", Without::Heat),
    ] {
        let (ns, segments) = timed::<Lanes<4>>(set, without);
        let saves = format!("{:.0} %", 100.0 * (1.0 - ns / wide_ns));
        spared.row(&[name, &digits(ns), &saves, &digits(segments)]);
    }
    vec![table, spared]
}

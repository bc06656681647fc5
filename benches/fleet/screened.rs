//! The quick step of screenings, against the plain program and against what the
//! processor could do: variants of one house, whose tanks differ.

use std::hint::black_box;

use heatloop::control::setpoints::DeviceSetpoints;
use heatloop::numeric::simd::InstructionSet;
use heatloop::numeric::{Real, Wide};
use heatloop::physics::heat_pump::FlowCurve;
use heatloop::plant::Plant;
use heatloop::sim::screening::kernel::{self, Common, House, Inputs, MINUTES, State, Sums};
use heatloop::sim::screening::lanes;

use super::kernel::{FLOPS, best, floor_ns};
use super::peak::{self, Peak};
use super::report::{Table, digits};
use super::{DAY, outdoors, r3l4, reference};

/// Rows of a day: quarter-hours.
const QUARTERS: usize = 96;

/// What a row is spared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spared {
    Nothing,
    /// Nobody draws hot water.
    Draws,
    /// Nobody draws, and the tank never wants heat.
    Tank,
    /// Neither rooms nor tank ever call: the heat pump stands.
    Heat,
}

/// A block of houses with the inputs of a day.
pub(crate) struct Walk<T: Real> {
    house: House,
    plant: Plant<T>,
    state: State<T, { r3l4::ROOMS }>,
    inputs: Inputs<T, { r3l4::ROOMS }>,
    outdoor: Vec<f64>,
    gains: Vec<f64>,
    maps: Vec<FlowCurve<f64>>,
    sums: Sums<T, { r3l4::ROOMS }>,
    /// Minutes that a compressor ran, of all houses.
    ran: f64,
}

impl<T: Real> Walk<T> {
    pub(crate) fn new() -> Self {
        let first = r3l4::house(0);
        let (plant, ..) = r3l4::block::<T>(0);
        let modal = &first.plant.states[0];
        let z = first.z.iter().map(|&z| T::splat(z)).collect();
        let map = r3l4::map();
        let mut inputs = Inputs::idle();
        let room = r3l4::room_setpoints();
        let device: DeviceSetpoints<f64> = r3l4::device_setpoints();
        for lane in 0..T::LANES {
            (0..r3l4::ROOMS).for_each(|r| inputs.set_room(r, lane, &room, true));
            inputs.set_device(lane, &device);
            inputs.set_weather(lane, &device);
        }
        Self {
            house: House::new(&first.output, modal, r3l4::ROOMS, r3l4::ROOMS),
            state: State::new(z, vec![T::splat(48.0); r3l4::LAYERS], T::splat(20.0)),
            plant,
            inputs,
            outdoor: first.outdoor,
            gains: first.gains,
            maps: (0..QUARTERS)
                .map(|row| map.slice(outdoors(DAY / QUARTERS * row).0))
                .collect(),
            sums: Sums::default(),
            ran: 0.0,
        }
    }

    pub(crate) fn rows(&mut self, set: InstructionSet, rows: usize, without: Spared) {
        let (never, zero) = (T::splat(-1e30), T::splat(0.0));
        let mut inputs = self.inputs.clone();
        if without == Spared::Heat {
            (inputs.on_c, inputs.off_c) = ([never; r3l4::ROOMS], [never; r3l4::ROOMS]);
        }
        if matches!(without, Spared::Tank | Spared::Heat) {
            (inputs.tank_on_c, inputs.tank_off_c) = (never, never);
        }
        let mut forced = vec![0.0; self.outdoor.len()];
        let mut forcing = Vec::with_capacity(forced.len());
        let base_output = [0.0; 3 * r3l4::ROOMS];
        for row in (0..QUARTERS).cycle().take(rows) {
            let (outdoor_c, gains_w) = outdoors(DAY / QUARTERS * row);
            for (to, (by_c, by_w)) in forced.iter_mut().zip(self.outdoor.iter().zip(&self.gains)) {
                *to = by_c * outdoor_c + by_w * gains_w;
            }
            self.house.force(&forced, &mut forcing);
            inputs.set.flow_heating = T::splat(38.0 - 0.6 * outdoor_c);
            inputs.map = FlowCurve::splat(&self.maps[row]);
            let tap = without != Spared::Draws
                && without != Spared::Tank
                && (row + 20).is_multiple_of(48);
            inputs.draws = [tap; MINUTES];
            inputs.draw_l = [if tap { T::splat(3.0) } else { zero }; MINUTES];
            let common = Common {
                house: &self.house,
                forcing: &forcing,
                base_output: &base_output,
            };
            kernel::step(
                set,
                false,
                &self.plant,
                &common,
                &inputs,
                &mut self.state,
                &mut self.sums,
            );
            self.ran += (0..T::LANES).map(|l| self.sums.runs.lane(l)).sum::<f64>();
        }
        black_box(&self.state);
    }
}

/// ns a house-minute, and how much of it the compressors ran.
fn timed<T: Real>(set: InstructionSet, without: Spared) -> (f64, f64) {
    let rows = 20 * QUARTERS;
    let mut walk = Walk::<T>::new();
    let minutes = rows * MINUTES;
    let ns = best(T::LANES, minutes, |_| walk.rows(set, rows, without));
    let all = minutes * T::LANES * super::kernel::TRIES;
    (ns, walk.ran / all as f64)
}

/// The same with as many side by side as screenings have in a set.
fn timed_in_lanes(set: InstructionSet, without: Spared) -> (f64, f64) {
    match lanes(set) {
        ..=8 => timed::<Wide<8>>(set, without),
        _ => timed::<Wide<16>>(set, without),
    }
}

/// The quick step against the plain program; what it costs without this and that.
pub(crate) fn all(peaks: &[Peak]) -> Vec<Table> {
    let mut table = Table::new(
        "A house-minute screened, one core",
        &[
            "",
            "ns",
            "plain program's",
            "of the peak",
            "issue floor, ns",
        ],
    );
    let mut plain = reference::Houses::new(256);
    let plain_ns = best(256, DAY, |rows| plain.run(rows));
    black_box(&plain);
    let mut line = |name: &str, ns: f64, peak: Option<&Peak>| {
        let share = |p: &Peak| format!("{:.1} %", 100.0 * FLOPS / ns / p.gflops);
        table.row(&[
            name,
            &digits(ns),
            &digits(ns / plain_ns),
            &peak.map_or_else(String::new, share),
            &peak.map_or_else(String::new, |p| digits(floor_ns(p))),
        ]);
    };
    line(
        "plain program: a struct a house, thermostat only",
        plain_ns,
        None,
    );
    let (one_ns, _) = timed::<f64>(InstructionSet::best(), Spared::Nothing);
    line("one house", one_ns, None);
    let mut sets = InstructionSet::all();
    sets.retain(|set| set.has_lanes());
    let mut gains = Vec::new();
    for &set in &sets {
        let (ns, _) = timed_in_lanes(set, Spared::Nothing);
        let name = format!("lanes of {}, {}", lanes(set), set.name());
        line(&name, ns, peak::of(peaks, set));
        gains.push(format!("{} times in {}", digits(one_ns / ns), set.name()));
    }
    if !gains.is_empty() {
        table.note(format!(
            "The plain program knows less than the step. Beside one house after the other \
             of the step's own equations lanes are quicker {}.",
            gains.join(", ")
        ));
    }
    let Some(&set) = sets.last() else {
        table.note("This processor has no lanes.".to_owned());
        return vec![table];
    };
    let title = format!(
        "What a screened minute is spared, lanes of {}, {}",
        lanes(set),
        set.name()
    );
    let mut spared = Table::new(&title, &["", "ns", "compressor runs"]);
    for (name, without) in [
        ("nothing", Spared::Nothing),
        ("draws of hot water", Spared::Draws),
        ("draws, and charging the tank", Spared::Tank),
        ("all heat: nobody calls", Spared::Heat),
    ] {
        let (ns, ran) = timed_in_lanes(set, without);
        spared.row(&[name, &digits(ns), &format!("{:.0} %", 100.0 * ran)]);
    }
    vec![table, spared]
}

//! The step over lanes against the step over one house: the same bits.

use super::*;
use crate::control::setpoints::{DeviceSetpoints, RoomSetpoints};
use crate::numeric::{Lanes, pack};
use crate::physics::heat_pump::FlowCurve;
use crate::plant::Plant;
use crate::scenario::{Format, parse};
use crate::sim::kernel::Row;
use crate::sim::timeline;

const LANES: usize = 4;
const ROWS: usize = 3 * 288;

/// Four houses of one layout that differ in targets, tanks, units' use, steering.
fn variant(k: usize) -> crate::model::Scenario {
    let (preferred, volume, mode) = (18.0 + k as f64, 150 + 50 * k, ["heating", "auto"][k % 2]);
    let text = format!(
        r#"
heatloop = 1
site = {{ country = "NL" }}
weather = {{ climate = "aachen-2021" }}
period = {{ start = 2021-01-10, days = 3, warmup_days = 0 }}
[[users]]
[users.settings.room]
preferred_temperature = {preferred:.1}
temperature_control_mode = "{mode}"
[[users.devices]]
house = "nl-terraced-1992"
heat_pump = "nibe-f2050-6"
tank = {{ volume_l = {volume} }}
"#
    );
    parse(&text, Format::Toml, std::path::Path::new(".")).unwrap()
}

/// A row of one house, kept.
struct Kept {
    state: usize,
    forcing: Vec<f64>,
    base_output: Vec<f64>,
    rooms: Vec<RoomSetpoints<f64>>,
    device: DeviceSetpoints<f64>,
    heating: FlowCurve<f64>,
    cooling: FlowCurve<f64>,
    draw_l_per_s: f64,
    mains_c: f64,
}

fn across<'a>(rows: &'a [Kept], read: impl Fn(&'a Kept) -> &'a [f64]) -> Vec<Lanes<LANES>> {
    (0..read(&rows[0]).len())
        .map(|i| pack(rows.iter().map(|r| read(r)[i])))
        .collect()
}

fn curve(rows: &[Kept], read: impl Fn(&Kept) -> &FlowCurve<f64>) -> FlowCurve<Lanes<LANES>> {
    let mut curve = FlowCurve::default();
    for (lane, row) in rows.iter().enumerate() {
        curve.set_lane(lane, read(row));
    }
    curve
}

#[test]
fn lanes_of_four_houses_give_the_same_bits_as_each_house_alone() {
    let scenarios: Vec<_> = (0..LANES).map(variant).collect();
    let settings: Vec<_> = scenarios
        .iter()
        .map(|s| timeline::settings(s).unwrap())
        .collect();
    let rows: Vec<_> = scenarios
        .iter()
        .map(|s| {
            let p = &s.period;
            Rows::new(&s.weather, &s.site, p.start_s, p.end_s, p.step_s, 3600).unwrap()
        })
        .collect();
    let jobs: Vec<_> = (0..LANES)
        .map(|k| Job {
            scenario: &scenarios[k],
            user: &scenarios[k].users[0],
            device: &scenarios[k].users[0].devices[0],
            settings: &settings[k].devices[0],
            rows: &rows[k],
        })
        .collect();
    let compiled: Vec<_> = jobs
        .iter()
        .map(|j| compile(j.device, 300.0).unwrap())
        .collect();
    let mut walks: Vec<_> = (0..LANES)
        .map(|k| Walk::new(&jobs[k], &compiled[k], 300))
        .collect();

    let plants: Vec<_> = compiled.iter().map(|c| c.plant.clone()).collect();
    let plant = Plant::<Lanes<LANES>>::pack(&plants).expect("one layout");
    let lanes_of = |read: &dyn Fn(usize) -> Vec<f64>| -> Vec<Lanes<LANES>> {
        let all: Vec<Vec<f64>> = (0..LANES).map(read).collect();
        (0..all[0].len())
            .map(|i| pack(all.iter().map(|v| v[i])))
            .collect()
    };
    let mut state = State::new(
        &plant,
        lanes_of(&|k| walks[k].state.z.clone()),
        lanes_of(&|k| walks[k].state.layers.clone()),
    );
    state.water_c = pack(walks.iter().map(|w| w.state.water_c));
    let heats = state.heats.len();
    let mut sums = Sums::new(plant.rooms, state.z.len(), heats);

    for i in 0..ROWS {
        let kept: Vec<Kept> = walks
            .iter_mut()
            .map(|w| {
                w.prepare(i, false);
                w.projection.project(w.network_state, &w.inputs);
                let t_s = w.job.scenario.period.start_s + i as i64 * 300;
                let draw = w.job.device.hot_water.draw_l_per_s.mean(t_s, t_s + 300);
                let row = w.maker.row(
                    300.0,
                    draw,
                    w.network_state,
                    w.projection.forcing(),
                    w.projection.base_output(),
                );
                let kept = Kept {
                    state: row.state,
                    forcing: row.forcing.to_vec(),
                    base_output: row.base_output.to_vec(),
                    rooms: row.rooms.to_vec(),
                    device: *row.device,
                    heating: *row.heating,
                    cooling: *row.cooling,
                    draw_l_per_s: row.draw_l_per_s,
                    mains_c: row.mains_c,
                };
                kernel::step(&w.compiled.plant, &row, &mut w.state, &mut w.sums);
                kept
            })
            .collect();
        assert!(kept.iter().all(|r| r.state == 0));
        let devices: Vec<_> = kept.iter().map(|r| r.device).collect();
        let rooms: Vec<_> = (0..plant.rooms)
            .map(|r| {
                let one: Vec<_> = kept.iter().map(|k| k.rooms[r]).collect();
                RoomSetpoints::pack(&one)
            })
            .collect();
        let far = vec![Lanes([1e30; LANES]); plant.rooms];
        let row = Row {
            duration_s: Lanes([300.0; LANES]),
            state: 0,
            forcing: &across(&kept, |r| &r.forcing),
            base_output: &across(&kept, |r| &r.base_output),
            rooms: &rooms,
            device: &DeviceSetpoints::pack(&devices),
            heating: &curve(&kept, |r| &r.heating),
            cooling: &curve(&kept, |r| &r.cooling),
            draw_l_per_s: pack(kept.iter().map(|r| r.draw_l_per_s)),
            mains_c: pack(kept.iter().map(|r| r.mains_c)),
            ideal_heat_c: &far,
            ideal_cool_c: &far,
        };
        kernel::step(&plant, &row, &mut state, &mut sums);
        for (lane, walk) in walks.iter().enumerate() {
            let (wide, alone) = (&state, &walk.state);
            let same = |a: &[Lanes<LANES>], b: &[f64]| {
                a.iter()
                    .zip(b)
                    .all(|(a, b)| a.0[lane].to_bits() == b.to_bits())
            };
            assert!(same(&wide.z, &alone.z), "house {lane}, row {i}: modes");
            assert!(
                same(&wide.layers, &alone.layers),
                "house {lane}, row {i}: tank"
            );
        }
    }
    for (lane, walk) in walks.iter().enumerate() {
        let alone = &walk.sums;
        assert!(walk.state.memory.source.starts > 0.0, "house {lane} ran");
        for (wide, alone) in [
            (sums.space_j, alone.space_j),
            (sums.tank_j, alone.tank_j),
            (sums.space_electric_j, alone.space_electric_j),
            (sums.tank_electric_j, alone.tank_electric_j),
            (sums.drawn_j, alone.drawn_j),
            (sums.run_s, alone.run_s),
        ] {
            assert_eq!(wide.0[lane].to_bits(), alone.to_bits(), "house {lane}");
        }
        let starts = state.memory.source.starts.0[lane];
        assert_eq!(starts, walk.state.memory.source.starts);
    }
}

//! When the law need not be asked: what it decided last still holds.
//!
//! A decision is the same while every watched temperature stays inside its band
//! (`hysteresis`), the settings are the same and no timer ends. The law says of a
//! decision whether it waits for a timer ([`Command::stands`]): rest, heating and
//! charging in their ordinary course do not. What is left are the bands, the
//! settings, and the flow, which follows the outdoor temperature and is worked
//! out anew each time.
//!
//! Not here: decisions that wait for something, steering, cooling, disinfection.
//! The law takes those each time.

use super::hysteresis::{Band, REACHED_K};
use super::law::{self, Command, DeviceBands, Memory, Observation};
use super::room::flag;
use super::setpoints::{Constants, DeviceSetpoints, RoomSetpoints};
use crate::numeric::{Mask, Real};

/// The last decision, where it stands, and what it was made from.
#[derive(Clone, Debug, Default)]
pub struct Held<T: Real> {
    command: Option<Command<T>>,
    rooms: Vec<RoomSetpoints<T>>,
    device: DeviceSetpoints<T>,
    /// The settings of this row are known to be those.
    compared: bool,
}

impl<T: Real> Held<T> {
    /// No decision yet, for a device of so many rooms.
    pub fn new(rooms: usize) -> Self {
        Self {
            command: None,
            rooms: vec![RoomSetpoints::idle(); rooms],
            device: DeviceSetpoints::idle(),
            compared: false,
        }
    }

    /// A new row begins, with settings that may be others.
    pub fn enter_row(&mut self) {
        self.compared = false;
    }

    /// The decision that the law would take once more, if that is certain. The
    /// law would leave its memory and the rooms', tank's and circuit's bands as
    /// they are; the water's is renewed here.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)] // what the law is given
    pub fn command(
        &mut self,
        room_c: &[T],
        seen: &Observation<T>,
        rooms: &[RoomSetpoints<T>],
        set: &DeviceSetpoints<T>,
        constants: &Constants<T>,
        memory: &mut Memory<T>,
        room_bands: &[Band<T>],
        bands: &mut DeviceBands<T>,
    ) -> Option<Command<T>> {
        let mut command = self.command?;
        let mut stays = inside(seen.tank_c, &bands.tank) & inside(seen.circuit_c, &bands.circuit);
        for (&room_c, band) in room_c.iter().zip(room_bands) {
            stays = stays & inside(room_c, band);
        }
        let at_limit = seen.tank_limit | seen.full_output;
        if !(stays & !at_limit).all() || !self.same_settings(rooms, set) {
            return None;
        }
        let valves = flag::<T>(constants.valves);
        let (heat, cool) = (command.heat, command.cool);
        command.flow_c =
            law::flow_set_point(room_c, rooms, set, constants, memory, heat, cool, valves);
        bands.water = Band::default();
        let blocked = law::flow_limit(
            seen.water_c,
            command.flow_c,
            heat,
            cool,
            set,
            constants,
            memory,
            &mut bands.water,
        );
        (!blocked.any()).then_some(command)
    }

    /// Whether the settings are those of the decision, but for the flow.
    #[inline(always)]
    fn same_settings(&mut self, rooms: &[RoomSetpoints<T>], set: &DeviceSetpoints<T>) -> bool {
        if self.compared {
            return true;
        }
        for (ours, theirs) in self.rooms.iter().zip(rooms) {
            if !ours.same(theirs) {
                return false;
            }
        }
        let with_our_flow = DeviceSetpoints {
            flow_heating: self.device.flow_heating,
            flow_heating_min: self.device.flow_heating_min,
            flow_heating_max: self.device.flow_heating_max,
            flow_cooling: self.device.flow_cooling,
            flow_cooling_limit: self.device.flow_cooling_limit,
            ..*set
        };
        self.compared = self.device.same(&with_our_flow);
        self.compared
    }

    /// A decision was taken, for all lanes: keeps it where it stands.
    #[inline(always)]
    pub fn note(
        &mut self,
        command: &Command<T>,
        rooms: &[RoomSetpoints<T>],
        set: &DeviceSetpoints<T>,
    ) {
        if !command.stands.all() {
            self.command = None;
            return;
        }
        self.command = Some(*command);
        self.rooms.copy_from_slice(rooms);
        self.device = *set;
        self.compared = true;
    }

    /// A decision was taken that does not stand for all lanes.
    pub fn forget(&mut self) {
        self.command = None;
    }
}

/// Whether a value is so far inside `band` that no latch sees it reached.
#[inline(always)]
fn inside<T: Real>(value: T, band: &Band<T>) -> T::Mask {
    let near = T::splat(REACHED_K);
    value.gt(band.low + near) & value.lt(band.high - near)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOMS: usize = 2;

    /// What the law leaves beside its command.
    #[derive(Clone, Copy, Debug, Default)]
    struct Outcome {
        valves: [bool; ROOMS],
        rooms: [Band<f64>; ROOMS],
        bands: DeviceBands<f64>,
    }

    fn constants() -> Constants<f64> {
        Constants {
            dwell_s: 7200.0,
            min_run_s: 600.0,
            min_pause_s: 300.0,
            longest_charge_s: 3600.0,
            room_turn_s: 1800.0,
            backup_delay_s: 3600.0,
            backup_space: 1.0,
            backup_tank: 1.0,
            room_influence: 1.0,
            pi_gain: 0.0,
            pi_integral_s: 0.0,
            flow_stop_above_k: 5.0,
            flow_start_below_k: 3.0,
            flow_max_c: 60.0,
            tank_hysteresis_k: 5.0,
            disinfection_c: 60.0,
            disinfection_hold_s: 1800.0,
            valves: 1.0,
        }
    }

    fn room(shift_k: f64) -> RoomSetpoints<f64> {
        RoomSetpoints {
            target: 20.5 + shift_k,
            heat_on: 20.2 + shift_k,
            heat_off: 20.8 + shift_k,
            forced_on: 19.4,
            forced_off: 19.7,
            forbidden_on: 21.6,
            forbidden_off: 21.3,
            frost_on: 5.0,
            frost_off: 6.0,
            cool_on: 21.4,
            cool_off: 20.9,
            ..RoomSetpoints::idle()
        }
    }

    fn device(row: usize) -> DeviceSetpoints<f64> {
        let flag = |holds: bool| f64::from(u8::from(holds));
        DeviceSetpoints {
            heat_allowed: 1.0,
            cool_always: flag(row % 900 > 700),
            cool_permitted: 1.0,
            flow_heating: 34.0 + 4.0 * (row as f64 * 0.01).sin(),
            tank_on: 45.0,
            tank_off: 50.0,
            tank_forced_on: 43.5,
            tank_forced_off: 50.0,
            house_commanded: flag(row % 500 < 20),
            disinfection_window: flag(row % 800 < 30),
            disinfection_starts: flag(row.is_multiple_of(800)),
            recovery: flag(row % 600 < 24),
            ..DeviceSetpoints::idle()
        }
    }

    /// Temperatures on their way, whatever is decided.
    fn seen(row: usize) -> ([f64; ROOMS], Observation<f64>) {
        let wave = |middle: f64, size: f64, rate: f64| middle + size * (row as f64 * rate).sin();
        let rooms = [wave(20.5, 1.3, 0.011), wave(20.6, 0.9, 0.017)];
        let seen = Observation {
            tank_c: wave(47.0, 4.0, 0.013),
            water_c: wave(36.0, 8.0, 0.07),
            circuit_c: 25.0,
            tank_limit: row % 1000 == 77,
            full_output: row % 300 < 8,
            elapsed_s: 300.0,
        };
        (rooms, seen)
    }

    #[test]
    fn a_held_decision_is_the_one_that_the_law_takes_and_leaves_it_the_same_memory() {
        let constants = constants();
        let (mut asked, mut spared) = (Memory::<f64>::new(ROOMS), Memory::<f64>::new(ROOMS));
        let mut held = Held::<f64>::new(ROOMS);
        let mut outcomes = [Outcome::default(); 2];
        let mut times = 0;
        for row in 0..20_000 {
            let (room_c, seen) = seen(row);
            let shift_k = if row % 400 < 200 { 0.0 } else { -0.4 };
            let (rooms, set) = ([room(shift_k), room(0.0)], device(row));
            let ask = |k: usize, memory: &mut Memory<f64>, of: &mut [Outcome; 2]| {
                let of = &mut of[k];
                law::decide(
                    &room_c,
                    &seen,
                    &rooms,
                    &set,
                    &constants,
                    memory,
                    &mut of.valves,
                    &mut of.rooms,
                    &mut of.bands,
                )
            };
            let by_law = ask(0, &mut asked, &mut outcomes);
            held.enter_row();
            let found = held.command(
                &room_c,
                &seen,
                &rooms,
                &set,
                &constants,
                &mut spared,
                &outcomes[1].rooms.clone(),
                &mut outcomes[1].bands,
            );
            times += usize::from(found.is_some());
            let command = found.unwrap_or_else(|| {
                let command = ask(1, &mut spared, &mut outcomes);
                held.note(&command, &rooms, &set);
                command
            });
            let told = |command: &Command<f64>| format!("{command:?}");
            assert_eq!(told(&by_law), told(&command), "row {row}");
            assert_eq!(format!("{asked:?}"), format!("{spared:?}"), "row {row}");
            let outcomes = outcomes.map(|outcome| format!("{outcome:?}"));
            assert_eq!(outcomes[0], outcomes[1], "row {row}");
            for (command, memory) in [(&by_law, &mut asked), (&command, &mut spared)] {
                let full = seen.full_output;
                law::elapse(command, full, full, 300.0, &constants, memory, 0.0);
            }
        }
        assert!(times > 5_000, "{times} of 20000 rows were spared");
    }
}

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

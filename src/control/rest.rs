//! When the law need not be asked: nothing asks for anything, and nothing has
//! changed that could.
//!
//! A decision holds while every watched temperature stays inside its band
//! (`hysteresis`), the settings are the same and no timer ends. Where nothing
//! asks, no timer is waited for, so bands and settings are all there is. Most
//! time of a year is spent so.
//!
//! Not here: decisions under which something runs. They depend on timers, on
//! the water and on what the plant gave.

use super::hysteresis::{Band, REACHED_K};
use super::law::{Command, DeviceBands, Memory, Observation};
use super::room::flag;
use super::setpoints::{DeviceSetpoints, RoomSetpoints};
use crate::numeric::{Mask, Real};

/// The last decision, where it was one at rest, and what it was made from.
#[derive(Clone, Debug, Default)]
pub struct Rest<T: Real> {
    command: Option<Command<T>>,
    rooms: Vec<RoomSetpoints<T>>,
    device: DeviceSetpoints<T>,
}

impl<T: Real> Rest<T> {
    /// No decision yet, for a device of so many rooms.
    pub fn new(rooms: usize) -> Self {
        Self {
            command: None,
            rooms: vec![RoomSetpoints::idle(); rooms],
            device: DeviceSetpoints::idle(),
        }
    }

    /// The decision that the law would take once more: it would change nothing
    /// in its memory, and leave the bands as they are.
    #[inline(always)]
    pub fn command(
        &self,
        room_c: &[T],
        seen: &Observation<T>,
        rooms: &[RoomSetpoints<T>],
        set: &DeviceSetpoints<T>,
        room_bands: &[Band<T>],
        bands: &DeviceBands<T>,
    ) -> Option<Command<T>> {
        let command = self.command?;
        let mut stays = inside(seen.tank_c, &bands.tank) & inside(seen.circuit_c, &bands.circuit);
        for (&room_c, band) in room_c.iter().zip(room_bands) {
            stays = stays & inside(room_c, band);
        }
        let holds = (stays & !seen.tank_limit).all()
            && self.rooms.iter().zip(rooms).all(|(a, b)| a.same(b))
            && self.same_device(set);
        holds.then_some(command)
    }

    /// Whether the device's settings are the same, but for the flow that nobody asks for.
    #[inline(always)]
    fn same_device(&self, set: &DeviceSetpoints<T>) -> bool {
        let with_our_flow = DeviceSetpoints {
            flow_heating: self.device.flow_heating,
            flow_heating_min: self.device.flow_heating_min,
            flow_heating_max: self.device.flow_heating_max,
            flow_cooling: self.device.flow_cooling,
            flow_cooling_limit: self.device.flow_cooling_limit,
            ..*set
        };
        self.device.same(&with_our_flow)
    }

    /// A decision was taken, for all lanes: keeps it where it is one at rest.
    #[inline(always)]
    pub fn note(
        &mut self,
        command: &Command<T>,
        memory: &Memory<T>,
        rooms: &[RoomSetpoints<T>],
        set: &DeviceSetpoints<T>,
    ) {
        let runs = command.heat | command.cool | command.tank | command.compressor;
        let runs = runs | command.backup_space | command.backup_tank | command.element;
        let waits = command.holds_for_s.lt(T::splat(1e29));
        let disinfects = memory.tank.disinfecting | flag::<T>(set.disinfection_starts);
        // What is told of steering depends on temperatures that no band names.
        let steered = flag::<T>(set.house_commanded + set.tank_commanded + set.shifted);
        if (runs | waits | disinfects | steered).any() {
            self.command = None;
            return;
        }
        self.command = Some(*command);
        self.rooms.copy_from_slice(rooms);
        self.device = *set;
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

//! Screening: many variants of few houses, quickly and roughly. A house's modes,
//! its weather, settings over time, the tank, the heat pump's map are those of the
//! full simulation; what is left out is what costs there:
//!
//! - decisions hold for a minute; nothing is located inside it;
//! - thermostats, the tank's and its priority, disinfection, minimum runs and pauses,
//!   the flow's hysteresis, the backup heater's delays decide; turns between rooms
//!   and tank, frost of the circuit and reasons do not;
//! - the rooms' map is a straight line around the set-point, a radiator's power law
//!   a chord until its excess has moved;
//! - what depends on a house's own temperatures besides its heating is taken from
//!   a reference, the same house at the whole degree next to what it is heated to
//!   (`reference.rs`).
//!
//! Houses of one layout advance side by side in lanes, whatever their tanks, heat
//! pumps and settings: variants of one house, which share its numbers (`family.rs`),
//! or a house each. Results are the same bits in every instruction set, on any number
//! of threads, in any company.
//!
//! What comes out are rows of a quarter-hour, as those of the full simulation
//! without some channels, and so figures, of which [`crate::metrics`] keeps those
//! that a screening is good for. How good is measured: see docs/SCREENING.md.
//!
//! Not here: cooling, activation schedules, ideal emitters, air-to-air units
//! (a run says so), checkpoints, warnings of the run.

mod block;
mod family;
pub mod kernel;
mod pack;
mod record;
mod reference;
#[cfg(test)]
mod tests;

use self::block::Block;
pub(super) use self::family::{Key, key};
use super::batch::{Reader, Share};
use super::device::{Done, Job};
use super::error::RunError;
use super::run::Progress;
use crate::control::settings::ControlMode;
use crate::model::controller::HeatingControl;
use crate::model::emitter::EmitterKind;
use crate::model::{Device, Period, Scenario};
use crate::numeric::Wide;
use crate::numeric::simd::InstructionSet;
use crate::plant::Compiled;
use crate::plant::params::EmitterParams;
use crate::units::S_PER_DAY;

/// A row, s.
pub const ROW_S: u32 = 900;

/// Devices that advance side by side: two vectors of them, so that one is computed
/// while the other waits for what it needs.
pub fn lanes(set: InstructionSet) -> usize {
    match set.vector() {
        1 => 1,
        numbers => 2 * numbers,
    }
}

/// Most devices of a block. What a house under its weather comes to is worked out
/// once a block.
const BLOCK: usize = 64;
/// Rows that a pack is taken through before the next: a day.
const TILE: usize = S_PER_DAY as usize / ROW_S as usize;
/// Most rooms of a house.
pub const ROOMS_MOST: usize = 8;

/// A scenario as it is screened: in rows of a quarter-hour.
pub(super) fn in_quarters(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.period.step_s = ROW_S;
    scenario.period.record_s = ROW_S;
    scenario
}

/// Held for a minute, water may change its emitter by this part of their
/// difference: more would swing.
const FOLLOWS_MOST: f64 = 0.7;

/// Why a compiled device can't be screened, if so.
pub(super) fn too_quick(compiled: &Compiled) -> Option<&'static str> {
    let quick = |e: &EmitterParams<f64>| {
        let taken_j_per_k = (e.supply_w_per_k + e.law.linear_w_per_k) * kernel::MINUTE_S;
        e.present > 0.5 && taken_j_per_k > FOLLOWS_MOST * e.capacity_j_per_k
    };
    let any = compiled.plant.emitters.iter().any(quick);
    any.then_some("an emitter holds so little water that it follows the flow within a minute")
}

/// Why a device can't be screened, if so.
pub(super) fn obstacle(job: &Job<'_>) -> Option<&'static str> {
    let device = job.device;
    let Period {
        start_s,
        end_s,
        warmup_s,
        ..
    } = job.scenario.period;
    if [start_s, end_s, warmup_s]
        .iter()
        .any(|t| t % i64::from(ROW_S) != 0)
    {
        return Some("its period or its warm-up does not begin and end at full quarter-hours");
    }
    if device.house.rooms.len() > ROOMS_MOST {
        return Some("its house has more than 8 rooms");
    }
    let has = |kind: fn(&EmitterKind) -> bool| {
        let emitters = device.emitters.iter().flatten();
        emitters.into_iter().any(|e| kind(&e.kind))
    };
    if has(|kind| matches!(kind, EmitterKind::Ideal { .. })) {
        return Some("its emitters are ideal ones");
    }
    if has(|kind| matches!(kind, EmitterKind::RoomUnit { .. })) {
        return Some("its heat pump heats the air of rooms, not water");
    }
    if matches!(device.controller.heating, HeatingControl::Pi { .. }) {
        return Some("its heating follows a PI controller");
    }
    let cools = |mode| matches!(mode, ControlMode::Cooling | ControlMode::Auto);
    if can_cool(device) && job.settings.all().any(|s| cools(s.mode)) {
        return Some("its mode is `cooling` or `auto`, and it can cool");
    }
    if !device.activation.is_empty() && job.settings.all().any(|s| s.flex_trading) {
        return Some("it follows an activation schedule");
    }
    None
}

fn can_cool(device: &Device) -> bool {
    device.heat_pump.cooling.is_some()
        && device.emitters.iter().flatten().any(|e| e.kind.can_cool())
}

/// A device: its scenario's number, its job, and itself compiled.
pub(super) type Member<'a> = (usize, &'a Job<'a>, &'a Compiled);

/// Whether the weather of both is one.
fn same_weather(a: &Member<'_>, b: &Member<'_>) -> bool {
    std::ptr::eq(a.1.rows, b.1.rows)
}

/// Shares out devices of one layout: full packs of one family each, and what is left
/// over of families together. `devices` are in the order of their keys.
pub(super) fn shares(devices: &[(Key, usize)], set: InstructionSet, threads: usize) -> Vec<Share> {
    let lanes = lanes(set);
    let (mut packs, mut left) = (Vec::new(), Vec::new());
    for family in devices.chunk_by(|a, b| a.0 == b.0) {
        for pack in family.chunks(lanes) {
            // Half of the lanes idle cost less than a house each.
            match 2 * pack.len() > lanes {
                true => packs.push(pack.to_vec()),
                false => left.extend_from_slice(pack),
            }
        }
    }
    packs.extend(left.chunks(lanes).map(<[_]>::to_vec));
    let most = packs
        .len()
        .div_ceil(threads)
        .clamp(1, BLOCK.div_ceil(lanes));
    packs
        .chunks(most)
        .map(|packs| Share {
            devices: packs.concat().iter().map(|d| d.1).collect(),
            packs: packs.iter().map(Vec::len).collect(),
        })
        .collect()
}

/// Runs devices of one layout, in packs of so many; `keys` say which are of one
/// family. Outcomes are in their order.
pub(super) fn run<R: Reader>(
    members: &[Member<'_>],
    keys: &[Key],
    packs: &[usize],
    set: InstructionSet,
    reader: &R,
    progress: &dyn Progress,
) -> Vec<Result<(Done, R::Book), RunError>> {
    let Some((_, _, compiled)) = members.first() else {
        return Vec::new();
    };
    let go = match compiled.plant.rooms {
        1 => go::<R, 1>,
        2 => go::<R, 2>,
        3 => go::<R, 3>,
        4 => go::<R, 4>,
        _ => go::<R, ROOMS_MOST>,
    };
    go(members, keys, packs, set, reader, progress)
}

fn go<R: Reader, const N: usize>(
    members: &[Member<'_>],
    keys: &[Key],
    packs: &[usize],
    set: InstructionSet,
    reader: &R,
    progress: &dyn Progress,
) -> Vec<Result<(Done, R::Book), RunError>> {
    // Few need no second vector.
    let most = packs.iter().copied().max().unwrap_or(1);
    match most {
        1 => Block::<f64, R, N>::new(members, keys, packs, set).run(reader, progress),
        2..=8 => Block::<Wide<8>, R, N>::new(members, keys, packs, set).run(reader, progress),
        _ => Block::<Wide<16>, R, N>::new(members, keys, packs, set).run(reader, progress),
    }
}

//! Devices with one house under one weather, held at one degree: what a row is to
//! the house is worked out once for all of them.

use super::kernel::House;
use super::reference::{Reference, held_c};
use super::{Member, ROW_S};
use crate::plant::params::KERNEL_OUTPUTS;

/// What makes devices a family: the weather's number, the fabric's, and what the
/// reference depends on besides.
pub(in crate::sim) type Key = [u64; 4];

/// The key of a job with one of these weathers and fabrics.
pub(in crate::sim) fn key(weather: usize, fabric: usize, job: &super::Job<'_>) -> Key {
    let room = job.device.controller.reference_room;
    [
        weather as u64,
        fabric as u64,
        room as u64,
        held_c(job).to_bits(),
    ]
}

/// A family's house, and what the rows of a tile are to it.
pub(super) struct Family<'a> {
    reference: Reference<'a>,
    /// For each network state, with so many places for rooms.
    pub(super) houses: Vec<House>,
    pub(super) rows: Vec<RowOfHouse>,
}

/// What a row is to the house; see [`Common`](super::kernel::Common).
#[derive(Default)]
pub(super) struct RowOfHouse {
    pub(super) network_state: usize,
    pub(super) forcing: Vec<f64>,
    pub(super) base_output: Vec<f64>,
}

impl<'a> Family<'a> {
    pub(super) fn new(&(_, job, compiled): &Member<'a>, places: usize) -> Self {
        let houses = compiled.systems.iter().zip(&compiled.plant.states);
        Self {
            houses: houses
                .map(|(system, modal)| {
                    House::new(&system.output, modal, compiled.plant.rooms, places)
                })
                .collect(),
            reference: Reference::new(job, compiled, i64::from(ROW_S)),
            rows: Vec::new(),
        }
    }

    /// From the modes of one network state to those of another.
    pub(super) fn transfer(&self, from: usize, to: usize) -> &[f64] {
        self.reference.transfer(from, to)
    }

    /// Takes the reference through the rows of a tile.
    pub(super) fn tile(&mut self, rows: &[usize]) {
        self.rows.resize_with(rows.len(), RowOfHouse::default);
        for (&i, to) in rows.iter().zip(&mut self.rows) {
            self.reference.row(i);
            to.network_state = self.reference.network_state();
            let house = &self.houses[to.network_state];
            let (forcing, base_output) = self.reference.forced();
            house.force(forcing, &mut to.forcing);
            let rooms = base_output.len() / KERNEL_OUTPUTS;
            let places = house.places();
            to.base_output.resize(KERNEL_OUTPUTS * places, 0.0);
            let outputs = base_output.chunks_exact(rooms);
            for (to, from) in to.base_output.chunks_exact_mut(places).zip(outputs) {
                to[..rooms].copy_from_slice(from);
            }
        }
    }
}

//! Devices that are stepped through their rows together: some packs, and the
//! families that they are of.

use super::family::{Family, Key};
use super::kernel::{Coefficient, Sums};
use super::pack::{AHEAD, Pack};
use super::record::Record;
use super::{Member, ROW_S, TILE, same_weather};
use crate::model::{Device, Period};
use crate::numeric::Real;
use crate::numeric::simd::InstructionSet;
use crate::sim::batch::Reader;
use crate::sim::device::{self, Done, same_mains, same_unit};
use crate::sim::error::RunError;
use crate::sim::row::RowMaker;
use crate::sim::run::Progress;
use crate::units::S_PER_DAY;

pub(super) struct Block<'a, T: Real, R: Reader, const N: usize> {
    members: &'a [Member<'a>],
    set: InstructionSet,
    families: Vec<Family<'a>>,
    makers: Vec<RowMaker<'a>>,
    /// For each device the first of its pack with the same heat pump under the same
    /// weather, and the same cold water.
    alike: Vec<[Option<usize>; 2]>,
    /// Whether a device has the prices of its pack's first.
    same_prices: Vec<bool>,
    /// Of a pack's rows in a tile: what happened, and the tanks' layers.
    sums: Vec<Sums<T, N>>,
    layers: Vec<T>,
    records: Vec<Record>,
    books: Vec<R::Book>,
    packs: Vec<PlacedPack<T, N>>,
}

struct PlacedPack<T: Real, const N: usize> {
    pack: Pack<T, N>,
    /// Its devices among the block's, and which families come up in it first.
    devices: std::ops::Range<usize>,
    first_of: std::ops::Range<usize>,
}

impl<'a, T: Real + Coefficient<T>, R: Reader, const N: usize> Block<'a, T, R, N> {
    /// `packs`: so many members each, of those `keys`.
    pub(super) fn new(
        members: &'a [Member<'a>],
        keys: &[Key],
        packs: &[usize],
        set: InstructionSet,
    ) -> Self {
        let makers: Vec<RowMaker<'a>> = members.iter().map(|m| RowMaker::lean(m.1)).collect();
        let mut known: Vec<Key> = Vec::new();
        let mut families: Vec<Family<'a>> = Vec::new();
        let mut placed = Vec::with_capacity(packs.len());
        let (mut alike, mut same_prices) = (Vec::new(), Vec::new());
        let mut from = 0;
        for &count in packs {
            let devices = from..from + count;
            from += count;
            let before = families.len();
            let of: Vec<usize> = devices
                .clone()
                .map(|d| {
                    let found = known.iter().position(|key| *key == keys[d]);
                    found.unwrap_or_else(|| {
                        known.push(keys[d]);
                        families.push(Family::new(&members[d], N));
                        families.len() - 1
                    })
                })
                .collect();
            let own = &members[devices.clone()];
            for (k, member) in own.iter().enumerate() {
                // Within a pack: the others are not in the same row.
                let first = |same: fn(&Device, &Device) -> bool| {
                    let mut ahead = own[..k].iter();
                    let found = ahead
                        .position(|m| same_weather(m, member) && same(m.1.device, member.1.device));
                    found.map(|k| devices.start + k)
                };
                alike.push([first(same_unit), first(same_mains)]);
                same_prices.push(k > 0 && own[0].1.scenario.grid == member.1.scenario.grid);
            }
            placed.push(PlacedPack {
                pack: Pack::new(own, &makers[devices.clone()], &of, &families),
                devices,
                first_of: before..families.len(),
            });
        }
        Self {
            members,
            set,
            families,
            makers,
            alike,
            same_prices,
            sums: Vec::with_capacity(TILE),
            layers: Vec::new(),
            records: members.iter().map(|m| Record::new(m.1, m.2)).collect(),
            books: members.iter().map(|_| R::Book::default()).collect(),
            packs: placed,
        }
    }

    pub(super) fn run(
        mut self,
        reader: &R,
        progress: &dyn Progress,
    ) -> Vec<Result<(Done, R::Book), RunError>> {
        let period = &self.members[0].1.scenario.period;
        let warmup: Vec<usize> = device::warmup_rows(period).collect();
        for rows in warmup.chunks(TILE) {
            self.tile(rows, false);
        }
        self.makers.iter_mut().for_each(RowMaker::forget);
        for PlacedPack { pack, devices, .. } in &self.packs {
            for (lane, d) in devices.clone().enumerate() {
                let stored_j = pack.stored_j(self.members[d].2, lane);
                self.records[d].open(&pack.state, lane, stored_j);
            }
        }
        let rows = ((period.end_s - period.start_s) / i64::from(ROW_S)) as usize;
        let all: Vec<usize> = (0..rows).collect();
        // The first rows are those of two days, so that they hold a local day.
        let (first, others) = all.split_at(rows.min(2 * TILE));
        for tiles in std::iter::once(first).chain(others.chunks(TILE)) {
            for rows in tiles.chunks(TILE) {
                self.tile(rows, true);
                progress.days(self.members.len() as f64 * rows.len() as f64 / TILE as f64);
            }
            self.read(reader);
        }
        self.finish(period)
    }

    /// Takes all devices through some rows, a pack after the other, so that what
    /// each needs is near the processor; writes them down where it `counts`.
    fn tile(&mut self, rows: &[usize], counts: bool) {
        for p in 0..self.packs.len() {
            let first_of = self.packs[p].first_of.clone();
            for family in &mut self.families[first_of] {
                family.tile(rows);
            }
            self.sums.clear();
            self.layers.clear();
            for (ahead, rows) in rows.chunks(AHEAD).enumerate() {
                self.step(p, ahead * AHEAD, rows, counts);
            }
            let devices = self.packs[p].devices.clone();
            for (lane, d) in devices.clone().enumerate().filter(|_| counts) {
                let (before, own) = self.records.split_at_mut(d);
                let like = self.same_prices[d].then(|| &before[devices.start]);
                let job = self.members[d].1;
                own[0].rows(job, rows, &self.sums, &self.layers, lane, like);
            }
        }
    }

    /// Takes a pack through some rows, the first of which is row `at` of the tile.
    fn step(&mut self, p: usize, at: usize, rows: &[usize], counts: bool) {
        let PlacedPack { pack, devices, .. } = &mut self.packs[p];
        // All inputs first: what is written in parts and read as a whole at
        // once keeps the processor waiting.
        for (k, &i) in rows.iter().enumerate() {
            pack.begin_inputs(k);
            for (lane, d) in devices.clone().enumerate() {
                let (before, own) = self.makers.split_at_mut(d);
                let [unit, mains] = self.alike[d].map(|d| d.map(|d| &before[d]));
                own[0].prepare_row(i, !counts, unit, mains);
                pack.set_inputs(k, lane, self.members[d].1, &own[0], i);
                if counts {
                    self.records[d].note(&own[0]);
                }
            }
        }
        pack.look_at_curves(rows.len(), self.set);
        for k in 0..rows.len() {
            // Of rows that do not count the last is overwritten.
            if counts || self.sums.is_empty() {
                self.sums.push(Sums::default());
            }
            let last = self.sums.len() - 1;
            pack.step(k, at + k, self.set, &self.families, &mut self.sums[last]);
            if counts {
                self.layers.extend_from_slice(&pack.state.layers);
            }
        }
        pack.end_inputs(rows.len());
    }

    /// Gives the rows so far to the reader and forgets them.
    fn read(&mut self, reader: &R) {
        for ((book, record), member) in self
            .books
            .iter_mut()
            .zip(&mut self.records)
            .zip(self.members)
        {
            reader.read(member.0, book, &record.trace);
            record.trace.forget_rows();
        }
    }

    fn finish(self, period: &Period) -> Vec<Result<(Done, R::Book), RunError>> {
        let days = (period.end_s - period.start_s) as f64 / S_PER_DAY;
        let lanes = self.packs.iter().flat_map(|placed| {
            let lanes = 0..placed.devices.len();
            lanes.map(move |lane| (&placed.pack, lane))
        });
        let ended = self.records.into_iter().zip(self.books).zip(self.members);
        ended
            .zip(lanes)
            .map(|(((record, book), member), (pack, lane))| {
                let stored_j = pack.stored_j(member.2, lane);
                if !(stored_j[0] + stored_j[1]).is_finite() {
                    return Err(RunError::NotFinite {
                        device: member.1.device.id.clone(),
                        what: "a temperature",
                        at: "the end".into(),
                        days,
                    });
                }
                Ok((record.finish(&pack.state, lane, stored_j), book))
            })
            .collect()
    }
}

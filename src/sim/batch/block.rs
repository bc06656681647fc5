//! A block: devices of one layout through all their rows. Each device makes its
//! own inputs, one after the other, and takes over what it has in common with one
//! before it; then they are stepped pack by pack.

use super::Reader;
use super::pack::Pack;
use crate::numeric::simd::InstructionSet;
use crate::plant::compile::Compiled;
use crate::sim::device::{self, Ahead, Done, Job, Walk};
use crate::sim::error::RunError;
use crate::sim::kernel::Steps;
use crate::sim::recorder::Recorder;
use crate::sim::run::Progress;
use crate::units::S_PER_DAY;

/// A device of a block: its scenario's number, its job, and itself compiled.
pub(super) type Member<'a> = (usize, &'a Job<'a>, &'a Compiled);

/// A quarter-hour is settled as a whole, s.
const QUARTER_S: i64 = 900;

/// Devices that go through their rows together.
pub(super) struct Block<'a, T: Steps, R: Reader> {
    members: &'a [Member<'a>],
    set: InstructionSet,
    walks: Vec<Walk<'a>>,
    shares: Vec<Shares>,
    /// The first fault of each device; the others go on.
    faults: Vec<Option<RunError>>,
    books: Vec<R::Book>,
    /// The devices lane by lane, in their order.
    packs: Vec<Pack<'a, T>>,
    /// A device's inputs depend on its state.
    looks_at_state: bool,
}

impl<'a, T: Steps, R: Reader> Block<'a, T, R> {
    /// Runs devices of one layout. Outcomes are in their order.
    pub(super) fn run(
        members: &'a [Member<'a>],
        set: InstructionSet,
        reader: &R,
        progress: &dyn Progress,
    ) -> Vec<Result<(Done, R::Book), RunError>> {
        let Some(mut block) = Self::new(members, set) else {
            return Vec::new();
        };
        let period = &members[0].1.scenario.period;
        let step_s = i64::from(period.step_s);
        for i in device::warmup_rows(period) {
            block.prepare(i, true, &mut []);
            block.step(i);
        }
        let record_s = device::record_s(period);
        let mut recorders = block.open_books(record_s);

        let rows = (period.end_s - period.start_s) / step_s;
        let record_rows = i64::from(record_s) / step_s;
        let day_rows = (S_PER_DAY as i64 / step_s).max(1);
        let quarters = period.start_s % QUARTER_S == 0;
        for i in 0..rows {
            block.prepare(i as usize, false, &mut recorders);
            block.step(i as usize);
            block.watch();
            if (i + 1) % record_rows == 0 || i + 1 == rows {
                block.end_interval(i + 1, record_rows, &mut recorders);
            }
            if (i + 1) % day_rows == 0 {
                progress.days(members.len() as f64);
                if quarters && i + 1 > day_rows && i + 1 < rows {
                    block.read(reader, &mut recorders);
                }
            }
        }
        block.finish(reader, recorders)
    }

    fn new(members: &'a [Member<'a>], set: InstructionSet) -> Option<Self> {
        let first = members.first()?;
        let step_s = i64::from(first.1.scenario.period.step_s);
        let mut walks: Vec<Walk<'a>> = members
            .iter()
            .map(|(_, job, compiled)| Walk::new(job, compiled, step_s))
            .collect();
        let shares: Vec<Shares> = (0..walks.len()).map(|d| Shares::of(&walks, d)).collect();
        for (d, shares) in shares.iter().enumerate() {
            let (before, own) = walks.split_at_mut(d);
            if let Some(ahead) = shares.ahead(before).fabric {
                own[0].share_tables(ahead);
            }
        }
        let packs: Option<Vec<Pack<'a, T>>> = walks
            .chunks(T::LANES)
            .zip(shares.chunks(T::LANES))
            .enumerate()
            .map(|(p, (walks, shares))| {
                let first = p * T::LANES;
                let unit = |(k, shares): (usize, &Shares)| shares.unit.unwrap_or(first + k);
                let mut units = shares.iter().enumerate().map(unit);
                let one = units.next();
                Pack::new(walks, units.all(|unit| Some(unit) == one))
            })
            .collect();
        Some(Self {
            members,
            set,
            shares,
            faults: members.iter().map(|_| None).collect(),
            books: members.iter().map(|_| R::Book::default()).collect(),
            packs: packs?,
            looks_at_state: walks.iter().any(Walk::looks_at_state),
            walks,
        })
    }

    /// Inputs of row `i` of all devices.
    fn prepare(&mut self, i: usize, warming: bool, recorders: &mut [Recorder<'a>]) {
        for d in 0..self.walks.len() {
            let (pack, lane) = (&mut self.packs[d / T::LANES], d % T::LANES);
            let (before, own) = self.walks.split_at_mut(d);
            let (walk, ahead) = (&mut own[0], self.shares[d].ahead(before));
            let old = walk.network_state;
            if self.looks_at_state {
                pack.show_outputs(lane, walk);
            }
            let looks = self.looks_at_state;
            walk.prepare(i, warming, ahead, |seen| {
                if looks {
                    pack.show(lane, seen);
                }
            });
            if walk.network_state != old {
                if let Some(recorder) = recorders.get_mut(d) {
                    pack.show_sums(lane, walk);
                    walk.end_stretch(old, recorder);
                    recorder.leave(old);
                }
                pack.change_state(lane, walk, !recorders.is_empty());
            }
            walk.force(ahead);
            pack.set_inputs(lane, walk);
        }
    }

    /// Steps all devices through the row that was prepared.
    fn step(&mut self, i: usize) {
        let walks = self.walks.chunks_mut(T::LANES);
        let faults = self.faults.chunks_mut(T::LANES);
        for ((pack, walks), faults) in self.packs.iter_mut().zip(walks).zip(faults) {
            pack.step(self.set, i, walks);
            pack.check(i, walks, faults);
        }
    }

    /// From now on it counts.
    fn open_books(&mut self, record_s: u32) -> Vec<Recorder<'a>> {
        let walks = self.walks.chunks_mut(T::LANES);
        let packs = self.packs.iter_mut().zip(walks);
        packs
            .flat_map(|(pack, walks)| pack.open_books(walks, record_s))
            .collect()
    }

    /// Looks at the row that has passed.
    fn watch(&mut self) {
        let walks = self.walks.chunks_mut(T::LANES);
        for (pack, walks) in self.packs.iter_mut().zip(walks) {
            pack.watch(walks);
        }
    }

    /// Ends a recording interval after `rows` rows.
    fn end_interval(&mut self, rows: i64, record_rows: i64, recorders: &mut [Recorder<'a>]) {
        let walks = self.walks.chunks_mut(T::LANES);
        let recorders = recorders.chunks_mut(T::LANES);
        for ((pack, walks), recorders) in self.packs.iter_mut().zip(walks).zip(recorders) {
            pack.end_interval(rows, record_rows, walks, recorders);
        }
    }

    /// Gives the rows so far to the reader and forgets them.
    fn read(&mut self, reader: &R, recorders: &mut [Recorder<'a>]) {
        for ((book, recorder), member) in self.books.iter_mut().zip(recorders).zip(self.members) {
            reader.read(member.0, book, recorder.rows());
            recorder.forget_rows();
        }
    }

    fn finish(
        mut self,
        reader: &R,
        mut recorders: Vec<Recorder<'a>>,
    ) -> Vec<Result<(Done, R::Book), RunError>> {
        recorders.iter_mut().for_each(Recorder::close_quarter);
        self.read(reader, &mut recorders);
        let Self {
            mut walks,
            faults,
            books,
            packs,
            ..
        } = self;
        let ended = walks.iter_mut().zip(recorders).zip(faults).zip(books);
        ended
            .enumerate()
            .map(|(d, (((walk, recorder), fault), book))| {
                if let Some(fault) = fault {
                    return Err(fault);
                }
                packs[d / T::LANES].show_all(d % T::LANES, walk);
                Ok((walk.done(recorder), book))
            })
            .collect()
    }
}

/// For each thing that devices may have in common, the first device of the
/// block that a later one shares it with.
#[derive(Clone, Copy)]
struct Shares {
    surroundings: Option<usize>,
    fabric: Option<usize>,
    unit: Option<usize>,
    mains: Option<usize>,
}

impl Shares {
    fn of(walks: &[Walk<'_>], d: usize) -> Self {
        let (walk, before) = (&walks[d], &walks[..d]);
        Self {
            surroundings: before.iter().position(|w| walk.shares_surroundings(w)),
            fabric: before.iter().position(|w| walk.shares_fabric(w)),
            unit: before.iter().position(|w| walk.shares_unit(w)),
            mains: before.iter().position(|w| walk.shares_mains(w)),
        }
    }

    fn ahead<'w, 'a>(self, before: &'w [Walk<'a>]) -> Ahead<'w, 'a> {
        let of = |d: Option<usize>| d.map(|d| &before[d]);
        Ahead {
            surroundings: of(self.surroundings),
            fabric: of(self.fabric),
            unit: of(self.unit),
            mains: of(self.mains),
        }
    }
}

//! What a device's rows add to its figures, stretch by stretch: a run in one
//! go and a batch that forgets its rows come to the same figures by the same
//! additions. A book grows with rooms and, by two numbers, with each
//! quarter-hour; nothing else of the rows is kept.

use super::comfort::{self, CategoryHours, RoomSums, RunningMean, VoteHours, comfort_of_sums};
use super::tally::{Besides, Growing, StartsByDay, Tally};
use super::{RoomMetrics, device, floor_area_m2, local_days};
use crate::model::Scenario;
use crate::trace::{DeviceTrace, RoomTrace};

/// Sums over the rows of one device.
#[derive(Clone, Debug, Default)]
pub struct Book {
    growing: Growing,
    starts: StartsByDay,
    running_mean: RunningMean,
    rooms: Vec<RoomBook>,
    /// At the end: all sums.
    tally: Tally,
}

#[derive(Clone, Copy, Debug, Default)]
struct RoomBook {
    sums: RoomSums,
    categories: CategoryHours,
    votes: VoteHours,
}

impl Book {
    /// Adds rows that follow those before. The first rows of all hold the
    /// first local day to its end, and all but the last end at full hours from
    /// the first row on.
    pub fn add(&mut self, rows: &DeviceTrace, scenario: &Scenario) {
        let network = &scenario.grid.network_eur_per_kwh;
        let besides = Besides {
            network_eur_per_kwh: |from_s, to_s| network.mean(from_s, to_s),
            useful_c: device(scenario, rows).map_or(40.0, |d| d.hot_water.useful_c),
        };
        self.growing.add(rows, 0..rows.outdoor_c.len(), &besides);
        let day = local_days(rows, &scenario.site.timezone);
        self.starts.add(&rows.starts, &day);
        let running_mean_c = self.running_mean.of_rows(&rows.outdoor_c, &day);
        self.rooms.resize(rows.rooms.len(), RoomBook::default());
        for (book, room) in self.rooms.iter_mut().zip(&rows.rooms) {
            book.sums.add(room);
            book.categories.add(room, &running_mean_c, rows.step_s);
            book.votes.add(room, rows, &running_mean_c);
        }
    }

    /// Closes the book of a device of `scenario` whose rows had this head.
    pub(super) fn close(&mut self, head: &DeviceTrace, scenario: &Scenario) {
        self.tally = std::mem::take(&mut self.growing).finish();
        self.tally.sums.floor_area_m2 = floor_area_m2(scenario, head);
        self.tally.starts_day_max = self.starts.most;
    }

    /// All sums, once the book is closed.
    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Sums of the rooms that are controlled.
    pub(super) fn controlled<'a>(
        &'a self,
        head: &'a DeviceTrace,
    ) -> impl Iterator<Item = &'a RoomSums> {
        let rooms = self.rooms.iter().zip(&head.rooms);
        rooms
            .filter(|(_, room)| room.controlled)
            .map(|(book, _)| &book.sums)
    }

    /// Figures of its rooms.
    pub(super) fn rooms(&self, head: &DeviceTrace) -> Vec<RoomMetrics> {
        let figures = |(book, room): (&RoomBook, &RoomTrace)| RoomMetrics {
            name: room.name.clone(),
            controlled: room.controlled,
            comfort: comfort_of_sums(&book.sums, room.controlled),
            en16798: comfort::categories(&book.categories),
            iso7730: comfort::vote(&book.votes),
        };
        self.rooms.iter().zip(&head.rooms).map(figures).collect()
    }
}

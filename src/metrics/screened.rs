//! The figures of a screening ([`crate::sim::screening`]): those that it is good
//! for stay, the others are not defined. docs/SCREENING.md says how good they are.

use super::{Comfort, Figures, Metrics, Reasons};

/// Why a figure is not there.
const WHY: &str = "a screening does not know it: run in full";

const COMFORT: &[&str] = &[
    "below_kh",
    "above_kh",
    "outside_kh",
    "below_h",
    "above_h",
    "mean_c",
    "lowest_c",
    "highest_c",
];
const HOT_WATER: &[&str] = &[
    "below_lower_h",
    "above_upper_h",
    "top_below_useful_h",
    "drawn_l",
    "drawn_kwh",
    "missing_kwh",
    "missing_share",
    "short_quarters",
    "disinfections_reached",
    "disinfections_missed",
];
const BOPTEST: &[&str] = &["tdis_tot", "ener_tot", "cost_tot", "emis_tot"];

impl Metrics {
    /// Leaves what a screening is good for.
    pub(crate) fn screened(mut self) -> Self {
        screened(&mut self.total);
        for user in &mut self.users {
            screened(&mut user.total);
            for device in &mut user.devices {
                screened(&mut device.total);
                for room in &mut device.rooms {
                    comfort(&mut room.comfort);
                    room.iso7730.keep(&[], WHY);
                }
            }
        }
        self
    }
}

fn comfort(comfort: &mut Comfort) {
    comfort.keep(COMFORT, WHY);
}

fn screened(f: &mut Figures) {
    comfort(&mut f.comfort);
    f.hot_water.keep(HOT_WATER, WHY);
    f.grid.keep(&["self_consumption", "self_sufficiency"], WHY);
    f.running.keep(&["run_h"], WHY);
    let steering = ["shifted_h", "settings_applied", "settings_refused"];
    f.steering.keep(&steering, WHY);
    f.balance.keep(&[], WHY);
    f.boptest.keep(BOPTEST, WHY);
    f.reasons_min = Reasons(Vec::new());
}

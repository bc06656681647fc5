//! Colours and short names. Chosen so that neighbours differ in lightness as
//! well as in hue, which keeps them apart for colour-blind readers and in print.

use crate::report::figures::EndUse;
use crate::trace::Reason;

pub(super) const INK: &str = "#1d2733";
pub(super) const SOFT: &str = "#5b6875";
pub(super) const FAINT: &str = "#8b96a1";
pub(super) const GRID: &str = "#e6e9ed";
pub(super) const DAY: &str = "#cbd1d8";
pub(super) const BAND: &str = "#dfeee6";
pub(super) const TARGET: &str = "#6f9c86";
pub(super) const COLD: &str = "#2a6fb5";
pub(super) const COLD_SOFT: &str = "#bcd8f0";
pub(super) const HOT: &str = "#d4572a";
/// Areas outside the band.
pub(super) const COLD_AREA: &str = "#5f9fd8";
pub(super) const HOT_AREA: &str = "#eda27c";
pub(super) const SUN: &str = "#f6d98a";
pub(super) const PV: &str = "#eebd3b";
pub(super) const HOUSEHOLD: &str = "#d9dee4";
pub(super) const OUTDOOR: &str = "#33475b";
pub(super) const OUTDOOR_RANGE: &str = "#cfd9e4";

/// Cheap to dear.
pub(super) const PRICE: [&str; 5] = ["#e4dff0", "#c9bfe1", "#a795cb", "#8069ae", "#553c86"];

/// The same in more shades, for carpets.
pub(super) const PRICE_SHADES: [&str; 8] = [
    "#f1eef8", "#dfd8ee", "#c9bfe1", "#b1a0d3", "#967fc0", "#7a5ea9", "#5d428d", "#3f2a68",
];
/// PV that the house uses itself, beside what it feeds in ([`PV`]).
pub(super) const PV_OWN: &str = "#c48a12";
pub(super) const DRAWS: &str = "#4f7f8f";

/// Low to high power; from almost the background to dark.
pub(super) const POWER: [&str; 8] = [
    "#fdf0e1", "#fbd9b0", "#f7b878", "#ee9150", "#d9693b", "#b64627", "#862c1c", "#571a16",
];

/// Outside below (4), inside cooler and warmer half, outside above (4).
pub(super) const COMFORT: [&str; 10] = [
    "#0d3b75", "#2a6fb5", "#6aa5d8", "#b3d3ee", "#dfece6", "#eef1e3", "#f8d3b6", "#ee9a63",
    "#d4572a", "#8a2a12",
];

pub(super) fn end_use(u: EndUse) -> &'static str {
    match u {
        EndUse::CompressorSpace => "#dc7444",
        EndUse::CompressorTank => "#7b56a6",
        EndUse::CompressorCooling => "#3f95c6",
        EndUse::BackupSpace => "#6d1126",
        EndUse::BackupTank => "#b0386f",
        EndUse::Element => "#d79ac4",
        EndUse::Auxiliary => "#93a0ac",
    }
}

pub(super) fn reason(r: Reason) -> &'static str {
    match r {
        Reason::Satisfied => "#edf0f3",
        Reason::Off => "#d3d9df",
        Reason::AtUpperBound => "#f1e3c4",
        Reason::HeldBack => "#8fa3b5",
        Reason::MinPause => "#bcc6cf",
        Reason::Dwell => "#a3b0a5",
        Reason::FlowLimit => "#d8cdb4",
        Reason::SourceLimit => "#5b6875",
        Reason::HeatingDemand => "#e58a56",
        Reason::HeatingForced => "#b23c17",
        Reason::HeatingSteered => "#f7bd7c",
        Reason::CoolingDemand => "#3f95c6",
        Reason::CoolingForced => "#0f4f80",
        Reason::CoolingSteered => "#94cbe8",
        Reason::HotWaterDemand => "#8a66b3",
        Reason::HotWaterForced => "#4c2479",
        Reason::HotWaterSteered => "#c3aadd",
        Reason::Disinfection => "#d6559d",
        Reason::MinRun => "#c7ac3f",
        Reason::Frost => "#0b7a75",
        Reason::Parked => "#6c8b2b",
        Reason::BackupOnly => "#6d1126",
    }
}

/// A few words; the long ones are `Reason::text`.
pub(crate) fn reason_label(r: Reason) -> &'static str {
    match r {
        Reason::Satisfied => "satisfied",
        Reason::Off => "mode off",
        Reason::AtUpperBound => "at upper bound",
        Reason::HeldBack => "held back by steering",
        Reason::MinPause => "minimum pause",
        Reason::Dwell => "change-over dwell",
        Reason::FlowLimit => "flow at its set-point",
        Reason::SourceLimit => "outside source limits",
        Reason::HeatingDemand => "heating: demand",
        Reason::HeatingForced => "heating: below lower bound",
        Reason::HeatingSteered => "heating: steered",
        Reason::CoolingDemand => "cooling: demand",
        Reason::CoolingForced => "cooling: above upper bound",
        Reason::CoolingSteered => "cooling: steered",
        Reason::HotWaterDemand => "hot water: demand",
        Reason::HotWaterForced => "hot water: below lower bound",
        Reason::HotWaterSteered => "hot water: steered",
        Reason::Disinfection => "disinfection",
        Reason::MinRun => "minimum run",
        Reason::Frost => "frost protection",
        Reason::Parked => "parked device acts",
        Reason::BackupOnly => "backup heater alone",
    }
}

/// Colour of a water temperature, degC: blue at 10, violet to red at 65.
pub(super) fn water(c: f64) -> String {
    const STOPS: [(f64, [f64; 3]); 5] = [
        (10.0, [44.0, 98.0, 160.0]),
        (25.0, [120.0, 170.0, 210.0]),
        (40.0, [240.0, 220.0, 180.0]),
        (52.0, [232.0, 140.0, 84.0]),
        (68.0, [180.0, 48.0, 34.0]),
    ];
    let c = c.clamp(STOPS[0].0, STOPS[4].0);
    let mut rgb = STOPS[4].1;
    for w in STOPS.windows(2) {
        if c <= w[1].0 {
            let f = (c - w[0].0) / (w[1].0 - w[0].0);
            for (k, x) in rgb.iter_mut().enumerate() {
                *x = w[0].1[k] + f * (w[1].1[k] - w[0].1[k]);
            }
            break;
        }
    }
    format!(
        "#{:02x}{:02x}{:02x}",
        rgb[0].round() as u8,
        rgb[1].round() as u8,
        rgb[2].round() as u8
    )
}

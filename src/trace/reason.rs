//! Why the plant ran or did not run, one reason at each instant.

macro_rules! reasons {
    ($($variant:ident = $code:literal, $name:literal, $runs:literal, $text:literal;)*) => {
        /// Why the plant does what it does. At each instant exactly one holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Reason { $(#[doc = $text] $variant = $code,)* }

        impl Reason {
            /// All reasons, by code.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant),*];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();
            /// Stable name in files.
            pub fn name(self) -> &'static str {
                match self { $(Reason::$variant => $name),* }
            }
            /// In words.
            pub fn text(self) -> &'static str {
                match self { $(Reason::$variant => $text),* }
            }
            /// Whether the plant delivers heat or cold in it.
            pub fn runs(self) -> bool {
                match self { $(Reason::$variant => $runs),* }
            }
        }
    };
}

reasons! {
    Satisfied = 0, "satisfied", false, "stands still: rooms and tank are satisfied";
    Off = 1, "off", false, "stands still: the mode is off or forbids what the rooms would need";
    AtUpperBound = 2, "at_upper_bound", false, "stands still: a room or the tank is at its upper bound";
    HeldBack = 3, "held_back", false, "stands still: steering holds it back";
    MinPause = 4, "min_pause", false, "waits for the compressor's minimum pause";
    Dwell = 5, "dwell", false, "waits for the change-over dwell between heating and cooling";
    FlowLimit = 6, "flow_limit", false, "stands still: the water is warmer than the flow set-point at lowest output";
    SourceLimit = 7, "source_limit", false, "stands still: outdoor temperature is outside the unit's limits";
    HeatingDemand = 8, "heating_demand", true, "heats: a room calls for heat";
    HeatingForced = 9, "heating_forced", true, "heats: a room is below its lower bound";
    HeatingSteered = 10, "heating_steered", true, "heats: steering asks for it";
    CoolingDemand = 11, "cooling_demand", true, "cools: a room calls for cooling";
    CoolingForced = 12, "cooling_forced", true, "cools: a room is above its upper bound";
    CoolingSteered = 13, "cooling_steered", true, "cools: steering asks for it";
    HotWaterDemand = 14, "hot_water_demand", true, "charges the tank: below its switching point";
    HotWaterForced = 15, "hot_water_forced", true, "charges the tank: below its lower bound";
    HotWaterSteered = 16, "hot_water_steered", true, "charges the tank: steering asks for it";
    Disinfection = 17, "disinfection", true, "charges the tank: thermal disinfection";
    MinRun = 18, "min_run", true, "runs on: the compressor's minimum run time";
    Frost = 19, "frost", true, "heats: frost protection";
    Parked = 20, "parked", true, "runs: a room reached the parked set-point of a device that can't be switched off";
    BackupOnly = 21, "backup_only", true, "heats with the backup heater alone";
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn codes_are_positions() {
        for (i, r) in Reason::ALL.iter().enumerate() {
            assert_eq!(*r as usize, i);
        }
    }
}

//! Units of power and energy by the size of a fleet: for pictures and words.
//! Files have MW and MWh whatever the size.

use super::figures::Figures;

/// Units in which a fleet is told, from MW and MWh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub power: &'static str,
    pub energy: &'static str,
    per_mw: f64,
    per_mwh: f64,
}

impl Scale {
    /// By the highest load of the fleet and its reference.
    pub(super) fn of(figures: &Figures) -> Self {
        let reference = figures.reference.as_ref().map_or(0.0, |r| r.peak.mw);
        Self::of_peak(figures.fleet.peak.mw.max(reference))
    }

    /// Megawatts from one on, kilowatts, and watts below one of those. Energy is
    /// not told in watt-hours.
    fn of_peak(mw: f64) -> Self {
        let (power, per_mw) = match mw {
            mw if mw < 0.999_5e-3 => ("W", 1e6),
            mw if mw < 0.999_5 => ("kW", 1e3),
            _ => ("MW", 1.0),
        };
        let (energy, per_mwh) = match power {
            "MW" => ("MWh", 1.0),
            _ => ("kWh", 1e3),
        };
        Self {
            power,
            energy,
            per_mw,
            per_mwh,
        }
    }

    /// Power from MW.
    pub(super) fn power(&self, mw: f64) -> f64 {
        mw * self.per_mw
    }

    /// Energy from MWh.
    pub(super) fn energy(&self, mwh: f64) -> f64 {
        mwh * self.per_mwh
    }

    /// Energy in its unit of what is power in its unit, over hours.
    pub(super) fn energy_of_power(&self) -> f64 {
        self.per_mwh / self.per_mw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_follow_the_size() {
        let of = |mw: f64| {
            let scale = Scale::of_peak(mw);
            (scale.power(mw).round(), scale.power, scale.energy)
        };
        assert_eq!(of(120.0), (120.0, "MW", "MWh"));
        assert_eq!(of(0.012), (12.0, "kW", "kWh"));
        assert_eq!(of(0.000_5), (500.0, "W", "kWh"));
        // What is written as 1 000 kW is 1 MW.
        assert_eq!(of(0.999_9).1, "MW");
    }
}

//! The core indicators of BOPTEST (IBPSA Project 1, `kpi_calculator.py`), as
//! BOPTEST defines them: discomfort per zone, the others per m2 of floor, for
//! the plant alone. BOPTEST integrates samples by trapezia; the integrals
//! here are exact, which is what its figures tend to.

use super::figure::{Figure, group};
use super::plant::{cost, energy, peak_hvac_kw};
use super::tally::Tally;

const BOPTEST: &str = "BOPTEST, ibpsa/project1-boptest, kpis/kpi_calculator.py";

group! {
    /// BOPTEST's core indicators.
    Boptest {
        tdis_tot, "K h/zone", "sum over controlled rooms of the integral of max(0, lower - T) + max(0, T - upper), divided by their number", BOPTEST;
        idis_tot, "ppm h/zone", "indoor air quality: no CO2 in the model", BOPTEST;
        ener_tot, "kWh/m2", "electricity of the plant / floor area", BOPTEST;
        cost_tot, "EUR/m2", "electricity of the plant at the price in full / floor area", BOPTEST;
        emis_tot, "kg/m2", "electricity of the plant times carbon intensity / floor area", BOPTEST;
        pele_tot, "kW/m2", "highest quarter-hour mean of the plant's electricity / floor area", BOPTEST;
        pgas_tot, "kW/m2", "gas: none in the model", BOPTEST;
        pdih_tot, "kW/m2", "district heating: none in the model", BOPTEST;
        time_rat, "s/s", "computing time: left out, since equal runs must give equal files", BOPTEST;
    }
}

/// `outside_kh` over `zones` controlled rooms.
pub(crate) fn boptest(t: &Tally, outside_kh: f64, zones: usize) -> Boptest {
    let per_m2 = |figure: Figure| match figure.value() {
        Some(value) => Figure::ratio(value, t.sums.floor_area_m2, "no floor area"),
        None => figure,
    };
    Boptest {
        tdis_tot: Figure::ratio(outside_kh, zones as f64, "no controlled room"),
        idis_tot: Figure::Undefined("the model has no indoor CO2"),
        ener_tot: per_m2(energy(t).hvac_kwh),
        cost_tot: per_m2(cost(t).hvac_eur),
        emis_tot: per_m2(cost(t).hvac_co2_kg),
        pele_tot: per_m2(peak_hvac_kw(t)),
        pgas_tot: Figure::Undefined("the plant uses no gas"),
        pdih_tot: Figure::Undefined("the plant uses no district heating"),
        time_rat: Figure::Undefined("computing time would make equal runs differ"),
    }
}

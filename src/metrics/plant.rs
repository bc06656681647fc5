//! What the plant used, delivered and cost: energy, seasonal performance,
//! money and carbon, the grid connection, and the correction for heat that is
//! left at the end. Every figure is formed from sums (`tally`).

use super::figure::{Figure, group};
use super::tally::{QUARTER_S, Tally, peak_w};
use crate::units::{J_PER_KWH, kwh};

const TRACE: &str = "trace";
const SEPEMO: &str = "boundaries after SEPEMO-Build (2012); EN 14825 names beside";
const PRICE: &str = "prices of the scenario; no standing charges";
const GRID: &str = "quarter-hour means at one connection a device";
const STORED: &str = "valued at the run's own seasonal figures; see below the tables";

group! {
    /// Energy by end use and carrier. All of the plant's energy is electricity.
    Energy {
        heat_space_kwh, "kWh", "heat to the emitters, backup heater included", TRACE;
        heat_tank_kwh, "kWh", "heat to the tank, backup heater included, element not", TRACE;
        cooling_kwh, "kWh", "heat taken from the rooms", TRACE;
        compressor_space_kwh, "kWh", "electricity of the heat pump for the rooms", TRACE;
        compressor_tank_kwh, "kWh", "electricity of the heat pump for the tank", TRACE;
        compressor_cooling_kwh, "kWh", "electricity of the heat pump for cooling", TRACE;
        backup_space_kwh, "kWh", "electricity of the backup heater for the rooms", TRACE;
        backup_tank_kwh, "kWh", "electricity of the backup heater for the tank", TRACE;
        element_kwh, "kWh", "electricity of the tank's element", TRACE;
        auxiliary_kwh, "kWh", "electricity of circulation pumps and emitter fans", TRACE;
        standby_kwh, "kWh", "standby electricity", TRACE;
        hvac_kwh, "kWh", "electricity of the plant: the eight lines above", TRACE;
        base_load_kwh, "kWh", "other electricity of the household", TRACE;
        electricity_kwh, "kWh", "hvac_kwh + base_load_kwh", TRACE;
        pv_kwh, "kWh", "photovoltaic production, AC", TRACE;
        import_kwh, "kWh", "bought from the grid", GRID;
        export_kwh, "kWh", "fed to the grid", GRID;
    }
}

group! {
    /// Seasonal performance in the run's own climate and period; no declared SCOP.
    Performance {
        scop_net, "1", "heat pump alone: (heat - backup) / compressor, rooms and tank; the compressor's figure holds the outdoor fan and controls (EN 14511)", SEPEMO;
        spf_h2, "1", "as scop_net, with standby in the denominator (idle standby counts for heating); H1 can't be told apart from H2 with EN 14511 maps", SEPEMO;
        spf_h3, "1", "with backup heater and element on both sides (SCOPon, standby added)", SEPEMO;
        spf_h4, "1", "as H3, with pumps and emitter fans in the denominator", SEPEMO;
        spf_space, "1", "heat_space / (compressor_space + backup_space)", SEPEMO;
        spf_tank, "1", "(heat_tank + element) / (compressor_tank + backup_tank + element)", SEPEMO;
        hot_water_efficiency, "1", "drawn energy above mains / electricity for the tank; losses of the tank included", "as COP_DHW of EN 16147, with the run's own draws";
        seer, "1", "cooling / compressor_cooling", "as SEERon of EN 14825, with the run's own loads";
        seer_system, "1", "cooling / (compressor_cooling + cooling's part of pumps, fans and standby)", SEPEMO;
        backup_share, "1", "(backup + element) / heat to rooms and tank", TRACE;
    }
}

group! {
    /// Money and carbon.
    Cost {
        energy_eur, "EUR", "import times energy price", PRICE;
        network_eur, "EUR", "import times network charge", PRICE;
        tax_eur, "EUR", "import times (price in full - energy price - network charge)", PRICE;
        purchase_eur, "EUR", "energy_eur + network_eur + tax_eur", PRICE;
        feed_in_eur, "EUR", "export times feed-in price (earned)", PRICE;
        total_eur, "EUR", "purchase_eur - feed_in_eur", PRICE;
        hvac_eur, "EUR", "electricity of the plant at the price in full, as if all of it were bought", PRICE;
        mean_price_eur_per_kwh, "EUR/kWh", "purchase_eur / import; without import the mean over time", PRICE;
        co2_kg, "kg", "import times carbon intensity; exports earn none", "intensity of the scenario";
        hvac_co2_kg, "kg", "electricity of the plant times carbon intensity", "intensity of the scenario";
    }
}

group! {
    /// The connection to the grid.
    Grid {
        peak_import_kw, "kW", "highest quarter-hour mean of import; of several devices: of their sum at the same time", GRID;
        peak_at_s, "count", "start of that quarter-hour, s since 1970-01-01T00:00Z", GRID;
        peak_hvac_kw, "kW", "highest quarter-hour mean of the plant's electricity", GRID;
        self_consumption, "1", "(PV - export) / PV", GRID;
        self_sufficiency, "1", "(PV - export) / (hvac + base load)", GRID;
    }
}

group! {
    /// Figures with the heat left in house and tank taken into account.
    Corrected {
        stored_house_kwh, "kWh", "heat in house and emitters at the end above the start", "energy balance";
        stored_tank_kwh, "kWh", "heat in the tank at the end above the start", "energy balance";
        stored_electricity_kwh, "kWh", "stored_house / spf_space + stored_tank / spf_tank (where the run cooled more than it heated: - stored_house / seer)", STORED;
        electricity_kwh, "kWh", "electricity_kwh - stored_electricity_kwh", STORED;
        total_eur, "EUR", "total_eur - stored_electricity_kwh times mean_price", STORED;
        co2_kg, "kg", "co2_kg - stored_electricity_kwh times mean carbon intensity of the plant's electricity", STORED;
    }
}

pub(crate) fn energy(t: &Tally) -> Energy {
    let s = &t.sums;
    let f = |joules: f64| Figure::from(kwh(joules));
    Energy {
        heat_space_kwh: f(s.heat_space_j),
        heat_tank_kwh: f(s.heat_tank_j),
        cooling_kwh: f(s.cooling_j),
        compressor_space_kwh: f(s.compressor_space_j),
        compressor_tank_kwh: f(s.compressor_tank_j),
        compressor_cooling_kwh: f(s.compressor_cooling_j),
        backup_space_kwh: f(s.backup_space_j),
        backup_tank_kwh: f(s.backup_tank_j),
        element_kwh: f(s.element_j),
        auxiliary_kwh: f(s.auxiliary_j),
        standby_kwh: f(s.standby_j),
        hvac_kwh: f(t.hvac_j()),
        base_load_kwh: f(s.base_load_j),
        electricity_kwh: f(t.hvac_j() + s.base_load_j),
        pv_kwh: f(s.pv_j),
        import_kwh: f(s.import_j),
        export_kwh: f(s.export_j),
    }
}

pub(crate) fn performance(t: &Tally) -> Performance {
    let s = &t.sums;
    let heat_j = s.heat_space_j + s.heat_tank_j;
    let backup_j = s.backup_space_j + s.backup_tank_j;
    let compressor_j = s.compressor_space_j + s.compressor_tank_j;
    let standby_j = s.standby_j - s.standby_cooling_j;
    let h3_j = compressor_j + standby_j + backup_j + s.element_j;
    let tank_j = s.compressor_tank_j + s.backup_tank_j + s.element_j;
    // A figure of no heat is undefined, not zero: standby alone is no performance.
    let of_heat = |heat: f64, electricity: f64, reason| {
        if heat > 0.0 {
            Figure::ratio(heat, electricity, "no electricity used")
        } else {
            Figure::Undefined(reason)
        }
    };
    let no_heat = "no heat delivered";
    let no_cold = "no cooling delivered";
    let by_pump_j = if compressor_j > 0.0 {
        heat_j - backup_j
    } else {
        0.0
    };
    Performance {
        scop_net: of_heat(by_pump_j, compressor_j, "the heat pump delivered no heat"),
        spf_h2: of_heat(
            by_pump_j,
            compressor_j + standby_j,
            "the heat pump delivered no heat",
        ),
        spf_h3: of_heat(heat_j + s.element_j, h3_j, no_heat),
        spf_h4: of_heat(
            heat_j + s.element_j,
            h3_j + s.auxiliary_j - s.auxiliary_cooling_j,
            no_heat,
        ),
        spf_space: of_heat(
            s.heat_space_j,
            s.compressor_space_j + s.backup_space_j,
            "no heat to the rooms",
        ),
        spf_tank: of_heat(s.heat_tank_j + s.element_j, tank_j, "no heat to the tank"),
        hot_water_efficiency: of_heat(s.draw_useful_j, tank_j, "no hot water drawn"),
        seer: of_heat(s.cooling_j, s.compressor_cooling_j, no_cold),
        seer_system: of_heat(
            s.cooling_j,
            s.compressor_cooling_j + s.auxiliary_cooling_j + s.standby_cooling_j,
            no_cold,
        ),
        backup_share: Figure::ratio(backup_j + s.element_j, heat_j + s.element_j, no_heat),
    }
}

/// What a kWh more would have cost: the mean of what was bought, EUR/kWh.
fn mean_price(t: &Tally) -> Figure {
    let s = &t.sums;
    if s.import_j > 0.0 {
        (t.purchase_eur() / kwh(s.import_j)).into()
    } else {
        Figure::ratio(s.price_eur_h, s.device_h, "the period is empty")
    }
}

pub(crate) fn cost(t: &Tally) -> Cost {
    let s = &t.sums;
    let purchase = t.purchase_eur();
    Cost {
        energy_eur: s.energy_eur.into(),
        network_eur: s.network_eur.into(),
        tax_eur: s.tax_eur.into(),
        purchase_eur: purchase.into(),
        feed_in_eur: s.feed_in_eur.into(),
        total_eur: (purchase - s.feed_in_eur).into(),
        hvac_eur: s.hvac_eur.into(),
        mean_price_eur_per_kwh: mean_price(t),
        co2_kg: (s.import_g / 1000.0).into(),
        hvac_co2_kg: (s.hvac_g / 1000.0).into(),
    }
}

pub(crate) fn peak_hvac_kw(t: &Tally) -> Figure {
    peak_w(&t.quarter_hvac_j).map_or(Figure::Undefined("the period is empty"), |(_, w)| {
        (w / 1000.0).into()
    })
}

pub(crate) fn grid(t: &Tally) -> Grid {
    let s = &t.sums;
    let (at, import) = match t.peak_import_w() {
        Some((i, w)) => (
            ((t.first_quarter + i as i64) * QUARTER_S) as f64,
            w / 1000.0,
        ),
        None => (f64::NAN, f64::NAN),
    };
    let own_j = s.pv_j - s.export_j;
    Grid {
        peak_import_kw: import.into(),
        peak_at_s: at.into(),
        peak_hvac_kw: peak_hvac_kw(t),
        self_consumption: Figure::ratio(own_j, s.pv_j, "no photovoltaics"),
        self_sufficiency: if s.pv_j > 0.0 {
            Figure::ratio(own_j, t.hvac_j() + s.base_load_j, "no electricity used")
        } else {
            Figure::Undefined("no photovoltaics")
        },
    }
}

/// Corrects one device for its stored heat.
pub(crate) fn corrected(t: &Tally, stored_house_j: f64, stored_tank_j: f64) -> Corrected {
    let s = &t.sums;
    let (performance, cost) = (performance(t), cost(t));
    let electricity = |stored_j: f64, factor: Figure, sign: f64| {
        if stored_j == 0.0 {
            Figure::Known(0.0)
        } else {
            factor.map(|f| sign * kwh(stored_j) / f)
        }
    };
    let house = if s.cooling_j > s.heat_space_j {
        electricity(stored_house_j, performance.seer, -1.0)
    } else {
        electricity(stored_house_j, performance.spf_space, 1.0)
    };
    let tank = electricity(stored_tank_j, performance.spf_tank, 1.0);
    let stored = match (house, tank) {
        (Figure::Known(a), Figure::Known(b)) => Figure::from(a + b),
        (Figure::Undefined(_), _) => {
            Figure::Undefined("stored heat in the house, but the run neither heated nor cooled it")
        }
        (_, Figure::Undefined(_)) => {
            Figure::Undefined("stored heat in the tank, but the run did not charge it")
        }
    };
    let hvac_kwh = kwh(t.hvac_j());
    let carbon = if hvac_kwh > 0.0 {
        s.hvac_g / 1000.0 / hvac_kwh
    } else {
        0.0
    };
    let less = |from: Figure, each: f64| match (from, stored) {
        (Figure::Known(all), Figure::Known(kwh)) => Figure::from(all - kwh * each),
        (Figure::Known(_), undefined) => undefined,
        (undefined, _) => undefined,
    };
    Corrected {
        stored_house_kwh: kwh(stored_house_j).into(),
        stored_tank_kwh: kwh(stored_tank_j).into(),
        stored_electricity_kwh: stored,
        electricity_kwh: less(((t.hvac_j() + s.base_load_j) / J_PER_KWH).into(), 1.0),
        total_eur: match cost.mean_price_eur_per_kwh {
            Figure::Known(price) => less(cost.total_eur, price),
            undefined => undefined,
        },
        co2_kg: less(cost.co2_kg, carbon),
    }
}

impl Corrected {
    /// The sum over devices; undefined where one of them is.
    pub(crate) fn sum<'a>(parts: impl Iterator<Item = &'a Corrected> + Clone) -> Self {
        let sum = |get: fn(&Corrected) -> Figure| {
            parts
                .clone()
                .map(get)
                .fold(Figure::Known(0.0), |all, one| match (all, one) {
                    (Figure::Known(a), Figure::Known(b)) => (a + b).into(),
                    (Figure::Undefined(reason), _) | (_, Figure::Undefined(reason)) => {
                        Figure::Undefined(reason)
                    }
                })
        };
        Self {
            stored_house_kwh: sum(|c| c.stored_house_kwh),
            stored_tank_kwh: sum(|c| c.stored_tank_kwh),
            stored_electricity_kwh: sum(|c| c.stored_electricity_kwh),
            electricity_kwh: sum(|c| c.electricity_kwh),
            total_eur: sum(|c| c.total_eur),
            co2_kg: sum(|c| c.co2_kg),
        }
    }
}

//! `[prices]` and `[co2]`: what a kilowatt-hour costs and emits.

use super::field::{Kind, Section, default};
use super::series::{Times, build as series, series_kind};
use super::view::View;
use crate::model::Grid;

// Compared with Eurostat's releases on the second half of 2023 (0.283, first
// 0.285) and on 2024 (0.289, 0.287), as reported by newspapers; CO2 with the
// French ministry's key figures on climate, 2022, which quote IEA, and with EEA's
// indicator of greenhouse gas intensity: 510 g/kWh in 1990 and 281 in 2018; 2023
// 58 % below 1990 and 19 % below 2022.
pub static PRICES: Section = Section {
    name: "prices",
    doc: "What electricity costs, its parts kept apart. Each is a series: a number, a profile of 24 or 168 hours, or a file. \
        The defaults add up to about what households in the EU paid in 2023 and 2024 (Eurostat nrg_pc_204: 0.283 to 0.294 EUR/kWh with taxes); how they are divided is ours, and they are no tariff.",
    fields: &[
        default(
            "energy_eur_per_kwh",
            series_kind!("EUR/kWh", -5.0, 10.0),
            "0.15",
            "Energy price of bought electricity.",
        ),
        default(
            "feed_in_eur_per_kwh",
            series_kind!("EUR/kWh", -5.0, 10.0),
            "0.07",
            "Paid for electricity that is fed in.",
        ),
        default(
            "network_eur_per_kwh",
            series_kind!("EUR/kWh", -5.0, 10.0),
            "0.06",
            "Network charge on bought electricity.",
        ),
        default(
            "tax_eur_per_kwh",
            series_kind!("EUR/kWh", -5.0, 10.0),
            "0.07",
            "Energy tax and VAT on bought electricity.",
        ),
        default(
            "currency",
            Kind::Text,
            "'EUR'",
            "Name of the currency in reports; nothing is converted.",
        ),
    ],
};

pub static CO2: Section = Section {
    name: "co2",
    doc: "Carbon intensity of bought electricity.",
    fields: &[default(
        "intensity_g_per_kwh",
        series_kind!("g/kWh", 0.0, 2000.0),
        "250",
        "CO2 equivalents. The default is of the order of the EU's mean: 252 g/kWh in 2020 (IEA); after EEA 281 in 2018, about 265 in 2022 and 215 in 2023.",
    )],
};

/// Prices and carbon from the views of [`PRICES`] and [`CO2`].
pub fn build(prices: &View<'_>, co2: &View<'_>, times: &Times<'_>) -> Grid {
    let price = |key| series(prices, key, times);
    Grid {
        purchase_eur_per_kwh: price("energy_eur_per_kwh"),
        feed_in_eur_per_kwh: price("feed_in_eur_per_kwh"),
        network_eur_per_kwh: price("network_eur_per_kwh"),
        tax_eur_per_kwh: price("tax_eur_per_kwh"),
        co2_g_per_kwh: series(co2, "intensity_g_per_kwh", times),
        currency: prices.text("currency"),
    }
}

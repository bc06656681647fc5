//! Prices and carbon of the grid connection.

use super::Series;

/// Series that turn energy into money and CO2. Prices per kWh, taxes included
/// where the series says so; the parts are kept apart in the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Energy price of bought electricity, EUR/kWh.
    pub purchase_eur_per_kwh: Series,
    /// Paid for exported electricity, EUR/kWh.
    pub feed_in_eur_per_kwh: Series,
    /// Network charge on bought electricity, EUR/kWh.
    pub network_eur_per_kwh: Series,
    /// Energy tax and VAT on bought electricity, EUR/kWh.
    pub tax_eur_per_kwh: Series,
    /// Carbon intensity of bought electricity, g CO2-eq/kWh.
    pub co2_g_per_kwh: Series,
    pub currency: String,
}

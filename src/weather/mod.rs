//! Weather: readers of EPW, PVGIS typical years and plain CSV, bundled real
//! weather, and [`Rows`], which lays a weather onto a period's calendar.
//!
//! Every reader ends in the same finishing (`raw`): values are checked and
//! named with their line, short gaps mended and counted, missing quantities
//! replaced by stated fallbacks. Nothing here knows houses or settings.

mod bundled;
mod civil;
mod climate;
mod compact;
mod epw;
mod fault;
mod fill;
mod pvgis;
mod raw;
mod rows;
mod table;

pub use bundled::{CatalogueEntry, bundled, catalogue, nearest};
pub use climate::{ClimateSummary, climate_summary, ground_temperature_c, mains_temperature};
pub use compact::{Packing, pack_table};
pub use epw::read_epw;
pub use fault::{Fault, WeatherError};
pub use pvgis::read_pvgis;
pub use raw::GAP_LIMIT_S;
pub use rows::{PlaneRows, Rows, RowsError};
pub use table::{Column, DateOrder, Quantity, Source, Stamp, Table, TimeColumns, Zone, read_table};

/// How a typical year is told from a real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Calendar {
    /// Typical where the file's months come from different years (or the
    /// format is one for typical years), real where all carry one year.
    #[default]
    AsPrinted,
    /// Typical year: mapped by month, day and time onto any period.
    Typical,
    /// Real time stamps.
    Real,
}

#[cfg(test)]
mod tests;

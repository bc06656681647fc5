//! What people read of a run: the picture (SVG, PNG) and the summary in text.
//!
//! Everything here turns finished traces into strings and bytes. It simulates
//! nothing, prints nothing and writes no file; same input, same bytes.

pub mod about;
pub mod figures;
mod font;
pub(crate) mod format;
pub mod plot;
mod raster;
mod svg;
pub mod text;

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;

pub use about::About;
pub use figures::Figures;
pub use plot::chart::{Chart, Curve, Drawn, chart};
pub use plot::fleet::{FleetPicture, Histogram, compared, fleet};
pub use plot::overlay::{Bar, Line, Overlay, Panel, overlay};
pub(crate) use plot::palette::reason_label;
pub use plot::picture;
pub use raster::png;
pub(crate) use svg::escape as xml;
pub use text::{SummaryStyle, summary};

use crate::model::Scenario;
use crate::trace::RunResult;

/// What can go wrong while a report is made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The device's trace has no interval, so there is nothing to draw.
    #[error("device {device} of user {user} has no recorded interval: nothing to draw")]
    Empty { user: String, device: String },
    /// A device index beyond the run's devices.
    #[error("the run has {count} devices; device number {index} (from 0) does not exist")]
    NoSuchDevice { index: usize, count: usize },
    /// A step of zero seconds cannot be drawn over time.
    #[error("device {device}: the recording interval is 0 s")]
    ZeroStep { device: String },
    /// The SVG could not be read back for the PNG.
    #[error("the picture could not be rendered: {0}")]
    Render(#[from] resvg::usvg::Error),
    /// A picture of this size cannot be held.
    #[error("a picture of {width} x {height} pixels cannot be rendered")]
    Size { width: u32, height: u32 },
    /// PNG encoding failed.
    #[error("the picture could not be encoded as PNG: {0}")]
    Encode(String),
}

/// The picture of one device of a run, as SVG. `device` counts as in
/// `run.devices`.
pub fn run_picture(
    run: &RunResult,
    device: usize,
    scenario: &Scenario,
) -> Result<String, ReportError> {
    let (trace, totals) = run.devices.get(device).ok_or(ReportError::NoSuchDevice {
        index: device,
        count: run.devices.len(),
    })?;
    let mut about = About::of(scenario, trace);
    if run.devices.len() > 1 && !about.title.is_empty() {
        let one_user = run.devices.iter().all(|(t, _)| t.user_id == trace.user_id);
        let user = if one_user { "" } else { trace.user_id.as_str() };
        about.title = [about.title.as_str(), user, trace.device_id.as_str()]
            .into_iter()
            .filter(|s| !s.is_empty())
            .collect::<Vec<_>>()
            .join(" – ");
    }
    picture(trace, totals, &about)
}

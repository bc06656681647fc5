//! The picture of a run of one device, as SVG.
//!
//! Two layouts: up to fifteen days each interval is seen (`days`); longer runs are
//! shown day by day (`season`), because lines through tens of thousands of
//! points say nothing. Panels without data are left out.

mod axis;
pub mod chart;
mod days;
pub mod fleet;
pub mod overlay;
mod page;
pub(in crate::report) mod palette;
mod reasons;
mod rooms;
mod season;
pub mod sheet;
mod steps;

use super::figures::{Figures, intervals};
use super::{About, ReportError};
use crate::trace::{DeviceTrace, Totals};
use page::Page;

/// Longest period that is drawn interval by interval, days.
pub const LONGEST_DETAIL_DAYS: f64 = 15.5;

/// The picture of one device, as SVG of 1600 px width.
pub fn picture(trace: &DeviceTrace, totals: &Totals, about: &About) -> Result<String, ReportError> {
    let n = intervals(trace);
    if n == 0 {
        return Err(ReportError::Empty {
            user: trace.user_id.clone(),
            device: trace.device_id.clone(),
        });
    }
    if trace.step_s == 0 {
        return Err(ReportError::ZeroStep {
            device: trace.device_id.clone(),
        });
    }
    let figures = Figures::of(trace, totals);
    let end_s = trace
        .start_s
        .saturating_add((n as i64).saturating_mul(i64::from(trace.step_s)));
    let mut page = Page::new(trace.start_s, end_s, about);
    page.header(trace, about, &figures);
    if page.time.days() <= LONGEST_DETAIL_DAYS {
        days::draw(&mut page, trace, about, &figures);
    } else {
        season::draw(&mut page, trace, about, &figures);
    }
    Ok(page.finish(trace, about))
}

//! The scenario file: what a user writes, read into a validated [`crate::model`].
//!
//! The way of a file: [`tree`] (text to values with places), [`check`] (against
//! the tables of [`field`], all structural faults at once), then each section's
//! own build function on a [`view`], which adds faults of meaning. [`schema`]
//! and `reference` are made from the same tables. Nothing here simulates.
//!
//! A section's file opens with its tables and ends in a build function:
//!
//! ```ignore
//! pub static SHADE: Section = Section {
//!     name: "shade",
//!     doc: "A movable shade.",
//!     fields: &[
//!         required("factor", number("", 0.0, 1.0), "Share of the sun that it lets through."),
//!         default("closes_above_w_per_m2", number("W/m²", 0.0, 1500.0), "150",
//!                 "It closes above this irradiance."),
//!     ],
//! };
//!
//! pub fn build(view: &View) -> model::Shade {
//!     let factor = view.number("factor");
//!     if factor == 1.0 {
//!         view.warn("factor", "a shade that lets everything through");
//!     }
//!     model::Shade { factor, closes_above_w_per_m2: view.number("closes_above_w_per_m2") }
//! }
//! ```
//!
//! Build functions always give a value; faults that they add make the reader
//! throw it away.

pub mod activation;
pub mod check;
pub mod controller;
pub mod emitter;
pub mod events;
pub mod fault;
pub mod field;
pub mod file;
mod file_kind;
pub mod grid;
pub mod heat_pump;
mod hint;
pub mod hot_water;
pub mod house;
mod location;
pub mod moment;
pub mod parts;
pub mod period;
pub mod pv;
pub mod reference;
pub mod resolved;
pub mod schema;
pub mod series;
pub mod settings;
pub mod site;
pub mod table;
pub mod tree;
pub mod users;
pub mod view;
pub mod weather;

#[cfg(test)]
mod tests;

pub use check::Context;
pub use fault::{Code, Fault, Faults, Place, Severity};
pub use field::{Field, Kind, Need, Section};
pub use file::{Loaded, ROOT, load, parse, read, read_source, read_text, read_tree, read_variant};
pub use file_kind::{FileKind, parse_as};
pub(crate) use hint::{nearest, no_scenario, unreadable};
pub use parts::Shelf;
pub use tree::{Format, Node, Source};
pub use view::{Item, NameOr, View};

use std::path::Path;

/// Reads a text against one section and builds something from it: for tests of
/// a section and for library files that hold that section alone.
///
/// Warnings don't count as faults; they are returned beside the value.
pub fn read_section<T>(
    source: &std::sync::Arc<Source>,
    format: Format,
    base_dir: &Path,
    section: &'static Section,
    build: impl FnOnce(&View<'_>) -> T,
) -> Result<(T, Vec<Fault>), Faults> {
    let mut root = tree::parse(source, format).map_err(Faults::new)?;
    let context = Context::new(source, base_dir);
    check::check(&mut root, section, &context);
    let built = build(&View::root(&root, section, &context));
    let list = Faults::new(context.take()).list;
    if list.iter().any(|f| f.severity == Severity::Fault) {
        return Err(Faults::new(list));
    }
    Ok((built, list))
}

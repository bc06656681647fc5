//! The number type that physics and control are written over, and the few
//! numerical tools that both need. Nothing here knows about houses.

pub mod elementary;
pub mod phi;
pub mod real;
pub mod simd;
pub mod table;
mod terms;

pub use real::{Lanes, Mask, Real, Stored, pack, set_lane, take_lane};
pub use terms::Terms;

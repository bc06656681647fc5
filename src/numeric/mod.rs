//! The number type that physics and control are written over, and the few
//! numerical tools that both need. Nothing here knows about houses.

pub mod elementary;
mod lanes;
pub mod phi;
pub mod real;
pub mod simd;
pub mod table;
mod terms;

pub use lanes::{Lanes, LanesMask, Wide, WideMask};
pub use real::{Mask, Real, Stored, pack, set_lane, take_lane};
pub use terms::Terms;

//! One physical effect a file, pure functions over the number type. Control
//! is not imported here.

pub mod draw_off;
pub mod conduction;
pub mod glazing;
pub mod heat_pump;
pub mod tank;

//! One physical effect a file, pure functions over the number type. Control
//! is not imported here.

pub mod circuit;
pub mod conduction;
pub mod convection;
pub mod defrost;
pub mod draw_off;
pub mod emitter;
pub mod gap;
pub mod glass;
pub mod glazing;
pub mod heat_pump;
pub mod heating_curve;
pub mod outer_face;
pub mod shade;
pub mod sky;
pub mod sol_air;
pub mod solar;
pub mod tank;
pub mod window;

//! One physical effect a file, pure functions over the number type. Control
//! is not imported here.

pub mod heat_pump;
pub mod sky;
pub mod solar;

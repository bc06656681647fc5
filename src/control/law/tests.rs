//! The control law against the settings specification: from documents on the
//! wire to commands, with temperatures and time given by hand. Test names
//! begin with the section of the specification that they show.

mod bench;
mod section_4_modes;
mod section_5_hot_water;
mod section_6_steering;

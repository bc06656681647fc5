//! The model compiled to indices, matrices and lanes.

pub mod modal;

//! Performance maps (skeleton; being written).

/// Capacity and COP over source and flow temperature.
#[derive(Clone, Debug)]
pub struct PerformanceMap {}

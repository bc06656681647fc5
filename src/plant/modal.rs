//! The building's network in modal form (skeleton; being written).

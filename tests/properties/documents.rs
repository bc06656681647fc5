//! Section 2 through the whole chain.

//! Section 4 for any scenario: a mode never does what it forbids.

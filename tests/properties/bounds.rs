//! Section 4 to 6 for any scenario: no command acts outside the bounds in force.

//! Checks of the invariants of a representation. Tests and fuzz targets call them after each step.

/// The result of a check: `Err` names the first invariant that is broken.
pub(crate) type Validity = Result<(), &'static str>;

/// Returns an error with the description of the violation, unless `condition` is true.
pub(crate) fn holds(condition: bool, violation: &'static str) -> Validity {
    if condition { Ok(()) } else { Err(violation) }
}

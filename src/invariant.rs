//! What must hold of a representation whatever was done to it, checked by tests after each step.

/// `Err` with the law that is broken.
pub(crate) type Validity = Result<(), &'static str>;

/// Checks one law.
pub(crate) fn holds(is_so: bool, law: &'static str) -> Validity {
    if is_so { Ok(()) } else { Err(law) }
}

//! The functions of `event.rs` without the feature `tracing`. They do nothing.

use std::error::Error;

use rolegate::auth::{AuthMethod, AuthenticateError, Identity};

pub(crate) fn records_refusals() -> bool {
    false
}

pub(crate) fn admitted(_: &Identity) {}

pub(crate) fn refused(_: Option<&AuthMethod>, _: &str) {}

pub(crate) fn refused_credential(_: &AuthenticateError) {}

pub(crate) fn refused_identity(_: &Identity, _: &str) {}

pub(crate) fn directory_failed(_: &(dyn Error + 'static)) {}

pub(crate) fn layer_is_missing(_: &str) {}

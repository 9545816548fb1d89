//! Principals, and the user documents from which they are created.
//!
//! A [`Principal`] is created from a [`User`], from roles, or as a key that bypasses permissions. With
//! the feature `auth`, `rolegate::auth` creates a principal from the credentials of a request.

#[expect(clippy::module_inception, reason = "the folder is named after its main noun")]
mod principal;
mod user;
mod user_roles;

pub use principal::{BlockedUser, Principal, PrincipalKind};
pub use user::{Membership, MfaAuthenticator, Session, User};
pub use user_roles::{SkippedRole, SkippedRoleReason};

#[cfg(feature = "auth")]
pub(crate) use principal::shown_id;
#[cfg(feature = "auth")]
pub(crate) use user::is_empty_id;

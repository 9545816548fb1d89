//! Who asks: [`Principal`], made from an Appwrite [`User`], from a list of roles, or as a key that
//! bypasses permissions.

#[expect(
    clippy::module_inception,
    reason = "one noun a file, and the folder is named after its main noun"
)]
mod principal;
mod user;

pub use principal::{BlockedUser, Principal, PrincipalKind};
pub use user::{Membership, Session, User};

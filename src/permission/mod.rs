//! The language: what is asked ([`Action`]), who is meant ([`Role`]), and the two together
//! ([`Permission`]).
//!
//! One permission has one spelling. [`Permission::parse`] accepts exactly the strings that
//! Appwrite's validator accepts and prints back unchanged, so that comparing two accepted strings
//! is comparing their meaning. Everything else is a [`ParseError`] with a kind, a byte span and,
//! where the intention can be guessed, a hint.

mod action;
mod diagnose;
mod error;
mod grammar;
#[expect(
    clippy::module_inception,
    reason = "one noun a file, and the folder is named after its main noun"
)]
mod permission;
mod role;
mod verb;

pub use action::{Action, ActionSet, ActionSetIter};
pub use error::{ParseError, ParseErrorKind};
pub use grammar::{MAX_ID_LEN, MAX_PERMISSION_LEN, MAX_ROLE_LEN, MAX_TEAM_ROLE_LEN};
pub use permission::{Permission, aggregate};
pub use role::{Role, RoleKind, Verification};

pub(crate) use grammar::is_role;
pub(crate) use permission::split_canonical;
pub(crate) use verb::{CLOSING, Verb};
